#!/usr/bin/python3
"""Parks a live TCP connection with the broker and takes it back: usage park_and_reclaim.py RUNTIME_DIR"""
import os
import socket
import struct
import sys

from broker_client import Broker, types_pb2

SO_COOKIE = 57


def cookie(sock):
    return struct.unpack("Q", sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0]


def main():
    runtime_dir = sys.argv[1] if len(sys.argv) > 1 else None
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        peer, _ = server.accept()
    before = cookie(client)
    socket_id = f"python-{os.getpid()}"
    with Broker(runtime_dir) as broker:
        # A handler that never runs here: nothing arrives while the socket is parked.
        broker.register_task("python-example", ["/bin/cat"])
        parked = broker.transfer("python-example", [(socket_id, client, b"what I was doing")])[0]
        print(f"parked {socket_id} in state {types_pb2.SocketState.Name(parked.state)}, cookie {parked.cookie}")
        updated = broker.update(socket_id, keep_alive=types_pb2.KeepAlive(interval={"seconds": 60}))
        assert updated.keep_alive.interval.seconds == 60, updated
        client, context = broker.reclaim(socket_id)
        assert cookie(client) == before == parked.cookie, "another kernel socket came back"
        assert context == b"what I was doing", context
        peer.sendall(b"hello\n")
        assert client.recv(16) == b"hello\n"
        client.sendall(b"world\n")
        assert peer.recv(16) == b"world\n"
        print(f"reclaimed {socket_id}: same cookie, same context, and bytes flow both ways")
        assert not [s for s in broker.list() if s.key.socket_id == socket_id]
    client.close()
    peer.close()


if __name__ == "__main__":
    main()
