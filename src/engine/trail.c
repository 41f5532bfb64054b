/*
 * trail: stops that follow the best price.
 *
 * The level is the best price less (sell) or plus (buy) the trail, rounded to
 * the tick away from the market, so that a trail is never tighter than asked.
 */
#include "engine/sums_priv.h"

void sim_trail_set(const struct sym *s, struct sim_order *o)
{
	sim_dec gap = o->trail, level;

	if (o->trail_is_percent &&
	    !sim_dec_muldiv(o->trail_ref, o->trail, 100 * SIM_DEC_ONE, &gap))
		gap = o->trail_ref;
	if (is_buy(o))
		level = __builtin_add_overflow(o->trail_ref, gap, &level)
			? SIM_DEC_MAX : sim_dec_ceil_to(level, s->tick);
	else
		level = sim_dec_floor_to(o->trail_ref - gap, s->tick);
	o->stop = dec_max(level, s->tick);
}

void sim_trail_follow(struct sim_engine *e, struct sym *s, sim_dec price)
{
	for (struct node *n = sim_book_first(e, s); n;
	     n = sim_book_next(e, n)) {
		struct sim_order *o = &n->o;

		if (o->type != SIM_ORDER_TYPE_TRAILING_STOP || o->triggered ||
		    n->live_from > s->begins)
			continue;
		if (is_buy(o) ? price >= o->trail_ref : price <= o->trail_ref)
			continue;
		o->trail_ref = price;
		sim_trail_set(s, o);
		s->stale = true;
	}
}
