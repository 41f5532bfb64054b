/*
 * net: opening, starting and stopping the server's sockets; the rest is in
 * net_loop (context and loop), net_slot (connections, what other threads
 * call), net_http, net_ws, net_answer, net_addr and net_log.
 */
#include <libwebsockets.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/net_priv.h"
#include "util/mem.h"

void sim_net_config_init(struct sim_net_config *c)
{
	*c = (struct sim_net_config){
		.listeners = { { NULL, 8001, -1, false },
			       { NULL, 8003, -1, false } },
		.n_listeners = 2,
		.limits = {
			.header_bytes = 16384,
			.body_bytes = (size_t)64 << 10,
			.message_bytes = (size_t)256 << 10,
			.queue_bytes = (size_t)4 << 20,
			.queue_all_bytes = (size_t)512 << 20,
			.connections = 20000,
			.per_address = 256,
			.header_ms = 8000,
			.body_ms = 5000,
			.answer_ms = 30000,
			.ping_ms = 30000,
			.pong_ms = 60000,
			.close_ms = 5000,
		},
	};
}

static int check_config(const struct sim_net_config *c, struct sim_err *err)
{
	const struct sim_net_limits *l = &c->limits;

	if (!c->n_listeners || c->n_listeners > SIM_NET_LISTENERS)
		return sim_err_set(err, SIM_E_INVAL, "%zu listeners are not 1 "
				   "to %d", c->n_listeners, SIM_NET_LISTENERS);
	if (!c->cert_path != !c->key_path)
		return sim_err_set(err, SIM_E_INVAL, "TLS needs both a "
				   "certificate and its key");
	if (l->header_bytes < 1024 || l->header_bytes > SIM_NET_HEADER_MAX)
		return sim_err_set(err, SIM_E_INVAL, "%zu bytes of headers "
				   "are not 1024 to %d", l->header_bytes,
				   SIM_NET_HEADER_MAX);
	if (!l->connections || l->connections > SIM_NET_SLOTS_MAX)
		return sim_err_set(err, SIM_E_INVAL, "%u connections are not "
				   "1 to %zu", l->connections,
				   SIM_NET_SLOTS_MAX);
	if (l->header_ms <= 0 || l->body_ms <= 0 || l->answer_ms <= 0 ||
	    l->pong_ms <= 0 || l->close_ms <= 0)
		return sim_err_set(err, SIM_E_INVAL, "a time limit of the "
				   "server is not above 0");
	return 0;
}

static int read_proxies(struct sim_net *net, struct sim_err *err)
{
	net->proxies = sim_mem_array(net->c.n_proxies + 1,
				     sizeof(*net->proxies));
	for (size_t i = 0; i < net->c.n_proxies; i++)
		if (!sim_net_addr_block(net->c.proxies[i], &net->proxies[i]))
			return sim_err_set(err, SIM_E_INVAL, "the trusted "
					   "proxy \"%.60s\" is no address or "
					   "block like 10.0.0.0/8",
					   net->c.proxies[i]);
	return 0;
}

static int bind_all(struct sim_net *net, struct sim_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < net->c.n_listeners; i++)
		rc = sim_net_addr_bind(&net->c.listeners[i],
				       &net->listen_fd[i], &net->port[i], err);
	return rc;
}

static struct sim_net *make(const struct sim_net_config *c)
{
	static const struct sim_net_ops none;
	struct sim_net *net = sim_mem_zalloc(sizeof(*net));
	pthread_condattr_t monotonic;

	net->c = *c;
	net->ops = c->ops ? *c->ops : none;
	net->timer_fd = net->spare_fd = -1;
	for (size_t i = 0; i < SIM_NET_LISTENERS; i++)
		net->listen_fd[i] = i < c->n_listeners
			? c->listeners[i].fd : -1;
	pthread_mutex_init(&net->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&net->ended, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return net;
}

int sim_net_open(const struct sim_net_config *c, struct sim_net **out,
		 struct sim_err *err)
{
	struct sim_net *net;
	int rc = check_config(c, err);

	if (rc)
		return rc;
	net = make(c);
	rc = read_proxies(net, err);
	if (!rc)
		rc = bind_all(net, err);
	if (!rc) {
		sim_net_log_begin(net);
		rc = sim_net_loop_open(net, err);
	}
	if (rc)
		sim_net_free(net);
	else
		*out = net;
	return rc;
}

int sim_net_port(const struct sim_net *net, size_t i)
{
	return i < net->c.n_listeners ? net->port[i] : 0;
}

static void *run(void *arg)
{
	struct sim_net *net = arg;

	sim_net_loop_run(net);
	pthread_mutex_lock(&net->lock);
	net->has_ended = true;
	pthread_cond_broadcast(&net->ended);
	pthread_mutex_unlock(&net->lock);
	return NULL;
}

int sim_net_start(struct sim_net *net, struct sim_err *err)
{
	int rc = pthread_create(&net->thread, NULL, run, net);

	if (rc)
		return sim_err_set(err, SIM_E_UNAVAILABLE, "the server's "
				   "thread cannot be made: %s", strerror(rc));
	net->is_started = true;
	return 0;
}

void sim_net_stop(struct sim_net *net, int deadline_ms, const char *reason)
{
	int64_t at = lws_now_usecs() + (int64_t)deadline_ms * 1000;
	size_t n = reason ? strnlen(reason, SIM_NET_REASON - 1) : 0;

	pthread_mutex_lock(&net->lock);
	if (!net->is_stopping || at < net->stop_at_us)
		net->stop_at_us = at;
	if (!net->is_stopping) {
		memcpy(net->stop_reason, reason ? reason : "", n);
		net->stop_reason[n] = '\0';
	}
	net->is_stopping = true;
	pthread_mutex_unlock(&net->lock);
	sim_net_loop_kick(net);
}

bool sim_net_wait(struct sim_net *net, int ms)
{
	int64_t at = lws_now_usecs() + (int64_t)ms * 1000;
	struct timespec until = { at / 1000000, at % 1000000 * 1000 };
	bool has_ended;
	int rc = 0;

	pthread_mutex_lock(&net->lock);
	while (!net->has_ended && !rc)
		rc = pthread_cond_timedwait(&net->ended, &net->lock, &until);
	has_ended = net->has_ended;
	pthread_mutex_unlock(&net->lock);
	return has_ended;
}

void sim_net_free(struct sim_net *net)
{
	if (!net)
		return;
	if (net->is_started) {
		sim_net_stop(net, 0, NULL);
		pthread_join(net->thread, NULL);
	}
	sim_net_loop_close(net);
	sim_net_log_end();
	for (size_t i = 0; i < net->c.n_listeners; i++)
		if (net->listen_fd[i] >= 0 && !net->is_handed[i])
			close(net->listen_fd[i]);
	if (net->timer_fd >= 0 && !net->timer_is_handed)
		close(net->timer_fd);
	sim_net_slot_clear(&net->text);
	sim_net_slot_free_all(net);
	sim_mem_free(net->proxies);
	pthread_cond_destroy(&net->ended);
	pthread_mutex_destroy(&net->lock);
	sim_mem_free(net);
}

void sim_net_stats(struct sim_net *net, struct sim_net_stats *out)
{
	uint64_t n[SIM_NET_COUNT__COUNT];

	for (int i = 0; i < SIM_NET_COUNT__COUNT; i++)
		n[i] = atomic_load(&net->count[i]);
	*out = (struct sim_net_stats){
		.accepted = n[SIM_NET_COUNT_ACCEPTED],
		.refused_full = n[SIM_NET_COUNT_FULL],
		.refused_address = n[SIM_NET_COUNT_ADDRESS],
		.requests = n[SIM_NET_COUNT_REQUESTS],
		.handshakes = n[SIM_NET_COUNT_HANDSHAKES],
		.handshakes_refused = n[SIM_NET_COUNT_REFUSED],
		.guarded = n[SIM_NET_COUNT_GUARDED],
		.messages_in = n[SIM_NET_COUNT_MESSAGES_IN],
		.messages_out = n[SIM_NET_COUNT_MESSAGES_OUT],
		.bytes_in = n[SIM_NET_COUNT_BYTES_IN],
		.bytes_out = n[SIM_NET_COUNT_BYTES_OUT],
		.too_slow = n[SIM_NET_COUNT_TOO_SLOW],
		.too_big = n[SIM_NET_COUNT_TOO_BIG],
		.timed_out = n[SIM_NET_COUNT_TIMED_OUT],
		.open = n[SIM_NET_COUNT_OPEN],
		.open_websockets = n[SIM_NET_COUNT_WEBSOCKETS],
		.queued_bytes = atomic_load(&net->queued_all),
		.max_connections = net->c.limits.connections,
		.loop = net->ev ? "libev" : "poll",
	};
}
