/*
 * match: a bar as a path of prices, and the orders it meets on the way.
 *
 * Terms.  A point is a price the path jumps to (the open; with detail, each
 * finer bar's open).  A segment is a continuous move between two prices: it
 * passes every price between, so an order acts at its own level, nearest
 * first; at one level stops come before limits, then arrival decides.  An
 * order that becomes active on the way (a bracket child, a triggered
 * stop-limit) and is already beyond its level acts at the price reached.
 *
 * Example.  Long 10 from 100 with stop 98 and target 103, bar O 100 H 104
 * L 97 C 99.  O-H-L-C: the segment 100-104 passes 103, the target fills, the
 * stop is cancelled.  O-L-H-C: 100-97 passes 98, the stop fills first.
 */
#include "engine/sums_priv.h"

enum rank { RANK_STOP, RANK_LIMIT };

sim_dec sim_match_limit(const struct sim_engine *e, const struct sym *s,
			const struct sim_order *o)
{
	return e->cfg.limit_through ?
		sim_config_reach(&e->cfg, is_buy(o), o->limit, s->tick) :
		o->limit;
}

static bool is_stop_kind(const struct sim_order *o)
{
	return o->type != SIM_ORDER_TYPE_LIMIT &&
	       o->type != SIM_ORDER_TYPE_MARKET && !o->triggered;
}

/* Acts as a market order: also a stop that triggered and waits for volume. */
static bool is_market_kind(const struct sim_order *o)
{
	return o->type == SIM_ORDER_TYPE_MARKET ||
	       (o->triggered && o->type != SIM_ORDER_TYPE_STOP_LIMIT);
}

static enum sim_fill_reason reason_of(const struct sim_order *o)
{
	static const enum sim_fill_reason by_type[SIM_ORDER_TYPE__COUNT] = {
		[SIM_ORDER_TYPE_MARKET] = SIM_FILL_REASON_MARKET_OPEN,
		[SIM_ORDER_TYPE_LIMIT] = SIM_FILL_REASON_LIMIT_TOUCHED,
		[SIM_ORDER_TYPE_STOP] = SIM_FILL_REASON_STOP_TRIGGERED,
		[SIM_ORDER_TYPE_STOP_LIMIT] = SIM_FILL_REASON_LIMIT_TOUCHED,
		[SIM_ORDER_TYPE_TRAILING_STOP] = SIM_FILL_REASON_TRAILING_STOP,
	};

	switch ((enum sim_order_role)o->role) {
	case SIM_ORDER_ROLE_TAKE_PROFIT:
		return SIM_FILL_REASON_TAKE_PROFIT;
	case SIM_ORDER_ROLE_STOP_LOSS:
		return SIM_FILL_REASON_STOP_LOSS;
	case SIM_ORDER_ROLE_LIQUIDATION:
		return SIM_FILL_REASON_LIQUIDATION;
	case SIM_ORDER_ROLE_PLAIN:
		break;
	}
	return by_type[o->type];
}

/* Has the price reached a stop (or a limit)? */
static bool stop_hit(const struct sim_order *o, sim_dec price)
{
	return is_buy(o) ? price >= o->stop : price <= o->stop;
}

static bool limit_hit(const struct sim_order *o, sim_dec price)
{
	return is_buy(o) ? price <= o->limit : price >= o->limit;
}

static void trigger(struct sim_engine *e, struct node *n, sim_dec price)
{
	struct sim_event ev = {
		.type = SIM_EVENT_TYPE_ORDER_TRIGGERED, .cause = n->o.seq,
		.sym = n->o.sym, .order = &n->o, .a = price,
	};

	n->o.triggered = true;
	n->fresh = true;
	e->syms[n->o.sym].stale = true;
	e->syms[n->o.sym].kinds |= KIND_FRESH | KIND_LIMIT | KIND_MARKET;
	n->o.seq = sim_engine_emit(e, &ev);
}

static void fill_stop(struct sim_engine *e, struct node *n, sim_dec price)
{
	struct fill_at at = { price, reason_of(&n->o), true, false };

	if (!n->o.triggered)
		trigger(e, n, price);
	sim_fill_execute(e, n, &at);
}

/* Where the path is now, for who wants to know. */
static inline void go(struct sim_engine *e, enum sim_trace_where where,
		      sim_dec from, sim_dec to)
{
	if (!e->trace)
		return;
	e->trace->leg.where = where;
	e->trace->leg.from = from;
	e->trace->leg.to = to;
}

/* -- points -------------------------------------------------------------- */

/* In the order of KIND_MARKET, KIND_STOP, KIND_LIMIT. */
enum { POINT_MARKETS, POINT_STOPS, POINT_LIMITS, POINT__COUNT };

static bool sits_out(const struct sym *s, const struct node *n)
{
	const struct sim_order *o = &n->o;

	return n->done || n->live_from > s->begins || o->tif == SIM_TIF_CLS ||
	       (o->tif == SIM_TIF_OPG && !(s->flags & SIM_ENGINE_FIRST));
}

/* One order at a point, when it belongs to the class. */
static void act_at_point(struct sim_engine *e, struct node *n, sim_dec price,
			 int class)
{
	struct sim_order *o = &n->o;
	struct fill_at at = { price, reason_of(o), false, false };

	switch (class) {
	case POINT_MARKETS:
		if (!is_market_kind(o))
			return;
		at.slips = true;
		sim_fill_execute(e, n, &at);
		return;
	case POINT_STOPS:
		if (!is_stop_kind(o) || !stop_hit(o, price))
			return;
		if (o->type == SIM_ORDER_TYPE_STOP_LIMIT)
			trigger(e, n, price);
		else
			fill_stop(e, n, price);
		return;
	default:
		if (is_market_kind(o) || is_stop_kind(o) ||
		    !limit_hit(o, price))
			return;
		sim_fill_execute(e, n, &at);
	}
}

enum pass { PASS_REDUCING, PASS_OPENING, PASS_ALL };

/* Every order older than `newest` that acts at a point, class by class, then
 * by arrival.  Children made on the way wait for the path. */
static void at_point(struct sim_engine *e, struct sym *s, sim_dec price,
		     enum pass pass, uint32_t newest)
{
	enum sim_trace_where where = pass == PASS_ALL ? SIM_TRACE_FINE_OPEN
						      : SIM_TRACE_OPEN;
	unsigned int left = s->kinds & ((1u << POINT__COUNT) - 1);

	go(e, where, price, price);
	for (; left; left &= left - 1) {
		struct node *n = sim_book_first(e, s);
		int class = __builtin_ctz(left);

		for (; n && n->o.id < newest; n = sim_book_next(e, n)) {
			if (sits_out(s, n))
				continue;
			if (pass == PASS_REDUCING && !reduces(s, &n->o))
				continue;
			act_at_point(e, n, price, class);
		}
	}
}

/* What had to fill at the open and did not. */
static void after_open(struct sim_engine *e, struct sym *s)
{
	struct node *next;

	for (struct node *n = sim_book_first(e, s); n; n = next) {
		next = sim_book_next(e, n);
		if (n->live_from > s->begins)
			continue;
		if (n->o.tif == SIM_TIF_IOC)
			sim_book_end(e, n, SIM_END_REASON_IOC, n->o.seq);
		else if (n->o.tif == SIM_TIF_FOK)
			sim_book_end(e, n, SIM_END_REASON_FOK, n->o.seq);
		else if (n->o.tif == SIM_TIF_OPG &&
			 (s->flags & SIM_ENGINE_FIRST))
			sim_book_end(e, n, SIM_END_REASON_OPG, n->o.seq);
	}
}

/* Has a symbol an order that may act at this price? */
static inline bool may_act(const struct sym *s, sim_dec price)
{
	return s->head != NIL &&
	       (s->kinds & KIND_MARKET || !is_idle_at(s, price));
}

void sim_match_open(struct sim_engine *e)
{
	uint32_t newest = e->next_id;

	for (uint32_t i = 0; i < e->nactive; i++) {
		struct sym *s = &e->syms[e->active[i]];

		if (s->pos.qty && may_act(s, s->bar.open))
			at_point(e, s, s->bar.open, PASS_REDUCING, newest);
	}
	for (uint32_t i = 0; i < e->nactive; i++) {
		struct sym *s = &e->syms[e->active[i]];

		if (may_act(s, s->bar.open))
			at_point(e, s, s->bar.open, PASS_OPENING, newest);
		if (s->kinds & KIND_AT_OPEN)
			after_open(e, s);
	}
}

/* -- segments ------------------------------------------------------------ */

struct act {
	struct node *n;
	sim_dec level;
	enum rank rank;
};

/* Nothing of this bar's volume is left: only triggers can still happen. */
static bool is_dry(const struct sim_engine *e, const struct sym *s)
{
	return e->cfg.max_volume_share && s->volume_step == e->step &&
	       s->volume_left <= 0;
}

/* Where on the way from `cur` to `to` would this order act?  One that has just
 * become active takes what is there; else its price must be reached. */
static bool reach(const struct sim_engine *e, struct sym *s, struct node *n,
		  sim_dec cur, sim_dec to, struct act *a)
{
	const struct sim_order *o = &n->o;
	bool stop = is_stop_kind(o), up;
	sim_dec level;

	if (sits_out(s, n) || is_market_kind(o) || (!stop && is_dry(e, s)))
		return false;
	up = stop == is_buy(o);		/* acts at `level` or above */
	level = stop ? o->stop : o->limit;
	if (n->fresh && (up ? cur < level : cur > level)) {
		n->fresh = false;
		s->stale = true;
	}
	if (!stop && !n->fresh)
		level = sim_match_limit(e, s, o);
	a->n = n;
	a->rank = stop ? RANK_STOP : RANK_LIMIT;
	a->level = level;
	if (up ? cur >= level : cur <= level)
		a->level = cur;
	else if (up ? to < level : to > level)
		return false;
	return true;
}

static bool sooner(const struct act *a, const struct act *b, sim_dec cur)
{
	sim_dec da = dec_abs(a->level - cur), db = dec_abs(b->level - cur);

	if (da != db)
		return da < db;
	return a->rank < b->rank;	/* then arrival: the list's order */
}

static bool nearest(const struct sim_engine *e, struct sym *s,
		    sim_dec cur, sim_dec to, struct act *best)
{
	best->n = NULL;
	for (struct node *n = sim_book_first(e, s); n;
	     n = sim_book_next(e, n)) {
		struct act a;

		if (!reach(e, s, n, cur, to, &a))
			continue;
		if (!best->n || sooner(&a, best, cur))
			*best = a;
	}
	return best->n != NULL;
}

/* Let an order act at its level. */
static void act(struct sim_engine *e, const struct act *a)
{
	struct sim_order *o = &a->n->o;
	bool takes = a->n->fresh;
	struct fill_at at = { takes ? a->level : o->limit, reason_of(o), false,
			      !takes };

	if (a->rank == RANK_LIMIT)
		sim_fill_execute(e, a->n, &at);
	else if (o->type == SIM_ORDER_TYPE_STOP_LIMIT)
		trigger(e, a->n, a->level);
	else
		fill_stop(e, a->n, a->level);
}

/* Does a path between two prices leave all orders alone? */
static inline bool passes_by(const struct sym *s, sim_dec from, sim_dec to)
{
	return !(s->kinds & KIND_FRESH) && is_idle_at(s, from) &&
	       is_idle_at(s, to);
}

static void segment(struct sim_engine *e, struct sym *s, sim_dec from,
		    sim_dec to)
{
	struct act a = { NULL, 0, RANK_STOP };
	sim_dec cur = from;

	go(e, SIM_TRACE_PATH, from, to);
	if (passes_by(s, from, to))
		return;
	/* A limit that does not fill leaves the bar dry. */
	while (nearest(e, s, cur, to, &a)) {
		act(e, &a);
		cur = a.level;
	}
	sim_trail_follow(e, s, to);
}

void sim_match_walk(struct sim_engine *e, struct sym *s, bool high_first)
{
	const struct sim_bar *b = &s->bar;
	sim_dec first = high_first ? b->high : b->low;
	sim_dec second = high_first ? b->low : b->high;

	if (!is_idle_at(s, b->open))
		sim_trail_follow(e, s, b->open);
	segment(e, s, b->open, first);
	segment(e, s, first, second);
	segment(e, s, second, b->close);
}

static bool nearer_high(const struct sim_bar *b)
{
	return b->high - b->open < b->open - b->low;
}

/* Replay the finer bars inside this one, each on its adaptive path. */
static void walk_detail(struct sim_engine *e, struct sym *s)
{
	const struct sim_bar_series *d = s->detail;
	struct sim_bar whole = s->bar;

	for (size_t i = 0; i < d->n; i++) {
		struct sim_bar fine = sim_bar_at(d, i);

		/* Fills are kept within the finer bar, volume within the
		 * whole one. */
		fine.volume = whole.volume;
		s->bar = fine;
		if (e->trace)
			e->trace->leg.detail = (uint32_t)i + 1;
		if (i && may_act(s, fine.open))
			at_point(e, s, fine.open, PASS_ALL, e->next_id);
		sim_match_walk(e, s, nearer_high(&fine));
	}
	s->bar = whole;
	if (e->trace)
		e->trace->leg.detail = 0;
}

/* Orders for the session's close: those that reduce, or all, and then what is
 * left of them ends. */
static void at_close(struct sim_engine *e, struct sym *s, enum pass pass)
{
	sim_dec price = s->bar.close;

	if (!(s->flags & SIM_ENGINE_LAST) || !(s->kinds & KIND_AT_CLOSE))
		return;
	go(e, SIM_TRACE_CLOSE, price, price);
	for (struct node *n = sim_book_first(e, s); n;
	     n = sim_book_next(e, n)) {
		struct fill_at at = { price, SIM_FILL_REASON_MARKET_CLOSE,
				      n->o.type == SIM_ORDER_TYPE_MARKET,
				      false };

		if (n->done || n->o.tif != SIM_TIF_CLS ||
		    n->live_from > s->begins ||
		    (pass == PASS_REDUCING && !reduces(s, &n->o)))
			continue;
		if (n->o.type == SIM_ORDER_TYPE_MARKET ||
		    limit_hit(&n->o, price))
			sim_fill_execute(e, n, &at);
		if (!n->done && pass != PASS_REDUCING)
			sim_book_end(e, n, SIM_END_REASON_CLS, n->o.seq);
	}
}

/* Walk the bar as configured, but for finer bars. */
static void walk_bar(struct sim_engine *e, struct sym *s)
{
	if (e->cfg.path == SIM_CONFIG_PATH_OHLC)
		sim_match_walk(e, s, true);
	else if (e->cfg.path == SIM_CONFIG_PATH_OLHC)
		sim_match_walk(e, s, false);
	else if (e->cfg.path == SIM_CONFIG_PATH_ADAPTIVE ||
		 e->cfg.path == SIM_CONFIG_PATH_DETAIL)
		sim_match_walk(e, s, nearer_high(&s->bar));
	else
		sim_trial_run(e, s);
}

/* One symbol's bar after its open; the bar is made whole for it. */
static void follow_path(struct sim_engine *e, struct sym *s)
{
	/* Children made at the open leave kinds behind: they make it stale. */
	if (s->head == NIL || (!s->stale && s->kinds == KIND_MARKET))
		return;
	read_rest(s);
	if (s->detail && s->detail->n && e->cfg.path == SIM_CONFIG_PATH_DETAIL)
		walk_detail(e, s);
	else if (!passes_by(s, s->bar.low, s->bar.high))
		walk_bar(e, s);
}

/* A lone market order meets its bar's open; all of the bar is read when that
 * leaves something open. */
static inline void fill_simple(struct sim_engine *e, struct sym *s,
			       struct node *n, const struct sim_engine_bar *b)
{
	s->rest = b;
	sim_fill_simple(e, n, b->series->open[b->at], reason_of(&n->o));
}

static void fill_lone(struct sim_engine *e, struct sym *s, struct node *n,
		      const struct sim_engine_bar *b)
{
	struct fill_at at = { 0, reason_of(&n->o), true, false };

	read_bar(e, s, b);
	at.price = s->bar.open;
	sim_fill_plain(e, n, &at);
}

bool sim_match_lone(struct sim_engine *e, struct sym *s,
		    const struct sim_engine_bar *b)
{
	struct node *n = sim_book_first(e, s);

	if (!n || s->head != s->tail || s->stale || s->kinds != KIND_MARKET ||
	    !e->open_is_all || b->flags & SIM_ENGINE_SYNTHETIC ||
	    s->next_action < s->nactions ||
	    n->live_from > b->series->ts[b->at] ||
	    n->o.expire_at <= b->series->ts[b->at])
		return false;
	s->begins = b->series->ts[b->at];
	s->flags = b->flags;
	s->detail = b->detail;
	if (e->is_simple)
		fill_simple(e, s, n, b);
	else
		fill_lone(e, s, n, b);
	if (s->head != NIL)
		follow_path(e, s);
	return true;
}

void sim_match_rest(struct sim_engine *e)
{
	unsigned int kinds = 0;

	for (uint32_t i = 0; i < e->nactive; i++) {
		struct sym *s = &e->syms[e->active[i]];

		follow_path(e, s);
		kinds |= s->kinds;
	}
	if (!(kinds & KIND_AT_CLOSE))
		return;
	for (uint32_t i = 0; i < e->nactive; i++)
		at_close(e, &e->syms[e->active[i]], PASS_REDUCING);
	for (uint32_t i = 0; i < e->nactive; i++)
		at_close(e, &e->syms[e->active[i]], PASS_OPENING);
}

void sim_match_close_markets(struct sim_engine *e, struct sym *s, bool opening)
{
	go(e, SIM_TRACE_CLOSE, s->bar.close, s->bar.close);
	for (struct node *n = sim_book_first(e, s); n;
	     n = sim_book_next(e, n)) {
		struct fill_at at = { s->bar.close,
				      SIM_FILL_REASON_MARKET_CLOSE, true,
				      false };

		if (n->done || n->o.type != SIM_ORDER_TYPE_MARKET ||
		    n->o.tif == SIM_TIF_OPG || n->o.tif == SIM_TIF_CLS ||
		    n->o.role == SIM_ORDER_ROLE_LIQUIDATION ||
		    n->live_from < e->now ||
		    (!opening && !reduces(s, &n->o)))
			continue;
		sim_fill_execute(e, n, &at);
		if (n->done || !opening)
			continue;
		if (n->o.tif == SIM_TIF_IOC)
			sim_book_end(e, n, SIM_END_REASON_IOC, n->o.seq);
		else if (n->o.tif == SIM_TIF_FOK)
			sim_book_end(e, n, SIM_END_REASON_FOK, n->o.seq);
	}
}
