/*
 * What reads as a decimal is written as a text that reads as the same decimal
 * and is no longer than promised; what does not leaves the output alone and
 * gives a sentence.
 */
#include <stdlib.h>
#include <string.h>

#include "util/dec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_err err = SIM_ERR_INIT;
	char text[SIM_DEC_STRMAX];
	sim_dec v = 12345, again;
	size_t n;

	if (sim_dec_parse((const char *)data, size, &v, &err)) {
		if (v != 12345 || !err.msg[0] || strchr(err.msg, '\n'))
			abort();
		return 0;
	}
	for (int decimals = 0; decimals <= SIM_DEC_SCALE; decimals++) {
		n = sim_dec_format(v, decimals, text);
		if (n >= sizeof(text) || strlen(text) != n)
			abort();
		if (sim_dec_parse(text, n, &again, NULL) || again != v)
			abort();
	}
	return 0;
}
