/* dash, inside: what dash_*.c and the panels call of each other. */
#ifndef SIM_DASH_DO_H
#define SIM_DASH_DO_H

#include "tui/dash_priv.h"

/* -- dash_bars.c -----------------------------------------------------------*/

/* The number of a symbol by name; a new one is made if there is room, else
 * UINT32_MAX. */
uint32_t sim_dash_symbol_of(struct sim_dash *d, const char *name);
/* UINT32_MAX when there is none such. */
uint32_t sim_dash_symbol_find(const struct sim_dash *d, const char *name);
/* The time frame of the session is this one. */
void sim_dash_bars_frame(struct sim_dash *d, const char *timeframe);
/* {SYMBOL: {...}} of a tick, {SYMBOL: [{...}]} of a history. */
void sim_dash_bars_tick(struct sim_dash *d, const struct sim_json_val *candles,
			bool is_eod);
void sim_dash_bars_history(struct sim_dash *d,
			   const struct sim_json_val *candles);
/* A block of columns. */
void sim_dash_bars_rows(struct sim_dash *d, const struct sim_json_val *rows,
			bool is_eod);
/* The last price of symbol i, told without its bar. */
void sim_dash_bars_last(struct sim_dash *d, uint32_t i, sim_dec last);
void sim_dash_bars_release(struct sim_dash *d);
/* The i-th bar of a ring, 0 the oldest. */
static inline const struct sim_bar *dash_bar(const struct dash_ring *r,
					     size_t i)
{
	return &r->bar[(r->head + i) % r->cap];
}
/* The change of the day in percent; NaN when there is none. */
double sim_dash_bars_change(const struct dash_symbol *s);

/* -- dash_book.c -----------------------------------------------------------*/

/* What the messages of these names change. */
void sim_dash_book_fill(struct sim_dash *d,
			const struct sim_message_execution_report *x);
void sim_dash_book_update(struct sim_dash *d,
			  const struct sim_message_order_update *u);
void sim_dash_book_sent(struct sim_dash *d,
			const struct sim_message_order_batch *b);
void sim_dash_book_ack(struct sim_dash *d,
		       const struct sim_message_batch_ack *a);
/* The open orders are these. */
void sim_dash_book_open(struct sim_dash *d,
			const struct sim_message_open_order *o, size_t n);
/* An order is no more. */
void sim_dash_book_gone(struct sim_dash *d, const char *id);
/* The open orders are these; asks for them if they are not those known. */
void sim_dash_book_check(struct sim_dash *d, const char *const *ids, size_t n);
/* An event of another kind. */
struct dash_event *sim_dash_book_event(struct sim_dash *d,
				       enum dash_event_kind kind,
				       const char *symbol);
/* What the engine does comes before the tick of its step. */
void sim_dash_book_ahead(struct sim_dash *d, struct dash_event *e);
/* The step whose tick is heard now is the one that events were ahead for. */
void sim_dash_book_step(struct sim_dash *d);
/* The i-th event, 0 the newest. */
const struct dash_event *sim_dash_book_at(const struct sim_dash *d, size_t i);

/* -- dash_money.c ----------------------------------------------------------*/

/* The account is this. */
void sim_dash_money_account(struct sim_dash *d,
			    const struct sim_message_account_snapshot *a);
/* Prices have changed: equity by them. */
void sim_dash_money_mark(struct sim_dash *d);

/* -- dash_team.c -----------------------------------------------------------*/

/* The sessions are these; what is told of one of them; one is no more. */
void sim_dash_team_list(struct sim_dash *d, const struct sim_json_val *list);
void sim_dash_team_info(struct sim_dash *d,
			const struct sim_message_session_info *i,
			const char *id);
void sim_dash_team_status(struct sim_dash *d, const char *id,
			  const struct sim_message_status *s);
/* The session that is shown has made a step. */
void sim_dash_team_step(struct sim_dash *d);
void sim_dash_team_gone(struct sim_dash *d, const char *id);
/* The words of a state, and its number (DASH_UNKNOWN). */
const char *sim_dash_team_word(enum dash_state state);
/* How it is shown. */
struct sim_dash_mark {
	const char *glyph;
	enum sim_theme_role role;
};
const struct sim_dash_mark *sim_dash_team_mark(enum dash_state state);
enum dash_state sim_dash_team_parse(const char *word);

/* -- dash_view.c -----------------------------------------------------------*/

/* The keys of the rows of a pane as they are shown. */
struct dash_list {
	uint64_t *key;
	size_t n, cap;
};
void sim_dash_view_list(const struct sim_dash *d, enum sim_dash_pane pane,
			struct dash_list *list);
/* The row of the selection in it. */
size_t sim_dash_view_row(const struct sim_dash *d, enum sim_dash_pane pane,
			 const struct dash_list *list);
/* Does a text contain the pane's filter? */
bool sim_dash_view_shows(const struct sim_dash *d, enum sim_dash_pane pane,
			 const char *text);
/* All panes are to be drawn. */
void sim_dash_view_touch(struct sim_dash *d);
/* The symbol that the chart shows; NULL: none. */
const struct dash_symbol *sim_dash_view_symbol(const struct sim_dash *d);

/* -- dash_zone.c -----------------------------------------------------------*/

/* A wall clock: seconds east of UTC, and whose it is. */
struct dash_clock {
	int offset;
	const char *name;
};
/* The one that is shown, at t. */
struct dash_clock sim_dash_zone_at(const struct sim_dash *d, sim_time t);
int sim_dash_view_offset(const struct sim_dash *d, sim_time t);
/* That of the exchange of the symbol that is chosen; false: not known. */
bool sim_dash_zone_exchange(const struct sim_dash *d, sim_time t,
			    struct dash_clock *at);
/* {SYMBOL: {cal, ...}, ...} */
void sim_dash_zone_hear(struct sim_dash *d,
			const struct sim_json_val *instruments);
/* Another symbol is chosen. */
void sim_dash_zone_chosen(struct sim_dash *d);
void sim_dash_zone_release(struct sim_dash *d);

/* -- dash_layout.c ---------------------------------------------------------*/

/* The panes of a screen of this size, and where they stand. */
void sim_dash_layout_places(const struct sim_dash *d, int rows, int cols,
			    struct dash_places *p);
/* Where what a pane draws goes, inside its frame or below its title. */
/* The panes of the layout as it was drawn last, in their order.  Gives: how
 * many. */
int sim_dash_layout_panes(const struct sim_dash *d,
			  enum sim_dash_pane out[SIM_DASH__COUNT]);
struct sim_screen_box sim_dash_layout_inner(const struct dash_places *p,
					    const struct dash_place *at);
/* Is a pane among them? */
bool sim_dash_layout_has(const struct dash_places *p, enum sim_dash_pane pane);

#endif
