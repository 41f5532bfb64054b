# Shared by tests of commands that work on sessions: where those are.
# shellcheck shell=sh
# place loop|local|remote: from now on sessions are in this process, on this
# machine's server, or on a server that listens on a port of the kernel's.
place()
{
	here=$1
	SIMUTRADOR_BACKEND=$here
	XDG_RUNTIME_DIR=$tmp/run
	export SIMUTRADOR_BACKEND XDG_RUNTIME_DIR
	rm -rf "$XDG_RUNTIME_DIR"
	mkdir -p "$XDG_RUNTIME_DIR"
	chmod 700 "$XDG_RUNTIME_DIR"
	[ "$here" != remote ] || serve_here
}

# A server, and a key for it.
serve_here()
{
	simutrador admin user add ada --plan enterprise -q >"$tmp/user"
	simutrador admin key create ada --name test -q -o json >"$tmp/key"
	SIMUTRADOR_API_KEY=$(sed -n 's/.*"api_key": "\(sk_[0-9a-f]*\)".*/\1/p' \
		"$tmp/key")
	export SIMUTRADOR_API_KEY
	serve_again
}

# The server on the folder of data that is there.
serve_again()
{
	: >"$tmp/served"
	simutrador serve --port 0 >"$tmp/served" 2>"$tmp/served.log" &
	server=$!
	n=0
	while [ ! -s "$tmp/served" ]; do
		n=$((n + 1))
		[ "$n" -lt 6000 ] || fail "the server does not come up"
		sleep 0.02
	done
	SIMUTRADOR_SERVER_URL=$(sed -n 's/.*"auth_url":"\([^"]*\)".*/\1/p' \
		"$tmp/served")
	export SIMUTRADOR_SERVER_URL
}

# rest: the server of this place ends, and what it had is stored.
rest()
{
	if [ -n "$server" ]; then
		kill "$server"
		wait "$server" || :
		server=''
	fi
	[ "$here" != local ] || end_local
}

# wake: it is there again; one of this machine's comes by itself.
wake()
{
	[ "$here" != remote ] || serve_again
}

# local_server: the process that was started on demand for our data folder.
local_server()
{
	# Those in whose words our folder is, which the search itself has too.
	grep -slaF -e "$tmp/" /proc/[0-9]*/cmdline | while read -r proc; do
		# shellcheck disable=SC2002 # it may be gone by now
		if cat "$proc" 2>/dev/null | tr '\0' ' ' |
			grep -qF -e "serve --local --data-dir $tmp/"; then
			proc=${proc%/cmdline}
			echo "${proc##*/}"
		fi
	done
}

end_local()
{
	for pid in $(local_server); do
		kill "$pid" 2>/dev/null || :
		n=0
		# One that is dead has no words, even while init lets it lie.
		while grep -qa . "/proc/$pid/cmdline" 2>/dev/null &&
			[ "$n" -lt 6000 ]; do
			n=$((n + 1))
			sleep 0.02
		done
	done
}

# The servers that were started are ended.
leave()
{
	rest
	unset SIMUTRADOR_BACKEND SIMUTRADOR_SERVER_URL SIMUTRADOR_API_KEY
	here=''
	server=''
}
here=''
server=''
trap '[ -z "$here$server" ] || leave; rm -rf "$tmp"' EXIT

# The places of this run: all, or those that TEST_PLACES says.
# shellcheck disable=SC2034
places=${TEST_PLACES:-loop local remote}

# fresh: nothing is stored, and no session is there.
fresh()
{
	rm -rf "$HOME"
	mkdir -p "$HOME"
	simutrador data import "$data/ACME_daily.csv" --symbol ACME -q \
		>"$tmp/out"
}

# everywhere FUNCTION...: these, one after the other, at each place, each time
# with nothing stored but bars of ACME.
everywhere()
{
	for where in $places; do
		fresh
		place "$where"
		for body in "$@"; do
			"$body"
		done
		leave
	done
}

# nowhere: sessions are where nobody answers.
nowhere()
{
	SIMUTRADOR_BACKEND=remote SIMUTRADOR_API_KEY=sk_nobody
	SIMUTRADOR_SERVER_URL=http://127.0.0.1:1
	export SIMUTRADOR_BACKEND SIMUTRADOR_API_KEY SIMUTRADOR_SERVER_URL
}

# touches NAME...: what the command has to do with places (backend.txt).
touches()
{
	sed -n 's/^\([a-z]\)/\1/p' "$top/tests/cli/backend.txt" |
		while read -r kind name; do
		case "$* " in
		"$name "*) echo "$kind"; break ;;
		esac
	done
}

# timeless: what is made up or the clock's stands for itself no more.
timeless()
{
	sed -e 's/o_[a-z0-9]\{8\}/ORDER/g' \
		-e 's/s_[0-9a-f]\{16\}/SESSION/g' \
		-e 's/"created":"[^"]*"/"created":"CLOCK"/g' \
		-e "s,$tmp,TMP,g" -e 's/127.0.0.1:[0-9]*/SERVER/g' \
		-e 's/u_[0-9a-f]\{20\}/USER/g' \
		-e 's/"expires_at":"[^"]*"/"expires_at":"CLOCK"/g'
}
