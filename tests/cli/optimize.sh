#!/bin/sh
# Sweeps as users run them: the same bytes for any number of threads, killed
# and gone on with, in shards by the manual's own recipes, strategies in Lua,
# points that hang, rows that run again, expressions, maps; wrong invocations
# leave nothing behind.  Not covered: speed (tests/bench).
. "$top_srcdir/tests/cli/lib.sh"
cp "$data"/*.csv .
simutrador data import ACME_daily.csv --symbol ACME -q >"$tmp/out"

grid='-p fast=5:30:5 -p slow=10:60:10 --symbols ACME -q'
# shellcheck disable=SC2086
sweep()
{
	simutrador optimize sweep sma-cross $grid "$@"
}

# same A B WHAT: two files have the same bytes.
same()
{
	cmp "$1" "$2" || fail "$3"
}

# -- threads, and what rows are ----------------------------------------------
sweep -j 1 --log >one
[ "$(wc -l <one)" = 36 ] || fail "not 36 rows"
for j in 2 4 33; do
	sweep -j $j --log --no-save >many
	same one many "-j $j gives other rows"
done
[ "$(grep -c '"error":' one)" = 9 ] || fail "not nine points refused"
status 0 simutrador optimize list -o csv
has 's1,optimize sweep,sma-cross,fast=5:30:5; slow=10:60:10,36,36,0'

# Each row runs again, to the same hashes; one that was changed doesn't.
for i in 3 35; do
	simutrador run exec one --point $i --no-save >again
	for hash in manifest_hash log_hash; do
		a=$(sed -n "$((i + 1))s/.*\"$hash\":\"\([0-9a-f]*\)\".*/\1/p" \
			one)
		grep -q "\"$hash\":\"$a\"" again || fail "$hash of point $i"
	done
done
sed -n 4p one | sed 's/--param=fast=5/--param=fast=6/' >changed
status 84 simutrador run exec changed --no-save
has 'point 3 did not come out again'

# -- expressions and maps ----------------------------------------------------
a=$(simutrador optimize best s1 --maximize 'total_return' |
	sed -n 's/.*"total_return":\([^,]*\),.*/\1/p')
sed -n 's/.*"total_return":\([^,]*\),.*/\1/p' one | sort -g | tail -n 1 >most
[ "$a" = "$(cat most)" ] || fail "the best is not the highest"
simutrador optimize show s1 --where 'fast * 2 < slow and trades > 0' \
	--fields point,params.fast,params.slow -o csv >some
awk -F, 'NR > 1 && !($2 * 2 < $3) { exit 1 } END { exit NR < 10 }' some ||
	fail "--where lets others through"
sweep --no-save --where 'fast == 5' --limit 2 >some
[ "$(wc -l <some)" = 2 ] || fail "--limit of rows"
for of in "show s1" "best s1"; do
	# shellcheck disable=SC2086
	status 1 simutrador optimize $of --fail-if 'fast < slow' --fields point
	has 'is true: fast is '
	# shellcheck disable=SC2086
	status 0 simutrador optimize $of --where 'fast == 10' \
		--fail-if 'fast ~= 10'
done
status 0 simutrador optimize best s1 --maximize point --fail-if 'point < 5'
status 1 sweep --no-save --where 'fast == 5' --fail-if 'calmar > -9'
has 'point 0: --fail-if "calmar > -9" is true: calmar is '
sweep --no-save --fields calmar,ulcer_index -o csv --limit 1 >some
[ "$(head -n 1 some)" = calmar,ulcer_index ] || fail "--fields"
status 0 sweep --no-save -o table --color never
has 'P peak '
has 'M plateau '
[ "$(awk '/^fast/ { on = 1 } on && length > m { m = length }
	END { print m + 0 }' "$tmp/out")" -le 80 ] || fail "the map is too wide"
simutrador optimize random sma-cross -p fast=1:40 -p slow=41:90 --symbols ACME \
	--samples 20 --seed 3 -q -j 2 >sample
simutrador optimize random sma-cross -p fast=1:40 -p slow=41:90 --symbols ACME \
	--samples 20 --seed 3 -q -j 1 >again
same sample again "a sample depends on the threads"
[ "$(sed 's/.*"params":{\([^}]*\)}.*/\1/' sample | sort -u | wc -l)" = 20 ] ||
	fail "a sample has a point twice"

# -- killed at two fifths, and gone on with ----------------------------------
simutrador data gen LONG --from 2023-01-02 --to 2023-09-29 --seed 4 -q \
	>"$tmp/out"
long='-p fast=1:20 -p slow=21:40 --symbols LONG --timeframe 1min -q'
# shellcheck disable=SC2086
simutrador optimize sweep sma-cross $long -j 2 --no-save >whole
# One that is over before we saw it is tried again.
for try in 1 2 3 4 5; do
	id=s$(($(simutrador optimize list -o name | tail -n 1 | tr -d s) + 1))
	rows=$XDG_DATA_HOME/simutrador/sweeps/$id/rows.ndjson
	# shellcheck disable=SC2086
	simutrador optimize sweep sma-cross $long -j 2 >"$tmp/out" 2>&1 &
	pid=$!
	while ! [ -f "$rows" ] || [ "$(wc -l <"$rows")" -lt 160 ]; do
		kill -0 $pid 2>/dev/null || break
		sleep 0.01
	done
	kill -9 "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	n=$(wc -l <"$rows")
	[ "$n" -ge 400 ] || break
	echo "note: try $try was over"
done
[ "$n" -ge 160 ] || fail "killed at $n of 400"
[ "$n" -lt 400 ] || fail "killed only after the last row"
printf '{"point":%s,"poi' "$n" >>"$rows"	# a row that was torn
status 0 simutrador optimize resume "$id" -q
same "$rows" whole "gone on with, it gives other rows"
same "$tmp/out" whole "gone on with, it prints other rows"
status 0 simutrador optimize resume "$id" -q
same "$tmp/out" whole "gone on with once more"

# -- shards, by the manual's recipes -----------------------------------------
sed -n '/^\.Sh SHARDS/,/^\.Sh FILES/p' "$top/man/simutrador-optimize.1" |
	awk '/^\.Bd -literal/ { n++; on = 1; next } /^\.Ed/ { on = 0 }
	on { gsub(/\\e/, "\\"); print > ("recipe" n) }'
for i in 1 2 3; do
	[ -s recipe$i ] || fail "no recipe $i"
done
simutrador optimize sweep sma-cross --symbols ACME -p fast=5:20:5 \
	-p slow=30:60:10 --no-save -q >whole
# Two processes, as Slurm would start them.
for i in 1 2; do
	SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=2 sh -eu recipe1 &
done
wait
sh -eu recipe3 >best
same rows.ndjson whole "shards by Slurm's recipe merge to other rows"
rm rows.*ndjson
if command -v parallel >/dev/null 2>&1 &&
	parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
	sh -eu recipe2
else
	# What it would start, from the same words.
	line=$(tr -d '\\\n' <recipe2 | sed "s/^parallel //; s/ ::: .*//
		s/'>'/>/")
	for i in 1 2; do
		sh -eu -c "$(printf '%s' "$line" | sed "s/{}/$i/g")" &
	done
	wait
fi
sh -eu recipe3 >best
same rows.ndjson whole "shards by parallel's recipe merge to other rows"

# -- strategies in Lua -------------------------------------------------------
cp "$top/examples/sma-cross.lua" .
# shellcheck disable=SC2086
simutrador optimize sweep sma-cross.lua $grid -j 3 --log >lua
# shellcheck disable=SC2086
simutrador optimize sweep sma-cross.lua $grid -j 1 --log --no-save >again
same lua again "a script gives other rows with other threads"
for f in one lua; do
	sed -n 's/.*"log_hash":"\([0-9a-f]*\)".*/\1/p' $f >$f.hashes
done
same one.hashes lua.hashes "a script gives other events than its built-in"
simutrador run exec lua --point 5 --no-save >again

# -- a child a thread --------------------------------------------------------
if [ -n "${PYTHON3:=$(command -v python3 || :)}" ]; then
	cp "$top"/clients/python/*.py .
	few='-p fast=5,10 -p slow=20,30 --symbols ACME -q --no-save --log'
	# shellcheck disable=SC2086
	simutrador optimize sweep --exec "$PYTHON3 sma.py" $few -j 2 >pipe
	# shellcheck disable=SC2086
	simutrador optimize sweep sma-cross $few >again
	for f in pipe again; do
		sed -n 's/.*"log_hash":"\([0-9a-f]*\)".*/\1/p' $f >$f.hashes
	done
	[ "$(wc -l <pipe.hashes)" = 4 ] || fail "a child gives no four runs"
	same pipe.hashes again.hashes "a child gives other events"
	simutrador run exec pipe --point 2 --no-save >again
fi

# A point that hangs is noted, and the rest goes on without it.
cat >hangs.lua <<'END'
params = { n = { 1, min = 1, max = 99 } }
function on_bar(ctx, bar)
	if ctx.p.n == 3 then while true do end end
end
END
status 83 simutrador optimize sweep hangs.lua -p n=1:5 --symbols ACME -q \
	--callback-timeout 200ms -j 1
has 'point 2: '
id=$(simutrador optimize list -o name | tail -n 1)
has "optimize resume $id goes on without it"
status 0 simutrador optimize resume "$id"
[ "$(wc -l <"$tmp/out")" = 5 ] || fail "not five rows"
grep -q '"point":2,.*"code":"STRATEGY_FAILED"' "$tmp/out" ||
	fail "the point that hangs has no row of its own"

# Another script under the same name is another sweep.
echo '-- changed' >>hangs.lua
status 81 simutrador optimize resume "$id"
has 'was begun with other data, another script'

echo '{"point":1,"points":2}' >norow
head -c 3000 rows.1.ndjson >torn

# -- wrong invocations -------------------------------------------------------
snapshot >"$tmp/before"
count=0
# bad STATUS TEXT COMMAND...: the sentence has TEXT, and nothing is printed.
bad()
{
	want=$1 text=$2
	shift 2
	status "$want" simutrador optimize "$@"
	grep -qF -e "$text" "$tmp/err" || {
		cat "$tmp/err"
		fail "$*: the sentence lacks: $text"
	}
	[ ! -s "$tmp/out" ] || fail "$*: stdout is not empty"
	[ "$(wc -l <"$tmp/err")" = 1 ] || fail "$*: not one sentence"
	count=$((count + 1))
}
bad 64 'needs one strategy' sweep --symbols ACME
bad 64 'more than one is given' sweep sma-cross --strategy macd --symbols ACME
bad 66 'sma-crosss' sweep sma-crosss --symbols ACME -p fast=1
bad 64 "no parameter 'fest'" sweep sma-cross --symbols ACME -p fest=1:3
bad 64 'needs bars' sweep sma-cross -p fast=1:3
bad 66 'NOPE' sweep sma-cross --symbols NOPE -p fast=1:3
bad 64 'must be above zero' sweep sma-cross --symbols ACME -p fast=1:9:0
bad 64 'ends before it starts' sweep sma-cross --symbols ACME -p fast=9:1
for range in 1: 1:2: :5 : 1::2 1:2:3:4 1:nan nan:5 -inf:inf 1:99999999999 \
	1:2:1e-9 5,7:; do
	bad 64 'is no range' sweep sma-cross --symbols ACME -p "fast=$range"
done
for value in long 09:30 nan 5,x 99999999999999; do
	bad 64 'must be numbers' sweep sma-cross --symbols ACME \
		-p "fast=$value"
done
bad 64 'must be above zero' sweep sma-cross --symbols ACME -p fast=1:9:-1
bad 64 'more than 1000000 values' sweep sma-cross --symbols ACME \
	-p fast=0:90000000000:0.00000001
bad 64 'is no range' random sma-cross --symbols ACME -p fast=1: --samples 1
bad 64 '-p is NAME=VALUE' sweep sma-cross --symbols ACME -p fast=
bad 64 'empty value' sweep sma-cross --symbols ACME -p fast=1,,2
bad 64 'twice' sweep sma-cross --symbols ACME -p fast=1,2,1
bad 64 'given twice' sweep sma-cross --symbols ACME -p fast=1 -p fast=2
bad 64 'more than 1000000 values' sweep sma-cross --symbols ACME \
	-p fast=1:9000000
bad 64 'combinations' sweep sma-cross --symbols ACME -p fast=1:100000 \
	-p slow=1:100000
bad 64 '--shard is' sweep sma-cross --symbols ACME -p fast=1:3 --shard 3/2
bad 64 '--maximize' sweep sma-cross --symbols ACME -p fast=1:3 \
	--maximize 'sharp'
bad 64 '--where' sweep sma-cross --symbols ACME -p fast=1:3 --where 'fast <'
bad 64 '--fail-if' sweep sma-cross --symbols ACME -p fast=1:3 \
	--fail-if 'fast <'
bad 64 "no metric 'sharp'" sweep sma-cross --symbols ACME -p fast=1:3 \
	--metrics sharp
bad 64 "no field 'foo'" sweep sma-cross --symbols ACME -p fast=1:3 \
	--fields foo
bad 64 '--samples' random sma-cross --symbols ACME -p fast=1:3
bad 64 'there are 3 combinations' random sma-cross --symbols ACME \
	-p fast=1:3 --samples 4
bad 64 'from 1 to 1024' sweep sma-cross --symbols ACME -p fast=1:3 -j 0
bad 66 "there is no sweep 's99'" resume s99
bad 66 "there is no sweep 'x'" show x
bad 66 "there is no sweep 's99'" best s99
bad 64 '--yes' rm s1
bad 64 'not '"'last'" rm last --yes
bad 65 'line 1: ' show ACME_daily.csv
bad 65 'is no row of a sweep' show norow
bad 65 'is missing' merge rows.1.ndjson
bad 65 'was there already' merge rows.1.ndjson rows.1.ndjson
bad 65 'merge shards of one sweep' merge rows.1.ndjson one
bad 65 'cut short' merge torn
snapshot >"$tmp/after"
cmp "$tmp/before" "$tmp/after" || fail "a wrong invocation left something"
status 64 simutrador optimize sweep sma-cross --symbols ACME -p fast=50 \
	-p slow=20,30 -q
has 'every point was refused; the first: '
# All of them or none.
simutrador optimize list >"$tmp/before"
status 66 simutrador optimize rm s1 s999 --yes
status 64 simutrador optimize rm s1 s1 --yes
status 64 simutrador optimize rm s1 last --yes
simutrador optimize list >"$tmp/after"
cmp "$tmp/before" "$tmp/after" || fail "some were removed, or all"
status 0 simutrador optimize rm s1 --yes -o name
echo "$count wrong invocations"
