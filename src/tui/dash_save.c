/* dash_save: what was heard is copied field by field; what is not named here
 * belongs to how one looks at it. */
#include "tui/dash_save.h"

#include <string.h>

#include "tui/dash_do.h"
#include "util/mem.h"

struct sim_dash_saved {
	struct sim_dash d;		/* its view is of no use */
	size_t bytes;
};

/* An array of its own: cap elements, of which all that are there come along. */
static void *copy(const void *from, size_t cap, size_t size, size_t *bytes)
{
	void *to;

	if (!cap)
		return NULL;
	to = sim_mem_array(cap, size);
	memcpy(to, from, cap * size);
	*bytes += cap * size;
	return to;
}

static size_t copy_symbols(struct sim_dash *to, const struct sim_dash *from)
{
	size_t bytes = 0;

	to->symbol = copy(from->symbol, from->cap_symbols,
			  sizeof(*to->symbol), &bytes);
	for (size_t i = 0; i < from->n_symbols; i++)
		for (int f = 0; f < DASH_FRAMES; f++) {
			const struct dash_ring *r = &from->symbol[i].ring[f];

			to->symbol[i].ring[f].bar =
				copy(r->bar, r->cap, sizeof(*r->bar), &bytes);
		}
	to->n_symbols = from->n_symbols;
	to->cap_symbols = from->cap_symbols;
	to->hint = from->hint;
	memcpy(to->slot, from->slot, sizeof(to->slot));
	memcpy(to->frame, from->frame, sizeof(to->frame));
	to->n_frames = from->n_frames;
	return bytes;
}

static size_t copy_book(struct sim_dash *to, const struct sim_dash *from)
{
	size_t bytes = 0;

	to->order = copy(from->order, from->cap_orders, sizeof(*to->order),
			 &bytes);
	to->n_orders = from->n_orders;
	to->cap_orders = from->cap_orders;
	to->next_serial = from->next_serial;
	to->order_sum = from->order_sum;
	to->order_hint = from->order_hint;
	to->event = copy(from->event, from->cap_events, sizeof(*to->event),
			 &bytes);
	to->n_events = from->n_events;
	to->cap_events = from->cap_events;
	to->first_event = from->first_event;
	to->n_heard = from->n_heard;
	to->n_ahead = from->n_ahead;
	to->n_fills = from->n_fills;
	to->n_ambiguous = from->n_ambiguous;
	to->last_execution = from->last_execution;
	to->last_fill_at = from->last_fill_at;
	to->fees = from->fees;
	return bytes;
}

static void copy_rest(struct sim_dash *to, const struct sim_dash *from)
{
	memcpy(to->session, from->session, sizeof(to->session));
	to->state = from->state;
	to->sim_time = from->sim_time;
	to->start = from->start;
	to->end = from->end;
	to->step = from->step;
	to->n_steps = from->n_steps;
	to->progress = from->progress;
	to->market_session = from->market_session;
	to->capital = from->capital;
	to->has_capital = from->has_capital;
	to->has_results = from->has_results;
	to->total_return = from->total_return;
	to->sharpe = from->sharpe;
	to->max_drawdown = from->max_drawdown;
	to->account = from->account;
	to->curve = from->curve;
}

static void release(struct sim_dash *d)
{
	sim_dash_bars_release(d);
	sim_mem_free(d->order);
	sim_mem_free(d->event);
}

struct sim_dash_saved *sim_dash_save(const struct sim_dash *d)
{
	struct sim_dash_saved *s = sim_mem_zalloc(sizeof(*s));

	s->bytes = sizeof(*s) + copy_symbols(&s->d, d) + copy_book(&s->d, d);
	copy_rest(&s->d, d);
	return s;
}

void sim_dash_restore(struct sim_dash *d, const struct sim_dash_saved *s)
{
	release(d);
	copy_symbols(d, &s->d);
	copy_book(d, &s->d);
	copy_rest(d, &s->d);
	sim_dash_view_touch(d);
}

void sim_dash_saved_free(struct sim_dash_saved *s)
{
	if (!s)
		return;
	release(&s->d);
	sim_mem_free(s);
}

size_t sim_dash_saved_bytes(const struct sim_dash_saved *s)
{
	return s->bytes;
}
