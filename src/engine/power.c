/*
 * power: buying power, and how sizes become quantities.
 *
 * A cash account spends cash; a margin account needs equity of at least the
 * initial margin of everything it holds.  Open orders reserve their estimate;
 * an accepted market order that reduces frees its own beforehand.
 */
#include "engine/sums_priv.h"

static sim_dec margin_of(struct sim_engine *e, sim_dec value)
{
	return mul_checked(e, value, e->cfg.initial_margin);
}

sim_dec sim_power_free(const struct sim_engine *e)
{
	const struct sim_account *a = &e->acc;
	sim_dec used = 0;

	if (!e->cfg.margin)
		return free_cash(e);
	if (!sim_dec_mul(a->gross, e->cfg.initial_margin, &used))
		return 0;
	return a->equity - used - a->reserved;
}

sim_dec sim_power_estimate(struct sim_engine *e, const struct node *n)
{
	const struct sim_order *o = &n->o;
	const struct sym *s = &e->syms[o->sym];
	enum sim_side side = (enum sim_side)o->side;
	sim_dec last = s->pos.last;

	switch ((enum sim_order_type)o->type) {
	case SIM_ORDER_TYPE_LIMIT:
	case SIM_ORDER_TYPE_STOP_LIMIT:
		return o->limit;
	case SIM_ORDER_TYPE_STOP:
	case SIM_ORDER_TYPE_TRAILING_STOP:
		last = is_buy(o) ? dec_max(last, o->stop)
				 : dec_min(last, o->stop);
		break;
	default:
		break;
	}
	return sim_cost_slip_estimate(e, s, side, last);
}

/* What a reducing order can still close: accepted market orders come first. */
static sim_dec closable(const struct sim_engine *e, const struct node *n)
{
	const struct sym *s = &e->syms[n->o.sym];
	sim_dec held = dec_abs(s->pos.qty);

	if (!reduces(s, &n->o))
		return 0;
	for (struct node *m = sim_book_first(e, s); m; m = sim_book_next(e, m))
		if (m->o.id != n->o.id && m->o.side == n->o.side &&
		    m->o.type == SIM_ORDER_TYPE_MARKET)
			held -= leaves(&m->o);
	return dec_max(held, 0);
}

static sim_dec need_margin(struct sim_engine *e, const struct node *n,
			   sim_dec qty, sim_dec price, sim_dec fee)
{
	const struct sim_order *o = &n->o;
	const struct sym *s = &e->syms[o->sym];
	sim_dec closing = dec_min(qty, closable(e, n));
	sim_dec opening = o->reduce_only ? 0 : qty - closing;
	sim_dec grows = sim_cost_notional(e, s, opening, price);
	sim_dec need;

	sum_add(e, &grows, -sim_cost_notional(e, s, closing, price));
	need = margin_of(e, grows);
	if (o->type != SIM_ORDER_TYPE_MARKET)
		need = dec_max(need, 0);
	sum_add(e, &need, fee);
	return need;
}

sim_dec sim_power_need(struct sim_engine *e, const struct node *n, sim_dec qty,
		       sim_dec price)
{
	const struct sym *s = &e->syms[n->o.sym];
	sim_dec notional = sim_cost_notional(e, s, qty, price);
	sim_dec fee = commission_estimate(e, qty, notional);

	return e->cfg.margin ? need_margin(e, n, qty, price, fee)
			     : need_cash(e, n, notional, fee);
}

sim_dec sim_power_need_of(struct sim_engine *e, const struct node *n)
{
	sim_dec price = sim_power_estimate(e, n), qty = leaves(&n->o);

	if (n->o.size_at_fill && !n->o.filled)
		qty = sim_power_size(e, n, price);
	return sim_power_need(e, n, qty, price);
}

void sim_power_reserve_pair(struct sim_engine *e, struct node *a,
			    struct node *b)
{
	sim_dec need = sim_power_need_of(e, a);
	sim_dec more = sim_power_need_of(e, b) - need;

	sim_book_reserve(e, a, need);
	sim_book_reserve(e, b, dec_max(more, 0));
}

bool sim_power_can_pay(struct sim_engine *e, const struct sym *s,
		       const struct trade *t, sim_dec pay[2])
{
	const struct sim_account *a = &e->acc;
	sim_dec after, gross, v;

	after = s->pos.qty + (t->buy ? t->qty : -t->qty);
	/* Only what grows a position, or turns it round, needs margin. */
	if (dec_abs(after) <= dec_abs(s->pos.qty) &&
	    (after >= 0) == (s->pos.qty >= 0))
		return true;
	v = sim_cost_notional(e, s, dec_abs(after), t->price);
	gross = a->gross - dec_abs(s->pos.value);
	sum_add(e, &gross, v);
	pay[0] = margin_of(e, gross);
	pay[1] = a->equity - t->commission - s->pos.value;
	sum_add(e, &pay[1], sim_cost_notional(e, s, s->pos.qty, t->price));
	return pay[0] <= pay[1];
}

/* What is free for an order, with what it holds itself. */
static sim_dec free_for(const struct sim_engine *e, const struct node *n)
{
	return sim_power_free(e) + n->o.reserve;
}

/* Money that the size rule gives to spend, costs included. */
static sim_dec budget(struct sim_engine *e, const struct node *n)
{
	const struct sim_order *o = &n->o;
	sim_dec free = free_for(e, n), money = free;

	switch ((enum sim_order_size)o->size_kind) {
	case SIM_ORDER_SIZE_NOTIONAL:
		return o->size;
	case SIM_ORDER_SIZE_PERCENT:
		return muldiv_checked(e, e->acc.equity, o->size,
				      100 * SIM_DEC_ONE);
	default:
		if (e->cfg.margin && !sim_dec_div(free, e->cfg.initial_margin,
						  &money))
			e->overflow = "a quotient of money and price";
		return money;
	}
}

/* Units that lose the risked share of equity between price and stop. */
static sim_dec by_risk(struct sim_engine *e, const struct node *n,
		       sim_dec price)
{
	const struct sim_order *o = &n->o;
	const struct sym *s = &e->syms[o->sym];
	sim_dec money = muldiv_checked(e, e->acc.equity, o->size,
				       100 * SIM_DEC_ONE);
	sim_dec per_unit = sim_cost_notional(e, s, SIM_DEC_ONE,
					     dec_abs(price - o->stop_loss));
	sim_dec qty = 0;

	if (per_unit <= 0 || money <= 0)
		return 0;
	if (!sim_dec_div(money, per_unit, &qty))
		e->overflow = "a quotient of money and price";
	return sim_dec_floor_to(qty, s->lot);
}

static bool fits(struct sim_engine *e, const struct node *n, sim_dec qty,
		 sim_dec price, sim_dec money)
{
	const struct sym *s = &e->syms[n->o.sym];
	sim_dec cost;

	if (n->o.size_kind == SIM_ORDER_SIZE_ALL)
		return sim_power_need(e, n, qty, price) <= free_for(e, n);
	cost = sim_cost_notional(e, s, qty, price);
	sum_add(e, &cost, commission_estimate(e, qty, cost));
	return cost <= money;
}

sim_dec sim_power_size(struct sim_engine *e, const struct node *n,
		       sim_dec price)
{
	const struct sim_order *o = &n->o;
	const struct sym *s = &e->syms[o->sym];
	sim_dec money, unit, lo = 0, hi = 0;

	if (o->size_kind == SIM_ORDER_SIZE_QTY)
		return o->size;
	if (o->size_kind == SIM_ORDER_SIZE_RISK)
		return by_risk(e, n, price);
	if (o->size_kind == SIM_ORDER_SIZE_ALL && reduces(s, o))
		return dec_abs(s->pos.qty);
	money = budget(e, n);
	unit = sim_cost_notional(e, s, SIM_DEC_ONE, price);
	if (money <= 0 || unit <= 0)
		return 0;
	if (!sim_dec_div(money, unit, &hi)) {
		e->overflow = "a quotient of money and price";
		return 0;
	}
	hi = sim_dec_floor_to(hi, s->lot) / s->lot;
	/* The largest number of lots whose cost, fees included, fits. */
	if (hi && fits(e, n, hi * s->lot, price, money))
		return hi * s->lot;
	while (lo + 1 < hi) {
		sim_dec mid = lo + (hi - lo) / 2;

		if (fits(e, n, mid * s->lot, price, money))
			lo = mid;
		else
			hi = mid;
	}
	return lo * s->lot;
}
