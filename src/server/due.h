/*
 * due: things by the time at which something is to be done about them; those
 * of one time in the order they were set.
 *
 * A heap whose items know their place, so any can be moved or taken out.
 */
#ifndef SIM_DUE_H
#define SIM_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_DUE_NEVER INT64_MAX

/* Embedded in the thing; zeroed: it is in no queue. */
struct sim_due_item {
	int64_t at;			/* ms */
	uint64_t seq;
	size_t place;			/* from 1 */
};

struct sim_due {
	struct sim_due_item **items;	/* [0] is not used */
	size_t n, cap;
	uint64_t seq;
};

/* Put it in, or move it; SIM_DUE_NEVER takes it out. */
void sim_due_set(struct sim_due *q, struct sim_due_item *item, int64_t at);
/* Take out the first that is due at now_ms; NULL: none is. */
struct sim_due_item *sim_due_pop(struct sim_due *q, int64_t now_ms);
/* The first, left in; NULL: there is none. */
struct sim_due_item *sim_due_peek(const struct sim_due *q);
/* When the first is due; SIM_DUE_NEVER: there is none. */
int64_t sim_due_first(const struct sim_due *q);
void sim_due_release(struct sim_due *q);

#endif
