/* stop: a wish to end that a signal handler can express, for those who look
 * now and then and for those who wait. */
#ifndef SIM_STOP_H
#define SIM_STOP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_stop {
	volatile sig_atomic_t asked;	/* not 0: end */
	int fd;				/* readable from then on; -1: none */
};
#define SIM_STOP_INIT { 0, -1 }

/* NULL is never asked. */
static inline bool sim_stop_is_asked(const struct sim_stop *s)
{
	return s && __atomic_load_n(&s->asked, __ATOMIC_RELAXED);
}

/* Sleep for that many milliseconds (0 or less: not at all), or until it is
 * asked.  Gives: false: it was. */
bool sim_stop_sleep(const struct sim_stop *s, int64_t ms);

#endif
