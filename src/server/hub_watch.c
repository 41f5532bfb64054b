/* hub_watch: who watches a session, and which of its words are for whom. */
#include <config.h>	/* memmem */

#include "server/hub_seat.h"

#include <string.h>

#include "util/mem.h"

/* -- who ------------------------------------------------------------------- */

static struct sim_hub_watch *find(const struct sim_hub_seat *x,
				  const struct sim_hub_conn *c)
{
	struct sim_hub_watch *w = x->watches;

	while (w && w->conn != c)
		w = w->next_of_seat;
	return w;
}

void sim_hub_watch(struct sim_hub_seat *x, struct sim_hub_conn *c,
		   enum sim_hub_events events)
{
	struct sim_hub_watch *w = find(x, c);

	if (!w) {
		w = sim_mem_zalloc(sizeof(*w));
		w->seat = x;
		w->conn = c;
		w->next_of_seat = x->watches;
		x->watches = w;
		w->next_of_conn = c->watches;
		c->watches = w;
	}
	w->events = events;
	x->is_left = false;
	if (!c->current)
		c->current = x;
}

/* What a connection means without a name when it is no longer this one. */
static void forget_current(struct sim_hub_conn *c, const struct sim_hub_seat *x)
{
	if (c->current != x || x->conn == c)
		return;
	c->current = c->seats;
	if (!c->current && c->watches)
		c->current = c->watches->seat;
}

void sim_hub_unwatch(struct sim_hub_seat *x, const struct sim_hub_conn *c)
{
	struct sim_hub_watch *w = find(x, c), **at;

	if (!w)
		return;
	for (at = &x->watches; *at != w; at = &(*at)->next_of_seat)
		;
	*at = w->next_of_seat;
	for (at = &w->conn->watches; *at != w; at = &(*at)->next_of_conn)
		;
	*at = w->next_of_conn;
	forget_current(w->conn, x);
	x->used_ms = sim_hub_ms(x->bench->hub);
	sim_mem_free(w);
}

void sim_hub_unwatch_all(struct sim_hub_seat *x)
{
	while (x->watches)
		sim_hub_unwatch(x, x->watches->conn);
}

/* -- what ------------------------------------------------------------------ */

/* Where a message goes that nobody asked for, or somebody did. */
enum way {
	ANSWER,			/* to who asked; else to all */
	EVENT,			/* to all */
	BARS,			/* to all who want bars and can read them */
	CHANGE			/* to who asked, and a copy to the others */
};

/* All that is no answer. */
static const struct {
	enum sim_message_type type;
	enum way way;
} ways[] = {
	{ SIM_MESSAGE_tick, BARS },
	{ SIM_MESSAGE_execution_report, EVENT },
	{ SIM_MESSAGE_order_update, EVENT },
	{ SIM_MESSAGE_account_snapshot, EVENT },
	{ SIM_MESSAGE_simulation_complete, EVENT },
	{ SIM_MESSAGE_simulation_end, EVENT },
	{ SIM_MESSAGE_simulation_started, CHANGE },
	{ SIM_MESSAGE_simulation_paused, CHANGE },
	{ SIM_MESSAGE_simulation_resumed, CHANGE },
	{ SIM_MESSAGE_simulation_stepped, CHANGE },
	{ SIM_MESSAGE_simulation_stopped, CHANGE },
	{ SIM_MESSAGE_speed_set, CHANGE },
};

/* A line, as far as it is looked at. */
struct line {
	const char *text;
	size_t n;			/* its newline included */
	enum way way;
};

static enum way way_of(const char *text, size_t n)
{
	static const char head[] = "{\"type\":\"";
	size_t at = sizeof(head) - 1;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		const char *name = sim_message_name((int)ways[i].type);
		size_t len = strlen(name);

		if (n > at + len && !memcmp(text + at, name, len) &&
		    text[at + len] == '"')
			return ways[i].way;
	}
	return ANSWER;
}

static size_t skip_string(const char *text, size_t n, size_t i)
{
	for (i++; i < n && text[i] != '"'; i++) {
		if (text[i] == '\\')
			i++;
	}
	return i;
}

/* Where the message's own fields begin again, behind its data. */
static size_t behind_data(const char *text, size_t n)
{
	int depth = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == '"')
			i = skip_string(text, n, i);
		else if (text[i] == '{')
			depth++;
		else if (text[i] == '}' && --depth == 1)
			return i + 1;
	}
	return n;
}

/* The line without its request_id, which is another's. */
static void tell_copy(struct sim_hub_conn *c, const struct sim_hub_seat *x,
		      uint64_t ticket, const struct line *l)
{
	static const char field[] = ",\"request_id\":";
	struct sim_buf *b = &x->bench->scratch;
	size_t at, end;

	if (l->way != CHANGE) {
		sim_hub_tell(c, x, ticket, l->text, l->n);
		return;
	}
	at = end = behind_data(l->text, l->n);
	if (l->n - at > sizeof(field) &&
	    !memcmp(l->text + at, field, sizeof(field) - 1))
		end = skip_string(l->text, l->n, at + sizeof(field) - 1) + 1;
	sim_buf_reset(b);
	sim_buf_add(b, l->text, at);
	sim_buf_add(b, l->text + end, l->n - end);
	sim_hub_tell(c, x, ticket, b->data, b->len);
}

/* -- what who drives it has already ---------------------------------------- */

/* The number behind a key of a line; 0: it has none such. */
static uint64_t number_at(const struct line *l, const char *key)
{
	size_t len = strlen(key);
	const char *at = memmem(l->text, l->n, key, len);
	const char *end = l->text + l->n;
	uint64_t n = 0;

	for (at = at ? at + len : end; at < end && *at >= '0' && *at <= '9';
	     at++)
		n = n * 10 + (uint64_t)(*at - '0');
	return n;
}

/* An execution that was named as the last when the session was taken up, one
 * before it, or its update?  A text between quotes has its quotes escaped, so
 * a key is a key. */
static bool is_seen(struct sim_hub_seat *x, const struct line *l)
{
	uint64_t event, execution;

	if (!x->seen || l->way != EVENT)
		return false;
	event = number_at(l, ",\"event\":");
	execution = number_at(l, "\"execution_id\":\"e");
	if (execution > x->seen)
		x->seen = x->seen_event = 0;
	else if (execution)
		x->seen_event = event;
	return event && event == x->seen_event;
}

/* -- to whom --------------------------------------------------------------- */

static bool is_wanted(const struct sim_hub_watch *w, const struct line *l)
{
	if (w->events == SIM_HUB_EVENTS_NONE)
		return false;
	if (l->way != BARS)
		return true;
	return w->events == SIM_HUB_EVENTS_ALL &&
		sim_hub_told(w->conn) <= SIM_HUB_QUEUED_MAX;
}

static struct sim_hub_conn *conn_of(const struct sim_hub_bench *b, uint64_t id)
{
	struct sim_hub_conn *c = b->conns;

	while (c && c->id != id)
		c = c->next;
	return c;
}

/* Who asked for what is said now. */
static struct sim_hub_conn *asker_of(struct sim_hub_seat *x,
				     const struct line *l)
{
	if (x->asker || l->way != CHANGE || !x->stepper)
		return x->asker;
	return conn_of(x->bench, x->stepper);
}

static void tell_one(struct sim_hub_seat *x, struct sim_hub_conn *asker,
		     uint64_t ticket, const struct line *l)
{
	bool is_answer = asker && (l->way == ANSWER || x->is_aside);

	if (asker && (is_answer || l->way == CHANGE))
		sim_hub_tell(asker, x, ticket, l->text, l->n);
	if (is_answer)
		return;
	if (x->conn && (x->conn != asker || l->way != CHANGE) &&
	    !is_seen(x, l))
		tell_copy(x->conn, x, ticket, l);
	for (struct sim_hub_watch *w = x->watches; w; w = w->next_of_seat) {
		if (!is_wanted(w, l) || (w->conn == asker && l->way == CHANGE))
			continue;
		w->conn->heard_ms = x->used_ms;
		tell_copy(w->conn, x, ticket, l);
	}
}

void sim_hub_seat_say(struct sim_hub_seat *x, const char *lines, size_t n)
{
	uint64_t ticket = x->ntickets ? x->tickets[x->ntickets - 1] : 0;
	const char *end = lines + n, *next;

	/* Most often there is who drives it, and nobody else. */
	if (x->conn && !x->watches && !x->stepper && !x->seen &&
	    (!x->asker || x->asker == x->conn)) {
		sim_hub_tell(x->conn, x, ticket, lines, n);
		return;
	}
	for (; lines < end; lines = next) {
		struct line l = { .text = lines };

		next = memchr(lines, '\n', (size_t)(end - lines));
		next = next ? next + 1 : end;
		l.n = (size_t)(next - lines);
		l.way = way_of(l.text, l.n);
		tell_one(x, asker_of(x, &l), ticket, &l);
	}
}

void sim_hub_seat_error(struct sim_hub_seat *x, enum sim_message_code code,
			const char *text, const struct sim_hub_about *about)
{
	if (x->conn)
		sim_hub_error(x->conn, code, text, about);
	for (struct sim_hub_watch *w = x->watches; w; w = w->next_of_seat)
		sim_hub_error(w->conn, code, text, about);
}
