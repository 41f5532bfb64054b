/*
 * load: many clients of the server at once, and how fast they are served; it
 * shares no code with the program.  One thread, one epoll; what it measured
 * comes out as one JSON line.
 *
 *   load echo PORT CONNS SECONDS BYTES PID    of a bare server, one in flight
 *   load ticks PORT TOKENS PER CONNS SECONDS [IDLE PID]
 *   load orders PORT TOKENS PER CONNS BATCHES ORDERS PID
 *   load create PORT TOKENS PER TIMES
 *   load hold PORT TOKENS PER CONNS           until the server closes them
 *   load resume PORT TOKENS PER CONNS         what hold left
 *
 * TOKENS is a file with a token a line; each is used by PER connections.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"

#define AT_ONCE		32	/* sessions in the making */
#define WARM_NS		INT64_C(500000000)
#define PATIENCE_NS	INT64_C(120000000000)

/* --- messages --- */

static const char *find(const char *text, size_t n, const char *what,
			size_t len)
{
	const char *end = text + n, *p = text;

	while ((p = memchr(p, *what, (size_t)(end - p)))) {
		if ((size_t)(end - p) < len)
			return NULL;
		if (!memcmp(p, what, len))
			return p;
		p++;
	}
	return NULL;
}

static bool is_type(const char *text, size_t n, const char *type)
{
	size_t len = strlen(type);
	const char *p = find(text, n < 64 ? n : 64, "\"type\":", 7);

	if (!p)
		return false;
	p += 7;
	p += *p == ' ';
	return (size_t)(text + n - p) > len + 2 && *p == '"' &&
	       !memcmp(p + 1, type, len) && p[len + 1] == '"';
}

static uint64_t number_of(const char *text, size_t n, const char *key)
{
	const char *p = find(text, n, key, strlen(key));
	uint64_t v = 0;

	if (!p)
		die("no %s in %.*s", key, (int)n, text);
	p += strlen(key);
	while (p < text + n && (*p == ' ' || *p == ':'))
		p++;
	for (; p < text + n && *p >= '0' && *p <= '9'; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	return v;
}

static void expect_no_error(const char *text, size_t n)
{
	if (is_type(text, n, "error") || is_type(text, n, "session_error"))
		die("%.*s", (int)n, text);
}

static void ask_create(struct conn *c, int round)
{
	c->asked_ns = now_ns();
	say(c, "{\"type\":\"create_session\",\"request_id\":\"c\",\"data\":{"
	    "\"session_id\":\"load-%d-%d\",\"symbols\":[\"LOAD\"],"
	    "\"start_date\":\"2024-04-01\",\"end_date\":\"2024-05-25\","
	    "\"initial_capital\":1000000,\"timeframe\":\"1min\"}}",
	    c->number, round);
}

static void ask_start(struct conn *c)
{
	say(c, "{\"type\":\"start_simulation\",\"data\":{\"session_id\":"
	    "\"load-%d-0\",\"flow_control\":true,"
	    "\"account_update_frequency\":\"on_demand\"}}", c->number);
}

static void ask_resume(struct conn *c)
{
	say(c, "{\"type\":\"resume_session\",\"data\":{\"session_id\":"
	    "\"load-%d-0\",\"last_processed_sequence_id\":1}}", c->number);
}

static void ack(struct conn *c)
{
	say(c, "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":%" PRIu64
	    ",\"processing_status\":\"ready\",\"orders_pending\":0}}",
	    c->sequence);
}

/* The next connection may ask for its session. */
static void ask_next(struct load *l)
{
	if (l->nasked < l->n)
		ask_create(&l->conn[l->nasked++], 0);
}

static void is_ready(struct load *l, struct conn *c)
{
	if (c->is_ready)
		return;
	c->is_ready = true;
	l->is_over = ++l->nready == l->n;
}

/* From a new connection to its first tick.  Gives: whether it was that. */
static bool is_opening(struct load *l, struct conn *c, const char *text,
		       size_t n)
{
	expect_no_error(text, n);
	if (is_type(text, n, "connection_ready")) {
		is_ready(l, c);
	} else if (is_type(text, n, "session_created")) {
		ask_start(c);
		ask_next(l);
	} else if (is_type(text, n, "simulation_complete")) {
		die("session %d is over too soon", c->number);
	} else if (is_type(text, n, "tick")) {
		c->sequence = number_of(text, n, "\"sequence_id\"");
		if (l->is_held)
			is_ready(l, c);
		return l->is_held;
	}
	return true;
}

/* --- opening all of them --- */

static void open_all(struct load *l, int n)
{
	l->nready = 0;
	for (int i = 0; i < n; i++)
		open_one(l);
	for (int i = 0; i < l->n; i++)
		l->nready += l->conn[i].is_ready;
	if (l->nready < l->n)
		serve(l, 0);
}

/* Sessions for those from `first` on, each held at its first tick. */
static void start_all(struct load *l, int first)
{
	for (int i = first; i < l->n; i++)
		l->conn[i].is_ready = false;
	l->nready = first;
	l->nasked = first;
	l->is_held = true;
	for (int i = 0; i < AT_ONCE; i++)
		ask_next(l);
	serve(l, 0);
	l->is_held = false;
}

static void count_for(struct load *l, double length)
{
	serve(l, now_ns() + WARM_NS);
	for (int i = 0; i < l->n; i++)
		l->conn[i].heard = 0;
	l->from_ns = now_ns();
	l->cpu_ns = -cpu_ns(l->pid);
	serve(l, l->from_ns + (int64_t)(length * 1e9));
	l->to_ns = now_ns();
	l->cpu_ns += cpu_ns(l->pid);
}

static double took_sec(const struct load *l)
{
	return (double)(l->to_ns - l->from_ns) / 1e9;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int64_t rank(const int64_t *sorted, size_t n, double q)
{
	return n ? sorted[(size_t)((double)(n - 1) * q)] : 0;
}

/* What each connection from `first` on was told while it counted. */
static void print_rates(struct load *l, int first)
{
	size_t n = (size_t)(l->n - first);
	int64_t *v = room(NULL, n * sizeof(*v)), sum = 0;

	for (size_t i = 0; i < n; i++) {
		v[i] = (int64_t)l->conn[(size_t)first + i].heard;
		sum += v[i];
	}
	qsort(v, n, sizeof(*v), by_value);
	printf("\"rate\": %.0f, \"slowest\": %.1f, \"median\": %.1f, "
	       "\"fastest\": %.1f, \"cpu_us\": %.2f",
	       (double)sum / took_sec(l),
	       (double)v[0] / took_sec(l),
	       (double)rank(v, n, 0.5) / took_sec(l),
	       (double)v[n - 1] / took_sec(l),
	       (double)l->cpu_ns / 1e3 / (double)(sum ? sum : 1));
	free(v);
}

static void note_took(struct load *l, int64_t ns)
{
	if (l->ntook == l->took_cap) {
		l->took_cap = l->took_cap ? 2 * l->took_cap : 1024;
		l->took = room(l->took, l->took_cap * sizeof(*l->took));
	}
	l->took[l->ntook++] = ns;
}

static void print_took(struct load *l)
{
	qsort(l->took, l->ntook, sizeof(*l->took), by_value);
	printf("\"n\": %zu, \"p50_ms\": %.3f, \"p90_ms\": %.3f, "
	       "\"p99_ms\": %.3f, \"max_ms\": %.3f", l->ntook,
	       (double)rank(l->took, l->ntook, 0.5) / 1e6,
	       (double)rank(l->took, l->ntook, 0.9) / 1e6,
	       (double)rank(l->took, l->ntook, 0.99) / 1e6,
	       (double)rank(l->took, l->ntook, 1) / 1e6);
}

/* --- echo --- */

static void hear_echo(struct load *l, struct conn *c, const char *text,
		      size_t n)
{
	(void)text, (void)n;
	c->heard++;
	say_raw(c, l->text, l->text_len);
}

static void run_echo(struct load *l, char **args, int n)
{
	l->conns = (int)strtol(args[0], NULL, 10);
	l->seconds = strtod(args[1], NULL);
	l->text_len = (size_t)strtoul(args[2], NULL, 10);
	l->pid = n > 3 ? (int)strtol(args[3], NULL, 10) : 0;
	l->text = room(NULL, l->text_len);
	memset(l->text, 'x', l->text_len);
	l->conn = room(NULL, (size_t)l->conns * sizeof(*l->conn));
	for (int i = 0; i < l->conns; i++)
		say_raw(open_one(l), l->text, l->text_len);
	count_for(l, l->seconds);
	printf("{");
	print_rates(l, 0);
	printf("}\n");
}

/* --- ticks --- */

static void hear_ticks(struct load *l, struct conn *c, const char *text,
		       size_t n)
{
	if (is_opening(l, c, text, n))
		return;
	if (!l->text_len)
		l->text_len = n;
	c->heard++;
	ack(c);
}

static long rss_kb(int pid)
{
	char path[64], line[256];
	long kb = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "VmRSS:", 6))
			kb = strtol(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

static void run_ticks(struct load *l, char **args, int n)
{
	long before = 0, idle = 0, active = 0;

	l->conns = (int)strtol(args[0], NULL, 10);
	l->seconds = strtod(args[1], NULL);
	l->idle = n > 2 ? (int)strtol(args[2], NULL, 10) : 0;
	l->pid = n > 3 ? (int)strtol(args[3], NULL, 10) : 0;
	l->conn = room(NULL, (size_t)(l->conns + l->idle) * sizeof(*l->conn));
	before = rss_kb(l->pid);
	open_all(l, l->idle);
	idle = rss_kb(l->pid);
	open_all(l, l->conns);
	start_all(l, l->idle);
	active = rss_kb(l->pid);
	for (int i = l->idle; i < l->n; i++)
		ack(&l->conn[i]);
	count_for(l, l->seconds);
	printf("{\"rss_before_kb\": %ld, \"rss_idle_kb\": %ld, "
	       "\"rss_started_kb\": %ld, \"rss_end_kb\": %ld, "
	       "\"tick_bytes\": %zu, \"closed\": %d, ", before, idle, active,
	       rss_kb(l->pid), l->text_len, l->nclosed);
	print_rates(l, l->idle);
	printf("}\n");
}

/* --- orders --- */

static void ask_batch(struct load *l, struct conn *c)
{
	char text[32768];
	size_t n = (size_t)snprintf(text, sizeof(text), "{\"type\":"
		"\"order_batch\",\"data\":{\"batch_id\":\"b%d\",\"orders\":[",
		c->rounds);

	for (int i = 0; i < l->orders && n < sizeof(text) - 256; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s{"
			"\"order_id\":\"o%d-%d\",\"symbol\":\"LOAD\","
			"\"side\":\"buy\",\"type\":\"market\","
			"\"quantity\":\"1\"}", i ? "," : "", c->rounds, i);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "]}}");
	c->rounds++;
	c->asked_ns = now_ns();
	say_raw(c, text, n);
}

static void hear_orders(struct load *l, struct conn *c, const char *text,
			size_t n)
{
	if (is_type(text, n, "batch_ack")) {
		note_took(l, now_ns() - c->asked_ns);
		if (!find(text, n, "\"rejected_orders\":{}", 20) &&
		    !find(text, n, "\"rejected_orders\": {}", 21))
			die("orders were rejected: %.*s", (int)n, text);
		l->is_over = l->ntook == (size_t)l->n * (size_t)l->rounds;
		ack(c);
	} else if (!is_opening(l, c, text, n) && c->rounds < l->rounds) {
		ask_batch(l, c);
	}
}

static void run_orders(struct load *l, char **args, int n)
{
	(void)n;
	l->conns = (int)strtol(args[0], NULL, 10);
	l->rounds = (int)strtol(args[1], NULL, 10);
	l->orders = (int)strtol(args[2], NULL, 10);
	l->pid = (int)strtol(args[3], NULL, 10);
	l->conn = room(NULL, (size_t)l->conns * sizeof(*l->conn));
	open_all(l, l->conns);
	start_all(l, 0);
	l->from_ns = now_ns();
	l->cpu_ns = -cpu_ns(l->pid);
	for (int i = 0; i < l->n; i++)
		ask_batch(l, &l->conn[i]);
	serve(l, 0);
	l->to_ns = now_ns();
	l->cpu_ns += cpu_ns(l->pid);
	printf("{\"orders\": %.0f, \"batches\": %.0f, \"cpu_us\": %.2f, ",
	       (double)l->ntook * l->orders / took_sec(l),
	       (double)l->ntook / took_sec(l), (double)l->cpu_ns / 1e3 /
	       ((double)l->ntook * l->orders));
	print_took(l);
	printf("}\n");
}

/* --- create --- */

static void hear_create(struct load *l, struct conn *c, const char *text,
			size_t n)
{
	expect_no_error(text, n);
	if (is_type(text, n, "connection_ready")) {
		is_ready(l, c);
	} else if (is_type(text, n, "session_created")) {
		note_took(l, now_ns() - c->asked_ns);
		say(c, "{\"type\":\"delete_session\",\"data\":{"
		    "\"session_id\":\"load-%d-%d\"}}", c->number, c->rounds);
	} else if (is_type(text, n, "session_deleted")) {
		l->is_over = ++c->rounds == l->rounds;
		if (!l->is_over)
			ask_create(c, c->rounds);
	}
}

static void run_create(struct load *l, char **args, int n)
{
	(void)n;
	l->conns = 1;
	l->rounds = (int)strtol(args[0], NULL, 10);
	l->conn = room(NULL, sizeof(*l->conn));
	open_all(l, 1);
	ask_create(l->conn, 0);
	serve(l, 0);
	printf("{");
	print_took(l);
	printf("}\n");
}

/* --- hold, resume --- */

static void hear_hold(struct load *l, struct conn *c, const char *text,
		      size_t n)
{
	if (!is_opening(l, c, text, n)) {
		c->heard++;
		ack(c);
	}
}

static void run_hold(struct load *l, char **args, int n)
{
	int64_t first = 0, now;
	int away = 0;

	(void)n;
	l->conns = (int)strtol(args[0], NULL, 10);
	l->conn = room(NULL, (size_t)l->conns * sizeof(*l->conn));
	open_all(l, l->conns);
	start_all(l, 0);
	for (int i = 0; i < l->n; i++)
		ack(&l->conn[i]);
	printf("{\"held\": %d}\n", l->n);
	fflush(stdout);
	for (now = first = now_ns(); l->nclosed < l->n &&
	     now - first < PATIENCE_NS; now = now_ns())
		serve(l, now + 10000000);
	for (int i = 0; i < l->n; i++)
		away += l->conn[i].closed == 1001;
	printf("{\"closed\": %d, \"going_away\": %d}\n", l->nclosed, away);
}

static void hear_resume(struct load *l, struct conn *c, const char *text,
			size_t n)
{
	expect_no_error(text, n);
	if (is_type(text, n, "connection_ready")) {
		is_ready(l, c);
	} else if (is_type(text, n, "state_sync")) {
		note_took(l, now_ns() - c->asked_ns);
		is_ready(l, c);
		if (l->nasked < l->n)
			ask_resume(&l->conn[l->nasked++]);
	} else if (is_type(text, n, "tick")) {
		c->heard++;
	}
}

static void run_resume(struct load *l, char **args, int n)
{
	(void)n;
	l->conns = (int)strtol(args[0], NULL, 10);
	l->conn = room(NULL, (size_t)l->conns * sizeof(*l->conn));
	open_all(l, l->conns);
	for (int i = 0; i < l->n; i++)
		l->conn[i].is_ready = false;
	l->nready = 0;
	while (l->nasked < l->n && l->nasked < AT_ONCE)
		ask_resume(&l->conn[l->nasked++]);
	serve(l, 0);
	printf("{\"resumed\": %d}\n", l->nready);
}

/* --- */

static const struct mode modes[] = {
	{ "echo", 4, false, run_echo, hear_echo },
	{ "ticks", 2, true, run_ticks, hear_ticks },
	{ "orders", 4, true, run_orders, hear_orders },
	{ "create", 1, true, run_create, hear_create },
	{ "hold", 1, true, run_hold, hear_hold },
	{ "resume", 1, true, run_resume, hear_resume },
};

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t n = 0, got;

	if (!f)
		die("%s: %s", path, strerror(errno));
	do {
		text = room(text, n + 65537);
		got = fread(text + n, 1, 65536, f);
		n += got;
	} while (got);
	text[n] = '\0';
	fclose(f);
	return text;
}

static void release(struct load *l)
{
	for (int i = 0; i < l->n; i++) {
		if (!l->conn[i].closed)
			close(l->conn[i].fd);
		free(l->conn[i].left);
	}
	close(l->ep);
	free(l->conn);
	free(l->tokens);
	free(l->took);
	free(l->text);
}

int main(int argc, char **argv)
{
	struct load l = { .per_user = 1 };
	struct rlimit r;
	int first = 3;

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (argc > 1 && !strcmp(argv[1], modes[i].name))
			l.mode = &modes[i];
	if (!l.mode || argc < 3 + l.mode->least + 2 * l.mode->has_tokens)
		die("what should be done?");
	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	l.port = (int)strtol(argv[2], NULL, 10);
	l.ep = epoll_create1(EPOLL_CLOEXEC);
	if (l.mode->has_tokens) {
		l.tokens = read_all(argv[3]);
		l.per_user = (int)strtol(argv[4], NULL, 10);
		first = 5;
	}
	l.mode->run(&l, argv + first, argc - first);
	release(&l);
	return 0;
}
