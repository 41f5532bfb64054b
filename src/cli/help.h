/* help: what the command table says, as text and as JSON. */
#ifndef SIM_HELP_H
#define SIM_HELP_H

#include "cli/cli.h"
#include "util/buf.h"

/* What help prints, one form each. */
void sim_help_version(struct sim_out *o);
void sim_help_short(struct sim_out *o);		/* at most 12 lines */
void sim_help_all(struct sim_out *o);		/* --help */
void sim_help_group(struct sim_out *o, const char *word);
void sim_help_group_short(struct sim_out *o, const char *word);
void sim_help_command(struct sim_out *o, const struct sim_cmd *c);
void sim_help_json(struct sim_out *o);		/* --help-json */

/* The synopsis of a command in one line; it stands in the manual word for
 * word. */
void sim_help_synopsis(struct sim_buf *b, const struct sim_cmd *c);

/* The manual pages in the binary: name ("simutrador-data.1") and plain text;
 * generated from man/ when the program is built. */
struct sim_help_page {
	const char *name;
	const char *const *lines;	/* NULL-ended */
};
extern const struct sim_help_page sim_help_pages[];	/* ends in NULL */

#endif
