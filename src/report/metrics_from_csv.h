/*
 * metrics_from_csv: a series of equity levels or returns from CSV text.
 *
 * One column (values) or two (date, value); a header line is allowed, and one
 * that calls a column equity or return, and one date or time, allows any number
 * of others; the type is declared by the caller, never guessed.
 */
#ifndef SIM_METRICS_FROM_CSV_H
#define SIM_METRICS_FROM_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"
#include "util/time.h"

#define SIM_METRICS_FROM_CSV_ROWS_MAX 50000000

struct sim_metrics_from_csv {
	bool is_equity;			/* level and ret; else only ret */
	size_t n;			/* returns */
	double *ret;			/* n; NaN after a level <= 0 */
	double *level;			/* n + 1 when is_equity, else NULL */
	sim_time *time;			/* n period ends, or NULL: no dates */
	int64_t *day;			/* their days */
	sim_time start;			/* of level[0], or SIM_TIME_NONE */
	int64_t start_day;		/* its day, or SIM_METRICS_NO_DAY */
};

/*
 * Read a series.
 *
 * Shape:  len bytes; lines end in \n or \r\n, empty ones are skipped; fields
 *         are separated by one ',' ';' or tab and may be in double quotes; a
 *         first line whose value is not a number is a header.  Dates (or
 *         datetimes) ascend strictly.
 * Gives:  *out, to be released; written only on success.
 * Errors: SIM_E_DATA naming line and value: not a finite number, a first
 *         level that is not above zero, too many columns or too few, dates
 *         unreadable or not ascending; no row at all; too many rows.
 */
int sim_metrics_from_csv(const char *s, size_t len, bool is_equity,
			 struct sim_metrics_from_csv *out,
			 struct sim_err *err) SIM_MUST_CHECK;
void sim_metrics_from_csv_release(struct sim_metrics_from_csv *s);

/*
 * A benchmark's returns over the periods of a series.
 *
 * Shape:  without dates both have as many rows.  With dates: of levels, the
 *         newest at or before each of the series' dates (flat before its
 *         first); of returns, one at each of the series' dates.
 * Gives:  ret[series->n].
 * Errors: SIM_E_DATA lengths differ, only one has dates, a date of the series
 *         without a benchmark return.
 */
int sim_metrics_from_csv_align(const struct sim_metrics_from_csv *series,
			       const struct sim_metrics_from_csv *bench,
			       double *ret, struct sim_err *err)
	SIM_MUST_CHECK;

/* Periods a year of a frequency: daily 252, fx 260, crypto 365, weekly 52,
 * monthly 12, quarterly 4, yearly 1; SIM_E_INVAL with the list. */
int sim_metrics_from_csv_freq(const char *name, double *periods_per_year,
			      struct sim_err *err) SIM_MUST_CHECK;

#endif
