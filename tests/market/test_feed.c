/*
 * feed: which bars step, where sessions begin, when bars end.  Speed is not
 * tested here.
 */
#include "market/feed.h"

#include <string.h>

#include "suite.h"
#include "xnys.h"

#define MINUTE { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN }

static void add(struct sim_bar_table *t, sim_time ts)
{
	sim_dec p = (sim_dec)(t->n + 1) * SIM_DEC_ONE;
	struct sim_bar b = { ts, p, p, p, p, p };

	sim_bar_table_add(t, &b, (uint8_t)(t->n & 1));
}

static void add_many(struct sim_bar_table *t, const char *from, sim_time step,
		     int n)
{
	for (int i = 0; i < n; i++)
		add(t, at(from) + i * step);
}

static struct sim_feed prepare(const struct sim_bar_table *t,
			       struct sim_bar_tf tf, bool extended)
{
	struct sim_bar_series s = sim_bar_table_view(t);
	struct sim_err err = SIM_ERR_INIT;
	struct sim_feed f;

	ck_assert_msg(!sim_feed_prepare(&s, tf, xnys, extended, &f, &err),
		      "%s", err.msg);
	return f;
}

START_TEST(whole_sessions_are_a_view)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_feed f;

	/* Friday, then Tuesday after MLK day, then an early close. */
	add_many(&t, "2024-01-12T14:30:00Z", SIM_TIME_MIN, 390);
	add_many(&t, "2024-01-16T14:30:00Z", SIM_TIME_MIN, 389);
	add_many(&t, "2024-01-17T14:31:00Z", SIM_TIME_MIN, 388);
	f = prepare(&t, (struct sim_bar_tf)MINUTE, false);
	ck_assert_ptr_eq(f.bars.ts, t.ts);
	ck_assert_uint_eq(f.bars.n, 1167);
	ck_assert_uint_eq(f.dropped, 0);
	ck_assert_uint_eq(f.first[0], 0);
	ck_assert_uint_eq(f.first[1], 390);
	ck_assert_uint_eq(f.first[2], 779);
	ck_assert_uint_eq(f.first[3], 1167);
	ck_assert_uint_eq(f.first[f.nsessions], 1167);
	ck_assert(f.nsessions > 3);
	ck_assert_int_eq(f.sessions[3].open, at("2024-01-18T14:30:00Z"));
	ck_assert_int_eq(sim_feed_end(&f, 0, 0), at("2024-01-12T14:31:00Z"));
	ck_assert_int_eq(sim_feed_end(&f, 389, 0), at("2024-01-12T21:00:00Z"));
	for (size_t i = 0; i < f.bars.n; i++)
		ck_assert_uint_eq(sim_feed_session_of(&f, i),
				  i < 390 ? 0 : i < 779 ? 1 : 2);
	sim_feed_release(&f);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(extended_hours_are_left_out_or_kept)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_feed f;

	add(&t, at("2024-07-16T07:59:00Z"));	/* before pre-market */
	add_many(&t, "2024-07-16T13:28:00Z", SIM_TIME_MIN, 394);
	add_many(&t, "2024-07-17T13:29:00Z", SIM_TIME_MIN, 2);
	f = prepare(&t, (struct sim_bar_tf)MINUTE, false);
	ck_assert_uint_eq(f.bars.n, 391);
	ck_assert_uint_eq(f.dropped, 6);
	ck_assert_uint_eq(f.first[1], 390);
	ck_assert_int_eq(f.bars.ts[0], at("2024-07-16T13:30:00Z"));
	ck_assert_int_eq(f.bars.close[0], 4 * SIM_DEC_ONE);
	ck_assert_int_eq(f.bars.flags[0], 1);
	ck_assert_int_eq(f.bars.ts[390], at("2024-07-17T13:30:00Z"));
	sim_feed_release(&f);

	f = prepare(&t, (struct sim_bar_tf)MINUTE, true);
	ck_assert_uint_eq(f.bars.n, 396);
	ck_assert_ptr_eq(f.bars.ts, t.ts + 1);
	ck_assert_uint_eq(f.first[1], 394);
	sim_feed_release(&f);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(days_and_weeks_end_with_their_close)
{
	struct sim_bar_tf day = { SIM_BAR_TF_DAY, SIM_TIME_DAY };
	struct sim_bar_tf week = { SIM_BAR_TF_WEEK, 7 * SIM_TIME_DAY };
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_feed f;

	add(&t, at("2024-07-02T13:30:00Z"));
	add(&t, at("2024-07-03T13:30:00Z"));
	add(&t, at("2024-07-05T13:30:00Z"));
	f = prepare(&t, day, false);
	ck_assert_uint_eq(f.bars.n, 3);
	ck_assert_int_eq(sim_feed_end(&f, 1, 1), at("2024-07-03T17:00:00Z"));
	ck_assert_int_eq(sim_feed_end(&f, 2, 2), at("2024-07-05T20:00:00Z"));
	sim_feed_release(&f);
	t.n = 0;

	/* MLK week begins on Tuesday; Good Friday's week ends on Thursday. */
	add(&t, at("2024-01-16T14:30:00Z"));
	add(&t, at("2024-03-25T13:30:00Z"));
	f = prepare(&t, week, false);
	ck_assert_uint_eq(f.bars.n, 2);
	ck_assert_int_eq(sim_feed_end(&f, 0, 0), at("2024-01-19T21:00:00Z"));
	ck_assert_uint_eq(f.first[9], 1);
	ck_assert_uint_eq(f.first[10], 1);
	ck_assert_uint_eq(f.first[11], 2);
	ck_assert_int_eq(sim_feed_end(&f, 1, 10), at("2024-03-28T20:00:00Z"));
	sim_feed_release(&f);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(hours_are_cut_at_the_close)
{
	struct sim_bar_tf hour = { SIM_BAR_TF_INTRADAY, SIM_TIME_HOUR };
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_feed f;

	add_many(&t, "2024-07-16T13:30:00Z", SIM_TIME_HOUR, 7);
	f = prepare(&t, hour, false);
	ck_assert_int_eq(sim_feed_end(&f, 5, 0), at("2024-07-16T19:30:00Z"));
	ck_assert_int_eq(sim_feed_end(&f, 6, 0), at("2024-07-16T20:00:00Z"));
	sim_feed_release(&f);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(empty_and_all_outside)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_feed f = prepare(&t, (struct sim_bar_tf)MINUTE, false);

	ck_assert_uint_eq(f.bars.n, 0);
	ck_assert_uint_eq(f.nsessions, 0);
	sim_feed_release(&f);
	add(&t, at("2024-07-14T12:00:00Z"));
	f = prepare(&t, (struct sim_bar_tf)MINUTE, true);
	ck_assert_uint_eq(f.bars.n, 0);
	ck_assert_uint_eq(f.dropped, 1);
	ck_assert_uint_eq(f.nsessions, 0);
	sim_feed_release(&f);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(years_outside_are_refused)
{
	static const char *const when[] = { "1985-06-03T13:30:00Z",
					    "2031-06-03T13:30:00Z" };
	struct sim_bar_tf day = { SIM_BAR_TF_DAY, SIM_TIME_DAY };
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_feed f;

	add(&t, at(when[_i]));
	s = sim_bar_table_view(&t);
	ck_assert_int_eq(sim_feed_prepare(&s, day, xnys, false, &f, &err),
			 SIM_E_DATA);
	ck_assert(strstr(err.msg, "1990 to 2030") != NULL);
	sim_bar_table_release(&t);
}
END_TEST

/* A series with holes of every size against the plain reading, bar by bar. */
START_TEST(holes_against_a_plain_scan)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	sim_time t0 = at("2020-02-20");
	uint32_t x = 12345u + (uint32_t)_i;
	struct sim_feed f;
	size_t i = 0, k = 0;

	for (int m = 0; m < 40 * 24 * 60; m++) {
		x = x * 1664525u + 1013904223u;
		if ((x >> 24) < (uint32_t)(_i * 60) % 256 + 3)
			add(&t, t0 + m * SIM_TIME_MIN);
	}
	f = prepare(&t, (struct sim_bar_tf)MINUTE, _i & 1);
	for (size_t j = 0; j < t.n; j++) {
		int64_t day;
		struct sim_hours s;

		if (!sim_calendar_day_of(xnys, t.ts[j], &day) ||
		    !sim_calendar_day(xnys, day, &s) ||
		    (!(_i & 1) && (t.ts[j] < s.open || t.ts[j] >= s.close)))
			continue;
		while (f.first[k + 1] <= i)
			k++;
		ck_assert_int_eq(f.bars.ts[i], t.ts[j]);
		ck_assert_int_eq(f.bars.close[i], t.close[j]);
		ck_assert_int_eq(f.sessions[k].day, day);
		ck_assert_uint_eq(sim_feed_session_of(&f, i), k);
		i++;
	}
	ck_assert_uint_eq(i, f.bars.n);
	ck_assert_uint_eq(f.dropped, t.n - i);
	sim_feed_release(&f);
	sim_bar_table_release(&t);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("feed");
	TCase *tc = tcase_create("feed");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, whole_sessions_are_a_view);
	tcase_add_test(tc, extended_hours_are_left_out_or_kept);
	tcase_add_test(tc, days_and_weeks_end_with_their_close);
	tcase_add_test(tc, hours_are_cut_at_the_close);
	tcase_add_test(tc, empty_and_all_outside);
	tcase_add_loop_test(tc, years_outside_are_refused, 0, 2);
	tcase_add_loop_test(tc, holes_against_a_plain_scan, 0, 8);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
