#!/bin/sh
# `make install DESTDIR=` installs the program, every manual page of man/ and
# the completions, and nothing else; the program runs from there.  What it does
# not cover: the content of the pages (tests/lint/man.sh).
set -eu
unset MAKEFLAGS MAKELEVEL
dest=$(mktemp -d)
trap 'rm -rf "$dest"' EXIT
cd "$top_builddir"
"${MAKE:-make}" -s install DESTDIR="$dest/to" prefix=/usr >"$dest/log" 2>&1 || {
	cat "$dest/log"
	exit 1
}
{
	echo usr/bin/simutrador
	for page in "$top_srcdir"/man/*.[1-8]; do
		[ -f "$page" ] || continue
		page=$(basename "$page")
		echo "usr/share/man/man${page##*.}/$page"
	done
	cat "$top_srcdir/tests/house/installed.txt"
} | sort >"$dest/expected"
(cd "$dest/to" && find . ! -type d | sed 's|^\./||' | sort) >"$dest/found"
diff "$dest/expected" "$dest/found" || {
	echo "installed.txt (left) and what make install did (right) differ"
	exit 1
}
HOME=$dest "$dest/to/usr/bin/simutrador" --version
