#!/usr/bin/env python3
"""The dashboard at work on a terminal: so many ticks a second over 50 symbols
come through a pipe, each a message of its own, while keys are pressed.  Prints
what it drew, what it took and how soon keys were answered.  Arguments: the
program, ticks a second, seconds."""
import os
import pty
import re
import select
import struct
import sys
import termios
import threading
import time
from fcntl import ioctl

program, rate, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
SYMBOLS = 50
SLICE = 0.02


def stamp(second):
    return (f"2024-01-16T{14 + second // 3600:02d}:{second // 60 % 60:02d}:"
            f"{second % 60:02d}Z")


def line(i):
    second, price = i // SYMBOLS, 100 + (i * 7919 % 1000) / 100
    date, end = stamp(second), stamp(second + 1)
    return (f'{{"type":"tick","data":{{"sequence_id":{i + 1},"sim_time":'
            f'"{end}","timeframe":"1s","candles":{{"S{i % SYMBOLS:02d}":'
            f'{{"date":"{date}","open":{price},"high":{price + 1},"low":'
            f'{price - 1},"close":{price + .5},"volume":100}}}},"is_eod":'
            'false}}\n')


def feed(fd):
    """Lines at their rate; what could not be written in time comes later."""
    begin, sent = time.monotonic(), 0
    while sent < rate * seconds:
        due = int((time.monotonic() - begin) * rate)
        if due > sent:
            os.write(fd, "".join(map(line, range(sent, due))).encode())
            sent = due
        time.sleep(SLICE)
    os.close(fd)


def start():
    out, into = os.pipe()
    pid, master = pty.fork()
    if not pid:
        os.dup2(out, 0)
        os.close(into)
        env = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8",
                   TZ="UTC")
        os.execve(program, [program, "dashboard", "-", "-v"], env)
    os.close(out)
    ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    return pid, master, into


class Screen:
    """What has been written to the terminal; only its tail is kept."""

    def __init__(self, fd):
        self.fd, self.tail, self.bytes = fd, b"", 0

    def pump(self, until, pattern=None):
        while True:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                return False
            try:
                piece = os.read(self.fd, 1 << 16)
            except OSError:
                return False
            if not piece:
                return False
            self.bytes += len(piece)
            self.tail = (self.tail + piece)[-200000:]
            if pattern and pattern in self.tail:
                return True

    def ask(self, key, pattern):
        """Press a key; seconds until what it shows is there."""
        self.tail = b""
        begin = time.monotonic()
        os.write(self.fd, key)
        if not self.pump(begin + 5, pattern):
            sys.exit(f"desk.py: {key!r} was not answered in 5 s")
        return time.monotonic() - begin


def cpu(pid):
    text = open(f"/proc/{pid}/stat", encoding="ascii").read()
    part = text.rsplit(")", 1)[1].split()
    return (int(part[11]) + int(part[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    text = open(f"/proc/{pid}/status", encoding="ascii").read()
    return int(re.search(r"VmRSS:\s*(\d+)", text).group(1)) / 1024


def main():
    pid, master, into = start()
    screen = Screen(master)
    feeder = threading.Thread(target=feed, args=(into,), daemon=True)
    feeder.start()
    begin, latencies = time.monotonic(), []
    screen.pump(begin + seconds * .2)
    used, since, mib = cpu(pid), time.monotonic(), memory(pid)
    while time.monotonic() < begin + seconds * .9:
        latencies.append(screen.ask(b"?", b"closes it"))
        screen.pump(time.monotonic() + .1)
        os.write(master, b"\033")
        screen.pump(time.monotonic() + .2)
    share = (cpu(pid) - used) / (time.monotonic() - since)
    grown = memory(pid) - mib
    while feeder.is_alive():
        screen.pump(time.monotonic() + .1)
    screen.pump(time.monotonic() + .5)
    os.write(master, b"q")
    screen.tail = b""
    screen.pump(time.monotonic() + 5, b"worst_ms")
    screen.pump(time.monotonic() + .2)
    os.waitpid(pid, 0)
    said = re.search(rb"frames (\d+) lines (\d+) worst_ms (\d+)", screen.tail)
    frames, lines, worst = map(int, said.groups())
    latencies.sort()
    for name, value, unit in (
            ("frames drawn", frames / (time.monotonic() - begin), "1/s"),
            ("messages heard", lines, ""),
            ("processor", 100 * share, "% of one"),
            ("oldest that was drawn", worst, "ms"),
            ("key answered, median",
             1000 * latencies[len(latencies) // 2], "ms"),
            ("key answered, 99 of 100",
             1000 * latencies[len(latencies) * 99 // 100], "ms"),
            ("key answered, worst", 1000 * latencies[-1], "ms"),
            ("memory at the fifth", mib, "MiB"),
            ("grown until the end", grown, "MiB")):
        print(f"{'dashboard: ' + name:<34} {value:12.2f} {unit}".rstrip())


main()
