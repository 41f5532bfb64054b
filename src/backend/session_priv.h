/* session_priv: what the parts of a session share. */
#ifndef SIM_SESSION_PRIV_H
#define SIM_SESSION_PRIV_H

#include "backend/session.h"
#include "report/trades.h"
#include "run/stepper.h"
#include "strategy/talk.h"

#define SIM_SESSION_WARMUP_MAX	100000	/* bars of an answer, all symbols */
#define SIM_SESSION_WAIT_MS	30000	/* of a tick_ack that names none */
#define SIM_SESSION_WAIT_MAX_MS	INT64_C(86400000)
#define SIM_SESSION_SYMBOLS_MAX	4096	/* whatever the plan says */

/* A symbol of the store. */
struct sim_session_sym {
	struct sim_store_bars *stored;
	struct sim_action *actions;
	size_t nactions;
	struct sim_store_bars *finer;	/* inside of a bar; or NULL */
	struct sim_bar_series detail;
};

/* What holds the clock although the newest tick is acknowledged, or was seen:
 * orders that are to come, or somebody who thinks. */
struct sim_session_hold {
	bool is_on;
	int64_t until_ms;
	int64_t orders_due;		/* 0: until `ready` comes */
	uint64_t sequence;		/* acknowledged once it is over */
};

struct sim_session_pace {
	bool flow;			/* ticks wait for tick_ack */
	uint64_t max_pending;
	int64_t interval_ms;		/* as asked for */
	double speed;			/* simulated seconds a second; 0: off */
	uint64_t acked;
	struct sim_session_hold hold;
	int64_t next_ms;		/* no tick before it */
	uint64_t quota;			/* steps of step_simulation to make */
};

/* What a rebuild keeps of the steps that the client has not dealt with. */
struct sim_session_missed {
	bool is_keeping;
	uint64_t after_step, after_execution;
	bool has_execution;
	struct sim_message_execution_report *reports;
	char (*ids)[16];		/* their execution_id */
	size_t n, cap, ids_cap;
	struct sim_buf ticks;
};

struct sim_session {
	const struct sim_session_env *env;
	char id[SIM_SESSION_ID];
	char *user;
	enum sim_session_state state;
	bool is_one_shot;
	sim_time created;

	struct sim_message made;	/* the message it was made from */
	const struct sim_message_session_spec *ask;

	/* its run; the second two once it is loaded */
	struct sim_bar_tf tf;
	char timeframe[16];
	struct sim_run_spec spec;
	struct sim_session_sym *syms;	/* as asked for */
	struct sim_run_data *data;
	uint32_t nsyms;
	struct sim_strategy strategy;
	struct sim_stepper *stepper;
	uint64_t total;			/* steps */
	char bars[17];			/* what its bars are, in short */

	/* speaking */
	struct sim_session_sink sink;
	bool has_sink;
	struct sim_buf out;
	struct sim_talk talk;
	sim_dec close_equity;		/* at the newest step */
	bool day_is_over;		/* which ends a session */

	/* running */
	struct sim_session_pace pace;
	bool is_stopping;
	bool is_over;			/* no more steps */
	bool is_driven;			/* somebody acknowledges */
	int on_disconnect;		/* as the word: 0 pause, 1 run */
	sim_time started;		/* wall clock */
	char *step_request;		/* of step_simulation; or NULL */
	struct sim_trades_adjust *splits;
	size_t nsplits, splits_cap;
	struct sim_session_missed missed;
	const struct sim_run_result *result;
	struct sim_buf result_line;
};

/* What its strategy would see; once it is loaded. */
static inline struct sim_strategy_view *sim_session_view(struct sim_session *s)
{
	return sim_stepper_view(s->stepper);
}

/* -- session_make.c: what is asked for ------------------------------------- */

/* Refuse: the code, a sentence, details as JSON or NULL.  SIM_E_INVAL. */
int sim_session_refuse(struct sim_session_refusal *why,
		       enum sim_message_code code, const char *details,
		       const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Check s->ask and fill in tf and spec, but for the bars. */
int sim_session_make(struct sim_session *s, int64_t max_symbols,
		     struct sim_session_refusal *why);

/* -- session_tell.c: what is said ------------------------------------------ */

/* Stamp what follows. */
void sim_session_stamp(struct sim_session *s, sim_time now);
/* Hand over what was said since the last time; without a sink it is lost. */
void sim_session_flush(struct sim_session *s);
/* One of the messages with SimulationStatus. */
void sim_session_tell_status(struct sim_session *s, enum sim_message_type type,
			     const char *request_id);
/* The steps that were asked for while it is paused are made. */
void sim_session_end_steps(struct sim_session *s);
/* The newest step: reports, account, the tick.  Gives: where in s->out the tick
 * begins. */
size_t sim_session_tell_step(struct sim_session *s);
/* Before a step is told: it may be the first of a day, and the one before it
 * what the day's gain is measured from. */
void sim_session_begin_step(struct sim_session *s);
/* A sentence that goes with a message of ours. */
void sim_session_tell_error(struct sim_session *s, enum sim_message_code code,
			    const char *text, const char *request_id);
/* Its range as instants. */
sim_time sim_session_start_of(const struct sim_session *s);
sim_time sim_session_end_of(const struct sim_session *s);
/* How far it is. */
struct sim_message_status sim_session_status(struct sim_session *s);
/* It cannot go on: say so, and be in error. */
void sim_session_die(struct sim_session *s, const struct sim_err *why);

/* -- session_show.c: bars, log and actions --------------------------------- */

/* What comes before the first tick, if anything. */
void sim_session_tell_history(struct sim_session *s);
/* The session has no such symbol. */
void sim_session_refuse_symbol(struct sim_session *s, const char *symbol,
			       const char *request_id);
/* The place of one of its symbols among those that were asked for. */
uint32_t sim_session_asked_at(const struct sim_session *s, const char *symbol);
/* Who asks to watch is told where it stands. */
int sim_session_hear_attach(struct sim_session *s,
			    const struct sim_session_heard *h);
int sim_session_hear_detach(struct sim_session *s,
			    const struct sim_session_heard *h);
int sim_session_hear_bars(struct sim_session *s,
			  const struct sim_session_heard *h);
int sim_session_hear_actions(struct sim_session *s,
			     const struct sim_session_heard *h);
int sim_session_hear_schedule(struct sim_session *s,
			      const struct sim_session_heard *h);
int sim_session_hear_inputs(struct sim_session *s,
			    const struct sim_session_heard *h);
int sim_session_hear_log(struct sim_session *s,
			 const struct sim_session_heard *h);

/* -- session_step.c -------------------------------------------------------- */

/* How long a tick lasts at least. */
int64_t sim_session_interval(const struct sim_session *s);
void sim_session_release_hold(struct sim_session *s);

/* -- session_again.c ------------------------------------------------------- */

/* The first recorded line: engine, bars, and when it was started. */
void sim_session_put_inputs(const struct sim_session *s, sim_time now,
			    struct sim_buf *out);

#endif
