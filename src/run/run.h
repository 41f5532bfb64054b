/*
 * run: feed, engine and strategy put together: a specification in, a result
 * out.
 *
 * The same specification gives the same bytes in manifest and log, whatever
 * the order of its symbols, the machine or the compiler.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "engine/engine.h"
#include "market/adjust.h"
#include "run/notes.h"
#include "store/store.h"
#include "strategy/form.h"
#include "util/sha256.h"

#define SIM_RUN_PARAMS_MAX 64

/* One symbol and where its bars come from; all pointers are borrowed. */
struct sim_run_data {
	struct sim_instrument instrument;
	struct sim_bar_tf tf;
	struct sim_bar_series bars;	/* raw, whole */
	const uint8_t *hash;	/* sim_store_hash of them; NULL: unknown */
	const struct sim_action *actions;	/* ascending day */
	size_t nactions;
	const struct sim_bar_series *detail;	/* finer bars, or NULL */
	struct sim_bar_tf detail_tf;
	const char *file;		/* NULL: the store */
	const struct sim_calendar *calendar;	/* NULL: opened by name */
};

/* An end of the time range, as typed. */
struct sim_run_bound {
	enum { SIM_RUN_BOUND_NONE, SIM_RUN_BOUND_DAY, SIM_RUN_BOUND_TIME } kind;
	int64_t day;			/* exchange day, inclusive */
	sim_time time;			/* an end in time is exclusive */
};
/* "" is no bound; a date is an exchange day; a month or a year is its first,
 * or with is_end its last day; a time without a zone is UTC.
 * Errors: SIM_E_INVAL naming `what` (such as --from). */
int sim_run_bound_parse(const char *s, const char *what, bool is_end,
			struct sim_run_bound *b, struct sim_err *err)
	SIM_MUST_CHECK;

struct sim_orders;
struct sim_fork;
struct sim_run_result;

/* Other rules once a step is over (0: from the start). */
struct sim_run_turn {
	uint64_t step;
	struct sim_config config;
};

struct sim_run_spec {
	const struct sim_run_data *data;	/* in any order */
	uint32_t nsyms;
	struct sim_run_bound from, to;
	struct sim_config config;
	struct sim_form form;	/* .source NULL: none; its seed is ignored */
	const struct sim_orders *orders;	/* instead of a strategy */
	bool extended;		/* bars outside regular hours trade too */
	enum sim_adjust_mode view;	/* what strategy and orders see */
	uint64_t seed;
	bool log;			/* keep the event log */
	bool each_step;		/* pass over none, however calm */
	bool band;			/* the ambiguity band, when needed */
	bool reach;			/* of fills, for excursions of trades */
	bool keeps_inputs;	/* a folder of it keeps its bars too */
	const struct sim_run_data *benchmark;	/* NULL: none */
	const char *calendar_dir;	/* the user's calendars, or NULL */
	uint64_t stop_step;	/* end after that many steps; 0: don't */
	/* The last step ends while the strategy is at work, once that many
	 * events have happened; else it is whole. */
	bool stop_inside;
	uint64_t stop_seq;
	/* Asked to stop: seal what there is.  May be NULL. */
	const struct sim_stop *stop;
	const struct sim_run_turn *turns;	/* ascending step */
	size_t nturns;
	/* Put another strategy in front of the one that was made from f; it
	 * frees the one it was given.  May be NULL. */
	int (*wrap)(void *ctx, const struct sim_form *f,
		    struct sim_strategy *s, struct sim_err *err);
	void *wrap_ctx;
	const struct sim_fork *fork;	/* for manifest and folder, or NULL */
	struct sim_trace *trace;	/* lent to the engine, or NULL */
	/* A call of the strategy has taken longer than it may.  Called in
	 * another thread, with *r as after SIM_E_STRATEGY; must not return, as
	 * the strategy can't be ended.  NULL: nobody watches. */
	void (*abandon)(void *ctx, const struct sim_run_result *r,
			const struct sim_err *err);
	void *abandon_ctx;
	/* Now and then, in steps' worth of bars.  May be NULL. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};
#define SIM_RUN_SPEC_INIT \
	{ .form = SIM_FORM_INIT, .log = true, .band = true }

enum sim_run_stamp {
#define SIM_RUN_STAMP(name, text, unsafe, help) SIM_RUN_STAMP_##name,
#include "run/stamp.def"
#undef SIM_RUN_STAMP
	SIM_RUN_STAMP__COUNT
};
struct sim_run_stamp_row {
	const char *text;
	bool is_unsafe;
	const char *help;
};
/* Row of a stamp; NULL past the last. */
const struct sim_run_stamp_row *sim_run_stamp(int i);

/* Equity at every step, packed columns. */
struct sim_run_equity {
	size_t n, cap;
	sim_time *time;			/* the steps' sim_time */
	sim_dec *value;
	uint8_t *eod;			/* 1: a regular session closed */
	sim_dec *benchmark;		/* its last close, 0 before; or NULL */
	/* What was held at each of the closes, and at the last point. */
	size_t nheld, held_cap;
	sim_dec *gross, *net;		/* sum of |value|, of value */
};

/* An order of the run, with how it ended. */
struct sim_run_order {
	struct sim_order order;		/* as its last event left it */
	sim_time submitted, ended;	/* SIM_TIME_NONE: still open */
	uint8_t reject;			/* enum sim_reject */
	uint8_t end_reason;		/* enum sim_end_reason, when ended so */
	bool has_end_reason;
	char *text;			/* rejected: the sentence; or NULL */
};

/* Lowest and highest final equity over the four complete runs. */
struct sim_run_band {
	bool is_known;
	sim_dec low, high;
	sim_dec ohlc, olhc, worst, best;
};

struct sim_run_result {
	uint32_t nsyms;
	struct sim_instrument *instruments;	/* by symbol name */
	struct sim_position *positions;
	struct sim_account account;
	struct sim_engine_counts counts;
	struct sim_fill *fills;
	size_t nfills, fills_cap;
	/* A fill each, or nreach is 0: not looked for. */
	struct sim_fill_reach *reach;
	size_t nreach, reach_cap;
	struct sim_run_equity equity;
	uint64_t bars, steps;
	sim_time first, last;		/* start of the first bar, last step */
	char timeframe[16];
	int periods;			/* sessions a year, to annualise with */
	uint32_t stamps;		/* 1 << enum sim_run_stamp */
	struct sim_buf log;	/* canonical NDJSON; empty without log */
	char log_hash[SIM_SHA256_HEX];	/* "" without log */
	struct sim_buf manifest;	/* canonical JSON */
	char manifest_hash[SIM_SHA256_HEX];
	uint64_t stop_step;		/* 0: ran to the end */
	bool is_cut;		/* inside of that step */
	struct sim_run_band band;
	char strategy[SIM_FORM_NAME_MAX];	/* label, or "orders" */
	struct sim_notes notes;		/* what the strategy said */
	struct sim_err failure;		/* of the strategy; code 0: none */
	uint64_t warmup;		/* bars that it says it lets pass */
};
#define SIM_RUN_RESULT_INIT { 0 }

/*
 * Run.
 *
 * Shape:  *r is SIM_RUN_RESULT_INIT or a result that may be overwritten: its
 *         memory is used again.
 * Gives:  *r, also released by the caller after an error.
 * Errors: SIM_E_INTR stopped before the first step; SIM_E_INVAL no bars in the
 *         range, bad parameters, two timeframes; SIM_E_NOENT unknown strategy
 *         or calendar; SIM_E_DATA a bad order list; SIM_E_OVERFLOW;
 *         SIM_E_STRATEGY the strategy failed: when r->steps is not 0, *r is
 *         what was done until then, sealed, and worth keeping.
 */
int sim_run_execute(const struct sim_run_spec *spec, struct sim_run_result *r,
		    struct sim_err *err) SIM_MUST_CHECK;
void sim_run_result_release(struct sim_run_result *r);

/*
 * Complete the result of a run that was stepped (sim_stepper_finish) on bars
 * that came one by one, now that all of them are there.
 *
 * Takes:  spec: with all its bars; s: the strategy that ran; r: with log,
 *         account, counts, equity and how it ended.
 * Gives:  in *r instruments, names, stamps, the benchmark's course, manifest
 *         and its hash, and the band when spec wants it: what sim_run_execute
 *         gives.  .instruments, .equity.benchmark and .reach are replaced.
 * Errors: those of sim_prepare_run, and of the strategy in the band's runs.
 */
int sim_run_complete(const struct sim_run_spec *spec,
		     const struct sim_strategy *s, struct sim_run_result *r,
		     struct sim_err *err) SIM_MUST_CHECK;

/*
 * Every order of the run by id, from its log; freed by the function below.
 * Errors: SIM_E_STATE without a log.
 */
int sim_run_orders(const struct sim_run_result *r, struct sim_run_order **out,
		   size_t *n, struct sim_err *err) SIM_MUST_CHECK;
void sim_run_orders_free(struct sim_run_order *o, size_t n);

#endif
