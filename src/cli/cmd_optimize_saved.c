/* simutrador optimize list, show, best, remove and merge: rows that are there
 * already. */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/remove.h"
#include "cli/sweep_out.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_optimize_list, sim_cmd_optimize_show;
extern const struct sim_cmd sim_cmd_optimize_best, sim_cmd_optimize_rm;
extern const struct sim_cmd sim_cmd_optimize_merge;

/* -- list ------------------------------------------------------------------ */

static const struct sim_out_col list_cols[] = {
	{ "sweep_id", SIM_OUT_COL_ID }, { "command", 0 }, { "strategy", 0 },
	{ "params", 0 }, { "points", 0 }, { "rows", 0 }, { "left", 0 },
	{ "shard", 0 }, { "sweep", SIM_OUT_COL_WIDE }, { "problem", 0 },
	{ NULL, 0 }
};
static const char *const list_examples[] = {
	"simutrador optimize list -o table",
	NULL
};

/* The value of --name=value among args, or NULL. */
static const char *arg_of(const struct sim_json_val *args, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < sim_json_len(args); i++) {
		const char *s = sim_json_as_str(sim_json_at(args, i));

		if (s && !strncmp(s, name, n) && s[n] == '=')
			return s + n + 1;
	}
	return NULL;
}

static const char *strategy_of(const struct sim_json_val *args)
{
	static const char *const forms[] = {
		"--strategy", "--exec", "--plugin"
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (arg_of(args, forms[i]))
			return arg_of(args, forms[i]);
	for (size_t i = 0; i < sim_json_len(args); i++) {
		const char *s = sim_json_as_str(sim_json_at(args, i));

		if (s && *s != '-')
			return s;
	}
	return NULL;
}

static void put_params(struct sim_out *out, const struct sim_json_val *args)
{
	size_t n = sim_json_len(args), kept = 0;
	const char **list = sim_mem_array(n + 1, sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		const char *s = sim_json_as_str(sim_json_at(args, i));

		if (s && !strncmp(s, "--param=", 8))
			list[kept++] = s + 8;
	}
	sim_out_strs(out, "params", list, kept);
	sim_mem_free(list);
}

static void put_sweep(struct sim_out *out, const struct sim_ledger *l)
{
	const struct sim_json_val *head = sim_json_root(l->head);
	const struct sim_json_val *args = sim_json_get(head, "args");
	const char *shard = arg_of(args, "--shard");
	const char *strategy = strategy_of(args);
	int64_t points = 0, rows = 0;

	if (!sim_json_as_int(sim_json_get(head, "points"), &points) ||
	    !sim_json_as_int(sim_json_get(head, "rows"), &rows))
		points = rows = 0;
	sim_out_str(out, "command",
		    sim_json_as_str(sim_json_get(head, "command")));
	if (strategy)
		sim_out_str(out, "strategy", strategy);
	put_params(out, args);
	sim_out_int(out, "points", points);
	sim_out_int(out, "rows", (int64_t)l->rows);
	sim_out_int(out, "left", rows - (int64_t)l->rows);
	if (shard)
		sim_out_str(out, "shard", shard);
	sim_out_str(out, "sweep",
		    sim_json_as_str(sim_json_get(head, "sweep")));
}

static void put_number(struct sim_cli *cli, const char *dir, uint64_t number)
{
	struct sim_err why = SIM_ERR_INIT;
	struct sim_ledger l;
	char id[SIM_LEDGER_ID];

	snprintf(id, sizeof(id), "s%" PRIu64, number);
	sim_out_row(cli->out);
	sim_out_str(cli->out, "sweep_id", id);
	if (sim_ledger_open(dir, id, false, &l, &why)) {
		sim_out_str(cli->out, "problem", why.msg);
	} else {
		put_sweep(cli->out, &l);
		sim_ledger_close(&l);
	}
	sim_out_row_end(cli->out);
}

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	const char *dir;
	uint64_t *list;
	size_t n;
	int rc = sim_cli_folder(cli, "sweeps", &dir, err);

	if (!rc)
		rc = sim_ledger_list(dir, &list, &n, err);
	if (rc)
		return rc;
	sim_out_list(cli->out, list_cols);
	for (size_t i = 0; i < n; i++)
		put_number(cli, dir, list[i]);
	sim_out_end(cli->out);
	sim_mem_free(list);
	if (!n)
		sim_cli_note(cli, "There are no sweeps; simutrador optimize"
				  " sweep makes one.");
	return SIM_OK;
}

const struct sim_cmd sim_cmd_optimize_list = {
	.name = "optimize list", .summary = "list the saved sweeps",
	.operands = "", .cols = list_cols, .examples = list_examples,
	.run = run_list,
};

/* -- show and best --------------------------------------------------------- */

static const char *maximize, *where, *fail_if;

static const struct sim_opt show_opts[] = {
	{ SIM_OPT_STR, "maximize", .arg = "EXPR",
	  .help = "what the best point has most of: an expression over the"
		  " fields of rows; else sharpe",
	  .value = &maximize, .words = SIM_OPT_WORDS_POINT },
	{ SIM_OPT_STR, "where", .arg = "EXPR",
	  .help = "only points for which this holds", .value = &where,
	  .words = SIM_OPT_WORDS_POINT },
	{ SIM_OPT_STR, "fail-if", .arg = "EXPR",
	  .help = "end with status 1 when this is true of a point; of best, of"
		  " one that it prints",
	  .value = &fail_if, .words = SIM_OPT_WORDS_POINT },
	{ .kind = SIM_OPT_END }
};
static const char *const show_examples[] = {
	"simutrador optimize show last -o table",
	"simutrador optimize show s1 --where 'fast < slow / 2' --limit 3"
	" -o csv",
	NULL
};
static const char *const best_examples[] = {
	"simutrador optimize best s1 --maximize 'total_return / -max_drawdown'"
	" --limit 3 -o table",
	NULL
};

static int open_out(struct sim_cli *cli, struct sim_sweep_rows *rows,
		    struct sim_sweep_out_shape *shape, bool is_best,
		    struct sim_sweep_out **out, struct sim_err *err)
{
	const struct sim_sweep_out_asks asks = {
		maximize, where, fail_if, is_best
	};
	int rc = sim_sweep_rows_open(cli, cli->argv[0], rows, err);

	if (!rc)
		rc = sim_sweep_out_shape(cli, rows, shape, err);
	return rc ? rc : sim_sweep_out_new(cli, shape, &asks, out, err);
}

static int show(struct sim_cli *cli, struct sim_sweep_out *out,
		struct sim_sweep_rows *rows, struct sim_err *err)
{
	int rc;

	if (sim_sweep_out_names(out))
		return SIM_OK;
	rc = sim_sweep_out_list(out, rows, err);
	if (!rc && sim_out_format_of(cli->out) <= SIM_OUT_WIDE)
		rc = sim_sweep_out_map(out, rows, err);
	return rc;
}

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_sweep_out_shape shape;
	struct sim_sweep_out *out = NULL;
	struct sim_sweep_rows rows;
	int rc = open_out(cli, &rows, &shape, false, &out, err);

	if (!rc)
		rc = show(cli, out, &rows, err);
	if (!rc)
		rc = sim_sweep_out_verdict(out, err);
	sim_sweep_out_free(out);
	sim_sweep_rows_close(&rows);
	return rc;
}

static int run_best(struct sim_cli *cli, struct sim_err *err)
{
	int64_t limit = cli->common->limit;
	struct sim_sweep_out_shape shape;
	struct sim_sweep_out *out = NULL;
	struct sim_sweep_rows rows;
	int rc = open_out(cli, &rows, &shape, true, &out, err);

	if (!rc && !sim_sweep_out_names(out))
		rc = sim_sweep_out_best(out, &rows, limit < 0 ? 1 :
					(size_t)limit, err);
	if (!rc)
		rc = sim_sweep_out_verdict(out, err);
	sim_sweep_out_free(out);
	sim_sweep_rows_close(&rows);
	return rc;
}

const struct sim_cmd sim_cmd_optimize_show = {
	.name = "optimize show",
	.summary = "print the rows of a sweep, and the map of two parameters",
	.operands = "SWEEP|FILE|-", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SWEEP, .opts = show_opts,
	.examples = show_examples, .flags = SIM_CMD_FIELDS, .run = run_show,
};

const struct sim_cmd sim_cmd_optimize_best = {
	.name = "optimize best",
	.summary = "print the best rows of a sweep; one, or --limit",
	.operands = "SWEEP|FILE|-", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SWEEP, .opts = show_opts,
	.examples = best_examples, .flags = SIM_CMD_FIELDS, .run = run_best,
};

/* -- rm -------------------------------------------------------------------- */

static const struct sim_out_col rm_cols[] = {
	{ "sweep_id", SIM_OUT_COL_ID }, { "removed", 0 }, { NULL, 0 }
};
static const char *const rm_examples[] = {
	"simutrador optimize rm s2 --yes",
	NULL
};

static int run_rm(struct sim_cli *cli, struct sim_err *err)
{
	static const struct sim_remove sweeps = {
		.folder = "sweeps", .noun = "sweep", .like = "s3",
		.cols = rm_cols, .find = sim_ledger_find,
		.remove = sim_ledger_remove,
	};

	return sim_remove_run(cli, &sweeps, err);
}

const struct sim_cmd sim_cmd_optimize_rm = {
	.name = "optimize rm", .summary = "remove sweeps",
	.operands = "SWEEP...", .min = 1, .max = -1,
	.words = SIM_OPT_WORDS_SWEEP, .cols = rm_cols,
	.examples = rm_examples, .flags = SIM_CMD_ACTS, .run = run_rm,
};

/* -- merge ----------------------------------------------------------------- */

static const char *const merge_examples[] = {
	"simutrador optimize merge s1 s2",
	NULL
};

/* One of several sources, at its next row. */
struct part {
	struct sim_sweep_rows rows;
	struct sim_row row;		/* .doc NULL: at its end */
	const char *text;
	size_t n;
};

static int advance(struct part *p, struct sim_err *err)
{
	uint64_t before = p->row.number;
	bool is_first = !p->row.doc;
	int rc;

	sim_row_release(&p->row);
	rc = sim_sweep_rows_read(&p->rows, &p->row, &p->text, &p->n, err);
	if (rc == 1 && !is_first && p->row.number <= before)
		rc = sim_err_set(err, SIM_E_DATA, "%s, line %" PRIu64 ": point"
				 " %" PRIu64 " comes after point %" PRIu64
				 "; rows must be in order", p->rows.name,
				 p->rows.line, p->row.number, before);
	return rc < 0 ? rc : SIM_OK;
}

/* The part whose row is next, or NULL. */
static struct part *lowest(struct part *list, int n)
{
	struct part *p = NULL;

	for (int i = 0; i < n; i++)
		if (list[i].row.doc &&
		    (!p || list[i].row.number < p->row.number))
			p = &list[i];
	return p;
}

static int check_part(const struct part *p, uint64_t expected,
		      const char *sweep, uint64_t points, struct sim_err *err)
{
	if (strcmp(p->row.sweep, sweep) || p->row.points != points)
		return sim_err_set(err, SIM_E_DATA, "%s, line %" PRIu64 ": the"
				   " row is of sweep %.32s, others are of "
				   "%.32s; merge shards of one sweep",
				   p->rows.name, p->rows.line, p->row.sweep,
				   sweep);
	if (p->row.number < expected)
		return sim_err_set(err, SIM_E_DATA, "%s, line %" PRIu64
				   ": point %" PRIu64 " was there already; "
				   "name every shard once", p->rows.name,
				   p->rows.line, p->row.number);
	if (p->row.number > expected)
		return sim_err_set(err, SIM_E_DATA, "point %" PRIu64 " is "
				   "missing; name all shards, each finished",
				   expected);
	return SIM_OK;
}

/* All parts from their starts: out NULL only checks. */
static int merge(struct part *list, int n, struct sim_out *out,
		 struct sim_err *err)
{
	char sweep[80] = "";
	uint64_t next = 0, points = 0;
	struct part *p;
	int rc = SIM_OK;

	for (int i = 0; i < n && !rc; i++) {
		sim_sweep_rows_rewind(&list[i].rows);
		sim_row_release(&list[i].row);
		rc = advance(&list[i], err);
	}
	while (!rc && (p = lowest(list, n))) {
		if (!next) {
			points = p->row.points;
			snprintf(sweep, sizeof(sweep), "%s", p->row.sweep);
		}
		rc = check_part(p, next, sweep, points, err);
		if (rc)
			break;
		if (out)
			sim_out_write(out, p->text, p->n);
		next++;
		rc = advance(p, err);
	}
	if (!rc && !next)
		rc = sim_err_set(err, SIM_E_DATA, "%s %s no rows to be put "
				 "together; optimize sweep makes them", n == 1 ?
				 list[0].rows.name : "these",
				 n == 1 ? "has" : "have");
	if (!rc && next < points)
		rc = sim_err_set(err, SIM_E_DATA, "point %" PRIu64 " is "
				 "missing; name all shards, each finished",
				 next);
	return rc;
}

static int run_merge(struct sim_cli *cli, struct sim_err *err)
{
	struct part *list = sim_mem_array((size_t)cli->argc, sizeof(*list));
	int n = 0, rc = SIM_OK;

	while (n < cli->argc && !rc) {
		rc = sim_sweep_rows_open(cli, cli->argv[n], &list[n].rows,
					 err);
		n++;
	}
	if (!rc)
		rc = merge(list, n, NULL, err);
	if (!rc)
		rc = merge(list, n, cli->out, err);
	while (n-- > 0) {
		sim_row_release(&list[n].row);
		sim_sweep_rows_close(&list[n].rows);
	}
	sim_mem_free(list);
	return rc;
}

const struct sim_cmd sim_cmd_optimize_merge = {
	.name = "optimize merge",
	.summary = "put the shards of a sweep together, as NDJSON",
	.operands = "SWEEP|FILE...", .min = 1, .max = -1,
	.words = SIM_OPT_WORDS_SWEEP, .flags = SIM_CMD_PLAIN,
	.examples = merge_examples, .run = run_merge,
};
