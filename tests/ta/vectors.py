#!/usr/bin/env python3
"""Make or check the vectors of the indicators.

vectors.py [--check]  compare the vectors with formulas.py, those it made
                      (vectors/NAME.txt) to the byte, those of other origin
                      (vectors/NAME.*.txt) to 1e-9; exit 1 if they differ
vectors.py --write    write vectors/NAME.txt for every row of src/ta/ta.def
vectors.py --bars     print the bars, one a line: open high low close volume
"""
import os
import re
import sys
from decimal import Decimal as D

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import formulas  # noqa: E402
import formulas_bars  # noqa: E402, F401: adds its indicators

DIR = os.path.join(HERE, "vectors")
DEF = os.path.join(HERE, "..", "..", "src", "ta", "ta.def")
COLUMNS = ("open", "high", "low", "close", "volume")
BARS = 300
MORE = 16       # bars after the first value

# Options beside the defaults, in the order of ta.def.
OTHER = {
    "adosc": [(2, 5)], "ao": [(2, 5)], "apo": [(3, 6), (6, 3)],
    "bbands": [(5, D("1.5"))], "bbands_b": [(5, D("1.5"))],
    "bbands_width": [(5, D("1.5"))], "chaikin_vol": [(3, 4)],
    "chandelier": [(5, D("2.5"))], "coppock": [(6, 4, 5)],
    "eom": [(4, D(10000))], "hist_vol": [(6, D(365))], "hma": [(9,), (2,)],
    "ichimoku": [(3, 7, 12)], "kama": [(5, 3, 12)],
    "keltner": [(4, 6, D("1.25")), (9, 3, D(3))], "macd": [(3, 7, 4)],
    "mass": [(3, 6)], "max_drawdown": [(8,)], "ppo": [(3, 6)],
    "psar": [(D("0.05"), D("0.3")), (D("0.5"), D("0.25"))],
    "stddev": [(5, 0), (5, 1)], "stoch": [(5, 2, 4)], "stochf": [(5, 3)],
    "stochrsi": [(5, 4, 2, 3)], "supertrend": [(5, D("1.5"))],
    "t3": [(3, D("0.5"))], "tsi": [(6, 3)], "ultosc": [(3, 5, 8)],
    "var": [(5, 0), (5, 1)], "zscore": [(5, 0), (5, 1)],
    "dpo": [(5,), (1,)], "trima": [(5,), (6,)], "zlema": [(5,), (6,), (1,)],
    "median": [(5,), (6,), (1,)],
}


def rows():
    """name -> inputs, options (name, default), outputs, source"""
    text = re.sub(r"/\*.*?\*/", "", open(DEF).read(), flags=re.S)
    out = {}
    for block in re.split(r"^SIM_TA\(", text, flags=re.M)[1:]:
        name = re.match(r"\w+, (\w+),", block).group(1)
        lists = [re.search(r"\b%s\((.*?)\),\s+%s" % pair, block,
                           re.S).group(1)
                 for pair in (("IN", "OPT"), ("OPT", "OUT"), ("OUT", '"'))]
        opts = re.findall(r'\w+\("(\w+)", ([^,]+),', lists[1])
        kinds = re.findall(r"(\w+)\(\"", lists[1])
        values = [(n, D(v) if k == "REAL" else int(v))
                  for (n, v), k in zip(opts, kinds)]
        source = "".join(re.findall(r'"([^"]*)"', block.split("OUT(")[1]
                                    .split(")", 1)[1]))
        out[name] = (re.findall(r'"(\w+)"', lists[0]), values,
                     re.findall(r'"(\w+)"', lists[2]), source)
    return out


def bars():
    """A random walk in quarters, exact in both number systems, with bars
    that don't move, bars without height and bars without volume."""
    seed, close, out = 20240229, 400, []

    def draw(n):
        nonlocal seed
        seed = (seed * 1103515245 + 12345) % 2 ** 31
        return (seed >> 16) % n
    for i in range(BARS):
        if 14 <= i < 28:
            bar = [close] * 4 + [0]
        else:
            o = close + draw(5) - 2
            close = max(40, o + draw(13) - 6)
            bar = [o, max(o, close) + draw(5), min(o, close) - draw(5), close,
                   draw(9000) + 1000]
        out.append([D(x) / 4 for x in bar[:4]] + [D(bar[4])])
    return out


def number(x):
    return "nan" if x is None else repr(float(x)).replace(".0", "") \
        if x == x.to_integral() and abs(x) < 10 ** 15 else repr(float(x))


def compute(name, row, options, table):
    data = dict(zip(COLUMNS, map(list, zip(*table))))
    data.setdefault("real", data.get("close"))
    f, outputs = formulas.FORMULAS[name]
    if list(outputs) != row[2]:
        raise SystemExit("%s: formulas.py gives %s, ta.def %s" %
                         (name, outputs, row[2]))
    return f(data, *options)


def case_text(name, row, options, table):
    outs = compute(name, row, options, table)
    first = next(i for i, x in enumerate(outs[0]) if x is not None)
    use = ["close" if c == "real" else c for c in row[0]]
    pick = [COLUMNS.index(c) for c in use]
    lines = [" ".join(["case"] + ["%s=%s" % (o[0], v) for o, v in
                                  zip(row[1], options)]),
             "columns %s | %s" % (" ".join(row[0]), " ".join(row[2]))]
    for i in range(min(max(first + MORE, 40), BARS)):
        lines.append(" ".join(number(table[i][k]) for k in pick) + " | " +
                     " ".join(number(o[i]) for o in outs))
    return "\n".join(lines) + "\n"


def file_text(name, row, table):
    default = tuple(v for _, v in row[1])
    small = OTHER.get(name, [(5,)] if len(row[1]) == 1 else [])
    text = ("# Vectors of %s: inputs | outputs, a bar a line.\n"
            "name %s\n"
            "source Python decimal, 50 digits, tests/ta/formulas.py, from: "
            "%s\n" % (name, name, row[3]))
    for options in small + [default]:
        text += "\n" + case_text(name, row, options, table)
    return text


def cases(path):
    """The cases of a file: name, options, input names, rows."""
    name, out = None, []
    for line in open(path):
        word = line.split()
        if not word or word[0] in ("#", "source"):
            continue
        if word[0] == "name":
            name = word[1]
        elif word[0] == "case":
            out.append((name, dict(w.split("=") for w in word[1:]), [], []))
        elif word[0] == "columns":
            out[-1][2].extend(word[1:word.index("|")])
        else:
            out[-1][3].append(word)
    return out


def foreign_wrong(path, known):
    """What another library says against formulas.py, 1e-9 relative."""
    for name, opts, columns, lines in cases(path):
        row = known[name]
        data = {c: [D(w[i]) for w in lines] for i, c in enumerate(columns)}
        options = [D(opts[o]) if isinstance(v, D) else int(opts[o])
                   for o, v in row[1]]
        outs = formulas.FORMULAS[name][0](data, *options)
        for bar, words in enumerate(lines):
            for text, mine in zip(words[len(columns) + 1:],
                                  [o[bar] for o in outs]):
                if text == "-" or (text == "nan" and mine is None):
                    continue
                if text == "nan" or mine is None or \
                   abs(D(text) - mine) > D("1e-9") * abs(mine) + D("1e-11"):
                    return "%s, %s, bar %d: %s, but formulas.py gives %s" % (
                        os.path.basename(path), opts, bar, text,
                        number(mine))
    return None


def check(known, table):
    wrong = []
    for name in sorted(set(known) ^ set(formulas.FORMULAS)):
        wrong.append("%s: not in both ta.def and formulas.py" % name)
    for name in sorted(set(known) & set(formulas.FORMULAS)):
        path = os.path.join(DIR, name + ".txt")
        if not os.path.exists(path):
            wrong.append("%s: no vectors; run vectors.py --write" % name)
        elif open(path).read() != file_text(name, known[name], table):
            wrong.append("%s: vectors differ; run vectors.py --write" % name)
    for entry in sorted(os.listdir(DIR)):
        if entry.split(".")[0] not in known:
            wrong.append("%s: vectors of no indicator" % entry)
        elif entry.count(".") > 1:
            bad = foreign_wrong(os.path.join(DIR, entry), known)
            wrong += [bad] if bad else []
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def main(argv):
    known, table = rows(), bars()
    if argv in ([], ["--check"]):
        return check(known, table)
    if argv == ["--bars"]:
        for bar in table:
            print(" ".join(map(number, bar)))
        return 0
    if argv != ["--write"]:
        print(__doc__)
        return 64
    for name, row in known.items():
        with open(os.path.join(DIR, name + ".txt"), "w") as f:
            f.write(file_text(name, row, table))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
