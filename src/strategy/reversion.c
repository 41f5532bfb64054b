/*
 * reversion: strategies that buy what fell too far: rsi-reversion, bollinger.
 */
#include "strategy/indicator.h"

enum { PERIOD, LOW, HIGH };		/* rsi */
enum { MULT = 1, EXIT };		/* bollinger */
enum { UPPER, MIDDLE, LOWER };		/* outputs of bbands */

static const struct sim_registry_param rsi_params[] = {
	{ "period", SIM_REGISTRY_INT, "14", "1", "10000", "bars of the RSI" },
	{ "low", SIM_REGISTRY_DEC, "30", "0", "100", "long below this" },
	{ "high", SIM_REGISTRY_DEC, "70", "0", "100",
	  "short, or out, above this" },
};

static int rsi_check(const struct sim_builtin *b, struct sim_err *err)
{
	if (b->value[LOW] < b->value[HIGH])
		return SIM_OK;
	return sim_err_set(err, SIM_E_INVAL, "low is %s and high is %s; low "
			   "must be less than high", b->text[LOW],
			   b->text[HIGH]);
}

static int rsi_start(struct sim_builtin *b, const struct sim_strategy_view *v,
		     struct sim_err *err)
{
	double period = (double)b->value[PERIOD];

	(void)v;
	sim_indicator_begin(b);
	return sim_indicator_add(b, 0, "rsi", &period, err);
}

static int rsi_wish(struct sim_builtin *b, const struct sim_strategy_sym *s,
		    uint32_t i)
{
	double rsi;

	if (!sim_indicator_push(b, i, 0, s->bars.close[s->bars.n - 1]))
		return SIM_TRADE_NONE;
	rsi = sim_indicator_out(b, i, 0)[0];
	if (rsi < sim_dec_to_double(b->value[LOW]))
		return SIM_TRADE_LONG;
	return rsi > sim_dec_to_double(b->value[HIGH]) ? SIM_TRADE_SHORT :
		SIM_TRADE_NONE;
}

static const char rsi_summary[] = "buy a low RSI, leave at a high one";
const struct sim_builtin_row sim_reversion_rsi = {
	.pub = SIM_BUILTIN_PUB("rsi-reversion", rsi_summary, rsi_params, false),
	.version = 1,
	.ops = SIM_BUILTIN_OPS("rsi-reversion", rsi_summary, sim_builtin_step),
	.wish = rsi_wish,
	.start = rsi_start,
	.stop = sim_indicator_end,
	.check = rsi_check,
};

static const struct sim_registry_param bollinger_params[] = {
	{ "period", SIM_REGISTRY_INT, "20", "2", "10000", "bars of the bands" },
	{ "mult", SIM_REGISTRY_DEC, "2", "0.1", "100",
	  "standard deviations between middle and band" },
	{ "exit", SIM_REGISTRY_WORD, "middle", "middle|band", NULL,
	  "leave at the middle, or at the other band" },
};

static int bollinger_start(struct sim_builtin *b,
			   const struct sim_strategy_view *v,
			   struct sim_err *err)
{
	double options[] = { (double)b->value[PERIOD],
			     sim_dec_to_double(b->value[MULT]) };

	(void)v;
	sim_indicator_begin(b);
	return sim_indicator_add(b, 0, "bbands", options, err);
}

static int bollinger_wish(struct sim_builtin *b,
			  const struct sim_strategy_sym *s, uint32_t i)
{
	sim_dec close = s->bars.close[s->bars.n - 1];
	double x = sim_dec_to_double(close);
	const double *out;

	if (!sim_indicator_push(b, i, 0, close))
		return SIM_TRADE_NONE;
	out = sim_indicator_out(b, i, 0);
	if (x < out[LOWER])
		return SIM_TRADE_LONG;
	if (x > out[UPPER])
		return SIM_TRADE_SHORT;
	if (b->value[EXIT])
		return SIM_TRADE_NONE;
	if (s->position->qty > 0 && x >= out[MIDDLE])
		return SIM_TRADE_FLAT;
	return s->position->qty < 0 && x <= out[MIDDLE] ? SIM_TRADE_FLAT :
		SIM_TRADE_NONE;
}

static const char bollinger_summary[] =
	"buy below the lower Bollinger band, leave at the middle";
const struct sim_builtin_row sim_reversion_bollinger = {
	.pub = SIM_BUILTIN_PUB("bollinger", bollinger_summary,
			       bollinger_params, false),
	.version = 1,
	.ops = SIM_BUILTIN_OPS("bollinger", bollinger_summary,
			       sim_builtin_step),
	.wish = bollinger_wish,
	.start = bollinger_start,
	.stop = sim_indicator_end,
};
