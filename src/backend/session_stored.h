/* session_stored: a session of which the database has a row. */
#ifndef SIM_SESSION_STORED_H
#define SIM_SESSION_STORED_H

#include "backend/session.h"
#include "db/session_row.h"

/*
 * Make it of the message that it was made of, as sim_session_new() does.
 *
 * Takes:  r->config may be looked at as long as this lasts.
 * Gives:  *s, initializing, or a refusal.
 * Errors: those of reading the message; of sim_session_new.
 */
int sim_session_stored_make(const struct sim_session_env *env,
			    const struct sim_session_row *r,
			    struct sim_session **s,
			    struct sim_session_refusal *why,
			    struct sim_err *err) SIM_MUST_CHECK;

#endif
