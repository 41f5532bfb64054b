/*
 * book_priv: an order's way into its symbol's list and out of it, where most
 * orders go through.
 */
#ifndef SIM_BOOK_PRIV_H
#define SIM_BOOK_PRIV_H

#include "engine/sums_priv.h"

/* -- the envelope --------------------------------------------------------- */

/* Widen the envelope by one order. */
static inline void include(struct sym *s, const struct sim_order *o)
{
	if (o->expire_at < s->next_expiry)
		s->next_expiry = o->expire_at;
	if (o->type == SIM_ORDER_TYPE_MARKET && o->tif == SIM_TIF_GTC) {
		s->kinds |= KIND_MARKET;
		s->urgent = true;
		return;
	}
	sim_book_include(s, o);
}

/* The envelope of no orders. */
static inline void reset_envelope(struct sym *s)
{
	s->low_reach = INT64_MIN;
	s->high_reach = INT64_MAX;
	s->urgent = false;
	s->kinds = 0;
	s->next_expiry = SIM_TIME_MAX;
	s->stale = false;
}

/* -- the list ------------------------------------------------------------- */

/* Append a node to its symbol's list. */
static inline void book_link(struct sim_engine *e, struct sym *s,
			     struct node *n)
{
	n->prev = s->tail;
	n->next = NIL;
	if (s->tail == NIL)
		s->head = n->slot;
	else
		sim_book_node(e, s->tail)->next = n->slot;
	s->tail = n->slot;
	s->nopen++;
	concern(e, n->o.sym);
	if (s->stale)
		s->kinds |= KIND_MARKET | KIND_STOP | KIND_LIMIT;
	else
		include(s, &n->o);
	e->slot_of[n->o.id] = n->slot;
	if (n->o.expire_at < e->next_expiry) {
		e->next_expiry = n->o.expire_at;
		e->wake_at = dec_min(e->wake_at, e->next_expiry);
	}
}

/* Take a node out of its symbol's list. */
static inline void detach(struct sim_engine *e, struct sym *s, struct node *n)
{
	if (!--s->nopen) {
		s->head = s->tail = NIL;
		reset_envelope(s);
		return;
	}
	s->stale = true;
	if (n->prev == NIL)
		s->head = n->next;
	else
		sim_book_node(e, n->prev)->next = n->next;
	if (n->next == NIL)
		s->tail = n->prev;
	else
		sim_book_node(e, n->next)->prev = n->prev;
}

/* Take an order out: its reserve is released, its status set. */
static inline void book_unlink(struct sim_engine *e, struct sym *s,
			       struct node *n, enum sim_order_status status)
{
	n->o.status = (uint8_t)status;
	n->done = true;
	if (n->o.role == SIM_ORDER_ROLE_LIQUIDATION)
		e->liquidating--;
	sum_add(e, &e->acc.reserved, -n->o.reserve);
	n->o.reserve = 0;
	detach(e, s, n);
	e->slot_of[n->o.id] = NIL;
	e->dead_slots[e->ndead++] = n->slot;
}

#endif
