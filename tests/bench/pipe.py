"""The pipe beside bare loops over the same lines, in the same run.

Usage: pipe.py FEW MANY SHORT SCRATCH_DIR: bars a second of sma-cross in
Python, rows (lock-step) over FEW and columns (390 bars a trip) over MANY,
beside a bare JSON echo and a bare reader; and of the clients in C, JavaScript
and awk.  The three are stored symbols: a loop over FEW or MANY takes a second
or more, and a run of SHORT, hardly any bars, is what starting takes.

A loop and its reference run by turns, so that both meet the same machine:
figures are medians, and a ratio is the median of the turns' own ratios.  What
all processes of a loop have worked is compared too: it hardly knows of what
else the machine does.
"""
import json
import os
import shutil
import statistics
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
TURNS = {"echo.py": 5, "reader.py": 9}
OTHERS = 3              # runs of each other client


def measured(command):
    """Seconds, seconds that it and its children worked, and its output."""
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as p:
        out = p.stdout.read()
        _, status, used = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode:
        sys.exit("%s: status %d" % (command, p.returncode))
    return (time.monotonic() - start, used.ru_utime + used.ru_stime, out)


def simulate(command, symbol, options):
    return measured([SIM, "simulate", "--quiet", "--exec", command,
                     "--symbols", symbol, "--no-save", "--no-log",
                     "--no-band"] + options)


class Form:
    """A client in rows or columns, over many bars."""

    def __init__(self, name, command, options, symbol, short):
        self.name, self.command, self.options = name, command, options
        self.symbol, self.short = symbol, short

    def measure(self):
        """Seconds of a run without its start, and those worked."""
        begin = simulate(self.command, self.short, self.options)
        whole = simulate(self.command, self.symbol, self.options)
        self.bars = json.loads(whole[2])["bars"]
        return whole[0] - begin[0], whole[1] - begin[1]

    def keep(self, path):
        """What a run sends to its child, and what a short one does."""
        for symbol, name in ((self.symbol, path),
                             (self.short, path + ".short")):
            simulate("tee %s | %s" % (name, self.command), symbol,
                     self.options)

    def alone(self):
        took = statistics.median(self.measure()[0] for _ in range(OTHERS))
        row(self.name, self.bars / took)

    def beside(self, what, script, lines):
        """By turns with its reference, which of the two goes first too."""
        turns = []
        for i in range(TURNS[script]):
            loop = bare(script, lines) if i % 2 else None
            took = self.measure()
            turns.append((loop or bare(script, lines), took))
        for k, name, reference in ((0, self.name, "reference: bare " + what),
                                   (1, "  as processors work", None)):
            loop, took = (statistics.median(x[k] for x in t)
                          for t in zip(*turns))
            if reference:
                row(reference, self.bars / loop)
            row(name, self.bars / took,
                statistics.median(a[k] / b[k] for a, b in turns))


def bare(script, lines):
    """The same of a bare loop; its start is that of its first lines alone."""
    command = [sys.executable, os.path.join(HERE, script)]
    begin = measured([LINES, lines + ".short"] + command)
    whole = measured([LINES, lines] + command)
    return float(whole[2].split()[1]), whole[1] - begin[1]


def row(name, rate, ratio=None):
    print("%-34s %12.0f %-16s %s" % (name, rate, "bars/s", "" if ratio is None
                                     else "%8.2f" % ratio), flush=True)


def main():
    few, many, short, scratch = sys.argv[1:]
    forms = {"rows": ([], few), "columns": (COLUMNS, many)}
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    print("%-34s %12s %-16s %8s" % ("pipe (median)", "figure", "unit",
                                    "ratio"))

    def form(language, command, what):
        return Form("sma-cross, %s, %s" % (language, what), command,
                    *forms[what], short)

    lines = os.path.join(scratch, "pipe.ndjson")
    for what, script, named in (("rows", "echo.py", "JSON echo"),
                                ("columns", "reader.py", "reader")):
        python = form("python", "%s %s/python/sma.py" % (sys.executable,
                                                         CLIENTS), what)
        python.keep(lines)
        python.beside(named, script, lines)
    os.unlink(lines)
    os.unlink(lines + ".short")
    c = os.path.join(BUILD, "tests", "pipe", "sma")
    form("c", c, "rows").alone()
    form("c", c, "columns").alone()
    form("awk", "sh %s/sh/sma.sh" % CLIENTS, "rows").alone()
    if shutil.which("node"):
        node = "node %s/javascript/sma.js" % CLIENTS
        form("javascript", node, "rows").alone()
        form("javascript", node, "columns").alone()


if __name__ == "__main__":
    main()
