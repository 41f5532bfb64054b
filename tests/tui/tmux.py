#!/usr/bin/env python3
"""The dashboard on a terminal, which tmux plays: keys, sizes from 40x10 to
200x60, terminals of several kinds, no colours, suspend and resume, and that the
terminal is as it was after every end, by signals too.  Waits for what is
shown, never for a time.  A server that is killed comes back.  Not covered: how
any real terminal draws it."""
import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

build = os.path.abspath(os.environ.get("top_builddir", "."))
top = os.path.abspath(os.environ.get("top_srcdir", "."))
sim = os.path.join(build, "simutrador")
DEADLINE = 120
passed = failed = 0

if not shutil.which("tmux"):
    print("0 passed, 0 failed, 1 skipped: there is no tmux")
    sys.exit(77)


wrap = f"""n=$1; shift
clear; stty -a >before
sh -c 'echo $$ >pid; exec "$@"' x {sim} dashboard "$@"
status=$?; stty -a >after
echo "ended $n:$status"
"""


def check(ok, what, shown=""):
    global passed, failed
    if ok:
        passed += 1
        return
    failed += 1
    print(f"FAIL: {what}\n{shown}")


def until(is_so):
    """Wait for it; whether it came to be."""
    end = time.monotonic() + DEADLINE
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Tmux:
    """A server of its own with one window, in which a shell runs."""

    def __init__(self, where, cols=100, rows=30, **more):
        self.where = where
        self.count = 0
        self.socket = os.path.join(where, "tmux")
        self.pids = os.path.join(where, "pid")
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(("SIMUTRADOR_", "XDG_", "CLICOLOR", "LC_",
                                    "TMUX"))
               and k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LANG",
                             "COLORFGBG", "COLORTERM", "ENV")}
        env.update(HOME=where, XDG_RUNTIME_DIR=where, TERM="xterm",
                   LC_ALL="C.UTF-8", TZ="UTC",
                   PS1="$ ", **{k: v for k, v in more.items()
                                if v is not None})
        self.env = env
        self.do("-u", "new-session", "-d", "-x", str(cols), "-y", str(rows),
                "/bin/sh")
        self.wait(r"^[$#]", "a shell")

    def do(self, *args):
        return subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null",
                               *args], env=self.env, capture_output=True,
                              check=True).stdout.decode()

    def shown(self):
        return self.do("capture-pane", "-p")

    def keys(self, *keys):
        self.do("send-keys", *keys)

    def type(self, text):
        self.do("send-keys", "-l", text)

    def run(self, command):
        self.type(command)
        self.keys("Enter")

    def wait(self, pattern, what, gone=False):
        text = ""

        def is_so():
            nonlocal text
            text = self.shown()
            return bool(re.search(pattern, text, re.M)) != gone

        is_met = until(is_so)
        check(is_met, what, text)
        if not is_met:
            raise SystemExit(1)
        return text

    def size(self, cols, rows):
        self.do("resize-window", "-x", str(cols), "-y", str(rows))

    def dashboard(self, args="", term="xterm-256color", before=""):
        """Start it by a script, so that nothing is typed ahead."""
        self.count += 1
        self.run(f"{before} TERM={term} sh wrap {self.count} {args}")

    def opened(self, what="it begins", **how):
        """The same with a run at its beginning, which is waited for."""
        self.dashboard("r1 --at 0", **how)
        return self.wait(r"step 0 of", what)

    def quit(self, what):
        self.keys("q")
        self.ended(0, what)

    def escape(self, pattern, what):
        """What is over the panes goes away."""
        self.keys("Escape")
        self.wait(pattern, f"{what} goes away", gone=True)

    def pid(self):
        return int(open(self.pids, encoding="ascii").read())

    def ended(self, status, what):
        text = self.wait(rf"ended {self.count}:\d+", what)
        check(re.search(rf"ended {self.count}:{status}\b", text, re.M),
              f"{what}: status {status}", text)
        before, after = self.modes("before"), self.modes("after")
        check(before == after, f"{what}: the terminal is as it was",
              before + after)

    def modes(self, name):
        """What stty says, but for the size."""
        text = open(os.path.join(self.where, name), encoding="ascii").read()
        return re.sub(r"rows \d+; columns \d+;", "", text)

    def close(self):
        self.do("kill-server")


def keys(t):
    t.opened()
    t.keys(".", ".", ".")
    t.wait(r"step 3 of", "steps")
    t.keys(",")
    t.wait(r"step 2 of", "a step back")
    t.keys("Space")
    t.wait(r"running", "it plays")
    t.keys("Space")
    t.wait(r"paused", "it stands")
    # Asked on the way, it plays on arrival.
    t.keys(",", "Space")
    t.wait(r"running", "it plays after a step back")
    t.keys("Space")
    t.wait(r"paused", "it stands again")
    t.keys("J")
    t.wait(r"^go to: ", "a prompt")
    t.type("300")
    t.keys("Enter")
    t.wait(r"step 300 of", "a seek")
    t.keys("?")
    t.wait(r"Esc closes it", "help")
    t.escape(r"Esc closes it", "help")
    t.keys(":")
    t.type("versio")
    t.keys("Tab")
    t.wait(r"^:version", "completion")
    t.keys("Enter")
    t.wait(r"0\.1\.0", "a command's output")
    t.escape(r"0\.1\.0", "it")
    t.quit("q")


def sizes(t):
    t.opened()
    for cols, rows in ((40, 10), (200, 60), (60, 16), (30, 8), (120, 30),
                       (80, 24), (41, 11), (199, 59), (100, 30)):
        t.size(cols, rows)
    t.wait(r"step 0 of", "a storm of sizes")
    step = 0
    for cols, rows in ((40, 10), (60, 16), (80, 24), (120, 30), (200, 60)):
        t.size(cols, rows)
        t.keys(".")
        step += 1
        if cols > 40:
            t.wait(rf"step {step} of", f"{cols}x{rows}")
    t.keys("q")
    t.size(100, 30)
    t.ended(0, "q after many sizes")


def kinds(t):
    for term in ("xterm-256color", "xterm", "linux", "vt100", "screen"):
        # What a library for the console's mouse leaves behind is not ours.
        t.opened(term, term=term, before="NCURSES_GPM_TERMS=none")
        t.keys(".")
        t.wait(r"step 1 of", f"a key on {term}")
        t.quit(term)
    t.dashboard("r1 --at 0", term="dumb")
    t.ended(69, "dumb")
    t.opened("without colours", before="NO_COLOR=1")
    t.keys("J")
    t.type("300")
    t.keys("Enter")
    t.wait(r"step 300 of", "without colours, a seek")
    coloured = re.findall(r"\x1b\[[0-9;]*[34][0-7][0-9;]*m",
                          t.do("capture-pane", "-p", "-e"))
    check(not coloured, "NO_COLOR", repr(coloured[:3]))
    t.quit("NO_COLOR")
    for value, more in (("truecolor", True), ("24bit", True), ("no", False)):
        t.dashboard("r1 --at 300", before=f"COLORTERM={value}")
        t.wait(r"step 300 of", f"COLORTERM={value}")
        true = re.search(r"\x1b\[[0-9;]*38;2;", t.do("capture-pane", "-p", "-e"))
        check(bool(true) == more, f"COLORTERM={value}: true colours", str(true))
        t.quit(f"COLORTERM={value}")
    text = t.opened("LC_ALL=C", before="LC_ALL=C")
    check(text.isascii(), "ASCII where there is nothing else", text)
    t.quit("LC_ALL=C")


def suspend(t):
    t.opened()
    t.keys("C-z")
    t.wait(r"[Ss]topped|suspended", "suspended")
    t.run("echo in between")
    t.wait(r"^in between", "the shell has the terminal")
    t.run("fg")
    t.wait(r"step 0 of", "back again")
    t.keys(".")
    t.wait(r"step 1 of", "and it works")
    t.quit("q after a suspend")


def signals(t):
    for sig, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130),
                        (signal.SIGHUP, 129)):
        t.opened()
        os.kill(t.pid(), sig)
        t.ended(status, sig.name)
    for sig, status in ((signal.SIGSEGV, 139), (signal.SIGABRT, 134)):
        # no sanitizer's own answer to them
        t.opened(before="ASAN_OPTIONS=%s TSAN_OPTIONS=%s" % (
            ("handle_segv=0:handle_abort=0",) * 2))
        os.kill(t.pid(), sig)
        t.ended(status, sig.name)


def pasted(t):
    t.opened()
    t.do("set-buffer", "...q")
    t.do("paste-buffer", "-p")
    t.keys(".")
    text = t.wait(r"step [1-9] of", "a key behind what was pasted")
    check("step 1 of" in text, "what is pasted does nothing", text)
    t.keys("J")
    t.wait(r"^go to: ", "a prompt")
    t.do("set-buffer", "77\n")
    t.do("paste-buffer", "-p")
    t.wait(r"^go to: 77", "pasted into a prompt, not sent")
    t.keys("Enter")
    t.wait(r"step 77 of", "sent")
    t.quit("q after a paste")


def mouse(t):
    """As a terminal tells it: also behind the 223rd column."""
    def click(col, row, button=0):
        at = f"{button};{col + 1};{row + 1}"
        t.type(f"\x1b[<{at}M\x1b[<{at}m" if button < 64 else f"\x1b[<{at}M")

    def wait_flag(value, what):
        check(until(lambda: t.do("display-message", "-p",
                                 "#{mouse_any_flag}").strip() == value), what)

    t.size(250, 40)
    t.dashboard("r1")
    lines = t.wait(r"completed.*\n(.*\n)+.*›.* 46 .*sell", "it has come"
                   ).splitlines()
    wait_flag("1", "the mouse is asked for")
    row = next(i for i, line in enumerate(lines) if "›" in line)
    click(20, row + 1)
    t.wait(r"›.*placed.* 46 ", "a click selects a row")
    click(20, row + 1, 65)
    t.wait(r"›.*fill.* 44 ", "the wheel moves on")
    # Two that a busy machine hears long apart are no double one.
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        t.type("\x1b[<0;241;5M\x1b[<0;241;5m" * 2)
        heard = time.monotonic() + 10
        is_large = False
        while not is_large and time.monotonic() < heard:
            time.sleep(0.02)
            is_large = re.search(r"^╭─ Account", t.shown(), re.M)
        if is_large:
            break
    t.wait(r"^╭─ Account", "a double click makes a pane large")
    t.keys("Enter")
    t.wait(r"^╭─ Account", "and small again", gone=True)
    # A border is dragged: the pane below begins where it was let go.
    t.keys("2")
    lines = t.wait("─ Fills", "the others are there again").splitlines()
    row = next(i for i, line in enumerate(lines) if "─ Fills" in line)
    t.type(f"\x1b[<0;9;{row + 1}M\x1b[<32;9;{row - 3}M\x1b[<0;9;{row - 3}m")
    t.wait(r"\A(.*\n){%d}.*─ Fills" % (row - 4), "a border dragged")
    t.keys("u")
    t.wait(r"\A(.*\n){%d}.*─ Fills" % row, "and undone")
    click(3, 39)
    t.wait(r"Esc closes it", "a click on a key's name")
    t.escape(r"Esc closes it", "help")
    t.keys("M")
    wait_flag("0", "the mouse is the terminal's")
    t.keys("M")
    wait_flag("1", "and is taken back")
    t.quit("q after the mouse")
    wait_flag("0", "the mouse is not asked for any more")
    t.size(100, 30)


def piped(t):
    tick = ('{"type":"tick","data":{"sequence_id":%d,"sim_time":'
            '"2024-01-%02dT21:00:00Z","timeframe":"daily","candles":'
            '{"ZED":{"date":"2024-01-%02dT14:30:00Z","open":10,"high":11,'
            '"low":9,"close":10.5,"volume":100}},"is_eod":true}}\n')
    with open(os.path.join(t.where, "ticks"), "w", encoding="ascii") as f:
        f.write("".join(tick % (i, i + 1, i + 1) for i in range(1, 9)))
    t.run(f"clear; echo step 40 | {sim} run replay r1"
          f" | {sim} dashboard -")
    t.wait(r"step 40$", "what run replay prints")
    t.wait(r"fill .*ACME", "and its fills")
    t.keys("q")
    t.wait(r"^\$ *$", "the shell again")
    t.run(f"clear; cat ticks | {sim} dashboard -")
    t.wait(r"ZED", "a pipe")
    t.keys("?")
    t.wait(r"Esc closes it", "keys come from the terminal")
    t.escape(r"Esc closes it", "help")
    t.wait(r"step 8", "the last one")
    t.keys("q")
    t.wait(r"^\$ *$", "the shell again")     # what came before is thrown away
    t.run("echo ended $?")
    t.wait(r"ended 0$", "q")


def servers(where):
    """The processes that serve this test's data folder."""
    found = []
    for name in os.listdir("/proc"):
        try:
            line = open(f"/proc/{name}/cmdline", "rb").read().decode()
        except (OSError, UnicodeDecodeError):
            continue
        if name.isdigit() and "serve\0--local" in line and where in line:
            found.append(int(name))
    return found


def several(t, do):
    """Nobody said which session: all are listed, Enter shows another."""
    do("session", "create", "ACME", "--start-date", "2021-01-04",
       "--end-date", "2021-06-30", "--timeframe", "daily")
    do("session", "start", "last")
    t.dashboard()
    t.wait(r"2 sessions are not over", "there are two")
    t.wait(r"^ .*2021-01-04 .*step 1 of", "the newest is shown")
    t.keys("j", "Enter")
    t.wait(r"^ .*2020-01-.*step 4 of", "the other one")
    t.quit("q of another session")


def session(t):
    def do(*args):
        subprocess.run([sim, *args], env=t.env, check=True,
                       capture_output=True)
    do("session", "create", "ACME", "--start-date", "2020-01-02",
       "--end-date", "2020-12-31", "--timeframe", "daily")
    t.dashboard()
    t.wait(r"○ ready", "a session that was only made")
    t.keys(".")
    t.wait(r"step 1 of", "a step begins it")
    t.keys(".")
    t.wait(r"step 2 of", "a step of it")
    t.keys("b")
    t.type("10")
    t.wait(r"about \d.*cost", "what it would cost")
    t.wait(r"buying power then \d{1,3} \d{3}\.", "grouped like elsewhere")
    t.keys("Enter")
    t.wait(r"simutrador order buy ACME 10 --session", "the same command")
    t.keys("y")
    t.wait(r"is accepted", "accepted")
    t.keys(".")
    t.wait(r"step 3 of", "it fills")
    t.keys("5", "e")
    t.wait(r"Fill 1 of .*: order 1, buy 10 ACME", "its fill, explained")
    t.escape(r"Fill 1 of", "that")
    before = servers(t.where)
    check(len(before) == 1, "one server", str(before))
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    t.keys(".")
    t.wait(r"step 4 of", "a server that was killed and is there again")
    check(servers(t.where) not in ([], before), "another server")
    t.keys("f")
    t.wait(r"position close ACME", "closing")
    t.keys("y")
    t.wait(r"is accepted", "accepted by the other server")
    t.quit("q of a session")
    t.dashboard("--confirm never")
    t.wait(r"step 4 of", "by someone who is sure")
    t.keys("b")
    t.type("10")
    t.wait(r"about \d.*cost", "what it would cost, again")
    t.keys("Enter")
    t.wait(r"is accepted", "accepted without a question")
    t.keys("@")
    t.wait(r"simutrador order buy ACME 10 --session", "and remembered")
    t.keys("q")
    t.wait(r"simutrador order buy", "the sheet goes away", gone=True)
    t.quit("q of who is sure")
    several(t, do)
    do("session", "stop", "last")
    do("session", "stop")
    for pid in servers(t.where):
        os.kill(pid, signal.SIGTERM)
    check(until(lambda: not servers(t.where)), "the server is gone")


def monkey(t):
    """Keys at random on a terminal; what begins with : or ends it aside."""
    rng = random.Random(11)
    keys = (list("jkgGhlvionNyutcLrmBCJ/@?e[]+_{}.,1234567bsxXfFR'") +
            ["Escape", "Tab", "BTab", "Up", "Down", "Left", "Right", "PPage",
             "NPage", "Home", "End", "C-d", "C-u", "C-l", "C-r"])
    t.opened()
    for i in range(100 if os.environ.get("SIM_LONG") == "1" else 8):
        t.keys(*(rng.choice(keys) for _ in range(40)))
        t.size(*rng.choice(((40, 10), (80, 24), (100, 30), (150, 45))))
    t.size(100, 30)
    # What is over the panes goes, and only then it ends: once, since the shell
    # would hear another.
    t.keys("Escape", "Escape", "Escape", "Escape", "C-c")
    t.ended(0, "keys at random")


def main():
    with tempfile.TemporaryDirectory() as where:
        env = dict(os.environ, HOME=where)
        for args in (["data", "import", f"{top}/data/ACME_daily.csv",
                      "--symbol", "ACME"],
                     ["simulate", "--symbols", "ACME", "--strategy",
                      "sma-cross", "-q"]):
            subprocess.run([sim] + args, env=env, check=True,
                           capture_output=True)
        with open(os.path.join(where, "wrap"), "w", encoding="utf-8") as f:
            f.write(wrap)
        t = Tmux(where)
        try:
            t.run(f"cd {where}; PS1='$ '")
            for part in (keys, sizes, kinds, suspend, signals, pasted, mouse,
                         piped, session, monkey):
                part(t)
        finally:
            for pid in servers(where):      # of a session that failed
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            t.close()
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(failed != 0)


main()
