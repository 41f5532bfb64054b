/*
 * attach: a strategy of here drives a session that may be elsewhere.
 *
 * The same engine steps here on the bars that come by ticks; what the strategy
 * asks of it goes up as orders, cancels and changes before the tick is
 * acknowledged.  At the end both have the same event log, or it is an error.
 */
#ifndef SIM_ATTACH_H
#define SIM_ATTACH_H

#include "backend/backend.h"
#include "run/run.h"

struct sim_attach {
	struct sim_backend *b;
	const char *session_id;
	struct sim_form form;		/* .source is set, but with orders */
	const struct sim_orders *orders;	/* instead of a strategy */
	/* For the result alone, or NULL: one of its symbols, or whole bars. */
	const char *benchmark_symbol;
	const struct sim_run_data *benchmark;
	bool band;			/* the ambiguity band, when needed */
	uint64_t seed;
	const char *calendar_dir;	/* the user's calendars, or NULL */
	double speed;			/* as in start_simulation; 0: all */
	const struct sim_stop *stop;	/* or NULL */
	/* After each tick; may be NULL. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

struct sim_attach_result {
	/* As sim_run_execute() would have given it with all bars, sealed;
	 * borrowed. */
	struct sim_run_result run;
	struct sim_run_spec spec;	/* which would give it; for saving */
	struct sim_backend_message end;	/* simulation_complete */
	struct sim_err failure;		/* of the strategy; code 0: none */
	struct sim_stepper *own;
	struct sim_strategy strategy;
	struct sim_attach_run *made, *inputs;
};
#define SIM_ATTACH_RESULT_INIT { .own = NULL }

/*
 * Drive a session to its end: from its first tick, or from the newest on, when
 * it was started and has flow control; the strategy then is shown the ticks
 * before it, but nothing that it asks for in them is done.  A strategy that
 * fails, or that has had enough, stops it there.
 *
 * Gives:  *r, also released after an error.
 * Errors: SIM_E_STATE the session is over or had orders before; SIM_E_REPRO
 *         the log there is not the one here, or another version runs there;
 *         SIM_E_DATA a bad order list; SIM_E_INTR the session is left as it
 *         stands, paused; those of sim_form_open, sim_run_complete and of the
 *         backend.
 * Cost:   where a session looks inside of bars, a request a bar more.
 */
int sim_attach_drive(const struct sim_attach *a, struct sim_attach_result *r,
		     struct sim_err *err) SIM_MUST_CHECK;
void sim_attach_release(struct sim_attach_result *r);

#endif
