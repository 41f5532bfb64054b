/* simutrador admin: backup, restore, schema, numbers and the audit log. */
#include "cli/member.h"
#include "cli/admin.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/audit.h"

extern const struct sim_cmd sim_cmd_admin_audit, sim_cmd_admin_backup,
	sim_cmd_admin_restore, sim_cmd_admin_migrate, sim_cmd_admin_stats;

#define TAIL 20				/* entries, unless --last says so */

static int64_t last;
static const struct sim_opt db_opts[] = {
	SIM_ADMIN_DB, { .kind = SIM_OPT_END }
};

/* --server asks a server, and then a database of here doesn't count. */
static int no_db(struct sim_err *err)
{
	if (sim_admin_db_path)
		return sim_err_set(err, SIM_E_USAGE, "--server and --db name"
				   " different databases; give one of them");
	return SIM_OK;
}

/* Open the database for a command without verbs. */
static int open_db(struct sim_cli *cli, bool create, struct sim_db **db,
		   struct sim_err *err)
{
	const struct sim_db_by by = sim_admin_by();
	const char *path = sim_admin_db_path;
	int rc = SIM_OK;

	if (!path)
		rc = sim_cli_folder(cli, "server.db", &path, err);
	return rc ? rc : sim_db_open_by(path, create, &by, db, err);
}

/* -- audit ----------------------------------------------------------------- */

static const char *const audit_verbs[] = { "tail", "verify", "export", NULL };
static const struct sim_opt audit_opts[] = {
	SIM_ADMIN_DB,
	{ SIM_OPT_INT, "last", .arg = "N", .help = "tail: how many entries",
	  .value = &last, .lo = 1, .hi = 1000000 },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col audit_cols[] = {
	{ "seq", SIM_OUT_COL_ID }, { "time", 0 }, { "actor", 0 },
	{ "action", 0 }, { "subject", 0 }, { "detail", 0 },
	{ "prev", SIM_OUT_COL_WIDE }, { "hash", SIM_OUT_COL_WIDE },
	{ "entries", 0 }, { NULL, 0 }
};
static const char *const audit_examples[] = {
	"simutrador admin user add cora && simutrador admin audit tail",
	NULL
};

static int put_entry(void *ctx, const struct sim_audit_entry *e,
		     struct sim_err *err)
{
	struct sim_out *o = ctx;

	(void)err;
	sim_out_row(o);
	sim_out_int(o, "seq", e->seq);
	sim_out_time(o, "time", e->time);
	sim_out_str(o, "actor", e->actor);
	sim_out_str(o, "action", e->action);
	sim_out_str(o, "subject", e->subject);
	sim_out_str(o, "detail", e->detail);
	sim_out_str(o, "prev", e->prev);
	sim_out_str(o, "hash", e->hash);
	sim_out_row_end(o);
	return SIM_OK;
}

static int put_entries(struct sim_cli *cli, struct sim_db *db, int64_t n,
		       struct sim_err *err)
{
	int rc;

	sim_out_list(cli->out, audit_cols);
	rc = sim_audit_each(db, 0, n, put_entry, cli->out, err);
	sim_out_end(cli->out);
	return rc;
}

static int run_tail(struct sim_cli *cli, struct sim_db *db, struct sim_err *err)
{
	return put_entries(cli, db, last ? last : TAIL, err);
}

static int run_export(struct sim_cli *cli, struct sim_db *db,
		      struct sim_err *err)
{
	return put_entries(cli, db, 0, err);
}

static int run_verify(struct sim_cli *cli, struct sim_db *db,
		      struct sim_err *err)
{
	int64_t n = 0;
	int rc = sim_audit_verify(db, &n, err);

	if (rc)
		return rc;
	sim_out_object(cli->out, audit_cols);
	sim_out_int(cli->out, "entries", n);
	sim_out_end(cli->out);
	return SIM_OK;
}

static void put_answer(struct sim_cli *cli, const struct sim_http_answer *a)
{
	sim_member_print_upwards(cli, audit_cols, sim_json_get(
		a->doc ? sim_json_root(a->doc) : NULL, "entries"));
}

/* The same of a server elsewhere. */
static int ask_tail(struct sim_cli *cli, struct sim_err *err)
{
	char path[64];
	const struct sim_member_ask ask = { "GET", path, NULL, true };
	struct sim_http_answer answer = { .doc = NULL };
	struct sim_auth a = { .login = NULL };
	int rc = no_db(err);

	if (!rc && strcmp(cli->argv[0], "tail"))
		rc = sim_err_set(err, SIM_E_USAGE, "a server gives the tail of"
				 " its audit log alone; %s works where the"
				 " database is", cli->argv[0]);
	snprintf(path, sizeof(path), "/admin/audit?last=%" PRId64,
		 last ? last : TAIL);
	if (!rc)
		rc = sim_auth_open(cli, NULL, &a, err);
	if (!rc)
		rc = sim_member_call(&a, &ask, &answer, err);
	if (!rc)
		put_answer(cli, &answer);
	sim_http_answer_release(&answer);
	sim_auth_close(&a);
	return rc;
}

static int run_audit(struct sim_cli *cli, struct sim_err *err)
{
	static const struct sim_admin_verb rows[] = {
		{ "tail", 0, NULL, false, NULL, run_tail },
		{ "verify", 0, NULL, false, NULL, run_verify },
		{ "export", 0, NULL, false, NULL, run_export },
		{ NULL, 0, NULL, false, NULL, NULL }
	};

	if (cli->common->server)
		return ask_tail(cli, err);
	return sim_admin_run(cli, rows, err);
}

const struct sim_cmd sim_cmd_admin_audit = {
	.name = "admin audit", .summary = "who did what, in a chain of hashes",
	.operands = "tail|verify|export", .min = 1, .max = 1,
	.choices = audit_verbs, .opts = audit_opts, .cols = audit_cols,
	.examples = audit_examples, .run = run_audit,
};

/* -- backup ---------------------------------------------------------------- */

static const struct sim_out_col file_cols[] = {
	{ "file", SIM_OUT_COL_ID }, { "users", 0 }, { "keys", 0 },
	{ "sessions", 0 }, { "audit_entries", 0 }, { NULL, 0 }
};
static const char *const backup_examples[] = {
	"simutrador admin user add dora && simutrador admin backup copy.db",
	NULL
};

static int put_file(struct sim_cli *cli, struct sim_db *db,
		    struct sim_err *err)
{
	struct sim_db_stats s;
	int rc = sim_db_stats(db, sim_admin_by().now, &s, err);

	if (rc)
		return rc;
	sim_out_object(cli->out, file_cols);
	sim_out_str(cli->out, "file", cli->argv[0]);
	sim_out_int(cli->out, "users", s.users);
	sim_out_int(cli->out, "keys", s.keys);
	sim_out_int(cli->out, "sessions", s.sessions);
	sim_out_int(cli->out, "audit_entries", s.audit_entries);
	sim_out_end(cli->out);
	return SIM_OK;
}

static int run_backup(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_db_by by = sim_admin_by();
	struct sim_db *db;
	int rc = open_db(cli, false, &db, err);

	if (rc)
		return rc;
	rc = sim_db_backup(db, &by, cli->argv[0], err);
	if (!rc)
		rc = put_file(cli, db, err);
	sim_db_close(db);
	return rc;
}

const struct sim_cmd sim_cmd_admin_backup = {
	.name = "admin backup", .summary = "copy the database, also in use",
	.operands = "FILE", .min = 1, .max = 1, .words = SIM_OPT_WORDS_FILE,
	.opts = db_opts, .cols = file_cols, .examples = backup_examples,
	.run = run_backup,
};

static const char *const restore_examples[] = {
	"simutrador admin user add finn && simutrador admin backup finn.db"
	" && simutrador admin restore finn.db --yes",
	NULL
};

/* Before a database is made for what can't be read. */
static int check_backup(const char *path, struct sim_err *err)
{
	struct stat st;

	if (stat(path, &st) || access(path, R_OK))
		return sim_err_set(err, SIM_E_NOENT, "%s cannot be read: %s",
				   path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return sim_err_set(err, SIM_E_NOENT, "%s is not a file that"
				   " admin backup made", path);
	return SIM_OK;
}

static int run_restore(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_db_by by = sim_admin_by();
	struct sim_db *db;
	int rc = sim_cli_confirm(cli, err, "Replace users, keys, sessions and "
				 "the audit log by those of %s", cli->argv[0]);

	if (!rc)
		rc = check_backup(cli->argv[0], err);
	if (!rc)
		rc = open_db(cli, true, &db, err);
	if (rc)
		return rc;
	rc = sim_db_restore(db, &by, cli->argv[0], err);
	if (!rc)
		rc = put_file(cli, db, err);
	sim_db_close(db);
	return rc;
}

const struct sim_cmd sim_cmd_admin_restore = {
	.name = "admin restore", .summary = "replace the database by a backup",
	.operands = "FILE", .min = 1, .max = 1, .words = SIM_OPT_WORDS_FILE,
	.opts = db_opts, .cols = file_cols, .examples = restore_examples,
	.run = run_restore,
};

/* -- schema and numbers ---------------------------------------------------- */

static int read_stats(struct sim_cli *cli, bool create,
		      struct sim_db_stats *s, struct sim_err *err)
{
	struct sim_db *db;
	int rc = open_db(cli, create, &db, err);

	if (rc)
		return rc;
	rc = sim_db_stats(db, sim_admin_by().now, s, err);
	sim_db_close(db);
	return rc;
}

static const struct sim_out_col migrate_cols[] = {
	{ "from", 0 }, { "to", 0 }, { NULL, 0 }
};
static const char *const migrate_examples[] = {
	"simutrador admin migrate",
	NULL
};

static int run_migrate(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_db_stats s;
	int rc = read_stats(cli, true, &s, err);

	if (rc)
		return rc;
	sim_out_object(cli->out, migrate_cols);
	sim_out_int(cli->out, "from", s.schema_before);
	sim_out_int(cli->out, "to", s.schema);
	sim_out_end(cli->out);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_admin_migrate = {
	.name = "admin migrate", .summary = "bring the schema up to date",
	.operands = "", .opts = db_opts, .cols = migrate_cols,
	.examples = migrate_examples, .run = run_migrate,
};

static const struct sim_out_col stats_cols[] = {
	{ "schema", 0 }, { "users", 0 }, { "admins", 0 }, { "disabled", 0 },
	{ "keys", 0 }, { "live_keys", 0 }, { "sessions", 0 },
	{ "live_sessions", 0 }, { "journal_lines", 0 }, { "audit_entries", 0 },
	{ "bytes", 0 },
	/* a server's own */
	{ "mail_waiting", 0 }, { "mail_sent", 0 }, { "mail_failed", 0 },
	{ "connections", 0 }, { "websockets", 0 }, { "sessions_in_memory", 0 },
	{ "uptime_sec", 0 }, { "server_version", 0 }, { "server_time", 0 },
	{ NULL, 0 }
};
static const char *const stats_examples[] = {
	"simutrador admin user add eve && simutrador admin stats -o table",
	NULL
};

static int run_stats(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_member_ask ask = { "GET", "/admin/stats", NULL,
					     true };
	struct sim_db_stats s;
	int rc = cli->common->server ? no_db(err) : SIM_OK;

	if (!rc && cli->common->server)
		return sim_member_show(cli, &ask, stats_cols, NULL, err);
	if (!rc)
		rc = read_stats(cli, false, &s, err);
	if (rc)
		return rc;
	sim_out_object(cli->out, stats_cols);
	sim_out_int(cli->out, "schema", s.schema);
	sim_out_int(cli->out, "users", s.users);
	sim_out_int(cli->out, "admins", s.admins);
	sim_out_int(cli->out, "disabled", s.disabled);
	sim_out_int(cli->out, "keys", s.keys);
	sim_out_int(cli->out, "live_keys", s.live_keys);
	sim_out_int(cli->out, "sessions", s.sessions);
	sim_out_int(cli->out, "live_sessions", s.live_sessions);
	sim_out_int(cli->out, "journal_lines", s.journal_lines);
	sim_out_int(cli->out, "audit_entries", s.audit_entries);
	sim_out_int(cli->out, "bytes", s.bytes);
	sim_out_end(cli->out);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_admin_stats = {
	.name = "admin stats", .summary = "what the database holds",
	.operands = "", .opts = db_opts, .cols = stats_cols,
	.examples = stats_examples, .run = run_stats,
};
