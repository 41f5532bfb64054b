/*
 * db: one SQLite file, mode 0600, that users, keys, sessions and the audit log
 * live in.
 *
 * What a call reported as done is on the disk (WAL, synchronous=FULL), and a
 * call that failed has changed nothing.  A handle belongs to one thread;
 * several processes may hold the same file.  The schema is brought up to date
 * when the file is opened, and the audit log says so.  Nothing of SQLite leaves
 * this folder.
 */
#ifndef SIM_DB_H
#define SIM_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "util/err.h"
#include "util/time.h"

#define SIM_DB_BUSY_MS 5000		/* a writer waits for another */

struct sim_db;

/* Who does something, and when: goes to the audit log. */
struct sim_db_by {
	const char *actor;		/* a user's id, or "local" */
	sim_time now;
	const char *where;		/* from where: opens the detail; NULL:
					 * nothing is to be said of it */
};

/*
 * Open.
 *
 * Takes:  create: make the file (and its folder) when it isn't there.
 *         by: who brings its schema up to date, when that is to be done.
 * Gives:  *out, closed by sim_db_close().
 * Errors: SIM_E_NOENT not there; SIM_E_CONFIG others may read it; SIM_E_DATA
 *         not such a file, or damaged; SIM_E_PROTO made by a newer version;
 *         SIM_E_AGAIN another process holds it; SIM_E_IO.
 */
int sim_db_open_by(const char *path, bool create, const struct sim_db_by *by,
		   struct sim_db **out, struct sim_err *err) SIM_MUST_CHECK;
/* The same for one whose schema is up to date, or which is made now.
 * Errors: SIM_E_PROTO too when it is older. */
int sim_db_open(const char *path, bool create, struct sim_db **out,
		struct sim_err *err) SIM_MUST_CHECK;
void sim_db_close(struct sim_db *db);	/* NULL is fine */

/* Be the one server of a database, until the lock goes to sim_file_unlock() or
 * the process ends.  Errors: SIM_E_AGAIN there is one; SIM_E_CANTCREAT. */
int sim_db_claim(const char *path, int *lock, struct sim_err *err)
	SIM_MUST_CHECK;

/* How long a call waits for another process, instead of SIM_DB_BUSY_MS. */
void sim_db_set_busy(struct sim_db *db, int ms);

/*
 * Make one transaction of the writing calls in between.  End commits when rc is
 * 0, else it rolls back; returns rc, or what the commit gave.  Begin waits for
 * others that write.
 * Errors: SIM_E_AGAIN another process holds it; SIM_E_IO nothing was changed.
 */
int sim_db_begin(struct sim_db *db, struct sim_err *err) SIM_MUST_CHECK;
int sim_db_end(struct sim_db *db, int rc, struct sim_err *err)
	SIM_MUST_CHECK;

/* Write and synchronise what is there already: can it be done?
 * Errors: SIM_E_AGAIN, SIM_E_IO. */
int sim_db_probe(struct sim_db *db, struct sim_err *err) SIM_MUST_CHECK;

/* What the file holds. */
struct sim_db_stats {
	int64_t schema;			/* version */
	int64_t schema_before;		/* before this handle was opened */
	int64_t users, admins, disabled;
	int64_t keys, live_keys;	/* live: not revoked, not expired */
	int64_t audit_entries;
	int64_t sessions, live_sessions; /* live: not over */
	int64_t journal_lines;
	int64_t bytes;			/* of the file */
};
int sim_db_stats(struct sim_db *db, sim_time now, struct sim_db_stats *out,
		 struct sim_err *err) SIM_MUST_CHECK;

/* A consistent copy into a new file `to` (mode 0600), also while others
 * write; the audit log says so before, the copy's too.
 * Errors: SIM_E_CANTCREAT it exists; SIM_E_IO. */
int sim_db_backup(struct sim_db *db, const struct sim_db_by *by,
		  const char *to, struct sim_err *err) SIM_MUST_CHECK;
/* Replace all content by that of a backup, checked whole first, and say so in
 * its audit log; a crash leaves the one or the other.
 * Errors: those of sim_db_open() about `from`; SIM_E_AGAIN. */
int sim_db_restore(struct sim_db *db, const struct sim_db_by *by,
		   const char *from, struct sim_err *err) SIM_MUST_CHECK;

#endif
