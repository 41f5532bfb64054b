/*
 * out_stamp: how the times of results are written.
 *
 * A form and a zone for people and programs to choose; what is stored never
 * changes.
 */
#ifndef SIM_OUT_STAMP_H
#define SIM_OUT_STAMP_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"
#include "util/time.h"
#include "util/tz.h"

enum sim_out_stamp_form {
	SIM_OUT_STAMP_RFC3339,	/* 2024-01-16T09:30:00-05:00, Z for UTC */
	SIM_OUT_STAMP_EPOCH,	/* seconds since 1970, with a fraction */
	SIM_OUT_STAMP_EPOCH_US,	/* whole microseconds since 1970 */
	SIM_OUT_STAMP_LOCAL	/* 2024-01-16 09:30:00 */
};
/* Their names in that order, NULL-ended. */
extern const char *const sim_out_stamp_forms[];

struct sim_out_stamp {
	enum sim_out_stamp_form form;
	struct sim_tz *tz;		/* owned; NULL: UTC */
};

/*
 * Choose by words.
 *
 * Takes:  form, one of the names or NULL; zone, a name, "local" (the machine's:
 *         TZ, else /etc/localtime, else UTC), or NULL: UTC, but the machine's
 *         for the form "local".
 * Gives:  *s, to be released.
 * Errors: SIM_E_USAGE an unknown zone.
 */
int sim_out_stamp_open(const char *form, const char *zone,
		       struct sim_out_stamp *s, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_out_stamp_release(struct sim_out_stamp *s);

/* t as text; buf holds SIM_TIME_STRMAX bytes, gives the length. */
size_t sim_out_stamp_text(const struct sim_out_stamp *s, sim_time t, char *buf);
/* Whether that text is a number. */
bool sim_out_stamp_is_number(const struct sim_out_stamp *s);

#endif
