/*
 * lockout: how often somebody may try a password or code.
 *
 * Counted before it is tried, so parallel tries count too.  Five are free;
 * each from the fifth on must be followed by a pause of one minute, two, four,
 * eight, then always fifteen.  Quarter of an hour after the last pause, or with
 * a success, it begins anew: nobody can lock another out for good.
 */
#ifndef SIM_LOCKOUT_H
#define SIM_LOCKOUT_H

#include "db/db.h"

#define SIM_LOCKOUT_FREE	5
#define SIM_LOCKOUT_PAUSE_SEC	60
#define SIM_LOCKOUT_MOST_SEC	900	/* the longest pause */
#define SIM_LOCKOUT_FORGET_SEC	900

/*
 * Begin a try.
 *
 * Gives:  *until: SIM_TIME_NONE it may be made; else when the next may, and
 *         this one may not.
 */
int sim_lockout_try(struct sim_db *db, const char *who, sim_time now,
		    sim_time *until, struct sim_err *err) SIM_MUST_CHECK;
/*
 * The same by a name that was given, whether or not anybody has it, and by the
 * account that it leads to.  Who may not by the name is told so.  *is_shut: by
 * the account this one may not, for tries by another of its names: who is told
 * that learns that the account is there, and that both names are its own.
 */
struct sim_lockout_pair {
	const char *name, *account;
};
int sim_lockout_try_both(struct sim_db *db, const struct sim_lockout_pair *who,
			 sim_time now, sim_time *until, bool *is_shut,
			 struct sim_err *err) SIM_MUST_CHECK;
/* The try was right: forget the others.  Inside a transaction, or not. */
int sim_lockout_clear(struct sim_db *db, const char *who, struct sim_err *err)
	SIM_MUST_CHECK;
/* Forget what counts no more. */
int sim_lockout_forget(struct sim_db *db, sim_time now, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
