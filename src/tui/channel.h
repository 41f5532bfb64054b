/*
 * channel: where the dashboard's messages come from, and its own go to.
 *
 * At the other end is a process of ours, which works on a run or talks to a
 * session, or whoever writes into a pipe.  What goes is lines of the protocol
 * either way; a line that begins with '!' is between the two processes alone.
 * Only sim_channel_wait() waits.
 */
#ifndef SIM_CHANNEL_H
#define SIM_CHANNEL_H

#include <sys/types.h>

#include "proto/message.h"
#include "util/buf.h"

#define SIM_CHANNEL_LINE_MAX	((size_t)64 << 20)	/* bytes of a line */
#define SIM_CHANNEL_SEND_MAX	((size_t)4 << 20)	/* not yet sent */
#define SIM_CHANNEL_READ_MAX	((size_t)256 << 10)	/* read at a time */

/* What one can do through it. */
enum {
	SIM_CHANNEL_TRADES = 1 << 0,	/* orders */
	SIM_CHANNEL_CLOCK = 1 << 1,	/* pause, resume, step, speed */
	SIM_CHANNEL_SEEKS = 1 << 2	/* back, seek, breakpoints */
};

struct sim_channel {
	int in, out;			/* -1: closed */
	pid_t child;			/* 0: none */
	unsigned can;
	bool is_over;			/* nothing more will come */
	struct sim_buf rx, tx;
	size_t used, sent;		/* of them */
	size_t scanned;			/* of rx: no newline up to there */
	bool is_pipe_form;		/* what it says was so last */
};
#define SIM_CHANNEL_INIT { .in = -1, .out = -1, \
	.rx = SIM_BUF_INIT(SIM_CHANNEL_LINE_MAX + SIM_CHANNEL_READ_MAX), \
	.tx = SIM_BUF_INIT(SIM_CHANNEL_SEND_MAX) }

/* Listen to a descriptor, which it closes in the end. */
void sim_channel_listen(struct sim_channel *c, int fd);

/*
 * What a process at the other end does, until there is nothing more to do.
 *
 * Takes:  fd: lines in and out; ended by the end of the input.
 * Errors: told the other side by its sentence.
 */
typedef int (*sim_channel_work)(void *ctx, int fd, struct sim_err *err);

/*
 * Start a process that does the work.
 *
 * Errors: SIM_E_UNAVAILABLE there can be no process.
 * Order:  before there are threads or a screen.
 */
int sim_channel_spawn(struct sim_channel *c, sim_channel_work work, void *ctx,
		      struct sim_err *err) SIM_MUST_CHECK;
/*
 * Wait until it says "!ready".
 * Gives:  said: what stands behind that word; "" nothing.
 * Errors: the one it says.
 */
int sim_channel_wait(struct sim_channel *c, char *said, size_t size,
		     struct sim_err *err) SIM_MUST_CHECK;
/* End it, and the process too. */
void sim_channel_close(struct sim_channel *c);

/* Read and write what goes without waiting.  Gives: whether more is there. */
bool sim_channel_pump(struct sim_channel *c);
/* The next line that has come, ended with NUL, until the next pump; false:
 * there is none. */
bool sim_channel_line(struct sim_channel *c, char **line, size_t *n);
/* Say something: lines with their newlines.  Gives: false when nobody is there
 * or too much is waiting. */
bool sim_channel_say(struct sim_channel *c, const char *text, size_t n);
/* Is something waiting to be sent? */
bool sim_channel_is_sending(const struct sim_channel *c);

/*
 * A line as a message, in the form of the wire or of the pipe.
 *
 * Gives:  *m, to be released in any case; its type is SIM_MESSAGE__COUNT when
 *         it is none that is known.
 */
int sim_channel_decode(struct sim_channel *c, const char *line, size_t n,
		       struct sim_message *m, struct sim_err *err)
	SIM_MUST_CHECK;

/* -- for the process at the other end ---------------------------------------*/

/* Write all of it, waiting as long as it takes; false when nobody reads. */
bool sim_channel_put(int fd, const char *text, size_t n);

#endif
