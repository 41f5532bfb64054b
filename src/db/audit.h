/*
 * audit: who did what to whom, in a chain of hashes.
 *
 * An entry's hash is the SHA-256 of its line of canonical JSON, which holds
 * the hash before it; the newest hash and the count are kept apart.  So an
 * entry that was changed, removed or put in between is found, the last one
 * too.  Written in the transaction of what it records.
 */
#ifndef SIM_AUDIT_H
#define SIM_AUDIT_H

#include "db/db.h"
#include "util/buf.h"
#include "util/sha256.h"

enum sim_audit_action {
#define SIM_AUDIT_ACTION(id, name) SIM_AUDIT_##id,
#include "db/audit_action.def"
#undef SIM_AUDIT_ACTION
	SIM_AUDIT__COUNT
};

/* Text is borrowed and dies with the call. */
struct sim_audit_entry {
	int64_t seq;			/* 1, 2, 3, ... */
	sim_time time;
	const char *actor, *action, *subject, *detail;
	char prev[SIM_SHA256_HEX], hash[SIM_SHA256_HEX];
};

/* As entries have it. */
const char *sim_audit_name(enum sim_audit_action action);

/* Append; inside the transaction of what is recorded.
 * Takes:  subject and detail are cut at 256 bytes. */
int sim_audit_add(struct sim_db *db, const struct sim_db_by *by,
		  enum sim_audit_action action, const char *subject,
		  const char *detail, struct sim_err *err) SIM_MUST_CHECK;

/* Each entry from the one after `after`, oldest first; `last` > 0: only so
 * many of the newest.  Stops when `each` returns something else than 0, which
 * is then returned. */
int sim_audit_each(struct sim_db *db, int64_t after, int64_t last,
		   int (*each)(void *ctx, const struct sim_audit_entry *e,
			       struct sim_err *err),
		   void *ctx, struct sim_err *err) SIM_MUST_CHECK;

/* Those after `after` that a user (an id; "": anybody) did or was done to,
 * newest first, `last` of them at most. */
struct sim_audit_query {
	const char *user;
	int64_t after, last;
};
int sim_audit_find(struct sim_db *db, const struct sim_audit_query *q,
		   int (*each)(void *ctx, const struct sim_audit_entry *e,
			       struct sim_err *err),
		   void *ctx, struct sim_err *err) SIM_MUST_CHECK;

/* The line whose hash is e->hash, without a newline, appended to out. */
void sim_audit_line(const struct sim_audit_entry *e, struct sim_buf *out);

/* Check the chain.  Gives: *n entries.  Errors: SIM_E_DATA names the first
 * entry that isn't as it was written. */
int sim_audit_verify(struct sim_db *db, int64_t *n, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
