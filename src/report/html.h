/*
 * html: the tear sheet as one self-contained page.
 *
 * Valid HTML5 with inline SVG and CSS, light and dark by the reader's
 * preference, no script, nothing loaded; every text is escaped.  Below 500 kB
 * for any run: curves are reduced to the extremes of each pixel column, lists
 * to their first and last rows.
 */
#ifndef SIM_HTML_H
#define SIM_HTML_H

#include "report/report.h"

/* Append the page to *out. */
void sim_html_report(const struct sim_report *r, struct sim_buf *out);

/* Append text with & < > " ' escaped and control bytes replaced. */
void sim_html_escape(struct sim_buf *out, const char *s);

#endif
