#!/bin/sh
# Output modes, settings and where they come from, terminals, full disks.
. "$top_srcdir/tests/cli/lib.sh"
cp "$data"/*.csv .
simutrador data import ACME_daily.csv --symbol ACME >"$tmp/out"
rows="simutrador data show ACME --limit 2 --fields time,close"

# Each format of the same two rows.
# shellcheck disable=SC2086
{
	expect 0 '{"time":"2019-01-02T14:30:00Z","close":48.16}
{"time":"2019-01-03T14:30:00Z","close":48.36}' $rows
	expect 0 '[
  {
    "time": "2019-01-02T14:30:00Z",
    "close": 48.16
  },
  {
    "time": "2019-01-03T14:30:00Z",
    "close": 48.36
  }
]' $rows -o json
	expect 0 'time,close
2019-01-02T14:30:00Z,48.16
2019-01-03T14:30:00Z,48.36' $rows --csv
	expect 0 '2019-01-02T14:30:00Z	48.16
2019-01-03T14:30:00Z	48.36' $rows -o tsv --no-header
	expect 0 '| time | close |
|---|---|
| 2019-01-02T14:30:00Z | 48.2 |
| 2019-01-03T14:30:00Z | 48.4 |' $rows -omd --decimals=1
	expect 0 'time                  close
2019-01-02T14:30:00Z  48.16
2019-01-03T14:30:00Z  48.36' $rows --output=table
	expect 0 '2019-01-02T14:30:00Z
2019-01-03T14:30:00Z' $rows -o name
	expect 0 'close
48.36
48.16' $rows --sort -time --fields close --csv --to 2019-01-03
}
expect 0 'time
open
high
low
close
volume
flags' simutrador data show ACME --fields
expect 0 '[]' simutrador data list --where 'bars < 0' -o json
expect 0 '' simutrador data list --where 'bars < 0'

# A text a record, times in a zone, decimals as strings.
expect 0 'ACME     |    1258|2019-01-02' \
	simutrador data list --format '{symbol:<9}|{bars:>8}|{first:.10}'
expect 64 'simutrador: --output csv and --format both say how the result is written; give one of them' \
	simutrador data list --format '{symbol}' -o csv
# Two that say how the result is written, said once for every command; the same
# twice is no matter, and what is typed stands over what is set.
while read -r first second options; do
	# shellcheck disable=SC2086
	for command in 'data list' version 'order list' help; do
		status 64 simutrador $command $options
		has "$first and $second both say how the result is written; give one of them"
		[ ! -s "$tmp/out" ] || fail "$command $options: prints"
	done
done <<'END'
--json --csv --json --csv
--json --csv --csv --json
--json --ndjson --ndjson --json
--ndjson --csv --csv --ndjson
--format --json --json --format {symbol}
--format --csv --format {symbol} --csv
END
for options in '-o json --csv' '--csv -o json'; do
	# shellcheck disable=SC2086
	status 64 simutrador data list $options
	has '--output json and --csv both say how the result is written'
done
expect 0 'symbol
ACME' simutrador data list --fields symbol -o csv --csv
expect 0 'symbol
ACME' env SIMUTRADOR_OUTPUT=json simutrador data list --fields symbol --csv
expect 0 '{"open":"2024-01-16T09:30:00-05:00","close":"2024-01-16T16:00:00-05:00"}' \
	simutrador calendar show XNYS 2024-01-16 --tz America/New_York \
	--fields open,close
expect 0 '{"open":1721136600,"close":1721160000}' \
	simutrador calendar show XNYS 2024-07-16 --ts epoch --fields open,close
export SIMUTRADOR_TZ=America/New_York SIMUTRADOR_TS=local
expect 0 'time,close
2019-01-02 09:30:00,48.16' simutrador data show ACME --limit 1 \
	--fields time,close --csv
expect 0 '{"time":"2019-01-02T09:30:00-05:00","close":"48.16"}' \
	simutrador data show ACME --limit 1 --fields time,close \
	--ts rfc3339 --decimal-strings
unset SIMUTRADOR_TS
SIMUTRADOR_TZ=Nowhere
status 78 simutrador data list
has 'SIMUTRADOR_TZ: --tz: time zone "Nowhere" is unknown'
unset SIMUTRADOR_TZ

# --timeout ends what waits, with status 124; --no-input never asks.
mkfifo silence			# nobody writes, and nobody ends
status 124 sh -c 'simutrador data import - --symbol W --timeout 200ms <>silence'
has 'simutrador: stopped after 200ms (--timeout)'
status 124 sh -c 'simutrador data import - --symbol W --timeout 0.2 -o json \
	<>silence'
has '{"error":{"code":"HANDLER_TIMEOUT","exit":124,'
status 0 simutrador data list --timeout 1h
for span in 0 -1 1x 1.5.5 '' 1001h 99999999999999999999h; do
	status 64 simutrador data list --timeout "$span"
done
status 64 simutrador data rm ACME --no-input
has 'Add --yes'

# Fields of objects, nested ones too.
simutrador simulate --symbols ACME --strategy sma-cross --no-save \
	--fields equity,orders.submitted,orders.rejected >"$tmp/out"
has '"orders":{"submitted":'
simutrador simulate --symbols ACME --strategy sma-cross --no-save \
	--fields orders.submitted,equity -o csv >"$tmp/out"
has 'orders.submitted,equity'

# Options may stand anywhere; -- ends them.
expect 0 'ACME' simutrador -o name data list
expect 0 'ACME' simutrador data -o name list
expect 0 'ACME' simutrador --limit 5 data --output=name list ACME
status 66 simutrador data list -o name -- -x
has 'nothing of -x is stored'

# Precedence: option, environment, project, user, system, built-in.
get() { simutrador config get decimals -o name; }
mkdir -p "$XDG_CONFIG_HOME/simutrador" "$XDG_CONFIG_DIRS/simutrador"
[ -z "$(get)" ] || fail "a value from nowhere"
echo 'decimals = 1' >"$XDG_CONFIG_DIRS/simutrador/simutrador.conf"
[ "$(get)" = 1 ] || fail "the system's file"
printf '# mine\ndecimals = 2\n[profile.p]\ndecimals = 5\n' \
	>"$XDG_CONFIG_HOME/simutrador/simutrador.conf"
[ "$(get)" = 2 ] || fail "the user's file"
[ "$(SIMUTRADOR_PROFILE=p get)" = 5 ] || fail "a profile"
[ "$(simutrador -P p config get decimals -o name)" = 5 ] || fail "-P"
echo 'decimals = 3' >.simutrador.conf
[ "$(get)" = 3 ] || fail "the project's file"
[ "$(SIMUTRADOR_DECIMALS=4 get)" = 4 ] || fail "the environment"
expect 0 '{"key":"decimals","value":"3","origin":".simutrador.conf:1"}' \
	simutrador config get decimals
SIMUTRADOR_DECIMALS=4 simutrador data show ACME --limit 1 -o table \
	--fields close --no-header >"$tmp/out"
[ "$(cat "$tmp/out")" = 48.1600 ] || fail "the environment in a command"
SIMUTRADOR_DECIMALS=4 simutrador data show ACME --limit 1 -o table \
	--fields close --no-header --decimals 0 >"$tmp/out"
[ "$(cat "$tmp/out")" = 48 ] || fail "an option against the environment"
simutrador config list --show-origin -o table >"$tmp/out"
has '.simutrador.conf:1'
echo 'decimals = 6' >other.conf
mkdir sub
[ "$(simutrador -C sub --config ../other.conf config get decimals -o name)" \
	= 6 ] || fail "-C and --config"
rm .simutrador.conf "$XDG_CONFIG_HOME/simutrador/simutrador.conf" \
	"$XDG_CONFIG_DIRS/simutrador/simutrador.conf"
# Names of the Python client, and a project's .env, found from below.
expect 0 '{"key":"slippage","value":"bps:7","origin":"SESSION__DEFAULT_SLIPPAGE_BPS"}' \
	env SESSION__DEFAULT_SLIPPAGE_BPS=7 simutrador config get slippage
expect 0 '{"key":"commission","value":"per-share:0.01","origin":"SIMUTRADOR_COMMISSION_PER_SHARE"}' \
	env SIMUTRADOR_COMMISSION_PER_SHARE=0.01 \
	SESSION__DEFAULT_COMMISSION_PER_SHARE=9 simutrador config get commission
expect 0 'bps:1' env SIMUTRADOR_SLIPPAGE=bps:1 SIMUTRADOR_SLIPPAGE_BPS=2 \
	simutrador config get slippage -o name --fields value
for row in AUTH__SERVER_URL=server_url=http://h:1 \
	SERVER__WEBSOCKET__URL=ws_url=ws://h:3 \
	SESSION__DEFAULT_DATA_PROVIDER=data_provider=tiingo \
	SESSION__SESSION_TIMEOUT_SECONDS=timeout=7 \
	SESSION__MAX_RETRY_ATTEMPTS=max_retries=1; do
	name=${row%%=*} value=${row##*=} key=${row#*=} key=${key%%=*}
	own=SIMUTRADOR_$(echo "$key" | tr '[:lower:]' '[:upper:]')
	expect 0 "{\"key\":\"$key\",\"value\":\"$value\",\"origin\":\"$name\"}" \
		env "$name=$value" simutrador config get "$key"
	expect 0 "{\"key\":\"$key\",\"value\":\"mine\",\"origin\":\"$own\"}" \
		env "$name=$value" "$own=mine" simutrador config get "$key"
done
# One of the Python client's names wins; a secret is not shown, and not taken
# from a file of settings.
expect 0 '{"key":"api_key","value":"(hidden)","origin":"AUTH__API_KEY"}' \
	env AUTH__API_KEY=sk_a SIMUTRADOR_API_KEY=sk_b \
	simutrador config get api_key
expect 0 '{"key":"api_key","value":"(hidden)","origin":"SIMUTRADOR_API_KEY"}' \
	env SIMUTRADOR_API_KEY=sk_b simutrador config get api_key
echo 'api_key = sk_c' >secret.conf
status 78 simutrador --config secret.conf config list
has 'api_key is a secret'
if grep sk_ "$tmp/err"; then
	fail "the secret is shown"
fi
mkdir -p project/.git project/sub/deep
printf '%s\n' '# mine' 'OTHER=x' 'export SIMUTRADOR_DECIMALS="6" # six' \
	"SESSION__DEFAULT_INITIAL_CAPITAL = 5000 # all I have" 'no line' \
	"SIMUTRADOR_PATH='best'" 'SIMUTRADOR_PATH=' >project/.env
echo 'decimals = 2' >project/sub/deep/.simutrador.conf
at="$PWD/project/.env"
expect 0 "{\"key\":\"decimals\",\"value\":\"6\",\"origin\":\"$at:3\"}
{\"key\":\"initial_capital\",\"value\":\"5000\",\"origin\":\"$at:4\"}
{\"key\":\"path\",\"value\":null,\"origin\":null}" sh -c "cd project/sub/deep &&
	simutrador config get decimals && simutrador config get initial_capital
	simutrador config get path"
expect 0 '{"key":"decimals","value":"1","origin":"SIMUTRADOR_DECIMALS"}' \
	env SIMUTRADOR_DECIMALS=1 SIMUTRADOR_ENV_FILE=project/.env \
	simutrador config get decimals
expect 0 "{\"key\":\"decimals\",\"value\":\"6\",\"origin\":\"project/.env:3\"}" \
	env ENV=project/.env simutrador config get decimals
expect 0 '{"key":"decimals","value":null,"origin":null}' \
	env SIMUTRADOR_ENV_FILE=nowhere simutrador -C project config get decimals
status 78 env SESSION__DEFAULT_SLIPPAGE_BPS=much simutrador simulate \
	--symbols ACME --strategy buy-hold --no-save
has "not 'bps:much'"
rm -r project
simutrador config path -o csv >"$tmp/out"
has "$XDG_DATA_HOME/simutrador/runs"
expect 0 'ACME' simutrador -C sub --data-dir \
	"$XDG_DATA_HOME/simutrador" data list -o name

# Terminals, real or pretended.
SIMUTRADOR_OUTPUT=table simutrador data list >"$tmp/out"
has 'symbol  timeframe'
SIMUTRADOR_FORCE_TTY=80 simutrador data list >"$tmp/out"
has 'symbol  timeframe'
has '2023-12-29T14:30:00Z  XNYS'
SIMUTRADOR_FORCE_TTY=60 simutrador data list >"$tmp/out"
awk 'length > 60 { exit 1 }' "$tmp/out" || fail "wider than the terminal"
# What has no room is left out, and said; a block's long values wrap.
simutrador simulate --data ACME=ACME_daily.csv --strategy sma-cross -q \
	--fields run_id >"$tmp/out"
for width in 40 60 80; do
	for list in 'run list' 'order list last' 'data show ACME --limit 3' \
		'run show last --print trades' 'indicator list'; do
		# shellcheck disable=SC2086
		SIMUTRADOR_FORCE_TTY=$width simutrador $list >"$tmp/out"
		awk -v w=$width 'length > w { exit 1 }' "$tmp/out" || {
			cat "$tmp/out"
			fail "$list is wider than $width columns"
		}
	done
done
SIMUTRADOR_FORCE_TTY=60 simutrador run list >"$tmp/out"
has '(-o wide prints '
# The columns that are left have the room of those that are not.
SIMUTRADOR_FORCE_TTY=40 simutrador calendar show XNYS 2024-07-03..2024-07-04 \
	>"$tmp/out"
has '2024-07-03  early_close  2024-07-03T'
SIMUTRADOR_FORCE_TTY=60 simutrador run list -o wide >"$tmp/out"
grep -q '(-o wide prints' "$tmp/out" && fail "-o wide leaves columns out"
has 'sma-cross'
SIMUTRADOR_FORCE_TTY=80 simutrador run show last >"$tmp/out"
awk 'length > 80 { exit 1 }' "$tmp/out" || fail "a block is too wide"
grep -Eq '^  [0-9a-f]{64}$' "$tmp/out" || fail "a hash is not in one line"
expect 0 'orders.submitted,orders.rejected,orders.cancelled,orders.expired' \
	sh -c 'simutrador run show last --fields orders -o csv | head -n 1'
simutrador run rm r1 -y -q >"$tmp/out"
esc=$(printf '\033')
SIMUTRADOR_FORCE_TTY=80 TERM=xterm simutrador data list | grep -q "$esc" ||
	fail "no bold heading on a terminal"
for quiet in NO_COLOR=1 TERM=dumb CLICOLOR=0; do
	env TERM=xterm "$quiet" SIMUTRADOR_FORCE_TTY=80 simutrador data list |
		grep -q "$esc" && fail "escape sequences with $quiet"
done
CLICOLOR_FORCE=1 simutrador data list -o table | grep -q "$esc" ||
	fail "CLICOLOR_FORCE"
NO_COLOR=1 CLICOLOR_FORCE=1 simutrador data list -o table |
	grep -q "$esc" && fail "NO_COLOR must win"
simutrador data list -o table --color always | grep -q "$esc" ||
	fail "--color always"

# Errors as JSON, wherever -o stands; on stderr, nothing on stdout.
status 66 simutrador data show NOPE -o json
[ ! -s "$tmp/out" ] || fail "an error on stdout"
has '{"error":{"code":"NOT_FOUND","exit":66,"message":"NOPE is not'
status 64 simutrador data show --bogus --ndjson ACME
has '"code":"USAGE","exit":64'

# A full disk is status 74; a reader that goes away is no error message.
if [ -w /dev/full ]; then
	set +e
	simutrador data export ACME >/dev/full 2>"$tmp/err"
	rc=$?
	set -e
	[ "$rc" = 74 ] || fail "a full disk ended with $rc"
	has 'could not be written'
fi
set +e
(ulimit -f 4; simutrador data export ACME --file limited.csv 2>"$tmp/err")
rc=$?
set -e
[ "$rc" = 73 ] || fail "a file that may not grow ended with $rc"
has 'cannot write limited.csv'
[ ! -e limited.csv ] || fail "half a file was left"
simutrador data gen BIG --from 2010-01-04 --to 2010-03-31 >"$tmp/out"
(simutrador data export BIG 2>"$tmp/err" || :) | head -1 >"$tmp/out"
[ ! -s "$tmp/err" ] || fail "a closed pipe is talked about"
