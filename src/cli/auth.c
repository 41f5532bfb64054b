/* auth: opens a login and prints it. */
#include "cli/auth.h"

#include <string.h>

#include "cli/profile.h"
#include "client/http.h"
#include "util/secret.h"

#define COLS { "server", SIM_OUT_COL_ID }, { "profile", 0 }, { "state", 0 }, \
	{ "user_id", 0 }, { "plan", 0 }, { "source", 0 }, { "expires_at", 0 }

const struct sim_out_col sim_auth_cols[] = {
	COLS, { "server_from", 0 }, { NULL, 0 }
};
const struct sim_out_col sim_auth_cols_token[] = {
	COLS, { "server_from", 0 }, { "token", 0 }, { NULL, 0 }
};
const struct sim_out_col sim_auth_cols_all[] = {
	COLS, { "is_current", 0 }, { NULL, 0 }
};
const struct sim_out_col sim_auth_cols_all_token[] = {
	COLS, { "is_current", 0 }, { "token", 0 }, { NULL, 0 }
};

int sim_auth_open(struct sim_cli *cli, const char *server_url,
		  struct sim_auth *a, struct sim_err *err)
{
	static struct sim_cli_common common;
	char url[SIM_HTTP_URL];
	int rc;

	a->login = NULL;
	if (server_url && cli->common->server)
		return sim_err_set(err, SIM_E_USAGE, "--server-url and --server"
				   " are the same; give one of them");
	rc = server_url ? sim_http_url("--server-url", server_url, url, err) :
		SIM_OK;
	if (rc)
		return rc;
	if (server_url) {
		common = *cli->common;
		common.server = server_url;
		cli->common = &common;
	}
	rc = sim_target_of(cli, &a->target, err);
	if (!rc)
		rc = sim_target_login(cli, &a->target, &a->login, err);
	return rc;
}

void sim_auth_close(struct sim_auth *a)
{
	sim_login_free(a->login);
	a->login = NULL;
}

int sim_auth_load(struct sim_cli *cli, struct sim_credentials *c,
		  struct sim_err *err)
{
	const char *path;
	int rc = sim_profile_state(cli->arena, "credentials.json", &path, err);

	return rc ? rc : sim_credentials_load(path, c, err);
}

void sim_auth_warn(const struct sim_cli *cli, const struct sim_auth *a)
{
	const char *url = a->target.url;

	if (!sim_http_is_secure(url) && !sim_http_is_local(url))
		sim_cli_warn(cli, "%s is not encrypted: whoever is on the way"
			     " can read keys and tokens; use https", url);
}

/* -- printing ------------------------------------------------------------ */

static void put_text(struct sim_out *o, const char *name, const char *s)
{
	sim_out_str(o, name, *s ? s : NULL);
}

/* Where a key that renews the token comes from; NULL: nowhere. */
static const char *key_origin(const struct sim_cli *cli)
{
	const struct sim_settings_value *v = cli->settings->values;

	if (v[SIM_SETTINGS_api_key].text)
		return v[SIM_SETTINGS_api_key].origin;
	return v[SIM_SETTINGS_key_file].text;
}

static const char *state_of(const struct sim_credentials_entry *e,
			    bool has_key)
{
	if (*e->token && e->expires > sim_target_now())
		return "valid";
	if (has_key || *e->api_key || *e->refresh)
		return "renewable";
	return "expired";
}

static void put_entry(struct sim_out *o, const struct sim_credentials_entry *e,
		      const char *state, const char *source)
{
	put_text(o, "server", e->server);
	put_text(o, "profile", e->profile);
	sim_out_str(o, "state", state);
	put_text(o, "user_id", e->user);
	put_text(o, "plan", e->plan);
	sim_out_str(o, "source", source);
	if (e->expires)
		sim_out_time(o, "expires_at", e->expires);
	else
		sim_out_null(o, "expires_at");
}

void sim_auth_put(struct sim_cli *cli, const struct sim_credentials_entry *e,
		  bool show_token)
{
	put_entry(cli->out, e, state_of(e, *e->mark),
		  *e->mark ? "environment" : "login");
	sim_out_bool(cli->out, "is_current", e->is_current);
	if (show_token)
		put_text(cli->out, "token", e->token);
}

static void print_given(struct sim_cli *cli, const struct sim_auth *a,
			bool show_token)
{
	const struct sim_settings_value *v =
		&cli->settings->values[SIM_SETTINGS_token];
	struct sim_out *o = cli->out;

	sim_out_str(o, "server", a->target.url);
	put_text(o, "profile", a->target.profile);
	sim_out_str(o, "state", "given");
	sim_out_str(o, "source", v->origin);
	sim_out_str(o, "server_from", a->target.origin);
	if (show_token)
		sim_out_str(o, "token", v->text);
}

static int print_kept(struct sim_cli *cli, struct sim_auth *a, bool show_token,
		      bool *is_in, struct sim_err *err)
{
	static struct sim_credentials_entry e;
	const char *origin = key_origin(cli);
	bool found;
	int rc = sim_login_look(a->login, &e, &found, err);

	if (rc)
		return rc;
	*is_in = true;
	if (found) {
		const char *state = state_of(&e, origin);

		*is_in = strcmp(state, "expired");
		put_entry(cli->out, &e, state, origin ? origin : "login");
		sim_out_str(cli->out, "server_from", a->target.origin);
		if (show_token)
			put_text(cli->out, "token", e.token);
	} else {
		*is_in = origin;
		sim_out_str(cli->out, "server", a->target.url);
		put_text(cli->out, "profile", a->target.profile);
		sim_out_str(cli->out, "state", origin ? "renewable" : "none");
		sim_out_str(cli->out, "source", origin);
		sim_out_str(cli->out, "server_from", a->target.origin);
	}
	sim_secret_wipe(&e, sizeof(e));
	return SIM_OK;
}

int sim_auth_print(struct sim_cli *cli, struct sim_auth *a, bool show_token,
		   bool *is_in, struct sim_err *err)
{
	int rc = SIM_OK;

	sim_out_object(cli->out, show_token ? sim_auth_cols_token
					    : sim_auth_cols);
	if (cli->settings->values[SIM_SETTINGS_token].text) {
		print_given(cli, a, show_token);
		*is_in = true;
	} else {
		rc = print_kept(cli, a, show_token, is_in, err);
	}
	sim_out_end(cli->out);
	return rc;
}
