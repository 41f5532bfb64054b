/* dash: the model's life, its source, what is said and logged. */
#include "tui/dash_do.h"

#include <string.h>

#include "util/mem.h"
#include "util/str.h"

void sim_dash_copy(char *to, size_t size, const char *from)
{
	size_t n = from ? strlen(from) : 0;

	n = n < size ? n : size - 1;
	while (n && from[n] && ((unsigned char)from[n] & 0xc0) == 0x80)
		n--;
	if (n)
		memcpy(to, from, n);
	to[n] = '\0';
}

/* What is heard, as before anything was. */
static void nothing_heard(struct sim_dash *d)
{
	d->state = DASH_UNKNOWN;
	d->sim_time = d->start = d->end = d->last_fill_at = SIM_TIME_NONE;
	d->step = d->n_steps = 0;
	d->progress = -1;
	d->market_session = -1;
	d->capital = d->fees = 0;
	d->has_capital = d->has_results = false;
	d->n_orders = d->n_events = d->first_event = 0;
	d->next_serial = d->order_sum = 0;
	d->n_heard = d->n_fills = d->n_ambiguous = d->last_execution = 0;
	d->n_ahead = 0;
	memset(&d->account, 0, sizeof(d->account));
	memset(&d->curve, 0, sizeof(d->curve));
	d->wants = 0;
}

struct sim_dash *sim_dash_new(void)
{
	struct sim_dash *d = sim_mem_zalloc(sizeof(*d));

	d->seen = sim_mem_zalloc(sizeof(*d->seen));
	d->seen->rows = 24;
	d->seen->cols = 80;
	nothing_heard(d);
	d->speed = -1;
	d->retry_at = d->now = d->heard_at = SIM_TIME_NONE;
	d->focus = SIM_DASH_symbols;
	d->tab = SIM_DASH_positions;
	d->chart.cursor = -1;
	for (int i = 0; i < SIM_DASH__COUNT; i++)
		d->look[i].key = DASH_NO_KEY;
	sim_dash_view_touch(d);
	return d;
}

void sim_dash_free(struct sim_dash *d)
{
	if (!d)
		return;
	sim_dash_bars_release(d);
	sim_mem_free(d->order);
	sim_mem_free(d->event);
	sim_mem_free(d->line);
	sim_mem_free(d->sessions);
	sim_mem_free(d->sheet);
	sim_mem_free(d->seen);
	sim_dash_zone_release(d);
	sim_mem_free(d);
}

void sim_dash_forget(struct sim_dash *d)
{
	sim_dash_bars_release(d);
	nothing_heard(d);
	if (!d->is_session_set)
		d->session[0] = '\0';
	sim_dash_view_touch(d);
}

void sim_dash_session(struct sim_dash *d, const char *session_id,
		      const char *title)
{
	sim_dash_copy(d->session, sizeof(d->session), session_id);
	sim_dash_copy(d->title, sizeof(d->title), title);
	d->is_session_set = d->session[0] != '\0';
	dash_touch(d, SIM_DASH_bar);
	dash_touch(d, SIM_DASH_sessions);
}

unsigned sim_dash_wants(struct sim_dash *d)
{
	unsigned wants = d->wants;

	d->wants = 0;
	return wants;
}

/* -- the source ------------------------------------------------------------*/

/* Older than twice what a bar takes, and than five seconds. */
static bool is_stale(const struct sim_dash *d)
{
	sim_time limit = 5 * SIM_TIME_SEC, span;

	if (d->link == SIM_DASH_CONNECTING ||
	    d->link == SIM_DASH_RECONNECTING)
		return true;
	if (d->link == SIM_DASH_CLOSED || d->state != DASH_RUNNING ||
	    d->heard_at == SIM_TIME_NONE || d->now == SIM_TIME_NONE)
		return false;
	span = d->n_frames ? d->frame[0].tf.span : 0;
	if (d->speed > 0 && (double)span / d->speed * 2 > (double)limit)
		limit = (sim_time)((double)span / d->speed * 2);
	return d->now - d->heard_at > limit;
}

static void look_again(struct sim_dash *d)
{
	bool was = d->is_stale;

	d->is_stale = is_stale(d);
	if (was == d->is_stale)
		return;
	dash_touch(d, SIM_DASH_symbols);
	dash_touch(d, SIM_DASH_chart);
	dash_touch(d, SIM_DASH_positions);
	dash_touch(d, SIM_DASH_account);
	dash_touch(d, SIM_DASH_bar);
}

void sim_dash_now(struct sim_dash *d, sim_time now)
{
	/* A countdown is shown in seconds. */
	if (d->link != SIM_DASH_CONNECTED &&
	    (d->now == SIM_TIME_NONE ||
	     d->now / SIM_TIME_SEC != now / SIM_TIME_SEC))
		dash_touch(d, SIM_DASH_bar);
	d->now = now;
	if (d->dark_at && now >= d->dark_at) {
		d->dark_at = 0;
		dash_touch(d, SIM_DASH_symbols);
	}
	look_again(d);
}

void sim_dash_flash(struct sim_dash *d, bool is_on)
{
	d->is_flashing = is_on;
}

void sim_dash_link(struct sim_dash *d, enum sim_dash_link link,
		   sim_time retry_at, const char *why)
{
	d->link = link;
	d->retry_at = retry_at;
	sim_dash_copy(d->why, sizeof(d->why), why);
	if (link == SIM_DASH_CONNECTED)
		d->heard_at = d->now;
	look_again(d);
	dash_touch(d, SIM_DASH_bar);
	dash_touch(d, SIM_DASH_hints);
}

void sim_dash_source(struct sim_dash *d, const char *name, bool is_replay)
{
	sim_dash_copy(d->source, sizeof(d->source), name);
	d->is_replay = is_replay;
	sim_dash_view_touch(d);
}

void sim_dash_speed(struct sim_dash *d, double speed)
{
	d->speed = speed;
	dash_touch(d, SIM_DASH_bar);
}

void sim_dash_keys(struct sim_dash *d, const struct sim_keys *keys,
		   unsigned can)
{
	d->keys = keys;
	d->can = can;
	dash_touch(d, SIM_DASH_hints);
	dash_touch(d, SIM_DASH_help);
}

/* -- what is said ----------------------------------------------------------*/

void sim_dash_log(struct sim_dash *d, enum sim_theme_role role, bool is_said,
		  const char *text)
{
	struct dash_line *l;

	if (d->n_lines == SIM_DASH_LOG) {
		d->first_line = (d->first_line + 1) % SIM_DASH_LOG;
		d->n_lines--;
	} else {
		SIM_MEM_GROW(d->line, d->cap_lines, d->n_lines + 1);
	}
	l = &d->line[(d->first_line + d->n_lines++) % SIM_DASH_LOG];
	l->time = d->sim_time;
	l->role = role;
	sim_dash_copy(l->text, sizeof(l->text), text);
	d->n_logged++;
	dash_touch(d, SIM_DASH_log);
	if (!is_said)
		return;
	sim_dash_copy(d->said, sizeof(d->said), text);
	d->said_role = role;
	dash_touch(d, SIM_DASH_hints);
}

void sim_dash_hush(struct sim_dash *d)
{
	if (!d->said[0])
		return;
	d->said[0] = '\0';
	dash_touch(d, SIM_DASH_hints);
}

/* -- what is known ---------------------------------------------------------*/

static size_t n_open(const struct sim_dash *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_sessions; i++)
		n += d->sessions[i].state <= DASH_PAUSED;
	return n;
}

struct sim_dash_facts sim_dash_facts(const struct sim_dash *d)
{
	return (struct sim_dash_facts){
		.session_id = d->session, .state = sim_dash_team_word(d->state),
		.sim_time = d->sim_time, .step = d->step,
		.n_steps = d->n_steps, .cash = d->account.cash,
		.equity = d->account.equity,
		.buying_power = d->account.buying_power,
		.has_account = d->account.is_known,
		.n_symbols = d->n_symbols, .n_orders = d->n_orders,
		.n_fills = d->n_fills, .n_open = n_open(d)
	};
}

bool sim_dash_quote(const struct sim_dash *d, const char *symbol,
		    struct sim_dash_quote *q)
{
	uint32_t i = sim_dash_symbol_find(d, symbol);

	if (i == UINT32_MAX)
		return false;
	*q = (struct sim_dash_quote){
		.symbol = d->symbol[i].name, .last = d->symbol[i].last,
		.position = d->symbol[i].quantity,
		.has_last = d->symbol[i].last != 0
	};
	return true;
}

const char *sim_dash_symbol(const struct sim_dash *d, size_t i)
{
	return i < d->n_symbols ? d->symbol[i].name : NULL;
}

bool sim_dash_order(const struct sim_dash *d, const char *order_id,
		    struct sim_dash_order *o)
{
	for (size_t i = 0; i < d->n_orders; i++) {
		const struct dash_order *from = &d->order[i];

		if (strcmp(from->id, order_id) != 0)
			continue;
		*o = (struct sim_dash_order){
			.order_id = from->id,
			.symbol = d->symbol[from->symbol].name,
			.side = from->side, .type = from->type,
			.quantity = from->quantity,
			.remaining = from->remaining, .price = from->price,
			.stop_price = from->stop,
			.has_price = from->has_price,
			.has_stop_price = from->has_stop
		};
		return true;
	}
	return false;
}
