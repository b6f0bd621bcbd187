"""A program for systemd's socket activation, written from sd_listen_fds(3): checks everything that the page promises, then
serves one connection: the socket that it got, or one that it accepts from it."""
import os
import socket
import stat

SD_LISTEN_FDS_START = 3


def main():
    if int(os.environ["LISTEN_PID"]) != os.getpid():
        return "LISTEN_PID is %s, the process is %d" % (os.environ["LISTEN_PID"], os.getpid())
    if os.environ["LISTEN_FDS"] != "1":
        return "LISTEN_FDS is " + os.environ["LISTEN_FDS"]
    if not stat.S_ISSOCK(os.fstat(SD_LISTEN_FDS_START).st_mode):
        return "descriptor 3 is no socket"
    with socket.socket(fileno=SD_LISTEN_FDS_START) as given:
        listening = given.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        connection = given.accept()[0] if listening else given
        with connection, connection.makefile("rw") as stream:
            kind = "listener" if listening else "connection"
            stream.write("%s %s got %s" % (kind, os.environ["LISTEN_FDNAMES"], stream.readline()))
    return 0


raise SystemExit(main())
