/* bars_out: bars as rows, and as the CSV that data import reads back. */
#ifndef SIM_BARS_OUT_H
#define SIM_BARS_OUT_H

#include "cli/out.h"
#include "model/bar.h"

extern const struct sim_out_col sim_bars_out_cols[];

/* Bars as a list of results, in the columns above. */
void sim_bars_out_list(struct sim_out *o, const struct sim_bar_series *s);
/* time,open,high,low,close,volume: exact, with a heading. */
void sim_bars_out_csv(struct sim_out *o, const struct sim_bar_series *s);
int sim_bars_out_file(const char *path, const struct sim_bar_series *s,
		      struct sim_err *err) SIM_MUST_CHECK;

#endif
