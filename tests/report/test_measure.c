/* measure: every metric alone, several and all at once are those of the whole
 * report, bit for bit, with the deepest drawdown known and not, with memory
 * used again.  Not covered: benchmarks, which it leaves out. */
#include "../suite.h"
#include "fixture.h"

#include "report/measure.h"

static void check(const struct sim_measure *w, const struct sim_metrics *got,
		  const struct sim_report *r)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		const struct sim_metrics_row *row =
			sim_metrics_row((enum sim_metrics_id)i);

		if (row->group == SIM_METRICS_GROUP_BENCHMARK)
			continue;
		if (!w->want[i])
			ck_assert_double_nan(got->v[i]);
		else if (isnan(r->metrics.v[i]))
			ck_assert_msg(isnan(got->v[i]), "%s", row->key);
		else
			ck_assert_msg(got->v[i] == r->metrics.v[i],
				      "%s is %.17g, not %.17g", row->key,
				      got->v[i], r->metrics.v[i]);
	}
}

static void measure(struct sim_measure *w, const struct sim_report *r)
{
	struct sim_metrics m;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_measure_run(w, r->in, &m, &err), "%s", err.msg);
	check(w, &m, r);
}

/* Each metric alone, then all up to it. */
static void measure_each(struct sim_measure *w, const struct sim_report *r)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		memset(w->want, 0, sizeof(w->want));
		w->want[i] = true;
		measure(w, r);
	}
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		w->want[i] = true;
		measure(w, r);
	}
}

START_TEST(same_as_report)
{
	struct fixture_opts o = { (uint64_t)_i + 3, (size_t)_i * 61 % 900,
		_i % 3 ? SIM_TIME_DAY : SIM_TIME_MIN, 1 + (unsigned)_i % 9,
		NULL };
	struct sim_measure w = SIM_MEASURE_INIT;
	struct fixture f;
	struct sim_report r;
	struct sim_err err = SIM_ERR_INIT;

	fixture_make(&f, &o);
	memset(&f.in.bench, 0, sizeof(f.in.bench));
	ck_assert_msg(!sim_report_build(&f.in, &r, &err), "%s", err.msg);
	measure_each(&w, &r);
	w.max_drawdown = r.dd.n ? -r.dd.top[0].depth : 0;
	measure_each(&w, &r);
	sim_measure_release(&w);
	sim_report_release(&r);
	fixture_free(&f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("measure");
	TCase *tc = tcase_create("measure");

	tcase_add_loop_test(tc, same_as_report, 0, 16);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
