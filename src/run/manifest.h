/*
 * manifest: everything that decides a run, as canonical JSON.
 *
 * Data hashes, configuration, strategy, parameters, seed, engine version; no
 * path, clock or id.  The identity of a run is (manifest hash, log hash).
 */
#ifndef SIM_MANIFEST_H
#define SIM_MANIFEST_H

#include "run/prepare.h"
#include "util/json.h"

/* What is known once a run has been prepared and made. */
struct sim_manifest_sym {
	const struct sim_run_data *data;
	size_t bars;			/* used, of the range */
	sim_time first, last;		/* stamps of those */
	uint8_t hash[SIM_SHA256_SIZE];	/* sim_store_hash of those */
};
struct sim_manifest_facts {
	uint32_t nsyms;
	struct sim_manifest_sym *syms;	/* by symbol name */
	const struct sim_strategy *strategy;	/* NULL with an order list */
	/* Where it was stopped or where its strategy failed; one of them or
	 * none, and the last event then. */
	uint64_t stop_step, failed_step, stop_seq;
	bool is_cut;			/* stopped inside of the step */
};

/* Write it into *out (reset). */
void sim_manifest_write(const struct sim_run_spec *spec,
			const struct sim_manifest_facts *facts,
			struct sim_buf *out, char hex[SIM_SHA256_HEX]);

/*
 * The same in two parts, for many runs that differ in their strategy's
 * parameters alone: what stands behind the strategy (facts->strategy is not
 * looked at), and the whole made with it.
 */
void sim_manifest_tail(const struct sim_run_spec *spec,
		       const struct sim_manifest_facts *facts,
		       struct sim_buf *tail);
void sim_manifest_join(const struct sim_run_spec *spec,
		       const struct sim_strategy *strategy,
		       const struct sim_buf *tail, struct sim_buf *out,
		       char hex[SIM_SHA256_HEX]);

/* Let a run whose strategy failed end where it did, without asking it again
 * for what it failed in. */
void sim_manifest_cut(const struct sim_json_doc *doc,
		      struct sim_run_spec *spec);

/* The bars of a prepared symbol as a fact: the stored hash when they are all,
 * else one that is made (O(bars)). */
void sim_manifest_bars(const struct sim_prepare_sym *s,
		       struct sim_manifest_sym *m);

/* A hash over corporate actions as text, one a line. */
void sim_manifest_hash_actions(const struct sim_action *a, size_t n,
			       char hex[SIM_SHA256_HEX]);

/*
 * Turn a manifest back into what can be run again: all of the specification
 * but data and orders.
 *
 * Gives:  *spec, whose pointers die with *doc or with params[].
 * Errors: SIM_E_DATA what is missing or of another version.
 */
int sim_manifest_read(const struct sim_json_doc *doc,
		      struct sim_strategy_param params[SIM_RUN_PARAMS_MAX],
		      struct sim_run_spec *spec, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
