/* simutrador session attach: a strategy of here drives a session. */
#include "cli/sess.h"

#include <string.h>

#include "backend/attach.h"
#include "cli/formopt.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/sess_pace.h"
#include "cli/sess_run.h"

extern const struct sim_cmd sim_cmd_session_attach;

static struct {
	struct sim_formopt form;
	const char *speed;
	bool no_save;
} ask;

static const struct sim_opt opts[] = {
#define SIM_FORMOPT ask.form
#include "cli/formopt.def"
	{ SIM_OPT_STR, "speed", .arg = "SPEED",
	  .help = "how fast its clock goes: 1x, 60x or max (default)",
	  .value = &ask.speed },
	{ SIM_OPT_FLAG, "no-save", .help = "don't keep it as a run",
	  .value = &ask.no_save },
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador session attach autumn --strategy sma-cross -p fast=5"
	" -p slow=20",
	NULL
};

/* -- the strategy's turn --------------------------------------------------- */

static int drive(struct sim_cli *cli, const char *id, double speed,
		 const struct sim_formopt_made *made, struct sim_err *err)
{
	struct sim_attach_result r = SIM_ATTACH_RESULT_INIT;
	struct sim_progress bar;
	struct sim_attach a = {
		.session_id = id, .form = made->form, .speed = speed,
		.stop = &sim_interrupt, .progress = sim_progress_step,
		.progress_ctx = &bar,
	};
	int rc = sim_cli_backend(cli, &a.b, err);

	if (!rc)
		rc = sim_cli_folder(cli, "calendars", &a.calendar_dir, err);
	if (rc)
		return rc;
	a.form.stop = &sim_interrupt;
	sim_progress_start(&bar, cli, "bars");
	sim_interrupt_catch();
	rc = sim_attach_drive(&a, &r, err);
	sim_progress_end(&bar);
	if (rc == SIM_E_INTR)
		rc = sim_err_set(err, sim_interrupt_code(), "stopped; session "
				 "%s stands where it is", id);
	if (!rc && r.failure.code)
		rc = sim_err_set(err, SIM_E_STRATEGY, "%.400s", r.failure.msg);
	sim_attach_release(&r);
	return rc;
}

/* Kept as a run. */
static int finish(struct sim_cli *cli, const char *id, struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	char run[SIM_FOLDER_ID] = "";

	if (!ask.no_save && sim_sess_run_save(cli, id, run, &why)) {
		run[0] = '\0';
		sim_cli_warn(cli, "it is not kept as a run: %s", why.msg);
	}
	return sim_sess_print(cli, id, *run ? run : NULL, err);
}

/* -- the command ----------------------------------------------------------- */

static bool is_script(const char *s)
{
	size_t n = strlen(s);

	return n > 4 && !strcmp(s + n - 4, ".lua");
}

/* A session and a script, in any order. */
static int operands(const struct sim_cli *cli, const char **session,
		    struct sim_err *err)
{
	for (int i = 0; i < cli->argc; i++) {
		const char **to = is_script(cli->argv[i]) ? &ask.form.file :
			session;

		if (*to)
			return sim_err_set(err, SIM_E_USAGE, "session attach "
					   "takes one session and one script, "
					   "so '%.64s' is too much",
					   cli->argv[i]);
		*to = cli->argv[i];
	}
	if (sim_formopt_count(&ask.form) != 1)
		return sim_err_set(err, SIM_E_USAGE, "session attach needs one "
				   "strategy: --strategy NAME, --exec COMMAND, "
				   "--plugin FILE or a script FILE.lua");
	return SIM_OK;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_formopt_made made = SIM_FORMOPT_MADE_INIT;
	const char *session = NULL, *id;
	double speed = 0;
	int rc = operands(cli, &session, err);

	if (!rc && ask.speed)
		rc = sim_sess_pace_parse("--speed", ask.speed, &speed, err);
	if (!rc)
		rc = sim_formopt_make(&ask.form, &made, err);
	if (!rc)
		rc = sim_sess_id(cli, session, SIM_SESS_IN(READY), &id, err);
	if (!rc)
		rc = drive(cli, id, speed, &made, err);
	if (!rc)
		rc = finish(cli, id, err);
	sim_formopt_release(&made);
	return rc;
}

const struct sim_cmd sim_cmd_session_attach = {
	.name = "session attach",
	.summary = "let a strategy of here drive a session",
	.operands = "[SESSION] [FILE]", .max = 2,
	.words = SIM_OPT_WORDS_SESSION, .opts = opts,
	.cols = sim_sess_status_cols, .examples = examples,
	.flags = SIM_CMD_ACTS, .run = run,
};
