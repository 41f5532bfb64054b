/*
 * fuzz_csv: any text is bars or is refused with a sentence, and the vector
 * path says what the portable one says.  The first byte chooses the zone, what
 * happens to bad rows, and which options are given.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "market/bar_csv.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_sentence(const struct sim_err *err)
{
	check(err->msg[0] && !strchr(err->msg, '\n'));
}

static void check_bars(const struct sim_bar_table *t, enum sim_bar_csv_bad bad)
{
	check(t->n > 0);
	for (size_t i = 0; i < t->n && bad != SIM_BAR_CSV_KEEP; i++) {
		check(!i || t->ts[i] > t->ts[i - 1]);
		check(t->low[i] > 0 && t->low[i] <= t->open[i] &&
		      t->low[i] <= t->close[i] && t->open[i] <= t->high[i] &&
		      t->close[i] <= t->high[i] && t->volume[i] >= 0);
	}
}

static void check_same(const struct sim_bar_csv_result *a,
		       const struct sim_bar_csv_result *b)
{
	size_t n = a->bars.n;

	check(n == b->bars.n && a->skipped == b->skipped &&
	      a->rows == b->rows && a->price_decimals == b->price_decimals &&
	      !strcmp(a->first_bad, b->first_bad));
	check(!memcmp(a->bars.ts, b->bars.ts, n * 8) &&
	      !memcmp(a->bars.open, b->bars.open, n * 8) &&
	      !memcmp(a->bars.high, b->bars.high, n * 8) &&
	      !memcmp(a->bars.low, b->bars.low, n * 8) &&
	      !memcmp(a->bars.close, b->bars.close, n * 8) &&
	      !memcmp(a->bars.volume, b->bars.volume, n * 8));
	check(sim_bar_csv_line_of(a, n - 1) == sim_bar_csv_line_of(b, n - 1));
}

static void parse_both(struct sim_bar_csv_input *in,
		       const struct sim_bar_csv_layout *lay)
{
	struct sim_bar_csv_result r[2] = { SIM_BAR_CSV_RESULT_INIT,
					   SIM_BAR_CSV_RESULT_INIT };
	struct sim_err err[2] = { SIM_ERR_INIT, SIM_ERR_INIT };
	int rc[2];

	for (int i = 0; i < 2; i++) {
		in->portable = i == 1;
		rc[i] = sim_bar_csv_parse(in, lay, &r[i], &err[i]);
	}
	check(rc[0] == rc[1] && !strcmp(err[0].msg, err[1].msg));
	if (rc[0]) {
		check_sentence(&err[0]);
	} else {
		check_bars(&r[0].bars, in->bad);
		check_same(&r[0], &r[1]);
	}
	sim_bar_csv_release(&r[0]);
	sim_bar_csv_release(&r[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sim_tz *tz;
	struct sim_bar_csv_opts o = SIM_BAR_CSV_OPTS_INIT;
	struct sim_bar_csv_input in = { .name = "f.csv" };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;
	char *text;

	if (!tz && sim_tz_open("America/New_York", &tz, NULL))
		abort();
	if (!size)
		return 0;
	in.tz = data[0] & 1 ? tz : NULL;
	o.map = data[0] & 8 ? "ts=1,o=3,h=4,l=5,c=6,v=7" :
		data[0] & 64 ? "date=d,time=t,o=a,h=b,l=c,c=a" : NULL;
	o.has_dates = data[0] & 16;
	o.dates = o.has_dates ? SIM_BAR_CSV_DATES_MDY : SIM_BAR_CSV_DATES_YMD;
	o.scale = data[0] & 32 ? 100 : 0;
	in.bad = (enum sim_bar_csv_bad)((data[0] >> 1 & 3) % 3);
	/* A copy of exactly this size: reading past it is seen. */
	text = sim_mem_alloc(size - 1);
	memcpy(text, data + 1, size - 1);
	in.text = text;
	in.len = size - 1;
	if (sim_bar_csv_sniff(in.name, text, in.len, &o, &lay, &err))
		check_sentence(&err);
	else
		parse_both(&in, &lay);
	sim_mem_free(text);
	return 0;
}
