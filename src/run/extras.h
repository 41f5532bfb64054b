/*
 * extras: what a strategy may ask for beside orders: timers, higher
 * timeframes, notes, ended orders, an early end; and the host through which
 * it asks.
 *
 * A run whose strategy asks for none of it pays one comparison a step.
 */
#ifndef SIM_EXTRAS_H
#define SIM_EXTRAS_H

#include "run/log.h"
#include "run/prepare.h"

struct sim_extras_timer {
	sim_time at, every;
	uint64_t id, seq;		/* seq: 1, 2, ... as they were set */
};

/* A higher timeframe of one symbol. */
struct sim_extras_frame {
	struct sim_bar_table bars;	/* all of them */
	sim_time *known;		/* when each may be seen */
	size_t n;			/* that are */
};

struct sim_extras {
	/* In any step that ends at `due` or later there is more to do. */
	sim_time due;
	/* Steps that may pass before anything is looked at: the loop sets it,
	 * a timer or an end that is asked for makes it 0. */
	size_t room;
	bool is_stopped;		/* the strategy has had enough */
	bool is_trying;			/* events are for the strategy alone */
	bool is_cut;			/* sim_extras_cut was called */
	uint64_t cut;
	struct sim_strategy_host host;	/* its ctx is this struct */

	const struct sim_prepare *prepared;
	const struct sim_strategy *strategy;
	struct sim_log *log;		/* may be NULL */
	struct sim_engine *engine;
	struct sim_strategy_view *view;
	struct sim_run_result *r;

	struct sim_extras_timer *timers;	/* by at, then seq */
	size_t ntimers, timers_cap;
	uint64_t timer_seq;

	uint32_t nframes;
	struct sim_bar_tf frame_tf[SIM_STRATEGY_FRAMES];
	struct sim_extras_frame *frames;	/* all slots of a symbol */
	struct sim_bar_series *shown;	/* the same as the view has them */

	struct sim_order **ended;	/* pages of orders by id */
	size_t pages, pages_cap;
};

/* Start, borrowing all of it; the engine and the view follow once they are
 * made. */
void sim_extras_begin(struct sim_extras *x, const struct sim_prepare *p,
		      const struct sim_strategy *s, struct sim_log *log,
		      struct sim_run_result *r);
void sim_extras_release(struct sim_extras *x);
/* Does anybody but the log want the events?  If so, one of them for the log,
 * the ended orders and the strategy. */
bool sim_extras_listens(const struct sim_extras *x);
void sim_extras_tell(struct sim_extras *x, const struct sim_event *ev);

/* The strategy's init, in which timeframes but no orders can be asked for. */
int sim_extras_init(struct sim_extras *x, struct sim_err *err);
/* Its end, after the last step. */
int sim_extras_end(struct sim_extras *x, struct sim_err *err);

/* The next step is the last and ends once there are `seq` events, while the
 * strategy is at work or before: the request that makes the last of them
 * returns SIM_E_INTR. */
void sim_extras_cut(struct sim_extras *x, uint64_t seq);
/* Are there that many? */
bool sim_extras_is_over(const struct sim_extras *x);

/* A step that is due: first what it shows, after the fills the timers, and at
 * its end when the next is due. */
void sim_extras_show(struct sim_extras *x, sim_time now);
int sim_extras_fire(struct sim_extras *x, sim_time now, struct sim_err *err);
void sim_extras_next(struct sim_extras *x);

#endif
