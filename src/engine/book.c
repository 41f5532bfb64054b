/*
 * book: the pool of open orders, the list of each symbol and its envelope.
 *
 * Nodes never move.  A node that ended stays readable until the sweep at the
 * end of the phase, because staged events may still point to its order.
 */
#include "engine/book_priv.h"

#include <string.h>

#include "util/mem.h"

#define PART 64

/* A slot that never was used.  The lists of free and dead slots have room for
 * all that there are. */
static __attribute__((noinline)) uint32_t new_slot(struct sim_engine *e)
{
	if (e->used >> NODE_BITS == e->nchunks) {
		SIM_MEM_GROW(e->chunks, e->chunk_cap, e->nchunks + 1);
		e->chunks[e->nchunks++] =
			sim_mem_alloc(sizeof(struct node) << NODE_BITS);
		SIM_MEM_GROW(e->free_slots, e->free_cap,
			     e->nchunks << NODE_BITS);
		SIM_MEM_GROW(e->dead_slots, e->dead_cap,
			     e->nchunks << NODE_BITS);
	}
	return e->used++;
}

static __attribute__((noinline)) void grow_ids(struct sim_engine *e)
{
	SIM_MEM_GROW(e->slot_of, e->slot_cap, (size_t)e->next_id + 1);
}

/* In parts, each of which is a few stores. */
static inline void clear_node(struct node *n)
{
	char *p = (char *)n;

	memset(p, 0, PART);
	memset(p + PART, 0, PART);
	memset(p + 2 * PART, 0, PART);
	memset(p + 3 * PART, 0, sizeof(*n) - 3 * PART);
}

struct node *sim_book_new(struct sim_engine *e)
{
	uint32_t slot = e->nfree ? e->free_slots[--e->nfree] : new_slot(e);
	struct node *n = sim_book_node(e, slot);

	if (RARE(e->next_id >= e->slot_cap))
		grow_ids(e);
	clear_node(n);
	n->slot = slot;
	n->prev = n->next = NIL;
	n->o.id = e->next_id++;
	e->slot_of[n->o.id] = NIL;
	return n;
}

/* -- the envelope ------------------------------------------------------- */

static void reach_down(struct sym *s, sim_dec price)
{
	s->low_reach = dec_max(s->low_reach, price);
}

static void reach_up(struct sym *s, sim_dec price)
{
	s->high_reach = dec_min(s->high_reach, price);
}

static uint8_t kind_of(const struct sim_order *o, bool stop_type)
{
	uint8_t kind = KIND_LIMIT;

	if (o->type == SIM_ORDER_TYPE_MARKET ||
	    (o->triggered && o->type != SIM_ORDER_TYPE_STOP_LIMIT))
		kind = KIND_MARKET;
	else if (stop_type && !o->triggered)
		kind = o->type == SIM_ORDER_TYPE_STOP_LIMIT ?
			KIND_STOP | KIND_LIMIT : KIND_STOP;
	if (o->tif == SIM_TIF_IOC || o->tif == SIM_TIF_FOK ||
	    o->tif == SIM_TIF_OPG)
		kind |= KIND_AT_OPEN;
	return o->tif == SIM_TIF_CLS ? kind | KIND_AT_CLOSE : kind;
}

void sim_book_include(struct sym *s, const struct sim_order *o)
{
	bool stop_type = o->type != SIM_ORDER_TYPE_LIMIT &&
			 o->type != SIM_ORDER_TYPE_MARKET;

	s->kinds |= kind_of(o, stop_type);
	if (s->kinds & (KIND_MARKET | KIND_AT_OPEN | KIND_AT_CLOSE))
		s->urgent = true;
	if (o->type == SIM_ORDER_TYPE_MARKET ||
	    (o->triggered && o->type != SIM_ORDER_TYPE_STOP_LIMIT))
		return;
	if (stop_type && !o->triggered) {
		if (is_buy(o))
			reach_up(s, o->stop);
		else
			reach_down(s, o->stop);
		if (o->type == SIM_ORDER_TYPE_TRAILING_STOP && is_buy(o))
			reach_down(s, o->trail_ref - 1);
		else if (o->type == SIM_ORDER_TYPE_TRAILING_STOP)
			reach_up(s, o->trail_ref + 1);
		return;
	}
	if (is_buy(o))
		reach_down(s, o->limit);
	else
		reach_up(s, o->limit);
}

void sim_book_envelope(struct sim_engine *e, struct sym *s)
{
	reset_envelope(s);
	for (struct node *n = sim_book_first(e, s); n;
	     n = sim_book_next(e, n)) {
		include(s, &n->o);
		s->kinds |= n->fresh ? KIND_FRESH : 0;
	}
}

/* -- the lists ----------------------------------------------------------- */

void sim_book_requeue(struct sim_engine *e, struct node *n)
{
	struct sym *s = &e->syms[n->o.sym];

	detach(e, s, n);
	book_link(e, s, n);
}

void sim_book_reserve(struct sim_engine *e, struct node *n, sim_dec amount)
{
	sum_add(e, &e->acc.reserved, amount - n->o.reserve);
	n->o.reserve = amount;
}

void sim_book_end(struct sim_engine *e, struct node *n,
		  enum sim_end_reason why, uint64_t cause)
{
	bool expired = why == SIM_END_REASON_DAY || why == SIM_END_REASON_GTD ||
		       why == SIM_END_REASON_OPG || why == SIM_END_REASON_CLS;
	struct sim_event ev = {
		.type = expired ? SIM_EVENT_TYPE_ORDER_EXPIRED
				: SIM_EVENT_TYPE_ORDER_CANCELLED,
		.cause = cause, .sym = n->o.sym, .order = &n->o,
		.reason = (uint8_t)why,
	};

	book_unlink(e, &e->syms[n->o.sym], n,
		    expired ? SIM_ORDER_STATUS_EXPIRED
			    : SIM_ORDER_STATUS_CANCELLED);
	if (expired)
		e->counts.expired++;
	else
		e->counts.cancelled++;
	n->o.seq = sim_engine_emit(e, &ev);
	if (n->o.oco)
		sim_bracket_part(e, n);
}

void sim_book_expire(struct sim_engine *e, struct sym *s, sim_time start)
{
	struct node *next;

	for (struct node *n = sim_book_first(e, s); n; n = next) {
		next = sim_book_next(e, n);
		if (n->o.expire_at > start)
			continue;
		sim_book_end(e, n, n->o.tif == SIM_TIF_GTD ? SIM_END_REASON_GTD
							   : SIM_END_REASON_DAY,
			     n->o.seq);
	}
	sim_book_envelope(e, s);
}

void sim_book_discard(struct sim_engine *e, struct node *n)
{
	n->done = true;
	e->dead_slots[e->ndead++] = n->slot;
}

void sim_book_sweep(struct sim_engine *e)
{
	size_t nfree = e->nfree, n = e->ndead;

	e->nfree += n;
	e->ndead = 0;
	while (n)
		e->free_slots[nfree++] = e->dead_slots[--n];
}
