/*
 * Golden values of an independent computation (standard library of another
 * language, from the formulas), then the edges: 0, 1, 2 points, constant
 * series, ruin, less than a year.
 */
#include "../suite.h"

#include <math.h>
#include <string.h>

#include "report/metrics.h"
#include "report/stats.h"
#include "util/time.h"

#define N 20

static const int r_bps[N] = { 120, -80, 45, 0, -150, 210, 30, -60, 95, -20,
	-200, 160, 75, -35, 0, 110, -90, 55, 140, -45 };
static const int b_bps[N] = { 80, -60, 30, 10, -120, 150, 20, -40, 70, -10,
	-160, 120, 50, -30, 5, 90, -70, 40, 100, -30 };

struct golden {
	const char *key;
	double value;
};

/* A = 252, no risk-free rate, annualised on request, 100 trials of sd 0.05. */
static const struct golden golden[] = {
	{ "periods", 20 },
	{ "total_return", 0.0355153145060898 },
	{ "cagr", 0.5522877483163269 },
	{ "cagr_periods", 0.5522877483163269 },
	{ "vol_ann", 0.16853992186766284 },
	{ "sharpe", 2.6913504822683243 },
	{ "downside_dev", 0.10303154856644639 },
	{ "sortino", 4.402535012928273 },
	{ "adjusted_sortino", 3.113062362052786 },
	{ "max_drawdown", -0.02195999999999987 },
	{ "calmar", 25.149715314951283 },
	{ "ulcer_index", 0.00752014034995755 },
	{ "omega", 1.5294117647058822 },
	{ "gain_to_pain", 0.5294117647058824 },
	{ "tail_ratio", 1.0655737704918036 },
	{ "var_95", -0.01525 },
	{ "cvar_95", -0.02 },
	{ "var_95_gauss", -0.015663439125387448 },
	{ "skew_pop", -0.1774182468605135 },
	{ "kurtosis_raw", 2.4249416317159405 },
	{ "skew", -0.1921399072406637 },
	{ "kurtosis", -0.3772819900174502 },
	{ "psr", 0.7656334735854542 },
	{ "min_trl", 98.92216008212593 },
	{ "exp_max_sharpe", 0.12653014466008425 },
	{ "dsr", 0.5729160526186626 },
	{ "beta", 1.3278846253323537 },
	{ "alpha", 0.044646165683747796 },
	{ "alpha_arith", 0.04368201615990243 },
	{ "tracking_error", 0.04326579419551225 },
	{ "information_ratio", 3.349065992992447 },
	{ "r2", 0.9947509421876213 },
	{ "up_capture", 1.964647682281543 },
	{ "down_capture", 1.0952810282131482 },
	{ "stability", 0.5677611567163872 },
	{ "period_win_rate", 0.5555555555555556 },
	{ "period_payoff", 1.2235294117647058 },
	{ "period_profit_factor", 1.5294117647058822 },
	{ "period_kelly", 0.1923076923076923 },
};

static void compute(struct sim_metrics_input *in, struct sim_metrics *m)
{
	static double r[N], b[N];

	for (int i = 0; i < N; i++) {
		r[i] = r_bps[i] / 1e4;
		b[i] = b_bps[i] / 1e4;
	}
	in->n = N;
	in->ret = r;
	in->bench = b;
	in->start_day = SIM_METRICS_NO_DAY;
	in->periods_per_year = 252;
	sim_metrics_init(m);
	sim_metrics_series(in, m);
}

static void near(const char *key, double got, double want)
{
	ck_assert_msg(fabs(got - want) <= 1e-12 * fabs(want),
		      "%s: got %.17g, want %.17g", key, got, want);
}

/* Amounts change by the double that is nearest to the exact ratio. */
static const struct {
	double from, to, want;
} changes[] = {
	{ 100000, 695210.08, 5.9521008 }, { 100000, 98209.07, -0.0179093 },
	{ 100000, 100000.1, 1e-6 }, { 0.1, 0.3, 2 }, { 100, 0, -1 },
	{ 0.00000001, 0.00000003, 2 }, { 100, -50, -1.5 },
	{ 1e9, 1.5e9, 0.5 }, { 8, 3.14159265358979, -0.60730091830127625 },
};

START_TEST(change)
{
	ck_assert(sim_stats_change(changes[_i].from, changes[_i].to) ==
		  changes[_i].want);
}
END_TEST

START_TEST(test_golden)
{
	struct sim_metrics_input in = { .annualize_short = true,
		.trials = 100, .trials_sd = 0.05 };
	struct sim_metrics m;
	int id = sim_metrics_find(golden[_i].key);

	ck_assert_int_ge(id, 0);
	compute(&in, &m);
	near(golden[_i].key, m.v[id], golden[_i].value);
}
END_TEST

START_TEST(test_golden_rf)
{
	struct sim_metrics_input in = { .rf = 0.04 };
	struct sim_metrics m;

	compute(&in, &m);
	near("sharpe", m.v[SIM_METRICS_SHARPE], 2.458623630441511);
	near("rf_period", m.v[SIM_METRICS_RF_PERIOD], 0.0001556498627912628);
}
END_TEST

/* Twenty days are not a year: no annual figure, but ratios. */
START_TEST(test_short)
{
	static const int hidden[] = { SIM_METRICS_CAGR,
		SIM_METRICS_CAGR_PERIODS, SIM_METRICS_ALPHA,
		SIM_METRICS_CALMAR, SIM_METRICS_UP_CAPTURE,
		SIM_METRICS_DOWN_CAPTURE, SIM_METRICS_UPI,
		SIM_METRICS_PAIN_RATIO, SIM_METRICS_TREYNOR,
		SIM_METRICS_XIRR };
	struct sim_metrics_input in = { .rf = 0 };
	struct sim_metrics m;

	compute(&in, &m);
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		ck_assert(isnan(m.v[hidden[i]]));
	ck_assert(isfinite(m.v[SIM_METRICS_SHARPE]));
	ck_assert(isfinite(m.v[SIM_METRICS_VOL_ANN]));
}
END_TEST

START_TEST(test_pbo)
{
	static const int bps[8][4] = { { 12, -5, 3, 8 }, { -4, 6, 2, -7 },
		{ 9, 1, -3, 5 }, { -6, 4, 7, -2 }, { 3, -8, 5, 1 },
		{ 7, 2, -4, 6 }, { -2, 5, 1, -9 }, { 4, -1, 6, 3 } };
	static const double want[6] = { 0.4054651081081642,
		-0.4054651081081643, -0.4054651081081643, -1.3862943611198906,
		-1.3862943611198906, -0.4054651081081643 };
	double x[32], logits[6], pbo = -1;
	struct sim_stats_trials t = { x, 8, 4 };
	struct sim_err err = SIM_ERR_INIT;

	for (int i = 0; i < 32; i++)
		x[i] = bps[i / 4][i % 4] / 1e4;
	ck_assert_int_eq(sim_stats_pbo(&t, 4, &pbo, logits, &err), 0);
	near("pbo", pbo, 0.8333333333333334);
	for (int i = 0; i < 6; i++)
		near("logit", logits[i], want[i]);
	ck_assert_int_eq(sim_stats_pbo(&t, 3, &pbo, NULL, &err), SIM_E_INVAL);
	ck_assert_int_eq(sim_stats_pbo(&t, 8, &pbo, NULL, &err), 0);
	t.n_rows = 3;
	ck_assert_int_eq(sim_stats_pbo(&t, 4, &pbo, NULL, &err), SIM_E_INVAL);
	ck_assert_int_eq(sim_stats_pbo(&t, 18, &pbo, NULL, &err), SIM_E_INVAL);
}
END_TEST

static struct sim_metrics of(const double *r, size_t n)
{
	struct sim_metrics_input in = { .n = n, .ret = r,
		.start_day = SIM_METRICS_NO_DAY, .periods_per_year = 252 };
	struct sim_metrics m;

	sim_metrics_init(&m);
	sim_metrics_series(&in, &m);
	return m;
}

/* The only metrics of a series that are defined are those listed. */
static void only(const struct sim_metrics *m, const int *defined, size_t n)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		bool want = false;

		for (size_t k = 0; k < n; k++)
			want = want || defined[k] == i;
		ck_assert_msg(isfinite(m->v[i]) == want, "%s is %g",
			      sim_metrics_row(i)->key, m->v[i]);
	}
}

START_TEST(test_empty)
{
	static const int defined[] = { SIM_METRICS_PERIODS,
		SIM_METRICS_PERIODS_PER_YEAR };
	struct sim_metrics m = of(NULL, 0);

	only(&m, defined, 2);
	ck_assert(m.v[SIM_METRICS_PERIODS] == 0);
}
END_TEST

START_TEST(test_one)
{
	static const double r[] = { -0.1 };
	static const int defined[] = { SIM_METRICS_PERIODS,
		SIM_METRICS_PERIODS_PER_YEAR, SIM_METRICS_YEARS,
		SIM_METRICS_TOTAL_RETURN, SIM_METRICS_BEST_PERIOD,
		SIM_METRICS_WORST_PERIOD, SIM_METRICS_PCT_POSITIVE,
		SIM_METRICS_PERIOD_WIN_RATE, SIM_METRICS_PERIOD_PROFIT_FACTOR,
		SIM_METRICS_RF_PERIOD, SIM_METRICS_DOWNSIDE_DEV,
		SIM_METRICS_SORTINO, SIM_METRICS_ADJUSTED_SORTINO,
		SIM_METRICS_OMEGA, SIM_METRICS_GAIN_TO_PAIN,
		SIM_METRICS_MAX_DRAWDOWN, SIM_METRICS_AVG_DRAWDOWN,
		SIM_METRICS_TIME_UNDER_WATER, SIM_METRICS_ULCER_INDEX,
		SIM_METRICS_PAIN_INDEX, SIM_METRICS_CDAR_95,
		SIM_METRICS_VAR_95, SIM_METRICS_CVAR_95,
		SIM_METRICS_TAIL_RATIO };
	struct sim_metrics m = of(r, 1);

	only(&m, defined, sizeof(defined) / sizeof(*defined));
	/* A loss on the first day is a drawdown. */
	ck_assert(fabs(m.v[SIM_METRICS_MAX_DRAWDOWN] + 0.1) < 1e-15);
	ck_assert(m.v[SIM_METRICS_TIME_UNDER_WATER] == 1);
}
END_TEST

START_TEST(test_two)
{
	static const double r[] = { 0.1, -0.05 };
	struct sim_metrics m = of(r, 2);

	near("vol", m.v[SIM_METRICS_VOL_ANN],
	     sqrt(2 * 0.075 * 0.075) * sqrt(252));
	ck_assert(isnan(m.v[SIM_METRICS_SKEW]));
	ck_assert(isnan(m.v[SIM_METRICS_KURTOSIS]));
	ck_assert(isnan(m.v[SIM_METRICS_LJUNG_BOX]));
	near("skew_pop", 1 + m.v[SIM_METRICS_SKEW_POP], 1);
	near("var", m.v[SIM_METRICS_VAR_95], -0.05 + 0.05 * 0.15);
	near("autocorr", m.v[SIM_METRICS_AUTOCORR_1], -0.5);
	near("profit", m.v[SIM_METRICS_PERIOD_PROFIT_FACTOR], 2);
}
END_TEST

/* No variation: every ratio to a deviation is undefined, whatever rounding
 * does to the mean. */
START_TEST(test_constant)
{
	double r[300];
	struct sim_metrics m;

	for (int i = 0; i < 300; i++)
		r[i] = 0.001;
	m = of(r, 300);
	ck_assert(m.v[SIM_METRICS_VOL_ANN] == 0);
	ck_assert(isnan(m.v[SIM_METRICS_SHARPE]));
	ck_assert(isnan(m.v[SIM_METRICS_PSR]));
	ck_assert(isnan(m.v[SIM_METRICS_SORTINO]));
	ck_assert(isnan(m.v[SIM_METRICS_OMEGA]));
	ck_assert(isnan(m.v[SIM_METRICS_SKEW]));
	ck_assert(isnan(m.v[SIM_METRICS_AUTOCORR_1]));
	ck_assert(isnan(m.v[SIM_METRICS_CALMAR]));
	ck_assert(m.v[SIM_METRICS_MAX_DRAWDOWN] == 0);
	ck_assert(isnan(m.v[SIM_METRICS_DD_DAYS]));
	near("cagr", m.v[SIM_METRICS_CAGR_PERIODS], 0.28643404437618775);
	for (int i = 0; i < 300; i++)
		r[i] = 0;
	m = of(r, 300);
	ck_assert(m.v[SIM_METRICS_TOTAL_RETURN] == 0);
	ck_assert(isnan(m.v[SIM_METRICS_PERIOD_WIN_RATE]));
}
END_TEST

/* Everything lost: -100%, and nothing after it is a return. */
START_TEST(test_ruin)
{
	static const double level[] = { 100, 50, 0, 0, 10 };
	static const double below[] = { 100, 50, -20 };
	double r[4];
	struct sim_metrics_input in = { .n = 4, .ret = r, .n_curve = 5,
		.curve = level, .start_day = SIM_METRICS_NO_DAY,
		.periods_per_year = 1 };
	struct sim_metrics m;

	sim_metrics_returns(level, 3, r);
	ck_assert(r[0] == -0.5 && r[1] == -1);
	m = of(r, 2);
	ck_assert(m.v[SIM_METRICS_TOTAL_RETURN] == -1);
	ck_assert(m.v[SIM_METRICS_MAX_DRAWDOWN] == -1);
	ck_assert(isnan(m.v[SIM_METRICS_STABILITY]));
	sim_metrics_returns(level, 5, r);
	ck_assert(isnan(r[2]) && isnan(r[3]));
	sim_metrics_init(&m);
	sim_metrics_series(&in, &m);
	near("total", m.v[SIM_METRICS_TOTAL_RETURN], 10.0 / 100 - 1);
	ck_assert(m.v[SIM_METRICS_MAX_DRAWDOWN] == -1);
	ck_assert(isnan(m.v[SIM_METRICS_SHARPE]));
	ck_assert(isnan(m.v[SIM_METRICS_ULCER_INDEX]));
	sim_metrics_returns(below, 3, r);
	m = of(r, 2);
	near("below zero", m.v[SIM_METRICS_TOTAL_RETURN], -1.2);
	ck_assert(isnan(m.v[SIM_METRICS_CAGR_PERIODS]));
}
END_TEST

/* Dates: a year from 2023-01-02 to 2024-01-02, months and years compounded. */
START_TEST(test_dates)
{
	static const double r[] = { 0.1, 0.1, -0.2, 0.05 };
	int64_t day[4] = { sim_time_days(2023, 1, 31),
		sim_time_days(2023, 2, 10), sim_time_days(2023, 2, 20),
		sim_time_days(2024, 1, 2) };
	struct sim_metrics_input in = { .n = 4, .ret = r, .day = day,
		.start_day = sim_time_days(2023, 1, 2),
		.periods_per_year = 252 };
	struct sim_metrics m;
	double growth = 1.1 * 1.1 * 0.8 * 1.05;

	sim_metrics_init(&m);
	sim_metrics_series(&in, &m);
	near("years", m.v[SIM_METRICS_YEARS], 365 / 365.25);
	near("cagr", m.v[SIM_METRICS_CAGR], pow(growth, 365.25 / 365) - 1);
	near("xirr", m.v[SIM_METRICS_XIRR], growth - 1);
	near("best month", m.v[SIM_METRICS_BEST_MONTH], 0.1);
	near("worst month", m.v[SIM_METRICS_WORST_MONTH], 1.1 * 0.8 - 1);
	near("best year", m.v[SIM_METRICS_BEST_YEAR], 0.05);
	near("worst year", m.v[SIM_METRICS_WORST_YEAR], 1.1 * 1.1 * 0.8 - 1);
	near("dd start", m.v[SIM_METRICS_DD_START], (double)day[1]);
	near("dd valley", m.v[SIM_METRICS_DD_VALLEY], (double)day[2]);
	ck_assert(isnan(m.v[SIM_METRICS_DD_END]));
	near("dd days", m.v[SIM_METRICS_DD_DAYS], (double)(day[3] - day[1]));
	in.start_day++;
	sim_metrics_init(&m);
	sim_metrics_series(&in, &m);
	ck_assert(isnan(m.v[SIM_METRICS_CAGR]));
}
END_TEST

START_TEST(test_format)
{
	static const struct {
		int id;
		double v;
		const char *text;
	} c[] = {
		{ SIM_METRICS_SHARPE, NAN, "-" },
		{ SIM_METRICS_SHARPE, INFINITY, "-" },
		{ SIM_METRICS_SHARPE, 1.23456, "1.235" },
		{ SIM_METRICS_SHARPE, -0.0001, "0.000" },
		{ SIM_METRICS_CAGR, 0.12345, "12.35%" },
		{ SIM_METRICS_CAGR, -0.00001, "0.00%" },
		{ SIM_METRICS_CAGR, 1e300, "1e+302%" },
		{ SIM_METRICS_TRADES, 12, "12" },
		{ SIM_METRICS_EXPECTANCY, -12.345, "-12.35" },
		{ SIM_METRICS_DD_START, 0, "1970-01-01" },
		{ SIM_METRICS_AVG_HOLDING, 2.25, "2.2" },
		{ SIM_METRICS_DD_DAYS, 12, "12" },
	};
	char buf[SIM_METRICS_STRMAX];
	size_t n = sim_metrics_format(c[_i].id, c[_i].v, buf);

	ck_assert_str_eq(buf, c[_i].text);
	ck_assert_uint_eq(n, strlen(buf));
}
END_TEST

/* Selection against sorting, with many equal values too. */
static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

START_TEST(test_quantile)
{
	double x[101], y[101];
	unsigned state = 12345 + (unsigned)_i;
	size_t n = 1 + (size_t)(_i * 7 % 101);

	for (size_t i = 0; i < n; i++) {
		state = state * 1103515245 + 12345;
		x[i] = y[i] = (double)(state >> 16 & (_i % 2 ? 3 : 4095));
	}
	qsort(y, n, sizeof(*y), compare);
	for (int q = 0; q <= 100; q += 5) {
		double h = (double)(n - 1) * q / 100, f = h - floor(h);
		size_t k = (size_t)h;
		double want = f > 0 ? y[k] + f * (y[k + 1] - y[k]) : y[k];

		ck_assert_double_eq_tol(sim_stats_quantile(x, n, q / 100.0),
					want, 1e-9);
	}
}
END_TEST

START_TEST(test_xirr)
{
	static const double flow[] = { -1000, -500, 1700 };
	static const int64_t day[] = { 0, 182, 365 };
	double x = sim_stats_xirr(flow, day, 3), v = 0;

	for (int i = 0; i < 3; i++)
		v += flow[i] / pow(1 + x, (double)day[i] / 365);
	ck_assert(fabs(v) < 1e-9);
	ck_assert(isnan(sim_stats_xirr(flow, day, 2)));
}
END_TEST

START_TEST(test_table)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		const struct sim_metrics_row *row = sim_metrics_row(i);

		ck_assert_int_eq(sim_metrics_find(row->key), i);
		ck_assert_uint_le(strlen(row->title), 26);
		ck_assert_uint_le(strlen(row->key), 22);
	}
	ck_assert_int_eq(sim_metrics_find("nothing"), -1);
	sim_metrics_conventions(&b);
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&b), "\nC11 "));
	sim_metrics_list_text(&b);
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&b), "  sharpe "));
	sim_buf_release(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("metrics");
	TCase *t = tcase_create("metrics");

	tcase_add_loop_test(t, test_golden, 0,
			    sizeof(golden) / sizeof(*golden));
	tcase_add_loop_test(t, change, 0, sizeof(changes) / sizeof(*changes));
	tcase_add_test(t, test_golden_rf);
	tcase_add_test(t, test_short);
	tcase_add_test(t, test_pbo);
	tcase_add_test(t, test_empty);
	tcase_add_test(t, test_one);
	tcase_add_test(t, test_two);
	tcase_add_test(t, test_constant);
	tcase_add_test(t, test_ruin);
	tcase_add_test(t, test_dates);
	tcase_add_loop_test(t, test_format, 0, 12);
	tcase_add_loop_test(t, test_quantile, 0, 60);
	tcase_add_test(t, test_xirr);
	tcase_add_test(t, test_table);
	suite_add_tcase(s, t);
	return run_suite(s);
}
