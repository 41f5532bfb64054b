/* simutrador simulate: run a strategy or an order list over bars. */
#include "cli/cli.h"

#include <string.h>

#include "cli/failif.h"
#include "cli/far.h"
#include "cli/interrupt.h"
#include "cli/job.h"
#include "cli/progress.h"
#include "cli/run_out.h"
#include "cli/saved.h"
#include "run/folder.h"

extern const struct sim_cmd sim_cmd_simulate;

static struct sim_job_opts job;
static const char *print;
static const char *fail_if;
static bool no_save;

static const struct sim_opt opts[] = {
#define SIM_FORMOPT job.form
#include "cli/formopt.def"
	{ SIM_OPT_PATH, "orders", .arg = "FILE",
	  .help = "run this list of orders (- is stdin) instead of a strategy",
	  .value = &job.orders },
#define SIM_JOBOPT job
#include "cli/jobopt.def"
	SIM_RUN_OUT_PRINT_OPT(print),
	SIM_FAILIF_OPT(fail_if),
	SIM_RUN_OUT_NO_SAVE_OPT(no_save),
	{ SIM_OPT_FLAG, "no-log", .help = "keep no event log (faster)",
	  .value = &job.no_log },
	{ SIM_OPT_FLAG, "band",
	  .help = "run a command again too for the ambiguity band",
	  .value = &job.band },
	{ SIM_OPT_FLAG, "no-band",
	  .help = "don't run again for the ambiguity band",
	  .value = &job.no_band },
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador simulate --symbols ACME --strategy sma-cross -p fast=10"
	" -p slow=30",
	"simutrador simulate --data ACME=ACME_daily.csv --strategy buy-hold"
	" --no-save --print trades -o csv",
	"printf 'time,symbol,side,type,quantity\\n"
	"2023-01-03,ACME,buy,market,10\\n' |"
	" simutrador simulate --orders - --no-save --print fills",
	NULL
};

static const struct sim_out_col *cols_of(void)
{
	return sim_run_out_cols(sim_run_out_what(print));
}

/* -- Ctrl-C -------------------------------------------------------------- */

static int stop_status(const struct sim_job *j, const struct sim_run_result *r,
		       struct sim_err *err)
{
	int rc = sim_interrupt_code();

	if (r->stop_step)
		return sim_err_set(err, rc, "stopped after %llu steps; the run"
				   " is sealed and partial",
				   (unsigned long long)r->stop_step);
	if (sim_interrupt.asked && j->spec.band && r->counts.ambiguous &&
	    !r->band.is_known)
		return sim_err_set(err, rc, "stopped before the ambiguity band"
				   " was made; the run itself is whole");
	return SIM_OK;
}

/* -- saving -------------------------------------------------------------- */

static int save(struct sim_cli *cli, const struct sim_job *j,
		const struct sim_run_result *r, struct sim_run_out *out,
		char id[SIM_FOLDER_ID], struct sim_err *err)
{
	const char *dir;
	int rc;

	if (no_save)
		return SIM_OK;
	out->created = sim_saved_now();
	rc = sim_cli_folder(cli, "runs", &dir, err);
	if (!rc)
		rc = sim_folder_save(dir, &j->spec, r, out->created, id, err);
	if (rc) {
		sim_err_prefix(err, "the run could not be saved (--no-save"
				    " does without)");
		return rc;
	}
	out->run_id = id;
	sim_cli_note(cli, "Saved as %s; simutrador report %s prints its tear"
			  " sheet.", id, id);
	return SIM_OK;
}

/* What a reader of the numbers must not overlook. */
static void warn(const struct sim_cli *cli, const struct sim_run_result *r,
		 const char *id)
{
	if (r->counts.rejected && id)
		sim_cli_warn(cli, "%u of %u orders were rejected; simutrador"
			     " order list %s --status rejected says why",
			     (unsigned)r->counts.rejected,
			     (unsigned)r->counts.submitted, id);
	else if (r->counts.rejected)
		sim_cli_warn(cli, "%u of %u orders were rejected; --print"
			     " orders says why", (unsigned)r->counts.rejected,
			     (unsigned)r->counts.submitted);
	if (job.orders && r->notes.n && id)
		sim_cli_warn(cli, "lines of the list did nothing; simutrador "
			     "run show %s --print notes says which", id);
	else if (job.orders && r->notes.n)
		sim_cli_warn(cli, "lines of the list did nothing; --print "
			     "notes says which");
}

/* Costs of US shares count for anything unless another model is asked for. */
static void warn_costs(const struct sim_cli *cli, const struct sim_job *j,
		       const struct sim_run_result *r)
{
	static const char *const fits[] = {
		[SIM_ASSET_CLASS_FX] = "fx-retail",
		[SIM_ASSET_CLASS_CRYPTO] = "crypto-spot",
	};
	const struct sim_config *c = &j->spec.config;

	if ((job.model && *job.model) ||
	    c->fee.kind != SIM_CONFIG_COMMISSION_PER_SHARE)
		return;
	for (uint32_t i = 0; i < r->nsyms; i++) {
		unsigned k = r->instruments[i].asset_class;

		if (k >= sizeof(fits) / sizeof(*fits) || !fits[k])
			continue;
		sim_cli_warn(cli, "%s is of class %s and paid the commission of"
			     " US shares; --model %s or --commission gives it"
			     " its own", r->instruments[i].symbol,
			     sim_vocab_asset_class_text(k), fits[k]);
		return;
	}
}

/* A simulation at work. */
struct work {
	struct sim_cli *cli;
	struct sim_job *j;
	struct sim_progress bar;
	char id[SIM_FOLDER_ID];
};

/* What came of it, whole or until the strategy failed. */
static int deliver(struct work *w, const struct sim_run_result *r,
		   struct sim_err *err)
{
	struct sim_run_out out = {
		.result = r, .created = SIM_TIME_NONE,
		.benchmark = job.benchmark,
	};
	int rc = save(w->cli, w->j, r, &out, w->id, err);

	/* The report needs memory too, and the bars no longer do. */
	sim_job_forget(w->j);
	if (!rc)
		rc = sim_run_out_print(w->cli->out, &out,
				       sim_run_out_what(print), err);
	if (!rc) {
		warn(w->cli, r, out.run_id);
		warn_costs(w->cli, w->j, r);
	}
	return rc;
}

/* The strategy failed: keep what there is, and say where it is. */
static int deliver_failed(struct work *w, const struct sim_run_result *r,
			  struct sim_err *err)
{
	struct sim_err why = *err;
	int rc = r->steps ? deliver(w, r, &why) : SIM_OK;

	if (rc)
		return sim_err_set(err, SIM_E_STRATEGY, "%.250s; and %.240s",
				   err->msg, why.msg);
	if (!r->steps)
		return SIM_E_STRATEGY;
	return sim_err_set(err, SIM_E_STRATEGY, "%.400s; what it did until "
			   "then is %s%s", why.msg,
			   *w->id ? "saved as " : "sealed but not saved",
			   w->id);
}

static void abandon(void *ctx, const struct sim_run_result *r,
		    const struct sim_err *why)
{
	struct work *w = ctx;
	struct sim_err err = *why;

	sim_progress_end(&w->bar);
	sim_cli_exit(w->cli, deliver_failed(w, r, &err), &err);
}

static int simulate(struct sim_cli *cli, struct sim_job *j,
		    struct sim_run_result *r, struct sim_err *err)
{
	struct work w = { .cli = cli, .j = j };
	int rc;

	sim_progress_start(&w.bar, cli, "bars");
	j->spec.progress = sim_progress_step;
	j->spec.progress_ctx = &w.bar;
	j->spec.stop = &sim_interrupt;
	j->spec.abandon = abandon;
	j->spec.abandon_ctx = &w;
	sim_interrupt_catch();
	rc = sim_run_execute(&j->spec, r, err);
	sim_progress_end(&w.bar);
	if (rc == SIM_E_INTR)
		return sim_err_set(err, sim_interrupt_code(), "stopped before"
				   " the first step; there is nothing to keep");
	if (rc == SIM_E_STRATEGY)
		return deliver_failed(&w, r, err);
	if (!rc)
		rc = deliver(&w, r, err);
	if (!rc)
		rc = stop_status(j, r, err);
	return rc ? rc : sim_failif_run(fail_if, r, job.benchmark, err);
}

/* -- on a server ----------------------------------------------------------- */

/* What came of it is kept as if it had been made here. */
static int deliver_far(struct sim_cli *cli, struct sim_attach_result *r,
		       struct sim_err *err)
{
	struct sim_job j = SIM_JOB_INIT;
	struct work w = { .cli = cli, .j = &j };
	int rc;

	j.spec = r->spec;
	j.spec.keeps_inputs = true;
	if (r->failure.code) {
		*err = r->failure;
		return deliver_failed(&w, &r->run, err);
	}
	rc = deliver(&w, &r->run, err);
	return rc ? rc : sim_failif_run(fail_if, &r->run, job.benchmark, err);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_job j = SIM_JOB_INIT;
	int rc;

	if (job.no_log && !no_save)
		return sim_err_set(err, SIM_E_USAGE,
				   "--no-log leaves nothing that a saved run"
				   " could be read from; give --no-save too");
	if (job.no_log && print && (!strcmp(print, "orders") ||
				    !strcmp(print, "events")))
		return sim_err_set(err, SIM_E_USAGE,
				   "--print %s reads the event log, so it can't"
				   " stand with --no-log", print);
	if (job.band && job.no_band)
		return sim_err_set(err, SIM_E_USAGE,
				   "--band and --no-band say opposite things;"
				   " leave one out");
	rc = sim_failif_check(fail_if, err);
	if (rc)
		return rc;
	job.form.file = cli->argc ? cli->argv[0] : NULL;
	if (sim_far_is_asked(cli))
		return sim_far_simulate(cli, &job, deliver_far, err);
	rc = sim_job_open(cli, &job, &j, err);
	if (!rc)
		rc = simulate(cli, &j, &r, err);
	sim_run_result_release(&r);
	sim_job_release(&j);
	return rc;
}

const struct sim_cmd sim_cmd_simulate = {
	.name = "simulate", .summary = "run a strategy or orders over bars",
	.operands = "[FILE]", .max = 1, .words = SIM_OPT_WORDS_FILE,
	.opts = opts, .cols_of = cols_of, .examples = examples, .run = run,
};
