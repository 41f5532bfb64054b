/* order_text_file: orders of a file, one a line, NDJSON or CSV. */
#include "cli/order_text.h"

#include <string.h>

#define COLUMNS_MAX	32
#define LINE_MAX_BYTES	4096
#define BOM		"\xef\xbb\xbf"

struct reader {
	const struct sim_order_text_file *f;
	struct sim_message_order *list;
	size_t n, cap;
	unsigned line;
	const char *columns[COLUMNS_MAX];
	size_t ncolumns;
};

static int wrong(const struct reader *r, const char *what,
		 struct sim_err *err)
{
	return sim_err_set(err, SIM_E_DATA, "%s: line %u %s", r->f->name,
			   r->line, what);
}

/* A field, and the line it stands in. */
static int set(const struct reader *r, struct sim_message_order *o,
	       const char *name, const char *text, struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;

	if (!*text || !sim_order_text_set(o, name, text, &why))
		return SIM_OK;
	return sim_err_set(err, SIM_E_DATA, "%s: line %u: %.400s", r->f->name,
			   r->line, why.msg);
}

static int end_order(struct reader *r, struct sim_message_order *o,
		     struct sim_err *err)
{
	if (!o->symbol || !o->has_side)
		return wrong(r, "needs a symbol and a side", err);
	if (r->n == SIM_ORDER_TEXT_MAX)
		return sim_err_set(err, SIM_E_DATA, "%s has more than %d "
				   "orders; split it", r->f->name,
				   SIM_ORDER_TEXT_MAX);
	sim_order_text_infer(o);
	r->list[r->n++] = *o;
	return SIM_OK;
}

/* -- NDJSON ---------------------------------------------------------------- */

/* A value as the text that a CSV field would be. */
static const char *text_of(const struct reader *r,
			   const struct sim_json_val *v)
{
	char number[SIM_DEC_STRMAX];
	const char *s = sim_json_scalar(v, number);

	return s ? sim_mem_arena_strdup(r->f->arena, s) : NULL;
}

static int read_members(const struct reader *r, const struct sim_json_val *v,
			struct sim_message_order *o, struct sim_err *err)
{
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < sim_json_len(v); i++) {
		const char *name, *text;
		const struct sim_json_val *x = sim_json_member(v, i, &name);

		text = text_of(r, x);
		rc = text ? set(r, o, name, text, err) :
			wrong(r, "has a value that is no text, number or truth "
			      "value", err);
	}
	return rc;
}

static int read_json(struct reader *r, const char *line, size_t n,
		     struct sim_err *err)
{
	struct sim_message_order o = { .order_id = NULL };
	struct sim_json_doc *doc;
	struct sim_err why = SIM_ERR_INIT;
	int rc = sim_json_parse(line, n, &doc, &why);

	if (rc)
		return sim_err_set(err, SIM_E_DATA, "%s: line %u: %.400s",
				   r->f->name, r->line, why.msg);
	if (sim_json_is_object(sim_json_root(doc)))
		rc = read_members(r, sim_json_root(doc), &o, err);
	else
		rc = wrong(r, "is not an object", err);
	sim_json_free(doc);
	return rc ? rc : end_order(r, &o, err);
}

/* -- CSV ------------------------------------------------------------------- */

/* Cut the next field out of a line; NULL past the last. */
static char *next_field(char **p)
{
	char *s = *p, *end;

	if (!s)
		return NULL;
	end = strchr(s, ',');
	*p = end ? end + 1 : NULL;
	if (!end)
		end = s + strlen(s);
	*end = '\0';
	s += strspn(s, " \t\"");
	while (end > s && strchr(" \t\r\"", end[-1]))
		*--end = '\0';
	return s;
}

static int read_heading(struct reader *r, char *line, struct sim_err *err)
{
	char *p = line, *s;

	while ((s = next_field(&p))) {
		if (r->ncolumns == COLUMNS_MAX)
			return wrong(r, "has too many columns", err);
		for (size_t i = 0; *s && i < r->ncolumns; i++)
			if (!strcmp(r->columns[i], s))
				return wrong(r, "names a column twice; name "
					     "each once", err);
		r->columns[r->ncolumns++] = s;
	}
	return SIM_OK;
}

static int read_csv(struct reader *r, char *line, struct sim_err *err)
{
	struct sim_message_order o = { .order_id = NULL };
	char *p = line, *s;
	size_t i = 0;
	int rc = SIM_OK;

	if (!r->ncolumns)
		return read_heading(r, line, err);
	while (!rc && (s = next_field(&p))) {
		if (i == r->ncolumns)
			return wrong(r, "has more fields than the heading",
				     err);
		rc = set(r, &o, r->columns[i++], s, err);
	}
	return rc ? rc : end_order(r, &o, err);
}

/* -- lines ----------------------------------------------------------------- */

static int read_line(struct reader *r, char *line, size_t n, bool is_json,
		     struct sim_err *err)
{
	if (strspn(line, " \t\r") == n)
		return SIM_OK;
	if (n > LINE_MAX_BYTES || strlen(line) != n)
		return wrong(r, "is too long, or no text", err);
	return is_json ? read_json(r, line, n, err) : read_csv(r, line, err);
}

int sim_order_text_read(const struct sim_order_text_file *f,
			struct sim_message_order **list, size_t *n,
			struct sim_err *err)
{
	struct reader r = { .f = f };
	char *p = f->text, *end = f->text + f->len, *nl;
	bool is_json;
	int rc = SIM_OK;

	if (!strncmp(p, BOM, strlen(BOM)))
		p += strlen(BOM);
	is_json = p[strspn(p, " \t\r\n")] == '{';
	r.list = sim_mem_arena_alloc(f->arena, SIM_ORDER_TEXT_MAX *
				     sizeof(*r.list));
	for (; !rc && p < end; p = nl + 1) {
		r.line++;
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl ? nl : end;
		*nl = '\0';
		rc = read_line(&r, p, (size_t)(nl - p), is_json, err);
	}
	if (!rc && !r.n)
		rc = sim_err_set(err, SIM_E_DATA, "%s holds no order",
				 f->name);
	if (rc)
		return rc;
	*list = r.list;
	*n = r.n;
	return SIM_OK;
}
