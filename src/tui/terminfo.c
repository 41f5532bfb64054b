/* terminfo: the compiled form of term(5), with numbers of 32 bits. */
#include "tui/terminfo.h"

#include <string.h>

#define MAGIC 01036
#define ABSENT 0xffffu

static void put_byte(struct sim_buf *out, unsigned v)
{
	static const char digits[] = "0123456789ABCDEF";

	sim_buf_putc(out, digits[v >> 4 & 15]);
	sim_buf_putc(out, digits[v & 15]);
}

static void put_16(struct sim_buf *out, unsigned v)
{
	put_byte(out, v & 255);
	put_byte(out, v >> 8 & 255);
}

static void put_text(struct sim_buf *out, const char *s)
{
	do
		put_byte(out, (unsigned char)*s);
	while (*s++);
}

/* Numbers begin at an even byte. */
static void pad(struct sim_buf *out, size_t before)
{
	if (before & 1)
		put_byte(out, 0);
}

static void put_texts(const struct sim_terminfo *t, struct sim_buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < t->n_texts; i++) {
		put_16(out, t->text[i] ? (unsigned)at : ABSENT);
		at += t->text[i] ? strlen(t->text[i]) + 1 : 0;
	}
	for (size_t i = 0; i < t->n_texts; i++)
		if (t->text[i])
			put_text(out, t->text[i]);
	pad(out, at);
}

void sim_terminfo_write(const struct sim_terminfo *t, struct sim_buf *out)
{
	size_t names = strlen(t->name) + 1, texts = 0;

	for (size_t i = 0; i < t->n_texts; i++)
		texts += t->text[i] ? strlen(t->text[i]) + 1 : 0;
	sim_buf_puts(out, "hex:");
	put_16(out, MAGIC);
	put_16(out, (unsigned)names);
	put_16(out, (unsigned)t->n_flags);
	put_16(out, (unsigned)t->n_numbers);
	put_16(out, (unsigned)t->n_texts);
	put_16(out, (unsigned)texts);
	put_text(out, t->name);
	for (size_t i = 0; i < t->n_flags; i++)
		put_byte(out, t->flag[i] > 0);
	pad(out, names + t->n_flags);
	for (size_t i = 0; i < t->n_numbers; i++) {
		unsigned v = t->number[i] < 0 ? ~0u : (unsigned)t->number[i];

		put_16(out, v & ABSENT);
		put_16(out, v >> 16);
	}
	put_texts(t, out);
	/* One flag of one's own, its name behind it. */
	put_16(out, 1);
	put_16(out, 0);
	put_16(out, 0);
	put_16(out, 1);
	put_16(out, sizeof("RGB"));
	put_16(out, 1);
	put_16(out, 0);
	put_text(out, "RGB");
}
