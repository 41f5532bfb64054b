# Shared by tests/cli/*.sh: a scratch home, pinned surroundings, one verdict.
# shellcheck shell=sh
set -eu
LC_ALL=C TZ=UTC TERM=dumb
export LC_ALL TZ TERM
tmp=$(mktemp -d "${TMPDIR:-/tmp}/simutrador-cli.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
home=$tmp/home HOME=$tmp/home
XDG_DATA_HOME=$HOME/data XDG_CONFIG_HOME=$HOME/config
XDG_CONFIG_DIRS=$HOME/system XDG_STATE_HOME=$HOME/state
XDG_CACHE_HOME=$HOME/cache SOURCE_DATE_EPOCH=1700000000
export HOME XDG_DATA_HOME XDG_CONFIG_HOME XDG_CONFIG_DIRS XDG_STATE_HOME \
	XDG_CACHE_HOME SOURCE_DATE_EPOCH
for name in $(env | sed -n 's/^\(SIMUTRADOR_[A-Z_]*\)=.*/\1/p'); do
	[ "$name" = SIMUTRADOR_TESTDATA ] || unset "$name"
done
unset NO_COLOR CLICOLOR CLICOLOR_FORCE FORCE_COLOR COLUMNS ENV
mkdir -p "$HOME" "$tmp/work"
: >"$tmp/out"
: >"$tmp/err"
top=$(cd "$top_srcdir" && pwd)
# shellcheck disable=SC2034
data=$top/data
PATH=$(cd "$top_builddir" && pwd):$PATH
export PATH
cd "$tmp/work"

# lightly COMMAND...: without looking for leaks at its end, which takes as long
# as all the rest of a short command; for what runs many times over.
lightly()
{
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 "$@"
}

fail()
{
	printf 'FAIL: %s\n' "$*"
	exit 1
}

# expect STATUS TEXT COMMAND...: exit status, and both outputs together, must
# match.
expect()
{
	want=$1 text=$2
	shift 2
	set +e
	got=$("$@" 2>&1)
	rc=$?
	set -e
	if [ "$rc" != "$want" ] || [ "$got" != "$text" ]; then
		printf 'FAIL: %s\n want %s: %s\n  got %s: %s\n' \
			"$*" "$want" "$text" "$rc" "$got"
		exit 1
	fi
}

# status STATUS COMMAND...: only the exit status; output goes to out and err.
status()
{
	want=$1
	shift
	set +e
	"$@" >"$tmp/out" 2>"$tmp/err"
	rc=$?
	set -e
	[ "$rc" = "$want" ] || {
		cat "$tmp/out" "$tmp/err"
		fail "$* ended with $rc, not $want"
	}
}

# has TEXT: the last `status` printed it.
has()
{
	grep -qF -e "$1" "$tmp/out" "$tmp/err" || {
		cat "$tmp/out" "$tmp/err"
		fail "the output lacks: $1"
	}
}

# snapshot: everything in the home folder, names and bytes.
snapshot()
{
	(cd "$home" && find . -type f -exec cksum {} + | sort; \
		cd "$home" && find . | sort)
}
