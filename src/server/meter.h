/*
 * meter: what the server counts (meter.def), and its text as OpenMetrics 1.0.
 *
 * Any thread may count, without a lock; what others count is asked for when
 * the text is written.  Nothing in it names a user, a key or a session.
 */
#ifndef SIM_METER_H
#define SIM_METER_H

#include "server/logline.h"
#include "server/net.h"
#include "server/writer.h"
#include "util/time.h"

enum sim_meter_id {
#define SIM_METER(id, kind, name, unit, label1, label2, help) SIM_METER_##id,
#include "server/meter.def"
#undef SIM_METER
	SIM_METER__COUNT
};

/* The first label's values, where they are no other list's: of STATE, CODE and
 * LIMIT they are enum sim_session_state, enum sim_message_code and texts. */
enum { SIM_METER_IN, SIM_METER_OUT };
enum { SIM_METER_SERVER_FULL, SIM_METER_ADDRESS_FULL };
enum { SIM_METER_TOO_SLOW, SIM_METER_TOO_BIG, SIM_METER_TIMED_OUT };
enum { SIM_METER_STORED, SIM_METER_WRITE_LOST };
enum { SIM_METER_WRITTEN, SIM_METER_SUPPRESSED, SIM_METER_LINE_LOST };

struct sim_meter;

struct sim_meter_config {
	const char *version;		/* of the server */
	sim_time started;		/* wall clock */
	/* Called before the text is written, to set what is counted elsewhere;
	 * in the thread that asked for it.  May be NULL. */
	void *ctx;
	void (*collect)(void *ctx, struct sim_meter *m);
};

/* Takes: c, copied.  Freed with sim_meter_free. */
struct sim_meter *sim_meter_new(const struct sim_meter_config *c);
void sim_meter_free(struct sim_meter *m);	/* NULL is fine */

/* Count n more (of a gauge also fewer) of the label's i-th value; 0 where
 * there is no label.  Seconds are given in ns. */
void sim_meter_add(struct sim_meter *m, enum sim_meter_id id, int i,
		   int64_t n);
/* The same by the value's text; one that is none of them counts as "other",
 * or not at all where there is no such. */
void sim_meter_add_text(struct sim_meter *m, enum sim_meter_id id,
			const char *value, int64_t n);
/* It is v now. */
void sim_meter_set(struct sim_meter *m, enum sim_meter_id id, int i,
		   int64_t v);
/* One more value of a histogram. */
void sim_meter_observe(struct sim_meter *m, enum sim_meter_id id, int64_t ns);
/* A request was answered: REQUESTS and REQUEST_TIME. */
void sim_meter_served(struct sim_meter *m, const struct sim_net_done *d);
/* What others count, as it stands; each may be NULL. */
struct sim_meter_sources {
	const struct sim_net_stats *net;
	const struct sim_writer_stats *writer;
	const struct sim_logline_stats *log;
};
void sim_meter_take(struct sim_meter *m, const struct sim_meter_sources *s);

/*
 * Append the text, with "# EOF" at its end.
 *
 * Order: a histogram's buckets and count agree; two samples need not be of the
 *        same moment.
 */
void sim_meter_write(struct sim_meter *m, struct sim_buf *out);

#endif
