/*
 * talk: the conversation of a trader with a run: orders, changes and questions
 * in, answers, reports and the account out.
 *
 * It knows no process, no socket and no clock: messages come decoded, and what
 * is said is appended to a buffer.  The pipe form of a strategy and a session
 * of the server both speak through it, so they say the same.
 */
#ifndef SIM_TALK_H
#define SIM_TALK_H

#include "proto/message.h"
#include "proto/tick.h"
#include "strategy/strategy.h"
#include "util/mem.h"

#define SIM_TALK_BATCHES_MAX 1000000	/* batches with an id of their own */

/* Texts, each with a number from 1 up: ids of orders, batches and timers. */
struct sim_talk_names {
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
struct sim_talk_event {
	struct sim_event ev;
	struct sim_order order;
	struct sim_fill fill;
};

enum sim_talk_topic {
	SIM_TALK_EXECUTIONS = 1 << 0, SIM_TALK_UPDATES = 1 << 1,
	SIM_TALK_ACCOUNT = 1 << 2, SIM_TALK_ACTIONS = 1 << 3,
	SIM_TALK_ALL = 15
};
enum sim_talk_frequency {
	SIM_TALK_EVERY_FILL, SIM_TALK_EVERY_TICK, SIM_TALK_ON_DEMAND
};

/* Why the last request was refused. */
struct sim_talk_refusal {
	char text[300];			/* "CODE: sentence" */
};

/* Of an order that is tried; money, and what is left of it. */
struct sim_talk_quote {
	sim_dec quantity, price, cost, commission, margin, power;
};
/* What undoes the requests of an attempt, and knows what they would cost. */
struct sim_talk_trial {
	void *ctx;
	void (*begin)(void *ctx);
	void (*end)(void *ctx);
	bool (*quote)(void *ctx, uint32_t id, struct sim_talk_quote *q);
};

/* Zeroed, then .out, .v and what is wanted set by its owner. */
struct sim_talk {
	struct sim_buf *out;
	/* Set at each call of the run; its host takes the requests. */
	const struct sim_strategy_view *v;
	struct sim_message_style style;	/* tick has its own */
	unsigned topics;
	enum sim_talk_frequency frequency;
	struct sim_tick tick;

	struct sim_talk_names orders;	/* .number: the engine's id */
	uint32_t *order_name;		/* by engine id: number, or 0 */
	size_t order_name_cap;
	struct sim_talk_names batches;
	const char **batch_ack;		/* by number: data of the answer */
	size_t batch_ack_cap;
	uint64_t made_up;		/* batch ids */

	struct sim_talk_event *events;
	size_t nevents, events_cap;
	bool account_moved;
	/* wire */
	sim_dec day_equity;		/* when the day before ended */
	uint32_t told_execution;	/* reports up to it are left out */
	uint64_t told_event;		/* seq of the newest that was told */
	bool is_asking;			/* inside a call of ours to the host */
	uint32_t asked_id;		/* the order it is about; 0: new */
	struct sim_talk_refusal refusal;
	const struct sim_talk_trial *trial;	/* under way; or NULL */
};
void sim_talk_release(struct sim_talk *t);

/* The number of a text; 0 when it is new. */
uint32_t sim_talk_names_find(const struct sim_talk_names *t,
			     const char *name);
/* Give a new text the next number. */
uint32_t sim_talk_names_add(struct sim_talk_names *t, const char *name);
/* Forget those after number n, whose texts the caller has elsewhere. */
void sim_talk_names_cut(struct sim_talk_names *t, uint32_t n);
void sim_talk_names_release(struct sim_talk_names *t);

/* What is known of its symbols, as hello and session_details have it: {SYMBOL:
 * {tick, lot, multiplier, ccy, asset_class, cal}}, appended. */
void sim_talk_instruments(const struct sim_strategy_view *v,
			  struct sim_buf *out);

/* The symbol's index, UINT32_MAX when the run has none such. */
uint32_t sim_talk_symbol(const struct sim_talk *t, const char *name);
/* The name of an engine's order, made up where the engine made the order. */
const char *sim_talk_order_name(struct sim_talk *t, const struct sim_order *o);

/* -- what comes ------------------------------------------------------------ */

/*
 * Do what a message asks for, if it is one of the conversation: an order_batch
 * (a batch_id that came before gets its answer again and does nothing else),
 * cancel, replace, cancel_all, a question.  Each is answered.
 *
 * Gives:  1 it was one of them; 0 it was not, and nothing was done.
 * Errors: those of the host that a refusal doesn't cover.
 */
int sim_talk_hear(struct sim_talk *t, const struct sim_message *m,
		  struct sim_err *err) SIM_MUST_CHECK;

/* Take note of an event, from on_event. */
void sim_talk_note(struct sim_talk *t, const struct sim_event *ev);

/* -- what goes ------------------------------------------------------------- */

/* Append a message. */
void sim_talk_send(struct sim_talk *t, enum sim_message_type type,
		   const void *data, const char *request_id);
void sim_talk_error(struct sim_talk *t, const char *code, const char *text,
		    const char *request_id);
/* The same with a detail: {key: value}. */
struct sim_talk_detail {
	const char *key, *value;
};
void sim_talk_error_about(struct sim_talk *t, const char *code,
			  const char *text, const struct sim_talk_detail *d,
			  const char *request_id);
/* The reports, updates and account of what was noted; of what was brought
 * about by a request, reports and updates alone. */
void sim_talk_tell_events(struct sim_talk *t);
void sim_talk_tell_updates(struct sim_talk *t);
/* The report and update of one that was told before; its order has a name. */
void sim_talk_tell_again(struct sim_talk *t, const struct sim_talk_event *e);
/* {SYMBOL: {tick, lot, multiplier, ccy, asset_class, cal}, ...}: member by
 * member into an object that is open. */
void sim_talk_put_instrument(struct sim_json *j,
			     const struct sim_instrument *x);
/* The bars of this step, as a tick. */
void sim_talk_tell_tick(struct sim_talk *t, const struct sim_tick_end *e);
/* The open orders of a symbol; UINT32_MAX: of all. */
void sim_talk_tell_orders(struct sim_talk *t, uint32_t sym,
			  const char *request_id);
/* The account, as account_snapshot, or asked for as current_positions. */
void sim_talk_tell_account(struct sim_talk *t, bool is_asked,
			   const char *request_id);

/* A fill as its report, but for the execution_id; names live with t. */
struct sim_message_execution_report
sim_talk_report(struct sim_talk *t, const struct sim_talk_event *e);
/* The account; a, to be released. */
struct sim_talk_account {
	struct sim_message_account_snapshot data;
	struct sim_message_position *held;
	const char **open;
};
void sim_talk_account(struct sim_talk *t, struct sim_talk_account *a);
void sim_talk_account_release(struct sim_talk_account *a);
/* The open orders of a symbol (UINT32_MAX: of all), freed by the caller. */
struct sim_message_open_order *
sim_talk_open_orders(struct sim_talk *t, uint32_t sym, size_t *n);

/* -- the parts of talk ----------------------------------------------------- */

/* Submit, and answer with batch_ack. */
int sim_talk_batch(struct sim_talk *t, const struct sim_message_order_batch *b,
		   const char *request_id, struct sim_err *err);
/* Answer a batch with batch_ack and its estimates; nothing of it stays. */
int sim_talk_try(struct sim_talk *t, const struct sim_message_order_batch *b,
		 const char *request_id, const struct sim_talk_trial *trial,
		 struct sim_err *err);
/* Each answers with what was done, or with error. */
int sim_talk_cancel(struct sim_talk *t, const char *order_id,
		    const char *request_id, struct sim_err *err);
/* The same for a change. */
int sim_talk_replace(struct sim_talk *t,
		     const struct sim_message_replace_order *r,
		     const char *request_id, struct sim_err *err);
/* The same for all that are open. */
int sim_talk_cancel_all(struct sim_talk *t,
			const struct sim_message_cancel_all *c,
			const char *request_id, struct sim_err *err);
/* Say that order `id` of the engine is called so. */
void sim_talk_order_called(struct sim_talk *t, uint32_t id, const char *name);

#endif
