/* refusal: an error as one JSON object. */
#include "cli/refusal.h"

#include <stdio.h>
#include <string.h>

#include "util/json.h"

static void put_details(struct sim_json *j, const char *text)
{
	struct sim_json_doc *doc;

	if (!*text || sim_json_parse(text, strlen(text), &doc, NULL))
		return;
	if (sim_json_is_object(sim_json_root(doc)) &&
	    sim_json_len(sim_json_root(doc)))
		sim_json_copy(j, "details", sim_json_root(doc));
	sim_json_free(doc);
}

void sim_refusal_print(const struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;

	sim_json_init(&j, &b, false);
	sim_json_object(&j, NULL);
	sim_json_object(&j, "error");
	sim_json_str(&j, "code", sim_err_wire(err->code));
	sim_json_int(&j, "exit", sim_err_exit(err->code));
	sim_json_str(&j, "message", err->msg);
	if (err->retry_ms > 0)
		sim_json_int(&j, "retry_after", sim_err_retry_sec(err));
	put_details(&j, err->details);
	sim_json_end(&j);
	sim_json_end(&j);
	fprintf(stderr, "%s\n", sim_buf_str(&b));
	sim_buf_release(&b);
}
