#!/usr/bin/env python3
"""What happens on a terminal: tables and bold headings, questions before
something is removed, progress of long work, an interrupt.  A pseudo-terminal
stands in for the real one.  Not covered: how any real terminal draws it."""
import os
import pty
import signal
import subprocess
import sys
import tempfile
import time

from pseudo import need_terminal, pieces

build = os.path.abspath(os.environ.get("top_builddir", "."))
top = os.path.abspath(os.environ.get("top_srcdir", "."))
sim = os.path.join(build, "simutrador")


def environment(home):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("SIMUTRADOR_", "XDG_", "CLICOLOR", "LC_"))
           and k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LANG")}
    env.update(HOME=home, TERM="xterm", LC_ALL="C.UTF-8", TZ="UTC")
    return env


def run(env, args, answer=None, stdout_tty=True, interrupt_after=None):
    """Run on a pty; gives exit status and what the terminal showed."""
    master, slave = pty.openpty()
    stdout = slave if stdout_tty else subprocess.DEVNULL
    child = subprocess.Popen([sim] + args, stdin=slave, stdout=stdout,
                             stderr=slave, env=env, start_new_session=True)
    os.close(slave)
    if answer is not None:
        os.write(master, answer)
    if interrupt_after is not None:
        time.sleep(interrupt_after)
        child.send_signal(signal.SIGINT)
    shown = b"".join(pieces(master, time.monotonic() + 600))
    os.close(master)
    return child.wait(120), shown.decode("utf-8", "replace")


def check(ok, what, shown=""):
    if not ok:
        sys.exit(f"FAIL: {what}\n{shown}")


def tables(env):
    status, shown = run(env, ["data", "list"])
    check(status == 0 and "\033[1msymbol" in shown, "a bold heading", shown)
    check("{" not in shown, "no JSON on a terminal", shown)
    status, shown = run(dict(env, NO_COLOR="1"), ["data", "list"])
    check("\033" not in shown and "symbol" in shown, "NO_COLOR", shown)
    status, shown = run(env, ["config", "get", "color"])
    check("origin  default" in shown, "a block of names and values", shown)


def questions(env):
    args = ["data", "rm", "DEMO"]
    status, shown = run(env, args, b"n\n")
    check(status == 130 and "[y/N]" in shown, "a question", shown)
    check("DEMO" in run(env, ["data", "list"])[1], "no means no")
    status, shown = run(env, args, b"y\n")
    check(status == 0, "yes", shown)
    check("DEMO" not in run(env, ["data", "list"])[1], "yes means yes")


# It takes its time, so that the work is long on any machine.
SLOW = """import json, sys, time
print('{"type":"ready","data":{}}', flush=True)
for line in sys.stdin:
    m = json.loads(line)
    if m["type"] == "tick":
        time.sleep(0.001)
        print(json.dumps({"type": "tick_ack", "data": {
            "sequence_id": m["data"]["sequence_id"]}}), flush=True)
"""


def progress(env):
    slow = os.path.join(env["HOME"], "slow.py")
    with open(slow, "w", encoding="ascii") as f:
        f.write(SLOW)
    args = ["simulate", "--symbols", "LONG", "--exec",
            "%s %s" % (sys.executable, slow), "--no-save", "--no-band"]
    status, shown = run(env, args, stdout_tty=False)
    check(status == 0, "a long run", shown)
    check("%" in shown, "progress of long work", shown)
    status, shown = run(env, args + ["-q"], stdout_tty=False)
    check("%" not in shown, "--quiet shows no progress", shown)
    status, shown = run(env, ["version"], stdout_tty=False)
    check(shown == "", "short work shows none", shown)


def main():
    need_terminal()
    with tempfile.TemporaryDirectory() as home:
        env = environment(home)
        made = subprocess.run(
            [sim, "data", "gen", "LONG", "--from", "2000-01-03",
             "--to", "2000-01-07", "-q"], env=env, capture_output=True)
        check(made.returncode == 0, "data gen", made.stderr.decode())
        made = subprocess.run(
            [sim, "data", "import", f"{top}/data/ACME_daily.csv",
             "--symbol", "DEMO"], env=env, capture_output=True)
        check(made.returncode == 0, "data import", made.stderr.decode())
        tables(env)
        questions(env)
        progress(env)


main()
