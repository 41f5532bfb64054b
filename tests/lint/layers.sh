#!/bin/sh
# LAYERS is the law: a folder of src/ includes only folders LAYERS gives it,
# LAYERS names only folders that stand above in it (so no cycle can be
# written), every folder is listed, includes are "folder/file.h", and a
# header ending in _priv.h stays in its folder.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

awk -F: '
/^#/ || /^[ \t]*$/ { next }
{
	n = split($2, a, " ")
	for (i = 1; i <= n; i++)
		if (!(a[i] in seen))
			printf "LAYERS:%d: %s may not name %s, which is not above it\n", NR, $1, a[i]
	if ($1 in seen)
		printf "LAYERS:%d: %s stands here twice\n", NR, $1
	seen[$1] = 1
}' LAYERS >>"$faults"

for dir in src/*/; do
	dir=$(basename "$dir")
	grep -q "^$dir:" LAYERS ||
		echo "LAYERS:1: src/$dir/ is not listed" >>"$faults"
done

find src \( -name '*.[ch]' -o -name '*.def' \) -type f | sort |
	xargs awk -f "$lint_dir/strip.awk" |
	grep '^[^:]*:[^:]*:[ 	]*#[ 	]*include[ 	]*"' |
	awk -F: '
	FILENAME != "-" {
		if (/^#/ || /^[ \t]*$/)
			next
		n = split($2, a, " ")
		for (i = 1; i <= n; i++)
			may[$1 "/" a[i]] = 1
		may[$1 "/" $1] = 1
		next
	}
	{
		n = split($1, p, "/")
		own = n > 2 ? p[2] : "main"
		split($3, q, "\"")
		inc = q[2]
		k = split(inc, d, "/")
		at = $1 ":" $2 ": "
		if (inc == "config.h")
			next
		if (k != 2 || d[1] == ".." || d[1] == ".")
			print at "write the include of " inc " as folder/file.h"
		else if (own == "main" ? d[1] != "cli" : !(own "/" d[1] in may))
			print at own " may not include " d[1] "/ (LAYERS)"
		else if (inc ~ /_priv\.h$/ && d[1] != own)
			print at inc " is private to src/" d[1] "/"
	}' LAYERS - >>"$faults"
verdict
