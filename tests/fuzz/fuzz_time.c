/*
 * What reads as a time is within range and is written as a text that reads as
 * the same time; what does not leaves the output alone.
 */
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_buf b = SIM_BUF_INIT(256);
	enum sim_time_kind kind;
	sim_time t = 12345, again;

	if (sim_time_parse((const char *)data, size, &t, &kind, &err)) {
		if (t != 12345 || !err.msg[0] || strchr(err.msg, '\n'))
			abort();
		return 0;
	}
	sim_buf_time(&b, t);
	if (sim_time_parse(sim_buf_str(&b), b.len, &again, &kind, NULL) ||
	    again != t || kind != SIM_TIME_ZONED)
		abort();
	sim_buf_release(&b);
	return 0;
}
