#!/usr/bin/env python3
"""What is no proper request is answered, or dropped, as documented: a row for
each way to send a body, a header or a handshake wrong; on each event loop."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from nettest import Count, Server, is_well, loops, wait_for
from wsclient import (PATIENCE, Answer, Client, Reader, Refused, TEXT, connect,
                      frame_bytes, http, raw, request_bytes)

SECRET = "SECRETTOKEN"
DROPPED, LIBRARY = "dropped", "library"     # closed; 403 of libwebsockets
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
UP = "Connection: Upgrade\r\n"
V13 = "Sec-WebSocket-Version: 13\r\n"


def post(*headers, body="abc"):
    return ("POST /echo?token=" + SECRET + " HTTP/1.1\r\nHost: x\r\n" +
            "".join(h + "\r\n" for h in headers) + "\r\n" + body)


def get(path="/echo", *headers, version="HTTP/1.1", host="Host: x"):
    head = [host] if host else []
    return ("GET " + path + " " + version + "\r\n" +
            "".join(h + "\r\n" for h in head + list(headers)) + "\r\n")


def upgrade(*parts, path="/ws?token=" + SECRET, method="GET"):
    return (method + " " + path + " HTTP/1.1\r\nHost: x\r\n" +
            "".join(parts) + "\r\n")


WS = "Upgrade: websocket\r\n"

# name, bytes, status or DROPPED or LIBRARY, a word of the body
ROWS = [
    # how long is the body?
    ("chunked", post("Transfer-Encoding: chunked", body="3\r\nabc\r\n0\r\n\r\n"),
     411, "Content-Length"),
    ("chunked and a length", post("Transfer-Encoding: chunked",
                                  "Content-Length: 3"), 411, ""),
    ("some other coding", post("Transfer-Encoding: gzip"), 411, ""),
    ("chunked GET", get("/echo", "Transfer-Encoding: chunked"), 411, ""),
    ("no length: an empty body", post(body=""), 200, '"body":""'),
    ("no length, then bytes: not a second request",
     post(body=get("/health")), 200, '"body":""'),
    ("empty length", post("Content-Length:", body=""), 200, '"body":""'),
    ("length 0", post("Content-Length: 0", body=""), 200, '"body":""'),
    ("length 0 of GET", get("/echo?token=" + SECRET, "Content-Length: 0"),
     200, '"body":""'),
    ("length 0 of PUT", post("Content-Length: 0", body="").replace(
        "POST", "PUT", 1), 200, '"body":""'),
    ("length 0 of DELETE", post("Content-Length: 0", body="").replace(
        "POST", "DELETE", 1), 200, '"body":""'),
    ("negative", post("Content-Length: -1"), 400, "Content-Length"),
    ("with a plus", post("Content-Length: +3"), 400, ""),
    ("hexadecimal", post("Content-Length: 0x3"), 400, ""),
    ("a list", post("Content-Length: 3, 3"), 400, ""),
    ("twice the same", post("Content-Length: 3", "Content-Length: 3"), 400,
     ""),
    ("twice, and not the same", post("Content-Length: 3",
                                     "Content-Length: 30"), 400, ""),
    ("above the limit", post("Content-Length: 65537", body="x" * 65537), 413,
     "larger"),
    ("at the limit", post("Content-Length: 65536", body="x" * 65536), 200,
     "xxx"),
    ("above 64 bits", post("Content-Length: 99999999999999999999"), 413, ""),
    ("above what a number holds", post("Content-Length: " + "9" * 40), 400,
     ""),
    ("GET with a body", get("/echo", "Content-Length: 3") + "abc", 400,
     "no body"),
    ("bytes after the body are no request",
     post("Content-Length: 3") + post("Content-Length: 4", body="defg"), 200,
     '"body":"abc"'),
    ("GETs and a POST at once",
     get() + get() + post("Content-Length: 4", body="abcd"), 200, ""),
    # the request line and headers
    ("no Host", get(host=None), 400, "Host"),
    ("two Hosts", get("/echo", "Host: y"), 400, "Host"),
    ("two Authorizations", get("/echo", "Authorization: Bearer a",
                               "Authorization: Bearer b"), 400, ""),
    ("HTTP/1.0", get("/health", version="HTTP/1.0", host=None), 200, "ok"),
    ("HTTP/3.7", get(version="HTTP/3.7"), 505, ""),
    ("no version", "GET /health\r\n\r\n", 505, ""),
    ("an unknown method", "BREW /echo HTTP/1.1\r\nHost: x\r\n\r\n", LIBRARY,
     ""),
    ("a proxy's request", get("http://x/echo"), LIBRARY, ""),
    ("up the tree", get("/../../etc/passwd"), 404, ""),
    ("up the tree, escaped", get("/a/%2e%2e/%2e%2e/etc/passwd"), 404, ""),
    ("a NUL in the path", get("/ec%00ho"), DROPPED, ""),
    ("a bad escape", get("/ec%zzho"), LIBRARY, ""),
    ("a token of 8 KB", get("/echo?token=" + "a" * 8000), 200, "aaa"),
    ("a line of 20 KB", get("/" + "a" * 20000), DROPPED, ""),
    ("a header of 20 KB", get("/echo", "X-A: " + "a" * 20000), DROPPED, ""),
    ("a token of 64 KB", get("/echo", "Authorization: Bearer " + SECRET +
                             "a" * 65536), DROPPED, ""),
    ("200 headers", get("/echo", *["X-%d: 1" % i for i in range(200)]), 200,
     ""),
    ("2000 headers", get("/echo", *["X-Long-Name-%d: 12345" % i
                                    for i in range(2000)]), DROPPED, ""),
    ("32 arguments", get("/echo?" + "&".join("a%d=1" % i
                                             for i in range(32))), 200, "a31"),
    ("33 arguments", get("/echo?" + "&".join("a%d=1" % i
                                             for i in range(33))), 400, ""),
    ("bytes", "\0\1\2\xff\xfe garbage\r\n\r\n", LIBRARY, ""),
    ("a TLS hello", "\x16\3\1\2\0\1\0\1\xfc\3\3" + "a" * 100, LIBRARY, ""),
    ("HTTP/2 at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", LIBRARY, ""),
    # handshakes
    ("h2c", upgrade("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n",
                    "HTTP2-Settings: AAMAAABkAAQAAP__\r\n"), 400, "websocket"),
    ("another upgrade", upgrade("Upgrade: x\r\n", UP, KEY, V13), LIBRARY, ""),
    ("two upgrades", upgrade("Upgrade: x, websocket\r\n", UP, KEY, V13),
     LIBRARY, ""),
    ("version 12", upgrade(WS, UP, KEY, "Sec-WebSocket-Version: 12\r\n"), 426,
     "13"),
    ("version 99", upgrade(WS, UP, KEY, "Sec-WebSocket-Version: 99\r\n"), 426,
     "13"),
    ("no version of it", upgrade(WS, UP, KEY), 426, "13"),
    ("no key", upgrade(WS, UP, V13), 400, "Key"),
    ("a key of 3 bytes", upgrade(WS, UP, V13, "Sec-WebSocket-Key: abc\r\n"),
     400, "Key"),
    ("a key that is no base64",
     upgrade(WS, UP, V13, "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n"),
     400, "Key"),
    ("no Connection: Upgrade", upgrade(WS, KEY, V13), 400, "Connection"),
    ("a foreign origin", upgrade(WS, UP, KEY, V13,
                                 "Origin: https://evil.example\r\n"), 403,
     "origin"),
    ("an origin that ends like ours",
     upgrade(WS, UP, KEY, V13, "Origin: https://evil.app.example\r\n"), 403,
     ""),
    ("the origin allowed", upgrade(WS, UP, KEY, V13,
                                   "Origin: https://app.example\r\n"), 101,
     ""),
    ("the same origin", upgrade(WS, UP, KEY, V13, "Origin: http://x\r\n"),
     101, ""),
    ("no origin", upgrade(WS, UP, KEY, V13), 101, ""),
    ("POST", upgrade(WS, UP, KEY, V13, "Content-Length: 0\r\n",
                     method="POST"), 400, "GET"),
    ("a handshake with a body", upgrade(WS, UP, KEY, V13,
                                        "Content-Length: 3\r\n") + "abc",
     400, ""),
    ("a subprotocol nobody knows",
     upgrade(WS, UP, KEY, V13, "Sec-WebSocket-Protocol: a, b\r\n"), 400, ""),
    ("ours among subprotocols",
     upgrade(WS, UP, KEY, V13, "Sec-WebSocket-Protocol: a, simutrador\r\n"),
     101, "Sec-WebSocket-Protocol: simutrador"),
    ("extensions are not taken",
     upgrade(WS, UP, KEY, V13,
             "Sec-WebSocket-Extensions: permessage-deflate\r\n"), 101, ""),
    ("no WebSocket there", upgrade(WS, UP, KEY, V13, path="/echo"), 404, ""),
    ("a WebSocket asked for as a page", get("/ws"), 404, ""),
]


def run_rows(count, server, loop):
    for name, data, want, word in ROWS:
        name = loop + ": " + name
        got, ended = raw(server.port, data.encode("latin-1"),
                         0.3 if want == 101 else PATIENCE, first=PATIENCE)
        if want == DROPPED:
            count.check(name, ended and not got, (ended, got[:200]))
            continue
        if not count.check(name, got, "nothing came"):
            continue
        head, _, body = got.partition(b"\r\n\r\n")
        answer = Answer(head, body)
        if want == LIBRARY:
            count.check(name, ended and answer.status == 403, answer)
            continue
        where = got if want == 101 else answer.body
        count.check(name, answer.status == want and word.encode() in where,
                    (want, got[:400]))
        count.check(name + ": is the end", ended == (want != 101), ended)
        count.check(name + ": one answer", got.count(b"\nCache-Control") +
                    got.count(b" 101 ") == 1 and
                    b"extensions" not in head.lower(), got)
        if want != 101:
            count.check(name + ": not stored",
                        answer.headers.get("cache-control") == "no-store",
                        answer.headers)
    count.check(loop + ": alive", http(server.port).status == 200)


def refusal(count, server, loop):
    try:
        Client(server.port, "/ws?refuse=1")
        count.check(loop + ": 429", False, "it was opened")
    except Refused as e:
        a = e.answer
        count.check(loop + ": 429", a.version == "HTTP/1.1" and
                    a.status == 429 and a.reason == "Too Many Requests", a)
        count.check(loop + ": 429's headers",
                    a.headers.get("retry-after") == "30" and
                    a.headers.get("x-ratelimit-limit") == "10" and
                    a.headers.get("x-ratelimit-type") == "ws_handshake" and
                    a.json["error"] == "RATE_LIMITED", a.headers)


def requests(count, server, loop):
    a = http(server.port2, "POST", "/echo?a=1&b=x%20y%26&c&d=%C3%A9",
             {"X-API-Key": "sk_1", "Authorization": "Bearer t",
              "Origin": "http://o"}, {"x": 1})
    seen = a.json
    count.check(loop + ": what is heard of a request",
                seen["method"] == "POST" and seen["path"] == "/echo" and
                seen["api_key"] == "sk_1" and seen["listener"] == 1 and
                seen["authorization"] == "Bearer t" and
                seen["origin"] == "http://o" and
                seen["body"] == '{"x": 1}' and
                seen["args"] == {"a": "1", "b": "x y&", "c": "", "d": "é"},
                seen)
    count.check(loop + ": controls don't reach a header",
                a.headers.get("x-test") == "aInjected: yesb" and
                "injected" not in a.headers, a.header_list)
    count.check(loop + ": not stored, once",
                [k.lower() for k, _ in a.header_list].count("cache-control")
                == 1)
    a = http(server.port, "GET", "/late")
    count.check(loop + ": a late answer", a.json == {"late": True}, a)
    a = http(server.port, "POST", "/late", body="abc")
    count.check(loop + ": a late answer to a body", a.json == {"late": True},
                a)
    got, _ = raw(server.port, (get("/late") + get("/echo") +
                               post("Content-Length: 3")).encode())
    count.check(loop + ": pipelined behind a late one",
                got.count(b"HTTP/1.1 200") == 1 and b"late" in got, got)
    a = http(server.port, "GET", "/big?n=3000000")
    count.check(loop + ": a big answer", len(a.body) == 3000000, len(a.body))
    a = http(server.port, "HEAD", "/health")
    count.check(loop + ": HEAD", a.status == 200 and
                a.headers["content-length"] == "15", a)
    sock = connect(server.port)
    with sock:
        sock.sendall(request_bytes("POST", "/echo", {
            "Expect": "100-continue", "Content-Length": "3"}))
        reader = Reader(sock)
        first = reader.answer()
        sock.sendall(b"abc")
        second = reader.answer()
    count.check(loop + ": 100-continue", first.status == 100 and
                second.json["body"] == "abc", (first, second))
    # frames that came with the handshake
    sock = connect(server.port)
    with sock:
        sock.sendall(upgrade(WS, UP, KEY, V13).encode() +
                     frame_bytes(TEXT, "early") + frame_bytes(TEXT, "bird"))
        reader = Reader(sock)
        answer = reader.answer()
        count.check(loop + ": frames with the handshake",
                    answer.status == 101 and reader.exactly(13) ==
                    b"\x81\5early\x81\4bird", answer)


def slow(count, server, loop):
    """Both at a time: they take their seconds."""
    started = time.monotonic()
    trickle, body = connect(server.port), connect(server.port)
    trickle.sendall(b"GET /health HTTP/1.1\r\n")
    body.sendall(post("Content-Length: 1000", body="").encode())
    ends = {}
    while len(ends) < 2 and time.monotonic() < started + PATIENCE:
        for name, sock in (("trickle", trickle), ("body", body)):
            if name in ends:
                continue
            sock.settimeout(0.1)
            try:
                sock.sendall(b"x")
                got = sock.recv(4096)
            except socket.timeout:
                continue
            except OSError:
                got = b""
            ends[name] = (time.monotonic() - started, got)
        time.sleep(0.1)
    at, _ = ends.get("trickle", (99, b""))
    count.check(loop + ": trickled headers are dropped", 7 < at < 60, at)
    at, got = ends.get("body", (99, b""))
    count.check(loop + ": a slow body ends", 4.5 < at < 60 and
                (not got or b" 408 " in got), (at, got))
    count.stops_well(loop + ": slow ones", server)


def proxies(count, loop):
    server = Server("-l", loop, "-x", "127.0.0.0/8")
    for forwarded, want in [
            (None, "127.0.0.1"), ("203.0.113.9", "203.0.113.9"),
            ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
            ("203.0.113.9, 127.0.0.5", "203.0.113.9"),
            ("2001:db8::1", "2001:db8::1"), ("nonsense", "127.0.0.1"),
            ("203.0.113.9, nonsense", "127.0.0.1"), ("", "127.0.0.1"),
            ("127.0.0.9", "127.0.0.9")]:
        headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
        got = http(server.port, "GET", "/echo", headers).json["address"]
        count.check("%s: forwarded for %s" % (loop, forwarded), got == want,
                    got)
    count.stops_well(loop + ": proxies", server)
    server = Server("-l", loop)
    got = http(server.port, "GET", "/echo",
               {"X-Forwarded-For": "1.2.3.4"}).json["address"]
    count.check(loop + ": nobody may forward", got == "127.0.0.1", got)
    count.stops_well(loop + ": no proxy", server)


def caps(count, loop):
    server = Server("-l", loop, "-a", "5")
    held = [Client(server.port, "/ws") for _ in range(5)]
    got, ended = raw(server.port, get("/health").encode())
    count.check(loop + ": the sixth of an address", ended and not got, got)
    held.pop().abort()
    count.check(loop + ": room again", wait_for(
        lambda: is_well(server.port)) is not None)
    for c in held:
        c.abort()
    count.stops_well(loop + ": per address", server)
    server = Server("-l", loop, "-c", "6")
    held = [Client(server.port, "/ws") for _ in range(6)]
    got, ended = raw(server.port, get("/health").encode())
    count.check(loop + ": the server is full", ended and not got, got)
    for c in held:
        c.abort()
    count.stops_well(loop + ": full", server)


def other_sockets(count, loop):
    if socket.has_ipv6:
        try:
            server = Server("-l", loop, "-A", "::1")
            a = http(server.port, "GET", "/echo", host="::1")
            count.check(loop + ": IPv6", a.json["address"] == "::1", a)
            count.stops_well(loop + ": IPv6", server)
        except Exception as e:          # a machine without it
            count.skipped += 1
            print("skipped IPv6: %s" % e)
    given = socket.socket()
    given.bind(("127.0.0.1", 0))
    given.listen(8)
    server = Server("-l", loop, "-F", given.fileno(),
                    pass_fds=(given.fileno(),))
    count.check(loop + ": an inherited socket",
                server.port == given.getsockname()[1] and
                http(server.port).status == 200, server.port)
    given.close()
    count.stops_well(loop + ": inherited", server)


def tls(count, loop):
    openssl = shutil.which("openssl")
    if not openssl:
        count.skipped += 1
        print("skipped TLS: no openssl to make a certificate with")
        return
    folder = tempfile.mkdtemp(prefix="guards")
    try:
        cert, key = os.path.join(folder, "c"), os.path.join(folder, "k")
        subprocess.run([openssl, "req", "-x509", "-newkey", "rsa:2048",
                        "-nodes", "-subj", "/CN=localhost", "-days", "2",
                        "-keyout", key, "-out", cert], check=True,
                       stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        server = Server("-l", loop, "-T", cert, "-K", key)
        a = http(server.port, "GET", "/echo", tls=True)
        count.check(loop + ": https", a.json["tls"] is True, a)
        with Client(server.port, "/ws", tls=True) as c:
            text = "x" * 200000
            for _ in range(3):
                c.send(text)
                count.check(loop + ": wss", c.recv() == text)
            c.send("lines 3000")
            got = [c.recv() for _ in range(3000)]
            count.check(loop + ": many over wss",
                        got == ["line %d" % i for i in range(3000)])
        got, _ = raw(server.port, get("/health").encode(), 2)
        count.check(loop + ": http to https", b"200" not in got[:20], got)
        count.stops_well(loop + ": TLS", server)
    finally:
        shutil.rmtree(folder)


def main():
    count = Count()
    found = loops()
    waiting = []
    for loop in found:
        server = Server("-l", loop)
        waiting.append(threading.Thread(target=slow,
                                        args=(count, server, loop)))
        waiting[-1].start()
    for loop in found:
        server = Server("-l", loop, "-o", "https://app.example",
                        env={"NET_ECHO_ACCESS": "1"})
        run_rows(count, server, loop)
        refusal(count, server, loop)
        requests(count, server, loop)
        log = server.log()
        count.check(loop + ": no token in a line of the log",
                    SECRET not in log and "token=" not in log and
                    "access POST /echo 411" in log, log[-2000:])
        count.stops_well(loop, server)
        proxies(count, loop)
        caps(count, loop)
        other_sockets(count, loop)
        tls(count, loop)
    for thread in waiting:
        thread.join()
    count.end()


if __name__ == "__main__":
    main()
