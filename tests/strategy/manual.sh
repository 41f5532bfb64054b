#!/bin/sh
# simutrador-lua(7) names all that a script is given: methods and members of
# ctx, fields of an order, members of a bar, callbacks.
set -eu
page=$top_srcdir/man/simutrador-lua.7
driver=$(mktemp)
names=$(mktemp)
trap 'rm -f "$names" "$driver"' EXIT
cat "$top_srcdir"/src/strategy/driver*.lua >"$driver"

# Lines of "what its name looks like in the page".
{
	sed -n 's/^function methods\.\([a-z_]*\)(.*/ctx:\1[({] ctx:\1/p' \
		"$driver"
	sed -n '/^local fields = {/,/^}/p' "$driver" | tr '\t' '\n' |
		tr ',' '\n' |
		sed -n 's/^ *\([a-z_]*\) = [a-z].*/[^a-z_]\1([^a-z_]|$) order.\1/p' |
		grep -Ev ' order\.(is|sym|near)$'
	sed -n '/^ctx = setmetatable/,$p' "$driver" |
		sed -n 's/.*if k == "\([a-z]*\)" then.*/ctx[.]\1([^a-z]|$) ctx.\1/p'
	sed -n '/^metatype(bar_t/,/^end)/p' "$driver" |
		sed -n 's/.*k == "\([a-z_]*\)".*/[^a-z_]\1([^a-z_]|$) bar.\1/p'
	sed -n '/^local callbacks/,/}/p' "$driver" | tr ' ' '\n' |
		tr ',' '\n' |
		sed -n 's/^"\(on_[a-z]*\)".*/It[[:blank:]]Li[[:blank:]]\1[(] \1/p'
} >"$names"
[ "$(wc -l <"$names")" -ge 75 ] || {
	echo "only $(wc -l <"$names") names were found"
	exit 1
}
bad=0
while read -r pattern name; do
	grep -Eq -e "$pattern" "$page" || {
		echo "simutrador-lua(7) lacks $name"
		bad=1
	}
done <"$names"
exit "$bad"
