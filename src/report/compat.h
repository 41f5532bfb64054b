/*
 * compat: the figures that other programs print under our names, computed by
 * their formulas from the same series and trades.
 *
 * What a peer leaves undefined is NaN here, but for the marks it prints
 * instead (-100).  Only + - * / sqrt and util/fmath.
 */
#ifndef SIM_COMPAT_H
#define SIM_COMPAT_H

#include "report/trades.h"

enum sim_compat_peer {
	SIM_COMPAT_EMPYRICAL, SIM_COMPAT_QUANTSTATS, SIM_COMPAT_BACKTESTING_PY,
	SIM_COMPAT_FREQTRADE, SIM_COMPAT__PEERS
};

struct sim_compat_row {
	enum sim_compat_peer peer;
	const char *key, *formula;
};
/* The i-th row of compat.def; NULL past the last. */
const struct sim_compat_row *sim_compat_row(int i);
/* "empyrical", ..., in the order of the enum, NULL-ended. */
extern const char *const sim_compat_peers[];
/* The peer of that name, or -1. */
int sim_compat_find(const char *name);

struct sim_compat_input {
	const struct sim_metrics_input *series;
	const struct sim_metrics *ours;	/* what the two share is taken here */
	/* Closed trades; NULL: each period is one, its profit the change of
	 * equity that starts at 1. */
	const struct sim_trades *trades;
	double initial;			/* W0, with trades */
};

/*
 * A peer's value of a key.
 *
 * Gives:  NaN when the peer has no such key, or it is undefined.
 */
struct sim_compat;
struct sim_compat *sim_compat_new(const struct sim_compat_input *in);
double sim_compat_value(const struct sim_compat *c, enum sim_compat_peer peer,
			const char *key);
void sim_compat_free(struct sim_compat *c);

#endif
