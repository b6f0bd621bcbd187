"""Claims its sockets, sends back what there is to read on each, and gives them back. Its broker may die at any moment: it
asks the next one then. Standard library only; the frames of fd.sock are made by hand."""
import os
import socket
import sys
import time

PATIENCE_SECONDS = 30
TOKEN = bytes.fromhex(os.environ["SOCKETBROKER_TOKEN"])
PATH = os.environ["SOCKETBROKER_RUNTIME_DIR"] + "/fd.sock"
CLAIM, DELIVERY, ACKNOWLEDGE, COMPLETE, ERROR = 4, 5, 6, 8, 10
RETURNED = 1


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def parse(data):
    fields, at = {}, 0

    def next_varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = next_varint()
        kind = tag & 7
        if kind == 0:
            value = next_varint()
        elif kind == 2:
            length = next_varint()
            value, at = data[at:at + length], at + length
        else:
            size = 8 if kind == 1 else 4
            value, at = data[at:at + size], at + size
        fields.setdefault(tag >> 3, []).append(value)
    return fields


class Broker:
    """Whichever broker serves."""

    def __init__(self):
        self.connection = None

    def connect(self):
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            self.connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                self.connection.connect(PATH)
                return
            except OSError:
                self.connection.close()
                if time.monotonic() > end:
                    sys.exit("no broker came back")
                time.sleep(0.02)

    def ask(self, number, body):
        """The answer of this very broker; OSError if it is gone."""
        if self.connection is None:
            self.connect()
        try:
            self.connection.sendall(field(1, 7) + field(number, body))
            data, fds, _, _ = socket.recv_fds(self.connection, 200_000, 253)
            if not data:
                raise ConnectionResetError
        except OSError:
            self.connection.close()
            self.connection = None
            raise
        return parse(data), [socket.socket(fileno=fd) for fd in fds]

    def ask_any(self, number, body):
        while True:
            try:
                return self.ask(number, body)
            except OSError:
                pass

    def knows_token(self):
        answer, _ = self.ask_any(COMPLETE, field(1, TOKEN))
        return ERROR not in answer


def claim(broker):
    """Sockets and what the broker said of them; none if they are somebody else's."""
    socks, activation = [], b""
    while True:
        answer, received = broker.ask_any(CLAIM, field(1, TOKEN))
        if ERROR in answer:
            # Used already means by this program, if it is known at all: the answer to its acknowledgement was lost.
            return (socks, activation) if broker.knows_token() else ([], b"")
        for sock in socks:
            sock.close()
        delivery = parse(answer[DELIVERY][0])
        socks, activation = received, delivery[1][0]
        try:
            answer, _ = broker.ask(ACKNOWLEDGE, field(1, delivery[2][0]))
        except OSError:
            continue
        if ERROR not in answer:
            return socks, activation


def main():
    broker = Broker()
    socks, activation = claim(broker)
    body = field(1, TOKEN)
    for sock, activated in zip(socks, parse(activation).get(3, [])):
        sock.setblocking(False)
        try:
            data = sock.recv(4096)
        except BlockingIOError:
            data = b""
        if data:
            sock.setblocking(True)
            sock.sendall(data)
        view = parse(parse(activated)[1][0])
        body += field(2, field(1, view[1][0]) + field(2, view[6][0]) + field(3, RETURNED))
    if socks:
        broker.ask_any(COMPLETE, body)


main()
