/*
 * simutrador.h: a strategy of simutrador as a shared library, in C99.
 *
 *	cc -shared -fPIC -o sma.so sma.c
 *	simutrador simulate --plugin ./sma.so --symbols AAPL
 *
 * A plugin exports simu_strategy_entry(), which describes it.  The same
 * library may run many times at once, in many threads, each with a `self` of
 * its own: keep no other state, and use no clock, thread or random source but
 * the host's, so that a run can be made again.
 *
 * Prices, quantities and money are integers in 1e-8 (SIMU_ONE is 1), times
 * nanoseconds since 1970 in UTC.  A strategy sees closed bars only: what the
 * columns hold beyond their n is not for it.  Functions that return int give 0
 * or a negative SIMU_E_*.
 *
 * A struct starts with its size as the plugin was built with; fields are only
 * ever added at the end, so a plugin need not be built again for a newer
 * simutrador.  SIMU_HAS(host, field) says whether an older one has a field.
 */
#ifndef SIMUTRADOR_H
#define SIMUTRADOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIMU_ABI 1
#define SIMU_ONE INT64_C(100000000)
#define SIMU_ACCOUNT UINT32_MAX		/* no symbol: the account */
#define SIMU_HAS(s, field) \
	((s)->struct_size >= (uint32_t)((const char *)&(s)->field - \
					(const char *)(s)) + sizeof((s)->field))

enum {
	SIMU_E_INVAL = -1,	/* an argument makes no sense */
	SIMU_E_REJECTED = -2,	/* the order was refused; it is in the log */
	SIMU_E_NOENT = -3,	/* no such order, or it has ended */
	SIMU_E_LIMIT = -4,	/* too many of them, or too long */
	SIMU_E_FAILED = -5	/* the run is over; return at once */
};

enum simu_side { SIMU_BUY, SIMU_SELL };
enum simu_type {
	SIMU_MARKET, SIMU_LIMIT, SIMU_STOP, SIMU_STOP_LIMIT,
	SIMU_TRAILING_STOP
};
enum simu_tif {
	SIMU_DAY, SIMU_GTC, SIMU_OPG, SIMU_IOC, SIMU_FOK, SIMU_GTD, SIMU_CLS
};
enum simu_sizing {
	SIMU_QTY,		/* size is a quantity */
	SIMU_NOTIONAL,		/* money */
	SIMU_PERCENT,		/* percent of equity, 100 * SIMU_ONE is all */
	SIMU_ALL,		/* all buying power, or the whole position */
	SIMU_RISK		/* percent of equity lost at stop_loss */
};
enum simu_order_flag {
	SIMU_REDUCE_ONLY = 1,	/* never opens or flips a position */
	SIMU_TRAIL_PERCENT = 2,	/* trail is a percentage, not a price */
	SIMU_BRACKET_TRAIL_PERCENT = 4,
	SIMU_SIZE_AT_FILL = 8	/* compute the quantity at the fill's price */
};
enum simu_status {
	SIMU_ACCEPTED, SIMU_PARTIALLY_FILLED, SIMU_FILLED, SIMU_CANCELLED,
	SIMU_REJECTED, SIMU_EXPIRED
};
enum simu_role {
	SIMU_PLAIN, SIMU_TAKE_PROFIT, SIMU_STOP_LOSS, SIMU_LIQUIDATION
};

/* What to order.  0 is "none" in every field from limit on. */
struct simu_order {
	uint32_t struct_size;
	uint32_t sym;
	int32_t side, type, tif, sizing;	/* the enums above */
	uint32_t flags;				/* enum simu_order_flag */
	uint32_t oco_with;	/* an open order: when one fills, the other is
				 * cancelled */
	int64_t size;				/* > 0, by sizing */
	int64_t limit, stop, trail;
	int64_t take_profit, stop_loss, bracket_trail;	/* of its bracket */
	int64_t expire_ns;			/* SIMU_GTD */
};
#define SIMU_ORDER_INIT { .struct_size = sizeof(struct simu_order) }

/* An order of the run, open or ended. */
struct simu_order_state {
	uint32_t struct_size;
	uint32_t id, sym;
	int32_t side, type, tif, status, role;
	int64_t qty, filled;
	int64_t limit, stop;		/* the stop of a trailing stop moves */
	int64_t notional, commission;	/* over its fills so far */
	uint32_t parent, oco;		/* ids, or 0 */
};

struct simu_fill {
	uint32_t struct_size;
	uint32_t order, sym;
	int32_t side;
	int64_t time_ns, qty, price;
	int64_t commission, realized;
	uint32_t closes;		/* 1: it reduced a position */
};

struct simu_position {
	uint32_t struct_size;
	uint32_t reserved;
	int64_t qty, cost;		/* signed; cost of what is open */
	int64_t last, value;		/* newest price; at it */
	int64_t realized, fees, dividends;
};

struct simu_account {
	uint32_t struct_size;
	uint32_t reserved;
	int64_t initial, cash, equity;
	int64_t gross, net;		/* value held: sum of |value|, of value */
	int64_t realized, fees, dividends, interest;
};

struct simu_instrument {
	uint32_t struct_size;
	uint32_t reserved;
	const char *symbol, *currency, *calendar;
	int64_t tick_size, lot_size, multiplier;
};

/*
 * Bars that have closed, oldest first: index n - 1 is the newest.  The struct
 * and its columns stay where they are for the whole run, and its n grows: one
 * call of host->bars in init is enough.  ts is the start of a bar.
 */
struct simu_bars {
	size_t n;
	const int64_t *ts;
	const int64_t *open, *high, *low, *close;
	const int64_t *volume;		/* NULL: the data has none */
	const uint8_t *flags;		/* NULL: all 0; 1: synthetic */
};

/* A step: the end of one or more bars. */
struct simu_step {
	uint32_t struct_size;
	uint32_t nsyms;			/* of the run */
	int64_t now_ns;			/* the step's end */
	uint64_t number;		/* 1, 2, ... */
	const uint32_t *traded;		/* symbols with a bar, ascending */
	uint32_t ntraded;
};

/* What a strategy may do; h is always the host itself. */
struct simu_host {
	uint32_t struct_size, abi;
	uint32_t nsyms;			/* symbols by name, 0 .. nsyms - 1 */
	uint32_t reserved;
	uint64_t seed;
	const char *timeframe;		/* of the bars that step: "1min" */
	void *ctx;			/* the host's own */

	/* Look around. */
	int64_t (*now_ns)(const struct simu_host *h);
	const struct simu_bars *(*bars)(const struct simu_host *h,
					uint32_t sym);
	/* Whether the symbol's bar of this step is its session's last. */
	int (*is_session_end)(const struct simu_host *h, uint32_t sym);
	int (*instrument)(const struct simu_host *h, uint32_t sym,
			  struct simu_instrument *out);
	int64_t (*position)(const struct simu_host *h, uint32_t sym); /* qty */
	/* Where that quantity stands, for the whole run: asked for once. */
	const int64_t *(*holding)(const struct simu_host *h, uint32_t sym);
	int (*position_get)(const struct simu_host *h, uint32_t sym,
			    struct simu_position *out);
	int (*account)(const struct simu_host *h, struct simu_account *out);

	/* Orders.  They match from the symbol's next bar on. */
	int (*submit)(const struct simu_host *h, const struct simu_order *o,
		      uint32_t *id);
	int (*cancel)(const struct simu_host *h, uint32_t id);
	/* 0 keeps a value. */
	int (*replace)(const struct simu_host *h, uint32_t id, int64_t qty,
		       int64_t limit, int64_t stop);
	/* An open order; one that has ended only with SIMU_WANT_ENDED. */
	int (*order)(const struct simu_host *h, uint32_t id,
		     struct simu_order_state *out);
	/* The open orders of a symbol in the order they came: the one after
	 * `after` (0: the first), or 0.  out may be NULL. */
	uint32_t (*next_order)(const struct simu_host *h, uint32_t sym,
			       uint32_t after, struct simu_order_state *out);

	/* In init only: bars of a higher timeframe ("1h", "daily") of a
	 * symbol.  A bar shows once it has closed. */
	const struct simu_bars *(*frame)(const struct simu_host *h,
					 const char *timeframe, uint32_t sym);
	/* on_timer(id) in the first step at `at_ns` or later, and then every
	 * `every_ns` (0: once). */
	int (*timer)(const struct simu_host *h, int64_t at_ns,
		     int64_t every_ns, uint64_t id);

	/* Say something: into the report, on its chart, into its log. */
	int (*metric)(const struct simu_host *h, const char *name,
		      double value);
	int (*mark)(const struct simu_host *h, uint32_t sym, const char *text);
	int (*log)(const struct simu_host *h, const char *text);

	/* Effective parameters, by name; NULL or 0 when undeclared. */
	const char *(*param)(const struct simu_host *h, const char *name);
	int64_t (*param_int)(const struct simu_host *h, const char *name);
	double (*param_real)(const struct simu_host *h, const char *name);

	uint64_t (*rand)(const struct simu_host *h);	/* the run's own */
	void (*stop)(const struct simu_host *h);	/* after this step */
	/* The sentence that the run ends with: return what this returns. */
	int (*fail)(const struct simu_host *h, const char *sentence);
	/* The sentence of the newest refusal. */
	const char *(*why)(const struct simu_host *h);
};

/* A parameter, as -p name=value sets it. */
enum simu_kind { SIMU_TEXT, SIMU_INT, SIMU_REAL };
struct simu_param {
	const char *name, *value;	/* the value unless another is given */
	int32_t kind;
	double min, max;		/* of numbers; both 0: any */
	const char *help;
};

/* What a plugin may want at a price in speed. */
enum simu_want {
	SIMU_WANT_ENDED = 1	/* host->order knows orders that ended */
};

/* Callbacks return 0; anything else ends the run.  Those from on_fill on may
 * be NULL. */
struct simu_strategy {
	uint32_t struct_size, abi;	/* SIMU_STRATEGY_INIT */
	uint32_t param_size, nparams;	/* SIMU_PARAMS() */
	const struct simu_param *params;
	const char *name, *version;
	/* Once, before the first step; no orders yet.  *self is passed on. */
	int (*init)(const struct simu_host *h, void **self);
	int (*on_step)(void *self, const struct simu_step *s);
	int (*on_fill)(void *self, const struct simu_fill *f);
	int (*on_timer)(void *self, uint64_t id);
	int (*on_end)(void *self);	/* after the last step: no orders */
	void (*release)(void *self);	/* also after a failed init */
	uint64_t wants;			/* enum simu_want */
	/*
	 * For speed alone: in how many of the next n steps, in which every
	 * symbol has a bar, would on_step do nothing if no position changed?
	 * on_step is left out in as many of them as then are calm.  Their bars
	 * stand behind the closed ones.  What is found out there must not
	 * change what is done: nothing can be asked of the host, it need not
	 * be called, and `run verify` never does.
	 */
	uint64_t (*quiet)(void *self, const struct simu_step *s, uint64_t n);
};
#define SIMU_STRATEGY_INIT \
	.struct_size = sizeof(struct simu_strategy), .abi = SIMU_ABI
#define SIMU_PARAMS(array) \
	.param_size = sizeof(struct simu_param), .params = (array), \
	.nparams = sizeof(array) / sizeof((array)[0])

#if defined(__GNUC__)
#define SIMU_EXPORT __attribute__((visibility("default")))
#define SIMU_RARE __attribute__((noinline))
#else
#define SIMU_EXPORT
#define SIMU_RARE	/* a function kept out of what runs every bar */
#endif

/* The one symbol that a plugin exports. */
SIMU_EXPORT const struct simu_strategy *simu_strategy_entry(void);

#ifdef __cplusplus
}
#endif

#endif
