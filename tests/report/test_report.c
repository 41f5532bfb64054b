/*
 * Books that balance over random runs, sampling at closes, the benchmark, the
 * shape of every page (80 columns, 24 lines, printable) over random runs, names
 * and sizes, unknown sections, escaping.  Exact pages are in golden.sh.
 */
#include "../suite.h"
#include "fixture.h"

#include "report/html.h"
#include "report/plot.h"
#include "report/sheet.h"

static void build(struct fixture *f, struct sim_report *r,
		  const struct fixture_opts *o)
{
	struct sim_err err = SIM_ERR_INIT;

	fixture_make(f, o);
	ck_assert_msg(!sim_report_build(&f->in, r, &err), "%s", err.msg);
}

START_TEST(test_balance)
{
	struct fixture_opts o = { (uint64_t)_i, (size_t)_i * 7 % 400,
		_i % 3 ? SIM_TIME_DAY : SIM_TIME_MIN, 1 + (unsigned)_i % 9,
		NULL };
	struct fixture f;
	struct sim_report r;
	sim_dec net = 0, open = 0;

	build(&f, &r, &o);
	ck_assert_int_eq(r.bridge.unexplained, 0);
	for (size_t i = 0; i < r.n_symbols; i++) {
		net += r.symbols[i].net;
		open += r.symbols[i].open_net;
	}
	ck_assert_int_eq(net, r.bridge.closed_net);
	ck_assert_int_eq(open, r.bridge.open_net);
	sim_report_release(&r);
	fixture_free(&f);
}
END_TEST

/* Costs are sums of decimals, and the double nearest to them. */
START_TEST(test_costs)
{
	struct fixture_opts o = { (uint64_t)_i, 400, SIM_TIME_DAY, 2, NULL };
	sim_dec_wide fees = 0, slip = 0, total;
	struct fixture f;
	struct sim_report r;
	const double *v;

	build(&f, &r, &o);
	v = r.metrics.v;
	for (size_t i = 0; i < f.in.n_fills; i++) {
		fees += f.fills[i].commission;
		slip += f.fills[i].qty / 100;
	}
	total = fees + slip + f.in.borrow_fees - f.in.interest;
	ck_assert_uint_gt(f.in.n_fills, 300);
	ck_assert(v[SIM_METRICS_COST_COMMISSION] == (double)fees / 1e8);
	ck_assert(v[SIM_METRICS_COST_SLIPPAGE] == (double)slip / 1e8);
	ck_assert(v[SIM_METRICS_COST_TOTAL] == (double)total / 1e8);
	sim_report_release(&r);
	fixture_free(&f);
}
END_TEST

/* Columns of a line: characters that are not part of a colour sequence. */
static size_t columns(const char *s, const char *end)
{
	size_t n = 0;

	for (; s < end; s++) {
		if (*s == '\033')
			s = strchr(s, 'm');
		else if (((unsigned char)*s & 0xc0) != 0x80)
			n++;
	}
	return n;
}

static void check_page(const char *page, const struct sim_sheet_opts *o)
{
	unsigned lines = 0, odd = 0;

	for (const char *s = page; *s;) {
		const char *end = strchr(s, '\n');

		ck_assert_ptr_nonnull(end);
		ck_assert_msg(columns(s, end) <= SIM_SHEET_COLUMNS,
			      "%zu columns: %.*s", columns(s, end),
			      (int)(end - s), s);
		/* One assertion a line: each costs a write. */
		for (; s < end; s++) {
			unsigned char c = (unsigned char)*s;

			odd += !(c >= ' ' || (c == 27 && o->color)) ||
			       c == 127 || (c > 127 && o->ascii);
		}
		ck_assert_uint_eq(odd, 0);
		lines++;
		s = end + 1;
	}
	ck_assert_uint_le(lines, SIM_SHEET_LINES);
	ck_assert_uint_ge(lines, 3);
}

START_TEST(test_shape)
{
	static const char *const names[] = { NULL, "sma-cross",
		"\033[31mred\007\xff\xc3\xa9 a name that goes on and on and on",
		"<script>alert('x')</script>", "" };
	static const size_t steps[] = { 0, 1, 2, 3, 40, 700, 5000 };
	struct fixture_opts o = { (uint64_t)_i, steps[_i % 7],
		_i % 2 ? SIM_TIME_DAY : SIM_TIME_MIN, (unsigned)_i % 5 * 3,
		names[_i % 5] };
	struct sim_sheet_opts so = { .ascii = _i % 4 == 1,
		.color = _i % 3 == 0, .all_trades = _i % 11 == 0 };
	struct fixture f;
	struct sim_report r;
	struct sim_sheet s = SIM_SHEET_INIT;
	struct sim_err err = SIM_ERR_INIT;

	fixture_make(&f, &o);
	if (_i % 6 == 5) {
		/* Amounts at the end of the range. */
		f.in.band_low = INT64_MIN;
		f.in.band_high = INT64_MAX;
		f.in.dividends = INT64_MIN + 1;
		f.in.start = SIM_TIME_NONE;
		f.in.partial = true;
		for (size_t i = 0; i < o.steps; i++)
			f.equity[i] = INT64_MAX / (sim_dec)(i + 1);
	}
	ck_assert_int_eq(sim_report_build(&f.in, &r, &err), 0);
	ck_assert_int_eq(sim_sheet_build(&r, &so, &s, &err), 0);
	ck_assert_uint_ge(s.n, 9);
	for (size_t i = 0; i < s.n; i++)
		check_page(sim_buf_str(&s.pages[i]), &so);
	sim_sheet_release(&s);
	sim_report_release(&r);
	fixture_free(&f);
}
END_TEST

START_TEST(test_sections)
{
	struct fixture_opts o = { 1, 50, SIM_TIME_DAY, 3, NULL };
	struct sim_sheet_opts so = { .section = "nothing" };
	struct sim_sheet s = SIM_SHEET_INIT;
	struct sim_err err = SIM_ERR_INIT;
	struct fixture f;
	struct sim_report r;
	const char *const *names = sim_sheet_sections();

	build(&f, &r, &o);
	ck_assert_int_eq(sim_sheet_build(&r, &so, &s, &err), SIM_E_INVAL);
	ck_assert_str_eq(err.msg, "there is no section 'nothing'; use one of "
			 "overview, curve, months, metrics, drawdowns, "
			 "symbols, trades, costs, model");
	ck_assert_uint_eq(s.n, 0);
	for (; *names; names++) {
		size_t had = s.n;

		so.section = *names;
		ck_assert_int_eq(sim_sheet_build(&r, &so, &s, &err), 0);
		ck_assert_uint_gt(s.n, had);
	}
	sim_sheet_release(&s);
	sim_report_release(&r);
	fixture_free(&f);
}
END_TEST

/* Two points a session: returns come from closes, drawdown from all. */
START_TEST(test_closes)
{
	static const sim_time day = SIM_TIME_DAY;
	sim_time time[] = { day / 2, day, day + day / 2, 2 * day,
			    2 * day + day / 2 };
	sim_dec equity[] = { 50 * SIM_DEC_ONE, 110 * SIM_DEC_ONE,
			     60 * SIM_DEC_ONE, 121 * SIM_DEC_ONE,
			     121 * SIM_DEC_ONE };
	uint8_t close[] = { 0, 1, 0, 1, 0 };
	sim_time bench_time[] = { day, 2 * day };
	double level[] = { 10, 12 };
	struct sim_report_input in = { .initial = 100 * SIM_DEC_ONE,
		.curve = { 5, time, equity, close, NULL, NULL },
		.periods_per_year = 365,
		.bench = { "B", 2, bench_time, level } };
	struct sim_report r;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_report_build(&in, &r, &err), 0);
	/* The open session at the end counts as a close. */
	ck_assert_uint_eq(r.n, 3);
	ck_assert(fabs(r.ret[0] - 0.1) < 1e-15);
	ck_assert(fabs(r.ret[1] - 0.1) < 1e-15);
	ck_assert(r.ret[2] == 0);
	/* Midnight ends the day before. */
	ck_assert_int_eq(r.day[0], 0);
	ck_assert_int_eq(r.day[1], 1);
	ck_assert_int_eq(r.day[2], 2);
	ck_assert(r.metrics.v[SIM_METRICS_MAX_DRAWDOWN] == -0.5);
	ck_assert(r.metrics.v[SIM_METRICS_ULCER_INDEX] == 0);
	ck_assert_uint_eq(r.dd.episodes, 2);
	/* The benchmark is flat before its first level. */
	ck_assert(r.bench_ret[0] == 0);
	ck_assert(fabs(r.bench_ret[1] - 0.2) < 1e-15);
	ck_assert(r.bench_ret[2] == 0);
	sim_report_release(&r);
	time[3] = time[2];
	ck_assert_int_eq(sim_report_build(&in, &r, &err), SIM_E_DATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "point 4 "));
}
END_TEST

START_TEST(test_escape)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_html_escape(&b, "a<b>&\"'\n\x01\x7f");
	ck_assert_str_eq(sim_buf_str(&b), "a&lt;b&gt;&amp;&quot;&#39;"
			 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	sim_buf_reset(&b);
	/* Good, cut, overlong, surrogate, C1, too high. */
	sim_html_escape(&b, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80|\xc3|"
			"\xc0\x80|\xed\xa0\x80|\xc2\x85|\xf4\x90\x80\x80");
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&b),
			"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80|\xef\xbf\xbd|"
			"\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd"));
	ck_assert_ptr_null(strstr(sim_buf_str(&b), "\xed\xa0"));
	sim_buf_release(&b);
}
END_TEST

/* A peak of one value in a million survives the reduction. */
START_TEST(test_extremes)
{
	size_t n = 1000000;
	double *y = calloc(n, sizeof(*y)), low[100], high[100];
	double top = 0, bottom = 0;

	y[777777] = 5;
	y[123456] = -3;
	sim_plot_extremes(y, n, 100, low, high);
	for (int i = 0; i < 100; i++) {
		top = high[i] > top ? high[i] : top;
		bottom = low[i] < bottom ? low[i] : bottom;
	}
	ck_assert(top == 5 && bottom == -3);
	ck_assert(high[77] == 5 && low[12] == -3);
	free(y);
}
END_TEST

START_TEST(test_plot)
{
	static const double y[] = { 0, 0, 1, 1 };
	struct sim_plot p = { .y = y, .n = 4, .width = 2,
			      .height = 1 };
	struct sim_plot_cells c;
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_plot_draw(&p, &c);
	sim_plot_row(&p, &c, 0, &b);
	/* Two dots low; then the rise, and one high. */
	ck_assert_str_eq(sim_buf_str(&b), "\xe2\xa3\x80\xe2\xa0\x8f");
	sim_buf_reset(&b);
	p.ascii = true;
	sim_plot_row(&p, &c, 0, &b);
	ck_assert_str_eq(sim_buf_str(&b), ".|");
	sim_buf_release(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("report");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, test_balance, 0, 60);
	tcase_add_loop_test(t, test_costs, 0, 20);
	tcase_add_loop_test(t, test_shape, 0, 140);
	tcase_add_test(t, test_sections);
	tcase_add_test(t, test_closes);
	tcase_add_test(t, test_escape);
	tcase_add_test(t, test_extremes);
	tcase_add_test(t, test_plot);
	suite_add_tcase(s, t);
	return run_suite(s);
}
