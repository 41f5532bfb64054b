#!/bin/sh
# Every example of the manual runs: the literal displays of each EXAMPLES
# section, in a scratch home with the sample data in the current folder.  A
# command may end with 0, or with 1 where it says that something is so.
. "$top_srcdir/tests/cli/lib.sh"

# examples PAGE: the commands, as a shell script; what is installed under
# /usr/share/simutrador is taken from where it is built from.
examples()
{
	awk '/^\.Sh/ { on = ($2 == "EXAMPLES") }
		on && /^\.Bd -literal/ { lit = 1; next }
		on && /^\.Ed/ { lit = 0; next }
		on && lit { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print }' "$1" |
		sed "s,/usr/share/simutrador/,$top/,g"
}

# Sessions are in this process: nothing goes on when an example is over.
SIMUTRADOR_BACKEND=loop
export SIMUTRADOR_BACKEND
count=0
for page in "$top"/man/simutrador*.[1578]; do
	case $page in
	*/simutrador-calendar.5) continue ;;	# shows a file, no commands
	esac
	examples "$page" >"$tmp/script"
	[ -s "$tmp/script" ] || continue
	rm -rf "$HOME" "$tmp/run"
	mkdir -p "$HOME" "$tmp/run"
	cp "$top"/data/*.csv "$tmp/run"
	(cd "$tmp/run" && sh -eu "$tmp/script") >"$tmp/out" 2>"$tmp/err" || {
		cat "$tmp/script" "$tmp/out" "$tmp/err"
		fail "an example of ${page##*/} fails"
	}
	[ -s "$tmp/out" ] || fail "the examples of ${page##*/} print nothing"
	count=$((count + 1))
done
[ "$count" -ge 14 ] || fail "only $count pages have examples"

# The examples of --help, from the command table, each in the same home.
rm -rf "$HOME" "$tmp/run"
mkdir -p "$HOME" "$tmp/run"
cp "$top"/data/*.csv "$tmp/run"
cd "$tmp/run"
simutrador data import ACME_daily.csv --symbol ACME -q >"$tmp/out"
simutrador simulate --symbols ACME --strategy buy-hold -q >"$tmp/out"
simutrador simulate --symbols ACME --strategy sma-cross -q >"$tmp/out"
for i in 1 2; do
	simutrador optimize sweep sma-cross --symbols ACME -p fast=5:20:5 \
		-p slow=30,50 --shard $i/2 -q >"$tmp/out"
done
# One session is under way, with an open order and a position; one is ready.
simutrador session create ACME --start-date 2023-01-03 --end-date 2023-06-30 \
	--timeframe daily --id spring -q >"$tmp/out"
simutrador session start >"$tmp/out"
simutrador order buy ACME 100 >"$tmp/out"
simutrador session step >"$tmp/out"
simutrador order buy ACME 10 limit 40 --tif gtc --client-id first >"$tmp/out"
simutrador session create ACME --start-date 2023-01-03 --end-date 2023-06-30 \
	--timeframe daily --id autumn -q >"$tmp/out"
simutrador --help-json | awk '/^      "examples": \[$/ { on = 1; next }
	/^      \]/ { on = 0 }
	on { sub(/^ *"/, ""); sub(/",?$/, ""); gsub(/\\"/, "\"");
		gsub(/\\\\/, "\\"); print }' >"$tmp/list"
[ "$(wc -l <"$tmp/list")" -gt 40 ] || fail "examples are missing"
mv "$HOME" "$tmp/ready"
while IFS= read -r line; do
	rm -rf "$HOME"
	cp -R "$tmp/ready" "$HOME"
	sh -eu -c "$line" >"$tmp/out" 2>"$tmp/err" </dev/null || {
		cat "$tmp/err"
		fail "an example of --help fails: $line"
	}
done <"$tmp/list"
