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

struct sim_loop_setup {
	const struct sim_prepare *prepared;
	const struct sim_run_spec *spec;
	const struct sim_config *config;	/* instead of the spec's */
	const struct sim_strategy *strategy;
	struct sim_log *log;			/* NULL: no events wanted */
};

/*
 * Run to the end, the stop step or the stop flag.
 *
 * Gives:  account, positions, counts, fills, equity, bars, steps, first, last
 *         and stop_step of *r.
 * Errors: what the engine or the strategy returns.
 */
int sim_loop_run(const struct sim_loop_setup *setup, struct sim_run_result *r,
		 struct sim_err *err) SIM_MUST_CHECK;

#endif
