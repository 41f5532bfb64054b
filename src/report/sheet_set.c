/* sheet_set: setting lines into pages. */
#include "report/sheet_priv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/mem.h"
#include "util/time.h"

static bool is_mark(char c)
{
	return c >= MARK_UP && c <= MARK_OFF;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Copy at most 80 columns of a line; marks and the rest of a character take
 * none.  Blanks at the end are dropped. */
static void put_line(struct sim_buf *out, const char *s)
{
	size_t columns = 0;

	for (; *s; s++) {
		if (!is_mark(*s) && !is_continuation(*s) &&
		    ++columns > SIM_SHEET_COLUMNS)
			break;
		sim_buf_putc(out, *s);
	}
	for (; *s; s++)
		if (is_mark(*s))
			sim_buf_putc(out, *s);
	while (out->len && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	sim_buf_putc(out, '\n');
}

static struct sheet_page *new_page(struct sim_sheet_set *s)
{
	struct sheet_page *p;

	SIM_MEM_GROW(s->pages, s->cap, s->n + 1);
	p = &s->pages[s->n++];
	p->title = s->title;
	p->body = (struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
	p->lines = 0;
	if (s->repeat[0]) {
		put_line(&p->body, s->repeat);
		p->lines++;
	}
	return p;
}

static struct sheet_page *current(struct sim_sheet_set *s)
{
	return &s->pages[s->n - 1];
}

void sim_sheet_set_begin(struct sim_sheet_set *s, const char *title)
{
	s->title = title;
	s->repeat[0] = '\0';
	new_page(s);
}

void sim_sheet_set_line(struct sim_sheet_set *s, const char *fmt, ...)
{
	struct sheet_page *p = current(s);
	struct sim_buf line = SIM_BUF_INIT(SIM_BUF_MAX);
	va_list ap;

	if (p->lines == SHEET_BODY)
		p = new_page(s);
	va_start(ap, fmt);
	sim_buf_vprintf(&line, fmt, ap);
	va_end(ap);
	put_line(&p->body, sim_buf_str(&line));
	p->lines++;
	sim_buf_release(&line);
}

void sim_sheet_set_gap(struct sim_sheet_set *s)
{
	struct sheet_page *p = current(s);

	if (p->lines == 0 || p->lines == SHEET_BODY)
		return;
	sim_buf_putc(&p->body, '\n');
	p->lines++;
}

void sim_sheet_set_room(struct sim_sheet_set *s, unsigned n)
{
	if (current(s)->lines + n > SHEET_BODY)
		new_page(s);
}

/* Turn marks into sequences, or drop them. */
static void resolve(struct sim_buf *out, const char *s, bool color)
{
	static const char *const code[] = { "", "\033[32m", "\033[31m",
					    "\033[1m", "\033[0m" };

	for (; *s; s++) {
		if (!is_mark(*s))
			sim_buf_putc(out, *s);
		else if (color)
			sim_buf_puts(out, code[(int)*s]);
	}
}

/* The two lines over a page: what it is of, which section, which page. */
static void head(const struct sim_sheet_set *s, size_t i, struct sim_buf *out)
{
	const struct sim_report_input *in = s->r->in;
	char left[112], right[80], id[40], name[40];
	int gap;

	snprintf(left, sizeof(left), "simutrador  %s%s%s",
		 sim_sheet_set_clean(in->run_id ? in->run_id : "", 16, id,
				     sizeof(id)),
		 in->run_id ? "  " : "",
		 sim_sheet_set_clean(in->strategy ? in->strategy : "", 24,
				     name, sizeof(name)));
	snprintf(right, sizeof(right), "%.30s  %zu/%zu", s->pages[i].title,
		 i + 1, s->n);
	gap = SIM_SHEET_COLUMNS - (int)strlen(left) - (int)strlen(right);
	sim_buf_printf(out, "%c%s%*s%s%c\n", MARK_BOLD, left,
		       gap > 1 ? gap : 1, "", right, MARK_OFF);
	for (int c = 0; c < SIM_SHEET_COLUMNS; c++)
		sim_buf_puts(out, s->opts->ascii ? "-" : "\xe2\x94\x80");
	sim_buf_putc(out, '\n');
}

void sim_sheet_set_finish(struct sim_sheet_set *s, struct sim_sheet *out)
{
	SIM_MEM_GROW(out->pages, out->cap, out->n + s->n);
	for (size_t i = 0; i < s->n; i++) {
		struct sim_buf *page = &out->pages[out->n++];
		struct sim_buf raw = SIM_BUF_INIT(SIM_BUF_MAX);

		*page = (struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
		head(s, i, &raw);
		sim_buf_puts(&raw, sim_buf_str(&s->pages[i].body));
		while (raw.len > 1 && raw.data[raw.len - 2] == '\n')
			raw.data[--raw.len] = '\0';
		resolve(page, sim_buf_str(&raw), s->opts->color);
		sim_buf_release(&raw);
		sim_buf_release(&s->pages[i].body);
	}
	sim_mem_free(s->pages);
	s->pages = NULL;
	s->n = s->cap = 0;
}

const char *sim_sheet_set_clean(const char *text, unsigned width, char *buf,
				size_t size)
{
	size_t n = 0;

	for (; *text && n < width && n + 1 < size; text++)
		if (!is_continuation(*text))
			buf[n++] = *text >= ' ' && *text <= '~' ? *text : '?';
	if (*text && n)
		buf[n - 1] = '~';
	buf[n] = '\0';
	return buf;
}

const char *sim_sheet_set_money(sim_dec v, bool plus, char *buf)
{
	int64_t cents = 0;
	uint64_t whole;
	char digits[24];
	int n, k = 0;

	sim_dec_muldiv(v, 1, SIM_DEC_ONE / 100, &cents);
	whole = (uint64_t)(cents < 0 ? -cents : cents);
	n = snprintf(digits, sizeof(digits), "%llu",
		     (unsigned long long)(whole / 100));
	if (cents < 0 || (plus && cents > 0))
		buf[k++] = cents < 0 ? '-' : '+';
	for (int i = 0; i < n; i++) {
		buf[k++] = digits[i];
		if ((n - i) % 3 == 1 && i + 1 < n)
			buf[k++] = ',';
	}
	snprintf(buf + k, (size_t)(SHEET_TEXT - k), ".%02u",
		 (unsigned)(whole % 100));
	return buf;
}

const char *sim_sheet_set_number(sim_dec v, char *buf)
{
	size_t n = sim_dec_format(v, 0, buf);
	int64_t rounded;

	/* Fewer decimals until it fits a column of nine. */
	for (int64_t unit = 100; n > 9 && unit <= SIM_DEC_ONE; unit *= 10) {
		if (!sim_dec_muldiv(v, 1, unit, &rounded))
			break;
		n = sim_dec_format(rounded * unit, 0, buf);
	}
	if (n > 9)
		snprintf(buf, SHEET_TEXT, "%.3e", sim_dec_to_double(v));
	return buf;
}

const char *sim_sheet_set_price(sim_dec v, char *buf)
{
	int64_t rounded;

	if (v >= SIM_DEC_ONE && sim_dec_muldiv(v, 1, 10000, &rounded))
		v = rounded * 10000;
	if (sim_dec_format(v, 2, buf) > 9)
		sim_sheet_set_number(v, buf);
	return buf;
}

const char *sim_sheet_set_tint(double sign, int width, const char *text,
			       char *buf)
{
	if (sign > 0 || sign < 0)
		snprintf(buf, SHEET_TEXT, "%c%*s%c",
			 sign > 0 ? MARK_UP : MARK_DOWN, width, text,
			 MARK_OFF);
	else
		snprintf(buf, SHEET_TEXT, "%*s", width, text);
	return buf;
}

const char *sim_sheet_set_percent(double v, char *buf)
{
	if (!isfinite(v))
		snprintf(buf, SHEET_TEXT, "-");
	else if (fabs(v) >= 1e5)
		snprintf(buf, SHEET_TEXT, "%+.2e%%", v * 100);
	else
		snprintf(buf, SHEET_TEXT, "%+.2f%%", v * 100);
	return buf;
}

const char *sim_sheet_set_glyph(const struct sim_sheet_set *s, double sign)
{
	if (sign > 0)
		return s->opts->ascii ? "^" : "\xe2\x96\xb2";
	if (sign < 0)
		return s->opts->ascii ? "v" : "\xe2\x96\xbc";
	return "=";
}

const char *sim_sheet_set_day(sim_time t, char *buf)
{
	if (t == SIM_TIME_NONE)
		snprintf(buf, SHEET_TEXT, "-");
	else
		sim_time_format_date(sim_metrics_day(t), buf);
	return buf;
}
