/*
 * sweep_args: the options of sweeps, from the command line or from the args
 * that a row or a ledger kept.
 */
#ifndef SIM_SWEEP_ARGS_H
#define SIM_SWEEP_ARGS_H

#include "cli/sweep_job.h"
#include "util/json.h"

/* What the options say; the tables set it. */
extern struct sim_sweep_job_opts sim_sweep_args;
extern const struct sim_opt sim_sweep_args_sweep[], sim_sweep_args_random[];

/*
 * Set the options from the member args of v, as if they stood on the command
 * line, and enter its directory.
 *
 * Gives:  *words, which outlives the options (released also after an error);
 *         *operand, borrowed from it, or NULL.
 * Errors: SIM_E_NOENT the folder is gone; those of the options.
 */
int sim_sweep_args_again(const struct sim_json_val *v,
			 const struct sim_opt *table,
			 struct sim_opt_words_list *words,
			 const char **operand, struct sim_err *err)
	SIM_MUST_CHECK;
/* Release the lists that were set so. */
void sim_sweep_args_release(void);

#endif
