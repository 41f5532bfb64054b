/*
 * A made-up run with books that balance: random bars and fills of a few
 * symbols, commissions, a split, a dividend, interest, a borrow fee.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "util/rand.h"

#define FIXTURE_SYMBOLS 3

struct fixture {
	struct sim_report_input in;
	struct sim_instrument instruments[FIXTURE_SYMBOLS];
	struct sim_position positions[FIXTURE_SYMBOLS];
	struct sim_trades_adjust adjusts[1];
	struct sim_fill *fills;
	sim_time *time;
	sim_dec *equity, *gross, *net;
	double *level;
	sim_dec price[FIXTURE_SYMBOLS], cash;
	struct sim_rand rand;
	size_t steps;
	uint32_t seq;
	sim_time step_ns;
};

struct fixture_opts {
	uint64_t seed;
	size_t steps;
	sim_time step_ns;		/* SIM_TIME_DAY: daily */
	unsigned fill_every;		/* 0: no fills */
	const char *name;		/* of the strategy and first symbol */
};

static inline sim_dec fixture_value(const struct fixture *f, uint32_t s)
{
	sim_dec v = 0;

	if (!sim_dec_mul(f->positions[s].qty, f->price[s], &v))
		abort();
	return v;
}

static inline void fixture_fill(struct fixture *f, uint32_t s, sim_time t)
{
	struct sim_fill *x = &f->fills[f->in.n_fills];
	struct sim_position *p = &f->positions[s];
	bool buy = sim_rand_below(&f->rand, 2);
	sim_dec value = 0;

	if (p->qty > 500 * SIM_DEC_ONE || p->qty < -500 * SIM_DEC_ONE)
		buy = p->qty < 0;
	f->in.n_fills++;
	x->seq = ++f->seq;
	x->time = t;
	x->sym = (uint16_t)s;
	x->side = buy ? SIM_SIDE_BUY : SIM_SIDE_SELL;
	x->qty = (sim_dec)(1 + sim_rand_below(&f->rand, 300)) * SIM_DEC_ONE;
	x->base_price = f->price[s];
	x->price = f->price[s] + (buy ? 1 : -1) * SIM_DEC_ONE / 100;
	x->commission = (sim_dec)sim_rand_below(&f->rand, 3 * SIM_DEC_ONE);
	x->ambiguous = sim_rand_below(&f->rand, 10) == 0;
	if (!sim_dec_mul(x->qty, x->price, &value))
		abort();
	f->cash += (buy ? -value : value) - x->commission;
	p->qty += buy ? x->qty : -x->qty;
}

/* Two for one of symbol 0, a dividend, interest and a fee, half way. */
static inline void fixture_events(struct fixture *f, sim_time t)
{
	struct sim_trades_adjust *a = &f->adjusts[0];
	sim_dec money = f->positions[0].qty / 4;

	f->positions[0].qty *= 2;
	f->price[0] /= 2;
	*a = (struct sim_trades_adjust){ .seq = ++f->seq, .time = t, .sym = 0,
		.num = 2, .den = 1, .qty_after = f->positions[0].qty };
	f->in.adjusts = a;
	f->in.n_adjusts = 1;
	f->in.dividends = f->positions[0].dividends = money;
	f->in.interest = -3 * SIM_DEC_ONE;
	f->in.borrow_fees = SIM_DEC_ONE / 3;
	f->cash += money + f->in.interest - f->in.borrow_fees;
}

static inline void fixture_step(struct fixture *f, size_t i,
				const struct fixture_opts *o)
{
	sim_time t = f->in.start + (sim_time)(i + 1) * o->step_ns;
	sim_dec net = 0, gross = 0;

	if (i == o->steps / 2)
		fixture_events(f, t);
	for (uint32_t s = 0; s < FIXTURE_SYMBOLS; s++) {
		sim_dec move = (sim_dec)sim_rand_below(&f->rand, 401) - 200;
		sim_dec v;

		move += f->price[s] < 50 * SIM_DEC_ONE ? 20 :
			f->price[s] > 500 * SIM_DEC_ONE ? -20 : 0;
		f->price[s] += f->price[s] / 10000 * move;
		if (o->fill_every && !sim_rand_below(&f->rand, o->fill_every))
			fixture_fill(f, s, t);
		f->positions[s].last = f->price[s];
		f->positions[s].value = v = fixture_value(f, s);
		net += v;
		gross += v < 0 ? -v : v;
	}
	f->time[i] = t;
	f->equity[i] = f->cash + net;
	f->gross[i] = gross;
	f->net[i] = net;
	f->level[i] = sim_dec_to_double(f->price[1]);
}

static inline void fixture_texts(struct fixture *f,
				 const struct fixture_opts *o)
{
	static const struct sim_report_fact models[] = {
		{ "fill", "next-open" }, { "path", "worst" },
		{ "slippage", "bps:5" }, { "commission", "per-share:0.005" } };
	static const struct sim_report_fact hashes[] = {
		{ "manifest", "0123456789abcdef0123456789abcdef"
			      "0123456789abcdef0123456789abcdef" },
		{ "log", "<&\"'>" } };
	static const char *const stamps[] = { "UNSAFE zero-cost",
					      "UNSAFE close-fill" };
	static struct sim_report_fact params[3] = { { "fast", "10" },
		{ "slow", NULL },
		{ "a_parameter_with_a_long_name_and_no_value", NULL } };

	params[1].value = o->name;
	f->in.run_id = "r1";
	f->in.strategy = o->name;
	f->in.timeframe = o->step_ns == SIM_TIME_DAY ? "daily" : "1min";
	f->in.currency = "USD";
	f->in.params = (struct sim_report_facts){ params, 3 };
	f->in.models = (struct sim_report_facts){ models, 4 };
	f->in.hashes = (struct sim_report_facts){ hashes, 2 };
	f->in.stamps = stamps;
	f->in.n_stamps = 2;
}

static inline void fixture_symbols(struct fixture *f, const char *name)
{
	static const char *const symbols[FIXTURE_SYMBOLS] = { "AAPL", "MSFT",
							      "GOOG" };

	for (int s = 0; s < FIXTURE_SYMBOLS; s++) {
		snprintf(f->instruments[s].symbol,
			 sizeof(f->instruments[s].symbol), "%s",
			 s || !name ? symbols[s] : name);
		f->instruments[s].multiplier = SIM_DEC_ONE;
		f->price[s] = (100 + 37 * s) * SIM_DEC_ONE;
		f->positions[s].last = f->price[s];
	}
}

static inline void fixture_make(struct fixture *f,
				const struct fixture_opts *o)
{
	size_t n = o->steps + 1;

	memset(f, 0, sizeof(*f));
	sim_rand_init(&f->rand, o->seed, "fixture");
	f->fills = calloc(n * FIXTURE_SYMBOLS, sizeof(*f->fills));
	f->time = calloc(n, sizeof(*f->time));
	f->equity = calloc(n, sizeof(*f->equity));
	f->gross = calloc(n, sizeof(*f->gross));
	f->net = calloc(n, sizeof(*f->net));
	f->level = calloc(n, sizeof(*f->level));
	fixture_texts(f, o);
	fixture_symbols(f, o->name);
	f->cash = f->in.initial = 1000000 * SIM_DEC_ONE;
	f->in.start = sim_time_days(2020, 1, 1) * SIM_TIME_DAY;
	f->in.from = f->in.to = SIM_TIME_NONE;
	f->in.periods_per_year = 365;
	f->in.instruments = f->instruments;
	f->in.positions = f->positions;
	f->in.n_symbols = FIXTURE_SYMBOLS;
	for (size_t i = 0; i < o->steps; i++)
		fixture_step(f, i, o);
	f->in.fills = f->fills;
	f->in.curve = (struct sim_report_curve){ o->steps, f->time, f->equity,
						 NULL, f->gross, f->net };
	f->in.orders = (struct sim_report_orders){ 100, 90, 3, 2, 5 };
	f->in.has_band = true;
	f->in.band_low = 990000 * SIM_DEC_ONE;
	f->in.band_high = 1010000 * SIM_DEC_ONE;
	f->in.bench = (struct sim_report_bench){ "MSFT", o->steps, f->time,
						 f->level };
}

static inline void fixture_free(struct fixture *f)
{
	free(f->fills);
	free(f->time);
	free(f->equity);
	free(f->gross);
	free(f->net);
	free(f->level);
}

#endif
