/*
 * warden: who there is to be ended with the program.
 *
 * Every process that is registered leads a group.  All groups end when
 * sim_warden_kill_all() says so, and when the program ends in whatever way,
 * SIGKILL too: a small process of its own, begun with the first entry, waits
 * for that.
 */
#ifndef SIM_WARDEN_H
#define SIM_WARDEN_H

#include <stdbool.h>
#include <sys/types.h>

/* Register the leader of a group; false: there is no more room. */
bool sim_warden_add(pid_t pid);
/* Before its id can be another's: it is not reaped yet, or its group is
 * empty. */
void sim_warden_drop(pid_t pid);

/* End all there are, and nothing else.  Signal handlers may. */
void sim_warden_kill_all(void);

#endif
