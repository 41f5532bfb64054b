/* Built-in strategies against a host that only writes down what they ask for:
 * wishes become the right orders, at the right bar, once.  Not covered: fills
 * (tests/run). */
#include <stdio.h>
#include <string.h>

#include "strategy/builtin.h"
#include "strategy/registry.h"
#include "suite.h"

#define BARS 64

/* One or two symbols, a book of what was submitted. */
struct world {
	struct sim_instrument ins[2];
	struct sim_position pos[2];
	struct sim_account acc;
	sim_time ts[BARS];
	sim_dec price[2][BARS];
	struct sim_strategy_sym syms[2];
	struct sim_strategy_host host;
	struct sim_strategy_view view;
	uint32_t traded[2];
	struct sim_order_req req[16];
	int n;
	bool refuses;
	sim_dec more;			/* units on top of a price */
	struct sim_order working;	/* shown when .id */
};

static int submit(void *ctx, const struct sim_order_req *req, uint32_t *id,
		  struct sim_err *err)
{
	struct world *w = ctx;

	ck_assert_int_lt(w->n, 16);
	w->req[w->n++] = *req;
	*id = (uint32_t)w->n;
	return w->refuses ? sim_err_set(err, SIM_E_REJECTED, "no") : SIM_OK;
}

static const struct sim_order *next_order(void *ctx, uint32_t sym,
					  uint32_t after)
{
	struct world *w = ctx;

	return w->working.id && w->working.sym == sym && !after ?
		&w->working : NULL;
}

static void init_world(struct world *w, uint32_t nsyms)
{
	memset(w, 0, sizeof(*w));
	w->acc.initial = w->acc.cash = w->acc.equity = 1000 * SIM_DEC_ONE;
	w->host.ctx = w;
	w->host.submit = submit;
	w->host.next_order = next_order;
	w->view.nsyms = w->view.ntraded = nsyms;
	w->view.syms = w->syms;
	w->view.traded = w->traded;
	w->view.account = &w->acc;
	w->view.host = &w->host;
	for (uint32_t i = 0; i < nsyms; i++) {
		struct sim_strategy_sym *s = &w->syms[i];

		w->ins[i].tick_size = SIM_DEC_ONE / 100;
		w->ins[i].lot_size = w->ins[i].multiplier = SIM_DEC_ONE;
		s->instrument = &w->ins[i];
		s->position = &w->pos[i];
		s->traded = true;
		s->bars = (struct sim_bar_series){ 0, w->ts, w->price[i],
			w->price[i], w->price[i], w->price[i], NULL, NULL, 0 };
		w->traded[i] = i;
	}
}

static void make(struct world *w, struct sim_strategy *s, const char *name,
		 const struct sim_strategy_param *p, size_t n)
{
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_registry_new(name, p, n, s, &err), "%s", err.msg);
	ck_assert_msg(!s->ops->init(s->self, &w->view, &err), "%s", err.msg);
}

/* Close one more bar; all later prices are poisoned. */
static void close_bar(struct world *w, struct sim_strategy *s, int64_t price)
{
	size_t t = w->syms[0].bars.n;

	for (uint32_t i = 0; i < w->view.nsyms; i++) {
		w->price[i][t] = price * SIM_DEC_ONE + w->more;
		for (size_t k = t + 1; k < BARS; k++)
			w->price[i][k] = INT64_MIN / 2;
		w->syms[i].bars.n = t + 1;
	}
	w->view.step++;
	ck_assert_int_eq(s->ops->on_step(s->self, &w->view, NULL), 0);
}

static const struct sim_strategy_param cross[] = {
	{ "fast", "1" }, { "slow", "2" }, { "size", "cash:0.98" },
	{ "take_profit", "10" }, { "stop_loss", "5" }
};

START_TEST(enters_and_leaves)
{
	struct world w;
	struct sim_strategy s;

	init_world(&w, 1);
	make(&w, &s, "sma-cross", cross, 5);
	close_bar(&w, &s, 10);
	close_bar(&w, &s, 11);		/* t = 1 < slow: too early */
	ck_assert_int_eq(w.n, 0);
	close_bar(&w, &s, 12);
	ck_assert_int_eq(w.n, 1);
	ck_assert_int_eq(w.req[0].side, SIM_SIDE_BUY);
	/* floor(0.98 * 1000 / 12) */
	ck_assert_int_eq(w.req[0].size, 81 * SIM_DEC_ONE);
	ck_assert_int_eq(w.req[0].take_profit, 1320000000);
	ck_assert_int_eq(w.req[0].stop_loss, 1140000000);
	w.pos[0].qty = 81 * SIM_DEC_ONE;
	close_bar(&w, &s, 13);
	ck_assert_int_eq(w.n, 1);
	close_bar(&w, &s, 9);
	ck_assert_int_eq(w.n, 2);
	ck_assert_int_eq(w.req[1].side, SIM_SIDE_SELL);
	ck_assert_int_eq(w.req[1].size, 81 * SIM_DEC_ONE);
	ck_assert(w.req[1].reduce_only);
	s.ops->free(s.self);
}
END_TEST

/* Sums beyond 64 bits once multiplied still decide exactly: the two means are
 * apart by a quarter of the last unit. */
START_TEST(dear_prices)
{
	static const struct sim_strategy_param p[] = {
		{ "fast", "2" }, { "slow", "4" }, { "size", "qty:1" }
	};
	struct world w;
	struct sim_strategy s;

	init_world(&w, 1);
	make(&w, &s, "sma-cross", p, 3);
	for (int i = 0; i < 6; i++)
		close_bar(&w, &s, INT64_C(20000000000));
	ck_assert_int_eq(w.n, 0);
	w.more = 1;
	close_bar(&w, &s, INT64_C(20000000000));
	ck_assert_int_eq(w.n, 1);
	ck_assert_int_eq(w.req[0].side, SIM_SIDE_BUY);
	s.ops->free(s.self);
}
END_TEST

/* A bracket ended the position: not again until the wish has changed. */
START_TEST(waits_after_a_bracket)
{
	struct world w;
	struct sim_strategy s;

	init_world(&w, 1);
	make(&w, &s, "sma-cross", cross, 5);
	for (int p = 10; p < 13; p++)
		close_bar(&w, &s, p);
	w.pos[0].qty = 81 * SIM_DEC_ONE;
	close_bar(&w, &s, 13);
	w.pos[0].qty = 0;
	close_bar(&w, &s, 14);
	close_bar(&w, &s, 15);
	ck_assert_int_eq(w.n, 1);
	close_bar(&w, &s, 9);
	close_bar(&w, &s, 10);
	ck_assert_int_eq(w.n, 2);
	ck_assert_int_eq(w.req[1].side, SIM_SIDE_BUY);
	s.ops->free(s.self);
}
END_TEST

START_TEST(refusals_are_not_repeated)
{
	struct world w;
	struct sim_strategy s;

	init_world(&w, 1);
	w.refuses = true;
	make(&w, &s, "sma-cross", cross, 5);
	for (int p = 10; p < 20; p++)
		close_bar(&w, &s, p);
	ck_assert_int_eq(w.n, 1);
	s.ops->free(s.self);
}
END_TEST

/* While an order works, nothing is added; a bracket's child does not count. */
START_TEST(waits_for_working_orders)
{
	struct world w;
	struct sim_strategy s;

	init_world(&w, 1);
	make(&w, &s, "sma-cross", cross, 5);
	w.working.id = 1;
	for (int p = 10; p < 15; p++)
		close_bar(&w, &s, p);
	ck_assert_int_eq(w.n, 0);
	w.working.role = SIM_ORDER_ROLE_STOP_LOSS;
	close_bar(&w, &s, 16);
	ck_assert_int_eq(w.n, 1);
	s.ops->free(s.self);
}
END_TEST

/* Long-short: the old position is closed and the new one opened, with the
 * cash and what the old one is worth. */
START_TEST(flips)
{
	static const struct sim_strategy_param p[] = {
		{ "fast", "1" }, { "slow", "2" }, { "size", "cash:1" },
		{ "side", "long-short" }
	};
	struct world w;
	struct sim_strategy s;

	init_world(&w, 1);
	make(&w, &s, "sma-cross", p, 4);
	w.pos[0].qty = 50 * SIM_DEC_ONE;
	w.pos[0].value = 500 * SIM_DEC_ONE;
	w.acc.cash = 500 * SIM_DEC_ONE;
	close_bar(&w, &s, 12);
	close_bar(&w, &s, 11);
	close_bar(&w, &s, 10);
	ck_assert_int_eq(w.n, 2);
	ck_assert_int_eq(w.req[0].side, SIM_SIDE_SELL);
	ck_assert_int_eq(w.req[0].size, 50 * SIM_DEC_ONE);
	ck_assert(w.req[0].reduce_only && !w.req[1].reduce_only);
	ck_assert_int_eq(w.req[1].side, SIM_SIDE_SELL);
	ck_assert_int_eq(w.req[1].size, 100 * SIM_DEC_ONE);
	s.ops->free(s.self);
}
END_TEST

/* sleeve: an equal part of the cash for each symbol, and what it made of it. */
START_TEST(sleeves)
{
	static const struct sim_strategy_param p[] = {
		{ "size", "sleeve:1" }
	};
	struct world w;
	struct sim_strategy s;

	init_world(&w, 2);
	w.pos[1].realized = 40 * SIM_DEC_ONE;
	w.pos[1].fees = 20 * SIM_DEC_ONE;
	make(&w, &s, "buy-hold", p, 1);
	close_bar(&w, &s, 10);
	ck_assert_int_eq(w.n, 2);
	ck_assert_int_eq(w.req[0].size, 50 * SIM_DEC_ONE);
	ck_assert_int_eq(w.req[1].size, 52 * SIM_DEC_ONE);
	s.ops->free(s.self);
}
END_TEST

/* percent is shared by the symbols. */
START_TEST(percent)
{
	struct world w;
	struct sim_strategy s;

	init_world(&w, 2);
	make(&w, &s, "buy-hold", NULL, 0);
	close_bar(&w, &s, 10);
	close_bar(&w, &s, 11);
	ck_assert_int_eq(w.req[0].size_kind, SIM_ORDER_SIZE_PERCENT);
	ck_assert_int_eq(w.req[0].size, 4750000000);
	s.ops->free(s.self);
}
END_TEST

/* Prices and the bars at which a strategy should want something. */
static const struct {
	const char *name;
	struct sim_strategy_param p[3];
	int n;
	int prices[12];
	int at;				/* first order after this many bars */
	enum sim_side side;
} signals[] = {
	{ "breakout", { { "entry", "3" }, { "exit", "2" } }, 2,
	  { 10, 11, 12, 12, 13 }, 5, SIM_SIDE_BUY },
	{ "breakout", { { "entry", "3" }, { "side", "short" } }, 2,
	  { 10, 11, 12, 12, 9 }, 5, SIM_SIDE_SELL },
	{ "rsi-reversion", { { "period", "2" } }, 1,
	  { 10, 9, 8, 7 }, 3, SIM_SIDE_BUY },
	{ "bollinger", { { "period", "4" }, { "mult", "1" } }, 2,
	  { 10, 10, 10, 8, 9 }, 4, SIM_SIDE_BUY },
	{ "ema-cross", { { "fast", "2" }, { "slow", "3" } }, 2,
	  { 10, 11, 12, 13 }, 3, SIM_SIDE_BUY },
	{ "macd", { { "fast", "2" }, { "slow", "3" }, { "signal", "2" } }, 3,
	  { 10, 10, 10, 10, 14 }, 5, SIM_SIDE_BUY },
	{ "momentum-rotation", { { "lookback", "2" }, { "every", "2" },
	  { "top", "1" } }, 3, { 10, 11, 12, 13 }, 4, SIM_SIDE_BUY },
};

START_TEST(signal_at)
{
	struct world w;
	struct sim_strategy s;

	init_world(&w, 1);
	make(&w, &s, signals[_i].name, signals[_i].p,
	     (size_t)signals[_i].n);
	for (int t = 0; t < signals[_i].at; t++) {
		ck_assert_msg(w.n == 0, "%s: an order after %d bars",
			      signals[_i].name, t);
		close_bar(&w, &s, signals[_i].prices[t]);
	}
	ck_assert_msg(w.n == 1, "%s: no order after %d bars",
		      signals[_i].name, signals[_i].at);
	ck_assert_int_eq(w.req[0].side, signals[_i].side);
	s.ops->free(s.self);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("builtin");
	TCase *t = tcase_create("builtin");

	tcase_add_test(t, enters_and_leaves);
	tcase_add_test(t, dear_prices);
	tcase_add_test(t, waits_after_a_bracket);
	tcase_add_test(t, refusals_are_not_repeated);
	tcase_add_test(t, waits_for_working_orders);
	tcase_add_test(t, flips);
	tcase_add_test(t, sleeves);
	tcase_add_test(t, percent);
	tcase_add_loop_test(t, signal_at, 0,
			    sizeof(signals) / sizeof(signals[0]));
	suite_add_tcase(s, t);
	return run_suite(s);
}
