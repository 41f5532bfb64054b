/* simutrador indicator: what the indicator library has. */
#include "cli/cli.h"

#include "ta/ta.h"
#include "util/buf.h"

extern const struct sim_cmd sim_cmd_indicator_list;

static const struct sim_out_col cols[] = {
	{ "name", SIM_OUT_COL_ID }, { "title", 0 }, { "inputs", 0 },
	{ "options", 0 }, { "outputs", 0 }, { "lookback", SIM_OUT_COL_WIDE },
	{ "source", SIM_OUT_COL_WIDE }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador indicator list --fields name,title,options -o table",
	"simutrador indicator list -o name",
	NULL
};

/* "period=14", one per option: its name and default. */
static void put_options(struct sim_out *o, const struct sim_ta_row *r)
{
	struct sim_buf b[SIM_TA_OPTIONS];
	const char *text[SIM_TA_OPTIONS];

	for (int i = 0; i < r->n_options; i++) {
		b[i] = (struct sim_buf)SIM_BUF_INIT(256);
		sim_buf_printf(&b[i], "%s=%g", r->options[i].name,
			       r->options[i].def);
		text[i] = sim_buf_str(&b[i]);
	}
	sim_out_strs(o, "options", text, (size_t)r->n_options);
	for (int i = 0; i < r->n_options; i++)
		sim_buf_release(&b[i]);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_ta_row *rows;
	struct sim_out *o = cli->out;
	size_t n;

	(void)err;
	rows = sim_ta_rows(&n);
	sim_out_list(o, cols);
	for (size_t i = 0; i < n; i++) {
		const struct sim_ta_row *r = &rows[i];

		sim_out_row(o);
		sim_out_str(o, "name", r->name);
		sim_out_str(o, "title", r->title);
		sim_out_strs(o, "inputs", r->inputs, (size_t)r->n_inputs);
		put_options(o, r);
		sim_out_strs(o, "outputs", r->outputs, (size_t)r->n_outputs);
		sim_out_int(o, "lookback", sim_ta_lookback(r, NULL));
		sim_out_str(o, "source", r->source);
		sim_out_row_end(o);
	}
	sim_out_end(o);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_indicator_list = {
	.name = "indicator list", .summary = "list the indicators",
	.operands = "", .cols = cols, .examples = examples, .run = run,
};
