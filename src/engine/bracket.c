/*
 * bracket: a take-profit and a stop-loss that live and die with their entry's
 * filled quantity, and plain pairs of which one cancels the other.
 */
#include "engine/sums_priv.h"

/* Make one child of an entry. */
static struct node *child(struct sim_engine *e, struct node *entry,
			  enum sim_order_role role, sim_dec qty)
{
	struct node *n = sim_book_new(e);
	struct sim_order *o = &n->o;

	o->sym = entry->o.sym;
	o->side = is_buy(&entry->o) ? SIM_SIDE_SELL : SIM_SIDE_BUY;
	o->tif = SIM_TIF_GTC;
	o->role = (uint8_t)role;
	o->reduce_only = true;
	o->qty = qty;
	o->expire_at = SIM_TIME_MAX;
	o->parent = entry->o.id;
	n->live_from = INT64_MIN;
	n->fresh = true;
	e->syms[o->sym].kinds |= KIND_FRESH;
	if (e->cfg.semantics == SIM_CONFIG_SEMANTICS_BACKTRADER)
		n->live_from = e->now;
	return n;
}

static void create(struct sim_engine *e, struct node *entry, sim_dec qty,
		   sim_dec price, uint64_t cause)
{
	struct sym *s = &e->syms[entry->o.sym];
	struct node *tp = NULL, *sl = NULL;

	if (entry->o.take_profit) {
		tp = child(e, entry, SIM_ORDER_ROLE_TAKE_PROFIT, qty);
		tp->o.type = SIM_ORDER_TYPE_LIMIT;
		tp->o.limit = entry->o.take_profit;
	}
	if (entry->o.bracket_trail) {
		sl = child(e, entry, SIM_ORDER_ROLE_STOP_LOSS, qty);
		sl->o.type = SIM_ORDER_TYPE_TRAILING_STOP;
		sl->o.trail = entry->o.bracket_trail;
		sl->o.trail_is_percent = entry->o.bracket_trail_is_percent;
		sl->o.trail_ref = price;
		sim_trail_set(s, &sl->o);
	} else if (entry->o.stop_loss) {
		sl = child(e, entry, SIM_ORDER_ROLE_STOP_LOSS, qty);
		sl->o.type = SIM_ORDER_TYPE_STOP;
		sl->o.stop = entry->o.stop_loss;
	}
	if (tp && sl) {
		tp->o.oco = sl->o.id;
		sl->o.oco = tp->o.id;
	}
	entry->o.child_tp = tp ? tp->o.id : 0;
	entry->o.child_sl = sl ? sl->o.id : 0;
	if (tp)
		sim_submit_internal(e, tp, cause);
	if (sl)
		sim_submit_internal(e, sl, cause);
}

/* Change an open order's quantity and say so. */
static void resize(struct sim_engine *e, struct node *n, sim_dec by,
		   uint64_t cause)
{
	n->o.qty += by;
	n->o.seq = emit_order(e, SIM_EVENT_TYPE_ORDER_REPLACED, n,
					 cause);
}

void sim_bracket_grow(struct sim_engine *e, struct node *entry, sim_dec qty,
		      sim_dec price, uint64_t cause)
{
	struct node *tp, *sl;

	tp = sim_book_find(e, entry->o.child_tp);
	sl = sim_book_find(e, entry->o.child_sl);
	if (!tp && !sl) {
		create(e, entry, qty, price, cause);
		return;
	}
	if (tp)
		resize(e, tp, qty, cause);
	if (sl)
		resize(e, sl, qty, cause);
}

void sim_bracket_shrink(struct sim_engine *e, struct node *n, sim_dec qty,
			uint64_t cause)
{
	struct node *other = sim_book_find(e, n->o.oco);

	if (!other || other == n)
		return;
	if (n->done || leaves(&other->o) <= qty)
		sim_book_end(e, other, SIM_END_REASON_OCO, cause);
	else
		resize(e, other, -qty, cause);
	if (!n->done && !other->done && !n->o.parent)
		sim_power_reserve_pair(e, n, other);
}

void sim_bracket_part(struct sim_engine *e, const struct node *n)
{
	struct node *other = sim_book_find(e, n->o.oco);

	if (!other)
		return;
	other->o.oco = 0;
	if (!other->o.parent)
		sim_book_reserve(e, other, sim_power_need_of(e, other));
}

void sim_bracket_orphans(struct sim_engine *e, struct sym *s, uint64_t cause)
{
	struct node *next;

	for (struct node *n = sim_book_first(e, s); n; n = next) {
		next = sim_book_next(e, n);
		if (n->o.parent && !reduces(s, &n->o))
			sim_book_end(e, n, SIM_END_REASON_POSITION, cause);
	}
}
