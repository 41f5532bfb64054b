/*
 * config: every rule and price of a simulated market that can be chosen.
 *
 * Text forms are those of the command line and of the manifest
 * (simutrador-simulate(1)); parse and print are inverse to each other, so the
 * printed configuration is canonical.
 */
#ifndef SIM_CONFIG_H
#define SIM_CONFIG_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/dec.h"

enum sim_config_path {
	SIM_CONFIG_PATH_WORST, SIM_CONFIG_PATH_BEST, SIM_CONFIG_PATH_OHLC,
	SIM_CONFIG_PATH_OLHC, SIM_CONFIG_PATH_ADAPTIVE, SIM_CONFIG_PATH_DETAIL
};
enum sim_config_semantics {
	SIM_CONFIG_SEMANTICS_SIMUTRADOR, SIM_CONFIG_SEMANTICS_BACKTESTING_PY,
	SIM_CONFIG_SEMANTICS_BACKTRADER
};
enum sim_config_slippage {
	SIM_CONFIG_SLIPPAGE_NONE,
	SIM_CONFIG_SLIPPAGE_BPS,	/* value: basis points of the price */
	SIM_CONFIG_SLIPPAGE_TICKS,	/* value: ticks */
	SIM_CONFIG_SLIPPAGE_SPREAD,	/* value: spread in bps; half is paid */
	SIM_CONFIG_SLIPPAGE_VOL,	/* value: times the bar's range */
	SIM_CONFIG_SLIPPAGE_IMPACT	/* value: bps at the whole bar's volume,
					 * times sqrt(share of it) */
};
enum sim_config_commission {
	SIM_CONFIG_COMMISSION_NONE,
	SIM_CONFIG_COMMISSION_PER_SHARE,	/* rate: money a unit */
	SIM_CONFIG_COMMISSION_RATE,		/* rate: fraction of notional */
	SIM_CONFIG_COMMISSION_PER_ORDER		/* rate: money an order */
};

#define SIM_CONFIG_TIERS 8

/*
 * Commission: per-share:R | percent:P | bps:N | per-order:X | none, each with
 * [,min=X][,max=Y%|Y][,maker=R] and tiers [,FROM=R]... by cumulative quantity
 * of the order (per-share) or its notional (percent, bps).
 */
struct sim_config_fee {
	enum sim_config_commission kind;
	sim_dec rate;			/* taker, first tier */
	sim_dec maker;			/* with has_maker; may be negative */
	bool has_maker;
	sim_dec min, max;		/* an order, over its fills; 0: none */
	sim_dec max_fraction;		/* of the order's notional; 0: none */
	int tiers;
	struct {
		sim_dec from, rate;
	} tier[SIM_CONFIG_TIERS];
};

struct sim_config {
	char preset[24];		/* where it started from */
	sim_dec cash;			/* initial */
	bool margin;			/* else a cash account */
	sim_dec initial_margin;		/* fraction: 0.5 */
	sim_dec maintenance_long, maintenance_short;
	sim_dec debit_rate, borrow_rate;	/* a year, ACT/360 */
	enum sim_config_path path;
	int64_t detail_span;		/* ns, with SIM_CONFIG_PATH_DETAIL */
	enum sim_config_semantics semantics;
	bool fill_close;	/* market orders take this bar's close */
	int limit_through;		/* ticks beyond a limit; 0: touch */
	bool slip_out;			/* slippage may leave the bar's range */
	bool fill_synthetic;		/* synthetic bars match too */
	sim_dec max_volume_share;	/* fraction; 0: off */
	enum sim_config_slippage slippage;
	sim_dec slippage_value;
	struct sim_config_fee fee;
};

/* Presets: us-equity (default), ibkr-like, crypto-spot, fx-retail,
 * frictionless.  SIM_E_INVAL names the choices. */
int sim_config_preset(const char *name, struct sim_config *c,
		      struct sim_err *err) SIM_MUST_CHECK;
/* The i-th preset's name and summary; false past the last. */
bool sim_config_preset_row(int i, const char **name, const char **summary);

/*
 * The settings, one list: name as in `--name value`, what values mean, help.
 * Names: cash account leverage initial-margin maintenance-long
 * maintenance-short debit-rate borrow-rate path semantics fill limit-fill
 * slip-out fill-synthetic max-volume-share slippage commission.
 */
struct sim_config_setting {
	const char *name, *arg, *help;
};
const struct sim_config_setting *sim_config_setting_row(int i);
/* Errors: SIM_E_INVAL with the value and what was expected.  `leverage` is
 * another way to say the three margins; a manifest names those instead. */
int sim_config_set(struct sim_config *c, const char *name, const char *value,
		   struct sim_err *err) SIM_MUST_CHECK;
/* Append the canonical value of one setting. */
void sim_config_get(const struct sim_config *c, const char *name,
		    struct sim_buf *out);
/* The price from which a resting limit counts as reached (limit_through). */
sim_dec sim_config_reach(const struct sim_config *c, bool buy, sim_dec limit,
			 sim_dec tick);
/* A run without any cost is UNSAFE zero-cost. */
bool sim_config_is_free(const struct sim_config *c);

#endif
