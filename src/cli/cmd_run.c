/* simutrador run list, show, export, rm: saved runs. */
#include "cli/cli.h"

#include <string.h>

#include "cli/remove.h"
#include "cli/saved.h"
#include "cli/tear.h"
#include "report/stats.h"
#include "util/mem.h"
#include "util/str.h"

extern const struct sim_cmd sim_cmd_run_list, sim_cmd_run_show,
	sim_cmd_run_export, sim_cmd_run_rm;

/* -- list ---------------------------------------------------------------- */

static const struct sim_out_col list_cols[] = {
	{ "run_id", SIM_OUT_COL_ID }, { "strategy", 0 }, { "symbols", 0 },
	{ "timeframe", 0 }, { "first", 0 }, { "last", SIM_OUT_COL_WIDE },
	{ "fills", 0 }, { "initial", SIM_OUT_COL_WIDE }, { "equity", 0 },
	{ "return", 0 }, { "stamps", 0 }, { "created", SIM_OUT_COL_WIDE },
	{ "manifest_hash", SIM_OUT_COL_WIDE },
	{ "log_hash", SIM_OUT_COL_WIDE },
	{ "problem", 0 }, { NULL, 0 }
};
static const char *const list_examples[] = {
	"simutrador run list",
	"simutrador run list --sort -return --limit 5 -o table",
	"simutrador run list --where 'sharpe > 0 and trades >= 5'"
	" --sort sharpe:desc --fields run_id,strategy,sharpe,trades",
	NULL
};

/* The columns above, then the metrics that are not among them. */
static struct {
	struct sim_out_col col[64 + SIM_METRICS__COUNT];
	size_t nown, n;
	enum sim_metrics_id metric[SIM_METRICS__COUNT];
} lists;

static bool is_own(const char *name)
{
	for (const struct sim_out_col *c = list_cols; c->name; c++)
		if (!strcmp(c->name, name))
			return true;
	return false;
}

static const struct sim_out_col *list_cols_of(void)
{
	const char *key;

	while (list_cols[lists.nown].name)
		lists.nown++;
	memcpy(lists.col, list_cols, sizeof(list_cols));
	lists.n = 0;
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		key = sim_metrics_row((enum sim_metrics_id)i)->key;
		if (is_own(key))
			continue;
		lists.metric[lists.n] = (enum sim_metrics_id)i;
		lists.col[lists.nown + lists.n++] =
			(struct sim_out_col){ key, SIM_OUT_COL_ASKED };
	}
	lists.col[lists.nown + lists.n].name = NULL;
	return lists.col;
}

/* The metrics that are asked for; none of a run that can't be read. */
static void list_metrics(struct sim_cli *cli, const char *id)
{
	struct sim_tear_opts how = { .run_id = id };
	struct sim_folder *f = NULL;
	struct sim_tear t;
	bool asked = false;
	int rc;

	for (size_t i = 0; i < lists.n; i++)
		asked |= sim_out_asks(cli->out, lists.nown + i);
	if (!asked || sim_saved_open(cli, id, &f, NULL))
		return;
	how.benchmark = sim_saved_out(f).benchmark;
	rc = sim_tear_build(&f->result, &how, &t, NULL);
	for (size_t i = 0; !rc && i < lists.n; i++)
		sim_tear_metric(cli->out, lists.metric[i], &t.report.metrics);
	sim_tear_release(&t);
	sim_folder_close(f);
}

static void list_symbols(struct sim_out *o, const char *joined)
{
	char *copy = sim_mem_strdup(joined), *rest = copy;
	const char *v[64];
	size_t n = 0;
	char *s;

	while (n < 64 && (s = sim_str_sep(&rest, ',')))
		v[n++] = s;
	sim_out_strs(o, "symbols", v, n);
	sim_mem_free(copy);
}

static void list_good(struct sim_cli *cli, const struct sim_folder_entry *e)
{
	struct sim_out *o = cli->out;
	const char *stamps[SIM_RUN_STAMP__COUNT];

	sim_out_str(o, "strategy", e->strategy);
	list_symbols(o, e->symbols);
	sim_out_str(o, "timeframe", e->timeframe);
	sim_out_time(o, "first", e->first);
	sim_out_time(o, "last", e->last);
	sim_out_int(o, "fills", e->fills);
	sim_out_dec(o, "initial", e->initial);
	sim_out_dec(o, "equity", e->equity);
	sim_out_double(o, "return",
		       sim_stats_change(sim_dec_to_double(e->initial),
					sim_dec_to_double(e->equity)));
	sim_out_strs(o, "stamps", stamps,
		     sim_run_out_stamps(e->stamps, cli->arena, stamps));
	sim_out_time(o, "created", e->created);
	sim_out_str(o, "manifest_hash", e->manifest_hash);
	if (*e->log_hash)
		sim_out_str(o, "log_hash", e->log_hash);
}

static void list_row(struct sim_cli *cli, const struct sim_folder_entry *e)
{
	sim_out_row(cli->out);
	sim_out_str(cli->out, "run_id", e->id);
	if (*e->problem) {
		sim_out_str(cli->out, "problem", e->problem);
	} else {
		list_good(cli, e);
		list_metrics(cli, e->id);
	}
	sim_out_row_end(cli->out);
}

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_folder_entry *list;
	const char *dir;
	size_t n;
	int rc = sim_cli_folder(cli, "runs", &dir, err);

	if (!rc)
		rc = sim_folder_list(dir, &list, &n, err);
	if (rc)
		return rc;
	sim_out_list(cli->out, lists.col);
	for (size_t i = 0; i < n; i++)
		list_row(cli, &list[i]);
	sim_out_end(cli->out);
	sim_mem_free(list);
	if (!n)
		sim_cli_note(cli, "There are no runs; simutrador simulate"
				  " makes one.");
	return SIM_OK;
}

const struct sim_cmd sim_cmd_run_list = {
	.name = "run list", .summary = "list the saved runs", .operands = "",
	.cols_of = list_cols_of, .examples = list_examples, .run = run_list,
};

/* -- show ---------------------------------------------------------------- */

static const char *print;

static const struct sim_opt show_opts[] = {
	{ SIM_OPT_ENUM, "print", .arg = "ROWS",
	  .help = "print these rows instead of the run", .value = &print,
	  .choices = sim_run_out_words },
	{ .kind = SIM_OPT_END }
};
static const char *const show_examples[] = {
	"simutrador run show last -o table",
	"simutrador run show r1 --print fills -o csv",
	NULL
};

static const struct sim_out_col *show_cols_of(void)
{
	return sim_run_out_cols(sim_run_out_what(print));
}

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_run_out_filter all = { .status = NULL };

	return sim_saved_print(cli, sim_run_out_what(print), all, err);
}

const struct sim_cmd sim_cmd_run_show = {
	.name = "run show", .summary = "print a run, or rows of it",
	.operands = "RUN", .min = 1, .max = 1, .words = SIM_OPT_WORDS_RUN,
	.opts = show_opts, .cols_of = show_cols_of,
	.examples = show_examples, .run = run_show,
};

/* -- export -------------------------------------------------------------- */

static const struct sim_out_col export_cols[] = {
	{ "run_id", SIM_OUT_COL_ID }, { "folder", 0 }, { NULL, 0 }
};
static const char *const export_examples[] = {
	"simutrador run export r1 r1-files",
	NULL
};

static int run_export(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_folder *f;
	int rc = sim_saved_open(cli, cli->argv[0], &f, err);

	if (rc)
		return rc;
	rc = sim_folder_export(f, cli->argv[1], err);
	if (!rc) {
		sim_out_object(cli->out, export_cols);
		sim_out_str(cli->out, "run_id", f->id);
		sim_out_str(cli->out, "folder", cli->argv[1]);
		sim_out_end(cli->out);
	}
	sim_folder_close(f);
	return rc;
}

const struct sim_cmd sim_cmd_run_export = {
	.name = "run export",
	.summary = "write a run's files into a new folder",
	.operands = "RUN FOLDER", .min = 2, .max = 2,
	.words = SIM_OPT_WORDS_RUN, .cols = export_cols,
	.examples = export_examples,
	.flags = SIM_CMD_ACTS, .run = run_export,
};

/* -- rm ------------------------------------------------------------------ */

static const struct sim_out_col rm_cols[] = {
	{ "run_id", SIM_OUT_COL_ID }, { "removed", 0 }, { NULL, 0 }
};
static const char *const rm_examples[] = {
	"simutrador run rm r2 --yes",
	NULL
};

static int run_rm(struct sim_cli *cli, struct sim_err *err)
{
	static const struct sim_remove runs = {
		.folder = "runs", .noun = "run", .like = "r3", .cols = rm_cols,
		.find = sim_folder_find, .remove = sim_folder_remove,
	};

	return sim_remove_run(cli, &runs, err);
}

const struct sim_cmd sim_cmd_run_rm = {
	.name = "run rm", .summary = "remove runs", .operands = "RUN...",
	.min = 1, .max = -1, .words = SIM_OPT_WORDS_RUN, .cols = rm_cols,
	.examples = rm_examples,
	.flags = SIM_CMD_ACTS, .run = run_rm,
};
