"""run fork: a fork without a change is its parent, byte for byte; with one it
shares the log up to the point and verifies from its own manifest; forks of
forks, dropped orders, other parameters and strategies; wrong invocations."""
import json
import os
import shlex
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import simtest as t

DATA = os.path.join(os.environ["top_srcdir"], "data")
ONE = "--symbols ACME --timeframe daily "
LUA = """\
name = "cross"
params = { fast = {5, min=2, max=50}, slow = {20, min=3, max=200} }
local fast, slow
function on_start(ctx)
  fast, slow = ctx:sma("close", ctx.p.fast), ctx:sma("close", ctx.p.slow)
end
function on_bar(ctx, bar)
  if crosses_above(fast, slow) and ctx:flat() then ctx:buy{ percent = 90 }
  elseif crosses_above(slow, fast) and ctx:long() then ctx:close{} end
end
"""
PIPE = """\
import json, sys
n = 0
for line in sys.stdin:
    m = json.loads(line)
    if m["type"] == "hello":
        print('{"type":"ready","data":{}}', flush=True)
    elif m["type"] == "tick":
        n += 1
        seq = m["data"]["sequence_id"]
        orders = []
        if n %% 40 == 10:
            orders = [{"order_id": "o%%d" %% n, "symbol": "ACME",
                       "side": "buy", "type": "market", "quantity": %s}]
        if n %% 40 == 30:
            orders = [{"order_id": "o%%d" %% n, "symbol": "ACME",
                       "side": "sell", "type": "market", "quantity": "5"}]
        if orders:
            print(json.dumps({"type": "order_batch", "data":
                              {"batch_id": "b%%d" %% n, "orders": orders}}))
        print(json.dumps({"type": "tick_ack", "data":
                          {"sequence_id": seq}}), flush=True)
"""


def run(home, *args):
    return home.json(*args)["run_id"]


def log(home, name):
    path = os.path.join(home.path, "sim", "runs", name, "events.ndjson")
    with open(path, encoding="ascii") as f:
        return f.read().splitlines()


def log_hash(home, name):
    return [x for x in home.rows("run", "list") if x["run_id"] == name][0][
        "log_hash"]


def manifest(home, name):
    path = os.path.join(home.path, "sim", "runs", name, "manifest.json")
    with open(path, encoding="ascii") as f:
        return json.load(f)


def verify(home, name):
    done = home.run("run", "verify", name, status=None)
    if done.returncode:
        t.fail(f"{name} does not verify: {done.stderr}")


def shares(home, parent, child, seq):
    """The child's log begins with the parent's events up to seq."""
    a, b = log(home, parent), log(home, child)
    t.same(f"{child}: history", b[:seq], a[:seq])
    if a == b:
        t.fail(f"{child} goes no way of its own")
    verify(home, child)


def forms(home):
    """Every form that this build has, as arguments of simulate."""
    home.write("cross.lua", LUA)
    home.write("pipe.py", PIPE % '"5"')
    home.write("orders.csv", "time,symbol,side,type,quantity,limit,tif\n"
               "2020-01-06,ACME,buy,market,100,,gtc\n"
               "2020-03-02,ACME,sell,market,40,,gtc\n"
               "2020-06-01,ACME,buy,market,10,,gtc\n"
               "2021-01-04,ACME,sell,market,70,,gtc\n")
    every = [
        (ONE + "--strategy sma-cross -p stop_loss=3").split(),
        ("--symbols ACME,BOLT --timeframe daily --strategy ema-cross "
         "-p side=long-short --account margin --path best").split(),
        (ONE + "--strategy breakout --fill close").split(),
        (ONE + "--orders orders.csv").split(),
    ]
    top = os.path.abspath(os.environ["top_srcdir"])
    build(home, "sma.so", "-shared", "-fPIC", "-I",
          os.path.join(top, "include"), os.path.join(top, "examples", "sma.c"))
    build(home, "sma", os.path.join(top, "clients", "c", "sma.c"), "-lm")
    for extra in (["cross.lua"], ["--plugin", "./sma.so"],
                  ["--exec", "./sma"],
                  ["--exec", f"{sys.executable} pipe.py"]):
        every.append(ONE.split() + extra)
    return every


def build(home, out, *args):
    done = subprocess.run([*shlex.split(os.environ.get("CC") or "cc"), "-O2",
                           "-o", os.path.join(home.path, out), *args],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        t.fail(f"{args}: {done.stderr}")


def same_without_change(home, every):
    parents = []
    for args in every:
        parent = run(home, "simulate", *args)
        events = len(log(home, parent)) - 1
        if events < 5:
            t.fail(f"{args}: too little happens")
        for at in ("0", str(events // 2), "2021-06-01"):
            child = run(home, "run", "fork", parent, "--at", at)
            t.same(f"{args} at {at}", log_hash(home, child),
                   log_hash(home, parent))
            home.run("run", "diff", parent, child, "--quiet")
        verify(home, child)
        told = manifest(home, child)["forks"][0]
        t.same("parent", told["parent"]["log"], log_hash(home, parent))
        parents.append(parent)
    return parents


def changes(home, parents):
    first, orders = parents[0], parents[3]
    seq = len(log(home, first)) // 2
    child = run(home, "run", "fork", first, "--at", str(seq), "--set",
                "slippage=bps:40", "--set", "commission=per-order:3")
    shares(home, first, child, seq)
    t.same("changes", manifest(home, child)["forks"][0]["config"],
           {"slippage": "bps:40", "commission": "per-order:3"})
    # A fork of the fork, later and earlier; without a change it is the same.
    again = run(home, "run", "fork", child, "--at", str(seq + 20), "--set",
                "path=olhc", "--set", "slippage=none")
    shares(home, child, again, seq + 20)
    early = run(home, "run", "fork", again, "--at", "3")
    t.same("a fork of forks", log_hash(home, early), log_hash(home, again))
    verify(home, early)
    t.same("points", len(manifest(home, early)["forks"]), 3)
    # Other parameters; another strategy.
    child = run(home, "run", "fork", first, "--at", "2021-06-01", "-p",
                "fast=4", "-p", "slow=9")
    shares(home, first, child, 10)
    child = run(home, "run", "fork", first, "--at", "2021-06-01",
                "--strategy", "buy-hold")
    shares(home, first, child, 10)
    home.run("explain", "fill", "1", "--run", child)
    # An order that is not sent, and one that is taken back.
    child = run(home, "run", "fork", orders, "--drop-order", "3")
    shares(home, orders, child, 4)
    t.same("fills", len(home.rows("run", "show", child, "--print", "fills")),
           2)
    home.write("open.csv", "time,symbol,side,type,quantity,limit,tif\n"
               "2020-01-06,ACME,buy,limit,100,1,gtc\n"
               "2020-01-07,ACME,buy,market,10,,gtc\n")
    parent = run(home, "simulate", *ONE.split(), "--orders", "open.csv")
    child = run(home, "run", "fork", parent, "--at", "2", "--drop-order", "1")
    shares(home, parent, child, 2)
    rows = home.rows("order", "list", child)
    t.same("taken back", rows[0]["status"], "cancelled")
    # With another command or script in the middle.
    child = run(home, "run", "fork", first, "--exec", "./sma", "--at",
                "2021-06-01")
    shares(home, first, child, 10)
    child = run(home, "run", "fork", first, "--plugin", "./sma.so", "--at",
                "2021-06-01")
    shares(home, first, child, 10)
    home.write("other.lua", LUA.replace("5,", "9,"))
    child = run(home, "run", "fork", first, "other.lua", "--at", "2021-06-01")
    shares(home, first, child, 10)
    path = os.path.join(home.path, "sim", "runs", child, "fork-1.lua")
    with open(path, "a", encoding="ascii") as f:
        f.write("-- altered\n")
    home.run("run", "verify", child, status=84)


def not_deterministic(home, args):
    """A child that says something else when it is asked again."""
    home.write("pipe.py", PIPE % 'str(1 + (len(open("n").read()) %% 2))'
               .replace("%%", "%"))
    home.write("n", "")
    parent = run(home, "simulate", *args)
    home.write("n", "x")
    done = home.run("run", "fork", parent, "--at", "20", status=84)
    if "not deterministic" not in done.stderr:
        t.fail(done.stderr)


def wrong(home, parent, orders):
    bad = (
        (64, "run", "fork"),
        (66, "run", "fork", "r999"),
        (66, "run", "fork", parent, "--at", "999999"),
        (64, "run", "fork", parent, "--at", "noon"),
        (64, "run", "fork", parent, "--set", "slippage=lots"),
        (64, "run", "fork", parent, "--set", "weather=fine"),
        (64, "run", "fork", parent, "--set", "cash=5"),
        (64, "run", "fork", parent, "--set", "slippage"),
        (66, "run", "fork", parent, "--drop-order", "99999"),
        (64, "run", "fork", parent, "--drop-order", "x"),
        (64, "run", "fork", parent, "--drop-order", "1", "--at", "40"),
        (64, "run", "fork", parent, "--drop-order", "2", "--at", "0"),
        (66, "run", "fork", parent, "--strategy", "nope"),
        (64, "run", "fork", parent, "-p", "wings=2"),
        (64, "run", "fork", orders, "-p", "fast=2"),
    )
    for status, *args in bad:
        done = home.run(*args, status=None)
        err = done.stderr.splitlines()
        if (done.returncode != status or done.stdout or len(err) != 1 or
                not err[0].startswith("simutrador: ") or
                err[0].endswith(".")):
            t.fail(f"{args}: {done.returncode}, {done.stdout}{done.stderr}")
    return len(bad)


with t.Home() as home:
    for name in ("ACME", "BOLT"):
        home.run("data", "import", os.path.join(DATA, f"{name}_daily.csv"),
                 "--symbol", name)
    every = forms(home)
    parents = same_without_change(home, every)
    changes(home, parents)
    not_deterministic(home, every[-1])
    count = wrong(home, parents[0], parents[3])
    # Without its parent a fork still verifies.
    child = run(home, "run", "fork", parents[0], "--at", "9", "--set",
                "path=best")
    shutil.rmtree(os.path.join(home.path, "sim", "runs", parents[0]))
    verify(home, child)
print(f"{len(parents)} forms of a run, {count} wrong invocations")
