"""One strategy, one log: sma-cross as built in, as a Lua script, as a C plugin
and through the pipe in Python (rows and columns) and in C gives the same log
hash over every file of real market data, alone and together with symbols that
trade at other times, and over a thousand generated symbols.

SIM_LONG=1 runs all of it; otherwise there are fewer generated symbols, and of
the real files those with few bars."""
import os
import shlex
import subprocess
import sys

sys.dont_write_bytecode = True
import simtest as t

TOP = os.path.abspath(os.environ["top_srcdir"])
CC = shlex.split(os.environ.get("CC") or "cc")
LONG = bool(os.environ.get("SIM_LONG"))
REAL = os.environ.get("SIMUTRADOR_TESTDATA")
FILES = (       # file, options of its import, is it short
    ("AAPL_1min_2014-06_split.csv", (), True),
    ("SPY_1min_2013-10.csv", (), True),
    ("EURUSD_1h.csv", (), True),
    ("GBPUSD_1min_2012_bid.csv", (), False),
    ("GOOG_daily.csv", (), True),
    ("ESTX50_1min_2006.txt", ("--tz", "Europe/Berlin", "--stamp", "end"),
     False),
    ("aapl_daily_lean.csv", (), True),
    ("spy_daily_lean.csv", (), False),
    ("qqq_daily_lean.csv", (), False),
    ("orcl-1995-2014_daily_yahoo.csv", (), False),
    ("yhoo-1996-2014_daily_yahoo.csv", (), False),
)


def build(home, out, *args):
    done = subprocess.run([*CC, "-O2", "-o", os.path.join(home.path, out),
                           *args], capture_output=True, text=True,
                          check=False)
    if done.returncode:
        t.fail(f"{args}: {done.stderr}")


def make_forms(home):
    """Name and options of each form."""
    build(home, "sma.so", "-shared", "-fPIC", "-I",
          os.path.join(TOP, "include"), os.path.join(TOP, "examples", "sma.c"))
    build(home, "sma", os.path.join(TOP, "clients", "c", "sma.c"), "-lm")
    python = "python3 " + shlex.quote(os.path.join(TOP, "clients", "python",
                                                   "sma.py"))
    return (
        ("Lua", (os.path.join(TOP, "examples", "sma-cross.lua"),)),
        ("C plugin", ("--plugin", "./sma.so")),
        ("C pipe", ("--exec", "./sma")),
        ("Python, rows", ("--exec", python)),
        ("Python, columns", ("--exec", python, "-p", "profile=columns")),
    )


class Same:
    def __init__(self, home):
        self.home = home
        self.forms = make_forms(home)
        self.passed = 0

    def run(self, what, *args):
        one = self.home.json("simulate", *args, "--no-save", "--no-band",
                             "--strategy", "sma-cross")
        if not one["fills"]:
            t.fail(f"{what}: nothing was traded, so nothing is compared")
        for name, form in self.forms:
            other = self.home.json("simulate", *form, *args, "--no-save",
                                   "--no-band")
            if other["log_hash"] != one["log_hash"]:
                t.fail(f"{what}: {name} has another log than the built-in: "
                       f"{other['fills']} fills, not {one['fills']}")
            self.passed += 1


def bundled(same):
    for name in ("ACME_1min", "ACME_daily"):
        path = os.path.join(TOP, "data", name + ".csv")
        same.run(name, "--data", "ACME=" + path, "-p", "fast=3", "-p",
                 "slow=8")


def generated(same):
    """Many symbols, most of which can't afford a single share at times."""
    count = 1000 if LONG else 60
    for i in range(count):
        same.home.run("data", "gen", f"S{i:03}", "--timeframe", "daily",
                      "--from", "2023-01-03", "--to", "2023-04-28", "--seed",
                      "5", "--start", str(3 + i % 200))
    symbols = ",".join(f"S{i:03}" for i in range(count))
    same.run(f"{count} symbols", "--symbols", symbols, "-p", "fast=4", "-p",
             "slow=9")


def real(same):
    skipped = 0
    for i, (name, options, is_short) in enumerate(FILES):
        symbol = f"X{i}"
        if not (LONG or is_short):
            skipped += 1
            continue
        same.home.run("data", "import", os.path.join(REAL, name), "--symbol",
                      symbol, *options)
        same.run(name, "--symbols", symbol)
    same.run("two files", "--symbols", "X4,X6", "-p", "fast=5", "-p",
             "slow=20")
    return skipped


def main():
    with t.Home() as home:
        same = Same(home)
        bundled(same)
        generated(same)
        skipped = real(same) if REAL else 1
        if not REAL:
            print("skipped: SIMUTRADOR_TESTDATA names no folder")
        elif skipped:
            print(f"skipped: {skipped} long files, which SIM_LONG=1 runs")
    print(f"{same.passed} passed, 0 failed, {skipped} skipped")


main()
