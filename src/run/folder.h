/*
 * folder: runs on disk, $DATA/runs/r1, r2, ...
 *
 * A run is written beside its place and renamed into it, so a run that is
 * there is whole, whatever process was killed.  Nothing is synced to the disk:
 * after a power cut the newest run may be damaged, and is then refused when it
 * is opened; it can be made again.  Files: manifest.json, events.ndjson,
 * equity.col (packed), rows.sum (a checksum a bar), summary.json, and where
 * there is one reach.col (packed), orders.csv or orders.ndjson, strategy.lua,
 * notes.ndjson, and store/ with its bars, when they came from elsewhere.  No
 * index: the folders are the list.
 */
#ifndef SIM_FOLDER_H
#define SIM_FOLDER_H

#include "run/run.h"
#include "util/json.h"

#define SIM_FOLDER_ID 72	/* "r" and digits, or a session's; NUL */
#define SIM_FOLDER_SCRIPT "strategy.lua"
#define SIM_FOLDER_SCRIPT_MAX ((size_t)16 << 20)

/*
 * Save a result under the next free id.
 *
 * Takes:  dir is .../runs (made when absent); created is the wall clock, kept
 *         in the summary alone.
 * Gives:  id.
 * Errors: SIM_E_CANTCREAT, SIM_E_IO; nothing is left behind.
 */
int sim_folder_save(const char *dir, const struct sim_run_spec *spec,
		    const struct sim_run_result *r, sim_time created,
		    char id[SIM_FOLDER_ID], struct sim_err *err)
	SIM_MUST_CHECK;

/* A saved run. */
struct sim_folder {
	char id[SIM_FOLDER_ID];
	char *path;
	struct sim_json_doc *summary;	/* summary.json */
	struct sim_json_doc *manifest;	/* manifest.json */
	/* As sim_run_execute gave it: fills from the log, equity from its
	 * file, the account from the summary. */
	struct sim_run_result result;
	bool is_log_bad;		/* altered or cut: no fills */
};

/*
 * Open a run.  id may be "last".
 *
 * Errors: SIM_E_NOENT no such run, SIM_E_DATA a file of it is missing, cut or
 *         altered (the log against its own seal).
 */
int sim_folder_open(const char *dir, const char *id, struct sim_folder **f,
		    struct sim_err *err) SIM_MUST_CHECK;
/* The same, but a log that was altered or cut is taken as it is: verifying
 * says where. */
int sim_folder_open_any(const char *dir, const char *id,
			struct sim_folder **f, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_folder_close(struct sim_folder *f);

/*
 * What a manifest can't say of its strategy: where it comes from.
 *
 * Shape:  form was read from the run's manifest.
 * Takes:  f and text (initialised, released by the caller) outlive *form.
 * Gives:  its source, text, sandbox and limits.
 * Errors: SIM_E_NOENT the script is gone.
 */
int sim_folder_strategy(const struct sim_folder *f, struct sim_form *form,
			struct sim_buf *text, struct sim_err *err)
	SIM_MUST_CHECK;

/* One line of `run list`. */
struct sim_folder_entry {
	char id[SIM_FOLDER_ID];
	sim_time created, first, last;
	char strategy[64], timeframe[16];
	char symbols[64];		/* joined by commas, "..." when cut */
	uint32_t nsyms, fills, stamps;
	sim_dec initial, equity;
	char manifest_hash[SIM_SHA256_HEX], log_hash[SIM_SHA256_HEX];
	char problem[128];		/* why it can't be opened, or "" */
};
/* Ascending id; freed with sim_mem_free. */
int sim_folder_list(const char *dir, struct sim_folder_entry **out, size_t *n,
		    struct sim_err *err) SIM_MUST_CHECK;
/* Is there a run of this name ("last": any)?  Errors: SIM_E_NOENT. */
int sim_folder_find(const char *dir, const char *id, struct sim_err *err)
	SIM_MUST_CHECK;
int sim_folder_remove(const char *dir, const char *id, struct sim_err *err)
	SIM_MUST_CHECK;

/* A file of a run, in memory. */
struct sim_folder_file {
	const char *name;		/* plain: no folder in it */
	const char *data;
	size_t size;
};
/* Save these files as a run under the next free id.  Errors: SIM_E_CANTCREAT,
 * SIM_E_IO; nothing is left behind. */
int sim_folder_adopt(const char *dir, const struct sim_folder_file *files,
		     size_t n, char id[SIM_FOLDER_ID], struct sim_err *err)
	SIM_MUST_CHECK;

/* Write manifest.json, summary.json, events.ndjson, fills.csv, orders.csv and
 * equity.csv into a new folder `to`. */
int sim_folder_export(const struct sim_folder *f, const char *to,
		      struct sim_err *err) SIM_MUST_CHECK;

#endif
