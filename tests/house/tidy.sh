#!/bin/sh
# make tidy: clang-tidy over src/, with the checks of .clang-tidy.  Its findings
# are to be read: the analyser doesn't know that an error code is never 0, so
# some are none, and none fails the run.
set -eu
command -v clang-tidy >/dev/null || {
	echo "make tidy needs clang-tidy."
	exit 1
}
cd "$top_srcdir"
flags="-std=gnu11 -D_GNU_SOURCE -Isrc -I$top_builddir $CPPFLAGS"
export flags
# shellcheck disable=SC2016
find src -name '*.c' | sort | xargs -P "$(nproc)" -n 4 sh -c '
	clang-tidy --quiet "$@" -- $flags 2>/dev/null' tidy |
	tee "$top_builddir/tidy.txt"
echo "tidy: $(grep -c "warning:" "$top_builddir/tidy.txt" || :) findings"
