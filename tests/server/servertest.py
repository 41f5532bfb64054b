"""simutrador serve as a fixture: in a home of its own, with the bundled sample
in its store, users of every plan, and an end that is looked at.

    from servertest import Server, Tally, main

    def test(t):
        with Server(t, "one port") as s:        # options of serve follow
            ada = s.user("ada", "professional") # .key .id .token() .bearer()
            c = ada.connect()                   # past connection_ready
            c.ask("create_session", {...})
        # stopped by SIGTERM: its status, log and sanitizer reports are checked

    main(test)

Everything is gone at the end, whatever happens.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from wsclient import PATIENCE, Client, http  # noqa: E402

SRC = os.path.abspath(os.environ.get("top_srcdir", "."))
SIM = os.path.join(os.path.abspath(os.environ.get("top_builddir", ".")),
                   "simutrador")
IS_LONG = os.environ.get("SIM_LONG") == "1"
SAMPLE = [("ACME", "ACME_daily.csv"), ("BOLT", "BOLT_daily.csv"),
          ("CRUX", "CRUX_daily.csv"), ("ACME", "ACME_1min.csv")]
FAULTS = re.compile(r"ERROR: (\w+)Sanitizer|runtime error:|SUMMARY: ")


class NotThere(Exception):
    """It did not start: what it said."""


class Tally:
    """Counts, and says what failed."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, what, is_right, *seen):
        if is_right:
            self.passed += 1
        else:
            self.failed += 1
            print("FAIL: " + what)
            for s in seen:
                print("  %.1500s" % (s,))
        return is_right

    def end(self):
        print("%d passed, %d failed, %d skipped" %
              (self.passed, self.failed, self.skipped))
        return 1 if self.failed else 0 if self.passed else 77


class Home:
    """A fresh home, with the sample of data/ in its store."""

    def __init__(self, sample=SAMPLE):
        self.path = tempfile.mkdtemp(prefix="simserve")
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("XDG_", "SIMUTRADOR")) and
                    k != "JWT_SECRET_KEY"}
        self.env.update(HOME=self.path, LC_ALL="C", TZ="UTC")
        for symbol, name in sample:
            self.must("data", "import", "--symbol", symbol,
                      os.path.join(SRC, "data", name))

    def run(self, *args, stdin=None, env=None, timeout=120):
        """Status, output and error output of the program."""
        p = subprocess.run((SIM,) + args, env=dict(self.env, **(env or {})),
                           cwd=self.path, text=True, input=stdin or "",
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           errors="replace", timeout=timeout)
        return p.returncode, p.stdout, p.stderr

    def must(self, *args, **kw):
        """The output of what has to succeed."""
        rc, out, err = self.run(*args, **kw)
        if rc:
            raise AssertionError("%s: status %d, %s" % (args, rc, err))
        return out

    def file(self, name, text):
        path = os.path.join(self.path, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class User:
    """A user with a key; tokens are got when first asked for."""

    def __init__(self, server, name, id_, plan, key):
        self.server = server
        self.name, self.id, self.plan, self.key = name, id_, plan, key
        self._token = None

    def token(self, new=False):
        if new or not self._token:
            a = http(self.server.auth_port, "POST", "/auth/token",
                     {"X-API-Key": self.key})
            if a.status != 200:
                raise AssertionError("no token: %r" % a)
            self._token = a.json["access_token"]
        return self._token

    def bearer(self):
        return {"Authorization": "Bearer " + self.token()}

    def open(self, **kw):
        """A WebSocket with nothing read from it."""
        return Client(self.server.sim_port,
                      "/ws/simulate?token=" + self.token(), **kw)

    def connect(self, **kw):
        """A WebSocket past connection_ready, which is its .ready."""
        c = self.open(**kw)
        c.ready = c.expect("connection_ready")
        return c


def until(is_so, seconds=PATIENCE):
    """Whether it becomes so in time."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Server:
    """A running `simutrador serve`.  With home, in that one, which stays."""

    def __init__(self, tally=None, name="serve", *options, home=None,
                 env=None, roomy=True):
        self.tally, self.name = tally, name
        self.own_home = home is None
        self.home = home or Home()
        self.env = dict(self.home.env, **(env or {}))
        self.options = [str(o) for o in options]
        if roomy:
            self.options += ["--per-address", "1000"]
        self.users = {}
        self.process = None
        try:
            self.start()
        except BaseException:
            self.kill()
            raise

    def start(self, auth_port=0, sim_port=0):
        """At ports of before: once they are free, if somebody has one."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.try_start(auth_port, sim_port)
            except NotThere as e:
                self.end(None)
                if not auth_port or "address" not in str(e).lower() or \
                        time.monotonic() > end:
                    raise
            time.sleep(0.2)

    def try_start(self, auth_port, sim_port):
        self.log_path = os.path.join(self.home.path, "serve.log")
        with open(self.log_path, "ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(
                [SIM, "serve", "--auth-port", str(auth_port), "--sim-port",
                 str(sim_port)] + self.options, env=self.env,
                cwd=self.home.path, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        try:
            self.said = json.loads(line)
        except ValueError:
            raise NotThere("%r; %s" % (line, self.log())) from None
        self.auth_port = int(self.said["auth_url"].rsplit(":", 1)[1])
        self.sim_port = int(self.said["simulation_url"].rsplit(":", 1)[1])
        if self.said.get("api_key"):
            self.admin = User(self, "admin", None, "enterprise",
                              self.said["api_key"])

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            print("the end of its log:\n" + self.log()[-3000:])
            self.kill()
        else:
            self.stop()

    def user(self, name, plan="free"):
        """A user of this name, made when there is none."""
        if name not in self.users:
            made = json.loads(self.home.must("admin", "user", "add", name,
                                             "--plan", plan))
            key = json.loads(self.home.must("admin", "key", "create", name))
            self.users[name] = User(self, name, made["user"], plan,
                                    key["api_key"])
        return self.users[name]

    def http(self, method, path, headers=None, body=None, **kw):
        return http(self.auth_port, method, path, headers, body, **kw)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            f.seek(self.log_start)
            return f.read()

    def end(self, sig=signal.SIGTERM, timeout=2 * PATIENCE):
        """Ask it to end (None: it was asked).  Gives: its exit status (None:
        it did not end)."""
        if sig:
            self.process.send_signal(sig)
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = None
        self.process.stdout.close()
        return status

    def restart(self, sig=signal.SIGKILL, wait=0):
        """End it and start it at the same ports."""
        ports = self.auth_port, self.sim_port
        status = self.end(sig)
        self.check_log()
        time.sleep(wait)
        self.start(*ports)
        return status

    def check_log(self):
        """Whether it said nothing of a sanitizer; counted when there is
        something to count with."""
        fault = FAULTS.search(self.log())
        if self.tally:
            self.tally.check(self.name + ": no sanitizer has a say",
                             not fault, self.log()[-4000:])
        return not fault

    def stop(self):
        if self.process.poll() is None:
            status = self.end()
        else:
            status = "it had ended with %d" % self.process.returncode
        if self.tally:
            self.tally.check(self.name + ": ends well", status == 0, status,
                             self.log()[-3000:])
        self.check_log()
        self.forget()

    def forget(self):
        if self.own_home:
            self.home.remove()

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.forget()


def main(*tests):
    """Run them, each given the tally; what one raises is a failure."""
    t = Tally()
    if not os.path.exists(SIM):
        print("there is no %s" % SIM)
        sys.exit(77)
    for test in tests:
        try:
            test(t)
        except Exception as e:
            import traceback
            t.check("%s: %r" % (test.__name__, e), False,
                    traceback.format_exc())
    sys.exit(t.end())
