/* folder, verify and diff: what is saved opens as it was, whatever process was
 * killed; a changed byte is noticed; a run reproduces, and when an input has
 * changed the first difference is named.  Not covered: full disks. */
#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"

#include "fixture.h"
#include "run/diff.h"
#include "run/folder.h"
#include "run/verify.h"
#include "util/file.h"
#include "util/mem.h"

static struct fixture fix;
static struct sim_run_result res;
static const char *dir;

static void setup(void)
{
	static const struct sim_run_result none = SIM_RUN_RESULT_INIT;

	res = none;
	dir = fixture_dir();
	ck_assert(!sim_file_remove_tree(dir, NULL) || access(dir, F_OK));
	fixture_init(&fix, 6000);
	fix.spec.nsyms = 2;
	fixture_param(&fix, "fast", "5");
	fixture_param(&fix, "slow", "12");
	fixture_param(&fix, "size", "percent:80");
	fixture_param(&fix, "stop_loss", "0.3");
	fixture_param(&fix, "take_profit", "0.3");
}

static void teardown(void)
{
	sim_run_result_release(&res);
	fixture_release(&fix);
	ck_assert(!sim_file_remove_tree(dir, NULL) || access(dir, F_OK));
}

static void save(char id[SIM_FOLDER_ID])
{
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_folder_save(dir, &fix.spec, &res, FIXTURE_START, id,
				       &err), "%s", err.msg);
}

static struct sim_folder *open_run(const char *id)
{
	struct sim_folder *f;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_folder_open(dir, id, &f, &err), "%s", err.msg);
	return f;
}

START_TEST(as_it_was)
{
	char id[SIM_FOLDER_ID];
	struct sim_folder *f;
	const struct sim_run_result *r;

	fix.spec.benchmark = &fix.data[2];
	fixture_run(&fix, &res);
	save(id);
	ck_assert_str_eq(id, "r1");
	f = open_run("last");
	r = &f->result;
	ck_assert_str_eq(f->id, "r1");
	ck_assert_uint_eq(r->nfills, res.nfills);
	for (size_t i = 0; i < r->nfills; i++)
		ck_assert(!memcmp(&r->fills[i], &res.fills[i],
				  sizeof(r->fills[i])));
	ck_assert(!memcmp(&r->account, &res.account, sizeof(r->account)));
	ck_assert(!memcmp(&r->counts, &res.counts, sizeof(r->counts)));
	ck_assert(!memcmp(&r->band, &res.band, sizeof(r->band)));
	ck_assert(!memcmp(r->positions, res.positions,
			  2 * sizeof(*r->positions)));
	ck_assert(!memcmp(r->instruments, res.instruments,
			  2 * sizeof(*r->instruments)));
	ck_assert_uint_eq(r->equity.n, res.equity.n);
	ck_assert(!memcmp(r->equity.time, res.equity.time, r->equity.n * 8));
	ck_assert(!memcmp(r->equity.value, res.equity.value,
			  r->equity.n * 8));
	ck_assert(!memcmp(r->equity.eod, res.equity.eod, r->equity.n));
	ck_assert_uint_gt(r->equity.nheld, 1);
	ck_assert_uint_eq(r->equity.nheld, res.equity.nheld);
	ck_assert(!memcmp(r->equity.gross, res.equity.gross,
			  r->equity.nheld * 8));
	ck_assert(!memcmp(r->equity.net, res.equity.net,
			  r->equity.nheld * 8));
	ck_assert(!memcmp(r->equity.benchmark, res.equity.benchmark,
			  r->equity.n * 8));
	ck_assert_str_eq(r->log.data, res.log.data);
	ck_assert_str_eq(r->manifest_hash, res.manifest_hash);
	ck_assert_uint_eq(r->stamps, res.stamps);
	ck_assert_int_eq(r->first, res.first);
	ck_assert_int_eq(r->last, res.last);
	ck_assert_str_eq(r->timeframe, "1min");
	ck_assert_int_eq(r->periods, 365);
	sim_folder_close(f);
}
END_TEST

START_TEST(ids_and_lists)
{
	char id[SIM_FOLDER_ID];
	struct sim_folder_entry *e;
	struct sim_folder *f;
	struct sim_err err = SIM_ERR_INIT;
	size_t n;

	ck_assert_int_eq(sim_folder_list(dir, &e, &n, &err), 0);
	ck_assert_uint_eq(n, 0);
	sim_mem_free(e);
	ck_assert_int_eq(sim_folder_open(dir, "last", &f, &err), SIM_E_NOENT);
	fixture_run(&fix, &res);
	for (int i = 0; i < 11; i++)
		save(id);
	ck_assert_str_eq(id, "r11");
	ck_assert_int_eq(sim_folder_remove(dir, "r3", &err), 0);
	ck_assert_int_eq(sim_folder_remove(dir, "r3", &err), SIM_E_NOENT);
	ck_assert_msg(strstr(err.msg, "the newest is r11"), "%s", err.msg);
	ck_assert_int_eq(sim_folder_open(dir, "../r1", &f, &err),
			 SIM_E_NOENT);
	ck_assert_int_eq(sim_folder_list(dir, &e, &n, &err), 0);
	ck_assert_uint_eq(n, 10);
	ck_assert_str_eq(e[2].id, "r4");
	ck_assert_str_eq(e[9].id, "r11");
	ck_assert_str_eq(e[0].symbols, "AAA,BBB");
	ck_assert_str_eq(e[0].problem, "");
	ck_assert_int_eq(e[0].equity, res.account.equity);
	ck_assert_uint_eq(e[0].fills, res.counts.fills);
	ck_assert_int_eq(e[0].created, FIXTURE_START);
	sim_mem_free(e);
}
END_TEST

/* Any changed byte of any file but the summary is noticed on opening. */
static const char *const files[] = {
	"manifest.json", "events.ndjson", "equity.col"
};

START_TEST(altered)
{
	char id[SIM_FOLDER_ID], path[128];
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_folder *f;
	struct sim_err err = SIM_ERR_INIT;

	fixture_run(&fix, &res);
	save(id);
	snprintf(path, sizeof(path), "%s/r1/%s", dir, files[_i]);
	ck_assert_int_eq(sim_file_read(path, SIM_BUF_MAX, &b, &err), 0);
	for (size_t k = 0; k < 40; k++) {
		size_t at = b.len * k / 40;

		b.data[at] ^= 4;
		ck_assert_int_eq(sim_file_write(path, b.data, b.len, 0644,
						&err), 0);
		ck_assert_int_eq(sim_folder_open(dir, "r1", &f, &err),
				 SIM_E_DATA);
		ck_assert_msg(strstr(err.msg, "run r1: ") == err.msg, "%s",
			      err.msg);
		b.data[at] ^= 4;
	}
	ck_assert_int_eq(sim_file_write(path, b.data, b.len / 2, 0644, &err),
			 0);
	ck_assert_int_eq(sim_folder_open(dir, "r1", &f, &err), SIM_E_DATA);
	sim_buf_release(&b);
}
END_TEST

/* -- killed ---------------------------------------------------------------- */

static void sleep_us(long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

/* Save for ever, now and then removing; until killed. */
static _Noreturn void save_on(void)
{
	char id[SIM_FOLDER_ID];

	for (int i = 0;; i++) {
		if (sim_folder_save(dir, &fix.spec, &res, 0, id, NULL))
			_exit(1);
		if (i % 3 == 2 && sim_folder_remove(dir, id, NULL))
			_exit(2);
	}
}

static int count_new(void)
{
	DIR *d = opendir(dir);
	struct dirent *de;
	int n = 0;

	while (d && (de = readdir(d)))
		n += !strncmp(de->d_name, ".new-", 5);
	if (d)
		closedir(d);
	return n;
}

/* Kill a saving process at seeded moments: every run that is there opens, and
 * the next save sweeps what was left. */
START_TEST(killed)
{
	int kills = getenv("SIM_LONG") ? 100 : 10;
	struct sim_folder_entry *e;
	char id[SIM_FOLDER_ID];
	struct sim_rand r;
	size_t n;

	fixture_run(&fix, &res);
	sim_rand_init(&r, 7, "kills");
	for (int k = 0; k < kills; k++) {
		pid_t pid = fork();

		if (!pid)
			save_on();
		sleep_us(500 + (long)sim_rand_below(&r, 30000));
		ck_assert(!kill(pid, SIGKILL));
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		ck_assert_int_eq(sim_folder_list(dir, &e, &n, NULL), 0);
		for (size_t i = 0; i < n; i++)
			sim_folder_close(open_run(e[i].id));
		sim_mem_free(e);
	}
	save(id);
	ck_assert_int_eq(count_new(), 0);
}
END_TEST

/* Two processes that save at once get different ids, without holes. */
START_TEST(two_at_once)
{
	enum { EACH = 8 };
	struct sim_folder_entry *e;
	char id[SIM_FOLDER_ID];
	pid_t pid;
	int status;
	size_t n;

	fixture_run(&fix, &res);
	pid = fork();
	for (int i = 0; i < EACH; i++) {
		if (sim_folder_save(dir, &fix.spec, &res, 0, id, NULL)) {
			if (!pid)
				_exit(1);
			ck_abort_msg("a save failed");
		}
	}
	if (!pid)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(sim_folder_list(dir, &e, &n, NULL), 0);
	ck_assert_uint_eq(n, 2 * EACH);
	ck_assert_str_eq(e[n - 1].id, "r16");
	sim_mem_free(e);
}
END_TEST

/* -- verify ---------------------------------------------------------------- */

static int load(void *ctx, const char *symbol, struct sim_bar_tf tf,
		const char *file, struct sim_run_data *d, struct sim_err *err)
{
	(void)ctx;
	(void)tf;
	(void)file;
	for (int i = 0; i < FIXTURE_SYMS; i++) {
		if (!strcmp(fix.data[i].instrument.symbol, symbol)) {
			*d = fix.data[i];
			return SIM_OK;
		}
	}
	return sim_err_set(err, SIM_E_NOENT, "%s is gone", symbol);
}

static const struct sim_verify_source source = { .load = load };

static int verify(const char *id, struct sim_verify_report *rep,
		  struct sim_err *err)
{
	struct sim_folder *f = open_run(id);
	int rc = sim_verify_run(f, &source, rep, err);

	sim_folder_close(f);
	return rc;
}

/* With a range, an order list, a stop: each run reproduces. */
START_TEST(reproduces)
{
	static const char list[] =
		"time,symbol,side,quantity,take_profit,stop_loss\n"
		"2020-01-01T00:10:00Z,AAA,buy,50,101,99\n"
		"2020-01-02T00:20:00Z,BBB,buy,10,,\n";
	struct sim_orders *o = NULL;
	struct sim_verify_report rep;
	struct sim_err err = SIM_ERR_INIT;
	char id[SIM_FOLDER_ID];

	if (_i == 1)
		ck_assert_int_eq(sim_run_bound_parse("2020-01-02", "--from",
						     false, &fix.spec.from,
						     NULL), 0);
	if (_i == 2)
		fix.spec.stop_step = 777;
	if (_i == 3)
		ck_assert_int_eq(sim_orders_parse("l", list, strlen(list), &o,
						  NULL), 0);
	fix.spec.orders = o;
	fixture_run(&fix, &res);
	ck_assert_uint_gt(res.nfills, 0);
	save(id);
	ck_assert_msg(!verify(id, &rep, &err), "%s", err.msg);
	ck_assert_uint_eq(rep.events, res.counts.events);
	ck_assert_uint_gt(rep.bars, 4000);
	sim_verify_release(&rep);
	sim_orders_free(o);
}
END_TEST

START_TEST(altered_bar)
{
	struct sim_verify_report rep;
	struct sim_err err = SIM_ERR_INIT;
	char id[SIM_FOLDER_ID];

	fixture_run(&fix, &res);
	save(id);
	fix.bars[1].high[4100]++;
	ck_assert_int_eq(verify(id, &rep, &err), SIM_E_REPRO);
	ck_assert(rep.data_differs);
	ck_assert_str_eq(rep.symbol, "BBB");
	ck_assert_uint_eq(rep.chunk, 1);
	ck_assert_uint_eq(rep.row, 4100);
	ck_assert_int_eq(rep.row_time, fix.bars[1].ts[4100]);
	ck_assert_msg(strstr(err.msg, "chunk 1, row 4100"), "%s", err.msg);
	fix.bars[1].high[4100]--;
	fix.data[1].bars.n -= 10;
	ck_assert_int_eq(verify(id, &rep, &err), SIM_E_REPRO);
	ck_assert_msg(strstr(err.msg, "they part at chunk 1"), "%s", err.msg);
	sim_verify_release(&rep);
}
END_TEST

/* Bars that came later are none of a run's business. */
START_TEST(more_bars_later)
{
	struct sim_verify_report rep;
	struct sim_err err = SIM_ERR_INIT;
	char id[SIM_FOLDER_ID];

	fix.data[0].bars.n = fix.data[1].bars.n = 3000;
	fixture_run(&fix, &res);
	save(id);
	fix.data[0].bars.n = fix.data[1].bars.n = 4000;
	ck_assert_msg(!verify(id, &rep, &err), "%s", err.msg);
	sim_verify_release(&rep);
}
END_TEST

/* An event is changed and the log sealed again: its line is named, with both
 * versions. */
START_TEST(altered_event)
{
	struct sim_verify_report rep;
	struct sim_err err = SIM_ERR_INIT;
	char id[SIM_FOLDER_ID], hex[SIM_SHA256_HEX], *p, *seal;
	uint8_t h[SIM_SHA256_SIZE];

	fixture_run(&fix, &res);
	p = strstr(res.log.data, "\"type\":\"fill\"");
	p = strstr(p, "\"price\":");
	p[8] = p[8] == '9' ? '8' : (char)(p[8] + 1);
	seal = strstr(res.log.data, "{\"type\":\"seal\"");
	sim_sha256_of(res.log.data, (size_t)(seal - res.log.data), h);
	sim_sha256_hex(h, hex);
	memcpy(strstr(seal, "\"sha256\":\"") + 10, hex, 64);
	memcpy(res.log_hash, hex, sizeof(hex));
	save(id);
	ck_assert_int_eq(verify(id, &rep, &err), SIM_E_REPRO);
	ck_assert(rep.events_differ && !rep.data_differs);
	ck_assert(strstr(rep.saved, "\"type\":\"fill\""));
	ck_assert(strstr(rep.now, "\"type\":\"fill\""));
	ck_assert_str_ne(rep.saved, rep.now);
	ck_assert_msg(strstr(err.msg, "did not reproduce: event "), "%s",
		      err.msg);
	sim_verify_release(&rep);
}
END_TEST

START_TEST(missing_input)
{
	struct sim_verify_report rep;
	struct sim_err err = SIM_ERR_INIT;
	char id[SIM_FOLDER_ID];

	fixture_run(&fix, &res);
	save(id);
	fix.data[1].instrument.symbol[0] = 'X';
	ck_assert_int_eq(verify(id, &rep, &err), SIM_E_NOENT);
	ck_assert_str_eq(err.msg, "BBB is gone");
	sim_verify_release(&rep);
}
END_TEST

/* -- diff ------------------------------------------------------------------ */

START_TEST(differences)
{
	struct sim_run_result other = SIM_RUN_RESULT_INIT;
	struct sim_diff d;

	fixture_run(&fix, &res);
	fixture_run(&fix, &other);
	sim_diff_runs(&res, &other, &d);
	ck_assert(d.same_manifest && d.same_log);
	ck_assert_uint_eq(d.line, 0);
	ck_assert_int_eq(d.parted, SIM_TIME_NONE);
	fixture_set(&fix, "commission", "per-order:2");
	fixture_run(&fix, &other);
	sim_diff_runs(&res, &other, &d);
	ck_assert(!d.same_manifest && !d.same_log);
	ck_assert_uint_gt(d.line, 0);
	ck_assert(strncmp(d.a, d.b, d.a_len));
	ck_assert_int_ne(d.parted, SIM_TIME_NONE);
	ck_assert_int_ne(d.max_gap, 0);
	ck_assert_int_eq(d.fees, other.account.fees - res.account.fees);
	ck_assert_int_eq(d.equity_b, other.account.equity);
	sim_run_result_release(&other);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("folder");
	TCase *t = tcase_create("folder");

	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, as_it_was);
	tcase_add_test(t, ids_and_lists);
	tcase_add_loop_test(t, altered, 0, 3);
	tcase_add_test(t, killed);
	tcase_add_test(t, two_at_once);
	tcase_add_loop_test(t, reproduces, 0, 4);
	tcase_add_test(t, altered_bar);
	tcase_add_test(t, more_bars_later);
	tcase_add_test(t, altered_event);
	tcase_add_test(t, missing_input);
	tcase_add_test(t, differences);
	suite_add_tcase(s, t);
	return run_suite(s);
}
