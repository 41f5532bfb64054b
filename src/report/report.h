/*
 * report: everything a tear sheet says about one run, computed once.
 *
 * A caller fills struct sim_report_input with facts and columns that it keeps;
 * sim_report_build derives the tables; sheet (terminal), html and report_out
 * (JSON, NDJSON, CSV) only print them.
 */
#ifndef SIM_REPORT_H
#define SIM_REPORT_H

#include "report/drawdown.h"
#include "report/metrics.h"
#include "report/trades.h"

struct sim_report_fact {
	const char *key, *value;
};
struct sim_report_facts {
	const struct sim_report_fact *items;
	size_t n;
};

/* A strategy's remark at a step. */
struct sim_report_mark {
	sim_time time;
	const char *symbol;		/* NULL: the account */
	const char *text;
};

/* The equity curve: one point a step, after it; the start is not in it. */
struct sim_report_curve {
	size_t n;
	const sim_time *time;		/* ascending */
	const sim_dec *equity;
	const uint8_t *is_close;	/* last of its session; NULL: all are */
	/* Held at each close and at the last point, in order: sum of |value|,
	 * sum of value; or NULL. */
	const sim_dec *gross, *net;
};

/* The first point from i on that returns are taken at: a close (is_close is
 * 1), or the last; n or more when there is none. */
size_t sim_report_sample(const struct sim_report_curve *c, size_t i);

/* Levels of something to compare with, at or before the run's closes. */
struct sim_report_bench {
	const char *name;		/* NULL: no benchmark */
	size_t n;
	const sim_time *time;		/* ascending */
	const double *level;		/* > 0 */
};

struct sim_report_orders {
	uint64_t accepted, filled, rejected, expired, cancelled;
};

/* All pointers are borrowed and must outlive the report. */
struct sim_report_input {
	/* facts, printed as they are; NULL texts are left out */
	const char *run_id, *strategy, *timeframe, *currency;
	struct sim_report_facts params;		/* of the strategy */
	struct sim_report_facts models;		/* fill, path, slippage, ... */
	struct sim_report_facts hashes;		/* manifest, log, data, ... */
	/* Said by the strategy: numbers as JSON texts, and marks. */
	struct sim_report_facts own;
	const struct sim_report_mark *marks;
	size_t n_marks;
	const char *const *stamps;		/* "UNSAFE zero-cost", ... */
	size_t n_stamps;
	bool partial;				/* the run was stopped */
	sim_time from, to;			/* asked; SIM_TIME_NONE: all */
	/* what happened */
	sim_dec initial;
	sim_time start;		/* first bar's start, or SIM_TIME_NONE */
	struct sim_report_curve curve;
	double periods_per_year;	/* 252, 260, 365 */
	const struct sim_instrument *instruments;
	const struct sim_position *positions;	/* final */
	size_t n_symbols;
	const struct sim_fill *fills;
	size_t n_fills;
	const struct sim_fill_reach *reach;	/* of each fill, or NULL */
	const sim_dec *fill_stop;	/* as sim_trades_input.stop; or NULL */
	const struct sim_trades_adjust *adjusts;
	size_t n_adjusts;
	sim_dec dividends, interest;	/* received, may be negative */
	sim_dec borrow_fees;		/* paid */
	struct sim_report_orders orders;
	bool has_band;			/* lowest and highest final equity */
	sim_dec band_low, band_high;
	struct sim_report_bench bench;
	double rf;			/* annual */
	bool annualize_short;
};

struct sim_report_year {
	int year;
	double month[12];		/* NaN: no data */
	double total;
};

struct sim_report_symbol {
	uint32_t sym;
	const char *name;
	size_t fills, trades, wins, losses, open;
	sim_dec gross, fees, net;	/* closed trades */
	sim_dec open_net, dividends;
	double traded;			/* sum of fills' values */
};

/* How the change of equity comes about; unexplained is 0 or a bug. */
struct sim_report_bridge {
	sim_dec start, end, closed_net, open_net;
	sim_dec dividends, interest, borrow_fees, unexplained;
};

struct sim_report {
	const struct sim_report_input *in;
	struct sim_metrics metrics;
	struct sim_trades trades;
	size_t n;		/* periods: closes, the last point too */
	double *ret, *bench_ret;	/* n; bench NULL without one */
	int64_t *day;			/* n */
	size_t n_levels;		/* every equity point, E_0 first */
	struct sim_report_year *years;
	size_t n_years;
	struct sim_drawdown dd;		/* the deepest episodes */
	struct sim_report_symbol *symbols;	/* those with fills, by name */
	size_t n_symbols;
	struct sim_report_bridge bridge;
};

/*
 * Derive a report.
 *
 * Takes:  nothing; r->in = in.
 * Gives:  *r, to be released; written only on success.
 * Errors: those of sim_trades_build; SIM_E_DATA times not ascending.
 * Cost:   O(curve + fills); a few ms for a million points.
 */
int sim_report_build(const struct sim_report_input *in, struct sim_report *r,
		     struct sim_err *err) SIM_MUST_CHECK;
void sim_report_release(struct sim_report *r);

/* Every equity point, r->n_levels of them; the caller frees them. */
double *sim_report_levels(const struct sim_report *r);
/* Which of them a time belongs to: the first that is not before it. */
size_t sim_report_level_at(const struct sim_report *r, sim_time t);

#endif
