/*
 * Random orders of every kind over several symbols, beside a ledger of our
 * own that follows the events with plain 128-bit arithmetic.
 *
 * Covers: what must hold whatever happens (see on_event and check_step), the
 * same events for the same seed, with and without a log, and worst and best
 * as the lower and higher of the two paths.
 * Does not cover: that a fill is the right one (test_scenarios does).
 */
#include "engine/engine.h"

#include <stdio.h>
#include <string.h>

#include "../suite.h"
#include "util/mem.h"
#include "util/rand.h"

#define SYMS	4
#define BARS	400
#define ACTIONS	6
#define ORDERS	250			/* a case */
#define CENT	(SIM_DEC_ONE / 100)
#define T0	(INT64_C(20000) * SIM_TIME_DAY + 14 * SIM_TIME_HOUR)

/* One market with its bars, the engine in it and our own books. */
struct world {
	struct sim_rand r;
	struct sim_config cfg;
	struct sim_instrument ins[SYMS];
	struct sim_bar_table bars[SYMS], fine;
	struct sim_bar_series view[SYMS], fine_view;
	struct sim_engine_bar at[SYMS];
	struct sim_action actions[SYMS][ACTIONS];
	size_t nactions[SYMS];
	bool no_volume[SYMS];
	uint32_t nsyms, session, traded[SYMS], ntraded;
	size_t step;
	struct sim_engine *e;
	uint32_t newest;		/* order id */
	uint32_t paired[ORDERS * 8];	/* by id: its sibling, when accepted */
	bool whole[ORDERS * 8];		/* by id: filled entirely */
	uint64_t seq, hash;
	sim_dec cash, pos[SYMS], taken[SYMS];
	bool fork;			/* no orders for the close */
};

static uint64_t below(struct world *w, uint64_t n)
{
	return sim_rand_below(&w->r, n);
}

static bool chance(struct world *w, int percent)
{
	return (int)below(w, 100) < percent;
}

/* -- a market --------------------------------------------- */

static void set(struct world *w, const char *name, const char *value)
{
	struct sim_err err = SIM_ERR_INIT;

	if (sim_config_set(&w->cfg, name, value, &err))
		ck_abort_msg("%s", err.msg);
}

static void pick(struct world *w, const char *name, const char *const *values,
		 size_t n)
{
	set(w, name, values[below(w, n)]);
}

#define PICK(name, ...) do { \
	static const char *const values_[] = { __VA_ARGS__ }; \
	pick(w, name, values_, sizeof(values_) / sizeof(values_[0])); \
} while (0)

static void choose_rules(struct world *w)
{
	ck_assert_int_eq(sim_config_preset("us-equity", &w->cfg, NULL), 0);
	PICK("cash", "5000", "100000", "2000000");
	PICK("account", "cash", "margin", "margin");
	PICK("path", "worst", "best", "worst", "ohlc", "olhc", "adaptive",
	     "detail:1min");
	PICK("semantics", "simutrador", "backtesting.py", "backtrader");
	PICK("fill", "next-open", "next-open", "close");
	PICK("limit-fill", "touch", "touch", "through:3");
	PICK("slip-out", "no", "no", "yes");
	PICK("fill-synthetic", "no", "yes");
	PICK("max-volume-share", "off", "0.25", "0.1", "1");
	PICK("slippage", "none", "bps:5", "ticks:2", "spread:10", "vol:0.1",
	     "impact:30");
	PICK("commission", "none", "per-share:0.005,min=1,max=0.5%",
	     "percent:0.1,maker=-0.01", "per-order:2", "bps:3",
	     "per-share:0.01,100=0.005,500=0.001,max=9",
	     "percent:0.2,10000=0.1");
}

static void choose_instrument(struct world *w, uint32_t s)
{
	static const sim_dec ticks[] = { CENT, CENT, 5 * CENT, 100 };
	static const sim_dec lots[] = { SIM_DEC_ONE, SIM_DEC_ONE, 10000,
					10 * SIM_DEC_ONE };
	static const sim_dec multipliers[] = { SIM_DEC_ONE, SIM_DEC_ONE,
					       5 * SIM_DEC_ONE };
	struct sim_instrument *i = &w->ins[s];

	snprintf(i->symbol, sizeof(i->symbol), "S%u", s);
	i->tick_size = ticks[below(w, 4)];
	i->lot_size = lots[below(w, 4)];
	i->multiplier = multipliers[below(w, 3)];
	snprintf(i->currency, sizeof(i->currency), "USD");
	w->no_volume[s] = chance(w, 15);
}

static void choose_actions(struct world *w, uint32_t s)
{
	int64_t day = 20001;

	while (w->nactions[s] < ACTIONS && chance(w, 70)) {
		struct sim_action *a = &w->actions[s][w->nactions[s]++];

		*a = (struct sim_action){ .day = day };
		if (chance(w, 60)) {
			a->type = SIM_ACTION_SPLIT;
			a->num = 1 + (int)below(w, 7);
			a->den = 1 + (int)below(w, 3);
		} else {
			a->type = SIM_ACTION_DIVIDEND;
			a->cash = (sim_dec)below(w, 100) * CENT / 10;
		}
		day += chance(w, 20) ? 0 : 1 + (int64_t)below(w, 5);
	}
}

/* A price near another one, on the tick, at least one tick. */
static sim_dec near(struct world *w, uint32_t s, sim_dec price, int bps)
{
	sim_dec span = price / 10000 * bps + w->ins[s].tick_size;
	sim_dec p = price - span + (sim_dec)below(w, (uint64_t)(2 * span + 1));

	p = sim_dec_floor_to(p, w->ins[s].tick_size);
	return p > 0 ? p : w->ins[s].tick_size;
}

static sim_dec larger(sim_dec a, sim_dec b)
{
	return a > b ? a : b;
}

static sim_dec smaller(sim_dec a, sim_dec b)
{
	return a < b ? a : b;
}

static void make_bars(struct world *w, uint32_t s)
{
	sim_dec last = (sim_dec)(5 + below(w, 300)) * SIM_DEC_ONE;

	for (size_t i = 0; i < BARS; i++) {
		struct sim_bar b = { T0 + (sim_time)(i / w->session) *
				     SIM_TIME_DAY +
				     (sim_time)(i % w->session) * SIM_TIME_MIN,
				     0, 0, 0, 0, 0 };

		b.open = near(w, s, last, chance(w, 10) ? 600 : 20);
		b.close = near(w, s, b.open, 150);
		b.high = larger(larger(b.open, b.close),
				near(w, s, b.open, 200));
		b.low = smaller(smaller(b.open, b.close),
				near(w, s, b.open, 200));
		b.volume = chance(w, 5) ? 0 : (sim_dec)below(w, 4000) *
						      SIM_DEC_ONE;
		last = b.close;
		sim_bar_table_add(&w->bars[s], &b,
				  chance(w, 4) ? SIM_BAR_SYNTHETIC : 0);
	}
	w->view[s] = sim_bar_table_view(&w->bars[s]);
}

/* -- our own books ---------------------------------------- */

static sim_dec rounded(sim_dec a, sim_dec b)
{
	sim_dec r = 0;

	ck_assert(sim_dec_muldiv(a, b, SIM_DEC_ONE, &r));
	return r;
}

/* qty * price * multiplier, above zero, rounded half-even once. */
static sim_dec worth(sim_dec qty, sim_dec price, sim_dec multiplier)
{
	const sim_dec_uwide unit = (sim_dec_uwide)SIM_DEC_ONE * SIM_DEC_ONE;
	sim_dec_uwide p = (sim_dec_uwide)qty * (sim_dec_uwide)price *
			  (sim_dec_uwide)multiplier;
	sim_dec_uwide q = p / unit, left = p % unit;

	q += left > unit / 2 || (left == unit / 2 && q % 2);
	return (sim_dec)q;
}

static void mix(struct world *w, uint64_t v)
{
	w->hash = (w->hash ^ v) * UINT64_C(0x100000001b3);
	w->hash ^= w->hash >> 29;
}

static void digest(struct world *w, const struct sim_event *ev)
{
	mix(w, ev->type);
	mix(w, ev->seq);
	mix(w, ev->cause);
	mix(w, (uint64_t)ev->time);
	mix(w, ev->sym);
	mix(w, ev->reason);
	mix(w, (uint64_t)ev->a);
	mix(w, (uint64_t)ev->b);
	mix(w, (uint64_t)ev->c);
	mix(w, (uint64_t)ev->d);
	if (ev->order) {
		mix(w, ev->order->id);
		mix(w, (uint64_t)ev->order->qty);
		mix(w, (uint64_t)ev->order->stop);
		mix(w, (uint64_t)ev->order->limit);
	}
	if (ev->fill) {
		mix(w, (uint64_t)ev->fill->price);
		mix(w, ev->fill->ambiguous);
	}
}

/* A fill lies in the bar, keeps to the limit, the cap and the position. */
static void check_fill(struct world *w, const struct sim_event *ev)
{
	const struct sim_fill *f = ev->fill;
	const struct sim_order *o = ev->order;
	struct sim_bar b = sim_bar_at(&w->view[f->sym], w->at[f->sym].at);
	sim_dec before = w->pos[f->sym];
	bool buy = f->side == SIM_SIDE_BUY;
	sim_dec after = before + (buy ? f->qty : -f->qty);

	ck_assert_int_gt(f->qty, 0);
	ck_assert_int_eq(o->qty, ev->a + ev->b);
	ck_assert_int_eq(o->filled, ev->a);
	ck_assert_int_ge(ev->b, 0);
	ck_assert_int_eq(f->order, o->id);
	if (!w->cfg.slip_out) {
		ck_assert_int_ge(f->price, b.low);
		ck_assert_int_le(f->price, b.high);
	}
	if (o->type == SIM_ORDER_TYPE_LIMIT ||
	    o->type == SIM_ORDER_TYPE_STOP_LIMIT)
		ck_assert(buy ? f->price <= o->limit : f->price >= o->limit);
	if (o->reduce_only)
		ck_assert(buy ? before < 0 && after <= 0
			      : before > 0 && after >= 0);
	if (!w->cfg.margin)
		ck_assert_int_ge(after, 0);
	ck_assert_int_eq(after, ev->c);
	w->taken[f->sym] += f->qty;
	if (w->cfg.max_volume_share && !w->no_volume[f->sym])
		ck_assert_int_le(w->taken[f->sym],
				 rounded(b.volume, w->cfg.max_volume_share));
	if (!w->cfg.fill_synthetic)
		ck_assert(!(w->at[f->sym].flags & SIM_ENGINE_SYNTHETIC));
}

static void book_fill(struct world *w, const struct sim_event *ev)
{
	const struct sim_fill *f = ev->fill;
	const struct sim_order *o = ev->order;
	sim_dec value = worth(f->qty, f->price, w->ins[f->sym].multiplier);

	check_fill(w, ev);
	w->pos[f->sym] = ev->c;
	w->cash += f->side == SIM_SIDE_BUY ? -value : value;
	w->cash -= f->commission;
	ck_assert_int_eq(w->cash, ev->d);
	if (o->oco)
		w->paired[o->id] = o->oco;
	if (ev->b == 0) {
		w->whole[o->id] = true;
		ck_assert(!w->whole[w->paired[o->id]]);
	}
}

static void on_event(void *ctx, const struct sim_event *ev)
{
	struct world *w = ctx;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_uint_eq(ev->seq, ++w->seq);
	ck_assert_uint_lt(ev->cause, ev->seq);
	if (sim_engine_check(w->e, &err))
		ck_abort_msg("after event %llu: %s",
			     (unsigned long long)ev->seq, err.msg);
	digest(w, ev);
	switch (ev->type) {
	case SIM_EVENT_TYPE_FILL:
		book_fill(w, ev);
		break;
	case SIM_EVENT_TYPE_SPLIT:
		w->pos[ev->sym] = ev->c;
		w->cash += ev->d;
		break;
	case SIM_EVENT_TYPE_DIVIDEND:
	case SIM_EVENT_TYPE_INTEREST:
	case SIM_EVENT_TYPE_BORROW_FEE:
		w->cash += ev->c;
		break;
	case SIM_EVENT_TYPE_ORDER_ACCEPTED:
		ck_assert_uint_lt(ev->order->id, ORDERS * 8);
		if (ev->order->oco)
			w->paired[ev->order->id] = ev->order->oco;
		break;
	default:
		break;
	}
}

static sim_time next_close(void *ctx, uint32_t sym, sim_time t)
{
	const struct world *w = ctx;
	sim_time close = T0 + w->session * SIM_TIME_MIN;

	(void)sym;
	while (close <= t)
		close += SIM_TIME_DAY;
	return close;
}

/* -- a run ------------------------------------------------ */

static void open_world(struct world *w, uint64_t seed, bool log)
{
	struct sim_engine_sink sink = { w, log ? on_event : NULL, next_close };
	struct sim_bar_table empty = SIM_BAR_TABLE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	memset(w, 0, sizeof(*w));
	sim_rand_init(&w->r, seed, "engine test");
	choose_rules(w);
	w->nsyms = 1 + (uint32_t)below(w, SYMS);
	w->session = 3 + (uint32_t)below(w, 20);
	w->fine = empty;
	for (uint32_t s = 0; s < w->nsyms; s++) {
		choose_instrument(w, s);
		choose_actions(w, s);
		w->bars[s] = empty;
		make_bars(w, s);
		w->at[s].series = &w->view[s];
	}
	w->cash = w->cfg.cash;
	if (sim_engine_new(&w->cfg, w->ins, w->nsyms, &sink, &w->e, &err))
		ck_abort_msg("%s", err.msg);
	for (uint32_t s = 0; s < w->nsyms; s++) {
		sim_engine_actions(w->e, s, w->actions[s], w->nactions[s]);
		if (w->no_volume[s])
			sim_engine_no_volume(w->e, s);
	}
}

static void close_world(struct world *w)
{
	sim_engine_free(w->e);
	for (uint32_t s = 0; s < SYMS; s++)
		sim_bar_table_release(&w->bars[s]);
	sim_bar_table_release(&w->fine);
}

/* Two finer bars inside one, for symbol 0. */
static void make_fine(struct world *w)
{
	struct sim_bar b = sim_bar_at(&w->view[0], w->step), one = b, two = b;

	w->fine.n = 0;
	one.low = smaller(b.open, b.close);
	one.close = b.high;
	two.open = near(w, 0, b.close, 10);
	two.open = smaller(b.high, larger(b.low, two.open));
	sim_bar_table_add(&w->fine, &one, 0);
	sim_bar_table_add(&w->fine, &two, 0);
	w->fine_view = sim_bar_table_view(&w->fine);
}

static void run_step(struct world *w)
{
	uint32_t place = (uint32_t)(w->step % w->session);
	struct sim_err err = SIM_ERR_INIT;

	w->ntraded = 0;
	for (uint32_t s = 0; s < w->nsyms; s++) {
		struct sim_engine_bar *b = &w->at[s];

		w->taken[s] = 0;
		if (w->step && chance(w, 5))
			continue;
		w->traded[w->ntraded++] = s;
		b->at = w->step;
		b->day = 20000 + (int64_t)(w->step / w->session);
		b->flags = w->view[s].flags[w->step] & SIM_BAR_SYNTHETIC
				? SIM_ENGINE_SYNTHETIC : 0;
		b->flags |= place == 0 ? SIM_ENGINE_FIRST : 0;
		b->flags |= place == w->session - 1 ? SIM_ENGINE_LAST : 0;
		b->detail = NULL;
	}
	if (w->cfg.path == SIM_CONFIG_PATH_DETAIL && chance(w, 70)) {
		make_fine(w);
		w->at[0].detail = &w->fine_view;
	}
	if (w->ntraded &&
	    sim_engine_step(w->e, w->view[0].ts[w->step] + SIM_TIME_MIN, w->at,
			    w->traded, w->ntraded, &err))
		ck_abort_msg("%s", err.msg);
}

static void check_step(struct world *w)
{
	const struct sim_account *a = sim_engine_account(w->e);
	const struct sim_order *o = NULL;
	struct sim_err err = SIM_ERR_INIT;

	if (sim_engine_check(w->e, &err))
		ck_abort_msg("%s", err.msg);
	if (!w->seq)
		return;			/* no log, no books */
	ck_assert_int_eq(a->cash, w->cash);
	for (uint32_t s = 0; s < w->nsyms; s++) {
		ck_assert_int_eq(sim_engine_position(w->e, s)->qty, w->pos[s]);
		while ((o = sim_engine_next_order(w->e, s, o)) != NULL) {
			ck_assert(o->size_at_fill || o->qty > o->filled);
			ck_assert(!w->whole[o->id]);
		}
	}
}

/* -- orders ----------------------------------------------- */

static void choose_size(struct world *w, struct sim_order_req *q)
{
	sim_dec lot = w->ins[q->sym].lot_size;

	q->size_kind = chance(w, 60) ? SIM_ORDER_SIZE_QTY
				     : (enum sim_order_size)below(w, 5);
	q->size_at_fill = chance(w, 30);
	switch (q->size_kind) {
	case SIM_ORDER_SIZE_QTY:
		q->size = lot * (sim_dec)(1 + below(w, 200));
		break;
	case SIM_ORDER_SIZE_NOTIONAL:
		q->size = (sim_dec)(1 + below(w, 20000)) * SIM_DEC_ONE;
		break;
	default:
		q->size = (sim_dec)(1 + below(w, 120)) * SIM_DEC_ONE;
	}
}

static void choose_prices(struct world *w, struct sim_order_req *q,
			  sim_dec last)
{
	uint32_t s = q->sym;
	bool buy = q->side == SIM_SIDE_BUY;

	if (q->type == SIM_ORDER_TYPE_LIMIT ||
	    q->type == SIM_ORDER_TYPE_STOP_LIMIT)
		q->limit = near(w, s, last, 200);
	if (q->type == SIM_ORDER_TYPE_STOP ||
	    q->type == SIM_ORDER_TYPE_STOP_LIMIT)
		q->stop = near(w, s, last, 200);
	if (q->type == SIM_ORDER_TYPE_TRAILING_STOP) {
		q->trail_is_percent = chance(w, 50);
		q->trail = q->trail_is_percent
			? (sim_dec)(1 + below(w, 300)) * CENT
			: (sim_dec)(1 + below(w, 200)) * w->ins[s].tick_size;
	}
	if (chance(w, 45)) {
		q->take_profit = near(w, s, last / 100 * (buy ? 102 : 98), 100);
		if (chance(w, 70))
			q->stop_loss = near(w, s, last / 100 *
					    (buy ? 98 : 102), 100);
		else
			q->bracket_trail = (sim_dec)(1 + below(w, 100)) * CENT;
	} else if (q->size_kind == SIM_ORDER_SIZE_RISK) {
		q->stop_loss = near(w, s, last / 100 * (buy ? 97 : 103), 100);
	}
}

static void submit(struct world *w)
{
	struct sim_order_req q = { .sym = (uint32_t)below(w, w->nsyms) };
	sim_dec last = sim_engine_position(w->e, q.sym)->last;
	bool plain;
	uint32_t id;

	q.side = chance(w, 55) ? SIM_SIDE_BUY : SIM_SIDE_SELL;
	q.type = (enum sim_order_type)below(w, SIM_ORDER_TYPE__COUNT);
	plain = q.type == SIM_ORDER_TYPE_MARKET ||
		q.type == SIM_ORDER_TYPE_LIMIT;
	q.tif = plain ? (enum sim_tif)below(w, SIM_TIF__COUNT)
		      : chance(w, 50) ? SIM_TIF_GTC : SIM_TIF_DAY;
	if (w->fork)
		q.tif = SIM_TIF_GTC;
	if (q.tif == SIM_TIF_GTD)
		q.expire_at = w->view[0].ts[w->step] +
			      (sim_time)(2 + below(w, 30)) * SIM_TIME_MIN;
	q.reduce_only = chance(w, 10);
	choose_size(w, &q);
	choose_prices(w, &q, last ? last : 100 * SIM_DEC_ONE);
	if (chance(w, 20) && w->newest > 2)
		q.oco_with = w->newest - (uint32_t)below(w, 3);
	(void)sim_engine_submit(w->e, &q, &id, NULL);
	w->newest = id;
	check_step(w);
}

/* An open order of some symbol, or 0. */
static uint32_t some_open(struct world *w, const struct sim_order **out)
{
	uint32_t s = (uint32_t)below(w, w->nsyms);
	const struct sim_order *o = NULL;
	uint64_t skip = below(w, 4);

	do
		o = sim_engine_next_order(w->e, s, o);
	while (o && skip--);
	*out = o;
	return o ? o->id : 0;
}

static void meddle(struct world *w)
{
	const struct sim_order *o;
	uint32_t id = some_open(w, &o);
	sim_dec qty = 0, limit = 0, stop = 0;

	if (id && chance(w, 40)) {
		(void)sim_engine_cancel(w->e, id, NULL);
	} else if (id) {
		if (chance(w, 50))
			qty = o->filled + w->ins[o->sym].lot_size *
				(sim_dec)(1 + below(w, 100));
		if (o->limit && chance(w, 60))
			limit = near(w, o->sym, o->limit, 100);
		if (o->stop && chance(w, 60))
			stop = near(w, o->sym, o->stop, 100);
		(void)sim_engine_replace(w->e, id, qty, limit, stop, NULL);
	}
	check_step(w);
}

struct outcome {
	uint64_t hash, submitted;
	struct sim_account acc;
	struct sim_engine_counts counts;
};

/* What happens to a few hundred orders from this seed. */
static struct outcome run_case(uint64_t seed, bool log)
{
	struct world *w = sim_mem_zalloc(sizeof(*w));
	struct sim_err err = SIM_ERR_INIT;
	struct outcome out;

	open_world(w, seed, log);
	for (w->step = 0; w->step < BARS; w->step++) {
		run_step(w);
		check_step(w);
		while (sim_engine_counts(w->e)->submitted < ORDERS &&
		       chance(w, 45))
			submit(w);
		while (chance(w, 25))
			meddle(w);
		if (w->ntraded &&
		    sim_engine_step_end(w->e, w->at, w->traded, w->ntraded,
					&err))
			ck_abort_msg("%s", err.msg);
		check_step(w);
	}
	out = (struct outcome){ w->hash,
				sim_engine_counts(w->e)->submitted,
				*sim_engine_account(w->e),
				*sim_engine_counts(w->e) };
	ck_assert(!log || w->seq == out.counts.events);
	close_world(w);
	sim_mem_free(w);
	return out;
}

START_TEST(random_orders)
{
	uint64_t want = getenv("SIM_LONG") ? 1000000 : 20000, seen = 0;
	uint64_t filled = 0, ambiguous = 0, called = 0;

	for (uint64_t seed = 1; seen < want; seed++) {
		struct outcome a = run_case(seed, true);

		seen += a.submitted;
		filled += a.counts.fills;
		ambiguous += a.counts.ambiguous;
		called += a.counts.liquidations;
		if (seed % 5 == 0) {
			struct outcome b = run_case(seed, true);

			ck_assert_uint_eq(a.hash, b.hash);
		}
	}
	/* The run has met what it is meant to meet. */
	ck_assert_uint_gt(filled, want / 3);
	ck_assert_uint_gt(ambiguous, want / 500);
	ck_assert_uint_gt(called, want / 5000);
}
END_TEST

START_TEST(without_a_log)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct outcome a = run_case(seed, true);
		struct outcome b = run_case(seed, false);

		ck_assert_mem_eq(&a.acc, &b.acc, sizeof(a.acc));
		ck_assert_uint_eq(a.counts.events, b.counts.events);
		ck_assert_uint_eq(a.counts.fills, b.counts.fills);
		ck_assert_uint_eq(a.counts.ambiguous, b.counts.ambiguous);
	}
}
END_TEST

/* -- forks ------------------------------------------------ */

/* Equity after one bar of contested orders, walked by one rule. */
static sim_dec fork_equity(uint64_t seed, const char *path)
{
	struct world *w = sim_mem_zalloc(sizeof(*w));
	struct sim_order_req q = { .size = SIM_DEC_ONE * 20,
				   .tif = SIM_TIF_GTC };
	sim_dec equity;

	open_world(w, seed, true);
	sim_engine_free(w->e);
	set(w, "path", path);
	set(w, "fill", "next-open");
	w->nsyms = 1;
	w->fork = true;
	ck_assert_int_eq(sim_engine_new(&w->cfg, w->ins, 1,
					&(struct sim_engine_sink){
						w, on_event, next_close },
					&w->e, NULL), 0);
	run_step(w);
	q.side = below(w, 3) ? SIM_SIDE_BUY : SIM_SIDE_SELL;
	(void)sim_engine_submit(w->e, &q, NULL, NULL);
	w->step++;
	run_step(w);
	for (int i = 0; i < 6; i++)
		submit(w);
	w->step++;
	run_step(w);
	equity = sim_engine_account(w->e)->equity;
	close_world(w);
	sim_mem_free(w);
	return equity;
}

START_TEST(worst_and_best)
{
	int differ = 0, n = getenv("SIM_LONG") ? 20000 : 1000;

	for (uint64_t seed = 1; seed <= (uint64_t)n; seed++) {
		sim_dec high = fork_equity(seed, "ohlc");
		sim_dec low = fork_equity(seed, "olhc");
		sim_dec worst = fork_equity(seed, "worst");
		sim_dec best = fork_equity(seed, "best");

		if (worst != smaller(high, low) || best != larger(high, low))
			ck_abort_msg("seed %llu: ohlc %lld olhc %lld worst "
				     "%lld best %lld",
				     (unsigned long long)seed, (long long)high,
				     (long long)low, (long long)worst,
				     (long long)best);
		differ += high != low;
	}
	ck_assert_int_gt(differ, n / 50);
}
END_TEST

/* -- limits ----------------------------------------------- */

START_TEST(too_many_orders)
{
	struct world *w = sim_mem_zalloc(sizeof(*w));
	struct sim_order_req q = { .side = SIM_SIDE_BUY, .size = 1,
				   .type = SIM_ORDER_TYPE_LIMIT,
				   .tif = SIM_TIF_GTC };
	struct sim_err err = SIM_ERR_INIT;
	uint32_t id;

	open_world(w, 1, false);
	run_step(w);
	q.limit = w->ins[0].tick_size;
	q.size = w->ins[0].lot_size;
	for (uint32_t i = 0; i < SIM_ENGINE_OPEN_MAX; i++)
		ck_assert_int_eq(sim_engine_submit(w->e, &q, &id, NULL), 0);
	ck_assert_int_eq(sim_engine_submit(w->e, &q, &id, &err),
			 SIM_E_REJECTED);
	ck_assert_ptr_nonnull(strstr(err.msg, "TOO_MANY_ORDERS"));
	ck_assert_int_eq(sim_engine_cancel(w->e, 1, NULL), 0);
	ck_assert_int_eq(sim_engine_submit(w->e, &q, &id, NULL), 0);
	close_world(w);
	sim_mem_free(w);
}
END_TEST

/* A position whose value leaves the range ends the run, and says so. */
START_TEST(overflow)
{
	struct world *w = sim_mem_zalloc(sizeof(*w));
	struct sim_order_req q = { .side = SIM_SIDE_BUY, .tif = SIM_TIF_GTC,
				   .size = 900000000 * SIM_DEC_ONE };
	struct sim_err err = SIM_ERR_INIT;
	int rc = 0;

	open_world(w, 1, false);
	sim_engine_free(w->e);
	ck_assert_int_eq(sim_config_preset("frictionless", &w->cfg, NULL), 0);
	set(w, "cash", "1000000000");
	w->nsyms = w->ntraded = 1;
	w->ins[0] = (struct sim_instrument){ .symbol = "S0", .tick_size = CENT,
					     .lot_size = SIM_DEC_ONE,
					     .multiplier = SIM_DEC_ONE };
	ck_assert_int_eq(sim_engine_new(&w->cfg, w->ins, 1,
					&(struct sim_engine_sink){
						w, NULL, next_close },
					&w->e, NULL), 0);
	for (sim_dec price = SIM_DEC_ONE; price; price = w->step == 2 ?
	     500 * SIM_DEC_ONE : SIM_DEC_ONE) {
		w->bars[0].open[w->step] = w->bars[0].high[w->step] = price;
		w->bars[0].low[w->step] = w->bars[0].close[w->step] = price;
		w->at[0].at = w->step;
		rc = sim_engine_step(w->e, w->view[0].ts[w->step] +
				     SIM_TIME_MIN, w->at, w->traded, 1, &err);
		if (rc)
			break;
		if (w->step++ == 0)
			ck_assert_int_eq(sim_engine_submit(w->e, &q, NULL,
							   NULL), 0);
	}
	ck_assert_uint_eq(w->step, 2);
	ck_assert_int_eq(rc, SIM_E_OVERFLOW);
	ck_assert_ptr_nonnull(strstr(err.msg, "left the range"));
	close_world(w);
	sim_mem_free(w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("random");
	TCase *t = tcase_create("random");

	tcase_set_timeout(t, 7200);
	tcase_add_test(t, random_orders);
	tcase_add_test(t, without_a_log);
	tcase_add_test(t, worst_and_best);
	tcase_add_test(t, too_many_orders);
	tcase_add_test(t, overflow);
	suite_add_tcase(s, t);
	return run_suite(s);
}
