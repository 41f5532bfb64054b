/*
 * dec: reading, writing and the slower arithmetic of decimals.
 *
 * INT64_MIN is not a decimal, so a value can always be negated.
 */
#include "util/dec.h"

#include "util/digits.h"
#include "util/str.h"

bool sim_dec_div(sim_dec a, sim_dec b, sim_dec *out)
{
	sim_dec_wide n = (sim_dec_wide)a * SIM_DEC_ONE;

	if (b < 0) {
		if (b == INT64_MIN)
			return false;
		n = -n;
		b = -b;
	}
	return b != 0 && sim_dec_wide_div(n, b, out);
}

sim_dec sim_dec_floor_to(sim_dec v, sim_dec step)
{
	sim_dec r = v % step;

	if (r < 0)
		r += step;
	/* Below the lowest multiple there is none; stay at the edge. */
	return v < -SIM_DEC_MAX + r ? v + (step - r) : v - r;
}

sim_dec sim_dec_ceil_to(sim_dec v, sim_dec step)
{
	return -sim_dec_floor_to(-v, step);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

enum dec_fault { DEC_FINE, DEC_SYNTAX, DEC_PLACES, DEC_RANGE };

/* The decimals after the point: eight into *u, only zeros after them. */
static enum dec_fault read_decimals(const char *s, const char *end,
				    sim_dec_uwide *u)
{
	int places = 0;
	bool lost = false;

	if (s == end)
		return DEC_SYNTAX;
	for (; s < end; s++) {
		if (!is_digit(*s))
			return DEC_SYNTAX;
		if (places < SIM_DEC_SCALE) {
			*u = *u * 10 + (unsigned)(*s - '0');
			places++;
		} else if (*s != '0') {
			lost = true;
		}
	}
	for (; places < SIM_DEC_SCALE; places++)
		*u *= 10;
	return lost ? DEC_PLACES : DEC_FINE;
}

/* The magnitude in 1e-8 units, saturated above the range. */
static enum dec_fault read_magnitude(const char *s, const char *end,
				     uint64_t *out)
{
	enum dec_fault fault = DEC_FINE;
	sim_dec_uwide u = 0;

	if (s == end || !is_digit(*s))
		return DEC_SYNTAX;
	for (; s < end && is_digit(*s); s++) {
		if (u <= (uint64_t)SIM_DEC_MAX)
			u = u * 10 + (unsigned)(*s - '0');
	}
	if (s == end)
		u *= SIM_DEC_ONE;
	else if (*s == '.')
		fault = read_decimals(s + 1, end, &u);
	else
		fault = DEC_SYNTAX;
	if (fault == DEC_FINE && u > (uint64_t)SIM_DEC_MAX)
		fault = DEC_RANGE;
	if (fault == DEC_FINE)
		*out = (uint64_t)u;
	return fault;
}

int sim_dec_parse(const char *s, size_t len, sim_dec *out, struct sim_err *err)
{
	static const char *const why[] = {
		[DEC_SYNTAX] = "is not a number; write it like -1234.5",
		[DEC_PLACES] = "has more than eight decimals",
		[DEC_RANGE] = "is out of range; the largest number is "
			      "92233720368.54775807",
	};
	const char *p = s, *end = s + len;
	char quoted[SIM_STR_QUOTEMAX];
	enum dec_fault fault;
	uint64_t u = 0;
	bool neg = false;

	if (len && (*p == '-' || *p == '+'))
		neg = *p++ == '-';
	fault = read_magnitude(p, end, &u);
	if (fault != DEC_FINE) {
		sim_str_quote(s, len, quoted);
		return sim_err_set(err, SIM_E_DATA, "%s %s", quoted,
				   why[fault]);
	}
	*out = neg ? -(sim_dec)u : (sim_dec)u;
	return 0;
}

size_t sim_dec_format(sim_dec v, int min_decimals, char *buf)
{
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
	uint64_t whole = u / SIM_DEC_ONE;
	uint64_t frac = sim_digits_word((uint32_t)(u - whole * SIM_DEC_ONE));
	int places = (int)sim_digits_count(frac);
	char *p = buf;

	if (v < 0)
		*p++ = '-';
	p += sim_digits_u64(p, whole);
	if (frac || min_decimals > 0) {
		*p = '.';
		sim_digits_put(p + 1, frac);
		p += 1 + (places > min_decimals ? places : min_decimals);
	}
	*p = '\0';
	return (size_t)(p - buf);
}

bool sim_dec_from_double(double x, sim_dec *out)
{
	sim_dec_uwide m, q, rest, half;
	uint64_t bits;
	int shift;

	/* Rejects NaN too; the bounds leave 2^63 for the rounding to find. */
	if (!(x <= 1e11 && x >= -1e11))
		return false;
	memcpy(&bits, &x, sizeof(bits));
	shift = 1075 - (int)(bits >> 52 & 0x7ff);
	m = bits & ((UINT64_C(1) << 52) - 1);
	if (shift < 1075)
		m |= UINT64_C(1) << 52;
	/* |x| = m / 2^shift, and m * 1e8 < 2^80: exact from here on. */
	m *= SIM_DEC_ONE;
	if (shift > 81)
		shift = 81;
	q = m >> shift;
	rest = m - (q << shift);
	half = (sim_dec_uwide)1 << (shift - 1);
	if (rest > half || (rest == half && (q & 1)))
		q++;
	if (q > (uint64_t)SIM_DEC_MAX)
		return false;
	*out = bits >> 63 ? -(sim_dec)q : (sim_dec)q;
	return true;
}

int sim_dec_decimals(sim_dec v)
{
	int n = SIM_DEC_SCALE;

	while (n > 0 && v % 10 == 0) {
		v /= 10;
		n--;
	}
	return n;
}
