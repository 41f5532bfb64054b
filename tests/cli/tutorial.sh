#!/bin/sh
# Every command of simutrador-tutorial(7) runs, one after the other, with
# sessions in this process where the page does not say otherwise.
. "$top_srcdir/tests/cli/lib.sh"
awk '/^\.Bd -literal/ { lit = 1; next }
	/^\.Ed/ { lit = 0; next }
	lit { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print }' \
	"$top/man/simutrador-tutorial.7" >"$tmp/script"
[ "$(grep -c simutrador "$tmp/script")" -ge 40 ] ||
	fail "the tutorial has fewer commands than it had"
cp "$data/ACME_daily.csv" .
# The page unsets what it has set; where it starts from is a file's.
printf 'backend = loop\n' >.simutrador.conf
sh -eu "$tmp/script" >"$tmp/out" 2>"$tmp/err" </dev/null || {
	cat "$tmp/out" "$tmp/err"
	fail "a command of the tutorial fails"
}
has '"ok":true'
has 'dip.lua'
has '"event":"end"'
