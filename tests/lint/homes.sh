#!/bin/sh
# Third-party headers and a few library calls have one home (homes.txt), so
# that a library can be exchanged in one file.  A header that is neither the
# language's, the system's nor listed is a fault too.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

standard='arpa/inet|assert|config|complex|ctype|dirent|dlfcn|errno|fcntl|fenv|float|getopt|glob|immintrin|inttypes|langinfo|limits|linux/[a-z_]+|locale|math|netinet/[a-z]+|poll|pthread|pwd|sched|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|sys/[a-z_]+|termios|time|unistd|wchar|x86intrin'

code_of src | awk -F: -v standard="^($standard)[.]h\$" '
FILENAME != "-" {
	if (/^#/ || /^[ \t]*$/)
		next
	n = split($0, w, /[ \t]+/)
	for (i = 3; i <= n; i++)
		home[w[1] " " w[2] " " w[i]] = 1
	listed[w[1] " " w[2]] = 1
	if (w[1] == "call")
		calls[w[2]] = 1
	next
}
function at_home(kind, name, file,   dir)
{
	dir = file
	sub(/[^\/]*$/, "", dir)
	return (kind " " name " " file) in home || (kind " " name " " dir) in home
}
{
	file = $1
	line = $2
	sub(/^[^:]*:[^:]*:/, "")
	if ($0 ~ /^[ \t]*#[ \t]*include[ \t]*</) {
		name = $0
		sub(/^[^<]*</, "", name)
		sub(/>.*/, "", name)
		key = name
		if (!(("header " key) in listed))
			sub(/\/.*/, "/", key)
		if (("header " key) in listed) {
			if (!at_home("header", key, file))
				printf "%s:%s: <%s> is not at home here (homes.txt)\n", file, line, name
		} else if (name !~ standard) {
			printf "%s:%s: <%s> has no home in homes.txt\n", file, line, name
		}
		next
	}
	n = split($0, w, /[^A-Za-z0-9_]+/)
	for (i = 1; i <= n; i++)
		if (w[i] in calls && !at_home("call", w[i], file))
			printf "%s:%s: %s() is not at home here (homes.txt)\n", file, line, w[i]
}' "$lint_dir/homes.txt" - >>"$faults"
verdict
