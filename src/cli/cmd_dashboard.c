/* simutrador dashboard: a screen over a session, a stored run or a pipe. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/connect.h"
#include "cli/inputs.h"
#include "cli/interrupt.h"
#include "tui/attend.h"
#include "tui/desk.h"
#include "tui/play.h"
#include "tui/screen_curses.h"
#include "util/file.h"
#include "util/str.h"

extern const struct sim_cmd sim_cmd_dashboard;

#define STATE_MAX 4096
#define THEME_MAX 65536
#define OPTIONS_MAX 16
#define PAST_BARS 2000		/* of a session, of each symbol */

static const char *layout, *theme, *zone, *size, *key_text, *bindings;
static const char *place, *confirm_word, *theme_file;
static bool snapshot, is_light, plain, flash;

static const char *const layouts[] = {
	"trade", "monitor", "replay", "wide", NULL
};
static const char *const themes[] = {
	"okabe", "classic", "asia", "mono", "high-contrast", NULL
};
static const char *const confirms[] = { "always", "never", NULL };
static const char *const zones[] = { "utc", "exchange", "local", NULL };

static const struct sim_opt opts[] = {
	{ SIM_OPT_ENUM, "layout", .arg = "LAYOUT", .help = "which panes, where",
	  .value = &layout, .choices = layouts,
	  .setting = "dashboard_layout" },
	{ SIM_OPT_ENUM, "theme", .arg = "THEME", .help = "colours",
	  .value = &theme, .choices = themes, .setting = "dashboard_theme" },
	{ SIM_OPT_PATH, "theme-file", .arg = "FILE",
	  .help = "colours that differ from the theme's",
	  .value = &theme_file, .setting = "dashboard_theme_file" },
	{ SIM_OPT_FLAG, "light", .help = "the terminal's background is light",
	  .value = &is_light },
	{ SIM_OPT_ENUM, "zone", .arg = "ZONE",
	  .help = "times of day in this zone", .value = &zone,
	  .choices = zones },
	{ SIM_OPT_STR, "bind", .arg = "ACTION=KEY...",
	  .help = "other keys for actions", .value = &bindings,
	  .setting = "dashboard_keys" },
	{ SIM_OPT_ENUM, "confirm", .arg = "WHEN",
	  .help = "ask before an order is sent: always or never",
	  .value = &confirm_word, .choices = confirms },
	{ SIM_OPT_FLAG, "flash", .help = "prices that change flash",
	  .value = &flash },
	{ SIM_OPT_STR, "at", .arg = "STEP|TIME",
	  .help = "open a run there; the default is its end", .value = &place },
	{ SIM_OPT_FLAG, "plain",
	  .help = "print what happens line by line, for a screen reader",
	  .value = &plain },
	{ SIM_OPT_FLAG, "snapshot",
	  .help = "print a frame as text; no terminal is needed",
	  .value = &snapshot },
	{ SIM_OPT_STR, "size", .arg = "WxH", .help = "of that frame",
	  .value = &size },
	{ SIM_OPT_STR, "keys", .arg = "KEYS",
	  .help = "pressed before that frame", .value = &key_text },
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador dashboard r2 --snapshot --size 100x30 --keys 'J20<Enter>'",
	"simutrador dashboard last --snapshot --layout wide",
	NULL
};

/* A dashboard being made, and what it stands on. */
struct work {
	struct sim_cli *cli;
	struct sim_channel channel;
	struct sim_screen *screen;
	struct sim_dash *dash;
	struct sim_keys keys;
	struct sim_theme *own;		/* from a file, or NULL */
	struct sim_desk_host host;
	struct sim_desk_setup setup;
	struct sim_tz *exchange, *local;
	char *options[OPTIONS_MAX + 1];
	char program[4096], run[SIM_FOLDER_ID];
	char session[SIM_MESSAGE_ID_MAX + 1], name[300];
	const char *last[2];		/* layouts used last: session, run */
	bool has_offered;		/* this one was not chosen */
	char next[SIM_MESSAGE_ID_MAX + 1];	/* session that was chosen */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* -- what is shown --------------------------------------------------------- */

/* What a process needs to play a run. */
struct source {
	struct sim_inputs in;
	struct sim_play play;
};

static int open_run(struct work *w, const char *id, struct sim_err *err)
{
	struct source s = { .play = { .now_ms = now_ms } };
	char said[8];
	int rc = sim_inputs_open(w->cli, id, &s.in, err);

	if (!rc)
		sim_inputs_watch(&s.in);
	if (!rc)
		rc = sim_replay_open(s.in.folder, sim_verify_spec(s.in.in),
				     &s.play.replay, err);
	sim_progress_end(&s.in.bar);
	s.play.folder = s.in.folder;
	if (!rc)
		rc = sim_channel_spawn(&w->channel, sim_play_work, &s.play,
				       err);
	if (!rc) {
		snprintf(w->run, sizeof(w->run), "%s", s.in.folder->id);
		w->setup.run = w->run;
		w->channel.can = SIM_CHANNEL_CLOCK | SIM_CHANNEL_SEEKS;
		rc = sim_channel_wait(&w->channel, said, sizeof(said), err);
	}
	sim_replay_close(s.play.replay);
	sim_inputs_end(&s.in);
	return rc;
}

/* Messages come from the standard input, so keys come from the terminal. */
static int open_pipe(struct work *w, struct sim_err *err)
{
	int from = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), tty = -1;

	if (from < 0 || isatty(STDIN_FILENO))
		return sim_err_set(err, SIM_E_USAGE, "- reads messages from a"
				   " pipe, and standard input is none; give"
				   " a run, or write into a pipe to this");
	sim_channel_listen(&w->channel, from);
	if (snapshot || plain)
		return SIM_OK;
	tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (tty < 0 || dup2(tty, STDIN_FILENO) < 0)
		return sim_err_set(err, SIM_E_UNAVAILABLE, "there is no"
				   " terminal for the dashboard's keys: %s;"
				   " --snapshot needs none", strerror(errno));
	close(tty);
	return SIM_OK;
}

/* What a process needs to attend a session. */
struct seat {
	struct sim_cli *cli;
	const char *wanted;		/* NULL: the one that fits */
};

/* The newest session that is not over; *n of them. */
static void list_open(const struct sim_json_val *list, size_t *n,
		      const char **one)
{
	static const char *const fit[] = { "ready", "running", "paused" };

	for (size_t i = 0; i < sim_json_len(list); i++) {
		const struct sim_json_val *v = sim_json_at(list, i);
		const char *state = sim_json_as_str(sim_json_get(v, "state"));
		const char *id =
			sim_json_as_str(sim_json_get(v, "session_id"));
		bool fits = false;

		for (size_t k = 0; state && id && k < 3; k++)
			fits |= !strcmp(state, fit[k]);
		if (fits && !*n)
			*one = id;
		*n += fits;
	}
}

static int find_session(struct sim_cli *cli, char id[SIM_MESSAGE_ID_MAX + 1],
			struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_sessions_list *l;
	const char *one = NULL;
	size_t n = 0;
	int rc = sim_connect_call(cli, SIM_MESSAGE_list_sessions, NULL, NULL,
				  &m, err);

	if (rc)
		return rc;
	l = m.m.data;
	list_open(l->sessions.val, &n, &one);
	if (!n)
		rc = sim_err_set(err, SIM_E_NOENT,
				 "there is no session that is not over");
	else
		snprintf(id, SIM_MESSAGE_ID_MAX + 1, "%s", one);
	sim_backend_release(&m);
	return rc;
}

static int open_seat(void *ctx, struct sim_backend **b,
		     char id[SIM_MESSAGE_ID_MAX + 1], struct sim_err *err)
{
	struct seat *s = ctx;
	int rc = sim_cli_backend(s->cli, b, err);

	if (!rc && !s->wanted)
		return find_session(s->cli, id, err);
	if (!rc)
		snprintf(id, SIM_MESSAGE_ID_MAX + 1, "%s", s->wanted);
	return rc;
}

static void close_seat(void *ctx)
{
	struct seat *s = ctx;

	sim_connect_close(s->cli->connect);
	s->cli->connect = NULL;
}

static int open_session(struct work *w, const char *id, struct sim_err *err)
{
	struct seat seat = { .cli = w->cli, .wanted = id };
	struct sim_attend a = {
		.ctx = &seat, .open = open_seat, .close = close_seat,
		.bars = PAST_BARS,
	};
	char said[SIM_MESSAGE_ID_MAX + 300];
	size_t n;
	int rc = sim_channel_spawn(&w->channel, sim_attend_work, &a, err);

	if (!rc)
		rc = sim_channel_wait(&w->channel, said, sizeof(said), err);
	if (rc) {
		sim_channel_close(&w->channel);
		return rc;
	}
	n = strcspn(said, " ");
	snprintf(w->session, sizeof(w->session), "%.*s", (int)n, said);
	snprintf(w->name, sizeof(w->name), "%.250s", said + n + (said[n] != 0));
	w->setup.session = w->session;
	w->channel.can = SIM_CHANNEL_TRADES | SIM_CHANNEL_CLOCK;
	sim_dash_session(w->dash, w->session, NULL);
	return SIM_OK;
}

/* Without a name it is the session that is not over, or else the last run. */
static int open_any(struct work *w, struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	int rc = SIM_E_NOENT;

	w->setup.is_any = !layout;
	if (sim_connect_has_sessions(w->cli))
		rc = open_session(w, NULL, &why);
	if (rc == SIM_E_NOENT) {
		why = (struct sim_err)SIM_ERR_INIT;
		rc = open_run(w, "last", &why);
	}
	if (rc == SIM_E_NOENT)
		return sim_err_set(err, rc, "there is nothing to show yet, no"
				   " session and no run: 'simutrador data"
				   " import FILE.csv' brings prices,"
				   " 'simutrador simulate --symbols SYMBOL"
				   " --strategy sma-cross' makes a run of"
				   " them, 'simutrador session create SYMBOL'"
				   " a session, and 'simutrador help tutorial'"
				   " goes through all of it");
	if (rc)
		*err = why;
	return rc;
}

static bool is_run(const char *name)
{
	return !strcmp(name, "last") ||
		(*name == 'r' && name[1] &&
		 strspn(name + 1, "0123456789") == strlen(name + 1));
}

static int open_source(struct work *w, struct sim_err *err)
{
	const char *what = *w->next ? w->next :
		w->cli->argc ? w->cli->argv[0] : NULL;
	int rc;

	if (what && !*w->next && !strcmp(what, "-"))
		rc = open_pipe(w, err);
	else if (what && !*w->next && is_run(what))
		rc = open_run(w, what, err);
	else if (what && !sim_connect_has_sessions(w->cli))
		rc = sim_err_set(err, SIM_E_NOENT, "there is no session"
				 " '%.64s', since none was made yet; runs are"
				 " called r1, r2, ... or last, and 'simutrador"
				 " session create SYMBOL' makes a session",
				 what);
	else
		rc = what ? open_session(w, what, err) : open_any(w, err);
	if (!rc && place && !w->setup.run)
		rc = sim_err_set(err, SIM_E_USAGE, "--at is of a run, and this"
				 " is none; a session stands where it stands");
	if (rc)
		return rc;
	w->setup.at = place;
	if (w->setup.run)
		snprintf(w->name, sizeof(w->name), "run %s", w->run);
	sim_dash_source(w->dash, *w->name ? w->name : "stdin",
			w->setup.run != NULL);
	sim_dash_link(w->dash, SIM_DASH_CONNECTED, SIM_TIME_NONE, NULL);
	return SIM_OK;
}

/* -- the state that is kept ------------------------------------------------ */

static const char *state_path(struct work *w)
{
	const char *home;
	char *path;
	size_t n;

	if (sim_settings_home(w->cli->arena, "XDG_STATE_HOME", "/.local/state",
			      &home, NULL))
		return NULL;
	n = strlen(home) + sizeof("/dashboard");
	path = sim_mem_arena_alloc(w->cli->arena, n);
	snprintf(path, n, "%s/dashboard", home);
	return path;
}

/* A word of the list, or NULL. */
static const char *word_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(text, *list))
			return *list;
	return NULL;
}

/* "layout WORD" (of sessions), "run-layout WORD" and "zone WORD", a line each;
 * anything else is passed over. */
static void load_state(struct work *w)
{
	struct sim_buf b = SIM_BUF_INIT(STATE_MAX);
	const char *path = state_path(w);
	char *rest, *line;

	if (path && !access(path, R_OK) &&
	    !sim_file_read(path, STATE_MAX, &b, NULL)) {
		rest = b.data;
		while (rest && (line = sim_str_sep(&rest, '\n'))) {
			if (!strncmp(line, "layout ", 7))
				w->last[0] = word_of(line + 7, layouts);
			if (!strncmp(line, "run-layout ", 11))
				w->last[1] = word_of(line + 11, layouts);
			if (!zone && !strncmp(line, "zone ", 5))
				zone = word_of(line + 5, zones);
		}
	}
	sim_buf_release(&b);
}

/* Only what is a pleasure to have is kept there: a failure is none. */
static void save_state(struct work *w)
{
	const char *path = state_path(w);
	char text[128];
	char *slash;
	int n;

	if (!path)
		return;
	if (!w->has_offered)
		w->last[w->setup.run != NULL] =
			layouts[sim_dash_layout_is(w->dash)];
	n = snprintf(text, sizeof(text), "layout %s\nrun-layout %s\nzone %s\n",
		     w->last[0] ? w->last[0] : layouts[SIM_DASH_TRADE],
		     w->last[1] ? w->last[1] : layouts[SIM_DASH_REPLAY],
		     zones[sim_dash_zone_is(w->dash)]);
	slash = strrchr(path, '/');
	*slash = '\0';
	if (!sim_file_mkdirs(path, NULL)) {
		*slash = '/';
		if (sim_file_write(path, text, (size_t)n, 0600, NULL))
			sim_cli_note(w->cli, "%s could not be written", path);
	}
	*slash = '/';
}

/* -- how it looks ---------------------------------------------------------- */

/* Is the background light?  COLORFGBG ends with its colour where it is set. */
static bool has_light_background(void)
{
	const char *v = getenv("COLORFGBG");
	const char *last = v ? strrchr(v, ';') : NULL;

	return is_light || (last && (!strcmp(last, ";7") ||
				     !strcmp(last, ";15")));
}

/* The user's own theme, upon the one that is named. */
static int read_theme(struct work *w, const struct sim_theme *base,
		      struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(THEME_MAX);
	struct sim_err why = SIM_ERR_INIT;
	int rc = sim_file_read(theme_file, THEME_MAX, &b, err);

	if (!rc) {
		rc = sim_theme_read(base, b.data, &w->own, &why);
		if (rc)
			sim_err_set(err, rc, "%s: %s", theme_file, why.msg);
	}
	sim_buf_release(&b);
	return rc;
}

static int set_style(struct work *w, struct sim_theme_style *style,
		     struct sim_err *err)
{
	int rc = theme ? sim_theme_find(theme, &style->theme, err) : SIM_OK;

	if (!rc && theme_file && *theme_file && !w->own)
		rc = read_theme(w, style->theme, err);
	if (w->own)
		style->theme = w->own;

	style->is_light = has_light_background();
	style->depth = w->cli->term.color
		? sim_theme_depth(getenv("TERM"), getenv("COLORTERM"),
				  getenv("NO_COLOR"), -1)
		: SIM_THEME_MONO;
	return rc;
}

static int set_view(struct work *w, struct sim_err *err)
{
	enum sim_dash_layout at = w->setup.run ? SIM_DASH_REPLAY
					       : SIM_DASH_TRADE;
	struct sim_out_stamp stamp;
	const char *calendars;
	int rc = SIM_OK;

	if (layout || w->last[w->setup.run != NULL])
		rc = sim_dash_layout_find(layout ? layout
					  : w->last[w->setup.run != NULL],
					  &at, err);
	if (rc)
		return rc;
	sim_dash_layout(w->dash, at);
	if (!sim_cli_folder(w->cli, "calendars", &calendars, NULL))
		sim_dash_calendars(w->dash, calendars);
	if (!sim_tz_open("America/New_York", &w->exchange, NULL))
		sim_dash_zone_set(w->dash, SIM_DASH_EXCHANGE, w->exchange);
	if (!sim_out_stamp_open(NULL, "local", &stamp, NULL))
		w->local = stamp.tz;
	sim_dash_zone_set(w->dash, SIM_DASH_LOCAL, w->local);
	for (int i = 0; zone && zones[i]; i++)
		if (!strcmp(zone, zones[i]))
			sim_dash_zone(w->dash, (enum sim_dash_zone)i);
	return SIM_OK;
}

/* "100x30" */
static int parse_size(const char *s, int *rows, int *cols,
		      struct sim_err *err)
{
	const char *x = strchr(s, 'x');
	int64_t w = 0, h = 0;
	char width[8] = "";

	if (x && x - s < (int)sizeof(width))
		memcpy(width, s, (size_t)(x - s));
	if (!x || sim_str_int(width, "", 1, SIM_SCREEN_COLS_MAX, &w, NULL) ||
	    sim_str_int(x + 1, "", 1, SIM_SCREEN_ROWS_MAX, &h, NULL))
		return sim_err_set(err, SIM_E_USAGE, "--size is '%.40s'; it"
				   " must be columns and rows such as 100x30,"
				   " at most %dx%d", s, SIM_SCREEN_COLS_MAX,
				   SIM_SCREEN_ROWS_MAX);
	*rows = (int)h;
	*cols = (int)w;
	return SIM_OK;
}

static int open_screen(struct work *w, struct sim_err *err)
{
	struct sim_theme_style style = { .theme = NULL };
	int rows = 24, cols = 80;
	int rc = set_style(w, &style, err);

	if (!rc && size)
		rc = parse_size(size, &rows, &cols, err);
	if (rc)
		return rc;
	if (!snapshot && !plain)
		return sim_screen_curses(&style, &w->screen, err);
	w->screen = sim_screen_text(rows, cols, key_text ? key_text : "");
	w->screen->style = style;
	w->screen->set = sim_glyph_set_of(getenv("TERM"), w->cli->term.utf8);
	return SIM_OK;
}

/* -- the work -------------------------------------------------------------- */

static void add_option(struct work *w, int *n, const char *name,
		       const char *value)
{
	char text[4096];

	if (!value || *n == OPTIONS_MAX)
		return;
	snprintf(text, sizeof(text), "--%s%s%s", name, *value ? "=" : "",
		 value);
	w->options[(*n)++] = sim_mem_arena_strdup(w->cli->arena, text);
}

/* Commands that are run from here get what this one was given. */
static void lend(struct work *w)
{
	const struct sim_cli_common *c = w->cli->common;
	ssize_t len = readlink("/proc/self/exe", w->program,
			       sizeof(w->program) - 1);
	int n = 0;

	w->program[len > 0 ? len : 0] = '\0';
	add_option(w, &n, "profile", c->profile);
	add_option(w, &n, "config", c->config);
	add_option(w, &n, "data-dir", c->data_dir);
	add_option(w, &n, "server", c->server);
	add_option(w, &n, "local", c->local ? "" : NULL);
	add_option(w, &n, "yes", c->yes ? "" : NULL);
	w->host = (struct sim_desk_host){
		.now_ms = now_ms, .now = sim_saved_now, .stop = &sim_interrupt,
		.program = w->program, .options = w->options,
		.tty = snapshot || plain ? -1 : STDIN_FILENO,
	};
	if (!snapshot && !plain) {
		w->host.mouse = sim_screen_curses_mouse;
		w->host.suspend = sim_screen_curses_suspend;
		w->host.send = sim_screen_curses_send;
	}
	w->setup.host = &w->host;
	w->setup.screen = w->screen;
	w->setup.dash = w->dash;
	w->setup.channel = &w->channel;
	w->setup.keys = &w->keys;
	w->setup.is_steady = snapshot || plain;
	w->setup.theme = w->own;
	w->setup.is_sure = confirm_word && !strcmp(confirm_word, "never");
	sim_dash_flash(w->dash, flash);
	sim_dash_keys(w->dash, &w->keys,
		      (w->channel.can & SIM_CHANNEL_TRADES ? SIM_KEYS_TRADE
							   : 0) |
		      (w->channel.can & SIM_CHANNEL_CLOCK ? SIM_KEYS_CLOCK
							  : 0) |
		      (w->channel.can & SIM_CHANNEL_SEEKS ? SIM_KEYS_SEEK
							  : 0) |
		      (w->setup.run || w->setup.session ? SIM_KEYS_LOG : 0));
}

static void print_frame(struct work *w)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_screen_text_write(w->screen, w->cli->term.color, &b);
	sim_out_write(w->cli->out, sim_buf_str(&b), b.len);
	sim_buf_release(&b);
}

/* Lines of --plain, at once; false: nobody reads them. */
static bool say_lines(void *ctx, const char *text, size_t n)
{
	struct work *w = ctx;

	sim_out_write(w->cli->out, text, n);
	return !sim_out_flush(w->cli->out, NULL);
}

static int show(struct work *w, struct sim_err *err)
{
	struct sim_desk_stats stats;
	int rc = open_screen(w, err);

	if (rc)
		return rc;
	lend(w);
	sim_interrupt_catch();
	rc = plain ? sim_desk_plain(&w->setup, say_lines, w, &stats, err)
		   : sim_desk_run(&w->setup, &stats, err);
	snprintf(w->next, sizeof(w->next), "%s", stats.next);
	w->has_offered = stats.has_offered;
	if (!rc && snapshot)
		print_frame(w);
	if (!rc && !snapshot && !plain)
		save_state(w);
	sim_screen_close(w->screen);
	if (w->cli->common->verbose)
		fprintf(stderr, "frames %llu lines %llu worst_ms %lld\n",
			(unsigned long long)stats.frames,
			(unsigned long long)stats.lines,
			(long long)stats.worst_ms);
	if (!rc && sim_interrupt.asked)
		rc = sim_err_set(err, sim_interrupt_code(), "%s",
				 sim_err_text(sim_interrupt_code()));
	return rc;
}

/* At one thing; then there may be another. */
static int look(struct work *w, struct sim_err *err)
{
	int rc;

	w->setup = (struct sim_desk_setup){ .run = NULL };
	w->channel = (struct sim_channel)SIM_CHANNEL_INIT;
	w->dash = sim_dash_new();
	rc = open_source(w, err);
	*w->next = '\0';
	if (!rc)
		rc = set_view(w, err);
	if (!rc)
		rc = show(w, err);
	sim_channel_close(&w->channel);
	sim_dash_free(w->dash);
	sim_tz_close(w->exchange);
	sim_tz_close(w->local);
	w->exchange = w->local = NULL;
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct work w = { .cli = cli };
	int rc;

	if ((size || key_text) && !snapshot)
		return sim_err_set(err, SIM_E_USAGE, "--%s is of a frame that"
				   " is printed; add --snapshot",
				   size ? "size" : "keys");
	if (plain && snapshot)
		return sim_err_set(err, SIM_E_USAGE, "--plain and --snapshot"
				   " exclude each other: lines, or a frame");
	rc = sim_keys_bind(&w.keys, bindings, err);
	if (rc)
		return rc;
	if (!snapshot && !plain)
		load_state(&w);
	do
		rc = look(&w, err);
	while (!rc && *w.next);
	sim_mem_free(w.own);
	return rc;
}

const struct sim_cmd sim_cmd_dashboard = {
	.name = "dashboard",
	.summary = "watch, trade or replay on the whole screen",
	.operands = "[SESSION|RUN|-]", .max = 1, .words = SIM_OPT_WORDS_RUN,
	.opts = opts, .examples = examples, .flags = SIM_CMD_PLAIN,
	.run = run,
};
