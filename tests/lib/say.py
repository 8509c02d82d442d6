#!/usr/bin/env python3
"""say.py ENDPOINT [--as NAME] [FILE...] - sends one message whose parts are the files, prints
the parts of the reply, parted by LF. Exit 1: no reply in 10 seconds.
NAME: the routing id of this end."""
import sys
import zmq

arguments = sys.argv[2:]
socket = zmq.Context().socket(zmq.DEALER)
socket.linger = 0
if arguments and arguments[0] == "--as":
    socket.setsockopt(zmq.IDENTITY, arguments[1].encode())
    arguments = arguments[2:]
socket.connect(sys.argv[1])
socket.send_multipart([open(part, "rb").read() for part in arguments])
if not socket.poll(10000):
    sys.exit(1)
sys.stdout.buffer.write(b"\n".join(socket.recv_multipart()))
