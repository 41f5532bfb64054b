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

const char *const sim_db_schema[SIM_DB_SCHEMA_VERSION] = { step_1, step_2 };
