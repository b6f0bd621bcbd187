"""An inetd-style program: the connection is standard input and output."""
import os

line = input()
print("python got", line, "from", os.environ["REMOTE_ADDR"], os.environ["REMOTE_PORT"])
