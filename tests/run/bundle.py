"""run bundle: the same bytes twice, verified where nothing else is, unpacked
into the same run; damaged and hostile files are refused with a sentence and
leave nothing behind."""
import hashlib
import os
import random
import sys

sys.dont_write_bytecode = True
import simtest as t

DATA = os.path.join(os.environ["top_srcdir"], "data")
LUA = """\
name = "every"
function on_bar(ctx, bar)
  if ctx:flat() then ctx:buy{ percent = 50 } else ctx:close{} end
end
"""
CALENDAR = """\
zone America/New_York
regular Mon-Fri 09:30-16:00
"""


def runs(home):
    home.write("every.lua", LUA)
    home.write("orders.csv", "time,symbol,side,type,quantity\n"
               "2020-01-06,ACME,buy,market,100\n")
    one = ["--symbols", "ACME", "--timeframe", "daily"]
    kinds = [
        one + ["--strategy", "sma-cross", "-p", "stop_loss=3"],
        ["--symbols", "ACME,BOLT", "--timeframe", "daily", "--strategy",
         "ema-cross", "--adjust", "split"],
        one + ["--strategy", "ema-cross", "-p", "stop_loss=3", "--path",
               "detail:1min", "--from", "2023-01-01"],
        one + ["--orders", "orders.csv"],
        ["--data", "CRUX=" + os.path.join(os.path.abspath(DATA),
                                          "CRUX_daily.csv"),
         "--strategy", "breakout"],
        one + ["every.lua", "--to", "2019-12-31"],
    ]
    names = [home.json("simulate", *kind)["run_id"] for kind in kinds]
    fork = home.json("run", "fork", names[0], "--at", "9", "--set",
                     "slippage=bps:30", "--strategy", "buy-hold")["run_id"]
    return names + [fork]


def elsewhere(names, folder):
    """Another home, with the bundles and nothing else."""
    with t.Home() as home:
        for name in names:
            path = os.path.join(folder, name + ".bundle")
            told = home.json("run", "verify", path)
            t.same(f"{name}: verified", told["ok"], True)
            own = home.json("run", "unbundle", path)["run_id"]
            shown = home.json("run", "show", own)
            if not shown["fills"]:
                t.fail(f"{name}: nothing happened")
        t.same("unpacked", len(home.rows("run", "list")), len(names))


def refuse(home, what, data, status=65):
    path = os.path.join(home.path, "bad.bundle")
    with open(path, "wb") as f:
        f.write(data)
    before = sorted(os.listdir(os.path.join(home.path, "sim", "runs")))
    for verb in ("verify", "unbundle"):
        done = home.run("run", verb, path, status=None,
                        env={"TMPDIR": home.path})
        err = done.stderr.splitlines()
        if (done.returncode != status or done.stdout or len(err) != 1 or
                err[0].endswith(".")):
            t.fail(f"{what}: run {verb}: {done.returncode}, {done.stdout}"
                   f"{done.stderr}")
    after = sorted(os.listdir(os.path.join(home.path, "sim", "runs")))
    t.same(f"{what}: runs", after, before)
    left = [x for x in os.listdir(home.path) if x.startswith("simutrador.")]
    t.same(f"{what}: left behind", left, [])


def parts_of(data):
    """(name, bytes) of a sound bundle."""
    out, at = [], data.index(b"\n") + 1
    while True:
        end = data.index(b"\n", at)
        name, size, _ = data[at:end].split(b" ")
        if name == b"end":
            return out
        out.append((name, data[end + 1:end + 1 + int(size)]))
        at = end + 1 + int(size)


def build(parts):
    """A bundle whose hashes are right, whatever is in it."""
    out = b"simutrador-bundle-1\n"
    for name, body in parts:
        out += b"%s %d %s\n" % (name, len(body), hashlib.sha256(body)
                                .hexdigest().encode()) + body
    return out + b"end %d %s\n" % (len(parts),
                                   hashlib.sha256(out).hexdigest().encode())


def hostile(home, data):
    rand = random.Random(7)
    good = parts_of(data)
    t.same("rebuilt", build(good), data)
    bars = next(body for name, body in good if name == b"bars/0")
    cases = [
        ("empty", b""), ("a word", b"hello\n"),
        ("half a heading", data[:10]), ("no parts", build([])),
        ("bytes after the end", data + b"x"),
        ("a path", build(good + [(b"../../evil", b"x")])),
        ("an absolute path", build(good + [(b"/etc/passwd", b"x")])),
        ("a calendar's path", build(good + [(b"calendars/../x", b"x")])),
        ("a long name", build(good + [(b"n" * 80, b"x")])),
        ("a name twice", build(good + good[:1])),
        ("no manifest", build(good[1:])),
        ("a number too many", data.replace(b"simutrador-bundle-1",
                                           b"simutrador-bundle-2")),
        ("a size too large", data.replace(
            b"manifest.json ", b"manifest.json 9", 1)),
        ("a negative size", data.replace(
            b"manifest.json ", b"manifest.json -", 1)),
    ]
    for _ in range(12):
        cases.append(("cut", data[:rand.randrange(len(data) - 1)]))
        at = rand.randrange(len(data))
        flipped = bytes([data[at] ^ (1 << rand.randrange(8))])
        cases.append(("flipped", data[:at] + flipped + data[at + 1:]))
    for what, bad in cases:
        refuse(home, what, bad)
    # What only verifying sees: bars that are none.
    short = (b"\xff" * 8 + bars[8:], bars[:100], b"", bars[:8] +
             b"\x07" + bars[9:], bars[:16] + b"\0" * (len(bars) - 16))
    path = os.path.join(home.path, "bars.bundle")
    for body in short:
        with open(path, "wb") as f:
            f.write(build([(n, body if n == b"bars/0" else b)
                           for n, b in good]))
        done = home.run("run", "verify", path, status=65)
        if done.stdout or "bars/0" not in done.stderr:
            t.fail(f"bars that are none: {done.stdout}{done.stderr}")
    with open(path, "wb") as f:
        altered = bars[:16 + 8 * 40] + bars[16 + 8 * 40:]
        altered = bytearray(altered)
        n = int.from_bytes(bars[:8], "little")
        altered[16 + 8 * (5 * n + 3)] ^= 1
        f.write(build([(k, bytes(altered) if k == b"bars/0" else b)
                       for k, b in good]))
    done = home.run("run", "verify", path, status=84)
    if "row 3" not in done.stderr:
        t.fail(f"an altered volume: {done.stderr}")
    return len(cases) + len(short) + 1


with t.Home() as home:
    for name in ("ACME_daily", "ACME_1min", "BOLT_daily"):
        home.run("data", "import", os.path.join(DATA, f"{name}.csv"),
                 "--symbol", name[:4])
    home.write("actions.csv", "2020-03-02,dividend,0.35\n"
               "2021-06-01,split,3/2\n")
    home.run("data", "actions", "import", "BOLT", "actions.csv")
    names = runs(home)
    for name in names:
        first = home.json("run", "bundle", name, name + ".bundle")
        home.run("run", "bundle", name, "again.bundle")
        with open(os.path.join(home.path, name + ".bundle"), "rb") as f:
            data = f.read()
        with open(os.path.join(home.path, "again.bundle"), "rb") as f:
            t.same(f"{name}: the same bytes", f.read() == data, True)
        t.same(f"{name}: bytes", first["bytes"], len(data))
    elsewhere(names, home.path)
    with open(os.path.join(home.path, names[3] + ".bundle"), "rb") as f:
        count = hostile(home, f.read())
    for status, *args in ((66, "run", "bundle", "r99", "x"),
                          (64, "run", "bundle", names[0]),
                          (73, "run", "bundle", names[0], "no/such/x"),
                          (66, "run", "unbundle", "nowhere.bundle")):
        done = home.run(*args, status=None)
        if done.returncode != status or done.stdout:
            t.fail(f"{args}: {done.returncode} {done.stderr}")
print(f"{len(names)} bundles, {count} hostile ones")
