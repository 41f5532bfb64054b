/*
 * mem: memory that is there or the program ends, and an arena.
 *
 * Every input has a stated maximum, so running out means the machine is out;
 * the message says so and the process aborts.
 */
#ifndef SIM_MEM_H
#define SIM_MEM_H

#include <stddef.h>

void *sim_mem_alloc(size_t n);			/* uninitialised */
void *sim_mem_zalloc(size_t n);
void *sim_mem_realloc(void *p, size_t n);
void sim_mem_free(void *p);			/* NULL is fine */
void sim_mem_clear(void *p, size_t n);	/* a call, never a slow string op */
void *sim_mem_array(size_t n, size_t size);	/* zeroed, overflow-checked */
/* Have the pages of [p, p + n) made in one go, where the system can, rather
 * than one fault at a time while they are written. */
void sim_mem_touch(void *p, size_t n);
/* Have the processor fetch [p, p + n), for which somebody will ask soon; any p
 * will do. */
#define SIM_MEM_LINE	64
#define SIM_MEM_FETCH(p, n) do { \
	for (size_t at_ = 0; at_ < (n); at_ += SIM_MEM_LINE) \
		__builtin_prefetch((const char *)(p) + at_); \
} while (0)
char *sim_mem_strdup(const char *s);
char *sim_mem_strndup(const char *s, size_t n);

/* Double the capacity of an array until `need` elements fit. */
#define SIM_MEM_GROW(array, cap, need) do { \
	if ((need) > (cap)) \
		(array) = sim_mem_grow((array), &(cap), (need), \
				       sizeof(*(array))); \
} while (0)
void *sim_mem_grow(void *p, size_t *cap, size_t need, size_t size);

struct sim_mem_arena {
	struct sim_mem_chunk *chunks;
	size_t used, cap;
};
#define SIM_MEM_ARENA_INIT { NULL, 0, 0 }
void *sim_mem_arena_alloc(struct sim_mem_arena *a, size_t n);	/* zeroed */
char *sim_mem_arena_strdup(struct sim_mem_arena *a, const char *s);
void sim_mem_arena_release(struct sim_mem_arena *a);

#endif
