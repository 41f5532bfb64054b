/*
 * submit: what a request must satisfy, and what happens when it does.
 *
 * Refusals are events with a code and a sentence; they never change the
 * account.  An accepted order can first match on its symbol's next bar.
 */
#include "engine/book_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Why a request is refused; code NONE while it is fine. */
struct refusal {
	enum sim_reject code;
	char text[256];
	sim_dec a, b;
};

static bool refuse(struct refusal *r, enum sim_reject code, const char *fmt,
		   ...) __attribute__((cold, format(printf, 3, 4)));

static bool refuse(struct refusal *r, enum sim_reject code, const char *fmt,
		   ...)
{
	va_list ap;

	r->code = code;
	va_start(ap, fmt);
	vsnprintf(r->text, sizeof(r->text), fmt, ap);
	va_end(ap);
	return false;
}

static const char *dec_text(sim_dec v, char buf[SIM_DEC_STRMAX])
{
	sim_dec_format(v, 0, buf);
	return buf;
}

/* -- prices -------------------------------------------------------------- */

static bool on_tick(const struct sym *s, sim_dec price, const char *what,
		    struct refusal *r)
{
	char p[SIM_DEC_STRMAX], lo[SIM_DEC_STRMAX], hi[SIM_DEC_STRMAX];
	sim_dec below;

	if (!price)
		return true;
	if (price < 0)
		return refuse(r, SIM_REJECT_INVALID_PRICE,
			      "%s %s is not above zero", what,
			      dec_text(price, p));
	below = sim_dec_floor_to(price, s->tick);
	if (below == price)
		return true;
	return refuse(r, SIM_REJECT_INVALID_PRICE,
		      "%s %s is off the tick grid; the nearest valid prices "
		      "are %s and %s", what, dec_text(price, p),
		      dec_text(below, lo),
		      dec_text(sim_dec_ceil_to(price, s->tick), hi));
}

/* Which prices a type needs (1) or refuses (0). */
static const struct {
	uint8_t limit, stop, trail;
} wants[SIM_ORDER_TYPE__COUNT] = {
	[SIM_ORDER_TYPE_MARKET]        = { 0, 0, 0 },
	[SIM_ORDER_TYPE_LIMIT]         = { 1, 0, 0 },
	[SIM_ORDER_TYPE_STOP]          = { 0, 1, 0 },
	[SIM_ORDER_TYPE_STOP_LIMIT]    = { 1, 1, 0 },
	[SIM_ORDER_TYPE_TRAILING_STOP] = { 0, 0, 1 },
};

static bool price_given(const struct sim_order *o, sim_dec price, int wanted,
			const char *what, struct refusal *r)
{
	const char *type = sim_vocab_order_type_text(
				(enum sim_order_type)o->type);

	if (wanted && !price)
		return refuse(r, SIM_REJECT_INVALID_PRICE,
			      "a %s order needs a %s", type, what);
	if (!wanted && price)
		return refuse(r, SIM_REJECT_INVALID_PRICE,
			      "a %s order takes no %s", type, what);
	return true;
}

static bool check_prices(const struct sym *s, const struct sim_order *o,
			 struct refusal *r)
{
	if (o->type == SIM_ORDER_TYPE_MARKET &&
	    !(o->limit | o->stop | o->trail | o->take_profit | o->stop_loss |
	      o->bracket_trail))
		return true;
	if (!price_given(o, o->limit, wants[o->type].limit, "limit price", r) ||
	    !price_given(o, o->stop, wants[o->type].stop, "stop price", r) ||
	    !price_given(o, o->trail, wants[o->type].trail, "trail", r))
		return false;
	if (o->trail < 0 || o->bracket_trail < 0 ||
	    (o->trail_is_percent && o->trail >= 100 * SIM_DEC_ONE) ||
	    (o->bracket_trail_is_percent &&
	     o->bracket_trail >= 100 * SIM_DEC_ONE))
		return refuse(r, SIM_REJECT_INVALID_PRICE,
			      "a trail must be above 0 and below 100 percent");
	return on_tick(s, o->limit, "limit price", r) &&
	       on_tick(s, o->stop, "stop price", r) &&
	       on_tick(s, o->take_profit, "take profit", r) &&
	       on_tick(s, o->stop_loss, "stop loss", r);
}

static sim_dec reference(const struct sym *s, const struct sim_order *o)
{
	if (o->limit)
		return o->limit;
	return o->stop ? o->stop : s->pos.last;
}

static bool check_bracket(const struct sym *s, const struct sim_order *o,
			  struct refusal *r)
{
	sim_dec ref = reference(s, o), win = o->take_profit;
	sim_dec lose = o->stop_loss;
	char p[SIM_DEC_STRMAX], q[SIM_DEC_STRMAX];
	bool buy = is_buy(o);

	if (!(win | lose | o->bracket_trail))
		return true;
	if (o->reduce_only)
		return refuse(r, SIM_REJECT_INVALID_BRACKET,
			      "an order that only reduces takes no bracket");
	if (lose && o->bracket_trail)
		return refuse(r, SIM_REJECT_INVALID_BRACKET,
			      "a bracket has a stop loss or a trail, not both");
	if (win && (buy ? win <= ref : win >= ref))
		return refuse(r, SIM_REJECT_INVALID_BRACKET,
			      "take profit %s must be %s the entry at %s",
			      dec_text(win, p), buy ? "above" : "below",
			      dec_text(ref, q));
	if (lose && (buy ? lose >= ref : lose <= ref))
		return refuse(r, SIM_REJECT_INVALID_BRACKET,
			      "stop loss %s must be %s the entry at %s",
			      dec_text(lose, p), buy ? "below" : "above",
			      dec_text(ref, q));
	return true;
}

/* -- time in force ------------------------------------------------------- */

static bool check_tif(struct sim_engine *e, struct sim_order *o,
		      sim_time expire_at, struct refusal *r)
{
	bool plain = o->type == SIM_ORDER_TYPE_MARKET ||
		     o->type == SIM_ORDER_TYPE_LIMIT;
	const char *tif;

	if (o->tif == SIM_TIF_GTC && !expire_at)
		return true;
	tif = sim_vocab_tif_text((enum sim_tif)o->tif);
	if (o->tif != SIM_TIF_GTD && expire_at)
		return refuse(r, SIM_REJECT_INVALID_TIME_IN_FORCE,
			      "an expiry needs time in force gtd, not %s", tif);
	switch ((enum sim_tif)o->tif) {
	case SIM_TIF_DAY:
		o->expire_at = e->sink.next_close(e->sink.ctx, o->sym, e->now);
		return true;
	case SIM_TIF_GTD:
		if (expire_at <= e->now)
			return refuse(r, SIM_REJECT_INVALID_TIME_IN_FORCE,
				      "a gtd order needs an expiry that is "
				      "still to come");
		o->expire_at = expire_at;
		return true;
	default:
		if (plain)
			return true;
		return refuse(r, SIM_REJECT_INVALID_TIME_IN_FORCE,
			      "time in force %s is for market and limit orders",
			      tif);
	}
}

/* -- quantity and what it costs ------------------------------------------ */

/* What other open orders of a cash account will sell already. */
static sim_dec promised(struct sim_engine *e, const struct node *self,
			uint32_t oco_with)
{
	sim_dec sum = 0;

	for (struct node *n = sim_book_first(e, &e->syms[self->o.sym]); n;
	     n = sim_book_next(e, n)) {
		const struct node *pair = sim_book_find(e, n->o.oco);
		sim_dec q = leaves(&n->o);

		if (is_buy(&n->o) || n->o.parent || n == self ||
		    n->o.id == oco_with)
			continue;
		if (pair && pair->o.id < n->o.id && !is_buy(&pair->o))
			q = dec_max(0, q - leaves(&pair->o));
		sum_add(e, &sum, q);
	}
	return sum;
}

static bool check_reducing(struct sim_engine *e, struct node *n,
			   uint32_t oco_with, struct refusal *r)
{
	struct sim_order *o = &n->o;
	const struct sym *s = &e->syms[o->sym];
	char p[SIM_DEC_STRMAX], q[SIM_DEC_STRMAX];
	sim_dec have;

	if (!e->cfg.margin && !is_buy(o)) {
		have = s->pos.qty - promised(e, n, oco_with);
		if (leaves(o) > have) {
			r->a = leaves(o);
			r->b = have;
			return refuse(r, SIM_REJECT_INSUFFICIENT_POSITION,
				      "a cash account holds %s %s not promised "
				      "to other orders and can't sell %s",
				      dec_text(dec_max(have, 0), p),
				      s->ins.symbol, dec_text(leaves(o), q));
		}
		o->reduce_only = true;
	}
	if (o->reduce_only && !reduces(s, o))
		return refuse(r, SIM_REJECT_NOTHING_TO_REDUCE,
			      "there is no %s position that a %s could reduce",
			      s->ins.symbol,
			      sim_vocab_side_text((enum sim_side)o->side));
	return true;
}

/* Does a cash account sell what it holds and has promised to nobody?  Then
 * there is no more to check. */
static inline bool sells_own(const struct sim_engine *e, const struct sym *s,
			     struct sim_order *o)
{
	if (e->cfg.margin || is_buy(o) || s->head != NIL ||
	    leaves(o) > s->pos.qty)
		return false;
	o->reduce_only = true;
	return true;
}

static bool check_quantity(struct sim_engine *e, struct node *n, sim_dec price,
			   struct refusal *r)
{
	struct sim_order *o = &n->o;
	const struct sym *s = &e->syms[o->sym];
	char p[SIM_DEC_STRMAX], q[SIM_DEC_STRMAX];
	sim_dec qty;

	if (o->size <= 0 && o->size_kind != SIM_ORDER_SIZE_ALL)
		return refuse(r, SIM_REJECT_INVALID_ORDER_QUANTITY,
			      "size %s is not above zero",
			      dec_text(o->size, p));
	if (o->size_kind == SIM_ORDER_SIZE_RISK && !o->stop_loss)
		return refuse(r, SIM_REJECT_INVALID_ORDER_QUANTITY,
			      "a size by risk needs a stop loss to measure by");
	qty = o->size_kind == SIM_ORDER_SIZE_QTY ?
		o->size : sim_power_size(e, n, price);
	if (s->lot == SIM_DEC_ONE ? qty % SIM_DEC_ONE != 0 :
	    qty % s->lot != 0)
		return refuse(r, SIM_REJECT_INVALID_ORDER_QUANTITY,
			      "quantity %s is not a multiple of the lot "
			      "size %s",
			      dec_text(qty, p), dec_text(s->lot, q));
	if (qty <= 0)
		return refuse(r, SIM_REJECT_INVALID_ORDER_QUANTITY,
			      "the size buys less than one lot of %s",
			      dec_text(s->lot, p));
	o->qty = qty;
	return true;
}

static bool check_power(struct sim_engine *e, struct node *n, sim_dec price,
			uint32_t oco_with, struct refusal *r)
{
	struct node *pair = sim_book_find(e, oco_with);
	sim_dec need = power_need(e, n, n->o.qty, price);
	sim_dec have = power_free(e);
	char p[SIM_DEC_STRMAX], q[SIM_DEC_STRMAX];

	if (pair)
		need = dec_max(0, need - pair->o.reserve);
	if (need > have && need > 0) {
		r->a = need;
		r->b = have;
		return refuse(r, SIM_REJECT_INSUFFICIENT_BUYING_POWER,
			      "the order needs %s and %s is free",
			      dec_text(need, p), dec_text(have, q));
	}
	n->o.reserve = need;
	return true;
}

static bool check_oco(struct sim_engine *e, const struct node *n,
		      uint32_t oco_with, struct refusal *r)
{
	const struct node *pair = sim_book_find(e, oco_with);

	if (!oco_with)
		return true;
	if (!pair || pair->o.sym != n->o.sym || pair->o.oco ||
	    pair->o.role == SIM_ORDER_ROLE_LIQUIDATION)
		return refuse(r, SIM_REJECT_UNKNOWN_ORDER,
			      "order %u is not an open, unpaired order of the "
			      "same symbol", oco_with);
	return true;
}

/* A market order with nothing but a size: there is no more to check. */
static bool is_bare(const struct sim_order_req *q)
{
	return q->type == SIM_ORDER_TYPE_MARKET && q->tif == SIM_TIF_GTC &&
	       !(q->limit | q->stop | q->trail | q->take_profit |
		 q->stop_loss | q->bracket_trail | q->expire_at | q->oco_with);
}

static bool acceptable(struct sim_engine *e, struct sym *s, struct node *n,
		       const struct sim_order_req *req, bool bare,
		       struct refusal *r)
{
	sim_dec price;

	if (!s->pos.last)
		return refuse(r, SIM_REJECT_NO_MARKET_DATA,
			      "%s has had no bar yet", s->ins.symbol);
	if (e->used - e->nfree - e->ndead > SIM_ENGINE_OPEN_MAX)
		return refuse(r, SIM_REJECT_TOO_MANY_ORDERS,
			      "there are %u open orders; cancel some or wait "
			      "for fills", SIM_ENGINE_OPEN_MAX);
	n->o.expire_at = SIM_TIME_MAX;
	if (!bare &&
	    (!check_prices(s, &n->o, r) || !check_bracket(s, &n->o, r) ||
	     !check_tif(e, &n->o, req->expire_at, r) ||
	     !check_oco(e, n, req->oco_with, r)))
		return false;
	if (n->o.type == SIM_ORDER_TYPE_TRAILING_STOP) {
		n->o.trail_ref = s->pos.last;
		sim_trail_set(s, &n->o);
	}
	price = bare && e->cfg.slippage == SIM_CONFIG_SLIPPAGE_NONE ?
		s->pos.last : sim_power_estimate(e, n);
	return check_quantity(e, n, price, r) &&
	       ((is_buy(&n->o) && !n->o.reduce_only) ||
		sells_own(e, s, &n->o) ||
		check_reducing(e, n, req->oco_with, r)) &&
	       check_power(e, n, price, req->oco_with, r);
}

/* -- the doors ----------------------------------------------------------- */

static void from_request(const struct sim_engine *e, struct node *n,
			 const struct sim_order_req *req, bool bare)
{
	struct sim_order *o = &n->o;

	o->sym = req->sym;
	o->side = (uint8_t)req->side;
	o->type = (uint8_t)req->type;
	o->tif = (uint8_t)req->tif;
	o->size_kind = (uint8_t)req->size_kind;
	o->size = req->size;
	o->size_at_fill = req->size_at_fill &&
			  req->size_kind != SIM_ORDER_SIZE_QTY;
	o->reduce_only = req->reduce_only;
	n->live_from = e->now;
	if (bare)
		return;
	o->limit = req->limit;
	o->stop = req->stop;
	o->trail = req->trail;
	o->trail_is_percent = req->trail_is_percent;
	o->take_profit = req->take_profit;
	o->stop_loss = req->stop_loss;
	o->bracket_trail = req->bracket_trail;
	o->bracket_trail_is_percent = req->bracket_trail_is_percent;
}

static inline void enter(struct sim_engine *e, struct sym *s, struct node *n,
			 uint64_t cause)
{
	n->o.status = SIM_ORDER_STATUS_ACCEPTED;
	book_link(e, s, n);
	n->o.seq = emit_order(e, SIM_EVENT_TYPE_ORDER_ACCEPTED, n, cause);
}

void sim_submit_internal(struct sim_engine *e, struct node *n, uint64_t cause)
{
	enter(e, &e->syms[n->o.sym], n, cause);
}

/* Take an acceptable order into the book. */
static void accept(struct sim_engine *e, struct sym *s, struct node *n,
		   uint32_t oco_with)
{
	struct sim_order *o = &n->o;
	struct node *pair = sim_book_find(e, oco_with);

	if (pair) {
		o->oco = pair->o.id;
		pair->o.oco = o->id;
	}
	sum_add(e, &e->acc.reserved, o->reserve);
	if (o->size_at_fill)
		o->qty = 0;
	enter(e, s, n, 0);
}

/* A refusal without a reason is one of size; nothing was booked. */
static void overflowed(struct sim_engine *e, struct refusal *r)
{
	if (r->code == SIM_REJECT_NONE)
		refuse(r, SIM_REJECT_OVERFLOW, "%s left the range of +-92 "
		       "billion", e->overflow);
	e->overflow = NULL;
}

/* Say why, and forget the order; its quantity is the one asked for, however
 * early it failed. */
static int reject(struct sim_engine *e, struct node *n, struct refusal *r,
		  struct sim_err *err)
{
	struct sim_event ev = { .type = SIM_EVENT_TYPE_ORDER_REJECTED };

	overflowed(e, r);
	if (n->o.size_kind == SIM_ORDER_SIZE_QTY && n->o.size > 0)
		n->o.qty = n->o.size;
	n->o.reserve = 0;
	n->o.status = SIM_ORDER_STATUS_REJECTED;
	ev.sym = n->o.sym;
	ev.order = &n->o;
	ev.reason = (uint8_t)r->code;
	ev.text = r->text;
	ev.a = r->a;
	ev.b = r->b;
	n->o.seq = sim_engine_emit(e, &ev);
	e->counts.rejected++;
	sim_book_discard(e, n);
	return sim_err_set(err, SIM_E_REJECTED, "order %u is rejected (%s): %s",
			   n->o.id, sim_vocab_reject_text(r->code), r->text);
}

int sim_submit_request(struct sim_engine *e, const struct sim_order_req *req,
		       uint32_t *id, struct sim_err *err)
{
	struct refusal r;
	struct node *n = sim_book_new(e);
	struct sym *s;
	bool ok, bare = is_bare(req);

	r.code = SIM_REJECT_NONE;
	r.a = r.b = 0;
	if (req->sym >= e->nsyms)
		SIM_BUG("a request for a symbol that does not exist");
	s = &e->syms[req->sym];
	from_request(e, n, req, bare);
	e->counts.submitted++;
	if (id)
		*id = n->o.id;
	ok = acceptable(e, s, n, req, bare, &r) && !e->overflow;
	if (e->trace)
		sim_trace_ask(e, n);
	if (ok) {
		accept(e, s, n, req->oco_with);
		return SIM_OK;
	}
	return reject(e, n, &r, err);
}

static struct node *open_order(struct sim_engine *e, uint32_t id, int *rc,
			       struct sim_err *err)
{
	struct node *n = sim_book_find(e, id);

	if (!n)
		*rc = sim_err_set(err, SIM_E_NOENT, "order %u is not open", id);
	else if (n->o.role == SIM_ORDER_ROLE_LIQUIDATION)
		*rc = sim_err_set(err, SIM_E_REJECTED, "order %u is a forced "
				  "sale; it can't be cancelled or replaced",
				  id);
	else
		*rc = SIM_OK;
	return *rc ? NULL : n;
}

int sim_submit_cancel(struct sim_engine *e, uint32_t id, struct sim_err *err)
{
	int rc;
	struct node *n = open_order(e, id, &rc, err);

	if (n)
		sim_book_end(e, n, SIM_END_REASON_REQUESTED, 0);
	return rc;
}

/* Do its new prices make sense? */
static bool replaced_prices(const struct sym *s, const struct sim_order *o,
			    const struct sim_order *old, struct refusal *r)
{
	bool stop = o->stop != old->stop, limit = o->limit != old->limit;
	struct sim_order asked = *o;

	/* With a bracket it was not asked to: it sells for a cash account. */
	asked.reduce_only = false;
	if (limit && (!price_given(o, o->limit, wants[o->type].limit,
				   "limit price", r) ||
		      !on_tick(s, o->limit, "limit price", r)))
		return false;
	if (stop && o->triggered)
		return refuse(r, SIM_REJECT_INVALID_PRICE,
			      "the order has triggered; its stop price can't "
			      "change any more");
	if (stop && (!price_given(o, o->stop, wants[o->type].stop,
				  "stop price", r) ||
		     !on_tick(s, o->stop, "stop price", r)))
		return false;
	return !(stop || limit) || check_bracket(s, &asked, r);
}

/* Can it be paid?  Of a pair the larger need counts. */
static bool replaced_power(struct sim_engine *e, struct node *n,
			   struct refusal *r)
{
	struct node *pair = sim_book_find(e, n->o.oco);
	char p[SIM_DEC_STRMAX], q[SIM_DEC_STRMAX];
	sim_dec need = sim_power_need_of(e, n);
	sim_dec have = sim_power_free(e) + n->o.reserve;

	if (pair) {
		need = dec_max(need, sim_power_need_of(e, pair));
		have += pair->o.reserve;
	}
	if (e->overflow)
		return false;
	if (need > have && need > 0)
		return refuse(r, SIM_REJECT_INSUFFICIENT_BUYING_POWER,
			      "the replaced order needs %s and %s is free",
			      dec_text(need, p), dec_text(have, q));
	if (pair)
		sim_power_reserve_pair(e, n, pair);
	else
		sim_book_reserve(e, n, need);
	return true;
}

/* The replaced order as it would be, checked; its reserve is set anew. */
static bool replaceable(struct sim_engine *e, struct node *n,
			const struct sim_order *old, struct refusal *r)
{
	struct sym *s = &e->syms[n->o.sym];
	struct sim_order *o = &n->o;
	char p[SIM_DEC_STRMAX], q[SIM_DEC_STRMAX];

	if (o->qty != old->qty &&
	    (o->qty <= o->filled || sim_dec_floor_to(o->qty, s->lot) != o->qty))
		return refuse(r, SIM_REJECT_INVALID_ORDER_QUANTITY,
			      "quantity %s must be a multiple of %s above the "
			      "filled quantity", dec_text(o->qty, p),
			      dec_text(s->lot, q));
	if (!replaced_prices(s, o, old, r))
		return false;
	if (o->parent)
		return true;
	return check_reducing(e, n, o->oco, r) && replaced_power(e, n, r);
}

int sim_submit_replace(struct sim_engine *e, uint32_t id, sim_dec qty,
		       sim_dec limit, sim_dec stop, struct sim_err *err)
{
	struct refusal r;
	int rc;
	struct node *n = open_order(e, id, &rc, err);
	struct sim_order old;

	if (!n)
		return rc;
	r.code = SIM_REJECT_NONE;
	old = n->o;
	n->o.limit = limit ? limit : old.limit;
	n->o.stop = stop ? stop : old.stop;
	if (qty) {
		n->o.qty = qty;
		n->o.size_at_fill = false;
	}
	if (!replaceable(e, n, &old, &r)) {
		n->o = old;
		overflowed(e, &r);
		return sim_err_set(err, SIM_E_REJECTED,
				   "replacing order %u is rejected (%s): %s",
				   id, sim_vocab_reject_text(r.code), r.text);
	}
	/* More, or another price, goes to the back of the queue. */
	if (n->o.qty > old.qty || n->o.limit != old.limit ||
	    n->o.stop != old.stop)
		sim_book_requeue(e, n);
	e->syms[n->o.sym].stale = true;
	e->counts.replaced++;
	n->o.seq = emit_order(e, SIM_EVENT_TYPE_ORDER_REPLACED, n,
					 0);
	return SIM_OK;
}
