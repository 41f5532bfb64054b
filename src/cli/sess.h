/*
 * sess: the session that a command is about, found by its id or because no
 * other can be meant, and sessions as rows.
 */
#ifndef SIM_SESS_H
#define SIM_SESS_H

#include "backend/session.h"
#include "cli/connect.h"

/* States that fit, as bits. */
#define SIM_SESS_IN(state) (1u << SIM_SESSION_##state)
#define SIM_SESS_STARTED (SIM_SESS_IN(RUNNING) | SIM_SESS_IN(PAUSED))
#define SIM_SESS_OPEN	(SIM_SESS_IN(READY) | SIM_SESS_STARTED)
#define SIM_SESS_LOADED	(SIM_SESS_OPEN | SIM_SESS_IN(COMPLETED))
#define SIM_SESS_ANY	(~0u)

/* A session as it stands. */
struct sim_sess {
	struct sim_backend_message m;	/* session_details */
	const struct sim_message_session_info *info;
	const char *id;
	enum sim_session_state state;
};
#define SIM_SESS_INIT { .m = SIM_BACKEND_MESSAGE_INIT }

/* An option --session into a const char *. */
#define SIM_SESS_OPT(id_) { SIM_OPT_STR, "session", .arg = "SESSION", \
	.help = "of this session; without it the one that fits", \
	.value = &(id_), .words = SIM_OPT_WORDS_SESSION }

/*
 * Find a session.
 *
 * Takes:  id, "last" the newest; NULL: the only one that is in one of the
 *         states `fits`; one that is running or paused goes before others.
 * Gives:  *s, to be released.
 * Errors: SIM_E_NOENT no such, or none; SIM_E_STATE none that fits; SIM_E_USAGE
 *         more than one, all named; those of the backend.
 */
int sim_sess_find(struct sim_cli *cli, const char *id, unsigned fits,
		  struct sim_sess *s, struct sim_err *err) SIM_MUST_CHECK;
void sim_sess_release(struct sim_sess *s);

/* The same when only the id is wanted: it lives in the command's arena, and one
 * that was given is not looked up. */
int sim_sess_id(struct sim_cli *cli, const char *given, unsigned fits,
		const char **id, struct sim_err *err) SIM_MUST_CHECK;

/* The account of a session now.  Gives: *id, *a, which lives with *m, to be
 * released. */
int sim_sess_account(struct sim_cli *cli, const char *given, const char **id,
		     struct sim_backend_message *m,
		     const struct sim_message_account_snapshot **a,
		     struct sim_err *err) SIM_MUST_CHECK;

/* Keep the ids of sessions_list for completion. */
void sim_sess_seen(struct sim_cli *cli, const struct sim_json_val *list);

/* Columns of sessions, and of where one stands. */
extern const struct sim_out_col sim_sess_cols[], sim_sess_status_cols[];
/* The fields of a session: an object of sessions_list or the data of
 * session_details; now: its sim_time where that doesn't say it, or
 * SIM_TIME_NONE. */
void sim_sess_put(struct sim_out *o, const struct sim_json_val *v,
		  sim_time now);
/* A session as an object. */
int sim_sess_put_whole(struct sim_cli *cli, const struct sim_sess *s,
		       struct sim_err *err) SIM_MUST_CHECK;
/* Where it stands, as an object of sim_sess_status_cols; run: an id of a saved
 * run, or NULL. */
void sim_sess_put_status(struct sim_out *o, const char *id,
			 const struct sim_message_status *st, const char *run);
/* The same, asked for and printed. */
int sim_sess_print(struct sim_cli *cli, const char *id, const char *run,
		   struct sim_err *err) SIM_MUST_CHECK;
/* The data of a message as it came. */
const struct sim_json_val *
sim_sess_data(const struct sim_backend_message *m);

#endif
