#!/usr/bin/env python3
"""submit.py ENDPOINT < reviews.ndjson - sends records, prints their answers (docs/INTAKE.md)."""
import sys
import zmq

socket = zmq.Context().socket(zmq.DEALER)
socket.linger = 0
socket.connect(sys.argv[1])
lines = [line for line in sys.stdin.buffer.read().split(b"\n") if line.strip()]
for at in range(0, len(lines), 100):
    request = str(at).encode()
    while True:
        socket.send_multipart([request, b"\n".join(lines[at:at + 100])])
        # Silence: send again. Records have ids, so nothing comes twice.
        if socket.poll(5000):
            answered, answers = socket.recv_multipart()
            if answered == request:
                break
    sys.stdout.write(answers.decode())
