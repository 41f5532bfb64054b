/*
 * worker: a thread that does one thing after the other for those who are
 * pinned to it: what is posted, and in between what is due.
 *
 * What belongs to a worker is touched in its thread alone and needs no lock.
 */
#ifndef SIM_WORKER_H
#define SIM_WORKER_H

#include <stdint.h>

#include "util/err.h"

#define SIM_WORKER_NEVER INT64_MAX

struct sim_worker;

/* A thing to do; embedded in what it is about. */
struct sim_worker_item {
	struct sim_worker_item *next;
	/* In the worker's thread; may free the item. */
	void (*run)(void *ctx, struct sim_worker_item *item);
};

struct sim_worker_ops {
	void *ctx;
	int64_t (*now_ms)(void *ctx);	/* monotonic */
	/* Do some of what is due; at each turn, after the items that had come.
	 * Gives: when there is more to do: now or earlier is at once. */
	int64_t (*turn)(void *ctx, int64_t now_ms);
};

/* Errors: SIM_E_UNAVAILABLE no thread. */
int sim_worker_start(const struct sim_worker_ops *ops, struct sim_worker **out,
		     struct sim_err *err) SIM_MUST_CHECK;

/* From any thread; items of one thread keep their order. */
void sim_worker_post(struct sim_worker *w, struct sim_worker_item *item);

/* The same for a list of items, linked in their order and ended with NULL;
 * last is the last one. */
void sim_worker_post_all(struct sim_worker *w, struct sim_worker_item *first,
			 struct sim_worker_item *last);

/* Have a turn soon, without an item.  From any thread; cheap when one is
 * coming anyway. */
void sim_worker_wake(struct sim_worker *w);

/* Do what was posted, no more turns, end the thread.  Nothing may be posted
 * once this has been called.  NULL is fine. */
void sim_worker_stop(struct sim_worker *w);

#endif
