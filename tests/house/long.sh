#!/bin/sh
# make check-long: what takes long.  The tests of LONG_TESTS with their full
# counts, then the whole suite but the lints in builds of their own
# (build-long-*): clang, gcc -O0, gcc -O3 -march=native; the unit tests under
# valgrind, `make distcheck`, and the suite under ThreadSanitizer.  One line a
# stage; STAGES="clang tsan" runs only these.  What a stage said stays in
# build-long-STAGE.log.
set -eu
cd "$top_builddir"
top=$PWD
jobs=$(nproc)
bad=0
unset MAKEFLAGS MAKELEVEL

# stage NAME COMMAND...: run, count, say.
stage()
{
	name=$1
	shift
	case " ${STAGES:-$name} " in *" $name "*) ;; *) return 0 ;; esac
	begun=$(date +%s)
	log=$top/build-long-$name.log
	build=$top/build-long-$name
	[ "$name" = full ] && build=$top
	if ("$@") >"$log" 2>&1; then
		status=ok
	else
		status=FAILED bad=1
	fi
	totals=$(sh "$top_srcdir/tests/house/count.sh" "$build" 2>&1 |
		tail -n 1) || :
	[ "$name" = dist ] && totals=
	grep -qE '(^|[^-])warning:' "$log" && status="$status, with warnings" bad=1
	echo "check-long: $name: $status${totals:+, $totals}" \
		"($(($(date +%s) - begun)) s)"
	[ "$status" = ok ] || tail -n 25 "$log"
}

# build NAME CONFIGURE-ARGUMENT...: configure and make in build-long-NAME.
# (What runs under `if` doesn't stop by itself, hence the &&.)
build()
{
	mkdir -p "$top/build-long-$1" && cd "$top/build-long-$1" || return 1
	shift
	"$top_srcdir/configure" -q --enable-werror "$@" &&
		"$MAKE" -s -j "$jobs" &&
		"$MAKE" -s -j "$jobs" check TESTS=
}

# without LIST OTHER: the words of LIST that OTHER does not have.
without()
{
	for word in $1; do
		case " $2 " in *" $word "*) ;; *) echo "$word" ;; esac
	done
}

BUILT_TESTS=$(without "$ALL_TESTS" "$LINT_TESTS")

full_counts()
{
	"$MAKE" -s -j "$jobs" && "$MAKE" -s -j "$jobs" check TESTS= || return 1
	find tests -name '*.trs' -type f -exec rm -f {} +
	SIM_LONG=1
	export SIM_LONG
	status=0
	"$MAKE" -s -k -j "$jobs" check-TESTS \
		TESTS="$(without "$LONG_TESTS" "$MEASURED_TESTS")" || status=1
	"$MAKE" -s -k check-TESTS TESTS="$MEASURED_TESTS" || status=1
	return "$status"
}

suite()
{
	build "$@" && "$MAKE" -s -k -j "$jobs" check-TESTS TESTS="$BUILT_TESTS"
}

# Address space randomisation wide enough to collide with its shadow memory
# makes ThreadSanitizer refuse to start; setarch -R turns it off.
threads()
{
	build tsan CC=gcc CFLAGS='-O1 -g' --enable-sanitizers=thread &&
		setarch "$(uname -m)" -R "$MAKE" -s -k -j "$jobs" check-TESTS \
			TESTS="$BUILT_TESTS" CK_TIMEOUT_MULTIPLIER=10
}

under_valgrind()
{
	command -v valgrind && build valgrind CC=gcc CFLAGS='-O1 -g' ||
		return 1
	tool='valgrind -q --leak-check=full --errors-for-leak-kinds=definite'
	CK_TIMEOUT_MULTIPLIER=50 "$MAKE" -s -k -j "$jobs" check-TESTS \
		TESTS="$(without "$UNIT_TESTS" "$RESTLESS_TESTS")" \
		LOG_COMPILER="$tool --error-exitcode=99"
}

stage full full_counts
stage clang suite clang CC="${CLANG:-clang}" \
	--enable-sanitizers=address,undefined
stage O0 suite O0 CC=gcc CFLAGS='-O0 -g'
stage O3 suite O3 CC=gcc CFLAGS='-O3 -march=native'
stage valgrind under_valgrind
stage dist "$MAKE" -s -j "$jobs" distcheck
stage tsan threads
exit "$bad"
