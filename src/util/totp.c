/* totp: thin names over liboath. */
#include "util/totp.h"

#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

#include "util/secret.h"

#define DIGITS 6

void sim_totp_text(const unsigned char seed[SIM_TOTP_SEED],
		   char out[SIM_TOTP_TEXT])
{
	char *text = NULL;
	size_t n = 0;

	if (oath_base32_encode((const char *)seed, SIM_TOTP_SEED, &text, &n) ||
	    n != SIM_TOTP_TEXT - 1)
		SIM_BUG("a seed that has no base32");
	memcpy(out, text, SIM_TOTP_TEXT);
	sim_secret_wipe(text, n);
	free(text);
}

void sim_totp_code(const unsigned char seed[SIM_TOTP_SEED], sim_time now,
		   char out[7])
{
	if (oath_totp_generate((const char *)seed, SIM_TOTP_SEED,
			       (time_t)(now / SIM_TIME_SEC), SIM_TOTP_SEC, 0,
			       DIGITS, out))
		SIM_BUG("a seed that has no code");
}

int64_t sim_totp_step(sim_time now)
{
	return now / SIM_TIME_SEC / SIM_TOTP_SEC;
}

/* Each step's code is worked out and compared whole, whether or not one
 * before it was the right one. */
int sim_totp_check(const unsigned char seed[SIM_TOTP_SEED], const char *code,
		   sim_time now, int64_t last, int64_t *step,
		   struct sim_err *err)
{
	int64_t found = -1, at = sim_totp_step(now);
	bool is_code = strlen(code) == DIGITS;
	char want[DIGITS + 1];

	for (int64_t i = at - SIM_TOTP_WINDOW; is_code &&
	     i <= at + SIM_TOTP_WINDOW; i++) {
		if (i < 0)
			continue;
		sim_totp_code(seed, i * SIM_TOTP_SEC * SIM_TIME_SEC, want);
		if (sim_secret_equal(want, code, DIGITS) && i > last)
			found = i;
	}
	sim_secret_wipe(want, sizeof(want));
	if (found < 0)
		return sim_err_set(err, SIM_E_AUTH, "the code is wrong, too "
				   "old or was used; wait for the next one");
	*step = found;
	return SIM_OK;
}
