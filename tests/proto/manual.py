"""simutrador-protocol(7) says what the lists of the sources say: messages.def,
error_code.def, plan.def, the states of a session, the routes and their limits,
the close codes of a refused token.  The frames of its dialogues are messages
that go that way, of known fields.

--write brings the page's tables up to date.
"""
import json
import re
import sys

import defs

PAGE = "simutrador-protocol(7)"
NEEDS = {"NOBODY": "nothing", "USER": "a token",
         "ADMIN": "an administrator's"}
OF = {"ADDRESS": "an address", "USER": "a user",
      "EMAIL": "an e-mail address"}
CARRIERS = {"BOTH": "error and session_error", "ERROR": "error",
            "SESSION": "session_error"}


def messages():
    return defs.Messages("WIRE").lines("client", "server")


def errors():
    out = []
    for code, carrier, kind, text in defs.rows("src/proto/error_code.def",
                                               "SIM_ERROR_CODE"):
        out += [".It Er %s Pq %s; %s" % (code, kind, CARRIERS[carrier])] + \
            defs.wrapped(text)
    return [".Bl -tag -width Ds -compact"] + out + [".El"]


def table(rows):
    """In columns, as a display."""
    wide = [max(len(x) for x in column) for column in zip(*rows)]
    return [".Bd -literal -offset indent"] + [
        "  ".join(x.ljust(n) for x, n in zip(row, wide)).rstrip()
        for row in rows] + [".Ed"]


def plans():
    names = [x[1] for x in defs.rows("src/model/plan.def", "SIM_PLAN")]
    return table([["limit"] + names] + [
        row[:5] for row in defs.rows("src/model/plan.def", "SIM_PLAN_LIMIT")])


def states():
    out = []
    for _, name, text in defs.rows("src/backend/session_state.def",
                                   "SIM_SESSION_STATE"):
        out += [".It Cm " + name, text]
    return [".Bl -tag -width initializing -compact"] + out + [".El"]


def routes():
    lines = [["method", "path", "needs", "scope", "limited as"]]
    limiters = {x[0]: x[1] for x in defs.rows("src/server/route.def",
                                              "SIM_ROUTE_LIMITER")}
    for method, path, kind, role, scope, limiter, _ in defs.rows(
            "src/server/route.def", "SIM_ROUTE(?:_ALSO)?"):
        is_socket = kind == "SOCKET"
        needs = "WebSocket, " + NEEDS[role] if is_socket else NEEDS[role]
        lines.append([method, path, needs.replace(", nothing", ""),
                      "" if scope == "NONE" else scope.lower(),
                      limiters["HANDSHAKE" if is_socket else limiter]])
    return table(lines)


def limits():
    return table([["type", "requests", "seconds", "of"]] + [
        [kind, n, period, OF[by]]
        for _, kind, by, n, period, _ in defs.rows("src/server/route.def",
                                                   "SIM_ROUTE_LIMITER")
        if kind != "audit"])


def tokens():
    out = []
    for _, code, _, text in sorted(defs.rows("src/server/token.def",
                                             "SIM_TOKEN"),
                                   key=lambda x: x[1]):
        if code != "0":
            out += [".It " + code, text]
    return [".Bl -tag -width 4000 -compact"] + out + [".El"]


BLOCKS = {"messages": messages, "errors": errors, "plans": plans,
          "states": states, "routes": routes, "limiters": limits,
          "tokens": tokens}


def write(page):
    """Each table from its first line to its end."""
    for name, block in BLOCKS.items():
        want = "\n".join(block()) + "\n"
        begin = page.index("\n".join(block()[:2])[:40])
        last = "\n%s\n" % block()[-1]
        end = page.index("\n.Sh SEE ALSO" if name == "messages" else last,
                         begin) + (1 if name == "messages" else len(last))
        page = page[:begin] + want + page[end:]
    path = defs.os.path.join(defs.TOP, "man", "simutrador-protocol.7")
    with open(path, "w", encoding="ascii") as f:
        f.write(page)


def check_frame(frames, table, line):
    """One line of a dialogue: a sign and a frame."""
    frame = json.loads(line[2:])
    names = dict(table.into if line[0] == ">" else table.out)
    for text, name in table.aliases:
        if name in names:
            names[text] = names[name]
    if frame["type"] not in names:
        return "%s is no such message" % frame["type"]
    known = {"session_id"}
    todo = [frame["type"]]
    while todo:
        for kind, name, a, _, _, _, other in table.fields(todo.pop()):
            known.update([name] + re.findall(r"A\((\w+)\)", other))
            if kind in ("FLAT", "LIST", "OBJ"):
                todo.append(a)
    unknown = set(frame.get("data", {})) - known
    frames.append(frame)
    return "%s has no %s" % (frame["type"], unknown) if unknown else None


def check_dialogues(page):
    known = defs.Messages("WIRE")
    frames = []
    text = defs.section(page, "DIALOGUES").replace("\\e", "\\")
    for display in re.findall(r"\.Bd -literal[^\n]*\n(.*?)\.Ed", text, re.S):
        for line in re.sub(r"\n +", " ", display).splitlines():
            wrong = check_frame(frames, known, line)
            if wrong:
                print("%s, %s: %s" % (PAGE, line, wrong))
                return False
    assert len(frames) > 20
    return True


def main():
    page = defs.read("man/simutrador-protocol.7")
    if "--write" in sys.argv:
        write(page)
        return 0
    for name, block in BLOCKS.items():
        want = block()
        if "\n" + "\n".join(want) + "\n" not in page:
            first = 2 if name == "messages" else 1
            defs.compare(PAGE, defs.below(page, want[first]), want[first:])
            print("%s differs in the table of %s; --write mends it" %
                  (PAGE, name))
            return 1
    states_wanted = [x[1] for x in defs.rows("src/backend/session_state.def",
                                             "SIM_SESSION_STATE")]
    known = defs.Messages("WIRE")
    if known.states != states_wanted:
        print("SESSION_STATES of messages.def is %s; session_state.def has %s"
              % (known.states, states_wanted))
        return 1
    for text, name in known.aliases:
        if ".Cm %s" % text not in page:
            print("%s lacks the name %s" % (PAGE, text))
            return 1
    return 0 if check_dialogues(page) else 1


if __name__ == "__main__":
    sys.exit(main())
