/*
 * metrics_from_csv: a series of equity levels or returns from CSV text.
 *
 * One column (values) or two (date, value); a header line is allowed; the type
 * is declared by the caller, never guessed.
 */
#ifndef SIM_METRICS_FROM_CSV_H
#define SIM_METRICS_FROM_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

#define SIM_METRICS_FROM_CSV_ROWS_MAX 50000000

struct sim_metrics_from_csv {
	bool is_equity;			/* level and ret; else only ret */
	size_t n;			/* returns */
	double *ret;			/* n */
	double *level;			/* n + 1 when is_equity, else NULL */
	int64_t *day;			/* n period ends, or NULL: no dates */
	int64_t start_day;		/* of level[0]; SIM_METRICS_NO_DAY */
};

/*
 * Read a series.
 *
 * Shape:  len bytes; lines end in \n or \r\n, empty ones are skipped; fields
 *         are separated by one ',' ';' or tab and may be in double quotes; a
 *         first line whose value is not a number is a header.  Dates ascend
 *         strictly; a datetime counts as its day only when days still ascend.
 * Gives:  *out, to be released; written only on success.
 * Errors: SIM_E_DATA naming line and value: not a number, not finite, a level
 *         that is not above zero, a return below -1, dates missing in a line,
 *         not ascending; no row at all; more than ROWS_MAX rows.
 */
int sim_metrics_from_csv(const char *s, size_t len, bool is_equity,
			 struct sim_metrics_from_csv *out,
			 struct sim_err *err) SIM_MUST_CHECK;
void sim_metrics_from_csv_release(struct sim_metrics_from_csv *s);

/*
 * A benchmark's returns over the periods of a series.
 *
 * Shape:  without dates both have as many rows; with dates the benchmark's
 *         value at or before each of the series' dates is taken.
 * Gives:  ret[series->n].
 * Errors: SIM_E_DATA lengths differ, only one has dates, or returns with dates
 *         that are not the series' dates.
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
