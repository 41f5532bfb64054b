"""The same bytes from every build: log hashes written down in golden.txt.

Each line of golden.txt is a command for run_tool and the SHA-256 of the event
log it gave once; compilers, optimisation levels and machines must all give
it again.  After a wanted change of rules or log, `golden.py update` prints the
new file.
Not covered: that the logs are right (goog.py, workload.py, tests/engine).
"""
import os
import subprocess
import sys
import tempfile

BARS, SYMBOLS = 3000, 3
TOOL = os.path.join(os.environ.get("top_builddir", "."), "tests/run/run_tool")
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.txt")


def cents(v):
    return "%d.%02d" % divmod(v, 100)


def write(path, seed):
    state, price = seed, 10000

    def below(n):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (state >> 33) % n

    with open(path, "w") as f:
        f.write("timestamp,open,high,low,close,volume\n")
        for i in range(BARS):
            opening = price + below(11) - 5
            price = max(100, opening + below(121) - 60)
            row = (opening, max(opening, price) + below(40),
                   min(opening, price) - below(40), price)
            f.write("2020-01-%02d %02d:%02d:00,%s,%d\n" % (
                1 + i // 1440, i // 60 % 24, i % 60,
                ",".join(cents(v) for v in row), 100 + below(5000)))


def log_hash(words, files):
    out = subprocess.run([TOOL, *words, *files], check=True,
                         capture_output=True, text=True).stdout
    return [x for x in out.splitlines() if x.startswith("hash")][0].split()[2]


def main():
    update, bad, count = sys.argv[1:] == ["update"], 0, 0
    with tempfile.TemporaryDirectory() as tmp:
        files = [os.path.join(tmp, "%d.csv" % k) for k in range(SYMBOLS)]
        for seed, path in enumerate(files):
            write(path, seed + 1)
        with open(GOLDEN) as f:
            lines = f.read().splitlines()
        for line in lines:
            if not line or line.startswith("#"):
                if update:
                    print(line)
                continue
            words = line.split()
            want, words = words[0], words[1:]
            got = log_hash(words, files)
            count += 1
            if update:
                print(got, " ".join(words))
            elif got != want:
                bad += 1
                print("%s: the log's hash is %s, not %s" % (
                    " ".join(words), got, want))
    if not update:
        print("%d logs, %d differ" % (count, bad))
    return bad != 0 or count < 10


sys.exit(main())
