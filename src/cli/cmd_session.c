/* simutrador session: list, look, and let the clock go or stand. */
#include "cli/sess.h"

#include <string.h>

#include "cli/seen.h"
#include "cli/sess_pace.h"
#include "cli/sess_run.h"

extern const struct sim_cmd sim_cmd_session_list, sim_cmd_session_show,
	sim_cmd_session_status, sim_cmd_session_pause, sim_cmd_session_resume,
	sim_cmd_session_stop, sim_cmd_session_step, sim_cmd_session_speed,
	sim_cmd_session_delete;

/* The operand that may be left out. */
static const char *given(const struct sim_cli *cli)
{
	return cli->argc ? cli->argv[0] : NULL;
}

/* -- list and show --------------------------------------------------------- */

static const char *only_state;

static const struct sim_opt list_opts[] = {
	{ SIM_OPT_ENUM, "state", .arg = "STATE",
	  .help = "only sessions in this state", .value = &only_state,
	  .choices = sim_session_states },
	{ .kind = SIM_OPT_END }
};
static const char *const list_examples[] = {
	"simutrador session list --state running -o name",
	NULL
};

static bool is_wanted(const struct sim_json_val *v)
{
	const char *state = sim_json_as_str(sim_json_get(v, "state"));

	return !only_state || (state && !strcmp(state, only_state));
}

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_json_val *list = NULL;
	int rc = SIM_OK;

	if (sim_connect_has_sessions(cli)) {
		rc = sim_connect_call(cli, SIM_MESSAGE_list_sessions, NULL,
				      NULL, &m, err);
		list = sim_json_get(sim_sess_data(&m), "sessions");
	}
	if (rc)
		return rc;
	sim_sess_seen(cli, list);
	sim_out_list(cli->out, sim_sess_cols);
	for (size_t i = 0; i < sim_json_len(list); i++) {
		if (!is_wanted(sim_json_at(list, i)))
			continue;
		sim_out_row(cli->out);
		sim_sess_put(cli->out, sim_json_at(list, i), SIM_TIME_NONE);
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
	sim_backend_release(&m);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_session_list = {
	.name = "session list", .summary = "list sessions, newest first",
	.operands = "", .opts = list_opts, .cols = sim_sess_cols,
	.examples = list_examples, .run = run_list,
};

static const char *const show_examples[] = {
	"simutrador session show last -o table",
	NULL
};

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_sess s = SIM_SESS_INIT;
	int rc = sim_sess_find(cli, given(cli), SIM_SESS_ANY, &s, err);

	if (!rc)
		rc = sim_sess_put_whole(cli, &s, err);
	sim_sess_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_session_show = {
	.name = "session show", .summary = "show a session",
	.operands = "[SESSION]", .max = 1, .words = SIM_OPT_WORDS_SESSION,
	.cols = sim_sess_cols, .examples = show_examples, .run = run_show,
};

static const char *const status_examples[] = {
	"simutrador session status last",
	NULL
};

const struct sim_cmd sim_cmd_session_status = {
	.name = "session status", .summary = "the same as session show",
	.operands = "[SESSION]", .max = 1, .words = SIM_OPT_WORDS_SESSION,
	.cols = sim_sess_cols, .examples = status_examples, .run = run_show,
};

/* -- the clock ------------------------------------------------------------- */

/* One request, answered with where the session stands. */
static int control(struct sim_cli *cli, enum sim_message_type type,
		   const void *data, const char *id, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = sim_connect_call(cli, type, data, id, &m, err);

	if (!rc)
		sim_sess_put_status(cli->out, id, m.m.data, NULL);
	sim_backend_release(&m);
	return rc;
}

static const char *const pause_examples[] = {
	"simutrador session pause spring",
	NULL
};

static int run_pause(struct sim_cli *cli, struct sim_err *err)
{
	const char *id;
	int rc = sim_sess_id(cli, given(cli), SIM_SESS_IN(RUNNING), &id, err);

	return rc ? rc : control(cli, SIM_MESSAGE_pause_simulation, NULL, id,
				 err);
}

const struct sim_cmd sim_cmd_session_pause = {
	.name = "session pause", .summary = "hold a session's clock",
	.operands = "[SESSION]", .max = 1, .words = SIM_OPT_WORDS_SESSION,
	.cols = sim_sess_status_cols, .examples = pause_examples,
	.flags = SIM_CMD_ACTS, .run = run_pause,
};

static const char *const resume_examples[] = {
	"simutrador session resume spring",
	NULL
};

static int run_resume(struct sim_cli *cli, struct sim_err *err)
{
	const char *id;
	int rc = sim_sess_id(cli, given(cli), SIM_SESS_IN(PAUSED), &id, err);

	return rc ? rc : control(cli, SIM_MESSAGE_resume_simulation, NULL, id,
				 err);
}

const struct sim_cmd sim_cmd_session_resume = {
	.name = "session resume", .summary = "let a session's clock go on",
	.operands = "[SESSION]", .max = 1, .words = SIM_OPT_WORDS_SESSION,
	.cols = sim_sess_status_cols, .examples = resume_examples,
	.flags = SIM_CMD_ACTS, .run = run_resume,
};

static int64_t steps = 1;

static const struct sim_opt step_opts[] = {
	{ SIM_OPT_INT, "steps", .letter = 'n', .arg = "N",
	  .help = "how many (default 1)", .value = &steps, .lo = 1,
	  .hi = 1000000000 },
	{ .kind = SIM_OPT_END }
};
static const char *const step_examples[] = {
	"simutrador session step spring -n 5",
	NULL
};

static int run_step(struct sim_cli *cli, struct sim_err *err)
{
	const char *id;
	int rc = sim_sess_id(cli, given(cli), SIM_SESS_IN(PAUSED), &id, err);

	if (!rc)
		rc = sim_sess_pace_step(cli, id, steps, err);
	return rc ? rc : sim_sess_print(cli, id, NULL, err);
}

const struct sim_cmd sim_cmd_session_step = {
	.name = "session step", .summary = "make steps of a paused session",
	.operands = "[SESSION]", .max = 1, .words = SIM_OPT_WORDS_SESSION,
	.opts = step_opts, .cols = sim_sess_status_cols,
	.examples = step_examples, .flags = SIM_CMD_ACTS, .run = run_step,
};

static const char *const speed_examples[] = {
	"simutrador session speed spring 60x",
	NULL
};

static int run_speed(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_message_set_speed m = { .has_speed = true,
					   .has_tick_interval_ms = true };
	const char *id;
	int rc = sim_sess_pace_parse("the speed", cli->argv[cli->argc - 1],
				     &m.speed, err);

	if (!rc)
		rc = sim_sess_id(cli, cli->argc > 1 ? cli->argv[0] : NULL,
				 SIM_SESS_STARTED, &id, err);
	return rc ? rc : control(cli, SIM_MESSAGE_set_speed, &m, id, err);
}

const struct sim_cmd sim_cmd_session_speed = {
	.name = "session speed", .summary = "change how fast its clock goes",
	.operands = "[SESSION] SPEED", .min = 1, .max = 2,
	.words = SIM_OPT_WORDS_SESSION, .cols = sim_sess_status_cols,
	.examples = speed_examples, .flags = SIM_CMD_ACTS, .run = run_speed,
};

/* -- the end --------------------------------------------------------------- */

static bool no_save;

static const struct sim_opt stop_opts[] = {
	{ SIM_OPT_FLAG, "no-save", .help = "don't keep it as a run",
	  .value = &no_save },
	{ .kind = SIM_OPT_END }
};
static const char *const stop_examples[] = {
	"simutrador session stop spring",
	NULL
};

static int stop(struct sim_cli *cli, const char *id, struct sim_err *err)
{
	/* Whoever waits for an end should be there to hear of it. */
	const struct sim_message_attach_session orders = {
		.events = 1, .has_events = true,
	};
	char run[SIM_FOLDER_ID] = "";
	int rc = sim_connect_tell(cli, SIM_MESSAGE_attach_session, &orders, id,
				  err);

	if (!rc)
		rc = sim_connect_tell(cli, SIM_MESSAGE_stop_simulation, NULL,
				      id, err);
	if (!rc)
		rc = sim_sess_pace_await_end(cli, id, err);
	if (!rc && !no_save)
		rc = sim_sess_run_save(cli, id, run, err);
	return rc ? rc : sim_sess_print(cli, id, *run ? run : NULL, err);
}

static int run_stop(struct sim_cli *cli, struct sim_err *err)
{
	const char *id;
	int rc = sim_sess_id(cli, given(cli), SIM_SESS_STARTED, &id, err);

	return rc ? rc : stop(cli, id, err);
}

const struct sim_cmd sim_cmd_session_stop = {
	.name = "session stop", .summary = "end a session and keep it as a run",
	.operands = "[SESSION]", .max = 1, .words = SIM_OPT_WORDS_SESSION,
	.opts = stop_opts, .cols = sim_sess_status_cols,
	.examples = stop_examples, .flags = SIM_CMD_ACTS, .run = run_stop,
};

static const struct sim_out_col delete_cols[] = {
	{ "id", SIM_OUT_COL_ID }, { "deleted", 0 }, { NULL, 0 }
};
static const char *const delete_examples[] = {
	"simutrador session delete spring --yes",
	NULL
};

static int delete(struct sim_cli *cli, const char *id, struct sim_err *err)
{
	int rc = sim_connect_tell(cli, SIM_MESSAGE_delete_session, NULL, id,
				  err);

	if (rc)
		return rc;
	sim_seen_drop(cli, SIM_SEEN_SESSIONS, id);
	sim_out_row(cli->out);
	sim_out_str(cli->out, "id", id);
	sim_out_bool(cli->out, "deleted", true);
	sim_out_row_end(cli->out);
	return SIM_OK;
}

static int check_names(const struct sim_cli *cli, struct sim_err *err)
{
	for (int i = 1; i < cli->argc; i++)
		for (int k = 0; k < i; k++)
			if (!strcmp(cli->argv[i], cli->argv[k]))
				return sim_err_set(err, SIM_E_USAGE, "%s is "
						   "given twice; name each "
						   "session once",
						   cli->argv[i]);
	return SIM_OK;
}

static int run_delete(struct sim_cli *cli, struct sim_err *err)
{
	const char *id;
	int rc = check_names(cli, err);

	if (!rc)
		rc = cli->argc > 1 ?
			sim_cli_confirm(cli, err, "Delete %d sessions",
					cli->argc) :
			sim_cli_confirm(cli, err, "Delete session %s",
					cli->argv[0]);
	if (rc)
		return rc;
	sim_out_list(cli->out, delete_cols);
	for (int i = 0; !rc && i < cli->argc; i++) {
		rc = sim_sess_id(cli, cli->argv[i], SIM_SESS_ANY, &id, err);
		if (!rc)
			rc = delete(cli, id, err);
	}
	sim_out_end(cli->out);
	return rc;
}

const struct sim_cmd sim_cmd_session_delete = {
	.name = "session delete", .summary = "forget sessions",
	.operands = "SESSION...", .min = 1, .max = -1,
	.words = SIM_OPT_WORDS_SESSION, .cols = delete_cols,
	.examples = delete_examples, .flags = SIM_CMD_ACTS, .run = run_delete,
};
