/*
 * session: one simulation of one user, as a machine that is fed with messages
 * and stepped.
 *
 * No thread, no socket, no clock: who owns it says what time it is, when to
 * step, and carries what it says.  What is recorded of it (its configuration
 * line, its start line, and each later input with the step that it came in)
 * makes the same session again: the same log, byte for byte.  One thread at a
 * time; it may be another each time.
 */
#ifndef SIM_SESSION_H
#define SIM_SESSION_H

#include "backend/calendars.h"
#include "proto/message.h"
#include "run/run.h"

#define SIM_SESSION_ID		65	/* at most 64 bytes, NUL */
#define SIM_SESSION_NEVER	INT64_MAX

struct sim_session;

enum sim_session_state {
#define SIM_SESSION_STATE(id, name, help) SIM_SESSION_##id,
#include "backend/session_state.def"
#undef SIM_SESSION_STATE
	SIM_SESSION_STATE__COUNT
};
/* Their names on the wire, NULL-ended. */
extern const char *const sim_session_states[];

/* What all sessions share; borrowed, read only, outlives them. */
struct sim_session_env {
	const struct sim_store *store;
	struct sim_calendars *calendars;
	sim_dec capital_min, capital_max;
	int64_t tick_interval_ms;	/* without flow control, by default */
};

/* Who carries what it says; called inside the calls below. */
struct sim_session_sink {
	void *ctx;
	/* Whole lines for the client, each a message and a newline. */
	void (*say)(void *ctx, const char *lines, size_t n);
	/* An input that must be durable before anything said from now on
	 * reaches the client.  It came when `step` was the newest step.  The
	 * first two (step 0) say what the bars are, and how it was started. */
	void (*record)(void *ctx, uint64_t step, const char *line, size_t n);
};

/* Why something was refused: an error code of the protocol, a sentence, and
 * details as JSON ("" is none). */
struct sim_session_refusal {
	const char *code;		/* static */
	char message[512];
	struct sim_buf details;		/* released by the caller */
};
#define SIM_SESSION_REFUSAL_INIT { .details = SIM_BUF_INIT(SIM_BUF_MAX) }

/*
 * Check a create_session or one-shot start_simulation message and make a
 * session of it, initializing.
 *
 * Takes:  id: the server's, used when the message names none; max_symbols: what
 *         the plan allows; line: the message as it came, copied.
 * Gives:  *out, or a refusal (INVALID_PARAMS, INSUFFICIENT_CAPITAL,
 *         INVALID_DATE_RANGE, VALIDATION_FAILED, ...) and SIM_E_INVAL.
 * Cost:   microseconds; no bar is looked at.
 */
struct sim_session_ask {
	const char *id, *user;
	const struct sim_message *m;
	const char *line;
	size_t line_len;
	int64_t max_symbols;
	sim_time created;		/* wall clock */
};
int sim_session_new(const struct sim_session_env *env,
		    const struct sim_session_ask *ask,
		    struct sim_session **out, struct sim_session_refusal *why)
	SIM_MUST_CHECK;
void sim_session_free(struct sim_session *s);	/* NULL is fine */

/*
 * Load its bars and make its engine: initializing -> ready.
 *
 * Gives:  a refusal (INVALID_SYMBOL with near matches, INVALID_DATE_RANGE with
 *         what there is, DATA_FETCH_FAILED) and SIM_E_INVAL; the session is in
 *         error then.
 * Cost:   opens files, may make adjusted bars: for a thread that may wait.
 */
int sim_session_load(struct sim_session *s, struct sim_session_refusal *why)
	SIM_MUST_CHECK;

/* A mark of the bars that were loaded, by which the same are known. */
const char *sim_session_mark(const struct sim_session *s);

/* From now on it speaks to this sink; NULL: to nobody (the connection is gone;
 * a running session is paused). */
void sim_session_attach(struct sim_session *s,
			const struct sim_session_sink *sink);

/* From now on somebody acknowledges its ticks, as at first, or nobody does:
 * then a running session is paused, and says so, unless it was started to go
 * on; and the steps of step_simulation wait for no acknowledgement. */
void sim_session_drive(struct sim_session *s, bool is_driven, sim_time now);

/* Say session_created, in reply to request_id (may be NULL). */
void sim_session_say_created(struct sim_session *s, const char *request_id,
			     sim_time now);

/*
 * Hear a message that is about this session: start, acknowledgement, orders,
 * control, questions.  A one-shot session is started with the message it was
 * made from.
 *
 * Takes:  line: as it came, for record(); now: wall clock; now_ms: monotonic.
 * Gives:  1; 0 the message is none of a session's.  Whatever is wrong with it
 *         is answered.
 */
struct sim_session_heard {
	const struct sim_message *m;
	const char *line;
	size_t line_len;
	sim_time now;
	int64_t now_ms;
};
int sim_session_hear(struct sim_session *s, const struct sim_session_heard *h);

/* The shortest way for the most frequent message: a plain tick_ack, as
 * sim_tick_ack() reads it.  False: not now; have it heard as a message. */
bool sim_session_ack(struct sim_session *s, int64_t sequence_id, sim_time now)
	SIM_MUST_CHECK;

/*
 * It will be asked before long: have the processor fetch what an
 * acknowledgement and a step need, which with a thousand sessions is far away.
 *
 * Order: once for each, FAR first, each when what was fetched before has come.
 */
enum sim_session_distance {
	SIM_SESSION_FAR, SIM_SESSION_NEARER, SIM_SESSION_NEAR
};
void sim_session_foresee(const struct sim_session *s,
			 enum sim_session_distance d);

/* When it wants to step: a time not after now_ms is at once; SIM_SESSION_NEVER
 * only after something else is heard. */
int64_t sim_session_due(const struct sim_session *s, int64_t now_ms);

/*
 * Step once, when it is due, and say what happened.
 *
 * Gives:  true when that was the end: sim_session_conclude() is next.
 */
bool sim_session_step(struct sim_session *s, sim_time now, int64_t now_ms);

/* Work out the final results and say them; running or stopped -> completed (or
 * error).  Cost: sorts and sums the whole run: may wait. */
void sim_session_conclude(struct sim_session *s, sim_time now);

/* -- again ----------------------------------------------------------------- */

/* One recorded input. */
struct sim_session_input {
	uint64_t step;
	const char *line;
	size_t line_len;
};

/*
 * Bring a session that was just loaded to where it was, by what was recorded
 * (nothing: it was never started), saying nothing.
 *
 * It then stands at the step of the last input, or at `last_processed` if that
 * is later.  With is_undriven it stands for whoever asks: paused where it was,
 * or waiting for an acknowledgement; there is no sync to be said.
 * Errors: SIM_E_INVAL last_processed is no step of it; SIM_E_DATA what was
 *         recorded can't be; SIM_E_REPRO its bars or the engine are others.
 * Cost:   a run to there: may wait.
 */
struct sim_session_again {
	const struct sim_session_input *inputs;
	size_t n;
	sim_time now;			/* wall clock */
	uint64_t last_processed;	/* sequence_id */
	uint64_t last_execution;	/* number of execution_id; 0: by step */
	bool has_last_execution;
	bool tells_all;			/* executions that come again too, for
					 * others that may not have them */
	bool is_undriven, was_paused;
};
int sim_session_rebuild(struct sim_session *s,
			const struct sim_session_again *a,
			struct sim_err *err) SIM_MUST_CHECK;

/* After a rebuild: say state_sync, then the ticks after last_processed that it
 * already stands behind; it is running again if it was. */
void sim_session_say_sync(struct sim_session *s, const char *request_id,
			  sim_time now, int64_t now_ms);

/* -- what it is ------------------------------------------------------------ */

/* Its id, unique for its user. */
const char *sim_session_id(const struct sim_session *s);
/* Its user's id. */
const char *sim_session_user(const struct sim_session *s);
/* Where it stands. */
enum sim_session_state sim_session_state(const struct sim_session *s);
/* The newest tick's sequence_id; 0 before the first. */
uint64_t sim_session_sequence(const struct sim_session *s);
/* When it was started, by wall clock; SIM_TIME_NONE: it was not. */
sim_time sim_session_started(const struct sim_session *s);
/* Made by start_simulation: it ends with simulation_end. */
bool sim_session_is_one_shot(const struct sim_session *s);
/* Estimated bytes it holds, for limits and metrics. */
size_t sim_session_memory(const struct sim_session *s);
/* Orders in a message (of an order_batch; else 0), for rate limits. */
size_t sim_session_orders_in(const struct sim_message *m);

/* Append the object that sessions_list holds; in full: session_details, from
 * which it can be made elsewhere too. */
void sim_session_describe(struct sim_session *s, bool in_full,
			  struct sim_buf *out);
/* The same of one as it is known to stand. */
struct sim_session_known {
	const char *state;
	uint64_t sequence;
};
void sim_session_describe_as(struct sim_session *s,
			     const struct sim_session_known *k, bool in_full,
			     struct sim_buf *out);
/* What its run is, once it is loaded; lives as long as s. */
const struct sim_run_spec *sim_session_spec(const struct sim_session *s);
/* The event log so far, or sealed once it is completed; dies with the next
 * call.  Gives: hash "" until it is sealed. */
const struct sim_buf *sim_session_log(const struct sim_session *s,
				      const char **hash);
/* The message line of its final results; "" until it is completed. */
const char *sim_session_result(const struct sim_session *s);

#endif
