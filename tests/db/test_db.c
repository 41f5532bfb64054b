/* Users, keys and the audit log in a database of their own. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/apikey.h"
#include "db/audit.h"
#include "suite.h"
#include "util/mem.h"

#define NOW INT64_C(1700000000000000000)

static char dir[] = "/tmp/test_db.XXXXXX";
static char path[64], other[64];
static struct sim_err err;
static const struct sim_db_by by = { "local", NOW, NULL };

static void setup(void)
{
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.db", dir);
	snprintf(other, sizeof(other), "%s/b.db", dir);
	err = (struct sim_err)SIM_ERR_INIT;
}

static void teardown(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char name[128];

	for (size_t i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
		snprintf(name, sizeof(name), "%s%s", other, ends[i]);
		unlink(name);
	}
	ck_assert_int_eq(rmdir(dir), 0);
}

static struct sim_db *open_new(const char *file)
{
	struct sim_db *db = NULL;
	int rc = sim_db_open(file, true, &db, &err);

	ck_assert_msg(!rc, "%s", err.msg);
	return db;
}

static struct sim_user add(struct sim_db *db, const char *name,
			   enum sim_user_role role)
{
	struct sim_user u = { .plan = SIM_PLAN_FREE, .role = role };
	int rc;

	snprintf(u.name, sizeof(u.name), "%s", name);
	rc = sim_user_add(db, &by, &u, &err);
	ck_assert_msg(!rc, "%s", err.msg);
	return u;
}

static struct sim_apikey make_key(struct sim_db *db, const struct sim_user *u,
				  sim_time expires, char *text)
{
	struct sim_apikey k = { .name = "test", .expires = expires,
				.scopes = SIM_SCOPE_ALL };
	int rc;

	memcpy(k.user, u->id, sizeof(k.user));
	rc = sim_apikey_create(db, &by, &k, text, &err);
	ck_assert_msg(!rc, "%s", err.msg);
	return k;
}

/* Change the file behind the program's back. */
static void tamper(const char *sql)
{
	sqlite3 *h;

	ck_assert_int_eq(sqlite3_open(path, &h), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(h, sql, NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(h), SQLITE_OK);
}

START_TEST(users)
{
	struct sim_db *db = open_new(path);
	struct sim_user u, *list;
	struct stat sb;
	size_t n;

	ck_assert_int_eq(stat(path, &sb), 0);
	ck_assert_uint_eq(sb.st_mode & 0777, 0600);
	add(db, "zoe", SIM_USER_ROLE_ADMIN);
	add(db, "bob@example.org", SIM_USER_ROLE_USER);
	ck_assert_int_eq(sim_user_find(db, "ZOE", &u, &err), 0);
	ck_assert_str_eq(u.name, "zoe");
	ck_assert_int_eq(u.role, SIM_USER_ROLE_ADMIN);
	ck_assert_int_eq(u.created, NOW);
	ck_assert_int_eq(sim_user_find(db, u.id, &u, &err), 0);
	ck_assert_int_eq(sim_user_find(db, "x", &u, &err), SIM_E_NOENT);
	ck_assert_int_eq(sim_user_list(db, &list, &n, &err), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(list[0].name, "bob@example.org");
	sim_mem_free(list);
	sim_db_close(db);
}
END_TEST

START_TEST(user_names)
{
	static const struct {
		const char *name;
		int rc;
	} rows[] = {
		{ "ok", 0 }, { "OK", SIM_E_STATE }, { "", SIM_E_INVAL },
		{ "two words", SIM_E_INVAL }, { "u_1", SIM_E_INVAL },
		{ "-x", SIM_E_INVAL }, { "a'; DROP TABLE user; --",
		SIM_E_INVAL }, { "na\xc3\xafve", SIM_E_INVAL },
		{ "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz01234567"
		  "8901", 0 },
	};
	struct sim_db *db = open_new(path);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_user u = { .plan = SIM_PLAN_FREE };

		snprintf(u.name, sizeof(u.name), "%s", rows[i].name);
		ck_assert_int_eq(sim_user_add(db, &by, &u, &err), rows[i].rc);
	}
	sim_db_close(db);
}
END_TEST

START_TEST(last_admin)
{
	struct sim_db *db = open_new(path);
	struct sim_user a = add(db, "a", SIM_USER_ROLE_ADMIN), u;
	struct sim_user b = add(db, "b", SIM_USER_ROLE_USER);

	a.is_disabled = true;
	ck_assert_int_eq(sim_user_change(db, &by, SIM_USER_ALL,
					 &a, &err), SIM_E_STATE);
	ck_assert_int_eq(sim_user_find(db, "a", &u, &err), 0);
	ck_assert(!u.is_disabled);
	b.role = SIM_USER_ROLE_ADMIN;
	b.plan = SIM_PLAN_ENTERPRISE;
	ck_assert_int_eq(sim_user_change(db, &by, SIM_USER_ALL, &b, &err), 0);
	ck_assert_int_eq(sim_user_change(db, &by, SIM_USER_ALL, &a, &err), 0);
	ck_assert_int_eq(sim_user_find(db, "b", &u, &err), 0);
	ck_assert_int_eq(u.plan, SIM_PLAN_ENTERPRISE);
	sim_db_close(db);
}
END_TEST

START_TEST(keys)
{
	struct sim_db *db = open_new(path);
	struct sim_user u = add(db, "u", SIM_USER_ROLE_USER), who;
	char text[SIM_APIKEY_TEXT], next[SIM_APIKEY_TEXT];
	struct sim_apikey k = make_key(db, &u, NOW + 100, text), found;
	struct sim_apikey none = { .id = "k_none" };

	ck_assert_uint_eq(strlen(text), SIM_APIKEY_TEXT - 1);
	ck_assert_int_eq(strncmp(text, k.hint, 8), 0);
	ck_assert_int_eq(sim_apikey_check(db, text, NOW + 99, &who, &found,
					  &err), 0);
	ck_assert_str_eq(who.name, "u");
	ck_assert_str_eq(found.id, k.id);
	ck_assert_int_eq(sim_apikey_check(db, text, NOW + 100, &who, &found,
					  &err), SIM_E_AUTH);
	/* The old key stays good for its grace, and not a moment longer. */
	ck_assert_int_eq(sim_apikey_rotate(db, &by, NOW + 50, &k, next,
					   &err), 0);
	ck_assert_str_ne(text, next);
	ck_assert_int_eq(sim_apikey_check(db, text, NOW + 49, &who, &found,
					  &err), 0);
	ck_assert_int_eq(sim_apikey_check(db, text, NOW + 50, &who, &found,
					  &err), SIM_E_AUTH);
	ck_assert_int_eq(sim_apikey_check(db, next, NOW + 99, &who, &found,
					  &err), 0);
	k = found;
	ck_assert_int_eq(sim_apikey_revoke(db, &by, &k, &err), 0);
	ck_assert_int_eq(sim_apikey_check(db, next, NOW, &who, &found, &err),
			 SIM_E_AUTH);
	ck_assert_int_eq(sim_apikey_revoke(db, &by, &k, &err),
			 SIM_E_STATE);
	ck_assert_int_eq(sim_apikey_revoke(db, &by, &none, &err),
			 SIM_E_NOENT);
	sim_db_close(db);
}
END_TEST

/* How many keys have ended, by their first id. */
static size_t ended(struct sim_db *db, sim_time since, sim_time now,
		    char first[SIM_APIKEY_ID])
{
	struct sim_apikey *list;
	size_t n;

	ck_assert_int_eq(sim_apikey_ended(db, since, now, &list, &n, &err), 0);
	if (n)
		memcpy(first, list[0].id, SIM_APIKEY_ID);
	sim_mem_free(list);
	return n;
}

START_TEST(keys_that_ended)
{
	struct sim_db *db = open_new(path);
	struct sim_user u = add(db, "u", SIM_USER_ROLE_USER);
	struct sim_user v = add(db, "v", SIM_USER_ROLE_USER);
	char text[SIM_APIKEY_TEXT], id[SIM_APIKEY_ID];
	struct sim_apikey a = make_key(db, &u, NOW + 100, text);
	struct sim_apikey b = make_key(db, &u, SIM_TIME_MAX, text);

	ck_assert_uint_eq(ended(db, NOW - 5, NOW + 99, id), 0);
	ck_assert_uint_eq(ended(db, NOW + 90, NOW + 100, id), 1);
	ck_assert_str_eq(id, a.id);
	ck_assert_uint_eq(ended(db, NOW + 101, NOW + 200, id), 0);
	ck_assert_int_eq(sim_apikey_revoke(db, &by, &b, &err), 0);
	ck_assert_uint_eq(ended(db, NOW - 5, NOW + 5, id), 1);
	ck_assert_str_eq(id, b.id);
	make_key(db, &v, SIM_TIME_MAX, text);
	v.is_disabled = true;
	ck_assert_int_eq(sim_user_change(db, &by, SIM_USER_ALL, &v, &err), 0);
	ck_assert_uint_eq(ended(db, NOW + 200, NOW + 300, id), 1);
	sim_db_close(db);
}
END_TEST

START_TEST(key_of_disabled)
{
	struct sim_db *db = open_new(path);
	struct sim_user u = add(db, "u", SIM_USER_ROLE_USER);
	struct sim_apikey k, more = { .name = "x", .scopes = SIM_SCOPE_READ,
				      .expires = SIM_TIME_MAX };
	char text[SIM_APIKEY_TEXT];

	make_key(db, &u, SIM_TIME_MAX, text);
	u.is_disabled = true;
	ck_assert_int_eq(sim_user_change(db, &by, SIM_USER_ALL, &u, &err), 0);
	ck_assert_int_eq(sim_apikey_check(db, text, NOW, &u, &k, &err),
			 SIM_E_AUTH);
	memcpy(more.user, u.id, sizeof(more.user));
	ck_assert_int_eq(sim_apikey_create(db, &by, &more, text, &err),
			 SIM_E_STATE);
	/* Nothing of a key that was refused stays behind. */
	for (size_t i = 0; i < sizeof(text); i++)
		ck_assert_int_eq(text[i], 0);
	sim_db_close(db);
}
END_TEST

START_TEST(no_key_in_file)
{
	struct sim_db *db = open_new(path);
	struct sim_user u = add(db, "u", SIM_USER_ROLE_USER);
	char text[SIM_APIKEY_TEXT], *content;
	struct stat sb;
	int fd;

	make_key(db, &u, SIM_TIME_MAX, text);
	sim_db_close(db);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(fstat(fd, &sb), 0);
	content = sim_mem_alloc((size_t)sb.st_size);
	ck_assert_int_eq(read(fd, content, (size_t)sb.st_size), sb.st_size);
	close(fd);
	ck_assert_ptr_nonnull(memmem(content, (size_t)sb.st_size, text, 8));
	ck_assert_ptr_null(memmem(content, (size_t)sb.st_size, text + 3, 16));
	sim_mem_free(content);
}
END_TEST

static const struct {
	const char *sql, *says;
} tampers[] = {
	{ "UPDATE audit SET detail = 'x' WHERE seq = 2", "entry 2 " },
	{ "UPDATE audit SET time = time + 1 WHERE seq = 3", "entry 3 " },
	{ "DELETE FROM audit WHERE seq = 2", "entry 2 is missing" },
	{ "DELETE FROM audit WHERE seq = 4", "ends at entry 3" },
	{ "DELETE FROM audit", "ends at entry 0" },
	{ "UPDATE audit SET seq = 9 WHERE seq = 4", "entry 4 is missing" },
	{ "INSERT INTO audit SELECT 5, time, actor, action, subject, detail,"
	  " hash FROM audit WHERE seq = 4", "entry 5 " },
};

START_TEST(audit)
{
	struct sim_db *db = open_new(path);
	char text[SIM_APIKEY_TEXT];
	struct sim_user u = add(db, "u", SIM_USER_ROLE_USER);
	int64_t n;

	make_key(db, &u, SIM_TIME_MAX, text);
	u.plan = SIM_PLAN_PROFESSIONAL;
	ck_assert_int_eq(sim_user_change(db, &by, SIM_USER_ALL, &u, &err), 0);
	add(db, "v", SIM_USER_ROLE_USER);
	ck_assert_int_eq(sim_audit_verify(db, &n, &err), 0);
	ck_assert_int_eq(n, 4);
	tamper(tampers[_i].sql);
	ck_assert_int_eq(sim_audit_verify(db, &n, &err), SIM_E_DATA);
	ck_assert_msg(strstr(err.msg, tampers[_i].says), "%s", err.msg);
	sim_db_close(db);
}
END_TEST

START_TEST(failed_write_leaves_nothing)
{
	struct sim_db *db = open_new(path);
	struct sim_user u = { .name = "x" };
	struct sim_db_stats s;

	add(db, "keep", SIM_USER_ROLE_USER);
	/* The audit entry cannot be written, so the user may not be there. */
	tamper("CREATE TRIGGER no BEFORE INSERT ON audit"
	       " BEGIN SELECT raise(ABORT, 'no'); END");
	ck_assert_int_lt(sim_user_add(db, &by, &u, &err), 0);
	ck_assert_int_eq(sim_db_stats(db, NOW, &s, &err), 0);
	ck_assert_int_eq(s.users, 1);
	ck_assert_int_eq(s.audit_entries, 1);
	sim_db_close(db);
}
END_TEST

START_TEST(backup_restore)
{
	struct sim_db *db = open_new(path);
	struct sim_db_stats s;
	struct sim_user u;
	struct stat sb;

	add(db, "before", SIM_USER_ROLE_USER);
	ck_assert_int_eq(sim_db_backup(db, &by, other, &err), 0);
	ck_assert_int_eq(stat(other, &sb), 0);
	ck_assert_uint_eq(sb.st_mode & 0777, 0600);
	ck_assert_int_eq(sim_db_backup(db, &by, other, &err), SIM_E_CANTCREAT);
	add(db, "after", SIM_USER_ROLE_USER);
	ck_assert_int_eq(sim_db_restore(db, &by, other, &err), 0);
	ck_assert_int_eq(sim_user_find(db, "before", &u, &err), 0);
	ck_assert_int_eq(sim_user_find(db, "after", &u, &err), SIM_E_NOENT);
	ck_assert_int_eq(sim_db_stats(db, NOW, &s, &err), 0);
	ck_assert_int_eq(s.audit_entries, 3);
	ck_assert_int_eq(sim_audit_verify(db, &s.audit_entries, &err), 0);
	sim_db_close(db);
}
END_TEST

/* A backup that is none, or a hurt one, changes nothing. */
START_TEST(bad_backup)
{
	static const char noise[] = "this is no database, but it is long enough"
		" to be looked at as if it were one, for a hundred bytes";
	struct sim_db *db = open_new(path);
	struct sim_user u;
	int fd = open(other, O_WRONLY | O_CREAT, 0600);

	add(db, "keep", SIM_USER_ROLE_USER);
	if (_i)
		ck_assert_int_eq(write(fd, noise, sizeof(noise)),
				 (ssize_t)sizeof(noise));
	close(fd);
	ck_assert_int_eq(sim_db_restore(db, &by, other, &err), SIM_E_DATA);
	ck_assert_int_eq(sim_user_find(db, "keep", &u, &err), 0);
	sim_db_close(db);
}
END_TEST

START_TEST(bad_files)
{
	struct sim_db *db = NULL;

	ck_assert_int_eq(sim_db_open(path, false, &db, &err), SIM_E_NOENT);
	sim_db_close(open_new(path));
	ck_assert_int_eq(chmod(path, 0644), 0);
	ck_assert_int_eq(sim_db_open(path, false, &db, &err), SIM_E_CONFIG);
	ck_assert_int_eq(chmod(path, 0600), 0);
	tamper("PRAGMA user_version = 99");
	ck_assert_int_eq(sim_db_open(path, false, &db, &err), SIM_E_PROTO);
	tamper("PRAGMA user_version = 2; PRAGMA application_id = 7");
	ck_assert_int_eq(sim_db_open(path, false, &db, &err), SIM_E_DATA);
	ck_assert_int_eq(sim_db_open(dir, true, &db, &err), SIM_E_CANTCREAT);
	ck_assert_ptr_null(db);
}
END_TEST

/* One server, by whichever name it has the file. */
START_TEST(one_server)
{
	char name[128];
	int first = -1, second = -1;

	sim_db_close(open_new(path));
	ck_assert_int_eq(symlink(path, other), 0);
	ck_assert_int_eq(sim_db_claim(path, &first, &err), 0);
	ck_assert_int_eq(sim_db_claim(other, &second, &err), SIM_E_AGAIN);
	ck_assert_int_eq(sim_db_claim(path, &second, &err), SIM_E_AGAIN);
	close(first);
	ck_assert_int_eq(sim_db_claim(other, &first, &err), 0);
	ck_assert_int_eq(sim_db_claim(path, &second, &err), SIM_E_AGAIN);
	close(first);
	snprintf(name, sizeof(name), "%s.serving", path);
	ck_assert_int_eq(unlink(name), 0);
}
END_TEST

/* What was reported is there after kill -9, and the chain holds. */
START_TEST(killed)
{
	struct sim_db *db;
	int pipe_fd[2], status, told = 0;
	struct sim_db_stats s;
	int64_t n;
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(pipe_fd), 0);
	sim_db_close(open_new(path));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		db = open_new(path);
		for (int i = 0;; i++) {
			struct sim_user u = { .plan = SIM_PLAN_FREE };

			snprintf(u.name, sizeof(u.name), "n%d", i);
			if (sim_user_add(db, &by, &u, &err) ||
			    write(pipe_fd[1], "x", 1) != 1)
				_exit(1);
		}
	}
	close(pipe_fd[1]);
	while (told < 20 && read(pipe_fd[0], &c, 1) == 1)
		told++;
	kill(pid, SIGKILL);
	while (read(pipe_fd[0], &c, 1) == 1)
		told++;
	close(pipe_fd[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	db = open_new(path);
	ck_assert_int_eq(sim_db_stats(db, NOW, &s, &err), 0);
	ck_assert_int_ge(s.users, told);
	ck_assert_int_le(s.users, told + 1);
	ck_assert_int_eq(sim_audit_verify(db, &n, &err), 0);
	ck_assert_int_eq(n, s.users);
	sim_db_close(db);
}
END_TEST

/* Another process: opens and closes, then says whether it finds "late". */
_Noreturn static void other_process(int hears, int says)
{
	struct sim_db *db = NULL;
	struct sim_user u;
	char c;

	if (read(hears, &c, 1) != 1 || sim_db_open(path, false, &db, &err))
		_exit(2);
	sim_db_close(db);
	if (write(says, "x", 1) != 1 || read(hears, &c, 1) != 1 ||
	    sim_db_open(path, false, &db, &err))
		_exit(2);
	_exit(sim_user_find(db, "late", &u, &err) ? 1 : 0);
}

/* It doesn't take itself for the last user of a file that handles here have
 * open, however many there are, and sees what they write afterwards. */
START_TEST(beside)
{
	int to[2], from[2], status;
	struct sim_db *a, *b;
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(to), 0);
	ck_assert_int_eq(pipe(from), 0);
	/* Before anything is open: locks are a process's own. */
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid)
		other_process(to[0], from[1]);
	a = open_new(path);
	add(a, "early", SIM_USER_ROLE_USER);
	b = open_new(path);
	ck_assert_int_eq(write(to[1], "x", 1), 1);
	ck_assert_int_eq(read(from[0], &c, 1), 1);
	add(a, "late", SIM_USER_ROLE_USER);
	ck_assert_int_eq(write(to[1], "x", 1), 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	sim_db_close(b);
	sim_db_close(a);
}
END_TEST

START_TEST(plans)
{
	enum sim_plan p;

	ck_assert_int_eq(sim_plan_parse("professional", &p, &err), 0);
	ck_assert_int_eq(sim_plan_limit(p,
		SIM_PLAN_LIMIT_orders_per_minute), 1000);
	ck_assert_int_eq(sim_plan_parse("gold", &p, &err), SIM_E_INVAL);
	ck_assert_str_eq(sim_plan_limit_key(0), "concurrent_connections");
	ck_assert_ptr_nonnull(sim_plan_limit_help(0));
	ck_assert_ptr_null(sim_plan_limit_key(SIM_PLAN_LIMIT__COUNT));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("db");
	TCase *t = tcase_create("db");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, users);
	tcase_add_test(t, user_names);
	tcase_add_test(t, last_admin);
	tcase_add_test(t, keys);
	tcase_add_test(t, keys_that_ended);
	tcase_add_test(t, key_of_disabled);
	tcase_add_test(t, no_key_in_file);
	tcase_add_loop_test(t, audit, 0,
			    (int)(sizeof(tampers) / sizeof(tampers[0])));
	tcase_add_test(t, failed_write_leaves_nothing);
	tcase_add_test(t, backup_restore);
	tcase_add_loop_test(t, bad_backup, 0, 2);
	tcase_add_test(t, bad_files);
	tcase_add_test(t, one_server);
	tcase_add_test(t, killed);
	tcase_add_test(t, beside);
	tcase_add_test(t, plans);
	suite_add_tcase(s, t);
	return run_suite(s);
}
