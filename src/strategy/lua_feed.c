/*
 * lua_feed: the indicators of a script, fed once a bar for every symbol.
 *
 * A simple average of one of the bar's columns is kept as the exact sum of
 * its window, so that two of them compare without rounding; all others are
 * streams of ta/ whose newest values stand in rings.
 */
#include "strategy/lua_priv.h"

#include <math.h>
#include <string.h>

static const char *const column_names[SIM_LUA_COLS] = {
	[SIM_LUA_OPEN] = "open", [SIM_LUA_HIGH] = "high",
	[SIM_LUA_LOW] = "low", [SIM_LUA_CLOSE] = "close",
	[SIM_LUA_VOLUME] = "volume",
};

static int32_t column_of(const char *input)
{
	for (int32_t c = SIM_LUA_OPEN; c < SIM_LUA_COLS; c++) {
		if (!strcmp(input, column_names[c]))
			return c;
	}
	return -1;
}

static int check_options(struct sim_lua_ask *a, const struct sim_lua_wish *w,
			 struct sim_err *err)
{
	if (w->nopts > a->row->n_options)
		return sim_err_set(err, SIM_E_INVAL, "%s takes %d options, "
				   "not %d", a->row->name, a->row->n_options,
				   w->nopts);
	for (int i = 0; i < a->row->n_options; i++) {
		bool given = i < w->nopts && !isnan(w->opts[i]);

		a->opts[i] = given ? w->opts[i] : a->row->options[i].def;
	}
	return sim_ta_check(a->row, a->opts, err);
}

/* Where its inputs come from, and how long until it has a value. */
static void find_inputs(const struct sim_lua_feed *f, struct sim_lua_ask *a,
			const struct sim_lua_wish *w)
{
	a->src = w->src;
	a->ind = w->ind;
	a->out = w->out;
	a->lookback = sim_ta_lookback(a->row, a->opts);
	for (int i = 0; i < a->row->n_inputs; i++) {
		a->from[i] = column_of(a->row->inputs[i]);
		if (a->from[i] >= 0)
			continue;
		a->from[i] = w->input;
		if (w->input < 0)
			a->lookback += f->ask[w->ind].lookback;
	}
	if (!strcmp(a->row->name, "sma") && a->from[0] >= 0)
		a->window = (int32_t)a->opts[0];
}

/* What a script can ask about is there from the start, without a value. */
static void make_room(struct sim_lua_core *c, size_t n)
{
	size_t more = (size_t)c->nsyms;

	c->inds = sim_mem_realloc(c->inds, n * sizeof(*c->inds));
	memset(c->inds + n - more, 0, more * sizeof(*c->inds));
}

int sim_lua_feed_add(struct sim_lua_feed *f, struct sim_lua_wish *w,
		     struct sim_err *err)
{
	struct sim_lua_ask *a = &f->ask[f->n];
	int rc;

	if (f->n == SIM_LUA_INDS)
		return sim_err_set(err, SIM_E_INVAL, "a script may have %d "
				   "indicators", SIM_LUA_INDS);
	memset(a, 0, sizeof(*a));
	rc = sim_ta_find(w->name, &a->row, err);
	rc = rc ? rc : check_options(a, w, err);
	if (rc)
		return rc;
	find_inputs(f, a, w);
	f->by_source[a->src] = true;
	f->line[f->n].src = (int16_t)a->src;
	f->line[f->n].sum_of = (int16_t)(a->window ? a->from[0] : 0);
	w->id = f->n++;
	make_room(f->core, (size_t)f->n * (size_t)f->core->nsyms);
	return SIM_OK;
}

static void make_one(struct sim_lua_feed *f, int32_t id, uint32_t i,
		     int32_t cap)
{
	const struct sim_lua_ask *a = &f->ask[id];
	size_t at = (size_t)id * (size_t)f->core->nsyms + i;
	struct sim_lua_ind *x = &f->core->inds[at];

	x->mask = cap - 1;
	x->nout = a->row->n_outputs;
	x->window = a->window;
	if (a->window)
		x->sums = sim_mem_array((size_t)cap, sizeof(*x->sums));
	else
		x->ring = sim_mem_array((size_t)cap * (size_t)x->nout,
					sizeof(*x->ring));
	if (!a->window && sim_ta_new(a->row, a->opts, &f->streams[at], NULL))
		SIM_BUG("an indicator's options were allowed before");
	f->core->syms[i].pending++;
}

void sim_lua_feed_make(struct sim_lua_feed *f)
{
	struct sim_lua_core *c = f->core;
	size_t all = (size_t)f->n * (size_t)c->nsyms;
	int32_t cap = 2;

	for (int32_t id = 0; id < f->n; id++) {
		const struct sim_lua_ask *a = &f->ask[id];

		if (!a->src && a->lookback > c->depth)
			c->depth = a->lookback;
	}
	while (cap < c->depth + 2)
		cap *= 2;
	f->streams = sim_mem_array(all + 1, sizeof(struct sim_ta_stream *));
	for (uint32_t i = 0; i < (uint32_t)c->nsyms; i++) {
		c->syms[i].pending = f->nsrc - 1;
		for (int32_t id = 0; id < f->n; id++)
			make_one(f, id, i, cap);
	}
}

void sim_lua_feed_release(struct sim_lua_feed *f)
{
	struct sim_lua_core *c = f->core;
	size_t all = f->streams ? (size_t)f->n * (size_t)c->nsyms : 0;

	for (size_t k = 0; k < all; k++) {
		sim_mem_free(c->inds[k].ring);
		sim_mem_free(c->inds[k].sums);
		sim_ta_free(f->streams[k]);
	}
	sim_mem_free(c->inds);
	sim_mem_free(f->streams);
}

/* -- a bar ----------------------------------------------------------------- */

static void add_value(struct sim_lua_core *c, struct sim_lua_ind *x,
		      uint32_t i)
{
	if (!x->at++)
		c->syms[i].pending--;
}

static int too_large(const struct sim_lua_core *c, uint32_t i,
		     struct sim_err *err)
{
	return sim_err_set(err, SIM_E_OVERFLOW, "the numbers of %s are too "
			   "large to be summed exactly over that many bars; "
			   "use smaller windows", c->syms[i].name);
}

/* The sum of the window that ends at bar t, or of what there is of it. */
static inline int push_sum(struct sim_lua_feed *f, struct sim_lua_ind *x,
			   const int64_t *col, int32_t t, uint32_t i,
			   struct sim_err *err)
{
	int64_t in = col ? col[t] : 0;

	if (col && t >= x->window)
		in -= col[t - x->window];
	if (__builtin_add_overflow(x->last, in, &x->last))
		return too_large(f->core, i, err);
	x->sums[x->at & x->mask] = x->last;
	if (t + 1 >= x->window)
		add_value(f->core, x, i);
	return SIM_OK;
}

static inline double column_at(const struct sim_lua_bars *b, int32_t c,
			       int32_t t)
{
	return b->col[c] ? (double)b->col[c][t] / 1e8 : 0;
}

static void push_stream(struct sim_lua_feed *f, int32_t id, uint32_t i,
			const struct sim_lua_bars *b, int32_t t)
{
	const struct sim_lua_ask *a = &f->ask[id];
	struct sim_lua_core *c = f->core;
	struct sim_lua_ind *x = &c->inds[id * c->nsyms + (int32_t)i];
	const struct sim_lua_ind *y = &c->inds[a->ind * c->nsyms + (int32_t)i];
	double in[SIM_TA_INPUTS], out[SIM_TA_OUTPUTS];
	int32_t last = (y->at - 1) & y->mask;

	for (int k = 0; k < a->row->n_inputs; k++) {
		if (a->from[k] >= 0)
			in[k] = column_at(b, a->from[k], t);
		else if (!y->at)
			in[k] = NAN;
		else
			in[k] = y->sums ?
				(double)y->last / (y->window * 1e8) :
				y->ring[last * y->nout + a->out];
	}
	if (!sim_ta_push(f->streams[id * c->nsyms + (int32_t)i], in, out))
		return;
	memcpy(x->ring + (x->at & x->mask) * x->nout, out,
	       (size_t)x->nout * sizeof(double));
	add_value(c, x, i);
}

/* Feed bar t to all indicators of a source. */
static inline int push_bar(struct sim_lua_feed *f, int32_t src, uint32_t i,
			   const struct sim_lua_bars *b, int32_t t,
			   struct sim_err *err)
{
	struct sim_lua_ind *x = f->core->inds + i;
	int rc = SIM_OK;

	for (int32_t id = 0; !rc && id < f->n; id++, x += f->core->nsyms) {
		const struct sim_lua_line *l = &f->line[id];

		if (l->src != src)
			continue;
		if (l->sum_of)
			rc = push_sum(f, x, b->col[l->sum_of], t, i, err);
		else
			push_stream(f, id, i, b, t);
	}
	return rc;
}

int sim_lua_feed_push(struct sim_lua_feed *f, int32_t src, uint32_t i,
		      int32_t from, struct sim_err *err)
{
	const struct sim_lua_bars *b =
		&f->core->bars[src * f->core->nsyms + (int32_t)i];
	int rc = SIM_OK;

	for (int32_t t = from; !rc && t < b->n; t++)
		rc = push_bar(f, src, i, b, t, err);
	return rc;
}
