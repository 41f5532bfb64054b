/* registry: every strategy can be made; parameters are read, made canonical or
 * refused with a sentence.  Not covered: what strategies decide. */
#include <stdio.h>
#include <string.h>

#include "strategy/registry.h"
#include "suite.h"
#include "util/file.h"

START_TEST(rows)
{
	static const char *const must[] = {
		"bollinger", "breakout", "buy-hold", "ema-cross", "macd",
		"momentum-rotation", "rsi-reversion", "sma-cross"
	};
	const struct sim_registry_row *r;
	int n = 0;

	for (; (r = sim_registry_row(n)); n++) {
		struct sim_strategy s;
		struct sim_strategy_param p;
		int i = 0;

		ck_assert_str_eq(r->name, must[n]);
		ck_assert(*r->summary);
		ck_assert_int_eq(sim_registry_new(r->name, NULL, 0, &s, NULL),
				 0);
		ck_assert_str_eq(s.ops->name, r->name);
		ck_assert_uint_eq(strlen(s.hash), 64);
		for (; s.ops->param(s.self, i, &p); i++) {
			struct sim_strategy again;

			/* A canonical value reads back as itself. */
			ck_assert_int_eq(sim_registry_new(r->name, &p, 1,
							  &again, NULL), 0);
			again.ops->free(again.self);
		}
		ck_assert_int_ge(i, r->nparams + 5);
		s.ops->free(s.self);
	}
	ck_assert_int_eq(n, 8);
	for (n = 0; sim_registry_shared(n); n++)
		ck_assert(*sim_registry_shared(n)->help);
	ck_assert_int_eq(n, 5);
}
END_TEST

static const struct {
	const char *name, *value, *canonical;
} good[] = {
	{ "fast", "007", "7" }, { "slow", "200.0", "200" },
	{ "side", "long-short", "long-short" },
	{ "size", "cash:0.980", "cash:0.98" }, { "size", "qty:1.5", "qty:1.5" },
	{ "size", "sleeve:1", "sleeve:1" },
	{ "size", "notional:1000", "notional:1000" },
	{ "take_profit", "2.50", "2.5" }, { "trail", "1", "1" },
};

START_TEST(canonical)
{
	struct sim_strategy_param p = { good[_i].name, good[_i].value }, out;
	struct sim_strategy s;
	bool found = false;

	ck_assert_int_eq(sim_registry_new("sma-cross", &p, 1, &s, NULL), 0);
	for (int i = 0; s.ops->param(s.self, i, &out); i++) {
		if (strcmp(out.name, p.name))
			continue;
		found = true;
		ck_assert_str_eq(out.value, good[_i].canonical);
	}
	ck_assert(found);
	s.ops->free(s.self);
}
END_TEST

static const struct {
	const char *strategy, *name, *value, *name2, *value2, *want;
	int code;
} bad[] = {
	{ "sma", "fast", "1", NULL, NULL, "no strategy 'sma'", SIM_E_NOENT },
	{ "sma-cros", "fast", "1", NULL, NULL, "did you mean sma-cross",
	  SIM_E_NOENT },
	{ "sma-cross", "fats", "1", NULL, NULL, "did you mean fast",
	  SIM_E_INVAL },
	{ "sma-cross", "period", "1", NULL, NULL, "strategy show sma-cross",
	  SIM_E_INVAL },
	{ "sma-cross", "fast", "0", NULL, NULL, "from 1 to 10000",
	  SIM_E_INVAL },
	{ "sma-cross", "fast", "1.5", NULL, NULL, "whole number",
	  SIM_E_INVAL },
	{ "sma-cross", "fast", "", NULL, NULL, "fast is ''", SIM_E_INVAL },
	{ "sma-cross", "fast", "9", "fast", "9", "given twice", SIM_E_INVAL },
	{ "sma-cross", "fast", "30", NULL, NULL, "fast must be less",
	  SIM_E_INVAL },
	{ "sma-cross", "side", "up", NULL, NULL, "long|short|long-short",
	  SIM_E_INVAL },
	{ "sma-cross", "size", "95", NULL, NULL, "percent:N", SIM_E_INVAL },
	{ "sma-cross", "size", "qty:-1", NULL, NULL, "percent:N",
	  SIM_E_INVAL },
	{ "sma-cross", "size", "cash:101", NULL, NULL, "percent:N",
	  SIM_E_INVAL },
	{ "sma-cross", "size", "lots:1", NULL, NULL, "percent:N",
	  SIM_E_INVAL },
	{ "sma-cross", "stop_loss", "1", "trail", "1", "one stop",
	  SIM_E_INVAL },
	{ "rsi-reversion", "low", "70", NULL, NULL, "low must be less",
	  SIM_E_INVAL },
	{ "bollinger", "exit", "never", NULL, NULL, "middle|band",
	  SIM_E_INVAL },
};

START_TEST(refused)
{
	struct sim_strategy_param p[2] = {
		{ bad[_i].name, bad[_i].value },
		{ bad[_i].name2, bad[_i].value2 }
	};
	struct sim_strategy s = { NULL, NULL, "" };
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_registry_new(bad[_i].strategy, p,
					  bad[_i].name2 ? 2 : 1, &s, &err),
			 bad[_i].code);
	ck_assert_ptr_null(s.self);
	ck_assert_msg(strstr(err.msg, bad[_i].want), "%s", err.msg);
}
END_TEST

/* Every strategy and every parameter stands in the manual. */
START_TEST(documented)
{
	const char *top = getenv("top_srcdir");
	struct sim_buf b = SIM_BUF_INIT(1 << 20);
	const struct sim_registry_row *r;
	const struct sim_registry_param *p;
	char path[4096], want[64];

	snprintf(path, sizeof(path), "%s/man/simutrador-strategies.7",
		 top ? top : "..");
	ck_assert_int_eq(sim_file_read(path, 1 << 20, &b, NULL), 0);
	for (int i = 0; (r = sim_registry_row(i)); i++) {
		snprintf(want, sizeof(want), ".It Cm %s\n", r->name);
		ck_assert_msg(strstr(b.data, want), "%s", want);
		for (int k = 0; k < r->nparams; k++) {
			snprintf(want, sizeof(want), ".Cm %s",
				 r->params[k].name);
			ck_assert_msg(strstr(b.data, want), "%s", want);
		}
	}
	for (int i = 0; (p = sim_registry_shared(i)); i++) {
		snprintf(want, sizeof(want), ".It Cm %s\n", p->name);
		ck_assert_msg(strstr(b.data, want), "%s", want);
	}
	sim_buf_release(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry");
	TCase *t = tcase_create("registry");

	tcase_add_test(t, rows);
	tcase_add_test(t, documented);
	tcase_add_loop_test(t, canonical, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(t, refused, 0, sizeof(bad) / sizeof(bad[0]));
	suite_add_tcase(s, t);
	return run_suite(s);
}
