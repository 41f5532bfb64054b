/* panel: the session bar: what is shown, its state, time, speed and progress;
 * with a second line the account, or where in the run one stands. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/figure.h"
#include "tui/panel.h"

#define PARTS 12
#define BAND SIM_THEME_BAND

struct part {
	char text[128];
	sim_theme_ink ink;
	int rank;			/* the highest goes first */
};
struct line {
	struct part part[PARTS];
	int n;
};

static struct part *add(struct line *l, int rank, sim_theme_ink ink)
{
	struct part *p = &l->part[l->n++];

	p->rank = rank;
	p->ink = ink | BAND;
	p->text[0] = '\0';
	return p;
}

/* How the connection is, where it is not as it should be. */
static bool link_part(const struct sim_dash *d, struct line *l)
{
	struct part *p;
	char span[SIM_FIGURE_MAX];

	if (d->link == SIM_DASH_CONNECTED)
		return false;
	p = add(l, 0, d->link == SIM_DASH_RECONNECTING ? SIM_THEME_ERROR
						       : SIM_THEME_WARN);
	if (d->link == SIM_DASH_CONNECTING)
		snprintf(p->text, sizeof(p->text), "◌ connecting");
	else if (d->link == SIM_DASH_CLOSED)
		snprintf(p->text, sizeof(p->text), "□ closed");
	else if (d->retry_at == SIM_TIME_NONE || d->now == SIM_TIME_NONE)
		snprintf(p->text, sizeof(p->text), "✗ reconnecting");
	else
		snprintf(p->text, sizeof(p->text), "✗ reconnecting in %s",
			 sim_figure_span(span, (d->retry_at - d->now +
						SIM_TIME_SEC - 1) /
					       SIM_TIME_SEC));
	if (d->why[0]) {
		p = add(l, 2, SIM_THEME_DIM);
		sim_dash_copy(p->text, sizeof(p->text), d->why);
	}
	return true;
}

static void state_part(const struct sim_dash *d, struct line *l)
{
	const struct sim_dash_mark *mark = sim_dash_team_mark(d->state);
	const char *word = sim_dash_team_word(d->state);
	struct part *p;

	if (link_part(d, l) && d->state == DASH_UNKNOWN)
		return;
	p = add(l, 0, mark->role | SIM_THEME_BOLD);
	snprintf(p->text, sizeof(p->text), "%s %s", mark->glyph,
		 *word ? word : "waiting");
	if (!d->is_stale || d->link != SIM_DASH_CONNECTED)
		return;
	p = add(l, 1, SIM_THEME_WARN);
	snprintf(p->text, sizeof(p->text), "⚠ nothing new");
}

static void name_parts(const struct sim_dash *d, struct line *l)
{
	struct part *p;

	if (d->source[0]) {
		p = add(l, 8, SIM_THEME_DIM);
		sim_dash_copy(p->text, 64, d->source);
	}
	if (d->title[0] || (d->session[0] &&
			    !strstr(d->source, d->session))) {
		p = add(l, 5, SIM_THEME_TEXT | SIM_THEME_BOLD);
		sim_dash_copy(p->text, 64, d->title[0] ? d->title : d->session);
	}
}

static void time_parts(const struct sim_dash *d, struct line *l)
{
	struct dash_clock at = sim_dash_zone_at(d, d->sim_time), exchange;
	char day[SIM_FIGURE_MAX], clock[SIM_FIGURE_MAX];
	struct part *p;

	if (d->sim_time == SIM_TIME_NONE)
		return;
	p = add(l, 4, SIM_THEME_TEXT);
	snprintf(p->text, sizeof(p->text), "%s",
		 sim_figure_date(day, d->sim_time, at.offset));
	p = add(l, 0, SIM_THEME_BAR);
	snprintf(p->text, sizeof(p->text), "%s %s",
		 sim_figure_clock(clock, d->sim_time, at.offset), at.name);
	if (d->zone == SIM_DASH_EXCHANGE ||
	    !sim_dash_zone_exchange(d, d->sim_time, &exchange) ||
	    exchange.offset == at.offset)
		return;
	p = add(l, 6, SIM_THEME_DIM);
	snprintf(p->text, sizeof(p->text), "%s %s",
		 sim_figure_minute(clock, d->sim_time, exchange.offset),
		 exchange.name);
}

static void pace_parts(const struct sim_dash *d, struct line *l)
{
	static const char *const hours[] = { "regular", "pre-market",
					     "after-hours" };
	struct part *p;

	if (d->speed >= 0) {
		p = add(l, 3, SIM_THEME_INFO);
		if (d->speed > 0)
			snprintf(p->text, sizeof(p->text), "%g×", d->speed);
		else
			snprintf(p->text, sizeof(p->text), "max speed");
	}
	if (d->market_session >= 0 && d->market_session < 3) {
		p = add(l, 7, SIM_THEME_DIM);
		snprintf(p->text, sizeof(p->text), "%s",
			 hours[d->market_session]);
	}
}

static void step_part(const struct sim_dash *d, struct line *l)
{
	char step[SIM_FIGURE_MAX], all[SIM_FIGURE_MAX];
	struct part *p = add(l, 2, SIM_THEME_TEXT);

	if (d->n_steps)
		snprintf(p->text, sizeof(p->text), "step %s of %s  %.1f%%",
			 sim_figure_count(step, d->step),
			 sim_figure_count(all, d->n_steps),
			 d->progress < 0 ? 0 : d->progress);
	else if (d->step)
		snprintf(p->text, sizeof(p->text), "step %s",
			 sim_figure_count(step, d->step));
	else
		l->n--;
}

/* The days that the session goes through. */
static void range_part(const struct sim_dash *d, struct line *l)
{
	char from[SIM_FIGURE_MAX], to[SIM_FIGURE_MAX];
	struct part *p;

	if (d->start == SIM_TIME_NONE || d->end == SIM_TIME_NONE)
		return;
	sim_figure_date(from, d->start, sim_dash_view_offset(d, d->start));
	sim_figure_date(to, d->end, sim_dash_view_offset(d, d->end));
	if (!strcmp(from, to))
		return;
	p = add(l, 9, SIM_THEME_DIM);
	snprintf(p->text, sizeof(p->text), "%s to %s", from, to);
}

/* Equity, and what it has gained in all and today. */
static void money_parts(const struct sim_dash *d, struct line *l)
{
	const struct dash_account *a = &d->account;
	double base = sim_dec_to_double(d->capital);
	char text[SIM_FIGURE_MAX];
	struct part *p;
	sim_dec v = 0;

	if (!a->is_known)
		return;
	(void)sim_dec_from_double(a->marked_equity, &v);
	p = add(l, 0, SIM_THEME_BAR);
	snprintf(p->text, sizeof(p->text), "equity %s",
		 sim_figure_dec(text, v, 2));
	if (base > 0) {
		double part = a->marked_equity / base - 1;

		p = add(l, 1, part < 0 ? SIM_THEME_LOSS : SIM_THEME_UP);
		snprintf(p->text, sizeof(p->text), "%s%s",
			 sim_figure_arrow(part),
			 sim_figure_percent(text, part * 100, 2));
	}
	v = 0;
	(void)sim_dec_from_double(a->marked, &v);
	if (a->has_margin && sim_dec_add(v, a->day_gain, &v)) {
		p = add(l, 2, v < 0 ? SIM_THEME_LOSS : SIM_THEME_UP);
		snprintf(p->text, sizeof(p->text), "day %s%s",
			 sim_figure_arrow((double)v),
			 sim_figure_signed(text, v, 2));
	}
	p = add(l, 3, d->curve.worst < 0 ? SIM_THEME_LOSS : SIM_THEME_TEXT);
	snprintf(p->text, sizeof(p->text), "max drawdown %s",
		 sim_figure_percent(text, d->curve.worst * 100, 2));
	p = add(l, 4, SIM_THEME_DIM);
	snprintf(p->text, sizeof(p->text), "cash %s",
		 sim_figure_dec(text, a->cash, 2));
}

/* Parts with two blanks between; those of the highest rank go until it fits. */
static void put_line(struct sim_screen *s, struct sim_screen_box b,
		     struct line *l)
{
	int width[PARTS], total = 1, at = b.col + 1;

	for (int i = 0; i < l->n; i++) {
		width[i] = sim_glyph_width(l->part[i].text);
		total += width[i] + 2;
	}
	while (total - 1 > b.cols) {
		int go = 0;

		for (int i = 1; i < l->n; i++)
			if (l->part[i].rank > l->part[go].rank)
				go = i;
		if (l->part[go].rank <= 0)
			break;
		l->part[go].rank = -1;
		total -= width[go] + 2;
	}
	for (int i = 0; i < l->n; i++) {
		if (l->part[i].rank < 0)
			continue;
		at += sim_screen_put(s, b.row, at, b.col + b.cols - at,
				     l->part[i].ink, l->part[i].text) + 2;
	}
}

/* Of a replay: where in the run. */
static void put_way(const struct sim_dash *d, struct sim_screen *s,
		    struct sim_screen_box b)
{
	double part = d->n_steps ? (double)d->step / (double)d->n_steps : 0;
	int room = b.cols - 2, full = (int)(part * room + 0.5);

	for (int i = 0; i < room; i++)
		sim_screen_cell(s, b.row, b.col + 1 + i, i < full ?
				SIM_THEME_LINE1 | BAND : SIM_THEME_DIM | BAND,
				i == full - 1 ? "●" : i < full ? "━" : "─");
}

static void draw(const struct sim_dash *d, struct sim_screen *s,
		 struct sim_screen_box box)
{
	bool has_account = sim_dash_layout_has(&d->seen->places,
					       SIM_DASH_account);
	struct line l = { .n = 0 };

	sim_screen_fill(s, box, SIM_THEME_TEXT | BAND);
	state_part(d, &l);
	name_parts(d, &l);
	time_parts(d, &l);
	pace_parts(d, &l);
	step_part(d, &l);
	range_part(d, &l);
	put_line(s, box, &l);
	if (box.rows < 2)
		return;
	box.row++;
	l.n = 0;
	if (d->layout == SIM_DASH_REPLAY && (has_account || d->is_replay) &&
	    d->n_steps && box.cols >= 80) {
		put_way(d, s, box);
		return;
	}
	money_parts(d, &l);
	put_line(s, box, &l);
}

const struct sim_panel_ops sim_panel_bar = { .draw = draw };
