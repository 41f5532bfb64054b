"""pseudo: what tests on a pseudo-terminal share."""
import os
import pty
import select
import sys
import time


def has_terminal():
    """Whether the system gives out pseudo-terminals; says so if not."""
    try:
        for fd in pty.openpty():
            os.close(fd)
    except OSError:
        print("skipped: no pseudo-terminals here")
        return False
    return True


def need_terminal():
    """Skip the test where there are none."""
    if not has_terminal():
        sys.exit(77)


def pieces(fd, until=float("inf")):
    """What can be read, as it comes, up to the end or the deadline."""
    while time.monotonic() < until:
        if not select.select([fd], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(fd, 65536)
        except OSError:             # the last writer has gone
            return
        if not piece:
            return
        yield piece
