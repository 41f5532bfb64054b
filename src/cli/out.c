/*
 * out: holds the rows that must be held, chooses columns, sorts, limits, and
 * hands bytes to the file descriptor.
 */
#include "cli/out_priv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/str.h"

#define FLUSH_AT	(64 * 1024)
#define COLS_MAX	256
#define ROWS_KEPT	1024	/* texts of streamed rows, until they go */

const char *const sim_out_formats[] = {
	"table", "wide", "json", "ndjson", "csv", "tsv", "md", "name", NULL
};

struct sim_out *sim_out_new(const struct sim_out_cfg *cfg)
{
	struct sim_out *o = sim_mem_zalloc(sizeof(*o));

	o->cfg = *cfg;
	o->buf = (struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
	o->expr.sort_col = -1;
	return o;
}

static void forget(struct sim_out *o)
{
	sim_out_expr_close(&o->expr);
	sim_mem_arena_release(&o->arena);
	sim_mem_free(o->cells);
	sim_mem_free(o->cols);
	sim_mem_free(o->order);
	sim_mem_free(o->widths);
	o->widths = NULL;
	o->arena = (struct sim_mem_arena)SIM_MEM_ARENA_INIT;
	o->cells = NULL;
	o->cols = NULL;
	o->order = NULL;
	o->nrows = o->cells_cap = o->ncols = o->cols_cap = o->norder = 0;
}

void sim_out_free(struct sim_out *o)
{
	if (!o)
		return;
	forget(o);
	sim_buf_release(&o->buf);
	sim_mem_free(o);
}

/* -- bytes --------------------------------------------------------------- */

static void drain(struct sim_out *o)
{
	size_t at = 0;

	while (at < o->buf.len && !o->write_errno) {
		ssize_t n = write(o->cfg.fd, o->buf.data + at,
				  o->buf.len - at);

		if (n >= 0)
			at += (size_t)n;
		else if (errno != EINTR)
			o->write_errno = errno;
	}
	sim_buf_reset(&o->buf);
}

void sim_out_write(struct sim_out *o, const void *p, size_t n)
{
	sim_buf_add(&o->buf, p, n);
	if (o->buf.len >= FLUSH_AT)
		drain(o);
}

void sim_out_puts(struct sim_out *o, const char *s)
{
	sim_out_write(o, s, strlen(s));
}

void sim_out_printf(struct sim_out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sim_buf_vprintf(&o->buf, fmt, ap);
	va_end(ap);
}

int sim_out_flush(struct sim_out *o, struct sim_err *err)
{
	if (o->failure.code) {
		sim_buf_reset(&o->buf);
		if (err)
			*err = o->failure;
		return o->failure.code;
	}
	drain(o);
	if (o->write_errno)
		return sim_err_set(err, SIM_E_IO,
				   "the output could not be written: %s",
				   strerror(o->write_errno));
	return SIM_OK;
}

int sim_out_verdict(const struct sim_out *o, struct sim_err *err)
{
	if (o->alarm.code && err)
		*err = o->alarm;
	return o->alarm.code;
}

int64_t sim_out_rows(const struct sim_out *o)
{
	return o->shown;
}

bool sim_out_wants_more(const struct sim_out *o)
{
	if (o->failure.code)
		return false;
	return o->cfg.limit < 0 || sim_out_expr_sorts(o) ||
	       o->shown + (int64_t)o->nrows < o->cfg.limit;
}

bool sim_out_asks(const struct sim_out *o, size_t col)
{
	if (o->cfg.template || sim_out_expr_uses(&o->expr, col))
		return true;
	for (size_t i = 0; o->cfg.fields && i < o->norder; i++)
		if (o->order[i] == col)
			return true;
	return false;
}

enum sim_out_format sim_out_format_of(const struct sim_out *o)
{
	return o->cfg.format;
}

bool sim_out_is_choosy(const struct sim_out *o)
{
	return o->cfg.fields || o->cfg.where || o->cfg.fail_if ||
	       o->cfg.sort || o->cfg.limit >= 0;
}

/* -- columns ------------------------------------------------------------- */

int sim_out_find_col(const struct sim_out_col *cols, size_t n,
		     const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(cols[i].name) == len &&
		    !memcmp(cols[i].name, name, len))
			return (int)i;
	return -1;
}

/* "orders" stands for orders.filled, orders.rejected, ... */
static bool is_member(const char *col, const char *name, size_t len)
{
	return len && !strncmp(col, name, len) && col[len] == '.';
}

static bool is_group(const struct sim_out_col *cols, const char *name,
		     size_t len)
{
	for (; cols->name; cols++)
		if (is_member(cols->name, name, len))
			return true;
	return false;
}

static size_t count_cols(const struct sim_out_col *cols)
{
	size_t n = 0;

	while (cols[n].name)
		n++;
	return n;
}

int sim_out_check_name(const struct sim_out_col *cols, const char *name,
		       size_t len, const char *opt, struct sim_err *err)
{
	const char *names[COLS_MAX + 1];
	size_t n = count_cols(cols);
	const char *near;
	char *word;

	if (sim_out_find_col(cols, n, name, len) >= 0)
		return SIM_OK;
	for (size_t i = 0; i < n && i < COLS_MAX; i++)
		names[i] = cols[i].name;
	names[n < COLS_MAX ? n : COLS_MAX] = NULL;
	word = sim_mem_strndup(name, len);
	near = sim_str_near(word, names);
	sim_err_set(err, SIM_E_USAGE,
		    "%s: there is no field '%s'%s%s%s; --fields without a value"
		    " lists them", opt, word, near ? ", did you mean '" : "",
		    near ? near : "", near ? "'" : "");
	sim_mem_free(word);
	return SIM_E_USAGE;
}

int sim_out_check(const struct sim_out_cfg *cfg,
		  const struct sim_out_col *cols, struct sim_err *err)
{
	const char *p = cfg->fields;
	struct sim_out_expr x;
	int rc = SIM_OK;

	while (p && *p && !rc) {
		size_t n = strcspn(p, ",");

		if (!is_group(cols, p, n))
			rc = sim_out_check_name(cols, p, n, "--fields",
						err);
		p += n + (p[n] == ',');
	}
	if (!rc)
		rc = sim_out_expr_open(cfg, cols, &x, err);
	if (!rc)
		sim_out_expr_close(&x);
	if (!rc && cfg->template)
		rc = sim_out_template_check(cfg->template, cols, err);
	return rc;
}

static void order_all(struct sim_out *o)
{
	bool narrow = o->cfg.format == SIM_OUT_TABLE ||
		      o->cfg.format == SIM_OUT_MD;

	for (size_t i = 0; i < o->ncols; i++)
		if (!(o->cols[i].flags & SIM_OUT_COL_ASKED) &&
		    (!o->is_list || !narrow ||
		     !(o->cols[i].flags & SIM_OUT_COL_WIDE)))
			o->order[o->norder++] = i;
}

static void add_field(struct sim_out *o, const char *name, size_t len)
{
	int at = sim_out_find_col(o->cols, o->ncols, name, len);

	for (size_t i = 0; i < o->ncols; i++)
		if (o->norder < o->ncols + COLS_MAX &&
		    ((int)i == at || is_member(o->cols[i].name, name, len)))
			o->order[o->norder++] = i;
}

/* Decide what is shown, now that the columns are known. */
static void choose(struct sim_out *o)
{
	const char *p = o->cfg.fields;

	o->order = sim_mem_array(o->ncols + COLS_MAX, sizeof(*o->order));
	o->norder = 0;
	o->id_col = o->ncols ? 0 : -1;
	for (size_t i = 0; i < o->ncols; i++)
		if (o->cols[i].flags & SIM_OUT_COL_ID)
			o->id_col = (int)i;
	if (!p || !*p)
		order_all(o);
	while (p && *p) {
		size_t n = strcspn(p, ",");

		add_field(o, p, n);
		p += n + (p[n] == ',');
	}
}

/* Expressions over these columns; a list may have others than were checked,
 * and what is wrong then comes up when the output is flushed. */
static void take_expr(struct sim_out *o, const struct sim_out_col *cols)
{
	struct sim_out_expr x;

	if (!o->failure.code &&
	    !sim_out_expr_open(&o->cfg, cols, &x, &o->failure))
		o->expr = x;
}

static void take_cols(struct sim_out *o, const struct sim_out_col *cols)
{
	o->ncols = count_cols(cols);
	SIM_MEM_GROW(o->cols, o->cols_cap, o->ncols);
	memcpy(o->cols, cols, o->ncols * sizeof(*cols));
}

static void start(struct sim_out *o, const struct sim_out_col *cols,
		  bool is_list)
{
	forget(o);
	o->is_list = is_list;
	o->is_stream = false;
	o->has_cols = cols != NULL;
	o->header_done = false;
	o->names_only = o->cfg.fields && !*o->cfg.fields;
	if (cols) {
		take_cols(o, cols);
		take_expr(o, cols);
		choose(o);
	}
	if (is_list && !o->names_only)
		sim_out_text_start(o);
}

void sim_out_list(struct sim_out *o, const struct sim_out_col *cols)
{
	start(o, cols, true);
}

void sim_out_stream(struct sim_out *o, const struct sim_out_col *cols)
{
	start(o, cols, true);
	o->is_stream = true;
}

void sim_out_object(struct sim_out *o, const struct sim_out_col *cols)
{
	start(o, cols, false);
	sim_out_row(o);
}

/* -- cells --------------------------------------------------------------- */

void sim_out_row(struct sim_out *o)
{
	size_t need = (o->nrows + 1) * o->ncols;

	o->nrows++;
	o->at = 0;
	SIM_MEM_GROW(o->cells, o->cells_cap, need);
	if (o->ncols)
		memset(o->cells + need - o->ncols, 0,
		       o->ncols * sizeof(*o->cells));
}

static size_t new_col(struct sim_out *o, const char *name)
{
	SIM_MEM_GROW(o->cols, o->cols_cap, o->ncols + 1);
	SIM_MEM_GROW(o->cells, o->cells_cap, o->ncols + 1);
	o->cols[o->ncols] = (struct sim_out_col){
		sim_mem_arena_strdup(&o->arena, name), 0
	};
	o->cells[o->ncols] = (struct cell){ .kind = CELL_ABSENT };
	return o->ncols++;
}

static struct cell *cell(struct sim_out *o, const char *name,
			 enum cell_kind kind)
{
	size_t i = o->at;
	struct cell *c;

	while (i < o->ncols && strcmp(o->cols[i].name, name))
		i++;
	if (i == o->ncols) {
		if (o->has_cols)
			SIM_BUG(name);
		i = new_col(o, name);
	}
	o->at = i + 1;
	c = &o->cells[(o->nrows - 1) * o->ncols + i];
	c->kind = kind;
	return c;
}

void sim_out_str(struct sim_out *o, const char *name, const char *v)
{
	if (!v) {
		sim_out_null(o, name);
		return;
	}
	cell(o, name, CELL_STR)->text = sim_mem_arena_strdup(&o->arena, v);
}

void sim_out_strs(struct sim_out *o, const char *name, const char *const *v,
		  size_t n)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	for (size_t i = 0; i < n; i++) {
		if (i)
			sim_buf_putc(&b, CELL_SEP);
		sim_buf_puts(&b, v[i]);
	}
	cell(o, name, CELL_STRS)->text =
		sim_mem_arena_strdup(&o->arena, sim_buf_str(&b));
	sim_buf_release(&b);
}

void sim_out_int(struct sim_out *o, const char *name, int64_t v)
{
	cell(o, name, CELL_INT)->num = v;
}

void sim_out_dec(struct sim_out *o, const char *name, sim_dec v)
{
	cell(o, name, CELL_DEC)->num = v;
}

void sim_out_double(struct sim_out *o, const char *name, double v)
{
	if (!__builtin_isfinite(v))
		sim_out_null(o, name);
	else
		cell(o, name, CELL_DOUBLE)->real = v;
}

void sim_out_bool(struct sim_out *o, const char *name, bool v)
{
	cell(o, name, CELL_BOOL)->num = v;
}

void sim_out_time(struct sim_out *o, const char *name, sim_time t)
{
	cell(o, name, CELL_TIME)->num = t;
}

void sim_out_date(struct sim_out *o, const char *name, int64_t day)
{
	cell(o, name, CELL_DATE)->num = day;
}

void sim_out_null(struct sim_out *o, const char *name)
{
	cell(o, name, CELL_NULL);
}

const struct cell *sim_out_row_at(const struct sim_out *o, size_t i)
{
	return o->cells + i * o->ncols;
}

/* -- rows ---------------------------------------------------------------- */

static bool holds_rows(const struct sim_out *o)
{
	return (o->cfg.format <= SIM_OUT_WIDE && !o->is_stream) ||
		sim_out_expr_sorts(o);
}

/* One row, as it is. */
static void put_row(struct sim_out *o)
{
	sim_out_expr_judge(o, sim_out_row_at(o, 0));
	if (o->cfg.format <= SIM_OUT_WIDE)
		sim_out_table_row(o);
	else
		sim_out_text_row(o, sim_out_row_at(o, 0));
	o->shown++;
	if (o->is_stream && !o->failure.code)
		drain(o);
}

void sim_out_row_end(struct sim_out *o)
{
	if (o->names_only) {
		o->nrows = 0;
		return;
	}
	if (!sim_out_expr_keeps(o, sim_out_row_at(o, o->nrows - 1))) {
		o->nrows--;
		return;
	}
	if (holds_rows(o)) {
		if (!sim_out_expr_sorts(o) && o->cfg.limit >= 0 &&
		    (int64_t)o->nrows > o->cfg.limit)
			o->nrows--;
		return;
	}
	if (o->cfg.limit < 0 || o->shown < o->cfg.limit)
		put_row(o);
	o->nrows = 0;
	if (!(o->shown % ROWS_KEPT)) {	/* bounds what a long list holds */
		sim_mem_arena_release(&o->arena);
		o->arena = (struct sim_mem_arena)SIM_MEM_ARENA_INIT;
	}
}

static void print_names(struct sim_out *o)
{
	for (size_t i = 0; i < o->ncols; i++)
		sim_out_printf(o, "%s\n", o->cols[i].name);
}

static void end_object(struct sim_out *o)
{
	if (!o->has_cols) {
		SIM_MEM_GROW(o->cols, o->cols_cap, o->ncols + 1);
		o->cols[o->ncols].name = NULL;
		take_expr(o, o->cols);
		choose(o);
	}
	if (!sim_out_expr_keeps(o, sim_out_row_at(o, 0)))
		return;
	sim_out_expr_judge(o, sim_out_row_at(o, 0));
	if (o->cfg.format <= SIM_OUT_WIDE) {
		sim_out_table_object(o);
		return;
	}
	sim_out_text_start(o);
	sim_out_text_row(o, sim_out_row_at(o, 0));
	sim_out_text_end(o);
}

static void end_list(struct sim_out *o)
{
	if (sim_out_expr_sorts(o) && o->nrows)
		sim_out_expr_order(o);
	if (o->cfg.limit >= 0 && (int64_t)o->nrows > o->cfg.limit)
		o->nrows = (size_t)o->cfg.limit;
	for (size_t i = 0; i < o->nrows; i++)
		sim_out_expr_judge(o, sim_out_row_at(o, i));
	if (o->cfg.format <= SIM_OUT_WIDE) {
		if (holds_rows(o))
			sim_out_table_list(o);
	} else {
		for (size_t i = 0; i < o->nrows; i++)
			sim_out_text_row(o, sim_out_row_at(o, i));
		sim_out_text_end(o);
	}
	o->shown += (int64_t)o->nrows;
}

void sim_out_end(struct sim_out *o)
{
	if (o->names_only)
		print_names(o);
	else if (o->is_list)
		end_list(o);
	else
		end_object(o);
	o->nrows = 0;
}
