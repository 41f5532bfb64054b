/*
 * plan: the plans of a user and what each allows (plan.def).
 */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include <stdint.h>

#include "util/err.h"

enum sim_plan {
#define SIM_PLAN(id, name) SIM_PLAN_##id,
#include "model/plan.def"
#undef SIM_PLAN
	SIM_PLAN__COUNT
};
enum sim_plan_limit {
#define SIM_PLAN_LIMIT(key, free, professional, enterprise, local, help) \
	SIM_PLAN_LIMIT_##key,
#include "model/plan.def"
#undef SIM_PLAN_LIMIT
	SIM_PLAN_LIMIT__COUNT
};

/* Their names in that order, NULL-ended. */
extern const char *const sim_plan_names[];
/* The same of those that a user can be given, which sim_plan_parse reads. */
extern const char *const sim_plan_given[];
/* Errors: SIM_E_INVAL with the list of plans. */
int sim_plan_parse(const char *s, enum sim_plan *out, struct sim_err *err)
	SIM_MUST_CHECK;
/* How much a plan allows. */
int64_t sim_plan_limit(enum sim_plan plan, enum sim_plan_limit limit);
/* The limit's name on the wire, and a line about it; NULL past the last. */
const char *sim_plan_limit_key(int limit);
const char *sim_plan_limit_help(int limit);

#endif
