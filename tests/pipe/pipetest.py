"""What the tests of the pipe share: a home of its own, and runs in it."""
import json
import os
import shutil
import subprocess
import tempfile

SRC = os.path.abspath(os.environ.get("top_srcdir", "."))
SIM = os.path.join(os.path.abspath(os.environ.get("top_builddir", ".")),
                   "simutrador")
ACME = "ACME=" + os.path.join(SRC, "data", "ACME_daily.csv")


class Home:
    """A folder with a fresh home; gone when the block ends."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="pipe")
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("XDG_", "SIMUTRADOR"))}
        self.env.update(HOME=self.path, LC_ALL="C", TZ="UTC",
                        PYTHONDONTWRITEBYTECODE="1")
        return self

    def __exit__(self, *what):
        shutil.rmtree(self.path, ignore_errors=True)

    def run(self, *args, cwd=None):
        """Status, output and error output of the program."""
        p = subprocess.run((SIM,) + args, env=self.env,
                           cwd=cwd or self.path, text=True,
                           stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           errors="replace", timeout=300)
        return p.returncode, p.stdout, p.stderr

    def exec(self, command, *args, cwd=None):
        return self.run("simulate", "--exec", command, "--no-save", *args,
                        cwd=cwd)

    def shell(self, script):
        """What a script prints that finds the program in its PATH."""
        env = dict(self.env, PATH=os.path.dirname(SIM) + ":" +
                   self.env.get("PATH", ""))
        p = subprocess.run(["sh", "-eu", "-c", script], env=env,
                           cwd=self.path, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, timeout=300)
        return p.stdout

    def file(self, name, text, mode=0o644):
        path = os.path.join(self.path, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)
        return path


class Tally:
    """Counts, and says what failed."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, what, is_right, *seen):
        if is_right:
            self.passed += 1
            return
        self.failed += 1
        print("FAIL: " + what)
        for s in seen:
            print("  %.600s" % (s,))

    def end(self):
        print("%d passed, %d failed, %d skipped" %
              (self.passed, self.failed, self.skipped))
        return 1 if self.failed else 0 if self.passed else 77


def log_hash(out):
    return json.loads(out)["log_hash"]
