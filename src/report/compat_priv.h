/* compat_priv: what the files of compat share. */
#ifndef SIM_COMPAT_PRIV_H
#define SIM_COMPAT_PRIV_H

#include "report/compat.h"

#define SIM_COMPAT_ROWS 128		/* at most, of compat.def */

struct sim_compat {
	const struct sim_compat_input *in;
	double value[SIM_COMPAT_ROWS];	/* by row of compat.def */
};

/* Set the value of a peer's key; a bug when compat.def has no such row. */
void sim_compat_set(struct sim_compat *c, enum sim_compat_peer peer,
		    const char *key, double v);
/* Ours, by key. */
double sim_compat_ours(const struct sim_compat *c, const char *key);

/* From returns: empyrical and quantstats, and those of backtesting.py. */
void sim_compat_series(struct sim_compat *c);
/* From trades: freqtrade, and those of backtesting.py. */
void sim_compat_trades(struct sim_compat *c);

#endif
