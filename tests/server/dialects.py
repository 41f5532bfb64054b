"""The three generations of clients, as they speak, unchanged: what they send,
and what they are strict about.  Each flow is a small client of its own, so
that none leans on what another one needs."""
import datetime
import json
import sys

from running import bars, money
from servertest import IS_LONG, Server, main
from wsclient import Client, Closed, http

ACME = bars("ACME_daily.csv")
FIRST = [b["date"][:10] for b in ACME].index("2020-01-02")
RANGE = ACME[FIRST:FIRST + 21]                  # 2020-01-02 to 2020-01-31


def parse_time(text):
    """As Python 3.11 does it; before that Z was not read."""
    if sys.version_info < (3, 11) and text.endswith("Z"):
        text = text[:-1] + "+00:00"
    return datetime.datetime.fromisoformat(text)


def token(t, s, user):
    """What every generation does first."""
    a = http(s.auth_port, "POST", "/auth/token",
             {"X-API-Key": user.key, "Content-Type": "application/json"},
             "{}")
    d = a.json
    t.check("the answer to a login", a.status == 200 and
            d["token_type"] == "Bearer" and d["expires_in"] == 3600 and
            d["user_id"] == user.id == user.id.lower() and
            d["plan"] == user.plan and d["access_token"].count(".") == 2, a)
    return d["access_token"]


# -- two steps -----------------------------------------------------------------

def two_steps(t, s):
    """create_session, start_simulation, tick_ack; the server closes."""
    user = s.user("two", "free")
    c = Client(s.sim_port, "/ws/simulate?token=" + token(t, s, user))
    ready = c.recv()
    t.check("it is ready first", ready["type"] == "connection_ready" and
            ready["data"]["user_id"] == user.id and
            ready["data"]["plan"] == "free", ready)
    c.send({"type": "create_session", "request_id": "req-1", "data": {
        "session_id": "sess-two", "symbols": ["ACME"],
        "start_date": "2020-01-02T00:00:00", "end_date": "2020-01-31",
        "initial_capital": "100000.00", "timeframe": "1d",
        "data_provider": "polygon", "commission_per_share": 0.005,
        "slippage_bps": 5, "metadata": {"strategy": "dip"}}})
    m = c.recv()
    t.check("created", m["type"] == "session_created" and
            m["request_id"] == "req-1" and
            m["data"]["session_id"] == "sess-two" and
            m["data"]["status"] == "created" and
            m["data"]["estimated_ticks"] == 21 and
            m["data"]["initial_capital"] + 1 == 100001, m)
    c.send({"type": "start_simulation", "request_id": "req-2", "data": {
        "session_id": "sess-two", "flow_control": True,
        "max_pending_ticks": 1, "account_update_frequency": "every_tick"}})
    m = c.recv()
    t.check("started", m["type"] == "simulation_started" and
            m["request_id"] == "req-2" and
            m["data"]["flow_control_enabled"] is True, m)
    two_ticks(t, c)
    c.abort()


def two_ticks(t, c):
    """Buys after the third tick, a limit with it; sells after the tenth."""
    batches = {3: [{"order_id": "buy", "symbol": "ACME", "side": "buy",
                    "type": "market", "quantity": 100, "time_in_force":
                    "day"}],
               10: [{"order_id": "sell", "symbol": "ACME", "side": "sell",
                     "type": "market", "quantity": "100"}]}
    newest, told, types, result = 0, [], [], None
    try:
        while True:
            m = c.recv()
            d = m["data"]
            types.append(m["type"])
            t.check("it names its session", d["session_id"] == "sess-two", m)
            if m["type"] == "tick":
                newest += 1
                t.check("ticks are numbered", d["sequence_id"] == newest, m)
                orders = batches.get(newest)
                c.send({"type": "tick_ack", "data": {
                    "session_id": "sess-two", "sequence_id": newest,
                    "processing_status": "ready",
                    "orders_pending": 1 if orders else 0,
                    "max_wait_ms": 20000}})
                if orders:
                    c.send({"type": "order_batch", "request_id": "b%d" %
                            newest, "data": {
                                "session_id": "sess-two", "batch_id":
                                "batch-%d" % newest, "orders": orders,
                                "execution_mode": "atomic"}})
            elif m["type"] == "batch_ack":
                t.check("acknowledged", m["request_id"] == "b%d" % newest and
                        d["batch_id"] == "batch-%d" % newest and
                        d["accepted_orders"] == [
                            batches[newest][0]["order_id"]], m)
            elif m["type"] == "execution_report":
                told.append((newest, d))
            elif m["type"] == "simulation_complete":
                result = d
    except Closed as e:
        t.check("the server closes", e.code == 1000, e)
    t.check("its last words", types[-2:] == ["simulation_complete",
                                             "connection_closing"], types)
    fills_of(t, told, {3: ("buy", 1), 10: ("sell", -1)})
    t.check("one round trip", result["total_trades"] == 1 and
            result["total_commission"] == "1.00", result)


def fills_of(t, told, want):
    """Each at the open of the bar after the tick it was sent after, and five
    basis points worse."""
    t.check("two executions", [n for n, _ in told] == sorted(want), told)
    for n, d in told:
        order, sign = want.get(n, (None, 1))
        bar = RANGE[n]                          # the one after tick n
        open_ = float(bar["open"])
        t.check("%s at the open after tick %d" % (order, n),
                d["order_id"] == order and
                abs(float(d["executed_price"]) - open_ * (1 + sign * 5e-4))
                < 0.0101 and d["execution_time"] == bar["date"][:10] +
                "T21:00:00Z" and d["commission"] == "0.50" and
                d["fill_reason"] == "market_open", d)


# -- sessions only -------------------------------------------------------------

def early(t, s):
    """create, get, list, delete; a connection each, or one for all."""
    user = s.user("early", "professional")
    text = token(t, s, user)
    for is_one in (True, False):
        kept = []

        def call(type_, data, n):
            if not kept or not is_one:
                kept.append(Client(s.sim_port, "/ws/simulate?token=" + text))
                kept[-1].expect("connection_ready")
            c = kept[-1]
            c.send({"type": type_, "data": data, "request_id": "id-%d" % n})
            m = c.recv()
            t.check("%s echoes its id" % type_, m.get("request_id") ==
                    "id-%d" % n, m)
            if not is_one:
                c.close()
            return m["type"], m["data"]

        type_, d = call("create_session", {
            "symbols": ["ACME", "BOLT"], "start": "2020-01-02T14:30:00Z",
            "end": "2020-01-31T21:00:00Z", "initial_cash": 50000.5,
            "timeframe": "daily"}, 1)
        sid = d.get("session_id")
        t.check("created", type_ == "session_created" and
                d["initial_capital"] == 50000.5 and sid == sid.lower() and
                d["symbols"] == ["ACME", "BOLT"] and
                parse_time(d["created_at"]) and d["server_ready"] is True, d)
        type_, d = call("get_session", {"session_id": sid}, 2)
        t.check("details", type_ == "session_details" and
                d["session_id"] == sid and d["state"] == "ready" and
                d["symbols"] == ["ACME", "BOLT"], d)
        type_, d = call("list_sessions", {}, 3)
        t.check("a list", type_ == "sessions_list" and
                [x["session_id"] for x in d["sessions"]] == [sid], d)
        type_, d = call("delete_session", {"session_id": sid}, 4)
        t.check("deleted", type_ == "session_deleted" and
                d == {"session_id": sid}, d)
        type_, d = call("get_session", {"session_id": sid}, 5)
        t.check("not found", type_ == "session_error" and
                d["session_id"] == sid and
                d["error_code"] == "SESSION_NOT_FOUND" and d["message"], d)
        type_, d = call("list_sessions", {}, 6)
        t.check("an empty list", d["sessions"] == [], d)
        type_, d = call("create_session", {"symbols": ["ACME"]}, 7)
        t.check("what is missing", type_ == "session_error" and
                d["error_code"] == "INVALID_PARAMS" and d["message"] ==
                "Missing required fields: start_date, end_date", d)
        kept[-1].close()


# -- one message ---------------------------------------------------------------

class Released:
    """As the released SDK is: it sends one message and reads; whatever names
    another session or is of an unknown type is dropped; answers are matched
    by request_id."""

    def __init__(self, t, s, user):
        self.t = t
        self.c = Client(s.sim_port, "/ws/simulate?token=" + token(t, s, user))
        self.sid = None
        self.waits = {}
        self.answers = {}
        self.ticks, self.fills, self.types = [], [], []
        self.after = {}                 # batch: the newest tick at its ack

    def send(self, type_, data, request_id):
        self.waits[request_id] = type_
        self.c.send(json.dumps({"type": type_, "data": data,
                                "request_id": request_id}))

    def start(self, **more):
        self.send("start_simulation", dict({
            "symbols": ["ACME"], "start_date": "2020-01-02",
            "end_date": "2020-01-31", "initial_capital": 100000.0,
            "timeframe": "daily", "warmup_bars": 0}, **more), "start")
        m = self.next()
        self.t.check("session_created comes first", m["type"] ==
                     "session_created" and m["request_id"] == "start", m)
        d = m["data"]
        self.sid = d["session_id"]
        self.t.check("numbers where it wants them",
                     d["initial_capital"] * 1.0 == 100000.0 and
                     d["commission_per_share"] * 200 == 1.0 and
                     isinstance(d["symbols"], list) and
                     self.sid == self.sid.lower(), m)

    def next(self):
        while True:
            m = self.c.recv()
            if m["type"] in ("connection_ready", "connection_warning"):
                self.t.check("a plan in lower case", m["type"] !=
                             "connection_ready" or m["data"]["plan"] in
                             ("free", "professional", "enterprise"), m)
                continue
            sid = m["data"]["session_id"]       # it must be there
            if self.sid is None or sid == self.sid:
                self.types.append(m["type"])
                return m

    def candles(self, d):
        for symbol, bar in d.items():
            for key in ("open", "high", "low", "close", "volume"):
                float(bar[key])
            parse_time(bar["date"])
        return d

    def run(self, on_tick):
        """Until simulation_end; then it closes."""
        history = None
        while True:
            m = self.next()
            d = m["data"]
            if m.get("request_id"):
                self.answers[m["request_id"]] = m
            if m["type"] == "history_snapshot":
                self.t.check("history comes before the first tick",
                             not self.ticks and history is None, m)
                history = d
                for bars_ in d["candles"].values():
                    for bar in bars_:
                        self.candles({"": bar})
            elif m["type"] == "tick":
                self.t.check("history came", history is not None)
                self.candles(d["candles"])
                self.ticks.append(d)
                on_tick(self, d)
            elif m["type"] == "batch_ack":
                self.t.check("the shapes of batch_ack",
                             isinstance(d["batch_id"], str) and
                             isinstance(d["accepted_orders"], list) and
                             isinstance(d["rejected_orders"], dict) and
                             self.waits[m["request_id"]] == "order_batch", m)
                self.after[d["batch_id"]] = len(self.ticks)
            elif m["type"] == "execution_report":
                float(d["executed_price"]), float(d["executed_quantity"])
                self.fills.append((len(self.ticks), d))
            elif m["type"] == "simulation_end":
                break
        code, _ = self.c.close(1000)
        self.t.check("the client closes", code == 1000, code)
        return history, d


def released(t, s):
    user = s.user("released", "enterprise")
    # Of the longer ones, the first at which orders come before the next tick.
    for interval in (None, 0, 60, 250, 1000, 3000):
        r = Released(t, s, user)
        more = {} if interval is None else {"tick_interval_ms": interval}
        r.start(warmup_bars=5, **more)

        def on_tick(r, d):
            n = d["sequence_id"]
            if n in (3, 10):
                r.send("order_batch", {"batch_id": str(n), "orders": [{
                    "order_id": "o%d" % n, "symbol": "ACME", "quantity": 10,
                    "side": "buy" if n == 3 else "sell", "type": "market"}],
                    "execution_mode": "best_effort"}, "batch%d" % n)
            if n == 5:
                r.send("order_batch", {"batch_id": "bad", "orders": [{
                    "order_id": "bad", "symbol": "ACME", "side": "up",
                    "quantity": 1}]}, "bad")

        history, end = r.run(on_tick)
        label = "ticks every %s ms: " % interval
        t.check(label + "the bars", [x["candles"]["ACME"] for x in r.ticks] ==
                RANGE, r.ticks[:2])
        t.check(label + "numbered", [x["sequence_id"] for x in r.ticks] ==
                list(range(1, 22)))
        t.check(label + "the history", history["count"] == 5 and
                history["candles"]["ACME"] == ACME[FIRST - 5:FIRST], history)
        t.check(label + "it begins so", r.types[:3] ==
                ["session_created", "simulation_started",
                 "history_snapshot"], r.types[:4])
        t.check(label + "nothing closes", "connection_closing" not in
                r.types)
        late(t, r, label)
        t.check(label + "the end", float(end["final_equity"]) > 0 and
                end["sharpe_ratio"] is None or
                isinstance(end["sharpe_ratio"], (int, float)), end)
        if (interval or 0) >= 60 and at_once(r):
            break
    t.check(label + "at once", at_once(r) and len(r.fills) == 2 and
            "bad" in r.answers, r.after)
    fills_at(t, r.fills)


def at_once(r):
    return r.after == {"3": 3, "10": 10}


def late(t, r, label):
    """A batch counts for the bar after the tick that is newest when it is
    heard, which is the last one before its answer."""
    bad = r.answers.get("bad")
    if bad:
        t.check(label + "an error echoes its id", bad["type"] == "error" and
                bad["data"]["error_code"] == "INVALID_PARAMS" and
                bad["data"]["failed_request_id"] == "bad", bad)
    for n, d in r.fills:
        sent = d["order_id"][1:]
        newest = r.after.get(sent)
        t.check("%sorder %s fills after tick %s" % (label, sent, newest),
                newest == n and d["execution_time"] ==
                r.ticks[n]["sim_time"] if n < len(r.ticks) else False, d)


def fills_at(t, fills):
    for (n, d), sign in zip(fills, (1, -1)):
        want = float(RANGE[n]["open"]) * (1 + sign * 5e-4)
        t.check("the price of %s" % d["order_id"],
                abs(float(d["executed_price"]) - want) < 0.0101, d)


def again(t, s):
    """Two simulations over one connection, one after the other, and one that
    is refused between them."""
    user = s.user("released", "enterprise")
    r = Released(t, s, user)
    for n in range(2):
        r.start(tick_interval_ms=0)
        while r.next()["type"] != "simulation_end":
            pass
        r.sid = None
        r.send("start_simulation", {
            "symbols": ["NONE"], "start_date": "2020-01-02",
            "end_date": "2020-01-31", "initial_capital": 100000,
            "timeframe": "daily"}, "no%d" % n)
        m = r.c.recv()
        t.check("refused", m["type"] == "session_error" and
                m["request_id"] == "no%d" % n and
                m["data"]["error_code"] == "INVALID_SYMBOL", m)
    t.check("each in its order", r.types.count("tick") == 42 and
            r.types.count("simulation_end") == 2, r.types)
    r.c.close()


def test(t):
    t.check("money", money("1.5") == "1.50")
    for _ in range(10 if IS_LONG else 1):
        with Server(t, "dialects") as s:
            for part in (two_steps, early, released, again):
                part(t, s)


if __name__ == "__main__":
    main(test)
