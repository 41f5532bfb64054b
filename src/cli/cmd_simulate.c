/* simutrador simulate: run a strategy or an order list over bars. */
#include "cli/cli.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/job.h"
#include "cli/progress.h"
#include "cli/run_out.h"
#include "run/folder.h"
#include "util/str.h"

extern const struct sim_cmd sim_cmd_simulate;

/* Rows of sim_config_setting_row(), in its order (tested). */
enum {
	CASH, LEVERAGE, ACCOUNT, INITIAL_MARGIN, MAINTENANCE_LONG,
	MAINTENANCE_SHORT, DEBIT_RATE, BORROW_RATE, PATH, SEMANTICS, FILL,
	LIMIT_FILL, SLIP_OUT, FILL_SYNTHETIC, MAX_VOLUME_SHARE, SLIPPAGE,
	COMMISSION
};

static struct sim_job_opts job;
static const char *print;
static bool no_save;

static const char *const sessions[] = { "regular", "extended", NULL };
static const char *const accounts[] = { "cash", "margin", NULL };
static const char *const fills[] = { "next-open", "close", NULL };
static const char *const semantics[] = {
	"simutrador", "backtesting.py", "backtrader", NULL
};

static const struct sim_opt opts[] = {
#define SIM_FORMOPT job.form
#include "cli/formopt.def"
	{ SIM_OPT_PATH, "orders", .arg = "FILE",
	  .help = "run this list of orders (- is stdin) instead of a strategy",
	  .value = &job.orders },
	{ SIM_OPT_LIST, "symbols", .arg = "A,B", .help = "of the store",
	  .value = &job.symbols, .words = SIM_OPT_WORDS_SYMBOL },
	{ SIM_OPT_LIST, "data", .arg = "SYMBOL=FILE",
	  .help = "bars straight from a file", .value = &job.files },
	{ SIM_OPT_TF, "timeframe", .arg = "TF",
	  .help = "of the bars, where several are stored", .value = &job.tf,
	  .setting = "timeframe" },
	{ SIM_OPT_STR, "from", .arg = "DATE",
	  .help = "first exchange day, or a time", .value = &job.from },
	{ SIM_OPT_STR, "to", .arg = "DATE",
	  .help = "last exchange day, or the time it ends before",
	  .value = &job.to },
	{ SIM_OPT_ENUM, "session", .arg = "HOURS",
	  .help = "which hours trade", .value = &job.session,
	  .choices = sessions },
	{ SIM_OPT_ENUM, "adjust", .arg = "VIEW",
	  .help = "prices as they traded, or adjusted", .value = &job.adjust,
	  .choices = sim_source_adjusts },
	{ SIM_OPT_STR, "model", .arg = "PRESET",
	  .help = "costs and rules to start from; model list names them",
	  .value = &job.model, .setting = "model",
	  .words = SIM_OPT_WORDS_MODEL },
	{ SIM_OPT_STR, "cash", .arg = "AMOUNT", .help = "initial capital",
	  .value = &job.setting[CASH], .setting = "initial_capital" },
	{ SIM_OPT_ENUM, "account", .arg = "KIND", .help = "kind of account",
	  .value = &job.setting[ACCOUNT], .choices = accounts,
	  .setting = "account" },
	{ SIM_OPT_STR, "leverage", .arg = "N",
	  .help = "a margin account of N to 1",
	  .value = &job.setting[LEVERAGE] },
	{ SIM_OPT_STR, "initial-margin", .arg = "SHARE",
	  .help = "of a position's value, to open it",
	  .value = &job.setting[INITIAL_MARGIN] },
	{ SIM_OPT_STR, "maintenance-long", .arg = "SHARE",
	  .help = "of a long's value, to keep it",
	  .value = &job.setting[MAINTENANCE_LONG] },
	{ SIM_OPT_STR, "maintenance-short", .arg = "SHARE",
	  .help = "of a short's value, to keep it",
	  .value = &job.setting[MAINTENANCE_SHORT] },
	{ SIM_OPT_STR, "debit-rate", .arg = "SHARE",
	  .help = "interest a year on borrowed cash",
	  .value = &job.setting[DEBIT_RATE] },
	{ SIM_OPT_STR, "borrow-rate", .arg = "SHARE",
	  .help = "fee a year on the value of shorts",
	  .value = &job.setting[BORROW_RATE] },
	{ SIM_OPT_STR, "path", .arg = "PATH",
	  .help = "of prices inside a bar: worst, best, ohlc, olhc, adaptive"
		  " or detail:TF",
	  .value = &job.setting[PATH], .setting = "path" },
	{ SIM_OPT_ENUM, "semantics", .arg = "NAME",
	  .help = "whose rules bracket children follow on the entry bar",
	  .value = &job.setting[SEMANTICS], .choices = semantics },
	{ SIM_OPT_ENUM, "fill", .arg = "WHEN",
	  .help = "when market orders fill; close is stamped UNSAFE",
	  .value = &job.setting[FILL], .choices = fills },
	{ SIM_OPT_STR, "limit-fill", .arg = "RULE",
	  .help = "when a limit fills: touch or through:TICKS",
	  .value = &job.setting[LIMIT_FILL] },
	{ SIM_OPT_FLAG, "slip-out",
	  .help = "slippage may leave the bar's range",
	  .value = &job.slip_out },
	{ SIM_OPT_FLAG, "fill-synthetic", .help = "synthetic bars match too",
	  .value = &job.fill_synthetic },
	{ SIM_OPT_STR, "max-volume-share", .arg = "SHARE",
	  .help = "of a bar's volume that all orders may take, or off",
	  .value = &job.setting[MAX_VOLUME_SHARE],
	  .setting = "max_volume_share" },
	{ SIM_OPT_STR, "slippage", .arg = "MODEL",
	  .help = "none, bps:N, ticks:N, spread:BPS, vol:K or impact:BPS",
	  .value = &job.setting[SLIPPAGE], .setting = "slippage" },
	{ SIM_OPT_STR, "commission", .arg = "MODEL",
	  .help = "none, per-share:R, percent:P, bps:N or per-order:X, with"
		  " min=, max=, maker= and tiers",
	  .value = &job.setting[COMMISSION], .setting = "commission" },
	{ SIM_OPT_INT, "seed", .arg = "N", .help = "of random numbers",
	  .value = &job.seed, .lo = 0, .hi = INT64_MAX },
	{ SIM_OPT_STR, "benchmark", .arg = "SYMBOL",
	  .help = "compare with holding this symbol", .value = &job.benchmark,
	  .setting = "benchmark", .words = SIM_OPT_WORDS_SYMBOL },
	{ SIM_OPT_ENUM, "print", .arg = "ROWS",
	  .help = "print these rows instead of the run", .value = &print,
	  .choices = sim_run_out_words },
	{ SIM_OPT_FLAG, "no-save", .help = "leave nothing on disk",
	  .value = &no_save },
	{ SIM_OPT_FLAG, "no-log", .help = "keep no event log (faster)",
	  .value = &job.no_log },
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

static volatile sig_atomic_t stop;

/* The first signal asks for a sealed end, the second ends at once. */
static void on_signal(int sig)
{
	if (stop)
		_exit(sig == SIGALRM ? sim_err_exit(SIM_E_TIMEOUT) : 128 + sig);
	stop = sig;
}

static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGALRM, &sa, NULL);		/* --timeout */
}

static int stop_status(const struct sim_job *j, const struct sim_run_result *r,
		       struct sim_err *err)
{
	int rc = stop == SIGTERM ? SIM_E_TERM : stop == SIGALRM ?
		 SIM_E_TIMEOUT : SIM_E_INTR;

	if (r->stop_step)
		return sim_err_set(err, rc, "stopped after %llu steps; the run"
				   " is sealed and partial",
				   (unsigned long long)r->stop_step);
	if (stop && j->spec.band && r->counts.ambiguous && !r->band.is_known)
		return sim_err_set(err, rc, "stopped before the ambiguity band"
				   " was made; the run itself is whole");
	return SIM_OK;
}

/* -- saving -------------------------------------------------------------- */

/* SOURCE_DATE_EPOCH makes summaries reproducible too. */
static sim_time created_now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	struct timespec ts;
	int64_t s;

	if (epoch && !sim_str_int(epoch, "SOURCE_DATE_EPOCH", 0,
				  INT64_C(9000000000), &s, NULL))
		return s * SIM_TIME_SEC;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (sim_time)ts.tv_sec * SIM_TIME_SEC;
}

static int save(struct sim_cli *cli, const struct sim_job *j,
		const struct sim_run_result *r, struct sim_run_out *out,
		char id[SIM_FOLDER_ID], struct sim_err *err)
{
	const char *dir;
	int rc;

	if (no_save)
		return SIM_OK;
	out->created = created_now();
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
	j->spec.stop = &stop;
	j->spec.abandon = abandon;
	j->spec.abandon_ctx = &w;
	catch_signals();
	rc = sim_run_execute(&j->spec, r, err);
	sim_progress_end(&w.bar);
	if (rc == SIM_E_STRATEGY)
		return deliver_failed(&w, r, err);
	if (!rc)
		rc = deliver(&w, r, err);
	return rc ? rc : stop_status(j, r, err);
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
	job.form.file = cli->argc ? cli->argv[0] : NULL;
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
