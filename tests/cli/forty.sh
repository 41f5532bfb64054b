#!/bin/sh
# A new user's forty commands give the same output wherever sessions are: in
# this process, on this machine's server, on a server elsewhere.
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/place.sh"

count=0
for where in $places; do
	fresh
	[ "$where" = remote ] || serve_here
	place "$where"
	while read -r line; do
		case $line in
		'' | '#'*) continue ;;
		esac
		count=$((count + 1))
		printf '$ %s\n' "$line"
		sh -c "$line" 2>"$tmp/err" </dev/null || {
			cat "$tmp/err" >&2
			fail "$where: ended with $?: $line" >&2
		}
	done <"$top/tests/cli/forty/commands" >"$tmp/raw" || exit 1
	leave
	timeless <"$tmp/raw" >"$tmp/forty.$where"
	[ -z "${WRITE_GOLDEN:-}" ] ||
		cp "$tmp/forty.$where" "$top/tests/cli/forty/golden"
	diff "$top/tests/cli/forty/golden" "$tmp/forty.$where" ||
		fail "$where prints something else"
done
[ "$count" -ge 40 ] || fail "only $count commands"
echo "$count passed, 0 failed, 0 skipped"
