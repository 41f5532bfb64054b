"""Runs that are stopped while their strategy thinks: sealed at once, verified
where they were cut, and nothing that was started outlives the program."""
import json
import os
import signal
import subprocess
import sys
import time

from pipetest import ACME, SIM, Home, Tally
from wrong import ORDER, READY, is_running

# Leaves a process of its own, and thinks long at some point unless the file
# `go` is there.
THINK = "echo here >>at; [ -e go ] || sleep 1000"
LEAVE = "sleep 1000 & echo $! >pid; "
CHILD = LEAVE + "%s\n" + READY + """n=0; while read -r l; do case $l in
'{"type":"simulation_end"'*) e=$l ;;
'{"type":"tick"'*) n=$((n + 1)); [ $n != 3 ] || { :
%s
}; %s
echo '{"type":"tick_ack","data":{"sequence_id":'$n'}}' ;; esac; done; %s"""
BUY = (ORDER % ',"quantity":1') + "; " + (
    (ORDER % ',"quantity":2').replace('"a"', '"b"'))
MORE = (ORDER % ',"quantity":4').replace('"a"', '"c"')


def wait_for(what, seconds=60):
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.01)
    return what()


class Stopped:
    """A command that gets signals once its child is where it thinks."""

    def __init__(self, home, signals, *args):
        self.home = home
        for name in ("at", "pid"):
            if os.path.exists(os.path.join(home.path, name)):
                os.unlink(os.path.join(home.path, name))
        p = subprocess.Popen((SIM,) + args, env=home.env, cwd=home.path,
                             stdin=subprocess.DEVNULL, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.was_there = wait_for(
            lambda: os.path.exists(os.path.join(home.path, "at")))
        time.sleep(0.05)
        begin = time.monotonic()
        for s in signals:
            p.send_signal(s)
            time.sleep(0.2)
        # Two that came before it looked were one.
        while len(signals) > 1 and not wait_for(
                lambda: p.poll() is not None, 5):
            p.send_signal(signals[-1])
        self.out, self.err = p.communicate(timeout=900)
        self.seconds = time.monotonic() - begin
        self.status = p.returncode

    def seen(self):
        return self.status, self.out, self.err, self.seconds

    def is_clean(self):
        """Is what the child has started gone?"""
        with open(os.path.join(self.home.path, "pid"),
                  encoding="ascii") as f:
            pid = int(f.read())
        return wait_for(lambda: not is_running(pid))


def simulate(home, signals, child, *options):
    return Stopped(home, signals, "simulate", "--exec", child, "--data", ACME,
                   "--ack-timeout", "600s", *options)


def check_cut(t, home, name, child, *options):
    """Stopped in step 3; then the same child does not stop to think."""
    s = simulate(home, [signal.SIGINT], child, *options)
    t.check(name + " is sealed at once", s.status == 130 and s.was_there and
            "stopped after 3 steps" in s.err and s.seconds < 120, *s.seen())
    t.check(name + " leaves no process", s.is_clean())
    t.check(name + " is partial", '"partial":true' in s.out, s.out)
    home.file("go", "")
    for command in (("run", "verify", "last"), ("run", "fork", "last", "--at",
                                                "0", "--no-save")):
        rc, out, err = home.run(*command)
        t.check("%s: %s" % (name, command[1]), rc == 0, rc, out, err)
    t.check(name + " and its fork end alike", json.loads(out)["log_hash"] ==
            json.loads(s.out)["log_hash"], out, s.out)
    out = home.shell("printf 'step 9\\nstate\\n' | simutrador run replay last")
    t.check(name + " is replayed", '"step":3' in out, out)
    os.unlink(os.path.join(home.path, "go"))


def main():
    t = Tally()
    with Home() as home:
        for name, think in [
                ("thinking first", THINK + "; " + BUY),
                ("thinking after an order", BUY + "; " + THINK + "; " + MORE),
                ("thinking last", BUY + "; " + THINK)]:
            child = CHILD % ("", think, "", "")
            check_cut(t, home, name, child)
            check_cut(t, home, name + ", filled at the close", child,
                      "--fill", "close")
        s = simulate(home, [signal.SIGTERM], CHILD % (THINK, "", "", ""))
        t.check("before the first step", s.status == 143 and s.is_clean() and
                "stopped before the first step" in s.err and s.seconds < 120,
                *s.seen())
        # One that answers in time hears of the end.
        child = CHILD % ("", "", "[ $n != 9 ] || echo here >at; sleep 0.02",
                         "printf %s \"$e\" >end")
        s = simulate(home, [signal.SIGINT], child)
        with open(os.path.join(home.path, "end"), encoding="ascii") as f:
            t.check("it hears of the end", s.status == 130 and s.is_clean() and
                    f.read().startswith('{"type":"simulation_end"'),
                    *s.seen())
        s = simulate(home, [signal.SIGINT, signal.SIGINT],
                     child + "; exec sleep 1000")
        t.check("asked twice", s.status == 130 and s.is_clean() and
                s.seconds < 120, *s.seen())
        s = simulate(home, [signal.SIGKILL], CHILD % ("", THINK, "", ""))
        t.check("killed", s.status == -9 and s.is_clean(), *s.seen())
        for most in ("1s", "10s", "60s"):
            s = simulate(home, [], CHILD % ("", THINK, "", ""), "--timeout",
                         most)
            if '"partial":true' in s.out:       # it was not over before
                break
        t.check("--timeout", s.status == 124 and s.is_clean() and
                '"partial":true' in s.out, *s.seen())
        # Commands that no signal asks: they end, and their children too.
        s = Stopped(home, [signal.SIGTERM], "strategy", "check", "--exec",
                    CHILD % (THINK, "", "", ""), "--ack-timeout", "600s")
        t.check("a command that ends at once", s.status == -signal.SIGTERM
                and s.is_clean(), *s.seen())
        s = Stopped(home, [signal.SIGINT], "optimize", "sweep", "--exec",
                    CHILD % ("", THINK, "", ""), "--data", ACME, "-p",
                    "x=1:8", "-j", "3", "--ack-timeout", "600s")
        t.check("a sweep", s.status == 130 and s.is_clean() and s.seconds < 120
                and "stopped after 0 of 8 points" in s.err, *s.seen())
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
