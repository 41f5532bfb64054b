"""What the scripts beside it share: net_echo as a server, and counting."""

import atexit
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from wsclient import PATIENCE, http  # noqa: E402

BUILD = os.environ.get("top_builddir", ".")
IS_LONG = os.environ.get("SIM_LONG") == "1"
ECHO = os.path.join(BUILD, "tests", "server", "net_echo")


class NotThere(Exception):
    """It did not start: what it said."""


def has_loop(loop):
    """Whether this build and machine have it (libev is a plugin)."""
    try:
        Server("-l", loop).stop()
    except NotThere as e:
        if "loop" in str(e):
            return False
        raise
    return True


def wait_for(holds, seconds=PATIENCE):
    """The seconds until holds(), or None."""
    started = time.monotonic()
    while time.monotonic() < started + seconds:
        if holds():
            return time.monotonic() - started
        time.sleep(0.05)
    return None


def is_well(port):
    try:
        return http(port, timeout=PATIENCE).status == 200
    except (OSError, EOFError, ValueError, IndexError):
        return False


class Server:
    """net_echo with some options; .port, .port2, .loop."""

    def __init__(self, *options, limit_files=None, env=None,
                 pass_fds=()):
        command = [ECHO, *map(str, options)]
        if limit_files:
            command = ["sh", "-c", "ulimit -n %d; exec \"$@\"" % limit_files,
                       "sh", *command]
        self.log_path = os.path.join(
            os.environ.get("TMPDIR", "/tmp"), "net_echo.%d.%d.log" %
            (os.getpid(), time.monotonic_ns()))
        self.log_file = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.log_file, text=True,
            env=dict(os.environ, **(env or {})), pass_fds=pass_fds)
        atexit.register(self.kill)
        line = self.process.stdout.readline().split()
        if len(line) != 4:
            raise NotThere(self.log())
        self.port, self.port2 = int(line[0]), int(line[1])
        self.loop, self.most = line[2], int(line[3])

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def rss_kb(self):
        with open("/proc/%d/status" % self.process.pid) as f:
            for line in f:
                if line.startswith("VmRSS"):
                    return int(line.split()[1])
        return 0

    def stop(self, timeout=120):
        """(exit status, what it said at its end, its counters)."""
        self.process.send_signal(signal.SIGTERM)
        said, _ = self.process.communicate(timeout=timeout)
        word, _, counters = said.strip().partition(" ")
        try:
            counters = json.loads(counters)
        except ValueError:
            counters = {}
        return self.process.returncode, word, counters

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log_file.close()
        try:
            os.unlink(self.log_path)
        except OSError:
            pass


class Count:
    """Counts what holds and says what doesn't."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, name, holds, seen=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print("FAILED %s: %s" % (name, seen))
        return holds

    def stops_well(self, name, server):
        code, word, counters = server.stop()
        self.check(name + ": ends well", code == 0 and word == "ended",
                   (code, word, server.log()[-3000:]))
        self.check(name + ": nothing left open",
                   counters.get("open") == 0 and counters.get("queued") == 0
                   and counters.get("users") == counters.get("closed"),
                   counters)
        return counters

    def end(self):
        print("%d passed, %d failed, %d skipped" %
              (self.passed, self.failed, self.skipped))
        sys.exit(1 if self.failed else 77 if not self.passed else 0)


def loops():
    return [loop for loop in ("poll", "ev") if has_loop(loop)]
