#!/usr/bin/env python3
"""The keys of the dashboard against simutrador-dashboard(1) and the table of
commands: every key stands in the page as in keys.def, every action names a
command that there is, and no key is bound twice.  `keys.py --write` brings the
table of the page up to date."""
import json
import os
import re
import subprocess
import sys

build = os.path.abspath(os.environ.get("top_builddir", "."))
top = os.path.abspath(os.environ.get("top_srcdir", "."))
page = os.path.join(top, "man/simutrador-dashboard.1")

needs = {
    "NONE": "", "CLOCK": "session, run", "TRADE": "session",
    "SEEK": "run", "LOG": "session, run",
}


def rows():
    text = open(os.path.join(top, "src/tui/keys.def"), encoding="utf-8").read()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    pattern = (r'SIM_KEY\((\w+),\s*"((?:[^"\\]|\\.)*)",\s*(\w+),\s*"([^"]*)",'
               r'\s*"([^"]*)",\s*"([^"]*)"\)')
    return re.findall(pattern, text)


def escape(key):
    """A key as mdoc writes it; a macro's argument is not a delimiter."""
    key = key.replace("<lt>", "<").replace("\\", "\\e")
    if key in list(".,:;()[]?!|'"):
        return "\\&" + key
    return key.replace("'", "\\(aq")


def table():
    lines = []
    for action, keys, need, _, text, command in rows():
        shown = " , ".join(escape(k) for k in keys.split(" "))
        lines.append(".It Cm " + shown)
        lines.append(f".Dq {action} :")
        lines.append(text + ".")
        if needs[need]:
            lines.append(f"Of a {needs[need].replace(', ', ' or a ')}.")
        lines.append(f".Pq Cm {command}")
    return "\n".join(lines) + "\n"


def parts():
    text = open(page, encoding="utf-8").read()
    begin = '.\\" from keys.def\n'
    end = '.\\" to here\n'
    head, rest = text.split(begin)
    old, tail = rest.split(end)
    return head + begin, old, end + tail


def commands():
    out = subprocess.run([os.path.join(build, "simutrador"), "--help-json"],
                         capture_output=True, check=True).stdout
    found = set()

    def walk(v):
        if isinstance(v, dict):
            if isinstance(v.get("name"), str) and "summary" in v:
                found.add(v["name"])
            for x in v.values():
                walk(x)
        elif isinstance(v, list):
            for x in v:
                walk(x)

    walk(json.loads(out))
    return found


def main():
    head, old, tail = parts()
    if sys.argv[1:] == ["--write"]:
        with open(page, "w", encoding="utf-8") as f:
            f.write(head + table() + tail)
        return
    failed = 0
    if len(rows()) < 60:
        print("FAIL: keys.def is not understood")
        failed += 1
    if old != table():
        print("FAIL: the table of keys in simutrador-dashboard(1);"
              " keys.py --write")
        failed += 1
    known = commands()
    seen = {}
    for action, keys, _, _, _, command in rows():
        if command not in known:
            print(f"FAIL: {action}: there is no command {command}")
            failed += 1
        for key in keys.split(" "):
            if key in seen:
                print(f"FAIL: {key} is bound to {seen[key]} and {action}")
                failed += 1
            seen[key] = action
    print(f"{2 * len(rows()) + 1 - failed} passed, {failed} failed, 0 skipped")
    sys.exit(failed != 0)


main()
