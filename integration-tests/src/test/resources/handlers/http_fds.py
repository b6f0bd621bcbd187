"""A web server as python3 -m http.server, on the listener that it is given; it ends when nobody has asked for a while."""
import functools
import http.server
import socket
import sys

server = http.server.ThreadingHTTPServer(
    ("", 0), functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1]), bind_and_activate=False)
server.socket.close()
server.socket = socket.fromfd(3, socket.AF_INET, socket.SOCK_STREAM)
server.daemon_threads = False
server.timeout = 1.5
server.idle = False
server.handle_timeout = lambda: setattr(server, "idle", True)
while not server.idle:
    server.handle_request()
