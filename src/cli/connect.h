/*
 * connect: the backend that options and settings name, opened when a command
 * first needs it: this process, this machine's server, or one elsewhere.
 *
 * Whoever asks for it never asks which one it is.  What happens to its
 * connection is said on stderr.
 */
#ifndef SIM_CONNECT_H
#define SIM_CONNECT_H

#include "backend/backend.h"
#include "cli/cli.h"

struct sim_connect;

/*
 * Open it.  Most commands call sim_cli_backend(), which does so once.
 *
 * Errors: those of the target's settings; SIM_E_UNAVAILABLE nobody there;
 *         SIM_E_AUTH not logged in there.
 */
int sim_connect_open(struct sim_cli *cli, struct sim_connect **out,
		     struct sim_err *err) SIM_MUST_CHECK;
struct sim_backend *sim_connect_backend(struct sim_connect *c);
/* Sessions go on as they were told to; NULL is fine. */
void sim_connect_close(struct sim_connect *c);

/*
 * Ask one thing of a session (session_id may be NULL) and wait for the answer.
 *
 * Gives:  *reply, released by the caller (sim_backend_release).
 * Errors: those of sim_backend_call and of opening.
 */
int sim_connect_call(struct sim_cli *cli, enum sim_message_type type,
		     const void *data, const char *session_id,
		     struct sim_backend_message *reply, struct sim_err *err)
	SIM_MUST_CHECK;
/* The same where only the refusal matters. */
int sim_connect_tell(struct sim_cli *cli, enum sim_message_type type,
		     const void *data, const char *session_id,
		     struct sim_err *err) SIM_MUST_CHECK;

/* The database of sessions that are on this machine, in the command's arena.
 * Gives: false when they are elsewhere, or there can't be any so far. */
bool sim_connect_database(struct sim_cli *cli, const char **path);
/* Can there be sessions?  Nothing is opened or started to know. */
bool sim_connect_has_sessions(struct sim_cli *cli);

#endif
