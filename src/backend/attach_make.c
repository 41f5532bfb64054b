/* attach_make: the run that a session is, from what it says of itself: rules,
 * instruments, actions, and when its bars begin. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/attach_priv.h"
#include "backend/session.h"
#include "config.h"

#define PAST_MAX	100000	/* bars that query_bars gives */

/* -- asking ---------------------------------------------------------------- */

int sim_attach_ask(const struct sim_attach *a, enum sim_message_type type,
		   const void *data, enum sim_message_type reply,
		   struct sim_backend_message *out, struct sim_err *err)
{
	const struct sim_backend_request q = {
		.type = type, .data = data, .session_id = a->session_id,
	};
	int rc = sim_backend_call(a->b, &q, out, err);

	if (rc || out->m.type == reply)
		return rc;
	rc = sim_err_set(err, SIM_E_PROTO, "%s was answered with %.64s and not "
			 "with %s", sim_message_name((int)type), out->m.name,
			 sim_message_name((int)reply));
	sim_backend_release(out);
	return rc;
}

int sim_attach_bad_answer(const char *what, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_PROTO, "what the session says of its %s "
			   "can't be understood; is its server of another "
			   "version?", what);
}

/* -- rules ----------------------------------------------------------------- */

static int take_setting(struct sim_config *c, const char *name,
			const struct sim_json_val *v, struct sim_err *err)
{
	const char *text = sim_json_as_str(v);

	if (!text)
		return sim_attach_bad_answer("rules", err);
	return strcmp(name, "preset") ? sim_config_set(c, name, text, err) :
		SIM_OK;
}

static int take_config(struct sim_config *c, const struct sim_json_val *v,
		       struct sim_err *err)
{
	const char *preset = sim_json_as_str(sim_json_get(v, "preset"));
	const char *name;
	int rc;

	if (!preset)
		return sim_attach_bad_answer("rules", err);
	rc = sim_config_preset(preset, c, err);
	for (size_t i = 0; !rc && i < sim_json_len(v); i++) {
		const struct sim_json_val *x = sim_json_member(v, i, &name);

		rc = take_setting(c, name, x, err);
	}
	return rc;
}

static bool take_text(const struct sim_json_val *v, const char *key, char *out,
		      size_t n)
{
	const char *text = sim_json_as_str(sim_json_get(v, key));

	if (!text || strlen(text) >= n)
		return false;
	snprintf(out, n, "%s", text);
	return true;
}

static int take_instrument(struct sim_instrument *x, const char *symbol,
			   const struct sim_json_val *v, struct sim_err *err)
{
	const char *kind = sim_json_as_str(sim_json_get(v, "asset_class"));

	if (strlen(symbol) >= sizeof(x->symbol) || !kind ||
	    !sim_vocab_asset_class_parse(kind, &x->asset_class) ||
	    !sim_json_as_dec(sim_json_get(v, "tick"), &x->tick_size) ||
	    !sim_json_as_dec(sim_json_get(v, "lot"), &x->lot_size) ||
	    !sim_json_as_dec(sim_json_get(v, "multiplier"), &x->multiplier) ||
	    !take_text(v, "ccy", x->currency, sizeof(x->currency)) ||
	    !take_text(v, "cal", x->calendar, sizeof(x->calendar)))
		return sim_attach_bad_answer("instruments", err);
	snprintf(x->symbol, sizeof(x->symbol), "%s", symbol);
	return SIM_OK;
}

static int take_instruments(struct sim_attach_run *x,
			    const struct sim_json_val *v, struct sim_err *err)
{
	static const struct sim_bar_table empty = SIM_BAR_TABLE_INIT;
	const char *symbol;
	int rc = SIM_OK;

	x->nsyms = (uint32_t)sim_json_len(v);
	if (!x->nsyms)
		return sim_attach_bad_answer("instruments", err);
	x->data = sim_mem_array(x->nsyms, sizeof(*x->data));
	x->syms = sim_mem_array(x->nsyms, sizeof(*x->syms));
	for (uint32_t i = 0; i < x->nsyms; i++)
		x->syms[i].bars = x->syms[i].finer = empty;
	for (uint32_t i = 0; !rc && i < x->nsyms; i++) {
		const struct sim_json_val *one =
			sim_json_member(v, i, &symbol);

		rc = take_instrument(&x->data[i].instrument, symbol, one, err);
	}
	return rc;
}

static int check_version(const struct sim_message_session_info *s,
			 struct sim_err *err)
{
	if (!s->has_engine || strcmp(s->engine, PACKAGE_VERSION))
		return sim_err_set(err, SIM_E_REPRO, "the session runs on "
				   "version %.32s and this is " PACKAGE_VERSION
				   "; only the same version gives the same run",
				   s->has_engine ? s->engine : "?");
	if (!s->has_instruments)
		return sim_err_set(err, SIM_E_STATE, "the bars of the session "
				   "were not looked at so far");
	return s->has_spec && s->has_config ? SIM_OK :
		sim_attach_bad_answer("rules", err);
}

static int check_state(const struct sim_attach *a,
		       const struct sim_attach_run *x, struct sim_err *err)
{
	if (x->state != SIM_SESSION_READY && x->state != SIM_SESSION_PAUSED &&
	    x->state != SIM_SESSION_RUNNING)
		return sim_err_set(err, SIM_E_STATE, "the session %.64s is %s, "
				   "so nothing can drive it", a->session_id,
				   sim_session_states[x->state]);
	if (x->has_no_candles)
		return sim_err_set(err, SIM_E_INVAL, "the ticks of the session "
				   "have no candles; make one with them");
	return SIM_OK;
}

/* -- what is simulated ----------------------------------------------------- */

static int take_range(const struct sim_message_session_spec *s,
		      struct sim_attach_run *x, struct sim_err *err)
{
	int rc = sim_run_bound_parse(s->start_date, "start_date", false,
				     &x->spec.from, err);

	if (!rc)
		rc = sim_run_bound_parse(s->end_date, "end_date", true,
					 &x->spec.to, err);
	x->spec.extended = s->has_session && !strcmp(s->session, "extended");
	x->view = s->has_adjusted && s->adjusted ? SIM_ADJUST_TOTAL_RETURN :
		SIM_ADJUST_RAW;
	if (!rc && s->has_adjust && !sim_adjust_parse(s->adjust, &x->view))
		rc = sim_attach_bad_answer("prices", err);
	x->has_no_candles = s->has_include_candles && !s->include_candles;
	return rc;
}

static int take_info(const struct sim_message_session_info *s,
		     struct sim_attach_run *x, struct sim_err *err)
{
	struct sim_bar_tf tf;
	int rc = check_version(s, err);

	if (!rc)
		rc = take_config(&x->spec.config, s->config.val, err);
	if (!rc)
		rc = take_instruments(x, s->instruments.val, err);
	if (!rc)
		rc = sim_bar_tf_parse(s->timeframe, &tf, err);
	for (uint32_t i = 0; !rc && i < x->nsyms; i++)
		x->data[i].tf = tf;
	if (!rc)
		rc = take_range(s->spec, x, err);
	x->state = (enum sim_session_state)s->state;
	x->is_over = x->state == SIM_SESSION_COMPLETED;
	x->ticks = (uint64_t)s->ticks_total;
	x->at = x->state == SIM_SESSION_READY ? 0 : (uint64_t)s->sequence_id;
	x->is_paused = x->state == SIM_SESSION_PAUSED;
	return rc;
}

static int take_details(const struct sim_attach *a, struct sim_attach_run *x,
			struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = sim_attach_ask(a, SIM_MESSAGE_get_session, NULL,
				SIM_MESSAGE_session_details, &m, err);

	if (!rc)
		rc = take_info(m.m.data, x, err);
	sim_backend_release(&m);
	return rc;
}

/* -- actions --------------------------------------------------------------- */

static struct sim_attach_sym *find(struct sim_attach_run *x, const char *symbol,
				   uint32_t *at)
{
	for (uint32_t i = 0; i < x->nsyms; i++) {
		if (strcmp(x->data[i].instrument.symbol, symbol))
			continue;
		*at = i;
		return &x->syms[i];
	}
	return NULL;
}

static int take_action(struct sim_attach_run *x,
		       const struct sim_message_action *m, struct sim_err *err)
{
	struct sim_action a = {
		.type = m->action ? SIM_ACTION_DIVIDEND : SIM_ACTION_SPLIT,
		.num = (int32_t)(m->new_shares / SIM_DEC_ONE),
		.den = (int32_t)(m->old_shares / SIM_DEC_ONE),
		.cash = m->amount,
	};
	struct sim_attach_sym *s;
	sim_time day;
	uint32_t at;

	s = find(x, m->symbol, &at);
	if (!s || sim_time_parse(m->ex_date, strlen(m->ex_date), &day, NULL,
				 NULL))
		return sim_attach_bad_answer("splits and dividends", err);
	a.day = day / SIM_TIME_DAY;
	SIM_MEM_GROW(s->actions, s->cap, s->nactions + 1);
	s->actions[s->nactions++] = a;
	return SIM_OK;
}

static int take_actions(const struct sim_attach *a, struct sim_attach_run *x,
			struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_corporate_actions *c;
	int rc = sim_attach_ask(a, SIM_MESSAGE_query_actions, NULL,
				SIM_MESSAGE_corporate_actions, &m, err);

	if (rc)
		return rc;
	c = m.m.data;
	for (size_t i = 0; !rc && i < c->n_actions; i++)
		rc = take_action(x, &c->actions[i], err);
	sim_backend_release(&m);
	return rc;
}

/* -- when the bars begin --------------------------------------------------- */

/* The last price of each is its number, by which the bars of higher timeframes
 * show what they are made of. */
static bool take_run(struct sim_bar_table *t, const struct sim_json_val *v)
{
	int64_t start, step, n;

	if (!sim_json_as_int(sim_json_at(v, 0), &start) ||
	    !sim_json_as_int(sim_json_at(v, 1), &step) ||
	    !sim_json_as_int(sim_json_at(v, 2), &n) || n < 1 ||
	    n > (int64_t)(SIM_ATTACH_BARS_MAX - t->n))
		return false;
	for (int64_t i = 0; i < n; i++) {
		const sim_dec number = (sim_dec)t->n + 1;
		const struct sim_bar b = {
			.ts = (start + i * step) * SIM_TIME_US,
			.open = number, .high = number, .low = number,
			.close = number,
		};

		sim_bar_table_add(t, &b, 0);
	}
	return true;
}

static bool take_synthetic(struct sim_bar_table *t,
			   const struct sim_json_val *v)
{
	int64_t at;

	for (size_t i = 0; i < sim_json_len(v); i++) {
		if (!sim_json_as_int(sim_json_at(v, i), &at) || at < 0 ||
		    (size_t)at >= t->n)
			return false;
		t->flags[at] |= SIM_BAR_SYNTHETIC;
	}
	return true;
}

/* One answer of it.  Gives: whether there is more. */
static int take_part(const struct sim_attach *a, const char *symbol,
		     struct sim_bar_table *t, bool *is_more,
		     struct sim_err *err)
{
	const struct sim_message_query_schedule q = {
		.symbol = symbol, .since = (int64_t)t->n, .has_since = true,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_schedule *x;
	size_t before = t->n;
	bool is_good = true;
	int rc = sim_attach_ask(a, SIM_MESSAGE_query_schedule, &q,
				SIM_MESSAGE_schedule, &m, err);

	if (rc)
		return rc;
	x = m.m.data;
	for (size_t i = 0; is_good && i < sim_json_len(x->runs.val); i++)
		is_good = take_run(t, sim_json_at(x->runs.val, i));
	is_good = is_good && take_synthetic(t, x->synthetic.val);
	*is_more = (int64_t)t->n < x->bars;
	if (*is_more && t->n == before)
		is_good = false;
	/* That there will be volumes counts from the start. */
	if (t->n && x->has_volume)
		t->volume[0] = SIM_DEC_ONE;
	sim_backend_release(&m);
	return is_good ? SIM_OK : sim_attach_bad_answer("bars", err);
}

int sim_attach_schedule(const struct sim_attach *a, const char *symbol,
			struct sim_bar_table *t, struct sim_err *err)
{
	bool is_more = true;
	int rc = SIM_OK;

	while (!rc && is_more)
		rc = take_part(a, symbol, t, &is_more, err);
	return rc;
}

static int take_schedule(const struct sim_attach *a, struct sim_attach_run *x,
			 struct sim_err *err)
{
	int rc = SIM_OK;

	for (uint32_t i = 0; !rc && i < x->nsyms; i++) {
		struct sim_bar_table *t = &x->syms[i].bars;

		rc = sim_attach_schedule(a, x->data[i].instrument.symbol, t,
					 err);
		x->data[i].bars = sim_bar_table_view(t);
	}
	return rc;
}

/* -- finer bars ------------------------------------------------------------ */

int sim_attach_detail(const struct sim_attach *a, struct sim_attach_run *x,
		      uint32_t i, struct sim_err *err)
{
	struct sim_attach_sym *s = &x->syms[i];
	struct sim_run_data *d = &x->data[i];
	int rc;

	if (x->spec.config.path != SIM_CONFIG_PATH_DETAIL)
		return SIM_OK;
	rc = sim_attach_inputs_more(a, d->instrument.symbol, true, &s->finer,
				    err);
	s->detail = sim_bar_table_view(&s->finer);
	d->detail_tf = (struct sim_bar_tf){ SIM_BAR_TF_INTRADAY,
					    x->spec.config.detail_span };
	d->detail = &s->detail;
	return rc;
}

/* -- all of it ------------------------------------------------------------- */

int sim_attach_describe(const struct sim_attach *a, struct sim_attach_run *x,
			struct sim_err *err)
{
	static const struct sim_run_spec empty = SIM_RUN_SPEC_INIT;
	int rc;

	x->spec = empty;
	rc = take_details(a, x, err);
	if (!rc)
		rc = take_actions(a, x, err);
	x->spec.data = x->data;
	x->spec.nsyms = x->nsyms;
	x->spec.seed = a->seed;
	x->spec.calendar_dir = a->calendar_dir;
	x->spec.band = false;
	return rc;
}

int sim_attach_make(const struct sim_attach *a, struct sim_attach_run **out,
		    struct sim_err *err)
{
	struct sim_attach_run *x = sim_mem_zalloc(sizeof(*x));
	int rc = sim_attach_describe(a, x, err);

	if (!rc)
		rc = check_state(a, x, err);
	if (!rc)
		rc = take_schedule(a, x, err);
	/* Bars that come adjusted have their actions in them. */
	for (uint32_t i = 0; !rc && i < x->nsyms; i++) {
		if (x->view == SIM_ADJUST_RAW) {
			x->data[i].actions = x->syms[i].actions;
			x->data[i].nactions = x->syms[i].nactions;
		}
		rc = sim_attach_detail(a, x, i, err);
	}
	if (rc) {
		sim_attach_unmake(x);
		return rc;
	}
	*out = x;
	return SIM_OK;
}

void sim_attach_unmake(struct sim_attach_run *x)
{
	if (!x)
		return;
	for (uint32_t i = 0; x->syms && i < x->nsyms; i++) {
		sim_bar_table_release(&x->syms[i].bars);
		sim_bar_table_release(&x->syms[i].finer);
		sim_mem_free(x->syms[i].actions);
	}
	sim_prepare_release(&x->prepared);
	sim_mem_free(x->syms);
	sim_mem_free(x->data);
	sim_mem_free(x);
}

/* -- the rest of a bar ----------------------------------------------------- */

static void put(const sim_dec *column, size_t at, sim_dec v)
{
	((sim_dec *)(uintptr_t)column)[at] = v;
}

static bool take_candle(const struct sim_json_val *v, struct sim_bar *b)
{
	const char *date = sim_json_as_str(sim_json_get(v, "date"));

	return date && !sim_time_parse(date, strlen(date), &b->ts, NULL,
				       NULL) &&
		sim_json_as_dec(sim_json_get(v, "open"), &b->open) &&
		sim_json_as_dec(sim_json_get(v, "high"), &b->high) &&
		sim_json_as_dec(sim_json_get(v, "low"), &b->low) &&
		sim_json_as_dec(sim_json_get(v, "close"), &b->close) &&
		sim_json_as_dec(sim_json_get(v, "volume"), &b->volume);
}

/* Bar b opens a bucket of the frame, or widens the one it is in. */
static void widen(const struct sim_bar_series *f, size_t at, bool is_first,
		  const struct sim_bar *b)
{
	if (is_first) {
		put(f->open, at, b->open);
		put(f->high, at, b->high);
		put(f->low, at, b->low);
	}
	if (b->high > f->high[at])
		put(f->high, at, b->high);
	if (b->low < f->low[at])
		put(f->low, at, b->low);
	put(f->close, at, b->close);
	if (f->volume)
		put(f->volume, at, b->volume +
		    (is_first ? 0 : f->volume[at]));
}

/* What the strategy shall see of bar n (from 1) in higher timeframes: they were
 * laid out by the times of all bars, and show when they are whole. */
static void fill_frames(struct sim_attach_run *x, struct sim_stepper *s,
			uint32_t i, const struct sim_bar *b)
{
	struct sim_attach_sym *sym = &x->syms[i];

	for (uint32_t k = 0; k < sim_stepper_frames(s); k++) {
		const struct sim_bar_series f = sim_stepper_frame(s, i, k);
		struct sim_attach_bucket *at = &sym->bucket[k];
		bool is_first = (sim_dec)sym->at > at->last;

		if (is_first && at->n == f.n)
			SIM_BUG("a bar of no higher bar");
		if (is_first)
			at->last = f.close[at->n++];
		widen(&f, at->n - 1, is_first, b);
	}
}

static int fill_one(struct sim_attach_run *x, struct sim_stepper *s,
		    const char *symbol, const struct sim_json_val *v,
		    struct sim_err *err)
{
	struct sim_attach_sym *sym;
	struct sim_bar_series to;
	struct sim_bar b;
	uint32_t i;

	sym = find(x, symbol, &i);
	if (!sym || !take_candle(v, &b))
		return sim_attach_bad_answer("ticks", err);
	to = sim_stepper_range(s, i);
	if (sym->at && to.ts[sym->at - 1] == b.ts)
		return SIM_OK;		/* it was told as past */
	if (sym->at >= to.n || to.ts[sym->at] != b.ts)
		return sim_err_set(err, SIM_E_REPRO, "a bar of %s came that "
				   "the session did not name before", symbol);
	put(to.open, sym->at, b.open);
	put(to.high, sym->at, b.high);
	put(to.low, sym->at, b.low);
	put(to.close, sym->at, b.close);
	if (to.volume)
		put(to.volume, sym->at, b.volume);
	sym->at++;
	fill_frames(x, s, i, &b);
	return SIM_OK;
}

int sim_attach_fill(struct sim_attach_run *x, struct sim_stepper *s,
		    const struct sim_message_tick *t, struct sim_err *err)
{
	const struct sim_json_val *v = t->candles.val;
	const char *symbol;
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < sim_json_len(v); i++) {
		const struct sim_json_val *one =
			sim_json_member(v, i, &symbol);

		rc = fill_one(x, s, symbol, one, err);
	}
	return rc;
}

/* -- what has been --------------------------------------------------------- */

static int fill_list(struct sim_attach_run *x, struct sim_stepper *s,
		     const char *symbol, const struct sim_json_val *list,
		     struct sim_err *err)
{
	const struct sim_json_val *v;
	struct sim_bar_series to;
	struct sim_bar b;
	uint32_t i;
	int rc = SIM_OK;

	if (!find(x, symbol, &i))
		return sim_attach_bad_answer("bars", err);
	to = sim_stepper_range(s, i);
	for (size_t k = 0; !rc && (v = sim_json_at(list, k)); k++) {
		if (!take_candle(v, &b))
			return sim_attach_bad_answer("bars", err);
		if (to.n && b.ts >= to.ts[0])
			rc = fill_one(x, s, symbol, v, err);
	}
	return rc;
}

static int fill_symbol(const struct sim_attach *a, struct sim_attach_run *x,
		       struct sim_stepper *s, const char *symbol,
		       struct sim_err *err)
{
	const struct sim_message_query_bars q = {
		.symbols = &symbol, .n_symbols = 1, .has_symbols = true,
		.count = (int64_t)x->at, .has_count = true,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_history_snapshot *h;
	int rc = sim_attach_ask(a, SIM_MESSAGE_query_bars, &q,
				SIM_MESSAGE_history_snapshot, &m, err);

	if (rc)
		return rc;
	h = m.m.data;
	rc = fill_list(x, s, symbol, sim_json_get(h->candles.val, symbol),
		       err);
	sim_backend_release(&m);
	return rc;
}

int sim_attach_fill_past(const struct sim_attach *a, struct sim_attach_run *x,
			 struct sim_stepper *s, struct sim_err *err)
{
	int rc = SIM_OK;

	if (x->at > PAST_MAX)
		return sim_err_set(err, SIM_E_INVAL, "the session is at tick "
				   "%" PRIu64 "; a strategy can take over at "
				   "tick %d at the latest", x->at, PAST_MAX);
	for (uint32_t i = 0; !rc && i < x->nsyms; i++)
		rc = fill_symbol(a, x, s, x->data[i].instrument.symbol, err);
	return rc;
}
