#!/bin/sh
# Lines of C fit 80 columns (tabs of 8), nothing trails, and every file opens
# by saying what it is.  Tables (.def) may be wider.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

c_files src tests tools >"$lint_tmp/files"
find src -name '*.def' -type f >>"$lint_tmp/files"
# shellcheck disable=SC2016
xargs awk '
FNR == 1 && !/^\/\*/ {
	printf "%s:1: the file does not open with a comment\n", FILENAME
}
/[ \t]$/ { printf "%s:%d: blanks at the end of the line\n", FILENAME, FNR }
FILENAME !~ /\.def$/ && (length($0) > 80 || /\t/) {
	s = $0
	gsub(/[\200-\277]/, "", s)
	col = 0
	n = split(s, part, "\t")
	for (i = 1; i <= n; i++) {
		col += length(part[i])
		if (i < n)
			col += 8 - col % 8
	}
	if (col > 80)
		printf "%s:%d: %d columns\n", FILENAME, FNR, col
}' <"$lint_tmp/files" >>"$faults"
verdict
