#!/usr/bin/env python3
"""An account at a server, from the command line: from registering to recovery,
keys of one's own, a second factor, and what an administrator does.  Mails are
read out of the server's outbox.  The routes themselves are tests/server's."""
import json
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from authtest import Person, private, url_of  # noqa: E402
from sealed import WAITS, Post, totp  # noqa: E402
from servertest import Server, main  # noqa: E402

GOOD = "tall ships in thick fog"
BETTER = "nine green bottles, one wall"
BEST = "a lighthouse keeper's laundry"


class Rita:
    """Somebody at one server."""

    def __init__(self, t, p, server):
        self.t, self.p = t, p
        self.url = url_of(server)
        self.post = Post(server.home)

    def run(self, *words, **kw):
        return self.p.run("auth", *words, SIMUTRADOR_SERVER_URL=self.url,
                          **kw)

    def json(self, *words, **kw):
        return json.loads(self.run(*words, **kw) or "{}")

    def rows(self, *words, **kw):
        return [json.loads(x) for x in self.run(*words, **kw).splitlines()]

    def too_old(self):
        """As if the newest login had begun eleven minutes ago."""
        db = sqlite3.connect(self.post.db, timeout=60)
        db.execute("UPDATE login SET created = created - 660000000000"
                   " WHERE created = (SELECT max(created) FROM login)")
        db.commit()
        db.close()

    def login(self, password, want=0, more="", **kw):
        return self.json("login", "--user", "rita", "--with-password",
                         stdin=password + "\n" + more, want=want, **kw)


def register(t, r):
    words = ("register", "rita", "rita@example.org")
    r.run(*words, want=64)
    r.run(*words, "--with-password", stdin="short\n", want=64)
    t.check("what is wrong with it", "password" in r.p.err, r.p.err)
    a = r.json(*words, "--with-password", stdin=GOOD + "\n")
    t.check("a mail is on its way", a["status"] == "mail_sent" and
            a["request_id"], a)
    code = r.post.last("rita@example.org")[1]["code"]
    r.p.secrets.append(code)
    r.run("verify", a["request_id"], "--with-code", stdin="WRONG", want=77)
    b = r.json("verify", a["request_id"], "--with-code", stdin=code)
    t.check("verified", b["username"] == "rita", b)
    r.run("verify", a["request_id"], "--with-code", stdin=code, want=77)
    # by a file and by the environment
    path = private(os.path.join(r.p.home.path, "password"), GOOD + "\n")
    a = r.json("register", "ruth", "ruth@example.org", "--password-file", path)
    r.json("verify", a["request_id"], SIMUTRADOR_CODE=r.post.last(
        "ruth@example.org")[1]["code"])
    r.json("login", "--user", "ruth@example.org", SIMUTRADOR_PASSWORD=GOOD)
    a = r.json("profile")
    t.check("logged in by address", a["username"] == "ruth", a)
    os.chmod(path, 0o644)
    r.run("login", "--user", "ruth", "--password-file", path, want=78)
    r.json("logout")


def logins(t, r):
    r.login("not that", want=77)
    a = r.login(GOOD)
    t.check("a login", a["state"] == "valid" and a["plan"] == "free", a)
    entry = r.p.kept()[0]
    t.check("no password is kept", GOOD not in json.dumps(entry) and
            entry["refresh_token"], entry)
    r.p.secrets += [entry["access_token"], entry["refresh_token"]]
    a = r.json("profile")
    t.check("the profile", (a["username"], a["email"], a["totp_enabled"]) ==
            ("rita", "rita@example.org", False), a)
    a = r.json("profile", "--full-name", "Rita R.")
    t.check("another name", a["full_name"] == "Rita R.", a)
    a = r.json("profile", "--full-name", "")
    t.check("no name", not a["full_name"], a)
    r.p.keep(expires_at=1000)
    r.run("profile")
    other = r.p.kept()[0]
    r.p.secrets += [other["access_token"], other["refresh_token"]]
    t.check("the refresh token got another, and rotated",
            other["refresh_token"] != entry["refresh_token"], other)
    r.p.keep(refresh_token=entry["refresh_token"], expires_at=1000)
    r.run("profile", want=77)
    r.login(GOOD)
    with Person(t) as q:
        there = Rita(t, q, r.server)
        there.login(GOOD)
        rows = r.rows("logins")
        t.check("two logins, one of them this", sorted(
            x["is_current"] for x in rows) == [False, True], rows)
        other = [x["session_id"] for x in rows if not x["is_current"]]
        a = r.json("logout", "--session", *other)
        t.check("that one ends, and nothing goes here", a["ended"] == 1 and
                a["removed"] == 0 and not r.p.err, a, r.p.err)
        there.run("profile", want=77)
        r.run("logout", "--session", *other, want=66)
        there.login(GOOD)
        there.too_old()
        there.run("logout", "--everywhere", want=77)
        t.check("it is too old for that", "began more than 10 minutes ago" in
                there.p.err and "log in again" in there.p.err, there.p.err)
        a = there.json("logout", "--all")
        t.check("but ends itself", a["ended"] == 1 and a["removed"] == 1 and
                "other logins of this user" in there.p.err, a, there.p.err)
        there.login(GOOD)
        a = there.json("logout")
        t.check("one ends", a["ended"] == 1 and a["removed"] == 1, a)
        t.check("and one is left", len(r.rows("logins")) == 1)
        there.login(GOOD)
        a = r.json("logout", "--everywhere")
        t.check("all end", a["ended"] == 2, a)
        there.run("profile", want=77)
        # all that is kept, at whatever server, and what its users have else
        there.login(GOOD)
        r.login(GOOD)
        a = json.loads(r.p.run("auth", "logout", "--all",
                               SIMUTRADOR_SERVER_URL="http://127.0.0.1:1"))
        t.check("all that is kept ends there", a["removed"] == 1 and
                a["ended"] == 2 and not r.p.err, a, r.p.err)
        there.run("profile", want=77)
        r.login(GOOD)
        kept = r.p.kept()[0]
        r.p.keep(server="http://127.0.0.1:1")
        a = r.json("logout", "--all")
        t.check("a server that doesn't answer is warned about",
                a["removed"] == 1 and "goes on there" in r.p.err, a, r.p.err)
        r.login(GOOD)
        r.p.keep(access_token=kept["access_token"][:-4] + "abcd",
                 refresh_token="gone")
        a = r.json("logout", "--all")
        t.check("one that has ended there is no trouble",
                (a["removed"], a["ended"], r.p.err) == (1, 0, ""), a, r.p.err)
    r.run("profile", want=77)


def passwords(t, r):
    r.login(GOOD)
    words = ("password", "change", "--with-password")
    r.run(*words, stdin="not that\n" + BETTER + "\n", want=77)
    r.run(*words, stdin=GOOD + "\nshort\n", want=64)
    r.run(*words, stdin=GOOD + "\n", want=65)
    a = r.json(*words, stdin=GOOD + "\n" + BETTER + "\n")
    t.check("changed", a["status"] == "changed", a)
    r.run("profile")
    r.login(GOOD, want=77)
    r.login(BETTER)
    r.run("password", "change", SIMUTRADOR_PASSWORD=BETTER,
          SIMUTRADOR_NEW_PASSWORD=GOOD)
    a = r.json("password", "forgot", "rita@example.org")
    code = r.post.last("rita@example.org")[1]["code"]
    r.p.secrets.append(code)
    words = ("password", "reset", a["request_id"], "--with-password")
    r.run(*words, stdin="WRONG\n" + BEST + "\n", want=77)
    r.run(*words, stdin=code + "\n" + BEST + "\n")
    r.run("profile", want=77)
    r.login(BEST)
    a = r.json("password", "forgot", "nobody@example.org")
    t.check("nobody is told who there is", a["status"] == "mail_sent", a)
    a = r.json("profile", "--email", "rr@example.org", "--with-password",
               stdin=BEST)
    t.check("the old address stays", a["email"] == "rita@example.org" and
            a["request_id"], a)
    code = r.post.last("rr@example.org")[1]["code"]
    r.run("verify", a["request_id"], "--with-code", stdin=code)
    t.check("another address", r.json("profile")["email"] ==
            "rr@example.org")


def keys(t, r):
    a = r.json("keys", "create", "laptop", "--scopes", "read", "--days", "30",
               shows=True)
    key = a["api_key"]
    r.p.secrets.append(key)
    t.check("a key", (a["name"], a["scopes"], a["state"]) ==
            ("laptop", "read", "live"), a)
    r.run("keys", "list", SIMUTRADOR_API_KEY=key)
    r.run("keys", "create", "x", SIMUTRADOR_API_KEY=key, want=77)
    b = r.json("keys", "rotate", a["key_id"], "--grace", "0", shows=True)
    r.p.secrets.append(b["api_key"])
    r.p.env["SIMUTRADOR_API_KEY"] = b["api_key"]
    r.run("profile")
    r.p.env["SIMUTRADOR_API_KEY"] = key
    r.run("profile", want=77)
    del r.p.env["SIMUTRADOR_API_KEY"]
    r.run("keys", "revoke", b["key_id"])
    rows = r.rows("keys", "list")
    t.check("both ended", {x["state"] for x in rows} <=
            {"revoked", "expired"} and not any("api_key" in x for x in rows),
            rows)
    r.run("keys", "revoke", "k_nothing", want=66)
    t.check("a user is sent to no administrator's command", "list of keys" in
            r.p.err and "admin " not in r.p.err, r.p.err)
    r.run("keys", "revoke", "../x", want=64)


def matrix(text):
    """The modules of a code that is drawn with half blocks."""
    rows = []
    for line in text.splitlines():
        if set(line) <= set(" ▀▄█") and len(line) > 20:
            rows.append([c in "▀█" for c in line])
            rows.append([c in "▄█" for c in line])
    return rows


def is_finder(rows, x, y):
    """Light is drawn: a dark frame of seven, a light one, a dark core."""
    for i in range(7):
        for j in range(7):
            edge = max(abs(i - 3), abs(j - 3))
            if rows[y + i][x + j] != (edge == 2):
                return False
    return True


def second_factor(t, r):
    words = ("totp", "setup", "--with-password")
    r.run(*words, stdin="not that", want=77)
    a = r.json(*words, stdin=BEST, shows=True)
    seed = a["secret"]
    t.check("a seed", a["otpauth_url"].startswith("otpauth://totp/") and
            seed in a["otpauth_url"], a)
    text = r.run(*words, "-o", "table", "--color", "never", stdin=BEST,
                 shows=True, SIMUTRADOR_FORCE_TTY="120",
                 LC_ALL="C.UTF-8")
    rows = matrix(text)
    side = len(rows[0]) if rows else 0
    t.check("a code is drawn with its three corners", side > 30 and
            len({len(x) for x in rows}) == 1 and
            is_finder(rows, 2, 2) and is_finder(rows, side - 9, 2) and
            is_finder(rows, 2, side - 9), text)
    seed = text[text.index("secret=") + 7:].split("&")[0]
    r.p.secrets.append(seed)
    r.run("totp", "enable", "--with-password", stdin="000000", want=77)
    now = totp(seed, int(time.time()))
    a = r.json("totp", "enable", "--with-password", stdin=now, shows=True)
    codes = a["recovery_codes"]
    r.p.secrets += codes
    t.check("recovery codes", len(codes) >= 8, a)
    r.login(BEST, want=65)		# the code is missing
    r.login(BEST, more=now + "\n", want=77)	# it was used
    r.login(BEST, more=codes[0] + "\n")
    r.login(BEST, more=codes[0] + "\n", want=77)
    r.login(BEST, more=totp(seed, int(time.time()) + 30) + "\n")
    t.check("it is on, and a code used", (lambda x: (
        x["totp_enabled"], x["recovery_codes_left"]))(r.json("profile")) ==
        (True, len(codes) - 1))
    a = r.json("password", "forgot", "rr@example.org")
    mail = r.post.last("rr@example.org")[1]
    r.run("password", "reset", a["request_id"], "--with-password",
          stdin="\n".join((mail["code"], GOOD, codes[1])))
    r.login(GOOD, more=codes[2] + "\n")
    r.run("totp", "disable", "--with-password", stdin=GOOD + "\n" + codes[3])
    r.login(GOOD)


def administration(t, r, p, server):
    """By another home, with the first administrator's key."""
    at = ("--server", r.url)
    p.secrets.append(server.admin.key)

    def rows(*words, **kw):
        return [json.loads(x) for x in p.run("admin", *words, *at, **kw,
                SIMUTRADOR_API_KEY=server.admin.key).splitlines()]

    users = rows("users", "list")
    rita = next(u for u in users if u["username"] == "rita")
    t.check("all users", {"admin", "rita", "ruth"} <=
            {u["username"] for u in users}, users)
    a = rows("users", "show", "rita")[0]
    t.check("one", a["email"] == "rr@example.org" and
            a["user_id"] == rita["user_id"], a)
    t.check("a plan", rows("users", "plan", "rita", "professional")[0]["plan"]
            == "professional")
    rows("users", "plan", "rita", "gold", want=64)
    rows("users", "role", "rita", "admin")
    r.p.run("admin", "users", "list", *at)
    rows("users", "role", "rita", "user")
    found = rows("users", "sessions", "rita")
    t.check("her logins", found and all(x["kind"] == "login"
                                        for x in found), found)
    t.check("usage", "concurrent_sessions" in {
        x["limit"] for x in rows("users", "usage", "rita")})
    found = rows("users", "audit", "rita", "--last", "5")
    t.check("audit, upwards", len(found) == 5 and
            [x["seq"] for x in found] == sorted(x["seq"] for x in found),
            found)
    t.check("logins end", rows("users", "end", "rita")[0]["ended"] >= 1)
    r.run("profile", want=77)
    r.login(GOOD)
    rows("users", "disable", "rita")
    r.run("profile", want=77)
    r.login(GOOD, want=77)
    rows("users", "enable", "rita")
    r.login(GOOD)
    rows("users", "show", "nobody", want=66)
    for name in ("ann+b@example.org", "a.b_c-d"):
        server.home.must("admin", "user", "add", name)
        t.check("by any name there can be", rows("users", "show", name)[0][
            "username"] == name and rows("users", "disable", name)[0][
                "disabled"])
    a = rows("stats")[0]
    t.check("stats", a["users"] >= 3 and a["server_version"] and
            a["uptime_sec"] >= 0, a)
    found = rows("audit", "tail", "--last", "3")
    t.check("the audit log's tail", len(found) == 3 and
            found[0]["seq"] < found[2]["seq"], found)
    rows("audit", "verify", want=64)
    rows("stats", "--db", "x.db", want=64)
    # and one who may not
    r.p.run("admin", "users", "list", *at, want=77)
    r.p.run("admin", "stats", *at, want=77)


SAID = [
    (("auth", "register", "x"), 64, "needs NAME EMAIL"),
    (("auth", "register", "x", "x@y.z"), 64, "--with-password"),
    (("auth", "verify"), 64, "needs REQUEST"),
    (("auth", "verify", "rq"), 64, "SIMUTRADOR_CODE"),
    (("auth", "login", "--with-password"), 64, "--user NAME"),
    (("auth", "login", "--user", "x", "--with-token"), 64, "no API key"),
    (("auth", "login", "--user", "x"), 64, "--with-password"),
    (("auth", "login", "--user", "x", "--with-password", "--password-file",
      "y"), 64, "give one of them"),
    (("auth", "logout", "--all", "--everywhere"), 64, "give one of them"),
    (("auth", "logout", "--all", "--session", "x"), 64, "give one of them"),
    (("auth", "profile", "x"), 64, "takes no operands"),
    (("auth", "profile"), 77, "auth login"),
    (("auth", "password", "chnage"), 64, "change|forgot|reset"),
    (("auth", "password", "change", "x"), 64, "no words after it"),
    (("auth", "password", "forgot"), 64, "takes EMAIL"),
    (("auth", "keys", "create"), 64, "takes NAME"),
    (("auth", "keys", "create", "x", "--days", "0"), 64, "--days"),
    (("auth", "keys", "revoke", "a/b"), 64, "no name that a server gives"),
    (("auth", "keys", "revoke", ".."), 64, "no name that a server gives"),
    (("auth", "totp", "on"), 64, "setup|enable|disable"),
    (("admin", "users", "shwo", "x"), 64, "list|show"),
    (("admin", "users", "plan", "x"), 64, "USER PLAN"),
    (("admin", "users", "list"), 77, "auth login"),
]


def misused(t):
    with Person(t) as p:
        for words, want, said in SAID:
            p.run(*words, want=want)
            t.check("%s: %s" % (words, said), said in p.err, p.err)


def account(t):
    with Server(t, "accounts", *WAITS) as s, Person(t) as p, \
            Person(t) as q:
        p.secrets += [GOOD, BETTER, BEST]
        r = Rita(t, p, s)
        r.server = s
        register(t, r)
        logins(t, r)
        passwords(t, r)
        keys(t, r)
        second_factor(t, r)
        administration(t, r, q, s)
        for secret in p.secrets:
            t.check("the server's log keeps quiet", secret not in s.log(),
                    secret)


main(account, misused)
