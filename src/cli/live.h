/* live: words that depend on what is stored now, for completion. */
#ifndef SIM_LIVE_H
#define SIM_LIVE_H

#include "cli/cli.h"

/* Call `each` for every symbol, run, strategy, preset or calendar; what can't
 * be read gives no words. */
void sim_live_words(struct sim_cli *cli, enum sim_opt_words words,
		    void (*each)(void *ctx, const char *word,
				 const char *what),
		    void *ctx);

#endif
