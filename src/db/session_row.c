/* session_row: rows of the tables session and session_line. */
#include "db/session_row.h"

#include <stdio.h>
#include <string.h>

#include "db/db_priv.h"
#include "util/mem.h"
#include "util/str.h"

#define COLUMNS "user, id, state, is_over, is_one_shot, created, changed," \
	" steps, (SELECT n FROM session_tail AS t" \
	"  WHERE t.session = session.number), config, start, result"
/* The journals of the sessions that `which` picks, from their last lines. */
#define CHAIN(which) "WITH RECURSIVE chain(number) AS (" \
	" SELECT t.number FROM session AS s JOIN session_tail AS t" \
	"  ON t.session = s.number WHERE t.number IS NOT NULL AND (" which ")" \
	" UNION ALL SELECT l.prev FROM chain JOIN session_line AS l" \
	"  ON l.number = chain.number WHERE l.prev IS NOT NULL)"
#define ONE "s.user = ?1 AND s.id = ?2"
#define EXPIRED "(is_over AND changed < ?1) OR (NOT is_over AND changed < ?2)"
#define JOURNAL_MAX (SIM_BUF_MAX - 1)

static const char insert_sql[] =
	"INSERT INTO session (user, id, state, is_over, is_one_shot, created,"
	" changed, steps, config, start, result) VALUES"
	" (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10)";
static const char change_sql[] =
	"UPDATE session SET changed = ?3, state = coalesce(?4, state),"
	" is_over = iif(?4 IS NULL, is_over, ?5),"
	" start = coalesce(?6, start), result = coalesce(?7, result),"
	" steps = iif(?8 < 0, steps, ?8) WHERE user = ?1 AND id = ?2";
static const char append_sql[] =
	"INSERT INTO session_line (n, step, prev, line, session)"
	" SELECT ?3, ?4, t.number, ?5, s.number FROM session AS s"
	" JOIN session_tail AS t ON t.session = s.number WHERE " ONE
	" AND t.n = ?3 - 1";
static const char delete_lines_sql[] =
	"DELETE FROM session_line WHERE number IN ("
	CHAIN(ONE) " SELECT number FROM chain)";
static const char delete_sql[] =
	"DELETE FROM session WHERE user = ?1 AND id = ?2";
static const char expire_lines_sql[] =
	"DELETE FROM session_line WHERE number IN ("
	CHAIN(EXPIRED) " SELECT number FROM chain)";
static const char expire_sql[] =
	"DELETE FROM session WHERE " EXPIRED;
static const char journal_sql[] =
	CHAIN(ONE) " SELECT n, step, line FROM chain"
	" JOIN session_line USING (number)";

/* -- memory ---------------------------------------------------------------- */

void sim_session_row_release(struct sim_session_row *r)
{
	sim_mem_free(r->config);
	sim_mem_free(r->start);
	sim_mem_free(r->result);
	r->config = r->start = r->result = NULL;
}

void sim_session_row_free(struct sim_session_row *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sim_session_row_release(&list[i]);
	sim_mem_free(list);
}

void sim_session_row_release_whole(struct sim_session_row_whole *w)
{
	sim_session_row_release(&w->row);
	sim_mem_free(w->journal);
	sim_buf_release(&w->text);
	w->journal = NULL;
	w->n = 0;
}

/* -- checks ---------------------------------------------------------------- */

static int check_id(const char *id, struct sim_err *err)
{
	size_t n = strnlen(id, SIM_SESSION_ROW_ID);
	bool is_fine = n && n < SIM_SESSION_ROW_ID;
	char shown[SIM_STR_QUOTEMAX];

	for (size_t i = 0; i < n; i++)
		is_fine &= (unsigned char)id[i] >= ' ' && id[i] != 127;
	if (is_fine)
		return SIM_OK;
	sim_str_quote(id, n, shown);
	return sim_err_set(err, SIM_E_INVAL, "%s is no id for a session; use 1 "
			   "to 64 bytes without control characters", shown);
}

static int too_long(const char *what, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_INVAL, "the %s of a session has more than"
			   " %d bytes, the most that is kept; send less", what,
			   SIM_SESSION_ROW_TEXT_MAX);
}

/* A text that may be absent. */
static int check_text(const char *what, const char *s, struct sim_err *err)
{
	return !s || strnlen(s, SIM_SESSION_ROW_TEXT_MAX + 1) <=
		SIM_SESSION_ROW_TEXT_MAX ? SIM_OK : too_long(what, err);
}

static int check_texts(const char *config, const char *start,
		       const char *result, struct sim_err *err)
{
	int rc = check_text("configuration", config, err);

	if (!rc)
		rc = check_text("start", start, err);
	return rc ? rc : check_text("result", result, err);
}

static int check_line(const struct sim_session_row_entry *e,
		      struct sim_err *err)
{
	if (e->len > SIM_SESSION_ROW_TEXT_MAX)
		return too_long("line", err);
	if (memchr(e->line, '\0', e->len))
		return sim_err_set(err, SIM_E_INVAL, "a line of a session's "
				   "journal holds the character U+0000; send "
				   "it as \\u0000 or not at all");
	return SIM_OK;
}

static int unknown(const char *id, struct sim_err *err)
{
	char shown[SIM_STR_QUOTEMAX];

	sim_str_quote(id, strnlen(id, SIM_STR_QUOTEMAX), shown);
	return sim_err_set(err, SIM_E_NOENT, "there is no session %s; "
			   "list_sessions names them", shown);
}

/* Did the last statement find the session? */
static int check_found(struct sim_db *db, const char *id, struct sim_err *err)
{
	return sqlite3_changes(db->h) ? SIM_OK : unknown(id, err);
}

/* -- writing --------------------------------------------------------------- */

/* What a constraint means that an insert ran into. */
static int explain_insert(struct sim_db *db, const struct sim_session_row *r,
			  int rc, struct sim_err *err)
{
	switch (sqlite3_extended_errcode(db->h)) {
	case SQLITE_CONSTRAINT_UNIQUE:
		return sim_err_set(err, SIM_E_STATE, "there is a session %s "
				   "already; choose another id", r->id);
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return sim_err_set(err, SIM_E_NOENT, "there is no user %s; "
				   "admin user list names them", r->user);
	case SQLITE_CONSTRAINT_CHECK:
		return sim_err_set(err, SIM_E_INVAL, "session %s has the state "
				   "'%s' after %lld steps, which none can have",
				   r->id, r->state, (long long)r->steps);
	default:
		return rc;
	}
}

int sim_session_row_insert(struct sim_db *db, const struct sim_session_row *r,
			   struct sim_err *err)
{
	int rc = check_id(r->id, err);

	if (!rc)
		rc = check_texts(r->config, r->start, r->result, err);
	if (rc)
		return rc;
	rc = sim_db_run_kept(db, err, insert_sql, "sssiiiisss", r->user, r->id,
			     r->state, (int64_t)r->is_over,
			     (int64_t)r->is_one_shot, r->created, r->steps,
			     r->config, r->start, r->result);
	return rc ? explain_insert(db, r, rc, err) : SIM_OK;
}

int sim_session_row_change(struct sim_db *db, const char *user, const char *id,
			   const struct sim_session_row_change *c,
			   struct sim_err *err)
{
	int rc = check_texts(NULL, c->start, c->result, err);

	if (!rc)
		rc = sim_db_run_kept(db, err, change_sql, "ssisissi", user, id,
				     c->now, c->state, (int64_t)c->is_over,
				     c->start, c->result, c->steps);
	if (rc && sqlite3_extended_errcode(db->h) == SQLITE_CONSTRAINT_CHECK)
		return sim_err_set(err, SIM_E_INVAL, "'%.40s' is no state of a "
				   "session", c->state ? c->state : "");
	return rc ? rc : check_found(db, id, err);
}

/* Why no line was added: no session, or not its next line. */
static int explain_append(struct sim_db *db, const char *user, const char *id,
			  int64_t n, struct sim_err *err)
{
	struct sim_session_row r;
	int rc = sim_session_row_find(db, user, id, &r, err);

	if (rc)
		return rc;
	sim_session_row_release(&r);
	return sim_err_set(err, SIM_E_STATE, "line %lld of session %s is not "
			   "the next: its journal has %lld", (long long)n, id,
			   (long long)r.journaled);
}

int sim_session_row_append(struct sim_db *db, const char *user, const char *id,
			   const struct sim_session_row_entry *e,
			   struct sim_err *err)
{
	int rc = check_line(e, err);

	if (!rc && e->step < 0)
		rc = sim_err_set(err, SIM_E_INVAL, "step %lld of session %s is "
				 "before its first", (long long)e->step, id);
	if (!rc)
		rc = sim_db_run_kept(db, err, append_sql, "ssiit", user, id,
				     e->n, e->step, e->line, e->len);
	if (rc || sqlite3_changes(db->h))
		return rc;
	return explain_append(db, user, id, e->n, err);
}

/* Two statements are one transaction, unless they are part of one. */
static int begin(struct sim_db *db, bool *is_ours, struct sim_err *err)
{
	*is_ours = sqlite3_get_autocommit(db->h) != 0;
	return *is_ours ? sim_db_begin(db, err) : SIM_OK;
}

static int end(struct sim_db *db, bool is_ours, int rc, struct sim_err *err)
{
	return is_ours ? sim_db_end(db, rc, err) : rc;
}

int sim_session_row_delete(struct sim_db *db, const char *user, const char *id,
			   struct sim_err *err)
{
	bool is_ours;
	int rc = begin(db, &is_ours, err);

	if (rc)
		return rc;
	rc = sim_db_run_kept(db, err, delete_lines_sql, "ss", user, id);
	if (!rc)
		rc = sim_db_run_kept(db, err, delete_sql, "ss", user, id);
	if (!rc)
		rc = check_found(db, id, err);
	return end(db, is_ours, rc, err);
}

int sim_session_row_expire(struct sim_db *db, sim_time over, sim_time alive,
			   int64_t *n, struct sim_err *err)
{
	int64_t gone = 0;
	bool is_ours;
	int rc = begin(db, &is_ours, err);

	if (rc)
		return rc;
	rc = sim_db_run_kept(db, err, expire_lines_sql, "ii", over, alive);
	if (!rc)
		rc = sim_db_run_kept(db, err, expire_sql, "ii", over, alive);
	if (!rc)
		gone = sqlite3_changes(db->h);
	rc = end(db, is_ours, rc, err);
	if (!rc)
		*n = gone;
	return rc;
}

/* -- reading --------------------------------------------------------------- */

static char *copy_text(sqlite3_stmt *st, int col)
{
	return sqlite3_column_type(st, col) == SQLITE_NULL ? NULL :
		sim_mem_strdup(sim_db_text(st, col));
}

static void read_row(sqlite3_stmt *st, struct sim_session_row *r)
{
	sim_db_copy(st, 0, r->user, sizeof(r->user));
	sim_db_copy(st, 1, r->id, sizeof(r->id));
	sim_db_copy(st, 2, r->state, sizeof(r->state));
	r->is_over = sqlite3_column_int(st, 3) != 0;
	r->is_one_shot = sqlite3_column_int(st, 4) != 0;
	r->created = sqlite3_column_int64(st, 5);
	r->changed = sqlite3_column_int64(st, 6);
	r->steps = sqlite3_column_int64(st, 7);
	r->journaled = sqlite3_column_int64(st, 8);
	r->config = copy_text(st, 9);
	r->start = copy_text(st, 10);
	r->result = copy_text(st, 11);
}

int sim_session_row_find(struct sim_db *db, const char *user, const char *id,
			 struct sim_session_row *out, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM session"
				" WHERE user = ?1 AND id = ?2", "ss", user,
				id);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1)
		read_row(st, out);
	sqlite3_finalize(st);
	if (rc)
		return rc < 0 ? rc : SIM_OK;
	return unknown(id, err);
}

/* From the last line to the first, with their NULs in w->text. */
static int read_lines(struct sim_db *db, sqlite3_stmt *st,
		      struct sim_session_row_whole *w, struct sim_err *err)
{
	size_t left = w->n;
	int rc = 0;

	while (left && (rc = sim_db_next(db, st, err)) == 1) {
		struct sim_session_row_entry *e = &w->journal[--left];

		*e = (struct sim_session_row_entry){
			sqlite3_column_int64(st, 0),
			sqlite3_column_int64(st, 1), NULL,
			strlen(sim_db_text(st, 2))
		};
		sim_buf_add(&w->text, sim_db_text(st, 2), e->len + 1);
		if (e->n != (int64_t)left + 1)
			return sim_err_set(err, SIM_E_DATA, "line %lld of the "
					   "journal of session %s stands where "
					   "line %zu should; restore %s from a "
					   "backup", (long long)e->n,
					   w->row.id, left + 1, db->path);
	}
	if (rc < 0 || !left)
		return rc < 0 ? rc : SIM_OK;
	return sim_err_set(err, SIM_E_DATA, "line %zu of the journal of session"
			   " %s is missing; restore %s from a backup",
			   left, w->row.id, db->path);
}

static void point_to_lines(struct sim_session_row_whole *w)
{
	const char *at = sim_buf_str(&w->text);

	for (size_t i = w->n; i-- > 0;) {
		w->journal[i].line = at;
		at += w->journal[i].len + 1;
	}
}

static int read_whole(struct sim_db *db, const char *user, const char *id,
		      struct sim_session_row_whole *w, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_session_row_find(db, user, id, &w->row, err);

	if (!rc)
		rc = sim_db_prepare(db, &st, err, journal_sql, "ss", user, id);
	if (rc)
		return rc;
	w->n = (size_t)w->row.journaled;
	w->journal = sim_mem_array(w->n, sizeof(*w->journal));
	rc = read_lines(db, st, w, err);
	sqlite3_finalize(st);
	if (!rc)
		point_to_lines(w);
	return rc;
}

int sim_session_row_load(struct sim_db *db, const char *user, const char *id,
			 struct sim_session_row_whole *out,
			 struct sim_err *err)
{
	struct sim_session_row_whole w = { .text = SIM_BUF_INIT(JOURNAL_MAX) };
	int rc = sim_db_run(db, err, "BEGIN", "");

	if (rc)
		return rc;
	rc = sim_db_end(db, read_whole(db, user, id, &w, err), err);
	if (rc)
		sim_session_row_release_whole(&w);
	else
		*out = w;
	return rc;
}

static int read_list(struct sim_db *db, sqlite3_stmt *st,
		     struct sim_session_row **out, size_t *n,
		     struct sim_err *err)
{
	struct sim_session_row *list = NULL;
	size_t count = 0, cap = 0;
	int rc;

	while ((rc = sim_db_next(db, st, err)) == 1) {
		SIM_MEM_GROW(list, cap, count + 1);
		read_row(st, &list[count++]);
	}
	sqlite3_finalize(st);
	if (rc) {
		sim_session_row_free(list, count);
		return rc;
	}
	*out = list;
	*n = count;
	return SIM_OK;
}

int sim_session_row_list(struct sim_db *db, const char *user,
			 struct sim_session_row **out, size_t *n,
			 struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM session"
				" WHERE user = ?1 ORDER BY number DESC LIMIT"
				" ?2", "si", user,
				(int64_t)SIM_SESSION_ROW_LIST_MAX);

	return rc ? rc : read_list(db, st, out, n, err);
}

int sim_session_row_alive(struct sim_db *db, struct sim_session_row **out,
			  size_t *n, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM session"
				" WHERE NOT is_over ORDER BY number", "");

	return rc ? rc : read_list(db, st, out, n, err);
}
