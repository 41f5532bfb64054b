"""Runs of many kinds over the bundled sample: each verifies, its books balance
to the last unit, its report explains every cent, and its saved form says what
simulate printed.  What the numbers should be stands elsewhere (scenarios,
goog.py, aapl_split.py)."""
import os
import sys

sys.dont_write_bytecode = True
import simtest as t

DATA = os.path.join(os.environ["top_srcdir"], "data")
DAILY = "--symbols ACME,BOLT,CRUX --timeframe daily --strategy "
ONE = "--symbols ACME --timeframe daily --strategy "
MINUTES = "--symbols ACME --timeframe 1min --strategy "
KINDS = (
    DAILY + "sma-cross",
    DAILY + "momentum-rotation --benchmark BOLT",
    DAILY + "buy-hold --model frictionless",
    DAILY + "ema-cross -p side=long-short --account margin --leverage 4",
    DAILY + "macd -p side=short --account margin --borrow-rate 0.2",
    ONE + "bollinger -p take_profit=3 -p stop_loss=2 --path best",
    ONE + "bollinger -p take_profit=1 -p stop_loss=1 --path olhc",
    ONE + "ema-cross -p side=long-short -p trail=2 --account margin",
    DAILY + "bollinger -p take_profit=0.5 -p stop_loss=0.5 -p size=percent:60",
    ONE + "ema-cross -p stop_loss=2 --semantics backtrader",
    ONE + "ema-cross -p take_profit=4 --semantics backtesting.py",
    ONE + "ema-cross --adjust total-return",
    ONE + "ema-cross --adjust split --from 2020-01-01 --to 2021-12-31",
    ONE + "breakout --fill close --slippage ticks:3",
    ONE + "breakout --slippage vol:2 --slip-out --limit-fill through:2",
    ONE + "sma-cross --max-volume-share 0.0001 --slippage impact:40",
    ONE + "sma-cross --commission per-share:0.01,min=1,max=0.5%",
    ONE + "sma-cross --commission bps:3,10000=2,100000=1",
    ONE + "rsi-reversion --model crypto-spot -p size=notional:5000",
    ONE + "rsi-reversion --model ibkr-like -p size=qty:7",
    MINUTES + "macd --session extended",
    MINUTES + "rsi-reversion -p stop_loss=0.1 -p take_profit=0.1 --path worst",
    MINUTES + "sma-cross --from 2024-03-05T15:00:00Z --to 2024-03-12T15:00:00Z",
    ONE + "ema-cross -p stop_loss=3 --path detail:1min --from 2023-01-01",
)


def books(home, run):
    path = os.path.join(home.path, "sim", "runs", run, "summary.json")
    with open(path, encoding="ascii") as f:
        account = {k: t.dec(v) for k, v in t.parse(f.read())["account"].items()
                   if k != "max_drawdown"}
    t.same(f"{run}: cash + cost",
           account["cash"] + account["open_cost"],
           account["initial"] + account["realized"] + account["dividends"] +
           account["interest"] - account["fees"])
    t.same(f"{run}: equity", account["equity"],
           account["cash"] + account["value"])


with t.Home() as home:
    for name in ("ACME_daily", "ACME_1min", "BOLT_daily", "CRUX_daily"):
        home.run("data", "import", os.path.join(DATA, f"{name}.csv"),
                 "--symbol", name[:4])
    home.write("actions.csv", "2020-03-02,dividend,0.35\n"
               "2021-06-01,split,3/2\n2021-06-01,dividend,0.5\n")
    for symbol in ("ACME", "BOLT"):
        home.run("data", "actions", "import", symbol, "actions.csv")
    fills = ambiguous = 0
    for kind in KINDS:
        printed = home.json("simulate", *kind.split())
        run = printed["run_id"]
        t.same(f"{kind}: as saved", home.json("run", "show", run), printed)
        done = home.run("run", "verify", run, status=None)
        if done.returncode:
            t.fail(f"{kind}: {done.stderr}")
        books(home, run)
        equity = home.json("report", run)["equity"]
        t.same(f"{kind}: unexplained", t.dec(equity["unexplained"]), 0)
        t.same(f"{kind}: end", t.dec(equity["end"]), t.dec(printed["equity"]))
        fills += printed["fills"]
        ambiguous += printed["ambiguous_fills"]
    if fills < 1000 or ambiguous < 20:
        t.fail(f"{fills} fills, {ambiguous} ambiguous: too little happens")
print(f"{len(KINDS)} kinds of runs, {fills} fills, {ambiguous} ambiguous")
