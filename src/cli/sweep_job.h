/*
 * sweep_job: a sweep as options say it, from opening its data to its last row;
 * and one row run again.
 */
#ifndef SIM_SWEEP_JOB_H
#define SIM_SWEEP_JOB_H

#include "cli/job.h"
#include "cli/opt_words.h"

/* Values as typed; NULL, 0 or empty is not given. */
struct sim_sweep_job_opts {
	struct sim_job_opts job;
	const char *maximize, *where, *fail_if, *shard;
	struct sim_opt_list metrics;
	int64_t jobs, samples;
	bool log, no_save;
};

/* What to run. */
struct sim_sweep_job {
	struct sim_sweep_job_opts *opts;
	const struct sim_opt *table;	/* that sets them */
	const char *operand;		/* the strategy, or NULL */
	bool is_sample;			/* optimize random */
	const char *resume;		/* the sweep to go on with, or NULL */
};

/*
 * Run it and print its rows.
 *
 * Errors: those of jobs, spaces and ledgers; SIM_E_STATE the sweep to go on
 *         with is not the one that its words make now; SIM_E_INTR, SIM_E_TERM
 *         and SIM_E_TIMEOUT it was stopped; when every point was refused,
 *         why the first was.
 */
int sim_sweep_job_run(struct sim_cli *cli, const struct sim_sweep_job *s,
		      struct sim_err *err) SIM_MUST_CHECK;

/* The strategy that an operand names, as if its option had. */
void sim_sweep_job_operand(const char *operand, struct sim_formopt *o);
/* Options that rows don't have among their args, NULL-ended. */
extern const char *const sim_sweep_job_own[];

#endif
