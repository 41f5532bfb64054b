/* plugin_priv: a plugin at work, shared by its loader and its host. */
#ifndef SIM_PLUGIN_PRIV_H
#define SIM_PLUGIN_PRIV_H

#include <simutrador.h>

#include "strategy/crash.h"
#include "strategy/plugin.h"
#include "strategy/watchdog.h"
#include "util/rand.h"

#define SIM_PLUGIN_TEXT 256		/* bytes of a value or sentence */

struct sim_plugin_value {
	char text[SIM_PLUGIN_TEXT];	/* canonical */
	int64_t whole;
	double real;
};

struct sim_plugin {
	struct simu_host host;		/* its ctx is this struct */
	struct sim_watchdog watch;
	struct sim_crash crash;
	struct simu_step step;
	struct simu_strategy row;	/* as far as the plugin knows it */
	struct sim_strategy_ops ops;	/* without the slots it leaves out */
	void *library;
	void *self;			/* the plugin's own */
	struct sim_strategy_view *view;
	struct sim_rand rand;
	const char *callback;		/* that is under way */
	bool is_looking;		/* it is quiet, which asks nothing */
	char timeframe[16];
	char label[SIM_FORM_NAME_MAX];
	struct simu_param params[SIM_PLUGIN_PARAMS];
	struct sim_plugin_value values[SIM_PLUGIN_PARAMS];
	/* The newest refusal, and what ends the run when fatal is not 0. */
	struct sim_err why, end;
	int fatal;
};

/* Fill in the host's functions. */
void sim_plugin_host(struct sim_plugin *p, const struct sim_form *f);
/* Index of a declared parameter, or -1. */
int sim_plugin_index(const struct sim_plugin *p, const char *name);

#endif
