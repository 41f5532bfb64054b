/* settings_env: two tables of names, looked up in two places. */
#include "cli/settings_env.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/str.h"

#define PATH_BYTES	4096
#define DEPTH_MAX	64	/* folders upwards */

/* Other names of a setting, what is put before their value, and whether they
 * win over SIMUTRADOR_<KEY>. */
static const struct alias {
	const char *name;
	enum sim_settings_key key;
	const char *before;
	bool wins;
} aliases[] = {
#define ALIAS(name, key, before) { name, SIM_SETTINGS_##key, before, false }
	{ "AUTH__API_KEY", SIM_SETTINGS_api_key, "", true },
	ALIAS("AUTH__TOKEN", token, ""),
	ALIAS("AUTH__SERVER_URL", server_url, ""),
	ALIAS("SERVER__WEBSOCKET__URL", ws_url, ""),
	ALIAS("SIMUTRADOR_COMMISSION_PER_SHARE", commission, "per-share:"),
	ALIAS("SIMUTRADOR_SLIPPAGE_BPS", slippage, "bps:"),
	ALIAS("SESSION__DEFAULT_INITIAL_CAPITAL", initial_capital, ""),
	ALIAS("SESSION__DEFAULT_DATA_PROVIDER", data_provider, ""),
	ALIAS("SESSION__DEFAULT_COMMISSION_PER_SHARE", commission,
	      "per-share:"),
	ALIAS("SESSION__DEFAULT_SLIPPAGE_BPS", slippage, "bps:"),
	ALIAS("SESSION__SESSION_TIMEOUT_SECONDS", timeout, ""),
	ALIAS("SESSION__MAX_RETRY_ATTEMPTS", max_retries, ""),
#undef ALIAS
};
#define NALIASES	(sizeof(aliases) / sizeof(aliases[0]))

static const char *join(struct sim_mem_arena *a, const char *x, const char *y)
{
	size_t nx = strlen(x), ny = strlen(y);
	char *s = sim_mem_arena_alloc(a, nx + ny + 1);

	memcpy(s, x, nx);
	memcpy(s + nx, y, ny + 1);
	return s;
}

/* SIMUTRADOR_INITIAL_CAPITAL of initial_capital. */
static const char *env_name(struct sim_mem_arena *a, const char *key)
{
	char *s = sim_mem_arena_strdup(a, join(a, "SIMUTRADOR_", key));

	for (char *p = s; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return s;
}

/* -- the .env file ------------------------------------------------------- */

/* Its lines as NAME, value and place. */
struct entry {
	const char *name, *value, *origin;
};
struct env_file {
	struct entry *entries;
	size_t n, cap;
};

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

const char *sim_settings_env_file(struct sim_mem_arena *arena)
{
	const char *named = getenv("SIMUTRADOR_ENV_FILE");
	char dir[PATH_BYTES], *slash;

	if (!named || !*named)
		named = getenv("ENV");
	if (named && *named)
		return is_file(named) ? named : NULL;
	if (!getcwd(dir, sizeof(dir)))
		return NULL;
	for (int i = 0; i < DEPTH_MAX; i++) {
		const char *path = join(arena, dir, "/.env");

		if (sim_settings_exists(join(arena, dir, "/.git")))
			return is_file(path) ? path : NULL;
		slash = strrchr(dir, '/');
		if (!slash || !*dir)
			return NULL;
		*slash = '\0';
	}
	return NULL;
}

static char *trim(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strlen(s);
	while (n && strchr(" \t\r", s[n - 1]))
		s[--n] = '\0';
	return s;
}

/* What a value says: between quotes, or up to a comment. */
static char *unquote(char *s)
{
	char *end;

	if (*s == '"' || *s == '\'') {
		end = strchr(s + 1, *s);
		if (end)
			*end = '\0';
		return end ? s + 1 : s;
	}
	end = strstr(s, " #");
	if (end)
		*end = '\0';
	return trim(s);
}

static void add_line(struct sim_mem_arena *a, struct env_file *f, char *s,
		     const char *origin)
{
	char *eq = strchr(s, '=');

	s = trim(s);
	if (!eq || *s == '#')
		return;
	*eq = '\0';
	if (!strncmp(s, "export ", 7))
		s += 7;
	SIM_MEM_GROW(f->entries, f->cap, f->n + 1);
	f->entries[f->n++] = (struct entry){
		sim_mem_arena_strdup(a, trim(s)),
		sim_mem_arena_strdup(a, unquote(trim(eq + 1))), origin
	};
}

/* A file that can't be read is as good as none: it is not ours. */
static void load(struct sim_mem_arena *a, struct env_file *f)
{
	const char *path = sim_settings_env_file(a);
	struct sim_buf b = SIM_BUF_INIT(SIM_SETTINGS_ENV_FILE_MAX + 1);
	struct sim_buf origin = SIM_BUF_INIT(SIM_BUF_MAX);
	char *rest = NULL, *line;

	if (path && !sim_file_read(path, SIM_SETTINGS_ENV_FILE_MAX, &b, NULL))
		rest = sim_mem_arena_strdup(a, sim_buf_str(&b));
	for (int i = 1; (line = sim_str_sep(&rest, '\n')); i++) {
		sim_buf_reset(&origin);
		sim_buf_printf(&origin, "%s:%d", path, i);
		add_line(a, f, line, sim_mem_arena_strdup(
				 a, sim_buf_str(&origin)));
	}
	sim_buf_release(&origin);
	sim_buf_release(&b);
}

/* -- looking up ---------------------------------------------------------- */

/* In the file, or without one in the environment; NULL value: not there. */
static struct entry look(const struct env_file *f, const char *name)
{
	const char *v;

	for (size_t i = f ? f->n : 0; i > 0; i--)	/* the last one wins */
		if (!strcmp(f->entries[i - 1].name, name))
			return f->entries[i - 1];
	v = f ? NULL : getenv(name);
	return (struct entry){ name, v, name };
}

static void take(struct sim_settings *s, int key, const char *before,
		 struct entry e)
{
	if (!e.value || !*e.value || s->values[key].text)
		return;
	s->values[key] = (struct sim_settings_value){
		join(&s->arena, before, e.value), e.origin
	};
}

static void read_aliases(struct sim_settings *s, const struct env_file *f,
			 bool wins)
{
	for (size_t i = 0; i < NALIASES; i++)
		if (aliases[i].wins == wins)
			take(s, (int)aliases[i].key, aliases[i].before,
			     look(f, aliases[i].name));
}

static void read_from(struct sim_settings *s, const struct env_file *f)
{
	read_aliases(s, f, true);
	for (int i = 0; i < SIM_SETTINGS__COUNT; i++)
		take(s, i, "", look(f, env_name(&s->arena,
						sim_settings_rows[i].key)));
	read_aliases(s, f, false);
}

void sim_settings_env_read(struct sim_settings *s)
{
	struct env_file f = { NULL, 0, 0 };

	read_from(s, NULL);
	load(&s->arena, &f);
	read_from(s, &f);
	sim_mem_free(f.entries);
}

/* -- what disagrees ------------------------------------------------------ */

/* Every name of one setting, in the environment and in the file. */
struct said {
	struct entry first, other;
	const char *first_text;
};

static void hear(struct sim_mem_arena *a, struct said *s, const char *before,
		 struct entry e)
{
	const char *text;

	if (!e.value || !*e.value)
		return;
	text = join(a, before, e.value);
	if (!s->first.value) {
		s->first = e;
		s->first_text = text;
	} else if (!s->other.value && strcmp(text, s->first_text)) {
		s->other = e;
	}
}

static void hear_from(struct sim_mem_arena *a, const struct env_file *f,
		      int key, struct said *s)
{
	for (size_t i = 0; i < NALIASES; i++)
		if ((int)aliases[i].key == key && aliases[i].wins)
			hear(a, s, aliases[i].before, look(f, aliases[i].name));
	hear(a, s, "", look(f, env_name(a, sim_settings_rows[key].key)));
	for (size_t i = 0; i < NALIASES; i++)
		if ((int)aliases[i].key == key && !aliases[i].wins)
			hear(a, s, aliases[i].before, look(f, aliases[i].name));
}

void sim_settings_env_clashes(struct sim_mem_arena *arena,
			      void (*each)(void *ctx, const char *key,
					   const char *used,
					   const char *other),
			      void *ctx)
{
	struct env_file f = { NULL, 0, 0 };

	load(arena, &f);
	for (int i = 0; i < SIM_SETTINGS__COUNT; i++) {
		struct said s = { .first_text = NULL };

		hear_from(arena, NULL, i, &s);
		hear_from(arena, &f, i, &s);
		if (s.other.value)
			each(ctx, sim_settings_rows[i].key, s.first.origin,
			     s.other.origin);
	}
	sim_mem_free(f.entries);
}
