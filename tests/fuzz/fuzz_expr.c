/*
 * What compiles as an expression, over a record or over bars, gives a value or
 * one sentence, the same one twice; what does not leaves the output alone.
 */
#include <stdlib.h>
#include <string.h>

#include "script/expr.h"
#include "script/series_expr.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
	"sharpe", "trades", "symbol", "period.from", "lost", "won", "fill"
};
#define NAMES (sizeof(names) / sizeof(names[0]))

static const struct sim_expr_value values[NAMES] = {
	{ SIM_EXPR_NUM, false, 1.5, NULL }, { SIM_EXPR_NUM, false, -7, NULL },
	{ SIM_EXPR_STR, false, 0, "AAPL" },
	{ SIM_EXPR_STR, false, 0, "2024-01-02" },
	{ SIM_EXPR_NIL, false, 0, NULL }, { SIM_EXPR_BOOL, true, 0, NULL },
	{ SIM_EXPR_BOOL, false, 0, NULL },
};

static void field(void *ctx, size_t i, struct sim_expr_value *out)
{
	(void)ctx;
	if (i >= NAMES)
		abort();
	*out = values[i];
}

static void check_err(const struct sim_err *err, int rc)
{
	size_t n = strlen(err->msg);

	if (err->code != rc || !n || strchr(err->msg, '\n') ||
	    err->msg[n - 1] == '.')
		abort();
}

/* Two evaluations agree, bit for bit. */
static void check_same(int ra, const struct sim_expr_value *a, int rb,
		       const struct sim_expr_value *b)
{
	if (ra != rb || (!ra && (a->type != b->type || a->b != b->b ||
				 memcmp(&a->num, &b->num, sizeof(a->num)))))
		abort();
	if (!ra && a->type == SIM_EXPR_STR && strcmp(a->str, b->str))
		abort();
}

static void over_record(const char *text)
{
	const struct sim_expr_record r = { NULL, field };
	struct sim_expr *e = NULL, *f = NULL;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_expr_value a, b;
	int rc = sim_expr_compile(text, "--where", names, NAMES, &e, &err);
	int rd;

	if (rc) {
		check_err(&err, SIM_E_USAGE);
		if (e)
			abort();
		return;
	}
	if (sim_expr_compile(text, "--where", names, NAMES, &f, NULL))
		abort();
	rc = sim_expr_eval(e, &r, &a, &err);
	if (rc)
		check_err(&err, SIM_E_DATA);
	rd = sim_expr_eval(f, &r, &b, NULL);
	check_same(rc, &a, rd, &b);
	sim_expr_free(e);
	sim_expr_free(f);
}

static void over_bars(const char *text)
{
	struct sim_series_expr *e = NULL, *f = NULL;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_bar bar = { .volume = 500 * SIM_DEC_ONE };
	struct sim_expr_value a, b;
	int rc = sim_series_expr_compile(text, "wake", names, NAMES, &e, &err);
	int rd;

	if (rc) {
		check_err(&err, SIM_E_USAGE);
		if (e)
			abort();
		return;
	}
	if (sim_series_expr_compile(text, "wake", names, NAMES, &f, NULL))
		abort();
	for (int i = 0; i < 5; i++) {
		bar.ts = i * SIM_TIME_HOUR;
		bar.open = bar.low = (90 + i % 3) * SIM_DEC_ONE;
		bar.close = bar.high = (95 + i % 2) * SIM_DEC_ONE;
		rc = sim_series_expr_feed(e, i == 3 ? NULL : &bar, values, &a,
					  &err);
		rd = sim_series_expr_feed(f, i == 3 ? NULL : &bar, values, &b,
					  NULL);
		check_same(rc, &a, rd, &b);
	}
	sim_series_expr_free(e);
	sim_series_expr_free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = sim_mem_strndup((const char *)data, size);

	over_record(text);
	over_bars(text);
	sim_mem_free(text);
	return 0;
}
