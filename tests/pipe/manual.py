"""simutrador-pipe(7) says what messages.def says: every message and object in
its order, every field with its kind, whether it is always there, its help.

Its examples run, and those of one display print one hash.

--print writes what the page has to hold.
"""
import os
import re
import shutil
import sys
import textwrap

from pipetest import Home

TOP = os.environ.get("top_srcdir", ".")
KINDS = {"STR": "text", "INT": "whole number", "DEC": "decimal",
         "FIG": "decimal", "NUM": "number", "BOOL": "true or false", "TIME": "time",
         "STRS": "list of texts", "RAW": "object or list"}


HERE = {"R", "O", "PR", "PO"}


def read(path):
    with open(os.path.join(TOP, path), encoding="ascii") as f:
        return f.read()


def kind_of(kind, a, b):
    if kind in ("WORD", "VOCAB"):
        return "text" if kind == "VOCAB" else \
            " or ".join(a.strip('"').split("|"))
    if kind in ("OBJ", "FLAT", "LIST"):
        name = a.replace("_", " ")
        return name if kind != "LIST" else "list of " + name + \
            (", at most " + b if b != "0" else "")
    if kind == "STR" and a != "0":
        return "text of at most %s bytes" % a
    if kind == "INT" and not a.startswith("INT") and \
            not b.startswith("INT"):
        return "whole number from %s to %s" % (a, b)
    return KINDS[kind]


def wrapped(text):
    """A sentence a line, cut at 78."""
    lines = []
    for sentence in re.split(r"(?<=\.) ", text.replace('\\"', '"')):
        lines += textwrap.wrap(sentence, 78, break_long_words=False,
                               break_on_hyphens=False)
    return lines


def fields_of(body):
    out = []
    n = 0
    for kind, name, a, b, need, text in re.findall(
            r'F\((\w+), (\w+), ("[^"]*"|[\w]+), (\w+), ([PW]?[RO]), '
            r'"((?:[^"\\]|\\.)*)"\)', body):
        n += 1
        if need not in HERE:
            continue
        what = kind_of(kind, a, b)
        if need.endswith("O"):
            what += "; optional"
        out += [".It Cm %s Pq %s" % (name, what)] + wrapped(text)
    assert len(re.findall(r"\bF\(", body)) == n, body
    if out:
        out = [".Bl -tag -width Ds -compact"] + out + [".El"]
    return out


def objects_in(body):
    return {name.replace("_", " ") for name, need in re.findall(
        r'F\((?:OBJ|FLAT|LIST), \w+, (\w+), \w+, (\w+)', body)
            if need in HERE}


def wanted():
    source = re.sub(r"/\*.*?\*/", "", read("src/proto/messages.def"),
                    flags=re.S)
    parts = re.split(r"\n(?=SIM_MESSAGE)", source)
    groups = {"OUT": [], "IN": [], "OBJECT": []}
    for part in parts:
        m = re.match(r'SIM_MESSAGE_OBJECT\((\w+), "([^"]*)",(.*)', part, re.S)
        if m:
            groups["OBJECT"].append((m.group(1).replace("_", " "),
                                     m.group(2), m.group(3)))
            continue
        m = re.match(r'SIM_MESSAGE\((\w+), (\w+), (\w+), "([^"]*)",(.*)',
                     part, re.S)
        if m and m.group(3) != "WIRE":
            groups[m.group(2)].append((m.group(1), m.group(4), m.group(5)))
    shown = set()
    for key in ("OUT", "IN"):
        for name, text, body in groups[key]:
            shown.update(objects_in(body))
    groups["OBJECT"] = [x for x in groups["OBJECT"] if x[0] in shown]
    names = {x[0] for key in ("OUT", "IN") for x in groups[key]}
    lines = []
    for key, title in (("OUT", "From the engine"),
                       ("IN", "From the strategy"),
                       ("OBJECT", "Parts of them")):
        lines += [".Ss " + title, ".Bl -tag -width Ds"]
        for name, text, body in groups[key]:
            lines += [".It Cm " + name] + wrapped(text) + fields_of(body)
        lines.append(".El")
    assert len(lines) > 300, "messages.def was not understood"
    aliases = re.findall(r'SIM_MESSAGE_ALIAS\("(\w+)", (\w+)\)', source)
    return lines, [x for x in aliases if x[1] in names]


def run_examples(page):
    """In a folder with the sample data; the clients from the sources."""
    shown = re.findall(r"\.Bd -literal[^\n]*\n(.*?)\.Ed",
                       page[page.index(".Sh EXAMPLES"):], re.S)
    assert len(shown) == 2
    with Home() as home:
        for name in ("ACME_daily.csv",):
            shutil.copy(os.path.join(TOP, "data", name), home.path)
        for text in shown:
            text = text.replace("\\e", "\\").replace(
                "/usr/share/simutrador", os.path.abspath(TOP))
            out = home.shell(text)
            hashes = set(re.findall(r'"log_hash":"(\w+)"', out))
            if len(hashes) != 1:
                print("an example prints %r" % out)
                return 1
    return 0


def main():
    want, aliases = wanted()
    if "--print" in sys.argv:
        print("\n".join(want))
        return 0
    page = read("man/simutrador-pipe.7")
    begin = page.index(".Sh MESSAGES\n")
    got = page[begin:page.index(".Sh ", begin + 4)].splitlines()
    got = got[got.index(want[0]):]
    for i, line in enumerate(want):
        if i >= len(got) or got[i] != line:
            print("simutrador-pipe(7) has %r; messages.def gives %r" %
                  (got[i] if i < len(got) else "nothing", line))
            return 1
    for text, name in aliases:
        if ".Cm %s" % text not in page:
            print("simutrador-pipe(7) lacks the name %s" % text)
            return 1
    print("%d lines compared" % len(want))
    return run_examples(page)


if __name__ == "__main__":
    sys.exit(main())
