/* attach_inputs: bars as they are stored where a session is, piece by piece. */
#include "backend/attach_inputs.h"

#include <string.h>

#include "backend/attach_priv.h"

/* -- one answer ------------------------------------------------------------ */

static bool take_bar(const struct sim_json_val *v, struct sim_bar_table *t)
{
	struct sim_bar b;
	int64_t us, flags;

	if (!sim_json_as_int(sim_json_at(v, 0), &us) ||
	    us > SIM_TIME_MAX / SIM_TIME_US ||
	    us < SIM_TIME_NONE / SIM_TIME_US ||
	    !sim_json_as_int(sim_json_at(v, 1), &flags) ||
	    flags < 0 || flags > UINT8_MAX ||
	    !sim_json_as_dec(sim_json_at(v, 2), &b.open) ||
	    !sim_json_as_dec(sim_json_at(v, 3), &b.high) ||
	    !sim_json_as_dec(sim_json_at(v, 4), &b.low) ||
	    !sim_json_as_dec(sim_json_at(v, 5), &b.close) ||
	    !sim_json_as_dec(sim_json_at(v, 6), &b.volume))
		return false;
	b.ts = us * SIM_TIME_US;
	if ((t->n && b.ts <= t->ts[t->n - 1]) || b.low <= 0 ||
	    b.low > b.open || b.low > b.close || b.high < b.open ||
	    b.high < b.close || b.volume < 0)
		return false;
	sim_bar_table_add(t, &b, (uint8_t)flags);
	return true;
}

static int take_rows(const struct sim_message_inputs *x,
		     struct sim_bar_table *t, bool *is_more,
		     struct sim_err *err)
{
	size_t n = sim_json_len(x->rows.val);
	size_t has = t->n;

	*is_more = (int64_t)(has + n) < x->bars;
	if ((int64_t)has != x->since || n > SIM_ATTACH_BARS_MAX - has ||
	    (*is_more && !n))
		return sim_attach_bad_answer("bars", err);
	t->has_volume = x->has_volume;
	for (size_t i = 0; i < n; i++) {
		if (!take_bar(sim_json_at(x->rows.val, i), t))
			return sim_attach_bad_answer("bars", err);
	}
	return SIM_OK;
}

int sim_attach_inputs_more(const struct sim_attach *a, const char *symbol,
			   bool is_detail, struct sim_bar_table *t,
			   struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	bool is_more = true;
	int rc = SIM_OK;

	while (!rc && is_more) {
		const struct sim_message_query_inputs q = {
			.symbol = symbol, .detail = is_detail,
			.has_detail = is_detail, .since = (int64_t)t->n,
			.has_since = true,
		};

		rc = sim_attach_ask(a, SIM_MESSAGE_query_inputs, &q,
				    SIM_MESSAGE_inputs, &m, err);
		if (!rc)
			rc = take_rows(m.m.data, t, &is_more, err);
		sim_backend_release(&m);
	}
	return rc;
}

/* -- all of it ------------------------------------------------------------- */

/* What is to come: when, but not what. */
static int add_future(const struct sim_attach *a, struct sim_attach_run *x,
		      uint32_t i, struct sim_err *err)
{
	struct sim_bar_table *t = &x->syms[i].bars, when = SIM_BAR_TABLE_INIT;
	int rc = sim_attach_schedule(a, x->data[i].instrument.symbol, &when,
				     err);

	for (size_t k = 0; !rc && k < when.n; k++) {
		const struct sim_bar b = {
			when.ts[k], SIM_DEC_ONE, SIM_DEC_ONE, SIM_DEC_ONE,
			SIM_DEC_ONE, 0,
		};

		if (!t->n || b.ts > t->ts[t->n - 1])
			sim_bar_table_add(t, &b, when.flags[k]);
	}
	sim_bar_table_release(&when);
	return rc;
}

static int get_symbol(const struct sim_attach *a, struct sim_attach_run *x,
		      uint32_t i, struct sim_err *err)
{
	struct sim_attach_sym *s = &x->syms[i];
	struct sim_run_data *d = &x->data[i];
	const char *symbol = d->instrument.symbol;
	int rc = sim_attach_inputs_more(a, symbol, false, &s->bars, err);

	if (!rc && !x->is_over)
		rc = add_future(a, x, i, err);
	if (!rc && x->spec.config.path == SIM_CONFIG_PATH_DETAIL)
		rc = sim_attach_detail(a, x, i, err);
	if (!s->finer.n)
		d->detail = NULL;
	d->bars = sim_bar_table_view(&s->bars);
	d->actions = s->actions;
	d->nactions = s->nactions;
	return rc;
}

int sim_attach_inputs_get(struct sim_backend *b, const char *session_id,
			  const char *calendar_dir,
			  struct sim_attach_run **out, struct sim_err *err)
{
	const struct sim_attach a = { .b = b, .session_id = session_id,
				      .calendar_dir = calendar_dir };
	struct sim_attach_run *x = sim_mem_zalloc(sizeof(*x));
	int rc = sim_attach_describe(&a, x, err);

	for (uint32_t i = 0; !rc && i < x->nsyms; i++)
		rc = get_symbol(&a, x, i, err);
	if (rc) {
		sim_attach_unmake(x);
		return rc;
	}
	x->spec.view = x->view;
	*out = x;
	return SIM_OK;
}

const struct sim_run_spec *
sim_attach_inputs_spec(const struct sim_attach_run *x)
{
	return &x->spec;
}

void sim_attach_inputs_free(struct sim_attach_run *x)
{
	sim_attach_unmake(x);
}
