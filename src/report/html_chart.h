/* html_chart: a curve as inline SVG of bounded size. */
#ifndef SIM_HTML_CHART_H
#define SIM_HTML_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "report/report.h"
#include "util/buf.h"

struct sim_html_chart {
	const char *label;		/* read aloud in its place */
	const char *class_name;		/* of the curve */
	const double *y;		/* finite */
	size_t n;
	double scale;			/* of the axis: 100 for percent */
	const char *unit;		/* after them */
	unsigned height;		/* px */
	bool area;			/* filled to the top: a drawdown */
	const char *from, *to;		/* under the ends of the time axis */
	const struct sim_report_mark *marks;	/* lines with a text, or NULL */
	const size_t *marks_at;		/* indices of y, likewise */
	size_t n_marks;
};

/* Append the <svg>; at most two points a pixel column. */
void sim_html_chart(const struct sim_html_chart *c, struct sim_buf *out);

#endif
