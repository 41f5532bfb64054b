/* far: simulate on a server. */
#include "cli/far.h"

#include <string.h>

#include "backend/attach_inputs.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "run/orders.h"
#include "util/mem.h"
#include "util/str.h"

#define PATIENCE_MS	60000

struct far {
	struct sim_cli *cli;
	const struct sim_job_opts *o;
	struct sim_backend *backend;
	struct sim_formopt_made strategy;
	struct sim_orders *orders;
	const char *const *symbols;
	size_t nsymbols;
	struct sim_attach_run *bench;	/* the benchmark's bars */
	char timeframe[16];
	char *session;			/* its id */
	const char *calendars;
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
		{ !o->from, "no --from", "a session has two ends" },
		{ !o->to, "no --to", "a session has two ends" },
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

/* Make a session of these symbols.  Gives: its id, in the command's arena. */
static int create(struct far *f, const char *const *symbols, size_t n,
		  char **id, struct sim_err *err)
{
	const struct sim_job_opts *o = f->o;
	struct sim_message_session_spec s = {
		.symbols = symbols, .n_symbols = n, .has_symbols = true,
		.start_date = o->from, .has_start_date = true,
		.end_date = o->to, .has_end_date = true,
		.timeframe = f->timeframe, .has_timeframe = o->tf.is_set,
		.adjust = o->adjust,
		.has_adjust = o->adjust && strcmp(o->adjust, "raw") != 0,
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
		*id = sim_mem_arena_strdup(f->cli->arena, m.m.session_id);
	sim_backend_release(&m);
	return rc;
}

/* -- the benchmark --------------------------------------------------------- */

static int tell(struct far *f, const char *id, enum sim_message_type type,
		const void *data, struct sim_err *err)
{
	const struct sim_backend_request q = {
		.type = type, .session_id = id, .data = data,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = sim_backend_call(f->backend, &q, &m, err);

	sim_backend_release(&m);
	return rc;
}

/* What is over can be looked at as a whole. */
static int await_end(struct far *f, const char *id, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	bool is_over = false;
	int rc = SIM_OK;

	while (!rc && !is_over) {
		rc = sim_backend_next(f->backend, PATIENCE_MS, &m, err);
		if (!rc)
			return sim_err_set(err, SIM_E_TIMEOUT, "the session of "
					   "the benchmark did not end within "
					   "%d s", PATIENCE_MS / 1000);
		is_over = rc == 1 && m.m.session_id &&
			!strcmp(m.m.session_id, id) &&
			m.m.type == SIM_MESSAGE_simulation_complete;
		rc = rc == 1 ? SIM_OK : rc;
		sim_backend_release(&m);
	}
	return rc;
}

/* Bars of what isn't traded come from a session of their own, which is stopped
 * where it begins and then is gone. */
static int fetch_benchmark(struct far *f, struct sim_err *err)
{
	static const struct sim_message_start_simulation start = {
		.flow_control = true, .has_flow_control = true,
	};
	const char *name = f->o->benchmark;
	char *id;
	int rc;

	for (size_t i = 0; name && i < f->nsymbols; i++) {
		if (!strcmp(f->symbols[i], name))
			return SIM_OK;
	}
	if (!name || !*name)
		return SIM_OK;
	rc = create(f, &name, 1, &id, err);
	if (!rc)
		rc = tell(f, id, SIM_MESSAGE_start_simulation, &start, err);
	if (!rc)
		rc = tell(f, id, SIM_MESSAGE_stop_simulation, NULL, err);
	if (!rc)
		rc = await_end(f, id, err);
	if (!rc)
		rc = sim_attach_inputs_get(f->backend, id, f->calendars,
					   &f->bench, err);
	if (!rc)
		rc = tell(f, id, SIM_MESSAGE_delete_session, NULL, err);
	if (rc)
		sim_err_prefix(err, "the benchmark");
	return rc;
}

/* -- a list of orders ------------------------------------------------------ */

/* Those that are ordered, where no others are named. */
static void take_symbols(struct far *f)
{
	uint32_t n = f->orders->nsyms;
	const char **list = sim_mem_arena_alloc(f->cli->arena,
						n * sizeof(*list));

	for (uint32_t i = 0; i < n; i++)
		list[i] = f->orders->symbols[i];
	f->symbols = list;
	f->nsymbols = n;
}

static int read_orders(struct far *f, struct sim_err *err)
{
	const struct sim_job_opts *o = f->o;
	int rc = sim_job_orders(o->orders, &f->orders, err);

	f->symbols = (const char *const *)o->symbols.v;
	f->nsymbols = o->symbols.n;
	if (!rc && f->orders && !f->nsymbols)
		take_symbols(f);
	if (!rc && !f->nsymbols)
		rc = sim_err_set(err, SIM_E_USAGE, "no --symbols can't stand "
				 "with --server: a session is made of some");
	return rc;
}

/* -- the whole ------------------------------------------------------------- */

static int drive(struct far *f, struct sim_attach_result *r,
		 struct sim_err *err)
{
	const struct sim_job_opts *o = f->o;
	struct sim_progress bar;
	struct sim_attach a = {
		.b = f->backend, .session_id = f->session,
		.form = f->strategy.form, .orders = f->orders,
		.seed = (uint64_t)o->seed, .calendar_dir = f->calendars,
		.band = sim_job_band(o, f->strategy.form.kind),
		.stop = &sim_interrupt, .progress = sim_progress_step,
		.progress_ctx = &bar,
	};
	int rc;

	a.benchmark_symbol = o->benchmark && *o->benchmark ? o->benchmark :
		NULL;
	if (f->bench)
		a.benchmark = sim_attach_inputs_spec(f->bench)->data;
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

static int open(struct far *f, struct sim_err *err)
{
	int rc = check(f->o, err);

	if (!rc)
		rc = sim_job_check(f->o, err);
	if (!rc)
		rc = sim_formopt_make(&f->o->form, &f->strategy, err);
	if (!rc)
		rc = read_orders(f, err);
	if (!rc)
		rc = sim_cli_folder(f->cli, "calendars", &f->calendars, err);
	if (!rc)
		rc = sim_cli_folder(f->cli, "", &f->strategy.form.hidden, err);
	return rc ? rc : sim_cli_backend(f->cli, &f->backend, err);
}

int sim_far_simulate(struct sim_cli *cli, const struct sim_job_opts *o,
		     sim_far_use *use, struct sim_err *err)
{
	struct far f = { .cli = cli, .o = o,
			 .strategy = SIM_FORMOPT_MADE_INIT };
	struct sim_attach_result r = SIM_ATTACH_RESULT_INIT;
	int rc = open(&f, err);

	if (!rc)
		rc = fetch_benchmark(&f, err);
	if (!rc)
		rc = create(&f, f.symbols, f.nsymbols, &f.session, err);
	if (!rc)
		rc = drive(&f, &r, err);
	if (f.session)
		sim_cli_note(cli, "Session %s of the server has its log.",
			     f.session);
	if (!rc)
		rc = use(cli, &r, err);
	sim_attach_release(&r);
	sim_attach_inputs_free(f.bench);
	sim_orders_free(f.orders);
	sim_formopt_release(&f.strategy);
	return rc;
}
