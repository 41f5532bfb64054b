#!/bin/sh
# Pipelines as users type them: data through stdin, a run's id to the next
# command, orders in and fills out, equity to metrics, lists to xargs.
. "$top_srcdir/tests/cli/lib.sh"
cp "$data"/*.csv .

# Data from a pipe, plain and compressed; again stores nothing new.
simutrador data import - --symbol ACME <ACME_daily.csv >"$tmp/out"
has '"added":1258'
gzip -c ACME_daily.csv | simutrador data import - --symbol ACME \
	>"$tmp/out"
has '"added":0'
has '"same":1258'

# The object's run_id, with jq where there is one, without it by -o name.
id=$(simutrador simulate --strategy sma-cross -p fast=10 --symbols ACME \
	2>/dev/null | python3 -c 'import json, sys
print(json.load(sys.stdin)["run_id"])')
[ "$id" = r1 ] || fail "the run's name is '$id'"
[ "$(simutrador simulate --strategy sma-cross -p fast=11 --symbols ACME -q \
	-o name)" = r2 ] || fail "-o name of simulate"
if command -v jq >"$tmp/out" 2>&1; then
	[ "$(simutrador run show "$id" | jq -r .run_id)" = r1 ] || fail "jq"
	simutrador run show "$id" --print fills |
		jq -es 'length > 10 and all(.qty > 0)' >"$tmp/out" ||
		fail "fills by jq"
fi
simutrador report "$id" -o table >"$tmp/out"
has 'Maximum drawdown'

# Orders of a spreadsheet in, fills out.
cat >signals.csv <<'END'
time,symbol,side,type,quantity
2019-01-02,ACME,buy,market,10
2019-02-01,ACME,sell,market,10
END
simutrador simulate --orders signals.csv --symbols ACME --no-save \
	--print fills -o csv --fields time,symbol,side,qty,price >fills.csv
[ "$(wc -l <fills.csv)" = 3 ] || fail "not two fills"
cut -d, -f2,3,4 fills.csv >"$tmp/out"
[ "$(cat "$tmp/out")" = 'symbol,side,qty
ACME,buy,10
ACME,sell,10' ] || fail "the fills are others"

# Equity to metrics: dates and values, or values alone.
simutrador simulate --strategy buy-hold --symbols ACME --no-save \
	--print equity -o csv --fields time,equity >equity.csv
simutrador metrics - --input equity --freq daily --fields sharpe \
	<equity.csv >"$tmp/a"
cut -d, -f2 equity.csv |
	simutrador metrics - --input equity --freq daily --fields sharpe \
	>"$tmp/b"
grep -q '"sharpe":[-0-9]' "$tmp/a" || fail "no Sharpe ratio"
cmp "$tmp/a" "$tmp/b" || fail "dates change the Sharpe ratio"

# Lists: sorted, cut, handed on; a reader that leaves early is no error.
simutrador run list --sort -equity --limit 1 -o name >"$tmp/out"
[ "$(wc -l <"$tmp/out")" = 1 ] || fail "--limit 1"
simutrador run list -o name | xargs -n 1 simutrador run verify >"$tmp/out"
[ "$(grep -c '"ok":true' "$tmp/out")" = 2 ] || fail "verify by xargs"
simutrador data show ACME 2>"$tmp/err" | head -n 1 >"$tmp/out"
[ ! -s "$tmp/err" ] || fail "| head made noise"
simutrador run list -o name | xargs simutrador run rm -y -q >"$tmp/out"
[ -z "$(simutrador run list -o name)" ] || fail "runs are left"
