#!/bin/sh
# Wrong invocations of commands that work on sessions: each ends with its
# status, one sentence on stderr, and nothing on stdout, wherever sessions are.
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/place.sh"
printf '{"symbol":"ACME","side":"hold","qty":1}\n' >side.ndjson
printf 'symbol,side,shape\nACME,buy,x\n' >column.csv
printf '{"symbol":"ACME"\n' >broken.ndjson
printf 'symbol,side,qty\n' >empty.csv
printf 'symbol,side,qty\nACME,buy,-1\n' >minus.csv

count=0
# bad STATUS TEXT ARG...: the sentence has the text.
bad()
{
	want=$1 text=$2
	shift 2
	count=$((count + 1))
	set +e
	simutrador "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	set -e
	[ "$rc" = "$want" ] || {
		cat "$tmp/out" "$tmp/err"
		fail "$* ended with $rc, not $want"
	}
	[ "$(wc -l <"$tmp/err")" = 1 ] || {
		cat "$tmp/err"
		fail "$*: not one line on stderr"
	}
	grep -qF -e "$text" "$tmp/err" || {
		cat "$tmp/err"
		fail "$*: the sentence lacks: $text"
	}
	! grep -q '\.$' "$tmp/err" || fail "$*: a full stop"
}
# quiet STATUS TEXT ARG...: and nothing is on stdout.
quiet()
{
	bad "$@"
	[ ! -s "$tmp/out" ] || fail "$*: prints something"
}

set_up()
{
	for id in ready going over; do
		simutrador session create ACME --start-date 2022-01-03 \
			--end-date 2022-03-31 --timeframe daily --id $id -q \
			>"$tmp/out"
		[ $id = ready ] || simutrador session start $id >"$tmp/out"
	done
	simutrador session stop over --no-save >"$tmp/out"
}

D='--start-date 2022-01-03 --end-date 2022-03-31'
# shellcheck disable=SC2086
misused()
{
quiet 64 "session create needs SYMBOL" session create $D
quiet 64 "--start-date" session create ACME --end-date 2022-03-31
quiet 64 "2022-03-31 is after end_date" session create ACME \
	--start-date 2022-03-31 --end-date 2022-01-03
quiet 64 "start_date" session create ACME --start-date spring \
	--end-date 2022-01-03
quiet 66 "did you mean ACME?" session create ACMEE $D --timeframe daily
quiet 66 "those that it has: daily" session create ACME $D --timeframe 5min
quiet 64 "--timeframe" session create ACME $D --timeframe often
quiet 64 "--initial-capital" session create ACME $D --initial-capital much
quiet 64 "--initial-capital" session create ACME $D --initial-capital -5
quiet 64 "--warmup-bars" session create ACME $D --warmup-bars -1
quiet 64 "given twice" session create ACME ACME $D --timeframe daily
quiet 64 "preset" session create ACME $D --timeframe daily --model nope
quiet 64 "--fill" session create ACME $D --fill tomorrow
quiet 64 "slippage" session create ACME $D --timeframe daily --slippage x
quiet 64 "session ready already" session create ACME $D --timeframe daily \
	--id ready
quiet 64 "--colour" session create ACME $D --colour red
quiet 64 "--state" session list --state sleeping
quiet 64 "no field 'price'" session list --fields price
quiet 66 "no session nope" session show nope
quiet 66 "no session nope" session status nope
quiet 64 "is too much" session show ready over
quiet 81 "was started before" session start going
quiet 81 "was started before" session start over
quiet 64 "--speed is 'fast'" session start ready --speed fast
quiet 64 "--speed is '0x'" session start ready --speed 0x
quiet 81 "can't be done" session pause ready
quiet 81 "can't be done" session resume over
quiet 81 "can't be done" session step ready
quiet 64 "from 1 to" session step going -n 0
quiet 64 "from 1 to" session step going -n some
quiet 64 "session speed needs" session speed
quiet 64 "must be simulated seconds" session speed going slowly
quiet 81 "can't be done" session speed over 1x
quiet 64 "--speed is 'quickly'" session watch going --speed quickly
quiet 64 "--events" session watch going --events some
quiet 66 "no session nope" session watch nope
quiet 64 "--since" session log going --since yesterday
quiet 81 "81" session log ready --save -o json
quiet 66 "no session nope" session stop nope
quiet 64 "Add --yes" session delete over
quiet 66 "no session nope" session delete nope --yes
quiet 64 "order buy needs" order buy ACME
quiet 64 "quantity is '-1'" order buy ACME -- -1
quiet 64 "quantity is 'ten'" order buy ACME ten
quiet 64 "'sometime' is no type" order buy ACME 10 sometime
quiet 64 "after 'limit' come 1 words, not 0: limit PRICE" order buy ACME 10 \
	limit
quiet 64 "stop-limit STOP LIMIT" order sell ACME 10 stop-limit 5
quiet 64 "price is 'low'" order buy ACME 10 limit low
quiet 64 "trail is '%'" order sell ACME 10 trail %
quiet 64 "--tif" order buy ACME 10 --tif ever
quiet 64 "take_profit is 'much'" order buy ACME 10 --take-profit much
quiet 64 "order_id is 'a b'" order buy ACME 10 --client-id 'a b'
quiet 64 "expire_at is 'later'" order buy ACME 10 --tif gtd --expire-at later
quiet 81 "can't be done" order buy ACME 10 --session ready
bad 80 "ORDER_REJECTED" order buy ACME 1000000 --session going -o json
bad 80 "no symbol NOPE" order buy NOPE 1 --session going
quiet 64 "--file" order place
quiet 66 "nofile" order place -f nofile
quiet 65 "side is 'hold'" order place -f side.ndjson
quiet 65 "'shape' is no field" order place -f column.csv
quiet 65 "broken.ndjson: line 1" order place -f broken.ndjson
quiet 65 "holds no order" order place -f empty.csv
quiet 65 "line 2: qty is '-1'" order place -f minus.csv
quiet 66 "no order 'nope'" order show nope --session going
quiet 64 "orders or --all" order cancel
quiet 64 "and not both" order cancel x --all
quiet 64 "goes with --all" order cancel x --symbol ACME
quiet 66 "nope is no open order" order cancel nope --session going
quiet 64 "needs something new" order replace first
quiet 64 "--price" order replace first --price free
quiet 66 "nope is no open order" order replace nope --price 1 --session going
quiet 66 "holds no ACME" position show ACME --session going
quiet 66 "holds no ACME" position close ACME --session going
quiet 64 "a symbol or --all" position close
quiet 64 "--pct" position close ACME --pct 101
quiet 66 "no session nope" position list nope
quiet 66 "no session nope" account nope
quiet 66 "no session nope" portfolio show nope
quiet 66 "r7" portfolio show r7
quiet 81 "has made no step" portfolio history ready
quiet 64 "--as" portfolio journal going --as ledgr
quiet 64 "quote needs" quote
quiet 66 "has no symbol NOPE" quote NOPE --session going
quiet 64 "--speed goes with --watch" quote ACME --speed max
quiet 66 "has no symbol NOPE" tick stream NOPE --session going
quiet 64 "there is no command 'session stepp'" session stepp
quiet 64 "--id is 'last'" session create ACME $D --timeframe daily --id last
quiet 64 "--id is 'r7'" session create ACME $D --timeframe daily --id r7
quiet 64 "over is given twice" session delete over over --yes
quiet 64 "operand 1 of session show is empty" session show ''
quiet 64 "--events is all" session watch going --events fills,,ticks
quiet 66 'a\x0ab' order show 'a
b' --session going
quiet 64 "there is no command 'order bye'" order bye ACME 1
}

everywhere set_up misused

# Where nobody is: a server that doesn't answer, nobody logged in, and both.
quiet 77 "auth login does" session list --server http://127.0.0.1:1
SIMUTRADOR_API_KEY=sk_nobody
export SIMUTRADOR_API_KEY
quiet 69 "127.0.0.1" session list --server http://127.0.0.1:1
quiet 64 "--local and --server" session list --local --server http://a.b
quiet 64 "--server" session list --server nowhere
SIMUTRADOR_BACKEND=cloud
export SIMUTRADOR_BACKEND
quiet 78 "backend is local, loop or remote" session list
[ "$count" -ge 60 ] || fail "only $count cases"
echo "$count passed, 0 failed, 0 skipped"
