/*
 * loop: the one pass over the bars: step, strategy, equity point.
 *
 * Nothing is allocated per bar, and nothing is called per bar but the engine
 * and the strategy.
 */
#ifndef SIM_LOOP_H
#define SIM_LOOP_H

#include "run/log.h"
#include "run/prepare.h"

struct sim_loop;

struct sim_loop_setup {
	const struct sim_prepare *prepared;
	const struct sim_run_spec *spec;
	const struct sim_config *config;	/* instead of the spec's */
	const struct sim_strategy *strategy;
	struct sim_log *log;			/* NULL: no events wanted */
	/* May be NULL.  Where the loop is to be found once the strategy can be
	 * called; NULL when it is over. */
	struct sim_loop **running;
	/* With fills at the close: after them, at the end of a step; also at
	 * that of a step which the spec cuts short.  May be NULL. */
	void (*after)(void *ctx, const struct sim_strategy_view *v);
	void *after_ctx;
};

/*
 * Run to the end, the stop step or the stop flag.
 *
 * Gives:  account, positions, counts, fills, equity, notes, bars, steps, first,
 *         last and stop_step of *r; also with SIM_E_STRATEGY, as far as it got
 *         (no steps: it never began).
 * Errors: what the engine or the strategy returns.
 */
int sim_loop_run(const struct sim_loop_setup *setup, struct sim_run_result *r,
		 struct sim_err *err) SIM_MUST_CHECK;

/*
 * Fill in *r as above, from another thread, while the strategy does not come
 * back from a call; the loop must not go on afterwards.
 *
 * Shape:  l may be NULL.
 * Gives:  false when no step was made; *r is untouched then.
 */
bool sim_loop_abandon(struct sim_loop *l, struct sim_run_result *r);

#endif
