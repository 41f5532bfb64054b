/* run: the same bytes whatever the order of the symbols and however the result
 * is reused; ranges, stops, order lists, the band, stamps.  Not covered:
 * speed, and whether fills are right (tests/engine, goog.py). */
#include <unistd.h>

#include "suite.h"

#include "fixture.h"
#include "run/log.h"

/* Every strategy, all parameters at their defaults but the side. */
static const struct {
	const char *strategy, *side;
} cases[] = {
	{ "sma-cross", "long" }, { "sma-cross", "long-short" },
	{ "ema-cross", "long-short" }, { "macd", "short" },
	{ "rsi-reversion", "long-short" }, { "bollinger", "long-short" },
	{ "breakout", "long-short" }, { "buy-hold", "long" },
	{ "momentum-rotation", "long" },
};

START_TEST(order_of_symbols)
{
	struct fixture f;
	struct sim_run_result a = SIM_RUN_RESULT_INIT;
	struct sim_run_result b = SIM_RUN_RESULT_INIT;
	struct sim_run_data swap;

	fixture_init(&f, 3000);
	f.spec.nsyms = FIXTURE_SYMS;
	f.spec.form.source = cases[_i].strategy;
	fixture_param(&f, "side", cases[_i].side);
	fixture_param(&f, "size", "percent:60");
	fixture_param(&f, "take_profit", "1.5");
	fixture_param(&f, "stop_loss", "0.7");
	fixture_set(&f, "account", "margin");
	fixture_run(&f, &a);
	ck_assert_uint_gt(a.counts.fills, 0);
	ck_assert_uint_eq(a.nfills, a.counts.fills);
	swap = f.data[0];
	f.data[0] = f.data[2];
	f.data[2] = swap;
	fixture_run(&f, &b);
	ck_assert_str_eq(a.manifest.data, b.manifest.data);
	ck_assert_str_eq(a.log.data, b.log.data);
	/* And once more into a result that was used. */
	fixture_run(&f, &a);
	ck_assert_str_eq(a.log.data, b.log.data);
	ck_assert_uint_eq(a.equity.n, b.equity.n);
	ck_assert(!memcmp(a.equity.value, b.equity.value,
			  a.equity.n * sizeof(*a.equity.value)));
	sim_run_result_release(&a);
	sim_run_result_release(&b);
	fixture_release(&f);
}
END_TEST

/* One value held for each close and the last point; the last is known. */
static void check_held(const struct sim_run_result *r)
{
	const struct sim_run_equity *q = &r->equity;
	size_t n = 0;
	bool any = false;

	for (size_t i = 0; i < q->n; i++)
		n += q->eod[i] || i + 1 == q->n;
	ck_assert_uint_eq(q->nheld, n);
	ck_assert_uint_gt(n, 1);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_ge(q->gross[i], q->net[i]);
		ck_assert_int_ge(q->gross[i], -q->net[i]);
		any |= q->gross[i] != 0;
	}
	ck_assert(any);
	ck_assert_int_eq(q->gross[n - 1], r->account.gross);
	ck_assert_int_eq(q->net[n - 1], r->account.value);
}

START_TEST(log_and_result_agree)
{
	struct fixture f;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_run_order *o;
	struct sim_log_reader reader;
	struct sim_log_line line;
	size_t n, fills = 0;
	sim_dec filled = 0, want = 0;

	fixture_init(&f, 5000);
	fixture_param(&f, "take_profit", "1");
	fixture_param(&f, "trail", "0.5");
	fixture_run(&f, &r);
	ck_assert_int_eq(sim_log_open(&reader, r.log.data, r.log.len,
				      r.instruments, r.nsyms, NULL), 0);
	while (sim_log_next(&reader, &line, NULL) == 1) {
		if (line.ev.type != SIM_EVENT_TYPE_FILL)
			continue;
		ck_assert(!memcmp(&line.fill.qty, &r.fills[fills].qty, 8));
		ck_assert_int_eq(line.fill.price, r.fills[fills].price);
		ck_assert_int_eq(line.fill.realized, r.fills[fills].realized);
		ck_assert_int_eq(line.fill.seq, r.fills[fills].seq);
		want += r.fills[fills++].qty;
	}
	ck_assert_uint_eq(fills, r.nfills);
	ck_assert_uint_eq(reader.line, r.counts.events);
	ck_assert_int_eq(sim_run_orders(&r, &o, &n, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		ck_assert_uint_eq(o[i].order.id, i + 1);
		filled += o[i].order.filled;
	}
	ck_assert_int_eq(filled, want);
	sim_run_orders_free(o, n);
	ck_assert_int_eq(r.equity.value[r.equity.n - 1], r.account.equity);
	ck_assert_uint_eq(r.equity.n, r.steps);
	check_held(&r);
	sim_run_result_release(&r);
	fixture_release(&f);
}
END_TEST

/* Without a log: the same figures, and no log to ask for orders. */
START_TEST(without_log)
{
	struct fixture f;
	struct sim_run_result a = SIM_RUN_RESULT_INIT;
	struct sim_run_result b = SIM_RUN_RESULT_INIT;
	struct sim_run_order *o;
	size_t n;

	fixture_init(&f, 3000);
	fixture_run(&f, &a);
	f.spec.log = false;
	fixture_run(&f, &b);
	ck_assert_int_eq(a.account.equity, b.account.equity);
	ck_assert_str_eq(a.manifest_hash, b.manifest_hash);
	ck_assert_str_eq(b.log_hash, "");
	ck_assert_int_eq(sim_run_orders(&b, &o, &n, NULL), SIM_E_STATE);
	sim_run_result_release(&a);
	sim_run_result_release(&b);
	fixture_release(&f);
}
END_TEST

/* A stopped run is the beginning of the whole one, sealed. */
START_TEST(stopped)
{
	struct fixture f;
	struct sim_run_result a = SIM_RUN_RESULT_INIT;
	struct sim_run_result b = SIM_RUN_RESULT_INIT;
	size_t body;

	fixture_init(&f, 4000);
	fixture_run(&f, &a);
	f.spec.stop_step = 1234;
	fixture_run(&f, &b);
	ck_assert_uint_eq(b.stop_step, 1234);
	ck_assert_uint_eq(b.equity.n, 1234);
	ck_assert(b.stamps >> SIM_RUN_STAMP_STOPPED & 1);
	ck_assert(strstr(b.manifest.data, "\"stopped\":{\"step\":1234,"));
	ck_assert(!memcmp(a.equity.value, b.equity.value, 1234 * 8));
	body = (size_t)(strstr(b.log.data, "{\"type\":\"seal\"") - b.log.data);
	ck_assert(body && !memcmp(a.log.data, b.log.data, body));
	sim_run_result_release(&a);
	sim_run_result_release(&b);
	fixture_release(&f);
}
END_TEST

START_TEST(stop_flag)
{
	struct fixture f;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	const struct sim_stop stop = { 1, -1 };

	fixture_init(&f, 40000);
	f.spec.stop = &stop;
	fixture_run(&f, &r);
	ck_assert(r.stamps >> SIM_RUN_STAMP_STOPPED & 1);
	ck_assert_uint_lt(r.steps, 40000);
	ck_assert_str_ne(r.log_hash, "");
	sim_run_result_release(&r);
	fixture_release(&f);
}
END_TEST

static const struct {
	const char *from, *to;
	uint64_t bars;
} ranges[] = {
	{ "", "", 4320 }, { "2020-01-02", "", 2880 },
	{ "2020-01-02", "2020-01-02", 1440 }, { "", "2020-01-01", 1440 },
	{ "2020", "2020", 4320 }, { "2020-01", "2020-01", 4320 },
	{ "2020-01-01T00:10:00Z", "2020-01-01T00:20:00Z", 10 },
	{ "2020-01-01T00:09:30Z", "2020-01-01T00:19:30Z", 10 },
};

START_TEST(range)
{
	struct fixture f;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;

	fixture_init(&f, 4320);
	ck_assert_int_eq(sim_run_bound_parse(ranges[_i].from, "--from",
					     false, &f.spec.from, NULL), 0);
	ck_assert_int_eq(sim_run_bound_parse(ranges[_i].to, "--to",
					     true, &f.spec.to, NULL), 0);
	fixture_run(&f, &r);
	ck_assert_uint_eq(r.bars, ranges[_i].bars);
	sim_run_result_release(&r);
	fixture_release(&f);
}
END_TEST

START_TEST(refusals)
{
	static const struct {
		const char *want;
		int code;
	} want[] = {
		{ "no bar to run on", SIM_E_INVAL },
		{ "given twice", SIM_E_INVAL },
		{ "one timeframe", SIM_E_INVAL },
		{ "did you mean sma-cross", SIM_E_NOENT },
		{ "fast must be less", SIM_E_INVAL },
		{ "1 to 65536 symbols", SIM_E_INVAL },
		{ "needs a strategy", SIM_E_INVAL },
		{ "detail:5min is not finer", SIM_E_INVAL },
	};
	struct fixture f;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_err err = SIM_ERR_INIT;

	fixture_init(&f, 100);
	f.spec.nsyms = 2;
	if (_i == 0)
		ck_assert_int_eq(sim_run_bound_parse("2021-01-01", "--from",
						     false, &f.spec.from,
						     NULL), 0);
	if (_i == 1)
		f.data[1].instrument = f.data[0].instrument;
	if (_i == 2)
		f.data[1].tf.span *= 5;
	if (_i == 3)
		f.spec.form.source = "sma-crss";
	if (_i == 4)
		fixture_param(&f, "fast", "50");
	if (_i == 5)
		f.spec.nsyms = 0;
	if (_i == 6)
		f.spec.form.source = NULL;
	if (_i == 7)
		fixture_set(&f, "path", "detail:5min");
	ck_assert_int_eq(sim_run_execute(&f.spec, &r, &err), want[_i].code);
	ck_assert_msg(strstr(err.msg, want[_i].want), "%s", err.msg);
	sim_run_result_release(&r);
	fixture_release(&f);
}
END_TEST

static struct sim_orders *list(const char *text)
{
	struct sim_orders *o;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_orders_parse("list", text, strlen(text), &o, &err),
		      "%s", err.msg);
	return o;
}

/* An order is submitted when its bar has closed and fills at the next open;
 * of an OCO pair one lives. */
START_TEST(order_list)
{
	struct fixture f;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_run_order *o;
	struct sim_orders *l = list(
		"time,symbol,side,quantity,limit,stop,oco\n"
		"2020-01-01T00:10:00Z,AAA,buy,5,,,\n"
		"2020-01-01T00:20:00Z,AAA,sell,5,150,,1\n"
		"2020-01-01T00:20:00Z,AAA,sell,5,,99.99,1\n");
	size_t n;

	fixture_init(&f, 2000);
	fixture_set(&f, "slippage", "none");
	f.spec.orders = l;
	fixture_run(&f, &r);
	ck_assert_uint_eq(r.nfills, 2);
	ck_assert_int_eq(r.fills[0].time,
			 FIXTURE_START + 12 * SIM_TIME_MIN);
	ck_assert_int_eq(r.fills[0].price, f.bars[0].open[11]);
	ck_assert_int_eq(sim_run_orders(&r, &o, &n, NULL), 0);
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(o[0].submitted, FIXTURE_START + 11 * SIM_TIME_MIN);
	ck_assert_int_eq(o[1].order.status, SIM_ORDER_STATUS_CANCELLED);
	ck_assert_int_eq(o[2].order.status, SIM_ORDER_STATUS_FILLED);
	ck_assert_str_eq(r.strategy, "orders");
	ck_assert(strstr(r.manifest.data, "\"orders\":{\"format\":\"csv\""));
	sim_run_orders_free(o, n);
	sim_run_result_release(&r);
	sim_orders_free(l);
	fixture_release(&f);
}
END_TEST

static const struct {
	const char *row, *want;
} lists[] = {
	{ "2020-01-01T00:10:30Z,AAA,buy,5", "line 2, column time: "
	  "'2020-01-01T00:10:30Z' is not the stamp of a bar of AAA" },
	{ "2021-01-01,AAA,buy,5", "the nearest is 2020-01-02T" },
	{ "2020-01-01T00:10:00Z,ZZZ,buy,5", "'ZZZ' is not a symbol" },
};

START_TEST(order_list_refused)
{
	struct fixture f;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_err err = SIM_ERR_INIT;
	char text[200];
	struct sim_orders *l;

	snprintf(text, sizeof(text), "time,symbol,side,quantity\n%s\n",
		 lists[_i].row);
	l = list(text);
	fixture_init(&f, 2000);
	f.spec.orders = l;
	ck_assert_int_eq(sim_run_execute(&f.spec, &r, &err), SIM_E_DATA);
	ck_assert_msg(strstr(err.msg, lists[_i].want), "%s", err.msg);
	sim_run_result_release(&r);
	sim_orders_free(l);
	fixture_release(&f);
}
END_TEST

/* Tight brackets on wide bars are ambiguous: the band holds every path. */
START_TEST(band)
{
	static const char *const paths[] = { "ohlc", "olhc", "worst", "best" };
	struct fixture f;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_run_result one = SIM_RUN_RESULT_INIT;
	sim_dec finals[4];

	fixture_init(&f, 3000);
	fixture_param(&f, "fast", "3");
	fixture_param(&f, "slow", "8");
	fixture_param(&f, "take_profit", "0.2");
	fixture_param(&f, "stop_loss", "0.2");
	fixture_run(&f, &r);
	ck_assert_uint_gt(r.counts.ambiguous, 0);
	ck_assert(r.band.is_known);
	finals[0] = r.band.ohlc;
	finals[1] = r.band.olhc;
	finals[2] = r.band.worst;
	finals[3] = r.band.best;
	f.spec.band = false;
	for (int i = 0; i < 4; i++) {
		fixture_set(&f, "path", paths[i]);
		fixture_run(&f, &one);
		ck_assert(!one.band.is_known);
		ck_assert_int_eq(one.account.equity, finals[i]);
		ck_assert_int_ge(finals[i], r.band.low);
		ck_assert_int_le(finals[i], r.band.high);
	}
	ck_assert_int_lt(r.band.low, r.band.high);
	sim_run_result_release(&r);
	sim_run_result_release(&one);
	fixture_release(&f);
}
END_TEST

START_TEST(stamps)
{
	struct fixture f;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;

	fixture_init(&f, 2000);
	fixture_run(&f, &r);
	ck_assert_uint_eq(r.stamps, 1u << SIM_RUN_STAMP_SHORT_HISTORY);
	fixture_set(&f, "slippage", "none");
	fixture_set(&f, "commission", "none");
	fixture_set(&f, "fill", "close");
	f.data[0].bars.volume = NULL;
	f.bars[0].flags[5] = SIM_BAR_SYNTHETIC;
	f.spec.view = SIM_ADJUST_SPLIT;
	fixture_run(&f, &r);
	ck_assert_uint_eq(r.stamps, 1u << SIM_RUN_STAMP_SHORT_HISTORY |
			  1u << SIM_RUN_STAMP_ZERO_COST |
			  1u << SIM_RUN_STAMP_CLOSE_FILL |
			  1u << SIM_RUN_STAMP_NO_VOLUME |
			  1u << SIM_RUN_STAMP_SYNTHETIC |
			  1u << SIM_RUN_STAMP_ADJUSTED);
	for (int i = 0; sim_run_stamp(i); i++)
		ck_assert(*sim_run_stamp(i)->help);
	sim_run_result_release(&r);
	fixture_release(&f);
}
END_TEST

START_TEST(benchmark)
{
	struct fixture f;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;

	fixture_init(&f, 500);
	f.spec.benchmark = &f.data[1];
	fixture_run(&f, &r);
	ck_assert_ptr_nonnull(r.equity.benchmark);
	/* BBB has no first bar; then its newest close is carried. */
	ck_assert_int_eq(r.equity.benchmark[0], 0);
	ck_assert_int_eq(r.equity.benchmark[1], f.bars[1].close[0]);
	ck_assert_int_eq(r.equity.benchmark[7], f.bars[1].close[5]);
	ck_assert_int_eq(r.equity.benchmark[8], f.bars[1].close[6]);
	f.spec.benchmark = NULL;
	fixture_run(&f, &r);
	ck_assert_ptr_null(r.equity.benchmark);
	sim_run_result_release(&r);
	fixture_release(&f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run");
	TCase *t = tcase_create("run");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, order_of_symbols, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, log_and_result_agree);
	tcase_add_test(t, without_log);
	tcase_add_test(t, stopped);
	tcase_add_test(t, stop_flag);
	tcase_add_loop_test(t, range, 0, sizeof(ranges) / sizeof(ranges[0]));
	tcase_add_loop_test(t, refusals, 0, 8);
	tcase_add_test(t, order_list);
	tcase_add_loop_test(t, order_list_refused, 0,
			    sizeof(lists) / sizeof(lists[0]));
	tcase_add_test(t, band);
	tcase_add_test(t, stamps);
	tcase_add_test(t, benchmark);
	suite_add_tcase(s, t);
	return run_suite(s);
}
