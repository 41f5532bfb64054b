"""A strict reader of the OpenMetrics 1.0 text format, from its specification:
parse(text) gives {family: Family} or raises Bad.

Strict: every family has TYPE and HELP before its samples, its name ends in its
unit, lines of a family stand together, no sample comes twice, counters end in
_total and never fall below zero, a histogram's buckets are in order, grow and
end in +Inf with its count, and nothing follows # EOF."""

import re


class Bad(Exception):
    """It is no OpenMetrics text: why."""


class Family:
    def __init__(self, name):
        self.name, self.type, self.unit, self.help = name, None, "", None
        self.samples = {}       # (sample name, ((label, value), ...)): number

    def value(self, **labels):
        """The one sample with these labels (not a histogram's)."""
        suffix = {"counter": "_total", "info": "_info"}.get(self.type, "")
        return self.samples[self.name + suffix, tuple(labels.items())]


NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
META = re.compile(r"# (TYPE|UNIT|HELP) (%s) (.*)" % NAME)
SAMPLE = re.compile(r"(%s)(?:\{(%s(?:,%s)*)\})? (\S+)" % (NAME, LABEL, LABEL))
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|Inf)|NaN")
CANONICAL = re.compile(r"[0-9]+\.[0-9]+(?:e[+-][0-9]+)?|\+Inf")
SUFFIXES = {"counter": ["_total"], "gauge": [""], "info": ["_info"],
            "histogram": ["_bucket", "_count", "_sum"]}
UNESCAPED = {"\\": "\\", '"': '"', "n": "\n"}


def need(what, why):
    if not what:
        raise Bad(why)


def labels_of(text):
    pairs = [tuple(p.split("=", 1)) for p in re.findall(LABEL, text or "")]
    need(len({k for k, _ in pairs}) == len(pairs), "a label twice: " + text
         if text else "")
    return tuple((k, re.sub(r"\\(.)", lambda m: UNESCAPED[m[1]], v[1:-1]))
                 for k, v in pairs)


def add_meta(families, current, line):
    m = META.fullmatch(line)
    need(m, "no such comment: " + line)
    kind, name, text = m.groups()
    if current is None or current.name != name:
        need(name not in families, "a family in two places: " + name)
        current = families[name] = Family(name)
    need(not current.samples, "metadata after samples: " + line)
    if kind == "TYPE":
        need(current.type is None and text in SUFFIXES, "TYPE: " + line)
        current.type = text
    elif kind == "UNIT":
        need(not current.unit and name.endswith("_" + text), "UNIT: " + line)
        current.unit = text
    else:
        need(current.help is None and text, "HELP: " + line)
        need(re.fullmatch(r'(?:[^\\"]|\\[\\"n])*', text), "HELP: " + line)
        current.help = text
    return current


def add_sample(current, line):
    m = SAMPLE.fullmatch(line)
    need(m, "no such line: " + line)
    name, labels, number = m.groups()
    need(current and current.type and current.help, "no TYPE or HELP: " + line)
    need(name in [current.name + s for s in SUFFIXES[current.type]],
         "not of %s: %s" % (current.name, line))
    need(NUMBER.fullmatch(number), "no number: " + line)
    key = (name, labels_of(labels))
    need(key not in current.samples, "a sample twice: " + line)
    current.samples[key] = float(number)


def check_histogram(f):
    groups = {}
    for (name, labels), v in f.samples.items():
        rest = tuple(p for p in labels if p[0] != "le")
        g = groups.setdefault(rest, {"le": []})
        if name.endswith("_bucket"):
            need(len(rest) + 1 == len(labels), "a bucket without le: " + name)
            g["le"].append((dict(labels)["le"], v))
        else:
            need(rest == labels, "le on " + name)
            g[name[len(f.name):]] = v
    for g in groups.values():
        need(all(CANONICAL.fullmatch(t) for t, _ in g["le"]), "le of " + f.name)
        bounds = [float(t) for t, _ in g["le"]]
        counts = [v for _, v in g["le"]]
        need(bounds and bounds == sorted(set(bounds)) and
             bounds[-1] == float("inf"), "bounds of " + f.name)
        need(counts == sorted(counts), "buckets fall: " + f.name)
        need("_count" in g and g["_count"] == counts[-1] and "_sum" in g and
             g["_sum"] >= 0, "count or sum of " + f.name)


def parse(text):
    families, current = {}, None
    need(text.endswith("# EOF\n"), "no # EOF at the end")
    for line in text[:-1].split("\n")[:-1]:
        if line.startswith("#"):
            current = add_meta(families, current, line)
        else:
            add_sample(current, line)
    for f in families.values():
        need(f.type and f.help, "no TYPE or HELP: " + f.name)
        if f.type == "counter":
            need(all(v >= 0 for v in f.samples.values()), "below 0: " + f.name)
        if f.type == "info":
            need(set(f.samples.values()) == {1.0}, "info is 1: " + f.name)
        if f.type == "histogram":
            check_histogram(f)
    return families
