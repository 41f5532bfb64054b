/* timeout: --timeout, a limit to how long the program takes. */
#ifndef SIM_TIMEOUT_H
#define SIM_TIMEOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "util/err.h"

/*
 * From now on SIGALRM comes after `span`, and every few seconds after that;
 * unless a command catches it, it ends the program with a sentence (as_json: as
 * a JSON object) and the status of SIM_E_TIMEOUT.
 *
 * Takes:  span, a number above zero with ms, s, m, h or no unit (seconds).
 * Errors: SIM_E_USAGE.
 */
int sim_timeout_start(const char *span, bool as_json, struct sim_err *err)
	SIM_MUST_CHECK;

/* Such a span, in microseconds; false when it is none. */
bool sim_timeout_span(const char *span, int64_t *us);

/* Say so and end at once; fit for a signal handler. */
void sim_timeout_expire(void) __attribute__((noreturn));

#endif
