/*
 * writer: the one thread that writes to the database: many things a commit,
 * each of them durable before its ticket counts as decided.
 *
 * Tickets are 1, 2, 3, ... in the order of the calls, which is the order of
 * writing.  Whatever is queued while a commit is under way goes into the next:
 * alone, a thing waits for nobody; under load, things share a commit; none
 * waits longer than the commit before its own.  Things that fail alone (a
 * session that is not there) fail alone; what a commit takes down with it (a
 * full disk) is tried again, each thing by itself, before it is given up.
 * While another process holds the database, the commit is tried again for
 * lock_ms.  After a failure it tries by itself, a few times a second, whether
 * it could write again.  Any thread may call.
 */
#ifndef SIM_WRITER_H
#define SIM_WRITER_H

#include <stdbool.h>

#include "db/audit.h"
#include "db/session_row.h"

#define SIM_WRITER_GROUP_ROWS	1000	/* most of a commit */
#define SIM_WRITER_BYTES_MAX	((size_t)64 << 20)	/* unless told */
#define SIM_WRITER_LOCK_MS	30000	/* unless told */

struct sim_writer;

struct sim_writer_config {
	const char *db_path;	/* is there already */
	size_t bytes_max;	/* of what waits, then callers wait; or 0 */
	int lock_ms;		/* or 0 */
	void *ctx;
	/* In the writer's thread, after tickets were decided.  NULL is fine.
	 * Neither of the two may wait for the writer, or stop it. */
	void (*decided)(void *ctx, uint64_t up_to);
	/* With both: how long each commit took, in the writer's thread. */
	int64_t (*now_ns)(void *ctx);		/* monotonic */
	void (*committed)(void *ctx, int64_t took_ns);
	/* In the writer's thread: something was given up; before its ticket is
	 * decided.  NULL is fine. */
	void (*lost)(void *ctx, uint64_t ticket, const struct sim_err *err);
};

/* Errors: those of sim_db_open; SIM_E_UNAVAILABLE no thread. */
int sim_writer_start(const struct sim_writer_config *c,
		     struct sim_writer **out, struct sim_err *err)
	SIM_MUST_CHECK;
/* Write all that waits, then end; no other call may be under way, or follow.
 * NULL is fine. */
void sim_writer_stop(struct sim_writer *w);

/* From now on `decided` is not called, and no call of it is under way: who it
 * told may end.  `lost` goes on. */
void sim_writer_mute(struct sim_writer *w);

/* Each copies what it is given, and gives its ticket.  It waits while too much
 * is queued. */

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
/* As sim_session_row_expire. */
uint64_t sim_writer_expire(struct sim_writer *w, sim_time over, sim_time alive);
uint64_t sim_writer_audit(struct sim_writer *w, const struct sim_db_by *by,
			  enum sim_audit_action action, const char *subject,
			  const char *detail);

/* The newest ticket given; and the newest before which, itself included, all
 * are decided: stored, or lost. */
uint64_t sim_writer_last(struct sim_writer *w);
uint64_t sim_writer_decided(struct sim_writer *w);
/* Was a decided ticket lost?  Cheap while none ever was.  One that is older
 * than the newest 4096 losses counts as lost. */
bool sim_writer_is_lost(struct sim_writer *w, uint64_t ticket);

/* Wait until it is decided.  Errors: why it was lost. */
int sim_writer_wait(struct sim_writer *w, uint64_t ticket,
		    struct sim_err *err) SIM_MUST_CHECK;

/* For metrics. */
struct sim_writer_stats {
	uint64_t things, commits, lost;	/* stored; that stored them; lost */
	uint64_t retries;		/* of commits, others held the file */
	uint64_t waiting, waiting_bytes;	/* now */
	bool is_failing;		/* the last commit failed, or try */
};
void sim_writer_stats(struct sim_writer *w, struct sim_writer_stats *out);

#endif
