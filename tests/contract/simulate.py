"""`simulate --server`: a strategy of this machine, in each form, on the bars of
a server that it has no other access to, prints what `simulate` prints here and
has its log.
"""
import json
import os
import shlex
import subprocess
import sys

TOP = os.path.abspath(os.environ.get("top_srcdir", "."))
sys.path.insert(0, os.path.join(TOP, "tests", "server"))
from servertest import Home, Server, main  # noqa: E402

RANGE = ("--from", "2024-03-04", "--to", "2024-03-06", "--timeframe", "1min")
MONTH = ("--from", "2024-03-04", "--to", "2024-04-30", "--timeframe", "1min")
YEARS = ("--from", "2022-01-03", "--to", "2024-06-28", "--timeframe", "daily")
ORDERS = """time,symbol,side,type,quantity,limit
2022-02-01,ACME,buy,market,10,
2022-02-02,BOLT,buy,limit,5,1.00
2022-03-01,ACME,sell,market,4,
"""
FAILS = """n = 0
function on_bar(ctx, bar)
	n = n + 1
	if n == 30 then ctx:buy { quantity = 3 } end
	if n == 50 then error("no more") end
end
"""
LAST = """n = 0
function on_bar(ctx, bar)
	n = n + 1
	if n == 20 then ctx:buy { quantity = 3 } end
	if n == 40 then
		ctx:buy { quantity = 2, stop_loss = 1 }
		error("no more")
	end
end
"""
CHILD = """import json, sys
n = 0
def say(x): print(json.dumps(x), flush=True)
for line in sys.stdin:
    m = json.loads(line)
    d = m["data"]
    if m["type"] == "hello":
        say({"type": "ready", "data": {}})
    elif m["type"] == "tick":
        n += 1
        if n % 40 == 1:
            say({"type": "order_batch", "data": {"orders": [{
                "order_id": "a%d" % n, "symbol": "ACME", "side": "buy",
                "quantity": 3, "stop_loss": "40.00", "take_profit": "90.00"
            }]}})
        if n % 40 == 21:
            say({"type": "order_batch", "data": {"orders": [{
                "order_id": "a%d" % n, "symbol": "ACME", "side": "sell",
                "quantity": 1}]}})
        say({"type": "tick_ack", "data": {"sequence_id": d["sequence_id"]}})
    elif m["type"] == "simulation_end":
        say({"type": "bye", "data": {}})
        break
"""
FIVES = ("--from", "2024-03-04", "--to", "2024-03-06", "--timeframe", "5min")


def fives():
    """Bars of five minutes."""
    with open(os.path.join(TOP, "data", "ACME_1min.csv"),
              encoding="ascii") as f:
        rows = [x.rstrip("\n").split(",") for x in f][1:]
    out = ["time,open,high,low,close,volume"]
    made = {}
    for time, *bar in rows:
        made.setdefault("%s%02d:00Z" % (
            time[:14], int(time[14:16]) // 5 * 5), []).append(bar)
    for time, bars in made.items():
        out.append(",".join([
            time, bars[0][0], max((b[1] for b in bars), key=float),
            min((b[2] for b in bars), key=float), bars[-1][3],
            str(sum(int(b[4]) for b in bars))]))
    return "\n".join(out) + "\n"


VARYING = ("run_id", "created")


def parts(t, what, here, there, varying=VARYING):
    for key in here:
        if key not in varying:
            t.check("%s: %s" % (what, key), here[key] == there.get(key),
                    here[key], there.get(key))


def same(t, home, far, to, what, args, status=0):
    """Printed, saved, and verified without the server."""
    rc, local, err = home.run("simulate", *args, "-o", "json")
    t.check(what + ": simulated here", rc == status, err)
    rc, out, err = far.run("simulate", *args, *to, "-o", "json",
                           env=far.there)
    if not t.check(what + ": simulated there", rc == status, err):
        return
    parts(t, what, json.loads(local), json.loads(out))
    rc, out, err = far.run("run", "verify", "last")
    t.check(what + ": verified", rc == 0, out, err)


def session(far, to, *args):
    return json.loads(far.must(*args, *to, "-o", "json", env=far.there))


def kept(t, home, far, to):
    """A session there is shown as a run, and kept as one, where there are no
    bars, as it is where they are."""
    session(far, to, "session", "create", "ACME", "BOLT", "--start-date",
            "2022-01-03", "--end-date", "2022-06-30", "--timeframe", "daily",
            "--id", "kept")
    session(far, to, "session", "start", "kept")
    session(far, to, "order", "buy", "ACME", "10", "--session", "kept",
            "--stop-loss", "60")
    session(far, to, "session", "step", "kept", "-n", "20")
    home.there = far.there
    for what, *more in (("report", "kept"), ("portfolio", "show", "kept"),
                        ("metrics", "kept")):
        near = session(home, to, what, *more)
        there = session(far, to, what, *more)
        if isinstance(near, dict):
            parts(t, "under way: " + what, near, there,
                  VARYING + ("hashes",))  # of bars to come
        else:
            t.check("under way: " + what, near == there, near, there)
    session(far, to, "session", "resume", "kept")
    far.must("session", "watch", "kept", "--speed", "max", *to,
             env=far.there)
    runs = {}
    for who in (far, home):
        session(who, to, "session", "log", "kept", "--save")
        runs[who] = json.loads(who.must("run", "show", "last", "-o", "json"))
        rc, out, err = who.run("run", "verify", "last")
        t.check("kept: verified", rc == 0, out, err)
    parts(t, "kept", runs[home], runs[far])
    t.check("bars are kept where there are none",
            [os.path.isdir(os.path.join(
                x.path, ".local/share/simutrador/runs", runs[x]["run_id"],
                "store")) for x in (far, home)] == [True, False])


def build(far):
    """The plugin of examples/."""
    path = os.path.join(far.path, "sma.so")
    subprocess.run(
        [*shlex.split(os.environ.get("CC") or "cc"), "-shared", "-fPIC", "-O1",
         "-I", os.path.join(TOP, "include"), "-o", path,
         os.path.join(TOP, "examples", "sma.c")], check=True)
    return path


def attached(t, home, far, to):
    """A plugin and a script drive a session from here."""
    for i, form in enumerate((
            ("--plugin", build(far), "-p", "fast=5", "-p", "slow=20"),
            (os.path.join(TOP, "examples", "dip.lua"),))):
        name = "attached%d" % i
        session(far, to, "session", "create", "ACME", "--start-date",
                YEARS[1], "--end-date", YEARS[3], "--timeframe", "daily",
                "--id", name)
        got = session(far, to, "session", "attach", name, *form)
        here = json.loads(home.must("simulate", "--symbols", "ACME", *form,
                                    *YEARS, "--no-save", "-o", "json"))
        kept = json.loads(far.must("run", "show", got["run_id"], "-o",
                                   "json"))
        t.check(name + ": it traded", here["fills"] > 0, here)
        t.check(name + ": its log is that of a run",
                kept["log_hash"] == here["log_hash"], kept, here)


def refused(t, far, what, status, *args):
    rc, _, err = far.run("simulate", *args, env=far.there)
    t.check("%s: %d" % (what, status), rc == status, rc, err)


def test(t):
    with Server(t, "server") as server:
        user = server.user("ada", "enterprise")
        far = Home(sample=[])
        child = far.file("child.py", CHILD)
        far.there = {"SIMUTRADOR_API_KEY": user.key,
                     "SIMUTRADOR_SERVER": ""}
        to = ("--server", server.said["auth_url"])
        forms = (
            ("built-in", ("--strategy", "sma-cross", "-p", "fast=5", "-p",
                          "slow=20", "--benchmark", "BOLT")),
            ("Lua", (os.path.join(TOP, "examples", "dip.lua"),
                     "--adjust", "split")),
            ("a process", ("--exec", "%s %s" % (sys.executable, child),
                           "--adjust", "total-return")),
        )
        try:
            for name, form in forms:
                same(t, server.home, far, to, name,
                     ("--symbols", "ACME") + YEARS + form)
            same(t, server.home, far, to, "minutes, a model",
                  ("--symbols", "ACME", "--model", "ibkr-like", "--cash",
                   "20000", "--strategy", "rsi-reversion") + RANGE)
            same(t, server.home, far, to, "two timeframes",
                 ("--symbols", "ACME", os.path.join(
                     TOP, "examples", "two-frames.lua")) + MONTH)
            same(t, server.home, far, to, "three symbols",
                  ("--symbols", "ACME,BOLT,CRUX", "--strategy",
                   "momentum-rotation", "--fill", "close") + YEARS)
            orders = far.file("orders.csv", ORDERS)
            same(t, server.home, far, to, "a list of orders",
                 ("--orders", orders, "--benchmark", "ACME") + YEARS)
            same(t, server.home, far, to, "two timeframes, all hours",
                 ("--symbols", "ACME", "--session", "extended", os.path.join(
                     TOP, "examples", "two-frames.lua")) + RANGE)
            server.home.must("data", "import", "--symbol", "ACME",
                             server.home.file("fives.csv", fives()))
            same(t, server.home, far, to, "finer bars",
                 ("--symbols", "ACME", "--path", "detail:1min", "--strategy",
                  "sma-cross", "-p", "fast=5", "-p", "slow=20") + FIVES)
            same(t, server.home, far, to, "a strategy that fails",
                 ("--symbols", "ACME", far.file("fails.lua", FAILS)) + YEARS,
                 status=83)
            for fill in ("close", "next-open"):
                same(t, server.home, far, to, "orders and fails: " + fill,
                     ("--symbols", "ACME", "--fill", fill,
                      far.file("last.lua", LAST)) + YEARS, status=83)
            refused(t, far, "files", 64, *to, "--data", "A=a.csv",
                    "--strategy", "buy-hold", *YEARS)
            refused(t, far, "no range", 64, *to, "--symbols", "ACME",
                    "--strategy", "buy-hold")
            refused(t, far, "no strategy", 64, *to, "--symbols", "ACME",
                    *YEARS)
            refused(t, far, "no such symbol", 66, *to, "--symbols", "NONE",
                    "--strategy", "buy-hold", *YEARS)
            kept(t, server.home, far, to)
            attached(t, server.home, far, to)
        finally:
            far.remove()


main(test)
