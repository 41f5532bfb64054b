/* simutrador run verify and diff: does a run hold, and where do two part. */
#include "cli/cli.h"

#include <string.h>

#include "cli/job.h"
#include "cli/progress.h"
#include "cli/saved.h"
#include "run/diff.h"
#include "run/verify.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_run_verify, sim_cmd_run_diff;

/* -- verify -------------------------------------------------------------- */

static const struct sim_out_col verify_cols[] = {
	{ "run_id", SIM_OUT_COL_ID }, { "ok", 0 }, { "bars", 0 },
	{ "events", 0 }, { "symbol", 0 }, { "chunk", 0 }, { "row", 0 },
	{ "row_time", 0 }, { "line", 0 }, { "saved", 0 }, { "now", 0 },
	{ NULL, 0 }
};
static const char *const verify_examples[] = {
	"simutrador run verify last",
	NULL
};

/* Series that live until the verification is over. */
struct series {
	struct sim_source source;
	struct series *next;
};
struct loading {
	struct sim_cli *cli;
	struct series *all;
	struct sim_progress bar;
};

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	struct loading *l = ctx;

	sim_progress_step(&l->bar, done, total);
}

static int load(void *ctx, const char *symbol, struct sim_bar_tf tf,
		const char *file, struct sim_run_data *d, struct sim_err *err)
{
	struct loading *l = ctx;
	struct series *s = sim_mem_zalloc(sizeof(*s));
	const struct sim_source_want want = {
		.name = file ? file : symbol, .symbol = symbol,
		.tf = { true, tf }, .whole = true,
		.kind = file ? SIM_SOURCE_FILE : SIM_SOURCE_SYMBOL,
	};
	int rc;

	s->source = (struct sim_source)SIM_SOURCE_INIT;
	s->next = l->all;
	l->all = s;
	rc = sim_source_open(l->cli, &want, &s->source, err);
	if (!rc)
		*d = sim_job_data(&s->source, file);
	return rc;
}

static void unload(struct loading *l)
{
	while (l->all) {
		struct series *s = l->all;

		l->all = s->next;
		sim_source_release(&s->source);
		sim_mem_free(s);
	}
}

static void put_report(struct sim_out *o, const struct sim_folder *f,
		       const struct sim_verify_report *rep, bool ok)
{
	sim_out_object(o, verify_cols);
	sim_out_str(o, "run_id", f->id);
	sim_out_bool(o, "ok", ok);
	sim_out_int(o, "bars", (int64_t)rep->bars);
	sim_out_int(o, "events", (int64_t)rep->events);
	if (rep->data_differs) {
		sim_out_str(o, "symbol", rep->symbol);
		sim_out_int(o, "chunk", (int64_t)rep->chunk);
		sim_out_int(o, "row", (int64_t)rep->row);
		sim_out_time(o, "row_time", rep->row_time);
	}
	if (rep->events_differ) {
		sim_out_int(o, "line", (int64_t)rep->line);
		sim_out_str(o, "saved", rep->saved);
		sim_out_str(o, "now", rep->now);
	}
	sim_out_end(o);
}

static int verify(struct sim_cli *cli, const struct sim_folder *f,
		  struct sim_err *err)
{
	struct loading l = { .cli = cli };
	struct sim_verify_source src = {
		.ctx = &l, .load = load, .progress = progress,
	};
	struct sim_verify_report rep;
	int rc;

	memset(&rep, 0, sizeof(rep));
	if (sim_cli_folder(cli, "calendars", &src.calendar_dir, NULL))
		src.calendar_dir = NULL;
	sim_progress_start(&l.bar, cli, "bars");
	rc = sim_verify_run(f, &src, &rep, err);
	sim_progress_end(&l.bar);
	if (!rc || rc == SIM_E_REPRO) {
		put_report(cli->out, f, &rep, !rc);
		sim_verify_release(&rep);
	}
	unload(&l);
	return rc;
}

static int run_verify(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_folder *f;
	int rc = sim_saved_open_any(cli, cli->argv[0], &f, err);

	if (rc)
		return rc;
	rc = verify(cli, f, err);
	sim_folder_close(f);
	return rc;
}

const struct sim_cmd sim_cmd_run_verify = {
	.name = "run verify",
	.summary = "check a run's data, run it again and compare every event",
	.operands = "RUN", .min = 1, .max = 1, .words = SIM_OPT_WORDS_RUN,
	.cols = verify_cols, .examples = verify_examples, .run = run_verify,
};

/* -- diff ---------------------------------------------------------------- */

static const struct sim_out_col diff_cols[] = {
	{ "a", 0 }, { "b", 0 }, { "same_manifest", 0 }, { "same_log", 0 },
	{ "line", 0 }, { "event_a", 0 }, { "event_b", 0 }, { "parted", 0 },
	{ "equity_a", 0 }, { "equity_b", 0 }, { "equity_change", 0 },
	{ "max_gap", 0 }, { "max_gap_time", 0 }, { "fills_change", 0 },
	{ "orders_change", 0 }, { "fees_change", 0 }, { "realized_change", 0 },
	{ NULL, 0 }
};
static const char *const diff_examples[] = {
	"simutrador run diff r1 r1",
	NULL
};

static void put_text(struct sim_out *o, const char *name, const char *s,
		     size_t n)
{
	char *copy = sim_mem_strndup(s, n);

	sim_out_str(o, name, copy);
	sim_mem_free(copy);
}

static void put_diff(struct sim_out *o, char **names,
		     const struct sim_diff *d)
{
	sim_out_object(o, diff_cols);
	sim_out_str(o, "a", names[0]);
	sim_out_str(o, "b", names[1]);
	sim_out_bool(o, "same_manifest", d->same_manifest);
	sim_out_bool(o, "same_log", d->same_log);
	if (d->line) {
		sim_out_int(o, "line", (int64_t)d->line);
		put_text(o, "event_a", d->a, d->a_len);
		put_text(o, "event_b", d->b, d->b_len);
	}
	if (d->parted != SIM_TIME_NONE)
		sim_out_time(o, "parted", d->parted);
	sim_out_dec(o, "equity_a", d->equity_a);
	sim_out_dec(o, "equity_b", d->equity_b);
	sim_out_dec(o, "equity_change", d->equity_b - d->equity_a);
	sim_out_dec(o, "max_gap", d->max_gap);
	if (d->max_gap)
		sim_out_time(o, "max_gap_time", d->max_gap_time);
	sim_out_int(o, "fills_change", d->fills);
	sim_out_int(o, "orders_change", d->orders);
	sim_out_dec(o, "fees_change", d->fees);
	sim_out_dec(o, "realized_change", d->realized);
	sim_out_end(o);
}

static int run_diff(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_folder *a, *b;
	struct sim_diff d;
	int rc = sim_saved_open(cli, cli->argv[0], &a, err);

	if (rc)
		return rc;
	rc = sim_saved_open(cli, cli->argv[1], &b, err);
	if (!rc) {
		sim_diff_runs(&a->result, &b->result, &d);
		put_diff(cli->out, cli->argv, &d);
		if (!d.same_log)
			rc = SIM_E_FALSE;
		sim_folder_close(b);
	}
	sim_folder_close(a);
	return rc;
}

const struct sim_cmd sim_cmd_run_diff = {
	.name = "run diff", .summary = "say where two runs part",
	.operands = "RUN RUN", .min = 2, .max = 2, .words = SIM_OPT_WORDS_RUN,
	.cols = diff_cols, .examples = diff_examples, .run = run_diff,
};
