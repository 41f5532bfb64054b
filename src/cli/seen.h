/*
 * seen: words that commands have met at the place of sessions, for completion,
 * which may not wait for a server or start one.
 *
 * What can't be kept or read is as if it had not been seen.
 */
#ifndef SIM_SEEN_H
#define SIM_SEEN_H

#include "cli/cli.h"
#include "util/buf.h"

enum sim_seen_kind { SIM_SEEN_SESSIONS, SIM_SEEN_ORDERS };

/* Add a line to a list. */
void sim_seen_line(struct sim_buf *list, const char *word, const char *what);
/* Keep this list instead of the one before it. */
void sim_seen_keep(struct sim_cli *cli, enum sim_seen_kind kind,
		   const struct sim_buf *list);
/* One more. */
void sim_seen_add(struct sim_cli *cli, enum sim_seen_kind kind,
		  const char *word, const char *what);
/* One less. */
void sim_seen_drop(struct sim_cli *cli, enum sim_seen_kind kind,
		   const char *word);

/* What was kept, of the place that options and settings name. */
void sim_seen_each(struct sim_cli *cli, enum sim_seen_kind kind,
		   void (*each)(void *ctx, const char *word, const char *what),
		   void *ctx);

#endif
