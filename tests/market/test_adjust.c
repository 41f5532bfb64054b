/*
 * adjust: raw, split and total-return views around splits and dividends by
 * hand, and AAPL's real ones against LEAN's own factors.
 */
#include "market/adjust.h"

#include <stdio.h>
#include <string.h>

#include "market/actions.h"
#include "suite.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/str.h"

#define D(x) ((sim_dec)((x) * 10000 + 0.5) * (SIM_DEC_ONE / 10000))

static struct sim_calendar *xnys;

static void setup(void)
{
	ck_assert_int_eq(sim_calendar_open("XNYS", NULL, &xnys, NULL), 0);
}

static void teardown(void)
{
	sim_calendar_close(xnys);
}

static int64_t date(const char *s)
{
	sim_time t = 0;

	ck_assert_int_eq(sim_time_parse(s, strlen(s), &t, NULL, NULL), 0);
	return sim_time_day_of(t);
}

/* A daily bar on an open day, its four prices p - 1, p + 1, p - 2 and p. */
static void add_day(struct sim_bar_table *t, int64_t day, sim_dec p,
		    sim_dec volume)
{
	struct sim_hours s;
	struct sim_bar b;

	ck_assert(sim_calendar_day(xnys, day, &s));
	b = (struct sim_bar){ s.open, p - SIM_DEC_ONE, p + SIM_DEC_ONE,
			      p - 2 * SIM_DEC_ONE, p, volume };
	sim_bar_table_add(t, &b, 0);
}

static struct sim_bar_table adjust(const struct sim_bar_table *t,
				   const struct sim_action *a, size_t n,
				   enum sim_adjust_mode mode)
{
	struct sim_adjust_actions actions = { a, n };
	struct sim_bar_series s = sim_bar_table_view(t);
	struct sim_bar_table out = SIM_BAR_TABLE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_adjust_series(&s, actions, mode, xnys, &out, &err),
		      "%s", err.msg);
	ck_assert_uint_eq(out.n, t->n);
	return out;
}

/* Thursday 100, Friday 98, Monday 14 after 7:1, Tuesday 15 after 0.28. */
static const char *const days[] = { "2014-06-05", "2014-06-06", "2014-06-09",
				    "2014-06-10" };
static const double closes[] = { 100, 98, 14, 15 };

static const struct mode_case {
	enum sim_adjust_mode mode;
	double close[4], volume[4];
} mode_cases[] = {
	{ SIM_ADJUST_RAW, { 100, 98, 14, 15 }, { 10, 10, 10, 10 } },
	{ SIM_ADJUST_SPLIT, { 100 / 7.0, 14, 14, 15 }, { 70, 70, 10, 10 } },
	/* 0.28 of 14 is 2%; 0.49 of Thursday's 100 is 0.49%. */
	{ SIM_ADJUST_TOTAL_RETURN,
	  { 100 / 7.0 * 0.98 * 0.9951, 14 * 0.98, 14 * 0.98, 15 },
	  { 70, 70, 10, 10 } },
};

START_TEST(modes)
{
	const struct mode_case *c = &mode_cases[_i];
	struct sim_action a[] = {
		{ date("2014-06-06"), SIM_ACTION_DIVIDEND, 0, 0, D(0.49) },
		{ date("2014-06-09"), SIM_ACTION_SPLIT, 7, 1, 0 },
		{ date("2014-06-10"), SIM_ACTION_DIVIDEND, 0, 0, D(0.28) },
		/* Not yet seen in these bars, and before them. */
		{ date("2014-06-11"), SIM_ACTION_SPLIT, 2, 1, 0 },
	};
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, out;

	for (int i = 0; i < 4; i++)
		add_day(&t, date(days[i]), D(closes[i]), D(10));
	out = adjust(&t, a, 4, c->mode);
	for (int i = 0; i < 4; i++) {
		double f = c->close[i] / closes[i];

		ck_assert_double_eq_tol(sim_dec_to_double(out.close[i]),
					c->close[i], 6e-9);
		ck_assert_double_eq_tol(sim_dec_to_double(out.high[i]),
					(closes[i] + 1) * f, 6e-9);
		ck_assert_double_eq_tol(sim_dec_to_double(out.low[i]),
					(closes[i] - 2) * f, 6e-9);
		ck_assert_double_eq_tol(sim_dec_to_double(out.open[i]),
					(closes[i] - 1) * f, 6e-9);
		ck_assert_double_eq_tol(sim_dec_to_double(out.volume[i]),
					c->volume[i], 6e-9);
		ck_assert_int_eq(out.ts[i], t.ts[i]);
	}
	sim_bar_table_release(&out);
	sim_bar_table_release(&t);
}
END_TEST

/* A dividend and a split on one ex-day: cash is per share before the split. */
START_TEST(both_on_a_day)
{
	struct sim_action a[] = {
		{ date("2014-06-09"), SIM_ACTION_SPLIT, 7, 1, 0 },
		{ date("2014-06-09"), SIM_ACTION_DIVIDEND, 0, 0, D(9.8) },
	};
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, out;

	for (int i = 0; i < 4; i++)
		add_day(&t, date(days[i]), D(closes[i]), D(10));
	out = adjust(&t, a, 2, SIM_ADJUST_TOTAL_RETURN);
	ck_assert_double_eq_tol(sim_dec_to_double(out.close[1]), 14 * 0.9,
				6e-9);
	ck_assert_int_eq(out.close[2], D(14));
	sim_bar_table_release(&out);
	sim_bar_table_release(&t);
}
END_TEST

/* An ex-day on a holiday counts from the next session; minutes before the
 * open of an ex-day belong to it. */
START_TEST(where_a_day_begins)
{
	struct sim_action a = { date("2024-01-15"), SIM_ACTION_SPLIT, 2, 1, 0 };
	static const struct { const char *ts; double close; } bars[] = {
		{ "2024-01-12T20:59:00Z", 50 }, { "2024-01-13T00:59:00Z", 50 },
		{ "2024-01-16T09:00:00Z", 100 },
		{ "2024-01-16T14:30:00Z", 100 },
	};
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, out;
	struct sim_bar b = { 0, D(100), D(100), D(100), D(100), D(1) };

	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(sim_time_parse(bars[i].ts,
						strlen(bars[i].ts), &b.ts,
						NULL, NULL), 0);
		sim_bar_table_add(&t, &b, 0);
	}
	out = adjust(&t, &a, 1, SIM_ADJUST_SPLIT);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(out.close[i], D(bars[i].close));
	sim_bar_table_release(&out);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(refusals)
{
	struct sim_action a[] = {
		{ date("2014-06-10"), SIM_ACTION_DIVIDEND, 0, 0, D(14) },
		{ date("2014-06-10"), SIM_ACTION_SPLIT, 1, 1, 0 },
	};
	struct sim_bar_table t = SIM_BAR_TABLE_INIT, out = SIM_BAR_TABLE_INIT;
	struct sim_adjust_actions actions = { &a[_i], 1 };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_bar_series s;

	for (int i = 0; i < 4; i++)
		add_day(&t, date(days[i]), D(closes[i]), D(10));
	if (_i) {
		t.volume[0] = SIM_DEC_MAX / 2;
		a[1].num = 3;
	}
	s = sim_bar_table_view(&t);
	ck_assert_int_eq(sim_adjust_series(&s, actions, SIM_ADJUST_TOTAL_RETURN,
					   xnys, &out, &err),
			 _i ? SIM_E_OVERFLOW : SIM_E_DATA);
	ck_assert(strstr(err.msg, _i ? "exceeds" : "not below the close"));
	ck_assert_uint_eq(out.n, 0);
	sim_bar_table_release(&out);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(names)
{
	enum sim_adjust_mode m;

	for (int i = 0; i < 3; i++) {
		ck_assert(sim_adjust_parse(sim_adjust_text(
					   (enum sim_adjust_mode)i), &m));
		ck_assert_int_eq(m, i);
	}
	ck_assert(!sim_adjust_parse("Raw", &m));
}
END_TEST

/* -- real data ------------------------------------------------------------- */

static struct sim_buf read_data(const char *name)
{
	struct sim_buf path = SIM_BUF_INIT(4096), text = SIM_BUF_INIT(1 << 22);

	sim_buf_printf(&path, "%s/%s", getenv("SIMUTRADOR_TESTDATA"), name);
	ck_assert_int_eq(sim_file_read(sim_buf_str(&path), 1 << 22, &text,
				       NULL), 0);
	sim_buf_release(&path);
	return text;
}

static sim_dec number(const char *s)
{
	sim_dec v = 0;

	ck_assert_int_eq(sim_dec_parse(s, strlen(s), &v, NULL), 0);
	return v;
}

/* Daily rows `YYYYMMDD 00:00,o,h,l,c,v` with prices times 10,000. */
static struct sim_bar_table read_daily(const char *name)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_buf text = read_data(name);
	char *rest = text.data;

	while (rest && *rest) {
		char *line = sim_str_sep(&rest, '\n'), *f[6];
		struct sim_hours s;
		struct sim_bar b;

		line[strcspn(line, "\r")] = '\0';
		for (int i = 0; i < 6; i++)
			f[i] = sim_str_sep(&line, ',');
		f[0][8] = '\0';
		ck_assert(sim_calendar_day(xnys, date(f[0]), &s));
		b = (struct sim_bar){ s.open, number(f[1]) / 10000,
				      number(f[2]) / 10000,
				      number(f[3]) / 10000,
				      number(f[4]) / 10000, number(f[5]) };
		sim_bar_table_add(&t, &b, 0);
	}
	sim_buf_release(&text);
	return t;
}

/* Factors of the row that a day falls into. */
static void lean_factors(const char *text, int64_t day, double *price,
			 double *split)
{
	char *copy = sim_mem_strdup(text), *rest = copy;

	while (rest && *rest) {
		char *line = sim_str_sep(&rest, '\n'), *f[4];

		for (int i = 0; i < 4; i++)
			f[i] = sim_str_sep(&line, ',');
		*price = sim_dec_to_double(number(f[1]));
		*split = sim_dec_to_double(number(f[2]));
		if (day <= date(f[0]))
			break;
	}
	sim_mem_free(copy);
}

static const struct real_case {
	const char *daily, *factors;
} real_cases[] = {
	{ "aapl_daily_lean.csv", "aapl_factors_lean.csv" },
	{ "spy_daily_lean.csv", "spy_factors_lean.csv" },
};

START_TEST(real_factors)
{
	const struct real_case *c = &real_cases[_i];
	enum sim_actions_format f = SIM_ACTIONS_AUTO;
	struct sim_bar_table t, split, total;
	struct sim_actions_text text;
	struct sim_action *a;
	struct sim_buf raw;
	size_t n;

	if (!getenv("SIMUTRADOR_TESTDATA")) {
		puts("real_factors skipped: SIMUTRADOR_TESTDATA is not set");
		return;
	}
	t = read_daily(c->daily);
	raw = read_data(c->factors);
	text = (struct sim_actions_text){ sim_buf_str(&raw), raw.len };
	ck_assert_int_eq(sim_actions_parse(text, &f, xnys, &a, &n, NULL), 0);
	split = adjust(&t, a, n, SIM_ADJUST_SPLIT);
	total = adjust(&t, a, n, SIM_ADJUST_TOTAL_RETURN);
	for (size_t i = 0; i < t.n; i += 7) {
		double close = sim_dec_to_double(t.close[i]), pf = 0, sf = 0;

		lean_factors(raw.data, sim_time_day_of(t.ts[i]), &pf, &sf);
		ck_assert_double_eq_tol(sim_dec_to_double(split.close[i]) /
					(close * sf), 1, 1e-5);
		ck_assert_double_eq_tol(sim_dec_to_double(total.close[i]) /
					(close * sf * pf), 1, 1e-3);
	}
	sim_mem_free(a);
	sim_buf_release(&raw);
	sim_bar_table_release(&t);
	sim_bar_table_release(&split);
	sim_bar_table_release(&total);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("adjust");
	TCase *tc = tcase_create("adjust");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, modes, 0, 3);
	tcase_add_test(tc, both_on_a_day);
	tcase_add_test(tc, where_a_day_begins);
	tcase_add_loop_test(tc, refusals, 0, 2);
	tcase_add_test(tc, names);
	tcase_add_loop_test(tc, real_factors, 0, 2);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
