/* loop_priv: the state of the loop, and what begins and ends it. */
#ifndef SIM_LOOP_PRIV_H
#define SIM_LOOP_PRIV_H

#include "run/extras.h"
#include "run/loop.h"

/* A symbol's place in its feed. */
struct cursor {
	struct sim_bar_series s;
	size_t i;			/* next bar */
	size_t turn;			/* bars from i up to it are plain: no */
	int64_t day;			/* flag, end a span after their start */
	size_t first, last;		/* first and last regular bar, */
	size_t end;			/* and end of this session's bars */
	sim_time span, close, post_close;
	const struct sim_feed *feed;
	size_t k;			/* session */
	bool closes;			/* returns follow its calendar */
};

struct sim_loop {
	uint32_t nsyms;
	sim_time *next_end;		/* SIM_TIME_MAX: no more bars */
	struct cursor *cur;
	struct sim_engine_bar *bars;
	uint32_t *traded;
	struct sim_bar_series *detail;	/* of the current bar; or NULL */
	struct sim_engine *e;
	const struct sim_account *acc;
	const struct sim_engine_counts *counts;
	const struct sim_strategy_ops *ops;
	void *self;
	struct sim_strategy_view view;
	struct sim_extras x;		/* what the strategy asks for besides */
	struct sim_run_equity *eq;
	uint32_t fills_seen;
	uint64_t bars_done;
	bool marked;			/* some bar of the step has a flag */
	bool fills_at_close;
	bool was_due;			/* the step had timers or frames */
	size_t turned;			/* turns taken */
	bool is_passing;		/* inside sim_loop_plain */
	struct cursor bench;		/* .feed NULL: none */
	sim_time bench_end;
	sim_dec bench_close;
	const struct sim_loop_setup *setup;
};

/*
 * The loop by hand: begin, init of the strategy (sim_extras_init), then for
 * each step its beginning, which tells the strategy of it, and its end; the
 * requests of the step come in between.  What has begun is released.
 *
 * Gives:  sim_loop_step_begin: 1, or 0 when there are no more bars or the
 *         strategy has had enough; after an error the step is over too.
 */
int sim_loop_begin(struct sim_loop *l, const struct sim_loop_setup *setup,
		   struct sim_run_result *r, struct sim_err *err);
int sim_loop_step_begin(struct sim_loop *l, struct sim_err *err);
int sim_loop_step_end(struct sim_loop *l, struct sim_err *err);
void sim_loop_release(struct sim_loop *l);

/* The end of a cursor's next bar; SIM_TIME_MAX: there is none. */
sim_time sim_loop_next_end(struct cursor *c);

/* How many of the next n steps are plain: every symbol has a bar, none with a
 * flag, and nobody wants to know more. */
uint64_t sim_loop_plain_ahead(const struct sim_loop *l, uint64_t n);
/* Make m plain steps; fewer when the strategy asks for something that they
 * don't have. */
int sim_loop_plain(struct sim_loop *l, size_t m, struct sim_err *err);

/* Are there no more bars, or has the strategy had enough? */
bool sim_loop_is_over(const struct sim_loop *l);
/* Change the rules where it is time to. */
void sim_loop_turn(struct sim_loop *l);
/* How many steps can be made before anything has to be looked at again. */
uint64_t sim_loop_ahead(const struct sim_loop *l);
/* Is this where the run shall stop? */
bool sim_loop_is_asked(const struct sim_loop *l);

/* What is held now, at a close or the end. */
void sim_loop_held(struct sim_loop *l);
/* Room for n more points. */
void sim_loop_reserve(struct sim_run_equity *q, size_t n);
/* There are at least as many steps as one symbol has bars. */
void sim_loop_reserve_first(struct sim_loop *l);
/* Fill *r with what has been done so far. */
void sim_loop_finish(struct sim_loop *l, struct sim_run_result *r);

#endif
