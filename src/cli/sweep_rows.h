/* sweep_rows: rows of a sweep one by one, of a sweep's folder or a file. */
#ifndef SIM_SWEEP_ROWS_H
#define SIM_SWEEP_ROWS_H

#include "cli/cli.h"
#include "sweep/ledger.h"

struct sim_sweep_rows {
	const struct sim_ledger *ledger;	/* read in blocks, or */
	struct sim_buf text;		/* the whole file */
	size_t at;			/* in text */
	uint64_t from;			/* where text begins in the ledger */
	const char *name;		/* for messages */
	struct sim_ledger own;
	uint64_t line;
};

/* Read from a ledger that is open; rows that are added later come too. */
void sim_sweep_rows_from(struct sim_sweep_rows *r, const struct sim_ledger *l);
/*
 * Open what a word names: "-" and existing files are read, all else is a sweep
 * of $DATA/sweeps.
 *
 * Gives:  *r, to be closed (also after an error).
 */
int sim_sweep_rows_open(struct sim_cli *cli, const char *name,
			struct sim_sweep_rows *r, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_sweep_rows_close(struct sim_sweep_rows *r);
/* From the first row again. */
void sim_sweep_rows_rewind(struct sim_sweep_rows *r);

/*
 * The next row's text, with its newline; borrowed until the next call.
 * Gives:  1, or 0 when there is none left (as yet).
 * Errors: SIM_E_IO; SIM_E_DATA a file's last line has no end.
 */
int sim_sweep_rows_next(struct sim_sweep_rows *r, const char **text, size_t *n,
			struct sim_err *err) SIM_MUST_CHECK;
/* The same, read.  *row is released by the caller. */
int sim_sweep_rows_read(struct sim_sweep_rows *r, struct sim_row *row,
			const char **text, size_t *n, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
