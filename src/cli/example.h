/*
 * example: the bundled sample without its files: the generator's own bars of
 * three symbols, as data/README says they were made.
 */
#ifndef SIM_EXAMPLE_H
#define SIM_EXAMPLE_H

#include "market/calendar.h"
#include "run/run.h"

#define SIM_EXAMPLE_SYMBOLS 3

struct sim_example {
	struct sim_calendar *cal;
	struct sim_bar_table bars[SIM_EXAMPLE_SYMBOLS];
	struct sim_run_data data[SIM_EXAMPLE_SYMBOLS];
};

/* Five years of daily bars of ACME, BOLT and CRUX.  Gives: *e, released also
 * after an error. */
int sim_example_open(struct sim_example *e, struct sim_err *err) SIM_MUST_CHECK;
void sim_example_release(struct sim_example *e);

#endif
