# Check sim_str_double against Python's repr, which also is the shortest text
# that reads back: the digits and the exponent must be the same, and the text
# must be a JSON number that reads back as the same double.
# 20,000 cases; 1,000,000 with SIM_LONG=1.
import json
import math
import os
import random
import struct
import subprocess
import sys
from decimal import Decimal

BATCH = 50000
CASES = 1000000 if os.environ.get("SIM_LONG") == "1" else 20000
rnd = random.Random(7)


def fixed_cases():
    for e in range(-1074, 1024):
        x = 2.0**e
        yield from (x, math.nextafter(x, 0), math.nextafter(x, math.inf))
    for e in range(-323, 309):
        yield from (float("1e%d" % e), float("9.5e%d" % min(e, 307)))
    yield from (5e-324, 1.7976931348623157e308, 0.1, 1 / 3, 1e15, 1e16, 1e17,
                123456789012345680.0, 9007199254740993.0, 0.3, 2.5, 100.0,
                0.0001, 0.00001, 999999999999999.9, 1e-5, 1e21, 1e22, 1e23)


def random_case():
    kind = rnd.randrange(5)
    if kind == 0:
        return struct.unpack("<d", struct.pack("<Q", rnd.getrandbits(64)))[0]
    if kind == 1:
        return rnd.randint(0, 10**9) / 10**rnd.randint(0, 9)
    if kind == 2:
        return rnd.randint(0, 10**17) / 10**rnd.randint(0, 20)
    if kind == 3:
        return rnd.gauss(0, 1) * 10**rnd.randint(-10, 10)
    return rnd.getrandbits(52) * 5e-324


def same(x, text):
    if x - x != 0:
        return text == "null"
    if float(text) != x or float(json.loads(text)) != x:
        return False
    want, got = Decimal(repr(x)).normalize(), Decimal(text).normalize()
    if x == 0:
        return text == "0"
    return want.as_tuple() == got.as_tuple() and len(text) <= 24


def run(driver, cases):
    text = "".join("double\t%016x\n" % struct.unpack("<Q", struct.pack("<d", x))
                   for x in cases)
    done = subprocess.run([driver], input=text, text=True,
                          stdout=subprocess.PIPE, check=True)
    answers = done.stdout.splitlines()
    if len(answers) != len(cases):
        sys.exit("%d answers to %d questions" % (len(answers), len(cases)))
    wrong = [(x, got) for x, got in zip(cases, answers) if not same(x, got)]
    for x, got in wrong[:20]:
        print("%r (%s): got %s" % (x, x.hex(), got))
    return len(wrong)


def main():
    driver = os.path.join(os.environ["top_builddir"],
                          "tests/util/oracle_driver")
    cases = list(fixed_cases())
    bad = run(driver, cases + [-x for x in cases])
    done = 0
    while done < CASES:
        count = min(BATCH, CASES - done)
        bad += run(driver, [random_case() for _ in range(count)])
        done += count
    print("%d random cases, %d wrong" % (done, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
