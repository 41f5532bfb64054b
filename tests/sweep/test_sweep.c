/* sweep: the same rows for any number of threads, refused points in their
 * place, going on, stopping, points that are skipped, an output that fails;
 * each row's figures and hashes are the run's.  Not covered: files
 * (test_ledger), strategies in other languages (tests/cli/optimize.sh). */
#include <unistd.h>

#include "suite.h"

#include "../run/fixture.h"
#include "sweep/sweep.h"
#include "util/mem.h"

struct setup {
	struct fixture f;
	struct sim_batch *batch;
	struct sim_space space;
	bool want[SIM_METRICS__COUNT];
	struct sim_row_style style;
	struct sim_sweep sweep;
	struct sim_buf rows;
	uint64_t fail_at;		/* row, 0: never */
	uint64_t count;
};

static const char *const no_args[] = { "--strategy=sma-cross", NULL };

static int take(void *ctx, const char *text, size_t n, struct sim_err *err)
{
	struct setup *x = ctx;

	ck_assert_int_eq(text[n - 1], '\n');
	if (x->fail_at && x->count >= x->fail_at)
		return sim_err_set(err, SIM_E_IO, "no room");
	sim_buf_add(&x->rows, text, n);
	for (size_t i = 0; i < n; i++)
		x->count += text[i] == '\n';
	return SIM_OK;
}

static void begin(struct setup *x)
{
	static const struct sim_strategy_param p[] = {
		{ "fast", "5:30:5" }, { "slow", "10:60:10" },
		{ "size", "percent:60" }
	};

	memset(x, 0, sizeof(*x));
	fixture_init(&x->f, 3000);
	x->space = (struct sim_space)SIM_SPACE_INIT;
	ck_assert(!sim_space_parse(p, 3, &x->space, NULL));
	ck_assert(!sim_batch_open(&x->f.spec, &x->batch, NULL));
	x->want[SIM_METRICS_TOTAL_RETURN] = true;
	x->want[SIM_METRICS_MAX_DRAWDOWN] = true;
	x->want[SIM_METRICS_SHARPE] = true;
	x->want[SIM_METRICS_TRADES] = true;
	x->want[SIM_METRICS_COST_TOTAL] = true;
	x->style = (struct sim_row_style){
		.id = "x", .space = &x->space, .want = x->want,
		.args = no_args,
	};
	x->sweep = (struct sim_sweep){
		.batch = x->batch, .style = &x->style,
		.config = &x->f.spec.config, .threads = 1, .ctx = x,
		.rows = take,
	};
	x->rows.max = SIM_BUF_MAX;
}

static void end(struct setup *x)
{
	sim_buf_release(&x->rows);
	sim_batch_close(x->batch);
	sim_space_release(&x->space);
	fixture_release(&x->f);
}

static struct sim_sweep_end run(struct setup *x)
{
	struct sim_sweep_end e;
	struct sim_err err = SIM_ERR_INIT;

	sim_buf_reset(&x->rows);
	x->count = 0;
	ck_assert_msg(!sim_sweep_run(&x->sweep, &e, &err), "%s", err.msg);
	return e;
}

START_TEST(any_threads)
{
	struct setup x;
	struct sim_sweep_end e;
	char *one;

	begin(&x);
	x.sweep.log = true;
	e = run(&x);
	ck_assert_uint_eq(e.rows, 36);
	ck_assert_uint_eq(e.refused, 9);
	ck_assert_ptr_nonnull(strstr(e.first.msg, "fast"));
	one = sim_mem_strdup(x.rows.data);
	for (unsigned n = 2; n <= 40; n += n < 5 ? 1 : 35) {
		x.sweep.threads = n;
		run(&x);
		ck_assert_str_eq(x.rows.data, one);
	}
	sim_mem_free(one);
	end(&x);
}
END_TEST

/* What a row says is what the run alone gives. */
static void check_row(struct setup *x, const char *line, size_t n)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_strategy_param p[SIM_RUN_PARAMS_MAX];
	struct sim_row row;
	sim_dec equity = 0;
	double v = 0;

	ck_assert(!sim_row_read(line, n, &row, NULL));
	if (!row.error) {
		sim_space_params(&x->space, row.number, p);
		x->f.spec.form.params = p;
		x->f.spec.form.nparams = x->space.naxes;
		fixture_run(&x->f, &r);
		ck_assert(sim_json_as_dec(sim_json_get(row.root, "equity"),
					  &equity));
		ck_assert_int_eq(equity, r.account.equity);
		ck_assert_str_eq(sim_json_as_str(sim_json_get(
			row.root, "manifest_hash")), r.manifest_hash);
		ck_assert_str_eq(sim_json_as_str(sim_json_get(
			row.root, "log_hash")), r.log_hash);
		ck_assert(sim_json_as_double(sim_json_get(
			row.root, "max_drawdown"), &v));
		ck_assert_double_eq(v, -r.account.max_drawdown);
		sim_run_result_release(&r);
	}
	sim_row_release(&row);
}

START_TEST(rows_are_runs)
{
	struct setup x;

	begin(&x);
	x.sweep.log = true;
	x.sweep.threads = 2;
	run(&x);
	for (const char *p = x.rows.data, *nl; (nl = strchr(p, '\n'));
	     p = nl + 1)
		check_row(&x, p, (size_t)(nl + 1 - p));
	end(&x);
}
END_TEST

/* Whatever is there already, what is left is the rest. */
START_TEST(goes_on)
{
	struct setup x;
	struct sim_buf part = SIM_BUF_INIT(SIM_BUF_MAX);
	const char *p;
	char *whole;

	begin(&x);
	run(&x);
	whole = sim_mem_strdup(x.rows.data);
	x.sweep.done = (uint64_t)_i * 6;
	x.sweep.threads = 3;
	p = whole;
	for (uint64_t k = 0; k < x.sweep.done; k++)
		p = strchr(p, '\n') + 1;
	sim_buf_add(&part, whole, (size_t)(p - whole));
	ck_assert_uint_eq(run(&x).rows, 36);
	sim_buf_add(&part, sim_buf_str(&x.rows), x.rows.len);
	ck_assert_str_eq(sim_buf_str(&part), whole);
	sim_buf_release(&part);
	sim_mem_free(whole);
	end(&x);
}
END_TEST

static struct sim_stop stop = SIM_STOP_INIT;

static int stop_soon(void *ctx, uint64_t done, uint64_t total,
		     struct sim_err *err)
{
	(void)ctx;
	(void)err;
	ck_assert_uint_le(done, total);
	if (done >= 10)
		__atomic_store_n(&stop.asked, 1, __ATOMIC_RELAXED);
	return SIM_OK;
}

START_TEST(stops)
{
	struct sim_sweep_end e;
	struct setup x;
	char *whole;

	begin(&x);
	run(&x);
	whole = sim_mem_strdup(x.rows.data);
	stop.asked = 0;
	x.sweep.stop = &stop;
	x.sweep.tick = stop_soon;
	x.sweep.threads = (unsigned)_i;
	e = run(&x);
	ck_assert_uint_ge(e.rows, 10);
	ck_assert_uint_le(e.rows, 36);
	ck_assert_uint_eq(e.rows, x.count);
	ck_assert(!strncmp(whole, x.rows.data, x.rows.len));
	sim_mem_free(whole);
	end(&x);
}
END_TEST

static uint64_t last_seen;

static int note_tick(void *ctx, uint64_t done, uint64_t total,
		     struct sim_err *err)
{
	(void)ctx;
	(void)err;
	ck_assert_uint_eq(total, 36);
	ck_assert_uint_ge(done, last_seen);
	last_seen = done;
	return SIM_OK;
}

/* Whoever made the last row, the caller hears of it. */
START_TEST(ticks_to_the_end)
{
	struct setup x;

	begin(&x);
	x.sweep.tick = note_tick;
	for (unsigned n = 1; n <= 12; n++) {
		last_seen = 0;
		x.sweep.threads = n;
		run(&x);
		ck_assert_uint_eq(last_seen, 36);
	}
	end(&x);
}
END_TEST

static int tick_fails(void *ctx, uint64_t done, uint64_t total,
		      struct sim_err *err)
{
	(void)ctx;
	(void)total;
	return done > 5 ? sim_err_set(err, SIM_E_IO, "gone") : SIM_OK;
}

START_TEST(fails)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_sweep_end e;
	struct setup x;

	begin(&x);
	x.sweep.threads = (unsigned)_i;
	x.fail_at = 7;
	ck_assert_int_eq(sim_sweep_run(&x.sweep, &e, &err), SIM_E_IO);
	ck_assert_str_eq(err.msg, "no room");
	x.fail_at = 0;
	x.sweep.tick = tick_fails;
	ck_assert_int_eq(sim_sweep_run(&x.sweep, &e, &err), SIM_E_IO);
	ck_assert_str_eq(err.msg, "gone");
	end(&x);
}
END_TEST

START_TEST(skips)
{
	struct sim_sweep_skip skip = { .number = 4 };
	struct setup x;

	begin(&x);
	sim_err_set(&skip.why, SIM_E_STRATEGY, "it slept");
	x.sweep.skips = &skip;
	x.sweep.nskips = 1;
	x.sweep.threads = 2;
	run(&x);
	ck_assert_uint_eq(x.count, 36);
	ck_assert_ptr_nonnull(strstr(x.rows.data,
		"{\"point\":4,\"points\":36,\"sweep\":\"x\",\"params\":{"
		"\"fast\":5,\"slow\":50,\"size\":\"percent:60\"},"
		"\"error\":\"it slept\",\"code\":\"STRATEGY_FAILED\""));
	end(&x);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sweep");
	TCase *tc = tcase_create("sweep");

	tcase_add_test(tc, any_threads);
	tcase_add_test(tc, rows_are_runs);
	tcase_add_loop_test(tc, goes_on, 0, 7);
	tcase_add_loop_test(tc, stops, 1, 4);
	tcase_add_test(tc, ticks_to_the_end);
	tcase_add_loop_test(tc, fails, 1, 4);
	tcase_add_test(tc, skips);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
