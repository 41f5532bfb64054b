/*
 * Decimals: what parses is in range, formats with any number of decimals,
 * and parses back as the same value; a double's text does too.
 */
#include <stdlib.h>
#include <string.h>

#include "util/dec.h"
#include "util/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(sim_dec v, int places)
{
	char text[SIM_DEC_STRMAX];
	size_t n = sim_dec_format(v, places, text);
	sim_dec again;

	if (n != strlen(text) || n >= sizeof(text) ||
	    sim_dec_parse(text, n, &again, NULL) || again != v)
		abort();
}

static void double_round_trip(const uint8_t *data, size_t size)
{
	char text[SIM_STR_DOUBLEMAX];
	double v;

	if (size < sizeof(v))
		return;
	memcpy(&v, data, sizeof(v));
	if (sim_str_double(v, text) >= sizeof(text))
		abort();
	if (v - v == 0 && strtod(text, NULL) != v)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_err err = SIM_ERR_INIT;
	int places;
	sim_dec v = 12345;

	double_round_trip(data, size);
	if (sim_dec_parse((const char *)data, size, &v, &err)) {
		if (v != 12345 || err.code != SIM_E_DATA || !err.msg[0] ||
		    strchr(err.msg, '\n'))
			abort();
		return 0;
	}
	if (v < -SIM_DEC_MAX)
		abort();
	for (places = 0; places <= SIM_DEC_SCALE; places++)
		round_trip(v, places);
	return 0;
}
