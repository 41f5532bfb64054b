/*
 * bucket: token buckets by key (an address, a user's id), so many a period
 * each.
 *
 * A bucket begins full and fills evenly; a full one need not be remembered.
 * At most a stated number are: when there are more, the one that was asked for
 * longest ago is forgotten.  Any thread may call; of any number of parallel
 * calls exactly as many are allowed as one after the other would be.
 */
#ifndef SIM_BUCKET_H
#define SIM_BUCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_BUCKET_KEY 64		/* longest key, with NUL */

/* So many at once, and so many a period. */
struct sim_bucket_rule {
	uint32_t limit;			/* 1 and up */
	uint32_t period_sec;		/* 1 and up */
};

/* What X-RateLimit-* and Retry-After say. */
struct sim_bucket_answer {
	bool is_allowed;
	uint32_t limit, remaining, period_sec;
	uint32_t reset_sec;		/* until it is full, rounded up */
	uint32_t retry_after_sec;	/* until the next is allowed; 0: now */
};

struct sim_bucket;

/* Room for so many keys.  Freed with sim_bucket_free. */
struct sim_bucket *sim_bucket_new(const struct sim_bucket_rule *rule,
				  size_t keys_max);
void sim_bucket_free(struct sim_bucket *b);	/* NULL is fine */
/* The rule from now on (SIGHUP); what was taken stays taken. */
void sim_bucket_set(struct sim_bucket *b, const struct sim_bucket_rule *rule);

/* Take one out of the key's bucket, if there is one; out may be NULL.  now_ns
 * is monotonic.  Gives: as out->is_allowed. */
bool sim_bucket_take(struct sim_bucket *b, const char *key, uint64_t now_ns,
		     struct sim_bucket_answer *out);
/* The same without taking. */
void sim_bucket_look(struct sim_bucket *b, const char *key, uint64_t now_ns,
		     struct sim_bucket_answer *out);
size_t sim_bucket_count(struct sim_bucket *b);	/* how many are remembered */

/* The key of an address: IPv4 as it is (also when mapped into IPv6), IPv6 by
 * its /64, since that is what one customer has; anything else as it stands. */
void sim_bucket_address(const char *address, char key[SIM_BUCKET_KEY]);

#endif
