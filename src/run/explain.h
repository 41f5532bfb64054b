/*
 * explain: why an order filled where it did, was refused or stayed unfilled.
 *
 * The recorded run is made again with a trace of the order, so every term is
 * the engine's own; then the bar of the fill is met once more under other
 * rules, from the same state, with the strategy silent.
 */
#ifndef SIM_EXPLAIN_H
#define SIM_EXPLAIN_H

#include "run/folder.h"
#include "run/log.h"

/*
 * A line of arithmetic.  value is what expr comes to: + - * / min max floor
 * ceil sqrt, each product or quotient, or a product over a number, rounded
 * half-even once at the eighth decimal, sqrt cut there.  expr NULL: given.
 */
struct sim_explain_term {
	const char *part;		/* quantity price fee account ... */
	const char *name;
	char *expr;
	sim_dec value;
	const char *note;		/* in words, or NULL */
};

/* An event that the order was in, or that caused one of them. */
struct sim_explain_event {
	struct sim_event ev;		/* its pointers are NULL */
	struct sim_fill fill;		/* of a FILL */
	char *text;			/* of a refusal, or NULL */
	bool is_other;			/* of another order: a cause */
	uint32_t order;			/* 0: none */
};

/* A bar that the open order met. */
struct sim_explain_bar {
	uint64_t step;
	sim_time end;
	struct sim_bar bar;
	sim_dec level;			/* that the price had to reach */
	sim_dec away;			/* how far it stayed; 0: reached */
	bool synthetic, acted;		/* acted: an attempt to fill was made */
};

/* What the same order did under another rule. */
struct sim_explain_other {
	const char *setting, *value;	/* "path", "best" */
	bool is_own;			/* the run's own rule */
	bool filled;
	sim_dec qty, price;		/* of its first fill */
	sim_time time;
	sim_dec total;			/* filled in the end */
	const char *ending;		/* how it ended without, or NULL */
};

struct sim_explain {
	uint32_t order;
	struct sim_run_order *state;	/* as it ended */
	const struct sim_instrument *instrument;
	/* The decision: the step it came in, and that bar. */
	uint64_t step;
	sim_time decided;
	struct sim_bar bar;
	struct sim_config config;	/* the rules it was under */
	struct sim_trace trace;
	struct sim_explain_event *events;
	size_t nevents, events_cap;
	struct sim_explain_bar *bars;
	size_t nbars, bars_cap;
	struct sim_explain_other *others;
	size_t nothers, others_cap;
	struct sim_explain_term *terms;
	size_t nterms, terms_cap;
	/* owned */
	struct sim_run_order *orders;
	size_t norders;
	struct sim_tape *tape;
};

struct sim_explain_opts {
	bool brief;			/* without the other rules */
	sim_time at;	/* only the bar that holds it; SIM_TIME_NONE: all */
	size_t attempt;	/* the terms of this fill's id; 0: of all */
};

/*
 * Explain order `id` of a run.
 *
 * Takes:  spec, the inputs as sim_verify_spec gives them; f and spec outlive
 *         *x.
 * Gives:  *x, to be released, also after an error.
 * Errors: SIM_E_NOENT no such order; SIM_E_REPRO the run does not come out
 *         the same, so its terms are not known; those of running.
 */
int sim_explain_order(const struct sim_folder *f,
		      const struct sim_run_spec *spec, uint32_t id,
		      const struct sim_explain_opts *opts,
		      struct sim_explain *x, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_explain_release(struct sim_explain *x);

/* "the open of the bar", "a limit on the way from 101 to 99", ... of an
 * attempt, appended. */
void sim_explain_leg(const struct sim_trace_fill *a, struct sim_buf *out);
/* Why an attempt gave nothing; NULL when it filled. */
const char *sim_explain_outcome(const struct sim_trace_fill *a);

#endif
