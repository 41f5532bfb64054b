/* sess_run: the machine that a session is, fed with what its log says. */
#include "cli/sess_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/attach_inputs.h"
#include "cli/run_out.h"
#include "cli/saved.h"
#include "cli/sess_log.h"
#include "cli/sess_replay.h"
#include "run/orders.h"
#include "run/summary.h"
#include "util/mem.h"

/* -- the machine ----------------------------------------------------------- */

struct sim_sess_run {
	struct sim_sess sess;
	struct sim_sess_log log;
	struct sim_calendars *calendars;
	struct sim_session *machine;
	struct sim_attach_run *fetched;	/* what isn't here */
	struct sim_buf line;		/* create_session, as a message */
	struct sim_message made;
	struct sim_orders *orders;
	struct sim_run_spec spec;
	struct sim_run_result result;
};

static void release(struct sim_sess_run *a)
{
	sim_run_result_release(&a->result);
	sim_orders_free(a->orders);
	sim_session_free(a->machine);
	sim_attach_inputs_free(a->fetched);
	sim_calendars_free(a->calendars);
	if (a->line.len)
		sim_message_release(&a->made);
	sim_buf_release(&a->line);
	sim_sess_log_release(&a->log);
	sim_sess_release(&a->sess);
}

/* The message that would make it. */
static int decode_spec(struct sim_sess_run *a, struct sim_err *err)
{
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(a->sess.id, SIM_TIME_NONE);
	const struct sim_message_create_session m = {
		.spec = a->sess.info->spec, .has_spec = true,
	};

	if (!a->sess.info->has_spec)
		return sim_err_set(err, SIM_E_PROTO, "the server doesn't say "
				   "what session %s was made from; it is too "
				   "old for this", a->sess.id);
	sim_message_encode(&a->line, SIM_MESSAGE_create_session, &m, NULL,
			   &style);
	return sim_message_decode_wire(a->line.data, a->line.len - 1,
				       a->line.len, SIM_MESSAGE_IN, &a->made,
				       err);
}

/* Are the bars of the store here those that it trades? */
static bool is_same(const struct sim_sess_run *a)
{
	const struct sim_message_session_info *x = a->sess.info;

	return x->has_bars && !strcmp(x->bars, sim_session_mark(a->machine));
}

/* Look for its bars in the store here.  Gives: whether they are. */
static bool load(struct sim_cli *cli, struct sim_sess_run *a)
{
	struct sim_session_env env = {
		.capital_min = 0, .capital_max = INT64_MAX,
	};
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	struct sim_session_ask ask = {
		.id = a->sess.id, .user = "local", .m = &a->made,
		.line = a->line.data, .line_len = a->line.len - 1,
		.max_symbols = INT64_MAX,
	};
	const char *dir;
	struct sim_store *st;
	bool is_here;

	if (sim_cli_store(cli, &st, NULL) ||
	    sim_cli_folder(cli, "calendars", &dir, NULL))
		return false;
	a->calendars = sim_calendars_new(dir);
	env.store = st;
	env.calendars = a->calendars;
	is_here = !sim_session_new(&env, &ask, &a->machine, &why) &&
		!sim_session_load(a->machine, &why) && is_same(a);
	if (is_here)
		a->spec = *sim_session_spec(a->machine);
	sim_buf_release(&why.details);
	return is_here;
}

/* Bring them here.  A run of it keeps them. */
static int fetch(struct sim_cli *cli, struct sim_sess_run *a,
		 struct sim_err *err)
{
	struct sim_backend *b;
	const char *dir;
	int rc = sim_cli_backend(cli, &b, err);

	if (!rc)
		rc = sim_cli_folder(cli, "calendars", &dir, err);
	if (!rc)
		rc = sim_attach_inputs_get(b, a->sess.id, dir, &a->fetched,
					   err);
	if (rc)
		return rc;
	a->spec = *sim_attach_inputs_spec(a->fetched);
	a->spec.keeps_inputs = true;
	return SIM_OK;
}

/* -- again ----------------------------------------------------------------- */

static int by_symbol(const void *pa, const void *pb)
{
	const struct sim_instrument *a = pa, *b = pb;

	return strcmp(a->symbol, b->symbol);
}

static int read_requests(struct sim_sess_run *a, struct sim_err *err)
{
	uint32_t n = a->spec.nsyms;
	struct sim_instrument *ins = sim_mem_array(n, sizeof(*ins));
	int rc;

	for (uint32_t i = 0; i < n; i++)
		ins[i] = a->spec.data[i].instrument;
	qsort(ins, n, sizeof(*ins), by_symbol);
	rc = sim_sess_replay_orders(sim_buf_str(&a->log.text),
				    sim_sess_log_events(&a->log), ins, n,
				    &a->orders, err);
	sim_mem_free(ins);
	return rc;
}

static int compare(const struct sim_sess_run *a, struct sim_err *err)
{
	const struct sim_buf *mine = &a->result.log, *its = &a->log.text;
	size_t n = sim_sess_log_events(&a->log);

	if (a->log.is_sealed && !strcmp(a->result.log_hash, a->log.hash))
		return SIM_OK;
	if (!a->log.is_sealed && mine->len >= n &&
	    !memcmp(sim_buf_str(mine), sim_buf_str(its), n))
		return SIM_OK;
	return sim_err_set(err, SIM_E_REPRO, "session %s comes out otherwise "
			   "here than where it is", a->sess.id);
}

static int execute(struct sim_sess_run *a, struct sim_err *err)
{
	const struct sim_message_session_info *x = a->sess.info;
	bool is_whole = a->sess.state == SIM_SESSION_COMPLETED &&
		x->sequence_id >= x->ticks_total;
	int rc = read_requests(a, err);

	a->spec.orders = a->orders;
	a->spec.log = a->spec.reach = true;
	a->spec.band = false;
	a->spec.stop_step = is_whole ? 0 : (uint64_t)x->sequence_id;
	if (!rc)
		rc = sim_run_execute(&a->spec, &a->result, err);
	return rc ? rc : compare(a, err);
}

static int make(struct sim_cli *cli, const char *id, unsigned fits,
		struct sim_sess_run *a, struct sim_err *err)
{
	int rc = sim_sess_find(cli, id, fits, &a->sess, err);

	if (!rc && !a->sess.info->sequence_id)
		return sim_err_set(err, SIM_E_STATE, "session %s has made no "
				   "step so far; session start lets it begin",
				   a->sess.id);
	if (!rc)
		rc = sim_sess_log_fetch(cli, a->sess.id, &a->log, err);
	if (!rc)
		rc = decode_spec(a, err);
	if (!rc && !load(cli, a))
		rc = fetch(cli, a, err);
	return rc ? rc : execute(a, err);
}

#define AGAIN_INIT { .sess = SIM_SESS_INIT, .log = SIM_SESS_LOG_INIT, \
	.line = SIM_BUF_INIT(SIM_BACKEND_LINE_MAX), \
	.result = SIM_RUN_RESULT_INIT }

/* A folder that is nowhere on disk. */
static int as_folder(struct sim_sess_run *a, struct sim_folder **out,
		     struct sim_err *err)
{
	struct sim_folder *f = sim_mem_zalloc(sizeof(*f));
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	sim_summary_write(&a->spec, &a->result, a->sess.info->created_at, &b);
	rc = sim_json_parse(sim_buf_str(&b), b.len, &f->summary, err);
	if (!rc)
		rc = sim_json_parse(sim_buf_str(&a->result.manifest),
				    a->result.manifest.len, &f->manifest, err);
	sim_buf_release(&b);
	snprintf(f->id, sizeof(f->id), "%s", a->sess.info->session_id);
	f->result = a->result;
	a->result = (struct sim_run_result)SIM_RUN_RESULT_INIT;
	if (rc)
		sim_folder_close(f);
	else
		*out = f;
	return rc;
}

int sim_sess_run_hold(struct sim_cli *cli, const char *id,
		      struct sim_sess_run **out, struct sim_folder **f,
		      struct sim_err *err)
{
	static const struct sim_sess_run empty = AGAIN_INIT;
	struct sim_sess_run *x = sim_mem_alloc(sizeof(*x));
	int rc;

	*x = empty;
	rc = make(cli, id, SIM_SESS_STARTED | SIM_SESS_IN(COMPLETED), x, err);
	if (!rc)
		rc = as_folder(x, f, err);
	if (rc)
		sim_sess_run_drop(x);
	else
		*out = x;
	return rc;
}

struct sim_run_spec *sim_sess_run_spec(struct sim_sess_run *x)
{
	return &x->spec;
}

int sim_sess_run_order(const struct sim_sess_run *x, const struct sim_folder *f,
		       const char *name, uint32_t *id, struct sim_err *err)
{
	const struct sim_run_out out = {
		.result = &f->result, .has_names = true,
		.names = (const char *const *)x->log.names,
		.nnames = x->log.nnames,
	};

	return sim_run_out_order(&out, name, id, err);
}

void sim_sess_run_drop(struct sim_sess_run *x)
{
	if (!x)
		return;
	release(x);
	sim_mem_free(x);
}

int sim_sess_run_open(struct sim_cli *cli, const char *id,
		      struct sim_folder **f, struct sim_err *err)
{
	struct sim_sess_run *x = NULL;
	int rc = sim_sess_run_hold(cli, id, &x, f, err);

	sim_sess_run_drop(x);
	return rc;
}

int sim_sess_run_save(struct sim_cli *cli, const char *id,
		      char run[SIM_FOLDER_ID], struct sim_err *err)
{
	struct sim_sess_run a = AGAIN_INIT;
	const char *dir;
	int rc = make(cli, id, SIM_SESS_IN(COMPLETED), &a, err);

	if (!rc)
		rc = sim_cli_folder(cli, "runs", &dir, err);
	if (!rc)
		rc = sim_folder_save(dir, &a.spec, &a.result, sim_saved_now(),
				     run, err);
	if (!rc)
		sim_cli_note(cli, "Saved as %s; simutrador report %s prints "
				  "its tear sheet.", run, run);
	release(&a);
	return rc;
}
