/*
 * apikey: what a user logs in with: "sk_" and 256 random bits in hex.
 *
 * Only the SHA-256 of a key is kept; its text is given once, to whoever made
 * it.
 */
#ifndef SIM_APIKEY_H
#define SIM_APIKEY_H

#include "db/scope.h"
#include "db/user.h"

#define SIM_APIKEY_ID	24		/* "k_" and 20 hex digits, NUL */
#define SIM_APIKEY_NAME	65
#define SIM_APIKEY_TEXT	68		/* "sk_" and 64 hex digits, NUL */
#define SIM_APIKEY_MAX	100		/* live keys of a user */
#define SIM_APIKEY_KEPT	1000		/* others, the last that ended */

struct sim_apikey {
	char id[SIM_APIKEY_ID];
	char user[SIM_USER_ID];
	char name[SIM_APIKEY_NAME];
	char hint[12];			/* first characters of its text */
	unsigned scopes;		/* SIM_SCOPE_...: what it is for */
	sim_time created;
	sim_time expires;		/* SIM_TIME_MAX: never */
	sim_time revoked;		/* SIM_TIME_MAX: not */
};

/*
 * Make a key for a user.
 *
 * Takes:  k->user, name (1 to 64 printable bytes), scopes, expires; gives the
 *         rest.
 * Gives:  text, the only time it is ever known: wipe it after use.
 * Errors: SIM_E_INVAL name, scopes or expiry; SIM_E_NOENT no such user;
 *         SIM_E_STATE the user is disabled or has SIM_APIKEY_MAX keys.
 */
int sim_apikey_create(struct sim_db *db, const struct sim_db_by *by,
		      struct sim_apikey *k, char text[SIM_APIKEY_TEXT],
		      struct sim_err *err) SIM_MUST_CHECK;

/* The same inside a transaction of the caller's. */
int sim_apikey_insert(struct sim_db *db, const struct sim_db_by *by,
		      struct sim_apikey *k, char text[SIM_APIKEY_TEXT],
		      struct sim_err *err) SIM_MUST_CHECK;
/* One of a user's, by id.  Errors: SIM_E_NOENT. */
int sim_apikey_get(struct sim_db *db, const char *user, const char *id,
		   struct sim_apikey *out, struct sim_err *err)
	SIM_MUST_CHECK;

/* A new key in place of the one with k->id, which stays good until `until`;
 * gives the new one in *k.  Takes: k->user: whose it must be, "" anybody's.
 * Errors: SIM_E_NOENT; SIM_E_STATE it is revoked or has expired, the user is
 *         disabled or would have more than SIM_APIKEY_MAX keys. */
int sim_apikey_rotate(struct sim_db *db, const struct sim_db_by *by,
		      sim_time until, struct sim_apikey *k,
		      char text[SIM_APIKEY_TEXT], struct sim_err *err)
	SIM_MUST_CHECK;

/* From now on the key with k->id is good for nothing; k->user as above.
 * Errors: SIM_E_NOENT, SIM_E_STATE. */
int sim_apikey_revoke(struct sim_db *db, const struct sim_db_by *by,
		      struct sim_apikey *k, struct sim_err *err)
	SIM_MUST_CHECK;
/* All of a user's that are good; inside a transaction.
 * Gives: *out those *n, freed with sim_mem_free. */
int sim_apikey_revoke_all(struct sim_db *db, const struct sim_db_by *by,
			  const char *user, struct sim_apikey **out, size_t *n,
			  struct sim_err *err) SIM_MUST_CHECK;
/* Is it neither revoked nor expired? */
bool sim_apikey_good(const struct sim_apikey *k, sim_time now);
/* Is the key with this id good?  Errors: SIM_E_AUTH. */
int sim_apikey_is_live(struct sim_db *db, const char *user, const char *id,
		       sim_time now, struct sim_err *err) SIM_MUST_CHECK;

/* Of a user, or of all (NULL), by creation; freed with sim_mem_free. */
int sim_apikey_list(struct sim_db *db, const char *user,
		    struct sim_apikey **out, size_t *n, struct sim_err *err)
	SIM_MUST_CHECK;

/* Those that are good for nothing since some moment from `since` to `now`, and
 * all of users who are disabled; freed with sim_mem_free. */
int sim_apikey_ended(struct sim_db *db, sim_time since, sim_time now,
		     struct sim_apikey **out, size_t *n, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * Whose key is this?
 * Errors: SIM_E_AUTH unknown, revoked, expired, or its user is disabled: the
 *         same sentence for each.
 */
int sim_apikey_check(struct sim_db *db, const char *text, sim_time now,
		     struct sim_user *u, struct sim_apikey *k,
		     struct sim_err *err) SIM_MUST_CHECK;

#endif
