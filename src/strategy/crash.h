/*
 * crash: a strategy that dies inside of this process.
 *
 * A fault, an abort or an exit in a plugin's own code is noticed where it
 * happens: its thread stands still there, and the watchdog ends the run as it
 * ends one whose strategy does not come back.  A fault anywhere else remains
 * what it was.
 */
#ifndef SIM_CRASH_H
#define SIM_CRASH_H

#include "strategy/watchdog.h"

struct sim_crash {
	struct sim_watchdog *watch;	/* NULL: nobody looks */
	struct sim_crash *next;		/* of the same thread */
	void *stack;			/* for what has used up its own */
	int what;			/* a signal, SIM_CRASH_EXIT, or 0 */
};
#define SIM_CRASH_EXIT (-1)

/*
 * Guard the calls into a strategy that this thread makes, from now on.
 *
 * Takes:  w, which says where the thread is; unless it was started nothing is
 *         guarded.  Both stay where they are until sim_crash_release() in the
 *         same thread.
 */
void sim_crash_guard(struct sim_crash *c, struct sim_watchdog *w);
void sim_crash_release(struct sim_crash *c);

/* "was ended by SIGABRT (abort)", or NULL when it lives. */
const char *sim_crash_text(const struct sim_crash *c);

#endif
