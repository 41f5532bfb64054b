/* modes: --output, its shorthands and --format, of which one is given. */
#include "cli/modes.h"

#include <string.h>

static const struct {
	const char *format;
	size_t at;			/* its flag in struct sim_cli_common */
} shorts[] = {
	{ "json", offsetof(struct sim_cli_common, json) },
	{ "ndjson", offsetof(struct sim_cli_common, ndjson) },
	{ "csv", offsetof(struct sim_cli_common, csv) },
};
#define SHORTS	(sizeof(shorts) / sizeof(*shorts))

static bool is_given(const struct sim_cli_common *c, size_t i)
{
	return *(const bool *)((const char *)c + shorts[i].at);
}

static int both(const char *a, const char *which, const char *b,
		struct sim_err *err)
{
	return sim_err_set(err, SIM_E_USAGE, "--%s%s%s and --%s both say how "
			   "the result is written; give one of them", a,
			   *which ? " " : "", which, b);
}

int sim_modes_check(const struct sim_cli_common *c, struct sim_err *err)
{
	const char *first = NULL;

	if (c->template && c->output)
		return both("output", c->output, "format", err);
	for (size_t i = 0; i < SHORTS; i++) {
		if (!is_given(c, i))
			continue;
		if (c->template)
			return both("format", "", shorts[i].format, err);
		if (c->output && strcmp(c->output, shorts[i].format))
			return both("output", c->output, shorts[i].format, err);
		if (first)
			return both(first, "", shorts[i].format, err);
		first = shorts[i].format;
	}
	return SIM_OK;
}

void sim_modes_style(struct sim_cli_common *c)
{
	c->is_styled = (c->output && strcmp(c->output, "csv")) || c->json ||
		       c->ndjson || c->ts || c->decimal_strings;
}

void sim_modes_short(struct sim_cli_common *c)
{
	for (size_t i = 0; i < SHORTS; i++)
		if (is_given(c, i))
			c->output = shorts[i].format;
}
