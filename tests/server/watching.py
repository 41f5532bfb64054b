"""Several connections of a user at one session: who drives it, who watches,
who asks; and sessions that nobody drives.  A part of transcripts.py."""
import hashlib
import json
import time

from orders import batch, order
from running import (MINUTE, TICKS, ack, bars, made, started, tick)
from wire import NOTHING, Watched
from wsclient import PATIENCE

MANY = dict(MINUTE, start_date="2024-03-04", end_date="2024-03-05")


def pair(t, s, user=None):
    user = user or s.user("rex", "professional")
    return Watched(t, user, "one"), Watched(t, user, "two"), user


def unread(c, *others):
    """All that has come, and comes yet of what these have sent: what a user
    sends is heard by one thread, in its order."""
    for x in (*others, c):
        x.alive()
    got = list(c.kept)
    c.kept.clear()
    return got


def quiet(c):
    return c.silent(0.15) and not c.kept


def attach(c, sid, **more):
    return c.want("attach_session", dict(more, session_id=sid),
                  "session_attached", {
                      "session_id": sid, "events": more.get("events", "all"),
                      "account_snapshot": dict, "pending_orders": list})


def watches(t, s):
    """A watcher hears what the driver hears, and acknowledges nothing."""
    one, two, _ = pair(t, s)
    sid = made(one, MINUTE)
    d = attach(two, sid)
    t.check("a session that is ready is watched", d["state"] == "ready" and
            d["sequence_id"] == 0 and d["is_driven"], d)
    started(one, sid)
    two.next("simulation_started", {"session_id": sid})
    tick(one, sid, 1)
    tick(two, sid, 1)
    batch(one, [order("a"), order("b", type="limit", price=1,
                                  time_in_force="gtc")], ["a", "b"])
    got = [two.expect("order_update")["data"]["order_id"] for _ in range(2)]
    t.check("orders of the driver are told to the watcher",
            got == ["a", "b"], got)
    ack(one, sid, 1)
    one.expect("execution_report")
    two.expect("execution_report")
    tick(one, sid, 2)
    tick(two, sid, 2)
    unread(one, two)
    two.refused("tick_ack", {"session_id": sid, "sequence_id": 2},
                "VALIDATION_ERROR", "another connection")
    t.check("nobody is told of that", quiet(one))
    # An answer is for who asked, with its request_id; what it brings about is
    # for both.
    m = two.ask("order_batch", {"session_id": sid, "orders": [order("c")]})
    t.check("a watcher orders", m["type"] == "batch_ack" and
            m["data"]["accepted_orders"] == ["c"], m)
    one.next("order_update", {"order_id": "c", "status": "accepted"})
    two.want("cancel_order", {"session_id": sid, "order_id": "b"},
             "order_cancelled", {"order_id": "b"})
    one.next("order_update", {"order_id": "b", "status": "cancelled"})
    m = two.ask("pause_simulation", {"session_id": sid})
    t.check("a watcher pauses", m["type"] == "simulation_paused" and
            m["data"]["state"] == "paused", m)
    m = one.expect("simulation_paused")
    t.check("the driver is told, as of an event", "request_id" not in m, m)
    ack(one, sid, 2)
    m = two.ask("step_simulation", {"session_id": sid, "ticks": 1})
    t.check("who asked for steps is told of them", "request_id" in m, m)
    tick(one, sid, 3)
    m = one.expect("simulation_stepped")
    t.check("the driver too", "request_id" not in m, m)
    attach(two, sid, events="orders")
    two.want("resume_simulation", {"session_id": sid}, "simulation_resumed")
    ack(one, sid, 3)
    tick(one, sid, 4)
    two.want("query_status", {"session_id": sid}, "simulation_status",
             {"state": "running"})
    t.check("no ticks without bars", not any(
        m["type"] == "tick" and m["data"]["sequence_id"] > 3
        for m in unread(two, one)))
    attach(two, sid, events="none")
    two.want("detach_session", {"session_id": sid}, "session_detached",
             {"session_id": sid})
    two.want("stop_simulation", {"session_id": sid}, "simulation_stopped")
    one.expect("simulation_complete")
    t.check("who does not watch is not told", quiet(two))
    one.close()
    two.close()


def refused_watch(t, s):
    one, two, _ = pair(t, s)
    sid = made(one, MINUTE)
    for data, text in (({"events": "some"}, "events"), ({"bars": -1}, "bars"),
                       ({"bars": "x"}, "bars")):
        two.refused("attach_session", dict(data, session_id=sid),
                    "INVALID_PARAMS", text)
    stranger = Watched(t, s.user("eve", "professional"), "stranger")
    for type_, more in (("attach_session", {}), ("get_log", {}),
                        ("query_bars", {}), ("stop_simulation", {})):
        stranger.refused(type_, dict(more, session_id=sid),
                         "SESSION_NOT_FOUND", sid)
    two.refused("get_log", {"session_id": sid, "since": 5}, "INVALID_PARAMS",
                "no line of the log")
    two.refused("query_bars", {"session_id": sid, "count": 0},
                "INVALID_PARAMS", "count")
    two.refused("query_bars", {"session_id": sid, "symbols": ["ZZZ"]},
                "INVALID_SYMBOL", "no such symbol")
    two.want("delete_session", {"session_id": sid}, "session_deleted")
    for c in (one, two, stranger):
        c.close()


def asked_for(t, s):
    """Bars, actions and all that makes the session elsewhere."""
    one, two, _ = pair(t, s)
    sid = started(one, made(one))
    tick(one, sid, 1)
    want = bars("ACME_daily.csv")
    at = next(i for i, b in enumerate(want) if b["date"] >= "2020-01-02")
    d = two.want("query_bars", {"session_id": sid, "count": 5},
                 "history_snapshot", {"timeframe": "daily"})
    t.check("bars end at the present", d["candles"]["ACME"][-1] == want[at],
            d["candles"]["ACME"][-1], want[at])
    attach(two, sid, bars=2)
    m = two.expect("history_snapshot")
    t.check("bars come with the attachment", "request_id" not in m and
            m["data"]["candles"]["ACME"][-1] == want[at], m)
    d = two.want("query_actions", {"session_id": sid}, "corporate_actions")
    for a in d["actions"]:
        t.check("an action says when and what", len(a["ex_date"]) == 10 and
                (a["action"] == "dividend") == ("amount" in a), a)
    d = two.want("query_schedule", {"session_id": sid, "symbol": "ACME"},
                 "schedule")
    t.check("a schedule says when bars begin", d["symbol"] == "ACME" and
            d["since"] == 0 and d["runs"] and
            sum(n for _, _, n in d["runs"]) <= d["bars"], d)
    d = two.want("query_schedule", {"session_id": sid, "symbol": "ACME",
                                    "since": 1}, "schedule")
    t.check("from a bar on", d["since"] == 1, d)
    d = two.want("query_inputs", {"session_id": sid, "symbol": "ACME"},
                 "inputs", {"timeframe": "daily", "since": 0})
    t.check("stored bars end at the present", d["bars"] == len(d["rows"]) and
            d["rows"] and [float(x) for x in d["rows"][-1][2:6]] ==
            [float(want[at][k]) for k in ("open", "high", "low", "close")], d)
    d = two.want("query_inputs", {"session_id": sid, "symbol": "ACME",
                                  "since": d["bars"]}, "inputs")
    t.check("no stored bars of the future", not d["rows"], d)
    d = two.want("query_inputs", {"session_id": sid, "symbol": "ACME",
                                  "detail": True}, "inputs")
    t.check("no finer bars where none are looked at", not d["bars"], d)
    d = two.want("get_session", {"session_id": sid}, "session_details",
                 {"engine": str, "config": dict, "instruments": dict,
                  "spec": dict, "on_disconnect": "pause", "is_driven": True})
    t.check("the rules in force are told", d["spec"]["symbols"] == ["ACME"] and
            d["instruments"]["ACME"]["cal"] == "XNYS" and
            d["config"]["commission"].startswith("per-share:"), d)
    one.close()
    two.close()


def dry(t, s):
    """What orders would cost, without their being sent."""
    one, two, _ = pair(t, s)
    sid = started(one, made(one))
    tick(one, sid, 1)
    log = one.want("get_log", {"session_id": sid}, "log_chunk")
    d = two.want("order_batch", {
        "session_id": sid, "dry_run": True, "batch_id": "dry",
        "orders": [order("a", quantity=10), order("b", quantity=0)]},
        "batch_ack", {"accepted_orders": ["a"], "batch_id": "dry"})
    e = d["estimates"]["a"]
    t.check("an estimate adds up", float(e["cost"]) == 10 * float(
        e["expected_price"]) and float(e["quantity"]) == 10 and
        float(e["margin"]) > 0 and float(e["commission"]) > 0, e)
    t.check("a refusal is told", "b" in d["rejected_orders"] and
            "b" not in d["estimates"], d)
    t.check("the log doesn't see it",
            one.want("get_log", {"session_id": sid}, "log_chunk") == log)
    d = two.want("order_batch", {"session_id": sid, "batch_id": "dry",
                                 "orders": [order("a", quantity=10)]},
                 "batch_ack", {"accepted_orders": ["a"],
                               "estimates": NOTHING})
    a = two.want("query_positions", {"session_id": sid}, "current_positions")
    t.check("what was expected to be left is left",
            a["buying_power"] == e["buying_power_after"], a, e)
    one.close()
    two.close()


def whole_log(c, sid):
    text, last = "", None
    while last is None or last["text"]:
        last = c.want("get_log", {"session_id": sid,
                                  "since": len(text.encode())}, "log_chunk",
                      {"offset": len(text.encode())})
        text += last["text"]
    return text, last


def logs(t, s):
    """The log of a session that is over, by another connection."""
    one, _, user = pair(t, s)
    sid = started(one, made(one))
    for n in range(1, TICKS + 1):
        tick(one, sid, n)
        if n == 2:
            batch(one, [order("a")], ["a"])
        ack(one, sid, n)
    one.expect("simulation_complete")
    one.expect("connection_closing")
    two = Watched(t, user, "afterwards")
    text, last = whole_log(two, sid)
    lines = text.splitlines()
    t.check("the log is sealed", last["is_sealed"] and
            json.loads(lines[-1])["sha256"] == last["hash"], lines[-1], last)
    body = "\n".join(lines[:-1]) + "\n"
    t.check("its hash is that of its lines",
            hashlib.sha256(body.encode()).hexdigest() == last["hash"])
    d = attach(two, sid)
    t.check("it is over", d["state"] == "completed" and not d["is_driven"] and
            d["sequence_id"] == TICKS, d)
    two.refused("order_batch", {"session_id": sid, "orders": [order("z")]},
                "VALIDATION_ERROR", "completed")
    two.close()


def runs_on(t, s):
    """Nobody drives it, and it goes on; others come and go."""
    one, two, user = pair(t, s)
    sid = started(one, made(one, MANY), on_disconnect="run",
                  flow_control=False, tick_interval_ms=50)
    tick(one, sid, 1)
    attach(two, sid)
    one.close()
    n = two.expect("tick")["data"]["sequence_id"]
    for i in range(1, 20):
        tick(two, sid, n + i)
    m = two.ask("order_batch", {"session_id": sid, "orders": [order("a")]})
    t.check("it takes orders", m["data"]["accepted_orders"] == ["a"], m)
    two.expect("execution_report")
    d = two.want("get_session", {"session_id": sid}, "session_details")
    t.check("nobody drives it", d["is_driven"] is False and
            d["on_disconnect"] == "run", d)
    two.close()
    three = Watched(t, user, "three")
    a = three.want("query_status", {"session_id": sid}, "simulation_status",
                   {"state": "running"})
    b = a
    until = time.monotonic() + PATIENCE
    while b["sequence_id"] == a["sequence_id"] and time.monotonic() < until:
        b = three.want("query_status", {"session_id": sid},
                       "simulation_status", {"state": "running"})
        time.sleep(0.02)
    t.check("it goes on alone", b["sequence_id"] > a["sequence_id"], a, b)
    three.want("set_speed", {"session_id": sid, "tick_interval_ms": 0},
               "speed_set")
    until = time.monotonic() + PATIENCE
    while b["state"] == "running" and time.monotonic() < until:
        b = three.want("query_status", {"session_id": sid},
                       "simulation_status")
        time.sleep(0.02)
    t.check("until its end", b["state"] == "completed", b)
    three.want("delete_session", {"session_id": sid}, "session_deleted")
    three.close()


def by_hand(t, s):
    """Step by step, each by a connection of its own."""
    one, two, user = pair(t, s)
    sid = started(one, made(one, MINUTE), on_disconnect="run")
    tick(one, sid, 1)
    one.close()
    two.want("query_status", {"session_id": sid}, "simulation_status",
             {"state": "running", "sequence_id": 1})
    two.want("pause_simulation", {"session_id": sid}, "simulation_paused")
    two.close()
    at = 1
    for n in (1, 3, 2):
        c = Watched(t, user, "step")
        c.want("step_simulation", {"session_id": sid, "ticks": n},
               "simulation_stepped", {"state": "paused",
                                      "sequence_id": at + n})
        at += n
        c.close()
    c = Watched(t, user, "watcher")
    attach(c, sid)
    c.send_type("step_simulation", {"session_id": sid, "ticks": 2})
    for n in (1, 2):
        tick(c, sid, at + n)
    c.expect("simulation_stepped")
    d = c.want("get_session", {"session_id": sid}, "session_details")
    t.check("it stands", d["state"] == "paused" and
            d["sequence_id"] == at + 2, d)
    # Who resumes it drives it from there.
    c.want("resume_session", {"session_id": sid,
                              "last_processed_sequence_id": at + 2},
           "state_sync", {"next_sequence_id": at + 3})
    d = c.want("get_session", {"session_id": sid}, "session_details",
               {"is_driven": True})
    c.want("detach_session", {"session_id": sid}, "session_detached")
    d = c.want("get_session", {"session_id": sid}, "session_details",
               {"is_driven": False})
    c.want("delete_session", {"session_id": sid}, "session_deleted")
    c.close()


def slow_watcher(t, s):
    """One who does not read loses ticks, and holds up nobody."""
    one, two, user = pair(t, s)
    sid = made(one, MANY)
    attach(two, sid)
    started(one, sid)
    t0 = time.monotonic()
    n = 0
    while True:
        m = one.recv()
        if m["type"] == "simulation_complete":
            break
        if m["type"] == "tick":
            n = m["data"]["sequence_id"]
            if n == 3:
                batch(one, [order("a")], ["a"])
            ack(one, sid, n)
    took = time.monotonic() - t0
    t.check("the driver was not held up", took < 5 * PATIENCE, took)
    two.seen("simulation_complete")
    got = [m for m in two.history if m["type"] != "tick"]
    t.check("the watcher has its fill and its end", any(
        m["type"] == "execution_report" for m in got) and any(
        m["type"] == "simulation_complete" for m in got))
    one.abort()
    two.close()


def numbered(messages):
    """(event, type) of the executions and updates."""
    return [(m["data"]["event"], m["type"]) for m in messages
            if m["type"] in ("execution_report", "order_update")]


def missed(t, s):
    """Who watched and was cut off is told what it missed; a driver who takes
    the session up is spared what it has, and the watchers are not."""
    one, two, user = pair(t, s)
    sid = made(one, MINUTE)
    d = attach(two, sid, events="orders")
    t.check("nothing was told yet", d["last_event"] == 0, d)
    started(one, sid)
    tick(one, sid, 1)
    batch(one, [order("a", stop_loss="1.00"), order("b", quantity=0)], ["a"],
          {"b": "INVALID_ORDER_QUANTITY"})
    last = two.expect("order_update")["data"]["event"]
    two.abort()
    ack(one, sid, 1)
    tick(one, sid, 2)
    one.alive()
    told = numbered(one.history)
    t.check("a fill has its number twice, the report first", any(
        a == (n, "execution_report") and b == (n, "order_update")
        for a, b in zip(told, told[1:]) for n in (a[0],)), told)
    one.kept.clear()
    two = Watched.with_room(t, user, "two again")
    d = attach(two, sid, events="orders", last_event=last)
    t.check("what was missed comes before the answer",
            numbered(two.kept) == [x for x in told if x[0] > last] and
            len(two.kept) > 2, two.kept, told)
    t.check("up to the newest", d["last_event"] == told[-1][0], d, told)
    two.kept.clear()
    t.check("nobody else is told of that", not unread(one) and quiet(two))
    d = attach(two, sid, events="none", last_event=0)
    t.check("nothing, where nothing is to come", not two.kept, two.kept)
    attach(two, sid)
    two.refused("attach_session", {"session_id": sid, "last_event": -1},
                "INVALID_PARAMS", "last_event")
    one.abort()
    two.expect("simulation_paused")
    two.kept.clear()
    three = Watched.with_room(t, user, "three")
    three.want("resume_session", {
        "session_id": sid, "last_processed_sequence_id": 1,
        "last_execution_id": "e1"}, "state_sync", {"next_sequence_id": 2})
    tick(three, sid, 2)
    three.alive()
    t.check("who takes it up is spared the execution that it has",
            not any(m["type"] == "execution_report" for m in three.history))
    tick(two, sid, 2)
    t.check("the watcher is not, under the same number",
            [x for x in numbered(two.kept) if x[1] == "execution_report"] ==
            [x for x in told if x[1] == "execution_report"], two.kept, told)
    two.kept.clear()
    batch(three, [order("c")], ["c"])
    ack(three, sid, 2)
    d = three.expect("execution_report")["data"]
    t.check("the next execution comes to both", d["execution_id"] == "e2" and
            two.seen("execution_report")["event"] == d["event"], d)
    three.want("stop_simulation", {"session_id": sid}, "simulation_stopped")
    three.expect("simulation_complete")
    two.expect("simulation_complete")
    two.kept.clear()
    d = attach(two, sid, last_event=d["event"])
    t.check("of what is over the results come again",
            [m["type"] for m in two.kept if m["type"] != "order_update"] ==
            ["simulation_complete"] and d["state"] == "completed", two.kept)
    two.close()
    three.abort()


PARTS = (watches, refused_watch, missed, asked_for, dry, logs, runs_on,
         by_hand, slow_watcher)
