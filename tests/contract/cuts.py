"""Every kind of request, over a connection that is cut after each message of it,
one after the other: before a request arrives, before its answer does, after
that; and cut again while what was under way is asked again.  What comes is
what comes undisturbed, always, and soon.
"""
import base64
import concurrent.futures
import hashlib
import json
import os
import re
import socket
import sys
import threading
import time

TOP = os.environ.get("top_srcdir", ".")
sys.path.insert(0, os.path.join(TOP, "tests", "server"))
sys.path.insert(0, os.path.join(TOP, "tests", "contract"))
from proxy import Forwarder, Link, drive  # noqa: E402
from servertest import IS_LONG, Server, main  # noqa: E402
from wsclient import GUID, TEXT, Reader, frame_bytes, mask_bytes  # noqa: E402

AT_ONCE = 4
LATER = 9			# messages of the second connection


def frame(r):
    """The next frame, as it came, and its text."""
    head = r.exactly(2)
    n = head[1] & 0x7f
    if n > 125:
        head += r.exactly(2 if n == 126 else 8)
        n = int.from_bytes(head[2:], "big")
    if head[1] & 0x80:
        key = r.exactly(4)
        body = r.exactly(n)
        return head + key + body, mask_bytes(body, key)
    body = r.exactly(n)
    return head + body, body


class Cutter(Forwarder):
    """Forwards message by message.  cuts: of each connection, in turn, the
    way (0: to the server), the number of the message it ends with, and
    whether that arrives; a number of seconds: it does not end, but is held up
    for so long; None: it is let through."""

    def __init__(self, port, cuts):
        self.cuts = list(cuts)
        self.done = 0
        self.seen = []              # types, by connection and way
        super().__init__(port)

    def link(self, near, far):
        cut = self.cuts.pop(0) if self.cuts else None
        self.seen.append(([], []))
        for way in range(2):
            threading.Thread(target=self.pump, daemon=True, args=(
                way, (near, far), cut, self.seen[-1][way])).start()

    def forward(self, way, ends, cut, seen):
        r = Reader(ends[way])
        ends[1 - way].sendall(r.until(b"\r\n\r\n") + b"\r\n\r\n")
        i = 0
        while True:
            raw, text = frame(r)
            if raw[0] & 15 == 1:
                seen.append(json.loads(text)["type"])
            is_last = cut and cut[0] == way and cut[1] == i
            is_held = is_last and not isinstance(cut[2], bool)
            if is_held:
                time.sleep(cut[2])
            if not is_last or cut[2]:
                ends[1 - way].sendall(raw)
            if is_held:
                self.done += 1
            elif is_last:
                with self.lock:
                    self.done += 1
                return
            i += 1

    def pump(self, way, ends, cut, seen):
        try:
            self.forward(way, ends, cut, seen)
        except (OSError, EOFError):
            pass
        for s in ends:
            Link.shut(s)


def run(server, token, cuts, how="each"):
    """What it printed, what it said, and the cuts that were made."""
    c = Cutter(server.sim_port, cuts)
    status, out, said = drive("ws://127.0.0.1:%d" % c.own, token, 6, how=how)
    c.close()
    return status, out, said, c


LAST = ("stop_simulation", "simulation_complete")


def cases(seen):
    """The ways to cut: once, and again; the second time each of the messages
    of a connection that is made again has its turn.  The server ends the first
    connection with the first session; what comes last there, or first on the
    next, is not always the same."""
    later = [(way, i, True) for way in range(2) for i in range(LATER)]
    sure, maybe = [], []
    for c, out in enumerate((sure, maybe)):
        for way in range(2):
            for i, name in enumerate(seen[c][way]):
                out.append([None] * c + [(way, i, True)])
                if not way:
                    out.append([None] * c + [(way, i, False)])
                if not c and name == LAST[way]:
                    break
    return [[x + [y] for k, x in enumerate(all_of) for y in
             (later if IS_LONG else [later[k * 7 % len(later)]])]
            for all_of in (sure, maybe)]


def token(server, k):
    """Of the user of the k-th run; one may make so many sessions an hour."""
    return server.user("user%d" % (k // 200), "enterprise").token()


def cut(t):
    with Server(t, "server") as server:
        status, want, said, c = run(server, token(server, 0), [])
        t.check("undisturbed", not status and "log " in want, status, said)
        sure, maybe = cases(c.seen)
        t.check("there is something to cut", len(sure) > 30 and
                len(maybe) > 20, len(sure), len(maybe))
        done = 0
        todo = [(x, token(server, k)) for k, x in enumerate(sure + maybe)]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for x, (status, got, said, c) in zip(sure + maybe, pool.map(
                    lambda x: run(server, x[1], x[0]), todo)):
                t.check("cut at %r" % (x,), not status and got == want,
                        status, said, got, want)
                t.check("it was cut at %r" % (x,), c.done or x in maybe)
                done += c.done
        t.check("all were cut, but for a few", done > len(sure + maybe), done)
        print("%d and %d runs, %d cuts" % (len(sure), len(maybe), done))
        paced(t, server)


def paced(t, server):
    """Lost in the middle of steps that go on meanwhile, and until the question
    for the rest of them arrives."""
    user = token(server, 0)
    status, want, said, c = run(server, user, [], "paced")
    t.check("paced", not status and "at " in want, status, said)
    at = c.seen[0][0].index("step_simulation")
    todo = [[(0, at, True)], [(0, at, False)],
            [(0, at, True), (0, 1, True)], [(0, at, True), (1, 1, True)]]
    # The second message asks for the rest, or the third, if it is looked twice.
    todo += [[(0, at, True), (0, i, 0.9)] for i in (1, 2)]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for x, (status, got, said, c) in zip(todo, pool.map(
                lambda x: run(server, user, x, "paced"), todo)):
            t.check("paced, cut at %r" % (x,), not status and got == want and
                    c.done == len(x), status, said, got, want, c.seen)


READY = {"type": "connection_ready", "data": {
    "user_id": "u", "plan": "free", "server_time": "2026-01-01T00:00:00.000Z",
    "connection_expires_at": "2026-01-02T00:00:00.000Z",
    "idle_timeout_sec": 1800, "max_simulation_duration_sec": 3600,
    "concurrent_connections_limit": 1, "supported_features": []}}


class Script:
    """A server that says what it is told to: for each connection, the answer
    to each message in turn, (type, data); None ends the connection.  Bytes are
    the answer to its handshake."""

    def __init__(self, *connections):
        self.connections = connections
        self.heard = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        for answers in self.connections:
            s, _ = self.listener.accept()
            try:
                self.talk(s, answers)
            except (OSError, EOFError):
                pass
            Link.shut(s)
        self.listener.close()

    @staticmethod
    def say(s, message):
        s.sendall(frame_bytes(TEXT, json.dumps(message), mask=False))

    def talk(self, s, answers):
        r = Reader(s)
        head = r.until(b"\r\n\r\n")
        if isinstance(answers, bytes):
            s.sendall(answers)
            return
        key = re.search(rb"Sec-WebSocket-Key: *([^\r]+)", head,
                        re.I).group(1).decode()
        s.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket"
                   "\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s"
                   "\r\n\r\n" % base64.b64encode(hashlib.sha1(
                       (key + GUID).encode()).digest()).decode()).encode())
        self.say(s, READY)
        for answer in answers:
            m = json.loads(frame(r)[1])
            self.heard.append(m["type"])
            if answer:
                self.say(s, {"type": answer[0], "data": answer[1],
                             "request_id": m["request_id"]})


def no(code):
    return ("session_error", {"error_code": code, "message": "no: " + code,
                              "details": {}})


def refused(t):
    """A session of the first copy of a request that is in the way of the
    second, and then is not there: it is asked for anew, but once."""
    s = Script([None], [no("VALIDATION_FAILED"), no("SESSION_NOT_FOUND"),
                        no("INVALID_SYMBOL")])
    status, _, said = drive("ws://127.0.0.1:%d" % s.port, "token", 1)
    t.check("asked for anew", status == 1 and "INVALID_SYMBOL" in said and
            s.heard == ["create_session", "create_session", "get_session",
                        "create_session"], status, said, s.heard)
    s = Script([None], [no("VALIDATION_FAILED"), no("SESSION_NOT_FOUND")] * 2)
    status, _, said = drive("ws://127.0.0.1:%d" % s.port, "token", 1)
    t.check("a refusal that stands", status == 1 and
            "no: VALIDATION_FAILED" in said, status, said, s.heard)
    # Lost while it is looked into.
    s = Script([None], [no("VALIDATION_FAILED"), None],
               [no("VALIDATION_FAILED"), None], [no("DATA_FETCH_FAILED")])
    status, _, said = drive("ws://127.0.0.1:%d" % s.port, "token", 1)
    t.check("lost meanwhile, twice", status == 1 and
            "DATA_FETCH_FAILED" in said, status, said, s.heard)


def put_off(t):
    """A server that wants to be left alone for a day isn't waited for so
    long."""
    later = (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\nRetry-After: 86400"
             b"\r\nConnection: close\r\n\r\n")
    s = Script([None], *[later] * 99)
    os.environ["GIVE_UP_MS"] = "1000"
    status, _, said = drive("ws://127.0.0.1:%d" % s.port, "token", 1)
    del os.environ["GIVE_UP_MS"]
    t.check("it is given up", status == 1 and "could not be made again" in
            said and "wait for 86400 s" in said, status, said)


if __name__ == "__main__":
    main(refused, put_off, cut)
