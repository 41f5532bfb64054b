"""Several connections of one user do whatever can be done to the same few
sessions, at once and at random: the server lives, its storage takes every line,
and at the end nothing is counted that isn't there."""
import os
import random
import sys
import threading
import time

from running import spec
from servertest import IS_LONG, Server, main
from wsclient import PATIENCE, Closed

SECONDS = 60 if IS_LONG else 6
IDS = ["s%d" % i for i in range(3)]
ASKED = ["tick_ack"] * 3 + ["order_batch"] * 3 + ["resume_session"] * 2 + [
    "create_session", "start_simulation", "one_message", "cancel_all",
    "cancel_order", "replace_order", "query_orders", "query_positions",
    "query_status", "pause_simulation", "resume_simulation",
    "step_simulation", "set_speed", "stop_simulation", "get_session",
    "list_sessions", "delete_session", "attach_session", "detach_session",
    "get_log", "query_bars", "query_actions", "ping"]


def order(r):
    return {"order_id": "o%d" % r.randrange(5000), "symbol": "ACME",
            "side": r.choice(["buy", "sell"]),
            "quantity": r.choice([1, 5, 0]),
            "type": r.choice(["market", "limit"]), "price": 60}


FIELDS = {
    "create_session": lambda r: spec(include_candles=r.random() < .5,
                                     warmup_bars=r.choice([0, 3])),
    "one_message": lambda r: spec(tick_interval_ms=r.choice([0, 1, 5]),
                                  flow_control=r.random() < .3,
                                  on_disconnect=r.choice(["run", "pause"])),
    "start_simulation": lambda r: {
        "max_pending_ticks": r.choice([1, 5, 100]),
        "flow_control": r.random() < .7,
        "on_disconnect": r.choice(["run", "pause"]),
        "account_update_frequency": r.choice(["every_tick", "every_fill"])},
    "tick_ack": lambda r: {
        "sequence_id": r.randrange(1, 22), "max_wait_ms": r.choice([0, 50]),
        "processing_status": r.choice(["ready"] * 4 + ["processing"])},
    "order_batch": lambda r: {
        "batch_id": "b%d" % r.randrange(1000), "dry_run": r.random() < .3,
        "execution_mode": r.choice(["atomic", "best_effort"]),
        "orders": [order(r) for _ in range(r.randrange(4))]},
    "cancel_order": lambda r: {"order_id": "o%d" % r.randrange(50)},
    "replace_order": lambda r: {"order_id": "o%d" % r.randrange(50),
                                "price": 61},
    "step_simulation": lambda r: {"ticks": r.randrange(1, 5)},
    "set_speed": lambda r: {"tick_interval_ms": r.choice([0, 1, 10])},
    "resume_session": lambda r: {
        "last_processed_sequence_id": r.randrange(0, 22)},
    "attach_session": lambda r: {
        "events": r.choice(["all", "orders", "none"]),
        "bars": r.choice([0, 0, 5])},
    "query_bars": lambda r: {"count": r.randrange(1, 9)},
}


def leave(r, c):
    if r.random() < .7:
        c.abort(r.random() < .5)
    else:
        c.close()


def turn(r, c):
    """One thing to do; and sometimes wait until it was heard."""
    what = r.choice(ASKED)
    data = FIELDS.get(what, lambda r: {})(r)
    data["session_id"] = r.choice(IDS)
    c.send_type("start_simulation" if what == "one_message" else what, data,
                "x")
    if r.random() < .4:
        c.ask("ping")
        c.kept.clear()


def client(user, seed, until, bad):
    r = random.Random(seed)
    c = None
    while time.monotonic() < until:
        try:
            if c is None or r.random() < .02:
                if c:
                    leave(r, c)
                c = user.connect()
            turn(r, c)
        except Closed as e:
            if e.code not in (1000, 1008, 4029):
                bad.append(e)
            c = None
        except (BrokenPipeError, ConnectionResetError):
            c = None
        except Exception as e:  # pylint: disable=broad-except
            bad.append(repr(e))
            c = None
    if c:
        c.abort()


def used(s, user):
    a = s.http("GET", "/auth/limits", user.bearer())
    return a.json["usage"]["concurrent_sessions"]


def emptied(s, c):
    """Delete all; what runs alone comes to its end first."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        rows = c.ask("list_sessions")["data"]["sessions"]
        if not rows:
            return True
        for row in rows:
            c.ask("delete_session", {"session_id": row["session_id"]})
    return False


def soak(t):
    seed = int(os.environ.get("SIM_SEED", "1"))
    print("seed %d" % seed)
    with Server(t, "soak") as s:
        user = s.user("u", "enterprise")
        user.token()
        until, bad = time.monotonic() + SECONDS, []
        threads = [threading.Thread(target=client, args=(
            user, seed * 100 + k, until, bad)) for k in range(5)]
        for x in threads:
            x.start()
        for x in threads:
            x.join()
        t.check("all were well", not bad, bad[:10])
        c = user.connect()
        t.check("all sessions can be deleted", emptied(s, c))
        t.check("no session is counted", used(s, user) == 0, used(s, user))
        c.close()
        log = s.log()
        t.check("every line was the next of its journal",
                "is not the next" not in log and "event=storage" not in log,
                [x for x in log.splitlines() if "storage" in x][:5])


if __name__ == "__main__":
    sys.exit(main(soak))
