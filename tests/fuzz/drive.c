/*
 * drive: runs one fuzz target without libFuzzer.
 *
 * First every seed of corpus/NAME/ (NAME from the program's own, run_NAME) as
 * it is, then FUZZ_RUNS inputs (20,000; a million with SIM_LONG=1) mutated
 * from them.  The same seeds give the same inputs on every machine.  The input
 * that made the target fail is left in run_NAME.finding; `run_NAME FILE...`
 * runs the files alone.
 */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/rand.h"

#define INPUT_MAX 4096
#define SEEDS_MAX 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_set_death_callback(void (*callback)(void))
	__attribute__((weak));

struct input {
	uint8_t bytes[INPUT_MAX];
	size_t len;
};

static struct input seeds[SEEDS_MAX], current;
static size_t seed_count;
static char finding[256];

static const char *const words[] = {
	"0", "-", "+", ".", ",", "\"", "\n", "\r\n", "\t", " ", ":", "T", "Z",
	"e9", "1e308", "nan", "inf", "null", "true", "[", "]", "{", "}",
	"9223372036854775807", "-9223372036854775808", "92233720368.54775807",
	"0.00000001", "99999999999999999999", "1970-01-01", "2024-02-29",
	"24:00", "23:59:60", "+00:00", "-14:00", "\xef\xbb\xbf", "\xff", "%n",
};
#define WORDS (sizeof(words) / sizeof(words[0]))

static void keep_finding(void)
{
	FILE *f = fopen(finding, "wb");

	if (!f)
		return;
	fwrite(current.bytes, 1, current.len, f);
	fclose(f);
}

static void on_abort(int sig)
{
	(void)sig;
	keep_finding();
}

static void watch(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_abort;
	sa.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGABRT, &sa, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(keep_finding);
}

/* The target sees memory of exactly its size, so a read past it is caught. */
static void run_current(void)
{
	uint8_t *copy = malloc(current.len ? current.len : 1);

	if (!copy)
		abort();
	memcpy(copy, current.bytes, current.len);
	LLVMFuzzerTestOneInput(copy, current.len);
	free(copy);
}

static void load_seed(const char *path)
{
	struct input *s = &seeds[seed_count];
	FILE *f = seed_count < SEEDS_MAX ? fopen(path, "rb") : NULL;

	if (!f)
		return;
	s->len = fread(s->bytes, 1, sizeof(s->bytes), f);
	fclose(f);
	seed_count++;
}

static void load_seeds(const char *dir)
{
	struct dirent **names;
	char path[4096 + 256];
	int n = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			load_seed(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* Put n bytes at `at`, moving the rest; what exceeds the maximum is lost. */
static void insert(size_t at, const void *p, size_t n)
{
	if (n > INPUT_MAX - current.len)
		n = INPUT_MAX - current.len;
	memmove(current.bytes + at + n, current.bytes + at, current.len - at);
	memcpy(current.bytes + at, p, n);
	current.len += n;
}

static void cut(size_t at, size_t n)
{
	if (n > current.len - at)
		n = current.len - at;
	memmove(current.bytes + at, current.bytes + at + n,
		current.len - at - n);
	current.len -= n;
}

static void mutate(struct sim_rand *r)
{
	size_t at = sim_rand_below(r, current.len + 1);
	const struct input *other = &seeds[sim_rand_below(r, seed_count)];
	const char *word = words[sim_rand_below(r, WORDS)];
	uint8_t byte = (uint8_t)sim_rand_next(r);
	size_t from = sim_rand_below(r, other->len + 1);
	size_t n = sim_rand_below(r, 16) + 1;

	switch (sim_rand_below(r, 7)) {
	case 0:
		if (at < current.len)
			current.bytes[at] ^= (uint8_t)(1u << (byte & 7));
		break;
	case 1:
		if (at < current.len)
			current.bytes[at] = byte;
		break;
	case 2:
		insert(at, &byte, 1);
		break;
	case 3:
		insert(at, word, strlen(word));
		break;
	case 4:
		cut(at, n);
		break;
	case 5:
		if (n > other->len - from)
			n = other->len - from;
		insert(at, other->bytes + from, n);
		break;
	default:
		cut(at, strlen(word));
		insert(at, word, strlen(word));
	}
}

static long runs_wanted(void)
{
	const char *runs = getenv("FUZZ_RUNS"), *full = getenv("SIM_LONG");

	if (runs && *runs)
		return strtol(runs, NULL, 10);
	return full && !strcmp(full, "1") ? 1000000 : 20000;
}

int main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir"), *name = strrchr(argv[0], '/');
	long runs = runs_wanted();
	struct sim_rand r;
	char dir[4096];

	name = name ? name + 1 : argv[0];
	name = strncmp(name, "run_", 4) ? name : name + 4;
	snprintf(dir, sizeof(dir), "%s/tests/fuzz/corpus/%s", top ? top : ".",
		 name);
	snprintf(finding, sizeof(finding), "run_%s.finding", name);
	for (int i = 1; i < argc; i++)
		load_seed(argv[i]);
	if (argc > 1)
		runs = 0;
	else
		load_seeds(dir);
	if (!seed_count) {
		fprintf(stderr, "%s: no seeds there\n", dir);
		return 1;
	}
	watch();
	for (size_t i = 0; i < seed_count; i++) {
		current = seeds[i];
		run_current();
	}
	sim_rand_init(&r, 1, name);
	for (long i = 0; i < runs; i++) {
		current = seeds[sim_rand_below(&r, seed_count)];
		for (uint64_t k = sim_rand_below(&r, 8) + 1; k > 0; k--)
			mutate(&r);
		run_current();
	}
	printf("%s: %zu seeds and %ld mutated inputs, no finding\n", name,
	       seed_count, runs);
	return 0;
}
