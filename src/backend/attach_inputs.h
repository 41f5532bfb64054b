/*
 * attach_inputs: what a session is simulated from, brought here: its rules,
 * instruments, splits and dividends, and its bars as they are stored where it
 * is.
 */
#ifndef SIM_ATTACH_INPUTS_H
#define SIM_ATTACH_INPUTS_H

#include "backend/backend.h"
#include "run/run.h"

struct sim_attach_run;

/*
 * Fetch them, in pieces.
 *
 * Takes:  calendar_dir: the user's calendars, or NULL; outlives *out.
 * Gives:  *out, freed by the caller.  Of a session that is not over, bars
 *         after its present have their times and no prices that mean anything:
 *         it can be run again up to there.
 * Errors: SIM_E_REPRO it runs on another version; SIM_E_STATE its bars were
 *         not looked at so far; SIM_E_PROTO; those of the backend.
 */
int sim_attach_inputs_get(struct sim_backend *b, const char *session_id,
			  const char *calendar_dir,
			  struct sim_attach_run **out, struct sim_err *err)
	SIM_MUST_CHECK;
/* All but strategy, orders and seed; lives with x. */
const struct sim_run_spec *
sim_attach_inputs_spec(const struct sim_attach_run *x);
void sim_attach_inputs_free(struct sim_attach_run *x);	/* NULL is fine */

#endif
