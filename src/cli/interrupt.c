/* interrupt: one handler for the signals that ask for an end. */
#include "cli/interrupt.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli/timeout.h"
#include "strategy/warden.h"

struct sim_stop sim_interrupt = SIM_STOP_INIT;

/* End as the signal would have done it by itself. */
static void on_end(int sig)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	sim_warden_kill_all();
	sigemptyset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
	raise(sig);
}

void sim_interrupt_guard(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction sa = { .sa_handler = on_end }, was;

	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (!sigaction(signals[i], NULL, &was) &&
		    was.sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
}

static void on_signal(int sig)
{
	const uint64_t one = 1;
	int error = errno;

	if (sim_stop_is_asked(&sim_interrupt) && sig == SIGALRM)
		sim_timeout_expire();
	if (sim_stop_is_asked(&sim_interrupt)) {
		sim_warden_kill_all();
		_exit(128 + sig);
	}
	__atomic_store_n(&sim_interrupt.asked, sig, __ATOMIC_RELAXED);
	/* Who only looks needs no descriptor. */
	if (write(sim_interrupt.fd, &one, sizeof(one)) < 0)
		errno = error;
}

void sim_interrupt_catch(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	if (sim_interrupt.fd < 0)
		sim_interrupt.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGALRM, &sa, NULL);		/* --timeout */
}

int sim_interrupt_code(void)
{
	int sig = __atomic_load_n(&sim_interrupt.asked, __ATOMIC_RELAXED);

	if (sig == SIGTERM)
		return SIM_E_TERM;
	return sig == SIGALRM ? SIM_E_TIMEOUT : SIM_E_INTR;
}
