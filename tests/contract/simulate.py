"""`simulate --server`: a strategy of this machine, in each form, on the bars of
a server that it has no other access to, prints what `simulate` prints here and
has its log.
"""
import json
import os
import sys

TOP = os.path.abspath(os.environ.get("top_srcdir", "."))
sys.path.insert(0, os.path.join(TOP, "tests", "server"))
from servertest import Home, Server, main  # noqa: E402

RANGE = ("--from", "2024-03-04", "--to", "2024-03-06", "--timeframe", "1min")
MONTH = ("--from", "2024-03-04", "--to", "2024-04-30", "--timeframe", "1min")
YEARS = ("--from", "2022-01-03", "--to", "2024-06-28", "--timeframe", "daily")
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
VARYING = ("run_id", "created", "band")


def same(t, home, far, to, what, args):
    local = home.must("simulate", *args, "--no-save", "--no-band", "-o",
                      "json")
    rc, out, err = far.run("simulate", *args, *to, "-o", "json",
                           env=far.there)
    if not t.check(what + ": simulated there", rc == 0, err):
        return
    here, there = json.loads(local), json.loads(out)
    for key in here:
        if key not in VARYING:
            t.check("%s: %s" % (what, key), here[key] == there.get(key),
                    here[key], there.get(key))


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
                          "slow=20")),
            ("Lua", (os.path.join(TOP, "examples", "dip.lua"),)),
            ("a process", ("--exec", "%s %s" % (sys.executable, child))),
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
            refused(t, far, "files", 64, *to, "--data", "A=a.csv",
                    "--strategy", "buy-hold", *YEARS)
            refused(t, far, "no range", 64, *to, "--symbols", "ACME",
                    "--strategy", "buy-hold")
            refused(t, far, "no strategy", 64, *to, "--symbols", "ACME",
                    *YEARS)
            refused(t, far, "no such symbol", 66, *to, "--symbols", "NONE",
                    "--strategy", "buy-hold", *YEARS)
            refused(t, far, "finer bars", 64, *to, "--symbols", "ACME",
                    "--path", "detail:1min", "--strategy", "buy-hold", *YEARS)
        finally:
            far.remove()


main(test)
