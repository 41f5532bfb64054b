#!/bin/sh
# The units for systemd: make install puts them where systemd looks, with the
# program's path; systemd-analyze (where there is one) reads both without a
# complaint; the sockets are the ports that the program has by itself.
# Not covered: starting them, which needs a running systemd.
set -eu
unset MAKEFLAGS MFLAGS MAKELEVEL
tmp=$(mktemp -d "${TMPDIR:-/tmp}/simutrador-units.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
fail()
{
	echo "FAIL: $*"
	exit 1
}

make -s -C "$top_builddir" DESTDIR="$tmp" prefix=/usr \
	bindir=/usr/bin install-dist_systemdunitDATA \
	install-nodist_systemdunitDATA >"$tmp/said" 2>&1 || {
	cat "$tmp/said"
	fail "the units cannot be installed"
}
units=$tmp/usr/lib/systemd/system
service=$units/simutrador.service
socket=$units/simutrador.socket
for unit in "$service" "$socket"; do
	[ -s "$unit" ] || fail "$unit is not installed"
	! grep -n '@[a-z]*@' "$unit" || fail "$unit has something left to fill"
done
command=$(sed -n 's/^ExecStart=//p' "$service")
case $command in
*/simutrador\ serve) ;;
*) fail "starts $command" ;;
esac

"$top_builddir/simutrador" serve --help >"$tmp/help"
for port in 8001 8003; do
	grep -q "^ListenStream=127.0.0.1:$port\$" "$socket" ||
		fail "the socket of port $port"
	grep -q "($port;" "$tmp/help" || fail "serve has no port $port"
done

if ! command -v systemd-analyze >/dev/null; then
	echo "PASS: units (systemd-analyze is not installed)"
	exit 0
fi
sed "s|^ExecStart=.*|ExecStart=$top_builddir/simutrador serve|" "$service" \
	>"$tmp/simutrador.service"
cp "$socket" "$tmp"
# What it says of other units and of manuals that aren't installed is not ours.
SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no \
	"$tmp/simutrador.service" "$tmp/simutrador.socket" >"$tmp/said" 2>&1 ||
	true
! grep simutrador "$tmp/said" || fail "systemd-analyze complains"
echo "Nonsense=1" >>"$tmp/simutrador.socket"
SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no \
	"$tmp/simutrador.socket" >"$tmp/said" 2>&1 || true
grep -q Nonsense "$tmp/said" ||
	echo "note: systemd-analyze says nothing here, whatever a unit holds"
echo "PASS: units"
