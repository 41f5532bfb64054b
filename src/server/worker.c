/* worker: items come in on a list that is taken whole. */
#include "server/worker.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "util/mem.h"

struct sim_worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct sim_worker_item *first, **last;
	bool is_woken, is_stopping;
	struct sim_worker_ops ops;
};

/* Wait until something comes, or `due` (0: not at all).  Gives: all that has
 * come. */
static struct sim_worker_item *take(struct sim_worker *w, int64_t due,
				    bool *is_over)
{
	struct timespec until = { due / 1000, due % 1000 * 1000000 };
	struct sim_worker_item *all;
	int rc = 0;

	pthread_mutex_lock(&w->lock);
	while (due && !w->first && !w->is_woken && !w->is_stopping && !rc) {
		if (due == SIM_WORKER_NEVER)
			pthread_cond_wait(&w->some, &w->lock);
		else
			rc = pthread_cond_timedwait(&w->some, &w->lock,
						    &until);
	}
	all = w->first;
	w->first = NULL;
	w->last = &w->first;
	w->is_woken = false;
	*is_over = w->is_stopping && !all;
	pthread_mutex_unlock(&w->lock);
	return all;
}

static void run_all(struct sim_worker *w, struct sim_worker_item *item)
{
	while (item) {
		struct sim_worker_item *next = item->next;

		item->run(w->ops.ctx, item);
		item = next;
	}
}

static void *work(void *arg)
{
	struct sim_worker *w = arg;
	int64_t due = 0;
	bool is_over = false;

	while (!is_over) {
		int64_t now = w->ops.now_ms(w->ops.ctx);

		run_all(w, take(w, due > now ? due : 0, &is_over));
		if (!is_over)
			due = w->ops.turn(w->ops.ctx,
					  w->ops.now_ms(w->ops.ctx));
	}
	return NULL;
}

int sim_worker_start(const struct sim_worker_ops *ops, struct sim_worker **out,
		     struct sim_err *err)
{
	struct sim_worker *w = sim_mem_zalloc(sizeof(*w));
	pthread_condattr_t attr;
	int rc;

	w->ops = *ops;
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->some, &attr);
	pthread_condattr_destroy(&attr);
	rc = pthread_create(&w->thread, NULL, work, w);
	if (rc) {
		pthread_cond_destroy(&w->some);
		pthread_mutex_destroy(&w->lock);
		sim_mem_free(w);
		return sim_err_set(err, SIM_E_UNAVAILABLE, "no thread can be "
				   "started: %s", strerror(rc));
	}
	*out = w;
	return SIM_OK;
}

void sim_worker_post_all(struct sim_worker *w, struct sim_worker_item *first,
			 struct sim_worker_item *last)
{
	pthread_mutex_lock(&w->lock);
	*w->last = first;
	w->last = &last->next;
	pthread_mutex_unlock(&w->lock);
	pthread_cond_signal(&w->some);
}

void sim_worker_post(struct sim_worker *w, struct sim_worker_item *item)
{
	item->next = NULL;
	sim_worker_post_all(w, item, item);
}

void sim_worker_wake(struct sim_worker *w)
{
	pthread_mutex_lock(&w->lock);
	if (!w->is_woken) {
		w->is_woken = true;
		pthread_cond_signal(&w->some);
	}
	pthread_mutex_unlock(&w->lock);
}

void sim_worker_stop(struct sim_worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->is_stopping = true;
	pthread_cond_signal(&w->some);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->some);
	pthread_mutex_destroy(&w->lock);
	sim_mem_free(w);
}
