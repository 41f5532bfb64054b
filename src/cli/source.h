/*
 * source: the bars a command works on, from the store or straight from a file.
 *
 * A name that is "-" or an existing file is read as bars; anything else is a
 * symbol of the store.
 */
#ifndef SIM_SOURCE_H
#define SIM_SOURCE_H

#include "cli/cli.h"
#include "market/calendar.h"
#include "run/import.h"
#include "run/run.h"

/* What to open; zero is "not said". */
struct sim_source_want {
	const char *name;		/* symbol or file */
	const char *symbol;		/* of a file; NULL: its name */
	struct sim_opt_tf tf;
	struct sim_opt_time from, to;	/* dates are exchange days, inclusive */
	const char *adjust;	/* raw, split, total-return; NULL: raw */
	/* How a file is read, or NULL; its symbol is not used. */
	const struct sim_import_opts *import;
	bool whole;			/* raw and whole: no calendar is made */
	/* What the name is; a guess asks whether there is such a file. */
	enum { SIM_SOURCE_GUESS, SIM_SOURCE_SYMBOL, SIM_SOURCE_FILE } kind;
};

struct sim_source {
	struct sim_instrument instrument;
	struct sim_bar_tf tf;
	struct sim_bar_series whole;	/* raw */
	struct sim_bar_series bars;	/* in range, as adjusted */
	sim_time from, to;		/* the range: from <= ts < to */
	const uint8_t *hash;		/* of whole, as stored; or NULL */
	const struct sim_action *actions;	/* of the symbol */
	size_t nactions;
	struct sim_calendar *cal;
	bool is_file;
	/* owned */
	struct sim_import imp;		/* when is_file */
	struct sim_store_bars *stored;
	struct sim_bar_table adjusted;
	struct sim_action *own_actions;
};
#define SIM_SOURCE_INIT { .adjusted = SIM_BAR_TABLE_INIT }

extern const char *const sim_source_adjusts[];	/* for --adjust */
extern const char *const sim_source_formats[];	/* for --format */
extern const char *const sim_source_stamps[];	/* for --stamp */

/* Rows of an option table: how a file is read; how is a static struct
 * sim_import_opts. */
#define SIM_SOURCE_FILE_OPTS(how) \
	{ SIM_OPT_ENUM, "format", .arg = "FORMAT", \
	  .help = "what the file that is read is, not how the result is" \
		  " written", .value = &(how).format, \
	  .choices = sim_source_formats }, \
	{ SIM_OPT_STR, "map", .arg = "KEY=COLUMN,...", \
	  .help = "which column is ts (or date, time), o, h, l, c, v", \
	  .value = &(how).map }, \
	{ SIM_OPT_ENUM, "dates", .arg = "ORDER", \
	  .help = "order of year, month and day in the file's dates", \
	  .value = &(how).dates, .choices = sim_bar_csv_dates_words }, \
	{ SIM_OPT_STR, "tz", .arg = "ZONE", \
	  .help = "time zone of times without one in the file", \
	  .value = &(how).tz }, \
	{ SIM_OPT_ENUM, "stamp", .arg = "END", \
	  .help = "whether times are a bar's start or end", \
	  .value = &(how).stamp, .choices = sim_source_stamps }, \
	{ SIM_OPT_STR, "scale", .arg = "N", \
	  .help = "prices are written as N times the price", \
	  .value = &(how).scale }, \
	{ SIM_OPT_STR, "calendar", .arg = "CALENDAR", \
	  .help = "when the symbol of a file trades", \
	  .value = &(how).calendar, .words = SIM_OPT_WORDS_CALENDAR }

/* Rows of an option table: which of the bars; want is a static struct
 * sim_source_want. */
#define SIM_SOURCE_TF_OPT(want) \
	{ SIM_OPT_TF, "timeframe", .arg = "TF", \
	  .help = "which timeframe, where several are stored", \
	  .value = &(want).tf, .setting = "timeframe" }
#define SIM_SOURCE_DAYS_OPTS(want) \
	{ SIM_OPT_TIME, "from", .arg = "DATE", \
	  .help = "begin with this exchange day, or at this time", \
	  .value = &(want).from, .flags = SIM_OPT_FROM }, \
	{ SIM_OPT_TIME, "to", .arg = "DATE", \
	  .help = "end with this exchange day, or before this time", \
	  .value = &(want).to, .flags = SIM_OPT_TO }

/*
 * Open what `want` names.
 *
 * Takes:  *s is SIM_SOURCE_INIT.
 * Gives:  *s, to be released (also after an error).
 * Errors: SIM_E_NOENT not stored, or no such file; SIM_E_INVAL more than one
 *         timeframe is stored and none was asked for; those of reading.
 */
int sim_source_open(struct sim_cli *cli, const struct sim_source_want *want,
		    struct sim_source *s, struct sim_err *err) SIM_MUST_CHECK;
void sim_source_release(struct sim_source *s);
bool sim_source_is_file(const char *name);

/* Warn that an adjusted view of this symbol is the raw one. */
void sim_source_unadjusted(const struct sim_cli *cli, const char *symbol,
			   bool is_file, const char *view);

/* A calendar by name, built in or the user's. */
int sim_source_calendar(struct sim_cli *cli, const char *name,
			struct sim_calendar **cal, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
