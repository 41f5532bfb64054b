#!/bin/sh
# Every lint catches a planted fault, and names the file it was planted in.
# Each fault goes into a copy of two folders of the tree, one at a time; what
# a lint says of that copy without faults is asked once.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

tree=$lint_tmp/tree
mkdir -p "$tree" "$lint_tmp/build/src/util"
mkdir -p "$tree/man" "$tree/data" "$tree/tools" "$tree/completions" \
	"$tree/src/db" "$tree/src/server" "$tree/tests"
cp -R src/util src/model "$tree/src"
cp -R LAYERS "$tree"
cp -R tests/lint "$tree/tests"
chmod -R u+w "$tree"
rm -f "$tree"/src/*/*.o
later=TO
: >"$lint_tmp/tally"

# plant LINT FILE EXPECTED: FILE gets stdin as its content; the lint
# must then fail with a line that matches EXPECTED, which it does not say
# of the tree without FILE.
plant()
{
	lint=$1 file=$2 expected=$3
	case $file in
	/*) path=$file ;;
	*) path=$tree/$file ;;
	esac
	cat >"$path"
	status=0
	run_lint "$lint" >"$lint_tmp/out" 2>&1 || status=$?
	if [ "$status" = 77 ]; then
		echo "skipped: $lint has no tool here"
		echo skip >>"$lint_tmp/tally"
	elif [ "$status" != 1 ] || ! grep -q "$expected" "$lint_tmp/out"; then
		echo fail >>"$lint_tmp/tally"
		echo "$lint: status $status, no line with '$expected':" >>"$faults"
		head -n 5 "$lint_tmp/out" >>"$faults"
	else
		echo pass >>"$lint_tmp/tally"
	fi
	rm -f "$path"
	[ -f "$lint_tmp/clean.$lint" ] ||
		run_lint "$lint" >"$lint_tmp/clean.$lint" 2>&1 || :
	if grep -q "$expected" "$lint_tmp/clean.$lint"; then
		echo fail >>"$lint_tmp/tally"
		echo "$lint: fires without its fault:" >>"$faults"
		head -n 5 "$lint_tmp/clean.$lint" >>"$faults"
	fi
}

run_lint()
{
	top_srcdir=$tree top_builddir=$lint_tmp/build \
		sh "$tree/tests/lint/$1.sh"
}

# repeat COUNT TEXT: that many lines.
repeat()
{
	awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) print text }'
}

# planted_object CODE: an object file of src/util/planted.c.
planted_object()
{
	echo "$1" >"$lint_tmp/planted.c"
	# shellcheck disable=SC2086
	$CC -c -o "$lint_tmp/planted.o" "$lint_tmp/planted.c"
	cat "$lint_tmp/planted.o"
}

plant secrets src/db/planted.c 'planted.c:4: memcmp(given, p->token' <<-'END'
	/* planted: tells how far a token is right, over two lines. */
	static int is(const struct p *p, const char *given)
	{
		return strlen(given) && !memcmp(given,
						p->token_sha, 32);
	}
END
plant secrets src/server/planted.c 'planted.c:2: strcmp(a, the_password)' <<-'END'
	/* planted: the second in a line. */
	int f(void) { return strcmp(a, b) || strcmp(a, the_password); }
END
plant layers src/util/planted.c 'src/util/planted.c:2: util may not include' <<-'END'
	/* planted: reaches up. */
	#include "model/bar.h"
END
plant layers src/util/planted.c 'src/util/planted.c:2: write the include' <<-'END'
	/* planted: names no folder. */
	#include "err.h"
END
plant layers src/model/planted.c 'planted.c:2: .* is private' <<-'END'
	/* planted: another folder's private header. */
	#include "util/secret_priv.h"
END
cp "$tree/LAYERS" "$lint_tmp/LAYERS"
plant layers LAYERS 'LAYERS:2: util may not name cli' <<-'END'
	model:
	util: cli
	cli: util
END
cp "$lint_tmp/LAYERS" "$tree/LAYERS"

echo 'int sim_ok_thing(void); int sim_ok_thing(void) { return 1; }' \
	>"$lint_tmp/ok.c"
$CC -c -o "$lint_tmp/build/src/util/ok.o" "$lint_tmp/ok.c"
planted_object 'int helper(void); int helper(void) { return 1; }' |
	plant symbols "$lint_tmp/build/src/util/planted.o" \
	'util/planted.o: exports helper'
planted_object 'static int sim_x(void) { return 1; } int sim_planted(void);
	int sim_planted(void) { return sim_x(); }' |
	plant symbols "$lint_tmp/build/src/util/planted.o" \
	'util/planted.o: sim_x is static'
plant symbols src/model/err.c 'two files are called err.c' <<-'END'
	/* planted: a second err.c. */
END

plant homes src/model/planted.c 'planted.c:2: <jansson.h> is not at home' <<-'END'
	/* planted: a library's header far from home. */
	#include <jansson.h>
END
plant homes src/model/planted.c 'planted.c:2: <gmp.h> has no home' <<-'END'
	/* planted: a library nobody listed. */
	#include <gmp.h>
END
plant homes src/model/planted.c 'planted.c:2: strtod() is not at home' <<-'END'
	/* planted */
	double x(const char *s) { return strtod(s, 0); }
END

plant banned src/model/planted.c 'planted.c:3: strcpy() is banned' <<-'END'
	/* planted: strcat() in a comment, "strcat(" in a string are fine */
	const char *s = "strcat(a, b)"; x->time(1); my_strcat(2);
	void f(char *a) { strcpy(a, s); }
END
plant banned src/model/planted.c 'planted.c:2: time() is banned' <<-'END'
	/* planted */
	long f(void) { return time(0); }
END
plant banned src/model/planted.c 'planted.c:2: log() is banned' <<-'END'
	/* planted */
	double f(double x) { return log (x); }
END

plant words src/model/planted.c 'planted.c:1:' <<-END
	/* planted: ${later}DO later */
END
plant man man/planted.1 'planted.1:' <<-'END'
	.Dd $Mdocdate$
	.Dt PLANTED 1
	.Sh NAME
	.Nx planted
	.Sh SYNOPSIS
	.Bl
END
mkdir "$tree/tests/planted"
echo 'LONG = os.environ.get("SIM_LONG")' >"$tree/tests/planted/long.py"
plant counts tests/planted/local.mk 'planted/long.py:1: .* LONG_TESTS' <<-'END'
	PY_TESTS += %D%/other.py \
		%D%/long.py
END
plant shellcheck tests/planted.sh 'planted.sh:2:' <<-'END'
	#!/bin/sh
	rm $1
END
plant headers src/model/planted.h 'planted.h:1: the include guard' <<-'END'
	/* planted: no guard. */
END
plant headers src/model/planted.h 'planted.h:4:.*error' <<-'END'
	/* planted: needs another header before it. */
	#ifndef SIM_PLANTED_H
	#define SIM_PLANTED_H
	size_t sim_planted(void);
	#endif
END
plant docs src/model/planted.h 'planted.h:7: sim_planted_bare' <<-'END'
	/* planted */

	/* Explained. */
	int sim_planted_a(int x);
	int sim_planted_b(int x);

	int sim_planted_bare(int x)
		__attribute__((const));

	int sim_planted_c(int x);	/* on its line */
END
plant style src/model/planted.c 'planted.c:1: .* open with a comment' <<-'END'
	int x;
END
plant style src/model/planted.c 'planted.c:2: 81 columns' <<-END
	/* planted */
	/* $(repeat 1 123456789012345678901234567890123456789012345678901234567890123456789012345) */
END
plant style src/model/planted.c 'planted.c:2: blanks at the end' <<-END
	/* planted */
	int x;$(printf '\t')
END

{
	echo 'int planted(void)'
	echo '{'
	repeat 78 '	call();'
	echo '}'
} | plant length src/model/planted.c 'planted.c:planted: function of 81'
{
	echo '/* planted */'
	repeat 800 'extern int x;'
} | plant length src/model/planted.c 'planted.c: file of 801'
{
	echo '/* planted */'
	repeat 300 'extern int x;'
} | plant length src/model/planted.h 'planted.h: header of 301'
plant length src/model/planted.c 'planted: parameters of 7' <<-'END'
	/* planted */
	int planted(int a, int b, int c, int d, int (*e)(int, int), int f, int g)
	{
	}
END
{
	printf 'void planted(int a)\n{\n\tfor (;;)\n\t\tif (a)\n'
	printf '\t\t\tif (a)\n\t\t\t\twhile (a)\n\t\t\t\t\ta++;\n}\n'
} | plant length src/model/planted.c 'planted.c:6: nesting of 4'
awk 'BEGIN {
	for (i = 0; i < 20000; i++) {
		print "void planted(void)\n{"
		for (k = 0; k < 20; k++)
			print "\tcall();"
		print "}"
	}
}' | plant length src/model/planted.c 'src/: median 23'
cp "$tree/tests/lint/length.allow" "$lint_tmp/allow"
plant length tests/lint/length.allow 'src/util/err.h 900. is not needed' <<-'END'
	file src/util/err.h 900
END
cp "$lint_tmp/allow" "$tree/tests/lint/length.allow"

count()
{
	grep -c "$1" "$lint_tmp/tally" || :
}
echo "$(count pass) passed, $(count fail) failed, $(count skip) skipped"
verdict
