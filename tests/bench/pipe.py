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
REPEAT = 5


def simulate(command, data, options):
    start = time.monotonic()
    subprocess.run([SIM, "simulate", "--quiet", "--exec", command, "--data",
                    "X=" + data, "--no-save", "--no-log", "--no-band"] +
                   options, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def base(command, options, short):
    """What a run of hardly any bars takes."""
    return min(simulate(command, short, options) for _ in range(REPEAT))


def bare(script, lines):
    out = subprocess.run([LINES, lines, sys.executable,
                          os.path.join(HERE, script)], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return float(out.split()[1])


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
    print("%-34s %12s %-16s %8s" % ("pipe (best of 5)", "figure", "unit",
                                    "ratio"))
    for name, options, script, what in (
            ("rows", [], "echo.py", "JSON echo"),
            ("columns", COLUMNS, "reader.py", "reader")):
        lines = os.path.join(folder, name + ".ndjson")
        simulate("tee %s | %s" % (lines, python), data, options)
        # By turns, so that both meet the same machine.
        start = base(python, options, short)
        pairs = [(bare(script, lines), simulate(python, data, options))
                 for _ in range(REPEAT)]
        reference = bars / min(p[0] for p in pairs)
        row("reference: bare %s" % what, reference)
        row("sma-cross, python, %s" % name,
            bars / (min(p[1] for p in pairs) - start), reference)
        os.unlink(lines)
    c = os.path.join(BUILD, "tests", "pipe", "sma")
    others = [("c", c, True), ("awk", "sh %s/sh/sma.sh" % CLIENTS, False)]
    if shutil.which("node"):
        others.append(("javascript", "node %s/javascript/sma.js" % CLIENTS,
                       True))
    for name, command, has_columns in others:
        for what, options in (("rows", []), ("columns", COLUMNS)):
            if options and not has_columns:
                continue
            took = min(simulate(command, data, options)
                       for _ in range(REPEAT))
            row("sma-cross, %s, %s" % (name, what),
                bars / (took - base(command, options, short)))


if __name__ == "__main__":
    main()
