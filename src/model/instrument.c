/* instrument: which symbols exist and how they become file names. */
#include "model/instrument.h"

#include <stdio.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz0123456789";

static bool is_alnum(char c)
{
	return c && strchr(letters, c);
}

int sim_instrument_check_symbol(const char *symbol, struct sim_err *err)
{
	size_t n = strlen(symbol);
	bool ok = n >= 1 && n < SIM_INSTRUMENT_SYMBOL;

	for (size_t i = 0; ok && i < n; i++)
		ok = is_alnum(symbol[i]) || strchr("._:/=^-", symbol[i]);
	if (ok)
		return SIM_OK;
	return sim_err_set(err, SIM_E_INVAL,
			   "'%.40s' is not a symbol; use 1 to 32 of the "
			   "letters, digits and . _ : / = ^ -", symbol);
}

void sim_instrument_encode(const char *symbol, char buf[97])
{
	char *p = buf;

	for (size_t i = 0; symbol[i] && i < SIM_INSTRUMENT_SYMBOL - 1; i++) {
		char c = symbol[i];

		if (is_alnum(c) || c == '_' || c == '-' || (c == '.' && i))
			*p++ = c;
		else
			p += snprintf(p, 4, "%%%02X", (unsigned char)c);
	}
	*p = '\0';
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool sim_instrument_decode(const char *name, char symbol[SIM_INSTRUMENT_SYMBOL])
{
	char out[SIM_INSTRUMENT_SYMBOL], again[97];
	size_t n = 0;

	for (const char *p = name; *p; p++) {
		if (n == sizeof(out) - 1)
			return false;
		if (*p != '%') {
			out[n++] = *p;
			continue;
		}
		if (hex(p[1]) < 0 || hex(p[2]) < 0)
			return false;
		out[n++] = (char)(hex(p[1]) * 16 + hex(p[2]));
		p += 2;
	}
	out[n] = '\0';
	if (sim_instrument_check_symbol(out, NULL))
		return false;
	sim_instrument_encode(out, again);
	if (strcmp(again, name))
		return false;
	memcpy(symbol, out, n + 1);
	return true;
}
