/*
 * out: aligned tables and key/value blocks for people.
 *
 * Numbers stand right-aligned with the same number of decimals in a column.
 * On a terminal too narrow for it a table's text is cut with an ellipsis,
 * down to the heading, and the last columns are left out; numbers are never
 * cut, and neither is anything under -o wide.  Control characters are shown as
 * '?', so data cannot drive the terminal.
 */
#include "cli/out_priv.h"

#include <string.h>

#include "util/str.h"

#define GAP		2	/* blanks between columns */
#define TEXT_MIN	6	/* no text column is cut below this */
#define TIME_MIN	12	/* a time is cut to its date */
#define REAL_DECIMALS	4
#define ONE_DECIMALS	6	/* in a block */
#define STREAM_LEAST	8	/* a stream's column is as wide, */
#define STREAM_MOST	40	/* and not wider */

struct col {
	size_t width, full, least;	/* shown, wanted, at least */
	int decimals;		/* -1: as the cell is */
	bool right;
};

/* Columns on a terminal of UTF-8 text: code points. */
size_t sim_out_table_width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* What would act on the terminal becomes a '?', from a byte on. */
static void blunt(struct sim_buf *b, size_t at)
{
	size_t to = at, one;
	uint32_t code;

	for (; at < b->len; at += one) {
		one = sim_str_utf8(b->data + at, b->len - at, &code);
		if (!one || sim_str_is_control(code)) {
			b->data[to++] = '?';
			one = one ? one : 1;
			continue;
		}
		memmove(b->data + to, b->data + at, one);
		to += one;
	}
	if (to < b->len)
		b->data[to] = '\0';
	b->len = to;
}

static void cell_text(const struct sim_out *o, struct sim_buf *b,
		      const struct cell *c, int decimals)
{
	size_t at = b->len;

	sim_out_cell(o, b, c, decimals);
	blunt(b, at);
	if (!b->len)
		sim_buf_putc(b, '-');
}

static int cell_decimals(const struct cell *c, int asked)
{
	if (c->kind != CELL_DEC && c->kind != CELL_DOUBLE)
		return -1;
	if (asked >= 0)
		return asked;
	return c->kind == CELL_DEC ? sim_dec_decimals(c->num) : REAL_DECIMALS;
}

/* Headings are the field names, so that they can be typed after --fields. */
static void measure(struct sim_out *o, struct col *w)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	for (size_t i = 0; i < o->norder; i++) {
		w[i] = (struct col){ .least = TEXT_MIN, .decimals = -1 };
		if (o->cfg.header)
			w[i].width = sim_out_table_width(
				o->cols[o->order[i]].name);
		if (w[i].width > w[i].least)
			w[i].least = w[i].width;
		for (size_t r = 0; r < o->nrows; r++) {
			const struct cell *c = sim_out_row_at(o, r) +
					       o->order[i];
			int d = cell_decimals(c, o->cfg.decimals);

			w[i].decimals = d > w[i].decimals ? d : w[i].decimals;
			w[i].right |= sim_out_cell_is_number(c);
			if (c->kind == CELL_TIME && w[i].least < TIME_MIN)
				w[i].least = TIME_MIN;
		}
		for (size_t r = 0; r < o->nrows; r++) {
			size_t n;

			sim_buf_reset(&b);
			cell_text(o, &b, sim_out_row_at(o, r) + o->order[i],
				  w[i].decimals);
			n = sim_out_table_width(sim_buf_str(&b));
			w[i].width = n > w[i].width ? n : w[i].width;
		}
		w[i].full = w[i].width;
	}
	sim_buf_release(&b);
}

/* Narrow the widest text columns of the first n until they fit the terminal.
 * Gives: their width. */
static size_t squeeze(const struct sim_out *o, struct col *w, size_t n)
{
	size_t total = 0, room = (size_t)o->cfg.width;

	for (size_t i = 0; i < n; i++) {
		w[i].width = w[i].full;
		total += w[i].width + (i ? GAP : 0);
	}
	while (total > room) {
		struct col *widest = NULL;

		for (size_t i = 0; i < n; i++)
			if (!w[i].right && w[i].width > w[i].least &&
			    (!widest || w[i].width > widest->width))
				widest = &w[i];
		if (!widest)
			break;
		widest->width--;
		total--;
	}
	return total;
}

/* Make the table fit; gives how many of its columns are shown.  What was asked
 * for by name is. */
static size_t fit(const struct sim_out *o, struct col *w)
{
	size_t n = o->norder, total;

	if (!o->cfg.width || o->cfg.format == SIM_OUT_WIDE)
		return n;
	total = squeeze(o, w, n);
	if (o->cfg.fields && *o->cfg.fields)
		return n;
	while (n > 1 && total > (size_t)o->cfg.width)
		total -= w[--n].width + GAP;
	/* Those that are left may have the room of those that are not. */
	squeeze(o, w, n);
	return n;
}

static void pad(struct sim_out *o, size_t n)
{
	while (n--)
		sim_buf_putc(&o->buf, ' ');
}

/* The first `width` code points, the last replaced by an ellipsis. */
static void cut(struct sim_out *o, const char *s, size_t width)
{
	size_t keep = o->cfg.utf8 ? width - 1 : width - 2, n = 0;

	for (; *s; s++) {
		n += ((unsigned char)*s & 0xc0) != 0x80;
		if (n > keep)
			break;
		sim_buf_putc(&o->buf, *s);
	}
	sim_buf_puts(&o->buf, o->cfg.utf8 ? "\xe2\x80\xa6" : "..");
}

static void put(struct sim_out *o, const char *s, const struct col *w,
		bool is_last)
{
	size_t n = sim_out_table_width(s);

	if (n > w->width) {
		cut(o, s, w->width);
		return;
	}
	if (w->right)
		pad(o, w->width - n);
	sim_buf_puts(&o->buf, s);
	if (!w->right && !is_last)
		pad(o, w->width - n);
}

static void heading(struct sim_out *o, const struct col *w, size_t n)
{
	if (o->cfg.bold)
		sim_buf_puts(&o->buf, "\033[1m");
	for (size_t i = 0; i < n; i++) {
		if (i)
			pad(o, GAP);
		put(o, o->cols[o->order[i]].name, &w[i], i + 1 == n);
	}
	sim_buf_puts(&o->buf, o->cfg.bold ? "\033[0m\n" : "\n");
}

/* Columns that no row has anything in are not shown, unless asked for. */
static void drop_empty(struct sim_out *o)
{
	size_t kept = 0;

	for (size_t i = 0; i < o->norder; i++) {
		bool used = o->cfg.fields && *o->cfg.fields;

		for (size_t r = 0; r < o->nrows && !used; r++)
			used = (sim_out_row_at(o, r) + o->order[i])->kind >
			       CELL_NULL;
		if (used)
			o->order[kept++] = o->order[i];
	}
	o->norder = kept;
}

/* The columns from the nth on, which had no room. */
static void say_dropped(struct sim_out *o, size_t n)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	size_t left = o->norder - n;
	struct col w = { .width = (size_t)o->cfg.width };

	if (!left)
		return;
	sim_buf_printf(&b, "(-o wide prints %zu more column%s: ", left,
		       left == 1 ? "" : "s");
	for (size_t i = n; i < o->norder; i++)
		sim_buf_printf(&b, "%s%s", i > n ? " " : "",
			       o->cols[o->order[i]].name);
	sim_buf_putc(&b, ')');
	put(o, sim_buf_str(&b), &w, true);
	sim_out_write(o, "\n", 1);
	sim_buf_release(&b);
}

/* The first n columns of a row. */
static void put_cells(struct sim_out *o, const struct col *w, size_t n,
		      size_t row)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	for (size_t i = 0; i < n; i++) {
		if (i)
			pad(o, GAP);
		sim_buf_reset(&b);
		cell_text(o, &b, sim_out_row_at(o, row) + o->order[i],
			  w[i].decimals);
		put(o, sim_buf_str(&b), &w[i], i + 1 == n);
	}
	sim_out_write(o, "\n", 1);
	sim_buf_release(&b);
}

void sim_out_table_list(struct sim_out *o)
{
	struct col *w = sim_mem_array(o->norder + 1, sizeof(*w));
	size_t n;

	drop_empty(o);
	measure(o, w);
	n = fit(o, w);
	if (o->cfg.header && o->nrows)
		heading(o, w, n);
	for (size_t r = 0; r < o->nrows; r++)
		put_cells(o, w, n, r);
	if (o->nrows)
		say_dropped(o, n);
	sim_mem_free(w);
}

/* A stream's columns are as wide as what has come so far needed. */
static void widen(struct sim_out *o, struct col *w)
{
	const struct cell *row = sim_out_row_at(o, 0);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	size_t n;

	for (size_t i = 0; i < o->norder; i++) {
		const struct cell *c = &row[o->order[i]];

		w[i].decimals = cell_decimals(c, o->cfg.decimals);
		w[i].right = sim_out_cell_is_number(c);
		sim_buf_reset(&b);
		cell_text(o, &b, c, w[i].decimals);
		n = sim_out_table_width(sim_buf_str(&b));
		if (n < STREAM_LEAST)
			n = STREAM_LEAST;
		if (n > STREAM_MOST)
			n = STREAM_MOST;
		if (o->widths[i] < n)
			o->widths[i] = n;
		w[i].width = w[i].full = w[i].least = o->widths[i];
	}
	sim_buf_release(&b);
}

static void begin_stream(struct sim_out *o)
{
	o->widths = sim_mem_array(o->norder + 1, sizeof(*o->widths));
	for (size_t i = 0; i < o->norder; i++)
		o->widths[i] = sim_out_table_width(
			o->cols[o->order[i]].name);
}

void sim_out_table_row(struct sim_out *o)
{
	struct col *w = sim_mem_array(o->norder + 1, sizeof(*w));
	bool is_first = !o->widths;
	size_t n;

	if (is_first)
		begin_stream(o);
	widen(o, w);
	n = fit(o, w);
	if (is_first && o->cfg.header)
		heading(o, w, n);
	put_cells(o, w, n, 0);
	sim_mem_free(w);
}

/* Bytes of s that a line takes: an item of a list, or words that fit. */
static size_t line_of(const char *s, bool is_list, size_t room)
{
	const char *end = strstr(s, is_list ? "; " : " ");
	size_t n = end ? (size_t)(end - s) : strlen(s), next;

	if (is_list)
		return n;
	while (s[n] && (next = n + 1 + strcspn(s + n + 1, " ")) <= room)
		n = next;
	return n;
}

/*
 * The rest of a block's line, at column `at`: items of a list that don't fit
 * stand below each other, words wrap, and one word that has no room there
 * stands on the next line.
 */
static void put_value(struct sim_out *o, const char *s, bool is_list,
		      size_t at)
{
	size_t room = (size_t)o->cfg.width > at ? (size_t)o->cfg.width - at : 1;

	if (!o->cfg.width || o->cfg.format == SIM_OUT_WIDE)
		room = SIZE_MAX;
	if (sim_out_table_width(s) > room && !strchr(s, ' ')) {
		sim_out_puts(o, "\n  ");
	} else if (sim_out_table_width(s) > room) {
		for (size_t n; s[n = line_of(s, is_list, room)];
		     s += n + 1 + is_list) {
			sim_out_write(o, s, n);
			sim_out_puts(o, "\n");
			pad(o, at);
		}
	}
	sim_out_puts(o, s);
	sim_out_puts(o, "\n");
}

void sim_out_table_object(struct sim_out *o)
{
	const struct cell *row = sim_out_row_at(o, 0);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct col w = { .decimals = -1 };

	for (size_t i = 0; i < o->norder; i++) {
		size_t n = sim_out_table_width(o->cols[o->order[i]].name);

		w.width = n > w.width ? n : w.width;
	}
	for (size_t i = 0; i < o->norder; i++) {
		const struct cell *c = &row[o->order[i]];
		int d = o->cfg.decimals;

		if (c->kind == CELL_ABSENT)
			continue;
		if (c->kind == CELL_DOUBLE && d < 0)
			d = ONE_DECIMALS;
		put(o, o->cols[o->order[i]].name, &w, false);
		pad(o, GAP);
		sim_buf_reset(&b);
		cell_text(o, &b, c, d);
		put_value(o, sim_buf_str(&b), c->kind == CELL_STRS,
			  w.width + GAP);
	}
	sim_buf_release(&b);
}
