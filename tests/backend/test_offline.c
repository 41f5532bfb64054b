/*
 * A session that is driven over messages has the event log of an offline run
 * with the same inputs, byte for byte: a list of orders sent as batches, and
 * sma-cross decided elsewhere from the ticks.
 */
#include "suite.h"

#include "run/orders.h"
#include "stage.h"
#include "util/json.h"

#define BARS 1500

static const char *const names[] = { "AAA", "BBB", "CCC" };

/* -- offline --------------------------------------------------------------- */

struct offline {
	struct sim_store_bars *stored[3];
	struct sim_run_data data[3];
	struct sim_run_spec spec;
	struct sim_run_result result;
};

static void offline_open(struct offline *o, struct stage *x, uint32_t nsyms)
{
	static const struct sim_run_spec spec = SIM_RUN_SPEC_INIT;
	const struct sim_bar_tf tf = { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN };

	memset(o, 0, sizeof(*o));
	o->spec = spec;
	for (uint32_t i = 0; i < nsyms; i++) {
		ck_assert_int_eq(sim_store_bars_open(x->store, names[i], tf,
						     &o->stored[i], NULL), 0);
		o->data[i] = (struct sim_run_data){
			.instrument = *sim_store_bars_instrument(o->stored[i]),
			.tf = tf, .bars = sim_store_bars_series(o->stored[i]),
		};
	}
	o->spec.data = o->data;
	o->spec.nsyms = nsyms;
	o->spec.band = false;
	ck_assert_int_eq(sim_config_preset("us-equity", &o->spec.config, NULL),
			 0);
}

static void offline_run(struct offline *o)
{
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_run_execute(&o->spec, &o->result, &err), "%s",
		      err.msg);
}

static void offline_close(struct offline *o)
{
	sim_run_result_release(&o->result);
	for (int i = 0; i < 3; i++)
		sim_store_bars_close(o->stored[i]);
}

static void compare(struct client *c, const struct offline *o)
{
	const struct sim_buf *log;
	const char *hash, *end;
	char equity[64];

	ck_assert_int_eq(sim_session_state(c->s), SIM_SESSION_COMPLETED);
	ck_assert_uint_gt(o->result.nfills, 20);
	log = sim_session_log(c->s, &hash);
	ck_assert_uint_eq(log->len, o->result.log.len);
	ck_assert_mem_eq(log->data, o->result.log.data, log->len);
	ck_assert_str_eq(hash, o->result.log_hash);
	end = sim_session_result(c->s);
	memcpy(equity, "\"final_equity\":\"", 17);
	sim_dec_format(o->result.account.equity, 2, equity + 16);
	ck_assert_msg(strstr(end, equity) != NULL, "%s: %s", equity, end);
}

/* -- a list of orders ------------------------------------------------------ */

/* Order k after the bar `minute`, as members of an object; or "". */
static void order_of(uint64_t minute, uint64_t k, char out[512])
{
	static const struct {
		const char *before;
		bool has_price;
		const char *after;
	} kinds[] = {
		{ "", false, "" }, { ",\"reduce_only\":true", false, "" },
		{ ",\"type\":\"limit\",\"price\":", true,
		  ",\"time_in_force\":\"gtc\"" },
		{ ",\"type\":\"stop\",\"stop_price\":", true,
		  ",\"time_in_force\":\"gtc\"" },
		{ ",\"stop_loss\":60,\"take_profit\":", true, "" },
		{ ",\"time_in_force\":\"ioc\"", false, "" },
	};
	struct sim_rand r;
	char name[48], price[16];
	uint64_t sym, kind;

	snprintf(name, sizeof(name), "%" PRIu64 "/%" PRIu64, minute, k);
	sim_rand_init(&r, 7, name);
	sym = sim_rand_below(&r, 3);
	*out = '\0';
	if (sim_rand_below(&r, 12) || (sym == 1 && minute % 7 == 0))
		return;
	kind = sim_rand_below(&r, 6);
	snprintf(price, sizeof(price), "%d", 80 + (int)sim_rand_below(&r, 50));
	snprintf(out, 512, "\"symbol\":\"%s\",\"side\":\"%s\",\"quantity\":"
		 "%d%s%s%s", names[sym],
		 sim_rand_below(&r, 5) < 3 ? "buy" : "sell",
		 1 + (int)sim_rand_below(&r, 40), kinds[kind].before,
		 kinds[kind].has_price ? price : "", kinds[kind].after);
}

static struct sim_orders *list_of(void)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_err err = SIM_ERR_INIT;
	struct sim_orders *list;
	char members[512];

	for (uint64_t minute = 0; minute < BARS; minute++) {
		for (uint64_t k = 0; k < 3; k++) {
			order_of(minute, k, members);
			if (!*members)
				continue;
			sim_buf_puts(&b, "{\"time\":\"");
			sim_buf_time(&b, STAGE_START + (sim_time)minute *
				     SIM_TIME_MIN);
			sim_buf_printf(&b, "\",%s}\n", members);
		}
	}
	ck_assert_msg(!sim_orders_parse("list", b.data, b.len, &list, &err),
		      "%s", err.msg);
	sim_buf_release(&b);
	return list;
}

/* Send what the list has for the bar that has just closed, in a batch or each
 * order in its own. */
static void send_orders(struct client *c, uint64_t minute, bool is_one)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	char members[512];
	size_t n = 0;

	for (uint64_t k = 0; k < 3; k++) {
		order_of(minute, k, members);
		if (!*members)
			continue;
		sim_buf_printf(&b, "%s{\"order_id\":\"%" PRIu64 ".%" PRIu64
			       "\",%s}", n++ && is_one ? "," : "", minute, k,
			       members);
		if (is_one)
			continue;
		client_send(c, "{\"type\":\"order_batch\",\"data\":"
			    "{\"orders\":[%s]}}", sim_buf_str(&b));
		sim_buf_reset(&b);
	}
	if (b.len)
		client_send(c, "{\"type\":\"order_batch\",\"data\":"
			    "{\"orders\":[%s]}}", sim_buf_str(&b));
	sim_buf_release(&b);
}

static const struct {
	const char *account, *fill;
} rules[] = {
	{ "cash", "next-open" }, { "margin", "next-open" },
	{ "margin", "close" },
};

START_TEST(orders)
{
	char config[512];
	struct offline o;
	struct client c;
	struct stage x;

	stage_open(&x, BARS);
	offline_open(&o, &x, 3);
	ck_assert_int_eq(sim_config_set(&o.spec.config, "account",
					rules[_i].account, NULL), 0);
	ck_assert_int_eq(sim_config_set(&o.spec.config, "fill", rules[_i].fill,
					NULL), 0);
	o.spec.orders = list_of();
	offline_run(&o);

	snprintf(config, sizeof(config), "{\"type\":\"create_session\","
		 "\"data\":{\"symbols\":[\"BBB\",\"CCC\",\"AAA\"],\"start\":"
		 "\"2020-01-01\",\"end\":\"2020-01-02\",\"account\":\"%s\","
		 "\"fill\":\"%s\"}}", rules[_i].account, rules[_i].fill);
	client_open(&c, &x, config);
	client_send(&c, "{\"type\":\"start_simulation\",\"data\":{}}");
	while (client_run(&c, 1) &&
	       sim_session_state(c.s) == SIM_SESSION_RUNNING) {
		send_orders(&c, sim_session_sequence(c.s) - 1, _i == 1);
		client_ack(&c);
		client_heard(&c);
	}
	compare(&c, &o);
	client_close(&c);
	sim_orders_free((struct sim_orders *)(uintptr_t)o.spec.orders);
	offline_close(&o);
	stage_close(&x);
}
END_TEST

/* -- a strategy elsewhere -------------------------------------------------- */

/* sma-cross, worked out from what is told: fast 5, slow 20, 30 a time. */
struct far {
	sim_dec close[BARS];
	size_t n;
	sim_dec held;
	bool is_working;
	uint64_t orders;
};

static int wish_of(const struct far *f)
{
	sim_dec fast = 0, slow = 0;

	if (f->n <= 20)
		return 0;
	for (size_t i = 1; i <= 20; i++) {
		slow += f->close[f->n - i];
		fast += i <= 5 ? f->close[f->n - i] : 0;
	}
	return (fast * 4 > slow) - (fast * 4 < slow);
}

static void hear(struct far *f, struct client *c)
{
	char *text = sim_mem_strdup(client_heard(c)), *next = text, *line;

	while ((line = strsep(&next, "\n")) && *line) {
		const struct sim_json_val *data, *v;
		struct sim_json_doc *doc;

		ck_assert_int_eq(sim_json_parse(line, strlen(line), &doc, NULL),
				 0);
		data = sim_json_get(sim_json_root(doc), "data");
		v = sim_json_get(sim_json_get(data, "candles"), "AAA");
		if (v)
			ck_assert(sim_json_as_dec(sim_json_get(v, "close"),
						  &f->close[f->n++]));
		v = sim_json_get(data, "execution_id");
		if (v) {
			v = sim_json_get(data, "position");
			ck_assert(sim_json_as_dec(v, &f->held));
			f->is_working = false;
		}
		sim_json_free(doc);
	}
	sim_mem_free(text);
}

static void decide(struct far *f, struct client *c)
{
	int wish = wish_of(f);

	if (f->is_working || !wish || (wish > 0) == (f->held > 0))
		return;
	f->is_working = true;
	client_send(c, "{\"type\":\"order_batch\",\"data\":{\"orders\":[{"
		    "\"order_id\":\"o%" PRIu64 "\",\"symbol\":\"AAA\","
		    "\"side\":\"%s\",\"quantity\":30,\"time_in_force\":\"gtc\""
		    "%s}]}}", ++f->orders, wish > 0 ? "buy" : "sell",
		    wish > 0 ? "" : ",\"reduce_only\":true");
}

START_TEST(strategy)
{
	static const struct sim_strategy_param params[] = {
		{ "fast", "5" }, { "slow", "20" }, { "size", "qty:30" },
	};
	static struct far f;
	struct offline o;
	struct client c;
	struct stage x;

	memset(&f, 0, sizeof(f));
	stage_open(&x, BARS);
	offline_open(&o, &x, 1);
	o.spec.form.source = "sma-cross";
	o.spec.form.params = params;
	o.spec.form.nparams = 3;
	offline_run(&o);

	client_open(&c, &x, "{\"type\":\"create_session\",\"data\":{"
		    "\"symbols\":[\"AAA\"],\"start\":\"2020-01-01\",\"end\":"
		    "\"2020-01-02\",\"timeframe\":\"1min\"}}");
	client_send(&c, "{\"type\":\"start_simulation\",\"data\":{}}");
	while (client_run(&c, 1) &&
	       sim_session_state(c.s) == SIM_SESSION_RUNNING) {
		hear(&f, &c);
		decide(&f, &c);
		client_ack(&c);
	}
	ck_assert_uint_eq(f.n, BARS);
	compare(&c, &o);
	client_close(&c);
	offline_close(&o);
	stage_close(&x);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("offline");
	TCase *tc = tcase_create("offline");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, orders, 0, sizeof(rules) / sizeof(rules[0]));
	tcase_add_test(tc, strategy);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
