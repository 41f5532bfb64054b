/* simutrador model: presets of costs and market rules. */
#include "cli/cli.h"

#include "engine/config.h"

extern const struct sim_cmd sim_cmd_model_list, sim_cmd_model_show;

static const struct sim_out_col list_cols[] = {
	{ "model", SIM_OUT_COL_ID }, { "summary", 0 }, { NULL, 0 }
};
static const char *const list_examples[] = {
	"simutrador model list",
	NULL
};

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	const char *name, *summary;

	(void)err;
	sim_out_list(cli->out, list_cols);
	for (int i = 0; sim_config_preset_row(i, &name, &summary); i++) {
		sim_out_row(cli->out);
		sim_out_str(cli->out, "model", name);
		sim_out_str(cli->out, "summary", summary);
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_model_list = {
	.name = "model list", .summary = "list the presets",
	.operands = "", .cols = list_cols, .examples = list_examples,
	.run = run_list,
};

static const struct sim_out_col show_cols[] = {
	{ "setting", SIM_OUT_COL_ID }, { "value", 0 }, { "help", 0 },
	{ NULL, 0 }
};
static const char *const show_examples[] = {
	"simutrador model show us-equity -o table",
	"simutrador model show ibkr-like --fields setting,value -o csv",
	NULL
};

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(4096);
	const struct sim_config_setting *s;
	struct sim_config c;
	int rc = sim_config_preset(cli->argv[0], &c, err);

	if (rc)
		return rc;
	sim_out_list(cli->out, show_cols);
	for (int i = 0; (s = sim_config_setting_row(i)); i++) {
		sim_buf_reset(&b);
		sim_config_get(&c, s->name, &b);
		sim_out_row(cli->out);
		sim_out_str(cli->out, "setting", s->name);
		sim_out_str(cli->out, "value", sim_buf_str(&b));
		sim_out_str(cli->out, "help", s->help);
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
	sim_buf_release(&b);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_model_show = {
	.name = "model show", .summary = "print every parameter of a preset",
	.operands = "MODEL", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_MODEL, .cols = show_cols,
	.examples = show_examples, .run = run_show,
};
