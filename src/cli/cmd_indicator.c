/* simutrador indicator list, eval: what the indicator library has, and what it
 * says of bars. */
#include "cli/cli.h"

#include "cli/source.h"
#include "script/series_expr.h"
#include "ta/ta.h"
#include "util/buf.h"

extern const struct sim_cmd sim_cmd_indicator_list, sim_cmd_indicator_eval;

static const struct sim_out_col cols[] = {
	{ "name", SIM_OUT_COL_ID }, { "title", 0 }, { "inputs", 0 },
	{ "options", 0 }, { "outputs", 0 }, { "lookback", SIM_OUT_COL_WIDE },
	{ "source", SIM_OUT_COL_WIDE }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador indicator list --fields name,title,options -o table",
	"simutrador indicator list -o name --where 'lookback < 10'",
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

/* -- eval ---------------------------------------------------------------- */

static struct sim_import_opts how;
static struct sim_source_want want = { .import = &how };

static const struct sim_opt eval_opts[] = {
	SIM_SOURCE_TF_OPT(want),
	SIM_SOURCE_DAYS_OPTS(want),
	{ SIM_OPT_ENUM, "adjust", .arg = "VIEW",
	  .help = "prices as they traded, or adjusted",
	  .value = &want.adjust, .choices = sim_source_adjusts },
	SIM_SOURCE_FILE_OPTS(how),
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col eval_cols[] = {
	{ "time", SIM_OUT_COL_ID }, { "value", 0 }, { NULL, 0 }
};
static const char *const eval_examples[] = {
	"simutrador indicator eval 'rsi(close,14)' ACME -o csv",
	"simutrador indicator eval 'crosses(ema(close,12), ema(close,26))' ACME"
	" --where value",
	NULL
};

static void put_value(struct sim_out *o, const struct sim_expr_value *v)
{
	switch (v->type) {
	case SIM_EXPR_NIL:
		sim_out_null(o, "value");
		break;
	case SIM_EXPR_BOOL:
		sim_out_bool(o, "value", v->b);
		break;
	case SIM_EXPR_NUM:
		sim_out_double(o, "value", v->num);
		break;
	case SIM_EXPR_STR:
		sim_out_str(o, "value", v->str);
		break;
	}
}

/* The bars before the range warm it up and are not printed. */
static int eval(struct sim_cli *cli, struct sim_series_expr *e,
		const struct sim_source *s, struct sim_err *err)
{
	const struct sim_bar_series all = s->adjusted.n
		? sim_bar_table_view(&s->adjusted) : s->whole;
	size_t from = s->bars.n ? (size_t)(s->bars.ts - all.ts) : 0;
	size_t end = from + s->bars.n;
	struct sim_expr_value v;
	int rc = SIM_OK;

	sim_out_list(cli->out, eval_cols);
	for (size_t i = 0; i < end && sim_out_wants_more(cli->out); i++) {
		const struct sim_bar bar = sim_bar_at(&all, i);

		rc = sim_series_expr_feed(e, &bar, NULL, &v, err);
		if (rc)
			return rc;
		if (i < from)
			continue;
		sim_out_row(cli->out);
		sim_out_time(cli->out, "time", bar.ts);
		put_value(cli->out, &v);
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
	return SIM_OK;
}

static int run_eval(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_source s = SIM_SOURCE_INIT;
	struct sim_series_expr *e;
	int rc = sim_series_expr_compile(cli->argv[0], "EXPR", NULL, 0, &e,
					 err);

	if (rc)
		return rc;
	want.name = cli->argv[1];
	rc = sim_source_open(cli, &want, &s, err);
	if (!rc)
		rc = eval(cli, e, &s, err);
	sim_source_release(&s);
	sim_series_expr_free(e);
	return rc;
}

const struct sim_cmd sim_cmd_indicator_eval = {
	.name = "indicator eval",
	.summary = "print an expression over bars as a series",
	.operands = "EXPR SYMBOL|FILE", .min = 2, .max = 2,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = eval_opts, .cols = eval_cols,
	.examples = eval_examples, .run = run_eval,
};
