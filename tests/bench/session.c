/* A session of the server in figures, without its socket: steps whose tick is
 * written and acknowledged, batches, and sessions made. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/session.h"
#include "clock.h"
#include "proto/tick.h"
#include "row.h"
#include "util/file.h"

#define ROUNDS	5
#define BARS	200000
#define BATCHES	20000
#define MADE	200

static struct sim_session_env env;
static size_t bytes;

static void say(void *ctx, const char *lines, size_t n)
{
	(void)ctx;
	(void)lines;
	bytes += n;
}

/* What the newest session recorded first: enough to make it again. */
static struct sim_session_input kept[2];
static size_t nkept;

static void record(void *ctx, uint64_t step, const char *line, size_t n)
{
	static char lines[2][512];

	(void)ctx;
	bytes += n;
	if (nkept == 2 || n > sizeof(lines[0]))
		return;
	memcpy(lines[nkept], line, n);
	kept[nkept] = (struct sim_session_input){ step, lines[nkept], n };
	nkept++;
}

static void put_bars(struct sim_store *st)
{
	const struct sim_bar_tf tf = { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN };
	const struct sim_instrument ins = {
		.symbol = "AAPL", .tick_size = SIM_DEC_ONE / 100,
		.lot_size = SIM_DEC_ONE, .multiplier = SIM_DEC_ONE,
		.currency = "USD", .calendar = "24/7",
	};
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;

	for (int i = 0; i < BARS; i++) {
		struct sim_bar b = { .ts = i * SIM_TIME_MIN,
				     .volume = 123456 * SIM_DEC_ONE };

		b.open = b.low = 18700000000 + i % 1000 * 1000000;
		b.close = b.high = b.open + 5000000;
		sim_bar_table_add(&t, &b, 0);
	}
	s = sim_bar_table_view(&t);
	if (sim_store_put(st, &ins, tf, &s, NULL))
		exit(1);
	sim_bar_table_release(&t);
}

static struct sim_session *make(void)
{
	static const char line[] = "{\"type\":\"create_session\",\"data\":{"
		"\"symbols\":[\"AAPL\"],\"start_date\":\"1970-01-01\","
		"\"end_date\":\"1979-01-01\"}}";
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	struct sim_session_sink sink = { .say = say, .record = record };
	struct sim_session_ask ask = {
		.id = "3f2a9c5e-1", .user = "u", .line = line,
		.line_len = sizeof(line) - 1, .max_symbols = 5,
	};
	struct sim_session *s;
	struct sim_message m;

	if (sim_message_decode_wire(line, sizeof(line) - 1, 65536,
				    SIM_MESSAGE_IN, &m, NULL))
		exit(1);
	ask.m = &m;
	if (sim_session_new(&env, &ask, &s, &why) || sim_session_load(s, &why))
		exit(1);
	sim_message_release(&m);
	sim_session_attach(s, &sink);
	sim_session_say_created(s, "r", 0);
	return s;
}

static void hear(struct sim_session *s, const char *line)
{
	struct sim_session_heard h = { .line = line, .line_len = strlen(line) };
	struct sim_message m;

	if (sim_message_decode_wire(line, h.line_len, 65536, SIM_MESSAGE_IN,
				    &m, NULL))
		exit(1);
	h.m = &m;
	if (!sim_session_hear(s, &h))
		exit(1);
	sim_message_release(&m);
}

static struct sim_session *start(void)
{
	struct sim_session *s = make();

	nkept = 0;
	hear(s, "{\"type\":\"start_simulation\",\"data\":{}}");
	return s;
}

static double steps(void)
{
	struct sim_session *s = start();
	double began = seconds();
	char line[128];
	int64_t id;
	int n = 0;

	while (sim_session_due(s, 0) <= 0 && !sim_session_step(s, 0, 0)) {
		int len = snprintf(line, sizeof(line), "{\"type\":\"tick_ack\","
				   "\"data\":{\"session_id\":\"3f2a9c5e-1\","
				   "\"sequence_id\":%d}}", ++n);

		if (!sim_tick_ack(line, (size_t)len, "3f2a9c5e-1", &id) ||
		    !sim_session_ack(s, id, 0))
			exit(1);
	}
	if (n != BARS)
		exit(1);
	began = seconds() - began;
	sim_session_free(s);
	return BARS / began;
}

static double batches(void)
{
	struct sim_session *s = start();
	double began;
	char line[512];

	sim_session_step(s, 0, 0);
	began = seconds();
	for (int i = 0; i < BATCHES; i++) {
		snprintf(line, sizeof(line), "{\"type\":\"order_batch\","
			 "\"data\":{\"batch_id\":\"b%d\",\"orders\":[{"
			 "\"order_id\":\"o%d\",\"symbol\":\"AAPL\",\"side\":"
			 "\"%s\",\"quantity\":1}]}}", i, i,
			 i % 2 ? "sell" : "buy");
		hear(s, line);
		if (sim_session_ack(s, i + 1, 0))
			sim_session_step(s, 0, 0);
	}
	began = seconds() - began;
	sim_session_free(s);
	return BATCHES / began;
}

static double again(void)
{
	struct sim_session_again a = { .inputs = kept, .n = 2,
				       .last_processed = BARS };
	struct sim_session *s;
	double began;

	sim_session_free(start());
	s = make();
	began = seconds();
	if (sim_session_rebuild(s, &a, NULL))
		exit(1);
	began = seconds() - began;
	sim_session_free(s);
	return BARS / began;
}

static double making(void)
{
	double began = seconds();

	for (int i = 0; i < MADE; i++)
		sim_session_free(make());
	return MADE / (seconds() - began);
}

static const struct {
	const char *name, *unit;
	double (*run)(void);
} jobs[] = {
	{ "session: step, tick and ack", "k steps/s", steps },
	{ "session: batch, fill and step", "k orders/s", batches },
	{ "session: made again", "k steps/s", again },
	{ "session: made (of 200k bars)", "k sessions/s", making },
};

int main(void)
{
	struct sim_store *st;
	char dir[64];

	snprintf(dir, sizeof(dir), "bench-session-%ld.tmp", (long)getpid());
	if (sim_store_open(dir, &st, NULL))
		return 1;
	put_bars(st);
	env = (struct sim_session_env){ .store = st,
					.calendars = sim_calendars_new(NULL),
					.capital_max = SIM_DEC_MAX };
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		double t[ROUNDS];

		for (int k = 0; k < ROUNDS; k++)
			t[k] = jobs[i].run();
		row(jobs[i].name, median(t, ROUNDS) / 1e3, jobs[i].unit, 0);
	}
	sim_store_close(st);
	sim_calendars_free(env.calendars);
	return sim_file_remove_tree(dir, NULL) != 0;
}
