#!/bin/sh
# --where, --sort, --limit and --fail-if: the same on every command that
# prints rows, over the fields those rows have as JSON; wrong ones are one
# sentence, the right status and no output.
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/place.sh"
cp "$data"/ACME_daily.csv "$data"/BOLT_daily.csv .
simutrador data import ACME_daily.csv --symbol ACME >"$tmp/out"
simutrador data import BOLT_daily.csv --symbol BOLT >"$tmp/out"
simutrador simulate --symbols ACME --strategy sma-cross >"$tmp/out"
simutrador simulate --symbols ACME --strategy buy-hold >"$tmp/out"

printf '2020-01-06,split,2\n' >actions.csv
simutrador data actions import BOLT actions.csv >"$tmp/out"
simutrador optimize sweep --strategy sma-cross -p fast=5:10:5 -p slow=20 \
	--symbols ACME -q >"$tmp/out"

# -- the contract, over every list command -----------------------------------

# rows COMMAND...: its NDJSON rows are in $tmp/rows, their number in $n.
rows()
{
	lightly simutrador "$@" -o ndjson >"$tmp/rows" 2>"$tmp/err" ||
		fail "$*: $(cat "$tmp/err")"
	n=$(wc -l <"$tmp/rows")
}

# holds N COMMAND...: so many rows.
holds()
{
	want=$1
	shift
	rows "$@"
	[ "$n" -eq "$want" ] || fail "$*: $n rows, not $want"
}

lists=0 found=0
contract()
{
	lists=$((lists + 1))
	printf '%s\n' "$*" >>"$tmp/done"
	rows "$@"
	all=$n
	[ "$all" -gt 0 ] || fail "$*: prints nothing"
	cp "$tmp/rows" "$tmp/all"
	holds "$all" "$@" --where true
	cmp -s "$tmp/rows" "$tmp/all" || fail "$*: true changes rows"
	holds 0 "$@" --where false
	holds 1 "$@" --where 'not nil' --limit 1
	field=$(lightly simutrador "$@" --fields | head -1)
	rows "$@" --where "$field ~= nil" --sort "$field"
	sort "$tmp/rows" >"$tmp/a"
	holds $((all - n)) "$@" --where "$field == nil"
	cat "$tmp/rows" >>"$tmp/a"
	# The first row is found again by its first field, where it is a text.
	value=$(sed -n "1s/^{\"$field\":\"\([^\"\\\\]*\)\".*/\1/p" \
		"$tmp/all")
	if [ -n "$value" ]; then
		rows "$@" --where "$field == '$value'"
		grep -qxF "$(head -1 "$tmp/all")" "$tmp/rows" ||
			fail "$*: the first row is not found again"
		found=$((found + 1))
	fi
	# An order and its opposite hold the same rows.
	rows "$@" --sort "($field):desc"
	sort "$tmp/rows" >"$tmp/b"
	sort "$tmp/a" | cmp -s - "$tmp/b" || fail "$*: --sort loses rows"
	# Every format takes it.
	for f in table json csv name; do
		lightly simutrador "$@" -o $f --where "$field ~= nil" \
			--sort "$field:desc" --limit 2 >"$tmp/out" ||
			fail "$*: -o $f"
	done
	# A condition that is met changes the status alone; what has no values
	# says so.
	if [ "$*" = 'metrics --list' ]; then
		status 64 simutrador "$@" --fail-if true
	else
		status 1 simutrador "$@" -o ndjson --fail-if true
		has CONDITION_FALSE
		cmp -s "$tmp/out" "$tmp/all" ||
			fail "$*: --fail-if changes rows"
	fi
	status 64 simutrador "$@" --where "no_such_field > 1"
	has "there is no field 'no_such_field'"
	[ ! -s "$tmp/out" ] || fail "$*: output in spite of an error"
	status 64 simutrador "$@" --where "$field >"
	status 64 simutrador "$@" --sort "$field +"
}

contract data list
contract data show ACME
contract data export ACME
contract data hash ACME
contract data gaps ACME --by total
contract data resample ACME weekly
contract data actions list BOLT
contract optimize list
contract run list
contract run show last
contract run show last --print fills
contract run show last --print orders
contract run show last --print trades
contract run show last --print equity
contract portfolio show last
contract portfolio positions last
contract portfolio history last
contract portfolio allocation last
contract order list last
contract calendar list
contract calendar show XNYS 2024-01-02..2024-01-09
contract calendar next XNYS open --at 2024-01-02T00:00:00Z
contract model list
contract model show us-equity
contract strategy list
contract strategy show sma-cross
contract indicator list
contract indicator eval close ACME
contract config list
contract config path
contract metrics last
contract metrics --list

# -- what is chosen ----------------------------------------------------------

expect 0 'tema' simutrador indicator list -o name \
	--where "lookback > 50 and contains(title, 'average')"
expect 0 'BOLT' simutrador data list -o name --where 'symbol > "ACME"'
expect 0 'BOLT
ACME' simutrador data list -o name --sort symbol:desc
expect 0 'ACME
BOLT' simutrador data list -o name --sort "symbol == 'BOLT'"
expect 0 'BOLT' simutrador data list -o name --sort -symbol --limit 1
expect 0 'r1' simutrador run list -o name --where 'sharpe > 0 and trades >= 10'
expect 0 'r2' simutrador run list -o name --where 'run_id ~= "r1" && trades < 5'
expect 0 '2023-12-29T14:30:00Z' simutrador data show ACME -o name \
	--where 'time >= "2023-12-29"'
# Times are what they are in UTC, however they are written.
# A condition is asked of the rows that are put out.
expect 0 'BOLT' simutrador data list -o name --where 'symbol == "BOLT"' \
	--fail-if 'symbol == "ACME"'
expect 0 'BOLT' simutrador data list -o name --sort -symbol --limit 1 \
	--fail-if 'symbol == "ACME"'
status 1 simutrador data list -o name --limit 1 \
	--fail-if 'symbol == "ACME" and bars > 9'
has 'symbol ACME: --fail-if'
has 'symbol is "ACME", bars is 1258'
status 64 simutrador data list --fail-if 'no_such_field > 1'
has "there is no field 'no_such_field'"
status 65 simutrador data list --fail-if 'symbol > 1'
status 64 simutrador help expressions --fail-if true
has '--fail-if does not apply'
expect 0 '1703860200' simutrador data show ACME -o name --ts epoch \
	--where 'time >= "2023-12-29"'
# A price is the number that is written.
price=$(simutrador data show ACME --limit 1 --fields close --csv --no-header)
[ "$(simutrador data show ACME --limit 1 --where "close == $price" -o name)" = \
	2019-01-02T14:30:00Z ] || fail "close == $price"
# Fields may be called like words of Lua.
expect 0 'r2' simutrador run list -o name --where 'return > 0' \
	--sort return:desc --limit 1
# The order of an expression, against sort(1).
simutrador data show ACME --sort 'high - low' --fields high,low --csv \
	--no-header | awk -F, '{ printf "%.6f\n", $1 - $2 }' >"$tmp/ours"
sort -n "$tmp/ours" | cmp -s - "$tmp/ours" || fail "--sort 'high - low'"
[ "$(wc -l <"$tmp/ours")" = 1258 ] || fail "rows are lost by --sort"

# -- what is wrong -----------------------------------------------------------

# wrong STATUS TEXT COMMAND...
wrong()
{
	want=$1 text=$2
	shift 2
	status "$want" simutrador "$@"
	has "$text"
	[ ! -s "$tmp/out" ] || fail "$*: output in spite of an error"
	[ "$(wc -l <"$tmp/err")" = 1 ] || fail "$*: not one line"
}

wrong 64 "did you mean 'lookback'?" indicator list --where 'lokback > 1'
wrong 64 'write == to compare' indicator list --where 'lookback = 1'
wrong 64 'methods are not there' indicator list --where 'name:rep(1e9)'
wrong 64 'methods are not there' indicator list --where '("x"):rep(1e9)'
wrong 64 'there is no function' indicator list --where 'os.exit(0)'
wrong 64 'no loops' indicator list --where 'while true do end'
wrong 64 'is empty' indicator list --where ' '
wrong 64 'needs a value' indicator list --where ''
wrong 65 'a text and a number cannot be compared' indicator list \
	--where 'name > 1'
wrong 65 'arithmetic needs numbers, and name is a text' indicator list \
	--sort 'name * 2'
wrong 64 'asc or desc' indicator list --sort 'name:down'
wrong 64 "no field 'nme', did you mean 'name'" indicator list --sort nme
wrong 64 'it does not apply' run rm r1 --where true
wrong 64 'it does not apply' data import ACME_daily.csv --symbol X \
	--where true
wrong 64 'has no fields' report last --where true
wrong 64 'has no fields' help --where true
simutrador run show r1 >"$tmp/out" || fail "run rm --where removed a run"
wrong 64 'rsi: period is 0' indicator eval 'rsi(close,0)' ACME
wrong 64 "did you mean 'close'" indicator eval clos ACME
wrong 64 'looks back only' indicator eval 'close[-1]' ACME
wrong 66 'NOPE' indicator eval close NOPE
wrong 64 'needs EXPR' indicator eval close

# -- --fail-if ---------------------------------------------------------------

status 0 simutrador metrics last --fail-if 'trades > 1000'
[ -s "$tmp/out" ] || fail "metrics prints nothing"
status 1 simutrador metrics last --fail-if 'trades < 1000'
[ -s "$tmp/out" ] || fail "--fail-if keeps the metrics"
has 'is true: trades is'
status 1 simutrador report last --fail-if 'max_drawdown < 0' -o csv
[ -s "$tmp/out" ] || fail "--fail-if keeps the report"
status 1 simutrador simulate --symbols ACME --strategy sma-cross \
	--fail-if 'sharpe < 5 and dd_start > "2019"' --no-save
has 'sharpe is'
[ -s "$tmp/out" ] || fail "--fail-if keeps the run"
status 0 simutrador simulate --symbols ACME --strategy sma-cross \
	--fail-if 'bench_return > -9' --no-save
printf '100\n101\n99\n103\n' >equity.csv
status 1 simutrador metrics equity.csv --input equity \
	--fail-if 'total_return > 0.02'
has 'total_return is 0.03'
status 0 simutrador metrics equity.csv --input equity \
	--fail-if 'total_return > 0.04 or sharpe > 1e9'
wrong 64 "did you mean 'sharpe'" metrics last --fail-if 'shrpe > 1'
wrong 64 "did you mean 'sharpe'" report last --fail-if 'shrpe > 1'
before=$(simutrador run list -o name | wc -l)
wrong 64 "did you mean 'sharpe'" simulate --symbols ACME \
	--strategy sma-cross --fail-if 'shrpe > 1'
[ "$(simutrador run list -o name | wc -l)" = "$before" ] ||
	fail "a wrong --fail-if is seen only after the run"
status 65 simutrador metrics equity.csv --input equity \
	--fail-if 'trades == nil and total_return > "x"'
has 'a number and a text cannot be compared'

# -- indicator eval ----------------------------------------------------------

simutrador indicator eval 'sma(close,3)' ACME --csv --no-header |
	cut -d, -f2 | tail -n +3 >"$tmp/ours"
simutrador data show ACME --csv --no-header --fields close |
	awk '{ if (NR > 2) printf "%.6f\n", (a + b + $1) / 3; a = b; b = $1 }' \
	>"$tmp/theirs"
awk '{ printf "%.6f\n", $1 }' "$tmp/ours" | cmp -s - "$tmp/theirs" ||
	fail "sma(close,3) is not the mean of three"
[ "$(simutrador indicator eval 'sma(close,3)' ACME --limit 2 --csv \
	--no-header | cut -d, -f2 | tr -d '\n')" = '' ] ||
	fail "a value before it is warm"
# The range cuts the series, it does not start it anew; a file is the same.
simutrador indicator eval 'rsi(close,14)' ACME --from 2023-06 --csv \
	>"$tmp/a"
simutrador indicator eval 'rsi(close,14)' ACME --csv |
	awk -F, 'NR == 1 || $1 >= "2023-06"' >"$tmp/b"
cmp -s "$tmp/a" "$tmp/b" || fail "--from changes the values"
simutrador indicator eval 'rsi(close,14)' ACME_daily.csv --from 2023-06 --csv \
	>"$tmp/b"
cmp -s "$tmp/a" "$tmp/b" || fail "a file gives other values"
simutrador indicator eval 'rsi(close,14)' ACME --from 2023-06 --adjust split \
	--csv >"$tmp/b"
cmp -s "$tmp/a" "$tmp/b" || fail "--adjust without actions changes values"

# -- completion --------------------------------------------------------------

got=$(simutrador __complete run list --where 'trades > 3 and shar' | cut -f1)
case $got in
*'trades > 3 and sharpe'*) ;;
*) fail "completion of --where: $got" ;;
esac
got=$(simutrador __complete metrics last --fail-if 'max_dr' | cut -f1)
[ "$got" = max_drawdown ] || fail "completion of --fail-if: $got"
got=$(simutrador __complete order list --sort 'starts' | cut -f1)
[ "$got" = 'starts_with(' ] || fail "completion of a function: $got"

# Lists of sessions, wherever those are.
of_sessions()
{
	simutrador session create ACME --timeframe daily \
		--start-date 2019-01-02 --end-date 2019-06-28 >"$tmp/out"
	simutrador session start >"$tmp/out"
	simutrador order buy ACME 10 >"$tmp/out"
	simutrador session step >"$tmp/out"
	simutrador order buy ACME 1 limit 1 --tif gtc >"$tmp/out"
	contract session list
	contract position list
	contract order list
	contract portfolio positions
	contract portfolio history
	contract portfolio allocation
	contract quote ACME
}
everywhere of_sessions

# A new list is forgotten by nobody.
simutrador --help-json | sed -n 's/^ *"name": "\(.* list\)",*$/\1/p' |
	sort -u >"$tmp/names"
[ -s "$tmp/names" ] || fail "--help-json names no lists"
while read -r name; do
	grep -q "^$name" "$tmp/done" || fail "'$name' is not held to this"
done <"$tmp/names"
[ "$lists" -ge 30 ] || fail "only $lists lists"
[ "$found" -ge 20 ] || fail "only $found rows were found again"
echo "$lists list commands"
