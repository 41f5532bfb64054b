/*
 * meter: each kind of counter, from many threads; bounds of buckets belong to
 * the bucket below; a request counts for its route and the class of its status.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"

#include "server/meter.h"

static struct sim_meter *new_meter(void)
{
	const struct sim_meter_config c = { .version = "0" };

	return sim_meter_new(&c);
}

/* The text has this line. */
static void ck_line(struct sim_meter *m, const char *line)
{
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	char whole[300];

	sim_meter_write(m, &out);
	snprintf(whole, sizeof(whole), "\n%s\n", line);
	ck_assert_msg(strstr(sim_buf_str(&out), whole) != NULL,
		      "no line %s in\n%s", line, sim_buf_str(&out));
	sim_buf_release(&out);
}

static const struct {
	const char *path;
	int status;
	const char *line;
} requests[] = {
	{ "/auth/token", 200, "simutrador_http_requests_total"
		"{route=\"/auth/token\",status=\"2xx\"} 1" },
	{ "/api/auth/token", 401, "simutrador_http_requests_total"
		"{route=\"/auth/token\",status=\"4xx\"} 1" },
	{ "/ws/simulate", 101, "simutrador_http_requests_total"
		"{route=\"/ws/simulate\",status=\"1xx\"} 1" },
	{ "/metrics", 503, "simutrador_http_requests_total"
		"{route=\"/metrics\",status=\"5xx\"} 1" },
	{ "/", 404, "simutrador_http_requests_total"
		"{route=\"other\",status=\"4xx\"} 1" },
	{ "/nothing\"\n", 404, "simutrador_http_requests_total"
		"{route=\"other\",status=\"4xx\"} 1" },
	{ NULL, 400, "simutrador_http_requests_total"
		"{route=\"other\",status=\"4xx\"} 1" },
	{ "/health", 0, "simutrador_http_requests_total"
		"{route=\"/health\",status=\"5xx\"} 1" },
	{ "/health", 999, "simutrador_http_requests_total"
		"{route=\"/health\",status=\"5xx\"} 1" },
};
#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

START_TEST(served)
{
	const struct sim_net_done d = {
		.path = requests[_i].path, .status = requests[_i].status,
		.took_us = 700,
	};
	struct sim_meter *m = new_meter();

	sim_meter_served(m, &d);
	ck_line(m, requests[_i].line);
	ck_line(m, "simutrador_http_request_duration_seconds_sum 0.000700000");
	sim_meter_free(m);
}
END_TEST

static const struct {
	int64_t ns;
	const char *below, *in;
} observed[] = {
	{ 0, "", "le=\"0.0001\"} 1" },
	{ 100000, "", "le=\"0.0001\"} 1" },
	{ 100001, "le=\"0.0001\"} 0", "le=\"0.00025\"} 1" },
	{ INT64_C(1000000000), "le=\"0.5\"} 0", "le=\"1.0\"} 1" },
	{ INT64_C(10000000000), "le=\"5.0\"} 0", "le=\"10.0\"} 1" },
	{ INT64_C(10000000001), "le=\"10.0\"} 0", "le=\"+Inf\"} 1" },
};

START_TEST(bucket)
{
	struct sim_meter *m = new_meter();
	char line[200];

	sim_meter_observe(m, SIM_METER_COMMIT_TIME, observed[_i].ns);
	for (int i = 0; i < 2; i++) {
		const char *end = i ? observed[_i].in : observed[_i].below;

		snprintf(line, sizeof(line), "simutrador_commit_duration_"
			 "seconds_bucket{%s", end);
		if (end[0])
			ck_line(m, line);
	}
	sim_meter_free(m);
}
END_TEST

START_TEST(by_text)
{
	struct sim_meter *m = new_meter();

	sim_meter_add_text(m, SIM_METER_LIMITED, "ws_handshake", 2);
	sim_meter_add_text(m, SIM_METER_LIMITED, "orders_per_minute", 3);
	sim_meter_add_text(m, SIM_METER_LIMITED, "no such", 4);
	sim_meter_add_text(m, SIM_METER_AUTH, "no such", 5);
	ck_line(m, "simutrador_rate_limited_total{type=\"ws_handshake\"} 2");
	ck_line(m, "simutrador_rate_limited_total{type=\"orders_per_minute\"}"
		" 3");
	ck_line(m, "simutrador_rate_limited_total{type=\"other\"} 4");
	ck_line(m, "simutrador_auth_events_total{event=\"login\"} 0");
	ck_line(m, "simutrador_auth_events_total{event=\"connect\"} 0");
	sim_meter_free(m);
}
END_TEST

START_TEST(taken)
{
	const struct sim_net_stats s = {
		.accepted = 1, .refused_full = 2, .refused_address = 3,
		.guarded = 4, .messages_in = 5, .messages_out = 6,
		.bytes_in = 7, .bytes_out = 8, .too_slow = 9, .too_big = 10,
		.timed_out = 11, .open = 12, .open_websockets = 13,
		.queued_bytes = 14, .max_connections = 15, .handshakes = 16,
		.handshakes_refused = 17,
	};
	const struct sim_writer_stats w = {
		.things = 21, .commits = 22, .lost = 23, .retries = 24,
		.waiting = 25, .waiting_bytes = 26, .is_failing = true,
	};
	const struct sim_logline_stats log = { 31, 32, 33 };
	const struct sim_meter_sources from = { &s, &w, &log }, none = { 0 };
	static const char *const lines[] = {
		"simutrador_connections_accepted_total 1",
		"simutrador_connections_refused_total"
			"{reason=\"server_full\"} 2",
		"simutrador_connections_refused_total"
			"{reason=\"address_full\"} 3",
		"simutrador_http_guarded_total 4",
		"simutrador_messages_total{direction=\"in\"} 5",
		"simutrador_messages_total{direction=\"out\"} 6",
		"simutrador_message_bytes_total{direction=\"in\"} 7",
		"simutrador_message_bytes_total{direction=\"out\"} 8",
		"simutrador_connections_dropped_total{reason=\"too_slow\"} 9",
		"simutrador_connections_dropped_total{reason=\"too_big\"} 10",
		"simutrador_connections_dropped_total{reason=\"timed_out\"}"
			" 11",
		"simutrador_connections 12",
		"simutrador_websockets 13",
		"simutrador_unsent_bytes 14",
		"simutrador_connections_max 15",
		"simutrador_handshakes_total 16",
		"simutrador_handshakes_refused_total 17",
		"simutrador_writes_total{outcome=\"stored\"} 21",
		"simutrador_commits_total 22",
		"simutrador_writes_total{outcome=\"lost\"} 23",
		"simutrador_commit_retries_total 24",
		"simutrador_writer_queue 25",
		"simutrador_writer_queue_bytes 26",
		"simutrador_writer_failing 1",
		"simutrador_log_lines_total{outcome=\"written\"} 31",
		"simutrador_log_lines_total{outcome=\"suppressed\"} 32",
		"simutrador_log_lines_total{outcome=\"lost\"} 33",
	};
	struct sim_meter *m = new_meter();

	sim_meter_take(m, &from);
	sim_meter_take(m, &none);
	for (int i = 0; i < N(lines); i++)
		ck_line(m, lines[i]);
	sim_meter_free(m);
}
END_TEST

#define THREADS	4
#define TIMES	20000

static void *count(void *ctx)
{
	for (int i = 0; i < TIMES; i++) {
		sim_meter_add(ctx, SIM_METER_STEPS, 0, 3);
		sim_meter_observe(ctx, SIM_METER_REQUEST_TIME, 1000);
	}
	return NULL;
}

START_TEST(threads)
{
	struct sim_meter *m = new_meter();
	pthread_t t[THREADS];

	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, count, m), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	ck_line(m, "simutrador_steps_total 240000");
	ck_line(m, "simutrador_http_request_duration_seconds_count 80000");
	ck_line(m, "simutrador_http_request_duration_seconds_sum 0.080000000");
	sim_meter_free(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("meter");
	TCase *tc = tcase_create("meter");

	tcase_add_loop_test(tc, served, 0, N(requests));
	tcase_add_loop_test(tc, bucket, 0, N(observed));
	tcase_add_test(tc, by_text);
	tcase_add_test(tc, taken);
	tcase_add_test(tc, threads);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
