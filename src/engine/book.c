/*
 * book: the pool of open orders, the list of each symbol and its envelope.
 *
 * Nodes never move.  A node that ended stays readable until the sweep at the
 * end of the phase, because staged events may still point to its order.
 */
#include "engine/sums_priv.h"

#include "util/mem.h"

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

struct node *sim_book_new(struct sim_engine *e)
{
	uint32_t slot = e->nfree ? e->free_slots[--e->nfree] : new_slot(e);
	struct node *n = sim_book_node(e, slot);

	if (RARE(e->next_id >= e->slot_cap))
		grow_ids(e);
	sim_mem_clear(n, sizeof(*n));
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

/* Widen the envelope by an order that is more than a market order waiting for
 * the next bar. */
static void include_other(struct sym *s, const struct sim_order *o)
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
	include_other(s, o);
}

/* The envelope of no orders. */
static void reset_envelope(struct sym *s)
{
	s->low_reach = INT64_MIN;
	s->high_reach = INT64_MAX;
	s->urgent = false;
	s->kinds = 0;
	s->next_expiry = SIM_TIME_MAX;
	s->stale = false;
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

void sim_book_link(struct sim_engine *e, struct node *n)
{
	struct sym *s = &e->syms[n->o.sym];

	n->prev = s->tail;
	n->next = NIL;
	if (s->tail == NIL)
		s->head = n->slot;
	else
		sim_book_node(e, s->tail)->next = n->slot;
	s->tail = n->slot;
	s->nopen++;
	concern(e, n->o.sym);
	if (!s->stale)
		include(s, &n->o);
	e->slot_of[n->o.id] = n->slot;
	if (n->o.expire_at < e->next_expiry) {
		e->next_expiry = n->o.expire_at;
		e->wake_at = dec_min(e->wake_at, e->next_expiry);
	}
}

/* Take a node out of its symbol's list. */
static inline void detach(struct sim_engine *e, struct node *n)
{
	struct sym *s = &e->syms[n->o.sym];

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

void sim_book_requeue(struct sim_engine *e, struct node *n)
{
	detach(e, n);
	sim_book_link(e, n);
}

static void free_slot(struct sim_engine *e, uint32_t slot)
{
	e->dead_slots[e->ndead++] = slot;
}

void sim_book_reserve(struct sim_engine *e, struct node *n, sim_dec amount)
{
	sum_add(e, &e->acc.reserved, amount - n->o.reserve);
	n->o.reserve = amount;
}

void sim_book_unlink(struct sim_engine *e, struct node *n,
		     enum sim_order_status status)
{
	n->o.status = (uint8_t)status;
	n->done = true;
	if (n->o.role == SIM_ORDER_ROLE_LIQUIDATION)
		e->liquidating--;
	sim_book_reserve(e, n, 0);
	detach(e, n);
	e->slot_of[n->o.id] = NIL;
	free_slot(e, n->slot);
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

	sim_book_unlink(e, n, expired ? SIM_ORDER_STATUS_EXPIRED
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
	free_slot(e, n->slot);
}

void sim_book_sweep(struct sim_engine *e)
{
	while (e->ndead)
		e->free_slots[e->nfree++] = e->dead_slots[--e->ndead];
}
