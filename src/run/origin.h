/*
 * origin: where a saved strategy comes from and how it is treated: what is no
 * part of what it is, and so stands in no manifest.
 */
#ifndef SIM_ORIGIN_H
#define SIM_ORIGIN_H

#include "strategy/form.h"
#include "util/json.h"

/* Write its members into the open object; none for a built-in strategy. */
void sim_origin_write(struct sim_json *j, const struct sim_form *f);

/*
 * Read them, where they are; what isn't there is left as it is.
 *
 * Gives:  true when there is a source; texts live as long as the document.
 */
bool sim_origin_read(const struct sim_json_val *v, struct sim_form *f);

#endif
