/*
 * route: what each HTTP request is answered, and who may open a WebSocket.
 *
 * Rows of route.def; everything the routes need from the rest of the server
 * comes in by a struct of callbacks.  No token, key, ticket or query string
 * leaves here but to the one who is to have it.
 */
#ifndef SIM_ROUTE_H
#define SIM_ROUTE_H

#include "db/apikey.h"
#include "db/person.h"
#include "db/audit.h"
#include "server/bucket.h"
#include "server/net.h"
#include "server/quota.h"
#include "server/ticket.h"
#include "server/token.h"
#include "util/json.h"

enum sim_route_limiter {
#define SIM_ROUTE_LIMITER(id, type, by, limit, period, help) \
	SIM_ROUTE_LIMITER_##id,
#include "server/route.def"
#undef SIM_ROUTE_LIMITER
	SIM_ROUTE_LIMITER__COUNT
};

/* How often, for each limiter. */
struct sim_route_limits {
	struct sim_bucket_rule rules[SIM_ROUTE_LIMITER__COUNT];
};
/* route.def's. */
void sim_route_limits_init(struct sim_route_limits *l);
/* A limiter's name (X-RateLimit-Type), and a line about it; NULL past the
 * last. */
const char *sim_route_limiter_type(int i);
const char *sim_route_limiter_help(int i);

enum sim_route_health {
	SIM_ROUTE_OK, SIM_ROUTE_DEGRADED, SIM_ROUTE_UNHEALTHY
};
extern const char *const sim_route_healths[];	/* their words, NULL-ended */

/* Something of authentication that happened; text dies with the call. */
struct sim_route_event {
	enum sim_audit_action action;	/* SIM_AUDIT_AUTH_... */
	uint64_t id;			/* of the request */
	const char *user;		/* its id; "" while it isn't known */
	const char *key;		/* it or a login; or a user; or "" */
	const char *address;
	const char *path;		/* one of route.def's, or "" */
	const char *detail;		/* a few words of ours */
};

/*
 * What the routes need.  Callbacks may be called from net's thread and the
 * pool's, and must not block (but check_key, which is called in the pool).
 */
struct sim_route_env {
	void *ctx;			/* of all callbacks */
	const char *version;		/* of the server */
	const struct sim_token *tokens;
	struct sim_ticket *tickets;
	struct sim_quota *quota;
	struct sim_route_limits limits;
	sim_time (*now)(void *ctx);		/* wall clock */
	uint64_t (*now_ns)(void *ctx);		/* monotonic */
	void (*reply)(void *ctx, uint64_t id, struct sim_net_answer *a);
	/* As sim_pool_submit. */
	bool (*submit)(void *ctx, void (*job)(void *own, void *arg), void *arg);
	/* The same for what works out passwords; NULL: as submit. */
	bool (*submit_hash)(void *ctx, void (*job)(void *own, void *arg),
			    void *arg);
	/* The database of a thread of the pool. */
	struct sim_db *(*db)(void *ctx, void *own);
	struct sim_seal_source seal;	/* keys that close secrets */
	struct sim_secret_cost cost;	/* of passwords */
	const char *passwords;		/* a file of bad ones, or NULL */
	bool no_url_tokens;		/* ?token= counts as none */
	/* A TOTP code counts in its own step alone; a login without a second
	 * factor neither simulates nor administers. */
	bool is_strict;
	/* Something failed here that the client is told nothing of. */
	void (*failed)(void *ctx, const struct sim_err *err);
	/* Mail was put into the outbox; or NULL. */
	void (*posted)(void *ctx);
	/* Numbers of the running server, as members; or NULL. */
	void (*stats)(void *ctx, struct sim_json *j);
	/* As sim_apikey_check, with the database that the pool's thread has;
	 * what goes wrong there is logged there. */
	int (*check_key)(void *ctx, void *own, const char *text, sim_time now,
			 struct sim_user *u, struct sim_apikey *k);
	/* Is the token good no more for another reason than the end of its
	 * key, which sim_route_revoke tells?  NULL: never. */
	bool (*is_revoked)(void *ctx, const struct sim_token_claims *c);
	enum sim_route_health (*health)(void *ctx);
	bool (*is_ready)(void *ctx);		/* recovered and not draining */
	void (*metrics)(void *ctx, struct sim_buf *out); /* OpenMetrics */
	void (*audit)(void *ctx, const struct sim_route_event *e); /* or NULL */
	/* To be counted; or NULL.  The audit log gets not all of it. */
	void (*happened)(void *ctx, enum sim_audit_action action);
	/* A limit refused something; type as X-RateLimit-Type. */
	void (*limited)(void *ctx, const char *type);
};

/* The path of route.def that this one is, or NULL. */
const char *sim_route_path(const char *path);

struct sim_route;

/* Takes: env, copied; what it points to lives longer.  Freed with
 * sim_route_free, after the pool has done its jobs. */
struct sim_route *sim_route_new(const struct sim_route_env *env);
void sim_route_free(struct sim_route *r);	/* NULL is fine */
/* From now on (SIGHUP), from any thread. */
void sim_route_set_limits(struct sim_route *r,
			  const struct sim_route_limits *l);

/* From now on tokens and tickets that were got with this API key are good for
 * nothing (a key got tokens until at most now: they end within an hour, and so
 * long it is remembered).  From any thread. */
void sim_route_revoke(struct sim_route *r, const char *key);
/* The user is not disabled, or no more: keys that are good are so for tokens
 * too.  Errors: those of sim_apikey_list. */
int sim_route_let_in(struct sim_route *r, struct sim_db *db, const char *user,
		     sim_time now, struct sim_err *err) SIM_MUST_CHECK;

/* From now on the user has this plan, whatever tokens of before say; as long
 * remembered.  From any thread. */
void sim_route_plan(struct sim_route *r, const char *user, enum sim_plan plan);

/* Answer a request by env->reply, now or when the pool has done its part. */
void sim_route_request(struct sim_route *r, const struct sim_net_request *rq);

enum sim_route_peer {
	SIM_ROUTE_REFUSED,	/* by HTTP, or accepted to be closed at once */
	SIM_ROUTE_HEALTH,	/* /ws/health: nobody in particular */
	SIM_ROUTE_USER		/* /ws/simulate: *who */
};

/*
 * May this WebSocket be opened?  In the order of the protocol: bucket of the
 * address (429), token (close code), the plan's cap (429).
 *
 * Gives:  *v; *who for SIM_ROUTE_USER, who then holds one of
 *         concurrent_connections, to be given back when it is closed.
 */
enum sim_route_peer sim_route_upgrade(struct sim_route *r,
				      const struct sim_net_request *rq,
				      struct sim_net_verdict *v,
				      struct sim_token_claims *who);

#endif
