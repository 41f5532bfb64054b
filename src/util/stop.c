/* stop: see stop.h. */
#include "util/stop.h"

#include <limits.h>
#include <poll.h>

bool sim_stop_sleep(const struct sim_stop *s, int64_t ms)
{
	struct pollfd p = { s ? s->fd : -1, POLLIN, 0 };

	if (ms > 0 && !sim_stop_is_asked(s))
		poll(&p, 1, ms > INT_MAX ? INT_MAX : (int)ms);
	return !sim_stop_is_asked(s);
}
