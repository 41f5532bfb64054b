/* glyph: widths by binary search in the ranges of glyph.def; glyphs cut out of
 * UTF-8; what stands for one where it cannot be shown. */
#include "tui/glyph.h"

#include <string.h>

#include "util/str.h"

struct range {
	uint32_t first, last;
};

static const struct range wides[] = {
#define SIM_GLYPH_WIDE(first, last) { first, last },
#define SIM_GLYPH_ZERO(first, last)
#include "tui/glyph.def"
#undef SIM_GLYPH_WIDE
#undef SIM_GLYPH_ZERO
};
static const struct range zeros[] = {
#define SIM_GLYPH_WIDE(first, last)
#define SIM_GLYPH_ZERO(first, last) { first, last },
#include "tui/glyph.def"
#undef SIM_GLYPH_WIDE
#undef SIM_GLYPH_ZERO
};

enum sim_glyph_set sim_glyph_set_of(const char *term, bool is_utf8)
{
	if (!is_utf8)
		return SIM_GLYPH_ASCII;
	return term && !strcmp(term, "linux") ? SIM_GLYPH_BLOCKS
					      : SIM_GLYPH_FULL;
}

static bool is_in(const struct range *r, size_t n, uint32_t code)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r[mid].last < code)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && r[lo].first <= code;
}

int sim_glyph_columns(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return -1;
	if (code < 0x300)
		return 1;
	if (is_in(zeros, sizeof(zeros) / sizeof(*zeros), code))
		return 0;
	return is_in(wides, sizeof(wides) / sizeof(*wides), code) ? 2 : 1;
}

/* What combines with the glyph of *used bytes, as far as it fits. */
static size_t take_marks(const char *s, size_t n, char *out, size_t used)
{
	size_t at = 0, len;
	uint32_t code;

	while (at < n && (unsigned char)s[at] >= 0x80) {
		len = sim_str_utf8(s + at, n - at, &code);
		if (!len || sim_glyph_columns(code) != 0)
			break;
		if (used + len < SIM_GLYPH_MAX) {
			memcpy(out + used, s + at, len);
			used += len;
		}
		at += len;
	}
	out[used] = '\0';
	return at;
}

size_t sim_glyph_next(const char *s, size_t n, char out[SIM_GLYPH_MAX],
		      int *columns)
{
	uint32_t code = 0;
	size_t len, used = 0;
	int c;

	if (*s >= 0x20 && *s < 0x7f && (n == 1 || (signed char)s[1] >= 0)) {
		out[0] = *s;
		out[1] = '\0';
		*columns = 1;
		return 1;
	}
	len = sim_str_utf8(s, n, &code);
	c = len ? sim_glyph_columns(code) : -1;
	*columns = c == 2 ? 2 : 1;
	if (c < 0) {
		memcpy(out, "\357\277\275", 4);
		return len ? len : 1;
	}
	if (c == 0)
		out[used++] = ' ';
	memcpy(out + used, s, len);
	used += len;
	return len + take_marks(s + len, n - len, out, used);
}

int sim_glyph_width(const char *s)
{
	char glyph[SIM_GLYPH_MAX];
	size_t n = strlen(s);
	int width = 0, columns;

	while (n) {
		size_t len = sim_glyph_next(s, n, glyph, &columns);

		s += len;
		n -= len;
		width += columns;
	}
	return width;
}

/* Behind a line's last byte: one blank or newline that it is broken at. */
static size_t end_line(const char *s, size_t at, size_t *next)
{
	*next = at + (s[at] == ' ' || s[at] == '\n');
	return at;
}

size_t sim_glyph_line(const char *s, int width, size_t *next)
{
	size_t at = 0, blank = 0, n = strlen(s);
	char glyph[SIM_GLYPH_MAX];
	int used = 0, columns;

	while (s[at] && s[at] != '\n') {
		size_t len = sim_glyph_next(s + at, n - at, glyph, &columns);

		if (used + columns > width && s[at] != ' ')
			return blank ? end_line(s, blank, next)
				     : end_line(s, at ? at : len, next);
		if (used + columns > width)
			return end_line(s, at, next);
		if (s[at] == ' ')
			blank = at;
		used += columns;
		at += len;
	}
	return end_line(s, at, next);
}

int sim_glyph_lines(const char *s, int width)
{
	size_t next;
	int n = 0;

	while (*s && width > 0) {
		(void)sim_glyph_line(s, width, &next);
		s += next;
		n++;
	}
	return n;
}

/* -- what stands for what -------------------------------------------------- */

static const struct {
	const char *glyph;
	char ascii;
} ascii[] = {
	{ "│", '|' }, { "┃", 'o' }, { "║", '|' }, { "╎", ':' }, { "┆", ':' },
	{ "─", '-' }, { "━", '-' }, { "═", '=' }, { "┄", '-' }, { "╌", '-' },
	{ "┈", '.' },
	{ "┌", '+' }, { "┐", '+' }, { "└", '+' }, { "┘", '+' }, { "╭", '+' },
	{ "╮", '+' }, { "╰", '+' }, { "╯", '+' }, { "├", '+' }, { "┤", '+' },
	{ "┬", '+' }, { "┴", '+' }, { "┼", '+' }, { "╷", '|' }, { "╵", '|' },
	{ "╽", 'o' }, { "╿", 'o' }, { "╻", 'o' }, { "╹", 'o' },
	{ "▲", '^' }, { "▼", 'v' }, { "▴", '^' }, { "▾", 'v' }, { "△", '^' },
	{ "▽", 'v' }, { "●", '*' }, { "○", 'o' }, { "◌", '.' }, { "■", '#' },
	{ "□", '-' }, { "▶", '>' }, { "◀", '<' }, { "›", '>' }, { "‹", '<' },
	{ "→", '>' }, { "←", '<' }, { "↑", '^' }, { "↓", 'v' }, { "…", '~' },
	{ "·", '.' }, { "•", '*' }, { "×", 'x' }, { "±", '+' }, { "−", '-' },
	{ "≈", '~' }, { "⚠", '!' }, { "✓", '+' }, { "✗", 'x' }, { "✕", 'x' },
	{ "⏸", '=' }, { "█", '#' }, { "▉", '#' }, { "▊", '#' }, { "▋", '#' },
	{ "▌", '|' }, { "▍", '|' }, { "▎", '|' }, { "▏", '|' }, { "▓", '#' },
	{ "▒", '=' }, { "░", '.' }, { "▁", '_' }, { "▂", '_' }, { "▃", '.' },
	{ "▄", '-' }, { "▅", '-' }, { "▆", '=' }, { "▇", '#' }, { "▀", '"' },
	{ "▐", '|' }, { "–", '-' }, { "—", '-' }, { "⏵", '>' }, { "½", '/' },
};

/* Dots of a braille cell; 0 for none of them and for other glyphs. */
static int dots(const char *glyph)
{
	uint32_t code;

	if (!sim_str_utf8(glyph, strlen(glyph), &code) || code < 0x2800 ||
	    code > 0x28ff)
		return -1;
	return __builtin_popcount(code & 0xff);
}

void sim_glyph_fit(enum sim_glyph_set set, char glyph[SIM_GLYPH_MAX],
		   int columns)
{
	static const char shade[] = " :*#";
	char to = '?';
	int n;

	if ((unsigned char)glyph[0] < 0x80 || set == SIM_GLYPH_FULL) {
		if (set == SIM_GLYPH_ASCII)
			glyph[1] = '\0';
		return;
	}
	n = dots(glyph);
	if (n >= 0)
		to = shade[(n + 2) / 3];
	else if (set == SIM_GLYPH_BLOCKS)
		return;
	for (size_t i = 0; n < 0 && i < sizeof(ascii) / sizeof(*ascii); i++)
		if (!strcmp(glyph, ascii[i].glyph))
			to = ascii[i].ascii;
	glyph[0] = to;
	glyph[1] = columns == 2 ? to : '\0';
	glyph[2] = '\0';
}
