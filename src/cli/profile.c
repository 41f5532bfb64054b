/* profile: reads and replaces the line. */
#include "cli/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/settings.h"
#include "util/file.h"

#define NAME_MAX_BYTES	256

int sim_profile_state(struct sim_mem_arena *arena, const char *name,
		      const char **path, struct sim_err *err)
{
	const char *dir;
	char *joined;
	int rc = sim_settings_home(arena, "XDG_STATE_HOME", "/.local/state",
				   &dir, err);

	if (rc)
		return rc;
	joined = sim_file_join(dir, name);
	*path = sim_mem_arena_strdup(arena, joined);
	sim_mem_free(joined);
	return SIM_OK;
}

static const char *read_kept(struct sim_mem_arena *arena)
{
	struct sim_buf b = SIM_BUF_INIT(NAME_MAX_BYTES + 1);
	const char *path, *name = NULL;
	char *end;

	if (sim_profile_state(arena, "profile", &path, NULL))
		return NULL;
	if (!sim_file_read(path, NAME_MAX_BYTES, &b, NULL) && b.len) {
		end = strchr(b.data, '\n');
		if (end)
			*end = '\0';
		name = *b.data ? sim_mem_arena_strdup(arena, b.data) : NULL;
	}
	sim_buf_release(&b);
	return name;
}

const char *sim_profile_pick(struct sim_mem_arena *arena, const char *given,
			     bool only_named)
{
	const char *name = given ? given : getenv("SIMUTRADOR_PROFILE");

	if (name && *name)
		return name;
	return only_named ? NULL : read_kept(arena);
}

int sim_profile_write(struct sim_mem_arena *arena, const char *name,
		      struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	const char *path, *dir;
	int rc = sim_profile_state(arena, "profile", &path, err);

	if (rc)
		return rc;
	if (!name && unlink(path) && errno != ENOENT)
		return sim_err_set(err, SIM_E_IO, "%s can't be removed (%s)",
				   path, strerror(errno));
	if (!name)
		return SIM_OK;
	rc = sim_profile_state(arena, "", &dir, err);
	if (!rc)
		rc = sim_file_mkdirs(dir, err);
	sim_buf_printf(&b, "%s\n", name);
	if (!rc)
		rc = sim_file_write(path, b.data, b.len, 0600, err);
	sim_buf_release(&b);
	return rc;
}
