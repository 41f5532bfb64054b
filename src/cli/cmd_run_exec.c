/* simutrador run exec: a row of a sweep made again, as a run of its own. */
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

#include "cli/progress.h"
#include "cli/run_out.h"
#include "cli/saved.h"
#include "cli/sweep_args.h"
#include "cli/sweep_rows.h"
#include "run/folder.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_run_exec;

static const char *print;
static bool no_save;
static int64_t point = -1;

static const struct sim_opt opts[] = {
	{ SIM_OPT_INT, "point", .arg = "N",
	  .help = "of several rows the one of this point; else the first",
	  .value = &point, .lo = 0, .hi = 1000000000 },
	SIM_RUN_OUT_PRINT_OPT(print),
	SIM_RUN_OUT_NO_SAVE_OPT(no_save),
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador optimize best last | simutrador run exec - --no-save",
	NULL
};

static const struct sim_out_col *cols_of(void)
{
	return sim_run_out_cols(sim_run_out_what(print));
}

/* The row that is asked for. */
static int find_row(struct sim_sweep_rows *rows, struct sim_row *row,
		    struct sim_err *err)
{
	const char *text;
	size_t n;
	int rc;

	while ((rc = sim_sweep_rows_read(rows, row, &text, &n, err)) == 1) {
		if (point < 0 || row->number == (uint64_t)point)
			return SIM_OK;
		sim_row_release(row);
	}
	if (rc)
		return rc;
	if (point < 0)
		return sim_err_set(err, SIM_E_DATA, "%s has no row",
				   rows->name);
	return sim_err_set(err, SIM_E_NOENT, "%s has no row of point %"
			   PRId64, rows->name, point);
}

/* The run is the row's when both hashes say so. */
static int compare(const struct sim_row *row, const struct sim_run_result *r,
		   struct sim_err *err)
{
	const struct {
		const char *key, *now, *what;
	} hashes[] = {
		{ "manifest_hash", r->manifest_hash,
		  "data, script or version" },
		{ "log_hash", r->log_hash, "events" },
	};

	for (int i = 0; i < 2; i++) {
		const char *s = sim_json_as_str(sim_json_get(row->root,
							     hashes[i].key));

		if (s && strcmp(s, hashes[i].now))
			return sim_err_set(err, SIM_E_REPRO, "point %" PRIu64
					   " did not come out again: its %s "
					   "was %.64s and is now %.64s; other "
					   "%s", row->number, hashes[i].key, s,
					   hashes[i].now, hashes[i].what);
	}
	return SIM_OK;
}

static int deliver(struct sim_cli *cli, const struct sim_job *j,
		   const struct sim_run_result *r, struct sim_err *err)
{
	struct sim_run_out out = {
		.result = r, .created = SIM_TIME_NONE,
		.benchmark = sim_sweep_args.job.benchmark,
	};
	char id[SIM_FOLDER_ID];
	const char *dir;
	int rc = sim_cli_folder(cli, "runs", &dir, err);

	if (!rc && !no_save) {
		out.created = sim_saved_now();
		rc = sim_folder_save(dir, &j->spec, r, out.created, id, err);
		out.run_id = id;
	}
	return rc ? rc : sim_run_out_print(cli->out, &out,
					   sim_run_out_what(print), err);
}

static void abandon(void *ctx, const struct sim_run_result *r,
		    const struct sim_err *why)
{
	(void)r;
	sim_cli_exit(ctx, SIM_E_STRATEGY, why);
}

static int exec(struct sim_cli *cli, const struct sim_row *row,
		struct sim_err *err)
{
	struct sim_opt_words_list words = { NULL, 0, 0 };
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_job j = SIM_JOB_INIT;
	struct sim_progress bar;
	const char *operand;
	int rc = sim_sweep_args_again(row->root, sim_sweep_args_sweep, &words,
				      &operand, err);

	if (!rc) {
		sim_sweep_job_operand(operand, &sim_sweep_args.job.form);
		rc = sim_job_open(cli, &sim_sweep_args.job, &j, err);
	}
	if (!rc) {
		sim_progress_start(&bar, cli, "bars");
		j.spec.progress = sim_progress_step;
		j.spec.progress_ctx = &bar;
		j.spec.abandon = abandon;
		j.spec.abandon_ctx = cli;
		rc = sim_run_execute(&j.spec, &r, err);
		sim_progress_end(&bar);
	}
	if (!rc)
		rc = compare(row, &r, err);
	if (!rc)
		rc = deliver(cli, &j, &r, err);
	sim_run_result_release(&r);
	sim_job_release(&j);
	sim_sweep_args_release();
	sim_opt_words_release(&words);
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_sweep_rows rows;
	struct sim_row row;
	int rc = sim_sweep_rows_open(cli, cli->argv[0], &rows, err);

	if (!rc)
		rc = find_row(&rows, &row, err);
	if (!rc) {
		rc = exec(cli, &row, err);
		sim_row_release(&row);
	}
	sim_sweep_rows_close(&rows);
	return rc;
}

const struct sim_cmd sim_cmd_run_exec = {
	.name = "run exec",
	.summary = "run a row of a sweep again, as a run of its own",
	.operands = "SWEEP|FILE|-", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SWEEP, .opts = opts,
	.cols_of = cols_of, .examples = examples, .run = run,
};
