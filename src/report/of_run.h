/*
 * of_run: what a run gives of a report's input, in one place for the tear
 * sheet, a sweep's rows and a session's end.
 */
#ifndef SIM_OF_RUN_H
#define SIM_OF_RUN_H

#include "report/report.h"
#include "run/run.h"

/*
 * The amounts, curves, fills and counts of a run.
 *
 * Gives: *in, all else zero; it borrows from *r.  orders.filled, adjusts and
 *        fill_stop stay 0: they cost a walk, or the run's log.
 * Cost:  O(fills).
 */
void sim_of_run(const struct sim_run_result *r, struct sim_report_input *in);

#endif
