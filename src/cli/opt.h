/*
 * opt: one table of options per command; parsing, --help, the man page check,
 * --help-json and shell completion all read it.
 *
 * Options and operands may stand in any order; `--name VALUE` and
 * `--name=VALUE`, `-l VALUE` and `-lVALUE` are the same; `--` ends options; a
 * lone `-` is an operand.  Nothing may be abbreviated.
 */
#ifndef SIM_OPT_H
#define SIM_OPT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bar.h"
#include "util/dec.h"
#include "util/err.h"
#include "util/time.h"

enum sim_opt_kind {
	SIM_OPT_END,
	SIM_OPT_FLAG,		/* bool: no value */
	SIM_OPT_COUNT,		/* int: how often it was given */
	SIM_OPT_STR,		/* const char * */
	SIM_OPT_PATH,		/* const char *: completed with file names */
	SIM_OPT_INT,		/* int64_t in [lo, hi] */
	SIM_OPT_DEC,		/* sim_dec in [lo, hi] */
	SIM_OPT_ENUM,		/* const char *: one of `choices` */
	SIM_OPT_TIME,		/* struct sim_opt_time: date or datetime */
	SIM_OPT_TF,		/* struct sim_opt_tf: a timeframe */
	SIM_OPT_LIST,		/* struct sim_opt_list: repeated, or a,b,c */
	SIM_OPT_PARAM		/* struct sim_opt_list: repeated name=value */
};

enum {
	SIM_OPT_REQUIRED = 1 << 0,
	SIM_OPT_EMPTY    = 1 << 1,	/* may stand without a value: "" */
	SIM_OPT_HIDDEN   = 1 << 2,	/* not in help or completion */
	SIM_OPT_FROM     = 1 << 3,	/* TIME: 2024 is 2024-01-01 */
	SIM_OPT_TO       = 1 << 4,	/* TIME: 2024 is 2024-12-31 */
	SIM_OPT_SECRET   = 1 << 5	/* STR: moved out of argv, which ps
					 * shows, into memory that stays */
};

/* What a value or operand can be completed with. */
enum sim_opt_words {
	SIM_OPT_WORDS_NONE,
	SIM_OPT_WORDS_FILE,
	SIM_OPT_WORDS_SYMBOL,
	SIM_OPT_WORDS_RUN,
	SIM_OPT_WORDS_STRATEGY,
	SIM_OPT_WORDS_MODEL,
	SIM_OPT_WORDS_CALENDAR,
	SIM_OPT_WORDS_FIELD,
	SIM_OPT_WORDS_EXPR,		/* an expression over the fields */
	SIM_OPT_WORDS_METRIC,		/* an expression over the metrics */
	SIM_OPT_WORDS_POINT,		/* and over the parameters of points */
	SIM_OPT_WORDS_METRICS,		/* a list of metrics */
	SIM_OPT_WORDS_TOPIC,
	SIM_OPT_WORDS_SETTING,
	SIM_OPT_WORDS_SHELL,
	SIM_OPT_WORDS_TIMEFRAME,
	SIM_OPT_WORDS_PARAM,		/* of the strategy on the line */
	SIM_OPT_WORDS_SECTION,
	SIM_OPT_WORDS_SWEEP,
	SIM_OPT_WORDS_PROFILE,
	SIM_OPT_WORDS_SESSION,
	SIM_OPT_WORDS_EITHER,		/* a run or a session */
	SIM_OPT_WORDS_ORDER		/* an open order of a session */
};

struct sim_opt {
	enum sim_opt_kind kind;
	const char *name;		/* without dashes */
	char letter;			/* short form, or 0 */
	const char *arg;		/* what help calls the value */
	const char *help;
	void *value;			/* by kind, see above */
	const char *const *choices;	/* ENUM (STR: to offer), NULL-ended */
	const char *const *offers;	/* to complete, where help says more */
	int64_t lo, hi;			/* INT, DEC (1e-8); both 0: any */
	const char *setting;		/* key in settings.def, or NULL */
	unsigned flags;
	enum sim_opt_words words;
};

struct sim_opt_time {
	bool is_set;
	sim_time t;			/* as if UTC when not ZONED */
	enum sim_time_kind kind;
};

struct sim_opt_tf {
	bool is_set;
	struct sim_bar_tf tf;
};

/* Items are borrowed from argv or owned by the list (split at commas). */
struct sim_opt_list {
	size_t n, cap;
	char **v;
};
void sim_opt_list_release(struct sim_opt_list *l);

/* How a command line is read: two tables, options anywhere. */
struct sim_opt_line {
	const struct sim_opt *common, *own;	/* own may be NULL */
	char **operands;			/* room for argc pointers */
	int noperands;
	uint64_t given_common, given_own;	/* bit i: row i was given */
};

/* The row called `name` (len bytes), or NULL; by letter, or NULL. */
const struct sim_opt *sim_opt_find(const struct sim_opt *opts,
				   const char *name, size_t len);
const struct sim_opt *sim_opt_find_letter(const struct sim_opt *opts, char c);
/* Whether an option takes a value at all. */
bool sim_opt_has_value(const struct sim_opt *o);

/*
 * Set one option from text.
 *
 * Takes:  text, which must outlive the value (argv, environment, settings).
 * Errors: SIM_E_USAGE; the sentence starts with `shown` ("--limit").
 */
int sim_opt_set(const struct sim_opt *o, const char *shown, const char *text,
		struct sim_err *err) SIM_MUST_CHECK;

/*
 * Read argv into the options' values and line->operands.
 *
 * Errors: SIM_E_USAGE unknown option (with the nearest one), missing value,
 *         bad value; the first problem is reported, after all of argv has
 *         been read, so that --output counts wherever it stands.
 */
int sim_opt_parse(struct sim_opt_line *line, int argc, char **argv,
		  struct sim_err *err) SIM_MUST_CHECK;
/* The row of line->own that was not given and that a sentence which begins
 * with "--NAME" is about, or NULL: a setting stood in for it. */
const struct sim_opt *sim_opt_meant(const struct sim_opt_line *line,
				    const char *sentence);
/* SIM_E_USAGE when a required row of line->own was not given. */
int sim_opt_check_required(const struct sim_opt_line *line,
			   struct sim_err *err) SIM_MUST_CHECK;

#endif
