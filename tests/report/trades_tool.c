/*
 * trades_tool: round trips of the fills on stdin, for trades.py.
 *
 * Lines of blank-separated integers in 1e-8 units after a letter: S multiplier
 * (a symbol), F time seq sym side qty price fee, A time seq sym num den after
 * cash (a split), P qty last value (a position, one for each symbol), E time.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/trades.h"

#define MAX 4096

static struct sim_fill fills[MAX];
static struct sim_trades_adjust adjusts[MAX];
static struct sim_instrument instruments[MAX];
static struct sim_position positions[MAX];
static struct sim_trades_input in = { .fills = fills, .adjusts = adjusts,
	.instruments = instruments, .positions = positions };
static size_t n_positions;

static void take(char kind, const long long *v)
{
	if (in.n_fills + 1 >= MAX || in.n_adjusts + 1 >= MAX)
		exit(2);
	switch (kind) {
	case 'S':
		instruments[in.n_symbols].multiplier = v[0];
		snprintf(instruments[in.n_symbols].symbol,
			 sizeof(instruments[0].symbol), "S%zu", in.n_symbols);
		in.n_symbols++;
		break;
	case 'F':
		fills[in.n_fills] = (struct sim_fill){ .time = v[0],
			.seq = (uint32_t)v[1], .sym = (uint16_t)v[2],
			.side = (uint8_t)v[3], .qty = v[4], .price = v[5],
			.commission = v[6] };
		in.n_fills++;
		break;
	case 'A':
		adjusts[in.n_adjusts++] = (struct sim_trades_adjust){
			.time = v[0], .seq = (uint64_t)v[1],
			.sym = (uint32_t)v[2], .num = v[3], .den = v[4],
			.qty_after = v[5], .cash = v[6] };
		break;
	case 'P':
		positions[n_positions].qty = v[0];
		positions[n_positions].last = v[1];
		positions[n_positions++].value = v[2];
		break;
	default:
		in.end = v[0];
	}
}

static void print(const struct sim_trades *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct sim_trades_item *x = &t->items[i];

		printf("%u %d %u %u %lld %lld %lld %lld %lld %lld %lld %d\n",
		       x->sym, x->side, x->entry_fill, x->exit_fill,
		       (long long)x->qty, (long long)x->entry_price,
		       (long long)x->entry_value, (long long)x->exit_value,
		       (long long)x->gross, (long long)x->fees,
		       (long long)x->net, x->is_open);
	}
	printf("total %lld %lld\n", (long long)t->net,
	       (long long)t->open_net);
}

int main(void)
{
	struct sim_trades t = SIM_TRADES_INIT;
	struct sim_err err = SIM_ERR_INIT;
	char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, stdin) > 0) {
		long long v[8] = { 0 };
		char *p = line + 1;

		for (int i = 0; i < 8; i++)
			v[i] = strtoll(p, &p, 10);
		if (errno == ERANGE) {
			printf("error %s", line);
			return 2;
		}
		take(line[0], v);
	}
	free(line);
	if (sim_trades_build(&in, &t, &err)) {
		printf("error %s\n", err.msg);
		return 1;
	}
	print(&t);
	sim_trades_release(&t);
	return 0;
}
