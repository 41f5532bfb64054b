/* simutrador strategy new: files to start from, which run as they are. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/template_text.h"
#include "util/file.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_strategy_new;

#define NAME_MAX_ 40

static const char *lang, *like;

static const struct {
	const char *lang, *try;
} languages[] = {
#define SIM_LANG(lang, try) { lang, try },
#define SIM_TEMPLATE(id, lang, file)
#define SIM_EXAMPLE(id, name)
#include "cli/templates.def"
#undef SIM_LANG
#undef SIM_TEMPLATE
#undef SIM_EXAMPLE
};
static const char *const words[] = {
#define SIM_LANG(lang, try) lang,
#define SIM_TEMPLATE(id, lang, file)
#define SIM_EXAMPLE(id, name)
#include "cli/templates.def"
#undef SIM_LANG
#undef SIM_TEMPLATE
#undef SIM_EXAMPLE
	NULL
};
static const struct {
	const char *lang, *file;
	const char *const *text;
} templates[] = {
#define SIM_LANG(lang, try)
#define SIM_TEMPLATE(id, lang, file) { lang, file, sim_template_text_##id },
#define SIM_EXAMPLE(id, name)
#include "cli/templates.def"
#undef SIM_LANG
#undef SIM_TEMPLATE
#undef SIM_EXAMPLE
};
static const char *const example_words[] = {
#define SIM_LANG(lang, try)
#define SIM_TEMPLATE(id, lang, file)
#define SIM_EXAMPLE(id, name) name,
#include "cli/templates.def"
#undef SIM_LANG
#undef SIM_TEMPLATE
#undef SIM_EXAMPLE
	NULL
};
static const char *const *const example_texts[] = {
#define SIM_LANG(lang, try)
#define SIM_TEMPLATE(id, lang, file)
#define SIM_EXAMPLE(id, name) sim_template_text_ex_##id,
#include "cli/templates.def"
#undef SIM_LANG
#undef SIM_TEMPLATE
#undef SIM_EXAMPLE
};
#define TEMPLATES (sizeof(templates) / sizeof(templates[0]))

static const struct sim_opt opts[] = {
	{ SIM_OPT_ENUM, "lang", .arg = "LANGUAGE",
	  .help = "what to write it in; lua unless given", .value = &lang,
	  .choices = words },
	{ SIM_OPT_ENUM, "like", .arg = "EXAMPLE",
	  .help = "copy this example, a Lua script, instead",
	  .value = &like, .choices = example_words },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col cols[] = {
	{ "name", SIM_OUT_COL_ID }, { "lang", 0 }, { "files", 0 },
	{ "try", 0 }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador strategy new dips",
	"simutrador strategy new --lang c fast_dips",
	"simutrador strategy new --like turtle my_turtle",
	NULL
};

/* Every @NAME@ of a line, or @ of a file's name, replaced. */
static void fill(struct sim_buf *b, const char *s, const char *mark,
		 const char *name)
{
	const char *at;

	while ((at = strstr(s, mark))) {
		sim_buf_add(b, s, (size_t)(at - s));
		sim_buf_puts(b, name);
		s = at + strlen(mark);
	}
	sim_buf_puts(b, s);
}

/* The lines that a template, or the example in its place, consists of. */
static const char *const *text_of(size_t i)
{
	for (size_t k = 0; like && *like && example_words[k]; k++) {
		if (!strcmp(like, example_words[k]))
			return example_texts[k];
	}
	return templates[i].text;
}

static void fill_text(size_t i, const char *name, struct sim_buf *b)
{
	for (const char *const *s = text_of(i); *s; s++) {
		fill(b, *s, "@NAME@", name);
		sim_buf_putc(b, '\n');
	}
}

static int check_name(const char *name, struct sim_err *err)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
			  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	if (n && !name[n] && n <= NAME_MAX_ && *name != '-' &&
	    strcmp(name, "simutrador"))
		return SIM_OK;
	return sim_err_set(err, SIM_E_USAGE, "'%.60s' can't be the name of a "
			   "strategy; it is made of at most %d letters, "
			   "digits, _ and -", name, NAME_MAX_);
}

/* A file that is there as it would be written may stay: the client that two
 * strategies share. */
static int check_place(const char *path, const struct sim_buf *text,
		       struct sim_err *err)
{
	struct sim_buf old = SIM_BUF_INIT(SIM_BUF_MAX);
	bool is_same;

	if (access(path, F_OK))
		return SIM_OK;
	is_same = !sim_file_read(path, (size_t)1 << 24, &old, NULL) &&
		  old.len == text->len &&
		  !memcmp(sim_buf_str(&old), sim_buf_str(text), old.len);
	sim_buf_release(&old);
	if (is_same)
		return SIM_OK;
	return sim_err_set(err, SIM_E_CANTCREAT, "%s is there already and is "
			   "not overwritten; choose another name", path);
}

/* Nothing is written unless all can be. */
static int write_all(const char *name, bool for_real, struct sim_err *err)
{
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < TEMPLATES; i++) {
		struct sim_buf path = SIM_BUF_INIT(4096);
		struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);

		if (strcmp(templates[i].lang, lang))
			continue;
		fill(&path, templates[i].file, "@", name);
		fill_text(i, name, &text);
		if (for_real)
			rc = sim_file_write(sim_buf_str(&path),
					    sim_buf_str(&text), text.len, 0666,
					    err);
		else
			rc = check_place(sim_buf_str(&path), &text, err);
		sim_buf_release(&path);
		sim_buf_release(&text);
	}
	return rc;
}

static void put(struct sim_cli *cli, const char *name)
{
	struct sim_buf try = SIM_BUF_INIT(4096), path = SIM_BUF_INIT(4096);
	const char *files[TEMPLATES];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++) {
		if (!strcmp(languages[i].lang, lang))
			fill(&try, languages[i].try, "@", name);
	}
	for (size_t i = 0; i < TEMPLATES; i++) {
		if (strcmp(templates[i].lang, lang))
			continue;
		sim_buf_reset(&path);
		fill(&path, templates[i].file, "@", name);
		files[n++] = sim_mem_arena_strdup(cli->arena,
						  sim_buf_str(&path));
	}
	sim_out_object(cli->out, cols);
	sim_out_str(cli->out, "name", name);
	sim_out_str(cli->out, "lang", lang);
	sim_out_strs(cli->out, "files", files, n);
	sim_out_str(cli->out, "try", sim_buf_str(&try));
	sim_out_end(cli->out);
	sim_cli_note(cli, "Try it: %s", sim_buf_str(&try));
	sim_buf_release(&try);
	sim_buf_release(&path);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	const char *name = cli->argv[0];
	int rc = check_name(name, err);

	if (!lang || !*lang)
		lang = "lua";
	if (!rc && like && *like && strcmp(lang, "lua"))
		rc = sim_err_set(err, SIM_E_USAGE, "the examples are Lua "
				 "scripts; leave out --lang %s", lang);
	if (!rc)
		rc = write_all(name, false, err);
	if (!rc)
		rc = write_all(name, true, err);
	if (!rc)
		put(cli, name);
	return rc;
}

const struct sim_cmd sim_cmd_strategy_new = {
	.name = "strategy new",
	.summary = "write a strategy to start from into this folder",
	.operands = "NAME", .min = 1, .max = 1, .opts = opts, .cols = cols,
	.examples = examples, .run = run,
};
