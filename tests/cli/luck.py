"""What a sweep says of luck at its end, against a computation of its own.

The trials' Sharpe ratios come from the rows, the standard error of the best
from `metrics`, the returns for PBO from the equity of each run at its closes;
expected maximum, deflated probability and the cross-validation over all splits
are made here.  Nothing is said to a pipe, by a shard, or with -q; a resumed
sweep leaves PBO out.  Not covered: more than 1024 points.
"""
import itertools
import json
import math
import os
import pty
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ.get("top_srcdir", "."),
                                "tests/run"))
import pseudo
import simtest as t

BLOCKS = 12
SWEEP = ["--data", "ACME=acme.csv", "--strategy", "sma-cross",
         "-p", "fast=3:12:3", "-p", "slow=20:80:20"]
N = 16


def on_terminal(home, *args):
    """Standard error as a terminal shows it, folded to one line."""
    ours, theirs = pty.openpty()
    out = tempfile.TemporaryFile()
    child = subprocess.Popen([t.PROGRAM, *args], env=home.env(TERM="dumb"),
                             cwd=home.path, stdin=subprocess.DEVNULL,
                             stdout=out, stderr=theirs)
    os.close(theirs)
    err = b"".join(pseudo.pieces(ours))
    os.close(ours)
    assert child.wait() == 0, err
    out.seek(0)
    return out.read().decode(), err.decode()


def returns(home, row):
    p = row["params"]
    rows = home.rows("simulate", *SWEEP[:4], "-p", f"fast={p['fast']}", "-p",
                     f"slow={p['slow']}", "--no-save", "--print", "equity")
    level = [100000.0] + [float(x["equity"]) for x in rows]
    return [b / a - 1 for a, b in zip(level, level[1:])]


def sharpe(x):
    mean = math.fsum(x) / len(x)
    var = math.fsum((v - mean) ** 2 for v in x) / (len(x) - 1)
    return mean / math.sqrt(var) if var else -math.inf


def pbo(columns):
    size = len(columns[0]) // BLOCKS
    skip = len(columns[0]) - size * BLOCKS
    parts = [[c[skip + k * size:skip + (k + 1) * size] for k in range(BLOCKS)]
             for c in columns]
    bad = total = 0
    for half in itertools.combinations(range(BLOCKS), BLOCKS // 2):
        rest = [k for k in range(BLOCKS) if k not in half]
        a = [sharpe(sum((p[k] for k in half), [])) for p in parts]
        b = [sharpe(sum((p[k] for k in rest), [])) for p in parts]
        best = a.index(max(a))
        rank = (1 + sum(x < b[best] for x in b)) / (len(b) + 1)
        bad += math.log(rank / (1 - rank)) <= 0
        total += 1
    return bad / total


def deflated(home, rows):
    values = [r["sharpe"] for r in rows]
    normal = statistics.NormalDist()
    euler = 0.5772156649015329
    expected = statistics.stdev(values) * (
        (1 - euler) * normal.inv_cdf(1 - 1 / N) +
        euler * normal.inv_cdf(1 - 1 / (N * math.e)))
    best = max(rows, key=lambda r: r["sharpe"])
    home.run("simulate", *SWEEP[:4], *[
        x for k in ("fast", "slow")
        for x in ("-p", f"{k}={best['params'][k]}")])
    se = json.loads(home.run("metrics", "last", "-o",
                             "json").stdout)["sharpe_se"]
    return best["sharpe"], expected, normal.cdf((best["sharpe"] - expected) /
                                                se)


def main():
    pseudo.need_terminal()
    with t.Home() as home:
        home.run("data", "gen", "ACME", "--seed", "5",
                 "--timeframe", "daily", "--from", "2015-01-02", "--to",
                 "2015-12-31", "--file", "acme.csv")
        out, err = on_terminal(home, "optimize", "sweep", *SWEEP, "-o",
                               "ndjson", "-j", "2")
        rows = [json.loads(x) for x in out.splitlines()]
        assert len(rows) == N
        best, expected, p = deflated(home, rows)
        said = (f"The best Sharpe ratio of {N} trials is {best:.2f}; without "
                f"any skill the best of as many would have {expected:.2f}. It "
                "is more than luck with a probability of "
                f"{100 * p:.1f}% (deflated Sharpe ratio).")
        assert said in err, (said, err)
        share = pbo([returns(home, r) for r in rows])
        said = ("The best in one half of the time is below the median in the "
                f"other with a probability of {100 * share:.1f}% (PBO: of "
                "backtest overfitting).")
        assert said in err, (said, err)
        _, err = on_terminal(home, "optimize", "resume", "last")
        assert "deflated" in err and "PBO" not in err, err
        for more in (["-q"], ["--shard", "1/2"]):
            _, err = on_terminal(home, "optimize", "sweep", *SWEEP,
                                 "--no-save", *more)
            assert "luck" not in err and "PBO" not in err, (more, err)
        done = home.run("optimize", "sweep", *SWEEP, "--no-save")
        assert "luck" not in done.stderr, done.stderr
        print(f"deflated {p:.4f}, PBO {share:.4f}")


main()
