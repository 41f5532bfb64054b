/* due: a binary heap, children of i at 2i and 2i + 1. */
#include "server/due.h"

#include "util/mem.h"

static bool is_before(const struct sim_due_item *a,
		      const struct sim_due_item *b)
{
	return a->at < b->at || (a->at == b->at && a->seq < b->seq);
}

static void put(struct sim_due *q, size_t i, struct sim_due_item *item)
{
	q->items[i] = item;
	item->place = i;
}

static void sift_up(struct sim_due *q, size_t i, struct sim_due_item *item)
{
	while (i > 1 && is_before(item, q->items[i / 2])) {
		put(q, i, q->items[i / 2]);
		i /= 2;
	}
	put(q, i, item);
}

static void sift_down(struct sim_due *q, size_t i, struct sim_due_item *item)
{
	size_t k;

	while ((k = 2 * i) <= q->n) {
		if (k < q->n && is_before(q->items[k + 1], q->items[k]))
			k++;
		if (!is_before(q->items[k], item))
			break;
		put(q, i, q->items[k]);
		i = k;
	}
	put(q, i, item);
}

static void take_out(struct sim_due *q, struct sim_due_item *item)
{
	size_t i = item->place;
	struct sim_due_item *last = q->items[q->n--];

	item->place = 0;
	if (last == item)
		return;
	if (i > 1 && is_before(last, q->items[i / 2]))
		sift_up(q, i, last);
	else
		sift_down(q, i, last);
}

void sim_due_set(struct sim_due *q, struct sim_due_item *item, int64_t at)
{
	if (item->place)
		take_out(q, item);
	if (at == SIM_DUE_NEVER)
		return;
	SIM_MEM_GROW(q->items, q->cap, q->n + 2);
	item->at = at;
	item->seq = ++q->seq;
	q->n++;
	sift_up(q, q->n, item);
}

struct sim_due_item *sim_due_pop(struct sim_due *q, int64_t now_ms)
{
	struct sim_due_item *item;

	if (!q->n || q->items[1]->at > now_ms)
		return NULL;
	item = q->items[1];
	take_out(q, item);
	return item;
}

struct sim_due_item *sim_due_peek(const struct sim_due *q)
{
	return q->n ? q->items[1] : NULL;
}

int64_t sim_due_first(const struct sim_due *q)
{
	return q->n ? q->items[1]->at : SIM_DUE_NEVER;
}

void sim_due_release(struct sim_due *q)
{
	sim_mem_free(q->items);
	*q = (struct sim_due){ .items = NULL };
}
