#!/usr/bin/env python3
"""Every n-th step to the disk fails, and every n-th allocation, while a
session trades.

Whatever fails: the server lives (or, out of memory, ends with its one
sentence), nothing that was acknowledged is lost, every execution comes once,
and the result is that of a session that nobody disturbed.

A stride of the steps; with SIM_LONG all of them.
"""

import errno
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kill
from failing import ALL, FOREVER, LIBRARIES, SHIM, Failing
from servertest import IS_LONG, main

# A session is some 120 steps and 1,050 or, with our own, 2,600 allocations.
DISK = range(1, 131) if IS_LONG else list(range(1, 13)) + [17, 31, 64, 110]
LIBS = range(1, 1101) if IS_LONG else range(1, 1100, 13)
ANY = range(1, 2701) if IS_LONG else range(20, 2700, 250)
SENTENCES = re.compile(r"^simutrador: the machine is out of memory$|"
                       r"^\(libev\) cannot allocate \d+ bytes, aborting\.$",
                       re.M)
SPEC = {"symbols": ["ACME"], "start_date": "2020-01-01",
        "end_date": "2020-03-10", "initial_capital": "100000",
        "timeframe": "daily"}


class Trader(kill.Trader):
    """One that knows what a failing disk or memory makes the server say."""

    until = float("inf")

    def look(self):
        if time.monotonic() > self.until:
            raise AssertionError("%s: does not come to its end" % self.name)
        if self.server.process.poll() is not None:
            self.server.revive()

    def hear(self, c, m):
        if m["type"] == "error" and \
                m["data"]["error_code"] == "SESSION_CREATE_FAILED":
            self.created = False
            raise kill.Gone
        if m["type"] == "session_error" and not self.started and \
                m["data"]["error_code"] in ("DATA_FETCH_FAILED",):
            raise kill.Gone
        super().hear(c, m)


class Tortured(Failing):
    """Ended by its own sentence, it is started again."""

    def revive(self):
        self.ctl.calm()
        status = self.process.wait()
        said = self.log()
        self.tally.check("%s: ends by its sentence alone" % self.name,
                         status == -signal.SIGABRT and
                         bool(SENTENCES.search(said)),
                         status, said[-1200:])
        self.process.stdout.close()
        self.deaths += 1
        self.start(self.auth_port, self.sim_port)

    deaths = 0


def trade(t, s, name, plain, arm):
    """A session that is armed against from its first message on."""
    x = Trader(name, s, 3)
    c = x.connect()             # a token before anything fails
    c.abort()
    arm()
    begun = time.monotonic()
    x.until = begun + 120
    x.run()
    s.ctl.calm()
    t.check(name + ": the same result", x.result == plain.result, x.result,
            plain.result)
    t.check(name + ": the same executions, each once",
            x.executions == plain.executions, x.executions)
    t.check(name + ": the same batches, each once", x.acked == plain.acked,
            x.acked)
    t.check(name + ": in time", time.monotonic() - begun < 120)
    return x


def undisturbed(s):
    kill.SPEC = SPEC
    x = Trader("plain", s, 3)
    x.run()
    return x


def disk(t):
    """One step fails with EIO; all from the n-th on, until it is calm."""
    with Tortured(t, "disk") as s:
        plain = undisturbed(s)
        for n in DISK:
            trade(t, s, "eio%d" % n, plain, lambda: s.ctl.disk(n))
        for n in list(DISK)[::4]:
            trade(t, s, "twenty%d" % n, plain,
                  lambda: s.ctl.disk(n, 20, errno.ENOSPC))
        t.check("ten executions to lose", len(plain.executions) >= 10,
                len(plain.executions))
        t.check("the disk did fail", s.log().count("event=storage") > 10)


def is_reached(t, s):
    """Whether allocations of the server come to fail.so: a sanitizer that is
    part of the program, as clang's is, takes them before."""
    before = s.ctl.get("mem_count")
    s.ctl.memory(FOREVER, ALL)
    s.http("GET", "/health")
    s.ctl.calm()
    if s.ctl.get("mem_count") > before:
        return True
    print("skipped: %s, which this build's sanitizer keeps" % s.name)
    t.skipped += 1
    return False


def libraries(t):
    with Tortured(t, "libraries' memory") as s:
        if not is_reached(t, s):
            return
        plain = undisturbed(s)
        for n in LIBS:
            if n % 200 == 0:        # sessions an hour are limited
                s.restart()
            trade(t, s, "lib%d" % n, plain,
                  lambda: s.ctl.memory(n, LIBRARIES))
        print("libraries: %d ends" % s.deaths)


def everyone(t):
    with Tortured(t, "all memory") as s:
        if not is_reached(t, s):
            return
        plain = undisturbed(s)
        for n in ANY:
            trade(t, s, "any%d" % n, plain, lambda: s.ctl.memory(n, ALL))
        t.check("some of them end it", s.deaths > 0)
        print("everyone: %d ends" % s.deaths)


if not os.path.exists(SHIM):
    print("skipped: fail.so was not built")
    sys.exit(77)
if "thread" in os.environ.get("SANITIZERS", ""):
    print("skipped: ThreadSanitizer itself ends without memory")
    sys.exit(77)
if __name__ == "__main__":
    main(disk, libraries, everyone)
