/* Numbers from four threads at once, and the text of /metrics with them; the
 * version is the first argument. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "server/meter.h"

#define THREADS 4
#define TIMES 20000

static void *count(void *arg)
{
	static const int64_t took_us[] = { 0, 100, 101, 999999, 1000001,
					   90000000 };
	struct sim_meter *m = arg;

	for (int i = 0; i < TIMES; i++) {
		struct sim_net_done d = {
			.status = i % 7 * 100, .took_us = took_us[i % 6]
		};

		sim_meter_answer(m, &d);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	const struct sim_net_stats n = {
		.accepted = 11, .refused_full = 12, .refused_address = 13,
		.handshakes = 14, .handshakes_refused = 15, .guarded = 16,
		.messages_in = 17, .messages_out = 18, .bytes_in = 19,
		.bytes_out = UINT64_MAX, .too_slow = 20, .too_big = 21,
		.timed_out = 22, .open = 23, .open_websockets = 24,
		.queued_bytes = 25,
	};
	const struct sim_writer_stats w = {
		.things = 26, .commits = 27, .lost = 28, .retries = 29,
		.waiting = 30, .waiting_bytes = 31, .is_failing = true,
	};
	const struct sim_logline_stats l = { 32, 33, 34 };
	const struct sim_meter_sources s = { &n, &w, &l, 35, 36 };
	struct sim_buf out = SIM_BUF_INIT(1 << 20);
	struct sim_meter *m = sim_meter_new();
	pthread_t threads[THREADS];
	int rc;

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, count, m))
			return 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	sim_meter_take(m, &s);
	sim_meter_write(m, argc > 1 ? argv[1] : "", &out);
	rc = fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout);
	sim_buf_release(&out);
	sim_meter_free(m);
	return rc;
}
