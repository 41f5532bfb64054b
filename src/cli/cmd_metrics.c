/* simutrador metrics: statistics of a run, or of any equity or returns. */
#include "cli/cli.h"

#include <string.h>

#include "cli/compat_out.h"
#include "cli/failif.h"
#include "cli/saved.h"
#include "cli/source.h"
#include "cli/tear.h"
#include "report/metrics.h"
#include "report/metrics_from_csv.h"
#include "util/file.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_metrics;

#define FILE_MAX	((size_t)4 << 30)

static struct {
	const char *input, *freq, *benchmark, *fail_if;
	sim_dec rf, target, omega, sharpe, trials_sd;
	int64_t trials;
	bool annualize_short, list;
	struct sim_opt_list peers;
} m;
static struct sim_compat_out compat;

static const char *const inputs[] = { "equity", "returns", NULL };

static const struct sim_opt opts[] = {
	{ SIM_OPT_ENUM, "input", .arg = "KIND",
	  .help = "what the values of a file are; it is never guessed",
	  .value = &m.input, .choices = inputs },
	{ SIM_OPT_STR, "freq", .arg = "FREQ",
	  .help = "daily (252 a year, the default), fx (260), crypto (365),"
		  " weekly, monthly, quarterly or yearly",
	  .value = &m.freq },
	{ SIM_OPT_PATH, "benchmark", .arg = "FILE",
	  .help = "a file of the same kind to compare with",
	  .value = &m.benchmark },
	{ SIM_OPT_DEC, "rf", .arg = "RATE",
	  .help = "risk-free rate a year as a fraction, or 0", .value = &m.rf,
	  .lo = -SIM_DEC_ONE, .hi = 10 * SIM_DEC_ONE },
	{ SIM_OPT_DEC, "target", .arg = "RATE",
	  .help = "target return a year of sortino as a fraction, or 0",
	  .value = &m.target, .lo = -SIM_DEC_ONE, .hi = 10 * SIM_DEC_ONE },
	{ SIM_OPT_DEC, "omega", .arg = "RATE",
	  .help = "threshold a period of omega as a fraction, or 0",
	  .value = &m.omega, .lo = -SIM_DEC_ONE, .hi = 10 * SIM_DEC_ONE },
	{ SIM_OPT_DEC, "sharpe-ref", .arg = "X",
	  .help = "Sharpe ratio a period that psr and min_trl compare with",
	  .value = &m.sharpe },
	{ SIM_OPT_INT, "trials", .arg = "N",
	  .help = "how many variants were tried, for dsr", .value = &m.trials,
	  .lo = 1, .hi = 1000000000 },
	{ SIM_OPT_DEC, "trials-sd", .arg = "X",
	  .help = "standard deviation of their Sharpe ratios a period",
	  .value = &m.trials_sd, .lo = 0, .hi = 100 * SIM_DEC_ONE },
	{ SIM_OPT_FLAG, "annualize-short",
	  .help = "annualise returns of less than a year too",
	  .value = &m.annualize_short },
	{ SIM_OPT_LIST, "compat", .arg = "PEER",
	  .help = "a column for each of empyrical, quantstats, backtesting.py"
		  " and freqtrade, or all, beside ours", .value = &m.peers },
	SIM_FAILIF_OPT(m.fail_if),
	{ SIM_OPT_FLAG, "list", .help = "list the metrics and their formulas",
	  .value = &m.list },
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador metrics last --fields total_return,sharpe,max_drawdown",
	"printf '100\\n101\\n99\\n103\\n' |"
	" simutrador metrics - --input equity",
	"simutrador metrics last --compat all -o table",
	"simutrador metrics --list -o table",
	NULL
};

static const struct sim_out_col list_cols[] = {
	{ "metric", SIM_OUT_COL_ID }, { "title", 0 }, { "group", 0 },
	{ "unit", 0 }, { "formula", 0 }, { NULL, 0 }
};

static const struct sim_out_col *cols_of(void)
{
	static struct sim_out_col cols[SIM_METRICS__COUNT + 1];

	/* Names that are wrong are complained about when it runs. */
	if (m.peers.n && !sim_compat_out_parse(&m.peers, &compat, NULL))
		return sim_compat_out_cols(&compat, m.list);
	if (m.list)
		return list_cols;
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		cols[i].name = sim_metrics_row((enum sim_metrics_id)i)->key;
	return cols;
}

static void put_list(struct sim_out *o)
{
	sim_out_list(o, list_cols);
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		const struct sim_metrics_row *r =
			sim_metrics_row((enum sim_metrics_id)i);

		sim_out_row(o);
		sim_out_str(o, "metric", r->key);
		sim_out_str(o, "title", r->title);
		sim_out_str(o, "group", sim_metrics_group_text(r->group));
		sim_out_str(o, "unit", sim_metrics_unit_text(r->unit));
		sim_out_str(o, "formula", r->formula);
		sim_out_row_end(o);
	}
	sim_out_end(o);
}

static void put(struct sim_cli *cli, const struct sim_metrics *x)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	if (sim_out_format_of(cli->out) <= SIM_OUT_WIDE &&
	    !cli->common->fields && !cli->common->where) {
		sim_metrics_text(x, &b);
		sim_out_puts(cli->out, sim_buf_str(&b));
		sim_buf_release(&b);
		return;
	}
	sim_out_object(cli->out, cols_of());
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		sim_tear_metric(cli->out, (enum sim_metrics_id)i, x);
	sim_out_end(cli->out);
}

/* -- from a file --------------------------------------------------------- */

static int read_series(const char *path, struct sim_metrics_from_csv *s,
		       struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(FILE_MAX + 1);
	int rc = sim_file_read(path, FILE_MAX, &b, err);

	if (!rc) {
		rc = sim_metrics_from_csv(sim_buf_str(&b), b.len,
					  !strcmp(m.input, "equity"), s, err);
		if (rc)
			sim_err_prefix(err, "%s", path);
	}
	sim_buf_release(&b);
	return rc;
}

static int read_benchmark(const struct sim_metrics_from_csv *s, double **ret,
			  struct sim_err *err)
{
	struct sim_metrics_from_csv bench;
	int rc;

	*ret = NULL;
	if (!m.benchmark)
		return SIM_OK;
	rc = read_series(m.benchmark, &bench, err);
	if (rc)
		return rc;
	*ret = sim_mem_array(s->n + 1, sizeof(**ret));
	rc = sim_metrics_from_csv_align(s, &bench, *ret, err);
	if (rc)
		sim_err_prefix(err, "%s", m.benchmark);
	sim_metrics_from_csv_release(&bench);
	return rc;
}

static int compute(struct sim_cli *cli, const struct sim_metrics_from_csv *s,
		   const double *bench, double periods, struct sim_err *err)
{
	const struct sim_metrics_input in = {
		.n = s->n, .ret = s->ret, .bench = bench, .day = s->day,
		.start_day = s->start_day,
		.n_curve = s->level ? s->n + 1 : 0, .curve = s->level,
		.periods_per_year = periods, .rf = sim_dec_to_double(m.rf),
		.target = sim_dec_to_double(m.target),
		.omega_threshold = sim_dec_to_double(m.omega),
		.sharpe_ref = sim_dec_to_double(m.sharpe),
		.trials = (double)m.trials,
		.trials_sd = sim_dec_to_double(m.trials_sd),
		.annualize_short = m.annualize_short,
	};
	struct sim_metrics x;

	sim_metrics_init(&x);
	sim_metrics_series(&in, &x);
	if (compat.peers) {
		const struct sim_compat_input peers = {
			.series = &in, .ours = &x,
		};

		sim_compat_out_put(cli->out, &compat, &peers);
	} else {
		put(cli, &x);
	}
	return sim_failif_test(m.fail_if, &x, err);
}

static int from_file(struct sim_cli *cli, const char *path,
		     struct sim_err *err)
{
	struct sim_metrics_from_csv s;
	double periods, *bench;
	int rc;

	if (!m.input)
		return sim_err_set(err, SIM_E_USAGE,
				   "metrics of a file need --input equity or"
				   " --input returns");
	rc = sim_metrics_from_csv_freq(m.freq ? m.freq : "daily", &periods,
				       err);
	if (!rc)
		rc = read_series(path, &s, err);
	if (rc)
		return rc;
	rc = read_benchmark(&s, &bench, err);
	if (!rc)
		rc = compute(cli, &s, bench, periods, err);
	sim_mem_free(bench);
	sim_metrics_from_csv_release(&s);
	return rc;
}

/* -- from a run ---------------------------------------------------------- */

/* The series that the report was made of. */
static void put_peers(struct sim_cli *cli, const struct sim_report *r)
{
	const struct sim_report_input *in = r->in;
	const struct sim_metrics_input series = {
		.n = r->n, .ret = r->ret, .bench = r->bench_ret,
		.day = r->day,
		.start_day = in->start == SIM_TIME_NONE ? SIM_METRICS_NO_DAY
			     : sim_time_day_of(in->start),
		.curve_time = in->curve.time,
		.periods_per_year = in->periods_per_year, .rf = in->rf,
		.annualize_short = in->annualize_short,
	};
	const struct sim_compat_input peers = {
		.series = &series, .ours = &r->metrics, .trades = &r->trades,
		.initial = sim_dec_to_double(in->initial),
	};

	sim_compat_out_put(cli->out, &compat, &peers);
}

static int from_run(struct sim_cli *cli, const char *id, struct sim_err *err)
{
	struct sim_tear_opts how = {
		.rf = sim_dec_to_double(m.rf),
		.annualize_short = m.annualize_short,
	};
	struct sim_folder *f;
	struct sim_tear t;
	int rc;

	if (m.input || m.freq || m.benchmark)
		return sim_err_set(err, SIM_E_USAGE,
				   "--input, --freq and --benchmark are for"
				   " files, and '%s' is none; a run knows them"
				   " itself", id);
	rc = sim_saved_tear(cli, id, &how, &f, &t, err);
	if (rc == SIM_E_NOENT && !cli->connect)
		return sim_err_set(err, rc, "there is no file and no run"
				   " '%.80s'; simutrador run list shows the"
				   " runs", id);
	if (rc)
		return rc;
	if (compat.peers)
		put_peers(cli, &t.report);
	else
		put(cli, &t.report.metrics);
	rc = sim_failif_test(m.fail_if, &t.report.metrics, err);
	sim_tear_release(&t);
	sim_folder_close(f);
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc = sim_compat_out_parse(&m.peers, &compat, err);

	if (!rc)
		rc = sim_failif_check(m.fail_if, err);
	if (!rc && m.list && cli->argc)
		rc = sim_err_set(err, SIM_E_USAGE, "metrics --list lists them "
				 "all, so '%.80s' is too much; --where chooses"
				 " among them", cli->argv[0]);
	if (!rc && m.list && m.fail_if)
		rc = sim_err_set(err, SIM_E_USAGE, "metrics --list has no "
				 "values, so --fail-if can't be asked of them;"
				 " name a run or a file instead");
	if (rc)
		return rc;
	if (m.list) {
		if (compat.peers)
			sim_compat_out_list(cli->out, &compat);
		else
			put_list(cli->out);
		return SIM_OK;
	}
	if (cli->argc && !strcmp(cli->argv[0], "conventions")) {
		sim_metrics_conventions(&b);
		sim_out_puts(cli->out, sim_buf_str(&b));
		sim_buf_release(&b);
		return SIM_OK;
	}
	if (!cli->argc)
		return sim_err_set(err, SIM_E_USAGE,
				   "metrics needs RUN, FILE or - (standard"
				   " input); see simutrador metrics --help");
	if (sim_source_is_file(cli->argv[0]))
		return from_file(cli, cli->argv[0], err);
	return from_run(cli, cli->argv[0], err);
}

const struct sim_cmd sim_cmd_metrics = {
	.name = "metrics",
	.summary = "compute statistics of a run, or of equity or returns",
	.operands = "[RUN|FILE|-|conventions]", .max = 1,
	.words = SIM_OPT_WORDS_RUN, .opts = opts, .cols_of = cols_of,
	.examples = examples, .run = run,
};
