"""A client that looks at every message: whether messages.def has it, with
these fields and of these forms, and whether what protocol.md promises of all
messages holds.  And patterns for transcripts.

    c = Watched(t, user)            # past connection_ready
    c.want("ping", {}, "pong", {"server_time": TIME})
    c.refused("get_session", {"session_id": "x"}, "SESSION_NOT_FOUND", "x")
"""
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.abspath(
    os.environ.get("top_srcdir", ".")), "tests", "proto"))
import defs  # noqa: E402
from wsclient import PATIENCE, Client, Refused  # noqa: E402

TABLE = defs.Messages("WIRE")
OUT = dict(TABLE.out)
INTO = dict(TABLE.into)
CODES = {row[0]: row for row in defs.rows("src/proto/error_code.def",
                                          "SIM_ERROR_CODE")}
PLANS = {}
for _key, *_limits in defs.rows("src/model/plan.def", "SIM_PLAN_LIMIT"):
    for _plan, _value in zip(("free", "professional", "enterprise"), _limits):
        PLANS.setdefault(_plan, {})[_key] = int(_value)

ENVELOPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# A field is written without zeros at its end.
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
# Two digits after the point at least, no more than needed, no exponent.
MONEY = re.compile(r"-?(0|[1-9]\d*)\.\d\d(\d{0,5}[1-9])?")
ANY = object()
# Whose data names no session.
ALONE = {"connection_ready", "connection_warning", "rate_limit_warning",
         "pong", "health", "sessions_list"}
MAYBE = {"error", "session_error", "connection_closing"}

seen_out, seen_in, seen_codes = set(), set(), set()


class has:
    """A text with all of these in it."""

    def __init__(self, *texts):
        self.texts = texts

    def __repr__(self):
        return "has%r" % (self.texts,)


class but:
    """Not this one."""

    def __init__(self, other):
        self.other = other


def differs(want, got, at=""):
    """Where a value leaves its pattern; "" where it fits.  A pattern is a
    value, a type, a compiled expression, has(), a function, a tuple (one of
    them), a list (as long), or an object (with these fields at least)."""
    if want is ANY:
        return ""
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return "%s is %r, not an object" % (at, got)
        for key, one in want.items():
            if isinstance(one, but) and one.other is ANY:
                if key in got:
                    return "%s.%s is there" % (at, key)
                continue
            if key not in got:
                return "%s.%s is missing" % (at, key)
            wrong = differs(one, got[key], at + "." + key)
            if wrong:
                return wrong
        return ""
    if isinstance(want, list):
        if not isinstance(got, list) or len(got) != len(want):
            return "%s is %r, not %r" % (at, got, want)
        for i, one in enumerate(want):
            wrong = differs(one, got[i], "%s[%d]" % (at, i))
            if wrong:
                return wrong
        return ""
    if isinstance(want, tuple):
        fits = any(not differs(one, got) for one in want)
    elif isinstance(want, re.Pattern):
        fits = isinstance(got, str) and want.fullmatch(got)
    elif isinstance(want, has):
        text = got if isinstance(got, str) else json.dumps(got)
        fits = all(x in text for x in want.texts)
    elif isinstance(want, but):
        fits = bool(differs(want.other, got))
    elif isinstance(want, type):
        fits = isinstance(got, want) and (want is bool or
                                          not isinstance(got, bool))
    elif callable(want):
        fits = want(got)
    else:
        fits = want == got and isinstance(want, bool) == isinstance(got, bool)
    return "" if fits else "%s is %r, not %r" % (at, got, want)


NOTHING = but(ANY)


# -- forms ---------------------------------------------------------------------

def number(v):
    return isinstance(v, (int, float)) and not isinstance(v, bool)


def words(text):
    return TABLE.states if text == "SESSION_STATES" else \
        text.strip('"').split("|")


FORMS = {
    "STR": lambda v, a, b: isinstance(v, str),
    "INT": lambda v, a, b: isinstance(v, int) and not isinstance(v, bool),
    "DEC": lambda v, a, b: isinstance(v, str) and MONEY.fullmatch(v),
    "FIG": lambda v, a, b: number(v),
    "NUM": lambda v, a, b: v is None or number(v),
    "BOOL": lambda v, a, b: isinstance(v, bool),
    "TIME": lambda v, a, b: isinstance(v, str) and TIME.fullmatch(v),
    "BOUND": lambda v, a, b: isinstance(v, str),
    "OPT": lambda v, a, b: isinstance(v, str),
    "WORD": lambda v, a, b: v in words(a),
    "VOCAB": lambda v, a, b: isinstance(v, str) and v == v.lower(),
    "STRS": lambda v, a, b: isinstance(v, list) and all(
        isinstance(x, str) for x in v),
    "RAW": lambda v, a, b: isinstance(v, (dict, list)),
}


def wrong_fields(name, data, known):
    """What is wrong with the fields of an object of messages.def; those that
    it may have are added to known."""
    if not isinstance(data, dict):
        return "%s is %r, not an object" % (name, data)
    for kind, field, a, b, need, _, _ in TABLE.fields(name):
        if kind == "FLAT":
            wrong = wrong_fields(a, data, known)
        else:
            known.add(field)
            if field not in data:
                wrong = "" if need.endswith("O") else "it has no " + field
            else:
                wrong = wrong_value(kind, a, b, data[field], field)
        if wrong:
            return wrong
    return ""


def wrong_value(kind, a, b, value, field):
    more = {"session_id"} if a in OUT else ()
    if kind == "OBJ":
        return wrong_object(a, value, more)
    if kind == "LIST":
        if not isinstance(value, list):
            return "%s is no list" % field
        return next((w for w in (wrong_object(a, v, more) for v in value)
                     if w), "")
    return "" if FORMS[kind](value, a, b) else \
        "%s (%s) is %r" % (field, kind, value)


def wrong_object(name, data, more=()):
    known = set(more)
    wrong = wrong_fields(name, data, known)
    unknown = not wrong and set(data) - known
    return wrong or ("it has an unknown %s" % unknown if unknown else "")


def wrong_bar(v, with_prices):
    if not isinstance(v, dict) or not TIME.fullmatch(v.get("date", "")):
        return "a candle without date: %r" % v
    prices = ("open", "high", "low", "close", "volume")
    for key in prices:
        if with_prices and not MONEY.fullmatch(v.get(key, "")):
            return "%s of a candle is %r" % (key, v.get(key))
    extra = set(v) - set(prices) - {"date"}
    return "a candle with %s" % extra if extra else ""


def wrong_message(m, bare=False):
    """What is wrong with a message of the server; "" if nothing."""
    if not isinstance(m, dict):
        return "it is no object"
    if set(m) - {"type", "data", "request_id", "timestamp"}:
        return "its envelope has %s" % sorted(m)
    type_, data = m.get("type"), m.get("data")
    if type_ not in OUT:
        return "there is no such type"
    if not ENVELOPE.fullmatch(m.get("timestamp", "")):
        return "its timestamp is %r" % m.get("timestamp")
    wrong = wrong_object(type_, data, {"session_id"})
    if wrong:
        return wrong
    if type_ not in ALONE | MAYBE and \
            not isinstance(data.get("session_id"), str):
        return "it names no session"
    if type_ in ALONE and "session_id" in data:
        return "it names a session"
    if type_ in ("error", "session_error"):
        row = CODES.get(data["error_code"])
        if not row or row[1] not in ("BOTH",
                                     "ERROR" if type_ == "error" else
                                     "SESSION"):
            return "its code is %s" % data["error_code"]
        if type_ == "error" and row[2] != data["error_type"]:
            return "its error_type is %s" % data["error_type"]
        seen_codes.add(data["error_code"])
    if type_ == "tick":
        if sorted(data["candles"]) != sorted(data["symbols_trading"]):
            return "symbols_trading are not those of candles"
        return next((w for w in (wrong_bar(v, not bare) for v in
                                 data["candles"].values()) if w), "")
    if type_ == "history_snapshot":
        bars = [b for v in data["candles"].values() for b in v]
        if len(bars) != data["count"]:
            return "count is not that of its bars"
        return next((w for w in (wrong_bar(b, not bare) for b in bars) if w), "")
    return ""


# -- the client ----------------------------------------------------------------

class Watched(Client):
    """Past connection_ready, which is .ready, unless opened otherwise."""

    def __init__(self, t, user=None, name="", port=None, path=None, **kw):
        self.t = t
        self.name = name or (user.name if user else "")
        self.bare = False
        self.history = []
        if user:
            port = user.server.sim_port
            path = "/ws/simulate?token=" + user.token()
        super().__init__(port, path, **kw)
        if user:
            self.ready = self.expect("connection_ready")

    def _read(self, timeout=None):
        m = super()._read(timeout)
        wrong = wrong_message(m, self.bare)
        if wrong:
            self.t.check("%s: a message as documented: %s" %
                         (self.name, wrong), False, m)
        else:
            self.t.passed += 1
            seen_out.add(m["type"])
        self.history.append(m)
        return m

    @classmethod
    def with_room(cls, t, user, name=""):
        """One more than the plan allows may be there yet: a connection that
        was closed takes its place until the server has seen it."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return cls(t, user, name)
            except Refused:
                if time.monotonic() > end:
                    raise
            time.sleep(0.02)

    def send_type(self, type_, data=None, request_id=None):
        if type_ in INTO:
            seen_in.add(type_)
        super().send_type(type_, data, request_id)

    def want(self, type_, data, reply, pattern=ANY, label=None):
        """Send, and look at what echoes the request_id.  Gives: its data."""
        m = self.ask(type_, data)
        label = "%s: %s %.100r" % (self.name, type_, label or data)
        self.t.check("%s gives %s, not %s" % (label, reply, m["type"]),
                     m["type"] == reply, m)
        wrong = differs(pattern, m["data"], "data")
        self.t.check("%s: %s" % (label, wrong), not wrong, m)
        return m["data"]

    def refused(self, type_, data, code, text="", details=ANY,
                carrier=None):
        """A request that is answered with session_error or error."""
        carrier = carrier or ("session_error" if CODES[code][1] == "SESSION"
                              else "error")
        pattern = {"error_code": code, "message": has(text),
                   "details": details}
        d = self.want(type_, data, carrier, pattern)
        if carrier == "error":
            self.t.check("%s %s: failed_request_id" % (self.name, type_),
                         d.get("failed_request_id") == "r%d" % self.serial, d)
        return d

    def seen(self, type_, pattern=ANY, where=None, timeout=PATIENCE):
        """The next message of this type has to fit.  Gives: its data."""
        m = self.expect(type_, timeout, where)
        wrong = differs(pattern, m["data"], "data")
        self.t.check("%s: %s: %s" % (self.name, type_, wrong), not wrong, m)
        return m["data"]

    def next(self, type_, pattern=ANY):
        """The very next message has to be of this type, and to fit."""
        m = self.recv()
        wrong = differs({"type": type_, "data": pattern}, m, "")
        self.t.check("%s: next comes %s: %s" % (self.name, type_, wrong),
                     not wrong, m)
        return m["data"]

    def alive(self):
        self.want("ping", {}, "pong", {"server_time": STAMP})
