/* talk_name: texts and their numbers, and what orders are called. */
#include "strategy/talk.h"

#include <stdio.h>
#include <string.h>

static uint64_t hash(const char *s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return h ^ h >> 32;
}

/* The slot that holds the text, or would. */
static size_t slot_of(const struct sim_talk_names *t, const char *name)
{
	size_t i = hash(name) & (t->nslots - 1);

	while (t->slots[i] && strcmp(t->name[t->slots[i]], name))
		i = (i + 1) & (t->nslots - 1);
	return i;
}

static void widen(struct sim_talk_names *t)
{
	sim_mem_free(t->slots);
	t->nslots = t->nslots ? t->nslots * 2 : 64;
	t->slots = sim_mem_array(t->nslots, sizeof(*t->slots));
	for (uint32_t i = 1; i <= t->n; i++)
		t->slots[slot_of(t, t->name[i])] = i;
}

uint32_t sim_talk_names_find(const struct sim_talk_names *t, const char *name)
{
	return t->nslots ? t->slots[slot_of(t, name)] : 0;
}

uint32_t sim_talk_names_add(struct sim_talk_names *t, const char *name)
{
	if (2 * (size_t)(t->n + 1) > t->nslots)
		widen(t);
	t->n++;
	SIM_MEM_GROW(t->name, t->cap, (size_t)t->n + 1);
	SIM_MEM_GROW(t->number, t->number_cap, (size_t)t->n + 1);
	t->name[t->n] = sim_mem_arena_strdup(&t->arena, name);
	t->number[t->n] = 0;
	t->slots[slot_of(t, name)] = t->n;
	return t->n;
}

/* The last that came is the last of its row of slots, so it leaves no gap. */
void sim_talk_names_cut(struct sim_talk_names *t, uint32_t n)
{
	for (; t->n > n; t->n--)
		t->slots[slot_of(t, t->name[t->n])] = 0;
}

void sim_talk_names_release(struct sim_talk_names *t)
{
	sim_mem_arena_release(&t->arena);
	sim_mem_free(t->name);
	sim_mem_free(t->number);
	sim_mem_free(t->slots);
}

void sim_talk_order_called(struct sim_talk *t, uint32_t id, const char *name)
{
	size_t was = t->order_name_cap;
	uint32_t number = sim_talk_names_find(&t->orders, name);

	if (!number)
		number = sim_talk_names_add(&t->orders, name);
	t->orders.number[number] = id;
	SIM_MEM_GROW(t->order_name, t->order_name_cap, (size_t)id + 1);
	if (t->order_name_cap > was)
		memset(t->order_name + was, 0, (t->order_name_cap - was) *
		       sizeof(*t->order_name));
	t->order_name[id] = number;
}

const char *sim_talk_order_name(struct sim_talk *t, const struct sim_order *o)
{
	static const char *const roles[] = {
		[SIM_ORDER_ROLE_PLAIN] = "order",
		[SIM_ORDER_ROLE_TAKE_PROFIT] = "take_profit",
		[SIM_ORDER_ROLE_STOP_LOSS] = "stop_loss",
		[SIM_ORDER_ROLE_LIQUIDATION] = "liquidation",
	};
	uint32_t parent = o->parent;
	char text[128];

	if (o->id < t->order_name_cap && t->order_name[o->id])
		return t->orders.name[t->order_name[o->id]];
	if (parent && parent < t->order_name_cap && t->order_name[parent])
		snprintf(text, sizeof(text), "%s/%s",
			 t->orders.name[t->order_name[parent]],
			 roles[o->role]);
	else
		snprintf(text, sizeof(text), "%s/%u", roles[o->role],
			 (unsigned)o->id);
	sim_talk_order_called(t, o->id, text);
	return t->orders.name[t->order_name[o->id]];
}

uint32_t sim_talk_symbol(const struct sim_talk *t, const char *name)
{
	uint32_t lo = 0, hi = t->v->nsyms;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = strcmp(t->v->syms[mid].instrument->symbol, name);

		if (!c)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return UINT32_MAX;
}
