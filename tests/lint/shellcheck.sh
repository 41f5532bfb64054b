#!/bin/sh
# Every shell script passes shellcheck.  Variables that the harness exports
# (SC2154) and functions called by a variable's value (SC2317) it cannot see.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -n "${SHELLCHECK:=$(command -v shellcheck || :)}" ] || {
	echo "skipped: shellcheck is not installed"
	exit 77
}
{
	find tests tools -name '*.sh' -type f
	for f in setup .ci/run; do
		[ -f "$f" ] && echo "$f"
	done
} | sort >"$lint_tmp/scripts"
xargs "$SHELLCHECK" -x -P SCRIPTDIR -f gcc -e SC2154,SC2317 <"$lint_tmp/scripts" >>"$faults" || :
verdict
