/* simutrador run verify: does a run hold? */
#include "cli/cli.h"

#include <string.h>

#include "cli/inputs.h"

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
	struct sim_inputs *x = ctx;

	sim_progress_end(&x->bar);
	if (!rc || rc == SIM_E_REPRO)
		put_report(x->cli->out, f, rep, !rc);
	sim_cli_exit(x->cli, rc, err);
}

static int verify(struct sim_cli *cli, const struct sim_folder *f,
		  struct sim_inputs_bundle *bundle, struct sim_err *err)
{
	struct sim_verify_report rep;
	struct sim_inputs x;
	int rc;

	memset(&rep, 0, sizeof(rep));
	sim_inputs_begin(cli, &x);
	x.source.abandon = abandon;
	if (bundle)
		sim_inputs_use(&x, bundle);
	rc = sim_verify_run(f, &x.source, &rep, err);
	sim_progress_end(&x.bar);
	if (!rc || rc == SIM_E_REPRO) {
		put_report(cli->out, f, &rep, !rc);
		sim_verify_release(&rep);
	}
	sim_inputs_end(&x);
	return rc;
}

static int verify_bundle(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_inputs_bundle b;
	int rc = sim_inputs_unbundle(cli->argv[0], &b, err);

	if (!rc)
		rc = verify(cli, b.folder, &b, err);
	sim_inputs_forget(&b);
	return rc;
}

static int run_verify(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_folder *f;
	int rc;

	if (sim_inputs_is_bundle(cli->argv[0]))
		return verify_bundle(cli, err);
	rc = sim_saved_open_any(cli, cli->argv[0], &f, err);
	if (rc)
		return rc;
	rc = verify(cli, f, NULL, err);
	sim_folder_close(f);
	return rc;
}

const struct sim_cmd sim_cmd_run_verify = {
	.name = "run verify",
	.summary = "check a run's data, run it again and compare every event",
	.operands = "RUN|FILE", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_RUN, .cols = verify_cols,
	.examples = verify_examples, .run = run_verify,
};
