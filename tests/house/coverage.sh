#!/bin/sh
# make coverage: the whole suite in build-coverage/ and which lines it reached.
set -eu
unset MAKEFLAGS MAKELEVEL
# As gcc wrote it down, without "..".
top_srcdir=$(cd "$top_srcdir" && pwd -P)
mkdir -p "$top_builddir/build-coverage"
cd "$top_builddir/build-coverage"
[ -f Makefile ] || "$top_srcdir/configure" -q CC=gcc CFLAGS='-O0 -g' \
	--enable-coverage
jobs=$(nproc)
"$MAKE" -s -j "$jobs"
"$MAKE" -s -j "$jobs" check TESTS= >/dev/null
find . -name '*.gcda' -exec rm -f {} +
status=0
"$MAKE" -s -k -j "$jobs" check >check.log 2>&1 || status=$?
[ "$status" = 0 ] || {
	tail -n 40 check.log
	echo "coverage: the tests failed; the figures are of what ran."
}
if command -v gcovr >/dev/null; then
	gcovr --root "$top_srcdir" --filter "$top_srcdir/src/" \
		--object-directory . . | tee coverage.txt
else
	# What came with gcc: a file's lines, and their sum.
	find src -name '*.gcda' -exec gcov -n -r -s "$top_srcdir" {} + \
		2>/dev/null | awk '
		/^File / { name = $2; gsub("\047", "", name) }
		/^Lines executed:/ && name ~ /^src\/.*\.c$/ {
			split($2, part, /[:%]/)
			printf "%-44s %6d %6.1f%%\n", name, $4, part[2]
			lines += $4
			reached += $4 * part[2] / 100
		}
		/^Lines executed:/ { name = "" }
		END {
			printf "%-44s %6d %6.1f%%\n", "TOTAL", lines,
				lines ? 100 * reached / lines : 0
		}' | tee coverage.txt
fi
exit "$status"
