/* The dashboard in figures: a step of fifty symbols heard, a frame of 200x60
 * drawn, at once and by what a step has changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tui/market.h"
#include "clock.h"
#include "row.h"

#define SYMBOLS 50
#define STEPS 2000
#define FRAMES 400

static char *lines[STEPS];
static size_t lengths[STEPS];

static void make(struct market *m)
{
	market_start(m, 1, SYMBOLS);
	m->is_plain = true;
	for (int i = 0; i < STEPS; i++) {
		market_tick(m);
		lengths[i] = m->line.len;
		lines[i] = m->line.data;
		m->line = (struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
	}
}

/* Seconds that decoding takes, with or without the hearing. */
static double hear(struct sim_dash *d)
{
	double start = seconds_worked();

	for (int i = 0; i < STEPS; i++) {
		struct sim_message m;
		struct sim_err err;

		if (sim_message_decode_wire(lines[i], lengths[i], lengths[i],
					    SIM_MESSAGE_OUT, &m, &err))
			exit(1);
		if (d)
			sim_dash_hear(d, &m);
		sim_message_release(&m);
	}
	return seconds_worked() - start;
}

/* Seconds a frame, of which `wait` says what happens in between. */
static double draw(struct sim_dash *d, struct sim_screen *s, struct market *m,
		   bool is_whole)
{
	double sum = 0;

	for (int i = 0; i < FRAMES; i++) {
		double start;

		if (is_whole) {
			sim_screen_spoil(s);
		} else {
			market_tick(m);
			market_hear(m, d);
		}
		start = seconds_worked();
		sim_dash_draw(d, s);
		sum += seconds_worked() - start;
	}
	return sum / FRAMES;
}

int main(void)
{
	struct market m;
	struct sim_dash *d = sim_dash_new();
	struct sim_screen *s = sim_screen_text(60, 200, "");
	struct sim_err err;
	double decode, both, whole;

	make(&m);
	decode = hear(NULL);
	both = hear(d);
	row("dashboard: a step of 50 decoded", decode / STEPS * 1e6,
	    "us/step", 0);
	row("dashboard: heard", (both - decode) / STEPS * 1e6, "us/step",
	    decode / STEPS * 1e6);
	market_account(&m);
	market_hear(&m, d);
	market_orders(&m);
	market_hear(&m, d);
	whole = draw(d, s, &m, true);
	row("dashboard: 200x60 drawn anew", whole * 1e6, "us/frame", 0);
	row("dashboard: after a step", draw(d, s, &m, false) * 1e6, "us/frame",
	    whole * 1e6);
	if (sim_dash_studies(d, "sma:20 bbands rsi", &err))
		return 1;
	row("dashboard: with three indicators", draw(d, s, &m, false) * 1e6,
	    "us/frame", whole * 1e6);
	for (int i = 0; i < STEPS; i++)
		free(lines[i]);
	sim_buf_release(&m.line);
	sim_screen_close(s);
	sim_dash_free(d);
	return 0;
}
