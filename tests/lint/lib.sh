# shellcheck shell=sh
# What the lints share.  A lint prints one line per fault, "FILE:LINE: what",
# and exits 1 if there was one; 77 when a tool it needs is not installed.
# Source it from a lint: the working folder is then the top of the sources.
set -eu
LC_ALL=C
export LC_ALL
lint_dir=$(cd "$(dirname "$0")" && pwd)
top_srcdir=${top_srcdir:-$lint_dir/../..}
top_builddir=${top_builddir:-$top_srcdir}
# shellcheck disable=SC2034
CC=${CC:-cc} NM=${NM:-nm}
cd "$top_srcdir"
lint_tmp=$(mktemp -d)
trap 'rm -rf "$lint_tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
faults=$lint_tmp/faults
: >"$faults"

# c_files FOLDER...: the C sources and headers below them, sorted.
c_files()
{
	find "$@" \( -name '*.c' -o -name '*.h' \) -type f | sort
}

# code_of FOLDER...: their code as FILE:LINE:CODE, without comments or text.
code_of()
{
	c_files "$@" | xargs awk -f "$lint_dir/strip.awk"
}

# The functions and prototypes of C files, by Universal Ctags.
need_ctags()
{
	[ -n "${CTAGS:=$(command -v ctags-universal ctags | head -n 1)}" ] &&
		"$CTAGS" --version 2>/dev/null | grep -q Universal && return 0
	echo "skipped: Universal Ctags is not installed"
	exit 77
}

# tags KINDS FORMAT FILE...: one line per tag of these kinds.
tags()
{
	kinds=$1 format=$2
	shift 2
	"$CTAGS" -x --_xformat="$format" --language-force=C --sort=no \
		-I 'SIM_MUST_CHECK,__attribute__+,__extension__' \
		--kinds-C="$kinds" --fields=+eS -o - "$@"
}

# Print the faults and end.
verdict()
{
	sort -u "$faults"
	[ -s "$faults" ] && exit 1
	exit 0
}
