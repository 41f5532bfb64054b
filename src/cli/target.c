/* target: options and settings become the place of sessions. */
#include "cli/target.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/ask.h"
#include "cli/profile.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/str.h"

#define WS_PATH		"/ws/simulate"
#define TIMEOUT_MAX_SEC	3600
#define RETRIES_MAX	1000

static const char *const kinds[] = { "local", "loop", "remote", NULL };

static const struct sim_settings_value *value(const struct sim_cli *cli,
					      enum sim_settings_key key)
{
	return &cli->settings->values[key];
}

/* What a setting says is wrong: where it stands goes first. */
static int bad_setting(const struct sim_cli *cli, enum sim_settings_key key,
		       struct sim_err *err)
{
	sim_err_prefix(err, "%s", value(cli, key)->origin);
	if (err)
		err->code = SIM_E_CONFIG;
	return SIM_E_CONFIG;
}

static int number(const struct sim_cli *cli, enum sim_settings_key key,
		  int64_t lo, int64_t hi, int *out, struct sim_err *err)
{
	int64_t n;

	if (sim_str_int(value(cli, key)->text, sim_settings_rows[key].key, lo,
			hi, &n, err))
		return bad_setting(cli, key, err);
	*out = (int)n;
	return SIM_OK;
}

const char *sim_target_last(struct sim_cli *cli, const char *profile)
{
	struct sim_credentials c = SIM_CREDENTIALS_INIT;
	const struct sim_credentials_entry *e;
	const char *path, *url = NULL;

	if (sim_profile_state(cli->arena, "credentials.json", &path, NULL) ||
	    sim_credentials_load(path, &c, NULL))
		return NULL;
	e = sim_credentials_current(&c, profile);
	if (e)
		url = sim_mem_arena_strdup(cli->arena, e->server);
	sim_credentials_release(&c);
	return url;
}

static int take_url(struct sim_cli *cli, struct sim_target *t,
		    struct sim_err *err)
{
	const struct sim_settings_value *v =
		value(cli, SIM_SETTINGS_server_url);
	const char *given = cli->common->server;
	char url[SIM_HTTP_URL];
	const char *last = NULL;
	int rc;

	if (!given && !sim_settings_is_set(cli->settings,
					   SIM_SETTINGS_server_url))
		last = sim_target_last(cli, t->profile);
	rc = sim_http_url(given ? "--server" : "server_url",
			  given ? given : last ? last : v->text, url, err);
	if (rc)
		return given ? rc : bad_setting(cli, SIM_SETTINGS_server_url,
						err);
	t->url = sim_mem_arena_strdup(cli->arena, url);
	t->origin = given ? "--server" : last ? "login" : v->origin;
	t->is_logged_in = last != NULL;
	return SIM_OK;
}

static const char *join(struct sim_cli *cli, const char *a, const char *b,
			const char *c)
{
	size_t n = strlen(a) + strlen(b) + strlen(c) + 1;
	char *s = sim_mem_arena_alloc(cli->arena, n);

	snprintf(s, n, "%s%s%s", a, b, c);
	return s;
}

/* ws[s]://..., with the path unless it has it: of ws_url, which is checked as
 * if it were http, else of the server's. */
static int take_ws_url(struct sim_cli *cli, struct sim_target *t,
		       struct sim_err *err)
{
	const struct sim_settings_value *v = value(cli, SIM_SETTINGS_ws_url);
	const char *url = t->url;
	char checked[SIM_HTTP_URL];
	size_t n;

	if (v->text && !cli->common->server) {
		if (strncmp(v->text, "ws://", 5) &&
		    strncmp(v->text, "wss://", 6)) {
			sim_err_set(err, SIM_E_CONFIG, "ws_url is"
				    " ws://HOST:PORT or wss://HOST, not '%s'",
				    v->text);
			return bad_setting(cli, SIM_SETTINGS_ws_url, err);
		}
		if (sim_http_url("ws_url", join(cli, "http", v->text + 2, ""),
				 checked, err))
			return bad_setting(cli, SIM_SETTINGS_ws_url, err);
		url = checked;
	}
	n = strlen(url);
	if (n >= strlen(WS_PATH) && !strcmp(url + n - strlen(WS_PATH), WS_PATH))
		t->ws_url = join(cli, "ws", url + 4, "");
	else
		t->ws_url = join(cli, "ws", url + 4, WS_PATH);
	return SIM_OK;
}

static int take_kind(const struct sim_cli *cli, struct sim_target *t,
		     struct sim_err *err)
{
	const char *word = value(cli, SIM_SETTINGS_backend)->text;
	int i = 0;

	while (word && kinds[i] && strcmp(kinds[i], word))
		i++;
	if (word && !kinds[i]) {
		sim_err_set(err, SIM_E_CONFIG, "backend is local, loop or"
			    " remote, not '%s'", word);
		return bad_setting(cli, SIM_SETTINGS_backend, err);
	}
	if (cli->common->server)
		t->kind = SIM_TARGET_REMOTE;
	else if (word)
		t->kind = (enum sim_target_kind)i;
	else if (sim_settings_is_set(cli->settings, SIM_SETTINGS_server_url) ||
		 t->is_logged_in)
		t->kind = SIM_TARGET_REMOTE;
	else
		t->kind = SIM_TARGET_LOCAL;
	if (cli->common->local && t->kind == SIM_TARGET_REMOTE)
		t->kind = SIM_TARGET_LOCAL;
	return SIM_OK;
}

int sim_target_of(struct sim_cli *cli, struct sim_target *t,
		  struct sim_err *err)
{
	struct sim_target got = {
		.profile = cli->profile ? cli->profile : "",
		.ca_file = value(cli, SIM_SETTINGS_ca_file)->text,
	};
	int rc, sec = 0;

	if (cli->common->local && cli->common->server)
		return sim_err_set(err, SIM_E_USAGE, "--local and --server say"
				   " different things; give one of them");
	rc = take_url(cli, &got, err);
	if (!rc)
		rc = take_ws_url(cli, &got, err);
	if (!rc)
		rc = take_kind(cli, &got, err);
	if (!rc)
		rc = number(cli, SIM_SETTINGS_timeout, 1, TIMEOUT_MAX_SEC,
			    &sec, err);
	if (!rc)
		rc = number(cli, SIM_SETTINGS_max_retries, 0, RETRIES_MAX,
			    &got.retries, err);
	if (rc)
		return rc;
	got.timeout_ms = 1000 * sec;
	*t = got;
	return SIM_OK;
}

/* -- who we are there ---------------------------------------------------- */

sim_time sim_target_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (sim_time)t.tv_sec * SIM_TIME_SEC + t.tv_nsec;
}

static sim_time now(void *ctx)
{
	(void)ctx;
	return sim_target_now();
}

/* The key in the file that key_file names, in key. */
static int read_key(const struct sim_cli *cli, char key[SIM_ASK_SECRET],
		    struct sim_err *err)
{
	const struct sim_settings_value *v = value(cli, SIM_SETTINGS_key_file);
	int rc = sim_ask_file(v->text, key, err);

	if (rc)
		sim_err_prefix(err, "%s: key_file", v->origin);
	return rc;
}

int sim_target_login(struct sim_cli *cli, const struct sim_target *t,
		     struct sim_login **l, struct sim_err *err)
{
	struct sim_login_cfg cfg = {
		.server = { .url = t->url, .ca_file = t->ca_file,
			    .timeout_ms = t->timeout_ms },
		.profile = t->profile, .now = now,
		.api_key = value(cli, SIM_SETTINGS_api_key)->text,
		.token = value(cli, SIM_SETTINGS_token)->text,
	};
	char key[SIM_ASK_SECRET];
	int rc = sim_profile_state(cli->arena, "credentials.json", &cfg.file,
				   err);

	if (!rc && !cfg.api_key && value(cli, SIM_SETTINGS_key_file)->text) {
		rc = read_key(cli, key, err);
		cfg.api_key = key;
	}
	if (!rc)
		*l = sim_login_new(&cfg);
	sim_secret_wipe(key, sizeof(key));
	return rc;
}

int sim_target_login_kept(struct sim_cli *cli, const struct sim_target *t,
			  const struct sim_credentials_entry *e,
			  struct sim_login **l, struct sim_err *err)
{
	struct sim_login_cfg cfg = {
		.server = { .url = e->server, .ca_file = t->ca_file,
			    .timeout_ms = t->timeout_ms },
		.profile = e->profile, .now = now,
		.token = *e->mark ? e->token : NULL,
	};
	int rc = sim_profile_state(cli->arena, "credentials.json", &cfg.file,
				   err);

	if (!rc)
		*l = sim_login_new(&cfg);
	return rc;
}
