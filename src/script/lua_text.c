/* lua_text: as much of Lua's grammar as finds the operators. */
#include "script/lua_text.h"

#include <string.h>

/* The level of a long bracket that begins at p ("[==[" is 2), or -1. */
static int long_level(const char *p, const char *end)
{
	int level = 0;

	if (p == end || *p != '[')
		return -1;
	for (p++; p < end && *p == '='; p++)
		level++;
	return p < end && *p == '[' ? level : -1;
}

/* Past the "]==]" of that level, or the end. */
static const char *skip_long(const char *p, const char *end, int level)
{
	for (; p < end; p++) {
		const char *q = p + 1;

		if (*p != ']')
			continue;
		while (q < end && *q == '=')
			q++;
		if (q < end && *q == ']' && q - p - 1 == level)
			return q + 1;
	}
	return end;
}

/* Past the closing quote, or to the end of the line that lacks it. */
static const char *skip_quoted(const char *p, const char *end)
{
	char quote = *p++;

	for (; p < end && *p != quote && *p != '\n'; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
	}
	return p < end ? p + 1 : end;
}

static const char *skip_comment(const char *p, const char *end)
{
	int level = long_level(p + 2, end);

	if (level >= 0)
		return skip_long(p + 4 + level, end, level);
	p = memchr(p, '\n', (size_t)(end - p));
	return p ? p : end;
}

/* Past the string or comment that begins at p; p when none does. */
static const char *skip(const char *p, const char *end)
{
	int level = long_level(p, end);

	if (level >= 0)
		return skip_long(p + 2 + level, end, level);
	if (*p == '"' || *p == '\'')
		return skip_quoted(p, end);
	if (*p == '-' && p + 1 < end && p[1] == '-')
		return skip_comment(p, end);
	return p;
}

void sim_lua_text_prepare(const char *text, size_t len, struct sim_buf *out)
{
	const char *end = text + len, *from = text, *p = text;

	while (p < end) {
		const char *q = skip(p, end);

		if (q != p) {
			p = q;
			continue;
		}
		if (*p++ != '^')
			continue;
		sim_buf_add(out, from, (size_t)(p - 1 - from));
		sim_buf_puts(out, SIM_LUA_TEXT_POWER);
		from = p;
	}
	sim_buf_add(out, from, (size_t)(end - from));
}
