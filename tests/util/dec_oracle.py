# Check sim_dec against Python's unbounded integers: random values, the edges
# of the range, exact ties, quotients around overflow, and texts good and bad.
# 20,000 cases; 1,000,000 with SIM_LONG=1.  The seed is fixed, so a failure
# repeats.
import os
import random
import re
import struct
import subprocess
import sys
from fractions import Fraction

ONE = 10**8
MAX = 2**63 - 1
BATCH = 50000
CASES = 1000000 if os.environ.get("SIM_LONG") == "1" else 20000

rnd = random.Random(20240102)
EDGES = [0, 1, 2, ONE - 1, ONE, ONE + 1, 2**31, 2**32, 2**53, MAX // 2,
         MAX - 1, MAX, MAX // ONE * ONE, ONE // 2, 5, 10]


def in_range(v):
    return v if -MAX <= v <= MAX else None


def half_even(n, d):
    """n/d rounded to the nearest integer, ties to even; None out of range."""
    if d < 0:
        n, d = -n, -d
    q, r = divmod(n, d)
    if 2 * r > d or (2 * r == d and q % 2):
        q += 1
    return in_range(q)


def value():
    kind = rnd.randrange(6)
    if kind == 0:
        v = rnd.choice(EDGES)
    elif kind == 1:
        v = rnd.randint(0, 10**6) * ONE          # whole quantities
    elif kind == 2:
        v = rnd.randint(0, 10**7) * 10**6        # cents
    else:
        v = rnd.getrandbits(rnd.randint(1, 63))
    return -v if rnd.random() < 0.4 else v


def divisor():
    return abs(value()) or 1


def op_add():
    a, b = value(), value()
    if rnd.random() < 0.3:
        b = (MAX - abs(a) + rnd.randint(-2, 2)) * (1 if a >= 0 else -1)
        b = max(-MAX, min(MAX, b))
    return ("add", a, b), in_range(a + b)


def op_sub():
    a, b = value(), value()
    return ("sub", a, b), in_range(a - b)


def near_overflow(a, d):
    """A factor that brings a * b / d close to the end of the range."""
    b = MAX * d // max(1, abs(a)) + rnd.randint(-3, 3)
    return max(-MAX, min(MAX, b)) * rnd.choice((1, -1))


def op_mul():
    a, b = value(), value()
    if rnd.random() < 0.3:
        b = near_overflow(a, ONE)
    return ("mul", a, b), half_even(a * b, ONE)


def op_div():
    a, b = value(), value()
    if rnd.random() < 0.3 and a:
        b = abs(a) * ONE // MAX + rnd.randint(-2, 2)
    return ("div", a, b), half_even(a * ONE, b) if b else None


def op_muldiv():
    a, b, c = value(), value(), divisor()
    kind = rnd.randrange(3)
    if kind == 0:
        b = near_overflow(a, c)
    elif kind == 1:
        # A tie: odd * c/2 over c.
        c = 2 * rnd.randint(1, 2**31)
        a, b = c // 2, 2 * rnd.getrandbits(31) + 1
    return ("muldiv", a, b, c), half_even(a * b, c)


def op_mul3():
    a, b, c = value(), value(), value()
    kind = rnd.randrange(3)
    if kind == 0:
        c = near_overflow(a * b // ONE or 1, ONE)
    elif kind == 1:
        # Rounding a product before the next one is seen in small numbers.
        a, b = rnd.randint(1, 10**5), rnd.randint(1, 10**12)
        c = rnd.randint(1, 10**11)
    return ("mul3", a, b, c), half_even(a * b * c, ONE * ONE)


def op_floor():
    v, step = value(), divisor()
    q = v // step * step
    return ("floor", v, step), q if q >= -MAX else q + step


def op_ceil():
    v, step = value(), divisor()
    q = -(-v // step) * step
    return ("ceil", v, step), q if q <= MAX else q - step


NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?\Z")


def expected_parse(text):
    m = NUMBER.match(text)
    if not m:
        return None
    places = m[3] or ""
    if places[8:].strip("0"):
        return None
    v = int(m[2]) * ONE + int((places[:8]).ljust(8, "0"))
    return in_range(-v if m[1] == "-" else v)


def good_text():
    v = abs(value()) + rnd.choice((0, 0, 0, 1, MAX))
    text = "%d.%08d" % divmod(v, ONE)
    kind = rnd.randrange(5)
    if kind == 0:
        text = text.rstrip("0").rstrip(".")
    elif kind == 1:
        text = "0" * rnd.randint(1, 30) + text
    elif kind == 2:
        text += "0" * rnd.randint(1, 30)
    elif kind == 3:
        text += rnd.choice("0123456789")
    return rnd.choice(("", "", "-", "+")) + text


def bad_text():
    text = list(good_text())
    for _ in range(rnd.randint(1, 3)):
        pos = rnd.randint(0, len(text))
        if text and rnd.random() < 0.5:
            del text[pos - 1]
        else:
            text.insert(pos, rnd.choice("0123456789.+-eE, _xX"))
    return "".join(text)


def op_parse():
    text = good_text() if rnd.random() < 0.6 else bad_text()
    return ("parse", text), expected_parse(text)


def expected_format(v, places):
    whole, rest = divmod(abs(v), ONE)
    digits = ("%08d" % rest).rstrip("0").ljust(places, "0")
    return "%s%d%s" % ("-" if v < 0 else "", whole, digits and "." + digits)


def op_format():
    v, places = value(), rnd.randint(0, 8)
    return ("format", v, places), expected_format(v, places)


def op_decimals():
    v = value()
    text = expected_format(v, 0)
    return ("decimals", v), len(text.partition(".")[2])


def a_double():
    kind = rnd.randrange(5)
    if kind == 0:
        return value() / 1e8
    if kind == 1:
        return (2 * rnd.getrandbits(rnd.randint(1, 40)) + 1) / 2**rnd.randint(
            1, 30)
    if kind == 2:
        return struct.unpack("<d", struct.pack("<Q", rnd.getrandbits(64)))[0]
    if kind == 3:
        return MAX / 1e8 * (1 + rnd.randint(-4, 4) * 2.0**-52)
    return rnd.gauss(0, 1) * 10**rnd.randint(-12, 11)


def op_fromdouble():
    x = a_double()
    bits = "%016x" % struct.unpack("<Q", struct.pack("<d", x))
    if x - x != 0:
        return ("fromdouble", bits), None
    v = Fraction(x) * ONE
    return ("fromdouble", bits), half_even(v.numerator, v.denominator)


OPS = (op_add, op_sub, op_mul, op_mul, op_div, op_div, op_muldiv, op_muldiv,
       op_mul3, op_floor, op_ceil, op_parse, op_parse, op_format, op_decimals,
       op_fromdouble)


def run(driver, count):
    cases = [rnd.choice(OPS)() for _ in range(count)]
    text = "".join("\t".join(map(str, q)) + "\n" for q, _ in cases)
    done = subprocess.run([driver], input=text, text=True,
                          stdout=subprocess.PIPE, check=True)
    answers = done.stdout.splitlines()
    if len(answers) != len(cases):
        sys.exit("%d answers to %d questions" % (len(answers), len(cases)))
    bad = 0
    for (question, want), got in zip(cases, answers):
        want = "-" if want is None else str(want)
        if got != want:
            bad += 1
            if bad <= 20:
                print("%s: got %s, expected %s" % (question, got, want))
    return bad


def main():
    driver = os.path.join(os.environ["top_builddir"],
                          "tests/util/oracle_driver")
    bad = done = 0
    while done < CASES:
        count = min(BATCH, CASES - done)
        bad += run(driver, count)
        done += count
    print("%d cases, %d wrong" % (done, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
