/* edit: characters are UTF-8, and what does not print is not taken. */
#include "tui/edit.h"

#include <stdio.h>
#include <string.h>

#include "util/str.h"

void sim_edit_set(struct sim_edit *e, const char *text)
{
	snprintf(e->text, sizeof(e->text), "%s", text);
	e->len = e->at = strlen(e->text);
	e->from = 0;
}

void sim_edit_put(struct sim_edit *e, size_t from, const char *text)
{
	size_t n = strlen(text);

	if (from > e->at || e->len - (e->at - from) + n >= SIM_EDIT_MAX)
		return;
	memmove(e->text + from + n, e->text + e->at, e->len - e->at + 1);
	memcpy(e->text + from, text, n);
	e->len = e->len - (e->at - from) + n;
	e->at = from + n;
}

/* -- moving ---------------------------------------------------------------- */

static size_t before(const struct sim_edit *e, size_t i)
{
	while (i && ((unsigned char)e->text[--i] & 0xc0) == 0x80)
		continue;
	return i;
}

static size_t after(const struct sim_edit *e, size_t i)
{
	if (i < e->len)
		i++;
	while (i < e->len && ((unsigned char)e->text[i] & 0xc0) == 0x80)
		i++;
	return i;
}

static size_t word_before(const struct sim_edit *e, size_t i)
{
	while (i && e->text[i - 1] == ' ')
		i--;
	while (i && e->text[i - 1] != ' ')
		i--;
	return i;
}

static void cut(struct sim_edit *e, size_t from, size_t to)
{
	memmove(e->text + from, e->text + to, e->len - to + 1);
	e->len -= to - from;
	e->at = from;
}

/* -- keys ------------------------------------------------------------------ */

static bool insert(struct sim_edit *e, uint32_t code)
{
	char text[5] = "";

	if (sim_glyph_columns(code) < 0 || code >= 0x110000)
		return false;
	sim_str_put_utf8(text, code);
	sim_edit_put(e, e->at, text);
	return true;
}

static bool move_or_cut(struct sim_edit *e, uint32_t code)
{
	switch (code) {
	case SIM_SCREEN_LEFT: case 2:
		e->at = before(e, e->at);
		return true;
	case SIM_SCREEN_RIGHT: case 6:
		e->at = after(e, e->at);
		return true;
	case SIM_SCREEN_HOME: case 1:
		e->at = 0;
		return true;
	case SIM_SCREEN_LAST: case 5:
		e->at = e->len;
		return true;
	case 127: case 8:
		cut(e, before(e, e->at), e->at);
		return true;
	case SIM_SCREEN_DELETE: case 4:
		cut(e, e->at, after(e, e->at));
		return true;
	case 21:			/* ^U */
		cut(e, 0, e->at);
		return true;
	case 11:			/* ^K */
		cut(e, e->at, e->len);
		return true;
	case 23:			/* ^W */
		cut(e, word_before(e, e->at), e->at);
		return true;
	default:
		return false;
	}
}

bool sim_edit_event(struct sim_edit *e, const struct sim_screen_event *ev)
{
	if (ev->kind == SIM_SCREEN_PASTE)
		return insert(e, ev->code < ' ' ? ' ' : ev->code);
	if (ev->kind != SIM_SCREEN_KEY || ev->is_alt)
		return false;
	return move_or_cut(e, ev->code) || insert(e, ev->code);
}

/* -- drawing --------------------------------------------------------------- */

/* Columns of a part of the text. */
static int columns(const struct sim_edit *e, size_t from, size_t to)
{
	char part[SIM_EDIT_MAX];

	snprintf(part, sizeof(part), "%.*s", (int)(to - from), e->text + from);
	return sim_glyph_width(part);
}

void sim_edit_draw(struct sim_edit *e, struct sim_screen *s, int row, int col,
		   int width, bool has_cursor)
{
	struct sim_screen_box b = { row, col, 1, width }, was = s->clip;

	if (row < was.row || row >= was.row + was.rows)
		return;
	(void)sim_screen_clip(s, b);
	if (e->from > e->at)
		e->from = e->at;
	while (e->from < e->at && columns(e, e->from, e->at) >= width)
		e->from = after(e, e->from);
	/* What a narrower one has scrolled away. */
	while (e->from && columns(e, before(e, e->from), e->len) < width)
		e->from = before(e, e->from);
	sim_screen_fill(s, b, SIM_THEME_INPUT);
	sim_screen_put(s, row, col, width, SIM_THEME_INPUT, e->text + e->from);
	sim_screen_clip(s, was);
	if (!has_cursor || width < 1)
		return;
	s->cursor_row = row;
	s->cursor_col = col + columns(e, e->from, e->at);
}
