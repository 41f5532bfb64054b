/*
 * summary: the figures of a result as JSON, and back: what summary.json of a
 * run folder holds.  Amounts are exact decimal strings.
 */
#ifndef SIM_SUMMARY_H
#define SIM_SUMMARY_H

#include "run/run.h"
#include "util/json.h"

/* Append summary.json; `created` is the caller's time. */
void sim_summary_write(const struct sim_run_spec *spec,
		       const struct sim_run_result *r, sim_time created,
		       struct sim_buf *out);

/* The instruments of a manifest into *r (nsyms, instruments, timeframe). */
int sim_summary_read_symbols(const struct sim_json_val *manifest,
			     struct sim_run_result *r, struct sim_err *err)
	SIM_MUST_CHECK;
/* What stands at its top: strategy, range, hashes, stamps. */
int sim_summary_read_head(const struct sim_json_val *summary,
			  struct sim_run_result *r, struct sim_err *err)
	SIM_MUST_CHECK;
/* All that a summary says into *r, whose symbols are known. */
int sim_summary_read(const struct sim_json_val *summary,
		     struct sim_run_result *r, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
