/* pipe_bars: steps and the bars of skipped ones, as rows or columns. */
#include "strategy/pipe_priv.h"

#include <string.h>

/* -- bars that wait ------------------------------------------------------- */

/* How many bars of symbol i are to be told as late ones. */
static size_t late_end(const struct sim_pipe *p, uint32_t i, bool all)
{
	const struct sim_strategy_sym *s = &p->talk.v->syms[i];

	return s->bars.n - (!all && s->traded);
}

/* The earliest start among the bars that wait; SIM_TIME_MAX: none does. */
static sim_time next_start(const struct sim_pipe *p, bool all)
{
	sim_time least = SIM_TIME_MAX;

	for (uint32_t i = 0; i < p->talk.v->nsyms; i++) {
		const struct sim_bar_series *b = &p->talk.v->syms[i].bars;

		if (p->told[i] < late_end(p, i, all) &&
		    b->ts[p->told[i]] < least)
			least = b->ts[p->told[i]];
	}
	return least;
}

/* One more row; n are in the block.  Gives: how many now. */
static int put_row(struct sim_pipe *p, uint32_t i, int n, bool is_history)
{
	struct sim_bar b = sim_bar_at(&p->talk.v->syms[i].bars, p->told[i]++);

	if (n == SIM_TICK_BLOCK) {
		sim_tick_block_finish(&p->talk.tick);
		n = 0;
	}
	if (!n)
		sim_tick_block(&p->talk.tick, NULL, is_history);
	sim_tick_row(&p->talk.tick, i, &b);
	return n + 1;
}

static void tell_columns(struct sim_pipe *p, bool all, bool is_history)
{
	const struct sim_strategy_view *v = p->talk.v;
	size_t end = late_end(p, 0, all);
	sim_time t;
	int n = 0;

	while (v->nsyms == 1 && p->told[0] < end)
		n = put_row(p, 0, n, is_history);
	while (v->nsyms > 1 && (t = next_start(p, all)) != SIM_TIME_MAX) {
		for (uint32_t i = 0; i < v->nsyms; i++) {
			if (p->told[i] < late_end(p, i, all) &&
			    v->syms[i].bars.ts[p->told[i]] == t)
				n = put_row(p, i, n, is_history);
		}
	}
	if (n)
		sim_tick_block_finish(&p->talk.tick);
}

/* Up to `left` bars of a symbol as a list of candles; how many. */
static int put_candles(struct sim_pipe *p, struct sim_json *j, uint32_t i,
		       size_t end, int left)
{
	const struct sim_bar_series *s = &p->talk.v->syms[i].bars;
	int n = 0;

	sim_json_array(j, s->n ? p->talk.v->syms[i].instrument->symbol : "");
	for (; n < left && p->told[i] < end; n++) {
		struct sim_bar b = sim_bar_at(s, p->told[i]++);

		if (n)
			sim_buf_putc(j->out, ',');
		p->talk.tick.out = j->out;
		sim_tick_bar(&p->talk.tick, &b);
	}
	p->talk.tick.out = &p->child.out;
	sim_json_end(j);
	return n;
}

/* One message of rows; false when nothing waits. */
static bool tell_candles(struct sim_pipe *p, bool all, bool is_history)
{
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_message_history_snapshot h = {
		.timeframe = p->talk.tick.timeframe
	};
	struct sim_message_bars b = { .has_candles = true };
	struct sim_json j;
	int n = 0;

	sim_json_init(&j, &text, false);
	sim_json_object(&j, NULL);
	for (uint32_t i = 0; i < p->talk.v->nsyms && n < SIM_TICK_BLOCK; i++) {
		size_t end = late_end(p, i, all);

		if (p->told[i] < end)
			n += put_candles(p, &j, i, end, SIM_TICK_BLOCK - n);
	}
	sim_json_end(&j);
	h.count = n;
	h.candles.text = b.candles.text = sim_buf_str(&text);
	if (n && is_history)
		sim_talk_send(&p->talk, SIM_MESSAGE_history_snapshot, &h, NULL);
	else if (n)
		sim_talk_send(&p->talk, SIM_MESSAGE_bars, &b, NULL);
	sim_buf_release(&text);
	return n > 0;
}

void sim_pipe_tell_bars(struct sim_pipe *p, bool all, bool is_history)
{
	if (p->columns)
		tell_columns(p, all, is_history);
	else
		while (tell_candles(p, all, is_history))
			;
}

/* -- the step ------------------------------------------------------------- */

static void step_rows(struct sim_pipe *p, const struct sim_tick_end *e)
{
	sim_talk_tell_tick(&p->talk, e);
	for (uint32_t k = 0; k < p->talk.v->ntraded; k++) {
		uint32_t i = p->talk.v->traded[k];

		p->told[i] = p->talk.v->syms[i].bars.n;
	}
}

/* The step's rows, all in one block however many symbols trade: what has no
 * sequence number is late and not traded on. */
static void step_columns(struct sim_pipe *p, const struct sim_tick_end *e)
{
	sim_tick_block(&p->talk.tick, e, false);
	for (uint32_t k = 0; k < p->talk.v->ntraded; k++) {
		uint32_t i = p->talk.v->traded[k];
		const struct sim_bar_series *s = &p->talk.v->syms[i].bars;
		struct sim_bar b = sim_bar_at(s, s->n - 1);

		sim_tick_row(&p->talk.tick, i, &b);
		p->told[i] = s->n;
	}
	sim_tick_block_finish(&p->talk.tick);
}

void sim_pipe_tell_step(struct sim_pipe *p)
{
	struct sim_tick_end e = { .sequence_id = ++p->sequence,
				  .now = p->talk.v->now };

	for (uint32_t k = 0; k < p->talk.v->ntraded; k++)
		e.is_eod |= p->talk.v->syms[p->talk.v->traded[k]].is_eod;
	if (p->columns)
		step_columns(p, &e);
	else
		step_rows(p, &e);
}
