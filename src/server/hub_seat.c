/* hub_seat: sessions in memory: when they step, what of them has to be stored,
 * and when they go again. */
#include "server/hub_seat.h"

#include <string.h>

#include "server/hub_metrics.h"
#include "util/mem.h"

#define SLOW_MS		5	/* a slow reader is looked at again */
#define STEPS		16	/* in a row, of one session */
#define PLACE_MS	1000	/* where one goes on alone is stored */

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
	x->touched_ms = x->used_ms = sim_hub_ms(b->hub);
	x->next_in_slot = *slot;
	*slot = x;
	x->next = b->seats;
	if (x->next)
		x->next->prev = x;
	b->seats = x;
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
	struct sim_hub_seat **at = x->is_settled ? &x->bench->settled :
		&x->bench->held;

	if (!x->is_held && !x->is_settled)
		return;
	while (*at != x)
		at = &(*at)->next_held;
	*at = x->next_held;
	x->is_held = x->is_settled = false;
}

/* Counted as at work, by itself or in a job, or not. */
static void set_busy(struct sim_hub_seat *x, bool is_busy)
{
	if (is_busy == x->is_busy)
		return;
	x->is_busy = is_busy;
	if (is_busy)
		atomic_fetch_add(&x->bench->hub->nbusy, 1);
	else
		atomic_fetch_sub(&x->bench->hub->nbusy, 1);
}

/* What it said and is still held back stays said by nobody. */
static void forget_pieces(const struct sim_hub_seat *x)
{
	for (struct sim_hub_conn *c = x->bench->holding; c;
	     c = c->next_holding) {
		for (size_t i = 0; i < c->npieces; i++) {
			if (c->pieces[i].from == x)
				c->pieces[i].from = NULL;
		}
	}
}

void sim_hub_seat_free(struct sim_hub_seat *x)
{
	sim_due_set(&x->bench->due, &x->due, SIM_DUE_NEVER);
	set_busy(x, false);
	leave_slot(x);
	leave_conn(x);
	sim_hub_unwatch_all(x);
	forget_pieces(x);
	leave_held(x);
	*(x->prev ? &x->prev->next : &x->bench->seats) = x->next;
	if (x->next)
		x->next->prev = x->prev;
	atomic_fetch_sub(&x->bench->hub->nseats, 1);
	sim_hub_metrics_seat(x, false);
	sim_session_free(x->s);
	sim_mem_free(x->tickets);
	sim_mem_free(x);
}

/* -- its session ----------------------------------------------------------- */

static void say(void *ctx, const char *lines, size_t n)
{
	sim_hub_seat_say(ctx, lines, n);
}

void sim_hub_seat_hold(struct sim_hub_seat *x, uint64_t ticket)
{
	SIM_MEM_GROW(x->tickets, x->tickets_cap, x->ntickets + 1);
	x->tickets[x->ntickets++] = ticket;
	if (!x->is_held) {
		leave_held(x);
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

/* A job that has it speaks to its own sink, in another thread. */
void sim_hub_seat_listen(struct sim_hub_seat *x)
{
	const struct sim_session_sink sink = { x, say, record };

	if (!x->is_away)
		sim_session_attach(x->s, &sink);
}

void sim_hub_seat_attach(struct sim_hub_seat *x, struct sim_hub_conn *c)
{
	leave_conn(x);
	x->conn = c;
	x->is_left = false;
	if (c) {
		sim_hub_unwatch(x, c);
		x->next_of_conn = c->seats;
		c->seats = c->current = x;
		x->plan = c->who.plan;
	}
	sim_hub_seat_listen(x);
	sim_hub_metrics_seat(x, true);
}

void sim_hub_seat_swap(struct sim_hub_seat *x, struct sim_session *s)
{
	sim_session_free(x->s);
	x->s = s;
	x->ntickets = 0;
	x->is_lost = false;
	leave_held(x);
}

/* -- stored ---------------------------------------------------------------- */

/* The first of the decided tickets that was lost; 0: none. */
static uint64_t find_lost(const struct sim_hub_seat *x, size_t decided)
{
	for (size_t i = 0; i < decided; i++) {
		if (sim_writer_is_lost(x->bench->hub->writer, x->tickets[i]))
			return x->tickets[i];
	}
	return 0;
}

/* What was said since is taken back; those who would have heard it are told. */
static void unsay(struct sim_hub_seat *x, uint64_t lost)
{
	for (struct sim_hub_conn *c = x->bench->holding; c;
	     c = c->next_holding) {
		bool was_for_it = sim_hub_unsay(c, x, lost);

		if (was_for_it && c != x->conn)
			sim_hub_watch(x, c, SIM_HUB_EVENTS_NONE);
	}
}

/* What its tickets have come to.  False: it has no more of them. */
static bool settle(struct sim_hub_seat *x, uint64_t decided)
{
	size_t k = 0;
	uint64_t lost;

	while (k < x->ntickets && x->tickets[k] <= decided)
		k++;
	lost = find_lost(x, k);
	if (lost) {
		x->is_lost = true;
		x->is_held = false;
		unsay(x, lost);
		return false;
	}
	if (k)
		x->is_stored = true;
	x->ntickets -= k;
	memmove(x->tickets, x->tickets + k, x->ntickets * sizeof(*x->tickets));
	x->is_held = x->ntickets != 0;
	return x->is_held;
}

static void look_at(struct sim_hub_seat *x)
{
	if (x->is_lost && !x->is_away)
		sim_hub_seat_lost(x);
	else if (x->is_over)
		sim_hub_seat_over(x);
	else if (x->is_left && !x->is_away)
		sim_hub_seat_free(x);
}

/* First what is lost is taken back, then the rest leaves. */
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
		x->is_settled = true;
		x->next_held = b->settled;
		b->settled = x;
	}
	sim_hub_conns_flush(b, decided);
	while ((x = b->settled)) {
		leave_held(x);
		look_at(x);
	}
}

/* -- now and then ---------------------------------------------------------- */

void sim_hub_seat_store(struct sim_hub_seat *x)
{
	struct sim_hub *h = x->bench->hub;
	const struct sim_session_row_change change = {
		.now = sim_hub_now(h),
		.steps = (int64_t)sim_session_sequence(x->s),
		.state = sim_session_states[sim_session_state(x->s)],
	};

	/* One that does not count had its results before: so its row says. */
	if (x->is_over || !x->is_counted)
		return;
	x->touched_ms = sim_hub_ms(h);
	x->place = (uint64_t)change.steps;
	sim_writer_change(h->writer, sim_session_user(x->s),
			  sim_session_id(x->s), &change);
}

/* A session that somebody is at is not old, however long it stands; one that
 * goes on alone is made again where it was. */
static void touch(struct sim_hub_seat *x, int64_t now_ms)
{
	int64_t every = x->bench->hub->config.keep_sec * 1000 / 3;
	bool is_alone = !x->conn && x->place != sim_session_sequence(x->s);

	if (is_alone && every > PLACE_MS)
		every = PLACE_MS;
	if (x->touched_ms + every <= now_ms && x->is_stored)
		sim_hub_seat_store(x);
}

/* Has it run for as long as its user's plan lets it? */
static bool is_too_long(const struct sim_hub_seat *x, sim_time now)
{
	sim_time started = sim_session_started(x->s);
	int64_t limit = sim_plan_limit(x->plan,
				       SIM_PLAN_LIMIT_simulation_duration_sec);

	return started != SIM_TIME_NONE && x->is_counted &&
		(now - started) / SIM_TIME_SEC >= limit;
}

/* Nobody is at it, it does nothing, and nobody has asked for a while. */
static bool is_idle(const struct sim_hub_seat *x, int64_t now_ms)
{
	return !x->conn && !x->watches && !x->is_held && !x->is_busy &&
		now_ms - x->used_ms >= x->bench->hub->config.idle_ms;
}

void sim_hub_seats_sweep(struct sim_hub_bench *b, int64_t now_ms)
{
	struct sim_hub_seat *next;

	for (struct sim_hub_seat *x = b->seats; x; x = next) {
		next = x->next;
		if (x->is_away || x->is_over || x->is_left)
			continue;
		if (x->conn || x->watches || x->is_busy)
			touch(x, now_ms);
		if (is_too_long(x, sim_hub_even(b->hub))) {
			sim_hub_end(x);
		} else if (is_idle(x, now_ms)) {
			sim_hub_seat_store(x);
			sim_hub_seat_free(x);
		}
	}
}

/* -- stepping -------------------------------------------------------------- */

void sim_hub_seat_due(struct sim_hub_seat *x, int64_t now_ms)
{
	int64_t at = x->is_away ? SIM_DUE_NEVER :
		sim_session_due(x->s, now_ms);

	sim_due_set(&x->bench->due, &x->due, at);
	set_busy(x, x->is_away || at != SIM_DUE_NEVER);
	sim_hub_metrics_seat(x, true);
}

/* While a job has it, its session is that thread's. */
void sim_hub_seat_foresee(const struct sim_hub_seat *x,
			  enum sim_session_distance d)
{
	if (!x->is_away)
		sim_session_foresee(x->s, d);
}

/* Who drives it reads too slowly, or storage is behind. */
static bool is_slow(const struct sim_hub_seat *x)
{
	return x->conn ? sim_hub_told(x->conn) > SIM_HUB_QUEUED_MAX :
		x->ntickets > SIM_HUB_TICKETS_MAX;
}

void sim_hub_seat_turn(struct sim_hub_seat *x, int64_t now_ms)
{
	struct sim_hub *h = x->bench->hub;
	sim_time now = sim_hub_now(h);

	if (is_slow(x)) {
		sim_due_set(&x->bench->due, &x->due, now_ms + SLOW_MS);
		return;
	}
	x->used_ms = now_ms;
	if (x->conn)
		x->conn->heard_ms = now_ms;
	for (int i = 0; i < STEPS; i++) {
		if (sim_session_due(x->s, now_ms) > now_ms)
			break;
		if (i && sim_hub_ms(h) != now_ms)
			break;		/* others have waited for it */
		sim_meter_add(h->meter, SIM_METER_STEPS, 0, 1);
		if (sim_session_step(x->s, now, now_ms)) {
			sim_hub_conclude(x);
			return;
		}
	}
	sim_hub_seat_due(x, now_ms);
}
