/* batch: one preparation and one manifest's tail, many passes. */
#include "run/batch.h"

#include <string.h>

#include "run/log.h"
#include "run/loop.h"
#include "run/manifest.h"
#include "run/reach.h"
#include "run/run_priv.h"
#include "util/mem.h"

struct sim_batch {
	struct sim_run_spec spec;
	struct sim_prepare prepared;
	struct sim_buf tail;
};

static void make_tail(struct sim_batch *b)
{
	struct sim_manifest_facts facts = { .nsyms = b->prepared.nsyms };

	facts.syms = sim_mem_array(facts.nsyms, sizeof(*facts.syms));
	for (uint32_t i = 0; i < facts.nsyms; i++)
		sim_manifest_bars(&b->prepared.syms[i], &facts.syms[i]);
	sim_manifest_tail(&b->spec, &facts, &b->tail);
	sim_mem_free(facts.syms);
}

int sim_batch_open(const struct sim_run_spec *spec, struct sim_batch **out,
		   struct sim_err *err)
{
	struct sim_batch *b;
	int rc;

	if (spec->orders || !spec->form.source)
		return sim_err_set(err, SIM_E_INVAL, "many runs at once need a "
				   "strategy; a list of orders has no "
				   "parameters");
	b = sim_mem_zalloc(sizeof(*b));
	b->spec = *spec;
	b->spec.progress = NULL;
	b->spec.stop = NULL;
	b->tail.max = SIM_BUF_MAX;
	rc = sim_prepare_run(&b->spec, &b->prepared, err);
	if (rc) {
		sim_batch_close(b);
		return rc;
	}
	make_tail(b);
	*out = b;
	return SIM_OK;
}

void sim_batch_close(struct sim_batch *b)
{
	if (!b)
		return;
	sim_prepare_release(&b->prepared);
	sim_buf_release(&b->tail);
	sim_mem_free(b);
}

uint64_t sim_batch_bars(const struct sim_batch *b)
{
	return b->prepared.bars;
}

const struct sim_buf *sim_batch_tail(const struct sim_batch *b)
{
	return &b->tail;
}

/* The loop, with the log when it is wanted. */
static int pass(const struct sim_batch *b, const struct sim_run_spec *spec,
		const struct sim_strategy *s, struct sim_run_result *r,
		struct sim_err *err)
{
	const struct sim_prepare *p = &b->prepared;
	struct sim_log log;
	struct sim_loop_setup setup = {
		.prepared = p, .spec = spec, .config = &spec->config,
		.strategy = s, .log = spec->log ? &log : NULL,
	};
	int rc;

	sim_buf_reset(&r->log);
	r->log_hash[0] = '\0';
	if (spec->log)
		sim_log_begin(&log, &r->log, p->instruments, p->nsyms);
	rc = sim_loop_run(&setup, r, err);
	if (spec->log && !rc)
		sim_log_seal(&log, r->log_hash);
	r->nreach = 0;
	if (spec->reach && !rc)
		sim_reach_make(p, r);
	return rc;
}

int sim_batch_run(const struct sim_batch *b, const struct sim_batch_point *pt,
		  struct sim_run_result *r, struct sim_err *err)
{
	struct sim_run_spec spec = b->spec;
	struct sim_strategy s = { NULL, NULL, "" };
	int rc;

	spec.form.params = pt->params;
	spec.form.nparams = pt->nparams;
	spec.form.seed = spec.seed;
	spec.form.hang = pt->hang;
	spec.form.hang_ctx = pt->hang_ctx;
	spec.log = pt->log;
	spec.reach = pt->reach;
	spec.stop = spec.form.stop = pt->stop;
	r->log.max = r->manifest.max = SIM_BUF_MAX;
	rc = sim_form_open(&spec.form, &s, err);
	if (rc)
		return rc;
	rc = pass(b, &spec, &s, r, err);
	if (!rc && !r->instruments)
		sim_run_describe(&spec, &b->prepared, r);
	if (!rc)
		sim_manifest_join(&spec, &s, &b->tail, &r->manifest,
				  r->manifest_hash);
	s.ops->free(s.self);
	return rc;
}
