"""Conversations: what is asked for in which step, and what the engine answers.

Each has the strategy's `ready`, its requests by sequence_id, and patterns that
the lines it is sent must match, in this order."""
import json
import os
import re
import sys

from pipetest import ACME, Home, Tally

CHILD = r'''
import json, sys
plan = json.load(open(sys.argv[1]))
w = sys.stdout.write
for line in sys.stdin:
    sys.stderr.write("> " + line)
    m = json.loads(line)
    d = m["data"]
    if m["type"] == "hello":
        w(json.dumps({"type": "ready", "data": plan["ready"]}) + "\n")
    elif "sequence_id" in d:
        for request in plan["asks"].get(str(d["sequence_id"]), []):
            w(request + "\n")
        w('{"type":"tick_ack","data":{"sequence_id":%d}}\n' %
          d["sequence_id"])
    elif m["type"] == "simulation_end":
        w('{"type":"bye"}\n')
    sys.stdout.flush()
'''


def ask(kind, request_id=None, **data):
    message = {"type": kind, "data": data}
    if request_id:
        message["request_id"] = request_id
    return json.dumps(message)


def batch(*orders, **more):
    return ask("order_batch", orders=list(orders), **more)


def order(order_id, side="buy", quantity=10, **more):
    return dict(order_id=order_id, symbol="ACME", side=side,
                quantity=quantity, **more)


FAR = dict(type="limit", price=1, time_in_force="gtc")
TALKS = [
    ("decimals as strings, brackets, an account",
     {"decimals": "string"},
     {1: [batch(order("in", stop_loss="10.00", take_profit="900",
                      time_in_force="gtc"))],
      4: [ask("query_positions", "q1")],
      5: [batch(order("out", side="sell", reduce_only=True))]},
     ['"type":"account_snapshot","data":{"cash":"100000.00"',
      '"tick".*"sequence_id":1,.*"open":"[0-9.]+"',
      '"batch_ack".*"batch_id":"b1","accepted_orders":\\["in"\\],'
      '"rejected_orders":{},"estimated_fills":{"in":"[0-9.]+"}',
      '"execution_report".*"execution_id":"e1","order_id":"in".*'
      '"is_partial":false.*"fill_reason":"market_open"',
      '"order_update".*"order_id":"in/take_profit".*"accepted"',
      '"order_update".*"order_id":"in/stop_loss".*"accepted"',
      '"account_snapshot".*"positions":\\[{"symbol":"ACME","quantity":'
      '"10.00".*"open_orders":\\["in/take_profit","in/stop_loss"\\]',
      '"sequence_id":2', '"sequence_id":4',
      '"current_positions".*"request_id":"q1"',
      '"order_id":"out".*"position":"0.00"',
      '"order_update".*"in/(stop_loss|take_profit)".*"cancelled","reason":'
      '"position_closed"',
      '"simulation_end".*"steps":[0-9]+,"executions":2}']),
    ("cancel, replace, query",
     {"subscribe": ["order_update"]},
     {1: [batch(order("a", **FAR), order("b", **FAR), batch_id="x")],
      2: [ask("replace_order", "r", order_id="a", quantity=20, price="2")],
      3: [ask("query_orders", "q", symbol="ACME")],
      4: [ask("cancel_order", "c", order_id="a"),
          ask("order_cancel", order_id="a")],
      5: [batch(order("z"), batch_id="x")],
      6: [ask("cancel_all"), ask("order_list", "l")]},
     ['"accepted_orders":\\["a","b"\\].*"estimated_fills":{"a":1,"b":1}',
      '"order_replaced","data":{"order_id":"a"},"request_id":"r"',
      # A replaced order has lost its place.
      '"current_orders".*"order_id":"b".*"order_id":"a".*"quantity":20,.*'
      '"price":2,.*"request_id":"q"',
      '"order_cancelled","data":{"order_id":"a"},"request_id":"c"',
      '"error".*"UNKNOWN_ORDER","message":"a is no open order',
      '"batch_id":"x","accepted_orders":\\["a","b"\\]',
      '"order_cancelled","data":{"order_id":"b"}',
      '"current_orders","data":{"orders":\\[\\]},"request_id":"l"',
      '"executions":0}']),
    ("all or none",
     {},
     {1: [batch(order("a"), order("b", quantity=-1),
                execution_mode="atomic")]},
     ['"accepted_orders":\\[\\],"rejected_orders":{"b":'
      '"INVALID_ORDER_QUANTITY: .*","a":"BATCH_REJECTED: ',
      '"executions":0}']),
    ("warm-up in rows", {"warmup_bars": 600}, {},
     ['"history_snapshot".*"count":512,"candles":{"ACME":\\[{"date":'
      '"2019-01-02', '"history_snapshot".*"count":88',
      '"tick".*"sequence_id":1,"sim_time":"2021-05-20']),
    ("warm-up in columns", {"warmup_bars": 3, "profile": "columns"}, {},
     ['"bars","data":{"history":true,"cols":.*"rows":\\[\\[1546439400000000,'
      '0,[^]]*\\],\\[[^]]*\\],\\[[^]]*\\]\\]}',
      '"sequence_id":1,"sim_time":[0-9]+,"is_eod":true']),
    ("a wake condition holds bars back, rows",
     {"wake": "crosses(close, sma(close,5))"}, {},
     ['"bars","data":{"candles":{"ACME":\\[{"date":.*},{"date":',
      '"tick".*"sequence_id":2,']),
    ("a wake condition holds bars back, columns",
     {"wake": "crosses(close, sma(close,5))", "profile": "columns"}, {},
     ['"bars","data":{"cols":.*"rows":\\[\\[.*\\],\\[',
      '"bars","data":{"sequence_id":2,.*"rows":\\[\\[[^]]*\\]\\]']),
    ("timers",
     {},
     {2: [ask("timer_set", timer_id="t", after_sec=86400),
          ask("timer_set", timer_id="u", at="2019-01-10")]},
     ['"sequence_id":2', '"timer","data":{"timer_id":"t",',
      '"sequence_id":3', '"timer","data":{"timer_id":"u",'
      '"sim_time":"2019-01-10T21:00:00Z"', '"sequence_id":7']),
    ("an early end, notes, patience",
     {"account_update_frequency": "on_demand"},
     {1: [ask("metric", name="z", value=1.5), ask("log", message="hello"),
          ask("annotate", text="here", symbol="ACME"),
          ask("tick_ack", sequence_id=1, processing_status="need_time")],
      3: [ask("stop")]},
     ['"sequence_id":1', '"sequence_id":3',
      '"simulation_end".*"steps":3,']),
]


def check_band(t, home):
    """Both brackets lie in the bar of the entry; the path decides."""
    home.file("plan.json", json.dumps({"ready": {}, "asks": {5: [batch(order(
        "in", stop_loss="49.27", take_profit="49.81"))]}}))
    command = "echo >>starts; exec python3 child.py plan.json"
    for options, starts in ([], 1), (["--no-band"], 1), (["--band"], 4):
        home.file("starts", "")
        rc, out, err = home.exec(command, "--data", ACME, *options)
        with open(os.path.join(home.path, "starts"), encoding="ascii") as f:
            n = len(f.readlines())
        r = json.loads(out)
        t.check("a band with %s" % options, rc == 0 and n == starts and
                r["ambiguous_fills"] > 0 and ("band" in r) == (starts > 1),
                rc, n, out, err[-400:])


def main():
    t = Tally()
    with Home() as home:
        home.file("child.py", CHILD)
        check_band(t, home)
        for name, ready, asks, patterns in TALKS:
            home.file("plan.json", json.dumps({"ready": ready,
                                               "asks": asks}))
            rc, _, err = home.exec("python3 child.py plan.json", "--data",
                                   ACME)
            lines = [x for x in err.splitlines() if x.startswith("> ")]
            t.check(name, rc == 0, rc, err[-400:])
            at = 0
            for pattern in patterns:
                while at < len(lines) and not re.search(pattern, lines[at]):
                    at += 1
                t.check("%s: %s" % (name, pattern), at < len(lines),
                        "\n  ".join(lines[:12]))
                at += 1
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
