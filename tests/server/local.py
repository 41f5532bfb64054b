"""simutrador serve --local: one user, at a Unix socket, without tokens and limits;
it begins and ends by itself."""
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time

from running import DAILY, MINUTE, ack, made, started, tick
from servertest import FAULTS, SIM, Home, main
from wire import Watched
from wsclient import PATIENCE, http


class Local:
    """A server of this machine, of the data folder of a home."""

    def __init__(self, t, home, *options):
        self.t, self.home = t, home
        every.append(self)
        self.log_path = os.path.join(home.path, "local.log")
        self.env = dict(home.env, XDG_RUNTIME_DIR=home.path)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [SIM, "serve", "--local", *options], env=self.env,
                cwd=home.path, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        self.path = json.loads(line)["socket"] if line else None

    def connect(self, name="local"):
        c = Watched(self.t, name=name, port=self.path, path="/ws/simulate")
        c.ready = c.expect("connection_ready")
        return c

    def log(self):
        with open(self.log_path, encoding="utf-8") as f:
            return f.read()

    def wait(self, timeout=PATIENCE):
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def end(self, sig=signal.SIGTERM):
        self.process.send_signal(sig)
        rc = self.wait()
        self.t.check("it ends when it is told to", rc == 0, rc, self.log())
        self.t.check("no report of a sanitizer", not FAULTS.search(self.log()),
                     self.log()[-2000:])
        self.process.stdout.close()
        return rc

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def inodes(name):
    try:
        with open("/proc/net/" + name, encoding="ascii") as f:
            return {line.split()[9] for line in list(f)[1:]}
    except OSError:
        return set()


def internet_sockets(pid):
    """Those of a process that are not of this machine alone."""
    mine = set()
    for fd in os.listdir("/proc/%d/fd" % pid):
        try:
            to = os.readlink("/proc/%d/fd/%s" % (pid, fd))
        except OSError:
            continue
        if to.startswith("socket:["):
            mine.add(to[8:-1])
    every = set()
    for name in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        every |= inodes(name)
    return mine & every


def serves(t):
    """A user without a token, as many sessions as wanted, no other socket."""
    s = Local(t, home)
    st = os.stat(s.path)
    folder = os.stat(os.path.dirname(s.path))
    t.check("the socket is ours alone", stat.S_ISSOCK(st.st_mode) and
            st.st_mode & 0o777 == 0o600 and folder.st_mode & 0o777 == 0o700,
            oct(st.st_mode), oct(folder.st_mode))
    t.check("it stands where commands look for it",
            os.path.dirname(s.path) == os.path.join(home.path, "simutrador"),
            s.path)
    t.check("no socket of the internet",
            not internet_sockets(s.process.pid),
            internet_sockets(s.process.pid))
    c = s.connect()
    t.check("the user is local", c.ready["data"]["plan"] == "local" and
            c.ready["data"]["idle_timeout_sec"] >= 10 ** 9, c.ready)
    sids = [made(c, initial_capital=n) for n in (1, 100000, 10 ** 9)]
    sids += [made(c) for _ in range(9)]
    for _ in range(120):
        c.want("order_batch", {"session_id": sids[0], "orders": []}, "error")
    sid = started(c, sids[1])
    for n in range(1, 5):
        tick(c, sid, n)
        ack(c, sid, n)
    tick(c, sid, 5)
    more = [s.connect("c%d" % i) for i in range(30)]
    for x in more:
        x.close()
    d = c.want("list_sessions", {}, "sessions_list")
    t.check("all are there", len(d["sessions"]) == len(sids), d)
    c.abort()
    a = http(s.path)
    t.check("/health answers there too", a.status == 200, a)
    t.check("it ends well", s.end() == 0, s.log()[-1000:])
    t.check("its socket is gone", not os.path.exists(s.path))
    t.check("its database is its own",
            os.path.exists(os.path.join(data, "local.db")) and
            not os.path.exists(os.path.join(data, "server.db")) and
            not os.path.exists(os.path.join(data, "server.key")),
            os.listdir(data))
    # Sessions are there at the next start.
    s = Local(t, home)
    c = s.connect()
    c.want("query_status", {"session_id": sid}, "simulation_status",
           {"state": "paused", "sequence_id": 5})
    for x in sids:
        c.want("delete_session", {"session_id": x}, "session_deleted")
    c.close()
    t.check("and again", s.end() == 0)


def killed(t):
    """What SIGKILL leaves is no obstacle, and loses nothing."""
    s = Local(t, home)
    c = s.connect()
    sid = started(c, made(c, MINUTE))
    tick(c, sid, 1)
    c.want("pause_simulation", {"session_id": sid}, "simulation_paused")
    s.kill()
    c.abort()
    t.check("its socket stays", os.path.exists(s.path))
    s = Local(t, home)
    c = s.connect()
    c.want("query_status", {"session_id": sid}, "simulation_status",
           {"state": "paused", "sequence_id": 1})
    c.want("delete_session", {"session_id": sid}, "session_deleted")
    c.close()
    s.end()


def two_at_once(t):
    """One wins; the others end and say nothing."""
    many = [subprocess.Popen([SIM, "serve", "--local"], cwd=home.path,
                             env=dict(home.env, XDG_RUNTIME_DIR=home.path),
                             stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True) for _ in range(4)]
    until = time.monotonic() + PATIENCE
    while sum(p.poll() is not None for p in many) < 3 and \
            time.monotonic() < until:
        time.sleep(0.05)
    over = [p for p in many if p.poll() is not None]
    t.check("one is left", len(over) == 3, [p.poll() for p in many])
    for p in over:
        out, err = p.communicate()
        t.check("the others end with 0 and say nothing",
                p.returncode == 0 and not out and not err, p.returncode, out,
                err)
    for p in many:
        if p.poll() is None:
            path = json.loads(p.stdout.readline())["socket"]
            c = Watched(t, name="winner", port=path, path="/ws/simulate")
            c.expect("connection_ready")
            c.close()
            p.terminate()
            t.check("the winner ends well", p.wait(PATIENCE) == 0)
            p.communicate()


def idle(t):
    """It stays while somebody is there or something runs."""
    s = Local(t, home, "--idle-exit", "2s")
    c = s.connect()
    time.sleep(3)
    t.check("it stays while somebody is connected",
            s.process.poll() is None)
    sid = started(c, made(c, MINUTE), on_disconnect="run", flow_control=False,
                  tick_interval_ms=20)
    c.close()
    time.sleep(3)
    t.check("and while a session runs", s.process.poll() is None)
    rc = s.wait()
    t.check("then it ends by itself", rc == 0, rc, s.log()[-1000:])
    t.check("and its socket goes", not os.path.exists(s.path) and
            not os.path.exists(s.path + ".gone"))
    s.process.stdout.close()
    s = Local(t, home)
    c = s.connect()
    d = c.want("get_session", {"session_id": sid}, "session_details")
    t.check("what ran is complete", d["state"] == "completed", d)
    c.want("delete_session", {"session_id": sid}, "session_deleted")
    c.close()
    s.end()


def next_one(t):
    """One that comes while another ends waits for it."""
    s = Local(t, home)
    c = s.connect()
    s.process.terminate()
    n = Local(t, home)
    t.check("the next one serves", n.path == s.path, n.path)
    s.wait()
    s.process.stdout.close()
    c.abort()
    c = n.connect()
    c.close()
    n.end()


def refused(t):
    os.makedirs(os.path.join(home.path, "open"), mode=0o755, exist_ok=True)
    file = os.path.join(home.path, "simutrador", "file")
    with open(file, "w", encoding="ascii"):
        pass
    long = "/" + "x" * 200
    for options, status, part in (
            (("--local", "--listen", "0.0.0.0"), 64, "Unix socket"),
            (("--local", "--port", "0"), 64, "Unix socket"),
            (("--socket", "/tmp/x"), 64, "--local"),
            (("--idle-exit", "5s"), 64, "--local"),
            (("--local", "--idle-exit", "soon"), 64, "soon"),
            (("--local", "--socket", "x"), 64, "full path"),
            (("--local", "--socket", long), 64, "full path"),
            (("--local", "--socket", home.path + "/open/s"), 78, "0700"),
            (("--local", "--socket", file), 73, "file")):
        rc, out, err = home.run("serve", *options)
        t.check("refused: %s" % (options,), rc == status and part in err and
                not out, rc, out, err)
    t.check("a file that stood there still does", os.path.isfile(file))
    rc, _, err = home.run("admin", "user", "add", "eve", "--plan", "local")
    t.check("the plan is given to nobody", rc != 0 and "local" in err, rc, err)


def strangers(t):
    """Another user is turned away, even where the folder lets them in."""
    if os.geteuid():
        t.skipped += 1
        return
    s = Local(t, home)
    folder = os.path.dirname(s.path)
    os.chmod(home.path, 0o755)
    os.chmod(folder, 0o755)
    os.chmod(s.path, 0o666)
    code = ("import os, socket, sys\n"
            "os.setuid(65534)\n"
            "s = socket.socket(socket.AF_UNIX)\n"
            "s.connect(sys.argv[1])\n"
            "s.sendall(b'GET /health HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')\n"
            "s.settimeout(60)\n"
            "print(repr(s.recv(100)))\n")
    p = subprocess.run([sys.executable, "-c", code, s.path],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       text=True, timeout=120, check=False)
    t.check("they get nothing", "HTTP" not in p.stdout, p.stdout, p.stderr)
    os.chmod(folder, 0o700)
    a = http(s.path)
    t.check("we do", a.status == 200, a)
    s.end()
    t.check("its log says so", "another user" in s.log(), s.log()[-1000:])


def by_the_network(t):
    """At a port there is no user without a token."""
    s = subprocess.Popen([SIM, "serve", "--port", "0"], env=home.env,
                         cwd=home.path, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         text=True)
    port = int(json.loads(s.stdout.readline())["auth_url"].rsplit(":", 1)[1])
    c = Watched(t, name="nobody", port=port, path="/ws/simulate")
    t.check("a token is asked for", c.wait_close()[0] == 4001)
    c.abort()
    s.terminate()
    s.communicate(timeout=PATIENCE)


if __name__ == "__main__":
    every = []
    home = Home()
    data = os.path.join(home.path, ".local", "share", "simutrador")
    try:
        main(serves, killed, two_at_once, idle, next_one, refused, strangers,
             by_the_network)
    finally:
        for server in every:
            server.process.kill()
        home.remove()
