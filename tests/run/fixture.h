/* Made-up markets for the tests of run: symbols on a 24/7 calendar whose
 * prices walk by a seeded generator, and specifications over them. */
#ifndef FIXTURE_H
#define FIXTURE_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/orders.h"
#include "run/run.h"
#include "walk.h"

#define FIXTURE_SYMS 3
#define FIXTURE_START (INT64_C(1577836800) * SIM_TIME_SEC)	/* 2020-01-01 */

struct fixture {
	struct sim_bar_table bars[FIXTURE_SYMS];
	struct sim_run_data data[FIXTURE_SYMS];
	struct sim_strategy_param params[8];
	struct sim_run_spec spec;
};

/* Symbols AAA, BBB, CCC; BBB lacks every 7th bar. */
static inline void fixture_init(struct fixture *f, size_t bars)
{
	static const struct sim_bar_table empty = SIM_BAR_TABLE_INIT;
	static const struct sim_run_spec spec = SIM_RUN_SPEC_INIT;

	memset(f, 0, sizeof(*f));
	for (int i = 0; i < FIXTURE_SYMS; i++) {
		struct sim_run_data *d = &f->data[i];

		f->bars[i] = empty;
		walk_bars(&f->bars[i], &(struct walk){
			"fixture", (uint64_t)i + 1, FIXTURE_START, bars,
			i == 1 ? 7 : 0 });
		memset(d->instrument.symbol, 'A' + i, 3);
		d->instrument.tick_size = SIM_DEC_ONE / 100;
		d->instrument.lot_size = SIM_DEC_ONE;
		d->instrument.multiplier = SIM_DEC_ONE;
		memcpy(d->instrument.currency, "USD", 4);
		memcpy(d->instrument.calendar, "24/7", 5);
		d->tf = (struct sim_bar_tf){ SIM_BAR_TF_INTRADAY,
					     SIM_TIME_MIN };
		d->bars = sim_bar_table_view(&f->bars[i]);
	}
	f->spec = spec;
	f->spec.data = f->data;
	f->spec.nsyms = 1;
	f->spec.form.source = "sma-cross";
	f->spec.form.params = f->params;
	if (sim_config_preset("us-equity", &f->spec.config, NULL))
		abort();
}

static inline void fixture_release(struct fixture *f)
{
	for (int i = 0; i < FIXTURE_SYMS; i++)
		sim_bar_table_release(&f->bars[i]);
}

static inline void fixture_param(struct fixture *f, const char *name,
				 const char *value)
{
	f->params[f->spec.form.nparams++] =
		(struct sim_strategy_param){ name, value };
}

static inline void fixture_set(struct fixture *f, const char *name,
			       const char *value)
{
	if (sim_config_set(&f->spec.config, name, value, NULL))
		abort();
}

/* Run into *r, which must be initialised; a failure ends the test. */
static inline void fixture_run(struct fixture *f, struct sim_run_result *r)
{
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_run_execute(&f->spec, r, &err), "%s", err.msg);
}

/* A folder of this process' own under the build folder. */
static inline const char *fixture_dir(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "run-test-%ld.tmp", (long)getpid());
	return path;
}
#endif
