#!/usr/bin/env python3
"""A server whose disk is full, whose database another process holds, or is
damaged: what is acknowledged is stored, what could not be stored is said to be
unheard and can be sent again, and the server goes on when the disk does.

The disk is made full by a limit on the size of files (EFBIG), set from outside
while the server runs.  Writing, syncing and truncating that fail one by one
are in test_writer.c."""

import os
import resource
import sqlite3
import threading

from servertest import Home, NotThere, Server, main, until
from wsclient import Refused

SESSION = {"symbols": ["ACME"], "start_date": "2020-01-02",
           "end_date": "2020-12-31", "timeframe": "daily"}


def database(s):
    return os.path.join(s.home.path, ".local", "share", "simutrador",
                        "server.db")


def fill_disk(s):
    """Nothing more fits into the journal.  What is half written just now may
    be taken back, so the limit is well below what it has."""
    size = os.path.getsize(database(s) + "-wal") // 2
    _, hard = resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE, (size, hard))
    return hard


def empty_disk(s, hard):
    resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


def rows(s, sql):
    db = sqlite3.connect("file:%s?mode=ro" % database(s), uri=True)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def health(s):
    return s.http("GET", "/health").json["status"]


def begin(user):
    """A started session past its first tick: (client, its id)."""
    c = user.connect()
    made = c.ask("create_session", SESSION)
    assert made["type"] == "session_created", made
    id_ = made["data"]["session_id"]
    c.send_type("start_simulation", {"session_id": id_})
    tick(c, id_, 1, False)
    return c, id_


def tick(c, id_, n, ack=True):
    """Acknowledge the tick before, and wait for this one."""
    if ack:
        c.send_type("tick_ack", {"session_id": id_, "sequence_id": n - 1})
    return c.expect("tick", where=lambda m: m["data"]["sequence_id"] == n)


def batch(id_, name):
    return {"session_id": id_, "batch_id": name, "orders": [
        {"order_id": "o-" + name, "symbol": "ACME", "side": "buy",
         "type": "market", "quantity": "1"}]}


def resume(user, id_, last):
    c = user.connect()
    return c, c.ask("resume_session", {"session_id": id_,
                                       "last_processed_sequence_id": last})


def is_refused(user):
    try:
        user.connect().abort()
    except Refused as e:
        return "503" in str(e) and "SERVICE_BUSY" in str(e) and \
            "store anything" in str(e)
    return False


def full(t):
    with Server(t, "full disk", home=home) as s:
        ada = s.user("ada", "professional")
        c, id_ = begin(ada)
        a = c.ask("order_batch", batch(id_, "first"))
        t.check("full: acknowledged while there was room",
                a["type"] == "batch_ack", a)
        tick(c, id_, 2)
        d = ada.connect()
        hard = fill_disk(s)
        c.send_type("order_batch", batch(id_, "second"), "r-second")
        e = c.expect("error")
        t.check("full: no batch_ack, but SERVICE_BUSY that says what to do",
                e["data"]["error_code"] == "SERVICE_BUSY" and
                e["data"]["retry_after_ms"] > 0 and e["data"]["recoverable"]
                and "resume_session" in e["data"]["message"], e)
        t.check("full: nothing follows it", c.silent(), list(c.kept))
        a = s.http("GET", "/health")
        t.check("full: /health says so", a.status == 503 and
                a.json["status"] == "unhealthy", a)
        t.check("full: no new connection is taken", is_refused(ada))
        e = d.ask("create_session", SESSION)
        t.check("full: no session is made",
                e["type"] in ("error", "session_error") and
                e["data"]["error_code"] in ("SESSION_CREATE_FAILED",
                                            "SERVICE_BUSY"), e)
        t.check("full: its log says why", "cannot be" in s.log(), s.log())
        empty_disk(s, hard)
        t.check("full: well again by itself, once there is room",
                until(lambda: health(s) == "ok"))
        c, sync = resume(ada, id_, 1)
        t.check("full: resumed when there is room",
                sync["type"] == "state_sync", sync)
        tick(c, id_, 2, False)
        a = c.ask("order_batch", batch(id_, "first"))
        t.check("full: the stored batch is known",
                a["data"]["accepted_orders"] == ["o-first"], a)
        a = c.ask("order_batch", batch(id_, "second"))
        t.check("full: the lost one is taken now",
                a["type"] == "batch_ack" and
                a["data"]["accepted_orders"] == ["o-second"], a)
        lines = [r[0] for r in rows(s, "SELECT line FROM session_line")]
        for name in ("first", "second"):
            t.check("full: %s stands there once" % name,
                    sum('"%s"' % name in x for x in lines) == 1, lines)
        c.abort()
        s.restart()
        c, sync = resume(ada, id_, 1)
        t.check("full: resumed after SIGKILL too",
                sync["type"] == "state_sync", sync)
        verify = s.home.run("admin", "audit", "verify")
        t.check("full: the audit log is whole", verify[0] == 0, verify)


def locked(t):
    with Server(t, "locked database", home=home) as s:
        ada = s.user("bob", "professional")
        c, id_ = begin(ada)
        db = sqlite3.connect(database(s), isolation_level=None,
                             check_same_thread=False)
        db.execute("BEGIN IMMEDIATE")
        c.send_type("order_batch", batch(id_, "b"), "r-b")
        t.check("locked: no batch_ack before it is stored", c.silent(1),
                list(c.kept))
        c.send_type("dance", {}, "r-dance")
        c.send_type("tick_ack", {"session_id": id_}, "r-none")
        pong = c.ask("ping")
        t.check("locked: the connection lives", pong["type"] == "pong", pong)
        threading.Timer(0.5, lambda: db.execute("ROLLBACK")).start()
        c.kept.clear()
        a = c.recv()
        t.check("locked: answers keep their order", a["type"] == "batch_ack"
                and c.expect("error")["request_id"] == "r-dance" and
                c.expect("error")["request_id"] == "r-none", a)
        t.check("locked: acknowledged once it can be stored",
                a["data"]["accepted_orders"] == ["o-b"], a)
        db.close()
        t.check("locked: it is stored", len(rows(
            s, "SELECT 1 FROM session_line WHERE line LIKE '%\"o-b\"%'")) == 1)
        tick(c, id_, 2)


def beside(t):
    """A command line that opens and closes the database takes nothing from
    the server that runs."""
    with Server(t, "command line beside", home=home) as s:
        ada = s.user("cleo", "professional")
        c, id_ = begin(ada)
        for i in range(5):
            s.home.must("admin", "stats")
            a = c.ask("order_batch", batch(id_, "b%d" % i))
            t.check("beside: batch %d" % i, a["type"] == "batch_ack", a)
        n = rows(s, "SELECT count(*) FROM session_line JOIN session ON"
                    " session = session.number WHERE id = '%s' AND"
                    " line LIKE '%%order_batch%%'" % id_)[0][0]
        t.check("beside: others see what is stored", n == 5, n)
        t.check("beside: a new key is good at once", s.user("dora").token())
        c.abort()
        s.restart()
        c, sync = resume(ada, id_, 0)
        t.check("beside: nothing was lost by SIGKILL", sync["type"] ==
                "state_sync" and len(sync["data"]["pending_orders"]) == 5,
                sync)


def damaged(t):
    bare = Home(sample=[])
    try:
        bare.must("admin", "user", "add", "ada")
        path = os.path.join(bare.path, ".local", "share", "simutrador",
                            "server.db")
        cases = (("noise", b"this is no database " * 500, 0o600, 65),
                 ("mode", None, 0o644, 78))
        for name, content, mode, status in cases:
            if content:
                with open(path, "wb") as f:
                    f.write(content)
            os.chmod(path, mode)
            rc, out, err = bare.run("serve", "--port", "0", timeout=60)
            t.check("damaged, %s: status %d" % (name, status),
                    rc == status and not out, rc, out, err)
            t.check("damaged, %s: one sentence names the file" % name,
                    "server.db" in err and "Traceback" not in err, err)
            try:
                Server(None, "damaged", home=bare).kill()
                t.check("damaged, %s: it serves" % name, False)
            except NotThere:
                pass
    finally:
        bare.remove()


if __name__ == "__main__":
    home = Home(sample=[("ACME", "ACME_daily.csv")])
    try:
        main(full, locked, beside, damaged)
    finally:
        home.remove()
