"""metrics --compat: the peers' formulas, computed here a second time.

One series of twenty days with dates, and a run with trades; expected values
come from the formulas with Python's own arithmetic, and from the published
figures of that series (three programs that call three numbers "Sharpe").
"""
import datetime
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.environ.get("top_srcdir", "."))
BIN = os.path.join(os.path.abspath(os.environ.get("top_builddir", ".")),
                   "simutrador")
R = [x / 1e4 for x in (120, -80, 45, 0, -150, 210, 30, -60, 95, -20, -200,
                       160, 75, -35, 0, 110, -90, 55, 140, -45)]
B = [x / 1e4 for x in (80, -60, 30, 10, -120, 150, 20, -40, 70, -10, -160,
                       120, 50, -30, 5, 90, -70, 40, 100, -30)]
A, N = 252, 20
mean, sd = statistics.fmean, statistics.stdev
passed = 0


def check(what, got, want, tol=1e-12):
    global passed
    ok = got is None if want is None else (
        got is not None and abs(got - want) <= tol * max(1, abs(want)))
    if not ok:
        sys.exit("FAIL: %s: got %r, want %r" % (what, got, want))
    passed += 1


def run(*args, env=None):
    p = subprocess.run([BIN, *args], capture_output=True, text=True, env=env)
    if p.returncode:
        sys.exit("FAIL: %s: %d %s" % (args, p.returncode, p.stderr))
    return p.stdout


def table(text):
    return {row["metric"]: row for row in map(json.loads, text.splitlines())}


def growth(x):
    return math.prod(1 + v for v in x)


def depth(x):
    level = peak = 1
    low, squares = 0, 0
    for v in x:
        level *= 1 + v
        peak = max(peak, level)
        low = min(low, level / peak - 1)
        squares += (level / peak - 1) ** 2
    return low, squares


def moments():
    m = mean(R)
    m2 = mean([(v - m) ** 2 for v in R])
    g1 = mean([(v - m) ** 3 for v in R]) / m2 ** 1.5
    k = mean([(v - m) ** 4 for v in R]) / m2 ** 2
    return (g1 * math.sqrt(N * (N - 1)) / (N - 2),
            (N - 1) / ((N - 2) * (N - 3)) * ((N + 1) * (k - 3) + 6))


def series(folder, env):
    path = os.path.join(folder, "equity.csv")
    bench = os.path.join(folder, "bench.csv")
    day = datetime.date(2024, 1, 1)
    dates, level = [], [1.0]
    for r in R:
        level.append(level[-1] * (1 + r))
    # 20 steps in 27 days, as weekdays fall.
    offsets = [0] + [round((i + 1) * 27 / N) for i in range(N)]
    dates = [day + datetime.timedelta(o) for o in offsets]
    with open(path, "w", encoding="ascii") as f:
        for d, v in zip(dates, level):
            f.write("%s,%.17g\n" % (d, v))
    level = [1.0]
    for r in B:
        level.append(level[-1] * (1 + r))
    with open(bench, "w", encoding="ascii") as f:
        for d, v in zip(dates, level):
            f.write("%s,%.17g\n" % (d, v))
    return table(run("metrics", path, "--input", "equity", "--compat", "all",
                     "--benchmark", bench, "-o", "ndjson", env=env))


def check_series(t):
    low, squares = depth(R)
    g = growth(R) ** (1 / N) - 1
    cagr = growth(R) ** (A / N) - 1
    down = math.sqrt(sum(min(v, 0) ** 2 for v in R) / N)
    sharpe = mean(R) / sd(R) * math.sqrt(A)
    check("the three Sharpes", t["sharpe"]["simutrador"],
          2.6913504822683243, 1e-10)
    check("empyrical sharpe", t["sharpe"]["empyrical"], sharpe, 1e-10)
    check("quantstats sharpe", t["sharpe"]["quantstats"], sharpe, 1e-10)
    check("backtesting.py sharpe", t["sharpe"]["backtesting_py"],
          2.099809860342935, 1e-9)
    check("freqtrade sharpe", t["sharpe"]["freqtrade"], 2.4039928841106843,
          1e-9)
    check("ours below a year", t["cagr"].get("simutrador"), None)
    for peer in ("empyrical", "quantstats", "backtesting_py"):
        check(peer + " cagr", t["cagr"][peer], cagr, 1e-9)
    check("empyrical calmar", t["calmar"]["empyrical"], cagr / -low, 1e-9)
    check("sortino", t["sortino"]["backtesting_py"],
          cagr / (down * math.sqrt(A)), 1e-9)
    vol = math.sqrt((sd(R) ** 2 + (1 + g) ** 2) ** A - (1 + g) ** (2 * A))
    check("compounded volatility", t["vol_ann"]["backtesting_py"], vol, 1e-8)
    check("ulcer", t["ulcer_index"]["quantstats"],
          math.sqrt(squares / (N - 1)), 1e-9)
    check("upi", t["upi"]["quantstats"],
          (growth(R) - 1) / math.sqrt(squares / (N - 1)), 1e-9)
    var = statistics.NormalDist(mean(R), sd(R)).inv_cdf(0.05)
    check("var", t["var_95"]["quantstats"], var, 1e-9)
    check("cvar", t["cvar_95"]["quantstats"],
          mean([v for v in R if v < var]), 1e-9)
    check("var, empyrical", t["var_95"]["empyrical"], -0.01525, 1e-9)
    check("psr", t["psr"]["quantstats"], 0.7675384103675736, 1e-9)
    diff = [a - b for a, b in zip(R, B)]
    check("information ratio", t["information_ratio"]["quantstats"],
          mean(diff) / sd(diff), 1e-8)
    check("alpha", t["alpha"]["empyrical"], 0.044646165683747796, 1e-8)
    check("alpha, arithmetic", t["alpha"]["quantstats"],
          0.04368201615990243, 1e-8)
    check("up capture", t["up_capture"]["empyrical"], 1.964647682281543, 1e-8)
    check("kelly", t["kelly"]["quantstats"], 0.1923076923076923, 1e-9)
    check("payoff", t["payoff"]["quantstats"], 1.2235294117647058, 1e-9)
    check("exposure", t["exposure_time"]["quantstats"], 0.9)
    skew, kurtosis = moments()
    check("skew", t["skew"]["quantstats"], skew, 1e-9)
    check("kurtosis", t["kurtosis"]["quantstats"], kurtosis, 1e-9)
    x, y = R[:-1], R[1:]
    mx, my = mean(x), mean(y)
    rho = abs(sum((a - mx) * (b - my) for a, b in zip(x, y)) /
              (N - 2) / sd(x) / sd(y))
    penalty = math.sqrt(1 + 2 * sum((N - i) / N * rho ** i
                                    for i in range(1, N)))
    check("smart sharpe", t["smart_sharpe"]["quantstats"], sharpe / penalty,
          1e-9)
    check("recovery", t["recovery_factor"]["quantstats"], sum(R) / -low, 1e-9)
    check("ours of a peer's", t["recovery_factor"].get("simutrador"), None)


def check_trades(t, trades, initial, days):
    p = [float(x["net"]) for x in trades if not x["is_open"]]
    ret = [x["return"] for x in trades if not x["is_open"]]
    won = [v for v in p if v > 0]
    lost = [-v for v in p if v < 0]
    share = [v / initial for v in p]
    s0 = statistics.pstdev(share)
    assert len(won) > 1 and len(lost) > 1, "a run that tells nothing"
    check("trades", t["trades"]["freqtrade"], len(p))
    check("win rate", t["win_rate"]["backtesting_py"], len(won) / len(p))
    check("sharpe", t["sharpe"]["freqtrade"],
          sum(share) / days / s0 * math.sqrt(365), 1e-9)
    check("sortino", t["sortino"]["freqtrade"], sum(share) / days /
          statistics.pstdev([v for v in share if v < 0]) * math.sqrt(365),
          1e-9)
    check("cagr", t["cagr"]["freqtrade"],
          (1 + sum(share)) ** (365 / days) - 1, 1e-9)
    total, high, worst, rel, at = 0, None, 0, 0, 0
    for i, v in enumerate(share):
        total += v
        high = total if high is None else max(high, total)
        if total - high < worst:
            worst, rel, at = total - high, (high - total) / (1 + high), i
    assert at, "no drawdown"
    check("drawdown", t["max_drawdown"]["freqtrade"], rel, 1e-9)
    check("calmar", t["calmar"]["freqtrade"],
          sum(share) / days * 100 / rel * math.sqrt(365), 1e-9)
    check("profit factor", t["profit_factor"]["backtesting_py"],
          sum(v for v in ret if v > 0) / -sum(v for v in ret if v < 0), 1e-9)
    check("profit factor, money", t["profit_factor"]["freqtrade"],
          sum(won) / sum(lost), 1e-9)
    check("sqn", t["sqn"]["backtesting_py"],
          math.sqrt(len(p)) * mean(p) / sd(p), 1e-9)
    check("expectancy", t["expectancy"]["freqtrade"], mean(p), 1e-9)
    w = len(won) / len(p)
    check("kelly", t["kelly"]["backtesting_py"],
          w - (1 - w) / (mean(won) / mean(lost)), 1e-9)


def main():
    with tempfile.TemporaryDirectory() as home:
        env = dict(os.environ, HOME=home, XDG_DATA_HOME=home + "/data",
                   XDG_CONFIG_HOME=home + "/config", TZ="UTC")
        check_series(series(home, env))
        run("simulate", "--data", "ACME=%s/data/ACME_daily.csv" % TOP,
            "--strategy", "sma-cross", "-p", "fast=3", "-p", "slow=8", "-q",
            env=env)
        t = table(run("metrics", "last", "--compat", "all", "-o", "ndjson",
                      env=env))
        trades = [json.loads(x) for x in
                  run("run", "show", "last", "--print", "trades", "-o",
                      "ndjson", env=env).splitlines()]
        shown = json.loads(run("run", "show", "last", "-o", "json", env=env))
        years = json.loads(run("metrics", "last", "--fields", "years", "-o",
                               "json", env=env))["years"]
        check_trades(t, trades, float(shown["initial"]),
                     round(years * 365.25))
        one = table(run("metrics", "last", "--compat", "empyrical", "-o",
                        "ndjson", env=env))
        assert set(one["sharpe"]) == {"metric", "simutrador", "empyrical"}
    print("%d passed, 0 failed, 0 skipped" % passed)


main()
