/*
 * tape: what a strategy asked for in a run, kept so that the run can be made
 * again without it: as often as wanted, up to any step, under other rules.
 *
 * A tape that is played to the end gives the log it was recorded from.
 */
#ifndef SIM_TAPE_H
#define SIM_TAPE_H

#include "run/run.h"

struct sim_tape;

/* Called at the end of each step, after the strategy's requests; true ends the
 * run.  It may look at everything through the view and its host. */
typedef bool (*sim_tape_watch)(void *ctx, const struct sim_strategy_view *v);

/*
 * Run once, with the strategy, and record.
 *
 * Takes:  spec, copied; what it points to outlives the tape.
 * Gives:  *t.  Its log is that of the run, without a seal where it was ended
 *         early.  spec->abandon is called with a result that says nothing.
 * Errors: those of sim_run_execute.
 */
int sim_tape_record(const struct sim_run_spec *spec, sim_tape_watch watch,
		    void *ctx, struct sim_tape **t, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_tape_free(struct sim_tape *t);	/* NULL is fine */

/* What the recorded run came to: account, fills, log, steps. */
const struct sim_run_result *sim_tape_result(const struct sim_tape *t);
/* The bars of symbol i as the run steps over them. */
const struct sim_bar_series *sim_tape_bars(const struct sim_tape *t,
					   uint32_t i);
/* Symbols by name, and how many. */
const struct sim_instrument *sim_tape_symbols(const struct sim_tape *t,
					      uint32_t *n);

struct sim_tape_play {
	const struct sim_run_turn *turns;	/* instead of the spec's */
	size_t nturns;
	struct sim_trace *trace;
	uint64_t silent_after;	/* no request after this step; 0: all */
	uint64_t stop_step;		/* 0: to the end */
	bool log;
	/* Events as they happen; may be NULL. */
	void (*event)(void *ctx, const struct sim_event *ev);
	sim_tape_watch watch;		/* may be NULL */
	void *ctx;
};

/*
 * Play it.
 *
 * Gives:  *r, which is SIM_RUN_RESULT_INIT or was filled before.
 * Errors: those of the engine.
 * Cost:   a run of a built-in strategy.
 */
int sim_tape_run(struct sim_tape *t, const struct sim_tape_play *how,
		 struct sim_run_result *r, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
