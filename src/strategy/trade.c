/* trade: sizes, brackets and the orders that change a position. */
#include "strategy/trade.h"

#include "util/mem.h"

#define UNSETTLED INT8_MAX

void sim_trade_init(struct sim_trade *t, const struct sim_strategy_view *v)
{
	sim_mem_free(t->syms);
	t->syms = sim_mem_array(v->nsyms, sizeof(*t->syms));
	t->shares = v->nsyms;
}

void sim_trade_release(struct sim_trade *t)
{
	sim_mem_free(t->syms);
	t->syms = NULL;
}

static sim_dec newest_close(const struct sim_strategy_sym *s)
{
	return s->bars.close[s->bars.n - 1];
}

/* An order that is not a bracket's child is still working. */
static bool is_working(const struct sim_strategy_view *v, uint32_t i)
{
	const struct sim_strategy_host *h = v->host;
	const struct sim_order *o = h->next_order(h->ctx, i, 0);

	for (; o; o = h->next_order(h->ctx, i, o->id)) {
		if (o->role == SIM_ORDER_ROLE_PLAIN)
			return true;
	}
	return false;
}

/* The money that size cash and sleeve take their fraction of: cash, and what
 * the position that is being left is worth. */
static sim_dec own_cash(const struct sim_trade *t,
			const struct sim_strategy_view *v, uint32_t i)
{
	const struct sim_position *p = v->syms[i].position;
	sim_dec part;

	if (t->size_kind == SIM_TRADE_SIZE_CASH)
		return v->account->cash + p->value;
	part = v->account->initial / v->nsyms;
	return part - p->cost + p->realized - p->fees + p->dividends +
		p->value;
}

/* floor(fraction * cash / (close * multiplier)) to the lot, exactly; 0 when
 * it is less than a lot or more than can be said. */
static sim_dec affordable(const struct sim_trade *t,
			  const struct sim_strategy_view *v, uint32_t i)
{
	const struct sim_instrument *ins = v->syms[i].instrument;
	sim_dec cash = own_cash(t, v, i), unit;
	sim_dec_wide q;

	if (cash <= 0 || !sim_dec_mul(newest_close(&v->syms[i]),
				      ins->multiplier, &unit) || unit <= 0)
		return 0;
	q = (sim_dec_wide)t->size * cash / unit;
	if (q > INT64_MAX)
		return 0;
	return sim_dec_floor_to((sim_dec)q, ins->lot_size);
}

static bool set_size(const struct sim_trade *t,
		     const struct sim_strategy_view *v, uint32_t i,
		     struct sim_order_req *req)
{
	static const enum sim_order_size kinds[] = {
		[SIM_TRADE_SIZE_PERCENT] = SIM_ORDER_SIZE_PERCENT,
		[SIM_TRADE_SIZE_QTY] = SIM_ORDER_SIZE_QTY,
		[SIM_TRADE_SIZE_NOTIONAL] = SIM_ORDER_SIZE_NOTIONAL,
		[SIM_TRADE_SIZE_CASH] = SIM_ORDER_SIZE_QTY,
		[SIM_TRADE_SIZE_SLEEVE] = SIM_ORDER_SIZE_QTY,
	};

	req->size_kind = kinds[t->size_kind];
	req->size = t->size;
	if (t->size_kind == SIM_TRADE_SIZE_PERCENT)
		req->size = t->size / t->shares;
	else if (t->size_kind >= SIM_TRADE_SIZE_CASH)
		req->size = affordable(t, v, i);
	return req->size > 0;
}

/* close * (100 + percent) / 100, to the tick: down for a long, up for a
 * short.  0 when there is no such price. */
static sim_dec bracket_price(const struct sim_strategy_sym *s, sim_dec percent,
			     int target)
{
	sim_dec tick = s->instrument->tick_size, p;

	if (!sim_dec_muldiv(newest_close(s), 100 * SIM_DEC_ONE + percent,
			    100 * SIM_DEC_ONE, &p))
		return 0;
	p = target > 0 ? sim_dec_floor_to(p, tick) : sim_dec_ceil_to(p, tick);
	return p > 0 ? p : 0;
}

static void set_bracket(const struct sim_trade *t,
			const struct sim_strategy_sym *s, int target,
			struct sim_order_req *req)
{
	if (t->take_profit)
		req->take_profit = bracket_price(s, target * t->take_profit,
						 target);
	if (t->stop_loss)
		req->stop_loss = bracket_price(s, -target * t->stop_loss,
					       target);
	if (t->trail) {
		req->bracket_trail = t->trail;
		req->bracket_trail_is_percent = true;
	}
}

/* Submit; a refusal only blocks the wish. */
static int submit(struct sim_trade *t, struct sim_strategy_view *v,
		  const struct sim_order_req *req, int wish,
		  struct sim_err *err)
{
	struct sim_err why;		/* cleared no further than needed */
	uint32_t id;
	int rc;

	why.code = SIM_OK;
	why.msg[0] = '\0';
	rc = v->host->submit(v->host->ctx, req, &id, &why);
	if (rc == SIM_E_REJECTED) {
		t->syms[req->sym].blocked = (int8_t)wish;
		return SIM_OK;
	}
	if (rc && err)
		*err = why;
	return rc;
}

static int leave(struct sim_trade *t, struct sim_strategy_view *v, uint32_t i,
		 struct sim_err *err)
{
	sim_dec qty = v->syms[i].position->qty;
	struct sim_order_req req = {
		.sym = i, .side = qty > 0 ? SIM_SIDE_SELL : SIM_SIDE_BUY,
		.type = SIM_ORDER_TYPE_MARKET, .tif = SIM_TIF_GTC,
		.size_kind = SIM_ORDER_SIZE_QTY, .size = qty > 0 ? qty : -qty,
		.reduce_only = true,
	};

	t->syms[i].is_exiting = true;
	return submit(t, v, &req, 0, err);
}

static int enter(struct sim_trade *t, struct sim_strategy_view *v, uint32_t i,
		 int target, struct sim_err *err)
{
	struct sim_order_req req = {
		.sym = i, .side = target > 0 ? SIM_SIDE_BUY : SIM_SIDE_SELL,
		.type = SIM_ORDER_TYPE_MARKET, .tif = SIM_TIF_GTC,
	};

	if (!set_size(t, v, i, &req))
		return SIM_OK;
	set_bracket(t, &v->syms[i], target, &req);
	return submit(t, v, &req, target, err);
}

/* Orders that take symbol i to `target` (-1, 0, 1), unless some are open. */
static int go(struct sim_trade *t, struct sim_strategy_view *v, uint32_t i,
	      int target, struct sim_err *err)
{
	int rc = SIM_OK;

	sim_strategy_fetch_next(&v->syms[i]);
	if (is_working(v, i))
		return SIM_OK;
	if (v->syms[i].position->qty)
		rc = leave(t, v, i, err);
	if (!rc && target)
		rc = enter(t, v, i, target, err);
	return rc;
}

/* The position that a wish means, where the side allows it. */
static int target_of(const struct sim_trade *t, int wish)
{
	if (wish == SIM_TRADE_FLAT ||
	    (t->side == SIM_TRADE_SIDE_LONG && wish < 0) ||
	    (t->side == SIM_TRADE_SIDE_SHORT && wish > 0))
		return 0;
	return wish;
}

int sim_trade_weigh(struct sim_trade *t, struct sim_strategy_view *v,
		    uint32_t i, int wish, struct sim_err *err)
{
	struct sim_trade_sym *s = &t->syms[i];
	sim_dec qty = v->syms[i].position->qty;
	int dir = (qty > 0) - (qty < 0);

	if (dir != s->was) {
		if (!dir && !s->is_exiting)
			s->blocked = s->was;
		s->is_exiting = false;
		s->was = (int8_t)dir;
	}
	s->settled = UNSETTLED;
	if (s->blocked && wish != SIM_TRADE_NONE && wish != dir &&
	    wish != s->blocked)
		s->blocked = 0;
	if (wish != SIM_TRADE_NONE && wish != s->blocked &&
	    target_of(t, wish) != dir)
		return go(t, v, i, target_of(t, wish), err);
	s->settled = (int8_t)wish;
	s->qty = qty;
	return SIM_OK;
}
