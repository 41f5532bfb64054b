/* trace: begins and ends the record of an attempt to fill. */
#include "engine/sums_priv.h"

#include "util/mem.h"

void sim_trace_release(struct sim_trace *t)
{
	sim_mem_free(t->fills);
	t->fills = NULL;
	t->n = t->cap = 0;
}

static void look(const struct sim_engine *e, const struct sym *s, int i,
		 struct sim_trace_account *a)
{
	a->cash[i] = e->acc.cash;
	a->position[i] = s->pos.qty;
	a->cost[i] = s->pos.cost;
	a->equity[i] = e->acc.equity;
	a->free[i] = sim_power_free(e);
}

void sim_trace_begin(struct sim_engine *e, const struct node *n,
		     const struct fill_at *at)
{
	struct sim_trace *t = e->trace;
	const struct sym *s = &e->syms[n->o.sym];

	if (n->o.id != t->order)
		return;
	SIM_MEM_GROW(t->fills, t->cap, t->n + 1);
	e->terms = &t->fills[t->n++];
	*e->terms = (struct sim_trace_fill){
		.step = e->step, .bar = s->bar, .leg = t->leg,
		.reason = (uint8_t)at->reason, .multiplier = s->multiplier,
		.price = { .base = at->price, .price = at->price },
		.fee = { .maker = at->maker },
	};
	e->pricing = &e->terms->price;
	look(e, s, 0, &e->terms->account);
}

void sim_trace_end(struct sim_engine *e, const struct node *n, sim_dec qty)
{
	struct sim_trace_fill *x = e->terms;

	if (!x)
		return;
	look(e, &e->syms[n->o.sym], 1, &x->account);
	if (qty > 0) {
		x->outcome = SIM_TRACE_FILLED;
		x->fill = (uint32_t)e->nfills;
	}
	e->terms = NULL;
	e->pricing = NULL;
}

void sim_trace_slip(struct sim_engine *e, sim_dec base, sim_dec by,
		    sim_dec moved, sim_dec ticked)
{
	struct sim_trace_price *p = e->pricing;

	p->slips = true;
	p->base = base;
	p->by = by;
	p->moved = moved;
	p->ticked = ticked;
}

void sim_trace_fee(struct sim_engine *e, const struct node *n, sim_dec raw,
		   sim_dec value, sim_dec due)
{
	const struct sim_config_fee *f = &e->cfg.fee;
	struct sim_trace_fee *x = &e->terms->fee;

	x->by_quantity = f->kind == SIM_CONFIG_COMMISSION_PER_SHARE;
	x->raw = raw;
	x->sum = n->raw_fee;
	x->before = n->raw_fee - raw;
	x->min = f->min;
	x->max = f->max;
	x->value = value;
	x->max_fraction = f->max_fraction;
	x->due = due;
	x->paid = n->o.commission;
}

void sim_trace_room(struct sim_engine *e, const struct sym *s, sim_dec left)
{
	struct sim_trace_fill *x = e->terms;

	x->capped = left != INT64_MAX;
	x->volume_left = left;
	/* The same product that volume_left() is made of. */
	x->volume_cap = !x->capped ? 0 :
		sim_dec_floor_to(mul_checked(e, s->bar.volume,
					     e->cfg.max_volume_share), s->lot);
}

void sim_trace_ask(struct sim_engine *e, const struct node *n)
{
	struct sim_trace_request *q = &e->trace->request;
	const struct sym *s = &e->syms[n->o.sym];
	sim_dec price;

	if (n->o.id != e->trace->order || !s->pos.last)
		return;
	*q = (struct sim_trace_request){
		.step = e->step, .last = s->pos.last,
		.equity = e->acc.equity, .qty = n->o.qty,
		.price = { .base = s->pos.last },
	};
	e->trace->has_request = true;
	e->pricing = &q->price;
	price = sim_power_estimate(e, n);
	e->pricing = NULL;
	q->price.price = price;
	if (!q->price.slips)
		q->price.base = price;
	q->notional = sim_cost_notional(e, s, n->o.qty, price);
	q->fee = commission_estimate(e, n->o.qty, q->notional);
	q->needs = sim_power_need(e, n, n->o.qty, price);
	q->has = sim_power_free(e);
	q->reserved = n->o.reserve;
}
