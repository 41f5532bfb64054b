/* writer: a queue under one lock, emptied by a thread a group at a time. */
#include "server/writer.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/mem.h"

#define GROUP_BYTES	(8u << 20)	/* of a commit, about */
#define TEXTS		6		/* most of an item */
#define NUMBERS		6
#define TRY_MS		100		/* a try waits for another process */
#define REST_MS		5		/* between two tries */
#define PROBE_MS	250		/* while it fails, with nothing to do */
#define LOSSES_MAX	4096		/* that are remembered */

/* A row on its way: its texts stand behind it. */
struct item {
	struct item *next;
	uint64_t ticket;
	int (*apply)(struct sim_db *db, const struct item *it,
		     struct sim_err *err);
	const char *text[TEXTS];
	int64_t number[NUMBERS];
	bool has_len;
	size_t len;			/* of text[LINE], when it has one */
	size_t bytes;			/* all of it */
	struct sim_err *why;		/* it is lost; or NULL */
};
enum { USER, ID, LINE = 2, STATE = 2, CONFIG, START, RESULT };
enum { ACTOR, SUBJECT, DETAIL };

/* Tickets that were lost for one reason. */
struct loss {
	uint64_t first, last;
	struct sim_err why;
};

struct sim_writer {
	struct sim_db *db;
	struct sim_writer_config config;
	pthread_t thread;
	uint64_t decided;		/* atomic */
	uint64_t lost;			/* how many; atomic */

	pthread_mutex_t calls;		/* held while decided() is called */
	bool is_mute;			/* under `calls` */

	pthread_mutex_t lock;		/* of all below */
	pthread_cond_t some;		/* something is queued, or the end */
	pthread_cond_t moved;		/* something is decided */
	struct item *first, **end;
	uint64_t ticket;		/* the newest */
	struct sim_writer_stats stats;
	struct loss *losses;		/* a ring, once it is full */
	size_t nlosses, losses_cap, oldest;
	bool is_stopping;
};

/* -- what a row does ------------------------------------------------------ */

static int apply_insert(struct sim_db *db, const struct item *it,
			struct sim_err *err)
{
	struct sim_session_row r = {
		.is_over = it->number[0] != 0,
		.is_one_shot = it->number[1] != 0,
		.created = it->number[2],
		.steps = it->number[3],
		/* Only read. */
		.config = (char *)(uintptr_t)it->text[CONFIG],
		.start = (char *)(uintptr_t)it->text[START],
		.result = (char *)(uintptr_t)it->text[RESULT],
	};

	snprintf(r.user, sizeof(r.user), "%s", it->text[USER]);
	snprintf(r.id, sizeof(r.id), "%s", it->text[ID]);
	snprintf(r.state, sizeof(r.state), "%s", it->text[STATE]);
	return sim_session_row_insert(db, &r, err);
}

static int apply_change(struct sim_db *db, const struct item *it,
			struct sim_err *err)
{
	struct sim_session_row_change c = {
		.now = it->number[0],
		.is_over = it->number[1] != 0,
		.steps = it->number[2],
		.state = it->text[STATE],
		.start = it->text[START],
		.result = it->text[RESULT],
	};

	return sim_session_row_change(db, it->text[USER], it->text[ID], &c,
				      err);
}

static int apply_append(struct sim_db *db, const struct item *it,
			struct sim_err *err)
{
	struct sim_session_row_entry e = {
		it->number[0], it->number[1], it->text[LINE], it->len
	};

	return sim_session_row_append(db, it->text[USER], it->text[ID], &e,
				      err);
}

static int apply_delete(struct sim_db *db, const struct item *it,
			struct sim_err *err)
{
	return sim_session_row_delete(db, it->text[USER], it->text[ID], err);
}

static int apply_expire(struct sim_db *db, const struct item *it,
			struct sim_err *err)
{
	int64_t n;

	return sim_session_row_expire(db, it->number[0], it->number[1], &n,
				      err);
}

static int apply_audit(struct sim_db *db, const struct item *it,
		       struct sim_err *err)
{
	struct sim_db_by by = { it->text[ACTOR], it->number[0], NULL };

	return sim_audit_add(db, &by, (enum sim_audit_action)it->number[1],
			     it->text[SUBJECT], it->text[DETAIL], err);
}

/* -- queueing -------------------------------------------------------------- */

/* A copy of *from, its texts behind it. */
static struct item *pack(const struct item *from)
{
	size_t n[TEXTS], bytes = sizeof(*from);
	struct item *it;
	char *at;

	for (int i = 0; i < TEXTS; i++) {
		n[i] = !from->text[i] ? 0 : i == LINE && from->has_len ?
			from->len : strlen(from->text[i]);
		bytes += from->text[i] ? n[i] + 1 : 0;
	}
	it = sim_mem_alloc(bytes);
	*it = *from;
	it->bytes = bytes;
	at = (char *)(it + 1);
	for (int i = 0; i < TEXTS; i++) {
		if (!from->text[i])
			continue;
		memcpy(at, from->text[i], n[i]);
		at[n[i]] = '\0';
		it->text[i] = at;
		at += n[i] + 1;
	}
	return it;
}

static uint64_t add(struct sim_writer *w, const struct item *from)
{
	struct item *it = pack(from);
	uint64_t ticket;

	pthread_mutex_lock(&w->lock);
	/* One that is larger than all that may wait waits alone. */
	while (w->stats.waiting &&
	       w->stats.waiting_bytes + it->bytes > w->config.bytes_max)
		pthread_cond_wait(&w->moved, &w->lock);
	it->next = NULL;
	it->ticket = ticket = ++w->ticket;
	if (!w->first)
		pthread_cond_signal(&w->some);
	*w->end = it;
	w->end = &it->next;
	w->stats.waiting++;
	w->stats.waiting_bytes += it->bytes;
	pthread_mutex_unlock(&w->lock);
	return ticket;
}

uint64_t sim_writer_insert(struct sim_writer *w,
			   const struct sim_session_row *r)
{
	struct item it = {
		.apply = apply_insert,
		.text = { r->user, r->id, r->state, r->config, r->start,
			  r->result },
		.number = { r->is_over, r->is_one_shot, r->created, r->steps },
	};

	return add(w, &it);
}

uint64_t sim_writer_change(struct sim_writer *w, const char *user,
			   const char *id,
			   const struct sim_session_row_change *c)
{
	struct item it = {
		.apply = apply_change,
		.text = { user, id, c->state, NULL, c->start, c->result },
		.number = { c->now, c->is_over, c->steps },
	};

	return add(w, &it);
}

uint64_t sim_writer_append(struct sim_writer *w,
			   const struct sim_writer_line *l)
{
	struct item it = {
		.apply = apply_append,
		.text = { l->user, l->id, l->len ? l->line : "" },
		.number = { l->n, l->step }, .has_len = true, .len = l->len,
	};

	return add(w, &it);
}

uint64_t sim_writer_delete(struct sim_writer *w, const char *user,
			   const char *id)
{
	struct item it = { .apply = apply_delete, .text = { user, id } };

	return add(w, &it);
}

uint64_t sim_writer_expire(struct sim_writer *w, sim_time over, sim_time alive)
{
	struct item it = { .apply = apply_expire, .number = { over, alive } };

	return add(w, &it);
}

uint64_t sim_writer_audit(struct sim_writer *w, const struct sim_db_by *by,
			  enum sim_audit_action action, const char *subject,
			  const char *detail)
{
	struct item it = {
		.apply = apply_audit, .text = { by->actor, subject, detail },
		.number = { by->now, action },
	};

	return add(w, &it);
}

/* -- losses ---------------------------------------------------------------- */

static struct loss *loss_at(const struct sim_writer *w, size_t i)
{
	return &w->losses[(w->oldest + i) % w->nlosses];
}

static void remember(struct sim_writer *w, const struct item *it)
{
	struct loss *l = w->nlosses ? loss_at(w, w->nlosses - 1) : NULL;

	if (l && l->last + 1 == it->ticket && l->why.code == it->why->code &&
	    !strcmp(l->why.msg, it->why->msg)) {
		l->last++;
		return;
	}
	if (w->nlosses < LOSSES_MAX) {
		SIM_MEM_GROW(w->losses, w->losses_cap, w->nlosses + 1);
		l = &w->losses[w->nlosses++];
	} else {
		l = loss_at(w, 0);
		w->oldest = (w->oldest + 1) % w->nlosses;
	}
	*l = (struct loss){ it->ticket, it->ticket, *it->why };
}

/* Why a ticket was lost: the first loss that does not end before it. */
static const struct loss *find_loss(const struct sim_writer *w,
				    uint64_t ticket)
{
	size_t lo = 0, hi = w->nlosses;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (loss_at(w, mid)->last < ticket)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == w->nlosses)
		return NULL;
	/* Older than all that is remembered: nobody knows any more. */
	if (!lo && w->nlosses == LOSSES_MAX)
		return loss_at(w, 0);
	return loss_at(w, lo)->first <= ticket ? loss_at(w, lo) : NULL;
}

/* -- writing -------------------------------------------------------------- */

/* What became of a group. */
struct outcome {
	uint64_t rows, commits, retries, last;
	size_t bytes;
};

/* Is it the row that is wrong, rather than the disk? */
static bool is_refusal(int rc)
{
	return rc == SIM_E_STATE || rc == SIM_E_NOENT || rc == SIM_E_INVAL;
}

static void forget_why(struct item *group)
{
	for (struct item *it = group; it; it = it->next) {
		sim_mem_free(it->why);
		it->why = NULL;
	}
}

static int apply_all(struct sim_db *db, struct item *group,
		     struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	int rc = SIM_OK;

	for (struct item *it = group; it && !rc; it = it->next) {
		rc = it->apply(db, it, &why);
		if (!is_refusal(rc))
			continue;
		it->why = sim_mem_alloc(sizeof(why));
		*it->why = why;
		rc = SIM_OK;
	}
	if (rc)
		*err = why;
	return rc;
}

/* One commit of the whole group, or nothing of it. */
static int try_group(struct sim_writer *w, struct item *group,
		     struct sim_err *err)
{
	int rc = sim_db_begin(w->db, err);

	if (!rc)
		rc = sim_db_end(w->db, apply_all(w->db, group, err), err);
	return rc;
}

static void rest(long ms)
{
	struct timespec ts = { 0, ms * 1000000L };

	nanosleep(&ts, NULL);
}

static int write_group(struct sim_writer *w, struct item *group,
		       uint64_t *retries, struct sim_err *err)
{
	int rc = try_group(w, group, err);

	for (int ms = 0; rc == SIM_E_AGAIN && ms < w->config.lock_ms;
	     ms += TRY_MS + REST_MS) {
		rest(REST_MS);
		forget_why(group);
		++*retries;
		rc = try_group(w, group, err);
	}
	return rc;
}

static void lose(struct item *it, const struct sim_err *err)
{
	if (!it->why)
		it->why = sim_mem_alloc(sizeof(*it->why));
	*it->why = *err;
}

/* The commit of all of them failed: is there room for some? */
static void write_alone(struct sim_writer *w, struct item *group,
			struct outcome *o)
{
	struct sim_err err = SIM_ERR_INIT;
	int rc = SIM_OK;

	for (struct item *it = group, *next; it; it = next) {
		next = it->next;
		it->next = NULL;
		if (rc != SIM_E_AGAIN)
			rc = write_group(w, it, &o->retries, &err);
		if (rc)
			lose(it, &err);
		o->commits += !rc;
		it->next = next;
	}
}

static void write_all(struct sim_writer *w, struct item *group,
		      struct outcome *o)
{
	struct sim_err err = SIM_ERR_INIT;
	int rc = write_group(w, group, &o->retries, &err);

	o->commits = !rc;
	if (!rc)
		return;
	forget_why(group);
	/* Who holds the database does so for the next one too. */
	if (rc != SIM_E_AGAIN && group->next)
		write_alone(w, group, o);
	else
		for (struct item *it = group; it; it = it->next)
			lose(it, &err);
}

/* Until there may be something to do.  Nobody may dare to send anything while
 * it fails, so it finds out by itself when that is over. */
static void wait_for_more(struct sim_writer *w)
{
	bool can_write;

	if (!w->stats.is_failing) {
		pthread_cond_wait(&w->some, &w->lock);
		return;
	}
	pthread_mutex_unlock(&w->lock);
	rest(PROBE_MS);
	can_write = !sim_db_probe(w->db, NULL);
	pthread_mutex_lock(&w->lock);
	w->stats.is_failing = !can_write;
}

/* Wait for rows; at most a group of them, NULL at the end. */
static struct item *take(struct sim_writer *w)
{
	struct item *first, *last;
	size_t n = 1, bytes;

	pthread_mutex_lock(&w->lock);
	while (!w->first && !w->is_stopping)
		wait_for_more(w);
	first = last = w->first;
	bytes = first ? first->bytes : 0;
	while (last && last->next && n < SIM_WRITER_GROUP_ROWS &&
	       bytes < GROUP_BYTES) {
		last = last->next;
		bytes += last->bytes;
		n++;
	}
	if (last) {
		w->first = last->next;
		last->next = NULL;
	}
	if (!w->first)
		w->end = &w->first;
	pthread_mutex_unlock(&w->lock);
	return first;
}

/* Count a group, and keep why some of it is lost. */
static void account(struct sim_writer *w, const struct item *group,
		    struct outcome *o)
{
	uint64_t lost = 0;

	pthread_mutex_lock(&w->lock);
	for (const struct item *it = group; it; it = it->next) {
		o->rows++;
		o->bytes += it->bytes;
		o->last = it->ticket;
		if (it->why) {
			remember(w, it);
			lost++;
		}
	}
	w->stats.commits += o->commits;
	w->stats.things += o->rows - lost;
	w->stats.lost += lost;
	w->stats.retries += o->retries;
	w->stats.is_failing = !o->commits;
	__atomic_fetch_add(&w->lost, lost, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&w->lock);
}

/* From now on its tickets count as decided, and there is room for others. */
static void decide(struct sim_writer *w, const struct outcome *o)
{
	pthread_mutex_lock(&w->lock);
	__atomic_store_n(&w->decided, o->last, __ATOMIC_RELEASE);
	w->stats.waiting -= o->rows;
	w->stats.waiting_bytes -= o->bytes;
	pthread_cond_broadcast(&w->moved);
	pthread_mutex_unlock(&w->lock);
	pthread_mutex_lock(&w->calls);
	if (w->config.decided && !w->is_mute)
		w->config.decided(w->config.ctx, o->last);
	pthread_mutex_unlock(&w->calls);
}

static void free_group(struct item *it)
{
	while (it) {
		struct item *next = it->next;

		sim_mem_free(it->why);
		sim_mem_free(it);
		it = next;
	}
}

static void do_group(struct sim_writer *w, struct item *group)
{
	const struct sim_writer_config *c = &w->config;
	bool is_timed = c->now_ns && c->committed;
	int64_t began = is_timed ? c->now_ns(c->ctx) : 0;
	struct outcome o = { 0 };

	write_all(w, group, &o);
	if (is_timed && o.commits)
		c->committed(c->ctx, c->now_ns(c->ctx) - began);
	account(w, group, &o);
	for (const struct item *it = group; it && w->config.lost;
	     it = it->next)
		if (it->why)
			w->config.lost(w->config.ctx, it->ticket, it->why);
	decide(w, &o);
	free_group(group);
}

static void *work(void *arg)
{
	struct sim_writer *w = arg;
	struct item *group;

	while ((group = take(w)))
		do_group(w, group);
	return NULL;
}

/* -- life ----------------------------------------------------------------- */

static void release(struct sim_writer *w)
{
	sim_db_close(w->db);
	pthread_mutex_destroy(&w->calls);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->some);
	pthread_cond_destroy(&w->moved);
	sim_mem_free(w->losses);
	sim_mem_free(w);
}

int sim_writer_start(const struct sim_writer_config *c,
		     struct sim_writer **out, struct sim_err *err)
{
	struct sim_writer *w;
	struct sim_db *db;
	int rc = sim_db_open(c->db_path, false, &db, err);

	if (rc)
		return rc;
	w = sim_mem_zalloc(sizeof(*w));
	w->db = db;
	w->config = *c;
	if (!c->bytes_max)
		w->config.bytes_max = SIM_WRITER_BYTES_MAX;
	if (!c->lock_ms)
		w->config.lock_ms = SIM_WRITER_LOCK_MS;
	w->end = &w->first;
	sim_db_set_busy(db, TRY_MS);
	pthread_mutex_init(&w->calls, NULL);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->some, NULL);
	pthread_cond_init(&w->moved, NULL);
	if (pthread_create(&w->thread, NULL, work, w)) {
		release(w);
		return sim_err_set(err, SIM_E_UNAVAILABLE, "the thread that "
				   "writes cannot be started; raise the limit "
				   "of processes");
	}
	*out = w;
	return SIM_OK;
}

void sim_writer_mute(struct sim_writer *w)
{
	pthread_mutex_lock(&w->calls);
	w->is_mute = true;
	pthread_mutex_unlock(&w->calls);
}

void sim_writer_stop(struct sim_writer *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->is_stopping = true;
	pthread_cond_signal(&w->some);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	release(w);
}

/* -- questions ------------------------------------------------------------- */

uint64_t sim_writer_last(struct sim_writer *w)
{
	uint64_t last;

	pthread_mutex_lock(&w->lock);
	last = w->ticket;
	pthread_mutex_unlock(&w->lock);
	return last;
}

uint64_t sim_writer_decided(struct sim_writer *w)
{
	return __atomic_load_n(&w->decided, __ATOMIC_ACQUIRE);
}

bool sim_writer_is_lost(struct sim_writer *w, uint64_t ticket)
{
	bool is_lost;

	if (!__atomic_load_n(&w->lost, __ATOMIC_RELAXED))
		return false;
	pthread_mutex_lock(&w->lock);
	is_lost = find_loss(w, ticket) != NULL;
	pthread_mutex_unlock(&w->lock);
	return is_lost;
}

int sim_writer_wait(struct sim_writer *w, uint64_t ticket,
		    struct sim_err *err)
{
	const struct loss *l;
	struct sim_err why;

	pthread_mutex_lock(&w->lock);
	while (sim_writer_decided(w) < ticket)
		pthread_cond_wait(&w->moved, &w->lock);
	l = find_loss(w, ticket);
	if (l)
		why = l->why;
	pthread_mutex_unlock(&w->lock);
	return l ? sim_err_set(err, why.code, "%s", why.msg) : SIM_OK;
}

void sim_writer_stats(struct sim_writer *w, struct sim_writer_stats *out)
{
	pthread_mutex_lock(&w->lock);
	*out = w->stats;
	pthread_mutex_unlock(&w->lock);
}
