"""simutrador-security(7) has each line of the ASVS that it is to have, and names
tests that are in the sources and are run."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "proto"))
import defs  # noqa: E402

PAGE = "man/simutrador-security.7"
LINES = set("""2.4.1 4.1.3 4.2.1 4.4.1 4.4.2 4.4.3 4.4.4
6.1.1 6.2.1 6.2.4 6.2.8 6.2.9 6.2.12 6.3.1 6.3.3 6.3.8 6.4.1 6.4.3
6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.5.8 6.6.2 6.6.3
7.1.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2
8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 10.4.5 10.4.8
11.2.4 11.3.2 11.3.3 11.4.2 11.5.1 13.3.1 14.2.1 14.3.2 15.1.2 15.2.2
16.2.5 16.3.1 16.3.2 16.3.3 16.4.1 16.5.1 16.5.3""".split())


def rows(page):
    """(ids, text) of each row of the list."""
    part = page[page.index("\n.Sh OWASP ASVS"):page.index("\n.Sh SEE ALSO")]
    for row in re.split(r"^\.It ", part, flags=re.M)[1:]:
        head, text = row.split("\n", 1)
        yield re.findall(r"\d+(?:\.\d+)+", head), text


def tests(text):
    """(file, name) of each test that a row names; name is "" for a file."""
    for path, names in re.findall(
            r"^\.Pa (tests/\S+)$(?:\n\.Pq Li (.*))?", text, re.M):
        for name in names.split(" , "):
            yield path, name


def fault_of(path, name):
    """What is wrong with this test, or None."""
    if not os.path.exists(os.path.join(defs.TOP, path)):
        return "there is no " + path
    with open(os.path.join(defs.TOP, path), encoding="utf-8") as f:
        source = f.read()
    begin = r"^def %s\(" if path.endswith(".py") else r"^START_TEST\(%s\)"
    if name and not re.search(begin % re.escape(name), source, re.M):
        return "%s has no %s" % (path, name)
    if name and len(re.findall(r"\b%s\b" % re.escape(name), source)) < 2:
        return "%s runs %s nowhere" % (path, name)
    folder = os.path.dirname(path)
    if os.path.basename(path).rsplit(".c", 1)[0] not in defs.read(
            folder + "/local.mk"):
        return "%s is no test of %s/local.mk" % (path, folder)
    return None


def main():
    faults, checks, seen = [], 0, []
    for ids, text in rows(defs.read(PAGE)):
        seen += ids
        named = list(tests(text))
        if not named and not text.startswith(".Em Not\n"):
            faults.append("%s names no test" % ids)
        if text.count("tests/") != len({path for path, _ in named}):
            faults.append("%s names tests in another form" % ids)
        checks += 2 + len(named)
        faults += filter(None, (fault_of(*x) for x in named))
    for x in sorted(LINES ^ set(seen)):
        faults.append("%s: %s" % (x, "no row" if x in LINES else
                                  "a row that this test doesn't know"))
    if len(seen) != len(set(seen)):
        faults.append("a line has two rows")
    for fault in faults:
        print("simutrador-security(7): " + fault)
    print("%d passed, %d failed, 0 skipped" %
          (checks + 2 - len(faults), len(faults)))
    return 1 if faults or len(seen) < len(LINES) else 0


if __name__ == "__main__":
    sys.exit(main())
