/*
 * import: a file of bars becomes a series: read, understood, checked, and
 * merged into the store when that is wanted.
 *
 * What was found out about the file is kept as a list of facts, each with
 * where it came from, so that it can be shown and overridden.
 */
#ifndef SIM_IMPORT_H
#define SIM_IMPORT_H

#include "market/bar_csv.h"
#include "model/instrument.h"
#include "store/store.h"

/* Options as typed; NULL is not given.  Texts are borrowed. */
struct sim_import_opts {
	const char *symbol;		/* compulsory */
	const char *format, *map, *dates, *scale;
	const char *timeframe, *tz, *stamp;
	const char *calendar, *tick, *lot, *multiplier, *currency;
	const char *asset_class;
	const char *calendar_dir;	/* the user's calendars, or NULL */
	bool replace;
	enum sim_bar_csv_bad bad;	/* KEEP reads what a checker wants */
};

enum sim_import_source {
	SIM_IMPORT_SNIFFED,		/* from the file */
	SIM_IMPORT_GIVEN,		/* by an option */
	SIM_IMPORT_STORED,		/* as the symbol is stored already */
	SIM_IMPORT_DEFAULT
};
const char *sim_import_source_text(enum sim_import_source s);

struct sim_import_fact {
	const char *name;		/* "timeframe" */
	const char *option;		/* what overrides it; NULL: nothing */
	enum sim_import_source source;
	char value[160];
};
#define SIM_IMPORT_FACTS 20

struct sim_import {
	struct sim_instrument instrument;
	struct sim_bar_tf tf;
	struct sim_bar_csv_layout layout;
	struct sim_bar_csv_result rows;	/* .bars: stamped, oldest first */
	struct sim_import_fact facts[SIM_IMPORT_FACTS];
	size_t nfacts;
};

/*
 * Read a file of bars ("-" is standard input; gzip is unpacked).
 *
 * Takes:  known, how the symbol is stored already, or NULL; what it says holds
 *         where no option says otherwise.
 * Gives:  *imp, to be released; written only on success.
 * Errors: SIM_E_NOENT no such file; SIM_E_DATA not bars, or a bad row, named
 *         by file, line, column, value and reason; SIM_E_INVAL an option.
 */
int sim_import_read(const char *path, const struct sim_import_opts *opts,
		    const struct sim_instrument *known,
		    struct sim_import *imp, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_import_release(struct sim_import *imp);
struct sim_bar_series sim_import_series(const struct sim_import *imp);

/*
 * Read a file and merge it into the store.
 *
 * Gives:  *imp, to be released, and *m.
 * Errors: as above and as sim_store_merge; nothing is stored then.
 */
int sim_import_store(struct sim_store *st, const char *path,
		     const struct sim_import_opts *opts,
		     struct sim_import *imp, struct sim_store_merge *m,
		     struct sim_err *err) SIM_MUST_CHECK;

#endif
