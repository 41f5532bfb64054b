"""Round trips against an independent computation with exact fractions.

Random fills and splits of a few symbols go through trades_tool; this script
keeps its own books (cash by fill, positions, FIFO lots) and compares every
trade to the unit, the shares of money with their exact values, and the totals
with the change of equity.  Not covered: bars held, risk multiples (test_trades).
"""
import os
import random
import subprocess
import sys
from fractions import Fraction as F

ONE = 10 ** 8
TOOL = os.path.join(os.environ.get("top_builddir", "."),
                    "tests/report/trades_tool")


def money(units):
    """Half-even to whole units."""
    return round(F(units))


def product(qty, price, mult):
    return money(F(qty * price * mult, ONE * ONE))


class Lot:
    def __init__(self, fill, qty, price, value, fee):
        self.fill, self.qty, self.price = fill, qty, price
        self.value, self.fee = value, fee
        self.exact, self.parts = F(value), 0


def part(rest, take, whole):
    return rest if take == whole else money(F(rest * take, whole))


class Books:
    def __init__(self, mult):
        self.mult, self.lots, self.side = mult, [], 0
        self.trades, self.cash, self.pos = [], 0, 0

    def close(self, sym, fill, qty, value, fee, is_open=0):
        while self.lots and qty > 0:
            lot = self.lots[0]
            take = min(lot.qty, qty)
            ev, ef = part(lot.value, take, lot.qty), part(lot.fee, take, lot.qty)
            xv, xf = part(value, take, qty), part(fee, take, qty)
            exact = lot.exact * take / lot.qty
            # Each part of a lot adds at most half a unit of rounding.
            lot.parts += 1
            assert abs(exact - ev) * 2 <= lot.parts, "share of the value"
            gross = xv - ev if self.side > 0 else ev - xv
            self.trades.append([sym, 0 if self.side > 0 else 1, lot.fill, fill,
                                take, lot.price, ev, xv, gross, ef + xf,
                                gross - ef - xf, is_open])
            lot.exact -= exact
            lot.qty, lot.value, lot.fee = lot.qty - take, lot.value - ev, lot.fee - ef
            qty, value, fee = qty - take, value - xv, fee - xf
            if not lot.qty:
                self.lots.pop(0)
        return qty, value, fee

    def fill(self, sym, ident, side, qty, price, fee):
        value = product(qty, price, self.mult)
        sign = 1 if side == 0 else -1
        self.cash -= sign * value + fee
        self.pos += sign * qty
        if self.lots and sign != self.side:
            qty, value, fee = self.close(sym, ident, qty, value, fee)
        if qty:
            self.side = sign
            self.lots.append(Lot(ident, qty, price, value, fee))

    def split(self, sym, num, den, lot_size, price):
        held = sum(lot.qty for lot in self.lots)
        old = new = 0
        for lot in self.lots:
            old += lot.qty
            target = money(F(old * num, den))
            lot.qty, new = target - new, target
            lot.price = money(F(lot.price * den, num))
        exact = money(F(held * num, den))
        after = exact // lot_size * lot_size
        cash = money(F((exact - after) * price * self.mult, ONE * ONE))
        sign = self.side if held else 1
        self.pos, self.cash = sign * after, self.cash + sign * cash
        if held:
            self.close(sym, 0, exact - after, cash, 0)
        return sign * after, sign * cash


def near(price):
    """A price that keeps positions in range, however often it was merged."""
    return min(max(1, price), 10000 * ONE)


def case(rng):
    n = rng.randint(1, 3)
    mults = [rng.choice([ONE, ONE, 100 * ONE, ONE // 3]) for _ in range(n)]
    books = [Books(m) for m in mults]
    prices = [rng.randint(ONE // 2, 300 * ONE) for _ in range(n)]
    lines = ["S %d" % m for m in mults]
    order, seq, ident = [], 0, 0
    for time in range(rng.randint(0, 60)):
        s, seq = rng.randrange(n), seq + 1
        b = books[s]
        prices[s] = near(prices[s] * rng.randint(90, 110) // 100)
        if rng.random() < 0.08 and b.lots:
            num, den = rng.choice([(7, 1), (3, 2), (1, 10), (2, 1), (20, 21)])
            prices[s] = near(prices[s] * den // num)
            after, cash = b.split(s, num, den, ONE, prices[s])
            lines.append("A %d %d %d %d %d %d %d" %
                         (time, seq, s, num, den, after, cash))
            continue
        ident += 1
        side = rng.randrange(2)
        qty = rng.choice([rng.randint(1, 50) * ONE, rng.randint(1, 10 ** 10)])
        fee = rng.randint(-ONE, 3 * ONE)
        b.fill(s, ident, side, qty, prices[s], fee)
        lines.append("F %d %d %d %d %d %d %d" %
                     (time, seq, s, side, qty, prices[s], fee))
    change = 0
    for b, price in zip(books, prices):
        sign = 1 if b.pos >= 0 else -1
        value = sign * product(abs(b.pos), price, b.mult)
        assert abs(value) < 2 ** 63
        lines.append("P %d %d %d" % (b.pos, price, value))
        change += b.cash + value
        order.append(value)
    closed = {}
    for s, b in enumerate(books):
        closed[s] = list(b.trades)
        b.trades = []
        b.close(s, 0, abs(b.pos), abs(order[s]), 0, 1)
    lines.append("E 1000")
    return lines, closed, [b.trades for b in books], change


def check(seed):
    lines, closed, still, change = case(random.Random(seed))
    run = subprocess.run([TOOL], input="\n".join(lines) + "\n", text=True,
                         capture_output=True, check=False)
    if run.returncode:
        sys.exit("seed %d: %s%s" % (seed, run.stdout, run.stderr))
    rows = [line.split() for line in run.stdout.splitlines()]
    total = [int(v) for v in rows.pop()[1:]]
    got = [[int(v) for v in row] for row in rows]
    for s, want in closed.items():
        mine = [row for row in got if row[0] == s and not row[-1]]
        assert mine == want, (seed, s, mine, want)
    assert [row for row in got if row[-1]] == sum(still, []), seed
    assert sum(total) == change, (seed, total, change)
    return len(got)


def main():
    if not os.path.exists(TOOL):
        print("trades_tool is not built")
        sys.exit(77)
    count = 20000 if os.environ.get("SIM_LONG") else 300
    trades = sum(check(seed) for seed in range(count))
    print("%d cases, %d round trips, all to the unit" % (count, trades))


main()
