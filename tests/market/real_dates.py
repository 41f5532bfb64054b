"""XNYS open days against the dates of real daily files.

Every date in a file must be an open day, and every open day between the
file's first and last date must be in it.  Skipped without SIMUTRADOR_TESTDATA.
"""
import os
import subprocess
import sys

FILES = ["spy_daily_lean.csv", "orcl-1995-2014_daily_yahoo.csv",
         "yhoo-1996-2014_daily_yahoo.csv", "aapl_daily_lean.csv",
         "qqq_daily_lean.csv", "GOOG_daily.csv"]

# Spans that a file lacks: the fund's symbol was QQQQ then.
HOLES = {"qqq_daily_lean.csv": ("2004-12-01", "2011-03-22")}
SHOWN = 20


def dates(path):
    with open(path, encoding="ascii") as f:
        for line in f:
            word = line.split(",")[0].split()
            digits = word[0].replace("-", "") if word else ""
            if len(digits) == 8 and digits.isdigit():
                yield f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def main():
    folder = os.environ.get("SIMUTRADOR_TESTDATA")
    if not folder or not os.path.isdir(folder):
        print("skipped: SIMUTRADOR_TESTDATA is not set")
        return 77
    driver = os.path.join(os.environ["top_builddir"], "tests/market/xnys_days")
    out = subprocess.run([driver], check=True, capture_output=True, text=True)
    ours = {line.split()[0] for line in out.stdout.splitlines()}
    bad = 0
    for name in FILES:
        have = set(dates(os.path.join(folder, name)))
        first, last = min(have), max(have)
        hole = HOLES.get(name, ("9999", "9999"))
        want = {d for d in ours if first <= d <= last
                and not hole[0] <= d <= hole[1]}
        wrong = sorted(have ^ want)
        for day in wrong[:SHOWN]:
            print(f"{name}: {day} is "
                  f"{'not open' if day in have else 'missing'}")
        bad += len(wrong)
        print(f"{name}: {len(have)} days from {first} to {last}")
    return 1 if bad else 0


sys.exit(main())
