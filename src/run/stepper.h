/*
 * stepper: a run that its caller steps, at whatever pace: the engine of a
 * session that somebody elsewhere trades.
 *
 * With the same requests at the same steps its log is that of sim_run_execute,
 * byte for byte.  One thread at a time.
 */
#ifndef SIM_STEPPER_H
#define SIM_STEPPER_H

#include "engine/attempt.h"
#include "run/log.h"
#include "run/run.h"

struct sim_stepper;

/*
 * Prepare, and call the strategy's init.
 *
 * Takes:  spec, copied, without form, orders, turns and fork; what it points
 *         to outlives *out.  s: a strategy that is told of events, fills and
 *         steps; its on_step asks for nothing.  Borrowed.
 * Errors: those of sim_prepare_run, of the engine and of init.
 * Cost:   as preparing a run: the view of adjusted bars is made here.
 */
int sim_stepper_open(const struct sim_run_spec *spec,
		  const struct sim_strategy *s, struct sim_stepper **out,
		  struct sim_err *err) SIM_MUST_CHECK;
void sim_stepper_close(struct sim_stepper *l);	/* NULL is fine */

/*
 * End the step that is under way, and make the next; then requests may come
 * through the host of the view.
 *
 * Gives:  1 a step was made; 0 there are no more bars, or stop was asked for.
 * Errors: those of the engine and the strategy: no more steps then.
 */
int sim_stepper_step(struct sim_stepper *l, struct sim_err *err) SIM_MUST_CHECK;

/* It will be stepped before long: have the processor fetch what a step needs.
 * Order: first with is_near false; when that has come, with true. */
void sim_stepper_foresee(const struct sim_stepper *l, bool is_near);

/* What the strategy sees; lives and changes with the run. */
struct sim_strategy_view *sim_stepper_view(struct sim_stepper *l);

/*
 * Between begin and end, requests are an attempt: they are answered as ever and
 * its strategy hears of their events, but the log does not, and end puts back
 * what they did.  No step in between.
 */
void sim_stepper_attempt_begin(struct sim_stepper *l);
void sim_stepper_attempt_end(struct sim_stepper *l);
/* What an open order is expected to cost; see sim_attempt_quote(). */
bool sim_stepper_quote(struct sim_stepper *l, uint32_t id,
		       struct sim_attempt_quote *q);

/*
 * The bars of symbol i (by name) that come just before its range, as the
 * strategy would see them.
 *
 * Gives:  at most `want`, appended to *out, oldest first.
 * Errors: those of the calendar and of adjusting.
 */
int sim_stepper_before(const struct sim_stepper *l, uint32_t i, size_t want,
		    struct sim_bar_table *out, struct sim_err *err)
	SIM_MUST_CHECK;
/* All bars of symbol i that the run steps over. */
struct sim_bar_series sim_stepper_range(const struct sim_stepper *l,
					uint32_t i);
/* All bars of its range as they are stored: raw, at all hours. */
struct sim_bar_series sim_stepper_stored(const struct sim_stepper *l,
					 uint32_t i);
/* The higher timeframes that the strategy asked for, and all bars of the k-th,
 * of symbol i. */
uint32_t sim_stepper_frames(const struct sim_stepper *l);
struct sim_bar_series sim_stepper_frame(const struct sim_stepper *l,
					uint32_t i, uint32_t k);
/* Bars of all symbols, and how many steps they make.
 * Cost: the second counts once, by merging the symbols' bars. */
uint64_t sim_stepper_bars(const struct sim_stepper *l);
uint64_t sim_stepper_steps(struct sim_stepper *l);

/* The event log so far, sealed once the run is finished; *hash is "" until
 * then.  Both live with l. */
const struct sim_buf *sim_stepper_log(const struct sim_stepper *l,
				      const char **hash);
/* Read it, from behind the event of this seq on. */
void sim_stepper_log_after(const struct sim_stepper *l, uint64_t seq,
			   struct sim_log_reader *r);

/* When the bars of this step were traded. */
enum sim_stepper_hours {
	SIM_STEPPER_REGULAR, SIM_STEPPER_PRE_MARKET, SIM_STEPPER_AFTER_HOURS
};
enum sim_stepper_hours sim_stepper_hours(const struct sim_stepper *l);

/*
 * End the run where it stands; no step afterwards.
 *
 * Gives:  the result, sealed, with its log but without manifest and band; it
 *         lives as long as l.
 */
int sim_stepper_finish(struct sim_stepper *l, const struct sim_run_result **r,
		    struct sim_err *err) SIM_MUST_CHECK;

#endif
