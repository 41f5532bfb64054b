/* simutrador report: the tear sheet of a run. */
#include "cli/cli.h"

#include <string.h>

#include "cli/failif.h"
#include "cli/saved.h"
#include "cli/tear.h"
#include "report/html.h"
#include "report/report_out.h"
#include "report/sheet.h"
#include "util/file.h"

extern const struct sim_cmd sim_cmd_report;

static const char *html, *section, *fail_if;
static bool all_trades, annualize_short;
static sim_dec rf;

static const struct sim_opt opts[] = {
	{ SIM_OPT_STR, "section", .arg = "NAME",
	  .help = "only this one: overview, curve, months, metrics,"
		  " drawdowns, symbols, trades, costs or model",
	  .value = &section, .words = SIM_OPT_WORDS_SECTION },
	{ SIM_OPT_FLAG, "all-trades",
	  .help = "every trade, not a choice of them", .value = &all_trades },
	{ SIM_OPT_PATH, "html", .arg = "FILE",
	  .help = "write one self-contained page (- is stdout) instead",
	  .value = &html },
	{ SIM_OPT_DEC, "rf", .arg = "RATE",
	  .help = "risk-free rate a year as a fraction, or 0", .value = &rf,
	  .lo = -SIM_DEC_ONE, .hi = 10 * SIM_DEC_ONE },
	{ SIM_OPT_FLAG, "annualize-short",
	  .help = "annualise returns of less than a year too",
	  .value = &annualize_short },
	SIM_FAILIF_OPT(fail_if),
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador report last -o table",
	"simutrador report last --html report.html",
	"simutrador report last --section trades -o csv",
	NULL
};

static int put_sheet(struct sim_cli *cli, const struct sim_report *r,
		     struct sim_err *err)
{
	const struct sim_sheet_opts how = {
		.ascii = !cli->term.utf8, .color = cli->term.color,
		.all_trades = all_trades, .section = section,
	};
	struct sim_sheet sheet = SIM_SHEET_INIT;
	int rc = sim_sheet_build(r, &how, &sheet, err);

	if (!rc)
		sim_cli_page(cli);
	for (size_t i = 0; i < sheet.n && !rc; i++)
		sim_out_write(cli->out, sheet.pages[i].data,
			      sheet.pages[i].len);
	sim_sheet_release(&sheet);
	return rc;
}

static int put_html(struct sim_cli *cli, const struct sim_report *r,
		    struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc = SIM_OK;

	sim_html_report(r, &b);
	if (strcmp(html, "-"))
		rc = sim_file_write(html, sim_buf_str(&b), b.len, 0666, err);
	else
		sim_out_write(cli->out, sim_buf_str(&b), b.len);
	if (!rc && strcmp(html, "-"))
		sim_cli_note(cli, "Wrote %zu bytes to %s.", b.len, html);
	sim_buf_release(&b);
	return rc;
}

/* -- for programs -------------------------------------------------------- */

/* The sections that are lists for programs too. */
static const struct {
	const char *section;
	void (*put)(const struct sim_report *, enum sim_report_out_format,
		    struct sim_buf *);
} lists[] = {
	{ "metrics", sim_report_out_metrics },
	{ "trades", sim_report_out_trades },
	{ "curve", sim_report_out_equity },
};

static int put_section(const struct sim_report *r,
		       enum sim_report_out_format f, struct sim_buf *b,
		       struct sim_err *err)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (!strcmp(lists[i].section, section)) {
			lists[i].put(r, f, b);
			return SIM_OK;
		}
	}
	return sim_err_set(err, SIM_E_USAGE,
			   "as data there are the sections metrics, trades and"
			   " curve, not '%s'; -o table prints every section",
			   section);
}

static int put_data(struct sim_cli *cli, const struct sim_report *r,
		    struct sim_err *err)
{
	enum sim_out_format f = sim_out_format_of(cli->out);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc = SIM_OK;

	if (f == SIM_OUT_NAME)
		sim_buf_printf(&b, "%s\n", r->in->run_id);
	else if (f == SIM_OUT_TSV || f == SIM_OUT_MD)
		rc = sim_err_set(err, SIM_E_USAGE,
				 "report writes table, json, ndjson or csv, not"
				 " %s", sim_out_formats[f]);
	else if (section)
		rc = put_section(r, f == SIM_OUT_JSON ? SIM_REPORT_OUT_JSON
				 : f == SIM_OUT_CSV ? SIM_REPORT_OUT_CSV
						    : SIM_REPORT_OUT_NDJSON,
				 &b, err);
	else if (f == SIM_OUT_CSV)
		sim_report_out_metrics(r, SIM_REPORT_OUT_CSV, &b);
	else if (f == SIM_OUT_JSON)
		sim_report_out_json(r, &b);
	else
		sim_report_out_line(r, &b);
	sim_out_write(cli->out, sim_buf_str(&b), b.len);
	sim_buf_release(&b);
	return rc;
}

static int put(struct sim_cli *cli, const struct sim_report *r,
	       struct sim_err *err)
{
	if (html)
		return put_html(cli, r, err);
	if (sim_out_format_of(cli->out) <= SIM_OUT_WIDE)
		return put_sheet(cli, r, err);
	if (all_trades)
		return sim_err_set(err, SIM_E_USAGE,
				   "--all-trades is for the sheet (-o table);"
				   " --section trades gives all as data");
	return put_data(cli, r, err);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_tear_opts how = {
		.rf = sim_dec_to_double(rf),
		.annualize_short = annualize_short,
	};
	struct sim_folder *f;
	struct sim_tear t;
	int rc = sim_failif_check(fail_if, err);

	if (!rc)
		rc = sim_saved_tear(cli, cli->argv[0], &how, &f, &t, err);
	if (rc)
		return rc;
	rc = put(cli, &t.report, err);
	if (!rc)
		rc = sim_failif_test(fail_if, &t.report.metrics, err);
	sim_tear_release(&t);
	sim_folder_close(f);
	return rc;
}

const struct sim_cmd sim_cmd_report = {
	.name = "report", .summary = "print the tear sheet of a run",
	.operands = "RUN|SESSION", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_EITHER,
	.opts = opts, .examples = examples, .flags = SIM_CMD_PLAIN,
	.run = run,
};
