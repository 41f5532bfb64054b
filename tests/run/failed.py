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


def main():
    with t.Home() as home:
        run = failed(home, "wrong.lua", "nothing.x = 1", "wrong.lua, line 7")
        home.run("run", "verify", run)
        failed(home, "hangs.lua", "while true do end", "hangs.lua",
               "--callback-timeout", "300ms")
        if os.environ.get("SIM_LONG"):
            home.run("run", "verify", "last")
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
    print("6 passed, 0 failed, 0 skipped")


main()
