/* tick: the hot writers and the answer's reader. */
#include "proto/tick.h"

#include <string.h>

#include "util/digits.h"

#define ROOM 512			/* bytes of the longest single piece */

#define PUT(p, literal) \
	(memcpy((p), (literal), sizeof(literal) - 1), (p) + sizeof(literal) - 1)

static char *put_int(char *p, int64_t v)
{
	uint64_t u = (uint64_t)v;

	if (v < 0) {
		*p++ = '-';
		u = -u;
	}
	return p + sim_digits_u64(p, u);
}

/* Exactly, with no more decimals than it needs and the style wants. */
static inline char *put_number(char *p, sim_dec v, int least)
{
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
	uint64_t whole = u / SIM_DEC_ONE;
	uint64_t part = sim_digits_word((uint32_t)(u - whole * SIM_DEC_ONE));
	int n = (int)sim_digits_count(part);

	if (v < 0)
		*p++ = '-';
	p += sim_digits_u64(p, whole);
	if (!n && !least)
		return p;
	*p = '.';
	sim_digits_put(p + 1, part);
	return p + 1 + (n > least ? n : least);
}

static inline char *put_dec(const struct sim_tick *t, char *p, sim_dec v)
{
	int least = t->style.is_money ? 2 : 0;

	if (!t->style.as_text)
		return put_number(p, v, least);
	*p++ = '"';
	p = put_number(p, v, least);
	*p++ = '"';
	return p;
}

/* Date and time of day up to the second; the date's text is kept, since most
 * bars share theirs. */
static char *put_second(struct sim_tick *t, char *p, int64_t day, unsigned sec)
{
	if (day != t->day.number || !t->day.text[0]) {
		t->day.text[sim_time_format_date(day, t->day.text)] = 'T';
		t->day.number = day;
	}
	memcpy(p, t->day.text, 11);
	sim_digits_2(p + 11, sec / 3600);
	p[13] = ':';
	sim_digits_2(p + 14, sec / 60 % 60);
	p[16] = ':';
	sim_digits_2(p + 17, sec % 60);
	return p + 19;
}

/* In quotes. */
static char *put_time(struct sim_tick *t, char *p, sim_time v)
{
	int64_t day = sim_time_day_of(v);
	sim_time rest = v - day * SIM_TIME_DAY;

	*p++ = '"';
	if (rest % SIM_TIME_SEC) {
		p += sim_time_format(v, p);
		*p++ = '"';
		return p;
	}
	p = put_second(t, p, day, (unsigned)(rest / SIM_TIME_SEC));
	return PUT(p, "Z\"");
}

/* The wall clock, with milliseconds; its day is not the bars'. */
static char *put_timestamp(struct sim_tick *t, char *p)
{
	sim_time v = t->style.timestamp;
	struct sim_tick own = { .need_comma = false };
	int64_t day = sim_time_day_of(v);
	unsigned ms = (unsigned)((v - day * SIM_TIME_DAY) / SIM_TIME_MS);

	p = put_second(&own, PUT(p, ",\"timestamp\":\""), day, ms / 1000);
	*p++ = '.';
	*p++ = (char)('0' + ms % 1000 / 100);
	sim_digits_2(p, ms % 100);
	return PUT(p + 2, "Z\"");
}

static char *put_bar(struct sim_tick *t, char *p, const struct sim_bar *b)
{
	p = PUT(p, "{\"date\":");
	p = put_time(t, p, b->ts);
	if (t->is_bare) {
		*p++ = '}';
		return p;
	}
	p = put_dec(t, PUT(p, ",\"open\":"), b->open);
	p = put_dec(t, PUT(p, ",\"high\":"), b->high);
	p = put_dec(t, PUT(p, ",\"low\":"), b->low);
	p = put_dec(t, PUT(p, ",\"close\":"), b->close);
	p = put_dec(t, PUT(p, ",\"volume\":"), b->volume);
	*p++ = '}';
	return p;
}

static void done(struct sim_tick *t, const char *p)
{
	t->out->len = (size_t)(p - t->out->data);
}

static char *put_text(char *p, const char *s)
{
	size_t n = strlen(s);

	memcpy(p, s, n);
	return p + n;
}

void sim_tick_begin(struct sim_tick *t, const struct sim_tick_end *e)
{
	char *p = sim_buf_reserve(t->out, ROOM);

	if (!p)
		return;
	p = PUT(p, "{\"type\":\"tick\",\"data\":{");
	if (t->style.session_id) {
		p = put_text(PUT(p, "\"session_id\":\""), t->style.session_id);
		p = PUT(p, "\",");
	}
	p = put_int(PUT(p, "\"sequence_id\":"), e->sequence_id);
	p = put_time(t, PUT(p, ",\"sim_time\":"), e->now);
	p = put_text(PUT(p, ",\"timeframe\":\""), t->timeframe);
	p = PUT(p, "\",\"candles\":{");
	t->need_comma = false;
	sim_buf_reset(&t->names);
	done(t, p);
}

/* symbols_trading is told after the candles. */
static void remember(struct sim_tick *t, const char *symbol, size_t n)
{
	char *p;

	t->names.max = SIM_BUF_MAX;
	p = sim_buf_reserve(&t->names, n + 3);
	if (t->names.len)
		*p++ = ',';
	*p++ = '"';
	memcpy(p, symbol, n);
	p[n] = '"';
	t->names.len = (size_t)(p + n + 1 - t->names.data);
}

void sim_tick_candle(struct sim_tick *t, const char *symbol,
		     const struct sim_bar *b)
{
	char *p = sim_buf_reserve(t->out, ROOM);
	size_t n = strlen(symbol);

	if (!p)
		return;
	if (t->need_comma)
		*p++ = ',';
	t->need_comma = true;
	*p++ = '"';
	memcpy(p, symbol, n);
	p = PUT(p + n, "\":");
	done(t, put_bar(t, p, b));
	if (t->style.is_wire)
		remember(t, symbol, n);
}

/* The fields of a tick that only the wire has. */
static void finish_wire(struct sim_tick *t, const struct sim_tick_end *e)
{
	static const char *const sessions[] = {
		[SIM_TICK_REGULAR] = "regular",
		[SIM_TICK_PRE_MARKET] = "pre_market",
		[SIM_TICK_AFTER_HOURS] = "after_hours",
	};
	char *p = sim_buf_reserve(t->out, ROOM + t->names.len);

	if (!p)
		return;
	p = put_text(PUT(p, "},\"market_session\":\""),
		     sessions[e->session]);
	p = PUT(p, "\",\"symbols_trading\":[");
	if (t->names.len)
		memcpy(p, t->names.data, t->names.len);
	p = PUT(p + t->names.len, "],\"is_eod\":");
	p = e->is_eod ? PUT(p, "true}") : PUT(p, "false}");
	if (t->style.timestamp != SIM_TIME_NONE)
		p = put_timestamp(t, p);
	done(t, PUT(p, "}\n"));
}

void sim_tick_finish(struct sim_tick *t, const struct sim_tick_end *e)
{
	if (t->style.is_wire)
		finish_wire(t, e);
	else
		sim_buf_puts(t->out, e->is_eod ? "},\"is_eod\":true}}\n" :
			     "},\"is_eod\":false}}\n");
}

void sim_tick_release(struct sim_tick *t)
{
	sim_buf_release(&t->names);
}

void sim_tick_bar(struct sim_tick *t, const struct sim_bar *b)
{
	char *p = sim_buf_reserve(t->out, ROOM);

	if (p)
		done(t, put_bar(t, p, b));
}

void sim_tick_block(struct sim_tick *t, const struct sim_tick_end *e,
		    bool is_history)
{
	char *p = sim_buf_reserve(t->out, ROOM);

	if (!p)
		return;
	p = PUT(p, "{\"type\":\"bars\",\"data\":{");
	if (e) {
		p = put_int(PUT(p, "\"sequence_id\":"), e->sequence_id);
		p = put_int(PUT(p, ",\"sim_time\":"), e->now / SIM_TIME_US);
		p = e->is_eod ? PUT(p, ",\"is_eod\":true,") :
			PUT(p, ",\"is_eod\":false,");
	}
	if (is_history)
		p = PUT(p, "\"history\":true,");
	p = PUT(p, "\"cols\":[\"ts_us\",\"sym\",\"o\",\"h\",\"l\",\"c\",\"v\"],"
		"\"rows\":[");
	t->need_comma = false;
	done(t, p);
}

void sim_tick_row(struct sim_tick *t, uint32_t sym, const struct sim_bar *b)
{
	char *p = sim_buf_reserve(t->out, ROOM);

	if (!p)
		return;
	if (t->need_comma)
		*p++ = ',';
	t->need_comma = true;
	*p++ = '[';
	p = put_int(p, b->ts / SIM_TIME_US);
	*p++ = ',';
	p = put_int(p, sym);
	*p++ = ',';
	p = put_dec(t, p, b->open);
	*p++ = ',';
	p = put_dec(t, p, b->high);
	*p++ = ',';
	p = put_dec(t, p, b->low);
	*p++ = ',';
	p = put_dec(t, p, b->close);
	*p++ = ',';
	p = put_dec(t, p, b->volume);
	*p++ = ']';
	done(t, p);
}

void sim_tick_block_finish(struct sim_tick *t)
{
	sim_buf_puts(t->out, "]}}\n");
}

/* -- the answer ------------------------------------------------------------ */

struct scan {
	const char *p, *end;
};

static void skip_blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' ||
				 *s->p == '\r'))
		s->p++;
}

/* Over the text of `tokens`, where blanks stand for optional ones. */
static bool over(struct scan *s, const char *tokens)
{
	for (; *tokens; tokens++) {
		if (*tokens == ' ') {
			skip_blanks(s);
			continue;
		}
		if (s->p == s->end || *s->p != *tokens)
			return false;
		s->p++;
	}
	return true;
}

static bool over_digits(struct scan *s, int64_t *v)
{
	const char *start = s->p;

	*v = 0;
	while (s->p < s->end && *s->p >= '0' && *s->p <= '9' &&
	       s->p - start < 18)
		*v = *v * 10 + (*s->p++ - '0');
	return s->p > start && (*start != '0' || s->p == start + 1);
}

/* The bytes of s. */
static bool over_text(struct scan *s, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, text, n))
		return false;
	s->p += n;
	return true;
}

static bool over_comma(struct scan *s)
{
	struct scan t = *s;

	if (!over(&t, " , "))
		return false;
	*s = t;
	return true;
}

/* The fields that a plain answer may have, each once. */
enum { SESSION, SEQUENCE, STATUS, PENDING, WAIT, FIELDS };
static const char *const ack_fields[FIELDS] = {
	[SESSION] = "\"session_id\" : \"",
	[SEQUENCE] = "\"sequence_id\" : ",
	[STATUS] = "\"processing_status\" : \"ready\"",
	[PENDING] = "\"orders_pending\" : 0",
	[WAIT] = "\"max_wait_ms\" : ",
};

/* Over one of them; FIELDS: it is something else. */
static int over_field(struct scan *s, const char *session_id, int64_t v[FIELDS])
{
	for (int f = 0; f < FIELDS; f++) {
		struct scan t = *s;

		if (!over(&t, ack_fields[f]))
			continue;
		*s = t;
		if (f == SESSION && (!session_id || !over_text(s, session_id) ||
				     !over(s, "\"")))
			return FIELDS;
		if ((f == SEQUENCE || f == WAIT) && !over_digits(s, &v[f]))
			return FIELDS;
		return f;
	}
	return FIELDS;
}

bool sim_tick_ack(const char *line, size_t n, const char *session_id,
		  int64_t *sequence_id)
{
	struct scan s = { line, line + n };
	bool seen[FIELDS + 1] = { false };
	int64_t v[FIELDS];

	if (!over(&s, " { \"type\" : \"tick_ack\" , \"data\" : { "))
		return false;
	do {
		int f = over_field(&s, session_id, v);

		if (f == FIELDS || seen[f])
			return false;
		seen[f] = true;
	} while (over_comma(&s));
	if (!seen[SEQUENCE] || !over(&s, " } } ") || s.p != s.end)
		return false;
	*sequence_id = v[SEQUENCE];
	return true;
}
