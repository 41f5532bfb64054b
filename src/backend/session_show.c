/* session_show: what a session shows to whoever asks: where it stands, bars up
 * to its present, splits and dividends, its log. */
#include "backend/session_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/json.h"

#define CHUNK	((size_t)64 << 10)	/* bytes of log in an answer */
#define NAMES	1000			/* names of orders in an answer */
#define DEAF	2			/* attach_session: no events */

/* -- bars ------------------------------------------------------------------ */

struct history {
	struct sim_bar_table *bars;	/* by symbol */
	const bool *is_wanted;		/* by symbol; NULL: all */
	size_t count;
	sim_time first, last;
};

/* The last n bars of a symbol: those that closed, and before them those from
 * before its range. */
static void gather_symbol(struct sim_session *s, uint32_t i, size_t n,
			  struct sim_bar_table *out)
{
	struct sim_bar_series b = sim_session_view(s)->syms[i].bars;
	size_t closed = b.n < n ? b.n : n;

	/* Where the calendar ends there is just less of it. */
	if (n > closed)
		(void)!sim_stepper_before(s->stepper, i, n - closed, out,
					  NULL);
	for (size_t k = b.n - closed; k < b.n; k++) {
		struct sim_bar bar = sim_bar_at(&b, k);

		sim_bar_table_add(out, &bar, b.flags ? b.flags[k] : 0);
	}
}

static void gather(struct sim_session *s, size_t n, struct history *h)
{
	static const struct sim_bar_table empty = SIM_BAR_TABLE_INIT;

	h->bars = sim_mem_array(s->nsyms, sizeof(*h->bars));
	h->count = 0;
	h->first = SIM_TIME_MAX;
	h->last = SIM_TIME_NONE;
	for (uint32_t i = 0; i < s->nsyms; i++) {
		struct sim_bar_table *b = &h->bars[i];

		*b = empty;
		if (n && (!h->is_wanted || h->is_wanted[i]))
			gather_symbol(s, i, n, b);
		if (!b->n)
			continue;
		h->count += b->n;
		h->first = b->ts[0] < h->first ? b->ts[0] : h->first;
		h->last = b->ts[b->n - 1] > h->last ? b->ts[b->n - 1] : h->last;
	}
}

static void put_series(struct sim_session *s, uint32_t i,
		       const struct sim_bar_series *b, struct sim_buf *out)
{
	sim_buf_printf(out, "\"%s\":[",
		       sim_session_view(s)->syms[i].instrument->symbol);
	for (size_t k = 0; k < b->n; k++) {
		struct sim_bar bar = sim_bar_at(b, k);

		if (k)
			sim_buf_putc(out, ',');
		sim_tick_bar(&s->talk.tick, &bar);
	}
	sim_buf_putc(out, ']');
}

static void put_candles(struct sim_session *s, const struct history *h,
			struct sim_buf *out)
{
	bool is_first = true;

	s->talk.tick.out = out;
	sim_buf_putc(out, '{');
	for (uint32_t i = 0; i < s->nsyms; i++) {
		struct sim_bar_series b = sim_bar_table_view(&h->bars[i]);

		if (h->is_wanted && !h->is_wanted[i])
			continue;
		if (!is_first)
			sim_buf_putc(out, ',');
		is_first = false;
		put_series(s, i, &b, out);
	}
	sim_buf_putc(out, '}');
	s->talk.tick.out = &s->out;
}

/* The end of a bar, as far as it follows from its start. */
static sim_time bar_end(const struct sim_session *s, sim_time start)
{
	return start + s->tf.span;
}

/* Say history_snapshot: n bars of each symbol that is wanted. */
static void say_bars(struct sim_session *s, size_t n, const bool *is_wanted,
		     const char *request_id)
{
	struct sim_buf candles = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_message_history_snapshot m = { .timeframe = s->timeframe };
	struct history h = { .is_wanted = is_wanted };

	gather(s, n, &h);
	put_candles(s, &h, &candles);
	m.count = (int64_t)h.count;
	m.candles.text = candles.data;
	m.has_start = m.has_end = h.count != 0;
	m.start = h.first;
	m.end = h.count ? bar_end(s, h.last) : 0;
	sim_talk_send(&s->talk, SIM_MESSAGE_history_snapshot, &m, request_id);
	for (uint32_t i = 0; i < s->nsyms; i++)
		sim_bar_table_release(&h.bars[i]);
	sim_mem_free(h.bars);
	sim_buf_release(&candles);
}

void sim_session_tell_history(struct sim_session *s)
{
	if (s->ask->warmup_bars || s->is_one_shot)
		say_bars(s, (size_t)s->ask->warmup_bars, NULL, NULL);
}

/* Which symbols are meant.  Gives: the one that the session doesn't have, or
 * NULL. */
static const char *choose(struct sim_session *s,
			  const struct sim_message_query_bars *q,
			  bool *is_wanted)
{
	for (size_t i = 0; i < q->n_symbols; i++) {
		uint32_t at = sim_talk_symbol(&s->talk, q->symbols[i]);

		if (at == UINT32_MAX)
			return q->symbols[i];
		is_wanted[at] = true;
	}
	return NULL;
}

void sim_session_refuse_symbol(struct sim_session *s, const char *symbol,
			       const char *request_id)
{
	const struct sim_talk_detail about = { "symbol", symbol };

	sim_talk_error_about(&s->talk, sim_message_code_text(
				     SIM_MESSAGE_CODE_INVALID_SYMBOL),
			     "the session has no such symbol", &about,
			     request_id);
}

static void refuse_count(struct sim_session *s, size_t count, size_t n,
			 const char *request_id)
{
	char text[160];

	snprintf(text, sizeof(text), "%zu bars of %zu symbols are more than "
		 "the %d of an answer; ask for fewer, or for fewer symbols",
		 count, n, SIM_SESSION_WARMUP_MAX);
	sim_session_tell_error(s, SIM_MESSAGE_CODE_INVALID_PARAMS, text,
			       request_id);
}

int sim_session_hear_bars(struct sim_session *s,
			  const struct sim_session_heard *h)
{
	const struct sim_message_query_bars *q = h->m->data;
	size_t n = q->has_symbols ? q->n_symbols : s->nsyms;
	size_t count = q->has_count ? (size_t)q->count : 1;
	bool *is_wanted = sim_mem_array(s->nsyms, sizeof(*is_wanted));
	const char *wrong = choose(s, q, is_wanted);

	if (wrong)
		sim_session_refuse_symbol(s, wrong, h->m->request_id);
	else if (n && count > SIM_SESSION_WARMUP_MAX / n)
		refuse_count(s, count, n, h->m->request_id);
	else
		say_bars(s, count, q->has_symbols ? is_wanted : NULL,
			 h->m->request_id);
	sim_mem_free(is_wanted);
	return SIM_OK;
}

/* -- watching -------------------------------------------------------------- */

/* What was told after an event, as it was told; and how it ended. */
static void tell_since(struct sim_session *s, uint64_t event)
{
	struct sim_log_reader r;
	struct sim_log_line l;
	int rc;

	sim_stepper_log_after(s->stepper, event, &r);
	while ((rc = sim_log_next(&r, &l, NULL)) == 1) {
		const struct sim_talk_event e = {
			.ev = l.ev, .order = l.order, .fill = l.fill,
		};

		sim_talk_tell_again(&s->talk, &e);
	}
	if (rc < 0)
		SIM_BUG("the log of a session can't be read");
	sim_buf_add(&s->out, sim_buf_str(&s->result_line), s->result_line.len);
}

int sim_session_hear_attach(struct sim_session *s,
			    const struct sim_session_heard *h)
{
	const struct sim_message_attach_session *a = h->m->data;
	const struct sim_message_status status = sim_session_status(s);
	size_t most = SIM_SESSION_WARMUP_MAX / s->nsyms;
	struct sim_talk_account account;
	struct sim_message_open_order *open;
	struct sim_message_session_attached m = {
		.status = &status, .events = a->events,
		.is_driven = s->is_driven,
		.last_event = (int64_t)s->talk.told_event,
	};

	if (a->has_last_event && a->events != DEAF)
		tell_since(s, (uint64_t)a->last_event);
	sim_talk_account(&s->talk, &account);
	m.account_snapshot = &account.data;
	open = sim_talk_open_orders(&s->talk, UINT32_MAX, &m.n_pending_orders);
	m.pending_orders = open;
	sim_talk_send(&s->talk, SIM_MESSAGE_session_attached, &m,
		      h->m->request_id);
	sim_mem_free(open);
	sim_talk_account_release(&account);
	if (a->bars)
		say_bars(s, (size_t)a->bars < most ? (size_t)a->bars : most,
			 NULL, NULL);
	return SIM_OK;
}

int sim_session_hear_detach(struct sim_session *s,
			    const struct sim_session_heard *h)
{
	const struct sim_message_session_detached m = { .no_more = 0 };

	sim_talk_send(&s->talk, SIM_MESSAGE_session_detached, &m,
		      h->m->request_id);
	return SIM_OK;
}

/* -- splits and dividends -------------------------------------------------- */

static struct sim_message_action action_of(const char *symbol,
					   const struct sim_action *a,
					   char day[16])
{
	bool is_split = a->type == SIM_ACTION_SPLIT;

	sim_time_format_date(a->day, day);
	return (struct sim_message_action){
		.symbol = symbol, .ex_date = day, .action = is_split ? 0 : 1,
		.has_new_shares = is_split, .has_old_shares = is_split,
		.new_shares = a->num * SIM_DEC_ONE,
		.old_shares = a->den * SIM_DEC_ONE,
		.has_amount = !is_split, .amount = a->cash,
	};
}

uint32_t sim_session_asked_at(const struct sim_session *s, const char *symbol)
{
	uint32_t i = 0;

	while (strcmp(s->data[i].instrument.symbol, symbol))
		i++;
	return i;
}

int sim_session_hear_actions(struct sim_session *s,
			     const struct sim_session_heard *h)
{
	const struct sim_strategy_view *v = sim_session_view(s);
	struct sim_message_corporate_actions m = { .n_actions = 0 };
	struct sim_message_action *list;
	char (*days)[16];
	size_t n = 0;

	for (uint32_t i = 0; i < s->nsyms; i++)
		n += s->data[i].nactions;
	list = sim_mem_array(n + 1, sizeof(*list));
	days = sim_mem_array(n + 1, sizeof(*days));
	for (uint32_t i = 0; i < v->nsyms; i++) {
		const char *symbol = v->syms[i].instrument->symbol;
		const struct sim_run_data *d =
			&s->data[sim_session_asked_at(s, symbol)];

		for (size_t k = 0; k < d->nactions; k++) {
			size_t at = m.n_actions++;

			list[at] = action_of(symbol, &d->actions[k], days[at]);
		}
	}
	m.actions = list;
	sim_talk_send(&s->talk, SIM_MESSAGE_corporate_actions, &m,
		      h->m->request_id);
	sim_mem_free(list);
	sim_mem_free(days);
	return SIM_OK;
}

/* -- the log --------------------------------------------------------------- */

/* How much of it one answer takes: whole lines. */
static size_t cut(const char *text, size_t n)
{
	size_t k = n < CHUNK ? n : CHUNK;

	if (k == n)
		return n;
	while (k && text[k - 1] != '\n')
		k--;
	return k;
}

/* The log has numbers; what they are called is known here alone. */
static void add_names(struct sim_session *s,
		      const struct sim_message_get_log *q,
		      struct sim_message_log_chunk *m,
		      const char *names[NAMES])
{
	const struct sim_talk *t = &s->talk;
	size_t last = t->order_name_cap ? t->order_name_cap - 1 : 0;
	size_t id = (size_t)q->names_since + 1;

	while (last && !t->order_name[last])
		last--;
	for (; id <= last && m->n_names < NAMES; id++)
		names[m->n_names++] = t->order_name[id] ?
			t->orders.name[t->order_name[id]] : "";
	m->names = names;
	m->orders = (int64_t)last;
	m->has_names = m->has_orders = true;
}

int sim_session_hear_log(struct sim_session *s,
			 const struct sim_session_heard *h)
{
	const struct sim_message_get_log *q = h->m->data;
	struct sim_message_log_chunk m = { .offset = q->since };
	const char *hash, *names[NAMES];
	const struct sim_buf *log = sim_session_log(s, &hash);
	char text[160], *chunk;
	size_t since = (size_t)q->since, n;

	if (since > log->len || (since && log->data[since - 1] != '\n')) {
		snprintf(text, sizeof(text), "since is %" PRId64 ", where no "
			 "line of the log begins; it has %zu bytes so far",
			 q->since, log->len);
		sim_session_tell_error(s, SIM_MESSAGE_CODE_INVALID_PARAMS,
				       text, h->m->request_id);
		return SIM_OK;
	}
	n = log->len ? cut(log->data + since, log->len - since) : 0;
	chunk = sim_mem_strndup(log->len ? log->data + since : "", n);
	m.text = chunk;
	m.size = (int64_t)log->len;
	m.is_sealed = hash[0] != '\0';
	m.hash = hash;
	m.has_hash = m.is_sealed;
	add_names(s, q, &m, names);
	sim_talk_send(&s->talk, SIM_MESSAGE_log_chunk, &m, h->m->request_id);
	sim_mem_free(chunk);
	return SIM_OK;
}
