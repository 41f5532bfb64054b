/*
 * A document that parses can be walked to its last leaf, and what the writer
 * makes of its leaves parses again.
 */
#include <stdlib.h>

#include "util/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void rewrite(struct sim_json *j, const char *key,
		    const struct sim_json_val *v)
{
	const char *name, *text = sim_json_as_str(v);
	double number;
	int64_t whole;
	bool truth;

	if (text) {
		sim_json_str(j, key, text);
	} else if (sim_json_as_int(v, &whole)) {
		sim_json_int(j, key, whole);
	} else if (sim_json_as_double(v, &number)) {
		sim_json_double(j, key, number);
	} else if (sim_json_as_bool(v, &truth)) {
		sim_json_bool(j, key, truth);
	} else if (sim_json_is_null(v)) {
		sim_json_null(j, key);
	} else if (sim_json_member(v, 0, &name)) {
		sim_json_object(j, key);
		for (size_t i = 0; i < sim_json_len(v); i++) {
			const struct sim_json_val *m =
				sim_json_member(v, i, &name);

			rewrite(j, name, m);
		}
		sim_json_end(j);
	} else {
		sim_json_array(j, key);
		for (size_t i = 0; i < sim_json_len(v); i++)
			rewrite(j, NULL, sim_json_at(v, i));
		sim_json_end(j);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_json_doc *doc, *again;
	struct sim_buf out = SIM_BUF_INIT((size_t)1 << 20);
	struct sim_json j;

	if (sim_json_parse((const char *)data, size, &doc, NULL))
		return 0;
	sim_json_init(&j, &out, size % 2);
	rewrite(&j, NULL, sim_json_root(doc));
	if (sim_json_parse(sim_buf_str(&out), out.len, &again, NULL))
		abort();
	if (sim_json_len(sim_json_root(doc)) !=
	    sim_json_len(sim_json_root(again)))
		abort();
	sim_json_free(again);
	sim_json_free(doc);
	sim_buf_release(&out);
	return 0;
}
