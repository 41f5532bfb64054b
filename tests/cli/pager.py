#!/usr/bin/env python3
"""The pager: long text goes through it on a real terminal (a pty), and only
there.  Not covered: what less itself does."""
import os
import pty
import subprocess
import sys

from pseudo import need_terminal, pieces

TOP = os.environ["top_builddir"]
PROGRAM = os.path.abspath(os.path.join(TOP, "simutrador"))


def on_terminal(args, **env):
    """What a terminal shows of a command, and its exit status."""
    master, slave = pty.openpty()
    surroundings = {k: v for k, v in os.environ.items()
                    if k not in ("PAGER", "LESS", "SIMUTRADOR_PAGER")}
    surroundings.update({"TERM": "xterm", "LC_ALL": "C", **env})
    child = subprocess.Popen([PROGRAM, *args], stdin=slave, stdout=slave,
                             stderr=slave, env=surroundings)
    os.close(slave)
    seen = b"".join(pieces(master))
    os.close(master)
    return seen.decode().replace("\r\n", "\n"), child.wait()


MARK = "sed s/^/PAGED:/"
CASES = [
    (["help", "data"], {"SIMUTRADOR_PAGER": MARK}, True),
    (["help", "data"], {"PAGER": MARK}, True),
    (["help", "data", "--pager", MARK], {"PAGER": "false"}, True),
    (["help", "data"], {"PAGER": MARK, "SIMUTRADOR_PAGER": "cat"}, False),
    (["help", "data", "--no-pager"], {"SIMUTRADOR_PAGER": MARK}, False),
    (["help", "data"], {"SIMUTRADOR_PAGER": MARK, "TERM": "dumb"}, False),
    (["model", "list"], {"SIMUTRADOR_PAGER": MARK}, False),
]


def main():
    need_terminal()
    bad = 0
    for args, env, paged in CASES:
        text, status = on_terminal(args, **env)
        lines = text.splitlines()
        got = bool(lines) and all(x.startswith("PAGED:") for x in lines)
        if not lines or status or got != paged:
            print("FAIL", args, env, status, text[:200])
            bad += 1
    # A pipe is never paged, and the whole text arrives either way.
    piped = subprocess.run([PROGRAM, "help", "data"], capture_output=True,
                           env={**os.environ, "PAGER": MARK, "LC_ALL": "C"},
                           text=True, check=True).stdout
    paged = on_terminal(["help", "data"], PAGER=MARK)[0]
    if piped.splitlines() != [x[6:] for x in paged.splitlines()]:
        print("FAIL: what came through the pager is not the page")
        bad += 1
    print(f"{len(CASES) + 1 - bad} passed, {bad} failed, 0 skipped")
    return 1 if bad else 0


sys.exit(main())
