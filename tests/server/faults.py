#!/usr/bin/env python3
"""What the server does when clients, clocks, files and other servers do what
they should not: a table, by simutrador-serve(8) WHEN THINGS FAIL and
simutrador-protocol(7).
"""

import base64
import hashlib
import hmac
import json
import os
import signal
import socket
import sqlite3
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from failing import SHIM, Failing
from servertest import Server, main, until
from wsclient import (CLOSE, TEXT, Client, close_payload, frame_bytes, http,
                      raw, request_bytes)

SPEC = {"symbols": ["ACME"], "start_date": "2020-01-01",
        "end_date": "2020-03-10", "initial_capital": "100000",
        "timeframe": "daily"}
DAY = 86400


def code_of(m):
    return m["data"].get("error_code", m["type"])


def begin(c, name, ticks=3, **more):
    """A session that stands after so many acknowledged ticks."""
    m = c.ask("create_session", dict(SPEC, session_id=name, **more))
    assert m["type"] == "session_created", m
    c.send_type("start_simulation", {"session_id": name})
    for n in range(1, ticks + 1):
        tick = c.expect("tick")["data"]
        assert tick["sequence_id"] == n, tick
        if n < ticks:
            c.send_type("tick_ack", {"session_id": name, "sequence_id": n})


def order(c, name, batch):
    """Acknowledged, and so not to be lost."""
    m = c.ask("order_batch", {"session_id": name, "batch_id": batch,
                              "orders": [{"order_id": "o" + batch,
                                          "symbol": "ACME", "side": "buy",
                                          "type": "limit", "price": "1.00",
                                          "time_in_force": "gtc",
                                          "quantity": 1}]})
    return code_of(m)


def resume(c, name, last=3):
    return c.ask("resume_session", {"session_id": name,
                                    "last_processed_sequence_id": last})


def open_orders(m):
    return sorted(o["order_id"] for o in m["data"]["pending_orders"])


# -- what clients can write ----------------------------------------------------

TEXTS = ["'; DROP TABLE user; --", '" OR 1=1 --', "x' OR 'x'='x",
         "x\nlevel=error event=forged", "x\r\nlevel=error event=forged",
         "\x1b[31mred", "%s%n%999999d", "../../etc/passwd",
         "..\\..\\etc", "a\u202eb", "x" * 3000, "$(reboot)",
         "${jndi:ldap://x}", "<script>", "\x7f", "'", "\\"]
BAD_ID = "INVALID_PARAMS"
# Where a text goes, and the codes that may answer it; None: it is only a text.
PLACES = (
    ("session_id of create_session",
     lambda s: ("create_session", dict(SPEC, session_id=s)),
     (BAD_ID, "session_created")),
    ("session_id of get_session", lambda s: ("get_session",
                                             {"session_id": s}),
     (BAD_ID, "session_details", "SESSION_NOT_FOUND")),
    ("session_id of delete_session", lambda s: ("delete_session",
                                                {"session_id": s}),
     (BAD_ID, "session_deleted", "SESSION_NOT_FOUND")),
    ("session_id of resume_session",
     lambda s: ("resume_session", {"session_id": s,
                                   "last_processed_sequence_id": 0}),
     (BAD_ID, "SESSION_NOT_FOUND")),
    ("a symbol", lambda s: ("create_session", dict(SPEC, symbols=[s])),
     ("INVALID_SYMBOL",)),
    ("start_date", lambda s: ("create_session", dict(SPEC, start_date=s)),
     ("INVALID_PARAMS",)),
    ("initial_capital", lambda s: ("create_session",
                                   dict(SPEC, initial_capital=s)),
     ("INVALID_PARAMS",)),
    ("timeframe", lambda s: ("create_session", dict(SPEC, timeframe=s)),
     ("INVALID_PARAMS", "VALIDATION_FAILED")),
    ("last_execution_id",
     lambda s: ("resume_session", {"session_id": "work",
                                   "last_processed_sequence_id": 0,
                                   "last_execution_id": s}),
     ("INVALID_PARAMS",)),
    ("order_id", lambda s: ("cancel_order", {"session_id": "work",
                                             "order_id": s}),
     ("INVALID_PARAMS", "UNKNOWN_ORDER")),
    ("batch_id and order_id",
     lambda s: ("order_batch", {
         "session_id": "work", "batch_id": s, "orders": [
             {"order_id": s, "symbol": "ACME", "side": "buy",
              "type": "market", "quantity": 1}]}),
     ("INVALID_PARAMS", "batch_ack")),
    ("an order's symbol",
     lambda s: ("order_batch", {
         "session_id": "work", "batch_id": "b", "orders": [
             {"order_id": "o", "symbol": s, "side": "buy",
              "type": "market", "quantity": 1}]}),
     ("INVALID_PARAMS", "batch_ack")),
    ("the type", lambda s: (s, {}), ("UNKNOWN_TYPE", "INVALID_PARAMS")),
)


def ask_places(t, ada):
    c = ada.connect()
    begin(c, "work")
    for what, make, codes in PLACES:
        for text in TEXTS:
            m = c.ask(*make(text))
            t.check("%s %.30r is answered %s" % (what, text, codes),
                    code_of(m) in codes, m)
    for text in TEXTS:
        c.send_type("ping", {}, text[:128])
        m = c.expect("pong")
        t.check("request_id %.30r comes back" % text, m["request_id"] ==
                text[:128], m)
    for what in ("\\u0000", "\\ud800", "\x01"):
        c.send('{"type":"ping","data":{},"request_id":"a%sb"}' % what)
        m = c.expect("error")
        t.check("%s is no text" % what, code_of(m) == "INVALID_PARAMS", m)
    c.abort()


HEADERS = ("User-Agent", "X-Request-ID", "X-Forwarded-For", "Cookie",
           "X-API-Key", "Host", "Authorization", "Origin", "Referer")
PATHS = (
    ("/../../etc/passwd", 404), ("/%2e%2e/%2e%2e/etc/passwd", 404),
    ("//etc/passwd", 404), ("/..%5c..%5cetc", 404), ("/ws/../etc", 404),
    ("/auth\\token", 404), ("/HEALTH", 404), ("/%ff%fe", 404),
    ("/" + "a" * 3000, 404), ("/server.db", 404), ("/api/server.key", 404),
    ("/health/../metrics", 200), ("/'; DROP TABLE user", 505),
    # Encoded or not, these end a request line; what follows is no version.
    ("/health%0d%0alevel=error%20event=forged", 505),
    ("/health?x=%0d%0alevel=error%20event=forged", 505),
    ("/health%00", None),
)


def ask_http(t, s):
    for name in HEADERS:
        for text in (x for x in TEXTS if "\n" not in x):
            a = http(s.auth_port, "POST", "/auth/token",
                     [(name, text.encode().decode("latin-1"))])
            t.check("%s %.30r: 401" % (name, text), a.status == 401, a)
    for path, status in PATHS:
        got, _ = raw(s.auth_port, ("GET %s HTTP/1.1\r\nHost: x\r\n\r\n" %
                                   path).encode())
        want = [b"%d" % status] if status else []
        t.check("%.40s: %s" % (path, status),
                got.split(b" ")[1:2] == want, got[:300])


def check_log_and_tables(t, s, before):
    for line in s.log().splitlines():
        t.check("a line of the log is one of ours",
                line.startswith("time=20") and "\x1b" not in line, line)
    t.check("nothing was forged", "event=forged" not in
            [w for line in s.log().splitlines() for w in line.split()[2:3]])
    after = json.loads(s.home.must("admin", "stats"))
    t.check("users and keys are as they were",
            all(after[k] == before[k] for k in ("users", "admins", "keys")),
            before, after)
    s.home.must("admin", "audit", "verify")


def texts(t):
    """SQL, log lines, formats and paths in every text are texts."""
    with Server(t, "texts") as s:
        ada = s.user("ada", "enterprise")
        ada.token()
        before = json.loads(s.home.must("admin", "stats"))
        ask_places(t, ada)
        ask_http(t, s)
        check_log_and_tables(t, s, before)
        tree = [f for _, _, files in os.walk(s.home.path) for f in files]
        t.check("no file was made by a name", "passwd" not in tree, tree)


# -- tokens --------------------------------------------------------------------

def b64(x):
    return base64.urlsafe_b64encode(x).rstrip(b"=").decode()


def craft(token, head, key=None, **claims):
    """The claims of a token below another header, signed with key."""
    body = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    body.update(claims)
    text = "%s.%s" % (b64(json.dumps(head).encode()),
                      b64(json.dumps(body).encode()))
    mac = hmac.new(key, text.encode(), hashlib.sha256).digest() if key else b""
    return text + "." + b64(mac)


def bad_tokens(token):
    """What it is, the token, close code (None: cut off) and HTTP status."""
    head, body, mac = token.split(".")
    pem = (b"-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL"
           b"\n-----END PUBLIC KEY-----\n")
    yield "64 KiB", "x" * 65536, None, None
    yield "64 KiB of a token", head + "." + "A" * 65536 + "." + mac, None, None
    yield "15 KiB", "x" * 15000, 4002, 401
    for alg in ("none", "None", "NONE", "nOnE", ""):
        yield "alg %r" % alg, craft(token, {"alg": alg, "typ": "JWT"}), 4002, \
            401
        yield "alg %r with a signature" % alg, \
            craft(token, {"alg": alg, "typ": "JWT"}) + mac, 4002, 401
    for alg in ("RS256", "ES256", "PS256", "EdDSA", "HS384", "HS512"):
        yield "alg %s, signed with a public key" % alg, \
            craft(token, {"alg": alg, "typ": "JWT"}, pem), 4002, 401
    yield "HS256 signed with a public key", \
        craft(token, {"alg": "HS256", "typ": "JWT"}, pem), 4002, 401
    yield "signed with nothing", \
        craft(token, {"alg": "HS256", "typ": "JWT"}, b"\0"), 4002, 401
    yield "a key of its own", craft(token, {
        "alg": "HS256", "typ": "JWT", "jwk": {"kty": "oct", "k": "AA"},
        "kid": "../../../dev/null"}, b"\0"), 4002, 401
    yield "another plan", head + "." + craft(token, {}, plan="enterprise") \
        .split(".")[1] + "." + mac, 4002, 401
    yield "no signature", head + "." + body + ".", 4002, 401
    yield "two parts", head + "." + body, 4002, 401
    yield "nothing", "", 4001, 401


def too_soon(t, s, token):
    """Messages on the heels of a handshake that is refused are not heard."""
    head = request_bytes("GET", "/ws/simulate?token=" + token, {
        "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13"})
    got, has_ended = raw(s.sim_port, head + frame_bytes(
        TEXT, '{"type":"list_sessions","data":{}}') * 100 +
        frame_bytes(CLOSE, close_payload(1000)))
    t.check("messages behind a refused token: none is answered",
            b" 101 " in got and b"type" not in got and has_ended, got)


def tokens(t):
    """Refused the same over HTTP and over a WebSocket."""
    with Server(t, "tokens") as s:
        ada = s.user("ada")
        good = ada.token()
        for what, token, code, status in bad_tokens(good):
            try:
                c = Client(s.sim_port, "/ws/simulate?token=" + token)
                got = c.wait_close()[0]
                c.abort()
            except (EOFError, OSError):
                got = None
            t.check("WebSocket, %s: %s" % (what, code), got == code, got)
            try:
                got = http(s.auth_port, "POST", "/auth/validate",
                           {"Authorization": "Bearer " + token}).status
            except (EOFError, OSError):
                got = None
            t.check("HTTP, %s: %s" % (what, status), got == status, got)
        for token in ("x", "", craft(good, {"alg": "none"})):
            too_soon(t, s, token)
        t.check("no token is in the log", good not in s.log() and
                good.split(".")[2] not in s.log())
        ada.connect().close()


# -- the clock -----------------------------------------------------------------

def clocks(t):
    """A jump loses no session and closes nobody, but ends what has a date."""
    with Failing(t, "clocks", "--keep", "2", "--workers", "1") as s:
        ada, bob = s.user("ada", "enterprise"), s.user("bob")
        key = json.loads(s.home.must("admin", "key", "create", "bob",
                                     "--expires", "2035-01-01"))["api_key"]
        c, d = ada.connect(), bob.connect()
        begin(c, "work")
        t.check("an order before", order(c, "work", "b1") == "batch_ack")
        for what, seconds in (("a day on", DAY), ("ten years on", 3650 * DAY),
                              ("back", -DAY), ("ten years back",
                                               -3650 * DAY)):
            s.ctl.clock(seconds)
            time.sleep(2.5 if seconds == DAY else 0.7)
            t.check(what + ": the session is there",
                    order(c, "work", "b%d" % seconds) == "batch_ack")
            t.check(what + ": nobody is closed", d.ask("ping")["type"] ==
                    "pong")
            a = http(s.auth_port, "POST", "/auth/validate", ada.bearer())
            t.check(what + ": a token of another day is refused",
                    a.status == 401, a)
            a = http(s.auth_port, "POST", "/auth/token", {"X-API-Key": key})
            t.check(what + ": a key with a date",
                    a.status == (401 if seconds > 1000 * DAY else 200), a)
        s.ctl.clock(0)
        c.abort()
        c = ada.connect()
        m = resume(c, "work")
        t.check("after it all it goes on", m["type"] == "state_sync" and
                len(open_orders(m)) == 5, m)
        s.ctl.clock(DAY)
        c.close()
        time.sleep(1)
        c = Client(s.sim_port, "/ws/simulate?token=" + ada.token(new=True))
        t.check("one nobody is at lives through a jump too",
                resume(c, "work")["type"] == "state_sync")


# -- connections ---------------------------------------------------------------

def half_close(c):
    c.sock.shutdown(socket.SHUT_WR)


LOSSES = (("a reset", lambda c: c.abort(reset=True)),
          ("an end without a close frame", lambda c: c.abort()),
          ("half an end", half_close),
          ("nothing more, not even an end", lambda c: None),
          ("half a frame", lambda c: c.send_raw(b"\x81\xfe\x10\x00abc")),
          ("no frame", lambda c: c.send_raw(b"\xff" * 64)))


def connections(t):
    """However a client goes, its session is taken up at once."""
    with Server(t, "connections") as s:
        ada = s.user("ada", "enterprise")
        for i, (what, lose) in enumerate(LOSSES):
            name = "s%d" % i
            c = ada.connect()
            begin(c, name)
            order(c, name, "b1")
            lose(c)
            d = ada.connect()
            begun = time.monotonic()
            m = resume(d, name)
            t.check(what + ": taken up", m["type"] == "state_sync" and
                    open_orders(m) == ["ob1"], m)
            # A ping that is not answered would take longer.
            t.check(what + ": at once", time.monotonic() - begun < 25)
            t.check(what + ": it is the new one's",
                    order(d, name, "b2") == "batch_ack")
            d.close()


# -- the store -----------------------------------------------------------------

def store(t):
    """Bars that change under a session: it goes on, but is not taken up."""
    with Server(t, "store") as s:
        ada = s.user("ada", "enterprise")
        c = ada.connect()
        begin(c, "work")
        bars = s.home.must("data", "export", "ACME", "--timeframe", "daily")
        lines = bars.splitlines()
        at = next(i for i, x in enumerate(lines) if x.startswith("2020-02-03"))
        parts = lines[at].split(",")
        parts[1:5] = ["%.2f" % (float(x) * 1.01) for x in parts[1:5]]
        lines[at] = ",".join(parts)
        s.home.must("data", "import", "--symbol", "ACME", "--replace",
                    s.home.file("new.csv", "\n".join(lines) + "\n"))
        t.check("who is at it goes on", order(c, "work", "b1") == "batch_ack")
        c.abort()
        c = ada.connect()
        m = resume(c, "work")
        t.check("who comes back is told", m["type"] != "state_sync" and
                "bars" in m["data"]["message"], m)
        c.ask("delete_session", {"session_id": "work"})
        begin(c, "new")
        t.check("a new one has the new bars", order(c, "new", "b1") ==
                "batch_ack")


# -- files ---------------------------------------------------------------------

def gone(t):
    """A database that is removed or replaced: nothing is acknowledged that
    would be lost, and all goes on when it is back."""
    with Server(t, "gone") as s:
        ada = s.user("ada", "enterprise")
        c = ada.connect()
        begin(c, "work")
        t.check("stored before", order(c, "work", "b1") == "batch_ack")
        db = os.path.join(s.home.path, ".local/share/simutrador/server.db")
        for what, put in (("removed", lambda: None),
                          ("garbage", lambda: s.home.file(
                              os.path.relpath(db, s.home.path), "x" * 5000))):
            os.rename(db, db + ".away")
            put()
            c.send_type("order_batch", {"session_id": "work", "orders": [],
                                        "batch_id": "lost"})
            m = c.expect("error")
            t.check(what + ": counts as not heard",
                    code_of(m) == "SERVICE_BUSY", m)
            t.check(what + ": it is not well",
                    s.http("GET", "/health").status == 503)
            t.check(what + ": nor ready",
                    s.http("GET", "/readyz").status == 503)
            os.rename(db + ".away", db)
            until(lambda: s.http("GET", "/readyz").status == 200)
            m = resume(c, "work")
            t.check(what + ": back, with what was acknowledged",
                    m["type"] == "state_sync" and open_orders(m) == ["ob1"],
                    m)
        t.check("and on", order(c, "work", "b2") == "batch_ack")
        c.abort()


def half_a_start(t):
    """A start is two lines of the journal; a crash may come between."""
    with Server(t, "half a start") as s:
        ada = s.user("ada", "enterprise")
        c = ada.connect()
        begin(c, "work", 1)
        s.end(signal.SIGKILL)
        db = sqlite3.connect(os.path.join(
            s.home.path, ".local/share/simutrador/server.db"))
        with db:
            db.execute("DELETE FROM session_line WHERE n > 1")
            db.execute("UPDATE session_tail SET n = 1, number ="
                       " (SELECT number FROM session_line)")
        db.close()
        for i in range(2):
            s.start(s.auth_port, s.sim_port)
            c = ada.connect()
            m = c.ask("get_session", {"session_id": "work"})
            t.check("half a start is none, %d" % i, m["data"].get("state") ==
                    ("ready", "paused")[i], m)
            if i:
                t.check("it is taken up", resume(c, "work", 1)["type"] ==
                        "state_sync")
            else:
                c.send_type("start_simulation", {"session_id": "work"})
            tick = c.expect("tick")["data"]["sequence_id"]
            t.check("it goes on", tick == i + 1, tick)
            t.check("and hears", order(c, "work", "b%d" % i) == "batch_ack")
            if not i:
                s.end(signal.SIGKILL)
        c.abort()


def others_may_read(home):
    path = home.file("a.key", "k" * 64 + "\n")
    os.chmod(path, 0o644)
    return ["--secret-file", path]


def starts(t):
    """What keeps a server from starting: a status, and a sentence."""
    taken = socket.create_server(("127.0.0.1", 0))
    port = str(taken.getsockname()[1])
    with Server(t, "the first") as s:
        home = s.home
        rows = (
            ("a second server of a database", [], 75, "served by another"),
            ("a port in use", ["--db", "b.db", "--auth-port", port], None,
             port),
            ("a key that others may read",
             ["--db", "c.db"] + others_may_read(home), 78, "a.key"),
            ("a short key", ["--db", "d.db", "--secret-file",
                             home.file("b.key", "short\n")], 78, "b.key"),
            ("a folder that can't be written", ["--db", "/proc/x/e.db"], None,
             "/proc/x"),
            ("a folder as a database", ["--db", home.path], 73, "directory"),
            ("a text as a database",
             ["--db", home.file("f.db", "no database " * 99)], None, "f.db"),
        )
        os.chmod(os.path.join(home.path, "b.key"), 0o600)
        os.chmod(os.path.join(home.path, "f.db"), 0o600)
        for what, options, status, word in rows:
            ports = ["--sim-port", "0"]
            if "--auth-port" not in options:
                ports += ["--auth-port", "0"]
            rc, out, err = home.run("serve", "--timeout", "60s", *ports,
                                    *options)
            t.check("%s: status %s" % (what, status), rc not in (0, 124) and
                    status in (None, rc), rc, err)
            t.check(what + ": one sentence that says so", word in err and
                    not out and err.count("\n") == 1, out, err)
        rc = s.restart()
        t.check("a killed server's database is free", rc == -signal.SIGKILL)
        s.user("ada").connect().close()
    taken.close()


if not os.path.exists(SHIM):
    print("skipped: fail.so was not built")
    sys.exit(77)
if __name__ == "__main__":
    main(texts, tokens, clocks, connections, store, gone, half_a_start,
         starts)
