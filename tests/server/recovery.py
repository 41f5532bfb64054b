"""What outlives a connection: sessions taken up again after a drop, by a
second connection, after kill -9 and after a stop.  A part of transcripts.py."""
import signal
import time

from orders import FREE, batch, order, reports
from running import (NO_RESULT, TICKS, ack, gone, made, quiet, spec, started,
                     status, tick)
from wire import MONEY, TIME, Watched
from wsclient import PATIENCE


def resumed(c, sid, last, pattern, **more):
    """resume_session; state_sync has to fit.  Gives: its data."""
    return c.want("resume_session", dict(
        more, session_id=sid, last_processed_sequence_id=last),
        "state_sync", dict({"session_id": sid, "account_snapshot": {
            "cash": MONEY, "equity": MONEY}}, **pattern))


def dropped(t, s, user, sid, c, state="paused"):
    """Cut the connection; a new one, once the session is left."""
    c.abort(reset=True)
    c = Watched(t, user, "again")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        d = c.want("get_session", {"session_id": sid}, "session_details")
        if d.get("state") == state:
            return c
        time.sleep(0.02)
    t.check("a session that is left is %s" % state, False, d)
    return c


def taken_up(t, s):
    """After a drop: ticks, orders and executions as the client has them."""
    user = s.user("rex", "professional")
    c = Watched(t, user)
    sid = started(c, made(c, **FREE))
    tick(c, sid, 1)
    batch(c, [order("one"), order("far", type="limit", price=1,
                                  time_in_force="gtc")], ["one", "far"],
          batch_id="b1")
    ack(c, sid, 1)
    tick(c, sid, 2)
    c = dropped(t, s, user, sid, c)
    c.want("query_status", {"session_id": sid}, "simulation_status",
           {"state": "paused", "sequence_id": 2})
    c.refused("start_simulation", {"session_id": sid}, "VALIDATION_ERROR",
              "resume_session")
    for data, text in (({"last_processed_sequence_id": -1}, "last_processed"),
                       ({"last_processed_sequence_id": "2"},
                        "last_processed"),
                       ({"last_processed_sequence_id": 99}, "99"),
                       ({"last_processed_sequence_id": 1,
                         "last_execution_id": "x1"}, "last_execution_id")):
        c.refused("resume_session", dict(data, session_id=sid),
                  "INVALID_PARAMS", text, carrier="session_error")
    # It stands where its last input came, after tick 1.
    resumed(c, sid, 1, {"next_sequence_id": 2, "missed_executions": [],
                        "current_sim_time": "2020-01-02T21:00:00Z",
                        "pending_orders": [{"order_id": "one"},
                                           {"order_id": "far"}]})
    tick(c, sid, 2)
    t.check("the execution comes again", [
        d["execution_id"] for d in reports(c)] == ["e1"])
    ack(c, sid, 2)
    tick(c, sid, 3)
    batch(c, [order("two", side="sell")], ["two"], batch_id="b2")
    c = dropped(t, s, user, sid, c)
    # The client claims to know less than there was.
    d = resumed(c, sid, 1, {
        "next_sequence_id": 2, "current_sim_time": "2020-01-06T21:00:00Z",
        "pending_orders": [{"order_id": "far"}, {"order_id": "two"}],
        "missed_executions": [{"execution_id": "e1", "order_id": "one",
                               "executed_price": "68.79"}]},
        client_state_hash="abc")
    t.check("the account is there", d["account_snapshot"]["positions"][0][
        "quantity"] == "10.00", d)
    for n in (2, 3):
        tick(c, sid, n)
    t.check("no more until they are acknowledged", quiet(c) and
            not reports(c))
    c = dropped(t, s, user, sid, c)
    resumed(c, sid, 1, {"missed_executions": [], "next_sequence_id": 2},
            last_execution_id="e1")
    for n in (2, 3):
        tick(c, sid, n)
    again = c.want("order_batch", {"batch_id": "b2", "orders": [
        order("two", side="sell")]}, "batch_ack",
        {"batch_id": "b2", "accepted_orders": ["two"]})
    t.check("a batch that is sent again", again["session_id"] == sid, again)
    ack(c, sid, 3)
    tick(c, sid, 4)
    t.check("is done once", [(d["execution_id"], d["order_id"])
                             for d in reports(c)] == [("e2", "two")])
    c.want("pause_simulation", {}, "simulation_paused")
    c = dropped(t, s, user, sid, c)
    resumed(c, sid, 4, {"next_sequence_id": 5, "missed_executions": []},
            last_execution_id="e2")
    t.check("what was paused stays paused", quiet(c))
    c.want("query_status", {}, "simulation_status", status(sid, "paused", 4))
    c.want("resume_simulation", {}, "simulation_resumed")
    for n in range(5, TICKS + 1):
        tick(c, sid, n)
        ack(c, sid, n)
    end = c.seen("simulation_complete", {"session_id": sid,
                                         "total_trades": 1})
    gone(c, "taken up")
    # What has its results gives them again.
    c = Watched(t, user, "at the end")
    resumed(c, sid, TICKS, {"missed_executions": []}, last_execution_id="e2")
    same = c.seen("simulation_complete", {"session_id": sid})
    for d in (end, same):
        d.pop("simulation_duration_sec")
    t.check("the same results", end == same, end, same)
    gone(c, "at the end")
    # Left before it gave them again, it is over all the same, and counts once.
    c = Watched(t, user, "left again")
    resumed(c, sid, 1, {})
    c = dropped(t, s, user, sid, c, "completed")
    c.want("delete_session", {"session_id": sid}, "session_deleted")
    a = s.http("GET", "/auth/limits", user.bearer())
    t.check("no place is taken", a.json["usage"]["concurrent_sessions"] == 0,
            a)
    c.close()


def taken_over(t, s):
    """A second connection of the user takes it from the first."""
    user = s.user("rex", "professional")
    one, two = Watched(t, user, "one"), Watched(t, user, "two")
    sid = started(one, made(one))
    tick(one, sid, 1)
    two.want("query_status", {"session_id": sid}, "simulation_status",
             {"state": "running", "sequence_id": 1})
    two.refused("tick_ack", {"session_id": sid, "sequence_id": 1},
                "VALIDATION_ERROR", "resume_session")
    resumed(two, sid, 1, {"next_sequence_id": 2})
    tick(two, sid, 2)
    one.refused("tick_ack", {"session_id": sid, "sequence_id": 2},
                "VALIDATION_ERROR", "another connection")
    one.alive()
    t.check("nothing for the first", quiet(one))
    resumed(one, sid, 1, {"next_sequence_id": 2})
    tick(one, sid, 2)
    t.check("and back", quiet(two))
    two.close()
    ack(one, sid, 2)
    tick(one, sid, 3)
    # One that was made and left is started by whoever comes.
    new = made(one)
    one.close()
    c = Watched(t, user, "three")
    started(c, new)
    tick(c, new, 1)
    for i in (new, sid):
        c.want("delete_session", {"session_id": i}, "session_deleted")
    c.close()


def undisturbed(c, buys):
    sid = started(c, made(c))
    finish(c, sid, 1, buys)
    return c.seen("simulation_complete")["final_equity"]


def finish(c, sid, first, buys):
    for n in range(first, TICKS + 1):
        tick(c, sid, n)
        if n in buys:
            c.want("order_batch", {"batch_id": "k%d" % n, "orders": [
                order("k%d" % n)]}, "batch_ack")
        ack(c, sid, n)


def restarted(t, s):
    """kill -9, and a stop that says good-bye; tokens go on being good."""
    user = s.user("kim", "professional")
    buys = {2, 5, 9}
    c = Watched(t, user)
    want = undisturbed(c, buys)
    gone(c, "undisturbed")
    for sig in (signal.SIGKILL, signal.SIGTERM):
        c = Watched(t, user, str(sig))
        sid = started(c, made(c))
        for n in (1, 2, 3, 4):
            tick(c, sid, n)
            if n == 2:
                c.want("order_batch", {"batch_id": "k2", "orders": [
                    order("k2")]}, "batch_ack")
            ack(c, sid, n)
        tick(c, sid, 5)
        c.want("order_batch", {"batch_id": "k5", "orders": [order("k5")]},
               "batch_ack", {"accepted_orders": ["k5"]})
        s.process.send_signal(sig)
        got = c.wait_close()
        code = s.restart(None)
        if sig == signal.SIGTERM:
            t.check("it ends well", code == 0, code)
            t.check("it says good-bye", got[0] == 1001, got)
            c.seen("connection_closing", {
                "reason": "server_maintenance", "close_code": 1001,
                "reconnect_allowed": True})
        c = Watched(t, user, "after %s" % sig)
        c.want("get_session", {"session_id": sid}, "session_details",
               {"state": ("paused", "running", "ready")})
        resumed(c, sid, 5, {"next_sequence_id": 6, "pending_orders": [
            {"order_id": "k5"}], "missed_executions": []},
            last_execution_id="e1")
        again = c.want("order_batch", {"batch_id": "k5", "orders": [
            order("k5")]}, "batch_ack", {"accepted_orders": ["k5"]})
        t.check("acknowledged as before", again["estimated_fills"], again)
        ack(c, sid, 5)
        finish(c, sid, 6, buys - {2, 5})
        t.check("each execution once", [d["execution_id"] for d in
                                        reports(c)] == ["e2", "e3"])
        got = c.seen("simulation_complete")["final_equity"]
        t.check("the same result as undisturbed", got == want, got, want)
        gone(c, "after %s" % sig)


def one_message(t, s):
    """Also one that was started with one message and has no acks."""
    user = s.user("rex", "professional")
    c = Watched(t, user, "one message")
    sid = c.want("start_simulation", spec(tick_interval_ms=400),
                 "session_created")["session_id"]
    tick(c, sid, 1)
    tick(c, sid, 2)
    c = dropped(t, s, user, sid, c)
    resumed(c, sid, 2, {"next_sequence_id": 3, "current_sim_time": TIME})
    c.want("set_speed", {"tick_interval_ms": 0}, "speed_set")
    for n in range(3, TICKS + 1):
        tick(c, sid, n)
    c.seen("simulation_end", dict(NO_RESULT, session_id=sid))
    c.alive()
    c.close()


PARTS = (taken_up, taken_over, one_message, restarted)
