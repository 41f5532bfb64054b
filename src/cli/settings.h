/*
 * settings: values from the environment and configuration files.
 *
 * Highest first: SIMUTRADOR_<KEY>, a project's .env (settings_env.h),
 * ./.simutrador.conf, the user's file, each of XDG_CONFIG_DIRS.  A file is
 * `key = value` lines, `#` comments, and [profile.NAME] sections that overlay
 * the rest of their file.
 */
#ifndef SIM_SETTINGS_H
#define SIM_SETTINGS_H

#include <stdbool.h>

#include "util/mem.h"
#include "util/err.h"

#define SIM_SETTINGS_FILE_MAX	(1 << 20)

enum sim_settings_key {
#define SIM_SETTING(key, def, help) SIM_SETTINGS_##key,
#define SIM_SETTING_SECRET(key, help) SIM_SETTINGS_##key,
#include "cli/settings.def"
#undef SIM_SETTING
#undef SIM_SETTING_SECRET
	SIM_SETTINGS__COUNT
};

struct sim_settings_row {
	const char *key, *def, *help;
	bool is_secret;
};
extern const struct sim_settings_row sim_settings_rows[];

struct sim_settings_value {
	const char *text;		/* NULL: not set anywhere */
	const char *origin;	/* "FILE:LINE", "SIMUTRADOR_X", "default" */
};

struct sim_settings {
	struct sim_mem_arena arena;
	struct sim_settings_value values[SIM_SETTINGS__COUNT];
};

/*
 * Read the environment and the files.
 *
 * Takes:  profile, or NULL; file: instead of the user's and system's files, or
 *         NULL.
 * Errors: SIM_E_CONFIG a bad line or unknown key (with file and line), or a
 *         profile that no file has; SIM_E_NOENT `file` is missing.
 */
int sim_settings_load(struct sim_settings *s, const char *profile,
		      const char *file, struct sim_err *err) SIM_MUST_CHECK;
/* As if nothing were set anywhere. */
void sim_settings_none(struct sim_settings *s);
void sim_settings_release(struct sim_settings *s);
/* Index of a key, or -1. */
int sim_settings_find(const char *key);
/* Its value as it may be shown: "(hidden)" for a secret, NULL when not set. */
const char *sim_settings_shown(const struct sim_settings *s, int key);
/* Does the value come from anywhere but the built-in default? */
bool sim_settings_is_set(const struct sim_settings *s, int key);
/* The names of the profiles in all files, each once. */
void sim_settings_profiles(struct sim_mem_arena *arena,
			   void (*each)(void *ctx, const char *name),
			   void *ctx);

/* The files that are looked at, in order, in the arena: path and whether it
 * exists.  At most `max`; returns how many. */
struct sim_settings_file {
	const char *path;
	bool exists;
};
size_t sim_settings_files(struct sim_mem_arena *arena,
			  struct sim_settings_file *out, size_t max);

/* Is there a file or folder of this name? */
bool sim_settings_exists(const char *path);

/* $XDG_<kind>_HOME/simutrador or $HOME/<fallback>/simutrador, in the arena.
 * Errors: SIM_E_CONFIG neither is set (or not absolute). */
int sim_settings_home(struct sim_mem_arena *arena, const char *xdg,
		      const char *fallback, const char **path,
		      struct sim_err *err) SIM_MUST_CHECK;

#endif
