/* simutrador run fork: share a run's history, then go another way. */
#include "cli/cli.h"

#include <string.h>

#include "cli/formopt.h"
#include "cli/inputs.h"
#include "cli/run_out.h"
#include "run/fork.h"
#include "util/str.h"

extern const struct sim_cmd sim_cmd_run_fork;

static struct sim_formopt form;
static const char *at, *print;
static struct sim_opt_list sets, drops;
static bool no_save;

static const struct sim_opt opts[] = {
	{ SIM_OPT_STR, "at", .arg = "SEQ|TIME",
	  .help = "share the history to the end of the step of this event, or"
		  " to this time", .value = &at },
	{ SIM_OPT_PARAM, "set", .arg = "NAME=VALUE",
	  .help = "a rule from there on, as simulate has it", .value = &sets },
	{ SIM_OPT_LIST, "drop-order", .arg = "ID",
	  .help = "an order that is not sent, or taken back", .value = &drops },
#define SIM_FORMOPT form
#include "cli/formopt.def"
	SIM_RUN_OUT_PRINT_OPT(print),
	SIM_RUN_OUT_NO_SAVE_OPT(no_save),
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador run fork r2 --at 3 --set slippage=bps:10",
	"simutrador run fork r2 --drop-order 2 --no-save --print trades",
	NULL
};

static const struct sim_out_col *cols_of(void)
{
	return sim_run_out_cols(sim_run_out_what(print));
}

/* -- what changes -------------------------------------------------------- */

static int set_rule(struct sim_fork_point *p, const char *pair,
		    struct sim_err *err)
{
	const struct sim_config_setting *row;
	const char *eq = strchr(pair, '=');
	size_t n = (size_t)(eq - pair);

	for (int i = 0; (row = sim_config_setting_row(i)); i++) {
		if (strlen(row->name) != n || memcmp(row->name, pair, n))
			continue;
		if (!strcmp(row->name, "cash") ||
		    !strcmp(row->name, "account") ||
		    !strcmp(row->name, "leverage"))
			return sim_err_set(err, SIM_E_USAGE,
					   "--set %s can't change on the way;"
					   " simulate with another account",
					   row->name);
		p->is_set[i] = true;
		return sim_config_set(&p->config, row->name, eq + 1, err);
	}
	return sim_err_set(err, SIM_E_USAGE,
			   "--set knows no '%.*s'; the names are those of model"
			   " show", (int)(n < 40 ? n : 40), pair);
}

static int read_drops(struct sim_fork_point *p, struct sim_err *err)
{
	int64_t id;
	int rc = SIM_OK;

	if (drops.n > SIM_FORK_DROPS)
		return sim_err_set(err, SIM_E_USAGE,
				   "--drop-order takes at most %d orders",
				   SIM_FORK_DROPS);
	for (size_t i = 0; !rc && i < drops.n; i++) {
		rc = sim_str_int(drops.v[i], "--drop-order", 1, UINT32_MAX,
				 &id, err);
		if (!rc)
			p->drop[p->ndrops++] = (uint32_t)id;
	}
	return rc;
}

/* Where: as said, or before the first of the orders that are dropped. */
static int read_at(const struct sim_folder *f, struct sim_fork_point *p,
		   struct sim_err *err)
{
	struct sim_run_order *all;
	sim_time first = SIM_TIME_MAX;
	char text[SIM_TIME_STRMAX];
	size_t n;
	int rc;

	if (at)
		return sim_fork_at(f, at, &p->seq, &p->step, err);
	if (!p->ndrops)
		return SIM_OK;
	rc = sim_run_orders(&f->result, &all, &n, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < p->ndrops; i++)
		if (p->drop[i] <= n && all[p->drop[i] - 1].submitted < first)
			first = all[p->drop[i] - 1].submitted;
	sim_run_orders_free(all, n);
	if (first == SIM_TIME_MAX)
		return SIM_OK;		/* refused by the check */
	sim_time_format(first - 1, text);
	return sim_fork_at(f, text, &p->seq, &p->step, err);
}

/* Parameters and limits alone go to the strategy that there is. */
static int read_form(struct sim_run_spec *spec, struct sim_fork_point *p,
		     struct sim_formopt_made *m, struct sim_mem_arena *arena,
		     struct sim_err *err)
{
	struct sim_strategy_param *all;
	size_t n, k;
	int rc;

	if (sim_formopt_count(&form)) {
		rc = sim_formopt_make(&form, m, err);
		p->has_form = !rc;
		p->form = m->form;
		return rc;
	}
	rc = sim_formopt_limits(&form, &spec->form, err);
	if (rc || !form.params.n)
		return rc;
	if (spec->orders)
		return sim_err_set(err, SIM_E_USAGE,
				   "--param goes with a strategy; the run is of"
				   " an order list");
	n = spec->form.nparams;
	all = sim_mem_arena_alloc(arena, (n + form.params.n) * sizeof(*all));
	if (n)
		memcpy(all, spec->form.params, n * sizeof(*all));
	for (size_t i = 0; i < form.params.n; i++) {
		char *eq = strchr(form.params.v[i], '=');

		*eq = '\0';
		for (k = 0; k < n && strcmp(all[k].name, form.params.v[i]);)
			k++;
		n += k == n;
		all[k] = (struct sim_strategy_param){ form.params.v[i],
						      eq + 1 };
	}
	p->has_form = true;
	p->form = spec->form;
	p->form.params = all;
	p->form.nparams = n;
	return SIM_OK;
}

static int read_point(struct sim_cli *cli, struct sim_inputs *in,
		      struct sim_fork_point *p, struct sim_formopt_made *m,
		      struct sim_err *err)
{
	const struct sim_folder *f = in->folder;
	const struct sim_fork *k = sim_verify_forks(in->in);
	struct sim_run_spec *spec = sim_verify_spec(in->in);
	int rc = read_drops(p, err);

	memcpy(p->run, f->id, sizeof(p->run));
	memcpy(p->manifest, f->result.manifest_hash, sizeof(p->manifest));
	memcpy(p->log, f->result.log_hash, sizeof(p->log));
	if (!rc)
		rc = read_at(f, p, err);
	if (!rc && p->ndrops)
		rc = sim_fork_check_drops(f, p, err);
	p->config = spec->config;
	for (size_t i = 0; i < k->n && k->points[i].step <= p->step; i++)
		p->config = k->points[i].config;
	for (size_t i = 0; !rc && i < sets.n; i++)
		rc = set_rule(p, sets.v[i], err);
	return rc ? rc : read_form(spec, p, m, cli->arena, err);
}

/* -- running ------------------------------------------------------------- */

static int deliver(struct sim_cli *cli, const struct sim_run_spec *spec,
		   const struct sim_run_result *r, struct sim_err *err)
{
	struct sim_run_out out = { .result = r, .created = SIM_TIME_NONE };
	char id[SIM_FOLDER_ID];
	const char *dir;
	int rc = SIM_OK;

	if (!no_save) {
		out.created = sim_saved_now();
		rc = sim_cli_folder(cli, "runs", &dir, err);
		if (!rc)
			rc = sim_folder_save(dir, spec, r, out.created, id,
					     err);
		out.run_id = id;
	}
	return rc ? rc : sim_run_out_print(cli->out, &out,
					   sim_run_out_what(print), err);
}

/* A fork at work. */
struct work {
	struct sim_cli *cli;
	struct sim_inputs *in;
	const struct sim_fork_point *p;
};

/* A strategy that fails after the point leaves a run all the same. */
static int conclude(const struct work *w, const struct sim_run_result *r,
		    int failed, struct sim_err *err)
{
	int rc = failed;

	sim_progress_end(&w->in->bar);
	if (rc == SIM_E_STRATEGY && r->steps > w->p->step)
		rc = SIM_OK;
	if (!rc)
		rc = sim_fork_compare(w->in->folder, r, w->p, err);
	if (!rc)
		rc = deliver(w->cli, sim_verify_spec(w->in->in), r, err);
	return rc ? rc : failed;
}

static void abandon(void *ctx, const struct sim_run_result *r,
		    const struct sim_err *why)
{
	const struct work *w = ctx;
	struct sim_err err = *why;

	sim_cli_exit(w->cli, conclude(w, r, SIM_E_STRATEGY, &err), &err);
}

static int run_it(struct work *w, struct sim_run_result *r,
		  struct sim_err *err)
{
	struct sim_run_spec *spec = sim_verify_spec(w->in->in);
	struct sim_err why = SIM_ERR_INIT;
	int rc;

	spec->reach = true;
	spec->abandon = abandon;
	spec->abandon_ctx = w;
	rc = conclude(w, r, sim_run_execute(spec, r, &why), &why);
	if (rc)
		*err = why;
	return rc;
}

static int fork_run(struct sim_cli *cli, struct sim_inputs *in,
		    struct sim_err *err)
{
	struct sim_formopt_made made = SIM_FORMOPT_MADE_INIT;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_fork *k = sim_verify_forks(in->in);
	struct sim_run_spec *spec = sim_verify_spec(in->in);
	struct sim_fork_point *p = sim_mem_zalloc(sizeof(*p));
	struct work w = { .cli = cli, .in = in, .p = p };
	int rc = read_point(cli, in, p, &made, err);

	if (!rc)
		rc = sim_fork_add(k, p, spec->seed, err);
	if (!rc) {
		sim_fork_apply(k, spec);
		rc = run_it(&w, &r, err);
	}
	sim_run_result_release(&r);
	sim_formopt_release(&made);
	sim_mem_free(p);
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_inputs in;
	int rc;

	form.file = cli->argc > 1 ? cli->argv[1] : NULL;
	if (sim_formopt_count(&form) > 1)
		return sim_err_set(err, SIM_E_USAGE,
				   "run fork takes one strategy to go on with,"
				   " and there are more");
	rc = sim_inputs_open(cli, cli->argv[0], &in, err);
	if (!rc)
		rc = fork_run(cli, &in, err);
	sim_inputs_end(&in);
	return rc;
}

const struct sim_cmd sim_cmd_run_fork = {
	.name = "run fork",
	.summary = "share a run's history up to a point, then go another way",
	.operands = "RUN [FILE]", .min = 1, .max = 2,
	.words = SIM_OPT_WORDS_RUN, .opts = opts, .cols_of = cols_of,
	.examples = examples, .run = run,
};
