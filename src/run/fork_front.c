/*
 * fork_front: the strategies of a fork behind one interface.
 *
 * The first is the parent's; each point may bring another.  One of them acts;
 * those that come later see all there is, and their requests are refused.
 */
#include "run/fork.h"

#include <inttypes.h>
#include <string.h>

struct front;

/* A strategy and the host it speaks to. */
struct seat {
	struct front *front;
	struct sim_strategy s;
	struct sim_strategy_host host;
	size_t number;
};

/* Whose timer it was. */
struct timer {
	size_t seat;
	uint64_t id;
};

struct front {
	const struct sim_fork *fork;
	struct sim_strategy_ops ops;
	const struct sim_strategy_host *real;
	struct seat seats[SIM_FORK_POINTS + 1];
	size_t nseats, acting;
	size_t taken;			/* points that lie behind */
	uint32_t next_id;
	uint64_t step;
	struct timer *timers;
	size_t ntimers, timers_cap;
	bool *dropped[SIM_FORK_POINTS];	/* drops that were made */
};

/* -- the host of a seat ---------------------------------------------------- */

static bool acts(const struct seat *x)
{
	return x->number == x->front->acting;
}

static int not_yet(struct sim_err *err)
{
	return sim_err_set(err, SIM_E_REJECTED, "the fork's point has not come "
			   "yet; until then another strategy acts");
}

/* Is the next order one that is to be left out? */
static bool is_dropped(struct front *x)
{
	for (size_t i = 0; i < x->taken; i++) {
		const struct sim_fork_point *p = &x->fork->points[i];

		for (size_t d = 0; d < p->ndrops; d++) {
			if (p->drop[d] != x->next_id || x->dropped[i][d])
				continue;
			x->dropped[i][d] = true;
			return true;
		}
	}
	return false;
}

static int seat_submit(void *ctx, const struct sim_order_req *req,
		       uint32_t *id, struct sim_err *err)
{
	struct seat *x = ctx;
	const struct sim_strategy_host *h = x->front->real;

	*id = 0;
	if (!acts(x))
		return not_yet(err);
	if (is_dropped(x->front))
		return sim_err_set(err, SIM_E_REJECTED, "the fork leaves order "
				   "%" PRIu32 " out", x->front->next_id);
	return h->submit(h->ctx, req, id, err);
}

static int seat_cancel(void *ctx, uint32_t id, struct sim_err *err)
{
	struct seat *x = ctx;
	const struct sim_strategy_host *h = x->front->real;

	return acts(x) ? h->cancel(h->ctx, id, err) : not_yet(err);
}

static int seat_replace(void *ctx, uint32_t id, sim_dec qty, sim_dec limit,
			sim_dec stop, struct sim_err *err)
{
	struct seat *x = ctx;
	const struct sim_strategy_host *h = x->front->real;

	return acts(x) ? h->replace(h->ctx, id, qty, limit, stop, err)
		       : not_yet(err);
}

static const struct sim_order *seat_next_order(void *ctx, uint32_t sym,
					       uint32_t after)
{
	const struct sim_strategy_host *h = ((struct seat *)ctx)->front->real;

	return h->next_order(h->ctx, sym, after);
}

static const struct sim_order *seat_order(void *ctx, uint32_t id)
{
	const struct sim_strategy_host *h = ((struct seat *)ctx)->front->real;

	return h->order(h->ctx, id);
}

static int seat_frame(void *ctx, struct sim_bar_tf tf, uint32_t *index,
		      struct sim_err *err)
{
	const struct sim_strategy_host *h = ((struct seat *)ctx)->front->real;

	return h->frame(h->ctx, tf, index, err);
}

static int seat_timer(void *ctx, sim_time at, sim_time every, uint64_t id,
		      struct sim_err *err)
{
	struct seat *x = ctx;
	struct front *f = x->front;
	const struct sim_strategy_host *h = f->real;

	SIM_MEM_GROW(f->timers, f->timers_cap, f->ntimers + 1);
	f->timers[f->ntimers] = (struct timer){ x->number, id };
	return h->timer(h->ctx, at, every, f->ntimers++, err);
}

static int seat_note(void *ctx, const struct sim_note *n, struct sim_err *err)
{
	struct seat *x = ctx;
	const struct sim_strategy_host *h = x->front->real;

	return acts(x) ? h->note(h->ctx, n, err) : SIM_OK;
}

static void seat_stop(void *ctx)
{
	struct seat *x = ctx;

	if (acts(x))
		x->front->real->stop(x->front->real->ctx);
}

static void seat_funds(void *ctx, sim_dec *buying_power, sim_dec *margin_used)
{
	const struct sim_strategy_host *h = ((struct seat *)ctx)->front->real;

	h->funds(h->ctx, buying_power, margin_used);
}

static const struct sim_strategy_host seat_host = {
	.submit = seat_submit, .cancel = seat_cancel, .replace = seat_replace,
	.next_order = seat_next_order, .order = seat_order,
	.frame = seat_frame, .timer = seat_timer, .note = seat_note,
	.stop = seat_stop, .funds = seat_funds,
};

/* -- the point ------------------------------------------------------------- */

static int seat_of(const struct sim_fork *k, size_t point)
{
	int n = 0;

	for (size_t i = 0; i <= point; i++)
		n += k->points[i].has_form;
	return n;
}

/* Take back what a point drops and is open. */
static void drop_open(struct front *x, size_t i)
{
	const struct sim_fork_point *p = &x->fork->points[i];

	for (size_t d = 0; d < p->ndrops; d++)
		if (p->drop[d] < x->next_id) {
			x->dropped[i][d] = true;
			if (x->real->cancel(x->real->ctx, p->drop[d], NULL))
				continue;	/* ended meanwhile */
		}
}

static void pass_points(struct front *x)
{
	const struct sim_fork *k = x->fork;

	while (x->taken < k->n && k->points[x->taken].step <= x->step) {
		size_t i = x->taken++;

		if (x->step)
			drop_open(x, i);
		if (k->points[i].has_form)
			x->acting = (size_t)seat_of(k, i);
	}
}

/* -- what the loop calls --------------------------------------------------- */

static int front_init(void *self, struct sim_strategy_view *v,
		      struct sim_err *err)
{
	struct front *x = self;
	int rc = SIM_OK;

	x->real = v->host;
	pass_points(x);
	for (size_t i = 0; !rc && i < x->nseats; i++) {
		v->host = &x->seats[i].host;
		rc = x->seats[i].s.ops->init(x->seats[i].s.self, v, err);
	}
	return rc;
}

static int front_step(void *self, struct sim_strategy_view *v,
		      struct sim_err *err)
{
	struct front *x = self;
	int rc = SIM_OK;

	for (size_t i = x->acting; !rc && i < x->nseats; i++) {
		v->host = &x->seats[i].host;
		rc = x->seats[i].s.ops->on_step(x->seats[i].s.self, v, err);
	}
	x->step = v->step;
	if (!rc && x->taken < x->fork->n)
		pass_points(x);
	return rc;
}

static int front_fill(void *self, struct sim_strategy_view *v,
		      const struct sim_fill *f, struct sim_err *err)
{
	struct front *x = self;
	int rc = SIM_OK;

	for (size_t i = x->acting; !rc && i < x->nseats; i++) {
		const struct sim_strategy_ops *o = x->seats[i].s.ops;

		v->host = &x->seats[i].host;
		if (o->on_fill)
			rc = o->on_fill(x->seats[i].s.self, v, f, err);
	}
	return rc;
}

static void front_event(void *self, const struct sim_event *ev)
{
	struct front *x = self;

	if (ev->order && ev->order->id >= x->next_id)
		x->next_id = ev->order->id + 1;
	for (size_t i = x->acting; i < x->nseats; i++)
		if (x->seats[i].s.ops->on_event)
			x->seats[i].s.ops->on_event(x->seats[i].s.self, ev);
}

static int front_timer(void *self, struct sim_strategy_view *v, uint64_t id,
		       struct sim_err *err)
{
	struct front *x = self;
	const struct timer *t = &x->timers[id];
	struct seat *seat = &x->seats[t->seat];

	if (t->seat < x->acting || !seat->s.ops->on_timer)
		return SIM_OK;
	v->host = &seat->host;
	return seat->s.ops->on_timer(seat->s.self, v, t->id, err);
}

static int front_end(void *self, struct sim_strategy_view *v,
		     struct sim_err *err)
{
	struct front *x = self;
	struct seat *seat = &x->seats[x->acting];

	v->host = &seat->host;
	return seat->s.ops->on_end ? seat->s.ops->on_end(seat->s.self, v, err)
				   : SIM_OK;
}

static bool front_param(void *self, int i, struct sim_strategy_param *out)
{
	const struct sim_strategy *s = &((struct front *)self)->seats[0].s;

	return s->ops->param && s->ops->param(s->self, i, out);
}

static void front_free(void *self)
{
	struct front *x = self;

	for (size_t i = 0; i < x->nseats; i++)
		x->seats[i].s.ops->free(x->seats[i].s.self);
	for (size_t i = 0; i < x->fork->n; i++)
		sim_mem_free(x->dropped[i]);
	sim_mem_free(x->timers);
	sim_mem_free(x);
}

/* -- making ---------------------------------------------------------------- */

static struct sim_strategy *add_seat(struct front *x)
{
	struct seat *seat = &x->seats[x->nseats];

	seat->front = x;
	seat->host = seat_host;
	seat->host.ctx = seat;
	seat->number = x->nseats++;
	return &seat->s;
}

/* The slots that any of them has. */
static void fill_ops(struct front *x)
{
	const struct sim_strategy_ops *first = x->seats[0].s.ops;

	x->ops = (struct sim_strategy_ops){
		.name = first->name, .summary = first->summary,
		.init = front_init, .on_step = front_step,
		.on_event = front_event, .on_end = front_end,
		.param = front_param, .free = front_free,
	};
	for (size_t i = 0; i < x->nseats; i++) {
		const struct sim_strategy_ops *o = x->seats[i].s.ops;

		if (o->on_fill)
			x->ops.on_fill = front_fill;
		if (o->on_timer)
			x->ops.on_timer = front_timer;
		x->ops.keeps_orders |= o->keeps_orders;
	}
}

/* It is watched, stopped and kept from files as the one before it is. */
static struct sim_form as_first(const struct sim_form *f,
				const struct sim_form *first)
{
	struct sim_form own = *f;

	own.hang = first->hang;
	own.hang_ctx = first->hang_ctx;
	own.stop = first->stop;
	own.hidden = first->hidden;
	return own;
}

int sim_fork_wrap(void *ctx, const struct sim_form *f, struct sim_strategy *s,
		  struct sim_err *err)
{
	const struct sim_fork *k = ctx;
	struct front *x = sim_mem_zalloc(sizeof(*x));
	int rc = SIM_OK;

	x->fork = k;
	x->next_id = 1;
	*add_seat(x) = *s;
	for (size_t i = 0; i < k->n; i++) {
		const struct sim_fork_point *p = &k->points[i];
		struct sim_form form = as_first(&p->form, f);
		struct sim_strategy made;

		x->dropped[i] = sim_mem_array(p->ndrops + 1, sizeof(bool));
		if (rc || !p->has_form)
			continue;
		rc = sim_form_open(&form, &made, err);
		if (!rc)
			*add_seat(x) = made;
	}
	if (rc) {
		/* The caller frees the one it gave. */
		for (size_t i = 1; i < x->nseats; i++)
			x->seats[i].s.ops->free(x->seats[i].s.self);
		x->nseats = 0;
		front_free(x);
		return rc;
	}
	fill_ops(x);
	s->ops = &x->ops;
	s->self = x;
	return SIM_OK;
}
