/*
 * bucket: each is one time, the one at which it is full again (GCRA), so the
 * arithmetic is whole nanoseconds and nothing runs between calls.
 */
#include "server/bucket.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "server/keyed.h"
#include "util/mem.h"

#define SEC_NS UINT64_C(1000000000)

struct sim_bucket {
	pthread_mutex_t lock;
	struct sim_bucket_rule rule;
	struct sim_keyed *full_at;	/* uint64_t, ns, by key */
};

struct sim_bucket *sim_bucket_new(const struct sim_bucket_rule *rule,
				  size_t keys_max)
{
	struct sim_bucket *b = sim_mem_zalloc(sizeof(*b));

	pthread_mutex_init(&b->lock, NULL);
	b->rule = *rule;
	b->full_at = sim_keyed_new(keys_max, sizeof(uint64_t));
	return b;
}

void sim_bucket_free(struct sim_bucket *b)
{
	if (!b)
		return;
	sim_keyed_free(b->full_at);
	pthread_mutex_destroy(&b->lock);
	sim_mem_free(b);
}

void sim_bucket_set(struct sim_bucket *b, const struct sim_bucket_rule *rule)
{
	pthread_mutex_lock(&b->lock);
	b->rule = *rule;
	pthread_mutex_unlock(&b->lock);
}

/* A few of the oldest that are full again go with each call. */
static void forget_full(struct sim_bucket *b, uint64_t now_ns)
{
	for (int i = 0; i < 2; i++) {
		uint64_t *at = sim_keyed_oldest(b->full_at);

		if (!at || *at > now_ns)
			return;
		sim_keyed_drop(b->full_at, at);
	}
}

static uint64_t *find(struct sim_bucket *b, const char *key, uint64_t now_ns)
{
	size_t n = strnlen(key, SIM_BUCKET_KEY - 1);
	uint64_t *at;

	forget_full(b, now_ns);
	at = sim_keyed_find(b->full_at, key, n);
	if (at)
		return at;
	at = sim_keyed_add(b->full_at, key, n);
	if (!at) {
		sim_keyed_drop(b->full_at, sim_keyed_oldest(b->full_at));
		at = sim_keyed_add(b->full_at, key, n);
	}
	return at;
}

static uint32_t round_up(uint64_t ns)
{
	return (uint32_t)((ns + SEC_NS - 1) / SEC_NS);
}

/* The answer for a bucket that is full at `at`, with `each` ns for one. */
static void tell(const struct sim_bucket *b, uint64_t at, uint64_t now_ns,
		 struct sim_bucket_answer *out)
{
	uint64_t each = b->rule.period_sec * SEC_NS / b->rule.limit;
	uint64_t room = each * b->rule.limit;
	uint64_t used = at > now_ns ? at - now_ns : 0;

	out->limit = b->rule.limit;
	out->period_sec = b->rule.period_sec;
	out->remaining = used < room ? (uint32_t)((room - used) / each) : 0;
	out->reset_sec = round_up(used);
	out->retry_after_sec = used + each > room ?
		round_up(used + each - room) : 0;
	out->is_allowed = !out->retry_after_sec;
}

bool sim_bucket_take(struct sim_bucket *b, const char *key, uint64_t now_ns,
		     struct sim_bucket_answer *out)
{
	struct sim_bucket_answer a;
	bool is_allowed;
	uint64_t *at;

	pthread_mutex_lock(&b->lock);
	at = find(b, key, now_ns);
	sim_keyed_touch(b->full_at, at);
	tell(b, *at, now_ns, &a);
	is_allowed = a.is_allowed;
	if (is_allowed) {
		*at = (*at > now_ns ? *at : now_ns) +
			b->rule.period_sec * SEC_NS / b->rule.limit;
		tell(b, *at, now_ns, &a);
		a.is_allowed = true;
	}
	pthread_mutex_unlock(&b->lock);
	if (out)
		*out = a;
	return is_allowed;
}

void sim_bucket_look(struct sim_bucket *b, const char *key, uint64_t now_ns,
		     struct sim_bucket_answer *out)
{
	uint64_t *at;

	pthread_mutex_lock(&b->lock);
	at = sim_keyed_find(b->full_at, key, strnlen(key, SIM_BUCKET_KEY - 1));
	tell(b, at ? *at : 0, now_ns, out);
	pthread_mutex_unlock(&b->lock);
}

size_t sim_bucket_count(struct sim_bucket *b)
{
	size_t n;

	pthread_mutex_lock(&b->lock);
	n = sim_keyed_count(b->full_at);
	pthread_mutex_unlock(&b->lock);
	return n;
}

static void copy_key(char key[SIM_BUCKET_KEY], const char *s)
{
	size_t n = strnlen(s, SIM_BUCKET_KEY - 1);

	memcpy(key, s, n);
	key[n] = '\0';
}

void sim_bucket_address(const char *address, char key[SIM_BUCKET_KEY])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned char a[16];

	if (inet_pton(AF_INET6, address, a) != 1) {
		copy_key(key, address);
		return;
	}
	if (!memcmp(a, mapped, sizeof(mapped))) {
		inet_ntop(AF_INET, a + 12, key, SIM_BUCKET_KEY);
		return;
	}
	memset(a + 8, 0, 8);
	inet_ntop(AF_INET6, a, key, SIM_BUCKET_KEY - 4);
	snprintf(key + strlen(key), 4, "/64");
}
