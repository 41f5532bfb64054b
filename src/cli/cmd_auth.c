/* simutrador auth: log in at a server, and what is kept of it. */
#include "cli/auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/member.h"
#include "cli/profile.h"
#include "util/mem.h"
#include "util/secret.h"

extern const struct sim_cmd sim_cmd_auth_login, sim_cmd_auth_status,
	sim_cmd_auth_logout, sim_cmd_auth_refresh, sim_cmd_auth_token,
	sim_cmd_auth_switch, sim_cmd_auth_limits;

static bool with_token, show_token, check, all, everywhere;
static const char *api_key, *key_file, *server_url, *user, *session;

#define SERVER_URL { SIM_OPT_STR, "server-url", .arg = "URL", \
	.help = "the same as --server", .value = &server_url }

/* -- login --------------------------------------------------------------- */

static const struct sim_opt login_opts[] = {
	{ SIM_OPT_FLAG, "with-token",
	  .help = "read the API key from standard input",
	  .value = &with_token },
	{ SIM_OPT_PATH, "key-file", .arg = "FILE",
	  .help = "read it from the first line of a file that only you can"
		  " read", .value = &key_file, .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_STR, "api-key", .arg = "KEY",
	  .help = "the API key; better not, shells remember it",
	  .value = &api_key, .flags = SIM_OPT_SECRET },
	{ SIM_OPT_STR, "user", .arg = "NAME",
	  .help = "log in with a password instead, as this user or address",
	  .value = &user },
	SIM_MEMBER_OPTS,
	SERVER_URL,
	{ .kind = SIM_OPT_END }
};
static const char *const login_examples[] = {
	"echo sk_0123 | simutrador auth login --with-token || test $? = 69",
	"simutrador auth login --key-file key || test $? = 66",
	NULL
};

static int one_source(struct sim_err *err)
{
	bool has_key = api_key || key_file || with_token;
	bool has_password = sim_member_words.with_password ||
		sim_member_words.file;

	if (user && has_key)
		return sim_err_set(err, SIM_E_USAGE, "--user logs in with a"
				   " password and needs no API key; leave one"
				   " of them out");
	if (has_password && !user)
		return sim_err_set(err, SIM_E_USAGE, "a password needs --user"
				   " NAME to say whose it is");
	if ((api_key != NULL) + (key_file != NULL) + with_token > 1)
		return sim_err_set(err, SIM_E_USAGE, "--with-token, --key-file"
				   " and --api-key each name the API key; give"
				   " one of them");
	return SIM_OK;
}

/* The key, wherever it comes from. */
static int take_key(const struct sim_cli *cli, char key[SIM_ASK_SECRET],
		    struct sim_err *err)
{
	const struct sim_settings_value *v = cli->settings->values;
	const char *text = api_key ? api_key : v[SIM_SETTINGS_api_key].text;
	const char *file = key_file ? key_file : v[SIM_SETTINGS_key_file].text;

	if (with_token)
		return sim_ask_stdin("--with-token", key, err);
	if (key_file || (!text && file))
		return sim_ask_file(file, key, err);
	if (!text)
		return sim_ask_person(cli, "API key", "pipe it to"
				      " --with-token, name a --key-file, or set"
				      " SIMUTRADOR_API_KEY", key, err);
	if (strlen(text) >= SIM_ASK_SECRET)
		return sim_err_set(err, SIM_E_INVAL, "the API key has %zu"
				   " bytes; at most %d were expected",
				   strlen(text), SIM_ASK_SECRET - 1);
	snprintf(key, SIM_ASK_SECRET, "%s", text);
	return SIM_OK;
}

static void warn_of_key(const struct sim_cli *cli, const struct sim_auth *a)
{
	const struct sim_settings_value *v =
		&cli->settings->values[SIM_SETTINGS_api_key];

	sim_auth_warn(cli, a);
	if (api_key)
		sim_cli_warn(cli, "--api-key is seen by whoever lists processes"
			     " and kept by shells; use --with-token,"
			     " --key-file or SIMUTRADOR_API_KEY");
	if (v->text && (api_key || key_file || with_token || user))
		sim_cli_warn(cli, "%s is set and stands over this login; unset"
			     " it", v->origin);
}

static int log_in(struct sim_cli *cli, struct sim_auth *a, struct sim_err *err)
{
	char key[SIM_ASK_SECRET];
	int rc;

	if (user) {
		warn_of_key(cli, a);
		return sim_member_log_in(cli, a, user, err);
	}
	rc = take_key(cli, key, err);
	if (!rc) {
		warn_of_key(cli, a);
		rc = sim_login_by_key(a->login, key, err);
	}
	sim_secret_wipe(key, sizeof(key));
	return rc;
}

/* What follows from it: which profile counts, and where sessions are. */
static int follow(struct sim_cli *cli, struct sim_err *err)
{
	const char *profile = cli->common->profile;
	const struct sim_settings_value *v =
		&cli->settings->values[SIM_SETTINGS_backend];
	struct sim_target t;
	int rc = profile && *profile ?
		sim_profile_write(cli->arena, profile, err) : SIM_OK;

	if (!rc)
		rc = sim_target_of(cli, &t, err);
	if (rc)
		return rc;
	if (profile && *profile)
		sim_cli_note(cli, "Profile %s counts from now on; simutrador"
			     " auth switch chooses another.", profile);
	if (t.kind == SIM_TARGET_REMOTE)
		sim_cli_note(cli, "Logged in; sessions are at %s from now on,"
			     " and with --local here.  Next: simutrador session"
			     " create SYMBOL...", t.url);
	else
		sim_cli_note(cli, "Logged in; sessions stay on this machine,"
			     " since %s says so, and with --server they are"
			     " at %s.", v->text ? v->origin : "--local", t.url);
	return SIM_OK;
}

static int run_login(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_auth a = { .login = NULL };
	bool is_in;
	int rc = one_source(err);

	if (!rc)
		rc = sim_auth_open(cli, server_url, &a, err);
	if (!rc)
		rc = log_in(cli, &a, err);
	if (!rc)
		rc = sim_auth_print(cli, &a, false, &is_in, err);
	if (!rc)
		rc = follow(cli, err);
	sim_auth_close(&a);
	return rc;
}

const struct sim_cmd sim_cmd_auth_login = {
	.name = "auth login",
	.summary = "log in at a server, with an API key or a password",
	.operands = "", .opts = login_opts, .cols = sim_auth_cols,
	.examples = login_examples, .flags = SIM_CMD_ACTS | SIM_CMD_SECRET,
	.run = run_login,
};

/* -- status -------------------------------------------------------------- */

static const struct sim_opt status_opts[] = {
	{ SIM_OPT_FLAG, "show-token", .help = "print the token too",
	  .value = &show_token },
	{ SIM_OPT_FLAG, "check", .help = "ask the server whether it is good",
	  .value = &check },
	{ SIM_OPT_FLAG, "all", .help = "every login that is kept, as a list",
	  .value = &all },
	SERVER_URL,
	{ .kind = SIM_OPT_END }
};
static const char *const status_examples[] = {
	"simutrador auth status || test $? = 77",
	"simutrador auth status --all",
	NULL
};

static const struct sim_out_col *status_cols(void)
{
	if (all)
		return show_token ? sim_auth_cols_all_token : sim_auth_cols_all;
	return show_token ? sim_auth_cols_token : sim_auth_cols;
}

static int print_all(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_credentials c = SIM_CREDENTIALS_INIT;
	int rc = sim_auth_load(cli, &c, err);

	if (rc)
		return rc;
	sim_out_list(cli->out, status_cols());
	for (size_t i = 0; i < c.n; i++) {
		sim_out_row(cli->out);
		sim_auth_put(cli, &c.v[i], show_token);
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
	sim_credentials_release(&c);
	return SIM_OK;
}

/* The server's word: a token that it doesn't take fails. */
static int ask_server(struct sim_auth *a, struct sim_err *err)
{
	struct sim_http_request rq = { .method = "POST",
				       .path = "/auth/validate" };
	struct sim_http_answer answer;
	int rc = sim_login_call(a->login, &rq, &answer, err);

	sim_http_answer_release(&answer);
	return rc;
}

static int run_status(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_auth a = { .login = NULL };
	bool is_in = false;
	int rc;

	if (all && check)
		return sim_err_set(err, SIM_E_USAGE, "--check asks one server,"
				   " and --all may have many; give one of"
				   " them");
	if (all)
		return print_all(cli, err);
	rc = sim_auth_open(cli, server_url, &a, err);
	if (!rc && check)
		rc = ask_server(&a, err);
	if (!rc)
		rc = sim_auth_print(cli, &a, show_token, &is_in, err);
	if (!rc && !is_in)
		rc = sim_err_set(err, SIM_E_AUTH, "nobody is logged in at %s%s"
				 "%s; simutrador auth login does", a.target.url,
				 *a.target.profile ? " with profile " : "",
				 a.target.profile);
	sim_auth_close(&a);
	return rc;
}

const struct sim_cmd sim_cmd_auth_status = {
	.name = "auth status", .summary = "say who is logged in where",
	.operands = "", .opts = status_opts, .cols = sim_auth_cols_token,
	.cols_of = status_cols, .examples = status_examples,
	.flags = SIM_CMD_SECRET, .run = run_status,
};

/* -- logout -------------------------------------------------------------- */

static const struct sim_opt logout_opts[] = {
	{ SIM_OPT_FLAG, "all",
	  .help = "every one that is kept, and at their servers the users'"
		  " others too", .value = &all },
	{ SIM_OPT_FLAG, "everywhere",
	  .help = "end the server's other logins of this user too",
	  .value = &everywhere },
	{ SIM_OPT_STR, "session", .arg = "ID",
	  .help = "end that one of auth logins at the server, and nothing"
		  " else", .value = &session },
	SERVER_URL,
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col logout_cols[] = {
	{ "server", SIM_OUT_COL_ID }, { "profile", 0 }, { "removed", 0 },
	{ "ended", 0 }, { NULL, 0 }
};
static const char *const logout_examples[] = {
	"simutrador auth logout",
	"simutrador auth logout --all",
	NULL
};

#define GOODBYE_MS	5000	/* that a server of many has to answer */

struct ended {
	int64_t n;		/* logins of the server */
	bool is_known;		/* false: it doesn't take the token */
	bool is_old;		/* it takes it for that login alone */
};

/* This login or --session's, or with_others each of its user. */
static int ask_end(struct sim_auth *a, bool with_others, struct ended *e,
		   struct sim_err *err)
{
	struct sim_member_body b;
	const struct sim_member_ask ask = { "POST", "/auth/logout", &b,
					     true };
	struct sim_http_answer answer;
	int64_t n = 0;
	int rc;

	sim_member_body(&b);
	if (with_others)
		sim_json_bool(&b.json, "all", true);
	if (session)
		sim_json_str(&b.json, "session_id", session);
	rc = sim_member_call(a, &ask, &answer, err);
	if (!rc && answer.doc)
		sim_json_as_int(sim_json_get(sim_json_root(answer.doc),
					     "ended"), &n);
	e->n += n;
	e->is_known = answer.status != 401 && (!rc || answer.status);
	e->is_old = rc && !strcmp(answer.code, "LOGIN_TOO_OLD");
	sim_http_answer_release(&answer);
	return rc;
}

/* Logins with a password end at the server too.  One that is too old to end
 * others with --all ends itself. */
static int end_there(struct sim_cli *cli, struct sim_auth *a, struct ended *e,
		     struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	int rc = ask_end(a, everywhere || all, e, &why);

	if (rc && e->is_old && all) {
		sim_cli_warn(cli, "other logins of this user at %s go on: %s",
			     a->target.url, why.msg);
		return ask_end(a, false, e, err);
	}
	if (rc)
		*err = why;
	return rc;
}

/* One that is only forgotten here goes on there: that is said. */
static void end_or_say(struct sim_cli *cli, struct sim_auth *a,
		       struct ended *e)
{
	struct sim_err why = SIM_ERR_INIT;

	if (end_there(cli, a, e, &why) &&
	    (e->is_known || why.code != SIM_E_AUTH))
		sim_cli_warn(cli, "what is logged in at %s is forgotten here,"
			     " but goes on there: %s", a->target.url, why.msg);
}

static int end_login(struct sim_cli *cli, struct sim_auth *a,
		     struct ended *ended, struct sim_err *err)
{
	static struct sim_credentials_entry e;
	bool found = false, has_refresh;
	int rc = sim_login_look(a->login, &e, &found, err);

	has_refresh = found && *e.refresh;
	sim_secret_wipe(&e, sizeof(e));
	if (rc || everywhere)
		return rc ? rc : end_there(cli, a, ended, err);
	if (has_refresh)
		end_or_say(cli, a, ended);
	return SIM_OK;
}

/* Every login of the file, each at its server, with the others of its user. */
static int end_logins(struct sim_cli *cli, const struct sim_auth *here,
		      struct ended *ended, struct sim_err *err)
{
	struct sim_credentials c = SIM_CREDENTIALS_INIT;
	int rc = sim_auth_load(cli, &c, err);

	for (size_t i = 0; !rc && i < c.n; i++) {
		struct sim_auth a = { .target = here->target };

		a.target.url = c.v[i].server;
		if (a.target.timeout_ms > GOODBYE_MS)
			a.target.timeout_ms = GOODBYE_MS;
		rc = sim_target_login_kept(cli, &a.target, &c.v[i], &a.login,
					   err);
		if (!rc)
			end_or_say(cli, &a, ended);
		sim_auth_close(&a);
	}
	sim_credentials_release(&c);
	return rc;
}

static void warn_of_environment(const struct sim_cli *cli)
{
	const struct sim_settings_value *v = cli->settings->values;
	const struct sim_settings_value *set = &v[SIM_SETTINGS_token];

	if (!set->text)
		set = &v[SIM_SETTINGS_api_key];
	if (set->text)
		sim_cli_warn(cli, "%s is set and still logs in; unset it",
			     set->origin);
}

static int check_which(struct sim_err *err)
{
	if (all + everywhere + (session != NULL) <= 1)
		return SIM_OK;
	return sim_err_set(err, SIM_E_USAGE, "--all ends logins at every"
			   " server, --everywhere those of one and --session"
			   " one; give one of them");
}

/* What is kept of it here goes too, but of another login there is nothing. */
static int end_and_forget(struct sim_cli *cli, struct sim_auth *a,
			  struct ended *ended, size_t *n, struct sim_err *err)
{
	int rc;

	if (session)
		return ask_end(a, false, ended, err);
	rc = all ? end_logins(cli, a, ended, err)
		 : end_login(cli, a, ended, err);
	return rc ? rc : sim_login_forget(a->login, all, n, err);
}

static int run_logout(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_auth a = { .login = NULL };
	struct ended ended = { .n = 0 };
	size_t n = 0;
	int rc = check_which(err);

	if (!rc)
		rc = sim_auth_open(cli, server_url, &a, err);
	if (!rc)
		rc = end_and_forget(cli, &a, &ended, &n, err);
	if (!rc) {
		sim_out_object(cli->out, logout_cols);
		sim_out_str(cli->out, "server", all ? NULL : a.target.url);
		sim_out_str(cli->out, "profile",
			    all || !*a.target.profile ? NULL
						      : a.target.profile);
		sim_out_int(cli->out, "removed", (int64_t)n);
		sim_out_int(cli->out, "ended", ended.n);
		sim_out_end(cli->out);
		if (!session)
			warn_of_environment(cli);
	}
	sim_auth_close(&a);
	return rc;
}

const struct sim_cmd sim_cmd_auth_logout = {
	.name = "auth logout", .summary = "forget a login",
	.operands = "", .opts = logout_opts, .cols = logout_cols,
	.examples = logout_examples, .flags = SIM_CMD_ACTS,
	.run = run_logout,
};

/* -- refresh, token ------------------------------------------------------ */

static const char *const refresh_examples[] = {
	"simutrador auth refresh || test $? = 77",
	NULL
};

static int run_refresh(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_auth a = { .login = NULL };
	bool is_in;
	int rc = sim_auth_open(cli, NULL, &a, err);

	if (!rc)
		rc = sim_login_renew(a.login, err);
	if (!rc)
		rc = sim_auth_print(cli, &a, false, &is_in, err);
	sim_auth_close(&a);
	return rc;
}

const struct sim_cmd sim_cmd_auth_refresh = {
	.name = "auth refresh", .summary = "get a new token now",
	.operands = "", .cols = sim_auth_cols, .examples = refresh_examples,
	.flags = SIM_CMD_ACTS, .run = run_refresh,
};

static const char *const token_examples[] = {
	"simutrador auth token || test $? = 77",
	NULL
};

static int run_token(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_auth a = { .login = NULL };
	const char *token;
	int rc = sim_auth_open(cli, NULL, &a, err);

	if (!rc)
		rc = sim_login_token(a.login, &token, err);
	if (!rc)
		sim_out_printf(cli->out, "%s\n", token);
	sim_auth_close(&a);
	return rc;
}

const struct sim_cmd sim_cmd_auth_token = {
	.name = "auth token",
	.summary = "print a token that is good for five minutes or more",
	.operands = "", .examples = token_examples, .flags = SIM_CMD_PLAIN,
	.run = run_token,
};

/* -- switch -------------------------------------------------------------- */

static const struct sim_out_col switch_cols[] = {
	{ "profile", SIM_OUT_COL_ID }, { "server", 0 }, { NULL, 0 }
};
static const char *const switch_examples[] = {
	"printf '[profile.paper]\\nserver_url = https://a.example\\n'"
	" >.simutrador.conf && simutrador auth switch paper",
	"simutrador auth switch",
	NULL
};

static int run_switch(struct sim_cli *cli, struct sim_err *err)
{
	const char *name = cli->argc ? cli->argv[0] : NULL;
	const char *set = getenv("SIMUTRADOR_PROFILE");
	struct sim_settings s;
	int rc = sim_settings_load(&s, name, cli->common->config, err);

	if (rc)
		return rc;
	rc = sim_profile_write(cli->arena, name, err);
	if (!rc && set && *set)
		sim_cli_warn(cli, "SIMUTRADOR_PROFILE is set and stands over"
			     " it; unset it");
	if (!rc) {
		const char *last = sim_settings_is_set(
			&s, SIM_SETTINGS_server_url) ? NULL :
			sim_target_last(cli, name ? name : "");

		sim_out_object(cli->out, switch_cols);
		sim_out_str(cli->out, "profile", name);
		sim_out_str(cli->out, "server", last ? last :
			    s.values[SIM_SETTINGS_server_url].text);
		sim_out_end(cli->out);
	}
	sim_settings_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_auth_switch = {
	.name = "auth switch",
	.summary = "choose the profile that counts from now on",
	.operands = "[PROFILE]", .max = 1, .words = SIM_OPT_WORDS_PROFILE,
	.cols = switch_cols, .examples = switch_examples,
	.flags = SIM_CMD_ACTS | SIM_CMD_ANY_PROFILE, .run = run_switch,
};

/* -- limits -------------------------------------------------------------- */

static const char *const limits_examples[] = {
	"simutrador auth limits || test $? = 77",
	NULL
};

static int run_limits(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_http_request rq = { .method = "GET",
				       .path = "/auth/limits" };
	struct sim_http_answer answer = { .doc = NULL };
	struct sim_auth a = { .login = NULL };
	int rc = sim_auth_open(cli, NULL, &a, err);

	if (!rc)
		rc = sim_login_call(a.login, &rq, &answer, err);
	if (!rc && answer.doc)
		sim_member_print_limits(cli, sim_json_root(answer.doc));
	sim_http_answer_release(&answer);
	sim_auth_close(&a);
	return rc;
}

const struct sim_cmd sim_cmd_auth_limits = {
	.name = "auth limits",
	.summary = "what the plan allows, and what is used of it",
	.operands = "", .cols = sim_member_limit_cols,
	.examples = limits_examples,
	.run = run_limits,
};
