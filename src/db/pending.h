/*
 * pending: a request that waits for the code its mail brings: to register, to
 * reset a password, to change the address.
 *
 * Whoever asks gets the request's id, whoever reads the mail its code; both
 * are wanted, once, within ten minutes.  Only hashes of them are kept.
 */
#ifndef SIM_PENDING_H
#define SIM_PENDING_H

#include "db/person.h"

#define SIM_PENDING_ID		36	/* "rq_" and 32 hex digits, NUL */
#define SIM_PENDING_CODE_CHARS	10	/* 50 random bits */
#define SIM_PENDING_CODE	SIM_SECRET_WORDS(SIM_PENDING_CODE_CHARS)
#define SIM_PENDING_LIFE_SEC	600

enum sim_pending_purpose {
	SIM_PENDING_REGISTER, SIM_PENDING_RESET, SIM_PENDING_EMAIL
};

struct sim_pending {
	enum sim_pending_purpose purpose;
	char user[SIM_USER_ID];		/* "" when there is none yet */
	char name[SIM_USER_NAME];	/* to register */
	char email[SIM_PERSON_EMAIL];
	char password[SIM_SECRET_HASH];	/* to register: its hash */
	sim_time expires;
};

/* An id that nobody has. */
void sim_pending_new_id(char id[SIM_PENDING_ID]);

/*
 * Store one; inside a transaction.  It replaces an earlier one of the same
 * user and purpose.
 *
 * Takes:  p but expires; id: from sim_pending_new_id.
 * Gives:  code: for the mail alone.
 */
int sim_pending_add(struct sim_db *db, const struct sim_pending *p,
		    sim_time now, const char *id, char code[SIM_PENDING_CODE],
		    struct sim_err *err) SIM_MUST_CHECK;

/* Use one up; inside a transaction.
 * Takes:  p->purpose; gives the rest.
 * Errors: SIM_E_AUTH id or code are wrong, of another purpose, too old or
 *         used: the same sentence for each. */
int sim_pending_use(struct sim_db *db, const char *id, const char *code,
		    sim_time now, struct sim_pending *p, struct sim_err *err)
	SIM_MUST_CHECK;

/* Drop those of a user; inside a transaction. */
int sim_pending_drop(struct sim_db *db, const char *user, struct sim_err *err)
	SIM_MUST_CHECK;
/* Forget those that are too old. */
int sim_pending_forget(struct sim_db *db, sim_time now, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
