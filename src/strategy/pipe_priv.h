/* pipe_priv: what the parts of the pipe form share. */
#ifndef SIM_PIPE_PRIV_H
#define SIM_PIPE_PRIV_H

#include "script/series_expr.h"
#include "strategy/child.h"
#include "strategy/form.h"
#include "strategy/talk.h"
#include "util/mem.h"

#define SIM_PIPE_PROTOCOL	"simutrador/1"
struct sim_pipe {
	struct sim_form form;
	struct sim_strategy_param *params;	/* by name */
	char *folder;			/* the strategy's own */
	struct sim_child child;
	bool is_started, is_over;
	struct sim_talk talk;		/* .v: during a call */
	uint32_t nsyms;

	/* What the strategy asked for in ready. */
	bool columns;
	uint64_t warmup;

	int64_t sequence;
	size_t *told;			/* bars that it knows, by symbol */

	struct sim_series_expr **wake;	/* by symbol; NULL: every step */
	sim_time *filled;		/* by symbol: of the last fill */
	bool timer_due;

	struct sim_talk_names timers;
	uint64_t executions;

	/* How far the step's answer has come. */
	bool is_asked;			/* an answer is due */
	bool has_acked, is_ready, has_bye;
	int64_t orders_due;
};

/* "the strategy's process WHAT, in step N (TIME)": SIM_E_STRATEGY. */
int sim_pipe_fail(const struct sim_pipe *p, struct sim_err *err,
		  const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* -- pipe_hear.c: what comes ---------------------------------------------- */

/* Do what a line asks for.  Errors: SIM_E_STRATEGY; those of the host. */
int sim_pipe_hear(struct sim_pipe *p, const char *line, size_t n,
		  struct sim_err *err);
/* The answer to hello. */
int sim_pipe_ready(struct sim_pipe *p, const struct sim_message_ready *r,
		   struct sim_err *err);

/* -- pipe_tell.c: what goes ----------------------------------------------- */

/* The first line. */
void sim_pipe_hello(struct sim_pipe *p);
/* Bars that it doesn't know yet, as blocks that need no answer; those of the
 * step itself are left out unless `all`. */
void sim_pipe_tell_bars(struct sim_pipe *p, bool all, bool is_history);
/* The step itself. */
void sim_pipe_tell_step(struct sim_pipe *p);
void sim_pipe_tell_end(struct sim_pipe *p);

/* -- pipe_wake.c ---------------------------------------------------------- */

/* Compile the condition for every symbol; "bar" is none. */
int sim_pipe_wake_make(struct sim_pipe *p, const char *text,
		       struct sim_err *err);
/* Feed the step's bars; does one of them wake? */
int sim_pipe_wake_test(struct sim_pipe *p, bool *wakes, struct sim_err *err);
void sim_pipe_wake_free(struct sim_pipe *p);

#endif
