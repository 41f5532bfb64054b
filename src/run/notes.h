/*
 * notes: what a strategy said in a run, as canonical NDJSON: a line a note,
 * keys in a fixed order.
 */
#ifndef SIM_NOTES_H
#define SIM_NOTES_H

#include "model/instrument.h"
#include "model/note.h"
#include "util/buf.h"

#define SIM_NOTES_BYTES_MAX ((size_t)1 << 30)

struct sim_notes {
	struct sim_buf text;
	uint64_t n;
};

void sim_notes_reset(struct sim_notes *s);	/* keeps the memory */
void sim_notes_release(struct sim_notes *s);

/* "metric", "mark", "log"; NULL past the last. */
const char *sim_notes_kind(int kind);

/* Append a note.  Errors: SIM_E_STRATEGY too many, too long, not finite, or a
 * symbol that the run hasn't. */
int sim_notes_add(struct sim_notes *s, const struct sim_note *n,
		  const struct sim_instrument *ins, uint32_t nsyms,
		  struct sim_err *err) SIM_MUST_CHECK;

/* A saved file.  Errors: SIM_E_DATA with the line that is none. */
int sim_notes_read(struct sim_notes *s, const char *p, size_t n,
		   const struct sim_instrument *ins, uint32_t nsyms,
		   struct sim_err *err) SIM_MUST_CHECK;

/* All of them, in order; symbol is NULL for the account's. */
void sim_notes_each(const struct sim_notes *s, const struct sim_instrument *ins,
		    uint32_t nsyms,
		    void (*each)(void *ctx, const struct sim_note *n,
				 const char *symbol), void *ctx);

/* What a report shows: the last value of each metric, in the order in which
 * they were first said, and the marks. */
struct sim_notes_metric {
	char name[SIM_NOTE_NAME_MAX + 1];
	double value;
};
struct sim_notes_mark {
	sim_time time;
	uint32_t sym;			/* UINT32_MAX: the account */
	char *text;
};
struct sim_notes_view {
	struct sim_notes_metric *metrics;
	size_t nmetrics, metrics_cap;
	struct sim_notes_mark *marks;
	size_t nmarks, marks_cap;
	uint64_t logs;			/* lines of its log */
};
/* Of notes that were added or read; released with the function below. */
void sim_notes_view(const struct sim_notes *s, const struct sim_instrument *ins,
		    uint32_t nsyms, struct sim_notes_view *out);
void sim_notes_view_release(struct sim_notes_view *v);

#endif
