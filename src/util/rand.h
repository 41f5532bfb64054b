/* rand: seeded, portable random numbers (xoshiro256**, seeded by splitmix64).
 * Source: Blackman and Vigna 2018, "Scrambled linear pseudorandom number
 * generators". */
#ifndef SIM_RAND_H
#define SIM_RAND_H

#include <stdint.h>

struct sim_rand {
	uint64_t s[4];
};

/* Streams of one seed with different purposes are independent. */
void sim_rand_init(struct sim_rand *r, uint64_t seed, const char *purpose);
uint64_t sim_rand_next(struct sim_rand *r);
uint64_t sim_rand_below(struct sim_rand *r, uint64_t n); /* 0..n-1, unbiased */
double sim_rand_unit(struct sim_rand *r);		/* [0, 1), 53 bits */
double sim_rand_normal(struct sim_rand *r);		/* by sim_fmath only */

#endif
