"""A script that fails or hangs, as a user meets it: status 83, one sentence
that names the saved run, a sealed log, and a run that verifies: it fails again
where it failed.  A script altered beside its run does not."""
import os
import sys

sys.dont_write_bytecode = True
import simtest as t

DATA = "ACME=" + os.path.join(os.environ["top_srcdir"], "data",
                              "ACME_daily.csv")
SCRIPT = """n = 0
function on_bar(ctx, bar)
  n = n + 1
  if n %% 5 == 0 then
    if ctx:flat() then ctx:buy{ percent = 50 } else ctx:close() end
  end
  if n == 100 then %s end
end
"""


def failed(home, name, wrong, said, *options):
    home.write(name, SCRIPT % wrong)
    done = home.run("simulate", name, "--data", DATA, "-o", "json", *options,
                    status=83)
    run = t.parse(done.stdout)
    if said not in done.stderr or done.stderr.count("\n") != 1 or \
            f"what it did until then is saved as {run['run_id']}" \
            not in done.stderr:
        t.fail(f"{name} said {done.stderr!r}")
    if run["steps"] != 100 or "strategy-failed" not in run["stamps"] or \
            said not in run["failure"] or run["partial"]:
        t.fail(f"{name} left {run}")
    shown = home.json("run", "show", run["run_id"])
    if shown["log_hash"] != run["log_hash"] or \
            shown["failure"] != run["failure"]:
        t.fail(f"{name} was saved as {shown}")
    return run["run_id"]


def check_hang(home):
    """The limit is the run's own, and what was done until then can be looked
    at without another wait."""
    for name, wrong in ("hangs", "while true do end"), \
            ("buys-and-hangs", "ctx:buy{ qty = 1 } while true do end"):
        run = failed(home, name + ".lua", wrong, name + ".lua",
                     "--callback-timeout", "1s")
        story = home.json("explain", "order", "1", "--run", run)
        if story["status"] != "filled":
            t.fail(f"{name}: {story}")
        bought = home.json("run", "show", run)["orders"]["submitted"]
        story = home.json("explain", "order", str(bought), "--run", run)
        if story["decision"]["step"] != 100:
            t.fail(f"{name}: {story}")
        last = home.run("run", "replay", run, stdin="step 1000\n").stdout
        if '"step":100' not in last.splitlines()[-1]:
            t.fail(f"{name} was replayed to {last}")
        home.run("run", "verify", run)
        done = home.run("run", "fork", run, "--at", "3", "--no-save",
                        status=83)
        if "it has not come back for 1000 ms" not in done.stderr or \
                t.parse(done.stdout)["log_hash"] != \
                home.json("run", "show", run)["log_hash"]:
            t.fail(f"{name} was forked: {done.stdout}{done.stderr}")
        done = home.run("run", "fork", run, "--no-save", "--callback-timeout",
                        "100ms", status=83)
        if "it has not come back for 100 ms" not in done.stderr:
            t.fail(f"{name} was forked with a limit: {done.stderr}")


def check_hang_in_fork(home):
    """Of a run that is whole, by a strategy that is not."""
    said = "it has not come back for 300 ms"
    home.write("ends.lua", SCRIPT % "n = n")
    whole = home.json("simulate", "ends.lua", "--data", DATA)["run_id"]
    for point in "0", "3", "30":
        done = home.run("run", "fork", whole, os.path.join(
            home.path, "hangs.lua"), "--at", point, "--callback-timeout",
            "300ms", status=83)
        if said not in done.stderr or \
                "strategy-failed" not in done.stdout:
            t.fail(f"fork: {done.stdout}{done.stderr}")


def main():
    with t.Home() as home:
        run = failed(home, "wrong.lua", "nothing.x = 1", "wrong.lua, line 7")
        home.run("run", "verify", run)
        check_hang(home)
        check_hang_in_fork(home)
        kept = os.path.join(home.path, "sim", "runs", run, "strategy.lua")
        with open(kept, "a", encoding="ascii") as f:
            f.write("-- altered\n")
        done = home.run("run", "verify", run, status=84)
        if "is not the script that run" not in done.stderr:
            t.fail(done.stderr)
        home.write("early.lua", "function on_start() error('no') end\n"
                   "function on_bar() end\n")
        done = home.run("simulate", "early.lua", "--data", DATA, status=83)
        if done.stdout or "saved as" in done.stderr:
            t.fail(f"nothing was run, but: {done.stdout}{done.stderr}")
    print("10 passed, 0 failed, 0 skipped")


main()
