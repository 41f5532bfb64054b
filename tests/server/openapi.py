"""GET /openapi.json: it has every route of route.def and no other, and what the
running server answers fits the schema that it states, in every field."""
import json
import re
import time

from accounts import BETTER, GOOD, SECRET, People
from sealed import WAITS, totp
from servertest import Server, main
import defs     # accounts knows where

TYPES = {"string": str, "integer": int, "boolean": bool, "object": dict,
         "array": list, "null": type(None)}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def fault_of(value, schema, doc, at="answer"):
    """Where the value doesn't fit, or None.  A field that the schema doesn't
    know is a fault too."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        return fault_of(value, doc["components"]["schemas"][name], doc, at)
    types = schema["type"]
    types = types if isinstance(types, list) else [types]
    if type(value) not in [TYPES[x] for x in types]:
        return "%s is no %s: %r" % (at, types, value)
    if schema.get("format") == "date-time" and value is not None and \
            not TIME.fullmatch(value):
        return "%s is no time: %r" % (at, value)
    inner = []
    if isinstance(value, list):
        inner = [(x, schema["items"], "%s[%d]" % (at, n))
                 for n, x in enumerate(value)]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for x in schema.get("required", []):
            if x not in value:
                return "%s lacks %s" % (at, x)
        for k, x in value.items():
            s = known.get(k, schema.get("additionalProperties"))
            if s is None:
                return "%s has %s" % (at, k)
            inner.append((x, s, "%s.%s" % (at, k)))
    return next((f for f in (fault_of(*x[:2], doc, x[2]) for x in inner)
                 if f), None)


def shape(t, doc):
    """The document itself, beside route.def."""
    t.check("its head", doc["openapi"] == "3.1.0" and
            doc["info"]["title"] == "simutrador" and doc["info"]["version"])
    rows = defs.rows("src/server/route.def", "SIM_ROUTE(?:_ALSO)?")
    want = {(r[1], r[0].lower()) for r in rows}
    have = {(path, m) for path, x in doc["paths"].items() for m in x}
    t.check("every route, and no other: %s" % (want ^ have), want == have)
    for method, path, kind, role, scope, _, handler in rows:
        x = doc["paths"][path][method.lower()]
        what = "%s %s" % (method, path)
        t.check(what + ": role and scope", x["x-role"] == role and
                x["x-scope"] == scope and x["summary"], x)
        t.check(what + ": security", x["security"] == (
            [{"key": []}] if handler == "token" else
            [] if role == "NOBODY" else [{"token": []}]), x)
        t.check(what + ": what comes", set(x["responses"]) ==
                {"101" if kind == "SOCKET" else "200", "default"}, x)
        t.check(what + ": arguments of the path", re.findall(
            r"{(\w+)}", path) == [y["name"] for y in x["parameters"]
                                  if y["in"] == "path"], x)
        t.check(what + ": no body of GET", method in ("POST", "PUT") or
                "requestBody" not in x, x)
    refs = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(doc)))
    t.check("what is referred to is there, and used",
            refs == set(doc["components"]["schemas"]), refs)


class Checked(People):
    """Each answer is held against the document."""

    def __init__(self, t, s, doc):
        super().__init__(t, s)
        self.doc, self.seen = doc, set()

    def path_of(self, path):
        path = path.split("?")[0]
        if path in self.doc["paths"]:
            return path
        return next(x for x in self.doc["paths"] if re.fullmatch(
            re.sub(r"{\w+}", "[^/]+", x), path))

    def ask(self, method, path, body=None, token=None):
        a = super().ask(method, path, body, token)
        self.holds(method, path, body, a)
        return a

    def holds(self, method, path, body, a):
        path = self.path_of(path)
        x = self.doc["paths"][path][method.lower()]
        what = "%s %s: %d" % (method, path, a.status)
        answer = x["responses"].get(str(a.status), x["responses"]["default"])
        if a.status == 200:
            self.seen.add((path, method.lower()))
        if "content" not in answer:
            return
        wrong = fault_of(a.json, answer["content"]["application/json"][
            "schema"], self.doc) if path != "/openapi.json" else None
        if a.status >= 400 and wrong == "answer has details":
            wrong = None
        self.t.check("%s: %s" % (what, wrong), not wrong, a)
        if a.status == 200 and isinstance(body, dict):
            schema = x["requestBody"]["content"]["application/json"]["schema"]
            wrong = fault_of(body, schema, self.doc, "body")
            self.t.check("%s: %s" % (what, wrong), not wrong, body)


def person(p):
    """What a user does, and what is refused."""
    me = p.person("olive")
    token = me["access_token"]
    p.ask("POST", "/auth/login", {"username": "olive", "password": "x"})
    p.ask("POST", "/auth/login", {"username": "olive", "password": GOOD,
                                  "device": "desk"})
    me = p.ask("POST", "/auth/refresh", {
        "refresh_token": me["refresh_token"]}).json
    token = me["access_token"]
    for method, path, body in (
            ("POST", "/auth/validate", None), ("GET", "/auth/limits", None),
            ("POST", "/ws-ticket", None), ("GET", "/auth/sessions", None),
            ("GET", "/auth/profile", None), ("GET", "/admin/stats", None),
            ("PUT", "/auth/profile", {"full_name": "Olive"}),
            ("PUT", "/auth/profile", {"email": "o@example.org",
                                      "password": GOOD}),
            ("POST", "/auth/password/change", {
                "current_password": GOOD, "new_password": BETTER})):
        p.ask(method, path, body, token)
        p.ask(method, path, body)
    ask = p.ask("POST", "/auth/password/reset-request", {
        "email": "olive@example.org"}).json
    p.ask("POST", "/auth/password/reset", {
        "request_id": ask["request_id"], "new_password": GOOD,
        "code": p.post.last("olive@example.org")[1]["code"]})
    token = p.login("olive")["access_token"]
    key = p.ask("POST", "/auth/keys", {"name": "k", "expires_in_days": 9},
                token).json
    a = p.s.http("POST", "/auth/token", {"X-API-Key": key["api_key"]})
    p.holds("POST", "/auth/token", None, a)
    new = p.ask("POST", "/auth/keys/%s/rotate" % key["key_id"],
                {"grace_sec": 60}, token).json
    p.ask("DELETE", "/auth/keys/" + new["key_id"], None, token)
    p.ask("GET", "/auth/keys", None, token)
    seed = p.ask("POST", "/auth/totp/setup", {"password": GOOD},
                 token).json["secret"]
    codes = p.ask("POST", "/auth/totp/enable", {
        "totp_code": totp(seed, time.time())}, token).json["recovery_codes"]
    p.ask("POST", "/auth/totp/disable", {
        "password": GOOD, "recovery_code": codes[0]}, token)
    p.ask("POST", "/auth/logout", {"session_id": "none"}, token)
    p.ask("POST", "/auth/logout", {"all": True}, token)
    p.login("olive")


def administrator(p):
    token = p.s.admin.token()
    trader = p.s.user("ada", "professional").connect()
    trader.ask("create_session", {
        "symbols": ["ACME"], "start_date": "2020-01-02",
        "end_date": "2020-12-31", "initial_capital": 100000,
        "timeframe": "daily"})
    for name in ("olive", "ada"):
        at = "/admin/users/" + name
        for method, path, body in (
                ("GET", "/admin/users?last=5", None), ("GET", at, None),
                ("PUT", at + "/plan", {"plan": "professional"}),
                ("PUT", at + "/role", {"role": "user"}),
                ("PUT", at + "/disable", {"disabled": False}),
                ("GET", at + "/sessions", None),
                ("GET", at + "/usage", None),
                ("DELETE", at + "/sessions", None),
                ("GET", at + "/audit", None), ("GET", "/admin/audit", None),
                ("GET", "/admin/stats", None),
                ("GET", "/admin/users/nobody", None)):
            p.ask(method, path, body, token)
    trader.close()


def document(t):
    with Server(t, "openapi", *WAITS, env={"JWT_SECRET_KEY": SECRET}) as s:
        a = s.http("GET", "/openapi.json")
        t.check("it is there, for anybody", a.status == 200 and
                a.headers["content-type"].startswith("application/json") and
                a.text == s.http("GET", "/api/openapi.json").text, a)
        shape(t, a.json)
        p = Checked(t, s, a.json)
        for path in ("/health", "/readyz", "/metrics", "/openapi.json",
                     "/ws/simulate", "/ws/health"):
            p.ask("GET", path)
        person(p)
        administrator(p)
        left = {(path, m) for path, x in a.json["paths"].items() for m in x
                if "200" in x[m]["responses"]} - p.seen
        t.check("each was answered: %s" % left, not left)


if __name__ == "__main__":
    main(document)
