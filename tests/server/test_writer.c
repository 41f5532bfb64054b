/*
 * The writer: rows of many threads, all there and in order; what fails alone
 * and what fails together; a queue that is full; a database that another holds;
 * a disk that fails at every step; SIGKILL at any moment (10 rounds, 500 with
 * SIM_LONG=1).
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/writer.h"
#include "suite.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/rand.h"

#define NOW INT64_C(1700000000000000000)
#define THREADS 8
#define ROWS 400

static char dir[] = "/tmp/test_writer.XXXXXX";
static char path[80];
static struct sim_err err;
static const struct sim_db_by by = { "local", NOW, NULL };
static struct sim_user ada;

/* What the writer told; its own thread writes, tests look when it is flushed
 * or stopped. */
#define TOLD 100000
static struct {
	uint64_t decided, calls, lost;
	int first_code;
	int8_t code[TOLD];		/* of ticket i */
} told;
static struct sim_writer *writer;

static void on_lost(void *ctx, uint64_t ticket, const struct sim_err *why)
{
	struct sim_writer *w = *(struct sim_writer **)ctx;

	/* A loss is told before its ticket is decided, and known by then. */
	if (sim_writer_decided(w) >= ticket || !sim_writer_is_lost(w, ticket))
		abort();
	told.lost++;
	if (!told.first_code)
		told.first_code = why->code;
	told.code[ticket] = (int8_t)why->code;
}

static void on_decided(void *ctx, uint64_t ticket)
{
	(void)ctx;
	if (ticket <= told.decided)
		abort();
	told.decided = ticket;
	told.calls++;
}

static void start(struct sim_writer_config c)
{
	int rc;

	c.db_path = path;
	c.ctx = &writer;
	c.lost = on_lost;
	c.decided = on_decided;
	sim_mem_clear(&told, sizeof(told));
	rc = sim_writer_start(&c, &writer, &err);
	ck_assert_msg(!rc, "%s", err.msg);
}

static void stop(void)
{
	sim_writer_stop(writer);
	writer = NULL;
}

static void flush(void)
{
	uint64_t last = sim_writer_last(writer);
	int rc = sim_writer_wait(writer, last, &err);

	ck_assert_int_eq(rc, told.code[last]);
	ck_assert(!rc || err.code == rc);
	ck_assert(sim_writer_is_lost(writer, last) == !!rc);
}

static struct sim_db *open_db(bool create)
{
	struct sim_db *db;
	int rc = sim_db_open(path, create, &db, &err);

	ck_assert_msg(!rc, "%s", err.msg);
	return db;
}

static void setup(void)
{
	struct sim_db *db;

	snprintf(dir + sizeof(dir) - 7, 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.db", dir);
	err = (struct sim_err)SIM_ERR_INIT;
	db = open_db(true);
	ada = (struct sim_user){ .name = "ada", .plan = SIM_PLAN_FREE };
	ck_assert_int_eq(sim_user_add(db, &by, &ada, &err), 0);
	sim_db_close(db);
}

static void teardown(void)
{
	struct sim_err e;

	ck_assert_int_eq(sim_file_remove_tree(dir, &e), 0);
}

static uint64_t insert(const char *id)
{
	static char config[] = "{}";
	struct sim_session_row r = {
		.state = "ready", .created = NOW, .config = config
	};

	memcpy(r.user, ada.id, sizeof(r.user));
	snprintf(r.id, sizeof(r.id), "%.*s", (int)sizeof(r.id) - 1, id);
	return sim_writer_insert(writer, &r);
}

static uint64_t append_line(const char *id, int64_t n, const char *line)
{
	struct sim_writer_line l = { ada.id, id, n, n, line, strlen(line) };

	return sim_writer_append(writer, &l);
}

static uint64_t append(const char *id, int64_t n)
{
	char line[32];

	snprintf(line, sizeof(line), "%s %lld", id, (long long)n);
	return append_line(id, n, line);
}

/* How long its journal is; every line is the one that was sent. */
static size_t check_journal(const char *id)
{
	struct sim_session_row_whole whole;
	struct sim_db *db = open_db(false);
	size_t n;
	char line[32];
	int rc = sim_session_row_load(db, ada.id, id, &whole, &err);

	ck_assert_msg(!rc, "%s", err.msg);
	n = whole.n;
	for (size_t i = 0; i < n; i++) {
		snprintf(line, sizeof(line), "%s %zu", id, i + 1);
		ck_assert_int_eq(strncmp(whole.journal[i].line, line,
					 strlen(line)), 0);
		ck_assert_int_eq(whole.journal[i].step, (int64_t)i + 1);
	}
	sim_session_row_release_whole(&whole);
	sim_db_close(db);
	return n;
}

/* -- what it writes -------------------------------------------------------- */

START_TEST(all_kinds)
{
	struct sim_session_row_change c = {
		.now = NOW + 1, .state = "running", .start = "go", .steps = 5
	};
	struct sim_session_row r;
	struct sim_db *db;
	int64_t entries;

	start((struct sim_writer_config){ 0 });
	ck_assert_uint_eq(sim_writer_last(writer), 0);
	ck_assert_uint_eq(insert("s"), 1);
	ck_assert_uint_eq(insert("t"), 2);
	ck_assert_uint_eq(append("s", 1), 3);
	ck_assert_uint_eq(sim_writer_change(writer, ada.id, "s", &c), 4);
	ck_assert_uint_eq(sim_writer_audit(writer, &by, SIM_AUDIT_USER_CHANGE,
					   "subject", "detail"), 5);
	flush();
	ck_assert_uint_eq(sim_writer_decided(writer), 5);
	ck_assert_uint_eq(sim_writer_delete(writer, ada.id, "t"), 6);
	insert("u");
	stop();
	ck_assert_uint_eq(told.lost, 0);
	ck_assert_uint_eq(told.decided, 7);
	db = open_db(false);
	ck_assert_int_eq(sim_session_row_find(db, ada.id, "s", &r, &err), 0);
	ck_assert_str_eq(r.state, "running");
	ck_assert_str_eq(r.start, "go");
	ck_assert_int_eq(r.steps, 5);
	ck_assert_int_eq(r.journaled, 1);
	sim_session_row_release(&r);
	ck_assert_int_eq(sim_session_row_find(db, ada.id, "t", &r, &err),
			 SIM_E_NOENT);
	ck_assert_int_eq(sim_audit_verify(db, &entries, &err), 0);
	ck_assert_int_eq(entries, 2);
	sim_db_close(db);
}
END_TEST

START_TEST(expires)
{
	struct sim_session_row r;
	struct sim_db *db;

	start((struct sim_writer_config){ 0 });
	insert("s");
	sim_writer_expire(writer, NOW, NOW);
	insert("s");			/* it is still there */
	sim_writer_expire(writer, NOW, NOW + 1);
	stop();
	ck_assert_uint_eq(told.lost, 1);
	ck_assert_int_eq(told.code[3], SIM_E_STATE);
	db = open_db(false);
	ck_assert_int_eq(sim_session_row_find(db, ada.id, "s", &r, &err),
			 SIM_E_NOENT);
	sim_db_close(db);
}
END_TEST

/* Wrong things fail alone. */
START_TEST(refused)
{
	char *text = sim_mem_alloc(SIM_SESSION_ROW_TEXT_MAX + 2);
	struct sim_writer_stats s;
	uint64_t bad[4];

	memset(text, 'x', SIM_SESSION_ROW_TEXT_MAX + 1);
	text[SIM_SESSION_ROW_TEXT_MAX + 1] = '\0';
	start((struct sim_writer_config){ 0 });
	insert("s");
	append("s", 1);
	bad[0] = append("s", 3);
	append("s", 2);
	bad[1] = append("none", 1);
	bad[2] = append("s", 2);
	bad[3] = append_line("s", 3, text);
	append("s", 3);
	flush();
	sim_writer_stats(writer, &s);
	ck_assert_uint_eq(s.lost, 4);
	ck_assert_uint_eq(s.things, 4);
	ck_assert_uint_eq(s.waiting, 0);
	ck_assert_uint_eq(s.waiting_bytes, 0);
	ck_assert(!s.is_failing);
	for (uint64_t t = 1; t <= 8; t++)
		ck_assert(sim_writer_is_lost(writer, t) ==
			  (t == 3 || (t >= 5 && t <= 7)));
	ck_assert_int_eq(sim_writer_wait(writer, bad[0], &err), SIM_E_STATE);
	ck_assert_msg(strstr(err.msg, "line 3 of session s"), "%s", err.msg);
	ck_assert_int_eq(sim_writer_wait(writer, bad[1], &err), SIM_E_NOENT);
	ck_assert_int_eq(sim_writer_wait(writer, bad[3], &err), SIM_E_INVAL);
	ck_assert_int_eq(sim_writer_wait(writer, bad[0] + 1, &err), 0);
	stop();
	ck_assert_uint_eq(told.lost, 4);
	ck_assert_int_eq(told.code[bad[2]], SIM_E_STATE);
	ck_assert_uint_eq(check_journal("s"), 3);
	sim_mem_free(text);
}
END_TEST

/* More losses than are remembered: each was told, the newest are known. */
START_TEST(many_losses)
{
	const uint64_t n = 10000;

	start((struct sim_writer_config){ 0 });
	insert("s");
	for (uint64_t i = 0; i < n; i++)
		append("s", 5 + (int64_t)i);
	append("s", 1);
	flush();
	ck_assert(!sim_writer_is_lost(writer, n + 2));
	for (uint64_t t = n + 1; t > 1; t--)
		ck_assert(sim_writer_is_lost(writer, t));
	ck_assert_int_eq(sim_writer_wait(writer, n, &err), SIM_E_STATE);
	ck_assert_msg(strstr(err.msg, "line 10003 "), "%s", err.msg);
	stop();
	ck_assert_uint_eq(told.lost, n);
}
END_TEST

/* -- many threads ---------------------------------------------------------- */

struct sender {
	char id[8];
	int64_t rows;
	uint64_t newest;
	bool is_monotonic;
};

static void *send_rows(void *arg)
{
	struct sim_err e = SIM_ERR_INIT;
	struct sender *s = arg;

	s->is_monotonic = true;
	for (int64_t n = 1; n <= s->rows; n++) {
		uint64_t ticket = append(s->id, n);

		s->is_monotonic &= ticket > s->newest;
		s->newest = ticket;
		if (n % 100 == 0 && sim_writer_wait(writer, ticket, &e))
			abort();
	}
	return NULL;
}

/* Whether a commit waits for the disk itself, as it does in the program; where
 * nothing hangs on it a test may do without.  Nobody cuts the power here. */
static atomic_bool is_fast;

/* As much as may wait; the last is less than one line takes. */
static const size_t queues[] = { 0, 4096, 10 };

START_TEST(threads)
{
	struct sender senders[THREADS] = { 0 };
	pthread_t ids[THREADS];

	is_fast = queues[_i] == 10;	/* each line is a commit */
	start((struct sim_writer_config){ .bytes_max = queues[_i] });
	for (int i = 0; i < THREADS; i++) {
		snprintf(senders[i].id, sizeof(senders[i].id), "s%d", i);
		senders[i].rows = ROWS;
		insert(senders[i].id);
	}
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&ids[i], NULL, send_rows,
						&senders[i]), 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(ids[i], NULL);
		ck_assert(senders[i].is_monotonic);
	}
	/* Nothing is lost by stopping. */
	stop();
	is_fast = false;
	ck_assert_uint_eq(told.lost, 0);
	ck_assert_uint_eq(told.decided, THREADS * (ROWS + 1));
	for (int i = 0; i < THREADS; i++)
		ck_assert_uint_eq(check_journal(senders[i].id), ROWS);
}
END_TEST

START_TEST(stop_at_once)
{
	start((struct sim_writer_config){ 0 });
	insert("s");
	for (int64_t n = 1; n <= 3000; n++)
		append("s", n);
	stop();
	ck_assert_uint_eq(told.decided, 3001);
	/* They were not committed one by one, nor all at once. */
	ck_assert_uint_ge(told.calls, 4);
	ck_assert_uint_lt(told.calls, 2000);
	ck_assert_uint_eq(check_journal("s"), 3000);
}
END_TEST

/* Once it is mute nobody is told, and all is stored. */
START_TEST(muted)
{
	uint64_t calls;

	start((struct sim_writer_config){ 0 });
	insert("s");
	for (int64_t n = 1; n <= 2000; n++)
		append("s", n);
	sim_writer_mute(writer);
	calls = told.calls;
	for (int64_t n = 2001; n <= 2500; n++)
		append("s", n);
	append("s", 9999);
	stop();
	ck_assert_uint_eq(told.calls, calls);
	ck_assert_uint_eq(told.lost, 1);
	ck_assert_uint_eq(check_journal("s"), 2500);
}
END_TEST

START_TEST(no_database)
{
	struct sim_writer_config c = { .db_path = "/nowhere/a.db" };

	ck_assert_int_eq(sim_writer_start(&c, &writer, &err), SIM_E_NOENT);
	ck_assert_ptr_null(writer);
	sim_writer_stop(NULL);
}
END_TEST

/* -- a backup meanwhile ---------------------------------------------------- */

static bool is_enough;			/* atomic */

static void *send_on(void *arg)
{
	int64_t *n = arg;
	struct sim_err e = SIM_ERR_INIT;

	while (!__atomic_load_n(&is_enough, __ATOMIC_RELAXED))
		if (sim_writer_wait(writer, append("t", ++*n), &e))
			abort();
	return NULL;
}

/* It comes to an end, however fast others write, and holds one moment. */
START_TEST(backup_meanwhile)
{
	char *big = sim_mem_alloc(SIM_SESSION_ROW_TEXT_MAX);
	struct sim_session_row_whole whole;
	int64_t before, during = 0;
	struct sim_db *db;
	char copy[80];
	pthread_t thread;

	memset(big, 'x', SIM_SESSION_ROW_TEXT_MAX - 1);
	big[SIM_SESSION_ROW_TEXT_MAX - 1] = '\0';
	start((struct sim_writer_config){ 0 });
	insert("s");
	insert("t");
	for (int64_t n = 1; n <= 24; n++)
		append_line("s", n, big);
	flush();
	is_enough = false;
	ck_assert_int_eq(pthread_create(&thread, NULL, send_on, &during), 0);
	while ((before = (int64_t)sim_writer_decided(writer) - 26) < 10)
		usleep(1000);
	snprintf(copy, sizeof(copy), "%s/copy.db", dir);
	db = open_db(false);
	ck_assert_int_eq(sim_db_backup(db, &by, copy, &err), 0);
	sim_db_close(db);
	__atomic_store_n(&is_enough, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	stop();
	ck_assert_uint_eq(check_journal("t"), (size_t)during);
	snprintf(path, sizeof(path), "%s", copy);
	db = open_db(false);
	ck_assert_int_eq(sim_session_row_load(db, ada.id, "t", &whole, &err),
			 0);
	ck_assert_int_ge((int64_t)whole.n, before);
	ck_assert_int_le((int64_t)whole.n, during);
	sim_session_row_release_whole(&whole);
	ck_assert_int_eq(sim_session_row_load(db, ada.id, "s", &whole, &err),
			 0);
	ck_assert_uint_eq(whole.n, 24);
	sim_session_row_release_whole(&whole);
	sim_db_close(db);
	sim_mem_free(big);
}
END_TEST

/* -- another process holds the database ------------------------------------ */

static unsigned held_ms;

static void *let_go(void *arg)
{
	usleep(held_ms * 1000);
	sqlite3_exec(arg, "ROLLBACK", NULL, NULL, NULL);
	return NULL;
}

/* Append a line while it is held. */
static void append_locked(sqlite3 *h, int64_t n, bool is_short)
{
	pthread_t thread;

	ck_assert_int_eq(sqlite3_exec(h, "BEGIN IMMEDIATE", NULL, NULL, NULL),
			 SQLITE_OK);
	append("s", n);
	if (is_short)
		ck_assert_int_eq(pthread_create(&thread, NULL, let_go, h), 0);
	flush();
	if (is_short)
		pthread_join(thread, NULL);
}

START_TEST(locked)
{
	struct sim_writer_stats s;
	int64_t n = 0;
	sqlite3 *h;

	start((struct sim_writer_config){ .lock_ms = _i ? 20000 : 150 });
	insert("s");
	flush();
	ck_assert_int_eq(sqlite3_open(path, &h), SQLITE_OK);
	/* Held for longer, if the writer came when it was over. */
	for (held_ms = 300; held_ms < 9000; held_ms *= 5) {
		append_locked(h, ++n, _i);
		sim_writer_stats(writer, &s);
		if (s.retries)
			break;
	}
	ck_assert_uint_ge(s.retries, 1);
	ck_assert(s.is_failing == !_i);
	if (!_i)
		let_go(h);
	/* It finds out by itself. */
	for (int i = 0; s.is_failing && i < 6000; i++) {
		usleep(10 * 1000);
		sim_writer_stats(writer, &s);
	}
	ck_assert(!s.is_failing);
	append("s", _i ? n + 1 : 1);
	stop();
	sqlite3_close(h);
	ck_assert_uint_eq(told.lost, _i ? 0 : 1);
	ck_assert_int_eq(told.first_code, _i ? 0 : SIM_E_AGAIN);
	ck_assert_uint_eq(check_journal("s"), _i ? (size_t)n + 1 : 1);
}
END_TEST

/* -- a disk that fails ----------------------------------------------------- */

/* SQLite's calls go through a table; the synchronising one does not, so it is
 * taken from the library under it. */
static struct {
	atomic_int how;			/* FULL, ... */
	atomic_long at, n;		/* which step; steps so far */
} disk;
enum { FINE, FULL, BROKEN, SHORT_WRITE, HOWS };

static sqlite3_syscall_ptr real_pwrite, real_truncate;

/* 0, or what errno becomes. */
static int fails(bool is_sync)
{
	long n = ++disk.n;

	if (disk.how == FINE || n < disk.at)
		return 0;
	if (disk.how == FULL)		/* and stays so for a while */
		return n < disk.at + 40 && !is_sync ? ENOSPC : 0;
	return n == disk.at ? EIO : 0;
}

static ssize_t bad_pwrite(int fd, const void *p, size_t n, int64_t at)
{
	ssize_t (*real)(int, const void *, size_t, int64_t) =
		(ssize_t (*)(int, const void *, size_t, int64_t))real_pwrite;

	errno = fails(false);
	if (errno && disk.how == SHORT_WRITE) {
		errno = 0;
		n /= 2;
		real(fd, p, n, at);
		errno = EIO;
	}
	return errno ? -1 : real(fd, p, n, at);
}

static int bad_truncate(int fd, off_t n)
{
	int (*real)(int, off_t) = (int (*)(int, off_t))real_truncate;

	errno = fails(false);
	return errno ? -1 : real(fd, n);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
	errno = fails(true);
	return errno ? -1 : is_fast ? 0 : fsync(fd);
}

static void take_calls(bool ours)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	if (!real_pwrite) {
		real_pwrite = vfs->xGetSystemCall(vfs, "pwrite64");
		real_truncate = vfs->xGetSystemCall(vfs, "ftruncate");
	}
	vfs->xSetSystemCall(vfs, "pwrite64", ours ?
			    (sqlite3_syscall_ptr)bad_pwrite : NULL);
	vfs->xSetSystemCall(vfs, "ftruncate", ours ?
			    (sqlite3_syscall_ptr)bad_truncate : NULL);
}

/* Send lines in twos, each again until it is stored, as clients do.  Returns
 * how often one was lost. */
static uint64_t send_stubbornly(int64_t rows, char *line)
{
	uint64_t losses = 0, ticket[2];

	for (int64_t n = 1; n <= rows;) {
		int64_t from = n;
		int count = n < rows ? 2 : 1;

		for (int i = 0; i < count; i++) {
			int k = snprintf(line, 32, "s %lld", (long long)n + i);

			line[k] = '.';
			ticket[i] = append_line("s", n + i, line);
		}
		flush();
		for (int i = 0; i < count; i++)
			n += !told.code[ticket[i]];
		/* After a line was lost none takes its place. */
		ck_assert(count == 1 || !told.code[ticket[0]] ||
			  told.code[ticket[1]]);
		losses += (uint64_t)(from + count - n);
		ck_assert_uint_lt(losses, 200);
	}
	return losses;
}

#define BIG (300 * 1024)		/* so that pages are moved meanwhile */
#define BIG_ROWS 20

/* Fail at step `at`; false when there are not so many. */
static bool fail_at(int how, long at, uint64_t *lost)
{
	char *line = sim_mem_zalloc(BIG + 1);
	uint64_t losses;

	memset(line, '.', BIG);
	setup();
	start((struct sim_writer_config){ 0 });
	insert("s");
	flush();
	disk.how = how;
	disk.at = at;
	disk.n = 0;
	losses = send_stubbornly(BIG_ROWS, line);
	disk.how = FINE;
	stop();
	ck_assert_uint_eq(losses, told.lost);
	ck_assert_uint_eq(check_journal("s"), BIG_ROWS);
	*lost += losses;
	teardown();
	sim_mem_free(line);
	return disk.n >= at;
}

START_TEST(disk_fails)
{
	bool is_long = getenv("SIM_LONG") != NULL;
	uint64_t lost = 0;
	long at = 1, n = 0;

	take_calls(true);
	is_fast = true;
	/* Each of the first steps, then some. */
	while (fail_at(_i, at, &lost)) {
		at += at < (is_long ? 150 : 12) ? 1 : at / (is_long ? 20 : 2);
		n++;
	}
	take_calls(false);
	is_fast = false;
	ck_assert_int_ge(n, 12);
	ck_assert(_i != FULL || lost);
	printf("%ld steps failed, %llu lines lost and sent again\n", n,
	       (unsigned long long)lost);
}
END_TEST

/* -- kill ------------------------------------------------------------------ */

static int acks;			/* pipe to the parent */

static void tell_parent(void *ctx, uint64_t ticket)
{
	(void)ctx;
	if (write(acks, &ticket, sizeof(ticket)) != sizeof(ticket))
		_exit(1);
}

/* Ticket k is line k / 4 + 1 of session k % 4, until the end comes. */
_Noreturn static void send_until_killed(int64_t begin)
{
	struct sim_writer_config c = {
		.db_path = path, .bytes_max = 1 << 20, .decided = tell_parent
	};

	if (sim_writer_start(&c, &writer, &err))
		_exit(1);
	for (int64_t k = begin;; k++) {
		char id[4];

		snprintf(id, sizeof(id), "s%d", (int)(k % 4));
		append(id, k / 4 + 1);
		/* Groups of all sizes. */
		if (k % 7 == 0)
			usleep((useconds_t)(k % 41) * 10);
	}
}

/* Let it run for a while, kill it: which tickets it was told are safe. */
static uint64_t run_and_kill(int64_t begin, useconds_t us)
{
	uint64_t safe = 0, ticket;
	int fd[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(fd), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		close(fd[0]);
		acks = fd[1];
		send_until_killed(begin);
	}
	close(fd[1]);
	if (read(fd[0], &ticket, sizeof(ticket)) == sizeof(ticket))
		safe = ticket;
	usleep(us);
	kill(pid, SIGKILL);
	while (read(fd[0], &ticket, sizeof(ticket)) == sizeof(ticket))
		safe = ticket;
	close(fd[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	return safe;
}

START_TEST(killed)
{
	int rounds = getenv("SIM_LONG") ? 500 : 10;
	struct sim_rand dice;
	uint64_t doubtful = 0;
	int64_t have = 0;

	sim_rand_init(&dice, 14, "kill");
	start((struct sim_writer_config){ 0 });
	for (int i = 0; i < 4; i++) {
		char id[4];

		snprintf(id, sizeof(id), "s%d", i);
		insert(id);
	}
	stop();
	for (int i = 0; i < rounds; i++) {
		uint64_t safe = run_and_kill(have, (useconds_t)
					     sim_rand_below(&dice, 30000));
		int64_t now = 0;

		for (int k = 0; k < 4; k++) {
			char id[4];

			snprintf(id, sizeof(id), "s%d", k);
			now += (int64_t)check_journal(id);
		}
		ck_assert_uint_ge(safe, 1);
		ck_assert_int_ge(now, have + (int64_t)safe);
		/* Lines were sent in turns, so none is missing in between. */
		for (int k = 0; k < 4; k++) {
			char id[4];

			snprintf(id, sizeof(id), "s%d", k);
			ck_assert_int_eq((int64_t)check_journal(id),
					 (now + 3 - k) / 4);
		}
		doubtful += now > have + (int64_t)safe;
		have = now;
	}
	printf("%d kills, %lld lines, %llu commits not yet told of\n", rounds,
	       (long long)have, (unsigned long long)doubtful);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("writer");
	TCase *t = tcase_create("writer"), *d = tcase_create("disk");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, all_kinds);
	tcase_add_test(t, expires);
	tcase_add_test(t, refused);
	tcase_add_test(t, many_losses);
	tcase_add_test(t, muted);
	tcase_add_test(t, no_database);
	tcase_add_loop_test(t, threads, 0,
			    (int)(sizeof(queues) / sizeof(queues[0])));
	tcase_add_test(t, stop_at_once);
	tcase_add_test(t, backup_meanwhile);
	tcase_add_loop_test(t, locked, 0, 2);
	tcase_add_test(t, killed);
	tcase_set_timeout(t, getenv("SIM_LONG") ? 1200 : 600);
	suite_add_tcase(s, t);
	tcase_add_loop_test(d, disk_fails, FULL, HOWS);
	tcase_set_timeout(d, getenv("SIM_LONG") ? 3600 : 600);
	suite_add_tcase(s, d);
	return run_suite(s);
}
