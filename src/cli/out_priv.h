/* out: what out.c, out_text.c and out_table.c share, and nobody else. */
#ifndef SIM_OUT_PRIV_H
#define SIM_OUT_PRIV_H

#include "cli/out.h"
#include "util/buf.h"
#include "util/json.h"
#include "util/mem.h"

enum cell_kind {
	CELL_ABSENT, CELL_NULL, CELL_STR, CELL_STRS, CELL_INT, CELL_DEC,
	CELL_DOUBLE, CELL_BOOL, CELL_TIME, CELL_DATE
};
#define CELL_SEP '\x1f'		/* between the items of CELL_STRS */

struct cell {
	enum cell_kind kind;
	int64_t num;
	double real;
	const char *text;	/* in the arena of the rows held */
};

struct sim_expr;

/* --where, --fail-if and --sort of the list under way; out_expr.c. */
struct sim_out_expr {
	const char **names;		/* of its columns */
	struct sim_expr *where, *fail, *sort;
	int sort_col;			/* -1: sorted by `sort`, or not */
	bool sort_down;
	struct sim_buf text;
};

struct sim_out {
	struct sim_out_cfg cfg;
	struct sim_buf buf;	/* on its way to cfg.fd */
	int write_errno;
	/* the list or object under way */
	bool is_list, is_stream, has_cols, names_only, header_done;
	struct sim_out_col *cols;
	size_t ncols, cols_cap, at; /* at: where the next field is looked for */
	size_t *order;			/* shown columns, as asked */
	size_t norder;
	int id_col;
	size_t *widths;			/* of a stream's table, so far */
	struct sim_out_expr expr;
	struct sim_err failure;		/* of an expression; ends the output */
	struct sim_err alarm;		/* what --fail-if says */
	struct cell *cells;		/* rows * ncols, the newest row last */
	size_t nrows, cells_cap;
	struct sim_mem_arena arena;
	struct sim_json json;
	int64_t shown;			/* rows put out */
};

/* One row (or object) in the format; out_text.c. */
void sim_out_text_start(struct sim_out *o);
void sim_out_text_row(struct sim_out *o, const struct cell *row);
void sim_out_text_end(struct sim_out *o);
/* All rows held; out_table.c. */
void sim_out_table_list(struct sim_out *o);
/* The one row held, of a stream. */
void sim_out_table_row(struct sim_out *o);
void sim_out_table_object(struct sim_out *o);

/*
 * Compile cfg's expressions over cols, which outlive *x.
 * Errors: SIM_E_USAGE; *x is closed then.
 */
int sim_out_expr_open(const struct sim_out_cfg *cfg,
		      const struct sim_out_col *cols, struct sim_out_expr *x,
		      struct sim_err *err) SIM_MUST_CHECK;
void sim_out_expr_close(struct sim_out_expr *x);
/* Does it read this column? */
bool sim_out_expr_uses(const struct sim_out_expr *x, size_t col);
/* Is --where true of the row?  No longer once o->failure is set. */
bool sim_out_expr_keeps(struct sim_out *o, const struct cell *row);
/* A row that is put out: is --fail-if true of it? */
void sim_out_expr_judge(struct sim_out *o, const struct cell *row);
bool sim_out_expr_sorts(const struct sim_out *o);
/* The rows held into the asked-for order; equal ones keep theirs. */
void sim_out_expr_order(struct sim_out *o);

/* One record by cfg.template, which was checked; out_template.c. */
int sim_out_template_check(const char *template,
			   const struct sim_out_col *cols, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_out_template_row(struct sim_out *o, const struct cell *row);

/* A cell as plain text; decimals < 0: exact. */
void sim_out_cell(const struct sim_out *o, struct sim_buf *b,
		  const struct cell *c, int decimals);
void sim_out_cell_strs(struct sim_buf *b, const char *text);
/* Columns that text takes on a terminal. */
size_t sim_out_table_width(const char *s);
/* The column of this name (len bytes), or -1; SIM_E_USAGE about option `opt`
 * when there is none. */
int sim_out_find_col(const struct sim_out_col *cols, size_t n,
		     const char *name, size_t len);
int sim_out_check_name(const struct sim_out_col *cols, const char *name,
		       size_t len, const char *opt, struct sim_err *err)
	SIM_MUST_CHECK;
bool sim_out_cell_is_number(const struct cell *c);
const struct cell *sim_out_row_at(const struct sim_out *o, size_t i);

#endif
