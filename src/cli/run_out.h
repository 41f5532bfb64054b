/* run_out: a run as one object, and its lists as rows. */
#ifndef SIM_RUN_OUT_H
#define SIM_RUN_OUT_H

#include "cli/out.h"
#include "cli/tear.h"
#include "run/run.h"

enum sim_run_out_what {
	SIM_RUN_OUT_OBJECT, SIM_RUN_OUT_FILLS, SIM_RUN_OUT_ORDERS,
	SIM_RUN_OUT_TRADES, SIM_RUN_OUT_EQUITY, SIM_RUN_OUT_EVENTS,
	SIM_RUN_OUT_NOTES
};
/* Words for --print, without the object, NULL-ended. */
extern const char *const sim_run_out_words[];
/* Rows of an option table: --print into a const char *, --no-save into a
 * bool. */
#define SIM_RUN_OUT_PRINT_OPT(word_) { SIM_OPT_ENUM, "print", .arg = "ROWS", \
	.help = "print these rows instead of the run", .value = &(word_), \
	.choices = sim_run_out_words }
#define SIM_RUN_OUT_NO_SAVE_OPT(flag_) { SIM_OPT_FLAG, "no-save", \
	.help = "leave nothing on disk", .value = &(flag_) }
/* The list a word names; NULL is the object. */
enum sim_run_out_what sim_run_out_what(const char *word);
const struct sim_out_col *sim_run_out_cols(enum sim_run_out_what what);

/* Which orders; NULL: all. */
struct sim_run_out_filter {
	const char *status, *symbol;
	const char *name;		/* or number */
	bool open;			/* has not ended */
};

/* What a run is shown with. */
struct sim_run_out {
	const struct sim_run_result *result;
	const char *run_id;		/* NULL: not saved */
	sim_time created;		/* SIM_TIME_NONE: unknown */
	struct sim_run_out_filter filter;
	const char *benchmark;		/* its symbol, or NULL */
	/* What its orders are called, by number; a NULL is made from the
	 * parent's name.  Else they are their numbers. */
	bool has_names;
	const char *const *names;
	size_t nnames;
	int64_t since;			/* events: only those after this one */
	bool is_open;			/* its log isn't over: no seal */
};

/* Print one of them.  Errors: no log for orders and events; a broken log. */
int sim_run_out_print(struct sim_out *o, const struct sim_run_out *r,
		      enum sim_run_out_what what, struct sim_err *err)
	SIM_MUST_CHECK;

/* The number of the order that is called so; 0: none is.
 * Errors: no log, or a broken one. */
int sim_run_out_order(const struct sim_run_out *r, const char *name,
		      uint32_t *id, struct sim_err *err) SIM_MUST_CHECK;

/* Texts of set stamps, "UNSAFE zero-cost"; at most SIM_RUN_STAMP__COUNT. */
size_t sim_run_out_stamps(uint32_t mask, struct sim_mem_arena *arena,
			  const char **list);

#endif
