/*
 * person: what a user who is a person has: an address, a password, a second
 * factor.  A user without has none of it.
 *
 * Passwords are kept as argon2id, recovery codes as SHA-256 (they have 150
 * random bits), the seed of the second factor sealed.
 */
#ifndef SIM_PERSON_H
#define SIM_PERSON_H

#include "db/user.h"
#include "util/seal.h"
#include "util/secret.h"
#include "util/totp.h"

#define SIM_PERSON_EMAIL	255	/* with NUL */
#define SIM_PERSON_FULL_NAME	129
#define SIM_PERSON_CODES	10	/* recovery codes */
#define SIM_PERSON_CODE_CHARS	30
#define SIM_PERSON_CODE	SIM_SECRET_WORDS(SIM_PERSON_CODE_CHARS)
#define SIM_PERSON_BOX		(SIM_TOTP_SEED + SIM_SEAL_MORE)

struct sim_person {
	char email[SIM_PERSON_EMAIL];	/* one that was verified, or "" */
	char full_name[SIM_PERSON_FULL_NAME];
	char password[SIM_SECRET_HASH];	/* its hash, or "" */
	sim_time password_changed;
	bool has_seed, is_totp_on;
	unsigned char box[SIM_PERSON_BOX];	/* the seed, sealed */
	int64_t totp_step;		/* of the last code that was used */
};

/* An address has one @, a dot after it, 3 to 254 bytes, none of them a blank,
 * control character, or one of <>()[],;:\" .  Errors: SIM_E_INVAL. */
int sim_person_check_email(const char *s, struct sim_err *err)
	SIM_MUST_CHECK;

/* A user's account; all empty when there is none. */
int sim_person_get(struct sim_db *db, const char *user,
		    struct sim_person *out, struct sim_err *err)
	SIM_MUST_CHECK;
/* By e-mail address, else by the user's name.  Errors: SIM_E_NOENT. */
int sim_person_find(struct sim_db *db, const char *who, struct sim_user *u,
		     struct sim_person *a, struct sim_err *err)
	SIM_MUST_CHECK;
/* Store it whole; inside a transaction.  Errors: SIM_E_STATE another has this
 * address. */
int sim_person_put(struct sim_db *db, const char *user,
		    const struct sim_person *a, struct sim_err *err)
	SIM_MUST_CHECK;

/* The seed of the second factor into a->box, and out of it.
 * Errors: those of sim_seal_load, sim_seal_close, sim_seal_open. */
int sim_person_close_seed(const struct sim_seal_source *src, const char *user,
			   const unsigned char seed[SIM_TOTP_SEED],
			   struct sim_person *a, struct sim_err *err)
	SIM_MUST_CHECK;
int sim_person_open_seed(const struct sim_seal_source *src, const char *user,
			  const struct sim_person *a,
			  unsigned char seed[SIM_TOTP_SEED],
			  struct sim_err *err) SIM_MUST_CHECK;

/* Replace the user's recovery codes by new ones (codes NULL: by none); use one
 * up; how many are left.  Inside a transaction.
 * Errors: use: SIM_E_AUTH it is none. */
int sim_person_codes_make(struct sim_db *db, const char *user,
			   char (*codes)[SIM_PERSON_CODE],
			   struct sim_err *err) SIM_MUST_CHECK;
int sim_person_code_use(struct sim_db *db, const char *user,
			 const char *code, struct sim_err *err)
	SIM_MUST_CHECK;
int sim_person_codes_left(struct sim_db *db, const char *user, int64_t *n,
			   struct sim_err *err) SIM_MUST_CHECK;

/* Close again by the newest key every seed that another closed; inside a
 * transaction.  Gives: *n how many more. */
int sim_person_reseal(struct sim_db *db, const struct sim_seal *seal,
		       int64_t *n, struct sim_err *err) SIM_MUST_CHECK;

#endif
