/* desk_act: what keys and the mouse do; a row of the table each. */
#include "tui/desk_priv.h"

#include <stdio.h>
#include <string.h>

#include "util/mem.h"

#define DOUBLE_MS 400			/* between the clicks of a double one */

void sim_desk_remember(struct desk *k, const char *command)
{
	if (k->n_commands && !strcmp(k->commands[k->n_commands - 1], command))
		return;
	if (k->n_commands == DESK_COMMANDS) {
		sim_mem_free(k->commands[0]);
		memmove(k->commands, k->commands + 1,
			(DESK_COMMANDS - 1) * sizeof(*k->commands));
		k->n_commands--;
	}
	k->commands[k->n_commands++] = sim_mem_strdup(command);
}

/* -- one action each ------------------------------------------------------- */

struct action {
	void (*run)(struct desk *k, int by);
	int by;
};

static void do_help(struct desk *k, int by)
{
	(void)by;
	sim_dash_help(k->d, !sim_dash_covered(k->d));
}

static void do_quit(struct desk *k, int by)
{
	(void)by;
	k->is_leaving = true;
}

static void do_pause(struct desk *k, int by)
{
	(void)by;
	sim_desk_seek_pause(k);
}

static void do_step(struct desk *k, int by)
{
	(void)by;
	sim_desk_seek_step(k);
}

static void do_back(struct desk *k, int by)
{
	uint64_t at = k->seek.is_moving ? k->seek.target : k->seek.at;

	(void)by;
	if (at)
		sim_desk_seek_to(k, at - 1);
}

static void do_line(struct desk *k, int by)
{
	sim_desk_line_begin(k, (enum desk_line)by);
}

static void do_mark(struct desk *k, int by)
{
	(void)by;
	sim_desk_seek_mark(k);
}

static void do_jump(struct desk *k, int by)
{
	(void)by;
	sim_desk_seek_jump(k);
}

static void do_go_on(struct desk *k, int by)
{
	(void)by;
	sim_desk_seek_go_on(k);
}

static void do_explain(struct desk *k, int by)
{
	struct sim_dash_pick p = sim_dash_pick(k->d);
	const char *of = k->in->run ? k->in->run : k->in->session;
	char line[SIM_SLIP_COMMAND] = "explain";

	(void)by;
	if (p.execution_id && *p.execution_id) {
		sim_slip_word(line, "fill");
		sim_slip_word(line, p.execution_id + (*p.execution_id == 'e'));
	} else if (p.order_id && *p.order_id) {
		sim_slip_word(line, "order");
		sim_slip_word(line, p.order_id);
	} else {
		sim_desk_say(k, SIM_THEME_WARN, "select a fill or an order, or"
			     " go to a fill's bar on the chart, to have it"
			     " explained");
		return;
	}
	sim_slip_word(line, "--run");
	sim_slip_word(line, of);
	sim_slip_word(line, "-o");
	sim_slip_word(line, "table");
	sim_desk_line_run(k, line);
}

static void do_slip(struct desk *k, int by)
{
	sim_desk_trade_slip(k, by ? SIM_SIDE_SELL : SIM_SIDE_BUY);
}

static void do_cancel(struct desk *k, int by)
{
	sim_desk_trade_cancel(k, by);
}

static void do_replace(struct desk *k, int by)
{
	(void)by;
	sim_desk_trade_change(k);
}

static void do_flatten(struct desk *k, int by)
{
	sim_desk_trade_flatten(k, by);
}

static void do_commands(struct desk *k, int by)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	(void)by;
	for (size_t i = k->n_commands; i-- > 0; )
		sim_buf_printf(&b, "%s\n", k->commands[i]);
	sim_dash_sheet(k->d, "Commands, the newest first",
		       b.len ? sim_buf_str(&b) : "none so far\n");
	sim_buf_release(&b);
}

static void do_pane(struct desk *k, int by)
{
	sim_dash_focus(k->d, (enum sim_dash_pane)by);
}

static void do_next(struct desk *k, int by)
{
	sim_dash_focus_next(k->d, by);
}

static void do_line_move(struct desk *k, int by)
{
	sim_dash_move(k->d, SIM_DASH_LINE, by);
}

static void do_page(struct desk *k, int by)
{
	sim_dash_move(k->d, SIM_DASH_PAGE, by);
}

static void do_half(struct desk *k, int by)
{
	sim_dash_move(k->d, SIM_DASH_HALF, by);
}

static void do_end(struct desk *k, int by)
{
	sim_dash_move(k->d, by < 0 ? SIM_DASH_FIRST : SIM_DASH_END, 1);
}

/* Another session than the one that is shown, if that is selected. */
static bool go_over(struct desk *k)
{
	const char *id = sim_dash_pick(k->d).session_id;

	if (sim_dash_focused(k->d) != SIM_DASH_sessions || !id ||
	    !k->in->session || !strcmp(id, k->in->session))
		return false;
	snprintf(k->stats->next, sizeof(k->stats->next), "%s", id);
	k->is_leaving = true;
	return true;
}

static void do_zoom(struct desk *k, int by)
{
	struct desk_look to = sim_desk_view_now(k);

	if (!by && !sim_dash_covered(k->d) && go_over(k))
		return;
	to.zoom = by ? to.zoom + by : to.zoom ? 0 : 2;
	to.zoom = to.zoom < 0 ? 0 : to.zoom > 2 ? 2 : to.zoom;
	sim_desk_view_change(k, &to);
}

static void do_frame(struct desk *k, int by)
{
	if (!sim_dash_focus_tab(k->d, by))
		sim_dash_chart_frame(k->d, by);
}

static void do_closer(struct desk *k, int by)
{
	sim_dash_chart_zoom(k->d, by);
}

static void do_scroll(struct desk *k, int by)
{
	sim_dash_chart_scroll(k->d, by);
}

static void do_cursor(struct desk *k, int by)
{
	sim_dash_chart_cursor(k->d, by);
}

static void do_kind(struct desk *k, int by)
{
	(void)by;
	sim_dash_chart_kind(k->d);
}

static void do_sort(struct desk *k, int by)
{
	sim_dash_sort(k->d, by);
}

static void do_copy(struct desk *k, int by)
{
	(void)by;
	sim_desk_view_copy(k);
}

static void do_undo(struct desk *k, int by)
{
	sim_desk_view_undo(k, by);
}

static void do_refresh(struct desk *k, int by)
{
	static const char nothing[64];

	(void)by;
	if (k->c->can & SIM_CHANNEL_TRADES) {
		sim_desk_send(k, SIM_MESSAGE_query_status, nothing, NULL);
		sim_desk_send(k, SIM_MESSAGE_query_positions, nothing, NULL);
		sim_desk_send(k, SIM_MESSAGE_query_orders, nothing, NULL);
		sim_desk_send(k, SIM_MESSAGE_list_sessions, nothing, NULL);
	}
	k->is_spoilt = true;
}

static void do_zone(struct desk *k, int by)
{
	struct desk_look to = sim_desk_view_now(k);

	(void)by;
	to.zone = to.zone == SIM_DASH_LOCAL ? SIM_DASH_UTC : to.zone + 1;
	sim_desk_view_change(k, &to);
}

static void do_theme(struct desk *k, int by)
{
	struct desk_look to = sim_desk_view_now(k);

	(void)by;
	/* One's own stands before the first. */
	if (k->in->theme && to.theme != k->in->theme &&
	    sim_theme_next(to.theme) == sim_theme_next(k->in->theme))
		to.theme = k->in->theme;
	else
		to.theme = sim_theme_next(to.theme);
	sim_desk_view_change(k, &to);
	sim_desk_say(k, SIM_THEME_INFO, "theme %s",
		     sim_theme_name(to.theme));
}

static void do_layout(struct desk *k, int by)
{
	struct desk_look to = sim_desk_view_now(k);

	(void)by;
	to.layout = (to.layout + 1) % SIM_DASH_LAYOUT__COUNT;
	sim_desk_view_change(k, &to);
	sim_desk_say(k, SIM_THEME_INFO, "layout %s",
		     sim_dash_layouts()[to.layout]);
}

static void do_mouse(struct desk *k, int by)
{
	(void)by;
	k->is_mouse = !k->is_mouse;
	if (k->in->host->mouse)
		k->in->host->mouse(k->s, k->is_mouse);
	sim_desk_say(k, SIM_THEME_INFO, k->is_mouse ? "the mouse is the"
		     " dashboard's" : "the mouse is the terminal's: it selects"
		     " text");
}

static void do_redraw(struct desk *k, int by)
{
	(void)by;
	k->s->ops->restyle(k->s);
	k->is_spoilt = true;
}

static void do_suspend(struct desk *k, int by)
{
	(void)by;
	if (k->in->host->suspend)
		k->in->host->suspend(k->s);
	k->is_spoilt = true;
}

static const struct action actions[SIM_KEYS__COUNT] = {
	[SIM_KEYS_help] = { do_help, 0 },
	[SIM_KEYS_quit] = { do_quit, 0 },
	[SIM_KEYS_pause] = { do_pause, 0 },
	[SIM_KEYS_step] = { do_step, 0 },
	[SIM_KEYS_slower] = { sim_desk_seek_speed, -1 },
	[SIM_KEYS_faster] = { sim_desk_seek_speed, 1 },
	[SIM_KEYS_back] = { do_back, 0 },
	[SIM_KEYS_seek] = { do_line, DESK_SEEK },
	[SIM_KEYS_mark] = { do_mark, 0 },
	[SIM_KEYS_jump] = { do_jump, 0 },
	[SIM_KEYS_breakpoint] = { do_line, DESK_BREAK },
	[SIM_KEYS_go_on] = { do_go_on, 0 },
	[SIM_KEYS_explain] = { do_explain, 0 },
	[SIM_KEYS_buy] = { do_slip, 0 },
	[SIM_KEYS_sell] = { do_slip, 1 },
	[SIM_KEYS_cancel] = { do_cancel, 0 },
	[SIM_KEYS_cancel_all] = { do_cancel, 1 },
	[SIM_KEYS_replace] = { do_replace, 0 },
	[SIM_KEYS_flatten] = { do_flatten, 0 },
	[SIM_KEYS_flatten_all] = { do_flatten, 1 },
	[SIM_KEYS_command] = { do_line, DESK_COMMAND },
	[SIM_KEYS_commands] = { do_commands, 0 },
	[SIM_KEYS_next] = { do_next, 1 },
	[SIM_KEYS_previous] = { do_next, -1 },
	[SIM_KEYS_pane1] = { do_pane, SIM_DASH_symbols },
	[SIM_KEYS_pane2] = { do_pane, SIM_DASH_chart },
	[SIM_KEYS_pane3] = { do_pane, SIM_DASH_positions },
	[SIM_KEYS_pane4] = { do_pane, SIM_DASH_orders },
	[SIM_KEYS_pane5] = { do_pane, SIM_DASH_fills },
	[SIM_KEYS_pane6] = { do_pane, SIM_DASH_account },
	[SIM_KEYS_pane7] = { do_pane, SIM_DASH_log },
	[SIM_KEYS_down] = { do_line_move, 1 },
	[SIM_KEYS_up] = { do_line_move, -1 },
	[SIM_KEYS_first] = { do_end, -1 },
	[SIM_KEYS_last] = { do_end, 1 },
	[SIM_KEYS_page_down] = { do_page, 1 },
	[SIM_KEYS_page_up] = { do_page, -1 },
	[SIM_KEYS_half_down] = { do_half, 1 },
	[SIM_KEYS_half_up] = { do_half, -1 },
	[SIM_KEYS_zoom] = { do_zoom, 0 },
	[SIM_KEYS_larger] = { do_zoom, 1 },
	[SIM_KEYS_smaller] = { do_zoom, -1 },
	[SIM_KEYS_frame_less] = { do_frame, -1 },
	[SIM_KEYS_frame_more] = { do_frame, 1 },
	[SIM_KEYS_closer] = { do_closer, 1 },
	[SIM_KEYS_farther] = { do_closer, -1 },
	[SIM_KEYS_past] = { do_scroll, -1 },
	[SIM_KEYS_present] = { do_scroll, 1 },
	[SIM_KEYS_kind] = { do_kind, 0 },
	[SIM_KEYS_cursor_past] = { do_cursor, -1 },
	[SIM_KEYS_cursor_present] = { do_cursor, 1 },
	[SIM_KEYS_studies] = { do_line, DESK_STUDIES },
	[SIM_KEYS_filter] = { do_line, DESK_FILTER },
	[SIM_KEYS_match_next] = { do_line_move, 1 },
	[SIM_KEYS_match_last] = { do_line_move, -1 },
	[SIM_KEYS_sort] = { do_sort, 1 },
	[SIM_KEYS_copy] = { do_copy, 0 },
	[SIM_KEYS_undo] = { do_undo, -1 },
	[SIM_KEYS_redo] = { do_undo, 1 },
	[SIM_KEYS_refresh] = { do_refresh, 0 },
	[SIM_KEYS_zone] = { do_zone, 0 },
	[SIM_KEYS_theme] = { do_theme, 0 },
	[SIM_KEYS_layout] = { do_layout, 0 },
	[SIM_KEYS_mouse] = { do_mouse, 0 },
	[SIM_KEYS_redraw] = { do_redraw, 0 },
	[SIM_KEYS_suspend] = { do_suspend, 0 },
};

/* -- dispatch -------------------------------------------------------------- */

bool sim_desk_can(const struct desk *k, enum sim_keys_action action)
{
	unsigned needs = sim_keys_row((int)action)->needs;
	unsigned has = (k->c->can & SIM_CHANNEL_CLOCK ? SIM_KEYS_CLOCK : 0) |
		(k->c->can & SIM_CHANNEL_TRADES ? SIM_KEYS_TRADE : 0) |
		(k->c->can & SIM_CHANNEL_SEEKS ? SIM_KEYS_SEEK : 0) |
		(k->in->run || k->in->session ? SIM_KEYS_LOG : 0);

	return !(needs & ~has);
}

static void say_why_not(struct desk *k, unsigned needs)
{
	static const struct {
		unsigned need;
		const char *why;
	} reasons[] = {
		{ SIM_KEYS_TRADE, "there is no session to trade in; this is"
				  " only watched" },
		{ SIM_KEYS_CLOCK, "whoever writes this pipe holds its clock" },
		{ SIM_KEYS_SEEK, "only a stored run can be gone through"
				 " backwards" },
		{ SIM_KEYS_LOG, "only what a session or a stored run did can"
				" be explained" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (needs & reasons[i].need) {
			sim_desk_say(k, SIM_THEME_WARN, "%s", reasons[i].why);
			return;
		}
}

void sim_desk_act(struct desk *k, enum sim_keys_action action)
{
	if (sim_desk_can(k, action))
		actions[action].run(k, actions[action].by);
	else
		say_why_not(k, sim_keys_row((int)action)->needs);
}

/* -- the mouse ------------------------------------------------------------- */

/* The text of the last row, a byte a column. */
static void read_row(const struct sim_screen *s, int row, char *out)
{
	int col = 0;

	for (; col < s->cols; col++) {
		const struct sim_screen_cell *c = sim_screen_at(s, row, col);

		out[col] = c->glyph[0] > 0 && !c->glyph[1] ? c->glyph[0] : ' ';
	}
	out[col] = '\0';
}

/* "key hint", as the line of keys has it, under a place. */
static bool is_hint_at(const struct desk *k, enum sim_keys_action a,
		       const char *text, int col)
{
	char key[24], word[64];
	const char *p = text;
	int n;

	if (!*sim_keys_row((int)a)->hint)
		return false;
	n = snprintf(word, sizeof(word), "%s %s",
		     sim_keys_shown(k->in->keys, a, key),
		     sim_keys_row((int)a)->hint);
	for (; (p = strstr(p, word)); p++)
		if (col >= p - text && col < p - text + n)
			return true;
	return false;
}

static bool click_hint(struct desk *k, int row, int col)
{
	char text[SIM_SCREEN_COLS_MAX + 1];

	if (row != k->s->rows - 1)
		return false;
	read_row(k->s, row, text);
	for (int a = 0; a < SIM_KEYS__COUNT; a++) {
		if (!is_hint_at(k, (enum sim_keys_action)a, text, col))
			continue;
		sim_desk_act(k, (enum sim_keys_action)a);
		return true;
	}
	return false;
}

void sim_desk_mouse(struct desk *k, const struct sim_screen_event *ev)
{
	bool is_double = ev->button == SIM_SCREEN_DOUBLE ||
		(k->click.row == ev->row && k->click.col == ev->col &&
		 k->click.ms && k->now_ms - k->click.ms < DOUBLE_MS);

	switch (ev->button) {
	case SIM_SCREEN_WHEEL_UP:
		sim_dash_wheel(k->d, ev->row, ev->col, -3);
		break;
	case SIM_SCREEN_WHEEL_DOWN:
		sim_dash_wheel(k->d, ev->row, ev->col, 3);
		break;
	case SIM_SCREEN_DRAG:
		if (!sim_dash_covered(k->d))
			sim_dash_drag(k->d, k->border, ev->row, ev->col);
		break;
	case SIM_SCREEN_DROP:
		k->border = -1;
		break;
	default:
		k->border = sim_dash_border(k->d, ev->row, ev->col);
		k->click.row = ev->row;
		k->click.col = ev->col;
		k->click.ms = is_double ? 0 : k->now_ms;
		if (!click_hint(k, ev->row, ev->col) &&
		    sim_dash_click(k->d, ev->row, ev->col) && is_double &&
		    !k->in->is_steady)
			do_zoom(k, 0);
		break;
	}
}
