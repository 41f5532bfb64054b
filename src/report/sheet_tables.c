/* sheet_tables: months, drawdowns, symbols and trades as rows. */
#include "report/sheet_priv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/time.h"

#define CHOICE 4			/* rows of each choice of trades */

__attribute__((format(printf, 2, 3)))
static void table_head(struct sim_sheet_set *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->repeat, sizeof(s->repeat), fmt, ap);
	va_end(ap);
	sim_sheet_set_line(s, "%s", s->repeat);
}

/* A month's percent in four columns. */
static const char *month(double v, char *buf)
{
	double pct = v * 100;

	if (!isfinite(v))
		snprintf(buf, SHEET_TEXT, "-");
	else if (fabs(pct) < 9.95)
		snprintf(buf, SHEET_TEXT, "%+.1f", pct);
	else if (fabs(pct) < 999.5)
		snprintf(buf, SHEET_TEXT, "%+.0f", pct);
	else
		snprintf(buf, SHEET_TEXT, "%s", pct > 0 ? ">999" : "<-99");
	return buf;
}

void sim_sheet_tables_months(struct sim_sheet_set *s)
{
	char text[SHEET_TEXT], tint[SHEET_TEXT];

	table_head(s, "Year  Jan  Feb  Mar  Apr  May  Jun  Jul  Aug  Sep  Oct  "
		   "Nov  Dec        Year");
	for (size_t i = 0; i < s->r->n_years; i++) {
		const struct sim_report_year *y = &s->r->years[i];
		struct sim_buf b = SIM_BUF_INIT(4096);

		for (int m = 0; m < 12; m++)
			sim_buf_printf(&b, " %s",
				       sim_sheet_set_tint(y->month[m], 4,
							  month(y->month[m],
								text), tint));
		sim_sheet_set_line(s, "%4d%s %s", y->year, sim_buf_str(&b),
				   sim_sheet_set_tint(y->total, 11,
				   sim_sheet_set_percent(y->total, text),
				   tint));
		sim_buf_release(&b);
	}
	if (!s->r->n_years)
		sim_sheet_set_line(s, "No session was closed.");
}

/* Day of a level: the start's, else of its equity point. */
static const char *level_day(const struct sim_report *r, size_t i, char *buf)
{
	if (i >= r->n_levels)
		return "-";
	if (i)
		return sim_sheet_set_day(r->in->curve.time[i - 1], buf);
	return sim_sheet_set_day(r->in->start == SIM_TIME_NONE ? SIM_TIME_NONE :
				 r->in->start + 1, buf);
}

static sim_time level_time(const struct sim_report *r, size_t i)
{
	i = i < r->n_levels ? i : r->n_levels - 1;
	if (!i)
		return r->in->start != SIM_TIME_NONE ? r->in->start :
		       r->in->curve.time[0];
	return r->in->curve.time[i - 1];
}

void sim_sheet_tables_drawdowns(struct sim_sheet_set *s)
{
	const struct sim_report *r = s->r;
	char a[SHEET_TEXT], b[SHEET_TEXT], c[SHEET_TEXT], d[SHEET_TEXT];
	char x[SHEET_TEXT];

	table_head(s, "   #     Depth  Start       Valley      End         "
		   "   Days  Down    Up");
	for (size_t i = 0; i < r->dd.n; i++) {
		const struct sim_drawdown_episode *e = &r->dd.top[i];
		sim_time start = level_time(r, e->start);
		sim_time valley = level_time(r, e->valley);
		sim_time end = level_time(r, e->end);
		bool over = e->end < r->n_levels;

		snprintf(d, sizeof(d), "%lld", over ?
			 (long long)((end - valley) / SIM_TIME_DAY) : 0LL);
		sim_sheet_set_line(s, "%4zu %9s  %-10s  %-10s  %-10s  %7lld "
			"%5lld %5s", i + 1,
			sim_sheet_set_percent(e->depth, a),
			level_day(r, e->start, b), level_day(r, e->valley, c),
			over ? level_day(r, e->end, x) : "not yet",
			(long long)((end - start) / SIM_TIME_DAY),
			(long long)((valley - start) / SIM_TIME_DAY),
			over ? d : "-");
	}
	if (!r->dd.n)
		sim_sheet_set_line(s, "Equity never fell below its highest.");
	else
		sim_sheet_set_line(s, "%zu episodes in all; days are calendar "
				   "days.", r->dd.episodes);
}

void sim_sheet_tables_symbols(struct sim_sheet_set *s)
{
	char gross[SHEET_TEXT], fees[SHEET_TEXT], net[SHEET_TEXT];
	char open[SHEET_TEXT], tint[SHEET_TEXT], name[40];

	table_head(s, "%-11s %6s %5s %14s %11s %14s %13s", "Symbol", "Trades",
		   "Win%", "Gross", "Fees", "Net", "Open, net");
	for (size_t i = 0; i < s->r->n_symbols; i++) {
		const struct sim_report_symbol *y = &s->r->symbols[i];
		size_t decided = y->wins + y->losses;
		char rate[16] = "-";

		if (decided)
			snprintf(rate, sizeof(rate), "%.1f",
				 100.0 * (double)y->wins / (double)decided);
		sim_sheet_set_tint((double)y->net, 14,
				   sim_sheet_set_money(y->net, true, net),
				   tint);
		sim_sheet_set_line(s, "%-11s %6zu %5s %14s %11s %s %13s",
			sim_sheet_set_clean(y->name, 11, name, sizeof(name)),
			y->trades, rate,
			sim_sheet_set_money(y->gross, true, gross),
			sim_sheet_set_money(y->fees, false, fees), tint,
			sim_sheet_set_money(y->open_net, true, open));
	}
	if (!s->r->n_symbols)
		sim_sheet_set_line(s, "Nothing was traded.");
}

/* Ten columns: the day, or month, day, hour and minute. */
static void trade_time(sim_time t, bool intraday, char *buf)
{
	struct sim_time_civil c;

	if (!intraday) {
		sim_sheet_set_day(t, buf);
		return;
	}
	c = sim_time_to_civil(t);
	snprintf(buf, SHEET_TEXT, "%02d-%02d %02d%02d", c.month, c.day,
		 c.hour, c.minute);
}

static bool is_intraday(const struct sim_report *r)
{
	const struct sim_report_curve *c = &r->in->curve;

	return c->n > 1 && c->time[1] - c->time[0] < 12 * SIM_TIME_HOUR;
}

static void trades_head(struct sim_sheet_set *s)
{
	bool intraday = is_intraday(s->r);

	table_head(s, "%-8s %9s %-10s %9s %-10s %9s   %12s", "Symbol", "Qty",
		   intraday ? "In, UTC" : "In", "Price",
		   intraday ? "Out, UTC" : "Out", "Price", "Net");
}

static void trade_row(struct sim_sheet_set *s, const struct sim_trades_item *t)
{
	char qty[SHEET_TEXT], in[SHEET_TEXT], out[SHEET_TEXT], a[SHEET_TEXT];
	char b[SHEET_TEXT], net[SHEET_TEXT], tint[SHEET_TEXT], name[40];
	bool intraday = is_intraday(s->r);

	sim_sheet_set_number(t->side == SIM_SIDE_BUY ? t->qty : -t->qty, qty);
	trade_time(t->entry_time, intraday, in);
	trade_time(t->exit_time, intraday, out);
	sim_sheet_set_money(t->net, true, net);
	sim_sheet_set_tint((double)t->net, 12, net, tint);
	sim_sheet_set_line(s, "%-8s %9s %-10s %9s %-10s %9s %s%s%s",
		sim_sheet_set_clean(s->r->in->instruments[t->sym].symbol, 8,
				    name, sizeof(name)),
		qty, in, sim_sheet_set_price(t->entry_price, a),
		t->is_open ? "open" : out,
		sim_sheet_set_price(t->exit_price, b),
		sim_sheet_set_glyph(s, (double)t->net), tint,
		t->ambiguous ? " ?" : "");
}

static void choice_head(struct sim_sheet_set *s, const char *title)
{
	sim_sheet_set_line(s, "%c%s%c", MARK_BOLD, title, MARK_OFF);
}

/* The closed trades with the highest (sign 1) or lowest (-1) net, the earlier
 * first where equal. */
static void extreme_trades(struct sim_sheet_set *s, const char *title,
			   int sign)
{
	const struct sim_trades *t = &s->r->trades;
	const struct sim_trades_item *top[CHOICE];
	size_t n = 0;

	for (size_t i = 0; i < t->n_closed; i++) {
		const struct sim_trades_item *x = &t->items[i];
		size_t k = n < CHOICE ? n++ : CHOICE;

		for (; k > 0 && (sign > 0 ? x->net > top[k - 1]->net :
				 x->net < top[k - 1]->net); k--)
			if (k < CHOICE)
				top[k] = top[k - 1];
		if (k < CHOICE)
			top[k] = x;
	}
	choice_head(s, title);
	for (size_t i = 0; i < n; i++)
		trade_row(s, top[i]);
}

static void range(struct sim_sheet_set *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		trade_row(s, &s->r->trades.items[i]);
}

void sim_sheet_tables_trades(struct sim_sheet_set *s)
{
	const struct sim_trades *t = &s->r->trades;

	if (!t->n) {
		sim_sheet_set_line(s, "There was no trade.");
		return;
	}
	trades_head(s);
	if (s->opts->all_trades || t->n < SHEET_BODY - 1) {
		range(s, 0, t->n);
	} else {
		choice_head(s, "First");
		range(s, 0, CHOICE);
		choice_head(s, "Last");
		range(s, t->n - CHOICE, t->n);
		extreme_trades(s, "Best", 1);
		extreme_trades(s, "Worst", -1);
	}
	sim_sheet_set_line(s, "%zu closed, %zu open; times are when the bar "
			   "closed; ? is an ambiguous fill.", t->n_closed,
			   t->n - t->n_closed);
}
