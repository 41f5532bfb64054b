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

/* With no more decimals than it needs. */
static inline char *put_number(char *p, sim_dec v)
{
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
	uint32_t part = (uint32_t)(u % SIM_DEC_ONE);

	if (v < 0)
		*p++ = '-';
	p += sim_digits_u64(p, u / SIM_DEC_ONE);
	if (!part)
		return p;
	*p++ = '.';
	sim_digits_8(p, part);
	for (p += 8; p[-1] == '0'; p--)
		;
	return p;
}

static inline char *put_dec(const struct sim_tick *t, char *p, sim_dec v)
{
	if (!t->as_text)
		return put_number(p, v);
	*p++ = '"';
	p += sim_dec_format(v, 2, p);
	*p++ = '"';
	return p;
}

/* In quotes; the date's text is kept, since most bars share theirs. */
static char *put_time(struct sim_tick *t, char *p, sim_time v)
{
	int64_t day = sim_time_day_of(v);
	sim_time rest = v - day * SIM_TIME_DAY;
	unsigned sec = (unsigned)(rest / SIM_TIME_SEC);

	*p++ = '"';
	if (rest % SIM_TIME_SEC) {
		p += sim_time_format(v, p);
		*p++ = '"';
		return p;
	}
	if (day != t->day || !t->date[0]) {
		t->date[sim_time_format_date(day, t->date)] = 'T';
		t->day = day;
	}
	memcpy(p, t->date, 11);
	sim_digits_2(p + 11, sec / 3600);
	p[13] = ':';
	sim_digits_2(p + 14, sec / 60 % 60);
	p[16] = ':';
	sim_digits_2(p + 17, sec % 60);
	return PUT(p + 19, "Z\"");
}

static char *put_bar(struct sim_tick *t, char *p, const struct sim_bar *b)
{
	p = PUT(p, "{\"date\":");
	p = put_time(t, p, b->ts);
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

void sim_tick_begin(struct sim_tick *t, const struct sim_tick_end *e)
{
	char *p = sim_buf_reserve(t->out, ROOM);
	size_t n = strlen(t->timeframe);

	if (!p)
		return;
	p = PUT(p, "{\"type\":\"tick\",\"data\":{\"sequence_id\":");
	p = put_int(p, e->sequence_id);
	p = put_time(t, PUT(p, ",\"sim_time\":"), e->now);
	p = PUT(p, ",\"timeframe\":\"");
	memcpy(p, t->timeframe, n);
	p = PUT(p + n, "\",\"candles\":{");
	t->need_comma = false;
	done(t, p);
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
}

void sim_tick_finish(struct sim_tick *t, const struct sim_tick_end *e)
{
	sim_buf_puts(t->out, e->is_eod ? "},\"is_eod\":true}}\n" :
		     "},\"is_eod\":false}}\n");
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

bool sim_tick_ack(const char *line, size_t n, int64_t *sequence_id)
{
	struct scan s = { line, line + n }, t;
	int64_t v;

	if (!over(&s, " { \"type\" : \"tick_ack\" , \"data\" : "
		  "{ \"sequence_id\" : ") || !over_digits(&s, &v))
		return false;
	t = s;
	if (over(&t, " , \"processing_status\" : \"ready\""))
		s = t;
	if (!over(&s, " } } ") || s.p != s.end)
		return false;
	*sequence_id = v;
	return true;
}
