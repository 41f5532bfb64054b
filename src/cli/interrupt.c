/* interrupt: one handler for the signals that ask for an end. */
#include "cli/interrupt.h"

#include <unistd.h>

#include "cli/timeout.h"

volatile sig_atomic_t sim_interrupt_signal;

static void on_signal(int sig)
{
	if (sim_interrupt_signal && sig == SIGALRM)
		sim_timeout_expire();
	if (sim_interrupt_signal)
		_exit(128 + sig);
	sim_interrupt_signal = sig;
}

void sim_interrupt_catch(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGALRM, &sa, NULL);		/* --timeout */
}

int sim_interrupt_code(void)
{
	if (sim_interrupt_signal == SIGTERM)
		return SIM_E_TERM;
	return sim_interrupt_signal == SIGALRM ? SIM_E_TIMEOUT : SIM_E_INTR;
}
