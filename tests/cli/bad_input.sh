#!/bin/sh
# Wrong invocations and wrong files: each gives one sentence on stderr (no full
# stop, no newline inside), nothing on stdout, the right exit status, and
# leaves store and runs byte-identical.
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/bad.sh"
cp "$data"/*.csv .
simutrador data import ACME_daily.csv --symbol ACME >"$tmp/out"
simutrador data resample ACME weekly --save >"$tmp/out"
simutrador data import BOLT_daily.csv --symbol BOLT >"$tmp/out"
simutrador simulate --symbols BOLT --strategy sma-cross >"$tmp/out"
simutrador data import CRUX_daily.csv --symbol HURT >"$tmp/out"

# Files that are wrong.
: >empty.csv
head -c 3000 /dev/urandom >noise.csv
printf 'time,open,high,low,close,volume\n' >heading.csv
sed '9s/^[^,]*/2019-99-99/' ACME_daily.csv >date.csv
sed '9s/,\([0-9.]*\)$/,-5/' ACME_daily.csv >negative.csv
sed '9s/^\([^,]*\),[^,]*,[^,]*/\1,10,5/' ACME_daily.csv >highlow.csv
sed '9s/^\([^,]*\),[^,]*/\1,1e999/' ACME_daily.csv >exponent.csv
sed '9s/^\([^,]*\),[^,]*/\1,99999999999999/' ACME_daily.csv >huge.csv
sed '9s/^\([^,]*\),[^,]*/\1,1.123456789/' ACME_daily.csv >digits.csv
sed '9s/,[^,]*$//' ACME_daily.csv >short.csv
sed '9p' ACME_daily.csv >twice.csv
sed '9{h;d};10{G}' ACME_daily.csv >order.csv
sed '9s/48/49/g;9s/\.[0-9]*/.01/g' ACME_daily.csv >changed.csv
gzip -c ACME_daily.csv | head -c 2000 >cut.csv.gz
printf 'time,symbol,side,type,quantity\n2022-06-04,BOLT,buy,market,1\n' \
	>saturday.csv
printf 'time,symbol,side,type,quantity\n2022-06-01,BOLT,hold,market,1\n' \
	>side.csv
printf 'time,symbol,side,type,quantity\n2022-06-01,NOPE,buy,market,1\n' \
	>nosymbol.csv
printf 'time,symbol,side,type,quantity\n2022-06-01,BOLT,buy,market,-1\n' \
	>minus.csv
printf 'time,symbol,side,shape\n2022-06-01,BOLT,buy,x\n' >column.csv
printf '{"time":"2022-06-01","symbol":"BOLT","side":"buy"\n' >broken.ndjson
printf 'zone Nowhere/Land\n' >zone.cal
printf 'typo = 1\n' >typo.conf
printf 'decimals = many\n' >value.conf
printf 'what is this\n' >line.conf
printf '[section]\n' >section.conf
printf '100\nabc\n' >word.csv
printf '2020-01-02,1\n2020-01-01,1\n' >back.csv
printf 'a,split,7\n' >actions.csv
printf '2020-01-06,split,0\n' >ratio.csv
mkdir folder

# Stored things that were hurt: cut, foreign, altered.
store=$XDG_DATA_HOME/simutrador/store
file=$(find "$store/HURT" -type f -name '*daily*' | head -1)
[ -n "$file" ] || fail "no stored file to hurt"
head -c 100 "$file" >"$tmp/cut" && mv "$tmp/cut" "$file"
mkdir -p "$XDG_DATA_HOME/simutrador/runs/r9"
echo '{' >"$XDG_DATA_HOME/simutrador/runs/r9/manifest.json"
echo '{' >"$XDG_DATA_HOME/simutrador/runs/r9/summary.json"
mkdir -p "$XDG_DATA_HOME/simutrador/calendars"
cp zone.cal "$XDG_DATA_HOME/simutrador/calendars/BAD.cal"

snapshot >"$tmp/before"

# The command line.
bad 64 dta
input=ACME_daily.csv
bad 64 simulate --strategy buy-hold --data A=- --data B=-
grep -q 'is named twice' "$tmp/err" || fail "stdin twice: another sentence"
bad 64 optimize sweep buy-hold --data A=- --data B=-
printf 'time,symbol,side,qty\n2020-01-06,A,buy,1\n' >few.csv
input=few.csv
bad 64 simulate --orders - --data A=-
printf 'time,symbol,side,qty\nnever,ACME,buy,1\n' >never.csv
input=never.csv
bad 65 simulate --orders - --symbols ACME
grep -q 'standard input' "$tmp/err" || fail "another name of standard input"
input=
bad 64 data imprt
bad 66 data rm NOPE
bad 66 data rm ACME --timeframe 1h
bad 66 data check nofile.csv
bad 64 data import ACME_daily.csv --symbol X --tz Mars/Olympus
bad 65 optimize merge empty.csv
bad 64 data list --bogus
bad 64 data list --limit
bad 64 data list --limit -3
bad 64 data list --limit many
bad 64 data list --output=xml
bad 64 data list -o
bad 64 data list -Z
bad 64 data list --json=5
bad 64 data list A B
bad 64 data list 'A B'
bad 66 data list NOPE
bad 66 data list acme
bad 64 data list --json --csv
bad 64 metrics --list sharpe
bad 64 data show
bad 64 data list --fields nope
bad 64 data list --sort nope
bad 64 data list --decimals 9
bad 64 data import ACME_daily.csv
bad 64 data import ACME_daily.csv --symbol 'A B'
bad 64 data import ACME_daily.csv --symbol ''
bad 64 data import ACME_daily.csv --symbol AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDD
bad 64 data import ACME_daily.csv --symbol NEW --timeframe 7parsecs
bad 64 data import ACME_daily.csv --symbol NEW --scale 7
bad 64 data import ACME_daily.csv --symbol NEW --stamp middle
bad 64 data import ACME_daily.csv --symbol NEW --fields nope
bad 64 data show ACME
bad 64 data show ACME --timeframe daily --from yesterday
bad 64 data resample BOLT 1min
bad 64 data resample BOLT nope
bad 64 data show BOLT --tz America/New_York
bad 64 data show nofile.csv --format yahoo
bad 64 data check BOLT --calendar 24/7
bad 64 data resample BOLT weekly --save --adjust split
bad 64 data rm BOLT
bad 64 data actions drop BOLT
bad 64 data resample BOLT weekly --replace
bad 64 data gen X --from 2024-01-02 --to 2024-01-03 --file x.csv --replace
bad 64 data actions import BOLT
bad 64 data actions list BOLT actions.csv
bad 64 data actions rm BOLT actions.csv --yes
bad 64 data actions list BOLT --calendar XNYS
bad 64 data actions rm BOLT --format lean --yes
bad 64 data gen X --from 2023-01-01
bad 64 data gen X --from 2023-01-31 --to 2023-01-01
bad 64 data gen X --from 2023-01-02 --to 2023-01-31 --volatility -3
bad 64 data gen 'X Y' --from 2023-01-02 --to 2023-01-31
bad 64 data gen X --from 2030-12-02 --to 2031-01-31
bad 64 calendar show XNYS
bad 64 calendar show XNYS someday
bad 64 calendar show XNYS 2024-02-01..2024-01-01
bad 64 calendar next XNYS lunch
bad 64 calendar show XNYS 1989-12-29
bad 64 calendar show XNYS 2030-12-30..2031-01-03
bad 64 calendar next XNYS open --at 1989-06-30
bad 64 data show ACME --timeframe daily --from 2021 --to 2020
bad 64 data show ACME --timeframe daily --from 2021-13
bad 64 model show nope
bad 64 metrics last --compat nope
bad 64 config get nope
bad 64 completion tcsh
bad 64 simulate
bad 64 simulate --strategy sma-cross
bad 64 simulate --strategy sma-cross --orders x --symbols BOLT
bad 64 simulate --strategy sma-cross --symbols BOLT,BOLT
bad 64 simulate --strategy sma-cross --symbols BOLT,,BOLT
bad 64 simulate --strategy sma-cross --symbols BOLT -p fast
bad 64 simulate --strategy sma-cross --symbols BOLT -p nope=1
bad 64 simulate --strategy sma-cross --symbols BOLT -p fast=quick
bad 64 simulate --strategy sma-cross --symbols BOLT --slippage much
bad 64 simulate --strategy sma-cross --symbols BOLT --commission 5
bad 64 simulate --strategy sma-cross --symbols BOLT --cash 0
bad 64 simulate --strategy sma-cross --symbols BOLT --path zigzag
bad 64 simulate --strategy sma-cross --symbols BOLT --model nope
bad 64 simulate --strategy sma-cross --symbols BOLT --leverage 2 --account cash
bad 64 simulate --strategy sma-cross --symbols BOLT --to 2021-1
bad 64 simulate --strategy sma-cross --symbols BOLT --from 2050-01-01
bad 64 simulate --strategy sma-cross --symbols BOLT --print nope
bad 64 simulate --strategy sma-cross --symbols BOLT --band --no-band
bad 64 simulate --strategy sma-cross --symbols BOLT --no-log
bad 64 simulate --strategy sma-cross --symbols BOLT --no-log --no-save --print orders
bad 64 simulate --strategy sma-cross --data BOLT
bad 64 run rm last --yes
bad 64 simulate --strategy sma-cross --symbols BOLT --from 2022 --to 2021
bad 64 run rm r1
bad 64 run rm r1 r1 --yes
bad 64 report r1 --section nope -o table
bad 64 report r1 -o md
bad 64 metrics
bad 64 metrics word.csv
bad 64 metrics word.csv --input equity --freq hourly

bad 64 admin user
bad 64 admin user frob
bad 64 admin user add
bad 64 admin user add 'two words'
bad 64 admin user add x --plan gold
bad 64 admin user list all
bad 64 admin audit tail --last 0
bad 64 admin key create
bad 64 admin restore file.db

# What is not there.
bad 66 data show NOPE
bad 66 data import nofile.csv --symbol NEW
bad 66 data import folder --symbol NEW
bad 66 data rm NOPE --yes
bad 66 data rm BOLT --timeframe 5min --yes
bad 66 calendar show NOPE 2024-01-02
bad 66 strategy show nope
bad 66 help nope
bad 66 admin user list
bad 66 admin audit verify
bad 66 admin backup b.db
bad 66 simulate --strategy nope --symbols BOLT
bad 66 simulate --strategy sma-cross --symbols NOPE
bad 66 simulate --strategy sma-cross --symbols BOLT --benchmark NOPE
bad 66 simulate --orders nofile.csv --symbols BOLT
bad 66 run show r77
bad 66 run verify r77
bad 66 run rm r77 --yes
bad 66 run rm r1 r77 --yes
bad 66 metrics nofile.csv
bad 66 report nope
bad 66 -C nowhere data list
bad 66 --config nofile.conf data list

# Files that are wrong.
for f in empty noise heading date negative highlow exponent huge digits short \
	twice order; do
	bad 65 data import $f.csv --symbol NEW
done
bad 65 data import cut.csv.gz --symbol NEW
bad 65 data import changed.csv --symbol ACME
bad 65 data import ACME_daily.csv --symbol NEW --map o=Nope
bad 65 simulate --data X=noise.csv --strategy buy-hold
bad 65 simulate --orders saturday.csv --symbols BOLT
bad 65 simulate --orders side.csv --symbols BOLT
bad 65 simulate --orders nosymbol.csv --symbols BOLT
bad 65 simulate --orders minus.csv --symbols BOLT
bad 65 simulate --orders column.csv --symbols BOLT
bad 65 simulate --orders broken.ndjson --symbols BOLT
bad 65 metrics word.csv --input equity
bad 65 metrics back.csv --input returns
bad 65 data actions import BOLT actions.csv
bad 65 data actions import BOLT ratio.csv
bad 65 data actions import BOLT empty.csv
bad 66 data actions list NOPE
bad 66 data actions rm NOPE --yes
bad 65 calendar show BAD 2024-01-02
bad 65 data show HURT --timeframe daily
bad 65 run show r9
bad 78 --config typo.conf data list
bad 78 --config value.conf data list
bad 78 --config line.conf data list
bad 78 --config section.conf data list
bad 78 --profile nope data list
SIMUTRADOR_OUTPUT=xml bad 78 data list
HOME='' XDG_DATA_HOME='' bad 78 data list

# What can't be written.
bad 73 run export r1 folder
bad 73 data export BOLT --file nowhere/x.csv
bad 73 report r1 --html nowhere/x.html

[ "$count" -ge 40 ] || fail "only $count cases"
# The same table under the JSON errors of -o json.
status 64 simutrador data list --bogus -o json
grep -q '^{"error":{"code":"USAGE","exit":64,"message":"[^"]*"}}$' "$tmp/err" ||
	fail "the error is no JSON object"
echo "$count cases"
