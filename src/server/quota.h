/*
 * quota: what each user has used of what the plan allows (model/plan.def).
 *
 * Two kinds: so many at a time (taken and given back), and so many in any
 * period (counted in 60ths of it, so the cap holds for every period, not only
 * for those that begin at a full minute).  Any thread may call, and parallel
 * calls never exceed a cap.  Users who use nothing are not remembered.
 */
#ifndef SIM_QUOTA_H
#define SIM_QUOTA_H

#include <stdbool.h>
#include <stddef.h>

#include "model/plan.h"

#define SIM_QUOTA_WARN_PCT 80

struct sim_quota;

/* How a user stands. */
struct sim_quota_answer {
	bool is_allowed;
	bool is_warning;	/* this call passed 80%, short of the limit */
	enum sim_plan_limit which;
	enum sim_plan plan;
	int64_t limit, usage, remaining;
	int64_t period_sec;		/* 0: so many at a time */
	/* By period: until one more has come back, or, for a call that was
	 * refused, until it would fit (when it ever does: else until all has).
	 * 0: nothing is used, or it is not by period. */
	uint64_t reset_ns;
};

/* How many limits are counted, and which they are: the i-th, in the order of
 * plan.def. */
#define SIM_QUOTA_COUNTED 4
enum sim_plan_limit sim_quota_counted(int i);

/* Room for so many users; one more is refused.  Freed with sim_quota_free. */
struct sim_quota *sim_quota_new(size_t users_max);
void sim_quota_free(struct sim_quota *q);	/* NULL is fine */

/* Whose, of which plan, and what; now_ns is monotonic. */
struct sim_quota_ask {
	const char *user;
	enum sim_plan plan;
	enum sim_plan_limit which;	/* one that is counted */
	uint64_t now_ns;
};

/* Use n of it: all or none.  out may be NULL.  Gives: as out->is_allowed. */
bool sim_quota_take(struct sim_quota *q, const struct sim_quota_ask *ask,
		    uint32_t n, struct sim_quota_answer *out);
/* Count n that are in use already, whatever the cap says: what a restart
 * found, under a plan that may have been lowered since. */
void sim_quota_hold(struct sim_quota *q, const struct sim_quota_ask *ask,
		    uint32_t n);
/* Give n back that were taken and are in use no more. */
void sim_quota_give(struct sim_quota *q, const char *user,
		    enum sim_plan_limit which, uint32_t n);
/* Count n less in the period: what they were taken for was not begun. */
void sim_quota_untake(struct sim_quota *q, const char *user,
		      enum sim_plan_limit which, uint32_t n);
/* How the user stands; takes nothing. */
void sim_quota_look(struct sim_quota *q, const struct sim_quota_ask *ask,
		    struct sim_quota_answer *out);
size_t sim_quota_users(struct sim_quota *q);	/* how many are remembered */

#endif
