/*
 * A strategy that drives a session from here has the log of a run on this
 * machine, wherever the session is: whatever it asks for goes up.
 */
#include "suite.h"

#include "backend/attach.h"
#include "place.h"

static const char *const names[] = { "AAA", "BBB" };

static const struct sim_strategy_param fast[] = {
	{ "fast", "3" }, { "slow", "8" },
};


#define SCRIPT(x) \
	{ "lua-" x, { .kind = SIM_FORM_LUA, .source = "examples/" x ".lua", \
		      .limits = SIM_FORM_LIMITS_INIT } }

static const struct {
	const char *name;
	struct sim_form form;
} strategies[] = {
	{ "sma-cross", { .kind = SIM_FORM_BUILTIN, .source = "sma-cross",
			 .params = fast, .nparams = 2,
			 .limits = SIM_FORM_LIMITS_INIT } },
	{ "buy-hold", { .kind = SIM_FORM_BUILTIN, .source = "buy-hold",
			.limits = SIM_FORM_LIMITS_INIT } },
	SCRIPT("bollinger"), SCRIPT("dip"), SCRIPT("grid"), SCRIPT("turtle"),
};
#define STRATEGIES (sizeof(strategies) / sizeof(strategies[0]))

/* A script of the sources. */
static struct sim_form form_of(size_t which)
{
	static struct sim_buf text = SIM_BUF_INIT(1 << 20);
	struct sim_form f = strategies[which].form;
	const char *top = getenv("top_srcdir");
	char path[512];

	if (f.kind != SIM_FORM_LUA)
		return f;
	snprintf(path, sizeof(path), "%s/%s", top ? top : ".", f.source);
	sim_buf_reset(&text);
	ck_assert_int_eq(sim_file_read(path, 1 << 20, &text, NULL), 0);
	f.text = sim_buf_str(&text);
	f.len = text.len;
	return f;
}

/* The same, from the store. */
static void run_here(struct place *p, const struct sim_form *form,
		     struct sim_run_result *r)
{
	const struct sim_bar_tf tf = { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN };
	struct sim_run_spec spec = SIM_RUN_SPEC_INIT;
	struct sim_store_bars *stored[2];
	struct sim_run_data data[2];
	struct sim_store *store;
	struct sim_err err = SIM_ERR_INIT;

	memset(data, 0, sizeof(data));
	ck_assert_int_eq(sim_store_open(p->store, &store, NULL), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(sim_store_bars_open(store, names[i], tf,
						     &stored[i], NULL), 0);
		data[i].instrument = *sim_store_bars_instrument(stored[i]);
		data[i].tf = tf;
		data[i].bars = sim_store_bars_series(stored[i]);
	}
	spec.data = data;
	spec.nsyms = 2;
	spec.band = false;
	spec.form = *form;
	ck_assert_int_eq(sim_config_preset("us-equity", &spec.config, NULL),
			 0);
	ck_assert_msg(!sim_run_execute(&spec, r, &err), "%s", err.msg);
	for (int i = 0; i < 2; i++)
		sim_store_bars_close(stored[i]);
	sim_store_close(store);
}

static void make_session(struct sim_backend *b, const char *id)
{
	const struct sim_message_session_spec spec = {
		.symbols = names, .n_symbols = 2, .has_symbols = true,
		.start_date = "2020-01-01", .has_start_date = true,
		.end_date = "2020-01-02", .has_end_date = true,
		.timeframe = "1min", .has_timeframe = true,
	};
	const struct sim_message_create_session c = { .spec = &spec };
	const struct sim_backend_request q = {
		.type = SIM_MESSAGE_create_session, .data = &c,
		.session_id = id,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_backend_call(b, &q, &m, &err), "%s", err.msg);
	sim_backend_release(&m);
}

static void attach(struct place *p, enum place_kind kind, size_t which,
		   const struct sim_run_result *want)
{
	struct sim_backend *b = place_backend(p, kind);
	const struct sim_attach a = {
		.b = b, .session_id = strategies[which].name,
		.form = form_of(which),
	};
	struct sim_attach_result r = SIM_ATTACH_RESULT_INIT;
	struct sim_err err = SIM_ERR_INIT;

	make_session(b, a.session_id);
	ck_assert_msg(!sim_attach_drive(&a, &r, &err), "%s over %s: %s",
		      strategies[which].name, place_names[kind], err.msg);
	ck_assert_uint_gt(r.run.nfills, 0);
	ck_assert_uint_eq(r.run.log.len, want->log.len);
	ck_assert_mem_eq(r.run.log.data, want->log.data, want->log.len);
	ck_assert_str_eq(r.run.log_hash, want->log_hash);
	ck_assert_int_eq(r.run.account.equity, want->account.equity);
	sim_attach_release(&r);
	/* Not twice. */
	ck_assert_int_eq(sim_attach_drive(&a, &r, &err), SIM_E_STATE);
	sim_attach_release(&r);
	sim_backend_close(b);
}

static int ask(struct sim_backend *b, const char *id,
	       enum sim_message_type type, const void *data)
{
	const struct sim_backend_request q = {
		.type = type, .session_id = id, .data = data,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_backend_call(b, &q, &m, &err);

	sim_backend_release(&m);
	return rc;
}

/* One that was started, and stepped, by others. */
static void take_over(struct place *p, enum place_kind kind, bool has_orders)
{
	static const struct sim_message_start_simulation start = {
		.on_disconnect = 1, .has_on_disconnect = true,
	};
	static const struct sim_message_step_simulation steps = {
		.ticks = 20, .has_ticks = true,
	};
	static const struct sim_message_order o = {
		.order_id = "mine", .symbol = "AAA",
		.quantity = SIM_DEC_ONE, .has_quantity = true,
	};
	static const struct sim_message_order_batch batch = {
		.orders = &o, .n_orders = 1,
	};
	struct sim_attach a = {
		.session_id = has_orders ? "traded" : "started",
		.form = form_of(0),
	};
	struct sim_attach_result r = SIM_ATTACH_RESULT_INIT;
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	a.b = place_backend(p, kind);
	make_session(a.b, a.session_id);
	ck_assert_int_eq(ask(a.b, a.session_id, SIM_MESSAGE_start_simulation,
			     &start), 0);
	ck_assert_int_eq(ask(a.b, a.session_id, SIM_MESSAGE_pause_simulation,
			     NULL), 0);
	sim_backend_close(a.b);
	a.b = place_backend(p, kind);
	ck_assert_int_eq(ask(a.b, a.session_id, SIM_MESSAGE_step_simulation,
			     &steps), 0);
	if (has_orders)
		ck_assert_int_eq(ask(a.b, a.session_id,
				     SIM_MESSAGE_order_batch, &batch), 0);
	rc = sim_attach_drive(&a, &r, &err);
	ck_assert_msg(rc == (has_orders ? SIM_E_STATE : 0), "%s: %s",
		      place_names[kind], err.msg);
	if (!rc)
		ck_assert_uint_gt(r.run.nfills, 0);
	sim_attach_release(&r);
	sim_backend_close(a.b);
}

START_TEST(started_before)
{
	static struct place p;

	place_open(&p);
	for (int k = 0; k < PLACES; k++) {
		take_over(&p, (enum place_kind)k, false);
		take_over(&p, (enum place_kind)k, true);
	}
	place_close(&p);
}
END_TEST

START_TEST(log_is_that_of_a_run)
{
	static struct place p;

	place_open(&p);
	for (size_t i = 0; i < STRATEGIES; i++) {
		struct sim_run_result want = SIM_RUN_RESULT_INIT;

		const struct sim_form form = form_of(i);

		run_here(&p, &form, &want);
		for (int k = 0; k < PLACES; k++)
			attach(&p, (enum place_kind)k, i, &want);
		sim_run_result_release(&want);
	}
	place_close(&p);
}
END_TEST

/* -- somebody else --------------------------------------------------------- */

struct meddler {
	struct place p;
	const char *session;
};

/* An order that the strategy knows nothing of. */
static void meddle(void *ctx, uint64_t done, uint64_t total)
{
	struct meddler *m = ctx;
	const struct sim_message_order o = {
		.order_id = "mine", .symbol = "AAA",
		.quantity = SIM_DEC_ONE, .has_quantity = true,
	};
	const struct sim_message_order_batch batch = {
		.orders = &o, .n_orders = 1,
	};
	const struct sim_backend_request q = {
		.type = SIM_MESSAGE_order_batch, .data = &batch,
		.session_id = m->session,
	};
	struct sim_backend_message reply = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_backend *b;

	ck_assert_uint_gt(total, 50);
	if (done != 50)
		return;
	b = place_backend(&m->p, REMOTE);
	ck_assert_msg(!sim_backend_call(b, &q, &reply, &err), "%s", err.msg);
	sim_backend_release(&reply);
	sim_backend_close(b);
}

START_TEST(other_orders_are_noticed)
{
	static struct meddler m = { .session = "meddled" };
	struct sim_attach a = {
		.session_id = m.session, .form = form_of(0),
		.progress = meddle, .progress_ctx = &m,
	};
	struct sim_attach_result r = SIM_ATTACH_RESULT_INIT;
	struct sim_err err = SIM_ERR_INIT;

	place_open(&m.p);
	a.b = place_backend(&m.p, REMOTE);
	make_session(a.b, m.session);
	ck_assert_int_eq(sim_attach_drive(&a, &r, &err), SIM_E_REPRO);
	ck_assert_ptr_nonnull(strstr(err.msg, "event log"));
	sim_attach_release(&r);
	sim_backend_close(a.b);
	place_close(&m.p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("attach");
	TCase *tc = tcase_create("attach");

	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, log_is_that_of_a_run);
	tcase_add_test(tc, started_before);
	tcase_add_test(tc, other_orders_are_noticed);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
