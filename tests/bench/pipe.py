"""The pipe beside bare loops over the same lines, in the same run.

Usage: pipe.py FILE: bars a second of sma-cross in Python, rows (lock-step) and
columns (390 bars a trip), beside a bare JSON echo and a bare reader; and of
the clients in C, JavaScript and awk.
"""
import os
import shutil
import subprocess
import sys
import time

SRC = os.environ["top_srcdir"]
BUILD = os.environ["top_builddir"]
SIM = os.path.join(BUILD, "simutrador")
LINES = os.path.join(BUILD, "tests", "bench", "lines")
HERE = os.path.join(SRC, "tests", "bench")
CLIENTS = os.path.join(SRC, "clients")
COLUMNS = ["-p", "profile=columns", "-p", "wake=every(390m)"]
REPEAT = 3


def simulate(command, data, options):
    start = time.monotonic()
    subprocess.run([SIM, "simulate", "--exec", command, "--data",
                    "X=" + data, "--no-save", "--no-log", "--no-band"] +
                   options, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def ours(command, options, data, short, bars):
    """Bars a second, without what a run of hardly any bars takes."""
    return bars / (simulate(command, data, options) -
                   simulate(command, short, options))


def bare(script, lines, bars):
    out = subprocess.run([LINES, lines, sys.executable,
                          os.path.join(HERE, script)], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return bars / float(out.split()[1])


def row(name, rate, reference=None):
    ratio = "%8.2f" % (rate / reference) if reference else ""
    print("%-34s %12.0f %-16s %s" % (name, rate, "bars/s", ratio))


def main():
    data = sys.argv[1]
    folder = os.path.dirname(data)
    with open(data, encoding="ascii") as f:
        head = [f.readline() for _ in range(100)]
        bars = sum(1 for _ in f) + 99
    short = os.path.join(folder, "short.csv")
    with open(short, "w", encoding="ascii") as f:
        f.writelines(head)
    python = "%s %s/python/sma.py" % (sys.executable, CLIENTS)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    print("%-34s %12s %-16s %8s" % ("pipe (best of 3)", "figure", "unit",
                                    "ratio"))
    for name, options, script, what in (
            ("rows", [], "echo.py", "JSON echo"),
            ("columns", COLUMNS, "reader.py", "reader")):
        lines = os.path.join(folder, name + ".ndjson")
        simulate("tee %s | %s" % (lines, python), data, options)
        # By turns, so that both meet the same machine.
        pairs = [(bare(script, lines, bars),
                  ours(python, options, data, short, bars))
                 for _ in range(REPEAT)]
        reference = max(p[0] for p in pairs)
        row("reference: bare %s" % what, reference)
        row("sma-cross, python, %s" % name, max(p[1] for p in pairs),
            reference)
        os.unlink(lines)
    c = os.path.join(BUILD, "tests", "pipe", "sma")
    others = [("c", c, True), ("awk", "sh %s/sh/sma.sh" % CLIENTS, False)]
    if shutil.which("node"):
        others.append(("javascript", "node %s/javascript/sma.js" % CLIENTS,
                       True))
    for name, command, has_columns in others:
        row("sma-cross, %s, rows" % name,
            max(ours(command, [], data, short, bars)
                for _ in range(REPEAT)))
        if has_columns:
            row("sma-cross, %s, columns" % name,
                max(ours(command, COLUMNS, data, short, bars)
                    for _ in range(REPEAT)))


if __name__ == "__main__":
    main()
