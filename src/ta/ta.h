/*
 * ta: the indicators, one registry row each, fed one bar at a time.
 *
 * Every row comes from ta.def.  A stream keeps its state in one allocation
 * made when it is created; a bar costs O(1) amortised unless the row's title
 * says otherwise.  Windowed sums and moments are rebuilt from the window
 * itself every period, so nothing that has left a window leaves a trace in
 * it and nothing drifts.  Results use + - * / sqrt and util/fmath.h only: the
 * same bits on every machine.
 */
#ifndef SIM_TA_H
#define SIM_TA_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

#define SIM_TA_INPUTS	5	/* most inputs, options and outputs of a row */
#define SIM_TA_OPTIONS	6
#define SIM_TA_OUTPUTS	4
#define SIM_TA_PERIODMAX 10000	/* bars a window may span */
#define SIM_TA_VALUEMAX	1e18	/* a larger input counts as missing */

struct sim_ta_option {
	const char *name;
	double def, min, max;	/* min and max are allowed values */
	bool whole;		/* only whole numbers */
};

struct sim_ta_ops;		/* how it is computed: private to ta */

struct sim_ta_row {
	const char *name;	/* "sma" */
	const char *title;	/* "Simple moving average" */
	/* "open", "high", "low", "close", "volume", or "real": any series. */
	const char *inputs[SIM_TA_INPUTS];
	struct sim_ta_option options[SIM_TA_OPTIONS];
	const char *outputs[SIM_TA_OUTPUTS];
	int n_inputs, n_options, n_outputs;
	const char *source;	/* who published the formula, and where */
	const struct sim_ta_ops *ops;
};

/* The registry, sorted by name; *n is the number of rows. */
const struct sim_ta_row *sim_ta_rows(size_t *n);

/* The row of that name, or NULL. */
const struct sim_ta_row *sim_ta_lookup(const char *name);

/*
 * The row of that name.
 * Errors: SIM_E_INVAL with the nearest name.
 */
int sim_ta_find(const char *name, const struct sim_ta_row **row,
		struct sim_err *err) SIM_MUST_CHECK;

/* The place of an option, input or output in its list, or -1. */
int sim_ta_option(const struct sim_ta_row *row, const char *name);
int sim_ta_input(const struct sim_ta_row *row, const char *name);
int sim_ta_output(const struct sim_ta_row *row, const char *name);

/*
 * Are these options allowed?
 * Takes: one number for each of row->options, in its order; NULL: defaults.
 * Errors: SIM_E_INVAL naming the option, its value and its range.
 */
int sim_ta_check(const struct sim_ta_row *row, const double *options,
		 struct sim_err *err) SIM_MUST_CHECK;

/*
 * How many bars come before the first that has a value: the bar with index
 * `lookback`, counted from 0, is the first one ready.
 * Takes: options that sim_ta_check() allows, or NULL.
 */
int sim_ta_lookback(const struct sim_ta_row *row, const double *options);

/* One indicator at work. */
struct sim_ta_stream;

/*
 * A stream that has seen nothing.
 * Takes: options as for sim_ta_check().
 * Gives: *stream, to be released with sim_ta_free().
 * Errors: those of sim_ta_check().
 */
int sim_ta_new(const struct sim_ta_row *row, const double *options,
	       struct sim_ta_stream **stream, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_ta_free(struct sim_ta_stream *stream);	/* NULL is fine */

/*
 * Feed one bar.
 * Takes: in[row->n_inputs], in the order of row->inputs.
 * Gives: out[row->n_outputs] and true; or NaN in all of them and false, as
 *   long as one of the outputs is not warm yet.
 * A bar with a missing input (NaN, or beyond SIM_TA_VALUEMAX) gives NaN and
 * false and leaves the stream as it was, so the output of one indicator can
 * be the input of another as it stands.
 * Cost: O(1) amortised in the period unless the title says otherwise; no
 *   allocation.
 */
bool sim_ta_push(struct sim_ta_stream *stream, const double *in, double *out);

/* What the stream was made from. */
const struct sim_ta_row *sim_ta_row(const struct sim_ta_stream *stream);

/*
 * Feed n bars that lie in columns: in[i][bar], out[o][bar].  The same values
 * as n calls of sim_ta_push().  An out[o] of NULL is not wanted.
 */
void sim_ta_feed(struct sim_ta_stream *stream, const double *const *in,
		 size_t n, double *const *out);

/*
 * A whole series at once, from a fresh stream; in and out as for
 * sim_ta_feed(), NaN where there is no value.
 * Errors: those of sim_ta_check(); then out is untouched.
 */
int sim_ta_batch(const struct sim_ta_row *row, const double *options,
		 const double *const *in, size_t n, double *const *out,
		 struct sim_err *err) SIM_MUST_CHECK;

#endif
