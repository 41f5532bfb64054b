/* settings_env: settings from the environment and a project's .env file. */
#ifndef SIM_SETTINGS_ENV_H
#define SIM_SETTINGS_ENV_H

#include "cli/settings.h"

#define SIM_SETTINGS_ENV_FILE_MAX (1 << 20)

/*
 * Set what is not set yet: from SIMUTRADOR_<KEY>, from the names of the Python
 * client, then from the same names in the .env file, if there is one.
 *
 * Empty variables don't count.  The file is the one that SIMUTRADOR_ENV_FILE,
 * else ENV names, else .env beside the nearest .git upwards; its other lines
 * are for others, and passed over.
 */
void sim_settings_env_read(struct sim_settings *s);

/* Where two names of one setting say different things: the place that counts,
 * and one that doesn't. */
void sim_settings_env_clashes(struct sim_mem_arena *arena,
			      void (*each)(void *ctx, const char *key,
					   const char *used,
					   const char *other),
			      void *ctx);

/* That file in the arena, or NULL: there is none. */
const char *sim_settings_env_file(struct sim_mem_arena *arena);

#endif
