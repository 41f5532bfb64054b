/*
 * sess_pace: a session's clock: started, stepped, let go, waited for.
 */
#ifndef SIM_SESS_PACE_H
#define SIM_SESS_PACE_H

#include "cli/sess.h"

/*
 * "60x" or "60": simulated seconds a second; "max": as fast as it goes, 0.
 *
 * Takes:  `what` begins the sentence.
 * Errors: SIM_E_USAGE.
 */
int sim_sess_pace_parse(const char *what, const char *text, double *out,
			struct sim_err *err) SIM_MUST_CHECK;
/* Start a session that is ready.  speed NULL: its clock then stands at its
 * first bar; else it goes by itself. */
int sim_sess_pace_start(struct sim_cli *cli, const char *id,
			const double *speed, struct sim_err *err)
	SIM_MUST_CHECK;
/* Make n steps of a paused session, and come back when they are made or there
 * are no more. */
int sim_sess_pace_step(struct sim_cli *cli, const char *id, int64_t n,
		       struct sim_err *err) SIM_MUST_CHECK;
/* Let a session that has been started go at this pace. */
int sim_sess_pace_go(struct sim_cli *cli, const char *id, double speed,
		     struct sim_err *err) SIM_MUST_CHECK;
/* Wait until a session has its results.
 * Errors: SIM_E_STATE it ends in another way; SIM_E_TIMEOUT. */
int sim_sess_pace_await_end(struct sim_cli *cli, const char *id,
			    struct sim_err *err) SIM_MUST_CHECK;
/* Wait until its bars are loaded. */
int sim_sess_pace_await_ready(struct sim_cli *cli, const char *id,
			      struct sim_err *err) SIM_MUST_CHECK;

#endif
