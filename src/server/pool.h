/*
 * pool: a few threads for what has to wait: the database, files, long sums.
 *
 * Jobs are bounded in number; one that finds no room is refused at once, so
 * that whoever asked can say so.  What must be done in any case waits for room,
 * and has it before whatever comes later.
 */
#ifndef SIM_POOL_H
#define SIM_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

struct sim_pool;

/* What each thread has of its own, such as a handle of the database. */
struct sim_pool_own {
	void *ctx;
	/* Called in the starting thread, once a thread.  Gives: NULL is an
	 * error, told in *err. */
	void *(*enter)(void *ctx, struct sim_err *err);
	void (*leave)(void *ctx, void *own);	/* after its last job */
};

/*
 * Start the threads.
 *
 * Takes:  own: copied; max: jobs that may wait.
 * Errors: SIM_E_UNAVAILABLE no thread; those of own->enter.
 */
int sim_pool_start(unsigned threads, size_t max,
		   const struct sim_pool_own *own, struct sim_pool **out,
		   struct sim_err *err) SIM_MUST_CHECK;

/* Have job(own, ctx) called in one of the threads.  From any thread.
 * Gives: false when as many wait as may, or the pool is stopping. */
bool sim_pool_submit(struct sim_pool *p, void (*job)(void *own, void *ctx),
		     void *ctx);

/* What has to be done; embedded in what it is about, which bounds how many
 * there are. */
struct sim_pool_item {
	struct sim_pool_item *next;
	void (*job)(void *own, struct sim_pool_item *item);
};
/* The same when there is room, from any thread.  Gives: false when the pool is
 * stopping. */
bool sim_pool_wait(struct sim_pool *p, struct sim_pool_item *item);

/* How many wait, for metrics. */
size_t sim_pool_waiting(struct sim_pool *p);

/* Take no more jobs, do those that wait, end the threads.  NULL is fine. */
void sim_pool_stop(struct sim_pool *p);

#endif
