/* buf: see buf.h.  Every append keeps data[len] == '\0'. */
#include "util/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/digits.h"
#include "util/mem.h"

void sim_buf_release(struct sim_buf *b)
{
	free(b->data);
	b->data = NULL;
	b->len = b->cap = 0;
	b->overflow = false;
}

void sim_buf_reset(struct sim_buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data)
		b->data[0] = '\0';
}

/* The slow way of reserve: check the maximum, then grow. */
static char *grow(struct sim_buf *b, size_t n)
{
	if (b->overflow || b->len > b->max || n > b->max - b->len) {
		b->overflow = true;
		return NULL;
	}
	if (b->cap - b->len <= n) {
		if (!b->cap)
			b->cap = 32;
		b->data = sim_mem_grow(b->data, &b->cap, b->len + n + 1, 1);
	}
	return b->data + b->len;
}

static inline char *room(struct sim_buf *b, size_t n)
{
	if (n < b->cap - b->len && b->len <= b->max && n <= b->max - b->len &&
	    !b->overflow)
		return b->data + b->len;
	return grow(b, n);
}

static inline void added(struct sim_buf *b, size_t n)
{
	b->len += n;
	b->data[b->len] = '\0';
}

char *sim_buf_reserve(struct sim_buf *b, size_t n)
{
	return room(b, n);
}

void sim_buf_add(struct sim_buf *b, const void *p, size_t n)
{
	char *to = room(b, n);

	if (!to)
		return;
	if (n)
		memcpy(to, p, n);
	added(b, n);
}

void sim_buf_puts(struct sim_buf *b, const char *s)
{
	sim_buf_add(b, s, strlen(s));
}

void sim_buf_putc(struct sim_buf *b, char c)
{
	char *to = room(b, 1);

	if (!to)
		return;
	*to = c;
	added(b, 1);
}

void sim_buf_printf(struct sim_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sim_buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void sim_buf_vprintf(struct sim_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	char *to;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		SIM_BUG("a format that cannot be printed");
	to = room(b, (size_t)n);
	if (!to)
		return;
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	added(b, (size_t)n);
}

void sim_buf_int(struct sim_buf *b, int64_t v)
{
	char text[SIM_DIGITS_U64MAX + 1], *p = text;
	uint64_t u = (uint64_t)v;

	if (v < 0) {
		*p++ = '-';
		u = -u;
	}
	p += sim_digits_u64(p, u);
	sim_buf_add(b, text, (size_t)(p - text));
}

void sim_buf_dec(struct sim_buf *b, sim_dec v, int min_decimals)
{
	char text[SIM_DEC_STRMAX];

	sim_buf_add(b, text, sim_dec_format(v, min_decimals, text));
}

void sim_buf_time(struct sim_buf *b, sim_time t)
{
	char text[SIM_TIME_STRMAX];

	sim_buf_add(b, text, sim_time_format(t, text));
}

const char *sim_buf_str(const struct sim_buf *b)
{
	if (!b->data)
		return "";
	/* Someone may have filled reserved room and moved len himself. */
	b->data[b->len] = '\0';
	return b->data;
}
