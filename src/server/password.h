/*
 * password: may this be one?
 *
 * Eight characters or more and at most 1024 bytes, of any kind, and none of
 * those that are tried first: the common ones however they are decorated, what
 * is near the user's name or address, rows of keys, one thing again and again;
 * and none of a list of leaked ones, where there is such a file.
 */
#ifndef SIM_PASSWORD_H
#define SIM_PASSWORD_H

#include "util/err.h"

#define SIM_PASSWORD_MIN	8	/* characters */
#define SIM_PASSWORD_MAX	1025	/* bytes, with NUL */

struct sim_password_of {
	const char *name, *email;	/* whose it is to be */
	const char *list;		/* a file, a line each; or NULL */
};

/* Errors: SIM_E_INVAL it may not, and why; SIM_E_NOENT, SIM_E_IO the file. */
int sim_password_check(const char *password, const struct sim_password_of *of,
		       struct sim_err *err) SIM_MUST_CHECK;

#endif
