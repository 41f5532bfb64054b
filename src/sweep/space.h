/*
 * space: the points of a sweep: every combination of the values of its
 * parameters, or a sample of them, or a shard of either.
 *
 * A point is known by its number alone, so any machine and any thread make the
 * same one.  The last parameter varies fastest.
 */
#ifndef SIM_SPACE_H
#define SIM_SPACE_H

#include "run/run.h"
#include "util/buf.h"

#define SIM_SPACE_VALUES_MAX	1000000		/* of one parameter */
#define SIM_SPACE_POINTS_MAX	UINT64_C(1000000000)
#define SIM_SPACE_SHARDS_MAX	1000000

/* A parameter and what it may be. */
struct sim_space_axis {
	char *name;
	char **values;			/* canonical numbers, or words */
	size_t n, cap;
	bool is_number;			/* every value */
};

struct sim_space {
	struct sim_space_axis axes[SIM_RUN_PARAMS_MAX];
	size_t naxes;
	uint64_t total;			/* combinations */
	uint64_t points;		/* of them in the sweep */
	bool is_sample;
	uint64_t key[4];		/* of a sample's order */
	unsigned bits;
	uint64_t shard, shards;		/* from 0; of 1: all */
};
#define SIM_SPACE_INIT { .shards = 1 }

/*
 * Read parameters: NAME=VALUE is fixed, NAME=A,B,C a list, and an item of the
 * form START:END or START:END:STEP of plain decimals a range, whose end is in
 * it when a step meets it.  A number with a leading zero is a word, so 09:30
 * is no range; what has colons and bounds only and is no range is refused.
 *
 * Takes:  *s is SIM_SPACE_INIT.
 * Gives:  *s, to be released (also after an error).
 * Errors: SIM_E_USAGE a range that is none, a step that is not positive, an end
 *         before its start, an empty or repeated value, a parameter twice, too
 *         many values.
 */
int sim_space_parse(const struct sim_strategy_param *p, size_t n,
		    struct sim_space *s, struct sim_err *err) SIM_MUST_CHECK;
void sim_space_release(struct sim_space *s);

/*
 * Keep a sample of so many different points, in an order that the seed gives.
 * Errors: SIM_E_USAGE more than there are.
 * Source: Black and Rogaway 2002, "Ciphers with arbitrary finite domains"
 *         (walking a cycle of a Feistel network).
 */
int sim_space_sample(struct sim_space *s, uint64_t samples, uint64_t seed,
		     struct sim_err *err) SIM_MUST_CHECK;

/* Keep shard I of N ("2/5"): the points whose number leaves I - 1 when divided
 * by N.  Errors: SIM_E_USAGE. */
int sim_space_shard(struct sim_space *s, const char *text,
		    struct sim_err *err) SIM_MUST_CHECK;

/* How many points the shard has, and the number of its k-th. */
uint64_t sim_space_count(const struct sim_space *s);
uint64_t sim_space_number(const struct sim_space *s, uint64_t k);

/* Which value of every axis point `number` of the sweep has: at[naxes]. */
void sim_space_at(const struct sim_space *s, uint64_t number, size_t *at);
/* The same as parameters: out[naxes], borrowed from *s. */
void sim_space_params(const struct sim_space *s, uint64_t number,
		      struct sim_strategy_param *out);

#endif
