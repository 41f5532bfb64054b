"""simutrador-metrics(7) says what metrics.def and the conventions say.

Every metric stands in the page with its title, unit and formula, in the order
of the table and under its group; every convention stands there word for word.
"""
import os
import re
import sys

TOP = os.environ.get("top_srcdir", ".")


def read(path):
    with open(os.path.join(TOP, path), encoding="ascii") as f:
        return f.read()


def literals(text):
    """C string literals of a text, adjacent ones joined."""
    out, end = [], None
    for m in re.finditer(r'"((?:[^"\\]|\\.)*)"', text):
        if end is not None and not text[end:m.start()].strip():
            out[-1] += m.group(1)
        else:
            out.append(m.group(1))
        end = m.end()
    return out


def groups(source):
    body = source[source.index("groups["):]
    names = re.findall(r'\[SIM_METRICS_GROUP_(\w+)\] = "([^"]*)"', body)
    return dict(names)


def main():
    source = read("src/report/metrics.c")
    table = read("src/report/metrics.def")
    want, last = [], None
    for m in re.finditer(r'^SIM_METRIC\(\w+, "(\w+)", (\w+), (\w+),'
                         r'\s*"([^"]*)",\s*"([^"]*)"\)$', table, re.M):
        key, group, unit, title, formula = m.groups()
        unit = unit.lower()
        if group != last:
            if last:
                want.append(".El")
            want += [".Ss " + groups(source)[group],
                     ".Bl -tag -width Ds"]
            last = group
        want += [".It Cm " + key, "%s (%s):" % (title, unit), formula]
    want.append(".El")
    assert len(want) > 300, "metrics.def was not understood"
    if "--print" in sys.argv:
        print("\n".join(want))
        return
    page = read("man/simutrador-metrics.7")
    begin = page.index(".Sh METRICS\n")
    got = page[begin:page.index(".Sh ", begin + 4)].splitlines()
    got = got[got.index(want[0]):]
    for line, (a, b) in enumerate(zip(want, got)):
        assert a == b, "entry line %d: want %r, the page has %r" % (line, a, b)
    assert len(got) == len(want), "the page has more or fewer entries"
    block = source[source.index("conventions[] = {"):]
    rules = literals(block[:block.index("};")])
    assert len(rules) == 11
    flat = " ".join(page.split())
    for rule in rules:
        assert rule in flat, "convention is missing: " + rule
    print("%d lines of metrics, %d conventions, %d figures of peers agree" %
          (len(want), len(rules), peers(page)))


def peers(page):
    """compat.def, word for word, under OTHER PROGRAMS."""
    names = {"EMPYRICAL": "empyrical", "QUANTSTATS": "quantstats",
             "BACKTESTING_PY": "backtesting.py", "FREQTRADE": "freqtrade"}
    want, last, n = [], None, 0
    for m in re.finditer(r'^SIM_COMPAT\((\w+), "(\w+)", "([^"]*)"\)$',
                         read("src/report/compat.def"), re.M):
        peer, key, formula = m.groups()
        if peer != last:
            want += [".El"] if last else []
            want += [".Ss " + names[peer], ".Bl -tag -width Ds"]
            last = peer
        want += [".It Cm " + key, formula]
        n += 1
    want.append(".El")
    assert n > 60, "compat.def was not understood"
    begin = page.index(".Sh OTHER PROGRAMS\n")
    got = page[begin:page.index(".Sh ", begin + 4)].splitlines()
    got = got[got.index(want[0]):]
    for a, b in zip(want, got):
        assert a == b, "want %r, the page has %r" % (a, b)
    assert len(got) == len(want), "the page has more or fewer figures"
    return n


main()
