/*
 * verify: the inputs first, bar by bar against their hashes, then the events
 * of a new execution against the saved ones, line by line.
 */
#include "run/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "run/beside.h"
#include "run/fork.h"
#include "run/manifest.h"
#include "run/orders.h"
#include "run/rowsum.h"
#include "strategy/plugin.h"
#include "util/file.h"
#include "util/mem.h"

/* A verification at work. */
struct check {
	const struct sim_folder *f;
	const struct sim_verify_source *src;
	struct sim_verify_report *rep;
	struct sim_run_spec spec;
	struct sim_strategy_param params[SIM_RUN_PARAMS_MAX];
	struct sim_run_data *data;
	struct sim_bar_series *detail;
	struct sim_orders *orders;
	struct sim_buf sums, script;
	struct sim_beside *beside;	/* what came with it, or NULL */
	struct sim_fork fork;
	struct sim_run_result now;
};

/* -- the data -------------------------------------------------------------- */

static const char *text_of(const struct sim_json_val *v, const char *key)
{
	const char *s = sim_json_as_str(sim_json_get(v, key));

	return s ? s : "";
}

static sim_time time_of(const struct sim_json_val *v, const char *key)
{
	const char *s = text_of(v, key);
	sim_time t = 0;

	return sim_time_parse(s, strlen(s), &t, NULL, NULL) ? 0 : t;
}

/* The row where the bars differ, from the sums kept beside the run. */
static int blame_row(struct check *c, uint32_t i,
		     const struct sim_bar_series *s, struct sim_err *err)
{
	struct sim_verify_report *rep = c->rep;
	struct sim_rowsum sums;
	char t[SIM_TIME_STRMAX];
	int rc = sim_rowsum_open(sim_buf_str(&c->sums), c->sums.len, i, &sums,
				 err);

	if (rc)
		return rc;
	rep->data_differs = true;
	memcpy(rep->symbol, c->f->result.instruments[i].symbol,
	       sizeof(rep->symbol));
	rep->row = sim_rowsum_compare(&sums, s);
	if (rep->row == SIZE_MAX)
		return sim_err_set(err, SIM_E_REPRO, "%s: every bar is the "
				   "same, but its instrument or timeframe is "
				   "not what run %s used", rep->symbol,
				   c->f->id);
	rep->chunk = rep->row / SIM_STORE_CHUNK;
	if (rep->row >= s->n || rep->row >= sums.n)
		return sim_err_set(err, SIM_E_REPRO, "%s has %zu bars in the "
				   "range of run %s, which used %zu; they "
				   "part at chunk %zu, row %zu", rep->symbol,
				   s->n, c->f->id, sums.n, rep->chunk,
				   rep->row);
	rep->row_time = s->ts[rep->row];
	sim_time_format(rep->row_time, t);
	return sim_err_set(err, SIM_E_REPRO, "%s: the bar in chunk %zu, row "
			   "%zu (%s) is not the one that run %s used",
			   rep->symbol, rep->chunk, rep->row, t, c->f->id);
}

/* Cut the series to the run's range and compare its hash. */
static int check_bars(struct check *c, uint32_t i,
		      const struct sim_json_val *sym, struct sim_err *err)
{
	struct sim_run_data *d = &c->data[i];
	uint8_t hash[SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX];
	int64_t bars = 0;

	if (!sim_json_as_int(sim_json_get(sym, "bars"), &bars))
		bars = 0;
	d->bars = bars ? sim_bar_range(&d->bars, time_of(sym, "first"),
				       time_of(sym, "last") + 1) :
		sim_bar_range(&d->bars, 0, 0);
	d->hash = NULL;
	sim_store_hash(&d->instrument, d->tf, &d->bars, NULL, hash);
	sim_sha256_hex(hash, hex);
	c->rep->bars += d->bars.n;
	if (!strcmp(hex, text_of(sym, "hash")))
		return SIM_OK;
	return blame_row(c, i, &d->bars, err);
}

static int check_actions(struct check *c, uint32_t i,
			 const struct sim_json_val *sym, struct sim_err *err)
{
	struct sim_run_data *d = &c->data[i];
	char hex[SIM_SHA256_HEX] = "";

	if (d->nactions)
		sim_manifest_hash_actions(d->actions, d->nactions, hex);
	if (!strcmp(hex, text_of(sym, "actions_hash")))
		return SIM_OK;
	return sim_err_set(err, SIM_E_REPRO, "%s: its corporate actions are "
			   "not those that run %s used", d->instrument.symbol,
			   c->f->id);
}

/* From beside the run when it stands there. */
static int load(struct check *c, const char *symbol, struct sim_bar_tf tf,
		const char *file, struct sim_run_data *d, struct sim_err *err)
{
	return c->beside ? sim_beside_load(c->beside, symbol, tf, d, err) :
		c->src->load(c->src->ctx, symbol, tf, file, d, err);
}

static int load_detail(struct check *c, uint32_t i,
		       const struct sim_json_val *sym, struct sim_err *err)
{
	const char *text = text_of(sym, "detail_timeframe");
	struct sim_run_data *d = &c->data[i], fine;
	char hex[SIM_SHA256_HEX];
	uint8_t hash[SIM_SHA256_SIZE];
	int rc;

	if (!*text)
		return SIM_OK;
	rc = sim_bar_tf_parse(text, &d->detail_tf, err);
	if (!rc)
		rc = load(c, d->instrument.symbol, d->detail_tf, NULL, &fine,
			  err);
	if (rc)
		return rc;
	c->detail[i] = fine.bars;
	d->detail = &c->detail[i];
	sim_store_hash(&d->instrument, d->detail_tf, d->detail, NULL, hash);
	sim_sha256_hex(hash, hex);
	if (!strcmp(hex, text_of(sym, "detail_hash")))
		return SIM_OK;
	return sim_err_set(err, SIM_E_REPRO, "%s: its %s bars are not those "
			   "that run %s used", d->instrument.symbol, text,
			   c->f->id);
}

static const char *file_of(const struct check *c, uint32_t i)
{
	const struct sim_json_val *list =
		sim_json_get(sim_json_root(c->f->summary), "symbols");

	return sim_json_as_str(sim_json_get(sim_json_at(list, i), "file"));
}

static int check_symbol(struct check *c, uint32_t i, struct sim_err *err)
{
	const struct sim_json_val *list =
		sim_json_get(sim_json_root(c->f->manifest), "symbols");
	const struct sim_json_val *sym = sim_json_at(list, i);
	struct sim_bar_tf tf;
	int rc = sim_bar_tf_parse(c->f->result.timeframe, &tf, err);

	if (!rc)
		rc = load(c, c->f->result.instruments[i].symbol, tf,
			  file_of(c, i), &c->data[i], err);
	if (!rc)
		rc = check_bars(c, i, sym, err);
	if (!rc)
		rc = check_actions(c, i, sym, err);
	return rc ? rc : load_detail(c, i, sym, err);
}

static int read_beside(const struct check *c, const char *name,
		       struct sim_buf *out, struct sim_err *err)
{
	struct sim_buf path = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	sim_buf_printf(&path, "%s/%s", c->f->path, name);
	rc = sim_file_read(path.data, SIM_BUF_MAX, out, err);
	sim_buf_release(&path);
	return rc;
}

static int check_data(struct check *c, struct sim_err *err)
{
	uint32_t n = c->f->result.nsyms;
	int rc = read_beside(c, "rows.sum", &c->sums, err);

	if (!rc)
		rc = sim_beside_open(c->f->path, &c->beside, err);
	c->data = sim_mem_array(n, sizeof(*c->data));
	c->detail = sim_mem_array(n, sizeof(*c->detail));
	for (uint32_t i = 0; !rc && i < n; i++)
		rc = check_symbol(c, i, err);
	c->spec.data = c->data;
	c->spec.nsyms = n;
	return rc;
}

/* -- the events ------------------------------------------------------------ */

static int load_orders(struct check *c, struct sim_err *err)
{
	const struct sim_json_val *v =
		sim_json_get(sim_json_root(c->f->manifest), "orders");
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	char name[24];
	int rc;

	if (!v)
		return SIM_OK;
	memcpy(name, "orders.csv", 11);
	if (!strcmp(text_of(v, "format"), "ndjson"))
		memcpy(name, "orders.ndjson", 14);
	rc = read_beside(c, name, &b, err);
	if (!rc)
		rc = sim_orders_parse(name, sim_buf_str(&b), b.len, &c->orders,
				      err);
	c->spec.orders = c->orders;
	sim_buf_release(&b);
	return rc;
}

/* A script is made once to see that it is the one that ran.  A command can't
 * be looked at; what it does is what counts. */
static int check_script(struct check *c, struct sim_err *err)
{
	const char *want = text_of(sim_json_get(sim_json_root(c->f->manifest),
						"strategy"), "hash");
	struct sim_form form = c->spec.form;
	struct sim_strategy s;
	bool is_same;
	int rc;

	form.seed = c->spec.seed;
	rc = sim_form_open(&form, &s, err);
	if (rc)
		return rc;
	is_same = !strcmp(want, s.hash);
	s.ops->free(s.self);
	if (is_same)
		return SIM_OK;
	return sim_err_set(err, SIM_E_REPRO, "%s/" SIM_FOLDER_SCRIPT " is not "
			   "the script that run %s used; was it altered?",
			   c->f->path, c->f->id);
}

/* Looked at before anything of it runs. */
static int check_plugin(struct check *c, struct sim_err *err)
{
	const char *want = text_of(sim_json_get(sim_json_root(c->f->manifest),
						"strategy"), "hash");
	const char *path = c->spec.form.source;
	char hash[65];
	int rc = sim_plugin_hash(path, hash, err);

	if (rc) {
		sim_err_prefix(err, "the plugin of run %s", c->f->id);
		return rc;
	}
	if (!strcmp(want, hash))
		return SIM_OK;
	return sim_err_set(err, SIM_E_REPRO, "the plugin %.200s is not the one "
			   "that run %s used; its bytes have changed", path,
			   c->f->id);
}

/* How it is started here. */
static int settle(const struct check *c, struct sim_form *f,
		  struct sim_err *err)
{
	struct stat st;

	f->hidden = c->src->hidden;
	if (c->src->is_elsewhere)
		f->directory = NULL;
	if (!f->directory || (!stat(f->directory, &st) && S_ISDIR(st.st_mode)))
		return SIM_OK;
	return sim_err_set(err, SIM_E_NOENT, "the command of run %s was "
			   "started in %.200s, which is no folder any more; "
			   "put it back, or verify a bundle of the run, whose "
			   "command is started where you are", c->f->id,
			   f->directory);
}

static int load_strategy(struct check *c, struct sim_err *err)
{
	int rc;

	/* Also for a strategy that takes over from orders. */
	c->spec.form.hidden = c->src->hidden;
	if (c->spec.orders)
		return SIM_OK;
	rc = sim_folder_strategy(c->f, &c->spec.form, &c->script, err);
	if (!rc)
		rc = settle(c, &c->spec.form, err);
	if (!rc && c->spec.form.kind == SIM_FORM_PLUGIN)
		return check_plugin(c, err);
	return !rc && c->spec.form.text ? check_script(c, err) : rc;
}

static int load_forks(struct check *c, struct sim_err *err)
{
	int rc;

	sim_fork_init(&c->fork);
	rc = sim_fork_read(c->f, &c->spec.config, &c->fork, err);
	for (size_t i = 0; !rc && i < c->fork.n; i++) {
		if (c->fork.points[i].has_form)
			rc = settle(c, &c->fork.points[i].form, err);
	}
	if (!rc)
		sim_fork_apply(&c->fork, &c->spec);
	return rc;
}

static char *line_at(const struct sim_buf *b, size_t at)
{
	const char *p = sim_buf_str(b) + at;
	const char *nl = memchr(p, '\n', b->len - at);

	return sim_mem_strndup(p, nl ? (size_t)(nl - p) : b->len - at);
}

static int figure_differs(const struct check *c, const char *what,
			  sim_dec saved, sim_dec now, struct sim_err *err)
{
	char a[SIM_DEC_STRMAX], b[SIM_DEC_STRMAX];

	sim_dec_format(saved, 0, a);
	sim_dec_format(now, 0, b);
	return sim_err_set(err, SIM_E_REPRO, "run %s did not reproduce: every "
			   "event is the same, but %s was saved as %s and is "
			   "now %s", c->f->id, what, a, b);
}

/* What stands beside the log: the equity column and the last account. */
static int compare_figures(const struct check *c, struct sim_err *err)
{
	const struct sim_run_equity *a = &c->f->result.equity;
	const struct sim_run_equity *b = &c->now.equity;
	const struct sim_account *x = &c->f->result.account;
	const struct sim_account *y = &c->now.account;
	char what[SIM_TIME_STRMAX + 16] = "the equity at ";
	const struct {
		const char *what;
		sim_dec saved, now;
	} figures[] = {
		{ "the final equity", x->equity, y->equity },
		{ "the final cash", x->cash, y->cash },
		{ "the open cost", x->open_cost, y->open_cost },
		{ "the sum of fees", x->fees, y->fees },
		{ "the realized profit", x->realized, y->realized },
		{ "the sum of dividends", x->dividends, y->dividends },
		{ "the sum of interest", x->interest, y->interest },
		{ "the highest equity", x->peak, y->peak },
		{ "the lowest equity since", x->trough, y->trough },
	};

	if (a->n != b->n)
		return figure_differs(c, "the number of equity points",
				      (sim_dec)a->n * SIM_DEC_ONE,
				      (sim_dec)b->n * SIM_DEC_ONE, err);
	for (size_t i = 0; i < a->n; i++) {
		if (a->value[i] == b->value[i] && a->time[i] == b->time[i])
			continue;
		sim_time_format(b->time[i], what + strlen(what));
		return figure_differs(c, what, a->value[i], b->value[i], err);
	}
	if (a->nheld != b->nheld)
		return figure_differs(c, "the number of closes",
				      (sim_dec)a->nheld * SIM_DEC_ONE,
				      (sim_dec)b->nheld * SIM_DEC_ONE, err);
	for (size_t i = 0; i < a->nheld; i++) {
		if (a->gross[i] != b->gross[i])
			return figure_differs(c, "the gross value held at a "
					      "close", a->gross[i],
					      b->gross[i], err);
		if (a->net[i] != b->net[i])
			return figure_differs(c, "the net value held at a "
					      "close", a->net[i], b->net[i],
					      err);
	}
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (figures[i].saved != figures[i].now)
			return figure_differs(c, figures[i].what,
					      figures[i].saved,
					      figures[i].now, err);
	}
	if (strcmp(c->f->result.log_hash, c->now.log_hash))
		return sim_err_set(err, SIM_E_REPRO, "the summary of run %s "
				   "names a log of another hash, %s; it is %s",
				   c->f->id, c->f->result.log_hash,
				   c->now.log_hash);
	return SIM_OK;
}

/* What was counted and summed over the fills. */
static int compare_counts(const struct check *c, struct sim_err *err)
{
	const struct sim_engine_counts *x = &c->f->result.counts;
	const struct sim_engine_counts *y = &c->now.counts;
	const struct {
		const char *what;
		uint64_t saved, now;
	} numbers[] = {
		{ "the number of orders", x->submitted, y->submitted },
		{ "the number of rejected orders", x->rejected, y->rejected },
		{ "the number of cancelled orders", x->cancelled,
		  y->cancelled },
		{ "the number of expired orders", x->expired, y->expired },
		{ "the number of replacements", x->replaced, y->replaced },
		{ "the number of fills", x->fills, y->fills },
		{ "the number of ambiguous fills", x->ambiguous,
		  y->ambiguous },
		{ "the number of fills of synthetic bars", x->synthetic,
		  y->synthetic },
		{ "the number of liquidations", x->liquidations,
		  y->liquidations },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i].saved != numbers[i].now)
			return figure_differs(c, numbers[i].what,
				(sim_dec)numbers[i].saved * SIM_DEC_ONE,
				(sim_dec)numbers[i].now * SIM_DEC_ONE, err);
	}
	if (x->slippage != y->slippage)
		return figure_differs(c, "the sum of slippage", x->slippage,
				      y->slippage, err);
	return x->traded == y->traded ? SIM_OK :
		figure_differs(c, "the value traded", x->traded, y->traded,
			       err);
}

/* How far prices went while trades were open; older runs don't say. */
static int compare_reach(const struct check *c, struct sim_err *err)
{
	const struct sim_run_result *a = &c->f->result, *b = &c->now;
	char what[64];

	for (size_t i = 0; i < a->nreach && i < b->nreach; i++) {
		const struct sim_fill_reach *x = &a->reach[i];
		const struct sim_fill_reach *y = &b->reach[i];
		bool is_low = x->low != y->low;

		if (!is_low && x->high == y->high)
			continue;
		snprintf(what, sizeof(what), "the %s price after fill %zu",
			 is_low ? "lowest" : "highest", i + 1);
		return figure_differs(c, what, is_low ? x->low : x->high,
				      is_low ? y->low : y->high, err);
	}
	return SIM_OK;
}

/* What the other paths inside the bars came to. */
static int compare_band(const struct check *c, struct sim_err *err)
{
	const struct sim_run_band *a = &c->f->result.band, *b = &c->now.band;
	const struct {
		const char *what;
		sim_dec saved, now;
	} finals[] = {
		{ "the final equity on ohlc", a->ohlc, b->ohlc },
		{ "the final equity on olhc", a->olhc, b->olhc },
		{ "the final equity on worst", a->worst, b->worst },
		{ "the final equity on best", a->best, b->best },
		{ "the low end of the band", a->low, b->low },
		{ "the high end of the band", a->high, b->high },
	};

	if (!a->is_known)
		return SIM_OK;
	for (size_t i = 0; i < sizeof(finals) / sizeof(finals[0]); i++) {
		if (finals[i].saved != finals[i].now)
			return figure_differs(c, finals[i].what,
					      finals[i].saved, finals[i].now,
					      err);
	}
	return SIM_OK;
}

/* Compare the logs; *rep says where they part. */
static int compare(struct check *c, struct sim_err *err)
{
	const struct sim_buf *a = &c->f->result.log, *b = &c->now.log;
	const char *pa = sim_buf_str(a), *pb = sim_buf_str(b);
	size_t n = a->len < b->len ? a->len : b->len, at = 0;
	struct sim_verify_report *rep = c->rep;

	rep->events = c->now.counts.events;
	rep->line = 1;
	for (size_t i = 0; i < n && pa[i] == pb[i]; i++) {
		if (pa[i] != '\n')
			continue;
		rep->line++;
		at = i + 1;
	}
	if (a->len == b->len && at == a->len) {
		int rc = compare_figures(c, err);

		if (!rc)
			rc = compare_counts(c, err);
		if (!rc)
			rc = compare_reach(c, err);
		return rc ? rc : compare_band(c, err);
	}
	rep->events_differ = true;
	rep->saved = line_at(a, at);
	rep->now = line_at(b, at);
	return sim_err_set(err, SIM_E_REPRO, "run %s did not reproduce: event "
			   "%" PRIu64 " was %.180s and is now %.180s",
			   c->f->id, rep->line,
			   *rep->saved ? rep->saved : "missing",
			   *rep->now ? rep->now : "missing");
}

static void forward_progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct sim_verify_source *src = ctx;

	src->progress(src->ctx, done, total);
}

/* The strategy fails as it did, if it did. */
static int judge(struct check *c, int rc, struct sim_err *err)
{
	if (rc == SIM_E_STRATEGY && c->now.steps && c->f->result.failure.code)
		rc = SIM_OK;
	else if (rc == SIM_E_STRATEGY)
		sim_err_prefix(err, "run %s did not reproduce", c->f->id);
	return rc ? rc : compare(c, err);
}

/* In the watchdog's thread: judge what there is and be done. */
static void abandon(void *ctx, const struct sim_run_result *r,
		    const struct sim_err *why)
{
	struct check *c = ctx;
	struct sim_err err = *why;
	int rc = judge(c, SIM_E_STRATEGY, &err);

	(void)r;
	c->src->abandon(c->src->ctx, c->f, c->rep, rc, &err);
}

static int again(struct check *c, struct sim_err *err)
{
	int rc;

	if (c->src->abandon) {
		c->spec.abandon = abandon;
		c->spec.abandon_ctx = c;
	}
	rc = sim_run_execute(&c->spec, &c->now, err);
	return judge(c, rc, err);
}

/* What is needed to run again. */
static void make_ready(struct check *c)
{
	union {
		const struct sim_verify_source *in;
		void *out;
	} ctx = { c->src };

	c->spec.log = c->spec.each_step = true;
	c->spec.reach = c->f->result.nreach != 0;
	c->spec.band = c->f->result.band.is_known;
	c->spec.calendar_dir = c->src->calendar_dir;
	if (c->src->progress) {
		c->spec.progress = forward_progress;
		c->spec.progress_ctx = ctx.out;
	}
}

static void release(struct check *c)
{
	if (!c)
		return;
	sim_orders_free(c->orders);
	sim_run_result_release(&c->now);
	sim_buf_release(&c->sums);
	sim_buf_release(&c->script);
	sim_fork_release(&c->fork);
	sim_beside_close(c->beside);
	sim_mem_free(c->data);
	sim_mem_free(c->detail);
	sim_mem_free(c);
}

/* The inputs, checked; *out also after an error. */
static int open_inputs(const struct sim_folder *f,
		       const struct sim_verify_source *src,
		       struct sim_verify_report *rep, struct check **out,
		       struct sim_err *err)
{
	struct check *c;
	int rc;

	*out = NULL;
	memset(rep, 0, sizeof(*rep));
	if (!f->result.log_hash[0])
		return sim_err_set(err, SIM_E_STATE, "run %s kept no event "
				   "log, so there is nothing to compare with",
				   f->id);
	*out = c = sim_mem_zalloc(sizeof(*c));
	c->f = f;
	c->src = src;
	c->rep = rep;
	c->sums.max = c->script.max = SIM_BUF_MAX;
	rc = sim_manifest_read(f->manifest, c->params, &c->spec, err);
	if (!rc)
		rc = check_data(c, err);
	if (!rc)
		rc = load_orders(c, err);
	if (!rc)
		rc = load_strategy(c, err);
	if (!rc)
		rc = load_forks(c, err);
	if (!rc)
		make_ready(c);
	return rc;
}

int sim_verify_run(const struct sim_folder *f,
		   const struct sim_verify_source *src,
		   struct sim_verify_report *rep, struct sim_err *err)
{
	struct check *c;
	int rc = open_inputs(f, src, rep, &c, err);

	if (!rc)
		rc = again(c, err);
	release(c);
	return rc;
}

/* -- for others ------------------------------------------------------------ */

struct sim_verify_inputs {
	struct check *check;
	struct sim_verify_report rep;
};

int sim_verify_open(const struct sim_folder *f,
		    const struct sim_verify_source *src,
		    struct sim_verify_inputs **out, struct sim_err *err)
{
	struct sim_verify_inputs *in = sim_mem_zalloc(sizeof(*in));
	int rc = open_inputs(f, src, &in->rep, &in->check, err);

	if (rc)
		sim_verify_close(in);
	else
		*out = in;
	return rc;
}

struct sim_run_spec *sim_verify_spec(struct sim_verify_inputs *in)
{
	return &in->check->spec;
}

struct sim_fork *sim_verify_forks(struct sim_verify_inputs *in)
{
	return &in->check->fork;
}

void sim_verify_close(struct sim_verify_inputs *in)
{
	if (!in)
		return;
	release(in->check);
	sim_verify_release(&in->rep);
	sim_mem_free(in);
}

void sim_verify_release(struct sim_verify_report *rep)
{
	sim_mem_free(rep->saved);
	sim_mem_free(rep->now);
	memset(rep, 0, sizeof(*rep));
}
