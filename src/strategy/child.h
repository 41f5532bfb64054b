/*
 * child: a process that is spoken to in lines.
 *
 * Both directions are polled, so neither side can block the other.  Waiting
 * has an end, measured by the kernel's timer; nothing here reads a clock.  The
 * child and all it has started form a process group that ends with it.
 */
#ifndef SIM_CHILD_H
#define SIM_CHILD_H

#include <signal.h>
#include <sys/types.h>

#include "util/buf.h"
#include "util/stop.h"

struct sim_child_spec {
	const char *command;		/* for /bin/sh -c */
	const char *directory;		/* NULL: the current one */
	size_t line_max;		/* bytes of a line from it */
	int64_t wait_ms;		/* how long an answer may take */
	bool sandbox;			/* see sandbox.h */
	const char *folder, *hidden;	/* of the sandbox */
	const struct sim_stop *stop;	/* ends a wait; may be NULL */
};

struct sim_child {
	struct sim_child_spec spec;
	struct sim_buf out;		/* what is to be sent: append here */
	size_t sent;
	char *in;			/* what has come and is not used up */
	size_t in_at, in_len, in_scan;
	pid_t pid;			/* 0: there is none (any more) */
	int to, from, timer, alive;	/* -1: closed */
	bool is_eof, is_armed, has_waited, was_asked;
	bool is_last;			/* close its input when all is sent */
	bool masked, was_pending;	/* SIGPIPE, in this thread */
	sigset_t mask;
};
#define SIM_CHILD_INIT { .to = -1, .from = -1, .timer = -1, \
			 .alive = -1 }

/* How a child ended. */
struct sim_child_end {
	bool is_running;		/* it has not */
	int status, signal;		/* signal 0: it exited */
};

/*
 * Start the command.
 *
 * Takes:  the texts in spec are borrowed.
 * Errors: SIM_E_STRATEGY it can't be started; SIM_E_UNAVAILABLE this system
 *         has no sandbox.
 * Order:  SIGPIPE is blocked in the calling thread until sim_child_kill(),
 *         which the same thread must call.
 */
int sim_child_start(struct sim_child *c, const struct sim_child_spec *spec,
		    struct sim_err *err) SIM_MUST_CHECK;

/* A new answer is waited for: its time begins. */
void sim_child_turn(struct sim_child *c);

/*
 * Send what is to be sent, and have the next line, without its newline.
 *
 * Gives:  1 and the line, valid until the next call; 0 at the end of its
 *         output.
 * Errors: SIM_E_TIMEOUT no answer in time; SIM_E_INTR none in a quarter of a
 *         second since an end is asked for; SIM_E_DATA a line is too long, or
 *         the last one has no end: *line holds its beginning.
 */
int sim_child_line(struct sim_child *c, const char **line, size_t *n)
	SIM_MUST_CHECK;

/* Close its input and wait for its end, at most wait_ms, and not on when an
 * end is asked for. */
struct sim_child_end sim_child_finish(struct sim_child *c, int64_t wait_ms);

/* End it and its group, release everything. */
void sim_child_kill(struct sim_child *c);

#endif
