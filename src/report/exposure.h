/* exposure: time in the market, leverage, turnover, costs and counts. */
#ifndef SIM_EXPOSURE_H
#define SIM_EXPOSURE_H

#include "report/report.h"

/*
 * Fill in the exposure, cost and order groups of the metrics.
 *
 * Shape:  r->n and the series metrics are there already.
 * Cost:   O(curve + fills).
 */
void sim_exposure_metrics(const struct sim_report *r, struct sim_metrics *m);

#endif
