/* simutrador auth register, verify, logins, profile, password: becoming a user
 * of a server, and what one is there. */
#include "cli/member.h"

#include <string.h>

#include "util/secret.h"

extern const struct sim_cmd sim_cmd_auth_register, sim_cmd_auth_verify,
	sim_cmd_auth_logins, sim_cmd_auth_profile, sim_cmd_auth_password;

static const char *full_name, *email;
static bool revoke_keys;

/* -- register ------------------------------------------------------------ */

static const struct sim_opt register_opts[] = {
	SIM_MEMBER_OPTS,
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col request_cols[] = {
	{ "request_id", SIM_OUT_COL_ID }, { "status", 0 }, { "expires_in", 0 },
	{ NULL, 0 }
};
static const char *const register_examples[] = {
	"echo 'a long secret' | simutrador auth register ada ada@example.org"
	" --with-password || test $? = 69",
	NULL
};

static int run_register(struct sim_cli *cli, struct sim_err *err)
{
	char password[SIM_ASK_SECRET] = "";
	struct sim_member_body b;
	const struct sim_member_ask ask = { "POST", "/auth/register", &b,
					     false };
	int rc = sim_member_new_password(cli, true, password, err);

	if (!rc) {
		sim_member_body(&b);
		sim_json_str(&b.json, "username", cli->argv[0]);
		sim_json_str(&b.json, "email", cli->argv[1]);
		sim_json_str(&b.json, "password", password);
		rc = sim_member_show(cli, &ask, request_cols, NULL, err);
	}
	sim_secret_wipe(password, sizeof(password));
	if (!rc)
		sim_cli_note(cli, "A mail with a code is on its way.  Next:"
			     " simutrador auth verify REQUEST_ID");
	return rc;
}

const struct sim_cmd sim_cmd_auth_register = {
	.name = "auth register", .summary = "become a user of a server",
	.operands = "NAME EMAIL", .min = 2, .max = 2, .opts = register_opts,
	.cols = request_cols, .examples = register_examples,
	.flags = SIM_CMD_ACTS | SIM_CMD_SECRET, .run = run_register,
};

/* -- verify -------------------------------------------------------------- */

static const struct sim_opt verify_opts[] = {
	{ SIM_OPT_FLAG, "with-code",
	  .help = "read the code from standard input",
	  .value = &sim_member_words.with_password },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col verify_cols[] = {
	{ "user_id", SIM_OUT_COL_ID }, { "username", 0 }, { "status", 0 },
	{ NULL, 0 }
};
static const char *const verify_examples[] = {
	"echo ABCD-EFGH | simutrador auth verify rq_1 --with-code"
	" || test $? = 69",
	NULL
};

static int run_verify(struct sim_cli *cli, struct sim_err *err)
{
	char code[SIM_ASK_SECRET] = "";
	struct sim_member_body b;
	const struct sim_member_ask ask = { "POST", "/auth/verify-email", &b,
					     false };
	int rc = sim_member_code(cli, "Code of the mail", code, err);

	if (!rc) {
		sim_member_body(&b);
		sim_json_str(&b.json, "request_id", cli->argv[0]);
		sim_json_str(&b.json, "code", code);
		rc = sim_member_show(cli, &ask, verify_cols, NULL, err);
	}
	sim_secret_wipe(code, sizeof(code));
	if (!rc)
		sim_cli_note(cli, "Next: simutrador auth login --user NAME");
	return rc;
}

const struct sim_cmd sim_cmd_auth_verify = {
	.name = "auth verify",
	.summary = "say the code that came by mail",
	.operands = "REQUEST", .min = 1, .max = 1, .opts = verify_opts,
	.cols = verify_cols, .examples = verify_examples,
	.flags = SIM_CMD_ACTS | SIM_CMD_SECRET, .run = run_verify,
};

/* -- logins -------------------------------------------------------------- */

static const struct sim_out_col logins_cols[] = {
	{ "session_id", SIM_OUT_COL_ID }, { "device", 0 }, { "address", 0 },
	{ "created_at", 0 }, { "used_at", 0 }, { "expires_at", 0 },
	{ "is_current", 0 }, { NULL, 0 }
};
static const char *const logins_examples[] = {
	"simutrador auth logins || test $? = 77",
	NULL
};

static int run_logins(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_member_ask ask = { "GET", "/auth/sessions", NULL,
					     true };

	return sim_member_show(cli, &ask, logins_cols, "logins", err);
}

const struct sim_cmd sim_cmd_auth_logins = {
	.name = "auth logins",
	.summary = "where you are logged in with the password",
	.operands = "", .cols = logins_cols, .examples = logins_examples,
	.run = run_logins,
};

/* -- profile ------------------------------------------------------------- */

static const struct sim_opt profile_opts[] = {
	{ SIM_OPT_STR, "full-name", .arg = "NAME",
	  .help = "change what you are called; an empty one takes it away",
	  .value = &full_name, .flags = SIM_OPT_EMPTY },
	{ SIM_OPT_STR, "email", .arg = "ADDRESS",
	  .help = "ask for another address, with the password; auth verify"
		  " makes it yours", .value = &email },
	SIM_MEMBER_OPTS,
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col profile_cols[] = {
	{ "user_id", 0 }, { "username", SIM_OUT_COL_ID }, { "email", 0 },
	{ "full_name", 0 }, { "plan", 0 }, { "role", 0 }, { "created_at", 0 },
	{ "has_password", 0 }, { "password_changed_at", 0 },
	{ "totp_enabled", 0 }, { "recovery_codes_left", 0 },
	{ "request_id", 0 }, { "expires_in", 0 }, { NULL, 0 }
};
static const char *const profile_examples[] = {
	"simutrador auth profile || test $? = 77",
	NULL
};

static int change_profile(struct sim_cli *cli, struct sim_err *err)
{
	char password[SIM_ASK_SECRET] = "";
	struct sim_member_body b;
	const struct sim_member_ask ask = { "PUT", "/auth/profile", &b,
					     true };
	int rc = email ? sim_member_password(cli, "Password", password, err)
		       : SIM_OK;

	if (!rc) {
		sim_member_body(&b);
		if (full_name)
			sim_json_str(&b.json, "full_name", full_name);
		if (email)
			sim_json_str(&b.json, "email", email);
		if (email)
			sim_json_str(&b.json, "password", password);
		rc = sim_member_show(cli, &ask, profile_cols, NULL, err);
	}
	sim_secret_wipe(password, sizeof(password));
	if (!rc && email)
		sim_cli_note(cli, "A mail with a code is on its way.  Next:"
			     " simutrador auth verify REQUEST_ID");
	return rc;
}

static int run_profile(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_member_ask ask = { "GET", "/auth/profile", NULL,
					     true };

	if (full_name || email)
		return change_profile(cli, err);
	return sim_member_show(cli, &ask, profile_cols, NULL, err);
}

const struct sim_cmd sim_cmd_auth_profile = {
	.name = "auth profile", .summary = "what you are at a server",
	.operands = "", .opts = profile_opts, .cols = profile_cols,
	.examples = profile_examples, .flags = SIM_CMD_SECRET,
	.run = run_profile,
};

/* -- password ------------------------------------------------------------ */

static const char *const password_verbs[] = {
	"change", "forgot", "reset", NULL
};
static const struct sim_opt password_opts[] = {
	SIM_MEMBER_OPTS,
	{ SIM_OPT_FLAG, "revoke-keys",
	  .help = "change, reset: end all API keys too",
	  .value = &revoke_keys },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col password_cols[] = {
	{ "status", SIM_OUT_COL_ID }, { "ended", 0 }, { "revoked_keys", 0 },
	{ "request_id", 0 }, { "expires_in", 0 }, { NULL, 0 }
};
static const char *const password_examples[] = {
	"simutrador auth password forgot ada@example.org || test $? = 69",
	NULL
};

struct passwords {
	char old[SIM_ASK_SECRET], new[SIM_ASK_SECRET];
};

static void put_new(struct sim_member_body *b, const struct passwords *p)
{
	sim_json_str(&b->json, "new_password", p->new);
	if (revoke_keys)
		sim_json_bool(&b->json, "revoke_keys", true);
}

static int run_change(struct sim_cli *cli, struct sim_err *err)
{
	struct passwords p = { .old = "" };
	struct sim_member_body b;
	const struct sim_member_ask ask = { "POST", "/auth/password/change",
					     &b, true };
	int rc = sim_member_password(cli, "Password until now", p.old, err);

	if (!rc)
		rc = sim_member_new_password(cli, false, p.new, err);
	if (!rc) {
		sim_member_body(&b);
		sim_json_str(&b.json, "current_password", p.old);
		put_new(&b, &p);
		rc = sim_member_show(cli, &ask, password_cols, NULL, err);
	}
	sim_secret_wipe(&p, sizeof(p));
	return rc;
}

static int run_forgot(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_member_body b;
	const struct sim_member_ask ask = {
		"POST", "/auth/password/reset-request", &b, false
	};
	int rc;

	sim_member_body(&b);
	sim_json_str(&b.json, "email", cli->argv[1]);
	rc = sim_member_show(cli, &ask, password_cols, NULL, err);
	if (!rc)
		sim_cli_note(cli, "If somebody has this address, a mail with a"
			     " code is on its way.  Next: simutrador auth"
			     " password reset REQUEST_ID");
	return rc;
}

/* Ask with the code, and once more with a second factor where one is
 * wanted. */
static int reset(struct sim_cli *cli, struct sim_auth *a,
		 const struct passwords *p, struct sim_err *err)
{
	struct sim_http_answer answer = { .doc = NULL };
	char second[SIM_ASK_SECRET] = "";
	struct sim_err why = SIM_ERR_INIT;
	struct sim_member_body b;
	const struct sim_member_ask ask = { "POST", "/auth/password/reset",
					     &b, false };
	int rc = SIM_E_AGAIN;

	for (int i = 0; i < 2 && rc; i++) {
		sim_http_answer_release(&answer);
		sim_member_body(&b);
		sim_json_str(&b.json, "request_id", cli->argv[1]);
		sim_json_str(&b.json, "code", p->old);
		put_new(&b, p);
		sim_member_put_second(&b, second);
		rc = sim_member_call(a, &ask, &answer, &why);
		if (!rc || i || strcmp(answer.code, "TOTP_REQUIRED"))
			break;
		rc = sim_member_code(cli, SIM_MEMBER_SECOND, second, &why);
		if (rc)
			break;
		rc = SIM_E_AGAIN;
	}
	if (rc)
		*err = why;
	else
		sim_member_print(cli, password_cols, &answer);
	sim_secret_wipe(second, sizeof(second));
	sim_http_answer_release(&answer);
	return rc;
}

static int run_reset(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_auth a = { .login = NULL };
	struct passwords p = { .old = "" };
	int rc = sim_auth_open(cli, NULL, &a, err);

	if (!rc)
		rc = sim_member_code(cli, "Code of the mail", p.old, err);
	if (!rc)
		rc = sim_member_new_password(cli, false, p.new, err);
	if (!rc) {
		sim_auth_warn(cli, &a);
		rc = reset(cli, &a, &p, err);
	}
	sim_secret_wipe(&p, sizeof(p));
	sim_auth_close(&a);
	return rc;
}

static int run_password(struct sim_cli *cli, struct sim_err *err)
{
	static const struct sim_member_verb verbs[] = {
		{ "change", 0, 0, NULL, run_change },
		{ "forgot", 1, 1, "EMAIL", run_forgot },
		{ "reset", 1, 1, "REQUEST", run_reset },
		{ NULL, 0, 0, NULL, NULL }
	};

	return sim_member_run(cli, verbs, err);
}

const struct sim_cmd sim_cmd_auth_password = {
	.name = "auth password", .summary = "change or reset the password",
	.operands = "change|forgot|reset [EMAIL|REQUEST]", .min = 1, .max = 2,
	.choices = password_verbs, .opts = password_opts,
	.cols = password_cols, .examples = password_examples,
	.flags = SIM_CMD_ACTS | SIM_CMD_SECRET, .run = run_password,
};
