"""Sends more descriptors in one message than the kernel passes, and then as many as it does, on the same connection."""
import errno
import os
import socket
import sys

connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
connection.connect(sys.argv[1])
deposit_id = b"0123456789abcdef"
deposit = b"\x0a\x10" + deposit_id + b"\x10"  # deposit_id = 1, descriptor_count = 2


def frame(count):
    body = deposit + bytes([count & 0x7F | 0x80, count >> 7])
    return b"\x08\x05\x1a" + bytes([len(body)]) + body  # request_id = 1, deposit = 3


try:
    socket.send_fds(connection, [frame(254)], [0] * 254)
    print("sent")
except OSError as error:
    print(errno.errorcode[error.errno])
socket.send_fds(connection, [frame(253)], [0] * 253)
answer = connection.recv(1000)
print("deposited" if answer[2] == 11 << 3 | 2 and deposit_id in answer else answer)
