"""A running program attached to a task: it gets sockets over fd.sock as soon as something happens on them.

    session_echo.py TASK COUNT [RUNTIME_DIR]

Answers each message with "echo: " before it, gives the socket back, and ends after COUNT messages. The credit says how many
sockets the broker may send ahead; each answer adds one.
"""
import os
import queue
import socket
import sys

from broker_client import (
    MOST_DESCRIPTORS, MOST_FRAME_BYTES, Broker, fd_frames_pb2, session_service_pb2, types_pb2)

CREDIT = 8


def attach(broker, task):
    """The queue of what the program tells the broker, and the stream of what the broker tells; the session ends with it."""
    requests = queue.Queue()
    session_id = os.urandom(16)
    start = session_service_pb2.AttachStart(
        task=types_pb2.TaskKey(name=task), session_id=session_id, credit=CREDIT)
    requests.put(session_service_pb2.AttachRequest(start=start))
    stream = broker._channel.stream_stream(
        "/socketbroker.v1.SessionService/Attach",
        request_serializer=session_service_pb2.AttachRequest.SerializeToString,
        response_deserializer=session_service_pb2.AttachResponse.FromString)(iter(requests.get, None))
    broker._frame(fd_frames_pb2.FdFrame(hello=fd_frames_pb2.Hello(session_id=session_id)))
    assert next(stream).HasField("started")
    return requests, stream


def next_delivery(broker):
    """The descriptors of a delivery, acknowledged, so that they are ours."""
    data, descriptors, _, _ = socket.recv_fds(
        broker._fd_sock, MOST_FRAME_BYTES, MOST_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
    delivery = fd_frames_pb2.FdFrame.FromString(data).delivery
    acknowledge = fd_frames_pb2.Acknowledge(delivery_id=delivery.delivery_id)
    broker._fd_sock.send(fd_frames_pb2.FdFrame(acknowledge=acknowledge).SerializeToString())
    while not fd_frames_pb2.FdFrame.FromString(broker._fd_sock.recv(MOST_FRAME_BYTES)).HasField("released"):
        pass
    return delivery, [socket.socket(fileno=fd) for fd in descriptors]


def main(task, count, runtime_dir=None):
    with Broker(runtime_dir, timeout_seconds=60) as broker:
        requests, stream = attach(broker, task)
        print("attached", flush=True)
        handled = 0
        while handled < count:
            delivery, sockets = next_delivery(broker)
            for connection, activated in zip(sockets, delivery.activation.sockets):
                message = connection.recv(4096)
                connection.sendall(b"echo: " + message)
                connection.close()
                broker.complete(delivery.token, activated, types_pb2.LEASE_OUTCOME_RETURNED)
                print(f"{activated.socket.key.socket_id}: {message.decode().strip()}", flush=True)
                handled += 1
            credit = session_service_pb2.AttachCredit(activations=len(sockets))
            requests.put(session_service_pb2.AttachRequest(credit=credit))
        stream.cancel()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
