/* reach: bars walked once a symbol, from fill to fill; and the file. */
#include "run/reach.h"

#include <string.h>

#include "util/mem.h"

static const char magic[8] = "SIMREA1";

#define HEADER	(8 + 8 + SIM_SHA256_SIZE)
#define ROW	16

/* -- making ---------------------------------------------------------------- */

/* A symbol on its way through its bars. */
struct walk {
	const struct sim_prepare_sym *s;
	size_t i, k;			/* the next bar and its session */
	size_t action, split;		/* the next; the fill's first */
	const struct sim_fill *fill;	/* the newest, or NULL */
	struct sim_fill_reach *to;
	size_t bar;			/* its bar, or SIZE_MAX */
};

static void widen(struct sim_fill_reach *x, sim_dec low, sim_dec high)
{
	x->low = low < x->low ? low : x->low;
	x->high = high > x->high ? high : x->high;
}

/* A price of now in shares of the fill; false: out of range. */
static bool convert(const struct walk *w, sim_dec *v)
{
	for (size_t i = w->split; i < w->action; i++) {
		const struct sim_action *a = &w->s->actions[i];

		if (a->type == SIM_ACTION_SPLIT &&
		    !sim_dec_muldiv(*v, a->num, a->den, v))
			return false;
	}
	return true;
}

static void met(struct walk *w, sim_dec low, sim_dec high)
{
	if (w->split == w->action || (convert(w, &low) && convert(w, &high)))
		widen(w->to, low, high);
}

/* When bar i is known; its session's splits have then happened. */
static sim_time arrive(struct walk *w)
{
	const struct sim_feed *f = &w->s->feed;

	while (f->first[w->k + 1] <= w->i)
		w->k++;
	while (w->action < w->s->nactions &&
	       w->s->actions[w->action].day <= f->sessions[w->k].day)
		w->action++;
	return sim_feed_end(f, w->i, w->k);
}

/* The rest of the fill's bar, once that is over. */
static void leave_bar(struct walk *w)
{
	const struct sim_bar_series *b = &w->s->feed.bars;
	size_t i = w->bar;

	w->bar = SIZE_MAX;
	if (i == SIZE_MAX || w->fill->reason == SIM_FILL_REASON_MARKET_CLOSE)
		return;
	if (w->fill->reason == SIM_FILL_REASON_MARKET_OPEN)
		widen(w->to, b->low[i], b->high[i]);
	else
		widen(w->to, b->close[i], b->close[i]);
}

/* Bars up to `end`, one by one: there are splits among them, or before. */
static void pass_each(struct walk *w, size_t end)
{
	const struct sim_bar_series *b = &w->s->feed.bars;

	for (; w->i < end; w->i++) {
		arrive(w);
		met(w, b->low[w->i], b->high[w->i]);
	}
}

static void pass(struct walk *w, size_t end)
{
	const struct sim_bar_series *b = &w->s->feed.bars;
	struct sim_fill_reach x;

	if (w->fill && w->i < end) {
		leave_bar(w);
		if (w->split < w->s->nactions) {
			pass_each(w, end);
			return;
		}
		x = *w->to;
		for (size_t i = w->i; i < end; i++) {
			x.low = b->low[i] < x.low ? b->low[i] : x.low;
			x.high = b->high[i] > x.high ? b->high[i] : x.high;
		}
		*w->to = x;
	}
	w->i = end;
}

/* The first bar from w->i on that begins at t or later. */
static size_t begins_at(const struct walk *w, sim_time t)
{
	const struct sim_bar_series *b = &w->s->feed.bars;
	size_t low = w->i, step = 1, high;

	while (low + step < b->n && b->ts[low + step] < t) {
		low += step;
		step *= 2;
	}
	high = low + step < b->n ? low + step : b->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (b->ts[mid] < t)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* All bars that end before t; gives the end of the one that is next.  Bars
 * begin and end in the same order, so that only the last to begin before t may
 * end at t or later. */
static sim_time walk_to(struct walk *w, sim_time t)
{
	const struct sim_bar_series *b = &w->s->feed.bars;
	size_t next = begins_at(w, t);

	if (next > w->i) {
		sim_time end;

		pass(w, next - 1);
		end = arrive(w);
		if (end >= t)
			return end;
		pass(w, next);
	}
	return w->i < b->n ? arrive(w) : SIM_TIME_MAX;
}

/* The bar of a fill, as the one before it meets it. */
static void enter_bar(struct walk *w, bool is_close)
{
	const struct sim_bar_series *b = &w->s->feed.bars;
	size_t i = w->i;

	leave_bar(w);
	if (is_close)
		met(w, b->low[i], b->high[i]);
	else
		met(w, b->open[i], b->open[i]);
}

static void take_fill(struct walk *w, const struct sim_fill *f,
		      struct sim_fill_reach *to)
{
	bool is_new = walk_to(w, f->time) == f->time;

	if (is_new && w->fill)
		enter_bar(w, f->reason == SIM_FILL_REASON_MARKET_CLOSE);
	if (is_new)
		w->bar = w->i++;
	else if (!w->fill || w->fill->time != f->time)
		w->bar = SIZE_MAX;	/* its symbol has none */
	/* Beyond it, the walk has perhaps met the next day's splits. */
	if (is_new || !w->fill || w->fill->time != f->time)
		w->split = w->action;
	w->fill = f;
	w->to = to;
	*to = (struct sim_fill_reach){ f->base_price, f->base_price };
}

void sim_reach_make(const struct sim_prepare *p, struct sim_run_result *r)
{
	struct walk *all = sim_mem_array(p->nsyms, sizeof(*all));

	SIM_MEM_GROW(r->reach, r->reach_cap, r->nfills);
	r->nreach = r->nfills;
	for (uint32_t i = 0; i < p->nsyms; i++) {
		all[i].s = &p->syms[i];
		all[i].bar = SIZE_MAX;
	}
	for (size_t i = 0; i < r->nfills; i++)
		take_fill(&all[r->fills[i].sym], &r->fills[i], &r->reach[i]);
	for (uint32_t i = 0; i < p->nsyms; i++) {
		if (!all[i].fill)
			continue;
		walk_to(&all[i], r->last + 1);
		leave_bar(&all[i]);
	}
	sim_mem_free(all);
}

/* -- the file -------------------------------------------------------------- */

static char *put_u64(char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		*p++ = (char)(v >> (8 * i));
	return p;
}

static uint64_t get_u64(const char *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return v;
}

void sim_reach_encode(const struct sim_run_result *r, struct sim_buf *out)
{
	size_t rows = r->nreach * ROW;
	char *h = sim_buf_reserve(out, HEADER + rows), *p = h + HEADER;

	if (!h)
		SIM_BUG("the file of reaches outgrew its buffer");
	for (size_t i = 0; i < r->nreach; i++) {
		p = put_u64(p, (uint64_t)r->reach[i].low);
		p = put_u64(p, (uint64_t)r->reach[i].high);
	}
	memcpy(h, magic, sizeof(magic));
	put_u64(h + 8, r->nreach);
	sim_sha256_of(h + HEADER, rows, (uint8_t *)h + 16);
	out->len += HEADER + rows;
}

static bool is_whole(const char *p, size_t n, size_t nfills)
{
	uint8_t hash[SIM_SHA256_SIZE];

	if (n < HEADER || memcmp(p, magic, sizeof(magic)) ||
	    get_u64(p + 8) != nfills || (n - HEADER) / ROW != nfills ||
	    (n - HEADER) % ROW)
		return false;
	sim_sha256_of(p + HEADER, n - HEADER, hash);
	return !memcmp(hash, p + 16, sizeof(hash));
}

int sim_reach_decode(const char *p, size_t n, struct sim_run_result *r,
		     struct sim_err *err)
{
	if (!is_whole(p, n, r->nfills))
		return sim_err_set(err, SIM_E_DATA, "reach.col was cut short "
				   "or altered, or belongs to other fills");
	SIM_MEM_GROW(r->reach, r->reach_cap, r->nfills);
	r->nreach = r->nfills;
	p += HEADER;
	for (size_t i = 0; i < r->nreach; i++, p += ROW) {
		r->reach[i].low = (sim_dec)get_u64(p);
		r->reach[i].high = (sim_dec)get_u64(p + 8);
	}
	return SIM_OK;
}
