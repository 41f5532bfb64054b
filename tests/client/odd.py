"""What a server says arrives as it was said, however it is cut into pieces: all
at once, the end of the connection with it, byte by byte, and while nobody
listens.
"""
import base64
import hashlib
import os
import socket
import subprocess
import sys
import threading
import time

TOP = os.environ.get("top_srcdir", ".")
sys.path.insert(0, os.path.join(TOP, "tests", "server"))
from servertest import Tally  # noqa: E402
from wsclient import (CLOSE, GUID, PING, PONG, TEXT, Reader,  # noqa: E402
                      close_payload, frame_bytes)

HEAR = os.path.join(os.path.abspath(os.environ.get("top_builddir", ".")),
                    "tests", "client", "ws_hear")
QUEUE = 4 << 20


def text(words, **kw):
    return frame_bytes(TEXT, words, mask=False, **kw)


def close(code, reason=""):
    return frame_bytes(CLOSE, close_payload(code, reason), mask=False)


def ping(payload=b""):
    return frame_bytes(PING, payload, mask=False)


class Fake:
    """Says bytes after its answer to one handshake (or instead of it), in
    pieces of so many; then answers pings for so many seconds."""

    def __init__(self, words, step=0, instead=False, how="close", lasts=0):
        self.words, self.step, self.how = words, step, how
        self.instead, self.lasts = instead, lasts
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def answer(self, head):
        key = [line.split(b":", 1)[1].strip() for line in head.split(b"\r\n")
               if line.lower().startswith(b"sec-websocket-key")][0]
        accept = base64.b64encode(hashlib.sha1(
            key + GUID.encode()).digest()).decode()
        return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n" %
                accept).encode()

    def give_pongs(self, reader):
        while True:
            a, b = reader.exactly(2)
            key = reader.exactly(4) if b & 0x80 else None
            payload = reader.exactly(b & 0x7f)
            if key:
                payload = bytes(x ^ key[i % 4] for i, x in enumerate(payload))
            if a & 15 == PING:
                reader.sock.sendall(frame_bytes(PONG, payload, mask=False))
            if a & 15 == CLOSE:
                return

    def serve(self):
        s, _ = self.listener.accept()
        self.listener.close()
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        r = Reader(s)
        head = r.until(b"\r\n\r\n")
        said = self.words if self.instead else self.answer(head) + self.words
        try:
            for i in range(0, len(said), self.step or len(said)):
                s.sendall(said[i:i + (self.step or len(said))])
                if self.step:
                    time.sleep(0.0005)
            if self.lasts:
                threading.Timer(self.lasts, s.sendall, (
                    close(1000, "done"),)).start()
                self.give_pongs(r)
            elif self.how == "half":
                s.shutdown(socket.SHUT_WR)
                while s.recv(4096):
                    pass
            elif self.how == "wait":
                while s.recv(4096):
                    pass
        except (OSError, EOFError):
            pass
        s.close()


def hear(fake, *args, queue=QUEUE, ping_s=20, silence_s=30):
    p = subprocess.run([HEAR, str(fake.port), str(queue), str(ping_s),
                        str(silence_s)] + [str(x) for x in args],
                       capture_output=True, text=True, timeout=120,
                       check=False)
    fake.thread.join(60)
    return p.stdout.splitlines(), p.stderr[-2000:]


BIG = [b"%05d " % i + b"x" * 994 for i in range(1000)]
REFUSAL = (b"HTTP/1.1 %d No\r\nContent-Type: text/plain\r\nContent-Length: 2"
           b"\r\nRetry-After: 7\r\nConnection: close\r\n\r\nno")
CASES = [
    ("a close with the answer", close(4003, "expired"),
     ["end 0 -1 4003 expired"]),
    ("a message and a close with the answer",
     text("one") + close(4002, "bad"), ["3 one", "end 0 -1 4002 bad"]),
    ("messages, a ping among them",
     text("one") + ping(b"x") + text("two") + close(1000, "done"),
     ["3 one", "3 two", "end 0 -1 1000 done"]),
    ("a message in fragments, a ping between",
     text("on", fin=False) + ping() + frame_bytes(0, "e!", mask=False) +
     close(1001), ["4 one!", "end 0 -1 1001 "]),
    ("messages and no goodbye", text("one") + text("two"),
     ["3 one", "3 two", "end 0 -1 1006 "]),
    ("nothing at all", b"", ["end 0 -1 1006 "]),
    ("half a message", text("one") + text("twotwo")[:5],
     ["3 one", "end 0 -1 1006 "]),
    ("a close without a code", text("one") +
     frame_bytes(CLOSE, b"", mask=False), ["3 one", "end 0 -1 1006 "]),
]


def pieces(t):
    for name, words, want in CASES:
        for step in (0, 1, 7):
            for how in ("close", "half", "wait"):
                if how == "wait" and b"\x88" not in words:
                    continue
                got, said = hear(Fake(words, step, how=how))
                t.check("%s, by %d, %s" % (name, step, how), got == want, got,
                        said)


def refusals(t):
    for status in (401, 429, 503):
        for step in (0, 1):
            for how in ("close", "half"):
                got, said = hear(Fake(REFUSAL % status, step, True, how))
                t.check("refused with %d, by %d, %s" % (status, step, how),
                        got == ["end %d 7000 0 " % status], got, said)


def held(t):
    """More than may wait comes, and the end with it."""
    words = b"".join(text(x) for x in BIG) + close(1000, "done")
    want = ["1000 " + x[:40].decode() for x in BIG] + ["end 0 -1 1000 done"]
    for how in ("wait", "half"):
        for away in ([], [200] * 3):
            got, said = hear(Fake(words, how=how), *away, queue=10000)
            t.check("held, %s, %r" % (how, away), got == want, len(got),
                    got[-3:], said)


def away(t):
    """Who is busy elsewhere between two looks finds the connection there,
    when the answer to its ping has come meanwhile."""
    got, said = hear(Fake(text("one"), lasts=5.5), 1300, 3600, 10, 100,
                     ping_s=1, silence_s=4)
    t.check("it is there", got == ["3 one", "end 0 -1 1000 done"], got, said)


def main():
    t = Tally()
    if not os.path.exists(HEAR):
        sys.exit(77)
    for test in (pieces, refusals, held, away):
        test(t)
    sys.exit(t.end())


if __name__ == "__main__":
    main()
