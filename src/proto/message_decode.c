/* message_decode: a line to a message's struct, by its table. */
#include "proto/message_priv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/str.h"

#define NUMBER_DIGITS 15		/* what a double holds for sure */
#define PATH_MAX_BYTES 128
#define MISSING_MAX_BYTES 400

struct decoder {
	struct sim_mem_arena *arena;
	struct sim_err *err;
	enum sim_message_place place;
	char path[PATH_MAX_BYTES];
	size_t len;
	size_t start;			/* of the path without the type */
	struct sim_buf missing;		/* on the wire: names of fields */
};

static int get_object(struct decoder *d, int object,
		      const struct sim_json_val *v, void *to);
static int get_fields(struct decoder *d, int object, bool is_lax,
		      const struct sim_json_val *v, void *to);

/* -- what to say ----------------------------------------------------------- */

/* A value as a message shows it. */
static const char *show(const struct sim_json_val *v,
			char buf[SIM_STR_QUOTEMAX])
{
	const char *number = sim_json_number(v), *s = sim_json_as_str(v);
	bool b;

	if (s)
		sim_str_quote(s, strlen(s), buf);
	else if (number)
		snprintf(buf, SIM_STR_QUOTEMAX, "%.40s", number);
	else if (sim_json_as_bool(v, &b))
		snprintf(buf, SIM_STR_QUOTEMAX, "%s", b ? "true" : "false");
	else if (sim_json_is_null(v))
		snprintf(buf, SIM_STR_QUOTEMAX, "null");
	else
		snprintf(buf, SIM_STR_QUOTEMAX, "a list or an object");
	return buf;
}

static int wrong(struct decoder *d, const struct sim_json_val *v,
		 const char *expected)
{
	char quoted[SIM_STR_QUOTEMAX];

	return sim_err_set(d->err, SIM_E_DATA, "%s is %s; it must be %s",
			   d->path, show(v, quoted), expected);
}

static void push(struct decoder *d, const char *name)
{
	int n = snprintf(d->path + d->len, sizeof(d->path) - d->len, "%s%s",
			 d->len ? "." : "", name);

	d->len += (size_t)n < sizeof(d->path) - d->len ? (size_t)n : 0;
}

/* -- fields ---------------------------------------------------------------- */

/* Digits that matter in a number's text. */
static int significant(const char *s)
{
	int n = 0, zeros = 0;

	for (; *s && *s != 'e' && *s != 'E'; s++) {
		if (*s < '0' || *s > '9' || (*s == '0' && !n))
			continue;
		zeros = *s == '0' ? zeros + 1 : 0;
		n++;
	}
	return n - zeros;
}

static int get_dec(struct decoder *d, const struct sim_json_val *v,
		   sim_dec *to)
{
	const char *number = sim_json_number(v);

	if (number && significant(number) > NUMBER_DIGITS)
		return wrong(d, v, "a number of at most 15 digits; write it "
			     "as a string to have all of them");
	if (!sim_json_as_dec(v, to))
		return wrong(d, v, "a decimal of at most eight places, below "
			     "92 billion");
	return SIM_OK;
}

static int get_str(struct decoder *d, const struct sim_message_field *f,
		   const struct sim_json_val *v, const char **to)
{
	const char *s = sim_json_as_str(v);
	char expected[64];

	if (!s)
		return wrong(d, v, "a text");
	if (f->hi && strlen(s) > (size_t)f->hi) {
		snprintf(expected, sizeof(expected), "at most %d bytes long",
			 (int)f->hi);
		return wrong(d, v, expected);
	}
	*to = s;
	return SIM_OK;
}

static int get_int(struct decoder *d, const struct sim_message_field *f,
		   const struct sim_json_val *v, int64_t *to)
{
	char expected[96];
	int64_t i;

	if (!sim_json_as_int(v, &i) || i < f->lo || i > f->hi) {
		snprintf(expected, sizeof(expected), "a whole number from "
			 "%lld to %lld", (long long)f->lo, (long long)f->hi);
		return wrong(d, v, expected);
	}
	*to = i;
	return SIM_OK;
}

/* An end of a range stays text: what a date means is the calendar's. */
static int get_bound(struct decoder *d, const struct sim_json_val *v,
		     const char **to)
{
	const char *s = sim_json_as_str(v);
	enum sim_time_kind kind;
	sim_time t;

	if (!s || sim_time_parse_bound(s, strlen(s), false, &t, &kind, NULL))
		return wrong(d, v, "a date such as 2024-01-16 or a time such "
			     "as 2024-01-16T14:30:00Z");
	*to = s;
	return SIM_OK;
}

/* What the command line takes as text may come as what it is. */
static int get_opt(struct decoder *d, const struct sim_message_field *f,
		   const struct sim_json_val *v, const char **to)
{
	const char *s = sim_json_number(v);
	bool b;

	if (!s && sim_json_as_bool(v, &b))
		s = b ? "yes" : "no";
	if (!s)
		return get_str(d, f, v, to);
	if (strlen(s) > (size_t)f->hi)
		return wrong(d, v, "a shorter number");
	*to = s;
	return SIM_OK;
}

/* The list of possible words, "a, b or c". */
static int wrong_word(struct decoder *d, const struct sim_message_field *f,
		      const struct sim_json_val *v)
{
	char text[128];
	size_t len = 0, n;
	const char *w;

	text[0] = '\0';
	for (int i = 0; len < sizeof(text); i++) {
		if (f->vocab) {
			w = f->vocab->text(i);
			n = strlen(w);
			if (!strcmp(w, "?"))
				break;
		} else {
			w = sim_message_word_text(f->words, i, &n);
		}
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%.*s", i ? ", " : "one of ",
					(int)n, w);
		if (!f->vocab && !w[n])
			break;
	}
	return wrong(d, v, text);
}

static int get_word(struct decoder *d, const struct sim_message_field *f,
		    const struct sim_json_val *v, int *to)
{
	const char *s = sim_json_as_str(v);
	int i;

	if (!s)
		return wrong_word(d, f, v);
	if (f->vocab)
		return f->vocab->parse(s, to) ? SIM_OK : wrong_word(d, f, v);
	i = sim_message_word(f->words, s);
	if (i < 0)
		return wrong_word(d, f, v);
	*to = i;
	return SIM_OK;
}

static int get_time(struct decoder *d, const struct sim_json_val *v,
		    sim_time *to)
{
	const char *s = sim_json_as_str(v);

	if (!s || sim_time_parse(s, strlen(s), to, NULL, NULL))
		return wrong(d, v, "a time such as 2024-01-16T14:30:00Z");
	return SIM_OK;
}

static int get_bool(struct decoder *d, const struct sim_json_val *v, bool *to)
{
	return sim_json_as_bool(v, to) ? SIM_OK : wrong(d, v, "true or false");
}

static int get_num(struct decoder *d, const struct sim_message_field *f,
		   const struct sim_json_val *v, double *to)
{
	double x = NAN;

	if (!sim_json_is_null(v) && !sim_json_as_double(v, &x))
		return wrong(d, v, "a number");
	if (f->hi && !(x >= 0))
		return wrong(d, v, "a number, 0 or more");
	*to = x;
	return SIM_OK;
}

static int get_strs(struct decoder *d, const struct sim_json_val *v,
		    const char *const **to, size_t *n)
{
	size_t count = sim_json_len(v);
	const char **s = sim_mem_arena_alloc(d->arena,
					     (count + 1) * sizeof(*s));

	if (!sim_json_at(v, 0) && !sim_json_is_list(v))
		return wrong(d, v, "a list of texts");
	for (size_t i = 0; i < count; i++) {
		s[i] = sim_json_as_str(sim_json_at(v, i));
		if (!s[i])
			return wrong(d, v, "a list of texts");
	}
	*to = s;
	*n = count;
	return SIM_OK;
}

static int get_list(struct decoder *d, const struct sim_message_field *f,
		    const struct sim_json_val *v, const void **to, size_t *n)
{
	size_t count = sim_json_len(v), was = d->len;
	size_t size = sim_message_table_of(f->object).size;
	char *items, place[24], expected[64];
	int rc = SIM_OK;

	if (!sim_json_is_list(v))
		return wrong(d, v, "a list");
	if (f->hi && count > (size_t)f->hi) {
		snprintf(expected, sizeof(expected), "a list of at most %d",
			 (int)f->hi);
		return wrong(d, v, expected);
	}
	items = sim_mem_arena_alloc(d->arena, (count + 1) * size);
	for (size_t i = 0; !rc && i < count; i++) {
		snprintf(place, sizeof(place), "[%zu]", i);
		snprintf(d->path + was, sizeof(d->path) - was, "%s", place);
		d->len = strlen(d->path);
		rc = get_object(d, f->object, sim_json_at(v, i),
				items + i * size);
		d->len = was;
		d->path[was] = '\0';
	}
	*to = items;
	*n = count;
	return rc;
}

static int get_obj(struct decoder *d, const struct sim_message_field *f,
		   const struct sim_json_val *v, const void **to)
{
	void *p = sim_mem_arena_alloc(d->arena,
				      sim_message_table_of(f->object).size);

	*to = p;
	return get_object(d, f->object, v, p);
}

static int get_text(struct decoder *d, const struct sim_message_field *f,
		    const struct sim_json_val *v, const char **to)
{
	switch (f->kind) {
	case SIM_MESSAGE_BOUND:
		return get_bound(d, v, to);
	case SIM_MESSAGE_OPT:
		return get_opt(d, f, v, to);
	default:
		return get_str(d, f, v, to);
	}
}

static int get_field(struct decoder *d, const struct sim_message_field *f,
		     const struct sim_json_val *v, char *data)
{
	void *at = data + f->at;
	size_t *n = (size_t *)(void *)(data + f->n_at);

	switch (f->kind) {
	case SIM_MESSAGE_STR:
	case SIM_MESSAGE_BOUND:
	case SIM_MESSAGE_OPT:
		return get_text(d, f, v, at);
	case SIM_MESSAGE_INT:
		return get_int(d, f, v, at);
	case SIM_MESSAGE_DEC:
	case SIM_MESSAGE_FIG:
		return get_dec(d, v, at);
	case SIM_MESSAGE_NUM:
		return get_num(d, f, v, at);
	case SIM_MESSAGE_BOOL:
		return get_bool(d, v, at);
	case SIM_MESSAGE_TIME:
		return get_time(d, v, at);
	case SIM_MESSAGE_WORD:
	case SIM_MESSAGE_VOCAB:
		return get_word(d, f, v, at);
	case SIM_MESSAGE_OBJ:
	case SIM_MESSAGE_FLAT:
		return get_obj(d, f, v, at);
	case SIM_MESSAGE_LIST:
		return get_list(d, f, v, at, n);
	case SIM_MESSAGE_STRS:
		return get_strs(d, v, at, n);
	case SIM_MESSAGE_RAW:
		((struct sim_message_raw *)at)->val = v;
		return SIM_OK;
	}
	SIM_BUG("a field of no kind");
}

/* One field, from the object or, of a flat one, from its members. */
static int take(struct decoder *d, const struct sim_message_field *f,
		const char *name, const struct sim_json_val *v, char *to)
{
	size_t was = d->len;
	int rc;

	*((bool *)to + f->has_at) = true;
	push(d, name);
	rc = get_field(d, f, v, to);
	if (!rc) {
		d->len = was;
		d->path[was] = '\0';
	}
	return rc;
}

/* The object whose fields stand here themselves. */
static int take_flat(struct decoder *d, const struct sim_message_field *f,
		     const struct sim_json_val *v, char *to)
{
	void *p = sim_mem_arena_alloc(d->arena,
				      sim_message_table_of(f->object).size);

	*((bool *)to + f->has_at) = true;
	*(const void **)(void *)(to + f->at) = p;
	return get_fields(d, f->object, !f->is_required, v, p);
}

/* On the wire all are named together. */
static int missing(struct decoder *d, const char *name)
{
	int rc = SIM_OK;
	size_t was = d->len;

	push(d, name);
	if (d->place == SIM_MESSAGE_PIPE)
		rc = sim_err_set(d->err, SIM_E_DATA, "%s is missing", d->path);
	else
		sim_buf_printf(&d->missing, "%s%s", d->missing.len ? ", " : "",
			       d->path + d->start);
	d->len = was;
	d->path[was] = '\0';
	return rc;
}

/* The field's value, and the spelling that it has there. */
static const struct sim_json_val *value_of(const struct sim_json_val *v,
					   const struct sim_message_field *f,
					   const char **name)
{
	bool is_null_ok = f->kind == SIM_MESSAGE_NUM && f->is_required;
	const struct sim_json_val *m;

	do {
		*name = f->name;
		m = sim_json_get(v, f->name);
		if (m && (is_null_ok || !sim_json_is_null(m)))
			return m;
	} while ((++f)->is_alias);
	return NULL;
}

static int get_fields(struct decoder *d, int object, bool is_lax,
		      const struct sim_json_val *v, void *to)
{
	const struct sim_message_field *f =
		sim_message_table_of(object).fields;
	int rc = SIM_OK;

	for (; !rc && f->name; f++) {
		const struct sim_json_val *m;
		const char *name;

		if (f->is_alias || !(f->place & d->place))
			continue;
		if (f->kind == SIM_MESSAGE_FLAT &&
		    d->place == SIM_MESSAGE_WIRE) {
			rc = take_flat(d, f, v, to);
			continue;
		}
		m = value_of(v, f, &name);
		if (m)
			rc = take(d, f, name, m, to);
		else if (f->is_required && !is_lax)
			rc = missing(d, f->name);
	}
	return rc;
}

static int get_object(struct decoder *d, int object,
		      const struct sim_json_val *v, void *to)
{
	if (v && !sim_json_is_object(v))
		return wrong(d, v, "an object");
	return get_fields(d, object, false, v, to);
}

/* -- the line -------------------------------------------------------------- */

static int get_request_id(const struct sim_json_val *v, const char **to,
			  struct sim_err *err)
{
	const char *s = sim_json_as_str(v);

	if (!v || sim_json_is_null(v))
		return SIM_OK;
	if (!s || strlen(s) > SIM_MESSAGE_REQUEST_MAX)
		return sim_err_set(err, SIM_E_DATA, "request_id must be a text "
				   "of at most %d bytes",
				   SIM_MESSAGE_REQUEST_MAX);
	*to = s;
	return SIM_OK;
}

static int get_session_id(const struct sim_json_val *v, const char **to,
			  struct sim_err *err)
{
	const char *s = sim_json_as_str(v), *c = s;

	if (!v || sim_json_is_null(v))
		return SIM_OK;
	while (c && *c > ' ' && *c < 0x7f && *c != '"' && *c != '\\')
		c++;
	if (!s || *c || c == s || c - s > SIM_MESSAGE_ID_MAX)
		return sim_err_set(err, SIM_E_DATA, "session_id must be a text "
				   "of 1 to %d printable characters without "
				   "blank, quote and backslash",
				   SIM_MESSAGE_ID_MAX);
	*to = s;
	return SIM_OK;
}

/* Wire: what an answer needs, as far as it is right. */
static int get_ids(struct sim_message *m, const struct sim_json_val *root,
		   struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	int rc = get_request_id(sim_json_get(root, "request_id"),
				&m->request_id, &why);
	int rc2 = get_session_id(sim_json_get(sim_json_get(root, "data"),
					      "session_id"),
				 &m->session_id, &why);

	rc = rc ? rc : rc2;
	return rc ? sim_err_set(err, rc, "%s", why.msg) : SIM_OK;
}

static int get_data(struct sim_message *m, struct decoder *d,
		    const struct sim_json_val *v)
{
	void *data = sim_mem_arena_alloc(&m->arena,
				   sim_message_table_for(m->type).size);
	int rc;

	if (v && !sim_json_is_null(v) && !sim_json_is_object(v))
		return sim_err_set(d->err, SIM_E_DATA, "the data of %s must be "
				   "an object",
				   sim_message_name((int)m->type));
	push(d, sim_message_name((int)m->type));
	d->start = d->len + 1;
	rc = get_object(d, sim_message_object(m->type),
			sim_json_is_null(v) ? NULL : v, data);
	if (!rc && d->missing.len)
		rc = sim_err_set(d->err, SIM_E_DATA, "Missing required "
				 "fields: %s", sim_buf_str(&d->missing));
	sim_buf_release(&d->missing);
	if (!rc)
		m->data = data;
	return rc;
}

static int get_message(struct sim_message *m, enum sim_message_dir dir,
		       enum sim_message_place place, struct sim_err *err)
{
	struct decoder d = { .arena = &m->arena, .err = err, .place = place,
			     .missing = SIM_BUF_INIT(MISSING_MAX_BYTES) };
	const struct sim_json_val *root = sim_json_root(m->doc);
	int rc = SIM_OK;

	m->name = sim_json_as_str(sim_json_get(root, "type"));
	if (place == SIM_MESSAGE_WIRE)
		rc = get_ids(m, root, err);
	else
		m->request_id = sim_json_as_str(sim_json_get(root,
							     "request_id"));
	if (!m->name)
		return sim_err_set(err, SIM_E_DATA, "the line has no type; it "
				   "must be an object such as {\"type\": "
				   "\"tick_ack\", \"data\": {...}}");
	m->type = sim_message_find(m->name, dir, place);
	if (rc || m->type == SIM_MESSAGE__COUNT)
		return rc;
	return get_data(m, &d, sim_json_get(root, "data"));
}

int sim_message_decode(const char *line, size_t n, enum sim_message_dir dir,
		       struct sim_message *m, struct sim_err *err)
{
	struct sim_message got = { .type = SIM_MESSAGE__COUNT };
	int rc = sim_json_parse(line, n, &got.doc, err);

	if (!rc)
		rc = get_message(&got, dir, SIM_MESSAGE_PIPE, err);
	if (rc)
		sim_message_release(&got);
	else
		*m = got;
	return rc;
}

int sim_message_decode_wire(const char *frame, size_t n, size_t max,
			    enum sim_message_dir dir, struct sim_message *m,
			    struct sim_err *err)
{
	int rc;

	*m = (struct sim_message){ .type = SIM_MESSAGE__COUNT };
	if (n > max)
		return sim_err_set(err, SIM_E_DATA, "the frame has %zu bytes; "
				   "it may have %zu", n, max);
	rc = sim_json_parse_to(frame, n, SIM_MESSAGE_DEPTH, &m->doc, err);
	return rc ? rc : get_message(m, dir, SIM_MESSAGE_WIRE, err);
}

void sim_message_release(struct sim_message *m)
{
	sim_mem_arena_release(&m->arena);
	sim_json_free(m->doc);
	m->doc = NULL;
}
