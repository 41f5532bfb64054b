#!/bin/sh
# The quick start of README runs as it stands there, on the sample data under
# the name that README gives to the reader's own.  Not covered: ./setup, which
# tests/house and a bare system are for.  Sessions are in the process here; that
# they are the same elsewhere, tests/contract shows.
. "$top_srcdir/tests/cli/lib.sh"
awk '/^Quick start$/ { on = 1 }
	/^Where things are$/ { on = 0 }
	on && /^    / && !/export PATH/ { sub(/^    /, ""); print }' \
	"$top/README" >"$tmp/script"
[ "$(grep -c '^simutrador' "$tmp/script")" -ge 10 ] ||
	fail "README shows fewer commands than it did"
cp "$data/ACME_daily.csv" prices.csv
SIMUTRADOR_BACKEND=loop
export SIMUTRADOR_BACKEND
sh -eu "$tmp/script" >"$tmp/out" 2>"$tmp/err" || {
	cat "$tmp/out" "$tmp/err"
	fail "a command of README's quick start fails"
}
[ -s report.html ] || fail "no page was written"
has '"ok":true'
[ ! -s "$tmp/err" ] || {
	cat "$tmp/err"
	fail "README's commands warn"
}
