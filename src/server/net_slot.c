/*
 * net_slot: the connections: a slot each, the number that names it, how many
 * an address has, what it waits for, and what other threads hand in.
 *
 * A number is a serial above the slot's index, so finding its slot is one
 * comparison under that slot's lock and no number comes twice.  Other threads
 * leave bytes and wishes in the slot and push it onto a list that net's thread
 * takes whole; one wake-up serves all that came before it.
 */
#include <string.h>

#include "server/net_priv.h"
#include "util/mem.h"

#define NO_PEER	UINT32_MAX
#define QUEUE_FREE	((size_t)64 << 10)	/* below it only its own cap */
#define LITTLE		16	/* part of queue_bytes that is little */
#define ROOM_KEPT	((size_t)1 << 10)	/* of each of its two buffers */

void sim_net_slot_init(struct sim_net *net, size_t n)
{
	size_t buckets = 16;

	while (buckets < n * 2)
		buckets *= 2;
	net->n_slots = n;
	net->slots = sim_mem_array(n, sizeof(*net->slots));
	net->unused = sim_mem_array(n, sizeof(*net->unused));
	net->peers = sim_mem_array(n, sizeof(*net->peers));
	net->buckets = sim_mem_array(buckets, sizeof(*net->buckets));
	net->buckets_mask = (uint32_t)buckets - 1;
	for (size_t i = 0; i < n; i++) {
		pthread_mutex_init(&net->slots[i].lock, NULL);
		net->unused[i] = (uint32_t)(n - 1 - i);
		net->peers[i].next = (uint32_t)(i + 2 > n ? 0 : i + 2);
	}
	net->n_unused = n;
	net->peers_unused = 1;
}

void sim_net_slot_free_all(struct sim_net *net)
{
	for (size_t i = 0; i < net->n_slots; i++)
		pthread_mutex_destroy(&net->slots[i].lock);
	sim_mem_free(net->slots);
	sim_mem_free(net->unused);
	sim_mem_free(net->peers);
	sim_mem_free(net->buckets);
	net->slots = NULL;
	net->n_slots = 0;
}

void sim_net_slot_grow(struct sim_net_bytes *b, size_t need)
{
	SIM_MEM_GROW(b->data, b->cap, b->len + need);
}

void sim_net_slot_clear(struct sim_net_bytes *b)
{
	sim_mem_free(b->data);
	*b = (struct sim_net_bytes){ 0 };
}

/* --- addresses --- */

static uint32_t *bucket_of(const struct sim_net *net,
			   const struct sim_net_ip *ip)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < sizeof(ip->byte); i++)
		h = (h ^ ip->byte[i]) * 16777619u;
	return &net->buckets[(h ^ h >> 15) & net->buckets_mask];
}

static uint32_t find_peer(const struct sim_net *net,
			  const struct sim_net_ip *ip)
{
	for (uint32_t i = *bucket_of(net, ip); i; i = net->peers[i - 1].next)
		if (!memcmp(&net->peers[i - 1].ip, ip, sizeof(*ip)))
			return i - 1;
	return NO_PEER;
}

static uint32_t add_peer(struct sim_net *net, const struct sim_net_ip *ip)
{
	uint32_t i = find_peer(net, ip), *bucket = bucket_of(net, ip);

	if (i == NO_PEER) {
		i = net->peers_unused - 1;
		net->peers_unused = net->peers[i].next;
		net->peers[i] = (struct sim_net_peer){ *ip, 0, *bucket };
		*bucket = i + 1;
	}
	net->peers[i].n++;
	return i;
}

static void drop_peer(struct sim_net *net, uint32_t i)
{
	uint32_t *at = bucket_of(net, &net->peers[i].ip);

	if (--net->peers[i].n)
		return;
	while (*at != i + 1)
		at = &net->peers[*at - 1].next;
	*at = net->peers[i].next;
	net->peers[i].next = net->peers_unused;
	net->peers_unused = i + 1;
}

unsigned sim_net_slot_of_address(const struct sim_net *net,
				 const struct sim_net_ip *ip)
{
	uint32_t i = find_peer(net, ip);

	return i == NO_PEER ? 0 : net->peers[i].n;
}

/* --- slots and names --- */

struct sim_net_slot *sim_net_slot_take(struct sim_net *net,
				       const struct sim_net_ip *ip)
{
	struct sim_net_slot *s;

	if (!net->n_unused)
		return NULL;
	s = &net->slots[net->unused[--net->n_unused]];
	s->ip = *ip;
	s->peer = add_peer(net, ip);
	sim_net_count(net, SIM_NET_COUNT_OPEN, 1);
	return s;
}

static void unlink_wait(struct sim_net *net, struct sim_net_slot *s)
{
	struct sim_net_list *l = &net->waiting[s->wait];

	if (s->wait == SIM_NET_WAIT_NOTHING)
		return;
	*(s->prev ? &s->prev->next : &l->first) = s->next;
	*(s->next ? &s->next->prev : &l->last) = s->prev;
	s->prev = s->next = NULL;
	s->wait = SIM_NET_WAIT_NOTHING;
}

void sim_net_slot_wait(struct sim_net *net, struct sim_net_slot *s,
		       enum sim_net_wait w)
{
	struct sim_net_list *l = &net->waiting[w];

	unlink_wait(net, s);
	s->since_us = net->now_us;
	s->wait = w;
	if (w == SIM_NET_WAIT_NOTHING)
		return;
	s->prev = l->last;
	*(l->last ? &l->last->next : &l->first) = s;
	l->last = s;
}

uint64_t sim_net_slot_name(struct sim_net *net, struct sim_net_slot *s,
			   bool is_conn)
{
	uint64_t id = ++net->serial << SIM_NET_SLOT_BITS |
		      (uint64_t)(s - net->slots);

	pthread_mutex_lock(&s->lock);
	s->id = id;
	s->is_conn = is_conn;
	s->close_code = 0;
	s->wants_more = s->is_too_slow = false;
	pthread_mutex_unlock(&s->lock);
	return id;
}

void sim_net_slot_unname(struct sim_net *net, struct sim_net_slot *s)
{
	struct sim_net_answer *late;
	size_t lost;

	pthread_mutex_lock(&s->lock);
	s->id = 0;
	late = s->answer;
	s->answer = NULL;
	lost = s->out.len;
	sim_net_slot_clear(&s->out);
	pthread_mutex_unlock(&s->lock);
	sim_net_slot_unqueue(net, s, lost);
	if (late)
		sim_net_answer_release(late);
	sim_mem_free(late);
}

void sim_net_slot_release(struct sim_net *net, struct sim_net_slot *s)
{
	sim_net_slot_unname(net, s);
	unlink_wait(net, s);
	sim_net_slot_drop_out(net, s);
	sim_net_slot_unqueue(net, s, s->in_lws);
	sim_net_slot_clear(&s->in);
	sim_mem_free(s->taken);
	s->taken = NULL;
	drop_peer(net, s->peer);
	s->wsi = NULL;
	s->is_websocket = s->is_open = s->is_paused = s->in_message = false;
	s->is_ending = s->is_peer_closing = s->is_broken = false;
	s->has_said_close = false;
	s->is_quiet = s->keeps_room = false;
	s->user = NULL;
	s->closed_code = 0;
	s->in_lws = 0;
	net->unused[net->n_unused++] = (uint32_t)(s - net->slots);
	atomic_fetch_sub(&net->count[SIM_NET_COUNT_OPEN], 1);
}

/* --- the ready list --- */

void sim_net_slot_wake(struct sim_net *net, struct sim_net_slot *s)
{
	struct sim_net_slot *head;

	if (atomic_exchange(&s->is_ready, true))
		return;
	head = atomic_load(&net->ready);
	do
		s->ready_next = head;
	while (!atomic_compare_exchange_weak(&net->ready, &head, s));
	if (!sim_net_loop_is_own(net))
		sim_net_loop_nudge(net);
}

struct sim_net_slot *sim_net_slot_ready(struct sim_net *net)
{
	struct sim_net_slot *s = atomic_exchange(&net->ready, NULL);
	struct sim_net_slot *oldest = NULL, *next;

	for (; s; s = next) {
		next = s->ready_next;
		s->ready_next = oldest;
		oldest = s;
	}
	return oldest;
}

/* --- the outbox --- */

void sim_net_slot_unqueue(struct sim_net *net, struct sim_net_slot *s,
			  size_t n)
{
	atomic_fetch_sub(&s->queued, n);
	atomic_fetch_sub(&net->queued_all, n);
}

bool sim_net_slot_take_out(struct sim_net_slot *s)
{
	struct sim_net_bytes room;

	if (!s->keeps_room || s->sending.cap > ROOM_KEPT)
		sim_net_slot_clear(&s->sending);
	s->sending.len = s->sent = 0;
	if (!atomic_load(&s->queued))
		return false;	/* who adds to it makes it ready again */
	room = s->sending;
	pthread_mutex_lock(&s->lock);
	s->sending = s->out;
	s->out = room;
	pthread_mutex_unlock(&s->lock);
	return s->sending.len;
}

void sim_net_slot_trim(struct sim_net_slot *s)
{
	s->keeps_room = false;
	if (s->sent == s->sending.len) {
		sim_net_slot_clear(&s->sending);
		s->sent = 0;
	}
	pthread_mutex_lock(&s->lock);
	if (!s->out.len)
		sim_net_slot_clear(&s->out);
	pthread_mutex_unlock(&s->lock);
}

void sim_net_slot_drop_out(struct sim_net *net, struct sim_net_slot *s)
{
	size_t lost = s->sending.len - s->sent;

	sim_net_slot_clear(&s->sending);
	s->sent = 0;
	pthread_mutex_lock(&s->lock);
	lost += s->out.len;
	sim_net_slot_clear(&s->out);
	pthread_mutex_unlock(&s->lock);
	sim_net_slot_unqueue(net, s, lost);
}

static struct sim_net_slot *slot_of(struct sim_net *net, uint64_t id)
{
	size_t i = id & (SIM_NET_SLOTS_MAX - 1);

	return id && i < net->n_slots ? &net->slots[i] : NULL;
}

static size_t framed_size(size_t n)
{
	return n + (n < 126 ? 2 : n < 65536 ? 4 : 10);
}

/* Append a text frame as servers send them: whole and not masked. */
static void put_frame(struct sim_net_bytes *b, const char *text, size_t n)
{
	unsigned char head[10] = { 0x81 };
	size_t bytes = framed_size(n) - n;

	if (bytes == 2)
		head[1] = (unsigned char)n;
	else
		head[1] = bytes == 4 ? 126 : 127;
	for (size_t i = 2; i < bytes; i++)
		head[i] = (unsigned char)(n >> 8 * (bytes - 1 - i));
	memcpy(b->data + b->len, head, bytes);
	memcpy(b->data + b->len + bytes, text, n);
	b->len += bytes + n;
}

/* The next line that is not empty; NULL at the end.  *text goes behind it. */
static const char *next_line(const char **text, const char *end, size_t *n)
{
	const char *from = *text, *stop;

	while (from < end && *from == '\n')
		from++;
	if (from == end)
		return NULL;
	stop = memchr(from, '\n', (size_t)(end - from));
	*text = stop ? stop : end;
	*n = (size_t)(*text - from);
	return from;
}

static size_t lines_size(const char *text, size_t n)
{
	const char *end = text + n;
	size_t len, sum = 0;

	while (next_line(&text, end, &len))
		sum += framed_size(len);
	return sum;
}

/* Where little waits one message may join it, so that its size alone ends
 * nothing. */
static bool has_room(struct sim_net *net, struct sim_net_slot *s, size_t need)
{
	size_t mine = atomic_load(&s->queued);

	if (!mine)
		return true;
	if (mine + need > net->c.limits.queue_bytes &&
	    mine > net->c.limits.queue_bytes / LITTLE)
		return false;
	return mine + need <= QUEUE_FREE ||
	       atomic_load(&net->queued_all) + need <=
	       net->c.limits.queue_all_bytes;
}

static void put_all(struct sim_net *net, struct sim_net_slot *s,
		    const char *text, size_t n, bool is_lines)
{
	const char *line, *end = text + n;
	unsigned long long messages = 0;
	size_t len, before = s->out.len;

	if (!is_lines) {
		put_frame(&s->out, text, n);
		messages = 1;
	} else {
		for (; (line = next_line(&text, end, &len)); messages++)
			put_frame(&s->out, line, len);
	}
	atomic_fetch_add(&s->queued, s->out.len - before);
	atomic_fetch_add(&net->queued_all, s->out.len - before);
	sim_net_count(net, SIM_NET_COUNT_MESSAGES_OUT, messages);
	sim_net_count(net, SIM_NET_COUNT_BYTES_OUT, s->out.len - before);
}

static int put(struct sim_net *net, uint64_t conn, const char *text, size_t n,
	       bool is_lines)
{
	size_t need = is_lines ? lines_size(text, n) : framed_size(n);
	struct sim_net_slot *s = slot_of(net, conn);
	int rc = SIM_E_NOENT;

	if (!s)
		return rc;
	pthread_mutex_lock(&s->lock);
	if (s->id == conn && s->is_too_slow) {
		rc = SIM_E_AGAIN;
	} else if (s->id == conn && s->is_conn && !s->close_code) {
		rc = has_room(net, s, need) ? 0 : SIM_E_AGAIN;
		if (!rc) {
			sim_net_slot_grow(&s->out, need);
			put_all(net, s, text, n, is_lines);
		} else {
			s->is_too_slow = true;
			s->close_code = SIM_NET_TOO_SLOW;
			memcpy(s->close_reason, "too slow", sizeof("too slow"));
			sim_net_count(net, SIM_NET_COUNT_TOO_SLOW, 1);
		}
	}
	pthread_mutex_unlock(&s->lock);
	if (rc != SIM_E_NOENT)
		sim_net_slot_wake(net, s);
	return rc;
}

/* --- what other threads call --- */

int sim_net_send(struct sim_net *net, uint64_t conn, const char *text,
		 size_t n)
{
	return put(net, conn, text, n, false);
}

int sim_net_send_lines(struct sim_net *net, uint64_t conn, const char *lines,
		       size_t n)
{
	return put(net, conn, lines, n, true);
}

void sim_net_close(struct sim_net *net, uint64_t conn, int code,
		   const char *reason)
{
	struct sim_net_slot *s = slot_of(net, conn);
	size_t n = reason ? strnlen(reason, SIM_NET_REASON - 1) : 0;
	bool is_mine;

	if (!s)
		return;
	while (n && reason[n] && (reason[n] & 0xc0) == 0x80)
		n--;			/* not within a character */
	pthread_mutex_lock(&s->lock);
	is_mine = s->id == conn && s->is_conn && !s->close_code;
	if (is_mine) {
		s->close_code = code;
		memcpy(s->close_reason, reason ? reason : "", n);
		s->close_reason[n] = '\0';
	}
	pthread_mutex_unlock(&s->lock);
	if (is_mine)
		sim_net_slot_wake(net, s);
}

void sim_net_more(struct sim_net *net, uint64_t conn)
{
	struct sim_net_slot *s = slot_of(net, conn);
	bool is_mine;

	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	is_mine = s->id == conn;
	if (is_mine)
		s->wants_more = true;
	pthread_mutex_unlock(&s->lock);
	if (is_mine)
		sim_net_slot_wake(net, s);
}

size_t sim_net_queued(struct sim_net *net, uint64_t conn)
{
	struct sim_net_slot *s = slot_of(net, conn);
	size_t n = s ? atomic_load(&s->queued) : 0;

	/* the number was its own after that was read, so it was before */
	return s && atomic_load(&s->id) == conn ? n : 0;
}

void sim_net_reply(struct sim_net *net, uint64_t id, struct sim_net_answer *a)
{
	struct sim_net_slot *s = slot_of(net, id);
	struct sim_net_answer *copy = sim_mem_alloc(sizeof(*copy));
	bool is_mine = false;

	*copy = *a;
	a->body = (struct sim_buf)SIM_BUF_INIT(copy->body.max);
	if (s) {
		pthread_mutex_lock(&s->lock);
		is_mine = s->id == id && !s->answer && !s->is_conn;
		if (is_mine)
			s->answer = copy;
		pthread_mutex_unlock(&s->lock);
	}
	if (is_mine) {
		sim_net_slot_wake(net, s);
	} else {
		sim_net_answer_release(copy);
		sim_mem_free(copy);
	}
}
