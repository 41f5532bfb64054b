#!/bin/sh
# A secret is compared by sim_secret_equal, whose time doesn't tell where two
# differ.  Here: no comparison of the C library has in its arguments a name that
# says password, secret, token, key, hash, code, ticket, seed or the like, but
# those of secrets.txt, which are of no secret, and those with a text of ours.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

code_of src/util src/mail src/client src/db src/server | awk -F: '
FILENAME != "-" {
	if (!/^#/ && !/^[ \t]*$/) {
		row = $0
		gsub(/[ \t]+/, " ", row)
		allowed[row] = 1
	}
	next
}
# Calls go over lines: what is not closed yet waits.
{
	file = $1
	line = $2
	sub(/^[^:]*:[^:]*:/, "")
	if (file != was)
		text = ""
	was = file
	if (text == "") {
		if (!match($0, /(^|[^A-Za-z0-9_])(bcmp|memcmp|str(n?case)?cmp|strncmp|strcoll|sim_str_eq_nocase)[ ]*\(/))
			next
		text = substr($0, RSTART)
		sub(/^[^A-Za-z]/, "", text)
		at = line
	} else {
		text = text " " $0
	}
	for (;;) {
		depth = end = 0
		for (i = 1; i <= length(text) && !end; i++) {
			c = substr(text, i, 1)
			depth += (c == "(") - (c == ")")
			if (c == ")" && !depth)
				end = i
		}
		if (!end)
			next
		call = substr(text, 1, end)
		rest = substr(text, end + 1)
		gsub(/[ \t]+/, " ", call)
		check(call)
		text = ""
		if (!match(rest, /(^|[^A-Za-z0-9_])(bcmp|memcmp|str(n?case)?cmp|strncmp|strcoll|sim_str_eq_nocase)[ ]*\(/))
			next
		text = substr(rest, RSTART)
		sub(/^[^A-Za-z]/, "", text)
	}
}
function check(call)
{
	if (call ~ /""/ || tolower(call) !~ /pass(word|phrase)|secret|token|key|hash|digest|code|ticket|refresh|seed|totp|hmac|signature/)
		return
	if ((file " " call) in allowed)
		seen[file " " call] = 1
	else
		printf "%s:%s: %s of a secret? sim_secret_equal, or a row of secrets.txt\n", file, at, call
}
END {
	for (row in allowed)
		if (!(row in seen))
			printf "tests/lint/secrets.txt:1: nothing has %s\n", row
}' "$lint_dir/secrets.txt" - >>"$faults"
verdict
