/*
 * out: aligned tables and key/value blocks for people.
 *
 * Numbers stand right-aligned with the same number of decimals in a column;
 * text that is too wide for the terminal is cut with an ellipsis, numbers
 * never are.  Control characters are shown as '?', so data cannot drive the
 * terminal.
 */
#include "cli/out_priv.h"

#include <string.h>

#include "util/str.h"

#define GAP		2	/* blanks between columns */
#define TEXT_MIN	6	/* no text column is cut below this */
#define REAL_DECIMALS	4

struct col {
	size_t width;
	int decimals;		/* -1: as the cell is */
	bool right;
};

/* Columns on a terminal of UTF-8 text: code points. */
static size_t text_width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void cell_text(struct sim_buf *b, const struct cell *c, int decimals)
{
	size_t at = b->len;

	sim_out_cell(b, c, decimals);
	for (; at < b->len; at++)
		if ((unsigned char)b->data[at] < 0x20 || b->data[at] == 0x7f)
			b->data[at] = '?';
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
		w[i] = (struct col){ .decimals = -1 };
		if (o->cfg.header)
			w[i].width = text_width(o->cols[o->order[i]].name);
		for (size_t r = 0; r < o->nrows; r++) {
			const struct cell *c = sim_out_row_at(o, r) +
					       o->order[i];
			int d = cell_decimals(c, o->cfg.decimals);

			w[i].decimals = d > w[i].decimals ? d : w[i].decimals;
			w[i].right |= sim_out_cell_is_number(c);
		}
		for (size_t r = 0; r < o->nrows; r++) {
			size_t n;

			sim_buf_reset(&b);
			cell_text(&b, sim_out_row_at(o, r) + o->order[i],
				  w[i].decimals);
			n = text_width(sim_buf_str(&b));
			w[i].width = n > w[i].width ? n : w[i].width;
		}
	}
	sim_buf_release(&b);
}

/* Narrow the widest text columns until the table fits the terminal. */
static void squeeze(const struct sim_out *o, struct col *w)
{
	size_t total = 0, room = (size_t)o->cfg.width;

	for (size_t i = 0; i < o->norder; i++)
		total += w[i].width + (i ? GAP : 0);
	while (room && total > room) {
		struct col *widest = NULL;

		for (size_t i = 0; i < o->norder; i++)
			if (!w[i].right && w[i].width > TEXT_MIN &&
			    (!widest || w[i].width > widest->width))
				widest = &w[i];
		if (!widest)
			return;
		widest->width--;
		total--;
	}
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
	size_t n = text_width(s);

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

static void heading(struct sim_out *o, const struct col *w)
{
	if (o->cfg.bold)
		sim_buf_puts(&o->buf, "\033[1m");
	for (size_t i = 0; i < o->norder; i++) {
		if (i)
			pad(o, GAP);
		put(o, o->cols[o->order[i]].name, &w[i], i + 1 == o->norder);
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

void sim_out_table_list(struct sim_out *o)
{
	struct col *w = sim_mem_array(o->norder + 1, sizeof(*w));
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	drop_empty(o);
	measure(o, w);
	squeeze(o, w);
	if (o->cfg.header && o->nrows)
		heading(o, w);
	for (size_t r = 0; r < o->nrows; r++) {
		for (size_t i = 0; i < o->norder; i++) {
			if (i)
				pad(o, GAP);
			sim_buf_reset(&b);
			cell_text(&b, sim_out_row_at(o, r) + o->order[i],
				  w[i].decimals);
			put(o, sim_buf_str(&b), &w[i], i + 1 == o->norder);
		}
		sim_out_write(o, "\n", 1);
	}
	sim_buf_release(&b);
	sim_mem_free(w);
}

void sim_out_table_object(struct sim_out *o)
{
	const struct cell *row = sim_out_row_at(o, 0);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct col w = { 0, -1, false };

	for (size_t i = 0; i < o->norder; i++) {
		size_t n = text_width(o->cols[o->order[i]].name);

		w.width = n > w.width ? n : w.width;
	}
	for (size_t i = 0; i < o->norder; i++) {
		const struct cell *c = &row[o->order[i]];

		if (c->kind == CELL_ABSENT)
			continue;
		put(o, o->cols[o->order[i]].name, &w, false);
		pad(o, GAP);
		sim_buf_reset(&b);
		cell_text(&b, c, o->cfg.decimals);
		sim_buf_puts(&b, "\n");
		sim_out_puts(o, sim_buf_str(&b));
	}
	sim_buf_release(&b);
}
