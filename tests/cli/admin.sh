#!/bin/sh
# admin: users, keys, audit, backup and restore; a key's text is printed once
# and stands in no file.
. "$top_srcdir/tests/cli/lib.sh"
file=$XDG_DATA_HOME/simutrador/server.db

status 66 simutrador admin user list
[ ! -e "$file" ] || fail "a list made a database"
status 0 simutrador admin user add ada --role admin --plan enterprise
has '"name":"ada","plan":"enterprise","role":"admin","disabled":false'
[ "$(stat -c %a "$file")" = 600 ] || fail "others may read the database"
status 81 simutrador admin user add ADA
status 0 simutrador admin user add bob
has '"plan":"free","role":"user"'
status 0 simutrador admin user plan bob professional
has '"plan":"professional"'
status 81 simutrador admin user disable ada
status 81 simutrador admin user role ada user
status 0 simutrador admin user role bob admin
status 0 simutrador admin user disable ada
has '"disabled":true'
status 81 simutrador admin key create ada
status 66 simutrador admin key create nobody
status 64 simutrador admin key create bob --expires 2001-01-01

status 0 simutrador admin key create bob --name laptop
key=$(sed -n 's/.*"api_key":"\(sk_[0-9a-f]\{64\}\)".*/\1/p' "$tmp/out")
id=$(sed -n 's/.*"key":"\(k_[0-9a-f]*\)".*/\1/p' "$tmp/out")
if [ -z "$key" ] || [ -z "$id" ]; then
	fail "no key in $(cat "$tmp/out")"
fi
! grep -rqF "${key#sk_}" "$home" || fail "the key's text is kept"
status 0 simutrador admin key list
has '"state":"live"'
! grep -q api_key "$tmp/out" || fail "a list shows keys"
status 0 simutrador admin key rotate "$id" --until 2099-01-01
has '"name":"laptop"'
status 0 simutrador admin key revoke "$id"
has '"state":"revoked"'
status 81 simutrador admin key revoke "$id"
status 66 simutrador admin key revoke k_0

status 0 simutrador admin audit verify
has '"entries":8'
status 0 simutrador admin audit tail --last 1
has '"action":"key.revoke"'
# The manual knows every action.
sed -n 's/^SIM_AUDIT_ACTION(.*"\(.*\)")$/\1/p' \
	"$top_srcdir/src/db/audit_action.def" >actions
[ "$(wc -l <actions)" -gt 9 ] || fail "the list of actions is not found"
while read -r action; do
	grep "^\.It Cm" "$top_srcdir/man/simutrador-admin.1" |
		grep -qw "$action" || fail "the manual has no $action"
done <actions
# The documented line gives the documented hash.
simutrador admin audit export -o ndjson >log
"$PYTHON3" - log <<-'END'
	import hashlib, json, sys
	prev = ""
	for line in open(sys.argv[1]):
	    e = json.loads(line)
	    want = e.pop("hash")
	    assert e["prev"] == prev, line
	    text = json.dumps(e, separators=(",", ":"), ensure_ascii=False)
	    prev = hashlib.sha256(text.encode()).hexdigest()
	    assert prev == want, (text, prev, want)
END

status 0 simutrador admin backup copy.db
status 73 simutrador admin backup copy.db
before=$(sha256sum copy.db)
status 0 simutrador admin user add cleo
status 64 simutrador admin restore copy.db
status 0 simutrador admin restore copy.db --yes
[ "$before" = "$(sha256sum copy.db)" ] || fail "restore changed the backup"
status 66 simutrador admin user show cleo
status 0 simutrador admin audit verify
has '"entries":10'
printf 'noise' >noise.db && chmod 600 noise.db
status 65 simutrador admin restore noise.db --yes
status 0 simutrador admin stats
has '"users":2,"admins":2,"disabled":1,"keys":2,"live_keys":1,"sessions":0'

# Sessions and their journals go with a backup, and come back.
"$PYTHON3" - "$file" <<-'END'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	user = db.execute("SELECT id FROM user WHERE name = 'bob'").fetchone()[0]
	for number, over in ((1, 0), (2, 1)):
	    db.execute("INSERT INTO session VALUES (?, ?, ?, 'x', ?, 0, 1, 1, 0,"
	               " '{}', NULL, NULL)", (number, user, f"s{number}", over))
	    db.execute("INSERT INTO session_line VALUES (?, 1, 0, NULL, 'x', ?)",
	               (number, number))
	db.commit()
END
status 0 simutrador admin stats
has '"sessions":2,"live_sessions":1,"journal_lines":2'
status 0 simutrador admin backup sessions.db
has '"sessions":2'
status 0 simutrador admin restore copy.db --yes
has '"sessions":0'
status 0 simutrador admin restore sessions.db --yes
status 0 simutrador admin stats
has '"sessions":2,"live_sessions":1,"journal_lines":2'

# A database from before there were sessions.
gzip -dc "$top_srcdir/tests/db/version-1.db.gz" >old.db && chmod 600 old.db
before=$(sha256sum old.db)
status 0 simutrador admin restore old.db --yes
has '"users":2,"keys":2,"sessions":0'
[ "$before" = "$(sha256sum old.db)" ] || fail "restore changed the backup"
status 0 simutrador admin migrate --db old.db
has '"from":1,"to":3'
status 0 simutrador admin migrate --db old.db
has '"from":3,"to":3'
status 0 simutrador admin audit verify --db old.db
has '"entries":6'
chmod 644 "$file"
status 78 simutrador admin stats
echo "PASS: admin"
