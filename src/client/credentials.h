/*
 * credentials: the file that keeps tokens and keys between commands.
 *
 * One entry for each server, profile and key of the environment.  It belongs to
 * the user alone (0600; refused when others can read it), is replaced whole,
 * and changed under a lock.
 */
#ifndef SIM_CREDENTIALS_H
#define SIM_CREDENTIALS_H

#include "util/err.h"
#include "util/time.h"

#define SIM_CREDENTIALS_FILE_MAX (1 << 20)
#define SIM_CREDENTIALS_MAX	64	/* entries */
#define SIM_CREDENTIALS_URL	512	/* bytes, and NUL, of texts */
#define SIM_CREDENTIALS_SECRET	4096	/* of a key or token */
#define SIM_CREDENTIALS_NAME	128	/* of a profile, user id or plan */
#define SIM_CREDENTIALS_MARK	17

/* Texts are "" when there is none. */
struct sim_credentials_entry {
	char server[SIM_CREDENTIALS_URL], profile[SIM_CREDENTIALS_NAME];
	char mark[SIM_CREDENTIALS_MARK]; /* of the environment's key, if any */
	char user[SIM_CREDENTIALS_NAME], plan[SIM_CREDENTIALS_NAME];
	char api_key[SIM_CREDENTIALS_SECRET];
	char token[SIM_CREDENTIALS_SECRET];
	char refresh[SIM_CREDENTIALS_SECRET];	/* a refresh token */
	sim_time expires;		/* of the token */
	bool is_current;	/* the last login of its profile */
};

struct sim_credentials {
	struct sim_credentials_entry *v;
	size_t n, cap;
};
#define SIM_CREDENTIALS_INIT { NULL, 0, 0 }

/* What tells keys apart without telling them. */
void sim_credentials_mark(const char *api_key,
			  char mark[SIM_CREDENTIALS_MARK]);

/*
 * Read the file; a missing one has no entries.
 *
 * Errors: SIM_E_CONFIG others can read it, it isn't ours, or it is damaged;
 *         SIM_E_IO.
 */
int sim_credentials_load(const char *path, struct sim_credentials *c,
			 struct sim_err *err) SIM_MUST_CHECK;
/* Replace the file, or remove it when there are no entries.  Errors:
 * SIM_E_CANTCREAT, SIM_E_IO; SIM_E_INVAL more than SIM_CREDENTIALS_MAX. */
int sim_credentials_save(const char *path, const struct sim_credentials *c,
			 struct sim_err *err) SIM_MUST_CHECK;
/* Wipes what is secret. */
void sim_credentials_release(struct sim_credentials *c);

/* Hold others off; makes the folder.  Unlock with sim_file_unlock. */
int sim_credentials_lock(const char *path, int *fd, struct sim_err *err)
	SIM_MUST_CHECK;

/* The entry of these, or NULL; and the same, made where there is none. */
struct sim_credentials_entry *
sim_credentials_find(const struct sim_credentials *c, const char *server,
		     const char *profile, const char *mark);
struct sim_credentials_entry *
sim_credentials_need(struct sim_credentials *c, const char *server,
		     const char *profile, const char *mark);

/* The entry that was logged in last with this profile, or NULL; and make one of
 * c's that, instead of another. */
const struct sim_credentials_entry *
sim_credentials_current(const struct sim_credentials *c, const char *profile);
void sim_credentials_choose(struct sim_credentials *c,
			    struct sim_credentials_entry *e);

#endif
