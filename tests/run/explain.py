"""explain: every term of every fill, computed again from the text.

The terms of `explain fill` are expressions that Python evaluates with exact
fractions; each must come to the value beside it, to the last unit, and the
last ones to the fill that the run recorded.  Runs cover every order type,
slippage model and fee.  JSON has the keys it promises; the questions that do
not fit an order are refused.
"""
import ast
import os
import sys
from fractions import Fraction

sys.dont_write_bytecode = True
import simtest as t

DATA = os.path.join(os.environ["top_srcdir"], "data")
ONE = "--symbols ACME --timeframe daily --strategy "
KINDS = (
    ONE + "sma-cross -p stop_loss=3 -p take_profit=5 "
          "--commission per-share:0.01,min=1,max=0.5%",
    ONE + "bollinger -p take_profit=1 -p stop_loss=1 --path olhc",
    ONE + "ema-cross -p side=long-short -p trail=2 --account margin",
    ONE + "breakout --fill close --slippage ticks:3",
    ONE + "breakout --slippage vol:2 --slip-out --limit-fill through:2",
    ONE + "sma-cross --max-volume-share 0.0001 --slippage impact:40",
    ONE + "sma-cross --commission bps:3,10000=2,100000=1 "
          "--slippage spread:4 --max-volume-share 0.001",
    ONE + "rsi-reversion --model crypto-spot -p size=notional:5000",
    ONE + "rsi-reversion --commission per-order:1.5",
    ONE + "buy-hold --model frictionless",
)
# Every type and time in force, on ACME from 2023-01-03.
ORDERS = """\
time,symbol,side,type,quantity,limit,stop,trail,tif
2023-01-03,ACME,buy,market,100,,,,gtc
2023-01-04,ACME,sell,limit,10,{up},,,gtc
2023-01-04,ACME,sell,limit,10,{far},,,day
2023-01-05,ACME,sell,stop,10,,{down},,gtc
2023-01-05,ACME,sell,stop_limit,10,{low},{down},,gtc
2023-01-05,ACME,sell,trailing_stop,10,,,0.5,gtc
2023-01-06,ACME,buy,market,5,,,,opg
2023-01-06,ACME,buy,market,5,,,,cls
2023-01-06,ACME,buy,market,5,,,,ioc
2023-01-06,ACME,buy,market,5,,,,fok
2023-01-09,ACME,buy,limit,7,{high},,,gtc
2023-01-09,ACME,buy,market,1000000000,,,,gtc
"""
TOP = {"explains", "run_id", "order", "symbol", "side", "type",
       "time_in_force", "status", "quantity", "filled", "decision", "events",
       "attempts", "terms", "bars", "others"}
KEYS = {
    "events": {"seq", "time", "type", "cause", "order"},
    "attempts": {"step", "fill", "where", "maker", "outcome", "bar"},
    "terms": {"part", "term", "expression", "value"},
    "bars": {"step", "time", "level", "away", "acted", "synthetic", "bar"},
    "others": {"setting", "value", "own", "filled", "ending"},
}


def rounded(x):
    """Half-even at the eighth decimal."""
    return Fraction(t.half_even(x.numerator * t.ONE, x.denominator), t.ONE)


def root(x):
    """Cut, not rounded, at the eighth decimal."""
    n, r = x * t.ONE * t.ONE, 0
    for bit in range(60, -1, -1):
        if (r + (1 << bit)) ** 2 <= n:
            r += 1 << bit
    return Fraction(r, t.ONE)


def evaluate(node):
    if isinstance(node, ast.Constant):
        return Fraction(repr(node.value) if isinstance(node.value, int)
                        else text_of[node.col_offset])
    if isinstance(node, ast.UnaryOp):
        return -evaluate(node.operand)
    if isinstance(node, ast.BinOp):
        a, b = evaluate(node.left), evaluate(node.right)
        if isinstance(node.op, ast.Add):
            return a + b
        if isinstance(node.op, ast.Sub):
            return a - b
        return a * b if isinstance(node.op, ast.Mult) else a / b
    args = [evaluate(x) for x in node.args]
    if node.func.id == "floor":
        return Fraction(args[0].__floor__())
    if node.func.id == "ceil":
        return Fraction(args[0].__ceil__())
    return {"min": min, "max": max, "sqrt": lambda x: root(x)}[
        node.func.id](*args)


text_of = {}


def value_of(expr):
    """The expression's value; numbers are read as the decimals they are."""
    global text_of
    tree = ast.parse(expr, mode="eval").body
    text_of = {n.col_offset: expr[n.col_offset:n.end_col_offset]
               for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    return rounded(evaluate(tree))


def check_terms(what, doc):
    n = 0
    for x in doc["terms"]:
        if x["expression"] is None:
            continue
        got = value_of(x["expression"])
        want = Fraction(str(x["value"]))
        if got != want:
            t.fail(f"{what}: {x['term']} = {x['expression']} is {got}, "
                   f"printed as {x['value']}")
        n += 1
    return n


def last(doc, part, term):
    return [x["value"] for x in doc["terms"]
            if (x["part"], x["term"]) == (part, term)][-1]


def check_keys(what, doc):
    if set(doc) - {"fill"} != TOP:
        t.fail(f"{what}: keys {sorted(set(doc) ^ TOP)}")
    for key, wanted in KEYS.items():
        for x in doc[key]:
            if wanted - set(x):
                t.fail(f"{what}: {key} lacks {sorted(wanted - set(x))}")
            if key in ("bars", "attempts"):
                t.same(what, set(x["bar"]), {"time", "open", "high", "low",
                                             "close", "volume"})


def explain(home, what, *ids):
    out = home.run("explain", what, *map(str, ids), "-o", "ndjson").stdout
    return [t.parse(x) for x in out.splitlines()]


def check_run(home, kind, most, seen):
    fills = home.rows("run", "show", "last", "--print", "fills")
    fills = fills[:most]
    if not fills:
        t.fail(f"{kind}: no fill")
    ids = [x["fill"] for x in fills]
    out = home.run("explain", "fill", *ids, "--brief", "-o", "ndjson").stdout
    terms = 0
    for row, line in zip(fills, out.splitlines(), strict=True):
        doc = t.parse(line)
        what = f"{kind}: fill {row['fill']}"
        check_keys(what, doc)
        terms += check_terms(what, doc)
        seen.add(doc["type"])
        for name, part, term in (("price", "price", "price"),
                                 ("qty", "quantity", "quantity"),
                                 ("commission", "fee", "fee"),
                                 ("base_price", "price", "base")):
            t.same(f"{what}: {name}", t.dec(last(doc, part, term)),
                   t.dec(row[name]))
        if row["realized"] != "0" and any(x["term"] == "realized"
                                          for x in doc["terms"]):
            t.same(f"{what}: realized",
                   t.dec(last(doc, "account", "realized")),
                   t.dec(row["realized"]))
    for doc in explain(home, "fill", ids[0]):
        t.same(f"{kind}: paths of fill {ids[0]}, {doc['type']}",
               [x["value"] for x in doc["others"] if x["setting"] == "path"],
               ["worst", "best", "ohlc", "olhc", "adaptive"])
    return len(fills), terms


def check_stories(home):
    """What the list of orders became, and what others would have done."""
    orders = home.rows("order", "list", "last")
    by_status = {}
    for x in orders:
        by_status.setdefault(x["status"], []).append(x["order"])
    rejected = explain(home, "reject", *by_status["rejected"])
    for doc in rejected:
        if not any(e["type"] == "order_rejected" and e["message"]
                   for e in doc["events"]):
            t.fail("a rejection without its sentence")
        check_keys("reject", doc)
    expired = explain(home, "nofill", *by_status["expired"])
    away = [b for doc in expired for b in doc["bars"]]
    if not away or not all(t.dec(b["away"]) > 0 for b in away):
        t.fail("an order that the price never came near is not away")
    for doc in expired:
        if not doc["others"] or any(x["filled"] for x in doc["others"]):
            t.fail("no rule could have filled it")
    limit = next(x for x in orders if x["type"] == "limit" and
                 x["status"] == "filled")
    doc = explain(home, "order", limit["order"])[0]
    own = [x for x in doc["others"] if x["own"]]
    t.same("own rules", {(x["setting"], x["value"]) for x in own},
           {("path", "worst"), ("limit-fill", "touch")})
    for x in own:
        t.same("own price", t.dec(x["price"]), t.dec(limit["avg_px"]))
    text = home.run("explain", "fill", "1", "-o", "table").stdout
    for word in ("Decision", "Events", "<- the strategy", "on_tick",
                 "Under another rule", "(this run's)"):
        if word not in text:
            t.fail(f"the text lacks '{word}'")
    market = orders[0]["order"]
    wrong = (
        (66, "fill", "0x7"), (66, "fill", "9999"), (66, "order", "9999"),
        (1, "reject", market), (1, "nofill", market),
        (1, "nofill", by_status["rejected"][0]),
        (64, "fill"), (64, "order", "-1"), (64, "fill", "1", "-o", "csv"),
        (66, "fill", "1", "--run", "r99"), (64, "fill", "1", "--at", "noon"),
    )
    for status, *args in wrong:
        if args[-1] == "0x7":
            status = 64
        done = home.run("explain", *args, status=None)
        err = done.stderr.splitlines()
        if (done.returncode != status or done.stdout or len(err) != 1 or
                not err[0].startswith("simutrador: ") or
                err[0].endswith(".")):
            t.fail(f"explain {args}: {done.returncode}, {done.stdout}"
                   f"{done.stderr}")
    return len(wrong)


def prices(home):
    bars = home.rows("data", "show", "ACME", "--timeframe", "daily", "--from",
                     "2023-01-03", "--to", "2023-01-06")
    close = float(bars[2]["close"])
    return {"up": "%.2f" % (close * 0.97), "far": "%.2f" % (close * 2),
            "down": "%.2f" % (close * 0.985), "low": "%.2f" % (close * 0.9),
            "high": "%.2f" % (close * 1.2)}


with t.Home() as home:
    home.run("data", "import", os.path.join(DATA, "ACME_daily.csv"),
             "--symbol", "ACME")
    most = 10000 if os.environ.get("SIM_LONG") else 12
    seen, fills, terms = set(), 0, 0
    for kind in KINDS:
        home.run("simulate", *kind.split())
        n, m = check_run(home, kind, most, seen)
        fills, terms = fills + n, terms + m
    home.write("orders.csv", ORDERS.format(**prices(home)))
    home.run("simulate", "--orders", "orders.csv", "--from", "2023-01-01",
             "--to", "2023-02-28", "--account", "margin")
    n, m = check_run(home, "orders", most, seen)
    fills, terms = fills + n, terms + m
    if seen != {"market", "limit", "stop", "stop_limit", "trailing_stop"}:
        t.fail(f"fills of the types {sorted(seen)} alone")
    if fills < 60 or terms < 1000:
        t.fail(f"{fills} fills, {terms} terms: too little happens")
    wrong = check_stories(home)
print(f"{fills} fills, {terms} terms, {wrong} wrong questions")
