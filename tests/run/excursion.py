"""How far trades went, against a computation of its own from the bars.

Random orders of every kind on bars of a seeded generator, with a split in the
middle; what was met between two fills is found here by the words of run/reach.h
alone, for each trade anew, in exact fractions.  A saved run says the same as
the run itself; `run verify` finds an altered figure; metrics are the means.
Not covered: fills at the close of --fill close (same rule as cls, which is).
"""
import datetime
import hashlib
import json
import math
import os
import random
import sys
from fractions import Fraction as F

sys.dont_write_bytecode = True
import simtest as t

BARS, SPLIT = 240, 130
SYMBOLS = ("AA", "BB")


def make_bars(home, rng, symbol, split):
    """Daily bars of whole cents, as if all days were sessions: 24/7."""
    bars, price = [], 5000
    for i in range(BARS):
        if i == split:
            price //= 5
        a = [max(price + rng.randint(-40, 40), 50) for _ in range(4)]
        bars.append((a[0], max(a), min(a), a[3]))
        price = a[3]
    with open(os.path.join(home.path, symbol + ".csv"), "w") as f:
        f.write("date,open,high,low,close,volume\n")
        for i, b in enumerate(bars):
            f.write(day(i) + "," + ",".join(f"{v / 100:.2f}" for v in b) +
                    ",1000000\n")
    return bars


def day(i):
    return str(datetime.date(2021, 1, 1) + datetime.timedelta(days=i))


def make_orders(home, rng, bars):
    """Random orders; prices near the close at which they are sent."""
    rows = ["time,symbol,side,type,quantity,limit,stop,time_in_force"]
    for i in range(BARS - 2):
        for s in SYMBOLS:
            if rng.random() < 0.5:
                continue
            close = bars[s][i][3]
            side = rng.choice(("buy", "sell"))
            kind = rng.choice(("market", "limit", "stop", "market"))
            near = (close + rng.randint(-30, 30)) / 100
            row = [day(i), s, side, kind,
                   str(rng.randint(1, 9) * 5), "", "", "gtc"]
            if kind == "market" and rng.random() < 0.2:
                row[7] = "cls"
            if kind == "limit":
                row[5] = f"{near:.2f}"
            if kind == "stop":
                row[6] = f"{near:.2f}"
            rows.append(",".join(row))
    with open(os.path.join(home.path, "orders.csv"), "w") as f:
        f.write("\n".join(rows) + "\n")


class Met:
    """What the market surely met between fill a and fill b of a symbol."""

    def __init__(self, bars, fills, split):
        self.bars, self.fills, self.split = bars, fills, split

    def scaled(self, i, price, to):
        """A price of bar i in shares of bar `to`."""
        if i < self.split <= to:
            return F(price, 5)
        return F(price) * 5 if to < self.split <= i else F(price)

    def step(self, a, b, to):
        """Prices of one fill until the next (None: the end of the run)."""
        out = [self.scaled(a["bar"], a["base"], to)]
        last = BARS if b is None else b["bar"]
        if last > a["bar"]:
            o, h, l, c = self.bars[a["bar"]]
            out += [self.scaled(a["bar"], v, to) for v in
                    {"market_open": (h, l), "market_close": ()}.get(
                        a["reason"], (c,))]
            for i in range(a["bar"] + 1, last):
                out += [self.scaled(i, v, to) for v in self.bars[i][1:3]]
            if b is not None:
                o, h, l, c = self.bars[last]
                out += [self.scaled(last, v, to) for v in
                        ((h, l) if b["reason"] == "market_close" else (o,))]
        return out

    def trade(self, first, last, to):
        out = []
        for k in range(first, len(self.fills) if last is None else last):
            after = self.fills[k + 1] if k + 1 < len(self.fills) else None
            out += self.step(self.fills[k], after, to)
        return min(out), max(out)


def lots(fills, split):
    """FIFO pairs (entry, exit or None) as places in fills, and the side."""
    queue, out = [], []
    is_split = False
    for k, f in enumerate(fills):
        if f["bar"] >= split and not is_split:
            is_split = True
            queue = [[q * 5, e] for q, e in queue]
        left = f["qty"]
        while queue and left and (queue[0][0] > 0) != (left > 0):
            q, e = queue[0]
            part = min(abs(q), abs(left))
            out.append((e, k, q > 0))
            sign = 1 if q > 0 else -1
            queue[0][0] -= sign * part
            left += sign * part
            if not queue[0][0]:
                queue.pop(0)
        if left:
            queue.append([left, k])
    if not is_split:
        queue = [[q * 5, e] for q, e in queue]
    return out, [(e, None, q > 0) for q, e in queue]


def same(told, want, what):
    if want is None:
        assert told is None, (what, told)
        return
    assert math.isclose(told, float(want), rel_tol=1e-12, abs_tol=1e-14), \
        (what, told, float(want))


def of_symbol(rows, symbol):
    out = []
    for x in rows:
        if x["symbol"] != symbol:
            continue
        # A day's bar ends with the day.
        bar = next(i for i in range(BARS) if x["time"][:10] == day(i + 1))
        out.append({"bar": bar, "base": F(str(x["base_price"])) * 100,
                    "price": F(str(x["price"])) * 100,
                    "reason": x["reason"],
                    "qty": F(str(x["qty"])) * (1 if x["side"] == "buy"
                                               else -1)})
    return out


def check(fills, trades, bars, split, symbol):
    """Every trade of a symbol; gives its numbers for the means."""
    mine = of_symbol(fills, symbol)
    met = Met(bars, mine, split)
    closed, still = lots(mine, split)
    rows = [x for x in trades if x["symbol"] == symbol]
    assert len(rows) == len(closed) + len(still), (symbol, len(rows))
    out = []
    for row, (a, b, is_long) in zip(
            [x for x in rows if not x["is_open"]] +
            [x for x in rows if x["is_open"]], closed + still):
        to = BARS - 1 if b is None else mine[b]["bar"]
        entry = met.scaled(mine[a]["bar"], mine[a]["price"], to)
        end = F(bars[-1][3]) if b is None else mine[b]["price"]
        low, high = met.trade(a, b, to)
        low, high = min(low, entry, end), max(high, entry, end)
        mae, mfe = low / entry - 1, high / entry - 1
        if not is_long:
            mae, mfe = -mfe, -mae
        kept = (end - entry) * (1 if is_long else -1)
        want = (mae, mfe, mfe / -mae if mae else None,
                kept / (high - low) if high > low else None)
        for key, v in zip(("mae", "mfe", "edge_ratio", "efficiency"), want):
            same(row[key], v, (symbol, row["trade"], key))
        if b is not None:
            out.append(want)
    return out


def check_means(metrics, out):
    mae = sum(x[0] for x in out) / len(out)
    mfe = sum(x[1] for x in out) / len(out)
    kept = [x[3] for x in out if x[3] is not None]
    same(metrics["avg_mae"], mae, "avg_mae")
    same(metrics["avg_mfe"], mfe, "avg_mfe")
    same(metrics["edge_ratio"], mfe / -mae, "edge_ratio")
    same(metrics["efficiency"], sum(kept) / len(kept), "efficiency")


def rows(text):
    return [json.loads(x) for x in text.splitlines()]


def alter(home):
    """Another lowest price after the first fill, with a hash that fits."""
    path = os.path.join(home.path, "sim", "runs", "r1", "reach.col")
    b = bytearray(open(path, "rb").read())
    b[48] ^= 1
    b[16:48] = hashlib.sha256(b[48:]).digest()
    open(path, "wb").write(b)
    bad = home.run("run", "verify", "r1", status=84)
    assert "the lowest price after fill 1" in bad.stderr, bad.stderr
    b[60] ^= 1
    open(path, "wb").write(b)
    bad = home.run("run", "show", "r1", status=65)
    assert "reach.col" in bad.stderr, bad.stderr


def main():
    rng = random.Random(20261121)
    with t.Home() as home:
        bars = {s: make_bars(home, rng, s, SPLIT if s == "BB" else BARS)
                for s in SYMBOLS}
        make_orders(home, rng, bars)
        with open(os.path.join(home.path, "splits.csv"), "w") as f:
            f.write(day(SPLIT) + ",split,5\n")
        for s in SYMBOLS:
            home.run("data", "import", s + ".csv", "--symbol", s,
                     "--calendar", "24/7")
        home.run("data", "actions", "import", "BB", "splits.csv")
        how = ["simulate", "--orders", "orders.csv", "--slippage", "bps:7",
               "--cash", "10000000", "--account", "margin",
               "--commission", "percent:0.01"]
        home.run(*how)
        home.run("run", "verify", "last")
        trades = home.run("simulate", *how[1:], "--no-save", "--print",
                          "trades", "-o", "ndjson").stdout
        again = home.run("run", "show", "r1", "--print", "trades", "-o",
                         "ndjson").stdout
        assert trades == again
        fills = rows(home.run("run", "show", "r1", "--print", "fills", "-o",
                              "ndjson").stdout)
        out = []
        for s in SYMBOLS:
            out += check(fills, rows(trades), bars[s],
                         SPLIT if s == "BB" else BARS, s)
        assert len(out) > 80, len(out)
        check_means(json.loads(home.run("metrics", "r1", "-o",
                                        "json").stdout), out)
        alter(home)
        print(f"{len(out)} closed trades agree")


main()
