/* The watchdog bites what is stuck, never while the host is at work, and
 * leaves alone what comes back. */
#include <sys/wait.h>
#include <unistd.h>

#include "strategy/watchdog.h"
#include "suite.h"
#include "util/err.h"

#define BITTEN 83

/* The host keeps both the same, except while it is at work. */
static struct {
	uint64_t a, b;
} run;

static void describe(void *ctx, struct sim_err *err)
{
	sim_err_set(err, SIM_E_STRATEGY, "%s", (const char *)ctx);
}

static void hang(void *ctx, const struct sim_err *err)
{
	(void)ctx;
	_exit(run.a == run.b && err->code == SIM_E_STRATEGY &&
	      err->msg[0] == 's' ? BITTEN : 1);
}

static void start(struct sim_watchdog *w, int64_t ms)
{
	static char what[] = "stuck";

	sim_watchdog_start(w, ms, hang, NULL, describe, what);
}

/* Calls that take a fifteenth of the limit, for three times as long as it. */
static void calls(int64_t limit_ms)
{
	struct sim_watchdog w;

	start(&w, limit_ms);
	for (int i = 0; i < 45; i++) {
		sim_watchdog_enter(&w);
		usleep((useconds_t)limit_ms * 1000 / 15);
		sim_watchdog_leave(&w);
	}
	/* Between calls a run may take as long as it likes. */
	usleep((useconds_t)limit_ms * 3000);
	sim_watchdog_stop(&w);
	sim_watchdog_stop(&w);
}

/* A machine that stands still for the limit makes any call long; so there are
 * longer ones. */
START_TEST(leaves_alone)
{
	int status = 1;

	for (int64_t ms = 60; status && ms <= 6000; ms *= 10) {
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (!pid) {
			calls(ms);
			_exit(0);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	}
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(unwatched)
{
	struct sim_watchdog w;

	sim_watchdog_start(&w, 1, NULL, NULL, NULL, NULL);
	sim_watchdog_enter(&w);
	usleep(20000);
	sim_watchdog_leave(&w);
	sim_watchdog_stop(&w);
}
END_TEST

START_TEST(bites)
{
	struct sim_watchdog w;

	start(&w, 30);
	sim_watchdog_enter(&w);
	for (;;)
		;
}
END_TEST

/* One call after the other is not what is long. */
START_TEST(bites_in_the_host)
{
	struct sim_watchdog w;

	start(&w, 30);
	sim_watchdog_enter(&w);
	for (;;) {
		sim_watchdog_host_enter(&w);
		run.a++;
		for (volatile int i = 0; i < 100; i++)
			;
		run.b++;
		sim_watchdog_host_leave(&w);
	}
}
END_TEST

/* A call that comes back too late does not get back to the run. */
START_TEST(keeps_the_late_out)
{
	struct sim_watchdog w;

	start(&w, 20);
	for (;;) {
		sim_watchdog_enter(&w);
		usleep(30000);
		sim_watchdog_leave(&w);
		run.a++;
		for (volatile int i = 0; i < 1000; i++)
			;
		run.b++;
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("watchdog");
	TCase *c = tcase_create("calls");

	tcase_add_test(c, leaves_alone);
	tcase_add_test(c, unwatched);
	tcase_add_exit_test(c, bites, BITTEN);
	tcase_add_exit_test(c, bites_in_the_host, BITTEN);
	tcase_add_exit_test(c, keeps_the_late_out, BITTEN);
	suite_add_tcase(s, c);
	return run_suite(s);
}
