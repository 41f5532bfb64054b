#!/bin/sh
# make tidy: clang-tidy over src/, with the checks of .clang-tidy.
set -eu
command -v clang-tidy >/dev/null || {
	echo "make tidy needs clang-tidy."
	exit 1
}
cd "$top_srcdir"
# shellcheck disable=SC2086
find src -name '*.c' | sort | xargs -P "$(nproc)" -n 4 \
	clang-tidy --quiet --warnings-as-errors='*' -- \
	-std=gnu11 -D_GNU_SOURCE -Isrc -I"$top_builddir" $CPPFLAGS
