/* Sessions and their journals as rows: whose they are, what is refused, what
 * is deleted when; and a database that was made before there were any. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/audit.h"
#include "db/session_row.h"
#include "suite.h"
#include "util/file.h"
#include "util/mem.h"

#define NOW INT64_C(1700000000000000000)
#define CONFIG "{\"type\":\"create_session\"}"

static char dir[] = "/tmp/test_session_row.XXXXXX";
static char path[64];
static struct sim_err err;
static const struct sim_db_by by = { "local", NOW, NULL };
static struct sim_db *db;
static struct sim_user ada, bob;

static void add_user(struct sim_user *u, const char *name)
{
	*u = (struct sim_user){ .plan = SIM_PLAN_FREE };
	snprintf(u->name, sizeof(u->name), "%s", name);
	ck_assert_int_eq(sim_user_add(db, &by, u, &err), 0);
}

static void setup(void)
{
	snprintf(dir + sizeof(dir) - 7, 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.db", dir);
	err = (struct sim_err)SIM_ERR_INIT;
	ck_assert_int_eq(sim_db_open(path, true, &db, &err), 0);
	add_user(&ada, "ada");
	add_user(&bob, "bob");
}

static void teardown(void)
{
	struct sim_err e;

	sim_db_close(db);
	ck_assert_int_eq(sim_file_remove_tree(dir, &e), 0);
}

static struct sim_session_row row_of(const struct sim_user *u, const char *id)
{
	static char config[] = CONFIG;
	struct sim_session_row r = {
		.state = "ready", .created = NOW, .config = config
	};

	memcpy(r.user, u->id, sizeof(r.user));
	snprintf(r.id, sizeof(r.id), "%s", id);
	return r;
}

static void insert(const struct sim_user *u, const char *id)
{
	struct sim_session_row r = row_of(u, id);
	int rc = sim_session_row_insert(db, &r, &err);

	ck_assert_msg(!rc, "%s", err.msg);
}

static int append(const struct sim_user *u, const char *id, int64_t n,
		  const char *line)
{
	struct sim_session_row_entry e = { n, n > 0 ? n % 9 * 10 : 0, line,
					   strlen(line) };

	return sim_session_row_append(db, u->id, id, &e, &err);
}

static int change(const struct sim_user *u, const char *id,
		  struct sim_session_row_change c)
{
	return sim_session_row_change(db, u->id, id, &c, &err);
}

START_TEST(round_trip)
{
	struct sim_session_row r = row_of(&ada, "s1"), got;
	struct sim_session_row_whole w;

	r.is_one_shot = true;
	ck_assert_int_eq(sim_session_row_insert(db, &r, &err), 0);
	ck_assert_int_eq(sim_session_row_find(db, ada.id, "s1", &got, &err), 0);
	ck_assert_str_eq(got.state, "ready");
	ck_assert_str_eq(got.config, CONFIG);
	ck_assert_ptr_null(got.start);
	ck_assert_ptr_null(got.result);
	ck_assert(got.is_one_shot && !got.is_over);
	ck_assert_int_eq(got.changed, NOW);
	ck_assert_int_eq(got.journaled, 0);
	sim_session_row_release(&got);
	ck_assert_int_eq(change(&ada, "s1", (struct sim_session_row_change){
		.now = NOW + 1, .state = "running", .start = "{}",
		.steps = -1 }), 0);
	ck_assert_int_eq(append(&ada, "s1", 1, "one"), 0);
	ck_assert_int_eq(append(&ada, "s1", 2, ""), 0);
	ck_assert_int_eq(append(&ada, "s1", 3, "na\xc3\xafve"), 0);
	ck_assert_int_eq(change(&ada, "s1", (struct sim_session_row_change){
		.now = NOW + 2, .state = "completed", .is_over = true,
		.result = "[]", .steps = 99 }), 0);
	/* What is not named stays. */
	ck_assert_int_eq(change(&ada, "s1", (struct sim_session_row_change){
		.now = NOW + 3, .steps = -1 }), 0);
	ck_assert_int_eq(sim_session_row_load(db, ada.id, "s1", &w, &err), 0);
	ck_assert_str_eq(w.row.state, "completed");
	ck_assert_str_eq(w.row.start, "{}");
	ck_assert_str_eq(w.row.result, "[]");
	ck_assert(w.row.is_over);
	ck_assert_int_eq(w.row.steps, 99);
	ck_assert_int_eq(w.row.changed, NOW + 3);
	ck_assert_int_eq(w.row.created, NOW);
	ck_assert_int_eq(w.row.journaled, 3);
	ck_assert_uint_eq(w.n, 3);
	ck_assert_int_eq(w.journal[2].n, 3);
	ck_assert_int_eq(w.journal[2].step, 30);
	ck_assert_str_eq(w.journal[0].line, "one");
	ck_assert_str_eq(w.journal[1].line, "");
	ck_assert_str_eq(w.journal[2].line, "na\xc3\xafve");
	sim_session_row_release_whole(&w);
}
END_TEST

/* Another user's session is no session, whatever is asked. */
START_TEST(owners)
{
	struct sim_session_row *list, r;
	struct sim_session_row_whole w;
	size_t n;

	insert(&ada, "mine");
	insert(&ada, "both");
	insert(&bob, "both");
	ck_assert_int_eq(append(&ada, "both", 1, "of ada"), 0);
	ck_assert_int_eq(append(&bob, "both", 1, "of bob"), 0);
	ck_assert_int_eq(append(&bob, "mine", 1, "x"), SIM_E_NOENT);
	ck_assert_int_eq(change(&bob, "mine", (struct sim_session_row_change){
		.state = "error" }), SIM_E_NOENT);
	ck_assert_int_eq(sim_session_row_find(db, bob.id, "mine", &r, &err),
			 SIM_E_NOENT);
	ck_assert_int_eq(sim_session_row_load(db, bob.id, "mine", &w, &err),
			 SIM_E_NOENT);
	ck_assert_int_eq(sim_session_row_delete(db, bob.id, "mine", &err),
			 SIM_E_NOENT);
	ck_assert_int_eq(sim_session_row_list(db, bob.id, &list, &n, &err), 0);
	ck_assert_uint_eq(n, 1);
	sim_session_row_free(list, n);
	ck_assert_int_eq(sim_session_row_load(db, bob.id, "both", &w, &err), 0);
	ck_assert_str_eq(w.journal[0].line, "of bob");
	sim_session_row_release_whole(&w);
	ck_assert_int_eq(sim_session_row_delete(db, bob.id, "both", &err), 0);
	ck_assert_int_eq(sim_session_row_load(db, ada.id, "both", &w, &err), 0);
	ck_assert_uint_eq(w.n, 1);
	ck_assert_str_eq(w.journal[0].line, "of ada");
	sim_session_row_release_whole(&w);
	ck_assert_int_eq(sim_session_row_list(db, ada.id, &list, &n, &err), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(list[0].id, "both");
	sim_session_row_free(list, n);
}
END_TEST

static const struct {
	const char *id, *state;
	int64_t steps;
	int rc;
} inserts[] = {
	{ "ok", "ready", 0, 0 },
	{ "taken", "ready", 0, SIM_E_STATE },
	{ "TAKEN", "ready", 0, 0 },
	{ "", "ready", 0, SIM_E_INVAL },
	{ "two\nlines", "ready", 0, SIM_E_INVAL },
	{ "x'); DROP TABLE session; --", "ready", 0, 0 },
	{ "../../etc/passwd", "ready", 0, 0 },
	{ "no-state", "", 0, SIM_E_INVAL },
	{ "before", "ready", -1, SIM_E_INVAL },
	{ "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz012345678901",
	  "abcdefghijklmno", 0, 0 },
};

START_TEST(insert_rows)
{
	struct sim_session_row r = row_of(&ada, inserts[_i].id), got;

	insert(&ada, "taken");
	snprintf(r.state, sizeof(r.state), "%s", inserts[_i].state);
	r.steps = inserts[_i].steps;
	ck_assert_int_eq(sim_session_row_insert(db, &r, &err), inserts[_i].rc);
	if (inserts[_i].rc) {
		ck_assert_int_eq(err.code, inserts[_i].rc);
		return;
	}
	ck_assert_int_eq(sim_session_row_find(db, ada.id, r.id, &got, &err), 0);
	ck_assert_str_eq(got.id, inserts[_i].id);
	sim_session_row_release(&got);
}
END_TEST

START_TEST(unknown_user)
{
	struct sim_session_row r = row_of(&ada, "s");

	snprintf(r.user, sizeof(r.user), "u_none");
	ck_assert_int_eq(sim_session_row_insert(db, &r, &err), SIM_E_NOENT);
}
END_TEST

/* After a line was lost none can follow; and none stands twice. */
START_TEST(gaps)
{
	static const struct {
		int64_t n;
		int rc;
	} rows[] = {
		{ 0, SIM_E_STATE }, { 2, SIM_E_STATE }, { 1, 0 },
		{ 1, SIM_E_STATE }, { 3, SIM_E_STATE }, { 2, 0 }, { 3, 0 },
		{ 2, SIM_E_STATE }, { -1, SIM_E_STATE },
		{ INT64_MAX, SIM_E_STATE },
	};
	struct sim_session_row_entry early = { 4, -1, "x", 1 };
	struct sim_session_row_entry zero = { 4, 1, "x\0y", 3 };
	struct sim_session_row_entry part = { 4, 1, "x\0y", 1 };

	insert(&ada, "s");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_int_eq(append(&ada, "s", rows[i].n, "x"),
				 rows[i].rc);
	ck_assert_int_eq(append(&ada, "t", 1, "x"), SIM_E_NOENT);
	ck_assert_int_eq(sim_session_row_append(db, ada.id, "s", &early, &err),
			 SIM_E_INVAL);
	ck_assert_int_eq(sim_session_row_append(db, ada.id, "s", &zero, &err),
			 SIM_E_INVAL);
	ck_assert_int_eq(sim_session_row_append(db, ada.id, "s", &part, &err),
			 0);
}
END_TEST

START_TEST(sizes)
{
	char *text = sim_mem_alloc(SIM_SESSION_ROW_TEXT_MAX + 2);
	struct sim_session_row r = row_of(&ada, "big");
	struct sim_session_row_whole w;

	memset(text, 'x', SIM_SESSION_ROW_TEXT_MAX + 1);
	text[SIM_SESSION_ROW_TEXT_MAX + 1] = '\0';
	insert(&ada, "s");
	r.config = text;
	ck_assert_int_eq(sim_session_row_insert(db, &r, &err), SIM_E_INVAL);
	ck_assert_int_eq(append(&ada, "s", 1, text), SIM_E_INVAL);
	ck_assert_int_eq(change(&ada, "s", (struct sim_session_row_change){
		.start = text }), SIM_E_INVAL);
	ck_assert_int_eq(change(&ada, "s", (struct sim_session_row_change){
		.result = text }), SIM_E_INVAL);
	ck_assert_int_eq(change(&ada, "s", (struct sim_session_row_change){
		.state = "abcdefghijklmnop" }), SIM_E_INVAL);
	text[SIM_SESSION_ROW_TEXT_MAX] = '\0';
	ck_assert_int_eq(sim_session_row_insert(db, &r, &err), 0);
	ck_assert_int_eq(append(&ada, "big", 1, text), 0);
	ck_assert_int_eq(change(&ada, "big", (struct sim_session_row_change){
		.start = text, .result = text }), 0);
	ck_assert_int_eq(sim_session_row_load(db, ada.id, "big", &w, &err), 0);
	ck_assert_str_eq(w.row.config, text);
	ck_assert_str_eq(w.row.result, text);
	ck_assert_str_eq(w.journal[0].line, text);
	sim_session_row_release_whole(&w);
	sim_mem_free(text);
}
END_TEST

static int64_t count(const char *sql)
{
	sqlite3_stmt *st;
	sqlite3 *h;
	int64_t n;

	ck_assert_int_eq(sqlite3_open(path, &h), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(h, sql, -1, &st, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(h);
	return n;
}

START_TEST(alive_and_expired)
{
	static const struct {
		sim_time over, alive;
		int64_t gone;
		const char *left;
	} rows[] = {
		{ NOW, SIM_TIME_NONE, 0, "dcba" },
		{ NOW + 2, SIM_TIME_NONE, 1, "dca" },
		{ NOW + 9, SIM_TIME_NONE, 2, "ca" },
		{ NOW + 9, NOW + 1, 3, "c" },
		{ SIM_TIME_MAX, SIM_TIME_MAX, 4, "" },
	};
	struct sim_session_row *list;
	struct sim_db_stats s;
	char left[8] = "";
	int64_t gone;
	size_t n;

	for (int i = 0; i < 4; i++) {
		char id[2] = { (char)('a' + i), '\0' };

		insert(&ada, id);
		ck_assert_int_eq(append(&ada, id, 1, "x"), 0);
		ck_assert_int_eq(change(&ada, id,
			(struct sim_session_row_change){
				.now = NOW + i, .state = "x",
				.is_over = i % 2 == 1, .steps = -1 }), 0);
	}
	insert(&bob, "z");
	ck_assert_int_eq(sim_session_row_alive(db, &list, &n, &err), 0);
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(list[0].id, "a");
	ck_assert_str_eq(list[1].id, "c");
	ck_assert_str_eq(list[2].user, bob.id);
	ck_assert_int_eq(list[0].journaled, 1);
	sim_session_row_free(list, n);
	ck_assert_int_eq(sim_session_row_delete(db, bob.id, "z", &err), 0);
	ck_assert_int_eq(sim_db_stats(db, NOW, &s, &err), 0);
	ck_assert_int_eq(s.sessions, 4);
	ck_assert_int_eq(s.live_sessions, 2);
	ck_assert_int_eq(s.journal_lines, 4);
	ck_assert_int_eq(sim_session_row_expire(db, rows[_i].over,
						rows[_i].alive, &gone, &err),
			 0);
	ck_assert_int_eq(gone, rows[_i].gone);
	ck_assert_int_eq(sim_session_row_list(db, ada.id, &list, &n, &err), 0);
	for (size_t i = 0; i < n; i++)
		left[i] = list[i].id[0];
	ck_assert_str_eq(left, rows[_i].left);
	ck_assert_int_eq(count("SELECT count(*) FROM session_line"),
			 (int64_t)n);
	sim_session_row_free(list, n);
}
END_TEST

/* An id that is free again has nothing of the session that had it. */
START_TEST(deleted_and_made_again)
{
	struct sim_session_row_whole w;

	insert(&ada, "s");
	ck_assert_int_eq(append(&ada, "s", 1, "old"), 0);
	ck_assert_int_eq(sim_session_row_delete(db, ada.id, "s", &err), 0);
	ck_assert_int_eq(sim_session_row_delete(db, ada.id, "s", &err),
			 SIM_E_NOENT);
	insert(&ada, "s");
	ck_assert_int_eq(sim_session_row_load(db, ada.id, "s", &w, &err), 0);
	ck_assert_uint_eq(w.n, 0);
	sim_session_row_release_whole(&w);
}
END_TEST

/* A line that was taken away behind the program's back is missed. */
START_TEST(line_missing)
{
	struct sim_session_row_whole w;
	sqlite3 *h;

	insert(&ada, "s");
	for (int i = 1; i <= 4; i++)
		ck_assert_int_eq(append(&ada, "s", i, "x"), 0);
	ck_assert_int_eq(sqlite3_open(path, &h), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(h, "DELETE FROM session_line WHERE n = 2",
				      NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(h);
	ck_assert_int_eq(sim_session_row_load(db, ada.id, "s", &w, &err),
			 SIM_E_DATA);
	ck_assert_msg(strstr(err.msg, "line 2 "), "%s", err.msg);
}
END_TEST

/* Lines in a transaction that is given up are not there. */
START_TEST(killed_in_between)
{
	struct sim_session_row_whole w;
	int status;
	pid_t pid;

	insert(&ada, "s");
	ck_assert_int_eq(append(&ada, "s", 1, "x"), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		sqlite3 *h;

		if (sqlite3_open(path, &h) == SQLITE_OK)
			sqlite3_exec(h, "BEGIN IMMEDIATE; UPDATE session SET"
				     " state = 'y'; INSERT INTO session_line"
				     " VALUES (2, 2, 20, 1, 'y', 1)",
				     NULL, NULL, NULL);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(sim_session_row_load(db, ada.id, "s", &w, &err), 0);
	ck_assert_uint_eq(w.n, 1);
	ck_assert_str_eq(w.row.state, "ready");
	sim_session_row_release_whole(&w);
	ck_assert_int_eq(append(&ada, "s", 2, "z"), 0);
}
END_TEST

/* -- a file of schema version 1, as the program that had it left it ------- */

static void unpack(const char *to)
{
	struct sim_buf b = SIM_BUF_INIT(1 << 20);
	const char *top = getenv("top_srcdir");
	char from[512];
	int rc;

	snprintf(from, sizeof(from), "%s/tests/db/version-1.db.gz",
		 top ? top : "..");
	rc = sim_file_read(from, b.max, &b, &err);
	ck_assert_msg(!rc, "%s", err.msg);
	ck_assert_int_eq(sim_file_write(to, b.data, b.len, 0600, &err), 0);
	sim_buf_release(&b);
}

static void check_version_1(struct sim_db *old, int64_t before,
			    int64_t entries)
{
	struct sim_db_stats s;
	struct sim_user u;
	int64_t n;

	ck_assert_int_eq(sim_db_stats(old, NOW, &s, &err), 0);
	ck_assert_int_eq(s.schema_before, before);
	ck_assert_int_eq(s.schema, 3);
	ck_assert_int_eq(s.users, 2);
	ck_assert_int_eq(s.live_keys, 2);
	ck_assert_int_eq(s.sessions, 0);
	ck_assert_int_eq(sim_audit_verify(old, &n, &err), 0);
	ck_assert_int_eq(n, entries);
	ck_assert_int_eq(sim_user_find(old, "ada", &u, &err), 0);
	ck_assert_str_eq(u.id, "u_34a0955039fc5d629e1b");
}

static int is_migration(void *ctx, const struct sim_audit_entry *e,
			struct sim_err *why)
{
	(void)why;
	ck_assert_str_eq(e->action, "db.migrate");
	ck_assert_str_eq(e->actor, "local");
	ck_assert_str_eq(e->subject, "database");
	ck_assert_str_eq(e->detail, "from=1 to=3");
	++*(int *)ctx;
	return SIM_OK;
}

/* Once, as the newest entry. */
static void check_recorded(struct sim_db *old)
{
	int n = 0;

	ck_assert_int_eq(sim_audit_each(old, 5, 0, is_migration, &n, &err), 0);
	ck_assert_int_eq(n, 1);
}

START_TEST(migrated)
{
	struct sim_session_row r;
	struct sim_user u;
	struct sim_db *old;
	char file[96];
	int rc;

	snprintf(file, sizeof(file), "%s/old.db", dir);
	unpack(file);
	/* Not by those who couldn't say who did it. */
	ck_assert_int_eq(sim_db_open(file, false, &old, &err), SIM_E_PROTO);
	for (int64_t before = 1; before <= 3; before += 2) {
		rc = sim_db_open_by(file, false, &by, &old, &err);
		ck_assert_msg(!rc, "%s", err.msg);
		check_version_1(old, before, 6);
		check_recorded(old);
		sim_db_close(old);
	}
	ck_assert_int_eq(sim_db_open(file, false, &old, &err), 0);
	ck_assert_int_eq(sim_user_find(old, "bob", &u, &err), 0);
	r = row_of(&u, "s");
	ck_assert_int_eq(sim_session_row_insert(old, &r, &err), 0);
	sim_db_close(old);
}
END_TEST

/* A backup from before brings its users, and no sessions; then a newer one
 * brings them back. */
START_TEST(restored)
{
	struct sim_session_row_whole w;
	char old[96], new[96];

	snprintf(old, sizeof(old), "%s/old.db", dir);
	snprintf(new, sizeof(new), "%s/new.db", dir);
	unpack(old);
	insert(&ada, "s");
	ck_assert_int_eq(append(&ada, "s", 1, "x"), 0);
	ck_assert_int_eq(sim_db_backup(db, &by, new, &err), 0);
	ck_assert_int_eq(sim_db_restore(db, &by, old, &err), 0);
	check_version_1(db, 1, 7);
	ck_assert_int_eq(append(&ada, "s", 2, "x"), SIM_E_NOENT);
	ck_assert_int_eq(sim_db_restore(db, &by, new, &err), 0);
	ck_assert_int_eq(append(&ada, "s", 2, "y"), 0);
	ck_assert_int_eq(sim_session_row_load(db, ada.id, "s", &w, &err), 0);
	ck_assert_uint_eq(w.n, 2);
	sim_session_row_release_whole(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_row");
	TCase *t = tcase_create("session_row");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, round_trip);
	tcase_add_test(t, owners);
	tcase_add_loop_test(t, insert_rows, 0,
			    (int)(sizeof(inserts) / sizeof(inserts[0])));
	tcase_add_test(t, unknown_user);
	tcase_add_test(t, gaps);
	tcase_add_test(t, sizes);
	tcase_add_loop_test(t, alive_and_expired, 0, 5);
	tcase_add_test(t, deleted_and_made_again);
	tcase_add_test(t, line_missing);
	tcase_add_test(t, killed_in_between);
	tcase_add_test(t, migrated);
	tcase_add_test(t, restored);
	suite_add_tcase(s, t);
	return run_suite(s);
}
