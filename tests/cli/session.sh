#!/bin/sh
# Sessions in pipelines and over time, the same wherever they are: one that runs
# by itself is paused from a list, streams end in CSV or at a reader that goes
# away, one that is stopped is a run that verifies.  On this machine no socket of
# the internet is opened.
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/place.sh"

count=0 skipped=0
# same EXPECTED COMMAND...: what it prints.
same()
{
	want=$1
	shift
	count=$((count + 1))
	got=$("$@" 2>"$tmp/err") || {
		cat "$tmp/err"
		fail "$here: $* ended with $?"
	}
	[ "$got" = "$want" ] || fail "$here: $*: '$got', not '$want'"
}

create()
{
	simutrador session create ACME --start-date 2022-01-03 \
		--end-date 2022-03-31 --timeframe daily --id "$1" -q >"$tmp/out"
}

# session list | ... | xargs session pause, with and without --json.
paused()
{
	create clock
	create other
	same 2 sh -c 'simutrador session list -o name --where "steps ~= 0" |
		wc -l'
	simutrador session start clock --speed 1000x >"$tmp/out"
	same running simutrador session show clock --format '{state}'
	simutrador session list --json | python3 -c '
import json, sys
for s in json.load(sys.stdin):
    if s["state"] == "running":
        print(s["id"])' | xargs -n1 simutrador session pause >"$tmp/out"
	has '"state":"paused"'
	same clock simutrador session list --state paused -o name
	same paused simutrador session speed 60x --fields state -o csv \
		--no-header
	simutrador session list --state ready -o name |
		xargs simutrador session delete --yes >"$tmp/out"
	same '{"id":"other","deleted":true}' cat "$tmp/out"
	simutrador session delete clock --yes >"$tmp/out"
}

# Costs that settings say, by their own names and the Python client's; an
# option says otherwise.
priced()
{
	for row in '' '--commission-per-share 0.01' \
		'--commission percent:1'; do
		# shellcheck disable=SC2086
		SESSION__DEFAULT_COMMISSION_PER_SHARE=0.02 simutrador session \
			create ACME --start-date 2022-01-03 --id priced \
			--end-date 2022-03-31 --timeframe daily $row \
			>"$tmp/out"
		simutrador session start priced -q >"$tmp/out"
		simutrador order buy ACME 100 -q >"$tmp/out"
		simutrador session step -q >"$tmp/out"
		simutrador order list priced --fields commission -o csv \
			--no-header >>"$tmp/costs"
		simutrador session delete priced --yes >"$tmp/out"
	done
	same '2 1 79.16' paste -s -d ' ' "$tmp/costs"
	rm "$tmp/costs"
}

# Of what it says only the kinds that are asked for.
watched()
{
	create seen
	simutrador session start >"$tmp/out"
	simutrador order buy ACME 1 >"$tmp/out"
	simutrador session watch --events fills,ticks --speed max >"$tmp/seen"
	same 1 grep -c '"event":"fill"' "$tmp/seen"
	same 0 sh -c "grep -vc '\"event\":\"\(fill\|bar\)\"' $tmp/seen || :"
	simutrador session delete seen --yes >"$tmp/out"
}

# quote --watch | ... >ticks.csv, and tick stream, to the end of the session.
streamed()
{
	create stream
	simutrador session start >"$tmp/out"
	# A reader that has enough ends it quietly, whatever would still come.
	simutrador quote ACME | head -1 >"$tmp/out"
	has '"price":80.09'
	simutrador quote ACME --watch --speed max 2>"$tmp/err" | python3 -c '
import csv, json, sys
w = csv.writer(sys.stdout, lineterminator="\n")
for line in sys.stdin:
    q = json.loads(line)
    w.writerow([q["time"], q["symbol"], q["price"]])' >ticks.csv
	same 62 grep -c , ticks.csv
	same '2022-01-03T14:30:00Z,ACME,80.09' head -1 ticks.csv
	same '2022-03-31T13:30:00Z,ACME,'"$(sed -n 's/^2022-03-31[^,]*,\([^,]*,\)\{3\}\([^,]*\).*/\2/p' \
		"$data/ACME_daily.csv")" tail -1 ticks.csv
	same completed simutrador session show stream --format '{state}'
	simutrador session delete stream --yes >"$tmp/out"
}

# Nothing is said on stderr when the reader of a stream goes away.
left()
{
	create gone
	simutrador session start >"$tmp/out"
	simutrador tick stream ACME --speed max 2>"$tmp/err" |
		head -2 >"$tmp/out"
	same 2 grep -c '"symbol":"ACME"' "$tmp/out"
	[ ! -s "$tmp/err" ] || fail "$here: a stream talks when it is left"
	simutrador session delete gone --yes >"$tmp/out"
}

# Orders of a pipe; stopped in the middle, it is a run like any other.
stopped()
{
	create half
	simutrador session start >"$tmp/out"
	simutrador session step -n 3 >"$tmp/out"
	printf '%s\n' '{"symbol":"ACME","side":"buy","qty":20,"id":"x"}' |
		sed 's/"id"/"client_id"/' |
		simutrador order place -f - >"$tmp/out"
	simutrador session step -n 2 >"$tmp/out"
	# The gain of the day is there when the day is over, too.
	simutrador portfolio history half --fields equity -o csv --no-header |
		awk '{ gain = $1 - last; last = $1 } END { print gain }' \
		>"$tmp/gain"
	simutrador account half --fields day_pnl -o csv --no-header |
		awk '{ print $1 + 0 }' >"$tmp/day"
	same "$(cat "$tmp/gain")" cat "$tmp/day"
	[ "$(cat "$tmp/gain")" != 0 ] || fail "$here: nothing is gained or lost"
	simutrador order buy ACME 5 limit 10 --tif gtc --client-id low \
		>"$tmp/out"
	simutrador order list --open -o name |
		xargs simutrador order cancel >"$tmp/out"
	same '{"order":"low","status":"cancelled"}' cat "$tmp/out"
	simutrador session step >"$tmp/out"
	status 0 simutrador session stop
	has '"state":"completed"'
	run=$(sed -n 's/.*"run_id":"\([^"]*\)".*/\1/p' "$tmp/out")
	status 0 simutrador run verify "$run"
	has '"ok":true'
	same "$(simutrador session log half | tail -1)" \
		sh -c "simutrador run show $run --print events | tail -1"
	same '{"seq":4,"type":"order_cancelled"}' simutrador session log half \
		--since 3 --fields seq,type
	same "$(simutrador report "$run" --section metrics -o json |
		grep -v run_id)" sh -c 'simutrador report half \
		--section metrics -o json | grep -v run_id'
	# Each transaction of the journal sums to zero, and cash to the account's.
	same balanced sh -c 'simutrador portfolio journal half | python3 -c "
import re, sys
from decimal import Decimal
cash = Decimal(0)
for block in sys.stdin.read().split(chr(10) * 2)[1:]:
    total = Decimal(0)
    for line in block.splitlines()[1:]:
        m = re.match(r\" +(.+?)  +(-?[0-9.]+) (\S+)(?: @@ ([0-9.]+))?\", line)
        amount = Decimal(m[2])
        if m[4]:
            amount = Decimal(m[4]).copy_sign(amount)
        total += amount
        if m[1] == \"assets:cash\":
            cash += amount
        if \" = \" in line:
            assert Decimal(line.split(\" = \")[1].split()[0]) == cash
    assert total == 0, block
print(\"balanced\")"'
	simutrador session delete half --yes >"$tmp/out"
}

# Which one is meant.
meant()
{
	create one
	create two
	simutrador session start one >"$tmp/out"
	same one simutrador session show --format '{id}'
	simutrador session start two >"$tmp/out"
	status 64 simutrador session step
	has '2 sessions may be meant: '
	same two simutrador session show last --format '{id}'
	simutrador session delete one two --yes >"$tmp/out"
	status 66 simutrador order buy ACME 1
	has 'session create makes one'
}

# told COMMAND...: an explanation, but for the name of where it happened.
told()
{
	simutrador explain "$@" -o json --brief >"$tmp/said" 2>"$tmp/err" || {
		cat "$tmp/err"
		fail "$here: explain $* ended with $?"
	}
	count=$((count + 1))
	sed 's/"run_id": "[^"]*"//' "$tmp/said"
}

# What a session did that is neither over nor kept is explained as a run's is.
explained()
{
	create live
	simutrador session start live >"$tmp/out"
	simutrador order buy ACME 10 --client-id entry --stop-loss 1 \
		--session live >"$tmp/out"
	simutrador order buy ACME 99999999 --client-id 1 --session live \
		>"$tmp/out" || true
	simutrador session step live -n 5 >"$tmp/out"
	told fill 1 --run live >"$tmp/fill"
	told order entry --run live >"$tmp/order"
	# What is called so comes before what has the number.
	told reject 1 --run live >"$tmp/out"
	has '"order": 2'
	told order 3 --run live >"$tmp/stop"
	told order entry/stop_loss --run live | cmp - "$tmp/stop" ||
		fail "$here: the stop of an entry has no name"
	status 66 simutrador explain order entri --run live
	has "session live has no order 'entri'; order list live names them"
	status 64 simutrador explain fill entry --run live
	status 66 simutrador explain fill 9 --run live
	has 'live has no fill 9'
	status 66 simutrador explain fill 1 --run nowhere
	has 'no session nowhere'
	simutrador session stop live >"$tmp/out"
	told fill 1 --run live | cmp - "$tmp/fill" ||
		fail "$here: once it is over the fill is another"
	told fill 1 --run last | cmp - "$tmp/fill" ||
		fail "$here: as a run's the fill is another"
	told order 1 --run last | cmp - "$tmp/order" ||
		fail "$here: as a run's the order is another"
}

everywhere paused priced watched streamed left stopped meant explained

# Who let a session run and watches it sees its end, although its server is
# killed meanwhile, when that is on this machine and started on demand.
fresh
place local
create lasting
simutrador session start lasting >"$tmp/out"
simutrador session watch lasting --speed 1728000x >"$tmp/seen" 2>"$tmp/err" &
watcher=$!
n=0
while [ ! -s "$tmp/seen" ] && [ "$n" -lt 1200 ]; do
	n=$((n + 1))
	sleep 0.1
done
for pid in $(local_server); do
	kill -9 "$pid"
done
wait "$watcher" || fail "the watcher ended with $?: $(cat "$tmp/err")"
tail -n 1 "$tmp/seen" | grep -q '"event":"end","status":"completed"' ||
	fail "the watcher did not see the end: $(tail -n 2 "$tmp/seen")"
count=$((count + 1))
leave

# No internet, here: neither in a command, nor in the server that the first one
# starts and that goes on when it has ended.
if [ -n "$(command -v strace)" ] && strace -o "$tmp/trace" true 2>/dev/null
then
	ASAN_OPTIONS=detect_leaks=0
	export ASAN_OPTIONS
	for where in loop local; do
		fresh
		place "$where"
		strace -f -o "$tmp/trace" -e trace=socket simutrador session \
			create ACME --start-date 2022-01-03 --end-date \
			2022-03-31 --timeframe daily --id quiet \
			>"$tmp/made.$where" &
		tracer=$!
		n=0
		while [ ! -s "$tmp/made.$where" ] && [ "$n" -lt 1200 ]; do
			n=$((n + 1))
			sleep 0.1
		done
		strace -f -o "$tmp/trace.2" -e trace=socket \
			simutrador session start quiet >"$tmp/out"
		simutrador order buy ACME 1 >"$tmp/out"
		leave
		wait "$tracer"
		cat "$tmp/trace" "$tmp/trace.2" >"$tmp/traces"
		if grep 'AF_INET' "$tmp/traces"; then
			fail "$where: a socket of the internet"
		fi
		[ "$where" = loop ] || grep -q 'AF_UNIX' "$tmp/traces" ||
			fail "$where: no socket at all was seen"
		count=$((count + 1))
	done
else
	echo "strace is missing: which sockets are opened is not looked at"
	skipped=1
fi
echo "$count passed, 0 failed, $skipped skipped"
