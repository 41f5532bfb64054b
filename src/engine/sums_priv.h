/*
 * sums_priv: arithmetic that notices overflow, and what every file of the
 * engine asks of orders and positions.
 */
#ifndef SIM_SUMS_PRIV_H
#define SIM_SUMS_PRIV_H

#include "engine/engine_priv.h"
#include "engine/trace_priv.h"

/* The next open order of a list, by arrival, or NULL. */
static inline struct node *sim_book_next(const struct sim_engine *e,
					 const struct node *n)
{
	return n->next == NIL ? NULL : sim_book_node(e, n->next);
}
/* A symbol's first open order, or NULL. */
static inline struct node *sim_book_first(const struct sim_engine *e,
					  const struct sym *s)
{
	return s->head == NIL ? NULL : sim_book_node(e, s->head);
}

/* Nearly never. */
#define RARE(x) __builtin_expect(!!(x), 0)

/* Sets of symbols, a bit each, which may say too much, never too little. */
static inline void set_bit(uint64_t *set, uint32_t sym)
{
	set[sym / 64] |= UINT64_C(1) << sym % 64;
}
static inline void clear_bit(uint64_t *set, uint32_t sym)
{
	set[sym / 64] &= ~(UINT64_C(1) << sym % 64);
}
/* From now on a symbol may need more than a mark: it has an open order, an
 * action to come, or a position that isn't whole units. */
static inline void concern(struct sim_engine *e, uint32_t sym)
{
	set_bit(e->concerned, sym);
}
/* The first such symbol from `sym` on; their number when there is none. */
static inline uint32_t next_concerned(const struct sim_engine *e, uint32_t sym)
{
	while (sym < e->nsyms) {
		uint64_t left = e->concerned[sym / 64] >> sym % 64;

		if (left)
			return sym + (uint32_t)__builtin_ctzll(left);
		sym = (sym | 63) + 1;
	}
	return e->nsyms;
}

/* An order's event, made only when somebody listens. */
static inline uint64_t emit_order(struct sim_engine *e,
				  enum sim_event_type type, struct node *n,
				  uint64_t cause)
{
	return e->sink.event ? sim_engine_emit_order(e, type, n, cause)
			     : ++e->counts.events;
}

static inline void sum_add(struct sim_engine *e, sim_dec *to, sim_dec v)
{
	sim_dec sum;

	if (RARE(__builtin_add_overflow(*to, v, &sum)))
		e->overflow = "a sum of money or quantities";
	else
		*to = sum;
}
static inline sim_dec mul_checked(struct sim_engine *e, sim_dec a, sim_dec b)
{
	sim_dec r = 0;

	if (RARE(!sim_dec_mul(a, b, &r)))
		e->overflow = "a product of quantity, price and rate";
	return r;
}
/* The same product, quicker when the first factor has decimals. */
static inline sim_dec rate_checked(struct sim_engine *e, sim_dec rate,
				   sim_dec v)
{
	sim_dec r = 0;

	if (RARE(!sim_dec_mul_rate(rate, v, &r)))
		e->overflow = "a product of quantity, price and rate";
	return r;
}
static inline sim_dec muldiv_checked(struct sim_engine *e, sim_dec a,
				     sim_dec b, sim_dec c)
{
	sim_dec r = 0;

	if (RARE(!sim_dec_muldiv(a, b, c, &r)))
		e->overflow = "a product of quantity, price and rate";
	return r;
}
/* qty * price * multiplier. */
static inline __attribute__((always_inline)) sim_dec
sim_cost_notional(struct sim_engine *e, const struct sym *s, sim_dec qty,
		  sim_dec price)
{
	sim_dec v = 0;

	if (s->multiplier == SIM_DEC_ONE)
		return mul_checked(e, qty, price);
	if (!sim_dec_mul3(qty, price, s->multiplier, &v))
		e->overflow = "a product of quantity, price and rate";
	return v;
}
/* The fee of a fill; the simplest kind without a call. */
static inline sim_dec commission(struct sim_engine *e, struct node *n,
				 sim_dec qty, sim_dec notional, bool maker)
{
	return e->plain_fee ? rate_checked(e, e->cfg.fee.rate, notional)
			    : sim_cost_commission(e, n, qty, notional, maker);
}
static inline sim_dec commission_estimate(struct sim_engine *e, sim_dec qty,
					  sim_dec notional)
{
	return e->plain_fee ? rate_checked(e, e->cfg.fee.rate, notional)
			    : sim_cost_commission_estimate(e, qty, notional);
}
static inline sim_dec dec_abs(sim_dec v)
{
	return v < 0 ? -v : v;
}
static inline sim_dec dec_min(sim_dec a, sim_dec b)
{
	return a < b ? a : b;
}
static inline sim_dec dec_max(sim_dec a, sim_dec b)
{
	return a > b ? a : b;
}
static inline bool is_buy(const struct sim_order *o)
{
	return o->side == SIM_SIDE_BUY;
}
static inline sim_dec leaves(const struct sim_order *o)
{
	return o->qty - o->filled;
}
/* What is free in a cash account, and in any. */
static inline sim_dec free_cash(const struct sim_engine *e)
{
	return e->acc.cash - e->acc.reserved;
}
static inline sim_dec power_free(const struct sim_engine *e)
{
	return e->cfg.margin ? sim_power_free(e) : free_cash(e);
}
/* What an order takes of a cash account, and of any. */
static inline sim_dec need_cash(struct sim_engine *e, const struct node *n,
				sim_dec notional, sim_dec fee)
{
	if (is_buy(&n->o)) {
		sum_add(e, &notional, fee);
		return notional;
	}
	return n->o.type == SIM_ORDER_TYPE_MARKET ? fee - notional : 0;
}
static inline sim_dec power_need(struct sim_engine *e, const struct node *n,
				 sim_dec qty, sim_dec price)
{
	sim_dec notional;

	if (e->cfg.margin)
		return sim_power_need(e, n, qty, price);
	notional = sim_cost_notional(e, &e->syms[n->o.sym], qty, price);
	return need_cash(e, n, notional, commission_estimate(e, qty, notional));
}
/* The price of a fill; without slippage without a call. */
static inline sim_dec slipped(struct sim_engine *e, const struct sym *s,
			      enum sim_side side, sim_dec qty, sim_dec price)
{
	if (e->cfg.slippage != SIM_CONFIG_SLIPPAGE_NONE || RARE(e->pricing))
		return sim_cost_slip(e, s, side, qty, price);
	return e->cfg.slip_out ? price :
		dec_max(s->bar.low, dec_min(s->bar.high, price));
}
/* Can a fill be paid from cash?  Gives: what it needs and what there is. */
static inline bool cash_can_pay(struct sim_engine *e, const struct trade *t,
				sim_dec pay[2])
{
	if (!t->buy)
		return true;
	pay[0] = t->notional;
	sum_add(e, &pay[0], t->commission);
	pay[1] = e->acc.cash;
	return pay[0] <= pay[1];
}
/* Can it be paid in any account? */
static inline bool can_pay(struct sim_engine *e, const struct sym *s,
			   const struct trade *t, sim_dec pay[2])
{
	return e->cfg.margin ? sim_power_can_pay(e, s, t, pay)
			     : cash_can_pay(e, t, pay);
}
/* After a change of the position. */
static inline void set_units(struct sim_engine *e, struct sym *s)
{
	int64_t whole = s->pos.qty / SIM_DEC_ONE;

	s->units = s->multiplier == SIM_DEC_ONE &&
		   whole * SIM_DEC_ONE == s->pos.qty ? whole : 0;
	if (s->pos.qty)
		set_bit(s->units ? e->held : e->concerned,
			(uint32_t)(s - e->syms));
}
/* A position is worth v now: carry the change into the totals. */
static inline void set_value(struct sim_engine *e, struct sym *s, sim_dec v)
{
	struct sim_account *a = &e->acc;
	sim_dec old = s->pos.value;

	s->pos.value = v;
	sum_add(e, &a->value, v - old);
	if ((v | old) >= 0) {
		sum_add(e, &a->gross, v - old);
		return;
	}
	sum_add(e, &a->gross, dec_abs(v) - dec_abs(old));
	sum_add(e, &a->short_value, dec_max(-v, 0) - dec_max(-old, 0));
}
/* Value a position of whole units, or none. */
static inline void revalue_whole(struct sim_engine *e, struct sym *s,
				 sim_dec price)
{
	sim_dec v;

	if (RARE(__builtin_mul_overflow(s->units, price, &v))) {
		e->overflow = "the value of a position";
		return;
	}
	set_value(e, s, v);
}
/* Value a position at a price. */
static inline __attribute__((always_inline)) void
revalue(struct sim_engine *e, struct sym *s, sim_dec price)
{
	s->pos.last = price;
	if (s->units)
		revalue_whole(e, s, price);
	else
		set_value(e, s, sim_cost_notional(e, s, s->pos.qty, price));
}
/* The same, and what the account is worth then. */
static inline void mark(struct sim_engine *e, struct sym *s, sim_dec price)
{
	revalue(e, s, price);
	e->acc.equity = e->acc.cash;
	sum_add(e, &e->acc.equity, e->acc.value);
}
/* Would this side reduce the symbol's position? */
static inline bool reduces(const struct sym *s, const struct sim_order *o)
{
	return is_buy(o) ? s->pos.qty < 0 : s->pos.qty > 0;
}
/* Nothing acts at a price, or is moved by it: the envelope is known and does
 * not reach it.  (Market orders have no price.) */
static inline bool is_idle_at(const struct sym *s, sim_dec price)
{
	return !s->stale && price > s->low_reach && price < s->high_reach;
}

/* Read the bar, or its open alone when market orders are all there is: the
 * other columns are seldom looked at, so each costs a trip to memory. */
static inline void read_bar(struct sim_engine *e, struct sym *s,
			    const struct sim_engine_bar *b)
{
	sim_dec open;

	s->rest = NULL;
	s->begins = b->series->ts[b->at];
	if (s->stale || s->kinds != KIND_MARKET || !e->open_is_all) {
		s->bar = sim_bar_at(b->series, b->at);
		return;
	}
	open = b->series->open[b->at];
	s->rest = b;
	s->bar = (struct sim_bar){ s->begins, open, open, open, open, 0 };
}
/* Read what was left out of it. */
static inline void read_rest(struct sym *s)
{
	if (s->rest)
		s->bar = sim_bar_at(s->rest->series, s->rest->at);
	s->rest = NULL;
}

#endif
