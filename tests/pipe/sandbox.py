"""--sandbox keeps a child from the store, from sockets, from writing and from
what is not its own; and without it nothing of that is kept from it."""
import os
import shutil
import sys

from pipetest import ACME, Home, Tally
from same import forms

PYTHON = "/usr/bin/python3"
PROBE = r'''
import ctypes, fcntl, json, os, signal, socket, subprocess, sys, termios
import threading, neighbour
here = os.path.dirname(os.path.abspath(__file__))
own = os.path.join(here, "own.txt")
clone = {"x86_64": 56, "aarch64": 220, "riscv64": 220}.get(os.uname().machine)


def tried(what, how):
    try:
        how()
        print(what, "could", file=sys.stderr)
    except (OSError, subprocess.SubprocessError) as e:
        print(what, "could not", type(e).__name__, file=sys.stderr)


def pair():
    for s in socket.socketpair():
        s.close()


def space():
    pid = ctypes.CDLL(None, use_errno=True).syscall(
        ctypes.c_long(clone), ctypes.c_long(0x10000000 | signal.SIGCHLD),
        None, None, None, None)
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone")
    os.waitpid(pid, 0)


tried("own", lambda: open(os.path.join(here, "own.txt")).read())
tried("below", lambda: open(os.path.join(here, "data", "x.txt")).read())
tried("system", lambda: open(os.__file__).read())
tried("run", lambda: subprocess.run(["/bin/true"], check=True))
tried("store", lambda: open(sys.argv[1], "rb").read(1))
tried("store2", lambda: open(sys.argv[2], "rb").read(1))
tried("hidden", lambda: open(os.path.join(here, ".secret")).read())
tried("foreign", lambda: open("/proc/1/environ", "rb").read(1))
tried("passwd", lambda: open("/etc/passwd").read(1))
tried("write", lambda: open(os.path.join(here, "made"), "w"))
tried("overwrite", lambda: open(os.path.join(here, "own.txt"), "a"))
tried("remove", lambda: os.unlink(os.path.join(here, "waste")))
tried("tcp", lambda: socket.socket().close())
tried("udp", lambda: socket.socket(type=socket.SOCK_DGRAM).close())
tried("unix", lambda: socket.socket(socket.AF_UNIX).close())
tried("pair", pair)
tried("trace", lambda: open("/proc/%d/mem" % os.getppid(), "rb"))
tried("mode", lambda: os.chmod(own, 0o644))
tried("owner", lambda: os.chown(own, -1, os.getgid()))
tried("time", lambda: os.utime(own, (0, 0)))
tried("attribute", lambda: os.setxattr(own, "user.x", b"y"))
tried("truncate", lambda: os.truncate(own, 0))
tried("empty", lambda: os.close(os.open(own, os.O_RDONLY | os.O_TRUNC)))
tried("type", lambda: fcntl.ioctl(2, termios.TIOCSTI, b"x"))
tried("space", space) if clone else print("space could not PermissionError",
                                          file=sys.stderr)
print("fds", sorted(os.listdir("/proc/self/fd")) if len(sys.argv) > 3
      else "", file=sys.stderr)
print("env", ",".join(sorted(os.environ)), file=sys.stderr)
for line in sys.stdin:
    m = json.loads(line)
    if m["type"] == "hello":
        print('{"type":"ready","data":{}}', flush=True)
    elif m["type"] == "tick":
        print(json.dumps({"type": "tick_ack", "data": {
            "sequence_id": m["data"]["sequence_id"]}}), flush=True)
'''
CAN = ["own", "below", "system", "run"]
CANNOT = ["store", "store2", "hidden", "foreign", "passwd", "write",
          "overwrite", "remove", "tcp", "udp", "unix", "pair", "trace"]
# What Landlock alone lets pass, or old ones of it: the filter refuses it.
FILTERED = ["mode", "owner", "time", "attribute", "truncate", "empty", "type",
            "space"]


def said(err):
    words = {}
    for line in err.splitlines():
        what, _, rest = line.partition(" ")
        words[what] = rest
    return words


def prepare(home):
    """A strategy's folder, with the store below it."""
    folder = os.path.join(home.path, "mine")
    os.makedirs(os.path.join(folder, "data"))
    home.file("mine/probe.py", PROBE)
    home.file("mine/neighbour.py", "")
    home.file("mine/own.txt", "mine")
    home.file("mine/data/x.txt", "mine")
    home.file("mine/.secret", "mine")
    home.file("mine/waste", "")
    # In sight of the strategy, unless the sandbox takes it away.
    home.env["XDG_DATA_HOME"] = os.path.join(folder, "visible")
    home.env["SIMUTRADOR_TEST_SECRET"] = "1"
    rc, _, err = home.run("data", "import", ACME.partition("=")[2],
                          "--symbol", "ACME")
    assert rc == 0, err
    stored = [os.path.join(where, f) for where, _, files
              in os.walk(os.path.join(folder, "visible")) for f in files
              if os.path.getsize(os.path.join(where, f))]
    assert stored
    return folder, stored[0], stored[-1]


def clients(t, home):
    """The reference clients that need no program of their own run in it, if
    what they are written in lies where programs do."""
    for name, command, _ in forms(home):
        command = command.replace("python3", PYTHON)
        program = os.path.realpath(shutil.which(command.split()[0]))
        if name == "c" or not program.startswith(("/usr/", "/bin/", "/opt/")):
            continue
        hashes = [home.exec(command, "--symbols", "ACME", *more)
                  for more in ([], ["--sandbox"])]
        t.check("the client in %s" % name, hashes[0][0] == 0 and
                hashes[0][1] == hashes[1][1], hashes)


def main():
    t = Tally()
    if not os.access(PYTHON, os.X_OK):
        print("skipped: no " + PYTHON)
        return 77
    with Home() as home:
        folder, first, last = prepare(home)
        command = "%s probe.py %s %s" % (PYTHON, first, last)
        rc, out, err = home.exec(command, "--symbols", "ACME", "--sandbox",
                                 cwd=folder)
        if rc == 69:
            t.check("a sentence says that there is no sandbox",
                    "--sandbox" in err, err)
            print("skipped: " + err.strip())
            return t.end()
        t.check("it runs in the sandbox", rc == 0, rc, err)
        seen = said(err)
        for what in CAN:
            t.check(what + " is allowed", seen.get(what) == "could", err)
        for what in CANNOT:
            t.check(what + " is refused", seen.get(what, "").startswith(
                "could not"), seen.get(what), err)
        for what in FILTERED:
            t.check(what + " is not permitted", seen.get(what) ==
                    "could not PermissionError", seen.get(what), err)
        t.check("nothing was written",
                not os.path.exists(os.path.join(folder, "made")) and
                os.path.exists(os.path.join(folder, "waste")))
        clients(t, home)
        # So it is when the run is made again, from anywhere.
        home.run("simulate", "--exec", command, "--symbols", "ACME",
                 "--sandbox", cwd=folder)
        for again in (("run", "verify", "last"), ("run", "replay", "last"),
                      ("run", "fork", "last", "--no-save")):
            rc, _, err = home.run(*again)
            seen = said(err)
            t.check("%s is in the sandbox" % again[1], rc == 0 and all(
                seen.get(what) == "could" for what in CAN) and all(
                    seen.get(what, "").startswith("could not")
                    for what in CANNOT), rc, err)
        home.file("orders.csv", "time,symbol,side,quantity\n"
                  "2019-01-10,ACME,buy,1\n")
        home.run("simulate", "--orders", "orders.csv", "--symbols", "ACME")
        rc, _, err = home.run("run", "fork", "last", "--exec", command,
                              "--sandbox", "--no-save", cwd=folder)
        seen = said(err)
        t.check("a fork of orders is in the sandbox", rc == 0 and
                seen.get("own") == "could" and seen.get(
                    "store", "").startswith("could not"), rc, err)
        rc, _, err = home.run("strategy", "check", "--exec", command,
                              "--sandbox", cwd=folder)
        seen = said(err)
        t.check("a check is in the sandbox", rc == 0 and
                seen.get("own") == "could" and seen.get(
                    "store", "").startswith("could not"), rc, err)
        keep = home.exec(command + " x", "--symbols", "ACME", cwd=folder)
        seen = said(keep[2])
        for what in CAN + ["store", "hidden", "write", "tcp", "unix"]:
            t.check(what + " works outside of it",
                    seen.get(what) == "could", keep)
        t.check("no descriptor of ours is inherited",
                seen.get("fds") == "['0', '1', '2', '3']", seen)
        names = seen.get("env", "").split(",")
        t.check("the environment is clean",
                "SIMUTRADOR_TEST_SECRET" not in names and
                "XDG_DATA_HOME" not in names and
                "SIMUTRADOR_STRATEGY" in names and "TZ" in names, names)
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
