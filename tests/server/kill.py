#!/usr/bin/env python3
"""kill -9 at random moments, with orders in flight.

Clients run sessions that trade on what the ticks say; the server is killed
and started again, they resume.  At the end: every batch that was acknowledged
is there once, every execution came once, and executions and final results are
those of sessions that nobody disturbed.

10 kills; with SIM_LONG 500.  SIM_SEED chooses the moments.
"""

import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from servertest import IS_LONG, Server, main, until
from wsclient import PATIENCE, Client, Closed, Refused, http

KILLS = 500 if IS_LONG else 10
CLIENTS = 4
SPEC = {"symbols": ["ACME"], "start_date": "2020-01-01",
        "end_date": "2030-01-01", "initial_capital": "100000",
        "timeframe": "daily"}
SAME = ("final_equity", "total_return_pct", "total_trades", "winning_trades",
        "win_rate", "total_commission", "max_drawdown_pct", "sharpe_ratio")


class Gone(Exception):
    """The connection is lost."""


class Trader:
    """One session: what it did, and what it was told."""

    def __init__(self, name, server, salt):
        self.name, self.server, self.salt = name, server, salt
        self.processed = 0          # last tick whose batch was acknowledged
        self.executions = {}        # by execution_id
        self.last_execution = None
        self.acked = {}             # batch_id -> accepted orders
        self.sent = set()
        self.result = None
        self.created = self.started = False
        self.resumes = 0

    def look(self):
        """Before each attempt to connect."""

    def connect(self):
        end = time.monotonic() + 2 * PATIENCE
        while time.monotonic() < end:
            self.look()
            try:
                answer = http(self.server.auth_port, "POST", "/auth/token",
                              {"X-API-Key": self.server.admin.key})
                if answer.status == 200:
                    token = answer.json["access_token"]
                    c = Client(self.server.sim_port,
                               "/ws/simulate?token=" + token)
                    self.server.is_met = True
                    return c
            except (OSError, EOFError, ValueError, IndexError, Refused,
                    Closed):
                pass
            time.sleep(0.05)
        raise AssertionError("the server does not come back")

    def read(self, c):
        try:
            return c.recv()
        except (OSError, EOFError, Closed):
            raise Gone

    def write(self, c, type_, data):
        try:
            c.send({"type": type_, "data": dict(data, session_id=self.name)})
        except (OSError, EOFError, Closed):
            raise Gone

    def execution(self, report):
        i = report["execution_id"]
        assert i not in self.executions, \
            "%s: %s came twice" % (self.name, i)
        report = {k: v for k, v in report.items() if k != "session_id"}
        self.executions[i] = report
        self.last_execution = i

    def orders_for(self, tick):
        """What it orders after a tick: a function of the tick alone."""
        n = tick["sequence_id"]
        close = float(tick["candles"]["ACME"]["close"])
        kind = (n * 7 + self.salt) % 9
        if kind == 0:
            return [{"order_id": "m%d" % n, "symbol": "ACME", "side": "buy",
                     "type": "market", "quantity": 10}]
        if kind == 3:
            return [{"order_id": "l%d" % n, "symbol": "ACME", "side": "buy",
                     "type": "limit", "quantity": 5, "time_in_force": "gtc",
                     "price": "%.2f" % (close * 0.99)}]
        if kind == 6:
            return [{"order_id": "s%d" % n, "symbol": "ACME",
                     "side": "sell", "type": "market", "quantity": 7,
                     "reduce_only": True}]
        return []

    def hear_tick(self, c, tick):
        n = tick["sequence_id"]
        assert n == self.processed + 1, \
            "%s: tick %d after %d" % (self.name, n, self.processed)
        orders = self.orders_for(tick)
        if orders:
            batch = "b%d" % n
            self.sent.add(batch)
            self.write(c, "order_batch", {"batch_id": batch,
                                          "orders": orders})
            while batch not in self.acked:
                self.hear(c, self.read(c))
        self.processed = n
        self.write(c, "tick_ack", {"sequence_id": n})

    def hear(self, c, m):
        type_, data = m["type"], m["data"]
        if type_ == "batch_ack":
            known = self.acked.setdefault(data["batch_id"],
                                          data["accepted_orders"])
            assert known == data["accepted_orders"], m
        elif type_ == "execution_report":
            self.execution(data)
        elif type_ == "state_sync":
            for report in data["missed_executions"]:
                self.execution(report)
        elif type_ == "simulation_complete":
            self.result = {k: data[k] for k in SAME}
        elif type_ in ("error", "session_error"):
            code = data["error_code"]
            if code == "SERVICE_BUSY":
                raise Gone
            if code == "SESSION_NOT_FOUND" and not self.started:
                self.created = False
                raise Gone
            if code == "VALIDATION_ERROR" and not self.started:
                self.started = True     # recorded before it was answered
                raise Gone
            if code == "VALIDATION_FAILED" and not self.created:
                self.created = True
                raise Gone
            raise AssertionError("%s: %r" % (self.name, m))

    def begin(self, c):
        if not self.created:
            self.write(c, "create_session", SPEC)
            while not self.created:
                m = self.read(c)
                self.hear(c, m)
                self.created |= m["type"] == "session_created"
            self.write(c, "start_simulation", {})
        elif not self.started:
            self.write(c, "start_simulation", {})
        else:
            self.resumes += 1
            data = {"last_processed_sequence_id": self.processed}
            if self.last_execution:
                data["last_execution_id"] = self.last_execution
            self.write(c, "resume_session", data)

    def go(self, c):
        self.begin(c)
        while self.result is None:
            m = self.read(c)
            self.started |= m["type"] in ("simulation_started", "tick",
                                          "state_sync")
            if m["type"] == "tick":
                self.hear_tick(c, m["data"])
            else:
                self.hear(c, m)

    def run(self):
        while self.result is None:
            c = self.connect()
            try:
                self.go(c)
            except Gone:
                # A start that was on its way may have been recorded.
                self.started |= self.created and not self.started and \
                    self.was_started(c)
            c.abort()

    def was_started(self, old):
        """Did the start reach the journal before the server was killed?"""
        old.abort()
        c = self.connect()
        try:
            self.write(c, "get_session", {})
            while True:
                m = self.read(c)
                if m["type"] == "session_details":
                    return m["data"]["state"] not in ("ready",
                                                      "initializing")
                if m["type"] == "session_error":
                    self.created = False
                    return False
        except Gone:
            return False
        finally:
            c.abort()


def run_all(server, traders, kills, rng):
    """Run them to their end, killing the server now and then."""
    failures = []

    def one(t):
        try:
            t.run()
        except BaseException as e:
            failures.append("%s: %r" % (t.name, e))

    threads = [threading.Thread(target=one, args=(t,)) for t in traders]
    for t in threads:
        t.start()
    done = 0
    while any(t.is_alive() for t in threads):
        # Most kills meet a server that somebody is at, however slow the
        # machine is: else nobody would ever get anywhere.
        if done % 4:
            until(lambda: server.is_met or
                  not any(t.is_alive() for t in threads))
        time.sleep(0.02 + rng.random() * 0.25)
        if done < kills and any(t.is_alive() for t in threads):
            server.restart()
            server.is_met = False
            done += 1
    for t in threads:
        t.join()
    assert not failures, failures
    return done


def kills(t):
    seed = int(os.environ.get("SIM_SEED", "1"))
    rng = random.Random(seed)
    with Server(t, "kills") as server:
        plain = [Trader("plain%d" % i, server, i) for i in range(CLIENTS)]
        run_all(server, plain, 0, rng)
        done = rounds = resumes = 0
        while done < KILLS:
            traders = [Trader("r%d-%d" % (rounds, i), server, i)
                       for i in range(CLIENTS)]
            done += run_all(server, traders, KILLS - done, rng)
            for x, p in zip(traders, plain):
                t.check(x.name + ": the same result", x.result == p.result,
                        x.result, p.result)
                t.check(x.name + ": the same executions, each once",
                        x.executions == p.executions)
                t.check(x.name + ": the same batches, each once",
                        x.acked == p.acked and x.sent == p.sent)
                resumes += x.resumes
            rounds += 1
        count = sum(len(p.executions) for p in plain)
        t.check("there was something to lose", count > 50 and resumes > 0,
                count, resumes)
    print("%d kills in %d rounds, %d resumes, %d executions a round "
          "(SIM_SEED=%d)" % (done, rounds, resumes, count, seed))


if __name__ == "__main__":
    main(kills)
