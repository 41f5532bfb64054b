#!/usr/bin/env python3
"""The text of the metrics is OpenMetrics: the strict reader takes it, and
refuses texts with one fault each."""

import os
import subprocess

from openmetrics import Bad, parse
from nettest import BUILD, Count

TEXT = """# TYPE a counter
# HELP a some
a_total{x="1",y="b\\"c"} 5
a_total{x="2",y="\\\\n"} 6
# TYPE b_seconds histogram
# UNIT b_seconds seconds
# HELP b_seconds some
b_seconds_bucket{le="0.5"} 1
b_seconds_bucket{le="+Inf"} 2
b_seconds_count 2
b_seconds_sum 3.5
# TYPE c gauge
# HELP c some
c -1
# EOF
"""
# What is replaced, by what.
FAULTS = [
    ("# EOF\n", ""), ("# EOF\n", "# EOF"), ("# EOF\n", "# EOF\n\n"),
    ("# EOF\n", "# EOF\n# EOF\n"), ("c -1\n", "c -1\n\n"),
    ("# TYPE a counter\n", ""), ("# HELP a some\n", ""),
    ("a counter", "a count"), ("a_total", "a"), ("# UNIT", "# UNITS"),
    ("seconds seconds", "seconds minutes"), ('x="2",y="\\\\n"',
                                             'x="1",y="b\\"c"'),
    ('b\\"c', 'b"c'), ('b\\"c', 'b\\c'), ('x="1",y=', 'x="1",x='),
    ("} 5\n", "} -5\n"), ("} 5\n", "} five\n"), ("} 5\n", "}  5\n"),
    ('le="0.5"} 1', 'le="0.5"} 3'), ('le="+Inf"', 'le="0.7"'),
    ('le="0.5"', 'le="+Inf"'), ('le="0.5"', 'le="1/2"'),
    ("b_seconds_count 2", "b_seconds_count 3"), ("b_seconds_sum 3.5\n", ""),
    ("c -1\n", "c -1\nd 1\n"), ("c -1\n", "c -1\nc -1\n"),
    ("c -1\n", "c -1\n# HELP a more\n"), ("c -1\n", "c -1\n# HELP c some\n"),
    ("# HELP c some", "# HELP c so\\me"), ("c -1\n", "c -1\n#comment\n"),
]


def is_bad(text):
    try:
        parse(text)
    except Bad:
        return True
    return False


def main():
    count = Count()
    count.check("a text", not is_bad(TEXT))
    for old, new in FAULTS:
        count.check("%r for %r" % (new, old),
                    old in TEXT and is_bad(TEXT.replace(old, new, 1)))
    text = subprocess.run([os.path.join(BUILD, "tests/server/meter_text")],
                          stdout=subprocess.PIPE, check=True).stdout.decode()
    try:
        f = parse(text)
    except Bad as e:
        count.check("the meter's text: %s" % e, False)
        count.end()
    count.check("version", f["simutrador"].value(version='1.2"x\\y\nz') == 1)
    count.check("gauge", f["simutrador_sessions"].value(state="running") == 3)
    count.check("counter", f["simutrador_errors"].value(
        code="SESSION_NOT_FOUND") == 3)
    count.check("asked for", f["simutrador_pool_queue"].value() == 7)
    h = f["simutrador_commit_duration_seconds"].samples
    name = "simutrador_commit_duration_seconds_"
    count.check("bucket below", h[name + "bucket", (("le", "0.001"),)] == 0)
    count.check("bucket", h[name + "bucket", (("le", "0.0025"),)] == 1)
    count.check("last bucket", h[name + "bucket", (("le", "10.0"),)] == 1)
    count.check("all", h[name + "count", ()] == 2)
    count.check("sum", h[name + "sum", ()] == 20.0015)
    count.check("unit", f[name[:-1]].unit == "seconds")
    count.check("memory", f["process_resident_memory_bytes"].value() > 1e5)
    count.check("files", 3 <= f["process_open_fds"].value() <= 20)
    count.check("start", f["process_start_time_seconds"].value() ==
                1767323045)
    count.check("processor", 0 < f["process_cpu_seconds"].value() < 60)
    count.end()


main()
