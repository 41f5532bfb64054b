/*
 * Round trips by hand: partial closes, flips, fees to the unit, splits with
 * cash for the fractional lot, bars held, risk, damaged input.  Random fills
 * are in trades.py.
 */
#include "../suite.h"

#include <math.h>
#include <string.h>

#include "report/trades.h"

#define U SIM_DEC_ONE

static const struct sim_instrument one = { .symbol = "AAPL",
					   .multiplier = SIM_DEC_ONE };

static struct sim_fill fill(sim_time t, enum sim_side side, sim_dec qty,
			    sim_dec price, sim_dec fee)
{
	return (struct sim_fill){ .time = t, .seq = (uint32_t)t * 10,
		.side = (uint8_t)side, .qty = qty, .price = price,
		.commission = fee,
		.reason = SIM_FILL_REASON_MARKET_OPEN };
}

START_TEST(test_partial)
{
	struct sim_fill f[] = {
		fill(1, SIM_SIDE_BUY, 10 * U, 100 * U, 1),
		fill(2, SIM_SIDE_BUY, 5 * U, 110 * U, 2 * U),
		fill(4, SIM_SIDE_SELL, 12 * U, 120 * U, 100),
		fill(5, SIM_SIDE_SELL, 5 * U, 90 * U, 7),
	};
	struct sim_position p = { .qty = -2 * U, .last = 80 * U,
				  .value = -160 * U };
	sim_time steps[] = { 1, 2, 3, 4, 5, 6 };
	sim_dec stop[] = { 95 * U, 0, 0, 0 };
	struct sim_trades_input in = { .fills = f, .n_fills = 4,
		.instruments = &one, .positions = &p, .n_symbols = 1,
		.steps = steps, .n_steps = 6, .end = 6, .stop = stop };
	struct sim_trades t;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_metrics m;

	ck_assert_int_eq(sim_trades_build(&in, &t, &err), 0);
	ck_assert_uint_eq(t.n, 4);
	ck_assert_uint_eq(t.n_closed, 3);
	/* 10 of fill 1 against fill 3: fees 1 and round(100 * 10 / 12). */
	ck_assert_int_eq(t.items[0].qty, 10 * U);
	ck_assert_int_eq(t.items[0].gross, 200 * U);
	ck_assert_int_eq(t.items[0].fees, 1 + 83);
	ck_assert_int_eq(t.items[0].bars, 3);
	ck_assert_int_eq(t.items[0].risk, 50 * U);
	/* 2 of fill 2: fees 0.8 and the rest of 100. */
	ck_assert_int_eq(t.items[1].qty, 2 * U);
	ck_assert_int_eq(t.items[1].gross, 20 * U);
	ck_assert_int_eq(t.items[1].fees, 80000000 + 17);
	/* 3 more against fill 4: fees 1.2 and round(7 * 3 / 5) = 4. */
	ck_assert_int_eq(t.items[2].gross, -60 * U);
	ck_assert_int_eq(t.items[2].fees, 120000000 + 4);
	/* The rest of fill 4 opens a short of 2 with 3 units of fee. */
	ck_assert_int_eq(t.items[3].side, SIM_SIDE_SELL);
	ck_assert(t.items[3].is_open);
	ck_assert_int_eq(t.items[3].gross, 20 * U);
	ck_assert_int_eq(t.items[3].fees, 3);
	ck_assert_int_eq(t.items[3].bars, 1);
	ck_assert_int_eq(t.net + t.open_net, -1000 * U - 550 * U + 1440 * U +
			 450 * U - 160 * U - 1 - 2 * U - 107);
	sim_metrics_init(&m);
	sim_trades_metrics(&t, &m);
	ck_assert(m.v[SIM_METRICS_TRADES] == 3);
	ck_assert(m.v[SIM_METRICS_WINS] == 2);
	ck_assert(m.v[SIM_METRICS_MAX_WINS_ROW] == 2);
	ck_assert(m.v[SIM_METRICS_LOSSES] == 1);
	ck_assert(fabs(m.v[SIM_METRICS_EXPECTANCY_R] - 4) < 1e-6);
	ck_assert(isnan(m.v[SIM_METRICS_SQN]));
	ck_assert(fabs(m.v[SIM_METRICS_AVG_BARS] - 8.0 / 3) < 1e-12);
	sim_trades_release(&t);
}
END_TEST

/* 3:2 of five shares: seven, and half a share in cash at 66. */
START_TEST(test_split)
{
	struct sim_fill f[] = {
		fill(1, SIM_SIDE_BUY, 5 * U, 99 * U, 0),
		fill(3, SIM_SIDE_SELL, 7 * U, 70 * U, 0),
	};
	struct sim_trades_adjust a = { .seq = 5, .time = 3, .num = 3, .den = 2,
		.qty_after = 7 * U, .cash = 33 * U };
	struct sim_position p = { .qty = 0 };
	struct sim_trades_input in = { .fills = f, .n_fills = 2,
		.adjusts = &a, .n_adjusts = 1, .instruments = &one,
		.positions = &p, .n_symbols = 1, .end = 3 };
	struct sim_trades t;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_trades_build(&in, &t, &err), 0);
	ck_assert_uint_eq(t.n_closed, 2);
	ck_assert_uint_eq(t.items[0].exit_fill, 0);
	ck_assert_int_eq(t.items[0].qty, U / 2);
	ck_assert_int_eq(t.items[0].entry_price, 66 * U);
	ck_assert_int_eq(t.items[0].net, 0);
	ck_assert_int_eq(t.items[0].exit_price, 66 * U);
	ck_assert_int_eq(t.items[1].qty, 7 * U);
	ck_assert_int_eq(t.items[1].net, 7 * 4 * U);
	ck_assert_int_eq(t.items[1].bars, -1);
	sim_trades_release(&t);
}
END_TEST

/* Break-even is neither win nor loss; without trades all is undefined. */
START_TEST(test_even)
{
	struct sim_fill f[] = {
		fill(1, SIM_SIDE_SELL, 5 * U, 99 * U, 0),
		fill(2, SIM_SIDE_BUY, 5 * U, 99 * U, 0),
	};
	struct sim_position p = { .qty = 0 };
	struct sim_trades_input in = { .fills = f, .n_fills = 2,
		.instruments = &one, .positions = &p, .n_symbols = 1 };
	struct sim_trades t;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_metrics m;

	ck_assert_int_eq(sim_trades_build(&in, &t, &err), 0);
	sim_metrics_init(&m);
	sim_trades_metrics(&t, &m);
	ck_assert(m.v[SIM_METRICS_BREAK_EVEN] == 1);
	ck_assert(isnan(m.v[SIM_METRICS_WIN_RATE]));
	ck_assert(m.v[SIM_METRICS_EXPECTANCY] == 0);
	sim_trades_release(&t);
	in.n_fills = 0;
	ck_assert_int_eq(sim_trades_build(&in, &t, &err), 0);
	sim_metrics_init(&m);
	sim_trades_metrics(&t, &m);
	ck_assert(m.v[SIM_METRICS_TRADES] == 0);
	ck_assert(isnan(m.v[SIM_METRICS_EXPECTANCY]));
	ck_assert(isnan(m.v[SIM_METRICS_MAX_HOLDING]));
	sim_trades_release(&t);
}
END_TEST

/* Damaged input is named, and nothing is written. */
static const struct {
	sim_time second;		/* time of the second fill */
	uint32_t sym;
	sim_dec qty, price, final;
	int64_t den;			/* of a split between them; 0: none */
	sim_dec after;
	int code;
	const char *says;
} broken[] = {
	{ 0, 0, U, U, 2 * U, 0, 0, SIM_E_DATA, "fill 2 is older" },
	{ 2, 1, U, U, 2 * U, 0, 0, SIM_E_DATA, "unknown symbol" },
	{ 2, 0, 0, U, U, 0, 0, SIM_E_DATA, "no quantity" },
	{ 2, 0, U, U, 3 * U, 0, 0, SIM_E_DATA, "final position" },
	{ 2, 0, U, U, 2 * U, -1, 0, SIM_E_DATA, "split 1" },
	{ 2, 0, U, U, 2 * U, 1, 9 * U, SIM_E_DATA, "leaves more of AAPL" },
	{ 2, 0, INT64_MAX, 2 * U, U, 0, 0, SIM_E_OVERFLOW, "value of a fill" },
	{ 2, 0, U, U, 2 * U, 0, 0, 0, "" },
};

START_TEST(test_broken)
{
	struct sim_fill f[] = { fill(1, SIM_SIDE_BUY, U, U, 0),
				fill(broken[_i].second, SIM_SIDE_BUY,
				     broken[_i].qty, broken[_i].price, 0) };
	struct sim_trades_adjust a = { .seq = 15, .time = 1, .num = 1,
		.den = broken[_i].den, .qty_after = broken[_i].after };
	struct sim_position p = { .qty = broken[_i].final };
	struct sim_trades_input in = { .fills = f, .n_fills = 2,
		.adjusts = &a, .n_adjusts = broken[_i].den != 0,
		.instruments = &one, .positions = &p, .n_symbols = 1 };
	struct sim_trades t = { .n = 77 };
	struct sim_err err = SIM_ERR_INIT;

	f[1].sym = (uint16_t)broken[_i].sym;
	ck_assert_int_eq(sim_trades_build(&in, &t, &err), broken[_i].code);
	ck_assert_msg(strstr(err.msg, broken[_i].says) != NULL, "%s", err.msg);
	if (broken[_i].code)
		ck_assert_uint_eq(t.n, 77);
	else
		sim_trades_release(&t);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("trades");
	TCase *t = tcase_create("trades");

	tcase_add_test(t, test_partial);
	tcase_add_test(t, test_split);
	tcase_add_test(t, test_even);
	tcase_add_loop_test(t, test_broken, 0,
			    sizeof(broken) / sizeof(*broken));
	suite_add_tcase(s, t);
	return run_suite(s);
}
