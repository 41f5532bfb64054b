/* refusal: what went wrong, for programs: the error of -o json. */
#ifndef SIM_REFUSAL_H
#define SIM_REFUSAL_H

#include "util/err.h"

/* One JSON object on stderr.  Whoever refused may have said how many seconds
 * to wait, and details. */
void sim_refusal_print(const struct sim_err *err);

#endif
