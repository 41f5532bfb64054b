/*
 * calm: what a position is worth is a product of whole units and a close, and
 * equity is cash and the sum of those: columns of them are made at once.  What
 * could leave the range is not passed over.
 */
#include "engine/calm.h"

#include "engine/sums_priv.h"

#define SAFE_BITS 62			/* of cash, and of a sum of values */

bool sim_calm_is_next(struct sim_engine *e)
{
	if (e->calm_until == UNFORESEEN)
		sim_engine_foresee(e);
	return e->calm_until != INT64_MIN && e->acc.peak > 0 &&
	       !(e->cfg.margin && e->acc.gross);
}

/* How many of the next n steps begin within the calm. */
static size_t begin_in_time(const struct sim_engine *e,
			    const struct sim_engine_bar *b, size_t n)
{
	const sim_time *ts = b->series->ts + b->at + 1;
	size_t lo = 0, hi = n;

	if (ts[n - 1] < e->calm_until)
		return n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ts[mid] < e->calm_until)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* How many of the next n bars don't reach the symbol's open orders. */
static size_t out_of_reach(const struct sym *s, const struct sim_engine_bar *b,
			   size_t n)
{
	const sim_dec *low = b->series->low + b->at + 1;
	const sim_dec *high = b->series->high + b->at + 1;
	size_t j = 0;

	while (j < n && low[j] > s->low_reach && high[j] < s->high_reach)
		j++;
	return j;
}

static inline int bits_of(uint64_t v)
{
	return v ? 64 - __builtin_clzll(v) : 0;
}

/* What is added to n sums when a symbol's closes are worth so many units.
 * Gives: all bits of the closes. */
static uint64_t add_worth(uint64_t *sum, const sim_dec *close, size_t n,
			  int64_t units)
{
	uint64_t bits = 0, u = (uint64_t)units;

	for (size_t j = 0; j < n; j++) {
		bits |= (uint64_t)close[j];
		sum[j] += u * (uint64_t)close[j];
	}
	return bits;
}

/* Add what the units held of symbol i are worth after each of n steps.  False:
 * some figure may leave the range. */
static inline bool add_symbol(struct sim_engine *e, uint32_t i,
			      const struct sim_engine_bar *b, size_t n,
			      sim_dec *equity)
{
	int room = SAFE_BITS - bits_of(e->nsyms);
	int64_t units = e->syms[i].units;
	uint64_t closes;

	if (!units) {
		clear_bit(e->held, i);
		return true;
	}
	closes = add_worth((uint64_t *)equity, b->series->close + b->at + 1, n,
			   units);
	return bits_of(closes) + bits_of((uint64_t)dec_abs(units)) <= room;
}

/* Equity after each of n steps.  False: some figure may leave the range. */
static bool weigh(struct sim_engine *e, const struct sim_engine_bar *bars,
		  size_t n, sim_dec *equity)
{
	sim_dec cash = e->acc.cash;

	if (bits_of((uint64_t)dec_abs(cash)) > SAFE_BITS)
		return false;
	for (size_t j = 0; j < n; j++)
		equity[j] = cash;
	for (uint32_t k = 0; k < e->nsyms; k += 64) {
		uint64_t left = e->held[k / 64];

		for (; left; left &= left - 1) {
			uint32_t i = k + (uint32_t)__builtin_ctzll(left);

			if (!add_symbol(e, i, &bars[i], n, equity))
				return false;
		}
	}
	return true;
}

/* A trough below a peak.  Of those below one peak the lowest is deepest. */
static void deepen(struct sim_account *a, sim_dec peak, sim_dec trough)
{
	double dd;

	if (trough == SIM_DEC_MAX)
		return;
	dd = (double)(peak - trough) / (double)peak;
	if (dd > a->max_drawdown)
		a->max_drawdown = dd;
}

static void watch_all(struct sim_account *a, const sim_dec *equity, size_t n)
{
	sim_dec peak = a->peak, trough = a->trough;

	for (size_t j = 0; j < n; j++) {
		sim_dec v = equity[j];

		if (v >= peak) {
			deepen(a, peak, trough);
			peak = v;
			trough = SIM_DEC_MAX;
			continue;
		}
		trough = dec_min(trough, v);
	}
	deepen(a, peak, trough);
	a->peak = peak;
	a->trough = trough;
}

/* Positions and totals after n steps.  Gives: is anything held? */
static bool value_all(struct sim_engine *e, const struct sim_engine_bar *bars,
		      size_t n)
{
	sim_dec value = 0, gross = 0;

	for (uint32_t i = 0; i < e->nsyms; i++) {
		struct sim_position *p = &e->syms[i].pos;

		p->last = bars[i].series->close[bars[i].at + n];
		p->value = e->syms[i].units * p->last;
		value += p->value;
		gross += dec_abs(p->value);
	}
	e->acc.value = value;
	e->acc.gross = gross;
	e->acc.short_value = (gross - value) / 2;
	return gross != 0;
}

size_t sim_calm_pass(struct sim_engine *e, const struct sim_engine_bar *bars,
		     size_t n, sim_time span, sim_dec *equity)
{
	n = n && sim_calm_is_next(e) ? begin_in_time(e, bars, n) : 0;
	for (uint32_t i = next_concerned(e, 0); n && i < e->nsyms;
	     i = next_concerned(e, i + 1))
		if (e->syms[i].head != NIL)
			n = out_of_reach(&e->syms[i], &bars[i], n);
	if (!n || !weigh(e, bars, n, equity))
		return 0;
	if (value_all(e, bars, n))
		watch_all(&e->acc, equity, n);
	e->acc.equity = equity[n - 1];
	e->step += n;
	e->now = bars->series->ts[bars->at + n] + span;
	return n;
}
