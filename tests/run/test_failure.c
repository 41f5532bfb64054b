/*
 * A strategy that fails, wherever it does, leaves a sealed log, a manifest that
 * says where, and the figures of the bars before; one that fails before the
 * first step leaves nothing; one that hangs is left as it stands.
 */
#include "run/loop.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run/log.h"
#include "suite.h"

#include "fixture.h"

enum where { INIT, STEP, FILL, TIMER, END, HANG };

static struct actor {
	enum where where;
	uint64_t at;			/* step */
	struct sim_strategy inner;
	struct sim_strategy_ops ops;
	struct sim_loop *loop;
} actor;

static int give_up(struct sim_err *err)
{
	return sim_err_set(err, SIM_E_STRATEGY, "it was told to fail");
}

static bool is_time(const struct sim_strategy_view *v, enum where w)
{
	return actor.where == w && v->step >= actor.at;
}

static int init(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	(void)self;
	if (actor.where == INIT)
		return give_up(err);
	if (actor.where == TIMER)
		ck_assert(!v->host->timer(v->host->ctx, v->now +
					  (sim_time)actor.at * SIM_TIME_MIN, 0,
					  1, err));
	return actor.inner.ops->init(actor.inner.self, v, err);
}

static int on_step(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	int rc = actor.inner.ops->on_step(actor.inner.self, v, err);

	(void)self;
	return rc || !is_time(v, STEP) ? rc : give_up(err);
}

static int on_fill(void *self, struct sim_strategy_view *v,
		   const struct sim_fill *f, struct sim_err *err)
{
	(void)self;
	(void)f;
	return is_time(v, FILL) ? give_up(err) : SIM_OK;
}

static int on_timer(void *self, struct sim_strategy_view *v, uint64_t id,
		    struct sim_err *err)
{
	(void)self;
	(void)v;
	(void)id;
	return give_up(err);
}

static int on_end(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	(void)self;
	return is_time(v, END) ? give_up(err) : SIM_OK;
}

static void release(void *self)
{
	(void)self;
	actor.inner.ops->free(actor.inner.self);
}

static int stand_in(void *ctx, const struct sim_form *f_,
		    struct sim_strategy *s, struct sim_err *err)
{
	(void)f_;
	(void)ctx;
	(void)err;
	actor.inner = *s;
	actor.ops = (struct sim_strategy_ops){
		.init = init, .on_step = on_step, .on_end = on_end,
		.on_fill = actor.where == FILL ? on_fill : NULL,
		.on_timer = actor.where == TIMER ? on_timer : NULL,
		.free = release,
	};
	s->ops = &actor.ops;
	return SIM_OK;
}

static struct fixture f;

static void setup(void)
{
	fixture_init(&f, 3000);
	fixture_param(&f, "fast", "3");
	fixture_param(&f, "slow", "8");
}

static void teardown(void)
{
	fixture_release(&f);
}

static const struct fail_case {
	enum where where;
	uint32_t nsyms;
	uint64_t at, steps;
} cases[] = {
	{ STEP, 1, 1, 1 }, { STEP, 1, 1000, 1000 }, { STEP, 3, 1000, 1000 },
	{ FILL, 1, 1000, 0 }, { TIMER, 1, 700, 700 }, { TIMER, 3, 701, 701 },
	{ END, 1, 1, 3000 }, { END, 3, 1, 3000 },
};

static uint64_t count_events(const struct sim_run_result *r)
{
	struct sim_log_reader reader;
	struct sim_log_line line;
	uint64_t n = 0;
	int rc;

	ck_assert(!sim_log_open(&reader, r->log.data, r->log.len,
				r->instruments, r->nsyms, NULL));
	while ((rc = sim_log_next(&reader, &line, NULL)) == 1)
		n++;
	ck_assert_int_eq(rc, 0);
	return n;
}

START_TEST(test_what_is_left)
{
	const struct fail_case *c = &cases[_i];
	struct sim_run_result whole = SIM_RUN_RESULT_INIT;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_err err = SIM_ERR_INIT;
	char want[64];

	f.spec.nsyms = c->nsyms;
	fixture_run(&f, &whole);
	f.spec.wrap = stand_in;
	actor.where = c->where;
	actor.at = c->at;
	ck_assert_int_eq(sim_run_execute(&f.spec, &r, &err), SIM_E_STRATEGY);
	ck_assert_str_eq(err.msg, "it was told to fail");
	ck_assert_str_eq(r.failure.msg, err.msg);
	if (c->steps)
		ck_assert_uint_eq(r.steps, c->steps);
	ck_assert_uint_ge(r.steps, c->at);
	ck_assert_uint_eq(r.equity.n, r.steps);
	ck_assert(r.stamps >> SIM_RUN_STAMP_STRATEGY_FAILED & 1);
	ck_assert_uint_eq(r.stop_step, 0);
	for (size_t i = 0; i < r.steps; i++) {
		ck_assert_int_eq(r.equity.value[i], whole.equity.value[i]);
		ck_assert_int_eq(r.equity.time[i], whole.equity.time[i]);
	}
	ck_assert_uint_eq(r.bars, c->where == END ? whole.bars : r.bars);
	ck_assert_uint_le(r.nfills, whole.nfills);
	if (r.nfills)
		ck_assert_mem_eq(r.fills, whole.fills,
				 r.nfills * sizeof(*r.fills));
	ck_assert_uint_eq(count_events(&r), r.counts.events);
	snprintf(want, sizeof(want), "\"failed\":{\"step\":%llu,\"seq\":%llu}",
		 (unsigned long long)r.steps,
		 (unsigned long long)r.counts.events);
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&r.manifest), want));
	sim_run_result_release(&r);
	sim_run_result_release(&whole);
}
END_TEST

START_TEST(test_nothing_began)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_err err = SIM_ERR_INIT;

	f.spec.wrap = stand_in;
	actor.where = INIT;
	r.steps = 77;
	ck_assert_int_eq(sim_run_execute(&f.spec, &r, &err), SIM_E_STRATEGY);
	ck_assert_uint_eq(r.steps, 0);
	ck_assert_int_eq(r.failure.code, 0);
	sim_run_result_release(&r);
}
END_TEST

/* -- a strategy that does not come back ------------------------------------ */

#define HANGS 9				/* exit status that says all is well */

static struct sim_run_result whole, left;

static int hang_step(void *self, struct sim_strategy_view *v,
		     struct sim_err *err)
{
	int rc = actor.inner.ops->on_step(actor.inner.self, v, err);

	(void)self;
	ck_assert(!rc);
	if (v->step != actor.at)
		return SIM_OK;
	ck_assert(sim_loop_abandon(actor.loop, &left));
	ck_assert_uint_eq(left.steps, actor.at);
	ck_assert_uint_eq(left.equity.n, actor.at);
	for (size_t i = 0; i < actor.at; i++) {
		ck_assert_int_eq(left.equity.value[i], whole.equity.value[i]);
		ck_assert_int_eq(left.equity.time[i], whole.equity.time[i]);
		ck_assert_uint_eq(left.equity.eod[i], whole.equity.eod[i]);
	}
	if (left.nfills)
		ck_assert_mem_eq(left.fills, whole.fills,
				 left.nfills * sizeof(*left.fills));
	_exit(HANGS);
}

static const struct hang_case {
	uint32_t nsyms;
	uint64_t at;
	bool has_fill;
} hangs[] = {
	{ 1, 1, false }, { 1, 2999, false }, { 1, 1500, false },
	{ 2, 1500, false }, { 3, 700, false }, { 1, 700, true },
};

START_TEST(test_left_as_it_stands)
{
	const struct hang_case *c = &hangs[_i];
	struct sim_strategy s;
	struct sim_prepare p;
	struct sim_loop_setup loop = {
		.prepared = &p, .spec = &f.spec, .config = &f.spec.config,
		.strategy = &s, .running = &actor.loop,
	};
	struct sim_err err = SIM_ERR_INIT;

	f.spec.nsyms = c->nsyms;
	fixture_run(&f, &whole);
	ck_assert(!sim_form_open(&f.spec.form, &s, &err));
	ck_assert(!stand_in(NULL, NULL, &s, &err));
	actor.where = HANG;
	actor.at = c->at;
	actor.ops.on_step = hang_step;
	actor.ops.on_fill = c->has_fill ? on_fill : NULL;
	ck_assert(!sim_prepare_run(&f.spec, &p, &err));
	ck_assert(!sim_loop_run(&loop, &left, &err));
	ck_abort_msg("it never got there");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("failure");
	TCase *t = tcase_create("failure");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, test_what_is_left, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, test_nothing_began);
	tcase_add_loop_exit_test(t, test_left_as_it_stands, HANGS, 0,
				 sizeof(hangs) / sizeof(hangs[0]));
	suite_add_tcase(s, t);
	return run_suite(s);
}
