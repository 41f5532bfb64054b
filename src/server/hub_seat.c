/* hub_seat: sessions in memory: when they step, and when what they say may
 * leave. */
#include "server/hub_priv.h"

#include <string.h>

#include "server/hub_metrics.h"
#include "util/mem.h"

#define QUEUED_MAX	((size_t)256 << 10)	/* then its reader is slow */
#define SLOW_MS		5			/* and is looked at again */
#define STEPS		16			/* in a row, of one session */

/* -- the table of a bench -------------------------------------------------- */

static struct sim_hub_seat **slot_of(struct sim_hub_bench *b, const char *user,
				     const char *id)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *user; user++)
		h = (h ^ (unsigned char)*user) * UINT64_C(1099511628211);
	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * UINT64_C(1099511628211);
	return &b->table[(h ^ h >> 32) % SIM_HUB_TABLE];
}

struct sim_hub_seat *sim_hub_seat_find(struct sim_hub_bench *b,
				       const char *user, const char *id)
{
	struct sim_hub_seat *x = *slot_of(b, user, id);

	while (x && (strcmp(sim_session_id(x->s), id) ||
		     strcmp(sim_session_user(x->s), user)))
		x = x->next_in_slot;
	return x;
}

struct sim_hub_seat *sim_hub_seat_new(struct sim_hub_bench *b,
				      struct sim_session *s)
{
	struct sim_hub_seat *x = sim_mem_zalloc(sizeof(*x));
	struct sim_hub_seat **slot = slot_of(b, sim_session_user(s),
					     sim_session_id(s));

	x->s = s;
	x->bench = b;
	x->held.max = SIM_BUF_MAX;
	x->touched_ms = sim_hub_ms(b->hub);
	x->next_in_slot = *slot;
	*slot = x;
	atomic_fetch_add(&b->hub->nseats, 1);
	sim_hub_metrics_seat(x, true);
	return x;
}

static void leave_slot(struct sim_hub_seat *x)
{
	struct sim_hub_seat **at = slot_of(x->bench, sim_session_user(x->s),
					   sim_session_id(x->s));

	while (*at != x)
		at = &(*at)->next_in_slot;
	*at = x->next_in_slot;
}

static void leave_conn(struct sim_hub_seat *x)
{
	struct sim_hub_seat **at;

	if (!x->conn)
		return;
	at = &x->conn->seats;
	while (*at != x)
		at = &(*at)->next_of_conn;
	*at = x->next_of_conn;
	if (x->conn->current == x)
		x->conn->current = x->conn->seats;
	x->conn = NULL;
}

static void leave_held(struct sim_hub_seat *x)
{
	struct sim_hub_seat **at = &x->bench->held;

	if (!x->is_held)
		return;
	while (*at != x)
		at = &(*at)->next_held;
	*at = x->next_held;
	x->is_held = false;
}

void sim_hub_seat_free(struct sim_hub_seat *x)
{
	sim_due_set(&x->bench->due, &x->due, SIM_DUE_NEVER);
	leave_slot(x);
	leave_conn(x);
	leave_held(x);
	atomic_fetch_sub(&x->bench->hub->nseats, 1);
	sim_hub_metrics_seat(x, false);
	sim_session_free(x->s);
	sim_buf_release(&x->held);
	sim_mem_free(x->holds);
	sim_mem_free(x);
}

/* -- what it says ---------------------------------------------------------- */

void sim_hub_seat_say(struct sim_hub_seat *x, const char *lines, size_t n)
{
	if (!x->conn)
		return;
	if (x->nholds)
		sim_buf_add(&x->held, lines, n);
	else
		sim_net_send_lines(x->bench->hub->net, x->conn->id, lines, n);
}

static void say(void *ctx, const char *lines, size_t n)
{
	sim_hub_seat_say(ctx, lines, n);
}

void sim_hub_seat_hold(struct sim_hub_seat *x, uint64_t ticket)
{
	SIM_MEM_GROW(x->holds, x->holds_cap, x->nholds + 1);
	x->holds[x->nholds++] = (struct sim_hub_hold){ ticket, x->held.len };
	if (!x->is_held) {
		x->is_held = true;
		x->next_held = x->bench->held;
		x->bench->held = x;
	}
}

static void record(void *ctx, uint64_t step, const char *line, size_t n)
{
	struct sim_hub_seat *x = ctx;
	struct sim_writer_line l = {
		.user = sim_session_user(x->s), .id = sim_session_id(x->s),
		.n = ++x->journaled, .step = (int64_t)step, .line = line,
		.len = n,
	};

	sim_meter_add(x->bench->hub->meter, SIM_METER_JOURNAL, 0, 1);
	sim_hub_seat_hold(x, sim_writer_append(x->bench->hub->writer, &l));
}

void sim_hub_seat_attach(struct sim_hub_seat *x, struct sim_hub_conn *c)
{
	const struct sim_session_sink sink = { x, say, record };

	leave_conn(x);
	x->conn = c;
	if (c) {
		x->next_of_conn = c->seats;
		c->seats = c->current = x;
	}
	/* A job that has it speaks to its own sink, in another thread. */
	if (!x->is_away)
		sim_session_attach(x->s, c ? &sink : NULL);
	sim_hub_metrics_seat(x, true);
}

/* Send the first n bytes that were held back. */
static void let_go(struct sim_hub_seat *x, size_t n)
{
	if (n && x->conn)
		sim_net_send_lines(x->bench->hub->net, x->conn->id,
				   x->held.data, n);
	memmove(x->held.data, x->held.data + n, x->held.len - n);
	x->held.len -= n;
	for (size_t i = 0; i < x->nholds; i++)
		x->holds[i].from -= n;
}

/* Was something of it not stored?  Then what follows must not leave. */
static bool is_lost(const struct sim_hub_seat *x, size_t decided)
{
	for (size_t i = 0; i < decided; i++) {
		if (sim_writer_is_lost(x->bench->hub->writer,
				       x->holds[i].ticket))
			return true;
	}
	return false;
}

static void flush(struct sim_hub_seat *x, uint64_t decided)
{
	size_t k = 0;

	while (k < x->nholds && x->holds[k].ticket <= decided)
		k++;
	if (!k)
		return;
	x->is_lost = is_lost(x, k);
	if (x->is_lost)
		return;
	x->is_stored = true;
	x->nholds -= k;
	memmove(x->holds, x->holds + k, x->nholds * sizeof(*x->holds));
	if (x->held.len)
		let_go(x, x->nholds ? x->holds[0].from : x->held.len);
}

/* What its holds have come to.  False: it has no more of them. */
static bool settle(struct sim_hub_seat *x, uint64_t decided)
{
	flush(x, decided);
	if (x->is_lost || !x->nholds)
		x->is_held = false;
	return x->is_held;
}

void sim_hub_seats_flush(struct sim_hub_bench *b)
{
	uint64_t decided = sim_writer_decided(b->hub->writer);
	struct sim_hub_seat **at = &b->held, *x;

	while ((x = *at)) {
		if (settle(x, decided)) {
			at = &x->next_held;
			continue;
		}
		*at = x->next_held;
		if (x->is_lost && !x->is_away)
			sim_hub_seat_lost(x);
		else if (x->is_over)
			sim_hub_seat_over(x);
		else if (x->is_left && !x->is_away)
			sim_hub_seat_free(x);
	}
}

/* -- now and then ---------------------------------------------------------- */

/* A session that somebody is at is not old, however long it stands. */
static void touch(struct sim_hub_seat *x, int64_t now_ms)
{
	struct sim_hub *h = x->bench->hub;
	const struct sim_session_row_change change = {
		.now = sim_hub_now(h),
		.steps = (int64_t)sim_session_sequence(x->s),
		.state = sim_session_states[sim_session_state(x->s)],
	};
	int64_t every = h->config.keep_sec * 1000 / 3;

	if (x->touched_ms + every > now_ms || !x->is_stored)
		return;
	x->touched_ms = now_ms;
	sim_writer_change(h->writer, sim_session_user(x->s),
			  sim_session_id(x->s), &change);
}

/* Has it run for as long as its user's plan lets it? */
static bool is_too_long(const struct sim_hub_seat *x, sim_time now)
{
	sim_time started = sim_session_started(x->s);
	int64_t limit = sim_plan_limit(x->conn->who.plan,
				       SIM_PLAN_LIMIT_simulation_duration_sec);

	return started != SIM_TIME_NONE &&
		(now - started) / SIM_TIME_SEC >= limit;
}

void sim_hub_seats_sweep(struct sim_hub_bench *b, int64_t now_ms)
{
	for (struct sim_hub_conn *c = b->conns; c; c = c->next) {
		struct sim_hub_seat *next;

		for (struct sim_hub_seat *x = c->seats; x; x = next) {
			next = x->next_of_conn;
			if (x->is_away || x->is_over)
				continue;
			touch(x, now_ms);
			if (is_too_long(x, sim_hub_even(b->hub)))
				sim_hub_end(x);
		}
	}
}

/* -- stepping -------------------------------------------------------------- */

void sim_hub_seat_due(struct sim_hub_seat *x, int64_t now_ms)
{
	sim_due_set(&x->bench->due, &x->due, x->is_away ? SIM_DUE_NEVER :
		    sim_session_due(x->s, now_ms));
	sim_hub_metrics_seat(x, true);
}

void sim_hub_seat_turn(struct sim_hub_seat *x, int64_t now_ms)
{
	struct sim_hub *h = x->bench->hub;
	sim_time now = sim_hub_now(h);

	if (x->conn && sim_net_queued(h->net, x->conn->id) > QUEUED_MAX) {
		sim_due_set(&x->bench->due, &x->due, now_ms + SLOW_MS);
		return;
	}
	if (x->conn)
		x->conn->heard_ms = now_ms;
	for (int i = 0; i < STEPS; i++) {
		if (sim_session_due(x->s, now_ms) > now_ms)
			break;
		sim_meter_add(h->meter, SIM_METER_STEPS, 0, 1);
		if (sim_session_step(x->s, now, now_ms)) {
			sim_hub_conclude(x);
			return;
		}
		if (sim_hub_ms(h) != now_ms)
			break;		/* others have waited for it */
	}
	sim_hub_seat_due(x, now_ms);
}
