"""What the server says to each message of messages.def, and each refusal of
what asks for something: frames, sessions, controls.  Orders are in orders.py,
logging in and limits in logins.py, lost connections in recovery.py."""
import sys
import time

import logins
import orders
import recovery
import running
import watching
from running import MINUTE, spec
from servertest import IS_LONG, Server, main
from wire import (ANY, CODES, INTO, NOTHING, OUT, STAMP, TIME, Watched,
                  seen_codes, seen_in, seen_out)


# -- frames --------------------------------------------------------------------

def nested(n):
    return '{"a":' * n + "1" + "}" * n


# What is sent as it is; code, a part of the sentence, the request_id echoed.
FRAMES = [
    ("hello", "INVALID_PARAMS", "", None),
    ("", "INVALID_PARAMS", "", None),
    ("{", "INVALID_PARAMS", "", None),
    ('{"type":"ping"} x', "INVALID_PARAMS", "", None),
    ("null", "INVALID_PARAMS", "", None),
    ('[{"type":"ping"}]', "INVALID_PARAMS", "", None),
    ('"ping"', "INVALID_PARAMS", "", None),
    ("{}", "INVALID_PARAMS", "type", None),
    ('{"data":{},"request_id":"q"}', "INVALID_PARAMS", "type", "q"),
    ('{"type":7,"request_id":"q"}', "INVALID_PARAMS", "type", "q"),
    ('{"type":null,"request_id":"q"}', "INVALID_PARAMS", "type", "q"),
    ('{"type":"ping","data":[],"request_id":"q"}', "INVALID_PARAMS", "data",
     "q"),
    ('{"type":"ping","data":"x","request_id":"q"}', "INVALID_PARAMS", "data",
     "q"),
    ('{"type":"ping","request_id":{}}', "INVALID_PARAMS", "request_id", None),
    ('{"type":"ping","request_id":"%s"}' % ("x" * 129), "INVALID_PARAMS",
     "request_id", None),
    ('{"type":"ping","data":%s,"request_id":"q"}' % nested(16),
     "INVALID_PARAMS", "16", None),
    ('{"type":"dance","request_id":"q"}', "UNKNOWN_TYPE", "dance", "q"),
    ('{"type":"","request_id":"q"}', "UNKNOWN_TYPE", "", "q"),
    ('{"type":"Ping","request_id":"q"}', "UNKNOWN_TYPE", "Ping", "q"),
    ('{"type":"tick","data":{},"request_id":"q"}', "UNKNOWN_TYPE", "tick",
     "q"),
    ('{"type":"bye","request_id":"q"}', "UNKNOWN_TYPE", "bye", "q"),
    ('{"type":"tick_ack","data":{"session_id":7,"sequence_id":1},'
     '"request_id":"q"}', "INVALID_PARAMS", "session_id", "q"),
    ('{"type":"query_status","data":{"session_id":"a b"},"request_id":"q"}',
     "INVALID_PARAMS", "session_id", "q"),
    ('{"type":"query_status","data":{"session_id":"%s"},"request_id":"q"}' %
     ("x" * 65), "INVALID_PARAMS", "session_id", "q"),
]
# What is answered pong, with this request_id.
PINGS = [
    ('{"type":"ping"}', None),
    ('{"type":"ping","request_id":"\\u00e4\\"b"}', 'ä"b'),
    ('{"type":"ping","data":null,"request_id":"q"}', "q"),
    ('{"type":"ping","data":{},"request_id":null}', None),
    ('{"type":"ping","data":{"more":[1,{}]},"also":1,"request_id":"q"}', "q"),
    ('{"type":"ping","data":{},"timestamp":"2024-01-01T00:00:00Z",'
     '"request_id":"q"}', "q"),
    ('{"type":"ping","request_id":"%s"}' % ("x" * 128), "x" * 128),
    ('{"type":"ping","data":%s,"request_id":"q"}' % nested(14), "q"),
    (' \n{ "request_id" : "q" , "type" : "ping" }\n', "q"),
]


def frames(t, s):
    c = Watched(t, s.admin, "frames")
    for text, code, part, request_id in FRAMES:
        c.send(text)
        m = c.recv()
        d = m["data"] if m["type"] == "error" else {}
        t.check("the frame %.60s" % text, d.get("error_code") == code and
                part in d["message"] and m.get("request_id") == request_id and
                d["severity"] == "error" and d["recoverable"] is True and
                d.get("failed_request_id") == request_id, m)
    for text, request_id in PINGS:
        c.send(text)
        m = c.recv()
        t.check("the frame %.60s" % text, m["type"] == "pong" and
                m.get("request_id") == request_id, m)
    c.close()
    for op, payload, code in (
            (1, None, 1009),
            (2, b'{"type":"ping"}', 1003), (1, b'{"type":"\xff"}', 1007),
            (1, b'{"type":"ping","x":"%s"}' % (b"x" * 5000000), 1009),
            (2, b"x" * 5000000, 1003)):
        c = Watched(t, s.admin, "frames")
        if payload is None:             # what it announces is enough
            c.send_frame(op, b'{"type":"ping"', length=(256 << 10) + 1)
        else:
            c.send_frame(op, payload)
        got = c.wait_close()
        t.check("a frame is closed with %d" % code, got[0] == code, got)
        c.abort()


# -- making sessions -----------------------------------------------------------

LONG = 64
# What is changed of DAILY; code, parts of the sentence, details.
BAD = [
    (dict(symbols=NOTHING), "INVALID_PARAMS",
     "Missing required fields: symbols", {}),
    (dict(symbols=NOTHING, start_date=NOTHING), "INVALID_PARAMS",
     "Missing required fields: symbols, start_date", {}),
    (dict(start_date=NOTHING), "INVALID_PARAMS",
     "Missing required fields: start_date", {}),
    (dict(end_date=None), "INVALID_PARAMS",
     "Missing required fields: end_date", {}),
    (dict(symbols=[]), "INVALID_PARAMS", "symbols", {}),
    (dict(symbols="ACME"), "INVALID_PARAMS", "symbols", {}),
    (dict(symbols=[7]), "INVALID_PARAMS", "symbols", {}),
    (dict(symbols=["ACME", "ACME"]), "INVALID_PARAMS", "ACME", {}),
    (dict(symbols=["ACNE"]), "INVALID_SYMBOL", "ACNE",
     {"invalid_symbols": ["ACNE"], "suggestions": {"ACNE": ["ACME"]}}),
    (dict(symbols=["ACME", "ZZZZ", "BOLD"]), "INVALID_SYMBOL", "BOLD",
     {"invalid_symbols": ["ZZZZ", "BOLD"],
      "suggestions": {"BOLD": ["BOLT"]}}),
    (dict(symbols=["../x"]), "INVALID_SYMBOL", "../x",
     {"invalid_symbols": ["../x"]}),
    (dict(symbols=["A" * 33]), "INVALID_SYMBOL", "", ANY),
    (dict(symbols=[""]), "INVALID_SYMBOL", "", {"invalid_symbols": [""]}),
    (dict(start_date="2020-01-32"), "INVALID_PARAMS", "start_date", {}),
    (dict(start_date="soon"), "INVALID_PARAMS", "start_date", {}),
    (dict(start_date=20200102), "INVALID_PARAMS", "start_date", {}),
    (dict(end_date="2020-13-01"), "INVALID_PARAMS", "end_date", {}),
    (dict(end_date="2020-01-31T25:00:00Z"), "INVALID_PARAMS", "end_date", {}),
    (dict(end_date="2019-12-31"), "INVALID_DATE_RANGE", "2019-12-31", ANY),
    (dict(start_date="2030-01-01", end_date="2030-02-01"),
     "INVALID_DATE_RANGE", "",
     {"available": {"ACME": {"start": TIME, "end": TIME, "bars": 1258}}}),
    (dict(start_date="2001-01-01", end_date="2001-02-01"),
     "INVALID_DATE_RANGE", "",
     {"available": {"ACME": {"start": TIME, "end": TIME, "bars": 1258}}}),
    (dict(initial_capital=999.99), "INSUFFICIENT_CAPITAL", "999.99",
     {"minimum": "1000.00", "maximum": "10000000.00",
      "requested": "999.99"}),
    (dict(initial_capital="10000000.01"), "INSUFFICIENT_CAPITAL",
     "10000000.01", {"maximum": "10000000.00"}),
    (dict(initial_capital=-5), "INSUFFICIENT_CAPITAL", "-5", ANY),
    (dict(initial_capital="lots"), "INVALID_PARAMS", "initial_capital", {}),
    (dict(initial_capital="1e5"), "INVALID_PARAMS", "initial_capital", {}),
    (dict(initial_capital=True), "INVALID_PARAMS", "initial_capital", {}),
    (dict(initial_capital=[1]), "INVALID_PARAMS", "initial_capital", {}),
    (dict(initial_capital=1234567.8901234567), "INVALID_PARAMS",
     "initial_capital", {}),
    (dict(timeframe="often"), "INVALID_PARAMS", "often", {}),
    (dict(timeframe="7min"), "DATA_FETCH_FAILED", "7min",
     {"symbol": "ACME", "available_timeframes": list}),
    (dict(timeframe=5), "INVALID_PARAMS", "timeframe", {}),
    (dict(symbols=["BOLT"], timeframe="1min"), "DATA_FETCH_FAILED", "BOLT",
     ANY),
    (dict(warmup_bars=-1), "INVALID_PARAMS", "warmup_bars", {}),
    (dict(warmup_bars=1.5), "INVALID_PARAMS", "warmup_bars", {}),
    (dict(warmup_bars=100001), "VALIDATION_FAILED", "warmup_bars", {}),
    (dict(adjusted="yes"), "INVALID_PARAMS", "adjusted", {}),
    (dict(include_candles=0), "INVALID_PARAMS", "include_candles", {}),
    (dict(data_provider="x" * 65), "INVALID_PARAMS", "data_provider", {}),
    (dict(data_provider=1), "INVALID_PARAMS", "data_provider", {}),
    (dict(commission_per_share="free"), "INVALID_PARAMS",
     "commission_per_share", {}),
    (dict(commission_per_share=-0.01), "VALIDATION_FAILED", "", {}),
    (dict(slippage_bps=-1), "VALIDATION_FAILED", "", {}),
    (dict(slippage_bps=5, slippage="none"), "VALIDATION_FAILED", "slippage",
     {}),
    (dict(commission_per_share=0, commission="none"), "VALIDATION_FAILED",
     "commission", {}),
    (dict(fill="sideways"), "VALIDATION_FAILED", "sideways", {}),
    (dict(fill={}), "INVALID_PARAMS", "fill", {}),
    (dict(preset="moon"), "VALIDATION_FAILED", "moon", {}),
    (dict(session="night"), "VALIDATION_FAILED", "night", {}),
    (dict(account="cash", leverage="2"), "VALIDATION_FAILED", "leverage", {}),
    (dict(metadata="text"), "INVALID_PARAMS", "metadata", {}),
    (dict(session_id=""), "INVALID_PARAMS", "session_id", ANY),
    (dict(session_id='a"b'), "INVALID_PARAMS", "session_id", ANY),
]
# What is changed of DAILY; what session_created says.
GOOD = [
    ({}, {"state": "ready", "status": "created", "symbols": ["ACME"],
          "symbols_loaded": ["ACME"], "start_date": "2020-01-02T00:00:00Z",
          "end_date": "2020-01-31T00:00:00Z", "initial_capital": 100000,
          "timeframe": "daily", "warmup_bars": 0, "estimated_ticks": 21,
          "data_range_actual": {"ACME": {
              "start": "2020-01-02T14:30:00Z",
              "end": "2020-01-31T14:30:00Z", "bars": 21}},
          "created_at": STAMP, "commission_per_share": 0.005,
          "slippage_bps": 5, "server_ready": True,
          "queue_position": NOTHING}),
    (dict(start_date=NOTHING, end_date=NOTHING, initial_capital=NOTHING,
          start="2020-01-02", end="2020-01-31", initial_cash="2500.50"),
     {"estimated_ticks": 21, "initial_capital": 2500.5}),
    (dict(initial_capital=NOTHING), {"initial_capital": 100000}),
    (dict(initial_capital=1000), {"initial_capital": 1000}),
    (dict(initial_capital="10000000"), {"initial_capital": 10000000}),
    (dict(initial_capital="1234567.89012345"),
     {"initial_capital": 1234567.89012345}),
    (dict(initial_capital=1234567.12345678),
     {"initial_capital": 1234567.12345678}),
    (dict(initial_capital=1e5), {"initial_capital": 100000}),
    (dict(start_date="2020-01-06T14:30:00"), {"estimated_ticks": 19}),
    (dict(start_date="2020-01-06T14:30:00Z"),
     {"estimated_ticks": 19, "start_date": "2020-01-06T14:30:00Z"}),
    (dict(start_date="2020-01-06T15:30:00+01:00"),
     {"estimated_ticks": 19, "start_date": "2020-01-06T14:30:00Z"}),
    (dict(start_date="2020-01-06T09:30:00.000-05:00"),
     {"estimated_ticks": 19, "start_date": "2020-01-06T14:30:00Z"}),
    (dict(end_date="2020-01-31T14:30:00Z"), {"estimated_ticks": 20}),
    (dict(end_date="2020-01-31T14:30:01Z"), {"estimated_ticks": 21}),
    (dict(start_date="2020-01-02", end_date="2020-01-02"),
     {"estimated_ticks": 1}),
    (dict(timeframe="1d"), {"timeframe": "daily"}),
    (dict(symbols=["CRUX", "ACME", "BOLT"]),
     {"symbols": ["CRUX", "ACME", "BOLT"],
      "symbols_loaded": ["ACME", "BOLT", "CRUX"],
      "data_range_actual": {"BOLT": {"bars": 21}, "CRUX": {"bars": 21}}}),
    (dict(warmup_bars=10), {"warmup_bars": 10, "estimated_ticks": 21}),
    (dict(data_provider="polygon"), {"data_provider": "polygon"}),
    (dict(commission_per_share=0, slippage_bps="2.5"),
     {"commission_per_share": 0, "slippage_bps": 2.5}),
    (dict(commission="none", slippage="none"),
     {"commission_per_share": 0, "slippage_bps": 0}),
    (dict(adjusted=True, include_candles=False, preset="us-equity",
          metadata={"any": ["thing"]}, unknown_field=7), {}),
] + [
    (dict(MINUTE, timeframe=text, initial_capital=5000),
     {"timeframe": name, "estimated_ticks": ticks})
    for text, name, ticks in (
        ("1min", "1min", 390), ("1m", "1min", 390), ("5min", "5min", 78),
        ("5m", "5min", 78), ("15min", "15min", 26), ("15m", "15min", 26),
        ("30min", "30min", 13), ("30m", "30min", 13), ("1h", "1h", 7),
        ("2h", "2h", 4), ("4h", "4h", 2))
]


def refused_sessions(t, s):
    c = Watched(t, s.admin, "refused")
    for changes, code, text, details in BAD:
        c.refused("create_session", spec(**changes), code, text, details,
                  carrier="session_error")
        if "session_id" not in changes:
            c.refused("start_simulation", spec(**changes), code, text,
                      details, carrier="session_error")
    c.want("list_sessions", {}, "sessions_list", {"sessions": []})
    c.close()


def made_sessions(t, s):
    for timeframe in ("5min", "15min", "30min", "1h", "2h", "4h"):
        s.home.must("data", "resample", "--save", "--timeframe", "1min",
                    "ACME", timeframe)
    c = Watched(t, s.admin, "made")
    ids = []
    for changes, pattern in GOOD:
        pattern = dict(pattern, session_id=str)
        d = c.want("create_session", spec(**changes), "session_created",
                   pattern, label=changes)
        ids.append(d.get("session_id"))
        if len(ids) % 4 == 0:
            c.want("delete_session", {"session_id": ids[-1]},
                   "session_deleted", {"session_id": ids[-1]})
            c.refused("get_session", {"session_id": ids.pop()},
                      "SESSION_NOT_FOUND", carrier="session_error")
    t.check("ids are lower case and differ", len(set(ids)) == len(ids) and
            all(i == i.lower() for i in ids), ids)
    listed = c.want("list_sessions", {}, "sessions_list")["sessions"]
    t.check("the newest first", [x["session_id"] for x in listed] ==
            ids[::-1], listed)
    for i in ids:
        c.want("delete_session", {"session_id": i}, "session_deleted",
               {"session_id": i})
    c.want("list_sessions", {}, "sessions_list", {"sessions": []})
    c.close()


def own_sessions(t, s):
    """Ids of the client's own; get, list and delete; other users'."""
    bob = s.user("bob", "professional")
    c = Watched(t, s.admin, "ada")
    other = Watched(t, bob, "bob")
    c.want("create_session", spec(session_id="my.own-1", warmup_bars=2,
                                  metadata={"a": [1]}, data_provider="x"),
           "session_created", {"session_id": "my.own-1"})
    c.refused("create_session", spec(session_id="my.own-1"),
              "VALIDATION_FAILED", "my.own-1", carrier="session_error")
    details = {"session_id": "my.own-1", "state": "ready",
               "symbols": ["ACME"], "start_date": "2020-01-02T00:00:00Z",
               "end_date": "2020-01-31T00:00:00Z",
               "initial_capital": "100000.00", "timeframe": "daily",
               "warmup_bars": 2, "created_at": STAMP, "sim_time": NOTHING,
               "sequence_id": 0, "ticks_total": 21, "progress_pct": 0,
               "data_provider": "x", "metadata": {"a": [1]}}
    c.want("get_session", {"session_id": "my.own-1"}, "session_details",
           details)
    c.want("list_sessions", {}, "sessions_list", {"sessions": [details]})
    other.want("list_sessions", {}, "sessions_list", {"sessions": []})
    for who in ("my.own-1", "nobody-s"):
        for type_, more in (
                ("get_session", {}), ("delete_session", {}),
                ("start_simulation", {}),
                ("resume_session", {"last_processed_sequence_id": 0})):
            other.refused(type_, dict(more, session_id=who),
                          "SESSION_NOT_FOUND", who, carrier="session_error")
        for type_, more in ABOUT:
            other.refused(type_, dict(more, session_id=who),
                          "SESSION_NOT_FOUND", who)
    other.want("create_session", spec(session_id="my.own-1"),
               "session_created", {"session_id": "my.own-1"})
    other.want("delete_session", {"session_id": "my.own-1"},
               "session_deleted")
    c.want("get_session", {"session_id": "my.own-1"}, "session_details",
           details)
    for type_ in ("get_session", "delete_session", "resume_session"):
        c.refused(type_, {"last_processed_sequence_id": 0},
                  "INVALID_PARAMS", "session_id", carrier="session_error")
    c.refused("resume_session", {"session_id": "my.own-1"},
              "INVALID_PARAMS", "last_processed_sequence_id",
              carrier="session_error")
    c.want("delete_session", {"session_id": "my.own-1"}, "session_deleted")
    for type_, more in ABOUT:
        c.refused(type_, more, "SESSION_NOT_FOUND", "")
    c.refused("start_simulation", {}, "SESSION_NOT_FOUND", "")
    c.close()
    other.close()


ORDER = {"order_id": "o1", "symbol": "ACME", "side": "buy", "quantity": 1}
# What is about a session that this connection is at.
ABOUT = [
    ("pause_simulation", {}), ("resume_simulation", {}),
    ("step_simulation", {}), ("stop_simulation", {}), ("set_speed", {}),
    ("query_status", {}), ("query_positions", {}), ("query_orders", {}),
    ("tick_ack", {"sequence_id": 1}), ("order_batch", {"orders": [ORDER]}),
    ("cancel_order", {"order_id": "x"}),
    ("replace_order", {"order_id": "x", "quantity": 2}), ("cancel_all", {}),
    ("attach_session", {}), ("detach_session", {}), ("get_log", {}),
    ("query_bars", {}), ("query_actions", {}),
    ("query_schedule", {"symbol": "ACME"}),
    ("query_inputs", {"symbol": "ACME"}),
]


PARTS = (frames, refused_sessions, made_sessions, own_sessions,
         logins.health, logins.sessions_of_plan, logins.orders_of_plan,
         *running.PARTS, *orders.PARTS, *recovery.PARTS,
         *watching.PARTS)


# What a test can't bring about in its time: plans let a connection live for an
# hour at least and be silent for half of one.  Of the codes the first three
# stand in batch_ack, the others are a server's in trouble.
UNSEEN = {"connection_warning"}
UNSEEN_CODES = {"INSUFFICIENT_BUYING_POWER", "INVALID_ORDER_QUANTITY",
                "DUPLICATE_ORDER_ID", "SERVICE_BUSY", "SESSION_CREATE_FAILED",
                "NOT_IMPLEMENTED", "AUTH_FAILED", "HANDLER_TIMEOUT",
                "DATA_PROVIDER_UNAVAILABLE"}


def covered(t):
    """Every message of messages.def went over the wire, every code came."""
    for what, want, seen in (
            ("from the server", set(OUT) - UNSEEN, seen_out),
            ("from the client", set(INTO), seen_in),
            ("as a code", set(CODES) - UNSEEN_CODES, seen_codes)):
        t.check("%s: all have been seen but %s" %
                (what, sorted(want - seen)), want <= seen)


def once(t):
    with Server(t, "transcripts") as s:
        for part in PARTS:
            if sys.argv[1:] and part.__name__ not in sys.argv[1:]:
                continue
            t0 = time.monotonic()
            part(t, s)
            print("%s %.2f" % (part.__name__, time.monotonic() - t0))


def test(t):
    for _ in range(10 if IS_LONG else 1):
        once(t)
    if not sys.argv[1:]:
        covered(t)


if __name__ == "__main__":
    main(test)
