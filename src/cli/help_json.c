/* help: the command table as one JSON document, for other programs. */
#include "cli/help.h"

#include <config.h>
#include <string.h>

#include "util/json.h"

static const char *const kinds[] = {
	[SIM_OPT_FLAG] = "flag", [SIM_OPT_COUNT] = "count",
	[SIM_OPT_STR] = "string", [SIM_OPT_PATH] = "path",
	[SIM_OPT_INT] = "integer", [SIM_OPT_DEC] = "decimal",
	[SIM_OPT_ENUM] = "enum", [SIM_OPT_TIME] = "time",
	[SIM_OPT_TF] = "timeframe", [SIM_OPT_LIST] = "list",
	[SIM_OPT_PARAM] = "parameter",
};

static void strings(struct sim_json *j, const char *key,
		    const char *const *list)
{
	sim_json_array(j, key);
	for (; list && *list; list++)
		sim_json_str(j, NULL, *list);
	sim_json_end(j);
}

static void limits(struct sim_json *j, const struct sim_opt *p)
{
	if (!p->lo && !p->hi)
		return;
	if (p->kind == SIM_OPT_INT) {
		sim_json_int(j, "minimum", p->lo);
		sim_json_int(j, "maximum", p->hi);
	} else if (p->kind == SIM_OPT_DEC) {
		sim_json_dec(j, "minimum", p->lo);
		sim_json_dec(j, "maximum", p->hi);
	}
}

static void option(struct sim_json *j, const struct sim_opt *p)
{
	char letter[2] = { p->letter, '\0' };

	sim_json_object(j, NULL);
	sim_json_str(j, "name", p->name);
	if (p->letter)
		sim_json_str(j, "letter", letter);
	sim_json_str(j, "kind", kinds[p->kind]);
	if (p->arg)
		sim_json_str(j, "argument", p->arg);
	sim_json_str(j, "help", p->help);
	if (p->choices)
		strings(j, "choices", p->choices);
	limits(j, p);
	if (p->setting)
		sim_json_str(j, "setting", p->setting);
	sim_json_bool(j, "required", p->flags & SIM_OPT_REQUIRED);
	sim_json_end(j);
}

static void options(struct sim_json *j, const struct sim_opt *opts)
{
	sim_json_array(j, "options");
	for (; opts && opts->kind; opts++)
		if (!(opts->flags & SIM_OPT_HIDDEN))
			option(j, opts);
	sim_json_end(j);
}

static void command(struct sim_json *j, const struct sim_cmd *c)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_help_synopsis(&b, c);
	sim_json_object(j, NULL);
	sim_json_str(j, "name", c->name);
	sim_json_str(j, "summary", c->summary);
	sim_json_str(j, "synopsis", sim_buf_str(&b));
	sim_json_str(j, "operands", c->operands);
	options(j, c->opts);
	if (c->cols) {
		sim_json_array(j, "fields");
		for (const struct sim_out_col *k = c->cols; k->name; k++)
			sim_json_str(j, NULL, k->name);
		sim_json_end(j);
	}
	strings(j, "examples", c->examples);
	sim_json_end(j);
	sim_buf_release(&b);
}

static void statuses(struct sim_json *j)
{
	sim_json_array(j, "exit_statuses");
	for (int i = 0; i < SIM_N__COUNT; i++) {
		sim_json_object(j, NULL);
		sim_json_str(j, "code", sim_err_wire(-i));
		sim_json_int(j, "exit", sim_err_exit(-i));
		sim_json_str(j, "text", sim_err_text(-i));
		sim_json_end(j);
	}
	sim_json_end(j);
}

void sim_help_json(struct sim_out *o)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;

	sim_json_init(&j, &b, true);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "name", "simutrador");
	sim_json_str(&j, "version", PACKAGE_VERSION);
	options(&j, sim_cli_opts);
	sim_json_array(&j, "commands");
	for (const struct sim_cmd *const *c = sim_cli_table; *c; c++)
		command(&j, *c);
	sim_json_end(&j);
	statuses(&j);
	sim_json_end(&j);
	sim_buf_putc(&b, '\n');
	sim_out_puts(o, sim_buf_str(&b));
	sim_buf_release(&b);
}
