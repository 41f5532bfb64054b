/* pipe_tell: the first line of a run and the last. */
#include "strategy/pipe_priv.h"

#include <inttypes.h>
#include <stdio.h>

#include "config.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* -- hello ---------------------------------------------------------------- */

static void put_params(const struct sim_pipe *p, struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	for (size_t i = 0; i < p->form.nparams; i++)
		sim_json_str(&j, p->params[i].name, p->params[i].value);
	sim_json_end(&j);
}

void sim_pipe_hello(struct sim_pipe *p)
{
	static const char *const features[] = {
		"columns", "wake", "timer", "cancel", "replace"
	};
	uint32_t n = p->talk.v->nsyms;
	const char **symbols = sim_mem_array(n, sizeof(*symbols));
	struct sim_buf instruments = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf params = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_message_session session = {
		.symbols = symbols, .n_symbols = n,
		.timeframe = p->talk.tick.timeframe,
		.initial_capital = p->talk.v->account->initial,
	};
	const struct sim_message_limits limits = {
		.line = (int64_t)p->form.limits.line,
		.ack_timeout_ms = p->form.limits.callback_ms,
	};
	char seed[24];
	struct sim_message_hello hello = {
		.protocol = SIM_PIPE_PROTOCOL, .engine = PACKAGE_VERSION,
		.seed = seed, .session = &session, .limits = &limits,
		.features = features, .n_features = N(features),
	};

	for (uint32_t i = 0; i < n; i++)
		symbols[i] = p->talk.v->syms[i].instrument->symbol;
	snprintf(seed, sizeof(seed), "%" PRIu64, p->talk.v->seed);
	sim_talk_instruments(p->talk.v, &instruments);
	put_params(p, &params);
	hello.instruments.text = sim_buf_str(&instruments);
	hello.params.text = sim_buf_str(&params);
	sim_talk_send(&p->talk, SIM_MESSAGE_hello, &hello, NULL);
	sim_buf_release(&instruments);
	sim_buf_release(&params);
	sim_mem_free(symbols);
}

void sim_pipe_tell_end(struct sim_pipe *p)
{
	const struct sim_account *x = p->talk.v->account;
	struct sim_message_simulation_end m = {
		.final_equity = x->equity,
		.total_return_pct = x->initial ? 100 *
			(sim_dec_to_double(x->equity) /
			 sim_dec_to_double(x->initial) - 1) : 0,
		.total_commission = x->fees,
		.max_drawdown_pct = 100 * x->max_drawdown,
		.steps = (int64_t)p->talk.v->step,
		.executions = (int64_t)p->executions,
	};

	sim_talk_send(&p->talk, SIM_MESSAGE_simulation_end, &m, NULL);
}
