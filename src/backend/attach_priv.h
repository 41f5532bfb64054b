/* attach_priv: what the parts of attach share. */
#ifndef SIM_ATTACH_PRIV_H
#define SIM_ATTACH_PRIV_H

#include "backend/attach.h"
#include "backend/session.h"
#include "run/prepare.h"
#include "run/stepper.h"
#include "strategy/talk.h"

/* -- attach_make.c: the run here, from what the session says of itself ----- */

#define SIM_ATTACH_BARS_MAX	((size_t)1 << 28)	/* of a symbol */

/* A bar of a higher timeframe: the last that was begun. */
struct sim_attach_bucket {
	size_t n;			/* begun so far */
	sim_dec last;			/* number of the last bar it is of */
};

/* A symbol: when its bars begin; the rest of them comes with the ticks. */
struct sim_attach_sym {
	struct sim_bar_table bars, finer;
	struct sim_bar_series detail;	/* of finer */
	struct sim_action *actions;
	size_t nactions, cap;
	size_t at;			/* next bar */
	struct sim_attach_bucket bucket[SIM_STRATEGY_FRAMES];	/* by frame */
};

struct sim_attach_run {
	struct sim_run_spec spec;
	struct sim_run_data *data;	/* by symbol name */
	struct sim_attach_sym *syms;
	uint32_t nsyms;
	uint64_t ticks;			/* in all */
	uint64_t at;			/* where it stood; 0: not started */
	enum sim_session_state state;
	struct sim_prepare prepared;	/* of the list of orders, if any */
	bool is_paused, is_over;
	bool has_no_candles;		/* its ticks */
	enum sim_adjust_mode view;	/* its ticks'; spec's is raw */
};

/* Ask; the reply must be of that type. */
int sim_attach_ask(const struct sim_attach *a, enum sim_message_type type,
		   const void *data, enum sim_message_type reply,
		   struct sim_backend_message *out, struct sim_err *err);
/* An answer that makes no sense.  SIM_E_PROTO. */
int sim_attach_bad_answer(const char *what, struct sim_err *err);
/* Rules, instruments, splits and dividends: all but bars. */
int sim_attach_describe(const struct sim_attach *a, struct sim_attach_run *x,
			struct sim_err *err);
/* When all bars of a symbol begin; they have no prices. */
int sim_attach_schedule(const struct sim_attach *a, const char *symbol,
			struct sim_bar_table *t, struct sim_err *err);
/* Finer bars that have been, where the session looks at any. */
int sim_attach_detail(const struct sim_attach *a, struct sim_attach_run *x,
		      uint32_t i, struct sim_err *err);
int sim_attach_make(const struct sim_attach *a, struct sim_attach_run **out,
		    struct sim_err *err);
void sim_attach_unmake(struct sim_attach_run *x);
/* The bars of a tick, into the columns that the run steps over, and those of
 * the higher timeframes that are made from them. */
int sim_attach_fill(struct sim_attach_run *x, struct sim_stepper *s,
		    const struct sim_message_tick *t, struct sim_err *err);

/* The bars of one symbol that have been, as history_snapshot has them; those
 * from before its range are left out. */
int sim_attach_fill_past(const struct sim_attach *a, struct sim_attach_run *x,
			 struct sim_stepper *s, struct sim_err *err);

/* -- attach_inputs.c ------------------------------------------------------- */

/* Stored bars that are not in *t so far and can be had. */
int sim_attach_inputs_more(const struct sim_attach *a, const char *symbol,
			   bool is_detail, struct sim_bar_table *t,
			   struct sim_err *err);

/* -- attach_record.c: what a strategy asks for ----------------------------- */

struct sim_attach_record;

/* Stand before a strategy; what it asks for is kept. */
struct sim_attach_record *sim_attach_record_new(struct sim_strategy *s);
void sim_attach_record_free(struct sim_attach_record *x);
/* Is what is shown now past, so that nothing can be asked for? */
void sim_attach_record_past(struct sim_attach_record *x, bool is_past);
/* Send what was asked for since the last time. */
int sim_attach_record_send(struct sim_attach_record *x,
			   const struct sim_attach *a, struct sim_err *err);
/* Did it ask for the end? */
bool sim_attach_record_is_over(const struct sim_attach_record *x);

#endif
