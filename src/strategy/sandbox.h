/*
 * sandbox: a process without network that reads little and writes nothing.
 *
 * Landlock allows it to read and run what is in the system's folders and to
 * read its own folder; a seccomp filter refuses sockets, what leads around
 * either, what changes files that Landlock lets pass, and typing on a
 * terminal.  New privileges can't be had.
 */
#ifndef SIM_SANDBOX_H
#define SIM_SANDBOX_H

#include <linux/filter.h>
#include <stdbool.h>

#include "util/err.h"

#define SIM_SANDBOX_CODE 224		/* instructions of the filter */

struct sim_sandbox {
	int rules;			/* a Landlock ruleset, or -1 */
	struct sock_filter code[SIM_SANDBOX_CODE];
	unsigned short ncode;
};
#define SIM_SANDBOX_INIT { .rules = -1 }

/*
 * Prepare.
 *
 * Takes:  folder, which the process may list, and of which it may read what is
 *         not hidden (a dot first) and does not hold `hidden` (may be NULL).
 * Errors: SIM_E_UNAVAILABLE this system has no sandbox; SIM_E_NOENT no such
 *         folder.
 */
int sim_sandbox_open(struct sim_sandbox *s, const char *folder,
		     const char *hidden, struct sim_err *err) SIM_MUST_CHECK;
void sim_sandbox_close(struct sim_sandbox *s);

/* Enter, for this process and what it starts, for good: between fork and exec.
 * Returns 0, or -1 and errno. */
int sim_sandbox_enter(const struct sim_sandbox *s);

/* Does the path lie in one of the system's folders? */
bool sim_sandbox_is_system(const char *path);

#endif
