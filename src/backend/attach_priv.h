/* attach_priv: what the parts of attach share. */
#ifndef SIM_ATTACH_PRIV_H
#define SIM_ATTACH_PRIV_H

#include "backend/attach.h"
#include "run/stepper.h"
#include "strategy/talk.h"

/* -- attach_make.c: the run here, from what the session says of itself ----- */

/* A symbol: when its bars begin; the rest of them comes with the ticks. */
struct sim_attach_sym {
	struct sim_bar_table bars;
	struct sim_action *actions;
	size_t nactions, cap;
	size_t at;			/* next bar */
	/* By frame: the bucket that was filled last, from 1; 0: none. */
	size_t bucket[SIM_STRATEGY_FRAMES];
};

struct sim_attach_run {
	struct sim_run_spec spec;
	struct sim_run_data *data;	/* by symbol name */
	struct sim_attach_sym *syms;
	uint32_t nsyms;
	uint64_t ticks;			/* in all */
	uint64_t at;			/* where it stood; 0: not started */
	bool is_paused;
};

/* Ask; the reply must be of that type. */
int sim_attach_ask(const struct sim_attach *a, enum sim_message_type type,
		   const void *data, enum sim_message_type reply,
		   struct sim_backend_message *out, struct sim_err *err);
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
