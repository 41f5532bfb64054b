#!/bin/sh
# Whole tear sheets of made-up runs, byte by byte: braille and ASCII, with and
# without colour, no fills at all, a run of one bar.  To accept a change on
# purpose: GOLDEN_UPDATE=1 sh tests/report/golden.sh, then read the diff.
set -eu
top_srcdir=${top_srcdir:-.}
tool=${top_builddir:-.}/tests/report/report_tool
golden=$top_srcdir/tests/report/golden
[ -x "$tool" ] || { echo "skipped: $tool is not built"; exit 77; }
out=$(mktemp)
trap 'rm -f "$out"' EXIT
status=0

# page FILE FACE SEED STEPS FILL_EVERY
page()
{
	file=$golden/$1
	shift
	"$tool" "$@" >"$out"
	if [ "${GOLDEN_UPDATE:-}" = 1 ]; then
		cp "$out" "$file"
	elif ! diff -u "$file" "$out"; then
		status=1
	fi
}

page braille.txt sheet 7 600 20
page ascii.txt ascii 7 600 20
page color.txt color 8 40 4
page minutes.txt ascii 9 300m 6
page idle.txt ascii 1 30 0
page one.txt ascii 1 1 1
exit $status
