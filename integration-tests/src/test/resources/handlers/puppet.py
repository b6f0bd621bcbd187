"""A handler that does what a test tells it: connects to the control socket named by its first argument, says what it
found, and obeys one command a line. Standard library only; the frames of fd.sock are made by hand."""
import errno
import os
import resource
import select
import signal
import socket
import struct
import sys

SO_COOKIE = 57
STYLE = os.environ["SOCKETBROKER_STYLE"]


def open_descriptors():
    return {int(n): link for n in os.listdir("/proc/self/fd") for link in [read_link(n)] if link}


def read_link(number):
    try:
        return os.readlink("/proc/self/fd/" + number)
    except FileNotFoundError:
        return None  # the listing's own


def found():
    """Before anything else is opened."""
    facts = {"env." + name: value for name, value in os.environ.items()}
    facts.update({"fd.%d" % number: link for number, link in open_descriptors().items()})
    with open("/proc/self/status") as status:
        for line in status:
            name, value = line.split(":", 1)
            facts["status." + name] = value.strip()
    facts["pid"] = os.getpid()
    facts["sid"] = os.getsid(0)
    facts["cwd"] = os.getcwd()
    return facts


# Protocol buffers: only varints and byte strings are needed.

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


class Puppet:
    def __init__(self):
        self.fd_sock = None
        self.delivery = 0
        self.socks = []
        number = {"socket": 0, "listen-fds": 3}.get(STYLE)
        self.sock = None if number is None else socket.socket(fileno=number)

    def frame(self, number, body):
        if self.fd_sock is None:
            self.fd_sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self.fd_sock.settimeout(10)
            self.fd_sock.connect(os.environ["SOCKETBROKER_RUNTIME_DIR"] + "/fd.sock")
        try:
            self.fd_sock.sendall(field(1, 7) + field(number, body))
            data, fds, _, _ = socket.recv_fds(self.fd_sock, 200_000, 253)
            if not data:
                raise OSError(errno.ECONNRESET, "the broker is gone")
        except OSError:
            self.hangup()
            raise
        return parse(data), list(fds)

    @staticmethod
    def token():
        return bytes.fromhex(os.environ["SOCKETBROKER_TOKEN"])

    def wait(self):
        if not select.select([self.sock], [], [], 10)[0]:
            raise OSError(errno.ETIMEDOUT, "nothing came")

    def recv(self, count="65536"):
        self.wait()
        data = self.sock.recv(int(count))
        return "data " + data.hex() if data else "end"

    def read(self, count):
        """Exactly so many bytes, however they come."""
        data = b""
        while len(data) < int(count):
            self.wait()
            piece = self.sock.recv(int(count) - len(data))
            if not piece:
                return "end after " + data.hex()
            data += piece
        return "data " + data.hex()

    def lowat(self):
        return str(self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT))

    def send(self, text):
        self.sock.sendall(bytes.fromhex(text))
        return "ok"

    def answer(self, prefix):
        """One datagram, back to where it came from."""
        self.wait()
        data, source = self.sock.recvfrom(65536)
        data = bytes.fromhex(prefix) + data
        self.sock.sendto(data, source) if source else self.sock.send(data)
        return "ok"

    def serve(self):
        """Answers what there is to read on each claimed socket with itself."""
        for sock in self.socks:
            sock.setblocking(False)
            sock.sendall(sock.recv(65536))
        return "served %d" % len(self.socks)

    def accept(self):
        self.wait()
        self.sock, _ = self.sock.accept()
        return "ok"

    def cookie(self):
        return str(struct.unpack("Q", self.sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0])

    def flags(self):
        return "blocking" if os.get_blocking(self.sock.fileno()) else "nonblocking"

    def nofile(self):
        return str(resource.getrlimit(resource.RLIMIT_NOFILE)[0])

    def close(self):
        self.sock.close()
        if STYLE == "socket":
            os.close(1)
        return "ok"

    def claim(self):
        answer, fds = self.frame(4, field(1, self.token()))
        if 10 in answer:
            return "error %d" % parse(answer[10][0])[1][0]
        delivery = parse(answer[5][0])
        self.delivery = delivery.get(2, [0])[0]
        self.socks = [socket.socket(fileno=fd) for fd in fds]
        if fds:
            self.sock = self.socks[0]
        return "delivered %d with %d" % (self.delivery, len(fds))

    def acknowledge(self):
        answer, _ = self.frame(6, field(1, self.delivery))
        return "released" if 7 in answer else "error %d" % parse(answer[10][0])[1][0]

    def hangup(self):
        self.fd_sock.close()
        self.fd_sock = None
        return "ok"

    def complete(self, outcome, context=None):
        """Outcome as a number; the context in hexadecimal."""
        key = field(1, os.environ["SOCKETBROKER_APP"].encode()) + field(2, os.environ["SOCKETBROKER_SOCKET_ID"].encode())
        completion = field(1, key) + field(2, int(os.environ["SOCKETBROKER_GENERATION"])) + field(3, int(outcome))
        if context is not None:
            completion += field(4, bytes.fromhex(context))
        answer, _ = self.frame(8, field(1, self.token()) + field(2, completion))
        if 10 in answer:
            return "error %d" % parse(answer[10][0])[1][0]
        errors = parse(answer[9][0]).get(1, [])
        return "error %d" % parse(errors[0])[3][0] if errors else "completed"

    def stubborn(self):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return "ok"

    def stderr(self, text):
        sys.stderr.write(bytes.fromhex(text).decode() + "\n")
        sys.stderr.flush()
        return "ok"

    def fork(self):
        """The child goes on, and the parent ends with success."""
        parent = os.getpid()
        if os.fork():
            os._exit(0)
        return "forked %d from %d" % (os.getpid(), parent)

    def exit(self, status):
        os._exit(int(status))

    def kill(self):
        os.kill(os.getpid(), signal.SIGKILL)


def main():
    facts = found()
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    control.connect(sys.argv[1])
    stream = control.makefile("rw", encoding="ascii", errors="backslashreplace", newline="\n")
    for name, value in facts.items():
        stream.write("%s=%s\n" % (name, value))
    stream.write("\n")
    stream.flush()
    puppet = Puppet()
    for line in stream:
        name, *arguments = line.split()
        try:
            result = getattr(puppet, name)(*arguments)
        except OSError as error:
            result = "error " + errno.errorcode.get(error.errno, str(error))
        stream.write(result + "\n")
        stream.flush()


main()
