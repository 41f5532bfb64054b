/*
 * report_out: a report for programs: JSON, NDJSON and CSV.
 *
 * Money and quantities are exact decimals, statistics the shortest text that
 * reads back the same, undefined is null (an empty CSV field), times RFC 3339.
 */
#ifndef SIM_REPORT_OUT_H
#define SIM_REPORT_OUT_H

#include "report/report.h"

/* The report as the members of the open JSON object: facts, metrics, months,
 * drawdowns, symbols, costs; trades and equity are lists of their own. */
void sim_report_out_members(const struct sim_report *r, struct sim_json *j);
/* The whole report as one pretty JSON document, trades included; as one NDJSON
 * line (without trades). */
void sim_report_out_json(const struct sim_report *r, struct sim_buf *out);
void sim_report_out_line(const struct sim_report *r, struct sim_buf *out);

enum sim_report_out_format {
	SIM_REPORT_OUT_JSON,		/* one pretty list */
	SIM_REPORT_OUT_NDJSON,		/* one object a line */
	SIM_REPORT_OUT_CSV		/* header and rows, RFC 4180 with \n */
};
void sim_report_out_trades(const struct sim_report *r,
			   enum sim_report_out_format f, struct sim_buf *out);
void sim_report_out_equity(const struct sim_report *r,
			   enum sim_report_out_format f, struct sim_buf *out);
void sim_report_out_metrics(const struct sim_report *r,
			    enum sim_report_out_format f, struct sim_buf *out);

#endif
