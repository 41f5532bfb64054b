#!/bin/sh
# The same manifest gives the same log bytes: run again, with the symbols in
# another order, from the store or from files, with another locale, time zone,
# home and working folder.  With SIM_LONG=1 also in builds with gcc and clang,
# -O0 and -O3 -march=native, without sanitizers.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
data=$top_srcdir/data

# jobs PROGRAM FOLDER ORDER: run every job; its manifests and logs go to FOLDER.
jobs()
{
	program=$1 out=$2 order=$3
	rm -rf "${out:?}"
	mkdir -p "$out"
	SIMUTRADOR_DATA_DIR=$out/home
	export SIMUTRADOR_DATA_DIR
	files=
	for symbol in $order; do
		files="$files --data $symbol=$data/${symbol}_daily.csv"
	done
	n=0
	while read -r job; do
		n=$((n + 1))
		# shellcheck disable=SC2086
		"$program" simulate $files $job -q >/dev/null
		cp "$out/home/runs/r$n/manifest.json" "$out/$n.manifest"
		cp "$out/home/runs/r$n/events.ndjson" "$out/$n.events"
		cp "$out/home/runs/r$n/equity.col" "$out/$n.equity"
	done <<-'END_OF_JOBS'
		--strategy sma-cross -p fast=5 -p slow=20
		--strategy ema-cross -p side=long-short -p take_profit=4 -p stop_loss=3 --account margin
		--strategy rsi-reversion -p trail=2 --slippage vol:0.1 --path best
		--strategy bollinger --slippage impact:30 --commission percent:0.1,min=1
		--strategy macd --path adaptive --model ibkr-like
		--strategy breakout --fill close --slippage ticks:2
		--strategy momentum-rotation --max-volume-share 0.001
		--strategy buy-hold --adjust total-return --from 2020-01-01
	END_OF_JOBS
	rm -rf "${out:?}/home"
	[ "$n" -eq 8 ]
}

# same WHAT: the bytes are those of the first time.
same()
{
	diff -r "$dir/first" "$dir/again" >"$dir/diff" || {
		head -c 2000 "$dir/diff"
		echo "FAILED: other bytes: $1"
		exit 1
	}
	echo "same bytes: $1"
}

# build NAME CONFIGURE-ARGUMENT...: the program alone, in $dir/NAME.
build()
{
	name=$1
	shift
	mkdir "$dir/$name"
	(
		unset MAKEFLAGS MAKELEVEL
		cd "$dir/$name"
		"$top_srcdir/configure" -q "$@"
		make -s -j "$(nproc)" simutrador
	) >"$dir/$name.log" 2>&1 || {
		tail -n 20 "$dir/$name.log"
		echo "FAILED: $name does not build"
		exit 1
	}
	jobs "$dir/$name/simutrador" "$dir/again" "ACME BOLT CRUX"
	same "$name"
	rm -rf "${dir:?}/$name"
}

jobs "$top_builddir/simutrador" "$dir/first" "ACME BOLT CRUX"
for events in "$dir"/first/*.events; do
	lines=$(wc -l <"$events")
	[ "$lines" -gt 3 ] || {
		echo "FAILED: $events holds only $lines lines"
		exit 1
	}
done
jobs "$top_builddir/simutrador" "$dir/again" "ACME BOLT CRUX"
same "again"
jobs "$top_builddir/simutrador" "$dir/again" "CRUX ACME BOLT"
same "symbols in another order"
(
	cd "$dir"
	TZ=Asia/Tokyo LC_ALL=de_DE.UTF-8 HOME=$dir
	export TZ LC_ALL HOME
	jobs "$top_builddir/simutrador" "$dir/again" "BOLT CRUX ACME"
)
same "another zone, locale and home"

# One symbol from the store and from its file.
SIMUTRADOR_DATA_DIR=$dir/store
export SIMUTRADOR_DATA_DIR
"$top_builddir/simutrador" data import "$data/ACME_1min.csv" --symbol ACME \
	-q >/dev/null
for from in "--symbols ACME" "--data ACME=$data/ACME_1min.csv"; do
	# shellcheck disable=SC2086
	"$top_builddir/simutrador" simulate $from --strategy macd -q >/dev/null
done
cmp "$dir/store/runs/r1/events.ndjson" "$dir/store/runs/r2/events.ndjson"
cmp "$dir/store/runs/r1/manifest.json" "$dir/store/runs/r2/manifest.json"
echo "same bytes: store and file"

[ "${SIM_LONG:-}" ] || exit 0
for compiler in gcc clang; do
	command -v "$compiler" >/dev/null || continue
	build "$compiler-O0" CC="$compiler" CFLAGS=-O0
	build "$compiler-O3-native" CC="$compiler" CFLAGS="-O3 -march=native"
done
