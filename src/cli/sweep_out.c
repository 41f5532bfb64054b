/* sweep_out: each row is read when an expression or a field asks for it. */
#include "cli/sweep_out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/failif.h"
#include "util/mem.h"

#define OBJECTIVE	"sharpe"
#define NAMES_MAX	(SIM_METRICS__COUNT + SIM_RUN_PARAMS_MAX + 2)
#define COLS_MAX	(NAMES_MAX + 6)

struct best {
	double value;
	uint64_t number;
	char *text;
	size_t n;
};

struct sim_sweep_out {
	struct sim_cli *cli;
	const struct sim_sweep_out_shape *shape;
	const char *names[NAMES_MAX];	/* of expressions; params are last */
	size_t nnames, first_param;
	struct sim_out_col cols[COLS_MAX];
	bool has_objective;		/* one was asked for */
	struct sim_expr *objective, *filter;
	struct sim_failif fail;
	bool fails_by_best;
	struct sim_err alarm;		/* what --fail-if says */
	bool is_raw;
	int64_t left;			/* of --limit, as they are */
};

/* -- what rows have -------------------------------------------------------- */

static void shape_of(struct sim_cli *cli, const struct sim_row *row,
		     struct sim_sweep_out_shape *s)
{
	const struct sim_json_val *params = sim_json_get(row->root, "params");

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < sim_json_len(params) && i < SIM_RUN_PARAMS_MAX;
	     i++) {
		const char *key;

		if (!sim_json_member(params, i, &key))
			break;
		s->params[s->nparams++] = sim_mem_arena_strdup(cli->arena,
							       key);
	}
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		s->want[i] = sim_json_get(row->root, sim_metrics_row(
			(enum sim_metrics_id)i)->key) != NULL;
	s->has_log = sim_json_get(row->root, "log_hash") != NULL;
}

int sim_sweep_out_shape(struct sim_cli *cli, struct sim_sweep_rows *rows,
			struct sim_sweep_out_shape *s, struct sim_err *err)
{
	bool is_known = false, is_good = false;
	struct sim_row row;
	const char *text;
	size_t n;
	int rc = 1;

	memset(s, 0, sizeof(*s));
	while (!is_good &&
	       (rc = sim_sweep_rows_read(rows, &row, &text, &n, err)) == 1) {
		is_good = !row.error;
		if (!is_known || is_good)
			shape_of(cli, &row, s);
		is_known = true;
		sim_row_release(&row);
	}
	sim_sweep_rows_rewind(rows);
	return rc < 0 ? rc : SIM_OK;
}

static void make_names(struct sim_sweep_out *o)
{
	const struct sim_sweep_out_shape *s = o->shape;

	o->names[o->nnames++] = "point";
	o->names[o->nnames++] = "equity";
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		if (s->want[i])
			o->names[o->nnames++] = sim_metrics_row(
				(enum sim_metrics_id)i)->key;
	o->first_param = o->nnames;
	for (size_t i = 0; i < s->nparams; i++)
		o->names[o->nnames++] = s->params[i];
}

static void make_cols(struct sim_sweep_out *o)
{
	struct sim_out_col *c = o->cols;

	*c++ = (struct sim_out_col){ "point", SIM_OUT_COL_ID };
	for (size_t i = 0; i < o->shape->nparams; i++) {
		size_t n = strlen(o->shape->params[i]);
		char *name = sim_mem_arena_alloc(o->cli->arena, n + 8);

		memcpy(name, "params.", 7);
		memcpy(name + 7, o->shape->params[i], n);
		*c++ = (struct sim_out_col){ name, 0 };
	}
	if (o->has_objective)
		*c++ = (struct sim_out_col){ "objective", 0 };
	for (size_t i = 1; i < o->first_param; i++)
		*c++ = (struct sim_out_col){ o->names[i], 0 };
	*c++ = (struct sim_out_col){ "error", 0 };
	*c++ = (struct sim_out_col){ "code", SIM_OUT_COL_WIDE };
	*c++ = (struct sim_out_col){ "manifest_hash", SIM_OUT_COL_WIDE };
	if (o->shape->has_log)
		*c++ = (struct sim_out_col){ "log_hash", SIM_OUT_COL_WIDE };
	*c = (struct sim_out_col){ NULL, 0 };
}

static int compile(struct sim_sweep_out *o,
		   const struct sim_sweep_out_asks *asks, struct sim_err *err)
{
	const char *maximize = asks->maximize, *where = asks->where;
	int rc = SIM_OK;

	o->fail = (struct sim_failif){
		asks->fail_if, NULL, o->names, o->nnames
	};
	if (maximize || o->shape->want[SIM_METRICS_SHARPE])
		rc = sim_expr_compile(maximize ? maximize : OBJECTIVE,
				      "--maximize", o->names, o->nnames,
				      &o->objective, err);
	if (!rc && where)
		rc = sim_expr_compile(where, "--where", o->names, o->nnames,
				      &o->filter, err);
	if (!rc && asks->fail_if)
		rc = sim_expr_compile(asks->fail_if, "--fail-if", o->names,
				      o->nnames, &o->fail.expr, err);
	return rc;
}

int sim_sweep_out_new(struct sim_cli *cli, const struct sim_sweep_out_shape *s,
		      const struct sim_sweep_out_asks *asks,
		      struct sim_sweep_out **out, struct sim_err *err)
{
	const struct sim_cli_common *c = cli->common;
	struct sim_sweep_out *o = sim_mem_zalloc(sizeof(*o));
	int rc;

	o->cli = cli;
	o->shape = s;
	o->has_objective = asks->maximize != NULL;
	o->fails_by_best = asks->fails_by_best;
	o->left = c->limit < 0 ? INT64_MAX : c->limit;
	o->is_raw = sim_out_format_of(cli->out) == SIM_OUT_NDJSON &&
		!c->fields && !c->sort && !c->decimal_strings;
	make_names(o);
	make_cols(o);
	rc = compile(o, asks, err);
	if (!rc)
		rc = sim_cli_check_fields(cli, o->cols, err);
	if (rc)
		sim_sweep_out_free(o);
	else
		*out = o;
	return rc;
}

void sim_sweep_out_free(struct sim_sweep_out *o)
{
	if (!o)
		return;
	sim_expr_free(o->objective);
	sim_expr_free(o->filter);
	sim_expr_free(o->fail.expr);
	sim_mem_free(o);
}

bool sim_sweep_out_names(struct sim_sweep_out *o)
{
	const char *fields = o->cli->common->fields;

	if (!fields || *fields)
		return false;
	sim_out_list(o->cli->out, o->cols);
	sim_out_end(o->cli->out);
	return true;
}

bool sim_sweep_out_ranks(const struct sim_sweep_out *o)
{
	return o->objective != NULL;
}

bool sim_sweep_out_streams(const struct sim_sweep_out *o)
{
	return o->is_raw;
}

/* -- expressions over a row ------------------------------------------------ */

struct record {
	const struct sim_sweep_out *o;
	const struct sim_row *row;
};

static void field(void *ctx, size_t i, struct sim_expr_value *out)
{
	const struct record *r = ctx;
	const struct sim_json_val *from = r->row->root, *v;

	if (i >= r->o->first_param)
		from = sim_json_get(from, "params");
	v = sim_json_get(from, r->o->names[i]);
	*out = (struct sim_expr_value){ .type = SIM_EXPR_NIL };
	if (sim_json_as_double(v, &out->num)) {
		out->type = SIM_EXPR_NUM;
	} else if (sim_json_as_str(v)) {
		out->type = SIM_EXPR_STR;
		out->str = sim_json_as_str(v);
	}
}

/* The objective of a row, NaN without one. */
static int objective_of(struct sim_sweep_out *o, const struct sim_row *row,
			double *v, struct sim_err *err)
{
	struct record ctx = { o, row };
	const struct sim_expr_record r = { &ctx, field };
	struct sim_expr_value x = { .type = SIM_EXPR_NIL };
	int rc = SIM_OK;

	*v = NAN;
	if (row->error || !o->objective)
		return SIM_OK;
	rc = sim_expr_eval(o->objective, &r, &x, err);
	if (!rc && x.type == SIM_EXPR_BOOL)
		*v = x.b;
	else if (!rc && x.type == SIM_EXPR_NUM && isfinite(x.num))
		*v = x.num;
	return rc;
}

/* Does --where hold?  A row with an error has nothing it could hold of. */
static int holds(struct sim_sweep_out *o, const struct sim_row *row, bool *yes,
		 struct sim_err *err)
{
	struct record ctx = { o, row };
	const struct sim_expr_record r = { &ctx, field };

	*yes = !o->filter;
	if (!o->filter || row->error)
		return SIM_OK;
	return sim_expr_test(o->filter, &r, yes, err);
}

/* Is --fail-if true of it?  Only the first time is kept. */
static int judge(struct sim_sweep_out *o, const struct sim_row *row,
		 struct sim_err *err)
{
	struct record ctx = { o, row };
	const struct sim_expr_record r = { &ctx, field };
	struct sim_err why = SIM_ERR_INIT;
	int rc;

	if (row->error || o->alarm.code)
		return SIM_OK;
	rc = sim_failif_ask(&o->fail, &r, &why);
	if (rc == SIM_E_FALSE) {
		sim_err_prefix(&why, "point %llu",
			       (unsigned long long)row->number);
		o->alarm = why;
		return SIM_OK;
	}
	if (rc)
		*err = why;
	return rc;
}

int sim_sweep_out_verdict(const struct sim_sweep_out *o, struct sim_err *err)
{
	if (o->alarm.code)
		*err = o->alarm;
	return o->alarm.code;
}

/* The next row for which --where holds: 1, 0 or an error. */
static int next(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		struct sim_row *row, struct sim_buf *text, struct sim_err *err)
{
	const char *p;
	size_t n;
	bool yes;
	int rc;

	while ((rc = sim_sweep_rows_read(rows, row, &p, &n, err)) == 1) {
		rc = holds(o, row, &yes, err);
		if (!rc && yes && !o->fails_by_best)
			rc = judge(o, row, err);
		if (!rc && yes) {
			sim_buf_reset(text);
			sim_buf_add(text, p, n);
			return 1;
		}
		sim_row_release(row);
		if (rc)
			break;
	}
	return rc;
}

/* -- rows as they are ------------------------------------------------------ */

int sim_sweep_out_more(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		       struct sim_err *err)
{
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_row row;
	const char *p;
	size_t n;
	int rc = SIM_OK;

	while (o->left) {
		if (o->filter || o->fail.expr) {
			rc = next(o, rows, &row, &text, err);
			if (rc == 1)
				sim_row_release(&row);
			p = sim_buf_str(&text);
			n = text.len;
		} else {
			rc = sim_sweep_rows_next(rows, &p, &n, err);
		}
		if (rc != 1)
			break;
		sim_out_write(o->cli->out, p, n);
		o->left--;
	}
	sim_buf_release(&text);
	if (rc >= 0)
		rc = sim_out_flush(o->cli->out, err);
	return rc;
}

/* -- rows as fields -------------------------------------------------------- */

static void put_field(struct sim_out *out, const char *name,
		      const struct sim_json_val *v)
{
	sim_dec dec;
	int64_t n;
	double x;

	if (!v)
		return;
	if (sim_json_as_str(v))
		sim_out_str(out, name, sim_json_as_str(v));
	else if (sim_json_as_int(v, &n))
		sim_out_int(out, name, n);
	else if (sim_json_as_dec(v, &dec))
		sim_out_dec(out, name, dec);
	else if (sim_json_as_double(v, &x))
		sim_out_double(out, name, x);
	else
		sim_out_null(out, name);
}

static void put_row(struct sim_sweep_out *o, const struct sim_row *row,
		    double objective)
{
	struct sim_out *out = o->cli->out;

	sim_out_row(out);
	for (const struct sim_out_col *c = o->cols; c->name; c++) {
		if (!strcmp(c->name, "objective"))
			sim_out_double(out, c->name, objective);
		else if (!strncmp(c->name, "params.", 7))
			put_field(out, c->name, sim_json_get(sim_json_get(
				row->root, "params"), c->name + 7));
		else
			put_field(out, c->name, sim_json_get(row->root,
							     c->name));
	}
	sim_out_row_end(out);
}

int sim_sweep_out_list(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		       struct sim_err *err)
{
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_row row;
	double v;
	int rc;

	if (o->is_raw)
		return sim_sweep_out_more(o, rows, err);
	sim_out_list(o->cli->out, o->cols);
	while ((rc = next(o, rows, &row, &text, err)) == 1) {
		rc = objective_of(o, &row, &v, err);
		if (!rc)
			put_row(o, &row, v);
		sim_row_release(&row);
		if (rc)
			break;
	}
	sim_out_end(o->cli->out);
	sim_buf_release(&text);
	return rc;
}

/* -- the best -------------------------------------------------------------- */

/* Keep a row among the n best so far, which stand highest first. */
static void keep(struct best *list, size_t *count, size_t n, struct best b,
		 const struct sim_buf *text)
{
	size_t at = *count;

	while (at && list[at - 1].value < b.value)
		at--;
	if (at == n)
		return;
	if (*count == n)
		sim_mem_free(list[--*count].text);
	memmove(list + at + 1, list + at, (*count - at) * sizeof(*list));
	b.text = sim_mem_strndup(text->data, text->len);
	b.n = text->len;
	list[at] = b;
	++*count;
}

static int find_best(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		     struct best *list, size_t *count, size_t n,
		     struct sim_err *err)
{
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_row row;
	struct best b = { 0, 0, NULL, 0 };
	int rc;

	while ((rc = next(o, rows, &row, &text, err)) == 1) {
		rc = objective_of(o, &row, &b.value, err);
		b.number = row.number;
		if (!rc && !isnan(b.value))
			keep(list, count, n, b, &text);
		sim_row_release(&row);
		if (rc)
			break;
	}
	sim_buf_release(&text);
	return rc;
}

static int put_best(struct sim_sweep_out *o, const struct best *b,
		    struct sim_err *err)
{
	struct sim_row row;
	int rc;

	if (o->is_raw)
		sim_out_write(o->cli->out, b->text, b->n);
	if (o->is_raw && !o->fail.expr)
		return SIM_OK;
	rc = sim_row_read(b->text, b->n, &row, err);
	if (rc)
		return rc;
	if (!o->is_raw)
		put_row(o, &row, b->value);
	if (o->fails_by_best)
		rc = judge(o, &row, err);
	sim_row_release(&row);
	return rc;
}

int sim_sweep_out_best(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		       size_t n, struct sim_err *err)
{
	struct best *list;
	size_t count = 0;
	int rc;

	if (!o->objective)
		return sim_err_set(err, SIM_E_USAGE, "the rows have no "
				   OBJECTIVE " to be ordered by; say by what "
				   "with --maximize");
	list = sim_mem_array(n + 1, sizeof(*list));
	rc = find_best(o, rows, list, &count, n, err);
	if (!rc && !o->is_raw)
		sim_out_list(o->cli->out, o->cols);
	for (size_t i = 0; i < count; i++) {
		if (!rc)
			rc = put_best(o, &list[i], err);
		sim_mem_free(list[i].text);
	}
	if (!rc && !o->is_raw)
		sim_out_end(o->cli->out);
	sim_mem_free(list);
	return rc;
}

/* -- the map --------------------------------------------------------------- */

#define VALUES_MAX	4096		/* of a parameter in a map */

struct values {
	char **v;			/* ascending once sorted */
	size_t n, cap;
};
struct map {
	struct values of[SIM_RUN_PARAMS_MAX];
	size_t at[2];			/* the parameters that vary: y, x */
	double *cells;
};

static void param_text(const struct sim_json_val *v, struct sim_buf *b)
{
	sim_dec d;

	sim_buf_reset(b);
	if (sim_json_as_str(v))
		sim_buf_puts(b, sim_json_as_str(v));
	else if (sim_json_as_dec(v, &d))
		sim_buf_dec(b, d, 0);
}

/* Numbers by size, before words by text. */
static int by_size(const void *pa, const void *pb)
{
	const char *a = *(char *const *)pa, *b = *(char *const *)pb;
	sim_dec x, y;
	bool is_x = !sim_dec_parse(a, strlen(a), &x, NULL);
	bool is_y = !sim_dec_parse(b, strlen(b), &y, NULL);

	if (is_x && is_y)
		return (x > y) - (x < y);
	return is_x != is_y ? is_y - is_x : strcmp(a, b);
}

/* Remember a value; most rows have one that was seen just before. */
static bool note_value(struct values *s, const char *text)
{
	for (size_t i = s->n; i-- > 0;)
		if (!strcmp(s->v[i], text))
			return true;
	if (s->n == VALUES_MAX)
		return false;
	SIM_MEM_GROW(s->v, s->cap, s->n + 1);
	s->v[s->n++] = sim_mem_strdup(text);
	return true;
}

static bool note_values(const struct sim_sweep_out *o,
			const struct sim_row *row, struct map *m,
			struct sim_buf *b)
{
	const struct sim_json_val *p = sim_json_get(row->root, "params");

	for (size_t i = 0; i < o->shape->nparams; i++) {
		param_text(sim_json_get(p, o->shape->params[i]), b);
		if (!note_value(&m->of[i], sim_buf_str(b)))
			return false;
	}
	return true;
}

/* Which two parameters vary; false when it isn't two. */
static bool find_axes(const struct sim_sweep_out *o, struct map *m)
{
	size_t n = 0;

	for (size_t i = 0; i < o->shape->nparams; i++) {
		if (m->of[i].n < 2)
			continue;
		if (n == 2)
			return false;
		m->at[n++] = i;
		qsort(m->of[i].v, m->of[i].n, sizeof(*m->of[i].v), by_size);
	}
	return n == 2 && m->of[m->at[0]].n * m->of[m->at[1]].n <=
		SIM_HEAT_CELLS_MAX;
}

static size_t index_of(const struct values *s, const char *text)
{
	char *const *p = bsearch(&text, s->v, s->n, sizeof(*s->v), by_size);

	return p ? (size_t)(p - s->v) : 0;
}

static void fill_cell(const struct sim_sweep_out *o, const struct sim_row *row,
		      struct map *m, double v, struct sim_buf *b)
{
	const struct sim_json_val *p = sim_json_get(row->root, "params");
	size_t k[2];

	for (int i = 0; i < 2; i++) {
		param_text(sim_json_get(p, o->shape->params[m->at[i]]), b);
		k[i] = index_of(&m->of[m->at[i]], sim_buf_str(b));
	}
	m->cells[k[0] * m->of[m->at[1]].n + k[1]] = v;
}

/* All rows once: to note the values, or to fill the cells. */
static int scan(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		struct map *m, bool *fits, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_row row;
	double v;
	int rc = SIM_OK;

	sim_sweep_rows_rewind(rows);
	while (*fits && (rc = next(o, rows, &row, &b, err)) == 1) {
		rc = objective_of(o, &row, &v, err);
		if (!rc && !m->cells)
			*fits = note_values(o, &row, m, &b);
		else if (!rc)
			fill_cell(o, &row, m, v, &b);
		sim_row_release(&row);
		if (rc)
			break;
	}
	sim_buf_release(&b);
	return *fits ? rc : SIM_OK;
}

static void draw(const struct sim_sweep_out *o, const struct map *m)
{
	const struct sim_term *t = &o->cli->term;
	const struct sim_heat h = {
		.yname = o->shape->params[m->at[0]],
		.xname = o->shape->params[m->at[1]],
		.ny = m->of[m->at[0]].n, .nx = m->of[m->at[1]].n,
		.y = m->of[m->at[0]].v, .x = m->of[m->at[1]].v,
		.at = m->cells,
	};
	const struct sim_heat_opts how = {
		.width = t->width && t->width < 80 ? t->width : 80,
		.color = t->color,
	};
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_heat_draw(&h, &how, &b);
	if (b.len) {
		sim_out_puts(o->cli->out, "\n");
		sim_out_write(o->cli->out, b.data, b.len);
	}
	sim_buf_release(&b);
}

int sim_sweep_out_map(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		      struct sim_err *err)
{
	struct map m;
	bool fits = o->objective != NULL;
	int rc;

	memset(&m, 0, sizeof(m));
	rc = scan(o, rows, &m, &fits, err);
	fits = fits && !rc && find_axes(o, &m);
	if (fits) {
		size_t n = m.of[m.at[0]].n * m.of[m.at[1]].n;

		m.cells = sim_mem_array(n, sizeof(*m.cells));
		for (size_t i = 0; i < n; i++)
			m.cells[i] = NAN;
		rc = scan(o, rows, &m, &fits, err);
		if (!rc)
			draw(o, &m);
		sim_mem_free(m.cells);
	}
	for (size_t i = 0; i < o->shape->nparams; i++) {
		for (size_t k = 0; k < m.of[i].n; k++)
			sim_mem_free(m.of[i].v[k]);
		sim_mem_free(m.of[i].v);
	}
	return rc;
}
