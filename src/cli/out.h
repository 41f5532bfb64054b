/*
 * out: the one way a command's result reaches stdout.
 *
 * A command describes its result once (a list of rows, or one object) and the
 * chosen format decides how it looks, --where which rows are in it, --fail-if
 * what is said of them at the end.  Numbers
 * keep their exact decimal value in every machine format; only tables round,
 * and only with --decimals.
 * Lists are streamed row by row unless they must be sorted or aligned.
 */
#ifndef SIM_OUT_H
#define SIM_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/out_stamp.h"
#include "util/dec.h"
#include "util/err.h"
#include "util/time.h"

enum sim_out_format {
	SIM_OUT_TABLE, SIM_OUT_WIDE, SIM_OUT_JSON, SIM_OUT_NDJSON, SIM_OUT_CSV,
	SIM_OUT_TSV, SIM_OUT_MD, SIM_OUT_NAME,
	SIM_OUT_TEMPLATE	/* as cfg.template says; it has no name */
};
/* Their names in that order, NULL-ended. */
extern const char *const sim_out_formats[];

enum {
	SIM_OUT_COL_WIDE = 1 << 0,	/* in tables only with `wide` */
	SIM_OUT_COL_ID   = 1 << 1,	/* what `-o name` prints */
	SIM_OUT_COL_ASKED = 1 << 2	/* only where it is asked for by name */
};

/* A dotted name ("period.from") is a nested object in JSON. */
struct sim_out_col {
	const char *name;
	unsigned flags;
};

struct sim_out_cfg {
	enum sim_out_format format;
	const char *fields;		/* "a,b"; NULL all; "" print names */
	const char *where;		/* an expression, or NULL */
	const char *fail_if;		/* an expression, or NULL */
	const char *sort;		/* "-field", "EXPR:desc", or NULL */
	int64_t limit;			/* rows; negative: all */
	int decimals;			/* in tables; negative: as needed */
	int width;			/* of the terminal; 0: no limit */
	const char *template;		/* of each record, or NULL */
	struct sim_out_stamp stamp;	/* borrowed; how times are written */
	bool decimal_strings;		/* in JSON: "1.5" instead of 1.5 */
	bool header, bold, utf8;
	int fd;
};

struct sim_out;

/* A writer of results; *cfg is copied, what it points to is not. */
struct sim_out *sim_out_new(const struct sim_out_cfg *cfg);
void sim_out_free(struct sim_out *o);

/* Errors: SIM_E_USAGE when --fields, --sort or --format names no column of
 * `cols`, or --format can't be read. */
int sim_out_check(const struct sim_out_cfg *cfg,
		  const struct sim_out_col *cols, struct sim_err *err)
	SIM_MUST_CHECK;

/* cols ends in a NULL name and outlives the output.  Fields may be left out
 * (they are omitted), and come in the order of cols. */
void sim_out_list(struct sim_out *o, const struct sim_out_col *cols);
/* The same for rows that come as time goes by: each is handed to the system
 * when it ends, unless they must be sorted; a table's columns have a width that
 * doesn't wait for them. */
void sim_out_stream(struct sim_out *o, const struct sim_out_col *cols);
void sim_out_row(struct sim_out *o);
void sim_out_row_end(struct sim_out *o);
/* One object; cols may be NULL: then the fields make the columns. */
void sim_out_object(struct sim_out *o, const struct sim_out_col *cols);
/* Ends the list or object; another one may follow. */
void sim_out_end(struct sim_out *o);

/* One field of the row or object that is open. */
void sim_out_str(struct sim_out *o, const char *name, const char *v);
void sim_out_int(struct sim_out *o, const char *name, int64_t v);
void sim_out_dec(struct sim_out *o, const char *name, sim_dec v);
void sim_out_double(struct sim_out *o, const char *name, double v);
void sim_out_bool(struct sim_out *o, const char *name, bool v);
void sim_out_time(struct sim_out *o, const char *name, sim_time t);
void sim_out_date(struct sim_out *o, const char *name, int64_t day);
void sim_out_null(struct sim_out *o, const char *name);
/* Several words in one field: a JSON array, "a; b" elsewhere. */
void sim_out_strs(struct sim_out *o, const char *name, const char *const *v,
		  size_t n);

/* Bytes as they are (help, reports, exports). */
void sim_out_write(struct sim_out *o, const void *p, size_t n);
void sim_out_puts(struct sim_out *o, const char *s);
void sim_out_printf(struct sim_out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Rows put out so far in lists, and how many --limit held back. */
int64_t sim_out_rows(const struct sim_out *o);
bool sim_out_wants_more(const struct sim_out *o);	/* limit not reached */
/* Whether a column of the list under way is asked for by name: in --fields,
 * --where, --fail-if, --sort or --format. */
bool sim_out_asks(const struct sim_out *o, size_t col);
enum sim_out_format sim_out_format_of(const struct sim_out *o);
/* Whether --fields, --where, --fail-if, --sort or --limit is given. */
bool sim_out_is_choosy(const struct sim_out *o);
/* Was --fail-if true of a row that was put out?  Errors: SIM_E_FALSE, of the
 * first such row. */
int sim_out_verdict(const struct sim_out *o, struct sim_err *err)
	SIM_MUST_CHECK;
/* Hand everything to the system.  Errors: SIM_E_IO; SIM_E_DATA an expression
 * that met a value it cannot use, after which nothing more was put out. */
int sim_out_flush(struct sim_out *o, struct sim_err *err) SIM_MUST_CHECK;

#endif
