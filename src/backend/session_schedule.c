/* session_schedule: when the bars of a session begin. */
#include "backend/session_priv.h"

#define RUNS_MAX	4096		/* of an answer */

/* How many bars from i on follow each other at the same distance. */
static size_t run_of(const struct sim_bar_series *b, size_t i)
{
	size_t k = i + 1;

	while (k + 1 < b->n && b->ts[k + 1] - b->ts[k] ==
	       b->ts[i + 1] - b->ts[i])
		k++;
	return (k < b->n ? k : b->n - 1) - i + 1;
}

static void put_run(struct sim_json *j, const struct sim_bar_series *b,
		    size_t i, size_t n)
{
	sim_json_array(j, NULL);
	sim_json_int(j, NULL, b->ts[i] / SIM_TIME_US);
	sim_json_int(j, NULL, n > 1 ? (b->ts[i + 1] - b->ts[i]) / SIM_TIME_US :
		     0);
	sim_json_int(j, NULL, (int64_t)n);
	sim_json_end(j);
}

static void put_synthetic(struct sim_json *j, const struct sim_bar_series *b,
			  size_t i, size_t n)
{
	for (size_t k = i; b->flags && k < i + n; k++) {
		if (b->flags[k] & SIM_BAR_SYNTHETIC)
			sim_json_int(j, NULL, (int64_t)k);
	}
}

static void put_runs(const struct sim_bar_series *b, size_t since,
		     struct sim_buf *runs, struct sim_buf *synthetic)
{
	struct sim_json jr, js;
	int count = 0;
	size_t i, n;

	sim_json_init(&jr, runs, false);
	sim_json_init(&js, synthetic, false);
	sim_json_array(&jr, NULL);
	sim_json_array(&js, NULL);
	for (i = since; i < b->n && count < RUNS_MAX; i += n, count++) {
		n = run_of(b, i);
		put_run(&jr, b, i, n);
		put_synthetic(&js, b, i, n);
	}
	sim_json_end(&jr);
	sim_json_end(&js);
}

static bool has_volume(const struct sim_bar_series *b)
{
	for (size_t i = 0; b->volume && i < b->n; i++) {
		if (b->volume[i])
			return true;
	}
	return false;
}

int sim_session_hear_schedule(struct sim_session *s,
			      const struct sim_session_heard *h)
{
	const struct sim_message_query_schedule *q = h->m->data;
	struct sim_buf runs = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf synthetic = SIM_BUF_INIT(SIM_BUF_MAX);
	uint32_t at = sim_talk_symbol(&s->talk, q->symbol);
	struct sim_message_schedule m = {
		.symbol = q->symbol, .since = q->since,
	};
	struct sim_bar_series b;

	if (at == UINT32_MAX) {
		sim_session_refuse_symbol(s, q->symbol, h->m->request_id);
		return SIM_OK;
	}
	b = sim_stepper_range(s->stepper, at);
	m.bars = (int64_t)b.n;
	m.has_volume = has_volume(&b);
	put_runs(&b, (size_t)q->since, &runs, &synthetic);
	m.runs.text = runs.data;
	m.synthetic.text = synthetic.data;
	sim_talk_send(&s->talk, SIM_MESSAGE_schedule, &m, h->m->request_id);
	sim_buf_release(&runs);
	sim_buf_release(&synthetic);
	return SIM_OK;
}
