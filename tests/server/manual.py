"""simutrador-serve(8) says what the lists of the sources say: route.def and
plan.def (limits), hub_closing.def (close codes), meter.def (metrics), and the
limits of sockets.  `manual.py --write` puts the tables into the page."""
import os
import re
import sys
import textwrap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "proto"))
import defs  # noqa: E402

PAGE = "man/simutrador-serve.8"


def table(rows):
    """In columns, as a display."""
    wide = [max(len(x) for x in column) for column in zip(*rows)]
    return [".Bd -literal -offset indent"] + [
        "  ".join(x.ljust(n) for x, n in zip(row, wide)).rstrip()
        for row in rows] + [".Ed"]


def limiters():
    return table([["type", "requests", "seconds", "of"]] + [
        [kind, n, period, {"ADDRESS": "an address", "USER": "a user",
                           "EMAIL": "an e-mail address"}[by]]
        for _, kind, by, n, period, _ in defs.rows("src/server/route.def",
                                                   "SIM_ROUTE_LIMITER")])


def plans():
    return table([["limit", "free", "professional", "enterprise"]] + [
        x[:4] for x in defs.rows("src/model/plan.def", "SIM_PLAN_LIMIT")])


def closings():
    out = [".Bl -tag -width 4000 -compact"]
    for _, reason, code, _, text in sorted(defs.rows(
            "src/server/hub_closing.def", "SIM_HUB_CLOSING"),
            key=lambda x: int(x[2])):
        out += [".It %s Li %s" % (code, reason), text]
    return out + [".El"]


def metrics():
    labels = {x[0]: x[1] for x in defs.rows("src/server/meter.def",
                                            "SIM_METER_LABEL")}
    source = defs.read("src/server/meter.c")
    for name, text in re.findall(r'\{ "(\w+)", values_([A-Z]+) \}', source):
        labels[text] = name
    out = [".Bl -tag -width Ds -compact"]
    for _, kind, name, _, one, two, text in defs.rows("src/server/meter.def",
                                                      "SIM_METER"):
        if kind == "COUNTER":
            name += "_total"
        by = [labels[x] for x in (one, two) if x != "NONE"]
        out += [".It Li " + name, *textwrap.wrap(
            "%s%s: %s" % (kind.lower(), " by " + " and ".join(by) if by else
                          "", text), 78)]
    return out + [".El"]


def sockets():
    """The numbers of sim_net_config_init, as the page has them."""
    source = defs.read("src/server/net.c")

    def number(name, unit=1):
        m = re.search(r"\.%s = (?:\(size_t\))?(\d+)(?: << (\d+))?," % name,
                      source)
        return (int(m.group(1)) << int(m.group(2) or 0)) // unit
    kib, mib = 1 << 10, 1 << 20
    return table([["what", "limit"],
                  ["connections", "%d" % number("connections")],
                  ["connections of an address", "%d" % number("per_address")],
                  ["headers", "%d KiB" % number("header_bytes", kib)],
                  ["time for headers", "%d s" % number("header_ms", 1000)],
                  ["body", "%d KiB" % number("body_bytes", kib)],
                  ["time for a body", "%d s" % number("body_ms", 1000)],
                  ["WebSocket message", "%d KiB" % number("message_bytes",
                                                          kib)],
                  ["unread by a client", "%d MiB" % number("queue_bytes",
                                                           mib)],
                  ["unread by all", "%d MiB" % number("queue_all_bytes",
                                                      mib)]])


def untold():
    """Routes that neither page says anything about."""
    text = defs.read("man/simutrador-protocol.7") + defs.read(
        "man/simutrador-accounts.7")
    told = set(re.findall(r"^\.It Pa (\w+ /\S+)$", text, re.M))
    told |= set(re.findall(r"^\.Pa (/ws/\w+)$", text, re.M))
    return [x[0] + " " + x[1] for x in defs.rows(
        "src/server/route.def", "SIM_ROUTE(?:_ALSO)?")
            if x[0] + " " + x[1] not in told and x[1] not in told]


def close_codes():
    """Codes that the server closes with and meter.def doesn't have."""
    have = next(x for x in defs.rows("src/server/meter.def",
                                     "SIM_METER_LABEL") if x[0] == "CLOSE")
    return [code for code in
            [x[2] for x in defs.rows("src/server/hub_closing.def",
                                     "SIM_HUB_CLOSING")] +
            [x[1] for x in defs.rows("src/server/token.def", "SIM_TOKEN")]
            if code not in have and code != "0"]


BLOCKS = {"limiters": limiters, "plans": plans, "closings": closings,
          "metrics": metrics, "sockets": sockets}


def write(page):
    """Each table stands between its mark and the next .El or .Ed."""
    for name, block in BLOCKS.items():
        mark = '.\\" table: %s\n' % name
        begin = page.index(mark) + len(mark)
        end = re.compile(r"^\.E[ld]\n", re.M).search(page, begin).end()
        page = page[:begin] + "\n".join(block()) + "\n" + page[end:]
    with open(os.path.join(defs.TOP, PAGE), "w", encoding="ascii") as f:
        f.write(page)


def main():
    page = defs.read(PAGE)
    if "--write" in sys.argv:
        write(page)
        return 0
    wrong = []
    for name, block in BLOCKS.items():
        want = '.\\" table: %s\n' % name + "\n".join(block()) + "\n"
        if want not in page:
            print("simutrador-serve(8) has another table of %s; "
                  "tests/server/manual.py --write mends it" % name)
            wrong.append(name)
    if close_codes():
        print("meter.def lacks the close codes %s" % close_codes())
        wrong.append("codes")
    if untold():
        print("simutrador-accounts(7) or -protocol(7) lacks %s" % untold())
        wrong.append("routes")
    print("%d passed, %d failed, 0 skipped" %
          (len(BLOCKS) + 2 - len(wrong), len(wrong)))
    return 1 if wrong else 0


sys.exit(main())
