/* db_priv: statements and transactions, for the files of db/ alone. */
#ifndef SIM_DB_PRIV_H
#define SIM_DB_PRIV_H

#include <sqlite3.h>
#include <sys/types.h>

#include "db/db.h"

#define SIM_DB_KEPT 16			/* statements a handle keeps prepared */

struct sim_db {
	sqlite3 *h;
	char *path;
	int64_t before;			/* schema version when opened */
	dev_t dev;			/* of the file that was opened */
	ino_t ino;
	struct {
		const char *sql;	/* known by its address */
		sqlite3_stmt *st;
	} kept[SIM_DB_KEPT];
};

/* Turn SQLite's last error into one of ours. */
int sim_db_fail(struct sim_db *db, struct sim_err *err);

/*
 * Prepare a statement and bind its parameters: fmt has a letter for each,
 * 's' const char * (static or living until the statement is done; NULL is
 * NULL), 't' the same and its size_t length, 'i' int64_t, 'h' const uint8_t *
 * to a SHA-256, 'b' const void * and its size_t length.
 */
int sim_db_prepare(struct sim_db *db, sqlite3_stmt **st, struct sim_err *err,
		   const char *sql, const char *fmt, ...) SIM_MUST_CHECK;
/* 1 a row, 0 no more, or an error. */
int sim_db_next(struct sim_db *db, sqlite3_stmt *st, struct sim_err *err);
/* One statement that gives no rows. */
int sim_db_run(struct sim_db *db, struct sim_err *err, const char *sql,
	       const char *fmt, ...) SIM_MUST_CHECK;
/* The same for what is run again and again: prepared once, kept until the
 * handle is closed.  sql lives as long as the program. */
int sim_db_run_kept(struct sim_db *db, struct sim_err *err, const char *sql,
		    const char *fmt, ...) SIM_MUST_CHECK;
/* The same; gives how many rows it changed. */
int sim_db_count(struct sim_db *db, int64_t *n, struct sim_err *err,
		 const char *sql, const char *fmt, ...) SIM_MUST_CHECK;
/* One statement that gives one number. */
int sim_db_number(struct sim_db *db, int64_t *out, struct sim_err *err,
		  const char *sql, const char *fmt, ...) SIM_MUST_CHECK;

/* Text of a column, "" when NULL; dies with the next step. */
const char *sim_db_text(sqlite3_stmt *st, int col);
/* The same copied into a field that holds it whole: the schema's checks keep
 * it short. */
void sim_db_copy(sqlite3_stmt *st, int col, char *out, size_t size);

/* The statements that lead from one version of the schema to the next. */
extern const char *const sim_db_schema[];
#define SIM_DB_SCHEMA_VERSION 3

#endif
