/*
 * sess_pace: what a person means by start and step, in messages.
 *
 * A session that is stepped by hand goes without flow control, since nobody
 * acknowledges, and is paused between steps; the interval of an hour keeps it
 * from going on before it is.
 */
#include "cli/sess_pace.h"

#include <stdio.h>
#include <string.h>

#include "util/dec.h"

#define STAND_MS	3600000
#define WAIT_MS		60000	/* for bars, or for results */
#define STEP_MS		600000	/* many steps may take a while */
#define LOOK_MS		20	/* between looks */

int sim_sess_pace_parse(const char *what, const char *text, double *out,
			struct sim_err *err)
{
	size_t n = strlen(text);
	sim_dec d;

	if (!strcmp(text, "max")) {
		*out = 0;
		return SIM_OK;
	}
	if (n && text[n - 1] == 'x')
		n--;
	if (sim_dec_parse(text, n, &d, NULL) || d <= 0)
		return sim_err_set(err, SIM_E_USAGE, "%s is '%.40s'; it must "
				   "be simulated seconds a second, such as 1x "
				   "or 60x, or max", what, text);
	*out = sim_dec_to_double(d);
	return SIM_OK;
}

/* -- starting -------------------------------------------------------------- */

/* Paused at step 0 or 1: make it the first. */
static int stand_at_first(struct sim_cli *cli, const char *id,
			  struct sim_err *err)
{
	const struct sim_message_set_speed at_once = {
		.has_speed = true, .has_tick_interval_ms = true,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = sim_connect_call(cli, SIM_MESSAGE_pause_simulation, NULL, id,
				  &m, err);
	const struct sim_message_status *st = m.m.data;
	bool is_there = !rc && st->sequence_id;

	sim_backend_release(&m);
	if (!rc)
		rc = sim_connect_tell(cli, SIM_MESSAGE_set_speed, &at_once, id,
				      err);
	return rc || is_there ? rc : sim_sess_pace_step(cli, id, 1, err);
}

int sim_sess_pace_start(struct sim_cli *cli, const char *id,
			const double *speed, struct sim_err *err)
{
	const struct sim_message_start_simulation m = {
		.has_flow_control = true,
		.has_account_update_frequency = true,
		.has_tick_interval_ms = true,
		.tick_interval_ms = speed ? 0 : STAND_MS,
		.has_speed = speed != NULL, .speed = speed ? *speed : 0,
		.has_on_disconnect = true, .on_disconnect = 1,
	};
	int rc = sim_connect_tell(cli, SIM_MESSAGE_start_simulation, &m, id,
				  err);

	return rc || speed ? rc : stand_at_first(cli, id, err);
}

/* -- going ----------------------------------------------------------------- */

static int where(struct sim_cli *cli, const char *id, int64_t *left,
		 struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_status *st;
	int rc = sim_connect_call(cli, SIM_MESSAGE_query_status, NULL, id, &m,
				  err);

	if (!rc) {
		st = m.m.data;
		*left = st->ticks_total - st->sequence_id;
	}
	sim_backend_release(&m);
	return rc;
}

static struct sim_message_step_simulation steps_of(int64_t n)
{
	return (struct sim_message_step_simulation){
		.has_ticks = true, .ticks = n,
	};
}

/* The step after the last one is the end, which answers nothing. */
static int step_out(struct sim_cli *cli, const char *id, struct sim_err *err)
{
	const struct sim_message_step_simulation data = steps_of(1);
	const struct sim_backend_request q = {
		.type = SIM_MESSAGE_step_simulation, .data = &data,
		.session_id = id,
	};
	struct sim_backend *b;
	int rc = sim_cli_backend(cli, &b, err);

	if (!rc)
		rc = sim_backend_send(b, &q, NULL, err);
	return rc ? rc : sim_sess_pace_await_end(cli, id, err);
}

static int step(struct sim_cli *cli, const char *id, int64_t n,
		struct sim_err *err)
{
	const struct sim_message_step_simulation data = steps_of(n);
	const struct sim_backend_request q = {
		.type = SIM_MESSAGE_step_simulation, .data = &data,
		.session_id = id, .timeout_ms = STEP_MS,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_backend *b;
	int rc = sim_cli_backend(cli, &b, err);

	if (!rc)
		rc = sim_backend_call(b, &q, &m, err);
	sim_backend_release(&m);
	return rc;
}

int sim_sess_pace_step(struct sim_cli *cli, const char *id, int64_t n,
		       struct sim_err *err)
{
	int64_t left = 0;
	int rc = where(cli, id, &left, err);

	if (!rc && left > 0)
		rc = step(cli, id, n < left ? n : left, err);
	return rc || n <= left ? rc : step_out(cli, id, err);
}

int sim_sess_pace_go(struct sim_cli *cli, const char *id, double speed,
		     struct sim_err *err)
{
	const struct sim_message_set_speed m = {
		.has_speed = true, .speed = speed,
		.has_tick_interval_ms = true,
	};
	int rc = sim_connect_tell(cli, SIM_MESSAGE_set_speed, &m, id, err);

	return rc ? rc : sim_connect_tell(cli, SIM_MESSAGE_resume_simulation,
					  NULL, id, err);
}

/* -- waiting --------------------------------------------------------------- */

/* Let time pass, and events of the session with it.  Gives: how long. */
static int pass(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_backend *b;
	int rc = sim_cli_backend(cli, &b, err);

	if (!rc)
		rc = sim_backend_next(b, LOOK_MS, &m, err);
	sim_backend_release(&m);
	return rc ? (rc < 0 ? rc : 0) : LOOK_MS;
}

static int state_now(struct sim_cli *cli, const char *id, int *state,
		     struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = sim_connect_call(cli, SIM_MESSAGE_get_session, NULL, id, &m,
				  err);

	if (!rc)
		*state = ((const struct sim_message_session_info *)
			  m.m.data)->state;
	sim_backend_release(&m);
	return rc;
}

/* Until it leaves the states `while_in`. */
static int await(struct sim_cli *cli, const char *id, unsigned while_in,
		 int *state, struct sim_err *err)
{
	int rc = state_now(cli, id, state, err), ms = 0;

	while (!rc && while_in >> *state & 1) {
		if (ms >= WAIT_MS)
			return sim_err_set(err, SIM_E_TIMEOUT, "session %s is "
					   "still %s after %d s; session show "
					   "says when it is not", id,
					   sim_session_states[*state],
					   WAIT_MS / 1000);
		rc = pass(cli, err);
		ms += rc > 0 ? rc : 0;
		if (rc >= 0)
			rc = state_now(cli, id, state, err);
	}
	return rc;
}

static int ended_badly(const char *id, int state, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_STATE, "session %s is in the state %s",
			   id, sim_session_states[state]);
}

int sim_sess_pace_await_end(struct sim_cli *cli, const char *id,
			    struct sim_err *err)
{
	int state, rc = await(cli, id, SIM_SESS_STARTED, &state, err);

	return rc || state == SIM_SESSION_COMPLETED ? rc :
		ended_badly(id, state, err);
}

int sim_sess_pace_await_ready(struct sim_cli *cli, const char *id,
			      struct sim_err *err)
{
	int state, rc = await(cli, id, SIM_SESS_IN(INITIALIZING), &state, err);

	return rc || state == SIM_SESSION_READY ? rc :
		ended_badly(id, state, err);
}
