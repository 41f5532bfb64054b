/*
 * Strategies for simutrador in C: one header, no library.
 *
 *	#include "simutrador_pipe.h"
 *
 *	static void on_bar(struct simutrador *s, const struct simutrador_bar *b)
 *	{
 *		if (!s->syms[b->sym].held && b->close < b->open)
 *			simutrador_order(s, b->sym, "buy", "\"quantity\":10");
 *	}
 *
 *	int main(void)
 *	{
 *		struct simutrador s = { .on_bar = on_bar };
 *
 *		return simutrador_run(&s);
 *	}
 *
 * Prices, quantities and money are whole numbers of 1e-8, exactly.
 * simutrador-pipe(7) documents the messages behind it.
 */
#ifndef SIMUTRADOR_PIPE_H
#define SIMUTRADOR_PIPE_H

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIMUTRADOR_UNIT	INT64_C(100000000)
enum {
	SIMUTRADOR_SHORT = -1, SIMUTRADOR_NONE = 0, SIMUTRADOR_LONG = 1,
	SIMUTRADOR_FLAT = 2
};

struct simutrador_bar {
	int sym;			/* index in syms */
	int64_t time_us;		/* its start, since 1970 */
	int64_t open, high, low, close, volume;
};

struct simutrador_sym {
	char name[33];
	int64_t held;			/* negative: short */
	int working;			/* orders of ours that are open */
	int was, blocked, leaving;	/* of simutrador_follow() */
	void *user;			/* the strategy's own */
};

struct simutrador_order {
	int sym, if_refused;
	char is_open, is_followed;
};

struct simutrador_buf {
	char *p;
	size_t len, cap;
};

struct simutrador {
	/* Set by the strategy, before or in on_start. */
	const char *name, *profile, *wake;	/* NULL: "rows", "bar" */
	const char *subscribe;		/* a JSON list; NULL: all */
	int warmup_bars;
	void *user;
	void (*on_start)(struct simutrador *s);
	void (*on_bar)(struct simutrador *s, const struct simutrador_bar *b);
	void (*on_end)(struct simutrador *s);
	/* The text of a message that is not handled here. */
	void (*on_message)(struct simutrador *s, const char *type,
			   const char *line);

	/* What is known. */
	struct simutrador_sym *syms;	/* by name */
	int nsyms;
	const char *hello;		/* its line, during on_start */
	int is_live;		/* 0 while bars of the past come */

	struct simutrador_buf out, batch, in;
	size_t in_at;
	struct simutrador_order *orders;
	size_t norders, orders_cap;
};

/* -- text ------------------------------------------------------------------ */

static void simutrador_fail(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(2);
}

static char *simutrador_room(struct simutrador_buf *b, size_t n)
{
	if (b->len + n + 1 > b->cap) {
		b->cap = 2 * (b->len + n) + 4096;
		b->p = realloc(b->p, b->cap);
		if (!b->p)
			simutrador_fail("out of memory");
	}
	return b->p + b->len;
}

static void __attribute__((format(printf, 2, 3)))
simutrador_put(struct simutrador_buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(simutrador_room(b, 512), 512, fmt, ap);
	va_end(ap);
	if (n >= 512) {
		va_start(ap, fmt);
		vsnprintf(simutrador_room(b, (size_t)n), (size_t)n + 1, fmt,
			  ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}

/* The value of the first member called so; NULL: there is none. */
static inline const char *simutrador_find(const char *json, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = json; (p = strstr(p, key)); p++) {
		if (p > json && p[-1] == '"' && p[n] == '"' && p[n + 1] == ':')
			return p + n + 2;
	}
	return NULL;
}

/* A text without escapes, cut to fit. */
static inline char *simutrador_text(const char *json, const char *key,
				    char *out, size_t size)
{
	const char *p = simutrador_find(json, key);
	size_t n = 0;

	if (p && *p == '"') {
		for (p++; p[n] && p[n] != '"' && n + 1 < size; n++)
			out[n] = p[n];
	}
	out[n] = '\0';
	return out;
}

/* A decimal, in quotes or not, in units; moves *p behind it. */
static inline int64_t simutrador_units(const char **p)
{
	const char *s = *p;
	int64_t v = 0, part = SIMUTRADOR_UNIT;
	int is_negative;

	s += *s == '"';
	is_negative = *s == '-';
	s += is_negative;
	for (; *s >= '0' && *s <= '9'; s++)
		v = v * 10 + (*s - '0');
	v *= SIMUTRADOR_UNIT;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9'; s++) {
			part /= 10;
			v += (*s - '0') * part;
		}
	}
	*p = s + (*s == '"');
	return is_negative ? -v : v;
}

static inline int64_t simutrador_dec(const char *json, const char *key)
{
	const char *p = simutrador_find(json, key);

	return p ? simutrador_units(&p) : 0;
}

static inline int64_t simutrador_int(const char *p)
{
	return strtoll(p, NULL, 10);
}

/* The value of -p NAME=..., or `otherwise`; during on_start. */
static inline const char *simutrador_param(const struct simutrador *s,
					   const char *name,
					   const char *otherwise, char *buf,
					   size_t size)
{
	const char *params = simutrador_find(s->hello, "params");
	const char *end = strchr(params, '}');
	const char *p = simutrador_find(params, name);

	if (!p || p > end)
		return otherwise;
	return simutrador_text(params, name, buf, size);
}

/* -- what a strategy can do ------------------------------------------------- */

/* Append a message; data is the inside of its object. */
static inline void simutrador_send(struct simutrador *s, const char *type,
				   const char *data)
{
	simutrador_put(&s->out, "{\"type\":\"%s\",\"data\":{%s}}\n", type,
		       data);
}

/* Submit an order after this step; fields are more of its members, as JSON.
 * Returns its number: its order_id is "oN". */
static inline size_t simutrador_order(struct simutrador *s, int sym,
				      const char *side, const char *fields)
{
	if (s->norders + 2 > s->orders_cap) {
		s->orders_cap = 2 * s->orders_cap + 64;
		s->orders = realloc(s->orders, s->orders_cap *
				    sizeof(*s->orders));
		if (!s->orders)
			simutrador_fail("out of memory");
	}
	s->orders[++s->norders] = (struct simutrador_order){ sym, 0, 1, 0 };
	s->syms[sym].working++;
	simutrador_put(&s->batch, "%s{\"order_id\":\"o%zu\",\"symbol\":\"%s\","
		       "\"side\":\"%s\"%s%s}", s->batch.len ? "," : "",
		       s->norders, s->syms[sym].name, side,
		       *fields ? "," : "", fields);
	return s->norders;
}

static inline const char *simutrador_sized(const struct simutrador *s,
					   const char *text, char buf[64])
{
	const char *p = strchr(text, ':');
	int64_t n;

	if (!p)
		simutrador_fail("a size is percent:N, qty:N or notional:N");
	p++;
	n = simutrador_units(&p);
	if (!strncmp(text, "percent:", 8))
		n /= s->nsyms;
	snprintf(buf, 64, "\"%.*s\":\"%lld.%08lld\",\"time_in_force\":\"gtc\"",
		 !strncmp(text, "qty:", 4) ? 8 : (int)strcspn(text, ":"),
		 !strncmp(text, "qty:", 4) ? "quantity" : text,
		 (long long)(n / SIMUTRADOR_UNIT),
		 (long long)(n % SIMUTRADOR_UNIT));
	return buf;
}

static inline void simutrador_leave(struct simutrador *s, int sym)
{
	int64_t held = s->syms[sym].held;
	int64_t n = held < 0 ? -held : held;
	char fields[128];
	size_t id;

	snprintf(fields, sizeof(fields), "\"quantity\":\"%lld.%08lld\","
		 "\"reduce_only\":true,\"time_in_force\":\"gtc\"",
		 (long long)(n / SIMUTRADOR_UNIT),
		 (long long)(n % SIMUTRADOR_UNIT));
	s->syms[sym].leaving = 1;
	id = simutrador_order(s, sym, held > 0 ? "sell" : "buy", fields);
	s->orders[id].is_followed = 1;
}

/*
 * Hold what is wished for, as the built-in strategies do: size is percent:N of
 * equity, shared by the symbols, qty:N or notional:N; side long, short or
 * long-short.
 */
static inline void simutrador_follow(struct simutrador *s, int sym, int wish,
				     const char *size, const char *side)
{
	struct simutrador_sym *t = &s->syms[sym];
	int now = (t->held > 0) - (t->held < 0), target = wish;
	char fields[64];
	size_t id;

	if (!s->is_live)
		return;
	if (now != t->was) {
		if (!now && !t->leaving)
			t->blocked = t->was;
		t->leaving = 0;
		t->was = now;
	}
	if (t->blocked && wish && wish != now && wish != t->blocked)
		t->blocked = 0;
	if (wish == SIMUTRADOR_FLAT || (!strcmp(side, "long") && wish < 0) ||
	    (!strcmp(side, "short") && wish > 0))
		target = 0;
	if (!wish || wish == t->blocked || target == now || t->working)
		return;
	if (now)
		simutrador_leave(s, sym);
	if (!target)
		return;
	id = simutrador_order(s, sym, target > 0 ? "buy" : "sell",
			      simutrador_sized(s, size, fields));
	s->orders[id].is_followed = 1;
	s->orders[id].if_refused = target;
}

/* -- the machinery ---------------------------------------------------------- */

static void simutrador_flush(struct simutrador *s)
{
	for (size_t at = 0; at < s->out.len;) {
		ssize_t n = write(1, s->out.p + at, s->out.len - at);

		if (n < 0 && errno != EINTR)
			exit(0);
		at += n > 0 ? (size_t)n : 0;
	}
	s->out.len = 0;
}

/* The next line, ended by NUL; NULL at the end. */
static char *simutrador_line(struct simutrador *s)
{
	struct simutrador_buf *b = &s->in;

	for (;;) {
		char *start = b->p ? b->p + s->in_at : NULL;
		char *end = b->len > s->in_at ?
			memchr(start, '\n', b->len - s->in_at) : NULL;
		ssize_t n;

		if (end) {
			*end = '\0';
			s->in_at = (size_t)(end + 1 - b->p);
			return start;
		}
		if (s->in_at) {
			memmove(b->p, start, b->len - s->in_at);
			b->len -= s->in_at;
			s->in_at = 0;
		}
		simutrador_room(b, 1 << 16);
		n = read(0, b->p + b->len, b->cap - b->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return NULL;
		b->len += (size_t)n;
	}
}

static int simutrador_by_name(const void *key, const void *sym)
{
	return strcmp(key, ((const struct simutrador_sym *)sym)->name);
}

static struct simutrador_sym *simutrador_sym(struct simutrador *s,
					     const char *name)
{
	return bsearch(name, s->syms, (size_t)s->nsyms, sizeof(*s->syms),
		       simutrador_by_name);
}

static struct simutrador_sym *simutrador_sym_of(struct simutrador *s,
						const char *line)
{
	char name[33];

	return simutrador_sym(s, simutrador_text(line, "symbol", name,
						 sizeof(name)));
}

static void simutrador_hello(struct simutrador *s, const char *line)
{
	const char *p = simutrador_find(line, "symbols");
	char buf[8192];

	for (p++; p[-1] != ']' && *p == '"'; p += *p == ',') {
		size_t n = strcspn(++p, "\"");

		s->syms = realloc(s->syms, (size_t)(s->nsyms + 1) *
				  sizeof(*s->syms));
		if (!s->syms || n > 32)
			simutrador_fail("no room for a symbol");
		memset(&s->syms[s->nsyms], 0, sizeof(*s->syms));
		memcpy(s->syms[s->nsyms++].name, p, n);
		p += n + 1;
	}
	s->hello = line;
	if (s->on_start)
		s->on_start(s);
	s->hello = NULL;
	snprintf(buf, sizeof(buf), "\"name\":\"%s\",\"profile\":\"%s\","
		 "\"wake\":\"%s\",\"warmup_bars\":%d%s%s",
		 s->name ? s->name : "c", s->profile ? s->profile : "rows",
		 s->wake ? s->wake : "bar", s->warmup_bars,
		 s->subscribe ? ",\"subscribe\":" : "",
		 s->subscribe ? s->subscribe : "");
	simutrador_send(s, "ready", buf);
	simutrador_flush(s);
}

/* YYYY-MM-DDTHH:MM:SS to microseconds since 1970. */
static int64_t simutrador_time(const char *p)
{
	int n[6] = { 0 }, y, m;
	int64_t days;

	for (int i = 0; i < 6; i++) {
		for (; *p >= '0' && *p <= '9'; p++)
			n[i] = n[i] * 10 + (*p - '0');
		p += *p != '\0';
	}
	y = n[0] - (n[1] <= 2);
	m = (n[1] + 9) % 12;
	days = 365LL * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 +
		n[2] - 1 - 719468;
	return (((days * 24 + n[3]) * 60 + n[4]) * 60 + n[5]) * 1000000;
}

/* A candle of a symbol; returns what stands behind it. */
static const char *simutrador_candle(struct simutrador *s, int sym,
				     const char *p)
{
	struct simutrador_bar b = { .sym = sym };
	int64_t *to[] = { &b.open, &b.high, &b.low, &b.close, &b.volume };

	p = strchr(p, ':') + 2;
	b.time_us = simutrador_time(p);
	for (int i = 0; i < 5; i++) {
		p = strchr(strchr(p, ',') + 1, ':') + 1;
		*to[i] = simutrador_units(&p);
	}
	s->on_bar(s, &b);
	return strchr(p, '}') + 1;
}

static void simutrador_candles(struct simutrador *s, const char *line)
{
	const char *p = simutrador_find(line, "candles") + 1;

	while (*p == '"') {
		size_t n = strcspn(++p, "\"");
		char name[33] = "";
		int sym;

		memcpy(name, p, n < 32 ? n : 32);
		sym = (int)(simutrador_sym(s, name) - s->syms);
		p += n + 2;
		if (*p == '[') {
			while (*p == '[' || *p == ',')
				p = simutrador_candle(s, sym, p + 1);
			p++;
		} else {
			p = simutrador_candle(s, sym, p);
		}
		p += *p == ',';
	}
}

static void simutrador_rows(struct simutrador *s, const char *line)
{
	const char *p = simutrador_find(line, "rows") + 1;

	while (*p == '[') {
		struct simutrador_bar b;
		int64_t *to[] = { &b.open, &b.high, &b.low, &b.close,
				  &b.volume };
		char *end;

		b.time_us = strtoll(p + 1, &end, 10);
		b.sym = (int)strtol(end + 1, &end, 10);
		p = end;
		for (int i = 0; i < 5; i++) {
			p++;
			*to[i] = simutrador_units(&p);
		}
		s->on_bar(s, &b);
		p++;
		p += *p == ',';
	}
}

static void simutrador_step(struct simutrador *s, const char *line)
{
	const char *sequence = simutrador_find(line, "sequence_id");

	s->is_live = sequence != NULL;
	if (simutrador_find(line, "rows"))
		simutrador_rows(s, line);
	else
		simutrador_candles(s, line);
	if (!s->is_live)
		return;
	if (s->batch.len)
		simutrador_put(&s->out, "{\"type\":\"order_batch\",\"data\":"
			       "{\"orders\":[%s]}}\n", s->batch.p);
	s->batch.len = 0;
	simutrador_put(&s->out, "{\"type\":\"tick_ack\",\"data\":{"
		       "\"sequence_id\":%lld}}\n",
		       (long long)simutrador_int(sequence));
	simutrador_flush(s);
}

/* The number of an order of ours; 0: it is none. */
static size_t simutrador_order_of(struct simutrador *s, const char *id)
{
	size_t n = *id == 'o' ? (size_t)simutrador_int(id + 1) : 0;

	return strchr(id, '/') || n > s->norders ? 0 : n;
}

static void simutrador_ended(struct simutrador *s, const char *line)
{
	char id[96];
	size_t n = simutrador_order_of(s, simutrador_text(line, "order_id",
							  id, sizeof(id)));

	if (!n || !s->orders[n].is_open)
		return;
	s->orders[n].is_open = 0;
	s->syms[s->orders[n].sym].working--;
}

static void simutrador_fill(struct simutrador *s, const char *line)
{
	simutrador_sym_of(s, line)->held = simutrador_dec(line, "position");
	if (!simutrador_dec(line, "remaining_quantity"))
		simutrador_ended(s, line);
}

static void simutrador_update(struct simutrador *s, const char *line)
{
	char status[24];

	simutrador_text(line, "status", status, sizeof(status));
	if (strcmp(status, "accepted"))
		simutrador_ended(s, line);
}

static void simutrador_refused(struct simutrador *s, const char *line)
{
	const char *p = simutrador_find(line, "rejected_orders");

	while (p && (*p == '{' || *p == ',') && p[1] == '"') {
		size_t n = simutrador_order_of(s, p + 2);
		struct simutrador_order *o = &s->orders[n];

		if (n && o->is_open) {
			o->is_open = 0;
			s->syms[o->sym].working--;
			if (o->is_followed)
				s->syms[o->sym].blocked = o->if_refused;
		}
		p = strchr(p, ':') + 2;
		for (; *p != '"'; p++)
			p += *p == '\\';
		p++;
	}
}

static void simutrador_action(struct simutrador *s, const char *line)
{
	simutrador_sym_of(s, line)->held = simutrador_dec(line, "quantity");
}

/* Speak with simutrador until the run is over; what main() returns. */
static inline int simutrador_run(struct simutrador *s)
{
	static const struct {
		const char *type;
		void (*hear)(struct simutrador *s, const char *line);
	} rows[] = {
		{ "tick", simutrador_step }, { "bars", simutrador_step },
		{ "history_snapshot", simutrador_step },
		{ "hello", simutrador_hello },
		{ "execution_report", simutrador_fill },
		{ "order_update", simutrador_update },
		{ "order_cancelled", simutrador_ended },
		{ "batch_ack", simutrador_refused },
		{ "corporate_action", simutrador_action },
	};
	char type[32];
	char *line;

	while ((line = simutrador_line(s))) {
		simutrador_text(line, "type", type, sizeof(type));
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			if (!strcmp(type, rows[i].type))
				rows[i].hear(s, line);
		}
		if (s->on_message)
			s->on_message(s, type, line);
	}
	if (s->on_end)
		s->on_end(s);
	free(s->in.p);
	free(s->out.p);
	free(s->batch.p);
	free(s->orders);
	free(s->syms);
	return 0;
}

#endif
