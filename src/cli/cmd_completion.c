/* simutrador completion: the script a shell loads to complete commands. */
#include "cli/cli.h"

#include "cli/completion_text.h"

#include <string.h>

extern const struct sim_cmd sim_cmd_completion;

static const char *const shells[] = { "bash", "zsh", "fish", NULL };
static const char *const *const scripts[] = {
	sim_completion_text_bash, sim_completion_text_zsh,
	sim_completion_text_fish
};
static const char *const examples[] = {
	"simutrador completion bash",
	"simutrador completion fish",
	NULL
};

static int run(struct sim_cli *cli, struct sim_err *err)
{
	for (int i = 0; shells[i]; i++) {
		if (strcmp(shells[i], cli->argv[0]))
			continue;
		for (const char *const *l = scripts[i]; *l; l++) {
			sim_out_puts(cli->out, *l);
			sim_out_puts(cli->out, "\n");
		}
		return SIM_OK;
	}
	return sim_err_set(err, SIM_E_USAGE,
			   "completion is for bash, zsh or fish, not '%s'",
			   cli->argv[0]);
}

const struct sim_cmd sim_cmd_completion = {
	.name = "completion", .summary = "print a shell's completion script",
	.operands = "bash|zsh|fish", .min = 1, .max = 1, .choices = shells,
	.examples = examples, .flags = SIM_CMD_PLAIN, .run = run,
};
