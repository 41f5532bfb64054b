/* sweep_luck: how much of a sweep's best may be luck, said at its end. */
#ifndef SIM_SWEEP_LUCK_H
#define SIM_SWEEP_LUCK_H

#include "cli/sweep_rows.h"
#include "sweep/luck.h"
#include "sweep/sweep.h"

/*
 * Notes on stderr, for people, when the sweep is whole: what its number of
 * trials makes of the best Sharpe ratio, and how likely the choice is
 * overfitted.
 *
 * Takes:  rows of all points, read from the start; luck NULL: not all points
 *         were made by this program, so nothing is said of the choice.
 * Errors: those of reading rows and of running the best point again.
 */
int sim_sweep_luck_say(const struct sim_cli *cli, const struct sim_sweep *s,
		       struct sim_sweep_rows *rows,
		       const struct sim_luck *luck, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
