#!/bin/sh
# Every file under version control is in the distribution, except what only a
# checkout needs.  Skipped where there is no checkout.
set -eu
unset MAKEFLAGS MAKELEVEL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top_srcdir"
if ! [ -e .git ] ||
	! git -c safe.directory='*' ls-files >"$work/tracked" 2>/dev/null; then
	echo "not a checkout: there is nothing to compare with"
	exit 77
fi
"${MAKE:-make}" -s -C "$top_builddir" print-dist | tr -s '[:space:]' '\n' |
	sed "s|^$top_srcdir/||; s|^\(\.\{1,2\}/\)*||" >"$work/dist"
awk '
FILENAME ~ /dist$/ { dist[$0] = 1; next }
{
	if ($0 ~ /^\.(git|editorconfig|clang)/ || $0 ~ /\/\.git(keep|ignore)$/ ||
	    !system("test ! -e " $0))
		next
	path = $0
	while (!(path in dist) && sub(/\/[^\/]*$/, "", path))
		;
	if (!(path in dist)) {
		print $0 ": not distributed; add it to EXTRA_DIST of its local.mk"
		bad = 1
	}
}
END { exit bad }' "$work/dist" "$work/tracked"
