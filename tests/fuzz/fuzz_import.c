/*
 * fuzz_import: any file becomes a series of ascending, sane bars with all its
 * facts, or is refused with one sentence.  The first two bytes choose options.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void clean_up(void)
{
	unlink(path);
}

/* Overwritten in place: emptying a file first makes some file systems flush
 * it. */
static void write_file(const uint8_t *p, size_t n)
{
	static int fd = -1;

	if (fd < 0) {
		snprintf(path, sizeof(path), "/tmp/sim-fuzz-XXXXXX");
		fd = mkstemp(path);
		atexit(clean_up);
	}
	check(fd >= 0 && pwrite(fd, p, n, 0) == (ssize_t)n &&
	      !ftruncate(fd, (off_t)n));
}

static void check_import(const struct sim_import *imp,
			 enum sim_bar_csv_bad bad)
{
	struct sim_bar_series s = sim_import_series(imp);
	const struct sim_instrument *ins = &imp->instrument;

	check(s.n > 0 && imp->nfacts >= 10 && ins->calendar[0] &&
	      ins->tick_size > 0 && ins->lot_size > 0 && imp->tf.span > 0);
	for (size_t i = 0; i < imp->nfacts; i++)
		check(imp->facts[i].name && imp->facts[i].value[0]);
	for (size_t i = 0; i < s.n && bad != SIM_BAR_CSV_KEEP; i++)
		check((!i || s.ts[i] > s.ts[i - 1]) && s.low[i] > 0 &&
		      s.high[i] >= s.low[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const zones[] = { NULL, NULL, "America/New_York",
					     "UTC" };
	static const char *const frames[] = { NULL, NULL, "1min", "daily",
					      "weekly", "1h", "30s", NULL };
	static const char *const calendars[] = { NULL, "XNYS", "24/7", "24/5" };
	struct sim_import_opts o = { .symbol = "X" };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_import imp;

	if (size < 2)
		return 0;
	o.bad = (enum sim_bar_csv_bad)((data[0] & 3) % 3);
	o.tz = zones[data[0] >> 2 & 3];
	o.stamp = data[0] & 16 ? "end" : NULL;
	o.timeframe = frames[data[0] >> 5];
	o.calendar = calendars[data[1] & 3];
	write_file(data + 2, size - 2);
	if (sim_import_read(path, &o, NULL, &imp, &err)) {
		check(err.msg[0] && !strchr(err.msg, '\n'));
		return 0;
	}
	check_import(&imp, o.bad);
	sim_import_release(&imp);
	return 0;
}
