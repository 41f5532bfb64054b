#!/bin/sh
# The examples of --help, from the command table.  Those of commands that work
# on sessions run wherever these can be; those of commands that need none run
# where the place that is set can't be reached (backend.txt, which names every
# command).
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/place.sh"

rm -rf "$HOME" "$tmp/play"
mkdir -p "$HOME" "$tmp/play"
cp "$top"/data/*.csv "$tmp/play"
cd "$tmp/play"
simutrador data import ACME_daily.csv --symbol ACME -q >"$tmp/out"
simutrador simulate --symbols ACME --strategy buy-hold -q >"$tmp/out"
simutrador simulate --symbols ACME --strategy sma-cross -q >"$tmp/out"
for i in 1 2; do
	simutrador optimize sweep sma-cross --symbols ACME -p fast=5:20:5 \
		-p slow=30,50 --shard $i/2 -q >"$tmp/out"
done
mv "$HOME" "$tmp/ready"

# "NAME<tab>EXAMPLE" of each.
simutrador --help-json | awk '
	/^      "name": "/ { split($0, part, "\""); name = part[4] }
	/^      "examples": \[$/ { on = 1; next }
	/^      \]/ { on = 0 }
	on { sub(/^ *"/, ""); sub(/",?$/, ""); gsub(/\\"/, "\"");
		gsub(/\\\\/, "\\"); print name "\t" $0 }' >"$tmp/list"
[ "$(wc -l <"$tmp/list")" -gt 40 ] || fail "examples are missing"
cut -f1 "$tmp/list" | sort -u >"$tmp/names"
while read -r name; do
	[ -n "$(touches "$name")" ] || fail "backend.txt lacks '$name'"
	printf '%s\t%s\n' "$(touches "$name")" "$name"
done <"$tmp/names" >"$tmp/kinds"
simutrador --help-json | awk -F'"' '$2 == "name" { name = $4 }
	$2 == "summary" { print name }' | sort -u >"$tmp/commands"
cmp "$tmp/commands" "$tmp/names" || fail "a command has no example"
sed -n 's/^[a-z]* //p' "$top/tests/cli/backend.txt" | grep -v '^#' |
	while read -r name; do
	grep -qE "^$name( |\$)" "$tmp/names" || fail "there is no '$name'"
done || exit 1

# of KIND: the examples of that kind of command.
of()
{
	awk -F'\t' -v kind="$1" 'NR == FNR { of[$2] = $1; next }
		of[$1] == kind { print $2 }' "$tmp/kinds" "$tmp/list"
}

run()
{
	sh -eu -c "$1" >"$tmp/out" 2>"$tmp/err" </dev/null || {
		cat "$tmp/err"
		fail "$here: an example of --help fails: $1"
	}
	count=$((count + 1))
}

again()
{
	rm -rf "$HOME"
	cp -R "$tmp/ready" "$HOME"
}

# One session is under way, with an open order and a position; one is ready.
sessions()
{
	simutrador session create ACME --start-date 2023-01-03 \
		--end-date 2023-06-30 --timeframe daily --id spring -q \
		>"$tmp/out"
	simutrador session start >"$tmp/out"
	simutrador order buy ACME 100 >"$tmp/out"
	simutrador session step >"$tmp/out"
	simutrador order buy ACME 10 limit 40 --tif gtc --client-id first \
		>"$tmp/out"
	simutrador session create ACME --start-date 2023-01-03 \
		--end-date 2023-06-30 --timeframe daily --id autumn -q \
		>"$tmp/out"
}

# They are again as they were made: all that is kept is, and the server that
# has them in memory begins anew.
anew()
{
	rest
	rm -rf "$HOME"
	cp -R "$tmp/begun" "$HOME"
	wake
}

count=0
of all >"$tmp/all"
for where in $places; do
	again
	place "$where"
	sessions
	rest
	rm -rf "$tmp/begun"
	cp -R "$HOME" "$tmp/begun"
	wake
	is_new=yes
	while IFS= read -r line; do
		[ "$is_new" = yes ] || anew
		run "$line"
		# What only looks leaves them as they are.
		case "$line " in
		*' list '* | *' show '* | *' status '* | *' account '* | \
		*' portfolio '* | *' quote '* | *' --dry-run'* | \
		*' session log '* | *' --snapshot '*) is_new=yes ;;
		*) is_new=no ;;
		esac
	done <"$tmp/all"
	leave
done
of server >"$tmp/all"
place loop
while IFS= read -r line; do
	again
	run "$line"
done <"$tmp/all"
leave
of free >"$tmp/all"
nowhere
while IFS= read -r line; do
	again
	run "$line"
done <"$tmp/all"
echo "$count passed, 0 failed, 0 skipped"
