#!/bin/sh
# data: import (twice, changed, bad rows), list, show, check, gaps, resample,
# export, gen, hash, actions, rm; on the store and on files.
. "$top_srcdir/tests/cli/lib.sh"
cp "$data"/*.csv .

# Importing stores; importing again stores nothing new and says so.
status 0 simutrador data import ACME_daily.csv --symbol ACME
has '"added":1258,"same":0,"changed":0'
snapshot >"$tmp/before"
status 0 simutrador data import ACME_daily.csv --symbol ACME
has '"added":0,"same":1258,"changed":0'
snapshot >"$tmp/after"
cmp "$tmp/before" "$tmp/after" || fail "the second import changed the store"
gzip -c ACME_daily.csv >a.csv.gz
status 0 simutrador data import a.csv.gz --symbol ACME
has '"added":0,"same":1258'

# Other values are refused, unless they may replace.
sed '5s/,\([0-9]*\)$/,1/' ACME_daily.csv >other.csv
status 65 simutrador data import other.csv --symbol ACME
has '2019-01-07T14:30:00Z'
status 0 simutrador data import other.csv --symbol ACME --replace
has '"changed":1'
status 0 simutrador data import ACME_daily.csv --symbol ACME --replace
has '"changed":1'

# A bad row is named, and then nothing is stored; --skip-bad stores the rest.
sed '7s/^\([^,]*\),[^,]*/\1,oops/' BOLT_daily.csv >bad.csv
status 65 simutrador data import bad.csv --symbol BAD
has 'bad.csv'
has 'line 7'
has 'oops'
status 65 simutrador data show bad.csv
has 'or import the file with --skip-bad, which leaves such rows out'
status 66 simutrador data list BAD
has "BAD"
[ ! -s "$tmp/out" ] || fail "a list of what is not there"
status 0 simutrador data import bad.csv --symbol BAD --skip-bad
has '"skipped":1'
has '"bars":1257'
has 'is not a number; write it like -1234.5","understood"'

# What is there.
expect 0 'symbol,timeframe,bars
ACME,daily,1258
BAD,daily,1257' simutrador data list -o csv --fields symbol,timeframe,bars
expect 0 'ACME
BAD' simutrador data list -o name
expect 0 '{"time":"2019-01-03T14:30:00Z","open":48.29,"high":48.55,"low":48.18,"close":48.36,"volume":3354415}' \
	simutrador data show ACME --from 2019-01-03 --limit 1
expect 0 '2019-01-03T14:30:00Z
2019-01-04T14:30:00Z' \
	simutrador data show ACME --from 2019-01-03 --to 2019-01-04 -o name
expect 0 '2019-01-03T14:30:00Z' simutrador data show ACME_daily.csv \
	--from 2019-01-03 --to 2019-01-04T00:00:00Z -o name
# A month or a year is an end too.
expect 0 '2019-12-02T14:30:00Z' simutrador data show ACME --from 2019-12 \
	--to 2019 --limit 1 -o name
expect 0 '2020-02-28T14:30:00Z' simutrador data show ACME \
	--from 2020-02-28 --to 2020-02 -o name

# A file is read as import would read it, with the same options.
printf '2024-03-08 09:31,1,2,1,2\n2024-03-11 09:31,2,3,2,3\n' >local.csv
expect 0 '2024-03-08T14:30:00Z
2024-03-11T13:30:00Z' simutrador data show local.csv --tz America/New_York \
	--stamp end --timeframe 1min -o name
status 0 simutrador data import local.csv --tz America/New_York --stamp end \
	--timeframe 1min --symbol LOCAL
expect 0 "$(simutrador data hash LOCAL --fields bars)" simutrador data hash \
	local.csv --tz America/New_York --stamp end --timeframe 1min \
	--fields bars
status 0 simutrador data rm LOCAL -y

# Dates that two orders fit are read in neither, until one is said.
printf 'Date,Open,High,Low,Close\n01/03/2024,1,2,1,2\n01/04/2024,2,3,2,3\n' >us.csv
status 65 simutrador data show us.csv
has 'say which with --dates dmy or --dates mdy'
expect 0 '2024-01-03T14:30:00Z
2024-01-04T14:30:00Z' simutrador data show us.csv --dates mdy -o name
expect 0 '2024-03-01T14:30:00Z
2024-04-01T13:30:00Z' simutrador data show us.csv --dates dmy \
	--timeframe daily -o name
status 64 simutrador data show ACME --dates mdy

# Out and in again is the same.
simutrador data export ACME >out.csv
cmp out.csv ACME_daily.csv || fail "the export differs from the import"
expect 0 'time,close
2019-01-02T14:30:00Z,48.16' simutrador data export ACME --limit 1 \
	--fields time,close
expect 0 '{"close":48.16}' simutrador data export ACME --limit 1 \
	--fields close --ndjson
status 64 simutrador data export ACME --limit 1 --file x.csv
# A file is plain CSV, or none is written; - is none.
for how in -ojson --ndjson --ts=epoch --decimal-strings; do
	status 64 simutrador data export ACME --file x.csv $how
done
[ ! -e x.csv ] || fail "a file was written that wasn't asked for"
expect 0 'time,open,high,low,close,volume,flags
1546439400,48.07,48.7,48.07,48.16,2635615,' simutrador data export ACME --ts epoch \
	--limit 1
simutrador data export ACME --file - | cmp - ACME_daily.csv
[ ! -e ./- ] || fail "standard output became a file"
SIMUTRADOR_OUTPUT=json SIMUTRADOR_DECIMALS=1 simutrador data export ACME \
	--file out3.csv
cmp out3.csv ACME_daily.csv || fail "a setting changed a file"
status 0 simutrador data export ACME --file out2.csv
cmp out.csv out2.csv
status 0 simutrador data hash ACME
has '"ok":true'

# Also where a day begins on the evening before, and from a file of it.
status 0 simutrador data gen FX --calendar 24/5 --timeframe daily --tick 0.00001 \
	--start 1.1 --from 2024-02-26 --to 2024-03-29
simutrador data export FX --file FX.csv
[ "$(simutrador data hash FX --fields hash)" = \
	"$(simutrador data hash FX.csv --fields hash)" ] ||
	fail "the export of FX days is understood otherwise"
status 0 simutrador data rm FX -y

# Checks.
status 0 simutrador data check ACME
head -4 ACME_daily.csv >planted.csv
cat >>planted.csv <<'END'
2019-01-07T14:30:00Z,48,47,49,48,100
2019-01-08T14:30:00Z,48,49,47,48,-5
2019-01-08T14:30:00Z,48,49,47,48,5
2019-01-05T14:30:00Z,48,49,47,48,5
END
status 1 simutrador data check planted.csv
has 'high-low'
has 'volume'
has 'duplicate'
has 'out-of-order'
status 65 simutrador data check planted.csv --strict
status 65 simutrador data import planted.csv --symbol PLANTED
# A split that is not recorded is suspected; the fix that it names settles it.
awk -F, -v OFS=, 'NR > 601 { for (i = 2; i < 6; i++) $i /= 4 } 1' \
	ACME_daily.csv >split.csv
status 0 simutrador data check split.csv
has '"finding":"split"'
has "simutrador data actions import SYMBOL -"
status 0 simutrador data import split.csv --symbol SPLIT
status 0 simutrador data check SPLIT -o csv --fields finding,row,fix
has "split,601,\"printf '2021-05-20,split,4\\n' | simutrador data actions import SPLIT -\""
sed -n 's/^split,601,"\(.*\)"$/\1/p' "$tmp/out" >"$tmp/fix"
status 0 sh "$tmp/fix"
has '"type":"split","new":4,"old":1'
expect 0 '' simutrador data check SPLIT --ndjson
status 0 simutrador data rm SPLIT -y
sed '100,109d' ACME_daily.csv >holes.csv
status 0 simutrador data gaps holes.csv --by total
has '"missing":10'
# A range is asked for what is missing in it, at its ends too.
expect 0 '{"sessions":4,"expected":4,"actual":2,"missing":2,"worst_date":"2019-06-05","worst_missing":1}' \
	simutrador data gaps holes.csv --by total --from 2019-06-05 \
	--to 2019-06-10 -q
expect 0 '{"sessions":1,"expected":300,"actual":300,"missing":0}' \
	simutrador data gaps ACME_1min.csv --by total -q \
	--from 2024-03-05T16:00:00Z --to 2024-03-05T21:00:00Z
status 0 simutrador data gaps ACME_1min.csv --by total
has '"sessions":10,"expected":3900,"actual":3900,"missing":0'

# What the calendar doesn't know is neither complete nor closed.
printf 'ts,o,h,l,c\n1985-01-02 14:30,1,2,1,1\n1985-01-02 14:31,1,2,1,1\n' >old.csv
status 65 simutrador data gaps old.csv
has 'calendar XNYS knows the years 1990 to 2030'
status 0 simutrador data check old.csv
has '"text":"XNYS knows the years 1990 to 2030, not 1985-01-02T14:30:00Z"'

# Sessions anchor hours at 09:30 New York time, before and after the clocks
# change.
expect 0 '2024-03-08T14:30:00Z
2024-03-11T13:30:00Z' sh -c 'simutrador data resample ACME_1min.csv 4h \
	--from 2024-03-08 --to 2024-03-11 -o name | sed -n "1p;3p"'
status 0 simutrador data resample ACME weekly --save
has '"timeframe":"weekly"'
expect 64 'simutrador: ACME is stored as daily, weekly; choose one with --timeframe' \
	simutrador data show ACME
SIMUTRADOR_TIMEFRAME=weekly simutrador data show ACME --limit 1 >"$tmp/out"
has '2018-12-31'
status 0 simutrador data rm ACME --timeframe weekly -y
expect 0 'daily' simutrador data list ACME --no-header -o csv --fields timeframe

# The sample comes from gen, byte by byte; the store keeps what gen makes.
simutrador data gen ACME --timeframe 1min --seed 11 --from 2024-03-04 \
	--to 2024-03-15 --start 79.45 --drift 14 --volatility 28 \
	--jump-rate 40 --jump-size 1.5 --volume 3200000 --file - >gen.csv
cmp gen.csv ACME_1min.csv || fail "gen makes another sample"
status 0 simutrador data gen GEN --from 2023-01-03 --to 2023-01-06
has '"added":1560'

# Actions.
printf '2019-02-01,split,2\n2019-03-01,dividend,0.5\n' >actions.csv
status 0 simutrador data actions import ACME actions.csv
expect 0 '{"date":"2019-02-01","type":"split","new":2,"old":1}
{"date":"2019-03-01","type":"dividend","cash":0.5}' \
	simutrador data actions list ACME
expect 0 '{"time":"2019-01-02T14:30:00Z","open":24.035,"high":24.35,"low":24.035,"close":24.08,"volume":5271230}' \
	simutrador data show ACME --adjust split --limit 1
status 0 simutrador data actions rm ACME -y
expect 0 '' simutrador data actions list ACME
# Where there are none, removing them changes nothing.
snapshot >"$tmp/before"
status 0 simutrador data actions rm ACME -y
snapshot >"$tmp/after"
cmp "$tmp/before" "$tmp/after" || fail "rm of no actions left something"
# A symbol of actions alone goes with them.
status 0 simutrador data actions import ALONE actions.csv --calendar XNYS
status 0 simutrador data actions rm ALONE -y
status 66 simutrador data actions list ALONE
status 66 simutrador data rm ALONE -y
# An adjusted view that has nothing to adjust by says so.
# adjusted WORD ARG...: the command warns of WORD.
adjusted()
{
	word=$1
	shift
	simutrador "$@" --adjust split >"$tmp/out" 2>"$tmp/err" ||
		fail "$*: $(cat "$tmp/err")"
	grep -q "^simutrador: warning: .*$word.*--adjust split changes nothing" \
		"$tmp/err" || fail "$*: $(cat "$tmp/err")"
}
adjusted 'of ACME is recorded' data show ACME --limit 1
adjusted 'not in its file' data export ACME_daily.csv --limit 1
adjusted 'of ACME is recorded' simulate --symbols ACME --strategy buy-hold \
	--no-save
adjusted 'of A are not in its file' simulate --data A=ACME_daily.csv \
	--strategy buy-hold --no-save

# Away.
status 64 simutrador data rm ACME
status 0 simutrador data rm ACME --yes
expect 0 'BAD
GEN' simutrador data list -o name
status 66 simutrador data rm ACME --yes

# Calendars of one's own are listed by name; a built-in one can't be replaced.
mkdir -p "$XDG_DATA_HOME/simutrador/calendars"
for name in ZZ B10 XNYS A B9 MM b; do
	printf 'zone UTC\nhours mon-fri 09:00-17:00\n' \
		>"$XDG_DATA_HOME/simutrador/calendars/$name.cal"
done
expect 0 'XNYS
24/7
24/5
A
B10
B9
MM
ZZ
b' simutrador calendar list -o name
expect 0 '{"date":"2024-01-15","status":"closed","note":"Martin Luther King, Jr. Day"}' \
	simutrador calendar show XNYS 2024-01-15
# A hash needs no calendar.
status 0 simutrador data gen OWN --calendar MM --timeframe daily \
	--from 2024-01-01 --to 2024-01-31
rm "$XDG_DATA_HOME/simutrador/calendars/MM.cal"
status 66 simutrador data show OWN
has "there is no calendar 'MM'"
status 0 simutrador data hash OWN
has '"ok":true'

# Hours that the beginning of regular trading cuts come back as they went.
awk 'BEGIN {
	print "time,open,high,low,close"
	for (i = 0; i < 120; i++)
		printf "2024-07-02T%02d:%02d:00Z,1,1,1,1\n", 13 + i / 60, i % 60
}' >around.csv
simutrador data resample around.csv 1h --session extended -o csv \
	--calendar XNYS --fields time,open,high,low,close >hours.csv
simutrador data import hours.csv --symbol HOURS --timeframe 1h \
	--calendar XNYS >"$tmp/out"
simutrador data export HOURS --fields time,open,high,low,close >back.csv
cmp hours.csv back.csv || fail "hours that were cut don't come back"
[ "$(wc -l <back.csv)" -eq 4 ] || fail "not three hours: $(cat back.csv)"
