/* screen: events as text, and keys' names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/screen.h"
#include "util/str.h"

static const struct {
	const char *name;
	uint32_t code;
} names[] = {
	{ "Enter", 13 }, { "Tab", 9 }, { "S-Tab", SIM_SCREEN_BACK_TAB },
	{ "Esc", 27 }, { "Space", ' ' }, { "Bs", 127 }, { "lt", '<' },
	{ "Up", SIM_SCREEN_UP }, { "Down", SIM_SCREEN_DOWN },
	{ "Left", SIM_SCREEN_LEFT }, { "Right", SIM_SCREEN_RIGHT },
	{ "Home", SIM_SCREEN_HOME }, { "End", SIM_SCREEN_LAST },
	{ "PgUp", SIM_SCREEN_PAGE_UP }, { "PgDn", SIM_SCREEN_PAGE_DOWN },
	{ "Ins", SIM_SCREEN_INSERT }, { "Del", SIM_SCREEN_DELETE },
	{ "F1", SIM_SCREEN_F1 }, { "F2", SIM_SCREEN_F1 + 1 },
	{ "F3", SIM_SCREEN_F1 + 2 }, { "F4", SIM_SCREEN_F1 + 3 },
	{ "F5", SIM_SCREEN_F1 + 4 }, { "F6", SIM_SCREEN_F1 + 5 },
	{ "F7", SIM_SCREEN_F1 + 6 }, { "F8", SIM_SCREEN_F1 + 7 },
	{ "F9", SIM_SCREEN_F1 + 8 }, { "F10", SIM_SCREEN_F1 + 9 },
	{ "F11", SIM_SCREEN_F1 + 10 }, { "F12", SIM_SCREEN_F12 },
};
#define N_NAMES (sizeof(names) / sizeof(*names))

/* A key's name of n bytes: one of the list, or one character. */
static bool find_key(const char *s, size_t n, uint32_t *code)
{
	for (size_t i = 0; i < N_NAMES; i++) {
		if (strlen(names[i].name) == n &&
		    !memcmp(names[i].name, s, n)) {
			*code = names[i].code;
			return true;
		}
	}
	return n && sim_str_utf8(s, n, code) == n;
}

/* "A,B" or "AxB" behind a word; false when it is none such. */
static bool find_pair(const char *s, size_t n, const char *word, int pair[2])
{
	size_t len = strlen(word);
	char *end;

	if (n < len + 3 || memcmp(s, word, len))
		return false;
	pair[0] = (int)strtol(s + len, &end, 10);
	if (*end != ',' && *end != 'x')
		return false;
	pair[1] = (int)strtol(end + 1, &end, 10);
	return end == s + n;
}

static bool find_mouse(const char *s, size_t n, struct sim_screen_event *ev)
{
	static const struct {
		const char *word;
		enum sim_screen_button button;
	} words[] = {
		{ "Click ", SIM_SCREEN_CLICK },
		{ "Double ", SIM_SCREEN_DOUBLE },
		{ "Drag ", SIM_SCREEN_DRAG },
		{ "Drop ", SIM_SCREEN_DROP },
		{ "Wheel-Up ", SIM_SCREEN_WHEEL_UP },
		{ "Wheel-Down ", SIM_SCREEN_WHEEL_DOWN },
	};
	int pair[2];

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!find_pair(s, n, words[i].word, pair))
			continue;
		ev->kind = SIM_SCREEN_MOUSE;
		ev->button = words[i].button;
		ev->row = pair[0];
		ev->col = pair[1];
		return true;
	}
	if (!find_pair(s, n, "Size ", pair))
		return false;
	ev->kind = SIM_SCREEN_RESIZE;
	ev->col = pair[0];
	ev->row = pair[1];
	return true;
}

/* What stands between < and >. */
static bool find_name(const char *s, size_t n, struct sim_screen_event *ev)
{
	if (find_mouse(s, n, ev))
		return true;
	if (n > 2 && s[1] == '-' && *s == 'A') {
		ev->is_alt = true;
		return find_key(s + 2, n - 2, &ev->code);
	}
	if (n == 3 && s[1] == '-' && *s == 'C') {
		ev->code = (uint32_t)s[2] & 0x1f;
		return true;
	}
	return n > 1 && find_key(s, n, &ev->code);
}

size_t sim_screen_key_parse(const char *text, struct sim_screen_event *ev)
{
	const char *end = *text == '<' ? strchr(text, '>') : NULL;
	size_t n;

	*ev = (struct sim_screen_event){ .kind = SIM_SCREEN_KEY };
	if (end && find_name(text + 1, (size_t)(end - text) - 1, ev))
		return (size_t)(end - text) + 1;
	*ev = (struct sim_screen_event){ .kind = SIM_SCREEN_KEY };
	n = sim_str_utf8(text, strlen(text), &ev->code);
	if (!n) {
		ev->code = 0xfffd;
		n = 1;
	}
	return n;
}

const char *sim_screen_key_name(uint32_t code, bool is_alt, char *buf)
{
	const char *alt = is_alt ? "A-" : "";

	for (size_t i = 0; i < N_NAMES; i++) {
		if (names[i].code == code) {
			snprintf(buf, 24, "<%s%s>", alt, names[i].name);
			return buf;
		}
	}
	if (code < 0x20) {
		snprintf(buf, 24, "<%sC-%c>", alt, (int)(code | 0x60));
	} else if (code > 0x10ffff) {
		snprintf(buf, 24, "<?>");
	} else if (is_alt) {
		char c[5] = "";

		c[sim_str_put_utf8(c, code)] = '\0';
		snprintf(buf, 24, "<A-%s>", c);
	} else {
		buf[sim_str_put_utf8(buf, code)] = '\0';
	}
	return buf;
}
