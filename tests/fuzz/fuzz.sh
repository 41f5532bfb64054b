#!/bin/sh
# make fuzz: build every fuzz target with clang's libFuzzer, AddressSanitizer
# and UBSan in build-fuzz/, and run FUZZ_RUNS inputs (200,000) through each,
# starting from its seeds.  What is found stays in build-fuzz/ as crash-*.
set -eu
[ -n "${CLANG:-}" ] || {
	echo "make fuzz needs clang; install it and run ./configure again."
	exit 1
}
mkdir -p "$top_builddir/build-fuzz"
cd "$top_builddir/build-fuzz"
[ -f Makefile ] || "$top_srcdir/configure" -q CC="$CLANG" CFLAGS='-O1 -g' \
	--enable-sanitizers=fuzzer-no-link,address,undefined
unset MAKEFLAGS
"${MAKE:-make}" -s -j "$(nproc)" fuzz-programs
for seeds in "$top_srcdir"/tests/fuzz/corpus/*/; do
	name=$(basename "$seeds")
	[ -x "fuzz_$name" ] || continue
	case " ${FUZZ_ONLY:-$name} " in *" $name "*) ;; *) continue ;; esac
	mkdir -p "corpus-$name"
	if ./"fuzz_$name" -runs="${FUZZ_RUNS:-200000}" -max_len=4096 \
		-timeout=10 -rss_limit_mb=2048 -verbosity=0 \
		-print_final_stats=1 "corpus-$name" "$seeds" \
		>"fuzz_$name.log" 2>&1; then
		runs=$(sed -n 's/stat::number_of_executed_units: *//p' "fuzz_$name.log")
		echo "fuzz: $name: $runs inputs, no finding"
	else
		tail -n 30 "fuzz_$name.log"
		echo "fuzz: $name: FOUND something, see build-fuzz/fuzz_$name.log"
		found=1
	fi
done
exit "${found:-0}"
