/* keyed: chains by a seeded hash, and a list by age through all of them. */
#include "server/keyed.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "util/err.h"
#include "util/mem.h"
#include "util/secret.h"

#define FIRST_HEADS 64

struct entry {
	struct entry *chain;
	struct entry *older, *newer;
	uint64_t place;
	size_t key_len;
	unsigned char key[SIM_KEYED_MAX];
	alignas(max_align_t) unsigned char value[];
};

struct sim_keyed {
	unsigned char seed[SIM_SECRET_SEED];
	size_t max, size, count, n_heads;
	struct entry **heads;		/* n_heads, a power of two */
	struct entry *oldest, *newest;
};

struct sim_keyed *sim_keyed_new(size_t max, size_t size)
{
	struct sim_keyed *t = sim_mem_zalloc(sizeof(*t));

	sim_secret_random(t->seed, sizeof(t->seed));
	t->max = max;
	t->size = size;
	t->n_heads = FIRST_HEADS;
	t->heads = sim_mem_array(t->n_heads, sizeof(*t->heads));
	return t;
}

static struct entry *entry_of(const void *value)
{
	return (struct entry *)((char *)(uintptr_t)value -
				offsetof(struct entry, value));
}

static struct entry **head(struct sim_keyed *t, uint64_t place)
{
	return &t->heads[place & (t->n_heads - 1)];
}

static void entry_free(struct sim_keyed *t, struct entry *e)
{
	sim_secret_wipe(e, sizeof(*e) + t->size);
	sim_mem_free(e);
}

void sim_keyed_free(struct sim_keyed *t)
{
	struct entry *newer;

	if (!t)
		return;
	for (struct entry *e = t->oldest; e; e = newer) {
		newer = e->newer;
		entry_free(t, e);
	}
	sim_mem_free(t->heads);
	sim_mem_free(t);
}

size_t sim_keyed_count(const struct sim_keyed *t)
{
	return t->count;
}

void *sim_keyed_find(struct sim_keyed *t, const void *key, size_t n)
{
	uint64_t place = sim_secret_place(t->seed, key, n);

	for (struct entry *e = *head(t, place); e; e = e->chain) {
		if (e->place == place && e->key_len == n &&
		    !memcmp(e->key, key, n))
			return e->value;
	}
	return NULL;
}

static void append(struct sim_keyed *t, struct entry *e)
{
	e->older = t->newest;
	e->newer = NULL;
	if (t->newest)
		t->newest->newer = e;
	else
		t->oldest = e;
	t->newest = e;
}

static void unlink_age(struct sim_keyed *t, struct entry *e)
{
	if (e->older)
		e->older->newer = e->newer;
	else
		t->oldest = e->newer;
	if (e->newer)
		e->newer->older = e->older;
	else
		t->newest = e->older;
}

/* As many heads as values, so chains stay short. */
static void grow(struct sim_keyed *t)
{
	t->n_heads *= 2;
	sim_mem_free(t->heads);
	t->heads = sim_mem_array(t->n_heads, sizeof(*t->heads));
	for (struct entry *e = t->oldest; e; e = e->newer) {
		struct entry **h = head(t, e->place);

		e->chain = *h;
		*h = e;
	}
}

void *sim_keyed_add(struct sim_keyed *t, const void *key, size_t n)
{
	struct entry *e, **h;

	if (n > SIM_KEYED_MAX)
		SIM_BUG("a key that is too long");
	if (t->count >= t->max)
		return NULL;
	if (t->count >= t->n_heads)
		grow(t);
	e = sim_mem_zalloc(sizeof(*e) + t->size);
	e->place = sim_secret_place(t->seed, key, n);
	e->key_len = n;
	memcpy(e->key, key, n);
	h = head(t, e->place);
	e->chain = *h;
	*h = e;
	append(t, e);
	t->count++;
	return e->value;
}

void sim_keyed_touch(struct sim_keyed *t, void *value)
{
	struct entry *e = entry_of(value);

	unlink_age(t, e);
	append(t, e);
}

void *sim_keyed_oldest(struct sim_keyed *t)
{
	return t->oldest ? t->oldest->value : NULL;
}

void *sim_keyed_after(struct sim_keyed *t, const void *value)
{
	struct entry *e = entry_of(value)->newer;

	(void)t;
	return e ? e->value : NULL;
}

void sim_keyed_drop(struct sim_keyed *t, void *value)
{
	struct entry *e = entry_of(value), **p = head(t, e->place);

	while (*p != e)
		p = &(*p)->chain;
	*p = e->chain;
	unlink_age(t, e);
	t->count--;
	entry_free(t, e);
}
