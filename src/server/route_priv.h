/* route_priv: what the files of the routes share. */
#ifndef SIM_ROUTE_PRIV_H
#define SIM_ROUTE_PRIV_H

#include <pthread.h>

#include "server/keyed.h"
#include "server/route.h"
#include "util/json.h"

enum sim_route_needs {
	SIM_ROUTE_NOTHING, SIM_ROUTE_BEARER,
	SIM_ROUTE_OPEN_SOCKET, SIM_ROUTE_USER_SOCKET
};

struct sim_route {
	struct sim_route_env env;
	struct sim_bucket *buckets[SIM_ROUTE_LIMITER__COUNT];
	pthread_mutex_t revoked_lock;
	struct sim_keyed *revoked;	/* uint64_t: when, ns, by API key */
};

/* A request on its way through. */
struct sim_route_call {
	struct sim_route *r;
	const struct sim_net_request *rq;
	struct sim_token_claims who;	/* where a token is needed */
	struct sim_net_answer answer;
};

/* The handlers of route.def.  Gives: false when the answer comes later. */
#define SIM_ROUTE(method, path, needs, limiter, handler) \
	bool sim_route_call_##handler(struct sim_route_call *c);
#include "server/route.def"
#undef SIM_ROUTE

/* Takes one of the limiter's for this key; false: *a is the 429. */
bool sim_route_let(struct sim_route *r, enum sim_route_limiter limiter,
		   const char *key, struct sim_net_answer *a);
/* An error with Retry-After. */
void sim_route_busy(struct sim_net_answer *a, const char *message, int sec);
/* 401, saying why. */
void sim_route_unauthorized(struct sim_net_answer *a, const char *message);
/* Tell the audit log; one address's refusals not without end. */
void sim_route_audit(struct sim_route *r, const struct sim_route_event *e);
/* Who has a token that is good and not revoked. */
enum sim_token_status sim_route_who(struct sim_route *r, const char *text,
				    struct sim_token_claims *who);
/* What follows "Bearer ", or NULL. */
const char *sim_route_bearer(const struct sim_net_request *rq);

#endif
