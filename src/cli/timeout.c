/* timeout: an interval timer, and the last words prepared beforehand. */
#include "cli/timeout.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "strategy/warden.h"
#include "util/dec.h"

#define MAX_S		(1000 * 3600)
#define AGAIN_S		5	/* for what did not end after the first */

static const struct {
	const char *unit;
	int64_t us;
} units[] = {
	{ "ms", 1000 }, { "s", 1000000 }, { "", 1000000 },
	{ "m", INT64_C(60000000) }, { "h", INT64_C(3600000000) },
};

static char words[256];
static size_t nwords;

void sim_timeout_expire(void)
{
	ssize_t n;

	sim_warden_kill_all();
	n = write(STDERR_FILENO, words, nwords);
	(void)n;
	_exit(sim_err_exit(SIM_E_TIMEOUT));
}

static void on_alarm(int sig)
{
	(void)sig;
	sim_timeout_expire();
}

bool sim_timeout_span(const char *span, int64_t *us)
{
	size_t n = strspn(span, "0123456789.");
	sim_dec v, w;

	if (!n || n > 20 || sim_dec_parse(span, n, &v, NULL))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(span + n, units[i].unit))
			continue;
		if (!sim_dec_muldiv(v, units[i].us, SIM_DEC_ONE, &w))
			return false;
		*us = w;
		return w > 0 && w <= MAX_S * INT64_C(1000000);
	}
	return false;
}

int sim_timeout_start(const char *span, bool as_json, struct sim_err *err)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval t = { .it_interval = { .tv_sec = AGAIN_S } };
	int64_t us;
	int n;

	if (!sim_timeout_span(span, &us))
		return sim_err_set(err, SIM_E_USAGE,
				   "--timeout is a time above zero and at most"
				   " 1000h such as 90, 250ms, 1.5s, 10m or 2h,"
				   " not '%.40s'", span);
	if (as_json)
		n = snprintf(words, sizeof(words), "{\"error\":{\"code\":"
			     "\"%s\",\"exit\":%d,\"message\":\"stopped after"
			     " %s (--timeout)\"}}\n",
			     sim_err_wire(SIM_E_TIMEOUT),
			     sim_err_exit(SIM_E_TIMEOUT), span);
	else
		n = snprintf(words, sizeof(words), "simutrador: stopped after"
			     " %s (--timeout)\n", span);
	nwords = (size_t)n < sizeof(words) ? (size_t)n : sizeof(words) - 1;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGALRM, &sa, NULL);
	t.it_value.tv_sec = us / 1000000;
	t.it_value.tv_usec = us % 1000000;
	setitimer(ITIMER_REAL, &t, NULL);
	return SIM_OK;
}
