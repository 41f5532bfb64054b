/*
 * pager: long text on a terminal goes through another program.
 *
 * Only a standard output that really is a terminal is paged, and one that
 * isn't dumb; what is short enough to be seen whole less prints and leaves.
 */
#ifndef SIM_PAGER_H
#define SIM_PAGER_H

#include <stdbool.h>

/*
 * Send standard output through a pager from now on.
 *
 * Takes:  command, for the shell; NULL or "": PAGER, else less when it is
 *         there; "cat" is none.  LESS=FRSX stands in for an unset LESS.
 * Gives:  whether there is one, to be waited for.
 */
bool sim_pager_start(const char *command);
/* Close standard output and wait until the reader has left. */
void sim_pager_wait(void);

#endif
