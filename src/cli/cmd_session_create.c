/* simutrador session create, start: a session is made, and begins. */
#include "cli/sess.h"

#include <stdio.h>
#include <string.h>

#include "cli/job.h"
#include "cli/seen.h"
#include "cli/sess_pace.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_session_create, sim_cmd_session_start;

/* -- create ---------------------------------------------------------------- */

static struct {
	const char *id, *start, *end, *provider, *model, *hours;
	struct sim_opt_tf tf;
	sim_dec capital, per_share, slip_bps;
	int64_t warmup;
	bool adjusted, slip_out, fill_synthetic;
	const char *commission, *slippage, *fill, *limit_fill, *path, *account;
	const char *leverage, *initial_margin, *maintenance_long;
	const char *maintenance_short, *debit_rate, *borrow_rate;
	const char *max_volume_share, *semantics;
} ask = { .capital = -1, .per_share = -1, .slip_bps = -1, .warmup = -1 };

/* What simulate has under the same name. */
#define TEXT(name_, arg_, field, offers_) \
	{ SIM_OPT_STR, name_, .arg = arg_, .value = &ask.field, \
	  .help = "as --" name_ " of simulate", .offers = offers_ }
#define AMOUNT(name_, arg_, help_, field, setting_) \
	{ SIM_OPT_DEC, name_, .arg = arg_, .help = help_, \
	  .value = &ask.field, .lo = 0, .hi = INT64_MAX, .setting = setting_ }

static const struct sim_opt create_opts[] = {
	{ SIM_OPT_STR, "start-date", .arg = "DATE",
	  .help = "first exchange day, or a time", .value = &ask.start,
	  .flags = SIM_OPT_REQUIRED },
	{ SIM_OPT_STR, "end-date", .arg = "DATE",
	  .help = "last exchange day, or the time it ends before",
	  .value = &ask.end, .flags = SIM_OPT_REQUIRED },
	AMOUNT("initial-capital", "AMOUNT", "cash at the start", capital,
	       "initial_capital"),
	{ SIM_OPT_STR, "data-provider", .arg = "NAME",
	  .help = "recorded; bars come from the store", .value = &ask.provider,
	  .setting = "data_provider" },
	AMOUNT("commission-per-share", "AMOUNT", "commission of a unit",
	       per_share, NULL),
	AMOUNT("slippage-bps", "N", "slippage in basis points", slip_bps, NULL),
	{ SIM_OPT_TF, "timeframe", .arg = "TF",
	  .help = "of the bars that step (default 1min)", .value = &ask.tf,
	  .setting = "timeframe" },
	{ SIM_OPT_INT, "warmup-bars", .arg = "N",
	  .help = "bars from before the start that come as history",
	  .value = &ask.warmup, .lo = 0, .hi = 1000000000 },
	{ SIM_OPT_STR, "model", .arg = "PRESET",
	  .help = "costs and rules to start from; model list names them",
	  .value = &ask.model, .setting = "model",
	  .words = SIM_OPT_WORDS_MODEL },
	{ SIM_OPT_FLAG, "adjusted", .help = "prices for splits and dividends",
	  .value = &ask.adjusted },
	{ SIM_OPT_STR, "id", .arg = "ID",
	  .help = "what it is called; without it a name is made up",
	  .value = &ask.id },
	TEXT("commission", "MODEL", commission, sim_job_commissions),
	TEXT("slippage", "MODEL", slippage, sim_job_slippages),
	{ SIM_OPT_ENUM, "fill", .arg = "WHEN",
	  .help = "as --fill of simulate",
	  .value = &ask.fill, .choices = sim_job_fills },
	TEXT("limit-fill", "RULE", limit_fill, sim_job_limit_fills),
	TEXT("path", "PATH", path, sim_job_paths),
	{ SIM_OPT_ENUM, "account", .arg = "KIND",
	  .help = "as --account of simulate",
	  .value = &ask.account, .choices = sim_job_accounts },
	TEXT("leverage", "N", leverage, NULL),
	TEXT("initial-margin", "SHARE", initial_margin, NULL),
	TEXT("maintenance-long", "SHARE", maintenance_long, NULL),
	TEXT("maintenance-short", "SHARE", maintenance_short, NULL),
	TEXT("debit-rate", "SHARE", debit_rate, NULL),
	TEXT("borrow-rate", "SHARE", borrow_rate, NULL),
	TEXT("max-volume-share", "SHARE", max_volume_share, NULL),
	{ SIM_OPT_ENUM, "semantics", .arg = "NAME",
	  .help = "as --semantics of simulate",
	  .value = &ask.semantics, .choices = sim_job_semantics },
	{ SIM_OPT_FLAG, "slip-out",
	  .help = "as --slip-out of simulate",
	  .value = &ask.slip_out },
	{ SIM_OPT_FLAG, "fill-synthetic",
	  .help = "as --fill-synthetic of simulate",
	  .value = &ask.fill_synthetic },
	{ SIM_OPT_ENUM, "hours", .arg = "HOURS",
	  .help = "which hours trade: --session of simulate",
	  .value = &ask.hours, .choices = sim_job_sessions },
	{ .kind = SIM_OPT_END }
};
static const char *const create_examples[] = {
	"simutrador session create ACME --start-date 2023-01-03"
	" --end-date 2023-06-30 --timeframe daily --initial-capital 50000",
	NULL
};

/* What the settings say where no option does. */
static void from_settings(const struct sim_settings *set)
{
	static const struct {
		int key;
		const char **value;
	} rows[] = {
		{ SIM_SETTINGS_commission, &ask.commission },
		{ SIM_SETTINGS_slippage, &ask.slippage },
		{ SIM_SETTINGS_max_volume_share, &ask.max_volume_share },
		{ SIM_SETTINGS_path, &ask.path },
		{ SIM_SETTINGS_account, &ask.account },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool is_said = *rows[i].value ||
			(rows[i].key == SIM_SETTINGS_commission &&
			 ask.per_share >= 0) ||
			(rows[i].key == SIM_SETTINGS_slippage &&
			 ask.slip_bps >= 0);

		if (!is_said && sim_settings_is_set(set, rows[i].key))
			*rows[i].value = sim_settings_shown(set, rows[i].key);
	}
}

#define OPT(field) \
	if (ask.field) { \
		m->field = ask.field; \
		m->has_##field = true; \
	}

static void fill_rules(struct sim_message_session_spec *m)
{
	OPT(commission)
	OPT(slippage)
	OPT(fill)
	OPT(limit_fill)
	OPT(path)
	OPT(account)
	OPT(leverage)
	OPT(initial_margin)
	OPT(maintenance_long)
	OPT(maintenance_short)
	OPT(debit_rate)
	OPT(borrow_rate)
	OPT(max_volume_share)
	OPT(semantics)
	m->slip_out = m->fill_synthetic = "yes";
	m->has_slip_out = ask.slip_out;
	m->has_fill_synthetic = ask.fill_synthetic;
}

static void fill_costs(struct sim_message_session_spec *m)
{
	m->initial_capital = ask.capital;
	m->has_initial_capital = ask.capital >= 0;
	/* The models say it otherwise. */
	m->commission_per_share = ask.per_share;
	m->has_commission_per_share = ask.per_share >= 0 && !ask.commission;
	m->slippage_bps = ask.slip_bps;
	m->has_slippage_bps = ask.slip_bps >= 0 && !ask.slippage;
}

static void fill_spec(const struct sim_cli *cli, char tf[16],
		      struct sim_message_session_spec *m)
{
	from_settings(cli->settings);
	m->symbols = (const char *const *)cli->argv;
	m->n_symbols = (size_t)cli->argc;
	m->start_date = ask.start;
	m->end_date = ask.end;
	m->has_symbols = m->has_start_date = m->has_end_date = true;
	if (ask.tf.is_set) {
		m->timeframe = sim_bar_tf_text(ask.tf.tf, tf);
		m->has_timeframe = true;
	}
	m->warmup_bars = ask.warmup;
	m->has_warmup_bars = ask.warmup >= 0;
	m->adjusted = m->has_adjusted = ask.adjusted;
	m->data_provider = ask.provider;
	m->has_data_provider = ask.provider != NULL;
	m->preset = ask.model;
	m->has_preset = ask.model != NULL;
	m->session = ask.hours;
	m->has_session = ask.hours != NULL;
	fill_costs(m);
	fill_rules(m);
}

/* The texts of a list, or of the lists of an object. */
static void put_texts(struct sim_buf *b, const struct sim_json_val *v)
{
	const char *s = sim_json_as_str(v), *key;

	if (s)
		sim_buf_printf(b, "%s%s", b->len ? ", " : "", s);
	for (size_t i = 0; sim_json_is_list(v) && i < sim_json_len(v); i++)
		put_texts(b, sim_json_at(v, i));
	for (size_t i = 0; sim_json_is_object(v) && i < sim_json_len(v); i++)
		put_texts(b, sim_json_member(v, i, &key));
}

/* What there is instead, which the sentence leaves to the details. */
static void add_details(struct sim_cli *cli, struct sim_err *err)
{
	static const char *const keys[] = {
		"available_timeframes", "suggestions"
	};
	struct sim_json_doc *doc;
	struct sim_backend *be;
	const char *text;

	if (!cli->connect || sim_cli_backend(cli, &be, NULL))
		return;
	text = sim_backend_details(be);
	if (!*text || sim_json_parse(text, strlen(text), &doc, NULL))
		return;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct sim_buf b = SIM_BUF_INIT(256);
		struct sim_err was = *err;

		put_texts(&b, sim_json_get(sim_json_root(doc), keys[i]));
		if (b.len) {
			sim_err_set(err, was.code, i ?
				    "%.350s; did you mean %.100s?" :
				    "%.350s: %.100s", was.msg,
				    sim_buf_str(&b));
			sim_err_add(err, 0, text);
		}
		sim_buf_release(&b);
	}
	sim_json_free(doc);
}

static int created(struct sim_cli *cli, const char *id, struct sim_err *err)
{
	struct sim_sess s = SIM_SESS_INIT;
	int rc = sim_sess_pace_await_ready(cli, id, err);

	if (!rc)
		rc = sim_sess_find(cli, id, SIM_SESS_ANY, &s, err);
	if (!rc)
		rc = sim_sess_put_whole(cli, &s, err);
	if (!rc) {
		sim_seen_add(cli, SIM_SEEN_SESSIONS, id, "ready");
		sim_cli_note(cli, "simutrador session start %s lets it begin.",
			     id);
	}
	sim_sess_release(&s);
	return rc;
}

/* A name that other commands take for something else can't be asked for. */
static int check_id(const char *id, struct sim_err *err)
{
	bool is_run = id && *id == 'r' && id[1] &&
		!id[1 + strspn(id + 1, "0123456789")];

	if (!id || (!is_run && strcmp(id, "last") != 0))
		return SIM_OK;
	return sim_err_set(err, SIM_E_USAGE, "--id is '%s', which is the name"
			   " of %s; choose another", id, is_run ? "a run" :
			   "the newest session");
}

static int run_create(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_backend_message reply = SIM_BACKEND_MESSAGE_INIT;
	struct sim_message_session_spec spec = { .n_symbols = 0 };
	const struct sim_message_create_session m = {
		.spec = &spec, .has_spec = true,
	};
	const char *id;
	char tf[16];
	int rc = check_id(ask.id, err);

	if (rc)
		return rc;
	fill_spec(cli, tf, &spec);
	rc = sim_connect_call(cli, SIM_MESSAGE_create_session, &m, ask.id,
			      &reply, err);
	if (rc) {
		add_details(cli, err);
		return rc;
	}
	id = sim_mem_arena_strdup(cli->arena, reply.m.session_id ?
				  reply.m.session_id : "");
	sim_backend_release(&reply);
	return created(cli, id, err);
}

const struct sim_cmd sim_cmd_session_create = {
	.name = "session create", .summary = "make a session over stored bars",
	.operands = "SYMBOL...", .min = 1, .max = -1,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = create_opts,
	.cols = sim_sess_cols, .examples = create_examples,
	.flags = SIM_CMD_ACTS, .run = run_create,
};

/* -- start ----------------------------------------------------------------- */

static const char *speed_text;

static const struct sim_opt start_opts[] = {
	{ SIM_OPT_STR, "speed", .arg = "SPEED",
	  .help = "let its clock go by itself: 1x, 60x or max",
	  .value = &speed_text },
	{ .kind = SIM_OPT_END }
};
static const char *const start_examples[] = {
	"simutrador session start autumn",
	"simutrador session start autumn --speed 60x",
	NULL
};

static int run_start(struct sim_cli *cli, struct sim_err *err)
{
	const char *id;
	double speed = 0;
	int rc = speed_text ? sim_sess_pace_parse("--speed", speed_text,
						  &speed, err) : SIM_OK;

	if (!rc)
		rc = sim_sess_id(cli, cli->argc ? cli->argv[0] : NULL,
				 SIM_SESS_IN(READY), &id, err);
	if (!rc)
		rc = sim_sess_pace_start(cli, id, speed_text ? &speed : NULL,
					 err);
	if (!rc && !speed_text)
		sim_cli_note(cli, "It stands at its first bar; order buy, "
			     "session step and session watch go on.");
	return rc ? rc : sim_sess_print(cli, id, NULL, err);
}

const struct sim_cmd sim_cmd_session_start = {
	.name = "session start", .summary = "let a session begin",
	.operands = "[SESSION]", .max = 1, .words = SIM_OPT_WORDS_SESSION,
	.opts = start_opts, .cols = sim_sess_status_cols,
	.examples = start_examples, .flags = SIM_CMD_ACTS, .run = run_start,
};
