/*
 * resample: buckets, flags and stamps over days of both clocks, early closes
 * and holidays, and sums that equal the source's.
 */
#include "market/resample.h"

#include <string.h>

#include "suite.h"
#include "xnys.h"

#define MIN(n) { SIM_BAR_TF_INTRADAY, (n) * SIM_TIME_MIN }
#define DAY { SIM_BAR_TF_DAY, SIM_TIME_DAY }
#define WEEK { SIM_BAR_TF_WEEK, 7 * SIM_TIME_DAY }

/* Minutes whose prices rise by one: open k, high k + 2, low k - 1, close
 * k + 1, volume k. */
static void add_minutes(struct sim_bar_table *t, const char *from, int n)
{
	for (int i = 0; i < n; i++) {
		sim_dec k = (sim_dec)(100 + t->n) * SIM_DEC_ONE;
		struct sim_bar b = { at(from) + i * SIM_TIME_MIN, k,
				     k + 2 * SIM_DEC_ONE, k - SIM_DEC_ONE,
				     k + SIM_DEC_ONE, k };

		sim_bar_table_add(t, &b, 0);
	}
}

static struct sim_bar_table resample(const struct sim_bar_table *t,
				     struct sim_bar_tf from,
				     struct sim_bar_tf to, bool extended)
{
	struct sim_resample how = { from, to, xnys, extended };
	struct sim_bar_series s = sim_bar_table_view(t);
	struct sim_bar_table out = SIM_BAR_TABLE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_resample_series(&s, &how, &out, NULL, &err), "%s",
		      err.msg);
	return out;
}

static void assert_ts(const struct sim_bar_table *t, size_t i,
		      const char *want, int flags)
{
	char buf[SIM_TIME_STRMAX];

	ck_assert_uint_lt(i, t->n);
	sim_time_format(t->ts[i], buf);
	ck_assert_str_eq(buf, want);
	ck_assert_int_eq(t->flags[i], flags);
}

/* Hours begin at 09:30 New York in January and in July. */
static const struct hour_case {
	const char *open;
	int minutes;
	const char *stamps[7];
} hour_cases[] = {
	{ "2024-01-16T14:30:00Z", 390,
	  { "2024-01-16T14:30:00Z", "2024-01-16T15:30:00Z",
	    "2024-01-16T16:30:00Z", "2024-01-16T17:30:00Z",
	    "2024-01-16T18:30:00Z", "2024-01-16T19:30:00Z",
	    "2024-01-16T20:30:00Z" } },
	{ "2024-07-16T13:30:00Z", 390,
	  { "2024-07-16T13:30:00Z", "2024-07-16T14:30:00Z",
	    "2024-07-16T15:30:00Z", "2024-07-16T16:30:00Z",
	    "2024-07-16T17:30:00Z", "2024-07-16T18:30:00Z",
	    "2024-07-16T19:30:00Z" } },
	{ "2024-07-03T13:30:00Z", 210,
	  { "2024-07-03T13:30:00Z", "2024-07-03T14:30:00Z",
	    "2024-07-03T15:30:00Z", "2024-07-03T16:30:00Z" } },
};

START_TEST(hours)
{
	const struct hour_case *c = &hour_cases[_i];
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, out;
	size_t n = (size_t)(c->minutes + 59) / 60;

	add_minutes(&t, c->open, c->minutes);
	out = resample(&t, (struct sim_bar_tf)MIN(1),
		       (struct sim_bar_tf)MIN(60), false);
	ck_assert_uint_eq(out.n, n);
	for (size_t i = 0; i < n; i++)
		assert_ts(&out, i, c->stamps[i],
			  i + 1 == n ? SIM_BAR_PARTIAL : 0);
	/* The second hour: minutes 60 to 119. */
	ck_assert_int_eq(out.open[1], 160 * SIM_DEC_ONE);
	ck_assert_int_eq(out.high[1], 221 * SIM_DEC_ONE);
	ck_assert_int_eq(out.low[1], 159 * SIM_DEC_ONE);
	ck_assert_int_eq(out.close[1], 220 * SIM_DEC_ONE);
	ck_assert_int_eq(out.volume[1], (160 + 219) * 30 * SIM_DEC_ONE);
	sim_bar_table_release(&out);
	sim_bar_table_release(&t);
}
END_TEST

/* Every timeframe of the issue keeps the volume, the first open, the last
 * close and the extremes of each session. */
static const struct sim_bar_tf coarser[] = {
	MIN(5), MIN(15), MIN(30), MIN(60), MIN(120), MIN(240), DAY, WEEK,
};

START_TEST(sums_are_exact)
{
	static const size_t bars[] = { 78 * 3, 26 * 3, 13 * 3, 7 * 3, 4 * 3,
				       2 * 3, 3, 2 };
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, out;
	sim_dec want = 0, got = 0;

	add_minutes(&t, "2024-03-07T14:30:00Z", 390);
	add_minutes(&t, "2024-03-08T14:30:00Z", 390);
	add_minutes(&t, "2024-03-11T13:30:00Z", 390);
	out = resample(&t, (struct sim_bar_tf)MIN(1), coarser[_i], false);
	ck_assert_uint_eq(out.n, bars[_i]);
	for (size_t i = 0; i < t.n; i++)
		want += t.volume[i];
	for (size_t i = 0; i < out.n; i++) {
		got += out.volume[i];
		ck_assert(i == 0 || out.ts[i - 1] < out.ts[i]);
	}
	ck_assert_int_eq(want, got);
	ck_assert_int_eq(out.open[0], t.open[0]);
	ck_assert_int_eq(out.close[out.n - 1], t.close[t.n - 1]);
	ck_assert_int_eq(out.high[out.n - 1], t.high[t.n - 1]);
	ck_assert_int_eq(out.low[0], t.low[0]);
	sim_bar_table_release(&out);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(days_and_weeks)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, days, weeks;

	/* Thursday to Wednesday around MLK day; the last day breaks off. */
	add_minutes(&t, "2024-01-11T14:30:00Z", 390);
	add_minutes(&t, "2024-01-12T14:30:00Z", 390);
	add_minutes(&t, "2024-01-16T14:30:00Z", 390);
	add_minutes(&t, "2024-01-17T14:30:00Z", 100);
	days = resample(&t, (struct sim_bar_tf)MIN(1), (struct sim_bar_tf)DAY,
			false);
	ck_assert_uint_eq(days.n, 4);
	assert_ts(&days, 0, "2024-01-11T14:30:00Z", 0);
	assert_ts(&days, 2, "2024-01-16T14:30:00Z", 0);
	assert_ts(&days, 3, "2024-01-17T14:30:00Z", SIM_BAR_PARTIAL);
	weeks = resample(&t, (struct sim_bar_tf)MIN(1),
			 (struct sim_bar_tf)WEEK, false);
	ck_assert_uint_eq(weeks.n, 2);
	/* Stamped at Monday's open, though the data begin on Thursday. */
	assert_ts(&weeks, 0, "2024-01-08T14:30:00Z", SIM_BAR_PARTIAL);
	assert_ts(&weeks, 1, "2024-01-16T14:30:00Z", SIM_BAR_PARTIAL);
	sim_bar_table_release(&weeks);
	weeks = resample(&days, (struct sim_bar_tf)DAY,
			 (struct sim_bar_tf)WEEK, false);
	ck_assert_uint_eq(weeks.n, 2);
	assert_ts(&weeks, 0, "2024-01-08T14:30:00Z", SIM_BAR_PARTIAL);
	ck_assert_int_eq(weeks.close[1], t.close[t.n - 1]);
	sim_bar_table_release(&weeks);
	sim_bar_table_release(&days);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(whole_weeks_are_not_partial)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, weeks;

	/* Good Friday's week: four sessions are all it has. */
	add_minutes(&t, "2024-03-25T13:30:00Z", 390);
	add_minutes(&t, "2024-03-26T13:30:00Z", 390);
	add_minutes(&t, "2024-03-28T13:30:00Z", 390);
	weeks = resample(&t, (struct sim_bar_tf)MIN(1),
			 (struct sim_bar_tf)WEEK, false);
	ck_assert_uint_eq(weeks.n, 1);
	assert_ts(&weeks, 0, "2024-03-25T13:30:00Z", 0);
	sim_bar_table_release(&weeks);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(extended_hours)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, out;
	struct sim_resample how = { MIN(1), MIN(60), xnys, false };
	struct sim_bar_series s;
	size_t dropped = 0;

	add_minutes(&t, "2024-07-16T12:00:00Z", 600);	/* 08:00 to 18:00 */
	s = sim_bar_table_view(&t);
	out = (struct sim_bar_table)SIM_BAR_TABLE_INIT;
	ck_assert_int_eq(sim_resample_series(&s, &how, &out, &dropped, NULL),
			 0);
	ck_assert_uint_eq(dropped, 210);
	ck_assert_uint_eq(out.n, 7);
	ck_assert_int_eq(out.open[0], t.open[90]);
	sim_bar_table_release(&out);

	out = resample(&t, (struct sim_bar_tf)MIN(1),
		       (struct sim_bar_tf)MIN(60), true);
	ck_assert_uint_eq(out.n, 2 + 7 + 2);
	assert_ts(&out, 0, "2024-07-16T12:00:00Z", 0);
	assert_ts(&out, 1, "2024-07-16T13:00:00Z", SIM_BAR_PARTIAL);
	assert_ts(&out, 2, "2024-07-16T13:30:00Z", 0);
	assert_ts(&out, 8, "2024-07-16T19:30:00Z", SIM_BAR_PARTIAL);
	assert_ts(&out, 9, "2024-07-16T20:00:00Z", 0);
	assert_ts(&out, 10, "2024-07-16T21:00:00Z", 0);
	sim_bar_table_release(&out);

	out = resample(&t, (struct sim_bar_tf)MIN(1), (struct sim_bar_tf)DAY,
		       true);
	ck_assert_uint_eq(out.n, 1);
	assert_ts(&out, 0, "2024-07-16T13:30:00Z", 0);
	ck_assert_int_eq(out.open[0], t.open[0]);
	ck_assert_int_eq(out.close[0], t.close[599]);
	sim_bar_table_release(&out);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(edges_of_the_data)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, out;

	/* Begins in the first five minutes, ends in the third; the hole in
	 * the second is none of the bucket's business. */
	add_minutes(&t, "2024-07-16T13:32:00Z", 5);
	add_minutes(&t, "2024-07-16T13:39:00Z", 3);
	for (size_t i = 0; i < 3; i++)
		t.flags[i] = SIM_BAR_SYNTHETIC;
	t.has_volume = false;
	out = resample(&t, (struct sim_bar_tf)MIN(1), (struct sim_bar_tf)MIN(5),
		       false);
	ck_assert_uint_eq(out.n, 3);
	ck_assert(!out.has_volume);
	assert_ts(&out, 0, "2024-07-16T13:30:00Z",
		  SIM_BAR_PARTIAL | SIM_BAR_SYNTHETIC);
	assert_ts(&out, 1, "2024-07-16T13:35:00Z", 0);
	assert_ts(&out, 2, "2024-07-16T13:40:00Z", SIM_BAR_PARTIAL);
	sim_bar_table_release(&out);
	t.n = 0;
	out = resample(&t, (struct sim_bar_tf)MIN(1), (struct sim_bar_tf)MIN(5),
		       false);
	ck_assert_uint_eq(out.n, 0);
	sim_bar_table_release(&out);
	sim_bar_table_release(&t);
}
END_TEST

static const struct bad_case {
	struct sim_bar_tf from, to;
} bad_cases[] = {
	{ MIN(5), MIN(1) }, { MIN(5), MIN(5) }, { MIN(5), MIN(7) },
	{ DAY, MIN(5) }, { DAY, DAY }, { WEEK, DAY }, { WEEK, WEEK },
};

START_TEST(not_a_multiple)
{
	struct sim_resample how = { bad_cases[_i].from, bad_cases[_i].to,
				    xnys, false };
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s = sim_bar_table_view(&t);
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_resample_series(&s, &how, &t, NULL, &err),
			 SIM_E_INVAL);
	ck_assert(strstr(err.msg, "can't be made from") != NULL);
}
END_TEST

START_TEST(too_much_volume)
{
	struct sim_resample how = { MIN(1), MIN(5), xnys, false };
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, out = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;
	struct sim_err err = SIM_ERR_INIT;

	add_minutes(&t, "2024-07-16T13:30:00Z", 3);
	t.volume[1] = t.volume[2] = SIM_DEC_MAX - 5;
	s = sim_bar_table_view(&t);
	ck_assert_int_eq(sim_resample_series(&s, &how, &out, NULL, &err),
			 SIM_E_OVERFLOW);
	ck_assert_uint_eq(out.n, 0);
	sim_bar_table_release(&out);
	sim_bar_table_release(&t);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("resample");
	TCase *tc = tcase_create("resample");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, hours, 0, COUNT(hour_cases));
	tcase_add_loop_test(tc, sums_are_exact, 0, COUNT(coarser));
	tcase_add_test(tc, days_and_weeks);
	tcase_add_test(tc, whole_weeks_are_not_partial);
	tcase_add_test(tc, extended_hours);
	tcase_add_test(tc, edges_of_the_data);
	tcase_add_loop_test(tc, not_a_multiple, 0, COUNT(bad_cases));
	tcase_add_test(tc, too_much_volume);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
