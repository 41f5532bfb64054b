/* simutrador admin seal: the keys that close secrets in the database. */
#include "cli/admin.h"

#include "db/audit.h"
#include "db/outbox.h"
#include "db/person.h"

extern const struct sim_cmd sim_cmd_admin_seal;

static const char *file;
static const char *const verbs[] = { "renew", "forget", NULL };

static const struct sim_opt opts[] = {
	SIM_ADMIN_DB,
	{ SIM_OPT_PATH, "seal-file", .arg = "FILE",
	  .help = "the key file instead of seal.key of the data folder",
	  .value = &file, .words = SIM_OPT_WORDS_FILE },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col cols[] = {
	{ "file", SIM_OUT_COL_ID }, { "closed_again", 0 }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador admin user add hal && simutrador admin seal renew",
	NULL
};

/* In the transaction: whatever another key closed is closed by the newest. */
static int close_again(struct sim_db *db, const struct sim_seal_source *src,
		       int64_t *n, struct sim_err *err)
{
	struct sim_seal *seal;
	int rc = sim_seal_load(src, &seal, err);

	if (rc)
		return rc;
	rc = sim_person_reseal(db, seal, n, err);
	if (!rc)
		rc = sim_outbox_reseal(db, seal, n, err);
	sim_seal_free(seal);
	return rc;
}

/* The file's keys change in transactions alone, so that none is forgotten
 * while another command or a server closes something by it. */
static int reseal(struct sim_db *db, const struct sim_seal_source *src,
		  bool is_new, int64_t *n, struct sim_err *err)
{
	const struct sim_db_by by = sim_admin_by();
	int rc = is_new ? sim_seal_renew(src->path, err) : SIM_OK;

	if (!rc)
		rc = close_again(db, src, n, err);
	return rc ? rc : sim_audit_add(db, &by, SIM_AUDIT_SEAL_RENEW, "seal",
				       "", err);
}

static int reseal_all(struct sim_cli *cli, struct sim_db *db,
		      const struct sim_seal_source *src, bool is_new,
		      struct sim_err *err)
{
	int64_t n = 0;
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	rc = sim_db_end(db, reseal(db, src, is_new, &n, err), err);
	if (rc)
		return rc;
	sim_out_object(cli->out, cols);
	sim_out_str(cli->out, "file", src->path);
	sim_out_int(cli->out, "closed_again", n);
	sim_out_end(cli->out);
	return SIM_OK;
}

/* A credential is the service manager's, and changed where it has it from. */
static int find_file(struct sim_cli *cli, struct sim_seal_source *src,
		     struct sim_err *err)
{
	int rc = sim_admin_seal(cli, file, src, err);

	if (!rc && !src->may_make)
		rc = sim_err_set(err, SIM_E_STATE, "%s is a credential of the "
				 "service manager; change it there", src->path);
	return rc;
}

static int run_renew(struct sim_cli *cli, struct sim_db *db,
		     struct sim_err *err)
{
	struct sim_seal_source src;
	int rc = find_file(cli, &src, err);

	return rc ? rc : reseal_all(cli, db, &src, true, err);
}

/* In the transaction: not while anything is left that they closed. */
static int forget(struct sim_db *db, const struct sim_seal_source *src,
		  struct sim_err *err)
{
	int64_t n = 0;
	int rc = close_again(db, src, &n, err);

	if (!rc && n)
		rc = sim_err_set(err, SIM_E_AGAIN, "another key came to %s "
				 "meanwhile; run admin seal forget again",
				 src->path);
	return rc ? rc : sim_seal_forget(src->path, err);
}

static int run_forget(struct sim_cli *cli, struct sim_db *db,
		      struct sim_err *err)
{
	struct sim_seal_source src;
	int rc = find_file(cli, &src, err);

	src.may_make = false;
	if (!rc)
		rc = sim_cli_confirm(cli, err, "Forget all keys of %s but the "
				     "newest; backups that others closed can "
				     "then not be read", src.path);
	if (!rc)
		rc = reseal_all(cli, db, &src, false, err);
	if (!rc)
		rc = sim_db_begin(db, err);
	return rc ? rc : sim_db_end(db, forget(db, &src, err), err);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	static const struct sim_admin_verb rows[] = {
		{ "renew", 0, NULL, false, NULL, run_renew },
		{ "forget", 0, NULL, false, NULL, run_forget },
		{ NULL, 0, NULL, false, NULL, NULL }
	};

	return sim_admin_run(cli, rows, err);
}

const struct sim_cmd sim_cmd_admin_seal = {
	.name = "admin seal", .summary = "the keys that close secrets",
	.operands = "renew|forget", .min = 1, .max = 1, .choices = verbs,
	.opts = opts, .cols = cols, .examples = examples, .run = run,
};
