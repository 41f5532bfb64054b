/*
 * screen_curses: the terminal.  The only file that knows curses.
 *
 * Curses decides what has to be sent; widths are ours, so a glyph that the
 * locale takes for another width is replaced rather than let shift its row.
 */
#include "tui/screen_curses.h"

#include <curses.h>
#include <term.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "tui/terminfo.h"
#include "util/mem.h"

#define PAIRS_MAX	1024
#define RUN_MAX		4096	/* bytes that are put at once */
#define PASTE_BEGINS	(KEY_MAX + 1)
#define PASTE_ENDS	(KEY_MAX + 2)
#define MOUSE_COMES	(KEY_MAX + 3)
#define MOUSE_MAX	24	/* bytes of what the mouse did */

#define ASK_PASTE	"\033[?2004h"
#define NO_PASTE	"\033[?2004l"
/* Moves while a button is down, and a form for columns behind the 223rd. */
#define ASK_FAR_MOUSE	"\033[?1002h\033[?1006h"
#define NO_FAR_MOUSE	"\033[?1006l\033[?1002l"
#define NO_MOUSE	"\033[?1006l\033[?1003l\033[?1002l\033[?1000l"

struct terminal {
	struct sim_screen base;
	SCREEN *screen;
	struct {
		int fg, bg;
	} pairs[PAIRS_MAX];
	int npairs;
	bool has_colors, is_pasting, is_mouse, speaks_xterm;
	/* What the role and attributes of the last cell came to. */
	int last_ink;
	attr_t attr;
	int pair;
};

/* For signal handlers: how to leave. */
static struct {
	volatile sig_atomic_t is_on;
	struct termios was;
	char bytes[512];
	size_t n;
	volatile sig_atomic_t wants_stop;
	struct sigaction fault[7], stop;
} rescue;

static const int faults[] = {
	SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGHUP, SIGQUIT,
};

/* -- leaving --------------------------------------------------------------- */

static void add_rescue(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	if (n > sizeof(rescue.bytes) - rescue.n)
		return;
	memcpy(rescue.bytes + rescue.n, s ? s : "", n);
	rescue.n += n;
}

static bool has_capability(const char *name)
{
	const char *s = tigetstr(name);

	return s && s != (char *)-1;
}

static void add_capability(const char *name)
{
	const char *s = tigetstr(name);

	/* Padding is for terminals that no longer are. */
	if (s && s != (char *)-1 && !strchr(s, '$'))
		add_rescue(s);
}

static void write_rescue(void)
{
	size_t at = 0;

	while (at < rescue.n) {
		ssize_t k = write(STDOUT_FILENO, rescue.bytes + at,
				  rescue.n - at);

		if (k <= 0)
			break;
		at += (size_t)k;
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &rescue.was);
}

static void on_fault(int sig)
{
	if (rescue.is_on) {
		rescue.is_on = 0;
		write_rescue();
	}
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i] == sig)
			sigaction(sig, &rescue.fault[i], NULL);
	raise(sig);
}

static void on_stop(int sig)
{
	(void)sig;
	rescue.wants_stop = 1;
}

static void guard(void)
{
	struct sigaction sa = { .sa_handler = on_fault };

	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &sa, &rescue.fault[i]);
	sa.sa_handler = on_stop;
	sigaction(SIGTSTP, &sa, &rescue.stop);
	rescue.n = 0;
	add_rescue(NO_MOUSE NO_PASTE);
	add_capability("sgr0");
	add_capability("cnorm");
	add_capability("rmkx");
	add_capability("rmcup");
	rescue.is_on = 1;
}

static void unguard(void)
{
	rescue.is_on = 0;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &rescue.fault[i], NULL);
	sigaction(SIGTSTP, &rescue.stop, NULL);
}

/* Bytes past curses, to the terminal. */
static void send_bytes(const char *s, size_t n)
{
	while (n) {
		ssize_t k = write(STDOUT_FILENO, s, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return;
		s += k;
		n -= (size_t)k;
	}
}

static void ask_paste(const struct terminal *t, bool is_on)
{
	if (t->speaks_xterm)
		send_bytes(is_on ? ASK_PASTE : NO_PASTE, sizeof(NO_PASTE) - 1);
}

static void close_term(struct sim_screen *s)
{
	struct terminal *t = (struct terminal *)s;

	unguard();
	sim_screen_curses_mouse(s, false);
	ask_paste(t, false);
	/* Without another screen to go back to, this one is left clean. */
	if (!has_capability("rmcup")) {
		erase();
		move(0, 0);
		refresh();
	}
	endwin();
	delscreen(t->screen);
	sim_screen_release(s);
	sim_mem_free(t);
}

/* -- colours --------------------------------------------------------------- */

static int pair_of(struct terminal *t, int fg, int bg)
{
	if (!t->has_colors || (fg < 0 && bg < 0))
		return 0;
	for (int i = 0; i < t->npairs; i++)
		if (t->pairs[i].fg == fg && t->pairs[i].bg == bg)
			return i + 1;
	if (t->npairs == PAIRS_MAX || t->npairs + 1 >= COLOR_PAIRS ||
	    init_extended_pair(t->npairs + 1, fg, bg) == ERR)
		return 0;
	t->pairs[t->npairs].fg = fg;
	t->pairs[t->npairs].bg = bg;
	return ++t->npairs;
}

static void set_ink(struct terminal *t, unsigned ink)
{
	struct sim_theme_look look;
	unsigned attr;

	if (t->last_ink == (int)ink)
		return;
	look = sim_theme_look(&t->base.style, ink);
	attr = look.attr;
	t->last_ink = (int)ink;
	t->pair = pair_of(t, look.fg, look.bg);
	t->attr = A_NORMAL;
	if (attr & SIM_THEME_BOLD)
		t->attr |= A_BOLD;
	if (attr & SIM_THEME_UNDERLINE)
		t->attr |= A_UNDERLINE;
	if (attr & SIM_THEME_REVERSE)
		t->attr |= A_REVERSE;
	if (attr & SIM_THEME_FAINT)
		t->attr |= A_DIM;
}

/* The most that the terminal can do of what is asked for. */
static enum sim_theme_depth cap_depth(enum sim_theme_depth want, int colors)
{
	enum sim_theme_depth most = colors >= 1 << 24 ? SIM_THEME_TRUE :
		colors >= 256 ? SIM_THEME_256 : colors >= 16 ? SIM_THEME_16 :
		colors >= 8 ? SIM_THEME_8 : SIM_THEME_MONO;

	/* Of true colours, the indices are the first few. */
	if (most == SIM_THEME_TRUE && want != SIM_THEME_TRUE)
		most = SIM_THEME_8;
	return want < most ? want : most;
}

static void restyle(struct sim_screen *s)
{
	struct terminal *t = (struct terminal *)s;

	s->style.depth = cap_depth(s->style.depth,
				   t->has_colors ? COLORS : 0);
	t->npairs = 0;
	t->last_ink = -1;
	clearok(curscr, TRUE);
	for (int i = 0; i < s->rows; i++)
		s->touched[i] = true;
}

/* -- showing --------------------------------------------------------------- */

/* Does the locale think of it as we do? */
static bool is_as_wide(const char *glyph, int width)
{
	mbstate_t state = { 0 };
	int have = 0;

	while (*glyph) {
		wchar_t w;
		size_t n = mbrtowc(&w, glyph, SIM_GLYPH_MAX, &state);
		int k;

		if (n == (size_t)-1 || n == (size_t)-2 || !n)
			return false;
		k = wcwidth(w);
		if (k < 0)
			return false;
		have += k;
		glyph += n;
	}
	return have == width;
}

static void put_run(struct terminal *t, int row, int col, const char *text,
		    size_t n)
{
	attr_set(t->attr, 0, &t->pair);
	mvaddnstr(row, col, text, (int)n);
}

/* A glyph that is not ASCII, alone, at its place. */
static int put_glyph(struct terminal *t, int row, int col,
		     const struct sim_screen_cell *c, const char *right)
{
	int width = right && !*right ? 2 : 1;

	if (is_as_wide(c->glyph, width))
		put_run(t, row, col, c->glyph, strlen(c->glyph));
	else
		put_run(t, row, col, "??", (size_t)width);
	return width;
}

static void show_row(struct terminal *t, int row)
{
	const struct sim_screen_cell *c =
		t->base.cells + (size_t)row * (size_t)t->base.cols;
	int cols = t->base.cols, col = 0;
	char run[RUN_MAX];

	while (col < cols) {
		size_t n = 0;
		int from = col;

		set_ink(t, c[col].ink);
		while (col < cols && n < sizeof(run) &&
		       c[col].ink == c[from].ink &&
		       c[col].glyph[0] > 0 && !c[col].glyph[1])
			run[n++] = c[col++].glyph[0];
		if (n)
			put_run(t, row, from, run, n);
		else if (c[col].glyph[0])
			col += put_glyph(t, row, col, &c[col],
					 col + 1 < cols ? c[col + 1].glyph
							: NULL);
		else
			col++;
	}
}

static void show(struct sim_screen *s)
{
	struct terminal *t = (struct terminal *)s;
	bool has_cursor = s->cursor_row >= 0;

	for (int i = 0; i < s->rows; i++) {
		if (!s->touched[i])
			continue;
		s->touched[i] = false;
		show_row(t, i);
	}
	curs_set(has_cursor);
	if (has_cursor)
		move(s->cursor_row, s->cursor_col);
	wnoutrefresh(stdscr);
	doupdate();
}

/* -- events ---------------------------------------------------------------- */

static const struct {
	int key;
	uint32_t code;
} codes[] = {
	{ KEY_UP, SIM_SCREEN_UP }, { KEY_DOWN, SIM_SCREEN_DOWN },
	{ KEY_LEFT, SIM_SCREEN_LEFT }, { KEY_RIGHT, SIM_SCREEN_RIGHT },
	{ KEY_HOME, SIM_SCREEN_HOME }, { KEY_END, SIM_SCREEN_LAST },
	{ KEY_PPAGE, SIM_SCREEN_PAGE_UP }, { KEY_NPAGE, SIM_SCREEN_PAGE_DOWN },
	{ KEY_IC, SIM_SCREEN_INSERT }, { KEY_DC, SIM_SCREEN_DELETE },
	{ KEY_BTAB, SIM_SCREEN_BACK_TAB }, { KEY_ENTER, 13 },
	{ KEY_BACKSPACE, 127 },
};

static bool read_key(int key, struct sim_screen_event *ev)
{
	ev->kind = SIM_SCREEN_KEY;
	if (key >= KEY_F(1) && key <= KEY_F(12)) {
		ev->code = SIM_SCREEN_F1 + (uint32_t)(key - KEY_F(1));
		return true;
	}
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].key == key) {
			ev->code = codes[i].code;
			return true;
		}
	return false;
}

static bool read_mouse(struct sim_screen_event *ev)
{
	MEVENT m;

	if (getmouse(&m) != OK)
		return false;
	ev->kind = SIM_SCREEN_MOUSE;
	ev->row = m.y;
	ev->col = m.x;
	if (m.bstate & BUTTON4_PRESSED)
		ev->button = SIM_SCREEN_WHEEL_UP;
	else if (m.bstate & BUTTON5_PRESSED)
		ev->button = SIM_SCREEN_WHEEL_DOWN;
	else if (m.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED))
		ev->button = SIM_SCREEN_CLICK;
	else
		return false;
	return true;
}

/* A number of it and what stands behind that; -1 when there is none. */
static int take_number(const char **p)
{
	int n = 0;

	if (**p < '0' || **p > '9')
		return -1;
	for (; **p >= '0' && **p <= '9' && n < 10000; ++*p)
		n = n * 10 + **p - '0';
	*p += **p == ';';
	return n;
}

/* "BUTTON;COLUMN;ROWM" behind ESC [ <, ended by m when it was let go. */
static bool read_far_mouse(struct sim_screen_event *ev)
{
	static const enum sim_screen_button what[] = {
		[0] = SIM_SCREEN_CLICK, [32] = SIM_SCREEN_DRAG,
		[64] = SIM_SCREEN_WHEEL_UP, [65] = SIM_SCREEN_WHEEL_DOWN,
	};
	char text[MOUSE_MAX + 1];
	const char *p = text;
	size_t n = 0;
	wint_t wc = 0;
	int button;

	while (n < MOUSE_MAX && wc != 'M' && wc != 'm') {
		timeout(25);
		if (get_wch(&wc) != OK || wc > '~')
			return false;
		text[n++] = (char)wc;
	}
	text[n] = '\0';
	button = take_number(&p);
	ev->col = take_number(&p) - 1;
	ev->row = take_number(&p) - 1;
	if (ev->col < 0 || ev->row < 0 ||
	    (button != 0 && button != 32 && button != 64 && button != 65) ||
	    (*p != 'M' && (*p != 'm' || button > 32)))
		return false;
	ev->kind = SIM_SCREEN_MOUSE;
	ev->button = *p == 'm' ? SIM_SCREEN_DROP : what[button];
	return true;
}

static bool resize(struct terminal *t, struct sim_screen_event *ev)
{
	int rows, cols;

	getmaxyx(stdscr, rows, cols);
	sim_screen_resize(&t->base, rows, cols);
	clearok(curscr, TRUE);
	ev->kind = SIM_SCREEN_RESIZE;
	return true;
}

/* An Escape that comes together with another character is Alt. */
static void read_char(struct terminal *t, wint_t wc,
		      struct sim_screen_event *ev)
{
	wint_t next;

	ev->kind = SIM_SCREEN_KEY;
	ev->code = wc == '\n' ? 13 : (uint32_t)wc;
	if (t->is_pasting && wc != 3) {
		ev->kind = SIM_SCREEN_PASTE;
		return;
	}
	t->is_pasting = false;
	if (wc != 27)
		return;
	timeout(0);
	if (get_wch(&next) != OK)
		return;
	if (next < ' ') {
		unget_wch((wchar_t)next);	/* another key of its own */
		return;
	}
	ev->code = (uint32_t)next;
	ev->is_alt = true;
}

/* What curses read; false when it is nothing of ours. */
static bool take(struct terminal *t, int kind, wint_t wc,
		 struct sim_screen_event *ev)
{
	if (kind != KEY_CODE_YES) {
		read_char(t, wc, ev);
		return true;
	}
	switch (wc) {
	case KEY_RESIZE:
		return resize(t, ev);
	case KEY_MOUSE:
		return read_mouse(ev);
	case MOUSE_COMES:
		return read_far_mouse(ev);
	case PASTE_BEGINS:
		t->is_pasting = true;
		return false;
	case PASTE_ENDS:
		t->is_pasting = false;
		return false;
	default:
		return !t->is_pasting && read_key((int)wc, ev);
	}
}

static bool is_gone(void)
{
	struct termios now;

	return tcgetattr(STDIN_FILENO, &now) != 0;
}

static void event(struct sim_screen *s, int timeout_ms,
		  struct sim_screen_event *ev)
{
	struct terminal *t = (struct terminal *)s;
	wint_t wc = 0;
	int kind;

	*ev = (struct sim_screen_event){ .kind = SIM_SCREEN_NONE };
	if (rescue.wants_stop)
		sim_screen_curses_suspend(s);
	timeout(timeout_ms);
	kind = get_wch(&wc);
	while (kind != ERR && !take(t, kind, wc, ev)) {
		*ev = (struct sim_screen_event){ .kind = SIM_SCREEN_NONE };
		timeout(0);
		kind = get_wch(&wc);
	}
	if (kind == ERR && is_gone())
		ev->kind = SIM_SCREEN_END;
}

/* -- what only a terminal can do ------------------------------------------- */

void sim_screen_curses_mouse(struct sim_screen *s, bool is_on)
{
	struct terminal *t = (struct terminal *)s;

	t->is_mouse = is_on;
	mousemask(is_on ? BUTTON1_PRESSED | BUTTON1_CLICKED |
		  BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
	if (t->speaks_xterm)
		send_bytes(is_on ? ASK_FAR_MOUSE : NO_FAR_MOUSE,
			   sizeof(NO_FAR_MOUSE) - 1);
}

void sim_screen_curses_suspend(struct sim_screen *s)
{
	struct terminal *t = (struct terminal *)s;
	struct sigaction usual = { .sa_handler = SIG_DFL }, ours;
	bool had_mouse = t->is_mouse;

	rescue.wants_stop = 0;
	sim_screen_curses_mouse(s, false);
	ask_paste(t, false);
	def_prog_mode();
	endwin();
	rescue.is_on = 0;
	sigaction(SIGTSTP, &usual, &ours);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
	rescue.wants_stop = 0;
	reset_prog_mode();
	rescue.is_on = 1;
	ask_paste(t, true);
	sim_screen_curses_mouse(s, had_mouse);
	restyle(s);
	refresh();
}

void sim_screen_curses_send(struct sim_screen *s, const char *text, size_t n)
{
	(void)s;
	send_bytes(text, n);
}

/* -- beginning ------------------------------------------------------------- */

/* The locale's characters, or at least some with UTF-8 if it promised that. */
static void set_characters(void)
{
	const char *lang = getenv("LC_ALL");

	if (setlocale(LC_CTYPE, ""))
		return;
	lang = lang && *lang ? lang : getenv("LC_CTYPE");
	lang = lang && *lang ? lang : getenv("LANG");
	if (lang && (strstr(lang, "UTF-8") || strstr(lang, "utf8")))
		setlocale(LC_CTYPE, "C.UTF-8");
}

static void set_modes(struct terminal *t)
{
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	meta(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	scrollok(stdscr, FALSE);
	leaveok(stdscr, FALSE);
	typeahead(-1);			/* a picture is drawn whole */
	set_escdelay(25);
	mouseinterval(0);
	t->speaks_xterm = has_capability("kmous");
	if (t->speaks_xterm) {
		define_key("\033[200~", PASTE_BEGINS);
		define_key("\033[201~", PASTE_ENDS);
		define_key("\033[<", MOUSE_COMES);
	}
	if (has_colors() && t->base.style.depth != SIM_THEME_MONO &&
	    start_color() == OK) {
		t->has_colors = true;
		if (use_default_colors() == ERR)
			t->has_colors = false;
	}
}

static const struct sim_screen_ops ops = { show, event, restyle, close_term };

/* It must be able to put the cursor somewhere. */
static int check_terminal(struct sim_err *err)
{
	const char *term = getenv("TERM");

	if (has_capability("cup"))
		return SIM_OK;
	return sim_err_set(err, SIM_E_UNAVAILABLE,
			   "a terminal of the kind '%.40s' can't place its"
			   " cursor, so there can be no dashboard on it;"
			   " --snapshot prints one as text",
			   term ? term : "");
}

static int no_terminal(struct sim_err *err)
{
	const char *term = getenv("TERM");

	return sim_err_set(err, SIM_E_UNAVAILABLE,
			   "the dashboard needs a terminal, and TERM '%.40s' is"
			   " not one that is known here; --snapshot prints a"
			   " frame without one", term ? term : "");
}

/* -- true colours --------------------------------------------------------- */

#define FLAGS	37			/* of term(5); more are of old */
#define NUMBERS	33
#define TEXTS	394

static void describe(const char *term, struct sim_buf *out)
{
	int flag[FLAGS], number[NUMBERS];
	const char *text[TEXTS];
	const struct sim_terminfo t = {
		.name = term, .flag = flag, .number = number, .text = text,
		.n_flags = FLAGS, .n_numbers = NUMBERS, .n_texts = TEXTS,
	};

	for (int i = 0; i < FLAGS; i++)
		flag[i] = strcmp(boolnames[i], "ccc") &&
			tigetflag(boolnames[i]) > 0;
	for (int i = 0; i < NUMBERS; i++)
		number[i] = strcmp(numnames[i], "colors")
			? tigetnum(numnames[i]) : 1 << 24;
	for (int i = 0; i < TEXTS; i++) {
		const char *name = strnames[i], *s = tigetstr(name);

		text[i] = !strcmp(name, "setaf") ? SIM_TERMINFO_FG :
			!strcmp(name, "setab") ? SIM_TERMINFO_BG :
			!strcmp(name, "initc") || s == (char *)-1 ? NULL : s;
	}
	sim_terminfo_write(&t, out);
}

/* Has the terminal 256 colours of which curses knows, and could have more? */
static bool describe_more(struct sim_buf *out)
{
	const char *term = getenv("TERM");
	int why = 0;
	bool lacks;

	if (!term || setupterm(NULL, STDOUT_FILENO, &why) != OK)
		return false;
	lacks = tigetnum("colors") == 256 && tigetflag("RGB") <= 0;
	if (lacks)
		describe(term, out);
	del_curterm(cur_term);
	return lacks;
}

/* Begin with an entry that has true colours, where the user says that the
 * terminal has them; with its own where curses does not take that. */
static SCREEN *begin(const struct sim_theme_style *style)
{
	struct sim_buf b = SIM_BUF_INIT(1 << 20);
	const char *was = getenv("TERMINFO");
	SCREEN *s = NULL;

	if (style->depth == SIM_THEME_TRUE && describe_more(&b)) {
		char *kept = was ? sim_mem_strdup(was) : NULL;

		if (!setenv("TERMINFO", sim_buf_str(&b), 1))
			s = newterm(NULL, stdout, stdin);
		if (kept ? setenv("TERMINFO", kept, 1)
			 : unsetenv("TERMINFO"))
			SIM_BUG("the environment can't be as it was");
		sim_mem_free(kept);
	}
	sim_buf_release(&b);
	return s ? s : newterm(NULL, stdout, stdin);
}

int sim_screen_curses(const struct sim_theme_style *style,
		      struct sim_screen **out, struct sim_err *err)
{
	struct terminal *t;
	SCREEN *screen;
	int rows, cols, rc;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    tcgetattr(STDIN_FILENO, &rescue.was))
		return no_terminal(err);
	set_characters();
	screen = begin(style);
	if (!screen)
		return no_terminal(err);
	rc = check_terminal(err);
	if (rc) {
		endwin();
		delscreen(screen);
		return rc;
	}
	t = sim_mem_zalloc(sizeof(*t));
	getmaxyx(stdscr, rows, cols);
	sim_screen_init(&t->base, &ops, rows, cols);
	t->screen = screen;
	t->base.style = *style;
	set_modes(t);
	t->base.set = sim_glyph_set_of(getenv("TERM"), !strcmp(
		nl_langinfo(CODESET), "UTF-8"));
	guard();
	ask_paste(t, true);
	sim_screen_curses_mouse(&t->base, true);
	restyle(&t->base);
	*out = &t->base;
	return SIM_OK;
}
