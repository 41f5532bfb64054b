/*
 * stepper: a run stepped by its caller has the log of a whole run with the same
 * requests, for the strategies and rules of the table; also when it ends
 * early.  Bars before a range are the last ones there.
 */
#include <unistd.h>

#include "suite.h"

#include "run/stepper.h"
#include "fixture.h"

/* Stands for somebody elsewhere: takes the strategy's calls in, and lets it
 * act only between steps. */
struct remote {
	struct sim_strategy inner;
	struct sim_strategy_ops ops;
};

static int far_init(void *self, struct sim_strategy_view *v,
		    struct sim_err *err)
{
	struct remote *x = self;

	return x->inner.ops->init(x->inner.self, v, err);
}

static int far_step(void *self, struct sim_strategy_view *v,
		    struct sim_err *err)
{
	(void)self, (void)v, (void)err;
	return SIM_OK;
}

static int far_fill(void *self, struct sim_strategy_view *v,
		    const struct sim_fill *f, struct sim_err *err)
{
	struct remote *x = self;

	return x->inner.ops->on_fill ?
		x->inner.ops->on_fill(x->inner.self, v, f, err) : SIM_OK;
}

static struct sim_strategy far_of(struct remote *x,
				  const struct sim_run_spec *spec)
{
	struct sim_form form = spec->form;

	ck_assert_int_eq(sim_form_open(&form, &x->inner, NULL), 0);
	x->ops = (struct sim_strategy_ops){
		.name = "remote", .init = far_init, .on_step = far_step,
		.on_fill = far_fill,
	};
	return (struct sim_strategy){ &x->ops, x, "" };
}

static const struct {
	const char *strategy;
	struct { const char *name, *value; } params[3];
	uint32_t nsyms;
	struct { const char *name, *value; } rule;
	uint64_t stop;
} cases[] = {
	{ "sma-cross", { { "fast", "5" }, { "slow", "20" } }, 1,
	  { NULL, NULL }, 0 },
	{ "sma-cross", { { "fast", "5" }, { "slow", "20" } }, 3,
	  { NULL, NULL }, 0 },
	{ "sma-cross", { { "fast", "5" }, { "slow", "20" } }, 3,
	  { "fill", "close" }, 0 },
	{ "buy-hold", { { NULL, NULL } }, 2, { NULL, NULL }, 0 },
	{ "rsi-reversion", { { NULL, NULL } }, 3, { "path", "worst" }, 0 },
	{ "sma-cross", { { "fast", "5" }, { "slow", "20" } }, 2,
	  { NULL, NULL }, 777 },
};

static uint64_t drive(struct sim_stepper *l, struct remote *x, uint64_t stop)
{
	struct sim_strategy_view *v = sim_stepper_view(l);
	int rc = 1;

	while ((!stop || v->step < stop) &&
	       (rc = sim_stepper_step(l, NULL)) == 1)
		ck_assert_int_eq(x->inner.ops->on_step(x->inner.self, v,
						       NULL), 0);
	ck_assert_int_ge(rc, 0);
	return v->step;
}

START_TEST(same_log)
{
	struct sim_run_result whole = SIM_RUN_RESULT_INIT;
	const struct sim_run_result *r;
	struct remote x;
	struct sim_strategy s;
	struct sim_stepper *l;
	struct fixture f;
	uint64_t steps;

	fixture_init(&f, 3000);
	f.spec.form.source = cases[_i].strategy;
	for (int i = 0; i < 3 && cases[_i].params[i].name; i++)
		fixture_param(&f, cases[_i].params[i].name,
			      cases[_i].params[i].value);
	if (cases[_i].rule.name)
		fixture_set(&f, cases[_i].rule.name, cases[_i].rule.value);
	f.spec.nsyms = cases[_i].nsyms;
	f.spec.stop_step = cases[_i].stop;
	fixture_run(&f, &whole);

	s = far_of(&x, &f.spec);
	ck_assert_int_eq(sim_stepper_open(&f.spec, &s, &l, NULL), 0);
	steps = drive(l, &x, cases[_i].stop);
	ck_assert_uint_eq(steps, whole.steps);
	if (!cases[_i].stop)
		ck_assert_uint_eq(sim_stepper_steps(l), steps);
	ck_assert_int_eq(sim_stepper_finish(l, &r, NULL), 0);
	ck_assert_uint_gt(r->nfills, 0);
	ck_assert_uint_eq(r->log.len, whole.log.len);
	ck_assert_mem_eq(r->log.data, whole.log.data, whole.log.len);
	ck_assert_str_eq(r->log_hash, whole.log_hash);
	ck_assert_int_eq(r->account.equity, whole.account.equity);
	ck_assert_uint_eq(r->equity.n, whole.equity.n);
	ck_assert_mem_eq(r->equity.value, whole.equity.value,
			 whole.equity.n * sizeof(sim_dec));
	ck_assert_mem_eq(r->equity.eod, whole.equity.eod, whole.equity.n);
	sim_stepper_close(l);
	x.inner.ops->free(x.inner.self);
	sim_run_result_release(&whole);
	fixture_release(&f);
}
END_TEST

START_TEST(bars_before)
{
	struct sim_bar_table out = SIM_BAR_TABLE_INIT;
	struct sim_bar_series range;
	struct remote x;
	struct sim_strategy s;
	struct sim_stepper *l;
	struct fixture f;

	fixture_init(&f, 3000);
	fixture_param(&f, "fast", "5");
	fixture_param(&f, "slow", "20");
	f.spec.from.kind = SIM_RUN_BOUND_TIME;
	f.spec.from.time = FIXTURE_START + 500 * SIM_TIME_MIN;
	s = far_of(&x, &f.spec);
	ck_assert_int_eq(sim_stepper_open(&f.spec, &s, &l, NULL), 0);
	range = sim_stepper_range(l, 0);
	ck_assert_uint_eq(range.n, 2500);
	ck_assert_uint_eq(sim_stepper_bars(l), 2500);
	ck_assert_int_eq(sim_stepper_before(l, 0, 50, &out, NULL), 0);
	ck_assert_uint_eq(out.n, 50);
	ck_assert_int_eq(out.ts[49], f.spec.from.time - SIM_TIME_MIN);
	out.n = 0;
	ck_assert_int_eq(sim_stepper_before(l, 0, 10000, &out, NULL), 0);
	ck_assert_uint_eq(out.n, 500);
	ck_assert_int_eq(out.ts[0], FIXTURE_START);
	sim_bar_table_release(&out);
	sim_stepper_close(l);
	x.inner.ops->free(x.inner.self);
	fixture_release(&f);
}
END_TEST

START_TEST(refused)
{
	struct sim_err err = SIM_ERR_INIT;
	struct remote x;
	struct sim_strategy s;
	struct sim_stepper *l;
	struct fixture f;

	fixture_init(&f, 100);
	fixture_param(&f, "fast", "5");
	f.spec.from.kind = SIM_RUN_BOUND_TIME;
	f.spec.from.time = FIXTURE_START + 500 * SIM_TIME_MIN;
	s = far_of(&x, &f.spec);
	ck_assert_int_eq(sim_stepper_open(&f.spec, &s, &l, &err), SIM_E_INVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "no bar to run on"));
	x.inner.ops->free(x.inner.self);
	fixture_release(&f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stepper");
	TCase *tc = tcase_create("stepper");

	tcase_add_loop_test(tc, same_log, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, bars_before);
	tcase_add_test(tc, refused);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
