"""Accounts for people: from registering to recovery, every refusal, and who may
do what: each route of route.def times nobody, a user, another user, an
administrator, one whose token has expired and one whose key is revoked."""
import collections
import concurrent.futures
import json
import os
import random
import re
import sqlite3
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "proto"))
import defs  # noqa: E402
from logins import SECRET, claims_of, sign  # noqa: E402
from sealed import WAITS, Post, totp  # noqa: E402
from servertest import IS_LONG, Home, Server, main, until  # noqa: E402
from wire import STAMP, Watched, differs  # noqa: E402
from wsclient import Client  # noqa: E402

GOOD = "tall ships in thick fog"
WRONG = "name or password is wrong, or the account was tried too often"
BETTER = "nine green bottles, one wall"


class People:
    """A server, and calls of it."""

    def __init__(self, t, s):
        self.t, self.s = t, s
        self.post = Post(s.home)

    def ask(self, method, path, body=None, token=None):
        headers = {"Authorization": "Bearer " + token} if token else {}
        text = None if body is None else body if isinstance(body, str) else \
            json.dumps(body)
        return self.s.http(method, path, headers, text)

    def want(self, what, a, status, fields):
        """fields: an error code, or the answer's fields at least."""
        if isinstance(fields, str):
            fields = {"error": fields, "message": str}
        wrong = differs(fields, a.json) if a.status == status else "status"
        self.t.check("%s: %d, %s" % (what, status, wrong), not wrong, a)
        return a.json

    def call(self, what, method, path, body, token, status, fields):
        return self.want("%s: %s %s" % (what, method, path),
                         self.ask(method, path, body, token), status, fields)

    def register(self, name, email, password=GOOD):
        r = self.call("register " + name, "POST", "/auth/register", {
            "username": name, "email": email, "password": password}, None,
            200, {"status": "mail_sent", "request_id": str,
                  "expires_in": 600})
        return r, self.post.last(email)

    def person(self, name, password=GOOD):
        """Somebody new: name, address and what a login answers."""
        email = name + "@example.org"
        r, (kind, mail) = self.register(name, email, password)
        self.t.check("the mail of " + name, kind == "register" and
                     mail["request_id"] == r["request_id"], kind, mail)
        self.call(name, "POST", "/auth/verify-email", {
            "request_id": r["request_id"], "code": mail["code"]}, None, 200,
            {"status": "verified", "user_id": str, "username": name})
        return self.login(name, password)

    def aged(self, login, seconds):
        """As if it had begun so long ago."""
        db = sqlite3.connect(self.post.db, timeout=60)
        db.execute("UPDATE login SET created = ? WHERE id = ?", (
            int((time.time() - seconds) * 10 ** 9), login["session_id"]))
        db.commit()
        db.close()

    def login(self, name, password=GOOD, **more):
        return self.call("login of " + name, "POST", "/auth/login", dict(
            more, username=name, password=password), None, 200, LOGIN)


LOGIN = {"access_token": str, "expires_in": 3600, "token_type": "Bearer",
         "refresh_token": str, "refresh_expires_at": STAMP, "user_id": str,
         "session_id": str, "username": str, "plan": "free", "role": "user"}


# -- in, on and out ------------------------------------------------------------

def bodies(t, p):
    """What every route says of a body that is none."""
    for path in ("/auth/register", "/auth/login", "/auth/refresh",
                 "/auth/verify-email", "/auth/password/reset-request",
                 "/auth/password/reset"):
        for body in ("[]", "x", '{"a"', '"text"', '{"a":1,"a":2}',
                     "[" * 50 + "]" * 50):
            p.call("no body", "POST", path, body, None, 400,
                   "INVALID_PARAMS")
        a = p.ask("POST", path)
        p.want("nothing", a, 400, "INVALID_PARAMS")
        t.check(path + ": says what is missing",
                "Missing required fields" in a.text, a)
    for value in (1, True, [], {}, "x" * 2000, "a\u0001b", "a\nb"):
        p.call("odd text", "POST", "/auth/login", {
            "username": value, "password": GOOD}, None, 400,
            "INVALID_PARAMS")


def registering(t, p):
    reg = {"username": "rita", "email": "rita@example.org", "password": GOOD}
    for field, values in {
            "username": ["", "a b", "u_1", "-x", "x" * 65, "a@b.org", "\u00e9"],
            "email": ["", "x", "x@y", "@y.z", "x@y.z\r\nBcc: a@b.c",
                      "<x@y.z>", "x" * 251 + "@y.z"],
            "password": ["", "short", "password1", "P@ssw0rd123!", "12345678",
                         "qwertyuiop", "aaaaaaaaaa", "abcabcabcabc",
                         "iloveyou1987", "rita1234", "R1ta!!!!",
                         "rita@example.org", "simutrador1", "example2026",
                         "x" * 1025, "monkeydragon"]}.items():
        for value in values:
            p.call("%s %.20s" % (field, value), "POST", "/auth/register",
                   dict(reg, **{field: value}), None, 400, "INVALID_PARAMS")
    first, (kind, mail) = p.register("rita", "rita@example.org")
    t.check("the first mail", kind == "register" and set(mail) == {
        "name", "address", "time", "code", "request_id", "minutes"}, mail)
    for what, body in (
            ("another code", {"code": "00000-00000"}),
            ("no code", {"code": ""}),
            ("another request", {"request_id": "rq_" + "0" * 32}),
            ("no request", {"request_id": ""})):
        p.call(what, "POST", "/auth/verify-email", dict({
            "request_id": first["request_id"], "code": mail["code"]}, **body),
            None, 401, "AUTH_FAILED")
    p.call("not a user yet", "POST", "/auth/login", {
        "username": "rita", "password": GOOD}, None, 401, "AUTH_FAILED")
    p.call("as typed", "POST", "/auth/verify-email", {
        "request_id": first["request_id"],
        "code": mail["code"].upper().replace("-", " ")}, None, 200,
        {"status": "verified", "username": "rita"})
    p.call("twice", "POST", "/auth/verify-email", {
        "request_id": first["request_id"], "code": mail["code"]}, None, 401,
        "AUTH_FAILED")
    # Taken names and addresses: the same answer, another mail.
    for name, email, want in (("rita", "other@example.org", "taken"),
                              ("RITA", "more@example.org", "taken"),
                              ("rit2", "RITA@example.org", "known")):
        r, (kind, mail) = p.register(name, email)
        t.check("%s, %s: the mail is %s" % (name, email, want),
                kind == want and "code" not in mail, kind, mail)
        t.check("the answer tells nothing", set(r) == set(first), r)
    # Two ask for one name; the first to bring its code has it.
    one, (_, a) = p.register("nora", "nora1@example.org")
    two, (_, b) = p.register("nora", "nora2@example.org", BETTER)
    p.call("the first", "POST", "/auth/verify-email", {
        "request_id": two["request_id"], "code": b["code"]}, None, 200,
        {"username": "nora"})
    p.call("the second", "POST", "/auth/verify-email", {
        "request_id": one["request_id"], "code": a["code"]}, None, 409,
        "CONFLICT")
    p.login("nora", BETTER)
    # As long as one likes, up to 1024 bytes, of which all count.
    rand = random.Random(7)
    long = "".join(chr(rand.randrange(33, 127)) for _ in range(1024))
    p.call("1025 bytes", "POST", "/auth/register", dict(
        reg, username="lora", email="lora@example.org", password=long + "x"),
        None, 400, "INVALID_PARAMS")
    p.person("lora", long)
    for what, password in (("cut", long[:-1]),
                           ("another end", long[:-1] + " ")):
        p.call(what, "POST", "/auth/login", {
            "username": "lora", "password": password}, None, 401,
            {"message": WRONG})


def logging_in(t, p):
    me = p.person("lena")
    token = me["access_token"]
    claims = claims_of(token)
    t.check("the token's login", claims["jti"].startswith(
        me["session_id"] + "."), claims)
    again = p.login("LENA@example.org", device="laptop")
    t.check("another login", again["session_id"] != me["session_id"] and
            again["user_id"] == me["user_id"])
    for what, body in (("wrong", {"password": BETTER}),
                       ("nobody", {"username": "nobody"}),
                       ("a part", {"password": GOOD[:-1]}),
                       ("more", {"password": GOOD + " "}),
                       ("upper case", {"password": GOOD.upper()})):
        p.call(what, "POST", "/auth/login", dict({
            "username": "lena", "password": GOOD}, **body), None, 401,
            {"error": "AUTH_FAILED", "message": WRONG})
    p.login("lena")
    list_ = p.call("which", "GET", "/auth/sessions", None, token, 200,
                   {"logins": list})["logins"]
    t.check("three logins", len(list_) == 3 and
            [x["is_current"] for x in list_].count(True) == 1, list_)
    wrong = differs({"session_id": str, "device": "laptop",
                     "address": "127.0.0.1", "created_at": STAMP,
                     "used_at": STAMP, "expires_at": STAMP}, next(
                         x for x in list_ if x["device"]))
    t.check("a login: %s" % wrong, not wrong, list_)
    # On.
    fresh = p.call("on", "POST", "/auth/refresh", {
        "refresh_token": me["refresh_token"]}, None, 200, LOGIN)
    t.check("another token", fresh["refresh_token"] != me["refresh_token"] and
            fresh["session_id"] == me["session_id"])
    for old in ("rt_" + "0" * 64, "rt_", "", "x" * 67):
        p.call("none", "POST", "/auth/refresh", {"refresh_token": old}, None,
               401, "AUTH_FAILED")
    # The one that was used comes again: its login is over, with all tokens.
    c = Watched(t, None, "reuse", p.s.sim_port, "/ws/simulate?token=" +
                fresh["access_token"])
    c.seen("connection_ready", {"user_id": me["user_id"]})
    p.call("again", "POST", "/auth/refresh", {
        "refresh_token": me["refresh_token"]}, None, 401, "AUTH_FAILED")
    t0 = time.monotonic()
    p.call("its token", "GET", "/auth/profile", None, fresh["access_token"],
           401, "AUTH_FAILED")
    p.call("at once", "POST", "/auth/validate", None, fresh["access_token"],
           401, "AUTH_FAILED")
    p.call("the newest", "POST", "/auth/refresh", {
        "refresh_token": fresh["refresh_token"]}, None, 401, "AUTH_FAILED")
    closed(t, c, t0, "a stolen login")
    t.check("it is told", p.post.last("lena@example.org")[0] == "reuse")
    p.call("another login goes on", "POST", "/auth/refresh", {
        "refresh_token": again["refresh_token"]}, None, 200, LOGIN)


def closed(t, c, t0, what, reason="api_key_revoked"):
    c.seen("connection_closing", {"reason": reason})
    c.wait_close()
    took = time.monotonic() - t0
    c.abort()
    # The machine may do other things too.
    t.check("%s: closed within a second" % what,
            took < (1.5 if IS_LONG else 20), took)


def out(t, p):
    a, b, c = (p.person("olga") if n == 0 else p.login("olga")
               for n in range(3))
    d = p.login("olga")
    p.call("one", "POST", "/auth/logout", None, a["access_token"], 200,
           {"ended": 1})
    p.call("it is out", "GET", "/auth/profile", None, a["access_token"], 401,
           "AUTH_FAILED")
    p.call("for good", "POST", "/auth/refresh", {
        "refresh_token": a["refresh_token"]}, None, 401, "AUTH_FAILED")
    p.call("another", "POST", "/auth/logout", {
        "session_id": c["session_id"]}, b["access_token"], 200, {"ended": 1})
    p.call("twice", "POST", "/auth/logout", {"session_id": c["session_id"]},
           b["access_token"], 404, "NOT_FOUND")
    other = p.person("oslo")
    p.call("another's", "POST", "/auth/logout", {
        "session_id": b["session_id"]}, other["access_token"], 404,
        "NOT_FOUND")
    ws = Watched(t, None, "out", p.s.sim_port, "/ws/simulate?token=" +
                 d["access_token"])
    ws.seen("connection_ready", {})
    t0 = time.monotonic()
    p.call("all", "POST", "/auth/logout", {"all": True}, b["access_token"],
           200, {"ended": 2})
    closed(t, ws, t0, "all logins")
    for x in (b, d):
        p.call("all are out", "POST", "/auth/validate", None,
               x["access_token"], 401, "AUTH_FAILED")
    key = p.s.user("ollie")
    p.call("a key has none", "POST", "/auth/logout", None, key.token(), 400,
           "INVALID_PARAMS")
    # Others are ended by who logged in a short time ago, one's own always.
    old, other = p.login("olga"), p.login("olga")
    token = old["access_token"]
    for age, status in ((595, 200), (605, 401)):
        p.aged(old, age)
        a = p.ask("POST", "/auth/logout", {
            "session_id": p.login("olga")["session_id"]}, token)
        t.check("another, %d s after the login: %d" % (age, status),
                a.status == status, a)
    for body in ({"all": True}, {"session_id": other["session_id"]}):
        p.call("too old", "POST", "/auth/logout", body, token, 401,
               "LOGIN_TOO_OLD")
    p.call("it is still good", "GET", "/auth/profile", None, token, 200, {})
    p.call("it may go on, which makes it no younger", "POST", "/auth/refresh",
           {"refresh_token": old["refresh_token"]}, None, 200, LOGIN)
    p.call("too old", "POST", "/auth/logout", {"all": True}, token, 401,
           "LOGIN_TOO_OLD")
    p.call("itself", "POST", "/auth/logout", {
        "session_id": old["session_id"]}, token, 200, {"ended": 1})
    p.call("the young one all", "POST", "/auth/logout", {"all": True},
           other["access_token"], 200, {"ended": 2})


# -- profile and password ------------------------------------------------------

def profiles(t, p):
    me = p.person("pia")
    token = me["access_token"]
    want = {"user_id": me["user_id"], "username": "pia",
            "email": "pia@example.org", "full_name": "", "plan": "free",
            "role": "user", "created_at": STAMP, "has_password": True,
            "password_changed_at": STAMP, "totp_enabled": False,
            "recovery_codes_left": 0}
    for path in ("/auth/profile", "/api/auth/profile"):
        p.call("profile", "GET", path, None, token, 200, want)
    p.call("name", "PUT", "/auth/profile", {"full_name": "Pia \u00d8"}, token,
           200, dict(want, full_name="Pia \u00d8"))
    p.call("nothing", "PUT", "/auth/profile", {}, token, 200,
           dict(want, full_name="Pia \u00d8"))
    p.call("no name", "PUT", "/auth/profile", {"full_name": ""}, token, 200,
           want)
    new = {"email": "pia@new.example", "password": GOOD}
    p.call("no password", "PUT", "/auth/profile", {"email": new["email"]},
           token, 400, "INVALID_PARAMS")
    p.call("wrong password", "PUT", "/auth/profile", dict(
        new, password=BETTER), token, 401, "AUTH_FAILED")
    p.call("no address", "PUT", "/auth/profile", dict(new, email="x"), token,
           400, "INVALID_PARAMS")
    r = p.call("address", "PUT", "/auth/profile", new, token, 200, dict(
        want, request_id=str, expires_in=600))
    kind, mail = p.post.last(new["email"])
    t.check("its mail", kind == "email", kind)
    ask = p.call("a reset by the old one", "POST",
                 "/auth/password/reset-request", {
                     "email": "pia@example.org"}, None, 200, {})
    old = p.post.last("pia@example.org")[1]
    p.call("its code", "POST", "/auth/verify-email", {
        "request_id": r["request_id"], "code": mail["code"]}, None, 200,
        {"status": "verified", "user_id": me["user_id"]})
    t.check("the old one hears of it", p.post.last("pia@example.org")[0] ==
            "email-changed")
    p.call("it is the new one", "GET", "/auth/profile", None, token, 200,
           dict(want, email=new["email"]))
    p.call("what went to the old one is good no more", "POST",
           "/auth/password/reset", {
               "request_id": ask["request_id"], "code": old["code"],
               "new_password": BETTER}, None, 401, "AUTH_FAILED")
    p.login("pia@new.example")
    p.person("paul")
    n = closed_mails(p)
    r = p.call("another's", "PUT", "/auth/profile", {
        "email": "paul@example.org", "password": GOOD}, token, 200,
        {"request_id": str})
    t.check("as much work as if one went", closed_mails(p) == n + 1)
    t.check("no mail goes there", p.post.last("paul@example.org")[0] ==
            "register")


def closed_mails(p):
    """How many were ever made, sealed and put into the outbox, those that were
    taken out again before anybody saw them too."""
    return p.post.rows("SELECT seq FROM sqlite_sequence WHERE name ="
                       " 'outbox'")[0][0]


def passwords(t, p):
    me, more = p.person("quinn"), p.login("quinn")
    token = me["access_token"]
    key = p.call("key", "POST", "/auth/keys", {"name": "k"}, token, 200,
                 {"api_key": str})
    change = {"current_password": GOOD, "new_password": BETTER}
    p.call("wrong", "POST", "/auth/password/change", dict(
        change, current_password=BETTER), token, 401, "AUTH_FAILED")
    for bad in ("short", "quinn1234", "password1", "quinn@example.org"):
        p.call("bad", "POST", "/auth/password/change", dict(
            change, new_password=bad), token, 400, "INVALID_PARAMS")
    p.call("change", "POST", "/auth/password/change", change, token, 200,
           {"status": "changed", "ended": 1, "revoked_keys": 0})
    t.check("it is told", p.post.last("quinn@example.org")[0] ==
            "password-changed")
    p.call("this login goes on", "GET", "/auth/profile", None, token, 200, {})
    p.call("the other is out", "GET", "/auth/profile", None,
           more["access_token"], 401, "AUTH_FAILED")
    p.call("the old one", "POST", "/auth/login", {
        "username": "quinn", "password": GOOD}, None, 401, "AUTH_FAILED")
    p.login("quinn", BETTER)
    # Reset.
    ask = {"email": "quinn@example.org"}
    known = p.ask("POST", "/auth/password/reset-request", ask)
    r = p.want("reset", known, 200, {"status": "mail_sent",
                                     "request_id": str, "expires_in": 600})
    n = closed_mails(p)
    unknown = p.ask("POST", "/auth/password/reset-request", {
        "email": "nobody@example.org"})
    t.check("nobody's takes as much work", closed_mails(p) == n + 1)
    t.check("nobody's is answered the same", unknown.status == 200 and
            set(unknown.json) == set(r) and
            len(unknown.text) == len(known.text), unknown)
    t.check("and gets no mail", not p.post.mails("nobody@example.org"))
    kind, mail = p.post.last("quinn@example.org")
    t.check("the mail", kind == "reset", kind)
    reset = {"request_id": r["request_id"], "code": mail["code"],
             "new_password": "some other words, many"}
    bykey = p.s.http("POST", "/auth/token", {
        "X-API-Key": key["api_key"]}).json["access_token"]
    for what, body in (("code", {"code": "00000-00000"}),
                       ("nobody's request", {
                           "request_id": unknown.json["request_id"]})):
        p.call(what, "POST", "/auth/password/reset", dict(reset, **body),
               None, 401, "AUTH_FAILED")
    p.call("not to verify", "POST", "/auth/verify-email", {
        "request_id": r["request_id"], "code": mail["code"]}, None, 401,
        "AUTH_FAILED")
    p.call("bad", "POST", "/auth/password/reset", dict(
        reset, new_password="quinn2026"), None, 400, "INVALID_PARAMS")
    p.call("reset", "POST", "/auth/password/reset", dict(
        reset, revoke_keys=True), None, 200, {"status": "changed",
                                             "revoked_keys": 1})
    # At once, and not only when the database is looked at next.
    for x in (bykey, token):
        p.call("at once", "POST", "/auth/validate", None, x, 401,
               "AUTH_FAILED")
    p.call("twice", "POST", "/auth/password/reset", reset, None, 401,
           "AUTH_FAILED")
    for x in (bykey, token):
        p.call("all are out", "GET", "/auth/profile", None, x, 401,
               "AUTH_FAILED")
    a = p.s.http("POST", "/auth/token", {"X-API-Key": key["api_key"]})
    t.check("keys too", a.status == 401, a)
    p.login("quinn", reset["new_password"])


def by_admin(t, p):
    """A user an administrator made gets a password by the address."""
    p.s.home.must("admin", "user", "add", "uma", "--email", "uma@example.org")
    p.call("none yet", "POST", "/auth/login", {
        "username": "uma", "password": GOOD}, None, 401, "AUTH_FAILED")
    r = p.call("ask", "POST", "/auth/password/reset-request", {
        "email": "uma@example.org"}, None, 200, {})
    p.call("get", "POST", "/auth/password/reset", {
        "request_id": r["request_id"], "new_password": GOOD,
        "code": p.post.last("uma@example.org")[1]["code"]}, None, 200, {})
    p.login("uma")


# -- the second factor ---------------------------------------------------------

def second_factor(t, p):
    me, more = p.person("tess"), p.login("tess")
    token = me["access_token"]
    p.call("not yet", "POST", "/auth/totp/enable", {"totp_code": "123456"},
           token, 409, "CONFLICT")
    p.call("wrong", "POST", "/auth/totp/setup", {"password": BETTER}, token,
           401, "AUTH_FAILED")
    p.call("first", "POST", "/auth/totp/setup", {"password": GOOD}, token,
           200, {"secret": str})
    r = p.call("again", "POST", "/auth/totp/setup", {"password": GOOD},
               token, 200, {"secret": str, "otpauth_url": str})
    t.check("the url", r["otpauth_url"].startswith(
        "otpauth://totp/simutrador:tess?secret=" + r["secret"]), r)
    box = p.post.rows("SELECT totp FROM account WHERE user = ?",
                      me["user_id"])[0][0]
    t.check("it is sealed", r["secret"].encode() not in box)
    again = json.loads(p.s.home.must("admin", "seal", "renew"))
    t.check("closed again by a new key", again["closed_again"] >= 1 and
            p.post.rows("SELECT totp FROM account WHERE user = ?",
                        me["user_id"])[0][0][1:5] != box[1:5], again)
    p.call("off until enabled", "POST", "/auth/login", {
        "username": "tess", "password": GOOD}, None, 200, LOGIN)
    p.call("wrong code", "POST", "/auth/totp/enable", {
        "totp_code": totp(r["secret"], time.time() + 300)}, token, 401,
        "AUTH_FAILED")
    # A code of the 30 s after, which is good too, is there for the login,
    # whichever way the clock has gone by then.
    now = time.time()
    code = totp(r["secret"], now)
    codes = p.call("enable", "POST", "/auth/totp/enable", {
        "totp_code": code}, token, 200, {"status": "enabled",
                                         "ended": 2})["recovery_codes"]
    t.check("ten codes", len(set(codes)) == 10 and all(
        re.fullmatch(r"([0-9a-z]{5}-){5}[0-9a-z]{5}", x) for x in codes),
        codes)
    t.check("it is told", p.post.last("tess@example.org")[0] ==
            "totp-enabled")
    p.call("other logins are out", "GET", "/auth/profile", None,
           more["access_token"], 401, "AUTH_FAILED")
    p.call("twice", "POST", "/auth/totp/setup", {"password": GOOD}, token,
           409, "CONFLICT")
    login = {"username": "tess", "password": GOOD}
    p.call("wanted", "POST", "/auth/login", login, None, 401,
           "TOTP_REQUIRED")
    p.call("used", "POST", "/auth/login", dict(login, totp_code=code), None,
           401, "AUTH_FAILED")
    code = totp(r["secret"], max(now + 30, time.time()))
    p.call("a code", "POST", "/auth/login", dict(login, totp_code=code), None,
           200, LOGIN)
    p.call("the code again", "POST", "/auth/login", dict(
        login, totp_code=code), None, 401, "AUTH_FAILED")
    p.call("a recovery code", "POST", "/auth/login", dict(
        login, recovery_code=codes[0].upper()), None, 200, LOGIN)
    p.call("again", "POST", "/auth/login", dict(
        login, recovery_code=codes[0]), None, 401, "AUTH_FAILED")
    p.call("one is gone", "GET", "/auth/profile", None, token, 200,
           {"totp_enabled": True, "recovery_codes_left": 9})
    # A reset is no way around it.
    ask = p.call("reset", "POST", "/auth/password/reset-request", {
        "email": "tess@example.org"}, None, 200, {})
    mail = p.post.last("tess@example.org")[1]
    reset = {"request_id": ask["request_id"], "code": mail["code"],
             "new_password": BETTER}
    p.call("it is wanted too", "POST", "/auth/password/reset", reset, None,
           401, "TOTP_REQUIRED")
    p.call("a wrong one uses the code up", "POST", "/auth/password/reset",
           dict(reset, totp_code="000000"), None, 401, "AUTH_FAILED")
    p.call("so it is no more", "POST", "/auth/password/reset", dict(
        reset, recovery_code=codes[1]), None, 401, "AUTH_FAILED")
    ask = p.call("reset", "POST", "/auth/password/reset-request", {
        "email": "tess@example.org"}, None, 200, {})
    p.call("with it", "POST", "/auth/password/reset", dict(
        reset, request_id=ask["request_id"], recovery_code=codes[1],
        code=p.post.last("tess@example.org")[1]["code"]), None, 200, {})
    me = p.login("tess", BETTER, recovery_code=codes[2])
    off = {"password": BETTER, "recovery_code": codes[3]}
    for what, body, code in (("no code", {"recovery_code": None},
                              "TOTP_REQUIRED"),
                             ("password", {"password": GOOD}, "AUTH_FAILED"),
                             ("used", {"recovery_code": codes[0]},
                              "AUTH_FAILED")):
        p.call(what, "POST", "/auth/totp/disable", dict(off, **body),
               me["access_token"], 401, code)
    more = p.login("tess", BETTER, recovery_code=codes[4])
    p.call("off", "POST", "/auth/totp/disable", off, me["access_token"], 200,
           {"status": "disabled", "ended": 1})
    p.call("other logins are out", "GET", "/auth/profile", None,
           more["access_token"], 401, "AUTH_FAILED")
    p.call("twice", "POST", "/auth/totp/disable", off, me["access_token"],
           409, "CONFLICT")
    p.login("tess", BETTER)


def seal_in_turn(t, p):
    """A new key comes to the file in a transaction of the database, so not
    while another closes something by the one before."""
    def keys():
        with open(p.post.key, encoding="ascii") as f:
            return f.read().split()
    before = keys()
    db = sqlite3.connect(p.post.db, timeout=60, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        renewed = pool.submit(p.s.home.must, "admin", "seal", "renew")
        time.sleep(0.5)
        held = keys()
        db.execute("ROLLBACK")
        renewed.result()
    db.close()
    t.check("not in between", held == before, len(held))
    t.check("then it is the first", keys()[1:] == before and
            keys()[0] not in before, len(keys()))


# -- keys ----------------------------------------------------------------------

KEY = {"key_id": str, "name": str, "hint": str, "scopes": str,
       "created_at": STAMP, "expires_at": STAMP, "revoked_at": None,
       "state": "live"}


def on_a_terminal(t, p, key):
    """What an older version took for the name of a key does nothing there."""
    for name, shown in (("a\u009b31mb", "a?31mb"), ("a\u202eb", "a?b"),
                        ("laptop", "laptop")):
        db = sqlite3.connect(p.post.db, timeout=60)
        db.execute("UPDATE api_key SET name = ? WHERE id = ?", (name, key))
        db.commit()
        db.close()
        out = p.s.home.must("admin", "key", "list", "-o", "table",
                            env={"COLUMNS": "300"})
        t.check("it shows %s" % shown, " %s " % shown in out and
                (name == shown or name not in out), out)


def keys(t, p):
    me, other = p.person("kim"), p.person("kurt")
    token = me["access_token"]
    for body in ({}, {"name": ""}, {"name": "x", "scopes": "all"},
                 {"name": "x", "expires_in_days": 0},
                 {"name": "x", "expires_in_days": 4000},
                 {"name": "x" * 65}, {"name": "a\nb"}, {"name": "a\u009b31m"},
                 {"name": "a\u202eb"}, {"name": "a\u2028b"}):
        p.call("bad", "POST", "/auth/keys", body, token, 400,
               "INVALID_PARAMS")
    p.call("not an administrator", "POST", "/auth/keys", {
        "name": "x", "scopes": "admin"}, token, 403, "FORBIDDEN")
    key = p.call("make", "POST", "/auth/keys", {"name": "laptop"}, token, 200,
                 dict(KEY, api_key=str, name="laptop",
                      scopes="simulate read"))
    t.check("it is told", p.post.last("kim@example.org")[0] == "key-created")
    on_a_terminal(t, p, key["key_id"])
    listed = p.call("list", "GET", "/auth/keys", None, token, 200,
                    {"keys": list})["keys"]
    t.check("without its text", len(listed) == 1 and
            key["api_key"] not in json.dumps(listed) and
            listed[0]["hint"] == key["api_key"][:8], listed)
    t.check("another's are another's", not p.call(
        "list", "GET", "/auth/keys", None, other["access_token"], 200,
        {})["keys"])

    def by_key(k):
        return p.s.http("POST", "/auth/token", {"X-API-Key": k["api_key"]})
    limited = by_key(key).json["access_token"]
    t.check("the scope is in the token", claims_of(limited)["scope"] ==
            "simulate read")
    c = Watched(t, None, "key", p.s.sim_port, "/ws/simulate?token=" + limited)
    c.seen("connection_ready", {"user_id": me["user_id"]})
    p.call("it may read", "GET", "/auth/profile", None, limited, 200, {})
    for method, path in (("PUT", "/auth/profile"), ("POST", "/auth/keys"),
                         ("POST", "/auth/totp/setup"),
                         ("POST", "/auth/password/change"),
                         ("DELETE", "/auth/keys/" + key["key_id"])):
        p.call("it may not", method, path, {} if method != "DELETE" else None,
               limited, 403, "FORBIDDEN")
    # Rotated: the old one is good for its grace and no longer.
    p.call("grace", "POST", "/auth/keys/%s/rotate" % key["key_id"],
           {"grace_sec": -1}, token, 400, "INVALID_PARAMS")
    p.call("another's", "POST", "/auth/keys/%s/rotate" % key["key_id"], {},
           other["access_token"], 404, "NOT_FOUND")
    t0 = time.monotonic()
    new = p.call("rotate", "POST", "/auth/keys/%s/rotate" % key["key_id"],
                 {"grace_sec": 3}, token, 200, dict(KEY, api_key=str,
                                                    scopes="simulate read"))
    t.check("it is good", by_key(new).status == 200)
    for at in (0, 2.2):
        time.sleep(max(0, t0 + at - time.monotonic()))
        a = by_key(key)
        t.check("and the old one still", a.status == 200 or
                time.monotonic() > t0 + 2.9, a)
    t.check("no more", until(lambda: by_key(key).status == 401) and
            by_key(new).status == 200)
    t.check("not before its grace is over", time.monotonic() > t0 + 2.9)
    closed(t, c, t0 + 3, "a rotated key")
    p.call("it is over", "POST", "/auth/keys/%s/rotate" % key["key_id"], {},
           token, 409, "CONFLICT")
    # Revoked.
    c = Watched(t, None, "key", p.s.sim_port, "/ws/simulate?token=" +
                by_key(new).json["access_token"])
    c.seen("connection_ready", {})
    p.call("another's", "DELETE", "/auth/keys/" + new["key_id"], None,
           other["access_token"], 404, "NOT_FOUND")
    t0 = time.monotonic()
    p.call("revoke", "DELETE", "/auth/keys/" + new["key_id"], None, token,
           200, dict(KEY, revoked_at=STAMP, state="revoked"))
    closed(t, c, t0, "a revoked key")
    t.check("it is good for nothing", by_key(new).status == 401)
    p.call("twice", "DELETE", "/auth/keys/" + new["key_id"], None, token, 409,
           "CONFLICT")
    # A key gives no more than it has.
    some = p.call("some", "POST", "/auth/keys", {
        "name": "a", "scopes": "account"}, token, 200, {})
    full = p.call("more", "POST", "/auth/keys", {
        "name": "b", "scopes": "account,simulate"}, token, 200, {})
    limited = by_key(some).json["access_token"]
    for method, path, body in (
            ("POST", "/auth/keys", {"name": "x", "scopes": "simulate"}),
            ("POST", "/auth/keys/%s/rotate" % full["key_id"], {})):
        p.call("no more than it has", method, path, body, limited, 403,
               "FORBIDDEN")
    p.call("what it has", "POST", "/auth/keys", {
        "name": "x", "scopes": "account"}, limited, 200, {})
    p.call("not to read", "GET", "/auth/keys", None, limited, 403,
           "FORBIDDEN")
    ws = Client(p.s.sim_port, "/ws/simulate?token=" + limited)
    t.check("not to simulate", ws.wait_close()[0] == 4000)
    ws.abort()
    a = p.s.http("POST", "/ws-ticket", {"Authorization": "Bearer " + limited})
    t.check("no ticket", a.status == 403, a)


# -- administrators ------------------------------------------------------------

def token_works(p, key):
    """What /auth/token says of the key, and /auth/validate of its token."""
    a = p.s.http("POST", "/auth/token", {"X-API-Key": key["api_key"]})
    if a.status != 200:
        return a.status, None
    return 200, p.ask("POST", "/auth/validate", None,
                      a.json["access_token"]).status


def key_is_good(t, p, key):
    """Soon after its user was enabled."""
    t.check("the key is good again", until(
        lambda: token_works(p, key) == (200, 200)), token_works(p, key))


def administrators(t, p):
    me = p.person("abby")
    admin = p.s.admin.token()
    at = "/admin/users/" + me["user_id"]
    user = {"user_id": me["user_id"], "username": "abby", "plan": "free",
            "role": "user", "disabled": False, "created_at": STAMP}
    r = p.call("all", "GET", "/admin/users?last=1000", None, admin, 200,
               {"users": list, "total": int})
    t.check("she is there", user["user_id"] in [
        x["user_id"] for x in r["users"]] and r["total"] == len(r["users"]))
    r = p.call("a page", "GET", "/admin/users?after=1&last=1", None, admin,
               200, {})
    t.check("of one", len(r["users"]) == 1, r)
    for query in ("?last=x", "?last=-1", "?last=1001", "?after=x"):
        p.call("no page", "GET", "/admin/users" + query, None, admin, 400,
               "INVALID_PARAMS")
    p.call("her", "GET", at, None, admin, 200, dict(
        user, email="abby@example.org", totp_enabled=False))
    p.call("by name", "GET", "/admin/users/abby", None, admin, 200, user)
    p.call("nobody", "GET", "/admin/users/none", None, admin, 404,
           "NOT_FOUND")
    p.call("plan", "PUT", at + "/plan", {"plan": "professional"}, admin, 200,
           dict(user, plan="professional"))
    p.call("no plan", "PUT", at + "/plan", {"plan": "gold"}, admin, 400,
           "INVALID_PARAMS")
    p.call("usage", "GET", at + "/usage", None, admin, 200, {
        "user_id": me["user_id"], "plan": "professional", "limits": dict,
        "usage": dict, "reset_times": dict})
    p.call("a token of before too", "POST", "/auth/validate", None,
           me["access_token"], 200, {"plan": "professional"})
    p.call("the next token has it", "POST", "/auth/refresh", {
        "refresh_token": me["refresh_token"]}, None, 200,
        dict(LOGIN, plan="professional"))
    # A role counts at once, both ways.
    token = me["access_token"]
    p.call("not yet", "GET", "/admin/stats", None, token, 403, "FORBIDDEN")
    p.call("role", "PUT", at + "/role", {"role": "admin"}, admin, 200,
           {"role": "admin"})
    p.call("now", "GET", "/admin/stats", None, token, 200, {
        "users": int, "connections": int, "mail_waiting": int,
        "server_version": str, "schema": int, "uptime_sec": int})
    p.call("no role", "PUT", at + "/role", {"role": "king"}, admin, 400,
           "INVALID_PARAMS")
    p.call("role", "PUT", at + "/role", {"role": "user"}, admin, 200,
           {"role": "user"})
    p.call("no more", "GET", "/admin/stats", None, token, 403, "FORBIDDEN")
    last = p.call("the last one", "PUT", "/admin/users/admin/role",
                  {"role": "user"}, admin, 409, "CONFLICT")
    t.check("an administrator stays", "admin" in last["message"])
    r = p.call("sessions", "GET", at + "/sessions", None, admin, 200,
               {"logins": list, "sessions": list})
    t.check("her login", [x["session_id"] for x in r["logins"]] ==
            [me["session_id"]], r)
    # Out, at once.
    c = Watched(t, None, "admin", p.s.sim_port, "/ws/simulate?token=" + token)
    c.seen("connection_ready", {})
    t0 = time.monotonic()
    p.call("end", "DELETE", at + "/sessions", None, admin, 200, {"ended": 1})
    p.call("out", "GET", "/auth/profile", None, token, 401, "AUTH_FAILED")
    closed(t, c, t0, "an ended login")
    token = p.call("in again", "POST", "/auth/login", {
        "username": "abby", "password": GOOD}, None, 200,
        {})["access_token"]
    key = p.call("key", "POST", "/auth/keys", {"name": "k"}, token, 200, {})
    bykey = p.s.http("POST", "/auth/token", {
        "X-API-Key": key["api_key"]}).json["access_token"]
    c = Watched(t, None, "admin", p.s.sim_port, "/ws/simulate?token=" + token)
    d = Watched(t, None, "admin", p.s.sim_port, "/ws/simulate?token=" + bykey)
    t0 = time.monotonic()
    p.call("disable", "PUT", at + "/disable", None, admin, 200,
           {"disabled": True})
    for x in (token, bykey):
        p.call("out", "GET", "/auth/profile", None, x, 401, "AUTH_FAILED")
        p.call("out", "POST", "/auth/validate", None, x, 401, "AUTH_FAILED")
    for x in (c, d):
        x.seen("connection_ready", {})
        closed(t, x, t0, "a disabled user")
    p.call("not in", "POST", "/auth/login", {
        "username": "abby", "password": GOOD}, None, 401,
        {"message": WRONG})
    p.call("no reset", "POST", "/auth/password/reset-request", {
        "email": "abby@example.org"}, None, 200, {"status": "mail_sent"})
    t.check("no mail", p.post.last("abby@example.org")[0] != "reset")
    p.call("enable", "PUT", at + "/disable", {"disabled": False}, admin, 200,
           {"disabled": False})
    key_is_good(t, p, key)
    p.s.home.must("admin", "user", "disable", "abby")
    t.check("disabled by the command", until(
        lambda: token_works(p, key) == (401, None)))
    p.s.home.must("admin", "user", "enable", "abby")
    key_is_good(t, p, key)
    p.call("in", "POST", "/auth/login", {
        "username": "abby", "password": GOOD}, None, 200, {})
    r = p.call("audit", "GET", at + "/audit?last=200", None, admin, 200,
               {"entries": list})["entries"]
    seen = {x["action"] for x in r}
    t.check("what she did, and what was done", {
        "auth.login", "user.change", "login.end", "auth.refresh",
        "auth.verify"} <= seen and "user.add" in seen, seen)
    t.check("newest first", [x["seq"] for x in r] == sorted(
        (x["seq"] for x in r), reverse=True))
    r = p.call("of all", "GET", "/admin/audit?last=5", None, admin, 200,
               {"entries": list})["entries"]
    t.check("five", len(r) == 5, r)


# -- who may do what -----------------------------------------------------------

# Of each route: the body, and the status for one who may (a user, another
# user, an administrator; nobody where no token is wanted).  A user's things
# are {mine}; an empty body shows that one was let in, and changes nothing.
BAD = (400, 400, 400, 400)
MATRIX = {
    "POST /auth/token": (None, (401, 401, 401, 401)),
    "POST /auth/validate": (None, (401, 200, 200, 200)),
    "GET /auth/limits": (None, (401, 200, 200, 200)),
    "POST /ws-ticket": (None, (401, 200, 200, 200)),
    "GET /health": (None, (200, 200, 200, 200)),
    "GET /readyz": (None, (200, 200, 200, 200)),
    "GET /metrics": (None, (200, 200, 200, 200)),
    "GET /openapi.json": (None, (200, 200, 200, 200)),
    "GET /ws/simulate": (None, (426, 426, 426, 426)),
    "GET /ws/health": (None, (426, 426, 426, 426)),
    "POST /auth/register": ({}, BAD),
    "POST /auth/verify-email": ({}, BAD),
    "POST /auth/login": ({}, BAD),
    "POST /auth/refresh": ({}, BAD),
    "POST /auth/logout": ({}, (401, 400, 400, 400)),
    "GET /auth/sessions": (None, (401, 200, 200, 200)),
    "POST /auth/password/change": ({}, (401, 400, 400, 400)),
    "POST /auth/password/reset-request": ({}, BAD),
    "POST /auth/password/reset": ({}, BAD),
    "POST /auth/totp/setup": ({}, (401, 400, 400, 400)),
    "POST /auth/totp/enable": ({}, (401, 400, 400, 400)),
    "POST /auth/totp/disable": ({}, (401, 400, 400, 400)),
    "GET /auth/profile": (None, (401, 200, 200, 200)),
    "PUT /auth/profile": ({}, (401, 200, 200, 200)),
    "GET /auth/keys": (None, (401, 200, 200, 200)),
    "POST /auth/keys": ({}, (401, 400, 400, 400)),
    "POST /auth/keys/{id}/rotate": ({"grace_sec": 9}, (401, 200, 404, 404)),
    "DELETE /auth/keys/{id}": (None, (401, 200, 404, 404)),
    "GET /admin/users": (None, (401, 403, 403, 200)),
    "GET /admin/users/{id}": (None, (401, 403, 403, 200)),
    "PUT /admin/users/{id}/plan": ({}, (401, 403, 403, 400)),
    "PUT /admin/users/{id}/role": ({}, (401, 403, 403, 400)),
    "PUT /admin/users/{id}/disable": ({"disabled": False},
                                      (401, 403, 403, 200)),
    "GET /admin/users/{id}/sessions": (None, (401, 403, 403, 200)),
    "DELETE /admin/users/{id}/sessions": (None, (401, 403, 403, 200)),
    "GET /admin/users/{id}/usage": (None, (401, 403, 403, 200)),
    "GET /admin/users/{id}/audit": (None, (401, 403, 403, 200)),
    "GET /admin/audit": (None, (401, 403, 403, 200)),
    "GET /admin/stats": (None, (401, 403, 403, 200)),
}


def tokens_of(s):
    user, other = s.user("mia", "professional"), s.user("max")
    gone = s.user("moe")
    revoked = gone.token()
    for row in s.home.must("admin", "key", "list").splitlines():
        row = json.loads(row)
        if gone.key.startswith(row["hint"]):
            s.home.must("admin", "key", "revoke", row["key"])
    now = int(time.time())
    expired = sign(dict(claims_of(user.token()), iat=now - 7200,
                        exp=now - 3600))
    until(lambda: s.http("GET", "/auth/limits", {
        "Authorization": "Bearer " + revoked}).status == 401)
    return user, (None, user.token(), other.token(), s.admin.token(),
                  expired, revoked)


def matrix(t, p):
    user, tokens = tokens_of(p.s)
    names = ("nobody", "a user", "another user", "an administrator",
             "expired", "revoked")
    rows = defs.rows("src/server/route.def", "SIM_ROUTE(?:_ALSO)?")
    listed = {"%s %s" % (r[0], r[1]) for r in rows}
    t.check("each route has a row, and each row a route: %s" %
            (listed ^ set(MATRIX)), listed == set(MATRIX))
    for method, path, kind, role, _, _, _ in rows:
        body, wants = MATRIX.get("%s %s" % (method, path), (None, BAD))
        for i, (name, token) in enumerate(zip(names, tokens)):
            where = path
            if "/keys/{id}" in path:
                where = path.replace("{id}", p.call(
                    "key", "POST", "/auth/keys", {"name": "m"},
                    user.token(), 200, {})["key_id"])
            where = where.replace("{id}", user.id)
            want = wants[i] if i < 4 else wants[0]
            if i >= 4 and role != "NOBODY" and kind != "SOCKET":
                want = 401
            a = p.ask(method, where, body, token)
            t.check("%s: %s %s is %d" % (name, method, path, want),
                    a.status == want, a)
            t.check("%s %s: no-store" % (method, path),
                    a.headers["cache-control"] == "no-store")
            if token:
                t.check("%s %s under /api" % (method, path), want == 404 or
                        p.ask(method, "/api" + where, body, token).status in
                        (want, 409, 400), where)


# -- limits --------------------------------------------------------------------

def lockout(t, p):
    """The same for a name that nobody has."""
    p.person("lou")
    answers = []
    for name in ("lou", "louis"):
        for n in range(6):
            a = p.ask("POST", "/auth/login", {"username": name,
                                              "password": "wrong words"})
            t.check("%s: try %d" % (name, n), a.status ==
                    (429 if n == 5 else 401), a)
        wrong = differs({"error": "RATE_LIMITED", "details": {
            "type": "login", "limit": 5, "period_sec": 900,
            "retry_after_sec": int}}, a.json)
        t.check("locked: %s" % wrong, not wrong and
                0 < int(a.headers["retry-after"]) <= 60 and
                a.headers["x-ratelimit-type"] == "login", a)
        answers.append(re.sub(r'retry_after_sec":\d+', "", a.text))
        a = p.ask("POST", "/auth/login", {"username": name, "password": GOOD})
        t.check("the right one has to wait too", a.status == 429, a)
    t.check("nothing tells them apart", answers[0] == answers[1], answers)
    a, b = (p.ask("POST", "/auth/login", {"username": name,
                                          "password": GOOD})
            for name in ("lou@example.org", "louis@example.org"))
    t.check("by another of her names it is as if it were wrong",
            (a.status, a.text) == (b.status, b.text) and a.status == 401, a, b)


def throttle(t):
    """An address, before anything is worked out; an e-mail address."""
    with Server(t, "throttle", *WAITS, home=None, roomy=False,
                env={"JWT_SECRET_KEY": SECRET}) as s:
        p = People(t, s)
        for n in range(4):
            a = p.ask("POST", "/auth/password/reset-request",
                      {"email": "x@example.org" if n % 2 else
                       "X@example.ORG"})
            t.check("mail %d" % n, a.status == (429 if n == 3 else 200), a)
        t.check("by address", a.headers["x-ratelimit-type"] == "mail", a)
        n, t0 = 4, time.monotonic()
        while a.status != 401 and n < 60:
            a = p.ask("POST", "/auth/verify-email", {
                "request_id": "x", "code": "x"})
            n += 1
        while a.status == 401 and n < 60:
            a = p.ask("POST", "/auth/verify-email", {
                "request_id": "x", "code": "x"})
            n += 1
        more = (time.monotonic() - t0) / 3 + 2
        t.check("twenty a minute, %d" % n, 20 <= n <= 21 + more and
                a.status == 429 and
                a.headers["x-ratelimit-type"] == "password", n, a)


def parallel(t, p):
    """Two passwords at a time; a few wait, the rest are told to come again;
    nobody gets one try more than there are."""
    p.person("perry")
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        got = list(pool.map(lambda n: p.ask("POST", "/auth/login", {
            "username": "perry" if n % 2 else "p%d" % n,
            "password": "wrong words"}), range(40)))
    codes = [a.status for a in got]
    t.check("some are told to come again", codes.count(503) > 0 and all(
        a.headers["retry-after"] == "1" for a in got if a.status == 503),
        codes)
    t.check("only these answers", set(codes) <= {401, 429, 503}, codes)
    mine = [a.status for a in got[1::2]]
    t.check("five tries of one name", mine.count(401) <= 5, mine)
    a = p.s.http("GET", "/health")
    t.check("the rest goes on", a.status == 200, a)


def worked(pid):
    """Ticks of the processor that a process has had."""
    with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as f:
        return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13]))


def timing(t, p):
    """A name that nobody has takes as long as a wrong password."""
    tries = 100 if IS_LONG else 6
    names = ["tim%d" % n for n in range(tries // 4 + 1)]
    p.person("tim0")
    template = p.post.rows("SELECT password FROM account a JOIN user u ON"
                           " u.id = a.user WHERE u.name = 'tim0'")[0][0]
    db = sqlite3.connect(p.post.db, timeout=60)
    for n, name in enumerate(names[1:], 1):
        made = json.loads(p.s.home.must("admin", "user", "add", name))
        db.execute("INSERT INTO account SELECT ?, NULL, '', ?, 0, NULL, 0, 0",
                   (made["user"], template))
        db.commit()
    db.close()
    took = {"there": [], "not": []}
    work = {"there": [], "not": []}
    for n in range(tries):
        for kind in ("there", "not") if n % 2 else ("not", "there"):
            name = names[n // 4] if kind == "there" else "no" + names[n // 4]
            w0, t0 = worked(p.s.process.pid), time.perf_counter()
            a = p.ask("POST", "/auth/login", {"username": name,
                                              "password": "wrong words"})
            took[kind].append(time.perf_counter() - t0)
            work[kind].append(worked(p.s.process.pid) - w0)
            t.check("both are wrong", a.status == 401, a)
    there, none = (statistics.median(took[x]) for x in ("there", "not"))
    # Each with the one beside it, which the same load has slowed; what is
    # left may be three standard errors of a median, or 2 % of all.
    apart = [x - y for x, y in zip(took["there"], took["not"])]
    middle = statistics.median(apart)
    error = 1.86 * statistics.median(abs(x - middle) for x in apart) / \
        tries ** 0.5
    print("login: %.1f ms for a user, %.1f ms for nobody, %.2f ms apart by"
          " pairs, standard error %.2f ms, %d tries each" % tuple(
              [1000 * x for x in (there, none, middle, error)] + [tries]))
    if IS_LONG:
        t.check("the same time", abs(middle) < max(3 * error, 0.02 * there),
                took)
    # Of the processor, which others on the machine don't lengthen.
    there, none = (sum(work[x]) for x in ("there", "not"))
    t.check("the same work", there / 2 <= none <= there * 2, work)


def secrets(t, p):
    """Nothing of what opens doors is in database or log."""
    me = p.person("sue")
    mail = [m for _, m in p.post.mails("sue@example.org")][0]
    with open(p.post.db, "rb") as f:
        text = f.read()
    with open(p.post.db + "-wal", "rb") as f:
        text += f.read()
    text += p.s.log().encode()
    for what, secret in (("password", GOOD), ("token", me["access_token"]),
                         ("refresh token", me["refresh_token"]),
                         ("code", mail["code"]),
                         ("request", mail["request_id"])):
        t.check("no %s is stored" % what, secret.encode() not in text)
    row = p.post.rows("SELECT password FROM account WHERE user = ?",
                      me["user_id"])[0][0]
    t.check("argon2id, two passes, 64 MiB",
            row.startswith("$argon2id$v=19$m=65536,t=2,p=1$"), row)


def credential(t):
    """The key file of the service manager's, which is as it is."""
    home = Home(sample=[])
    folder = os.path.join(home.path, "credentials")
    os.mkdir(folder, 0o700)
    key = os.path.join(folder, "seal.key")
    with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o400), "w") as f:
        f.write("%064x\n" % random.getrandbits(256))
    env = {"CREDENTIALS_DIRECTORY": folder}
    with Server(t, "credential", *WAITS, home=home, env=env) as s:
        p = People(t, s)
        p.post.key = key
        p.register("cara", "cara@example.org")
        own = os.path.join(os.path.dirname(p.post.db), "seal.key")
        t.check("no other key is made", not os.path.exists(own))
        rc, _, err = home.run("admin", "seal", "renew", env=env)
        t.check("it is not changed here", rc == 81 and "credential" in err,
                rc, err)
        os.chmod(key, 0o444)
        p.call("others may read it", "POST", "/auth/register", {
            "username": "carl", "email": "carl@example.org",
            "password": GOOD}, None, 500, "INTERNAL_ERROR")
        t.check("the log says why", "chmod 600" in s.log(), s.log()[-900:])
        t.check("nothing is half there", not p.post.mails(
            "carl@example.org") and p.post.rows(
                "SELECT count(*) FROM pending")[0][0] == 1)
        for path in ("/auth/register", "/auth/login", "/health"):
            a = p.ask("GET" if path == "/health" else "POST", path, {}
                      if path != "/health" else None)
            t.check(path + " is served", a.status in (200, 400), a)
    home.remove()


def strict(t):
    """--strict: what it wants, and what it wants of whom."""
    home = Home(sample=[])
    bad = home.file("bad", "some leaked old thing\n")
    for options, word in ((("--strict",), "--bad-passwords"),
                          (("--strict", "--bad-passwords", bad, "--listen",
                            "0.0.0.0"), "--tls-cert"),
                          (("--strict", "--bad-passwords", bad, "--listen",
                            "::"), "--tls-cert"),
                          (("--strict", "--local"), "--local")):
        rc, out, err = home.run("serve", "--port", "0", *options)
        t.check("%s is refused" % (options,), rc == 64 and word in err and
                not out, rc, err)
    with Server(t, "strict", "--strict", "--bad-passwords", bad, *WAITS,
                home=home, env={"JWT_SECRET_KEY": SECRET}) as s:
        p = People(t, s)
        p.call("a leaked password", "POST", "/auth/register", {
            "username": "stan", "email": "stan@example.org",
            "password": "some leaked old thing"}, None, 400, "INVALID_PARAMS")
        me = p.person("stan")
        token = me["access_token"]

        def opens(token):
            a = p.ask("POST", "/ws-ticket", None, token)
            if a.status != 200:
                return a.status
            ws = Client(s.sim_port, "/ws/simulate?ticket=" +
                        a.json["ticket"])
            ready = ws.expect("connection_ready")
            ws.abort()
            return bool(ready)
        t.check("one factor doesn't simulate", opens(token) == 403)
        home.must("admin", "user", "role", "stan", "admin")
        p.call("nor administer", "GET", "/admin/stats", None, token, 403,
               "FORBIDDEN")
        p.call("it looks", "GET", "/auth/profile", None, token, 200, {})
        key = p.call("and no key does more than it", "POST", "/auth/keys", {
            "name": "k"}, token, 200, {"scopes": "read"})
        for scope in ("simulate", "admin"):
            p.call("nor one that asks for it", "POST", "/auth/keys", {
                "name": "k", "scopes": scope}, token, 403, "FORBIDDEN")
        t.check("it has no more", claims_of(s.http("POST", "/auth/token", {
            "X-API-Key": key["api_key"]}).json["access_token"])["scope"] ==
            "read")
        more = p.call("going on changes nothing", "POST", "/auth/refresh", {
            "refresh_token": me["refresh_token"]}, None, 200, {})
        t.check("nothing", opens(more["access_token"]) == 403)
        seed = p.call("set up", "POST", "/auth/totp/setup", {
            "password": GOOD}, token, 200, {})["secret"]
        p.call("the code before", "POST", "/auth/totp/enable", {
            "totp_code": totp(seed, time.time() - 30)}, token, 401,
            "AUTH_FAILED")
        # The step may be over by the time the code gets there.
        a = p.ask("POST", "/auth/totp/enable", {
            "totp_code": totp(seed, time.time())}, token)
        if a.status == 401:
            a = p.ask("POST", "/auth/totp/enable", {
                "totp_code": totp(seed, time.time())}, token)
        codes = p.want("the code of now", a, 200, {})["recovery_codes"]
        more = p.call("now it is two", "POST", "/auth/refresh", {
            "refresh_token": more["refresh_token"]}, None, 200, {})
        for x in (more, p.call("by both", "POST", "/auth/login", {
                "username": "stan", "password": GOOD,
                "recovery_code": codes[0]}, None, 200, {})):
            t.check("it simulates", opens(x["access_token"]) is True)
            p.call("and administers", "GET", "/admin/stats", None,
                   x["access_token"], 200, {})
            ws = Client(s.sim_port, "/ws/simulate?token=" +
                        x["access_token"])
            t.check("by no URL", ws.wait_close()[0] == 4001)
            ws.abort()
    home.remove()


# -- a crash -------------------------------------------------------------------

CRASH_SQL = {
    "a user without a password or address":
        "SELECT count(*) FROM user u LEFT JOIN account a ON a.user = u.id"
        " WHERE u.name LIKE 'c%' AND (a.password IS NULL OR"
        " a.email IS NULL)",
    "an account without a user":
        "SELECT count(*) FROM account WHERE user NOT IN (SELECT id FROM user)",
    "a request without its mail":
        "SELECT (SELECT count(*) FROM pending WHERE purpose = 0 AND name LIKE"
        " 'c%') + (SELECT count(*) FROM user WHERE name LIKE 'c%') -"
        " (SELECT count(*) FROM outbox WHERE template = 'register' AND"
        " recipient LIKE 'c%')",
    "a key without its mail":
        "SELECT (SELECT count(*) FROM api_key k JOIN user u ON u.id = k.user"
        " WHERE u.name LIKE 'c%') - (SELECT count(*) FROM outbox WHERE"
        " template = 'key-created' AND recipient LIKE 'c%')",
    "a login without its token":
        "SELECT count(*) FROM login WHERE id NOT IN (SELECT login FROM"
        " refresh WHERE NOT is_used)",
    "a second factor without its ten codes":
        "SELECT count(*) FROM account WHERE totp_on AND (SELECT count(*) FROM"
        " recovery_code r WHERE r.user = account.user) <> 10",
    "codes without a second factor":
        "SELECT count(*) FROM recovery_code WHERE user IN (SELECT user FROM"
        " account WHERE NOT totp_on)",
    "a rotated key without the new one":
        "SELECT count(*) FROM audit WHERE action = 'key.rotate' AND"
        " substr(detail, instr(detail, ' new=') + 5, 22) NOT IN (SELECT id"
        " FROM api_key)",
    "a key without its row in the audit log":
        "SELECT (SELECT count(*) FROM api_key) - (SELECT count(*) FROM audit"
        " WHERE action IN ('key.create', 'key.rotate'))",
}
for _action, _letter in (("totp.enable", "totp-enabled"),
                         ("totp.disable", "totp-disabled"),
                         ("password.change", "password-changed")):
    CRASH_SQL[_action + " without its mail"] = (
        "SELECT (SELECT count(*) FROM audit WHERE action = '%s') - (SELECT"
        " count(*) FROM outbox WHERE template = '%s')" % (_action, _letter))


def live(p, name, seen):
    """One life, as far as it gets; what was answered goes to seen."""
    email = name + "@example.org"
    r = p.ask("POST", "/auth/register", {"username": name, "email": email,
                                         "password": GOOD})
    if r.status != 200:
        return
    mail = p.post.last(email)[1]
    r = p.ask("POST", "/auth/verify-email", {
        "request_id": r.json["request_id"], "code": mail["code"]})
    if r.status == 200:
        seen.append(("user", name))
    r = p.ask("POST", "/auth/login", {"username": name, "password": GOOD})
    token = r.json["access_token"]
    for _ in range(3):
        r = p.ask("POST", "/auth/keys", {"name": "k"}, token)
        seen.append(("key", r.json["key_id"]))


def change(p, me, state):
    """All that somebody changes, again and again until the server is gone.
    state: the passwords that may be the one now, what was begun last."""
    token = me["access_token"]

    def call(what, method, path, body=None):
        if state["is_over"]:
            raise ConnectionError("the server is another one by now")
        state["begun"] = what
        a = p.ask(method, path, body, token)
        if a.status != 200:
            raise AssertionError("%s: %r" % (what, a))
        return a.json
    while True:
        now = state["may"][-1]
        seed = call("setup", "POST", "/auth/totp/setup", {"password": now})
        codes = call("enable", "POST", "/auth/totp/enable", {
            "totp_code": totp(seed["secret"], time.time())})["recovery_codes"]
        call("disable", "POST", "/auth/totp/disable", {
            "password": now, "recovery_code": codes[0]})
        key = call("key", "POST", "/auth/keys", {"name": "k"})["key_id"]
        key = call("rotate", "POST", "/auth/keys/%s/rotate" % key)["key_id"]
        call("revoke", "DELETE", "/auth/keys/" + key)
        new = BETTER if now == GOOD else GOOD
        state["may"] = [now, new]
        call("password", "POST", "/auth/password/change", {
            "current_password": now, "new_password": new})
        state["may"] = [new]
        me = call("refresh", "POST", "/auth/refresh", {
            "refresh_token": me["refresh_token"]})
        token = me["access_token"]


def crash(t):
    """kill -9 at any moment: all of a thing is there, or nothing."""
    home = Home(sample=[])
    rounds = 50 if IS_LONG else 5
    rng = random.Random(7)
    cut = collections.Counter()
    with Server(t, "crash", *WAITS, home=home) as s:
        p = People(t, s)
        # As long as one life takes here and now, whatever else goes on.
        p.person("anna")
        t0, seen = time.monotonic(), []
        live(p, "cleo", seen)
        life = time.monotonic() - t0
        t.check("a whole life", len(seen) == 4, seen)
        for n in range(rounds):
            seen, state = [], {"may": [GOOD], "begun": "login", "is_over": False}
            me = p.person("d%d" % n)
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                done = [pool.submit(live, p, "c%d" % n, seen),
                        pool.submit(change, p, me, state)]
                time.sleep(rng.random() * life * 3)
                state["is_over"] = True
                s.restart(wait=0)
                for d in done:
                    why = d.exception()
                    t.check("round %d: only the kill ends it" % n,
                            not isinstance(why, AssertionError), why)
            cut[state["begun"]] += 1
            for what, sql in CRASH_SQL.items():
                t.check("round %d: %s" % (n, what),
                        p.post.rows(sql)[0][0] == 0)
            for kind, what in seen:
                table = "user WHERE name = ?" if kind == "user" else \
                    "api_key WHERE id = ?"
                t.check("round %d: %s %s was answered and is there" %
                        (n, kind, what), p.post.rows(
                            "SELECT count(*) FROM " + table, what)[0][0] == 1)
            got = [p.ask("POST", "/auth/login", {
                "username": "d%d" % n, "password": w}) for w in state["may"]]
            t.check("round %d: one of the passwords is the one" % n,
                    [a.status == 200 or a.json["error"] == "TOTP_REQUIRED"
                     for a in got].count(True) == 1, state, got)
        print("killed at: %s" % dict(cut))
        home.must("admin", "audit", "verify")
    home.remove()


def all_of_it(t):
    with Server(t, "accounts", *WAITS, env={"JWT_SECRET_KEY": SECRET}) as s:
        p = People(t, s)
        for test in (bodies, registering, logging_in, out, profiles,
                     passwords, by_admin, second_factor, seal_in_turn, keys,
                     administrators, matrix, lockout, parallel, timing,
                     secrets):
            test(t, p)
        s.home.must("admin", "audit", "verify")


if __name__ == "__main__":
    main(all_of_it, throttle, credential, strict, crash)
