/*
 * bar_csv: bars from delimited text and NDJSON.
 *
 * Two steps.  Sniffing looks at the first lines and says what the text is; a
 * caller may change the answer.  Parsing follows that answer for every row,
 * checks every value (numbers exact, times in order, low <= open, close <=
 * high, nothing negative), and either fills all columns or names file, line,
 * column, value and reason.  Where the processor has AVX2, plain rows take a
 * vector path; results, messages included, are those of the portable one.
 *
 * Limits: a line has at most 4096 bytes and 64 columns, a text at most 2^30
 * rows and 64 GiB.
 */
#ifndef SIM_BAR_CSV_H
#define SIM_BAR_CSV_H

#include "model/bar.h"
#include "util/time.h"
#include "util/tz.h"

#define SIM_BAR_CSV_LINE_MAX	4096
#define SIM_BAR_CSV_COLUMNS_MAX	64
#define SIM_BAR_CSV_ROWS_MAX	((size_t)1 << 30)
#define SIM_BAR_CSV_FILE_MAX	((size_t)64 << 30)
#define SIM_BAR_CSV_NAMEMAX	48

enum sim_bar_csv_role {
#define SIM_BAR_CSV_ROLE(name, key, text, headers) SIM_BAR_CSV_##name,
#include "market/bar_csv_role.def"
#undef SIM_BAR_CSV_ROLE
	SIM_BAR_CSV__ROLES
};
/* By role: the key of --map, what it is, and the headers it is known by. */
struct sim_bar_csv_role_row {
	const char *key, *text, *headers;
};
extern const struct sim_bar_csv_role_row sim_bar_csv_roles[SIM_BAR_CSV__ROLES];

enum sim_bar_csv_format {
#define SIM_BAR_CSV_FORMAT(name, text, what) SIM_BAR_CSV_FORMAT_##name,
#include "market/bar_csv_format.def"
#undef SIM_BAR_CSV_FORMAT
	SIM_BAR_CSV_FORMAT__COUNT
};
/* The word for a format, as typed. */
const char *sim_bar_csv_format_text(enum sim_bar_csv_format f);
/* Errors: SIM_E_INVAL listing the formats. */
int sim_bar_csv_format_parse(const char *s, enum sim_bar_csv_format *f,
			     struct sim_err *err) SIM_MUST_CHECK;

/* How dates are written. */
enum sim_bar_csv_dates {
	SIM_BAR_CSV_DATES_YMD,
	SIM_BAR_CSV_DATES_DMY,
	SIM_BAR_CSV_DATES_MDY,
	SIM_BAR_CSV_DATES__COUNT
};
/* The words for them as typed, NULL-ended; parse Errors: SIM_E_INVAL listing
 * them. */
extern const char *const sim_bar_csv_dates_words[SIM_BAR_CSV_DATES__COUNT + 1];
int sim_bar_csv_dates_parse(const char *s, enum sim_bar_csv_dates *d,
			    struct sim_err *err) SIM_MUST_CHECK;

/* What sniffing finds. */
struct sim_bar_csv_layout {
	enum sim_bar_csv_format format;	/* never AUTO */
	char delim;			/* , ; tab or |; 0 for NDJSON */
	bool has_header;
	size_t start;			/* byte offset of the first row */
	size_t first_line;		/* its line number, from 1 */
	int columns;			/* of every row */
	int col[SIM_BAR_CSV__ROLES];	/* from 0; -1: not there */
	char name[SIM_BAR_CSV__ROLES][SIM_BAR_CSV_NAMEMAX];
	int shift;			/* prices are times 10^shift, 0..8 */
	enum sim_time_kind kind;	/* of the times */
	sim_time epoch;			/* ns per unit of a number; 0: text */
	enum sim_bar_csv_dates dates;
	bool newest_first;
};

/* What a caller wants otherwise. */
struct sim_bar_csv_opts {
	enum sim_bar_csv_format format;	/* AUTO: sniff */
	const char *map;		/* "ts=Date,o=Open"; NULL: sniff */
	int64_t scale;			/* 1, 10, .. 10^8; 0: sniff */
	bool has_dates;			/* false: sniff */
	enum sim_bar_csv_dates dates;
};
#define SIM_BAR_CSV_OPTS_INIT \
	{ SIM_BAR_CSV_FORMAT_AUTO, NULL, 0, false, SIM_BAR_CSV_DATES_YMD }

/*
 * Say what a text is.
 *
 * Takes:  name, what messages call the file.
 * Gives:  *lay, written only on success.
 * Errors: SIM_E_DATA empty, binary, or no columns found for time and prices
 *         (names the columns there are and --map); SIM_E_INVAL a map or scale
 *         that is wrong in itself.
 */
int sim_bar_csv_sniff(const char *name, const char *text, size_t len,
		      const struct sim_bar_csv_opts *opts,
		      struct sim_bar_csv_layout *lay, struct sim_err *err)
	SIM_MUST_CHECK;

enum sim_bar_csv_bad {
	SIM_BAR_CSV_REFUSE,	/* the first bad row ends it */
	SIM_BAR_CSV_SKIP,	/* bad rows are left out and counted */
	SIM_BAR_CSV_KEEP	/* rows that read but make no sense (order, high
				 * < low, signs) stay, for checkers */
};

struct sim_bar_csv_input {
	const char *name;		/* for messages */
	const char *text;
	size_t len;
	const struct sim_tz *tz;	/* of naive datetimes; NULL: UTC */
	enum sim_bar_csv_bad bad;
	bool portable;			/* no vector path (tests, bench) */
};

struct sim_bar_csv_jump {
	size_t row, line;		/* from this row on, lines count from */
};

struct sim_bar_csv_result {
	struct sim_bar_table bars;	/* times as the file stamps them */
	size_t rows;			/* that were not blank */
	size_t skipped;			/* bad rows left out */
	char first_bad[512];		/* why the first was bad, or "" */
	int price_decimals;		/* most written in a price, 0..8, after
					 * scaling */
	struct sim_bar_csv_jump *jumps;
	size_t jump_count, jump_cap;
};
#define SIM_BAR_CSV_RESULT_INIT \
	{ SIM_BAR_TABLE_INIT, 0, 0, "", 0, NULL, 0, 0 }
void sim_bar_csv_release(struct sim_bar_csv_result *r);
/* Forget what was read, keep the columns' memory for the next parse. */
void sim_bar_csv_reset(struct sim_bar_csv_result *r);
/* The line a stored row came from. */
size_t sim_bar_csv_line_of(const struct sim_bar_csv_result *r, size_t row);

/*
 * Read every row.
 *
 * Takes:  *out must be initialised and empty (or reset).
 * Gives:  bars, oldest first; naive times in UTC (through in->tz), dates as
 *         midnight UTC.
 * Errors: SIM_E_DATA a bad row under SIM_BAR_CSV_REFUSE, or no row at all;
 *         *out is then released.
 * Order:  with a zone, a wall clock reading that happens twice is the earlier
 *         instant until that would go back, one that never happens is bad.
 * Cost:   about 40 ns a row, 8 times that for rows off the vector path.
 */
int sim_bar_csv_parse(const struct sim_bar_csv_input *in,
		      const struct sim_bar_csv_layout *lay,
		      struct sim_bar_csv_result *out, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
