#!/bin/sh
# A name is an address: a global symbol is sim_FILE or sim_FILE_*, where
# FILE_part.c is a part of FILE if FILE.c or FILE.h stands beside it; no two
# files of src/ share a base name, and nothing file-local starts with sim_ (a
# header may hold static inline functions and their tables).
# Reads the object files of the current build.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

find src -name '*.c' -type f | sed 's|.*/||' | sort | uniq -d |
	sed 's|.*|src/: two files are called &|' >>"$faults"
find src -name '*.h' -type f | sed 's|.*/||' | sort | uniq -d |
	sed 's|.*|src/: two files are called &|' >>"$faults"

c_files src | grep 'h$' | xargs grep -oh 'sim_[a-z0-9_]*' | sort -u \
	>"$lint_tmp/in_headers"
objects=0
for obj in "$top_builddir"/src/*/*.o; do
	[ -f "$obj" ] || continue
	objects=$((objects + 1))
	mod=$(basename "$obj" .o)
	mod=${mod##*-}
	dir=${obj#"$top_builddir"/}
	dir=${dir%/*}
	owners=$mod part=$mod
	while part=${part%_*}; [ "$part" ] && [ "$part" != "${owners##* }" ]; do
		if [ -f "$dir/$part.c" ] || [ -f "$dir/$part.h" ]; then
			owners="$owners $part"
		fi
		case $part in *_*) ;; *) break ;; esac
	done
	"$NM" --defined-only "$obj" | awk -v obj="${obj#"$top_builddir"/}" \
		-v owners="$owners" '
	function is_own(name,   i, n, f)
	{
		n = split(owners, f, " ")
		for (i = 1; i <= n; i++)
			if (name == "sim_" f[i] || index(name, "sim_" f[i] "_") == 1)
				return 1
		return 0
	}
	FILENAME != "-" { in_header[$1] = 1; next }
	{
		name = $3
		if ($2 ~ /[a-z]/ && $2 != "u" && $2 != "w" && $2 != "v") {
			if (name ~ /^sim_/ && !is_own(name) &&
			    name !~ /\./ && !(name in in_header))
				print obj ": " name " is static, so it takes no sim_ prefix"
			next
		}
		if (!is_own(name) && name !~ /^_/)
			print obj ": exports " name ", expected sim_{" owners "}_*"
	}' "$lint_tmp/in_headers" - >>"$faults"
done
[ "$objects" -gt 0 ] || echo "$top_builddir/src: no object files; run make first" >>"$faults"
verdict
