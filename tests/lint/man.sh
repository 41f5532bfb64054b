#!/bin/sh
# The manual pages pass mandoc -T lint.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -n "${MANDOC:=$(command -v mandoc || :)}" ] || {
	echo "skipped: mandoc is not installed"
	exit 77
}
for page in man/*.[1-8]; do
	[ -f "$page" ] || continue
	"$MANDOC" -T lint -W warning "$page" >>"$faults" 2>&1 || :
done
verdict
