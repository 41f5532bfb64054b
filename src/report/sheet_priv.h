/*
 * sheet_priv: how pages are set: lines, tints, and numbers as text.
 *
 * Marks are single bytes inside a line that take no column; finishing a page
 * turns them into colour sequences or drops them.
 */
#ifndef SIM_SHEET_PRIV_H
#define SIM_SHEET_PRIV_H

#include "report/sheet.h"

#define MARK_UP		'\1'		/* a gain follows */
#define MARK_DOWN	'\2'		/* a loss follows */
#define MARK_BOLD	'\3'
#define MARK_OFF	'\4'

#define SHEET_BODY	(SIM_SHEET_LINES - 2)
#define SHEET_TEXT	64		/* room for a number as text */

struct sheet_page {
	const char *title;
	struct sim_buf body;
	unsigned lines;
};

struct sim_sheet_set {
	const struct sim_report *r;
	const struct sim_sheet_opts *opts;
	struct sheet_page *pages;
	size_t n, cap;
	const char *title;		/* of the section */
	char repeat[256];		/* a table's head, on each page */
};

/* Begin a section on a new page. */
void sim_sheet_set_begin(struct sim_sheet_set *s, const char *title);
/* One line, cut at 80 columns; a full page makes a new one. */
void sim_sheet_set_line(struct sim_sheet_set *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A blank line, unless the page just began. */
void sim_sheet_set_gap(struct sim_sheet_set *s);
/* A new page unless n more lines fit. */
void sim_sheet_set_room(struct sim_sheet_set *s, unsigned n);
/* Pages with their heads, marks resolved, added to *out. */
void sim_sheet_set_finish(struct sim_sheet_set *s, struct sim_sheet *out);

/* Text from outside as printable ASCII, cut with '~' after `width`. */
const char *sim_sheet_set_clean(const char *text, unsigned width, char *buf,
				size_t size);
/* Money with thousands commas, two decimals, '+' when asked. */
const char *sim_sheet_set_money(sim_dec v, bool plus, char *buf);
/* A quantity, or a price, in nine columns. */
const char *sim_sheet_set_number(sim_dec v, char *buf);
const char *sim_sheet_set_price(sim_dec v, char *buf);
/* Padded text inside the marks of its sign. */
const char *sim_sheet_set_tint(double sign, int width, const char *text,
			       char *buf);
/* "+1.23%" of a fraction, "-" when undefined. */
const char *sim_sheet_set_percent(double v, char *buf);
/* A gain's, a loss's, and nothing's glyph. */
const char *sim_sheet_set_glyph(const struct sim_sheet_set *s, double sign);
/* A bar's or session's end as its day. */
const char *sim_sheet_set_day(sim_time t, char *buf);

/* The sections, one function each (sheet_pages.c, sheet_tables.c). */
void sim_sheet_pages_overview(struct sim_sheet_set *s);
void sim_sheet_pages_curve(struct sim_sheet_set *s);
void sim_sheet_pages_metrics(struct sim_sheet_set *s);
void sim_sheet_pages_costs(struct sim_sheet_set *s);
void sim_sheet_pages_model(struct sim_sheet_set *s);
void sim_sheet_tables_months(struct sim_sheet_set *s);
void sim_sheet_tables_drawdowns(struct sim_sheet_set *s);
void sim_sheet_tables_symbols(struct sim_sheet_set *s);
void sim_sheet_tables_trades(struct sim_sheet_set *s);

#endif
