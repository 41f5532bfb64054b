/* panel: all sessions of the user. */
#include <stdio.h>
#include <string.h>

#include "tui/figure.h"
#include "tui/panel.h"
#include "util/mem.h"

enum { ID, STATE, SYMBOLS, FRAME, FROM, NOW, STEP, PROGRESS, CAPITAL };
static const struct sim_table_col cols[] = {
	[ID]       = { .head = "SESSION", .grows = true },
	[STATE]    = { .head = "STATE" },
	[SYMBOLS]  = { .head = "SYMBOLS", .rank = 3, .grows = true },
	[FRAME]    = { .head = "BARS", .rank = 5 },
	[FROM]     = { .head = "FROM", .rank = 6 },
	[NOW]      = { .head = "NOW", .rank = 2 },
	[STEP]     = { .head = "STEP", .right = true, .rank = 4 },
	[PROGRESS] = { .head = "DONE", .right = true, .rank = 1 },
	[CAPITAL]  = { .head = "CAPITAL", .right = true, .rank = 7 },
};

static void keys(const struct sim_dash *d, struct dash_list *list)
{
	SIM_MEM_GROW(list->key, list->cap, d->n_sessions);
	for (size_t i = 0; i < d->n_sessions; i++)
		list->key[list->n++] = d->sessions[i].key;
}

static const struct dash_session *find(const struct sim_dash *d, uint64_t key)
{
	size_t i = 0;

	while (i + 1 < d->n_sessions && d->sessions[i].key != key)
		i++;
	return &d->sessions[i];
}

static void cells(const struct sim_dash *d, uint64_t key,
		  struct sim_table_cell *c)
{
	const struct dash_session *s = find(d, key);
	const struct sim_dash_mark *mark = sim_dash_team_mark(s->state);
	bool is_shown = !strcmp(s->id, d->session);
	char part[SIM_FIGURE_MAX];

	sim_panel_text(&c[ID], is_shown ? SIM_THEME_TEXT | SIM_THEME_BOLD
					: SIM_THEME_TEXT, s->id);
	snprintf(c[STATE].text, sizeof(c[STATE].text), "%s %s",
		 mark->glyph, sim_dash_team_word(s->state));
	c[STATE].ink = mark->role;
	sim_panel_text(&c[SYMBOLS], SIM_THEME_TEXT, s->symbols);
	sim_panel_text(&c[FRAME], SIM_THEME_DIM, s->timeframe);
	sim_figure_date(c[FROM].text, s->start,
			sim_dash_view_offset(d, s->start));
	c[FROM].ink = SIM_THEME_DIM;
	if (s->sim_time != SIM_TIME_NONE) {
		int offset = sim_dash_view_offset(d, s->sim_time);

		sim_figure_date(c[NOW].text, s->sim_time, offset);
		snprintf(c[NOW].text + 10, 16, " %s",
			 sim_figure_minute(part, s->sim_time, offset));
	}
	sim_figure_count(c[STEP].text, s->step);
	if (s->progress >= 0)
		snprintf(c[PROGRESS].text, sizeof(c[PROGRESS].text), "%.1f%%",
			 s->progress);
	sim_figure_dec(c[CAPITAL].text, s->capital, 2);
	c[CAPITAL].ink = SIM_THEME_DIM;
}

static void pick(const struct sim_dash *d, uint64_t key,
		 struct sim_dash_pick *p)
{
	p->session_id = find(d, key)->id;
}

static const char *word(const struct sim_dash *d, uint64_t key, int col)
{
	const struct dash_session *s = find(d, key);

	return col == ID ? s->id : col == SYMBOLS ? s->symbols :
		col == FRAME ? s->timeframe : NULL;
}

static double weight(const struct sim_dash *d, uint64_t key, int col)
{
	const struct dash_session *s = find(d, key);

	switch (col) {
	case STATE:
		return -(double)s->state;
	case FROM:
		return (double)s->start;
	case NOW:
		return (double)s->sim_time;
	case STEP:
		return (double)s->step;
	case CAPITAL:
		return (double)s->capital;
	default:
		return s->progress;
	}
}

static void count(const struct sim_dash *d, struct sim_buf *out)
{
	size_t running = 0;

	for (size_t i = 0; i < d->n_sessions; i++)
		running += d->sessions[i].state == DASH_RUNNING;
	sim_buf_printf(out, "%zu, %zu running", d->n_sessions, running);
}

const struct sim_panel_ops sim_panel_sessions = {
	.count = count, .col = cols, .n_cols = 9, .keys = keys, .cells = cells,
	.pick = pick, .word = word, .weight = weight, .n_sorts = 2,
	.sort_col = { STATE, PROGRESS },
	.nothing = "no sessions"
};
