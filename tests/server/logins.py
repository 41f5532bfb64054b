"""Getting in: every route and its refusals, tokens and tickets, what is
checked before a WebSocket opens and in which order, and what plans and
addresses are limited to."""
import base64
import calendar
import hashlib
import hmac
import json
import time

from orders import order
from running import made, spec, started, tick
from servertest import Server, main, until
from wire import NOTHING, PLANS, STAMP, TIME, Watched, differs, has
from wsclient import Client, Refused, http

SECRET = "the-secret-of-the-tests-0123456789abcdef"


# -- tokens --------------------------------------------------------------------

def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims_of(text):
    part = text.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def sign(claims, secret=SECRET, head=None, digest=hashlib.sha256):
    head = b64(json.dumps(head or {"alg": "HS256", "typ": "JWT"}).encode())
    text = head + "." + b64(json.dumps(claims).encode())
    return text + "." + b64(hmac.new(secret.encode(), text.encode(),
                                     digest).digest())


def without(claims, key):
    return {k: v for k, v in claims.items() if k != key}


def bad_tokens(user):
    """(what is wrong, the token, the close code)."""
    good = user.token()
    claims = claims_of(good)
    now = int(time.time())
    head, body, mark = good.split(".")
    none = {"alg": "none", "typ": "JWT"}
    return [
        ("no token at all", None, 4001),
        ("an empty one", "", 4001),
        ("a blank one", "%20", 4001),
        ("no token", "garbage", 4002),
        ("two parts", head + "." + body, 4002),
        ("four parts", good + ".x", 4002),
        ("another body", ".".join((head, b64(b"{}"), mark)), 4002),
        ("another signature", head + "." + body + "." + mark[::-1], 4002),
        ("no signature", head + "." + body + ".", 4002),
        ("another secret", sign(claims, "x" * 40), 4002),
        ("alg none", b64(json.dumps(none).encode()) + "." + body + ".",
         4002),
        ("alg none, signed", sign(claims, head=none), 4002),
        ("HS512", sign(claims, head={"alg": "HS512", "typ": "JWT"},
                       digest=hashlib.sha512), 4002),
        ("RS256", sign(claims, head={"alg": "RS256", "typ": "JWT"}), 4002),
        ("another issuer", sign(dict(claims, iss="elsewhere")), 4002),
        ("another audience", sign(dict(claims, aud="others")), 4002),
        ("no issuer", sign(without(claims, "iss")), 4002),
        ("no subject", sign(without(claims, "sub")), 4002),
        ("two users", sign(dict(claims, user_id="u_" + "0" * 20)), 4002),
        ("no such plan", sign(dict(claims, plan="gold")), 4002),
        ("no end", sign(without(claims, "exp")), 4002),
        ("expired", sign(dict(claims, iat=now - 7200, exp=now - 3600)),
         4003),
        ("expired just now", sign(dict(claims, exp=now - 1)), 4003),
        ("expired and of another secret",
         sign(dict(claims, exp=now - 1), "x" * 40), 4002),
    ]


def tokens(t, s):
    user = s.user("tom", "professional")
    claims = claims_of(user.token())
    want = {"iss": "simutrador-server", "aud": "simutrador-client",
            "sub": user.id, "user_id": user.id, "plan": "professional",
            "iat": int, "exp": claims["iat"] + 3600, "jti": str,
            "rate_limits": dict}
    t.check("the claims: %s" % differs(want, claims), not differs(
        want, claims), claims)
    t.check("no two tokens are one", claims_of(user.token(True))["jti"] !=
            claims["jti"])
    text, _, mark = user.token().rpartition(".")
    t.check("signed as said", mark == b64(hmac.new(
        SECRET.encode(), text.encode(), hashlib.sha256).digest()))
    for what, text, code in bad_tokens(user):
        for by_header in (False, True):
            if by_header and text in (None, "%20"):
                continue
            c = Client(s.sim_port, "/ws/simulate" + (
                "" if by_header or text is None else "?token=" + text),
                headers={"Authorization": "Bearer " + text} if by_header
                else None)
            got = c.wait_close()
            t.check("%s is closed with %d" % (what, code), got[0] == code and
                    got[1] and not c.kept, got)
            c.abort()
        if text is None:
            continue
        for method, path in (("POST", "/auth/validate"),
                             ("GET", "/auth/limits"),
                             ("POST", "/ws-ticket")):
            a = s.http(method, path, {"Authorization": "Bearer " + text})
            t.check("%s: %s is 401" % (what, path), a.status == 401 and
                    a.json["error"] == "AUTH_FAILED" and a.json["message"] and
                    a.headers["www-authenticate"] == "Bearer", a)
    for path, headers in (("?token=" + user.token(), {}),
                          ("", user.bearer()),
                          ("?token=garbage", user.bearer()),
                          ("", {"authorization": "bearer " + user.token()}),
                          ("?a=b&token=" + user.token(), {})):
        c = Watched(t, None, "good", s.sim_port, "/ws/simulate" + path,
                    headers=headers)
        c.seen("connection_ready", {"user_id": user.id})
        c.close()


def by_header(t):
    """--no-url-tokens: a token in the URL is none, whatever it is."""
    with Server(t, "by header", "--no-url-tokens") as s:
        user = s.user("hank")
        for path, headers in (("", user.bearer()),
                              ("?token=garbage", user.bearer())):
            c = Watched(t, None, "good", s.sim_port, "/ws/simulate" + path,
                        headers=headers)
            c.seen("connection_ready", {"user_id": user.id})
            c.close()
        ticket = s.http("POST", "/ws-ticket", user.bearer()).json["ticket"]
        c = Watched(t, None, "ticket", s.sim_port, "/ws/simulate?ticket=" +
                    ticket)
        c.seen("connection_ready", {"user_id": user.id})
        c.close()
        for text in (user.token(), "garbage"):
            c = Client(s.sim_port, "/ws/simulate?token=" + text)
            t.check("a token in the URL", c.wait_close()[0] == 4001)
            c.abort()


def tickets(t, s):
    user = s.user("tom", "professional")
    a = s.http("POST", "/ws-ticket", user.bearer())
    t.check("a ticket", a.status == 200 and a.json["expires_in"] == 30 and
            len(a.json["ticket"]) >= 22 and set(a.json) ==
            {"ticket", "expires_in"}, a)
    path = "/ws/simulate?ticket=" + a.json["ticket"]
    c = Watched(t, None, "ticket", s.sim_port, path)
    c.seen("connection_ready", {"user_id": user.id})
    c.close()
    for what, path, code in (
            ("used again", path, 4002), ("unknown", "?ticket=" + "0" * 32,
                                         4002),
            ("no ticket", "?ticket=x", 4002),
            ("with a good token beside it", "?ticket=x&token=" +
             user.token(), 4002)):
        c = Client(s.sim_port, path if path[0] == "/" else
                   "/ws/simulate" + path)
        got = c.wait_close()
        t.check("a ticket that is %s: %d" % (what, code), got[0] == code,
                got)
        c.abort()


# -- routes --------------------------------------------------------------------

KEY = {"X-API-Key": "KEY"}
BEARER = {"Authorization": "Bearer TOKEN"}
LOGIN = {"access_token": str, "expires_in": 3600, "token_type": "Bearer",
         "user_id": "ID", "plan": "professional"}
HEALTH = {"status": "ok", "server_time": STAMP, "server_version": str}
VALID = {"valid": True, "user_id": "ID", "plan": "professional",
         "expires_at": TIME}
# method, path, headers, body; status, the answer with these fields at least.
ROUTES = [
    ("POST", "/auth/token", KEY, None, 200, LOGIN),
    ("POST", "/auth/token", KEY, "", 200, LOGIN),
    ("POST", "/auth/token", KEY, "{}", 200, LOGIN),
    ("POST", "/auth/token", KEY, ' {"a": [1]}\n', 200, LOGIN),
    ("POST", "/auth/token", {"x-api-key": "KEY"}, "{}", 200, LOGIN),
    ("POST", "/api/auth/token", KEY, "{}", 200, LOGIN),
    ("POST", "/auth/token", KEY, "[]", 400, "INVALID_PARAMS"),
    ("POST", "/auth/token", KEY, "{", 400, "INVALID_PARAMS"),
    ("POST", "/auth/token", KEY, "key", 400, "INVALID_PARAMS"),
    ("POST", "/auth/token", {}, "{}", 401, "AUTH_FAILED"),
    ("POST", "/auth/token", {"X-API-Key": ""}, "{}", 401, "AUTH_FAILED"),
    ("POST", "/auth/token", {"X-API-Key": "sk_1"}, "", 401, "AUTH_FAILED"),
    ("POST", "/auth/token", {"X-API-Key": "sk_" + "0" * 64}, "{}", 401,
     "AUTH_FAILED"),
    ("POST", "/auth/token", {"X-API-Key": "sk_' OR 1=1 --"}, "", 401,
     "AUTH_FAILED"),
    ("POST", "/auth/token", {"Authorization": "Bearer KEY"}, "", 401,
     "AUTH_FAILED"),
    ("GET", "/auth/token", KEY, None, 405, "INVALID_PARAMS"),
    ("PUT", "/auth/token", KEY, "{}", 405, "INVALID_PARAMS"),
    ("DELETE", "/auth/token", KEY, None, 405, "INVALID_PARAMS"),
    ("POST", "/auth/validate", BEARER, None, 200, VALID),
    ("POST", "/auth/validate", {"Authorization": "bearer TOKEN"}, "{}", 200,
     VALID),
    ("POST", "/api/auth/validate", BEARER, None, 200, VALID),
    ("POST", "/auth/validate", {}, None, 401, "AUTH_FAILED"),
    ("POST", "/auth/validate", {"Authorization": "TOKEN"}, None, 401,
     "AUTH_FAILED"),
    ("POST", "/auth/validate", {"Authorization": "Basic TOKEN"}, None, 401,
     "AUTH_FAILED"),
    ("POST", "/auth/validate", {"Authorization": "Bearer"}, None, 401,
     "AUTH_FAILED"),
    ("POST", "/auth/validate?token=TOKEN", {}, None, 401, "AUTH_FAILED"),
    ("GET", "/auth/validate", BEARER, None, 405, "INVALID_PARAMS"),
    ("GET", "/auth/limits", BEARER, None, 200, {
        "plan": "professional", "limits": PLANS["professional"],
        "usage": {"concurrent_connections": 0, "concurrent_sessions": 0,
                  "sessions_per_hour": 0, "orders_per_minute": 0},
        "reset_times": {"sessions_per_hour": None,
                        "orders_per_minute": None}}),
    ("GET", "/auth/limits", {}, None, 401, "AUTH_FAILED"),
    ("POST", "/auth/limits", BEARER, "{}", 405, "INVALID_PARAMS"),
    ("POST", "/ws-ticket", {}, None, 401, "AUTH_FAILED"),
    ("GET", "/ws-ticket", BEARER, None, 405, "INVALID_PARAMS"),
    ("GET", "/health", {}, None, 200, HEALTH),
    ("GET", "/api/health", {}, None, 200, HEALTH),
    ("GET", "/health?a=b", {}, None, 200, HEALTH),
    ("POST", "/health", {}, "{}", 405, "INVALID_PARAMS"),
    ("GET", "/readyz", {}, None, 200, {"ready": True}),
    ("POST", "/metrics", {}, None, 405, "INVALID_PARAMS"),
    ("GET", "/ws/simulate", BEARER, None, 426, "INVALID_PARAMS"),
    ("GET", "/ws/health", {}, None, 426, "INVALID_PARAMS"),
    ("POST", "/ws/simulate", BEARER, "{}", 405, "INVALID_PARAMS"),
    ("GET", "/", {}, None, 404, "NOT_FOUND"),
    ("GET", "/auth", {}, None, 404, "NOT_FOUND"),
    ("GET", "/Health", {}, None, 404, "NOT_FOUND"),
    ("GET", "/health/", {}, None, 404, "NOT_FOUND"),
    ("GET", "/api/api/health", {}, None, 404, "NOT_FOUND"),
    ("GET", "/../../etc/passwd", {}, None, 404, "NOT_FOUND"),
    ("GET", "/%2e%2e/etc/passwd", {}, None, 404, "NOT_FOUND"),
]


def filled(value, user):
    if isinstance(value, dict):
        return {k: filled(v, user) for k, v in value.items()}
    if not isinstance(value, str):
        return value
    for word, text in (("TOKEN", user.token()), ("KEY", user.key),
                       ("ID", user.id)):
        if word in value and value.isupper() or word != "ID":
            value = value.replace(word, text)
    return value


def routes(t, s):
    user = s.user("rita", "professional")
    for port in (s.auth_port, s.sim_port):
        for method, path, headers, body, status, want in ROUTES:
            a = http(port, method, filled(path, user), filled(headers, user),
                     body)
            label = "%s %s %.40s %.20s" % (method, path, headers, body)
            t.check("%s is %s" % (label, status),
                    not differs(status, a.status), a)
            if isinstance(want, str):
                want = {"error": want, "message": str}
            else:
                want = {k: user.id if v == "ID" else v
                        for k, v in want.items()}
            wrong = differs(want, a.json)
            t.check("%s: %s" % (label, wrong), not wrong, a)
            t.check(label + ": JSON", a.headers["content-type"].startswith(
                "application/json") and int(a.headers["content-length"]) ==
                len(a.body), a.header_list)
            if status == 405:
                t.check(label + ": Allow", a.headers["allow"] in
                        ("POST", "GET, HEAD"), a.header_list)
            if status == 426:
                t.check(label + ": Upgrade", a.headers["upgrade"] ==
                        "websocket", a.header_list)
        a = http(port, "HEAD", "/health")
        t.check("HEAD", a.status == 200 and not a.body, a)
        a = http(port, "GET", "/metrics")
        t.check("metrics", a.status == 200 and
                a.text.rstrip().endswith("# EOF"), a)
        for long in ("/" + "x" * 20000, "/health"):
            try:
                a = http(port, "GET", long, {"X-Long": "y" * 20000})
                t.check("a head that is too long", a.status in (414, 431), a)
            except (EOFError, OSError):
                t.check("a head that is too long is closed", True)
        for path in ("/health", "/nothing", "/ws", "/ws/simulate/"):
            try:
                Client(port, path).abort()
                t.check("no WebSocket at " + path, False)
            except Refused as e:
                t.check("no WebSocket at " + path, e.answer.status == 404 and
                        e.answer.json["error"] == "NOT_FOUND", e.answer)


def health(t, s):
    """/ws/health asks for nothing, and hears little."""
    for path in ("/ws/health", "/ws/health?token=garbage", "/api/ws/health"):
        c = Watched(t, None, "health", s.auth_port, path)
        want = {"status": "ok", "server_time": STAMP, "server_version": str}
        c.next("health", want)
        for type_ in ("ping", "health", "health_check"):
            c.want(type_, {}, "health", want)
        for type_ in ("list_sessions", "create_session", "tick_ack", "x"):
            c.refused(type_, {}, "UNKNOWN_TYPE")
        c.close()


# -- plans ---------------------------------------------------------------------

def ready(t, s):
    """What a plan allows is told first, and no more is let in."""
    for plan, limits in PLANS.items():
        user = s.user("cap-" + plan, plan)
        c = Watched(t, user)
        d = c.ready["data"]
        want = {"user_id": user.id, "plan": plan,
                "idle_timeout_sec": limits["idle_timeout_sec"],
                "max_simulation_duration_sec":
                limits["simulation_duration_sec"],
                "concurrent_connections_limit":
                limits["concurrent_connections"],
                "supported_features": list}
        t.check("%s: %s" % (plan, differs(want, d)), not differs(want, d), d)
        life = seconds(d["connection_expires_at"]) - seconds(d["server_time"])
        t.check("%s: so long" % plan,
                abs(life - limits["connection_duration_sec"]) < 2, d)
        c.close()
        if plan == "enterprise":
            continue
        n = limits["concurrent_connections"]
        them = [Watched.with_room(t, user) for _ in range(n)]
        for _ in range(2):
            try:
                user.open().abort()
                t.check(plan + ": one too many", False)
            except Refused as e:
                limited(t, e.answer, "ws_connections", n)
                wrong = differs({"details": {
                    "limit_name": "concurrent_connections", "limit": n,
                    "current_usage": n, "plan": plan}}, e.answer.json)
                t.check("%s: the cap is named %s" % (plan, wrong), not wrong,
                        e.answer)
        a = s.http("GET", "/auth/limits", user.bearer())
        t.check(plan + ": usage", a.json["usage"]["concurrent_connections"]
                == n, a)
        them.pop().close()
        t.check(plan + ": a place is free again",
                until(lambda: is_let_in(t, user)))
        for c in them:
            c.abort()


def is_let_in(t, user):
    try:
        Watched(t, user).close()
    except Refused:
        return False
    return True


def seconds(text):
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


def limited(t, a, kind, limit=None):
    """A 429 with all that it has to say."""
    h = a.headers
    t.check("429 of " + kind, a.status == 429 and
            a.json["error"] == "RATE_LIMITED" and a.json["message"] and
            h["x-ratelimit-type"] == kind and
            h["x-ratelimit-remaining"] == "0" and
            int(h["x-ratelimit-limit"]) > 0 and
            int(h["x-ratelimit-period"]) > 0 and
            int(h["retry-after"]) >= 1 and
            (limit is None or int(h["x-ratelimit-limit"]) == limit), h)


def sessions_of_plan(t, s):
    user = s.user("fay", "free")
    c = Watched(t, user)
    c.refused("create_session", spec(symbols=list("ABCDEF")),
              "SESSION_LIMIT_EXCEEDED", "5", {"limit": 5, "requested": 6})
    sid = made(c)
    c.refused("create_session", spec(), "SESSION_LIMIT_EXCEEDED",
              "concurrent_sessions", {
                  "limit_name": "concurrent_sessions", "limit": 1,
                  "current_usage": 1, "plan": "free",
                  "reset_time": (STAMP, TIME, None)})
    c.refused("start_simulation", spec(), "SESSION_LIMIT_EXCEEDED",
              "concurrent_sessions")
    for _ in range(4):
        c.want("delete_session", {"session_id": sid}, "session_deleted")
        sid = made(c)
    c.seen("rate_limit_warning", {"warning_type": "sessions_per_hour"},
           where=lambda m: m["data"]["warning_type"] == "sessions_per_hour")
    c.want("delete_session", {"session_id": sid}, "session_deleted")
    c.refused("create_session", spec(), "SESSION_LIMIT_EXCEEDED",
              "sessions_per_hour", {
                  "limit_name": "sessions_per_hour", "limit": 5,
                  "current_usage": 5, "plan": "free", "reset_time": TIME})
    a = s.http("GET", "/auth/limits", user.bearer())
    t.check("usage", a.json["usage"]["sessions_per_hour"] == 5 and
            a.json["usage"]["concurrent_sessions"] == 0 and
            TIME.fullmatch(a.json["reset_times"]["sessions_per_hour"]), a)
    c.close()


def put_off(t, s):
    """One that has to wait for the session of its name to be deleted is of the
    hour once, and one that is refused is not."""
    user = s.user("otto", "professional")
    watch, n = Watched(t, user, "watch"), 0
    for i in range(8):
        c = Watched(t, user, "left %d" % i)
        sid = made(c, session_id="again")
        n += 1
        c.close()
        time.sleep(0.02 * (i % 4))      # it leaves the memory now or later
        c = Watched(t, user, "next %d" % i)
        watch.send_type("delete_session", {"session_id": sid})
        m = c.ask("create_session", spec(session_id=sid))
        watch.seen("session_deleted", {"session_id": sid})
        if m["type"] == "session_created":
            n += 1
            c.want("delete_session", {"session_id": sid}, "session_deleted")
        c.close()
    a = s.http("GET", "/auth/limits", user.bearer())
    t.check("as many as were made: %d" % n,
            a.json["usage"]["sessions_per_hour"] == n, a)
    watch.close()


def plan_changes(t, s):
    """Another plan counts soon for tokens and connections that are there, and
    a lower one too."""
    user = s.user("pia", "free")
    c = Watched(t, user)
    full = {"limit_name": "concurrent_sessions", "limit": 1, "plan": "free",
            "current_usage": int, "reset_time": (STAMP, TIME, None)}
    made(c)
    c.refused("create_session", spec(), "SESSION_LIMIT_EXCEEDED",
              "concurrent_sessions", full)
    for plan in ("professional", "free"):
        s.home.must("admin", "user", "plan", "pia", plan)
        end = time.monotonic() + 60
        a = s.http("GET", "/auth/limits", user.bearer())
        while a.json["plan"] != plan and time.monotonic() < end:
            time.sleep(0.05)
            a = s.http("GET", "/auth/limits", user.bearer())
        t.check("the token has it: " + plan, a.json["plan"] == plan, a)
        # What is told to its connections was told before.
        if plan == "professional":
            made(c)
        else:
            c.refused("create_session", spec(), "SESSION_LIMIT_EXCEEDED",
                      "concurrent_sessions", full)
    c.close()


def orders_of_plan(t, s):
    user = s.user("olga", "free")
    c = Watched(t, user)
    sid = started(c, made(c))
    tick(c, sid, 1)

    def send(first, n, **more):
        return c.ask("order_batch", dict({"orders": [
            order("o%d" % (first + i), type="limit", price=1, quantity=1,
                  time_in_force="gtc") for i in range(n)]}, **more))

    details = {"limit_name": "orders_per_minute", "limit": 100,
               "current_usage": 0, "reset_time": (STAMP, TIME),
               "plan": "free"}
    m = send(0, 101)
    want = {"error_code": "RATE_LIMITED", "details": details,
            "retry_after_ms": NOTHING}
    t.check("what never fits isn't to be tried later: %s" %
            differs(want, m["data"]), not differs(want, m["data"]), m)
    t.check("79 of 100", send(0, 79)["type"] == "batch_ack")
    t.check("no warning yet", not any(
        m["type"] == "rate_limit_warning" and
        m["data"]["warning_type"] == "orders_per_minute" for m in c.kept))
    t.check("80 of 100", send(79, 1)["type"] == "batch_ack")
    c.seen("rate_limit_warning", {
        "warning_type": "orders_per_minute", "expires_at": (STAMP, TIME),
        "message": has("80%"), "seconds_remaining": lambda n: 0 < n <= 62},
        where=lambda m: m["data"]["warning_type"] == "orders_per_minute")
    details = {"limit_name": "orders_per_minute", "limit": 100,
               "current_usage": int, "reset_time": (STAMP, TIME),
               "plan": "free"}
    m = send(80, 21)
    want = {"error_code": "RATE_LIMITED", "error_type": "rate_limit",
            "details": dict(details, current_usage=80),
            "retry_after_ms": lambda n: 0 < n <= 62000, "session_id": sid}
    t.check("21 more are refused: %s" % differs(want, m["data"]),
            not differs(want, m["data"]), m)
    t.check("20 more are not", send(80, 20)["type"] == "batch_ack")
    m = send(100, 1, batch_id="late")
    t.check("the 101st is", m["data"].get("error_code") == "RATE_LIMITED", m)
    d = c.want("query_orders", {}, "current_orders")
    t.check("nothing of what was refused", len(d["orders"]) == 100, d)
    c.want("cancel_order", {"order_id": "o0"}, "order_cancelled")
    a = s.http("GET", "/auth/limits", user.bearer())
    t.check("usage", a.json["usage"]["orders_per_minute"] == 100, a)
    # Only who goes on and on is closed.
    for n in range(60):
        c.send_type("order_batch", {"orders": [order("x%d" % n)]}, "x")
    got = c.wait_close()
    closing = [m for m in c.kept if m["type"] == "connection_closing"]
    t.check("sustained abuse is closed", got[0] == 4029 and
            len(closing) == 1 and
            closing[0]["data"]["reason"] == "rate_limit" and
            closing[0]["data"]["close_code"] == 4029 and
            sum(m["type"] == "error" for m in c.kept) > 40,
            (got, closing))


def inside(t):
    with Server(t, "logins", env={"JWT_SECRET_KEY": SECRET}) as s:
        for part in (routes, tokens, tickets, health, ready,
                     sessions_of_plan, put_off, plan_changes,
                     orders_of_plan):
            part(t, s)


# -- addresses -----------------------------------------------------------------

def flood(t, kind, limit, ask):
    """Until it is refused: that is after `limit`, and what comes back while
    it goes on."""
    t0 = time.monotonic()
    for n in range(limit * 30):
        a = ask()
        if a is not None and a.status == 429:
            break
    more = (time.monotonic() - t0) * limit / 60 + 2
    t.check("%s: refused after %d" % (kind, n), limit - 1 <= n <= limit + more)
    limited(t, a, kind, limit)
    wrong = differs({"details": {"type": kind, "limit": limit,
                                 "period_sec": 60, "retry_after_sec": int}},
                    a.json)
    t.check("%s: details: %s" % (kind, wrong), not wrong, a)


def waits(t, kind, limit, ask, other):
    """Whether `other` is refused on the heels of an `ask` that was.  One that
    comes late has a place again, so it may be let in a few times."""
    for _ in range(50):
        a = other()
        if a is not None and a.status == 429:
            limited(t, a, kind, limit)
            return True
        while True:
            a = ask()
            if a is not None and a.status == 429:
                break
    return False


def outside(t):
    """Whoever asks too often, before anything else is looked at."""
    with Server(t, "addresses", roomy=False) as s:
        user = s.user("una", "enterprise")
        token = user.bearer()

        def handshake():
            try:
                Client(s.sim_port, "/ws/simulate").abort()
            except Refused as e:
                return e.answer
            return None

        def knock(path):
            try:
                Client(s.sim_port, path).abort()
            except Refused as e:
                return e.answer
            return None

        flood(t, "ws_handshake", 120, handshake)
        for what, path in (
                ("a good token", "/ws/simulate?token=" + user.token()),
                ("/ws/health", "/ws/health")):
            t.check(what + " has to wait too", waits(
                t, "ws_handshake", 120, handshake,
                lambda path=path: knock(path)))
        flood(t, "ws_ticket", 120,
              lambda: s.http("POST", "/ws-ticket", token))
        flood(t, "auth", 60, lambda: s.http("POST", "/auth/token"))
        t.check("a good key has to wait too", waits(
            t, "auth", 60, lambda: s.http("POST", "/auth/token"),
            lambda: s.http("POST", "/auth/token", {"X-API-Key": user.key})))
        a = s.http("GET", "/health")
        t.check("other routes are let in", a.status == 200, a)


if __name__ == "__main__":
    main(inside, by_header, outside)
