/* progress: redraws one line at most ten times a second. */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define DELAY_MS	300
#define EVERY_MS	100
#define CELLS		20

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void sim_progress_start(struct sim_progress *p, const struct sim_cli *cli,
			const char *unit)
{
	*p = (struct sim_progress){
		.unit = unit, .ascii = !cli->term.utf8,
		.is_on = cli->term.err_tty && !cli->common->quiet,
	};
	if (!p->is_on)
		return;
	p->start_ms = now_ms();
	p->next_ms = p->start_ms + DELAY_MS;
}

static void draw(const struct sim_progress *p, uint64_t done, uint64_t total,
		 int64_t spent_ms)
{
	uint64_t cells = total ? done * CELLS / total : 0;
	uint64_t rate = done * 1000 / (uint64_t)(spent_ms ? spent_ms : 1);
	uint64_t left = rate ? (total - done) / rate : 0;

	fputs("\r", stderr);
	for (uint64_t i = 0; i < CELLS; i++)
		fputs(i < cells ? p->ascii ? "#" : "\xe2\x96\x88"
				: p->ascii ? "." : "\xe2\x96\x91", stderr);
	fprintf(stderr, " %3" PRIu64 "%%  %" PRIu64 "/%" PRIu64 " %s  %" PRIu64
		" %s/s  %" PRIu64 " s left ", total ? done * 100 / total : 0,
		done, total, p->unit, rate, p->unit, left);
	fflush(stderr);
}

void sim_progress_step(void *ctx, uint64_t done, uint64_t total)
{
	struct sim_progress *p = ctx;
	int64_t now;

	if (!p->is_on || done > total)
		return;
	now = now_ms();
	if (now < p->next_ms)
		return;
	draw(p, done, total, now - p->start_ms);
	p->is_shown = true;
	p->next_ms = now + EVERY_MS;
}

void sim_progress_end(struct sim_progress *p)
{
	if (p->is_shown)
		fputs("\r\033[K", stderr);
	p->is_shown = false;
}
