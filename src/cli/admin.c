/* admin: opening a server's database, verbs, the clock. */
#include "cli/admin.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/str.h"

#define VERBS_MAX 16

const char *sim_admin_db_path;

struct sim_db_by sim_admin_by(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct sim_db_by){
		"local", ts.tv_sec * SIM_TIME_SEC + ts.tv_nsec, NULL
	};
}

int sim_admin_seal(struct sim_cli *cli, const char *file,
		   struct sim_seal_source *out, struct sim_err *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	static char *given;
	int rc = SIM_OK;

	out->path = file;
	out->may_make = true;
	if (!file && folder) {
		sim_mem_free(given);
		given = sim_file_join(folder, "seal.key");
		if (!access(given, F_OK)) {
			out->path = given;
			out->may_make = false;
		}
	}
	if (!out->path)
		rc = sim_cli_folder(cli, "seal.key", &out->path, err);
	return rc;
}

static int unknown(const struct sim_cli *cli,
		   const struct sim_admin_verb *verbs, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(400);
	char shown[SIM_STR_QUOTEMAX];
	int rc;

	for (int i = 0; verbs[i].name; i++)
		sim_buf_printf(&b, "%s%s", !i ? "" : verbs[i + 1].name ? ", " :
			       " and ", verbs[i].name);
	sim_str_quote(cli->argv[0], strlen(cli->argv[0]), shown);
	rc = sim_err_set(err, SIM_E_USAGE, "%s knows %s, not %s",
			 cli->cmd->name, sim_buf_str(&b), shown);
	sim_buf_release(&b);
	return rc;
}

int sim_admin_run(struct sim_cli *cli, const struct sim_admin_verb *verbs,
		  struct sim_err *err)
{
	const struct sim_admin_verb *v = verbs;
	const struct sim_db_by by = sim_admin_by();
	const char *path = sim_admin_db_path;
	struct sim_db *db;
	int rc = SIM_OK;

	while (v->name && strcmp(v->name, cli->argv[0]))
		v++;
	if (!v->name)
		return unknown(cli, verbs, err);
	if (cli->argc - 1 != v->operands)
		return sim_err_set(err, SIM_E_USAGE, "%s %s takes %s, not %d "
				   "words", cli->cmd->name, v->name,
				   v->operands ? v->shape : "no words after it",
				   cli->argc - 1);
	if (v->check)
		rc = v->check(cli, err);
	if (!rc && !path)
		rc = sim_cli_folder(cli, "server.db", &path, err);
	if (!rc)
		rc = sim_db_open_by(path, v->may_create, &by, &db, err);
	if (rc)
		return rc;
	rc = v->run(cli, db, err);
	sim_db_close(db);
	return rc;
}
