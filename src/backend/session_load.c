/* session_load: its bars from the store, and its engine. */
#include "backend/session_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/json.h"
#include "util/str.h"

/* -- what is not there ----------------------------------------------------- */

/* Does the store have the symbol in any timeframe? */
static bool is_stored(const struct sim_store_entry *list, size_t n,
		      const char *symbol)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(list[i].instrument.symbol, symbol))
			return true;
	}
	return false;
}

static void put_suggestion(struct sim_json *j, const char *symbol,
			   const struct sim_store_entry *list, size_t n)
{
	const char **names = sim_mem_array(n + 1, sizeof(*names));
	const char *near;

	for (size_t i = 0; i < n; i++)
		names[i] = list[i].instrument.symbol;
	near = sim_str_near(symbol, names);
	sim_json_array(j, symbol);
	if (near)
		sim_json_str(j, NULL, near);
	sim_json_end(j);
	sim_mem_free(names);
}

/* Symbols that the store doesn't have at all, and what may have been meant.
 * Gives: how many, and the last of them. */
static size_t put_unknown(const struct sim_session *s,
			  const struct sim_store_entry *list, size_t n,
			  struct sim_buf *out, const char **name)
{
	struct sim_json j;
	size_t found = 0;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	sim_json_array(&j, "invalid_symbols");
	for (size_t i = 0; i < s->ask->n_symbols; i++) {
		if (is_stored(list, n, s->ask->symbols[i]))
			continue;
		sim_json_str(&j, NULL, s->ask->symbols[i]);
		*name = s->ask->symbols[i];
		found++;
	}
	sim_json_end(&j);
	sim_json_object(&j, "suggestions");
	for (size_t i = 0; i < s->ask->n_symbols; i++) {
		if (!is_stored(list, n, s->ask->symbols[i]))
			put_suggestion(&j, s->ask->symbols[i], list, n);
	}
	sim_json_end(&j);
	sim_json_end(&j);
	return found;
}

static int refuse_timeframe(const struct sim_session *s, const char *symbol,
			    const struct sim_store_entry *list, size_t n,
			    struct sim_session_refusal *why)
{
	struct sim_json j;
	char text[16];

	sim_session_refuse(why, SIM_MESSAGE_CODE_DATA_FETCH_FAILED, NULL,
			   "%s has no %s bars in the server's store; "
			   "available_timeframes names those that it has",
			   symbol, s->timeframe);
	sim_json_init(&j, &why->details, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "symbol", symbol);
	sim_json_array(&j, "available_timeframes");
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(list[i].instrument.symbol, symbol))
			sim_json_str(&j, NULL,
				     sim_bar_tf_text(list[i].tf, text));
	}
	sim_json_end(&j);
	sim_json_end(&j);
	return SIM_E_INVAL;
}

/* Symbol i isn't there: none of the name, or none of the timeframe. */
static int refuse_missing(const struct sim_session *s, const char *symbol,
			  struct sim_session_refusal *why)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_store_entry *list;
	size_t n, found;

	if (sim_store_list(s->env->store, &list, &n, &err))
		return sim_session_refuse(why,
					  SIM_MESSAGE_CODE_DATA_FETCH_FAILED,
					  NULL, "%s", err.msg);
	sim_buf_reset(&why->details);
	found = put_unknown(s, list, n, &why->details, &symbol);
	if (found) {
		why->code = sim_message_code_text(
			SIM_MESSAGE_CODE_INVALID_SYMBOL);
		snprintf(why->message, sizeof(why->message), found == 1 ?
			 "the server's store has no bars of %.40s" : "the "
			 "server's store has no bars of %.40s and %zu more; "
			 "invalid_symbols names them", symbol, found - 1);
	} else {
		refuse_timeframe(s, symbol, list, n, why);
	}
	sim_mem_free(list);
	return SIM_E_INVAL;
}

static void put_range(struct sim_json *j, const char *symbol,
		      const struct sim_bar_series *b)
{
	sim_json_object(j, symbol);
	if (b->n) {
		sim_json_time(j, "start", b->ts[0]);
		sim_json_time(j, "end", b->ts[b->n - 1]);
	}
	sim_json_int(j, "bars", (int64_t)b->n);
	sim_json_end(j);
}

/* It can't be prepared: nothing in the range, most often. */
static int refuse_run(const struct sim_session *s, const struct sim_err *err,
		      struct sim_session_refusal *why)
{
	struct sim_json j;

	if (err->code != SIM_E_INVAL)
		return sim_session_refuse(why,
					  SIM_MESSAGE_CODE_DATA_FETCH_FAILED,
					  NULL, "%s", err->msg);
	sim_session_refuse(why, SIM_MESSAGE_CODE_INVALID_DATE_RANGE, NULL,
			   "%s", err->msg);
	sim_json_init(&j, &why->details, false);
	sim_json_object(&j, NULL);
	sim_json_object(&j, "available");
	for (uint32_t i = 0; i < s->nsyms; i++)
		put_range(&j, s->data[i].instrument.symbol, &s->data[i].bars);
	sim_json_end(&j);
	sim_json_end(&j);
	return SIM_E_INVAL;
}

/* -- bars ------------------------------------------------------------------ */

static int open_symbol(struct sim_session *s, uint32_t i, struct sim_err *err)
{
	const struct sim_store *st = s->env->store;
	const char *name = s->ask->symbols[i];
	struct sim_session_sym *x = &s->syms[i];
	const struct sim_calendar *cal;
	int rc = sim_store_bars_open(st, name, s->tf, &x->stored, err);

	if (!rc)
		rc = sim_store_actions_get(st, name, &x->actions, &x->nactions,
					   err);
	if (rc)
		return rc;
	rc = sim_calendars_get(
		s->env->calendars,
		sim_store_bars_instrument(x->stored)->calendar, &cal, err);
	if (rc)
		return rc == SIM_E_NOENT ? SIM_E_DATA : rc;
	s->data[i] = (struct sim_run_data){
		.instrument = *sim_store_bars_instrument(x->stored),
		.tf = s->tf, .bars = sim_store_bars_series(x->stored),
		.hash = sim_store_bars_hash(x->stored),
		.actions = x->actions, .nactions = x->nactions,
		.calendar = cal,
	};
	return SIM_OK;
}

/* Finer bars for the path inside a bar; without them it is adaptive. */
static int open_detail(struct sim_session *s, uint32_t i, struct sim_err *err)
{
	struct sim_session_sym *x = &s->syms[i];
	const struct sim_bar_tf tf = { SIM_BAR_TF_INTRADAY,
				       s->spec.config.detail_span };
	int rc;

	if (s->spec.config.path != SIM_CONFIG_PATH_DETAIL)
		return SIM_OK;
	rc = sim_store_bars_open(s->env->store, s->ask->symbols[i], tf,
				 &x->finer, err);
	if (rc)
		return rc == SIM_E_NOENT ? SIM_OK : rc;
	x->detail = sim_store_bars_series(x->finer);
	s->data[i].detail = &x->detail;
	s->data[i].detail_tf = tf;
	return SIM_OK;
}

static int open_all(struct sim_session *s, struct sim_session_refusal *why)
{
	struct sim_err err = SIM_ERR_INIT;

	s->nsyms = (uint32_t)s->ask->n_symbols;
	s->syms = sim_mem_array(s->nsyms, sizeof(*s->syms));
	s->data = sim_mem_array(s->nsyms, sizeof(*s->data));
	for (uint32_t i = 0; i < s->nsyms; i++) {
		int rc = open_symbol(s, i, &err);

		if (rc == SIM_E_NOENT)
			return refuse_missing(s, s->ask->symbols[i], why);
		if (!rc)
			rc = open_detail(s, i, &err);
		if (rc)
			return sim_session_refuse(
				why, SIM_MESSAGE_CODE_DATA_FETCH_FAILED, NULL,
				"%s", err.msg);
	}
	s->spec.data = s->data;
	s->spec.nsyms = s->nsyms;
	return SIM_OK;
}

/* -- the strategy that is somewhere else ----------------------------------- */

static int far_step(void *self, struct sim_strategy_view *v,
		    struct sim_err *err)
{
	(void)self;
	(void)v;
	(void)err;
	return SIM_OK;
}

static void keep_split(struct sim_session *s, const struct sim_event *ev)
{
	SIM_MEM_GROW(s->splits, s->splits_cap, s->nsplits + 1);
	s->splits[s->nsplits++] = (struct sim_trades_adjust){
		.seq = ev->seq, .time = ev->time, .sym = ev->sym,
		.num = ev->a, .den = ev->b, .qty_after = ev->c, .cash = ev->d,
	};
}

static void far_event(void *self, const struct sim_event *ev)
{
	struct sim_session *s = self;

	if (ev->type == SIM_EVENT_TYPE_SPLIT)
		keep_split(s, ev);
	sim_talk_note(&s->talk, ev);
}

static int far_init(void *self, struct sim_strategy_view *v,
		    struct sim_err *err)
{
	struct sim_session *s = self;

	(void)err;
	s->talk.v = v;
	return SIM_OK;
}

static const struct sim_strategy_ops far_ops = {
	.name = "session", .summary = "a trader at the other end of a wire",
	.init = far_init, .on_step = far_step, .on_event = far_event,
};

/* -- a mark of the bars ---------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static uint64_t mix_bytes(uint64_t h, const void *p, size_t n)
{
	const unsigned char *c = p;

	for (size_t i = 0; i < n; i++)
		h = mix(h, c[i]);
	return h;
}

/* A column by its sum and the sum of its sums, which tells an order: it is
 * looked at whenever a session is made, so it must cost next to nothing. */
static uint64_t mix_column(uint64_t h, const int64_t *v, size_t n)
{
	uint64_t sum = 0, sums = 0;

	for (size_t i = 0; v && i < n; i++) {
		sum += (uint64_t)v[i];
		sums += sum;
	}
	return mix(mix(h, sum), sums);
}

static uint64_t mix_bars(uint64_t h, const struct sim_bar_series *b)
{
	h = mix_column(h, b->ts, b->n);
	h = mix_column(h, b->open, b->n);
	h = mix_column(h, b->high, b->n);
	h = mix_column(h, b->low, b->n);
	h = mix_column(h, b->close, b->n);
	h = mix_column(h, b->volume, b->n);
	return b->flags ? mix_bytes(h, b->flags, b->n) : h;
}

static uint64_t mix_action(uint64_t h, const struct sim_action *a)
{
	h = mix(h, (uint64_t)a->day << 1 | a->type);
	h = mix(h, (uint64_t)(uint32_t)a->num << 32 | (uint32_t)a->den);
	return mix(h, (uint64_t)a->cash);
}

/* No proof against malice, which the store's own hashes are: it tells that
 * bars were replaced since. */
static void mark_bars(struct sim_session *s)
{
	const struct sim_strategy_view *v = sim_session_view(s);
	uint64_t h = 1;

	for (uint32_t i = 0; i < s->nsyms; i++) {
		const struct sim_instrument *x = v->syms[i].instrument;
		struct sim_bar_series b = sim_stepper_range(s->stepper, i);

		h = mix_bytes(h, x->symbol, strlen(x->symbol) + 1);
		h = mix(h, (uint64_t)x->tick_size);
		h = mix(h, (uint64_t)x->lot_size);
		h = mix(h, (uint64_t)x->multiplier);
		h = mix_bars(h, &b);
	}
	for (uint32_t i = 0; i < s->nsyms; i++) {
		for (size_t k = 0; k < s->data[i].nactions; k++)
			h = mix_action(h, &s->data[i].actions[k]);
	}
	snprintf(s->bars, sizeof(s->bars), "%016" PRIx64, h);
}

const char *sim_session_mark(const struct sim_session *s)
{
	return s->bars;
}

int sim_session_load(struct sim_session *s, struct sim_session_refusal *why)
{
	struct sim_err err = SIM_ERR_INIT;
	int rc = open_all(s, why);

	if (!rc) {
		s->strategy = (struct sim_strategy){ .ops = &far_ops,
						     .self = s };
		rc = sim_stepper_open(&s->spec, &s->strategy, &s->stepper,
				      &err);
		if (rc)
			rc = refuse_run(s, &err, why);
	}
	if (rc) {
		s->state = SIM_SESSION_ERROR;
		return rc;
	}
	s->total = sim_stepper_steps(s->stepper);
	s->talk.day_equity = s->spec.config.cash;
	mark_bars(s);
	s->state = SIM_SESSION_READY;
	return SIM_OK;
}
