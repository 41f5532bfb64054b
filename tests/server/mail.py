"""Mail of the server, to a mail server that receives, refuses, hangs and dies at
each step of SMTP, and into a folder: every letter arrives once, across restarts
and kills.  What the templates come to is tests/mail's."""
import email
import email.policy
import json
import os
import re
import signal
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sealed import Post  # noqa: E402
from servertest import FAULTS, Home, NotThere, Server, main, until  # noqa: E402
from wsclient import PATIENCE  # noqa: E402

GOOD = "tall ships in thick fog"
STEPS = ("greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "text", "end")
FROM = "post@sim.example"


class Mailer:
    """A mail server.  faults: (step, what) in turn, one a connection; what is
    a reply, "hang", "die", or a function that is called and then dies.
    cert: speaks TLS with it, from the start or (starttls) when asked to."""

    def __init__(self, host="127.0.0.1", auth=False, cert=None,
                 starttls=False):
        self.listener = socket.create_server((host, 0))
        self.url = "%s://%s:%d" % (
            "smtps" if cert and not starttls else "smtp", host,
            self.listener.getsockname()[1])
        self.tls = cert and ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if cert:
            self.tls.load_cert_chain(cert)
        self.starttls, self.in_plain = starttls, []
        self.auth, self.faults, self.reached = auth, [], []
        self.taken, self.said, self.offered = [], [], 0
        self.lock = threading.Condition()
        self.held = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                c, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(c,), daemon=True).start()

    def talk(self, c):
        with self.lock:
            fault = self.faults.pop(0) if self.faults else (None, None)
        try:
            with c:
                if self.tls and not self.starttls:
                    self.secure(c, fault, True)
                    return
                with c.makefile("rb") as lines:
                    self.step(c, "greeting", fault, "220 fake ready")
                    self.converse(c, lines, fault)
        except (OSError, EOFError):
            pass

    def secure(self, c, fault, greet):
        with self.tls.wrap_socket(c, server_side=True) as s, \
                s.makefile("rb") as lines:
            if greet:
                self.step(s, "greeting", fault, "220 fake ready")
            self.converse(s, lines, fault)

    def step(self, c, name, fault, reply):
        """False: it is over."""
        if fault[0] != name:
            c.sendall(reply.encode() + b"\r\n")
            return True
        with self.lock:
            self.reached.append(name)
            self.lock.notify_all()
        what = fault[1]
        if callable(what):
            what()
            raise EOFError
        if what == "die":
            raise EOFError
        if what == "hang":
            self.held.append(c.dup())
            time.sleep(3600)
        c.sendall(what.encode() + b"\r\n")
        return False

    def converse(self, c, lines, fault):
        is_plain = not isinstance(c, ssl.SSLSocket)
        to = sender = None
        while True:
            line = lines.readline()
            if not line:
                return
            text = line.decode().rstrip("\r\n")
            self.said.append(text)
            if is_plain:
                self.in_plain.append(text.split(" ")[0])
            verb = text.split(" ")[0].upper()
            if verb == "QUIT":
                self.step(c, "QUIT", fault, "221 bye")
                return
            if verb in ("EHLO", "HELO"):
                self.step(c, "EHLO", fault, "250-fake\r\n" +
                          "250-AUTH PLAIN\r\n" * self.auth +
                          "250-STARTTLS\r\n" * (is_plain and self.starttls) +
                          "250 SIZE 100000")
            elif verb == "STARTTLS" and is_plain:
                if self.step(c, "STARTTLS", fault, "220 go on"):
                    self.secure(c, fault, False)
                    return
            elif verb == "AUTH":
                c.sendall(b"334 \r\n")
                self.said.append(lines.readline().decode().strip())
                self.step(c, "AUTH", fault, "235 welcome")
            elif verb == "MAIL":
                sender = text[10:].split(" ")[0]
                self.step(c, "MAIL", fault, "250 ok")
            elif verb == "RCPT":
                to = text[8:]
                self.step(c, "RCPT", fault, "250 ok")
            elif verb == "DATA":
                if self.step(c, "DATA", fault, "354 go on"):
                    self.data(c, lines, fault, sender, to)
            else:
                c.sendall(b"502 what?\r\n")

    def data(self, c, lines, fault, sender, to):
        body = b""
        while True:
            line = lines.readline()
            if not line:
                return
            if fault[0] == "text":
                self.step(c, "text", fault, "")
            if line == b".\r\n":
                break
            body += line[1:] if line.startswith(b".") else line
        self.offered += 1
        if fault[0] == "end":
            self.step(c, "end", fault, "")
            return
        with self.lock:
            self.taken.append((sender, to, body))
            self.lock.notify_all()
        if fault[0] == "taken":
            self.step(c, "taken", fault, "")
        c.sendall(b"250 taken\r\n")

    def wait(self, ready, seconds=2 * PATIENCE):
        with self.lock:
            return self.lock.wait_for(ready, seconds)

    def close(self):
        self.listener.close()
        for c in self.held:
            c.close()


def post_options(m, *more):
    return ("--smtp", m.url, "--mail-from", FROM) + more


def register(t, s, name):
    a = s.http("POST", "/auth/register", None, json.dumps({
        "username": name, "email": name + "@example.org", "password": GOOD}))
    t.check("register " + name, a.status == 200, a)
    return a.json["request_id"]


def doomed(t, s, name):
    """The same of a server that is killed, maybe before it answers: then
    without a request."""
    try:
        return register(t, s, name)
    except (EOFError, OSError):
        return ""


def settled(s, seconds=2 * PATIENCE):
    """How letters stand, {state: count}, once none waits."""
    post, end = Post(s.home), time.monotonic() + seconds
    while True:
        states = dict(post.rows("SELECT state, count(*) FROM outbox GROUP BY"
                                " state"))
        if not set(states) & {"waiting", "sending"} or \
                time.monotonic() > end:
            return states
        time.sleep(0.05)


def counts(s):
    """Of /metrics: mails sent, to be tried again, given up, and waiting."""
    text = s.http("GET", "/metrics").text
    return tuple(int(re.search("^%s (.*)$" % re.escape(x), text, re.M)[1])
                 for x in ['simutrador_mails_total{outcome="%s"}' % o
                           for o in ("sent", "later", "failed")] +
                 ["simutrador_mail_waiting"])


def parsed(body):
    return email.message_from_bytes(body, policy=email.policy.default)


def logged(s, what, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not re.search(what, s.log()) and time.monotonic() < end:
        time.sleep(0.05)
    return re.search(what, s.log())


def text_of(msg):
    return msg.get_content().replace("\r\n", "\n")


def arrived(t, what, m, name, request):
    """One letter to this name, and it is whole."""
    mine = [x for x in m.taken if x[1] == "<%s@example.org>" % name]
    if not t.check("%s: %s has one letter" % (what, name), len(mine) == 1,
                   len(mine)):
        return None
    sender, to, body = mine[0]
    msg = parsed(body)
    t.check("%s: the letter of %s" % (what, name),
            sender == "<%s>" % FROM and
            str(msg["To"]).strip("<>") == to.strip("<>") and
            str(msg["From"]) == "simutrador <%s>" % FROM and
            msg["Subject"] == "Your code for simutrador" and
            request in text_of(msg) and name in text_of(msg) and
            re.search("^    [0-9A-Za-z-]{11,}$", text_of(msg), re.M) and
            not re.search(b"[^\r]\n", body), body)
    return msg


def no_secret(t, what, s, m, *secrets):
    codes = [re.search("^    (.+)$", text_of(parsed(b)), re.M).group(1)
             for _, _, b in m.taken]
    log = s.log()
    for secret in codes + [n for _, n, _ in m.taken] + list(secrets):
        t.check(what + ": the log has no secret and no recipient",
                secret.strip("<>") not in log, log[-2000:])


# -- by SMTP -------------------------------------------------------------------

def steps(t):
    """Refused, cut off and refused for ever at each step, then taken."""
    m = Mailer(auth=True)
    home = Home(())
    password = home.file("password", "hush hush\n")
    os.chmod(password, 0o600)
    try:
        with Server(t, "steps", *post_options(
                m, "--smtp-user", "sim", "--smtp-password-file", password),
                home=home) as s:
            faults = [(step, what) for step in STEPS
                      for what in ("451 not now", "die")
                      if (step, what) != ("text", "451 not now")]
            m.faults += faults
            people = {}
            for n in range(len(faults)):
                people["ann%d" % n] = register(t, s, "ann%d" % n)
            t.check("all are sent", set(settled(s)) == {"sent"}, settled(s),
                    s.log()[-2000:])
            for name, request in people.items():
                arrived(t, "steps", m, name, request)
            t.check("each fault was met", set(m.reached) == set(STEPS) and
                    not m.faults, m.reached)
            before = len(m.taken)
            for step in ("RCPT", "DATA", "end"):
                m.faults.append((step, "550 never"))
                register(t, s, "never-" + step.lower())
                settled(s)
            t.check("what is refused for ever is given up", settled(s).get(
                "failed") == 3 and len(m.taken) == before, settled(s))
            t.check("it is counted", until(lambda: counts(s) == (
                len(people), len(faults), 3, 0)), counts(s))
            t.check("and it is said", s.log().count("is given up") == 3,
                    s.log()[-2000:])
            rows = Post(home).rows("SELECT count(*) FROM outbox WHERE"
                                   " length(arguments) > 0")
            t.check("nothing secret is kept", rows == [(0,)], rows)
            no_secret(t, "steps", s, m, "hush", "c2ltAG")
        t.check("the password was told", any(
            x.startswith("AUTH PLAIN") for x in m.said), m.said[:9])
    finally:
        m.close()
        home.remove()


def farewell(t):
    """A mail server that has it and then says nothing any more."""
    m = Mailer()
    m.faults.append(("QUIT", "hang"))
    try:
        with Server(t, "farewell", *post_options(m)) as s:
            register(t, s, "fred")
            t.check("it is sent", set(settled(s, 25)) == {"sent"}, settled(s))
            began = time.monotonic()
        t.check("and the end does not wait", time.monotonic() - began < 25)
    finally:
        m.close()


def hanging(t):
    """The server ends in time while a mail server hangs, and the letter goes
    out after the next start."""
    m = Mailer()
    try:
        s = Server(t, "hanging", *post_options(m))
        for step in ("greeting", "MAIL", "end"):
            m.faults.append((step, "hang"))
            name = "hank-" + step.lower()
            request = register(t, s, name)
            m.wait(lambda x=step: x in m.reached)
            began = time.monotonic()
            status = s.restart(signal.SIGTERM)
            t.check(step + ": it ends in time", status == 0 and
                    time.monotonic() - began < 25, status,
                    time.monotonic() - began)
            t.check(step + ": sent after the start", set(settled(s)) ==
                    {"sent"}, settled(s))
            arrived(t, step, m, name, request)
        s.stop()
    finally:
        m.close()


def kills(t):
    """Ten times kill -9, each at another step; every letter comes once."""
    m = Mailer()
    people = {}
    try:
        s = Server(t, "kills", *post_options(m))
        for n, step in enumerate([x for x in STEPS if x != "AUTH"] +
                                 ["MAIL", "text", "end"]):
            name = "kim%d" % n
            m.faults.append((step, s.process.kill))
            people[name] = doomed(t, s, name)
            t.check("it died at " + step, m.wait(
                lambda k=n: len(m.reached) == k + 1), m.reached)
            s.restart()
            t.check("all are sent", set(settled(s)) == {"sent"}, settled(s))
        for name, request in people.items():
            arrived(t, "kills", m, name, request)
        ids = [parsed(b)["Message-ID"] for _, _, b in m.taken]
        t.check("each under its id", len(set(ids)) == len(ids) == 10, ids)
        # Taken, but the word of it did not come: the same id comes again,
        # byte for byte, and no third time.
        m.faults.append(("taken", s.process.kill))
        doomed(t, s, "lost")
        m.wait(lambda: "taken" in m.reached)
        s.restart()
        settled(s)
        s.restart(signal.SIGTERM)
        twice = [x for x in m.taken if "lost" in x[1]]
        t.check("what no sender can know", len(twice) == 2 and
                twice[0] == twice[1], twice)
        s.stop()
    finally:
        m.close()


def plain(t):
    """A server elsewhere (by its address) that has no TLS gets nothing."""
    m = Mailer("127.0.0.2")
    try:
        with Server(t, "plain", *post_options(m)) as s:
            register(t, s, "pam")
            t.check("it is said", logged(s, "no TLS"), s.log()[-900:])
            t.check("nothing was told", not any(
                x.startswith("MAIL") for x in m.said), m.said)
    finally:
        m.close()


# -- by TLS --------------------------------------------------------------------

def openssl(folder, *args):
    subprocess.run(("openssl",) + args, cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def authority(folder, name, *hosts):
    """A CA, NAME.pem, and a certificate with its key for each of these
    addresses, HOST.pem."""
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
           "-nodes", "-subj", "/CN=" + name)
    openssl(folder, "req", "-x509", *new, "-days", "2", "-keyout",
            name + ".key", "-out", name + ".pem")
    for host in hosts:
        with open(os.path.join(folder, "ext"), "w", encoding="ascii") as f:
            f.write("subjectAltName=IP:%s\n" % host)
        openssl(folder, "req", *new, "-keyout", "k", "-out", "csr")
        openssl(folder, "x509", "-req", "-in", "csr", "-CA", name + ".pem",
                "-CAkey", name + ".key", "-CAcreateserial", "-days", "2",
                "-extfile", "ext", "-out", "c")
        with open(os.path.join(folder, host + ".pem"), "w",
                  encoding="ascii") as out:
            for part in "kc":
                with open(os.path.join(folder, part), encoding="ascii") as f:
                    out.write(f.read())


def secured(t, folder, password):
    """STARTTLS and TLS from the start: a mail server elsewhere is spoken to
    when its certificate is its own and of who is trusted, and else nothing is
    said that matters."""
    path = lambda name: os.path.join(folder, name + ".pem")  # noqa: E731
    ours, good, other = ("--smtp-ca", path("ca")), "127.0.0.2", "127.0.0.3"
    distrust = "can't be trusted"
    for what, cert, starttls, opts, fault, says in (
            ("STARTTLS", good, True, ours, None, None),
            ("smtps", good, False, ours, None, None),
            ("another's certificate", other, True, ours, None, distrust),
            ("another's, smtps", other, False, ours, None, distrust),
            ("an authority that is not known", good, True, (), None,
             distrust),
            ("another authority", good, False, (
                "--smtp-ca", path("other")), None, distrust),
            ("STARTTLS refused", good, True, ours, "454 not now", "no TLS"),
            ("STARTTLS stripped", None, False, ours, None, "no TLS")):
        m, home = Mailer(good, auth=True, cert=cert and path(cert),
                         starttls=starttls), Home(())
        m.faults += [("STARTTLS", fault)] * 9 if fault else []
        try:
            with Server(t, what, *post_options(
                    m, "--smtp-user", "sim", "--smtp-password-file", password,
                    *opts), home=home) as s:
                request = register(t, s, "tess")
                if says:
                    t.check(what + ": it is said", logged(s, says),
                            s.log()[-900:])
                    t.check(what + ": nothing was told", not any(
                        x.split(" ")[0] in ("AUTH", "MAIL") for x in m.said),
                        m.said)
                    continue
                t.check(what + ": sent", set(settled(s)) == {"sent"},
                        settled(s), s.log()[-900:])
                arrived(t, what, m, "tess", request)
                t.check(what + ": all but the way there by TLS",
                        set(m.in_plain) == ({"EHLO", "STARTTLS"} if starttls
                                            else set()) and
                        any(x.startswith("AUTH") for x in m.said), m.in_plain)
        finally:
            m.close()
            home.remove()


def by_tls(t):
    if not shutil.which("openssl"):
        t.skipped += 1
        print("skipped: TLS, since openssl is not installed")
        return
    home = Home(())
    try:
        password = home.file("password", "hush hush\n")
        os.chmod(password, 0o600)
        authority(home.path, "ca", "127.0.0.2", "127.0.0.3")
        authority(home.path, "other")
        secured(t, home.path, password)
    finally:
        home.remove()


# -- into a folder -------------------------------------------------------------

def folder_of(home):
    return os.path.join(home.path, ".local", "share", "simutrador", "mail")


def folder(t):
    """Without a mail server: a file each, once, whatever happens."""
    home = Home(())
    people = {}
    try:
        s = Server(t, "folder", home=home)
        t.check("it says so", logged(s, "event=mail folder=\"?" +
                                     re.escape(folder_of(home))), s.log())
        for n in range(10):
            people["fay%d" % n] = register(t, s, "fay%d" % n)
            time.sleep(0.003 * n)
            s.restart()
        t.check("all are sent", set(settled(s)) == {"sent"}, settled(s))
        names = sorted(os.listdir(folder_of(home)))
        ids = Post(home).rows("SELECT message_id FROM outbox")
        t.check("a file each", names == sorted(i + ".eml" for i, in ids) and
                len(names) == 10, names)
        for name in names:
            path = os.path.join(folder_of(home), name)
            with open(path, "rb") as f:
                msg = parsed(f.read())
            who = str(msg["To"]).strip("<>").split("@")[0]
            t.check(name, os.stat(path).st_mode & 0o777 == 0o600 and
                    msg["Message-ID"] == "<%s@localhost>" % name[:-4] and
                    people.pop(who, "-") in text_of(msg), msg)
        t.check("nobody is left out", not people, people)
        s.stop()
    finally:
        home.remove()


# -- options -------------------------------------------------------------------

def options(t):
    home = Home(())
    bad = home.file("password", "hush\n")
    os.chmod(bad, 0o644)
    own = os.path.join(home.path, "texts")
    os.mkdir(own)
    smtp = ("--smtp", "smtp://127.0.0.1:9")
    mail_from = ("--mail-from", FROM)
    try:
        for what, opts, status, says in (
                ("no sender", smtp, 64, "--mail-from"),
                ("both", smtp + mail_from + ("--mail-folder", "x"), 64,
                 "--mail-folder"),
                ("half", smtp + mail_from + ("--smtp-user", "x"), 64,
                 "--smtp-password-file"),
                ("others read it", smtp + mail_from + (
                    "--smtp-user", "x", "--smtp-password-file", bad), 78,
                 "chmod 600"),
                ("CA alone", ("--smtp-ca", bad), 64, "--smtp-ca"),
                ("no CA", smtp + mail_from + ("--smtp-ca", bad), 78,
                 "no certificates"),
                ("local", ("--local",) + mail_from, 64, "mail"),
                ("no URL", ("--smtp", "http://x") + mail_from, None,
                 "no mail server"),
                ("no address", ("--mail-from", "a\nb@c"), None,
                 "no e-mail address"),
                ("no templates", ("--mail-templates", own), None,
                 "register.txt")):
            rc, _, err = home.run("serve", "--port", "0", *opts)
            t.check(what, rc not in (0, 1) and status in (None, rc) and
                    says in err and not FAULTS.search(err) and
                    "hush" not in err, rc, err)
        src = os.path.join(os.environ.get("top_srcdir", "."), "data", "mail")
        for name in os.listdir(src):
            with open(os.path.join(src, name), encoding="utf-8") as f:
                text = f.read()
            home.file("texts/" + name, text)
        home.file("texts/known.txt", "Subject: x\n\n{code}\n")
        try:
            Server(None, "code", "--mail-templates", own, home=home).kill()
            t.check("a code where there is none", False)
        except NotThere as e:
            t.check("a code where there is none", "{code}" in str(e) and
                    "known" in str(e), e)
        home.file("texts/known.txt", "Subject: x\n\n{name}\n")
        home.file("texts/register.txt", "Subject: H\u00e9 {name}\n\nCode"
                  " {code} \u20ac\n")
        with Server(t, "texts", "--mail-templates", own, "--mail-folder",
                    os.path.join(home.path, "out"), home=home) as s:
            register(t, s, "olga")
            settled(s)
            out = os.listdir(os.path.join(home.path, "out"))
            with open(os.path.join(home.path, "out", out[0]), "rb") as f:
                msg = parsed(f.read())
            t.check("by those templates", len(out) == 1 and msg["Subject"] ==
                    "H\u00e9 olga" and re.fullmatch(
                        "Code [0-9A-Za-z-]{11,} \u20ac\n", text_of(msg)),
                    msg)
    finally:
        home.remove()


if __name__ == "__main__":
    main(steps, farewell, hanging, kills, plain, by_tls, folder, options)
