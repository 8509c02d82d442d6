#!/usr/bin/env python3
"""garbage.py RUN_DIRECTORY SEED - sends to every socket in the directory what no program of
ours says: random bytes, frames of other versions and types, of wrong lengths, cut or
altered batches (common/pipeline/frame.h). Prints how many frames it sent."""
import random
import struct
import sys
import zmq

ROUTERS = ("commits", "dedup", "moderate", "submit", "admin")
HELLO, BATCH = 1, 3


def frame(kind, content, version=1, magic=b"NV", length=None):
    return magic + struct.pack("<BBI", version, kind,
                               8 + len(content) if length is None else length) + content


def batch(chance, count):
    """Well formed but for its CRC, which is left to chance."""
    head = struct.pack("<QQIIII", chance.getrandbits(64), 1, count, 0, 0, chance.getrandbits(32))
    item = b"".join(struct.pack("<I", 40) + chance.randbytes(40) for _ in range(count))
    return frame(BATCH, head + bytes(64) + item)


def frames(chance):
    yield b""
    for size in (1, 3, 7, 8, 9, 100, 5000):
        yield chance.randbytes(size)
        yield b"\0" * size
        yield b"{" * size
    whole = batch(chance, 3)
    for kind in range(15):
        content = chance.randbytes(60)
        yield frame(kind, b"")
        yield frame(kind, content[:5])
        yield frame(kind, content, version=0)
        yield frame(kind, content, version=2)
        yield frame(kind, content, magic=b"VN")
        yield frame(kind, content, length=8)
        yield frame(kind, content, length=(1 << 32) - 1)
    yield frame(HELLO, bytes(28) + b"\xff" + b"x" * 10)
    for size in range(0, len(whole), 7):
        yield whole[:size]
        yield whole[:4] + struct.pack("<I", size) + whole[8:size]
    for count in (0, 1, 1000, (1 << 32) - 1):
        yield whole[:24] + struct.pack("<I", count) + whole[28:]
    for _ in range(50):
        at = chance.randrange(len(whole))
        yield whole[:at] + chance.randbytes(1) + whole[at + 1:]
    yield whole


def main():
    directory, seed = sys.argv[1], int(sys.argv[2])
    chance, sent = random.Random(seed), 0
    context = zmq.Context()
    for name in ROUTERS + ("publish",):
        socket = context.socket(zmq.PUSH if name == "publish" else zmq.DEALER)
        socket.linger = 5000
        socket.connect(f"ipc://{directory}/{name}.sock")
        for content in frames(chance):
            parts = [content] if name not in ("submit", "admin") else \
                [b"r", content][:chance.randrange(1, 3)]
            socket.send_multipart(parts + [b"more"] * (chance.random() < 0.05) * 3)
            sent += 1
        socket.close()
    context.term()
    print(f"frames {sent}, seed {seed}")


main()
