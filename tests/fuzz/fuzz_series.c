/*
 * A series that parses gives metrics that are finite or undefined, never
 * infinite, and text that formats; one that doesn't leaves the output alone
 * and gives one sentence.  The first byte chooses equity or returns.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/metrics.h"
#include "report/metrics_from_csv.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void measure(const struct sim_metrics_from_csv *s, bool bench)
{
	double *b = sim_mem_array(s->n + 1, sizeof(*b));
	struct sim_metrics_input in = { .n = s->n, .ret = s->ret,
		.day = s->day, .start_day = s->start_day,
		.n_curve = s->level ? s->n + 1 : 0, .curve = s->level,
		.curve_time = s->time, .periods_per_year = 252, .rf = 0.01,
		.annualize_short = true };
	struct sim_metrics m;
	char text[SIM_METRICS_STRMAX];

	if (bench && !sim_metrics_from_csv_align(s, s, b, NULL))
		in.bench = b;
	sim_metrics_init(&m);
	sim_metrics_series(&in, &m);
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		if (isinf(m.v[i]))
			abort();
		if (sim_metrics_format(i, m.v[i], text) != strlen(text))
			abort();
	}
	sim_mem_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_metrics_from_csv s = { .n = 77 };
	struct sim_err err = SIM_ERR_INIT;
	bool is_equity;

	if (!size)
		return 0;
	is_equity = data[0] & 1;
	if (sim_metrics_from_csv((const char *)data + 1, size - 1, is_equity,
				 &s, &err)) {
		if (s.n != 77 || !err.msg[0] || strchr(err.msg, '\n'))
			abort();
		return 0;
	}
	measure(&s, data[0] & 2);
	sim_metrics_from_csv_release(&s);
	return 0;
}
