/* plan: lookups in plan.def. */
#include "model/plan.h"

#include <string.h>

const char *const sim_plan_names[] = {
#define SIM_PLAN(id, name) name,
#include "model/plan.def"
#undef SIM_PLAN
	NULL
};

const char *const sim_plan_given[] = {
#define SIM_PLAN(id, name) SIM_PLAN_##id == SIM_PLAN_LOCAL ? NULL : name,
#include "model/plan.def"
#undef SIM_PLAN
	NULL
};

static const struct {
	const char *key, *help;
	int64_t allowed[SIM_PLAN__COUNT];
} limits[] = {
#define SIM_PLAN_LIMIT(key, free, professional, enterprise, local, help) \
	{ #key, help, { free, professional, enterprise, local } },
#include "model/plan.def"
#undef SIM_PLAN_LIMIT
};

int sim_plan_parse(const char *s, enum sim_plan *out, struct sim_err *err)
{
	for (int i = 0; i < SIM_PLAN_LOCAL; i++) {
		if (!strcmp(sim_plan_names[i], s)) {
			*out = (enum sim_plan)i;
			return SIM_OK;
		}
	}
	return sim_err_set(err, SIM_E_INVAL, "'%.40s' is no plan; the plans are"
			   " free, professional and enterprise", s);
}

int64_t sim_plan_limit(enum sim_plan plan, enum sim_plan_limit limit)
{
	return limits[limit].allowed[plan];
}

const char *sim_plan_limit_key(int limit)
{
	return limit >= 0 && limit < SIM_PLAN_LIMIT__COUNT ?
		limits[limit].key : NULL;
}

const char *sim_plan_limit_help(int limit)
{
	return limit >= 0 && limit < SIM_PLAN_LIMIT__COUNT ?
		limits[limit].help : NULL;
}
