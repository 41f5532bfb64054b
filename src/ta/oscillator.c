/*
 * oscillator: where the price stands in what it recently did.
 *
 * Warm-up: windows start when full, averages of averages when all are; what
 * needs the close before starts one bar later.
 */
#include "ta/part_priv.h"

/*
 * stoch: place of the close between lowest low and highest high, 0 to 100
 * (50 in a flat window), its mean over `smooth` bars, and the mean of that
 * over `d`; stochf: without the first mean.
 */
struct stoch {
	struct sim_part_ext hi, lo;
	struct sim_part_sum k, d;
};

static int stochf_lookback(const double *opt)
{
	return (int)(opt[0] - 1 + opt[1] - 1);
}

static int stoch_lookback(const double *opt)
{
	return (int)(opt[0] - 1 + opt[1] - 1 + opt[2] - 1);
}

static void stoch_setup(struct stoch *s, struct sim_part_mem *mem,
			double period, double smooth, double d)
{
	sim_part_ext_init(&s->hi, mem, (int)period, 1);
	sim_part_ext_init(&s->lo, mem, (int)period, -1);
	sim_part_sum_init(&s->k, mem, (int)smooth);
	sim_part_sum_init(&s->d, mem, (int)d);
}

static void stochf_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	stoch_setup(state, mem, opt[0], 1, opt[1]);
}

static void stoch_init(void *state, struct sim_part_mem *mem,
		       const double *opt)
{
	stoch_setup(state, mem, opt[0], opt[1], opt[2]);
}

static bool stoch_place(struct stoch *s, const double *in, double *place)
{
	sim_part_ext_push(&s->hi, in[0]);
	if (!sim_part_ext_push(&s->lo, in[1]))
		return false;
	*place = sim_part_div(100 * (in[2] - s->lo.value),
			      s->hi.value - s->lo.value, 50);
	return true;
}

static bool stoch_push(void *state, const double *in, double *out)
{
	struct stoch *s = state;
	double raw, k;

	if (!stoch_place(s, in, &raw) || !sim_part_sum_push(&s->k, raw))
		return false;
	k = sim_part_sum_mean(&s->k);
	if (!sim_part_sum_push(&s->d, k))
		return false;
	out[0] = k;
	out[1] = sim_part_sum_mean(&s->d);
	return true;
}
SIM_PART_OPS(oscillator, stoch);
SIM_PART_OPS3(oscillator, stochf, stoch, stochf_lookback, stochf_init,
	      stoch_push);

/* williams_r: the same place counted down from the top, 0 to -100. */
static void williams_r_init(void *state, struct sim_part_mem *mem,
			    const double *opt)
{
	stoch_setup(state, mem, opt[0], 1, 1);
}

static bool williams_r_push(void *state, const double *in, double *out)
{
	struct stoch *s = state;

	if (!stoch_place(s, in, out))
		return false;
	out[0] = sim_part_div(-100 * (s->hi.value - in[2]),
			      s->hi.value - s->lo.value, -50);
	return true;
}
SIM_PART_OPS3(oscillator, williams_r, stoch, sim_part_look_full,
	      williams_r_init, williams_r_push);

/* cci: (typical price - mean) / (0.015 mean deviation), 0 in a flat window.
 * The deviation is from a mean that moves, so it costs a walk a bar. */
struct cci {
	struct sim_part_mom mean;
	struct sim_part_ring past;
};

static void cci_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct cci *s = state;

	sim_part_mom_init(&s->mean, mem, (int)opt[0]);
	sim_part_ring_init(&s->past, mem, (int)opt[0]);
}

static bool cci_push(void *state, const double *in, double *out)
{
	struct cci *s = state;
	struct sim_fmath_sum dev = { 0, 0 };
	double tp = (in[0] + in[1] + in[2]) / 3, mean, old;
	int i, n = s->past.n;

	sim_part_ring_push(&s->past, tp, &old);
	if (!sim_part_mom_push(&s->mean, tp))
		return false;
	mean = s->mean.value.mean;
	for (i = 0; i < n; i++)
		sim_fmath_sum_add(&dev, fabs(s->past.x[i] - mean));
	out[0] = sim_part_div(tp - mean, 0.015 * sim_fmath_sum_get(&dev) / n,
			      0);
	return true;
}
SIM_PART_OPS3(oscillator, cci, cci, sim_part_look_full, cci_init, cci_push);

/*
 * ultosc: 100 / 7 (4 a + 2 b + c), each the sum of buying pressure (close -
 * the lower of low and the close before) over that of true range, in a
 * window; half where a window has no range.
 */
struct ultosc {
	struct sim_part_prev close;
	struct sim_part_sum bp[3], tr[3];
};

static int ultosc_lookback(const double *opt)
{
	return (int)sim_part_max3(opt[0], opt[1], opt[2]);
}

static void ultosc_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	struct ultosc *s = state;
	int i;

	for (i = 0; i < 3; i++) {
		sim_part_sum_init(&s->bp[i], mem, (int)opt[i]);
		sim_part_sum_init(&s->tr[i], mem, (int)opt[i]);
	}
}

static bool ultosc_push(void *state, const double *in, double *out)
{
	struct ultosc *s = state;
	double last = s->close.x, tr, r[3], bp;
	bool full = true;
	int i;

	if (!sim_part_tr(&s->close, in[0], in[1], in[2], &tr))
		return false;
	bp = in[2] - (in[1] < last ? in[1] : last);
	for (i = 0; i < 3; i++) {
		full &= sim_part_sum_push(&s->bp[i], bp);
		full &= sim_part_sum_push(&s->tr[i], tr);
		r[i] = sim_part_div(s->bp[i].value, s->tr[i].value, 0.5);
	}
	out[0] = 100 * (4 * r[0] + 2 * r[1] + r[2]) / 7;
	return full;
}
SIM_PART_OPS(oscillator, ultosc);

/* ao: fast less slow mean of the middle of the bar. */
struct ao {
	struct sim_part_sum fast, slow;
};

static int ao_lookback(const double *opt)
{
	return sim_part_max((int)opt[0], (int)opt[1]) - 1;
}

static void ao_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct ao *s = state;

	sim_part_sum_init(&s->fast, mem, (int)opt[0]);
	sim_part_sum_init(&s->slow, mem, (int)opt[1]);
}

static bool ao_push(void *state, const double *in, double *out)
{
	struct ao *s = state;
	double mid = (in[0] + in[1]) / 2;
	bool fast = sim_part_sum_push(&s->fast, mid);
	bool slow = sim_part_sum_push(&s->slow, mid);

	if (!fast || !slow)
		return false;
	out[0] = sim_part_sum_mean(&s->fast) - sim_part_sum_mean(&s->slow);
	return true;
}
SIM_PART_OPS(oscillator, ao);

/*
 * fisher: v = 0.66 (place of the middle in its window - 0.5) + 0.67 v, held
 * within +-0.999 where it passes +-0.99; f = 0.5 ln((1 + v) / (1 - v)) + 0.5
 * f.  v and f start as 0 with the first full window; the place is 0.5 in a
 * flat one.  signal is f of the bar before.
 */
struct fisher {
	struct sim_part_ext hi, lo;
	double v, f;
};

static void fisher_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	struct fisher *s = state;

	sim_part_ext_init(&s->hi, mem, (int)opt[0], 1);
	sim_part_ext_init(&s->lo, mem, (int)opt[0], -1);
}

static bool fisher_push(void *state, const double *in, double *out)
{
	struct fisher *s = state;
	double mid = (in[0] + in[1]) / 2, place;

	sim_part_ext_push(&s->hi, mid);
	if (!sim_part_ext_push(&s->lo, mid))
		return false;
	place = sim_part_div(mid - s->lo.value, s->hi.value - s->lo.value, 0.5);
	s->v = 0.66 * (place - 0.5) + 0.67 * s->v;
	if (s->v > 0.99)
		s->v = 0.999;
	if (s->v < -0.99)
		s->v = -0.999;
	out[1] = s->f;
	s->f = 0.5 * sim_fmath_log((1 + s->v) / (1 - s->v)) + 0.5 * s->f;
	out[0] = s->f;
	return true;
}
SIM_PART_OPS3(oscillator, fisher, fisher, sim_part_look_full, fisher_init,
	      fisher_push);
