/*
 * ledger: sweeps on disk, $DATA/sweeps/s1, s2, ...
 *
 * sweep.json says what was asked for, rows.ndjson holds the rows in the order
 * of their points and is only ever appended to, whole rows at a time.  A row
 * that a killed process left torn is dropped when the sweep goes on.
 * hung.ndjson holds the points whose strategy did not answer.  Nothing is
 * synced: after a power cut rows may be missing, and are made again.
 */
#ifndef SIM_LEDGER_H
#define SIM_LEDGER_H

#include "sweep/sweep.h"

#define SIM_LEDGER_ID	24		/* "s" and digits, NUL */

struct sim_ledger {
	char id[SIM_LEDGER_ID];		/* "" without a folder */
	char *path;			/* NULL without one */
	struct sim_json_doc *head;	/* sweep.json */
	int fd;				/* rows.ndjson */
	_Atomic uint64_t bytes;		/* whole ones: read while one adds */
	uint64_t rows;			/* in them */
};

/*
 * Begin a sweep under the next free id.
 *
 * Takes:  dir is .../sweeps (made when absent); head is sweep.json's text.
 * Gives:  *l, locked for this process, to be closed.
 * Errors: SIM_E_CANTCREAT, SIM_E_IO.
 */
int sim_ledger_new(const char *dir, const struct sim_buf *head,
		   struct sim_ledger *l, struct sim_err *err) SIM_MUST_CHECK;
/* One without a folder: its rows lie in a file of dir that has no name. */
int sim_ledger_temp(const char *dir, struct sim_ledger *l,
		    struct sim_err *err) SIM_MUST_CHECK;

/*
 * Open one; id may be "last".
 *
 * Shape:  to_write: torn bytes at the end are cut off, and the sweep is locked.
 * Errors: SIM_E_NOENT no such sweep; SIM_E_DATA its head is damaged;
 *         SIM_E_STATE to_write, and another process is at work on it.
 */
int sim_ledger_open(const char *dir, const char *id, bool to_write,
		    struct sim_ledger *l, struct sim_err *err) SIM_MUST_CHECK;
void sim_ledger_close(struct sim_ledger *l);

/* Append whole rows.  Errors: SIM_E_IO; nothing of them counts then. */
int sim_ledger_add(struct sim_ledger *l, const char *rows, size_t n,
		   struct sim_err *err) SIM_MUST_CHECK;
/* The bytes from `at` on, at most as many as are there: *out is replaced.
 * Never a part of a row when at is a row's start and max allows one. */
int sim_ledger_read(const struct sim_ledger *l, uint64_t at, size_t max,
		    struct sim_buf *out, struct sim_err *err) SIM_MUST_CHECK;

/* Note that a point does not answer, and those noted; free with sim_mem_free.
 * A ledger without a folder notes nothing. */
int sim_ledger_hang(const struct sim_ledger *l, uint64_t number,
		    const struct sim_err *why, struct sim_err *err)
	SIM_MUST_CHECK;
int sim_ledger_skips(const struct sim_ledger *l, struct sim_sweep_skip **out,
		     size_t *n, struct sim_err *err) SIM_MUST_CHECK;

/* The numbers of all sweeps, ascending; freed with sim_mem_free. */
int sim_ledger_list(const char *dir, uint64_t **out, size_t *n,
		    struct sim_err *err) SIM_MUST_CHECK;
/* Is there a sweep of this name ("last": any)?  Errors: SIM_E_NOENT. */
int sim_ledger_find(const char *dir, const char *id, struct sim_err *err)
	SIM_MUST_CHECK;
/* Errors: as opening it to write; "last" is not taken. */
int sim_ledger_remove(const char *dir, const char *id, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
