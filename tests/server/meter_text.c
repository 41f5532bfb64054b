/* What a meter writes after some counting; meter.py reads it. */
#include <stdio.h>

#include "server/meter.h"

static void collect(void *ctx, struct sim_meter *m)
{
	(void)ctx;
	sim_meter_set(m, SIM_METER_POOL_QUEUE, 0, 7);
}

int main(void)
{
	const struct sim_meter_config c = {
		.version = "1.2\"x\\y\nz", .started = 1767323045 * SIM_TIME_SEC,
		.collect = collect,
	};
	struct sim_meter *m = sim_meter_new(&c);
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_meter_add(m, SIM_METER_SESSIONS, 2, 5);
	sim_meter_add(m, SIM_METER_SESSIONS, 2, -2);
	sim_meter_add_text(m, SIM_METER_ERRORS, "SESSION_NOT_FOUND", 3);
	sim_meter_observe(m, SIM_METER_COMMIT_TIME, 1500000);
	sim_meter_observe(m, SIM_METER_COMMIT_TIME, INT64_C(20000000000));
	sim_meter_write(m, &out);
	fputs(sim_buf_str(&out), stdout);
	sim_buf_release(&out);
	sim_meter_free(m);
	return fflush(stdout) ? 1 : 0;
}
