/*
 * net_echo: sockets with an ops table that echoes, for the scripts beside it.
 *
 *   net_echo [-l poll|ev] [-w] [-c CONNECTIONS] [-a PER_ADDRESS]
 *            [-q QUEUE_BYTES] [-p PING_MS] [-g PONG_MS] [-o ORIGIN]
 *            [-x PROXY] [-T CERT -K KEY] [-A ADDRESS] [-F INHERITED_FD]
 *            [-e DESCRIPTORS LEFT]
 *
 * Prints its two ports and the loop; counters and the end on SIGTERM; log
 * lines on stderr.  -w: echoes come from another thread, as the server's do.
 *
 * HTTP: /health; /echo gives back what was heard of the request; /late is
 * answered by another thread after 100 ms, /never not at all, /big?n= with n
 * bytes.  WebSocket: /ws echoes; ?refuse=429, ?close=4001 do so; the messages
 * "close CODE", "flood N", "lines N" (N messages in one send), "pause" (300 ms
 * unread) and "stats" are commands.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "server/net.h"
#include "util/json.h"
#include "util/mem.h"

struct job {
	struct job *next;
	uint64_t id;
	size_t n;
	int after_ms;
	char text[];
};

static struct sim_net *net;
static bool is_threaded;
static struct {
	pthread_mutex_t lock;
	pthread_cond_t any;
	struct job *first, **last;
	bool is_ending;
} jobs = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL,
	   &jobs.first, false };
static atomic_ullong open_users, closed_users;

/* A job is a message to echo, a pause to end or a late answer. */
static void add_job(uint64_t id, const char *text, size_t n, int after_ms)
{
	struct job *j = sim_mem_alloc(sizeof(*j) + n + 1);

	*j = (struct job){ NULL, id, n, after_ms };
	memcpy(j->text, text, n);
	j->text[n] = '\0';
	pthread_mutex_lock(&jobs.lock);
	*jobs.last = j;
	jobs.last = &j->next;
	pthread_cond_signal(&jobs.any);
	pthread_mutex_unlock(&jobs.lock);
}

static void answer_text(uint64_t id, int status, const char *text, size_t n)
{
	struct sim_net_answer a;

	sim_net_answer_init(&a, status);
	sim_buf_add(&a.body, text, n);
	sim_net_reply(net, id, &a);
}

static void do_job(struct job *j)
{
	if (j->after_ms)
		usleep((useconds_t)j->after_ms * 1000);
	if (!strcmp(j->text, "\1late"))
		answer_text(j->id, 200, "{\"late\":true}", 13);
	else if (!strcmp(j->text, "\1more"))
		sim_net_more(net, j->id);
	else
		sim_net_send(net, j->id, j->text, j->n);
}

static void *work(void *arg)
{
	struct job *j;

	pthread_mutex_lock(&jobs.lock);
	while (!jobs.is_ending || jobs.first) {
		j = jobs.first;
		if (!j) {
			pthread_cond_wait(&jobs.any, &jobs.lock);
			continue;
		}
		jobs.first = j->next;
		if (!jobs.first)
			jobs.last = &jobs.first;
		pthread_mutex_unlock(&jobs.lock);
		do_job(j);
		sim_mem_free(j);
		pthread_mutex_lock(&jobs.lock);
	}
	pthread_mutex_unlock(&jobs.lock);
	return arg;
}

static void tell_request(const struct sim_net_request *rq)
{
	struct sim_net_answer a;
	struct sim_json j;

	sim_net_answer_init(&a, 200);
	sim_net_answer_header(&a, "X-Test", "a%sb", "\r\nInjected: yes\r\n");
	sim_json_init(&j, &a.body, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "method", rq->method);
	sim_json_str(&j, "path", rq->path);
	sim_json_str(&j, "api_key", rq->api_key);
	sim_json_str(&j, "authorization", rq->authorization);
	sim_json_str(&j, "content_type", rq->content_type);
	sim_json_str(&j, "origin", rq->origin);
	sim_json_str(&j, "host", rq->host);
	sim_json_str(&j, "address", rq->address);
	sim_json_int(&j, "listener", (int64_t)rq->listener);
	sim_json_bool(&j, "tls", rq->is_tls);
	sim_json_strn(&j, "body", rq->body, rq->body_len);
	sim_json_object(&j, "args");
	for (size_t i = 0; i < rq->n_args; i++)
		sim_json_str(&j, rq->args[i].name, rq->args[i].value);
	sim_json_end(&j);
	sim_json_end(&j);
	sim_net_reply(net, rq->id, &a);
}

static void tell_big(const struct sim_net_request *rq)
{
	const char *n = sim_net_request_arg(rq, "n");
	size_t bytes = n ? strtoul(n, NULL, 10) : 0;
	char *text = sim_mem_alloc(bytes + 1);

	memset(text, 'x', bytes);
	answer_text(rq->id, 200, text, bytes);
	sim_mem_free(text);
}

static void hear_request(void *ctx, const struct sim_net_request *rq)
{
	(void)ctx;
	if (!strcmp(rq->path, "/health"))
		answer_text(rq->id, 200, "{\"status\":\"ok\"}", 15);
	else if (!strcmp(rq->path, "/echo"))
		tell_request(rq);
	else if (!strcmp(rq->path, "/late"))
		add_job(rq->id, "\1late", 5, 100);
	else if (!strcmp(rq->path, "/big"))
		tell_big(rq);
	else if (strcmp(rq->path, "/never"))
		answer_text(rq->id, 404, "{\"error\":\"NOT_FOUND\"}", 21);
}

static void judge(void *ctx, const struct sim_net_request *rq,
		  struct sim_net_verdict *v)
{
	const char *code = sim_net_request_arg(rq, "close");

	(void)ctx;
	if (strcmp(rq->path, "/ws"))
		return;
	if (sim_net_request_arg(rq, "refuse")) {
		sim_net_answer_error(&v->refusal, 429, "RATE_LIMITED",
				     "too many handshakes");
		sim_net_answer_header(&v->refusal, "Retry-After", "%d", 30);
		sim_net_answer_header(&v->refusal, "X-RateLimit-Limit", "10");
		sim_net_answer_header(&v->refusal, "X-RateLimit-Type",
				      "ws_handshake");
		return;
	}
	v->accept = true;
	v->user = sim_mem_alloc(1);
	atomic_fetch_add(&open_users, 1);
	if (code) {
		v->close_code = (int)strtol(code, NULL, 10);
		snprintf(v->close_reason, sizeof(v->close_reason), "asked");
	}
}

static void hear_opened(void *ctx, uint64_t conn, void *user)
{
	(void)ctx, (void)conn;
	*(char *)user = 'o';
}

static void hear_closed(void *ctx, uint64_t conn, void *user, int code)
{
	(void)ctx, (void)conn, (void)code;
	sim_mem_free(user);
	atomic_fetch_add(&closed_users, 1);
}

static void flood(uint64_t conn, long n)
{
	char text[1024];

	memset(text, 'f', sizeof(text));
	for (long i = 0; i < n; i++)
		if (sim_net_send(net, conn, text, sizeof(text)))
			break;
}

static void send_lines(uint64_t conn, long n)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	for (long i = 0; i < n; i++)
		sim_buf_printf(&b, "line %ld\n", i);
	sim_net_send_lines(net, conn, sim_buf_str(&b), b.len);
	sim_buf_release(&b);
}

static void tell_stats(struct sim_buf *b)
{
	struct sim_net_stats s;

	sim_net_stats(net, &s);
	sim_buf_printf(b, "{\"accepted\":%ju,\"full\":%ju,\"address\":%ju,"
		       "\"guarded\":%ju,\"in\":%ju,\"out\":%ju,"
		       "\"too_slow\":%ju,\"timed_out\":%ju,\"open\":%ju,"
		       "\"websockets\":%ju,\"queued\":%ju,\"users\":%llu,"
		       "\"closed\":%llu}",
		       (uintmax_t)s.accepted, (uintmax_t)s.refused_full,
		       (uintmax_t)s.refused_address, (uintmax_t)s.guarded,
		       (uintmax_t)s.messages_in, (uintmax_t)s.messages_out,
		       (uintmax_t)s.too_slow, (uintmax_t)s.timed_out,
		       (uintmax_t)s.open, (uintmax_t)s.open_websockets,
		       (uintmax_t)s.queued_bytes, atomic_load(&open_users),
		       atomic_load(&closed_users));
}

static bool hear_message(void *ctx, uint64_t conn, void *user,
			 const char *text, size_t n)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	(void)ctx;
	if (*(char *)user != 'o')
		abort();
	if (!strncmp(text, "close ", 6)) {
		sim_net_send(net, conn, "bye", 3);
		sim_net_close(net, conn, (int)strtol(text + 6, NULL, 10),
			      "as asked");
	} else if (!strncmp(text, "flood ", 6)) {
		flood(conn, strtol(text + 6, NULL, 10));
	} else if (!strncmp(text, "lines ", 6)) {
		send_lines(conn, strtol(text + 6, NULL, 10));
	} else if (!strcmp(text, "stats")) {
		tell_stats(&b);
		sim_net_send(net, conn, sim_buf_str(&b), b.len);
		sim_buf_release(&b);
	} else if (!strcmp(text, "pause")) {
		add_job(conn, "\1more", 5, 300);
		return false;
	} else if (is_threaded) {
		add_job(conn, text, n, 0);
	} else {
		sim_net_send(net, conn, text, n);
	}
	return true;
}

static void hear_log(void *ctx, enum sim_net_level level, const char *line)
{
	(void)ctx;
	fprintf(stderr, "%s %s\n", level == SIM_NET_LOG_ERROR ? "error"
		: "warning", line);
}

static void hear_done(void *ctx, const struct sim_net_done *d)
{
	(void)ctx;
	if (getenv("NET_ECHO_ACCESS"))
		fprintf(stderr, "access %s %s %d\n", d->method, d->path,
			d->status);
}

static const struct sim_net_ops ops = {
	.request = hear_request, .upgrade = judge, .opened = hear_opened,
	.message = hear_message, .closed = hear_closed, .log = hear_log,
	.done = hear_done,
};

static const char *proxy, *origin;
static int descriptors = -1;

static void read_options(int argc, char **argv, struct sim_net_config *c)
{
	int o;

	while ((o = getopt(argc, argv, "l:wc:a:q:p:g:o:x:T:K:A:F:e:")) != -1) {
		switch (o) {
		case 'l': c->loop = strcmp(optarg, "ev") ? SIM_NET_LOOP_POLL
				  : SIM_NET_LOOP_EV; break;
		case 'w': is_threaded = true; break;
		case 'c': c->limits.connections = (unsigned)strtoul(
				optarg, NULL, 10); break;
		case 'a': c->limits.per_address = (unsigned)strtoul(
				optarg, NULL, 10); break;
		case 'q': c->limits.queue_bytes = strtoul(optarg, NULL, 10);
			break;
		case 'p': c->limits.ping_ms = (int)strtol(optarg, NULL, 10);
			break;
		case 'g': c->limits.pong_ms = (int)strtol(optarg, NULL, 10);
			break;
		case 'o': origin = optarg; c->origins = &origin;
			c->n_origins = 1; break;
		case 'x': proxy = optarg; c->proxies = &proxy;
			c->n_proxies = 1; break;
		case 'T': c->cert_path = optarg; break;
		case 'K': c->key_path = optarg; break;
		case 'e': descriptors = (int)strtol(optarg, NULL, 10);
			break;
		case 'A': c->listeners[0].address = optarg; break;
		case 'F': c->listeners[0].fd = (int)strtol(optarg, NULL, 10);
			break;
		default: exit(64);
		}
	}
}

/* Leave only `n` descriptors to have. */
static void use_up(int n)
{
	int fd, last = 0;

	while ((fd = dup(0)) >= 0)
		last = fd;
	for (; n > 0; n--)
		close(last--);
}

static int fail(const struct sim_err *err)
{
	fprintf(stderr, "%s\n", err->msg);
	return 69;
}

int main(int argc, char **argv)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_net_config c;
	struct sim_net_stats s;
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	pthread_t worker;
	sigset_t set;
	int sig;

	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* a script that was stopped */
	sim_net_config_init(&c);
	c.listeners[0].port = c.listeners[1].port = 0;
	c.ops = &ops;
	c.limits.per_address = 0;
	read_options(argc, argv, &c);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (sim_net_open(&c, &net, &err) || sim_net_start(net, &err))
		return fail(&err);
	pthread_create(&worker, NULL, work, NULL);
	if (descriptors >= 0)
		use_up(descriptors);
	sim_net_stats(net, &s);
	printf("%d %d %s %u\n", sim_net_port(net, 0), sim_net_port(net, 1),
	       s.loop, s.max_connections);
	fflush(stdout);
	sigwait(&set, &sig);
	sim_net_stop(net, 3000, "the server stops");
	printf("%s ", sim_net_wait(net, 5000) ? "ended" : "late");
	pthread_mutex_lock(&jobs.lock);
	jobs.is_ending = true;
	pthread_cond_signal(&jobs.any);
	pthread_mutex_unlock(&jobs.lock);
	pthread_join(worker, NULL);
	tell_stats(&b);
	printf("%s\n", sim_buf_str(&b));
	sim_buf_release(&b);
	sim_net_free(net);
	return 0;
}
