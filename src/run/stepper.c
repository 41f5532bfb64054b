/* stepper: the loop of a run, one step at a time. */
#include "run/stepper.h"

#include "run/loop_priv.h"
#include "run/run_priv.h"
#include "util/mem.h"

struct sim_stepper {
	struct sim_run_spec spec;
	struct sim_prepare prepared;
	struct sim_run_result result;
	struct sim_log log;
	struct sim_loop_setup setup;
	struct sim_loop loop;
	uint64_t steps;			/* 0: not yet counted */
	bool has_begun, is_inside;	/* the loop; a step */
	bool is_finished;
	bool has_failed;		/* nobody is asked any more */
	struct sim_attempt *attempt;	/* under way; or NULL */
};

/* -- making ---------------------------------------------------------------- */

static int begin(struct sim_stepper *l, const struct sim_strategy *s,
		 struct sim_err *err)
{
	int rc;

	l->result.log.max = SIM_BUF_MAX;
	if (l->spec.log)
		sim_log_begin(&l->log, &l->result.log, l->prepared.instruments,
			      l->prepared.nsyms);
	l->setup = (struct sim_loop_setup){
		.prepared = &l->prepared, .spec = &l->spec,
		.config = &l->spec.config, .strategy = s,
		.log = l->spec.log ? &l->log : NULL,
	};
	l->has_begun = true;
	rc = sim_loop_begin(&l->loop, &l->setup, &l->result, err);
	return rc ? rc : sim_extras_init(&l->loop.x, err);
}

int sim_stepper_open(const struct sim_run_spec *spec,
		     const struct sim_strategy *s,
		     struct sim_stepper **out, struct sim_err *err)
{
	struct sim_stepper *l = sim_mem_zalloc(sizeof(*l));
	int rc;

	l->spec = *spec;
	l->spec.form = (struct sim_form)SIM_FORM_INIT;
	l->spec.form.source = s->ops->name;
	rc = sim_prepare_run(&l->spec, &l->prepared, err);
	if (!rc)
		rc = begin(l, s, err);
	if (rc)
		sim_stepper_close(l);
	else
		*out = l;
	return rc;
}

void sim_stepper_close(struct sim_stepper *l)
{
	if (!l)
		return;
	if (l->has_begun)
		sim_loop_release(&l->loop);
	sim_prepare_release(&l->prepared);
	sim_run_result_release(&l->result);
	sim_mem_free(l);
}

/* -- stepping -------------------------------------------------------------- */

static int end_step(struct sim_stepper *l, struct sim_err *err)
{
	if (!l->is_inside)
		return SIM_OK;
	l->is_inside = false;
	return sim_loop_step_end(&l->loop, err);
}

int sim_stepper_step(struct sim_stepper *l, struct sim_err *err)
{
	int rc = end_step(l, err);

	if (!rc)
		rc = sim_loop_step_begin(&l->loop, err);
	l->is_inside = rc == 1;
	l->has_failed = rc < 0;
	return rc;
}

void sim_stepper_foresee(const struct sim_stepper *l, bool is_near)
{
	const struct sim_loop *p = &l->loop;

	if (is_near) {
		if (p->eq->n) {
			SIM_MEM_FETCH(p->eq->time + p->eq->n, 1);
			SIM_MEM_FETCH(p->eq->value + p->eq->n, 1);
		}
		SIM_MEM_FETCH(p->bars, 1);
		SIM_MEM_FETCH(p->cur, 1);
		SIM_MEM_FETCH(p->acc, 1);
	} else {
		SIM_MEM_FETCH(p, offsetof(struct sim_loop, x.host));
		SIM_MEM_FETCH(&p->eq, offsetof(struct sim_loop, turned) -
			      offsetof(struct sim_loop, eq));
		SIM_MEM_FETCH(&l->result.equity, sizeof(l->result.equity));
	}
}

struct sim_strategy_view *sim_stepper_view(struct sim_stepper *l)
{
	return &l->loop.view;
}

void sim_stepper_attempt_begin(struct sim_stepper *l)
{
	l->attempt = sim_attempt_begin(l->loop.e);
	l->loop.x.is_trying = true;
}

void sim_stepper_attempt_end(struct sim_stepper *l)
{
	sim_attempt_end(l->loop.e, l->attempt);
	l->attempt = NULL;
	l->loop.x.is_trying = false;
}

bool sim_stepper_quote(struct sim_stepper *l, uint32_t id,
		       struct sim_attempt_quote *q)
{
	return sim_attempt_quote(l->loop.e, id, q);
}

int sim_stepper_finish(struct sim_stepper *l, const struct sim_run_result **r,
		    struct sim_err *err)
{
	int rc = end_step(l, err);

	if (!rc && !l->is_finished && !l->has_failed)
		rc = sim_extras_end(&l->loop.x, err);
	if (rc)
		return rc;
	if (!l->is_finished) {
		l->is_finished = true;
		sim_loop_finish(&l->loop, &l->result);
		if (l->spec.log)
			sim_log_seal(&l->log, l->result.log_hash);
		sim_run_describe(&l->spec, &l->prepared, &l->result);
	}
	*r = &l->result;
	return SIM_OK;
}

const struct sim_buf *sim_stepper_log(const struct sim_stepper *l,
				      const char **hash)
{
	*hash = l->result.log_hash;
	return &l->result.log;
}

void sim_stepper_log_after(const struct sim_stepper *l, uint64_t seq,
			   struct sim_log_reader *r)
{
	sim_log_open_after(r, &l->result.log, seq, l->prepared.instruments,
			   l->prepared.nsyms);
}

/* -- bars ------------------------------------------------------------------ */

/* The last `want` bars of a series that would step. */
static int last_of(const struct sim_stepper *l, uint32_t i,
		   struct sim_bar_series s, size_t want,
		   struct sim_bar_table *out, struct sim_err *err)
{
	const struct sim_prepare_sym *x = &l->prepared.syms[i];
	struct sim_feed f;
	int rc = sim_feed_prepare(&s, x->data->tf, x->cal, l->spec.extended,
				  &f, err);

	if (rc)
		return rc;
	for (size_t k = f.bars.n > want ? f.bars.n - want : 0; k < f.bars.n;
	     k++) {
		struct sim_bar b = sim_bar_at(&f.bars, k);

		sim_bar_table_add(out, &b, f.bars.flags ? f.bars.flags[k] : 0);
	}
	sim_feed_release(&f);
	return SIM_OK;
}

int sim_stepper_before(const struct sim_stepper *l, uint32_t i, size_t want,
		    struct sim_bar_table *out, struct sim_err *err)
{
	const struct sim_prepare_sym *x = &l->prepared.syms[i];
	const struct sim_run_data *d = x->data;
	struct sim_bar_table own = SIM_BAR_TABLE_INIT;
	struct sim_bar_series s;
	int rc = SIM_OK;

	if (!x->range.n)
		return SIM_OK;
	s = sim_bar_range(&d->bars, SIM_TIME_NONE, x->range.ts[0]);
	if (!s.n || !want)
		return SIM_OK;
	if (l->spec.view != SIM_ADJUST_RAW) {
		struct sim_adjust_actions actions = { d->actions,
						      d->nactions };

		rc = sim_adjust_series(&s, actions, l->spec.view, x->cal, &own,
				       err);
		s = sim_bar_table_view(&own);
	}
	if (!rc)
		rc = last_of(l, i, s, want, out, err);
	sim_bar_table_release(&own);
	return rc;
}

struct sim_bar_series sim_stepper_range(const struct sim_stepper *l, uint32_t i)
{
	return l->prepared.syms[i].feed.bars;
}

struct sim_bar_series sim_stepper_stored(const struct sim_stepper *l,
					 uint32_t i)
{
	return l->prepared.syms[i].range;
}

uint32_t sim_stepper_frames(const struct sim_stepper *l)
{
	return l->loop.x.nframes;
}

struct sim_bar_series sim_stepper_frame(const struct sim_stepper *l,
					uint32_t i, uint32_t k)
{
	size_t at = (size_t)i * SIM_STRATEGY_FRAMES + k;

	return sim_bar_table_view(&l->loop.x.frames[at].bars);
}

uint64_t sim_stepper_bars(const struct sim_stepper *l)
{
	return l->prepared.bars;
}

/* -- how many steps -------------------------------------------------------- */

/* A place in a feed, for counting ends. */
struct place {
	const struct sim_feed *f;
	size_t i, k;
	sim_time end;			/* of bar i; SIM_TIME_MAX: none */
};

static void settle(struct place *p)
{
	const struct sim_feed *f = p->f;

	if (p->i == f->bars.n) {
		p->end = SIM_TIME_MAX;
		return;
	}
	while (f->first[p->k + 1] <= p->i)
		p->k++;
	p->end = sim_feed_end(f, p->i, p->k);
}

static uint64_t count_steps(const struct sim_prepare *p)
{
	struct place *x = sim_mem_array(p->nsyms, sizeof(*x));
	uint64_t n = 0;

	for (uint32_t i = 0; i < p->nsyms; i++) {
		x[i].f = &p->syms[i].feed;
		settle(&x[i]);
	}
	for (;; n++) {
		sim_time t = SIM_TIME_MAX;

		for (uint32_t i = 0; i < p->nsyms; i++)
			t = x[i].end < t ? x[i].end : t;
		if (t == SIM_TIME_MAX)
			break;
		for (uint32_t i = 0; i < p->nsyms; i++) {
			if (x[i].end != t)
				continue;
			x[i].i++;
			settle(&x[i]);
		}
	}
	sim_mem_free(x);
	return n;
}

uint64_t sim_stepper_steps(struct sim_stepper *l)
{
	if (!l->steps)
		l->steps = l->prepared.nsyms == 1 ? l->prepared.bars :
			count_steps(&l->prepared);
	return l->steps;
}

enum sim_stepper_hours sim_stepper_hours(const struct sim_stepper *l)
{
	const struct sim_strategy_view *v = &l->loop.view;
	const struct sim_feed *f;
	const struct sim_hours *x;
	size_t at;

	if (!l->spec.extended || !v->ntraded)
		return SIM_STEPPER_REGULAR;
	f = &l->prepared.syms[v->traded[0]].feed;
	at = v->syms[v->traded[0]].bars.n - 1;
	x = &f->sessions[sim_feed_session_of(f, at)];
	if (f->bars.ts[at] < x->open)
		return SIM_STEPPER_PRE_MARKET;
	return f->bars.ts[at] < x->close ? SIM_STEPPER_REGULAR :
		SIM_STEPPER_AFTER_HOURS;
}
