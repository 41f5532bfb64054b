"""What the tests of the whole program share: a home of their own, exact
decimals as integers of 1e-8, and the real market data where it is there."""
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile

ONE = 10 ** 8
PROGRAM = os.path.join(os.environ["top_builddir"], "simutrador")


def testdata(*names):
    """The folder of real market data; without it the test is skipped."""
    folder = os.environ.get("SIMUTRADOR_TESTDATA")
    if not folder:
        print("skipped: SIMUTRADOR_TESTDATA names no folder of market data")
        sys.exit(77)
    for name in names:
        if not os.path.exists(os.path.join(folder, name)):
            print(f"skipped: {folder} has no {name}")
            sys.exit(77)
    return folder


def dec(text):
    """A decimal of the program's output as an integer of 1e-8."""
    text = str(text)
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    assert len(part) <= 8, text
    return sign * (int(whole) * ONE + int(part.ljust(8, "0")))


def parse(text):
    """JSON whose decimals stay text, so that none is rounded."""
    return json.loads(text, parse_float=str)


def half_even(num, den):
    """num / den, rounded half to even."""
    q, r = divmod(num, den)
    return q + (2 * r > den or (2 * r == den and q % 2 == 1))


def mul(a, b):
    return half_even(a * b, ONE)


class Home:
    """A throw-away home; `sim` runs the program in it as a user would."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="simtest.")

    def __enter__(self):
        return self

    def __exit__(self, *why):
        subprocess.run(["chmod", "-R", "u+w", self.path], check=False)
        shutil.rmtree(self.path)

    def env(self, **more):
        keep = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")
        env = {k: os.environ[k] for k in keep if k in os.environ}
        env.update(HOME=self.path, LC_ALL="C", TZ="UTC", **more)
        env["SIMUTRADOR_DATA_DIR"] = os.path.join(self.path, "sim")
        return env

    def start(self, *args, env=None, **how):
        how.setdefault("stdout", subprocess.PIPE)
        how.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([PROGRAM, *args], env=self.env(**(env or {})),
                                stdin=how.pop("stdin", subprocess.DEVNULL),
                                cwd=self.path, **how)

    def run(self, *args, stdin=None, status=0, env=None):
        """Run; any other status than the expected ends the test."""
        done = subprocess.run([PROGRAM, *args], input=stdin, text=True,
                              capture_output=True, cwd=self.path,
                              env=self.env(**(env or {})), check=False,
                              stdin=None if stdin is not None
                              else subprocess.DEVNULL)
        if status is not None and done.returncode != status:
            fail(f"{' '.join(args)}: status {done.returncode}, expected "
                 f"{status}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done

    def rows(self, *args, **how):
        """The rows that a command prints as CSV."""
        out = self.run(*args, "-o", "csv", **how).stdout
        return list(csv.DictReader(io.StringIO(out)))

    def json(self, *args, **how):
        return parse(self.run(*args, "-o", "json", **how).stdout)

    def write(self, name, text):
        path = os.path.join(self.path, name)
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        return path


def fail(message):
    print("FAILED:", message)
    sys.exit(1)


def same(what, got, expected):
    if got != expected:
        fail(f"{what}: got {got!r}, expected {expected!r}")
