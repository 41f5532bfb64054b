/*
 * json: a streaming writer of our own, and a reader that is the only home of
 * jansson.
 *
 * Writer: keys come out in the order they are written, decimals are exact
 * literals, doubles are the shortest text that reads back the same ("null"
 * when not finite), strings are escaped UTF-8.
 */
#ifndef SIM_JSON_H
#define SIM_JSON_H

#include "util/buf.h"

#define SIM_JSON_DEPTH 32

struct sim_json {
	struct sim_buf *out;
	bool pretty;			/* two-blank indentation */
	int depth;
	bool need_comma[SIM_JSON_DEPTH];
	char closer[SIM_JSON_DEPTH];
};

/* Write to the end of `out`; every call below appends one thing. */
void sim_json_init(struct sim_json *j, struct sim_buf *out, bool pretty);
/* key NULL in a list */
void sim_json_object(struct sim_json *j, const char *key);
void sim_json_array(struct sim_json *j, const char *key);
void sim_json_end(struct sim_json *j);		/* closes the innermost */
/* NULL gives null; bytes that are not UTF-8 become U+FFFD. */
void sim_json_str(struct sim_json *j, const char *key, const char *v);
void sim_json_strn(struct sim_json *j, const char *key, const char *v,
		   size_t n);
void sim_json_int(struct sim_json *j, const char *key, int64_t v);
void sim_json_dec(struct sim_json *j, const char *key, sim_dec v);
void sim_json_double(struct sim_json *j, const char *key, double v);
void sim_json_bool(struct sim_json *j, const char *key, bool v);
void sim_json_null(struct sim_json *j, const char *key);
void sim_json_time(struct sim_json *j, const char *key, sim_time t);
/* Text that is JSON already. */
void sim_json_raw(struct sim_json *j, const char *key, const char *v, size_t n);

/* Reader: a parsed document and borrowed views into it. */
struct sim_json_doc;
struct sim_json_val;			/* borrowed, dies with its document */

/* Errors: SIM_E_DATA with line and column; more than SIM_JSON_DEPTH levels,
 * duplicate keys and bytes after the value are errors. */
int sim_json_parse(const char *s, size_t n, struct sim_json_doc **doc,
		   struct sim_err *err) SIM_MUST_CHECK;
/* The same with at most `depth` levels. */
int sim_json_parse_to(const char *s, size_t n, int depth,
		      struct sim_json_doc **doc, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_json_free(struct sim_json_doc *doc);
const struct sim_json_val *sim_json_root(const struct sim_json_doc *doc);
/* NULL when v is NULL, not of that shape, or has no such member. */
const struct sim_json_val *sim_json_get(const struct sim_json_val *v,
					const char *key);
const struct sim_json_val *sim_json_at(const struct sim_json_val *v, size_t i);
size_t sim_json_len(const struct sim_json_val *v); /* of a list or object */
/* The i-th member of an object in document order; *key is borrowed. */
const struct sim_json_val *sim_json_member(const struct sim_json_val *v,
					   size_t i, const char **key);
const char *sim_json_as_str(const struct sim_json_val *v); /* NULL if not */
bool sim_json_as_int(const struct sim_json_val *v, int64_t *out);
bool sim_json_as_bool(const struct sim_json_val *v, bool *out);
bool sim_json_as_double(const struct sim_json_val *v, double *out);
/* A decimal string or a number, exactly as its text stands; false when that is
 * no decimal (more than eight places, out of range). */
bool sim_json_as_dec(const struct sim_json_val *v, sim_dec *out);
/* A number's text as it stood; NULL when it is none. */
const char *sim_json_number(const struct sim_json_val *v);
/* A value as the text that a CSV field of it would be: a string as it is, a
 * number as a decimal, true, false, nothing for null; NULL for what is none of
 * these.  The text may stand in buf. */
const char *sim_json_scalar(const struct sim_json_val *v,
			    char buf[SIM_DEC_STRMAX]);
bool sim_json_is_null(const struct sim_json_val *v);
bool sim_json_is_list(const struct sim_json_val *v);
bool sim_json_is_object(const struct sim_json_val *v);
/* Write a value that was read; numbers keep their text. */
void sim_json_copy(struct sim_json *j, const char *key,
		   const struct sim_json_val *v);

#endif
