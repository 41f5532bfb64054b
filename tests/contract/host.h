/* What a process lends to a backend, for tests. */
#ifndef HOST_H
#define HOST_H
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "backend/backend.h"
#include "util/rand.h"

struct host {
	struct sim_rand rand;
	unsigned notices;
	const char *token;		/* of a server elsewhere */
	const char *next_token;		/* once that is refused; or NULL */
	unsigned refusals;
};

static inline int64_t host_clock(clockid_t id, int64_t unit)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (t.tv_sec * INT64_C(1000000000) + t.tv_nsec) / unit;
}

static inline sim_time host_now(void *ctx)
{
	(void)ctx;
	return host_clock(CLOCK_REALTIME, 1);
}

static inline int64_t host_now_ms(void *ctx)
{
	(void)ctx;
	return host_clock(CLOCK_MONOTONIC, 1000000);
}

static inline uint64_t host_random(void *ctx)
{
	return sim_rand_next(&((struct host *)ctx)->rand);
}

static inline void host_notice(void *ctx, const struct sim_backend_state *s,
			       const char *text)
{
	(void)s;
	((struct host *)ctx)->notices++;
	if (getenv("HOST_VERBOSE"))
		fprintf(stderr, "%s\n", text);
}

static inline struct sim_backend_host host_of(struct host *h)
{
	sim_rand_init(&h->rand, (uint64_t)host_now(NULL), "host");
	return (struct sim_backend_host){
		.ctx = h, .now = host_now, .now_ms = host_now_ms,
		.random = host_random, .notice = host_notice,
	};
}

static inline int host_credential(void *ctx, bool is_refused, int timeout_ms,
				  struct sim_backend_credential *out,
				  struct sim_err *err)
{
	struct host *h = ctx;

	(void)timeout_ms, (void)err;
	h->refusals += is_refused;
	if (is_refused && h->next_token)
		h->token = h->next_token;
	out->is_ticket = false;
	snprintf(out->text, sizeof(out->text), "%s", h->token);
	return 0;
}

#endif
