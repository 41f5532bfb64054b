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
#define SIM_HUB_TABLE		4096	/* slots of a bench's sessions */
#define SIM_HUB_QUEUED_MAX	((size_t)256 << 10)	/* a reader is slow */

struct sim_hub_bench {
	struct sim_hub *hub;
	struct sim_worker *worker;
	struct sim_hub_conn *conns;
	struct sim_hub_conn *holding;	/* who have something to wait for */
	struct sim_hub_conn *parked;	/* who wait for a session */
	struct sim_hub_conn *stuffed;	/* who have too much to read */
	struct sim_due due;		/* seats */
	struct sim_hub_seat *seats;	/* all */
	struct sim_hub_seat *held;	/* with something that is not stored */
	struct sim_hub_seat *settled;	/* of these, to be looked at */
	struct sim_hub_seat *table[SIM_HUB_TABLE];
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
	struct sim_pool *looks;		/* at keys: however busy the others */
	struct sim_post *post;		/* NULL: none */
	struct sim_writer *writer;
	struct sim_route *routes;
	struct sim_token *token;
	struct sim_ticket *tickets;
	struct sim_meter *meter;
	struct sim_quota *quota;
	struct sim_store *store;
	struct sim_session_env session_env;
	atomic_size_t nseats, nbusy;	/* sessions in memory; at work */
	struct sim_token_claims local;	/* who comes in by a local listener */
	uint64_t came;			/* connections, at the last look */
	int claim;			/* to be the database's one server */
	struct sim_hub_bench *benches;
	unsigned nbenches;
	atomic_bool is_draining;
	_Atomic int64_t turned_ms;	/* the net's thread, last */
	atomic_bool is_looking;		/* a job looks at keys */
	sim_time keys_seen;		/* that job's, */
	int64_t audit_seen;		/* and this too */
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
/* The bench of a user. */
struct sim_hub_bench *sim_hub_bench_of(struct sim_hub *h, const char *user);

#endif
