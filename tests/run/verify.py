"""`run verify` as a user meets it: a sound run passes; an altered bar is named
by chunk and row, an altered log by its first differing event with both
versions, each with status 84; what is missing is 66.  Also Ctrl-C: a
partial run that is sealed, opens and verifies."""
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import simtest as t

RUNS = os.path.join("sim", "runs")
GEN = ("data", "gen", "WALK", "--seed", "3", "--from", "2023-01-03", "--to",
       "2023-02-28")
SIMULATE = ("simulate", "--strategy", "ema-cross", "-p", "fast=20", "-p",
            "slow=60")


def verdict(home, run, status, said=""):
    done = home.run("run", "verify", run, "-o", "json", status=status)
    if said not in done.stderr:
        t.fail(f"verify said {done.stderr!r}, expected {said!r}")
    if done.stderr.count("\n") != (status != 0):
        t.fail(f"not one sentence: {done.stderr!r}")
    return t.parse(done.stdout) if done.stdout else None


def alter(path, change):
    """Change lines of a file; returns what it was."""
    with open(path, encoding="ascii") as f:
        before = f.read()
    lines = before.splitlines()
    change(lines)
    with open(path, "w", encoding="ascii") as f:
        f.write("\n".join(lines) + "\n")
    return before


def restore(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def raise_close(lines, row):
    """One cent more on high and close of a row of CSV."""
    cells = lines[row + 1].split(",")
    for i in (2, 4):
        cells[i] = f"{(t.dec(cells[i]) + t.ONE // 100) / t.ONE:.2f}"
    lines[row + 1] = ",".join(cells)


def altered_bar(home):
    """In the store: the second chunk (4096 bars each) of a long series."""
    row = 9000
    bars = home.write("w.csv", home.run("data", "export", "WALK").stdout)
    before = alter(bars, lambda lines: raise_close(lines, row))
    home.run("data", "import", bars, "--symbol", "WALK", "--replace")
    got = verdict(home, "r1", 84, f"chunk {row // 4096}, row {row} (")
    t.same("chunk, row", (got["symbol"], got["chunk"], got["row"]),
           ("WALK", row // 4096, row))
    t.same("its time", got["row_time"],
           before.splitlines()[row + 1].split(",")[0])
    restore(bars, before)
    home.run("data", "import", bars, "--symbol", "WALK", "--replace")
    verdict(home, "r1", 0)


def altered_store(home):
    """A byte of a volume: more bars don't seal it, all of them anew do."""
    bars = home.write("w.csv", home.run("data", "export", "WALK").stdout)
    more = os.path.join(home.path, "more.csv")
    home.run("data", "gen", "WALK", "--seed", "4", "--from", "2023-03-01",
             "--to", "2023-03-01", "--file", more)
    path, = (os.path.join(home.path, "sim", "store", "WALK", name)
             for name in os.listdir(os.path.join(home.path, "sim", "store",
                                                 "WALK")) if "1min" in name)
    with open(path, "r+b") as f, open(bars, encoding="ascii") as lines:
        n, row = len(lines.readlines()) - 1, 9000
        f.seek((row - n) * 8 + 2, os.SEEK_END)
        byte = f.read(1)[0]
        f.seek(-1, os.SEEK_CUR)
        f.write(bytes([byte ^ 0x40]))
    for extra in ((), ("--replace",)):
        done = home.run("data", "import", more, "--symbol", "WALK", *extra,
                        status=65)
        if f"in chunk {row // 4096}, row {row} (" not in done.stderr:
            t.fail(f"import into altered bars said {done.stderr!r}")
    home.run("data", "hash", "WALK", status=1)
    home.run("data", "import", bars, "--symbol", "WALK", "--replace")
    home.run("data", "hash", "WALK")
    verdict(home, "r1", 0)


def bar_of_file(home):
    """A run straight on a file; a bar outside of its range is no matter."""
    bars = home.write("f.csv", home.run("data", "export", "WALK").stdout)
    run = home.json(*SIMULATE, "--data", f"F={bars}", "--from", "2023-01-10",
                    "--to", "2023-02-10")["run_id"]
    before = alter(bars, lambda lines: raise_close(lines, 3))
    verdict(home, run, 0)
    first = next(i for i, line in enumerate(before.splitlines())
                 if line[0] == "2" and line >= "2023-01-10")
    restore(bars, before)
    alter(bars, lambda lines: raise_close(lines, first + 4999))
    got = verdict(home, run, 84, "row 5000 ")
    t.same("row of the range", (got["chunk"], got["row"]), (1, 5000))
    alter(bars, lambda lines: lines.__delitem__(first + 1))
    verdict(home, run, 84)
    os.remove(bars)
    verdict(home, run, 66, bars)


def reseal(lines):
    body = "".join(line + "\n" for line in lines[:-1]).encode()
    seal = json.loads(lines[-1])
    lines[-1] = lines[-1].replace(seal["sha256"],
                                  hashlib.sha256(body).hexdigest())


def altered_log(home, again):
    """One price in the log, its seal left broken or (again) made anew."""
    log = os.path.join(home.path, RUNS, "r1", "events.ndjson")
    versions = []

    def change(lines):
        n = next(i for i, x in enumerate(lines) if i > 40 and '"fill"' in x)
        versions.extend((n + 1, lines[n]))
        lines[n] = re.sub(r'"price":[0-9.]+', '"price":1.25', lines[n])
        lines[n + 7] = lines[n + 7].replace("order", "0rder")
        versions.append(lines[n])
        if again:
            reseal(lines)

    before = alter(log, change)
    got = verdict(home, "r1", 84, f"event {versions[0]} was ")
    t.same("first differing event", (got["line"], got["now"], got["saved"]),
           tuple(versions))
    if not again:
        home.run("report", "r1", status=65)
    restore(log, before)


def cut_log(home):
    log = os.path.join(home.path, RUNS, "r1", "events.ndjson")
    before = alter(log, lambda lines: lines.__delitem__(slice(-50, None)))
    got = verdict(home, "r1", 84)
    t.same("saved line past the end", got["saved"], "")
    restore(log, before)


def altered_figures(home):
    """What the summary says of the end is compared too."""
    path = os.path.join(home.path, RUNS, "r1", "summary.json")
    with open(path, encoding="ascii") as f:
        before = f.read()
    equity = t.parse(before)["account"]["equity"]
    restore(path, before.replace(f'"{equity}"', '"123456.78"'))
    verdict(home, "r1", 84, "the final equity was saved as 123456.78 and is "
            f"now {equity}")
    fills = t.parse(before)["counts"]["fills"]
    restore(path, before.replace(f'"fills": {fills}', '"fills": 7'))
    verdict(home, "r1", 84, f"the number of fills was saved as 7 and is now "
            f"{fills}")
    slippage = t.parse(before)["counts"]["slippage"]
    restore(path, before.replace(f'"slippage": "{slippage}"',
                                 '"slippage": "0.5"'))
    verdict(home, "r1", 84, "the sum of slippage was saved as 0.5 and is "
            f"now {slippage}")
    digest = t.parse(before)["log_hash"]
    restore(path, before.replace(digest, digest[::-1]))
    verdict(home, "r1", 84, f"it is {digest}")
    restore(path, before)
    verdict(home, "r1", 0)


def altered_band(home):
    """The final equities of a run with ambiguous fills."""
    run = home.json(*SIMULATE, "--symbols", "WALK", "-p", "take_profit=0.02",
                    "-p", "stop_loss=0.02")["run_id"]
    path = os.path.join(home.path, RUNS, run, "summary.json")
    with open(path, encoding="ascii") as f:
        before = f.read()
    band = t.parse(before)["band"]
    for name in ("ohlc", "worst", "high"):
        restore(path, before.replace(f'"{name}": "{band[name]}"',
                                     f'"{name}": "99.5"'))
        verdict(home, run, 84, f"was saved as 99.5 and is now {band[name]}")
    restore(path, before)
    verdict(home, run, 0)


def missing(home):
    verdict(home, "r99", 66, "there is no run 'r99'")
    shutil.copytree(os.path.join(home.path, "sim", "store"),
                    os.path.join(home.path, "kept"))
    home.run("data", "rm", "WALK", "--yes")
    verdict(home, "r1", 66, "no 1min bars of WALK are stored")


def stopped_at(home, after):
    """simulate, SIGINT after some seconds; its status (as a shell sees it)."""
    args = (*SIMULATE, "--symbols", "LONG", "--no-band", "-o", "json")
    child = home.start(*args, stdout=subprocess.DEVNULL)
    time.sleep(after)
    child.send_signal(signal.SIGINT)
    said = child.communicate()[1].decode()
    return child.returncode, said


def interrupted(home):
    """Find a moment in the middle of the run, by halving."""
    home.run("data", "gen", "LONG", "--seed", "5", "--from", "2015-01-02",
             "--to", "2022-12-30")
    low, high = 0.0, None
    for i in range(80):
        if i % 8 == 7:      # the machine's pace has changed: begin again
            low, high = 0.0, None
        after = low * 2 + 0.05 if high is None else (low + high) / 2
        status, said = stopped_at(home, after)
        if status == 130 and "before the first step" in said:
            low = after
            continue
        if status == 130:
            break
        if status == 0:
            high = after
        else:
            t.same("killed before it began", status, -signal.SIGINT)
            low = after
    else:
        t.fail("no moment was found at which simulate runs")
    if said.count("\n") > 2 or "partial" not in said:
        t.fail(f"Ctrl-C said {said!r}")
    run = home.json("run", "show", "last")
    t.same("partial", run["partial"], True)
    with open(os.path.join(home.path, RUNS, run["run_id"], "manifest.json"),
              encoding="ascii") as f:
        stop = json.load(f)["stopped"]
    with open(os.path.join(home.path, RUNS, run["run_id"], "events.ndjson"),
              encoding="ascii") as f:
        seal = json.loads(f.read().splitlines()[-1])
    t.same("the stop's seq is the last event", stop["seq"], seal["events"])
    t.same("steps", stop["step"], run["steps"])
    verdict(home, run["run_id"], 0)
    home.run("report", run["run_id"])


with t.Home() as home:
    home.run(*GEN)
    home.run(*SIMULATE, "--symbols", "WALK")
    verdict(home, "r1", 0)
    altered_bar(home)
    altered_store(home)
    bar_of_file(home)
    altered_log(home, False)
    altered_log(home, True)
    cut_log(home)
    altered_figures(home)
    altered_band(home)
    missing(home)
    interrupted(home)
print("verify names what was altered; Ctrl-C seals a partial run")
