/*
 * metrics: what a series of returns, and a list of trades, amounts to.
 *
 * One table (metrics.def) names every metric with its formula.  Undefined is
 * NaN here and null or '-' outside, never 0 or infinite.  Conventions:
 * arithmetic returns at session closes, sd with N - 1, compensated sums in the
 * order of time, type 7 quantiles, nothing annualised below a year unless
 * asked; only + - * / sqrt and util/fmath, so the bytes are the same anywhere.
 */
#ifndef SIM_METRICS_H
#define SIM_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/json.h"
#include "util/time.h"

enum sim_metrics_id {
#define SIM_METRIC(name, key, group, unit, title, formula) SIM_METRICS_##name,
#include "report/metrics.def"
#undef SIM_METRIC
	SIM_METRICS__COUNT
};

enum sim_metrics_group {
	SIM_METRICS_GROUP_RETURN,
	SIM_METRICS_GROUP_RATIO,
	SIM_METRICS_GROUP_DRAWDOWN,
	SIM_METRICS_GROUP_TAIL,
	SIM_METRICS_GROUP_INFERENCE,
	SIM_METRICS_GROUP_BENCHMARK,
	SIM_METRICS_GROUP_TRADE,
	SIM_METRICS_GROUP_EXPOSURE,
	SIM_METRICS_GROUP_COST,
	SIM_METRICS_GROUP_ORDER,
	SIM_METRICS_GROUP__COUNT
};

enum sim_metrics_unit {
	SIM_METRICS_UNIT_FRACTION,	/* 0.05 is 5%; text prints percent */
	SIM_METRICS_UNIT_NUMBER,
	SIM_METRICS_UNIT_MONEY,
	SIM_METRICS_UNIT_COUNT,
	SIM_METRICS_UNIT_DAYS,
	SIM_METRICS_UNIT_DATE,		/* days since 1970 */
	SIM_METRICS_UNIT__COUNT
};

struct sim_metrics_row {
	const char *key, *title, *formula;
	enum sim_metrics_group group;
	enum sim_metrics_unit unit;
};

/* Values by enum sim_metrics_id; NaN is undefined. */
struct sim_metrics {
	double v[SIM_METRICS__COUNT];
};

struct sim_drawdown;

/* A series; zero or NULL is unknown or off. */
struct sim_metrics_input {
	size_t n;			/* periods */
	const double *ret;		/* n; a NaN: no ratios */
	const double *bench;		/* n, or NULL */
	const int64_t *day;		/* n ends, days since 1970, or NULL */
	int64_t start_day;		/* of E_0, or SIM_METRICS_NO_DAY */
	size_t n_curve;			/* 0: the closes are all there is */
	const double *curve;		/* every equity point, E_0 first */
	const sim_time *curve_time;	/* n_curve - 1 without E_0's, or NULL */
	const struct sim_drawdown *drawdown;	/* of the curve, if at hand; */
	const double *ends;	/* then only its first and last are wanted */
	double periods_per_year;	/* A, > 0 */
	double rf, target;		/* annual, fractions */
	double omega_threshold;		/* per period */
	double sharpe_ref;		/* S0 of psr and min_trl, per period */
	double trials, trials_sd;	/* of dsr; 0: not known */
	bool annualize_short;		/* also below a year */
	/* By enum sim_metrics_id; NULL: all.  What is not wanted may be left
	 * out, where it costs. */
	const bool *want;
};
#define SIM_METRICS_NO_DAY INT64_MIN

/* The row of a metric; the one with this key, or -1. */
const struct sim_metrics_row *sim_metrics_row(enum sim_metrics_id id);
int sim_metrics_find(const char *key);
const char *sim_metrics_group_text(enum sim_metrics_group g);
const char *sim_metrics_unit_text(enum sim_metrics_unit u);

/* Make every value undefined. */
void sim_metrics_init(struct sim_metrics *m);

/*
 * Fill in everything that a series says: groups return to benchmark.
 *
 * Shape:  in->ret[n] in order of time; other values of *m stay.
 * Units:  fractions; days as in metrics.def.
 * Source: the formulas of metrics.def; golden values of an independent
 *         computation in tests/report/test_metrics.c.
 * Cost:   O(n + n_curve) time, one copy of ret.
 */
void sim_metrics_series(const struct sim_metrics_input *in,
			struct sim_metrics *m);

/*
 * Returns of levels: ret[i] = level[i + 1] / level[i] - 1, n - 1 of them, NaN
 * after a level that is not above zero.
 */
void sim_metrics_returns(const double *level, size_t n, double *ret);
/* The day an instant that ends a bar or session belongs to: midnight is the
 * end of the day before. */
int64_t sim_metrics_day(sim_time end);

/* One value as text, without its unit but "%" ("-" when undefined); returns
 * its length, buf holds SIM_METRICS_STRMAX bytes. */
#define SIM_METRICS_STRMAX 64
size_t sim_metrics_format(enum sim_metrics_id id, double v, char *buf);

/* Metrics as members of the open JSON object; as CSV (key,value with header);
 * as a text table for people. */
void sim_metrics_json(const struct sim_metrics *m, struct sim_json *j);
void sim_metrics_csv(const struct sim_metrics *m, struct sim_buf *out);
void sim_metrics_text(const struct sim_metrics *m, struct sim_buf *out);

/* The table itself, for `metrics --list`: text lines, and a JSON list in the
 * open array.  And the conventions as text. */
void sim_metrics_list_text(struct sim_buf *out);
void sim_metrics_list_json(struct sim_json *j);
void sim_metrics_conventions(struct sim_buf *out);

#endif
