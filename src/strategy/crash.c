/*
 * crash: handlers of the signals by which programs die, and of exit.
 *
 * They call what a signal handler may: atomics, write and poll.
 */
#include "strategy/crash.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/mem.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define STACK		65536
#define PATIENCE_MS	20000		/* for the watchdog to end the run */
#define PAUSE_MS	100

static const struct {
	int what;
	const char *text;
} deaths[] = {
	{ SIGSEGV, "was ended by SIGSEGV (a bad address)" },
	{ SIGBUS, "was ended by SIGBUS (a bad address)" },
	{ SIGFPE, "was ended by SIGFPE (a division by zero)" },
	{ SIGILL, "was ended by SIGILL (a bad instruction)" },
	{ SIGABRT, "was ended by SIGABRT (abort)" },
	{ SIM_CRASH_EXIT, "called exit()" },
};
static struct sigaction before[N(deaths)];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static __thread struct sim_crash *guarded;

/* The strategy whose own code this thread runs. */
static struct sim_crash *inside(void)
{
	struct sim_crash *c = guarded;

	while (c && (c->watch->word & 3) != SIM_WATCHDOG_IN)
		c = c->next;
	return c;
}

/* Until the process ends, or the watchdog too is found to be stuck. */
static void stand_still(struct sim_crash *c, int what)
{
	__atomic_store_n(&c->what, what, __ATOMIC_RELEASE);
	sim_watchdog_call(c->watch);
	/* A signal may cut one of these short. */
	for (int ms = 0; ms < PATIENCE_MS; ms += PAUSE_MS)
		poll(NULL, 0, PAUSE_MS);
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
	struct sim_crash *c = inside();
	size_t i = 0;

	(void)context;
	if (c)
		stand_still(c, sig);
	while (deaths[i].what != sig)
		i++;
	sigaction(sig, &before[i], NULL);
	/* A fault happens again by itself. */
	if (info->si_code <= 0)
		raise(sig);
}

static void on_exit_of_all(void)
{
	struct sim_crash *c = inside();

	if (!c)
		return;
	stand_still(c, SIM_CRASH_EXIT);
	abort();
}

static void install(void)
{
	struct sigaction sa = { .sa_sigaction = on_signal,
				.sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < N(deaths); i++) {
		if (deaths[i].what > 0)
			sigaction(deaths[i].what, &sa, &before[i]);
	}
	if (atexit(on_exit_of_all))
		SIM_BUG("there is no room for a function at exit");
}

void sim_crash_guard(struct sim_crash *c, struct sim_watchdog *w)
{
	stack_t now, own = { .ss_size = STACK };

	*c = (struct sim_crash){ .watch = NULL };
	if (!w->is_started)
		return;
	pthread_once(&once, install);
	c->watch = w;
	c->next = guarded;
	guarded = c;
	if (sigaltstack(NULL, &now) || !(now.ss_flags & SS_DISABLE))
		return;
	own.ss_sp = c->stack = sim_mem_alloc(STACK);
	if (sigaltstack(&own, NULL))
		SIM_BUG("a signal can't have a stack");
}

void sim_crash_release(struct sim_crash *c)
{
	const stack_t none = { .ss_flags = SS_DISABLE };
	struct sim_crash **at = &guarded;

	if (!c->watch)
		return;
	while (*at && *at != c)
		at = &(*at)->next;
	if (!*at)
		SIM_BUG("a strategy is released by another thread");
	*at = c->next;
	c->watch = NULL;
	if (c->stack && sigaltstack(&none, NULL))
		SIM_BUG("a signal's stack can't be taken away");
	sim_mem_free(c->stack);
	c->stack = NULL;
}

const char *sim_crash_text(const struct sim_crash *c)
{
	int what = __atomic_load_n(&c->what, __ATOMIC_ACQUIRE);

	for (size_t i = 0; i < N(deaths); i++) {
		if (deaths[i].what == what)
			return deaths[i].text;
	}
	return NULL;
}
