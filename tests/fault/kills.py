"""SIGKILL at seeded random moments of import and simulate: store and runs are
byte for byte the old or the new, whole runs never change, and all of it opens.
10 kills in check, 100 with SIM_LONG=1.  Every single step is in disk.py."""
import os
import random
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import faulttest as f
from faulttest import t

KILLS = 100 if f.LONG else 10
IMPORT = ("data", "import", "new.csv", "--symbol", "LONG")
SIMULATE = ("simulate", "--symbols", "LONG", "--strategy", "rsi-reversion",
            "-p", "stop_loss=1")


def timed(home, command):
    begun = time.monotonic()
    home.run(*command, env=f.EPOCH)
    return time.monotonic() - begun


def killed(home, command, after):
    """Whether the command lived to its end."""
    child = home.start(*command, env=f.EPOCH, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    time.sleep(after)
    child.kill()
    status = child.wait()
    if status not in (0, -signal.SIGKILL):
        t.fail(f"{command}: status {status}")
    return status == 0


def imports(home, dice):
    """Half of the bars are stored; the file holds all of them."""
    sim = os.path.join(home.path, "sim")
    before = os.path.join(home.path, "before")
    home.run("data", "gen", "LONG", "--seed", "1", "--from", "2020-01-02",
             "--to", "2020-12-31", "--file", "new.csv")
    home.run("data", "gen", "LONG", "--seed", "1", "--from", "2020-01-02",
             "--to", "2020-06-30")
    f.copy(sim, before)
    old, _ = f.tree(sim)
    span = timed(home, IMPORT)
    new, _ = f.tree(sim)
    ends = []
    for i in range(KILLS):
        f.copy(before, sim)
        done = killed(home, IMPORT, dice.random() * span * 1.1)
        files, _ = f.tree(sim)
        if files not in (old, new) or (done and files != new):
            t.fail(f"kill {i} of import: neither old nor new")
        home.run("data", "hash", "LONG")
        ends.append(files == new)
    return ends


def runs(home, dice):
    """Runs pile up in one folder, each whole from the moment it is there."""
    folder = os.path.join(home.path, "sim", "runs")
    span = timed(home, SIMULATE)
    first, _ = f.tree(os.path.join(folder, "r1"))
    counts = []
    for i in range(KILLS):
        killed(home, SIMULATE, dice.random() * span * 1.1)
        files, _ = f.tree(folder)
        names = sorted({path.split(os.sep)[0] for path in files})
        for name in names:
            if f.tree(os.path.join(folder, name))[0] != first:
                t.fail(f"kill {i} of simulate: {name} is not whole")
        counts.append(len(names))
    listed = home.rows("run", "list")
    t.same("runs listed", len(listed), counts[-1])
    if any(row["problem"] for row in listed):
        t.fail(f"a run does not open: {listed}")
    home.run("run", "verify", "last")
    home.run(*SIMULATE)
    t.same("left behind", f.tree(folder)[1], [])
    return [b > a for a, b in zip([1] + counts, counts)]


with t.Home() as home:
    dice = random.Random(20140609)
    for what, ends in (("import", imports(home, dice)),
                       ("simulate", runs(home, dice))):
        print(f"{what}: {KILLS} kills, {sum(ends)} after the end")
        if KILLS == 100 and (all(ends) or not any(ends)):
            t.fail("the moments do not cover the command")
