/*
 * db: opening, the schema's versions, statements, backup.
 *
 * The file is made 0600 before SQLite sees it; its journal inherits that.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/audit.h"
#include "db/db_priv.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/sha256.h"

#define APPLICATION_ID	0x53494d55	/* "SIMU" */
#define VALUE_MAX	(1 << 22)	/* bytes of a text, blob or row */
#define BACKUP_TRIES	1000		/* of 5 ms, while a writer is busy */

/* -- errors ---------------------------------------------------------------- */

static int code_of(int sqlite_code)
{
	switch (sqlite_code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return SIM_E_AGAIN;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return SIM_E_DATA;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		return SIM_E_CANTCREAT;
	default:
		return SIM_E_IO;
	}
}

static int fail_with(const struct sim_db *db, int sqlite_code,
		     const char *text, struct sim_err *err)
{
	int code = code_of(sqlite_code);

	if (code == SIM_E_AGAIN)
		return sim_err_set(err, code, "%s is held by another process;"
				   " try again", db->path);
	if (code == SIM_E_DATA)
		return sim_err_set(err, code, "%s is damaged or no database "
				   "(%s); restore it from a backup", db->path,
				   text);
	return sim_err_set(err, code, "%s cannot be read or written: %s; check"
			   " the disk and its permissions", db->path, text);
}

int sim_db_fail(struct sim_db *db, struct sim_err *err)
{
	return fail_with(db, sqlite3_extended_errcode(db->h),
			 sqlite3_errmsg(db->h), err);
}

/* -- statements ------------------------------------------------------------ */

static int bind_sized(sqlite3_stmt *st, int i, va_list *ap)
{
	const char *s = va_arg(*ap, const char *);
	size_t n = va_arg(*ap, size_t);

	return sqlite3_bind_text64(st, i, s, n, SQLITE_STATIC, SQLITE_UTF8);
}

static int bind_blob(sqlite3_stmt *st, int i, va_list *ap)
{
	const void *p = va_arg(*ap, const void *);
	size_t n = va_arg(*ap, size_t);

	return sqlite3_bind_blob64(st, i, p, n, SQLITE_STATIC);
}

static int bind_one(sqlite3_stmt *st, int i, char letter, va_list *ap)
{
	switch (letter) {
	case 'b':
		return bind_blob(st, i, ap);
	case 's':
		return sqlite3_bind_text(st, i, va_arg(*ap, const char *), -1,
					 SQLITE_STATIC);
	case 't':
		return bind_sized(st, i, ap);
	case 'i':
		return sqlite3_bind_int64(st, i, va_arg(*ap, int64_t));
	default:
		return sqlite3_bind_blob(st, i, va_arg(*ap, const uint8_t *),
					 SIM_SHA256_SIZE, SQLITE_STATIC);
	}
}

static int bind_all(sqlite3_stmt *st, const char *fmt, va_list *ap)
{
	int rc = SQLITE_OK;

	for (int i = 1; rc == SQLITE_OK && *fmt; i++, fmt++)
		rc = bind_one(st, i, *fmt, ap);
	return rc;
}

static int prepare(struct sim_db *db, sqlite3_stmt **st, const char *sql,
		   const char *fmt, va_list *ap)
{
	*st = NULL;
	if (sqlite3_prepare_v2(db->h, sql, -1, st, NULL) != SQLITE_OK ||
	    bind_all(*st, fmt, ap) != SQLITE_OK) {
		int code = sqlite3_extended_errcode(db->h);

		sqlite3_finalize(*st);
		*st = NULL;
		return code;
	}
	return SQLITE_OK;
}

int sim_db_prepare(struct sim_db *db, sqlite3_stmt **st, struct sim_err *err,
		   const char *sql, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = prepare(db, st, sql, fmt, &ap);
	va_end(ap);
	return rc ? sim_db_fail(db, err) : SIM_OK;
}

int sim_db_next(struct sim_db *db, sqlite3_stmt *st, struct sim_err *err)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : sim_db_fail(db, err);
}

/* Once, up to its first row. */
static int run(struct sim_db *db, struct sim_err *err, const char *sql,
	       const char *fmt, va_list *ap)
{
	sqlite3_stmt *st;
	int rc = prepare(db, &st, sql, fmt, ap);

	if (rc)
		return sim_db_fail(db, err);
	rc = sim_db_next(db, st, err);
	sqlite3_finalize(st);
	return rc < 0 ? rc : SIM_OK;
}

int sim_db_run(struct sim_db *db, struct sim_err *err, const char *sql,
	       const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = run(db, err, sql, fmt, &ap);
	va_end(ap);
	return rc;
}

int sim_db_count(struct sim_db *db, int64_t *n, struct sim_err *err,
		 const char *sql, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = run(db, err, sql, fmt, &ap);
	va_end(ap);
	if (!rc)
		*n = sqlite3_changes64(db->h);
	return rc;
}

/* The kept statement, prepared now if it is new; NULL when that fails. */
static sqlite3_stmt *find_kept(struct sim_db *db, const char *sql)
{
	int i = 0;

	while (i < SIM_DB_KEPT && db->kept[i].sql && db->kept[i].sql != sql)
		i++;
	if (i == SIM_DB_KEPT)
		SIM_BUG("more statements are kept than there is room for");
	if (!db->kept[i].sql &&
	    sqlite3_prepare_v3(db->h, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       &db->kept[i].st, NULL) == SQLITE_OK)
		db->kept[i].sql = sql;
	return db->kept[i].st;
}

int sim_db_run_kept(struct sim_db *db, struct sim_err *err, const char *sql,
		    const char *fmt, ...)
{
	sqlite3_stmt *st = find_kept(db, sql);
	va_list ap;
	int rc;

	if (!st)
		return sim_db_fail(db, err);
	va_start(ap, fmt);
	rc = bind_all(st, fmt, &ap);
	va_end(ap);
	rc = rc ? sim_db_fail(db, err) : sim_db_next(db, st, err);
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return rc < 0 ? rc : SIM_OK;
}

int sim_db_number(struct sim_db *db, int64_t *out, struct sim_err *err,
		  const char *sql, const char *fmt, ...)
{
	sqlite3_stmt *st;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = prepare(db, &st, sql, fmt, &ap);
	va_end(ap);
	if (rc)
		return sim_db_fail(db, err);
	rc = sim_db_next(db, st, err);
	if (rc == 1)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc < 0 ? rc : SIM_OK;
}

const char *sim_db_text(sqlite3_stmt *st, int col)
{
	const unsigned char *s = sqlite3_column_text(st, col);

	return s ? (const char *)s : "";
}

void sim_db_copy(sqlite3_stmt *st, int col, char *out, size_t size)
{
	size_t n = strnlen(sim_db_text(st, col), size - 1);

	memcpy(out, sim_db_text(st, col), n);
	out[n] = '\0';
}

static const char begin_sql[] = "BEGIN IMMEDIATE", commit_sql[] = "COMMIT";

/* What is written to a file that was removed is gone with the process. */
static int check_there(const struct sim_db *db, struct sim_err *err)
{
	struct stat sb;

	if (!stat(db->path, &sb) && sb.st_dev == db->dev &&
	    sb.st_ino == db->ino)
		return SIM_OK;
	return sim_err_set(err, SIM_E_IO, "%s was removed or replaced while it"
			   " was open; put it back, or restart what has it "
			   "open", db->path);
}

int sim_db_begin(struct sim_db *db, struct sim_err *err)
{
	int rc = check_there(db, err);

	return rc ? rc : sim_db_run_kept(db, err, begin_sql, "");
}

int sim_db_end(struct sim_db *db, int rc, struct sim_err *err)
{
	if (!rc)
		rc = sim_db_run_kept(db, err, commit_sql, "");
	/* SQLite may have rolled back already, after a full disk. */
	if (rc && !sqlite3_get_autocommit(db->h))
		sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

int sim_db_probe(struct sim_db *db, struct sim_err *err)
{
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	rc = sim_db_run(db, err, "UPDATE audit_head SET seq = seq", "");
	return sim_db_end(db, rc, err);
}

void sim_db_set_busy(struct sim_db *db, int ms)
{
	sqlite3_busy_timeout(db->h, ms);
}

/* -- the schema ------------------------------------------------------------ */

static int exec(struct sim_db *db, const char *sql, struct sim_err *err)
{
	if (sqlite3_exec(db->h, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sim_db_fail(db, err);
	return SIM_OK;
}

static int set_version(struct sim_db *db, struct sim_err *err)
{
	char *sql = sqlite3_mprintf("PRAGMA application_id = %d;"
				    "PRAGMA user_version = %d;",
				    APPLICATION_ID, SIM_DB_SCHEMA_VERSION);
	int rc;

	if (!sql)
		return sim_err_set(err, SIM_E_IO, "there is no memory left to "
				   "open %s", db->path);
	rc = exec(db, sql, err);
	sqlite3_free(sql);
	return rc;
}

static int read_version(struct sim_db *db, int64_t *version,
			struct sim_err *err)
{
	int64_t app = 0, tables = 0;
	int rc = sim_db_number(db, &app, err, "PRAGMA application_id",
			       "");

	if (!rc)
		rc = sim_db_number(db, version, err, "PRAGMA user_version",
				   "");
	if (!rc)
		rc = sim_db_number(db, &tables, err,
				   "SELECT count(*) FROM sqlite_schema", "");
	if (rc)
		return rc;
	if (app != APPLICATION_ID && (app || *version || tables))
		return sim_err_set(err, SIM_E_DATA, "%s is a database, but not"
				   " one of simutrador; name another file",
				   db->path);
	if (*version > SIM_DB_SCHEMA_VERSION)
		return sim_err_set(err, SIM_E_PROTO, "%s has schema version "
				   "%lld and this program knows up to %d; use "
				   "a newer simutrador", db->path,
				   (long long)*version, SIM_DB_SCHEMA_VERSION);
	return SIM_OK;
}

/* In the transaction, from this version; a file that is made now has nothing to
 * be said of it. */
static int bring_up(struct sim_db *db, int64_t from,
		    const struct sim_db_by *by, struct sim_err *err)
{
	char detail[64];
	int rc = SIM_OK;

	for (int64_t v = from; !rc && v < SIM_DB_SCHEMA_VERSION; v++)
		rc = exec(db, sim_db_schema[v], err);
	if (!rc)
		rc = set_version(db, err);
	if (rc || !from)
		return rc;
	snprintf(detail, sizeof(detail), "from=%lld to=%d", (long long)from,
		 SIM_DB_SCHEMA_VERSION);
	return sim_audit_add(db, by, SIM_AUDIT_DB_MIGRATE, "database", detail,
			     err);
}

/* Bring the schema up to date, in one transaction. */
static int migrate(struct sim_db *db, const struct sim_db_by *by,
		   struct sim_err *err)
{
	int64_t version = 0;
	int rc = read_version(db, &db->before, err);

	if (rc || db->before == SIM_DB_SCHEMA_VERSION)
		return rc;
	if (db->before && !by)
		return sim_err_set(err, SIM_E_PROTO, "%s has schema version "
				   "%lld and %d is wanted; run admin migrate",
				   db->path, (long long)db->before,
				   SIM_DB_SCHEMA_VERSION);
	rc = sim_db_begin(db, err);
	if (rc)
		return rc;
	/* Another process may have been quicker. */
	rc = read_version(db, &version, err);
	if (!rc && version < SIM_DB_SCHEMA_VERSION)
		rc = bring_up(db, version, by, err);
	return sim_db_end(db, rc, err);
}

/* -- opening --------------------------------------------------------------- */

static int make_parent(const char *path, struct sim_err *err)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int rc;

	if (!slash || slash == path)
		return SIM_OK;
	dir = sim_mem_strndup(path, (size_t)(slash - path));
	rc = sim_file_mkdirs(dir, err);
	sim_mem_free(dir);
	return rc;
}

/* Make the file unless it is there.  One that is there is not opened: closing
 * it would drop the locks that this process has on it, and another process
 * then takes the journal for its own. */
static int make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0600);

	if (fd < 0)
		return errno == EEXIST ? 0 : -1;
	close(fd);
	return 0;
}

/* Is the file there, ours alone?  Make it when asked. */
static int check_file(const char *path, bool create, struct stat *out,
		      struct sim_err *err)
{
	int rc = create ? make_parent(path, err) : SIM_OK;
	struct stat sb;

	if (rc)
		return rc;
	rc = (create && make_file(path)) || access(path, R_OK | W_OK) ||
		stat(path, &sb);
	if (!rc && S_ISDIR(sb.st_mode)) {
		errno = EISDIR;
		rc = -1;
	}
	if (rc)
		return sim_err_set(err, errno == ENOENT ||
				   (errno == EISDIR && !create) ? SIM_E_NOENT :
				   SIM_E_CANTCREAT, "%s cannot be opened: %s; "
				   "check --db and its permissions", path,
				   strerror(errno));
	if (!S_ISREG(sb.st_mode))
		return sim_err_set(err, SIM_E_DATA, "%s is not a plain file; "
				   "name a database file", path);
	if (sb.st_mode & 077)
		return sim_err_set(err, SIM_E_CONFIG, "%s can be read by others"
				   " (mode %03o); run chmod 600 on it", path,
				   (unsigned)sb.st_mode & 0777);
	*out = sb;
	return SIM_OK;
}

int sim_db_claim(const char *path, int *lock, struct sim_err *err)
{
	struct sim_buf name = SIM_BUF_INIT(SIM_BUF_MAX);
	/* By whichever link it is named, it is one. */
	char *full = realpath(path, NULL);
	int fd, rc = SIM_OK;

	sim_buf_printf(&name, "%s.serving", full ? full : path);
	free(full);
	fd = open(sim_buf_str(&name), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		rc = sim_err_set(err, SIM_E_CANTCREAT, "%s cannot be opened: "
				 "%s; check its permissions",
				 sim_buf_str(&name), strerror(errno));
	else if (flock(fd, LOCK_EX | LOCK_NB))
		rc = sim_err_set(err, SIM_E_AGAIN, "%s is served by another "
				 "process; end that one, or name another file "
				 "with --db", path);
	sim_buf_release(&name);
	if (!rc)
		*lock = fd;
	else if (fd >= 0)
		close(fd);
	return rc;
}

static int set_up(struct sim_db *db, struct sim_err *err)
{
	static const char pragmas[] =
		"PRAGMA journal_mode = WAL;"
		"PRAGMA synchronous = FULL;"
		"PRAGMA foreign_keys = ON;"
		"PRAGMA trusted_schema = OFF;"
		"PRAGMA cell_size_check = ON;";

	sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_limit(db->h, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_limit(db->h, SQLITE_LIMIT_ATTACHED, 0);
	return exec(db, pragmas, err);
}

/* Open without looking at what is inside, or changing it. */
static int open_raw(const char *path, bool create, struct sim_db **out,
		    struct sim_err *err)
{
	struct stat sb = { .st_mode = 0 };
	struct sim_db *db;
	int rc = check_file(path, create, &sb, err);

	if (rc)
		return rc;
	db = sim_mem_zalloc(sizeof(*db));
	db->path = sim_mem_strdup(path);
	db->dev = sb.st_dev;
	db->ino = sb.st_ino;
	*out = db;
	if (sqlite3_open_v2(path, &db->h, SQLITE_OPEN_READWRITE |
			    SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return sim_db_fail(db, err);
	sqlite3_extended_result_codes(db->h, 1);
	sqlite3_busy_timeout(db->h, SIM_DB_BUSY_MS);
	return SIM_OK;
}

int sim_db_open(const char *path, bool create, struct sim_db **out,
		struct sim_err *err)
{
	return sim_db_open_by(path, create, NULL, out, err);
}

int sim_db_open_by(const char *path, bool create, const struct sim_db_by *by,
		   struct sim_db **out, struct sim_err *err)
{
	struct sim_db *db = NULL;
	int rc = open_raw(path, create, &db, err);

	if (!rc)
		rc = set_up(db, err);
	if (!rc)
		rc = migrate(db, by, err);
	if (rc) {
		sim_db_close(db);
		return rc;
	}
	*out = db;
	return SIM_OK;
}

void sim_db_close(struct sim_db *db)
{
	if (!db)
		return;
	for (int i = 0; i < SIM_DB_KEPT; i++)
		sqlite3_finalize(db->kept[i].st);
	sqlite3_close(db->h);
	sim_mem_free(db->path);
	sim_mem_free(db);
}

/* -- looking --------------------------------------------------------------- */

int sim_db_stats(struct sim_db *db, sim_time now, struct sim_db_stats *out,
		 struct sim_err *err)
{
	struct sim_db_stats s = { .schema_before = db->before };
	const struct {
		int64_t *to;
		const char *sql;
	} rows[] = {
		{ &s.schema, "PRAGMA user_version" },
		{ &s.users, "SELECT count(*) FROM user" },
		{ &s.admins, "SELECT count(*) FROM user WHERE role = 1" },
		{ &s.disabled, "SELECT count(*) FROM user WHERE disabled" },
		{ &s.keys, "SELECT count(*) FROM api_key" },
		{ &s.audit_entries, "SELECT seq FROM audit_head" },
		{ &s.sessions, "SELECT count(*) FROM session" },
		{ &s.live_sessions,
		  "SELECT count(*) FROM session WHERE NOT is_over" },
		{ &s.journal_lines,
		  "SELECT coalesce(sum(n), 0) FROM session_tail" },
		{ &s.bytes, "SELECT page_count * page_size FROM"
			    " pragma_page_count, pragma_page_size" },
	};
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < sizeof(rows) / sizeof(rows[0]); i++)
		rc = sim_db_number(db, rows[i].to, err, rows[i].sql, "");
	if (!rc)
		rc = sim_db_number(db, &s.live_keys, err, "SELECT count(*) FROM"
				   " api_key WHERE revoked = ?2 AND expires >"
				   " ?1", "ii", now, SIM_TIME_MAX);
	if (!rc)
		*out = s;
	return rc;
}

/* -- backup ---------------------------------------------------------------- */

/* Copy all pages, in one step: between two steps others may write, and the copy
 * then begins again, without an end.  What was copied until an error is rolled
 * back. */
static int copy(struct sim_db *to, struct sim_db *from, struct sim_err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to->h, "main", from->h, "main");
	int rc = SQLITE_OK, tries = 0;

	if (!b)
		return sim_db_fail(to, err);
	while (rc == SQLITE_OK || ((rc == SQLITE_BUSY || rc == SQLITE_LOCKED) &&
				   tries++ < BACKUP_TRIES)) {
		if (rc != SQLITE_OK)
			sqlite3_sleep(5);
		rc = sqlite3_backup_step(b, -1);
	}
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? SIM_OK :
		fail_with(to, rc, sqlite3_errstr(rc), err);
}

static int record(struct sim_db *db, const struct sim_db_by *by,
		  enum sim_audit_action action, const char *file,
		  struct sim_err *err)
{
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	rc = sim_audit_add(db, by, action, "database", file, err);
	return sim_db_end(db, rc, err);
}

int sim_db_backup(struct sim_db *db, const struct sim_db_by *by,
		  const char *to, struct sim_err *err)
{
	struct sim_db *copy_db = NULL;
	struct stat sb;
	int rc;

	if (!lstat(to, &sb))
		return sim_err_set(err, SIM_E_CANTCREAT, "%s is there already;"
				   " a backup goes to a new file", to);
	rc = open_raw(to, true, &copy_db, err);
	if (!rc)
		rc = record(db, by, SIM_AUDIT_DB_BACKUP, to, err);
	if (!rc)
		rc = copy(copy_db, db, err);
	/* One file: nothing in a journal beside it. */
	if (!rc)
		rc = exec(copy_db, "PRAGMA journal_mode = DELETE", err);
	sim_db_close(copy_db);
	if (rc)
		unlink(to);
	return rc;
}

static int check_whole(struct sim_db *db, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "PRAGMA integrity_check(1)", "");

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1)
		rc = strcmp(sim_db_text(st, 0), "ok") ?
			sim_err_set(err, SIM_E_DATA, "%s is damaged: %.200s; "
				    "use another backup", db->path,
				    sim_db_text(st, 0)) : SIM_OK;
	sqlite3_finalize(st);
	return rc;
}

/* A backup must be one of ours: opening a new file would make it one. */
static int check_backup(struct sim_db *db, struct sim_err *err)
{
	int rc = read_version(db, &db->before, err);

	if (!rc && !db->before)
		rc = sim_err_set(err, SIM_E_DATA, "%s is empty; name a file "
				 "that admin backup made", db->path);
	return rc ? rc : check_whole(db, err);
}

int sim_db_restore(struct sim_db *db, const struct sim_db_by *by,
		   const char *from, struct sim_err *err)
{
	struct sim_db *source = NULL;
	int rc = open_raw(from, false, &source, err);

	if (!rc)
		rc = check_backup(source, err);
	if (!rc)
		rc = copy(db, source, err);
	sim_db_close(source);
	if (!rc)
		rc = set_up(db, err);
	if (!rc)
		rc = migrate(db, by, err);
	return rc ? rc : record(db, by, SIM_AUDIT_DB_RESTORE, from, err);
}
