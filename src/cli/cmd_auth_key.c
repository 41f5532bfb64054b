/* simutrador auth keys, totp: a user's own API keys, and the second factor. */
#include "cli/member.h"

#include <string.h>

#include "cli/qr.h"
#include "util/secret.h"

extern const struct sim_cmd sim_cmd_auth_keys, sim_cmd_auth_totp;

/* -- keys ---------------------------------------------------------------- */

static const char *scopes;
static int64_t days, grace = -1;

static const char *const keys_verbs[] = {
	"list", "create", "rotate", "revoke", NULL
};
static const struct sim_opt keys_opts[] = {
	{ SIM_OPT_STR, "scopes", .arg = "A,B",
	  .help = "create: what the key is for: simulate, read, account, admin",
	  .value = &scopes },
	{ SIM_OPT_INT, "days", .arg = "N",
	  .help = "create: how long it is good; a year unless given",
	  .value = &days, .lo = 1, .hi = 3650 },
	{ SIM_OPT_INT, "grace", .arg = "SECONDS",
	  .help = "rotate: how long the old one stays good; a day unless given",
	  .value = &grace, .lo = 0, .hi = 30 * 86400 },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col keys_cols[] = {
	{ "key_id", SIM_OUT_COL_ID }, { "name", 0 }, { "hint", 0 },
	{ "scopes", 0 }, { "created_at", 0 }, { "expires_at", 0 },
	{ "revoked_at", 0 }, { "state", 0 }, { "api_key", 0 }, { NULL, 0 }
};
static const char *const keys_examples[] = {
	"simutrador auth keys list || test $? = 77",
	"simutrador auth keys create laptop --scopes read || test $? = 77",
	NULL
};

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_member_ask ask = { "GET", "/auth/keys", NULL, true };

	return sim_member_show(cli, &ask, keys_cols, "keys", err);
}

static void note_key(const struct sim_cli *cli)
{
	sim_cli_note(cli, "Keep the api_key now; it is not shown again.");
}

static int run_create(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_member_body b;
	const struct sim_member_ask ask = { "POST", "/auth/keys", &b, true };
	int rc;

	sim_member_body(&b);
	sim_json_str(&b.json, "name", cli->argv[1]);
	if (scopes)
		sim_json_str(&b.json, "scopes", scopes);
	if (days)
		sim_json_int(&b.json, "expires_in_days", days);
	rc = sim_member_show(cli, &ask, keys_cols, NULL, err);
	if (!rc)
		note_key(cli);
	return rc;
}

static int run_rotate(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_member_body b;
	struct sim_member_ask ask = { "POST", NULL, &b, true };
	int rc = sim_member_path(cli, "/auth/keys", cli->argv[1], &ask.path,
				  err);

	if (!rc)
		rc = sim_member_path(cli, ask.path, "rotate", &ask.path, err);
	if (rc)
		return rc;
	sim_member_body(&b);
	if (grace >= 0)
		sim_json_int(&b.json, "grace_sec", grace);
	rc = sim_member_show(cli, &ask, keys_cols, NULL, err);
	if (!rc)
		note_key(cli);
	return rc;
}

static int run_revoke(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_member_ask ask = { "DELETE", NULL, NULL, true };
	int rc = sim_member_path(cli, "/auth/keys", cli->argv[1], &ask.path,
				  err);

	return rc ? rc : sim_member_show(cli, &ask, keys_cols, NULL, err);
}

static int run_keys(struct sim_cli *cli, struct sim_err *err)
{
	static const struct sim_member_verb verbs[] = {
		{ "list", 0, 0, NULL, run_list },
		{ "create", 1, 1, "NAME", run_create },
		{ "rotate", 1, 1, "KEY", run_rotate },
		{ "revoke", 1, 1, "KEY", run_revoke },
		{ NULL, 0, 0, NULL, NULL }
	};

	return sim_member_run(cli, verbs, err);
}

const struct sim_cmd sim_cmd_auth_keys = {
	.name = "auth keys", .summary = "your API keys at a server",
	.operands = "list|create|rotate|revoke [NAME|KEY]",
	.min = 1, .max = 2, .choices = keys_verbs, .opts = keys_opts,
	.cols = keys_cols, .examples = keys_examples, .flags = SIM_CMD_SECRET,
	.run = run_keys,
};

/* -- the second factor --------------------------------------------------- */

static const char *const totp_verbs[] = { "setup", "enable", "disable", NULL };
static const struct sim_opt totp_opts[] = {
	SIM_MEMBER_OPTS,
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col totp_cols[] = {
	{ "status", SIM_OUT_COL_ID }, { "secret", 0 }, { "otpauth_url", 0 },
	{ "digits", 0 }, { "period_sec", 0 }, { "recovery_codes", 0 },
	{ "ended", 0 }, { NULL, 0 }
};
static const char *const totp_examples[] = {
	"echo 123456 | simutrador auth totp enable --with-password"
	" || test $? = 77",
	NULL
};

/* On a terminal, above the object. */
static void draw(struct sim_cli *cli, const struct sim_http_answer *a)
{
	struct sim_buf b = SIM_BUF_INIT(1 << 16);
	const char *url = !a->doc ? NULL : sim_json_as_str(
		sim_json_get(sim_json_root(a->doc), "otpauth_url"));

	if (url && cli->term.out_tty && cli->term.utf8 &&
	    sim_out_format_of(cli->out) <= SIM_OUT_WIDE &&
	    !sim_qr_draw(url, cli->term.color, &b, NULL))
		sim_out_puts(cli->out, sim_buf_str(&b));
	if (b.data)
		sim_secret_wipe(b.data, b.len);
	sim_buf_release(&b);
}

static int run_setup(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_http_answer answer = { .doc = NULL };
	struct sim_auth a = { .login = NULL };
	char password[SIM_ASK_SECRET] = "";
	struct sim_member_body b;
	const struct sim_member_ask ask = { "POST", "/auth/totp/setup", &b,
					     true };
	int rc = sim_auth_open(cli, NULL, &a, err);

	if (!rc)
		rc = sim_member_password(cli, "Password", password, err);
	if (!rc) {
		sim_member_body(&b);
		sim_json_str(&b.json, "password", password);
		rc = sim_member_call(&a, &ask, &answer, err);
	}
	if (!rc) {
		draw(cli, &answer);
		sim_member_print(cli, totp_cols, &answer);
		sim_cli_note(cli, "Read the code with your device.  Next:"
			     " simutrador auth totp enable");
	}
	sim_secret_wipe(password, sizeof(password));
	sim_http_answer_release(&answer);
	sim_auth_close(&a);
	return rc;
}

static int run_enable(struct sim_cli *cli, struct sim_err *err)
{
	char code[SIM_ASK_SECRET] = "";
	struct sim_member_body b;
	const struct sim_member_ask ask = { "POST", "/auth/totp/enable", &b,
					     true };
	int rc = sim_member_code(cli, "Code of your device", code, err);

	if (!rc) {
		sim_member_body(&b);
		sim_json_str(&b.json, "totp_code", code);
		rc = sim_member_show(cli, &ask, totp_cols, NULL, err);
	}
	sim_secret_wipe(code, sizeof(code));
	if (!rc)
		sim_cli_note(cli, "Keep the recovery codes; each lets you in"
			     " once without the device.");
	return rc;
}

static int run_disable(struct sim_cli *cli, struct sim_err *err)
{
	char password[SIM_ASK_SECRET] = "", code[SIM_ASK_SECRET] = "";
	struct sim_member_body b;
	const struct sim_member_ask ask = { "POST", "/auth/totp/disable", &b,
					     true };
	int rc = sim_member_password(cli, "Password", password, err);

	if (!rc)
		rc = sim_member_code(cli, SIM_MEMBER_SECOND, code, err);
	if (!rc) {
		sim_member_body(&b);
		sim_json_str(&b.json, "password", password);
		sim_member_put_second(&b, code);
		rc = sim_member_show(cli, &ask, totp_cols, NULL, err);
	}
	sim_secret_wipe(password, sizeof(password));
	sim_secret_wipe(code, sizeof(code));
	return rc;
}

static int run_totp(struct sim_cli *cli, struct sim_err *err)
{
	static const struct sim_member_verb verbs[] = {
		{ "setup", 0, 0, NULL, run_setup },
		{ "enable", 0, 0, NULL, run_enable },
		{ "disable", 0, 0, NULL, run_disable },
		{ NULL, 0, 0, NULL, NULL }
	};

	return sim_member_run(cli, verbs, err);
}

const struct sim_cmd sim_cmd_auth_totp = {
	.name = "auth totp",
	.summary = "a second factor: codes of a device beside the password",
	.operands = "setup|enable|disable", .min = 1, .max = 1,
	.choices = totp_verbs, .opts = totp_opts, .cols = totp_cols,
	.examples = totp_examples, .flags = SIM_CMD_ACTS | SIM_CMD_SECRET,
	.run = run_totp,
};
