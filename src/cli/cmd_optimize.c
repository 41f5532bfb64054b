/* simutrador optimize sweep, random and resume: points of a sweep made, and
 * gone on with. */
#include "cli/cli.h"

#include <string.h>

#include "cli/sweep_args.h"
#include "sweep/ledger.h"

extern const struct sim_cmd sim_cmd_optimize_sweep, sim_cmd_optimize_random;
extern const struct sim_cmd sim_cmd_optimize_resume;

static const char *const sweep_examples[] = {
	"simutrador optimize sweep sma-cross --symbols ACME -p fast=5:20:5"
	" -p slow=30,50 --maximize sharpe -j 2 -o table",
	"simutrador optimize sweep sma-cross --symbols ACME -p fast=5:20:5"
	" -p slow=30,50 --where 'trades >= 5' --no-save"
	" --fields point,params,total_return",
	NULL
};
static const char *const random_examples[] = {
	"simutrador optimize random sma-cross --symbols ACME --samples 6"
	" -p fast=5:20 -p slow=30:60 --seed 7 -o csv",
	NULL
};

/* -- sweep and random ------------------------------------------------------ */

static int run_sweep(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_sweep_job s = {
		.opts = &sim_sweep_args, .table = sim_sweep_args_sweep,
		.operand = cli->argc ? cli->argv[0] : NULL,
	};

	return sim_sweep_job_run(cli, &s, err);
}

static int run_random(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_sweep_job s = {
		.opts = &sim_sweep_args, .table = sim_sweep_args_random,
		.is_sample = true,
		.operand = cli->argc ? cli->argv[0] : NULL,
	};

	return sim_sweep_job_run(cli, &s, err);
}

const struct sim_cmd sim_cmd_optimize_sweep = {
	.name = "optimize sweep",
	.summary = "run a strategy with every combination of parameters",
	.operands = "[STRATEGY|FILE]", .max = 1,
	.words = SIM_OPT_WORDS_STRATEGY, .opts = sim_sweep_args_sweep,
	.examples = sweep_examples, .flags = SIM_CMD_FIELDS, .run = run_sweep,
};

const struct sim_cmd sim_cmd_optimize_random = {
	.name = "optimize random",
	.summary = "run a strategy with a sample of the combinations",
	.operands = "[STRATEGY|FILE]", .max = 1,
	.words = SIM_OPT_WORDS_STRATEGY, .opts = sim_sweep_args_random,
	.examples = random_examples, .flags = SIM_CMD_FIELDS,
	.run = run_random,
};

/* -- resume ---------------------------------------------------------------- */

static int64_t jobs;

static const struct sim_opt resume_opts[] = {
	{ SIM_OPT_INT, "jobs", .letter = 'j', .arg = "N",
	  .help = "threads; else one a processor", .value = &jobs, .lo = 1,
	  .hi = 1024 },
	{ .kind = SIM_OPT_END }
};
static const char *const resume_examples[] = {
	"simutrador optimize resume last -j 2 -o table",
	NULL
};

static int resume(struct sim_cli *cli, const struct sim_ledger *l,
		  struct sim_err *err)
{
	const struct sim_json_val *head = sim_json_root(l->head);
	const char *command = sim_json_as_str(sim_json_get(head, "command"));
	struct sim_opt_words_list words = { NULL, 0, 0 };
	struct sim_sweep_job s = { .opts = &sim_sweep_args, .resume = l->id };
	int rc;

	s.is_sample = command && !strcmp(command, "optimize random");
	s.table = s.is_sample ? sim_sweep_args_random :
		  sim_sweep_args_sweep;
	rc = sim_sweep_args_again(head, s.table, &words, &s.operand, err);
	if (rc)
		sim_err_prefix(err, "sweep %s", l->id);
	sim_sweep_args.jobs = jobs;
	if (!rc)
		rc = sim_sweep_job_run(cli, &s, err);
	sim_sweep_args_release();
	sim_opt_words_release(&words);
	return rc;
}

static int run_resume(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_ledger l;
	const char *dir;
	int rc = sim_cli_folder(cli, "sweeps", &dir, err);

	if (!rc)
		rc = sim_ledger_open(dir, cli->argv[0], false, &l, err);
	if (rc)
		return rc;
	rc = resume(cli, &l, err);
	sim_ledger_close(&l);
	return rc;
}

const struct sim_cmd sim_cmd_optimize_resume = {
	.name = "optimize resume",
	.summary = "go on with a sweep that was stopped or killed",
	.operands = "SWEEP", .min = 1, .max = 1, .words = SIM_OPT_WORDS_SWEEP,
	.opts = resume_opts, .examples = resume_examples,
	.flags = SIM_CMD_FIELDS, .run = run_resume,
};
