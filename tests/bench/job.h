/* The specification of a bench's run: crypto symbols at a percentage, without
 * slippage or volume cap. */
#ifndef JOB_H
#define JOB_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/run.h"

#define JOB_SYMS	10

static inline void must(int rc, const struct sim_err *err)
{
	if (!rc)
		return;
	fprintf(stderr, "bench: %s\n", err->msg);
	exit(1);
}

static const struct sim_instrument crypto = {
	.symbol = "W", .tick_size = 1000, .lot_size = SIM_DEC_ONE,
	.multiplier = SIM_DEC_ONE, .currency = "USD",
	.asset_class = SIM_ASSET_CLASS_CRYPTO, .calendar = "24/7",
};

static const uint8_t no_hash[SIM_SHA256_SIZE];

struct job {
	struct sim_run_data data[JOB_SYMS];
	struct sim_run_spec spec;
	struct sim_strategy_param params[8];
};

static inline void job_init(struct job *j, const struct sim_bar_table *t,
		     uint32_t nsyms)
{
	static const char *const settings[][2] = {
		{ "cash", "1000000" }, { "slippage", "none" },
		{ "commission", "percent:0.1" }, { "max-volume-share", "off" },
	};
	struct sim_err err;
	struct sim_run_spec spec = SIM_RUN_SPEC_INIT;

	memset(j, 0, sizeof(*j));
	for (uint32_t i = 0; i < nsyms; i++) {
		j->data[i].instrument = crypto;
		snprintf(j->data[i].instrument.symbol, 33, "S%02u", i);
		must(sim_bar_tf_parse("1min", &j->data[i].tf, &err), &err);
		j->data[i].bars = sim_bar_table_view(&t[i]);
		j->data[i].hash = no_hash;
	}
	j->spec = spec;
	j->spec.data = j->data;
	j->spec.nsyms = nsyms;
	must(sim_config_preset("us-equity", &j->spec.config, &err), &err);
	for (int i = 0; i < 4; i++)
		must(sim_config_set(&j->spec.config, settings[i][0],
				    settings[i][1], &err), &err);
	j->spec.form.source = "sma-cross";
	j->spec.form.params = j->params;
	j->spec.log = false;
	j->spec.band = false;
}

static inline void param(struct job *j, const char *name, const char *value)
{
	j->params[j->spec.form.nparams++] =
		(struct sim_strategy_param){ name, value };
}

#endif
