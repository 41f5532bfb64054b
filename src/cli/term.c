/* term: the environment variables about terminals are read here. */
#include "cli/term.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/err.h"
#include "util/str.h"

#define WIDTH_DEFAULT	80
#define WIDTH_MAX	1000

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v ? v : "";
}

static bool is_on(const char *name)
{
	const char *v = env(name);

	return *v && strcmp(v, "0");
}

static bool auto_color(bool tty)
{
	if (*env("NO_COLOR"))
		return false;
	if (is_on("CLICOLOR_FORCE") || is_on("FORCE_COLOR"))
		return true;
	if (!strcmp(env("TERM"), "dumb") || !strcmp(env("CLICOLOR"), "0"))
		return false;
	return tty;
}

static bool has_utf8(void)
{
	const char *v = env("LC_ALL");

	if (!strcmp(env("TERM"), "dumb"))
		return false;
	if (!*v)
		v = env("LC_CTYPE");
	if (!*v)
		v = env("LANG");
	v = strchr(v, '.');
	return v && (sim_str_eq_nocase(v + 1, "UTF-8") ||
		     sim_str_eq_nocase(v + 1, "UTF8"));
}

static int tty_width(void)
{
	struct winsize w;
	int64_t n;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col)
		return w.ws_col;
	if (!sim_str_int(env("COLUMNS"), "COLUMNS", 1, WIDTH_MAX, &n, NULL))
		return (int)n;
	return WIDTH_DEFAULT;
}

void sim_term_fill(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	/* The lowest number that is free is the one that was closed. */
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", modes[fd]) != fd)
			_exit(sim_err_exit(SIM_E_IO));
}

void sim_term_detect(const char *color, struct sim_term *t)
{
	const char *force = env("SIMUTRADOR_FORCE_TTY");
	int64_t n;

	t->out_tty = isatty(STDOUT_FILENO);
	t->err_tty = isatty(STDERR_FILENO);
	t->width = t->out_tty ? tty_width() : 0;
	if (*force && strcmp(force, "0")) {
		t->out_tty = true;
		t->width = WIDTH_DEFAULT;
		if (!sim_str_int(force, "SIMUTRADOR_FORCE_TTY", 2, WIDTH_MAX,
				 &n, NULL))
			t->width = (int)n;
	}
	t->utf8 = has_utf8();
	t->color = !strcmp(color, "always") ||
		   (strcmp(color, "never") && auto_color(t->out_tty));
}
