/* diff: where two runs part, and what it cost. */
#include "run/diff.h"

#include <string.h>

static size_t line_length(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl ? (size_t)(nl - p) : (size_t)(end - p);
}

/* First line that differs. */
static void compare_logs(const struct sim_buf *a, const struct sim_buf *b,
			 struct sim_diff *d)
{
	const char *pa = sim_buf_str(a), *pb = sim_buf_str(b);
	const char *ea = pa + a->len, *eb = pb + b->len;

	d->a = d->b = "";
	for (uint64_t line = 1; pa < ea || pb < eb; line++) {
		size_t na = line_length(pa, ea), nb = line_length(pb, eb);

		if (na != nb || memcmp(pa, pb, na)) {
			d->line = line;
			d->a = pa;
			d->b = pb;
			d->a_len = na;
			d->b_len = nb;
			return;
		}
		pa += na + (pa + na < ea);
		pb += nb + (pb + nb < eb);
	}
}

/* Walk the instants that both have. */
static void compare_equity(const struct sim_run_equity *a,
			   const struct sim_run_equity *b, struct sim_diff *d)
{
	size_t i = 0, k = 0;

	d->parted = d->max_gap_time = SIM_TIME_NONE;
	while (i < a->n && k < b->n) {
		sim_dec gap = 0, size;

		if (a->time[i] != b->time[k]) {
			if (a->time[i] < b->time[k])
				i++;
			else
				k++;
			continue;
		}
		/* A gap out of range counts as none: equity can't make it. */
		if (!sim_dec_sub(b->value[k], a->value[i], &gap))
			gap = 0;
		size = gap < 0 ? -gap : gap;
		if (gap && d->parted == SIM_TIME_NONE)
			d->parted = a->time[i];
		if (size > (d->max_gap < 0 ? -d->max_gap : d->max_gap)) {
			d->max_gap = gap;
			d->max_gap_time = a->time[i];
		}
		i++;
		k++;
	}
}

void sim_diff_runs(const struct sim_run_result *a,
		   const struct sim_run_result *b, struct sim_diff *d)
{
	memset(d, 0, sizeof(*d));
	d->same_manifest = !strcmp(a->manifest_hash, b->manifest_hash);
	d->same_log = !strcmp(a->log_hash, b->log_hash);
	compare_logs(&a->log, &b->log, d);
	compare_equity(&a->equity, &b->equity, d);
	d->equity_a = a->account.equity;
	d->equity_b = b->account.equity;
	d->fills = (int64_t)b->nfills - (int64_t)a->nfills;
	d->orders = (int64_t)b->counts.submitted -
		(int64_t)a->counts.submitted;
	d->fees = b->account.fees - a->account.fees;
	d->realized = b->account.realized - a->account.realized;
}
