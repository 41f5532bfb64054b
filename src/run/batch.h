/*
 * batch: many runs over one preparation, which differ in the parameters of
 * their strategy alone.
 *
 * What all runs share is made once and only read; a run touches its own result
 * and nothing else, so any number of threads may run at once.
 */
#ifndef SIM_BATCH_H
#define SIM_BATCH_H

#include "run/run.h"

struct sim_batch;

/* One run of the batch; all pointers are borrowed. */
struct sim_batch_point {
	const struct sim_strategy_param *params;	/* instead of spec's */
	size_t nparams;
	bool log;			/* keep the event log */
	bool reach;			/* as in sim_run_spec */
	const struct sim_stop *stop;	/* as in sim_run_spec */
	/* As in sim_form. */
	void (*hang)(void *ctx, const struct sim_err *err);
	void *hang_ctx;
};

/*
 * Prepare; spec and what it points to outlive the batch.  Its parameters, log,
 * band, progress and stop are not looked at.
 *
 * Errors: those of sim_prepare_run; SIM_E_INVAL an order list.
 * Cost:   as preparing one run, and the hash of the bars of a cut range.
 */
int sim_batch_open(const struct sim_run_spec *spec, struct sim_batch **b,
		   struct sim_err *err) SIM_MUST_CHECK;
void sim_batch_close(struct sim_batch *b);	/* NULL is fine */

uint64_t sim_batch_bars(const struct sim_batch *b);	/* of one run */
/* All of a manifest that doesn't depend on the strategy, as JSON. */
const struct sim_buf *sim_batch_tail(const struct sim_batch *b);

/*
 * Run once.
 *
 * Shape:  *r is SIM_RUN_RESULT_INIT or was filled from this batch before: its
 *         memory is used again.
 * Gives:  *r as sim_run_execute would, without a band and, but for what the
 *         data says, without stamps.
 * Errors: those of sim_form_open, of the engine and of the strategy.
 */
int sim_batch_run(const struct sim_batch *b, const struct sim_batch_point *pt,
		  struct sim_run_result *r, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
