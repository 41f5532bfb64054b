/*
 * sweep: the points of a space, run by many threads over one batch, as rows in
 * the order of their numbers, the same bytes for any number of threads.
 *
 * A point that is refused or fails gives a row that says so; memory does not
 * grow with the number of points.
 */
#ifndef SIM_SWEEP_H
#define SIM_SWEEP_H

#include "report/metrics.h"
#include "run/batch.h"
#include "sweep/row.h"

#define SIM_SWEEP_THREADS_MAX 1024

/* A point that is not to be run again, and why. */
struct sim_sweep_skip {
	uint64_t number;
	struct sim_err why;
};

struct sim_sweep {
	const struct sim_batch *batch;
	const struct sim_row_style *style;	/* also the space */
	const struct sim_config *config;	/* that the batch runs under */
	unsigned threads;
	uint64_t done;			/* points of the shard to leave out */
	bool log;			/* hash each run's events */
	const struct sim_sweep_skip *skips;
	size_t nskips;
	const struct sim_stop *stop;	/* may be NULL */
	/* Rows come in order, whole, some at a time; one call at a time, in
	 * any thread.  An error ends the sweep. */
	void *ctx;
	int (*rows)(void *ctx, const char *text, size_t n, struct sim_err *err);
	/* In the caller's thread, after each of its points and behind the last
	 * row: how many rows are out, of how many of the shard.  May be
	 * NULL. */
	int (*tick)(void *ctx, uint64_t done, uint64_t total,
		    struct sim_err *err);
	/* The returns of a point at its closes, and the number it has in the
	 * space; in many threads.  May be NULL. */
	void (*returns)(void *ctx, uint64_t number, const double *ret,
			size_t n);
	/* Metrics that the equity and the fills alone don't give: the run has
	 * its log and manifest.  May be called in many threads. */
	bool is_full;
	int (*full)(void *ctx, uint64_t number, const struct sim_run_result *r,
		    struct sim_metrics *m, struct sim_err *err);
	/* A strategy doesn't answer, as in sim_form; it must not return.
	 * NULL: not watched. */
	void (*hang)(void *ctx, uint64_t number, const struct sim_err *err);
};

/* Do these metrics need sim_sweep.full?  has_actions: a symbol has splits or
 * dividends. */
bool sim_sweep_needs_full(const bool *want, bool has_actions);

/*
 * One of its points again, for metrics that its row does not have.
 *
 * Gives:  *m, all but the wanted ones NaN; not those that need full.
 * Errors: those of the run.
 */
int sim_sweep_again(const struct sim_sweep *s, uint64_t number,
		    const bool *want, struct sim_metrics *m,
		    struct sim_err *err) SIM_MUST_CHECK;

/* How far it came. */
struct sim_sweep_end {
	uint64_t rows;			/* points of the shard with a row */
	uint64_t refused;		/* of those made now */
	struct sim_err first;		/* why the first of them was */
};

/*
 * Run what is left of the shard.
 *
 * Gives:  rows through s->rows; *out, with less rows than points when s->stop
 *         was set.
 * Errors: what rows and tick return.
 */
int sim_sweep_run(const struct sim_sweep *s, struct sim_sweep_end *out,
		  struct sim_err *err) SIM_MUST_CHECK;

#endif
