"""Random expressions against an evaluator of their own, in Python.

A tree is drawn together with its value by the rules of
simutrador-expressions(7), then written down: fully in parentheses, and with
as few as the precedence of the page allows, in both spellings of the
operators.  expr_tool must give the same value for each, bit for bit.  Trees
that the page calls an error must be refused.  The page's list of functions is
compared with the program's too.
"""
import math
import os
import random
import re
import subprocess
import sys

COUNT = 60000 if os.environ.get("SIM_LONG") == "1" else 4000
TOP = os.environ.get("top_srcdir", ".")
TOOL = os.path.join(os.environ.get("top_builddir", "."),
                    "tests/script/expr_tool")
FIELDS = {"a": 3.0, "b": -7.25, "c": 1e6, "half": 0.5, "none": None,
          "gone": None, "yes": True, "no": False, "s": "AAPL", "t": "b-x"}


class Wrong(Exception):
    """The page says that this is an error."""


def is_num(v):
    return isinstance(v, float)


def truth(v):
    return v is not None and v is not False


def number_text(v):
    """What joining makes of a number: 14 digits."""
    if math.isnan(v):
        return "nan"
    if math.isinf(v):
        return "inf" if v > 0 else "-inf"
    text = "%.14g" % v
    return text


def divide(x, y):
    if y == 0:
        if x == 0 or math.isnan(x):
            return math.nan
        return math.copysign(math.inf, x) * math.copysign(1, y)
    return x / y


def rest(x, y):
    q = divide(x, y)
    if math.isnan(q) or math.isinf(q):
        return math.nan
    return x - math.floor(q) * y


def power(x, y):
    """Whole exponents by squaring, which is what the page's program does."""
    n, r = abs(int(y)), 1.0
    while n:
        if n & 1:
            r *= x
        n >>= 1
        x *= x
    return divide(1.0, r) if y < 0 else r


ARITH = {"+": lambda x, y: x + y, "-": lambda x, y: x - y,
         "*": lambda x, y: x * y, "/": divide, "%": rest, "^": power}
COMPARE = {"<": lambda x, y: x < y, "<=": lambda x, y: x <= y,
           ">": lambda x, y: x > y, ">=": lambda x, y: x >= y}
LEVEL = {"or": (1, 1), "and": (2, 2), "<": (3, 3), "<=": (3, 3), ">": (3, 3),
         ">=": (3, 3), "==": (3, 3), "~=": (3, 3), "..": (5, 4), "+": (6, 6),
         "-": (6, 6), "*": (7, 7), "/": (7, 7), "%": (7, 7), "^": (10, 9)}
UNARY = 8
OTHER = {"or": "||", "and": "&&", "~=": "!="}
CALLS = {
    "abs": ("n", abs), "floor": ("n", lambda x: float(math.floor(x))),
    "ceil": ("n", lambda x: float(math.ceil(x))),
    "sign": ("n", lambda x: float((x > 0) - (x < 0))),
    "max": ("nn", max), "min": ("nn", min),
    "len": ("t", lambda x: float(len(x))), "lower": ("t", str.lower),
    "upper": ("t", str.upper), "contains": ("tt", lambda x, y: y in x),
    "starts_with": ("tt", str.startswith), "ends_with": ("tt", str.endswith),
}
CALL_TYPES = dict.fromkeys(CALLS, "n")
CALL_TYPES.update(lower="t", upper="t", contains="b", starts_with="b",
                  ends_with="b")


def apply(op, x, y):
    if op == "or":
        return x if truth(x) else y
    if op == "and":
        return y if truth(x) else x
    if op in ("==", "~="):
        same = type(x) is type(y) and x == y
        return same == (op == "==")
    if x is None or y is None:
        return False if op in COMPARE else None
    if op in ARITH:
        if not is_num(x) or not is_num(y):
            raise Wrong
        return ARITH[op](x, y)
    if isinstance(x, bool) or isinstance(y, bool):
        raise Wrong
    if op == "..":
        return "".join(v if isinstance(v, str) else number_text(v)
                       for v in (x, y))
    if is_num(x) != is_num(y):
        raise Wrong
    if isinstance(x, str):
        x, y = x.encode(), y.encode()
    return COMPARE[op](x, y)


class Tree:
    """A tree: its value (or Wrong), what is known of its type without the
    record (n, t, b, nil or any), whether that alone makes it an error, and
    how it is written."""

    def __init__(self, kind, parts, value):
        self.kind, self.parts, self.value = kind, parts, value
        self.type, self.bad = static(kind, parts, value)

    def below(self):
        if self.kind == "leaf":
            return ()
        if self.kind == "call":
            return self.parts[1]
        return self.parts if isinstance(self.parts, tuple) else (self.parts,)

    def text(self, rnd, level=0, spare=False):
        """Bound by `level` from outside; spare: no needless parentheses."""
        if self.kind == "leaf":
            return self.parts
        if self.kind == "call":
            return "%s(%s)" % (self.parts[0], ", ".join(
                p.text(rnd, 0, spare) for p in self.parts[1]))
        if self.kind in ("not", "neg"):
            inner = self.parts.text(rnd, UNARY, spare)
            sign = rnd.choice(["not ", "!"]) if self.kind == "not" else "- "
            out, own = sign + inner, UNARY
        else:
            left, right = LEVEL[self.kind]
            op = self.kind
            if rnd.random() < 0.3:
                op = OTHER.get(op, op)
            # Equal ones need none on the side that is read first.
            first = left if left > right else left - 0.5
            out = "%s %s %s" % (self.parts[0].text(rnd, first, spare), op,
                                self.parts[1].text(rnd, right, spare))
            own = left
        return out if spare and own > level else "(%s)" % out


def static(kind, parts, value):
    """The type and whether it can never work, from the parts' types."""
    if kind == "leaf":
        return "any" if parts in FIELDS else {
            float: "n", str: "t", bool: "b"}.get(type(value), "nil"), False
    if kind == "call":
        takes = CALLS[parts[0]][0]
        return CALL_TYPES[parts[0]], any(
            a.type in ("ntb".replace(k, "")) for k, a in zip(takes, parts[1]))
    types = [x.type for x in (parts if isinstance(parts, tuple) else (parts,))]
    if kind == "not" or kind in ("==", "~="):
        return "b", False
    if kind == "neg" or kind in ARITH:
        return "n", "t" in types or "b" in types
    if kind in COMPARE:
        return "b", "b" in types or sorted(types) == ["n", "t"]
    if kind == "..":
        return "t", "b" in types
    return types[0] if types[0] == types[1] else "any", False


def refused(tree):
    return tree.bad or any(refused(t) for t in tree.below())


def leaf(rnd, want):
    if want == "t":
        name = rnd.choice(["s", "t", "'x'", '"A"', "''", "gone"])
    elif want == "n":
        name = rnd.choice(["a", "b", "c", "half", "none", "0", "2", "0.1",
                           "1e3", "17", ".25"])
    else:
        name = rnd.choice(["yes", "no", "true", "false", "nil", "none"])
    if name in FIELDS:
        return Tree("leaf", name, FIELDS[name])
    if name[0] in "'\"":
        return Tree("leaf", name, name[1:-1])
    words = {"true": True, "false": False, "nil": None}
    return Tree("leaf", name, words[name] if name in words else float(name))


def draw(rnd, depth, want):
    """A tree that mostly gives what is wanted: n, t or b."""
    if rnd.random() < 0.03:
        want = rnd.choice("ntb")
    if depth <= 0 or rnd.random() < 0.15:
        return leaf(rnd, want)
    kinds = {"n": ["arith"] * 5 + ["minus", "call", "pick"],
             "t": ["join", "call", "pick"],
             "b": ["compare"] * 3 + ["equal", "logic", "logic", "not", "call"]}
    kind = rnd.choice(kinds[want])
    sub = depth - 1
    if kind == "call":
        names = {"n": ["abs", "floor", "ceil", "sign", "max", "min", "len"],
                 "t": ["lower", "upper"],
                 "b": ["contains", "starts_with", "ends_with"]}[want]
        name = rnd.choice(names)
        takes, f = CALLS[name]
        args = [draw(rnd, sub, k) for k in takes]
        return Tree("call", (name, args), call_value(takes, f, args))
    if kind == "minus":
        x = draw(rnd, sub, "n")
        return Tree("neg", x, one_value(x, minus))
    if kind == "not":
        x = draw(rnd, sub, rnd.choice("bbn"))
        return Tree("not", x, one_value(x, lambda v: not truth(v)))
    ops, sides = {
        "arith": ("+-*/%", "n"), "join": (["..", ".."], "t"),
        "compare": (["<", "<=", ">", ">="], rnd.choice("nnt")),
        "equal": (["==", "~="], rnd.choice("ntb")),
        "logic": (["and", "or"], "b"), "pick": (["and", "or"], want),
    }[kind]
    op = rnd.choice(ops)
    if kind == "arith" and rnd.random() < 0.1:
        x, n = draw(rnd, sub, "n"), float(rnd.randint(0, 5))
        y = Tree("leaf", "%d" % n, n)
        op = "^"
    else:
        x, y = draw(rnd, sub, sides), draw(rnd, sub, sides)
        if kind == "join" and rnd.random() < 0.3:
            y = leaf(rnd, "n")
    return Tree(op, (x, y), two_value(op, x, y))


def minus(v):
    if v is None:
        return None
    if not is_num(v):
        raise Wrong
    return -v


def attempt(f, *values):
    """The value, or that it is wrong, or that it is not compared."""
    for bad in (Wrong, OverflowError):
        if any(v is bad for v in values):
            return bad
    try:
        return f(*values)
    except Wrong:
        return Wrong
    except (OverflowError, ValueError):
        return OverflowError


def one_value(x, f):
    return attempt(f, x.value)


def two_value(op, x, y):
    """The side that is not looked at may be anything."""
    if op in ("and", "or") and not isinstance(x.value, type) and \
            truth(x.value) == (op == "or"):
        return x.value
    return attempt(lambda a, b: apply(op, a, b), x.value, y.value)


def call_value(takes, f, args):
    def run(*values):
        if None in values:
            return None
        for kind, v in zip(takes, values):
            if not (is_num(v) if kind == "n" else isinstance(v, str)):
                raise Wrong
        return f(*values)
    return attempt(run, *[a.value for a in args])


def shown(v):
    if v is None or (is_num(v) and math.isnan(v)):
        return "nil"
    if isinstance(v, bool):
        return "true" if v else "false"
    return "t " + v if isinstance(v, str) else "n " + (v + 0.0).hex()


def normal(line):
    """C and Python write hexadecimal numbers differently, and Python's floor
    and ceil know no -0."""
    if not line.startswith("n "):
        return line
    return "n " + (float.fromhex(line[2:]) + 0.0).hex()


def hides(tree):
    """Does it hold a number that the two languages treat differently?"""
    v = tree.value
    if v is OverflowError or (is_num(v) and (math.isnan(v) or math.isinf(v))):
        return True
    return any(hides(t) for t in tree.below())


def check_page():
    with open(os.path.join(TOP, "man/simutrador-expressions.7"),
              encoding="ascii") as f:
        page = f.read()
    found = set(re.findall(r"^\.It Cm (\w+\([^)\n]*\))$", page, re.M))
    have = set()
    for path in ("src/script/expr_lua.c", "src/script/series_expr.c"):
        with open(os.path.join(TOP, path), encoding="utf-8") as f:
            have |= set(re.findall(r'^\t\{ "\w+",\s+"(\w+\([^"]*\))"',
                                   f.read(), re.M))
    assert len(have) > 15, have
    assert found == have, "only in one: %s" % sorted(found ^ have)


def main():
    check_page()
    rnd = random.Random("expressions")
    cases, lines = [], []
    while len(cases) < COUNT:
        tree = draw(rnd, rnd.randint(1, 5), rnd.choice("nntbb"))
        for spare in (False, True):
            text = tree.text(rnd, 0, spare)
            if len(text) <= 4000:
                cases.append((tree, text))
                lines.append(text)
    out = subprocess.run([TOOL], input="\n".join(lines) + "\n", check=True,
                         stdout=subprocess.PIPE, encoding="utf-8").stdout
    got = out.split("\n")[:-1]
    assert len(got) == len(cases), "%d answers" % len(got)
    again = subprocess.run([TOOL], input="\n".join(lines) + "\n", check=True,
                           stdout=subprocess.PIPE, encoding="utf-8").stdout
    assert again == out, "a second time gives other values"
    counts = {"value": 0, "refused": 0, "wrong": 0, "either": 0}
    for (tree, text), line in zip(cases, got):
        if refused(tree):
            kind, good = "refused", line.startswith("! ")
        elif hides(tree):
            kind, good = "either", True
        elif tree.value is Wrong:
            kind, good = "wrong", line.startswith("! ")
        else:
            kind, good = "value", normal(line) == shown(tree.value)
        counts[kind] += 1
        if not good:
            sys.exit("%s\n gives %s, not %s" % (text, line, shown(tree.value)
                     if kind == "value" else "an error"))
    assert counts["value"] > COUNT // 2 and \
        min(counts["refused"], counts["wrong"]) > COUNT // 100, counts
    print("%(value)d values, %(refused)d refusals and %(wrong)d errors agree, "
          "%(either)d were not compared" % counts)


main()
