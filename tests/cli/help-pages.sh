#!/bin/sh
# The manual inside the program has the words that mandoc prints; every page
# that is installed is in it.  Where a word with a hyphen ends a line is free.
. "$top_srcdir/tests/cli/lib.sh"

overstruck=.$(printf '\b')
glyph="[$(printf '\302')-$(printf '\364')][$(printf '\200')-$(printf '\277')]*"
for page in "$top"/man/*.[1-9]; do
	name=${page##*/}
	simutrador help "$name" >"$tmp/ours" || fail "no page $name"
	[ "$(awk '{ if (length > m) m = length } END { print m }' \
		"$tmp/ours")" -le 100 ] || fail "$name: too wide"
	[ -n "${MANDOC:-}" ] || continue
	"$MANDOC" -T ascii "$page" | sed "s/$overstruck//g; 1d; \$d" \
		>"$tmp/theirs"
	# mandoc writes <?> for a glyph that ASCII does not have.
	sed -e "s/$glyph/<?>/g" "$tmp/ours" >"$tmp/plain"
	mv "$tmp/plain" "$tmp/ours"
	for f in ours theirs; do
		sed -e ':a' -e '/[a-z(]-$/{N;s/-\n */-/;ba' -e '}' \
			-e "s/\`/'/g" "$tmp/$f" | tr -s '[:space:]' '\n' |
			sed '/^$/d' >"$tmp/$f.words"
	done
	diff "$tmp/ours.words" "$tmp/theirs.words" >"$tmp/diff" || {
		cat "$tmp/diff"
		fail "$name reads otherwise than mandoc prints it"
	}
done
expect 66 "simutrador: there is no manual page 'dta'; did you mean 'data'?" \
	simutrador help dta
