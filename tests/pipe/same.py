"""One log hash: sma-cross in every form that stands in FORMS, in rows, in
columns and under a wake condition, over the bundled bars, generated ones of
many symbols, and the real files of SIMUTRADOR_TESTDATA."""
import os
import shutil
import sys

from pipetest import SRC, Home, Tally, log_hash

LONG = bool(os.environ.get("SIM_LONG"))
CLIENTS = os.path.join(SRC, "clients")
DATA = os.path.join(SRC, "data")
REAL = os.environ.get("SIMUTRADOR_TESTDATA")
# Wakes where the rule could act, or forgets a refusal; rounding can only make
# it wake more often.
WAKE = ("sma(close,%(slow)d) and (position == 0 and "
        "sma(close,%(fast)d) > sma(close,%(slow)d) * 0.9999999 or position "
        "~= 0 and sma(close,%(fast)d) < sma(close,%(slow)d) * 1.0000001 or "
        "crosses(sma(close,%(fast)d), sma(close,%(slow)d)))")


def forms(home):
    """(name, command, does it take profile and wake)"""
    yield "python", "python3 %s/python/sma.py" % CLIENTS, True
    if shutil.which("node"):
        yield "javascript", "node %s/javascript/sma.js" % CLIENTS, True
    binary = os.path.join(os.path.abspath(os.environ.get("top_builddir",
                                                         ".")),
                          "tests", "pipe", "sma")
    if os.path.exists(binary):
        yield "c", binary, True
    yield "sh", "sh %s/sh/sma.sh" % CLIENTS, False


def cases():
    """Options of a run, by name; and the windows."""
    one = ["--data", "ACME=%s/ACME_1min.csv" % DATA]
    three = [x for s in ("ACME", "BOLT", "CRUX")
             for x in ("--data", "%s=%s/%s_daily.csv" % (s, DATA, s))]
    yield "one symbol", one, 10, 30
    yield "three symbols", three, 5, 20
    yield ("long and short on margin",
           three + ["--account", "margin", "--leverage", "4",
                    "-p", "side=long-short", "-p", "size=percent:390"], 2, 4)
    yield "a few units", one + ["-p", "size=qty:3"], 3, 7
    yield "small volume", one + ["--max-volume-share", "0.01"], 10, 30


def real_files():
    for name in sorted(os.listdir(REAL)):
        if name.endswith((".csv", ".txt")) and "factors" not in name:
            yield name


def many(home, t):
    """A store of generated symbols."""
    count = 1000 if LONG else 40
    symbols = ["S%04d" % i for i in range(count)]
    for symbol in symbols:
        rc, _, err = home.run("data", "gen", symbol, "--timeframe", "daily",
                              "--from", "2023-01-03", "--to", "2023-04-28",
                              "--seed", "7")
        if rc:
            t.check("data gen", False, err)
            return None
    return ["--symbols", ",".join(symbols)]


def compare(t, home, name, options, fast, slow, is_real=False):
    windows = ["-p", "fast=%d" % fast, "-p", "slow=%d" % slow]
    rc, out, err = home.run("simulate", "--strategy", "sma-cross",
                            "--no-save", *options, *windows)
    t.check(name + ": built-in", rc == 0, err)
    if rc:
        return
    want = log_hash(out)
    wake = WAKE % {"fast": fast, "slow": slow}
    for form, command, is_rich in forms(home):
        variants = [[]]
        if is_rich:
            variants += [["-p", "profile=columns"],
                         ["-p", "profile=columns", "-p", "wake=" + wake],
                         ["-p", "wake=" + wake]]
        if "short" in name or (is_real and not LONG):
            variants = variants[:2]
        for extra in variants:
            rc, out, err = home.exec(command, *options, *windows, *extra)
            t.check("%s: %s %s" % (name, form, " ".join(extra)),
                    rc == 0 and log_hash(out) == want, rc,
                    err[-300:])


def main():
    t = Tally()
    with Home() as home:
        for case in cases():
            compare(t, home, *case)
        options = many(home, t)
        if options:
            compare(t, home, "many symbols", options, 5, 10)
        if not REAL:
            print("skipped: real files; SIMUTRADOR_TESTDATA is not set")
            t.skipped += 1
        else:
            for name in real_files():
                compare(t, home, name, ["--data", "X=" + os.path.join(
                    REAL, name)], 10, 30, True)
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
