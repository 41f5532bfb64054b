/* batch: each run of a batch is the run that sim_run_execute makes of the same
 * parameters, to the last byte, in any order, and whatever a result held
 * before.  Not covered: threads (tests/sweep). */
#include <unistd.h>

#include "suite.h"

#include "fixture.h"
#include "run/batch.h"

static const char *const fast[] = { "5", "9", "20" };

/* The run alone, of the same parameters. */
static void check_point(struct fixture *f, struct sim_batch *b, int i,
			struct sim_run_result *r)
{
	struct sim_run_result alone = SIM_RUN_RESULT_INIT;
	struct sim_strategy_param p[] = {
		{ "fast", fast[i] }, { "slow", "50" }, { "size", "percent:60" }
	};
	struct sim_batch_point pt = { .params = p, .nparams = 3,
				      .log = i != 1 };
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_batch_run(b, &pt, r, &err), "%s", err.msg);
	f->spec.form.params = p;
	f->spec.form.nparams = 3;
	fixture_run(f, &alone);
	ck_assert_uint_gt(alone.nfills, 0);
	ck_assert_str_eq(r->manifest.data, alone.manifest.data);
	ck_assert_str_eq(r->manifest_hash, alone.manifest_hash);
	ck_assert_str_eq(r->log_hash, pt.log ? alone.log_hash : "");
	ck_assert_int_eq(r->account.equity, alone.account.equity);
	ck_assert_uint_eq(r->nfills, alone.nfills);
	ck_assert_uint_eq(r->equity.n, alone.equity.n);
	ck_assert(!memcmp(r->equity.value, alone.equity.value,
			  r->equity.n * sizeof(*r->equity.value)));
	ck_assert_int_eq(r->periods, alone.periods);
	ck_assert_str_eq(r->strategy, alone.strategy);
	ck_assert_uint_eq(r->nsyms, alone.nsyms);
	sim_run_result_release(&alone);
}

START_TEST(same_as_alone)
{
	static const int order[] = { 0, 1, 2, 1, 0 };
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_batch *b;
	struct fixture f;

	fixture_init(&f, 3000);
	f.spec.nsyms = _i ? FIXTURE_SYMS : 1;
	ck_assert(!sim_run_bound_parse("2020-01-02", "from", false,
				       &f.spec.from, NULL));
	ck_assert_msg(!sim_batch_open(&f.spec, &b, &err), "%s", err.msg);
	ck_assert_uint_gt(sim_batch_bars(b), 0);
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		check_point(&f, b, order[i], &r);
	sim_batch_close(b);
	sim_run_result_release(&r);
	fixture_release(&f);
}
END_TEST

/* A refused point leaves the batch and the result fit for the next. */
START_TEST(refused)
{
	static const struct sim_strategy_param bad[] = {
		{ "fast", "50" }, { "slow", "20" }
	};
	struct sim_batch_point pt = { .params = bad, .nparams = 2 };
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_batch *b;
	struct fixture f;

	fixture_init(&f, 3000);
	ck_assert(!sim_batch_open(&f.spec, &b, &err));
	check_point(&f, b, 0, &r);
	ck_assert_int_eq(sim_batch_run(b, &pt, &r, &err), SIM_E_INVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "fast"));
	check_point(&f, b, 2, &r);
	sim_batch_close(b);
	f.spec.form.source = NULL;
	ck_assert_int_eq(sim_batch_open(&f.spec, &b, &err), SIM_E_INVAL);
	sim_run_result_release(&r);
	fixture_release(&f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("batch");
	TCase *tc = tcase_create("batch");

	tcase_add_loop_test(tc, same_as_alone, 0, 2);
	tcase_add_test(tc, refused);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
