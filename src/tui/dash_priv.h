/* dash, inside: what the model is made of. */
#ifndef SIM_DASH_PRIV_H
#define SIM_DASH_PRIV_H

#include "model/bar.h"
#include "ta/ta.h"
#include "tui/dash.h"

#define DASH_FRAMES	5	/* time frames: of the session and others */
#define DASH_CURVE	1024	/* points of equity */
#define DASH_SLOTS	8192	/* of the index by name */
#define DASH_ID		97	/* bytes of an order_id and its NUL */
#define DASH_NAME	33	/* of a symbol */
#define DASH_TEXT	160	/* of a line of the log, or a reason */
#define DASH_SYMS	40	/* of a list of symbols */
#define DASH_TABS	8	/* tabs of a group */
#define DASH_CALENDARS	64

/* The states of a session, as messages.def has them. */
enum dash_state {
	DASH_INITIALIZING, DASH_READY, DASH_RUNNING, DASH_PAUSED,
	DASH_COMPLETED, DASH_CANCELLED, DASH_ERROR, DASH_UNKNOWN
};

/* The last bars of a time frame, oldest first. */
struct dash_ring {
	struct sim_bar *bar;
	size_t cap, max, head, n;
	uint64_t total;			/* ever */
};

struct dash_symbol {
	char name[DASH_NAME];
	int decimals;			/* of its prices */
	unsigned calendar;		/* its number + 1; 0: not heard of */
	bool is_over;			/* its session's last bar was heard */
	sim_time flashed_at;		/* began to; 0: never */
	sim_dec last, volume;		/* of the day so far */
	sim_dec ref;			/* the close before it; 0 none */
	sim_dec day_low, day_high;
	sim_dec quantity, avg_cost, value, gain;	/* held */
	sim_dec marked;			/* last price of value and gain */
	struct dash_ring ring[DASH_FRAMES];
};

struct dash_order {
	char id[DASH_ID];
	uint64_t serial;		/* in the order they were heard of */
	uint32_t symbol;
	enum sim_side side;
	enum sim_order_type type;
	enum sim_tif tif;
	bool is_sent;			/* not yet accepted */
	bool is_listed;			/* by the list that is being heard */
	bool has_type;			/* only its id and symbol are known */
	bool has_price, has_stop, is_partial;
	sim_dec quantity, remaining, price, stop;
};

enum dash_event_kind {
	DASH_FILL, DASH_REJECTED, DASH_ENDED, DASH_MADE, DASH_ACTION,
	DASH_MARK
};
struct dash_event {
	enum dash_event_kind kind;
	sim_time time;
	uint64_t step;
	uint32_t symbol;
	enum sim_side side;
	enum sim_fill_reason reason;
	bool is_partial, is_ambiguous;
	bool is_ahead;			/* of the step whose tick comes next */
	sim_dec quantity, price, commission, slippage_bps, position;
	char id[24];			/* of the execution */
	char order[DASH_ID];
	char text[DASH_TEXT];
};

struct dash_line {
	sim_time time;
	enum sim_theme_role role;
	char text[DASH_TEXT];
};

struct dash_session {
	uint64_t key;			/* of its id */
	char id[SIM_MESSAGE_ID_MAX + 1];
	char symbols[DASH_SYMS];
	char timeframe[16];
	enum dash_state state;
	sim_time start, end, sim_time;
	sim_dec capital;
	uint64_t step, n_steps;
	double progress;
};

/* Equity, thinned out to fit. */
struct dash_curve {
	double value[DASH_CURVE];	/* the last of each part */
	double depth[DASH_CURVE];	/* the worst drawdown in it, <= 0 */
	size_t n;
	uint64_t every, seen;		/* values to a point, values so far */
	double last, peak, worst;	/* worst drawdown of all, <= 0 */
};

struct dash_account {
	bool is_known, has_margin;
	sim_dec cash, equity, buying_power, day_gain, realized, unrealized;
	sim_dec margin_used;
	double marked;			/* what prices have added since */
	double marked_equity;
};

/* How one looks at a pane: the selection is a key, and a row for when that is
 * gone. */
struct dash_look {
	uint64_t key;			/* DASH_NO_KEY: the first row */
	size_t row;
	int sort;			/* a column + 1; 0: as they came */
	char filter[64];
};
#define DASH_NO_KEY UINT64_MAX

struct dash_study {
	const struct sim_ta_row *row;
	double options[SIM_TA_OPTIONS];
	bool is_overlay;
	char text[48];
};

/* The chart. */
struct dash_chart {
	int frame, zoom;		/* zoom 0: a column a bar */
	int scroll;			/* bars back from the last */
	int cursor;			/* bars back; -1 none */
	bool is_line;
	struct dash_study study[SIM_DASH_STUDIES];
	int n_studies;
};

struct dash_frame {
	char name[16];
	struct sim_bar_tf tf;
};

struct dash_calendar {
	char name[24];
	struct sim_calendar *cal;	/* NULL: there is none such here */
};

/* A pane and its place; with tabs it is one of them. */
struct dash_place {
	enum sim_dash_pane pane;
	struct sim_screen_box box;
	enum sim_dash_pane tab[DASH_TABS];
	int tab_col[DASH_TABS];		/* where their titles begin, if seen */
	int n_tabs;
};
#define DASH_PLACES 12
/* A border between two items of a plan. */
struct dash_border {
	const char *item[2];
	bool is_stack;			/* one below the other */
	bool sets[2];			/* whose part is told: one or both */
	struct sim_screen_box box;	/* of both */
	int at, room;			/* where it is; cells of the group */
};
struct dash_places {
	struct dash_place place[DASH_PLACES];
	int n;
	struct dash_border border[DASH_PLACES];
	int n_borders;
	bool is_tight;			/* titles, but no frames */
	bool is_line;			/* too small for anything but one */
};
/* The frame that was drawn last: what the mouse and pages go by. */
struct dash_seen {
	struct dash_places places;
	int rows, cols;
};

struct sim_dash {
	struct dash_seen *seen;
	/* the source */
	char session[SIM_MESSAGE_ID_MAX + 1], title[80], source[80];
	bool is_session_set, is_replay;
	enum sim_dash_link link;
	sim_time retry_at, now, heard_at;
	bool is_stale, is_flashing;
	sim_time dark_at;		/* the last flash ends; 0: none */
	char why[DASH_TEXT];
	double speed;
	const struct sim_keys *keys;
	unsigned can;
	/* the session */
	enum dash_state state;
	sim_time sim_time, start, end;
	uint64_t step, n_steps;
	double progress;		/* percent; < 0: not known */
	int market_session;		/* a word of tick; -1: none */
	sim_dec capital;
	bool has_capital;
	bool has_results;
	double total_return, sharpe, max_drawdown;	/* or NaN */
	/* bars */
	struct dash_frame frame[DASH_FRAMES];
	int n_frames;
	struct dash_symbol *symbol;
	size_t n_symbols, cap_symbols, hint;
	uint16_t slot[DASH_SLOTS];	/* number of a symbol + 1 */
	/* orders and fills */
	struct dash_order *order;
	size_t n_orders, cap_orders;
	uint64_t next_serial, order_sum;
	size_t order_hint;		/* where the next is looked for */
	struct dash_event *event;
	size_t n_events, cap_events, first_event;
	uint64_t n_heard, n_fills, n_ambiguous;	/* events and fills so far */
	size_t n_ahead;			/* the last ones: some are so */
	uint64_t last_execution;	/* number of the last fill */
	sim_time last_fill_at;
	sim_dec fees;
	/* money */
	struct dash_account account;
	struct dash_curve curve;
	/* the rest */
	struct dash_line *line;
	size_t n_lines, cap_lines, first_line;
	uint64_t n_logged;
	char said[DASH_TEXT];
	enum sim_theme_role said_role;
	struct dash_session *sessions;
	size_t n_sessions, cap_sessions;
	unsigned wants;
	/* how one looks at it */
	enum sim_dash_layout layout;
	enum sim_dash_zone zone;
	const struct sim_tz *tz[3];
	const char *calendar_dir;
	struct dash_calendar calendar[DASH_CALENDARS];
	size_t n_calendars;
	enum sim_dash_pane focus, tab;
	int zoom;
	struct sim_dash_share share[SIM_DASH_SHARES];
	struct dash_look look[SIM_DASH__COUNT];
	struct dash_chart chart;
	uint32_t chosen;		/* the symbol of the chart */
	bool is_helped;
	char sheet_title[80];
	char *sheet;
	/* what has changed: counted by pane, and for where panes stand */
	uint64_t changed[SIM_DASH__COUNT], arranged;
};

/* -- changes ---------------------------------------------------------------*/

static inline void dash_touch(struct sim_dash *d, enum sim_dash_pane pane)
{
	d->changed[pane]++;
}

#define DASH_FLASH	(SIM_TIME_SEC / 5)	/* how long a price is so */
#define DASH_FLASH_EVERY (SIM_TIME_SEC / 2)	/* two begin so far apart */

/* As much of a text as fits, whole characters. */
void sim_dash_copy(char *to, size_t size, const char *from);

#endif
