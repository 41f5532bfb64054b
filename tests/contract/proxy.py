"""A session over a connection that is cut, delayed and swallowed at random has
the executions, the result and the log of one that is not disturbed: no order
is lost, none is doubled, each tick and execution comes once and in order.  So
has one whose server is killed and comes back.  One who watches it over such a
connection has every execution and update once too, in order.
"""
import base64
import hashlib
import hmac
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time

TOP = os.environ.get("top_srcdir", ".")
sys.path.insert(0, os.path.join(TOP, "tests", "server"))
from servertest import IS_LONG, Home, Server, main  # noqa: E402
from orders import order  # noqa: E402
from running import MINUTE, ack, made, started, tick  # noqa: E402
from wire import Watched  # noqa: E402
from wsclient import PATIENCE, http  # noqa: E402

CUTS = 200 if IS_LONG else 25
WATCHER_CUTS = 60 if IS_LONG else 20
LAST_DAY = "2024-03-15" if IS_LONG else "2024-03-04"
DRIVE = os.path.join(os.path.abspath(os.environ.get("top_builddir", ".")),
                     "tests", "contract", "drive")


class Forwarder:
    """Listens at a port of its own, and hands each connection with its other
    end, at the port given, to link()."""

    def __init__(self, port):
        self.port = port
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.own = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                near.close()
                continue
            for s in (near, far):
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.link(near, far)

    def link(self, near, far):
        raise NotImplementedError

    def close(self):
        self.listener.close()


class Proxy(Forwarder):
    """Forwards badly."""

    def __init__(self, port, seed, cuts):
        self.rand = random.Random(seed)
        self.left = cuts
        self.cuts = 0
        super().__init__(port)

    def link(self, near, far):
        Link(self, near, far)

    def first(self, far):
        """What the server says first."""
        return far.recv(4096)

    def plan(self):
        """How a connection ends: after so many bytes one way or the other,
        cut at once or after a while in which they are swallowed."""
        with self.lock:
            if not self.left:
                return None
            self.left -= 1
            way = self.rand.randrange(2)
            return {"way": way, "is_swallowing": self.rand.random() < 0.3,
                    "is_reset": self.rand.random() < 0.5,
                    "in_handshake": self.rand.random() < 0.1,
                    "after": self.rand.randrange(1, 3600 if way else 500),
                    "slow": self.rand.random() < 0.3}


class Link:
    """One connection; way 0 goes to the server, way 1 comes from it."""

    def __init__(self, proxy, near, far):
        self.proxy = proxy
        self.ends = (near, far)
        self.plan = proxy.plan()
        self.seed = proxy.rand.random()
        self.is_over = False
        for way in range(2):
            threading.Thread(target=self.pump, args=(way,),
                             daemon=True).start()

    def cut(self):
        with self.proxy.lock:
            if self.is_over:
                return
            self.is_over = True
            self.proxy.cuts += 1
        for s in self.ends:
            if self.plan["is_reset"]:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             b"\1\0\0\0\0\0\0\0")
            self.shut(s)

    @staticmethod
    def shut(s):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        s.close()

    def pump(self, way):
        rand = random.Random("%r %d" % (self.seed, way))
        count = 0
        is_begun = is_swallowing = False
        is_open = self.plan and self.plan["in_handshake"]
        source, sink = self.ends[way], self.ends[1 - way]
        try:
            while True:
                data = self.proxy.first(source) if way and not is_begun \
                    else source.recv(4096)
                if not data:
                    break
                is_begun = True
                if self.plan and self.plan["slow"]:
                    time.sleep(rand.random() * 0.01)
                if not is_open:
                    is_open = b"\r\n\r\n" in data
                elif self.plan and self.plan["way"] == way:
                    room = self.plan["after"] - count
                    count += len(data)
                    if count > self.plan["after"]:
                        if not is_swallowing:
                            sink.sendall(data[:max(0, room)])
                        if not self.plan["is_swallowing"]:
                            self.cut()
                            return
                        if not is_swallowing:
                            is_swallowing = True
                            threading.Timer(self.plan.get("hold", 0.05),
                                            self.cut).start()
                        continue
                sink.sendall(data)
        except OSError:
            pass
        if self.is_over:
            return
        for s in self.ends:
            self.shut(s)


def drive(url, token, seed, *ca, how="ticks", next_token=None):
    env = dict(os.environ, **({"NEXT_TOKEN": next_token} if next_token
                              else {}))
    done = subprocess.run([DRIVE, how, url, token, str(seed), LAST_DAY, *ca],
                          capture_output=True, text=True, timeout=600,
                          check=False, env=env)
    return done.returncode, done.stdout, done.stderr


def disturbed(t, server, token, seed, cuts, how="ticks"):
    began = time.monotonic()
    status, want, said = drive("ws://127.0.0.1:%d" % server.sim_port, token,
                               seed, how=how)
    t.check("undisturbed", not status and "log " in want, said)
    proxy = Proxy(server.sim_port, seed, cuts)
    status, got, said = drive("http://127.0.0.1:%d/" % proxy.own, token, seed,
                              how=how)
    t.check("disturbed: %d" % seed, not status, said)
    t.check("the same executions, result and log: %d" % seed, got == want,
            [x for x in zip(got.splitlines(), want.splitlines())
             if x[0] != x[1]][:3], len(got), len(want))
    t.check("it was disturbed", proxy.cuts >= cuts * 4 // 5, proxy.cuts)
    proxy.close()
    print("%s: %d lines, %d cuts, %s, %.1f s" % (
        how, want.count("\n"), proxy.cuts, said.strip(),
        time.monotonic() - began))


def secure(t):
    """Over TLS, with a certificate that is trusted, or that is not."""
    if not shutil.which("openssl"):
        print("skipped: TLS, since openssl is not installed")
        return
    home = Home()
    cert, key = (os.path.join(home.path, x) for x in ("cert.pem", "key.pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048",
                    "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True,
                   stderr=subprocess.DEVNULL)
    with Server(t, "tls", "--tls-cert", cert, "--tls-key", key,
                home=home) as server:
        home.must("admin", "user", "add", "ada", "--plan", "enterprise")
        key = json.loads(home.must("admin", "key", "create", "ada"))
        token = http(server.auth_port, "POST", "/auth/token",
                     {"X-API-Key": key["api_key"]}, "{}",
                     tls=True).json["access_token"]
        url = "wss://127.0.0.1:%d"
        status, want, said = drive(url % server.sim_port, token, 2, cert)
        t.check("secure", not status and "log " in want, said)
        proxy = Proxy(server.sim_port, 2, 5)
        status, got, said = drive(url % proxy.own, token, 2, cert)
        t.check("secure and disturbed", not status and got == want, said)
        proxy.close()
        status, _, said = drive(url % server.sim_port, token, 2)
        t.check("a certificate that nobody trusts", status == 1 and
                "certificate" in said, said)
    home.remove()


def killed(t):
    """The server is killed and comes back, while a session is driven."""
    kills = 20 if IS_LONG else 3
    with Server(t, "killed") as server:
        token = server.user("ada", "enterprise").token()
        url = "ws://127.0.0.1:%d" % server.sim_port
        status, want, said = drive(url, token, 4)
        t.check("not killed", not status and "log " in want, said)
        proxy = Slow(server.sim_port, 0, 0)
        url = "ws://127.0.0.1:%d" % proxy.own
        with subprocess.Popen([DRIVE, "ticks", url, token, "4", LAST_DAY],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as p:
            for i in range(kills):
                time.sleep(0.3 + 0.1 * (i % 3))
                server.restart()
            got, said = p.communicate(timeout=600)
        t.check("killed", not p.returncode, said)
        t.check("killed: the same executions, result and log", got == want,
                [x for x in zip(got.splitlines(), want.splitlines())
                 if x[0] != x[1]][:3], len(got), len(want))
        t.check("it was killed meanwhile", " 0 drops" not in said, said)
        proxy.close()
        print("killed %d times: %s" % (kills, said.strip()))


class Tap(Forwarder):
    """A connection is cut after so many more bytes of the server as is said
    meanwhile, in the middle of a message or not."""

    def __init__(self, port):
        self.cuts = 0
        self.links = []
        super().__init__(port)

    def link(self, near, far):
        link = {"ends": (near, far), "room": None, "is_over": False,
                "has_answer": False}
        with self.lock:
            self.links.append(link)
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self.pump, daemon=True, args=(
                link, source, sink)).start()

    def pump(self, link, source, sink):
        try:
            while True:
                data = source.recv(4096)
                if not data:
                    break
                is_last = False
                with self.lock:
                    if source is link["ends"][1] and link["room"] is not None:
                        is_last = len(data) >= link["room"]
                        data = data[:link["room"]]
                        link["room"] -= len(data)
                sink.sendall(data)
                if b"session_attached" in data:
                    link["has_answer"] = True
                if is_last:
                    break
        except OSError:
            pass
        self.cut(link)

    def cut(self, link):
        with self.lock:
            if link["is_over"]:
                return
            link["is_over"] = True
            self.cuts += 1
        for s in link["ends"]:
            Link.shut(s)

    def live(self, is_attached):
        """The connection that stands; waits for it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self.lock:
                for x in self.links:
                    if not x["is_over"] and (x["has_answer"] or
                                             not is_attached):
                        return x
            time.sleep(0.01)
        raise AssertionError("nobody connects again")


class Driver:
    """Drives a session from here, without any disturbance."""

    def __init__(self, t, user):
        self.c = Watched(t, user, "driver")
        self.sid = made(self.c, MINUTE)
        started(self.c, self.sid)
        self.rand = random.Random(7)
        self.at = self.orders = 0
        self.go(1)

    def go(self, n):
        for _ in range(n):
            if self.at:
                ack(self.c, self.sid, self.at)
            self.at += 1
            tick(self.c, self.sid, self.at)

    def trade(self, n):
        """Some orders, with a bracket, resting, refused; some steps."""
        for more in ({"stop_loss": "40.00", "take_profit": "90.00"},
                     {"side": "sell", "quantity": 3},
                     {"type": "limit", "price": "1.00"}, {"quantity": 0}):
            self.orders += 1
            self.c.want("order_batch", {"session_id": self.sid, "orders": [
                order("o%d" % self.orders, **more)]}, "batch_ack")
            if self.rand.random() < 0.3:
                self.go(1)
        self.c.want("cancel_all", {"session_id": self.sid}, "order_cancelled")
        self.go(n)

    def end(self):
        """All that came, as drive watch prints it."""
        self.c.want("stop_simulation", {"session_id": self.sid},
                    "simulation_stopped")
        self.c.expect("simulation_complete")
        self.c.abort()
        out = []
        for m in self.c.history:
            d = m["data"]
            if m["type"] == "execution_report":
                out.append("%d %s %s" % (d["event"], d["execution_id"],
                                         d["order_id"]))
            elif m["type"] == "order_update":
                out.append("%d %s %s" % (d["event"], d["status"],
                                         d["order_id"]))
        return out + ["end"]


def watched(t):
    """A watcher is cut off again and again: what happened meanwhile comes
    once, in order."""
    with Server(t, "watched") as server:
        user = server.user("ada", "enterprise")
        d = Driver(t, user)
        tap = Tap(server.sim_port)
        with subprocess.Popen(
                [DRIVE, "watch", "ws://127.0.0.1:%d" % tap.own, user.token(),
                 "0", d.sid], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True) as p:
            for i in range(WATCHER_CUTS):
                # Now and then before it has been told what it missed.
                link = tap.live(i % 4 != 3)
                with tap.lock:
                    link["room"] = d.rand.randrange(1, 3000)
                d.trade(2)
                tap.cut(link)
                d.trade(1)
            want = d.end()
            got, said = p.communicate(timeout=600)
        t.check("the watcher goes on to the end", not p.returncode, said)
        t.check("the watcher has all of it, once, in order",
                got.splitlines() == want,
                [x for x in zip(got.splitlines(), want) if x[0] != x[1]][:3],
                got.count("\n"), len(want))
        t.check("there was something to miss", len(want) > 5 * WATCHER_CUTS,
                len(want))
        t.check("it was cut off", tap.cuts >= WATCHER_CUTS, tap.cuts)
        tap.close()


SECRET = "a secret of tests, long enough to sign with"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def lasting(token, until):
    """The same token, that expires then."""
    head, body, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["exp"] = until
    text = head + "." + b64(json.dumps(claims).encode())
    return text + "." + b64(hmac.new(SECRET.encode(), text.encode(),
                                     hashlib.sha256).digest())


class Slow(Proxy):
    """Cuts nothing, but takes its time."""

    def plan(self):
        return {"way": None, "in_handshake": False, "is_reset": False,
                "slow": True}


class Holding(Proxy):
    """Lets the first connection through for a while, then nothing any more
    until a time is over, when it is cut.  The answer to a handshake arrives
    with what follows it, which may be the end of the connection."""

    def __init__(self, port, until):
        self.until = until
        super().__init__(port, 0, 1)

    def first(self, far):
        data = far.recv(4096)
        while data.endswith(b"\r\n\r\n"):
            more = far.recv(4096)
            if not more:
                break
            data += more
        return data

    def plan(self):
        with self.lock:
            if not self.left:
                return None
            self.left -= 1
            return {"way": 1, "is_swallowing": True, "is_reset": False,
                    "in_handshake": False, "after": 20000, "slow": False,
                    "hold": max(0.05, self.until - time.time())}


def expired(t):
    """The token expires in the middle of a session."""
    with Server(t, "expired", env={"JWT_SECRET_KEY": SECRET}) as server:
        token = server.user("ada", "enterprise").token()
        status, want, said = drive("ws://127.0.0.1:%d" % server.sim_port,
                                   token, 5)
        t.check("undisturbed", not status and "log " in want, said)
        end = int(time.time()) + 3
        proxy = Holding(server.sim_port, end + 1.5)
        status, got, said = drive("ws://127.0.0.1:%d" % proxy.own,
                                  lasting(token, end), 5, next_token=token)
        t.check("its token expires: the same executions, result and log",
                not status and got == want, status, said)
        t.check("the token was refused", " 1 refusals" in said, said)
        proxy.close()


def test(t):
    with Server(t, "server") as server:
        user = server.user("ada", "enterprise")
        disturbed(t, server, user.token(), 1, CUTS)
        disturbed(t, server, user.token(), 3, CUTS, "steps")


if __name__ == "__main__":
    main(test, watched, killed, secure, expired)
