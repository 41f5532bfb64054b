#!/bin/sh
# make bench: the in-process figures, then whole processes beside an empty one
# that loads the same libraries.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
HOME=$tmp XDG_DATA_HOME=$tmp/data XDG_CONFIG_HOME=$tmp/config LC_ALL=C TZ=UTC
export HOME XDG_DATA_HOME XDG_CONFIG_HOME LC_ALL TZ
here=$top_builddir/tests/bench
sim=$top_builddir/simutrador

"$here/bench" "$tmp"
"$here/bench" "$tmp" rss
# shellcheck disable=SC2086
${CC:-cc} -O2 -shared -fPIC -I"$top_srcdir/include" -o "$tmp/sma.so" \
	"$top_srcdir/examples/sma.c"
"$here/forms" 1000000 "W1 as a percentage, C plugin=$tmp/sma.so" \
	"W1 as a percentage, Lua=$top_srcdir/examples/sma-cross.lua"
"$here/w3"
"$here/wire"
"$here/frames"
"$here/session"
"$here/sockets" 1 5000
(cd "$tmp" && "$here/writer")

head -n 20001 "$tmp/w1.csv" >"$tmp/w1_20k.csv"
"$sim" data import "$tmp/w1_20k.csv" --symbol W20K >/dev/null
"$sim" data import "$tmp/w1.csv" --symbol W1M >/dev/null

# process NAME COMMAND...: median milliseconds, and what it is more than empty.
process() {
	name=$1
	shift
	said=$("$here/process" "$here/empty" "$@")
	awk -v name="$name" -v said="$said" 'BEGIN {
		split(said, ms)
		printf "%-34s %12.2f %-16s %+8.2f\n", name, ms[1], "ms a process", ms[2] }'
}
w1="--strategy sma-cross -p fast=10 -p slow=30 -p size=cash:0.98
	--cash 1000000 --slippage none --commission percent:0.1
	--max-volume-share off --no-save"
printf '%-34s %12s %-16s %8s\n' "whole processes (median)" figure unit "+ empty"
process "empty, same libraries" "$here/empty"
process "simutrador --version" "$sim" --version
# shellcheck disable=SC2086
process "stored 20k bars to result" "$sim" simulate $w1 --symbols W20K
# shellcheck disable=SC2086
process "stored 1M bars to result" "$sim" simulate $w1 --symbols W1M
process "reference: wc -l of 1M rows" wc -l "$tmp/w1.csv"

if [ "$PYTHON3" ]; then
	for rows in 100 50000; do
		head -n $((rows + 1)) "$tmp/w1.csv" |
			"$sim" data import - --symbol "W$rows" >/dev/null
	done
	"$PYTHON3" "$top_srcdir/tests/bench/pipe.py" W50000 W1M W100 "$tmp"
	"$PYTHON3" "$top_srcdir/tests/bench/desk.py" "$sim" 10000 20
fi
