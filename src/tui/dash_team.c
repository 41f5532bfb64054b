/* dash: the table of sessions. */
#include <string.h>

#include "tui/dash_do.h"
#include "util/mem.h"

static const char *const words[] = {
	"initializing", "ready", "running", "paused", "completed", "cancelled",
	"error", ""
};

const char *sim_dash_team_word(enum dash_state state)
{
	return words[state <= DASH_UNKNOWN ? state : DASH_UNKNOWN];
}

static const struct sim_dash_mark marks[] = {
	[DASH_INITIALIZING] = { "◌", SIM_THEME_DIM },
	[DASH_READY]        = { "○", SIM_THEME_TEXT },
	[DASH_RUNNING]      = { "●", SIM_THEME_UP },
	[DASH_PAUSED]       = { "⏸", SIM_THEME_WARN },
	[DASH_COMPLETED]    = { "■", SIM_THEME_TEXT },
	[DASH_CANCELLED]    = { "□", SIM_THEME_TEXT },
	[DASH_ERROR]        = { "✗", SIM_THEME_ERROR },
	[DASH_UNKNOWN]      = { "○", SIM_THEME_DIM },
};

const struct sim_dash_mark *sim_dash_team_mark(enum dash_state state)
{
	return &marks[state <= DASH_UNKNOWN ? state : DASH_UNKNOWN];
}

enum dash_state sim_dash_team_parse(const char *word)
{
	enum dash_state s = DASH_INITIALIZING;

	while (s < DASH_UNKNOWN && strcmp(words[s], word) != 0)
		s++;
	return s;
}

static struct dash_session *find(struct sim_dash *d, const char *id)
{
	for (size_t i = 0; i < d->n_sessions; i++)
		if (!strcmp(d->sessions[i].id, id))
			return &d->sessions[i];
	return NULL;
}

static struct dash_session *get(struct sim_dash *d, const char *id)
{
	struct dash_session *s = find(d, id);

	if (s || d->n_sessions == SIM_DASH_SESSIONS)
		return s;
	SIM_MEM_GROW(d->sessions, d->cap_sessions, d->n_sessions + 1);
	s = &d->sessions[d->n_sessions++];
	memset(s, 0, sizeof(*s));
	sim_dash_copy(s->id, sizeof(s->id), id);
	s->key = UINT64_C(14695981039346656037);
	for (const char *p = s->id; *p; p++)
		s->key = (s->key ^ (unsigned char)*p) *
			 UINT64_C(1099511628211);
	s->state = DASH_UNKNOWN;
	s->start = s->end = s->sim_time = SIM_TIME_NONE;
	s->progress = -1;
	dash_touch(d, SIM_DASH_sessions);
	return s;
}

/* Names with a blank between, as far as they fit. */
static void add_name(char to[DASH_SYMS], const char *name)
{
	size_t at = strlen(to), n = strlen(name);

	if (at && at + n + 2 > DASH_SYMS) {
		if (at + 4 <= DASH_SYMS && to[at - 1] != '+')
			memcpy(to + at, " +", 3);
		return;
	}
	if (at)
		to[at++] = ' ';
	n = at + n < DASH_SYMS ? n : DASH_SYMS - 1 - at;
	memcpy(to + at, name, n);
	to[at + n] = '\0';
}

void sim_dash_team_status(struct sim_dash *d, const char *id,
			  const struct sim_message_status *s)
{
	struct dash_session *to = get(d, id);

	if (!to)
		return;
	to->state = (enum dash_state)s->state;
	to->sim_time = s->has_sim_time ? s->sim_time : to->sim_time;
	to->step = (uint64_t)s->sequence_id;
	to->n_steps = (uint64_t)s->ticks_total;
	to->progress = s->progress_pct >= 0 ? s->progress_pct : -1;
	dash_touch(d, SIM_DASH_sessions);
}

void sim_dash_team_step(struct sim_dash *d)
{
	struct dash_session *to = d->n_sessions ? find(d, d->session) : NULL;

	if (!to)
		return;
	to->state = d->state;
	to->sim_time = d->sim_time;
	to->step = d->step;
	to->progress = d->progress;
	dash_touch(d, SIM_DASH_sessions);
}

void sim_dash_team_gone(struct sim_dash *d, const char *id)
{
	struct dash_session *s = find(d, id);

	if (!s)
		return;
	d->n_sessions--;
	memmove(s, s + 1, (size_t)(d->sessions + d->n_sessions - s) *
			  sizeof(*s));
	dash_touch(d, SIM_DASH_sessions);
}

void sim_dash_team_info(struct sim_dash *d,
			const struct sim_message_session_info *i,
			const char *id)
{
	struct dash_session *to = get(d, id);

	if (!to)
		return;
	to->state = (enum dash_state)i->state;
	to->symbols[0] = '\0';
	for (size_t k = 0; k < i->n_symbols; k++)
		add_name(to->symbols, i->symbols[k]);
	sim_dash_copy(to->timeframe, sizeof(to->timeframe), i->timeframe);
	to->start = i->start_date;
	to->end = i->end_date;
	to->capital = i->initial_capital;
	to->sim_time = i->has_sim_time ? i->sim_time : SIM_TIME_NONE;
	to->step = (uint64_t)i->sequence_id;
	to->n_steps = (uint64_t)i->ticks_total;
	to->progress = i->progress_pct >= 0 ? i->progress_pct : -1;
	dash_touch(d, SIM_DASH_sessions);
}

/* -- a list, as JSON -------------------------------------------------------*/

static sim_time get_time(const struct sim_json_val *v, const char *key)
{
	const char *s = sim_json_as_str(sim_json_get(v, key));
	struct sim_err ignored;
	sim_time t;

	if (!s || sim_time_parse(s, strlen(s), &t, NULL, &ignored))
		return SIM_TIME_NONE;
	return t;
}

static uint64_t get_count(const struct sim_json_val *v, const char *key)
{
	int64_t n = 0;

	return sim_json_as_int(sim_json_get(v, key), &n) && n > 0 ? (uint64_t)n
								  : 0;
}

static void hear_one(struct sim_dash *d, const struct sim_json_val *v)
{
	const char *id = sim_json_as_str(sim_json_get(v, "session_id"));
	const char *state = sim_json_as_str(sim_json_get(v, "state"));
	const char *tf = sim_json_as_str(sim_json_get(v, "timeframe"));
	const struct sim_json_val *names = sim_json_get(v, "symbols");
	struct dash_session *to = id && *id ? get(d, id) : NULL;

	if (!to)
		return;
	if (state)
		to->state = sim_dash_team_parse(state);
	if (tf)
		sim_dash_copy(to->timeframe, sizeof(to->timeframe), tf);
	to->symbols[0] = '\0';
	for (size_t i = 0; i < sim_json_len(names); i++) {
		const char *name = sim_json_as_str(sim_json_at(names, i));

		add_name(to->symbols, name ? name : "?");
	}
	to->start = get_time(v, "start_date");
	to->end = get_time(v, "end_date");
	to->sim_time = get_time(v, "sim_time");
	to->step = get_count(v, "sequence_id");
	to->n_steps = get_count(v, "ticks_total");
	(void)sim_json_as_dec(sim_json_get(v, "initial_capital"), &to->capital);
	if (!sim_json_as_double(sim_json_get(v, "progress_pct"),
				&to->progress))
		to->progress = -1;
}

void sim_dash_team_list(struct sim_dash *d, const struct sim_json_val *list)
{
	d->n_sessions = 0;
	for (size_t i = 0; i < sim_json_len(list); i++)
		hear_one(d, sim_json_at(list, i));
	d->wants &= ~(unsigned)SIM_DASH_WANT_SESSIONS;
	dash_touch(d, SIM_DASH_sessions);
}
