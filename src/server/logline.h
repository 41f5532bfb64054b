/*
 * logline: the server's log: a line an event, as logfmt or as JSON.
 *
 * Any thread may call.  A line is one write(2) of at most 4096 bytes, so lines
 * never mix, not even with another process's in a pipe.  No value can end a
 * line, forge a field or move a terminal's cursor: what does not print is
 * written as \uXXXX.  An event that comes too often is counted instead.
 */
#ifndef SIM_LOGLINE_H
#define SIM_LOGLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/time.h"

#define SIM_LOGLINE_MAX		4096	/* bytes of a line */
#define SIM_LOGLINE_VALUE_MAX	1024	/* about, of a value; then "..." */
#define SIM_LOGLINE_EVENTS_MAX	64	/* event names; more share a count */

/* The least urgent first. */
enum sim_logline_level {
	SIM_LOGLINE_DEBUG, SIM_LOGLINE_INFO, SIM_LOGLINE_WARNING,
	SIM_LOGLINE_ERROR
};
extern const char *const sim_logline_levels[];	/* their words, NULL-ended */

struct sim_logline_config {
	int fd;				/* stays the caller's */
	bool is_json;			/* else logfmt */
	enum sim_logline_level level;	/* less urgent lines are dropped */
	/* Of one event, so many lines in so long; 0: any number.  What comes
	 * beyond is told by a line event=suppressed once the time is over. */
	unsigned burst;
	sim_time period;
	void *ctx;
	sim_time (*now)(void *ctx);	/* wall clock */
};

/* name: of [a-z0-9_], and not one a line has anyway: time, level, event.
 * value: any bytes. */
struct sim_logline_field {
	const char *name, *value;
};

struct sim_logline;

/* Takes: c, copied.  Freed with sim_logline_free. */
struct sim_logline *sim_logline_new(const struct sim_logline_config *c);
/* Tells what was suppressed first; NULL is fine. */
void sim_logline_free(struct sim_logline *l);

/*
 * Write a line.
 *
 * Takes:  event: of [a-z0-9_.], short; fields: ended by one without name, NULL
 *         for none; a value of NULL leaves its field out.
 * Errors: none: a line that can't be written is lost, and counted in the next
 *         line that can (lost=N).  Fields that don't fit are left out.
 * Order:  errno is kept.
 */
void sim_logline_put(struct sim_logline *l, enum sim_logline_level level,
		     const char *event,
		     const struct sim_logline_field *fields);

/* Tell what was suppressed in times that are over by now.  Each put does so
 * too; to be called now and then, lest a silent server keep it to itself. */
void sim_logline_flush(struct sim_logline *l);

/* How many lines were written so far, and how many were suppressed or lost,
 * for metrics. */
struct sim_logline_stats {
	uint64_t written, suppressed, lost;
};
void sim_logline_stats(struct sim_logline *l, struct sim_logline_stats *out);

#endif
