/*
 * watchdog: a thread that notices when a call into a strategy takes too long.
 *
 * Compiled code can't be interrupted, so the run can only be sealed and the
 * process ended, by the function that the watchdog calls.  While it runs no
 * call of the host is under way and none begins, and the strategy's call never
 * gets back to the run: what the run holds stands still.
 */
#ifndef SIM_WATCHDOG_H
#define SIM_WATCHDOG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/err.h"

struct sim_watchdog {
	uint64_t word;		/* calls begun, times four, and where it is */
	uint32_t is_biting;		/* somebody wants to stop it */
	uint32_t is_dead;		/* its thread says that it is */
	bool has_barrier;		/* the system can order its stores */
	bool is_started;
	int wake;			/* readable: it is over */
	int64_t limit_ms;
	void (*hang)(void *ctx, const struct sim_err *err);
	void (*describe)(void *ctx, struct sim_err *err);
	void *hang_ctx, *ctx;
	pthread_t thread;
	pthread_mutex_t lock;		/* held while it bites */
};

/*
 * Start watching; nothing is watched when hang is NULL.
 *
 * Takes:  hang(hang_ctx, err) is called in the watchdog's thread, must not
 *         return, and finds err filled by describe(ctx, err), which may read
 *         what the strategy's thread last wrote before it went in.
 * Cost:   two stores and a load a call.
 */
void sim_watchdog_start(struct sim_watchdog *w, int64_t limit_ms,
			void (*hang)(void *ctx, const struct sim_err *err),
			void *hang_ctx,
			void (*describe)(void *ctx, struct sim_err *err),
			void *ctx);
void sim_watchdog_stop(struct sim_watchdog *w);

/* It will not come back: end it now.  For the strategy's thread, in a signal
 * handler too. */
void sim_watchdog_call(struct sim_watchdog *w);

/* Out of line: an end that may have to wait, forever when it was too late. */
void sim_watchdog_wait(struct sim_watchdog *w);

enum sim_watchdog_place {
	SIM_WATCHDOG_OUT, SIM_WATCHDOG_IN, SIM_WATCHDOG_HOST
};

/* Say where the strategy's thread is. */
static inline void sim_watchdog_store(struct sim_watchdog *w, uint64_t word)
{
	__atomic_store_n(&w->word, word, __ATOMIC_RELEASE);
}

/* After a store that ends the strategy's own time. */
static inline void sim_watchdog_check(struct sim_watchdog *w)
{
	uint32_t bites;

	if (w->has_barrier) {
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		bites = __atomic_load_n(&w->is_biting, __ATOMIC_ACQUIRE);
	} else {
		bites = __atomic_fetch_or(&w->is_biting, 0, __ATOMIC_SEQ_CST);
	}
	if (__builtin_expect(bites, 0))
		sim_watchdog_wait(w);
}

/* A call into the strategy begins. */
static inline void sim_watchdog_enter(struct sim_watchdog *w)
{
	sim_watchdog_store(w, (w->word | 3) + 1 + SIM_WATCHDOG_IN);
}

/* It ends. */
static inline void sim_watchdog_leave(struct sim_watchdog *w)
{
	sim_watchdog_store(w, w->word & ~UINT64_C(3));
	sim_watchdog_check(w);
}

/* Inside of a call: the host is at work. */
static inline void sim_watchdog_host_enter(struct sim_watchdog *w)
{
	sim_watchdog_store(w, (w->word & ~UINT64_C(3)) | SIM_WATCHDOG_HOST);
	sim_watchdog_check(w);
}

/* It is done. */
static inline void sim_watchdog_host_leave(struct sim_watchdog *w)
{
	sim_watchdog_store(w, (w->word & ~UINT64_C(3)) | SIM_WATCHDOG_IN);
}

#endif
