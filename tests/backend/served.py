"""A session of the server, driven over its socket, has the executions and the
results of `simulate` with the same orders; also when the server is killed at
random moments and the session is taken up again: each execution comes once,
each batch is applied once.
"""
import json
import os
import random
import signal
import subprocess
import sys
import time

TOP = os.environ.get("top_srcdir", ".")
for folder in ("run", "server"):
    sys.path.insert(0, os.path.join(TOP, "tests", folder))
import simtest  # noqa: E402
import wsclient  # noqa: E402

LONG = os.environ.get("SIM_LONG") == "1"
ROUNDS = 4 if LONG else 1
KILLS = 60 if LONG else 6
ATLEAST = 60 if LONG else 3
passed = failed = 0


def check(name, is_right, what=""):
    global passed, failed
    passed += bool(is_right)
    failed += not is_right
    if not is_right:
        print("FAILED %s: %s" % (name, what))


class Served:
    """simutrador serve, which can be killed and come back."""

    def __init__(self, home):
        self.home = home
        self.key = self.token = None
        self.start()

    def start(self):
        self.log = open(os.path.join(self.home.path, "serve.log"), "ab")
        self.process = subprocess.Popen(
            [simtest.PROGRAM, "serve", "--auth-port", "0", "--sim-port", "0"],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=self.home.env())
        line = self.process.stdout.readline()
        if not line:
            self.log.flush()
            sys.exit("the server did not start: " + open(
                self.log.name, encoding="utf-8").read())
        said = json.loads(line)
        self.key = said.get("api_key") or self.key
        self.auth = int(said["auth_url"].rsplit(":", 1)[1])
        self.port = int(said["simulation_url"].rsplit(":", 1)[1])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.process.stdout.close()
        self.log.close()

    def connect(self):
        if not self.token:
            answer = wsclient.http(self.auth, "POST", "/auth/token",
                                   {"X-API-Key": self.key}, b"{}")
            self.token = answer.json["access_token"]
        c = wsclient.Client(self.port, "/ws/simulate?token=" + self.token)
        c.expect("connection_ready")
        return c


# -- what is ordered ---------------------------------------------------------

def orders_of(seed, stamps):
    """{tick: [order, ...]}: some after a bar in six."""
    r = random.Random(seed)
    out = {}
    for i in range(len(stamps) - 1):
        if r.random() > 0.17:
            continue
        out[i + 1] = [order_of(r) for _ in range(r.randint(1, 3))]
    return out


def order_of(r):
    o = {"symbol": "ACME", "side": r.choice(["buy", "buy", "sell"]),
         "quantity": r.randint(1, 60)}
    kind = r.randrange(5)
    price = "%.2f" % (79.5 + r.randint(-80, 80) / 50)
    if kind == 0:
        o.update(type="limit", price=price, time_in_force="gtc")
    elif kind == 1:
        o.update(type="stop", stop_price=price, time_in_force="gtc")
    elif kind == 2 and o["side"] == "buy":
        o.update(stop_loss="70.00", take_profit="%.2f" % (
            81 + r.randint(0, 90) / 50))
    return o


def offline(home, orders, stamps):
    """The fills and the equity of simulate."""
    with open(os.path.join(home.path, "list.ndjson"), "w",
              encoding="utf-8") as f:
        for tick, some in sorted(orders.items()):
            for o in some:
                f.write(json.dumps({"time": stamps[tick - 1], **o}) + "\n")
    run = home.json(
        "simulate", "--orders", f.name, "--symbols", "ACME", "--timeframe",
        "1min", "--from", "2024-03-04", "--to", "2024-03-04")
    fills = []
    with open(os.path.join(home.path, "sim", "runs", run["run_id"],
                           "events.ndjson"), encoding="utf-8") as f:
        for line in f:
            e = simtest.parse(line)
            if e["type"] == "fill":
                fills.append((e["sim_time"], e["side"], dec(e["quantity"]),
                              dec(e["price"]), dec(e["commission"]),
                              e["reason"], dec(e["position"]),
                              dec(e["cash"])))
    return fills, dec(run["equity"])


dec = simtest.dec


# -- over the wire -----------------------------------------------------------

class Trader:
    """Sends the orders, and keeps what it is told."""

    def __init__(self, server, orders, seed):
        self.server = server
        self.orders = orders
        self.rand = random.Random(seed)
        self.executions = {}
        self.twice = self.processed = self.last = 0
        self.end = None
        self.id = "s%d" % seed

    def begin(self):
        self.c = self.server.connect()
        made = self.c.ask("create_session", {
            "session_id": self.id, "symbols": ["ACME"],
            "start_date": "2024-03-04", "end_date": "2024-03-04",
            "timeframe": "1min"})
        assert made["type"] == "session_created", made
        self.c.send_type("start_simulation", {"session_id": self.id})

    def take(self, e):
        n = int(e["execution_id"][1:])
        self.twice += n in self.executions
        self.last = max(self.last, n)
        self.executions[n] = (
            e["execution_time"], e["side"], dec(e["executed_quantity"]),
            dec(e["executed_price"]), dec(e["commission"]), e["fill_reason"],
            dec(e["position"]), dec(e["cash"]))

    def hear(self, m):
        data = m["data"]
        if m["type"] == "execution_report":
            self.take(data)
        elif m["type"] == "tick":
            self.act(data["sequence_id"])
        elif m["type"] == "simulation_complete":
            self.end = data
        elif m["type"] in ("error", "session_error"):
            raise AssertionError(m)

    def act(self, tick):
        if tick in self.orders:
            self.c.send_type("order_batch", {
                "session_id": self.id, "batch_id": "b%d" % tick,
                "orders": [dict(o, order_id="o%d.%d" % (tick, i))
                           for i, o in enumerate(self.orders[tick])]})
            self.c.expect("batch_ack", where=lambda m: m["data"]["batch_id"]
                          == "b%d" % tick)
        self.c.send_type("tick_ack", {"session_id": self.id,
                                      "sequence_id": tick})
        self.processed = tick

    def run(self, until=None):
        """To the end, or to a moment (of time.monotonic) or tick."""
        while not self.end:
            if until and self.processed >= until:
                return
            self.hear(self.c.recv(60))

    def come_back(self):
        self.c.abort()
        self.c = self.server.connect()
        sync = self.c.ask("resume_session", {
            "session_id": self.id,
            "last_processed_sequence_id": self.processed,
            **({"last_execution_id": "e%d" % self.last} if self.last
               else {})}, timeout=60)
        assert sync["type"] == "state_sync", sync
        assert sync["data"]["next_sequence_id"] == self.processed + 1, sync
        for e in sync["data"]["missed_executions"]:
            self.take(e)


def compare(name, t, want):
    fills, equity = want
    got = [t.executions[k] for k in sorted(t.executions)]
    check(name + ": each execution once", not t.twice and
          sorted(t.executions) == list(range(1, len(got) + 1)),
          (t.twice, sorted(t.executions)[-5:]))
    check(name + ": the executions of simulate", got == fills,
          next(((a, b) for a, b in zip(got, fills) if a != b),
               (len(got), len(fills))))
    check(name + ": its equity", dec(t.end["final_equity"]) == equity,
          (t.end, equity))


def undisturbed(server, orders, want):
    t = Trader(server, orders, 1)
    t.begin()
    t.run()
    code, _ = t.c.wait_close()
    check("two-step: closed with 1000", code == 1000, code)
    compare("undisturbed", t, want)


def dropped(server, orders, want):
    t = Trader(server, orders, 2)
    t.begin()
    for tick in (1, 40, 41, 200, 389):
        t.run(tick)
        t.come_back()
    t.run()
    compare("dropped", t, want)


def killed(server, orders, want, seed):
    """At random moments while it is traded, so in the middle of anything.
    Gives: how often."""
    t = Trader(server, orders, seed)
    t.begin()
    t.run(1)
    for kills in range(KILLS):
        t.run(min(t.processed + t.rand.randint(1, 389 // KILLS), 389))
        delay = t.rand.random() * 0.01
        doomed = subprocess.Popen(
            ["sh", "-c", "sleep %.4f; kill -9 %d" % (
                delay, server.process.pid)])
        try:
            # No further, should the other kill come late.
            t.run(min(t.processed + 389 // KILLS, 389))
        except (OSError, EOFError, wsclient.Closed):
            pass
        doomed.wait()
        server.kill()
        server.start()
        if t.end:
            break
        t.come_back()
    t.run()
    compare("killed %d" % seed, t, want)
    return kills + 1


def all_of(server, orders, want):
    began = time.monotonic()
    undisturbed(server, orders, want)
    dropped(server, orders, want)
    kills = sum(killed(server, orders, want, 3 + i) for i in range(ROUNDS))
    check("it was killed", kills >= ATLEAST, kills)
    print("killed %d times, %.1f s" % (kills, time.monotonic() - began))


def main():
    with simtest.Home() as home:
        home.run("data", "import", os.path.join(TOP, "data", "ACME_1min.csv"),
                 "--symbol", "ACME")
        with open(os.path.join(TOP, "data", "ACME_1min.csv"),
                  encoding="utf-8") as f:
            stamps = [line.split(",")[0] for line in f
                      if line.startswith("2024-03-04")]
        orders = orders_of(7, stamps)
        want = offline(home, orders, stamps)
        check("there is something to compare", len(want[0]) > 40,
              len(want[0]))
        server = Served(home)
        try:
            all_of(server, orders, want)
        except BaseException:
            with open(server.log.name, encoding="utf-8") as f:
                print("".join(f.readlines()[-60:]))
            raise
        server.stop()
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    sys.exit(failed != 0)


main()
