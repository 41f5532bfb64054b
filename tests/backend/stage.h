/* A store of made-up bars, and a client that speaks to a session in lines: what
 * it is told is kept, and what it records. */
#ifndef STAGE_H
#define STAGE_H
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/session.h"
#include "util/file.h"
#include "walk.h"

#define STAGE_START (INT64_C(1577836800) * SIM_TIME_SEC)	/* 2020-01-01 */
#define STAGE_NOW (INT64_C(1700000000) * SIM_TIME_SEC)

struct stage {
	char dir[64];
	struct sim_store *store;
	struct sim_session_env env;
};

/* A line of the journal. */
struct kept {
	uint64_t step;
	char *line;
	size_t len;
};

struct client {
	struct stage *stage;
	struct sim_session *s;
	struct sim_buf said;		/* since it was last read */
	struct kept *kept;
	size_t nkept, cap;
	int64_t now_ms;
	char config[2048];
};

static inline void stage_put(struct stage *x, const char *symbol,
			     const char *calendar,
			     const struct sim_bar_table *t)
{
	struct sim_instrument ins = {
		.tick_size = SIM_DEC_ONE / 100, .lot_size = SIM_DEC_ONE,
		.multiplier = SIM_DEC_ONE, .currency = "USD",
	};
	const struct sim_bar_tf tf = { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN };
	struct sim_bar_series s = sim_bar_table_view(t);

	snprintf(ins.symbol, sizeof(ins.symbol), "%s", symbol);
	snprintf(ins.calendar, sizeof(ins.calendar), "%s", calendar);
	ck_assert_int_eq(sim_store_put(x->store, &ins, tf, &s, NULL), 0);
}

static inline void stage_bars(struct stage *x, const char *symbol,
			      uint64_t seed, size_t n, size_t skip)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;

	walk_bars(&t, &(struct walk){ "stage", seed, STAGE_START, n, skip });
	stage_put(x, symbol, "24/7", &t);
	sim_bar_table_release(&t);
}

/* AAA, BBB (which lacks every 7th bar) and CCC: `bars` minutes from 2020. */
static inline void stage_open(struct stage *x, size_t bars)
{
	memset(x, 0, sizeof(*x));
	snprintf(x->dir, sizeof(x->dir), "backend-test-%ld.tmp",
		 (long)getpid());
	ck_assert_int_eq(sim_store_open(x->dir, &x->store, NULL), 0);
	stage_bars(x, "AAA", 1, bars, 0);
	stage_bars(x, "BBB", 2, bars, 7);
	stage_bars(x, "CCC", 3, bars, 0);
	x->env = (struct sim_session_env){
		.store = x->store, .calendars = sim_calendars_new(NULL),
		.capital_min = 1000 * SIM_DEC_ONE,
		.capital_max = 10000000 * SIM_DEC_ONE, .tick_interval_ms = 20,
	};
}

static inline void stage_close(struct stage *x)
{
	sim_store_close(x->store);
	sim_calendars_free(x->env.calendars);
	ck_assert_int_eq(sim_file_remove_tree(x->dir, NULL), 0);
}

/* -- the client ------------------------------------------------------------ */

static inline void client_say(void *ctx, const char *lines, size_t n)
{
	sim_buf_add(&((struct client *)ctx)->said, lines, n);
}

static inline void client_record(void *ctx, uint64_t step, const char *line,
				 size_t n)
{
	struct client *c = ctx;

	SIM_MEM_GROW(c->kept, c->cap, c->nkept + 1);
	c->kept[c->nkept++] = (struct kept){ step, sim_mem_strndup(line, n),
					     n };
}

static inline struct sim_session_sink client_sink(struct client *c)
{
	return (struct sim_session_sink){ .ctx = c, .say = client_say,
					  .record = client_record };
}

/* Make a session of c->config; *why tells when it is refused. */
static inline int client_make(struct client *c, struct sim_session_refusal *why)
{
	struct sim_session_ask ask = {
		.id = "s-1", .user = "u-1", .line = c->config,
		.line_len = strlen(c->config), .max_symbols = 5,
		.created = STAGE_NOW,
	};
	struct sim_err err = SIM_ERR_INIT;
	struct sim_message m;
	int rc = sim_message_decode_wire(ask.line, ask.line_len, ask.line_len,
					 SIM_MESSAGE_IN, &m, &err);

	ck_assert_msg(!rc, "%s", err.msg);
	ask.m = &m;
	rc = sim_session_new(&c->stage->env, &ask, &c->s, why);
	if (!rc)
		rc = sim_session_load(c->s, why);
	sim_message_release(&m);
	return rc;
}

static inline void client_open(struct client *c, struct stage *x,
			       const char *config)
{
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	struct sim_session_sink sink = client_sink(c);
	int rc;

	memset(c, 0, sizeof(*c));
	c->stage = x;
	c->said.max = SIM_BUF_MAX;
	snprintf(c->config, sizeof(c->config), "%s", config);
	rc = client_make(c, &why);
	ck_assert_msg(!rc, "%s: %s", why.code, why.message);
	sim_session_attach(c->s, &sink);
	sim_session_say_created(c->s, "r0", STAGE_NOW);
	sim_buf_release(&why.details);
}

static inline void client_close(struct client *c)
{
	sim_session_free(c->s);
	sim_buf_release(&c->said);
	for (size_t i = 0; i < c->nkept; i++)
		sim_mem_free(c->kept[i].line);
	sim_mem_free(c->kept);
}

static inline sim_time client_now(const struct client *c)
{
	return STAGE_NOW + c->now_ms * SIM_TIME_MS;
}

/* Send a line; 0 when the session doesn't know such. */
static inline int client_line(struct client *c, const char *line)
{
	struct sim_session_heard h = {
		.line = line, .line_len = strlen(line), .now = client_now(c),
		.now_ms = c->now_ms,
	};
	struct sim_err err = SIM_ERR_INIT;
	struct sim_message m;
	int rc = sim_message_decode_wire(line, h.line_len, h.line_len,
					 SIM_MESSAGE_IN, &m, &err);

	ck_assert_msg(!rc, "%s: %s", line, err.msg);
	h.m = &m;
	rc = sim_session_hear(c->s, &h);
	sim_message_release(&m);
	return rc;
}

static inline void client_send(struct client *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static inline void client_send(struct client *c, const char *fmt, ...)
{
	char line[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	ck_assert_int_eq(client_line(c, line), 1);
}

/* Acknowledge the newest tick. */
static inline void client_ack(struct client *c)
{
	ck_assert(sim_session_ack(c->s, (int64_t)sim_session_sequence(c->s),
				  client_now(c)));
}

/* Step as often as it is due now, at most n times.  Gives: how often; the end
 * is concluded. */
static inline uint64_t client_run(struct client *c, uint64_t n)
{
	uint64_t k = 0;

	while (k < n && sim_session_due(c->s, c->now_ms) <= c->now_ms) {
		k++;
		if (sim_session_step(c->s, client_now(c), c->now_ms)) {
			sim_session_conclude(c->s, client_now(c));
			break;
		}
	}
	return k;
}

/* What was said since the last time, to be looked at until the next. */
static inline const char *client_heard(struct client *c)
{
	static struct sim_buf kept = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_buf_reset(&kept);
	sim_buf_add(&kept, sim_buf_str(&c->said), c->said.len);
	sim_buf_reset(&c->said);
	return sim_buf_str(&kept);
}

static inline void client_expect(struct client *c, const char *part)
{
	const char *heard = client_heard(c);

	ck_assert_msg(strstr(heard, part) != NULL, "%s is not in %s", part,
		      heard);
}

static inline size_t stage_count(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, part)); p++)
		n++;
	return n;
}
#endif
