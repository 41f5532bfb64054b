/* failif: says which values made a condition true; that of a run is over the
 * keys of metrics.def. */
#include "cli/failif.h"

#include <string.h>

#include "cli/tear.h"
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

/* "sharpe is 0.4, trades is 12" of what the expression reads. */
static void put_values(struct sim_buf *b, const struct sim_failif *f,
		       const struct sim_expr_record *r)
{
	static const char *const truth[] = { "false", "true" };
	char num[SIM_STR_DOUBLEMAX], quoted[SIM_STR_QUOTEMAX];
	const char *value, *between = "";

	for (size_t i = 0; i < f->n; i++) {
		struct sim_expr_value v = { .type = SIM_EXPR_NIL };

		if (!sim_expr_uses(f->expr, i))
			continue;
		r->field(r->ctx, i, &v);
		value = v.type == SIM_EXPR_NIL ? "not known" : truth[v.b];
		if (v.type == SIM_EXPR_NUM) {
			sim_str_double(v.num, num);
			value = num;
		} else if (v.type == SIM_EXPR_STR) {
			sim_str_quote(v.str, strlen(v.str), quoted);
			value = quoted;
		}
		sim_buf_printf(b, "%s%s is %s", between, f->names[i], value);
		between = ", ";
	}
}

static int say_true(const struct sim_failif *f,
		    const struct sim_expr_record *r, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	char quoted[SIM_STR_QUOTEMAX];

	sim_str_quote(f->text, strlen(f->text), quoted);
	put_values(&b, f, r);
	sim_err_set(err, SIM_E_FALSE, "--fail-if %s is true%s%s", quoted,
		    b.len ? ": " : "", sim_buf_str(&b));
	sim_buf_release(&b);
	return SIM_E_FALSE;
}

int sim_failif_ask(const struct sim_failif *f, const struct sim_expr_record *r,
		   struct sim_err *err)
{
	bool yes = false;
	int rc = f->expr ? sim_expr_test(f->expr, r, &yes, err) : SIM_OK;

	return !rc && yes ? say_true(f, r, err) : rc;
}

int sim_failif_test(const char *text, const struct sim_metrics *m,
		    struct sim_err *err)
{
	struct record r = { .m = m };
	const struct sim_expr_record rec = { &r, field };
	struct sim_failif f = { text, NULL, names, SIM_METRICS__COUNT };
	int rc;

	if (!text)
		return SIM_OK;
	rc = compile(text, &f.expr, err);
	if (!rc)
		rc = sim_failif_ask(&f, &rec, err);
	sim_expr_free(f.expr);
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
