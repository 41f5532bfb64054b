"""Orders: batches, every type and every refusal, changes, what is told of
them.  A part of transcripts.py."""
from running import ack, made, started, tick
from wire import MONEY, Watched, has

FREE = {"commission": "none", "slippage": "none"}


def order(id_, **more):
    """A market order for ten; what is None is left out."""
    o = {"order_id": id_, "symbol": "ACME", "side": "buy", "quantity": 10}
    o.update(more)
    return {k: v for k, v in o.items() if v is not None}


def batch(c, orders, accepted, rejected=None, **more):
    """Send it: these ids are accepted, these refused for these codes."""
    rejected = rejected or {}
    d = c.want("order_batch", dict(more, orders=orders), "batch_ack", {
        "accepted_orders": accepted,
        "rejected_orders": {k: has(v + ": ") for k, v in rejected.items()},
        "estimated_fills": {k: MONEY for k in accepted}},
        label=[o["order_id"] for o in orders])
    c.t.check("all are named, once", set(d.get("rejected_orders", ())) ==
              set(rejected) and set(d.get("estimated_fills", ())) ==
              set(accepted), d)
    return d


def updates(c):
    """(order, status, reason) of the updates that came, which go."""
    c.alive()
    found = [m["data"] for m in c.kept if m["type"] == "order_update"]
    c.kept = type(c.kept)(m for m in c.kept if m["type"] != "order_update")
    return [(d["order_id"], d["status"], d.get("reason")) for d in found]


def reports(c):
    found = [m["data"] for m in c.kept if m["type"] == "execution_report"]
    c.kept = type(c.kept)(m for m in c.kept
                          if m["type"] != "execution_report")
    return found


# The second bar: 68.79, 69.09, 68.49, 68.55.  What is sent after the first;
# price, reason, liquidity, quantity of what comes of it.
KINDS = [
    (order("market"), "68.79", "market_open", "taker", "10.00"),
    (order("text", quantity="3"), "68.79", "market_open", "taker", "3.00"),
    (order("opg", time_in_force="opg"), "68.79", "market_open", "taker",
     "10.00"),
    (order("cls", type="market", time_in_force="cls"), "68.55",
     "market_close", "taker", "10.00"),
    (order("money", notional=1000, quantity=None), "68.79", "market_open",
     "taker", "14.00"),
    (order("percent", percent="1", quantity=None), "68.79", "market_open",
     "taker", "14.00"),
    (order("limit", type="limit", price="68.60", quantity="5"), "68.60",
     "limit_touched", "maker", "5.00"),
    (order("better", type="limit", price=70, time_in_force="gtc"), "68.79",
     "limit_touched", "taker", "10.00"),
    (order("fok", type="limit", price=68.8, time_in_force="fok"), "68.79",
     "limit_touched", "taker", "10.00"),
    (order("stop", type="stop", stop_price=69), "69.00", "stop_triggered",
     "taker", "10.00"),
    (order("stop_limit", type="stop_limit", stop_price=69, price="69.05"),
     "69.00", "limit_touched", "taker", "10.00"),
    (order("bracket", stop_loss=66, take_profit="69.5"), "68.79",
     "market_open", "taker", "10.00"),
]


def kinds(t, s):
    """Every type of order, and what is told of it."""
    c = Watched(t, s.admin, "kinds")
    sid = started(c, made(c, **FREE))
    tick(c, sid, 1)
    others = [order("ioc", type="limit", price=68.7, time_in_force="ioc"),
              order("gtd", type="limit", price=60, time_in_force="gtd",
                    expire_at="2020-01-06T12:00:00Z")]
    ids = [k[0]["order_id"] for k in KINDS] + ["ioc", "gtd"]
    batch(c, [k[0] for k in KINDS] + others, ids, batch_id="all")
    t.check("nothing has filled yet", not reports(c))
    ack(c, sid, 1)
    tick(c, sid, 2)
    told = updates(c)
    t.check("accepted, one after the other", told[:len(ids)] ==
            [(i, "accepted", None) for i in ids], told)
    done = {d["order_id"]: d for d in reports(c)}
    for o, price, reason, liquidity, quantity in KINDS:
        d = done.get(o["order_id"], {})
        want = {"executed_price": price, "fill_reason": reason,
                "liquidity": liquidity, "executed_quantity": quantity,
                "execution_time": "2020-01-03T21:00:00Z",
                "timestamp": "2020-01-03T21:00:00Z", "session_id": sid,
                "symbol": "ACME", "side": "buy", "commission": "0.00",
                "slippage_bps": 0, "is_partial": False,
                "remaining_quantity": "0.00", "ord_status": "filled"}
        wrong = {k: d.get(k) for k, v in want.items() if d.get(k) != v}
        t.check("%s: %s" % (o["order_id"], wrong), not wrong, d)
        t.check("%s has an update" % o["order_id"],
                (o["order_id"], "filled", None) in told, told)
    t.check("one report each, numbered", sorted(
        d["execution_id"] for d in done.values()) == sorted(
            "e%d" % (i + 1) for i in range(len(KINDS))), done)
    t.check("ioc is cancelled", ("ioc", "cancelled", "ioc_remainder") in
            told, told)
    t.check("the bracket is placed", {
        ("bracket/stop_loss", "accepted", None),
        ("bracket/take_profit", "accepted", None)} <= set(told), told)
    c.want("query_orders", {}, "current_orders", {"orders": [
        {"order_id": "gtd", "type": "limit", "price": "60.00",
         "quantity": "10.00", "remaining_quantity": "10.00",
         "time_in_force": "gtd", "status": "accepted", "side": "buy"},
        {"order_id": "bracket/take_profit", "type": "limit", "side": "sell",
         "price": "69.50"},
        {"order_id": "bracket/stop_loss", "type": "stop", "side": "sell",
         "stop_price": "66.00"}]})
    held = sum(float(k[4]) for k in KINDS)
    c.want("query_positions", {}, "current_positions", {
        "positions": [{"symbol": "ACME", "quantity": "%.2f" % held}],
        "open_orders": ["gtd", "bracket/take_profit", "bracket/stop_loss"]})
    ack(c, sid, 2)
    tick(c, sid, 3)
    t.check("good till a date", updates(c) ==
            [("gtd", "expired", "good_till_date")])
    batch(c, [order("trail", side="sell", type="trailing_stop",
                    trail_percent="1", time_in_force="gtc")], ["trail"])
    ack(c, sid, 3)
    tick(c, sid, 4)
    done = reports(c)
    t.check("the stop of the bracket, at the open below it",
            [(d["order_id"], d["fill_reason"], d["executed_price"])
             for d in done] ==
            [("bracket/stop_loss", "stop_loss", "65.75"),
             ("trail", "trailing_stop", "65.75")] or
            [(d["order_id"], d["fill_reason"]) for d in done] ==
            [("trail", "trailing_stop"), ("bracket/stop_loss", "stop_loss")],
            done)
    t.check("one cancels the other", ("bracket/take_profit", "cancelled",
                                      "oco") in updates(c))
    c.seen("account_snapshot", {"session_id": sid})
    c.want("stop_simulation", {}, "simulation_stopped")
    c.seen("simulation_complete", {
        "total_trades": lambda n: n >= 1, "final_equity": MONEY,
        "win_rate": (int, float), "total_return_pct": (int, float),
        "max_drawdown_pct": lambda v: v > 0})
    c.close()


# Orders that are refused, and the code.
REFUSED = [
    (order("r1", quantity=0), "INVALID_ORDER_QUANTITY"),
    (order("r2", quantity=-1), "INVALID_ORDER_QUANTITY"),
    (order("r3", quantity="1.5"), "INVALID_ORDER_QUANTITY"),
    (order("r4", notional=5), "INVALID_ORDER_QUANTITY"),
    (order("r5", quantity=None), "INVALID_ORDER_QUANTITY"),
    (order("r6", risk=1, quantity=None), "INVALID_ORDER_QUANTITY"),
    (order("r7", type="limit"), "INVALID_PRICE"),
    (order("r8", type="limit", price=0), "INVALID_PRICE"),
    (order("r9", type="limit", price="68.605"), "INVALID_PRICE"),
    (order("r10", type="stop"), "INVALID_PRICE"),
    (order("r11", type="trailing_stop"), "INVALID_PRICE"),
    (order("r12", type="trailing_stop", trail_price=1, trail_percent=1),
     "INVALID_PRICE"),
    (order("r13", price=5), "INVALID_PRICE"),
    (order("r14", symbol="BOLT"), "INVALID_SYMBOL"),
    (order("r 15"), "INVALID_PARAMS"),
    (order("r/16"), "INVALID_PARAMS"),
    (order(""), "INVALID_PARAMS"),
    (order("first"), "DUPLICATE_ORDER_ID"),
    (order("r17", quantity=100000), "INSUFFICIENT_BUYING_POWER"),
    (order("r18", side="sell"), "INSUFFICIENT_POSITION"),
    (order("r19", reduce_only=True), "NOTHING_TO_REDUCE"),
    (order("r20", type="limit", price=60, time_in_force="gtd"),
     "INVALID_TIME_IN_FORCE"),
    (order("r21", type="limit", price=60, time_in_force="gtd",
           expire_at="2019-01-01"), "INVALID_TIME_IN_FORCE"),
    (order("r22", type="stop", stop_price=70, time_in_force="ioc"),
     "INVALID_TIME_IN_FORCE"),
    (order("r23", stop_loss=80), "INVALID_BRACKET"),
    (order("r24", oco_with="nothing"), "UNKNOWN_ORDER"),
]
# What of a message is wrong: nothing of it is done.
BAD = [
    ({}, "orders"), ({"orders": None}, "orders"), ({"orders": {}}, "orders"),
    ({"orders": [7]}, "orders[0]"), ({"orders": [{}]}, "orders[0].order_id"),
    ({"orders": [order("x", side="hold")]}, "orders[0].side"),
    ({"orders": [order("x", side=None)]}, "orders[0].side"),
    ({"orders": [order("x", symbol=None)]}, "orders[0].symbol"),
    ({"orders": [order("x", type="magic")]}, "orders[0].type"),
    ({"orders": [order("x", time_in_force="never")]},
     "orders[0].time_in_force"),
    ({"orders": [order("x"), order("y", quantity=1234567890.1234567)]},
     "orders[1].quantity"),
    ({"orders": [order("x", quantity="1e3")]}, "orders[0].quantity"),
    ({"orders": [order("x", quantity="0x10")]}, "orders[0].quantity"),
    ({"orders": [order("x", quantity="99999999999")]}, "orders[0].quantity"),
    ({"orders": [order("x", quantity="0.000000001")]}, "orders[0].quantity"),
    ({"orders": [order("x", price=True)]}, "orders[0].price"),
    ({"orders": [order("x", price="NaN")]}, "orders[0].price"),
    ({"orders": [order("x", expire_at="soon")]}, "orders[0].expire_at"),
    ({"orders": [order("x", reduce_only=1)]}, "orders[0].reduce_only"),
    ({"orders": [order("x", all="yes")]}, "orders[0].all"),
    ({"orders": [order(7)]}, "orders[0].order_id"),
    ({"orders": [order("x" * 65)]}, "orders[0].order_id"),
    ({"orders": [], "batch_id": 7}, "batch_id"),
    ({"orders": [], "batch_id": ""}, "batch_id"),
    ({"orders": [], "batch_id": "x" * 65}, "batch_id"),
    ({"orders": [], "execution_mode": "maybe"}, "execution_mode"),
    ({"orders": [{"a": 1}] * 10001}, "orders"),
]


def refusals(t, s):
    c = Watched(t, s.admin, "refusals")
    sid = started(c, made(c, account="cash", **FREE))
    tick(c, sid, 1)
    batch(c, [order("first", quantity=1)], ["first"])
    for o, code in REFUSED:
        batch(c, [o], [], {o["order_id"]: code})
        told = [u for u in updates(c) if u[0] == o["order_id"]]
        t.check("%s: the engine's refusals are updates: %s" %
                (o["order_id"], told), o["order_id"] == "first" or not told or
                told == [(o["order_id"], "rejected", code)])
    ok = [order("y1", quantity=1), order("y2", quantity=1)]
    batch(c, [o for o, _ in REFUSED if o["order_id"] == "r1"] + ok,
          ["y1", "y2"], {"r1": "DUPLICATE_ORDER_ID"})
    for data, text in BAD:
        c.refused("order_batch", data, "INVALID_PARAMS", text)
    c.want("query_orders", {}, "current_orders", {"orders": [
        {"order_id": "first"}, {"order_id": "y1"}, {"order_id": "y2"}]})
    c.want("delete_session", {"session_id": sid}, "session_deleted")
    c.close()


def batches(t, s):
    """All or none; the same again; ids that were used."""
    c = Watched(t, s.admin, "batches")
    sid = started(c, made(c, **FREE))
    tick(c, sid, 1)
    batch(c, [order("a1"), order("a2"), order("a3", quantity=0),
              order("a4")], [],
          {"a1": "BATCH_REJECTED", "a2": "BATCH_REJECTED",
           "a3": "INVALID_ORDER_QUANTITY", "a4": "BATCH_REJECTED"},
          execution_mode="atomic")
    c.want("query_orders", {}, "current_orders", {"orders": []})
    t.check("what was accepted first is cancelled",
            [u[:2] for u in updates(c)] ==
            [("a1", "accepted"), ("a2", "accepted"), ("a3", "rejected"),
             ("a1", "cancelled"), ("a2", "cancelled")])
    batch(c, [order("a5"), order("a6")], ["a5", "a6"],
          execution_mode="atomic")
    batch(c, [order("b1"), order("b2", quantity=0), order("b3")],
          ["b1", "b3"], {"b2": "INVALID_ORDER_QUANTITY"},
          execution_mode="best_effort", parent_strategy="s")
    batch(c, [order("b4"), order("b4")], ["b4"],
          {"b4": "DUPLICATE_ORDER_ID"})
    first = batch(c, [order("c1"), order("c2", quantity=0)], ["c1"],
                  {"c2": "INVALID_ORDER_QUANTITY"}, batch_id="c")
    t.check("the batch's id", first["batch_id"] == "c" and
            first["session_id"] == sid, first)
    updates(c)
    for orders in ([order("c1"), order("c2", quantity=0)], [],
                   [order("other")]):
        again = c.want("order_batch", {"orders": orders, "batch_id": "c"},
                       "batch_ack")
        t.check("a batch that came before", again == first, again)
    batch(c, [order("c1")], [], {"c1": "DUPLICATE_ORDER_ID"}, batch_id="d")
    t.check("nothing was done again", not updates(c))
    made_up = [batch(c, [], [])["batch_id"] for _ in range(2)]
    t.check("an id is made up", made_up[0] != made_up[1] and
            all(made_up), made_up)
    c.want("query_orders", {}, "current_orders", {"orders": [
        {"order_id": i} for i in ("a5", "a6", "b1", "b3", "b4", "c1")]})
    ack(c, sid, 1)
    tick(c, sid, 2)
    t.check("each once", sorted(d["order_id"] for d in reports(c)) ==
            ["a5", "a6", "b1", "b3", "b4", "c1"])
    c.want("delete_session", {"session_id": sid}, "session_deleted")
    c.close()


def changes(t, s):
    """cancel_order, replace_order, cancel_all, questions."""
    c = Watched(t, s.admin, "changes")
    sid = started(c, made(c, symbols=["ACME", "BOLT"], **FREE))
    tick(c, sid, 1)
    ids = ["l1", "l2", "l3", "l4"]
    batch(c, [order(i, type="limit", price=50, time_in_force="gtc",
                    symbol="BOLT" if i == "l4" else "ACME") for i in ids] +
          [order("m", quantity=1)], ids + ["m"])
    for type_, data, code, text in (
            ("cancel_order", {"order_id": "none"}, "UNKNOWN_ORDER", "none"),
            ("cancel_order", {}, "INVALID_PARAMS", "order_id"),
            ("cancel_order", {"order_id": 7}, "INVALID_PARAMS", "order_id"),
            ("replace_order", {"order_id": "none", "price": 1},
             "UNKNOWN_ORDER", "none"),
            ("replace_order", {"price": 1}, "INVALID_PARAMS", "order_id"),
            ("replace_order", {"order_id": "l1", "price": "cheap"},
             "INVALID_PARAMS", "price"),
            ("replace_order", {"order_id": "l1", "price": "50.001"},
             "ORDER_REJECTED", "50.001"),
            ("replace_order", {"order_id": "l1", "quantity": 0},
             "ORDER_REJECTED", "quantity"),
            ("replace_order", {"order_id": "l1", "price": 0},
             "ORDER_REJECTED", "price"),
            ("replace_order", {"order_id": "l1", "stop_price": 60},
             "ORDER_REJECTED", "stop price"),
            ("replace_order", {"order_id": "l1", "quantity": 100000},
             "ORDER_REJECTED", "INSUFFICIENT_BUYING_POWER"),
            ("cancel_all", {"symbol": "CRUX"}, "INVALID_SYMBOL", ""),
            ("cancel_all", {"symbol": 1}, "INVALID_PARAMS", "symbol"),
            ("query_orders", {"symbol": "CRUX"}, "INVALID_SYMBOL", "")):
        c.refused(type_, data, code, text)
    c.want("replace_order", {"order_id": "l1", "quantity": "7",
                             "price": 51.5}, "order_replaced",
           {"order_id": "l1", "session_id": sid})
    c.want("query_orders", {"symbol": "ACME"}, "current_orders", {"orders": [
        {"order_id": "l2"}, {"order_id": "l3"}, {"order_id": "m"},
        {"order_id": "l1", "quantity": "7.00", "price": "51.50"}]})
    c.want("query_orders", {"symbol": "BOLT"}, "current_orders",
           {"orders": [{"order_id": "l4", "symbol": "BOLT"}]})
    t.check("nothing but accepted", {u[1] for u in updates(c)} ==
            {"accepted"})
    c.want("cancel_order", {"order_id": "l1"}, "order_cancelled",
           {"order_id": "l1", "session_id": sid})
    c.want("order_cancel", {"order_id": "l4"}, "order_cancelled",
           {"order_id": "l4"})
    c.refused("cancel_order", {"order_id": "l1"}, "UNKNOWN_ORDER", "l1")
    t.check("two updates", updates(c) == [("l1", "cancelled", "requested"),
                                          ("l4", "cancelled", "requested")])
    ack(c, sid, 1)
    tick(c, sid, 2)
    t.check("one has filled", [d["order_id"] for d in reports(c)] == ["m"])
    c.refused("cancel_order", {"order_id": "m"}, "UNKNOWN_ORDER", "m")
    updates(c)
    both = [c.ask("cancel_all", {}), c.expect("order_cancelled")]
    t.check("cancel_all: one each", [
        (m["type"], m["data"]["order_id"], m["request_id"]) for m in both] ==
        [("order_cancelled", i, "r%d" % c.serial) for i in ("l2", "l3")],
        both)
    c.send_type("cancel_all", {}, "nothing")
    c.alive()
    t.check("nothing is open, nothing comes", not any(
        m.get("request_id") == "nothing" for m in c.kept))
    c.want("order_list", {}, "current_orders", {"orders": []})
    c.want("replace_order", {"order_id": "l2", "price": 5}, "error",
           {"error_code": "UNKNOWN_ORDER"})
    c.want("stop", {}, "simulation_stopped")
    c.close()


PARTS = (kinds, refusals, batches, changes)
