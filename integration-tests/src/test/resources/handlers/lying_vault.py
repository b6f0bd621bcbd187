"""A vault that takes everything and tells lies when it is asked for it: the first argument is its socket, the second the
lie. Standard library only. Says "ready" once it listens, and "asked" at each LIST."""
import os
import socket
import struct
import sys

HEADER = struct.Struct("!BBHii")
ENTRY = struct.Struct("!iQ")
OPEN, PUT, DROP, LIST, COUNT, SHOW = 1, 2, 3, 4, 5, 6
OPENED, DONE, LISTED, END, COUNTED, SHOWN = 0x81, 0x82, 0x83, 0x84, 0x85, 0x86

held = {}  # slot: (cookie, descriptor)


def frame(kind, sequence, number=0, entries=()):
    return HEADER.pack(1, kind, len(entries), sequence, number) + b"".join(ENTRY.pack(*entry) for entry in entries)


def told(lie):
    """Entries and descriptors as this vault has them, and as it gives them away."""
    slots = sorted(held)
    entries = [(slot, held[slot][0]) for slot in slots]
    fds = [held[slot][1] for slot in slots]
    if not slots:
        return [], []
    if lie == "other-descriptors":
        fds.reverse()
    elif lie == "wrong-cookies":
        entries = [(slot, cookie ^ 1) for slot, cookie in entries]
    elif lie == "missing":
        entries, fds = entries[:-1], fds[:-1]
    elif lie == "doubled":
        entries, fds = entries + [(slots[-1] + 7, entries[0][1])], fds + fds[:1]
    elif lie == "other-slots":
        entries = [(slot, cookie) for slot, (_, cookie) in zip(reversed(slots), entries)]
    elif lie == "fewer-descriptors":
        fds = fds[:-1]
    elif lie == "no-sockets":
        fds = [os.open("/dev/null", os.O_RDONLY) for _ in fds]
    return entries, fds


def listed(lie, sequence, first):
    entries, fds = told(lie)
    if first > 0 or not entries:
        return frame(END, sequence, len(held)), []
    data = frame(LISTED, sequence, max(slot for slot, _ in entries) + 1, entries)
    return (data[:-3] if lie == "cut" else data), fds


def answer(lie, connection, data, fds):
    _, kind, count, sequence, number = HEADER.unpack_from(data)
    entries = [ENTRY.unpack_from(data, HEADER.size + i * ENTRY.size) for i in range(count)]
    if kind == OPEN:
        connection.sendall(frame(OPENED, sequence, len(held)))
    elif kind == PUT:
        for (slot, cookie), fd in zip(entries, fds):
            held[slot] = (cookie, fd)
        connection.sendall(frame(DONE, sequence, len(held)))
    elif kind == DROP:
        for slot, cookie in entries:
            if slot in held and held[slot][0] == cookie:
                os.close(held.pop(slot)[1])
        connection.sendall(frame(DONE, sequence, len(held)))
    elif kind == LIST:
        print("asked", flush=True)
        if lie == "silent":
            return
        data, given = listed(lie, sequence, number)
        socket.send_fds(connection, [data], given)
    else:
        connection.sendall(frame(END if kind == SHOW else COUNTED, sequence, len(held)))


def main():
    path, lie = sys.argv[1:]
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    if lie == "foreign":
        # SO_PEERCRED of a listener is who called listen(2): unix(7).
        os.chmod(path, 0o777)
        os.setgid(65534)
        os.setuid(65534)
    listener.listen(8)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        with connection:
            while True:
                data, fds, _, _ = socket.recv_fds(connection, 4096, 253)
                if not data:
                    break
                if lie == "foreign":
                    print("was given %d" % len(fds), flush=True)
                answer(lie, connection, data, fds)


main()
