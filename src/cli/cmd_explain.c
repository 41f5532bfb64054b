/* simutrador explain: why an order did what it did. */
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

#include "cli/connect.h"
#include "cli/explain_out.h"
#include "cli/inputs.h"
#include "cli/sess_run.h"
#include "util/str.h"

extern const struct sim_cmd sim_cmd_explain_fill, sim_cmd_explain_order,
	sim_cmd_explain_reject, sim_cmd_explain_nofill;

static const char *run_name;
static struct sim_opt_time at;
static bool brief;

static const struct sim_opt opts[] = {
	{ SIM_OPT_STR, "run", .arg = "RUN|SESSION",
	  .help = "the run or session it happened in; last: the newest run",
	  .value = &run_name, .words = SIM_OPT_WORDS_EITHER },
	{ SIM_OPT_TIME, "at", .arg = "TIME",
	  .help = "of the bars it met, only the one that holds this time",
	  .value = &at },
	{ SIM_OPT_FLAG, "brief",
	  .help = "leave out what other rules would have done",
	  .value = &brief },
	{ .kind = SIM_OPT_END }
};

/* What is asked for. */
struct question {
	const char *what;
	/* Which order; *fill when a fill was named.  Errors: the question
	 * does not fit. */
	int (*find)(const struct sim_inputs *in, const char *id,
		    uint32_t *order, uint32_t *fill, struct sim_err *err);
	bool has_names;			/* ids may be no numbers */
};

/* -- what an id names ---------------------------------------------------- */

static int find_fill(const struct sim_inputs *in, const char *id,
		     uint32_t *order, uint32_t *fill, struct sim_err *err)
{
	const struct sim_folder *f = in->folder;
	size_t n = f->result.nfills;
	int64_t number;
	int rc = sim_str_int(id, "fill", 1, UINT32_MAX, &number, err);

	if (rc)
		return rc;
	if ((uint64_t)number > n)
		return sim_err_set(err, SIM_E_NOENT,
				   n ? "run %s has no fill %" PRId64 "; its"
				       " fills are 1 to %zu"
				     : "run %s has no fill %" PRId64 "; it has"
				       " none at all (%zu)", f->id, number, n);
	*order = f->result.fills[number - 1].order;
	*fill = (uint32_t)number;
	return SIM_OK;
}

/* A session's orders have names; who has none is called by its number. */
static int find_order(const struct sim_inputs *in, const char *id,
		      uint32_t *order, uint32_t *fill, struct sim_err *err)
{
	int64_t number;
	int rc = SIM_OK;

	*fill = 0;
	*order = 0;
	if (in->session)
		rc = sim_sess_run_order(in->session, in->folder, id, order,
					err);
	if (rc || *order)
		return rc;
	rc = sim_str_int(id, "order", 1, UINT32_MAX, &number,
			 in->session ? NULL : err);
	if (rc && in->session)
		return sim_err_set(err, SIM_E_NOENT, "session %s has no order "
				   "'%.100s'; order list %s names them",
				   in->folder->id, id, in->folder->id);
	if (!rc)
		*order = (uint32_t)number;
	return rc;
}

/* -- answers ------------------------------------------------------------- */

static int check_reject(const struct sim_explain *x, struct sim_err *err)
{
	if (x->state->reject)
		return SIM_OK;
	return sim_err_set(err, SIM_E_FALSE,
			   "order %" PRIu32 " was not rejected; it is %s, and"
			   " explain order tells its story", x->order,
			   sim_vocab_order_status_text(x->state->order.status));
}

static int check_nofill(const struct sim_explain *x, struct sim_err *err)
{
	const struct sim_order *o = &x->state->order;

	if (x->state->reject)
		return sim_err_set(err, SIM_E_FALSE,
				   "order %" PRIu32 " was rejected; explain"
				   " reject says why", x->order);
	if (o->status == SIM_ORDER_STATUS_FILLED)
		return sim_err_set(err, SIM_E_FALSE,
				   "order %" PRIu32 " did fill, all of it;"
				   " explain order tells its story", x->order);
	return SIM_OK;
}

static int put(struct sim_cli *cli, const struct sim_explain_out *e,
	       struct sim_err *err)
{
	enum sim_out_format f = sim_out_format_of(cli->out);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	if (f <= SIM_OUT_WIDE)
		sim_explain_out_text(e, &b);
	else if (f == SIM_OUT_JSON || f == SIM_OUT_NDJSON)
		sim_explain_out_json(e, f == SIM_OUT_JSON, &b);
	else
		return sim_err_set(err, SIM_E_USAGE,
				   "explain writes table, json or ndjson, not"
				   " %s", sim_out_formats[f]);
	sim_out_write(cli->out, sim_buf_str(&b), b.len);
	sim_buf_release(&b);
	return SIM_OK;
}

static int explain(struct sim_cli *cli, struct sim_inputs *in,
		   const struct question *q, const char *id,
		   struct sim_err *err)
{
	struct sim_explain_opts how = {
		.brief = brief, .at = at.is_set ? at.t : SIM_TIME_NONE,
	};
	struct sim_explain x;
	struct sim_explain_out e = {
		.x = &x, .run_id = in->folder->id, .what = q->what,
	};
	uint32_t order = 0;
	int rc = q->find(in, id, &order, &e.fill, err);

	if (rc)
		return rc;
	how.attempt = e.fill;
	rc = sim_explain_order(in->folder, in->spec, order, &how, &x, err);
	if (!rc && !strcmp(q->what, "reject"))
		rc = check_reject(&x, err);
	if (!rc && !strcmp(q->what, "nofill"))
		rc = check_nofill(&x, err);
	if (!rc)
		rc = put(cli, &e, err);
	sim_explain_release(&x);
	return rc;
}

/* What can't be an id is told before anything is opened. */
static int check_ids(struct sim_cli *cli, const struct question *q,
		     const char *name, struct sim_err *err)
{
	int64_t id;
	int rc = SIM_OK;

	if (q->has_names && !sim_saved_is_run(name) &&
	    sim_connect_has_sessions(cli))
		return SIM_OK;
	for (int i = 0; !rc && i < cli->argc; i++)
		rc = sim_str_int(cli->argv[i], q->what, 1, UINT32_MAX, &id,
				 err);
	return rc;
}

static int run(struct sim_cli *cli, const struct question *q,
	       struct sim_err *err)
{
	const char *name = run_name ? run_name : "last";
	struct sim_inputs in;
	int rc = check_ids(cli, q, name, err);

	if (rc)
		return rc;
	rc = sim_inputs_open_either(cli, name, &in, err);
	if (!rc)
		sim_inputs_watch(&in);
	for (int i = 0; !rc && i < cli->argc; i++)
		rc = explain(cli, &in, q, cli->argv[i], err);
	sim_inputs_end(&in);
	return rc;
}

static int run_fill(struct sim_cli *cli, struct sim_err *err)
{
	static const struct question q = { "fill", find_fill, false };

	return run(cli, &q, err);
}

static int run_order(struct sim_cli *cli, struct sim_err *err)
{
	static const struct question q = { "order", find_order, true };

	return run(cli, &q, err);
}

static int run_reject(struct sim_cli *cli, struct sim_err *err)
{
	static const struct question q = { "reject", find_order, true };

	return run(cli, &q, err);
}

static int run_nofill(struct sim_cli *cli, struct sim_err *err)
{
	static const struct question q = { "nofill", find_order, true };

	return run(cli, &q, err);
}

/* -- the rows ------------------------------------------------------------ */

static const char *const fill_examples[] = {
	"simutrador explain fill 1 -o table", NULL
};
static const char *const order_examples[] = {
	"simutrador explain order 1 --run r1 --brief -o table", NULL
};
static const char *const reject_examples[] = {
	"printf 'time,symbol,side,quantity\\n2023-01-03,ACME,sell,1\\n' |"
	" simutrador simulate --orders - -q &&"
	" simutrador explain reject 1 -o table", NULL
};
static const char *const nofill_examples[] = {
	"printf 'time,symbol,side,limit,quantity\\n"
	"2023-01-03,ACME,buy,0.01,1\\n' |"
	" simutrador simulate --orders - -q &&"
	" simutrador explain nofill 1 -o table", NULL
};

#define ROW(name_, summary_, examples_, run_) { \
	.name = name_, .summary = summary_, .operands = "ID...", .min = 1, \
	.max = -1, .opts = opts, .examples = examples_, \
	.flags = SIM_CMD_PLAIN, .run = run_, \
}

const struct sim_cmd sim_cmd_explain_fill =
	ROW("explain fill", "say how a fill came about, term by term",
	    fill_examples, run_fill);
const struct sim_cmd sim_cmd_explain_order =
	ROW("explain order", "tell an order's story", order_examples,
	    run_order);
const struct sim_cmd sim_cmd_explain_reject =
	ROW("explain reject", "say why an order was refused",
	    reject_examples, run_reject);
const struct sim_cmd sim_cmd_explain_nofill =
	ROW("explain nofill", "say why an order did not fill",
	    nofill_examples, run_nofill);
