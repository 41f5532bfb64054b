/* Expressions over bars: every call a stream, fed once a bar whatever is
 * skipped, the same numbers as ta/ fed by hand; and wrong ones. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"

#include "script/series_expr.h"
#include "ta/ta.h"
#include "util/rand.h"

#define BARS 300

static struct sim_bar bars[BARS];

static void make_bars(void)
{
	struct sim_rand r;

	sim_rand_init(&r, 7, "series_expr");
	for (int i = 0; i < BARS; i++) {
		sim_dec mid = 100 * SIM_DEC_ONE +
			(sim_dec)sim_rand_below(&r, 2000) * (SIM_DEC_ONE / 100);
		sim_dec step = (sim_dec)sim_rand_below(&r, 90) *
			(SIM_DEC_ONE / 100);

		bars[i] = (struct sim_bar){
			.ts = i * 10 * SIM_TIME_MIN, .open = mid - step / 2,
			.high = mid + step, .low = mid - step,
			.close = mid + step / 3,
			.volume = (sim_dec)(1 + sim_rand_below(&r, 500)) *
				SIM_DEC_ONE
		};
	}
}

static double num(const struct sim_expr_value *v)
{
	if (v->type == SIM_EXPR_BOOL)
		return v->b;
	return v->type == SIM_EXPR_NUM ? v->num : NAN;
}

static struct sim_series_expr *compiled(const char *text)
{
	static const char *const host[] = { "fill", "drawdown" };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_series_expr *e = NULL;
	int rc = sim_series_expr_compile(text, "wake", host, 2, &e, &err);

	ck_assert_msg(!rc, "%s: %s", text, err.msg);
	return e;
}

/* The value of text at every bar; NaN for nil, 0 and 1 for truths. */
static void series_of(const char *text, double out[BARS])
{
	struct sim_series_expr *e = compiled(text);
	struct sim_expr_value host[2] = {
		{ .type = SIM_EXPR_BOOL }, { .type = SIM_EXPR_NUM }
	}, v;
	struct sim_err err = SIM_ERR_INIT;

	for (int i = 0; i < BARS; i++) {
		host[0].b = i % 7 == 0;
		host[1].num = -i / 1000.0;
		ck_assert_msg(!sim_series_expr_feed(e, &bars[i], host, &v,
						    &err), "%s", err.msg);
		out[i] = num(&v);
	}
	sim_series_expr_free(e);
}

static void same(const char *what, const double *a, const double *b)
{
	for (int i = 0; i < BARS; i++)
		ck_assert_msg(a[i] == b[i] || (isnan(a[i]) && isnan(b[i])),
			      "%s differs at bar %d: %.17g and %.17g", what, i,
			      a[i], b[i]);
}

/* Pairs of expressions that are the same series. */
static const char *const pairs[][2] = {
	{ "close[0]", "close" },
	{ "close[1][2]", "close[3]" },
	{ "mom(close,4)", "close - close[4]" },
	{ "highest(close,3)", "max(close, close[1], close[2])" },
	{ "lowest(low,2)", "min(low, low[1])" },
	{ "medprice()", "(high + low) / 2" },
	{ "rsi(close)", "rsi(close, 14)" },
	{ "macd(close)", "macd(close, 12, 26, 9).macd" },
	{ "atr(14)", "atr()" },
	{ "sma(close,5)[3]", "sma(close[3],5)" },
	{ "sma(rsi(close,14),5)", "sma((rsi(close, 14)), 5)" },
	{ "bbands(close,20,2).upper + 0", "bbands(close,20).upper" },
	{ "crosses(close,open)",
	  "crosses_above(close,open) or crosses_below(close,open)" },
	{ "crosses_above(close, sma(close,3))",
	  "close[1] <= sma(close,3)[1] and close > sma(close,3)" },
	{ "crosses_below(close, 105)", "close[1] >= 105 and close < 105" },
	{ "every(30m)", "every(1800s)" },
	{ "fill and close or 0", "(fill and (close)) || 0" },
	{ "sma(drawdown, 2)", "(drawdown + drawdown[1]) / 2" },
	{ "sma(close[1] - open, 1)", "close[1] - open" },
	{ "sma(volume,3) > nil", "false" },
};

START_TEST(same_series)
{
	double a[BARS], b[BARS];

	series_of(pairs[_i][0], a);
	series_of(pairs[_i][1], b);
	same(pairs[_i][0], a, b);
	ck_assert(!isnan(a[BARS - 1]));
}
END_TEST

/* Every indicator, every output, with its defaults, against its own stream. */
START_TEST(every_indicator)
{
	size_t n;
	const struct sim_ta_row *row = &sim_ta_rows(&n)[_i];
	struct sim_ta_stream *s;
	double in[SIM_TA_INPUTS], out[SIM_TA_OUTPUTS], a[BARS], b[BARS];
	static const char *const order[] = {
		"open", "high", "low", "close", "volume"
	};
	char text[128];
	bool real = sim_ta_input(row, "real") >= 0;

	for (int o = 0; o < row->n_outputs; o++) {
		ck_assert_int_eq(sim_ta_new(row, NULL, &s, NULL), 0);
		for (int i = 0; i < BARS; i++) {
			const sim_dec v[] = { bars[i].open, bars[i].high,
				bars[i].low, bars[i].close, bars[i].volume };

			for (int k = 0; k < row->n_inputs; k++) {
				in[k] = sim_dec_to_double(bars[i].close);
				for (int p = 0; p < 5; p++)
					if (!strcmp(row->inputs[k], order[p]))
						in[k] = sim_dec_to_double(v[p]);
			}
			sim_ta_push(s, in, out);
			a[i] = out[o];
		}
		sim_ta_free(s);
		snprintf(text, sizeof(text), "%s(%s).%s", row->name,
			 real ? "close" : "", row->outputs[o]);
		series_of(text, b);
		same(text, a, b);
	}
}
END_TEST

/* What `and` skips is fed all the same. */
START_TEST(skipped_is_fed)
{
	double a[BARS], b[BARS];

	series_of("sma(close,3)", a);
	series_of("fill and sma(close,3)", b);
	for (int i = 2; i < BARS; i++)
		if (i % 7 == 0)
			ck_assert_double_eq(a[i], b[i]);
	series_of("false and crosses(close,open) or every(1h)", b);
	for (int i = 0; i < BARS; i++)
		ck_assert_double_eq(b[i], i % 6 == 0);
}
END_TEST

/* Without a bar nothing is fed, series stay and events are false. */
START_TEST(no_bar)
{
	struct sim_series_expr *e = compiled("fill and sma(close,2) or "
					     "every(10m)");
	struct sim_series_expr *s = compiled("sma(close,2)");
	struct sim_expr_value host[2] = { { .type = SIM_EXPR_BOOL },
					  { .type = SIM_EXPR_NIL } }, v, w;
	bool yes;

	for (int i = 0; i < 9; i++) {
		ck_assert(!sim_series_expr_test(e, &bars[i], host, &yes, NULL));
		ck_assert(yes);
		ck_assert(!sim_series_expr_feed(s, &bars[i], host, &w, NULL));
		ck_assert(!sim_series_expr_test(e, NULL, host, &yes, NULL));
		ck_assert(!yes);
		host[0].b = true;
		ck_assert(!sim_series_expr_feed(e, NULL, host, &v, NULL));
		ck_assert(i == 0 ? v.type == SIM_EXPR_BOOL && !v.b
				 : v.num == w.num);
		host[0].b = false;
	}
	sim_series_expr_free(e);
	sim_series_expr_free(s);
}
END_TEST

START_TEST(reset_and_warmup)
{
	static const struct {
		const char *text;
		int bars;
	} cases[] = {
		{ "close", 0 }, { "close[5]", 5 }, { "sma(close,5)", 4 },
		{ "sma(close[2],5)[3]", 9 },
		{ "crosses(sma(close,3),open)", 3 },
		{ "close > 1 and rsi(close,14) > 50", 14 },
		{ "sma(rsi(close,14),5)", 18 }, { "max(close[3],open[7])", 7 },
		{ "every(1h) or fill", 0 },
	};
	struct sim_expr_value host[2] = { { .type = SIM_EXPR_BOOL },
					  { .type = SIM_EXPR_NIL } }, v;
	struct sim_series_expr *e;

	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		e = compiled(cases[c].text);
		ck_assert_int_eq(sim_series_expr_warmup(e), cases[c].bars);
		for (int round = 0; round < 2; round++) {
			for (int i = 0; i <= cases[c].bars; i++)
				ck_assert(!sim_series_expr_feed(
						e, &bars[i], host, &v, NULL));
			ck_assert_int_ne(v.type, SIM_EXPR_NIL);
			sim_series_expr_reset(e);
		}
		ck_assert_int_eq(sim_series_expr_uses(e, 0), c == 8);
		sim_series_expr_free(e);
	}
}
END_TEST

static const struct {
	const char *text, *says;
} bad[] = {
	{ "close[-1]", "[ ] looks back only" },
	{ "close[1.5]", "a whole number of bars" },
	{ "close[10001]", "from 0 to 10000" },
	{ "close[open]", "a whole number of bars" },
	{ "close[1", "']' is missing at the end" },
	{ "(close > open)[1]", "[ ] needs numbers" },
	{ "clse", "did you mean 'close'?" },
	{ "rsx(close)", "did you mean 'rsi'?" },
	{ "rsi", "needs its values in ( )" },
	{ "rsi()", "rsi takes a series, as in rsi(close)" },
	{ "rsi(14)", "rsi takes a series here" },
	{ "rsi(14, close)", "rsi takes a series here" },
	{ "rsi(close, close)", "the period of rsi is a number such as 14" },
	{ "rsi(close, 0)", "period" },
	{ "rsi(close, -3)", "period" },
	{ "rsi(close, 1.5)", "period" },
	{ "rsi(close, 99999)", "period" },
	{ "rsi(close, 14, 3)", "rsi takes 1 number, so '3' is too much" },
	{ "rsi(close 14)", "',' or ')' is missing before" },
	{ "rsi(close, 14", "',' or ')' is missing at the end" },
	{ "rsi(close,)", "is a number such as 14" },
	{ "rsi('x', 14)", "rsi needs numbers" },
	{ "rsi(close > open, 14)", "rsi needs numbers" },
	{ "atr(close)", "the period of atr is a number" },
	{ "bbands(close)", "write .upper, .middle or .lower after it" },
	{ "bbands(close).uper", "bbands has no 'uper'" },
	{ "rsi(close).x", "rsi has no 'x'; it has .rsi" },
	{ "crosses(close)", "',' is expected" },
	{ "crosses(1, 2)", "neither of these changes" },
	{ "crosses(close > 1, 2)", "crosses needs numbers" },
	{ "crosses(close, 'x')", "crosses needs numbers" },
	{ "crosses(close, open, 1)", "')' is expected" },
	{ "every()", "every takes a duration" },
	{ "every(30)", "every takes a duration such as 30m" },
	{ "every(0m)", "every takes a duration" },
	{ "every(2d)", "every takes a duration such as 30m or 4h below a day, "
	  "1d or 1w" },
	{ "every(30x)", "neither a number" },
	{ "every(30m", "')' is missing" },
	{ "every(30m) + 1", "+ needs numbers" },
	{ "filll", "did you mean 'fill'?" },
	{ "push(0)", "there is no function 'push'" },
	{ "s0", "there is no field 's0'" },
	{ "close.x", "there is no field 'close.x'" },
};

START_TEST(wrong)
{
	static const char *const host[] = { "fill" };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_series_expr *e = NULL;

	ck_assert_msg(sim_series_expr_compile(bad[_i].text, "wake", host, 1,
					      &e, &err) == SIM_E_USAGE,
		      "'%s' passes", bad[_i].text);
	ck_assert_msg(strstr(err.msg, bad[_i].says) != NULL,
		      "'%s': '%s' does not say '%s'", bad[_i].text, err.msg,
		      bad[_i].says);
	ck_assert_ptr_null(e);
}
END_TEST

START_TEST(wrong_host)
{
	static const char *const texts[] = {
		"sma(fill, 3)", "fill[2]", "fill + 1", "crosses(fill, close)"
	};
	struct sim_expr_value host[2] = { { .type = SIM_EXPR_BOOL },
					  { .type = SIM_EXPR_NIL } }, v;
	struct sim_series_expr *e = compiled(texts[_i]);
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_series_expr_feed(e, &bars[0], host, &v, &err),
			 SIM_E_DATA);
	ck_assert_msg(strstr(err.msg, "numbers") != NULL, "%s", err.msg);
	sim_series_expr_free(e);
}
END_TEST

START_TEST(too_many)
{
	char text[4096] = "close";
	struct sim_err err = SIM_ERR_INIT;
	struct sim_series_expr *e = NULL;

	for (int i = 0; i < 160; i++)
		snprintf(text + strlen(text), 32, "+open[%d]", i + 1);
	ck_assert_int_eq(sim_series_expr_compile(text, "x", NULL, 0, &e, &err),
			 SIM_E_USAGE);
	ck_assert_ptr_nonnull(strstr(err.msg, "more than 150"));
	ck_assert_ptr_nonnull(sim_series_expr_function(0));
	ck_assert_ptr_null(sim_series_expr_function(99));
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("series_expr");
	TCase *tc = tcase_create("series_expr");
	size_t n;

	make_bars();
	sim_ta_rows(&n);
	tcase_add_loop_test(tc, same_series, 0, COUNT(pairs));
	tcase_add_loop_test(tc, every_indicator, 0, (int)n);
	tcase_add_test(tc, skipped_is_fed);
	tcase_add_test(tc, no_bar);
	tcase_add_test(tc, reset_and_warmup);
	tcase_add_loop_test(tc, wrong, 0, COUNT(bad));
	tcase_add_loop_test(tc, wrong_host, 0, 4);
	tcase_add_test(tc, too_many);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
