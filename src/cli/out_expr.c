/* out: --where, --fail-if and --sort, expressions over the fields of a row. */
#include "cli/out_priv.h"

#include <stdlib.h>
#include <string.h>

#include "cli/failif.h"
#include "script/expr.h"

/* What --sort says: "-field", "field:desc" or "EXPR:desc". */
struct sort_text {
	char *text;		/* without the direction; owned */
	bool down;
};

static const struct {
	const char *text;
	bool down;
} directions[] = { { ":asc", false }, { ":desc", true } };

static int read_sort(const char *s, struct sort_text *t, struct sim_err *err)
{
	const char *colon = strrchr(s, ':');
	bool quoted = colon && strpbrk(colon, "'\"");

	*t = (struct sort_text){ NULL, false };
	for (size_t i = 0; colon && !quoted && i < 2; i++) {
		if (strcmp(directions[i].text, colon))
			continue;
		t->down = directions[i].down;
		t->text = sim_mem_strndup(s, (size_t)(colon - s));
		return SIM_OK;
	}
	if (colon && !quoted)
		return sim_err_set(err, SIM_E_USAGE,
				   "--sort: after ':' stands asc or desc, not"
				   " '%.40s'", colon + 1);
	t->text = sim_mem_strdup(s);
	return SIM_OK;
}

/* The column that t names, alone or behind a minus; -1: an expression. */
static int sort_column(const struct sim_out_col *cols, size_t n,
		       const struct sort_text *t, bool *down)
{
	bool minus = *t->text == '-';
	const char *name = t->text + minus;
	int at = sim_out_find_col(cols, n, name, strlen(name));

	*down = at >= 0 ? t->down != minus : t->down;
	return at;
}

static size_t count(const struct sim_out_col *cols)
{
	size_t n = 0;

	while (cols[n].name)
		n++;
	return n;
}

static const char **names_of(const struct sim_out_col *cols, size_t n)
{
	const char **names = sim_mem_array(n + 1, sizeof(*names));

	for (size_t i = 0; i < n; i++)
		names[i] = cols[i].name;
	return names;
}

/* A lone word that is no field is said as --fields says it. */
static bool is_word(const char *s)
{
	s += *s == '-';
	for (; *s; s++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz_.0123456789", *s))
			return false;
	return true;
}

/* Compile what --sort says, unless it names a column. */
static int compile_sort(const char *sort, const struct sim_out_col *cols,
			const char *const *names, struct sim_out_expr *x,
			struct sim_err *err)
{
	size_t n = count(cols);
	struct sort_text t;
	int rc = read_sort(sort, &t, err);

	if (rc)
		return rc;
	x->sort_col = sort_column(cols, n, &t, &x->sort_down);
	if (x->sort_col < 0 && is_word(t.text))
		rc = sim_out_check_name(cols, t.text + (*t.text == '-'),
					strlen(t.text + (*t.text == '-')),
					"--sort", err);
	else if (x->sort_col < 0)
		rc = sim_expr_compile(t.text, "--sort", names, n, &x->sort,
				      err);
	sim_mem_free(t.text);
	return rc;
}

int sim_out_expr_open(const struct sim_out_cfg *cfg,
		      const struct sim_out_col *cols, struct sim_out_expr *x,
		      struct sim_err *err)
{
	int rc = SIM_OK;

	*x = (struct sim_out_expr){
		.sort_col = -1, .text = SIM_BUF_INIT(SIM_BUF_MAX)
	};
	if (!cfg->where && !cfg->fail_if && !cfg->sort)
		return SIM_OK;
	x->names = names_of(cols, count(cols));
	if (cfg->where)
		rc = sim_expr_compile(cfg->where, "--where", x->names,
				      count(cols), &x->where, err);
	if (!rc && cfg->fail_if)
		rc = sim_expr_compile(cfg->fail_if, "--fail-if", x->names,
				      count(cols), &x->fail, err);
	if (!rc && cfg->sort)
		rc = compile_sort(cfg->sort, cols, x->names, x, err);
	if (rc)
		sim_out_expr_close(x);
	return rc;
}

void sim_out_expr_close(struct sim_out_expr *x)
{
	sim_expr_free(x->where);
	sim_expr_free(x->fail);
	sim_expr_free(x->sort);
	sim_mem_free(x->names);
	sim_buf_release(&x->text);
	*x = (struct sim_out_expr){ .sort_col = -1 };
}

bool sim_out_expr_uses(const struct sim_out_expr *x, size_t col)
{
	return (x->where && sim_expr_uses(x->where, col)) ||
	       (x->fail && sim_expr_uses(x->fail, col)) ||
	       (x->sort && sim_expr_uses(x->sort, col)) ||
	       x->sort_col == (int)col;
}

/* -- the record ---------------------------------------------------------- */

struct record {
	struct sim_out_expr *x;
	const struct cell *row;
};

/* A cell's text as JSON has it: UTC whatever --tz says.  It is copied before
 * the next field is asked for. */
static const char *text_of(struct sim_out_expr *x, const struct cell *c)
{
	char text[SIM_TIME_STRMAX];

	if (c->kind == CELL_STR)
		return c->text;
	sim_buf_reset(&x->text);
	if (c->kind == CELL_STRS)
		sim_out_cell_strs(&x->text, c->text);
	else if (c->kind == CELL_TIME)
		sim_buf_add(&x->text, text, sim_time_format(c->num, text));
	else
		sim_buf_add(&x->text, text, sim_time_format_date(c->num, text));
	return sim_buf_str(&x->text);
}

static double number_of(const struct cell *c)
{
	return c->kind == CELL_DOUBLE ? c->real
	     : c->kind == CELL_DEC ? sim_dec_to_double(c->num)
				   : (double)c->num;
}

static void field(void *ctx, size_t i, struct sim_expr_value *out)
{
	const struct record *r = ctx;
	const struct cell *c = &r->row[i];

	switch (c->kind) {
	case CELL_ABSENT:
	case CELL_NULL:
		return;
	case CELL_BOOL:
		out->type = SIM_EXPR_BOOL;
		out->b = c->num;
		return;
	case CELL_INT:
	case CELL_DEC:
	case CELL_DOUBLE:
		out->type = SIM_EXPR_NUM;
		out->num = number_of(c);
		return;
	case CELL_STR:
	case CELL_STRS:
	case CELL_TIME:
	case CELL_DATE:
		out->type = SIM_EXPR_STR;
		out->str = text_of(r->x, c);
		return;
	}
}

bool sim_out_expr_keeps(struct sim_out *o, const struct cell *row)
{
	struct record r = { &o->expr, row };
	const struct sim_expr_record rec = { &r, field };
	bool yes;

	if (o->failure.code)
		return false;
	if (!o->expr.where)
		return true;
	if (sim_expr_test(o->expr.where, &rec, &yes, &o->failure))
		return false;
	return yes;
}

/* "symbol ACME: " before what is said of it. */
static void name_row(const struct sim_out *o, const struct cell *row,
		     struct sim_err *err)
{
	struct sim_buf id = SIM_BUF_INIT(SIM_BUF_MAX);

	if (!o->is_list || o->id_col < 0 ||
	    !(o->cols[o->id_col].flags & SIM_OUT_COL_ID))
		return;
	sim_out_cell(o, &id, &row[o->id_col], -1);
	sim_err_prefix(err, "%s %.100s", o->cols[o->id_col].name,
		       sim_buf_str(&id));
	sim_buf_release(&id);
}

void sim_out_expr_judge(struct sim_out *o, const struct cell *row)
{
	struct record r = { &o->expr, row };
	const struct sim_expr_record rec = { &r, field };
	const struct sim_failif f = {
		o->cfg.fail_if, o->expr.fail, o->expr.names, o->ncols
	};
	struct sim_err err = SIM_ERR_INIT;

	if (!o->expr.fail || o->failure.code || o->alarm.code)
		return;
	if (sim_failif_ask(&f, &rec, &err) == SIM_E_FALSE) {
		name_row(o, row, &err);
		o->alarm = err;
	} else {
		o->failure = err;
	}
}

/* -- order --------------------------------------------------------------- */

struct key {
	struct cell value;		/* the expression's */
	const struct cell *c;
	size_t row;
};

/* A value of an expression as a cell; nothing is sorted as null is. */
static void value_cell(struct sim_out *o, const struct sim_expr_value *v,
		       struct cell *c)
{
	static const enum cell_kind kinds[] = {
		[SIM_EXPR_NIL] = CELL_NULL, [SIM_EXPR_BOOL] = CELL_BOOL,
		[SIM_EXPR_NUM] = CELL_DOUBLE, [SIM_EXPR_STR] = CELL_STR,
	};

	*c = (struct cell){ .kind = kinds[v->type], .num = v->b,
			    .real = v->num };
	if (v->type == SIM_EXPR_STR)
		c->text = sim_mem_arena_strdup(&o->arena, v->str);
}

/* Nothing comes before truths, times and numbers, those before texts. */
static int rank(const struct cell *c)
{
	if (c->kind <= CELL_NULL)
		return 0;
	return c->kind == CELL_STR || c->kind == CELL_STRS ? 2 : 1;
}

static int compare_cells(const struct cell *a, const struct cell *b)
{
	int ra = rank(a), rb = rank(b);
	double x, y;

	if (ra != rb || !ra)
		return (ra > rb) - (ra < rb);
	if (ra == 2)
		return strcmp(a->text, b->text);
	if (a->kind == b->kind && a->kind != CELL_DOUBLE)
		return (a->num > b->num) - (a->num < b->num);
	x = number_of(a);
	y = number_of(b);
	return (x > y) - (x < y);
}

static int compare_up(const void *pa, const void *pb)
{
	const struct key *a = pa, *b = pb;
	int c = compare_cells(a->c, b->c);

	return c ? c : (a->row > b->row) - (a->row < b->row);
}

static int compare_down(const void *pa, const void *pb)
{
	const struct key *a = pa, *b = pb;
	int c = compare_cells(b->c, a->c);

	return c ? c : (a->row > b->row) - (a->row < b->row);
}

static void make_key(struct sim_out *o, size_t i, struct key *k)
{
	struct record r = { &o->expr, sim_out_row_at(o, i) };
	const struct sim_expr_record rec = { &r, field };
	struct sim_expr_value v = { .type = SIM_EXPR_NIL };

	k->row = i;
	if (o->expr.sort_col >= 0) {
		k->c = r.row + o->expr.sort_col;
		return;
	}
	if (!o->failure.code &&
	    sim_expr_eval(o->expr.sort, &rec, &v, &o->failure))
		v.type = SIM_EXPR_NIL;
	value_cell(o, &v, &k->value);
	k->c = &k->value;
}

bool sim_out_expr_sorts(const struct sim_out *o)
{
	return o->expr.sort || o->expr.sort_col >= 0;
}

void sim_out_expr_order(struct sim_out *o)
{
	struct key *keys = sim_mem_array(o->nrows, sizeof(*keys));
	struct cell *sorted = sim_mem_array(o->nrows * o->ncols,
					    sizeof(*sorted));

	for (size_t i = 0; i < o->nrows; i++)
		make_key(o, i, &keys[i]);
	qsort(keys, o->nrows, sizeof(*keys),
	      o->expr.sort_down ? compare_down : compare_up);
	for (size_t i = 0; i < o->nrows; i++)
		memcpy(sorted + i * o->ncols, sim_out_row_at(o, keys[i].row),
		       o->ncols * sizeof(*sorted));
	sim_mem_free(keys);
	sim_mem_free(o->cells);
	o->cells = sorted;
	o->cells_cap = o->nrows * o->ncols;
}
