/* sweep_args: the tables of options, and options from args. */
#include "cli/sweep_args.h"

#include <string.h>
#include <unistd.h>

#include "util/mem.h"

struct sim_sweep_job_opts sim_sweep_args;

const struct sim_opt sim_sweep_args_sweep[] = {
#define SIM_FORMOPT sim_sweep_args.job.form
#include "cli/formopt.def"
#define SIM_OPTIMIZE sim_sweep_args
#include "cli/optimize.def"
#define SIM_JOBOPT sim_sweep_args.job
#include "cli/jobopt.def"
	{ .kind = SIM_OPT_END }
};
const struct sim_opt sim_sweep_args_random[] = {
	{ SIM_OPT_INT, "samples", .arg = "N",
	  .help = "how many points, all different; --seed chooses them",
	  .value = &sim_sweep_args.samples, .lo = 1, .hi = 1000000000,
	  .flags = SIM_OPT_REQUIRED },
#define SIM_FORMOPT sim_sweep_args.job.form
#include "cli/formopt.def"
#define SIM_OPTIMIZE sim_sweep_args
#include "cli/optimize.def"
#define SIM_JOBOPT sim_sweep_args.job
#include "cli/jobopt.def"
	{ .kind = SIM_OPT_END }
};
/* What the words of args were said in. */
static int enter(const struct sim_json_val *v, struct sim_err *err)
{
	const char *dir = sim_json_as_str(sim_json_get(v, "directory"));

	if (!dir || !chdir(dir))
		return SIM_OK;
	return sim_err_set(err, SIM_E_NOENT, "the folder %.300s that it was "
			   "begun in can't be entered", dir);
}

int sim_sweep_args_again(const struct sim_json_val *v,
			 const struct sim_opt *table,
			 struct sim_opt_words_list *words,
			 const char **operand, struct sim_err *err)
{
	char **operands;
	int n = 0, rc = sim_opt_words_read(sim_json_get(v, "args"), words,
					   err);

	if (rc)
		return rc;
	operands = sim_mem_array(words->n + 1, sizeof(*operands));
	rc = sim_opt_words_parse(words, table, operands, &n, err);
	if (!rc && n > 1)
		rc = sim_err_set(err, SIM_E_DATA, "args name more than one "
				 "strategy");
	*operand = n ? operands[0] : NULL;
	sim_mem_free(operands);
	return rc ? rc : enter(v, err);
}

void sim_sweep_args_release(void)
{
	sim_opt_list_release(&sim_sweep_args.job.symbols);
	sim_opt_list_release(&sim_sweep_args.job.files);
	sim_opt_list_release(&sim_sweep_args.job.form.params);
	sim_opt_list_release(&sim_sweep_args.metrics);
}
