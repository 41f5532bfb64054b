/*
 * fuzz_store: any bytes under a bar file's name open as a series whose every
 * value can be read, or are refused with a sentence.  Heads get their check
 * sum made right, so that what is behind it is reached.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"
#include "util/file.h"
#include "util/mem.h"

/* The head's check sum stands behind what it is of. */
#define CHECKED 272

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64], path[128];
static struct sim_store *st;

static void clean_up(void)
{
	sim_store_close(st);
	if (sim_file_remove_tree(dir, NULL))
		fprintf(stderr, "can't remove %s\n", dir);
}

static void open_store(void)
{
	snprintf(dir, sizeof(dir), "/tmp/sim-fuzz-XXXXXX");
	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/SPY", dir);
	if (mkdir(path, 0700) || sim_store_open(dir, &st, NULL))
		abort();
	snprintf(path, sizeof(path), "%s/SPY/1min.bars", dir);
	atexit(clean_up);
}

/* Overwritten in place: emptying a file first makes some file systems flush
 * it. */
static void write_file(const uint8_t *p, size_t n)
{
	static int fd = -1;

	if (fd < 0)
		fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || pwrite(fd, p, n, 0) != (ssize_t)n ||
	    ftruncate(fd, (off_t)n))
		abort();
}

static void open_and_read(void)
{
	const struct sim_bar_tf min1 = { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_store_bars *b;
	struct sim_bar_series s;
	size_t chunk;
	int64_t sum = 0;

	if (sim_store_bars_open(st, "SPY", min1, &b, &err)) {
		if (!err.msg[0] || strchr(err.msg, '\n'))
			abort();
		return;
	}
	s = sim_store_bars_series(b);
	for (size_t i = 0; i < s.n; i++) {
		struct sim_bar bar = sim_bar_at(&s, i);

		sum ^= bar.ts ^ bar.open ^ bar.high ^ bar.low ^ bar.close ^
		       bar.volume ^ (s.flags ? s.flags[i] : 0);
	}
	if (sim_store_bars_verify(b, &chunk, &err) && sum == INT64_MIN)
		abort();
	sim_store_bars_close(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (!st)
		open_store();
	write_file(data, size);
	open_and_read();
	if (size < CHECKED + SIM_SHA256_SIZE)
		return 0;
	copy = sim_mem_alloc(size);
	memcpy(copy, data, size);
	sim_sha256_of(copy, CHECKED, copy + CHECKED);
	write_file(copy, size);
	open_and_read();
	sim_mem_free(copy);
	return 0;
}
