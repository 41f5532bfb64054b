/*
 * totp: codes by time (RFC 6238: SHA-1, six digits, thirty seconds); the only
 * home of liboath.
 */
#ifndef SIM_TOTP_H
#define SIM_TOTP_H

#include "util/err.h"
#include "util/time.h"

#define SIM_TOTP_SEED	20		/* bytes, all of them random */
#define SIM_TOTP_TEXT	33		/* a seed in base32, NUL */
#define SIM_TOTP_SEC	30
#define SIM_TOTP_WINDOW	1		/* steps that clocks may differ */

/* The seed as people type it. */
void sim_totp_text(const unsigned char seed[SIM_TOTP_SEED],
		   char out[SIM_TOTP_TEXT]);

/*
 * Is this a code of about now, and of a later step than `last`?
 *
 * Gives:  *step: the code's, to be kept as `last`, so that none is good twice.
 * Errors: SIM_E_AUTH.
 */
int sim_totp_check(const unsigned char seed[SIM_TOTP_SEED], const char *code,
		   sim_time now, int64_t last, int64_t *step,
		   struct sim_err *err) SIM_MUST_CHECK;

/* The step of a moment. */
int64_t sim_totp_step(sim_time now);

/* The code of a moment. */
void sim_totp_code(const unsigned char seed[SIM_TOTP_SEED], sim_time now,
		   char out[7]);

#endif
