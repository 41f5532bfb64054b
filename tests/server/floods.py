#!/usr/bin/env python3
"""Clients that come in crowds, say nothing, don't read or are gone: the others
are served, memory is bounded, the log is short, and it passes."""

import os
import socket
import threading
import time

from nettest import IS_LONG, Count, Server, is_well, loops, wait_for
from wsclient import (PATIENCE, CLOSE, PING, PONG, Client, Closed, connect, http, raw,
                      request_bytes)

# ThreadSanitizer's shadow is many times what is looked at.
IS_SHADOWED = "thread" in os.environ.get("SANITIZERS", "")


def quick(seconds):
    """What is asked of a machine that does nothing else; and of any."""
    return seconds if IS_LONG else PATIENCE


def health_times(port, n=20):
    times = []
    for _ in range(n):
        started = time.monotonic()
        answer = http(port)
        times.append(time.monotonic() - started)
        if answer.status != 200:
            return [99]
    return sorted(times)


def slowloris(count, loop):
    server = Server("-l", loop)
    n = 5000 if IS_LONG else 500
    before = server.rss_kb()
    started = time.monotonic()
    held = []
    for i in range(n):
        sock = connect(server.port)
        if i % 3:
            sock.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: ")
        held.append(sock)
    opened = time.monotonic() - started
    times = health_times(server.port)
    count.check(loop + ": /health beside half-open ones",
                times[len(times) * 9 // 10] < quick(0.05), times)
    grown = (server.rss_kb() - before) / n
    count.check(loop + ": memory of a half-open one",
                grown < 64 or IS_SHADOWED, grown)
    for sock in held[::7]:
        try:
            sock.sendall(b"a")
        except OSError:
            pass

    def all_gone():
        for sock in held:
            sock.settimeout(0.01)
            try:
                if sock.recv(1):
                    return False
            except socket.timeout:
                return False
            except OSError:
                pass
        return True
    gone = wait_for(all_gone, 2 * PATIENCE)
    count.check(loop + ": all half-open ones are dropped within 12 s",
                gone is not None and gone < quick(12) + opened, gone)
    count.check(loop + ": no log of them", server.log().count("\n") < 20,
                server.log()[-500:])
    for sock in held:
        sock.close()
    counters = count.stops_well(loop + ": slowloris", server)
    count.check(loop + ": counted", counters.get("timed_out") == n, counters)


def crowd(port, seconds):
    """600 clients that hold what they get and come again when dropped."""
    started = time.monotonic()
    held, dropped = [], 0
    while time.monotonic() < started + seconds or \
            dropped < 400 and time.monotonic() < started + 2 * PATIENCE:
        while len(held) < 600:
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
            held.append(sock)
        time.sleep(0.05)
        kept = []
        for sock in held:
            try:
                if not sock.recv(1):
                    sock.close()
                    dropped += 1
                    continue
            except BlockingIOError:
                pass
            except OSError:
                sock.close()
                dropped += 1
                continue
            kept.append(sock)
        held = kept
    for sock in held:
        sock.close()


def descriptors(count, loop):
    server = Server("-l", loop, limit_files=300)
    count.check(loop + ": room is kept below the limit",
                150 < server.most < 280, server.most)
    crowd(server.port, 20 if IS_LONG else 2)
    back = wait_for(lambda: is_well(server.port))
    count.check(loop + ": well again after the crowd", back is not None,
                back)
    lines = server.log().count("\n")
    count.check(loop + ": under 100 lines of log",
                lines < 100, lines)
    counters = count.stops_well(loop + ": crowd", server)
    count.check(loop + ": many were refused", counters.get("full", 0) > 100,
                counters)


def no_descriptor(count, loop):
    """Somebody else in the process used them up."""
    server = Server("-l", loop, "-e", "10", limit_files=300)
    held = [connect(server.port) for _ in range(10)]
    n = 0
    while n < 50 or n < 1000 and "no descriptor left" not in server.log():
        raw(server.port, request_bytes("GET", "/health"), 0.05)
        n += 1
    for sock in held:
        sock.close()
    back = wait_for(lambda: is_well(server.port))
    count.check(loop + ": well again with descriptors", back is not None)
    count.check(loop + ": few lines on it", server.log().count("\n") < 60,
                server.log()[-500:])
    count.check(loop + ": it is said", "no descriptor left" in server.log(),
                server.log()[-500:])
    count.stops_well(loop + ": no descriptor", server)


def stalled(count, loop):
    server = Server("-l", loop, "-w")
    other = Client(server.port, "/ws")
    lazy = [Client(server.port, "/ws", rcvbuf=4096) for _ in range(4)]
    before = server.rss_kb()
    for c in lazy[:2]:
        c.send("flood 3000")        # 3 MB each: within its outbox
    found = wait_for(lambda: 2 << 20 < stats(other)["queued"] < 9 << 20)
    count.check(loop + ": it waits in the outbox", found is not None,
                stats(other))
    times = []
    for i in range(100):
        started = time.monotonic()
        other.send("m%d" % i)
        got = other.recv()
        times.append(time.monotonic() - started)
        if got != "m%d" % i:
            count.check(loop + ": others", False, got)
            return
    count.check(loop + ": others don't wait", sorted(times)[90] < quick(0.02),
                sorted(times)[-10:])
    got = sum(len(lazy[0].recv_text()) for _ in range(3000))
    count.check(loop + ": a slow reader gets all", got == 3000 * 1024, got)
    for c in lazy[2:]:
        c.send("flood 100000")      # 100 MB: too much
    told = wait_for(lambda: stats(other)["too_slow"] == 2)
    time.sleep(0.5)
    grown = server.rss_kb() - before
    count.check(loop + ": memory is bounded", grown < 40 << 10, grown)
    s = stats(other)
    count.check(loop + ": too slow ones are told from others",
                told is not None and s["too_slow"] == 2, s)
    code = None
    try:
        while True:
            lazy[2].recv_text()
    except Closed as e:
        code = e.code
    count.check(loop + ": too slow: 1008", code == 1008, code)
    gone = wait_for(lambda: stats(other)["websockets"] <= 3)
    count.check(loop + ": the one that never reads is cut", gone is not None,
                stats(other))
    for c in lazy + [other]:
        c.abort()
    count.stops_well(loop + ": stalled", server)


def stats(client):
    client.send("stats")
    return client.recv()


def unread(count, loop):
    """Answers that nobody reads."""
    server = Server("-l", loop)
    started = time.monotonic()
    socks = [connect(server.port, rcvbuf=4096) for _ in range(4)]
    for sock in socks:
        sock.sendall(request_bytes("GET", "/big?n=5000000"))
    other = Client(server.port, "/ws")
    gone = wait_for(lambda: stats(other)["open"] == 1)
    took = time.monotonic() - started
    count.check(loop + ": unread answers are dropped", gone is not None and
                1 < took < quick(8), took)
    other.abort()
    for sock in socks:
        sock.close()
    count.stops_well(loop + ": unread", server)


def half_open(count, loop):
    server = Server("-l", loop, "-p", "500", "-g", "4000")
    dead = Client(server.port, "/ws")
    deaf = Client(server.port, "/ws")
    paused = Client(server.port, "/ws")
    good = Client(server.port, "/ws")
    pings = []

    def live(c):
        until = time.monotonic() + 6
        try:
            while time.monotonic() < until:
                frame = c.recv_frame()
                if frame.op == PING:
                    c.send_frame(PONG, frame.payload)
            pings.append("open")
        except (EOFError, OSError) as e:
            pings.append(e)
    thread = threading.Thread(target=live, args=(good,))
    thread.start()
    for _ in range(12):
        paused.send("pause")
        time.sleep(0.1)
    frame = deaf.recv_frame()
    count.check(loop + ": a ping comes", frame.op == PING, frame)
    started = time.monotonic()
    try:
        while deaf.recv_frame().op != CLOSE:
            pass
        count.check(loop + ": no close frame for the silent", False)
    except (EOFError, OSError):
        pass
    took = time.monotonic() - started
    count.check(loop + ": the silent one is cut", took < quick(6), took)
    thread.join()
    count.check(loop + ": who answers pings stays", pings == ["open"], pings)
    good.send("stats")
    while True:
        s = good.recv()
        if isinstance(s, dict):
            break
    count.check(loop + ": the dead are gone", s["websockets"] <= 2, s)
    for c in (dead, deaf, paused, good):
        c.abort()
    count.stops_well(loop + ": half-open", server)


def resets(count, loop):
    server = Server("-l", loop, "-w")
    for i in range(300 if IS_LONG else 30):
        c = Client(server.port, "/ws")
        c.send(("flood 500", "lines 2000", "hello", "pause", "close 4000")
               [i % 5])
        if i % 2 and i % 5 != 3:
            c.recv()
        c.abort(reset=i % 3 == 0)
        sock = connect(server.port)
        sock.sendall(request_bytes("GET", ("/late", "/big?n=500000",
                                           "/never")[i % 3]))
        sock.close()
    count.check(loop + ": alive after resets", is_well(server.port))
    time.sleep(0.5)
    count.stops_well(loop + ": resets", server)


def stop(count, loop):
    server = Server("-l", loop, "-w")
    n = 1000 if IS_LONG else 200
    clients = [Client(server.port, "/ws") for _ in range(n)]
    for c in clients[:50]:
        c.send("lines 100")
    for c in clients[:50]:          # all are on their way with the first
        c.kept.append(c.recv())
    lazy = Client(server.port, "/ws", rcvbuf=4096)
    lazy.send("flood 3000")
    never = connect(server.port)
    never.sendall(request_bytes("GET", "/never"))
    time.sleep(0.3)
    started = time.monotonic()
    done = {}
    thread = threading.Thread(target=lambda: done.update(
        end=server.stop(), took=time.monotonic() - started))
    thread.start()
    codes, got = {}, 0
    for c in clients:
        code, reason = c.wait_close()
        codes[code, reason] = codes.get((code, reason), 0) + 1
        got += len(c.kept)
    thread.join()
    count.check(loop + ": all get 1001", codes ==
                {(1001, "the server stops"): n}, codes)
    count.check(loop + ": what was sent comes first", got == 50 * 100, got)
    count.check(loop + ": ends by its deadline", done["took"] < quick(5) and
                done["end"][:2] == (0, "ended"), done)
    count.check(loop + ": all told", done["end"][2]["users"] ==
                done["end"][2]["closed"] == n + 1, done)
    lazy.abort()
    never.close()


def in_turn(count, loop, tests):
    for test in tests:
        test(count, loop)


def main():
    """What takes its time by waiting waits together; the clock of the first
    is looked at before the others begin."""
    count = Count()
    found = loops()
    threads = []
    for tests in [(slowloris, half_open, unread),
                  (stalled, resets, no_descriptor, descriptors, stop)]:
        for loop in found:
            threads.append(threading.Thread(target=in_turn,
                                            args=(count, loop, tests)))
            threads[-1].start()
            if IS_LONG:
                threads[-1].join()
            elif tests[0] == slowloris:
                time.sleep(1.5)
    for thread in threads:
        thread.join()
    count.end()


if __name__ == "__main__":
    main()
