/* far: simulate on a server. */
#include "cli/far.h"

#include <string.h>

#include "cli/interrupt.h"
#include "cli/progress.h"
#include "util/mem.h"
#include "util/str.h"

struct far {
	struct sim_cli *cli;
	const struct sim_job_opts *o;
	struct sim_backend *backend;
	struct sim_formopt_made strategy;
	char timeframe[16];
	char *session;			/* its id */
};

bool sim_far_is_asked(const struct sim_cli *cli)
{
	return cli->common->server != NULL;
}

/* -- what can't be --------------------------------------------------------- */

static int check(const struct sim_job_opts *o, struct sim_err *err)
{
	const struct {
		bool is_given;
		const char *option, *why;
	} rows[] = {
		{ o->files.n, "--data", "its bars are files of this machine" },
		{ o->orders, "--orders", "a list is played on this machine" },
		{ o->benchmark, "--benchmark", "only what is traded comes" },
		{ o->adjust && !strcmp(o->adjust, "split"), "--adjust split",
		  "bars come raw or as total return" },
		{ !o->from, "no --from", "a session has two ends" },
		{ !o->to, "no --to", "a session has two ends" },
		{ !o->symbols.n, "no --symbols", "a session is made of some" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].is_given)
			return sim_err_set(err, SIM_E_USAGE, "%s can't stand "
					   "with --server: %s", rows[i].option,
					   rows[i].why);
	}
	return SIM_OK;
}

/* -- the session ----------------------------------------------------------- */

static void put_settings(const struct sim_job_opts *o,
			 struct sim_message_session_spec *s)
{
#define ROW(id, field) { SIM_JOB_##id, &s->field, &s->has_##field }
	const struct {
		enum sim_job_setting setting;
		const char **value;
		bool *has;
	} rows[] = {
		ROW(LEVERAGE, leverage), ROW(ACCOUNT, account),
		ROW(INITIAL_MARGIN, initial_margin),
		ROW(MAINTENANCE_LONG, maintenance_long),
		ROW(MAINTENANCE_SHORT, maintenance_short),
		ROW(DEBIT_RATE, debit_rate), ROW(BORROW_RATE, borrow_rate),
		ROW(PATH, path), ROW(SEMANTICS, semantics), ROW(FILL, fill),
		ROW(LIMIT_FILL, limit_fill),
		ROW(MAX_VOLUME_SHARE, max_volume_share),
		ROW(SLIPPAGE, slippage), ROW(COMMISSION, commission),
	};
#undef ROW

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *v = o->setting[rows[i].setting];

		*rows[i].value = v;
		*rows[i].has = v && *v;
	}
	s->has_slip_out = o->slip_out;
	s->has_fill_synthetic = o->fill_synthetic;
	s->slip_out = s->fill_synthetic = "true";
}

static int put_cash(const struct sim_job_opts *o,
		    struct sim_message_session_spec *s, struct sim_err *err)
{
	const char *cash = o->setting[SIM_JOB_CASH];

	s->has_initial_capital = cash && *cash;
	return s->has_initial_capital ?
		sim_dec_parse(cash, strlen(cash), &s->initial_capital, err) :
		SIM_OK;
}

static int create(struct far *f, struct sim_err *err)
{
	const struct sim_job_opts *o = f->o;
	struct sim_message_session_spec s = {
		.symbols = (const char *const *)o->symbols.v,
		.n_symbols = o->symbols.n, .has_symbols = true,
		.start_date = o->from, .has_start_date = true,
		.end_date = o->to, .has_end_date = true,
		.timeframe = f->timeframe, .has_timeframe = o->tf.is_set,
		.adjusted = true,
		.has_adjusted = o->adjust && strcmp(o->adjust, "raw") != 0,
		.preset = o->model, .has_preset = o->model && *o->model,
		.session = o->session, .has_session = o->session != NULL,
	};
	const struct sim_message_create_session c = { .spec = &s };
	const struct sim_backend_request q = {
		.type = SIM_MESSAGE_create_session, .data = &c,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = put_cash(o, &s, err);

	if (rc)
		return rc;
	if (o->tf.is_set)
		sim_bar_tf_text(o->tf.tf, f->timeframe);
	put_settings(o, &s);
	rc = sim_backend_call(f->backend, &q, &m, err);
	if (!rc)
		f->session = sim_mem_arena_strdup(f->cli->arena,
						  m.m.session_id);
	sim_backend_release(&m);
	return rc;
}

/* -- the whole ------------------------------------------------------------- */

static int drive(struct far *f, struct sim_attach_result *r,
		 struct sim_err *err)
{
	struct sim_progress bar;
	struct sim_attach a = {
		.b = f->backend, .session_id = f->session,
		.form = f->strategy.form, .seed = (uint64_t)f->o->seed,
		.stop = &sim_interrupt, .progress = sim_progress_step,
		.progress_ctx = &bar,
	};
	int rc = sim_cli_folder(f->cli, "calendars", &a.calendar_dir, err);

	if (rc)
		return rc;
	a.form.stop = &sim_interrupt;
	sim_progress_start(&bar, f->cli, "bars");
	sim_interrupt_catch();
	rc = sim_attach_drive(&a, r, err);
	sim_progress_end(&bar);
	if (rc == SIM_E_INTR)
		rc = sim_err_set(err, sim_interrupt_code(), "stopped; session "
				 "%s stands where it is", f->session);
	return rc;
}

int sim_far_simulate(struct sim_cli *cli, const struct sim_job_opts *o,
		     struct sim_attach_result *r, struct sim_err *err)
{
	struct far f = { .cli = cli, .o = o,
			 .strategy = SIM_FORMOPT_MADE_INIT };
	int rc = check(o, err);

	if (!rc)
		rc = sim_formopt_make(&o->form, &f.strategy, err);
	if (!rc && !f.strategy.form.source)
		rc = sim_err_set(err, SIM_E_USAGE, "a simulation needs a "
				 "strategy; name one with --strategy, --exec "
				 "or as a file");
	if (!rc)
		rc = sim_cli_backend(cli, &f.backend, err);
	if (!rc)
		rc = create(&f, err);
	if (!rc)
		rc = drive(&f, r, err);
	if (f.session)
		sim_cli_note(cli, "Session %s of the server has its log.",
			     f.session);
	sim_formopt_release(&f.strategy);
	return rc;
}
