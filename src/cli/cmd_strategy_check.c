/* simutrador strategy check: does a strategy run, and what does it say of
 * itself? */
#include "cli/cli.h"

#include <ctype.h>
#include <string.h>

#include "cli/example.h"
#include "cli/formopt.h"
#include "cli/run_out.h"
#include "util/json.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_strategy_check;

#define UNUSED_MAX 64

static struct sim_formopt form;

static const struct sim_opt opts[] = {
#define SIM_FORMOPT form
#include "cli/formopt.def"
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col cols[] = {
	{ "strategy", SIM_OUT_COL_ID }, { "form", 0 }, { "params", 0 },
	{ "warmup", 0 }, { "unused", 0 }, { "symbols", 0 }, { "bars", 0 },
	{ "orders", 0 }, { "rejected", 0 }, { "fills", 0 }, { "notes", 0 },
	{ "hash", 0 }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador strategy check --strategy sma-cross -p fast=5",
	NULL
};

/* -- names that a script never uses ---------------------------------------- */

static bool is_part(int c)
{
	return isalnum(c) || c == '_';
}

/* Where the script's next name begins; comments are no names.  NULL: none. */
static const char *next_name(const char *s, const char *end)
{
	while (s < end) {
		if (s + 1 < end && s[0] == '-' && s[1] == '-') {
			while (s < end && *s != '\n')
				s++;
		} else if (is_part((unsigned char)*s)) {
			return s;
		} else {
			s++;
		}
	}
	return NULL;
}

static const char *name_end(const char *s, const char *end)
{
	while (s < end && is_part((unsigned char)*s))
		s++;
	return s;
}

/* How often a name stands in the script. */
static int count_name(const struct sim_form *f, const char *name, size_t len)
{
	const char *s = f->text, *end = f->text + f->len, *stop;
	int n = 0;

	for (; (s = next_name(s, end)); s = stop) {
		stop = name_end(s, end);
		n += (size_t)(stop - s) == len && !memcmp(s, name, len);
	}
	return n;
}

struct unused {
	const char *v[UNUSED_MAX];
	size_t n;
};

static void see_unused(struct sim_cli *cli, const struct sim_form *f,
		       const char *name, size_t len, struct unused *u)
{
	char *copy;

	if (u->n == UNUSED_MAX || count_name(f, name, len) != 1)
		return;
	copy = sim_mem_arena_alloc(cli->arena, len + 1);
	memcpy(copy, name, len);
	u->v[u->n++] = copy;
}

/* Parameters that nothing reads, and local names that stand once. */
static void find_unused(struct sim_cli *cli, const struct sim_form *f,
			const struct sim_json_val *params, struct unused *u)
{
	const char *end, *stop;
	bool is_local = false;

	if (!f->text)
		return;
	end = f->text + f->len;
	for (size_t i = 0; i < sim_json_len(params); i++) {
		const char *key;

		sim_json_member(params, i, &key);
		see_unused(cli, f, key, strlen(key), u);
	}
	for (const char *s = f->text; (s = next_name(s, end)); s = stop) {
		stop = name_end(s, end);
		if (is_local && (stop - s != 8 || memcmp(s, "function", 8)))
			see_unused(cli, f, s, (size_t)(stop - s), u);
		is_local = (stop - s == 5 && !memcmp(s, "local", 5)) ||
			   (is_local && stop - s == 8 &&
			    !memcmp(s, "function", 8));
	}
}

/* -- what it says and does ------------------------------------------------- */

static void put_params(struct sim_cli *cli, const struct sim_json_val *params)
{
	const char *list[SIM_RUN_PARAMS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < sim_json_len(params) &&
	     n < SIM_RUN_PARAMS_MAX; i++) {
		const char *key, *text = sim_json_as_str(
			sim_json_member(params, i, &key));
		struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

		sim_buf_printf(&b, "%s=%s", key, text ? text : "");
		list[n++] = sim_mem_arena_strdup(cli->arena, sim_buf_str(&b));
		sim_buf_release(&b);
	}
	sim_out_strs(cli->out, "params", list, n);
}

static void put(struct sim_cli *cli, const struct sim_form *f,
		const struct sim_json_val *strategy,
		const struct sim_run_result *r)
{
	static const char *const symbols[] = { "ACME", "BOLT", "CRUX" };
	const struct sim_json_val *params = sim_json_get(strategy, "params");
	struct unused u = { { NULL }, 0 };

	find_unused(cli, f, params, &u);
	sim_out_object(cli->out, cols);
	sim_out_str(cli->out, "strategy", r->strategy);
	sim_out_str(cli->out, "form", sim_form_name((int)f->kind));
	put_params(cli, params);
	sim_out_int(cli->out, "warmup", (int64_t)r->warmup);
	sim_out_strs(cli->out, "unused", u.v, u.n);
	sim_out_strs(cli->out, "symbols", symbols, SIM_EXAMPLE_SYMBOLS);
	sim_out_int(cli->out, "bars", (int64_t)r->bars);
	sim_out_int(cli->out, "orders", r->counts.submitted);
	sim_out_int(cli->out, "rejected", r->counts.rejected);
	sim_out_int(cli->out, "fills", (int64_t)r->nfills);
	sim_out_int(cli->out, "notes", (int64_t)r->notes.n);
	sim_out_str(cli->out, "hash",
		    sim_json_as_str(sim_json_get(strategy, "hash")));
	sim_out_end(cli->out);
	for (size_t i = 0; i < u.n; i++)
		sim_cli_warn(cli, "%s is declared and never used", u.v[i]);
	if (!r->counts.submitted)
		sim_cli_warn(cli, "it sent no order in %llu bars",
			     (unsigned long long)r->bars);
}

static void abandon(void *ctx, const struct sim_run_result *r,
		    const struct sim_err *why)
{
	(void)r;
	sim_cli_exit(ctx, SIM_E_STRATEGY, why);
}

static int check(struct sim_cli *cli, const struct sim_form *f,
		 const struct sim_example *e, struct sim_err *err)
{
	struct sim_run_spec spec = SIM_RUN_SPEC_INIT;
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_json_doc *doc = NULL;
	int rc = sim_config_preset("us-equity", &spec.config, err);

	spec.data = e->data;
	spec.nsyms = SIM_EXAMPLE_SYMBOLS;
	spec.form = *f;
	spec.seed = 1;
	spec.band = false;
	spec.abandon = abandon;
	spec.abandon_ctx = cli;
	if (!rc)
		rc = sim_run_execute(&spec, &r, err);
	if (!rc)
		rc = sim_json_parse(sim_buf_str(&r.manifest), r.manifest.len,
				    &doc, err);
	if (!rc)
		put(cli, f, sim_json_get(sim_json_root(doc), "strategy"), &r);
	sim_json_free(doc);
	sim_run_result_release(&r);
	return rc;
}

static int none_named(struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(4096);
	int rc;

	sim_formopt_choices(&b);
	rc = sim_err_set(err, SIM_E_USAGE, "strategy check needs exactly one "
			 "of %s", sim_buf_str(&b));
	sim_buf_release(&b);
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_formopt_made m = SIM_FORMOPT_MADE_INIT;
	struct sim_example e;
	int rc;

	form.file = cli->argc ? cli->argv[0] : NULL;
	if (sim_formopt_count(&form) != 1)
		return none_named(err);
	rc = sim_formopt_make(&form, &m, err);
	if (sim_cli_folder(cli, "", &m.form.hidden, NULL))
		m.form.hidden = NULL;
	if (!rc) {
		rc = sim_example_open(&e, err);
		if (!rc)
			rc = check(cli, &m.form, &e, err);
		sim_example_release(&e);
	}
	sim_formopt_release(&m);
	return rc;
}

const struct sim_cmd sim_cmd_strategy_check = {
	.name = "strategy check",
	.summary = "run a strategy over the bundled sample",
	.operands = "[FILE]", .max = 1, .words = SIM_OPT_WORDS_FILE,
	.opts = opts, .cols = cols, .examples = examples, .run = run,
};
