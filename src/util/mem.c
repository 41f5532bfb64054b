/*
 * mem: allocation that cannot fail and an arena of zeroed chunks.
 *
 * An arena's pointers stay where they are until the arena is released.
 */
#include "util/mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGN		16
#define PAGE		((uintptr_t)4096)
#define READY_MIN	((size_t)128 << 10)
#define READY_MAX	((size_t)4 << 20)
#define CHUNK_MIN	((size_t)4096)
#define CHUNK_MAX	((size_t)1 << 20)

struct sim_mem_chunk {
	_Alignas(ALIGN) struct sim_mem_chunk *next;
	_Alignas(ALIGN) unsigned char data[];
};

static _Noreturn void out_of_memory(void)
{
	fputs("simutrador: the machine is out of memory\n", stderr);
	abort();
}

static void *checked(void *p)
{
	if (!p)
		out_of_memory();
	return p;
}

void *sim_mem_alloc(size_t n)
{
	return checked(malloc(n ? n : 1));
}

void *sim_mem_zalloc(size_t n)
{
	return checked(calloc(1, n ? n : 1));
}

void *sim_mem_realloc(void *p, size_t n)
{
	return checked(realloc(p, n ? n : 1));
}

void sim_mem_free(void *p)
{
	free(p);
}

void sim_mem_clear(void *p, size_t n)
{
	memset(p, 0, n);
}

void *sim_mem_array(size_t n, size_t size)
{
	return checked(n && size ? calloc(n, size) : calloc(1, 1));
}

/* Ask for something for the whole pages in n bytes.  A system that can't do it
 * makes them by and by. */
static void advise(void *p, size_t n, int advice)
{
	uintptr_t from = ((uintptr_t)p + PAGE - 1) & ~(PAGE - 1);
	uintptr_t to = ((uintptr_t)p + n) & ~(PAGE - 1);

	if (from < to && madvise((void *)from, to - from, advice))
		errno = 0;
}

void sim_mem_touch(void *p, size_t n)
{
	advise(p, n, MADV_HUGEPAGE);
#ifdef MADV_POPULATE_WRITE
	advise(p, n, MADV_POPULATE_WRITE);
#endif
}

char *sim_mem_strdup(const char *s)
{
	return sim_mem_strndup(s, strlen(s));
}

char *sim_mem_strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = sim_mem_alloc(len + 1);

	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

/* What grows by that much will be filled soon: its pages are cheaper together
 * than one by one.  Only as many as may be made in vain. */
static void make_ready(void *p, size_t from, size_t to)
{
#ifdef MADV_POPULATE_WRITE
	if (to - from < READY_MIN)
		return;
	advise((char *)p + from, to - from < READY_MAX ? to - from : READY_MAX,
	       MADV_POPULATE_WRITE);
#else
	(void)p;
	(void)from;
	(void)to;
#endif
}

void *sim_mem_grow(void *p, size_t *cap, size_t need, size_t size)
{
	size_t n = *cap ? *cap : 8, bytes;

	while (n < need) {
		if (__builtin_mul_overflow(n, (size_t)2, &n))
			out_of_memory();
	}
	if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX)
		out_of_memory();
	p = sim_mem_realloc(p, bytes);
	make_ready(p, *cap * size, bytes);
	*cap = n;
	return p;
}

/* Start a chunk with room for n bytes; chunks double up to CHUNK_MAX. */
static void add_chunk(struct sim_mem_arena *a, size_t n)
{
	size_t cap = a->cap ? a->cap : CHUNK_MIN / 2;
	struct sim_mem_chunk *c;

	if (cap < CHUNK_MAX)
		cap *= 2;
	if (cap < n)
		cap = n;
	c = sim_mem_zalloc(sizeof(*c) + cap);
	c->next = a->chunks;
	a->chunks = c;
	a->cap = cap;
	a->used = 0;
}

void *sim_mem_arena_alloc(struct sim_mem_arena *a, size_t n)
{
	void *p;

	if (n > PTRDIFF_MAX - ALIGN - sizeof(struct sim_mem_chunk))
		out_of_memory();
	n = ((n ? n : 1) + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!a->chunks || n > a->cap - a->used)
		add_chunk(a, n);
	p = a->chunks->data + a->used;
	a->used += n;
	return p;
}

char *sim_mem_arena_strdup(struct sim_mem_arena *a, const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(sim_mem_arena_alloc(a, n), s, n);
}

void sim_mem_arena_release(struct sim_mem_arena *a)
{
	struct sim_mem_chunk *c = a->chunks, *next;

	for (; c; c = next) {
		next = c->next;
		free(c);
	}
	*a = (struct sim_mem_arena)SIM_MEM_ARENA_INIT;
}
