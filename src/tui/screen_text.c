/* screen: one that is a grid in memory, with keys that are given; and any grid
 * as lines of text. */
#include <string.h>

#include "tui/screen.h"
#include "util/mem.h"

struct text_screen {
	struct sim_screen base;
	char *keys;
	size_t at;
};

static void show(struct sim_screen *s)
{
	memset(s->touched, false, (size_t)s->rows * sizeof(*s->touched));
}

static void event(struct sim_screen *s, int timeout_ms,
		  struct sim_screen_event *ev)
{
	struct text_screen *t = (struct text_screen *)s;

	(void)timeout_ms;
	if (!t->keys[t->at]) {
		*ev = (struct sim_screen_event){ .kind = SIM_SCREEN_END };
		return;
	}
	t->at += sim_screen_key_parse(t->keys + t->at, ev);
	if (ev->kind == SIM_SCREEN_RESIZE)
		sim_screen_resize(s, ev->row, ev->col);
}

static void restyle(struct sim_screen *s)
{
	sim_screen_spoil(s);
}

static void close_text(struct sim_screen *s)
{
	struct text_screen *t = (struct text_screen *)s;

	sim_screen_release(s);
	sim_mem_free(t->keys);
	sim_mem_free(t);
}

static const struct sim_screen_ops ops = { show, event, restyle, close_text };

struct sim_screen *sim_screen_text(int rows, int cols, const char *keys)
{
	struct text_screen *t = sim_mem_zalloc(sizeof(*t));

	t->keys = sim_mem_strdup(keys ? keys : "");
	sim_screen_init(&t->base, &ops, rows, cols);
	return &t->base;
}

/* -- as lines ---------------------------------------------------------------*/

static void put_color(struct sim_buf *out, const struct sim_screen *s,
		      int32_t color, int ground)
{
	if (color == SIM_THEME_DEFAULT)
		return;
	if (s->style.depth == SIM_THEME_TRUE)
		sim_buf_printf(out, ";%d;2;%d;%d;%d", 38 + ground,
			       color >> 16 & 255, color >> 8 & 255,
			       color & 255);
	else if (s->style.depth == SIM_THEME_256)
		sim_buf_printf(out, ";%d;5;%d", 38 + ground, color);
	else
		sim_buf_printf(out, ";%d", color < 8 ? 30 + ground + color
						     : 82 + ground + color);
}

/* The sequence that gives an ink its look; "" back to ordinary. */
static void put_look(struct sim_buf *out, const struct sim_screen *s,
		     unsigned ink)
{
	static const struct {
		unsigned attr;
		char digit;
	} attrs[] = {
		{ SIM_THEME_BOLD, '1' }, { SIM_THEME_FAINT, '2' },
		{ SIM_THEME_UNDERLINE, '4' }, { SIM_THEME_REVERSE, '7' },
	};
	struct sim_theme_look look = sim_theme_look(&s->style, ink);

	sim_buf_puts(out, "\033[0");
	for (size_t i = 0; i < sizeof(attrs) / sizeof(*attrs); i++)
		if (look.attr & attrs[i].attr)
			sim_buf_printf(out, ";%c", attrs[i].digit);
	put_color(out, s, look.fg, 0);
	put_color(out, s, look.bg, 10);
	sim_buf_putc(out, 'm');
}

/* Columns of a row up to its last cell that is to be seen. */
static int used_columns(const struct sim_screen *s, int row, bool is_ansi)
{
	const unsigned grounds = SIM_THEME_BAND | SIM_THEME_SELECTED |
				 SIM_THEME_REVERSE | SIM_THEME_UNDERLINE;
	const struct sim_screen_cell *c = s->cells + row * s->cols;
	int n = s->cols;

	while (n > 0 && !strcmp(c[n - 1].glyph, " ") &&
	       !(is_ansi && c[n - 1].ink & grounds))
		n--;
	return n;
}

void sim_screen_text_write(const struct sim_screen *s, bool is_ansi,
			   struct sim_buf *out)
{
	for (int row = 0; row < s->rows; row++) {
		const struct sim_screen_cell *c = s->cells + row * s->cols;
		int n = used_columns(s, row, is_ansi);
		unsigned ink = SIM_THEME_TEXT;

		for (int col = 0; col < n; col++) {
			if (is_ansi && c[col].ink != ink)
				put_look(out, s, c[col].ink);
			ink = c[col].ink;
			sim_buf_puts(out, c[col].glyph);
		}
		if (is_ansi && ink != SIM_THEME_TEXT)
			sim_buf_puts(out, "\033[0m");
		sim_buf_putc(out, '\n');
	}
}
