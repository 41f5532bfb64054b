/* failif: compiles the condition over the keys of metrics.def and says which
 * values made it true. */
#include "cli/failif.h"

#include <string.h>

#include "cli/tear.h"
#include "script/expr.h"
#include "util/str.h"

static const char *names[SIM_METRICS__COUNT];

static int compile(const char *text, struct sim_expr **e, struct sim_err *err)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		names[i] = sim_metrics_row((enum sim_metrics_id)i)->key;
	return sim_expr_compile(text, "--fail-if", names, SIM_METRICS__COUNT,
				e, err);
}

int sim_failif_check(const char *text, struct sim_err *err)
{
	struct sim_expr *e = NULL;
	int rc = text ? compile(text, &e, err) : SIM_OK;

	sim_expr_free(e);
	return rc;
}

struct record {
	const struct sim_metrics *m;
	char date[SIM_TIME_STRMAX];
};

/* A metric as `metrics` prints it: a date is a text, unknown is nil. */
static void field(void *ctx, size_t i, struct sim_expr_value *out)
{
	struct record *r = ctx;
	double v = r->m->v[i];

	if (!__builtin_isfinite(v))
		return;
	if (sim_metrics_row((enum sim_metrics_id)i)->unit ==
	    SIM_METRICS_UNIT_DATE) {
		sim_time_format_date((int64_t)v, r->date);
		out->type = SIM_EXPR_STR;
		out->str = r->date;
		return;
	}
	out->type = SIM_EXPR_NUM;
	out->num = v;
}

/* "sharpe is 0.4 and trades 12" of what the expression reads. */
static void put_values(struct sim_buf *b, const struct sim_expr *e,
		       struct record *r)
{
	char num[SIM_STR_DOUBLEMAX];
	bool is_first = true;

	for (size_t i = 0; i < SIM_METRICS__COUNT; i++) {
		struct sim_expr_value v = { .type = SIM_EXPR_NIL };

		if (!sim_expr_uses(e, i))
			continue;
		field(r, i, &v);
		sim_str_double(v.num, num);
		sim_buf_printf(b, "%s%s is %s", is_first ? "" : ", ", names[i],
			       v.type == SIM_EXPR_NIL ? "not known" :
			       v.type == SIM_EXPR_STR ? v.str : num);
		is_first = false;
	}
}

static int say_true(const char *text, const struct sim_expr *e,
		    struct record *r, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	char quoted[SIM_STR_QUOTEMAX];

	sim_str_quote(text, strlen(text), quoted);
	put_values(&b, e, r);
	sim_err_set(err, SIM_E_FALSE, "--fail-if %s is true%s%s", quoted,
		    b.len ? ": " : "", sim_buf_str(&b));
	sim_buf_release(&b);
	return SIM_E_FALSE;
}

int sim_failif_test(const char *text, const struct sim_metrics *m,
		    struct sim_err *err)
{
	struct record r = { .m = m };
	const struct sim_expr_record rec = { &r, field };
	struct sim_expr *e;
	bool yes = false;
	int rc;

	if (!text)
		return SIM_OK;
	rc = compile(text, &e, err);
	if (rc)
		return rc;
	rc = sim_expr_test(e, &rec, &yes, err);
	if (!rc && yes)
		rc = say_true(text, e, &r, err);
	sim_expr_free(e);
	return rc;
}

int sim_failif_run(const char *text, const struct sim_run_result *r,
		   const char *benchmark, struct sim_err *err)
{
	const struct sim_tear_opts how = { .benchmark = benchmark };
	struct sim_tear t;
	int rc;

	if (!text)
		return SIM_OK;
	rc = sim_tear_build(r, &how, &t, err);
	if (!rc)
		rc = sim_failif_test(text, &t.report.metrics, err);
	sim_tear_release(&t);
	return rc;
}
