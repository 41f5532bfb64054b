"""What a server does by its clocks, on a server whose clocks jump: warnings and
closings of connections, the end of simulations that last too long, and
sessions that nobody was at for long."""
import os
import subprocess
import time

from running import MINUTE, ack, made, spec, started, tick
from servertest import FAULTS, Home, main, until
from wire import STAMP, Watched
from wsclient import PATIENCE, http

BIN = os.path.join(os.path.abspath(os.environ.get("top_builddir", ".")),
                   "tests", "server", "hub_clock")


class User:
    def __init__(self, server, name, key):
        self.server, self.name, self.key = server, name, key

    def token(self):
        a = http(self.server.sim_port, "POST", "/auth/token",
                 {"X-API-Key": self.key})
        return a.json["access_token"]


class Server:
    """hub_clock: its users are .free and .pro."""

    def __init__(self, t):
        self.t = t
        self.folder = os.path.join(home.path, ".local", "share", "simutrador")
        for name in ("clock.db", "clock.db-wal", "clock.db-shm"):
            if os.path.exists(os.path.join(self.folder, name)):
                os.remove(os.path.join(self.folder, name))
        self.log_path = os.path.join(home.path, "clock.log")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [BIN, self.folder], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1)
        port, free, pro = self.process.stdout.readline().split()
        self.sim_port = int(port)
        self.free, self.pro = User(self, "free", free), User(self, "pro", pro)

    def __enter__(self):
        return self

    def ahead(self, seconds):
        """The clocks jump; the worker, which waits by the machine's, is
        woken."""
        self.process.stdin.write("%d\n" % seconds)
        self.process.stdout.readline()
        for _ in range(2):
            c = Watched(self.t, name="waker", port=self.sim_port,
                        path="/ws/health")
            c.expect("health")
            c.abort()

    def __exit__(self, *_):
        self.process.stdin.close()
        rc = self.process.wait(PATIENCE)
        self.process.stdout.close()
        with open(self.log_path, encoding="utf-8") as f:
            log = f.read()
        self.t.check("it ends well", rc == 0, rc, log[-2000:])
        self.t.check("no report of a sanitizer", not FAULTS.search(log),
                     log[-3000:])


def warned(t):
    """Five minutes and one minute before the end, then the end."""
    with Server(t) as s:
        c = Watched.with_room(t, s.free, "warned")
        for _ in range(2):
            s.ahead(1500)
            c.alive()
        s.ahead(200)
        t.check("no warning too early", c.silent(0.1), list(c.kept))
        s.ahead(101)
        d = c.seen("connection_warning", {
            "warning_type": "approaching_timeout", "expires_at": STAMP,
            "action_required": str})
        t.check("five minutes", 200 <= d["seconds_remaining"] <= 300, d)
        s.ahead(150)
        t.check("said once", c.silent(0.1), list(c.kept))
        s.ahead(91)
        d = c.seen("connection_warning", {"warning_type": "imminent_closure"})
        t.check("one minute", 0 < d["seconds_remaining"] <= 60, d)
        s.ahead(60)
        c.seen("connection_closing", {
            "reason": "max_duration", "close_code": 4005,
            "reconnect_allowed": True})
        got = c.wait_close()
        t.check("closed with 4005", got[0] == 4005, got)
        c.abort()
        c = Watched.with_room(t, s.pro, "longer")
        s.ahead(3550)
        c.alive()
        t.check("another plan lasts longer", c.silent(0.1), list(c.kept))
        c.abort()


def idle(t):
    """Silence ends a connection; a session at work on it is no silence."""
    with Server(t) as s:
        c = Watched.with_room(t, s.free, "idle")
        s.ahead(1700)
        t.check("not yet", c.silent(0.1), list(c.kept))
        s.ahead(101)
        c.seen("connection_closing", {"reason": "idle_timeout",
                                      "close_code": 4004})
        t.check("closed with 4004", c.wait_close()[0] == 4004)
        c.abort()
        c = Watched.with_room(t, s.free, "at work")
        sid = started(c, made(c, MINUTE), flow_control=False,
                      tick_interval_ms=1000)
        n = 0
        for _ in range(3):
            s.ahead(1000)
            n += 1
            tick(c, sid, n)
        t.check("one with a session at work stays", c.closed is None)
        c.want("delete_session", {"session_id": sid}, "session_deleted")
        c.abort()


def too_long(t):
    """A simulation ends when it has lasted as long as the plan allows."""
    with Server(t) as s:
        c = Watched.with_room(t, s.free, "long")
        sid = started(c, made(c, MINUTE), on_disconnect="run")
        tick(c, sid, 1)
        c.abort()
        for _ in range(25):
            s.ahead(3500)
            c = Watched.with_room(t, s.free, "again")
            d = c.want("query_status", {"session_id": sid},
                       "simulation_status")
            if d["state"] == "completed":
                break
            c.want("attach_session", {"session_id": sid}, "session_attached")
            s.ahead(1)
            c.close()
        t.check("it is over", d["state"] == "completed", d)
        c.want("delete_session", {"session_id": sid}, "session_deleted")
        c.abort()


def left(t, s, name):
    c = Watched.with_room(t, s.free, name)
    sid = started(c, made(c, MINUTE))
    tick(c, sid, 1)
    c.close()
    # By the clock of before it jumps.
    c = Watched.with_room(t, s.free, name + ", seen")
    t.check("it is left", until(lambda: c.want(
        "get_session", {"session_id": sid}, "session_details")["state"] ==
        "paused"))
    c.close()
    return sid


def is_there(c, sid):
    return c.ask("get_session", {"session_id": sid})["type"] == \
        "session_details"


def gone(c, sid):
    return until(lambda: not is_there(c, sid))


def kept(t):
    """A session that nobody is at is kept for an hour."""
    with Server(t) as s:
        sid = left(t, s, "first")
        s.ahead(3500)
        c = Watched.with_room(t, s.free, "in time")
        t.check("it is kept", is_there(c, sid))
        c.want("resume_session", {"session_id": sid,
                                  "last_processed_sequence_id": 1},
               "state_sync")
        tick(c, sid, 2)
        for _ in range(3):
            s.ahead(1700)
            ack(c, sid, 2)
            if c.kept or not c.silent(0.3):
                break
        t.check("one that somebody is at is kept", is_there(c, sid))
        c.close()
        c = Watched.with_room(t, s.free, "seen")
        t.check("it is left", until(lambda: c.want(
            "get_session", {"session_id": sid}, "session_details")["state"] ==
            "paused"))
        c.close()
        s.ahead(3700)
        c = Watched.with_room(t, s.free, "late")
        t.check("then it is forgotten", gone(c, sid))
        # Its place, of which the plan has one, is free a moment later.
        t.check("its place is free", until(lambda: c.ask(
            "create_session", spec())["type"] == "session_created"))
        sid = c.want("list_sessions", {}, "sessions_list")["sessions"][0][
            "session_id"]
        c.want("delete_session", {"session_id": sid}, "session_deleted")
        c.abort()


def at_the_hour(t):
    """Taken up in the moment in which its hour ends: either there, and then it
    stays, or not."""
    with Server(t) as s:
        seen = {}
        for i in range(8):
            sid = left(t, s, "left %d" % i)
            s.ahead(3580)
            c = Watched.with_room(t, s.free, "taken up %d" % i)
            s.ahead(25)
            time.sleep(0.05 * i)
            m = c.ask("resume_session", {"session_id": sid,
                                         "last_processed_sequence_id": 1})
            seen[m["type"]] = seen.get(m["type"], 0) + 1
            if m["type"] == "state_sync":
                s.ahead(70)
                time.sleep(0.4)
                tick(c, sid, 2)
                ack(c, sid, 2)
                tick(c, sid, 3)
                t.check("what was taken up is there", is_there(c, sid))
                c.want("delete_session", {"session_id": sid},
                       "session_deleted")
            else:
                t.check("or it is unknown", m["data"]["error_code"] ==
                        "SESSION_NOT_FOUND", m)
            c.close()
            s.ahead(3600)               # so many sessions an hour
        print(seen)


if __name__ == "__main__":
    home = Home(sample=[("ACME", "ACME_1min.csv"), ("ACME",
                                                   "ACME_daily.csv")])
    try:
        main(warned, idle, too_long, kept, at_the_hour)
    finally:
        home.remove()
