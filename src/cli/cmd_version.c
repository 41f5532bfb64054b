/* simutrador version: what this program is. */
#include "cli/cli.h"

#include <config.h>

extern const struct sim_cmd sim_cmd_version;

static const struct sim_out_col cols[] = {
	{ "name", 0 }, { "version", SIM_OUT_COL_ID }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador version",
	"simutrador version -o name",
	NULL
};

static int run(struct sim_cli *cli, struct sim_err *err)
{
	(void)err;
	sim_out_object(cli->out, cols);
	sim_out_str(cli->out, "name", "simutrador");
	sim_out_str(cli->out, "version", PACKAGE_VERSION);
	sim_out_end(cli->out);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_version = {
	.name = "version", .summary = "print the version as data",
	.operands = "", .cols = cols, .examples = examples, .run = run,
};
