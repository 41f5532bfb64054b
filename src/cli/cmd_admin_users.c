/* simutrador admin users: an administrator's view of a server's users, through
 * the server. */
#include "cli/member.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

extern const struct sim_cmd sim_cmd_admin_users;

#define PAGE	1000			/* rows a server gives at a time */
#define PATH_BYTES 600

static int64_t last;

static const char *const verb_names[] = {
	"list", "show", "plan", "role", "disable", "enable", "sessions",
	"end", "usage", "audit", NULL
};
static const struct sim_opt opts[] = {
	{ SIM_OPT_INT, "last", .arg = "N",
	  .help = "audit, sessions: at most so many; 100 unless given",
	  .value = &last, .lo = 1, .hi = PAGE },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col cols[] = {
	{ "user_id", 0 }, { "username", SIM_OUT_COL_ID }, { "plan", 0 },
	{ "role", 0 }, { "disabled", 0 }, { "created_at", 0 },
	{ "email", 0 }, { "full_name", 0 }, { "has_password", 0 },
	{ "totp_enabled", 0 }, { "ended", 0 }, { NULL, 0 }
};
static const struct sim_out_col session_cols[] = {
	{ "kind", 0 }, { "session_id", SIM_OUT_COL_ID }, { "state", 0 },
	{ "steps", 0 }, { "device", 0 }, { "address", 0 }, { "created_at", 0 },
	{ "changed_at", 0 }, { "used_at", 0 }, { "expires_at", 0 },
	{ NULL, 0 }
};
static const struct sim_out_col audit_cols[] = {
	{ "seq", SIM_OUT_COL_ID }, { "time", 0 }, { "actor", 0 },
	{ "action", 0 }, { "subject", 0 }, { "detail", 0 },
	{ "hash", SIM_OUT_COL_WIDE }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador admin users list || test $? = 77",
	NULL
};

static bool is_verb(struct sim_cli *cli, const char *verb)
{
	return !strcmp(cli->argv[0], verb);
}

/* "/admin/users/USER" or that and a word. */
static int path_of(struct sim_cli *cli, const char *word, const char **path,
		   struct sim_err *err)
{
	int rc = sim_member_path(cli, "/admin/users", cli->argv[1], path,
				  err);

	if (!rc && word)
		rc = sim_member_path(cli, *path, word, path, err);
	return rc;
}

/* -- users --------------------------------------------------------------- */

/* One page into the list that is open; *n: its rows. */
static int put_page(struct sim_cli *cli, struct sim_auth *a, size_t from,
		    size_t *n, struct sim_err *err)
{
	char path[PATH_BYTES];
	const struct sim_member_ask ask = { "GET", path, NULL, true };
	struct sim_http_answer answer;
	const struct sim_json_val *v;
	int rc;

	snprintf(path, sizeof(path), "/admin/users?after=%zu&last=%d", from,
		 PAGE);
	rc = sim_member_call(a, &ask, &answer, err);
	v = sim_json_get(answer.doc ? sim_json_root(answer.doc) : NULL,
			 "users");
	*n = rc ? 0 : sim_json_len(v);
	for (size_t i = 0; i < *n; i++) {
		sim_out_row(cli->out);
		sim_member_put(cli->out, cols, sim_json_at(v, i));
		sim_out_row_end(cli->out);
	}
	sim_http_answer_release(&answer);
	return rc;
}

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_auth a = { .login = NULL };
	size_t from = 0, n = PAGE;
	int rc = sim_auth_open(cli, NULL, &a, err);

	if (!rc)
		sim_out_list(cli->out, cols);
	for (; !rc && n == PAGE; from += n)
		rc = put_page(cli, &a, from, &n, err);
	if (!rc)
		sim_out_end(cli->out);
	sim_auth_close(&a);
	return rc;
}

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_member_ask ask = { "GET", NULL, NULL, true };
	int rc = path_of(cli, NULL, &ask.path, err);

	return rc ? rc : sim_member_show(cli, &ask, cols, NULL, err);
}

/* plan and role: the verb is the field. */
static int run_set(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_member_body b;
	struct sim_member_ask ask = { "PUT", NULL, &b, true };
	int rc = path_of(cli, cli->argv[0], &ask.path, err);

	if (rc)
		return rc;
	sim_member_body(&b);
	sim_json_str(&b.json, cli->argv[0], cli->argv[2]);
	return sim_member_show(cli, &ask, cols, NULL, err);
}

static int run_able(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_member_body b;
	struct sim_member_ask ask = { "PUT", NULL, &b, true };
	int rc = path_of(cli, "disable", &ask.path, err);

	if (rc)
		return rc;
	sim_member_body(&b);
	sim_json_bool(&b.json, "disabled", is_verb(cli, "disable"));
	return sim_member_show(cli, &ask, cols, NULL, err);
}

static int run_end(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_member_ask ask = { "DELETE", NULL, NULL, true };
	int rc = path_of(cli, "sessions", &ask.path, err);

	return rc ? rc : sim_member_show(cli, &ask, cols, NULL, err);
}

/* -- what they do -------------------------------------------------------- */

static void put_kind(struct sim_cli *cli, const char *kind,
		     const struct sim_json_val *list)
{
	for (size_t i = 0; i < sim_json_len(list); i++) {
		sim_out_row(cli->out);
		sim_out_str(cli->out, "kind", kind);
		sim_member_put(cli->out, session_cols, sim_json_at(list, i));
		sim_out_row_end(cli->out);
	}
}

static void put_sessions(struct sim_cli *cli, const struct sim_json_val *root)
{
	sim_out_list(cli->out, session_cols);
	put_kind(cli, "login", sim_json_get(root, "logins"));
	put_kind(cli, "session", sim_json_get(root, "sessions"));
	sim_out_end(cli->out);
}

static void put_audit(struct sim_cli *cli, const struct sim_json_val *root)
{
	sim_member_print_upwards(cli, audit_cols,
				  sim_json_get(root, "entries"));
}

/* Ask what is about a user, and print it. */
static int about(struct sim_cli *cli,
		 void (*put)(struct sim_cli *cli,
			     const struct sim_json_val *root),
		 struct sim_err *err)
{
	struct sim_member_ask ask = { "GET", NULL, NULL, true };
	struct sim_http_answer answer = { .doc = NULL };
	struct sim_auth a = { .login = NULL };
	char path[PATH_BYTES];
	int rc = path_of(cli, cli->argv[0], &ask.path, err);

	if (!rc && last) {
		snprintf(path, sizeof(path), "%s?last=%" PRId64, ask.path,
			 last);
		ask.path = path;
	}
	if (!rc)
		rc = sim_auth_open(cli, NULL, &a, err);
	if (!rc)
		rc = sim_member_call(&a, &ask, &answer, err);
	if (!rc && answer.doc)
		put(cli, sim_json_root(answer.doc));
	sim_http_answer_release(&answer);
	sim_auth_close(&a);
	return rc;
}

static int run_sessions(struct sim_cli *cli, struct sim_err *err)
{
	return about(cli, put_sessions, err);
}

static int run_usage(struct sim_cli *cli, struct sim_err *err)
{
	return about(cli, sim_member_print_limits, err);
}

static int run_audit(struct sim_cli *cli, struct sim_err *err)
{
	return about(cli, put_audit, err);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	static const struct sim_member_verb verbs[] = {
		{ "list", 0, 0, NULL, run_list },
		{ "show", 1, 1, "USER", run_show },
		{ "plan", 2, 2, "USER PLAN", run_set },
		{ "role", 2, 2, "USER ROLE", run_set },
		{ "disable", 1, 1, "USER", run_able },
		{ "enable", 1, 1, "USER", run_able },
		{ "sessions", 1, 1, "USER", run_sessions },
		{ "end", 1, 1, "USER", run_end },
		{ "usage", 1, 1, "USER", run_usage },
		{ "audit", 1, 1, "USER", run_audit },
		{ NULL, 0, 0, NULL, NULL }
	};

	return sim_member_run(cli, verbs, err);
}

/* The columns of the verb, which is not known before it runs. */
static const struct sim_out_col all_cols[] = {
	{ "user_id", 0 }, { "username", SIM_OUT_COL_ID }, { "plan", 0 },
	{ "role", 0 }, { "disabled", 0 }, { "created_at", 0 }, { "email", 0 },
	{ "full_name", 0 }, { "has_password", 0 }, { "totp_enabled", 0 },
	{ "ended", 0 }, { "kind", 0 }, { "session_id", 0 }, { "state", 0 },
	{ "steps", 0 }, { "device", 0 }, { "address", 0 }, { "changed_at", 0 },
	{ "used_at", 0 }, { "expires_at", 0 }, { "limit", 0 }, { "value", 0 },
	{ "used", 0 }, { "resets", 0 }, { "seq", 0 }, { "time", 0 },
	{ "actor", 0 }, { "action", 0 }, { "subject", 0 }, { "detail", 0 },
	{ "hash", 0 }, { NULL, 0 }
};

const struct sim_cmd sim_cmd_admin_users = {
	.name = "admin users",
	.summary = "a server's users, through the server",
	.operands = "list|show|plan|role|disable|enable|sessions|end|usage|"
		"audit [USER [VALUE]]",
	.min = 1, .max = 3, .choices = verb_names, .opts = opts,
	.cols = all_cols, .examples = examples, .run = run,
};
