#!/bin/sh
# Every function a header of src/ offers has a comment: directly above it,
# on its line, or above the block of declarations it stands in.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need_ctags
# shellcheck disable=SC2046
set -- $(find src -name '*.h' -type f | sort)
[ $# -gt 0 ] || verdict
tags pf '%{line} %{input} %{name}' "$@" | awk '
function load(file,   line, n)
{
	n = 0
	while ((getline line <file) > 0)
		text[file, ++n] = line
	close(file)
	loaded[file] = 1
}
{
	if (!($2 in loaded))
		load($2)
	if ($3 !~ /^sim_/)
		next
	found = text[$2, $1] ~ /\/\*/
	for (i = $1; !found && text[$2, i] !~ /;/ && i < $1 + 6; i++)
		found = text[$2, i + 1] ~ /;.*\/\*/
	for (i = $1 - 1; !found && i > 0 && text[$2, i] !~ /^[ \t]*$/; i--)
		found = text[$2, i] ~ /\*\/|\/\*/
	if (!found)
		printf "%s:%d: %s has no comment\n", $2, $1, $3
}' >>"$faults"
verdict
