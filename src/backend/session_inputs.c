/* session_inputs: the bars of a session as they are stored, up to its present,
 * so that it can be simulated again elsewhere. */
#include "backend/session_priv.h"

#include <string.h>

#define ROWS_MAX	4096		/* of an answer */

static void put_row(const struct sim_bar_series *b, size_t i,
		    struct sim_buf *out)
{
	const sim_dec v[] = { b->open[i], b->high[i], b->low[i], b->close[i],
			      b->volume ? b->volume[i] : 0 };

	sim_buf_putc(out, '[');
	sim_buf_int(out, b->ts[i] / SIM_TIME_US);
	sim_buf_putc(out, ',');
	sim_buf_int(out, b->flags ? b->flags[i] : 0);
	for (size_t k = 0; k < sizeof(v) / sizeof(v[0]); k++) {
		sim_buf_puts(out, ",\"");
		sim_buf_dec(out, v[k], 0);
		sim_buf_putc(out, '"');
	}
	sim_buf_putc(out, ']');
}

static void put_rows(const struct sim_bar_series *b, size_t since, size_t end,
		     struct sim_buf *out)
{
	sim_buf_putc(out, '[');
	for (size_t i = since; i < end && i - since < ROWS_MAX; i++) {
		if (i > since)
			sim_buf_putc(out, ',');
		put_row(b, i, out);
	}
	sim_buf_putc(out, ']');
}

/* How many of its stored bars are no later than the newest that has closed. */
static size_t known_stored(struct sim_session *s, uint32_t at,
			   const struct sim_bar_series *b)
{
	struct sim_bar_series closed = sim_session_view(s)->syms[at].bars;

	return closed.n ? sim_bar_find(b, closed.ts[closed.n - 1] + 1) : 0;
}

/* Of the finer bars those inside of steps that were made. */
static size_t known_detail(struct sim_session *s,
			   const struct sim_bar_series *b)
{
	const struct sim_strategy_view *v = sim_session_view(s);

	return v->step ? sim_bar_find(b, v->now) : 0;
}

static void say(struct sim_session *s, uint32_t at,
		const struct sim_session_heard *h)
{
	const struct sim_message_query_inputs *q = h->m->data;
	const struct sim_run_data *d = &s->data[sim_session_asked_at(
		s, sim_session_view(s)->syms[at].instrument->symbol)];
	struct sim_bar_series b = sim_stepper_stored(s->stepper, at);
	struct sim_buf rows = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_message_inputs m = { .symbol = q->symbol,
					.since = q->since };
	size_t known;
	char tf[16];

	if (q->detail) {
		b = d->detail ? *d->detail : sim_bar_range(&b, 0, 0);
		known = known_detail(s, &b);
	} else {
		known = known_stored(s, at, &b);
	}
	if (s->state == SIM_SESSION_COMPLETED)
		known = b.n;
	m.timeframe = sim_bar_tf_text(q->detail ? d->detail_tf : s->tf, tf);
	m.bars = (int64_t)known;
	m.has_volume = b.volume != NULL;
	put_rows(&b, (size_t)q->since, known, &rows);
	m.rows.text = rows.data;
	sim_talk_send(&s->talk, SIM_MESSAGE_inputs, &m, h->m->request_id);
	sim_buf_release(&rows);
}

int sim_session_hear_inputs(struct sim_session *s,
			    const struct sim_session_heard *h)
{
	const struct sim_message_query_inputs *q = h->m->data;
	uint32_t at = sim_talk_symbol(&s->talk, q->symbol);

	if (at == UINT32_MAX)
		sim_session_refuse_symbol(s, q->symbol, h->m->request_id);
	else
		say(s, at, h);
	return SIM_OK;
}
