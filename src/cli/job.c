/* job: opens what a simulation needs, and says what is missing. */
#include "cli/job.h"

#include <stdlib.h>
#include <string.h>

#include "market/adjust.h"
#include "run/orders.h"
#include "util/file.h"
#include "util/mem.h"

const char *const sim_job_sessions[] = { "regular", "extended", NULL };
const char *const sim_job_accounts[] = { "cash", "margin", NULL };
const char *const sim_job_fills[] = { "next-open", "close", NULL };
const char *const sim_job_semantics[] = {
	"simutrador", "backtesting.py", "backtrader", NULL
};
const char *const sim_job_paths[] = {
	"worst", "best", "ohlc", "olhc", "adaptive", "detail:", NULL
};
const char *const sim_job_limit_fills[] = { "touch", "through:", NULL };
const char *const sim_job_slippages[] = {
	"none", "bps:", "ticks:", "spread:", "vol:", "impact:", NULL
};
const char *const sim_job_commissions[] = {
	"none", "per-share:", "percent:", "bps:", "per-order:", NULL
};

struct opening {
	struct sim_cli *cli;
	const struct sim_job_opts *opts;
	struct sim_job *j;
	struct sim_bar_tf tf;		/* of the first symbol */
	bool has_tf;
};

struct sim_run_data sim_job_data(const struct sim_source *s, const char *file)
{
	return (struct sim_run_data){
		.instrument = s->instrument, .tf = s->tf, .bars = s->whole,
		.hash = s->hash, .actions = s->actions,
		.nactions = s->nactions, .file = file, .calendar = s->cal,
	};
}

static int open_source(struct opening *o, const char *symbol, const char *file,
		       struct sim_err *err)
{
	struct sim_source *s = &o->j->sources[o->j->nsources];
	const struct sim_source_want want = {
		.name = file ? file : symbol, .symbol = symbol,
		.tf = o->has_tf && !file ? (struct sim_opt_tf){ true, o->tf }
					 : o->opts->tf,
		.kind = file ? SIM_SOURCE_FILE : SIM_SOURCE_SYMBOL,
		.whole = true,
	};
	int rc;

	*s = (struct sim_source)SIM_SOURCE_INIT;
	o->j->nsources++;
	rc = sim_source_open(o->cli, &want, s, err);
	if (!rc && !o->has_tf) {
		o->tf = s->tf;
		o->has_tf = true;
	}
	return rc;
}

static bool is_listed(const struct sim_job *j, const char *symbol)
{
	for (size_t i = 0; i < j->nsources; i++)
		if (!strcmp(j->sources[i].instrument.symbol, symbol))
			return true;
	return false;
}

static int twice(const char *symbol, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_USAGE,
			   "the symbol %s is given twice", symbol);
}

/* The path from the root, so that the run can be verified from anywhere. */
static const char *full_path(struct opening *o, const char *file)
{
	char *full = realpath(file, NULL);
	const char *kept;

	if (!full)
		return file;
	kept = sim_mem_arena_strdup(o->cli->arena, full);
	sim_mem_free(full);
	return kept;
}

static int open_file(struct opening *o, const char *pair, struct sim_err *err)
{
	const char *eq = strchr(pair, '=');
	char *symbol = sim_mem_strndup(pair, (size_t)(eq - pair));
	int rc = sim_instrument_check_symbol(symbol, err);

	if (!rc && is_listed(o->j, symbol))
		rc = twice(symbol, err);
	if (!rc)
		rc = open_source(o, symbol, eq + 1, err);
	if (!rc)
		o->j->data[o->j->spec.nsyms++] =
			sim_job_data(&o->j->sources[o->j->nsources - 1],
				     full_path(o, eq + 1));
	sim_mem_free(symbol);
	return rc;
}

static int open_symbol(struct opening *o, const char *symbol,
		       struct sim_err *err)
{
	int rc;

	if (is_listed(o->j, symbol))
		return twice(symbol, err);
	rc = open_source(o, symbol, NULL, err);
	if (!rc)
		o->j->data[o->j->spec.nsyms++] =
			sim_job_data(&o->j->sources[o->j->nsources - 1], NULL);
	return rc;
}

/* Symbols come from --symbols and --data, else from the order list. */
static int open_symbols(struct opening *o, struct sim_err *err)
{
	const struct sim_job_opts *p = o->opts;
	const struct sim_orders *list = o->j->own_orders;
	bool from_list = list && !p->symbols.n && !p->files.n;
	size_t n = p->symbols.n + p->files.n + (list ? list->nsyms : 0) + 1;
	int rc = SIM_OK;

	o->j->sources = sim_mem_array(n, sizeof(*o->j->sources));
	o->j->data = sim_mem_array(n, sizeof(*o->j->data));
	for (size_t i = 0; i < p->files.n && !rc; i++)
		rc = open_file(o, p->files.v[i], err);
	for (size_t i = 0; i < p->symbols.n && !rc; i++)
		rc = open_symbol(o, p->symbols.v[i], err);
	for (uint32_t i = 0; from_list && i < list->nsyms && !rc; i++)
		rc = open_symbol(o, list->symbols[i], err);
	o->j->spec.data = o->j->data;
	if (!rc && !o->j->spec.nsyms)
		return sim_err_set(err, SIM_E_USAGE,
				   "%s needs bars: --symbols A,B for the"
				   " store, or --data SYMBOL=FILE",
				   o->cli->cmd->name);
	return rc;
}

static int open_benchmark(struct opening *o, struct sim_err *err)
{
	struct sim_job *j = o->j;
	const char *name = o->opts->benchmark;
	int rc;

	if (!name || !*name)
		return SIM_OK;
	for (uint32_t i = 0; i < j->spec.nsyms; i++) {
		if (!strcmp(j->data[i].instrument.symbol, name)) {
			j->spec.benchmark = &j->data[i];
			return SIM_OK;
		}
	}
	rc = open_source(o, name, NULL, err);
	if (rc) {
		sim_err_prefix(err, "the benchmark");
		return rc;
	}
	/* data has one more place than there are symbols. */
	j->data[j->spec.nsyms] = sim_job_data(&j->sources[j->nsources - 1],
					      NULL);
	j->spec.benchmark = &j->data[j->spec.nsyms];
	return SIM_OK;
}

/* Symbols of the same calendar share one. */
static int open_calendars(struct opening *o, struct sim_err *err)
{
	struct sim_job *j = o->j;
	size_t n = j->spec.nsyms + 1;
	int rc = SIM_OK;

	j->cals = sim_mem_array(n, sizeof(*j->cals));
	for (size_t i = 0; i < n && !rc; i++) {
		const char *name = j->data[i].instrument.calendar;
		size_t k = 0;

		while (k < j->ncals &&
		       strcmp(sim_calendar_name(j->cals[k]), name))
			k++;
		if (!*name)		/* no benchmark of its own */
			continue;
		if (k == j->ncals) {
			rc = sim_source_calendar(o->cli, name, &j->cals[k],
						 err);
			j->ncals += !rc;
		}
		if (!rc)
			j->data[i].calendar = j->cals[k];
	}
	return rc;
}

/* -- finer bars ---------------------------------------------------------- */

static int open_detail(struct opening *o, uint32_t i, struct sim_err *err)
{
	struct sim_job *j = o->j;
	const struct sim_bar_tf tf = { SIM_BAR_TF_INTRADAY,
				       j->spec.config.detail_span };
	const struct sim_source_want want = {
		.name = j->data[i].instrument.symbol,
		.tf = { true, tf }, .kind = SIM_SOURCE_SYMBOL, .whole = true,
	};
	struct sim_source *s = &j->details[j->ndetails++];
	char text[16];
	int rc;

	*s = (struct sim_source)SIM_SOURCE_INIT;
	rc = sim_source_open(o->cli, &want, s, err);
	if (rc == SIM_E_NOENT) {
		sim_cli_warn(o->cli, "no %s bars of %s are stored, so its path"
			     " inside a bar is adaptive",
			     sim_bar_tf_text(tf, text), want.name);
		return SIM_OK;
	}
	if (rc)
		return rc;
	j->detail_series[i] = s->whole;
	j->data[i].detail = &j->detail_series[i];
	j->data[i].detail_tf = tf;
	return SIM_OK;
}

static int open_details(struct opening *o, struct sim_err *err)
{
	struct sim_job *j = o->j;
	int rc = SIM_OK;

	if (j->spec.config.path != SIM_CONFIG_PATH_DETAIL)
		return SIM_OK;
	j->details = sim_mem_array(j->spec.nsyms, sizeof(*j->details));
	j->detail_series = sim_mem_array(j->spec.nsyms,
					 sizeof(*j->detail_series));
	for (uint32_t i = 0; i < j->spec.nsyms && !rc; i++)
		rc = open_detail(o, i, err);
	return rc;
}

/* -- rules --------------------------------------------------------------- */

/* A cash account can't have leverage; the one set later would win unseen. */
static int check_leverage(const struct sim_job_opts *p,
			  const struct sim_config *c, struct sim_err *err)
{
	const struct sim_config_setting *row;

	for (int i = 0; !c->margin && (row = sim_config_setting_row(i)); i++)
		if (!strcmp(row->name, "leverage") && p->setting[i])
			return sim_err_set(err, SIM_E_USAGE,
					   "--leverage %s is for a margin"
					   " account and --account is cash;"
					   " leave one of them out",
					   p->setting[i]);
	return SIM_OK;
}

static int fill_config(const struct sim_job_opts *p, struct sim_config *c,
		       struct sim_err *err)
{
	const struct sim_config_setting *row;
	int rc = sim_config_preset(p->model && *p->model ? p->model
							 : "us-equity",
				   c, err);

	for (int i = 0; !rc && (row = sim_config_setting_row(i)); i++) {
		if (i >= SIM_JOB_SETTINGS)
			SIM_BUG("more settings than SIM_JOB_SETTINGS");
		if (p->setting[i])
			rc = sim_config_set(c, row->name, p->setting[i], err);
	}
	if (!rc && p->slip_out)
		rc = sim_config_set(c, "slip-out", "yes", err);
	if (!rc && p->fill_synthetic)
		rc = sim_config_set(c, "fill-synthetic", "yes", err);
	return rc ? rc : check_leverage(p, c, err);
}

int sim_job_check(const struct sim_job_opts *p, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(4096);
	int n = sim_formopt_count(&p->form) + (p->orders != NULL), rc;

	if (n == 1)
		return SIM_OK;
	sim_formopt_choices(&b);
	rc = sim_err_set(err, SIM_E_USAGE, "simulate needs one of %s and"
			 " --orders FILE; %s", sim_buf_str(&b),
			 n ? "more than one is given" : "none is given");
	sim_buf_release(&b);
	return rc;
}

static int fill_strategy(const struct sim_job_opts *p, struct sim_job *j,
			 struct sim_err *err)
{
	int rc = sim_job_check(p, err);

	if (!rc)
		rc = sim_formopt_make(&p->form, &j->strategy, err);
	if (!rc)
		j->spec.form = j->strategy.form;
	return rc;
}

int sim_job_orders(const char *path, struct sim_orders **out,
		   struct sim_err *err)
{
	struct sim_orders *o;
	struct sim_buf b = SIM_BUF_INIT(SIM_ORDERS_BYTES_MAX + 1);
	int rc;

	if (!path)
		return SIM_OK;
	rc = sim_file_read(path, SIM_ORDERS_BYTES_MAX, &b, err);
	if (!rc)
		rc = sim_orders_parse(sim_file_called(path), sim_buf_str(&b),
				      b.len, &o, err);
	sim_buf_release(&b);
	if (rc)
		return rc;
	if (!o->n) {
		rc = sim_err_set(err, SIM_E_DATA, "%s holds no order",
				 o->name);
		sim_orders_free(o);
		return rc;
	}
	*out = o;
	return SIM_OK;
}

static int check_files(const struct sim_job_opts *p, struct sim_err *err)
{
	for (size_t i = 0; i < p->files.n; i++) {
		const char *s = p->files.v[i], *eq = strchr(s, '=');

		if (!eq || eq == s || !eq[1])
			return sim_err_set(err, SIM_E_USAGE,
					   "--data is SYMBOL=FILE, not '%s'",
					   s);
	}
	return SIM_OK;
}

static sim_time begin_of(const struct sim_run_bound *b)
{
	return b->kind == SIM_RUN_BOUND_DAY ? b->day * SIM_TIME_DAY : b->time;
}

/* A command is started again only when that is wanted. */
bool sim_job_band(const struct sim_job_opts *p, enum sim_form_kind kind)
{
	return p->band || (!p->no_band && (p->orders ||
					   kind != SIM_FORM_PIPE));
}

static int fill_rest(struct sim_cli *cli, const struct sim_job_opts *p,
		     struct sim_run_spec *spec, struct sim_err *err)
{
	int rc = sim_run_bound_parse(p->from ? p->from : "", "--from", false,
				     &spec->from, err);

	if (!rc)
		rc = sim_run_bound_parse(p->to ? p->to : "", "--to", true,
					 &spec->to, err);
	if (rc)
		return rc;
	if (spec->from.kind && spec->to.kind &&
	    begin_of(&spec->from) > begin_of(&spec->to))
		return sim_err_set(err, SIM_E_USAGE,
				   "--from is after --to; exchange them");
	if (p->adjust && !sim_adjust_parse(p->adjust, &spec->view))
		SIM_BUG("--adjust");
	spec->extended = p->session && !strcmp(p->session, "extended");
	spec->seed = (uint64_t)p->seed;
	spec->log = !p->no_log;
	spec->reach = true;
	spec->band = sim_job_band(p, spec->form.kind);
	if (sim_cli_folder(cli, "calendars", &spec->calendar_dir, NULL))
		spec->calendar_dir = NULL;
	if (sim_cli_folder(cli, "", &spec->form.hidden, NULL))
		spec->form.hidden = NULL;
	return SIM_OK;
}

int sim_job_open(struct sim_cli *cli, const struct sim_job_opts *opts,
		 struct sim_job *j, struct sim_err *err)
{
	struct opening o = { .cli = cli, .opts = opts, .j = j };
	int rc = check_files(opts, err);

	if (!rc)
		rc = fill_strategy(opts, j, err);
	if (!rc)
		rc = fill_config(opts, &j->spec.config, err);
	if (!rc)
		rc = fill_rest(cli, opts, &j->spec, err);
	if (!rc)
		rc = sim_job_orders(opts->orders, &j->own_orders, err);
	j->spec.orders = j->own_orders;
	if (!rc)
		rc = open_symbols(&o, err);
	if (!rc)
		rc = open_benchmark(&o, err);
	if (!rc)
		rc = open_calendars(&o, err);
	if (!rc)
		rc = open_details(&o, err);
	/* The trades of a report take the splits from the log. */
	for (uint32_t i = 0; !rc && i < j->spec.nsyms; i++) {
		j->spec.log |= j->data[i].nactions != 0;
		if (j->spec.view != SIM_ADJUST_RAW && !j->data[i].nactions)
			sim_source_unadjusted(cli,
				j->data[i].instrument.symbol,
				j->data[i].file != NULL, opts->adjust);
	}
	return rc;
}

void sim_job_forget(const struct sim_job *j)
{
	for (size_t i = 0; i < j->nsources; i++) {
		if (j->sources[i].stored)
			sim_store_bars_forget(j->sources[i].stored);
	}
}

void sim_job_release(struct sim_job *j)
{
	for (size_t i = 0; i < j->nsources; i++)
		sim_source_release(&j->sources[i]);
	for (size_t i = 0; i < j->ndetails; i++)
		sim_source_release(&j->details[i]);
	for (size_t i = 0; i < j->ncals; i++)
		sim_calendar_close(j->cals[i]);
	sim_mem_free(j->cals);
	sim_mem_free(j->sources);
	sim_mem_free(j->details);
	sim_mem_free(j->detail_series);
	sim_mem_free(j->data);
	sim_formopt_release(&j->strategy);
	sim_orders_free(j->own_orders);
	*j = (struct sim_job)SIM_JOB_INIT;
}
