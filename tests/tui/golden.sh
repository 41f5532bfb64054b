#!/bin/sh
# The frames of golden/frames.txt are as they were: of fixed messages in data/
# (made by record.py), in every pane, layout, theme and size.  --write makes
# them anew, to be looked at.
dir=${top_srcdir:-.}/tests/tui
tool=${top_builddir:-.}/tests/tui/frame
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
[ -x "$tool" ] || { echo "there is no $tool"; exit 77; }
passed=0 failed=0
while read -r name data words; do
	case $name in ''|'#'*) continue ;; esac
	want=$dir/golden/$name.txt
	# shellcheck disable=SC2086
	if ! "$tool" $words <"$dir/data/$data.ndjson" >"$tmp/got" 2>"$tmp/err"
	then
		echo "FAIL: $name: $(cat "$tmp/err")"
		failed=$((failed + 1))
	elif [ "$1" = --write ]; then
		cp "$tmp/got" "$want"
		passed=$((passed + 1))
	elif cmp -s "$tmp/got" "$want"; then
		passed=$((passed + 1))
	else
		echo "FAIL: $name is not as it was"
		diff "$want" "$tmp/got" | head -10
		failed=$((failed + 1))
	fi
done <"$dir/golden/frames.txt"
echo "$passed passed, $failed failed, 0 skipped"
[ "$passed" -ge 60 ] && [ "$failed" = 0 ]
