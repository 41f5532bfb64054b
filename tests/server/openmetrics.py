"""The text of /metrics, read by a strict parser of OpenMetrics 1.0: families
whole and once, units, suffixes, escapes, histograms, the end; the numbers that
went in.  The parser refuses each of a list of damaged texts."""
import os
import re
import subprocess
import sys

PROGRAM = os.path.join(os.environ["top_builddir"], "tests", "server",
                       "meter_print")
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? ([^ ]+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "info": ("_info",),
            "histogram": ("_bucket", "_count", "_sum")}
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?|[+-]Inf|NaN")


class Bad(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Bad(what)


def labels_of(text):
    out, at = {}, 0
    while at < len(text):
        m = LABEL.match(text, at)
        need(m, f"labels {text!r}")
        need(m.group(1) not in out, f"label {m.group(1)} twice")
        out[m.group(1)] = re.sub(
            r"\\(.)", lambda e: "\n" if e.group(1) == "n" else e.group(1),
            m.group(2))
        at = m.end()
    return out


def check_histogram(name, samples):
    buckets = [(labels["le"], value) for n, labels, value in samples
               if n == name + "_bucket"]
    ends = [float(le) for le, _ in buckets]
    counts = [float(value) for _, value in buckets]
    count = [v for n, _, v in samples if n == name + "_count"]
    need(ends == sorted(set(ends)) and ends[-1] == float("inf"), "le")
    need(counts == sorted(counts), f"{name} is not cumulative")
    need([float(v) for v in count] == counts[-1:], f"{name}_count")
    need(sum(n == name + "_sum" for n, _, _ in samples) == 1, "_sum")


def check_family(name, family):
    need("type" in family and "help" in family, f"{name}: no TYPE or HELP")
    need(family["samples"], f"{name} has no samples")
    unit = family.get("unit")
    need(unit is None or name.endswith("_" + unit), f"{name}: unit {unit}")
    seen = [(n, tuple(sorted(labels.items())))
            for n, labels, _ in family["samples"]]
    need(len(seen) == len(set(seen)), f"{name}: a series twice")
    if family["type"] == "histogram":
        check_histogram(name, family["samples"])
    if family["type"] == "info":
        need([v for _, _, v in family["samples"]] == ["1"], "an info is 1")


def heading(families, line):
    m = re.fullmatch(rf"# (TYPE|HELP|UNIT) ({NAME}) (.+)", line)
    need(m, f"comment {line!r}")
    what, name, text = m.group(1).lower(), m.group(2), m.group(3)
    if name not in families:
        families[name] = {"samples": []}
    family = families[name]
    need(name == list(families)[-1], f"{name} is not whole")
    need(what not in family and not family["samples"], f"{what} of {name}")
    if what == "type":
        need(text in SUFFIXES, f"type {text}")
    if what == "help":
        need(re.fullmatch(r'(?:[^\\\n]|\\[\\"n])*', text), f"help {text!r}")
    family[what] = text


def sample(families, line):
    m = SAMPLE.fullmatch(line)
    need(m, f"sample {line!r}")
    need(families, "a sample before its family")
    name, value = m.group(1), m.group(3)
    family_name = list(families)[-1]
    family = families[family_name]
    need("type" in family, f"{name} before its TYPE")
    need(name in [family_name + s for s in SUFFIXES[family["type"]]],
         f"{name} in {family_name}")
    need(NUMBER.fullmatch(value), f"number {value!r}")
    need(family["type"] == "gauge" or float(value) >= 0, "negative")
    family["samples"].append((name, labels_of(m.group(2) or ""), value))


def parse(text):
    need(text.endswith("# EOF\n"), "no end")
    families = {}
    for line in text[:-len("# EOF\n")].split("\n")[:-1]:
        if line.startswith("#"):
            heading(families, line)
        else:
            sample(families, line)
    for name, family in families.items():
        check_family(name, family)
    return families


def run(version):
    return subprocess.run([PROGRAM, version], check=True,
                          capture_output=True).stdout.decode()


DAMAGES = (
    (r"# EOF\n$", ""), (r"# EOF\n$", "# EOF\nmore 1\n"),
    (r"# EOF\n$", "\n# EOF\n"),
    (r"# TYPE simutrador_messages counter\n", ""),
    (r"# TYPE simutrador_messages counter", "# TYPE simutrador_messages gauge"),
    (r"# TYPE simutrador_messages counter", "# TYPE simutrador_messages x"),
    (r"# HELP simutrador_messages .*\n", ""),
    (r"# UNIT simutrador_network_bytes bytes", "# UNIT simutrador_network_bytes"
     " seconds"),
    (r"_total\{direction=\"in\"\}", '{direction="in"}'),
    (r'direction="out"', 'direction="in"'), (r'direction="in"', 'direction=in'),
    (r'version="', 'version=""'), (r'version="', 'version="\\\\x'),
    (r'le="\+Inf"', 'le="11.0"'), (r'le="0\.001"', 'le="0.0001"'),
    (r"_seconds_count \d+", "_seconds_count 7"),
    (r"(_seconds_sum [\d.]+\n)", r"\1\1"),
    (r"simutrador_sessions \d+", "simutrador_sessions"),
    (r"simutrador_sessions \d+", "simutrador_sessions 0x10"),
    (r"(# TYPE simutrador_sessions gauge\n)", r"\1\1"),
    (r"(simutrador_sessions \d+\n)", r"simutrador_websockets 1\n\1"),
)


def refuses(text):
    for old, new in DAMAGES:
        hurt, n = re.subn(old, new, text, count=1)
        if not n:
            sys.exit(f"FAIL: nothing to damage: {old}")
        try:
            parse(hurt)
        except Bad:
            continue
        sys.exit(f"FAIL: not refused: {old} -> {new}")


def values(families):
    return {(name[len("simutrador_"):], *labels.values()): value
            for f in families.values() for name, labels, value in f["samples"]}


ODD = 'a"b\\c\nd{e="f"}, \\n'
WANT = {
    ("connections",): "23", ("websockets",): "24",
    ("network_queued_bytes",): "25", ("connections_accepted_total",): "11",
    ("connections_refused_total", "full"): "12",
    ("connections_refused_total", "address"): "13",
    ("connections_dropped_total", "too_slow"): "20",
    ("connections_dropped_total", "too_big"): "21",
    ("connections_dropped_total", "timed_out"): "22",
    ("websocket_handshakes_total", "opened"): "14",
    ("websocket_handshakes_total", "refused"): "15",
    ("http_guarded_total",): "16", ("messages_total", "in"): "17",
    ("messages_total", "out"): "18", ("network_bytes_total", "in"): "19",
    ("network_bytes_total", "out"): str(2 ** 64 - 1),
    ("sessions",): "35", ("pool_waiting",): "36", ("writer_waiting",): "30",
    ("writer_waiting_bytes",): "31", ("writer_failing",): "1",
    ("writer_rows_total", "stored"): "26", ("writer_rows_total", "lost"): "28",
    ("writer_commits_total",): "27", ("writer_retries_total",): "29",
    ("log_lines_total", "written"): "32",
    ("log_lines_total", "suppressed"): "33", ("log_lines_total", "lost"): "34",
    ("build_info", ODD): "1",
}
TIMES = [0, 100, 101, 999999, 1000001, 90000000]


def answers():
    """What four threads counted: statuses 0 to 600, and six times."""
    n = 20000
    out = {("http_answers_total", f"{c}xx"): str(4 * len(range(c, n, 7)))
           for c in range(1, 6)}
    took = [TIMES[i % 6] for i in range(n)]
    for le in ("0.0001", "0.00025", "0.5", "1.0", "2.5", "10.0", "+Inf"):
        out["http_answer_seconds_bucket", le] = str(
            4 * sum(t <= float(le) * 1e6 for t in took))
    us = 4 * sum(took)
    out["http_answer_seconds_sum",] = f"{us // 10 ** 6}.{us % 10 ** 6:06}"
    return out


told = parse(run(ODD))
got = values(told)
for key, value in {**WANT, **answers()}.items():
    if got.get(key) != value:
        sys.exit(f"FAIL: {key} is {got.get(key)}, not {value}")
refuses(run("1.0"))
print(f"{len(told)} families, {len(got)} series, {len(DAMAGES)} damages seen")
