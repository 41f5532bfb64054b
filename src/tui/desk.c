/* desk: the loop, and what is drawn over the panes. */
#include "tui/desk_priv.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/mem.h"

#define STEADY_MS	100	/* an answer may take so long: look again */
#define LISTED_MS	2000	/* between two looks at all sessions */
#define PATIENCE_MS	10000	/* nothing has come for so long: nothing will */

/* -- saying ---------------------------------------------------------------- */

void sim_desk_say(struct desk *k, enum sim_theme_role role, const char *fmt,
		  ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sim_dash_log(k->d, role, true, text);
}

void sim_desk_uncover(struct desk *k)
{
	k->mode = DESK_PANES;
	k->is_spoilt = true;
}

/* -- drawing --------------------------------------------------------------- */

static void draw(struct desk *k)
{
	if (k->is_spoilt)
		sim_screen_spoil(k->s);
	k->is_spoilt = false;
	k->s->cursor_row = -1;
	sim_dash_draw(k->d, k->s);
	if (k->mode == DESK_LINE)
		sim_desk_line_draw(k);
	if (k->mode == DESK_SLIP || k->mode == DESK_ASK)
		sim_desk_trade_draw(k);
	sim_screen_show(k->s);
	k->stats->frames++;
	if (k->heard_ms >= 0 && k->now_ms - k->heard_ms > k->stats->worst_ms)
		k->stats->worst_ms = k->now_ms - k->heard_ms;
	k->heard_ms = -1;
	k->next_frame_ms = k->now_ms + DESK_FRAME_MS;
	k->credit_ms -= DESK_COST_MS;
	k->is_asked = false;
}

/* On the way to another step there is nothing to see; for a moment. */
static bool is_quiet(const struct desk *k)
{
	return k->seek.is_moving &&
		(k->in->is_steady || k->now_ms - k->seek.since_ms < 500);
}

static bool is_dirty(const struct desk *k)
{
	return k->is_spoilt || k->mode != DESK_PANES ||
		sim_dash_is_dirty(k->d, k->s);
}

/*
 * Until the next frame may be drawn.  What comes waits for its turn; the answer
 * to a key only for credit, which is there unless keys come faster than frames
 * may be drawn.
 */
static int64_t turn_ms(const struct desk *k)
{
	int64_t credit = DESK_COST_MS - k->credit_ms;
	int64_t turn = k->is_asked ? 0 : k->next_frame_ms - k->now_ms;

	turn = turn > credit ? turn : credit;
	return turn > 0 ? turn : 0;
}

/* -- events ---------------------------------------------------------------- */

static void handle_pane_key(struct desk *k, const struct sim_screen_event *ev)
{
	enum sim_keys_action a = sim_keys_find(k->in->keys, ev->code,
					       ev->is_alt);

	sim_dash_hush(k->d);
	/* Whatever is over the panes goes away like everywhere. */
	if (sim_dash_covered(k->d) && !ev->is_alt &&
	    (ev->code == 27 || ev->code == 'q')) {
		sim_dash_sheet(k->d, NULL, NULL);
		sim_dash_help(k->d, false);
		return;
	}
	if (ev->code == 27 && k->errand.pid) {
		sim_errand_stop(&k->errand);
		sim_desk_say(k, SIM_THEME_WARN, "stopped: %s", k->errand_line);
	} else if (a != SIM_KEYS__COUNT) {
		sim_desk_act(k, a);
	}
}

static void handle(struct desk *k, const struct sim_screen_event *ev)
{
	switch (ev->kind) {
	case SIM_SCREEN_END:
		k->is_leaving = true;
		return;
	case SIM_SCREEN_RESIZE:
		k->is_spoilt = true;
		return;
	case SIM_SCREEN_MOUSE:
		if (k->mode == DESK_PANES)
			sim_desk_mouse(k, ev);
		if (k->border < 0)
			sim_desk_view_note(k);
		return;
	case SIM_SCREEN_PASTE:
		/* What is pasted is no order. */
		if (k->mode == DESK_LINE)
			sim_desk_line_event(k, ev);
		else if (k->mode == DESK_SLIP)
			sim_desk_trade_event(k, ev);
		return;
	default:
		break;
	}
	if (k->mode == DESK_LINE)
		sim_desk_line_event(k, ev);
	else if (k->mode == DESK_SLIP)
		sim_desk_trade_event(k, ev);
	else if (k->mode == DESK_ASK)
		sim_desk_trade_answer(k, ev);
	else
		handle_pane_key(k, ev);
	sim_desk_view_note(k);
}

static void take_input(struct desk *k)
{
	struct sim_screen_event ev;

	do {
		k->s->ops->event(k->s, 0, &ev);
		if (ev.kind == SIM_SCREEN_NONE)
			break;
		handle(k, &ev);
		k->is_asked = true;
	} while (!k->is_leaving);
}

/* -- waiting --------------------------------------------------------------- */

static void tick(struct desk *k)
{
	int64_t was = k->now_ms;

	k->now_ms = k->in->host->now_ms();
	k->credit_ms += k->now_ms - was;
	if (k->credit_ms > DESK_SPARE * DESK_COST_MS)
		k->credit_ms = DESK_SPARE * DESK_COST_MS;
	sim_dash_now(k->d, k->now_ms * SIM_TIME_MS);
}

/* Wait for anything, at most so long. */
static void wait_for(struct desk *k, int ms)
{
	const struct sim_stop *stop = k->in->host->stop;
	struct pollfd f[4] = {
		{ .fd = k->in->host->tty, .events = POLLIN },
		{ .fd = k->c->is_over ? -1 : k->c->in, .events = POLLIN },
		{ .fd = k->errand.pid ? k->errand.fd : -1, .events = POLLIN },
		{ .fd = stop ? stop->fd : -1, .events = POLLIN },
	};

	if (sim_channel_is_sending(k->c))
		f[1].events |= POLLOUT;
	if (poll(f, 4, ms) < 0 && errno != EINTR)
		SIM_BUG("poll refused a descriptor");
}

/* In monitor one sees how the others are. */
static void list_sessions(struct desk *k)
{
	static const char nothing[64];
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	if (!(k->c->can & SIM_CHANNEL_TRADES) || k->c->is_over ||
	    k->now_ms < k->listed_ms || (k->listed_ms &&
	    sim_dash_layout_is(k->d) != SIM_DASH_MONITOR))
		return;
	k->listed_ms = k->now_ms + LISTED_MS;
	sim_desk_encode(k, SIM_MESSAGE_list_sessions, nothing, &b);
	if (!sim_desk_tell(k, sim_buf_str(&b), b.len))
		k->pending--;
	sim_buf_release(&b);
}

static bool hear_all(struct desk *k)
{
	bool more = sim_desk_hear(k);

	if (sim_errand_pump(&k->errand))
		sim_desk_line_done(k);
	if (k->failed)
		k->is_leaving = true;
	return more;
}

static int time_left(const struct desk *k)
{
	return !is_dirty(k) || is_quiet(k) ? DESK_IDLE_MS : (int)turn_ms(k);
}

static bool may_draw(const struct desk *k)
{
	return is_dirty(k) && !is_quiet(k) && !turn_ms(k);
}

static void work(struct desk *k)
{
	bool more = false;

	while (!k->is_leaving && !sim_stop_is_asked(k->in->host->stop)) {
		tick(k);
		take_input(k);
		more = (k->is_asked && may_draw(k)) || hear_all(k);
		sim_desk_ask_wanted(k);
		sim_desk_trade_look(k);
		list_sessions(k);
		tick(k);
		if (may_draw(k))
			draw(k);
		else if (!is_dirty(k))
			k->heard_ms = -1;
		if (!more && !k->is_leaving)
			wait_for(k, time_left(k));
	}
}

/* -- keys that are known beforehand ---------------------------------------- */

/* Until nothing more comes of what was done. */
static void settle(struct desk *k)
{
	bool is_pipe = !k->c->child;
	int64_t until = 0;
	uint64_t lines = 0;

	for (;;) {
		bool more;

		tick(k);
		if (!until || lines != k->stats->lines || k->errand.pid ||
		    is_pipe)
			until = k->now_ms + PATIENCE_MS;
		lines = k->stats->lines;
		if (k->now_ms > until)
			k->pending = 0;
		more = hear_all(k);
		sim_desk_ask_wanted(k);
		if (k->failed || sim_stop_is_asked(k->in->host->stop))
			return;
		if (!more && !k->pending && !k->errand.pid &&
		    !k->seek.is_moving && (!is_pipe || k->c->is_over))
			return;
		if (!more)
			wait_for(k, STEADY_MS);
		if (k->c->is_over && !more && !k->errand.pid)
			k->pending = 0;
	}
}

static void work_steadily(struct desk *k)
{
	struct sim_screen_event ev;

	list_sessions(k);
	while (!k->is_leaving) {
		settle(k);
		draw(k);
		k->s->ops->event(k->s, 0, &ev);
		handle(k, &ev);
	}
	draw(k);
}

/* -- line by line ---------------------------------------------------------- */

static bool is_over(const struct desk *k)
{
	static const char *const ends[] = { "completed", "cancelled", "error" };
	const char *state = sim_dash_facts(k->d).state;

	if (k->in->run)
		return !k->pending && !k->seek.is_moving;
	for (size_t i = 0; k->in->session && i < 3; i++)
		if (!strcmp(state, ends[i]))
			return true;
	return k->c->is_over;
}

static void work_plainly(struct desk *k, sim_desk_line_say say, void *ctx)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_dash_told told = { .n_events = 0 };

	while (!k->is_leaving && !told.is_last &&
	       !sim_stop_is_asked(k->in->host->stop)) {
		bool more;

		tick(k);
		more = hear_all(k);
		sim_desk_ask_wanted(k);
		told.is_last = !more && is_over(k);
		sim_dash_tell(k->d, &told, &b);
		if (b.len && !say(ctx, sim_buf_str(&b), b.len))
			break;
		sim_buf_reset(&b);
		if (!more && !told.is_last)
			wait_for(k, DESK_IDLE_MS);
	}
	sim_buf_release(&b);
}

static void begin(struct desk *k, const struct sim_desk_setup *setup,
		  struct sim_desk_stats *stats, struct sim_err *err)
{
	*k = (struct desk){
		.in = setup, .s = setup->screen, .d = setup->dash,
		.c = setup->channel, .stats = stats, .err = err,
		.errand = SIM_ERRAND_INIT, .is_mouse = true, .offer = -1,
		.ask = { .lines = SIM_BUF_INIT(SIM_BUF_MAX) },
		.bar_ms = 60000, .heard_ms = -1, .is_spoilt = true,
		.speed = -1, .border = -1,
	};
	memset(stats, 0, sizeof(*stats));
	/* A run is placed when it has said what it is. */
	k->pending += setup->run != NULL;
	tick(k);
	sim_desk_view_begin(k);
}

static int end(struct desk *k)
{
	int rc = k->failed;

	sim_errand_stop(&k->errand);
	sim_desk_line_release(k);
	sim_desk_seek_release(k);
	sim_buf_release(&k->ask.lines);
	sim_mem_free(k);
	return rc;
}

int sim_desk_run(const struct sim_desk_setup *setup,
		 struct sim_desk_stats *stats, struct sim_err *err)
{
	struct desk *k = sim_mem_zalloc(sizeof(*k));

	begin(k, setup, stats, err);
	if (setup->is_steady)
		work_steadily(k);
	else
		work(k);
	return end(k);
}

int sim_desk_plain(const struct sim_desk_setup *setup, sim_desk_line_say say,
		   void *ctx, struct sim_desk_stats *stats,
		   struct sim_err *err)
{
	struct desk *k = sim_mem_zalloc(sizeof(*k));

	begin(k, setup, stats, err);
	work_plainly(k, say, ctx);
	return end(k);
}
