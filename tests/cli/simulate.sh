#!/bin/sh
# simulate, run, report, portfolio, order, metrics: one run seen from all sides.
. "$top_srcdir/tests/cli/lib.sh"
cp "$data"/*.csv .
simutrador data import ACME_daily.csv --symbol ACME >"$tmp/out"
run="simutrador simulate --strategy sma-cross -p fast=10 -p slow=30"

# From the store and straight from the file: the same log.
# shellcheck disable=SC2086
{
	$run --symbols ACME --fields run_id,log_hash >"$tmp/a"
	$run --data ACME=ACME_daily.csv --fields run_id,log_hash >"$tmp/b"
}
grep -q '"run_id":"r1"' "$tmp/a"
grep -q '"run_id":"r2"' "$tmp/b"
[ "$(sed 's/.*log_hash//' "$tmp/a")" = "$(sed 's/.*log_hash//' "$tmp/b")" ] ||
	fail "store and file give different logs"
status 0 simutrador run diff r1 r2
has '"same_log":true'
expect 0 'r1
r2' simutrador run list -o name
status 0 simutrador run verify r1
has '"ok":true'
status 0 simutrador run verify r2

# Options, environment and files are the same settings.
# shellcheck disable=SC2086
{
	$run --symbols ACME --commission percent:0.1 --fields log_hash >"$tmp/a"
	SIMUTRADOR_COMMISSION=percent:0.1 $run --symbols ACME \
		--fields log_hash >"$tmp/b"
	echo 'commission = percent:0.1' >.simutrador.conf
	$run --symbols ACME --fields log_hash >"$tmp/c"
	$run --symbols ACME --commission none --fields log_hash >"$tmp/d"
	rm .simutrador.conf
}
cmp "$tmp/a" "$tmp/b" || fail "the environment differs from the option"
cmp "$tmp/b" "$tmp/c" || fail "the file differs from the environment"
cmp -s "$tmp/a" "$tmp/d" && fail "an option does not win over a file"

# Every option of the market's rules reaches the manifest under its name.
while read -r name value wanted; do
	simutrador simulate --symbols ACME --strategy buy-hold --account margin \
		"--$name" "$value" --fields run_id -o name >"$tmp/id"
	m=$XDG_DATA_HOME/simutrador/runs/$(cat "$tmp/id")/manifest.json
	grep -qF "\"$name\":\"${wanted:-$value}\"" "$m" || {
		cat "$m"
		fail "--$name $value does not reach the manifest"
	}
	simutrador run rm "$(cat "$tmp/id")" -y >"$tmp/out"
done <<'END'
cash 5000
initial-margin 0.6
maintenance-long 0.2
maintenance-short 0.35
debit-rate 0.01
borrow-rate 0.02
path adaptive
semantics backtrader
fill close
limit-fill through:2
max-volume-share 0.1
slippage ticks:1
commission bps:3 percent:0.03
END
simutrador simulate --symbols ACME --strategy buy-hold --leverage 4 \
	--slip-out --fill-synthetic --fields run_id -o name >"$tmp/id"
m=$XDG_DATA_HOME/simutrador/runs/$(cat "$tmp/id")/manifest.json
for text in '"account":"margin"' '"initial-margin":"0.25"' '"slip-out":"yes"' \
	'"fill-synthetic":"yes"'; do
	grep -qF "$text" "$m" || fail "$text is not in the manifest"
done
simutrador run rm "$(cat "$tmp/id")" -y >"$tmp/out"

# Costs of US shares on something else are pointed out, once.
simutrador data gen PAIR --from 2023 --to 2023-01 --timeframe 1h \
	--calendar 24/5 --start 1.1 --tick 0.00001 >"$tmp/out"
simutrador data export PAIR --file pair.csv -q
cut -d, -f1-5 pair.csv >eurusd.csv
status 0 simutrador simulate --data EURUSD=eurusd.csv --strategy sma-cross \
	--no-save
has 'EURUSD is of class fx and paid the commission of US shares'
status 0 simutrador simulate --data EURUSD=eurusd.csv --strategy sma-cross \
	--no-save --model fx-retail
[ ! -s "$tmp/err" ] || fail "a warning about costs that fit"
simutrador data rm PAIR -y -q >"$tmp/out"

# Another strategy parameter parts the runs: exit status 1.
status 0 simutrador simulate --symbols ACME --strategy sma-cross -p fast=5
status 1 simutrador run diff r1 last
has '"same_log":false'
has '"metrics_change":{'
has '"trades_change":'
status 1 simutrador run diff r1 last --quiet
[ ! -s "$tmp/out" ] || fail "run diff --quiet talks"
status 0 simutrador run diff r1 r1 --quiet
[ ! -s "$tmp/out" ] || fail "run diff --quiet talks"

# Rows.
for rows in fills orders trades equity events; do
	status 0 simutrador run show r1 --print $rows
	[ -s "$tmp/out" ] || fail "no $rows"
	cp "$tmp/out" "$tmp/rows"
	# shellcheck disable=SC2086
	status 0 $run --symbols ACME --no-save --print $rows
	cmp "$tmp/out" "$tmp/rows" || fail "$rows differ once saved"
done
[ "$(simutrador run show r1 --print equity | wc -l)" = 1258 ]
expect 0 '{"seq":1,"type":"order_accepted"}
{"seq":2,"type":"fill"}' simutrador run show r1 --print events \
	--fields seq,type --limit 2
simutrador run show r1 --print events | tail -1 | grep -q '"sha256"\|"hash"' ||
	fail "the log has no seal"
fills=$(simutrador run show r1 --print fills -o name | wc -l)
[ "$(simutrador run show r1 --fields fills)" = "{\"fills\":$fills}" ]
[ "$(simutrador order list r1 --status filled -o name | wc -l)" -gt 0 ]
[ "$(simutrador order list r1 --symbol NOPE -o name | wc -l)" = 0 ]
# A trail of 5 is not one of 5%.
cat >trails.csv <<'END'
time,symbol,side,type,quantity,trail
2022-06-01,ACME,buy,trailing_stop,1,5
2022-06-01,ACME,buy,trailing_stop,1,5%
END
expect 0 'trail
5
5%' simutrador simulate --orders trails.csv --symbols ACME --no-save \
	--print orders --fields trail -o csv

# The account adds up (cash + value = equity), also by allocation.
simutrador portfolio show r1 -o csv --fields cash,value,equity --no-header |
	awk -F, '{ d = $1 + $2 - $3; exit d > 1e-6 || d < -1e-6 }' ||
	fail "the account does not add up"
simutrador portfolio allocation r1 -o csv --fields weight --no-header |
	awk '{ s += $1 } END { exit s < 0.999999 || s > 1.000001 }' ||
	fail "the weights do not add up"
status 0 simutrador portfolio positions r1 --all
has '"symbol":"ACME"'
[ "$(simutrador portfolio history r1 -o name | wc -l)" = 1258 ]

# Reports.
status 0 simutrador report r1 -o table
has 'simutrador  r1  sma-cross'
simutrador report r1 -o table | awk 'length > 80 { exit 1 }' ||
	fail "the sheet is wider than 80 columns"
simutrador report r1 -o table | LC_ALL=C grep -q '[^ -~]' &&
	fail "bytes above ASCII without a UTF-8 locale"
LC_ALL=C.UTF-8 TERM=xterm simutrador report r1 -o table |
	LC_ALL=C grep -q '[^ -~]' || fail "no braille in a UTF-8 locale"
LC_ALL=C.UTF-8 TERM=dumb simutrador report r1 -o table |
	LC_ALL=C grep '[^ -~]' && fail "braille on a dumb terminal"
status 0 simutrador report r1 -o json
has '"sharpe":'
status 0 simutrador report r1 -o csv
has 'sharpe,'
status 0 simutrador report r1 -o csv --section trades
has 'symbol,side,qty,entry_time'
status 0 simutrador report r1 --section months -o table
status 64 simutrador report r1 --section nope -o table
status 0 simutrador report r1 --html r1.html
grep -q '</html>' r1.html
[ "$(wc -c <r1.html)" -lt 500000 ] || fail "the page is too big"
[ "$(simutrador report r1 --html - | cksum)" = "$(cksum <r1.html)" ]

# Metrics of the run and of its own equity agree on the series.
simutrador metrics r1 --fields total_return,max_drawdown >"$tmp/a"
{
	echo 100000
	simutrador run show r1 --print equity -o csv --fields equity --no-header
} | simutrador metrics - --input equity --fields total_return,max_drawdown \
	>"$tmp/b"
cmp "$tmp/a" "$tmp/b" || fail "metrics of the same equity differ"

# The return is the same number wherever it stands.
simutrador run list --limit 1 -o csv --fields return --no-header >"$tmp/a"
simutrador metrics r1 -o csv --fields total_return --no-header >"$tmp/b"
cmp "$tmp/a" "$tmp/b" || fail "run list and metrics differ"
simutrador portfolio show r1 -o csv --fields max_drawdown >"$tmp/a"
simutrador metrics r1 -o csv --fields max_drawdown >"$tmp/b"
cmp "$tmp/a" "$tmp/b" || fail "portfolio and metrics differ"

# Leverage comes from what was held at the closes, R from the entries' stops.
id=$($run --symbols ACME -p stop_loss=5 -q -o name)
simutrador portfolio history "$id" -o csv --fields equity,gross \
	--no-header >"$tmp/held"
simutrador metrics "$id" -o csv --no-header --fields \
	gross_leverage_max,net_leverage_avg,expectancy_r,sqn >"$tmp/out"
awk -F, 'NR == FNR { x = $2 / $1; if (x > max) max = x; sum += x; next }
	{ exit !($1 - max < 1e-9 && max - $1 < 1e-9 && max > 0.9 &&
		$2 - sum / n < 1e-9 && sum / n - $2 < 1e-9 &&
		$3 ~ /[0-9]/ && $4 ~ /[0-9]/) }' \
	n="$(wc -l <"$tmp/held")" "$tmp/held" "$tmp/out" || {
	cat "$tmp/out"
	fail "leverage or R multiples"
}
simutrador run rm "$id" -y -q >"$tmp/out"
status 0 simutrador metrics conventions
status 0 simutrador metrics --list
has '"metric":"sharpe"'

# A list of orders; without a home that can be written.
printf 'time,symbol,side,type,quantity\n2022-06-01,ACME,buy,market,10\n' >o.csv
expect 0 'symbol,side,qty
ACME,buy,10' simutrador simulate --orders o.csv --symbols ACME --no-save \
	--print fills -o csv --fields symbol,side,qty
expect 0 'ACME' sh -c 'simutrador simulate --orders - --no-save \
	--print fills -o csv --fields symbol --no-header <o.csv'
# Half a cent of commission is rounded alike on the sheet and on the page.
for n in 1 3 5 7 9; do
	printf 'time,symbol,side,quantity\n2022-06-01,ACME,buy,%s\n' $n |
		simutrador simulate --orders - --symbols ACME -q >"$tmp/out"
	simutrador report last --html page.html -q >"$tmp/out"
	sheet=$(SIMUTRADOR_FORCE_TTY=80 PAGER=cat simutrador report last |
		sed -n 's/,//g; s/^Equity .* -> \([0-9.]*\) USD.*/\1/p')
	grep -q "Final equity<b>$sheet " page.html ||
		fail "the page has another final equity than $sheet"
	simutrador run rm "$(simutrador run list -o name | tail -1)" -y -q \
		>"$tmp/out"
done

# A line of the list that does nothing is not passed over in silence.
cat >idle.csv <<'END'
at,symbol,side,type,quantity,limit,replace,cancel,time_in_force
2022-06-01T20:00:00Z,ACME,buy,limit,10,40,,,gtc
2022-06-02T20:00:00Z,,,,,40.001,1,,
2022-06-02T20:00:00Z,,,,,,,7,
2022-06-03T20:00:00Z,,,,12,41,1,,
2029-06-01T20:00:00Z,ACME,buy,market,10,,,,
END
expect 0 'line 3: replacing order 1 is rejected (INVALID_PRICE): limit price 40.001 is off the tick grid; the nearest valid prices are 40 and 40.01
line 4: order 7 is not open
line 6: it and all later times stand after the last step' \
	simutrador simulate --orders idle.csv --symbols ACME --no-save \
	--print notes --format '{text}' -q
simutrador simulate --orders idle.csv --symbols ACME --no-save >"$tmp/out" \
	2>"$tmp/err"
grep -q 'warning: lines of the list did nothing; --print notes' "$tmp/err" ||
	fail "no warning of idle lines: $(cat "$tmp/err")"

# A refused order says how much it was for, whatever was wrong with it.
printf 'time,symbol,side,type,quantity,limit\n%s\n%s\n%s\n' \
	'2022-06-01,ACME,buy,market,1.5,' '2022-06-01,ACME,buy,limit,20,' \
	'2022-06-01,ACME,buy,limit,30,50.001' >bad.csv
expect 0 'qty,reason
1.5,INVALID_ORDER_QUANTITY
20,INVALID_PRICE
30,INVALID_PRICE' simutrador simulate --orders bad.csv --symbols ACME \
	--no-save --print orders -o csv --fields qty,reason -q
HOME=/nonexistent XDG_DATA_HOME=/nonexistent/data simutrador simulate \
	--data ACME=ACME_daily.csv --strategy buy-hold --no-save >"$tmp/out"
has '"strategy":"buy-hold"'

# Export and remove.
status 0 simutrador run export r1 r1-files
for f in manifest.json summary.json events.ndjson fills.csv orders.csv \
	equity.csv; do
	[ -s "r1-files/$f" ] || fail "the export lacks $f"
done
status 73 simutrador run export r1 r1-files
status 64 simutrador run rm r1
status 0 simutrador run rm r1 r2 -y
status 66 simutrador run show r1
status 64 simutrador run rm last -y

# An interrupt seals what there is.
simutrador data gen LONG --from 2000-01-01 --to 2012-12-31 -q >"$tmp/out"
# interrupt SECONDS COMMAND...: it gets SIGINT so long after it began to listen.
# A machine that was busy may have it there before the first step: then again,
# later.
interrupt()
{
	nap=$1
	shift
	for factor in 1 4 16 64; do
		simutrador "$@" >"$tmp/out" 2>"$tmp/err" &
		pid=$!
		# What is started in the background is deaf to it at first.
		while grep -q '^SigIgn:.*[2367abef]$' "/proc/$pid/status" \
			2>/dev/null
		do
			sleep 0.02
		done
		sleep "$(awk "BEGIN { print $nap * $factor }")"
		kill -INT $pid 2>/dev/null || :
		set +e
		timeout 120 tail --pid=$pid -f /dev/null
		kill -0 $pid 2>/dev/null && fail "not stopped: $*"
		wait $pid
		rc=$?
		set -e
		grep -q 'before the first step' "$tmp/err" || break
	done
}
interrupt 0.2 simulate --symbols LONG --strategy sma-cross -p fast=2 -p slow=3
case $rc in
130)
	has '"partial":true'
	status 0 simutrador run verify last
	;;
0) echo "note: the run was over before the interrupt" ;;
*) fail "an interrupted run ended with $rc" ;;
esac

# It does not wait for more than a session of a slow script: here each step
# takes about a millisecond, of half a million.
echo 'function on_bar() for i = 1, 2e6 do x = i end end' >slow.lua
interrupt 0.3 simulate slow.lua --symbols LONG --no-save
[ $rc -eq 130 ] || fail "a slow script was stopped with $rc"
has '"partial":true'

# So does --timeout; what doesn't end then is ended, with a sentence.
set +e
simutrador simulate --symbols LONG --strategy sma-cross -p fast=2 -p slow=3 \
	--timeout 400ms >"$tmp/out" 2>"$tmp/err"
rc=$?
set -e
case $rc in
124)
	if grep -q '"partial":true' "$tmp/out"; then
		status 0 simutrador run verify last
	else
		has 'simutrador: stopped after 400ms (--timeout)'
	fi
	;;
0) echo "note: the run was over before the time limit" ;;
*) fail "a run with --timeout ended with $rc" ;;
esac
for most in 200ms 2s 20s; do
	status 124 simutrador simulate --symbols ACME --exec 'exec sleep 99' \
		--ack-timeout 60s --timeout $most --no-save
	# It may not have come so far.
	grep -q 'stopped after' "$tmp/err" || break
done
has 'stopped before the first step'
# (ThreadSanitizer delivers a signal when a call returns; this loop calls none.)
echo 'while true do end' >endless.lua
case ${SANITIZERS:-} in
*thread*) ;;
*)
	status 124 simutrador simulate endless.lua --symbols ACME \
		--timeout 100ms --no-save
	has 'simutrador: stopped after 100ms (--timeout)'
	;;
esac

# A benchmark is seen with its splits and dividends.
simutrador data gen BENCH --timeframe daily --from 2019-01-02 \
	--to 2023-12-29 -q >"$tmp/out"
bench()
{
	simutrador simulate --symbols ACME --strategy buy-hold --no-save \
		--benchmark BENCH --print equity -o csv --fields benchmark \
		--no-header | sed -n "$1"
}
bench \$p >"$tmp/a"
before=$(bench 1p)
printf '2020-01-06,split,4\n' | simutrador data actions import BENCH - \
	>"$tmp/out"
bench \$p >"$tmp/b"
cmp "$tmp/a" "$tmp/b" || fail "a split changed the benchmark's end"
awk -v a="$before" -v b="$(bench 1p)" \
	'BEGIN { d = a / b - 4; exit d > 1e-6 || d < -1e-6 }' ||
	fail "a split is a loss of the benchmark"

# What a split does to an order comes from the market, not from an order 0.
printf '2022-06-03,split,2\n' | simutrador data actions import ACME - -q
cat >split.csv <<'END'
time,symbol,side,type,quantity,limit,time_in_force
2022-06-01,ACME,buy,limit,10,20,gtc
END
simutrador simulate --orders split.csv --symbols ACME -q >"$tmp/out"
simutrador explain order 1 --brief -o table >"$tmp/out"
grep -q 'split  *2 for 1  <- the market' "$tmp/out" ||
	fail "explain has not the split"
! grep -q 'order 0' "$tmp/out" || fail "a split is said to be of an order 0"
