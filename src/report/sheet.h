/*
 * sheet: the tear sheet for a terminal, as pages of at most 24 lines of at
 * most 80 columns.
 *
 * Text from outside (names, parameters) is made printable ASCII, so a page has
 * no control bytes but newline and, when asked for, colour sequences.  Signs
 * and glyphs always say what colour says.
 */
#ifndef SIM_SHEET_H
#define SIM_SHEET_H

#include "report/report.h"

#define SIM_SHEET_LINES	  24
#define SIM_SHEET_COLUMNS 80

struct sim_sheet_opts {
	bool ascii;			/* no byte above 126 */
	bool color;			/* ANSI sequences */
	bool all_trades;		/* every trade, not a choice of them */
	const char *section;		/* NULL: all */
};

struct sim_sheet {
	struct sim_buf *pages;		/* each ends with a newline */
	size_t n, cap;
};
#define SIM_SHEET_INIT { NULL, 0, 0 }

/*
 * Lay out a report.
 *
 * Gives:  *out (initialised) with pages added; released by the caller.
 * Errors: SIM_E_INVAL unknown section, with the list; *out untouched.
 */
int sim_sheet_build(const struct sim_report *r,
		    const struct sim_sheet_opts *opts, struct sim_sheet *out,
		    struct sim_err *err) SIM_MUST_CHECK;
void sim_sheet_release(struct sim_sheet *s);

/* NULL-ended names of the sections, in order: for help and completion. */
const char *const *sim_sheet_sections(void);

#endif
