/*
 * desk_line: lines that are typed at the bottom, and the commands that are run.
 *
 * A command runs as it would in a shell, in a process of its own; completion
 * asks the same program as the shell does.
 */
#include "tui/desk_priv.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

#define WORDS_MAX (SIM_ERRAND_WORDS + 64)

static const struct {
	const char *prompt, *hint;
} lines[DESK_LINE__COUNT] = {
	[DESK_COMMAND] = { ":", "a command of simutrador; Tab completes" },
	[DESK_FILTER] = { "/", "rows with this text; nothing: all" },
	[DESK_STUDIES] = { "indicators: ", "sma:20 bb:20,2" },
	[DESK_SEEK] = { "go to: ", "120, +10, -10, 50%, #EVENT or a time" },
	[DESK_BREAK] = { "stop where: ", "drawdown < -0.01" },
};

/* -- errands --------------------------------------------------------------- */

/* Start the program with words and the options that all commands get. */
static int start(struct desk *k, enum desk_errand what, const char *first,
		 const struct sim_errand_words *w, struct sim_err *err)
{
	static char name[] = "simutrador";
	char *const *opts = k->in->host->options;
	char *argv[WORDS_MAX], *word = sim_mem_strdup(first);
	size_t n = 0;
	int rc;

	argv[n++] = name;
	if (*word)
		argv[n++] = word;
	for (; opts && *opts && n < 60; opts++)
		argv[n++] = *opts;
	for (size_t i = 0; i < w->n; i++)
		argv[n++] = w->v[i];
	argv[n] = NULL;
	k->errand_is = what;
	rc = sim_errand_start(&k->errand, k->in->host->program, argv,
			      k->s->cols > 8 ? k->s->cols - 4 : 80, err);
	sim_mem_free(word);
	return rc;
}

static void run(struct desk *k, const char *line, enum desk_errand what)
{
	struct sim_errand_words w;
	struct sim_err why = SIM_ERR_INIT;
	char shown[SIM_EDIT_MAX + 16];
	size_t skip = !strncmp(line, "simutrador ", 11) ? 11 : 0;
	int rc = sim_errand_split(line + skip, true, &w, &why);

	if (!rc && w.n) {
		snprintf(shown, sizeof(shown), "simutrador %s", line + skip);
		sim_desk_remember(k, shown);
		sim_dash_log(k->d, SIM_THEME_INFO, false, shown);
		snprintf(k->errand_line, sizeof(k->errand_line), "%s",
			 line + skip);
		rc = start(k, what, "", &w, &why);
	}
	if (rc)
		sim_desk_say(k, SIM_THEME_ERROR, "%s", why.msg);
	sim_errand_words_release(&w);
}

void sim_desk_line_run(struct desk *k, const char *line)
{
	run(k, line, DESK_SHOW);
}

void sim_desk_line_do(struct desk *k, const char *line)
{
	run(k, line, DESK_DO);
}

/* Escape sequences are not for a sheet. */
static void clean(struct sim_buf *b)
{
	char *s = b->data;
	size_t k = 0;

	for (size_t i = 0; i < b->len; i++) {
		if (s[i] == '\033' && i + 1 < b->len && s[i + 1] == '[') {
			i += 2;
			while (i < b->len && !(s[i] >= '@' && s[i] <= '~'))
				i++;
		} else if (s[i] == '\n' || s[i] == '\t' ||
			   (unsigned char)s[i] >= ' ') {
			s[k++] = (char)(s[i] == '\t' ? ' ' : s[i]);
		}
	}
	if (b->len)
		s[k] = '\0';
	b->len = k;
}

static void show(struct desk *k)
{
	char title[200];

	clean(&k->errand.out);
	if (k->errand.status)
		sim_desk_say(k, SIM_THEME_WARN, "%s ended with status %d",
			     k->errand_line, k->errand.status);
	snprintf(title, sizeof(title), "%.180s%s", k->errand_line,
		 k->errand.is_cut ? " (cut)" : "");
	if (k->errand.out.len &&
	    (k->errand.status || k->errand_is == DESK_SHOW))
		sim_dash_sheet(k->d, title, sim_buf_str(&k->errand.out));
	else if (!k->errand.status)
		sim_desk_say(k, SIM_THEME_INFO, "done: %s", k->errand_line);
}

/* -- completion ------------------------------------------------------------ */

static void offer(struct desk *k, const char *word, const char *what)
{
	struct desk_offer *o = &k->offers[k->n_offers];

	if (k->n_offers == DESK_OFFERS)
		return;
	snprintf(o->word, sizeof(o->word), "%s", word);
	snprintf(o->what, sizeof(o->what), "%s", what);
	k->n_offers++;
}

static void offer_files(struct desk *k, const char *begin)
{
	char pattern[SIM_EDIT_MAX + 2];
	glob_t g;

	snprintf(pattern, sizeof(pattern), "%s*", begin);
	if (glob(pattern, GLOB_MARK, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++)
		offer(k, g.gl_pathv[i], "file");
	globfree(&g);
}

/* How much of the words is the same. */
static size_t common(const struct desk *k)
{
	size_t n = strlen(k->offers[0].word);

	for (size_t i = 1; i < k->n_offers; i++)
		while (strncmp(k->offers[0].word, k->offers[i].word, n))
			n--;
	return n;
}

static void take_offers(struct desk *k)
{
	char *text = k->errand.out.data, *line;
	char begin[SIM_EDIT_MAX];

	k->n_offers = 0;
	k->offer = -1;
	if (k->mode != DESK_LINE || k->line != DESK_COMMAND ||
	    k->offer_from > k->edit.at)
		return;
	snprintf(begin, sizeof(begin), "%.*s",
		 (int)(k->edit.at - k->offer_from),
		 k->edit.text + k->offer_from);
	while (text && *text && (line = sim_str_sep(&text, '\n'))) {
		char *what = strchr(line, '\t');

		if (what)
			*what++ = '\0';
		if (!strcmp(line, ":files"))
			offer_files(k, begin);
		else if (*line)
			offer(k, line, what ? what : "");
	}
}

/* The line as far as the cursor, with what all the offers begin with. */
static void use_offers(struct desk *k)
{
	char word[160];
	size_t n;

	if (!k->n_offers) {
		sim_desk_say(k, SIM_THEME_INFO, "nothing is known that could"
			     " stand here");
		return;
	}
	n = common(k);
	if (n < k->edit.at - k->offer_from)
		return;
	snprintf(word, sizeof(word), "%.*s%s", (int)n, k->offers[0].word,
		 k->n_offers == 1 && n && k->offers[0].word[n - 1] != '=' &&
		 k->offers[0].word[n - 1] != '/' ? " " : "");
	sim_edit_put(&k->edit, k->offer_from, word);
	if (k->n_offers == 1)
		k->n_offers = 0;
}

static void complete(struct desk *k)
{
	struct sim_errand_words w;
	char before[SIM_EDIT_MAX];
	struct sim_err why = SIM_ERR_INIT;
	int rc;

	snprintf(before, sizeof(before), "%.*s", (int)k->edit.at,
		 k->edit.text);
	rc = sim_errand_split(before, false, &w, &why);
	k->offer_from = w.last;
	if (!rc && (!w.n || !w.is_open)) {
		w.v[w.n++] = sim_mem_strdup("");
		k->offer_from = k->edit.at;
	}
	if (!rc)
		rc = start(k, DESK_COMPLETE, "__complete", &w, &why);
	if (rc)
		sim_desk_say(k, SIM_THEME_ERROR, "%s", why.msg);
	sim_errand_words_release(&w);
}

/* The next one of the offers into the line. */
static void cycle(struct desk *k, int by)
{
	int n = (int)k->n_offers;

	k->offer = k->offer < 0 ? (by > 0 ? 0 : n - 1)
				: (k->offer + by + n) % n;
	sim_edit_put(&k->edit, k->offer_from, k->offers[k->offer].word);
}

void sim_desk_line_done(struct desk *k)
{
	if (k->errand_is != DESK_COMPLETE) {
		show(k);
	} else {
		take_offers(k);
		if (k->mode == DESK_LINE)
			use_offers(k);
		k->is_spoilt = true;
	}
	sim_errand_stop(&k->errand);
}

/* -- typing ---------------------------------------------------------------- */

void sim_desk_line_begin(struct desk *k, enum desk_line line)
{
	struct desk_look now = sim_desk_view_now(k);

	k->mode = DESK_LINE;
	k->line = line;
	k->n_offers = 0;
	k->offer = -1;
	k->recall = k->n_commands;
	sim_edit_set(&k->edit, line == DESK_STUDIES ? now.studies :
		     line == DESK_FILTER ? sim_dash_filtered(k->d) : "");
}

static void set_studies(struct desk *k, const char *text)
{
	struct desk_look to = sim_desk_view_now(k);
	struct sim_err why = SIM_ERR_INIT;

	if (sim_dash_studies(k->d, text, &why)) {
		sim_desk_say(k, SIM_THEME_ERROR, "%s", why.msg);
		return;
	}
	snprintf(to.studies, sizeof(to.studies), "%s", text);
	sim_desk_view_change(k, &to);
}

static void finish(struct desk *k)
{
	const char *text = k->edit.text + strspn(k->edit.text, " ");

	while (k->edit.len && k->edit.text[k->edit.len - 1] == ' ')
		k->edit.text[--k->edit.len] = '\0';
	sim_desk_uncover(k);
	switch (k->line) {
	case DESK_COMMAND:
		if (*text)
			sim_desk_line_run(k, text);
		break;
	case DESK_FILTER:
		sim_dash_filter(k->d, text);
		sim_desk_view_note(k);
		break;
	case DESK_STUDIES:
		set_studies(k, text);
		break;
	case DESK_SEEK:
		if (*text)
			sim_desk_seek_place(k, text);
		break;
	default:
		if (*text)
			sim_desk_seek_break(k, text);
		break;
	}
}

/* An older (-1) or newer command. */
static void recall(struct desk *k, int by)
{
	size_t to = k->recall + (size_t)by;

	if (k->line != DESK_COMMAND || to > k->n_commands)
		return;
	k->recall = to;
	sim_edit_set(&k->edit, to < k->n_commands
		     ? k->commands[to] + (sizeof("simutrador ") - 1) : "");
}

static bool is_key(const struct sim_screen_event *ev, uint32_t code)
{
	return ev->kind == SIM_SCREEN_KEY && !ev->is_alt && ev->code == code;
}

void sim_desk_line_event(struct desk *k, const struct sim_screen_event *ev)
{
	bool completes = k->line == DESK_COMMAND;

	if (is_key(ev, 27) || is_key(ev, 3) ||
	    (is_key(ev, 127) && !k->edit.len)) {
		sim_desk_uncover(k);
	} else if (is_key(ev, 13)) {
		finish(k);
	} else if (is_key(ev, 9) && completes) {
		if (k->n_offers > 1 && !k->errand.pid)
			cycle(k, 1);
		else
			complete(k);
	} else if (is_key(ev, SIM_SCREEN_BACK_TAB) && k->n_offers > 1) {
		cycle(k, -1);
	} else if (is_key(ev, SIM_SCREEN_UP)) {
		recall(k, -1);
	} else if (is_key(ev, SIM_SCREEN_DOWN)) {
		recall(k, 1);
	} else if (sim_edit_event(&k->edit, ev)) {
		k->is_spoilt |= k->n_offers > 0;
		k->n_offers = 0;
		k->offer = -1;
	}
}

/* -- drawing --------------------------------------------------------------- */

static void draw_offers(struct desk *k)
{
	struct sim_screen *s = k->s;
	int n = (int)k->n_offers, rows = s->rows - 3 < 10 ? s->rows - 3 : 10;
	int cols = s->cols < 70 ? s->cols : 70, from = 0;
	struct sim_screen_box b, in, was;

	rows = n < rows ? n : rows;
	if (rows < 1)
		return;
	if (k->offer >= rows)
		from = k->offer - rows + 1;
	b = (struct sim_screen_box){ s->rows - 3 - rows, 0, rows + 2, cols };
	was = sim_screen_clip(s, b);
	sim_screen_fill(s, b, SIM_THEME_TEXT);
	sim_screen_frame(s, b, SIM_THEME_BORDER, NULL);
	in = sim_screen_inside(b);
	sim_screen_clip(s, in);
	for (int i = 0; i < rows; i++) {
		const struct desk_offer *o = &k->offers[from + i];
		int used = sim_screen_put(s, in.row + i, in.col, in.cols,
					  from + i == k->offer
					  ? SIM_THEME_INPUT : SIM_THEME_KEY,
					  o->word);

		if (used + 2 < in.cols)
			sim_screen_put(s, in.row + i, in.col + used + 2,
				       in.cols - used - 2, SIM_THEME_DIM,
				       o->what);
	}
	sim_screen_clip(s, was);
}

void sim_desk_line_draw(struct desk *k)
{
	struct sim_screen *s = k->s;
	const char *prompt = lines[k->line].prompt;
	int row = s->rows - 1, width = sim_glyph_width(prompt);
	struct sim_screen_box b = { row, 0, 1, s->cols };
	struct sim_screen_box was = sim_screen_clip(s, b);

	sim_screen_fill(s, b, SIM_THEME_INPUT);
	sim_screen_put(s, row, 0, s->cols, SIM_THEME_KEY, prompt);
	if (s->cols > width + 1)
		sim_edit_draw(&k->edit, s, row, width, s->cols - width - 1,
			      true);
	if (!k->edit.len && s->cols > width + 2)
		sim_screen_put(s, row, width + 1, s->cols - width - 1,
			       SIM_THEME_DIM, lines[k->line].hint);
	sim_screen_clip(s, was);
	draw_offers(k);
}

void sim_desk_line_release(struct desk *k)
{
	for (size_t i = 0; i < k->n_commands; i++)
		sim_mem_free(k->commands[i]);
	k->n_commands = 0;
}
