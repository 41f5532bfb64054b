/*
 * attend: a session, near or far, as a conversation: what it says comes, what
 * one says goes to it.
 *
 * It runs in a process of its own (channel.h), so that no wait for a server
 * ever is one of the screen.  It watches; who drives the session still does.
 * It says "!ready ID WHERE", "!live" when the connection is there, "!lost MS
 * WHY" when it is not and tried again then, "!closed WHY" when it is not.
 */
#ifndef SIM_ATTEND_H
#define SIM_ATTEND_H

#include "backend/backend.h"

struct sim_attend {
	void *ctx;
	/*
	 * Open the backend and find the session.
	 *
	 * Gives:  *b, closed here; id: of the session.
	 */
	int (*open)(void *ctx, struct sim_backend **b,
		    char id[SIM_MESSAGE_ID_MAX + 1], struct sim_err *err);
	void (*close)(void *ctx);
	int bars;			/* of the past, of each symbol */
};

/* The work of the process, as sim_channel_work; ctx: a struct sim_attend. */
int sim_attend_work(void *ctx, int fd, struct sim_err *err) SIM_MUST_CHECK;

#endif
