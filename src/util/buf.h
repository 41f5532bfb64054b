/*
 * buf: a growable byte buffer with a stated maximum, always NUL-ended.
 *
 * Memory that cannot be had aborts; growing past `max` is remembered
 * (buf->overflow) and further appends do nothing, so a writer checks once.
 */
#ifndef SIM_BUF_H
#define SIM_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/dec.h"
#include "util/time.h"

struct sim_buf {
	char *data;	/* NUL-ended when len > 0; NULL when never used */
	size_t len, cap, max;
	bool overflow;		/* an append did not fit below max */
};
#define SIM_BUF_INIT(max_) { NULL, 0, 0, (max_), false }
#define SIM_BUF_MAX	((size_t)1 << 40)	/* "no limit but memory" */

/* Free the memory; the buffer is then as good as new. */
void sim_buf_release(struct sim_buf *b);
/* Keep the memory, drop the content. */
void sim_buf_reset(struct sim_buf *b);
/* Room for n more bytes (not yet part of the content); NULL past max. */
char *sim_buf_reserve(struct sim_buf *b, size_t n);
void sim_buf_add(struct sim_buf *b, const void *p, size_t n);
void sim_buf_puts(struct sim_buf *b, const char *s);
void sim_buf_putc(struct sim_buf *b, char c);
void sim_buf_printf(struct sim_buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void sim_buf_vprintf(struct sim_buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* Fast exact writers, no printf inside. */
void sim_buf_int(struct sim_buf *b, int64_t v);
void sim_buf_dec(struct sim_buf *b, sim_dec v, int min_decimals);
void sim_buf_time(struct sim_buf *b, sim_time t);
/* The content, "" when empty; owned by the buffer. */
const char *sim_buf_str(const struct sim_buf *b);

#endif
