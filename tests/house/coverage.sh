#!/bin/sh
# make coverage: the whole suite in build-coverage/ and which lines it reached.
set -eu
unset MAKEFLAGS MAKELEVEL
mkdir -p "$top_builddir/build-coverage"
cd "$top_builddir/build-coverage"
[ -f Makefile ] || "$top_srcdir/configure" -q CC=gcc CFLAGS='-O0 -g' \
	--enable-coverage
"$MAKE" -s -j "$(nproc)"
find . -name '*.gcda' -exec rm -f {} +
status=0
"$MAKE" -s -k check >check.log 2>&1 || status=$?
[ "$status" = 0 ] || {
	tail -n 40 check.log
	echo "coverage: the tests failed; the figures are of what ran."
}
if command -v gcovr >/dev/null; then
	gcovr --root "$top_srcdir" --filter "$top_srcdir/src/" \
		--object-directory . . | tee coverage.txt
elif command -v lcov >/dev/null; then
	lcov -q --capture --directory . --output-file coverage.info
	lcov --list coverage.info
else
	echo "coverage: install gcovr or lcov to have it summed up."
	exit 1
fi
exit "$status"
