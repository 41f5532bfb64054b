/*
 * gen: the same bytes every time, sane bars on the calendar's grid, and moments
 * near their parameters.
 */
#include "market/gen.h"

#include <math.h>
#include <string.h>

#include "suite.h"
#include "util/sha256.h"

static struct sim_calendar *xnys, *always, *fx;

static void setup(void)
{
	ck_assert_int_eq(sim_calendar_open("XNYS", NULL, &xnys, NULL), 0);
	ck_assert_int_eq(sim_calendar_open("24/7", NULL, &always, NULL), 0);
	ck_assert_int_eq(sim_calendar_open("24/5", NULL, &fx, NULL), 0);
}

static void teardown(void)
{
	sim_calendar_close(xnys);
	sim_calendar_close(always);
	sim_calendar_close(fx);
}

static struct sim_bar_tf tf(const char *s)
{
	struct sim_bar_tf t;

	ck_assert_int_eq(sim_bar_tf_parse(s, &t, NULL), 0);
	return t;
}

static struct sim_gen params(const struct sim_calendar *cal, const char *frame,
			     int year0, int year1)
{
	struct sim_gen g;

	sim_gen_defaults(&g);
	g.cal = cal;
	g.tf = tf(frame);
	g.from = sim_time_days(year0, 1, 1);
	g.to = sim_time_days(year1, 12, 31);
	return g;
}

static struct sim_bar_table make(const struct sim_gen *g)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_gen_bars(g, &t, &err), "%s", err.msg);
	return t;
}

static void hash(const struct sim_bar_table *t, char hex[SIM_SHA256_HEX])
{
	uint8_t out[SIM_SHA256_SIZE];
	struct sim_sha256 h;

	sim_sha256_init(&h);
	sim_sha256_update(&h, t->ts, t->n * 8);
	sim_sha256_update(&h, t->open, t->n * 8);
	sim_sha256_update(&h, t->high, t->n * 8);
	sim_sha256_update(&h, t->low, t->n * 8);
	sim_sha256_update(&h, t->close, t->n * 8);
	sim_sha256_update(&h, t->volume, t->n * 8);
	sim_sha256_final(&h, out);
	sim_sha256_hex(out, hex);
}

/* Promised bytes: a change here changes everybody's synthetic data. */
static const struct golden {
	const char *calendar, *frame;
	size_t bars;
	const char *sha256;
} goldens[] = {
	{ "XNYS", "1min", 97140,
	  "c367310f271fa8ccdb365f7d533b794029dd595878b0fcc2fa7b9e9524ab0294" },
	{ "XNYS", "1h", 1744,
	  "cebad8d3c3dc615235e47df0e842541e8341edf1ccc0ffea47bbb69a669366c8" },
	{ "24/7", "4h", 2190,
	  "51c02cb324e47ee000e4872be15c7d9ab450b380bab5fc370dc50af2839fd680" },
	{ "24/5", "15min", 24960,
	  "f67afa76a825239c784f7c8a96579110d0b33bd33ea24df64479e79350bd5fc6" },
	{ "XNYS", "daily", 250,
	  "b4919986ea89b3f4195a825e240135a8151ea192a4cde3133cc64c07cba77a89" },
	{ "XNYS", "weekly", 52,
	  "6efdf93c80a784ea83c15115c89bb29708f001cad4339e7a9738b5ae1e6f906f" },
};

START_TEST(same_bytes)
{
	const struct golden *w = &goldens[_i];
	struct sim_gen g = params(!strcmp(w->calendar, "XNYS") ? xnys :
				  !strcmp(w->calendar, "24/7") ? always : fx,
				  w->frame, 2023, 2023);
	struct sim_bar_table a = make(&g), b = make(&g);
	char x[SIM_SHA256_HEX], y[SIM_SHA256_HEX];

	hash(&a, x);
	hash(&b, y);
	ck_assert_str_eq(x, y);
	ck_assert_uint_eq(a.n, w->bars);
	ck_assert_str_eq(x, w->sha256);
	sim_bar_table_release(&a);
	g.seed++;
	a = make(&g);
	hash(&a, y);
	ck_assert_str_ne(x, y);
	sim_bar_table_release(&a);
	g.seed--;
	g.symbol = "OTHER";
	a = make(&g);
	hash(&a, y);
	ck_assert_str_ne(x, y);
	sim_bar_table_release(&a);
	sim_bar_table_release(&b);
}
END_TEST

START_TEST(sane_bars)
{
	const struct golden *w = &goldens[_i];
	const struct sim_calendar *cal = !strcmp(w->calendar, "XNYS") ? xnys :
					 !strcmp(w->calendar, "24/7") ? always :
									fx;
	struct sim_gen g = params(cal, w->frame, 2023, 2023);
	struct sim_bar_table t = make(&g);

	for (size_t i = 0; i < t.n; i++) {
		struct sim_hours s;
		int64_t day;

		ck_assert(t.low[i] > 0 && t.low[i] <= t.open[i] &&
			  t.low[i] <= t.close[i] && t.high[i] >= t.open[i] &&
			  t.high[i] >= t.close[i]);
		ck_assert_int_eq(t.open[i] % g.tick, 0);
		ck_assert_int_eq(t.high[i] % g.tick, 0);
		ck_assert_int_eq(t.low[i] % g.tick, 0);
		ck_assert_int_eq(t.close[i] % g.tick, 0);
		ck_assert_int_ge(t.volume[i], SIM_DEC_ONE);
		ck_assert_int_eq(t.volume[i] % SIM_DEC_ONE, 0);
		ck_assert(i == 0 || t.ts[i - 1] < t.ts[i]);
		ck_assert(sim_calendar_day_of(cal, t.ts[i], &day));
		ck_assert(sim_calendar_day(cal, day, &s));
		ck_assert(t.ts[i] >= s.open && t.ts[i] < s.close);
		if (g.tf.unit == SIM_BAR_TF_INTRADAY)
			ck_assert_int_eq((t.ts[i] - s.open) % g.tf.span, 0);
		else
			ck_assert_int_eq(t.ts[i], s.open);
	}
	sim_bar_table_release(&t);
}
END_TEST

/* Forty years of daily closes: volatility and drift within their errors. */
START_TEST(moments)
{
	struct sim_gen g = params(xnys, "daily", 1990, 2029);
	struct sim_bar_table t;
	double sum = 0, squares = 0, n, sd;

	g.jump_rate = 0;
	g.volatility = 0.3;
	g.drift = 0.1;
	g.tick = 100;
	t = make(&g);
	n = (double)t.n - 1;
	for (size_t i = 1; i < t.n; i++) {
		double r = log((double)t.close[i] / (double)t.close[i - 1]);

		sum += r;
		squares += r * r;
	}
	sd = sqrt((squares - sum * sum / n) / n) * sqrt(252);
	ck_assert_double_eq_tol(sd, 0.3, 0.01);
	/* Standard error of the yearly drift: 0.3 / sqrt(40) = 0.047. */
	ck_assert_double_eq_tol(sum / n * 252, 0.1 - 0.045, 0.15);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(volume_is_u_shaped)
{
	struct sim_gen g = params(xnys, "30min", 2023, 2023);
	struct sim_bar_table t = make(&g);
	double by[13] = { 0 }, total = 0;

	for (size_t i = 0; i < t.n; i++) {
		struct sim_hours s;
		int64_t day;

		ck_assert(sim_calendar_day_of(xnys, t.ts[i], &day));
		ck_assert(sim_calendar_day(xnys, day, &s));
		if (s.close - s.open == 390 * SIM_TIME_MIN)
			by[(t.ts[i] - s.open) / g.tf.span] +=
				sim_dec_to_double(t.volume[i]);
		total += sim_dec_to_double(t.volume[i]);
	}
	ck_assert_double_gt(by[0], 2 * by[6]);
	ck_assert_double_gt(by[12], 2 * by[6]);
	ck_assert_double_gt(by[3], by[6]);
	ck_assert_double_eq_tol(total / 250, 1e6, 3e4);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(jumps_and_none)
{
	struct sim_gen g = params(always, "1h", 2023, 2023);
	struct sim_bar_table t;
	int big = 0;

	g.volatility = 0.01;
	g.jump_rate = 50;
	g.jump_size = 0.1;
	t = make(&g);
	for (size_t i = 1; i < t.n; i++) {
		double r = (double)t.close[i] / (double)t.close[i - 1] - 1;

		big += r > 0.01 || r < -0.01;
	}
	ck_assert_int_gt(big, 25);
	ck_assert_int_lt(big, 75);
	sim_bar_table_release(&t);
	g.jump_rate = g.volatility = g.drift = g.volume = 0;
	t = make(&g);
	ck_assert(!t.has_volume);
	for (size_t i = 0; i < t.n; i++)
		ck_assert(t.high[i] == g.start && t.low[i] == g.start);
	sim_bar_table_release(&t);
}
END_TEST

/* Wild parameters stay within the promised prices. */
START_TEST(extremes)
{
	struct sim_gen g = params(always, "1h", 2023, 2023);
	struct sim_bar_table t;

	g.volatility = 10;
	g.drift = _i ? 10 : -10;
	g.jump_rate = 100000;
	g.jump_size = 1;
	g.volume = 1e10;
	t = make(&g);
	for (size_t i = 0; i < t.n; i++)
		ck_assert(t.low[i] >= g.tick &&
			  t.high[i] <= INT64_C(1000000001) * SIM_DEC_ONE);
	sim_bar_table_release(&t);
}
END_TEST

START_TEST(refusals)
{
	static const struct {
		size_t offset;
		double value;
		const char *want;
	} bad[] = {
		{ offsetof(struct sim_gen, volatility), -1, "volatility" },
		{ offsetof(struct sim_gen, volatility), NAN, "volatility" },
		{ offsetof(struct sim_gen, drift), 11, "drift" },
		{ offsetof(struct sim_gen, jump_size), 2, "jump size" },
		{ offsetof(struct sim_gen, volume), -1, "volume" },
	};
	struct sim_gen g = params(xnys, "1min", 2023, 2023);
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sim_gen x = g;

		memcpy((char *)&x + bad[i].offset, &bad[i].value,
		       sizeof(double));
		ck_assert_int_eq(sim_gen_bars(&x, &t, &err), SIM_E_INVAL);
		ck_assert(strstr(err.msg, bad[i].want) != NULL);
	}
	g.start = g.tick - 1;
	ck_assert_int_eq(sim_gen_bars(&g, &t, &err), SIM_E_INVAL);
	g = params(xnys, "1min", 2040, 2041);
	ck_assert_int_eq(sim_gen_bars(&g, &t, &err), SIM_E_INVAL);
	ck_assert(strstr(err.msg, "known from 1990 to 2030, not in 2041"));
	g.from = sim_time_days(2030, 12, 1);
	g.to = sim_time_days(2031, 1, 31);
	ck_assert_int_eq(sim_gen_bars(&g, &t, &err), SIM_E_INVAL);
	ck_assert(strstr(err.msg, "known from 1990 to 2030, not in 2031"));
	g.from = g.to = sim_time_days(2023, 1, 1);
	ck_assert_int_eq(sim_gen_bars(&g, &t, &err), SIM_E_INVAL);
	ck_assert(strstr(err.msg, "no session") != NULL);
	g = params(always, "1s", 2000, 2010);
	ck_assert_int_eq(sim_gen_bars(&g, &t, &err), SIM_E_INVAL);
	ck_assert(strstr(err.msg, "more than") != NULL);
	ck_assert_uint_eq(t.n, 0);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("gen");
	TCase *tc = tcase_create("gen");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, same_bytes, 0, COUNT(goldens));
	tcase_add_loop_test(tc, sane_bars, 0, COUNT(goldens));
	tcase_add_test(tc, moments);
	tcase_add_test(tc, volume_is_u_shaped);
	tcase_add_test(tc, jumps_and_none);
	tcase_add_loop_test(tc, extremes, 0, 2);
	tcase_add_test(tc, refusals);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
