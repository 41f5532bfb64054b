/*
 * attempt: orders that are submitted and then never were.
 *
 * A submission touches the account, its symbol, the pool and the orders it is
 * paired with; all of that is kept at the beginning and put back at the end.
 */
#include "engine/attempt.h"
#include "engine/sums_priv.h"

#include <string.h>

#include "util/mem.h"

struct sim_attempt {
	struct sim_account acc;
	struct sim_engine_counts counts;
	struct sim_trace *trace;
	const char *overflow;
	sim_time next_expiry, wake_at, calm_until;
	bool resting;
	uint32_t next_id, used, liquidating;
	size_t nfree, ndead;
	struct sym *syms;
	struct node *nodes;		/* all that are open */
	size_t nnodes, node_cap;
};

static void keep_nodes(struct sim_engine *e, struct sim_attempt *a)
{
	for (uint32_t i = 0; i < e->nsyms; i++) {
		const struct sym *s = &e->syms[i];

		SIM_MEM_GROW(a->nodes, a->node_cap, a->nnodes + s->nopen);
		for (struct node *n = sim_book_first(e, s); n;
		     n = sim_book_next(e, n))
			a->nodes[a->nnodes++] = *n;
	}
}

struct sim_attempt *sim_attempt_begin(struct sim_engine *e)
{
	struct sim_attempt *a = sim_mem_zalloc(sizeof(*a));

	*a = (struct sim_attempt){
		.acc = e->acc, .counts = e->counts, .trace = e->trace,
		.overflow = e->overflow, .next_expiry = e->next_expiry,
		.wake_at = e->wake_at, .calm_until = e->calm_until,
		.resting = e->resting, .next_id = e->next_id,
		.used = e->used, .liquidating = e->liquidating,
		.nfree = e->nfree, .ndead = e->ndead,
		.syms = sim_mem_array(e->nsyms, sizeof(*a->syms)),
	};
	memcpy(a->syms, e->syms, e->nsyms * sizeof(*a->syms));
	keep_nodes(e, a);
	e->trace = NULL;
	return a;
}

void sim_attempt_end(struct sim_engine *e, struct sim_attempt *a)
{
	e->acc = a->acc;
	e->counts = a->counts;
	e->trace = a->trace;
	e->overflow = a->overflow;
	e->next_expiry = a->next_expiry;
	e->wake_at = a->wake_at;
	e->calm_until = a->calm_until;
	e->resting = a->resting;
	e->next_id = a->next_id;
	e->used = a->used;
	e->liquidating = a->liquidating;
	e->nfree = a->nfree;
	e->ndead = a->ndead;
	memcpy(e->syms, a->syms, e->nsyms * sizeof(*a->syms));
	for (size_t i = 0; i < a->nnodes; i++) {
		const struct node *n = &a->nodes[i];

		*sim_book_node(e, n->slot) = *n;
		e->slot_of[n->o.id] = n->slot;
	}
	sim_mem_free(a->syms);
	sim_mem_free(a->nodes);
	sim_mem_free(a);
}

bool sim_attempt_quote(struct sim_engine *e, uint32_t id,
		      struct sim_attempt_quote *q)
{
	const struct node *n = sim_book_find(e, id);
	const struct sym *s;
	sim_dec value;

	if (!n)
		return false;
	s = &e->syms[n->o.sym];
	q->price = sim_power_estimate(e, n);
	q->qty = n->o.size_at_fill ? sim_power_size(e, n, q->price) :
		leaves(&n->o);
	value = sim_cost_notional(e, s, q->qty, q->price);
	q->cost = is_buy(&n->o) ? value : -value;
	q->commission = commission_estimate(e, q->qty, value);
	q->margin = n->o.reserve;
	q->power = sim_power_free(e);
	return true;
}
