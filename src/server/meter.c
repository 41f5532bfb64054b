/* meter: a row of cells for each of meter.def, and how they are written. */
#include "server/meter.h"

#include <string.h>

#include "util/mem.h"

#define CELLS		20		/* of a row: series, or buckets */
#define PREFIX		"simutrador_"

enum kind { COUNTER, GAUGE, HISTOGRAM };

static const struct {
	enum kind kind;
	const char *name, *unit, *label, *values, *help;
} table[] = {
#define SIM_METER(id, kind, name, unit, label, values, help) \
	{ kind, name, unit, label, values, help },
#include "server/meter.def"
#undef SIM_METER
};

/* Upper ends of the buckets of a histogram, in microseconds and as text. */
static const struct {
	uint64_t us;
	const char *le;
} buckets[] = {
	{ 100, "0.0001" }, { 250, "0.00025" }, { 500, "0.0005" },
	{ 1000, "0.001" }, { 2500, "0.0025" }, { 5000, "0.005" },
	{ 10000, "0.01" }, { 25000, "0.025" }, { 50000, "0.05" },
	{ 100000, "0.1" }, { 250000, "0.25" }, { 500000, "0.5" },
	{ 1000000, "1.0" }, { 2500000, "2.5" }, { 5000000, "5.0" },
	{ 10000000, "10.0" }, { UINT64_MAX, "+Inf" },
};
#define BUCKETS (sizeof(buckets) / sizeof(buckets[0]))
_Static_assert(BUCKETS < CELLS, "buckets and a sum in a row");

struct sim_meter {
	uint64_t cells[SIM_METER__COUNT][CELLS];	/* atomic */
};

struct sim_meter *sim_meter_new(void)
{
	return sim_mem_zalloc(sizeof(struct sim_meter));
}

void sim_meter_free(struct sim_meter *m)
{
	sim_mem_free(m);
}

/* -- counting -------------------------------------------------------------- */

void sim_meter_add(struct sim_meter *m, enum sim_meter_id id, unsigned which,
		   uint64_t n)
{
	__atomic_fetch_add(&m->cells[id][which], n, __ATOMIC_RELAXED);
}

void sim_meter_set(struct sim_meter *m, enum sim_meter_id id, unsigned which,
		   uint64_t n)
{
	__atomic_store_n(&m->cells[id][which], n, __ATOMIC_RELAXED);
}

void sim_meter_time(struct sim_meter *m, enum sim_meter_id id,
		    uint64_t took_us)
{
	unsigned i = 0;

	while (took_us > buckets[i].us)
		i++;
	sim_meter_add(m, id, i, 1);
	sim_meter_add(m, id, BUCKETS, took_us);
}

void sim_meter_answer(struct sim_meter *m, const struct sim_net_done *d)
{
	if (d->status >= 100 && d->status < 600)
		sim_meter_add(m, SIM_METER_ANSWERS,
			      (unsigned)d->status / 100 - 1, 1);
	sim_meter_time(m, SIM_METER_ANSWER_TIME,
		       d->took_us > 0 ? (uint64_t)d->took_us : 0);
}

void sim_meter_take(struct sim_meter *m, const struct sim_meter_sources *s)
{
	static const struct sim_logline_stats no_log;
	const struct sim_logline_stats *l = s->log ? s->log : &no_log;
	const struct sim_net_stats *n = s->net;
	const struct sim_writer_stats *w = s->writer;
	const struct {
		enum sim_meter_id id;
		unsigned which;
		uint64_t value;
	} rows[] = {
		{ SIM_METER_CONNECTIONS, 0, n->open },
		{ SIM_METER_WEBSOCKETS, 0, n->open_websockets },
		{ SIM_METER_QUEUED, 0, n->queued_bytes },
		{ SIM_METER_ACCEPTED, 0, n->accepted },
		{ SIM_METER_REFUSED, 0, n->refused_full },
		{ SIM_METER_REFUSED, 1, n->refused_address },
		{ SIM_METER_DROPPED, 0, n->too_slow },
		{ SIM_METER_DROPPED, 1, n->too_big },
		{ SIM_METER_DROPPED, 2, n->timed_out },
		{ SIM_METER_HANDSHAKES, 0, n->handshakes },
		{ SIM_METER_HANDSHAKES, 1, n->handshakes_refused },
		{ SIM_METER_GUARDED, 0, n->guarded },
		{ SIM_METER_MESSAGES, 0, n->messages_in },
		{ SIM_METER_MESSAGES, 1, n->messages_out },
		{ SIM_METER_BYTES, 0, n->bytes_in },
		{ SIM_METER_BYTES, 1, n->bytes_out },
		{ SIM_METER_SESSIONS, 0, s->sessions },
		{ SIM_METER_POOL_WAITING, 0, s->pool_waiting },
		{ SIM_METER_WRITER_WAITING, 0, w->waiting },
		{ SIM_METER_WRITER_BYTES, 0, w->waiting_bytes },
		{ SIM_METER_WRITER_FAILING, 0, w->is_failing },
		{ SIM_METER_ROWS, 0, w->things },
		{ SIM_METER_ROWS, 1, w->lost },
		{ SIM_METER_COMMITS, 0, w->commits },
		{ SIM_METER_RETRIES, 0, w->retries },
		{ SIM_METER_LOG_LINES, 0, l->written },
		{ SIM_METER_LOG_LINES, 1, l->suppressed },
		{ SIM_METER_LOG_LINES, 2, l->lost },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		sim_meter_set(m, rows[i].id, rows[i].which, rows[i].value);
}

/* -- writing --------------------------------------------------------------- */

static uint64_t cell(const struct sim_meter *m, int id, size_t which)
{
	return __atomic_load_n(&m->cells[id][which], __ATOMIC_RELAXED);
}

/* A label's value: a quote, a backslash and a line's end are escaped. */
static void put_escaped(struct sim_buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\n') {
			sim_buf_puts(out, "\\n");
			continue;
		}
		if (*s == '"' || *s == '\\')
			sim_buf_putc(out, '\\');
		sim_buf_putc(out, *s);
	}
}

static void put_head(struct sim_buf *out, int id)
{
	static const char *const kinds[] = { "counter", "gauge", "histogram" };
	const char *name = table[id].name;

	sim_buf_printf(out, "# TYPE " PREFIX "%s %s\n", name,
		       kinds[table[id].kind]);
	if (*table[id].unit)
		sim_buf_printf(out, "# UNIT " PREFIX "%s %s\n", name,
			       table[id].unit);
	sim_buf_printf(out, "# HELP " PREFIX "%s %s.\n", name, table[id].help);
}

static void put_number(struct sim_buf *out, uint64_t n)
{
	sim_buf_printf(out, " %llu\n", (unsigned long long)n);
}

/* A counter or a gauge: one series, or one a value of the label. */
static void put_series(const struct sim_meter *m, int id, struct sim_buf *out)
{
	const char *end = table[id].kind == COUNTER ? "_total" : "";
	const char *value = table[id].values;
	unsigned which = 0;

	do {
		size_t n = strcspn(value, "|");

		sim_buf_printf(out, PREFIX "%s%s", table[id].name, end);
		if (n)
			sim_buf_printf(out, "{%s=\"%.*s\"}", table[id].label,
				       (int)n, value);
		put_number(out, cell(m, id, which++));
		value += n + (value[n] == '|');
	} while (*value);
}

static void put_histogram(const struct sim_meter *m, int id,
			  struct sim_buf *out)
{
	uint64_t count = 0, us = cell(m, id, BUCKETS);

	for (size_t i = 0; i < BUCKETS; i++) {
		count += cell(m, id, i);
		sim_buf_printf(out, PREFIX "%s_bucket{le=\"%s\"}",
			       table[id].name, buckets[i].le);
		put_number(out, count);
	}
	sim_buf_printf(out, PREFIX "%s_count", table[id].name);
	put_number(out, count);
	sim_buf_printf(out, PREFIX "%s_sum %llu.%06llu\n", table[id].name,
		       (unsigned long long)(us / 1000000),
		       (unsigned long long)(us % 1000000));
}

void sim_meter_write(const struct sim_meter *m, const char *version,
		     struct sim_buf *out)
{
	sim_buf_puts(out, "# TYPE " PREFIX "build info\n"
		     "# HELP " PREFIX "build Version of the server.\n"
		     PREFIX "build_info{version=\"");
	put_escaped(out, version);
	sim_buf_puts(out, "\"} 1\n");
	for (int id = 0; id < SIM_METER__COUNT; id++) {
		put_head(out, id);
		if (table[id].kind == HISTOGRAM)
			put_histogram(m, id, out);
		else
			put_series(m, id, out);
	}
	sim_buf_puts(out, "# EOF\n");
}
