# Shared by tests of wrong invocations, after lib.sh: one sentence, one status,
# nothing on stdout, and a home folder that is as it was.
# shellcheck shell=sh
count=0

# sentence WHAT: err holds one line of ours, without a full stop.
sentence()
{
	[ "$(wc -l <"$tmp/err")" = 1 ] || {
		cat "$tmp/err"
		fail "$*: not one sentence"
	}
	grep -q '^simutrador: .*\([^.]\|\.\.\.\)$' "$tmp/err" || {
		cat "$tmp/err"
		fail "$*: not a sentence of ours"
	}
}

# unchanged WHAT: since $tmp/before was made by snapshot.
unchanged()
{
	snapshot >"$tmp/after"
	cmp -s "$tmp/before" "$tmp/after" || {
		diff "$tmp/before" "$tmp/after" || :
		fail "$*: changed the home folder"
	}
}

# bad STATUS ARG...
bad()
{
	want=$1
	shift
	count=$((count + 1))
	set +e
	simutrador "$@" >"$tmp/out" 2>"$tmp/err" <"${input:-/dev/null}"
	rc=$?
	set -e
	[ "$rc" = "$want" ] || {
		cat "$tmp/out" "$tmp/err"
		fail "simutrador $*: status $rc, not $want"
	}
	[ ! -s "$tmp/out" ] || fail "simutrador $*: wrote to stdout"
	sentence "simutrador $*"
	unchanged "simutrador $*"
}
