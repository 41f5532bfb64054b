/* simutrador admin user: who may use a server. */
#include "cli/admin.h"

#include <string.h>

#include "db/person.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_admin_user;

static const char *plan, *role, *email;
static const char *const verbs[] = {
	"add", "list", "show", "plan", "role", "disable", "enable", NULL
};

static const struct sim_opt opts[] = {
	SIM_ADMIN_DB,
	{ SIM_OPT_ENUM, "plan", .arg = "PLAN", .help = "add: the user's plan",
	  .value = &plan, .choices = sim_plan_given },
	{ SIM_OPT_ENUM, "role", .arg = "ROLE", .help = "add: the user's role",
	  .value = &role, .choices = sim_user_roles },
	{ SIM_OPT_STR, "email", .arg = "ADDRESS",
	  .help = "add: the user's address, to get a password by",
	  .value = &email },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col cols[] = {
	{ "user", SIM_OUT_COL_ID }, { "name", 0 }, { "plan", 0 },
	{ "role", 0 }, { "disabled", 0 }, { "created", 0 }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador admin user add ada --plan professional",
	"simutrador admin user add cy && simutrador admin user plan cy free",
	NULL
};

static void put(struct sim_out *o, const struct sim_user *u)
{
	sim_out_str(o, "user", u->id);
	sim_out_str(o, "name", u->name);
	sim_out_str(o, "plan", sim_plan_names[u->plan]);
	sim_out_str(o, "role", sim_user_roles[u->role]);
	sim_out_bool(o, "disabled", u->is_disabled);
	sim_out_time(o, "created", u->created);
}

static void put_one(struct sim_cli *cli, const struct sim_user *u)
{
	sim_out_object(cli->out, cols);
	put(cli->out, u);
	sim_out_end(cli->out);
}

static int check_add(const struct sim_cli *cli, struct sim_err *err)
{
	int rc = sim_user_check_name(cli->argv[1], err);

	return rc || !email ? rc : sim_person_check_email(email, err);
}

static int add(struct sim_db *db, struct sim_user *u, struct sim_err *err)
{
	const struct sim_db_by by = sim_admin_by();
	struct sim_person p = { .email = "" };
	int rc = sim_user_insert(db, &by, u, err);

	if (rc || !email)
		return rc;
	memcpy(p.email, email, strlen(email) + 1);
	return sim_person_put(db, u->id, &p, err);
}

static int run_add(struct sim_cli *cli, struct sim_db *db, struct sim_err *err)
{
	struct sim_user u = { .plan = SIM_PLAN_FREE };
	int rc = SIM_OK;

	memcpy(u.name, cli->argv[1], strlen(cli->argv[1]) + 1);
	if (plan)
		rc = sim_plan_parse(plan, &u.plan, err);
	if (!rc && role)
		rc = sim_user_role_parse(role, &u.role, err);
	if (!rc)
		rc = sim_db_begin(db, err);
	if (rc)
		return rc;
	rc = sim_db_end(db, add(db, &u, err), err);
	if (!rc)
		put_one(cli, &u);
	return rc;
}

static int run_list(struct sim_cli *cli, struct sim_db *db,
		    struct sim_err *err)
{
	struct sim_user *list = NULL;
	size_t n = 0;
	int rc = sim_user_list(db, &list, &n, err);

	if (rc)
		return rc;
	sim_out_list(cli->out, cols);
	for (size_t i = 0; i < n; i++) {
		sim_out_row(cli->out);
		put(cli->out, &list[i]);
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
	sim_mem_free(list);
	return SIM_OK;
}

static int run_show(struct sim_cli *cli, struct sim_db *db,
		    struct sim_err *err)
{
	struct sim_user u;
	int rc = sim_user_find(db, cli->argv[1], &u, err);

	if (!rc)
		put_one(cli, &u);
	return rc;
}

/* Change the user of the first word by `set`, which reads the second. */
static int change(struct sim_cli *cli, struct sim_db *db, unsigned what,
		  int (*set)(struct sim_user *u, const char *word,
			     struct sim_err *err), struct sim_err *err)
{
	struct sim_db_by by = sim_admin_by();
	struct sim_user u;
	int rc = sim_user_find(db, cli->argv[1], &u, err);

	if (!rc)
		rc = set(&u, cli->argc > 2 ? cli->argv[2] : NULL, err);
	if (!rc)
		rc = sim_user_change(db, &by, what, &u, err);
	if (!rc)
		put_one(cli, &u);
	return rc;
}

static int set_plan(struct sim_user *u, const char *word, struct sim_err *err)
{
	return sim_plan_parse(word, &u->plan, err);
}

static int set_role(struct sim_user *u, const char *word, struct sim_err *err)
{
	return sim_user_role_parse(word, &u->role, err);
}

static int set_disabled(struct sim_user *u, const char *word,
			struct sim_err *err)
{
	(void)word;
	(void)err;
	u->is_disabled = true;
	return SIM_OK;
}

static int set_enabled(struct sim_user *u, const char *word,
		       struct sim_err *err)
{
	(void)word;
	(void)err;
	u->is_disabled = false;
	return SIM_OK;
}

static int run_plan(struct sim_cli *cli, struct sim_db *db, struct sim_err *err)
{
	return change(cli, db, SIM_USER_PLAN, set_plan, err);
}

static int run_role(struct sim_cli *cli, struct sim_db *db, struct sim_err *err)
{
	return change(cli, db, SIM_USER_ROLE, set_role, err);
}

static int run_disable(struct sim_cli *cli, struct sim_db *db,
		       struct sim_err *err)
{
	return change(cli, db, SIM_USER_DISABLED, set_disabled, err);
}

static int run_enable(struct sim_cli *cli, struct sim_db *db,
		      struct sim_err *err)
{
	return change(cli, db, SIM_USER_DISABLED, set_enabled, err);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	static const struct sim_admin_verb rows[] = {
		{ "add", 1, "NAME", true, check_add, run_add },
		{ "list", 0, NULL, false, NULL, run_list },
		{ "show", 1, "USER", false, NULL, run_show },
		{ "plan", 2, "USER and PLAN", false, NULL, run_plan },
		{ "role", 2, "USER and ROLE", false, NULL, run_role },
		{ "disable", 1, "USER", false, NULL, run_disable },
		{ "enable", 1, "USER", false, NULL, run_enable },
		{ NULL, 0, NULL, false, NULL, NULL }
	};

	return sim_admin_run(cli, rows, err);
}

const struct sim_cmd sim_cmd_admin_user = {
	.name = "admin user", .summary = "who may use a server",
	.operands = "add|list|show|plan|role|disable|enable [USER [VALUE]]",
	.min = 1, .max = 3, .choices = verbs, .opts = opts, .cols = cols,
	.examples = examples, .run = run,
};
