/* formopt: exactly one strategy, its parameters, and limits that fit it. */
#include "cli/formopt.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/str.h"

/* How each form is chosen. */
static const struct {
	const char *option, *arg;	/* NULL: by an operand */
	enum sim_opt_words words;
	const char *ext;		/* of the operand */
} forms[] = {
#define SIM_FORM(id, name, opener, option, arg, words, help) \
	{ option, arg, SIM_OPT_WORDS_##words, NULL },
#define SIM_FORM_FILE(id, name, opener, ext, help) \
	{ NULL, NULL, SIM_OPT_WORDS_FILE, ext },
#include "strategy/form.def"
#undef SIM_FORM
#undef SIM_FORM_FILE
};

void sim_formopt_choices(struct sim_buf *b)
{
	for (int i = 0; i < SIM_FORM__COUNT; i++) {
		if (i)
			sim_buf_puts(b, ", ");
		if (forms[i].option)
			sim_buf_printf(b, "--%s %s", forms[i].option,
				       forms[i].arg);
		else
			sim_buf_printf(b, "FILE%s", forms[i].ext);
	}
}

int sim_formopt_count(const struct sim_formopt *o)
{
	int n = o->file != NULL;

	for (int i = 0; i < SIM_FORM__COUNT; i++)
		n += o->source[i] != NULL;
	return n;
}

/* -- which ----------------------------------------------------------------- */

static bool ends_in(const char *s, const char *ext)
{
	size_t n = strlen(s), m = strlen(ext);

	return n > m && !strcmp(s + n - m, ext);
}

static int unknown_file(const char *file, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(4096);
	int rc;

	sim_formopt_choices(&b);
	rc = sim_err_set(err, SIM_E_USAGE, "'%.80s' is no strategy by its "
			 "name; a strategy is one of %s", file,
			 sim_buf_str(&b));
	sim_buf_release(&b);
	return rc;
}

static int choose(const struct sim_formopt *o, struct sim_form *f,
		  struct sim_err *err)
{
	for (int i = 0; i < SIM_FORM__COUNT; i++) {
		const char *source = o->source[i];

		if (o->file && forms[i].ext && ends_in(o->file, forms[i].ext))
			source = o->file;
		if (!source)
			continue;
		f->kind = (enum sim_form_kind)i;
		f->source = source;
	}
	return o->file && !f->source ? unknown_file(o->file, err) : SIM_OK;
}

/* The path from the root, so that the run can be verified from anywhere. */
static void find_file(struct sim_formopt_made *m)
{
	char *full;

	if (!m->form.source || !forms[m->form.kind].option ||
	    forms[m->form.kind].words != SIM_OPT_WORDS_FILE)
		return;
	full = realpath(m->form.source, NULL);
	if (full)
		m->form.source = m->path = full;
}

/* A command's files are named from where we are. */
static void find_folder(struct sim_formopt_made *m)
{
	if (m->form.source && m->form.kind == SIM_FORM_PIPE)
		m->form.directory = m->directory = getcwd(NULL, 0);
}

static int read_script(struct sim_formopt_made *m, struct sim_err *err)
{
	int rc;

	if (!m->form.source || !forms[m->form.kind].ext)
		return SIM_OK;
	m->text.max = SIM_FOLDER_SCRIPT_MAX + 1;
	rc = sim_file_read(m->form.source, SIM_FOLDER_SCRIPT_MAX, &m->text,
			   err);
	m->form.text = sim_buf_str(&m->text);
	m->form.len = m->text.len;
	return rc;
}

/* -- its parameters and limits --------------------------------------------- */

static int cut_params(const struct sim_formopt *o, struct sim_formopt_made *m,
		      struct sim_err *err)
{
	size_t n = o->params.n;

	if (n && !m->form.source)
		return sim_err_set(err, SIM_E_USAGE, "--param goes with a "
				   "strategy; an order list has no "
				   "parameters");
	if (n > SIM_RUN_PARAMS_MAX)
		return sim_err_set(err, SIM_E_USAGE, "%zu parameters are too "
				   "many; at most %d", n, SIM_RUN_PARAMS_MAX);
	m->params = sim_mem_array(n + 1, sizeof(*m->params));
	for (size_t i = 0; i < n; i++) {
		char *eq = strchr(o->params.v[i], '=');

		*eq = '\0';
		m->params[i].name = o->params.v[i];
		m->params[i].value = eq + 1;
	}
	m->form.params = m->params;
	m->form.nparams = n;
	return SIM_OK;
}

struct unit {
	const char *name;
	int64_t factor;
};
static const struct unit durations[] = {
	{ "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "m", 60000 },
	{ "h", 3600000 }, { NULL, 0 }
};
static const struct unit sizes[] = {
	{ "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 },
	{ "KiB", 1 << 10 }, { "MiB", 1 << 20 }, { "GiB", 1 << 30 },
	{ NULL, 0 }
};

/* A whole number and a unit; at most `max` of the smallest. */
static bool parse_amount(const char *s, const struct unit *u, int64_t max,
			 int64_t *out)
{
	size_t digits = strspn(s, "0123456789");
	int64_t v = 0;

	for (size_t i = 0; i < digits && v <= max; i++)
		v = v * 10 + (s[i] - '0');
	while (u->name && strcmp(u->name, s + digits))
		u++;
	if (!digits || !u->name || v < 1 || v > max / u->factor)
		return false;
	*out = v * u->factor;
	return true;
}

static int read_time(const char *option, const char *s, int64_t *out,
		     struct sim_err *err)
{
	if (!s || parse_amount(s, durations, INT64_C(86400000), out))
		return SIM_OK;
	return sim_err_set(err, SIM_E_USAGE, "%s is '%.40s'; it must be a time "
			   "such as 500ms, 10s or 2min, at most 24h", option,
			   s);
}

static int check_fit(const struct sim_formopt *o, const struct sim_form *f,
		     struct sim_err *err)
{
	const char *name = f->source ? sim_form_name((int)f->kind) : "";
	const struct {
		const char *option;
		bool is_given;
		const char *form, *other;
	} rows[] = {
		{ "--callback-timeout", o->callback != NULL, "lua", "plugin" },
		{ "--ack-timeout", o->ack != NULL, "pipe", "" },
		{ "--memory-limit", o->memory != NULL, "lua", "" },
		{ "--sandbox", o->sandbox, "pipe", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].is_given || !strcmp(name, rows[i].form) ||
		    (*rows[i].other && !strcmp(name, rows[i].other)))
			continue;
		return sim_err_set(err, SIM_E_USAGE, "%s is for a strategy of "
				   "the form %s%s%s; leave it out",
				   rows[i].option, rows[i].form,
				   *rows[i].other ? " or " : "",
				   rows[i].other);
	}
	return SIM_OK;
}

int sim_formopt_limits(const struct sim_formopt *o, struct sim_form *f,
		       struct sim_err *err)
{
	int64_t bytes = (int64_t)f->limits.memory;
	int rc = check_fit(o, f, err);

	if (!rc)
		rc = read_time("--callback-timeout", o->callback,
			       &f->limits.callback_ms, err);
	if (!rc)
		rc = read_time("--ack-timeout", o->ack, &f->limits.callback_ms,
			       err);
	if (rc)
		return rc;
	if (o->memory &&
	    !parse_amount(o->memory, sizes, INT64_C(1) << 40, &bytes))
		return sim_err_set(err, SIM_E_USAGE, "--memory-limit is "
				   "'%.40s'; it must be a size such as 64M or "
				   "2G, at most 1024G", o->memory);
	f->limits.memory = (size_t)bytes;
	f->sandbox |= o->sandbox;
	return SIM_OK;
}

int sim_formopt_make(const struct sim_formopt *o, struct sim_formopt_made *m,
		     struct sim_err *err)
{
	int rc = choose(o, &m->form, err);

	find_file(m);
	find_folder(m);
	if (!rc)
		rc = cut_params(o, m, err);
	if (!rc)
		rc = sim_formopt_limits(o, &m->form, err);
	return rc ? rc : read_script(m, err);
}

void sim_formopt_release(struct sim_formopt_made *m)
{
	sim_mem_free(m->params);
	sim_mem_free(m->path);
	sim_mem_free(m->directory);
	sim_buf_release(&m->text);
	*m = (struct sim_formopt_made)SIM_FORMOPT_MADE_INIT;
}
