/* session_detail: what a session is, and all that it takes to make the same
 * elsewhere. */
#include "backend/session_priv.h"

#include <string.h>

#include "config.h"
#include "util/json.h"

/* Every rule and cost in force; leverage is another word for the margins. */
static void put_config(const struct sim_config *c, struct sim_buf *out)
{
	const struct sim_config_setting *x;
	struct sim_buf value = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "preset", c->preset);
	for (int i = 0; (x = sim_config_setting_row(i)); i++) {
		if (!strcmp(x->name, "leverage"))
			continue;
		sim_buf_reset(&value);
		sim_config_get(c, x->name, &value);
		sim_json_str(&j, x->name, sim_buf_str(&value));
	}
	sim_json_end(&j);
	sim_buf_release(&value);
}

struct detail {
	enum sim_session_state state;
	uint64_t step;
	bool in_full, is_driven;
	struct sim_buf config, instruments;
};

static void put_full(struct sim_session *s, struct detail *d,
		     struct sim_message_session_info *m)
{
	put_config(&s->spec.config, &d->config);
	if (s->stepper)
		sim_talk_instruments(sim_session_view(s), &d->instruments);
	m->engine = PACKAGE_VERSION;
	m->spec = s->ask;
	m->config.text = sim_buf_str(&d->config);
	m->instruments.text = sim_buf_str(&d->instruments);
	m->on_disconnect = s->on_disconnect;
	m->is_driven = d->is_driven;
	m->has_engine = m->has_spec = m->has_config = true;
	m->has_instruments = s->stepper != NULL;
	m->bars = s->bars;
	m->has_bars = s->stepper != NULL;
	m->has_on_disconnect = s->started != 0;
	m->has_is_driven = true;
}

static void describe(struct sim_session *s, struct detail *d,
		     struct sim_buf *out)
{
	const struct sim_message_session_spec *a = s->ask;
	uint64_t at = s->stepper ? sim_session_view(s)->step : 0;
	uint64_t total = s->total || d->state != SIM_SESSION_COMPLETED ?
		s->total : d->step;
	struct sim_message_session_info m = {
		.session_id = s->id, .state = (int)d->state,
		.symbols = a->symbols, .n_symbols = a->n_symbols,
		.start_date = sim_session_start_of(s),
		.end_date = sim_session_end_of(s),
		.initial_capital = s->spec.config.cash,
		.timeframe = s->timeframe, .warmup_bars = a->warmup_bars,
		.created_at = s->created,
		.has_sim_time = at && at == d->step,
		.sim_time = at ? sim_session_view(s)->now : 0,
		.sequence_id = (int64_t)d->step,
		.ticks_total = (int64_t)total,
		.progress_pct = total ? 100.0 * (double)d->step /
			(double)total : 0,
		.data_provider = a->data_provider,
		.has_data_provider = a->has_data_provider,
		.metadata = a->metadata, .has_metadata = a->has_metadata,
	};
	struct sim_message_style style = s->talk.style;

	d->config = d->instruments =
		(struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
	if (d->in_full)
		put_full(s, d, &m);
	style.session_id = NULL;
	sim_message_encode_data(out, SIM_MESSAGE_session_details, &m, &style);
	sim_buf_release(&d->config);
	sim_buf_release(&d->instruments);
}

void sim_session_describe(struct sim_session *s, bool in_full,
			  struct sim_buf *out)
{
	struct detail d = { .state = s->state, .in_full = in_full,
			    .step = sim_session_sequence(s),
			    .is_driven = s->is_driven };

	describe(s, &d, out);
}

void sim_session_describe_as(struct sim_session *s,
			     const struct sim_session_known *k, bool in_full,
			     struct sim_buf *out)
{
	struct detail d = { .state = SIM_SESSION_ERROR, .step = k->sequence,
			    .in_full = in_full };

	for (int i = 0; sim_session_states[i]; i++) {
		if (!strcmp(sim_session_states[i], k->state))
			d.state = (enum sim_session_state)i;
	}
	describe(s, &d, out);
}
