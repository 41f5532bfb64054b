/*
 * notify: telling the service manager how the server is, and taking over the
 * sockets it listens at: the protocols of sd_notify(3) and sd_listen_fds(3),
 * from their manuals.
 *
 * Without a manager (no such variable in the environment) every call does
 * nothing.  What can't be told is lost; the server goes on.
 */
#ifndef SIM_NOTIFY_H
#define SIM_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "util/err.h"

/*
 * The sockets that were handed over (LISTEN_PID, LISTEN_FDS), those named
 * "auth" in LISTEN_FDNAMES first; closed on exec from now on.
 *
 * Gives:  *n: how many, 0 when there are none, in fds[0..n-1].
 * Errors: SIM_E_CONFIG a variable that is no such number, more than max, or one
 *         that is no stream socket listening.
 * Order:  takes the variables out of the environment: once, before threads.
 */
int sim_notify_sockets(int *fds, int max, int *n, struct sim_err *err)
	SIM_MUST_CHECK;

/* Does a manager wait to be told? */
bool sim_notify_is_wanted(void);

/* READY=1: it serves, or does so again after reloading. */
void sim_notify_ready(void);
/* RELOADING=1; monotonic_ns: CLOCK_MONOTONIC now. */
void sim_notify_reloading(int64_t monotonic_ns);
/* STOPPING=1. */
void sim_notify_stopping(void);
/* WATCHDOG=1: it is alive. */
void sim_notify_alive(void);

/* How often alive must be said at least, in ns (WATCHDOG_USEC, of this
 * process); 0: never. */
int64_t sim_notify_watchdog_ns(void);

#endif
