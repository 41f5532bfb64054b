/*
 * Times: what parses formats as RFC 3339 and parses back as the same instant;
 * a civil date survives the way there and back.
 */
#include <stdlib.h>
#include <string.h>

#include "util/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_err err = SIM_ERR_INIT;
	char text[SIM_TIME_STRMAX];
	struct sim_time_civil c;
	enum sim_time_kind kind;
	sim_time t = 12345, again;
	size_t n;

	if (sim_time_parse((const char *)data, size, &t, &kind, &err)) {
		if (t != 12345 || err.code != SIM_E_DATA || !err.msg[0] ||
		    strchr(err.msg, '\n'))
			abort();
		return 0;
	}
	n = sim_time_format(t, text);
	if (n != strlen(text) ||
	    sim_time_parse(text, n, &again, &kind, NULL) || again != t ||
	    kind != SIM_TIME_ZONED)
		abort();
	c = sim_time_to_civil(t);
	if (sim_time_from_civil(&c) != t)
		abort();
	return 0;
}
