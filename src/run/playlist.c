/* playlist: an order list as a strategy: each order after its bar's close. */
#include "run/playlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* An order and the step it belongs to. */
struct entry {
	sim_time end;
	uint32_t row;			/* of the list, which is file order */
	uint32_t sym;			/* of the run */
};

enum { IDLE_MAX = 1000 };	/* lines that did nothing, each with a note */

struct playlist {
	const struct sim_orders *orders;
	struct entry *entries;
	size_t n, next, idle;
	uint32_t *group;		/* newest order id of each OCO group */
};

static int by_time(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;

	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

static bool find_symbol(const struct sim_prepare *p, const char *name,
			uint32_t *out)
{
	uint32_t lo = 0, hi = p->nsyms;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = strcmp(name, p->instruments[mid].symbol);

		if (!c) {
			*out = mid;
			return true;
		}
		if (c > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* The bar an order names: by its stamp, or by the day of its session. */
static bool find_bar(const struct sim_feed *f,
		     const struct sim_orders_row *row, size_t *bar)
{
	int64_t day = sim_time_day_of(row->time);
	size_t k = 0, end = f->nsessions;

	*bar = sim_bar_find(&f->bars, row->time);
	if (*bar < f->bars.n && f->bars.ts[*bar] == row->time)
		return true;
	if (!row->is_date || f->tf.unit == SIM_BAR_TF_INTRADAY)
		return false;
	while (k < end) {
		size_t mid = k + (end - k) / 2;

		if (f->sessions[mid].day < day)
			k = mid + 1;
		else
			end = mid;
	}
	if (k == f->nsessions || f->sessions[k].day != day ||
	    f->first[k] == f->first[k + 1])
		return false;
	*bar = f->first[k];
	return true;
}

static int no_bar(const struct sim_orders *o, const struct sim_orders_row *row,
		  const struct sim_feed *f, struct sim_err *err)
{
	char t[SIM_TIME_STRMAX], near[SIM_TIME_STRMAX] = "none";
	size_t i = sim_bar_find(&f->bars, row->time);

	if (i && (i == f->bars.n || row->time - f->bars.ts[i - 1] <
				    f->bars.ts[i] - row->time))
		i--;
	sim_time_format(row->time, t);
	if (f->bars.n)
		sim_time_format(f->bars.ts[i], near);
	return sim_err_set(err, SIM_E_DATA, "%s: line %u, column time: '%s' is "
			   "not the stamp of a bar of %s in this run; the "
			   "nearest is %s", o->name, row->line, t,
			   o->symbols[row->sym], near);
}

static int place(const struct sim_orders *o, const struct sim_prepare *p,
		 uint32_t i, struct entry *e, struct sim_err *err)
{
	const struct sim_orders_row *row = &o->rows[i];
	const struct sim_feed *f;
	size_t bar;

	e->row = i;
	e->end = row->time;
	if (row->kind != SIM_ORDERS_SUBMIT)
		return SIM_OK;
	if (!find_symbol(p, o->symbols[row->sym], &e->sym))
		return sim_err_set(err, SIM_E_DATA, "%s: line %u, column "
				   "symbol: '%s' is not a symbol of this run",
				   o->name, row->line, o->symbols[row->sym]);
	if (row->is_end)
		return SIM_OK;
	f = &p->syms[e->sym].feed;
	if (!find_bar(f, row, &bar))
		return no_bar(o, row, f, err);
	e->end = sim_feed_end(f, bar, sim_feed_session_of(f, bar));
	return SIM_OK;
}

static int init(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	(void)self;
	(void)v;
	(void)err;
	return SIM_OK;
}

static int submit(struct playlist *l, struct sim_strategy_view *v,
		  const struct entry *e, struct sim_err *err)
{
	const struct sim_orders_row *row = &l->orders->rows[e->row];
	struct sim_order_req req = row->req;
	struct sim_err why = SIM_ERR_INIT;
	uint32_t id = 0;
	int rc;

	req.sym = e->sym;
	req.oco_with = row->oco ? l->group[row->oco] : row->oco_with;
	rc = v->host->submit(v->host->ctx, &req, &id, &why);
	if (rc == SIM_E_REJECTED)
		return SIM_OK;
	if (rc && err)
		*err = why;
	else if (row->oco)
		l->group[row->oco] = id;
	return rc;
}

/* Leave a note on the lines from this one on. */
static int note(const struct playlist *l, const struct sim_strategy_view *v,
		size_t at, const char *what, struct sim_err *err)
{
	char text[sizeof(err->msg) + 32];
	const struct sim_note n = {
		.kind = SIM_NOTE_LOG, .sym = UINT32_MAX, .text = text,
	};

	snprintf(text, sizeof(text), "line %u: %s",
		 (unsigned)l->orders->rows[l->entries[at].row].line, what);
	return v->host->note(v->host->ctx, &n, err);
}

/* Cancel or replace; an order that has ended meanwhile has ended, but what
 * does nothing is noted. */
static int change(struct playlist *l, struct sim_strategy_view *v,
		  const struct entry *e, struct sim_err *err)
{
	const struct sim_orders_row *row = &l->orders->rows[e->row];
	const struct sim_strategy_host *h = v->host;
	struct sim_err why = SIM_ERR_INIT;
	int rc;

	if (row->kind == SIM_ORDERS_CANCEL)
		rc = h->cancel(h->ctx, row->order, &why);
	else
		rc = h->replace(h->ctx, row->order, row->req.size,
				row->req.limit, row->req.stop, &why);
	if (rc == SIM_E_REJECTED || rc == SIM_E_NOENT)
		return l->idle++ < IDLE_MAX ?
			note(l, v, l->next - 1, why.msg, err) : SIM_OK;
	if (rc && err)
		*err = why;
	return rc;
}

static int act(struct playlist *l, struct sim_strategy_view *v,
	       const struct entry *e, struct sim_err *err)
{
	return l->orders->rows[e->row].kind == SIM_ORDERS_SUBMIT ?
		submit(l, v, e, err) : change(l, v, e, err);
}

static int on_step(void *self, struct sim_strategy_view *v,
		   struct sim_err *err)
{
	struct playlist *l = self;

	while (l->next < l->n && l->entries[l->next].end <= v->now) {
		int rc = act(l, v, &l->entries[l->next++], err);

		if (rc)
			return rc;
	}
	return SIM_OK;
}

static int on_end(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	const struct playlist *l = self;
	char text[80];
	int rc = SIM_OK;

	if (l->next < l->n)
		rc = note(l, v, l->next, "it and all later times stand after "
			  "the last step", err);
	if (rc || l->idle <= IDLE_MAX)
		return rc;
	snprintf(text, sizeof(text), "%zu more such lines are not noted",
		 l->idle - IDLE_MAX);
	return note(l, v, l->next - 1, text, err);
}

static void free_playlist(void *self)
{
	struct playlist *l = self;

	sim_mem_free(l->entries);
	sim_mem_free(l->group);
	sim_mem_free(l);
}

static const struct sim_strategy_ops ops = {
	.name = "orders", .summary = "submit a list of orders",
	.init = init, .on_step = on_step, .on_end = on_end,
	.free = free_playlist,
};

int sim_playlist_new(const struct sim_orders *o, const struct sim_prepare *p,
		     struct sim_strategy *out, struct sim_err *err)
{
	struct playlist *l = sim_mem_zalloc(sizeof(*l));
	int rc = SIM_OK;

	l->orders = o;
	l->n = o->n;
	l->entries = sim_mem_array(o->n ? o->n : 1, sizeof(*l->entries));
	l->group = sim_mem_array((size_t)o->groups + 1, sizeof(*l->group));
	for (uint32_t i = 0; !rc && i < o->n; i++)
		rc = place(o, p, i, &l->entries[i], err);
	if (rc) {
		free_playlist(l);
		return rc;
	}
	qsort(l->entries, l->n, sizeof(*l->entries), by_time);
	out->ops = &ops;
	out->self = l;
	out->hash[0] = '\0';
	return SIM_OK;
}
