/* progress: a line on stderr for work that takes long, on terminals only. */
#ifndef SIM_PROGRESS_H
#define SIM_PROGRESS_H

#include "cli/cli.h"

struct sim_progress {
	const char *unit;
	bool is_on, is_shown, ascii;
	int64_t start_ms, next_ms;
};

/* Nothing is shown before 300 ms, nor when stderr is no terminal or --quiet
 * was given. */
void sim_progress_start(struct sim_progress *p, const struct sim_cli *cli,
			const char *unit);
/* Fits sim_run_spec.progress: ctx is the struct. */
void sim_progress_step(void *ctx, uint64_t done, uint64_t total);
/* Wipe the line. */
void sim_progress_end(struct sim_progress *p);

#endif
