"""The bench's workloads at a small size against exact integer arithmetic.

W1: sma-cross 10/30 on one symbol, sizes floor(0.98 * cash / close), commission
0.1% of notional, no slippage, no volume cap.  W2: ten symbols, each with its
own tenth of the cash.  Prices walk by a generator of this script's own.
Every fill and the final equity must be equal to the last unit.
Not covered: speed (make bench).
"""
import os
import subprocess
import sys
import tempfile

ONE = 10 ** 8
FAST, SLOW, BARS = 10, 30, 4000
TOOL = os.path.join(os.environ.get("top_builddir", "."), "tests/run/run_tool")


def walk(seed):
    """Rows (minute, open, high, low, close) in units of 1e-5."""
    state, price, rows = seed, 100 * 10 ** 5, []

    def below(n):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (state >> 33) % n

    for minute in range(BARS):
        opening = price + below(41) - 20
        price = max(10 ** 5, opening + below(20001) - 10000)
        rows.append((minute, opening, max(opening, price) + below(500),
                     min(opening, price) - below(500), price))
    return rows


def text(v):
    return "%d.%05d" % divmod(v, 10 ** 5)


def write(path, rows):
    with open(path, "w") as f:
        f.write("timestamp,open,high,low,close,volume\n")
        for minute, *prices in rows:
            f.write("2020-01-%02d %02d:%02d:00,%s,1000\n" % (
                1 + minute // 1440, minute // 60 % 24, minute % 60,
                ",".join(text(p) for p in prices)))


def half_even(num, den):
    q, r = divmod(num, den)
    return q + (2 * r > den or (2 * r == den and q & 1))


def expected(rows, cash):
    """Fills (minute, side, qty, price) and the final equity, 1e-8 units."""
    qty, todo, closes, fills = 0, 0, [], []
    for minute, opening, _, _, close in rows:
        if todo:
            price = opening * 1000
            fee = half_even(abs(todo) * price, 1000)
            cash -= todo * price + fee
            qty += todo
            fills.append((minute, "buy" if todo > 0 else "sell", abs(todo),
                          price, fee))
            todo = 0
        closes.append(close)
        t = len(closes) - 1
        if t < SLOW:
            continue
        edge = SLOW * sum(closes[-FAST:]) - FAST * sum(closes[-SLOW:])
        if not qty and edge > 0:
            todo = 98 * cash // (100 * close * 1000)
        elif qty and edge < 0:
            todo = -qty
    return fills, cash + qty * closes[-1] * 1000


def units(s):
    whole, _, frac = s.partition(".")
    return int(whole) * ONE + int((frac + "0" * 8)[:8])


def run(paths, size):
    out = subprocess.run(
        [TOOL, "sma-cross", "us-equity", "cash=1000000", "slippage=none",
         "commission=percent:0.1", "max-volume-share=off", "account=cash",
         "-fast=%d" % FAST, "-slow=%d" % SLOW, "-size=" + size, *paths],
        check=True, capture_output=True, text=True).stdout.splitlines()
    words = [line.split() for line in out]
    fills = [w for w in words if w[0] == "fill"]
    end = [w for w in words if w[0] == "end"][0]
    assert end[3] == "0", "%s orders were rejected" % end[3]
    return fills, units(end[1])


def compare(name, series, size):
    with tempfile.TemporaryDirectory() as tmp:
        paths = []
        for k, rows in enumerate(series):
            paths.append(os.path.join(tmp, "%02d.csv" % k))
            write(paths[-1], rows)
        fills, equity = run(paths, size)
    total = 0
    for k, rows in enumerate(series):
        want, end = expected(rows, 1000000 * ONE // len(series))
        total += end
        got = [(w[3], units(w[4]) // ONE, units(w[5]), units(w[6]))
               for w in fills if w[1] == "S%02d" % k]
        assert [f[1:] for f in want] == got, "%s: fills of symbol %d" % (
            name, k)
    assert total == equity, (name, total, equity)
    print("%s: %d fills, equity %d units, equal" % (name, len(fills), equity))


compare("W1", [walk(1)], "cash:0.98")
compare("W2", [walk(seed) for seed in range(2, 12)], "sleeve:0.98")
sys.exit(0)
