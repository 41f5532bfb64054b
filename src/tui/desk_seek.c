/*
 * desk_seek: the clock, and going through a run in both directions.
 *
 * Back is: what was heard up to an earlier step is there again, and the steps
 * from there on are heard anew, so one sees what one saw.
 */
#include "tui/desk_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/dash_save.h"

#define SAVED_BYTES	((size_t)96 << 20)	/* of all that are kept */
#define FIRST_EVERY	64

/* Bars a second; 0: as fast as it goes. */
static const double ladder[] = {
	0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 0
};
#define N_LADDER ((int)(sizeof(ladder) / sizeof(ladder[0])))
#define LADDER_BEGINS 5

/* -- what is kept ---------------------------------------------------------- */

static void drop(struct desk_seek *s, size_t i)
{
	sim_dash_saved_free(s->saved[i]);
	s->n_saved--;
	memmove(s->saved + i, s->saved + i + 1,
		(s->n_saved - i) * sizeof(*s->saved));
	memmove(s->saved_at + i, s->saved_at + i + 1,
		(s->n_saved - i) * sizeof(*s->saved_at));
}

/* Every other one makes room, but for the first. */
static void thin(struct desk_seek *s)
{
	s->every *= 2;
	for (size_t i = s->n_saved; i-- > 1; )
		if (s->saved_at[i] % s->every)
			drop(s, i);
}

static void keep(struct desk *k, uint64_t step)
{
	struct desk_seek *s = &k->seek;
	size_t i = 0;

	if (!s->every)
		s->every = FIRST_EVERY;
	while (i < s->n_saved && s->saved_at[i] < step)
		i++;
	if (step % s->every || (i < s->n_saved && s->saved_at[i] == step))
		return;
	memmove(s->saved + i + 1, s->saved + i,
		(s->n_saved - i) * sizeof(*s->saved));
	memmove(s->saved_at + i + 1, s->saved_at + i,
		(s->n_saved - i) * sizeof(*s->saved_at));
	s->saved[i] = sim_dash_save(k->d);
	s->saved_at[i] = step;
	s->n_saved++;
	while (s->n_saved == DESK_SAVED || (s->n_saved > 2 &&
	       s->n_saved * sim_dash_saved_bytes(s->saved[i]) > SAVED_BYTES))
		thin(s), i = s->n_saved - 1;
}

void sim_desk_seek_release(struct desk *k)
{
	while (k->seek.n_saved)
		drop(&k->seek, k->seek.n_saved - 1);
}

/* -- moving ---------------------------------------------------------------- */

static void tell(struct desk *k, const char *word, uint64_t step)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "%s %" PRIu64 "\n", word, step);

	sim_desk_tell(k, line, (size_t)len);
}

static void arrive(struct desk *k)
{
	k->seek.is_moving = false;
	if (k->seek.is_turned) {
		k->seek.is_turned = false;
		sim_desk_seek_pause(k);
	}
}

/* Go on from where we are to the target. */
static void go_forward(struct desk *k)
{
	if (k->seek.target > k->seek.at)
		tell(k, "!to", k->seek.target);
	else
		arrive(k);
}

void sim_desk_seek_to(struct desk *k, uint64_t step)
{
	struct desk_seek *s = &k->seek;
	uint64_t all = sim_dash_facts(k->d).n_steps;
	size_t i = s->n_saved;

	s->target = all && step > all ? all : step;
	s->since_ms = k->now_ms;
	s->is_moving = true;
	if (s->target >= s->at && !s->is_skipping) {
		go_forward(k);
		return;
	}
	while (i && s->saved_at[i - 1] > s->target)
		i--;
	s->is_skipping = true;
	if (i)
		sim_dash_restore(k->d, s->saved[i - 1]);
	else
		sim_dash_forget(k->d);
	s->at = i ? s->saved_at[i - 1] : 0;
	tell(k, "!from", s->at);
}

static uint64_t share_of(const struct desk *k, double percent)
{
	double all = (double)sim_dash_facts(k->d).n_steps;
	double to = all * percent / 100;

	return to <= 0 ? 0 : to >= all ? (uint64_t)all : (uint64_t)(to + 0.5);
}

void sim_desk_seek_place(struct desk *k, const char *text)
{
	char *end;
	long long n = strtoll(text, &end, 10);
	uint64_t at = k->seek.at;
	char line[SIM_EDIT_MAX + 16];

	if (end != text && !*end && (*text == '+' || *text == '-')) {
		sim_desk_seek_to(k, n < 0 && (uint64_t)-n > at ? 0
				 : at + (uint64_t)n);
	} else if (end != text && !*end) {
		sim_desk_seek_to(k, n < 0 ? 0 : (uint64_t)n);
	} else if (end != text && !strcmp(end, "%")) {
		sim_desk_seek_to(k, share_of(k, (double)n));
	} else {
		snprintf(line, sizeof(line), "!seek %s\n",
			 text + (*text == '#'));
		if (sim_desk_tell(k, line, strlen(line)))
			k->pending++;
	}
	snprintf(line, sizeof(line), "simutrador run replay %s --at %s",
		 k->in->run, text + (*text == '#'));
	sim_desk_remember(k, line);
}

/* -- breakpoints and bookmarks --------------------------------------------- */

void sim_desk_seek_break(struct desk *k, const char *expr)
{
	char line[SIM_EDIT_MAX + 80];

	snprintf(line, sizeof(line), "!break %s\n", expr);
	if (sim_desk_tell(k, line, strlen(line)))
		k->pending++;
	snprintf(line, sizeof(line), "simutrador run replay %s --break '%s'",
		 k->in->run, expr);
	sim_desk_remember(k, line);
}

void sim_desk_seek_go_on(struct desk *k)
{
	static const char line[] = "!continue\n";

	if (!k->seek.n_breaks) {
		sim_desk_say(k, SIM_THEME_WARN, "there is no breakpoint; B"
			     " sets one");
		return;
	}
	if (!k->seek.is_moving && sim_desk_tell(k, line, sizeof(line) - 1)) {
		k->pending++;
		sim_desk_say(k, SIM_THEME_INFO, "looking for the next step at"
			     " which a breakpoint holds");
	}
}

void sim_desk_seek_mark(struct desk *k)
{
	struct desk_seek *s = &k->seek;
	size_t i = 0;

	while (i < s->n_marks && s->mark[i] < s->at)
		i++;
	if (s->n_marks == DESK_MARKS) {
		sim_desk_say(k, SIM_THEME_WARN, "there are %d bookmarks"
			     " already", DESK_MARKS);
		return;
	}
	if (i == s->n_marks || s->mark[i] != s->at) {
		memmove(s->mark + i + 1, s->mark + i,
			(s->n_marks - i) * sizeof(*s->mark));
		s->mark[i] = s->at;
		s->n_marks++;
	}
	sim_desk_say(k, SIM_THEME_INFO, "bookmark at step %" PRIu64, s->at);
}

/* The next one behind here, or the first. */
void sim_desk_seek_jump(struct desk *k)
{
	struct desk_seek *s = &k->seek;
	size_t i = 0;

	if (!s->n_marks) {
		sim_desk_say(k, SIM_THEME_WARN, "there is no bookmark; m sets"
			     " one");
		return;
	}
	while (i < s->n_marks && s->mark[i] <= s->at)
		i++;
	sim_desk_seek_to(k, s->mark[i < s->n_marks ? i : 0]);
}

/* -- what comes ------------------------------------------------------------ */

static void answered(struct desk *k)
{
	k->pending -= k->pending > 0;
}

static void hear_go(struct desk *k, const char *text)
{
	char *end;
	uint64_t step = strtoull(text, &end, 10);
	int hit = (int)strtol(end, NULL, 10);

	answered(k);
	sim_desk_seek_to(k, step);
	if (hit)
		sim_desk_say(k, SIM_THEME_INFO, "breakpoint %d holds at step %"
			     PRIu64, hit, step);
	else
		sim_desk_say(k, SIM_THEME_INFO, "no breakpoint holds up to the"
			     " end");
}

/* The run has said what it is. */
static void place(struct desk *k)
{
	k->seek.is_placed = true;
	answered(k);
	if (k->in->at)
		sim_desk_seek_place(k, k->in->at);
	else
		sim_desk_seek_to(k, sim_dash_facts(k->d).n_steps);
}

void sim_desk_seek_word(struct desk *k, const char *line)
{
	uint64_t n = strtoull(line + strcspn(line, " "), NULL, 10);

	if (!strncmp(line, "!from ", 6)) {
		if (k->seek.is_skipping && n == k->seek.at) {
			k->seek.is_skipping = false;
			go_forward(k);
		}
	} else if (!strncmp(line, "!done ", 6)) {
		if (!k->seek.is_skipping)
			keep(k, n);
		if (!k->seek.is_placed)
			place(k);
	} else if (!strncmp(line, "!sought ", 8)) {
		answered(k);
		sim_desk_seek_to(k, n);
	} else if (!strncmp(line, "!broken ", 8)) {
		answered(k);
		k->seek.n_breaks++;
		sim_desk_say(k, SIM_THEME_INFO, "breakpoint %s", line + 8);
	} else if (!strncmp(line, "!go ", 4)) {
		hear_go(k, line + 4);
	} else if (!strncmp(line, "!wrong ", 7)) {
		answered(k);
		sim_desk_say(k, SIM_THEME_ERROR, "%s", line + 7);
	}
}

void sim_desk_seek_hear(struct desk *k, const struct sim_message *m)
{
	const struct sim_message_tick *t = m->data;

	if (m->type == SIM_MESSAGE_tick)
		k->seek.at = (uint64_t)t->sequence_id;
	if (m->type == SIM_MESSAGE_simulation_stepped && k->seek.is_moving &&
	    k->seek.at >= k->seek.target)
		arrive(k);
}

/* -- the clock ------------------------------------------------------------- */

/* Ask for something that is answered. */
static bool request(struct desk *k, enum sim_message_type type,
		    const void *data)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	bool ok;

	sim_desk_encode(k, type, data, &b);
	ok = sim_desk_tell(k, sim_buf_str(&b), b.len);
	k->pending -= !ok;
	sim_buf_release(&b);
	return ok;
}

static void set_speed(struct desk *k, int row)
{
	double bars = ladder[row];
	struct sim_message_set_speed m = {
		.speed = bars * (double)k->bar_ms / 1000, .has_speed = true,
		.tick_interval_ms = 0, .has_tick_interval_ms = !bars,
	};

	k->speed = row;
	if (request(k, SIM_MESSAGE_set_speed, &m))
		sim_dash_speed(k->d, m.speed);
}

/* A session that was only made is begun, with its clock or
 * standing at its first bar.  Gives: false: it was begun before. */
static bool begin(struct desk *k, bool has_clock)
{
	double speed = ladder[LADDER_BEGINS] * (double)k->bar_ms / 1000;
	char line[SIM_SLIP_COMMAND] = "session start", number[32];

	if (!k->in->session || strcmp(sim_dash_facts(k->d).state, "ready") != 0)
		return false;
	if (k->errand.pid && k->errand_is == DESK_DO)
		return true;		/* it is being begun */
	if (has_clock) {
		snprintf(number, sizeof(number), "%.0fx", speed);
		sim_slip_word(line, "--speed");
		sim_slip_word(line, number);
		k->speed = LADDER_BEGINS;
		sim_dash_speed(k->d, speed);
	}
	sim_slip_word(line, k->in->session);
	sim_desk_line_do(k, line);
	return true;
}

void sim_desk_seek_pause(struct desk *k)
{
	static const char nothing[64];
	const char *state = sim_dash_facts(k->d).state;
	bool is_running = !strcmp(state, "running");

	/* What is asked on the way is done on arrival. */
	if (k->seek.is_moving) {
		k->seek.is_turned = !k->seek.is_turned;
		return;
	}
	if (begin(k, true))
		return;
	/* From its end a run plays anew. */
	if (!is_running && k->in->run &&
	    k->seek.at >= sim_dash_facts(k->d).n_steps)
		sim_desk_seek_to(k, 0);
	if (!is_running && k->speed < 0 && k->in->run)
		set_speed(k, LADDER_BEGINS);
	request(k, is_running ? SIM_MESSAGE_pause_simulation
			      : SIM_MESSAGE_resume_simulation, nothing);
}

void sim_desk_seek_step(struct desk *k)
{
	static const struct sim_message_step_simulation one = {
		.ticks = 1, .has_ticks = true,
	};
	uint64_t at = k->seek.is_moving ? k->seek.target : k->seek.at;

	if (begin(k, false))
		return;
	if (k->in->run && at >= sim_dash_facts(k->d).n_steps)
		sim_desk_say(k, SIM_THEME_INFO, "the run ends here; , goes a"
			     " step back, and J 0 to its beginning");
	else if (k->in->run)
		sim_desk_seek_to(k, at + 1);
	else
		request(k, SIM_MESSAGE_step_simulation, &one);
}

void sim_desk_seek_speed(struct desk *k, int by)
{
	int row = (k->speed < 0 ? LADDER_BEGINS : k->speed) + by;
	char text[64];

	row = row < 0 ? 0 : row >= N_LADDER ? N_LADDER - 1 : row;
	set_speed(k, row);
	if (ladder[row] > 0)
		snprintf(text, sizeof(text), "%g bars a second (%gx)",
			 ladder[row],
			 ladder[row] * (double)k->bar_ms / 1000);
	else
		snprintf(text, sizeof(text), "as fast as it goes");
	sim_desk_say(k, SIM_THEME_INFO, "speed: %s", text);
}
