/* follow: strategies that hold what rises: buy-hold, breakout. */
#include "strategy/indicator.h"

static int hold_wish(struct sim_builtin *b, const struct sim_strategy_sym *s,
		     uint32_t i)
{
	(void)s;
	(void)i;
	return b->trade.side == SIM_TRADE_SIDE_SHORT ? SIM_TRADE_SHORT :
		SIM_TRADE_LONG;
}

static const char hold_summary[] = "enter every symbol once and keep it";
const struct sim_builtin_row sim_follow_hold = {
	.pub = { .name = "buy-hold", .summary = hold_summary },
	.version = 1,
	.ops = SIM_BUILTIN_OPS("buy-hold", hold_summary, sim_builtin_step),
	.wish = hold_wish,
};

enum { ENTRY, EXIT };			/* parameters */
enum { TOP, BOTTOM, EXIT_TOP, EXIT_BOTTOM };	/* streams */

static const struct sim_registry_param breakout_params[] = {
	{ "entry", SIM_REGISTRY_INT, "20", "1", "10000",
	  "bars whose high (or low) must be broken" },
	{ "exit", SIM_REGISTRY_INT, "10", "1", "10000",
	  "bars whose low (or high) ends the position" },
};

static int breakout_start(struct sim_builtin *b,
			  const struct sim_strategy_view *v,
			  struct sim_err *err)
{
	static const char *const names[] = { "highest", "lowest" };
	int rc = SIM_OK;

	(void)v;
	sim_indicator_begin(b);
	for (int k = 0; !rc && k < 4; k++) {
		double period = (double)b->value[k / 2];

		rc = sim_indicator_add(b, k, names[k % 2], &period, err);
	}
	return rc;
}

/* The channels end one bar before the one that may break them. */
static int breakout_wish(struct sim_builtin *b,
			 const struct sim_strategy_sym *s, uint32_t i)
{
	size_t n = s->bars.n;
	double x = sim_dec_to_double(s->bars.close[n - 1]);
	bool has[4];

	if (n < 2)
		return SIM_TRADE_NONE;
	for (int k = 0; k < 4; k++)
		has[k] = sim_indicator_push(b, i, k, k % 2 ?
					    s->bars.low[n - 2] :
					    s->bars.high[n - 2]);
	if (has[TOP] && x > sim_indicator_out(b, i, TOP)[0])
		return SIM_TRADE_LONG;
	if (has[BOTTOM] && x < sim_indicator_out(b, i, BOTTOM)[0])
		return SIM_TRADE_SHORT;
	if (s->position->qty > 0 && has[EXIT_BOTTOM] &&
	    x < sim_indicator_out(b, i, EXIT_BOTTOM)[0])
		return SIM_TRADE_FLAT;
	return s->position->qty < 0 && has[EXIT_TOP] &&
		x > sim_indicator_out(b, i, EXIT_TOP)[0] ? SIM_TRADE_FLAT :
		SIM_TRADE_NONE;
}

static const char breakout_summary[] =
	"enter when the close leaves the channel of the last bars";
const struct sim_builtin_row sim_follow_breakout = {
	.pub = SIM_BUILTIN_PUB("breakout", breakout_summary, breakout_params,
			       false),
	.version = 1,
	.ops = SIM_BUILTIN_OPS("breakout", breakout_summary, sim_builtin_step),
	.wish = breakout_wish,
	.start = breakout_start,
	.stop = sim_indicator_end,
};
