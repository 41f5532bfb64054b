/*
 * hub_conn: a connection of a user, what it asks for and what it is told.
 *
 * What it is told waits in a queue as long as it, or anything before it,
 * follows from an input that is not stored: so everything comes in its order,
 * and nothing before it is durable.
 */
#ifndef SIM_HUB_CONN_H
#define SIM_HUB_CONN_H

#include "server/hub_priv.h"

#define SIM_HUB_PENDING_MAX	64	/* messages of a connection that wait */

/* A message that waits for its connection's turn. */
struct sim_hub_text {
	struct sim_worker_item item;	/* first */
	struct sim_hub_text *next;
	struct sim_hub_conn *conn;
	size_t n, cap;
	char text[];
};

/* A piece of what a connection will be told. */
struct sim_hub_piece {
	uint64_t ticket;		/* stored before it leaves; 0: none */
	const struct sim_hub_seat *from;	/* who says it; or NULL */
	size_t len;
};

enum sim_hub_closing {
#define SIM_HUB_CLOSING(id, reason, code, again, message) SIM_HUB_CLOSING_##id,
#include "server/hub_closing.def"
#undef SIM_HUB_CLOSING
};

/* What every message needs stands in front, as in struct sim_net_slot. */
struct sim_hub_conn {
	struct sim_hub *hub;
	struct sim_hub_bench *bench;
	uint64_t id;
	_Atomic(struct sim_hub_text *) spare;	/* of a small message before */
	atomic_int pending;		/* messages not yet heard */
	atomic_bool is_full;		/* net reads no more from it */
	bool was_opened;		/* net's, then fixed */
	bool is_closing, is_gone;
	bool is_complete;		/* closes once it was told all */
	bool is_busy;			/* a job is under way for it */
	bool is_parked;			/* it waits for a session */
	bool is_holding, is_stuffed;	/* in the bench's lists */
	bool is_health;			/* /ws/health: no user */
	bool is_local;			/* it never expires */
	int64_t heard_ms;		/* monotonic */
	struct sim_hub_seat *current;	/* that is meant without a name */
	struct sim_hub_text *waiting, **waiting_end;
	size_t npieces, pieces_cap;
	struct sim_hub_piece *pieces;
	struct sim_buf queue;		/* not yet allowed to leave */
	struct sim_hub_seat *seats;	/* that it drives */
	struct sim_hub_watch *watches;	/* that it watches */
	struct sim_hub_conn *next_holding, *next_stuffed;
	struct sim_hub_conn *prev, *next;	/* of the bench */
	struct sim_worker_item opened, closed;
	int64_t opened_ms, until_ms;	/* monotonic */
	sim_time until;			/* the same as wall clock */
	unsigned warned;		/* which warnings were given */
	int abuse;			/* how many refusals there were, */
	int64_t abuse_ms;		/* and when they began */
	struct sim_token_claims who;	/* its plan is the bench's */
	char parked_at[SIM_SESSION_ID];	/* the session it waits for */
	struct sim_hub_conn *next_parked;
};

/* -- hub_out.c: what it is told -------------------------------------------- */

/* Tell lines that follow from what has the ticket (0: nothing), said by `from`
 * (NULL: by the hub). */
void sim_hub_tell(struct sim_hub_conn *c, const struct sim_hub_seat *from,
		  uint64_t ticket, const char *lines, size_t n);
/* Bytes that it has not read yet, queue and socket together. */
size_t sim_hub_told(const struct sim_hub_conn *c);
/* Let leave what was stored by now. */
void sim_hub_conns_flush(struct sim_hub_bench *b, uint64_t decided);
/* Take back what `from` said since the ticket.  True: there was some. */
bool sim_hub_unsay(struct sim_hub_conn *c, const struct sim_hub_seat *from,
		   uint64_t ticket);
/* Its queue goes with it. */
void sim_hub_queue_release(struct sim_hub_conn *c);

/* Say a message; about may be NULL. */
void sim_hub_say(struct sim_hub_conn *c, enum sim_message_type type,
		 const void *data, const struct sim_hub_about *about);
/* Say that something went wrong. */
void sim_hub_error(struct sim_hub_conn *c, enum sim_message_code code,
		   const char *text, const struct sim_hub_about *about);
/* Say that what was asked of a session is refused. */
void sim_hub_session_error(struct sim_hub_conn *c, const char *code,
			   const char *text,
			   const struct sim_hub_about *about);
/* Say why, and close. */
void sim_hub_close(struct sim_hub_conn *c, enum sim_hub_closing why);

/* -- hub_limit.c: what it may ---------------------------------------------- */

/* Use n of what the plan allows; false: it was refused, and said. */
bool sim_hub_take(struct sim_hub_conn *c, enum sim_plan_limit which,
		  uint32_t n, const struct sim_hub_about *about);
/* Warn and close those whose time is up. */
void sim_hub_conns_sweep(struct sim_hub_bench *b, int64_t now_ms);

/* -- hub_conn.c ------------------------------------------------------------ */

/* A connection to be, of a user, or of nobody (/ws/health). */
struct sim_hub_conn *sim_hub_conn_new(struct sim_hub *h,
				      const struct sim_token_claims *who);
/* The ops of net. */
void sim_hub_rested(void *ctx);
void sim_hub_opened(void *ctx, uint64_t id, void *user);
bool sim_hub_message(void *ctx, uint64_t id, void *user, const char *text,
		     size_t n);
void sim_hub_closed(void *ctx, uint64_t id, void *user, int code);

/* Hear what waits, until a job is under way. */
void sim_hub_continue(struct sim_hub_conn *c);
/* Hear those that have read most of what they were told.
 * Gives: when to look again. */
int64_t sim_hub_conns_unstuff(struct sim_hub_bench *b, int64_t now_ms);
/* Hear a line before all that waits. */
void sim_hub_hear_first(struct sim_hub_conn *c, const char *line, size_t n);
/* What it said counts as not heard until the session is free. */
void sim_hub_park(struct sim_hub_conn *c, const char *session);
/* A session is free: hear those who wait for it. */
void sim_hub_unpark(struct sim_hub_bench *b, const char *user,
		    const char *session);
/* Close those that are meant; is_meant NULL: all. */
void sim_hub_conns_close(struct sim_hub_bench *b, enum sim_hub_closing why,
			 bool (*is_meant)(const struct sim_hub_conn *c,
					  const void *ctx), const void *ctx);
/* From now on this user has this plan. */
void sim_hub_conns_plan(struct sim_hub_bench *b, const char *user,
			enum sim_plan plan);
/* At the end: those that still wait for a session. */
void sim_hub_conns_release(struct sim_hub_bench *b);

#endif
