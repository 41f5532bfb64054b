/*
 * sess_run: a session as a run: what was asked for in its event log is asked
 * for again, over the same bars and under the same rules, and the log that
 * comes of it must be the session's.  Bars that the store here doesn't have, or
 * has otherwise, are fetched from where the session is.
 */
#ifndef SIM_SESS_RUN_H
#define SIM_SESS_RUN_H

#include "cli/sess.h"
#include "run/folder.h"

/*
 * A session so far, as if it were a saved run.
 *
 * Takes:  id, or NULL for the one that fits.
 * Gives:  *f, closed with sim_folder_close.
 * Errors: SIM_E_STATE it has not begun; SIM_E_REPRO another version runs
 *         there; those of the backend.
 */
int sim_sess_run_open(struct sim_cli *cli, const char *id,
		      struct sim_folder **f, struct sim_err *err)
	SIM_MUST_CHECK;
/* The same, with what makes it again. */
struct sim_sess_run;
int sim_sess_run_hold(struct sim_cli *cli, const char *id,
		      struct sim_sess_run **out, struct sim_folder **f,
		      struct sim_err *err) SIM_MUST_CHECK;
/* May be changed; lives as long as x. */
struct sim_run_spec *sim_sess_run_spec(struct sim_sess_run *x);
/* The number of the order that is called so there; 0: none is.
 * Errors: a broken log. */
int sim_sess_run_order(const struct sim_sess_run *x, const struct sim_folder *f,
		       const char *name, uint32_t *id, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_sess_run_drop(struct sim_sess_run *x);	/* NULL is fine */
/* Keep it as a run, with its bars beside it when they were fetched.  Gives: the
 * run's id. */
int sim_sess_run_save(struct sim_cli *cli, const char *id,
		      char run[SIM_FOLDER_ID], struct sim_err *err)
	SIM_MUST_CHECK;

#endif
