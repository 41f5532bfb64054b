/*
 * JSON: what parses, written by our own writer, parses again and is written
 * as the same bytes, compact and pretty.
 */
#include <stdlib.h>
#include <string.h>

#include "util/json.h"

#define INPUT_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(struct sim_json *j, const char *key,
			const struct sim_json_val *v);

/* A list or an object; an object's members come with their keys. */
static bool write_container(struct sim_json *j, const char *key,
			    const struct sim_json_val *v)
{
	const struct sim_json_val *member;
	const char *name = NULL;
	size_t i, n = sim_json_len(v);

	/* An empty list and an empty object look alike from outside. */
	if (!n)
		return false;
	if (sim_json_member(v, 0, &name)) {
		sim_json_object(j, key);
		for (i = 0; i < n; i++) {
			member = sim_json_member(v, i, &name);
			write_value(j, name, member);
		}
	} else {
		sim_json_array(j, key);
		for (i = 0; i < n; i++)
			write_value(j, NULL, sim_json_at(v, i));
	}
	sim_json_end(j);
	return true;
}

static void write_value(struct sim_json *j, const char *key,
			const struct sim_json_val *v)
{
	const char *s = sim_json_as_str(v);
	sim_dec dec;
	int64_t i;
	double d;
	bool b;

	/* Whatever may be asked must answer. */
	(void)sim_json_as_dec(v, &dec);
	if (s)
		sim_json_str(j, key, s);
	else if (sim_json_as_int(v, &i))
		sim_json_int(j, key, i);
	else if (sim_json_as_double(v, &d))
		sim_json_double(j, key, d);
	else if (sim_json_as_bool(v, &b))
		sim_json_bool(j, key, b);
	else if (!write_container(j, key, v))
		sim_json_null(j, key);
}

static void write_doc(struct sim_buf *out, const struct sim_json_doc *doc,
		      bool pretty)
{
	struct sim_json j;

	sim_json_init(&j, out, pretty);
	write_value(&j, NULL, sim_json_root(doc));
}

/* Parse `text`, write it to `out`. */
static void again(const struct sim_buf *text, struct sim_buf *out, bool pretty)
{
	struct sim_json_doc *doc;

	if (sim_json_parse(sim_buf_str(text), text->len, &doc, NULL))
		abort();
	write_doc(out, doc, pretty);
	sim_json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_buf one = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf two = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf three = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_err err = SIM_ERR_INIT;
	struct sim_json_doc *doc;

	if (size > INPUT_MAX)
		return 0;
	if (sim_json_parse((const char *)data, size, &doc, &err)) {
		if (err.code != SIM_E_DATA || strchr(err.msg, '\n'))
			abort();
		return 0;
	}
	write_doc(&one, doc, false);
	sim_json_free(doc);
	again(&one, &two, true);
	again(&two, &three, false);
	if (one.len != three.len || memcmp(one.data, three.data, one.len) != 0)
		abort();
	sim_buf_release(&one);
	sim_buf_release(&two);
	sim_buf_release(&three);
	return 0;
}
