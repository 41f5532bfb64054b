/* simutrador run notes: what a strategy said in a run. */
#include "cli/cli.h"

#include "cli/saved.h"

extern const struct sim_cmd sim_cmd_run_notes;

static const char *const examples[] = {
	"simutrador run notes last",
	NULL
};

static const struct sim_out_col *cols_of(void)
{
	return sim_run_out_cols(SIM_RUN_OUT_NOTES);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_run_out_filter all = { .status = NULL };

	return sim_saved_print(cli, SIM_RUN_OUT_NOTES, all, err);
}

const struct sim_cmd sim_cmd_run_notes = {
	.name = "run notes",
	.summary = "print the metrics, marks and lines of a strategy",
	.operands = "RUN", .min = 1, .max = 1, .words = SIM_OPT_WORDS_RUN,
	.cols_of = cols_of, .examples = examples, .run = run,
};
