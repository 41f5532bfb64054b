/*
 * quota: per user a number in use for each "at a time" limit and 60ths of a
 * period with their counts for each "in a period" one.
 *
 * A period's cap is checked against this 60th and the 60 before it, so any
 * period, wherever it begins, holds at most the limit.
 */
#include "server/quota.h"

#include <pthread.h>
#include <string.h>

#include "server/keyed.h"
#include "util/mem.h"

#define SLOTS	61			/* this one and the 60 before it */
#define SEC_NS	UINT64_C(1000000000)

static const struct {
	enum sim_plan_limit which;
	int64_t period_sec;		/* 0: so many at a time */
} counted[SIM_QUOTA_COUNTED] = {
	{ SIM_PLAN_LIMIT_concurrent_connections, 0 },
	{ SIM_PLAN_LIMIT_sessions_per_hour, 3600 },
	{ SIM_PLAN_LIMIT_concurrent_sessions, 0 },
	{ SIM_PLAN_LIMIT_orders_per_minute, 60 },
};

struct window {
	uint64_t newest;		/* number of the newest slot */
	uint64_t sum;
	uint32_t slots[SLOTS];		/* slot i at i % SLOTS */
};

struct usage {
	uint64_t at_a_time[SIM_QUOTA_COUNTED];
	struct window *windows[SIM_QUOTA_COUNTED]; /* NULL: never used */
};

struct sim_quota {
	pthread_mutex_t lock;
	struct sim_keyed *users;	/* struct usage */
};

enum sim_plan_limit sim_quota_counted(int i)
{
	return counted[i].which;
}

static int row_of(enum sim_plan_limit which)
{
	for (int i = 0; i < SIM_QUOTA_COUNTED; i++)
		if (counted[i].which == which)
			return i;
	SIM_BUG("a limit that is not counted");
}

struct sim_quota *sim_quota_new(size_t users_max)
{
	struct sim_quota *q = sim_mem_zalloc(sizeof(*q));

	pthread_mutex_init(&q->lock, NULL);
	q->users = sim_keyed_new(users_max, sizeof(struct usage));
	return q;
}

static void drop(struct sim_quota *q, struct usage *u)
{
	for (int i = 0; i < SIM_QUOTA_COUNTED; i++)
		sim_mem_free(u->windows[i]);
	sim_keyed_drop(q->users, u);
}

void sim_quota_free(struct sim_quota *q)
{
	struct usage *u;

	if (!q)
		return;
	while ((u = sim_keyed_oldest(q->users)))
		drop(q, u);
	sim_keyed_free(q->users);
	pthread_mutex_destroy(&q->lock);
	sim_mem_free(q);
}

static uint64_t slot_ns(int row)
{
	return (uint64_t)counted[row].period_sec * SEC_NS / (SLOTS - 1);
}

/* Bring a window to now: slots that are past count no more. */
static void advance(struct window *w, uint64_t slot)
{
	if (slot >= w->newest + SLOTS) {
		memset(w->slots, 0, sizeof(w->slots));
		w->sum = 0;
	}
	while (w->newest < slot && w->sum) {
		w->newest++;
		w->sum -= w->slots[w->newest % SLOTS];
		w->slots[w->newest % SLOTS] = 0;
	}
	if (w->newest < slot)
		w->newest = slot;
}

static uint64_t used(struct usage *u, int row, uint64_t now_ns)
{
	struct window *w = u->windows[row];

	if (!counted[row].period_sec)
		return u->at_a_time[row];
	if (!w)
		return 0;
	advance(w, now_ns / slot_ns(row));
	return w->sum;
}

/* When so many of the oldest slots are past that `need` have come back. */
static uint64_t until_reset(const struct usage *u, int row, int64_t need,
			    uint64_t now_ns)
{
	const struct window *w = u->windows[row];
	uint64_t slot, at = 0;

	if (!w || !w->sum)
		return 0;
	slot = w->newest > SLOTS - 1 ? w->newest - (SLOTS - 1) : 0;
	for (; slot <= w->newest && need > 0; slot++) {
		if (!w->slots[slot % SLOTS])
			continue;
		need -= w->slots[slot % SLOTS];
		at = (slot + SLOTS) * slot_ns(row);
	}
	return at > now_ns ? at - now_ns : 0;
}

static bool is_idle(struct usage *u, uint64_t now_ns)
{
	for (int i = 0; i < SIM_QUOTA_COUNTED; i++)
		if (used(u, i, now_ns))
			return false;
	return true;
}

/* A few of those who did nothing for longest, when they use nothing. */
static void forget_idle(struct sim_quota *q, uint64_t now_ns)
{
	for (int i = 0; i < 2; i++) {
		struct usage *u = sim_keyed_oldest(q->users);

		if (!u)
			return;
		if (is_idle(u, now_ns))
			drop(q, u);
		else
			sim_keyed_touch(q->users, u);
	}
}

static void tell(struct usage *u, const struct sim_quota_ask *ask, uint32_t n,
		 struct sim_quota_answer *out)
{
	int row = row_of(ask->which);
	int64_t over;

	memset(out, 0, sizeof(*out));
	out->which = ask->which;
	out->plan = ask->plan;
	out->limit = sim_plan_limit(ask->plan, ask->which);
	out->period_sec = counted[row].period_sec;
	if (u) {
		out->usage = (int64_t)used(u, row, ask->now_ns);
		over = out->usage + n - out->limit;
		out->reset_ns = until_reset(u, row, over > 0 ? over : 1,
					    ask->now_ns);
	}
	if (out->usage < out->limit)
		out->remaining = out->limit - out->usage;
	out->is_allowed = out->remaining >= n;
}

static void add(struct usage *u, int row, uint32_t n)
{
	struct window *w = u->windows[row];

	w->slots[w->newest % SLOTS] += n;
	w->sum += n;
}

static void use(struct usage *u, int row, uint64_t now_ns, uint32_t n)
{
	if (!counted[row].period_sec) {
		u->at_a_time[row] += n;
		return;
	}
	if (!u->windows[row]) {
		u->windows[row] = sim_mem_zalloc(sizeof(struct window));
		u->windows[row]->newest = now_ns / slot_ns(row);
	}
	add(u, row, n);
}

/* A warning at the limit itself would come too late to be one. */
static bool passes(int64_t before, int64_t after, int64_t limit)
{
	int64_t mark = (limit * SIM_QUOTA_WARN_PCT + 99) / 100;

	return before < mark && after >= mark && mark < limit;
}

static struct usage *find_or_add(struct sim_quota *q, const char *user,
				 uint64_t now_ns)
{
	size_t n = strnlen(user, SIM_KEYED_MAX);
	struct usage *u;

	forget_idle(q, now_ns);
	u = sim_keyed_find(q->users, user, n);
	return u ? u : sim_keyed_add(q->users, user, n);
}

static bool take(struct sim_quota *q, const struct sim_quota_ask *ask,
		 uint32_t n, struct sim_quota_answer *out)
{
	struct usage *u = find_or_add(q, ask->user, ask->now_ns);
	int64_t before;

	tell(u, ask, n, out);
	out->is_allowed &= u != NULL;
	if (!out->is_allowed)
		return false;
	before = out->usage;
	use(u, row_of(ask->which), ask->now_ns, n);
	tell(u, ask, 0, out);
	out->is_warning = passes(before, out->usage, out->limit);
	return true;
}

bool sim_quota_take(struct sim_quota *q, const struct sim_quota_ask *ask,
		    uint32_t n, struct sim_quota_answer *out)
{
	struct sim_quota_answer a;
	bool is_allowed;

	pthread_mutex_lock(&q->lock);
	is_allowed = take(q, ask, n, &a);
	pthread_mutex_unlock(&q->lock);
	if (out)
		*out = a;
	return is_allowed;
}

void sim_quota_hold(struct sim_quota *q, const struct sim_quota_ask *ask,
		    uint32_t n)
{
	struct usage *u;

	pthread_mutex_lock(&q->lock);
	u = find_or_add(q, ask->user, ask->now_ns);
	if (!u)
		SIM_BUG("more users in use than there is room for");
	used(u, row_of(ask->which), ask->now_ns);
	use(u, row_of(ask->which), ask->now_ns, n);
	pthread_mutex_unlock(&q->lock);
}

void sim_quota_give(struct sim_quota *q, const char *user,
		    enum sim_plan_limit which, uint32_t n)
{
	int row = row_of(which);
	struct usage *u;

	pthread_mutex_lock(&q->lock);
	u = sim_keyed_find(q->users, user, strnlen(user, SIM_KEYED_MAX));
	if (!u || counted[row].period_sec || u->at_a_time[row] < n)
		SIM_BUG("more was given back than was taken");
	u->at_a_time[row] -= n;
	pthread_mutex_unlock(&q->lock);
}

/* From the newest slot on; what is past by now counts no more anyway. */
static void take_off(struct window *w, uint64_t n)
{
	uint64_t slot = w->newest;

	for (int i = 0; n && w->sum && i < SLOTS; i++, slot--) {
		uint32_t *at = &w->slots[slot % SLOTS];
		uint32_t some = *at < n ? *at : (uint32_t)n;

		*at -= some;
		w->sum -= some;
		n -= some;
	}
}

void sim_quota_untake(struct sim_quota *q, const char *user,
		      enum sim_plan_limit which, uint32_t n)
{
	int row = row_of(which);
	struct usage *u;

	if (!counted[row].period_sec)
		SIM_BUG("what is used at a time is given back");
	pthread_mutex_lock(&q->lock);
	u = sim_keyed_find(q->users, user, strnlen(user, SIM_KEYED_MAX));
	if (u && u->windows[row])
		take_off(u->windows[row], n);
	pthread_mutex_unlock(&q->lock);
}

void sim_quota_look(struct sim_quota *q, const struct sim_quota_ask *ask,
		    struct sim_quota_answer *out)
{
	pthread_mutex_lock(&q->lock);
	tell(sim_keyed_find(q->users, ask->user,
			    strnlen(ask->user, SIM_KEYED_MAX)),
	     ask, 1, out);
	pthread_mutex_unlock(&q->lock);
}

size_t sim_quota_users(struct sim_quota *q)
{
	size_t n;

	pthread_mutex_lock(&q->lock);
	n = sim_keyed_count(q->users);
	pthread_mutex_unlock(&q->lock);
	return n;
}
