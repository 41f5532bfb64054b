/*
 * db_schema: the schema, a step a version; a step that was released is never
 * edited, the next one is added.
 */
#include "db/db_priv.h"

/* Times are ns since 1970; a time that never comes is the largest integer. */
static const char step_1[] =
	"CREATE TABLE user ("
	" id TEXT PRIMARY KEY CHECK (length(id) = 22),"
	" name TEXT NOT NULL UNIQUE COLLATE NOCASE"
	"  CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 64),"
	" plan INTEGER NOT NULL, role INTEGER NOT NULL,"
	" disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),"
	" created INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE api_key ("
	" id TEXT PRIMARY KEY CHECK (length(id) = 22),"
	" user TEXT NOT NULL REFERENCES user(id),"
	" name TEXT NOT NULL"
	"  CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 64),"
	" hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),"
	" hint TEXT NOT NULL CHECK (length(hint) < 12),"
	" created INTEGER NOT NULL, expires INTEGER NOT NULL,"
	" revoked INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX api_key_user ON api_key(user);"
	"CREATE TABLE audit ("
	" seq INTEGER PRIMARY KEY, time INTEGER NOT NULL,"
	" actor TEXT NOT NULL, action TEXT NOT NULL,"
	" subject TEXT NOT NULL, detail TEXT NOT NULL,"
	" hash TEXT NOT NULL CHECK (length(hash) = 64)"
	") STRICT;"
	"CREATE TABLE audit_head ("
	" one INTEGER PRIMARY KEY CHECK (one = 1),"
	" seq INTEGER NOT NULL, hash TEXT NOT NULL"
	") STRICT;"
	"INSERT INTO audit_head VALUES (1, 0, '');";

/*
 * A session's id is its user's business: two users may choose the same.
 *
 * The lines of all journals stand one after the other as they came, so that a
 * commit with lines of a thousand sessions writes few pages; each knows the one
 * before it in its journal, and a session's tail the last.  An index by session
 * would have a page to change for every session.
 */
static const char step_2[] =
	"CREATE TABLE session ("
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" user TEXT NOT NULL REFERENCES user(id),"
	" id TEXT NOT NULL"
	"  CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 64),"
	" state TEXT NOT NULL"
	"  CHECK (length(CAST(state AS BLOB)) BETWEEN 1 AND 15),"
	" is_over INTEGER NOT NULL CHECK (is_over IN (0, 1)),"
	" is_one_shot INTEGER NOT NULL CHECK (is_one_shot IN (0, 1)),"
	" created INTEGER NOT NULL, changed INTEGER NOT NULL,"
	" steps INTEGER NOT NULL CHECK (steps >= 0),"
	" config TEXT NOT NULL, start TEXT, result TEXT,"
	" UNIQUE (user, id)"
	") STRICT;"
	"CREATE INDEX session_alive ON session(number) WHERE NOT is_over;"
	"CREATE INDEX session_changed ON session(is_over, changed);"
	"CREATE TABLE session_line ("
	" number INTEGER PRIMARY KEY,"
	" n INTEGER NOT NULL CHECK (n >= 1),"
	" step INTEGER NOT NULL CHECK (step >= 0),"
	" prev INTEGER CHECK (prev < number),"
	" line TEXT NOT NULL, session INTEGER NOT NULL"
	") STRICT;"
	"CREATE TABLE session_tail ("
	" session INTEGER PRIMARY KEY REFERENCES session(number)"
	"  ON DELETE CASCADE,"
	" n INTEGER NOT NULL, number INTEGER"
	") STRICT;"
	"CREATE TRIGGER session_begins AFTER INSERT ON session BEGIN"
	" INSERT INTO session_tail VALUES (new.number, 0, NULL);"
	"END;"
	"CREATE TRIGGER session_goes_on AFTER INSERT ON session_line BEGIN"
	" UPDATE session_tail SET n = new.n, number = new.number"
	"  WHERE session = new.session;"
	"END;";

/*
 * What people have: a password, an address, a second factor, logins.  Nothing
 * in it opens a door: passwords are argon2id, what is random is SHA-256, and
 * what must be read again is sealed.  A request that waits for its code is no
 * user yet.
 */
static const char step_3[] =
	"ALTER TABLE api_key ADD COLUMN scopes INTEGER NOT NULL DEFAULT 15;"
	"CREATE TABLE account ("
	" user TEXT PRIMARY KEY REFERENCES user(id),"
	" email TEXT UNIQUE COLLATE NOCASE"
	"  CHECK (length(CAST(email AS BLOB)) BETWEEN 3 AND 254),"
	" full_name TEXT NOT NULL"
	"  CHECK (length(CAST(full_name AS BLOB)) <= 128),"
	" password TEXT CHECK (length(password) < 128),"
	" password_changed INTEGER NOT NULL,"
	" totp BLOB CHECK (length(totp) < 128),"
	" totp_on INTEGER NOT NULL CHECK (totp_on IN (0, 1)),"
	" totp_step INTEGER NOT NULL,"
	" CHECK (NOT totp_on OR totp IS NOT NULL)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE recovery_code ("
	" user TEXT NOT NULL REFERENCES user(id),"
	" hash BLOB NOT NULL CHECK (length(hash) = 32),"
	" PRIMARY KEY (user, hash)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE login ("
	" id TEXT PRIMARY KEY CHECK (length(id) = 22),"
	" user TEXT NOT NULL REFERENCES user(id),"
	" device TEXT NOT NULL CHECK (length(CAST(device AS BLOB)) <= 64),"
	" address TEXT NOT NULL CHECK (length(address) < 46),"
	" created INTEGER NOT NULL, used INTEGER NOT NULL,"
	" expires INTEGER NOT NULL, ended INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX login_user ON login(user, created);"
	"CREATE INDEX login_expires ON login(expires);"
	"CREATE INDEX login_ended ON login(ended);"
	"CREATE TABLE refresh ("
	" hash BLOB PRIMARY KEY CHECK (length(hash) = 32),"
	" login TEXT NOT NULL REFERENCES login(id) ON DELETE CASCADE,"
	" is_used INTEGER NOT NULL CHECK (is_used IN (0, 1))"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX refresh_login ON refresh(login);"
	"CREATE TABLE pending ("
	" id BLOB PRIMARY KEY CHECK (length(id) = 32),"
	" purpose INTEGER NOT NULL,"
	" code BLOB NOT NULL CHECK (length(code) = 32),"
	" user TEXT REFERENCES user(id),"
	" name TEXT NOT NULL, email TEXT NOT NULL, password TEXT NOT NULL,"
	" expires INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX pending_user ON pending(user);"
	"CREATE INDEX pending_expires ON pending(expires);"
	"CREATE TABLE lockout ("
	" who BLOB PRIMARY KEY CHECK (length(who) = 32),"
	" failures INTEGER NOT NULL, last INTEGER NOT NULL,"
	" until INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX lockout_last ON lockout(last);"
	"CREATE TABLE outbox ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" recipient TEXT NOT NULL, template TEXT NOT NULL,"
	" arguments BLOB NOT NULL,"
	" state TEXT NOT NULL"
	"  CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),"
	" attempts INTEGER NOT NULL, next_attempt INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" message_id TEXT NOT NULL UNIQUE CHECK (length(message_id) = 32),"
	" created INTEGER NOT NULL, error TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX outbox_next ON outbox(next_attempt)"
	" WHERE state IN ('waiting', 'sending');";

const char *const sim_db_schema[SIM_DB_SCHEMA_VERSION] = {
	step_1, step_2, step_3
};
