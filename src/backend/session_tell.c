/* session_tell: what a session says. */
#include "backend/session_priv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/json.h"

void sim_session_stamp(struct sim_session *s, sim_time now)
{
	s->talk.style.timestamp = now / SIM_TIME_MS * SIM_TIME_MS;
}

void sim_session_flush(struct sim_session *s)
{
	if (s->out.len && s->has_sink && s->sink.say)
		s->sink.say(s->sink.ctx, s->out.data, s->out.len);
	sim_buf_reset(&s->out);
}

void sim_session_tell_error(struct sim_session *s, enum sim_message_code code,
			    const char *text, const char *request_id)
{
	sim_talk_error(&s->talk, sim_message_code_text(code), text, request_id);
}

void sim_session_die(struct sim_session *s, const struct sim_err *why)
{
	struct sim_message_error e = {
		.error_code = "VALIDATION_ERROR", .message = why->msg,
		.error_type = 1, .severity = 2, .details = { .text = "{}" },
	};

	s->state = SIM_SESSION_ERROR;
	sim_talk_send(&s->talk, SIM_MESSAGE_error, &e, NULL);
	sim_session_flush(s);
}

/* -- made ------------------------------------------------------------------ */

static sim_time first_of(const struct sim_session *s)
{
	sim_time t = SIM_TIME_MAX;

	for (uint32_t i = 0; i < s->nsyms; i++) {
		struct sim_bar_series b = sim_stepper_range(s->stepper, i);

		if (b.n && b.ts[0] < t)
			t = b.ts[0];
	}
	return t;
}

static sim_time last_of(const struct sim_session *s)
{
	sim_time t = SIM_TIME_NONE;

	for (uint32_t i = 0; i < s->nsyms; i++) {
		struct sim_bar_series b = sim_stepper_range(s->stepper, i);

		if (b.n && b.ts[b.n - 1] > t)
			t = b.ts[b.n - 1];
	}
	return t;
}

/* The ends of its range as instants: as asked for, a day its midnight; where
 * none was given, of its bars. */
static sim_time start_of(const struct sim_session *s)
{
	switch (s->spec.from.kind) {
	case SIM_RUN_BOUND_DAY:
		return s->spec.from.day * SIM_TIME_DAY;
	case SIM_RUN_BOUND_TIME:
		return s->spec.from.time;
	default:
		return s->stepper ? first_of(s) : 0;
	}
}

static sim_time end_of(const struct sim_session *s)
{
	switch (s->spec.to.kind) {
	case SIM_RUN_BOUND_DAY:
		return s->spec.to.day * SIM_TIME_DAY;
	case SIM_RUN_BOUND_TIME:
		return s->spec.to.time;
	default:
		return s->stepper ? last_of(s) : 0;
	}
}

/* What each symbol's bars are; and those that have any. */
static size_t put_ranges(struct sim_session *s, struct sim_buf *out,
			 const char **loaded)
{
	const struct sim_strategy_view *v = sim_session_view(s);
	struct sim_json j;
	size_t n = 0;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	for (uint32_t i = 0; i < s->nsyms; i++) {
		struct sim_bar_series b = sim_stepper_range(s->stepper, i);
		const char *name = v->syms[i].instrument->symbol;

		sim_json_object(&j, name);
		if (b.n) {
			sim_json_time(&j, "start", b.ts[0]);
			sim_json_time(&j, "end", b.ts[b.n - 1]);
			loaded[n++] = name;
		}
		sim_json_int(&j, "bars", (int64_t)b.n);
		sim_json_end(&j);
	}
	sim_json_end(&j);
	return n;
}

void sim_session_say_created(struct sim_session *s, const char *request_id,
			     sim_time now)
{
	const struct sim_message_session_spec *a = s->ask;
	const struct sim_config *c = &s->spec.config;
	struct sim_buf ranges = SIM_BUF_INIT(SIM_BUF_MAX);
	const char **loaded = sim_mem_array(s->nsyms + 1, sizeof(*loaded));
	struct sim_message_session_created m = {
		.state = (int)s->state, .symbols = a->symbols,
		.n_symbols = a->n_symbols, .symbols_loaded = loaded,
		.start_date = start_of(s), .end_date = end_of(s),
		.initial_capital = c->cash, .timeframe = s->timeframe,
		.warmup_bars = a->warmup_bars,
		.estimated_ticks = (int64_t)s->total, .created_at = s->created,
		.data_provider = a->has_data_provider ? a->data_provider :
			"store",
		.commission_per_share =
			c->fee.kind == SIM_CONFIG_COMMISSION_PER_SHARE ?
			c->fee.rate : 0,
		.slippage_bps = c->slippage == SIM_CONFIG_SLIPPAGE_BPS ?
			c->slippage_value : 0,
		.server_ready = s->state == SIM_SESSION_READY,
	};

	if (s->stepper)
		m.n_symbols_loaded = put_ranges(s, &ranges, loaded);
	m.data_range_actual.text = ranges.len ? ranges.data : "{}";
	sim_session_stamp(s, now);
	sim_talk_send(&s->talk, SIM_MESSAGE_session_created, &m, request_id);
	sim_session_flush(s);
	sim_buf_release(&ranges);
	sim_mem_free(loaded);
}

/* -- how far it is --------------------------------------------------------- */

static double percent_of(const struct sim_session *s, uint64_t step)
{
	return s->total ? 100.0 * (double)step / (double)s->total : 0;
}

static uint64_t step_of(const struct sim_session *s)
{
	return s->stepper ? sim_stepper_view(s->stepper)->step : 0;
}

/* In a state, after so many steps. */
static void describe(const struct sim_session *s, enum sim_session_state state,
		     uint64_t step, struct sim_buf *out)
{
	const struct sim_message_session_spec *a = s->ask;
	bool has_time = step && step == step_of(s);
	uint64_t total = s->total || state != SIM_SESSION_COMPLETED ?
		s->total : step;
	struct sim_message_session_info m = {
		.session_id = s->id, .state = (int)state,
		.symbols = a->symbols, .n_symbols = a->n_symbols,
		.start_date = start_of(s), .end_date = end_of(s),
		.initial_capital = s->spec.config.cash,
		.timeframe = s->timeframe, .warmup_bars = a->warmup_bars,
		.created_at = s->created,
		.sim_time = has_time ? sim_stepper_view(s->stepper)->now : 0,
		.has_sim_time = has_time, .sequence_id = (int64_t)step,
		.ticks_total = (int64_t)total,
		.progress_pct = total ? 100.0 * (double)step / (double)total :
			0,
		.data_provider = a->data_provider,
		.has_data_provider = a->has_data_provider,
		.metadata = a->metadata, .has_metadata = a->has_metadata,
	};
	struct sim_message_style style = s->talk.style;

	style.session_id = NULL;
	sim_message_encode_data(out, SIM_MESSAGE_session_details, &m, &style);
}

void sim_session_describe(const struct sim_session *s, struct sim_buf *out)
{
	describe(s, s->state, step_of(s), out);
}

void sim_session_describe_as(const struct sim_session *s, const char *state,
			     uint64_t sequence, struct sim_buf *out)
{
	int i = 0;

	while (sim_session_states[i] && strcmp(sim_session_states[i], state))
		i++;
	describe(s, sim_session_states[i] ? (enum sim_session_state)i :
		 SIM_SESSION_ERROR, sequence, out);
}

/* -- before the first tick ------------------------------------------------- */

struct history {
	struct sim_bar_table *bars;	/* by symbol */
	size_t count;
	sim_time first, last;
};

static void gather(struct sim_session *s, struct history *h)
{
	static const struct sim_bar_table empty = SIM_BAR_TABLE_INIT;
	size_t want = (size_t)s->ask->warmup_bars;

	h->bars = sim_mem_array(s->nsyms, sizeof(*h->bars));
	h->count = 0;
	h->first = SIM_TIME_MAX;
	h->last = SIM_TIME_NONE;
	for (uint32_t i = 0; i < s->nsyms; i++) {
		struct sim_bar_table *b = &h->bars[i];

		*b = empty;
		/* Where the calendar ends there is just less of it. */
		if (!want || sim_stepper_before(s->stepper, i, want, b, NULL) ||
		    !b->n)
			continue;
		h->count += b->n;
		h->first = b->ts[0] < h->first ? b->ts[0] : h->first;
		h->last = b->ts[b->n - 1] > h->last ? b->ts[b->n - 1] : h->last;
	}
}

static void put_candles(struct sim_session *s, const struct history *h,
			struct sim_buf *out)
{
	struct sim_tick *t = &s->talk.tick;

	t->out = out;
	sim_buf_putc(out, '{');
	for (uint32_t i = 0; i < s->nsyms; i++) {
		struct sim_bar_series b = sim_bar_table_view(&h->bars[i]);

		sim_buf_printf(out, "%s\"%s\":[", i ? "," : "",
			       sim_session_view(s)->syms[i].instrument->symbol);
		for (size_t k = 0; k < b.n; k++) {
			struct sim_bar bar = sim_bar_at(&b, k);

			if (k)
				sim_buf_putc(out, ',');
			sim_tick_bar(t, &bar);
		}
		sim_buf_putc(out, ']');
	}
	sim_buf_putc(out, '}');
	t->out = &s->out;
}

/* The end of a bar, as far as it follows from its start. */
static sim_time bar_end(const struct sim_session *s, sim_time start)
{
	return start + s->tf.span;
}

void sim_session_tell_history(struct sim_session *s)
{
	struct sim_buf candles = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_message_history_snapshot m = { .timeframe = s->timeframe };
	struct history h;

	if (!s->ask->warmup_bars && !s->is_one_shot)
		return;
	gather(s, &h);
	put_candles(s, &h, &candles);
	m.count = (int64_t)h.count;
	m.candles.text = candles.data;
	m.has_start = m.has_end = h.count != 0;
	m.start = h.first;
	m.end = h.count ? bar_end(s, h.last) : 0;
	sim_talk_send(&s->talk, SIM_MESSAGE_history_snapshot, &m, NULL);
	for (uint32_t i = 0; i < s->nsyms; i++)
		sim_bar_table_release(&h.bars[i]);
	sim_mem_free(h.bars);
	sim_buf_release(&candles);
}

/* -- as it goes ------------------------------------------------------------ */

void sim_session_tell_status(struct sim_session *s, enum sim_message_type type,
			     const char *request_id)
{
	uint64_t step = step_of(s);
	struct sim_message_status m = {
		.state = s->is_stopping ? SIM_SESSION_COMPLETED :
			(int)s->state,
		.sequence_id = (int64_t)step,
		.ticks_total = (int64_t)s->total,
		.progress_pct = percent_of(s, step),
		.has_sim_time = step != 0,
		.sim_time = step ? sim_session_view(s)->now : 0,
	};

	sim_talk_send(&s->talk, type, &m, request_id);
}

static bool is_eod(const struct sim_strategy_view *v)
{
	for (uint32_t k = 0; k < v->ntraded; k++) {
		if (v->syms[v->traded[k]].is_eod)
			return true;
	}
	return false;
}

void sim_session_end_day(struct sim_session *s)
{
	const struct sim_strategy_view *v = sim_session_view(s);

	if (is_eod(v))
		s->talk.day_equity = v->account->equity;
}

size_t sim_session_tell_step(struct sim_session *s)
{
	const struct sim_strategy_view *v = sim_session_view(s);
	struct sim_tick_end e = {
		.sequence_id = (int64_t)v->step, .now = v->now,
		.is_eod = is_eod(v),
		.session = (enum sim_tick_session)
			sim_stepper_hours(s->stepper),
	};
	size_t at;

	sim_talk_tell_events(&s->talk);
	at = s->out.len;
	s->talk.tick.style.timestamp = s->talk.style.timestamp;
	sim_talk_tell_tick(&s->talk, &e);
	sim_session_end_day(s);
	return at;
}
