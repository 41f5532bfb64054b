/*
 * hub_priv: what the parts of the hub share.
 *
 * A user is pinned to a bench: a worker's thread with the connections and
 * sessions of its users, which are touched there alone.  What must wait is
 * done by a job in the pool, which gives its outcome back to the bench.
 */
#ifndef SIM_HUB_PRIV_H
#define SIM_HUB_PRIV_H

#include <stdatomic.h>

#include "server/due.h"
#include "server/hub.h"
#include "server/pool.h"
#include "server/route.h"
#include "server/worker.h"
#include "server/writer.h"

#define SIM_HUB_BENCHES_MAX	64
#define SIM_HUB_PENDING_MAX	64	/* messages of a connection that wait */
#define SIM_HUB_TABLE		4096	/* slots of a bench's sessions */

struct sim_hub_bench;
struct sim_hub_conn;

/* What may leave once the input with this ticket is durable. */
struct sim_hub_hold {
	uint64_t ticket;
	size_t from;			/* in seat->held */
};

/* A session in memory, and whoever it speaks to. */
struct sim_hub_seat {
	struct sim_due_item due;	/* first: the bench's queue */
	struct sim_session *s;
	struct sim_hub_bench *bench;
	struct sim_hub_conn *conn;
	struct sim_hub_seat *next_of_conn, *next_in_slot, *next_held;
	bool is_held;			/* in the bench's list of those */
	struct sim_buf held;		/* said, not yet allowed to leave */
	struct sim_hub_hold *holds;
	size_t nholds, holds_cap;
	int64_t journaled;		/* lines of its journal */
	bool is_away, is_over;		/* a job has it; it has its results */
	bool is_stored;			/* its row is there */
	int64_t touched_ms;		/* when its row was last changed */
	bool is_lost;			/* something of it was not stored */
	bool is_counted;		/* against concurrent_sessions */
	bool is_left;			/* goes once it is stored, or lost */
	int counted;			/* in the meter: its state + 1 */
};

/* A message that waits for its connection's turn. */
struct sim_hub_text {
	struct sim_worker_item item;	/* first */
	struct sim_hub_text *next;
	struct sim_hub_conn *conn;
	size_t n;
	char text[];
};

struct sim_hub_conn {
	struct sim_worker_item opened, closed;
	struct sim_hub *hub;
	struct sim_hub_bench *bench;
	uint64_t id;
	struct sim_token_claims who;
	bool is_health;			/* /ws/health: no user */
	int64_t opened_ms, heard_ms, until_ms;	/* monotonic */
	sim_time until;			/* the same as wall clock */
	unsigned warned;		/* which warnings were given */
	atomic_int pending;		/* messages not yet heard */
	atomic_bool is_full;		/* net reads no more from it */
	bool was_opened;		/* net's, then fixed */
	bool is_closing, is_gone;
	int64_t abuse_ms;		/* when its refusals began, */
	int abuse;			/* and how many there were */
	bool is_busy;			/* a job is under way for it */
	struct sim_hub_text *waiting, **waiting_end;
	struct sim_hub_seat *seats, *current;
	struct sim_hub_conn *prev, *next;	/* of the bench */
};

struct sim_hub_bench {
	struct sim_hub *hub;
	struct sim_worker *worker;
	struct sim_hub_conn *conns;
	struct sim_due due;		/* seats */
	struct sim_hub_seat *held, *table[SIM_HUB_TABLE];
	struct sim_hub_job *sole;	/* those under way */
	int64_t next_sweep_ms;
	struct sim_buf scratch;		/* a message being written */
	bool is_begun;			/* its thread has had a turn */
	struct sim_worker_item *heard, *heard_last;	/* till net rests */
};

struct sim_hub {
	struct sim_hub_config config;
	struct sim_net *net;
	struct sim_pool *pool, *hashes;	/* the second for passwords alone */
	struct sim_writer *writer;
	struct sim_route *routes;
	struct sim_token *token;
	struct sim_ticket *tickets;
	struct sim_meter *meter;
	struct sim_quota *quota;
	struct sim_store *store;
	struct sim_session_env session_env;
	atomic_size_t nseats;
	int claim;			/* to be the database's one server */
	struct sim_hub_bench *benches;
	unsigned nbenches;
	atomic_bool is_draining;
	_Atomic int64_t turned_ms;	/* the net's thread, last */
	atomic_bool is_looking;		/* a job looks at keys */
	sim_time keys_seen;		/* that job's */
	int64_t next_keys_ms, next_expire_ms;	/* net's thread */
	int64_t ahead_ns;		/* the same: wall clock minus even */
	uint64_t seen_lost;		/* the same: the writer's, last */
	int64_t began, began_ns;	/* wall clock, and monotonic */
};

/* Whom an answer is for, and what it is about. */
struct sim_hub_about {
	const char *request_id, *session_id;
	const char *details;		/* JSON */
	int64_t retry_ms;
	bool is_session;		/* refused with session_error */
};

/* A message that was read. */
struct sim_hub_heard {
	struct sim_message m;
	const char *line;
	size_t line_len;
	struct sim_hub_about about;
};

enum sim_hub_closing {
#define SIM_HUB_CLOSING(id, reason, code, again, message) SIM_HUB_CLOSING_##id,
#include "server/hub_closing.def"
#undef SIM_HUB_CLOSING
};

/* Something for the pool, and what follows from it at the bench. */
struct sim_hub_job {
	struct sim_worker_item item;	/* first */
	struct sim_hub *hub;
	struct sim_hub_bench *bench;
	struct sim_hub_conn *conn;	/* that waits for it; NULL: none */
	struct sim_hub_seat *seat;
	void (*work)(struct sim_hub_job *j, struct sim_db *db);
	void (*done)(struct sim_hub_job *j);
	uint64_t after;			/* this ticket is stored before */
	char *request_id;
	char user[SIM_USER_ID];
	char id[SIM_SESSION_ID];
	char *line;			/* the message, and its length */
	size_t line_len;
	struct sim_session *s;
	struct sim_session_refusal why;
	bool is_sole, is_refused, was_alive, is_unnamed;
	struct sim_hub_job *next_sole;	/* is_sole: its session is its own */
	struct sim_session_row *rows;
	size_t nrows;
	struct sim_session_row_whole whole;
	struct sim_session_again again;
	struct sim_buf said;
	struct sim_err err;
	int rc;
};

/* -- hub.c ----------------------------------------------------------------- */

/* A line for the log. */
void sim_hub_log(struct sim_hub *h, enum sim_net_level level,
		 const char *event, const char *text);
sim_time sim_hub_now(const struct sim_hub *h);		/* wall clock */
int64_t sim_hub_ns(const struct sim_hub *h);		/* monotonic */
int64_t sim_hub_ms(const struct sim_hub *h);
/* Wall clock as if nobody had set it since the server began. */
sim_time sim_hub_even(const struct sim_hub *h);
/* An id for a session, made of random bits. */
void sim_hub_new_id(char out[SIM_SESSION_ID]);
/* How the server is, as a word of the message health. */
enum sim_hub_health { SIM_HUB_OK, SIM_HUB_DEGRADED, SIM_HUB_UNHEALTHY };
enum sim_hub_health sim_hub_health(struct sim_hub *h);

/* -- hub_seat.c ------------------------------------------------------------ */

/* Give a session a seat; takes it. */
struct sim_hub_seat *sim_hub_seat_new(struct sim_hub_bench *b,
				      struct sim_session *s);
/* Let it speak to the connection, in place of whom it spoke to. */
void sim_hub_seat_attach(struct sim_hub_seat *x, struct sim_hub_conn *c);
/* Take its session out of memory: what it was is in the database. */
void sim_hub_seat_free(struct sim_hub_seat *x);
/* The seat of a user's session; NULL: it has none. */
struct sim_hub_seat *sim_hub_seat_find(struct sim_hub_bench *b,
				       const char *user, const char *id);
/* What it says from now on leaves once the ticket is stored. */
void sim_hub_seat_hold(struct sim_hub_seat *x, uint64_t ticket);
void sim_hub_seat_say(struct sim_hub_seat *x, const char *lines, size_t n);
/* Set when it is due, from what its session says. */
void sim_hub_seat_due(struct sim_hub_seat *x, int64_t now_ms);
/* Some steps of it, or what follows its last one. */
void sim_hub_seat_turn(struct sim_hub_seat *x, int64_t now_ms);
/* Let leave what was stored by now. */
void sim_hub_seats_flush(struct sim_hub_bench *b);

/* Keep from growing old, and end, those that are due for it. */
void sim_hub_seats_sweep(struct sim_hub_bench *b, int64_t now_ms);

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
/* Use n of what the plan allows; false: it was refused, and said. */
bool sim_hub_take(struct sim_hub_conn *c, enum sim_plan_limit which,
		  uint32_t n, const struct sim_hub_about *about);
/* Hear what waits, until a job is under way. */
void sim_hub_continue(struct sim_hub_conn *c);
/* Warn and close those whose time is up. */
void sim_hub_conns_sweep(struct sim_hub_bench *b, int64_t now_ms);
/* Close those that are meant; is_meant NULL: all. */
void sim_hub_conns_close(struct sim_hub_bench *b, enum sim_hub_closing why,
			 bool (*is_meant)(const struct sim_hub_conn *c,
					  const void *ctx), const void *ctx);

/* -- hub_job.c ------------------------------------------------------------- */

/* c: whom it is for, who hears nothing else until it is done; h: the message
 * it is about.  Both may be NULL. */
struct sim_hub_job *sim_hub_job_new(struct sim_hub_bench *b,
				    struct sim_hub_conn *c,
				    const struct sim_hub_heard *h);
/* False: there is no room; it was said, and the job is gone. */
bool sim_hub_job_start(struct sim_hub_job *j);
/* Here and now when there is no room; work is not given a database then. */
void sim_hub_job_always(struct sim_hub_job *j);
struct sim_hub_about sim_hub_job_about(const struct sim_hub_job *j);
/* Say what was against it. */
void sim_hub_job_failed(struct sim_hub_job *j);

/* get_session: one as it stands, in memory or not. */
void sim_hub_get(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* list_sessions: the user's, newest first. */
void sim_hub_list(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* delete_session: out of memory, then out of the database. */
void sim_hub_delete(struct sim_hub_conn *c, const struct sim_hub_heard *h);

/* -- hub_session.c --------------------------------------------------------- */

/* create_session, or start_simulation that makes one. */
void sim_hub_create(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* start_simulation of a session that is not in memory. */
void sim_hub_reopen(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* resume_session: made again from its journal, wherever it was. */
void sim_hub_resume(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* A message for a session that has a seat. */
void sim_hub_seat_hear(struct sim_hub_seat *x, const struct sim_hub_heard *h);
/* A session as its row has it, not loaded. */
int sim_hub_session_of(const struct sim_hub *h,
		       const struct sim_session_row *r, struct sim_session **s,
		       struct sim_session_refusal *why, struct sim_err *err);
/* End it as stop_simulation would: it has run as long as the plan lets it. */
void sim_hub_end(struct sim_hub_seat *x);
/* Its last step was made: work out the results, store and say them. */
void sim_hub_conclude(struct sim_hub_seat *x);
/* All it had to say has left. */
void sim_hub_seat_over(struct sim_hub_seat *x);
/* Something of it could not be stored: what was said since is unsaid. */
void sim_hub_seat_lost(struct sim_hub_seat *x);
/* Its connection is lost, or another takes it. */
void sim_hub_leave(struct sim_hub_seat *x);
void sim_hub_uncount(struct sim_hub_seat *x);

#endif
