/*
 * prepare: a specification made ready to run: symbols sorted, range cut,
 * sessions laid out, prices seen through the wanted view.
 */
#ifndef SIM_PREPARE_H
#define SIM_PREPARE_H

#include "market/feed.h"
#include "run/run.h"

struct sim_prepare_sym {
	const struct sim_run_data *data;
	const struct sim_calendar *cal;
	struct sim_bar_series range;	/* raw bars of the time range */
	struct sim_bar_table adjusted;	/* unless the view is raw */
	struct sim_feed feed;		/* what steps */
	const struct sim_action *actions;	/* that can still happen */
	size_t nactions;
};

struct sim_prepare {
	uint32_t nsyms;
	struct sim_prepare_sym *syms;	/* by symbol name */
	struct sim_instrument *instruments;
	struct sim_prepare_sym benchmark;	/* .data NULL: none */
	struct sim_calendar **cals;
	uint32_t ncals;
	uint64_t bars;			/* that step, over all symbols */
	uint64_t steps_max;		/* most bars of one symbol */
	/* Returns go from close to close of the calendar with the most
	 * sessions a year, the first by symbol; that many, or weeks. */
	const struct sim_calendar *closes;
	int periods;
};

/*
 * Errors: SIM_E_INVAL no symbol, a symbol twice, two timeframes, no bar in the
 *         range; SIM_E_NOENT unknown calendar; SIM_E_DATA bars outside the
 *         calendar's years.
 * Gives:  *p, released also after an error.
 */
int sim_prepare_run(const struct sim_run_spec *spec, struct sim_prepare *p,
		    struct sim_err *err) SIM_MUST_CHECK;
void sim_prepare_release(struct sim_prepare *p);

#endif
