/*
 * opt: reads a command line against tables of options.  It sets values and
 * never prints; what is wrong comes back as one sentence.
 */
#include "cli/opt.h"

#include <string.h>

#include "util/mem.h"
#include "util/str.h"

#define OPTS_MAX 64		/* rows of two tables, for "did you mean" */

void sim_opt_list_release(struct sim_opt_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		sim_mem_free(l->v[i]);
	sim_mem_free(l->v);
	*l = (struct sim_opt_list){ 0, 0, NULL };
}

static void list_add(struct sim_opt_list *l, const char *s, size_t n)
{
	SIM_MEM_GROW(l->v, l->cap, l->n + 1);
	l->v[l->n++] = sim_mem_strndup(s, n);
}

const struct sim_opt *sim_opt_find(const struct sim_opt *opts,
				   const char *name, size_t len)
{
	for (; opts && opts->kind != SIM_OPT_END; opts++)
		if (strlen(opts->name) == len && !memcmp(opts->name, name, len))
			return opts;
	return NULL;
}

const struct sim_opt *sim_opt_find_letter(const struct sim_opt *opts, char c)
{
	for (; opts && opts->kind != SIM_OPT_END; opts++)
		if (opts->letter == c)
			return opts;
	return NULL;
}

bool sim_opt_has_value(const struct sim_opt *o)
{
	return o->kind != SIM_OPT_FLAG && o->kind != SIM_OPT_COUNT;
}

/* -- one setter a kind --------------------------------------------------- */

static int set_flag(const struct sim_opt *o, const char *shown,
		    const char *text, struct sim_err *err)
{
	static const char *const yes[] = { "1", "true", "yes", "on", NULL };
	static const char *const no[] = { "0", "false", "no", "off", NULL };

	for (int i = 0; text && yes[i]; i++) {
		if (sim_str_eq_nocase(text, yes[i])) {
			*(bool *)o->value = true;
			return SIM_OK;
		}
		if (sim_str_eq_nocase(text, no[i])) {
			*(bool *)o->value = false;
			return SIM_OK;
		}
	}
	if (text)
		return sim_err_set(err, SIM_E_USAGE,
				   "%s is on or off, not '%s'", shown, text);
	*(bool *)o->value = true;
	return SIM_OK;
}

static int set_count(const struct sim_opt *o, const char *shown,
		     const char *text, struct sim_err *err)
{
	if (text)
		return sim_err_set(err, SIM_E_USAGE, "%s takes no value",
				   shown);
	++*(int *)o->value;
	return SIM_OK;
}

static int set_str(const struct sim_opt *o, const char *shown,
		   const char *text, struct sim_err *err)
{
	if (!*text && !(o->flags & SIM_OPT_EMPTY))
		return sim_err_set(err, SIM_E_USAGE,
				   "%s needs a value (%s) but got an empty one",
				   shown, o->arg);
	*(const char **)o->value = text;
	return SIM_OK;
}

static int set_int(const struct sim_opt *o, const char *shown,
		   const char *text, struct sim_err *err)
{
	bool any = !o->lo && !o->hi;
	int rc = sim_str_int(text, shown, any ? INT64_MIN : o->lo,
			     any ? INT64_MAX : o->hi, o->value, err);

	if (rc && err)
		err->code = SIM_E_USAGE;
	return rc ? SIM_E_USAGE : SIM_OK;
}

static int set_dec(const struct sim_opt *o, const char *shown,
		   const char *text, struct sim_err *err)
{
	char lo[SIM_DEC_STRMAX], hi[SIM_DEC_STRMAX];
	bool any = !o->lo && !o->hi;
	sim_dec v;

	if (sim_dec_parse(text, strlen(text), &v, NULL))
		return sim_err_set(err, SIM_E_USAGE,
				   "%s is a number with at most eight decimals"
				   " such as 1.25, not '%s'", shown, text);
	if (!any && (v < o->lo || v > o->hi)) {
		sim_dec_format(o->lo, 0, lo);
		sim_dec_format(o->hi, 0, hi);
		return sim_err_set(err, SIM_E_USAGE,
				   "%s is a number from %s to %s, not %s",
				   shown, lo, hi, text);
	}
	*(sim_dec *)o->value = v;
	return SIM_OK;
}

/* "a, b or c" of a NULL-ended list; what does not fit ends in "...". */
static void choices_text(const char *const *list, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (; *list && n + strlen(*list) + 8 < size; list++) {
		const char *sep = !n ? "" : list[1] ? ", " : " or ";

		memcpy(buf + n, sep, strlen(sep));
		n += strlen(sep);
		memcpy(buf + n, *list, strlen(*list) + 1);
		n += strlen(*list);
	}
	if (*list)
		memcpy(buf + n, " ...", 5);
}

static int set_enum(const struct sim_opt *o, const char *shown,
		    const char *text, struct sim_err *err)
{
	char all[256];
	const char *near;

	for (const char *const *c = o->choices; *c; c++) {
		if (!strcmp(*c, text)) {
			*(const char **)o->value = *c;
			return SIM_OK;
		}
	}
	near = sim_str_near(text, o->choices);
	choices_text(o->choices, all, sizeof(all));
	return sim_err_set(err, SIM_E_USAGE, "%s is one of %s, not '%s'%s%s%s",
			   shown, all, text, near ? "; did you mean '" : "",
			   near ? near : "", near ? "'?" : "");
}

static int set_time(const struct sim_opt *o, const char *shown,
		    const char *text, struct sim_err *err)
{
	struct sim_opt_time *v = o->value;
	size_t n = strlen(text);
	int rc;

	if (o->flags & (SIM_OPT_FROM | SIM_OPT_TO))
		rc = sim_time_parse_bound(text, n, o->flags & SIM_OPT_TO,
					  &v->t, &v->kind, NULL);
	else
		rc = sim_time_parse(text, n, &v->t, &v->kind, NULL);
	if (rc)
		return sim_err_set(err, SIM_E_USAGE,
				   "%s is a date or a time such as 2024-01-31"
				   " or 2024-01-31T14:30:00Z, not '%s'",
				   shown, text);
	v->is_set = true;
	return SIM_OK;
}

static int set_tf(const struct sim_opt *o, const char *shown,
		  const char *text, struct sim_err *err)
{
	struct sim_opt_tf *v = o->value;

	if (sim_bar_tf_parse(text, &v->tf, err)) {
		sim_err_prefix(err, "%s", shown);
		if (err)
			err->code = SIM_E_USAGE;
		return SIM_E_USAGE;
	}
	v->is_set = true;
	return SIM_OK;
}

static int set_list(const struct sim_opt *o, const char *shown,
		    const char *text, struct sim_err *err)
{
	const char *p = text;

	for (;;) {
		size_t n = strcspn(p, ",");

		if (!n)
			return sim_err_set(err, SIM_E_USAGE,
					   "%s is a list such as A,B,C without"
					   " empty items, not '%s'",
					   shown, text);
		list_add(o->value, p, n);
		if (!p[n])
			return SIM_OK;
		p += n + 1;
	}
}

static int set_param(const struct sim_opt *o, const char *shown,
		     const char *text, struct sim_err *err)
{
	const char *eq = strchr(text, '=');

	if (!eq || eq == text || !eq[1])
		return sim_err_set(err, SIM_E_USAGE,
				   "%s is NAME=VALUE such as fast=10, not '%s'",
				   shown, text);
	list_add(o->value, text, strlen(text));
	return SIM_OK;
}

int sim_opt_set(const struct sim_opt *o, const char *shown, const char *text,
		struct sim_err *err)
{
	static int (*const set[])(const struct sim_opt *, const char *,
				  const char *, struct sim_err *) = {
		[SIM_OPT_FLAG] = set_flag,   [SIM_OPT_COUNT] = set_count,
		[SIM_OPT_STR] = set_str,     [SIM_OPT_PATH] = set_str,
		[SIM_OPT_INT] = set_int,     [SIM_OPT_DEC] = set_dec,
		[SIM_OPT_ENUM] = set_enum,   [SIM_OPT_TIME] = set_time,
		[SIM_OPT_TF] = set_tf,       [SIM_OPT_LIST] = set_list,
		[SIM_OPT_PARAM] = set_param,
	};

	return set[o->kind](o, shown, text, err);
}

/* -- the line ------------------------------------------------------------ */

static int unknown(const struct sim_opt_line *l, const char *shown,
		   const char *name, struct sim_err *err)
{
	const char *list[OPTS_MAX + 1];
	const char *near;
	int n = 0;

	for (const struct sim_opt *o = l->own; o && o->kind; o++)
		if (n < OPTS_MAX && !(o->flags & SIM_OPT_HIDDEN))
			list[n++] = o->name;
	for (const struct sim_opt *o = l->common; o->kind; o++)
		if (n < OPTS_MAX && !(o->flags & SIM_OPT_HIDDEN))
			list[n++] = o->name;
	list[n] = NULL;
	near = name ? sim_str_near(name, list) : NULL;
	if (near)
		return sim_err_set(err, SIM_E_USAGE,
				   "there is no option '%s'; did you mean"
				   " '--%s'?", shown, near);
	return sim_err_set(err, SIM_E_USAGE,
			   "there is no option '%s'; --help lists them",
			   shown);
}

static void mark(struct sim_opt_line *l, const struct sim_opt *o)
{
	for (int i = 0; l->own && l->own[i].kind != SIM_OPT_END; i++)
		if (o == &l->own[i])
			l->given_own |= UINT64_C(1) << i;
	for (int i = 0; l->common[i].kind != SIM_OPT_END; i++)
		if (o == &l->common[i])
			l->given_common |= UINT64_C(1) << i;
}

struct walk {
	int i, argc;
	char **argv;
};

/* The value of o: after `=`, else the next argument. */
static int take_value(const struct sim_opt *o, const char *shown,
		      const char *attached, struct walk *w, const char **text,
		      struct sim_err *err)
{
	bool empty_ok = o->flags & SIM_OPT_EMPTY;

	*text = attached;
	if (attached || !sim_opt_has_value(o))
		return SIM_OK;
	if (w->i + 1 < w->argc &&
	    !(empty_ok && w->argv[w->i + 1][0] == '-')) {
		*text = w->argv[++w->i];
		return SIM_OK;
	}
	*text = "";
	if (empty_ok)
		return SIM_OK;
	return sim_err_set(err, SIM_E_USAGE, "%s needs a value (%s)", shown,
			   o->arg);
}

/* What was hidden, for as long as the program runs. */
struct hidden {
	struct hidden *before;
	char text[];
};

/* The value stays, where it stood are x's: nobody who lists processes sees it.
 * It is argv's, so it may be written to. */
static const char *hide(const char *text)
{
	static struct hidden *last;
	size_t n = strlen(text);
	struct hidden *h = sim_mem_alloc(sizeof(*h) + n + 1);

	memcpy(h->text, text, n + 1);
	memset((char *)(uintptr_t)text, 'x', n);
	h->before = last;
	last = h;
	return h->text;
}

static int one_option(struct sim_opt_line *l, const struct sim_opt *o,
		      const char *shown, const char *attached, struct walk *w,
		      struct sim_err *err)
{
	const char *text;
	int rc = take_value(o, shown, attached, w, &text, err);

	mark(l, o);
	if (!rc && (o->flags & SIM_OPT_SECRET) && *text)
		text = hide(text);
	return rc ? rc : sim_opt_set(o, shown, text, err);
}

static int long_option(struct sim_opt_line *l, struct walk *w,
		       struct sim_err *err)
{
	const char *a = w->argv[w->i], *eq = strchr(a, '=');
	size_t len = (eq ? (size_t)(eq - a) : strlen(a)) - 2;
	const struct sim_opt *o = sim_opt_find(l->own, a + 2, len);
	char shown[64], *name = sim_mem_strndup(a + 2, len);
	char *whole = sim_mem_strndup(a, len + 2);	/* without a value */
	int rc;

	if (!o)
		o = sim_opt_find(l->common, a + 2, len);
	if (!o) {
		rc = unknown(l, whole, name, err);
	} else {
		shown[0] = shown[1] = '-';
		memcpy(shown + 2, o->name, strlen(o->name) + 1);
		rc = one_option(l, o, shown, eq ? eq + 1 : NULL, w, err);
	}
	sim_mem_free(name);
	sim_mem_free(whole);
	return rc;
}

/* A cluster: -qv, -oFMT, -o FMT. */
static int short_options(struct sim_opt_line *l, struct walk *w,
			 struct sim_err *err)
{
	for (const char *p = w->argv[w->i] + 1; *p; p++) {
		const struct sim_opt *o = sim_opt_find_letter(l->own, *p);
		char shown[3] = { '-', *p, '\0' };
		int rc;

		if (!o)
			o = sim_opt_find_letter(l->common, *p);
		if (!o)
			return unknown(l, shown, NULL, err);
		if (sim_opt_has_value(o))
			return one_option(l, o, shown, p[1] ? p + 1 : NULL, w,
					  err);
		rc = one_option(l, o, shown, NULL, w, err);
		if (rc)
			return rc;
	}
	return SIM_OK;
}

int sim_opt_parse(struct sim_opt_line *l, int argc, char **argv,
		  struct sim_err *err)
{
	struct sim_err later = SIM_ERR_INIT;
	struct walk w = { 0, argc, argv };
	bool ended = false;
	int first = SIM_OK;

	for (; w.i < argc; w.i++) {
		struct sim_err *e = first ? &later : err;
		const char *a = argv[w.i];
		int rc = SIM_OK;

		if (ended || a[0] != '-' || !a[1])
			l->operands[l->noperands++] = argv[w.i];
		else if (!strcmp(a, "--"))
			ended = true;
		else if (a[1] == '-')
			rc = long_option(l, &w, e);
		else
			rc = short_options(l, &w, e);
		if (!first)
			first = rc;
	}
	return first;
}

int sim_opt_check_required(const struct sim_opt_line *l, struct sim_err *err)
{
	for (int i = 0; l->own && l->own[i].kind != SIM_OPT_END; i++) {
		const struct sim_opt *o = &l->own[i];

		if ((o->flags & SIM_OPT_REQUIRED) &&
		    !(l->given_own >> i & 1))
			return sim_err_set(err, SIM_E_USAGE,
					   "--%s %s is missing: it says %s",
					   o->name, o->arg, o->help);
	}
	return SIM_OK;
}

const struct sim_opt *sim_opt_meant(const struct sim_opt_line *l,
				    const char *sentence)
{
	const struct sim_opt *o = l->own;

	for (int i = 0; o && o[i].kind != SIM_OPT_END; i++) {
		size_t n = strlen(o[i].name);

		if (!(l->given_own >> i & 1) && !strncmp(sentence, "--", 2) &&
		    !strncmp(sentence + 2, o[i].name, n) &&
		    strchr(" :", sentence[2 + n]))
			return &o[i];
	}
	return NULL;
}
