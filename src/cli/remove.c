/* remove: check every name first, then ask, then remove. */
#include "cli/remove.h"

#include <string.h>

/* One that is there, named once and by its own name. */
static int check(const struct sim_cli *cli, const struct sim_remove *what,
		 const char *dir, int i, struct sim_err *err)
{
	if (!strcmp(cli->argv[i], "last"))
		return sim_err_set(err, SIM_E_USAGE, "%s wants the %s's own "
				   "name, such as %s, not 'last'",
				   cli->cmd->name, what->noun, what->like);
	for (int k = 0; k < i; k++)
		if (!strcmp(cli->argv[i], cli->argv[k]))
			return sim_err_set(err, SIM_E_USAGE, "%s is given "
					   "twice; name each %s once",
					   cli->argv[i], what->noun);
	return what->find(dir, cli->argv[i], err);
}

static void put_row(struct sim_out *o, const struct sim_remove *what,
		    const char *id)
{
	sim_out_row(o);
	sim_out_str(o, what->cols[0].name, id);
	sim_out_bool(o, "removed", true);
	sim_out_row_end(o);
}

int sim_remove_run(struct sim_cli *cli, const struct sim_remove *what,
		   struct sim_err *err)
{
	const char *dir;
	int rc = sim_cli_folder(cli, what->folder, &dir, err);

	for (int i = 0; i < cli->argc && !rc; i++)
		rc = check(cli, what, dir, i, err);
	if (!rc)
		rc = sim_cli_confirm(cli, err, "Remove %s%s", cli->argv[0],
				     cli->argc > 1 ? " and the others" : "");
	if (rc)
		return rc;
	sim_out_list(cli->out, what->cols);
	for (int i = 0; i < cli->argc && !rc; i++) {
		rc = what->remove(dir, cli->argv[i], err);
		if (!rc)
			put_row(cli->out, what, cli->argv[i]);
	}
	sim_out_end(cli->out);
	return rc;
}
