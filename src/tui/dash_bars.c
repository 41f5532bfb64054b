/* dash: symbols and their bars, in rings for every time frame. */
#include <math.h>
#include <string.h>

#include "tui/dash_do.h"
#include "tui/figure.h"
#include "util/mem.h"

#define GAP (4 * SIM_TIME_HOUR)		/* between days, where none is told */
#define RING_FEW 64

/* -- rings -----------------------------------------------------------------*/

/* More room, or none: then the oldest makes place.  Beyond a few bars it is all
 * that there will be, and written to: what is resident then stays the same
 * however long the market is open. */
static void ring_room(struct dash_ring *r)
{
	size_t cap = r->cap ? r->max : RING_FEW;
	struct sim_bar *bar;

	if (r->n < r->cap)
		return;
	if (r->cap == r->max) {
		r->head = (r->head + 1) % r->cap;
		r->n--;
		return;
	}
	cap = cap > r->max ? r->max : cap;
	bar = sim_mem_array(cap, sizeof(*bar));
	memset(bar, 0, cap * sizeof(*bar));
	for (size_t i = 0; i < r->n; i++)
		bar[i] = *dash_bar(r, i);
	sim_mem_free(r->bar);
	r->bar = bar;
	r->cap = cap;
	r->head = 0;
}

static void ring_add(struct dash_ring *r, const struct sim_bar *b)
{
	ring_room(r);
	r->bar[(r->head + r->n++) % r->cap] = *b;
	r->total++;
}

static struct sim_bar *ring_last(const struct dash_ring *r)
{
	return r->n ? &r->bar[(r->head + r->n - 1) % r->cap] : NULL;
}

static void merge(struct sim_bar *to, const struct sim_bar *b)
{
	to->high = b->high > to->high ? b->high : to->high;
	to->low = b->low < to->low ? b->low : to->low;
	to->close = b->close;
	if (!sim_dec_add(to->volume, b->volume, &to->volume))
		to->volume = SIM_DEC_MAX;
}

/* -- time frames -----------------------------------------------------------*/

void sim_dash_bars_frame(struct sim_dash *d, const char *timeframe)
{
	static const char *const longer[] = { "5min", "15min", "1h", "4h",
					      "daily", "weekly" };
	struct sim_bar_tf base, tf;
	struct sim_err ignored;

	if (d->n_frames || !timeframe[0] ||
	    sim_bar_tf_parse(timeframe, &base, &ignored))
		return;
	d->frame[0].tf = base;
	sim_bar_tf_text(base, d->frame[0].name);
	d->n_frames = 1;
	for (size_t i = 0; i < sizeof(longer) / sizeof(*longer); i++) {
		if (sim_bar_tf_parse(longer[i], &tf, &ignored) ||
		    tf.span < 3 * base.span || d->n_frames == DASH_FRAMES)
			continue;
		d->frame[d->n_frames].tf = tf;
		sim_bar_tf_text(tf, d->frame[d->n_frames++].name);
	}
	dash_touch(d, SIM_DASH_chart);
}

/* Does a bar go on what the last one of a frame covers? */
static bool is_same(const struct dash_frame *f, const struct sim_bar *last,
		    const struct sim_bar *before, const struct sim_bar *b,
		    bool is_new_day)
{
	sim_time span = f->tf.span;

	switch (f->tf.unit) {
	case SIM_BAR_TF_INTRADAY:
		return last->ts / span == b->ts / span;
	case SIM_BAR_TF_DAY:
		return !is_new_day && b->ts - before->ts < GAP &&
		       b->ts - last->ts < SIM_TIME_DAY;
	default:
		return (sim_time_day_of(last->ts) + 3) / 7 ==
		       (sim_time_day_of(b->ts) + 3) / 7;
	}
}

/* -- a bar --------------------------------------------------------------------
 * Bars of a symbol come in order; one that was there already, as after a
 * connection was lost, changes nothing. */

static void begin_day(struct dash_symbol *s, const struct sim_bar *b)
{
	s->ref = s->last ? s->last : b->open;
	s->volume = 0;
	s->day_low = b->low;
	s->day_high = b->high;
}

static bool is_new_day(const struct sim_dash *d, const struct dash_symbol *s,
		       const struct sim_bar *before, const struct sim_bar *b)
{
	if (!before || s->is_over)
		return true;
	return d->frame[0].tf.unit != SIM_BAR_TF_INTRADAY ||
	       b->ts - before->ts >= GAP;
}

/* A price is another one than the last. */
static void flash(struct sim_dash *d, struct dash_symbol *s, sim_dec price)
{
	if (!d->is_flashing || !s->last || s->last == price ||
	    d->now == SIM_TIME_NONE || (s->flashed_at &&
	    d->now - s->flashed_at < DASH_FLASH_EVERY))
		return;
	s->flashed_at = d->now;
	d->dark_at = d->now + DASH_FLASH;
}

static bool add_bar(struct sim_dash *d, struct dash_symbol *s,
		    const struct sim_bar *b)
{
	struct sim_bar *last = ring_last(&s->ring[0]), before = { 0 };
	int n = sim_figure_decimals(b->close);
	bool is_new;

	if (!d->n_frames || (last && b->ts <= last->ts))
		return false;
	if (last)
		before = *last;
	is_new = is_new_day(d, s, last, b);
	if (is_new)
		begin_day(s, b);
	for (int i = 1; i < d->n_frames; i++) {
		struct sim_bar *at = ring_last(&s->ring[i]);

		if (at && is_same(&d->frame[i], at, &before, b, is_new))
			merge(at, b);
		else
			ring_add(&s->ring[i], b);
	}
	ring_add(&s->ring[0], b);
	s->decimals = n > s->decimals ? n : s->decimals;
	flash(d, s, b->close);
	s->last = b->close;
	s->day_low = b->low < s->day_low ? b->low : s->day_low;
	s->day_high = b->high > s->day_high ? b->high : s->day_high;
	if (!sim_dec_add(s->volume, b->volume, &s->volume))
		s->volume = SIM_DEC_MAX;
	s->is_over = false;
	return true;
}

double sim_dash_bars_change(const struct dash_symbol *s)
{
	if (!s->ref || !s->last)
		return NAN;
	return ((double)s->last / (double)s->ref - 1) * 100;
}

/* -- symbols ---------------------------------------------------------------*/

static uint32_t hash_name(const char *s)
{
	uint32_t h = 2166136261u;

	while (*s)
		h = (h ^ (unsigned char)*s++) * 16777619u;
	return h;
}

/* Where a name stands in the index, or would. */
static uint32_t slot_of(const struct sim_dash *d, const char *name)
{
	uint32_t i = hash_name(name) % DASH_SLOTS;

	while (d->slot[i] && strcmp(d->symbol[d->slot[i] - 1].name, name) != 0)
		i = (i + 1) % DASH_SLOTS;
	return i;
}

uint32_t sim_dash_symbol_find(const struct sim_dash *d, const char *name)
{
	char cut[DASH_NAME];
	uint32_t i;

	sim_dash_copy(cut, sizeof(cut), name);
	i = slot_of(d, cut);
	return d->slot[i] ? d->slot[i] - 1u : UINT32_MAX;
}

uint32_t sim_dash_symbol_of(struct sim_dash *d, const char *name)
{
	size_t i = d->n_symbols;
	struct dash_symbol *s;
	uint32_t at;

	if (d->hint < i && !strcmp(d->symbol[d->hint].name, name))
		return (uint32_t)d->hint++;
	at = sim_dash_symbol_find(d, name);
	if (at != UINT32_MAX) {
		d->hint = at + 1;
		return at;
	}
	if (i == SIM_DASH_SYMBOLS)
		return UINT32_MAX;
	SIM_MEM_GROW(d->symbol, d->cap_symbols, i + 1);
	s = &d->symbol[i];
	memset(s, 0, sizeof(*s));
	sim_dash_copy(s->name, sizeof(s->name), name);
	s->decimals = 2;
	/* LIMIT: bars that are kept; many symbols have fewer. */
	for (int f = 0; f < DASH_FRAMES; f++)
		s->ring[f].max = i < 64 ? (f ? 1024 : 2048) : i < 512 ? 256
								     : 64;
	d->slot[slot_of(d, s->name)] = (uint16_t)++d->n_symbols;
	dash_touch(d, SIM_DASH_symbols);
	return (uint32_t)i;
}

static void release_symbol(struct dash_symbol *s)
{
	for (int f = 0; f < DASH_FRAMES; f++)
		sim_mem_free(s->ring[f].bar);
}

void sim_dash_bars_release(struct sim_dash *d)
{
	for (size_t i = 0; i < d->n_symbols; i++)
		release_symbol(&d->symbol[i]);
	sim_mem_free(d->symbol);
	d->symbol = NULL;
	d->n_symbols = d->cap_symbols = d->hint = 0;
	memset(d->slot, 0, sizeof(d->slot));
	d->n_frames = 0;
}

/* -- what is heard ---------------------------------------------------------*/

static bool get_bar(const struct sim_json_val *v, struct sim_bar *b)
{
	const char *date = sim_json_as_str(sim_json_get(v, "date"));
	struct sim_err ignored;

	if (!date || sim_time_parse(date, strlen(date), &b->ts, NULL, &ignored))
		return false;
	if (!sim_json_as_dec(sim_json_get(v, "volume"), &b->volume))
		b->volume = 0;
	return sim_json_as_dec(sim_json_get(v, "close"), &b->close) &&
	       sim_json_as_dec(sim_json_get(v, "open"), &b->open) &&
	       sim_json_as_dec(sim_json_get(v, "high"), &b->high) &&
	       sim_json_as_dec(sim_json_get(v, "low"), &b->low) &&
	       b->low > 0;
}

/* Who looks at the past or at a bar sees the same when another one comes. */
static void stay(struct dash_chart *c, const struct dash_ring *r)
{
	if (c->scroll && c->scroll + 1 < (int)r->n)
		c->scroll++;
	if (c->cursor >= 0 && c->cursor + 1 < (int)r->n)
		c->cursor++;
}

static void bar_heard(struct sim_dash *d, uint32_t i, const struct sim_bar *b)
{
	const struct dash_ring *shown;
	uint64_t total;

	if (i == UINT32_MAX)
		return;
	shown = &d->symbol[i].ring[d->chart.frame];
	total = shown->total;
	if (!add_bar(d, &d->symbol[i], b))
		return;
	if (i == d->chosen && shown->total != total)
		stay(&d->chart, shown);
	dash_touch(d, SIM_DASH_symbols);
	if (d->symbol[i].quantity)
		dash_touch(d, SIM_DASH_positions);
	if (d->n_orders)
		dash_touch(d, SIM_DASH_orders);
	if (i == d->chosen)
		dash_touch(d, SIM_DASH_chart);
}

void sim_dash_bars_last(struct sim_dash *d, uint32_t i, sim_dec last)
{
	struct dash_symbol *s = &d->symbol[i];
	int n = sim_figure_decimals(last);

	flash(d, s, last);
	s->last = last;
	s->decimals = n > s->decimals ? n : s->decimals;
	dash_touch(d, SIM_DASH_symbols);
}

void sim_dash_bars_tick(struct sim_dash *d, const struct sim_json_val *candles,
			bool is_eod)
{
	size_t n = sim_json_len(candles);
	struct sim_bar b = { 0 };
	const char *name;

	d->hint = 0;
	for (size_t i = 0; i < n; i++) {
		const struct sim_json_val *v = sim_json_member(candles, i,
							       &name);
		uint32_t at = sim_dash_symbol_of(d, name);

		if (get_bar(v, &b))
			bar_heard(d, at, &b);
		if (is_eod && at != UINT32_MAX)
			d->symbol[at].is_over = true;
	}
}

/* Bars from before those that are there: both, from the beginning. */
static void prepend(struct sim_dash *d, struct dash_symbol *s,
		    const struct sim_json_val *list)
{
	struct dash_symbol old = *s;
	struct sim_bar b = { 0 };

	for (int f = 0; f < DASH_FRAMES; f++)
		s->ring[f] = (struct dash_ring){ .max = old.ring[f].max };
	s->last = s->ref = 0;
	for (size_t i = 0; i < sim_json_len(list); i++)
		if (get_bar(sim_json_at(list, i), &b))
			(void)add_bar(d, s, &b);
	for (size_t i = 0; i < old.ring[0].n; i++)
		(void)add_bar(d, s, dash_bar(&old.ring[0], i));
	s->is_over = old.is_over;
	release_symbol(&old);
}

void sim_dash_bars_history(struct sim_dash *d,
			   const struct sim_json_val *candles)
{
	size_t n = sim_json_len(candles);
	const char *name;

	for (size_t i = 0; i < n; i++) {
		const struct sim_json_val *v = sim_json_member(candles, i,
							       &name);
		uint32_t at = sim_dash_symbol_of(d, name);
		struct dash_symbol *s = at == UINT32_MAX ? NULL
							 : &d->symbol[at];
		struct sim_bar b = { 0 };

		if (!s || !get_bar(sim_json_at(v, 0), &b))
			continue;
		if (s->ring[0].n && b.ts < dash_bar(&s->ring[0], 0)->ts)
			prepend(d, s, v);
		for (size_t k = 0; k < sim_json_len(v); k++)
			if (get_bar(sim_json_at(v, k), &b))
				bar_heard(d, at, &b);
	}
	dash_touch(d, SIM_DASH_symbols);
	dash_touch(d, SIM_DASH_chart);
}

static bool get_row(const struct sim_json_val *row, int64_t *number,
		    struct sim_bar *b)
{
	sim_dec *to[] = { &b->open, &b->high, &b->low, &b->close, &b->volume };

	if (!sim_json_as_int(sim_json_at(row, 0), &b->ts) ||
	    !sim_json_as_int(sim_json_at(row, 1), number))
		return false;
	for (size_t i = 0; i < 5; i++)
		if (!sim_json_as_dec(sim_json_at(row, i + 2), to[i]))
			return false;
	return !__builtin_mul_overflow(b->ts, SIM_TIME_US, &b->ts) &&
	       b->low > 0;
}

void sim_dash_bars_rows(struct sim_dash *d, const struct sim_json_val *rows,
			bool is_eod)
{
	size_t n = sim_json_len(rows);
	struct sim_bar b = { 0 };
	int64_t number;

	for (size_t i = 0; i < n; i++) {
		if (!get_row(sim_json_at(rows, i), &number, &b) || number < 0 ||
		    (uint64_t)number >= d->n_symbols)
			continue;
		bar_heard(d, (uint32_t)number, &b);
		d->symbol[number].is_over |= is_eod;
	}
}
