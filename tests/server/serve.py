#!/usr/bin/env python3
"""simutrador serve as an administrator sees it: first start, routes, metrics,
signals, ports, TLS, the service manager, revoked keys, logs, the audit log."""

import glob
import json
import os
import re
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

import openmetrics
from servertest import IS_LONG, Home, SIM, Server, User, main, until
from wsclient import PATIENCE, Client, Closed, connect, http

SESSION = {"symbols": ["ACME"], "start_date": "2020-01-02",
           "end_date": "2020-12-31", "initial_capital": 100000,
           "timeframe": "daily"}
DRAINED = 1000 if IS_LONG else 24       # sockets, each with a session
LOGFMT = re.compile(r'[a-z0-9_]+=(?:[^\s"=]+|"(?:[^"\\]|\\.)*")'
                    r'(?: [a-z0-9_]+=(?:[^\s"=]+|"(?:[^"\\]|\\.)*"))*')
LAUNCH = """
import fcntl, os, sys
high = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 100) for fd in
        sys.argv[1].split(",")]
for i, fd in enumerate(high):
    os.dup2(fd, 3 + i, inheritable=True)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(len(high))
os.execv(sys.argv[2], sys.argv[2:])
"""


def figures(s, port=None):
    a = http(port or s.auth_port, "GET", "/metrics")
    if a.headers["content-type"] != ("application/openmetrics-text; "
                                     "version=1.0.0; charset=utf-8"):
        raise AssertionError(a.headers)
    return openmetrics.parse(a.text)


def secrets(t, name, text, *words):
    """None of the words stands in a log; nor does any query string."""
    for word in words:
        t.check("%s: the log has no %.6s..." % (name, word),
                word not in text, text[-2000:])
    t.check(name + ": no query string", "?" not in text and
            "token=" not in text, text[-2000:])


# -- the first start -------------------------------------------------------


def first_start(t):
    home = Home(sample=[])
    taken = socket.create_server(("127.0.0.1", 0))
    rc, out, err = home.run("serve", "--port",
                            str(taken.getsockname()[1]))
    taken.close()
    t.check("a taken port is status 69", rc == 69, rc, err)
    t.check("a failing start makes no key", "sk_" not in out + err, out)
    with Server(t, "first start", home=home) as s:
        t.check("it says a key", s.said.get("user") == "admin" and
                re.fullmatch("sk_[0-9a-f]{64}", s.said["api_key"]), s.said)
        a = s.http("POST", "/auth/token", {"X-API-Key": s.said["api_key"]})
        t.check("the key is good", a.status == 200 and
                a.json["plan"] == "enterprise", a)
        key = s.said["api_key"]
        for path in glob.glob(os.path.join(home.path, ".local/share/"
                                           "simutrador/server.*")):
            with open(path, "rb") as f:
                t.check("not in " + path, key.encode() not in f.read())
            mode = os.stat(path).st_mode & 0o777
            t.check("only its owner reads " + path, mode == 0o600, oct(mode))
        secrets(t, "first start", s.log(), key, a.json["access_token"])
    with Server(t, "second start", home=home) as s:
        t.check("the key is said once", "api_key" not in s.said, s.said)
    home.remove()


# -- what it answers -------------------------------------------------------


def routes(t, s):
    t.check("/health", s.http("GET", "/health").json["status"] == "ok")
    t.check("/readyz", s.http("GET", "/readyz").status == 200)
    t.check("404", s.http("GET", "/no/such").status == 404)
    for method, path, allow in [("POST", "/health", "GET, HEAD"),
                                ("DELETE", "/auth/token", "POST")]:
        a = s.http(method, path)
        t.check("405 " + path, a.status == 405 and
                a.headers.get("allow") == allow, a, a.headers)
    t.check("either port serves all", http(s.sim_port, "POST", "/auth/token", {
        "X-API-Key": s.said["api_key"]}).status == 200)


def counted(t, s):
    ada = s.user("ada", "professional")
    before = figures(s)
    ada.token(new=True)
    s.http("POST", "/auth/token", {"X-API-Key": "sk_" + "0" * 64})
    with Client(s.sim_port, "/ws/simulate?token=no.such.token") as c:
        c.wait_close()
    c = ada.connect()
    made = c.ask("create_session", SESSION)["data"]
    c.ask("get_session", {"session_id": "ses_nowhere"})
    c.ask("start_simulation", {"session_id": made["session_id"]})
    c.expect("tick")
    c.ask("order_batch", {"session_id": made["session_id"], "batch_id": "b",
                          "orders": [{"order_id": "o", "symbol": "ACME",
                                      "side": "buy", "type": "market",
                                      "quantity": 1}]})
    after = figures(s)
    f = after

    def grew(name, n, **labels):
        by = f[name].value(**labels) - before[name].value(**labels)
        t.check("%s %s" % (name, labels or ""), by == n, by)
    grew("simutrador_auth_events", 1, event="login")
    grew("simutrador_auth_events", 2, event="refused")
    grew("simutrador_auth_events", 1, event="connect")
    grew("simutrador_http_requests", 1, route="/auth/token", status="2xx")
    grew("simutrador_http_requests", 1, route="/auth/token", status="4xx")
    grew("simutrador_http_requests", 2, route="/ws/simulate", status="1xx")
    grew("simutrador_websockets_closed", 1, code="4002")
    grew("simutrador_sessions", 1, state="running")
    grew("simutrador_orders", 1)
    grew("simutrador_steps", 1)
    grew("simutrador_websockets", 1)
    grew("simutrador_messages", 4, direction="in")
    grew("simutrador_errors", 1, code="SESSION_NOT_FOUND")
    t.check("journal", f["simutrador_journal_lines"].value() >= 1)
    t.check("commits are timed", f["simutrador_commit_duration_seconds"]
            .samples["simutrador_commit_duration_seconds_count", ()] > 0)
    t.check("it started just now", abs(f["process_start_time_seconds"].value()
                                       - time.time()) < 300)
    t.check("files are open", f["process_open_fds"].value() > 5)
    t.check("requests are timed", f["simutrador_http_request_duration_seconds"]
            .samples["simutrador_http_request_duration_seconds_count", ()] >=
            5)
    c.close()
    until(lambda: not figures(s)["simutrador_websockets"].value() and
          not figures(s)["simutrador_sessions"].value(state="running"))
    f = figures(s)
    grew("simutrador_websockets", 0)
    grew("simutrador_websockets_closed", 1, code="1000")
    grew("simutrador_sessions", 0, state="running")


def log_lines(t, s):
    """Whatever is asked for, a line stays a line, and its fields its own."""
    s.http("GET", "/no%0Atime=1%20level=error%20event=forged%1b[2J?token=abc")
    s.http("GET", "/%E2%80%AE%22x", {"User-Agent": "a\tb"})
    lines = s.log().splitlines()
    bad = [x for x in lines if not LOGFMT.fullmatch(x)]
    t.check("every line is logfmt", not bad, bad)
    t.check("none is forged", not [x for x in lines if " event=forged" in
                                   x.split(" path=")[0]], lines[-4:])
    t.check("no control characters", not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f]", s.log()))
    opened = re.findall(r"request=(\w+) .* path=/ws/simulate", s.log())
    t.check("the end of a WebSocket is there", opened and re.search(
        r"event=closed request=%s user=%s code=1000 lasted_ms=" %
        (opened[-1], s.users["ada"].id), s.log()), s.log()[-2000:])
    t.check("requests are there", any("event=request" in x and
                                      "path=/health" in x for x in lines))


def plain(t):
    with Server(t, "plain") as s:
        routes(t, s)
        counted(t, s)
        log_lines(t, s)
        ada = s.users["ada"]
        secrets(t, "plain", s.log(), ada.key, ada.token(),
                s.said["api_key"])
        rc, out, err = s.home.run("admin", "audit", "verify")
        t.check("the audit log is whole", rc == 0, out, err)
        text = s.home.must("admin", "audit", "export", "-o", "ndjson")
        for action in ("auth.login", "auth.refused", "auth.connect"):
            t.check("it has " + action, '"%s"' % action in text, text[-1500:])
        t.check("it has no secret", ada.key not in text and
                ada.token() not in text)


# -- signals ---------------------------------------------------------------


def tells(s, token):
    return s.http("GET", "/auth/limits",
                  {"Authorization": "Bearer " + token}).status


def reload(t):
    home = Home(sample=[])
    key_file = home.file("secret", "11" * 32 + "\n")
    os.chmod(key_file, 0o600)
    with Server(t, "reload", "--secret-file", key_file, home=home) as s:
        old = s.admin.token()
        t.check("the token is good", tells(s, old) == 200)
        tokens = [old]
        for n in (1, 2):
            home.file("secret", "%d%d" % (n + 1, n + 1) * 32 + "\n")
            s.process.send_signal(signal.SIGHUP)
            until(lambda n=n: s.log().count("event=reloaded") >= n)
            tokens.append(s.admin.token(new=True))
            seen = [tells(s, x) for x in tokens]
            t.check("the newest two secrets are good, %d" % n,
                    seen == [401] * (n - 1) + [200, 200], seen)
        home.file("secret", "short\n")
        s.process.send_signal(signal.SIGHUP)
        t.check("a bad file is logged", until(
            lambda: "level=error" in s.log()))
        t.check("the secret in use stays", tells(s, tokens[-1]) == 200)
        secrets(t, "reload", s.log(), "22" * 32, "11" * 32, *tokens)
    home.remove()


def drain(t):
    home = Home()
    s = Server(t, "drain", home=home)
    try:
        drain_server(t, s)
        s.stop()
    finally:
        s.kill()
        home.remove()


def drain_server(t, s):
    """Every socket is told, and closed with 1001; sessions come back."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    users = [s.user("bob%d" % i, "enterprise")
             for i in range(-(-DRAINED // 100))]
    clients = []
    for i in range(DRAINED):
        c = users[i // 100].connect()
        made = c.ask("create_session", SESSION)["data"]
        if i % 2:
            c.ask("start_simulation", {"session_id": made["session_id"]})
            c.expect("tick")
        c.id = made["session_id"]
        clients.append(c)
    idle = connect(s.auth_port)
    began = time.monotonic()
    s.process.send_signal(signal.SIGTERM)
    for i, c in enumerate(clients):
        try:
            told = c.expect("connection_closing")["data"]
            t.check("told %d" % i, told["reason"] == "server_maintenance" and
                    told["close_code"] == 1001 and told["reconnect_allowed"],
                    told)
        except Closed as e:
            t.check("told %d" % i, False, e)
        end = c.wait_close()
        t.check("closed %d" % i, end[0] == 1001, end)
    took = time.monotonic() - began
    t.check("within 5 s", took < 5 or took < 60 and not IS_LONG, took)
    print("%d sockets drained in %.2f s" % (DRAINED, time.monotonic() - began))
    status = s.process.wait(PATIENCE)
    idle.close()
    t.check("status 0", status == 0, status, s.log()[-2000:])
    took = time.monotonic() - began
    t.check("within 6 s", took < 6 or took < 60 and not IS_LONG, took)
    s.process.stdout.close()
    s.check_log()
    s.start()
    for i in (1, DRAINED - 1):
        c = clients[i]
        with users[i // 100].connect() as again:
            m = again.ask("resume_session", {"session_id": c.id,
                                             "last_processed_sequence_id": 0})
            t.check("resumed", m["type"] == "state_sync", m)


# -- sockets ---------------------------------------------------------------


def one_port(t):
    with Server(t, "one port", "--port", "0", home=None) as s:
        t.check("both URLs have it", s.auth_port == s.sim_port, s.said)
        bob = s.user("bob")
        with bob.connect() as c:
            t.check("ping", c.ask("ping")["type"] == "pong")


def certificate(port):
    """As it comes now."""
    return ssl.get_server_certificate(("127.0.0.1", port))


def make_certificate(cert, key):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048",
                    "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=localhost"], check=True,
                   stderr=subprocess.DEVNULL)


def renewed(t, s, cert, key, c):
    """SIGHUP: a new certificate for new connections; a bad one for none."""
    first = certificate(s.sim_port)
    make_certificate(cert, key)
    s.process.send_signal(signal.SIGHUP)
    t.check("a new certificate is taken", until(
        lambda: certificate(s.sim_port) != first))
    second = certificate(s.sim_port)
    with open(key, "w", encoding="ascii") as f:
        f.write("no key\n")
    s.process.send_signal(signal.SIGHUP)
    t.check("one that can't be used is logged", until(
        lambda: "cannot be used" in s.log()), s.log()[-1500:])
    t.check("and the old stays", certificate(s.sim_port) == second)
    t.check("who was connected still is", c.ask("ping")["type"] == "pong")


def tls(t):
    if not shutil.which("openssl"):
        print("skipped: TLS, since openssl is not installed")
        t.skipped += 1
        return
    home = Home(sample=[])
    cert, key = (os.path.join(home.path, n) for n in ("c.pem", "k.pem"))
    make_certificate(cert, key)
    with Server(t, "tls", "--tls-cert", cert, "--tls-key", key,
                home=home) as s:
        t.check("https", s.said["auth_url"].startswith("https://") and
                s.said["simulation_url"].startswith("wss://"), s.said)
        a = http(s.auth_port, "POST", "/auth/token",
                 {"X-API-Key": s.said["api_key"]}, tls=True)
        t.check("a token over TLS", a.status == 200, a)
        with Client(s.sim_port, "/ws/simulate?token=" +
                    a.json["access_token"], tls=True) as c:
            c.expect("connection_ready")
            t.check("ping over TLS", c.ask("ping")["type"] == "pong")
            renewed(t, s, cert, key, c)
        try:
            plain_answer = http(s.auth_port, "GET", "/health").status
        except (OSError, EOFError, IndexError):
            plain_answer = 0
        t.check("nothing without TLS", plain_answer != 200, plain_answer)
        t.check("it goes on", http(s.auth_port, "GET", "/health",
                                   tls=True).status == 200)
    for options, status in [(("--tls-cert", cert), 64),
                            (("--tls-key", key), 64),
                            (("--tls-cert", cert, "--tls-key", cert), 78),
                            (("--tls-cert", "/no", "--tls-key", key), 78)]:
        rc, out, err = home.run("serve", "--port", "0", *options,
                                timeout=PATIENCE)
        t.check("%s: %d" % (options, status), rc == status, rc, err)
    home.remove()


# -- under a service manager -----------------------------------------------


class Managed:
    """What a manager does: sockets, notifications, a watchdog."""

    def __init__(self, home):
        self.home = home
        path = os.path.join(home.path, "notify")
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(path)
        self.manager.settimeout(PATIENCE)
        self.listeners = [socket.create_server(("127.0.0.1", 0))
                          for _ in range(2)]
        self.ports = [x.getsockname()[1] for x in self.listeners]
        self.env = dict(home.env, NOTIFY_SOCKET=path, WATCHDOG_USEC="400000",
                        LISTEN_FDNAMES="simulation:auth")

    def start(self):
        fds = [x.fileno() for x in self.listeners]
        self.log = open(os.path.join(self.home.path, "log"), "a+b")
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, ",".join(map(str, fds)), SIM,
             "serve", "--log-format", "json", "--per-address", "100"],
            pass_fds=fds, env=self.env, cwd=self.home.path,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self.log)
        self.said = json.loads(self.process.stdout.readline())

    def next(self, but=()):
        """What it tells next, other than these."""
        while True:
            m = self.manager.recv(4096).decode()
            if m not in but:
                return m

    def log_text(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


def managed(t):
    home = Home(sample=[])
    m = Managed(home)
    try:
        m.start()
        t.check("READY", m.next() == "READY=1")
        t.check("the sockets are taken, auth first",
                m.said["auth_url"] == "http://127.0.0.1:%d" % m.ports[1] and
                m.said["simulation_url"] == "ws://127.0.0.1:%d" % m.ports[0],
                m.said, m.ports)
        t.check("no key on stdout", "api_key" not in m.said, m.said)
        path = os.path.join(home.path, ".local/share/simutrador/admin.key")
        with open(path, encoding="ascii") as f:
            key = f.read().strip()
        t.check("the file is 0600", os.stat(path).st_mode & 0o777 == 0o600)
        for port in m.ports:
            a = http(port, "POST", "/auth/token", {"X-API-Key": key})
            t.check("the key in it is good", a.status == 200, a)
        began = time.monotonic()
        told = [m.next() for _ in range(3)]
        took = time.monotonic() - began
        t.check("WATCHDOG", told == ["WATCHDOG=1"] * 3 and took < PATIENCE, told,
                took)
        m.process.send_signal(signal.SIGHUP)
        told = m.next(["WATCHDOG=1"])
        at = re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=(\d+)", told)
        t.check("RELOADING", at and abs(int(at.group(1)) / 1e6 -
                                        time.monotonic()) < PATIENCE, told)
        t.check("READY again", m.next(["WATCHDOG=1"]) == "READY=1")
        m.process.send_signal(signal.SIGTERM)
        t.check("STOPPING", m.next(["WATCHDOG=1"]) == "STOPPING=1")
        t.check("status 0", m.process.wait(PATIENCE) == 0, m.log_text())
        lines = m.log_text().splitlines()
        t.check("the log is JSON", lines and all(
            json.loads(x)["event"] for x in lines), lines)
        secrets(t, "managed", m.log_text(), key, a.json["access_token"])
        m.process.stdout.close()
        m.log.close()
        m.start()               # at the same sockets, still open
        t.check("a second start", http(m.ports[0], "GET",
                                       "/health").status == 200)
    finally:
        m.end()
    home.remove()


# -- users -----------------------------------------------------------------


def revoked(t):
    times = []
    with Server(t, "revoked") as s:
        for name, end in [("cleo", lambda u: ("admin", "key", "revoke",
                                              u.key_id)),
                          ("dora", lambda u: ("admin", "user", "disable",
                                              "dora"))]:
            made = json.loads(s.home.must("admin", "user", "add", name))
            k = json.loads(s.home.must("admin", "key", "create", name))
            u = User(s, name, made["user"], "free", k["api_key"])
            u.key_id = k["key"]
            c = u.connect()
            token = u.token()
            s.home.must(*end(u))
            began = time.monotonic()
            told = c.expect("connection_closing")["data"]
            took = time.monotonic() - began
            t.check(name + " is told why", told["reason"] == "api_key_revoked"
                    and not told["reconnect_allowed"], told)
            times.append(took)
            code, reason = c.wait_close()
            t.check(name + " is closed", code == told["close_code"] == 4006,
                    code, reason)
            t.check(name + "'s token is refused", tells(s, token) == 401)
            a = s.http("POST", "/auth/token", {"X-API-Key": u.key})
            t.check(name + "'s key is refused", a.status == 401, a)
    # The machine may be busy with other tests.
    t.check("within a second", min(times) < (1 if IS_LONG else 20), times)


main(first_start, plain, reload, drain, one_port, tls, managed, revoked)
