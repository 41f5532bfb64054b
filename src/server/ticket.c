/* ticket: hashes of what was given out, oldest first. */
#include "server/ticket.h"

#include <pthread.h>
#include <string.h>

#include "server/keyed.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/sha256.h"

#define LIFE_NS		((uint64_t)SIM_TICKET_LIFE_SEC * SIM_TIME_SEC)
/* How long an unused one is still told from one that never was. */
#define REMEMBER_NS	(10 * LIFE_NS)

struct held {
	uint64_t made_ns;
	struct sim_token_claims claims;
};

struct sim_ticket {
	pthread_mutex_t lock;
	struct sim_keyed *held;		/* by hash; never touched, so by age */
};

struct sim_ticket *sim_ticket_new(size_t max)
{
	struct sim_ticket *t = sim_mem_zalloc(sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	t->held = sim_keyed_new(max, sizeof(struct held));
	return t;
}

void sim_ticket_free(struct sim_ticket *t)
{
	if (!t)
		return;
	sim_keyed_free(t->held);
	pthread_mutex_destroy(&t->lock);
	sim_mem_free(t);
}

/* Clocks of two threads may be a little apart. */
static uint64_t age(const struct held *h, uint64_t now_ns)
{
	return now_ns > h->made_ns ? now_ns - h->made_ns : 0;
}

/* Forget what was made `least_ns` or longer ago, at most `n` of them. */
static void forget(struct sim_ticket *t, uint64_t now_ns, uint64_t least_ns,
		   size_t n)
{
	for (; n > 0; n--) {
		struct held *h = sim_keyed_oldest(t->held);

		if (!h || age(h, now_ns) < least_ns)
			return;
		sim_keyed_drop(t->held, h);
	}
}

static struct held *add(struct sim_ticket *t, const uint8_t *hash,
			uint64_t now_ns)
{
	struct held *h;

	forget(t, now_ns, REMEMBER_NS, 64);
	h = sim_keyed_add(t->held, hash, SIM_SHA256_SIZE);
	if (h)
		return h;
	forget(t, now_ns, LIFE_NS, 64);
	return sim_keyed_add(t->held, hash, SIM_SHA256_SIZE);
}

int sim_ticket_issue(struct sim_ticket *t, const struct sim_token_claims *c,
		     uint64_t now_ns, char text[SIM_TICKET_TEXT],
		     struct sim_err *err)
{
	char made[SIM_TICKET_TEXT] = "t_";
	uint8_t hash[SIM_SHA256_SIZE];
	struct held *h;

	sim_secret_hex(made + 2, 16);
	sim_sha256_of(made, strlen(made), hash);
	pthread_mutex_lock(&t->lock);
	h = add(t, hash, now_ns);
	if (h) {
		h->made_ns = now_ns;
		h->claims = *c;
	}
	pthread_mutex_unlock(&t->lock);
	if (!h)
		return sim_err_set(err, SIM_E_AGAIN, "too many tickets are"
				   " unused; try again in %d seconds",
				   SIM_TICKET_LIFE_SEC);
	memcpy(text, made, sizeof(made));
	sim_secret_wipe(made, sizeof(made));
	return SIM_OK;
}

static enum sim_token_status use_up(struct sim_ticket *t, const uint8_t *hash,
				    uint64_t now_ns,
				    struct sim_token_claims *out)
{
	struct held *h = sim_keyed_find(t->held, hash, SIM_SHA256_SIZE);

	if (!h)
		return SIM_TOKEN_INVALID;
	if (age(h, now_ns) >= LIFE_NS)
		return SIM_TOKEN_EXPIRED;
	*out = h->claims;
	sim_keyed_drop(t->held, h);
	return SIM_TOKEN_OK;
}

enum sim_token_status sim_ticket_redeem(struct sim_ticket *t,
					const char *text, size_t n,
					uint64_t now_ns,
					struct sim_token_claims *out)
{
	uint8_t hash[SIM_SHA256_SIZE];
	enum sim_token_status s;

	if (sim_token_is_blank(text, n))
		return SIM_TOKEN_MISSING;
	if (n != SIM_TICKET_TEXT - 1)
		return SIM_TOKEN_INVALID;
	sim_sha256_of(text, n, hash);
	pthread_mutex_lock(&t->lock);
	s = use_up(t, hash, now_ns, out);
	pthread_mutex_unlock(&t->lock);
	return s;
}
