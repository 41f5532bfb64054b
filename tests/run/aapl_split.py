"""AAPL across its splits on raw prices, from real bars and LEAN factors.

Positions scale, resting orders are re-priced, the cost basis is kept to the
unit, equity shows no phantom profit and dividends are credited (debited to a
short): every equity point equals an integer computation made here.  What it
does not cover: fractional lots (tests/engine/scenarios).
"""
import csv
import os
import sys
from fractions import Fraction

sys.dont_write_bytecode = True
import simtest as t

DAILY, MINUTE = "aapl_daily_lean.csv", "AAPL_1min_2014-06_split.csv"
FACTORS = "aapl_factors_lean.csv"
CASH = 100000 * t.ONE
folder = t.testdata(DAILY, MINUTE, FACTORS)


def daily_bars():
    """(date, open, high, low, close), prices in units of 1e-8."""
    with open(os.path.join(folder, DAILY), encoding="ascii") as f:
        for row in csv.reader(f):
            day = f"{row[0][:4]}-{row[0][4:6]}-{row[0][6:8]}"
            yield (day, *(int(v) * t.ONE // 10000 for v in row[1:5]))


def actions(days):
    """{ex-date: (split ratio or None, dividend in 1e-8)} from the factors."""
    rows = []
    with open(os.path.join(folder, FACTORS), encoding="ascii") as f:
        for day, price, split, ref in csv.reader(f):
            rows.append((f"{day[:4]}-{day[4:6]}-{day[6:]}", Fraction(price),
                         Fraction(split), Fraction(ref)))
    out = {}
    for a, b in zip(rows, rows[1:]):
        ratio = (b[2] / a[2]).limit_denominator(100)
        cash = a[3] * (1 - a[1] / b[1])
        tenths = int(cash * 10000 + Fraction(1, 2))
        later = [d for d in days if d > a[0]]
        if later and (ratio != 1 or tenths):
            out[later[0]] = (ratio if ratio != 1 else None,
                             tenths * t.ONE // 10000)
    return out


class Account:
    """Cash, one position and its cost, in integers."""

    def __init__(self):
        self.cash, self.qty, self.cost = CASH, 0, 0
        self.realized = self.dividends = 0

    def trade(self, qty, price):
        """qty in whole shares, signed; price in 1e-8."""
        self.cash -= qty * price
        if self.qty * qty >= 0:
            self.cost += qty * price
        else:
            released = t.half_even(self.cost * -qty, self.qty)
            self.realized += -qty * price - released
            self.cost -= released
        self.qty += qty

    def split(self, ratio):
        assert (self.qty * ratio).denominator == 1
        self.qty = int(self.qty * ratio)

    def dividend(self, each):
        self.cash += self.qty * each
        self.dividends += self.qty * each

    def equity(self, close):
        return self.cash + self.qty * close


def check_end(what, got, acc):
    t.same(f"{what}: realized", t.dec(got["realized"]), acc.realized)
    t.same(f"{what}: dividends", t.dec(got["dividends"]), acc.dividends)
    t.same(f"{what}: the books balance",
           acc.cash + acc.cost, CASH + acc.realized + acc.dividends)


def last_run(home, name):
    """A file of the newest run."""
    runs = os.path.join(home.path, "sim", "runs")
    newest = max(os.listdir(runs),
                 key=lambda n: int(n[1:]) if n[1:].isdigit() else 0)
    with open(os.path.join(runs, newest, name), encoding="ascii") as f:
        return f.read()


def daily(home, name, orders, span, options=()):
    """Run orders [(date, signed qty)] and compare every equity point."""
    bars = [b for b in daily_bars() if span[0] <= b[0] <= span[1]]
    happens = actions([b[0] for b in daily_bars()])
    text = "time,symbol,side,type,quantity\n" + "".join(
        f"{day},AAPL,{'buy' if qty > 0 else 'sell'},market,{abs(qty)}\n"
        for day, qty in orders)
    args = ("simulate", "--symbols", "AAPL", "--timeframe", "daily",
            "--orders", "-", "--model", "frictionless", "--from", span[0],
            "--to", span[1], *options)
    points = home.rows(*args, "--print", "equity", "--no-save", stdin=text)
    t.same(f"{name}: equity points", len(points), len(bars))
    acc, wanted, last = Account(), dict(orders), None
    for bar, point in zip(bars, points):
        ratio, cash = happens.get(bar[0], (None, 0))
        acc.dividend(cash)
        if ratio:
            acc.split(ratio)
        if last in wanted:
            acc.trade(wanted[last], bar[1])
        t.same(f"{name}: day", point["time"][:10], bar[0])
        t.same(f"{name}: equity on {bar[0]}", t.dec(point["equity"]),
               acc.equity(bar[4]))
        last = bar[0]
    got = home.json(*args, stdin=text)
    check_end(name, got, acc)
    position = t.parse(last_run(home, "summary.json"))["symbols"][0]
    t.same(f"{name}: position", t.dec(position["qty"]), acc.qty * t.ONE)
    t.same(f"{name}: cost", t.dec(position["cost"]), acc.cost)
    home.run("run", "verify", got["run_id"])
    return acc


# What rests over the split, as (side, type, qty, prices before) and what it
# is after it: quantity times 7, limits never better than asked, else to the
# nearest tick.
RESTING = (
    ("sell", "limit", 40, {"limit": "651"}, 280, {"limit": "93"}),
    ("sell", "limit", 20, {"limit": "800.05"}, 140, {"limit": "114.3"}),
    ("sell", "stop", 30, {"stop": "560.3"}, 210, {"stop": "80.04"}),
    ("buy", "stop", 1, {"stop": "700.1"}, 7, {"stop": "100.01"}),
    ("sell", "trailing_stop", 10, {"trail": "30"}, 70, {"trail": "4.29"}),
    ("buy", "limit", 7, {"limit": "500.05", "take_profit": "560.07",
                         "stop_loss": "490.04"},
     49, {"limit": "71.43", "take_profit": "80.01", "stop_loss": "70.01"}),
)
COLUMNS = ("limit", "stop", "trail", "take_profit", "stop_loss")
BEFORE, AFTER = "2014-06-06T19:58:00Z", "2014-06-09T19:00:00Z"


def minute_bars():
    with open(os.path.join(folder, MINUTE), encoding="ascii") as f:
        for row in csv.DictReader(f):
            if "13:30" <= row["timestamp"][11:16] < "20:00":
                yield (row["timestamp"], *(t.dec(row[k]) for k in
                                           ("open", "high", "low", "close")))


def minute_orders():
    lines = ["time,symbol,side,type,quantity,time_in_force," +
             ",".join(COLUMNS),
             "2014-06-05T13:30:00Z,AAPL,buy,market,100,day,,,,,"]
    for side, kind, qty, prices, _, _ in RESTING:
        lines.append(f"{BEFORE},AAPL,{side},{kind},{qty},gtc," +
                     ",".join(prices.get(c, "") for c in COLUMNS))
    lines.append(f"{AFTER},AAPL,sell,market,350,day,,,,,")
    return "\n".join(lines) + "\n"


def check_resting(events):
    replaced = [e for e in events if e["type"] == "order_replaced"]
    split = [e for e in events if e["type"] == "split"]
    t.same("1min: splits", [(e["symbol"], e["new"], e["old"]) for e in split],
           [("AAPL", 7, 1)])
    t.same("1min: position after the split", str(split[0]["position"]), "700")
    t.same("1min: orders re-priced", len(replaced), len(RESTING))
    for i, (event, row) in enumerate(zip(replaced, RESTING)):
        t.same("1min: cause", event["cause"], split[0]["seq"])
        t.same("1min: order", event["order"], i + 2)
        t.same("1min: quantity", str(event["quantity"]), str(row[4]))
        for key, price in row[5].items():
            t.same(f"1min: {key} of order {i + 2}", t.dec(str(event[key])),
                   t.dec(price))


def minute(home):
    acc, last, limit_open = Account(), None, False
    args = ("simulate", "--symbols", "AAPL", "--timeframe", "1min",
            "--orders", "-", "--model", "frictionless", "--account", "margin")
    points = home.rows(*args, "--print", "equity", stdin=minute_orders())
    check_resting([t.parse(line) for line in
                   last_run(home, "events.ndjson").splitlines()])
    bars = list(minute_bars())
    t.same("1min: equity points", len(points), len(bars))
    for bar, point in zip(bars, points):
        if last and last < "2014-06-09" <= bar[0]:
            acc.split(7)
        if last == "2014-06-05T13:30:00Z":
            acc.trade(100, bar[1])
        if last == AFTER:
            acc.trade(-350, bar[1])
        limit_open = limit_open or last == BEFORE
        if limit_open and acc.qty == 700 and bar[2] >= 93 * t.ONE:
            acc.trade(-280, max(bar[1], 93 * t.ONE))
        t.same(f"1min: equity at {bar[0]}", t.dec(point["equity"]),
               acc.equity(bar[4]))
        last = bar[0]
    t.same("1min: all was traded", acc.qty, 70)
    check_end("1min", home.json("run", "show", "last"), acc)


with t.Home() as home:
    for file in (MINUTE, DAILY):    # the first decides on the tick, 0.01
        home.run("data", "import", os.path.join(folder, file), "--symbol",
                 "AAPL")
    home.run("data", "actions", "import", "AAPL",
             os.path.join(folder, FACTORS))
    span = ("2014-05-01", "2014-12-31")
    acc = daily(home, "long", [("2014-05-01", 100), ("2014-12-30", -350)],
                span)
    t.same("long: 700 less half", acc.qty, 350)
    t.same("long: dividends by hand", acc.dividends,
           (100 * 329 + 700 * 47 + 700 * 47) * t.ONE // 100)
    acc = daily(home, "short", [("2014-05-01", -100)], span,
                ("--account", "margin"))
    t.same("short: 100 times 7", acc.qty, -700)
    acc = daily(home, "1998 to 2021", [("1998-01-02", 3)],
                ("1998-01-02", "2021-03-31"))
    t.same("1998 to 2021: 3 times 2, 2, 7 and 4", acc.qty, 336)
    minute(home)
print("AAPL: equity, cost, dividends and resting orders as computed")
