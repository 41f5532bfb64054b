#!/usr/bin/env python3
"""Record the messages that the golden frames are drawn from: record.py DAY
MONTHS writes a day of minute bars of five symbols, and half a year of daily
ones, each a conversation with simutrador serve, what was said and what was
answered, a message a line.

The symbols beside ACME are its bars, mirrored and scaled.
"""
import csv
import json
import os
import sys

TOP = os.path.abspath(os.environ.get("top_srcdir", "."))
sys.path.insert(0, os.path.join(TOP, "tests", "server"))
from servertest import Home, SAMPLE, Server  # noqa: E402

SYMBOLS = ["ACME", "BOLT", "CRUX", "NOVA", "ZETA"]


def mirrored(home):
    """Minute bars of the other symbols, as files in a home."""
    with open(os.path.join(TOP, "data", "ACME_1min.csv"),
              encoding="ascii") as f:
        rows = list(csv.DictReader(f))
    for i, name in enumerate(SYMBOLS[1:]):
        k = (0.4, -1.5, 7.0, -0.25)[i]
        base = (20.0, 260.0, 900.0, 40.0)[i]
        lag = 37 * (i + 1)
        out = ["time,open,high,low,close,volume"]
        for n, row in enumerate(rows):
            at = rows[(n * (i + 2) + lag) % len(rows)] if i == 9 else row
            wave = ((n * (3 + i)) % (50 + 11 * i)) / (50.0 + 11 * i)
            wave = abs(wave - 0.5) * (0.4 + 0.3 * i)
            p = [base + k * (float(at[c]) - 79) + wave
                 for c in ("open", "high", "low", "close")]
            out.append("%s,%.2f,%.2f,%.2f,%.2f,%d" % (
                row["time"], p[0], max(p) + 0.01, min(p) - 0.01, p[3],
                int(row["volume"]) * (i + 1) // 3 + 1))
        yield name, home.file(name + ".csv", "\n".join(out) + "\n")


class Tape:
    """A connection of which every message is kept."""

    def __init__(self, client, path):
        self.c = client
        self.out = open(path, "w", encoding="utf-8")
        self.n = 0

    def keep(self, m):
        m.pop("timestamp", None)
        self.out.write(json.dumps(m, separators=(",", ":"),
                                  ensure_ascii=False) + "\n")

    def say(self, kind, data):
        self.n += 1
        self.c.send_type(kind, data, "q%d" % self.n)
        if kind not in ("tick_ack", "ping"):
            self.keep({"type": kind, "data": data,
                       "request_id": "q%d" % self.n})

    def until(self, *kinds):
        """Hear up to one of these."""
        while True:
            m = self.c.recv(timeout=30)
            kind = m["type"]
            self.keep(m)
            if kind in kinds:
                return m


def order(id_, symbol, side, quantity, **more):
    return dict(more, order_id=id_, symbol=symbol, side=side,
                quantity=quantity)


# What is asked for after which step.
DAY = {
    5: [order("in-1", "ACME", "buy", 200, stop_loss=80.2, take_profit=82.5,
              time_in_force="gtc"),
        order("in-2", "CRUX", "sell", 60)],
    20: [order("lmt-1", "BOLT", "buy", 500, type="limit", price=19.6,
               time_in_force="gtc"),
         order("huge", "NOVA", "buy", 9000000)],
    45: [order("in-3", "NOVA", "buy", 15, type="limit", price=910,
               time_in_force="gtc"),
         order("stp-1", "CRUX", "buy", 60, type="stop", stop_price=258.5,
               time_in_force="gtc")],
    90: [order("add-1", "ACME", "buy", 100),
         order("trail-1", "NOVA", "sell", 15, type="trailing_stop",
               trail_percent=2, time_in_force="gtc")],
    140: [order("out-1", "ACME", "sell", 150),
          order("lmt-2", "ZETA", "buy", 1000, type="limit", price=38.5,
                time_in_force="gtc")],
    180: [order("in-4", "ZETA", "buy", 400)],
}


def play(t, sid, orders, last):
    """Acknowledge every tick, and order."""
    at = 0
    while at < last:
        m = t.until("tick", "simulation_complete")
        if m["type"] != "tick":
            return
        at = m["data"]["sequence_id"]
        if at in orders:
            t.say("order_batch", {"session_id": sid, "orders": orders[at]})
            t.until("batch_ack")
        if at == 160:
            t.say("cancel_order", {"session_id": sid, "order_id": "lmt-1"})
            t.until("order_cancelled", "error")
        if at == last:
            t.say("query_orders", {"session_id": sid})
            t.until("current_orders")
            t.say("query_status", {"session_id": sid})
            t.until("simulation_status")
            t.say("list_sessions", {})
            t.until("sessions_list")
            return
        t.c.send_type("tick_ack", {"session_id": sid, "sequence_id": at})


def record(server, path, spec, orders, last):
    u = server.user("ada", "enterprise")
    t = Tape(u.connect(), path)
    for i in range(2):
        server.user("ada").connect().ask("create_session", dict(
            spec, session_id="spare-%d-%s" % (i, spec["session_id"])))
    t.say("create_session", spec)
    t.until("session_created")
    t.say("start_simulation", {
        "session_id": spec["session_id"], "flow_control": True,
        "account_update_frequency": "every_fill"})
    t.until("simulation_started")
    play(t, spec["session_id"], orders, last)
    t.out.close()


def main():
    home = Home(SAMPLE)
    try:
        for name, path in mirrored(home):
            home.must("data", "import", "--symbol", name, path)
        with Server(None, "record", home=home) as s:
            record(s, sys.argv[1], {
                "session_id": "momentum", "symbols": SYMBOLS,
                "start_date": "2024-03-05", "end_date": "2024-03-05",
                "timeframe": "1min", "initial_capital": 100000,
                "account": "margin", "leverage": "2",
                "warmup_bars": 60}, DAY, 240)
            record(s, sys.argv[2], {
                "session_id": "rotation", "symbols": SYMBOLS[:3],
                "start_date": "2022-01-03", "end_date": "2022-12-30",
                "timeframe": "daily", "initial_capital": 50000,
                "warmup_bars": 30, "account": "margin",
                "leverage": "2"},
                {3: [order("d1", "ACME", "buy", 300)],
                 40: [order("d2", "BOLT", "buy", 120)],
                 75: [order("d3", "ACME", "sell", 300),
                      order("d4", "CRUX", "sell", 40)],
                 110: [order("d5", "BOLT", "sell", 60)]}, 130)
    finally:
        home.remove()
    return 0


sys.exit(main())
