#!/bin/sh
# Completion: words, options and live values come from the program; the three
# scripts load (bash is driven; zsh and fish are checked where they exist).
. "$top_srcdir/tests/cli/lib.sh"
. "$top/tests/cli/place.sh"
SIMUTRADOR_BACKEND=loop
export SIMUTRADOR_BACKEND
cp "$data"/ACME_daily.csv .
simutrador data import ACME_daily.csv --symbol ACME >"$tmp/out"
simutrador simulate --symbols ACME --strategy buy-hold >"$tmp/out"

# words EXPECTED ARG...: what is offered, without the explanations.
words()
{
	want=$1
	shift
	got=$(simutrador __complete "$@" | cut -f1 | tr '\n' ' ')
	[ "$got" = "$want" ] || fail "$*: offered '$got', not '$want'"
}

words 'data ' dat
words 'list get path ' config ''
words 'calendar ' ca
words 'show ' data sh
words '--symbols ' simulate --symb
words 'ACME ' data show ''
words 'ACME ' data -o json show A
words 'r1 last ' report ''
words 'sma-cross ' simulate --strategy sma
words 'fast= ' simulate --strategy sma-cross -p fa
words 'months metrics model ' report last --section m
words '--strategy=sma-cross ' simulate --strategy=sma
words 'json ' data list -o j
words 'us-equity ' model show us
words 'XNYS ' calendar show X
words 'bash zsh fish ' completion ''
words 'color commission ' config get co
words 'symbol ' data list --fields sy
words 'symbol,timeframe ' data list --fields symbol,timef
words 'sharpe sharpe_se sharpe_ci_low sharpe_ci_high ' \
	optimize sweep sma-cross --where sharp
words 'fast*sortino ' optimize random sma-cross -p fast=1:9 \
	--maximize 'fast*sorti'
words 'win_rate ' optimize show s1 --where win_r
words '-calmar ' optimize sweep sma-cross --sort -calm
words 'params.fast params.slow ' optimize sweep sma-cross --param=fast=1:9 \
	-p slow=20,30 --sort par
words 'fast ' optimize sweep sma-cross -pfast=1:9 --where fas
words 'sharpe,sortino ' optimize sweep sma-cross --metrics sharpe,sorti
words 'alpha alpha_arith all ' optimize sweep sma-cross --metrics al
words 'params.fast,sqn params.fast,sqn_uncapped ' \
	optimize best s1 --fields params.fast,sqn
words 'detail: ' simulate --path de
words 'none bps: ticks: spread: vol: impact: ' session create --slippage ''
words 'through: ' simulate --limit-fill th
words 'per-share: percent: per-order: ' simulate --commission p
words ':files ' data import ''
[ -z "$(simutrador __complete nope '')" ] || fail "words after nonsense"
# Whatever is broken, completion stays silent.
HOME='' XDG_DATA_HOME='' simutrador __complete data show '' >"$tmp/out" \
	2>"$tmp/err"
[ ! -s "$tmp/err" ] || fail "completion talks"

# Every command and every option is offered.
simutrador --help-json | awk -F'"' '$2 == "name" { n = $4 }
	$2 == "summary" { print n }' >"$tmp/commands"
# offers WHAT ARG...: all lines of $tmp/want are offered where ARG... ends.
offers()
{
	what=$1
	shift
	lightly simutrador __complete "$@" | cut -f1 | sort -u >"$tmp/got"
	sort -u "$tmp/want" | comm -23 - "$tmp/got" >"$tmp/lacking"
	[ ! -s "$tmp/lacking" ] ||
		fail "$what: $(cat "$tmp/lacking") is not offered"
}
: >"$tmp/options"
cut -d' ' -f1 "$tmp/commands" >"$tmp/want"
offers simutrador ''
sed -n 's/ .*//p' "$tmp/commands" | sort -u >"$tmp/groups"
while read -r group; do
	sed -n "s/^$group //p" "$tmp/commands" >"$tmp/want"
	offers "$group" "$group" ''
done <"$tmp/groups"
while read -r first second; do
	# shellcheck disable=SC2086
	lightly simutrador $first $second --help |
		sed -n 's/^  [- ][^-]*\(--[a-z-]*\).*/\1/p' >"$tmp/want"
	# shellcheck disable=SC2086
	offers "$first $second" $first $second --
	cat "$tmp/want" >>"$tmp/options"
done <"$tmp/commands"
[ "$(wc -l <"$tmp/options")" -gt 400 ] || fail "help shows too few options"

# The printed scripts are the installed ones.
for pair in bash=simutrador zsh=_simutrador fish=simutrador.fish; do
	simutrador completion "${pair%%=*}" >"$tmp/script"
	cmp "$tmp/script" "$top/completions/${pair#*=}" ||
		fail "another script for ${pair%%=*}"
done
if command -v bash >/dev/null; then
	cat >"$tmp/drive.bash" <<-'END'
		. "$1"
		COMP_WORDS=(simutrador "${@:2}")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_simutrador
		printf '%s ' "${COMPREPLY[@]}"
	END
	drive()
	{
		want=$1
		shift
		got=$(bash "$tmp/drive.bash" "$top/completions/simutrador" \
			"$@" 2>/dev/null)
		[ "$got" = "$want" ] || fail "bash $*: '$got', not '$want'"
	}
	drive 'data ' dat
	drive 'ACME ' data show ''
	drive 'sma-cross ' simulate --strategy = sma
	drive 'ACME_daily.csv ' data import ACME_
fi
if command -v zsh >/dev/null; then
	zsh -n "$top/completions/_simutrador" || fail "zsh syntax"
	# What the completion system would be told.
	cat >"$tmp/drive.zsh" <<-'END'
		compdef() { : }
		_call_program() { shift; eval "$*" }
		_describe() { print -rn -- "${(@P)3%%:*} " }
		compset() { PREFIX=${PREFIX#*=} }
		_files() { print -rn -- "files from $PREFIX" }
		. $1
		words=(simutrador "${@:2}")
		CURRENT=$#words PREFIX=$words[-1]
		_simutrador
	END
	drive_zsh()
	{
		want=$1
		shift
		got=$(zsh -f "$tmp/drive.zsh" "$top/completions/_simutrador" \
			"$@")
		[ "$got" = "$want" ] || fail "zsh $*: '$got', not '$want'"
	}
	drive_zsh 'data ' dat
	drive_zsh 'ACME ' data show ''
	drive_zsh 'r1 last ' report ''
	drive_zsh '--strategy=sma-cross ' simulate --strategy=sma
	drive_zsh 'fast= ' simulate --strategy sma-cross -p fa
	drive_zsh 'files from ACME_' data import ACME_
	drive_zsh 'files from ./a' simulate --plugin=./a
fi
if command -v fish >/dev/null; then
	fish -n "$top/completions/simutrador.fish" || fail "fish syntax"
	# fish has the configuration folder to itself.
	drive_fish()
	{
		got=$(XDG_CONFIG_HOME=$tmp/fish fish -c \
			"source $top/completions/simutrador.fish
			complete -C '$2'" 2>/dev/null | cut -f1 | tr '\n' ' ')
		[ "$got" = "$1" ] || fail "fish $2: '$got', not '$1'"
	}
	drive_fish 'show ' 'simutrador data sh'
	drive_fish 'ACME ' 'simutrador data show '
	drive_fish 'last r1 ' 'simutrador report '
	drive_fish '--strategy=sma-cross ' 'simutrador simulate --strategy=sma'
	drive_fish 'ACME_daily.csv ' 'simutrador data import ACME_'
	drive_fish '--orders=ACME_daily.csv ' 'simutrador simulate --orders=ACME_'
fi

# Sessions and orders that commands have met, of the place that is meant; no
# server is started or asked to know them, so another one's are not offered.
live()
{
	words 'last ' session show ''
	simutrador session create ACME --start-date 2023-01-03 \
		--end-date 2023-06-30 --timeframe daily --id spring --quiet \
		>"$tmp/out"
	simutrador session start >"$tmp/out"
	simutrador order buy ACME 1 --client-id mine >"$tmp/out"
	words 'spring last ' session show ''
	words 'spring ' report ''
	words 'mine ' order cancel m
	words 'mine ' order show ''
	words 'spring ' order buy ACME 1 --session sp
	words 'ACME ' order buy A
	words 'last ' session show --server http://127.0.0.1:2 ''
	simutrador session delete spring --yes >"$tmp/out"
	words 'last ' session show ''
}

everywhere live
