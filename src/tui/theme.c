/* theme: hues with a colour for every depth and ground, and which hue a role
 * has in which theme. */
#include "tui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

#define NONE SIM_THEME_DEFAULT

enum hue {
	PLAIN, GREY, LINE, BLUE, VERMILLION, YELLOW, GREEN, RED, PINK, TEAL,
	ORANGE, WHITE, GOLD, CYAN
};

/* For every depth a dark ground's and a light ground's. */
static const int32_t hues[][5][2] = {
	[PLAIN]      = { { NONE, NONE }, { NONE, NONE }, { NONE, NONE },
			 { NONE, NONE }, { NONE, NONE } },
	[GREY]       = { { NONE, NONE }, { NONE, NONE }, { NONE, 8 },
			 { 246, 242 }, { 0x8d97a3, 0x667080 } },
	[LINE]       = { { NONE, NONE }, { NONE, NONE }, { 8, 7 },
			 { 240, 249 }, { 0x46525f, 0xb4bdc8 } },
	[BLUE]       = { { NONE, NONE }, { 6, 4 }, { 12, 4 },
			 { 39, 25 }, { 0x4aa8e8, 0x0072b2 } },
	[VERMILLION] = { { NONE, NONE }, { 1, 1 }, { 9, 1 },
			 { 208, 166 }, { 0xff8a3c, 0xc24f00 } },
	[YELLOW]     = { { NONE, NONE }, { 3, 3 }, { 11, 3 },
			 { 227, 94 }, { 0xf0e442, 0x806400 } },
	[GREEN]      = { { NONE, NONE }, { 2, 2 }, { 10, 2 },
			 { 77, 28 }, { 0x4cc35f, 0x1a7f37 } },
	[RED]        = { { NONE, NONE }, { 1, 1 }, { 9, 1 },
			 { 203, 160 }, { 0xff6a60, 0xc7202c } },
	[PINK]       = { { NONE, NONE }, { 5, 5 }, { 13, 5 },
			 { 175, 132 }, { 0xdc94bf, 0x96447a } },
	[TEAL]       = { { NONE, NONE }, { 6, 6 }, { 14, 6 },
			 { 79, 29 }, { 0x35c9a0, 0x00765a } },
	[ORANGE]     = { { NONE, NONE }, { 3, 3 }, { 3, 3 },
			 { 214, 130 }, { 0xe69f00, 0x946400 } },
	[WHITE]      = { { NONE, NONE }, { 7, 0 }, { 15, 0 },
			 { 231, 16 }, { 0xffffff, 0x000000 } },
	[GOLD]       = { { NONE, NONE }, { 3, 1 }, { 11, 1 },
			 { 226, 88 }, { 0xffe000, 0x8a0000 } },
	[CYAN]       = { { NONE, NONE }, { 6, 4 }, { 14, 4 },
			 { 51, 18 }, { 0x30e0ff, 0x0000a0 } },
};
/* Grounds of what is selected and of the band; below 256 colours they are in
 * reverse. */
static const int32_t grounds[2][5][2] = {
	{ { NONE, NONE }, { NONE, NONE }, { NONE, NONE }, { 236, 254 },
	  { 0x1d2833, 0xe6ebf1 } },
	{ { NONE, NONE }, { NONE, NONE }, { NONE, NONE }, { 239, 252 },
	  { 0x2f4356, 0xcbd9e8 } },
};

/* Attributes of a role where there are colours, and where there are none. */
static const struct {
	enum hue hue;
	unsigned attr, mono;
} roles[] = {
	[SIM_THEME_TEXT]   = { PLAIN, 0, 0 },
	[SIM_THEME_DIM]    = { GREY, 0, SIM_THEME_FAINT },
	[SIM_THEME_BORDER] = { LINE, 0, SIM_THEME_FAINT },
	[SIM_THEME_FOCUS]  = { TEAL, 0, SIM_THEME_BOLD },
	[SIM_THEME_TITLE]  = { PLAIN, SIM_THEME_BOLD, SIM_THEME_BOLD },
	[SIM_THEME_HEAD]   = { GREY, 0, SIM_THEME_FAINT },
	[SIM_THEME_UP]     = { BLUE, 0, SIM_THEME_BOLD },
	[SIM_THEME_DOWN]   = { VERMILLION, 0, SIM_THEME_UNDERLINE },
	[SIM_THEME_WARN]   = { YELLOW, 0, SIM_THEME_BOLD },
	[SIM_THEME_ERROR]  = { RED, SIM_THEME_BOLD,
			       SIM_THEME_BOLD | SIM_THEME_UNDERLINE },
	[SIM_THEME_INFO]   = { PINK, 0, 0 },
	[SIM_THEME_STALE]  = { GREY, 0, SIM_THEME_FAINT },
	[SIM_THEME_BAR]    = { PLAIN, SIM_THEME_BOLD, SIM_THEME_BOLD },
	[SIM_THEME_KEY]    = { TEAL, SIM_THEME_BOLD, SIM_THEME_BOLD },
	[SIM_THEME_TAB]    = { TEAL, SIM_THEME_BOLD, SIM_THEME_BOLD },
	[SIM_THEME_LINE1]  = { ORANGE, 0, SIM_THEME_BOLD },
	[SIM_THEME_LINE2]  = { PINK, 0, 0 },
	[SIM_THEME_LINE3]  = { TEAL, 0, SIM_THEME_FAINT },
	[SIM_THEME_VOLUME] = { GREY, 0, SIM_THEME_FAINT },
	[SIM_THEME_INPUT]  = { PLAIN, SIM_THEME_UNDERLINE,
			       SIM_THEME_UNDERLINE },
};

/* What a theme does otherwise. */
enum { NO_HUES = 1, STRONG = 2 };

/* What a role has instead: a colour, attributes, or both. */
struct own {
	int32_t rgb;			/* NONE: the theme's */
	unsigned attr;
	bool has_attr;
};

struct sim_theme {
	const char *name;
	enum hue up, down;
	unsigned flags;
	struct own *own;		/* of each role; NULL: none has any */
};
static const struct sim_theme themes[] = {
	{ "okabe", BLUE, VERMILLION, 0, NULL },
	{ "classic", GREEN, RED, 0, NULL },
	{ "asia", RED, GREEN, 0, NULL },
	{ "mono", PLAIN, PLAIN, NO_HUES, NULL },
	{ "high-contrast", CYAN, GOLD, STRONG, NULL },
};
#define N_THEMES (sizeof(themes) / sizeof(*themes))

const char *const *sim_theme_names(void)
{
	static const char *names[N_THEMES + 1];

	for (size_t i = 0; i < N_THEMES; i++)
		names[i] = themes[i].name;
	return names;
}

int sim_theme_find(const char *name, const struct sim_theme **theme,
		   struct sim_err *err)
{
	const char *near = sim_str_near(name, sim_theme_names());

	for (size_t i = 0; i < N_THEMES; i++) {
		if (!strcmp(name, themes[i].name)) {
			*theme = &themes[i];
			return 0;
		}
	}
	if (near)
		return sim_err_set(err, SIM_E_INVAL,
				   "there is no theme \"%.40s\"; did you mean "
				   "%s", name, near);
	return sim_err_set(err, SIM_E_INVAL, "there is no theme \"%.40s\"; use "
			   "okabe, classic, asia, mono or high-contrast", name);
}

const char *sim_theme_name(const struct sim_theme *theme)
{
	return theme ? theme->name : themes[0].name;
}

const struct sim_theme *sim_theme_next(const struct sim_theme *theme)
{
	for (size_t i = 0; i < N_THEMES; i++)
		if (theme == &themes[i] || (!theme && !i))
			return &themes[(i + 1) % N_THEMES];
	return themes;			/* behind one's own */
}

/* -- one's own ------------------------------------------------------------- */

static const char *const role_names[] = {
#define SIM_THEME_ROLE(name, help) #name,
#include "tui/theme.def"
#undef SIM_THEME_ROLE
};

static const struct {
	const char *word;
	unsigned attr;
} attr_words[] = {
	{ "bold", SIM_THEME_BOLD }, { "underline", SIM_THEME_UNDERLINE },
	{ "reverse", SIM_THEME_REVERSE }, { "faint", SIM_THEME_FAINT },
};

/* "#RRGGBB"; NONE when it is none. */
static int32_t read_rgb(const char *s)
{
	static const char digits[] = "0123456789abcdef";
	int32_t v = 0;

	if (*s != '#' || strlen(s) != 7)
		return NONE;
	for (int i = 1; i < 7; i++) {
		const char *at = strchr(digits, s[i] >= 'A' && s[i] <= 'F'
					? s[i] - 'A' + 'a' : s[i]);

		if (!at)
			return NONE;
		v = v * 16 + (int32_t)(at - digits);
	}
	return v;
}

static bool read_word(const char *word, struct own *own)
{
	int32_t rgb = read_rgb(word);

	if (rgb != NONE) {
		own->rgb = rgb;
		return true;
	}
	for (size_t i = 0; i < sizeof(attr_words) / sizeof(*attr_words); i++) {
		if (strcmp(word, attr_words[i].word) != 0)
			continue;
		own->attr |= attr_words[i].attr;
		own->has_attr = true;
		return true;
	}
	return false;
}

/* The number of a role in small letters; SIM_THEME__COUNT: none. */
static int find_role(const char *word)
{
	int role = 0;

	for (; role < SIM_THEME__COUNT; role++) {
		const char *s = word, *name = role_names[role];

		while (*s && *name && (*s == *name ||
				       *s == *name - 'A' + 'a')) {
			s++;
			name++;
		}
		if (!*s && !*name)
			break;
	}
	return role;
}

static int read_role(char *line, int number, struct own *own,
		     struct sim_err *err)
{
	char *word = sim_str_sep(&line, ' ');
	int role = find_role(word);

	if (role == SIM_THEME__COUNT)
		return sim_err_set(err, SIM_E_CONFIG, "line %d: there is no"
				   " role \"%.40s\"; simutrador-dashboard(1)"
				   " names them", number, word);
	while (line) {
		word = sim_str_sep(&line, ' ');
		if (*word && !read_word(word, &own[role]))
			return sim_err_set(err, SIM_E_CONFIG, "line %d:"
					   " \"%.40s\" is neither a colour like"
					   " #0072b2 nor bold, underline,"
					   " reverse or faint", number, word);
	}
	return SIM_OK;
}

int sim_theme_read(const struct sim_theme *base, char *text,
		   struct sim_theme **out, struct sim_err *err)
{
	const struct sim_theme *b = base ? base : themes;
	struct {
		struct sim_theme theme;
		struct own own[SIM_THEME__COUNT];
	} *made = sim_mem_zalloc(sizeof(*made));
	char *line;
	int rc = SIM_OK;

	made->theme = *b;
	made->theme.name = "own";
	made->theme.own = made->own;
	for (int i = 0; i < SIM_THEME__COUNT; i++)
		made->own[i].rgb = NONE;
	for (int n = 1; !rc && text && (line = sim_str_sep(&text, '\n')); n++) {
		for (char *p = line; *p; p++)
			*p = *p == '\t' || *p == '\r' ? ' ' : *p;
		line += strspn(line, " ");
		if (*line && *line != '#')
			rc = read_role(line, n, made->own, err);
	}
	if (rc)
		sim_mem_free(made);
	else
		*out = &made->theme;
	return rc;
}

static int distance(int32_t a, int32_t b)
{
	int r = (a >> 16 & 255) - (b >> 16 & 255);
	int g = (a >> 8 & 255) - (b >> 8 & 255);
	int blue = (a & 255) - (b & 255);

	return 2 * r * r + 4 * g * g + 3 * blue * blue;
}

/* The colour of an index, as terminals have it. */
static int32_t rgb_of(int32_t i)
{
	static const int32_t low[] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
		0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
		0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	};
	static const int32_t cube[] = { 0, 95, 135, 175, 215, 255 };

	if (i < 16)
		return low[i];
	if (i >= 232)
		return (8 + (i - 232) * 10) * 0x10101;
	i -= 16;
	return cube[i / 36] << 16 | cube[i / 6 % 6] << 8 | cube[i % 6];
}

/* The nearest colour that the depth has. */
static int32_t nearest(int32_t rgb, enum sim_theme_depth depth)
{
	/* What a user makes of the first sixteen is not known. */
	int32_t from = depth == SIM_THEME_256 ? 16 : 0, best = from;
	int32_t to = depth == SIM_THEME_256 ? 256 : depth == SIM_THEME_16 ? 16
									  : 8;

	if (depth == SIM_THEME_TRUE)
		return rgb;
	for (int32_t i = from; i < to; i++)
		if (distance(rgb, rgb_of(i)) < distance(rgb, rgb_of(best)))
			best = i;
	return best;
}

/* -- looks ----------------------------------------------------------------- */

static enum hue hue_of(const struct sim_theme *t, unsigned role)
{
	enum hue hue = roles[role].hue;

	if (role == SIM_THEME_UP)
		return t->up;
	if (role == SIM_THEME_DOWN)
		return t->down;
	if (t->flags & STRONG && (hue == GREY || hue == LINE || hue == PLAIN))
		return WHITE;
	return hue;
}

struct sim_theme_look sim_theme_look(const struct sim_theme_style *style,
				     sim_theme_ink ink)
{
	const struct sim_theme *t = style->theme ? style->theme : themes;
	unsigned role = ink & 0xff;
	enum sim_theme_depth depth = t->flags & NO_HUES ? SIM_THEME_MONO
							: style->depth;
	struct sim_theme_look look = { NONE, NONE, ink & 0x0f00u };
	unsigned ground = ink & (SIM_THEME_BAND | SIM_THEME_SELECTED);

	if (role >= SIM_THEME__COUNT)
		role = SIM_THEME_TEXT;
	look.attr |= depth == SIM_THEME_MONO ? roles[role].mono
					     : roles[role].attr;
	if (depth == SIM_THEME_8 && roles[role].hue == GREY)
		look.attr |= SIM_THEME_FAINT;
	if (t->flags & STRONG) {
		look.attr = (look.attr | SIM_THEME_BOLD) & ~SIM_THEME_FAINT;
		if (role == SIM_THEME_DOWN)
			look.attr |= SIM_THEME_UNDERLINE;
	}
	look.fg = hues[hue_of(t, role)][depth][style->is_light];
	if (t->own && depth != SIM_THEME_MONO) {
		const struct own *own = &t->own[role];

		if (own->rgb != NONE)
			look.fg = nearest(own->rgb, depth);
		if (own->has_attr)
			look.attr = (ink & 0x0f00u) | own->attr;
	}
	if (ground)
		look.bg = grounds[(ground & SIM_THEME_SELECTED) != 0][depth]
				 [style->is_light];
	if (ground && look.bg == NONE) {
		look.attr |= SIM_THEME_REVERSE;
		look.attr &= ~SIM_THEME_FAINT;
	}
	return look;
}

enum sim_theme_depth sim_theme_depth(const char *term, const char *colorterm,
				     const char *no_color, int n_colors)
{
	if ((no_color && *no_color) || !term || !*term || n_colors == 0 ||
	    n_colors == 1)
		return SIM_THEME_MONO;
	if ((colorterm && (!strcmp(colorterm, "truecolor") ||
			   !strcmp(colorterm, "24bit"))) ||
	    strstr(term, "-direct"))
		return SIM_THEME_TRUE;
	if (strstr(term, "256color") || n_colors >= 256)
		return SIM_THEME_256;
	if (n_colors >= 16 || strstr(term, "16color"))
		return SIM_THEME_16;
	if (n_colors >= 8)
		return SIM_THEME_8;
	if (n_colors >= 0 || !strcmp(term, "dumb") || !strncmp(term, "vt", 2))
		return SIM_THEME_MONO;
	return SIM_THEME_8;
}
