/* help: usage, option lists and examples, all read from the command table. */
#include "cli/help.h"

#include <config.h>
#include <string.h>

#include "util/buf.h"

#define WIDTH		80
#define USAGE_INDENT	4
#define OPTION_COLUMN	28

void sim_help_version(struct sim_out *o)
{
	sim_out_puts(o, "simutrador " PACKAGE_VERSION "\n");
}

/* -- synopsis ------------------------------------------------------------ */

static bool is_repeated(const struct sim_opt *p)
{
	return p->kind == SIM_OPT_LIST || p->kind == SIM_OPT_PARAM;
}

static void option_word(struct sim_buf *b, const struct sim_opt *p)
{
	bool required = p->flags & SIM_OPT_REQUIRED;

	sim_buf_puts(b, required ? " --" : " [--");
	sim_buf_puts(b, p->name);
	if (p->arg)
		sim_buf_printf(b, " %s", p->arg);
	if (!required)
		sim_buf_putc(b, ']');
	if (is_repeated(p))
		sim_buf_puts(b, "...");
}

static void option_words(struct sim_buf *b, const struct sim_cmd *c,
			 bool required)
{
	for (const struct sim_opt *p = c->opts; p && p->kind; p++)
		if (!(p->flags & SIM_OPT_HIDDEN) &&
		    !!(p->flags & SIM_OPT_REQUIRED) == required)
			option_word(b, p);
}

void sim_help_synopsis(struct sim_buf *b, const struct sim_cmd *c)
{
	sim_buf_printf(b, "simutrador %s", c->name);
	option_words(b, c, true);
	option_words(b, c, false);
	if (*c->operands)
		sim_buf_printf(b, " %s", c->operands);
}

/* A word of the synopsis ends at a blank outside of brackets. */
static size_t word_len(const char *s)
{
	size_t n = 0;
	int depth = 0;

	for (; s[n] && (depth || s[n] != ' '); n++)
		depth += s[n] == '[' ? 1 : s[n] == ']' ? -1 : 0;
	return n;
}

/* s wrapped at `width`, later lines indented. */
static void wrap(struct sim_out *o, const char *s, size_t at, size_t indent,
		 size_t (*len)(const char *))
{
	bool first = true;

	while (*s) {
		size_t n = len(s);

		if (!first && at + 1 + n > WIDTH - 1) {
			sim_out_printf(o, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			sim_out_puts(o, " ");
			at++;
		}
		sim_out_write(o, s, n);
		at += n;
		s += n;
		s += strspn(s, " ");
		first = false;
	}
	sim_out_puts(o, "\n");
}

static size_t plain_len(const char *s)
{
	return strcspn(s, " ");
}

/* -- options ------------------------------------------------------------- */

static void option_help(struct sim_buf *b, const struct sim_opt *p)
{
	sim_buf_puts(b, p->help);
	for (const char *const *c = p->choices; c && *c; c++)
		sim_buf_printf(b, "%s%s", c == p->choices ? ": " : ", ", *c);
	if (p->kind == SIM_OPT_LIST)
		sim_buf_puts(b, "; may be repeated");
	if (p->flags & SIM_OPT_REQUIRED)
		sim_buf_puts(b, " (required)");
}

static void print_option(struct sim_out *o, const struct sim_opt *p)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	if (p->letter)
		sim_buf_printf(&b, "  -%c, --%s", p->letter, p->name);
	else
		sim_buf_printf(&b, "      --%s", p->name);
	if (p->arg)
		sim_buf_printf(&b, " %s", p->arg);
	if (b.len + 2 > OPTION_COLUMN)
		sim_buf_printf(&b, "\n%*s", OPTION_COLUMN, "");
	else
		sim_buf_printf(&b, "%*s", (int)(OPTION_COLUMN - b.len), "");
	sim_out_puts(o, sim_buf_str(&b));
	sim_buf_reset(&b);
	option_help(&b, p);
	wrap(o, sim_buf_str(&b), OPTION_COLUMN, OPTION_COLUMN, plain_len);
	sim_buf_release(&b);
}

static void print_options(struct sim_out *o, const char *title,
			  const struct sim_opt *opts)
{
	if (!opts || !opts->kind)
		return;
	sim_out_printf(o, "\n%s\n", title);
	for (; opts->kind; opts++)
		if (!(opts->flags & SIM_OPT_HIDDEN))
			print_option(o, opts);
}

static void print_fields(struct sim_out *o, const struct sim_out_col *cols)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	if (!cols)
		return;
	sim_out_puts(o, "\nFields:\n  ");
	for (; cols->name; cols++)
		sim_buf_printf(&b, "%s%s", b.len ? " " : "", cols->name);
	wrap(o, sim_buf_str(&b), 2, 2, plain_len);
	sim_buf_release(&b);
}

static void print_examples(struct sim_out *o, const char *const *examples,
			   int max)
{
	if (!examples)
		return;
	sim_out_puts(o, "\nExamples:\n");
	for (; *examples && max-- > 0; examples++)
		sim_out_printf(o, "  %s\n", *examples);
}

/* -- pages --------------------------------------------------------------- */

static size_t first_word(const char *name)
{
	return strcspn(name, " ");
}

void sim_help_command(struct sim_out *o, const struct sim_cmd *c)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_help_synopsis(&b, c);
	sim_out_puts(o, "Usage: ");
	wrap(o, sim_buf_str(&b), 7, USAGE_INDENT, word_len);
	sim_out_printf(o, "\n%c%s.\n", c->summary[0] - 'a' + 'A',
		       c->summary + 1);
	print_options(o, "Options:", c->opts);
	print_fields(o, c->cols);
	print_examples(o, c->examples, INT32_MAX);
	sim_out_printf(o, "\nsimutrador --help lists the options of every"
		       " command; simutrador help %.*s\nprints the manual.\n",
		       (int)first_word(c->name), c->name);
	sim_buf_release(&b);
}

static const struct sim_cmd *member(const struct sim_cmd *const **at,
				    const char *group)
{
	size_t n = strlen(group);

	for (; **at; ++*at)
		if (!strncmp((**at)->name, group, n) && (**at)->name[n] == ' ')
			return *(*at)++;
	return NULL;
}

static void group_title(struct sim_out *o, const char *word)
{
	sim_out_printf(o, "Usage: simutrador %s COMMAND [OPTIONS]\n\n%c%s.\n\n",
		       word, sim_cli_group(word)[0] - 'a' + 'A',
		       sim_cli_group(word) + 1);
}

static void group_examples(struct sim_out *o, const char *word)
{
	const struct sim_cmd *const *at = sim_cli_table;
	const struct sim_cmd *c, *only = NULL;
	int shown = 0;

	sim_out_puts(o, "\nExamples:\n");
	while (shown < 2 && (c = member(&at, word))) {
		sim_out_printf(o, "  %s\n", c->examples[0]);
		only = c;
		shown++;
	}
	if (shown < 2 && only->examples[1])
		sim_out_printf(o, "  %s\n", only->examples[1]);
}

void sim_help_group(struct sim_out *o, const char *word)
{
	const struct sim_cmd *const *at = sim_cli_table;
	const struct sim_cmd *c;

	group_title(o, word);
	while ((c = member(&at, word)))
		sim_out_printf(o, "  %-12s %s\n", c->name + strlen(word) + 1,
			       c->summary);
	group_examples(o, word);
	sim_out_printf(o, "\nsimutrador %s COMMAND --help explains one;"
		       " simutrador help %s prints the\nmanual.\n", word, word);
}

void sim_help_group_short(struct sim_out *o, const char *word)
{
	const struct sim_cmd *const *at = sim_cli_table;
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	const struct sim_cmd *c;

	group_title(o, word);
	while ((c = member(&at, word)))
		sim_buf_printf(&b, "%s%s", b.len ? " " : "",
			       c->name + strlen(word) + 1);
	sim_out_puts(o, "  ");
	wrap(o, sim_buf_str(&b), 2, 2, plain_len);
	group_examples(o, word);
	sim_out_printf(o, "\nsimutrador %s --help explains the commands.\n",
		       word);
	sim_buf_release(&b);
}

static bool opens_group(const struct sim_cmd *const *c)
{
	size_t n = first_word((*c)->name);

	return c == sim_cli_table || strncmp(c[-1]->name, (*c)->name, n + 1);
}

/* Every noun with its verbs. */
static void print_tree(struct sim_out *o)
{
	for (const struct sim_cmd *const *c = sim_cli_table; *c; c++) {
		const char *name = (*c)->name;

		if (strchr(name, ' ') && opens_group(c)) {
			char word[32] = "";

			memcpy(word, name, first_word(name));
			sim_out_printf(o, "  %-12s %s\n", word,
				       sim_cli_group(word));
		}
		if (strchr(name, ' '))
			sim_out_printf(o, "    %-10s %s\n",
				       name + first_word(name) + 1,
				       (*c)->summary);
		else
			sim_out_printf(o, "  %-12s %s\n", name, (*c)->summary);
	}
}

void sim_help_all(struct sim_out *o)
{
	sim_out_puts(o, "Usage: simutrador COMMAND [OPTIONS] [OPERANDS]\n\n"
		     "A trading simulator for the terminal.\n\nCommands:\n");
	print_tree(o);
	print_options(o, "Options of every command:", sim_cli_opts);
	sim_out_puts(o, "\nsimutrador COMMAND --help explains one command;"
		     " simutrador help prints the\nmanual.\n");
}

void sim_help_short(struct sim_out *o)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	for (const struct sim_cmd *const *c = sim_cli_table; *c; c++) {
		size_t n = first_word((*c)->name);

		if (opens_group(c)) {
			if (b.len)
				sim_buf_putc(&b, ' ');
			sim_buf_add(&b, (*c)->name, n);
		}
	}
	sim_out_puts(o, "A trading simulator for the terminal:"
		     " simutrador COMMAND [OPTIONS] [OPERANDS]\n\n  ");
	wrap(o, sim_buf_str(&b), 2, 2, plain_len);
	sim_out_puts(o, "\nExamples:\n"
		     "  simutrador data import ACME_daily.csv --symbol ACME\n"
		     "  simutrador simulate --symbols ACME --strategy"
		     " sma-cross\n\n"
		     "simutrador --help explains; simutrador help prints the"
		     " manual.\n");
	sim_buf_release(&b);
}
