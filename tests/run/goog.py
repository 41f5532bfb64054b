"""GOOG's daily bars, sma-cross 10/20 long-short without costs: every fill and
every equity point equals a computation of our own, to the last unit.

Only integers here: prices are read as text, averages are compared as sums
cross-multiplied, sizes are floors of exact quotients.  At the close of bar t,
t >= 20, the position follows the sign of sma(10) - sma(20): the old one is
closed and the new one opened at the next bar's open, with floor(0.98 * (cash +
value of the position) / close) shares.
Skips without SIMUTRADOR_TESTDATA.  Not covered: costs, brackets.
"""
import csv
import os
import subprocess
import sys

ONE = 10 ** 8
FAST, SLOW = 10, 20
TOOL = os.path.join(os.environ.get("top_builddir", "."), "tests/run/run_tool")


def units(text):
    whole, _, frac = text.partition(".")
    return int(whole) * ONE + int((frac + "0" * 8)[:8])


def signed(text):
    return -units(text[1:]) if text.startswith("-") else units(text)


def expected(rows):
    """Fills (day, side, qty, price) and equity after each close, in units."""
    cash, pos = 100000 * ONE, 0
    closes, fills, equity, todo = [], [], [], []
    for day, opening, close in rows:
        for qty in todo:                # signed whole shares
            cash -= qty * opening
            pos += qty
            fills.append((day, "buy" if qty > 0 else "sell", abs(qty) * ONE,
                          opening))
        todo = []
        closes.append(close)
        equity.append((day, cash + pos * close))
        t = len(closes) - 1
        if t < SLOW:
            continue
        edge = SLOW * sum(closes[-FAST:]) - FAST * sum(closes[-SLOW:])
        want = (edge > 0) - (edge < 0)
        have = (pos > 0) - (pos < 0)
        if not want or want == have:
            continue
        if pos:
            todo.append(-pos)
        size = 98 * (cash + pos * close) // (100 * close)
        if size > 0:
            todo.append(want * size)
    return fills, equity


def main():
    data = os.environ.get("SIMUTRADOR_TESTDATA")
    path = os.path.join(data, "GOOG_daily.csv") if data else ""
    if not os.path.exists(path):
        print("SKIP: SIMUTRADOR_TESTDATA has no GOOG_daily.csv")
        return 77
    with open(path, newline="") as f:
        rows = [(r[""], units(r["Open"]), units(r["Close"]))
                for r in csv.DictReader(f)]
    fills, equity = expected(rows)
    out = subprocess.run(
        [TOOL, "sma-cross", "frictionless", "cash=100000", "account=margin",
         "-fast=%d" % FAST, "-slow=%d" % SLOW, "-side=long-short",
         "-size=cash:0.98", path],
        check=True, capture_output=True, text=True).stdout.splitlines()
    got_fills = [(w[2][:10], w[3], units(w[4]), units(w[5]))
                 for w in (x.split() for x in out) if w[0] == "fill"]
    got_equity = [(w[1][:10], signed(w[2]))
                  for w in (x.split() for x in out) if w[0] == "equity"]
    assert len(fills) > 50, "the data gives too few trades to mean anything"
    for i, (a, b) in enumerate(zip(fills, got_fills)):
        assert a == b, "fill %d: expected %s, got %s" % (i + 1, a, b)
    assert len(fills) == len(got_fills), (len(fills), len(got_fills))
    for a, b in zip(equity, got_equity):
        assert a == b, "equity: expected %s, got %s" % (a, b)
    assert len(equity) == len(got_equity)
    print("%d fills and %d equity points equal" % (len(fills), len(equity)))
    return 0


sys.exit(main())
