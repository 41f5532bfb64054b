/*
 * A calculator for the oracle scripts: one question a line on standard
 * input, one answer a line on standard output, "-" where the function
 * refuses.  Numbers are counts of 1e-8; doubles travel as hexadecimal bits.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/dec.h"
#include "util/str.h"

#define NARGS 3

static int64_t number(const char *s)
{
	return strtoll(s, NULL, 10);
}

static double from_bits(const char *s)
{
	uint64_t bits = strtoull(s, NULL, 16);
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static bool ask_add(char **a, int64_t *out)
{
	return sim_dec_add(number(a[0]), number(a[1]), out);
}

static bool ask_sub(char **a, int64_t *out)
{
	return sim_dec_sub(number(a[0]), number(a[1]), out);
}

/* Both ways to the product; they must agree. */
static bool ask_mul(char **a, int64_t *out)
{
	int64_t same = 0;
	bool ok = sim_dec_mul(number(a[0]), number(a[1]), out);

	if (sim_dec_mul_rate(number(a[0]), number(a[1]), &same) != ok ||
	    (ok && same != *out))
		abort();
	return ok;
}

static bool ask_div(char **a, int64_t *out)
{
	return sim_dec_div(number(a[0]), number(a[1]), out);
}

static bool ask_mul3(char **a, int64_t *out)
{
	return sim_dec_mul3(number(a[0]), number(a[1]), number(a[2]), out);
}

static bool ask_muldiv(char **a, int64_t *out)
{
	return sim_dec_muldiv(number(a[0]), number(a[1]), number(a[2]), out);
}

static bool ask_floor(char **a, int64_t *out)
{
	*out = sim_dec_floor_to(number(a[0]), number(a[1]));
	return true;
}

static bool ask_ceil(char **a, int64_t *out)
{
	*out = sim_dec_ceil_to(number(a[0]), number(a[1]));
	return true;
}

static bool ask_parse(char **a, int64_t *out)
{
	return sim_dec_parse(a[0], strlen(a[0]), out, NULL) == 0;
}

static bool ask_from_double(char **a, int64_t *out)
{
	return sim_dec_from_double(from_bits(a[0]), out);
}

static bool ask_decimals(char **a, int64_t *out)
{
	*out = sim_dec_decimals(number(a[0]));
	return true;
}

static void ask_format(char **a, char *out)
{
	sim_dec_format(number(a[0]), (int)number(a[1]), out);
}

static void ask_double(char **a, char *out)
{
	sim_str_double(from_bits(a[0]), out);
}

static const struct {
	const char *name;
	bool (*number)(char **args, int64_t *out);
	void (*text)(char **args, char *out);
} ops[] = {
	{ "add", ask_add, NULL },
	{ "sub", ask_sub, NULL },
	{ "mul", ask_mul, NULL },
	{ "div", ask_div, NULL },
	{ "muldiv", ask_muldiv, NULL },
	{ "mul3", ask_mul3, NULL },
	{ "floor", ask_floor, NULL },
	{ "ceil", ask_ceil, NULL },
	{ "parse", ask_parse, NULL },
	{ "fromdouble", ask_from_double, NULL },
	{ "decimals", ask_decimals, NULL },
	{ "format", NULL, ask_format },
	{ "double", NULL, ask_double },
};

static bool answer(char *line)
{
	char *args[NARGS] = { NULL }, *name = sim_str_sep(&line, '\t');
	char text[64];
	int64_t v;
	size_t i;

	for (i = 0; i < NARGS; i++)
		args[i] = sim_str_sep(&line, '\t');
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strcmp(ops[i].name, name) != 0)
			continue;
		if (ops[i].text) {
			ops[i].text(args, text);
			puts(text);
		} else if (ops[i].number(args, &v)) {
			printf("%" PRId64 "\n", v);
		} else {
			puts("-");
		}
		return true;
	}
	fprintf(stderr, "oracle_driver: no such question: %s\n", name);
	return false;
}

int main(void)
{
	char line[512];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!answer(line))
			return EXIT_FAILURE;
	}
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
