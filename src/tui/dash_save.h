/*
 * dash_save: what a model has heard, kept, so that one can go back to it
 * without hearing everything again.  How one looks at it is not part of it.
 */
#ifndef SIM_DASH_SAVE_H
#define SIM_DASH_SAVE_H

#include "tui/dash.h"

struct sim_dash_saved;

/* A copy of what was heard so far; freed by the caller. */
struct sim_dash_saved *sim_dash_save(const struct sim_dash *d);
/* Forget what was heard since (or before: any two will do). */
void sim_dash_restore(struct sim_dash *d, const struct sim_dash_saved *s);
void sim_dash_saved_free(struct sim_dash_saved *s);	/* NULL is fine */
/* Bytes it takes. */
size_t sim_dash_saved_bytes(const struct sim_dash_saved *s);

#endif
