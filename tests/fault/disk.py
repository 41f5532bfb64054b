"""A disk that fails, at every step of every command that writes.

A full disk at step n, for every n (with SIM_LONG=1 also one I/O error, and a
disk turned read-only): one sentence, status 73 or 74, store and runs byte for
byte what they were or what they should have become, nothing left behind.
SIGKILL at step n (a write is torn in half): old or new as well, and the next
commands clear away what was left.  Also a full standard output, and a home
that cannot be written.  Random moments are in kills.py.
"""
import os
import subprocess
import sys

sys.dont_write_bytecode = True
import faulttest as f
from faulttest import t

ACME = os.path.join(os.environ["top_srcdir"], "data", "ACME_daily.csv")
IMPORT = ("data", "import", ACME, "--symbol", "ACME")
SIMULATE = ("simulate", "--symbols", "ACME", "--strategy", "sma-cross")
ACTIONS = ("data", "actions", "import", "ACME", "actions.csv")
JOBS = (        # name, commands before, the command under test
    ("first import", (), IMPORT),
    ("import of more", (("data", "import", "half.csv", "--symbol", "ACME"),),
     IMPORT),
    ("actions", (IMPORT,), ACTIONS),
    ("first run", (IMPORT,), SIMULATE),
    ("second run", (IMPORT, SIMULATE), SIMULATE),
    ("run rm", (IMPORT, SIMULATE), ("run", "rm", "r1", "--yes")),
    ("data rm", (IMPORT, ACTIONS), ("data", "rm", "ACME", "--yes")),
)
HOWS = ("full", "kill") + (("broken", "readonly") if f.LONG else ())


def check_sentence(what, said):
    """One, as the object that a program reads."""
    error = t.parse(said)["error"]
    if said.count("\n") != 1 or "\n" in error["message"] or \
            error["message"].endswith("."):
        t.fail(f"{what}: said {said!r}")


def is_a_state(name, files, old, new):
    """Removing a symbol takes one file after the other, each whole."""
    if name == "data rm":
        return all(old.get(path) == text for path, text in files.items())
    return files in (old, new)


def check_after_kill(what, home, sim, command):
    """The command can be given again, and nothing stays behind."""
    home.run(*command, status=None, env=f.EPOCH)
    home.run(*IMPORT, "--replace")
    home.run(*SIMULATE, env=f.EPOCH)
    _, left = f.tree(sim)
    if left:
        t.fail(f"{what}: never cleared away: {left}")
    if any(r["problem"] for r in home.rows("data", "list") +
           home.rows("run", "list")):
        t.fail(f"{what}: something does not open")


def failing(home, how, job, states):
    """Let every step fail, one after the other; returns how many."""
    name, _, command = job
    sim = os.path.join(home.path, "sim")
    n = 0
    while True:
        n += 1
        f.copy(os.path.join(home.path, "before"), sim)
        done = home.run(*command, "-o", "json", status=None,
                        env=f.shim(home, n, how))
        what = f"{name}, {how} at step {n}"
        files, left = f.tree(sim)
        if not is_a_state(name, files, *states):
            t.fail(f"{what}: neither old nor new: {sorted(files)}")
        if how == "kill" and done.returncode:
            if left:
                check_after_kill(what, home, sim, command)
            continue
        if done.returncode not in (0, 73, 74):
            t.fail(f"{what}: status {done.returncode}\n{done.stderr}")
        if done.returncode:
            check_sentence(what, done.stderr)
        elif files != states[1]:
            t.fail(f"{what}: status 0, but it is not done")
        # What can't be removed now is removed by the next command.
        if left and how == "full":
            t.fail(f"{what}: left behind: {left}")
        if f.steps_of(home) < n:
            return n - 1


def check_job(home, job):
    name, prepare, command = job
    sim = os.path.join(home.path, "sim")
    subprocess.run(["rm", "-rf", sim], check=True)
    for step in prepare:
        home.run(*step, env=f.EPOCH)
    f.copy(sim, os.path.join(home.path, "before"))
    old, _ = f.tree(sim)
    home.run(*command, env=f.EPOCH)
    new, _ = f.tree(sim)
    if old == new:
        t.fail(f"{name} changes nothing")
    counts = [failing(home, how, job, (old, new)) for how in HOWS]
    print(f"{name}: {counts} steps")
    if min(counts) < 2:
        t.fail(f"{name}: no step was seen")


def full_output(home):
    """What cannot be printed is an error too."""
    home.run(*IMPORT)
    with open("/dev/full", "w", encoding="ascii") as full:
        for args in (("data", "list"), ("data", "export", "ACME"),
                     (*SIMULATE, "--no-save"), ("help", "data")):
            child = home.start(*args, stdout=full)
            said = child.communicate()[1].decode()
            t.same(f"{args} to a full device", child.returncode, 74)
            t.same("sentences", said.count("\n"), 1)


def closed_home(home):
    """/proc can't be written, not even by root."""
    args = (*SIMULATE[:1], "--data", f"ACME={ACME}", *SIMULATE[3:])
    env = {k: v for k, v in home.env().items() if not k.startswith("SIMU")}
    env["HOME"] = "/proc"
    for more, status in ((("--no-save",), 0), ((), 73)):
        done = subprocess.run([t.PROGRAM, *args, *more], env=env, check=False,
                              capture_output=True, text=True)
        t.same(f"read-only home, {more}: {done.stderr}", done.returncode,
               status)
        t.same("sentences", done.stderr.count("\n"), int(status != 0))
    out = t.parse(home.run(*args, "--no-save", "-o", "json",
                           env=f.shim(home, 1, "readonly")).stdout)
    t.same("steps of --no-save", (f.steps_of(home), out["steps"]), (0, 1258))


with t.Home() as home:
    with open(ACME, encoding="ascii") as file:
        home.write("half.csv", "".join(file.readlines()[:600]))
    home.write("actions.csv", "2020-06-01,split,2\n2021-06-01,dividend,1.5\n")
    for job in JOBS:
        check_job(home, job)
    full_output(home)
    closed_home(home)
print("a failing disk leaves the old or the new, and says so")
