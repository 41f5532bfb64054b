#!/bin/sh
# strategy new writes what runs green as it is, in every language that is here;
# strategy check says what a strategy says of itself, and fails as it fails;
# strategy list names every example.
. "$top_srcdir/tests/cli/lib.sh"

# tried LANG: the scaffold runs by the command that was printed with it.
tried()
{
	simutrador strategy new --lang "$1" "my_$1" -o json >new.json ||
		fail "strategy new --lang $1"
	try=$(sed -n 's/^ *"try": "\(.*\)",*$/\1/p' new.json)
	sh -c "$try -o json" >"$1.json" 2>"$1.err" ||
		fail "$try: $(cat "$1.err")"
	grep -q '"fills": [1-9]' "$1.json" || fail "$1: no fills"
	[ ! -s "$1.err" ] || fail "$1 said $(cat "$1.err")"
}

tried lua
for pair in py:python3 js:node sh:awk c:cc; do
	if command -v "${pair#*:}" >/dev/null; then
		tried "${pair%%:*}"
	else
		echo "skipped: ${pair#*:} is not installed"
	fi
done

# Nothing is overwritten, but two strategies share a client.
echo >>my_lua.lua
expect 73 "simutrador: my_lua.lua is there already and is not overwritten; \
choose another name" simutrador strategy new my_lua
simutrador strategy new --lang py other >/dev/null || fail "a shared client"
echo >>simutrador.py
expect 73 "simutrador: simutrador.py is there already and is not overwritten; \
choose another name" simutrador strategy new --lang py third
[ ! -e third.py ] || fail "half of a strategy was written"
expect 64 "simutrador: '../x' can't be the name of a strategy; it is made of \
at most 40 letters, digits, _ and -" simutrador strategy new ../x

# Every example is listed and can be copied.
for f in "$top"/examples/*.lua; do
	name=${f##*/}
	name=${name%.lua}
	simutrador strategy list -o ndjson |
		grep "\"strategy\":\"$name\",\"form\":\"example\"" |
		grep -q '"summary":"[A-Z]' || fail "$name is not listed"
	simutrador strategy new --like "$name" "copy-$name" >/dev/null ||
		fail "--like $name"
	cmp "$f" "copy-$name.lua" || fail "$name is copied otherwise"
done

# What a script declares and never uses, and its warm-up.
cat >odd.lua <<'LUA'
params = { used = 3, idle = 4 }
warmup = 7
local forgotten = 1		-- idle forgotten
function on_bar(ctx, bar) ctx:buy { qty = ctx.p.used } end
LUA
simutrador strategy check odd.lua -o json >odd.json 2>odd.err ||
	fail "odd.lua: $(cat odd.err)"
grep -q '"warmup": 7' odd.json || fail "warmup: $(cat odd.json)"
grep -q 'idle is declared and never used' odd.err || fail "idle"
grep -q 'forgotten is declared and never used' odd.err || fail "forgotten"
[ "$(grep -c 'never used' odd.err)" = 2 ] || fail "unused: $(cat odd.err)"
[ ! -e "$XDG_DATA_HOME/simutrador/runs" ] || fail "a check was saved"

# What is not built in is asked for elsewhere.
status 66 simutrador strategy show odd.lua
has 'strategy check says which parameters a script'
status 66 simutrador simulate --strategy turtle \
	--data "ACME=$data/ACME_daily.csv"
has 'the examples, which strategy new --like copies'

# What fails, fails here.
echo 'function on_bar(ctx, bar) nothing.x = 1 end' >bad.lua
status 83 simutrador strategy check bad.lua
has "bad.lua, line 1, bar "
expect 64 "simutrador: strategy check needs exactly one of --strategy NAME, \
--exec COMMAND, FILE.lua, --plugin FILE" simutrador strategy check
expect 64 "simutrador: strategy check needs exactly one of --strategy NAME, \
--exec COMMAND, FILE.lua, --plugin FILE" \
	simutrador strategy check odd.lua --exec true
expect 64 "simutrador: 'x.py' is no strategy by its name; a strategy is one of \
--strategy NAME, --exec COMMAND, FILE.lua, --plugin FILE" \
	simutrador strategy check x.py
