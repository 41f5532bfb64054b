/*
 * hub: the server: sockets, users, sessions, storage and threads joined.
 *
 * Sessions of one user are worked on by one thread, so a heavy one delays no
 * other user's; what waits for disk or bars is done elsewhere.  An input is
 * durable before anything that follows from it leaves; what a crash leaves is
 * taken up again where it was.
 */
#ifndef SIM_HUB_H
#define SIM_HUB_H

#include "backend/session.h"
#include "server/meter.h"
#include "server/net.h"
#include "server/post.h"
#include "server/route.h"
#include "server/token.h"

struct sim_hub;

/* A WebSocket that was closed; text dies with the call. */
struct sim_hub_gone {
	uint64_t id;			/* as the request that opened it */
	const char *user;		/* its id; "" on /ws/health */
	int code;			/* as net's closed */
	int64_t lasted_ms;
};

struct sim_hub_config {
	struct sim_net_config net;	/* but ops and ctx */
	struct sim_token_source token;
	struct sim_route_limits limits;	/* of addresses */
	struct sim_seal_source seal;	/* keys that close secrets */
	struct sim_secret_cost cost;	/* of passwords */
	const char *passwords;		/* a file of bad ones, or NULL */
	bool no_url_tokens;		/* ?token= counts as none */
	bool is_strict;			/* as struct sim_route_env */
	struct sim_post_config post;	/* from NULL: no mail is sent */
	const char *db_path;
	const char *store_dir;
	const char *calendar_dir;	/* or NULL */
	unsigned workers;		/* 0: one less than the machine has */
	unsigned pool_threads;		/* 0: 2 */
	int64_t keep_sec;		/* a session that nobody is at */
	int64_t keep_over_sec;		/* one that is over */
	int64_t idle_ms;		/* in memory, when nobody asks */
	sim_dec capital_min, capital_max;
	int64_t tick_interval_ms;	/* without flow control, by default */
	const char *version;
	/* Called in any of the hub's threads; the clocks must be there. */
	void *ctx;
	sim_time (*now)(void *ctx);		/* wall clock */
	int64_t (*now_ns)(void *ctx);		/* monotonic */
	void (*log)(void *ctx, enum sim_net_level level, const char *event,
		    const char *text);
	void (*served)(void *ctx, const struct sim_net_done *d);
	void (*gone)(void *ctx, const struct sim_hub_gone *g);
	/* To set what the caller counts itself; in the net's thread. */
	void (*collect)(void *ctx, struct sim_meter *m);
};
/* The defaults of the protocol; paths are not set. */
void sim_hub_config_init(struct sim_hub_config *c);

/*
 * Open storage, keys and sockets; nothing is served yet.
 *
 * Takes:  c, copied; what it points to lives as long as the hub.
 * Errors: those of sim_db_open, sim_token_load and sim_net_open.
 */
int sim_hub_open(const struct sim_hub_config *c, struct sim_hub **out,
		 struct sim_err *err) SIM_MUST_CHECK;
/* Who comes in by a local listener is this user, of the plan local; without
 * this call nobody does.  Before the start. */
void sim_hub_let_in(struct sim_hub *h, const char *user);
int sim_hub_start(struct sim_hub *h, struct sim_err *err) SIM_MUST_CHECK;

/* Has the thread of the sockets had a turn in the last ten seconds? */
bool sim_hub_is_alive(const struct sim_hub *h);

/* The port of listener i. */
/* Nobody is connected, nothing goes on, and nobody came since the last call. */
bool sim_hub_is_idle(struct sim_hub *h);
int sim_hub_port(const struct sim_hub *h, size_t i);

/* Read keys and limits again (SIGHUP); what can't be read stays as it was. */
int sim_hub_reload(struct sim_hub *h, struct sim_err *err) SIM_MUST_CHECK;

/*
 * Drain: tell every connection (server_maintenance), close it with 1001, store
 * all that was heard.  Sessions can be resumed after the next start.
 */
void sim_hub_stop(struct sim_hub *h, int deadline_ms);
void sim_hub_free(struct sim_hub *h);		/* NULL is fine */

#endif
