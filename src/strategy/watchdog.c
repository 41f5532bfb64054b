/*
 * watchdog: looks now and then whether the word has moved.
 *
 * The strategy's thread stores where it is and then looks whether it is to be
 * stopped; the watchdog says that it wants to stop it and then looks where it
 * is.  With both in order one of them sees the other.  The strategy's side has
 * no fence: the system's barrier makes every thread pass one.  Where there is
 * none, both sides write the same word, and so one of them comes first.
 */
#include "strategy/watchdog.h"

#include <linux/membarrier.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOOKS 8				/* in the time a call may take */

static long membarrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0);
}

/* Sleep until a look is due; true when it is over. */
static bool rest(const struct sim_watchdog *w, int64_t ms)
{
	struct pollfd p = { .fd = w->wake, .events = POLLIN };

	return poll(&p, 1, (int)ms) == 1;
}

static uint64_t look(const struct sim_watchdog *w)
{
	return __atomic_load_n(&w->word, __ATOMIC_ACQUIRE);
}

/* The word of a call that has taken too long: stop it if it is not in the
 * host just now, nor came back at the last moment. */
static void bite(struct sim_watchdog *w, uint64_t call)
{
	struct sim_err err = SIM_ERR_INIT;

	pthread_mutex_lock(&w->lock);
	__atomic_exchange_n(&w->is_biting, 1, __ATOMIC_SEQ_CST);
	if (w->has_barrier)
		membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
	if (look(w) == (call | SIM_WATCHDOG_IN)) {
		sim_err_set(&err, SIM_E_STRATEGY, "the strategy has not come "
			    "back for %lld ms", (long long)w->limit_ms);
		if (w->describe)
			w->describe(w->ctx, &err);
		w->hang(w->hang_ctx, &err);
	}
	__atomic_store_n(&w->is_biting, 0, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&w->lock);
}

static void *watch(void *arg)
{
	struct sim_watchdog *w = arg;
	int64_t step = w->limit_ms / LOOKS + 1, pause = step;
	uint64_t call = 0;
	int looks = 0;

	while (!rest(w, pause)) {
		uint64_t now = look(w);

		pause = step;
		if ((now | 3) != (call | 3) || !(now & 3)) {
			call = now & ~UINT64_C(3);
			looks = 0;
		} else if (++looks >= LOOKS) {
			bite(w, call);
			pause = 1;
		}
	}
	if (__atomic_load_n(&w->is_dead, __ATOMIC_ACQUIRE))
		bite(w, look(w) & ~UINT64_C(3));
	return NULL;
}

void sim_watchdog_call(struct sim_watchdog *w)
{
	const uint64_t one = 1;

	__atomic_store_n(&w->is_dead, 1, __ATOMIC_RELEASE);
	if (write(w->wake, &one, sizeof(one)) != sizeof(one))
		_exit(EXIT_FAILURE);
}

void sim_watchdog_wait(struct sim_watchdog *w)
{
	pthread_mutex_lock(&w->lock);
	pthread_mutex_unlock(&w->lock);
}

/* A thread that no signal of the process is given to. */
static bool start_thread(struct sim_watchdog *w)
{
	sigset_t all, old;
	bool ok;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ok = !pthread_create(&w->thread, NULL, watch, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ok;
}

void sim_watchdog_start(struct sim_watchdog *w, int64_t limit_ms,
			void (*hang)(void *ctx, const struct sim_err *err),
			void *hang_ctx,
			void (*describe)(void *ctx, struct sim_err *err),
			void *ctx)
{
	*w = (struct sim_watchdog){
		.limit_ms = limit_ms, .hang = hang, .hang_ctx = hang_ctx,
		.describe = describe, .ctx = ctx,
		/* Unwatched, nobody needs a fence. */
		.has_barrier = !hang || !membarrier(
			MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED),
	};
	if (!hang)
		return;
	pthread_mutex_init(&w->lock, NULL);
	w->wake = eventfd(0, EFD_CLOEXEC);
	w->is_started = w->wake >= 0 && start_thread(w);
	if (!w->is_started)
		SIM_BUG("no thread can be made to watch the strategy");
}

void sim_watchdog_stop(struct sim_watchdog *w)
{
	if (!w->is_started)
		return;
	if (eventfd_write(w->wake, 1))
		SIM_BUG("the watchdog can't be told that it is over");
	pthread_join(w->thread, NULL);
	close(w->wake);
	pthread_mutex_destroy(&w->lock);
	w->is_started = false;
}
