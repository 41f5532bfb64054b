#!/bin/sh
# What nobody types on purpose: strange digits, bytes and names, folders and
# links where files belong, options twice, descriptors that are closed, homes
# that can't be written.  Each gives one sentence and the right status.
# shellcheck disable=SC2016 # what is expanded by eval
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/bad.sh"
cp "$data/ACME_daily.csv" a.csv
simutrador data import a.csv --symbol ACME >"$tmp/out"
simutrador simulate --symbols ACME --strategy buy-hold >"$tmp/out"
nl='
'
byte=$(printf '\377')
long=$(printf '%02000d' 0 | tr 0 A)
mkdir folder
ln -s round1 round2
ln -s round2 round1
mkfifo fifo
printf 'symbol,side,side\nACME,buy,sell\n' >twice.csv
printf 'symbol,side,qty\nACME,buy,1e3\n' >exponent.csv
printf '\357\273\277symbol,side,qty\nACME,buy,0\n' >bom.csv
printf 'time,symbol,side,quantity\n2022-02-30,ACME,buy,1\n' >feb.csv
printf 'time,symbol,side,quantity\n2022-01-03,AC%sME,buy,1\n' "$byte" >byte.csv
printf '1\n2\n\0003\n' >nul.csv
snapshot >"$tmp/before"

# Words that are no command, wherever the line ends.
bad 64 "da${nl}ta"
bad 64 data "li${nl}st"
bad 64 "$byte"
bad 64 "$long"
bad 64 data list "--$long"
bad 64 ''
bad 64 -- data lst
bad 64 data -- lst
bad 64 -- data list --json --csv x
bad 64 data list ''
bad 64 run show ''
bad 64 data rm '' --yes
bad 64 explain fill ''

# Numbers that only look like some.
bad 64 data list --limit 1e3
bad 64 data list --limit 0x10
bad 64 data list --limit ' 5'
bad 64 data list --limit '٣'
bad 64 data list --limit 99999999999999999999
bad 64 data list --decimals "3$nl"
bad 64 data list --timeout 1e3
bad 64 simulate --symbols ACME --strategy sma-cross --cash 1e5
bad 64 simulate --symbols ACME --strategy sma-cross --cash -0
bad 64 simulate --symbols ACME --strategy sma-cross --cash nan
bad 64 simulate --symbols ACME --strategy sma-cross --cash 0.000000001
bad 64 simulate --symbols ACME --strategy sma-cross -p fast=1e1
bad 64 simulate --symbols ACME --strategy sma-cross -p 'fast=１０'
bad 64 simulate --symbols ACME --strategy sma-cross -p fast=9 -p fast=9
bad 64 simulate --symbols ACME --strategy sma-cross -p "fa${nl}st=1"
bad 64 simulate --symbols ACME --strategy sma-cross --slippage bps:-0.1
bad 64 simulate --symbols ACME --strategy sma-cross --max-volume-share 101%
bad 64 optimize sweep sma-cross --symbols ACME -p fast=9:5
bad 64 optimize sweep sma-cross --symbols ACME -p fast=5:9:-1
bad 64 optimize sweep sma-cross --symbols ACME -p fast=5,5
bad 64 optimize sweep sma-cross --symbols ACME -p fast=5:6 -j 1e1
bad 64 optimize sweep sma-cross --symbols ACME -p fast=5:6 --shard 3/2
bad 64 explain fill 1e1
bad 64 run fork r1 --at 1e3
bad 66 run show r99999999999999999999
bad 66 run show r01

# Days that no calendar has, and ranges that end before they start.
bad 64 data show ACME --timeframe daily --from 2024-02-30
bad 64 data show ACME --timeframe daily --from 2023-02-29
bad 64 data show ACME --timeframe daily --from "2022-01-01$nl"
bad 64 data show ACME --timeframe daily --from '２０２２-01-01'
bad 64 data show ACME --timeframe daily --from 2022-01-01T10:00:00+99:00
bad 64 data gaps ACME --from 2023-01-01 --to 2022-01-01
bad 64 calendar show XNYS 2024-02-30
bad 64 calendar show XNYS 2024-01-02...2024-01-05
bad 65 simulate --orders feb.csv --symbols ACME

# Names that lead elsewhere, or hold what a name can't.
bad 66 data show ../../etc/passwd
bad 66 run show ../r1
bad 66 run show "r1$nl"
bad 66 run rm ../runs --yes
bad 66 help ../../etc/passwd
bad 66 calendar show ../XNYS 2024-01-02
bad 64 data list --tz ../../etc/passwd
bad 64 data import a.csv --symbol "A${nl}B"
bad 64 data import a.csv --symbol "A$byte"
bad 64 data rm '*' --yes
bad 64 strategy new ../x
bad 66 data import "no${nl}such.csv" --symbol X
bad 64 simulate --symbols "$long" --strategy nope
bad 78 -P "a${nl}b" data list
bad 65 simulate --orders byte.csv --symbols ACME

# Folders, links in a circle and pipes that nobody writes to.
bad 66 data import folder --symbol X
bad 66 data import round1 --symbol X
bad 65 data import /dev/null --symbol X
bad 73 data export ACME --file folder
bad 73 data export ACME --file round1
bad 74 data export ACME --file /dev/full
bad 73 report r1 --html round1
bad 66 simulate --data A=folder --strategy buy-hold
bad 66 simulate --orders round1 --symbols ACME
bad 66 simulate --symbols ACME --plugin folder
bad 66 data list --config folder
bad 66 run unbundle folder
bad 66 admin restore folder --yes
bad 124 data import fifo --symbol X --timeout 100ms
[ -L round1 ] || fail "a link was replaced"
bad 65 metrics nul.csv --input equity --freq daily

# Standard input for two things, and for nothing.
input=a.csv
bad 65 simulate --data A=- --orders -
input=
bad 65 data import - --symbol X
bad 64 data import - - --symbol X
bad 64 optimize merge - -

# Templates and expressions.
bad 64 data list --where "a${nl}b"
bad 64 data list --where 'while true do end'
bad 64 data list --sort bars:up
bad 64 data list --fields symbol,,bars
bad 64 data list --format '{bars:99999999999}'
bad 64 report r1 --section trades -o csv --limit 1
bad 64 auth login --server-url nope --api-key sk_x

# A setting that stands in for an option is what is said to be wrong.
SIMUTRADOR_INITIAL_CAPITAL=much bad 78 simulate --symbols ACME \
	--strategy buy-hold
grep -q '^simutrador: SIMUTRADOR_INITIAL_CAPITAL: --cash ' "$tmp/err" ||
	fail "which setting?"
SESSION__DEFAULT_SLIPPAGE_BPS=1e1 bad 78 simulate --symbols ACME \
	--strategy buy-hold
SIMUTRADOR_PATH=x bad 64 simulate --symbols ACME --strategy buy-hold \
	--path zigzag
SIMUTRADOR_TZ="a${nl}b" bad 78 data list

# Orders of a file, for a session.
SIMUTRADOR_BACKEND=loop
export SIMUTRADOR_BACKEND
dates='--start-date 2022-01-03 --end-date 2022-03-31 --timeframe daily'
# shellcheck disable=SC2086
{
	simutrador session create ACME $dates --id spring -q >"$tmp/out"
	simutrador session start spring >"$tmp/out"
	snapshot >"$tmp/before"
	bad 64 session create ACME $dates --id last
	bad 64 session create ACME $dates --id r7
	bad 64 session create ACME $dates --id "a${nl}b"
	bad 64 session create ACME $dates --id "$long"
}
bad 64 session create ACME --start-date 2024-02-30 --end-date 2024-03-31
bad 64 session delete spring spring --yes
bad 64 session watch spring --events fills,,ticks
bad 64 session step spring -n 1e3
bad 65 order place -f twice.csv --dry-run
bad 65 order place -f exponent.csv --dry-run
bad 65 order place -f bom.csv --dry-run
grep -q "line 2: qty is '0'" "$tmp/err" || fail "a mark of the byte order"
bad 64 order buy ACME 0x10
bad 64 order buy ACME "5$nl"
bad 64 order buy ACME 1 limit 1e2
bad 64 order buy ACME 1 --tif gtd --expire-at 2024-02-30
# To find the session that is meant is to have seen it: that is kept.
for c in 'order show' 'quote'; do
	count=$((count + 1))
	# shellcheck disable=SC2086
	status 66 simutrador $c "a${nl}b"
	sentence "$c"
done

# closed STATUS REDIRECTIONS ARG...: with descriptors that are closed.
closed()
{
	want=$1 how=$2
	shift 2
	count=$((count + 1))
	: >"$tmp/out"
	: >"$tmp/err"
	set +e
	eval 'simutrador "$@"' "$how"
	rc=$?
	set -e
	[ "$rc" = "$want" ] || fail "$* $how: status $rc, not $want"
}
snapshot >"$tmp/before"
closed 74 '>&- 2>"$tmp/err"' data list
sentence data list
closed 74 '>&- 2>"$tmp/err"' --help
closed 74 '<&- >&- 2>&-' data list
closed 0 '>"$tmp/out" 2>&-' data list
closed 64 '>"$tmp/out" 2>&-' data lst
closed 66 '<&- >"$tmp/out" 2>"$tmp/err"' data import - --symbol X
sentence data import
unchanged "closed descriptors"
# No file of ours gets the number of one that is closed.
closed 74 '>&- 2>"$tmp/err"' data import a.csv --symbol NEW
closed 74 '<&- >&- 2>&-' simulate --symbols ACME --strategy buy-hold
closed 74 '<&- >&- 2>&-' optimize sweep sma-cross --symbols ACME -p fast=5,6
simutrador data hash NEW >"$tmp/out"
simutrador run verify last >"$tmp/out"
# That one stopped when its first row could not be written, or later.
simutrador optimize resume s1 >"$tmp/out"
[ "$(simutrador optimize show s1 | wc -l)" = 2 ] || fail "a sweep with holes"

# A reader that goes away, even where that signal is ignored.
count=$((count + 1))
(
	trap '' PIPE
	simutrador data show ACME --timeframe daily 2>"$tmp/err" || :
) | head -n 1 >"$tmp/out"
[ ! -s "$tmp/err" ] || fail "a reader that goes away is not quiet"

# Nowhere to keep things, and where things are kept is a file.
snapshot >"$tmp/before"
: >file
for c in 'data list' 'run list' 'optimize list' 'auth status'; do
	# shellcheck disable=SC2086
	HOME='' XDG_DATA_HOME='' XDG_STATE_HOME='' bad 78 $c
done
HOME=relative XDG_DATA_HOME='' bad 78 data list
XDG_DATA_HOME=$PWD/file bad 73 data import a.csv --symbol A
XDG_DATA_HOME=$PWD/file bad 73 simulate --data A=a.csv --strategy buy-hold
XDG_DATA_HOME=$PWD/file bad 74 run show r1
XDG_DATA_HOME=/proc/nope bad 73 data import a.csv --symbol A
bad 66 -C folder data import a.csv --symbol A

# Runs that go while others list and show them: a run, or a sentence.
for i in 1 2 3 4 5 6; do
	cp -R "$XDG_DATA_HOME/simutrador/runs/r1" \
		"$XDG_DATA_HOME/simutrador/runs/r1$i"
done
simutrador run rm r11 r12 r13 r14 r15 r16 --yes >"$tmp/removed" &
for i in 1 2 3 4 5 6; do
	simutrador run list >"$tmp/out" || fail "run list beside run rm"
	rc=0
	simutrador run show "r1$i" >"$tmp/out" 2>"$tmp/err" || rc=$?
	case $rc in
	0) ;;
	65|66) sentence "run show beside run rm" ;;
	*) cat "$tmp/err"; fail "run show beside run rm: status $rc" ;;
	esac
done
wait
echo "$count cases"
