/*
 * cli: reads the command line, gets ready what the command needs, runs it,
 * prints the one sentence of a failure and picks the exit status.
 */
#include "cli/cli.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/complete.h"
#include "cli/connect.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/modes.h"
#include "cli/pager.h"
#include "cli/profile.h"
#include "cli/refusal.h"
#include "cli/timeout.h"
#include "strategy/warden.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define WORDS_MAX	128	/* for "did you mean" */

#define SIM_COMMAND(row) extern const struct sim_cmd row;
#define SIM_GROUP(word, summary)
#include "cli/commands.def"
#undef SIM_COMMAND
#undef SIM_GROUP

const struct sim_cmd *const sim_cli_table[] = {
#define SIM_COMMAND(row) &row,
#define SIM_GROUP(word, summary)
#include "cli/commands.def"
#undef SIM_COMMAND
#undef SIM_GROUP
	NULL
};

static const struct {
	const char *word, *summary;
} groups[] = {
#define SIM_COMMAND(row)
#define SIM_GROUP(word, summary) { word, summary },
#include "cli/commands.def"
#undef SIM_COMMAND
#undef SIM_GROUP
};

static struct sim_out_stamp stamp;
static struct sim_cli_common common = { .limit = -1, .decimals = -1 };
static const char *const color_words[] = { "auto", "always", "never", NULL };

const struct sim_opt sim_cli_opts[] = {
	{ SIM_OPT_ENUM, "output", .letter = 'o', .arg = "FMT",
	  .help = "how the result is written", .value = &common.output,
	  .choices = sim_out_formats, .setting = "output" },
	{ SIM_OPT_FLAG, "json", .help = "the same as -o json",
	  .value = &common.json },
	{ SIM_OPT_FLAG, "ndjson", .help = "the same as -o ndjson",
	  .value = &common.ndjson },
	{ SIM_OPT_FLAG, "csv", .help = "the same as -o csv",
	  .value = &common.csv },
	{ SIM_OPT_STR, "fields", .arg = "A,B",
	  .help = "only these fields, in this order; without a value: list"
		  " the fields",
	  .value = &common.fields, .flags = SIM_OPT_EMPTY,
	  .words = SIM_OPT_WORDS_FIELD },
	{ SIM_OPT_STR, "where", .arg = "EXPR",
	  .help = "only rows of which this is true; see"
		  " simutrador-expressions(7)",
	  .value = &common.where, .words = SIM_OPT_WORDS_EXPR },
	{ SIM_OPT_STR, "fail-if", .arg = "EXPR",
	  .help = "end with status 1 when this is true of a row",
	  .value = &common.fail_if, .words = SIM_OPT_WORDS_EXPR },
	{ SIM_OPT_STR, "sort", .arg = "EXPR",
	  .help = "sort rows by a field or expression, EXPR:desc or -FIELD"
		  " downwards",
	  .value = &common.sort, .words = SIM_OPT_WORDS_EXPR },
	{ SIM_OPT_INT, "limit", .arg = "N", .help = "at most N rows",
	  .value = &common.limit, .lo = 0, .hi = INT64_MAX },
	{ SIM_OPT_FLAG, "no-header", .help = "no heading in tables and CSV",
	  .value = &common.no_header },
	{ SIM_OPT_INT, "decimals", .arg = "N",
	  .help = "round numbers in tables to N decimals",
	  .value = &common.decimals, .lo = 0, .hi = 8,
	  .setting = "decimals" },
	{ SIM_OPT_STR, "format", .arg = "TEMPLATE",
	  .help = "write a record as {field} or {field:>12.2f} in a text",
	  .value = &common.template },
	{ SIM_OPT_STR, "tz", .arg = "ZONE",
	  .help = "time zone of the times written, or UTC; local is the"
		  " machine's",
	  .value = &common.tz, .setting = "tz" },
	{ SIM_OPT_ENUM, "ts", .arg = "FORM", .help = "how times are written",
	  .value = &common.ts, .choices = sim_out_stamp_forms,
	  .setting = "ts" },
	{ SIM_OPT_FLAG, "decimal-strings",
	  .help = "decimal numbers as strings in JSON",
	  .value = &common.decimal_strings },
	{ SIM_OPT_ENUM, "color", .arg = "WHEN", .help = "use colour",
	  .value = &common.color, .choices = color_words, .setting = "color" },
	{ SIM_OPT_FLAG, "no-color", .help = "the same as --color never",
	  .value = &common.no_color },
	{ SIM_OPT_STR, "pager", .arg = "COMMAND",
	  .help = "what reports and manuals go through on a terminal; cat is"
		  " none",
	  .value = &common.pager, .setting = "pager" },
	{ SIM_OPT_FLAG, "no-pager", .help = "the same as --pager cat",
	  .value = &common.no_pager },
	{ SIM_OPT_FLAG, "quiet", .letter = 'q',
	  .help = "no notes, warnings or progress on stderr",
	  .value = &common.quiet },
	{ SIM_OPT_COUNT, "verbose", .letter = 'v', .help = "say more on stderr",
	  .value = &common.verbose },
	{ SIM_OPT_FLAG, "yes", .letter = 'y',
	  .help = "do not ask before something is removed",
	  .value = &common.yes },
	{ SIM_OPT_FLAG, "no-input", .help = "never ask: fail instead",
	  .value = &common.no_input },
	{ SIM_OPT_STR, "timeout", .arg = "SPAN",
	  .help = "end after so long (90, 1.5s, 10m, 2h) with status 124",
	  .value = &common.timeout },
	{ SIM_OPT_STR, "profile", .letter = 'P', .arg = "NAME",
	  .help = "use the section [profile.NAME] of configuration files",
	  .value = &common.profile, .words = SIM_OPT_WORDS_PROFILE },
	{ SIM_OPT_STR, "server", .arg = "URL",
	  .help = "sessions are at this server", .value = &common.server },
	{ SIM_OPT_FLAG, "local",
	  .help = "sessions are on this machine, whatever is set",
	  .value = &common.local },
	{ SIM_OPT_PATH, "config", .arg = "FILE",
	  .help = "read FILE instead of the user's configuration file",
	  .value = &common.config, .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_PATH, "data-dir", .arg = "DIR",
	  .help = "keep store, runs and calendars in DIR",
	  .value = &common.data_dir, .setting = "data_dir",
	  .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_PATH, "directory", .letter = 'C', .arg = "DIR",
	  .help = "work as if started in DIR", .value = &common.directory,
	  .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_FLAG, "help", .letter = 'h', .help = "explain the command",
	  .value = &common.help },
	{ SIM_OPT_FLAG, "version", .help = "print the version",
	  .value = &common.version },
	{ SIM_OPT_FLAG, "help-json",
	  .help = "print every command and option as JSON",
	  .value = &common.help_json },
	{ .kind = SIM_OPT_END }
};

/* -- finding the command ------------------------------------------------- */

const char *sim_cli_group(const char *word)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (!strcmp(groups[i].word, word))
			return groups[i].summary;
	return NULL;
}

static bool is_named(const struct sim_cmd *c, const char *first,
		     const char *second)
{
	size_t n = strlen(first);

	if (strncmp(c->name, first, n))
		return false;
	if (!c->name[n])
		return second == NULL;
	return second && c->name[n] == ' ' && !strcmp(c->name + n + 1, second);
}

const struct sim_cmd *sim_cli_find(const char *first, const char *second)
{
	for (const struct sim_cmd *const *c = sim_cli_table; *c; c++)
		if (is_named(*c, first, second))
			return *c;
	return NULL;
}

/* An option of any command, for skipping its value. */
static const struct sim_opt *any_option(const char *a, size_t len)
{
	const struct sim_opt *o = sim_opt_find(sim_cli_opts, a, len);

	for (const struct sim_cmd *const *c = sim_cli_table; *c && !o; c++)
		o = sim_opt_find((*c)->opts, a, len);
	return o;
}

static const struct sim_opt *any_letter(char l)
{
	const struct sim_opt *o = sim_opt_find_letter(sim_cli_opts, l);

	for (const struct sim_cmd *const *c = sim_cli_table; *c && !o; c++)
		o = sim_opt_find_letter((*c)->opts, l);
	return o;
}

/* Whether the option at a (starts with '-') takes the next argument. */
static bool takes_next(const char *a, const char *next)
{
	const struct sim_opt *o = NULL;

	if (a[1] == '-') {
		if (strchr(a, '='))
			return false;
		o = any_option(a + 2, strlen(a + 2));
	} else {
		for (a++; *a && (!o || !sim_opt_has_value(o)); a++)
			o = any_letter(*a);
		if (*a)			/* -oFMT: attached */
			return false;
	}
	if (!o || !sim_opt_has_value(o))
		return false;
	return !(o->flags & SIM_OPT_EMPTY) || (next && next[0] != '-');
}

int sim_cli_words(int argc, char **argv, int at[2])
{
	bool ended = false;
	int n = 0;

	at[0] = at[1] = -1;
	for (int i = 0; i < argc && n < 2; i++) {
		const char *a = argv[i];

		if (!strcmp(a, "--") && !ended)
			ended = true;
		else if (ended || a[0] != '-' || !a[1])
			at[n++] = i;
		else if (takes_next(a, i + 1 < argc ? argv[i + 1] : NULL))
			i++;
	}
	return n;
}

/* -- folders and words --------------------------------------------------- */

static int data_dir(struct sim_cli *cli, const char **path,
		    struct sim_err *err)
{
	if (common.data_dir) {
		*path = common.data_dir;
		return SIM_OK;
	}
	return sim_settings_home(cli->arena, "XDG_DATA_HOME", "/.local/share",
				 path, err);
}

int sim_cli_folder(struct sim_cli *cli, const char *name, const char **path,
		   struct sim_err *err)
{
	const char *base;
	int rc = data_dir(cli, &base, err);
	size_t n;
	char *s;

	if (rc)
		return rc;
	n = strlen(base) + strlen(name) + 2;
	s = sim_mem_arena_alloc(cli->arena, n);
	snprintf(s, n, "%s/%s", base, name);
	*path = s;
	return SIM_OK;
}

void sim_cli_note(const struct sim_cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (common.quiet || !cli->term.err_tty)
		return;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void sim_cli_warn(const struct sim_cli *cli, const char *fmt, ...)
{
	va_list ap;

	(void)cli;
	if (common.quiet)
		return;
	fputs("simutrador: warning: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

int sim_cli_confirm(const struct sim_cli *cli, struct sim_err *err,
		    const char *fmt, ...)
{
	char what[256], answer[16];
	va_list ap;

	(void)cli;
	if (common.yes)
		return SIM_OK;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (common.no_input || !isatty(STDIN_FILENO) ||
	    !isatty(STDERR_FILENO))
		return sim_err_set(err, SIM_E_USAGE,
				   "%s? Add --yes to say so where nobody can be"
				   " asked", what);
	fprintf(stderr, "%s? [y/N] ", what);
	if (!fgets(answer, sizeof(answer), stdin) ||
	    (answer[0] != 'y' && answer[0] != 'Y'))
		return sim_err_set(err, SIM_E_INTR, "nothing was removed");
	return SIM_OK;
}

/* -- failure ------------------------------------------------------------- */

static bool wants_json_errors(void)
{
	return common.output && (!strcmp(common.output, "json") ||
				 !strcmp(common.output, "ndjson"));
}

static int fail(int rc, struct sim_err *err)
{
	err->code = rc;
	if (!*err->msg && rc != SIM_E_FALSE)
		sim_err_set(err, rc, "%s", sim_err_text(rc));
	if (*err->msg && wants_json_errors())
		sim_refusal_print(err);
	else if (*err->msg)
		fprintf(stderr, "simutrador: %s\n", err->msg);
	return sim_err_exit(rc);
}

void sim_cli_exit(const struct sim_cli *cli, int rc, const struct sim_err *err)
{
	struct sim_err why = rc ? *err : (struct sim_err)SIM_ERR_INIT;
	int flushed = sim_out_flush(cli->out, rc ? NULL : &why);

	rc = rc ? rc : flushed;
	if (!rc)
		rc = sim_out_verdict(cli->out, &why);
	sim_warden_kill_all();
	_exit(rc ? fail(rc, &why) : 0);
}

static int no_command(const char *first, const char *second,
		      struct sim_err *err)
{
	const char *list[WORDS_MAX + 1], *near, *name;
	size_t n = 0, len = strlen(first);
	bool in_group = sim_cli_group(first) != NULL;

	for (const struct sim_cmd *const *c = sim_cli_table; *c; c++) {
		name = (*c)->name;
		if (!in_group && n < WORDS_MAX && !strchr(name, ' '))
			list[n++] = name;
		else if (in_group && n < WORDS_MAX &&
			 !strncmp(name, first, len) && name[len] == ' ')
			list[n++] = name + len + 1;
	}
	for (size_t i = 0; !in_group && i < sizeof(groups) / sizeof(groups[0])
	     && n < WORDS_MAX; i++)
		list[n++] = groups[i].word;
	list[n] = NULL;
	near = sim_str_near(in_group ? second : first, list);
	return sim_err_set(err, SIM_E_USAGE,
			   "there is no command '%s%s%s'%s%s%s%s%s%s", first,
			   in_group ? " " : "", in_group ? second : "",
			   near ? "; did you mean '" : "; --help lists them",
			   near && in_group ? first : "",
			   near && in_group ? " " : "", near ? near : "",
			   near ? "'" : "", near ? "?" : "");
}

/* -- getting ready ------------------------------------------------------- */

/* Settings stand in for options that were not given. */
static int apply_settings(const struct sim_opt *opts, uint64_t given,
			  const struct sim_settings *s, struct sim_err *err)
{
	for (int i = 0; opts && opts[i].kind != SIM_OPT_END; i++) {
		const struct sim_settings_value *v;
		int key, rc;

		if (!opts[i].setting || (given >> i & 1))
			continue;
		key = sim_settings_find(opts[i].setting);
		v = &s->values[key];
		if (!v->text)
			continue;
		rc = sim_opt_set(&opts[i], opts[i].setting, v->text, err);
		if (rc) {
			sim_err_prefix(err, "%s", v->origin);
			return SIM_E_CONFIG;
		}
	}
	return SIM_OK;
}

static void shorthands(void)
{
	sim_modes_short(&common);
	if (common.no_color)
		common.color = "never";
}

static enum sim_out_format pick_format(const struct sim_term *t)
{
	if (common.template)
		return SIM_OUT_TEMPLATE;
	for (int i = 0; common.output && sim_out_formats[i]; i++)
		if (!strcmp(common.output, sim_out_formats[i]))
			return (enum sim_out_format)i;
	return t->out_tty ? SIM_OUT_TABLE : SIM_OUT_NDJSON;
}

static struct sim_out_cfg out_cfg(const struct sim_term *t)
{
	return (struct sim_out_cfg){
		.format = pick_format(t), .fields = common.fields,
		.where = common.where, .fail_if = common.fail_if,
		.sort = common.sort,
		.limit = common.limit,
		.decimals = (int)common.decimals, .width = t->width,
		.template = common.template, .stamp = stamp,
		.decimal_strings = common.decimal_strings,
		.header = !common.no_header, .bold = t->color,
		.utf8 = t->utf8, .fd = STDOUT_FILENO,
	};
}

static int check_operands(const struct sim_cmd *c, int n, char **v,
			  struct sim_err *err)
{
	for (int i = 0; i < n; i++)
		if (!*v[i])
			return sim_err_set(err, SIM_E_USAGE, "operand %d of %s"
					   " is empty; see simutrador %s"
					   " --help", i + 1, c->name, c->name);
	if (c->max >= 0 && n > c->max && (c->flags & SIM_CMD_SECRET))
		return sim_err_set(err, SIM_E_USAGE, "%s takes %s%s; see"
				   " simutrador %s --help", c->name,
				   c->max ? "only " : "no operands",
				   c->max ? c->operands : "", c->name);
	if (n < c->min)
		return sim_err_set(err, SIM_E_USAGE,
				   "%s needs %s; see simutrador %s --help",
				   c->name, c->operands, c->name);
	if (c->max >= 0 && n > c->max)
		return sim_err_set(err, SIM_E_USAGE,
				   "%s takes %s%s, so '%s' is too much; see"
				   " simutrador %s --help", c->name,
				   c->max ? "only " : "no operands",
				   c->max ? c->operands : "", v[c->max],
				   c->name);
	return SIM_OK;
}

static int load_settings(struct sim_cli *cli, const struct sim_opt_line *line,
			 struct sim_err *err)
{
	int rc;

	cli->profile = sim_profile_pick(cli->arena, common.profile, cli->cmd &&
					cli->cmd->flags & SIM_CMD_ANY_PROFILE);
	rc = sim_settings_load(cli->settings, cli->profile, common.config,
			       err);
	if (!rc)
		rc = apply_settings(line->common, line->given_common,
				    cli->settings, err);
	if (!rc)
		rc = apply_settings(line->own, line->given_own, cli->settings,
				    err);
	return rc;
}

/* A command that runs anyway does so with the defaults. */
static int need_settings(struct sim_cli *cli, const struct sim_opt_line *line,
			 struct sim_err *err)
{
	bool anyway = cli->cmd->flags & SIM_CMD_ANYWAY;
	int rc = load_settings(cli, line, anyway ? &cli->settings_err : err);

	if (!rc || !anyway)
		return rc;
	sim_settings_release(cli->settings);
	sim_settings_none(cli->settings);
	return apply_settings(line->common, line->given_common, cli->settings,
			      err);
}

/* -- running ------------------------------------------------------------- */

static int change_directory(struct sim_err *err)
{
	if (common.directory && chdir(common.directory))
		return sim_err_set(err, SIM_E_NOENT,
				   "--directory: '%s' is not a folder that can"
				   " be entered", common.directory);
	return SIM_OK;
}

int sim_cli_check_fields(struct sim_cli *cli, const struct sim_out_col *cols,
			 struct sim_err *err)
{
	const struct sim_out_cfg cfg = out_cfg(&cli->term);

	return sim_out_check(&cfg, cols, err);
}

/* The option that is about fields, or NULL: only rows have them. */
static const char *about_fields(void)
{
	return common.fields ? "fields" : common.where ? "where"
	     : common.fail_if ? "fail-if" : common.sort ? "sort"
	     : common.template ? "format"
	     : common.limit >= 0 ? "limit" : NULL;
}

static int check_fields(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_cmd *c = cli->cmd;
	const struct sim_out_col *cols = c->cols_of ? c->cols_of() : c->cols;

	if (common.where && (c->flags & SIM_CMD_ACTS))
		return sim_err_set(err, SIM_E_USAGE,
				   "%s says what it did, and --where chooses"
				   " among rows that are there; it does not"
				   " apply", c->name);
	if (c->flags & SIM_CMD_FIELDS)
		return SIM_OK;
	if (cols)
		return sim_cli_check_fields(cli, cols, err);
	if (about_fields())
		return sim_err_set(err, SIM_E_USAGE,
				   "%s has no fields, so --%s does not apply",
				   c->name, about_fields());
	return SIM_OK;
}

/* How times are written; a bad zone is the option's or the setting's. */
static int open_stamp(const struct sim_cli *cli,
		      const struct sim_opt_line *line, struct sim_err *err)
{
	int row = (int)(sim_opt_find(sim_cli_opts, "tz", 2) - sim_cli_opts);
	int rc = sim_out_stamp_open(common.ts, common.tz, &stamp, err);

	if (!rc || line->given_common >> row & 1)
		return rc;
	sim_err_prefix(err, "%s",
		       cli->settings->values[SIM_SETTINGS_tz].origin);
	return SIM_E_CONFIG;
}

static int prepare(struct sim_cli *cli, const struct sim_opt_line *line,
		   struct sim_err *err)
{
	struct sim_out_cfg cfg;
	int rc = change_directory(err);

	if (!rc && common.timeout)
		rc = sim_timeout_start(common.timeout, wants_json_errors(),
				       err);
	if (!rc)
		rc = need_settings(cli, line, err);
	if (!rc)
		rc = open_stamp(cli, line, err);
	if (rc)
		return rc;
	shorthands();
	sim_term_detect(common.color ? common.color : "auto", &cli->term);
	rc = check_operands(cli->cmd, cli->argc, cli->argv, err);
	if (!rc)
		rc = sim_opt_check_required(line, err);
	if (!rc)
		rc = check_fields(cli, err);
	cfg = out_cfg(&cli->term);
	if ((cli->cmd->flags & SIM_CMD_CSV) && !common.output &&
	    !common.template)
		cfg.format = SIM_OUT_CSV;
	cli->out = sim_out_new(&cfg);
	return rc;
}

/* A list that ran into --fields without value prints the fields alone. */
static bool only_lists_fields(struct sim_cli *cli)
{
	const struct sim_cmd *c = cli->cmd;

	if (!common.fields || *common.fields || c->flags & SIM_CMD_FIELDS)
		return false;
	sim_out_list(cli->out, c->cols_of ? c->cols_of() : c->cols);
	sim_out_end(cli->out);
	return true;
}

void sim_cli_page(const struct sim_cli *cli)
{
	if (!common.no_pager && sim_out_format_of(cli->out) <= SIM_OUT_WIDE)
		sim_pager_start(common.pager);
}

/* What a setting stood in for is wrong: the setting is. */
static int blame(const struct sim_cli *cli, const struct sim_opt_line *line,
		 int rc, struct sim_err *err)
{
	const struct sim_opt *o = sim_opt_meant(line, err->msg);
	const struct sim_settings_value *v = o && o->setting ?
		&cli->settings->values[sim_settings_find(o->setting)] : NULL;

	if (!v || !v->text)
		return rc;
	sim_err_prefix(err, "%s", v->origin);
	return SIM_E_CONFIG;
}

static int run(struct sim_cli *cli, const struct sim_opt_line *line,
	       struct sim_err *err)
{
	int rc = prepare(cli, line, err), flushed;

	if (!rc && !only_lists_fields(cli))
		rc = cli->cmd->run(cli, err);
	if (rc == SIM_E_USAGE || rc == SIM_E_INVAL)
		rc = blame(cli, line, rc, err);
	if (cli->out) {
		flushed = sim_out_flush(cli->out, rc ? NULL : err);
		rc = rc ? rc : flushed;
		if (!rc)
			rc = sim_out_verdict(cli->out, err);
	}
	sim_connect_close(cli->connect);
	sim_pager_wait();
	sim_out_free(cli->out);
	sim_out_stamp_release(&stamp);
	sim_store_close(cli->store);
	sim_settings_release(cli->settings);
	sim_mem_arena_release(cli->arena);
	return rc;
}

static int run_command(const struct sim_cmd *c, struct sim_opt_line *line,
		       struct sim_err *err)
{
	struct sim_settings settings = { .values = { { NULL, NULL } } };
	struct sim_mem_arena arena = SIM_MEM_ARENA_INIT;
	struct sim_cli cli = {
		.cmd = c, .argc = line->noperands, .argv = line->operands,
		.common = &common, .settings = &settings, .arena = &arena,
	};
	int rc = run(&cli, line, err);

	for (const struct sim_opt *o = c->opts; o && o->kind; o++)
		if (o->kind == SIM_OPT_LIST || o->kind == SIM_OPT_PARAM)
			sim_opt_list_release(o->value);
	return rc;
}

void sim_cli_light(struct sim_cli *cli, int argc, char **argv)
{
	struct sim_opt_line line = { .common = sim_cli_opts };

	cli->common = &common;
	line.operands = sim_mem_array((size_t)argc + 1, sizeof(char *));
	if (sim_opt_parse(&line, argc, argv, NULL))
		common.help = false;	/* other commands' options: ignored */
	sim_mem_free(line.operands);
	if (!change_directory(NULL) && load_settings(cli, &line, NULL))
		memset(cli->settings, 0, sizeof(*cli->settings));
}

/* Text that needs no command: help in its forms, and the version. */
static int print_text(const struct sim_cmd *c, const char *group,
		      struct sim_err *err)
{
	const struct sim_out_cfg cfg = { .fd = STDOUT_FILENO };
	struct sim_out *o = sim_out_new(&cfg);
	int rc;

	if (common.version)
		sim_help_version(o);
	else if (common.help_json)
		sim_help_json(o);
	else if (c)
		sim_help_command(o, c);
	else if (group && common.help)
		sim_help_group(o, group);
	else if (group)
		sim_help_group_short(o, group);
	else if (common.help)
		sim_help_all(o);
	else
		sim_help_short(o);
	rc = sim_out_flush(o, err);
	sim_out_free(o);
	return rc;
}

/* Move the operands that are command words out of the way. */
static const struct sim_cmd *take_words(int *argc, char **argv,
					const char *word[2])
{
	const struct sim_cmd *c = NULL;
	int at[2], n = sim_cli_words(*argc, argv, at);
	int used = 0;

	word[0] = n > 0 ? argv[at[0]] : NULL;
	word[1] = n > 1 ? argv[at[1]] : NULL;
	if (n > 1 && (c = sim_cli_find(word[0], word[1])))
		used = 2;
	else if (n > 0 && (c = sim_cli_find(word[0], NULL)))
		used = 1;
	while (used-- > 0) {
		memmove(argv + at[used], argv + at[used] + 1,
			(size_t)(*argc - at[used] - 1) * sizeof(*argv));
		--*argc;
	}
	return c;
}

static int dispatch(int argc, char **argv, struct sim_opt_line *line,
		    struct sim_err *err)
{
	const char *word[2], *group;
	const struct sim_cmd *c = take_words(&argc, argv, word);
	int rc;

	line->own = c ? c->opts : NULL;
	rc = sim_opt_parse(line, argc, argv, err);
	if (!rc)
		rc = sim_modes_check(&common, err);
	sim_modes_style(&common);
	shorthands();
	group = !c && word[0] && sim_cli_group(word[0]) ? word[0] : NULL;
	if (common.version || common.help_json || (common.help && c))
		return print_text(c, group, err);
	if (!c && word[0] && (!group || word[1]))
		return no_command(word[0], word[1], err);
	if (rc)
		return rc;
	return c ? run_command(c, line, err) : print_text(NULL, group, err);
}

/* A reader that goes away (| head) ends us quietly, as the shell expects; a
 * file that may not grow (ulimit -f) is a full disk, not the end. */
static void set_signals(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	sigaction(SIGPIPE, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGXFSZ, &sa, NULL);
}

int sim_cli_main(int argc, char **argv)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_opt_line line = { .common = sim_cli_opts };
	int rc;

	sim_term_fill();
	set_signals();
	sim_interrupt_guard();
	if (argc > 1 && !strcmp(argv[1], "__complete"))
		return sim_err_exit(sim_complete_main(argc - 2, argv + 2));
	argc = argc > 0 ? argc - 1 : 0;
	line.operands = sim_mem_array((size_t)argc + 1, sizeof(char *));
	rc = dispatch(argc, argv + 1, &line, &err);
	sim_mem_free(line.operands);
	return rc ? fail(rc, &err) : 0;
}
