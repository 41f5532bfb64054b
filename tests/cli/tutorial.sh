#!/bin/sh
# Every command of simutrador-tutorial(7) runs, one after the other; where the
# page begins on this machine, that is in this process and on this machine's
# server; the page goes to a server elsewhere by itself.
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/place.sh"
awk '/^\.Bd -literal/ { lit = 1; next }
	/^\.Ed/ { lit = 0; next }
	lit { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print }' \
	"$top/man/simutrador-tutorial.7" |
	sed '/^simutrador auth login/i unset SIMUTRADOR_BACKEND' >"$tmp/script"
[ "$(grep -c simutrador "$tmp/script")" -ge 40 ] ||
	fail "the tutorial has fewer commands than it had"

play()
{
	rm -rf "$HOME" "$tmp/play"
	mkdir -p "$HOME" "$tmp/play"
	cp "$data/ACME_daily.csv" "$tmp/play"
	(cd "$tmp/play" && sh -eu "$tmp/script") >"$tmp/out" 2>"$tmp/err" \
		</dev/null || {
		cat "$tmp/out" "$tmp/err"
		fail "$here: a command of the tutorial fails"
	}
	has '"ok":true'
	has 'dip.lua'
	has '"event":"end"'
	has '"server_from":"login"'
}

places=$(echo "$places" | sed 's/ *remote//')
everywhere play
