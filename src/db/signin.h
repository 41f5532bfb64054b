/*
 * signin: somebody who came in with a password, on one device, until it ends:
 * thirty days after it began, seven after it was last used, by logging out, or
 * by force.
 *
 * It is kept up by refresh tokens of 256 random bits, each good once and kept
 * as SHA-256.  One that comes again was stolen, from whoever comes first or
 * second: the login ends.
 */
#ifndef SIM_SIGNIN_H
#define SIM_SIGNIN_H

#include "db/user.h"

#define SIM_SIGNIN_ID		24	/* "l_" and 20 hex digits, NUL */
#define SIM_SIGNIN_DEVICE	65
#define SIM_SIGNIN_ADDRESS	46
#define SIM_SIGNIN_REFRESH	68	/* "rt_" and 64 hex digits, NUL */
#define SIM_SIGNIN_LIFE_SEC	(30 * 86400)
#define SIM_SIGNIN_IDLE_SEC	(7 * 86400)
#define SIM_SIGNIN_MAX		50	/* live ones of a user */

struct sim_signin {
	char id[SIM_SIGNIN_ID];
	char user[SIM_USER_ID];
	char device[SIM_SIGNIN_DEVICE];	/* as the client calls it */
	char address[SIM_SIGNIN_ADDRESS];
	sim_time created, used;
	sim_time expires;		/* as it stands now */
	sim_time ended;			/* SIM_TIME_MAX: not by force */
};

/*
 * Begin one; inside a transaction.  Where a user has SIM_SIGNIN_MAX, the one
 * used longest ago ends, which is recorded.
 *
 * Takes:  l->user, device and address; gives the rest.
 * Gives:  text: the first refresh token: wipe it after use.
 */
int sim_signin_begin(struct sim_db *db, const struct sim_db_by *by,
		    struct sim_signin *l, char text[SIM_SIGNIN_REFRESH],
		    struct sim_err *err) SIM_MUST_CHECK;

/*
 * A refresh token for the next one; inside a transaction, which is to be
 * committed in every case but a failure of storage.
 *
 * Gives:  *l and text.
 * Errors: SIM_E_AUTH unknown, or its login is over; SIM_E_STATE it came again:
 *         *l, which has ended now.
 */
int sim_signin_refresh(struct sim_db *db, const char *old, sim_time now,
		      struct sim_signin *l, char text[SIM_SIGNIN_REFRESH],
		      struct sim_err *err) SIM_MUST_CHECK;

/* One of a user's, by id.  Errors: SIM_E_NOENT none that goes on. */
int sim_signin_get(struct sim_db *db, const char *user, const char *id,
		  sim_time now, struct sim_signin *out, struct sim_err *err)
	SIM_MUST_CHECK;
/* Those that go on, newest first; freed with sim_mem_free. */
int sim_signin_list(struct sim_db *db, const char *user, sim_time now,
		   struct sim_signin **out, size_t *n, struct sim_err *err)
	SIM_MUST_CHECK;

/* End one, or all of a user but one (NULL: all); inside a transaction.
 * Gives: *n how many. */
int sim_signin_end(struct sim_db *db, const char *user, const char *id,
		  sim_time now, int64_t *n, struct sim_err *err)
	SIM_MUST_CHECK;
int sim_signin_end_all(struct sim_db *db, const char *user, const char *but,
		      sim_time now, int64_t *n, struct sim_err *err)
	SIM_MUST_CHECK;

/* Those that came to an end from `since` to `now`, or were ended when the clock
 * was ahead; freed with sim_mem_free. */
int sim_signin_ended(struct sim_db *db, sim_time since, sim_time now,
		    struct sim_signin **out, size_t *n, struct sim_err *err)
	SIM_MUST_CHECK;

/* Forget those that were over by then. */
int sim_signin_forget(struct sim_db *db, sim_time before, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
