/*
 * numbered: folders called by a letter and a number: r1, r2, ... in one
 * folder, which is their list.
 */
#ifndef SIM_NUMBERED_H
#define SIM_NUMBERED_H

#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

/* The number in a name such as r12; 0 when it is none, or of another letter. */
uint64_t sim_numbered_of(const char *name, char letter);

/*
 * All numbers in dir, ascending; a folder that isn't there has none.
 * Takes:  what they are, for messages ("runs").
 * Gives:  *out, freed with sim_mem_free (also after an error).
 * Errors: SIM_E_IO.
 */
int sim_numbered_list(const char *dir, char letter, const char *what,
		      uint64_t **out, size_t *n, struct sim_err *err)
	SIM_MUST_CHECK;

/* The greatest of them, 0 when there is none. */
int sim_numbered_last(const char *dir, char letter, const char *what,
		      uint64_t *last, struct sim_err *err) SIM_MUST_CHECK;

#endif
