/*
 * trial: one bar tried on both paths from the same state.
 *
 * O-L-H-C goes first, is undone, and O-H-L-C follows; so when O-H-L-C is
 * taken (or the two tie) its result already stands.  Fills that only one of
 * the two paths gives are ambiguous.
 */
#include "engine/sums_priv.h"

#include <string.h>

#include "util/mem.h"

struct sim_trial {
	struct sym sym;
	struct sim_account acc;
	struct sim_engine_counts counts;
	uint32_t next_id, used, liquidating;
	size_t nfree, ndead, nfills, ntraced;
	struct node *nodes;		/* the symbol's orders, arrival order */
	size_t nnodes, node_cap;
	struct sim_fill *other;		/* fills of the path walked first */
	size_t nother, other_cap;
};

void sim_trial_free(struct sim_trial *t)
{
	if (!t)
		return;
	sim_mem_free(t->nodes);
	sim_mem_free(t->other);
	sim_mem_free(t);
}

static void save(struct sim_engine *e, const struct sym *s)
{
	struct sim_trial *t = e->trial;

	t->sym = *s;
	t->acc = e->acc;
	t->counts = e->counts;
	t->next_id = e->next_id;
	t->used = e->used;
	t->liquidating = e->liquidating;
	t->nfree = e->nfree;
	t->ndead = e->ndead;
	t->nfills = e->nfills;
	t->ntraced = e->trace ? e->trace->n : 0;
	t->nnodes = 0;
	SIM_MEM_GROW(t->nodes, t->node_cap, s->nopen);
	for (struct node *n = sim_book_first(e, s); n;
	     n = sim_book_next(e, n))
		t->nodes[t->nnodes++] = *n;
}

static void restore(struct sim_engine *e, struct sym *s)
{
	struct sim_trial *t = e->trial;

	*s = t->sym;
	e->acc = t->acc;
	e->counts = t->counts;
	e->next_id = t->next_id;
	e->used = t->used;
	e->liquidating = t->liquidating;
	e->nfree = t->nfree;
	e->ndead = t->ndead;
	e->nfills = t->nfills;
	e->nstaged = 0;
	if (e->trace)
		e->trace->n = t->ntraced;
	for (size_t i = 0; i < t->nnodes; i++) {
		const struct node *n = &t->nodes[i];

		*sim_book_node(e, n->slot) = *n;
		e->slot_of[n->o.id] = n->slot;
	}
}

/* Can this order act somewhere within the bar, on any path? */
static bool in_range(const struct sym *s, const struct sim_order *o)
{
	const struct sim_bar *b = &s->bar;
	bool stop = o->type != SIM_ORDER_TYPE_LIMIT && !o->triggered;
	struct sim_order far = *o;

	if (!stop)
		return is_buy(o) ? b->low <= o->limit : b->high >= o->limit;
	if (o->type == SIM_ORDER_TYPE_TRAILING_STOP) {
		far.trail_ref = is_buy(o) ? dec_min(o->trail_ref, b->low)
					  : dec_max(o->trail_ref, b->high);
		sim_trail_set(s, &far);
	}
	return is_buy(o) ? b->high >= far.stop : b->low <= far.stop;
}

/* Does an order's fill depend on more than its own level? */
static bool depends(const struct sim_order *o)
{
	return o->type == SIM_ORDER_TYPE_TRAILING_STOP ||
	       o->type == SIM_ORDER_TYPE_STOP_LIMIT || o->take_profit ||
	       o->stop_loss || o->bracket_trail;
}

/* Could the two paths differ?  One plain order in reach fills alike on both. */
static bool contested(const struct sim_engine *e, const struct sym *s)
{
	int n_in_range = 0;

	if (is_idle_at(s, s->bar.low) && is_idle_at(s, s->bar.high))
		return false;
	for (struct node *n = sim_book_first(e, s); n;
	     n = sim_book_next(e, n)) {
		if (n->live_from > s->begins || n->o.tif == SIM_TIF_CLS ||
		    n->o.tif == SIM_TIF_OPG ||
		    n->o.type == SIM_ORDER_TYPE_MARKET ||
		    !in_range(s, &n->o))
			continue;
		if (depends(&n->o) || ++n_in_range > 1)
			return true;
	}
	return false;
}

/* What the account is worth at the symbol's close. */
static sim_dec worth(struct sim_engine *e, const struct sym *s)
{
	sim_dec v = e->acc.cash;

	sum_add(e, &v, sim_cost_notional(e, s, s->pos.qty, s->bar.close));
	return v;
}

static bool same_fill(const struct sim_fill *a, const struct sim_fill *b)
{
	return a->order == b->order && a->qty == b->qty &&
	       a->price == b->price;
}

static bool has_fill(const struct sim_fill *list, size_t n,
		     const struct sim_fill *f)
{
	for (size_t i = 0; i < n; i++)
		if (same_fill(&list[i], f))
			return true;
	return false;
}

static void keep_fills(struct sim_engine *e)
{
	struct sim_trial *t = e->trial;

	t->nother = e->nfills - t->nfills;
	SIM_MEM_GROW(t->other, t->other_cap, t->nother);
	if (t->nother)
		memcpy(t->other, e->fills + t->nfills,
		       t->nother * sizeof(*t->other));
}

/* Flag what only one path gave: `e` holds one path, `other` the other. */
static void flag(struct sim_engine *e)
{
	struct sim_trial *t = e->trial;
	struct sim_fill *mine;
	size_t n = e->nfills - t->nfills;
	uint32_t differ = 0;
	bool missing = false;

	if (!n && !t->nother)
		return;
	mine = e->fills + t->nfills;
	for (size_t i = 0; i < n; i++) {
		mine[i].ambiguous = !has_fill(t->other, t->nother, &mine[i]);
		differ += mine[i].ambiguous;
	}
	for (size_t i = 0; i < t->nother; i++)
		missing |= !has_fill(mine, n, &t->other[i]);
	e->counts.ambiguous += differ ? differ : missing;
}

static void both(struct sim_engine *e, struct sym *s)
{
	sim_dec low_first, high_first;
	bool take_low;

	if (!e->trial)
		e->trial = sim_mem_zalloc(sizeof(*e->trial));
	save(e, s);
	e->staging = true;
	e->nstaged = 0;
	sim_match_walk(e, s, false);
	low_first = worth(e, s);
	keep_fills(e);
	restore(e, s);
	sim_match_walk(e, s, true);
	high_first = worth(e, s);
	take_low = e->cfg.path == SIM_CONFIG_PATH_WORST
		? low_first < high_first : low_first > high_first;
	if (take_low) {
		keep_fills(e);
		restore(e, s);
		sim_match_walk(e, s, false);
	}
	flag(e);
	e->staging = false;
	sim_engine_flush(e);
}

void sim_trial_run(struct sim_engine *e, struct sym *s)
{
	if (contested(e, s))
		both(e, s);
	else
		sim_match_walk(e, s, true);
}
