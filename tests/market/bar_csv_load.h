/* bar_csv_load: a text of bars, sniffed and read, for the tests of that. */
#ifndef SIM_BAR_CSV_LOAD_H
#define SIM_BAR_CSV_LOAD_H

#include <string.h>

#include "market/bar_csv.h"

/* Sniff and parse; returns the status. */
static inline int load(const char *text, const struct sim_bar_csv_opts *o,
		       struct sim_bar_csv_input *in,
		       struct sim_bar_csv_layout *lay,
		       struct sim_bar_csv_result *r, struct sim_err *err)
{
	int rc;

	in->name = "f.csv";
	in->text = text;
	in->len = strlen(text);
	rc = sim_bar_csv_sniff(in->name, text, in->len, o, lay, err);
	return rc ? rc : sim_bar_csv_parse(in, lay, r, err);
}

#endif
