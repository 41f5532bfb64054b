/*
 * fill: an execution, from quantity to account.
 *
 * Average cost: a position keeps its total cost; a partial close releases
 * cost * closed / held, rounded half-even, the last close all of it.  So
 *   cash + open cost = initial + realized + dividends + interest - fees
 * holds to the unit after every fill, whatever was rounded.
 */
#include "engine/book_priv.h"

#include "util/mem.h"

/* A part of a fill, made anew for each way to fill.  Where a trace is given by
 * its caller it is NULL in the simple way. */
#define PART static inline __attribute__((always_inline))

/* What is left of the bar's volume for this symbol's orders. */
PART sim_dec volume_left(struct sim_engine *e, struct sym *s)
{
	if (s->no_volume || !e->cfg.max_volume_share)
		return INT64_MAX;
	if (s->volume_step != e->step) {
		sim_dec cap = mul_checked(e, s->bar.volume,
					  e->cfg.max_volume_share);

		s->volume_step = e->step;
		s->volume_left = sim_dec_floor_to(cap, s->lot);
	}
	return s->volume_left;
}

/* The closing part of a fill: cost released and profit realized. */
PART sim_dec close_part(struct sim_engine *e, struct sym *s, sim_dec qty,
			sim_dec notional, struct sim_trace_fill *x)
{
	struct sim_position *p = &s->pos;
	sim_dec held = dec_abs(p->qty), released = p->cost, realized;

	if (qty != held)
		released = muldiv_checked(e, p->cost, qty, held);
	realized = (p->qty > 0 ? notional : -notional) - released;
	if (RARE(x)) {
		x->held = held;
		x->released = released;
		x->realized = realized;
	}
	sum_add(e, &e->acc.open_cost, -released);
	p->cost -= released;
	sum_add(e, &p->realized, realized);
	sum_add(e, &e->acc.realized, realized);
	return realized;
}

/* Move cash, position and cost; returns the realized profit. */
PART sim_dec book_trade(struct sim_engine *e, struct sym *s, bool buy,
			sim_dec qty, sim_dec notional,
			struct sim_trace_fill *x)
{
	struct sim_position *p = &s->pos;
	sim_dec closing = 0, part = 0, realized = 0, opened;

	if (buy ? p->qty < 0 : p->qty > 0)
		closing = dec_min(qty, dec_abs(p->qty));
	if (closing) {
		part = closing == qty ? notional
				      : muldiv_checked(e, notional, closing,
						       qty);
		if (RARE(x)) {
			x->closing = closing;
			x->part = part;
		}
		realized = close_part(e, s, closing, part, x);
	}
	opened = buy ? notional - part : part - notional;
	sum_add(e, &p->cost, opened);
	sum_add(e, &e->acc.open_cost, opened);
	sum_add(e, &p->qty, buy ? qty : -qty);
	set_units(e, s);
	sum_add(e, &e->acc.cash, buy ? -notional : notional);
	return realized;
}

PART struct sim_fill *new_fill(struct sim_engine *e)
{
	SIM_MEM_GROW(e->fills, e->fill_cap, e->nfills + 1);
	return &e->fills[e->nfills++];
}

static __attribute__((noinline)) void
say(struct sim_engine *e, struct node *n, const struct sim_fill *f)
{
	struct sim_event ev = {
		.type = SIM_EVENT_TYPE_FILL, .cause = n->o.seq,
		.sym = n->o.sym, .order = &n->o, .fill = f,
		.fill_id = (uint32_t)e->nfills, .a = n->o.filled,
		.b = leaves(&n->o), .c = e->syms[n->o.sym].pos.qty,
		.d = e->acc.cash,
	};

	sim_engine_emit(e, &ev);
}

PART void record(struct sim_engine *e, const struct sym *s, struct node *n,
		 const struct fill_at *at, const struct trade *t,
		 sim_dec realized)
{
	struct sim_fill *f = new_fill(e);

	*f = (struct sim_fill){
		.time = e->now, .qty = t->qty, .price = t->price,
		.base_price = at->price, .commission = t->commission,
		.realized = realized,
		.seq = (uint32_t)(e->counts.events + 1),
		.order = n->o.id, .sym = (uint16_t)n->o.sym,
		.side = n->o.side, .reason = (uint8_t)at->reason,
		.maker = at->maker,
		.synthetic = (s->flags & SIM_ENGINE_SYNTHETIC) != 0,
		.is_close = t->closes,
	};
	if (e->sink.event)
		say(e, n, f);
	else
		e->counts.events++;
	n->o.seq = f->seq;
	e->counts.fills++;
	e->counts.synthetic += f->synthetic;
}

/* For a trace: why nothing fills. */
static inline void say_outcome(struct sim_engine *e,
			       enum sim_trace_outcome outcome)
{
	if (RARE(e->terms))
		e->terms->outcome = outcome;
}

/* The order can't be paid: say with which numbers, and end it. */
static __attribute__((noinline)) void
refuse(struct sim_engine *e, struct node *n, sim_dec needs, sim_dec has)
{
	struct sim_event ev = {
		.type = SIM_EVENT_TYPE_ORDER_REJECTED, .cause = n->o.seq,
		.sym = n->o.sym, .order = &n->o,
		.reason = SIM_REJECT_INSUFFICIENT_BUYING_POWER,
		.text = "the fill could not be paid", .a = needs, .b = has,
	};

	book_unlink(e, &e->syms[n->o.sym], n, SIM_ORDER_STATUS_REJECTED);
	e->counts.rejected++;
	n->o.seq = sim_engine_emit(e, &ev);
	sim_bracket_part(e, n);
}

/* Quantity by the size rule at the price of the fill, slippage included. */
static __attribute__((noinline)) sim_dec
size_now(struct sim_engine *e, struct node *n, sim_dec price, bool slips)
{
	const struct sym *s = &e->syms[n->o.sym];
	struct sim_trace_fill *terms = e->terms;
	struct sim_trace_price *pricing = e->pricing;
	sim_dec qty;

	/* Estimates are no terms of the fill. */
	e->terms = NULL;
	e->pricing = NULL;
	qty = sim_power_size(e, n, price);
	if (slips && qty > 0)
		qty = sim_power_size(e, n, sim_cost_slip(e, s,
					(enum sim_side)n->o.side, qty, price));
	e->terms = terms;
	e->pricing = pricing;
	return qty;
}

/* What the bar's volume leaves of a quantity. */
PART sim_dec within_volume(struct sim_engine *e, struct sym *s,
			   const struct node *n, sim_dec qty)
{
	sim_dec left = volume_left(e, s);

	if (RARE(e->terms))
		sim_trace_room(e, s, left);
	if (left < qty && n->o.tif == SIM_TIF_FOK) {
		say_outcome(e, SIM_TRACE_NOT_WHOLE);
		return 0;
	}
	if (left <= 0)
		say_outcome(e, SIM_TRACE_NO_VOLUME);
	return dec_min(qty, left);
}

/* How much may fill now; 0 when the order stays or has ended. */
PART sim_dec fillable(struct sim_engine *e, struct sym *s, struct node *n,
		      const struct fill_at *at, bool is_simple)
{
	struct sim_trace_fill *x = is_simple ? NULL : e->terms;
	sim_dec qty;

	if (n->o.size_at_fill && !n->o.filled) {
		n->o.qty = size_now(e, n, at->price, at->slips);
		if (n->o.qty <= 0) {
			refuse(e, n, at->price, sim_power_free(e));
			say_outcome(e, SIM_TRACE_NOT_PAYABLE);
			return 0;
		}
	}
	qty = leaves(&n->o);
	if (RARE(x))
		x->wanted = qty;
	if (n->o.reduce_only) {
		if (!reduces(s, &n->o)) {
			sim_book_end(e, n, SIM_END_REASON_POSITION, n->o.seq);
			say_outcome(e, SIM_TRACE_NO_POSITION);
			return 0;
		}
		qty = dec_min(qty, dec_abs(s->pos.qty));
		if (RARE(x))
			x->reducible = dec_abs(s->pos.qty);
	}
	return is_simple ? qty : within_volume(e, s, n, qty);
}

/* The order's own state after a fill, and those that hang on it. */
PART void settle(struct sim_engine *e, struct sym *s, struct node *n,
		 const struct trade *t)
{
	uint64_t cause = n->o.seq;
	sim_dec left = leaves(&n->o);

	if (left <= 0) {
		book_unlink(e, s, n, SIM_ORDER_STATUS_FILLED);
	} else {
		n->o.status = SIM_ORDER_STATUS_PARTIALLY_FILLED;
		sim_book_reserve(e, n, muldiv_checked(e, n->o.reserve, left,
						      left + t->qty));
		s->stale = true;
	}
	if (n->o.oco)
		sim_bracket_shrink(e, n, t->qty, cause);
	if (s->nopen)
		sim_bracket_orphans(e, s, cause);
	if (t->opens && (n->o.take_profit | n->o.stop_loss |
			 n->o.bracket_trail))
		sim_bracket_grow(e, n, t->opens, t->price, cause);
	if (!n->done && n->o.reduce_only && !reduces(s, &n->o))
		sim_book_end(e, n, SIM_END_REASON_POSITION, cause);
}

/* Would a mark at this price of the only symbol, not held short, find all sums
 * far within the range? */
PART bool is_far_within(const struct sim_engine *e, const struct sym *s,
			sim_dec price)
{
	const struct sim_account *a = &e->acc;
	int64_t v;

	if ((!s->units && s->pos.qty) ||
	    __builtin_mul_overflow(s->units, price, &v))
		return false;
	return !((uint64_t)(v | a->cash | a->value) >> 61);
}

/* Cash, position and totals after a trade; returns the realized profit. */
PART sim_dec book(struct sim_engine *e, struct sym *s, struct node *n,
		  const struct trade *t, struct sim_trace_fill *x)
{
	sim_dec realized = book_trade(e, s, t->buy, t->qty, t->notional, x);

	sum_add(e, &e->acc.cash, -t->commission);
	sum_add(e, &e->acc.fees, t->commission);
	sum_add(e, &s->pos.fees, t->commission);
	n->o.filled += t->qty;
	sum_add(e, &n->o.notional, t->notional);
	sum_add(e, &n->o.commission, t->commission);
	sum_add(e, &e->counts.traded, t->notional);
	return realized;
}

static void count_slippage(struct sim_engine *e, struct sym *s,
			   const struct trade *t, sim_dec base)
{
	sum_add(e, &e->counts.slippage,
		sim_cost_notional(e, s, t->qty, dec_abs(t->price - base)));
}

/* The money of a trade, for a trace. */
static void say_money(struct sim_engine *e, const struct trade *t,
		      const sim_dec pay[2])
{
	struct sim_trace_fill *x = e->terms;

	x->qty = t->qty;
	x->price.price = t->price;
	x->notional = t->notional;
	x->fee.fee = t->commission;
	if (e->plain_fee) {
		x->fee.nbands = 1;
		x->fee.band[0] = (struct sim_trace_band){
			t->notional, e->cfg.fee.rate, t->commission
		};
		x->fee.raw = x->fee.sum = x->fee.due = t->commission;
	}
	x->pays = pay[0] || pay[1];
	x->needs = pay[0];
	x->has = pay[1];
}

sim_dec sim_fill_plain(struct sim_engine *e, struct node *n,
		       const struct fill_at *at)
{
	struct sym *s = &e->syms[n->o.sym];
	sim_dec pay[2] = { 0, 0 }, raw = n->raw_fee, realized;
	struct trade t = { is_buy(&n->o), reduces(s, &n->o),
			   fillable(e, s, n, at, false), at->price, 0, 0, 0 };
	bool can;

	if (t.qty <= 0)
		return 0;
	if (at->slips)
		t.price = slipped(e, s, (enum sim_side)n->o.side, t.qty,
				  at->price);
	t.notional = sim_cost_notional(e, s, t.qty, t.price);
	t.commission = commission(e, n, t.qty, t.notional, at->maker);
	can = n->o.role == SIM_ORDER_ROLE_LIQUIDATION ||
		can_pay(e, s, &t, pay);
	if (RARE(e->terms))
		say_money(e, &t, pay);
	if (!can) {
		n->raw_fee = raw;
		refuse(e, n, pay[0], pay[1]);
		say_outcome(e, SIM_TRACE_NOT_PAYABLE);
		return 0;
	}
	t.opens = t.closes ? dec_max(0, t.qty - dec_abs(s->pos.qty)) : t.qty;
	realized = book(e, s, n, &t, e->terms);
	mark(e, s, t.price);
	if (s->volume_step == e->step && e->cfg.max_volume_share)
		s->volume_left -= t.qty;
	if (t.price != at->price)
		count_slippage(e, s, &t, at->price);
	record(e, s, n, at, &t, realized);
	settle(e, s, n, &t);
	return t.qty;
}

void sim_fill_simple(struct sim_engine *e, struct node *n, sim_dec price,
		     enum sim_fill_reason reason)
{
	const struct fill_at at = { price, reason, false, false };
	struct sym *s = &e->syms[n->o.sym];
	struct trade t = { is_buy(&n->o), reduces(s, &n->o),
			   fillable(e, s, n, &at, true), price, 0, 0, 0 };
	sim_dec pay[2] = { 0, 0 }, realized;

	if (t.qty <= 0)
		return;
	t.notional = sim_cost_notional(e, s, t.qty, price);
	t.commission = rate_checked(e, e->cfg.fee.rate, t.notional);
	if (!cash_can_pay(e, &t, pay)) {
		refuse(e, n, pay[0], pay[1]);
		return;
	}
	t.opens = t.closes ? dec_max(0, t.qty - dec_abs(s->pos.qty)) : t.qty;
	realized = book(e, s, n, &t, NULL);
	/* A mark that nobody sees is left to the end of the step. */
	if (e->nsyms > 1 || e->sink.event || n->o.oco ||
	    !is_far_within(e, s, price))
		mark(e, s, price);
	record(e, s, n, &at, &t, realized);
	settle(e, s, n, &t);
}

sim_dec sim_fill_traced(struct sim_engine *e, struct node *n,
			const struct fill_at *at)
{
	sim_dec qty;

	sim_trace_begin(e, n, at);
	qty = sim_fill_plain(e, n, at);
	sim_trace_end(e, n, qty);
	return qty;
}
