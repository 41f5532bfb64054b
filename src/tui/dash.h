/*
 * dash: the model of the dashboard.
 *
 * It hears the messages of the protocol (proto/messages.def) and draws what
 * they come to.  A pure function of what it has heard and of how one looks at
 * it: the same messages give the same screen.  There is no clock in it: the
 * time of day comes by sim_dash_now().  Its memory is bounded whatever it
 * hears: bars in rings, curves thinned out; prices of a step that is not drawn
 * are lost, fills never.
 */
#ifndef SIM_DASH_H
#define SIM_DASH_H

#include "proto/message.h"
#include "tui/keys.h"
#include "tui/screen.h"
#include "util/tz.h"

enum sim_dash_pane {
#define SIM_PANEL(name, letter, title, text) SIM_DASH_##name,
#include "tui/panel.def"
#undef SIM_PANEL
	SIM_DASH__COUNT
};

enum sim_dash_layout {
	SIM_DASH_TRADE, SIM_DASH_MONITOR, SIM_DASH_REPLAY, SIM_DASH_WIDE,
	SIM_DASH_LAYOUT__COUNT
};

/* LIMIT: what is kept, whatever is heard. */
#define SIM_DASH_SYMBOLS	4096	/* more are not shown */
#define SIM_DASH_FILLS		16384	/* the last are kept, all counted */
#define SIM_DASH_ORDERS		10000
#define SIM_DASH_LOG		4096	/* lines */
#define SIM_DASH_SESSIONS	1024
#define SIM_DASH_STUDIES	3	/* indicators on the chart */

struct sim_dash;

/* A model that has heard nothing. */
struct sim_dash *sim_dash_new(void);
void sim_dash_free(struct sim_dash *d);		/* NULL is fine */
/* Forget what was heard, not how one looks at it: before it is heard again
 * (a step back) or another session. */
void sim_dash_forget(struct sim_dash *d);

/* -- what it hears -------------------------------------------------------- */

/*
 * Hear a decoded message, from the engine or to it (an order_batch or a
 * cancel_order of one's own is part of the picture).  Of another session than
 * the one that is shown only the table of sessions takes notice.
 */
void sim_dash_hear(struct sim_dash *d, const struct sim_message *m);
/* The same for an encoded line, or one of simutrador-run(1) replay or of an
 * event log.  Errors: SIM_E_DATA, and nothing is heard. */
int sim_dash_hear_line(struct sim_dash *d, const char *line, size_t n,
		       struct sim_err *err) SIM_MUST_CHECK;
/* A line of the latter alone; false when it is none. */
bool sim_dash_tape_line(struct sim_dash *d, const char *line, size_t n);
/* Which session is shown; NULL or "": whatever comes first. */
void sim_dash_session(struct sim_dash *d, const char *session_id,
		      const char *title);

/* What should be asked for so that the picture becomes whole: bits, cleared by
 * asking. */
enum sim_dash_want {
	SIM_DASH_WANT_ORDERS	= 1 << 0,	/* query_orders */
	SIM_DASH_WANT_ACCOUNT	= 1 << 1,	/* query_positions */
	SIM_DASH_WANT_STATUS	= 1 << 2,	/* query_status */
	SIM_DASH_WANT_SESSIONS	= 1 << 3,	/* list_sessions */
	SIM_DASH_WANT_DETAILS	= 1 << 4	/* get_session */
};
unsigned sim_dash_wants(struct sim_dash *d);

/* Wall clock, for what is stale and for countdowns; any epoch. */
void sim_dash_now(struct sim_dash *d, sim_time now);
/* Prices that change are in reverse for a moment, at most twice a second. */
void sim_dash_flash(struct sim_dash *d, bool is_on);
/* How the source is. */
enum sim_dash_link {
	SIM_DASH_CONNECTED, SIM_DASH_CONNECTING, SIM_DASH_RECONNECTING,
	SIM_DASH_CLOSED			/* nothing comes any more */
};
/* Takes: retry_at: when it tries again, on the clock of sim_dash_now(), or
 * SIM_TIME_NONE; why: a sentence or NULL. */
void sim_dash_link(struct sim_dash *d, enum sim_dash_link link,
		   sim_time retry_at, const char *why);
/* What the source is called: "local", "wss://host", "run r_...", "stdin". */
void sim_dash_source(struct sim_dash *d, const char *name, bool is_replay);
/* Simulated seconds a second as asked for; 0: as fast as it goes; < 0: not
 * known. */
void sim_dash_speed(struct sim_dash *d, double speed);
/* Which keys are bound (not owned; NULL: the usual ones), and what the source
 * can do (SIM_KEYS_CLOCK, ...): what help and the line of keys show. */
void sim_dash_keys(struct sim_dash *d, const struct sim_keys *keys,
		   unsigned can);
/* A line of the log: a command, an answer, a fault (role INFO, WARN, ERROR,
 * TEXT); with is_said it stands on the last line too, until the next key. */
void sim_dash_log(struct sim_dash *d, enum sim_theme_role role, bool is_said,
		  const char *text);
void sim_dash_hush(struct sim_dash *d);		/* no longer said */

/* -- how one looks at it -------------------------------------------------- */

/* The names, NULL-ended. */
const char *const *sim_dash_layouts(void);
int sim_dash_layout_find(const char *name, enum sim_dash_layout *layout,
			 struct sim_err *err) SIM_MUST_CHECK;
void sim_dash_layout(struct sim_dash *d, enum sim_dash_layout layout);
enum sim_dash_layout sim_dash_layout_is(const struct sim_dash *d);

/* Times are shown in UTC, the exchange's zone, or the local one.  The
 * exchange's is that of the calendar of the symbol on the chart. */
enum sim_dash_zone { SIM_DASH_UTC, SIM_DASH_EXCHANGE, SIM_DASH_LOCAL };
/* Where the user's own calendars lie (not owned); NULL: there are none. */
void sim_dash_calendars(struct sim_dash *d, const char *dir);
/* Takes: tz: not owned, outlives d; NULL: UTC.  The exchange's counts only
 *        while nothing was heard of a calendar. */
void sim_dash_zone_set(struct sim_dash *d, enum sim_dash_zone zone,
		       const struct sim_tz *tz);
void sim_dash_zone(struct sim_dash *d, enum sim_dash_zone zone);
enum sim_dash_zone sim_dash_zone_is(const struct sim_dash *d);

/* Which pane has the keys. */
void sim_dash_focus(struct sim_dash *d, enum sim_dash_pane pane);
enum sim_dash_pane sim_dash_focused(const struct sim_dash *d);
/* The next (1) or the one before (-1) of those that are seen or are tabs. */
void sim_dash_focus_next(struct sim_dash *d, int by);
/* The same among the tabs of the pane with the focus; false, and nothing is
 * done, when it is the chart or has none. */
bool sim_dash_focus_tab(struct sim_dash *d, int by);
/* The pane with the focus normal (0), half (1) or all of the screen (2). */
void sim_dash_zoom(struct sim_dash *d, int size);
int sim_dash_zoomed(const struct sim_dash *d);

enum sim_dash_move {
	SIM_DASH_LINE, SIM_DASH_HALF, SIM_DASH_PAGE,	/* by so many */
	SIM_DASH_FIRST, SIM_DASH_END
};
/* Move the selection, or scroll, in the pane with the focus. */
void sim_dash_move(struct sim_dash *d, enum sim_dash_move unit, int by);

/* The chart: bars to the past (< 0) or the present; closer (1) or farther
 * (-1); the next time frame; candles or a line; indicators on or off. */
void sim_dash_chart_scroll(struct sim_dash *d, int by);
void sim_dash_chart_zoom(struct sim_dash *d, int by);
void sim_dash_chart_frame(struct sim_dash *d, int by);
void sim_dash_chart_kind(struct sim_dash *d);
/* The cursor on the chart: bars from the last; -1: none. */
void sim_dash_chart_cursor(struct sim_dash *d, int by);
/* Indicators by name with options, separated by blanks: "sma:20 bb:20,2";
 * "" none.  Errors: SIM_E_INVAL, then what was stays. */
int sim_dash_studies(struct sim_dash *d, const char *text,
		     struct sim_err *err) SIM_MUST_CHECK;

/* Only rows that contain the text, whatever their case, in the pane with the
 * focus; "" all. */
void sim_dash_filter(struct sim_dash *d, const char *text);
const char *sim_dash_filtered(const struct sim_dash *d);
/* Sort the pane with the focus by its next column, and back. */
void sim_dash_sort(struct sim_dash *d, int by);
/* By this one, and when it is that already as it was. */
void sim_dash_sort_by(struct sim_dash *d, int col);

/* A pane's part of its group, of 1000, where that is not the layout's; item:
 * its place in the layout's plan. */
struct sim_dash_share {
	const char *item;
	int64_t part;
};
#define SIM_DASH_SHARES 32

/* What is shown of what, to go back to; filled with zeros before. */
struct sim_dash_view {
	struct sim_dash_share share[SIM_DASH_SHARES];
	char filter[SIM_DASH__COUNT][64];
	int sort[SIM_DASH__COUNT];
	int frame, is_line;		/* of the chart */
};
void sim_dash_view_get(const struct sim_dash *d, struct sim_dash_view *v);
void sim_dash_view_set(struct sim_dash *d, const struct sim_dash_view *v);

/* A text to read over the panes (an explanation), scrolled by moves; NULL:
 * away with it.  Help is shown and hidden the same way. */
void sim_dash_sheet(struct sim_dash *d, const char *title, const char *text);
void sim_dash_help(struct sim_dash *d, bool is_shown);
/* Is one of them over the panes? */
bool sim_dash_covered(const struct sim_dash *d);

/* The mouse: focus and select at a place of the frame drawn last, and what
 * stands there; true when there was something. */
bool sim_dash_click(struct sim_dash *d, int row, int col);
bool sim_dash_wheel(struct sim_dash *d, int row, int col, int by);
/* The border between two panes at a place of that frame; -1: there is none. */
int sim_dash_border(const struct sim_dash *d, int row, int col);
/* Move it there, as far as both panes stay to be seen. */
void sim_dash_drag(struct sim_dash *d, int border, int row, int col);

/* -- what is selected and known ------------------------------------------- */

/* What the selection names; NULL where it names none.  They live until the
 * next message or move. */
struct sim_dash_pick {
	enum sim_dash_pane pane;
	const char *symbol, *order_id, *execution_id, *session_id;
	uint64_t step;		/* of the fill that is selected; 0: none */
};
struct sim_dash_pick sim_dash_pick(const struct sim_dash *d);
/* Select a symbol by name; false when there is none such. */
bool sim_dash_select_symbol(struct sim_dash *d, const char *symbol);

/* Of the session as it stands. */
struct sim_dash_facts {
	const char *session_id;		/* "" none */
	const char *state;		/* a word of the protocol; "" none */
	sim_time sim_time;		/* or SIM_TIME_NONE */
	uint64_t step, n_steps;		/* n_steps 0: not known */
	sim_dec cash, equity, buying_power;
	bool has_account;
	size_t n_symbols, n_orders;
	size_t n_open;			/* sessions that are not over */
	uint64_t n_fills;
};
struct sim_dash_facts sim_dash_facts(const struct sim_dash *d);

/* Of a symbol. */
struct sim_dash_quote {
	const char *symbol;
	sim_dec last, position;
	bool has_last;
};
bool sim_dash_quote(const struct sim_dash *d, const char *symbol,
		    struct sim_dash_quote *q);
/* The i-th symbol; NULL past the last. */
const char *sim_dash_symbol(const struct sim_dash *d, size_t i);

/* Of an open order; they live until the next message. */
struct sim_dash_order {
	const char *order_id, *symbol;
	enum sim_side side;
	enum sim_order_type type;
	sim_dec quantity, remaining;
	sim_dec price, stop_price;
	bool has_price, has_stop_price;
};
bool sim_dash_order(const struct sim_dash *d, const char *order_id,
		    struct sim_dash_order *o);

/* What has been told of it; zeros: nothing. */
struct sim_dash_told {
	uint64_t n_events, n_lines, step;
	char state[16], why[160];
	int link;
	bool is_stale;
	bool is_last;			/* nothing is waited for any more */
};
/* Add what has happened since, a line each with its time, for who hears rather
 * than looks: states, orders, fills, the log. */
void sim_dash_tell(const struct sim_dash *d, struct sim_dash_told *told,
		   struct sim_buf *out);

/* -- drawing --------------------------------------------------------------- */

/* Draw what has changed since the screen saw it last.  Does not show() it. */
void sim_dash_draw(const struct sim_dash *d, struct sim_screen *s);
/* Does that draw anything? */
bool sim_dash_is_dirty(const struct sim_dash *d, const struct sim_screen *s);

#endif
