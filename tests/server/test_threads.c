/*
 * pool and worker: every job is done once, jobs that find no room are refused
 * and never done, what waits at a stop is still done; items of one thread keep
 * their order, turns come when they are due and when woken.
 */
#include "suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "server/pool.h"
#include "server/worker.h"
#include "util/mem.h"

/* -- pool ------------------------------------------------------------------ */

static atomic_int done, entered, left;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *enter(void *ctx, struct sim_err *err)
{
	(void)err;
	atomic_fetch_add(&entered, 1);
	return ctx;
}

static void leave(void *ctx, void *own)
{
	ck_assert_ptr_eq(ctx, own);
	atomic_fetch_add(&left, 1);
}

static void count(void *own, void *ctx)
{
	atomic_fetch_add((atomic_int *)ctx, own != NULL);
}

static void wait_gate(void *own, void *ctx)
{
	(void)own, (void)ctx;
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
}

START_TEST(jobs)
{
	struct sim_pool_own own = { &done, enter, leave };
	struct sim_pool *p;
	int taken = 0;

	ck_assert_int_eq(sim_pool_start(3, 64, &own, &p, NULL), 0);
	for (int i = 0; i < 10000; i++)
		taken += sim_pool_submit(p, count, &done);
	sim_pool_stop(p);
	ck_assert_int_eq(atomic_load(&done), taken);
	ck_assert_int_ge(taken, 64);
	ck_assert_int_eq(atomic_load(&entered), 3);
	ck_assert_int_eq(atomic_load(&left), 3);
}
END_TEST

START_TEST(no_room)
{
	struct sim_pool_own own = { &done, enter, leave };
	struct sim_pool *p;

	ck_assert_int_eq(sim_pool_start(1, 2, &own, &p, NULL), 0);
	pthread_mutex_lock(&gate);
	ck_assert(sim_pool_submit(p, wait_gate, NULL));
	while (sim_pool_waiting(p))
		sched_yield();
	ck_assert(sim_pool_submit(p, count, &done));
	ck_assert(sim_pool_submit(p, count, &done));
	ck_assert(!sim_pool_submit(p, count, &done));
	ck_assert_uint_eq(sim_pool_waiting(p), 2);
	pthread_mutex_unlock(&gate);
	sim_pool_stop(p);
	ck_assert_int_eq(atomic_load(&done), 2);
}
END_TEST

/* What has to be done waits for room, has it before what comes later, and is
 * done by the pool, never by who asked. */
struct late {
	struct sim_pool_item item;
	int n;
};

static int order[8], norder;
static pthread_t by[8];

static void note(void *own, struct sim_pool_item *item)
{
	(void)own;
	by[norder] = pthread_self();
	order[norder++] = ((struct late *)item)->n;
}

static void note_one(void *own, void *ctx)
{
	note(own, ctx);
}

START_TEST(room_is_waited_for)
{
	struct sim_pool_own own = { &done, enter, leave };
	struct late l[6] = { { .n = 0 } };
	struct sim_pool *p;

	ck_assert_int_eq(sim_pool_start(1, 2, &own, &p, NULL), 0);
	pthread_mutex_lock(&gate);
	ck_assert(sim_pool_submit(p, wait_gate, NULL));
	while (sim_pool_waiting(p))
		sched_yield();
	for (int i = 0; i < 6; i++) {
		l[i].n = i;
		l[i].item.job = note;
	}
	ck_assert(sim_pool_submit(p, note_one, &l[0]));
	for (int i = 1; i < 5; i++)
		ck_assert(sim_pool_wait(p, &l[i].item));
	ck_assert(!sim_pool_submit(p, note_one, &l[5]));
	ck_assert_uint_eq(sim_pool_waiting(p), 5);
	ck_assert_int_eq(norder, 0);
	pthread_mutex_unlock(&gate);
	while (sim_pool_waiting(p))
		sched_yield();
	ck_assert(sim_pool_wait(p, &l[5].item));
	sim_pool_stop(p);
	ck_assert_int_eq(norder, 6);
	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq(order[i], i);
		ck_assert(!pthread_equal(by[i], pthread_self()));
	}
}
END_TEST

static void *never(void *ctx, struct sim_err *err)
{
	(void)ctx;
	sim_err_set(err, SIM_E_IO, "no");
	return NULL;
}

START_TEST(enter_fails)
{
	struct sim_pool_own own = { NULL, never, leave };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_pool *p;

	ck_assert_int_lt(sim_pool_start(1, 2, &own, &p, &err), 0);
	ck_assert_str_eq(err.msg, "no");
}
END_TEST

/* -- worker ---------------------------------------------------------------- */

struct note {
	struct sim_worker_item item;
	int from, n;
};

static int last_of[4];
static atomic_int heard, turns;
static int64_t due;

static int64_t now_ms(void *ctx)
{
	struct timespec t;

	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static int64_t turn(void *ctx, int64_t now)
{
	(void)ctx;
	atomic_fetch_add(&turns, 1);
	return due ? now + due : SIM_WORKER_NEVER;
}

static void hear(void *ctx, struct sim_worker_item *item)
{
	struct note *n = (struct note *)item;

	(void)ctx;
	ck_assert_int_eq(n->n, last_of[n->from] + 1);
	last_of[n->from] = n->n;
	atomic_fetch_add(&heard, 1);
	sim_mem_free(n);
}

struct poster {
	struct sim_worker *w;
	int from;
};

static void *post_all(void *arg)
{
	struct poster *p = arg;

	for (int i = 1; i <= 2000; i++) {
		struct note *n = sim_mem_zalloc(sizeof(*n));

		n->item.run = hear;
		n->from = p->from;
		n->n = i;
		sim_worker_post(p->w, &n->item);
	}
	return NULL;
}

static const struct sim_worker_ops ops = { NULL, now_ms, turn };

START_TEST(items)
{
	struct poster p[4];
	pthread_t t[4];
	struct sim_worker *w;

	ck_assert_int_eq(sim_worker_start(&ops, &w, NULL), 0);
	for (int i = 0; i < 4; i++) {
		p[i] = (struct poster){ w, i };
		ck_assert_int_eq(pthread_create(&t[i], NULL, post_all, &p[i]),
				 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	sim_worker_stop(w);
	ck_assert_int_eq(atomic_load(&heard), 8000);
}
END_TEST

START_TEST(due_and_woken)
{
	struct sim_worker *w;

	due = 1;
	ck_assert_int_eq(sim_worker_start(&ops, &w, NULL), 0);
	while (atomic_load(&turns) < 5)
		sched_yield();
	sim_worker_stop(w);
	due = 0;
	atomic_store(&turns, 0);
	ck_assert_int_eq(sim_worker_start(&ops, &w, NULL), 0);
	while (atomic_load(&turns) < 1)
		sched_yield();
	sim_worker_wake(w);
	while (atomic_load(&turns) < 2)
		sched_yield();
	sim_worker_stop(w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("threads");
	TCase *tc = tcase_create("threads");

	tcase_add_test(tc, jobs);
	tcase_add_test(tc, no_room);
	tcase_add_test(tc, room_is_waited_for);
	tcase_add_test(tc, enter_fails);
	tcase_add_test(tc, items);
	tcase_add_test(tc, due_and_woken);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
