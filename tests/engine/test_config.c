/*
 * The settings of a market: every value parses, prints canonically and reads
 * back as itself; what is not valid is refused with a sentence and changes
 * nothing.
 *
 * Covers: config.c.  Does not cover: what the settings do (test_scenarios).
 */
#include "engine/config.h"

#include <string.h>

#include "../suite.h"
#include "util/rand.h"

static struct sim_config preset(const char *name)
{
	struct sim_config c;

	memset(&c, 0, sizeof(c));
	ck_assert_int_eq(sim_config_preset(name, &c, NULL), 0);
	return c;
}

static const char *get(const struct sim_config *c, const char *name,
		       char *text, size_t size)
{
	struct sim_buf b = SIM_BUF_INIT(1 << 12);

	sim_config_get(c, name, &b);
	ck_assert_uint_lt(b.len, size);
	memcpy(text, sim_buf_str(&b), b.len + 1);
	sim_buf_release(&b);
	return text;
}

/* -- values and their canonical form ------------------------------------- */

static const struct {
	const char *name, *value, *canonical;
} good[] = {
	{ "cash", "1", "1" },
	{ "cash", "25000.50", "25000.5" },
	{ "cash", "1000000000", "1000000000" },
	{ "account", "cash", "cash" },
	{ "account", "margin", "margin" },
	{ "leverage", "1", "1" },
	{ "leverage", "4", "4" },
	{ "leverage", "1000", "1000" },
	{ "initial-margin", "0.5", "0.5" },
	{ "initial-margin", "50%", "0.5" },
	{ "initial-margin", "0.1%", "0.001" },
	{ "initial-margin", "1", "1" },
	{ "maintenance-long", "25%", "0.25" },
	{ "maintenance-long", "0", "0" },
	{ "maintenance-short", "0.30", "0.3" },
	{ "debit-rate", "6.83%", "0.0683" },
	{ "borrow-rate", "1", "1" },
	{ "path", "worst", "worst" },
	{ "path", "best", "best" },
	{ "path", "ohlc", "ohlc" },
	{ "path", "olhc", "olhc" },
	{ "path", "adaptive", "adaptive" },
	{ "path", "detail:1min", "detail:1min" },
	{ "path", "detail:5m", "detail:5min" },
	{ "path", "detail:60min", "detail:1h" },
	{ "semantics", "simutrador", "simutrador" },
	{ "semantics", "backtesting.py", "backtesting.py" },
	{ "semantics", "backtrader", "backtrader" },
	{ "fill", "next-open", "next-open" },
	{ "fill", "close", "close" },
	{ "limit-fill", "touch", "touch" },
	{ "limit-fill", "through:1", "through:1" },
	{ "limit-fill", "through:1000", "through:1000" },
	{ "slip-out", "yes", "yes" },
	{ "slip-out", "no", "no" },
	{ "fill-synthetic", "yes", "yes" },
	{ "fill-synthetic", "no", "no" },
	{ "max-volume-share", "off", "off" },
	{ "max-volume-share", "10%", "0.1" },
	{ "max-volume-share", "1", "1" },
	{ "max-volume-share", "0.00000001", "0.00000001" },
	{ "slippage", "none", "none" },
	{ "slippage", "bps:5", "bps:5" },
	{ "slippage", "ticks:1.50", "ticks:1.5" },
	{ "slippage", "spread:10", "spread:10" },
	{ "slippage", "vol:0.1", "vol:0.1" },
	{ "slippage", "impact:100", "impact:100" },
	{ "slippage", "bps:0", "bps:0" },
	{ "commission", "none", "none" },
	{ "commission", "per-share:0.005", "per-share:0.005" },
	{ "commission", "per-share:0.005,min=1.00,max=0.5%",
	  "per-share:0.005,min=1,max=0.5%" },
	{ "commission", "per-share:0.01,max=5", "per-share:0.01,max=5" },
	{ "commission", "per-share:0.01,max=5,max=1%",
	  "per-share:0.01,max=5,max=1%" },
	{ "commission", "percent:0.1", "percent:0.1" },
	{ "commission", "percent:0.2,maker=-0.01",
	  "percent:0.2,maker=-0.01" },
	{ "commission", "bps:10", "percent:0.1" },
	{ "commission", "bps:2.5,maker=1", "percent:0.025,maker=0.01" },
	{ "commission", "per-order:2", "per-order:2" },
	{ "commission", "per-order:2,max=1%", "per-order:2,max=1%" },
	{ "commission", "per-share:0.01,1000=0.005,10000=0",
	  "per-share:0.01,1000=0.005,10000=0" },
	{ "commission", "percent:0.1,1000=0.05,min=1",
	  "percent:0.1,1000=0.05,min=1" },
};

START_TEST(value)
{
	struct sim_config a = preset("us-equity"), b = preset("frictionless");
	const char *name = good[_i].name;
	char text[256];

	ck_assert_int_eq(sim_config_set(&a, name, good[_i].value, NULL), 0);
	ck_assert_str_eq(get(&a, name, text, sizeof(text)),
			 good[_i].canonical);
	/* What is printed reads back as itself, from any start. */
	ck_assert_int_eq(sim_config_set(&b, name, text, NULL), 0);
	ck_assert_str_eq(get(&b, name, text, sizeof(text)),
			 good[_i].canonical);
}
END_TEST

/* -- what is refused ----------------------------------------------------- */

static const struct {
	const char *name, *value;
} wrong[] = {
	{ "cash", "" }, { "cash", "0" }, { "cash", "0.99999999" },
	{ "cash", "1000000000.00000001" }, { "cash", "1e5" },
	{ "cash", "-5" }, { "cash", "1,000" }, { "cash", "nan" },
	{ "account", "Cash" }, { "account", "" },
	{ "leverage", "0.5" }, { "leverage", "1001" }, { "leverage", "x" },
	{ "initial-margin", "0" }, { "initial-margin", "101%" },
	{ "initial-margin", "0.0009" }, { "initial-margin", "%" },
	{ "maintenance-long", "-0.1" }, { "maintenance-long", "1.01" },
	{ "maintenance-short", "30" }, { "debit-rate", "7" },
	{ "borrow-rate", "1%%" },
	{ "path", "" }, { "path", "hloc" }, { "path", "detail" },
	{ "path", "detail:" }, { "path", "detail:daily" },
	{ "path", "detail:7x" },
	{ "semantics", "backtesting" }, { "fill", "open" },
	{ "limit-fill", "through" }, { "limit-fill", "through:0" },
	{ "limit-fill", "through:1001" }, { "limit-fill", "through:1.5" },
	{ "slip-out", "true" }, { "fill-synthetic", "1" },
	{ "max-volume-share", "0" }, { "max-volume-share", "1.1" },
	{ "max-volume-share", "none" },
	{ "slippage", "" }, { "slippage", "bps" }, { "slippage", "bps:" },
	{ "slippage", "bps:-1" }, { "slippage", "none:1" },
	{ "slippage", "pips:1" }, { "slippage", "bps:10001" },
	{ "slippage", "volatility:1" }, { "slippage", "bps:5,ticks:1" },
	{ "commission", "" }, { "commission", "free" },
	{ "commission", "0.005" }, { "commission", "none:0" },
	{ "commission", "percent:" }, { "commission", "percent:-0.1" },
	{ "commission", "per-share:0.005,min" },
	{ "commission", "per-share:0.005,min=" },
	{ "commission", "per-share:0.005,min=-1" },
	{ "commission", "per-share:0.005,max=0" },
	{ "commission", "per-share:0.005,max=101%" },
	{ "commission", "per-share:0.005," },
	{ "commission", "per-share:0.005,,min=1" },
	{ "commission", "per-share:0.005,typo=1" },
	{ "commission", "per-order:1,maker=0" },
	{ "commission", "per-order:1,100=0.5" },
	{ "commission", "per-share:0.01,100=0.005,100=0.004" },
	{ "commission", "per-share:0.01,100=0.005,50=0.004" },
	{ "commission", "per-share:0.01,0=0.005" },
	{ "commission", "per-share:9,1=8,2=7,3=6,4=5,5=4,6=3,7=2,8=1,9=0" },
};

START_TEST(refused)
{
	struct sim_config a = preset("us-equity"), before = a;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_config_set(&a, wrong[_i].name, wrong[_i].value,
					&err), SIM_E_INVAL);
	ck_assert_mem_eq(&a, &before, sizeof(a));
	/* It names the setting, quotes the value, says what to use. */
	ck_assert_ptr_nonnull(strstr(err.msg, wrong[_i].name));
	ck_assert_ptr_nonnull(strstr(err.msg, " is "));
	if (strlen(wrong[_i].value) < 48)
		ck_assert_ptr_nonnull(strstr(err.msg, wrong[_i].value));
	ck_assert_ptr_null(strchr(err.msg, '\n'));
	ck_assert_int_ne(err.msg[strlen(err.msg) - 1], '.');
}
END_TEST

START_TEST(unknown_names)
{
	struct sim_config a = preset("us-equity"), before = a;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_config_set(&a, "slipage", "none", &err),
			 SIM_E_INVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "slipage"));
	ck_assert_mem_eq(&a, &before, sizeof(a));
	ck_assert_int_eq(sim_config_preset("us-equities", &a, &err),
			 SIM_E_INVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "us-equities"));
	ck_assert_ptr_nonnull(strstr(err.msg, "fx-retail"));
	ck_assert_mem_eq(&a, &before, sizeof(a));
}
END_TEST

/* -- the whole configuration --------------------------------------------- */

/* Print every setting of one and set it in another, in the list's order. */
static void copy_by_text(const struct sim_config *from, struct sim_config *to)
{
	const struct sim_config_setting *row;
	struct sim_err err = SIM_ERR_INIT;
	char text[256];

	for (int i = 0; (row = sim_config_setting_row(i)) != NULL; i++)
		if (sim_config_set(to, row->name,
				   get(from, row->name, text, sizeof(text)),
				   &err))
			ck_abort_msg("%s", err.msg);
}

static void same(const struct sim_config *a, const struct sim_config *b)
{
	const struct sim_config_setting *row;
	char x[256], y[256];

	for (int i = 0; (row = sim_config_setting_row(i)) != NULL; i++)
		ck_assert_str_eq(get(a, row->name, x, sizeof(x)),
				 get(b, row->name, y, sizeof(y)));
}

START_TEST(presets)
{
	const char *name, *summary, *other;
	int n = 0;

	for (; sim_config_preset_row(n, &name, &summary); n++) {
		struct sim_config a = preset(name);

		ck_assert_str_eq(a.preset, name);
		ck_assert_uint_gt(strlen(summary), 10);
		for (int k = 0; sim_config_preset_row(k, &other, &summary);
		     k++) {
			struct sim_config b = preset(other);

			copy_by_text(&a, &b);
			same(&a, &b);
		}
	}
	ck_assert_int_eq(n, 5);
	ck_assert(!sim_config_preset_row(-1, &name, &summary));
}
END_TEST

START_TEST(preset_facts)
{
	static const struct {
		const char *preset, *name, *value;
	} facts[] = {
		{ "us-equity", "account", "cash" },
		{ "us-equity", "path", "worst" },
		{ "us-equity", "slippage", "bps:5" },
		{ "us-equity", "commission", "per-share:0.005" },
		{ "us-equity", "max-volume-share", "0.25" },
		{ "us-equity", "initial-margin", "0.5" },
		{ "us-equity", "maintenance-long", "0.25" },
		{ "us-equity", "maintenance-short", "0.3" },
		{ "us-equity", "limit-fill", "touch" },
		{ "us-equity", "fill", "next-open" },
		{ "us-equity", "semantics", "simutrador" },
		{ "ibkr-like", "account", "margin" },
		{ "ibkr-like", "commission", "per-share:0.005,min=1,max=1%" },
		{ "crypto-spot", "commission", "percent:0.2,maker=0.1" },
		{ "fx-retail", "max-volume-share", "off" },
		{ "fx-retail", "commission", "none" },
		{ "fx-retail", "slippage", "spread:1" },
		{ "frictionless", "slippage", "none" },
		{ "frictionless", "commission", "none" },
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		struct sim_config c = preset(facts[i].preset);
		char text[256];

		ck_assert_str_eq(get(&c, facts[i].name, text, sizeof(text)),
				 facts[i].value);
	}
}
END_TEST

START_TEST(any_mixture)
{
	size_t n = sizeof(good) / sizeof(good[0]);
	struct sim_rand r;

	sim_rand_init(&r, 7, "settings");
	for (int i = 0; i < 2000; i++) {
		struct sim_config a = preset("us-equity");
		struct sim_config b = preset("fx-retail");

		for (int k = 0; k < 12; k++) {
			size_t j = sim_rand_below(&r, n);

			ck_assert_int_eq(sim_config_set(&a, good[j].name,
							good[j].value, NULL),
					 0);
		}
		copy_by_text(&a, &b);
		same(&a, &b);
	}
}
END_TEST

START_TEST(rows)
{
	const struct sim_config_setting *row;
	int n = 0;

	for (; (row = sim_config_setting_row(n)) != NULL; n++) {
		bool tested = false;

		ck_assert_uint_gt(strlen(row->arg), 0);
		ck_assert_uint_gt(strlen(row->help), 0);
		for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
			tested |= !strcmp(good[i].name, row->name);
		ck_assert_msg(tested, "no value of %s is tested", row->name);
	}
	ck_assert_int_gt(n, 10);
	ck_assert_ptr_null(sim_config_setting_row(-1));
}
END_TEST

START_TEST(leverage_sets_the_margins)
{
	struct sim_config c = preset("us-equity");
	char text[256];

	ck_assert_int_eq(sim_config_set(&c, "leverage", "4", NULL), 0);
	ck_assert(c.margin);
	ck_assert_str_eq(get(&c, "initial-margin", text, sizeof(text)), "0.25");
	ck_assert_str_eq(get(&c, "maintenance-long", text, sizeof(text)),
			 "0.125");
	ck_assert_str_eq(get(&c, "maintenance-short", text, sizeof(text)),
			 "0.125");
}
END_TEST

START_TEST(free_of_costs)
{
	static const struct {
		const char *commission, *slippage;
		bool is_free;
	} cases[] = {
		{ "none", "none", true },
		{ "percent:0", "bps:0", true },
		{ "per-share:0,1000=0", "ticks:0", true },
		{ "percent:0,maker=-0.01", "none", true },
		{ "percent:0,min=1", "none", false },
		{ "per-share:0,1000=0.001", "none", false },
		{ "percent:0,maker=0.1", "none", false },
		{ "none", "bps:1", false },
		{ "per-order:1", "none", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sim_config c = preset("us-equity");

		ck_assert_int_eq(sim_config_set(&c, "commission",
						cases[i].commission, NULL), 0);
		ck_assert_int_eq(sim_config_set(&c, "slippage",
						cases[i].slippage, NULL), 0);
		ck_assert_msg(sim_config_is_free(&c) == cases[i].is_free,
			      "%s and %s", cases[i].commission,
			      cases[i].slippage);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("config");
	TCase *t = tcase_create("config");

	tcase_add_loop_test(t, value, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(t, refused, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, unknown_names);
	tcase_add_test(t, presets);
	tcase_add_test(t, preset_facts);
	tcase_add_test(t, any_mixture);
	tcase_add_test(t, rows);
	tcase_add_test(t, leverage_sets_the_margins);
	tcase_add_test(t, free_of_costs);
	suite_add_tcase(s, t);
	return run_suite(s);
}
