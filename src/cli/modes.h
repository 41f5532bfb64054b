/* modes: the options that each say how the result is written. */
#ifndef SIM_MODES_H
#define SIM_MODES_H

#include "cli/cli.h"

/*
 * What is typed may say it once, or the same twice.
 * Order:  before settings stand in for what was not typed.
 * Errors: SIM_E_USAGE two that differ, or one beside a template.
 */
int sim_modes_check(const struct sim_cli_common *c, struct sim_err *err)
	SIM_MUST_CHECK;
/* Set is_styled: what is typed wants another format than CSV, or another look
 * of numbers or times.  Order: before settings stand in. */
void sim_modes_style(struct sim_cli_common *c);
/* --json and its like become --output, over what a setting says. */
void sim_modes_short(struct sim_cli_common *c);

#endif
