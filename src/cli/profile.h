/* profile: which [profile.NAME] counts while none is named, as auth switch has
 * it; one line in the state folder. */
#ifndef SIM_PROFILE_H
#define SIM_PROFILE_H

#include <stdbool.h>

#include "util/err.h"
#include "util/mem.h"

/* The profile that counts: the given one, SIMUTRADOR_PROFILE's, or, unless only
 * those two do, the one of auth switch; in the arena; NULL: none. */
const char *sim_profile_pick(struct sim_mem_arena *arena, const char *given,
			     bool only_named);
/* From now on this one; NULL: none.
 * Errors: SIM_E_CONFIG no state folder; SIM_E_IO, SIM_E_CANTCREAT. */
int sim_profile_write(struct sim_mem_arena *arena, const char *name,
		      struct sim_err *err) SIM_MUST_CHECK;

/* STATE/NAME in the arena: what is kept between commands.
 * Errors: SIM_E_CONFIG neither XDG_STATE_HOME nor HOME is set. */
int sim_profile_state(struct sim_mem_arena *arena, const char *name,
		      const char **path, struct sim_err *err) SIM_MUST_CHECK;

#endif
