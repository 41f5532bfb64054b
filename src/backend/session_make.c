/* session_make: what a session is asked to be, checked; no bar is looked at. */
#include "backend/session_priv.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "util/json.h"

int sim_session_refuse(struct sim_session_refusal *why,
		       enum sim_message_code code, const char *details,
		       const char *fmt, ...)
{
	va_list ap;

	why->code = sim_message_code_text(code);
	va_start(ap, fmt);
	vsnprintf(why->message, sizeof(why->message), fmt, ap);
	va_end(ap);
	sim_buf_reset(&why->details);
	if (details)
		sim_buf_puts(&why->details, details);
	return SIM_E_INVAL;
}

/* -- symbols --------------------------------------------------------------- */

static bool is_listed(const struct sim_message_session_spec *a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(a->symbols[i], a->symbols[n]))
			return true;
	}
	return false;
}

static int too_many(size_t n, int64_t max, struct sim_session_refusal *why)
{
	char details[80];

	snprintf(details, sizeof(details),
		 "{\"limit\":%" PRId64 ",\"requested\":%zu}", max, n);
	return sim_session_refuse(why, SIM_MESSAGE_CODE_SESSION_LIMIT_EXCEEDED,
				  details, "a session of this plan has at most "
				  "%" PRId64 " symbols, not %zu", max, n);
}

static int check_symbols(const struct sim_message_session_spec *a, int64_t max,
			 struct sim_session_refusal *why)
{
	struct sim_err err = SIM_ERR_INIT;

	if (!a->n_symbols)
		return sim_session_refuse(why, SIM_MESSAGE_CODE_INVALID_PARAMS,
					  NULL, "symbols is empty; name one at "
					  "least");
	if (max > SIM_SESSION_SYMBOLS_MAX)
		max = SIM_SESSION_SYMBOLS_MAX;
	if (a->n_symbols > (size_t)max)
		return too_many(a->n_symbols, max, why);
	for (size_t i = 0; i < a->n_symbols; i++) {
		struct sim_json j;

		if (is_listed(a, i))
			return sim_session_refuse(
				why, SIM_MESSAGE_CODE_INVALID_PARAMS, NULL,
				"the symbol %s is given twice; give it once",
				a->symbols[i]);
		if (!sim_instrument_check_symbol(a->symbols[i], &err))
			continue;
		sim_session_refuse(why, SIM_MESSAGE_CODE_INVALID_SYMBOL, NULL,
				   "%s", err.msg);
		sim_json_init(&j, &why->details, false);
		sim_json_object(&j, NULL);
		sim_json_array(&j, "invalid_symbols");
		sim_json_str(&j, NULL, a->symbols[i]);
		sim_json_end(&j);
		sim_json_end(&j);
		return SIM_E_INVAL;
	}
	return SIM_OK;
}

/* -- range and size -------------------------------------------------------- */

static sim_time begin_of(const struct sim_run_bound *b)
{
	return b->kind == SIM_RUN_BOUND_DAY ? b->day * SIM_TIME_DAY : b->time;
}

static int check_range(struct sim_session *s, struct sim_session_refusal *why)
{
	const struct sim_message_session_spec *a = s->ask;
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_run_bound_parse(a->start_date, "start_date", false,
				     &s->spec.from, &err);

	if (!rc)
		rc = sim_run_bound_parse(a->end_date, "end_date", true,
					 &s->spec.to, &err);
	if (rc)
		return sim_session_refuse(why, SIM_MESSAGE_CODE_INVALID_PARAMS,
					  NULL, "%s", err.msg);
	if (s->spec.from.kind && s->spec.to.kind &&
	    begin_of(&s->spec.from) > begin_of(&s->spec.to))
		return sim_session_refuse(
			why, SIM_MESSAGE_CODE_INVALID_DATE_RANGE, NULL,
			"start_date %.40s is after end_date %.40s; exchange "
			"them", a->start_date, a->end_date);
	return SIM_OK;
}

static int check_sizes(struct sim_session *s, struct sim_session_refusal *why)
{
	const struct sim_message_session_spec *a = s->ask;
	const char *tf = a->has_timeframe ? a->timeframe : "1min";
	struct sim_err err = SIM_ERR_INIT;

	if (sim_bar_tf_parse(tf, &s->tf, &err))
		return sim_session_refuse(why, SIM_MESSAGE_CODE_INVALID_PARAMS,
					  NULL, "%s", err.msg);
	sim_bar_tf_text(s->tf, s->timeframe);
	if (a->warmup_bars > SIM_SESSION_WARMUP_MAX / (int64_t)a->n_symbols)
		return sim_session_refuse(
			why, SIM_MESSAGE_CODE_VALIDATION_FAILED, NULL,
			"warmup_bars %" PRId64 " of %zu symbols are more than "
			"the %d bars that come as history", a->warmup_bars,
			a->n_symbols, SIM_SESSION_WARMUP_MAX);
	return SIM_OK;
}

static int check_capital(const struct sim_session *s, sim_dec cash,
			 struct sim_session_refusal *why)
{
	const struct sim_session_env *e = s->env;
	char min[SIM_DEC_STRMAX], max[SIM_DEC_STRMAX], is[SIM_DEC_STRMAX];
	char details[3 * SIM_DEC_STRMAX + 64];

	if (cash >= e->capital_min && cash <= e->capital_max)
		return SIM_OK;
	sim_dec_format(e->capital_min, 2, min);
	sim_dec_format(e->capital_max, 2, max);
	sim_dec_format(cash, 2, is);
	snprintf(details, sizeof(details), "{\"minimum\":\"%s\",\"maximum\":"
		 "\"%s\",\"requested\":\"%s\"}", min, max, is);
	return sim_session_refuse(why, SIM_MESSAGE_CODE_INSUFFICIENT_CAPITAL,
				  details, "initial_capital %s is not between "
				  "%s and %s", is, min, max);
}

/* -- rules and costs ------------------------------------------------------- */

#define OPT(field, setting) \
	{ offsetof(struct sim_message_session_spec, field), \
	  offsetof(struct sim_message_session_spec, has_##field), setting }

/* In the order in which simulate sets them. */
static const struct {
	size_t at, has_at;
	const char *setting;
} options[] = {
	OPT(leverage, "leverage"),
	OPT(account, "account"),
	OPT(initial_margin, "initial-margin"),
	OPT(maintenance_long, "maintenance-long"),
	OPT(maintenance_short, "maintenance-short"),
	OPT(debit_rate, "debit-rate"),
	OPT(borrow_rate, "borrow-rate"),
	OPT(path, "path"),
	OPT(semantics, "semantics"),
	OPT(fill, "fill"),
	OPT(limit_fill, "limit-fill"),
	OPT(slip_out, "slip-out"),
	OPT(fill_synthetic, "fill-synthetic"),
	OPT(max_volume_share, "max-volume-share"),
	OPT(slippage, "slippage"),
	OPT(commission, "commission"),
};

static int set_options(const struct sim_message_session_spec *a,
		       struct sim_config *c, struct sim_err *err)
{
	const char *base = (const char *)a;
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < sizeof(options) / sizeof(options[0]);
	     i++) {
		const void *at = base + options[i].at;

		if (*(const bool *)(base + options[i].has_at))
			rc = sim_config_set(c, options[i].setting,
					    *(const char *const *)at, err);
	}
	if (!rc && a->has_leverage && !c->margin)
		return sim_err_set(err, SIM_E_INVAL, "leverage %.40s is for a "
				   "margin account and account is cash; leave "
				   "one of them out", a->leverage);
	return rc;
}

/* The two costs that have a field of their own. */
static int set_costs(const struct sim_message_session_spec *a,
		     struct sim_config *c, struct sim_err *err)
{
	char number[SIM_DEC_STRMAX], text[SIM_DEC_STRMAX + 16];
	int rc = SIM_OK;

	if ((a->has_commission && a->has_commission_per_share) ||
	    (a->has_slippage && a->has_slippage_bps))
		return sim_err_set(err, SIM_E_INVAL, "commission and "
				   "commission_per_share exclude each other, "
				   "as slippage and slippage_bps do; leave one "
				   "out");
	if (a->has_commission_per_share) {
		sim_dec_format(a->commission_per_share, 0, number);
		snprintf(text, sizeof(text), "per-share:%s", number);
		rc = sim_config_set(c, "commission",
				    a->commission_per_share ? text : "none",
				    err);
	}
	if (!rc && a->has_slippage_bps) {
		sim_dec_format(a->slippage_bps, 0, number);
		snprintf(text, sizeof(text), "bps:%s", number);
		rc = sim_config_set(c, "slippage",
				    a->slippage_bps ? text : "none", err);
	}
	return rc;
}

static int set_hours(struct sim_session *s, struct sim_session_refusal *why)
{
	const char *hours = s->ask->has_session ? s->ask->session : "regular";

	s->spec.extended = !strcmp(hours, "extended");
	if (s->spec.extended || !strcmp(hours, "regular"))
		return SIM_OK;
	return sim_session_refuse(why, SIM_MESSAGE_CODE_VALIDATION_FAILED, NULL,
				  "session is \"%.40s\"; it must be regular or "
				  "extended", hours);
}

static int set_rules(struct sim_session *s, struct sim_session_refusal *why)
{
	const struct sim_message_session_spec *a = s->ask;
	struct sim_config *c = &s->spec.config;
	struct sim_err err = SIM_ERR_INIT;
	sim_dec preset;
	int rc = sim_config_preset(a->has_preset ? a->preset : "us-equity", c,
				   &err);

	preset = rc ? 0 : c->cash;
	if (!rc)
		rc = set_costs(a, c, &err);
	if (!rc)
		rc = set_options(a, c, &err);
	if (rc)
		return sim_session_refuse(why,
					  SIM_MESSAGE_CODE_VALIDATION_FAILED,
					  NULL, "%s", err.msg);
	c->cash = a->has_initial_capital ? a->initial_capital : preset;
	return check_capital(s, c->cash, why);
}

/* Which prices are seen. */
static int set_view(struct sim_session *s, struct sim_session_refusal *why)
{
	const struct sim_message_session_spec *a = s->ask;

	s->spec.view = a->adjusted ? SIM_ADJUST_TOTAL_RETURN : SIM_ADJUST_RAW;
	if (a->has_adjust && a->has_adjusted)
		return sim_session_refuse(
			why, SIM_MESSAGE_CODE_VALIDATION_FAILED, NULL,
			"adjust and adjusted exclude each other; leave one "
			"out");
	if (!a->has_adjust || sim_adjust_parse(a->adjust, &s->spec.view))
		return SIM_OK;
	return sim_session_refuse(why, SIM_MESSAGE_CODE_VALIDATION_FAILED, NULL,
				  "adjust is \"%.40s\"; it must be raw, split "
				  "or total-return", a->adjust);
}

static int check_metadata(const struct sim_message_session_spec *a,
			  struct sim_session_refusal *why)
{
	if (!a->has_metadata || sim_json_is_object(a->metadata.val))
		return SIM_OK;
	return sim_session_refuse(why, SIM_MESSAGE_CODE_INVALID_PARAMS, NULL,
				  "metadata must be an object");
}

int sim_session_make(struct sim_session *s, int64_t max_symbols,
		     struct sim_session_refusal *why)
{
	int rc = check_symbols(s->ask, max_symbols, why);

	if (!rc)
		rc = check_range(s, why);
	if (!rc)
		rc = check_sizes(s, why);
	if (!rc)
		rc = set_rules(s, why);
	if (!rc)
		rc = set_hours(s, why);
	if (!rc)
		rc = set_view(s, why);
	if (!rc)
		rc = check_metadata(s->ask, why);
	if (rc)
		return rc;
	s->spec.band = false;
	return SIM_OK;
}
