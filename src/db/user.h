/*
 * user: who may use a server: name, plan, role.
 */
#ifndef SIM_USER_H
#define SIM_USER_H

#include "db/db.h"
#include "model/plan.h"

#define SIM_USER_ID	24		/* "u_" and 20 hex digits, NUL */
#define SIM_USER_NAME	65		/* at most 64 bytes, NUL */

enum sim_user_role { SIM_USER_ROLE_USER, SIM_USER_ROLE_ADMIN };
extern const char *const sim_user_roles[];	/* their names, NULL-ended */

struct sim_user {
	char id[SIM_USER_ID];
	char name[SIM_USER_NAME];
	enum sim_plan plan;
	enum sim_user_role role;
	bool is_disabled;
	sim_time created;
};

/* Errors: SIM_E_INVAL with the roles. */
int sim_user_role_parse(const char *s, enum sim_user_role *out,
			struct sim_err *err) SIM_MUST_CHECK;

/* A name is 1 to 64 of a-z A-Z 0-9 . _ - @ +, and does not begin with u_ or -.
 * Errors: SIM_E_INVAL. */
int sim_user_check_name(const char *s, struct sim_err *err) SIM_MUST_CHECK;

/*
 * Make a user.
 *
 * Takes:  u->name, plan and role; gives the rest.
 * Errors: SIM_E_INVAL the name; SIM_E_STATE it is taken (whatever its case).
 */
int sim_user_add(struct sim_db *db, const struct sim_db_by *by,
		 struct sim_user *u, struct sim_err *err) SIM_MUST_CHECK;
/* The same inside a transaction of the caller's. */
int sim_user_insert(struct sim_db *db, const struct sim_db_by *by,
		    struct sim_user *u, struct sim_err *err) SIM_MUST_CHECK;

/* By name or id.  Errors: SIM_E_NOENT. */
int sim_user_find(struct sim_db *db, const char *who, struct sim_user *out,
		  struct sim_err *err) SIM_MUST_CHECK;
/* All, by name; freed with sim_mem_free. */
int sim_user_list(struct sim_db *db, struct sim_user **out, size_t *n,
		  struct sim_err *err) SIM_MUST_CHECK;

/*
 * Those who were changed since the entry *seq of the audit log, as they are
 * now; by id, freed with sim_mem_free.  Moves *seq on.
 *
 * Takes:  since: entries before this time don't count.
 */
int sim_user_changed(struct sim_db *db, int64_t *seq, sim_time since,
		     struct sim_user **out, size_t *n, struct sim_err *err)
	SIM_MUST_CHECK;

/* What of a user is changed: bits. */
enum {
	SIM_USER_PLAN = 1, SIM_USER_ROLE = 2, SIM_USER_DISABLED = 4,
	SIM_USER_ALL = 7
};
/*
 * Change `what` of the user to what *u says (found by its id); the rest stays
 * as it is, also when another changes it at the same time.  The logins of one
 * who is disabled end.
 * Gives:  *u as it is then.
 * Errors: SIM_E_NOENT; SIM_E_STATE no enabled admin would be left.
 */
int sim_user_change(struct sim_db *db, const struct sim_db_by *by,
		    unsigned what, struct sim_user *u, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
