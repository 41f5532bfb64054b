/*
 * meter: the numbers of /metrics (meter.def) and their text, OpenMetrics 1.0.
 *
 * Any thread may count; counting is one atomic addition.  The text is in the
 * order of the table, whatever happened in which order.
 */
#ifndef SIM_METER_H
#define SIM_METER_H

#include "server/logline.h"
#include "server/net.h"
#include "server/writer.h"
#include "util/buf.h"

enum sim_meter_id {
#define SIM_METER(id, kind, name, unit, label, values, help) SIM_METER_##id,
#include "server/meter.def"
#undef SIM_METER
	SIM_METER__COUNT
};

struct sim_meter;

/* All of them 0. */
struct sim_meter *sim_meter_new(void);
void sim_meter_free(struct sim_meter *m);	/* NULL is fine */

/* which: the series, by its place among the values of the label; else 0. */
void sim_meter_add(struct sim_meter *m, enum sim_meter_id id, unsigned which,
		   uint64_t n);
/* A gauge, or a counter that is counted elsewhere. */
void sim_meter_set(struct sim_meter *m, enum sim_meter_id id, unsigned which,
		   uint64_t n);
/* Into a histogram. */
void sim_meter_time(struct sim_meter *m, enum sim_meter_id id,
		    uint64_t took_us);

/* An answer of HTTP: its status and time. */
void sim_meter_answer(struct sim_meter *m, const struct sim_net_done *d);

/* What is counted elsewhere, taken over before the text is written. */
struct sim_meter_sources {
	const struct sim_net_stats *net;
	const struct sim_writer_stats *writer;
	const struct sim_logline_stats *log;	/* NULL: not counted */
	uint64_t sessions, pool_waiting;
};
void sim_meter_take(struct sim_meter *m, const struct sim_meter_sources *s);

/* Append the whole text, with the version as simutrador_build_info. */
void sim_meter_write(const struct sim_meter *m, const char *version,
		     struct sim_buf *out);

#endif
