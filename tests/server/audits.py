"""What leaves a row in the audit log: each route of route.def and each command
of simutrador admin, done and refused; no row has a secret, and every action of
audit_action.def was seen."""
import gzip
import json
import os
import re
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "proto"))
import defs  # noqa: E402
from accounts import BETTER, GOOD, People  # noqa: E402
from logins import SECRET, claims_of, sign  # noqa: E402
from sealed import WAITS, totp  # noqa: E402
from servertest import IS_LONG, Server, main  # noqa: E402
from wsclient import PATIENCE, Client  # noqa: E402

MAX = 2 ** 63 - 1
# These change nothing, and tell whoever asks of nobody else's secrets: done,
# they leave no row; refused, they do.
LOOKS = {"POST /auth/validate"}
# Anybody may, always.
OPEN = {"GET /health", "GET /readyz", "GET /metrics", "GET /openapi.json",
        "GET /ws/health"}
SECRETS = ("password", "new_password", "current_password", "totp_code",
           "recovery_code", "refresh_token", "access_token", "api_key",
           "code", "secret", "ticket", "request_id")


FROM = " address=127.0.0.1 path="


class Watch(People):
    """Calls, and the rows that follow from them."""

    def __init__(self, t, s):
        super().__init__(t, s)
        self.done, self.refused, self.actions = set(), set(), set()
        self.secrets = {SECRET}

    def keep(self, value):
        """Remember what is secret in an answer or a body."""
        if isinstance(value, dict):
            for name, v in value.items():
                if isinstance(v, str) and name in SECRETS and len(v) > 5:
                    self.secrets.add(v)
                elif name == "recovery_codes":
                    self.secrets |= set(v)

    def ask(self, method, path, body=None, token=None):
        a = super().ask(method, path, body, token)
        self.keep(body)
        self.keep(a.json if a.text.startswith("{") else None)
        return a

    def newest(self):
        return self.post.rows("SELECT coalesce(max(seq), 0) FROM audit")[0][0]

    def since(self, seq):
        return self.post.rows("SELECT actor, action, subject, detail FROM"
                              " audit WHERE seq > ? ORDER BY seq", seq)

    def leaves(self, what, act, *wants):
        """act() leaves a row for each of wants: (action, actor, subject, a
        part of the detail), of which None is any.  Gives: what act gave."""
        seq, out = self.newest(), act()

        def has(want):
            return any(all(w is None or (w in r[i] if i == 3 else w == r[i])
                           for i, w in enumerate(want))
                       for r in ((x[1], x[0], x[2], x[3])
                                 for x in self.since(seq)))
        for want in wants:
            end = time.monotonic() + PATIENCE
            while not has(want) and time.monotonic() < end:
                time.sleep(0.004)
            self.t.check("%s leaves %s" % (what, want), has(want),
                         self.since(seq), out)
            self.actions.add(want[0])
        return out

    def route(self, method, path, body, token, status, *wants, at=None):
        """The same of a request; path: as route.def has it, at: what is asked
        in its place."""
        name = method + " " + path

        def act():
            a = self.ask(method, at or path, body, token)
            self.t.check("%s: %d" % (name, status), a.status == status, a)
            return a.json
        (self.done if status == 200 else self.refused).add(name)
        return self.leaves("%s %d" % (name, status), act, *[
            w[:3] + ("path=%s" % path if len(w) < 4 else w[3],)
            for w in wants])

    def leaves_none(self, what, act, mark):
        """act() leaves no row: none stands before the one of a request that
        comes after it."""
        seq = self.newest()
        act()
        self.leaves("what comes after " + what, mark, ("auth.ticket", None,
                                                       None, None))
        rows = [r for r in self.since(seq) if not r[1].startswith("mail.")]
        self.t.check(what + " leaves no row", [r[1] for r in rows] ==
                     ["auth.ticket"], rows)


def joining(p):
    """Registering to the first login.  Gives: the login."""
    reg = {"username": "vera", "email": "vera@example.org", "password": GOOD}
    r = p.route("POST", "/auth/register", reg, None, 200,
                ("auth.register", "nobody", "vera"))
    mail = p.post.last("vera@example.org")[1]
    p.keep(mail)
    p.route("POST", "/auth/verify-email", {
        "request_id": r["request_id"], "code": "00000-00000"}, None, 401,
        ("auth.refused", "nobody", ""))
    u = p.route("POST", "/auth/verify-email", {
        "request_id": r["request_id"], "code": mail["code"]}, None, 200,
        ("auth.verify", None, None), ("user.add", "vera", None, "name=vera"),
        ("user.add", "vera", None, FROM))["user_id"]
    login = {"username": "vera", "password": GOOD}
    # A wrong password says whose it was, a name that nobody has nothing.
    p.route("POST", "/auth/login", dict(login, password=BETTER), None, 401,
            ("auth.refused", "nobody", u))
    p.route("POST", "/auth/login", dict(login, username="nobody"), None, 401,
            ("auth.refused", "nobody", ""))
    me = p.route("POST", "/auth/login", login, None, 200,
                 ("auth.login", u, None))
    fresh = p.route("POST", "/auth/refresh", {
        "refresh_token": me["refresh_token"]}, None, 200,
        ("auth.refresh", u, me["session_id"]))
    p.route("POST", "/auth/refresh", {"refresh_token": "rt_" + "0" * 64},
            None, 401, ("auth.refused", "nobody", ""))
    p.route("POST", "/auth/refresh", {
        "refresh_token": me["refresh_token"]}, None, 401,
        ("auth.reuse", u, me["session_id"]))
    p.keep(fresh)
    return p.route("POST", "/auth/login", login, None, 200,
                   ("auth.login", u, None))


def own(p, me):
    """Profile, password, keys, logins.  Gives: a token that is good."""
    u, token = me["user_id"], me["access_token"]
    p.route("PUT", "/auth/profile", {"full_name": "Vera"}, token, 200,
            ("profile.change", u, u))
    email = {"email": "vera@new.example", "password": GOOD}
    p.route("PUT", "/auth/profile", dict(email, password=BETTER), token, 401,
            ("auth.refused", u, me["session_id"]))
    r = p.route("PUT", "/auth/profile", email, token, 200,
                ("profile.change", u, u))
    mail = p.post.last("vera@new.example")[1]
    p.keep(mail)
    p.route("POST", "/auth/verify-email", {
        "request_id": r["request_id"], "code": mail["code"]}, None, 200,
        ("auth.verify", u, u))
    key = p.route("POST", "/auth/keys", {"name": "k"}, token, 200,
                  ("key.create", u, None, FROM),
                  ("key.create", u, None, "user=" + u))
    new = p.route("POST", "/auth/keys/{id}/rotate", {"grace_sec": 60}, token,
                  200, ("key.rotate", u, key["key_id"], "new="),
                  ("key.rotate", u, key["key_id"], FROM),
                  at="/auth/keys/%s/rotate" % key["key_id"])
    p.route("DELETE", "/auth/keys/{id}", None, token, 200,
            ("key.revoke", u, new["key_id"], new["hint"]),
            ("key.revoke", u, new["key_id"], FROM),
            at="/auth/keys/" + new["key_id"])
    key = p.call("key", "POST", "/auth/keys", {"name": "k"}, token, 200, {})
    renew = {"current_password": GOOD, "new_password": BETTER}
    p.route("POST", "/auth/password/change", dict(
        renew, current_password=BETTER), token, 401,
        ("auth.refused", u, me["session_id"]))
    p.route("POST", "/auth/password/change", dict(renew, revoke_keys=True),
            token, 200, ("password.change", u, u),
            ("key.revoke", u, key["key_id"], FROM))
    r = p.route("POST", "/auth/password/reset-request", {
        "email": "vera@new.example"}, None, 200, ("password.ask", None, u))
    reset = {"request_id": r["request_id"], "new_password": GOOD,
             "code": p.post.last("vera@new.example")[1]["code"]}
    p.route("POST", "/auth/password/reset", dict(reset, code="00000-00000"),
            None, 401, ("auth.refused", "nobody", ""))
    p.route("POST", "/auth/password/reset", reset, None, 200,
            ("password.reset", u, u))
    me = p.login("vera")
    more = p.login("vera")
    p.route("POST", "/auth/logout", None, more["access_token"], 200,
            ("auth.logout", u, more["session_id"]))
    p.route("POST", "/auth/logout", {"all": True}, me["access_token"], 200,
            ("auth.logout", u, u))
    return p.login("vera")["access_token"], u


def second(p, token, u):
    login = {"username": "vera", "password": GOOD}
    p.route("POST", "/auth/totp/setup", {"password": BETTER}, token, 401,
            ("auth.refused", u, None))
    r = p.route("POST", "/auth/totp/setup", {"password": GOOD}, token, 200,
                ("totp.setup", u, u))
    now = time.time()
    p.route("POST", "/auth/totp/enable", {
        "totp_code": totp(r["secret"], now + 300)}, token, 401,
        ("auth.refused", u, None))
    codes = p.route("POST", "/auth/totp/enable", {
        "totp_code": totp(r["secret"], now)}, token, 200,
        ("totp.enable", u, u))["recovery_codes"]
    p.route("POST", "/auth/login", login, None, 401,
            ("auth.refused", "nobody", u))
    p.route("POST", "/auth/login", dict(
        login, totp_code=totp(r["secret"], now)), None, 401,
        ("auth.refused", "nobody", u))
    p.route("POST", "/auth/login", dict(login, recovery_code=codes[0]), None,
            200, ("totp.recovery", u, u), ("auth.login", u, None))
    off = {"password": GOOD, "recovery_code": codes[0]}
    p.route("POST", "/auth/totp/disable", off, token, 401,
            ("auth.refused", u, None))
    p.route("POST", "/auth/totp/disable", dict(
        off, recovery_code=codes[1]), token, 200, ("totp.disable", u, u),
        ("totp.recovery", u, u))


def machines(p):
    """Keys for tokens, tickets, WebSockets."""
    key, by = p.s.user("max"), p.s.admin
    p.secrets |= {key.key, by.key}
    for text, status, want in (
            (key.key, 200, ("auth.login", key.id, None, "path=/auth/token")),
            ("sk_" + "0" * 64, 401, ("auth.refused", "nobody", "",
                                     "path=/auth/token"))):
        p.leaves("a key, %d" % status, lambda k=text: p.s.http(
            "POST", "/auth/token", {"X-API-Key": k}), want)
    p.done.add("POST /auth/token")
    p.refused.add("POST /auth/token")
    p.secrets.add(key.token())
    r = p.route("POST", "/ws-ticket", None, key.token(), 200,
                ("auth.ticket", key.id, None))
    ws = p.leaves("a ticket", lambda: Client(
        p.s.sim_port, "/ws/simulate?ticket=" + r["ticket"]),
        ("auth.connect", key.id, None, "path=/ws/simulate"))
    ws.abort()
    ws = p.leaves("no ticket", lambda: Client(
        p.s.sim_port, "/ws/simulate?ticket=" + r["ticket"]),
        ("auth.refused", "nobody", "", "path=/ws/simulate"))
    ws.abort()
    p.done.add("GET /ws/simulate")
    p.refused.add("GET /ws/simulate")
    return key


def administering(p, u):
    by = p.s.admin
    token, admin = by.token(), claims_of(by.token())["user_id"]
    at = "/admin/users/" + u
    for path, body, want in (
            ("/plan", {"plan": "professional"}, "plan=professional"),
            ("/role", {"role": "admin"}, "role=admin"),
            ("/role", {"role": "user"}, "role=user"),
            ("/disable", {"disabled": True}, "disabled=yes"),
            ("/disable", {"disabled": False}, "disabled=no")):
        p.route("PUT", "/admin/users/{id}" + path, body, token, 200,
                ("user.change", admin, u, want),
                ("user.change", admin, u, FROM), at=at + path)
    p.ask("POST", "/auth/login", {"username": "vera", "password": GOOD})
    p.route("DELETE", "/admin/users/{id}/sessions", None, token, 200,
            ("login.end", admin, u), at=at + "/sessions")
    p.route("PUT", "/admin/users/{id}/plan", {"plan": "free"}, token, 200,
            ("user.change", admin, u, "plan=free"), at=at + "/plan")


def refusals(p, user):
    """Each route that wants a token, with none, an old one, a key's that is
    for something else, and a user's where an administrator is wanted."""
    token = user.token()
    now = int(time.time())
    old = sign(dict(claims_of(token), iat=now - 7200, exp=now - 3600))
    me = p.login("vera")
    u = me["user_id"]
    little = {}
    for scope in ("account", "read"):
        key = p.call("a key", "POST", "/auth/keys", {
            "name": scope, "scopes": scope}, me["access_token"], 200,
            {})["api_key"]
        little[scope] = p.s.http("POST", "/auth/token", {
            "X-API-Key": key}).json["access_token"]
        p.secrets |= {key, little[scope]}
    for method, path, kind, role, scope, _, _ in defs.rows(
            "src/server/route.def", "SIM_ROUTE(?:_ALSO)?"):
        at = path.replace("{id}", u)
        body = {} if method in ("POST", "PUT") else None
        if role == "NOBODY" or kind == "SOCKET":
            continue
        p.route(method, path, body, None, 401, ("auth.refused", "nobody", ""),
                at=at)
        p.route(method, path, body, old, 401, ("auth.refused", user.id, None),
                at=at)
        if role == "ADMIN":
            p.route(method, path, body, me["access_token"], 403,
                    ("auth.forbidden", u, me["session_id"]), at=at)
        if scope != "NONE":
            p.route(method, path, body, little[
                "read" if scope == "ACCOUNT" else "account"], 403,
                ("auth.forbidden", u, None), at=at)


def looking(p, user):
    """What only looks leaves no row."""
    admin = p.s.admin.token()

    def mark():
        return p.ask("POST", "/ws-ticket", None, user.token())
    for method, path, kind, role, _, _, _ in defs.rows(
            "src/server/route.def", "SIM_ROUTE(?:_ALSO)?"):
        name = method + " " + path
        if (method != "GET" and name not in LOOKS) or kind == "SOCKET":
            continue
        p.leaves_none(name, lambda m=method, at=path.replace("{id}", "vera"):
                      p.t.check(m + at, p.ask(m, at, None, admin).status ==
                                200), mark)
        p.done.add(name)


def locked(p):
    """A name that was tried too often, and another of that account."""
    u = p.person("lotta")["user_id"]
    body = {"username": "lotta", "password": "wrong words"}
    for _ in range(5):
        p.ask("POST", "/auth/login", body)
    p.route("POST", "/auth/login", body, None, 429,
            ("auth.locked", "nobody", u))
    p.route("POST", "/auth/login", {"username": "lotta@example.org",
                                    "password": GOOD}, None, 401,
            ("auth.locked", "nobody", u), ("auth.refused", "nobody", u))


def one_too_many(p):
    """The login that ends when a user begins a 51st."""
    first = p.person("mary")
    u = first["user_id"]
    db = sqlite3.connect(p.post.db, timeout=60)
    db.executemany("INSERT INTO login VALUES (?, ?, '', '', ?, ?, ?, ?)", [
        ("l_%020x" % i, u, time.time_ns(), time.time_ns(), MAX, MAX)
        for i in range(49)])
    db.commit()
    db.close()
    p.route("POST", "/auth/login", {"username": "mary", "password": GOOD},
            None, 200, ("login.end", u, first["session_id"],
                        "too many logins"),
            ("login.end", u, first["session_id"], FROM))
    p.call("it is over", "GET", "/auth/profile", None, first["access_token"],
           401, "AUTH_FAILED")


def failing_mail(p):
    """A letter whose time is over before it could be sent."""
    db_rows = p.post.rows("SELECT id, message_id, template FROM outbox WHERE"
                          " state = 'waiting' ORDER BY id LIMIT 1")

    def act():
        db = sqlite3.connect(p.post.db, timeout=60)
        db.execute("UPDATE outbox SET expires = 0, next_attempt = 0 WHERE"
                   " id = ?", db_rows[0][:1])
        db.commit()
        db.close()
        p.register("mona", "mona@example.org")  # wakes the post
    p.leaves("a letter that is too old", act, (
        "mail.failed", "server", db_rows[0][1],
        "template=" + db_rows[0][2]))


def all_routes(t):
    with Server(t, "audits", *WAITS, env={"JWT_SECRET_KEY": SECRET}) as s:
        p = Watch(t, s)
        me = joining(p)
        token, u = own(p, me)
        second(p, token, u)
        user = machines(p)
        administering(p, u)
        refusals(p, user)
        looking(p, user)
        locked(p)
        one_too_many(p)
        failing_mail(p)
        for method, path, _, _, _, _, _ in defs.rows(
                "src/server/route.def", "SIM_ROUTE(?:_ALSO)?"):
            name = "%s %s" % (method, path)
            t.check(name + " was done", name in p.done | OPEN)
            # These two tell nobody whether there is an address: they are
            # refused for what is no address, and for coming too often.
            t.check(name + " was refused", name in p.refused | OPEN | {
                "POST /auth/register", "POST /auth/password/reset-request"})
        commands(t, p)
        limits_are_seen = limits(t)
        seen = p.actions | limits_are_seen | folder(t)
        every = {r[1] for r in defs.rows("src/db/audit_action.def",
                                         "SIM_AUDIT_ACTION")}
        t.check("each action was seen: %s" % (every - seen), every == seen)
        lines = s.home.must("admin", "audit", "export")
        n = len(lines.splitlines())
        t.check("the export has all, and is whole: %d" % n,
                n == p.newest() == json.loads(s.home.must(
                    "admin", "audit", "verify"))["entries"], n)
        p.keep({"password": GOOD, "new_password": BETTER})
        for secret in sorted(p.secrets):
            t.check("no row has %.6s..." % secret, secret not in lines)
        t.check("there were secrets", len(p.secrets) > 40, len(p.secrets))


def commands(t, p):
    """simutrador admin, by whoever runs it."""
    home = p.s.home
    me = p.post.rows("SELECT actor FROM audit WHERE action = 'user.add'"
                     " ORDER BY seq LIMIT 1")[0][0]

    def must(*args):
        return json.loads(home.must("admin", *args))
    u = p.leaves("user add", lambda: must("user", "add", "cato"),
                 ("user.add", me, None, "name=cato"))["user"]
    for args, want in ((("plan", "cato", "enterprise"), "plan=enterprise"),
                       (("role", "cato", "admin"), "role=admin"),
                       (("disable", "cato"), "disabled=yes"),
                       (("enable", "cato"), "disabled=no")):
        p.leaves("user %s" % args[0], lambda a=args: must("user", *a),
                 ("user.change", me, u, want))
    key = p.leaves("key create", lambda: must("key", "create", "cato"),
                   ("key.create", me, None, "user=" + u))
    new = p.leaves("key rotate", lambda: must("key", "rotate", key["key"]),
                   ("key.rotate", me, key["key"], "new="))
    p.secrets |= {key["api_key"], new["api_key"]}
    p.leaves("key revoke", lambda: must("key", "revoke", new["key"]),
             ("key.revoke", me, new["key"], None))
    for verb in ("renew", "forget"):
        p.leaves("seal " + verb, lambda v=verb: home.must(
            "admin", "seal", v, "--yes"), ("seal.renew", me, "seal", None))
    file = os.path.join(home.path, "copy.db")
    p.leaves("backup", lambda: home.must("admin", "backup", file),
             ("db.backup", me, "database", "copy.db"))
    other = os.path.join(home.path, "other.db")
    home.must("admin", "restore", file, "--db", other, "--yes")
    rows = home.must("admin", "audit", "export", "--db", other)
    t.check("restore leaves a row", json.loads(rows.splitlines()[-1])[
        "action"] == "db.restore", rows[-300:])
    p.actions.add("db.restore")
    migrated(t, p, me)
    # What these change is whose rows those above are.
    with open(os.path.join(defs.TOP, "src/cli/cmd_admin_user.c"),
              encoding="utf-8") as f:
        verbs = set(re.findall(r'^\t\t\{ "(\w+)", \d', f.read(), re.M))
    t.check("these are all: %s" % verbs, verbs == {
        "add", "list", "show", "plan", "role", "disable", "enable"})


def migrated(t, p, me):
    """A database of an older version, by the command, and when it is served."""
    home = p.s.home
    old = os.path.join(home.path, "old.db")
    for name, who, by in (
            ("migrate", me, lambda: home.must("admin", "migrate", "--db",
                                              old)),
            ("user", me, lambda: home.must("admin", "user", "list", "--db",
                                           old)),
            ("serve", "server", lambda: home.run(
                "serve", "--port", "0", "--db", old, "--timeout", "1s"))):
        with gzip.open(os.path.join(defs.TOP, "tests/db/version-1.db.gz")) as f:
            text = f.read()
        with open(os.open(old, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as f:
            f.write(text)
        by()
        rows = [json.loads(x) for x in home.must(
            "admin", "audit", "export", "--db", old).splitlines()]
        rows = [(r["actor"], r["subject"], r["detail"]) for r in rows
                if r["action"] == "db.migrate"]
        t.check(name + " leaves a row, once", rows == [
            (who, "database", "from=1 to=3")], rows)
        home.must("admin", "audit", "verify", "--db", old)
        for end in ("", "-wal", "-shm"):
            if os.path.exists(old + end):
                os.remove(old + end)
    p.actions.add("db.migrate")


def limits(t):
    """Whoever comes too often: at an address, a user, an e-mail address."""
    with Server(t, "limits", *WAITS, roomy=False,
                env={"JWT_SECRET_KEY": SECRET}) as s:
        p = Watch(t, s)
        user = s.user("lia", "professional")
        token = user.token()

        def often(n, act, is_there=lambda a: a.status == 429):
            def run():
                for _ in range(n):
                    a = act()
                    if is_there(a):
                        return a
                return a
            return run
        mail = {"email": "x@example.org"}
        rows = [
            ("mail", "nobody", often(4, lambda: p.ask(
                "POST", "/auth/password/reset-request", mail))),
            ("ws_ticket", user.id, often(400, lambda: p.ask(
                "POST", "/ws-ticket", None, token))),
            ("password", "nobody", often(60, lambda: p.ask(
                "POST", "/auth/verify-email", {}))),
            ("auth", "nobody", often(200, lambda: p.ask(
                "POST", "/auth/refresh", {}))),
            ("api", "nobody", often(2000, lambda: p.ask(
                "GET", "/openapi.json"))),
            ("ws_handshake", "nobody", often(
                600, lambda: s.http("GET", "/ws/none", UPGRADE))),
        ]
        if IS_LONG:
            rows.append(("health", "nobody", often(9000, lambda: p.ask(
                "GET", "/health"))))
        for type_, actor, act in rows:
            a = p.leaves("too much of " + type_, act,
                         ("auth.limited", actor, None, type_))
            t.check(type_ + " is refused", a.status == 429 and
                    a.headers["x-ratelimit-type"] == type_, a)
        return p.actions


UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade",
           "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


def folder(t):
    """A letter that has left."""
    with Server(t, "folder", roomy=True) as s:
        p = Watch(t, s)
        p.leaves("a letter", lambda: p.ask("POST", "/auth/register", {
            "username": "fay", "email": "fay@example.org",
            "password": GOOD}), ("mail.sent", "server", None,
                                 "template=register"))
        return p.actions


if __name__ == "__main__":
    main(all_routes)
