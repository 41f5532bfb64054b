"""Symbols whose days end at different times: what is decided at one's close
meets no bar of another that is already under way, whatever its order type,
time in force or origin."""
import sys

sys.dont_write_bytecode = True
import simtest as t

# A week of a market that never closes, and of New York's.  The 17th of BTC
# runs from 00:00 to 24:00 and opens at 120; EQ's ends within it, at 21:00.
BTC = """Date,Open,High,Low,Close,Volume
2024-01-13,100,110,90,105,1000
2024-01-14,105,115,95,110,1000
2024-01-15,110,120,100,115,1000
2024-01-16,115,125,105,120,1000
2024-01-17,120,220,110,215,1000
2024-01-18,215,225,205,220,1000
2024-01-19,220,225,205,221,1000
2024-01-20,222,225,205,220,1000
"""
EQ = """Date,Open,High,Low,Close,Volume
2024-01-12,50,51,49,50,1000
2024-01-16,50,51,49,50,1000
2024-01-17,50,60,49,60,1000
2024-01-18,60,61,59,60,1000
2024-01-19,60,61,59,60,1000
"""
NOW = "2024-01-17T21:00:00Z"
# Each is given at NOW; the fill that it must have, or None.
ORDERS = (
    ("market,1,,day", ("2024-01-19T00:00:00Z", "215")),
    ("market,1,,gtc", ("2024-01-19T00:00:00Z", "215")),
    ("market,1,,ioc", ("2024-01-19T00:00:00Z", "215")),
    ("market,1,,fok", ("2024-01-19T00:00:00Z", "215")),
    ("market,1,,opg", ("2024-01-19T00:00:00Z", "215")),
    ("market,1,,cls", ("2024-01-19T00:00:00Z", "220")),
    ("limit,1,112,gtc", None),
    ("limit,1,207,day", ("2024-01-19T00:00:00Z", "207")),
    ("limit,1,204,day", None),
)
RULES = ("--model frictionless --account margin".split(),
         "--model frictionless --path ohlc --fill close".split())


def orders_at(home, rules):
    home.write("orders.csv", "at,symbol,side,type,quantity,limit,"
               "time_in_force\n" + "".join(f"{NOW},BTC,buy,{o}\n"
                                           for o, _ in ORDERS))
    run = home.json("simulate", "--orders", "orders.csv", "--symbols",
                    "BTC,EQ", *rules)["run_id"]
    fills = {f["order"]: (f["time"], f["price"])
             for f in home.rows("run", "show", run, "--print", "fills")}
    for i, (order, expected) in enumerate(ORDERS):
        t.same(f"{order} {rules}", fills.get(str(i + 1)), expected)
    home.run("run", "verify", run)


def waited(home):
    """A limit of 112, which the bar under way reached, met none of it."""
    bars = home.json("explain", "nofill", "7")["bars"]
    t.same("the first bar met", bars[0]["bar"]["time"], "2024-01-18T00:00:00Z")


def strategy(home):
    fills = home.rows("simulate", "--strategy", "momentum-rotation", "-p",
                      "lookback=1", "-p", "every=1", "-p", "top=1",
                      "--symbols", "BTC,EQ", "--model", "frictionless",
                      "--print", "fills")
    t.same("rotation", [(f["time"][:13], f["symbol"], f["side"], f["price"])
                        for f in fills[:2]],
           [("2024-01-16T00", "BTC", "buy", "110"),
            ("2024-01-19T00", "BTC", "sell", "215")])


def forced(home):
    """A margin call at EQ's close sells BTC at an open still to come: equity
    is 3500 + 100 - 600, and 2400 + 1800 are required."""
    home.write("forced.csv", "time,symbol,side,type,quantity\n"
               "2024-01-15,BTC,buy,market,20\n2024-01-16,EQ,sell,market,60\n")
    rows = home.rows("simulate", "--orders", "forced.csv", "--symbols",
                     "BTC,EQ", "--model", "frictionless", "--cash", "3500",
                     "--account", "margin", "--initial-margin", "0.5",
                     "--maintenance-long", "1", "--maintenance-short", "0.5",
                     "--print", "fills")
    sold = [f for f in rows if f["reason"] == "liquidation"]
    t.same("forced", [(f["time"], f["symbol"], f["price"]) for f in sold],
           [("2024-01-19T00:00:00Z", "BTC", "215")])


def hourly(home, name):
    """New York's last hour is a half: a step holds bars that begin apart.  A
    limit good till 20:30 meets the bar from 20:00, whatever stands first."""
    rows = ["time,open,high,low,close,volume"]
    for hour in range(24):
        low = 90 if hour == 20 else 99
        rows.append(f"2024-01-16T{hour:02}:00:00Z,100,101,{low},100,1000")
    home.write("round.csv", "\n".join(rows) + "\n")
    rows[1:] = [f"2024-01-16T{hour}:30:00Z,50,51,49,50,1000"
                for hour in range(14, 21)]
    home.write("half.csv", "\n".join(rows) + "\n")
    home.write("gtd.csv", "time,symbol,side,type,quantity,limit,"
               "time_in_force,expire_at\n2024-01-16T17:00:00Z,ROUND,buy,limit,"
               "1,95,gtd,2024-01-16T20:30:00Z\n")
    for symbol, file, calendar in (("ROUND", "round", "24/7"),
                                   (name, "half", "XNYS")):
        home.run("data", "import", f"{file}.csv", "--symbol", symbol,
                 "--timeframe", "1h", "--calendar", calendar)
    fills = home.rows("simulate", "--orders", "gtd.csv", "--symbols",
                      f"ROUND,{name}", "--timeframe", "1h", "--model",
                      "frictionless", "--print", "fills")
    t.same(f"good till date beside {name}",
           [(f["time"], f["price"]) for f in fills],
           [("2024-01-16T21:00:00Z", "95")])


def before_open(home):
    """The hour from 09:00 New York is cut short by the session: it is known at
    09:30, and what is decided then meets the bar that begins with it."""
    rows = ["time,open,high,low,close,volume"]
    for i in range(180):
        hour, minute = divmod(13 * 60 + i, 60)
        price = 100 + i
        rows.append(f"2024-01-16T{hour:02}:{minute:02}:00Z,{price},{price},"
                    f"{price},{price},1000")
    home.write("minutes.csv", "\n".join(rows) + "\n")
    home.run("data", "import", "minutes.csv", "--symbol", "PRE", "--calendar",
             "XNYS")
    home.run("data", "resample", "PRE", "1h", "--session", "extended",
             "--timeframe", "1min", "--save")
    home.write("pre.csv", "time,symbol,side,type,quantity\n"
               "2024-01-16T14:00:00Z,PRE,buy,market,1\n")
    args = ("simulate", "--orders", "pre.csv", "--symbols", "PRE",
            "--timeframe", "1h", "--session", "extended", "--model",
            "frictionless")
    run = home.json(*args)["run_id"]
    t.same("cut short", [e["time"] for e in home.rows(
        "run", "show", run, "--print", "equity")],
        [f"2024-01-16T{at}:00Z" for at in ("14:00", "14:30", "15:30",
                                           "16:30")])
    t.same("after it", [(f["time"], f["price"]) for f in home.rows(
        "run", "show", run, "--print", "fills")],
        [("2024-01-16T15:30:00Z", "190")])
    home.run("run", "verify", run)


def no_regular(home):
    """A day with bars before and after the session, but none of it, has no
    open and no close to fill at."""
    home.write("odd.csv", "time,open,high,low,close,volume\n" + "".join(
        f"2024-01-{at}:00Z,{p},{p},{p},{p},1000\n" for at, p in (
            ("16T20:00", 100), ("17T13:00", 101), ("17T22:00", 102),
            ("18T15:00", 103))))
    home.run("data", "import", "odd.csv", "--symbol", "ODD", "--calendar",
             "XNYS", "--timeframe", "30min")
    home.write("odd_orders.csv", "time,symbol,side,type,quantity,"
               "time_in_force\n2024-01-16T20:00:00Z,ODD,buy,market,1,opg\n"
               "2024-01-16T20:00:00Z,ODD,buy,market,1,cls\n")
    t.same("no session", [(f["order"], f["price"]) for f in home.rows(
        "simulate", "--orders", "odd_orders.csv", "--symbols", "ODD",
        "--session", "extended", "--model", "frictionless", "--print",
        "fills")], [("1", "103"), ("2", "103")])


def closes(home):
    """Returns follow the closes of the calendar with the most sessions, not
    those of all; weekly bars have 52 a year."""
    run = home.json("simulate", "--strategy", "buy-hold", "--symbols",
                    "BTC,EQ", "--model", "frictionless")["run_id"]
    points = home.rows("run", "show", run, "--print", "equity")
    t.same("closes", [e["time"][5:13] for e in points
                      if e["is_close"] == "true"],
           ["01-14T00", "01-15T00", "01-16T00", "01-17T00", "01-18T00",
            "01-19T00", "01-20T00", "01-21T00"])
    got = home.json("metrics", run)
    t.same("periods", (got["periods"], got["periods_per_year"]), (8, 365))
    rows = ["date,open,high,low,close"] + [
        f"2023-{1 + i // 4:02}-{2 + 7 * (i % 4):02},{100 + i},{101 + i},"
        f"{99 + i},{100 + i}" for i in range(16)]
    home.write("weeks.csv", "\n".join(rows) + "\n")
    home.run("data", "import", "weeks.csv", "--symbol", "WEEKS",
             "--timeframe", "weekly", "--calendar", "24/7")
    run = home.json("simulate", "--strategy", "buy-hold", "--symbols",
                    "WEEKS")["run_id"]
    got = home.json("metrics", run)
    t.same("weeks", (got["periods"], got["periods_per_year"]), (16, 52))


with t.Home() as home:
    for name, text in (("BTC", BTC), ("EQ", EQ)):
        home.write(f"{name}.csv", text)
        home.run("data", "import", f"{name}.csv", "--symbol", name)
    for rules in RULES:
        orders_at(home, rules)
    waited(home)
    strategy(home)
    forced(home)
    hourly(home, "A")
    hourly(home, "Z")
    before_open(home)
    no_regular(home)
    closes(home)
print(f"{len(ORDERS) * len(RULES)} orders beside a bar under way")
