"""Many imports into one symbol and many runs at the same time: every bar is
there, every run is whole and has an id of its own."""
import os
import sys

sys.dont_write_bytecode = True
import faulttest as f
from faulttest import t

ACME = os.path.join(os.environ["top_srcdir"], "data", "ACME_1min.csv")
PARTS = 8


def together(home, commands):
    """Start all, wait for all."""
    started = [home.start(*c, env=f.EPOCH) for c in commands]
    for command, child in zip(commands, started):
        said = child.communicate()[1].decode()
        t.same(f"{command}: {said}", child.returncode, 0)


with t.Home() as home:
    with open(ACME, encoding="ascii") as file:
        heading, *rows = file.readlines()
    for i in range(PARTS):
        home.write(f"{i}.csv", heading + "".join(rows[i::PARTS]))
    together(home, [("data", "import", f"{i}.csv", "--symbol", "ACME",
                     "--timeframe", "1min") for i in range(PARTS)])
    home.run("data", "hash", "ACME")
    again = home.json("data", "import", ACME, "--symbol", "ACME")
    t.same("added, same", (again["added"], again["same"]), (0, len(rows)))
    together(home, [("simulate", "--symbols", "ACME", "--strategy", "macd")
                    for _ in range(PARTS)])
    runs = os.path.join(home.path, "sim", "runs")
    first, _ = f.tree(os.path.join(runs, "r1"))
    for i in range(PARTS):
        t.same(f"run {i + 1} is the first one's bytes",
               f.tree(os.path.join(runs, f"r{i + 1}"))[0] == first, True)
    t.same("runs", len(home.rows("run", "list")), PARTS)
    t.same("left behind", f.tree(os.path.join(home.path, "sim"))[1], [])
print(f"{PARTS} imports and {PARTS} runs at once")
