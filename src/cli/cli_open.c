/* cli_open: what commands stand on, opened when it is first asked for. */
#include "cli/cli.h"

#include "cli/connect.h"

int sim_cli_store(struct sim_cli *cli, struct sim_store **st,
		  struct sim_err *err)
{
	const char *path;
	int rc = SIM_OK;

	if (!cli->store) {
		rc = sim_cli_folder(cli, "store", &path, err);
		if (!rc)
			rc = sim_store_open(path, &cli->store, err);
	}
	if (!rc)
		*st = cli->store;
	return rc;
}

int sim_cli_backend(struct sim_cli *cli, struct sim_backend **b,
		    struct sim_err *err)
{
	int rc = SIM_OK;

	if (!cli->connect)
		rc = sim_connect_open(cli, &cli->connect, err);
	if (!rc)
		*b = sim_connect_backend(cli->connect);
	return rc;
}
