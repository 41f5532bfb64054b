/* simutrador strategy: the built-in strategies and their parameters. */
#include "cli/cli.h"

#include <string.h>

#include "cli/template_text.h"
#include "strategy/registry.h"

extern const struct sim_cmd sim_cmd_strategy_list, sim_cmd_strategy_show;

static const struct sim_out_col list_cols[] = {
	{ "strategy", SIM_OUT_COL_ID }, { "form", 0 }, { "summary", 0 },
	{ "params", 0 }, { "many_symbols", 0 }, { NULL, 0 }
};
static const char *const list_examples[] = {
	"simutrador strategy list",
	NULL
};

/* The scripts of examples/, which strategy new --like copies. */
static const struct {
	const char *name;
	const char *const *text;
} scripts[] = {
#define SIM_LANG(lang, try)
#define SIM_TEMPLATE(id, lang, file)
#define SIM_EXAMPLE(id, name) { name, sim_template_text_ex_##id },
#include "cli/templates.def"
#undef SIM_LANG
#undef SIM_TEMPLATE
#undef SIM_EXAMPLE
};

/* The comment that a script opens with, up to its first full stop. */
static void put_summary(struct sim_out *o, const char *const *text)
{
	struct sim_buf b = SIM_BUF_INIT(4096);
	char *stop;

	for (; *text && !strncmp(*text, "--", 2); text++) {
		sim_buf_puts(&b, b.len ? " " : "");
		sim_buf_puts(&b, *text + 2 + strspn(*text + 2, " \t"));
	}
	stop = b.len ? strchr(b.data, '.') : NULL;
	if (stop)
		*stop = '\0';
	sim_out_str(o, "summary", sim_buf_str(&b));
	sim_buf_release(&b);
}

static void put_scripts(struct sim_out *o)
{
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		sim_out_row(o);
		sim_out_str(o, "strategy", scripts[i].name);
		sim_out_str(o, "form", "example");
		put_summary(o, scripts[i].text);
		sim_out_row_end(o);
	}
}

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_registry_row *r;

	(void)err;
	sim_out_list(cli->out, list_cols);
	for (int i = 0; (r = sim_registry_row(i)); i++) {
		const char *names[SIM_REGISTRY_PARAMS_MAX];

		for (int k = 0; k < r->nparams; k++)
			names[k] = r->params[k].name;
		sim_out_row(cli->out);
		sim_out_str(cli->out, "strategy", r->name);
		sim_out_str(cli->out, "form", "builtin");
		sim_out_str(cli->out, "summary", r->summary);
		sim_out_strs(cli->out, "params", names, (size_t)r->nparams);
		sim_out_bool(cli->out, "many_symbols", r->many_symbols);
		sim_out_row_end(cli->out);
	}
	put_scripts(cli->out);
	sim_out_end(cli->out);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_strategy_list = {
	.name = "strategy list",
	.summary = "list the built-in strategies and the examples",
	.operands = "", .cols = list_cols, .examples = list_examples,
	.run = run_list,
};

static const struct sim_out_col show_cols[] = {
	{ "param", SIM_OUT_COL_ID }, { "default", 0 }, { "min", 0 },
	{ "max", 0 }, { "shared", 0 }, { "help", 0 }, { NULL, 0 }
};
static const char *const show_examples[] = {
	"simutrador strategy show sma-cross -o table",
	NULL
};

static void param_row(struct sim_out *o, const struct sim_registry_param *p,
		      bool shared)
{
	sim_out_row(o);
	sim_out_str(o, "param", p->name);
	sim_out_str(o, "default", p->def);
	sim_out_str(o, "min", p->min);
	sim_out_str(o, "max", p->max);
	sim_out_bool(o, "shared", shared);
	sim_out_str(o, "help", p->help);
	sim_out_row_end(o);
}

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_registry_row *r;
	const struct sim_registry_param *p;
	int rc = sim_registry_find(cli->argv[0], &r, err);

	if (rc && strpbrk(cli->argv[0], "./"))
		return sim_err_set(err, rc, "'%.80s' is not built in; strategy"
				   " check says which parameters a script or"
				   " plugin has", cli->argv[0]);
	if (rc)
		return rc;
	sim_out_list(cli->out, show_cols);
	for (int i = 0; i < r->nparams; i++)
		param_row(cli->out, &r->params[i], false);
	for (int i = 0; (p = sim_registry_shared(i)); i++)
		param_row(cli->out, p, true);
	sim_out_end(cli->out);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_strategy_show = {
	.name = "strategy show", .summary = "list a strategy's parameters",
	.operands = "STRATEGY", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_STRATEGY, .cols = show_cols,
	.examples = show_examples, .run = run_show,
};
