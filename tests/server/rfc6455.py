#!/usr/bin/env python3
"""RFC 6455, case by case: framing, pings, reserved bits, opcodes,
fragmentation, UTF-8 and closing, against an echo on each event loop.

What libwebsockets 4.1 does otherwise than the RFC wants is a row of DEVIATIONS
with what it does: they are frozen, so a change of theirs is seen too.
"""

import itertools
import socket
import time

from nettest import Count, Server, loops
from wsclient import (PATIENCE, BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Client,
                      close_payload, frame_bytes)

END = "end"             # the connection ended without a close frame
OPEN = "stays open"

def f(op, payload=b"", **kw):
    return frame_bytes(op, payload, **kw)


def text(s, **kw):
    return f(TEXT, s, **kw)


def echo(s):
    return (TEXT, s if isinstance(s, bytes) else s.encode())


def pong(payload=b""):
    return (PONG, payload)


def closed(code=None):
    return (CLOSE, code)


BYE = f(CLOSE, close_payload(1000))
GOOD_BYE = closed(1000)

# (name, what is sent: bytes, or a list of writes; what must come)
CASES = []


def case(name, sent, *want):
    """Where a good end is wanted it is sent once the rest has come."""
    sent = sent if isinstance(sent, list) else [sent]
    ends = b""
    if len(want) > 1 and want[-1] == GOOD_BYE and sent[-1].endswith(BYE):
        sent = sent[:-1] + [sent[-1][:-len(BYE)]]
        ends = BYE
    CASES.append((name, sent, list(want), ends))


def case_at_once(name, sent, *want):
    CASES.append((name, [sent], list(want), b""))


# Name of a case: what the library does instead.
DEVIATIONS = {
    # frames it should fail and takes
    "1.3 length 5 in 16 bits": [echo("hello"), OPEN],
    "1.3 length 5 in 64 bits": [echo("hello"), OPEN],
    "1.3 not masked": [echo("hello"), OPEN],
    # ended, but without a close frame
    "1.3 length with the highest bit": [END],
    "2.5 ping of 126": [END],
    "7.3 a reason too long": [END],
    "7.5 a reason that is no UTF-8": [END],
    # one pong at a time waits; the RFC allows to answer only some
    "2.10 ten pings at once": [pong(b"p0"), GOOD_BYE],
    # the UTF-8 of a text is looked for in a pong that comes within it
    "5.8 pongs between": [closed(1007)],
    "6.5 a pong that is no UTF-8 in a text": [closed(1007)],
}

# Name of a case: what may come too.  A text that can't be fails the connection
# at once, whether the pong before it has left or not.
ALSO = {
    "6.4 bad text 0 with a ping in it": [closed(1007)],
}


def group_1():
    for n in (0, 1, 125, 126, 127, 128, 4095, 4096, 65535, 65536, 200000):
        s = b"*" * n
        case("1.1 text of %d" % n, text(s) + BYE, echo(s), GOOD_BYE)
    s = b"*" * 65536
    data = text(s)
    case("1.1 text of 65536 in pieces of 997",
         [data[i:i + 997] for i in range(0, len(data), 997)] + [BYE],
         echo(s), GOOD_BYE)
    case("1.1 byte by byte", [bytes([b]) for b in text("hello")] + [BYE],
         echo("hello"), GOOD_BYE)
    case("1.1 many at once", b"".join(text("m%d" % i) for i in range(500)) +
         BYE, *[echo("m%d" % i) for i in range(500)], GOOD_BYE)
    for n in (0, 1, 126, 65536):
        case("1.2 binary of %d" % n, f(BINARY, b"\xfe" * n), closed(1003))
    case("1.3 a mask of zeros", text("abc", mask=b"\0\0\0\0") + BYE,
         echo("abc"), GOOD_BYE)
    case("1.3 length 5 in 16 bits", text("hello", size=16),
         closed(1002))
    case("1.3 length 5 in 64 bits", text("hello", size=64), closed(1002))
    case("1.3 length with the highest bit",
         text("", length=1 << 63, size=64), closed(1002))
    case("1.3 a length above the limit", text("x", length=1 << 40, size=64),
         closed(1009))
    case("1.3 not masked", text("hello", mask=False), closed(1002))


def group_2():
    for n in (0, 1, 5, 125):
        p = bytes(range(n))
        case("2.1 ping of %d" % n, f(PING, p) + BYE, pong(p), GOOD_BYE)
    case("2.5 ping of 126", f(PING, b"x" * 126, size=16), closed(1002))
    case("2.6 ping byte by byte", [bytes([b]) for b in f(PING, b"x" * 125)] +
         [BYE], pong(b"x" * 125), GOOD_BYE)
    case("2.7 pong nobody asked for", f(PONG) + BYE, GOOD_BYE)
    case("2.8 pong with payload", f(PONG, b"hi") + BYE, GOOD_BYE)
    case("2.9 pong, then ping", f(PONG, b"no") + f(PING, b"yes") + BYE,
         pong(b"yes"), GOOD_BYE)
    case("2.10 ten pings at once",
         b"".join(f(PING, b"p%d" % i) for i in range(10)) + BYE,
         *[pong(b"p%d" % i) for i in range(10)], GOOD_BYE)
    case("2.11 ten pings one by one",
         [f(PING, b"p%d" % i) for i in range(10)] + [BYE],
         *[pong(b"p%d" % i) for i in range(10)], GOOD_BYE)


def group_3():
    for rsv in (1, 2, 3, 4, 5, 6, 7):
        case("3.%d reserved bits of a text" % rsv, text("hi", rsv=rsv),
             closed(1002))
    case("3.8 reserved bits of a ping", f(PING, b"", rsv=1), closed(1002))
    case("3.9 reserved bits of a close",
         f(CLOSE, close_payload(1000), rsv=4), closed(1002))
    case("3.10 a good text, then reserved bits",
         text("hello") + text("hi", rsv=2), echo("hello"), closed(1002))


def group_4():
    for op in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        case("4.%d opcode" % op, f(op), closed(1002))
        case("4.%d opcode with payload" % op, f(op, b"payload"),
             closed(1002))
        case("4.%d opcode after a text" % op, text("hello") + f(op),
             echo("hello"), closed(1002))


def group_5():
    case("5.1 ping in fragments", f(PING, b"a", fin=False) +
         f(CONTINUATION, b"b"), closed(1002))
    case("5.2 pong in fragments", f(PONG, b"a", fin=False) +
         f(CONTINUATION, b"b"), closed(1002))
    two = [text("ab", fin=False), f(CONTINUATION, b"cd")]
    case("5.3 two fragments at once", b"".join(two) + BYE, echo("abcd"),
         GOOD_BYE)
    case("5.4 two fragments", two + [BYE], echo("abcd"), GOOD_BYE)
    case("5.5 byte by byte", [bytes([b]) for b in b"".join(two)] + [BYE],
         echo("abcd"), GOOD_BYE)
    case("5.6 a ping between", two[0] + f(PING, b"p") + two[1] + BYE,
         pong(b"p"), echo("abcd"), GOOD_BYE)
    case("5.7 a ping between, one by one",
         [two[0], f(PING, b"p"), two[1], BYE], pong(b"p"), echo("abcd"),
         GOOD_BYE)
    case("5.8 pongs between", two[0] + f(PONG, b"\xff\xff") * 3 + two[1] +
         BYE, echo("abcd"), GOOD_BYE)
    for fin in (True, False):
        case("5.9 nothing to go on from, fin %s" % fin,
             f(CONTINUATION, b"x", fin=fin), closed(1002))
        case("5.10 again after a text, fin %s" % fin, text("hello") +
             f(CONTINUATION, b"x", fin=fin), echo("hello"), closed(1002))
        case("5.11 again after fragments, fin %s" % fin, b"".join(two) +
             f(CONTINUATION, b"x", fin=fin), echo("abcd"), closed(1002))
    case("5.18 a text within a text", text("ab", fin=False) + text("cd"),
         closed(1002))
    case("5.18 a text within a text, not final", text("ab", fin=False) +
         text("cd", fin=False), closed(1002))
    five = [text("a", fin=False)] + [f(CONTINUATION, b"b", fin=False)] * 3 + \
        [f(CONTINUATION, b"c")]
    case("5.19 five fragments with pings between",
         list(itertools.chain.from_iterable((x, f(PING, b"%d" % i))
                                            for i, x in enumerate(five[:4])))
         + [five[4] + BYE], *[pong(b"%d" % i) for i in range(4)],
         echo("abbbc"), GOOD_BYE)
    case("5.20 empty fragments", text("", fin=False) +
         f(CONTINUATION, b"", fin=False) + f(CONTINUATION, b"") + BYE,
         echo(""), GOOD_BYE)
    case("5.20 empty ones around", text("", fin=False) +
         f(CONTINUATION, b"mid", fin=False) + f(CONTINUATION, b"") + BYE,
         echo("mid"), GOOD_BYE)
    case("5.21 a hundred thousand bytes in fragments of 1000",
         text("x" * 1000, fin=False) +
         f(CONTINUATION, b"x" * 1000, fin=False) * 98 +
         f(CONTINUATION, b"x" * 1000) + BYE, echo("x" * 100000), GOOD_BYE)
    case("5.22 fragments above the limit",
         text("x" * 100000, fin=False) +
         f(CONTINUATION, b"x" * 100000, fin=False) +
         f(CONTINUATION, b"x" * 100000), closed(1009))
    case("5.23 binary in fragments", f(BINARY, b"a", fin=False) +
         f(CONTINUATION, b"b"), closed(1003))


GOOD_TEXTS = ["Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\0", "\x7f", "\x80",
              "\u07ff", "\u0800", "\uffff", "\U00010000", "\U0010ffff",
              "\ud7ff", "\ue000", "\ufffd", "\U0001d11e", "€"]
BAD_TEXTS = [
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",
    b"\x80", b"\xbf", b"\xff", b"\xfe", b"\xc0\x80", b"\xc1\xbf",
    b"\xe0\x80\x80", b"\xe0\x9f\xbf", b"\xf0\x80\x80\x80",
    b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80",
    b"\xfc\x84\x80\x80\x80\x80", b"\xed\xa0\x80", b"\xed\xbf\xbf",
    b"\xed\xa0\x80\xed\xb0\x80", b"\xc2", b"\xe2\x82", b"\xf0\x9d\x84",
    b"a\xc2b", b"\xe2\x82a", b"\xc3\xc3",
]


def group_6():
    for i, s in enumerate(GOOD_TEXTS):
        raw = s.encode()
        case("6.1 good text %d" % i, text(raw) + BYE, echo(raw), GOOD_BYE)
        case("6.2 good text %d in bytes" % i,
             b"".join(f(TEXT if k == 0 else CONTINUATION, raw[k:k + 1],
                        fin=k == len(raw) - 1)
                      for k in range(len(raw))) + BYE, echo(raw), GOOD_BYE)
    for i, raw in enumerate(BAD_TEXTS):
        case("6.3 bad text %d" % i, text(raw), closed(1007))
        case("6.3 bad text %d after a good one" % i, text("ok") + text(raw),
             echo("ok"), closed(1007))
        case("6.4 bad text %d in bytes" % i,
             b"".join(f(TEXT if k == 0 else CONTINUATION, raw[k:k + 1],
                        fin=k == len(raw) - 1)
                      for k in range(len(raw))), closed(1007))
        case("6.4 bad text %d, then an empty end" % i,
             text(raw, fin=False) + f(CONTINUATION, b""), closed(1007))
    raw = BAD_TEXTS[0]
    case("6.4 bad text 0 with a ping in it",
         [text(raw[:1], fin=False) + f(PING, b"p"),
          f(CONTINUATION, raw[1:])], pong(b"p"), closed(1007))
    case("6.5 a pong that is no UTF-8 in a text", text("a", fin=False) +
         f(PONG, b"\xff\xfe") + f(CONTINUATION, b"b") + BYE, echo("ab"),
         GOOD_BYE)
    case("6.6 a ping that is no UTF-8 in a text", text("a", fin=False) +
         f(PING, b"\xff\xfe") + f(CONTINUATION, b"b") + BYE,
         pong(b"\xff\xfe"), echo("ab"), GOOD_BYE)


def group_7():
    case("7.1 a good end", text("hello") + BYE, echo("hello"), GOOD_BYE)
    case_at_once("7.1 an end right behind a text", text("hello") + BYE,
                 echo("hello"), GOOD_BYE)
    case_at_once("7.1 an end right behind many texts",
                 b"".join(text("m%d" % i) for i in range(100)) + BYE,
                 *[echo("m%d" % i) for i in range(100)], GOOD_BYE)
    case("7.1 two ends", BYE + BYE, GOOD_BYE)
    case("7.1 an end, then a ping", BYE + f(PING), GOOD_BYE)
    case("7.1 an end, then a text", BYE + text("no"), GOOD_BYE)
    case("7.1 an end within a text", text("ab", fin=False) + BYE +
         f(CONTINUATION, b"cd"), GOOD_BYE)
    case("7.3 no code", f(CLOSE), closed())
    case("7.3 one byte", f(CLOSE, b"a"), closed(1002))
    case("7.3 a reason", f(CLOSE, close_payload(1000, "Hello")), GOOD_BYE)
    case("7.3 the longest reason", f(CLOSE, close_payload(1000, "x" * 123)),
         GOOD_BYE)
    case("7.3 a reason too long",
         f(CLOSE, close_payload(1000, "x" * 124), size=16), closed(1002))
    case("7.5 a reason that is no UTF-8",
         f(CLOSE, close_payload(1000, b"\xce\xba\xed\xa0\x80")),
         closed(1007))
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000,
                 3999, 4000, 4999):
        case("7.7 code %d" % code, f(CLOSE, close_payload(code)),
             closed(code))
    for code in (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000,
                 65535):
        case("7.9 code %d" % code, f(CLOSE, close_payload(code)),
             closed(1002))
    for code in (1000, 4001, 4999):
        case("7.10 the server's code %d" % code, text("close %d" % code),
             echo("bye"), closed(code))
    CASES.append(("7.11 the connection just ends", [None], [END], b""))


def heard(client, got, wanted, ends, quiet):
    """`ends` is sent when `wanted` frames have come.  What comes until the end:
    (op, payload), a close as (CLOSE, code), END where there is none; 'stays
    open' if nothing comes for `quiet` seconds.  Behind what is in `got`."""
    parts = b""
    try:
        while True:
            if len(got) >= wanted:
                client.send_raw(ends)
                ends = b""
                client.settimeout(quiet)
            frame = client.recv_frame()
            if frame.rsv or frame.masked:
                got.append(("bad frame", frame))
            if frame.op == CLOSE:
                code = int.from_bytes(frame.payload[:2], "big") \
                    if frame.payload else None
                got.append((CLOSE, code))
                try:
                    client.send_frame(CLOSE, frame.payload[:2])
                except OSError:
                    pass
                return got
            if frame.op in (TEXT, CONTINUATION, BINARY):
                parts += frame.payload
                if frame.fin:
                    got.append((TEXT, parts))
                    parts = b""
            else:
                got.append((frame.op, frame.payload))
    except socket.timeout:
        got.append(OPEN)
    except (EOFError, OSError):
        got.append(END)
    return got


def run(server, sent, want, ends, quiet):
    client = Client(server.port, "/ws")
    got = []
    try:
        for data in sent:
            if data is None:
                client.sock.shutdown(socket.SHUT_WR)
                continue
            try:
                client.send_raw(data)
                if len(sent) < 30:
                    time.sleep(0.002)
                # Of pings that come together only one need be answered.
                if len(sent) > 1 and len(data) > 1 and data[0] == 0x80 | PING:
                    frame = client.recv_frame()
                    got.append((frame.op, frame.payload))
            except (EOFError, OSError):
                break
        return heard(client, got, len(want) - 1, ends, quiet)
    finally:
        client.abort()


def control_first(got):
    """Pongs may overtake data (RFC 6455, 5.4): both parts in their order."""
    return ([x for x in got if x[0] == PONG],
            [x for x in got if x[0] != PONG])


def main():
    count = Count()
    for group in (group_1, group_2, group_3, group_4, group_5, group_6,
                  group_7):
        group()
    unused = set(DEVIATIONS) - {c[0] for c in CASES}
    count.check("each deviation has its case", not unused, unused)
    for loop in loops():
        server = Server("-l", loop)
        for name, sent, want, ends in CASES:
            expected = DEVIATIONS.get(name, want or [END])
            got = run(server, sent, expected, ends,
                      0.2 if expected[-1] == OPEN else PATIENCE)
            count.check("%s: %s" % (loop, name), control_first(got) ==
                        control_first(expected) or got == ALSO.get(name),
                        "%r, not %r" % (str(got[-3:])[:200],
                                        str(expected[-3:])[:200]))
        count.stops_well(loop, server)
    print("%d deviations" % len(DEVIATIONS))
    count.end()


if __name__ == "__main__":
    main()
