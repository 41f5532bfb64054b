/* The wire in figures: ticks written, acknowledgements scanned, batches read,
 * answers written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "proto/message.h"
#include "proto/tick.h"
#include "row.h"

#define ROUNDS 5
#define TICKS 1000000
#define BATCHES 20000

/* A job does its work n times and says how many bytes it made. */
typedef size_t job(int n);

static size_t write_ticks(int n)
{
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_tick t = { .out = &out, .timeframe = "1min",
		.style = SIM_MESSAGE_STYLE_WIRE("3f2a9c5e-1", 0) };
	struct sim_bar b = { .volume = 123456 * SIM_DEC_ONE };
	size_t bytes = 0;

	for (int i = 0; i < n; i++) {
		sim_time now = (sim_time)i * SIM_TIME_MIN;
		struct sim_tick_end e = { .sequence_id = i + 1,
					  .now = now + SIM_TIME_MIN };

		b.ts = now;
		b.open = b.low = 18700000000 + i % 1000 * 1000000;
		b.close = b.high = b.open + 5000000;
		t.style.timestamp = INT64_C(1700000000000000000) + now / 60;
		sim_tick_begin(&t, &e);
		sim_tick_candle(&t, "AAPL", &b);
		sim_tick_finish(&t, &e);
		bytes += out.len;
		sim_buf_reset(&out);
	}
	sim_tick_release(&t);
	sim_buf_release(&out);
	return bytes;
}

static size_t scan_acks(int n)
{
	static const char ack[] = "{\"type\": \"tick_ack\", \"data\": "
		"{\"session_id\": \"3f2a9c5e-1\", \"sequence_id\": 123456, "
		"\"processing_status\": \"ready\"}}";
	size_t bytes = 0;

	for (int i = 0; i < n; i++) {
		int64_t id;

		if (!sim_tick_ack(ack, sizeof(ack) - 1, "3f2a9c5e-1", &id))
			exit(1);
		bytes += sizeof(ack) - 1;
	}
	return bytes;
}

static size_t read_batches(int n)
{
	static const char batch[] = "{\"type\": \"order_batch\", "
		"\"request_id\": \"r1\", \"data\": {\"session_id\": "
		"\"3f2a9c5e-1\", \"batch_id\": \"b1\", \"orders\": [{"
		"\"order_id\": \"o1\", \"symbol\": \"AAPL\", \"side\": "
		"\"buy\", "
		"\"type\": \"limit\", \"quantity\": \"100\", \"price\": "
		"\"187.15\", \"time_in_force\": \"gtc\"}]}}";
	size_t bytes = 0;

	for (int i = 0; i < n; i++) {
		struct sim_message m;

		if (sim_message_decode_wire(batch, sizeof(batch) - 1, 65536,
					    SIM_MESSAGE_IN, &m, NULL))
			exit(1);
		sim_message_release(&m);
		bytes += sizeof(batch) - 1;
	}
	return bytes;
}

static size_t write_reports(int n)
{
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE("3f2a9c5e-1", 0);
	const struct sim_message_execution_report r = {
		.execution_id = "e1", .order_id = "o1", .symbol = "AAPL",
		.executed_quantity = 100 * SIM_DEC_ONE,
		.executed_price = 18715000000, .commission = SIM_DEC_ONE / 2,
		.cash = 81284 * SIM_DEC_ONE,
	};
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	size_t bytes = 0;

	for (int i = 0; i < n; i++) {
		sim_message_encode(&out, SIM_MESSAGE_execution_report, &r,
				   NULL, &style);
		bytes += out.len;
		sim_buf_reset(&out);
	}
	sim_buf_release(&out);
	return bytes;
}

static const struct {
	const char *name;
	job *run;
	int n;
} jobs[] = {
	{ "wire: tick of one bar, written", write_ticks, TICKS },
	{ "wire: tick_ack, scanned", scan_acks, TICKS },
	{ "wire: order_batch of one, read", read_batches, BATCHES },
	{ "wire: execution_report, written", write_reports, BATCHES },
};

int main(void)
{
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		double t[ROUNDS];

		for (int k = 0; k < ROUNDS; k++) {
			double start = seconds_worked();

			if (!jobs[i].run(jobs[i].n))
				return 1;
			t[k] = seconds_worked() - start;
		}
		row(jobs[i].name, jobs[i].n / median(t, ROUNDS) / 1e6,
		    "M messages/s", 0);
	}
	return 0;
}
