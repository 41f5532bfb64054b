/* simutrador admin key: the keys that users log in with. */
#include "cli/admin.h"

#include <stdio.h>
#include <string.h>

#include "db/apikey.h"
#include "util/mem.h"
#include "util/secret.h"

extern const struct sim_cmd sim_cmd_admin_key;

static const char *name, *scopes;
static struct sim_opt_time expires, until;
static const char *const verbs[] = {
	"create", "list", "rotate", "revoke", NULL
};

static const struct sim_opt opts[] = {
	SIM_ADMIN_DB,
	{ SIM_OPT_STR, "name", .arg = "NAME",
	  .help = "create: what the key is for", .value = &name },
	{ SIM_OPT_STR, "scopes", .arg = "SCOPES",
	  .help = "create: what it may do, of simulate, read, account and"
		  " admin; all unless given", .value = &scopes },
	{ SIM_OPT_TIME, "expires", .arg = "TIME",
	  .help = "create: when it ends (UTC); never unless given",
	  .value = &expires },
	{ SIM_OPT_TIME, "until", .arg = "TIME",
	  .help = "rotate: how long the old key stays good (UTC); not unless"
		  " given", .value = &until },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col cols[] = {
	{ "key", SIM_OUT_COL_ID }, { "user", 0 }, { "name", 0 },
	{ "hint", 0 }, { "scopes", 0 }, { "created", 0 }, { "expires", 0 },
	{ "revoked", 0 }, { "state", 0 }, { "api_key", 0 }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador admin user add bob && simutrador admin key create bob"
	" --name laptop --expires 2031-01-01",
	NULL
};

static void put_end(struct sim_out *o, const char *field, sim_time t)
{
	if (t == SIM_TIME_MAX)
		sim_out_null(o, field);
	else
		sim_out_time(o, field, t);
}

static void put(struct sim_out *o, const struct sim_apikey *k, sim_time now)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_out_str(o, "key", k->id);
	sim_out_str(o, "user", k->user);
	sim_out_str(o, "name", k->name);
	sim_out_str(o, "hint", k->hint);
	sim_scope_put(&b, k->scopes);
	sim_out_str(o, "scopes", sim_buf_str(&b));
	sim_buf_release(&b);
	sim_out_time(o, "created", k->created);
	put_end(o, "expires", k->expires);
	put_end(o, "revoked", k->revoked);
	sim_out_str(o, "state", k->revoked < SIM_TIME_MAX ? "revoked" :
		    k->expires <= now ? "expired" : "live");
}

/* With the key's own text, which nobody sees again. */
static void put_new(struct sim_cli *cli, const struct sim_apikey *k,
		    char text[SIM_APIKEY_TEXT], sim_time now)
{
	sim_out_object(cli->out, cols);
	put(cli->out, k, now);
	sim_out_str(cli->out, "api_key", text);
	sim_out_end(cli->out);
	sim_secret_wipe(text, SIM_APIKEY_TEXT);
	sim_cli_note(cli, "Keep the api_key now; it is not shown again.");
}

static int run_create(struct sim_cli *cli, struct sim_db *db,
		      struct sim_err *err)
{
	struct sim_db_by by = sim_admin_by();
	struct sim_apikey k = { .expires = SIM_TIME_MAX,
				.scopes = SIM_SCOPE_ALL };
	char text[SIM_APIKEY_TEXT];
	struct sim_user u;
	int n, rc = sim_user_find(db, cli->argv[1], &u, err);

	if (!rc && scopes)
		rc = sim_scope_parse(scopes, &k.scopes, err);
	if (rc)
		return rc;
	memcpy(k.user, u.id, sizeof(k.user));
	n = snprintf(k.name, sizeof(k.name), "%s", name ? name : "key");
	if (n >= (int)sizeof(k.name))
		return sim_err_set(err, SIM_E_INVAL, "--name is %d bytes long; "
				   "use at most 64", n);
	if (expires.is_set)
		k.expires = expires.t;
	rc = sim_apikey_create(db, &by, &k, text, err);
	if (!rc)
		put_new(cli, &k, text, by.now);
	return rc;
}

static int run_list(struct sim_cli *cli, struct sim_db *db,
		    struct sim_err *err)
{
	sim_time now = sim_admin_by().now;
	struct sim_apikey *list = NULL;
	size_t n = 0;
	int rc = sim_apikey_list(db, NULL, &list, &n, err);

	if (rc)
		return rc;
	sim_out_list(cli->out, cols);
	for (size_t i = 0; i < n; i++) {
		sim_out_row(cli->out);
		put(cli->out, &list[i], now);
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
	sim_mem_free(list);
	return SIM_OK;
}

static int run_rotate(struct sim_cli *cli, struct sim_db *db,
		      struct sim_err *err)
{
	struct sim_db_by by = sim_admin_by();
	char text[SIM_APIKEY_TEXT];
	struct sim_apikey k;
	int rc;

	/* What is longer than an id is no key's, whole or cut. */
	snprintf(k.id, sizeof(k.id), "%s", cli->argv[1]);
	k.user[0] = '\0';
	rc = sim_apikey_rotate(db, &by, until.is_set ? until.t : by.now, &k,
			       text, err);
	if (!rc)
		put_new(cli, &k, text, by.now);
	return rc;
}

static int run_revoke(struct sim_cli *cli, struct sim_db *db,
		      struct sim_err *err)
{
	struct sim_db_by by = sim_admin_by();
	struct sim_apikey k = { .user = "" };
	int rc;

	snprintf(k.id, sizeof(k.id), "%s", cli->argv[1]);
	rc = sim_apikey_revoke(db, &by, &k, err);
	if (rc)
		return rc;
	sim_out_object(cli->out, cols);
	put(cli->out, &k, by.now);
	sim_out_end(cli->out);
	return SIM_OK;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	static const struct sim_admin_verb rows[] = {
		{ "create", 1, "USER", false, NULL, run_create },
		{ "list", 0, NULL, false, NULL, run_list },
		{ "rotate", 1, "KEY", false, NULL, run_rotate },
		{ "revoke", 1, "KEY", false, NULL, run_revoke },
		{ NULL, 0, NULL, false, NULL, NULL }
	};

	return sim_admin_run(cli, rows, err);
}

const struct sim_cmd sim_cmd_admin_key = {
	.name = "admin key", .summary = "the keys that users log in with",
	.operands = "create|list|rotate|revoke [USER|KEY]", .min = 1, .max = 2,
	.choices = verbs, .opts = opts, .cols = cols, .examples = examples,
	.run = run,
};
