/* settings: reads configuration files; the environment is settings_env.c. */
#include "cli/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/settings_env.h"
#include "util/file.h"
#include "util/str.h"

#define FILES_MAX	16
#define PROFILES_MAX	256
#define PROJECT_FILE	".simutrador.conf"
#define USER_FILE	"/simutrador.conf"

const struct sim_settings_row sim_settings_rows[] = {
#define SIM_SETTING(key, def, help) { #key, def, help, false },
#define SIM_SETTING_SECRET(key, help) { #key, "", help, true },
#include "cli/settings.def"
#undef SIM_SETTING
#undef SIM_SETTING_SECRET
};

static const char *const keys[] = {
#define SIM_SETTING(key, def, help) #key,
#define SIM_SETTING_SECRET(key, help) #key,
#include "cli/settings.def"
#undef SIM_SETTING
#undef SIM_SETTING_SECRET
	NULL
};

int sim_settings_find(const char *key)
{
	for (int i = 0; keys[i]; i++)
		if (!strcmp(keys[i], key))
			return i;
	return -1;
}

const char *sim_settings_shown(const struct sim_settings *s, int key)
{
	const char *text = s->values[key].text;

	return text && sim_settings_rows[key].is_secret ? "(hidden)" : text;
}

bool sim_settings_is_set(const struct sim_settings *s, int key)
{
	return s->values[key].text && strcmp(s->values[key].origin, "default");
}

static char *join(struct sim_mem_arena *a, const char *x, const char *y)
{
	size_t nx = strlen(x), ny = strlen(y);
	char *s = sim_mem_arena_alloc(a, nx + ny + 1);

	memcpy(s, x, nx);
	memcpy(s + nx, y, ny + 1);
	return s;
}

/* -- where files are ----------------------------------------------------- */

int sim_settings_home(struct sim_mem_arena *arena, const char *xdg,
		      const char *fallback, const char **path,
		      struct sim_err *err)
{
	const char *base = getenv(xdg), *home = getenv("HOME");

	if (base && *base == '/') {	/* relative ones are to be ignored */
		*path = join(arena, base, "/simutrador");
		return SIM_OK;
	}
	if (!home || *home != '/')
		return sim_err_set(err, SIM_E_CONFIG,
				   "neither %s nor HOME names a folder; set one"
				   " of them, or use --data-dir", xdg);
	*path = join(arena, join(arena, home, fallback), "/simutrador");
	return SIM_OK;
}

bool sim_settings_exists(const char *path)
{
	return !access(path, F_OK);
}

static size_t add_file(struct sim_settings_file *out, size_t n, size_t max,
		       const char *path)
{
	if (n < max)
		out[n++] = (struct sim_settings_file){
			path, sim_settings_exists(path)
		};
	return n;
}

size_t sim_settings_files(struct sim_mem_arena *arena,
			  struct sim_settings_file *out, size_t max)
{
	const char *dirs = getenv("XDG_CONFIG_DIRS"), *path;
	size_t n = add_file(out, 0, max, PROJECT_FILE);
	char *list, *dir;

	if (!sim_settings_home(arena, "XDG_CONFIG_HOME", "/.config", &path,
			       NULL))
		n = add_file(out, n, max, join(arena, path, USER_FILE));
	list = sim_mem_arena_strdup(arena, dirs && *dirs ? dirs : "/etc/xdg");
	while ((dir = sim_str_sep(&list, ':'))) {
		if (*dir != '/')
			continue;
		path = join(arena, dir, "/simutrador");
		n = add_file(out, n, max, join(arena, path, USER_FILE));
	}
	return n;
}

/* -- one file ------------------------------------------------------------ */

struct reader {
	struct sim_settings *s;
	const char *path, *profile;
	int line;
	bool in_profile, skip;		/* of the section we are in */
	bool profile_found;		/* in any file */
	/* what this file says; profile values stand over the others */
	struct sim_settings_value base[SIM_SETTINGS__COUNT];
	struct sim_settings_value over[SIM_SETTINGS__COUNT];
};

static char *trim(char *s)
{
	size_t n;

	s += strspn(s, " \t\r");
	n = strlen(s);
	while (n && strchr(" \t\r", s[n - 1]))
		s[--n] = '\0';
	return s;
}

/* NAME of [profile.NAME], cut off in place; NULL: it is none. */
static char *profile_of(char *s)
{
	static const char prefix[] = "[profile.";
	size_t n = strlen(s), plen = sizeof(prefix) - 1;

	if (strncmp(s, prefix, plen) || s[n - 1] != ']' || n == plen + 1)
		return NULL;
	s[n - 1] = '\0';
	return s + plen;
}

static int section(struct reader *r, char *s, struct sim_err *err)
{
	char *name = profile_of(s);

	if (!name)
		return sim_err_set(err, SIM_E_CONFIG,
				   "%s:%d: a section is [profile.NAME], not"
				   " '%s'", r->path, r->line, s);
	r->in_profile = r->profile && !strcmp(name, r->profile);
	r->profile_found |= r->in_profile;
	r->skip = !r->in_profile;
	return SIM_OK;
}

static const char *origin_of(struct reader *r)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	const char *s;

	sim_buf_printf(&b, "%s:%d", r->path, r->line);
	s = sim_mem_arena_strdup(&r->s->arena, sim_buf_str(&b));
	sim_buf_release(&b);
	return s;
}

static int key_value(struct reader *r, char *s, struct sim_err *err)
{
	char *eq = strchr(s, '='), *value;
	const char *near;
	int key;

	if (!eq)
		return sim_err_set(err, SIM_E_CONFIG,
				   "%s:%d: a line is KEY = VALUE, not '%s'",
				   r->path, r->line, s);
	*eq = '\0';
	value = trim(eq + 1);
	s = trim(s);
	key = sim_settings_find(s);
	if (key < 0) {
		near = sim_str_near(s, keys);
		return sim_err_set(err, SIM_E_CONFIG,
				   "%s:%d: there is no setting '%s'%s%s%s",
				   r->path, r->line, s,
				   near ? "; did you mean '" : "",
				   near ? near : "", near ? "'?" : "");
	}
	if (sim_settings_rows[key].is_secret)
		return sim_err_set(err, SIM_E_CONFIG,
				   "%s:%d: %s is a secret; put it into the"
				   " environment, or a key into a file of its"
				   " own that key_file names", r->path,
				   r->line, s);
	if (r->skip)			/* another profile's: only checked */
		return SIM_OK;
	(r->in_profile ? r->over : r->base)[key] = (struct sim_settings_value){
		sim_mem_arena_strdup(&r->s->arena, value), origin_of(r)
	};
	return SIM_OK;
}

static int one_line(struct reader *r, char *s, struct sim_err *err)
{
	s = trim(s);
	if (!*s || *s == '#' || *s == ';')
		return SIM_OK;
	if (*s == '[')
		return section(r, s, err);
	return key_value(r, s, err);
}

static int read_file(struct reader *r, const char *path, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_SETTINGS_FILE_MAX + 1);
	int rc = sim_file_read(path, SIM_SETTINGS_FILE_MAX, &b, err);
	char *rest, *line;

	r->path = sim_mem_arena_strdup(&r->s->arena, path);
	r->line = 0;
	r->in_profile = r->skip = false;
	memset(r->base, 0, sizeof(r->base));
	memset(r->over, 0, sizeof(r->over));
	rest = rc ? NULL : sim_mem_arena_strdup(&r->s->arena, sim_buf_str(&b));
	sim_buf_release(&b);
	while (!rc && (line = sim_str_sep(&rest, '\n'))) {
		r->line++;
		rc = one_line(r, line, err);
	}
	for (int i = 0; !rc && i < SIM_SETTINGS__COUNT; i++) {
		const struct sim_settings_value *v =
			r->over[i].text ? &r->over[i] : &r->base[i];

		if (v->text && !r->s->values[i].text)
			r->s->values[i] = *v;
	}
	return rc;
}

/* -- names of profiles --------------------------------------------------- */

struct names {
	const char *v[PROFILES_MAX];
	size_t n;
};

static void take_name(struct sim_mem_arena *arena, struct names *all,
		      const char *name)
{
	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->v[i], name))
			return;
	if (all->n < PROFILES_MAX)
		all->v[all->n++] = sim_mem_arena_strdup(arena, name);
}

static void take_names(struct sim_mem_arena *arena, const char *path,
		       struct names *all)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_SETTINGS_FILE_MAX + 1);
	char *rest = NULL, *line, *name;

	if (!sim_file_read(path, SIM_SETTINGS_FILE_MAX, &b, NULL))
		rest = sim_mem_arena_strdup(arena, sim_buf_str(&b));
	while ((line = sim_str_sep(&rest, '\n'))) {
		name = profile_of(trim(line));
		if (name)
			take_name(arena, all, name);
	}
	sim_buf_release(&b);
}

void sim_settings_profiles(struct sim_mem_arena *arena,
			   void (*each)(void *ctx, const char *name),
			   void *ctx)
{
	struct sim_settings_file files[FILES_MAX];
	size_t n = sim_settings_files(arena, files, FILES_MAX);
	struct names all = { .n = 0 };

	for (size_t i = 0; i < n; i++)
		if (files[i].exists)
			take_names(arena, files[i].path, &all);
	for (size_t i = 0; i < all.n; i++)
		each(ctx, all.v[i]);
}

/* -- all of them --------------------------------------------------------- */

static void fill_defaults(struct sim_settings *s)
{
	for (int i = 0; i < SIM_SETTINGS__COUNT; i++) {
		struct sim_settings_value *v = &s->values[i];

		if (!v->text && *sim_settings_rows[i].def)
			*v = (struct sim_settings_value){
				sim_settings_rows[i].def, "default"
			};
	}
}

static int read_files(struct reader *r, const char *file, struct sim_err *err)
{
	struct sim_settings_file files[FILES_MAX];
	size_t n = sim_settings_files(&r->s->arena, files, FILES_MAX);
	int rc = SIM_OK;

	if (file)
		n = 1;			/* only the project's remains */
	for (size_t i = 0; i < n && !rc; i++)
		if (files[i].exists)
			rc = read_file(r, files[i].path, err);
	if (!rc && file)
		rc = read_file(r, file, err);
	return rc;
}

int sim_settings_load(struct sim_settings *s, const char *profile,
		      const char *file, struct sim_err *err)
{
	struct reader *r = sim_mem_zalloc(sizeof(*r));
	int rc;

	memset(s, 0, sizeof(*s));
	r->s = s;
	r->profile = profile;
	sim_settings_env_read(s);
	rc = read_files(r, file, err);
	if (!rc && profile && !r->profile_found)
		rc = sim_err_set(err, SIM_E_CONFIG,
				 "no configuration file has a section"
				 " [profile.%s]; `config path` lists the files,"
				 " `auth switch` chooses another", profile);
	if (rc)
		sim_settings_release(s);
	else
		fill_defaults(s);
	sim_mem_free(r);
	return rc;
}

void sim_settings_none(struct sim_settings *s)
{
	memset(s, 0, sizeof(*s));
	fill_defaults(s);
}

void sim_settings_release(struct sim_settings *s)
{
	sim_mem_arena_release(&s->arena);
	memset(s, 0, sizeof(*s));
}
