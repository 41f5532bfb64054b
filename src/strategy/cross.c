/*
 * cross: strategies that hold what is above: sma-cross, ema-cross, macd.
 *
 * sma-cross compares exact sums of the stored decimals, cross-multiplied, so
 * no decision depends on rounding.  At the close of bar t (from 0), t >= slow:
 * long while the fast mean is higher, short (or flat) while it is lower.
 */
#include "strategy/indicator.h"

#define AHEAD 128		/* closes fetched before they are read */

enum { FAST, SLOW, SIGNAL };

static const struct sim_registry_param cross_params[] = {
	{ "fast", SIM_REGISTRY_INT, "10", "1", "10000",
	  "bars of the fast average" },
	{ "slow", SIM_REGISTRY_INT, "30", "2", "10000",
	  "bars of the slow average" },
};

static int check_order(const struct sim_builtin *b, struct sim_err *err)
{
	if (b->value[FAST] < b->value[SLOW])
		return SIM_OK;
	return sim_err_set(err, SIM_E_INVAL, "fast is %s and slow is %s; fast "
			   "must be less than slow", b->text[FAST],
			   b->text[SLOW]);
}

/*
 * Per symbol.  While no close is above the limit, neither the sums of the
 * windows nor their products with the other's window can leave 64 bits, and
 * all that has to be kept is how far the one product is above the other.
 * While the windows fill, and for good from the first close above `most`, the
 * limit is -1, the wish is none and every step is taken with care, on the sums.
 *
 * The lead may be that of a later bar than the newest: then the wish is the
 * same from the newest up to there.
 */
struct sma {
	int64_t limit, lead;
	size_t seen;			/* bars that the lead is of, */
	size_t there;			/* and how many were there to see */
	int8_t wish;			/* the sign of the lead */
	bool turns;			/* the bar after them ends the wish */
	int64_t most, fast, slow;
};

static int sma_start(struct sim_builtin *b, const struct sim_strategy_view *v,
		     struct sim_err *err)
{
	struct sma *s = sim_mem_array(v->nsyms, sizeof(*s));

	(void)err;
	for (uint32_t i = 0; i < v->nsyms; i++) {
		s[i].limit = -1;
		s[i].most = INT64_MAX / (b->value[FAST] * b->value[SLOW]);
	}
	b->state = s;
	return SIM_OK;
}

static int too_dear(const struct sim_strategy_sym *s, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_OVERFLOW, "the prices of %s are too high "
			   "to be summed exactly over that many bars; use "
			   "smaller windows", s->instrument->symbol);
}

/* Move a window's sum on to bar t; false when it no longer fits. */
static bool slide(int64_t *sum, const sim_dec *close, size_t t, size_t window)
{
	int64_t out = t >= window ? close[t - window] : 0;

	return !__builtin_add_overflow(*sum, close[t] - out, sum);
}

/* The sum of the window before bar t, in which no close is above `most`. */
static int64_t sum_before(const sim_dec *close, size_t t, size_t window)
{
	int64_t sum = 0;

	for (size_t i = t - window; i < t; i++)
		sum += close[i];
	return sum;
}

static inline int8_t sign_of(int64_t lead)
{
	return (int8_t)((lead > 0) - (lead < 0));
}

/* The first bars, whose windows are not full, and closes above the limit. */
static __attribute__((noinline)) int
with_care(struct sim_builtin *b, struct sim_strategy_view *v, uint32_t i,
	  struct sim_err *err)
{
	const struct sim_strategy_sym *sym = &v->syms[i];
	struct sma *s = (struct sma *)b->state + i;
	const sim_dec *close = sym->bars.close;
	size_t t = sym->bars.n - 1, fast = (size_t)b->value[FAST];
	size_t slow = (size_t)b->value[SLOW];
	sim_dec_wide f, l;

	if (s->limit >= 0) {
		s->fast = sum_before(close, t, fast);
		s->slow = sum_before(close, t, slow);
		s->limit = -1;
		s->wish = 0;
	}
	s->seen = t + 1;
	s->turns = false;
	if (close[t] > s->most)
		s->most = -1;
	if (!slide(&s->fast, close, t, fast) ||
	    !slide(&s->slow, close, t, slow))
		return too_dear(sym, err);
	if (t < slow)
		return sim_trade_follow(&b->trade, v, i, SIM_TRADE_NONE, err);
	f = (sim_dec_wide)s->fast * b->value[SLOW];
	l = (sim_dec_wide)s->slow * b->value[FAST];
	s->limit = s->most;
	s->lead = s->most >= 0 ? (int64_t)(f - l) : 0;
	s->wish = sign_of(s->lead);
	return sim_trade_follow(&b->trade, v, i, (f > l) - (f < l), err);
}

/* Move the lead of a symbol on by the bar it has closed, unless that has been
 * done.  False when care has to be taken. */
static inline __attribute__((always_inline)) bool
sma_move(struct sma *s, const struct sim_bar_series *bars, const int64_t fast,
	 const int64_t slow)
{
	const sim_dec *next = bars->close + bars->n;

	if (bars->n <= s->seen)
		return true;
	if (next[-1] > s->limit)
		return false;
	s->lead += (next[-1] - next[~fast]) * slow -
		   (next[-1] - next[~slow]) * fast;
	s->wish = sign_of(s->lead);
	s->seen = bars->n;
	s->turns = false;
	return true;
}

/* Move the lead on over bars up to `end` as long as the wish remains, which is
 * to be long or short. */
static inline __attribute__((always_inline)) void
sma_look(struct sma *s, const struct sim_bar_series *bars, const int64_t fast,
	 const int64_t slow, size_t end)
{
	const sim_dec *next = bars->close + s->seen + 1;
	const sim_dec *last = bars->close + end;
	const int64_t limit = s->limit, wish = s->wish;
	const int64_t a = slow * wish, b = fast * wish;
	int64_t lead = s->lead * wish;

	s->there = end;
	for (; next <= last && next[-1] <= limit; next++) {
		int64_t then = lead + (next[-1] - next[~fast]) * a -
			       (next[-1] - next[~slow]) * b;

		__builtin_prefetch(next + AHEAD);
		if (then <= 0)
			break;
		lead = then;
	}
	s->lead = lead * wish;
	s->seen = (size_t)(next - bars->close) - 1;
	/* It is acted upon where the wish ends, and met in the next bar. */
	s->turns = next <= last;
	if (s->turns)
		sim_strategy_fetch(bars, s->seen + 1);
}

/* Symbol i, which was moved on or has to be, has something to do. */
static __attribute__((noinline)) int
sma_act(struct sim_builtin *b, struct sim_strategy_view *v, uint32_t i,
	struct sim_err *err)
{
	const struct sma *s = (const struct sma *)b->state + i;
	const struct sim_bar_series *bars = &v->syms[i].bars;

	if (bars->n > s->seen)
		return with_care(b, v, i, err);
	return sim_trade_weigh(&b->trade, v, i, s->wish, err);
}

/* All symbols have closed a bar. */
static __attribute__((noinline)) int
sma_all(struct sim_builtin *b, struct sim_strategy_view *v,
	struct sim_err *err)
{
	const int64_t fast = b->value[FAST], slow = b->value[SLOW];
	const struct sim_strategy_sym *sym = v->syms, *end = sym + v->nsyms;
	const struct sim_trade_sym *t = b->trade.syms;
	struct sma *s = b->state;
	int rc = SIM_OK;

	for (; sym < end; sym++, s++, t++) {
		if (sma_move(s, &sym->bars, fast, slow) &&
		    sim_trade_is_done(t, sym, s->wish))
			continue;
		rc = sma_act(b, v, (uint32_t)(sym - v->syms), err);
		if (rc)
			break;
		/* While it is at hand. */
		if (s->wish && !s->turns && s->seen < s->there)
			sma_look(s, &sym->bars, fast, slow, s->there);
	}
	return rc;
}

/* Symbol i has closed a bar. */
static inline __attribute__((always_inline)) int
sma_one(struct sim_builtin *b, struct sim_strategy_view *v, uint32_t i,
	struct sim_err *err)
{
	struct sma *s = (struct sma *)b->state + i;

	if (sma_move(s, &v->syms[i].bars, b->value[FAST], b->value[SLOW]) &&
	    sim_trade_is_done(&b->trade.syms[i], &v->syms[i], s->wish))
		return SIM_OK;
	return sma_act(b, v, i, err);
}

static __attribute__((noinline)) int
sma_bars(struct sim_builtin *b, struct sim_strategy_view *v,
	 struct sim_err *err)
{
	int rc = SIM_OK;

	if (v->ntraded == v->nsyms)
		return sma_all(b, v, err);
	for (uint32_t k = 0; !rc && k < v->ntraded; k++)
		rc = sma_one(b, v, v->traded[k], err);
	return rc;
}

static int sma_step(void *self, struct sim_strategy_view *v,
		    struct sim_err *err)
{
	struct sim_builtin *b = self;

	if (__builtin_expect(v->nsyms != 1, 0))
		return sma_bars(b, v, err);
	return sma_one(b, v, 0, err);
}

static uint64_t sma_quiet(void *self, const struct sim_strategy_view *v,
			  uint64_t n)
{
	struct sim_builtin *b = self;
	struct sma *s = b->state;
	uint64_t least = n;

	for (uint32_t i = 0; least && i < v->nsyms; i++, s++) {
		const struct sim_strategy_sym *sym = &v->syms[i];

		if (!s->wish || s->seen < sym->bars.n ||
		    !sim_trade_is_done(&b->trade.syms[i], sym, s->wish))
			return 0;
		/* As far as may be: what is not needed now is kept. */
		if (!s->turns && s->seen < sym->bars.n + least)
			sma_look(s, &sym->bars, b->value[FAST], b->value[SLOW],
				 sym->bars.n + n);
		if (s->seen - sym->bars.n < least)
			least = s->seen - sym->bars.n;
	}
	return least;
}

static const char sma_summary[] =
	"hold while the fast simple average is above the slow one";
const struct sim_builtin_row sim_cross_sma = {
	.pub = SIM_BUILTIN_PUB("sma-cross", sma_summary, cross_params, false),
	.version = 1,
	.ops = { SIM_BUILTIN_SLOTS("sma-cross", sma_summary, sma_step),
		 .quiet = sma_quiet },
	.start = sma_start,
	.check = check_order,
};

static int ema_start(struct sim_builtin *b, const struct sim_strategy_view *v,
		     struct sim_err *err)
{
	double fast = (double)b->value[FAST], slow = (double)b->value[SLOW];
	int rc;

	(void)v;
	sim_indicator_begin(b);
	rc = sim_indicator_add(b, FAST, "ema", &fast, err);
	return rc ? rc : sim_indicator_add(b, SLOW, "ema", &slow, err);
}

static int ema_wish(struct sim_builtin *b, const struct sim_strategy_sym *s,
		    uint32_t i)
{
	sim_dec x = s->bars.close[s->bars.n - 1];
	bool has_fast = sim_indicator_push(b, i, FAST, x);
	bool has_slow = sim_indicator_push(b, i, SLOW, x);
	double f, l;

	if (!has_fast || !has_slow)
		return SIM_TRADE_NONE;
	f = sim_indicator_out(b, i, FAST)[0];
	l = sim_indicator_out(b, i, SLOW)[0];
	return (f > l) - (f < l);
}

static const char ema_summary[] =
	"hold while the fast exponential average is above the slow one";
const struct sim_builtin_row sim_cross_ema = {
	.pub = SIM_BUILTIN_PUB("ema-cross", ema_summary, cross_params, false),
	.version = 1,
	.ops = SIM_BUILTIN_OPS("ema-cross", ema_summary, sim_builtin_step),
	.wish = ema_wish,
	.start = ema_start,
	.stop = sim_indicator_end,
	.check = check_order,
};

static const struct sim_registry_param macd_params[] = {
	{ "fast", SIM_REGISTRY_INT, "12", "1", "10000",
	  "bars of the fast average" },
	{ "slow", SIM_REGISTRY_INT, "26", "2", "10000",
	  "bars of the slow average" },
	{ "signal", SIM_REGISTRY_INT, "9", "1", "10000",
	  "bars of the average of their difference" },
};

static int macd_start(struct sim_builtin *b, const struct sim_strategy_view *v,
		      struct sim_err *err)
{
	double options[] = { (double)b->value[FAST], (double)b->value[SLOW],
			     (double)b->value[SIGNAL] };

	(void)v;
	sim_indicator_begin(b);
	return sim_indicator_add(b, 0, "macd", options, err);
}

static int macd_wish(struct sim_builtin *b, const struct sim_strategy_sym *s,
		     uint32_t i)
{
	const double *out;

	if (!sim_indicator_push(b, i, 0, s->bars.close[s->bars.n - 1]))
		return SIM_TRADE_NONE;
	out = sim_indicator_out(b, i, 0);
	return (out[0] > out[1]) - (out[0] < out[1]);
}

static const char macd_summary[] = "hold while MACD is above its signal line";
const struct sim_builtin_row sim_cross_macd = {
	.pub = SIM_BUILTIN_PUB("macd", macd_summary, macd_params, false),
	.version = 1,
	.ops = SIM_BUILTIN_OPS("macd", macd_summary, sim_builtin_step),
	.wish = macd_wish,
	.start = macd_start,
	.stop = sim_indicator_end,
	.check = check_order,
};
