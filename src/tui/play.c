/* play: the tape of a run plays, and at the end of each step somebody may say
 * how it shall go on. */
#include "tui/play.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/session.h"
#include "run/fork.h"
#include "run/tape.h"
#include "strategy/talk.h"
#include "tui/channel.h"

#define FLUSH_BYTES	((size_t)32 << 10)	/* said at once */
#define BEHIND_US	100000	/* later than that, lost time is forgotten */
#define DONE_EVERY	64
#define STEPS_MAX	INT64_C(1000000000000)

struct player {
	const struct sim_play *in;
	int fd;
	struct sim_channel ear;
	struct sim_talk talk;
	struct sim_buf out;
	const struct sim_strategy_view *view;
	uint64_t at;			/* the step that was said last */
	uint64_t from;			/* nothing is said up to this one */
	uint64_t target;		/* go on at once as far as this */
	bool is_playing, is_over, again, has_events;
	bool is_asked;			/* somebody waits for the target */
	int64_t interval_us, due_us;
	int64_t span_us;		/* of a bar */
	struct sim_err *err;
};

/* -- saying ---------------------------------------------------------------- */

static void flush(struct player *p)
{
	if (p->out.len &&
	    !sim_channel_put(p->fd, sim_buf_str(&p->out), p->out.len))
		p->is_over = true;
	sim_buf_reset(&p->out);
}

static void say_status(struct player *p, enum sim_message_type type,
		       const char *request_id)
{
	uint64_t all = sim_replay_steps(p->in->replay);
	const struct sim_run_equity *q =
		&sim_tape_result(sim_replay_tape(p->in->replay))->equity;
	struct sim_message_status s = {
		.state = p->at == all ? SIM_SESSION_COMPLETED :
			p->is_playing ? SIM_SESSION_RUNNING :
			SIM_SESSION_PAUSED,
		.sim_time = p->at && p->at <= q->n ? q->time[p->at - 1] : 0,
		.has_sim_time = p->at > 0 && p->at <= q->n,
		.sequence_id = (int64_t)p->at, .ticks_total = (int64_t)all,
		.progress_pct = all ? 100.0 * (double)p->at / (double)all : 0,
	};

	sim_talk_send(&p->talk, type, &s, request_id);
}

/* What the run is: the first thing that is said. */
static void say_run(struct player *p)
{
	const struct sim_run_result *r = &p->in->folder->result;
	uint32_t n;
	const struct sim_instrument *all =
		sim_tape_symbols(sim_replay_tape(p->in->replay), &n);
	struct sim_message_session_info m = {
		.session_id = p->in->folder->id, .state = SIM_SESSION_PAUSED,
		.start_date = r->first, .end_date = r->last,
		.initial_capital = r->account.initial,
		.timeframe = r->timeframe, .created_at = r->first,
		.ticks_total = (int64_t)sim_replay_steps(p->in->replay),
		.n_symbols = n, .metadata = { .text = "{}" },
	};
	const char **names = sim_mem_array(n + 1, sizeof(*names));
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;

	sim_json_init(&j, &b, false);
	sim_json_object(&j, NULL);
	for (uint32_t i = 0; i < n; i++) {
		names[i] = all[i].symbol;
		sim_talk_put_instrument(&j, &all[i]);
	}
	sim_json_end(&j);
	m.symbols = names;
	m.instruments.text = sim_buf_str(&b);
	m.has_instruments = true;
	sim_talk_send(&p->talk, SIM_MESSAGE_session_details, &m, NULL);
	sim_buf_release(&b);
	sim_mem_free(names);
}

/* All of this step was said. */
static void say_done(struct player *p, uint64_t step)
{
	sim_buf_printf(&p->out, "!done %" PRIu64 "\n", step);
}

/* Do levels move without anything happening? */
static bool is_trailing(const struct sim_strategy_view *v)
{
	const struct sim_strategy_host *h = v->host;

	for (uint32_t i = 0; i < v->nsyms; i++)
		for (const struct sim_order *o = h->next_order(h->ctx, i, 0);
		     o; o = h->next_order(h->ctx, i, o->id))
			if (o->type == SIM_ORDER_TYPE_TRAILING_STOP)
				return true;
	return false;
}

static bool is_eod(const struct sim_strategy_view *v)
{
	for (uint32_t k = 0; k < v->ntraded; k++)
		if (v->syms[v->traded[k]].is_eod)
			return true;
	return false;
}

static void say_step(struct player *p, const struct sim_strategy_view *v)
{
	struct sim_tick_end e = {
		.sequence_id = (int64_t)v->step, .now = v->now,
		.is_eod = is_eod(v),
	};

	/* What orders came to is of this step, so its time is told before. */
	sim_talk_tell_account(&p->talk, false, NULL);
	sim_talk_tell_tick(&p->talk, &e);
	sim_talk_tell_updates(&p->talk);
	if (p->has_events || is_trailing(v))
		sim_talk_tell_orders(&p->talk, UINT32_MAX, NULL);
	if (v->step % DONE_EVERY == 0)
		say_done(p, v->step);
	if (p->out.len >= FLUSH_BYTES)
		flush(p);
}

/* -- hearing --------------------------------------------------------------- */

static int64_t now_us(const struct player *p)
{
	return p->in->now_ms() * 1000;
}

static void say_wrong(struct player *p, const struct sim_err *why)
{
	sim_buf_printf(&p->out, "!wrong %s\n", why->msg);
}

static void go_from(struct player *p, uint64_t step)
{
	uint64_t all = sim_replay_steps(p->in->replay);

	p->from = p->target = step < all ? step : all;
	p->is_playing = p->is_asked = false;
	p->again = true;
	p->at = p->from;
	sim_buf_printf(&p->out, "!from %" PRIu64 "\n", p->from);
	say_status(p, SIM_MESSAGE_simulation_paused, NULL);
}

static void obey_seek(struct player *p, const char *place)
{
	struct sim_err why = SIM_ERR_INIT;
	uint64_t seq, step;

	if (sim_fork_at(p->in->folder, place, &seq, &step, &why))
		say_wrong(p, &why);
	else
		sim_buf_printf(&p->out, "!sought %" PRIu64 "\n", step);
}

static void obey_break(struct player *p, const char *expr)
{
	struct sim_err why = SIM_ERR_INIT;
	int n = sim_replay_break(p->in->replay, expr, &why);

	if (n < 0)
		say_wrong(p, &why);
	else
		sim_buf_printf(&p->out, "!broken %d %s\n", n, expr);
}

/* While no pass is under way, since this is one too. */
static void obey_continue(struct player *p)
{
	struct sim_replay *r = p->in->replay;
	struct sim_err why = SIM_ERR_INIT;
	int hit = 0, rc = sim_replay_seek(r, p->at, &why);

	if (!rc)
		rc = sim_replay_continue(r, &hit, &why);
	if (rc)
		say_wrong(p, &why);
	else
		sim_buf_printf(&p->out, "!go %" PRIu64 " %d\n",
			       sim_replay_step(r), hit);
}

static uint64_t number(const char *s)
{
	uint64_t n = 0;

	for (; *s >= '0' && *s <= '9' && n < STEPS_MAX; s++)
		n = n * 10 + (uint64_t)(*s - '0');
	return n;
}

static void set_playing(struct player *p, bool is_playing)
{
	p->is_playing = is_playing;
	p->target = p->at;
	p->due_us = now_us(p);
}

static void go_to(struct player *p, uint64_t step)
{
	set_playing(p, false);
	p->target = step;
	p->is_asked = true;
}

static void obey_word(struct player *p, const char *line)
{
	if (!strncmp(line, "!from ", 6))
		go_from(p, number(line + 6));
	else if (!strncmp(line, "!to ", 4))
		go_to(p, number(line + 4));
	else if (!strncmp(line, "!seek ", 6))
		obey_seek(p, line + 6);
	else if (!strncmp(line, "!break ", 7))
		obey_break(p, line + 7);
	else if (!strcmp(line, "!continue"))
		obey_continue(p);
}

static void set_speed(struct player *p,
		      const struct sim_message_set_speed *s)
{
	if (s->has_tick_interval_ms)
		p->interval_us = s->tick_interval_ms * 1000;
	else if (s->has_speed)
		p->interval_us = s->speed > 0
			? (int64_t)((double)p->span_us / s->speed) : 0;
	p->due_us = now_us(p);
}

static void obey_message(struct player *p, const struct sim_message *m)
{
	const struct sim_message_step_simulation *s = m->data;

	switch (m->type) {
	case SIM_MESSAGE_pause_simulation:
		set_playing(p, false);
		say_status(p, SIM_MESSAGE_simulation_paused, m->request_id);
		break;
	case SIM_MESSAGE_resume_simulation:
		set_playing(p, true);
		say_status(p, SIM_MESSAGE_simulation_resumed, m->request_id);
		break;
	case SIM_MESSAGE_step_simulation:
		go_to(p, p->at + (uint64_t)(s->has_ticks ? s->ticks : 1));
		break;
	case SIM_MESSAGE_set_speed:
		set_speed(p, m->data);
		say_status(p, SIM_MESSAGE_speed_set, m->request_id);
		break;
	default:
		break;
	}
}

static void obey(struct player *p, const char *line, size_t n)
{
	struct sim_message m;

	if (*line == '!') {
		obey_word(p, line);
		return;
	}
	if (!sim_message_decode_wire(line, n, SIM_CHANNEL_LINE_MAX,
				     SIM_MESSAGE_IN, &m, NULL) &&
	    m.type != SIM_MESSAGE__COUNT)
		obey_message(p, &m);
	sim_message_release(&m);
}

/* All that was said, up to what makes another pass necessary. */
static void hear(struct player *p)
{
	char *line;
	size_t n;

	if (p->ear.used == p->ear.rx.len)
		sim_channel_pump(&p->ear);
	while (!p->again && sim_channel_line(&p->ear, &line, &n)) {
		/* Nothing else may play while a pass is under way. */
		if (p->view && !strcmp(line, "!continue")) {
			p->ear.used -= n + 1;
			p->ear.scanned = p->ear.used;
			line[n] = '\n';
			p->from = p->target = p->at;
			p->again = true;
			return;
		}
		obey(p, line, n);
	}
	if (p->ear.used && !p->again)
		sim_channel_pump(&p->ear);
	/* A line without its end is none. */
	p->is_over |= p->ear.is_over && !p->again;
}

/* -- going on -------------------------------------------------------------- */

/* Time until the next step of a play; 0: it is due; -1: there is none. */
static int wait_ms(const struct player *p)
{
	int64_t left;

	if (!p->is_playing || p->at >= sim_replay_steps(p->in->replay))
		return -1;
	left = p->due_us - now_us(p);
	return left <= 0 ? 0 : (int)(left / 1000 < 1000 ? left / 1000 + 1
							 : 1000);
}

static void arrive(struct player *p)
{
	if (!p->is_asked || p->at < p->target)
		return;
	p->is_asked = false;
	say_status(p, SIM_MESSAGE_simulation_stepped, NULL);
}

/* Until the next step shall be said; false: this pass is over. */
static bool wait_turn(struct player *p)
{
	struct pollfd f = { .fd = p->fd, .events = POLLIN };
	int ms;

	for (;;) {
		hear(p);
		if (p->is_over || p->again)
			return false;
		if (p->at < p->target &&
		    p->at < sim_replay_steps(p->in->replay))
			return true;
		ms = wait_ms(p);
		if (!ms)
			return true;
		flush(p);
		poll(&f, 1, ms);
	}
}

/* -- a pass ---------------------------------------------------------------- */

static void take_event(void *ctx, const struct sim_event *ev)
{
	struct player *p = ctx;
	char name[16];

	/* What is called otherwise could not be asked about. */
	if (ev->order && (ev->order->id >= p->talk.order_name_cap ||
			  !p->talk.order_name[ev->order->id])) {
		snprintf(name, sizeof(name), "%" PRIu32, ev->order->id);
		sim_talk_order_called(&p->talk, ev->order->id, name);
	}
	sim_talk_note(&p->talk, ev);
	p->has_events = true;
}

static void keep_pace(struct player *p)
{
	int64_t now;

	if (!p->is_playing)
		return;
	p->due_us += p->interval_us;
	now = now_us(p);
	if (p->due_us < now - BEHIND_US)
		p->due_us = now;
}

static bool end_step(void *ctx, const struct sim_strategy_view *v)
{
	struct player *p = ctx;
	bool is_past = v->step <= p->from;

	p->view = p->talk.v = v;
	if (!is_past && !wait_turn(p))
		return true;
	if (!is_past) {
		say_step(p, v);
		p->at = v->step;
		keep_pace(p);
		arrive(p);
	}
	if (is_eod(v))
		p->talk.day_equity = v->account->equity;
	p->talk.nevents = 0;
	p->has_events = false;
	return p->at >= sim_replay_steps(p->in->replay);
}

static int play_once(struct player *p, struct sim_err *err)
{
	struct sim_run_result out = SIM_RUN_RESULT_INIT;
	const struct sim_tape_play how = {
		.event = take_event, .watch = end_step, .ctx = p,
	};
	int rc;

	/* What had to wait for the end of a pass. */
	do {
		p->again = false;
		p->at = p->from;
		hear(p);
	} while (p->again && !p->is_over);
	p->has_events = false;
	p->talk.nevents = 0;
	p->talk.day_equity = sim_tape_result(
		sim_replay_tape(p->in->replay))->account.initial;
	rc = sim_tape_run(sim_replay_tape(p->in->replay), &how, &out, err);
	sim_run_result_release(&out);
	p->view = p->talk.v = NULL;
	return rc;
}

/* The last step was said: until another one is wanted. */
static void rest(struct player *p)
{
	struct pollfd f = { .fd = p->fd, .events = POLLIN };

	if (p->is_playing || p->is_asked) {
		p->is_playing = p->is_asked = false;
		say_status(p, SIM_MESSAGE_simulation_stepped, NULL);
	}
	while (!p->is_over && !p->again) {
		hear(p);
		flush(p);
		if (!p->is_over && !p->again)
			poll(&f, 1, -1);
	}
}

static void begin(struct player *p)
{
	const struct sim_run_result *r = &p->in->folder->result;
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(p->in->folder->id, SIM_TIME_NONE);
	struct sim_bar_tf tf = { SIM_BAR_TF_DAY, SIM_TIME_DAY };

	sim_channel_listen(&p->ear, p->fd);
	if (sim_bar_tf_parse(r->timeframe, &tf, NULL))
		tf.span = SIM_TIME_DAY;
	p->span_us = tf.span / 1000;
	p->talk.out = p->talk.tick.out = &p->out;
	p->talk.style = p->talk.tick.style = style;
	p->talk.topics = SIM_TALK_ALL;
	snprintf(p->talk.tick.timeframe, sizeof(p->talk.tick.timeframe), "%s",
		 r->timeframe);
	sim_buf_puts(&p->out, "!ready\n");
	say_run(p);
	say_status(p, SIM_MESSAGE_simulation_status, NULL);
	say_done(p, 0);
}

int sim_play_work(void *ctx, int fd, struct sim_err *err)
{
	struct player p = {
		.in = ctx, .fd = fd, .ear = SIM_CHANNEL_INIT,
		.out = SIM_BUF_INIT(SIM_BUF_MAX), .err = err,
	};
	int rc = SIM_OK;

	begin(&p);
	while (!rc && !p.is_over) {
		if (p.again || p.at < sim_replay_steps(p.in->replay))
			rc = play_once(&p, err);
		else
			rest(&p);
	}
	flush(&p);
	p.ear.in = -1;			/* fd is not ours */
	sim_channel_close(&p.ear);
	sim_talk_release(&p.talk);
	sim_buf_release(&p.out);
	return rc;
}
