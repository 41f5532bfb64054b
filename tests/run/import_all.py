"""Every file of real market data imports with no option but --symbol (the
Euro Stoxx file with its zone and stamp), bar for bar what an independent
reading of it gives; importing again stores nothing and says so."""
import csv
import datetime
import os
import sys
import zoneinfo

sys.dont_write_bytecode = True
import simtest as t

UTC = datetime.timezone.utc
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def moment(time):
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def session_open(text, form):
    """Daily bars are stamped at their session's open, 09:30 in New York."""
    day = datetime.datetime.strptime(text, form)
    return moment(day.replace(hour=9, minute=30, tzinfo=NEW_YORK))


def zoned(text):
    if text.endswith("Z"):
        text = text[:-1] + "+00:00"
    time = datetime.datetime.fromisoformat(text)
    return moment(time if time.tzinfo else time.replace(tzinfo=UTC))


def generic(row):
    return [zoned(row[0]), *row[1:6]]


def goog(row):
    return [session_open(row[0], "%Y-%m-%d"), *row[1:6]]


def estx(row):
    time = datetime.datetime.strptime(row[0] + row[1], "%Y-%m-%d%H:%M:%S")
    start = time.replace(tzinfo=BERLIN) - datetime.timedelta(minutes=1)
    return [moment(start), *row[2:7]]


def lean(row):
    prices = [f"{int(v) // 10000}.{int(v) % 10000:04}" for v in row[1:5]]
    return [session_open(row[0], "%Y%m%d 00:00"), *prices, row[5]]


def yahoo(row):
    return [session_open(row[0], "%Y-%m-%d"), *row[1:5], row[-1]]


FILES = (       # file, lines of heading, how to read a row, options
    ("AAPL_1min_2014-06_split.csv", 1, generic, ()),
    ("SPY_1min_2013-10.csv", 1, generic, ()),
    ("EURUSD_1h.csv", 1, generic, ()),
    ("GBPUSD_1min_2012_bid.csv", 1, generic, ()),
    ("GOOG_daily.csv", 1, goog, ()),
    ("ESTX50_1min_2006.txt", 1, estx,
     ("--tz", "Europe/Berlin", "--stamp", "end")),
    ("aapl_daily_lean.csv", 0, lean, ()),
    ("spy_daily_lean.csv", 0, lean, ()),
    ("qqq_daily_lean.csv", 0, lean, ()),
    ("orcl-1995-2014_daily_yahoo.csv", 1, yahoo, ()),
    ("yhoo-1996-2014_daily_yahoo.csv", 1, yahoo, ()),
)
folder = t.testdata(*(f[0] for f in FILES))


def values(row):
    return [row[0]] + [t.dec(v) for v in row[1:] if v]


def second_time(home, name, path, options, n):
    """On a terminal it says so in words, else in numbers."""
    terminal, end = os.openpty()
    again = home.start("data", "import", path, "--symbol", name, *options,
                       "-o", "json", stderr=end)
    out = t.parse(again.communicate()[0])
    os.close(end)
    said = os.read(terminal, 10000).decode()
    os.close(terminal)
    t.same(f"{name} again", (out["added"], out["same"], out["changed"]),
           (0, n, 0))
    if f"Nothing new: all {n} bars of {name} were stored already" not in said:
        t.fail(f"{name}: the second import said {said!r}")


def check(home, file, heading, read, options):
    name = file.split(".")[0]
    path = os.path.join(folder, file)
    with open(path, encoding="ascii") as f:
        rows = list(csv.reader(f))[heading:]
    out = home.json("data", "import", path, "--symbol", name, *options)
    t.same(f"{name}: added", (out["added"], out["same"]), (len(rows), 0))
    hashes = home.run("data", "hash", name).stdout
    got = csv.reader(home.run("data", "export", name).stdout.splitlines())
    next(got)
    expected = sorted((values(read(r)) for r in rows), key=lambda r: r[0])
    for bar, want in zip(got, expected, strict=True):
        t.same(f"{name} at {want[0]}", values(bar), want)
    second_time(home, name, path, options, len(rows))
    t.same(f"{name}: hash", home.run("data", "hash", name).stdout, hashes)


with t.Home() as home:
    for row in FILES:
        check(home, *row)
print(f"{len(FILES)} files imported as they are")
