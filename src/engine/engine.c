/*
 * engine: one step of the market, and the doors to what it knows.
 *
 * The order of a step: expire, corporate actions, interest; the open over all
 * symbols; each symbol's path; mark, margin, equity.  A symbol whose bar stays
 * inside the envelope of its open orders costs a comparison.
 */
#include "engine/marks_priv.h"

#include <string.h>

#include "util/mem.h"

/* -- events -------------------------------------------------------------- */

static void stage(struct sim_engine *e, const struct sim_event *ev)
{
	struct staged *st;

	SIM_MEM_GROW(e->staged, e->staged_cap, e->nstaged + 1);
	st = &e->staged[e->nstaged++];
	st->ev = *ev;
	st->fill = ev->fill ? (size_t)(ev->fill - e->fills) : NO_FILL;
	if (ev->order)
		st->order = *ev->order;
}

uint64_t sim_engine_emit(struct sim_engine *e, struct sim_event *ev)
{
	ev->seq = ++e->counts.events;
	ev->time = e->now;
	if (!e->sink.event)
		return ev->seq;
	if (e->staging)
		stage(e, ev);
	else
		e->sink.event(e->sink.ctx, ev);
	return ev->seq;
}

uint64_t sim_engine_emit_order(struct sim_engine *e, enum sim_event_type type,
			       struct node *n, uint64_t cause)
{
	struct sim_event ev = { .type = type, .cause = cause,
				.sym = n->o.sym, .order = &n->o };

	return sim_engine_emit(e, &ev);
}

void sim_engine_flush(struct sim_engine *e)
{
	for (size_t i = 0; i < e->nstaged; i++) {
		struct staged *st = &e->staged[i];

		if (st->ev.order)
			st->ev.order = &st->order;
		if (st->fill != NO_FILL)
			st->ev.fill = &e->fills[st->fill];
		e->sink.event(e->sink.ctx, &st->ev);
	}
	e->nstaged = 0;
}

/* -- making -------------------------------------------------------------- */

static int check_instruments(const struct sim_instrument *ins, uint32_t n,
			     struct sim_err *err)
{
	for (uint32_t i = 0; i < n; i++) {
		if (ins[i].tick_size <= 0 || ins[i].lot_size <= 0 ||
		    ins[i].multiplier <= 0)
			return sim_err_set(err, SIM_E_INVAL,
					   "%s has a tick size, lot size or "
					   "multiplier that is not positive",
					   ins[i].symbol);
		if (strcmp(ins[i].currency, ins[0].currency))
			return sim_err_set(err, SIM_E_INVAL,
					   "%s is in %s but the account is in "
					   "%s (from %s); an account has one "
					   "currency", ins[i].symbol,
					   ins[i].currency, ins[0].currency,
					   ins[0].symbol);
		if (i && strcmp(ins[i - 1].symbol, ins[i].symbol) >= 0)
			SIM_BUG("symbols are not sorted");
	}
	return SIM_OK;
}

/* A rate of the notional, and nothing else. */
static bool is_plain(const struct sim_config_fee *f)
{
	return !f->tiers && !f->min && !f->max && !f->max_fraction &&
	       !f->has_maker && f->kind == SIM_CONFIG_COMMISSION_RATE;
}

/* What the rules mean for the shortest ways. */
static void follow_rules(struct sim_engine *e)
{
	e->plain_fee = is_plain(&e->cfg.fee);
	e->open_is_all = e->cfg.slippage == SIM_CONFIG_SLIPPAGE_NONE &&
			 !e->cfg.max_volume_share && !e->trace;
	e->is_simple = e->open_is_all && e->plain_fee && !e->cfg.margin;
}

int sim_engine_new(const struct sim_config *cfg,
		   const struct sim_instrument *ins, uint32_t nsyms,
		   const struct sim_engine_sink *sink, struct sim_engine **out,
		   struct sim_err *err)
{
	struct sim_engine *e;
	int rc = check_instruments(ins, nsyms, err);

	if (rc)
		return rc;
	e = sim_mem_zalloc(sizeof(*e));
	e->cfg = *cfg;
	e->sink = *sink;
	e->nsyms = nsyms;
	e->syms = sim_mem_array(nsyms ? nsyms : 1, sizeof(*e->syms));
	e->active = sim_mem_array(nsyms ? nsyms : 1, sizeof(*e->active));
	e->concerned = sim_mem_array(nsyms / 64 + 1, sizeof(*e->concerned));
	e->held = sim_mem_array(nsyms / 64 + 1, sizeof(*e->held));
	follow_rules(e);
	e->next_id = 1;
	e->next_expiry = SIM_TIME_MAX;
	e->accrued_day = INT64_MIN;
	e->accrue_at = e->wake_at = e->calm_until = INT64_MIN;
	e->acc.initial = e->acc.cash = cfg->cash;
	e->acc.equity = e->acc.peak = cfg->cash;
	e->acc.trough = SIM_DEC_MAX;
	for (uint32_t i = 0; i < nsyms; i++) {
		struct sym *s = &e->syms[i];

		s->ins = ins[i];
		s->tick = ins[i].tick_size;
		s->lot = ins[i].lot_size;
		s->multiplier = ins[i].multiplier;
		s->head = s->tail = NIL;
		s->stale = true;
	}
	*out = e;
	return SIM_OK;
}

void sim_engine_free(struct sim_engine *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->nchunks; i++)
		sim_mem_free(e->chunks[i]);
	sim_mem_free(e->chunks);
	sim_mem_free(e->free_slots);
	sim_mem_free(e->dead_slots);
	sim_mem_free(e->slot_of);
	sim_mem_free(e->fills);
	sim_mem_free(e->staged);
	sim_mem_free(e->syms);
	sim_mem_free(e->active);
	sim_mem_free(e->concerned);
	sim_mem_free(e->held);
	sim_trial_free(e->trial);
	sim_mem_free(e);
}

void sim_engine_actions(struct sim_engine *e, uint32_t sym,
			const struct sim_action *a, size_t n)
{
	e->syms[sym].actions = a;
	e->syms[sym].nactions = n;
	e->syms[sym].next_action = 0;
	concern(e, sym);
	e->calm_until = INT64_MIN;
}

void sim_engine_no_volume(struct sim_engine *e, uint32_t sym)
{
	e->syms[sym].no_volume = true;
}

void sim_engine_trace(struct sim_engine *e, struct sim_trace *t)
{
	e->trace = t;
	follow_rules(e);
}

void sim_engine_retune(struct sim_engine *e, const struct sim_config *cfg)
{
	sim_dec cash = e->cfg.cash;
	bool margin = e->cfg.margin;

	for (uint32_t i = 0; i < e->nsyms; i++) {
		struct sym *s = &e->syms[i];

		s->stale = true;
		/* The simplest fee is not kept apart from what was charged. */
		for (struct node *n = sim_book_first(e, s);
		     n && e->plain_fee; n = sim_book_next(e, n))
			n->raw_fee = n->o.commission;
	}
	e->cfg = *cfg;
	e->cfg.cash = cash;
	e->cfg.margin = margin;
	follow_rules(e);
}

/* -- a step -------------------------------------------------------------- */

/* End what is due in any symbol, and find when that is next. */
static void expire_all(struct sim_engine *e, sim_time start)
{
	e->next_expiry = SIM_TIME_MAX;
	for (uint32_t i = 0; i < e->nsyms; i++) {
		struct sym *s = &e->syms[i];

		if (s->head == NIL)
			continue;
		sim_book_expire(e, s, start);
		if (s->next_expiry < e->next_expiry)
			e->next_expiry = s->next_expiry;
	}
}

/* Do the symbol's open orders reach this bar? */
static bool is_active(struct sim_engine *e, struct sym *s)
{
	const struct sim_bar *b = &s->bar;

	if (s->head == NIL)
		return false;
	if (s->stale)
		sim_book_envelope(e, s);
	if (s->next_expiry <= b->ts) {
		sim_book_expire(e, s, b->ts);
		if (s->head == NIL)
			return false;
	}
	if ((s->flags & SIM_ENGINE_SYNTHETIC) && !e->cfg.fill_synthetic)
		return false;
	return s->urgent || b->low <= s->low_reach || b->high >= s->high_reach;
}

/* The symbol's orders or actions may be concerned by this bar. */
static void meet(struct sim_engine *e, uint32_t sym,
		 const struct sim_engine_bar *b)
{
	struct sym *s = &e->syms[sym];

	s->flags = b->flags;
	s->detail = b->detail;
	if (s->next_action < s->nactions &&
	    s->actions[s->next_action].day <= b->day)
		sim_corporate_apply(e, s, b->day, b->series->open[b->at]);
	read_bar(e, s, b);
	if (is_active(e, s))
		e->active[e->nactive++] = sym;
}

static void load(struct sim_engine *e, const struct sim_engine_bar *bars,
		 const uint32_t *traded, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct sim_engine_bar *b = &bars[traded[i]];

		if (!is_quiet(&e->syms[traded[i]], b))
			meet(e, traded[i], b);
	}
}

/* The same when every symbol trades. */
static void load_level(struct sim_engine *e, const struct sim_engine_bar *bars)
{
	for (uint32_t i = next_concerned(e, 0); i < e->nsyms;
	     i = next_concerned(e, i + 1))
		if (!is_quiet(&e->syms[i], &bars[i]))
			meet(e, i, &bars[i]);
}

static void mark_all(struct sim_engine *e, const struct sim_engine_bar *bars,
		     const uint32_t *traded, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		mark_one(e, &e->syms[traded[i]], &bars[traded[i]]);
	mark_account(e);
}

static int dead(const struct sim_engine *e, struct sim_err *err)
{
	char t[SIM_TIME_STRMAX];

	sim_time_format(e->now, t);
	return sim_err_set(err, SIM_E_OVERFLOW,
			   "%s left the range of +-92 billion at %s; use "
			   "smaller sizes or less cash", e->overflow, t);
}

/* An order may be due. */
static __attribute__((noinline)) void wake(struct sim_engine *e, sim_time start)
{
	if (start >= e->next_expiry)
		expire_all(e, start);
}

/* A day may have begun: interest, after what went ex. */
static __attribute__((noinline)) void settle_day(struct sim_engine *e,
						 sim_time start)
{
	if (start >= e->accrue_at) {
		int64_t day = sim_time_day_of(start);

		e->accrue_at = (day + 1) * SIM_TIME_DAY;
		sim_margin_accrue(e, day);
	}
	e->wake_at = dec_min(e->next_expiry, e->accrue_at);
}

static inline void foresee(struct sim_engine *e)
{
	sim_time t = e->ndead || e->overflow ? INT64_MIN : e->wake_at;

	e->resting = false;
	for (uint32_t i = next_concerned(e, 0); i < e->nsyms;
	     i = next_concerned(e, i + 1)) {
		const struct sym *s = &e->syms[i];

		if (!is_concerned(s))
			clear_bit(e->concerned, i);
		t = dec_min(t, sym_calm_until(s));
		e->resting |= s->head != NIL;
	}
	e->calm_until = t;
}

void sim_engine_foresee(struct sim_engine *e)
{
	foresee(e);
}

/* What follows the marks. */
static inline int finish(struct sim_engine *e, struct sim_err *err)
{
	if (e->cfg.margin && e->acc.gross)
		sim_margin_check(e);
	if (e->ndead)
		sim_book_sweep(e);
	return e->overflow ? dead(e, err) : SIM_OK;
}

/* -- calm steps: only prices move ---------------------------------------- */

/* All symbols have a bar, and it begins within the calm. */
static bool is_calm(const struct sim_engine *e,
		    const struct sim_engine_bar *bars, uint32_t n)
{
	if (n != e->nsyms || e->calm_until == INT64_MIN)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (bars[i].series->ts[bars[i].at] >= e->calm_until)
			return false;
	}
	return rests(e, bars);
}

/* A calm step that needs more than marks. */
static __attribute__((noinline)) int guard(struct sim_engine *e,
					   struct sim_err *err)
{
	uint64_t events = e->counts.events;

	if (e->cfg.margin && e->acc.gross)
		sim_margin_check(e);
	if (e->counts.events != events)
		e->calm_until = INT64_MIN;
	return e->overflow ? dead(e, err) : SIM_OK;
}

/* What the account is worth after the marks of a calm step. */
static inline int weigh(struct sim_engine *e, sim_dec value, sim_dec gross,
			sim_dec shorts, struct sim_err *err)
{
	struct sim_account *a = &e->acc;

	a->value = value;
	a->gross = gross;
	a->short_value = shorts;
	mark_account(e);
	return (e->cfg.margin | (e->overflow != NULL)) ? guard(e, err) :
		SIM_OK;
}

/* The same when positions are worth less than nothing, or the sum of them left
 * the range. */
static __attribute__((noinline)) int weigh_all(struct sim_engine *e,
					       struct sim_err *err)
{
	sim_dec value = 0, gross = 0, shorts = 0;

	for (uint32_t i = 0; i < e->nsyms; i++) {
		sim_dec v = e->syms[i].pos.value;

		sum_add(e, &value, v);
		sum_add(e, &gross, dec_abs(v));
		shorts += dec_max(-v, 0);
	}
	return weigh(e, value, gross, shorts, err);
}

/* Mark every symbol.  What is not held is marked like the rest: a branch would
 * be guessed wrong too often.  While nothing is held nothing changes, unless
 * something `was`. */
static inline int calm_step(struct sim_engine *e,
			    const struct sim_engine_bar *bars, bool was,
			    struct sim_err *err)
{
	struct sym *s = e->syms, *end = s + e->nsyms;
	sim_dec value = 0, bits = 0;
	bool is_odd = false;

	for (; s < end; s++, bars++) {
		sim_dec v;

		s->pos.last = bars->series->close[bars->at];
		v = worth_at(e, s, s->pos.last);
		bits |= v;
		is_odd |= __builtin_add_overflow(value, v, &value);
	}
	if (bits < 0 || is_odd)
		return weigh_all(e, err);
	return was || bits ? weigh(e, value, value, 0, err) : SIM_OK;
}

/* -- whole steps --------------------------------------------------------- */

/* Mark every symbol of a cash account after its orders, at once where calm
 * follows. */
static inline int mark_level(struct sim_engine *e,
			     const struct sim_engine_bar *bars,
			     struct sim_err *err)
{
	if (e->ndead)
		sim_book_sweep(e);
	foresee(e);
	if (e->calm_until != INT64_MIN)
		return calm_step(e, bars, true, err);
	for (uint32_t i = 0; i < e->nsyms; i++)
		mark_one(e, &e->syms[i], &bars[i]);
	mark_account(e);
	return e->overflow ? dead(e, err) : SIM_OK;
}

/* Every symbol trades, and only one may have orders: is it but one? */
static bool match_lone(struct sim_engine *e, const struct sim_engine_bar *bars)
{
	uint32_t i = next_concerned(e, 0);

	return i < e->nsyms && next_concerned(e, i + 1) == e->nsyms &&
	       sim_match_lone(e, &e->syms[i], &bars[i]);
}

/* When the first of a step's bars begins: they end together, but a session's
 * last may be short. */
static sim_time earliest(const struct sim_engine_bar *bars,
			 const uint32_t *traded, uint32_t n)
{
	sim_time t = SIM_TIME_MAX;

	for (uint32_t i = 0; i < n; i++) {
		const struct sim_engine_bar *b = &bars[traded[i]];

		t = dec_min(t, b->series->ts[b->at]);
	}
	return t;
}

/* What the bars of a step do to orders, and to what goes ex with them. */
static void match(struct sim_engine *e, const struct sim_engine_bar *bars,
		  const uint32_t *traded, uint32_t n)
{
	sim_time start = bars[traded[0]].series->ts[bars[traded[0]].at];
	bool woken = start >= e->wake_at;

	if (woken) {
		start = earliest(bars, traded, n);
		woken = start >= e->wake_at;
	}
	e->nactive = 0;
	if (woken)
		wake(e, start);
	else if (n == e->nsyms && match_lone(e, bars))
		return;
	if (n == e->nsyms)
		load_level(e, bars);
	else
		load(e, bars, traded, n);
	if (woken)
		settle_day(e, start);
	if (!e->nactive)
		return;
	sim_match_open(e);
	sim_match_rest(e);
}

static __attribute__((noinline)) int
whole_step(struct sim_engine *e, const struct sim_engine_bar *bars,
	   const uint32_t *traded, uint32_t n, struct sim_err *err)
{
	match(e, bars, traded, n);
	if (n == e->nsyms && !e->cfg.margin)
		return mark_level(e, bars, err);
	mark_all(e, bars, traded, n);
	e->calm_until = INT64_MIN;
	if (finish(e, err))
		return SIM_E_OVERFLOW;
	if (n == e->nsyms)
		foresee(e);
	return SIM_OK;
}

/* A calm step of an engine of one symbol. */
static inline int calm_alone(struct sim_engine *e,
			     const struct sim_engine_bar *b,
			     struct sim_err *err)
{
	struct sym *s = e->syms;
	sim_dec v;

	s->pos.last = b->series->close[b->at];
	if (!s->units)
		return SIM_OK;
	v = worth_at(e, s, s->pos.last);
	return weigh(e, v, v < 0 ? -v : v, v < 0 ? -v : 0, err);
}

/* The same for an engine of one symbol.  How long it will be calm is looked
 * for in the next step, unless something is asked for until then. */
static __attribute__((noinline)) int
whole_alone(struct sim_engine *e, const struct sim_engine_bar *b,
	    struct sim_err *err)
{
	struct sym *s = e->syms;
	sim_time start = b->series->ts[b->at];
	bool woken = start >= e->wake_at;

	if (e->calm_until == UNFORESEEN) {
		foresee(e);
		if (start < e->calm_until && !reaches(s, b))
			return calm_alone(e, b, err);
	}
	e->calm_until = UNFORESEEN;
	if (woken)
		wake(e, start);
	e->nactive = 0;
	if (woken || !sim_match_lone(e, s, b)) {
		if (!is_quiet(s, b))
			meet(e, 0, b);
		if (woken)
			settle_day(e, start);
		if (e->nactive) {
			sim_match_open(e);
			sim_match_rest(e);
		}
	}
	mark_one(e, s, b);
	mark_account(e);
	return finish(e, err);
}

int sim_engine_step(struct sim_engine *e, sim_time now,
		    const struct sim_engine_bar *bars, const uint32_t *traded,
		    uint32_t n, struct sim_err *err)
{
	if (!n)
		return SIM_OK;
	e->now = now;
	e->step++;
	return is_calm(e, bars, n) ? calm_step(e, bars, false, err)
				   : whole_step(e, bars, traded, n, err);
}

int sim_engine_step_level(struct sim_engine *e, sim_time now,
			  const struct sim_engine_bar *bars,
			  const uint32_t *traded, struct sim_err *err)
{
	e->now = now;
	e->step++;
	if (bars->series->ts[bars->at] < e->calm_until && rests(e, bars))
		return calm_step(e, bars, false, err);
	return whole_step(e, bars, traded, e->nsyms, err);
}

int sim_engine_step_alone(struct sim_engine *e, sim_time now,
			  const struct sim_engine_bar *b, struct sim_err *err)
{
	e->now = now;
	e->step++;
	if (b->series->ts[b->at] >= e->calm_until || reaches(e->syms, b))
		return whole_alone(e, b, err);
	return calm_alone(e, b, err);
}

/* -- after the strategy -------------------------------------------------- */

static void close_one(struct sim_engine *e, struct sym *s,
		      const struct sim_engine_bar *b, bool opening)
{
	if (s->head == NIL ||
	    (b->flags & SIM_ENGINE_SYNTHETIC && !e->cfg.fill_synthetic))
		return;
	s->bar = sim_bar_at(b->series, b->at);
	s->rest = NULL;
	s->flags = b->flags;
	sim_match_close_markets(e, s, opening);
}

int sim_engine_step_end(struct sim_engine *e,
			const struct sim_engine_bar *bars,
			const uint32_t *traded, uint32_t n,
			struct sim_err *err)
{
	if (!e->cfg.fill_close)
		return SIM_OK;
	/* What reduces comes first over all symbols, as at the open. */
	for (int opening = 0; opening < 2; opening++)
		for (uint32_t i = 0; i < n; i++)
			close_one(e, &e->syms[traded[i]], &bars[traded[i]],
				  opening);
	mark_all(e, bars, traded, n);
	sim_book_sweep(e);
	e->calm_until = INT64_MIN;
	return e->overflow ? dead(e, err) : SIM_OK;
}

/* -- orders ------------------------------------------------------------- */

int sim_engine_submit(struct sim_engine *e, const struct sim_order_req *req,
		      uint32_t *id, struct sim_err *err)
{
	e->calm_until = INT64_MIN;
	return sim_submit_request(e, req, id, err);
}

int sim_engine_cancel(struct sim_engine *e, uint32_t id, struct sim_err *err)
{
	e->calm_until = INT64_MIN;
	return sim_submit_cancel(e, id, err);
}

int sim_engine_replace(struct sim_engine *e, uint32_t id, sim_dec qty,
		       sim_dec limit, sim_dec stop, struct sim_err *err)
{
	e->calm_until = INT64_MIN;
	return sim_submit_replace(e, id, qty, limit, stop, err);
}

/* -- what it knows ------------------------------------------------------- */

const struct sim_account *sim_engine_account(const struct sim_engine *e)
{
	return &e->acc;
}

const struct sim_position *sim_engine_position(const struct sim_engine *e,
					       uint32_t sym)
{
	return &e->syms[sym].pos;
}

sim_dec sim_engine_buying_power(const struct sim_engine *e)
{
	sim_dec free = sim_power_free(e), power = 0;

	if (free <= 0)
		return 0;
	if (!e->cfg.margin)
		return free;
	return sim_dec_div(free, e->cfg.initial_margin, &power) ? power
								: SIM_DEC_MAX;
}

sim_dec sim_engine_margin_used(const struct sim_engine *e)
{
	sim_dec used = 0;

	if (!e->cfg.margin)
		return 0;
	return sim_dec_mul(e->acc.gross, e->cfg.initial_margin, &used) ? used
								: SIM_DEC_MAX;
}

const struct sim_order *sim_engine_next_order(const struct sim_engine *e,
					      uint32_t sym,
					      const struct sim_order *after)
{
	struct node *n;

	if (!after) {
		n = sim_book_first(e, &e->syms[sym]);
		return n ? &n->o : NULL;
	}
	n = sim_book_find(e, after->id);
	n = n ? sim_book_next(e, n) : NULL;
	return n ? &n->o : NULL;
}

const struct sim_order *sim_engine_order(const struct sim_engine *e,
					 uint32_t id)
{
	const struct node *n = sim_book_find(e, id);

	return n ? &n->o : NULL;
}

const struct sim_fill *sim_engine_fills(const struct sim_engine *e, size_t *n)
{
	*n = e->nfills;
	return e->fills;
}

void sim_engine_lend_fills(struct sim_engine *e, struct sim_fill *f, size_t cap)
{
	sim_mem_free(e->fills);
	e->fills = f;
	e->fill_cap = cap;
	e->nfills = 0;
}

struct sim_fill *sim_engine_take_fills(struct sim_engine *e, size_t *n,
				       size_t *cap)
{
	struct sim_fill *f = e->fills;

	*n = e->nfills;
	*cap = e->fill_cap;
	e->fills = NULL;
	e->fill_cap = e->nfills = 0;
	return f;
}

const struct sim_engine_counts *sim_engine_counts(const struct sim_engine *e)
{
	return &e->counts;
}

int sim_engine_check(const struct sim_engine *e, struct sim_err *err)
{
	const struct sim_account *a = &e->acc;
	sim_dec_wide cost = 0, value = 0, reserved = 0, left, right;

	for (uint32_t i = 0; i < e->nsyms; i++) {
		const struct sym *s = &e->syms[i];

		cost += s->pos.cost;
		value += s->pos.value;
		for (struct node *n = sim_book_first(e, s); n;
		     n = sim_book_next(e, n))
			reserved += n->o.reserve;
		if (!s->pos.qty && s->pos.cost)
			return sim_err_set(err, SIM_E_BUG, "%s is flat but has "
					   "an open cost", s->ins.symbol);
	}
	if (cost != a->open_cost || value != a->value ||
	    reserved != a->reserved)
		return sim_err_set(err, SIM_E_BUG, "the totals of positions or "
				   "reserves differ from their sums");
	left = (sim_dec_wide)a->cash + cost;
	right = (sim_dec_wide)a->initial + a->realized + a->dividends +
		a->interest - a->fees;
	if (left != right || a->equity != a->cash + a->value)
		return sim_err_set(err, SIM_E_BUG,
				   "the account does not add up: cash + open "
				   "cost is off by %lld units",
				   (long long)(left - right));
	return SIM_OK;
}
