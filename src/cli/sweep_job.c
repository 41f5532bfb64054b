/* sweep_job: a command's work, one piece after the other. */
#include "cli/sweep_job.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/sweep_luck.h"
#include "cli/sweep_out.h"
#include "cli/tear.h"
#include "strategy/registry.h"
#include "sweep/ledger.h"
#include "util/mem.h"
#include "util/str.h"

#define TOP		10		/* rows of a table */
#define ID_CHARS	16
#define NAMES_MAX	(SIM_METRICS__COUNT + SIM_RUN_PARAMS_MAX + 2)

const char *const sim_sweep_job_own[] = {
	"param", "maximize", "where", "fail-if", "metrics", "jobs", "samples",
	"shard", "log", "no-save", NULL
};

/* Not kept for going on with it: how many threads is asked anew. */
static const char *const not_kept[] = { "jobs", "no-save", NULL };

static const enum sim_metrics_id usual[] = {
	SIM_METRICS_TOTAL_RETURN, SIM_METRICS_CAGR, SIM_METRICS_VOL_ANN,
	SIM_METRICS_SHARPE, SIM_METRICS_SORTINO, SIM_METRICS_CALMAR,
	SIM_METRICS_MAX_DRAWDOWN, SIM_METRICS_TRADES, SIM_METRICS_WIN_RATE,
	SIM_METRICS_PROFIT_FACTOR, SIM_METRICS_FILLS,
};

/* A sweep at work. */
struct work {
	struct sim_cli *cli;
	const struct sim_sweep_job *job;
	struct sim_opt_words_list kept, args;	/* of all of it, of a row */
	char *cwd;
	struct sim_job data;
	struct sim_space space;
	struct sim_batch *batch;
	struct sim_row_style style;
	struct sim_sweep sweep;
	struct sim_sweep_skip *skips;
	struct sim_sweep_out_shape shape;
	char id[SIM_SHA256_HEX];
	struct sim_ledger ledger;
	struct sim_sweep_rows rows;
	struct sim_sweep_out *out;
	struct sim_progress bar;
	struct sim_luck *luck;		/* NULL: not asked for */
};

/* -- what is wanted -------------------------------------------------------- */

static int want_one(struct work *w, const char *key, struct sim_err *err)
{
	const char *names[SIM_METRICS__COUNT + 1], *near;
	int id = sim_metrics_find(key);

	if (id >= 0) {
		w->shape.want[id] = true;
		return SIM_OK;
	}
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		names[i] = sim_metrics_row((enum sim_metrics_id)i)->key;
	names[SIM_METRICS__COUNT] = NULL;
	near = sim_str_near(key, names);
	return sim_err_set(err, SIM_E_USAGE, "--metrics: there is no metric "
			   "'%.40s'%s%s%s; simutrador metrics --list names "
			   "them", key, near ? ", did you mean '" : "",
			   near ? near : "", near ? "'" : "");
}

static int want_listed(struct work *w, struct sim_err *err)
{
	const struct sim_opt_list *l = &w->job->opts->metrics;
	int rc = SIM_OK;

	for (size_t i = 0; !l->n && i < sizeof(usual) / sizeof(*usual); i++)
		w->shape.want[usual[i]] = true;
	for (size_t i = 0; i < l->n && !rc; i++) {
		if (strcmp(l->v[i], "all"))
			rc = want_one(w, l->v[i], err);
		else
			memset(w->shape.want, true, sizeof(w->shape.want));
	}
	return rc;
}

/* Fields that are asked for are made. */
static void want_fields(struct work *w, const char *fields)
{
	while (fields && *fields) {
		size_t n = strcspn(fields, ",");
		char *key = sim_mem_strndup(fields + (*fields == '-'),
					    n - (*fields == '-'));
		int id = sim_metrics_find(key);

		if (id >= 0)
			w->shape.want[id] = true;
		sim_mem_free(key);
		fields += n + (fields[n] == ',');
	}
}

/* What an expression reads has to be there. */
static int want_used(struct work *w, const char *text, const char *what,
		     struct sim_err *err)
{
	const char *names[NAMES_MAX];
	struct sim_expr *e;
	size_t n = 0;
	int rc;

	if (!text)
		return SIM_OK;
	for (; n < SIM_METRICS__COUNT; n++)
		names[n] = sim_metrics_row((enum sim_metrics_id)n)->key;
	names[n++] = "point";
	names[n++] = "equity";
	for (size_t i = 0; i < w->space.naxes; i++)
		names[n++] = w->space.axes[i].name;
	rc = sim_expr_compile(text, what, names, n, &e, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < SIM_METRICS__COUNT; i++)
		w->shape.want[i] |= sim_expr_uses(e, i);
	sim_expr_free(e);
	return SIM_OK;
}

static int choose_metrics(struct work *w, struct sim_err *err)
{
	const struct sim_sweep_job_opts *o = w->job->opts;
	int rc = want_listed(w, err);

	if (!rc)
		rc = want_used(w, o->maximize, "--maximize", err);
	if (!rc)
		rc = want_used(w, o->where, "--where", err);
	if (!rc)
		rc = want_used(w, o->fail_if, "--fail-if", err);
	want_fields(w, w->cli->common->fields);
	want_fields(w, w->cli->common->sort);
	w->shape.nparams = w->space.naxes;
	for (size_t i = 0; i < w->space.naxes; i++)
		w->shape.params[i] = w->space.axes[i].name;
	w->shape.has_log = o->log;
	return rc;
}

/* -- the points ------------------------------------------------------------ */

void sim_sweep_job_operand(const char *operand, struct sim_formopt *o)
{
	if (!operand)
		return;
	/* Beside an option it is one too many, which is told by counting. */
	if (strchr(operand, '.') || strchr(operand, '/') ||
	    o->source[SIM_FORM_BUILTIN])
		o->file = operand;
	else
		o->source[SIM_FORM_BUILTIN] = operand;
}

static int check_strategy(const struct work *w, struct sim_err *err)
{
	const struct sim_formopt *f = &w->job->opts->job.form;
	struct sim_buf b = SIM_BUF_INIT(4096);
	int n = sim_formopt_count(f), rc;

	if (n == 1)
		return SIM_OK;
	sim_formopt_choices(&b);
	rc = sim_err_set(err, SIM_E_USAGE, "%s needs one strategy: the name of"
			 " a built-in one, or one of %s; %s",
			 w->cli->cmd->name, sim_buf_str(&b), n ?
			 "more than one is given" : "none is given");
	sim_buf_release(&b);
	return rc;
}

static const struct sim_registry_param *
find_param(const struct sim_registry_row *row, const char *name)
{
	const struct sim_registry_param *p;

	for (int k = 0; k < row->nparams; k++)
		if (!strcmp(row->params[k].name, name))
			return &row->params[k];
	for (int k = 0; (p = sim_registry_shared(k)); k++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

/* A word where a number is due. */
static int check_numbers(const struct sim_space_axis *a,
			 const struct sim_registry_param *p,
			 struct sim_err *err)
{
	const char *word = NULL;
	sim_dec d;

	if (a->is_number || (p->kind != SIM_REGISTRY_INT &&
			     p->kind != SIM_REGISTRY_DEC))
		return SIM_OK;
	for (size_t i = 0; i < a->n && !word; i++)
		if (sim_dec_parse(a->values[i], strlen(a->values[i]), &d,
				  NULL))
			word = a->values[i];
	return sim_err_set(err, SIM_E_USAGE, "parameter %s is '%.40s'; it must"
			   " be numbers from %s to %s, as a value, a list A,B,C"
			   " or a range START:END:STEP", a->name,
			   word ? word : a->values[0], p->min, p->max);
}

/* A name or a word that no point can have is told before the first of them. */
static int check_params(const struct work *w, struct sim_err *err)
{
	const struct sim_registry_row *row;
	int rc;

	if (w->data.spec.form.kind != SIM_FORM_BUILTIN)
		return SIM_OK;
	rc = sim_registry_find(w->data.spec.form.source, &row, err);
	for (size_t i = 0; i < w->space.naxes && !rc; i++) {
		const struct sim_space_axis *a = &w->space.axes[i];
		const struct sim_registry_param *p = find_param(row, a->name);

		if (p)
			rc = check_numbers(a, p, err);
		else
			rc = sim_err_set(err, SIM_E_USAGE, "strategy %s has no"
					 " parameter '%.40s'; strategy show %s"
					 " lists them", row->name, a->name,
					 row->name);
	}
	return rc;
}

static int make_space(struct work *w, struct sim_err *err)
{
	const struct sim_sweep_job_opts *o = w->job->opts;
	int rc = sim_space_parse(w->data.spec.form.params,
				 w->data.spec.form.nparams, &w->space, err);

	if (!rc)
		rc = check_params(w, err);
	if (!rc && w->job->is_sample)
		rc = sim_space_sample(&w->space, (uint64_t)o->samples,
				      (uint64_t)o->job.seed, err);
	if (!rc && o->shard)
		rc = sim_space_shard(&w->space, o->shard, err);
	return rc;
}

/* -- who it is ------------------------------------------------------------- */

static void hash_text(struct sim_buf *b, const char *s, size_t n)
{
	sim_buf_int(b, (int64_t)n);
	sim_buf_putc(b, ' ');
	sim_buf_add(b, s, n);
}

static void hash_word(struct sim_buf *b, const char *s)
{
	hash_text(b, s, strlen(s));
}

/* All that decides the rows, but for the shard. */
static void make_id(struct work *w)
{
	const struct sim_form *f = &w->data.spec.form;
	const struct sim_buf *tail = sim_batch_tail(w->batch);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	uint8_t hash[SIM_SHA256_SIZE];

	hash_word(&b, sim_form_name((int)f->kind));
	hash_word(&b, f->source);
	if (f->text)
		hash_text(&b, f->text, f->len);
	for (size_t i = 0; i < w->space.naxes; i++) {
		const struct sim_space_axis *a = &w->space.axes[i];

		hash_word(&b, a->name);
		sim_buf_int(&b, (int64_t)a->n);
		for (size_t k = 0; k < a->n; k++)
			hash_word(&b, a->values[k]);
	}
	sim_buf_int(&b, w->job->is_sample ? w->job->opts->samples : -1);
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		sim_buf_putc(&b, w->shape.want[i] ? '1' : '0');
	sim_buf_putc(&b, w->shape.has_log ? '1' : '0');
	hash_text(&b, tail->data, tail->len);
	sim_sha256_of(b.data, b.len, hash);
	sim_sha256_hex(hash, w->id);
	w->id[ID_CHARS] = '\0';
	sim_buf_release(&b);
}

/* Relative names in args need the folder they were said in. */
static bool has_names(const struct work *w)
{
	return w->job->opts->job.files.n ||
		w->data.spec.form.kind != SIM_FORM_BUILTIN;
}

static void make_style(struct work *w)
{
	w->style = (struct sim_row_style){
		.id = w->id, .space = &w->space, .want = w->shape.want,
		.args = (const char *const *)w->args.v,
		.directory = has_names(w) ? w->cwd : NULL,
	};
}

/* -- the ledger ------------------------------------------------------------ */

static void write_head(const struct work *w, struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, true);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "format", "simutrador-sweep-1");
	sim_json_str(&j, "command", w->job->is_sample ? "optimize random" :
		     "optimize sweep");
	sim_json_array(&j, "args");
	for (size_t i = 0; i < w->kept.n; i++)
		sim_json_str(&j, NULL, w->kept.v[i]);
	sim_json_end(&j);
	sim_json_str(&j, "directory", w->cwd);
	sim_json_str(&j, "sweep", w->id);
	sim_json_int(&j, "points", (int64_t)w->space.points);
	sim_json_int(&j, "rows", (int64_t)sim_space_count(&w->space));
	sim_json_end(&j);
	sim_buf_putc(out, '\n');
}

static int go_on(struct work *w, const char *dir, struct sim_err *err)
{
	const char *id;
	int rc = sim_ledger_open(dir, w->job->resume, true, &w->ledger, err);

	if (rc)
		return rc;
	id = sim_json_as_str(sim_json_get(sim_json_root(w->ledger.head),
					  "sweep"));
	if (!id || strcmp(id, w->id))
		return sim_err_set(err, SIM_E_STATE, "sweep %s was begun with "
				   "other data, another script or another "
				   "version; its rows can't be gone on with, "
				   "so sweep anew", w->ledger.id);
	if (w->ledger.rows > sim_space_count(&w->space))
		return sim_err_set(err, SIM_E_DATA, "sweep %s has %" PRIu64
				   " rows and only %" PRIu64 " points; its "
				   "file is damaged", w->ledger.id,
				   w->ledger.rows,
				   sim_space_count(&w->space));
	return sim_ledger_skips(&w->ledger, &w->skips, &w->sweep.nskips, err);
}

static int open_ledger(struct work *w, struct sim_err *err)
{
	const char *tmp = getenv("TMPDIR"), *dir;
	struct sim_buf head = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	if (w->job->opts->no_save && !w->job->resume)
		return sim_ledger_temp(tmp && *tmp ? tmp : "/tmp", &w->ledger,
				       err);
	rc = sim_cli_folder(w->cli, "sweeps", &dir, err);
	if (rc)
		return rc;
	if (w->job->resume)
		return go_on(w, dir, err);
	write_head(w, &head);
	rc = sim_ledger_new(dir, &head, &w->ledger, err);
	sim_buf_release(&head);
	return rc;
}

/* -- while it runs --------------------------------------------------------- */

static int add_rows(void *ctx, const char *text, size_t n, struct sim_err *err)
{
	return sim_ledger_add(&((struct work *)ctx)->ledger, text, n, err);
}

static int tick(void *ctx, uint64_t done, uint64_t total, struct sim_err *err)
{
	struct work *w = ctx;

	sim_progress_step(&w->bar, done, total);
	if (!sim_sweep_out_streams(w->out))
		return SIM_OK;
	return sim_sweep_out_more(w->out, &w->rows, err);
}

static void returns(void *ctx, uint64_t number, const double *ret, size_t n)
{
	sim_luck_take(((struct work *)ctx)->luck, number, ret, n);
}

static int full(void *ctx, uint64_t number, const struct sim_run_result *r,
		struct sim_metrics *m, struct sim_err *err)
{
	const struct work *w = ctx;
	const struct sim_tear_opts how = {
		.benchmark = w->job->opts->job.benchmark,
	};
	struct sim_tear t;
	int rc = sim_tear_build(r, &how, &t, err);

	if (!rc)
		*m = t.report.metrics;
	if (!rc && w->luck)
		sim_luck_take(w->luck, number, t.report.ret, t.report.n);
	sim_tear_release(&t);
	return rc;
}

/* In the watchdog's thread: note the point, and end. */
static void hang(void *ctx, uint64_t number, const struct sim_err *why)
{
	struct work *w = ctx;
	struct sim_err err = *why;

	sim_progress_end(&w->bar);
	if (sim_ledger_hang(&w->ledger, number, why, &err))
		sim_err_prefix(&err, "%.200s; and it could not be noted",
			       why->msg);
	else if (w->ledger.path)
		sim_err_set(&err, SIM_E_STRATEGY, "point %" PRIu64 ": %.300s;"
			    " optimize resume %s goes on without it", number,
			    why->msg, w->ledger.id);
	sim_cli_exit(w->cli, SIM_E_STRATEGY, &err);
}

static unsigned thread_count(const struct sim_sweep_job_opts *o)
{
	long n = o->jobs ? (long)o->jobs : sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (unsigned)n : 1;
}

static void make_sweep(struct work *w)
{
	bool has_actions = false;

	for (uint32_t i = 0; i < w->data.spec.nsyms; i++)
		has_actions |= w->data.data[i].nactions != 0;
	w->sweep.batch = w->batch;
	w->sweep.style = &w->style;
	w->sweep.config = &w->data.spec.config;
	w->sweep.threads = thread_count(w->job->opts);
	w->sweep.done = w->ledger.rows;
	w->sweep.log = w->job->opts->log;
	w->sweep.skips = w->skips;
	w->sweep.stop = &sim_interrupt;
	w->sweep.ctx = w;
	w->sweep.rows = add_rows;
	w->sweep.tick = tick;
	w->sweep.is_full = sim_sweep_needs_full(w->shape.want, has_actions);
	w->sweep.full = full;
	/* Of a shard, or of what is left, it would say nothing. */
	if (w->sweep.done || w->space.shards > 1)
		return;
	w->luck = sim_luck_new(w->space.points);
	w->sweep.returns = returns;
	w->sweep.hang = hang;
}

/* -- its end --------------------------------------------------------------- */

static int print_rest(struct work *w, struct sim_err *err)
{
	const struct sim_cli *cli = w->cli;
	bool is_table = sim_out_format_of(cli->out) <= SIM_OUT_WIDE;
	int64_t limit = cli->common->limit;
	int rc;

	if (sim_sweep_out_streams(w->out))
		return sim_sweep_out_more(w->out, &w->rows, err);
	if (!is_table || cli->common->sort || !sim_sweep_out_ranks(w->out))
		return sim_sweep_out_list(w->out, &w->rows, err);
	rc = sim_sweep_out_best(w->out, &w->rows,
				limit < 0 ? TOP : (size_t)limit, err);
	return rc ? rc : sim_sweep_out_map(w->out, &w->rows, err);
}

static int stopped(const struct work *w, uint64_t done, struct sim_err *err)
{
	int rc = sim_interrupt_code();

	if (!w->ledger.path)
		return sim_err_set(err, rc, "stopped after %" PRIu64 " of %"
				   PRIu64 " points", done,
				   sim_space_count(&w->space));
	return sim_err_set(err, rc, "stopped after %" PRIu64 " of %" PRIu64
			   " points; optimize resume %s goes on", done,
			   sim_space_count(&w->space), w->ledger.id);
}

/* How it ended, for the exit status. */
static int verdict(const struct work *w, const struct sim_sweep_end *end,
		   struct sim_err *err)
{
	uint64_t made = end->rows - w->sweep.done;

	if (end->rows < sim_space_count(&w->space))
		return stopped(w, end->rows, err);
	if (made && end->refused == made && !w->sweep.done)
		return sim_err_set(err, end->first.code, "every point was "
				   "refused; the first: %.400s",
				   end->first.msg);
	if (end->refused)
		sim_cli_warn(w->cli, "%" PRIu64 " of %" PRIu64 " points were "
			     "refused; their rows say why", end->refused,
			     made);
	if (w->ledger.path)
		sim_cli_note(w->cli, "Saved as %s; simutrador optimize best %s"
			     " prints the best of its rows.", w->ledger.id,
			     w->ledger.id);
	return SIM_OK;
}

static int run_points(struct work *w, struct sim_err *err)
{
	struct sim_sweep_end end;
	int rc;

	sim_interrupt_catch();
	sim_sweep_rows_from(&w->rows, &w->ledger);
	sim_progress_start(&w->bar, w->cli, "points");
	rc = sim_sweep_run(&w->sweep, &end, err);
	sim_progress_end(&w->bar);
	if (!rc)
		rc = print_rest(w, err);
	if (!rc)
		rc = verdict(w, &end, err);
	if (!rc && w->space.shards == 1)
		rc = sim_sweep_luck_say(w->cli, &w->sweep, &w->rows, w->luck,
					err);
	return rc ? rc : sim_sweep_out_verdict(w->out, err);
}

static int open_data(struct work *w, struct sim_err *err)
{
	const struct sim_sweep_job *s = w->job;
	int rc;

	sim_sweep_job_operand(s->operand, &s->opts->job.form);
	w->cwd = getcwd(NULL, 0);
	if (!w->cwd)
		return sim_err_set(err, SIM_E_NOENT, "the current folder is "
				   "gone; change to one that is there");
	sim_opt_words_from(s->table, not_kept, &w->kept);
	sim_opt_words_from(s->table, sim_sweep_job_own, &w->args);
	if (s->opts->job.form.file) {
		sim_opt_words_add(&w->kept, s->opts->job.form.file);
		sim_opt_words_add(&w->args, s->opts->job.form.file);
	}
	rc = check_strategy(w, err);
	return rc ? rc : sim_job_open(w->cli, &s->opts->job, &w->data, err);
}

static int run(struct work *w, struct sim_err *err)
{
	const struct sim_sweep_job_opts *o = w->job->opts;
	const struct sim_sweep_out_asks asks = {
		.maximize = o->maximize, .where = o->where,
		.fail_if = o->fail_if,
	};
	int rc = open_data(w, err);

	if (!rc)
		rc = make_space(w, err);
	if (!rc)
		rc = choose_metrics(w, err);
	if (!rc)
		rc = sim_sweep_out_new(w->cli, &w->shape, &asks, &w->out, err);
	if (rc || sim_sweep_out_names(w->out))
		return rc;
	rc = sim_batch_open(&w->data.spec, &w->batch, err);
	if (rc)
		return rc;
	make_id(w);
	make_style(w);
	rc = open_ledger(w, err);
	if (rc)
		return rc;
	make_sweep(w);
	return run_points(w, err);
}

int sim_sweep_job_run(struct sim_cli *cli, const struct sim_sweep_job *s,
		      struct sim_err *err)
{
	struct work *w = sim_mem_zalloc(sizeof(*w));
	const struct sim_job data = SIM_JOB_INIT;
	const struct sim_space space = SIM_SPACE_INIT;
	int rc;

	w->cli = cli;
	w->job = s;
	w->data = data;
	w->space = space;
	w->ledger.fd = -1;
	sim_sweep_rows_from(&w->rows, &w->ledger);
	rc = run(w, err);
	sim_sweep_out_free(w->out);
	sim_sweep_rows_close(&w->rows);
	sim_ledger_close(&w->ledger);
	sim_batch_close(w->batch);
	sim_luck_free(w->luck);
	sim_space_release(&w->space);
	sim_job_release(&w->data);
	sim_opt_words_release(&w->kept);
	sim_opt_words_release(&w->args);
	sim_mem_free(w->skips);
	free(w->cwd);
	sim_mem_free(w);
	return rc;
}
