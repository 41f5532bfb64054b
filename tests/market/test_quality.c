/*
 * quality: planted defects are found, each alone and all together, clean data
 * are clean; and gaps are counted against the calendar.
 */
#include "market/quality.h"

#include <string.h>

#include "market/gen.h"
#include "suite.h"
#include "xnys.h"

static const struct sim_bar_tf minute = { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN };

/* Two clean weeks of minutes in January 2024: 3,510 bars. */
static struct sim_bar_table clean(struct sim_bar_tf tf)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_gen g;

	sim_gen_defaults(&g);
	g.cal = xnys;
	g.tf = tf;
	g.jump_rate = 0;
	g.from = sim_time_days(2024, 1, 8);
	g.to = sim_time_days(2024, 1, 19);
	ck_assert_int_eq(sim_gen_bars(&g, &t, NULL), 0);
	return t;
}

static struct sim_quality check(const struct sim_bar_table *t,
				struct sim_bar_tf tf)
{
	struct sim_bar_series s = sim_bar_table_view(t);
	struct sim_quality q;

	sim_quality_check(&s, tf, xnys, (struct sim_adjust_actions){ NULL, 0 },
			  &q);
	return q;
}

START_TEST(clean_is_clean)
{
	static const char *const frames[] = { "1min", "5min", "1h", "daily",
					      "weekly" };
	struct sim_bar_tf tf;
	struct sim_bar_table t;
	struct sim_quality q;

	ck_assert_int_eq(sim_bar_tf_parse(frames[_i], &tf, NULL), 0);
	t = clean(tf);
	q = check(&t, tf);
	ck_assert_msg(q.n == 0, "%s: %s", frames[_i],
		      q.n ? q.items[0].text : "");
	ck_assert_uint_eq(q.errors + q.suspects, 0);
	sim_quality_release(&q);
	sim_bar_table_release(&t);
}
END_TEST

static void remove_rows(struct sim_bar_table *t, size_t at_row, size_t n)
{
	size_t rest = (t->n - at_row - n) * 8;
	sim_dec *cols[] = { t->ts, t->open, t->high, t->low, t->close,
			    t->volume };

	for (int i = 0; i < 6; i++)
		memmove(cols[i] + at_row, cols[i] + at_row + n, rest);
	t->n -= n;
}

static void swap_rows(struct sim_bar_table *t, size_t a, size_t b)
{
	sim_dec *cols[] = { t->ts, t->open, t->high, t->low, t->close,
			    t->volume };

	for (int i = 0; i < 6; i++) {
		sim_dec x = cols[i][a];

		cols[i][a] = cols[i][b];
		cols[i][b] = x;
	}
}

static void plant_high_low(struct sim_bar_table *t)
{
	sim_dec x = t->high[100];

	t->high[100] = t->low[100] - SIM_DEC_ONE / 100;
	t->low[100] = x;
}

static void plant_open(struct sim_bar_table *t)
{
	t->open[200] = t->high[200] + SIM_DEC_ONE / 100;
}

static void plant_close(struct sim_bar_table *t)
{
	t->close[300] = t->low[300] - SIM_DEC_ONE / 100;
}

static void plant_zero(struct sim_bar_table *t)
{
	t->open[400] = t->high[400] = t->low[400] = t->close[400] = 0;
}

static void plant_negative(struct sim_bar_table *t)
{
	t->low[500] = -t->low[500];
}

static void plant_volume(struct sim_bar_table *t)
{
	t->volume[600] = -1;
}

static void plant_duplicate(struct sim_bar_table *t)
{
	t->ts[700] = t->ts[699];
}

static void plant_swap(struct sim_bar_table *t)
{
	swap_rows(t, 799, 800);
}

static void plant_spike(struct sim_bar_table *t)
{
	t->close[900] = t->high[900] = t->close[900] * 11 / 10;
}

static void plant_wick(struct sim_bar_table *t)
{
	t->low[1000] = t->low[1000] * 9 / 10;
}

static void plant_gap(struct sim_bar_table *t)
{
	remove_rows(t, 1100, 5);
}

static void plant_missing_day(struct sim_bar_table *t)
{
	remove_rows(t, 390 * 3, 390);
}

static void plant_missing_week(struct sim_bar_table *t)
{
	remove_rows(t, 390 - 2, 390 * 3 + 12);
}

/* Prices from a row on as after a split. */
static void split_from(struct sim_bar_table *t, size_t row, int num, int den)
{
	sim_dec *cols[] = { t->open, t->high, t->low, t->close };

	for (int k = 0; k < 4; k++)
		for (size_t i = row; i < t->n; i++)
			cols[k][i] = cols[k][i] * den / num;
}

static void plant_split(struct sim_bar_table *t)
{
	split_from(t, 390 * 4, 7, 1);
}

static void plant_night(struct sim_bar_table *t)
{
	t->ts[t->n - 1] = at("2024-01-20T03:00:00Z");
}

static void plant_seconds(struct sim_bar_table *t)
{
	t->ts[1300] += 7 * SIM_TIME_SEC;
}

/* `also`: another kind that may come with it, or -1. */
static const struct plant {
	void (*plant)(struct sim_bar_table *);
	enum sim_quality_kind kind;
	size_t row;
	const char *text;
	int also;
} plants[] = {
	{ plant_high_low, SIM_QUALITY_HIGH_LOW, 100, "is below the low", -1 },
	{ plant_open, SIM_QUALITY_RANGE, 200, "the open ", -1 },
	{ plant_close, SIM_QUALITY_RANGE, 300, "the close ", -1 },
	{ plant_zero, SIM_QUALITY_PRICE, 400, "the open 0 is not", -1 },
	{ plant_negative, SIM_QUALITY_PRICE, 500, "the low -", -1 },
	{ plant_volume, SIM_QUALITY_VOLUME, 600, "-0.00000001 is neg", -1 },
	{ plant_duplicate, SIM_QUALITY_DUPLICATE, 700, "was there before",
	  SIM_QUALITY_GAP },
	{ plant_swap, SIM_QUALITY_OUT_OF_ORDER, 800, "after a newer one", -1 },
	{ plant_spike, SIM_QUALITY_SPIKE, 900, "sticks out 9", -1 },
	{ plant_wick, SIM_QUALITY_SPIKE, 1000, "sticks out 1", -1 },
	{ plant_gap, SIM_QUALITY_GAP, 1100, "5 bars are missing from "
	  "2024-01-10T19:50:00Z to 2024-01-10T19:55:00Z", -1 },
	{ plant_missing_day, SIM_QUALITY_GAP, 1170, "390 bars are missing "
	  "from 2024-01-11T14:30:00Z to 2024-01-11T21:00:00Z", -1 },
	/* From the end of Monday to the begin of Friday, in one piece. */
	{ plant_missing_week, SIM_QUALITY_GAP, 388, "1182 bars are missing "
	  "from 2024-01-08T20:58:00Z to 2024-01-12T14:40:00Z", -1 },
	{ plant_split, SIM_QUALITY_SPLIT, 1560, "looks like a 7:1 split", -1 },
	{ plant_night, SIM_QUALITY_CLOSED, 3509, "XNYS is closed at",
	  SIM_QUALITY_GAP },
	{ plant_seconds, SIM_QUALITY_OFF_GRID, 1300, "no 1min bar begins", -1 },
};

START_TEST(planted_alone)
{
	const struct plant *p = &plants[_i];
	struct sim_bar_table t = clean(minute);
	struct sim_quality q;
	size_t hits = 0;

	p->plant(&t);
	q = check(&t, minute);
	for (size_t i = 0; i < q.n; i++) {
		const struct sim_quality_finding *f = &q.items[i];

		if (f->kind == p->kind) {
			ck_assert_uint_eq(f->row, p->row);
			ck_assert_msg(strstr(f->text, p->text) != NULL, "%s",
				      f->text);
			hits++;
		} else {
			ck_assert_msg((int)f->kind == p->also, "%s: %s",
				      sim_quality_text(f->kind), f->text);
		}
	}
	ck_assert_uint_eq(hits, 1);
	ck_assert_uint_eq(q.counts[p->kind], 1);
	ck_assert_int_eq(sim_quality_is_error(p->kind), q.errors == 1);
	sim_quality_release(&q);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(planted_together)
{
	struct sim_bar_table t = clean(minute);
	struct sim_quality q;
	size_t n = sizeof(plants) / sizeof(plants[0]), last = 0;

	/* From the back, so that removed rows move no other defect. */
	for (size_t i = n; i-- > 0;)
		if (plants[i].plant != plant_missing_day &&
		    plants[i].plant != plant_missing_week)
			plants[i].plant(&t);
	q = check(&t, minute);
	for (size_t k = 0; k < SIM_QUALITY__COUNT; k++)
		ck_assert_msg(q.counts[k] >= 1, "%s not found",
			      sim_quality_text((enum sim_quality_kind)k));
	ck_assert_uint_eq(q.counts[SIM_QUALITY_RANGE], 2);
	ck_assert_uint_eq(q.counts[SIM_QUALITY_PRICE], 2);
	for (size_t i = 0; i < q.n; i++) {
		ck_assert_uint_ge(q.items[i].row, last);
		last = q.items[i].row;
	}
	sim_quality_release(&q);
	sim_bar_table_release(&t);
}
END_TEST

/* What a split looks like at the open of Friday the 12th, and what not. */
static const struct {
	int num, den;			/* prices times den / num from there */
	size_t row;			/* 390 * 4 is the session's first */
	double night;			/* what else the open moved */
	int64_t action;			/* January day of a split on record */
	int want_num, want_den;		/* 0: no finding */
} splits[] = {
	{ 2, 1, 1560, 0, 0, 2, 1 },
	{ 3, 2, 1560, 0.03, 0, 3, 2 },
	{ 20, 1, 1560, -0.03, 0, 20, 1 },
	{ 1, 10, 1560, 0.02, 0, 1, 10 },
	{ 2, 1, 1560, 0.06, 0, 0, 0 },	/* a fall by 47% is not one */
	{ 2, 1, 1561, 0, 0, 0, 0 },	/* nor is one inside the session */
	{ 1, 1, 1560, 0, 0, 0, 0 },
	{ 4, 1, 1560, 0, 12, 0, 0 },	/* on record */
	{ 4, 1, 1560, 0, 11, 4, 1 },	/* another day's is */
};

START_TEST(splits_are_suspected)
{
	struct sim_bar_table t = clean(minute);
	struct sim_action a = { sim_time_days(2024, 1, splits[_i].action),
				SIM_ACTION_SPLIT, 4, 1, 0 };
	struct sim_bar_series s;
	struct sim_quality q;
	size_t want = splits[_i].want_num != 0;

	split_from(&t, splits[_i].row, splits[_i].num, splits[_i].den);
	for (size_t i = splits[_i].row; i < t.n; i++)
		t.open[i] += (sim_dec)((double)t.open[i] * splits[_i].night);
	s = sim_bar_table_view(&t);
	sim_quality_check(&s, minute, xnys,
			  (struct sim_adjust_actions){ &a, 1 }, &q);
	ck_assert_uint_eq(q.counts[SIM_QUALITY_SPLIT], want);
	for (size_t i = 0; i < q.n; i++) {
		const struct sim_quality_finding *f = &q.items[i];

		if (f->kind != SIM_QUALITY_SPLIT)
			continue;
		ck_assert_int_eq(f->num, splits[_i].want_num);
		ck_assert_int_eq(f->den, splits[_i].want_den);
		ck_assert_int_eq(f->day, sim_time_days(2024, 1, 12));
		ck_assert_uint_eq(f->row, 1560);
	}
	sim_quality_release(&q);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(findings_are_capped_but_counted)
{
	struct sim_bar_table t = clean(minute);
	struct sim_quality q;
	size_t n = t.n;

	for (size_t i = 0; i < n; i++) {
		t.volume[i] = -1;
		t.close[i] = -1;
		t.open[i] = SIM_DEC_ONE * 1000;
		t.low[i] = t.high[i] + 1;
	}
	q = check(&t, minute);
	ck_assert_uint_eq(q.counts[SIM_QUALITY_VOLUME], n);
	ck_assert_uint_eq(q.counts[SIM_QUALITY_PRICE], n);
	ck_assert_uint_eq(q.counts[SIM_QUALITY_HIGH_LOW], n);
	ck_assert_uint_eq(q.n, SIM_QUALITY_MAX);
	ck_assert_uint_eq(q.errors, 3 * n);
	sim_quality_release(&q);
	sim_bar_table_release(&t);
}
END_TEST

static struct sim_quality_gaps gaps(const struct sim_bar_table *t,
				    struct sim_bar_tf tf)
{
	struct sim_bar_series s = sim_bar_table_view(t);
	struct sim_quality_gaps g;

	sim_quality_find_gaps(&s, tf, xnys, SIM_QUALITY_ALL, &g);
	return g;
}

/* What a range asks for is missing or there, whatever else is. */
static const struct ranged {
	const char *from, *to;
	size_t sessions, expected, missing, spans;
} ranges[] = {
	{ "2024-01-08", "2024-01-20", 9, 9 * 390, 401, 2 },
	{ "2024-01-10T15:00:00Z", "2024-01-20", 7, 7 * 390 - 30, 401, 2 },
	/* Beginning and ending inside of a gap, and with one. */
	{ "2024-01-11", "2024-01-12", 1, 390, 390, 1 },
	{ "2024-01-11T15:00:10Z", "2024-01-11T15:00:50Z", 0, 0, 0, 0 },
	{ "2024-01-11T15:00:00Z", "2024-01-11T16:00:00Z", 1, 60, 60, 1 },
	{ "2024-01-11T20:00:00Z", "2024-01-12T14:31:00Z", 2, 61, 60, 1 },
	{ "2024-01-12T14:35:00Z", "2024-01-12T14:45:00Z", 1, 10, 6, 1 },
	{ "2024-01-13", "2024-01-15", 0, 0, 0, 0 },
	{ "2024-01-12T14:40:00Z", "2024-01-12T14:51:00Z", 1, 11, 10, 1 },
};

START_TEST(gaps_within)
{
	const struct ranged *r = &ranges[_i];
	struct sim_quality_range range = { at(r->from), at(r->to) };
	struct sim_bar_table t = clean(minute);
	struct sim_bar_series s;
	struct sim_quality_gaps g;

	remove_rows(&t, 390 * 4 + 9, 11);	/* 14:39 to 14:50 on Friday */
	remove_rows(&t, 390 * 3, 390);		/* Thursday the 11th */
	s = sim_bar_table_view(&t);
	sim_quality_find_gaps(&s, minute, xnys, range, &g);
	ck_assert_uint_eq(g.nsessions, r->sessions);
	ck_assert_uint_eq(g.expected, r->expected);
	ck_assert_uint_eq(g.missing, r->missing);
	ck_assert_uint_eq(g.nspans, r->spans);
	for (size_t i = 0; i < g.nspans; i++) {
		ck_assert_int_ge(g.spans[i].from, range.from);
		ck_assert_int_le(g.spans[i].to, range.to);
	}
	sim_quality_gaps_release(&g);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(gaps_per_session)
{
	struct sim_bar_table t = clean(minute);
	struct sim_quality_gaps g = gaps(&t, minute);

	/* A whole winter fortnight: nothing is missing. */
	ck_assert_uint_eq(g.nsessions, 9);
	ck_assert_uint_eq(g.expected, 9 * 390);
	ck_assert_uint_eq(g.actual, 9 * 390);
	ck_assert_uint_eq(g.missing, 0);
	ck_assert_uint_eq(g.nspans, 0);
	sim_quality_gaps_release(&g);

	remove_rows(&t, 390 * 3, 390);		/* Thursday the 11th */
	remove_rows(&t, 10, 1);
	remove_rows(&t, 0, 2);			/* the first open */
	swap_rows(&t, 50, 51);			/* order is no matter here */
	g = gaps(&t, minute);
	ck_assert_uint_eq(g.nsessions, 9);
	ck_assert_uint_eq(g.missing, 393);
	ck_assert_uint_eq(g.sessions[0].expected, 390);
	ck_assert_uint_eq(g.sessions[0].actual, 387);
	ck_assert_uint_eq(g.sessions[3].actual, 0);
	ck_assert_int_eq(g.sessions[3].day, sim_time_days(2024, 1, 11));
	ck_assert_uint_eq(g.nspans, 3);
	ck_assert_int_eq(g.spans[0].from, at("2024-01-08T14:30:00Z"));
	ck_assert_int_eq(g.spans[0].to, at("2024-01-08T14:32:00Z"));
	ck_assert_uint_eq(g.spans[1].bars, 1);
	ck_assert_int_eq(g.spans[2].from, at("2024-01-11T14:30:00Z"));
	ck_assert_int_eq(g.spans[2].to, at("2024-01-11T21:00:00Z"));
	sim_quality_gaps_release(&g);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(gaps_of_days_weeks_and_clock_hours)
{
	struct sim_bar_tf day = { SIM_BAR_TF_DAY, SIM_TIME_DAY };
	struct sim_bar_tf week = { SIM_BAR_TF_WEEK, 7 * SIM_TIME_DAY };
	struct sim_bar_tf hour = { SIM_BAR_TF_INTRADAY, SIM_TIME_HOUR };
	struct sim_bar_table t = clean(day);
	struct sim_quality_gaps g;
	struct sim_bar b;

	remove_rows(&t, 4, 2);
	g = gaps(&t, day);
	ck_assert_uint_eq(g.expected, 9);
	ck_assert_uint_eq(g.missing, 2);
	ck_assert_uint_eq(g.nspans, 2);
	sim_quality_gaps_release(&g);
	t.n = 1;
	g = gaps(&t, week);
	ck_assert_uint_eq(g.expected, 1);
	ck_assert_uint_eq(g.missing, 0);
	sim_quality_gaps_release(&g);

	/* Hours from midnight on, as many sources have them. */
	t.n = 0;
	b = (struct sim_bar){ 0, 1, 1, 1, 1, 1 };
	for (int h = 14; h < 21; h++) {
		b.ts = at("2024-01-16") + h * SIM_TIME_HOUR;
		if (h != 17)
			sim_bar_table_add(&t, &b, 0);
	}
	g = gaps(&t, hour);
	ck_assert_uint_eq(g.expected, 7);
	ck_assert_uint_eq(g.missing, 1);
	ck_assert_int_eq(g.spans[0].from, at("2024-01-16T17:00:00Z"));
	sim_quality_gaps_release(&g);
	t.n = 0;
	g = gaps(&t, hour);
	ck_assert_uint_eq(g.expected + g.nspans + g.nsessions, 0);
	sim_quality_gaps_release(&g);
	sim_bar_table_release(&t);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("quality");
	TCase *tc = tcase_create("quality");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, clean_is_clean, 0, 5);
	tcase_add_loop_test(tc, planted_alone, 0, COUNT(plants));
	tcase_add_test(tc, planted_together);
	tcase_add_loop_test(tc, splits_are_suspected, 0, COUNT(splits));
	tcase_add_test(tc, findings_are_capped_but_counted);
	tcase_add_test(tc, gaps_per_session);
	tcase_add_loop_test(tc, gaps_within, 0, COUNT(ranges));
	tcase_add_test(tc, gaps_of_days_weeks_and_clock_hours);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
