#!/bin/sh
# Every header compiles alone, under a guard named after it (SIM_FILE_H).
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

find src -name '*.h' -type f | sort >"$lint_tmp/headers"
while read -r h; do
	guard=SIM_$(basename "$h" .h | tr '[:lower:]' '[:upper:]')_H
	[ "$(grep -cE "^#(ifndef|define) $guard\$" "$h")" = 2 ] ||
		echo "$h:1: the include guard is not $guard" >>"$faults"
done <"$lint_tmp/headers"

# One compiler run for all of them: each header is a file of its own.
while read -r h; do
	c=$lint_tmp/$(echo "$h" | tr / _).c
	printf '#include "%s"\nextern int lint_not_empty;\n' "${h#src/}" >"$c"
done <"$lint_tmp/headers"
set -- "$lint_tmp"/*.c
[ -f "$1" ] || verdict
# shellcheck disable=SC2086
$CC -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only \
	-Iinclude -Isrc -I"$top_builddir" "$@" 2>&1 | grep -E 'error|warning' >>"$faults" || :
verdict
