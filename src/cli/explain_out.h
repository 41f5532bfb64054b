/* explain_out: an explanation as text for people, or as JSON. */
#ifndef SIM_EXPLAIN_OUT_H
#define SIM_EXPLAIN_OUT_H

#include "run/explain.h"
#include "util/buf.h"
#include "util/json.h"

struct sim_explain_out {
	const struct sim_explain *x;
	const char *run_id;
	const char *what;		/* fill, order, reject, nofill */
	uint32_t fill;			/* its id, or 0 */
};

/* For people. */
void sim_explain_out_text(const struct sim_explain_out *e,
			  struct sim_buf *out);
/* One object; pretty or on one line. */
void sim_explain_out_json(const struct sim_explain_out *e, bool pretty,
			  struct sim_buf *out);

#endif
