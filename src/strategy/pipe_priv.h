/* pipe_priv: what the parts of the pipe form share. */
#ifndef SIM_PIPE_PRIV_H
#define SIM_PIPE_PRIV_H

#include "proto/message.h"
#include "proto/tick.h"
#include "script/series_expr.h"
#include "strategy/child.h"
#include "strategy/form.h"
#include "util/mem.h"

#define SIM_PIPE_PROTOCOL	"simutrador/1"
#define SIM_PIPE_BATCHES_MAX	1000000	/* batches with an id of their own */

/* Texts, each with a number from 1 up: ids of orders, batches and timers. */
struct sim_pipe_names {
	struct sim_mem_arena arena;
	const char **name;		/* of number i, or NULL */
	size_t cap;
	uint32_t *number;		/* by number; what the caller likes */
	size_t number_cap;
	uint32_t n;
	uint32_t *slots;		/* numbers, by hash */
	size_t nslots;
};

/* An event as it was, until it is told. */
struct sim_pipe_event {
	struct sim_event ev;
	struct sim_order order;
	struct sim_fill fill;
};

enum sim_pipe_topic {
	SIM_PIPE_EXECUTIONS = 1 << 0, SIM_PIPE_UPDATES = 1 << 1,
	SIM_PIPE_ACCOUNT = 1 << 2, SIM_PIPE_ACTIONS = 1 << 3
};
enum sim_pipe_frequency {
	SIM_PIPE_EVERY_FILL, SIM_PIPE_EVERY_TICK, SIM_PIPE_ON_DEMAND
};

/* Why the last request was refused. */
struct sim_pipe_refusal {
	char text[300];			/* "CODE: sentence" */
};

struct sim_pipe {
	struct sim_form form;
	struct sim_strategy_param *params;	/* by name */
	char *folder;			/* the strategy's own */
	struct sim_child child;
	bool is_started, is_over;
	const struct sim_strategy_view *v;	/* during a call */
	uint32_t nsyms;

	/* What the strategy asked for in ready. */
	bool columns, as_text;
	unsigned topics;
	enum sim_pipe_frequency frequency;
	uint64_t warmup;

	struct sim_tick tick;
	int64_t sequence;
	size_t *told;			/* bars that it knows, by symbol */

	struct sim_series_expr **wake;	/* by symbol; NULL: every step */
	sim_time *filled;		/* by symbol: of the last fill */
	bool timer_due;

	struct sim_pipe_names orders;	/* .number: the engine's id */
	uint32_t *order_name;		/* by engine id: number, or 0 */
	size_t order_name_cap;
	struct sim_pipe_names batches, timers;
	const char **batch_ack;		/* by number: what was answered */
	size_t batch_ack_cap;
	uint64_t made_up;		/* batch ids */
	uint64_t executions;

	struct sim_pipe_event *events;
	size_t nevents, events_cap;
	bool account_moved;
	bool is_asking;			/* inside a call of ours to the host */
	uint32_t asked_id;		/* the order it is about; 0: new */
	struct sim_pipe_refusal refusal;

	/* How far the step's answer has come. */
	bool has_acked, is_ready, has_bye;
	int64_t orders_due;
};

/* The number of a text; 0 when it is new. */
uint32_t sim_pipe_find(const struct sim_pipe_names *t, const char *name);
/* Give a new text the next number. */
uint32_t sim_pipe_add(struct sim_pipe_names *t, const char *name);
void sim_pipe_release(struct sim_pipe_names *t);

/* The name of an engine's order, made up where the engine made the order. */
const char *sim_pipe_order_name(struct sim_pipe *p,
				const struct sim_order *o);
/* Say that order `id` of the engine is called so. */
void sim_pipe_order_called(struct sim_pipe *p, uint32_t id, const char *name);

/* The symbol's index, UINT32_MAX when the run has none such. */
uint32_t sim_pipe_symbol(const struct sim_pipe *p, const char *name);

/* "the strategy's process WHAT, in step N (TIME)": SIM_E_STRATEGY. */
int sim_pipe_fail(const struct sim_pipe *p, struct sim_err *err,
		  const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Append a message to what is sent. */
void sim_pipe_send(struct sim_pipe *p, enum sim_message_type type,
		   const void *data, const char *request_id);
void sim_pipe_error(struct sim_pipe *p, const char *code, const char *text,
		    const char *request_id);

/* -- pipe_hear.c: what comes ---------------------------------------------- */

/* Do what a line asks for.  Errors: SIM_E_STRATEGY; those of the host. */
int sim_pipe_hear(struct sim_pipe *p, const char *line, size_t n,
		  struct sim_err *err);
/* The answer to hello. */
int sim_pipe_ready(struct sim_pipe *p, const struct sim_message_ready *r,
		   struct sim_err *err);

/* -- pipe_order.c --------------------------------------------------------- */

/* Submit, and answer with batch_ack. */
int sim_pipe_batch(struct sim_pipe *p, const struct sim_message_order_batch *b,
		   const char *request_id, struct sim_err *err);
/* Each answers with what was done, or with error. */
int sim_pipe_cancel(struct sim_pipe *p, const char *order_id,
		    const char *request_id, struct sim_err *err);
/* The same for a change. */
int sim_pipe_replace(struct sim_pipe *p,
		     const struct sim_message_replace_order *r,
		     const char *request_id, struct sim_err *err);
/* The same for all that are open. */
int sim_pipe_cancel_all(struct sim_pipe *p,
			const struct sim_message_cancel_all *c,
			const char *request_id, struct sim_err *err);

/* -- pipe_tell.c: what goes ----------------------------------------------- */

/* The first line. */
void sim_pipe_hello(struct sim_pipe *p);
/* Take note of an event. */
void sim_pipe_note(struct sim_pipe *p, const struct sim_event *ev);
/* The reports, updates and account of what was noted. */
void sim_pipe_tell_events(struct sim_pipe *p);
/* Bars that it doesn't know yet, as blocks that need no answer; those of the
 * step itself are left out unless `all`. */
void sim_pipe_tell_bars(struct sim_pipe *p, bool all, bool is_history);
/* The step itself. */
void sim_pipe_tell_step(struct sim_pipe *p);
void sim_pipe_tell_orders(struct sim_pipe *p, uint32_t sym,
			  const char *request_id);
void sim_pipe_tell_account(struct sim_pipe *p, bool is_asked,
			   const char *request_id);
void sim_pipe_tell_end(struct sim_pipe *p);

/* -- pipe_wake.c ---------------------------------------------------------- */

/* Compile the condition for every symbol; "bar" is none. */
int sim_pipe_wake_make(struct sim_pipe *p, const char *text,
		       struct sim_err *err);
/* Feed the step's bars; does one of them wake? */
int sim_pipe_wake_test(struct sim_pipe *p, bool *wakes, struct sim_err *err);
void sim_pipe_wake_free(struct sim_pipe *p);

#endif
