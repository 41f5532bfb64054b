"""simutrador-pipe(7) says what messages.def says: every message and object in
its order, every field with its kind, whether it is always there, its help.

Its examples run, and those of one display print one hash.

--print writes what the page has to hold.
"""
import os
import re
import shutil
import sys

from pipetest import Home

TOP = os.environ.get("top_srcdir", ".")
sys.path.insert(0, os.path.join(TOP, "tests", "proto"))
import defs  # noqa: E402


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
    messages = defs.Messages("PIPE")
    want = messages.lines("strategy", "engine")
    if "--print" in sys.argv:
        print("\n".join(want))
        return 0
    page = defs.read("man/simutrador-pipe.7")
    if not defs.compare("simutrador-pipe(7)", defs.below(
            defs.section(page, "MESSAGES"), want[0]), want):
        return 1
    for text, name in messages.aliases:
        if ".Cm %s" % text not in page:
            print("simutrador-pipe(7) lacks the name %s" % text)
            return 1
    print("%d lines compared" % len(want))
    return run_examples(page)


if __name__ == "__main__":
    sys.exit(main())
