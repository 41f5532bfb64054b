#!/bin/sh
# A test that has a long form is in LONG_TESTS of its folder's local.mk, so
# that check-long runs it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

grep -rlE --include='*.c' --include='*.py' --include='*.sh' \
	'SIM_LONG|IS_LONG|import .*LONG' tests |
while IFS= read -r file; do
	dir=${file%/*} name=${file##*/}
	[ -f "$dir/local.mk" ] || continue
	awk -v path="$file" -v name="%D%/${name%.c}" '
	/\\$/ { line = line substr($0, 1, length($0) - 1); next }
	{
		line = line $0
		n = split(line, word)
		for (i = 3; i <= n && word[2] == "+="; i++)
			if (word[i] == name)
				is_in[word[1]] = 1
		line = ""
	}
	END {
		if ((is_in["UNIT_TESTS"] || is_in["PY_TESTS"] ||
		    is_in["SH_TESTS"]) && !is_in["LONG_TESTS"])
			print path ":1: reads SIM_LONG and is not in LONG_TESTS"
	}' "$dir/local.mk"
done >>"$faults"
verdict
