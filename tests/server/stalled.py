#!/usr/bin/env python3
"""A server whose pool is full of what doesn't come to its end: bars that are
loaded from a pipe which nobody writes to.  Whatever has not to wait for that
goes on: a key that is revoked closes its connection, a session's worker answers
others while the session's results wait for room in the pool, and a server that
is told to end doesn't begin what nobody hears any more."""
import ctypes
import errno
import json
import os
import select
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from running import DAILY, made, spec, started, tick  # noqa: E402
from servertest import PATIENCE, Server, main  # noqa: E402
from wire import Watched  # noqa: E402

ROOM = 2 + 64		# threads of the pool, and what may wait for one
MORE = 6
# Of inotify(7).  Equal events in a row are one, so closes are asked for too.
IN_OPEN, IN_CLOSE = 0x20, 0x10
EVENT = struct.Struct("iIII")


def no_bars(s):
    path = os.path.join(s.home.path, "nothing")
    with open(path, "wb") as f:
        f.write(b"no bars")
    return path


class Opened:
    """How often a file is opened."""

    def __init__(self, path):
        self.path = path
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init()
        got = libc.inotify_add_watch(self.fd, path.encode(),
                                     IN_OPEN | IN_CLOSE)
        assert self.fd >= 0 and got >= 0, ctypes.get_errno()

    def count(self):
        n = 0
        while select.select([self.fd], [], [], 0)[0]:
            n += sum(e[1] == IN_OPEN for e in
                     EVENT.iter_unpack(os.read(self.fd, 4096)))
        os.close(self.fd)
        return n


class Stall:
    """CRUX can't be loaded, and the pool is full of who wants it."""

    def __init__(self, s):
        self.s = s
        user = s.user("crowd", "enterprise")
        self.held = [user.connect() for _ in range(ROOM + MORE)]
        self.path = os.path.join(s.home.path, ".local", "share",
                                 "simutrador", "store", "CRUX", "daily.bars")
        self.pipe = os.path.join(s.home.path, "pipe")
        os.mkfifo(self.pipe)
        os.link(self.pipe, self.path + "x")
        os.rename(self.path + "x", self.path)
        for c in self.held:
            self.ask(c)
        self.refused = []
        # A refusal may be under way yet: some more are asked for one.
        for _ in range(2 * MORE):
            while len(self.held) > ROOM:
                self.wait_refusal()
            while len(self.held) <= ROOM:
                self.held.append(self.refused.pop())
                self.ask(self.held[-1])
        self.wait_refusal()

    @staticmethod
    def ask(c):
        c.send_type("create_session", spec(DAILY, symbols=["CRUX"]), "x")

    def wait_refusal(self):
        found = select.select([c.sock for c in self.held], [], [], PATIENCE)
        assert found[0], "%d have room in the pool" % len(self.held)
        for c in [c for c in self.held if c.sock in found[0]]:
            m = c.expect("error")
            assert m["data"]["error_code"] == "SERVICE_BUSY", m
            self.held.remove(c)
            self.refused.append(c)

    def release(self, path):
        """The bars are this file now, which has none: so it is found by whom
        the pipe is opened for, and by who comes later."""
        os.rename(path, self.path)
        end = time.monotonic() + PATIENCE
        while self.s.process.poll() is None and time.monotonic() < end:
            try:
                os.close(os.open(self.pipe, os.O_WRONLY | os.O_NONBLOCK))
                return
            except OSError as e:
                if e.errno != errno.ENXIO:
                    raise
            time.sleep(0.01)

    def abort(self):
        for c in self.held + self.refused:
            c.abort()


def beside(t):
    """What goes on, and what waits."""
    with Server(t, "beside") as s:
        kay, ida = s.user("kay"), s.user("ida", "professional")
        watched = Watched(t, kay)
        one, two = Watched(t, ida, "one"), Watched(t, ida, "two")
        first = started(one, made(one))
        tick(one, first, 1)
        other = made(two)
        stall = Stall(s)
        for row in s.home.must("admin", "key", "list").splitlines():
            row = json.loads(row)
            if row["user"] == kay.id:
                s.home.must("admin", "key", "revoke", row["key"])
        watched.seen("connection_closing", {"reason": "api_key_revoked"})
        watched.wait_close()
        watched.abort()
        one.want("stop_simulation", {"session_id": first},
                 "simulation_stopped")
        # One worker hears all of a user, one thing after the other, and what
        # is stored is so in that order.
        started(two, other)
        two.want("pause_simulation", {"session_id": other},
                 "simulation_paused")
        t.check("results wait for the pool", one.silent() and not any(
            m["type"] == "simulation_complete" for m in one.kept), one.kept)
        stall.release(no_bars(s))
        one.seen("simulation_complete", {"session_id": first})
        one.abort()
        two.abort()
        stall.abort()


def ends(t):
    """Two are at work when it is told to end, the others don't begin."""
    if not hasattr(ctypes.CDLL(None), "inotify_init"):
        t.skipped += 1
        print("skipped: no inotify to see with who begins")
        return
    s = Server(t, "ends")
    try:
        c = Watched(t, s.user("kay"))
        stall, opened = Stall(s), Opened(no_bars(s))
        s.process.terminate()
        c.seen("connection_closing", {"reason": "server_maintenance"})
        c.abort()
        stall.abort()
        stall.release(opened.path)
        t.check("it ends", s.end(None) == 0, s.log()[-1000:])
        # How often one opens it is its own; there were two, at most.
        n = opened.count()
        t.check("no others began", n < ROOM, n)
        s.check_log()
    finally:
        s.kill()


if __name__ == "__main__":
    main(beside, ends)
