/*
 * margin: interest, borrow fees, and what happens when equity is too low.
 */
#include "engine/sums_priv.h"

static sim_dec for_days(struct sim_engine *e, sim_dec base, sim_dec rate,
			int64_t days)
{
	sim_dec_wide v = (sim_dec_wide)base * rate * days;
	sim_dec r = 0;

	if (!sim_dec_wide_div(v, 360 * SIM_DEC_ONE, &r))
		e->overflow = "interest";
	return r;
}

static void charge_interest(struct sim_engine *e, int64_t days)
{
	struct sim_account *a = &e->acc;
	struct sim_event ev = { .type = SIM_EVENT_TYPE_INTEREST,
				.sym = UINT32_MAX, .d = days };

	if (a->cash >= 0 || !e->cfg.debit_rate)
		return;
	ev.a = a->cash;
	ev.c = for_days(e, a->cash, e->cfg.debit_rate, days);
	if (!ev.c)
		return;
	sum_add(e, &a->cash, ev.c);
	sum_add(e, &a->interest, ev.c);
	a->equity = a->cash + a->value;
	sim_engine_emit(e, &ev);
}

static void charge_borrow(struct sim_engine *e, struct sym *s, int64_t days)
{
	struct sim_event ev = { .type = SIM_EVENT_TYPE_BORROW_FEE,
				.sym = (uint32_t)(s - e->syms), .d = days };

	ev.a = s->pos.value;
	ev.c = for_days(e, s->pos.value, e->cfg.borrow_rate, days);
	if (!ev.c)
		return;
	sum_add(e, &e->acc.cash, ev.c);
	sum_add(e, &e->acc.fees, -ev.c);
	sum_add(e, &s->pos.fees, -ev.c);
	e->acc.equity = e->acc.cash + e->acc.value;
	sim_engine_emit(e, &ev);
}

void sim_margin_accrue(struct sim_engine *e, int64_t day)
{
	int64_t days = e->accrued_day == INT64_MIN ? 0 : day - e->accrued_day;

	e->accrued_day = day;
	if (days <= 0 || !e->cfg.margin)
		return;
	charge_interest(e, days);
	if (e->cfg.borrow_rate && e->acc.short_value)
		for (uint32_t i = 0; i < e->nsyms; i++)
			if (e->syms[i].pos.qty < 0)
				charge_borrow(e, &e->syms[i], days);
}

static sim_dec requirement(struct sim_engine *e, const struct sym *s)
{
	sim_dec v = s->pos.value;

	return v >= 0 ? mul_checked(e, v, e->cfg.maintenance_long)
		      : mul_checked(e, -v, e->cfg.maintenance_short);
}

static bool is_liquidating(const struct sim_engine *e, const struct sym *s)
{
	for (struct node *n = sim_book_first(e, s); n; n = sim_book_next(e, n))
		if (n->o.role == SIM_ORDER_ROLE_LIQUIDATION)
			return true;
	return false;
}

/* Sell (or buy back) the whole position at the market; other orders of the
 * symbol make way. */
static void liquidate(struct sim_engine *e, struct sym *s, uint64_t cause)
{
	struct node *n, *next;

	for (n = sim_book_first(e, s); n; n = next) {
		next = sim_book_next(e, n);
		sim_book_end(e, n, SIM_END_REASON_LIQUIDATION, cause);
	}
	n = sim_book_new(e);
	n->o.sym = (uint32_t)(s - e->syms);
	n->o.side = s->pos.qty > 0 ? SIM_SIDE_SELL : SIM_SIDE_BUY;
	n->o.type = SIM_ORDER_TYPE_MARKET;
	n->o.tif = SIM_TIF_GTC;
	n->o.role = SIM_ORDER_ROLE_LIQUIDATION;
	n->o.reduce_only = true;
	n->o.qty = dec_abs(s->pos.qty);
	n->o.expire_at = SIM_TIME_MAX;
	n->live_from = e->now;
	e->liquidating++;
	e->counts.liquidations++;
	sim_submit_internal(e, n, cause);
}

/* The position with the largest requirement that is not being sold yet; the
 * first by name among equals. */
static struct sym *largest(struct sim_engine *e, sim_dec *need)
{
	struct sym *best = NULL;

	*need = 0;
	for (uint32_t i = 0; i < e->nsyms; i++) {
		struct sym *s = &e->syms[i];
		sim_dec r = s->pos.qty ? requirement(e, s) : 0;

		if (r > *need && !is_liquidating(e, s)) {
			best = s;
			*need = r;
		}
	}
	return best;
}

/* What is required of the positions that are not being sold yet. */
static sim_dec required(struct sim_engine *e)
{
	const struct sim_account *a = &e->acc;
	sim_dec sum = 0;

	if (!e->liquidating) {
		sum = mul_checked(e, a->gross - a->short_value,
				  e->cfg.maintenance_long);
		sum_add(e, &sum, mul_checked(e, a->short_value,
					     e->cfg.maintenance_short));
		return sum;
	}
	for (uint32_t i = 0; i < e->nsyms; i++) {
		struct sym *s = &e->syms[i];

		if (s->pos.qty && !is_liquidating(e, s))
			sum_add(e, &sum, requirement(e, s));
	}
	return sum;
}

void sim_margin_check(struct sim_engine *e)
{
	struct sim_event ev = { .type = SIM_EVENT_TYPE_MARGIN_CALL,
				.sym = UINT32_MAX };
	sim_dec need = required(e), part;
	uint64_t cause;

	if (need <= e->acc.equity || !need)
		return;
	ev.a = e->acc.equity;
	ev.b = need;
	cause = sim_engine_emit(e, &ev);
	while (need > e->acc.equity) {
		struct sym *s = largest(e, &part);

		if (!s)
			break;
		need -= part;
		liquidate(e, s, cause);
	}
}
