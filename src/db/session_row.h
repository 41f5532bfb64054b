/*
 * session_row: the sessions of users and their journals, as rows.
 *
 * A session is known by its user and its id: ids are unique for a user, so
 * what another user has cannot even be asked for.  Its journal is the lines
 * that it was fed with, numbered 1, 2, 3, ... without a hole: a line that is
 * not the next one is refused, so that after a line was lost (a full disk) no
 * later one can stand in its place.  Each call that writes is one transaction,
 * or part of the one that the caller has begun.
 */
#ifndef SIM_SESSION_ROW_H
#define SIM_SESSION_ROW_H

#include "db/user.h"
#include "util/buf.h"

#define SIM_SESSION_ROW_ID	65	/* at most 64 bytes, NUL */
#define SIM_SESSION_ROW_STATE	16	/* at most 15 bytes, NUL */
#define SIM_SESSION_ROW_TEXT_MAX (1 << 20) /* bytes of each text and line */
#define SIM_SESSION_ROW_LIST_MAX 1000	/* sessions in a user's list */

/* A session.  Whoever reads one owns its texts. */
struct sim_session_row {
	char user[SIM_USER_ID];
	char id[SIM_SESSION_ROW_ID];
	char state[SIM_SESSION_ROW_STATE];
	bool is_over;			/* nothing follows this state */
	bool is_one_shot;		/* made by start_simulation */
	sim_time created, changed;
	int64_t steps;			/* done when it was last changed */
	int64_t journaled;		/* lines of its journal; read only */
	char *config;			/* line that made it */
	char *start;			/* line that started it, or NULL */
	char *result;			/* line it ended with, or NULL */
};
void sim_session_row_release(struct sim_session_row *r);
/* All of a list, and the list. */
void sim_session_row_free(struct sim_session_row *list, size_t n);

/* A line of a journal: what came in after `step` steps. */
struct sim_session_row_entry {
	int64_t n;			/* 1, 2, 3, ... */
	int64_t step;
	const char *line;		/* without a NUL in it */
	size_t len;			/* bytes of it */
};

/* A session and its journal, as they were at one moment. */
struct sim_session_row_whole {
	struct sim_session_row row;
	struct sim_session_row_entry *journal;
	size_t n;			/* lines of it */
	struct sim_buf text;		/* what they point into */
};
void sim_session_row_release_whole(struct sim_session_row_whole *w);

/*
 * Add a session.
 *
 * Takes:  all of *r but `changed` (it is `created`) and `journaled`; copied.
 * Errors: SIM_E_STATE its user has one with that id; SIM_E_NOENT no such user;
 *         SIM_E_INVAL an id of 0 or more than 64 bytes or with control
 *         characters, no state, a text over SIM_SESSION_ROW_TEXT_MAX.
 */
int sim_session_row_insert(struct sim_db *db, const struct sim_session_row *r,
			   struct sim_err *err) SIM_MUST_CHECK;

/* What changes in a session; what is NULL, or -1, stays. */
struct sim_session_row_change {
	sim_time now;			/* becomes `changed` */
	const char *state;		/* with is_over */
	bool is_over;
	const char *start, *result;
	int64_t steps;
};
/* Errors: SIM_E_NOENT this user has no such session; SIM_E_INVAL. */
int sim_session_row_change(struct sim_db *db, const char *user, const char *id,
			   const struct sim_session_row_change *c,
			   struct sim_err *err) SIM_MUST_CHECK;

/*
 * Append one line to a journal.  `changed` is left as it is.
 * Errors: SIM_E_STATE e->n is not the next number; SIM_E_NOENT; SIM_E_INVAL.
 */
int sim_session_row_append(struct sim_db *db, const char *user, const char *id,
			   const struct sim_session_row_entry *e,
			   struct sim_err *err) SIM_MUST_CHECK;

/* Errors: SIM_E_NOENT this user has none of that id; *out is then untouched. */
int sim_session_row_find(struct sim_db *db, const char *user, const char *id,
			 struct sim_session_row *out, struct sim_err *err)
	SIM_MUST_CHECK;
/* The same with its journal; not inside a transaction.
 * Errors: SIM_E_DATA a line of it is missing. */
int sim_session_row_load(struct sim_db *db, const char *user, const char *id,
			 struct sim_session_row_whole *out,
			 struct sim_err *err) SIM_MUST_CHECK;

/* A user's, newest first, the newest SIM_SESSION_ROW_LIST_MAX; freed with
 * sim_session_row_free. */
int sim_session_row_list(struct sim_db *db, const char *user,
			 struct sim_session_row **out, size_t *n,
			 struct sim_err *err) SIM_MUST_CHECK;
/* Those of all users that are not over, oldest first. */
int sim_session_row_alive(struct sim_db *db, struct sim_session_row **out,
			  size_t *n, struct sim_err *err) SIM_MUST_CHECK;

/* With its journal.  Errors: SIM_E_NOENT. */
int sim_session_row_delete(struct sim_db *db, const char *user, const char *id,
			   struct sim_err *err) SIM_MUST_CHECK;

/*
 * Delete, journals too, what was last changed before a time.
 *
 * Takes:  over: sessions that are over and were changed before it; alive: the
 *         others, SIM_TIME_NONE: none of these.
 * Gives:  *n how many.
 */
int sim_session_row_expire(struct sim_db *db, sim_time over, sim_time alive,
			   int64_t *n, struct sim_err *err) SIM_MUST_CHECK;

#endif
