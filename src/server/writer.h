/*
 * writer: the one thread that writes to the database: many things a commit,
 * each of them durable before its ticket counts as decided.
 *
 * Tickets are 1, 2, 3, ... in the order of the calls, which is the order of
 * writing.  Things that fail alone (a session that is not there) fail alone;
 * what a commit takes down with it (a full disk) is tried again, each thing by
 * itself, before it is given up.  Any thread may call.
 */
#ifndef SIM_WRITER_H
#define SIM_WRITER_H

#include <stdbool.h>

#include "db/audit.h"
#include "db/session_row.h"

#define SIM_WRITER_GROUP_ROWS	1000	/* most of a commit */
#define SIM_WRITER_GROUP_MS	5	/* nothing waits longer for company */

struct sim_writer;

struct sim_writer_config {
	const char *db_path;
	size_t bytes_max;	/* of what waits; then callers wait */
	void *ctx;
	/* In the writer's thread, after tickets were decided.  NULL is fine. */
	void (*decided)(void *ctx, uint64_t up_to);
	/* In the writer's thread: something was given up. */
	void (*lost)(void *ctx, uint64_t ticket, const struct sim_err *err);
};

/* Errors: those of sim_db_open; SIM_E_UNAVAILABLE no thread. */
int sim_writer_start(const struct sim_writer_config *c,
		     struct sim_writer **out, struct sim_err *err)
	SIM_MUST_CHECK;
/* Write all that waits, then end.  NULL is fine. */
void sim_writer_stop(struct sim_writer *w);

/* Each copies what it is given, and gives its ticket. */

/* One line of a journal, as sim_session_row_append. */
struct sim_writer_line {
	const char *user, *id;
	int64_t n, step;
	const char *line;		/* len bytes */
	size_t len;
};
uint64_t sim_writer_append(struct sim_writer *w,
			   const struct sim_writer_line *l);
uint64_t sim_writer_insert(struct sim_writer *w,
			   const struct sim_session_row *r);
uint64_t sim_writer_change(struct sim_writer *w, const char *user,
			   const char *id,
			   const struct sim_session_row_change *c);
uint64_t sim_writer_delete(struct sim_writer *w, const char *user,
			   const char *id);
uint64_t sim_writer_audit(struct sim_writer *w, const struct sim_db_by *by,
			  enum sim_audit_action action, const char *subject,
			  const char *detail);

/* The newest ticket given; and the newest before which, itself included, all
 * are decided: stored, or lost. */
uint64_t sim_writer_last(struct sim_writer *w);
uint64_t sim_writer_decided(struct sim_writer *w);
/* Was a decided ticket lost?  Cheap while none ever was. */
bool sim_writer_is_lost(struct sim_writer *w, uint64_t ticket);

/* Wait until it is decided.  Errors: why it was lost. */
int sim_writer_wait(struct sim_writer *w, uint64_t ticket,
		    struct sim_err *err) SIM_MUST_CHECK;

/* For metrics. */
struct sim_writer_stats {
	uint64_t things, commits, lost;
	uint64_t waiting;		/* now */
	bool is_failing;		/* the last commit failed */
};
void sim_writer_stats(struct sim_writer *w, struct sim_writer_stats *out);

#endif
