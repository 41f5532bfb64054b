#!/bin/sh
# The commands of data/README, run again, give the bytes of the bundled
# sample; and README names every file there is.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
PATH=$top_builddir:$PATH
SIMUTRADOR_DATA_DIR=$dir/home
export SIMUTRADOR_DATA_DIR
sed -n '/^    simutrador data gen /,/--file /p' "$top_srcdir/data/README" \
	>commands
sh -eu ./commands
made=0
for file in "$top_srcdir"/data/*.csv; do
	cmp "$file" "${file##*/}"
	made=$((made + 1))
done
[ "$made" -eq "$(grep -c '^    simutrador data gen ' commands)" ]
[ "$made" -ge 4 ]
# Another seed is another file.
simutrador data gen ACME --timeframe 1min --seed 12 --from 2024-03-04 \
	--to 2024-03-15 --file other.csv
if cmp -s other.csv ACME_1min.csv; then
	echo "the seed changes nothing" >&2
	exit 1
fi
