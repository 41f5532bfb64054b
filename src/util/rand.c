/* rand: xoshiro256** and what is drawn from it; see rand.h. */
#include "util/rand.h"

#include "util/err.h"
#include "util/fmath.h"

#include <math.h>

static uint64_t rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* FNV-1a; the empty purpose gives 0, the plain stream of the seed. */
static uint64_t purpose_hash(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	if (!*s)
		return 0;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return splitmix(&h);
}

void sim_rand_init(struct sim_rand *r, uint64_t seed, const char *purpose)
{
	uint64_t state = seed, h = purpose_hash(purpose);
	int i;

	/* Mixed again, or near seeds and purposes could cancel. */
	if (h)
		state = splitmix(&state) ^ h;
	for (i = 0; i < 4; i++)
		r->s[i] = splitmix(&state);
}

uint64_t sim_rand_next(struct sim_rand *r)
{
	uint64_t *s = r->s, out = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return out;
}

uint64_t sim_rand_below(struct sim_rand *r, uint64_t n)
{
	uint64_t skip, v;

	if (!n)
		SIM_BUG("a random number below nothing");
	/* 2^64 mod n values at the low end would be drawn too often. */
	skip = -n % n;
	do {
		v = sim_rand_next(r);
	} while (v < skip);
	return v % n;
}

double sim_rand_unit(struct sim_rand *r)
{
	return (double)(sim_rand_next(r) >> 11) * 0x1p-53;
}

/* Marsaglia's polar method; the second number of the pair is not kept, so
 * the state is the generator's alone. */
double sim_rand_normal(struct sim_rand *r)
{
	double u, v, s;

	do {
		u = 2 * sim_rand_unit(r) - 1;
		v = 2 * sim_rand_unit(r) - 1;
		s = u * u + v * v;
	} while (s >= 1 || s == 0);
	return u * sqrt(-2 * sim_fmath_log(s) / s);
}
