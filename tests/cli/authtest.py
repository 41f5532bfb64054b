"""authtest: somebody at the command line whose every output is looked through
for secrets, and who logs in at servers."""
import json
import os
import subprocess
import sys

TOP = os.path.abspath(os.environ.get("top_srcdir", "."))
sys.path.insert(0, os.path.join(TOP, "tests", "server"))
from servertest import SIM, Home  # noqa: E402

NAMES = ("AUTH__", "SERVER__", "SESSION__", "SIMUTRADOR", "XDG_")


class Person:
    """Somebody with a home, whose every output is looked through."""

    def __init__(self, t, home=None):
        self.t = t
        self.home = home or Home(())
        self.env = {k: v for k, v in self.home.env.items()
                    if not k.startswith(NAMES) and
                    k.lower() not in ("http_proxy", "https_proxy", "env")}
        self.secrets = []
        self.file = os.path.join(self.home.path, ".local", "state",
                                 "simutrador", "credentials.json")

    def run(self, *args, stdin=None, want=0, shows=False, **env):
        """Output of the program, which ends with `want`."""
        p = subprocess.run((SIM,) + args, env=dict(self.env, **env),
                           cwd=self.home.path, text=True, input=stdin or "",
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           errors="replace", timeout=120)
        self.t.check("%s ends with %d" % (" ".join(args[:4]), want),
                     p.returncode == want, p.returncode, p.stdout, p.stderr)
        self.look(args, p.stderr)
        if not shows:
            self.look(args, p.stdout)
        self.err = p.stderr
        return p.stdout

    def look(self, args, text):
        for s in self.secrets:
            if s in text:
                self.t.check("%s says a secret" % (args,), False, text)

    def json(self, *args, **kw):
        return json.loads(self.run(*args, **kw) or "{}")

    def kept(self):
        with open(self.file, encoding="utf-8") as f:
            return json.load(f)["logins"]

    def keep(self, **changes):
        """Change what is kept of the first login."""
        logins = self.kept()
        logins[0].update(changes)
        with open(self.file, "w", encoding="utf-8") as f:
            json.dump({"logins": logins}, f)
        os.chmod(self.file, 0o600)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.home.remove()


def url_of(server):
    return "http://127.0.0.1:%d" % server.auth_port


def private(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, 0o600)
    return path
