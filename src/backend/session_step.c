/* session_step: when a session steps, its steps and its end. */
#include "backend/session_priv.h"

#include <math.h>
#include <string.h>

#include "report/measure.h"
#include "report/of_run.h"

/* -- when ------------------------------------------------------------------ */

int64_t sim_session_interval(const struct sim_session *s)
{
	const struct sim_session_pace *p = &s->pace;
	double ms = p->speed > 0 ?
		(double)s->tf.span / (double)SIM_TIME_MS / p->speed : 0;

	if (ms > (double)p->interval_ms)
		return ms < 1e12 ? (int64_t)ms : INT64_C(1000000000000);
	return p->interval_ms;
}

void sim_session_release_hold(struct sim_session *s)
{
	struct sim_session_pace *p = &s->pace;

	if (p->hold.is_on && p->hold.sequence > p->acked)
		p->acked = p->hold.sequence;
	p->hold.is_on = false;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* May the next tick be made without an acknowledgement?  After the last one
 * comes the end, for which all must be there.  Steps that are asked for wait
 * for nobody when there is nobody. */
static bool may_go_on(const struct sim_session *s)
{
	const struct sim_session_pace *p = &s->pace;
	uint64_t step = sim_stepper_view(s->stepper)->step;
	uint64_t pending = step - p->acked;

	return !p->flow || (p->quota && !s->is_driven) ||
		(step < s->total ? pending < p->max_pending : !pending);
}

int64_t sim_session_due(const struct sim_session *s, int64_t now_ms)
{
	const struct sim_session_pace *p = &s->pace;

	if (!s->has_sink || s->is_over ||
	    (s->state != SIM_SESSION_RUNNING && s->state != SIM_SESSION_PAUSED))
		return SIM_SESSION_NEVER;
	if (s->is_stopping)
		return now_ms;
	if (s->state == SIM_SESSION_PAUSED && !p->quota)
		return SIM_SESSION_NEVER;
	if (p->flow && p->hold.is_on)
		return later(p->hold.until_ms, p->next_ms);
	return may_go_on(s) ? later(p->next_ms, now_ms) : SIM_SESSION_NEVER;
}

void sim_session_foresee(const struct sim_session *s,
			 enum sim_session_distance d)
{
	switch (d) {
	case SIM_SESSION_FAR:
		SIM_MEM_FETCH(s, offsetof(struct sim_session, created));
		SIM_MEM_FETCH(&s->stepper, offsetof(struct sim_session, talk) -
			      offsetof(struct sim_session, stepper));
		SIM_MEM_FETCH(&s->talk, offsetof(struct sim_talk, orders));
		SIM_MEM_FETCH(&s->pace, offsetof(struct sim_session, missed) -
			      offsetof(struct sim_session, pace));
		return;
	case SIM_SESSION_NEARER:
	case SIM_SESSION_NEAR:
		if (s->stepper)
			sim_stepper_foresee(s->stepper,
					    d == SIM_SESSION_NEAR);
		return;
	}
}

/* -- a step ---------------------------------------------------------------- */

/* A session that nobody drives is made again to where its last input came, so
 * the end of its steps is one, which changes nothing. */
static void keep_place(struct sim_session *s)
{
	static const char line[] = "{\"type\":\"query_status\",\"data\":{}}";

	if (!s->is_driven && s->has_sink && s->sink.record)
		s->sink.record(s->sink.ctx, sim_session_view(s)->step, line,
			       sizeof(line) - 1);
}

void sim_session_end_steps(struct sim_session *s)
{
	s->pace.quota = 0;
	keep_place(s);
	sim_session_tell_status(s, SIM_MESSAGE_simulation_stepped,
				s->step_request);
	sim_mem_free(s->step_request);
	s->step_request = NULL;
}

bool sim_session_step(struct sim_session *s, sim_time now, int64_t now_ms)
{
	struct sim_err err = SIM_ERR_INIT;
	int rc = 0;

	sim_session_release_hold(s);
	sim_session_stamp(s, now);
	if (!s->is_stopping)
		rc = sim_stepper_step(s->stepper, &err);
	if (rc < 0) {
		sim_session_die(s, &err);
		return false;
	}
	if (!rc) {
		s->is_over = true;
		if (s->pace.quota)
			sim_session_end_steps(s);
		sim_session_flush(s);
		return true;
	}
	sim_session_tell_step(s);
	if (s->pace.quota == 1)
		sim_session_end_steps(s);
	else if (s->pace.quota)
		s->pace.quota--;
	s->pace.next_ms = now_ms + sim_session_interval(s);
	sim_session_flush(s);
	return false;
}

/* -- the end --------------------------------------------------------------- */

static int measure(const struct sim_session *s, struct sim_metrics *m,
		   struct sim_err *err)
{
	static const enum sim_metrics_id wanted[] = {
		SIM_METRICS_TOTAL_RETURN, SIM_METRICS_TRADES, SIM_METRICS_WINS,
		SIM_METRICS_WIN_RATE, SIM_METRICS_MAX_DRAWDOWN,
		SIM_METRICS_SHARPE, SIM_METRICS_SORTINO, SIM_METRICS_CALMAR,
		SIM_METRICS_COST_COMMISSION,
	};
	struct sim_measure w = SIM_MEASURE_INIT;
	struct sim_report_input in;
	int rc;

	sim_of_run(s->result, &in);
	in.adjusts = s->splits;
	in.n_adjusts = s->nsplits;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		w.want[wanted[i]] = true;
	rc = sim_measure_run(&w, &in, m, err);
	sim_measure_release(&w);
	return rc;
}

static sim_dec commission_of(const struct sim_run_result *r)
{
	sim_dec sum = 0;

	for (size_t i = 0; i < r->nfills; i++)
		sum += r->fills[i].commission;
	return sum;
}

static int64_t count_of(double v)
{
	return isnan(v) ? 0 : (int64_t)v;
}

static void say_result(struct sim_session *s, const struct sim_metrics *m,
		       sim_time now)
{
	const struct sim_run_result *r = s->result;
	struct sim_message_simulation_end e = {
		.final_equity = r->account.equity,
		.total_return_pct = 100 * m->v[SIM_METRICS_TOTAL_RETURN],
		.total_trades = count_of(m->v[SIM_METRICS_TRADES]),
		.winning_trades = count_of(m->v[SIM_METRICS_WINS]),
		.win_rate = 100 * m->v[SIM_METRICS_WIN_RATE],
		.total_commission = commission_of(r),
		.max_drawdown_pct = -100 * m->v[SIM_METRICS_MAX_DRAWDOWN],
		.sharpe_ratio = m->v[SIM_METRICS_SHARPE],
		.sortino_ratio = m->v[SIM_METRICS_SORTINO],
		.calmar_ratio = m->v[SIM_METRICS_CALMAR],
		.simulation_duration_sec = now > s->started ?
			(double)(now - s->started) / (double)SIM_TIME_SEC : 0,
	};
	size_t at = s->out.len;

	sim_talk_send(&s->talk, s->is_one_shot ? SIM_MESSAGE_simulation_end :
		      SIM_MESSAGE_simulation_complete, &e, NULL);
	sim_buf_reset(&s->result_line);
	sim_buf_add(&s->result_line, s->out.data + at, s->out.len - at);
}

void sim_session_conclude(struct sim_session *s, sim_time now)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_metrics m;
	int rc = sim_stepper_finish(s->stepper, &s->result, &err);

	sim_session_stamp(s, now);
	sim_talk_tell_events(&s->talk);
	if (!rc)
		rc = measure(s, &m, &err);
	if (rc) {
		sim_session_die(s, &err);
		return;
	}
	s->state = SIM_SESSION_COMPLETED;
	say_result(s, &m, now);
	sim_session_flush(s);
}
