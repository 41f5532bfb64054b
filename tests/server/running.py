"""A simulation runs: starts of both forms, history, ticks and how they are
acknowledged, the clock, its end.  A part of transcripts.py."""
import csv
import os
import re
import time

from servertest import IS_LONG, SRC
from wire import ANY, NOTHING, STAMP, TIME, Watched, differs, has

DAILY = {"symbols": ["ACME"], "start_date": "2020-01-02",
         "end_date": "2020-01-31", "timeframe": "daily",
         "initial_capital": 100000}
MINUTE = {"symbols": ["ACME"], "start_date": "2024-03-04",
          "end_date": "2024-03-04", "timeframe": "1min",
          "initial_capital": 100000}
TICKS = 21


def spec(base=DAILY, **changes):
    """The fields of a session; what is given as NOTHING is left out."""
    return {k: v for k, v in dict(base, **changes).items()
            if v is not NOTHING}


def money(text):
    whole, _, part = text.partition(".")
    return whole + "." + part.ljust(2, "0")


def bars(name):
    """Those of a file of the sample, as they have to come."""
    with open(os.path.join(SRC, "data", name), encoding="ascii") as f:
        return [dict({k: money(v) for k, v in row.items() if k != "time"},
                     date=row["time"]) for row in csv.DictReader(f)]


def made(c, base=DAILY, **changes):
    """The id of a session that is ready."""
    return c.want("create_session", spec(base, **changes),
                  "session_created")["session_id"]


def started(c, sid, **options):
    c.want("start_simulation", dict(options, session_id=sid),
           "simulation_started", {
               "session_id": sid, "started_at": STAMP,
               "flow_control_enabled": options.get("flow_control", True)})
    return sid


def ack(c, sid, n, **more):
    c.send_type("tick_ack", dict(more, session_id=sid, sequence_id=n))


def tick(c, sid, n, pattern=ANY):
    """The next tick, which has to be this one."""
    return c.seen("tick", dict(pattern if pattern is not ANY else {},
                               session_id=sid, sequence_id=n),
                  where=lambda m: m["data"]["session_id"] == sid)


def status(sid, state, n, total=TICKS):
    return {"session_id": sid, "state": state, "sequence_id": n,
            "ticks_total": total, "sim_time": TIME if n else NOTHING,
            "progress_pct": lambda v: abs(v - 100 * n / total) < 1e-9}


def quiet(c, seconds=0.1):
    """Whether no tick comes for so long; what else comes is kept."""
    until = time.monotonic() + seconds
    while True:
        left = until - time.monotonic()
        if left <= 0 or c.silent(left):
            return True
        if c.kept[-1]["type"] == "tick":
            return False


def gone(c, label, code=1000):
    got = c.wait_close()
    c.t.check("%s: closed with %d" % (label, code), got[0] == code, got)
    c.abort()


NO_RESULT = {"total_trades": 0, "winning_trades": 0, "win_rate": None,
             "total_return_pct": 0, "total_commission": "0.00",
             "max_drawdown_pct": 0, "sharpe_ratio": None,
             "sortino_ratio": None, "calmar_ratio": None,
             "final_equity": "100000.00",
             "simulation_duration_sec": lambda v: 0 <= v < 3600}


def two_steps(t, s):
    """From create_session to the close, each tick acknowledged."""
    rows = bars("ACME_daily.csv")
    first = [b["date"][:10] for b in rows].index("2020-01-02")
    c = Watched(t, s.admin, "two steps")
    sid = made(c, warmup_bars=3)
    c.want("query_status", {}, "simulation_status", status(sid, "ready", 0))
    started(c, sid)
    c.next("history_snapshot", {
        "session_id": sid, "timeframe": "daily", "count": 3,
        "start": rows[first - 3]["date"], "end": TIME,
        "candles": {"ACME": rows[first - 3:first]}})
    c.next("account_snapshot", {
        "session_id": sid, "cash": "100000.00", "equity": "100000.00",
        "buying_power": "100000.00", "day_pnl": "0.00",
        "realized_pnl": "0.00", "unrealized_pnl": "0.00",
        "margin_used": "0.00", "positions": [], "open_orders": []})
    for n in range(1, TICKS + 1):
        row = rows[first + n - 1]
        d = c.next("tick", {
            "session_id": sid, "sequence_id": n, "timeframe": "daily",
            "sim_time": row["date"][:10] + "T21:00:00Z",
            "candles": {"ACME": row}, "symbols_trading": ["ACME"],
            "market_session": "regular", "is_eod": True})
        t.check("a candle has nothing else",
                d["candles"] == {"ACME": row}, d)
        if n in (1, TICKS):
            t.check("tick %d is waited for" % n, c.silent(0.15))
            c.want("query_status", {}, "simulation_status",
                   status(sid, "running", n))
        ack(c, sid, n)
    c.next("simulation_complete", dict(NO_RESULT, session_id=sid))
    c.next("connection_closing", {
        "reason": "simulation_complete", "close_code": 1000,
        "reconnect_allowed": True, "message": str,
        "session_state": "completed"})
    gone(c, "two steps")
    c = Watched(t, s.admin, "afterwards")
    c.want("get_session", {"session_id": sid}, "session_details",
           dict(status(sid, "completed", TICKS), sim_time=NOTHING))
    c.want("query_status", {"session_id": sid}, "simulation_status",
           status(sid, "completed", TICKS))
    for type_ in ("pause_simulation", "order_batch"):
        c.refused(type_, {"session_id": sid, "orders": []},
                  "VALIDATION_ERROR", "completed")
    c.want("delete_session", {"session_id": sid}, "session_deleted")
    c.close()


def one_message(t, s):
    """The clock runs by itself; the connection stays."""
    c = Watched(t, s.admin, "one message")
    t0 = time.monotonic()
    d = c.want("start_simulation", spec(), "session_created",
               {"state": "ready", "estimated_ticks": TICKS})
    sid = d["session_id"]
    m = c.recv()
    t.check("simulation_started comes next, with its request_id",
            m["type"] == "simulation_started" and
            m.get("request_id") == "r%d" % c.serial and
            not differs({"flow_control_enabled": False, "session_id": sid,
                         "tick_interval_ms": 20}, m["data"]), m)
    c.next("history_snapshot", {"count": 0, "candles": {"ACME": []},
                                "start": NOTHING, "end": NOTHING})
    for n in range(1, TICKS + 1):
        tick(c, sid, n)
    took = time.monotonic() - t0
    t.check("20 ms a tick: %.2f s" % took, took > 0.3)
    c.seen("simulation_end", dict(NO_RESULT, session_id=sid))
    c.alive()
    sid = c.want("start_simulation", spec(warmup_bars=5, symbols=[
        "CRUX", "ACME"], tick_interval_ms=0), "session_created")["session_id"]
    c.seen("history_snapshot", {"count": 10, "candles": {
        "ACME": [ANY] * 5, "CRUX": [ANY] * 5}})
    for n in range(1, TICKS + 1):
        tick(c, sid, n, {"symbols_trading": ["ACME", "CRUX"]})
    c.seen("simulation_end", {"session_id": sid})
    # The other way about: with flow control, and without after two steps.
    sid = c.want("start_simulation", spec(flow_control=True),
                 "session_created")["session_id"]
    tick(c, sid, 1)
    t.check("with flow control it waits", c.silent(0.1))
    c.want("stop_simulation", {}, "simulation_stopped",
           status(sid, "completed", 1))
    c.seen("simulation_end", {"session_id": sid})
    sid = started(c, made(c), flow_control=False, tick_interval_ms=0)
    for n in range(1, TICKS + 1):
        tick(c, sid, n)
    c.seen("simulation_complete", {"session_id": sid})
    gone(c, "without flow control")


def acknowledged(t, s):
    """What an acknowledgement does, and what it can't."""
    c = Watched(t, s.admin, "ack")
    sid = started(c, made(c), max_pending_ticks=3)
    for n in (1, 2, 3):
        tick(c, sid, n)
    t.check("three are pending", c.silent(0.15))
    ack(c, sid, 1)
    tick(c, sid, 4)
    t.check("three are pending again", c.silent(0.1))
    ack(c, sid, 3)
    for n in (5, 6):
        tick(c, sid, n)
    t.check("one acknowledges those before it", c.silent(0.1))
    for old in (3, 1):
        ack(c, sid, old)
    t.check("an old one does nothing", c.silent(0.1))
    for data, text in (({"sequence_id": 7}, "7"),
                       ({"sequence_id": 0}, "sequence_id"),
                       ({"sequence_id": "4"}, "sequence_id"),
                       ({"sequence_id": 1.5}, "sequence_id"),
                       ({}, "sequence_id"),
                       ({"sequence_id": 4, "orders_pending": -1},
                        "orders_pending"),
                       ({"sequence_id": 4, "max_wait_ms": -1},
                        "max_wait_ms"),
                       ({"sequence_id": 4, "processing_status": "done"},
                        "done")):
        c.refused("tick_ack", dict(data, session_id=sid), "INVALID_PARAMS",
                  text)
    t.check("what is wrong does nothing", c.silent(0.1))
    c.want("delete_session", {"session_id": sid}, "session_deleted")

    sid = started(c, made(c))
    tick(c, sid, 1)
    for n, kind in ((1, "processing"), (2, "need_time")):
        t0 = time.monotonic()
        ack(c, sid, n, processing_status=kind, max_wait_ms=250)
        tick(c, sid, n + 1)
        took = time.monotonic() - t0
        t.check("%s holds it for max_wait_ms: %.3f" % (kind, took),
                took > 0.24)
        ack(c, sid, n + 1, processing_status=kind, max_wait_ms=60000)
        t.check(kind + " holds it", c.silent(0.1))
        ack(c, sid, n + 1, processing_status="ready")
        tick(c, sid, n + 2)
        ack(c, sid, n + 2)
        tick(c, sid, n + 3)
        if n == 1:
            c.want("delete_session", {"session_id": sid}, "session_deleted")
            sid = started(c, made(c))
            for k in (1, 2):
                tick(c, sid, k)
                if k == 1:
                    ack(c, sid, k)
    pending_orders(c, sid)
    c.close()


def pending_orders(c, sid):
    """orders_pending: until they have come, or max_wait_ms has passed."""
    def order(n, size):
        c.want("order_batch", {"session_id": sid, "orders": [
            {"order_id": "p%d.%d" % (n, i), "symbol": "ACME", "side": "buy",
             "quantity": 1} for i in range(size)]}, "batch_ack")

    n = 5
    ack(c, sid, n, orders_pending=3, max_wait_ms=60000)
    c.t.check("three orders are waited for", quiet(c))
    order(1, 2)
    c.t.check("one is missing", quiet(c))
    order(2, 1)
    tick(c, sid, n + 1)
    t0 = time.monotonic()
    ack(c, sid, n + 1, orders_pending=1, max_wait_ms=200)
    tick(c, sid, n + 2)
    took = time.monotonic() - t0
    c.t.check("no order comes: %.3f" % took, took > 0.19)
    ack(c, sid, n + 2, orders_pending=1, max_wait_ms=0)
    tick(c, sid, n + 3)
    # Orders that came before they were announced are not counted; what is
    # refused is an order that came.
    ack(c, sid, n + 3, orders_pending=1, max_wait_ms=60000)
    c.want("order_batch", {"session_id": sid, "orders": [
        {"order_id": "p", "symbol": "NONE", "side": "buy", "quantity": 1}]},
        "batch_ack", {"accepted_orders": []})
    tick(c, sid, n + 4)
    c.want("delete_session", {"session_id": sid}, "session_deleted")


# What cannot be done in which state: messages that are refused then.
UNFIT = {
    "ready": ["pause_simulation", "resume_simulation", "step_simulation",
              "set_speed", "stop_simulation", "tick_ack", "order_batch",
              "cancel_order", "replace_order", "cancel_all"],
    "running": ["step_simulation", "start_simulation"],
    "paused": ["start_simulation"],
}
FIELDS = {"tick_ack": {"sequence_id": 1}, "cancel_order": {"order_id": "o"},
          "replace_order": {"order_id": "o", "quantity": 1},
          "order_batch": {"orders": [{"order_id": "o", "symbol": "ACME",
                                      "side": "buy", "quantity": 1}]}}
BAD_FIELDS = [
    ("step_simulation", {"ticks": 0}, "ticks"),
    ("step_simulation", {"ticks": "2"}, "ticks"),
    ("step_simulation", {"until": -1}, "until"),
    ("set_speed", {"speed": "fast"}, "speed"),
    ("set_speed", {"speed": -1}, "speed"),
    ("set_speed", {"tick_interval_ms": -1}, "tick_interval_ms"),
    ("set_speed", {"tick_interval_ms": 3600001}, "tick_interval_ms"),
]
BAD_STARTS = [
    ({"flow_control": "yes"}, "flow_control"),
    ({"max_pending_ticks": 0}, "max_pending_ticks"),
    ({"max_pending_ticks": 1001}, "max_pending_ticks"),
    ({"account_update_frequency": "often"}, "account_update_frequency"),
    ({"tick_interval_ms": -1}, "tick_interval_ms"),
    ({"speed": []}, "speed"),
    ({"speed": -2}, "speed"),
]


def unfit(c, sid, state):
    for type_ in UNFIT[state]:
        c.refused(type_, dict(FIELDS.get(type_, {}), session_id=sid),
                  "VALIDATION_ERROR", state)


def clock(t, s):
    """Pause, steps, resume, pace, stop; what can't be done in a state."""
    c = Watched(t, s.admin, "clock")
    sid = made(c)
    unfit(c, sid, "ready")
    for data, text in BAD_STARTS:
        c.refused("start_simulation", dict(data, session_id=sid),
                  "INVALID_PARAMS", text, carrier="session_error")
    for type_, reply in (("query_orders", "current_orders"),
                         ("query_positions", "current_positions")):
        c.want(type_, {"session_id": sid}, reply)
    started(c, sid)
    tick(c, sid, 1)
    unfit(c, sid, "running")
    c.want("pause_simulation", {}, "simulation_paused",
           status(sid, "paused", 1))
    c.want("pause_simulation", {}, "simulation_paused",
           status(sid, "paused", 1))
    unfit(c, sid, "paused")
    for type_, data, text in BAD_FIELDS:
        c.refused(type_, dict(data, session_id=sid), "INVALID_PARAMS", text)
    ack(c, sid, 1)
    t.check("it is paused", c.silent(0.15))
    for last in (0, 1):
        c.want("step_simulation", {"ticks": 5, "until": last},
               "simulation_stepped", status(sid, "paused", 1))
    c.want("step_simulation", {"ticks": 5, "until": 2}, "simulation_stepped",
           status(sid, "paused", 2))
    tick(c, sid, 2)
    ack(c, sid, 2)
    t.check("one step, and it is paused again", c.silent(0.1))
    c.send_type("step_simulation", {"ticks": 2, "session_id": sid}, "two")
    for n in (3, 4):
        tick(c, sid, n)
        t.check("steps wait for acknowledgements", n == 4 or c.silent(0.1))
        ack(c, sid, n)
    m = c.expect("simulation_stepped")
    t.check("stepped", m["request_id"] == "two" and
            not differs(status(sid, "paused", 4), m["data"]), m)
    t.check("two steps, and it is paused again", c.silent(0.1))
    c.want("resume_simulation", {}, "simulation_resumed",
           status(sid, "running", 4))
    tick(c, sid, 5)
    c.want("set_speed", {"tick_interval_ms": 200}, "speed_set",
           status(sid, "running", 5))
    t0 = time.monotonic()       # the clock runs from when 6 leaves
    ack(c, sid, 5)
    tick(c, sid, 6)
    ack(c, sid, 6)
    tick(c, sid, 7)
    took = time.monotonic() - t0
    t.check("200 ms a tick: %.3f" % took, took > 0.18)
    # A day of a second's speed 288,000 lasts 300 ms.
    c.want("set_speed", {"tick_interval_ms": 0, "speed": 288000},
           "speed_set")
    t0 = time.monotonic()
    ack(c, sid, 7)
    tick(c, sid, 8)
    ack(c, sid, 8)
    tick(c, sid, 9)
    took = time.monotonic() - t0
    t.check("300 ms a day: %.3f" % took, took > 0.28)
    c.want("set_speed", {"speed": 0}, "speed_set")
    ack(c, sid, 9)
    tick(c, sid, 10)
    c.want("query_status", {"session_id": sid}, "simulation_status",
           status(sid, "running", 10))
    c.want("stop_simulation", {}, "simulation_stopped",
           status(sid, "completed", 10))
    c.seen("simulation_complete", dict(NO_RESULT, session_id=sid))
    c.seen("connection_closing", {"reason": "simulation_complete"})
    gone(c, "stopped")


def accounts(t, s):
    """How often the account comes; ticks without candles."""
    c = Watched(t, s.admin, "account")
    want = {"every_fill": {1, 3}, "every_tick": {1, 2, 3, 4},
            "on_demand": set()}
    for frequency, where in want.items():
        sid = started(c, made(c), account_update_frequency=frequency)
        for n in range(1, 5):
            before = len(c.history)
            tick(c, sid, n)
            came = [m["type"] for m in c.history[before:]]
            t.check("%s: before tick %d: %s" % (frequency, n, came),
                    came.count("account_snapshot") == (n in where))
            if n == 2:
                c.want("order_batch", {"orders": [
                    {"order_id": "o", "symbol": "ACME", "side": "buy",
                     "quantity": 10}]}, "batch_ack")
            ack(c, sid, n)
        c.want("query_positions", {}, "current_positions", {
            "session_id": sid, "positions": [
                {"symbol": "ACME", "quantity": "10.00"}]})
        c.want("delete_session", {"session_id": sid}, "session_deleted")
        c.kept.clear()
    c.bare = True
    sid = started(c, made(c, include_candles=False, warmup_bars=1))
    c.seen("history_snapshot", {"count": 1})
    d = tick(c, sid, 1)
    t.check("a candle is its date alone", d["candles"] ==
            {"ACME": {"date": "2020-01-02T14:30:00Z"}}, d)
    c.want("delete_session", {"session_id": sid}, "session_deleted")
    c.close()


HOURS = """time,open,high,low,close,volume
2024-03-04T14:28:00Z,10,10.5,9.5,10.25,100
2024-03-04T14:29:00Z,10.25,10.5,10,10.125,100
2024-03-04T14:30:00Z,10.125,11,10,10.5,100
2024-03-04T20:59:00Z,10.5,11,10,10.5,100
2024-03-04T21:00:00Z,10.5,10.5,10.5,10.5,100
"""
COINS = """time,open,high,low,close,volume
2024-03-02T00:00:00Z,1.08345,1.1,1.07,1.08,0.12345678
2024-03-03T00:00:00Z,62000,62500.5,61000.123,62000,12
2024-03-04T00:00:00Z,0.00001234,0.00002,0.00001,0.000015,1234567.5
"""


def markets(t, s):
    """Hours of the day, digits of prices and volumes, several symbols and
    several sessions of a connection."""
    home = s.home
    home.must("data", "import", "--symbol", "HOUR", home.file("h.csv", HOURS))
    home.must("data", "import", "--symbol", "COIN", "--calendar", "24/7",
              "--asset-class", "crypto", "--tick", "0.00000001", "--lot",
              "0.00000001", home.file("c.csv", COINS))
    c = Watched(t, s.admin, "markets")
    one = started(c, made(c, symbols=["HOUR"], start_date="2024-03-04",
                          end_date="2024-03-04", timeframe="1min",
                          session="extended"))
    two = started(c, made(c, symbols=["COIN"], start_date="2024-03-02",
                          end_date="2024-03-04", timeframe="daily"))
    want = [("pre_market", False), ("pre_market", False), ("regular", False),
            ("regular", True), ("after_hours", False)]
    rows = [dict(zip(("date", "open", "high", "low", "close", "volume"),
                     line.split(","))) for line in COINS.split()[1:]]
    for n, (session, is_eod) in enumerate(want, 1):
        tick(c, one, n, {"market_session": session, "is_eod": is_eod})
        ack(c, one, n)
        if n <= 3:
            row = {k: v if k == "date" else money(v)
                   for k, v in rows[n - 1].items()}
            tick(c, two, n, {"candles": {"COIN": row}})
            ack(c, two, n)
    for sid in (two, one):
        c.expect("simulation_complete", where=lambda m, sid=sid:
                 m["data"]["session_id"] == sid)
    gone(c, "after the last of several")


def last_words(t, s):
    """What is asked while a session comes to its end is answered, each, as
    long as the connection is open."""
    c = Watched(t, s.admin, "last words")
    for _ in range(100 if IS_LONG else 12):
        c.send_type("start_simulation", spec(tick_interval_ms=0), "start")
        for n in range(50):
            c.send_type("query_status", {}, "q%d" % n)
            c.send_type("tick_ack", {"sequence_id": 1}, "late")
        c.expect("simulation_end")
        c.alive()
        answers = [m for m in c.kept
                   if m.get("request_id", "").startswith("q")]
        came = {m["type"] if m["type"] != "error" else
                m["data"]["error_code"] for m in answers}
        t.check("each is answered: %s" % came, sorted(
            m["request_id"] for m in answers) == sorted(
                "q%d" % n for n in range(50)) and came <=
            {"simulation_status", "VALIDATION_ERROR", "SESSION_NOT_FOUND"},
            len(answers), len({m["request_id"] for m in answers}))
        c.kept.clear()
    c.close()


def slow_reader(t, s):
    """One who does not read holds up nobody else, and misses nothing."""
    path = s.home.file("many.csv", "")
    s.home.must("data", "gen", "MANY", "--timeframe", "1min", "--seed", "1",
                "--from", "2024-01-02", "--to", "2024-03-28", "--file", path)
    s.home.must("data", "import", "--symbol", "MANY", path)
    slow = s.user("slow", "professional").connect(rcvbuf=4096)
    slow.send_type("start_simulation", {
        "symbols": ["MANY"], "start_date": "2024-01-02",
        "end_date": "2024-03-28", "tick_interval_ms": 0}, "start")
    total = slow.expect("session_created")["data"]["estimated_ticks"]
    t0 = time.monotonic()
    for _ in range(3):
        c = Watched(t, s.user("quick", "professional"))
        sid = c.want("start_simulation", spec(tick_interval_ms=0),
                     "session_created")["session_id"]
        c.seen("simulation_end", {"session_id": sid})
        c.close()
    took = time.monotonic() - t0
    t.check("the others run as ever: %.2f s" % took, took < 60)
    c = Watched(t, s.user("slow", "professional"), "beside it")
    d = c.want("list_sessions", {}, "sessions_list")["sessions"][0]
    t.check("it waits for its reader", 0 < d["sequence_id"] < total, d)
    c.close()
    numbers = []
    while True:
        m = slow.recv()
        if m["type"] == "tick":
            numbers.append(m["data"]["sequence_id"])
        elif m["type"] == "simulation_end":
            break
    t.check("it misses nothing", numbers == list(range(1, total + 1)),
            len(numbers), total)
    slow.close()


def much_asked(t, s):
    """Who asks for a lot before reading gets it all, in order, and holds up
    nobody: it is not heard until it reads."""
    u = s.user("eager", "professional")
    c, beside = u.connect(rcvbuf=4096), u.connect()
    sid = c.ask("start_simulation", {
        "symbols": ["MANY"], "start_date": "2024-01-02",
        "end_date": "2024-01-31", "tick_interval_ms": 0})["data"]["session_id"]
    c.expect("simulation_end")
    asked = ["q%d" % n for n in range(16)]
    for name in asked:
        c.send_type("query_bars", {"session_id": sid, "symbols": ["MANY"],
                                   "count": 5000}, name)
    # the same thread heard those, if it did, before it hears this
    m = beside.ask("query_bars", {"session_id": sid, "symbols": ["MANY"],
                                  "count": 5000})
    t.check("another one is answered", m["data"]["count"] == 5000, m["type"])
    size, came = 0, []
    while len(came) < len(asked):
        text = c.recv_text()
        size += len(text)
        found = re.search('"request_id":"(q[0-9]+)"', text[-200:])
        if found:
            came.append(found.group(1))
    t.check("all comes, in order", came == asked, came)
    t.check("it was more than may wait", size > 8 << 20, size)
    c.close()
    beside.close()


PARTS = (two_steps, one_message, acknowledged, clock, accounts, markets,
         last_words, slow_reader, much_asked)
