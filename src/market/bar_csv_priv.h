/* bar_csv_priv: what sniffing, parsing and the vector path share. */
#ifndef SIM_BAR_CSV_PRIV_H
#define SIM_BAR_CSV_PRIV_H

#include "market/bar_csv.h"

struct bar_csv_field {
	const char *s;
	size_t n;
};

/* The state of one parse. */
struct bar_csv_ctx {
	const struct sim_bar_csv_input *in;
	const struct sim_bar_csv_layout *lay;
	struct sim_bar_csv_result *out;
	struct sim_err *err;
	size_t line;			/* the one being read, from 1 */
	sim_time prev;			/* of the last row stored */
	bool has_prev;
	size_t next_line;		/* a row here needs no jump entry */
	sim_time hour, hour_offset;	/* one hour's zone offset (ns) */
	sim_dec divisor;		/* 10^shift */
};

/*
 * Split [s, e) at a delimiter into at most COLUMNS_MAX fields, blanks and
 * quotes around a value removed.  Returns how many there are, also when that
 * is more (the rest is not written); -1 for a quote that doesn't end.
 */
int sim_bar_csv_split(const char *s, const char *e, char delim,
		      struct bar_csv_field f[SIM_BAR_CSV_COLUMNS_MAX]);

/* Read one line [s, e), without its newline, and count it.  Errors: as
 * sim_bar_csv_parse. */
int sim_bar_csv_line(struct bar_csv_ctx *c, const char *s, const char *e);

/* One row's values are read: check them against each other and store them.
 * v: open, high, low, close, volume. */
int sim_bar_csv_row(struct bar_csv_ctx *c, sim_time t, const sim_dec v[5]);

/* A bad row: the error under REFUSE, else counted.  role < 0: the row as a
 * whole. */
int sim_bar_csv_bad(struct bar_csv_ctx *c, int role, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Note that the row about to be stored came from the current line. */
void sim_bar_csv_mark_line(struct bar_csv_ctx *c);

/* The instant of a naive time in the input's zone; SIM_OK or a bad row, which
 * leaves *t SIM_TIME_NONE when it is skipped. */
int sim_bar_csv_resolve(struct bar_csv_ctx *c, sim_time *t);

/* Read one NDJSON line. */
int sim_bar_csv_ndjson(struct bar_csv_ctx *c, const char *s, const char *e);
/* Find the members of the first NDJSON object, or take those of a map. */
int sim_bar_csv_ndjson_sniff(const char *name, struct bar_csv_field line,
			     const struct sim_bar_csv_opts *opts,
			     struct sim_bar_csv_layout *lay,
			     struct sim_err *err);
/* Find the volume in a later object than the first. */
void sim_bar_csv_ndjson_volume(struct bar_csv_field line,
			       struct sim_bar_csv_layout *lay);
/* The time of an NDJSON line, naive ones as if in UTC; false: it has none. */
bool sim_bar_csv_ndjson_time(const struct sim_bar_csv_layout *lay,
			     struct bar_csv_field line, sim_time *t);

/*
 * Hand each KEY=COLUMN of a --map to column(), which says where that is.
 *
 * Errors: SIM_E_INVAL what is not KEY=COLUMN, a key that there isn't, or one
 *         that was there before; else what column() returns.
 */
struct bar_csv_map {
	int (*column)(const struct bar_csv_map *m, int role, const char *what,
		      struct sim_err *err);
	const void *ctx;
	struct sim_bar_csv_layout *lay;
};
int sim_bar_csv_map(const char *text, const struct bar_csv_map *m,
		    struct sim_err *err);

/* The place of a header among those a role is known by (lower is better), or
 * -1. */
int sim_bar_csv_role_rank(int role, const char *s, size_t n);

/*
 * Read a time in the shapes that files have: ISO, YYYYMMDD, also with / or .
 * between, day or month first, clock with or without colons, or a number of
 * seconds, ms, us or ns.  `clock` may hold a time of day of its own (n = 0:
 * none).
 *
 * Errors: SIM_E_DATA with the text quoted, also when the time is of another
 *         kind than lay->kind.
 */
int sim_bar_csv_time(const struct sim_bar_csv_layout *lay,
		     struct bar_csv_field f, struct bar_csv_field clock,
		     sim_time *t, struct sim_err *err);
/* Set kind, epoch and dates of *lay from a time; false: not a time. */
bool sim_bar_csv_time_sniff(struct sim_bar_csv_layout *lay,
			    struct bar_csv_field f, struct bar_csv_field clock);
/* Whether this is a time of day alone; bare: digits without colons, too. */
bool sim_bar_csv_time_is_clock(struct bar_csv_field f, bool bare);

/*
 * The vector path: read rows from `at` on, stop before what it can't be sure
 * of (the text's end, too).
 *
 * Gives:  how far it came, a line's start; 0 when it isn't built or usable.
 * Errors: SIM_OK or what a bad row gave.
 */
bool sim_bar_csv_fast_usable(const struct bar_csv_ctx *c);
int sim_bar_csv_fast(struct bar_csv_ctx *c, size_t *at);

#endif
