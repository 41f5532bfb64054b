#!/bin/sh
# Every example of the manual runs: the literal displays of each EXAMPLES
# section, in a scratch home with the sample data in the current folder.  A
# command may end with 0, or with 1 where it says that something is so.  Those
# with commands that work on sessions run wherever these can be (backend.txt).
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/place.sh"

# examples PAGE: the commands, as a shell script; what is installed under
# /usr/share/simutrador is taken from where it is built from.
examples()
{
	awk '/^\.Sh/ { on = ($2 == "EXAMPLES") }
		on && /^\.Bd -literal/ { lit = 1; next }
		on && /^\.Ed/ { lit = 0; next }
		on && lit { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print }' "$1" |
		sed "s,/usr/share/simutrador/,$top/,g"
}

# play: the script, in a folder with the data, in the home there is.
play()
{
	rm -rf "$tmp/play"
	mkdir -p "$tmp/play"
	cp "$top"/data/*.csv "$tmp/play"
	(cd "$tmp/play" && sh -eu "$tmp/script") >"$tmp/out" 2>"$tmp/err" || {
		cat "$tmp/script" "$tmp/out" "$tmp/err"
		fail "$here: an example of ${page##*/} fails"
	}
	[ -s "$tmp/out" ] || fail "the examples of ${page##*/} print nothing"
	count=$((count + 1))
}

all=$(sed -n 's/^all //p' "$top/tests/cli/backend.txt" | paste -s -d '|' -)
count=0 pages=0
for page in "$top"/man/simutrador*.[1578]; do
	case $page in
	*/simutrador-calendar.5) continue ;;	# shows a file, no commands
	esac
	examples "$page" >"$tmp/script"
	[ -s "$tmp/script" ] || continue
	pages=$((pages + 1))
	if grep -qE "simutrador ($all)( |\$)" "$tmp/script"; then
		everywhere play
	else
		rm -rf "$HOME"
		mkdir -p "$HOME"
		place loop
		play
		leave
	fi
done
[ "$pages" -ge 14 ] || fail "only $pages pages have examples"
[ "$count" -ge $((pages + 10)) ] || fail "only $count scripts were run"
echo "$count passed, 0 failed, 0 skipped"
