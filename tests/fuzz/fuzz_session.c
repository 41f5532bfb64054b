/*
 * fuzz_session: whatever a client sends to a session, what it is told is JSON,
 * and the session made again from what it recorded has the same log.
 *
 * An input is lines: one that begins with '{' is a message to be heard; '+'
 * acknowledges the newest tick and makes the next; anything else lets a second
 * pass and makes what is due.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/session.h"
#include "util/file.h"
#include "util/json.h"
#include "util/mem.h"

#define BARS	40
#define KEPT	64
#define LINE_MAX_BYTES 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64];
static struct sim_store *st;
static struct sim_session_env env;

/* -- bars ------------------------------------------------------------------ */

static void clean_up(void)
{
	sim_store_close(st);
	sim_calendars_free(env.calendars);
	if (sim_file_remove_tree(dir, NULL))
		fprintf(stderr, "can't remove %s\n", dir);
}

static void put_bars(const char *symbol, int skip)
{
	const struct sim_bar_tf tf = { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN };
	struct sim_instrument ins = {
		.tick_size = SIM_DEC_ONE / 100, .lot_size = SIM_DEC_ONE,
		.multiplier = SIM_DEC_ONE, .currency = "USD",
		.calendar = "24/7",
	};
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;

	snprintf(ins.symbol, sizeof(ins.symbol), "%s", symbol);
	for (int i = 0; i < BARS; i++) {
		struct sim_bar b = { .ts = i * SIM_TIME_MIN,
				     .volume = 900 * SIM_DEC_ONE };

		b.open = (100 + i * 7 % 11) * SIM_DEC_ONE;
		b.close = (100 + (i + 1) * 7 % 11) * SIM_DEC_ONE;
		b.high = 111 * SIM_DEC_ONE;
		b.low = 99 * SIM_DEC_ONE;
		if (i % skip != 2)
			sim_bar_table_add(&t, &b, 0);
	}
	s = sim_bar_table_view(&t);
	if (sim_store_put(st, &ins, tf, &s, NULL))
		abort();
	sim_bar_table_release(&t);
}

static void open_store(void)
{
	snprintf(dir, sizeof(dir), "/tmp/sim-fuzz-XXXXXX");
	if (!mkdtemp(dir) || sim_store_open(dir, &st, NULL))
		abort();
	put_bars("AAA", 5);
	put_bars("BBB", 7);
	env = (struct sim_session_env){
		.store = st, .calendars = sim_calendars_new(NULL),
		.capital_min = SIM_DEC_ONE,
		.capital_max = SIM_DEC_MAX, .tick_interval_ms = 20,
	};
	atexit(clean_up);
}

/* -- a session ------------------------------------------------------------- */

static struct sim_session_input kept[KEPT];
static size_t nkept;
static int64_t now_ms;

static void say(void *ctx, const char *lines, size_t n)
{
	const char *end = lines + n, *p = lines;

	(void)ctx;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct sim_json_doc *doc;

		if (!nl || sim_json_parse(p, (size_t)(nl - p), &doc, NULL))
			abort();
		sim_json_free(doc);
		p = nl + 1;
	}
}

static void record(void *ctx, uint64_t step, const char *line, size_t n)
{
	(void)ctx;
	if (nkept == KEPT)
		return;
	kept[nkept++] = (struct sim_session_input){
		step, sim_mem_strndup(line, n), n
	};
}

static const struct sim_session_sink sink = { .say = say, .record = record };

static struct sim_session *make(void)
{
	static const char line[] = "{\"type\":\"create_session\",\"data\":{"
		"\"symbols\":[\"BBB\",\"AAA\"],\"start_date\":\"1970-01-01\","
		"\"end_date\":\"1970-01-02\",\"account\":\"margin\","
		"\"warmup_bars\":3}}";
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	struct sim_session_ask ask = {
		.id = "s", .user = "u", .line = line,
		.line_len = sizeof(line) - 1, .max_symbols = 5,
	};
	struct sim_session *s;
	struct sim_message m;

	if (sim_message_decode_wire(line, sizeof(line) - 1, LINE_MAX_BYTES,
				    SIM_MESSAGE_IN, &m, NULL))
		abort();
	ask.m = &m;
	if (sim_session_new(&env, &ask, &s, &why) || sim_session_load(s, &why))
		abort();
	sim_message_release(&m);
	return s;
}

static void run(struct sim_session *s, int n)
{
	while (n-- && sim_session_due(s, now_ms) <= now_ms) {
		if (sim_session_step(s, 0, now_ms))
			sim_session_conclude(s, 0);
	}
}

static void hear(struct sim_session *s, const char *line, size_t n)
{
	struct sim_session_heard h = { .line = line, .line_len = n,
				       .now_ms = now_ms };
	struct sim_message m;

	h.m = &m;
	if (!sim_message_decode_wire(line, n, LINE_MAX_BYTES, SIM_MESSAGE_IN,
				     &m, NULL))
		sim_session_hear(s, &h);
	sim_message_release(&m);
}

static void obey(struct sim_session *s, const char *line, size_t n)
{
	if (n && *line == '{') {
		hear(s, line, n);
		return;
	}
	if (n && *line == '+')
		if (!sim_session_ack(s, (int64_t)sim_session_sequence(s), 0))
			return;
	if (!n || *line != '+')
		now_ms += 1000;
	run(s, 3);
}

/* -- again ----------------------------------------------------------------- */

static void compare(struct sim_session *s)
{
	const struct sim_session_again a = {
		.inputs = kept, .n = nkept,
		.last_processed = sim_session_sequence(s),
	};
	struct sim_session *again = make();
	enum sim_session_state state = sim_session_state(s);
	const struct sim_buf *x, *y;
	const char *hx, *hy;
	int rc = sim_session_rebuild(again, &a, NULL);

	if (rc && state != SIM_SESSION_ERROR)
		abort();
	if (!rc) {
		sim_session_attach(again, &sink);
		sim_session_say_sync(again, "r", 0, now_ms);
		if (state == SIM_SESSION_COMPLETED)
			run(again, 1);
		x = sim_session_log(s, &hx);
		y = sim_session_log(again, &hy);
		if (x->len != y->len || strcmp(hx, hy) ||
		    (x->len && memcmp(x->data, y->data, x->len)))
			abort();
	}
	sim_session_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;
	struct sim_session *s;

	if (!st)
		open_store();
	s = make();
	nkept = 0;
	now_ms = 0;
	sim_session_attach(s, &sink);
	sim_session_say_created(s, NULL, 0);
	while (p < end && nkept < KEPT) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		nl = nl ? nl : end;
		obey(s, p, (size_t)(nl - p));
		p = nl + 1;
	}
	if (nkept < KEPT)
		compare(s);
	sim_session_free(s);
	while (nkept)
		sim_mem_free((void *)(uintptr_t)kept[--nkept].line);
	return 0;
}
