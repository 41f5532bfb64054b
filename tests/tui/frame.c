/*
 * frame: reads messages, looks at them as it is told, prints the frame.
 *
 * frame [WORD]... <MESSAGES: size=80x24 layout=trade theme=okabe depth=256
 * light ascii blocks ansi focus=orders move=3 end zoom=2 chart=-1 scroll=-20
 * frame=1 line cursor=-3 study="sma:20 rsi:14" filter=TEXT sort=1 help sheet
 * symbol=NAME can tz now=SECONDS link=reconnecting speed=60 replay say=TEXT
 * lines=N (of the messages, those alone).  "_" is a blank.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/dash.h"
#include "util/mem.h"

static struct sim_dash *d;
static struct sim_screen *screen;
static struct sim_tz *york;
static bool is_ansi;
static long n_lines = -1;

static int find_pane(const char *name)
{
	static const char *const names[] = {
#define SIM_PANEL(pane, letter, title, help) #pane,
#include "tui/panel.def"
#undef SIM_PANEL
	};

	for (int i = 0; i < SIM_DASH__COUNT; i++)
		if (!strcmp(names[i], name))
			return i;
	fprintf(stderr, "frame: no pane %s\n", name);
	exit(2);
}

static void must(int rc, const struct sim_err *err)
{
	if (!rc)
		return;
	fprintf(stderr, "frame: %s\n", err->msg);
	exit(2);
}

/* Words about the screen, before anything is drawn. */
static bool set_screen(const char *word, const char *v)
{
	struct sim_err err = SIM_ERR_INIT;

	if (!strcmp(word, "size")) {
		int cols = (int)strtol(v, (char **)&v, 10);

		sim_screen_resize(screen, (int)strtol(v + 1, NULL, 10), cols);
	} else if (!strcmp(word, "theme")) {
		must(sim_theme_find(v, &screen->style.theme, &err), &err);
	} else if (!strcmp(word, "depth")) {
		screen->style.depth = (enum sim_theme_depth)strtol(v, NULL, 10);
	} else if (!strcmp(word, "light")) {
		screen->style.is_light = true;
	} else if (!strcmp(word, "ascii")) {
		screen->set = SIM_GLYPH_ASCII;
	} else if (!strcmp(word, "blocks")) {
		screen->set = SIM_GLYPH_BLOCKS;
	} else if (!strcmp(word, "ansi")) {
		is_ansi = true;
	} else {
		return false;
	}
	return true;
}

static bool set_source(const char *word, const char *v)
{
	struct sim_err err = SIM_ERR_INIT;

	if (!strcmp(word, "can")) {
		sim_dash_keys(d, NULL, SIM_KEYS_CLOCK | SIM_KEYS_TRADE);
	} else if (!strcmp(word, "tz")) {
		must(york ? 0 : sim_tz_open("America/New_York", &york, &err),
		     &err);
		sim_dash_zone_set(d, SIM_DASH_EXCHANGE, york);
		sim_dash_zone(d, (enum sim_dash_zone)strtol(v, NULL, 10));
	} else if (!strcmp(word, "now")) {
		sim_dash_now(d, strtol(v, NULL, 10) * SIM_TIME_SEC);
	} else if (!strcmp(word, "link")) {
		sim_dash_link(d, SIM_DASH_RECONNECTING, 107 * SIM_TIME_SEC,
			      "the server closed the connection");
	} else if (!strcmp(word, "speed")) {
		sim_dash_speed(d, strtod(v, NULL));
	} else if (!strcmp(word, "source")) {
		sim_dash_source(d, v, false);
	} else if (!strcmp(word, "replay")) {
		sim_dash_source(d, "run r_demo", true);
		sim_dash_keys(d, NULL, SIM_KEYS_CLOCK | SIM_KEYS_SEEK |
			      SIM_KEYS_LOG);
	} else if (!strcmp(word, "say")) {
		sim_dash_log(d, SIM_THEME_INFO, true, v);
	} else if (!strcmp(word, "log")) {
		sim_dash_log(d, SIM_THEME_TEXT, false, v);
	} else {
		return false;
	}
	return true;
}

static bool look(const char *word, const char *v)
{
	int n = (int)strtol(v, NULL, 10);
	struct sim_err err = SIM_ERR_INIT;
	enum sim_dash_layout layout;

	/* Places are those of the frame drawn last. */
	sim_dash_draw(d, screen);
	if (!strcmp(word, "layout")) {
		must(sim_dash_layout_find(v, &layout, &err), &err);
		sim_dash_layout(d, layout);
	} else if (!strcmp(word, "focus")) {
		sim_dash_focus(d, (enum sim_dash_pane)find_pane(v));
	} else if (!strcmp(word, "move")) {
		sim_dash_move(d, SIM_DASH_LINE, n);
	} else if (!strcmp(word, "end")) {
		sim_dash_move(d, SIM_DASH_END, 1);
	} else if (!strcmp(word, "zoom")) {
		sim_dash_zoom(d, n);
	} else if (!strcmp(word, "study")) {
		must(sim_dash_studies(d, v, &err), &err);
	} else if (!strcmp(word, "filter")) {
		sim_dash_filter(d, v);
	} else if (!strcmp(word, "sort")) {
		sim_dash_sort(d, n);
	} else if (!strcmp(word, "symbol")) {
		sim_dash_select_symbol(d, v);
	} else if (!strcmp(word, "help")) {
		sim_dash_help(d, true);
	} else if (!strcmp(word, "sheet")) {
		sim_dash_sheet(d, "Why", v);
	} else {
		return false;
	}
	return true;
}

static bool look_chart(const char *word, const char *v)
{
	int n = (int)strtol(v, NULL, 10);

	if (!strcmp(word, "chart"))
		sim_dash_chart_zoom(d, n);
	else if (!strcmp(word, "scroll"))
		sim_dash_chart_scroll(d, n);
	else if (!strcmp(word, "frame"))
		sim_dash_chart_frame(d, n);
	else if (!strcmp(word, "line"))
		sim_dash_chart_kind(d);
	else if (!strcmp(word, "cursor"))
		sim_dash_chart_cursor(d, n);
	else
		return false;
	return true;
}

static void take(char *arg, int turn)
{
	char word[32];
	size_t n = strcspn(arg, "=");
	const char *v = arg[n] ? arg + n + 1 : "";
	bool is_known;

	n = n < sizeof(word) ? n : sizeof(word) - 1;
	memcpy(word, arg, n);
	word[n] = '\0';
	for (char *p = arg; *p; p++)
		*p = *p == '_' ? ' ' : *p;
	if (!strcmp(word, "lines")) {
		n_lines = strtol(v, NULL, 10);
		memset(arg, 0, strlen(arg));
		return;
	}
	is_known = turn == 0 ? set_screen(word, v) || set_source(word, v)
			     : look_chart(word, v) || look(word, v);
	if (is_known)
		memset(arg, 0, strlen(arg));
}

static void hear(FILE *in)
{
	struct sim_err err = SIM_ERR_INIT;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while (n_lines-- != 0 && (n = getline(&line, &cap, in)) > 0)
		must(sim_dash_hear_line(d, line, (size_t)n - 1, &err), &err);
	free(line);
}

int main(int argc, char **argv)
{
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);

	d = sim_dash_new();
	screen = sim_screen_text(24, 80, "");
	screen->style.depth = SIM_THEME_256;
	for (int i = 1; i < argc; i++)
		take(argv[i], 0);
	hear(stdin);
	for (int i = 1; i < argc; i++) {
		if (argv[i][0])
			take(argv[i], 1);
		if (argv[i][0]) {
			fprintf(stderr, "frame: what is %s\n", argv[i]);
			return 2;
		}
	}
	sim_dash_draw(d, screen);
	sim_screen_text_write(screen, is_ansi, &out);
	fputs(sim_buf_str(&out), stdout);
	if (screen->outside)
		fprintf(stderr, "frame: %llu columns outside\n",
			(unsigned long long)screen->outside);
	sim_buf_release(&out);
	sim_tz_close(york);
	argc = screen->outside ? 1 : 0;
	sim_screen_close(screen);
	sim_dash_free(d);
	return argc;
}
