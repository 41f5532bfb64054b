/* simutrador run diff: where two runs part, and what it came to. */
#include "cli/cli.h"

#include <string.h>

#include "cli/saved.h"
#include "run/diff.h"
#include "util/buf.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_run_diff;

#define PREFIX	"metrics_change."

/* What the logs, the equity and the accounts say; metrics follow. */
static const struct sim_out_col fixed_cols[] = {
	{ "a", 0 }, { "b", 0 }, { "same_manifest", 0 }, { "same_log", 0 },
	{ "line", 0 }, { "event_a", 0 }, { "event_b", 0 }, { "parted", 0 },
	{ "equity_a", 0 }, { "equity_b", 0 }, { "equity_change", 0 },
	{ "max_gap", 0 }, { "max_gap_time", 0 }, { "fills_change", 0 },
	{ "orders_change", 0 }, { "trades_change", 0 }, { "fees_change", 0 },
	{ "realized_change", 0 },
};
#define NFIXED	(sizeof(fixed_cols) / sizeof(fixed_cols[0]))

static const char *const examples[] = {
	"simutrador run diff r1 r1",
	NULL
};

/* The name of a metric's change; made once, kept while the process lives. */
static const char *change_name(int i)
{
	static char names[SIM_METRICS__COUNT][sizeof(PREFIX) + 32];
	const char *key = sim_metrics_row((enum sim_metrics_id)i)->key;

	if (!names[i][0]) {
		memcpy(names[i], PREFIX, sizeof(PREFIX));
		memcpy(names[i] + sizeof(PREFIX) - 1, key, strlen(key) + 1);
	}
	return names[i];
}

/* Days of the calendar have no difference that means something. */
static bool has_change(int i)
{
	return sim_metrics_row((enum sim_metrics_id)i)->unit !=
	       SIM_METRICS_UNIT_DATE;
}

static const struct sim_out_col *cols_of(void)
{
	static struct sim_out_col cols[NFIXED + SIM_METRICS__COUNT + 1];
	size_t n = NFIXED;

	memcpy(cols, fixed_cols, sizeof(fixed_cols));
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		if (has_change(i))
			cols[n++].name = change_name(i);
	return cols;
}

static void put_text(struct sim_out *o, const char *name, const char *s,
		     size_t n)
{
	char *copy = sim_mem_strndup(s, n);

	sim_out_str(o, name, copy);
	sim_mem_free(copy);
}

static void put_logs(struct sim_out *o, char **names,
		     const struct sim_diff *d)
{
	sim_out_str(o, "a", names[0]);
	sim_out_str(o, "b", names[1]);
	sim_out_bool(o, "same_manifest", d->same_manifest);
	sim_out_bool(o, "same_log", d->same_log);
	if (!d->line)
		return;
	sim_out_int(o, "line", (int64_t)d->line);
	put_text(o, "event_a", d->a, d->a_len);
	put_text(o, "event_b", d->b, d->b_len);
}

static void put_equity(struct sim_out *o, const struct sim_diff *d)
{
	if (d->parted != SIM_TIME_NONE)
		sim_out_time(o, "parted", d->parted);
	sim_out_dec(o, "equity_a", d->equity_a);
	sim_out_dec(o, "equity_b", d->equity_b);
	sim_out_dec(o, "equity_change", d->equity_b - d->equity_a);
	sim_out_dec(o, "max_gap", d->max_gap);
	if (d->max_gap)
		sim_out_time(o, "max_gap_time", d->max_gap_time);
}

/* Metrics that are known on both sides and differ. */
static void put_metrics(struct sim_out *o, const struct sim_metrics *a,
			const struct sim_metrics *b)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		double change = b->v[i] - a->v[i];

		if (!has_change(i) || !__builtin_isfinite(change) ||
		    a->v[i] == b->v[i])
			continue;
		if (sim_metrics_row((enum sim_metrics_id)i)->unit ==
		    SIM_METRICS_UNIT_COUNT)
			sim_out_int(o, change_name(i), (int64_t)change);
		else
			sim_out_double(o, change_name(i), change);
	}
}

static int build_tear(const struct sim_folder *f, struct sim_tear *t,
		      struct sim_err *err)
{
	const struct sim_tear_opts how = {
		.run_id = f->id, .benchmark = sim_saved_out(f).benchmark,
	};
	int rc = sim_tear_build(&f->result, &how, t, err);

	if (rc)
		sim_err_prefix(err, "run %s", f->id);
	return rc;
}

static int put(struct sim_cli *cli, const struct sim_diff *d,
	       const struct sim_folder *a, const struct sim_folder *b,
	       struct sim_err *err)
{
	struct sim_out *o = cli->out;
	struct sim_tear x, y;
	int rc = build_tear(a, &x, err);

	if (rc) {
		sim_tear_release(&x);
		return rc;
	}
	rc = build_tear(b, &y, err);
	if (!rc) {
		sim_out_object(o, cols_of());
		put_logs(o, cli->argv, d);
		put_equity(o, d);
		sim_out_int(o, "fills_change", d->fills);
		sim_out_int(o, "orders_change", d->orders);
		sim_out_int(o, "trades_change",
			    (int64_t)y.report.trades.n_closed -
			    (int64_t)x.report.trades.n_closed);
		sim_out_dec(o, "fees_change", d->fees);
		sim_out_dec(o, "realized_change", d->realized);
		put_metrics(o, &x.report.metrics, &y.report.metrics);
		sim_out_end(o);
	}
	sim_tear_release(&x);
	sim_tear_release(&y);
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_folder *a, *b;
	struct sim_diff d;
	int rc = sim_saved_open(cli, cli->argv[0], &a, err);

	if (rc)
		return rc;
	rc = sim_saved_open(cli, cli->argv[1], &b, err);
	if (!rc) {
		sim_diff_runs(&a->result, &b->result, &d);
		if (!cli->common->quiet)
			rc = put(cli, &d, a, b, err);
		if (!rc && !d.same_log)
			rc = SIM_E_FALSE;
		sim_folder_close(b);
	}
	sim_folder_close(a);
	return rc;
}

const struct sim_cmd sim_cmd_run_diff = {
	.name = "run diff", .summary = "say where two runs part",
	.operands = "RUN RUN", .min = 2, .max = 2, .words = SIM_OPT_WORDS_RUN,
	.cols_of = cols_of, .examples = examples, .run = run,
};
