/*
 * meter: one array of counters; each row of meter.def has a piece of it, one
 * counter a label value, or one a bucket, and the sum.
 */
#include "server/meter.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/route.h"
#include "util/mem.h"
#include "util/str.h"

#define FDS_TRIED	65536

enum kind { COUNTER, GAUGE, HISTOGRAM };
enum unit { NONE, BYTES, SECONDS };

static const char *const kinds[] = { "counter", "gauge", "histogram" };
static const char *const units[] = { NULL, "bytes", "seconds" };

enum label {
#define SIM_METER_LABEL(id, name, ...) LABEL_##id,
#include "server/meter.def"
#undef SIM_METER_LABEL
	LABEL_ROUTE, LABEL_STATE, LABEL_CODE, LABEL_LIMIT, LABEL__COUNT
};

/* Names of the values of each label, NULL-ended. */
#define SIM_METER_LABEL(id, name, ...) \
static const char *const values_##id[] = { __VA_ARGS__, NULL };
#include "server/meter.def"
#undef SIM_METER_LABEL
static const char *const values_ROUTE[] = {
#define SIM_ROUTE(method, path, kind, role, scope, limiter, handler) path,
#define SIM_ROUTE_ALSO(method, path, kind, role, scope, limiter, handler)
#include "server/route.def"
#undef SIM_ROUTE
	"other", NULL
};
static const char *const values_STATE[] = {
#define SIM_SESSION_STATE(id, name, help) name,
#include "backend/session_state.def"
#undef SIM_SESSION_STATE
	NULL
};
static const char *const values_CODE[] = {
#define SIM_ERROR_CODE(code, carrier, kind, help) #code,
#include "proto/error_code.def"
#undef SIM_ERROR_CODE
	"other", NULL
};
static const char *const values_LIMIT[] = {
#define SIM_ROUTE_LIMITER(id, type, by, limit, period, help) type,
#include "server/route.def"
#undef SIM_ROUTE_LIMITER
	/* what the plans allow; the first as a handshake's refusal names it */
	"ws_connections", "login", "sessions_per_hour", "concurrent_sessions",
	"orders_per_minute", "other", NULL
};

static const struct {
	const char *name;
	const char *const *values;
} labels[] = {
#define SIM_METER_LABEL(id, name, ...) { name, values_##id },
#include "server/meter.def"
#undef SIM_METER_LABEL
	{ "route", values_ROUTE }, { "state", values_STATE },
	{ "code", values_CODE }, { "type", values_LIMIT },
};

static const struct row {
	enum kind kind;
	const char *name;
	enum unit unit;
	enum label label[2];
	const char *help;
} rows[] = {
#define SIM_METER(id, kind, name, unit, label1, label2, help) \
	{ kind, name, unit, { LABEL_##label1, LABEL_##label2 }, help },
#include "server/meter.def"
#undef SIM_METER
};

/* Upper bounds of the buckets; one more has no bound. */
static const struct {
	int64_t ns;
	const char *text;
} buckets[] = {
	{ 100000, "0.0001" }, { 250000, "0.00025" }, { 500000, "0.0005" },
	{ 1000000, "0.001" }, { 2500000, "0.0025" }, { 5000000, "0.005" },
	{ 10000000, "0.01" }, { 25000000, "0.025" }, { 50000000, "0.05" },
	{ 100000000, "0.1" }, { 250000000, "0.25" }, { 500000000, "0.5" },
	{ INT64_C(1000000000), "1.0" }, { INT64_C(2500000000), "2.5" },
	{ INT64_C(5000000000), "5.0" }, { INT64_C(10000000000), "10.0" },
};
#define BUCKETS	((int)(sizeof(buckets) / sizeof(buckets[0])))

struct sim_meter {
	struct sim_meter_config c;
	int first[SIM_METER__COUNT];	/* a row's piece of: */
	_Atomic int64_t *v;
};

/* -- counting -------------------------------------------------------------- */

static int values_of(enum label l)
{
	int n = 0;

	while (labels[l].values[n])
		n++;
	return n;
}

/* How many counters a row has: a bucket each, one more, and the sum. */
static int width_of(const struct row *r)
{
	if (r->kind == HISTOGRAM)
		return BUCKETS + 2;
	return values_of(r->label[0]) * values_of(r->label[1]);
}

/* Where a text stands among a label's values; -1: nowhere. */
static int value_of(enum label l, const char *text)
{
	int i;

	for (i = 0; labels[l].values[i]; i++) {
		if (!strcmp(labels[l].values[i], text))
			return i;
	}
	return i && !strcmp(labels[l].values[i - 1], "other") ? i - 1 : -1;
}

static _Atomic int64_t *at(struct sim_meter *m, enum sim_meter_id id, int i)
{
	if (i < 0 || i >= width_of(&rows[id]))
		SIM_BUG("a meter has no such value");
	return &m->v[m->first[id] + i];
}

struct sim_meter *sim_meter_new(const struct sim_meter_config *c)
{
	struct sim_meter *m = sim_mem_zalloc(sizeof(*m));
	int n = 0;

	m->c = *c;
	for (int i = 0; i < SIM_METER__COUNT; i++) {
		m->first[i] = n;
		n += width_of(&rows[i]);
	}
	m->v = sim_mem_array((size_t)n, sizeof(*m->v));
	sim_meter_set(m, SIM_METER_STARTED, 0, c->started);
	return m;
}

void sim_meter_free(struct sim_meter *m)
{
	if (!m)
		return;
	sim_mem_free(m->v);
	sim_mem_free(m);
}

void sim_meter_add(struct sim_meter *m, enum sim_meter_id id, int i, int64_t n)
{
	atomic_fetch_add_explicit(at(m, id, i), n, memory_order_relaxed);
}

void sim_meter_add_text(struct sim_meter *m, enum sim_meter_id id,
			const char *value, int64_t n)
{
	int i = value_of(rows[id].label[0], value);

	if (i >= 0)
		sim_meter_add(m, id, i, n);
}

void sim_meter_set(struct sim_meter *m, enum sim_meter_id id, int i, int64_t v)
{
	atomic_store_explicit(at(m, id, i), v, memory_order_relaxed);
}

void sim_meter_observe(struct sim_meter *m, enum sim_meter_id id, int64_t ns)
{
	int i = 0;

	while (i < BUCKETS && ns > buckets[i].ns)
		i++;
	sim_meter_add(m, id, BUCKETS + 1, ns);
	sim_meter_add(m, id, i, 1);
}

void sim_meter_served(struct sim_meter *m, const struct sim_net_done *d)
{
	const char *path = d->path ? sim_route_path(d->path) : NULL;
	int status = d->status / 100 - 1, route = value_of(LABEL_ROUTE, path ?
							   path : "");

	if (status < 0 || status >= values_of(LABEL_STATUS))
		status = values_of(LABEL_STATUS) - 1;
	sim_meter_add(m, SIM_METER_REQUESTS, route * values_of(LABEL_STATUS) +
		      status, 1);
	sim_meter_observe(m, SIM_METER_REQUEST_TIME, d->took_us * 1000);
}

/* One number of another's. */
struct taken {
	enum sim_meter_id id;
	int i;
	uint64_t v;
};

static void take(struct sim_meter *m, const struct taken *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sim_meter_set(m, list[i].id, list[i].i, (int64_t)list[i].v);
}

static void take_net(struct sim_meter *m, const struct sim_net_stats *s)
{
	const struct taken list[] = {
		{ SIM_METER_CONNECTIONS, 0, s->open },
		{ SIM_METER_CONNECTIONS_MAX, 0, s->max_connections },
		{ SIM_METER_WEBSOCKETS, 0, s->open_websockets },
		{ SIM_METER_ACCEPTED, 0, s->accepted },
		{ SIM_METER_REFUSED, SIM_METER_SERVER_FULL, s->refused_full },
		{ SIM_METER_REFUSED, SIM_METER_ADDRESS_FULL,
		  s->refused_address },
		{ SIM_METER_DROPPED, SIM_METER_TOO_SLOW, s->too_slow },
		{ SIM_METER_DROPPED, SIM_METER_TOO_BIG, s->too_big },
		{ SIM_METER_DROPPED, SIM_METER_TIMED_OUT, s->timed_out },
		{ SIM_METER_HANDSHAKES, 0, s->handshakes },
		{ SIM_METER_HANDSHAKES_REFUSED, 0, s->handshakes_refused },
		{ SIM_METER_GUARDED, 0, s->guarded },
		{ SIM_METER_MESSAGES, SIM_METER_IN, s->messages_in },
		{ SIM_METER_MESSAGES, SIM_METER_OUT, s->messages_out },
		{ SIM_METER_BYTES, SIM_METER_IN, s->bytes_in },
		{ SIM_METER_BYTES, SIM_METER_OUT, s->bytes_out },
		{ SIM_METER_UNSENT, 0, s->queued_bytes },
	};

	take(m, list, sizeof(list) / sizeof(list[0]));
}

static void take_writer(struct sim_meter *m, const struct sim_writer_stats *s)
{
	const struct taken list[] = {
		{ SIM_METER_COMMITS, 0, s->commits },
		{ SIM_METER_WRITES, SIM_METER_STORED, s->things },
		{ SIM_METER_WRITES, SIM_METER_WRITE_LOST, s->lost },
		{ SIM_METER_RETRIES, 0, s->retries },
		{ SIM_METER_WRITER_FAILING, 0, s->is_failing },
		{ SIM_METER_WRITER_QUEUE, 0, s->waiting },
		{ SIM_METER_WRITER_BYTES, 0, s->waiting_bytes },
	};

	take(m, list, sizeof(list) / sizeof(list[0]));
}

static void take_log(struct sim_meter *m, const struct sim_logline_stats *s)
{
	const struct taken list[] = {
		{ SIM_METER_LOG_LINES, SIM_METER_WRITTEN, s->written },
		{ SIM_METER_LOG_LINES, SIM_METER_SUPPRESSED, s->suppressed },
		{ SIM_METER_LOG_LINES, SIM_METER_LINE_LOST, s->lost },
	};

	take(m, list, sizeof(list) / sizeof(list[0]));
}

void sim_meter_take(struct sim_meter *m, const struct sim_meter_sources *s)
{
	if (s->net)
		take_net(m, s->net);
	if (s->writer)
		take_writer(m, s->writer);
	if (s->log)
		take_log(m, s->log);
}

/* -- the process ----------------------------------------------------------- */

static int64_t ns_of(const struct timeval *t)
{
	return (t->tv_sec * INT64_C(1000000) + t->tv_usec) * 1000;
}

/* The second number of /proc/self/statm is the pages in memory. */
static int64_t resident_bytes(void)
{
	char text[128], *second, *end;
	FILE *f = fopen("/proc/self/statm", "re");
	int64_t pages = 0;

	if (!f)
		return 0;
	second = fgets(text, sizeof(text), f) ? strchr(text, ' ') : NULL;
	if (second && (end = strchr(++second, ' '))) {
		*end = '\0';
		if (sim_str_int(second, "statm", 0, INT64_MAX / 65536, &pages,
				NULL))
			pages = 0;
	}
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

/* Linux 6.2 and later say at once how many there are; reading the list takes
 * long when there are thousands, so else each is tried. */
static int64_t open_fds(int64_t most)
{
	struct stat st;
	int64_t n = 0;

	if (!stat("/proc/self/fd", &st) && st.st_size > 0)
		return st.st_size;
	for (int fd = 0; fd < most && fd < FDS_TRIED; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void set_process(struct sim_meter *m)
{
	struct rusage used;
	struct rlimit files;
	int64_t most = 0;

	if (!getrusage(RUSAGE_SELF, &used))
		sim_meter_set(m, SIM_METER_CPU, 0, ns_of(&used.ru_utime) +
			      ns_of(&used.ru_stime));
	if (!getrlimit(RLIMIT_NOFILE, &files))
		most = files.rlim_cur > INT64_MAX ? INT64_MAX :
			(int64_t)files.rlim_cur;
	sim_meter_set(m, SIM_METER_FDS_MAX, 0, most);
	sim_meter_set(m, SIM_METER_RSS, 0, resident_bytes());
	sim_meter_set(m, SIM_METER_FDS, 0, open_fds(most));
}

/* -- text ------------------------------------------------------------------ */

static int64_t get(struct sim_meter *m, enum sim_meter_id id, int i)
{
	return atomic_load_explicit(at(m, id, i), memory_order_relaxed);
}

static void put_number(struct sim_buf *out, enum unit unit, int64_t v)
{
	const int64_t sec = INT64_C(1000000000);

	if (unit != SECONDS)
		sim_buf_int(out, v);
	else
		sim_buf_printf(out, "%s%lld.%09lld", v < 0 ? "-" : "",
			       (long long)(v < 0 ? -(v / sec) : v / sec),
			       (long long)(v < 0 ? -(v % sec) : v % sec));
}

/* As OpenMetrics asks for: \ " and the end of a line. */
static void put_label(struct sim_buf *out, const char *name, const char *value)
{
	sim_buf_printf(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			sim_buf_puts(out, "\\n");
		else if (*value == '"' || *value == '\\')
			sim_buf_printf(out, "\\%c", *value);
		else
			sim_buf_putc(out, *value);
	}
	sim_buf_putc(out, '"');
}

static void put_head(struct sim_buf *out, const char *name, const char *kind,
		     const char *unit, const char *help)
{
	sim_buf_printf(out, "# TYPE %s %s\n", name, kind);
	if (unit)
		sim_buf_printf(out, "# UNIT %s %s\n", name, unit);
	sim_buf_printf(out, "# HELP %s %s\n", name, help);
}

static void put_labels(struct sim_buf *out, const struct row *r, int i)
{
	int n = values_of(r->label[1]);
	const int which[] = { i / n, i % n };

	for (int k = 0; k < 2 && r->label[k] != LABEL_NONE; k++) {
		sim_buf_putc(out, k ? ',' : '{');
		put_label(out, labels[r->label[k]].name,
			  labels[r->label[k]].values[which[k]]);
	}
	if (r->label[0] != LABEL_NONE)
		sim_buf_putc(out, '}');
}

static void put_simple(struct sim_meter *m, struct sim_buf *out,
		       enum sim_meter_id id)
{
	const struct row *r = &rows[id];

	for (int i = 0; i < width_of(r); i++) {
		sim_buf_puts(out, r->name);
		if (r->kind == COUNTER)
			sim_buf_puts(out, "_total");
		put_labels(out, r, i);
		sim_buf_putc(out, ' ');
		put_number(out, r->unit, get(m, id, i));
		sim_buf_putc(out, '\n');
	}
}

static void put_histogram(struct sim_meter *m, struct sim_buf *out,
			  enum sim_meter_id id)
{
	const struct row *r = &rows[id];
	int64_t n = 0;

	for (int i = 0; i <= BUCKETS; i++) {
		n += get(m, id, i);
		sim_buf_printf(out, "%s_bucket{le=\"%s\"} %lld\n", r->name,
			       i < BUCKETS ? buckets[i].text : "+Inf",
			       (long long)n);
	}
	sim_buf_printf(out, "%s_count %lld\n%s_sum ", r->name, (long long)n,
		       r->name);
	put_number(out, r->unit, get(m, id, BUCKETS + 1));
	sim_buf_putc(out, '\n');
}

void sim_meter_write(struct sim_meter *m, struct sim_buf *out)
{
	if (m->c.collect)
		m->c.collect(m->c.ctx, m);
	set_process(m);
	put_head(out, "simutrador", "info", NULL, "the server");
	sim_buf_puts(out, "simutrador_info{");
	put_label(out, "version", m->c.version);
	sim_buf_puts(out, "} 1\n");
	for (int i = 0; i < SIM_METER__COUNT; i++) {
		put_head(out, rows[i].name, kinds[rows[i].kind],
			 units[rows[i].unit], rows[i].help);
		if (rows[i].kind == HISTOGRAM)
			put_histogram(m, out, (enum sim_meter_id)i);
		else
			put_simple(m, out, (enum sim_meter_id)i);
	}
	sim_buf_puts(out, "# EOF\n");
}
