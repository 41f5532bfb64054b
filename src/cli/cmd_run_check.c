/* simutrador run verify: does a run hold? */
#include "cli/cli.h"

#include <string.h>

#include "cli/job.h"
#include "cli/progress.h"
#include "cli/saved.h"
#include "run/verify.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_run_verify;

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

static void abandon(void *ctx, const struct sim_folder *f,
		    const struct sim_verify_report *rep, int rc,
		    const struct sim_err *err)
{
	struct loading *l = ctx;

	sim_progress_end(&l->bar);
	if (!rc || rc == SIM_E_REPRO)
		put_report(l->cli->out, f, rep, !rc);
	sim_cli_exit(l->cli, rc, err);
}

static int verify(struct sim_cli *cli, const struct sim_folder *f,
		  struct sim_err *err)
{
	struct loading l = { .cli = cli };
	struct sim_verify_source src = {
		.ctx = &l, .load = load, .progress = progress,
		.abandon = abandon,
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
