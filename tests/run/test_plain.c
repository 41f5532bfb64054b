/* loop_plain: a run whose calm steps are passed over, and whose times need not
 * be compared where bars are known to be even, says the same as one that makes
 * its steps one by one and knows nothing: log, fills, points, account and
 * errors.  Not covered: that anything is left out at all (the bench shows
 * that). */
#include <unistd.h>

#include "suite.h"

#include "fixture.h"
#include "run/loop.h"

#define BARS 6000

/* The strategy without the slot that tells where it does nothing. */
static int forget_quiet(void *ctx, const struct sim_form *form,
			struct sim_strategy *s, struct sim_err *err)
{
	struct sim_strategy_ops *ops = ctx;

	(void)form;
	(void)err;
	*ops = *s->ops;
	ck_assert(ops->quiet);
	ops->quiet = NULL;
	s->ops = ops;
	return SIM_OK;
}

static void check_same(const struct sim_run_result *a,
		       const struct sim_run_result *b)
{
	ck_assert_uint_gt(a->nfills, 0);
	ck_assert_uint_eq(a->nfills, b->nfills);
	ck_assert(!memcmp(a->fills, b->fills, a->nfills * sizeof(*a->fills)));
	ck_assert_uint_eq(a->equity.n, b->equity.n);
	ck_assert(!memcmp(a->equity.value, b->equity.value,
			  a->equity.n * sizeof(*a->equity.value)));
	ck_assert(!memcmp(a->equity.time, b->equity.time,
			  a->equity.n * sizeof(*a->equity.time)));
	ck_assert(!memcmp(a->equity.eod, b->equity.eod, a->equity.n));
	ck_assert_uint_eq(a->equity.nheld, b->equity.nheld);
	ck_assert(!memcmp(a->equity.gross, b->equity.gross,
			  a->equity.nheld * sizeof(*a->equity.gross)));
	ck_assert(!memcmp(&a->account, &b->account, sizeof(a->account)));
	ck_assert(!memcmp(a->positions, b->positions,
			  a->nsyms * sizeof(*a->positions)));
	ck_assert_uint_eq(a->log.len, b->log.len);
	ck_assert(!memcmp(a->log.data, b->log.data, a->log.len));
	ck_assert_str_eq(a->log_hash, b->log_hash);
	ck_assert_uint_eq(a->steps, b->steps);
	ck_assert_uint_eq(a->bars, b->bars);
	ck_assert_int_eq(a->last, b->last);
}

static void set_gaps(struct fixture *f, bool are_known)
{
	for (uint32_t i = 0; i < f->spec.nsyms; i++) {
		struct sim_bar_series *s = &f->data[i].bars;

		s->gap = are_known ? sim_bar_gap(s) : 0;
	}
}

/* Both ways; the code they end with. */
static int both(struct fixture *f, const char *what)
{
	struct sim_run_result a = SIM_RUN_RESULT_INIT;
	struct sim_run_result b = SIM_RUN_RESULT_INIT;
	struct sim_strategy_ops ops;
	struct sim_err ea = SIM_ERR_INIT, eb = SIM_ERR_INIT;
	int rc;

	set_gaps(f, true);
	rc = sim_run_execute(&f->spec, &a, &ea);
	set_gaps(f, false);
	f->spec.wrap = forget_quiet;
	f->spec.wrap_ctx = &ops;
	ck_assert_msg(sim_run_execute(&f->spec, &b, &eb) == rc, "%s: %s, %s",
		      what, ea.msg, eb.msg);
	ck_assert_str_eq(ea.msg, eb.msg);
	f->spec.wrap = NULL;
	if (!rc)
		check_same(&a, &b);
	sim_run_result_release(&a);
	sim_run_result_release(&b);
	return rc;
}

/* Settings (a name that ends in ':') and parameters, by twos. */
static const char *const cases[][12] = {
	{ "size", "percent:90" },
	{ "size", "cash:0.98", "fast", "2", "slow", "3" },
	{ "size", "sleeve:0.9", "slippage:", "none" },
	{ "side", "long-short", "account:", "margin" },
	{ "side", "short", "account:", "margin", "size", "percent:40" },
	{ "size", "percent:30", "take_profit", "1", "stop_loss", "1" },
	{ "size", "percent:90", "trail", "2", "path:", "worst" },
	{ "size", "percent:90", "slow", "400", "fast", "100" },
	{ "size", "qty:7" },
};

static void set_case(struct fixture *f, const char *const *c)
{
	for (int k = 0; k < 12 && c[k]; k += 2) {
		size_t n = strlen(c[k]);
		char name[32];

		snprintf(name, sizeof(name), "%.*s",
			 (int)(n - (c[k][n - 1] == ':')), c[k]);
		if (c[k][n - 1] == ':')
			fixture_set(f, name, c[k + 1]);
		else
			fixture_param(f, c[k], c[k + 1]);
	}
}

START_TEST(same)
{
	struct fixture f;

	for (uint32_t n = 1; n <= FIXTURE_SYMS; n++) {
		fixture_init(&f, BARS);
		f.spec.nsyms = n;
		/* All at the same times, and once not. */
		if (n == 2)
			f.data[1].bars = sim_bar_table_view(&f.bars[2]);
		set_case(&f, cases[_i]);
		ck_assert_int_eq(both(&f, cases[_i][0]), SIM_OK);
		f.spec.stop_step = 4321;
		ck_assert_int_eq(both(&f, "cut short"), SIM_OK);
		fixture_release(&f);
	}
}
END_TEST

/* Prices grow until what is held is worth more than can be said; where that is
 * depends on the symbols. */
static void inflate(struct sim_bar_table *t, size_t from)
{
	for (size_t i = from; i < t->n; i++) {
		sim_dec p = t->close[i - 1];

		t->open[i] = t->low[i] = p;
		p = p < SIM_DEC_MAX / 4 ? p + p / 64 : p;
		t->close[i] = t->high[i] = p / 1000000 * 1000000;
	}
}

START_TEST(leaves_the_range)
{
	struct fixture f;

	for (uint32_t n = 1; n <= FIXTURE_SYMS; n++) {
		fixture_init(&f, BARS);
		f.spec.nsyms = n;
		for (uint32_t i = 0; i < n; i++)
			inflate(&f.bars[i], 2000 + 50 * i);
		fixture_set(&f, "cash", "1000000000");
		fixture_set(&f, "max-volume-share", "off");
		fixture_param(&f, "size", "percent:90");
		ck_assert_int_eq(both(&f, "inflation"), SIM_E_OVERFLOW);
		fixture_release(&f);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plain");
	TCase *tc = tcase_create("plain");

	tcase_add_loop_test(tc, same, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_test(tc, leaves_the_range);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
