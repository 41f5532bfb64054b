/*
 * seal: secrets that must be read back, such that the database alone gives
 * none away: AES-256-GCM with a random nonce of 96 bits.
 *
 * Each is bound to its user and purpose: moved to another row it does not
 * open.  It names its key, and the key file holds the newest key first and
 * those before it, so keys are replaced while what they closed is still in use.
 * Without the key nothing is written and nothing is read.
 */
#ifndef SIM_SEAL_H
#define SIM_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

/* What a closed text is longer: form, key id, nonce, tag. */
#define SIM_SEAL_MORE	(1 + 4 + 12 + 16)
#define SIM_SEAL_KEYS	16		/* of a file, at most */
#define SIM_SEAL_TEXT	4096		/* longest text */

/* Where the keys are: a file that only its owner may read, a line of 64 hex
 * digits each. */
struct sim_seal_source {
	const char *path;
	bool may_make;		/* one with a new key, when there is none */
};

struct sim_seal;

/*
 * Read the keys.
 *
 * Gives:  *out, wiped and freed with sim_seal_free.
 * Errors: SIM_E_CONFIG there is none and none may be made, others may read it,
 *         or it holds something else; SIM_E_IO, SIM_E_CANTCREAT.
 */
int sim_seal_load(const struct sim_seal_source *src, struct sim_seal **out,
		  struct sim_err *err) SIM_MUST_CHECK;
void sim_seal_free(struct sim_seal *s);		/* NULL is fine */

/* What it belongs to. */
struct sim_seal_to {
	const char *user, *purpose;	/* neither has a | */
};

/* Close n <= SIM_SEAL_TEXT bytes into n + SIM_SEAL_MORE.
 * Errors: SIM_E_BUG the library can't. */
int sim_seal_close(const struct sim_seal *s, const struct sim_seal_to *to,
		   const void *p, size_t n, unsigned char *out,
		   struct sim_err *err) SIM_MUST_CHECK;
/* Open n bytes into n - SIM_SEAL_MORE.
 * Errors: SIM_E_CONFIG the key is not there; SIM_E_DATA it is not what was
 *         closed, or not for this. */
int sim_seal_open(const struct sim_seal *s, const struct sim_seal_to *to,
		  const unsigned char *p, size_t n, void *out,
		  struct sim_err *err) SIM_MUST_CHECK;
/* Was it closed by the newest key? */
bool sim_seal_is_newest(const struct sim_seal *s, const unsigned char *p,
			size_t n);

/* Put a new key before the others of the file.  Errors: as sim_seal_load;
 * SIM_E_STATE there are SIM_SEAL_KEYS already. */
int sim_seal_renew(const char *path, struct sim_err *err) SIM_MUST_CHECK;
/* Leave the newest key alone in the file: when nothing is left that another
 * closed, in no backup either. */
int sim_seal_forget(const char *path, struct sim_err *err) SIM_MUST_CHECK;

#endif
