#!/bin/sh
# Help: the short page has at most 12 lines and two examples, groups print
# their members, every command explains itself, and each synopsis and option
# stands in the manual (in the words `simutrador help` prints).
. "$top_srcdir/tests/cli/lib.sh"

[ "$(simutrador | wc -l)" -le 12 ] || fail "the short help is too long"
[ "$(simutrador | grep -c '^  simutrador')" = 2 ] || fail "not two examples"
status 0 simutrador --help
has '  data '
has '--output FMT'
for group in data run calendar model strategy indicator portfolio order \
	config; do
	simutrador $group >"$tmp/out"
	[ "$(wc -l <"$tmp/out")" -le 12 ] || fail "$group: the help is too long"
	has 'Examples:'
	has "simutrador $group --help"
done
status 0 simutrador data
has 'import list show'
status 0 simutrador data --help
has 'Usage: simutrador data COMMAND'
expect 0 "$(simutrador --version)" simutrador config list --version
simutrador --help-json >"$tmp/help.json"

# simutrador(1) lists them all, with their members.
simutrador --help | sed -n '/^Commands:/,/^$/p' | awk '
	/^  [a-z]/ { if (n) print n, m; n = $1; m = "" }
	/^    [a-z]/ { m = m (m ? " , " : "") $1 }
	END { print n, m }' | sed 's/ $//' | grep -vx 'help\|version' |
	sort >"$tmp/members"
awk '/^\.It Xr simutrador-/ {
		if (n) print n, m
		n = $3
		sub(/^simutrador-/, "", n)
		m = ""
	}
	n && /^\.Cm / { m = substr($0, 5) }
	/^\.It Cm/ { print n, m; exit }' "$top/man/simutrador.1" |
	sed 's/ $//' | sort >"$tmp/listed"
diff "$tmp/members" "$tmp/listed" || fail "simutrador(1) lists other commands"

# words FILE: runs of blanks are one blank, all on one line.
words()
{
	tr -s ' \n' '  ' <"$1"
}

# page COMMAND: the manual page that has it.
page()
{
	case ${1%% *} in
	help | version) echo simutrador ;;
	serve) echo simutrador-serve.8 ;;
	*) echo "simutrador-${1%% *}.1" ;;
	esac
}

awk -F'"' '$2 == "name" { name = $4 }
	$2 == "summary" { print name }' "$tmp/help.json" >"$tmp/commands"
[ "$(wc -l <"$tmp/commands")" -gt 30 ] || fail "commands are missing"
while read -r cmd; do
	# shellcheck disable=SC2086
	simutrador $cmd --help >"$tmp/help" || fail "$cmd --help"
	simutrador help "$(page "$cmd")" >"$tmp/page"
	words "$tmp/page" >"$tmp/page.words"
	sed -n '/^Usage: /,/^$/p' "$tmp/help" | sed 's/^Usage: //' >"$tmp/usage"
	line=$(words "$tmp/usage" | sed 's/ *$//')
	grep -qF -e "$line" "$tmp/page.words" ||
		fail "not in the manual: $line"
	sed -n 's/^  [- ][^-]*--\([a-z-]*\).*/\1/p' "$tmp/help" |
	while read -r opt; do
		grep -qE -e "^ +(-., )?--$opt( |,|\$)" "$tmp/page" ||
			fail "$cmd: --$opt is not explained in the manual"
	done
done <"$tmp/commands"
simutrador --help | sed -n 's/^  [- ][^-]*--\([a-z-]*\).*/\1/p' |
while read -r opt; do
	simutrador help simutrador | grep -qE -e "^ +--$opt( |,|\$)" ||
		fail "--$opt is not explained in simutrador(1)"
done

# Settings: simutrador.conf(5) lists every key, and has no other.
simutrador config list -o name | sort >"$tmp/keys"
sed -n '/^The keys are/,/^\.El/s/^\.It Cm //p' "$top/man/simutrador.conf.5" |
	sort >"$tmp/documented"
diff "$tmp/keys" "$tmp/documented" || fail "simutrador.conf(5) lists others"

# Every setting of the engine is an option of simulate.
simutrador simulate --help >"$tmp/help"
simutrador model show us-equity -o name | while read -r name; do
	grep -q -e "--$name" "$tmp/help" || fail "simulate lacks --$name"
done

# Exit statuses: simutrador(1) has exactly those of status.def.
grep -o 'SIM_STATUS([A-Z_]*, *"[A-Z_]*", *[0-9]*, *[0-9]*' \
	"$top/src/util/status.def" | sed 's/.*[ ,]//' | sort -un >"$tmp/want"
simutrador help simutrador | sed -n '/^EXIT STATUS/,/^EXAMPLES/p' |
	sed -n 's/^     \([0-9][0-9]*\) .*/\1/p' | sort -un >"$tmp/have"
diff "$tmp/want" "$tmp/have" || fail "the table of exit statuses differs"

# Each command shows at least one example.
while read -r cmd; do
	# shellcheck disable=SC2086
	simutrador $cmd --help | grep -q '^Examples:' || fail "$cmd: no example"
done <"$tmp/commands"
