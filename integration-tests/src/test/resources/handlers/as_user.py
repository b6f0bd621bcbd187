"""Makes a folder look like a broker's to clients that must appear as another user: started as that user, it connects to
the broker for each connection that it accepts, and passes bytes, frames and descriptors on in both directions.
Usage: as_user.py RUNTIME_DIR RELAY_DIR; ends with its standard input."""
import os
import socket
import sys
import threading

MOST_BYTES = 256 * 1024


def pump(source, sink):
    try:
        while True:
            data, descriptors, _, _ = socket.recv_fds(source, MOST_BYTES, 253)
            if not data:
                break
            view, first = data, list(descriptors)
            while view:
                sent = socket.send_fds(sink, [view], first)
                view, first = view[sent:], []
            for descriptor in descriptors:
                os.close(descriptor)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(listener, target, kind):
    while True:
        client, _ = listener.accept()
        broker = socket.socket(socket.AF_UNIX, kind)
        broker.connect(target)
        for source, sink in ((client, broker), (broker, client)):
            threading.Thread(target=pump, args=(source, sink), daemon=True).start()


for name, kind in (("grpc.sock", socket.SOCK_STREAM), ("fd.sock", socket.SOCK_SEQPACKET)):
    listener = socket.socket(socket.AF_UNIX, kind)
    listener.bind(os.path.join(sys.argv[2], name))
    listener.listen(16)
    threading.Thread(
        target=serve, args=(listener, os.path.join(sys.argv[1], name), kind), daemon=True).start()
print("ready", flush=True)
sys.stdin.read()
