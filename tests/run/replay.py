"""run replay: back and forward again gives the same state, however one came
there; states agree with the saved equity and fills; breakpoints stop where the
run says; wrong commands are answered, and the next one is obeyed."""
import hashlib
import json
import os
import random
import sys

sys.dont_write_bytecode = True
import simtest as t

DATA = os.path.join(os.environ["top_srcdir"], "data")


def talk(home, run, *commands, args=()):
    text = "".join(c + "\n" for c in commands)
    out = home.run("run", "replay", run, *args, stdin=text).stdout
    return [t.parse(x) for x in out.splitlines()]


def states(lines):
    return [x for x in lines if "state" in x]


def check_hash(home, run):
    """The hash is that of the state's own bytes."""
    out = home.run("run", "replay", run, stdin="step 40\n").stdout
    for line in out.splitlines():
        if line.startswith('{"state":'):
            cut = line.index(',"hash":"')
            want = hashlib.sha256(line[9:cut].encode()).hexdigest()
            t.same("hash", json.loads(line)["hash"], want)


def check_equity(home, run):
    """Each step's state is what the run saved."""
    equity = home.rows("run", "show", run, "--print", "equity")
    events = home.run("run", "show", run, "--print", "events", "-o",
                      "ndjson").stdout.splitlines()[:-1]
    lines = talk(home, run, f"step {len(equity)}")
    t.same("events", [json.dumps(x["event"], sort_keys=True)
                      for x in lines if "event" in x],
           [json.dumps(t.parse(x), sort_keys=True) for x in events])
    last = states(lines)[-1]
    t.same("stopped", last["stopped"], "end")
    t.same("equity", t.dec(last["state"]["equity"]),
           t.dec(equity[-1]["equity"]))
    rand = random.Random(3)
    steps = [rand.randrange(1, len(equity) + 1) for _ in range(12)]
    got = states(talk(home, run, *[f"seek {equity[s - 1]['time']}"
                                   for s in steps]))[1:]
    for s, x in zip(steps, got):
        t.same("step", x["state"]["step"], s)
        t.same("time", x["state"]["time"], equity[s - 1]["time"])
        t.same("equity", t.dec(x["state"]["equity"]),
               t.dec(equity[s - 1]["equity"]))
    return len(equity)


def check_ways(home, run, steps):
    """Forward, back, forward; far and near: one hash a step."""
    rand, seen, ways = random.Random(5), {}, []
    for _ in range(60):
        ways.append(rand.choice((f"step {rand.randrange(1, 900)}",
                                 f"back {rand.randrange(1, 900)}",
                                 "step", "back")))
    for x in states(talk(home, run, *ways, "back 99999999")):
        step = x["state"]["step"]
        if seen.setdefault(step, x["hash"]) != x["hash"]:
            t.fail(f"step {step} has two states")
        if not 0 <= step <= steps:
            t.fail(f"there is no step {step}")
    a = states(talk(home, run, "step 700", "back 650", "step 650"))
    t.same("back and forward", a[1]["hash"], a[3]["hash"])
    t.same("and not the same all the way", a[1]["hash"] != a[2]["hash"], True)
    return len(seen)


def check_breaks(home, run):
    equity = home.rows("run", "show", run, "--print", "equity")
    fills = home.rows("run", "show", run, "--print", "fills")
    times = [x["time"] for x in equity]
    want = sorted({times.index(x["time"]) + 1 for x in fills})
    lines = talk(home, run, "break fill", *["continue"] * (len(want) + 1))
    hits = [x["state"]["step"] for x in lines if x.get("stopped") == "break"]
    t.same("fills", hits, want)
    t.same("the end", lines[-1]["stopped"], "end")
    peak, want = 0.0, None
    for i, x in enumerate(equity):
        peak = max(peak, float(x["equity"]), 100000.0)
        if want is None and float(x["equity"]) / peak - 1 < -0.05:
            want = i + 1
    got = talk(home, run, "continue", args=("--break", "drawdown < -0.05"))
    t.same("drawdown", got[-1]["state"]["step"], want)
    t.same("which", got[-1]["break"], 1)
    got = talk(home, run, "break step > 1000000", "break position.ACME > 0",
               "continue")
    t.same("position", got[-1]["break"], 2)
    t.same("the first fill", got[-1]["state"]["step"],
           times.index(fills[0]["time"]) + 1)


def wrong(home, run):
    answers = talk(home, run, "fly", "step x", "step -1", "seek", "seek noon",
                   "seek 999999", "break", "break 1 +", "break wings > 2",
                   "step 1" + " " * 50, "", "state", "quit", "state")
    errors = [x["error"] for x in answers if "error" in x]
    t.same("errors", len(errors), 9)
    for e in errors:
        if not e["message"] or e["message"].endswith("."):
            t.fail(f"no sentence: {e}")
    t.same("obeyed", [x["state"]["step"] for x in states(answers)], [0, 1, 1])
    bad = ((64, "run", "replay"), (66, "run", "replay", "r99"),
           (64, "run", "replay", run, "--at", "noon"),
           (66, "run", "replay", run, "--at", "999999"),
           (64, "run", "replay", run, "--break", "wings > 2"),
           (64, "run", "replay", run, "--break", "1 +"))
    for status, *args in bad:
        done = home.run(*args, status=None)
        err = done.stderr.splitlines()
        if (done.returncode != status or done.stdout or len(err) != 1 or
                err[0].endswith(".")):
            t.fail(f"{args}: {done.returncode}, {done.stdout}{done.stderr}")
    done = home.run("run", "replay", run, stdin="x" * 20000, status=65)
    return len(errors) + len(bad) + 1


with t.Home() as home:
    for name in ("ACME", "BOLT"):
        home.run("data", "import", os.path.join(DATA, f"{name}_daily.csv"),
                 "--symbol", name)
    one = home.json("simulate", "--symbols", "ACME", "--strategy",
                    "sma-cross", "-p", "trail=3")["run_id"]
    two = home.json("simulate", "--symbols", "ACME,BOLT", "--strategy",
                    "ema-cross", "-p", "side=long-short", "-p",
                    "stop_loss=2", "--account", "margin", "--fill",
                    "close")["run_id"]
    fork = home.json("run", "fork", one, "--at", "2021-01-01", "--set",
                     "slippage=none", "-p", "fast=4")["run_id"]
    seen = 0
    for run in (one, two, fork):
        check_hash(home, run)
        steps = check_equity(home, run)
        seen += check_ways(home, run, steps)
        check_breaks(home, run)
    t.same("--at", states(talk(home, one, args=("--at", "2020-01-01")))[0][
        "state"]["seq"] > 0, True)
    count = wrong(home, one)
print(f"{seen} states, {count} wrong commands")
