#!/usr/bin/env python3
"""Logging in from the command line: at a real server, at one that answers
wrongly in every way, and with nobody there.  Whatever happens, no key and no
token is seen where it has no business: stderr, logs, the list of processes."""
import json
import os
import pty
import re
import shutil
import signal
import stat
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from authtest import Person, private, url_of  # noqa: E402
from fakeserver import (Fake, TOKEN, answer, drip, echo, huge,  # noqa: E402
                        many_headers, nothing, ours, slow)
from pseudo import has_terminal, pieces  # noqa: E402
from servertest import SIM, Server, main  # noqa: E402

# -- a real server -------------------------------------------------------------

def log_in_and_out(t, p, server, user):
    url = url_of(server)
    p.run("auth", "status", want=77)
    p.run("auth", "token", "--server", url, want=77)
    a = p.json("auth", "login", "--with-token", "--server", url,
               stdin=user.key + "\n")
    t.check("login says who", (a["state"], a["user_id"], a["plan"],
                               a["server"], a["source"]) ==
            ("valid", user.id, "professional", url, "login"), a)
    mode = stat.S_IMODE(os.stat(p.file).st_mode)
    t.check("the file is 0600", mode == 0o600, oct(mode))
    token = p.run("auth", "token", "--server", url, shows=True).strip()
    p.secrets.append(token)
    t.check("a token", token.count(".") == 2, token)
    a = p.json("auth", "status", "--server-url", url)
    t.check("the Python client's name for it", a["state"] == "valid", a)
    a = p.json("auth", "status", "--server", url, "--json")
    t.check("status", a["state"] == "valid" and "token" not in a, a)
    a = p.json("auth", "status", "--show-token", "--server", url, shows=True)
    t.check("status with the token", a.get("token") == token, a)
    p.run("auth", "status", "--check", "--server", url)
    rows = [json.loads(x) for x in p.run("auth", "limits", "--server",
                                         url).splitlines()]
    t.check("limits", {"concurrent_sessions"} <= {r["limit"] for r in rows} and
            all(isinstance(r["value"], int) for r in rows), rows)
    p.run("auth", "refresh", "--server", url)
    other = p.run("auth", "token", "--server", url, shows=True).strip()
    p.secrets.append(other)
    t.check("refresh gets another", other != token)
    a = p.json("auth", "logout", "--server-url", url)
    t.check("logout", a["removed"] == 1 and not os.path.exists(p.file), a)
    a = p.json("auth", "logout", "--all")
    t.check("logout once more", a["removed"] == 0, a)
    p.run("auth", "login", "--server", url, "--with-token",
          stdin="sk_" + "0" * 64, want=77)
    p.run("auth", "login", "--server", url, "--with-token", stdin="nonsense",
          want=77)
    t.check("what was refused leaves nothing", not os.path.exists(p.file))


def keys(t, p, server, user):
    """Where a key can come from, and what wins."""
    url = url_of(server)
    bad = "sk_" + "1" * 64
    p.secrets.append(bad)
    path = private(os.path.join(p.home.path, "key"), user.key + "\n")
    p.run("auth", "login", "--server", url, "--key-file", path)
    os.chmod(path, 0o640)
    p.run("auth", "login", "--server", url, "--key-file", path, want=78)
    os.chmod(path, 0o600)
    p.run("auth", "logout", "--all")
    for env, want in (({"SIMUTRADOR_API_KEY": user.key}, 0),
                      ({"AUTH__API_KEY": user.key}, 0),
                      ({"AUTH__API_KEY": user.key,
                        "SIMUTRADOR_API_KEY": bad}, 0),
                      ({"AUTH__API_KEY": bad,
                        "SIMUTRADOR_API_KEY": user.key}, 77),
                      ({"SIMUTRADOR_KEY_FILE": path}, 0),
                      ({"SIMUTRADOR_TOKEN": user.token()}, 0),
                      ({"AUTH__TOKEN": "x.y.z"}, 77)):
        p.run("auth", "limits", SIMUTRADOR_SERVER_URL=url, want=want, **env)
    t.check("keys of the environment are not kept", all(
        "api_key" not in e and e.get("mark") for e in p.kept()))
    p.run("auth", "login", AUTH__SERVER_URL=url, AUTH__API_KEY=user.key)
    a = p.json("auth", "status", AUTH__SERVER_URL=url, AUTH__API_KEY=user.key)
    t.check("status names the environment", a["source"] == "AUTH__API_KEY", a)
    p.run("auth", "login", "--with-token", stdin=user.key,
          AUTH__SERVER_URL=url, AUTH__API_KEY=bad)
    t.check("a warning that the environment wins",
            "AUTH__API_KEY is set" in p.err, p.err)
    p.run("auth", "logout", "--all")
    p.run("auth", "login", "--server-url", url, "--api-key", user.key)
    t.check("--api-key is warned about", "--with-token" in p.err, p.err)
    p.run("auth", "logout", "--all", AUTH__API_KEY=bad)
    t.check("a warning that it still logs in", "still logs in" in p.err,
            p.err)


def dotenv(t, p, server, user):
    """A project's .env, as the Python client reads it."""
    sub = os.path.join(p.home.path, "project", "deep")
    os.makedirs(os.path.join(p.home.path, "project", ".git"))
    os.makedirs(sub)
    private(os.path.join(p.home.path, "project", ".env"),
            "AUTH__API_KEY=%s\nAUTH__SERVER_URL=%s\n"
            "SERVER__WEBSOCKET__URL=ws://127.0.0.1:%d\n" %
            (user.key, url_of(server), server.sim_port))
    p.run("-C", sub, "auth", "login")
    a = p.json("-C", sub, "config", "get", "api_key")
    t.check("config names the .env and hides the key",
            a["value"] == "(hidden)" and a["origin"].endswith(".env:1"), a)
    p.run("-C", sub, "auth", "status", "--check")
    p.run("-C", sub, "auth", "limits", AUTH__SERVER_URL="http://127.0.0.1:1",
          want=69)
    p.run("auth", "logout", "--all")
    shutil.rmtree(os.path.join(p.home.path, "project"))


def profiles(t, p, server, user):
    other = server.user("bob")
    p.secrets.append(other.key)
    conf = os.path.join(p.home.path, ".simutrador.conf")
    private(conf, "server_url = %s\n[profile.bob]\ndecimals = 2\n" %
            url_of(server))
    p.run("auth", "login", "--with-token", stdin=user.key)
    p.run("auth", "login", "--with-token", "-P", "bob", stdin=other.key)
    a = p.json("auth", "status", "-P", "bob")
    t.check("the profile's user", a["user_id"] == other.id, a)
    p.run("auth", "switch", "nobody", want=78)
    p.run("auth", "switch", "bob")
    a = p.json("auth", "status")
    t.check("the profile that was chosen",
            (a["user_id"], a["profile"]) == (other.id, "bob"), a)
    t.check("its settings count", p.json("config", "get", "decimals")
            ["value"] == "2")
    rows = [json.loads(x) for x in
            p.run("auth", "status", "--all").splitlines()]
    t.check("all logins", {r["user_id"] for r in rows} ==
            {user.id, other.id}, rows)
    words = subprocess.run((SIM, "__complete", "auth", "switch", ""),
                           env=p.env, cwd=p.home.path, text=True,
                           stdout=subprocess.PIPE).stdout
    t.check("completion knows profiles", words.split()[:1] == ["bob"], words)
    private(conf, "server_url = %s\n" % url_of(server))
    p.run("auth", "status", want=78)
    t.check("a profile that is gone is said", "auth switch" in p.err, p.err)
    p.run("auth", "switch")
    a = p.json("auth", "status")
    t.check("no profile", a["user_id"] == user.id and not a["profile"], a)
    os.unlink(conf)
    p.run("auth", "logout", "--all")


def current(t, p, server, user):
    """The last login counts until its logout, for sessions too; what settings
    say stands over it."""
    url, other = url_of(server), "http://127.0.0.1:%d" % server.sim_port

    def said(*words, **env):
        a = p.json("auth", "status", *words, **env)
        return a["server"], a["server_from"]

    def local(*words, **env):
        p.run("session", "list", *words, **env)
        return os.path.exists(os.path.join(p.home.path, ".local", "share",
                                           "simutrador", "local.db"))
    for at in url, other:
        p.run("auth", "login", "--server", at, "--with-token", stdin=user.key)
        t.check("the last login is meant", said() == (at, "login"), said())
        t.check("and named", said("--server", url) == (url, "--server"))
    rows = {r["server"]: r["is_current"] for r in map(
        json.loads, p.run("auth", "status", "--all").splitlines())}
    t.check("one of them", rows == {url: False, other: True}, rows)
    t.check("settings stand over it",
            said(SIMUTRADOR_SERVER_URL=url) == (url, "SIMUTRADOR_SERVER_URL"))
    t.check("tokens are the last login's", p.run(
        "auth", "token", shows=True) == p.run("auth", "token", "--server",
                                              other, shows=True))
    a = p.json("health")
    t.check("health asks it", a["url"] == other, a)
    a = p.json("session", "list", "--fields", "id", "-o", "json")
    t.check("sessions are there", a == [] and not local("-o", "json"), a)
    t.check("unless it is said otherwise",
            not local(SIMUTRADOR_BACKEND="loop"))
    t.check("switch says it", p.json("auth", "switch")["server"] == other)
    conf = os.path.join(p.home.path, ".simutrador.conf")
    private(conf, "[profile.work]\ndecimals = 2\n")
    p.run("auth", "login", "--server", url, "-P", "work", "--with-token",
          stdin=user.key)
    a = p.json("auth", "status")
    t.check("a login makes its profile count",
            (a["profile"], a["server"]) == ("work", url), a)
    a = p.json("auth", "switch")
    t.check("each profile has its own", (a["profile"], a["server"]) ==
            (None, other) and said()[0] == other, a)
    a = p.json("auth", "logout")
    t.check("logout means the last login", a["server"] == other, a)
    a = p.json("auth", "status", want=77)
    t.check("after it nobody is", a["state"] == "none" and
            a["server_from"] == "default", a)
    a = p.json("auth", "logout", "--all")
    t.check("and the other profile's is left for --all", a["removed"] == 2, a)
    os.unlink(conf)


def in_time(t, p, server, user):
    """Tokens that end, or are no longer taken, and a file gone bad."""
    url = url_of(server)
    at = ("--server", url)
    p.run("auth", "login", "--with-token", *at, stdin=user.key)
    first = p.kept()[0]["access_token"]
    p.secrets.append(first)
    p.keep(expires_at=int(time.time()) + 400)
    p.run("auth", "limits", *at)
    t.check("five minutes and more are enough",
            p.kept()[0]["access_token"] == first)
    p.keep(expires_at=int(time.time()) + 290)
    p.run("auth", "limits", *at)
    second = p.kept()[0]["access_token"]
    p.secrets.append(second)
    t.check("less is renewed", second != first)
    p.keep(access_token="not.a.token")
    p.run("auth", "status", "--check", *at)
    t.check("a token that isn't taken is renewed, too",
            p.kept()[0]["access_token"] not in (first, second,
                                                "not.a.token"))
    p.keep(expires_at=1000)
    several = [subprocess.Popen((SIM, "auth", "token") + at, env=p.env,
                                text=True, stdout=subprocess.PIPE)
               for _ in range(4)]
    tokens = {s.communicate()[0] for s in several}
    t.check("four at once renew once", len(tokens) == 1, tokens)
    p.secrets += [x.strip() for x in tokens]
    logins = p.kept()
    p.keep(api_key="", expires_at=1000)
    p.run("auth", "token", *at, want=77)
    a = p.json("auth", "status", *at, want=77)
    t.check("an expired one", a["state"] == "expired", a)
    p.keep(**logins[0])
    for mode in (0o644, 0o620, 0o604):
        os.chmod(p.file, mode)
        for words in (("auth", "token"), ("auth", "status"),
                      ("auth", "logout"), ("auth", "limits"),
                      ("auth", "login", "--with-token")):
            p.run(*words, *at, stdin=user.key, want=78)
        t.check("the sentence says what to do", "chmod 600" in p.err, p.err)
    os.chmod(p.file, 0o600)
    with open(p.file, "w", encoding="utf-8") as f:
        f.write("{")
    p.run("auth", "token", *at, want=78)
    os.unlink(p.file)


def by_hand(p, url, typed):
    """Log in at a terminal, typing that at the prompt.  Gives: status, what is
    seen, whether the terminal shows what is typed afterwards."""
    pid, fd = pty.fork()
    if not pid:
        os.chdir(p.home.path)
        os.execve(SIM, [SIM, "auth", "login", "--server", url, "--json"],
                  dict(p.env, TERM="dumb"))
    out, end, is_typed = b"", time.monotonic() + 60, False
    for piece in pieces(fd, end):
        out += piece
        if not is_typed and b"API key: " in out:
            os.write(fd, typed)
            is_typed = True
    if time.monotonic() >= end:
        os.kill(pid, signal.SIGKILL)
    shows = bool(termios.tcgetattr(fd)[3] & termios.ECHO)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(fd)
    return status, out.decode(), shows


def prompt(t, p, server, user):
    """A person types the key, and nobody sees it."""
    if not has_terminal():
        t.skipped += 1
        return
    url = url_of(server)
    status, text, shows = by_hand(p, url, user.key.encode() + b"\n")
    t.check("a login by hand", status == 0 and '"valid"' in text, status, text)
    t.check("the key isn't shown", user.key not in text, text)
    t.check("what comes then is", shows)
    p.run("auth", "logout", "--all")
    status, text, shows = by_hand(p, url, user.key.encode() + b"\x03")
    t.check("an interrupt", status == 130 and user.key not in text, status,
            text)
    t.check("the terminal is as it was", shows)
    status, text, _ = by_hand(p, url, b"\n")
    t.check("nothing typed", status == 64 and "no bytes" in text, status,
            text)
    p.run("auth", "login", "--server", url, want=64)
    p.run("auth", "login", "--server", url, "--no-input", want=64)


def encrypted(t, p, user_of):
    openssl = shutil.which("openssl")
    if not openssl:
        t.skipped += 1
        print("skipped TLS: no openssl to make a certificate with")
        return
    cert, key = (os.path.join(p.home.path, x) for x in ("c.pem", "k.pem"))
    subprocess.run([openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                    "-keyout", key, "-out", cert, "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                   check=True, stderr=subprocess.DEVNULL)
    with Server(t, "TLS", "--tls-cert", cert, "--tls-key", key) as s:
        user = user_of(s)
        p.secrets.append(user.key)
        url = "https://localhost:%d" % s.auth_port
        login = ("auth", "login", "--with-token", "--server", url)
        p.run(*login, stdin=user.key, want=69)
        t.check("a stranger's certificate", "ca_file" in p.err, p.err)
        p.run(*login, stdin=user.key, SIMUTRADOR_CA_FILE=cert)
        p.run("health", "--url", url, SIMUTRADOR_CA_FILE=cert)
        p.run("auth", "status", "--check", "--server",
              "https://127.0.0.1:%d" % s.auth_port, SIMUTRADOR_CA_FILE=cert,
              want=77)
        p.run("health", "--url", "https://127.0.0.1:%d" % s.auth_port,
              SIMUTRADOR_CA_FILE=cert, want=69)
        t.check("another name than the certificate's", "certificate" in p.err,
                p.err)
        p.run(*login, stdin=user.key, SIMUTRADOR_CA_FILE=key, want=78)
        p.run("health", "--url", "http://localhost:%d" % s.auth_port,
              want=69)
        p.run("auth", "logout", "--all")


def health(t, p, server):
    a = p.json("health", "--url", url_of(server))
    t.check("health", a["status"] == "ok" and a["server_version"] and
            a["latency_ms"] >= 0 and a["server_time"].endswith("Z"), a)
    p.run("health", "--url", "http://127.0.0.1:%d/api" % server.sim_port)
    p.run("health", SIMUTRADOR_SERVER_URL=url_of(server) + "/")
    rows = [json.loads(x) for x in
            p.run("doctor", AUTH__SERVER_URL=url_of(server)).splitlines()]
    rows = [r for r in rows if r["check"] == "server"]
    t.check("doctor asks the server", [r["result"] for r in rows] == ["ok"],
            rows)


def real(t):
    with Person(t) as p, Server(t, "real") as s:
        user = s.user("ada", "professional")
        p.secrets.append(user.key)
        log_in_and_out(t, p, s, user)
        keys(t, p, s, user)
        dotenv(t, p, s, user)
        profiles(t, p, s, user)
        current(t, p, s, user)
        in_time(t, p, s, user)
        prompt(t, p, s, user)
        health(t, p, s)
        over(t, p, s)
        p.run("auth", "login", "--with-token", "--server", url_of(s),
              stdin=user.key)
        p.look("the server's log", s.log())
        gone = url_of(s)
    # outside: it has ended, and its port is nobody's


def away(t):
    """A server that has gone: what was got is good as long as it is."""
    with Person(t) as p:
        with Server(t, "away") as s:
            user, url = s.user("ada"), url_of(s)
            p.secrets.append(user.key)
            p.run("auth", "login", "--with-token", "--server", url,
                  stdin=user.key)
        token = p.run("auth", "token", "--server", url, shows=True)
        p.keep(expires_at=int(time.time()) + 280)
        t.check("the token we have is good for a while", token ==
                p.run("auth", "token", "--server", url, shows=True))
        p.run("auth", "limits", "--server", url, want=69)
        p.run("auth", "refresh", "--server", url, want=69)
        p.run("health", "--url", url, want=69)
        p.run("doctor", "--server", url, want=1)
        encrypted(t, p, lambda s: s.user("eve"))


# -- one that answers wrongly --------------------------------------------------

GOOD = answer("200 OK", TOKEN % ("tok_secret_1", 3600))
KEY = "sk_secret_0123"
LOGIN = ("auth", "login", "--with-token")

WRONG = [
    # what it does, its answer, what login, limits and health end with
    ("slow", slow, 124, 124, 124),
    ("drips", drip, 124, 124, 124),
    ("closes", nothing, 69, 69, 69),
    ("huge", huge, 76, 76, 76),
    ("many headers", many_headers, 69, 69, 69),
    ("no HTTP", b"hello\r\n", 76, 76, 76),
    ("cut in the head", b"HTTP/1.1 200 O", 69, 69, 69),
    ("cut in the body",
     b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", 69, 69, 69),
    ("a page", answer("200 OK", "<html>hello</html>"), 76, 76, 76),
    ("a list", answer("200 OK", "[]"), 76, 76, 76),
    ("half an object", answer("200 OK", '{"access_token": "t'), 76, 76, 76),
    ("an empty object", answer("200 OK", "{}"), 76, 0, 76),
    ("numbers for texts", answer("200 OK", '{"access_token": 1, "status": 2,'
                                 ' "expires_in": "x"}'), 76, 0, 76),
    ("a control character", answer("200 OK", TOKEN % ("a\\u001bb", 60)),
     76, 0, 76),
    ("no time at all", answer("200 OK", TOKEN % ("t", 0)), 76, 0, 76),
    ("for ever", answer("200 OK", TOKEN % ("t", 10 ** 15)), 76, 0, 76),
    ("nothing", answer("204 No Content", ""), 76, 0, 76),
    ("another page", answer("302 Found", "", "Location: %s\r\n"), 76, 76, 76),
    ("moved", answer("308 Moved", "", "Location: %s\r\n"), 76, 76, 76),
    ("a web server", answer("404 Not Found", "<h1>no</h1>"), 76, 76, 76),
    ("no such method", answer("405 No", ""), 76, 76, 76),
    ("busy", ours("503 No", "SERVICE_BUSY", head="Retry-After: 2\r\n"),
     75, 75, 75),
    ("too often", ours("429 No", "RATE_LIMITED", head="Retry-After: 9\r\n"),
     75, 75, 75),
    ("broken", ours("500 No", "INTERNAL_ERROR"), 69, 69, 69),
    ("a proxy without it", answer("502 No", "<h1>oops</h1>"), 69, 69, 69),
    ("refuses", ours("401 No", "AUTH_FAILED"), 77, 77, 77),
    ("forbids", ours("403 No", "FORBIDDEN"), 77, 77, 77),
    ("escapes", ours("400 No", "X", "\\u001b[31mred\\u001b[0m"), 64, 64, 64),
    ("tells all it heard", echo, 64, 64, 64),
]


def wrong(t):
    with Person(t) as p, Fake(GOOD) as trap:
        p.secrets += [KEY, "tok_secret_1"]
        for name, what, login, limits, healthy in WRONG:
            if isinstance(what, bytes) and b"%s" in what:
                what = what.replace(b"%s", trap.url.encode())
            for words, stdin, first, want in (
                    (LOGIN, KEY, [], login),
                    (("auth", "limits"), None, [GOOD], limits),
                    (("health",), None, [], healthy)):
                with Fake(*first, what) as f:
                    at = {"SIMUTRADOR_SERVER_URL": f.url,
                          "SIMUTRADOR_TIMEOUT": "60"}
                    if first:
                        p.run(*LOGIN, stdin=KEY, **at)
                    if want == 124:
                        at["SIMUTRADOR_TIMEOUT"] = "1"
                    p.run(*words, stdin=stdin, want=want, **at)
                    t.check("%s, %s: one sentence" % (name, words),
                            want == 0 or
                            re.fullmatch(r"simutrador: [^\n\x1b]+[^.\n]\n",
                                         p.err), p.err)
                    t.check("%s: asked once" % name,
                            len(f.asked) <= 2 + len(first), f.asked)
            if os.path.exists(p.file):
                os.remove(p.file)
        t.check("nobody was sent on", not trap.asked, trap.asked)
        for status, want in (("ok", 0), ("degraded", 1), ("unhealthy", 69),
                             ("fine\\u001b[2J", 76)):
            line = "503 No" if status == "unhealthy" else "200 OK"
            with Fake(answer(line, '{"status": "%s"}' % status)) as f:
                out = p.run("health", "--url", f.url, want=want)
                t.check("health says " + status,
                        not out if want == 76 else status in out, out)


def besides(t):
    """When to try again, and what a server says in fields, is told."""
    body = ('{"error": "RATE_LIMITED", "message": "why", "details":'
            ' {"limit": 30, "list": ["a\\u001b[2J"]}}')
    late = "Retry-After: 9\r\n"
    with Person(t) as p, Fake(
            GOOD, answer("429 No", body, late)) as f:
        p.secrets += [KEY, "tok_secret_1"]
        at = {"SIMUTRADOR_SERVER_URL": f.url}
        p.run(*LOGIN, stdin=KEY, **at)
        for mode in ("json", "ndjson"):
            p.run("auth", "limits", "-o", mode, want=75, **at)
            e = json.loads(p.err)["error"]
            t.check("an error as JSON", e.pop("message").endswith(
                "HTTP 429); wait for 9 s") and e == {
                    "code": "SERVICE_BUSY", "exit": 75, "retry_after": 9,
                    "details": {"limit": 30, "list": ["a\x1b[2J"]}} and
                    "\x1b" not in p.err, p.err)
        p.run("auth", "limits", want=75, **at)
        t.check("and as a sentence", p.err.endswith("; wait for 9 s\n"),
                p.err)
    for status, want in (("429 No", 75), ("503 No", 75), ("500 No", 69)):
        ticket = answer("200 OK", '{"ticket": "t1", "expires_in": 30}')
        with Person(t) as p, Fake(GOOD, ticket, answer(
                status, "", late)) as f, Fake(answer(status, "", late)) as ws:
            at = {"SIMUTRADOR_SERVER_URL": f.url,
                  "SIMUTRADOR_WS_URL": ws.url.replace("http", "ws")}
            f.answers = [GOOD, ticket]
            p.run(*LOGIN, stdin=KEY, **at)
            p.run("session", "list", "-o", "json", want=want, **at)
            e = json.loads(p.err)["error"]
            t.check("no connection: " + status, e.get("retry_after") == 9 and
                    e["message"].endswith("; wait for 9 s"), p.err)


def over(t, p, s):
    """What a plan gives no more of, and when it does again."""
    user = s.user("fay")
    p.secrets.append(user.key)
    at = {"SIMUTRADOR_SERVER_URL": url_of(s), "SIMUTRADOR_WS_URL":
          "ws://127.0.0.1:%d" % s.sim_port}
    words = ("session", "create", "ACME", "--start-date", "2023-01-03",
             "--end-date", "2023-02-01", "--timeframe", "daily", "-o",
             "json")
    p.run("auth", "login", "--with-token", stdin=user.key, **at)
    c = user.connect()
    for i in range(5):
        name = "s_%d" % i
        c.ask("create_session", {
            "session_id": name, "symbols": ["ACME"], "timeframe": "daily",
            "start_date": "2023-01-03", "end_date": "2023-02-01"})
        if i < 4:
            c.ask("delete_session", {"session_id": name})
    want = {"limit": 1, "limit_name": "concurrent_sessions", "plan": "free",
            "current_usage": 1}
    p.run(*words, want=75, **at)
    e = json.loads(p.err)["error"]
    e["details"].pop("reset_time")
    t.check("no time is known", e["details"] == want and
            "retry_after" not in e and "wait for" not in e["message"], p.err)
    c.ask("delete_session", {"session_id": "s_4"})
    c.close()
    p.run(*words, want=75, **at)
    e = json.loads(p.err)["error"]
    t.check("an hour after the first", 0 < e["retry_after"] <= 3720 and
            e["message"].endswith("; wait for %d s" % e["retry_after"]) and
            e["details"]["limit_name"] == "sessions_per_hour", p.err)
    p.run("auth", "logout", "--all")


# -- the list of processes -----------------------------------------------------

def cmdline(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as f:
            return f.read().decode("latin-1")
    except OSError:
        return ""


def processes(t):
    if not os.path.exists("/proc/self/cmdline"):
        t.skipped += 1
        print("skipped: no /proc to see processes in")
        return
    with Person(t) as p, Fake(slow) as f:
        for words in (["--api-key", KEY], ["--api-key=" + KEY]):
            q = subprocess.Popen([SIM, "auth", "login", "--server", f.url] +
                                 words, env=p.env, cwd=p.home.path,
                                 stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
            had = len(f.asked)
            end = time.monotonic() + 60
            while len(f.asked) == had and time.monotonic() < end:
                time.sleep(0.01)
            seen = cmdline(q.pid)
            t.check("the key was sent", KEY in f.asked[-1], f.asked)
            t.check("ps doesn't show it", "login" in seen and
                    KEY not in seen, seen)
            q.kill()
            q.wait()


# -- wrong invocations ---------------------------------------------------------

SAID = [
    # words, status, part of the sentence
    (("auth",), 0, ""),
    (("auth", "lgin"), 64, "did you mean 'auth login'?"),
    (("auth", "login", KEY), 64, "takes no operands"),
    (("auth", "login", "--api-kye=" + KEY), 64, "did you mean '--api-key'?"),
    (("auth", "login", "--api-key"), 64, "--api-key needs a value (KEY)"),
    (("auth", "login", "--api-key", ""), 64, "empty"),
    (("auth", "login", "--api-key", "a b"), 64, "byte 2 of the API key"),
    (("auth", "login", "--api-key", KEY, "--with-token"), 64, "give one"),
    (("auth", "login", "--key-file", "nowhere"), 66, "nowhere can't be read"),
    (("auth", "login", "--key-file", "empty"), 65, "nothing in its first"),
    (("auth", "login", "--with-token"), 65, "nothing in its first line"),
    (("auth", "login"), 64, "--with-token"),
    (("auth", "login", "--server", "a.example"), 64, "is no server"),
    (("auth", "login", "--server", "ftp://a"), 64, "is no server"),
    (("auth", "login", "--server", "http://u:pass@h"), 64, "is no server"),
    (("auth", "login", "--server", "http://h", "--server-url", "http://h"),
     64, "are the same"),
    (("auth", "login", "--server", "http://h", "--local"), 64, "--local and"),
    (("auth", "status", "extra"), 64, "takes no operands"),
    (("auth", "status", "--all", "--check"), 64, "give one of them"),
    (("auth", "status"), 77, "auth login"),
    (("auth", "token"), 77, "auth login"),
    (("auth", "refresh"), 77, "auth login"),
    (("auth", "limits"), 77, "auth login"),
    (("auth", "switch", "nope"), 78, "[profile.nope]"),
    (("auth", "switch", "a", "b"), 64, "takes only [PROFILE]"),
    (("health", "x"), 64, "takes no operands"),
    (("health", "--url", "h:1"), 64, "is no server"),
    (("health", "--url", "http://127.0.0.1:1"), 69, "nobody answers"),
    (("health", "--url", "http://nowhere.invalid"), 69, "no such host"),
    (("doctor", "x"), 64, "takes no operands"),
    (("doctor", "--where", "nope > 1"), 64, "nope"),
]
SETTINGS = [
    ({"SIMUTRADOR_SERVER_URL": "h"}, "SIMUTRADOR_SERVER_URL: server_url"),
    ({"AUTH__SERVER_URL": "http://u:pass@h"}, "AUTH__SERVER_URL: server_url"),
    ({"SIMUTRADOR_WS_URL": "http://h"}, "ws_url is ws://"),
    ({"SERVER__WEBSOCKET__URL": "ws://h:0"}, "SERVER__WEBSOCKET__URL"),
    ({"SIMUTRADOR_TIMEOUT": "0"}, "SIMUTRADOR_TIMEOUT"),
    ({"SESSION__SESSION_TIMEOUT_SECONDS": "soon"}, "soon"),
    ({"SIMUTRADOR_MAX_RETRIES": "-1"}, "SIMUTRADOR_MAX_RETRIES"),
    ({"SIMUTRADOR_BACKEND": "near"}, "local, loop or remote"),
]


def misused(t):
    with Person(t) as p:
        p.secrets += [KEY, "pass@"]
        private(os.path.join(p.home.path, "empty"), "\n")
        for words, want, said in SAID:
            p.run(*words, want=want)
            t.check("%s: %s" % (words, said), said in p.err, p.err)
        for env, said in SETTINGS:
            p.run("auth", "token", want=78, **env)
            t.check("%s: %s" % (env, said), said in p.err, p.err)
        t.check("nothing was made but the folder of the lock", not
                os.path.exists(p.file))
        t.check("HOME is wanted", True)
        p.run("auth", "token", want=78, HOME="")


# -- doctor --------------------------------------------------------------------

def doctor(t):
    with Person(t) as p:
        def rows(want=0, **env):
            return [json.loads(x) for x in
                    p.run("doctor", want=want, **env).splitlines()]

        def results(found, check):
            return [r["result"] for r in found if r["check"] == check]

        found = rows()
        t.check("nothing fails in a new home",
                all(r["result"] != "fail" for r in found), found)
        t.check("every row that isn't ok has advice", all(
            r["result"] == "ok" or r["advice"] for r in found), found)
        found = rows(SIMUTRADOR_API_KEY=KEY, AUTH__API_KEY="sk_other")
        t.check("names that disagree", results(found, "names") == ["warn"],
                found)
        found = rows(SIMUTRADOR_API_KEY=KEY, AUTH__API_KEY=KEY)
        t.check("names that agree", results(found, "names") == ["ok"], found)
        private(os.path.join(p.home.path, ".simutrador.conf"), "nonsense\n")
        found = rows(want=1)
        t.check("settings that can't be read",
                results(found, "settings")[0] == "fail", found)
        os.unlink(os.path.join(p.home.path, ".simutrador.conf"))
        os.makedirs(os.path.dirname(p.file), exist_ok=True)
        with open(p.file, "w", encoding="utf-8") as f:
            f.write('{"logins": []}')
        os.chmod(p.file, 0o644)
        found = rows(want=1)
        t.check("a file that others can read",
                results(found, "logins") == ["fail"], found)
        os.unlink(p.file)
        data = os.path.join(p.home.path, ".local", "share", "simutrador")
        cal = os.path.join(data, "calendars")
        os.makedirs(cal)
        private(os.path.join(cal, "X.cal"), "nonsense\n")
        found = rows(want=1)
        t.check("a bad calendar", "fail" in results(found, "calendars"),
                found)
        os.unlink(os.path.join(cal, "X.cal"))
        found = rows(want=1, SIMUTRADOR_SERVER_URL="http://127.0.0.1:1")
        t.check("a server that isn't there",
                results(found, "server") == ["fail"], found)
        found = rows(want=0, SIMUTRADOR_SERVER_URL="http://127.0.0.1:1",
                     SIMUTRADOR_BACKEND="local")
        t.check("a server that isn't meant", results(found, "server") ==
                ["ok"], found)
        os.makedirs(os.path.join(p.home.path, "run"), mode=0o700)
        p.env["XDG_RUNTIME_DIR"] = os.path.join(p.home.path, "run")
        found = rows()
        t.check("no server of this machine", results(found, "daemon") ==
                ["ok"] and "not running" in found[-1]["detail"], found)
        q = subprocess.Popen((SIM, "serve", "--local"), env=p.env,
                             cwd=p.home.path, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
        q.stdout.readline()
        found = rows()
        t.check("a server of this machine", results(found, "daemon") ==
                ["ok"] and "is well" in found[-1]["detail"], found)
        q.kill()
        q.communicate()
        found = rows()
        t.check("one that was killed", results(found, "daemon") == ["warn"],
                found)
        with Fake(answer("200 OK", '{"status": "ok", "server_version": "9",'
                         ' "server_time": "2001-01-01T00:00:00Z"}')) as f:
            found = rows(SIMUTRADOR_SERVER_URL=f.url)
            t.check("another version and another time",
                    results(found, "server") == ["warn", "warn"], found)


main(real, away, wrong, besides, processes, misused, doctor)
