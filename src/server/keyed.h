/*
 * keyed: a bounded table of values by key, which also knows which was touched
 * longest ago.
 *
 * Keys are bytes that a stranger may choose: the table's seed is random, so no
 * choice makes it slow.  Values begin zeroed and stay where they are.  Not
 * locked: its users are.
 */
#ifndef SIM_KEYED_H
#define SIM_KEYED_H

#include <stddef.h>

#define SIM_KEYED_MAX 64		/* bytes of a key */

struct sim_keyed;

/* Room for `max` values of `size` bytes.  Freed, and the values wiped, with
 * sim_keyed_free. */
struct sim_keyed *sim_keyed_new(size_t max, size_t size);
void sim_keyed_free(struct sim_keyed *t);	/* NULL is fine */
size_t sim_keyed_count(const struct sim_keyed *t);

/* The key's value, or NULL.  Takes: n <= SIM_KEYED_MAX, as below. */
void *sim_keyed_find(struct sim_keyed *t, const void *key, size_t n);
/* A new value for a key that has none, the newest; NULL: the table is full. */
void *sim_keyed_add(struct sim_keyed *t, const void *key, size_t n);
/* Make it the newest. */
void sim_keyed_touch(struct sim_keyed *t, void *value);
/* The one touched longest ago, and the one touched next after `value`; NULL
 * when there is none. */
void *sim_keyed_oldest(struct sim_keyed *t);
void *sim_keyed_after(struct sim_keyed *t, const void *value);
/* Forget it, and wipe it. */
void sim_keyed_drop(struct sim_keyed *t, void *value);

#endif
