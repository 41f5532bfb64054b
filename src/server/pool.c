/* pool: a ring of jobs under one lock, and a list of what finds no room. */
#include "server/pool.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "util/mem.h"

#define THREADS_MAX 64

struct job {
	void (*run)(void *own, void *ctx);
	void *ctx;
};

struct one {
	struct sim_pool *pool;
	pthread_t thread;
	void *own;
};

struct sim_pool {
	pthread_mutex_t lock;
	pthread_cond_t some;		/* a job, or the end */
	struct job *ring;
	size_t max, first, n;
	struct sim_pool_item *late, **late_end;	/* only when it is full */
	size_t nlate;
	bool is_stopping;
	struct sim_pool_own own;
	struct one threads[THREADS_MAX];
	unsigned nthreads, nowns;
};

static void put(struct sim_pool *p, void (*run)(void *own, void *ctx),
		void *ctx)
{
	p->ring[(p->first + p->n) % p->max] = (struct job){ run, ctx };
	p->n++;
}

static void run_item(void *own, void *ctx)
{
	struct sim_pool_item *item = ctx;

	item->job(own, item);
}

/* There is room: for who has waited longest. */
static void let_in(struct sim_pool *p)
{
	struct sim_pool_item *item = p->late;

	if (!item)
		return;
	p->late = item->next;
	if (!p->late)
		p->late_end = &p->late;
	p->nlate--;
	put(p, run_item, item);
}

static bool next_job(struct sim_pool *p, struct job *j)
{
	bool has_one;

	pthread_mutex_lock(&p->lock);
	while (!p->n && !p->is_stopping)
		pthread_cond_wait(&p->some, &p->lock);
	has_one = p->n > 0;
	if (has_one) {
		*j = p->ring[p->first];
		p->first = (p->first + 1) % p->max;
		p->n--;
		let_in(p);
	}
	pthread_mutex_unlock(&p->lock);
	return has_one;
}

static void *work(void *arg)
{
	struct one *me = arg;
	struct job j;

	while (next_job(me->pool, &j))
		j.run(me->own, j.ctx);
	return NULL;
}

static int start_one(struct sim_pool *p, struct sim_err *err)
{
	struct one *t = &p->threads[p->nowns];
	int rc;

	t->pool = p;
	t->own = p->own.enter ? p->own.enter(p->own.ctx, err) : NULL;
	if (p->own.enter && !t->own)
		return SIM_E_UNAVAILABLE;
	p->nowns++;
	rc = pthread_create(&t->thread, NULL, work, t);
	if (rc)
		return sim_err_set(err, SIM_E_UNAVAILABLE, "no thread can be "
				   "started: %s", strerror(rc));
	p->nthreads++;
	return SIM_OK;
}

int sim_pool_start(unsigned threads, size_t max,
		   const struct sim_pool_own *own, struct sim_pool **out,
		   struct sim_err *err)
{
	struct sim_pool *p = sim_mem_zalloc(sizeof(*p));
	int rc = SIM_OK;

	if (!threads || threads > THREADS_MAX || !max)
		SIM_BUG("a pool of no threads, too many or no jobs");
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->some, NULL);
	p->max = max;
	p->late_end = &p->late;
	p->ring = sim_mem_array(max, sizeof(*p->ring));
	if (own)
		p->own = *own;
	while (!rc && p->nthreads < threads)
		rc = start_one(p, err);
	if (rc)
		sim_pool_stop(p);
	else
		*out = p;
	return rc;
}

bool sim_pool_submit(struct sim_pool *p, void (*job)(void *own, void *ctx),
		     void *ctx)
{
	bool has_room;

	pthread_mutex_lock(&p->lock);
	has_room = p->n < p->max && !p->is_stopping;
	if (has_room) {
		put(p, job, ctx);
		pthread_cond_signal(&p->some);
	}
	pthread_mutex_unlock(&p->lock);
	return has_room;
}

bool sim_pool_wait(struct sim_pool *p, struct sim_pool_item *item)
{
	bool is_taken;

	pthread_mutex_lock(&p->lock);
	is_taken = !p->is_stopping;
	if (is_taken && p->n < p->max) {
		put(p, run_item, item);
		pthread_cond_signal(&p->some);
	} else if (is_taken) {
		item->next = NULL;
		*p->late_end = item;
		p->late_end = &item->next;
		p->nlate++;
	}
	pthread_mutex_unlock(&p->lock);
	return is_taken;
}

size_t sim_pool_waiting(struct sim_pool *p)
{
	size_t n;

	pthread_mutex_lock(&p->lock);
	n = p->n + p->nlate;
	pthread_mutex_unlock(&p->lock);
	return n;
}

void sim_pool_stop(struct sim_pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->is_stopping = true;
	pthread_cond_broadcast(&p->some);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->nthreads; i++)
		pthread_join(p->threads[i].thread, NULL);
	for (unsigned i = 0; p->own.leave && i < p->nowns; i++)
		p->own.leave(p->own.ctx, p->threads[i].own);
	pthread_cond_destroy(&p->some);
	pthread_mutex_destroy(&p->lock);
	sim_mem_free(p->ring);
	sim_mem_free(p);
}
