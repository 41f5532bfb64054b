#!/bin/sh
# Calls that overflow, depend on the locale, the clock or the machine's libm,
# or hide state are not made: banned.txt says what to use instead.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

code_of src | awk -F: '
FILENAME != "-" {
	if (/^#/ || /^[ \t]*$/)
		next
	n = split($0, w, /\t+/)
	banned[w[1]] = w[2]
	allowed[w[1]] = n > 2 ? w[3] : "-"
	next
}
{
	at = $1 ":" $2 ": "
	file = $1
	s = $0
	sub(/^[^:]*:[^:]*:/, "", s)
	before = ""
	while (match(s, /[A-Za-z_][A-Za-z0-9_]*/)) {
		name = substr(s, RSTART, RLENGTH)
		lead = before substr(s, 1, RSTART - 1)
		rest = substr(s, RSTART + RLENGTH)
		before = name
		s = rest
		if (!(name in banned) || rest !~ /^[ \t]*\(/)
			continue
		if (lead ~ /(\.|->)[ \t]*$/)	# a member of that name
			continue
		if (index(file, allowed[name]) == 1)
			continue
		print at name "() is banned; use " banned[name]
	}
}' "$lint_dir/banned.txt" - >>"$faults"
verdict
