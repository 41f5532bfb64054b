/*
 * corporate: splits and dividends on raw prices, at the open of the ex-date.
 *
 * A split keeps the cost of a position; the part that does not make a whole
 * lot is paid in cash at the ex-day open.  Resting orders are re-priced: a
 * limit never better than asked, a stop to the nearest tick.
 */
#include "engine/sums_priv.h"

/* Pay for the fraction of a lot that a split leaves over; returns the cash. */
static sim_dec pay_fraction(struct sim_engine *e, struct sym *s, sim_dec total,
			    sim_dec fraction, sim_dec open)
{
	sim_dec cash = sim_cost_notional(e, s, fraction, open);
	sim_dec released = s->pos.cost, realized;

	if (fraction != total)
		released = muldiv_checked(e, s->pos.cost, dec_abs(fraction),
					  dec_abs(total));
	realized = cash - released;
	s->pos.cost -= released;
	sum_add(e, &e->acc.open_cost, -released);
	sum_add(e, &s->pos.realized, realized);
	sum_add(e, &e->acc.realized, realized);
	sum_add(e, &e->acc.cash, cash);
	return cash;
}

static sim_dec toward_zero(sim_dec v, sim_dec step)
{
	return v < 0 ? -sim_dec_floor_to(-v, step) : sim_dec_floor_to(v, step);
}

static sim_dec scale_price(struct sim_engine *e, sim_dec price,
			   const struct sim_action *a)
{
	return muldiv_checked(e, price, a->den, a->num);
}

static sim_dec nearest_tick(const struct sym *s, sim_dec price)
{
	sim_dec low = sim_dec_floor_to(price, s->tick);

	return price - low > s->tick / 2 || low <= 0 ? low + s->tick : low;
}

static sim_dec limit_tick(const struct sym *s, bool buy, sim_dec price)
{
	if (!buy)
		return sim_dec_ceil_to(price, s->tick);
	return dec_max(sim_dec_floor_to(price, s->tick), s->tick);
}

/* Prices that are set, in place. */
static void reprice(struct sim_engine *e, struct sym *s, struct node *n,
		    const struct sim_action *a)
{
	struct sim_order *o = &n->o;
	bool buy = is_buy(o);

	if (o->limit)
		o->limit = limit_tick(s, buy, scale_price(e, o->limit, a));
	if (o->take_profit)
		o->take_profit = limit_tick(s, !buy,
					    scale_price(e, o->take_profit, a));
	if (o->stop_loss)
		o->stop_loss = nearest_tick(s, scale_price(e, o->stop_loss, a));
	if (o->trail && !o->trail_is_percent)
		o->trail = nearest_tick(s, scale_price(e, o->trail, a));
	if (o->bracket_trail && !o->bracket_trail_is_percent)
		o->bracket_trail = nearest_tick(s, scale_price(
						e, o->bracket_trail, a));
	if (o->type == SIM_ORDER_TYPE_TRAILING_STOP) {
		o->trail_ref = scale_price(e, o->trail_ref, a);
		sim_trail_set(s, o);
	} else if (o->stop) {
		o->stop = nearest_tick(s, scale_price(e, o->stop, a));
	}
}

static void split_orders(struct sim_engine *e, struct sym *s,
			 const struct sim_action *a, uint64_t cause)
{
	struct node *next;

	for (struct node *n = sim_book_first(e, s); n; n = next) {
		sim_dec left, filled;

		next = sim_book_next(e, n);
		left = muldiv_checked(e, leaves(&n->o), a->num, a->den);
		filled = muldiv_checked(e, n->o.filled, a->num, a->den);
		left = sim_dec_floor_to(left, s->lot);
		reprice(e, s, n, a);
		n->o.filled = filled;
		n->o.qty = filled + left;
		if ((!left && !n->o.size_at_fill) ||
		    (n->o.parent && !reduces(s, &n->o))) {
			sim_book_end(e, n, SIM_END_REASON_POSITION, cause);
			continue;
		}
		n->o.seq = emit_order(
			e, SIM_EVENT_TYPE_ORDER_REPLACED, n, cause);
	}
	s->stale = true;
}

static void split(struct sim_engine *e, struct sym *s,
		  const struct sim_action *a, sim_dec open)
{
	uint32_t index = (uint32_t)(s - e->syms);
	sim_dec total, whole, cash = 0;
	struct sim_event ev = {
		.type = SIM_EVENT_TYPE_SPLIT, .sym = index,
		.a = a->num, .b = a->den,
	};
	uint64_t seq;

	if (!s->pos.qty && s->head == NIL) {
		if (s->pos.last)
			s->pos.last = scale_price(e, s->pos.last, a);
		return;
	}
	total = muldiv_checked(e, s->pos.qty, a->num, a->den);
	whole = toward_zero(total, s->lot);
	if (whole != total)
		cash = pay_fraction(e, s, total, total - whole, open);
	s->pos.qty = whole;
	set_units(e, s);
	if (s->pos.last)
		mark(e, s, scale_price(e, s->pos.last, a));
	e->acc.equity = e->acc.cash + e->acc.value;
	ev.c = whole;
	ev.d = cash;
	seq = sim_engine_emit(e, &ev);
	split_orders(e, s, a, seq);
}

static void dividend(struct sim_engine *e, struct sym *s,
		     const struct sim_action *a)
{
	sim_dec cash = sim_cost_notional(e, s, s->pos.qty, a->cash);
	struct sim_event ev = {
		.type = SIM_EVENT_TYPE_DIVIDEND,
		.sym = (uint32_t)(s - e->syms),
		.a = a->cash, .b = s->pos.qty, .c = cash,
	};

	if (!s->pos.qty)
		return;
	sum_add(e, &e->acc.cash, cash);
	sum_add(e, &e->acc.dividends, cash);
	sum_add(e, &s->pos.dividends, cash);
	e->acc.equity = e->acc.cash + e->acc.value;
	sim_engine_emit(e, &ev);
}

void sim_corporate_apply(struct sim_engine *e, struct sym *s, int64_t day,
			 sim_dec open)
{
	while (s->next_action < s->nactions &&
	       s->actions[s->next_action].day <= day) {
		const struct sim_action *a = &s->actions[s->next_action];
		size_t n = 0, left = s->nactions - s->next_action;

		/* A day's dividend is per share before its split. */
		for (; n < left && a[n].day == a->day; n++)
			if (a[n].type == SIM_ACTION_DIVIDEND)
				dividend(e, s, &a[n]);
		for (size_t i = 0; i < n; i++)
			if (a[i].type == SIM_ACTION_SPLIT)
				split(e, s, &a[i], open);
		s->next_action += n;
	}
}
