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
sim_time sim_session_start_of(const struct sim_session *s)
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

sim_time sim_session_end_of(const struct sim_session *s)
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
		.start_date = sim_session_start_of(s),
		.end_date = sim_session_end_of(s),
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

/* -- as it goes ------------------------------------------------------------ */

struct sim_message_status sim_session_status(struct sim_session *s)
{
	uint64_t step = step_of(s);

	return (struct sim_message_status){
		.state = s->is_stopping ? SIM_SESSION_COMPLETED :
			(int)s->state,
		.sequence_id = (int64_t)step,
		.ticks_total = (int64_t)s->total,
		.progress_pct = percent_of(s, step),
		.has_sim_time = step != 0,
		.sim_time = step ? sim_session_view(s)->now : 0,
	};
}

void sim_session_tell_status(struct sim_session *s, enum sim_message_type type,
			     const char *request_id)
{
	const struct sim_message_status m = sim_session_status(s);

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

void sim_session_begin_step(struct sim_session *s)
{
	const struct sim_strategy_view *v = sim_session_view(s);

	if (s->day_is_over)
		s->talk.day_equity = s->close_equity;
	s->day_is_over = is_eod(v);
	s->close_equity = v->account->equity;
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

	sim_session_begin_step(s);
	sim_talk_tell_events(&s->talk);
	at = s->out.len;
	s->talk.tick.style.timestamp = s->talk.style.timestamp;
	sim_talk_tell_tick(&s->talk, &e);
	return at;
}
