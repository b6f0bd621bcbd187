"""A complete Socket Broker client on what Debian ships: python3-grpcio, python3-protobuf and protobuf-compiler.

    from broker_client import Broker
    with Broker("/run/socketbroker") as broker:
        broker.register_task("echo", ["/bin/cat"])
        broker.transfer("echo", [("my-socket", connection, b"context")])
        connection, context = broker.reclaim("my-socket")

The message classes are made from the .proto files by protoc at the first import, into a folder of the user's cache.
"""
import hashlib
import os
import pathlib
import socket
import subprocess
import sys

import grpc

PROTO_ROOT = pathlib.Path(os.environ.get(
    "SOCKETBROKER_PROTO", pathlib.Path(__file__).resolve().parents[2] / "proto/src/main/proto"))
MOST_FRAME_BYTES = 160 * 1024
MOST_DESCRIPTORS = 253


def _load_messages():
    """Compiles the protocol once for each of its versions."""
    files = sorted(PROTO_ROOT.glob("socketbroker/v1/*.proto"))
    digest = hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:16]
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    out = cache / "socketbroker-python" / digest
    if not (out / "done").exists():
        out.mkdir(parents=True, exist_ok=True)
        subprocess.run(["protoc", f"--proto_path={PROTO_ROOT}", f"--python_out={out}", *map(str, files)], check=True)
        (out / "done").touch()
    sys.path.insert(0, str(out))


_load_messages()
from socketbroker.v1 import (  # noqa: E402
    admin_service_pb2, fd_frames_pb2, session_service_pb2, socket_service_pb2, task_service_pb2, types_pb2)


class BrokerError(Exception):
    """The broker refused; `reason` is a name of ErrorReason without its prefix where fd.sock said so."""

    def __init__(self, message, reason=""):
        super().__init__(message)
        self.reason = reason


class Broker:
    """One gRPC channel and one fd.sock connection to a broker. Not thread-safe."""

    def __init__(self, runtime_dir=None, timeout_seconds=10.0):
        self.runtime_dir = runtime_dir or os.environ.get("SOCKETBROKER_RUNTIME_DIR") or "/run/socketbroker"
        self.timeout_seconds = timeout_seconds
        self._channel = grpc.insecure_channel(
            f"unix:{self.runtime_dir}/grpc.sock",
            # The peer of a unix socket has no host name; gRPC would send the path, which HTTP/2 servers refuse.
            options=[("grpc.default_authority", "localhost")])
        self._fd_sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._fd_sock.settimeout(timeout_seconds)
        self._fd_sock.connect(f"{self.runtime_dir}/fd.sock")
        self._request_id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends the connections; brokered sockets stay where they are."""
        self._fd_sock.close()
        self._channel.close()

    # Operations

    def register_task(self, name, command, style=types_pb2.LAUNCH_STYLE_SOCKET, exit_policy=None, **spec):
        """Registers a program, by its absolute path, as the handler `name`.

        Further fields of TaskSpec by their names, for example limits=types_pb2.TaskLimits(max_connections=100).
        """
        spec = types_pb2.TaskSpec(
            exec=types_pb2.ExecLauncher(command=command, style=style), exit_policy=exit_policy, **spec)
        return self.call(task_service_pb2, "TaskService", "RegisterTask",
                         task_service_pb2.RegisterTaskRequest(key=types_pb2.TaskKey(name=name), spec=spec))

    def transfer(self, task, sockets, options=None, keep_alive=None):
        """Gives sockets to the broker: [(id, socket, context bytes)]. Closes them here once the broker has them.

        options is a types_pb2.SocketOptions and keep_alive a types_pb2.KeepAlive, the same for all.
        """
        deposit_id = os.urandom(16)
        descriptors = [s.fileno() for _, s, _ in sockets]
        deposit = fd_frames_pb2.Deposit(deposit_id=deposit_id, descriptor_count=len(descriptors))
        self._frame(fd_frames_pb2.FdFrame(deposit=deposit), descriptors)
        items = [
            socket_service_pb2.TransferItem(
                socket_id=i, task=task, context=context, options=options, keep_alive=keep_alive)
            for i, _, context in sockets]
        response = self.call(
            socket_service_pb2, "SocketService", "TransferOwnership",
            socket_service_pb2.TransferOwnershipRequest(deposit_id=deposit_id, items=items))
        for _, s, _ in sockets:
            s.close()
        return response.sockets

    def reclaim(self, socket_id):
        """Takes a socket back, in two phases: (socket, context bytes)."""
        response = self.call(
            socket_service_pb2, "SocketService", "Reclaim",
            socket_service_pb2.ReclaimRequest(keys=[types_pb2.SocketKey(socket_id=socket_id)]))
        sockets, _ = self.claim(response.token)
        return sockets[0], response.sockets[0].context

    def update(self, socket_id, context=None, keep_alive=None, options=None):
        """Changes a socket where it is; None keeps what was."""
        return self.call(
            socket_service_pb2, "SocketService", "UpdateSocket",
            socket_service_pb2.UpdateSocketRequest(
                key=types_pb2.SocketKey(socket_id=socket_id), context=context, keep_alive=keep_alive,
                options=options)).socket

    def claim(self, token):
        """The sockets of a token and the activation; for handlers, SOCKETBROKER_TOKEN in bytes."""
        frame, descriptors = self._frame(fd_frames_pb2.FdFrame(claim=fd_frames_pb2.Claim(token=token)))
        delivery = frame.delivery
        if delivery.delivery_id:
            # Only after Released are they ours.
            acknowledge = fd_frames_pb2.Acknowledge(delivery_id=delivery.delivery_id)
            self._frame(fd_frames_pb2.FdFrame(acknowledge=acknowledge))
        return [socket.socket(fileno=fd) for fd in descriptors], delivery.activation

    def complete(self, token, activated, outcome, context=None):
        """Ends the lease of one socket of an activation."""
        completion = session_service_pb2.LeaseCompletion(
            key=activated.socket.key, generation=activated.socket.generation, outcome=outcome, context=context)
        request = session_service_pb2.CompleteRequest(token=token, completions=[completion])
        frame, _ = self._frame(fd_frames_pb2.FdFrame(complete=request))
        for error in frame.completed.errors:
            raise BrokerError(error.message, types_pb2.ErrorReason.Name(error.reason))

    def list(self):
        """The sockets that the broker holds for us."""
        return self.call(socket_service_pb2, "SocketService", "ListSockets",
                         socket_service_pb2.ListSocketsRequest()).sockets

    # Transport

    def call(self, module, service, method, request):
        """Any unary call of the protocol, without generated stubs."""
        descriptor = module.DESCRIPTOR.services_by_name[service].methods_by_name[method]
        unary = self._channel.unary_unary(
            f"/{descriptor.containing_service.full_name}/{method}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=getattr(module, descriptor.output_type.name).FromString)
        try:
            return unary(request, timeout=self.timeout_seconds, wait_for_ready=True)
        except grpc.RpcError as error:
            raise BrokerError(error.details(), error.code().name) from error

    def _frame(self, frame, descriptors=()):
        """One request and its answer on fd.sock."""
        self._request_id += 1
        frame.request_id = self._request_id
        socket.send_fds(self._fd_sock, [frame.SerializeToString()], list(descriptors))
        data, received, flags, _ = socket.recv_fds(
            self._fd_sock, MOST_FRAME_BYTES, MOST_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
        answer = fd_frames_pb2.FdFrame.FromString(data)
        if not data or flags & (socket.MSG_CTRUNC | socket.MSG_TRUNC) or answer.HasField("error"):
            for fd in received:
                os.close(fd)
            if not data:
                raise BrokerError("the broker closed fd.sock")
            reason = types_pb2.ErrorReason.Name(answer.error.reason).replace("ERROR_REASON_", "")
            raise BrokerError(answer.error.message or "the answer was truncated", reason)
        return answer, list(received)
