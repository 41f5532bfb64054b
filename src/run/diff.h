/* diff: where two runs part, and what it cost. */
#ifndef SIM_DIFF_H
#define SIM_DIFF_H

#include "run/run.h"

struct sim_diff {
	bool same_manifest, same_log;
	/* First event that differs: line from 1, 0 when none does; the lines
	 * point into the two logs ("" past the end). */
	uint64_t line;
	const char *a, *b;
	size_t a_len, b_len;
	sim_dec equity_a, equity_b;	/* final */
	/* First common instant with another equity; SIM_TIME_NONE: none. */
	sim_time parted;
	sim_dec max_gap;		/* largest |b - a| at one instant */
	sim_time max_gap_time;
	int64_t fills, orders;		/* b minus a */
	sim_dec fees, realized;
};

/* Takes: nothing; *d points into a and b. */
void sim_diff_runs(const struct sim_run_result *a,
		   const struct sim_run_result *b, struct sim_diff *d);

#endif
