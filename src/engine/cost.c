/*
 * cost: slippage and commission.
 *
 * Slippage is always adverse, rounded to the tick against the trader and kept
 * within the bar.  Commission accumulates over an order's fills, so minimum
 * and maximum hold for the order, not for each fill.
 */
#include "engine/sums_priv.h"

#define BPS	(10000 * SIM_DEC_ONE)

/* Integer square root of a decimal: floor(sqrt(v / 1e8) * 1e8). */
static sim_dec dec_sqrt(sim_dec v)
{
	sim_dec_uwide x = (sim_dec_uwide)v * (sim_dec_uwide)SIM_DEC_ONE;
	uint64_t r = 0;

	for (int bit = 47; bit >= 0; bit--) {
		uint64_t t = r | (UINT64_C(1) << bit);

		if ((sim_dec_uwide)t * t <= x)
			r = t;
	}
	return (sim_dec)r;
}

/* Share of the bar's volume that a quantity is, at most 1; 1 if unknown. */
static sim_dec volume_share(const struct sym *s, sim_dec qty)
{
	sim_dec share = SIM_DEC_ONE;

	if (s->no_volume || s->bar.volume <= qty)
		return SIM_DEC_ONE;
	return sim_dec_muldiv(qty, SIM_DEC_ONE, s->bar.volume, &share)
		? share : SIM_DEC_ONE;
}

/* Square root of the share of the bar's volume. */
static sim_dec volume_root(struct sim_engine *e, const struct sym *s,
			   sim_dec qty)
{
	sim_dec share = volume_share(s, qty), root = dec_sqrt(share);

	if (e->pricing) {
		e->pricing->share = share;
		e->pricing->root = root;
	}
	return root;
}

/* How far the price moves; bar figures only when `qty` is not 0. */
static sim_dec amount(struct sim_engine *e, const struct sym *s, sim_dec qty,
		      sim_dec price)
{
	sim_dec v = e->cfg.slippage_value;

	switch (e->cfg.slippage) {
	case SIM_CONFIG_SLIPPAGE_NONE:
		return 0;
	case SIM_CONFIG_SLIPPAGE_BPS:
		return muldiv_checked(e, price, v, BPS);
	case SIM_CONFIG_SLIPPAGE_TICKS:
		return mul_checked(e, v, s->tick);
	case SIM_CONFIG_SLIPPAGE_SPREAD:
		return muldiv_checked(e, price, v, 2 * BPS);
	case SIM_CONFIG_SLIPPAGE_VOL:
		return mul_checked(e, v, s->bar.high - s->bar.low);
	case SIM_CONFIG_SLIPPAGE_IMPACT:
		v = mul_checked(e, v, volume_root(e, s, qty));
		return muldiv_checked(e, price, v, BPS);
	}
	return 0;
}

static sim_dec adverse(struct sim_engine *e, const struct sym *s,
		       enum sim_side side, sim_dec qty, sim_dec price)
{
	sim_dec by, moved = price, ticked;

	if (e->cfg.slippage == SIM_CONFIG_SLIPPAGE_NONE)
		return price;
	by = amount(e, s, qty, price);
	if (!by)
		return price;
	if (side == SIM_SIDE_BUY) {
		sum_add(e, &moved, by);
		ticked = sim_dec_ceil_to(moved, s->tick);
	} else {
		moved -= by;
		ticked = dec_max(sim_dec_floor_to(moved, s->tick), s->tick);
	}
	if (e->pricing)
		sim_trace_slip(e, price, by, moved, ticked);
	return ticked;
}

sim_dec sim_cost_slip(struct sim_engine *e, const struct sym *s,
		      enum sim_side side, sim_dec qty, sim_dec price)
{
	sim_dec p = adverse(e, s, side, qty, price);

	if (e->cfg.slip_out)
		return p;
	if (e->pricing) {
		e->pricing->low = s->bar.low;
		e->pricing->high = s->bar.high;
	}
	return dec_max(s->bar.low, dec_min(s->bar.high, p));
}

sim_dec sim_cost_slip_estimate(struct sim_engine *e, const struct sym *s,
			       enum sim_side side, sim_dec price)
{
	/* What depends on the bar of the fill can't be known before it. */
	if (e->cfg.slippage == SIM_CONFIG_SLIPPAGE_VOL ||
	    e->cfg.slippage == SIM_CONFIG_SLIPPAGE_IMPACT)
		return price;
	return adverse(e, s, side, 0, price);
}

/* The rate of the tier that `at` (quantity or notional so far) is in. */
static sim_dec tier_rate(const struct sim_config_fee *f, sim_dec at)
{
	sim_dec rate = f->rate;

	for (int i = 0; i < f->tiers && at >= f->tier[i].from; i++)
		rate = f->tier[i].rate;
	return rate;
}

/* An amount at one rate. */
static sim_dec band_fee(struct sim_engine *e, sim_dec v, sim_dec rate)
{
	sim_dec fee = mul_checked(e, v, rate);

	if (e->terms && v) {
		struct sim_trace_fee *x = &e->terms->fee;

		x->band[x->nbands++] = (struct sim_trace_band){ v, rate, fee };
	}
	return fee;
}

/* Fee of `v` more (quantity or notional) after `done`, tier by tier. */
static sim_dec tiered(struct sim_engine *e, sim_dec done, sim_dec v)
{
	const struct sim_config_fee *f = &e->cfg.fee;
	sim_dec fee = 0;

	for (int i = 0; i < f->tiers && v > 0; i++) {
		sim_dec room = f->tier[i].from - done, part;

		if (room <= 0)
			continue;
		part = dec_min(room, v);
		sum_add(e, &fee, band_fee(e, part, tier_rate(f, done)));
		done += part;
		v -= part;
	}
	sum_add(e, &fee, band_fee(e, v, tier_rate(f, done)));
	return fee;
}

static sim_dec raw_fee(struct sim_engine *e, const struct sim_order *o,
		       sim_dec qty, sim_dec notional, bool maker)
{
	const struct sim_config_fee *f = &e->cfg.fee;
	bool by_qty = f->kind == SIM_CONFIG_COMMISSION_PER_SHARE;
	sim_dec v = by_qty ? qty : notional;

	if (f->kind == SIM_CONFIG_COMMISSION_NONE)
		return 0;
	if (f->kind == SIM_CONFIG_COMMISSION_PER_ORDER)
		return o->filled ? 0 : f->rate;
	if (maker && f->has_maker)
		return band_fee(e, v, f->maker);
	if (!f->tiers)
		return band_fee(e, v, f->rate);
	return tiered(e, by_qty ? o->filled : o->notional, v);
}

/* Minimum and maximum over all of an order. */
static sim_dec bounded(struct sim_engine *e, sim_dec raw, sim_dec notional)
{
	const struct sim_config_fee *f = &e->cfg.fee;
	sim_dec fee = raw;

	if (f->min && fee < f->min)
		fee = f->min;
	if (f->max && fee > f->max)
		fee = f->max;
	if (f->max_fraction) {
		sim_dec cap = mul_checked(e, notional, f->max_fraction);

		if (e->terms)
			e->terms->fee.cap = cap;
		fee = dec_min(fee, cap);
	}
	return fee;
}

sim_dec sim_cost_commission(struct sim_engine *e, struct node *n, sim_dec qty,
			    sim_dec notional, bool maker)
{
	sim_dec raw, total = notional, due;

	raw = raw_fee(e, &n->o, qty, notional, maker);
	sum_add(e, &n->raw_fee, raw);
	sum_add(e, &total, n->o.notional);
	due = bounded(e, n->raw_fee, total);
	if (e->terms)
		sim_trace_fee(e, n, raw, total, due);
	return due - n->o.commission;
}

sim_dec sim_cost_commission_estimate(struct sim_engine *e, sim_dec qty,
				     sim_dec notional)
{
	static const struct sim_order none;

	return bounded(e, raw_fee(e, &none, qty, notional, false), notional);
}
