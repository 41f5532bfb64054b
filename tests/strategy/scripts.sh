#!/bin/sh
# Every script of examples/ gives its hash on the bundled sample, again and
# when verified; sma-cross.lua gives that of the built-in strategy; what does
# not end, holds too much or fails leaves a sealed run and status 83.
. "$top_srcdir/tests/cli/lib.sh"
cp "$data"/*.csv .
days="--data ACME=ACME_daily.csv --data BOLT=BOLT_daily.csv
	--data CRUX=CRUX_daily.csv"
minutes="--data ACME=ACME_1min.csv"

# log_of OPTION...: run and print the log's hash.
log_of()
{
	simutrador simulate "$@" --fields log_hash >"$tmp/hash" ||
		fail "simulate $* ended with $?"
	sed 's/.*:"\(.*\)".*/\1/' "$tmp/hash"
}

# -- examples ----------------------------------------------------------------
n=0
while read -r name short options; do
	n=$((n + 1))
	case $options in
	*minutes*) from=$minutes options=${options#minutes} ;;
	*) from=$days ;;
	esac
	sed -n 1p "$top/examples/$name.lua" | grep -Eq '^-- [A-Z].{20,}' ||
		fail "$name.lua does not begin with a sentence"
	# shellcheck disable=SC2086
	{
		got=$(log_of "$top/examples/$name.lua" $from $options)
		again=$(log_of "$top/examples/$name.lua" $from $options)
	}
	[ "$got" = "$again" ] || fail "$name.lua has two hashes"
	status 0 simutrador run verify "r$((2 * n))"
	fills=$(simutrador run show "r$n" -o json |
		sed -n 's/^ *"fills": \([0-9]*\).*/\1/p')
	[ "${fills:-0}" -ge 10 ] || fail "$name.lua has $fills fills"
	case $got in
	"$short"*) ;;
	*) echo "$name.lua has the hash $got"; bad=1 ;;
	esac
done <<'END'
bollinger 38e1262a
dip a95270d9
grid 55a53a57
macd ff801620 --account margin
opening-range d7bd3e22 minutes
rotation 4e105463
rsi-reversion eb810213
sma-cross 044ea600
turtle 3af2e452
two-frames c26e2f32 minutes
volatility-target 8536f59a
END
[ -z "${bad:-}" ] || fail "scripts decide otherwise than before"
for file in "$top"/examples/*.lua; do
	n=$((n - 1))
done
[ "$n" -eq 0 ] || fail "a script of examples/ is not in the list above"

# -- one strategy in two forms -----------------------------------------------
# same FROM OPTION...: sma-cross decides the same in both.
same()
{
	from=$1
	shift
	# shellcheck disable=SC2086
	[ "$(log_of "$top/examples/sma-cross.lua" $from "$@")" = \
	  "$(log_of --strategy sma-cross $from "$@")" ] ||
		fail "sma-cross.lua differs from sma-cross: $from $*"
}
same "$days"
same "$days" -p fast=1 -p slow=2
same "$days" -p fast=3 -p slow=7 --account margin
same "$minutes" -p fast=20 -p slow=50
same "$minutes" -p fast=5 -p slow=8 --fill close
same "$minutes" -p fast=5 -p slow=8 --path best --max-volume-share 0.0001
if [ "${SIMUTRADOR_TESTDATA:-}" ]; then
	count=0
	find "$SIMUTRADOR_TESTDATA" -name '*.csv' -size -9000k | sort \
		>"$tmp/files"
	[ "${SIM_LONG:-}" ] || {
		awk 'NR % 3 == 1' "$tmp/files" >"$tmp/some"
		mv "$tmp/some" "$tmp/files"
	}
	while read -r file; do
		simutrador simulate --strategy buy-hold --data "X=$file" \
			>/dev/null 2>&1 || continue
		same "--data X=$file"
		count=$((count + 1))
	done <"$tmp/files"
	echo "two forms agree on $count files"
fi

# -- scripts that do not end well --------------------------------------------
# ends TEXT SCRIPT: status 83 with that text; the run is sealed.
ends()
{
	printf '%s\n' "$2" >bad.lua
	status 83 simutrador simulate bad.lua --data ACME=ACME_daily.csv \
		--callback-timeout "${3:-5s}"
	has "$1"
	has "is saved as r"
	tail -n 1 "$(find "$XDG_DATA_HOME/simutrador/runs" -name events.ndjson \
		-newer bad.lua)" | grep -q '"type":"seal"' ||
		fail "the log is not sealed: $1"
}
trade='if bar.n % 20 == 3 then ctx:buy{ qty = 1 } end'
ends 'bad.lua, bar 2020-03-11T13:30:00Z of ACME: it has not come back' \
	"function on_bar(ctx, bar) $trade
	if bar.n == 300 then while true do end end end" 300ms
ends 'it has not come back for 300 ms' \
	'function on_bar(ctx) while true do ctx:cancel(1) end end' 300ms
ends 'the script holds more than 512 MiB of memory' \
	"function on_bar(ctx, bar) $trade
	local t = {} while true do t[#t + 1] = ('x'):rep(1e6) .. #t end end" 60s
ends 'bad.lua, line 2, bar 2019-01-07T14:30:00Z of ACME: attempt to' \
	"function on_bar(ctx, bar) $trade
	if bar.n == 4 then local x = nothing.here end end"
ends 'bad.lua, line 2, bar 2019-01-07T14:30:00Z of ACME: in a fill' \
	"function on_bar(ctx, bar) $trade end
	function on_fill() error('in a fill') end"
echo 'while true do end' >bad.lua
status 83 simutrador simulate bad.lua --data ACME=ACME_daily.csv \
	--callback-timeout 300ms
has 'bad.lua, its start: it has not come back'
status 64 simutrador simulate "$top/examples/sma-cross.lua" -p fats=3 \
	--data ACME=ACME_daily.csv
has "there is no parameter 'fats'; did you mean 'fast'?"
