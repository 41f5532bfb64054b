/*
 * marks_priv: what a step asks of a symbol and its bar before anything else,
 * and what positions and the account are worth at its end.
 */
#ifndef SIM_MARKS_PRIV_H
#define SIM_MARKS_PRIV_H

#include "engine/sums_priv.h"

/* -- is there anything to do? -------------------------------------------- */

/* Does this bar leave the symbol's orders as they are, and bring no action?
 * A stale envelope says no.  Most bars concern nobody. */
static inline bool is_quiet(const struct sym *s, const struct sim_engine_bar *b)
{
	if (s->next_action < s->nactions &&
	    s->actions[s->next_action].day <= b->day)
		return false;
	return s->head == NIL ||
	       (!s->stale && !s->urgent &&
		b->series->low[b->at] > s->low_reach &&
		b->series->high[b->at] < s->high_reach &&
		b->series->ts[b->at] < s->next_expiry);
}

/* Does the bar reach an open order of a symbol whose envelope is known? */
static inline bool reaches(const struct sym *s, const struct sim_engine_bar *b)
{
	return s->head != NIL && (b->series->low[b->at] <= s->low_reach ||
				  b->series->high[b->at] >= s->high_reach);
}

/* Nothing in the book is reached by the bars of all symbols. */
static inline bool rests(const struct sim_engine *e,
			 const struct sim_engine_bar *bars)
{
	if (!e->resting)
		return true;
	for (uint32_t i = next_concerned(e, 0); i < e->nsyms;
	     i = next_concerned(e, i + 1))
		if (reaches(&e->syms[i], &bars[i]))
			return false;
	return true;
}

/* Does it need more than marks? */
static inline bool is_concerned(const struct sym *s)
{
	return s->head != NIL || s->next_action < s->nactions ||
	       (!s->units && (s->pos.qty | s->pos.value));
}

/* Until when this symbol's part of a step is to mark; INT64_MIN: not so. */
static inline sim_time sym_calm_until(const struct sym *s)
{
	sim_time t = SIM_TIME_MAX;

	if (s->head != NIL) {
		if (s->stale | s->urgent)
			return INT64_MIN;
		t = s->next_expiry;
	}
	if (!s->units && (s->pos.qty | s->pos.value))
		return INT64_MIN;
	/* No session begins that long before its day. */
	if (s->next_action < s->nactions)
		t = dec_min(t, (s->actions[s->next_action].day - 3) *
			       SIM_TIME_DAY);
	return t;
}

/* -- what it is worth ---------------------------------------------------- */

/* What whole units are worth at a new close. */
static inline sim_dec worth_at(struct sim_engine *e, struct sym *s,
			       sim_dec close)
{
	sim_dec v;

	if (__builtin_mul_overflow(s->units, close, &v)) {
		e->overflow = "the value of a position";
		v = s->pos.value;
	}
	s->pos.value = v;
	return v;
}

static inline void watch_drawdown(struct sim_account *a)
{
	double dd;

	if (a->equity >= a->peak) {
		a->peak = a->equity;
		a->trough = SIM_DEC_MAX;
		return;
	}
	/* Only a new trough can deepen it. */
	if (a->equity >= a->trough || a->peak <= 0)
		return;
	a->trough = a->equity;
	dd = (double)(a->peak - a->equity) / (double)a->peak;
	if (dd > a->max_drawdown)
		a->max_drawdown = dd;
}

static inline __attribute__((always_inline)) void
mark_one(struct sim_engine *e, struct sym *s, const struct sim_engine_bar *b)
{
	s->pos.last = b->series->close[b->at];
	if (s->pos.qty | s->pos.value)
		revalue(e, s, s->pos.last);
}

static inline void mark_account(struct sim_engine *e)
{
	struct sim_account *a = &e->acc;

	a->equity = a->cash;
	sum_add(e, &a->equity, a->value);
	watch_drawdown(a);
}

#endif
