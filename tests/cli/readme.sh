#!/bin/sh
# The quick start of README runs as it stands there, on the sample data under
# the name that README gives to the reader's own.  Not covered: ./setup, which
# tests/house and a bare system are for.
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/place.sh"
awk '/^Quick start$/ { on = 1 }
	/^Where things are$/ { on = 0 }
	on && /^    / && !/export PATH/ { sub(/^    /, ""); print }' \
	"$top/README" >"$tmp/script"
[ "$(grep -c '^simutrador' "$tmp/script")" -ge 10 ] ||
	fail "README shows fewer commands than it did"

play()
{
	rm -rf "$tmp/play"
	mkdir -p "$tmp/play"
	cp "$data/ACME_daily.csv" "$tmp/play/prices.csv"
	(cd "$tmp/play" && sh -eu "$tmp/script") >"$tmp/out" 2>"$tmp/err" \
		</dev/null || {
		cat "$tmp/out" "$tmp/err"
		fail "$here: a command of README's quick start fails"
	}
	[ -s "$tmp/play/report.html" ] || fail "no page was written"
	has '"ok":true'
	[ ! -s "$tmp/err" ] || {
		cat "$tmp/err"
		fail "$here: README's commands warn"
	}
}

everywhere play
